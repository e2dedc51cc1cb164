"""The named queries: what they answer, how parameters reach them, and that nothing is counted twice."""

from __future__ import annotations

import dataclasses
import io
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from corpus import BASE, CONCEPT, P, gold_disclosures, record, store_of, weighed_disclosures
from hypothesis import given
from hypothesis import strategies as st
from rdflib import Graph, Literal, URIRef
from rdflib.plugins.sparql import prepareQuery
from shared import ROOT, needs_shared

import pipeline
from graph.canonical import indicators_graph, map_canonical, read_rows
from graph.embedded import EmbeddedStore, new_in_memory
from graph.errors import AmbiguousError, GraphError, NotFoundError, ParameterError
from graph.mapping import map_disclosure
from graph.queries import NamedQuery, find_query, named_queries, parse_query, resolve_parameters, run_named
from graph.query_reference import render_reference
from graph.store import Rows
from ontology.keys import project_key
from ontology.records import Value

BUDGET, ACCOUNTS, GREENERY = (record(name) for name in ("hotline-budget", "hotline-accounts", "greenery-budget"))
PROJECT = BASE.project(project_key(BUDGET.document, BUDGET.projects[0]))
ROW = BASE.row("a" * 64, 1, 1)

# rdflib compares every row with every other where these join their subselects.
MINUTES_IN_RDFLIB = {"copied-blocks", "shared-indicators"}

# A value for every parameter, so that each query can be asked with all of them.
GIVEN: dict[str, Any] = {
    "region": "昆明",
    "unit": "昆明市政务热线中心",
    "project": "热线坐席外包服务",
    "year": 2023,
    "measure": "satisfaction",
    "iri": ROW,
    "text": "满意",
    "label": "群众满意度",
    "integer": 1,
    "decimal": "1.5",
}


@pytest.fixture(scope="module")
def store() -> EmbeddedStore:
    return store_of(BUDGET, ACCOUNTS, GREENERY, vocabulary=True)


@pytest.fixture(scope="module")
def same_in_rdflib() -> Graph:
    graph = Graph()
    for disclosure in (BUDGET, ACCOUNTS, GREENERY):
        for triple in map_disclosure(disclosure, BASE):
            graph.add(triple)
    return graph


def table(rows: Rows, *columns: str) -> list[tuple[str, ...]]:
    return [tuple("" if row[column] is None else str(row[column]) for column in columns) for row in rows]


def everything(store: EmbeddedStore, query: NamedQuery) -> dict[str, Any]:
    wanted = {parameter.name: GIVEN[parameter.type] for parameter in query.parameters}
    return resolve_parameters(store, query, wanted)


# --- every query -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", named_queries())
def test_a_query_has_the_columns_that_it_describes(store: EmbeddedStore, name: str) -> None:
    query = find_query(name)
    for text in (query.text, query.render(everything(store, query))):
        answer = store.query(text)
        assert isinstance(answer, Rows)
        assert list(answer.variables) == [column.name for column in query.columns]


@pytest.mark.parametrize("name", named_queries())
def test_a_query_is_standard_sparql_and_rdflib_answers_the_same(
    store: EmbeddedStore, same_in_rdflib: Graph, name: str
) -> None:
    query = find_query(name)
    prepareQuery(query.text)
    if name in {"concepts", "thing"}:
        return  # they ask for the vocabulary, which is not in this graph
    for text in (query.text, query.render(everything(store, query))):
        ours = Counter(store.query(text).rows)  # type: ignore[union-attr]
        theirs = Counter(tuple(row) for row in same_in_rdflib.query(text))  # type: ignore[arg-type]
        assert ours == theirs


def test_the_reference_page_is_fresh() -> None:
    page = (ROOT / "docs" / "queries.md").read_text("utf-8")
    assert page == render_reference(named_queries().values()), "stale; python docs/generate.py writes it"


# --- what they answer --------------------------------------------------------------------------------------------
def test_the_indicators_of_a_unit_and_year_by_tier(store: EmbeddedStore) -> None:
    rows = run_named(store, "unit-indicators", unit="昆明市政务热线中心", year="2023")
    found = table(
        rows, "projectName", "tier1", "tier2", "tier3", "target", "actual", "weight", "score", "budget", "page"
    )
    assert found[0] == (
        "热线坐席外包服务", "产出指标", "数量指标", "受理来电数", "≥6万件", "", "20", "", "1200000", "9",
    )  # fmt: skip
    assert (
        "热线坐席外包服务",
        "满意度指标",
        "服务对象满意度指标",
        "来电人满意度",
        "≥90%",
        "97.2%",
        "10",
        "10",
        "1200000",
        "",
    ) in found
    assert len(found) == 10
    assert [row[3] for row in found][:7] == [row.tier3 for row in BUDGET.projects[0].indicators]  # as printed
    assert len(run_named(store, "unit-indicators", unit="昆明市政务热线中心", year=2022)) == 0


