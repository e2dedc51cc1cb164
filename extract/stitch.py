"""Tables that go on over pages become one logical `Grid`, on stated evidence only.

A reader gives the blocks of all pages in reading order: paragraphs, and each table as it stands on its page. Two tables
on successive pages are one where nothing stands between them, their columns agree, and either the head is printed
again or the second does not begin like a form of its own. A cell that goes on over the break becomes one `Cell` with a
part on each page. What was decided, and why, is in the grid's notes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from extract.grid import Block, Cell, Grid, Paragraph
from extract.normalize import clean_text, join_wrapped
from ontology.records import Place

_NEAR = 3.0  # column edges of two pages this near (points) are the same
_SENTENCE_END = tuple("。；;！!？?")
_LONGEST_LABEL = 20  # characters: a longer text in a merged cell is a sentence, not a label


@dataclass(frozen=True, slots=True)
class PageTable:
    """A table as it stands on one page: its grid, its column edges in points, and which cells have no line at a break.

    `open_top` and `open_bottom` hold the (row, column) of cells at the table's first or last row without that border.
    `width` and `height` are the page's.
    """

    grid: Grid
    xs: tuple[float, ...]
    ys: tuple[float, ...]
    width: float
    height: float
    open_top: frozenset[tuple[int, int]] = frozenset()
    open_bottom: frozenset[tuple[int, int]] = frozenset()

    @property
    def page(self) -> int:
        """The page's number."""
        return self.grid.place.page or 0

    def row_edges(self, row: int) -> list[float]:
        """The column edges that the cells of a row use."""
        edges = {self.xs[cell.column - 1] for cell in self.grid.row_cells(row)}
        edges |= {self.xs[cell.last_column] for cell in self.grid.row_cells(row)}
        return sorted(edges)


@dataclass(slots=True)
class _Chain:
    """Tables of successive pages that are one table; `heads` counts the repeated head rows of each page."""

    tables: list[PageTable]
    heads: list[int] = field(default_factory=lambda: [0])
    notes: list[str] = field(default_factory=list)


def stitch(blocks: Iterable[Paragraph | PageTable]) -> list[Block]:
    """Given the blocks of a document in reading order, return them with the tables of successive pages joined."""
    found: list[Paragraph | _Chain] = []
    for block in blocks:
        if isinstance(block, Paragraph):
            found.append(block)
            continue
        before = found[-1] if found else None
        if isinstance(before, _Chain) and block.page == before.tables[-1].page + 1:
            evidence = _evidence(before, block)
            if evidence is not None:
                heads, note = evidence
                before.tables.append(block)
                before.heads.append(heads)
                before.notes.append(note)
                continue
        found.append(_Chain([block]))
    return [block if isinstance(block, Paragraph) else _merge(block) for block in found]


# --- whether two tables are one


def _evidence(chain: _Chain, table: PageTable) -> tuple[int, str] | None:
    """The number of repeated head rows and the reason to join, or None where the tables are two."""
    first, last = chain.tables[0], chain.tables[-1]
    if (
        abs(last.width - table.width) > _NEAR
        or not _same(last.xs[0], table.xs[0])
        or not _same(last.xs[-1], table.xs[-1])
    ):
        return None
    heads = repeated_head(first, table)
    where = f"page {table.page} goes on from page {last.page}"
    if heads:
        return heads, f"{where}: nothing between them, same outer edges, head of {heads} rows repeated"
    if _begins_alike(first.grid, table.grid) or _begins_with_title(table.grid):
        return None
    if _within(table.row_edges(1), last.xs) or _within(last.row_edges(last.grid.rows), table.xs):
        opened = " and no line at the break" if last.open_bottom or table.open_top else ""
        return 0, f"{where}: nothing between them, same column edges{opened}, head not repeated"
    return None


def _same(a: float, b: float) -> bool:
    return abs(a - b) <= _NEAR


def _within(edges: Sequence[float], others: Sequence[float]) -> bool:
    return all(any(_same(edge, other) for other in others) for edge in edges)


