"""Tables that no lines tell: the words of a page to lattices, for performance forms and financial tables only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from extract.form_regions import Region, find_regions, head_texts, unread_heads
from extract.lattice import Lattice, LatticeCell
from extract.money_rows import find_money_regions, split_numbered
from extract.piece_columns import Band, Carried, Edge, columns_of, find_bands, put_edges, runs_to_edge, stab
from extract.piece_heads import spread_heads
from extract.piece_order import order_pieces
from extract.piece_rows import PieceRow, Placed, Setting, find_rows, set_pieces
from extract.pieces import Piece, Word, join_words
from ontology import labels
from ontology.records import Box

_PAD = 2.0  # points around the text at a table's outer edges
_FAR = 1e4  # points: farther than any page reaches
_FEET = 1  # rows of a page's foot that may stand below a table that goes on


@dataclass(frozen=True, slots=True)
class UnruledTable:
    """A table told by its text: its lattice, how far each column edge could be moved, and whether it goes on from the
    page before."""

    lattice: Lattice
    room: tuple[Edge, ...]
    goes_on: bool = False


@dataclass(frozen=True, slots=True)
class UnruledPage:
    """The tables of a page that were told by its text, what the last of them carries on to the next page, and the heads
    of what looks like a form but is in none of them."""

    tables: tuple[UnruledTable, ...] = ()
    carried: Carried | None = None
    unread: tuple[str, ...] = ()


def read_unruled(words: Sequence[Word], carried: Carried | None = None) -> UnruledPage:
    """Given words in the order in which they were written, and what the page before carries on, return the forms and
    the financial tables among them as tables."""
    pieces = order_pieces(join_words(words))
    rows = find_rows(pieces)
    tables: list[UnruledTable] = []
    carries: Carried | None = None
    regions = find_regions(rows, carried)
    if not regions and find_money_regions(rows):
        rows = find_rows(split_numbered(pieces))
        regions = find_money_regions(rows)
    for region in regions:
        inside = rows[region.first : region.last + 1]
        table, gutters = _table(inside, region, carried if region.goes_on else None)
        tables.append(table)
        carries = None
        if (gutters or not region.tables) and len(rows) - 1 - region.last <= _FEET:
            heads = head_texts(rows, region) or (carried.heads if carried is not None else frozenset())
            carries = Carried(tuple(gutters), table.lattice.xs[0], table.lattice.xs[-1], heads)
    return UnruledPage(tuple(tables), carries, unread_heads(rows, regions))


def align_edges(tables: Sequence[UnruledTable]) -> list[UnruledTable]:
    """Given the parts of one table on successive pages, return them with their column edges at the same positions,
    wherever their texts leave room for it."""
    shared = sorted(_position(edge) for edge in stab(edge for table in tables for edge in table.room))
    moved = []
    for table in tables:
        xs = []
        for x, room in zip(table.lattice.xs, table.room, strict=True):
            inside = [other for other in shared if room.low <= other <= room.high]
            xs.append(min(inside, key=lambda other: abs(other - x)) if inside else x)
        ordered = all(before < after for before, after in pairwise(xs))
        moved.append(replace(table, lattice=_with_edges(table.lattice, xs)) if ordered else table)
    return moved


def _position(edge: Edge) -> float:
    """Where an edge stands: in the middle of its room; an outer one, which has room without end, beside the text."""
    if edge.high - edge.low > _FAR / 2:
        return edge.high - _PAD / 2 if edge.low < 0 else edge.low + _PAD / 2
    return edge.middle


def _with_edges(lattice: Lattice, xs: Sequence[float]) -> Lattice:
    cells = tuple(
        replace(cell, box=replace(cell.box, x0=xs[cell.column], x1=xs[cell.column + cell.column_span]))
        for cell in lattice.cells
    )
    return Lattice(tuple(xs), lattice.ys, cells, lattice.notes)


# --- one table


def _table(rows: Sequence[PieceRow], region: Region, carried: Carried | None) -> tuple[UnruledTable, list[Edge]]:
    """The table in some rows, and the gaps between the columns of its last indicators."""
    setting = set_pieces(rows, lambda row, piece: _limit(rows, row, piece))
    pieces = [placed.piece for placed in setting.placed]
    left, right = min(piece.x0 for piece in pieces) - _PAD, max(piece.x1 for piece in pieces) + _PAD
    if carried is not None:
        left, right = min(left, carried.left), max(right, carried.right)
    tables = [(a - region.first, b - region.first, c - region.first) for a, b, c in region.tables]
    _cover_sides(setting, tables)
    _cover_below(setting, tables)
    bands = find_bands(setting, tables, right, carried)
    edges, room = put_edges(bands)
    inner = sorted({x for own in edges.values() for x in own})
    xs = [left, *inner, right]
    cells = fill_cells(setting, bands, edges, xs, _row_edges(setting))
    notes = (
        f"no lines: {len(setting.rows)} rows and {len(xs) - 1} columns told by the positions of the text",
        *setting.notes,
    )
    lattice = Lattice(tuple(xs), tuple(_row_edges(setting)), tuple(cells), notes)
    gaps = (Edge(left - _FAR, left + _PAD / 2), *(room[x] for x in inner), Edge(right - _PAD / 2, right + _FAR))
    gutters = [edge for band in bands if band.is_table and band is bands[-1] for edge in band.edges]
    return UnruledTable(lattice, gaps, region.goes_on), gutters


def _limit(rows: Sequence[PieceRow], number: int, piece: Piece) -> int:
    """The last row that a piece's cell could reach to: that above the next text in its column."""
    for below in range(number + 1, len(rows)):
        if any(min(piece.x1, other.x1) - max(piece.x0, other.x0) > 0 for other in rows[below].pieces):
            return below - 1
    return len(rows) - 1


