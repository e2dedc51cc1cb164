"""Units that can be turned into each other: minutes and hours, 元 and 角; for figures that are set side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from ontology.units import find_unit, unit_list


@dataclass(frozen=True, slots=True)
class Family:
    """The units that can be turned into each other: its key, how many of its base unit this one is, and how it is
    written."""

    key: str
    factor: Decimal
    text: str


def family_of(unit: str) -> Family:
    """Given a unit as printed, return its family; a unit that is not known is one of its own."""
    found = find_unit(unit)
    if found is None or found.unit is None:
        return Family(unit, Decimal(1), unit)
    per = (found.notation or "").partition("/")[2]
    factor = found.unit.factor
    return Family(f"{found.unit.base}/{per}", Decimal(factor.numerator) / Decimal(factor.denominator), unit)


def base_text(families: Iterable[Family]) -> tuple[str, Decimal]:
    """Given families of one key, return how the unit of all is written, and how many of the family's base it is: as
    printed where all print the same, else the base unit."""
    used = Counter((family.text, family.factor) for family in families)
    if len({factor for _, factor in used}) == 1:
        (text, factor), _ = max(used.items(), key=lambda pair: (pair[1], pair[0][0]))
        return text, factor
    text = next(text for text, _ in used)
    found = find_unit(text)
    base = unit_list().units[found.unit.base] if found and found.unit else None
    behind = text[text.index("/") :] if "/" in text else ""
    return (f"{base.written or base.zh}{behind}" if base else text), Decimal(1)
