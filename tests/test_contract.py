"""The JSON of a disclosure: what every program that reads `pikg extract --format json` relies on."""

from __future__ import annotations

import dataclasses
import json
import typing
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from shared import ROOT, SHARED, needs_shared

from ontology import records
from ontology.contract import ContractError, from_json, record_fields, to_json
from ontology.contract_schema import FIELD_DESCRIPTIONS, RECORDS, SCHEMA_FILE, definition_name, json_schema
from ontology.records import (
    Box,
    BudgetLine,
    Disclosure,
    DocumentInfo,
    Execution,
    Fact,
    Funding,
    Indicator,
    Issue,
    Named,
    Place,
    PrintedCell,
    Project,
    Section,
    StageGoal,
    Value,
)

SHA = "0123456789abcdef" * 4

PLACE = Place(page=3, table=1, row=7, column=4, box=Box(56.5, 100.25, 210.0, 118.75))
CELL = PrintedCell(PLACE, "≥98", more=(PrintedCell(Place(page=4, table=1, row=1, column=4, box=Box(1, 2, 3, 4)), "%"),))

FULL = Disclosure(
    document=DocumentInfo(
        "预算.pdf",
        SHA,
        "某市2024年部门预算",
        "budget",
        2024,
        Named("达州市", "511700"),
        Named("某局", "127"),
        "prefecture",
    ),
    extractor_version="1",
    projects=(
        Project(
            form_id="t12-f1",
            name="电话费",
            scope="project",
            form="self_evaluation",
            code="511700",
            fiscal_year=2024,
            department=Named("某局"),
            implementing_unit=Named("某中心", "127001"),
            objective="目标",
            outcome="完成",
            stages=(StageGoal("先做", "上半年"), StageGoal("后做")),
            sections=(Section("basis", "市政府第3号文件。", "立项依据", Place(page=4, paragraph=12)),),
            funding=(Funding("budget", "total", Decimal("37000.00"), "3.70", "万元", PLACE, {"amount": CELL}),),
            execution=Execution(Decimal("99.5"), Decimal(10), Decimal("9.95")),
            indicators=(
                Indicator(
                    "产出指标",
                    "数量指标",
                    "接听率",
                    Value(
                        "≥98%",
                        "ge",
                        Decimal(98),
                        None,
                        "%",
                        Decimal(98),
                        None,
                        "%",
                        scale=("好", "差"),
                        parts=(Value("≥98%", "ge", Decimal(98)), Value("9月底前", "by", date=date(2024, 9, 30))),
                    ),
                    "output",
                    "quantity",
                    "mof-2021",
                    Value("达成", "qualitative", relative_to="plan"),
                    None,
                    Decimal(10),
                    Decimal("9.50"),
                    "positive",
                    "解释",
                    "偏差",
                    "备注",
                    place=PLACE,
                    cells={"target": CELL},
                ),
                Indicator(None, None, "无目标", None, absence="placeholder"),
            ),
            score=Decimal("99.45"),
            grade="优",
            place=Place(page=3, table=1, row=1),
            cells={"name": CELL},
        ),
        Project("t13-f1", "", "department", "target"),
    ),
    budget_lines=(
        BudgetLine(
            "summary",
            "一、收入",
            "收入/预算数",
            Decimal("0"),
            "0.00",
            "万元",
            "2010301",
            2024,
            "某局",
            "detail",
            3,
            "income",
            "function",
            "fiscal",
            PLACE,
            CELL,
        ),
    ),
    facts=(
        Fact(
            "income_total",
            "收入3.7万元",
            "收入",
            Decimal(37000),
            None,
            "万元",
            Decimal(-1),
            Decimal("-2.5"),
            2024,
            PLACE,
        ),
    ),
    issues=(Issue("table.unread", "warning", "没读", "not read", Place(page=9, reading="ocr", confidence=0.42)),),
)

EMPTY = Disclosure(DocumentInfo("", SHA), "")


def schema_errors(schema: Any, value: Any) -> list[str]:
    return [
        f"{list(error.absolute_path)}: {error.message}" for error in Draft202012Validator(schema).iter_errors(value)
    ]


# --- what the JSON looks like -----------------------------------------------------------------------------------------
def test_the_round_trip_is_exact() -> None:
    for disclosure in (FULL, EMPTY):
        written = json.loads(json.dumps(to_json(disclosure), ensure_ascii=False))
        assert from_json(written) == disclosure
        assert to_json(from_json(written)) == written


def test_the_version_stands_at_the_top() -> None:
    written = to_json(FULL)
    assert next(iter(written)) == "contract_version"
    assert (written["contract_version"], written["extractor_version"]) == (1, "1")


def test_numbers_are_decimal_strings_as_printed() -> None:
    written = to_json(FULL)["projects"][0]
    assert written["funding"][0]["amount"] == "37000.00"
    assert written["indicators"][0]["weight"] == "10"
    big = dataclasses.replace(FULL.budget_lines[0], amount=Decimal("4.2E+9"))
    tiny = dataclasses.replace(big, amount=Decimal("1E-7"))
    lines = to_json(dataclasses.replace(EMPTY, budget_lines=(big, tiny)))["budget_lines"]
    assert [line["amount"] for line in lines] == ["4200000000", "0.0000001"]