def _cover_sides(setting: Setting, tables: Sequence[tuple[int, int, int]]) -> None:
    """Let the label at the side of an indicator table (绩效指标) cover all its rows, where nothing stands below it.

    Its text stands in their middle unless a page break cuts the table.
    """
    for first, head, last in tables:
        for placed in setting.placed:
            match = labels.match_block(placed.piece.text)
            if not first <= placed.first <= head or match is None or match.role("section") != "indicators":
                continue
            below = (one for one in setting.placed if placed.first < one.first <= last)
            if placed.last != last and not any(one.piece.x0 < placed.piece.x1 for one in below):
                placed.last = last
                setting.notes.append(
                    f"“{placed.piece.text}” covers rows {placed.first + 1} to {last + 1}: it is the label at their side"
                )


def _cover_below(setting: Setting, tables: Sequence[tuple[int, int, int]]) -> None:
    """Let labels at the left edge that stand at the top of their rows cover those below that are blank there."""
    if setting.alignment != "top":
        return
    bounds = {row: (first, last) for first, _, last in tables for row in range(first, last + 1)}
    for placed in setting.placed:
        match = labels.match_block(placed.piece.text)
        if match is None or match.value is not None or _has_left(setting, placed.first, placed.piece):
            continue
        first, last = bounds.get(placed.first, (-1, len(setting.rows) - 1))
        if first not in (-1, placed.first):
            continue  # a tier: it holds for the rows below until the next one, whether merged or not
        others = bounds.keys() - range(first, last + 1)
        row = placed.last
        while row < last and row + 1 not in others and _is_blank(setting, row + 1, placed):
            row += 1
        if row > placed.last:
            placed.last = row
            setting.notes.append(
                f"“{placed.piece.text}” covers rows {placed.first + 1} to {row + 1}: nothing else is printed below it"
            )


def _has_left(setting: Setting, row: int, piece: Piece) -> bool:
    return any(one.first <= row <= one.last and one.piece.x1 < piece.x0 for one in setting.placed)


def _is_blank(setting: Setting, row: int, lead: Placed) -> bool:
    """Whether the first text of a row stands to the right of a label above it, and is no label with its value."""
    first = min(setting.rows[row].pieces, key=lambda piece: piece.x0)
    match = labels.match_block(first.text)
    return first.x0 > lead.piece.x1 and (match is None or (match.value is None and match.role("left_out") is None))


def _row_edges(setting: Setting) -> list[float]:
    ys = [min(p.piece.top for p in setting.placed if p.first == 0) - _PAD]
    for row in range(len(setting.rows) - 1):
        above = max((p.piece.bottom for p in setting.placed if p.last == row), default=setting.rows[row].bottom)
        below = min((p.piece.top for p in setting.placed if p.first == row + 1), default=setting.rows[row + 1].top)
        ys.append(max(ys[-1] + 0.1, (above + below) / 2))
    last = len(setting.rows) - 1
    ys.append(max(max(p.piece.bottom for p in setting.placed if p.last == last) + _PAD, ys[-1] + 0.1))
    return ys


def _is_last(setting: Setting, placed: Placed) -> bool:
    """Whether a piece stands right of a label in its row, and nothing right of it."""
    beside = [one.piece for one in setting.placed if one.first <= placed.last and one.last >= placed.first]
    return all(one.x0 <= placed.piece.x0 for one in beside) and len(setting.rows[placed.first].pieces) > 1


@dataclass(slots=True)
class _Occupied:
    """Which positions of the grid are taken."""

    spots: set[tuple[int, int]] = field(default_factory=set)

    def take(self, rows: range, columns: range) -> bool:
        """Take positions, if all of them are free; return whether that was so."""
        wanted = {(row, column) for row in rows for column in columns}
        if wanted & self.spots:
            return False
        self.spots |= wanted
        return True


def fill_cells(
    setting: Setting, bands: Sequence[Band], edges: dict[int, list[float]], xs: Sequence[float], ys: Sequence[float]
) -> list[LatticeCell]:
    """Given rows with their pieces, their bands with the positions of each one's edges (by the band's number), and the
    edges of all columns and rows, return the cells: those of the pieces, and blank ones between them."""
    cells: list[LatticeCell] = []
    taken = _Occupied()

    def add(rows: range, columns: range) -> bool:
        if not taken.take(rows, columns):
            return False
        box = Box(xs[columns.start], ys[rows.start], xs[columns.stop], ys[rows.stop])
        cells.append(LatticeCell(rows.start, columns.start, len(rows), len(columns), box))
        return True

    for number, band in enumerate(bands):
        own = edges[number]
        bounds = [0, *(xs.index(x) for x in own), len(xs) - 1]
        wide = spread_heads(setting.placed, band, [xs[0], *own, xs[-1]]) if band.head_last > band.first else {}
        inside = [placed for placed in setting.placed if band.first <= placed.first <= band.last]
        for placed in sorted(inside, key=lambda one: one.first - one.last):
            low, high = wide.get(id(placed.piece)) or columns_of(placed.piece, own)
            if not band.is_table and _is_last(setting, placed) and runs_to_edge(placed.piece):
                high = len(bounds) - 2
            columns = range(bounds[low], bounds[high + 1])
            last = min(placed.last, band.last)
            while not add(range(placed.first, last + 1), columns) and last > placed.first:
                last -= 1
        for row in range(band.first, band.last + 1):
            for low in range(len(bounds) - 1):
                add(range(row, row + 1), range(bounds[low], bounds[low + 1]))
    cells.sort(key=lambda cell: (cell.row, cell.column))
    return cells