def test_all_targets_of_a_measure_across_cities(store: EmbeddedStore) -> None:
    found = table(run_named(store, "measure-targets", measure="satisfaction"), "regionName", "tier3", "target", "value")
    assert sorted(set(found)) == [
        ("南宁市", "职工满意度", "≥80%", "80"),
        ("昆明市", "来电人满意度", "≥90%", "90"),
        ("昆明市", "群众满意度", "≥85%", "85"),
    ]
    assert [
        row[0]
        for row in table(run_named(store, "measure-targets", measure="satisfaction", region="广西"), "regionName")
    ] == ["南宁市"]


def test_a_measure_is_found_by_its_words_where_it_was_not_recognised(store: EmbeddedStore) -> None:
    assert table(run_named(store, "measure-targets", measure="接通率"), "tier3", "target", "value", "upper") == [
        ("接通率", "90%-95%", "90", "95")
    ]
    both = run_named(store, "measure-targets", measure=["satisfaction", "满意度"])
    assert len(both) == 4  # each row once, though it is found both ways


def test_targets_by_a_text_in_the_name(store: EmbeddedStore) -> None:
    rows = run_named(store, "name-targets", text="满意", year=2023, region="云南省")
    assert set(table(rows, "tier3")) == {("来电人满意度",), ("群众满意度",)}


def test_where_a_figure_was_printed(store: EmbeddedStore) -> None:
    found = table(
        run_named(store, "figure-source", iri=f"{ROW}/target"), "field", "printed", "page", "rowNumber", "column", "box"
    )
    assert found == [
        ("target", "6", "9", "8", "5", "300 400 340 420"),
        ("target_operator", "≥", "9", "8", "4", ""),
        ("target_unit", "万件", "9", "8", "6", ""),
    ]
    row = table(run_named(store, "figure-source", iri=ROW), "field", "printed", "page", "file", "sha256")
    assert [entry[:3] for entry in row if entry[0] == "tier3"] == [("tier3", "受理来", "9"), ("tier3", "电数", "10")]
    assert {entry[3:] for entry in row} == {("热线中心2023年预算.pdf", "a" * 64)}
    money = table(run_named(store, "figure-source", iri=f"{BASE.form('a' * 64, 1)}/funding/1"), "printed", "page")
    assert money == [("120.00", "9")]


def test_projects_with_their_money_and_counts(store: EmbeddedStore) -> None:
    found = table(
        run_named(store, "projects"),
        "name",
        "kind",
        "publisherName",
        "regionName",
        "year",
        "budget",
        "executed",
        "indicators",
    )
    assert sorted(found) == [
        ("办公楼绿植租摆", P + "TargetForm", "南宁市大数据发展局", "南宁市", "2023", "38000", "", "2"),
        ("昆明市政务热线中心", P + "TargetForm", "昆明市政务热线中心", "昆明市", "2023", "5000000", "", "1"),
        ("热线坐席外包服务", P + "SelfEvaluation", "昆明市政务热线中心", "昆明市", "2023", "1200000", "1182000", "2"),
        ("热线坐席外包服务", P + "TargetForm", "昆明市政务热线中心", "昆明市", "2023", "1200000", "", "7"),
    ]  # fmt: skip


def test_the_money_of_a_project_and_year_counts_once(store: EmbeddedStore) -> None:
    (row,) = table(
        run_named(store, "overview"), "regions", "units", "years", "documents", "projects", "forms", "rows", "money"
    )
    assert row == ("2", "2", "1", "3", "3", "4", "12", str(1_200_000 + 38_000))
    budgets = table(run_named(store, "budgets"), "name", "budget")
    assert sorted(budgets) == [("办公楼绿植租摆", "38000"), ("热线坐席外包服务", "1200000")]


