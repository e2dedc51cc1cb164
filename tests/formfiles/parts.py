"""What the layouts of all provinces have in common: rows of indicators with their tiers, amounts, direction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from formfiles.facts import Form, Indicator, Value
from formfiles.gold import Prints, shown, split
from formfiles.model import Block, Cell, Row

Tiers = Literal["merge", "blank", "repeat"]
"""How a tier is printed that holds for several rows: one merged cell, once and then blank cells, or in every row."""

_SECOND = {"quantity": "数量", "quality": "质量", "timeliness": "时效", "output_cost": "成本", "economic_cost": "经济成本",
           "social_cost": "社会成本", "ecological_cost": "生态环境成本", "economic_benefit": "经济效益",
           "social_benefit": "社会效益", "ecological_benefit": "生态效益", "sustainability": "可持续影响",
           "service_satisfaction": "服务对象满意度"}  # fmt: skip
_FIRST = {"output": "产出", "benefit": "效益", "satisfaction": "满意度", "cost": "成本"}
LABELS: dict[str, dict[str, str]] = {
    "plain": {key: f"{label}指标" for key, label in {**_SECOND, **_FIRST}.items()},
    "short": {**_SECOND, **_FIRST},
    "project": {**{key: f"{label}指标" for key, label in {**_SECOND, **_FIRST}.items()}, "output": "项目完成指标",
                "benefit": "项目效益指标", "service_satisfaction": "满意度指标", "output_cost": "成本指标"},
    "goals": {**_SECOND, "output": "产出目标", "benefit": "效果目标", "satisfaction": "满意度目标", "cost": "成本目标"},
    "long": {**{key: f"{label}指标" for key, label in {**_SECOND, **_FIRST}.items()},
             "service_satisfaction": "社会公众或服务对象满意度指标", "sustainability": "可持续发展指标"},
}  # fmt: skip


@dataclass(slots=True)
class Made:
    """A document made of forms: its blocks, and each form with what was printed of it."""

    blocks: list[Block]
    forms: list[tuple[Form, Prints]]
    landscape: bool = False
    document: dict[str, object] = field(default_factory=dict)


Text = Callable[[Indicator], str]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of an indicator table: its head, the text of its cells, how many grid columns it covers."""

    head: str
    text: Text | Literal["tier1", "tier2", "tier3"]
    columns: int = 1
    left: bool = False


def points_of(form: Form, tier: str, concept: str) -> str:
    """The sum of the weights of a tier."""
    return f"{sum(Decimal(one.weight) for one in form.indicators if getattr(one, tier) == concept):f}"


def tier_text(form: Form, one: Indicator, tier: str, labels: dict[str, str], points: str = "") -> str:
    """A tier's label, with its points where the layout prints them ("（{}分）")."""
    concept = getattr(one, tier)
    label = labels[concept]
    return label + points.format(points_of(form, tier, concept)) if points and tier == "tier1" else label


def indicator_rows(
    form: Form, columns: Sequence[Column], *, tiers: Tiers = "merge", labels: str = "plain", points: str = ""
) -> list[Row]:
    """A row for each indicator, tiers merged down, left blank or repeated."""
    rows: list[Row] = []
    names = LABELS[labels]
    for n, one in enumerate(form.indicators):
        cells: Row = []
        for column in columns:
            if column.text == "tier3":
                cells.append(Cell(one.name, column.columns, left=True))
                continue
            if not isinstance(column.text, str):
                cells.append(Cell(column.text(one), column.columns, left=column.left))
                continue
            text = tier_text(form, one, column.text, names, points)
            same = [column.text, "tier1"] if column.text == "tier2" else ["tier1"]

            def goes_on(other: Indicator, same: list[str] = same, one: Indicator = one) -> bool:
                return all(getattr(other, tier) == getattr(one, tier) for tier in same)

            first = n == 0 or not goes_on(form.indicators[n - 1])
            if tiers == "repeat":
                cells.append(Cell(text, column.columns))
            elif tiers == "blank":
                cells.append(Cell(text if first else "", column.columns))
            elif first:
                span = 1
                while n + span < len(form.indicators) and goes_on(form.indicators[n + span]):
                    span += 1
                cells.append(Cell(text, column.columns, span))
        rows.append(cells)
    return rows


def head_row(columns: Sequence[Column], rows: int = 1) -> Row:
    """The heads of the columns."""
    return [Cell(column.head, column.columns, rows) for column in columns]


def indicator_block(
    form: Form,
    columns: Sequence[Column],
    *,
    side: str | None = "绩效指标",
    tiers: Tiers = "merge",
    labels: str = "plain",
    points: str = "",
    side_columns: int = 1,
) -> list[Row]:
    """The head and rows of an indicator table, with the label at its side where the layout has one."""
    rows = [head_row(columns), *indicator_rows(form, columns, tiers=tiers, labels=labels, points=points)]
    if side is not None:
        rows[0].insert(0, Cell(side, side_columns, len(rows)))
    return rows


# --- texts of columns

TIERS = (Column("一级指标", "tier1"), Column("二级指标", "tier2"), Column("三级指标", "tier3"))


def target(signs: dict[str, str] | None = None) -> Text:
    """The target in one cell."""
    return lambda one: shown(one.target, signs) if signs is not None else shown(one.target)


def part(index: int, signs: dict[str, str] | None = None) -> Text:
    """A part of a target that three cells print: 0 sign, 1 number or words, 2 unit."""
    return lambda one: (split(one.target, signs) if signs is not None else split(one.target))[index]


def unit_apart(index: int) -> Text:
    """A part of a target that two cells print: 0 sign and number, 1 unit."""

    def text(one: Indicator) -> str:
        sign, number, unit = split(one.target)
        return unit if index else (sign + number if sign != "定性" else number)

    return text


def actual(one: Indicator) -> str:
    """What was achieved, in one cell."""
    return shown(one.actual) if one.actual else ""


def weight(one: Indicator) -> str:
    return one.weight


def percent_weight(one: Indicator) -> str:
    return f"{one.weight}%"


def score(one: Indicator) -> str:
    return one.score


def explanation(one: Indicator) -> str:
    return one.explanation


def deviation(one: Indicator) -> str:
    return one.deviation


def direction(one: Indicator) -> str:
    """正向指标 or 反向指标."""
    return "反向指标" if one.target.kind in ("le", "lt") else "正向指标"


def nature(one: Indicator) -> str:
    """定量指标 or 定性指标."""
    return "定性指标" if one.target.kind in ("words", "scale", "by") else "定量指标"


def of(name: str) -> Text:
    """Another value of an indicator ("term", "half") in one cell."""

    def text(one: Indicator) -> str:
        value = getattr(one, name)
        return shown(value) if isinstance(value, Value) else ""

    return text


def before(index: int) -> Text:
    """What was achieved two years before (0) and the year before (1)."""
    return lambda one: one.before[index]


def fixed(text: str) -> Text:
    """The same text in every row."""
    return lambda _: text


# --- money


def amount(form: Form, source: str, stage: str = "budget", unit: str = "万元", places: int = 2) -> str:
    """An amount as printed in a unit, blank where the form has none."""
    given = form.money.get((stage, source))
    if given is None:
        return ""
    number = Decimal(given) * {"元": 10_000, "万元": 1, "亿元": Decimal("0.0001")}[unit]
    return f"{number:,.{places}f}" if unit == "元" else f"{number:.{places if unit == '万元' else 6}f}"
