"""Small disclosures for tests of comparing: forms with amounts, quantities, targets and actuals, city by city."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from functools import cache
from typing import Any

from corpus import store_of
from shared import CORPUS

import pipeline
from graph.embedded import EmbeddedStore
from ontology.records import Disclosure, DocumentInfo, Funding, Indicator, Named, Project, Value

_SIGNS = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<", "eq": "="}
CODES = {"昆明市": "530100", "曲靖市": "530300", "南宁市": "450100", "桂林市": "450300"}


def value(number: str | None, unit: str | None = None, operator: str = "ge", **fields: Any) -> Value:
    """A value: a number with its unit as they count (万 multiplied out), or with None a word."""
    if number is None:
        return Value(fields.pop("raw", "优良"), "qualitative")
    raw = fields.pop("raw", f"{_SIGNS.get(operator, '')}{number}{unit or ''}")
    decimal = Decimal(number)
    return Value(raw, operator, decimal, unit=unit, base_value=decimal, base_unit=unit, **fields)  # type: ignore[arg-type]


def row(
    name: str,
    target: Value | None,
    tier2: str | None = "quantity",
    *,
    tier1: str | None = "output",
    actual: Value | None = None,
    **fields: Any,
) -> Indicator:
    """An indicator; its printed tiers are their notations."""
    return Indicator(tier1, tier2, name, target, tier1, tier2, actual=actual, **fields)


def cost(name: str, amount: str, operator: str = "le", **fields: Any) -> Indicator:
    """A cost indicator, in yuan."""
    return row(name, value(amount, "元", operator), "economic_cost", tier1="cost", **fields)


def form(
    name: str,
    *rows: Indicator,
    money: str | None = None,
    spent: str | None = None,
    kind: Any = "target",
    scope: Any = "project",
    year: int | None = None,
) -> Project:
    """A form of a project with its whole budget, and what was spent of it, in yuan; of its document's year if none."""
    printed = [("budget", money), ("executed", spent)]
    funding = tuple(Funding(stage, "total", Decimal(n), n, "元") for stage, n in printed if n)  # type: ignore[arg-type]
    return Project("", name, scope, kind, fiscal_year=year, funding=funding, indicators=rows)


def disclosed(
    city: str, *forms: Project, year: int = 2024, kind: Any = "budget", unit: str = "综合服务中心"
) -> Disclosure:
    """A city's disclosure of forms."""
    told = f"{city} {unit} {year} {kind} {[form.name for form in forms]} {len(forms)}"
    info = DocumentInfo(
        f"{city}{year}.pdf",
        hashlib.sha256(told.encode()).hexdigest(),
        None,
        kind,
        year,
        Named(city, CODES[city]),
        Named(f"{city}{unit}"),
    )
    return Disclosure(info, "test-1", projects=forms)


@cache
def corpus_store() -> EmbeddedStore:
    """A store of the shared corpus as typeset; for tests that are marked `needs_shared`."""
    files = sorted([*CORPUS.glob("*-20*.pdf"), *CORPUS.glob("*-20*.docx")])
    return store_of(*(pipeline.read_file(file).disclosure for file in files), vocabulary=True)