def test_nothing_is_made_up_to_fill_a_field() -> None:
    written = to_json(EMPTY)
    assert written == {
        "contract_version": 1,
        "document": {
            "sha256": SHA,
            "kind": "unknown",
            "fiscal_year": None,
            "region": None,
            "unit": None,
            "level": None,
        },
        "projects": [],
        "budget_lines": [],
        "issues": [],
    }
    bare = to_json(FULL)["projects"][1]
    assert bare == {
        "form_id": "t13-f1",
        "name": "",
        "scope": "department",
        "form": "target",
        "funding": [],
        "indicators": [],
    }
    row = to_json(FULL)["projects"][0]["indicators"][1]
    assert row == {"tier1": None, "tier2": None, "tier3": "无目标", "target": None, "absence": "placeholder"}


def test_places_are_told_as_provenance_and_cells() -> None:
    funding = to_json(FULL)["projects"][0]["funding"][0]
    box = [56.5, 100.25, 210.0, 118.75]
    assert funding["provenance"] == {"page": 3, "table": 1, "row": 7, "column": 4, "bbox": box, "reading": "text"}
    cell = funding["cells"]["amount"]
    assert cell == {
        "page": 3,
        "table": 1,
        "row": 7,
        "column": 4,
        "bbox": box,
        "text": "≥98%",
        "more": [{"page": 4, "table": 1, "row": 1, "column": 4, "bbox": [1, 2, 3, 4], "text": "%"}],
    }
    assert funding["currency"] == "CNY"
    issue = to_json(FULL)["issues"][0]
    assert issue["message"] == {"zh": "没读", "en": "not read"}
    assert issue["provenance"] == {"page": 9, "reading": "ocr", "confidence": 0.42}


def test_a_number_that_is_none_is_refused_when_writing() -> None:
    line = dataclasses.replace(FULL.budget_lines[0], amount=Decimal("NaN"))
    with pytest.raises(ContractError, match="NaN"):
        to_json(dataclasses.replace(EMPTY, budget_lines=(line,)))


# --- the schemas ------------------------------------------------------------------------------------------------------
def test_what_is_written_is_valid_by_the_projects_own_schema() -> None:
    schema = json.loads((ROOT / "ontology" / SCHEMA_FILE).read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    for disclosure in (FULL, EMPTY):
        assert schema_errors(schema, to_json(disclosure)) == []


def test_the_schema_file_is_what_the_records_make() -> None:
    file = json.loads((ROOT / "ontology" / SCHEMA_FILE).read_text("utf-8"))
    assert file == json_schema(), "stale: run `make reference`"


@needs_shared
def test_what_is_written_is_valid_by_the_shared_schema() -> None:
    schema = json.loads((SHARED / "contract" / "disclosure.schema.json").read_text("utf-8"))
    for disclosure in (FULL, EMPTY):
        assert schema_errors(schema, to_json(disclosure)) == []


@pytest.mark.parametrize(
    "spoil",
    [
        lambda d: d["projects"][0]["funding"][0].update(amount=37000.0),
        lambda d: d["projects"][0]["funding"][0].update(amount="3.7e4"),
        lambda d: d["projects"][0]["indicators"][0]["target"].update(operator="about"),
        lambda d: d["projects"][0].pop("name"),
        lambda d: d["document"].update(sha256="x"),
        lambda d: d["projects"][0]["provenance"].update(page=0),
        lambda d: d["issues"][0].update(message={"zh": "没读"}),
        lambda d: d["issues"][0]["provenance"].update(confidence=2),
        lambda d: d["budget_lines"][0].update(kind="?"),
        lambda d: d.update(contract_version=2),
    ],
)
def test_schema_and_reader_refuse_the_same_mistakes(spoil: Any) -> None:
    spoiled = to_json(FULL)
    spoil(spoiled)
    assert schema_errors(json_schema(), spoiled)
    with pytest.raises(ContractError):
        from_json(spoiled)


def test_every_record_and_only_known_fields_are_described() -> None:
    waiting: list[Any] = [Disclosure]
    found: set[Any] = set()
    while waiting:
        hint = waiting.pop()
        if isinstance(hint, type) and dataclasses.is_dataclass(hint):
            if hint not in found:
                found.add(hint)
                waiting.extend(typing.get_type_hints(hint).values())
        else:
            waiting.extend(typing.get_args(hint))
    assert found - {Disclosure, Box} == set(RECORDS)
    known = {f"{definition_name(record)}.{field.key}" for record in RECORDS for field in record_fields(record)}
    assert set(FIELD_DESCRIPTIONS) <= known


# --- reading ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("spoil", "where", "what"),
    [
        (lambda d: d["document"].pop("sha256"), "document.sha256", "missing"),
        (lambda d: d["document"].update(sha256="../../etc"), "document.sha256", "form"),
        (
            lambda d: d["projects"][0]["indicators"][0]["target"].update(operator="~"),
            "projects[0].indicators[0].target.operator",
            "one of ge",
        ),
        (lambda d: d["projects"][0].update(colour="red"), "projects[0]", "colour"),
        (
            lambda d: d["projects"][0]["indicators"][0]["target"]["parts"][1].update(date="2024-02-30"),
            "projects[0].indicators[0].target.parts[1].date",
            "calendar",
        ),
        (
            lambda d: d["projects"][0]["cells"]["name"].update(bbox=[1, 2]),
            "projects[0].cells.name.bbox",
            "four numbers",
        ),
        (lambda d: d["projects"][0]["funding"][0].update(currency="USD"), "projects[0].funding[0].currency", "CNY"),
        (lambda d: d["projects"][0].update(score=1), "projects[0].score", "decimal number as a text"),
        (lambda d: d["projects"][0].update(fiscal_year=True), "projects[0].fiscal_year", "whole number"),
        (lambda d: d.update(projects={}), "projects", "a list"),
        (lambda d: d.update(contract_version=2), "contract_version", "version 1"),
    ],
)
def test_a_mistake_is_told_with_its_place(spoil: Any, where: str, what: str) -> None:
    spoiled = to_json(FULL)
    spoil(spoiled)
    with pytest.raises(ContractError) as told:
        from_json(spoiled)
    assert told.value.path == where
    assert what in str(told.value)


