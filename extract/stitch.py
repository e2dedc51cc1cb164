"""Tables that go on over pages become one logical `Grid`, on stated evidence only.

A reader gives the blocks of all pages in reading order: paragraphs, and each table as it stands on its page. Two tables
on successive pages are one where nothing stands between them (but the table's own title printed again), their columns
agree, and either the head is printed again or the second does not begin like a form of its own. A cell that goes on
over the break becomes one `Cell` with a part on each page. What was decided, and why, is in the grid's notes.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from extract.breaks import Break, PrintedRow, join_break
from extract.grid import Block, Cell, Grid, Paragraph
from extract.ragged import even_columns
from ontology.issues import issue
from ontology.records import Issue

_NEAR = 3.0  # column edges of two pages this near (points) are the same
_CONTINUED = re.compile(r"[（(]?续(?:上?表|前表)?[一二三四五六七八九十\d]*[)）]?|.*[（(]续表?[)）]")


@dataclass(frozen=True, slots=True)
class PageTable:
    """A table as it stands on one page: its grid, its column edges in points, and what its cells show at a page break.

    `open_top` and `open_bottom` hold the (row, column) of cells at the table's first or last row without that border,
    `room` how much room the last line of each printed cell has left, in characters: cut text has left none. `ruled`
    says whether lines told the cells, `width` is the page's.
    """

    grid: Grid
    xs: tuple[float, ...]
    width: float
    open_top: frozenset[tuple[int, int]] = frozenset()
    open_bottom: frozenset[tuple[int, int]] = frozenset()
    room: Mapping[tuple[int, int], float] = field(default_factory=dict)
    ruled: bool = True

    @property
    def page(self) -> int:
        """The page's number."""
        return self.grid.place.page or 0

    def row_edges(self, row: int) -> list[float]:
        """The column edges that the cells of a row use."""
        cells = self.grid.row_cells(row)
        return sorted({self.xs[cell.column - 1] for cell in cells} | {self.xs[cell.last_column] for cell in cells})


@dataclass(slots=True)
class _Chain:
    """Tables of successive pages that are one table; `heads` counts the repeated head rows of each page."""

    tables: list[PageTable]
    title: frozenset[str]
    heads: list[int] = field(default_factory=lambda: [0])
    notes: list[str] = field(default_factory=list)


def stitch(
    blocks: Iterable[Paragraph | PageTable], issues: list[Issue] | None = None, running: frozenset[str] = frozenset()
) -> list[Block]:
    """Given the blocks of a document in reading order, return them with the tables of successive pages joined.

    `issues` takes what was joined with doubt; `running` are the texts of running heads and feet, which keep no two
    tables apart.
    """
    found: list[Paragraph | _Chain] = []
    for block in blocks:
        if isinstance(block, Paragraph):
            found.append(block)
            continue
        between: list[Paragraph] = []
        for before in reversed(found):
            if isinstance(before, _Chain):
                break
            between.insert(0, before)
        chain = found[-1 - len(between)] if len(found) > len(between) else None
        if isinstance(chain, _Chain) and block.page == chain.tables[-1].page + 1:
            evidence = _evidence(chain, block, [one for one in between if one.text not in running])
            if evidence is not None:
                heads, note = evidence
                del found[len(found) - len(between) :]
                chain.tables.append(block)
                chain.heads.append(heads)
                chain.notes.append(note)
                continue
        found.append(_Chain([block], frozenset(one.text for one in between if one.place.page == block.page)))
    return [block if isinstance(block, Paragraph) else _merge(block, issues) for block in found]


# --- whether two tables are one


def _evidence(chain: _Chain, table: PageTable, between: Sequence[Paragraph]) -> tuple[int, str] | None:
    """The number of repeated head rows and the reason to join, or None where the tables are two."""
    first, last = chain.tables[0], chain.tables[-1]
    if abs(last.width - table.width) > _NEAR or not (
        _same(last.xs[0], table.xs[0]) and _same(last.xs[-1], table.xs[-1])
    ):
        return None
    heads = repeated_head(first, table)
    nothing = "nothing between them"
    if between:
        continued = any(_CONTINUED.fullmatch(one.text) for one in between)
        if not continued and (not heads or any(one.text not in chain.title for one in between)):
            return None
        nothing = f"only the title again between them ({' / '.join(one.text for one in between)})"
    where = f"page {table.page} goes on from page {last.page}: {nothing}"
    if heads:
        return heads, f"{where}, same outer edges, head of {heads} rows repeated"
    if _begins_alike(first.grid, table.grid) or _begins_with_title(table.grid):
        return None
    if _within(table.row_edges(1), last.xs) or _within(last.row_edges(last.grid.rows), table.xs):
        opened = ", no line at the break" if last.open_bottom or table.open_top else ""
        return 0, f"{where}, same column edges{opened}, head not repeated"
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
        printed, again = _printed(first, row), _printed(table, row)
        if not printed or len(printed) != len(again):
            break
        if any(a[1] != b[1] or not _same(a[0], b[0]) for a, b in zip(printed, again, strict=True)):
            break
        matched = row
        proper = proper or len(printed) > 1
    while matched and any(
        cell.last_row > matched for row in range(1, matched + 1) for cell in first.grid.row_cells(row)
    ):
        matched -= 1
    return matched if proper and matched < table.grid.rows else 0


def _printed(table: PageTable, row: int) -> list[tuple[float, str]]:
    """The printed cells that start in a row: their left edge, from the table's own, and their text."""
    cells = [cell for cell in table.grid.row_cells(row) if cell.row == row and cell.text]
    return [(table.xs[cell.column - 1] - table.xs[0], cell.text) for cell in cells]


