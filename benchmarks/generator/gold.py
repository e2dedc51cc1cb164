"""The gold JSON of a disclosure (contract version 1), made from its facts alone: no reader has a part in it."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from generator.facts import BudgetTable, Disclosure, Form, FundingLine, Indicator, Unit, Value, read_tiers
from generator.forms import NOTED

SCALES = {"元": Decimal(1), "万元": Decimal(10_000)}
STAGES = ("budget", "adjusted_budget", "executed")


def _amount(raw: str, unit: str) -> str:
    """Given a printed amount and the unit of its table, return it in yuan; a 万 in the cell outranks the head."""
    digits = raw.replace(",", "")
    scale = SCALES["万元"] if digits.endswith("万") else SCALES[unit]
    return f"{Decimal(digits.removesuffix('万')) * scale:.2f}"


def _unit(raw: str, unit: str) -> str:
    """The unit of a printed amount: the cell's own, else that of its table."""
    return "万" if raw.endswith("万") else unit


def _named(unit: Unit | None) -> dict[str, str | None] | None:
    return None if unit is None else {"name": unit.name, "code": unit.code}


def _value(value: Value | None) -> dict[str, Any] | None:
    if value is None:
        return None
    made: dict[str, Any] = {"raw": value.raw, "operator": value.operator}
    if value.number is not None:
        base, _, base_unit = (value.base or "").partition(" ")
        made["value"] = value.number
        made["unit"] = value.unit or None
        made["base_value"] = base or value.number
        made["base_unit"] = (base_unit if value.base else value.unit) or None
    if value.date:
        made["date"] = value.date
    return made


def _indicator(row: Indicator, form: Form) -> dict[str, Any]:
    tier1, tier2 = read_tiers()
    notations = {"tier1_concept": tier1[row.tier1], "tier2_concept": tier2[row.tier2]}
    made: dict[str, Any] = {"tier1": row.tier1, "tier2": row.tier2, "tier3": row.tier3}
    made |= {name: None if notation == "-" else notation for name, notation in notations.items()}
    made["target"] = _value(row.target)
    if row.absence:
        made["absence"] = row.absence
    made["actual"] = _value(row.actual) if is_self_evaluation(form) else None
    made |= {"weight": row.weight, "score": row.score, "direction": row.direction}
    if row.explanation:
        made["note" if form.layout in NOTED else "explanation"] = row.explanation
    return made


def _funding(lines: tuple[FundingLine, ...], money: str) -> list[dict[str, Any]]:
    return [
        {"stage": stage, "source": line.source, "amount": _amount(raw, money), "raw": raw, "unit": _unit(raw, money)}
        for line in lines
        for stage in STAGES
        if (raw := getattr(line, stage))
    ]


def is_self_evaluation(form: Form) -> bool:
    """Whether a form reports what was achieved."""
    return form.layout in ("self_evaluation", "short_self_evaluation")


def _project(form: Form, fiscal_year: int) -> dict[str, Any]:
    execution = form.execution
    made: dict[str, Any] = {
        "name": form.name,
        "code": form.code,
        "scope": form.scope,
        "form": "self_evaluation" if is_self_evaluation(form) else "target",
        "fiscal_year": fiscal_year,
        "department": _named(form.department),
        "implementing_unit": _named(form.implementing_unit),
        "objective": form.objective,
        "outcome": form.outcome,
        "funding": _funding(form.funding, form.money),
        "execution": {**execution, "rate": execution["rate"].removesuffix("%")} if execution else None,
        "indicators": [_indicator(row, form) for row in form.indicators],
        "score": form.score or (form.total or {}).get("score"),
        "grade": form.grade,
    }
    if form.layout == "long_table":
        # 单位名称 heads the column: which of the two roles it means is not said, so only one is compared.
        del made["implementing_unit"]
    if form.stages:
        made["stages"] = [{"period": period, "text": text} for period, text in form.stages]
    return made


def _budget_lines(table: BudgetTable, fiscal_year: int) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []
    for row in table.rows:
        if table.sides:
            cells = [(row[2 * n], f"{side}/{table.heads[1]}", row[2 * n + 1]) for n, side in enumerate(table.sides)]
        else:
            cells = [(row[0], head, raw) for head, raw in zip(table.heads[1:], row[1:], strict=True)]
        for side, (name, column, raw) in enumerate(cells):
            if raw:
                line: dict[str, Any] = {"table": table.kind, "code": None, "name": name, "column": column}
                line |= {"amount": _amount(raw, table.unit), "raw": raw, "unit": table.unit}
                line |= {"fiscal_year": fiscal_year, "role": "total" if name in table.totals else None}
                line["side"] = ("income", "expenditure")[side] if table.sides else None
                made.append({key: value for key, value in line.items() if value is not None or key == "code"})
    return made


def gold(disclosure: Disclosure) -> dict[str, Any]:
    """Given a disclosure's facts, return what a careful reader gets out of the document made from them."""
    year = disclosure.fiscal_year
    return {
        "contract_version": 1,
        "document": {
            "file": disclosure.file,
            "title": disclosure.title,
            "kind": disclosure.kind,
            "fiscal_year": year,
            "region": _named(disclosure.region),
            "unit": _named(disclosure.unit),
            "level": disclosure.level,
        },
        "projects": [_project(form, year) for form in disclosure.forms],
        "budget_lines": [
            line
            for section in disclosure.sections
            if isinstance(section, BudgetTable)
            for line in _budget_lines(section, year)
        ],
    }


def gold_text(disclosure: Disclosure) -> str:
    """Given a disclosure's facts, return its gold file's text."""
    return json.dumps(gold(disclosure), ensure_ascii=False, indent=1) + "\n"