def test_a_superseded_form_is_in_no_answer_and_no_count() -> None:
    printed_again = dataclasses.replace(BUDGET, document=dataclasses.replace(BUDGET.document, sha256="e" * 64))
    store = store_of(BUDGET, ACCOUNTS, GREENERY, printed_again)
    older = [
        (URIRef(BASE.form("e" * 64, n)), URIRef(P + "supersededBy"), URIRef(BASE.form("a" * 64, n))) for n in (1, 2)
    ]
    store.replace_graph(BASE.derived_graph("editions"), older)
    once = store_of(BUDGET, ACCOUNTS, GREENERY)
    for name in named_queries():
        if name in ("documents", "units", "issues", "overview", "figure-source", "thing", "unit-money"):
            continue  # they speak of documents or of single things
        parameters = everything(store, find_query(name))
        assert sorted(map(str, run_named(store, name, **parameters))) == sorted(
            map(str, run_named(once, name, **parameters))
        ), name
    columns = ("regions", "units", "years", "projects", "forms", "rows", "money")
    assert table(run_named(store, "overview"), *columns) == table(run_named(once, "overview"), *columns)


def test_issues_tiers_documents_and_search(store: EmbeddedStore) -> None:
    assert table(run_named(store, "issues"), "code", "severity", "message", "page") == [
        ("form.unread", CONCEPT + "severity/warning", "第12页的表格没有读出", "12")
    ]
    tiers = table(run_named(store, "tiers", region="昆明"), "tier2Concept", "rows", "withTarget", "withActual")
    assert (CONCEPT + "tier2/service_satisfaction", "3", "3", "1") in tiers
    assert (CONCEPT + "tier2/economic_cost", "1", "0", "0") in tiers
    documents = table(run_named(store, "documents", region="昆明市"), "file", "forms", "issues")
    assert documents == [("热线中心2023年决算.docx", "1", "0"), ("热线中心2023年预算.pdf", "2", "1")]
    assert ("热线坐席外包服务", PROJECT) in table(run_named(store, "search", text="热线"), "label", "thing")


# --- parameters --------------------------------------------------------------------------------------------------
def test_names_are_found_in_the_store(store: EmbeddedStore) -> None:
    assert len(run_named(store, "project-funding", project="坐席外包")) == 5
    assert len(run_named(store, "project-funding", project=PROJECT)) == 5
    assert len(run_named(store, "projects", region=["昆明", "南宁"])) == 4
    assert len(run_named(store, "projects", region="530000", year=[2022, 2023])) == 3  # a province covers its cities
    with pytest.raises(NotFoundError, match="贵阳市"):
        run_named(store, "projects", region="贵阳")
    with pytest.raises(NotFoundError, match="没有这样的项目"):
        run_named(store, "project-forms", project="没有这样的项目")


def test_a_name_that_several_have_lists_them() -> None:
    other = dataclasses.replace(BUDGET.projects[0], name="热线坐席设备")
    both = dataclasses.replace(BUDGET, projects=(BUDGET.projects[0], other))
    store = store_of(both)
    with pytest.raises(AmbiguousError) as raised:
        run_named(store, "project-forms", project="热线坐席")
    assert [candidate.split(" ")[0] for candidate in raised.value.candidates] == ["热线坐席外包服务", "热线坐席设备"]
    assert len(run_named(store, "project-forms", project="热线坐席设备")) == 1  # a whole name is no part of another


def test_what_a_query_cannot_take_is_said() -> None:
    query = find_query("unit-indicators")
    with pytest.raises(ParameterError, match="has no parameter years; it takes: unit, year"):
        query.render({"years": 2023})
    with pytest.raises(ParameterError, match="needs the parameter unit"):
        query.render({"year": 2023})
    with pytest.raises(ParameterError, match="there is no named query 'unit'"):
        find_query("unit")
    with pytest.raises(ParameterError, match="no value for year"):
        find_query("projects").render({"year": []})


@pytest.mark.parametrize(
    ("name", "parameter", "value"),
    [
        ("projects", "year", "去年"),
        ("projects", "year", "23"),
        ("projects", "year", True),
        ("projects", "region", "https://x/> } DROP ALL #"),
        ("projects", "region", "昆明"),  # by name only with a store
        ("figure-source", "iri", "行 1"),
        ("measure-targets", "measure", "https://w3id.org/pikg/concept/measure/满意 度"),
    ],
)
def test_a_value_of_the_wrong_type_is_refused(name: str, parameter: str, value: object) -> None:
    with pytest.raises(ParameterError, match=f"the parameter {parameter} of the query {name} is "):
        find_query(name).render({parameter: value})


