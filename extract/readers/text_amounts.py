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
    stages: list[int] = []
    for number in rows:
        row = matrix.rows[number]
        found = _heads(row)
        if found:
            heads = found
            stages = [column for column in found if _is_stage(row.entries[column].text)]
            continue
        figures = [column for column in row.filled() if is_figure(row.entries[column].text)]
        if not heads or not figures:
            heads = heads if _goes_on(row) else []
            continue
        if set(figures) <= set(heads) and (not matrix.loose or len(figures) == len(heads)):
            continue
        amounts = [column for column in figures if _has_digit(row.entries[column].text)]
        if len(figures) == len(heads):
            _put(row, figures, heads)
        elif matrix.loose and stages and len(amounts) == len(stages) and amounts == figures[: len(amounts)]:
            # Blank cells have left no trace, but there are as many amounts as stages, before all else.
            _put(row, amounts, stages)
        elif matrix.loose and amounts:
            matrix.report("table.row_unread", number, amounts[0], text=_shown(row))
            for column in amounts:
                row.entries[column] = blank_like(row.entries[column])
            continue
        else:
            if len(amounts) > 1:
                matrix.report("table.row_unsure", number, figures[0], text=_shown(row))
            continue
        matrix.notes.append(f"row {matrix.place(number).row}: figures put under the heads above, one each")
        if not matrix.loose:
            matrix.report("table.rows_moved", number, rows=matrix.place(number).row)


def _put(row: Row, figures: Sequence[int], heads: Sequence[int]) -> None:
    taken = [row.entries[column] for column in figures]
    for column in row.filled():
        if is_figure(row.entries[column].text):
            row.entries[column] = blank_like(row.entries[column])
    for entry, column in zip(taken, heads, strict=True):
        row.entries[column] = entry


def _shown(row: Row) -> str:
    return " | ".join(text for text in row.texts() if text)[:80]


def _has_digit(text: str) -> bool:
    return any(character.isdigit() for character in text)


def _is_stage(text: str) -> bool:
    match = labels.match_block(text)
    return match is not None and match.role("stage") is not None


def _heads(row: Row) -> list[int]:
    """The columns of the heads in a row that prints nothing else but the label at its side; none where it is no such row."""
    filled = row.filled()
    if any(is_figure(row.entries[column].text) for column in filled):
        return []
    heads = [column for column in filled if _is_head(row.entries[column].text)]
    others = [column for column in filled if column not in heads]
    if len(heads) < _LEAST_HEADS or any(
        column > heads[0] or not is_label(row.entries[column].text) for column in others
    ):
        return []
    return heads


def _is_head(text: str) -> bool:
    match = labels.match_block(text)
    return (
        match is not None
        and match.value is None
        and any(role.group in ("stage", "source", "execution", "outside") for role in match.roles)
    )


def _goes_on(row: Row) -> bool:
    """Whether a row without figures still belongs to the funding block: it has a source's label, or nothing."""
    return all(_is_head(row.entries[column].text) or is_label(row.entries[column].text) for column in row.filled())
