"""The data files of published facts: loaded strictly, every scalar a text as it is to be printed.

A value is written in its parts, so that what it means is declared here and never worked out by a reader of values:
`{ge: "98", unit: "%"}` prints ≥98%; `{is: "10", unit: 个}` prints the number alone; `{word: 及时}` a word;
`{by: 9月底前, date: "2025-09-30"}` a deadline. `sign` is a sign other than the usual one, `before` a word in front,
`base` the amount with 万 multiplied out ("2000000 条") where it differs from what is printed.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FACTS = Path(__file__).resolve().parent.parent / "facts"

SIGNS = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<", "eq": "=", "is": ""}
"""The sign that each comparison prints; `is` is an equality printed without one."""


class FactsError(ValueError):
    """A facts file is wrong; the message names the file, the entry and the problem."""


class _Loader(yaml.BaseLoader):
    """YAML in which every scalar is a text (15.00 stays 15.00) and a key given twice is an error."""


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in found:
            raise yaml.constructor.ConstructorError(None, None, f"key {key!r} is given twice", key_node.start_mark)
        found[key] = loader.construct_object(value_node, deep=True)
    return found


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit or region with its code; `printed` is how forms print the two together."""

    name: str
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Value:
    """A target or an actual in its parts."""

    operator: str
    number: str | None = None
    word: str | None = None
    unit: str = ""
    sign: str = ""
    before: str = ""
    base: str | None = None
    date: str | None = None

    @property
    def amount(self) -> str:
        """The cell 指标值 of a form that splits values into three cells."""
        return self.word if self.word is not None else self.number or ""

    @property
    def raw(self) -> str:
        """The value as one cell prints it."""
        return f"{self.before}{self.sign}{self.amount}{self.unit}"


@dataclass(frozen=True, slots=True)
class Indicator:
    """A row of a form."""

    tier1: str
    tier2: str
    tier3: str
    target: Value | None = None
    actual: Value | None = None
    absence: str | None = None
    weight: str | None = None
    score: str | None = None
    direction: str | None = None
    explanation: str | None = None


@dataclass(frozen=True, slots=True)
class FundingLine:
    """A line of a form's funding block: one amount a stage; an empty text is a cell left blank."""

    source: str
    label: str = ""
    budget: str | None = None
    adjusted_budget: str | None = None
    executed: str | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """One form that speaks of one project or of a department."""

    layout: str
    name: str
    scope: str
    money: str
    objective: str
    funding: tuple[FundingLine, ...]
    indicators: tuple[Indicator, ...]
    title: str = ""
    label: str = ""
    code: str | None = None
    department: Unit | None = None
    implementing_unit: Unit | None = None
    outcome: str | None = None
    duties: str = ""
    stages: tuple[tuple[str, str], ...] = ()
    tasks: tuple[tuple[str, str], ...] = ()
    heads: Mapping[str, str] = field(default_factory=dict)
    columns: tuple[str, ...] = ()
    execution: Mapping[str, str] | None = None
    total: Mapping[str, str] | None = None
    score: str | None = None
    grade: str | None = None


@dataclass(frozen=True, slots=True)
class BudgetTable:
    """A small budget table; with `sides` each row is (name, amount) for each side, else a name and its amounts."""

    kind: str
    title: str
    unit: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    label: str = ""
    sides: tuple[str, ...] = ()
    totals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Words:
    """A part's title, a heading or a paragraph."""

    style: str
    text: str


@dataclass(frozen=True, slots=True)
class Forms:
    """Forms printed in one table (several only in the long table of many projects)."""

    forms: tuple[Form, ...]


@dataclass(frozen=True, slots=True)
class Disclosure:
    """A document to be made: what it says of itself, its sections in order, and where the facts come from."""

    file: str
    title: str
    kind: str
    fiscal_year: int
    unit: Unit
    region: Unit
    level: str
    sources: tuple[Mapping[str, str], ...]
    sections: tuple[Words | BudgetTable | Forms, ...]

    @property
    def gold_file(self) -> str:
        """The name of the gold JSON beside the document."""
        return f"{Path(self.file).stem}.gold.json"

    @property
    def forms(self) -> tuple[Form, ...]:
        """Every form, in the order of printing."""
        return tuple(form for section in self.sections if isinstance(section, Forms) for form in section.forms)


def _fields(record: type[Any], data: Any, where: str) -> dict[str, Any]:
    """Given a record type and a mapping, return the mapping; raise FactsError where a key is unknown or missing."""
    if not isinstance(data, dict):
        raise FactsError(f"{where}: a mapping is expected")
    known = {f.name: f for f in dataclasses.fields(record)}
    unknown = set(data) - set(known)
    missing = {
        name
        for name, f in known.items()
        if f.default is dataclasses.MISSING and f.default_factory is dataclasses.MISSING and name not in data
    }
    if unknown or missing:
        raise FactsError(f"{where}: unknown {sorted(unknown)}, missing {sorted(missing)}")
    return dict(data)