def test_what_is_no_object_is_refused() -> None:
    with pytest.raises(ContractError, match="list"):
        from_json([])  # type: ignore[arg-type]


def test_a_hand_made_file_may_leave_out_what_it_does_not_speak_of() -> None:
    made = {
        "document": {"sha256": SHA, "fiscal_year": None, "unit": None, "region": {"name": "贵阳市"}},
        "projects": [
            {
                "name": "甲",
                "scope": "project",
                "form": "target",
                "code": None,
                "department": None,
                "execution": None,
                "funding": [{"stage": "budget", "source": "total", "amount": "1.0"}],
                "indicators": [
                    {
                        "tier1": None,
                        "tier2": None,
                        "tier3": "乙",
                        "target": {"raw": "1", "operator": "eq", "date": None},
                    }
                ],
            }
        ],
        "budget_lines": [],
    }
    read = from_json(made)
    assert read.projects[0].funding[0] == Funding("budget", "total", Decimal("1.0"), "")
    assert read.projects[0].indicators[0].target == Value("1", "eq")
    assert read.document.region == Named("贵阳市")


@needs_shared
@pytest.mark.parametrize("path", sorted((SHARED / "gold").glob("*-*.json")), ids=lambda path: path.stem)
def test_gold_files_are_read_and_written_back_whole(path: Path) -> None:
    gold = json.loads(path.read_text("utf-8"))
    written = to_json(from_json(gold))

    def assert_holds(more: Any, less: Any) -> None:
        """Whatever gold says stands in what is written; a null may be left out there."""
        if isinstance(less, dict):
            for key, value in less.items():
                if value is not None:
                    assert_holds(more[key], value)
                else:
                    assert more.get(key) is None
        elif isinstance(less, list):
            assert len(more) == len(less)
            for one, other in zip(more, less, strict=True):
                assert_holds(one, other)
        else:
            assert more == less

    assert_holds(written, gold)


# --- whatever the values are ------------------------------------------------------------------------------------------
texts = st.text(max_size=8)
decimals = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**15), max_value=10**15, places=4)
places = st.builds(
    Place,
    page=st.none() | st.integers(1, 999),
    sheet=st.none() | texts,
    table=st.none() | st.integers(1, 99),
    box=st.none() | st.builds(Box, *[st.floats(-1e4, 1e4)] * 4),
    reading=st.sampled_from(["text", "ocr"]),
    confidence=st.none() | st.floats(0, 1),
)
cells = st.builds(PrintedCell, places, texts, st.lists(st.builds(PrintedCell, places, texts), max_size=2).map(tuple))
values = st.builds(
    Value,
    raw=texts,
    operator=st.sampled_from(typing.get_args(records.Operator)),
    value=st.none() | decimals,
    unit=st.none() | texts,
    date=st.none() | st.dates(),
    scale=st.lists(texts, max_size=2).map(tuple),
)
indicators = st.builds(
    Indicator,
    tier1=st.none() | texts,
    tier2=st.none() | texts,
    tier3=texts,
    target=st.none() | values,
    note=st.none() | texts,
    place=st.none() | places,
    cells=st.dictionaries(texts, cells, max_size=2),
)


@given(st.lists(indicators, max_size=3))
def test_any_indicator_comes_back_as_it_was(rows: list[Indicator]) -> None:
    project = dataclasses.replace(FULL.projects[0], indicators=tuple(rows))
    disclosure = dataclasses.replace(FULL, projects=(project,))
    assert from_json(json.loads(json.dumps(to_json(disclosure)))) == disclosure
