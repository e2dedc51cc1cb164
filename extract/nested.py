"""Tables inside the cells of a table, as one grid: what a reader of the page sees.

A form whose indicators stand in a table of their own inside one cell looks like any other form when it is printed. The
rows and columns of the outer table are stretched until the inner ones fit; every cell keeps the place of its own table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import accumulate

from extract.grid import Cell, Grid

Inside = Mapping[tuple[int, int], Sequence[Grid]]
"""The tables inside of cells, by the row and column where the cell begins."""


def unfold(grid: Grid, inside: Inside) -> Grid:
    """Given a table and the tables inside of its cells, return one grid with the cells of all of them."""
    heights, widths = [1] * grid.rows, [1] * grid.columns
    for spot, tables in inside.items():
        cell = grid.at(*spot)
        if cell is not None:
            _stretch(heights, cell.row, cell.last_row, sum(table.rows for table in tables) + bool(cell.text.strip()))
            _stretch(widths, cell.column, cell.last_column, max(table.columns for table in tables))
    rows, columns = [0, *accumulate(heights)], [0, *accumulate(widths)]
    made: list[Cell] = []
    for cell in grid:
        top, left = rows[cell.row - 1] + 1, columns[cell.column - 1] + 1
        height, width = rows[cell.last_row] - top + 1, columns[cell.last_column] - left + 1
        tables = inside.get((cell.row, cell.column), ())
        if not tables:
            made.append(replace(cell, row=top, column=left, row_span=height, column_span=width))
            continue
        bottom = top + height - 1
        if cell.text.strip():
            made.append(replace(cell, row=top, column=left, row_span=1, column_span=width))
            top += 1
        for number, table in enumerate(tables, 1):
            last = bottom if number == len(tables) else top + table.rows - 1
            made += _placed(table, top, left, last - top + 1, width)
            top = last + 1
    ordered = tuple(sorted(made, key=lambda cell: (cell.row, cell.column)))
    return Grid(rows[-1], columns[-1], ordered, grid.place, (*grid.notes, "内嵌表格 (tables inside of cells)"))


def _stretch(sizes: list[int], first: int, last: int, least: int) -> None:
    """Make the rows or columns from `first` to `last` (counted from 1) at least so many, the last taking what lacks."""
    sizes[last - 1] += max(0, least - sum(sizes[first - 1 : last]))


def _placed(table: Grid, top: int, left: int, height: int, width: int) -> list[Cell]:
    """The cells of an inner table where its cell stands; those at its right and lower edge fill what is left."""
    made: list[Cell] = []
    for cell in table:
        wider = width - table.columns if cell.last_column == table.columns else 0
        taller = height - table.rows if cell.last_row == table.rows else 0
        made.append(
            replace(
                cell, row=top + cell.row - 1, column=left + cell.column - 1,
                row_span=cell.row_span + taller, column_span=cell.column_span + wider,
            )
        )  # fmt: skip
    return made
