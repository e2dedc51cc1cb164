"""The figures of a row: targets and actuals whose sign and unit may stand in cells of their own, weights and scores."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Literal

from extract.normalize import one_line
from extract.values import Parsed, parse_percent, parse_value
from ontology import labels


def read_split_value(texts: Mapping[str, str], side: Literal["target", "actual"], fiscal_year: int | None) -> Parsed:
    """Given the texts of a row's cells by field (target or actual, operator, unit) and the year that they are for,
    return what the target or the actual says."""
    printed = texts.get(side, "")
    if not printed.strip():
        return Parsed(None, "blank")
    split = side == "target"
    sign, unit = (one_line(texts.get(part, "")) for part in ("operator", "unit"))
    if not split and not any(character.isdigit() for character in printed):
        unit = ""  # words (已完成) are what was achieved; the unit's cell speaks of the target
    return parse_value(
        printed,
        operator_cell=sign if split and _adds(sign, printed.strip().startswith(sign)) else None,
        unit_cell=unit if _adds(unit, printed.strip().endswith(unit)) else None,
        fiscal_year=fiscal_year,
    )


def _adds(part: str, is_there: bool) -> bool:
    """Whether a cell beside a target adds to it: not a dash, nor what the target itself prints (98% beside %)."""
    return bool(part) and not is_there and not labels.is_placeholder(part)


def read_points(text: str) -> Decimal | None:
    """Given a printed weight or score (10, 10.5, 10%, 10分), return the number; None where it is none."""
    return parse_percent(re.sub(r"分$", "", text.strip()))