def _read_unit(data: Any, where: str) -> Unit | None:
    return Unit(**_fields(Unit, data, where)) if data else None


def _read_value(data: Any, where: str) -> Value | None:
    if data is None:
        return None
    rest = dict(data)
    kinds = [key for key in (*SIGNS, "word", "by") if key in rest]
    if len(kinds) != 1:
        raise FactsError(f"{where}: exactly one of {', '.join((*SIGNS, 'word', 'by'))} is expected")
    kind = kinds[0]
    printed = rest.pop(kind)
    if kind in SIGNS:
        made: dict[str, Any] = {"operator": "eq" if kind == "is" else kind, "number": printed, "sign": SIGNS[kind]}
    else:
        made = {"operator": "qualitative" if kind == "word" else "by", "word": printed}
    unknown = set(rest) - {"unit", "sign", "before", "base", "date"}
    if unknown or (kind == "by") != ("date" in rest):
        raise FactsError(f"{where}: unknown {sorted(unknown)}, or a deadline without its date")
    return Value(**{**made, **rest})


def _read_indicators(rows: Any, where: str) -> tuple[Indicator, ...]:
    """Rows carry their tiers down: one that names none has those of the row above."""
    made: list[Indicator] = []
    for number, row in enumerate(rows, 1):
        here = f"{where}, indicator {number}"
        data = dict(row)
        for tier in ("tier1", "tier2"):
            if tier not in data and made:
                data[tier] = getattr(made[-1], tier)
        data = _fields(Indicator, data, here)
        for name in ("target", "actual"):
            data[name] = _read_value(data.get(name), here)
        if (data["target"] is None) == (data.get("absence") is None):
            raise FactsError(f"{here}: a row has a target, or says why it has none")
        made.append(Indicator(**data))
    return tuple(made)


def _read_form(data: Any, where: str) -> Form:
    data = _fields(Form, data, where)
    where = f"{where} {data['name']}"
    for name in ("department", "implementing_unit"):
        data[name] = _read_unit(data.get(name), where)
    data["funding"] = tuple(FundingLine(**_fields(FundingLine, line, where)) for line in data["funding"])
    data["indicators"] = _read_indicators(data["indicators"], where)
    for name in ("stages", "tasks"):
        data[name] = tuple((pair[0], pair[1]) for pair in data.get(name, ()))
    data["columns"] = tuple(data.get("columns", ()))
    return Form(**data)


def _read_section(data: Any, where: str) -> Words | BudgetTable | Forms:
    if not isinstance(data, dict) or len(data) != 1:
        raise FactsError(f"{where}: a section has one key")
    ((style, content),) = data.items()
    if style in ("part", "heading", "text"):
        return Words(style, content)
    if style == "table":
        fields = _fields(BudgetTable, content, where)
        lists = {name: tuple(fields.get(name, ())) for name in ("heads", "sides", "totals")}
        return BudgetTable(**{**fields, **lists, "rows": tuple(tuple(row) for row in fields["rows"])})
    if style == "form":
        return Forms((_read_form(content, where),))
    if style == "forms":
        shared = {key: value for key, value in content.items() if key != "projects"}
        return Forms(tuple(_read_form({**shared, **project}, where) for project in content["projects"]))
    raise FactsError(f"{where}: there is no section {style!r}")


def parse_disclosure(text: str, name: str) -> Disclosure:
    """Given the text of a facts file and its name, return the disclosure; raise FactsError where it is unsound."""
    try:
        data = yaml.load(text, Loader=_Loader)
    except yaml.YAMLError as error:
        raise FactsError(f"{name}: {error}") from error
    data = _fields(Disclosure, data, name)
    unit, region = _read_unit(data["unit"], name), _read_unit(data["region"], name)
    if unit is None or region is None:
        raise FactsError(f"{name}: unit and region have names")
    sections = tuple(_read_section(s, f"{name}, section {n}") for n, s in enumerate(data["sections"], 1))
    rest = {"fiscal_year": int(data["fiscal_year"]), "unit": unit, "region": region, "sections": sections}
    return Disclosure(**{**data, **rest, "sources": tuple(data["sources"])})


def read_facts(folder: Path = FACTS) -> list[Disclosure]:
    """Given the folder of facts, return its disclosures, by file name (`tiers.yaml` is not one)."""
    paths = sorted(path for path in folder.glob("*.yaml") if path.name not in ("tiers.yaml", "synthetic.yaml"))
    return [parse_disclosure(path.read_text("utf-8"), path.name) for path in paths]


@cache
def read_tiers(folder: Path = FACTS) -> tuple[dict[str, str], dict[str, str]]:
    """Given the folder of facts, return the notations of the printed tiers 1 and of the tiers 2."""
    data = yaml.load((folder / "tiers.yaml").read_text("utf-8"), Loader=_Loader)
    return data["tier1"], data["tier2"]
