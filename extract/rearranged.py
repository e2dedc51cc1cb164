"""Forms that are arranged in a way of their own, as the grid in which such a form is mostly printed.

Two forms side by side come one below the other; indicators that fill columns, with their heads at the left, are turned
into rows; the tables of one form under headings of their own (一、项目资金情况 / 二、绩效指标) become one. Cells keep the places
where they are printed. Only labels tell: a table that is no form is left as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from extract.grid import Block, Cell, Document, Grid, Paragraph
from extract.heads import find_tables
from extract.placing import TIERS
from ontology import labels, titles
from ontology.records import PrintedCell


def rearranged(document: Document) -> Document:
    """Given a document, return it with its forms in the one arrangement that is read."""
    blocks = [_one_way(block) if isinstance(block, Grid) else block for block in document.blocks]
    joined = _with_parts_joined(blocks)
    same = len(joined) == len(document.blocks) and all(a is b for a, b in zip(joined, document.blocks, strict=True))
    return document if same else replace(document, blocks=tuple(joined))


def _one_way(grid: Grid) -> Grid:
    return _with_rows(_below_each_other(_each_project(grid)))


# --- a project a column, or two forms side by side


def _each_project(grid: Grid) -> Grid:
    """Where projects stand side by side in the row of names, and their targets below them, print each by itself."""
    for row in range(1, grid.rows + 1):
        cells = [cell for cell in grid.row_cells(row) if cell.row == row]
        if not cells or not _is_name(cells[0]) or any(labels.match_block(cell.text) for cell in cells[1:]):
            continue
        values = [cell for cell in cells[1:] if cell.text.strip()]
        if len(values) > 1 and values[-1].last_column == grid.columns and cells[1] is values[0]:
            return _one_below_another(grid, values)
    return grid


def _one_below_another(grid: Grid, values: Sequence[Cell]) -> Grid:
    tables = find_tables(grid)
    asked = [
        cell
        for cell in (grid.row_cells(tables[0].last_row) if len(tables) == 1 else ())
        if (match := labels.match_column(cell.text)) is not None and match.notation == "target"
    ]
    if [(cell.column, cell.column_span) for cell in asked] != [(cell.column, cell.column_span) for cell in values]:
        return grid
    first = values[0].column
    width = first - 1 + max(cell.column_span for cell in values)
    made: list[Cell] = []
    for number, value in enumerate(values):
        for cell in grid:
            if cell.last_column < first:
                column, last = cell.column, cell.last_column
            elif cell.column <= value.last_column and cell.last_column >= value.column:
                column = cell.column if cell.column < first else first + max(0, cell.column - value.column)
                last = first + min(cell.last_column, value.last_column) - value.column
            else:
                continue
            made.append(replace(cell, row=cell.row + number * grid.rows, column=column, column_span=last - column + 1))
    return Grid(grid.rows * len(values), width, _filled(made, width), grid.place,
                (*grid.notes, "各列一个项目，已逐个列出 (a project a column, each printed by itself)"))  # fmt: skip


def _below_each_other(grid: Grid) -> Grid:
    """Of two forms side by side, put the right one below the left one."""
    for row in range(1, grid.rows + 1):
        named = [cell for cell in grid.row_cells(row) if cell.row == row and _is_name(cell)]
        if len(named) == 2 and _has_value(grid, named[0]) and _has_value(grid, named[1]):
            return _split(grid, row, named[1].column)
    return grid


def _is_name(cell: Cell) -> bool:
    match = labels.match_block(cell.text)
    return match is not None and match.means("name", "name_and_code") and match.value is None


def _has_value(grid: Grid, label: Cell) -> bool:
    beside = grid.at(label.row, label.last_column + 1)
    return beside is not None and bool(beside.text.strip()) and labels.match_block(beside.text) is None


def _split(grid: Grid, row: int, column: int) -> Grid:
    if any(cell.row >= row and cell.column < column <= cell.last_column and cell.text.strip() for cell in grid):
        return grid
    if any(cell.row < row and cell.column >= column and cell.text.strip() for cell in grid):
        return grid  # what stands above the right form only is not known to be its own
    width = max(column - 1, grid.columns - column + 1)
    left = [_cut(cell, column - 1) for cell in grid if cell.column < column]
    right = [cell for cell in grid if cell.row >= row and cell.column >= column]
    down = grid.rows - row + 1
    below = [replace(cell, row=cell.row + down, column=cell.column - column + 1) for cell in right]
    made = Grid(grid.rows + down, width, _filled([*left, *below], width), grid.place,
                (*grid.notes, "并列的两张表上下排列 (two forms side by side, put one below the other)"))  # fmt: skip
    heads = [table.first_row for table in find_tables(made)]
    return made if len(heads) > 1 and min(heads) <= grid.rows < max(heads) else grid


def _cut(cell: Cell, last_column: int) -> Cell:
    return cell if cell.last_column <= last_column else replace(cell, column_span=last_column - cell.column + 1)


def _filled(cells: Sequence[Cell], width: int) -> tuple[Cell, ...]:
    """Cells in order, the last of each row reaching to the table's edge."""
    ends: dict[int, int] = {}
    for cell in cells:
        for row in range(cell.row, cell.last_row + 1):
            ends[row] = max(ends.get(row, 0), cell.last_column)
    made = [
        replace(cell, column_span=width - cell.column + 1)
        if all(ends[row] == cell.last_column for row in range(cell.row, cell.last_row + 1))
        else cell
        for cell in cells
    ]
    return tuple(sorted(made, key=lambda cell: (cell.row, cell.column)))


# --- indicators in columns

_LEAST_HEADS = 3


