"""Tables that no lines tell: words to lattices, for performance forms only.

A form is known by its heads (三级指标 and 指标值 side by side, each a text of its own); prose that speaks of them is
one text, and a table of money has none. From the head the form reaches up to its title and down to its last row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from extract.lattice import Lattice, LatticeCell
from extract.piece_columns import Band, columns_of, find_bands, put_edges
from extract.piece_rows import PieceRow, Setting, find_rows, set_pieces
from extract.pieces import Piece, Word, join_words
from ontology import labels
from ontology.head_words import find_head_words
from ontology.records import Box

_PAD = 2.0  # points around the text at a table's outer edges
_FAR = 3.5  # sizes: a gap above a lone text so high ends a table
_WIDE = 0.6  # the share of the width of the page's text that a line of prose fills
_UNLABELLED = 3  # rows without a known label that may stand between rows of a form's block
_TIERS = ("tier1", "tier2", "tier3")


@dataclass(slots=True)
class Region:
    """The rows of one form (from 0, first and last), and its indicator tables: first row, last row of head, last."""

    first: int
    last: int
    tables: list[tuple[int, int, int]]


@dataclass(frozen=True, slots=True)
class UnruledTable:
    """A table told by its text: its lattice, and the pieces in it."""

    lattice: Lattice
    pieces: tuple[Piece, ...]


def names_heads(line: str) -> bool:
    """Whether a line prints heads of an indicator table, alone or in a sentence: worth a second look."""
    return len(find_head_words(line)) > 1


def read_unruled(words: Sequence[Word]) -> list[UnruledTable]:
    """Given words in the order in which they were written, return the forms among them as tables."""
    rows = find_rows(join_words(words))
    return [_table(rows[region.first : region.last + 1], region) for region in find_regions(rows)]


# --- where forms are


def find_regions(rows: Sequence[PieceRow]) -> list[Region]:
    """Given the rows of a page, return those that are forms."""
    heads = [number for number, row in enumerate(rows) if is_head(row)]
    regions: list[Region] = []
    taken = 0
    number = 0
    while number < len(heads):
        head = heads[number]
        number += 1
        if head < taken:
            continue
        first = _first_row(rows, head, taken)
        last, tables = head, [head]
        row = head + 1
        while row < len(rows) and not _ends(rows, row):
            if row in heads:
                tables.append(row)
            last = row
            row += 1
        last = _last_inside(rows, tables[-1], last)
        taken = last + 1
        ends = [*(table for table in tables[1:]), last + 1]
        regions.append(
            Region(
                first,
                last,
                [_indicator_rows(rows, table, end) for table, end in zip(tables, ends, strict=True)],
            )
        )
    return regions


def is_head(row: PieceRow) -> bool:
    """Whether a row is the head of an indicator table: pieces that each are one of its heads."""
    notations = [match.notation for piece in row.pieces if (match := labels.match_column(piece.text)) is not None]
    meant = {labels.columns()[notation].stands_for or notation for notation in notations}
    if len(notations) < 2:
        return False
    asked = bool(meant & {"target", "actual"})
    if "tier3" in meant:
        return bool(meant & {"tier1", "tier2"}) or asked
    return {"tier1", "tier2"} <= meant and asked


def _first_row(rows: Sequence[PieceRow], head: int, least: int) -> int:
    first = row = head
    unlabelled = 0
    while row > least and unlabelled <= _UNLABELLED:
        row -= 1
        if _is_caption(rows[row]):
            break
        if any(labels.match_block(piece.text) is not None for piece in rows[row].pieces) or len(rows[row].pieces) > 2:
            first, unlabelled = row, 0
        else:
            unlabelled += 1
    return first


def _is_caption(row: PieceRow) -> bool:
    """Whether a row stands above a table: a title, a year, a unit of money."""
    if len(row.pieces) > 1:
        return False
    text = row.pieces[0].text
    return (
        labels.form_title(text) is not None
        or labels.only_year(text) is not None
        or (labels.find_money_unit(text) is not None and len(text) < 40)
    )


def _ends(rows: Sequence[PieceRow], number: int) -> bool:
    row, before = rows[number], rows[number - 1]
    if len(row.pieces) > 1:
        return False
    (piece,) = row.pieces
    if labels.form_title(piece.text) is not None:
        return True
    if labels.match_block(piece.text) is not None:
        return False
    return row.top - before.bottom > _FAR * piece.size


def _last_inside(rows: Sequence[PieceRow], head: int, last: int) -> int:
    """The last row that is a table's, given that of the page's text: rows of one text without a label at the end are
    not, where they are wider than a column."""
    width = max(piece.x1 for row in rows for piece in row.pieces) - min(
        piece.x0 for row in rows for piece in row.pieces
    )
    while last > head:
        row = rows[last]
        if len(row.pieces) > 1 or labels.match_block(row.pieces[0].text) is not None:
            break
        if row.pieces[0].x1 - row.pieces[0].x0 < _WIDE * width and last == head + 1:
            break
        last -= 1
    return last


def _indicator_rows(rows: Sequence[PieceRow], head: int, end: int) -> tuple[int, int, int]:
    """The first row of an indicator table, the last of its head, and its last."""
    last_head = head
    if head + 1 < end and _is_subhead(rows[head + 1]):
        last_head += 1
    last = last_head
    for row in range(last_head + 1, end):
        if _is_foot(rows[row]):
            break
        last = row
    first = head
    if head > 0 and len(rows[head - 1].pieces) > 1 and _heads_others(rows[head - 1], rows[head]):
        first -= 1
    return first, last_head, last


def _is_subhead(row: PieceRow) -> bool:
    return all(
        labels.match_subhead(piece.text) is not None or labels.match_column(piece.text) is not None
        for piece in row.pieces
    )


def _heads_others(above: PieceRow, head: PieceRow) -> bool:
    """Whether the row above a head is the upper part of it: heads, and merged ones beside them."""
    known = sum(
        1
        for piece in above.pieces
        if labels.match_column(piece.text) is not None
        or ((match := labels.match_block(piece.text)) is not None and match.value is None)
    )
    return known * 2 > len(above.pieces) and len(above.pieces) > 2


_FOOT = ("score", "grade", "total_row", "name", "name_and_code", "code", "department", "implementing_unit", "unit_name",
         "outcome", "objective")  # fmt: skip


def _is_foot(row: PieceRow) -> bool:
    """Whether a row below a head begins what comes after the indicators."""
    lead = row.pieces[0]
    match = labels.match_block(lead.text)
    if match is None or labels.is_tier1(lead.text):
        return False
    return match.means(*_FOOT) or match.role("left_out") is not None


# --- the table


def _table(rows: Sequence[PieceRow], region: Region) -> UnruledTable:
    setting = set_pieces(rows, lambda row, piece: _limit(rows, row, piece))
    pieces = [placed.piece for placed in setting.placed]
    left, right = min(piece.x0 for piece in pieces) - _PAD, max(piece.x1 for piece in pieces) + _PAD
    tables = [(a - region.first, b - region.first, c - region.first) for a, b, c in region.tables]
    _cover_below(setting, tables)
    bands = find_bands(setting, tables, left, right)
    edges = put_edges(bands)
    xs = [left, *sorted({x for own in edges.values() for x in own}), right]
    ys = _row_edges(setting)
    cells = _cells(setting, bands, edges, xs, ys)
    notes = (
        f"no lines: {len(setting.rows)} rows and {len(xs) - 1} columns told by the positions of the text",
        *setting.notes,
    )
    return UnruledTable(Lattice(tuple(xs), tuple(ys), tuple(cells), notes), tuple(pieces))


def _limit(rows: Sequence[PieceRow], number: int, piece: Piece) -> int:
    """The last row that a piece's cell could reach to: that above the next text in its column."""
    for below in range(number + 1, len(rows)):
        if any(min(piece.x1, other.x1) - max(piece.x0, other.x0) > 0 for other in rows[below].pieces):
            return below - 1
    return len(rows) - 1


