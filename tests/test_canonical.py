"""Canonical indicators: names that ask the same thing are one, each with its rule and words; others stay apart."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest
from corpus import gold_disclosures
from printed import ask, document, form, stored
from shared import needs_shared

import graph.canonical as module
from extract.names import parse_name
from graph.canonical import NamedRow, group_name
from graph.embedded import EmbeddedStore
from graph.load import open_batch
from graph.queries import run_named
from graph.shapes import find_violations
from graph.workspace import Workspace
from ontology import measures
from ontology.measures import Canonical
from ontology.records import Disclosure, Indicator


def named(name: str, unit: str | None = None, tier2: str | None = None) -> NamedRow:
    """A row as reading leaves it."""
    said = parse_name(name, tier2_concept=tier2, unit=unit)
    return NamedRow(f"urn:{name}", name, said.asks, said.object, said.evidence)


def read(disclosure: Disclosure) -> Disclosure:
    """A made-up disclosure with what reading makes of its indicators' names."""

    def understood(row: Indicator) -> Indicator:
        value = row.target or row.actual
        said = parse_name(row.tier3, tier2_concept=row.tier2_concept, unit=value.unit if value else None)
        return replace(row, measure=said.measure, object=said.object, asks=said.asks, evidence=said.evidence)

    projects = tuple(replace(one, indicators=tuple(map(understood, one.indicators))) for one in disclosure.projects)
    return replace(disclosure, projects=projects)


# --- where a name belongs ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "names",
    [
        ("群众满意度", "群众满意率", "办事群众满意度"),
        ("服务对象满意度", "服务对象满意度指标"),
        ("租用网络专线", "网络专线租赁数量"),
        ("故障排除的及时率", "故障排除及时率"),
        ("项目完成时限", "项目完成时间"),
        ("项目预算控制数", "项目预算成本控制数"),
    ],
)
def test_names_that_ask_the_same(names: tuple[str, ...]) -> None:
    found = {group_name(named(name, "条" if "专线" in name else None)).notation for name in names}
    assert len(found) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("群众满意度", "工作人员满意度"),
        ("群众满意度", "服务对象满意度"),
        ("群众满意度", "群众知晓度"),
        ("工单办结率", "工单按时办结率"),
        ("设备维修及时率", "设备维修验收合格率"),
        ("培训次数", "培训人数"),
        ("完成年度考核时限", "完成半年度考核时限"),
        ("短信数量", "短信服务项目成本"),
        ("政务服务能力", "网上政务服务能力"),
        ("项目成本控制", "项目或定额成本控制率"),
    ],
)
def test_names_that_ask_another_thing_stay_apart(one: str, other: str) -> None:
    assert group_name(named(one)).notation != group_name(named(other)).notation


def test_a_membership_says_by_which_rule_and_words() -> None:
    parts = group_name(named("办事群众满意率"))
    assert (parts.notation, parts.rule) == ("群众|satisfaction", "same_parts")
    assert parts.words == "办事群众满意率 = 办事群众 → 群众 + 满意率"
    words = group_name(named("建章立制，常态长效"))
    assert (words.notation, words.rule, words.words) == ("建章立制常态长效", "same_words", "建章立制，常态长效")


def test_a_row_that_reading_left_without_parts_stands_for_its_words() -> None:
    assert group_name(NamedRow("urn:x", "群众满意度")).notation == "群众满意度"


# --- in a store -------------------------------------------------------------------------------------------------------
def groups(store: EmbeddedStore, least: int = 2) -> dict[str, int]:
    """Names of canonical indicators of so many documents, and their project indicators."""
    return {
        str(row["name"]): int(str(row["indicators"])) for row in run_named(store, "canonical-indicators", least=least)
    }


BUDGET = read(document("a.pdf", form("热线经费", rows=("群众满意率", "工单办结率", "项目完成时限"))))
ELSEWHERE = read(
    document(
        "b.pdf",
        form("大厅经费", rows=("办事群众满意度", "工作人员满意度", "项目完成时限")),
        publisher="巴中市政务服务管理局",
    )
)