@given(st.text())
def test_a_text_is_bound_as_a_term_whatever_it_holds(text: str) -> None:
    store = new_in_memory()
    rendered = find_query("name-targets").render({"text": text}) if text else ""
    if rendered:
        assert len(store.query(rendered)) == 0  # type: ignore[arg-type]


def test_a_hostile_text_reads_nothing_else(store: EmbeddedStore) -> None:
    hostile = '满意" } } UNION { ?row ?p ?o } #\n} \\" '
    assert len(run_named(store, "name-targets", text=hostile)) == 0


def test_decimals_are_bound_exactly() -> None:
    text = GOOD.replace("year: {type: year", "year: {type: decimal")
    query = parse_query("x.rq", text)
    assert '"0.1"^^' in query.render({"year": Decimal("0.10")})
    with pytest.raises(ParameterError):
        query.render({"year": 0.1})


# --- files -------------------------------------------------------------------------------------------------------
GOOD = """# name: x
# title: {zh: 甲, en: a}
# description: {zh: 甲, en: a}
# parameters:
#   year: {type: year, label: {zh: 年度, en: year}}
# columns:
#   s: {zh: 甲, en: a}
SELECT ?s WHERE {
  # given year: ?s ?p ?asked_year .
  ?s ?p ?o
}
"""


def test_a_file_is_read_with_its_header() -> None:
    query = parse_query("x.rq", GOOD)
    assert [parameter.type for parameter in query.parameters] == ["year"]
    assert query.text.startswith("SELECT ?s")


@pytest.mark.parametrize(
    ("old", "new", "entry"),
    [
        ("name: x", "name: y", "name"),
        ("{type: year,", "{type: jahr,", "parameters.year"),
        ("# given year", "# given yaer", "parameters"),
        ("title: {zh: 甲, en: a}", "title: {zh: 甲}", "title"),
        ("# columns:\n#   s: {zh: 甲, en: a}\n", "", "columns"),
        ("# columns:", "# colour: red\n# columns:", "the header"),
        ("# title: {zh: 甲, en: a}", "# title: {zh: 甲, en: a", "line"),
    ],
)
def test_a_wrong_file_is_refused_by_name_and_entry(old: str, new: str, entry: str) -> None:
    with pytest.raises(GraphError, match=rf"graph/queries/x\.rq: {entry}"):
        parse_query("x.rq", GOOD.replace(old, new))


@needs_shared
def test_the_gold_corpus_counts_every_project_row_and_yuan_once() -> None:
    disclosures = gold_disclosures()
    (row,) = run_named(store_of(*disclosures), "overview")
    assert row["rows"] == Literal(sum(len(p.indicators) for d in disclosures for p in d.projects))
    assert row["forms"] == Literal(sum(len(d.projects) for d in disclosures))
    totals = [
        funding.amount
        for disclosure in disclosures
        for project in disclosure.projects
        for funding in project.funding
        if (project.scope, funding.stage, funding.source) == ("project", "budget", "total")
    ]
    assert Decimal(str(row["money"])) == sum(totals)


# --- questions about several things at once -----------------------------------------------------------------------
@pytest.fixture(scope="module")
def weighed() -> EmbeddedStore:
    """A project with a target form, its self-evaluation (a target and a score changed), and a copy of it elsewhere."""
    return store_of(*weighed_disclosures())


def test_little_executed_and_highly_scored(weighed: EmbeddedStore) -> None:
    found = table(run_named(weighed, "low-execution-high-score"), "projectName", "printedRate", "score")
    assert found == [("热线坐席外包服务", "60", "98")]
    assert not run_named(weighed, "low-execution-high-score", rate="60")
    assert not run_named(weighed, "low-execution-high-score", score="98.5")


def test_what_changed_between_target_form_and_self_evaluation(weighed: EmbeddedStore) -> None:
    found = table(run_named(weighed, "target-changes", project=PROJECT), "change", "tier3", "before", "after")
    assert found[0] == ("changed", "受理来电数", "≥6万件", "≥5万件")
    assert {row[0] for row in found[1:]} == {"dropped"}
    assert len(found) == 1 + len(BUDGET.projects[0].indicators) - 3


def test_blocks_copied_word_for_word(weighed: EmbeddedStore) -> None:
    found = table(run_named(weighed, "copied-blocks", unit="昆明市政务热线中心"), "name", "otherName", "same", "rows")
    with_target = sum(row.target is not None for row in BUDGET.projects[0].indicators)
    assert found == [("热线坐席外包服务", "热线坐席设备", str(with_target), str(len(BUDGET.projects[0].indicators)))]
    assert not run_named(weighed, "copied-blocks", unit="昆明市政务热线中心", least=with_target + 1)


