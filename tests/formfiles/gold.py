"""What a careful reader gets from a form: the contract's JSON, made from the facts and never by reading."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from formfiles.facts import SIGNS, Form, Indicator, Value, base

UNITS = {"元": 1, "万元": 10_000, "亿元": 100_000_000}


@dataclass(frozen=True, slots=True)
class Prints:
    """What a layout prints of the facts.

    `split` says that sign, number and unit stand in cells of their own, `signs` how signs are spelt there. `sources` and
    `stages` are those printed; `blank` those of them that stay blank. `fields` are the form's other fields.
    """

    split: bool = False
    unit_cell: bool = False
    signs: dict[str, str] = field(default_factory=lambda: dict(SIGNS))
    weight: bool = False
    score: bool = False
    actual: bool = False
    direction: bool = False
    explanation: bool = False
    deviation: bool = False
    tiers: int = 3
    stages: tuple[str, ...] = ("budget",)
    sources: tuple[str, ...] = ("total", "fiscal")
    unit: str = "万元"
    fields: frozenset[str] = frozenset({"objective"})


def shown(value: Value, signs: dict[str, str] = SIGNS) -> str:
    """A value as one cell prints it."""
    if value.kind in ("words", "scale", "by"):
        return value.words
    if value.kind == "blank":
        return ""
    if value.kind == "slash":
        return "/"
    if value.kind == "range":
        return (
            f"{value.number}{value.unit}-{value.upper}{value.unit}"
            if value.unit == "%"
            else f"{value.number}-{value.upper}{value.unit}"
        )
    return f"{signs.get(value.kind, '')}{value.number}{value.unit}"


def split(value: Value, signs: dict[str, str] = SIGNS) -> tuple[str, str, str]:
    """A value as three cells print it: sign, number or words, unit."""
    if value.kind in ("words", "scale"):
        return "定性", value.words, value.unit
    if value.kind == "by":
        return "", value.words, ""
    if value.kind in ("blank", "slash"):
        return "", shown(value), ""
    if value.kind == "range":
        return "", f"{value.number}-{value.upper}", value.unit
    return signs.get(value.kind, "" if value.kind == "plain" else SIGNS[value.kind]), value.number, value.unit


_OPERATORS = {"plain": "eq", "words": "qualitative", "scale": "qualitative", "range": "range", "by": "by"}


def value_gold(value: Value | None, raw: str, year: int) -> dict[str, Any] | None:
    """A value as the contract has it."""
    if value is None or value.kind in ("blank", "slash"):
        return None
    number, upper, unit = base(value)
    return {
        "raw": raw,
        "operator": _OPERATORS.get(value.kind, value.kind),
        "value": value.number or None,
        "upper": value.upper or None,
        "base_value": number,
        "base_upper": upper,
        "base_unit": unit if number else None,
        "date": f"{year}-{value.day}" if value.kind == "by" else None,
    }


def _indicator(one: Indicator, form: Form, prints: Prints) -> dict[str, Any]:
    cells = split(one.target, prints.signs)
    if prints.unit_cell:
        cells = (prints.signs.get(one.target.kind, "") if one.target.kind in SIGNS else "", *cells[1:])
    raw = "".join(cells) if prints.split or prints.unit_cell else shown(one.target, prints.signs)
    found: dict[str, Any] = {
        "tier1": None,
        "tier1_concept": one.tier1 if prints.tiers >= 1 else None,
        "tier2": None,
        "tier2_concept": one.tier2 if prints.tiers >= 3 else None,
        "tier3": one.name,
        "target": value_gold(one.target, raw, form.year),
        "actual": value_gold(one.actual, shown(one.actual), form.year) if prints.actual and one.actual else None,
        "weight": one.weight if prints.weight else None,
        "score": one.score if prints.score else None,
    }
    if prints.direction:
        found["direction"] = "negative" if one.target.kind in ("le", "lt") else "positive"
    if prints.explanation:
        found["explanation"] = one.explanation
    if prints.deviation:
        found["deviation"] = one.deviation or None
    return {key: item for key, item in found.items() if key not in ("tier1", "tier2")}


def yuan(amount: str) -> str:
    """An amount in 10,000 yuan as yuan."""
    return f"{(Decimal(amount) * 10_000).normalize():f}"


def project_gold(form: Form, prints: Prints) -> dict[str, Any]:
    """A form as the contract has it, with what the layout prints."""
    want = prints.fields
    return {
        "name": form.name if form.scope == "project" else form.department,
        "scope": form.scope,
        "form": form.kind,
        "fiscal_year": form.year,
        **({"code": form.code} if "code" in want else {}),
        **({"department": {"name": form.department}} if "department" in want else {}),
        **({"implementing_unit": {"name": form.office}} if "office" in want else {}),
        "objective": form.objective if "objective" in want else None,
        "outcome": form.outcome if "outcome" in want else None,
        "execution": form.execution
        if "execution" in want
        else {"rate": form.execution["rate"]}
        if "rate" in want
        else None,
        "funding": [
            {"stage": stage, "source": source, "amount": yuan(form.money[stage, source])}
            for stage in prints.stages
            for source in prints.sources
            if (stage, source) in form.money
        ],
        "indicators": [_indicator(one, form, prints) for one in form.indicators],
        "score": form.score if "score" in want else None,
        "grade": form.grade if "grade" in want else None,
    }


def document_gold(forms: list[tuple[Form, Prints]], **document: Any) -> dict[str, Any]:
    """A document as the contract has it."""
    return {
        "document": {"fiscal_year": forms[0][0].year, **document},
        "projects": [project_gold(form, prints) for form, prints in forms],
    }
