"""Columns whose edges are not quite straight: rows that were set by hand, each a little wider or narrower than the next.

Edges near each other that no row has together are one edge. Only the numbering of the columns changes by that; the
places of the cells stay those of the page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from extract.grid import Grid

_RAGGED = 24.0  # points: edges of one column lie no farther apart; columns are wider


def even_columns(grid: Grid, xs: Sequence[float]) -> Grid:
    """Given a table and the positions of its column edges, return it with edges that are one told as one."""
    last = len(xs) - 1
    rows_of: list[set[int]] = [set() for _ in xs]
    for cell in grid.cells:
        rows = range(cell.row, cell.last_row + 1)
        rows_of[cell.column - 1].update(rows)
        rows_of[cell.last_column].update(rows)
    number = [0] * (last + 1)  # of the edge that each one becomes
    first, taken = 0.0, set[int]()
    for edge in range(1, last):
        if number[edge - 1] and xs[edge] - first <= _RAGGED and taken.isdisjoint(rows_of[edge]):
            number[edge] = number[edge - 1]
            taken |= rows_of[edge]
        else:
            number[edge] = number[edge - 1] + 1
            first, taken = xs[edge], set(rows_of[edge])
    if last < 1 or number[last - 1] == last - 1:
        return grid
    number[last] = number[last - 1] + 1
    cells = tuple(
        replace(
            cell,
            column=number[cell.column - 1] + 1,
            column_span=number[cell.last_column] - number[cell.column - 1],
        )
        for cell in grid.cells
    )
    note = f"{last} columns with ragged edges told as {number[last]}"
    return replace(grid, columns=number[last], cells=cells, notes=(*grid.notes, note))
