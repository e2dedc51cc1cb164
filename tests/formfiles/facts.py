"""Facts of the test forms: projects and departments drawn from pool.yaml, the same from the same seed."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

Scheme = Literal["2015", "2021"]
"""Whether costs stand under the output or at a tier of their own."""

SIGNS = {"ge": "≥", "gt": "＞", "le": "≤", "lt": "＜", "eq": "="}
_SCALES = {"万": 10_000, "亿": 100_000_000}


@dataclass(frozen=True, slots=True)
class Value:
    """A target or what was achieved: kind as in pool.yaml, the printed number(s) or words, unit, and a day for a deadline."""

    kind: str
    number: str = ""
    upper: str = ""
    unit: str = ""
    words: str = ""
    day: str = ""


@dataclass(frozen=True, slots=True)
class Indicator:
    tier1: str
    tier2: str
    name: str
    target: Value
    explanation: str = ""
    actual: Value | None = None
    weight: str = ""
    score: str = ""
    deviation: str = ""
    term: Value | None = None
    half: Value | None = None
    before: tuple[str, str] = ("", "")


@dataclass(slots=True)
class Form:
    """One form's facts. `money` maps (stage, source) to the amount in 10,000 yuan as a decimal string."""

    scope: Literal["project", "department"]
    kind: Literal["target", "self_evaluation"]
    year: int
    name: str
    department: str
    department_code: str
    office: str
    office_code: str
    code: str
    objective: str
    outcome: str
    money: dict[tuple[str, str], str]
    indicators: list[Indicator]
    execution: dict[str, str] = field(default_factory=dict)
    score: str = ""
    grade: str = ""
    tasks: list[list[str]] = field(default_factory=list)
    term: tuple[int, int] = (0, 0)


@cache
def _pool() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "pool.yaml").read_text("utf-8"))
    return read


def parse(text: str) -> Value:
    """A value of pool.yaml."""
    kind, _, rest = text.partition(" ")
    words = rest.split(" ")
    if kind == "range":
        return Value(kind, words[0], words[1], words[2])
    if kind == "by":
        return Value(kind, words=words[0], day=words[1])
    if kind == "scale":
        return Value(kind, words=words[0], unit=words[1])
    if kind == "words":
        return Value(kind, words=rest)
    if kind in ("blank", "slash"):
        return Value(kind)
    return Value(kind, words[0], unit=words[1] if len(words) > 1 else "")


def _times(number: str, factor: float, places: int | None = None) -> str:
    value = Decimal(number) * Decimal(str(factor))
    shown = places if places is not None else max(0, -Decimal(number).as_tuple().exponent)  # type: ignore[operator]
    return f"{value:.{shown}f}"


def _achieved(target: Value, dice: random.Random, short: bool) -> Value:
    if target.kind in ("words", "scale"):
        return Value(
            "words", words=dice.choice(["达成预期指标", "部分达成预期指标"] if short else ["达成预期指标", "已完成"])
        )
    if target.kind == "by":
        return Value("words", words="已完成")
    if target.kind in ("blank", "slash"):
        return Value("words", words="已完成")
    if target.kind == "range":
        return replace(target, kind="plain", number=_times(target.number, 1.1, 0), upper="")
    if target.kind in ("ge", "gt"):
        factor = 0.93 if short else dice.choice([1, 1.02, 1.05])
        number = _times(target.number, factor)
        if target.unit == "%" and Decimal(number) > 100:
            number = "100"
        return replace(target, kind="plain", number=number)
    if target.kind in ("le", "lt"):
        return replace(target, kind="plain", number=_times(target.number, dice.choice([1, 0.95, 0.9])))
    return replace(target, kind="plain")


def _weights(count: int, whole: int) -> list[str]:
    each = whole // count
    found = [each] * count
    for n in range(whole - each * count):
        found[n] += 1
    return [str(n) for n in found]


def _chosen(listed: list[list[str]], count: int, dice: random.Random, scheme: Scheme) -> list[list[str]]:
    keep = sorted(dice.sample(range(len(listed)), min(count, len(listed))))
    order = {"2015": ["output", "benefit", "satisfaction"], "2021": ["output", "cost", "benefit", "satisfaction"]}[
        scheme
    ]
    found = []
    for n in keep:
        tier1, tier2, *rest = listed[n]
        if scheme == "2015" and tier1 == "cost":
            if tier2 != "economic_cost":
                continue
            tier1, tier2 = "output", "output_cost"
        found.append([tier1, tier2, *rest])
    seconds = ["quantity", "quality", "timeliness", "output_cost", "economic_cost", "social_cost", "ecological_cost",
               "economic_benefit", "social_benefit", "ecological_benefit", "sustainability", "service_satisfaction"]  # fmt: skip
    return sorted(found, key=lambda one: (order.index(one[0]), seconds.index(one[1])))