def repeated_head(first: PageTable, table: PageTable) -> int:
    """Given the first table of a chain and a later one, return how many rows of its head the later one repeats.

    A head has a row of several printed cells. A form's own title or first line of labels and entries printed again is
    none: its entries differ.
    """
    matched, proper = 0, False
    for row in range(1, min(first.grid.rows, table.grid.rows) + 1):
        printed = _row_signature(first, row)
        if not printed or printed != _row_signature(table, row):
            break
        matched = row
        proper = proper or len(printed) > 1
    while matched and any(
        cell.last_row > matched for row in range(1, matched + 1) for cell in first.grid.row_cells(row)
    ):
        matched -= 1
    return matched if proper and matched < table.grid.rows else 0


def _row_signature(table: PageTable, row: int) -> list[tuple[int, str]]:
    """The printed cells that start in a row, with their columns' edges in steps wide enough for two pages to agree."""
    cells = [cell for cell in table.grid.row_cells(row) if cell.row == row and cell.text]
    return [(round((table.xs[cell.column - 1] - table.xs[0]) / (2 * _NEAR)), cell.text) for cell in cells]


def _begins_alike(first: Grid, second: Grid) -> bool:
    """Whether both begin with the same printed label: then the second is a form like the first, not its rest."""
    labels = [next((cell.text for cell in grid.row_cells(1) if cell.text), "") for grid in (first, second)]
    return labels[0] != "" and labels[0] == labels[1]


def _begins_with_title(grid: Grid) -> bool:
    cells = grid.row_cells(1)
    return len(cells) == 1 and bool(cells[0].text) and grid.rows > 3


# --- the joined grid


def _merge(chain: _Chain) -> Grid:
    tables = chain.tables
    if len(tables) == 1:
        return tables[0].grid
    xs = _common_edges(tables)
    cells: list[Cell] = []
    rows = 0
    parallel = _parallel_columns(tables, chain.heads, xs)
    notes = [f"page {table.page}: {note}" for table in tables for note in table.grid.notes] + chain.notes
    for index, (table, heads) in enumerate(zip(tables, chain.heads, strict=True)):
        body = [_moved(cell, table, xs, rows - heads) for cell in table.grid if cell.row > heads]
        if index:
            openings = _openings(tables[index - 1], table, xs)
            cells, body, joined = _join_break(cells, body, rows, openings, parallel)
            notes += [f"page {table.page}: {note}" for note in joined]
        cells += body
        rows += table.grid.rows - heads
    ordered = sorted(cells, key=lambda cell: (cell.row, cell.column))
    return Grid(rows, len(xs) - 1, tuple(ordered), tables[0].grid.place, tuple(notes))


def _common_edges(tables: Sequence[PageTable]) -> list[float]:
    edges: list[float] = []
    for x in sorted(x for table in tables for x in table.xs):
        if not edges or x - edges[-1] > _NEAR:
            edges.append(x)
    return edges


def _index(x: float, xs: Sequence[float]) -> int:
    return min(range(len(xs)), key=lambda i: abs(xs[i] - x))


def _moved(cell: Cell, table: PageTable, xs: Sequence[float], rows: int) -> Cell:
    """A cell of a page in the rows and columns of the joined grid; its places stay those of the page."""
    first, last = _index(table.xs[cell.column - 1], xs), _index(table.xs[cell.last_column], xs)
    return replace(cell, row=cell.row + rows, column=first + 1, column_span=max(1, last - first))


def _openings(last: PageTable, table: PageTable, xs: Sequence[float]) -> set[int]:
    """The columns of the joined grid in which no line closes the cell at the break.

    Where no cell at all is closed this says nothing: the whole line is missing.
    """
    columns: set[int] = set()
    for side, opened, row in ((last, last.open_bottom, last.grid.rows), (table, table.open_top, 1)):
        at_break = side.grid.row_cells(row)
        open_cells = [cell for cell in at_break if (cell.row, cell.column) in opened]
        if len(open_cells) < len(at_break):
            columns |= {_index(side.xs[cell.column - 1], xs) + 1 for cell in open_cells}
    return columns


