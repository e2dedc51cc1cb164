"""Amounts back under their heads: rows of a funding block whose figures stand a column off.

A row of heads (年初预算数 | 全年预算数 | 全年执行数, or 资金总额 | 财政拨款 | 其他资金) has as many figures below it as it has
heads. Where they stand elsewhere but are as many, each belongs to the head of its number; where they are not, nobody can
tell, and the row is reported.
"""

from __future__ import annotations

from collections.abc import Sequence

from extract.readers.text_matrix import Matrix, Row, blank_like
from extract.readers.text_spans import is_figure, is_label
from ontology import labels

_LEAST_HEADS = 2


def align_amounts(matrix: Matrix, rows: Sequence[int]) -> None:
    """Given the rows of a table outside of its indicators, put the figures of its funding block under their heads."""
    heads: list[int] = []
    for number in rows:
        row = matrix.rows[number]
        found = _heads(row)
        if found:
            heads = found
            continue
        figures = [column for column in row.filled() if is_figure(row.entries[column].text)]
        if not heads or not figures:
            heads = heads if _goes_on(row) else []
            continue
        if set(figures) <= set(heads) or len(figures) == 1:
            continue
        if len(figures) != len(heads):
            matrix.report("table.row_unsure", number, figures[0], text=" | ".join(text for text in row.texts() if text)[:80])
            continue
        taken = [row.entries[column] for column in figures]
        for column in figures:
            row.entries[column] = blank_like(row.entries[column])
        for entry, column in zip(taken, heads, strict=True):
            row.entries[column] = entry
        matrix.notes.append(f"row {matrix.place(number).row}: figures put under the heads above, one each")
        matrix.report("table.rows_moved", number, rows=matrix.place(number).row)


def _heads(row: Row) -> list[int]:
    """The columns of the heads in a row that prints nothing else but the label at its side; none where it is no such row."""
    filled = row.filled()
    if any(is_figure(row.entries[column].text) for column in filled):
        return []
    heads = [column for column in filled if _is_head(row.entries[column].text)]
    others = [column for column in filled if column not in heads]
    if len(heads) < _LEAST_HEADS or any(column > heads[0] or not is_label(row.entries[column].text) for column in others):
        return []
    return heads


def _is_head(text: str) -> bool:
    match = labels.match_block(text)
    return match is not None and match.value is None and any(
        role.group in ("stage", "source", "execution", "outside") for role in match.roles
    )


def _goes_on(row: Row) -> bool:
    """Whether a row without figures still belongs to the funding block: it has a source's label, or nothing."""
    return all(_is_head(row.entries[column].text) or is_label(row.entries[column].text) for column in row.filled())
