"""A raw table to a grid: cut labels joined, rows put under their heads, labels in the middle of their cells, spans."""

from __future__ import annotations

from extract.grid import Block, Paragraph
from extract.heads import IndicatorTable, find_tables
from extract.readers.text_align import align_rows, fits
from extract.readers.text_amounts import align_amounts
from extract.readers.text_breaks import join_cut_cells
from extract.readers.text_labels import drop_glyphs, join_cut_labels, join_cut_names, part_labels
from extract.readers.text_lines import RawTable
from extract.readers.text_matrix import Matrix, Row, blank_like, make_matrix
from extract.readers.text_repeats import join_repeats
from extract.readers.text_rows import clear_side, repair_rows, split_figures
from extract.readers.text_shapes import align_right, nest_heads
from extract.readers.text_spans import Spans, is_figure, is_label, open_heads, raise_side, span_heads, span_rows
from extract.readers.text_tiers import place_tiers
from extract.rows import leads_foot
from ontology import labels
from ontology.records import Issue

_ENDS = ("name", "name_and_code", "unit_name", "code", "department", "implementing_unit", "objective", "outcome")
_TOTALS = ("score", "grade", "total_row", "subtotal_row")


def read_table(table: RawTable, number: int, document: str) -> tuple[list[Block], list[Issue]]:
    """Given a raw table, its number in the document and the document's text without white space, return its blocks (the
    lines printed in its first rows, its grid) and what remains doubtful."""
    matrix = make_matrix(table, number)
    if table.placed and matrix.rows:
        matrix.report("table.rows_placed", 0, count=table.placed)
    join_repeats(matrix)
    for row in matrix.rows:
        part_labels(row)
    if not matrix.loose:
        nest_heads(matrix)
    join_cut_labels(matrix)
    raise_side(matrix)
    open_heads(matrix)
    join_cut_names(matrix, document)
    lead = _take_lines(matrix)
    if not matrix.rows:
        return lead, []
    tables = _Tables(matrix)
    inside = {row for _, rows in _rows_below(matrix, tables()) for row in rows}
    outside = [row for row in range(len(matrix.rows)) if row not in inside]
    drop_glyphs(matrix, outside)
    align_amounts(matrix, outside)
    for found in tables():
        clear_side(matrix, found)
        place_totals(matrix, found)
    for found, rows in _rows_below(matrix, tables()) if not matrix.loose else ():
        align_right(matrix, found, rows)
    for found, rows in _rows_below(matrix, tables()):
        split_figures(matrix, found, rows)
        align_rows(matrix, found, rows)
        clear_side(matrix, found)
        join_cut_cells(matrix, found, rows)
    # From the last table up: rows are taken out and added.
    for index in reversed(range(len(tables()))):
        repair_rows(matrix, *_rows_below(matrix, tables())[index])
    for found, rows in _rows_below(matrix, tables()):
        place_tiers(matrix, found, rows)
    spans = Spans(matrix)
    heads = span_heads(spans)
    below = _rows_below(matrix, find_tables(spans.grid()))
    span_rows(spans, heads, {row: _first_name(table) for table, rows in below for row in rows})
    return [*lead, spans.grid()], matrix.issues


def _take_lines(matrix: Matrix) -> list[Block]:
    """Take the first rows that print a single text (a title, a year, a unit) out of a table: they are lines above it."""
    lines: list[Block] = []
    while matrix.rows:
        texts = [text for text in matrix.rows[0].texts() if text]
        if len(texts) > 1 or is_label(texts[0]):
            break
        lines += [Paragraph(line, matrix.place(0)) for line in texts[0].split("\n")]
        del matrix.rows[0]
    return lines


def _first_name(table: IndicatorTable) -> int:
    """The first column, from 0, that names the indicators of a table."""
    return (table.columns.get("tier3") or table.columns["tier2"])[0] - 1


class _Tables:
    """The indicator tables of a matrix under repair, found anew only where it has changed."""

    def __init__(self, matrix: Matrix) -> None:
        self._matrix = matrix
        self._read_as: list[list[tuple[str, int]]] = []
        self._found: list[IndicatorTable] = []

    def __call__(self) -> list[IndicatorTable]:
        read_as = [[(entry.text, entry.columns) for entry in row.entries] for row in self._matrix.rows]
        if read_as != self._read_as:
            spans = Spans(self._matrix)
            span_heads(spans)
            self._found = find_tables(spans.grid())
            self._read_as = read_as
        return self._found


def _rows_below(matrix: Matrix, tables: list[IndicatorTable]) -> list[tuple[IndicatorTable, list[int]]]:
    """Each indicator table with the rows, from 0, of its indicators: up to a form's next label, without totals."""
    found = []
    for index, table in enumerate(tables):
        end = tables[index + 1].first_row if index + 1 < len(tables) else len(matrix.rows) + 1
        rows: list[int] = []
        for row in range(table.last_row + 1, end):
            filled = matrix.rows[row - 1].filled()
            texts = [matrix.rows[row - 1].entries[column].text for column in filled]
            if _counts_columns(texts):
                continue
            if texts and leads_foot(texts[0], filled[0] + 1, table):
                match = labels.match_block(texts[0])
                if match is not None and match.means(*_ENDS):
                    break
                continue
            rows.append(row - 1)
        found.append((table, rows))
    return found


def _counts_columns(texts: list[str]) -> bool:
    """Whether a row prints nothing but the numbers of the columns: 1, 2, 3."""
    if len(texts) < _LEAST_COUNTED or not texts[0].isdecimal():
        return False
    first = int(texts[0])
    return texts == [str(number) for number in range(first, first + len(texts))]


_LEAST_COUNTED = 3


def place_totals(matrix: Matrix, table: IndicatorTable) -> None:
    """A total's label (总分) that stands in the middle of its merged cell begins at the table's left edge; one that was
    printed once for all the columns it covers leaves its figures to the last of them."""
    fit = fits(table, matrix.width)
    for row in matrix.rows[table.last_row :]:
        filled = row.filled()
        if not filled or any(row.entries[column].columns > 1 for column in filled):
            continue
        text = row.entries[filled[0]].text
        match = labels.match_block(text)
        if match is None or match.value is not None or not match.means(*_TOTALS) or labels.names_tier(text):
            continue
        if filled[0]:
            row.entries[0], row.entries[filled[0]] = row.entries[filled[0]], row.entries[0]
            continue
        if matrix.loose:
            _place_figures(row, table)
            continue
        missing = matrix.rows[table.last_row - 1].printed - row.printed
        figures = [column for column in filled if is_figure(row.entries[column].text)]
        if missing > 0 and figures and all(fit[column + missing](row.entries[column].text) > 0 for column in figures):
            row.entries[1:] = [*(blank_like(row.entries[0]) for _ in range(missing)), *row.entries[1:-missing]]


def _place_figures(row: Row, table: IndicatorTable) -> None:
    """Put the figures of a total, of which blank cells tell nothing, under 分值 and 得分, where they are as many."""
    columns = sorted(column - 1 for notation in ("weight", "score") for column in table.columns.get(notation, ()))
    figures = [column for column in row.filled()[1:] if is_figure(row.entries[column].text)]
    if len(figures) == len(columns):
        taken = [row.entries[column] for column in figures]
        for column in figures:
            row.entries[column] = blank_like(row.entries[column])
        for entry, column in zip(taken, columns, strict=True):
            row.entries[column] = entry
