"""The figures of a form as they are divided by each other: amounts, quantities, prices; read from one row at a time.

Pure functions of records, without a store. Which words make an amount a cost, and what is set aside before names are
compared, is data (ontology/data/unit_costs.yaml); units are ontology.units.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from functools import cache

from graph.likeness import strip_name
from ontology.comparables import fold_text
from ontology.unit_costs import unit_cost_rules
from ontology.units import Unit, UnitText, find_unit, unit_list

MONEY = "yuan"
"""The unit that amounts are stated in."""

_COSTS = frozenset({"output_cost", "economic_cost"})
_NO_COUNT = frozenset(
    {"ratio", "money", "duration", "score", "grade", "concentration", "temperature", "sound", "light"}
)
"""Kinds of unit that count nothing that is bought."""


@dataclass(frozen=True, slots=True)
class Side:
    """A target or an actual: the printed text, and the number with its unit, 万 and 亿 multiplied out (None for a word)."""

    printed: str
    operator: str
    number: Decimal | None = None
    unit: str | None = None
    printed_unit: str | None = None


@dataclass(frozen=True, slots=True)
class FigureRow:
    """A row of a form, as far as figures go; `parts` are the single targets of a cell that prints several."""

    row: str
    name: str
    tier1: str
    tier2: str
    page: int | None
    target: Side | None
    actual: Side | None
    parts: tuple[Side, ...] = ()


@dataclass(frozen=True, slots=True)
class Total:
    """The whole funding of a project at a stage, in yuan."""

    funding: str
    amount: Decimal
    printed: str
    page: int | None


@dataclass(frozen=True, slots=True)
class FormFigures:
    """A form of a project with the figures that it prints, and whose it is."""

    form: str
    project: str
    name: str
    scope: str
    publisher: str
    publisher_name: str
    region: str
    region_name: str
    year: int | None
    document: str
    rows: tuple[FigureRow, ...] = ()
    totals: Mapping[str, Total] = field(default_factory=dict)


class Role(Enum):
    """What a figure is."""

    COST = "cost"
    QUANTITY = "quantity"
    PRICE = "price"


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with the row (or funding entry) that prints it."""

    role: Role
    source: str
    name: str
    printed: str
    number: Decimal
    operator: str
    page: int | None
    unit: UnitText | None = None


def read_figure(row: FigureRow, side: Side) -> Figure | None:
    """Given a row and its target or actual, return the figure it is; None where it is none that is ever divided."""
    if side.number is None or side.number <= 0 or side.operator not in ("ge", "gt", "le", "lt", "eq"):
        return None
    unit = find_unit(side.unit) if side.unit else None
    role = _role(row, side, unit)
    if role is None:
        return None
    return Figure(role, row.row, row.name, side.printed, side.number, side.operator, row.page, unit)


def _role(row: FigureRow, side: Side, unit: UnitText | None) -> Role | None:
    words, name = unit_cost_rules().words, fold_text(row.name)
    in_cost = row.tier2 in _COSTS or (row.tier1 == "cost" and not row.tier2)
    if unit is None or unit.unit is None:
        scaled = find_unit(side.printed_unit) if side.printed_unit else None  # 万 alone: an amount where costs stand
        if scaled is not None and scaled.unit is None and in_cost:
            return Role.COST
        return Role.QUANTITY if side.unit is None and _counts(row) else None
    if unit.unit.base == MONEY:
        if unit.per or _any_in(name, words["price_words"]):
            return Role.PRICE
        if _any_in(name, words["no_cost"]):
            return None
        named = row.tier1 in ("output", "") and _any_in(name, words["cost_words"])
        return Role.COST if in_cost or named else None
    return Role.QUANTITY if unit.unit.kind not in _NO_COUNT and _counts(row) else None


def _counts(row: FigureRow) -> bool:
    return row.tier1 in ("output", "") and row.tier2 in ("quantity", "")


def is_rate(figure: Figure) -> bool:
    """Whether a quantity is so many a day, a month, a person …: no number for the year."""
    return figure.unit is not None and any(per.unit.notation != "year" or per.count != 1 for per in figure.unit.per)


def _any_in(text: str, words: Iterable[str]) -> bool:
    return any(word in text for word in words)


# --- names ----------------------------------------------------------------------------------------------------------
@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    words = unit_cost_rules().words
    joints = "|".join(map(re.escape, words["joints"]))
    kept = "|".join(map(re.escape, words["no_joints"]))
    return re.compile("|".join(map(re.escape, words["set_aside"]))), re.compile(f"({kept})|(?:{joints})")


def read_object(name: str) -> str:
    """Given an indicator's name, return what it is about: folded, without the words that any cost or count has."""
    set_aside, endings = _patterns()[0], unit_cost_rules().words["set_aside_at_end"]
    letters = re.sub(r"\W", "", fold_text(name))
    before = None
    while before != letters:
        before = letters
        letters = set_aside.sub("", letters)
        letters = letters.removesuffix(next((ending for ending in endings if letters.endswith(ending)), ""))
    return letters


def split_name(name: str) -> tuple[str, ...]:
    """Given a project's or a cost's name, return the things that it lists, house prefixes and empty ones left out."""
    joint = _patterns()[1]
    kept: list[str] = [""]
    text, at = strip_name(name), 0
    for match in joint.finditer(text):
        kept[-1] += text[at : match.start()] + (match[1] or "")
        if not match[1]:
            kept.append("")
        at = match.end()
    kept[-1] += text[at:]
    return tuple(part for part in kept if read_object(part))


def count_factor(unit: Unit, per: str, also: tuple[str, ...]) -> Decimal | None:
    """Given a quantity's unit, a unit to count in and units that mean the same, return how many of it one is; None
    where it can't be counted so."""
    if unit.notation == per or unit.notation in also:
        return Decimal(1)
    wanted = unit_list().units[per]
    if unit.base != wanted.base:
        return None
    share = unit.factor / wanted.factor
    return Decimal(share.numerator) / Decimal(share.denominator)
