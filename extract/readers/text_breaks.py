"""Cells that a page break cut: their rest stands in the first row behind the break, as a cell of its own.

A project's cells are printed in the row where it begins. A row behind a break that fills some of them, but not all that
every other beginning fills (its amount is missing), begins no project: it goes on with the cells of the one above.
"""

from __future__ import annotations

from collections.abc import Sequence

from extract.heads import IndicatorTable
from extract.normalize import join_wrapped
from extract.readers.text_matrix import Matrix, blank_like, merge_entries

_OWNERS = ("project_name", "unit_name", "project_code", "objective", "department", "implementing_unit")
_ALWAYS = 0.9
"""The share of a table's beginnings of projects that fill a column: then a row that leaves it blank begins none."""


def join_cut_cells(matrix: Matrix, table: IndicatorTable, rows: Sequence[int]) -> None:
    """Join the cells of an indicator table that page breaks cut; note each."""
    if table.has_projects:
        _join_owners(matrix, table, rows)
    _join_names(matrix, table, rows)


def _join_owners(matrix: Matrix, table: IndicatorTable, rows: Sequence[int]) -> None:
    texts = [column - 1 for notation in _OWNERS for column in table.columns.get(notation, ())]
    owned = [*texts, *(money.column - 1 for money in table.funding)]
    named = table.columns["project_name"][0] - 1
    beginnings = [row for row in rows if matrix.rows[row].entries[named].text and not matrix.rows[row].after_break]
    always = [
        column
        for column in owned
        if beginnings
        and sum(not matrix.rows[row].entries[column].is_blank for row in beginnings) >= _ALWAYS * len(beginnings)
    ]
    for row in rows:
        line = matrix.rows[row]
        filled = [column for column in owned if line.entries[column].text]
        if not line.after_break or not filled or all(line.entries[column].text for column in always):
            continue
        if all(column in texts for column in filled) and all(_above(matrix, rows, row, column) for column in filled):
            for column in filled:
                _join(matrix, _above(matrix, rows, row, column), row, column)


def _join_names(matrix: Matrix, table: IndicatorTable, rows: Sequence[int]) -> None:
    """A row behind a break with nothing but rests of texts: no tier, no target, no points."""
    names = [column - 1 for column in table.columns.get("tier3", ())]
    plain = [
        *names,
        *(
            column - 1
            for notation in ("explanation", "deviation", "note")
            for column in table.columns.get(notation, ())
        ),
    ]
    for row in rows:
        line = matrix.rows[row]
        filled = line.filled()
        if not line.after_break or not filled or not set(filled) <= set(plain) or not set(filled) & set(names):
            continue
        above = [_above(matrix, rows, row, column) for column in filled]
        if all(number == row - 1 for number in above):
            for column in filled:
                _join(matrix, row - 1, row, column)


def _above(matrix: Matrix, rows: Sequence[int], row: int, column: int) -> int:
    """The row above with the last text of a column; 0 (a head's row) where there is none."""
    return next((other for other in reversed(rows) if other < row and matrix.rows[other].entries[column].text), 0)


def _join(matrix: Matrix, above: int, row: int, column: int) -> None:
    upper, lower = matrix.rows[above].entries[column], matrix.rows[row].entries[column]
    joined = merge_entries([upper, lower], join_wrapped(upper.text, lower.text))
    joined.columns = upper.columns
    matrix.report("table.cell_joined", row, column, text=lower.text[:40], joined=joined.text[-60:])
    matrix.notes.append(f"row {matrix.place(row, column).row}, column {column + 1}: the rest of the cell above")
    matrix.rows[above].entries[column] = joined
    matrix.rows[row].entries[column] = blank_like(lower)