def _join_break(
    above: list[Cell], below: list[Cell], rows: int, openings: set[int], parallel: Sequence[frozenset[int]]
) -> tuple[list[Cell], list[Cell], list[str]]:
    """Given the cells above and below a break after `rows` rows, return both with the cells that go on joined above.

    `openings` are the columns without a line at the break, `parallel` the sets of columns whose cells are merged alike.
    """
    ending = {(cell.column, cell.column_span): cell for cell in above if cell.last_row == rows}
    starting = sorted((cell for cell in below if cell.row == rows + 1), key=lambda cell: cell.column)
    pairs = {cell.column: (ending.get((cell.column, cell.column_span)), cell) for cell in starting}
    merged_columns = {cell.column for cell in (*above, *below) if cell.row_span > 1}
    reasons: dict[int, str] = {}
    left_goes_on = True  # only where every cell to the left goes on can this one be an inner part of what goes on
    for number, after in enumerate(starting):
        before = pairs[after.column][0]
        plain_follows = any(cell.text and cell.row_span == 1 for cell in starting[number + 1 :])
        reason = None
        if before is None:
            pass
        elif after.column in openings:
            reason = "no line closes it"
        elif not after.text and before.row_span > 1:
            reason = "merged above, empty below"
        elif not left_goes_on:
            pass
        elif not after.text and after.row_span > 1 and plain_follows:
            reason = "merged and empty below"
        elif not after.text and after.column in merged_columns and plain_follows:
            reason = "empty below in a column of merged cells"
        elif after.text and not before.text and before.row_span > 1 and after.row_span > 1:
            reason = "merged and empty above, its text below"
        if reason:
            reasons[after.column] = reason
        else:
            left_goes_on = False
    for columns in parallel:
        together = [pair for column, pair in pairs.items() if column in columns]
        if len(together) == len(columns) and _go_on_together(together):
            for column in columns:
                reasons.setdefault(column, "merged alike with a column that goes on")
    notes = []
    for column, reason in sorted(reasons.items()):
        before, after = pairs[column]
        if before is not None:
            above[above.index(before)] = _joined(before, after)
            below.remove(after)
            notes.append(f"column {column} goes on over the break ({reason})")
    return above, below, notes


def _parallel_columns(tables: Sequence[PageTable], heads: Sequence[int], xs: Sequence[float]) -> list[frozenset[int]]:
    """The sets of columns whose merged cells always cover the same rows: parts of one entry (a name, its amount).

    Two different merged cells at least must show it; a column that is only finer or coarser than its neighbour (a
    tier in a tier) differs in one of them.
    """
    covered: dict[int, set[tuple[int, int, int]]] = {}
    for table, head in zip(tables, heads, strict=True):
        for cell in table.grid:
            if cell.row_span > 1 and cell.row > head:
                column = _moved(cell, table, xs, 0).column
                covered.setdefault(column, set()).add((table.page, cell.row, cell.row_span))
    alike: dict[frozenset[tuple[int, int, int]], set[int]] = {}
    for column, ranges in covered.items():
        if len(ranges) > 1:
            alike.setdefault(frozenset(ranges), set()).add(column)
    return [frozenset(columns) for columns in alike.values() if len(columns) > 1]


def _go_on_together(pairs: Sequence[tuple[Cell | None, Cell]]) -> bool:
    """Whether the parts of one entry, above and below a break, are one entry.

    They are where a part that is printed above is empty below, and where nothing speaks against it: a new entry would
    print its name first and leave no part out, and the sentence above it would have ended.
    """
    ordered = sorted(pairs, key=lambda pair: pair[1].column)
    spans = {(before.row_span, after.row_span) for before, after in ordered if before is not None}
    if len(spans) != 1 or any(before is None for before, _ in ordered):
        return False
    left_out = [index for index, (before, after) in enumerate(ordered) if before and before.text and not after.text]
    both = [before.text for before, after in ordered if before and before.text and after.text]
    if not left_out:
        return False
    longest = max(both, key=len, default="")
    unfinished = not longest.endswith(_SENTENCE_END)
    if left_out == [0] and both:
        # The first part alone is empty: so it is too where a new inner part begins below (a tier in a tier). Only a
        # sentence that has not ended tells the two apart.
        return unfinished and len(longest) > _LONGEST_LABEL
    return unfinished


def _joined(before: Cell, after: Cell) -> Cell:
    text = clean_text(join_wrapped(before.text, after.text))
    parts = before.parts + tuple(part for part in after.parts if part.text or not before.text)
    return replace(before, text=text, row_span=before.row_span + after.row_span, parts=parts)


def table_place(page: int, number: int) -> Place:
    """Given a page and the number of a table on it, return the table's place."""
    return Place(page=page, table=number)
