"""Heads over two lines of flat text: "… 指标值 得分" over "预期值 实际值", and heads of money beside a label.

Blank cells have left no trace, so the lower line begins at the left. Which head it splits is told by what its own heads
say, and only where the rows below are as wide as both lines together make them.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from extract.readers.text_lines import RawRow
from extract.readers.text_spans import column_notation, is_figure, is_label
from ontology import labels
from ontology.likely import unit_in_label

_TIERS = frozenset(("tier1", "tier2", "tier3"))
_OF_VALUES = frozenset(("target", "actual", "operator", "unit", "half_target", "history"))
_LONGEST_SUBHEAD = 8


def open_heads(rows: Sequence[RawRow]) -> None:
    """Put the lower line of a head over two lines below the head that it splits."""
    for at, (upper, lower) in enumerate(pairwise(rows)):
        heads, parts = [cell or "" for cell in upper.cells], [cell or "" for cell in lower.cells]
        split = _head_that_splits(heads, parts)
        if split is None:
            continue
        side = int(_is_section(heads[0]) and split > 0)
        whole = len(heads) - 1 + len(parts)
        widest = max((len(row.cells) for row in rows[at + 2 :]), default=0)
        if widest not in (whole, whole - side) and not all(map(_is_part, parts)):
            continue
        upper.cells[split + 1 : split + 1] = [""] * (len(parts) - 1)
        lower.cells[:] = [*[""] * split, *parts, *[""] * (whole - split - len(parts))]


def _head_that_splits(heads: Sequence[str], parts: Sequence[str]) -> int | None:
    """The index of the head that the heads of the line below split, or None where that line is no part of a head."""
    upper, lower = [column_notation(cell) for cell in heads], [column_notation(cell) for cell in parts]
    if len(parts) < 2 or any(is_figure(cell) or labels.names_tier(cell) for cell in parts):
        return None
    if len(_TIERS & set(lower)) > 1:
        sections = [at for at, cell in enumerate(heads) if _is_section(cell)]
        others = {name for at, name in enumerate(upper) if at not in sections}
        return sections[0] if sections and "project_name" in others and not _TIERS & others else None
    if len(_TIERS & set(upper)) < 2 or any(len(cell) > _LONGEST_SUBHEAD for cell in parts):
        return None
    told = [
        labels.match_subhead(cell) is not None or name in _OF_VALUES for cell, name in zip(parts, lower, strict=True)
    ]
    over = ("target", "actual") if all(told) else ("explanation",) if not any(told) else ()
    return next((upper.index(notation) for notation in over if notation in upper), None)


def _is_part(text: str) -> bool:
    """Whether a head names a part of a target: its sign or unit, the half year's, what was expected or reached."""
    return labels.match_subhead(text) is not None or column_notation(text) in _OF_VALUES


def _is_section(text: str) -> bool:
    match = labels.match_block(text)
    return match is not None and match.role("section") == "indicators"


def open_funding(rows: Sequence[RawRow]) -> None:
    """Put heads of amounts over their amounts: where no label stands before the heads they begin one column to the right;
    where two stand before them (项目资金 | 资金来源), the rows of amounts do, which print only the second."""
    for at, (upper, lower) in enumerate(pairwise(rows)):
        heads = [cell or "" for cell in upper.cells]
        money = [_is_money_head(cell) for cell in heads]
        if len(heads) > 1 and all(money) and len(lower.cells) == len(heads) + 1:
            upper.cells.insert(0, "")
        before = money.index(True) if any(money) else 0
        if before < 2 or sum(money) < 2 or not all(is_label(head) or unit_in_label(head) for head in heads[:before]):
            continue
        for row in rows[at + 1 :]:
            match = labels.match_block(row.cells[0] or "") if row.cells else None
            if match is None or match.value is not None or match.role("source") is None:
                break
            own = next((at for at, cell in enumerate(row.cells) if is_figure(cell or "")), before)
            row.cells[:0] = [""] * (before - own)


def _is_money_head(text: str) -> bool:
    match = labels.match_block(text)
    return match is not None and any(role.group in ("stage", "execution") for role in match.roles)
