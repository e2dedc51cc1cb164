"""Random disclosures in any number: projects of the facts, reworded, elsewhere, in other years and amounts.

Each project made is a peer of the one it comes from, so a search for comparable projects can be scored. The same seed
gives the same disclosures.
"""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from generator import facts
from generator.facts import FACTS, BudgetTable, Disclosure, Form, Forms, FundingLine, Indicator, Unit, Value, Words

REGIONS = Path(__file__).resolve().parent.parent.parent / "ontology" / "data" / "regions.tsv"
YEARS = range(2020, 2027)
TITLES = {
    "project_target": "项目支出绩效目标表",
    "long_table": "部门预算项目绩效目标表",
    "self_evaluation": "项目支出绩效自评表",
}
"""The layouts of random forms and what they are headed."""


class Seed(NamedTuple):
    """A project of the facts that peers are made from, and the file that it stands in."""

    file: str
    form: Form


class Made(NamedTuple):
    """A random disclosure, and for each of its projects the project that it is a peer of."""

    disclosure: Disclosure
    peers: tuple[Seed, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Material:
    """What random disclosures are made of."""

    seeds: tuple[Seed, ...]
    cities: tuple[Unit, ...]
    synonyms: tuple[tuple[str, ...], ...]
    places: tuple[str, ...]
    bodies: tuple[str, ...]
    counties: tuple[str, ...]
    note: str

    def unit(self, number: int) -> tuple[Unit, Unit]:
        """Given a number from 0, return a unit that no other number has, and its city: first those of the cities, then
        those of counties under them, whose names are made up."""
        number, city = divmod(number, len(self.cities))
        county, body = divmod(number, len(self.bodies))
        where = self.cities[city].name + ("", *self.counties)[county]
        return Unit(where + self.bodies[body]), self.cities[city]


def read_material(folder: Path = FACTS, regions: Path = REGIONS) -> Material:
    """Given the folder of facts and the table of regions, return what random disclosures are made of."""
    data: dict[str, Any] = yaml.safe_load((folder / "synthetic.yaml").read_text("utf-8"))
    seeds = tuple(
        Seed(disclosure.file, form)
        for disclosure in facts.read_facts(folder)
        for form in disclosure.forms
        if form.scope == "project" and form.indicators and form.layout != "self_evaluation"
    )
    rows = [line.split("\t") for line in regions.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    cities = tuple(
        Unit(row[1], row[0])
        for row in rows
        if row[0].endswith("00") and not row[0].endswith("0000") and row[1].endswith("市")
    )
    lists = {name: tuple(data[name]) for name in ("places", "bodies", "counties")}
    return Material(seeds, cities, tuple(tuple(line) for line in data["synonyms"]), note=data["note"], **lists)


def _reworded(text: str, material: Material, chance: random.Random) -> str:
    """Given a text, return it without the places of its source and with other words for some of its words."""
    for place in material.places:
        text = text.replace(place, "")
    for line in material.synonyms:
        word = max((word for word in line if word in text), key=len, default=None)
        if word is not None:
            text = text.replace(word, chance.choice(line))
    return text


def _rounded(number: Decimal) -> Decimal:
    """A number as people set targets: two significant digits, never zero."""
    if number <= 0:
        return Decimal(0)
    exponent = number.adjusted() - 1
    made = number.quantize(Decimal(1).scaleb(exponent)) if exponent > -3 else number.quantize(Decimal("0.01"))
    return Decimal(format(made or Decimal(1), "f"))


def _other_value(value: Value | None, factor: Decimal, chance: random.Random) -> Value | None:
    """Given a value, return one of the same kind: rates near it, counts and amounts times the project's factor."""
    if value is None or value.number is None:
        return value
    number = Decimal(value.number)
    if value.unit == "%":
        made = min(Decimal(100), max(Decimal(1), number + chance.randint(-5, 2))) if number > 20 else number
    elif value.unit in ("年", "分钟", "小时"):
        made = number
    else:
        made = _rounded(number * factor)
        if number == number.to_integral():
            made = max(Decimal(1), made.to_integral())
    base = value.base
    if base:
        amount, _, unit = base.partition(" ")
        base = f"{format((made * (Decimal(amount) / number)).normalize(), 'f')} {unit}".rstrip()
    return dataclasses.replace(value, number=format(made, "f"), base=base, before="")


def _indicators(
    seed: Form, layout: str, *, factor: Decimal, material: Material, chance: random.Random
) -> tuple[Indicator, ...]:
    """Rows of a peer: most of the seed's, reworded; a self-evaluation has an actual and a score for each."""
    report, weighed = layout == "self_evaluation", layout == "long_table"
    kept = [row for row in seed.indicators if row.target and row.target.operator != "by"]
    if len(kept) > 4 and chance.random() < 0.6:
        kept.pop(chance.randrange(len(kept)))
    made = []
    for row in kept:
        target = _other_value(row.target, factor, chance)
        name = _reworded(row.tier3, material, chance)
        fields: dict[str, Any] = {"tier3": name, "target": target, "explanation": None}
        fields["weight"] = (row.weight or "10") if weighed or report else None
        fields["direction"] = (row.direction or "positive") if weighed else None
        if report:
            fields |= {"actual": _other_value(target, Decimal("1.02"), chance), "score": fields["weight"]}
        made.append(dataclasses.replace(row, **fields))
    return tuple(made)


def _funding(layout: str, amount: Decimal, chance: random.Random) -> tuple[FundingLine, ...]:
    text = f"{amount:.2f}"
    if layout == "long_table":
        return (FundingLine("total", budget=text),)
    if layout == "self_evaluation":
        spent = f"{amount * chance.randint(80, 100) / 100:.2f}"
        stages = {"budget": text, "adjusted_budget": text, "executed": spent}
        return (FundingLine("total", "年度资金总额：", **stages), FundingLine("fiscal", "其中：财政拨款", **stages))
    lines = [("total", "年度资金总额：", text), ("fiscal", "其中：财政拨款", text), ("other", "其他资金", "0")]
    return tuple(FundingLine(source, label, budget=budget) for source, label, budget in lines)


def _peer(seed: Seed, layout: str, unit: Unit, material: Material, chance: random.Random) -> Form:
    """Given a seed project and a layout, return a form of a project elsewhere that does the same."""
    report = layout == "self_evaluation"
    factor = Decimal(chance.randint(40, 250)) / 100
    scale = {"元": Decimal(10_000), "万元": Decimal(1)}[seed.form.money]
    printed = (seed.form.funding[0].budget or "1").replace(",", "").removesuffix("万")
    amount = max(Decimal("0.01"), Decimal(printed) / scale * factor)
    funding = _funding(layout, amount, chance)
    more: dict[str, Any] = {}
    if report:
        rate = Decimal(funding[0].executed or 0) / Decimal(funding[0].budget or 1) * 100
        more["execution"] = {"rate": f"{rate:.2f}%", "weight": "10", "score": f"{rate / 10:.1f}"}
        more["heads"] = {"target": "年度指标值", "actual": "实际完成值", "adjusted_budget": "全年预算数",
                         "executed": "全年执行数", "deviation": "偏差原因分析及改进措施"}  # fmt: skip
        more["outcome"] = _reworded(seed.form.objective, material, chance)
    return Form(
        layout=layout,
        name=_reworded(seed.form.name, material, chance),
        scope="project",
        money="万元",
        objective=_reworded(seed.form.objective, material, chance),
        funding=funding,
        indicators=_indicators(seed.form, layout, factor=factor, material=material, chance=chance),
        title=TITLES[layout],
        department=unit,
        implementing_unit=None if layout == "long_table" else unit,
        **more,
    )


def _disclosure(
    number: int,
    suffix: str,
    seeds: Sequence[Seed],
    material: Material,
    chance: random.Random,
    *,
    place: tuple[Unit, Unit] | None = None,
) -> Made:
    city, year = chance.choice(material.cities), chance.choice(YEARS)
    unit = Unit(f"{city.name}{chance.choice(material.bodies)}")
    if place is not None:
        unit, city = place
    layout = chance.choice(tuple(TITLES))
    # Two seeds may be reworded alike; a unit has one project of a name.
    made = {(form := _peer(seed, layout, unit, material, chance)).name: (form, seed) for seed in seeds}
    forms, seeds = tuple(form for form, _ in made.values()), tuple(seed for _, seed in made.values())
    accounts = layout == "self_evaluation"
    rows = tuple((form.name, form.funding[0].budget or "") for form in forms)
    groups = (Forms(forms),) if layout == "long_table" else tuple(Forms((form,)) for form in forms)
    disclosure = Disclosure(
        file=f"synthetic-{number:06d}{suffix}",
        title=f"{unit.name}{year}年度部门决算" if accounts else f"{unit.name}{year}年部门预算",
        kind="final_accounts" if accounts else "budget",
        fiscal_year=year,
        unit=unit,
        region=city,
        level="prefecture",
        sources=({"title": material.note},),
        sections=(
            Words("part", "一、基本情况"),
            Words("text", material.note),
            BudgetTable("project_expenditure", "项目支出表", "万元", ("项目名称", "金额"), rows, "表1"),
            Words("part", "二、绩效情况"),
            *groups,
        ),
    )
    return Made(disclosure, seeds)


def disclosures(count: int, seed: int, suffix: str, material: Material) -> Iterator[Made]:
    """Given a count, a seed and the documents' suffix, return that many random disclosures of one to six projects."""
    chance = random.Random(seed)
    for number in range(1, count + 1):
        seeds = chance.sample(material.seeds, chance.randint(1, 6))
        yield _disclosure(number, suffix, seeds, material, chance)


def units_apart(numbers: Iterable[int], seed: int, material: Material) -> Iterator[Made]:
    """Given the numbers of units and a seed, return a random disclosure of each, with one project to as many as there
    are seeds: no project of one is that of another."""
    for number in numbers:
        chance = random.Random(f"{seed} {number}")
        seeds = chance.sample(material.seeds, chance.randint(1, len(material.seeds)))
        yield _disclosure(number, ".pdf", seeds, material, chance, place=material.unit(number))
