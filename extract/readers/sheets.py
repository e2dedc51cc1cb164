"""What workbooks of every kind have in common: cells on a sheet become paragraphs and grids.

A sheet has no paragraphs: titles, unit lines and notes stand in cells above and below a table. Rows with a single
printed cell at the edge of a table are read as paragraphs; empty rows part tables. Places are those of the sheet itself
(its row and column numbers), so that a figure can be found in the workbook, hidden rows and columns counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from extract.grid import MOST_CELLS, Block, Cell, Grid, Paragraph, check_cells
from extract.normalize import clean_text
from ontology.records import Place, PrintedCell


@dataclass(frozen=True, slots=True)
class Merge:
    """A merged range, by its first and last row and column (counted from 1, all included)."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet as read: printed texts by (row, column), merged ranges, and what is hidden."""

    name: str
    texts: Mapping[tuple[int, int], str]
    merges: Sequence[Merge] = ()
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()


@dataclass(slots=True)
class _Shown:
    """A cell as shown: its sheet position, the visible rows and columns it covers, and its text."""

    row: int
    column: int
    text: str
    rows: list[int] = field(default_factory=list)
    columns: list[int] = field(default_factory=list)


def sheet_blocks(sheet: Sheet) -> list[Block]:
    """Given a sheet, return its paragraphs and grids from top to bottom."""
    shown = list(_shown_cells(sheet))
    printed = [cell for cell in shown if cell.text]
    if not printed:
        return []
    blocks: list[Block] = []
    tables = 0
    starting: dict[int, list[_Shown]] = {}
    for cell in shown:
        starting.setdefault(cell.rows[0], []).append(cell)
    for rows in _bands(printed, sheet.hidden_rows):
        inside = [cell for row in sorted(rows) for cell in starting.get(row, ())]
        head, body, foot = _split_band(inside, sorted(rows))
        blocks += [_paragraph(sheet, cell) for cell in head]
        if body:
            tables += 1
            blocks.append(_grid(sheet, body, tables))
        blocks += [_paragraph(sheet, cell) for cell in foot]
    return blocks


def _shown_cells(sheet: Sheet) -> Iterator[_Shown]:
    covered: set[tuple[int, int]] = set()
    merged = 0
    for merge in sheet.merges:
        merged += (merge.bottom - merge.top + 1) * (merge.right - merge.left + 1)
        check_cells(merged)
        rows = [row for row in range(merge.top, merge.bottom + 1) if row not in sheet.hidden_rows]
        columns = [column for column in range(merge.left, merge.right + 1) if column not in sheet.hidden_columns]
        covered.update(
            (row, column) for row in range(merge.top, merge.bottom + 1) for column in range(merge.left, merge.right + 1)
        )
        if rows and columns:
            text = clean_text(sheet.texts.get((merge.top, merge.left), ""))
            yield _Shown(merge.top, merge.left, text, rows, columns)
    for (row, column), text in sheet.texts.items():
        if (row, column) not in covered and row not in sheet.hidden_rows and column not in sheet.hidden_columns:
            yield _Shown(row, column, clean_text(text), [row], [column])


def _bands(printed: list[_Shown], hidden: frozenset[int]) -> list[set[int]]:
    """Runs of rows without an empty row between; a merged cell holds its rows together."""
    rows = sorted({row for cell in printed for row in cell.rows})
    bands: list[set[int]] = []
    last = 0
    for row in rows:
        # Hidden rows leave a gap in the numbers, never in what is shown: only an empty row that shows parts tables.
        if bands and all(between in hidden for between in range(last + 1, row)):
            bands[-1].add(row)
        else:
            bands.append({row})
        last = row
    return bands


def _split_band(cells: list[_Shown], rows: list[int]) -> tuple[list[_Shown], list[_Shown], list[_Shown]]:
    """Part the single cells above and below a table from it."""
    by_row: dict[int, list[_Shown]] = {row: [] for row in rows}
    for cell in cells:
        for row in cell.rows:
            if row in by_row and cell.text:
                by_row[row].append(cell)

    def is_text(row: int) -> bool:
        return len(by_row[row]) <= 1 and all(len(cell.rows) == 1 for cell in by_row[row])

    first, last = 0, len(rows)
    while first < last and is_text(rows[first]):
        first += 1
    while last > first and is_text(rows[last - 1]):
        last -= 1
    ordered = sorted(cells, key=lambda cell: (cell.row, cell.column))
    head_rows, foot_rows = set(rows[:first]), set(rows[last:])
    head = [cell for cell in ordered if cell.rows[0] in head_rows and cell.text]
    foot = [cell for cell in ordered if cell.rows[0] in foot_rows and cell.text]
    body_rows = set(rows[first:last])
    body = [cell for cell in ordered if cell.rows[0] in body_rows]
    return head, body, foot


def _paragraph(sheet: Sheet, cell: _Shown) -> Paragraph:
    return Paragraph(cell.text, Place(sheet=sheet.name, row=cell.row, column=cell.column))


def _grid(sheet: Sheet, cells: list[_Shown], table: int) -> Grid:
    printed = [cell for cell in cells if cell.text]
    rows = sorted({row for cell in cells for row in cell.rows})
    left = min(cell.columns[0] for cell in printed)
    right = max(cell.columns[-1] for cell in printed)
    columns = [column for column in range(left, right + 1) if column not in sheet.hidden_columns]
    if len(rows) * len(columns) > MOST_CELLS:
        # A cell astray far to the right: columns in which nothing is printed are left out.
        columns = sorted({cell.columns[0] for cell in printed})
    check_cells(len(rows) * len(columns))
    row_at = {row: number for number, row in enumerate(rows, 1)}
    column_at = {column: number for number, column in enumerate(columns, 1)}
    out: list[Cell] = []
    taken: set[tuple[int, int]] = set()
    for cell in cells:
        spans = [column for column in cell.columns if column in column_at]
        if not spans:
            continue
        place = Place(sheet=sheet.name, table=table, row=cell.row, column=cell.column)
        part = PrintedCell(place, cell.text)
        top, first = row_at[cell.rows[0]], column_at[spans[0]]
        out.append(Cell(top, first, cell.text, len(cell.rows), len(spans), (part,)))
        taken.update((top + r, first + c) for r in range(len(cell.rows)) for c in range(len(spans)))
    for row, number in row_at.items():
        for column, position in column_at.items():
            if (number, position) not in taken:
                place = Place(sheet=sheet.name, table=table, row=row, column=column)
                out.append(Cell(number, position, "", 1, 1, (PrintedCell(place, ""),)))
    place = Place(sheet=sheet.name, table=table, row=rows[0], column=left)
    return Grid(len(rows), len(columns), tuple(sorted(out, key=lambda c: (c.row, c.column))), place)
