"""Rows that print a merged cell where it begins and nowhere else, not even as a blank: what follows it stands too far left.

Of a head over two rows the second holds only the lower heads; of the rows below a merged tier only what stands right of
it. Both are put back where the table's width and the heads' meaning leave one way.
"""

from __future__ import annotations

from collections.abc import Sequence

from extract.heads import IndicatorTable
from extract.readers.text_align import fits
from extract.readers.text_matrix import Entry, Matrix, Row, blank_like
from extract.readers.text_spans import column_notation
from ontology import labels

_TIERS = frozenset(("tier1", "tier2", "tier3"))
_BETTER = 1.0  # by how much rows must fit better at the right than where they stand


def nest_heads(matrix: Matrix) -> None:
    """Put the lower heads of a head over two rows under the head that they split."""
    for number in range(len(matrix.rows) - 2):
        upper, lower = matrix.rows[number], matrix.rows[number + 1]
        heads, parts = _printed(upper), _printed(lower)
        if not all(heads) or not all(parts) or len(heads) < 2 or len(parts) < 2 or not all(map(_is_head, parts)):
            continue
        at = _split_head(heads, parts)
        if at is None or not all(map(_is_head_or_label, heads)):
            continue
        side = 1 if _is_side(heads[0]) and at else 0
        width = len(heads) - 1 + len(parts)
        below = {length for row in matrix.rows[number + 2 :] for length in (row.printed, len(_printed(row)))}
        if not below & {width, width - side}:
            continue
        opened = upper.entries[: at + 1] + [blank_like(upper.entries[at]) for _ in parts[1:]]
        upper.entries = opened + upper.entries[at + 1 : len(heads)]
        lower.entries = [Entry("") for _ in range(at)] + lower.entries[: len(parts)]
        upper.printed = lower.printed = width
        _pad(matrix)
        matrix.notes.append(f"row {number + 2}: heads put under the one that they split")
        return


def _printed(row: Row) -> list[str]:
    """The texts of a row up to its last one: some programs fill short rows up with blanks."""
    texts = row.texts()
    while texts and not texts[-1]:
        texts.pop()
    return texts


def _is_head(text: str) -> bool:
    return column_notation(text) is not None or labels.match_subhead(text) is not None


def _is_head_or_label(text: str) -> bool:
    return _is_head(text) or labels.match_block(text) is not None


def _is_side(text: str) -> bool:
    match = labels.match_block(text)
    return match is not None and match.role("section") == "indicators"


def _split_head(heads: Sequence[str], parts: Sequence[str]) -> int | None:
    """The upper head that lower ones split: that of the indicators where those are tiers, else that of the targets."""
    named = {column_notation(text) for text in parts}
    if len(_TIERS & named) > 1:
        return next((at for at, text in enumerate(heads) if _is_side(text)), None)
    if not any(labels.match_column(text) and column_notation(text) in _TIERS for text in heads):
        return None
    found = [at for at, text in enumerate(heads) if column_notation(text) in ("target", "actual")]
    return found[0] if len(found) == 1 else None


def _pad(matrix: Matrix) -> None:
    width = max(len(row.entries) for row in matrix.rows)
    for row in matrix.rows:
        row.entries += [Entry("") for _ in range(width - len(row.entries))]


def align_right(matrix: Matrix, table: IndicatorTable, rows: Sequence[int]) -> None:
    """Let rows that are shorter than their table's end where its last column is, where they fit better there."""
    last = max(
        (column for column, entry in enumerate(matrix.rows[table.last_row - 1].entries) if entry.text), default=0
    )
    last = max(last, max(column for found in table.columns.values() for column in found) - 1)
    fit = fits(table, matrix.width)
    short = [
        row
        for row in rows
        if 1 < matrix.rows[row].printed <= last
        and matrix.rows[row].entries[0].text
        and not any(entry.columns > 1 for entry in matrix.rows[row].entries)
    ]
    here = there = 0.0
    for row in short:
        printed = matrix.rows[row].printed
        texts = [(column, entry.text) for column, entry in enumerate(matrix.rows[row].entries[:printed]) if entry.text]
        here += sum(fit[column](text) for column, text in texts)
        there += sum(fit[column + last + 1 - printed](text) for column, text in texts)
    if not short or there <= here + _BETTER * len(short):
        return
    for row in short:
        line = matrix.rows[row]
        printed = line.printed
        moved = [Entry("") for _ in range(last + 1 - printed)] + line.entries[:printed]
        line.entries = moved + [Entry("") for _ in range(matrix.width - len(moved))]
        line.printed = last + 1
    matrix.notes.append("merged cells left no blanks: rows put against the right edge of their table")
    matrix.report("table.rows_placed", short[0], count=len(short))
