"""Tables that blank lines part: a page break inside one table, or two tables.

A text prints a page break as a blank line. Two runs of rows with nothing but blank lines between them are one table where
the second prints the first one's head again, or goes on without a beginning of its own: as many columns, or a first row
that opens with a blank cell, and neither a title nor a form's first label.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from extract.readers.text_clean import clean_cell, squeeze
from extract.readers.text_lines import Part, RawRow, RawTable
from ontology import labels, titles

_BEGINS_A_FORM = ("name", "name_and_code", "unit_name")
_MOST_HEAD_ROWS = 4
_MOST_CAPTION_CELLS = 2
_TABLE_NUMBER = re.compile(r"(?:附?表|公开)\s*[\d一二三四五六七八九十]+(?:[-—.]\d+)?\s*表?[:：]?")


def join_runs(parts: Iterable[Part]) -> list[Part]:
    """Given the parts of a text, return them with the runs of one table joined."""
    joined: list[Part] = []
    for part in parts:
        before = joined[-1] if joined else None
        if isinstance(part, RawTable) and isinstance(before, RawTable) and before.notation == part.notation:
            evidence = _evidence(before, part)
            if evidence is not None:
                repeated, note = evidence
                rows = part.rows[repeated:]
                rows[0].after_break = True
                before.notes.append(f"goes on behind a blank line at row {len(before.rows) + 1}: {note}")
                before.rows += rows
                continue
        joined.append(part)
    return joined


def _evidence(before: RawTable, part: RawTable) -> tuple[int, str] | None:
    """How many rows of the first run's head the second prints again, and why they are one table; None where not."""
    repeated = _repeated_head(before, part)
    if repeated:
        return repeated, f"head of {repeated} rows printed again"
    if _begins_anew(part.rows[0]):
        return None
    if before.usual_width() == part.usual_width() or before.width() == part.width():
        return 0, "as many columns"
    if _is_blank(part.rows[0].cells[0]):
        return 0, "its first row opens with a blank cell"
    return None


def _is_blank(cell: str | None) -> bool:
    return not (cell or "").strip()


def _texts(row: RawRow) -> list[str]:
    return [squeeze(clean_cell(cell or "")) for cell in row.cells]


def _repeated_head(before: RawTable, part: RawTable) -> int:
    """How many rows at the top of the second run are rows at the top of the first, one of them a row of heads."""
    again = [_texts(row) for row in part.rows[: _MOST_HEAD_ROWS + 1]]
    for start in range(min(len(before.rows), _MOST_ABOVE_HEAD)):
        same = 0
        while same < min(len(again), len(before.rows) - start) and _texts(before.rows[start + same]) == again[same]:
            same += 1
        heads = any(sum(labels.match_column(text) is not None for text in texts) > 1 for texts in again[:same])
        if same and heads and same < len(part.rows):
            return same
    return 0


_MOST_ABOVE_HEAD = 60
"""Rows of a form that may stand above the head of its indicators."""


def _begins_anew(row: RawRow) -> bool:
    """Whether a row is the first of a table: its title, or the label of a project's or unit's name."""
    filled = [clean_cell(cell) for cell in row.cells if not _is_blank(cell) and cell is not None]
    if not filled:
        return False
    if len(filled) == 1 and (
        titles.form_title(filled[0]) is not None or _TABLE_NUMBER.fullmatch(filled[0]) is not None
    ):
        return True
    if _TABLE_NUMBER.match("".join(filled)) is not None and len(filled) <= _MOST_CAPTION_CELLS:
        return True
    match = labels.match_block(filled[0])
    return match is not None and match.means(*_BEGINS_A_FORM) and not _is_blank(row.cells[0])