def test_weights_and_sums_that_do_not_close(weighed: EmbeddedStore) -> None:
    weights = table(run_named(weighed, "weights-not-100"), "projectName", "kind", "weights")
    total = sum(row.weight or 0 for row in BUDGET.projects[0].indicators)
    assert (("热线坐席外包服务", P + "TargetForm", f"{total}") in weights) == (total != 100)
    assert len(weights) > 0
    (scored,) = table(run_named(weighed, "scores-not-adding-up"), "projectName", "score")
    assert scored == ("热线坐席外包服务", "98")


def test_forms_without_benefit_or_satisfaction(weighed: EmbeddedStore) -> None:
    found = table(run_named(weighed, "weak-forms"), "projectName", "benefits", "satisfactions")
    assert all(int(benefits) == 0 or int(satisfied) == 0 for _, benefits, satisfied in found)
    assert "办公楼绿植租摆" in {row[0] for row in found}


def test_projects_that_share_indicators(weighed: EmbeddedStore) -> None:
    for sha256, rows in read_rows(weighed).items():
        weighed.replace_graph(indicators_graph(BASE, sha256), map_canonical(rows, BASE))
    found = table(run_named(weighed, "shared-indicators", project=PROJECT), "name", "shared")
    assert ("热线坐席设备", str(len(BUDGET.projects[0].indicators))) in found


# --- what people decided ------------------------------------------------------------------------------------------------
def test_a_question_about_one_of_two_confirmed_the_same_is_about_both() -> None:
    """A project whose self-evaluation prints another name, and a third that is the same as the second."""
    rows = BUDGET.projects[0].indicators
    changed = dataclasses.replace(rows[0], target=Value(raw="≥5万件", operator="ge", value=Decimal(5), unit="万件"))
    new_row = dataclasses.replace(rows[1], tier3="另一个指标")
    renamed = dataclasses.replace(ACCOUNTS.projects[0], name="热线外包服务费", indicators=(changed, new_row))
    store = store_of(BUDGET, dataclasses.replace(ACCOUNTS, projects=(renamed,)), GREENERY)
    other = BASE.project(project_key(ACCOUNTS.document, renamed))
    third = BASE.project(project_key(GREENERY.document, GREENERY.projects[0]))
    assert not run_named(store, "target-changes", project=PROJECT)
    before = {name: len(run_named(store, name, project=PROJECT)) for name in ("project-forms", "project-indicators")}
    same = URIRef(P + "confirmedSame")
    store.replace_graph(
        BASE.decisions_graph,
        [
            (URIRef(one), same, URIRef(two))
            for one, two in [(PROJECT, other), (other, PROJECT), (other, third), (third, other)]
        ],
    )
    for name, alone in before.items():
        both = run_named(store, name, project=PROJECT)
        assert len(both) > alone
        assert sorted(map(str, both)) == sorted(map(str, run_named(store, name, project=third)))  # by two steps
    changes = table(run_named(store, "target-changes", project=PROJECT), "change", "tier3", "before", "after")
    assert ("changed", "受理来电数", "≥6万件", "≥5万件") in changes
    assert ("added", "另一个指标", "", rows[1].target.raw if rows[1].target else "") in changes
    assert {row[1] for row in changes if row[0] == "dropped"} >= {row.tier3 for row in rows[1:]}


def test_a_corrected_row_says_what_was_read_before(tmp_path: Path) -> None:
    assert pipeline.ingest([ROOT / "examples" / "huangshi-party-school-2022-budget.docx"], tmp_path / "store").ok
    with pipeline.open_store(tmp_path / "store") as store:
        (document,) = store.named("documents")
        fields = store.printed_fields(str(document["sha256"]), "target")
        store.correct_cell(
            str(document["sha256"]), field="target", cell=fields[3].cell, new="≥77", who="审核员", why="扫描误读"
        )
        rows = [row for row in store.named("indicators") if row["corrected"] is not None]
        assert [(str(row["tier3"]), str(row["corrected"])) for row in rows] == [
            (fields[3].name, f"target：{fields[3].text}")
        ]
        assert "77" in str(rows[0]["target"])
        written = io.StringIO()
        store.write("csv", written)
        assert f"target：{fields[3].text}" in written.getvalue()