def _begins_alike(first: Grid, second: Grid) -> bool:
    """Whether both begin with the same printed label: then the second is a form like the first, not its rest."""
    labels = [next((cell.text for cell in grid.row_cells(1) if cell.text), "") for grid in (first, second)]
    return labels[0] != "" and labels[0] == labels[1]


def _begins_with_title(grid: Grid) -> bool:
    cells = grid.row_cells(1)
    return len(cells) == 1 and bool(cells[0].text) and grid.rows > 3


# --- the joined grid


def _merge(chain: _Chain, issues: list[Issue] | None) -> Grid:
    tables = chain.tables
    if len(tables) == 1:
        return even_columns(tables[0].grid, tables[0].xs)
    xs = _common_edges(tables)
    cells: list[Cell] = []
    rows = 0
    parallel = _parallel_columns(tables, chain.heads, xs)
    printed = _printed_rows(tables, chain.heads, xs)
    notes = [f"page {table.page}: {note}" for table in tables for note in table.grid.notes] + chain.notes
    for index, (table, heads) in enumerate(zip(tables, chain.heads, strict=True)):
        body = [_moved(cell, table, xs, rows - heads) for cell in table.grid if cell.row > heads]
        if index:
            at = _break(tables[index - 1], table, heads, xs, rows)
            at = replace(at, printed=printed, parallel=parallel)
            joined = join_break(cells, body, at)
            cells, body = joined.above, joined.below
            rows -= joined.rows_lost
            notes += [f"page {table.page}: {note}" for note in joined.notes]
            if issues is not None:
                place = replace(table.grid.place, box=None)
                issues += [issue("table.row_cut", place, page=table.page, text=text) for text in joined.doubtful]
        cells += body
        rows += table.grid.rows - heads
    ordered = sorted(cells, key=lambda cell: (cell.row, cell.column))
    return even_columns(Grid(rows, len(xs) - 1, tuple(ordered), tables[0].grid.place, tuple(notes)), xs)


def _common_edges(tables: Sequence[PageTable]) -> list[float]:
    edges: list[float] = []
    for x in sorted(x for table in tables for x in table.xs):
        if not edges or x - edges[-1] > _NEAR:
            edges.append(x)
    return edges


def _index(x: float, xs: Sequence[float]) -> int:
    right = bisect_left(xs, x)
    if right == len(xs) or (right and x - xs[right - 1] <= xs[right] - x):
        return right - 1
    return right


def _moved(cell: Cell, table: PageTable, xs: Sequence[float], rows: int) -> Cell:
    """A cell of a page in the rows and columns of the joined grid; its places stay those of the page."""
    first, last = _index(table.xs[cell.column - 1], xs), _index(table.xs[cell.last_column], xs)
    return replace(cell, row=cell.row + rows, column=first + 1, column_span=max(1, last - first))


def _break(last: PageTable, table: PageTable, heads: int, xs: Sequence[float], rows: int) -> Break:
    """What the pages show at the break between two tables of a chain, after `rows` rows of the joined grid."""

    def columns(side: PageTable, marked: frozenset[tuple[int, int]], row: int) -> frozenset[int]:
        cells = (cell for cell in side.grid.row_cells(row) if (cell.row, cell.column) in marked)
        return frozenset(_index(side.xs[cell.column - 1], xs) + 1 for cell in cells)

    return Break(
        rows,
        open_above=columns(last, last.open_bottom, last.grid.rows),
        open_below=columns(table, table.open_top, 1) if not heads else frozenset(),
        head_repeated=heads > 0,
        room={
            _index(last.xs[cell.column - 1], xs) + 1: last.room[cell.row, cell.column]
            for cell in last.grid.row_cells(last.grid.rows)
            if (cell.row, cell.column) in last.room
        },
        ruled=last.ruled,
    )


def _printed_rows(tables: Sequence[PageTable], heads: Sequence[int], xs: Sequence[float]) -> list[PrintedRow]:
    """What each row below the head prints, but for the rows at the breaks, which may be cut."""
    found: list[PrintedRow] = []
    lowest = max(cell.last_row for cell in tables[0].grid.row_cells(1))
    for number, (table, head) in enumerate(zip(tables, heads, strict=True)):
        columns = [_index(x, xs) + 1 for x in table.xs]
        first = head + 2 if number else lowest + 1
        for row in range(first, table.grid.rows + (number == len(tables) - 1)):
            cells = table.grid.row_cells(row)
            own = (cell for cell in cells if cell.text and cell.row_span == 1)
            found.append(
                PrintedRow(
                    frozenset(columns[cell.column - 1] for cell in cells),
                    frozenset(columns[cell.column - 1] for cell in own),
                )
            )
    return found


def _parallel_columns(tables: Sequence[PageTable], heads: Sequence[int], xs: Sequence[float]) -> list[frozenset[int]]:
    """The sets of columns whose merged cells always cover the same rows: parts of one entry (a name, its amount).

    Two different merged cells at least must show it; a column that is only finer or coarser than its neighbour (a
    tier in a tier) differs in one of them. Heads over several rows show nothing.
    """
    covered: dict[int, set[tuple[int, int, int]]] = {}
    lowest = max(cell.last_row for cell in tables[0].grid.row_cells(1))
    for number, (table, head) in enumerate(zip(tables, heads, strict=True)):
        for cell in table.grid:
            if cell.row_span > 1 and cell.row > (head if number else lowest):
                column = _index(table.xs[cell.column - 1], xs) + 1
                covered.setdefault(column, set()).add((table.page, cell.row, cell.row_span))
    alike: dict[frozenset[tuple[int, int, int]], set[int]] = {}
    for column, ranges in covered.items():
        if len(ranges) > 1:
            alike.setdefault(frozenset(ranges), set()).add(column)
    return [frozenset(columns) for columns in alike.values() if len(columns) > 1]