def test_indicators_of_two_documents_meet_and_the_graph_conforms(tmp_path: Path) -> None:
    store = stored(tmp_path / "store", BUDGET, ELSEWHERE)
    assert set(groups(store)) == {"群众满意度", "项目完成时限"}
    assert groups(store, least=1)["工作人员满意度"] == 1
    rows = run_named(store, "canonical-indicator", text="群众满意率")
    assert {str(row["tier3"]) for row in rows} == {"群众满意率", "办事群众满意度"}
    assert {str(row["rule"]).rpartition("/")[2] for row in rows} == {"same_parts"}
    triples = {t for g in store.graphs() if not g.endswith("vocab") for t in store.triples(g)}
    assert [one for one in find_violations(triples) if one.severity == "error"] == []


def test_the_measure_of_a_row_is_asked_for_by_its_notation(tmp_path: Path) -> None:
    store = stored(tmp_path / "store", BUDGET, ELSEWHERE)
    rows = run_named(store, "measure-targets", measure="satisfaction")
    assert sorted(str(row["tier3"]) for row in rows) == ["办事群众满意度", "工作人员满意度", "群众满意率"]


def test_a_superseded_rendition_makes_no_second_document(tmp_path: Path) -> None:
    text = read(document("a.txt", form("热线经费", rows=("群众满意率", "工单办结率", "项目完成时限"))))
    assert groups(stored(tmp_path / "store", BUDGET, text)) == {}


def test_a_document_takes_its_memberships_with_it(tmp_path: Path) -> None:
    stored(tmp_path / "store", BUDGET, ELSEWHERE).close()
    workspace = Workspace.open(tmp_path / "store")
    with open_batch(workspace) as batch:
        batch.remove("b.pdf")
    with workspace.read() as store:
        assert "工作人员满意度" not in groups(store, least=1)
        assert ask(store, "SELECT ?m WHERE { ?m pikg:member ?i FILTER NOT EXISTS { ?row pikg:ofIndicator ?i } }") == []


def test_a_correction_takes_effect_without_reading_anything_again(tmp_path: Path, monkeypatch) -> None:
    stored(tmp_path / "store", BUDGET, ELSEWHERE).close()
    shipped = measures.canonical()
    corrected = Canonical(
        shipped.objects,
        MappingProxyType({**shipped.members, "工作人员满意度": "群众|satisfaction"}),
        MappingProxyType({**shipped.labels, "群众|satisfaction": ("各方满意度", "everybody's satisfaction")}),
    )
    for owner in (measures, module):
        monkeypatch.setattr(owner, "canonical", lambda: corrected)
    workspace = Workspace.open(tmp_path / "store")
    with open_batch(workspace):
        pass
    with workspace.read() as store:
        assert groups(store)["各方满意度"] == 3
        (row,) = [r for r in run_named(store, "canonical-indicator", text="工作人员满意度")
                  if str(r["tier3"]) == "工作人员满意度"]  # fmt: skip
        assert str(row["rule"]).endswith("/correction")


def test_what_is_in_step_with_the_rules_is_not_written_again(tmp_path: Path) -> None:
    stored(tmp_path / "store", BUDGET).close()
    workspace = Workspace.open(tmp_path / "store")
    before = workspace.snapshot
    with open_batch(workspace):
        pass
    assert workspace.snapshot == before


@needs_shared
def test_what_two_documents_of_the_corpus_share(tmp_path: Path) -> None:
    """Reviewed by hand: each of these asks one thing in both documents, and nothing else meets."""
    store = stored(tmp_path / "store", *map(read, gold_disclosures()))
    assert groups(store) == {
        "群众满意度": 20,
        "项目成本控制": 18,
        "服务对象满意度": 3,
        "网络专线租用数量": 2,
        "项目或定额成本控制率": 2,
    }