def _with_rows(grid: Grid) -> Grid:
    """Where the heads of indicators stand below each other and each indicator fills a column, turn these into rows."""
    heads: list[Cell] = []
    for row in range(1, grid.rows + 1):
        head = next((cell for cell in grid.row_cells(row) if cell.row == row and cell.text.strip()), None)
        follows = head is not None and (
            not heads or (head.row, head.column) == (heads[-1].last_row + 1, heads[0].column)
        )
        if head is not None and follows and _heads_indicators(head.text, first=not heads):
            heads.append(head)
        elif heads and _are_heads(heads):
            break
        else:
            heads = []
    return _turned(grid, heads) if _are_heads(heads) and not find_tables(grid) else grid


def _heads_indicators(text: str, *, first: bool) -> bool:
    """Whether a text heads something of an indicator: first of all a tier, then whatever goes with it."""
    match = labels.match_column(text)
    if match is None or match.notation in _OF_PROJECTS:
        return False
    return not first or (labels.columns()[match.notation].stands_for or match.notation) in TIERS


_OF_PROJECTS = frozenset(("project_name", "project_code", "unit_name", "unit_code", "implementing_unit", "department",
                          "objective", "fiscal_year", "total_score", "number"))  # fmt: skip


def _are_heads(heads: Sequence[Cell]) -> bool:
    named = {match.notation for cell in heads if (match := labels.match_column(cell.text)) is not None}
    meant = {labels.columns()[notation].stands_for or notation for notation in named}
    return len(heads) >= _LEAST_HEADS and "tier3" in meant and bool(meant & {"target", "actual"}) and bool(
        meant & set(TIERS[:2])
    )  # fmt: skip


def _turned(grid: Grid, heads: Sequence[Cell]) -> Grid:
    first, last = heads[0].row, heads[-1].last_row
    start = max(head.last_column for head in heads) + 1
    inside = [cell for cell in grid if first <= cell.row <= last and cell.column >= start]
    placed = {(cell.row, cell.column) for cell in (*heads, *inside)}
    beside = [cell for cell in grid if cell.row <= last and cell.last_row >= first and cell.text.strip()]
    sides = [cell for cell in beside if (cell.row, cell.column) not in placed]  # also behind a narrow head
    tops = [head.row for head in heads]
    if any(cell.last_row > last or cell.row not in tops for cell in inside) or any(cell.row < first for cell in sides):
        return grid
    lead = len(sides)
    made = [cell for cell in grid if cell.last_row < first]
    made += [replace(cell, row=first + n, column=1, row_span=1, column_span=1) for n, cell in enumerate(sides)]
    top = first + lead
    made += [replace(cell, row=top, column=n, row_span=1, column_span=1) for n, cell in enumerate(heads, 1)]
    for cell in inside:
        covered = sum(cell.row <= head.row <= cell.last_row for head in heads)
        made.append(replace(cell, row=top + 1 + cell.column - start, column=tops.index(cell.row) + 1,
                            row_span=cell.column_span, column_span=covered))  # fmt: skip
    end = top + 1 + grid.columns - start
    made += [replace(cell, row=cell.row - last + end) for cell in grid if cell.row > last]
    width = max(grid.columns, len(heads))
    note = "指标按列排列，已转为按行 (indicators in columns, turned into rows)"
    return Grid(grid.rows - last + end, width, _filled(made, width), grid.place, (*grid.notes, note))


# --- one form under several headings

_LONGEST_HEADING = 24


def _with_parts_joined(blocks: Sequence[Block]) -> list[Block]:
    """Join the tables of a form that follow each other under headings: whose it is, its money, its goal, its indicators."""
    made: list[Block] = []
    titled = False
    at = 0
    while at < len(blocks):
        block = blocks[at]
        if isinstance(block, Paragraph):
            titled = titled or titles.form_title(block.text) is not None
        parts = _parts(blocks[at:]) if titled and isinstance(block, Grid) else []
        titled = titled and isinstance(block, Paragraph)
        made.append(_stacked(parts) if parts else block)
        at += len(parts) or 1
    return made


def _parts(blocks: Sequence[Block]) -> list[Block]:
    """The blocks of a form whose first table only names it, up to its indicators; none where it is printed otherwise."""
    found: list[Block] = []
    for block in blocks:
        if isinstance(block, Paragraph):
            if not _is_heading(block.text):
                return []
        else:
            if any(_is_name(cell) for cell in block) != (not found):
                return []
            if find_tables(block):
                found.append(block)
                return found if len(found) > 2 else []
        found.append(block)
    return []


def _is_heading(text: str) -> bool:
    if titles.form_title(text) is not None or len(text) > _LONGEST_HEADING:
        return False
    if labels.names_tier(labels.without_number(text)):
        return False  # （一）产出指标 heads a table of indicators, which has no tier of its own then
    match = labels.match_block(text)
    return labels.is_numbered(text) or (match is not None and match.value is None)


def _stacked(parts: Sequence[Block]) -> Grid:
    grids = [part for part in parts if isinstance(part, Grid)]
    width = max(grid.columns for grid in grids)
    rows = 0
    made: list[Cell] = []
    for part in parts:
        if isinstance(part, Paragraph):
            made.append(Cell(rows + 1, 1, part.text, 1, width, (PrintedCell(part.place, part.text),)))
            rows += 1
            continue
        made += [replace(cell, row=cell.row + rows) for cell in part]
        rows += part.rows
    notes = [note for grid in grids for note in grid.notes]
    return Grid(rows, width, _filled(made, width), grids[0].place,
                (*notes, "分项标题下的各表合为一张 (the tables of one form, joined)"))  # fmt: skip
