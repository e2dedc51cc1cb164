"""A raw table to a grid: cut labels joined, rows put under their heads, labels in the middle of their cells, spans."""

from __future__ import annotations

from extract.grid import Grid
from extract.heads import IndicatorTable, find_tables
from extract.readers.text_align import align_rows
from extract.readers.text_breaks import join_cut_cells
from extract.readers.text_labels import join_cut_labels, join_cut_names, part_labels
from extract.readers.text_lines import RawTable
from extract.readers.text_matrix import Matrix, make_matrix
from extract.readers.text_spans import Spans, span_heads, span_rows
from extract.readers.text_tiers import place_tiers
from extract.rows import is_foot
from ontology import labels
from ontology.records import Issue

_ENDS = ("name", "name_and_code", "unit_name", "code", "department", "implementing_unit", "objective", "outcome")
_TOTALS = ("score", "grade", "total_row", "subtotal_row")


def read_table(table: RawTable, number: int, document: str) -> tuple[Grid | None, list[Issue]]:
    """Given a raw table, its number in the document and the document's text without white space, return its grid (None
    where nothing is printed in it) and what remains doubtful."""
    matrix = make_matrix(table, number)
    if not matrix.rows:
        return None, []
    for row in matrix.rows:
        part_labels(row)
    join_cut_labels(matrix)
    join_cut_names(matrix, document)
    for found in _tables(matrix):
        _place_totals(matrix, found)
    for found, rows in _rows_below(matrix, _tables(matrix)):
        align_rows(matrix, found, rows)
        join_cut_cells(matrix, found, rows)
        place_tiers(matrix, found, rows)
    spans = Spans(matrix)
    heads = span_heads(spans)
    inside = {row for _, rows in _rows_below(matrix, find_tables(spans.grid())) for row in rows}
    span_rows(spans, heads, inside)
    return spans.grid(), matrix.issues


def _tables(matrix: Matrix) -> list[IndicatorTable]:
    spans = Spans(matrix)
    span_heads(spans)
    return find_tables(spans.grid())


def _rows_below(matrix: Matrix, tables: list[IndicatorTable]) -> list[tuple[IndicatorTable, list[int]]]:
    """Each indicator table with the rows, from 0, of its indicators: up to a form's next label, without totals."""
    spans = Spans(matrix)
    grid = spans.grid()
    found = []
    for index, table in enumerate(tables):
        end = tables[index + 1].first_row if index + 1 < len(tables) else grid.rows + 1
        rows: list[int] = []
        for row in range(table.last_row + 1, end):
            if is_foot(grid, row, table):
                match = labels.match_block(next(text for text in matrix.rows[row - 1].texts() if text))
                if match is not None and match.means(*_ENDS):
                    break
                continue
            rows.append(row - 1)
        found.append((table, rows))
    return found


def _place_totals(matrix: Matrix, table: IndicatorTable) -> None:
    """A total's label (总分) that stands in the middle of its merged cell begins at the table's left edge."""
    for row in matrix.rows[table.last_row :]:
        filled = row.filled()
        if not filled or not filled[0] > 0 or row.entries[filled[0]].columns > 1:
            continue
        match = labels.match_block(row.entries[filled[0]].text)
        if (
            match is not None
            and match.value is None
            and match.means(*_TOTALS)
            and not is_label_of_tier(row.entries[filled[0]].text)
        ):
            first = filled[0]
            row.entries[0], row.entries[first] = row.entries[first], row.entries[0]
            row.entries[0].columns = 1


def is_label_of_tier(text: str) -> bool:
    """Whether a text names a tier of indicators."""
    return labels.is_tier1(text) or labels.tier2_concept(text, None) is not None
