"""Merged cells that a program printed in each position they cover, made one again.

Where a file repeats at all (a row with one text in three or more neighbouring cells), equal neighbours are one cell: texts
always, figures only where one head stands over all of them or nothing but the row's label before them, for two stages of
one budget may be equal. Below the heads of indicators only columns with one head are joined.
"""

from __future__ import annotations

from collections.abc import Iterator

from extract.readers.text_matrix import Matrix, Row, blank_like, merge_entries
from extract.readers.text_spans import is_figure, is_label, tier_rows
from ontology import labels

_LEAST_TEXT = 2
_SURELY_REPEATED = 3


def join_repeats(matrix: Matrix) -> None:
    """Join the cells of a table that repeats its merged cells; note it."""
    if not any(last - first + 1 >= _SURELY_REPEATED for row in matrix.rows for first, last in _equal_texts(row)):
        return
    tiers = tier_rows(matrix)
    matrix.notes.append("texts printed again in neighbouring cells are one merged cell")
    for number, row in enumerate(matrix.rows):
        if number in tiers or number + 1 in tiers or not any(tier < number for tier in tiers):
            for first, last in list(_equal_texts(row)):
                _join(row, first, last)
            for first, last in list(_equal_figures(matrix, number)):
                _join(row, first, last)
        else:
            total = is_label(row.entries[0].text) and not labels.is_tier1(row.entries[0].text)
            for first, last in list(_equal_texts(row)):
                if last - first + 1 >= _SURELY_REPEATED or (total and first == 0):
                    _join(row, first, last)
    for number in tiers:
        _join_columns(matrix, number)
    _clear_below(matrix)


def _equal_texts(row: Row) -> Iterator[tuple[int, int]]:
    yield from ((first, last) for first, last in _equal(row) if not is_figure(row.entries[first].text))


def _equal(row: Row) -> Iterator[tuple[int, int]]:
    """The first and last columns of equal neighbouring texts."""
    column = 0
    while column < len(row.entries):
        last = column
        text = row.entries[column].text
        while len(text) >= _LEAST_TEXT and last + 1 < len(row.entries) and row.entries[last + 1].text == text:
            last += 1
        if last > column:
            yield column, last
        column = last + 1


def _equal_figures(matrix: Matrix, number: int) -> Iterator[tuple[int, int]]:
    row = matrix.rows[number]
    for first, last in _equal(row):
        if not is_figure(row.entries[first].text):
            continue
        start = first
        for column in range(first, last + 1):
            if column == last or not _one_head(matrix, number, column):
                if column > start:
                    yield start, column
                start = column + 1


def _one_head(matrix: Matrix, number: int, column: int) -> bool:
    """Whether one head stands over a column and the next, or none over either and the row's label before both."""
    for above in range(number - 1, -1, -1):
        entries = matrix.rows[above].entries
        at = next((c for c in range(column, -1, -1) if entries[c].text), None)
        if at is None or at + entries[at].columns <= column or is_figure(entries[at].text):
            if entries[column + 1].text and not is_figure(entries[column + 1].text):
                return False
            continue
        return at + entries[at].columns > column + 1
    return True


def _join(row: Row, first: int, last: int) -> None:
    entries = row.entries[first : last + 1]
    row.entries[first] = merge_entries(entries, entries[0].text)
    row.entries[first].pieces = entries[0].pieces
    row.entries[first].parts = entries[0].parts
    for entry in row.entries[first + 1 : last + 1]:
        entry.text = ""


def _join_columns(matrix: Matrix, head: int) -> None:
    """Join the columns under a head that covers several, as far down as they are equal."""
    for column, entry in enumerate(matrix.rows[head].entries):
        if entry.columns == 1 or not entry.text:
            continue
        last = column + entry.columns - 1
        for row in matrix.rows[head + 1 :]:
            texts = {one.text for one in row.entries[column : last + 1]}
            if len(texts) > 1 or any(one.columns > 1 for one in row.entries[column : last + 1]):
                break
            _join(row, column, last)


def _clear_below(matrix: Matrix) -> None:
    """A label printed again below itself is one label."""
    for column in range(matrix.width):
        above = ""
        for row in matrix.rows:
            entry = row.entries[column]
            match = labels.match_block(entry.text) if entry.text and is_label(entry.text) else None
            if match is not None and entry.text == above and not labels.is_tier1(entry.text):
                cleared = blank_like(entry)
                cleared.columns = entry.columns
                row.entries[column] = cleared
            else:
                above = entry.text