def _money(amount: str, kind: str, sources: dict[str, float], dice: random.Random) -> dict[tuple[str, str], str]:
    """Amounts by stage and source; the parts sum up to the total."""
    total = Decimal(amount)
    factors = {"budget": Decimal(1)}
    if kind == "self_evaluation":
        factors = {
            "budget": Decimal(1),
            "adjusted_budget": Decimal("1.05"),
            "executed": Decimal(dice.choice(["1.05", "1.02", "0.97"])),
        }
    found: dict[tuple[str, str], str] = {}
    for stage, factor in factors.items():
        whole = (total * factor).quantize(Decimal("0.01"))
        rest = whole
        names = list(sources)
        for name in names[1:]:
            part = (whole * Decimal(str(sources[name]))).quantize(Decimal("0.01"))
            found[stage, name] = f"{part}"
            rest -= part
        if names:
            found[stage, names[0]] = f"{rest}"
        found[stage, "total"] = f"{whole}"
    return found


def make_form(
    seed: int,
    kind: Literal["target", "self_evaluation"] = "target",
    *,
    scope: Literal["project", "department"] = "project",
    year: int = 2024,
    count: int = 9,
    scheme: Scheme = "2021",
    sources: dict[str, float] | None = None,
    whole: int = 90,
    pick: int | None = None,
) -> Form:
    """Given a seed, return a form's facts: `count` indicators at most, money by `sources` (the first takes the rest)."""
    dice = random.Random(seed)
    listed = _pool()["projects" if scope == "project" else "departments"]
    entry = listed[pick if pick is not None else seed % len(listed)]
    unit = _pool()["units"][entry["unit"]]
    chosen = _chosen(entry["indicators"], count, dice, scheme)
    weights = _weights(len(chosen), whole)
    indicators = []
    for (tier1, tier2, name, target, explanation), weight in zip(chosen, weights, strict=True):
        value = parse(target)
        made = Indicator(tier1, tier2, name, value, explanation, weight=weight)
        if kind == "self_evaluation":
            short = dice.random() < 0.2
            score = str(int(weight) - 1) if short else weight
            deviation = "受施工进度影响，下年将提前组织。" if short else dice.choice(["", "", "无"])
            made = replace(made, actual=_achieved(value, dice, short), score=score, deviation=deviation)
        if value.number and value.kind != "range":
            twice = replace(value, number=_times(value.number, 1 if value.unit == "%" else 3))
            half = replace(value, number=_times(value.number, 0.5 if value.unit != "%" else 1))
            made = replace(made, term=twice, half=half, before=(_times(value.number, 0.9), _times(value.number, 0.95)))
        else:
            made = replace(made, term=value, half=value, before=("—", "—"))
        indicators.append(made)
    money = _money(entry["amount"], kind, sources if sources is not None else {"fiscal": 1}, dice)
    if scope == "department" and "basic" in (sources or {}):
        money["budget", "basic"], money["budget", "project"] = entry["basic"], entry["project"]
    form = Form(
        scope, kind, year, entry.get("name", unit["name"]), unit["name"], unit["code"], unit["office"],
        unit["office_code"], f"{unit['code']}24T{100000 + seed}", entry["objective"], entry["outcome"], money, indicators,
        tasks=entry.get("tasks", []), term=(year - 1, year + 1),
    )  # fmt: skip
    if kind == "self_evaluation":
        rate = Decimal(money["executed", "total"]) / Decimal(money["adjusted_budget", "total"]) * 100
        got = min(Decimal(10), (rate / 10).quantize(Decimal("0.01")))
        form.execution = {"rate": f"{rate:.2f}", "weight": "10", "score": f"{got.normalize():f}"}
        form.score = f"{sum(Decimal(i.score) for i in indicators) + got.normalize():f}"
        form.grade = "优" if Decimal(form.score) >= 90 else "良"
    return form


def base(value: Value) -> tuple[str | None, str | None, str | None]:
    """The base value, upper base value and base unit of a number: 万 and 亿 multiplied out."""
    if not value.number:
        return None, None, None
    unit, factor = value.unit, 1
    found = re.match(r"[万亿](?=.)", unit)
    if found:
        factor, unit = _SCALES[found[0]], unit[1:]
    upper = f"{Decimal(value.upper) * factor:f}" if value.upper else None
    return f"{Decimal(value.number) * factor:f}", upper, unit or None