def _cover_below(setting: Setting, tables: Sequence[tuple[int, int, int]]) -> None:
    """Let a label that stands at the top of its rows cover those below in which its column is blank."""
    if setting.alignment != "top":
        return
    for placed in setting.placed:
        match = labels.match_block(placed.piece.text)
        if match is None or match.value is not None:
            continue
        if any(first < placed.first <= last for first, _, last in tables):
            continue
        limit = _limit(setting.rows, placed.first, placed.piece)
        beside = [p for p in setting.placed if p.first == placed.first and p.piece.x0 > placed.piece.x1]
        for first, _, last in tables:
            if placed.first < first:
                limit = min(limit, first - 1)
            elif placed.first == first:
                limit = min(limit, last)
        is_lead = not any(p.first == placed.first and p.piece.x1 < placed.piece.x0 for p in setting.placed)
        if is_lead and beside and limit > placed.last:
            placed.last = limit
            setting.notes.append(
                f"“{placed.piece.text}” covers rows {placed.first + 1} to {limit + 1}: nothing else is printed below it"
            )


def _row_edges(setting: Setting) -> list[float]:
    ys = [min(p.piece.top for p in setting.placed if p.first == 0) - _PAD]
    for row in range(len(setting.rows) - 1):
        above = max((p.piece.bottom for p in setting.placed if p.last == row), default=setting.rows[row].bottom)
        below = min((p.piece.top for p in setting.placed if p.first == row + 1), default=setting.rows[row + 1].top)
        ys.append(max(ys[-1] + 0.1, (above + below) / 2))
    last = len(setting.rows) - 1
    ys.append(max(max(p.piece.bottom for p in setting.placed if p.last == last) + _PAD, ys[-1] + 0.1))
    return ys


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


def _cells(
    setting: Setting, bands: Sequence[Band], edges: dict[int, list[float]], xs: Sequence[float], ys: Sequence[float]
) -> list[LatticeCell]:
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
        inside = [placed for placed in setting.placed if band.first <= placed.first <= band.last]
        for placed in sorted(inside, key=lambda one: one.first - one.last):
            low, high = columns_of(placed.piece, own)
            columns = range(bounds[low], bounds[high + 1])
            last = min(placed.last, band.last)
            while not add(range(placed.first, last + 1), columns) and last > placed.first:
                last -= 1
        for row in range(band.first, band.last + 1):
            for low in range(len(bounds) - 1):
                add(range(row, row + 1), range(bounds[low], bounds[low + 1]))
    cells.sort(key=lambda cell: (cell.row, cell.column))
    return cells
