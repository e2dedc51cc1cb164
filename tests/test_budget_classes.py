"""Budget classes and the data set of budget lines: codes lead to concepts, and the cube keeps to its specification."""

from __future__ import annotations

import copy
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from printed import ask, document
from printed import stored as printed_store
from rdflib import RDF, SKOS, Graph, URIRef
from shared import ROOT, SHARED, needs_shared

import pipeline
from graph.embedded import EmbeddedStore, new_in_memory
from graph.mapping import map_disclosure, map_vocabulary
from graph.queries import run_named
from graph.shapes import find_violations
from ontology.budget_classes import (
    LEVELS,
    class_named,
    class_of,
    class_path,
    class_schemes,
    read_class_schemes,
    scheme_of,
)
from ontology.namespaces import CONCEPT, PREFIXES, Namespace
from ontology.records import BudgetLine, Place, PrintedCell
from ontology.vocabulary import DataError, fold_label, read_data

BASE = Namespace()


def line(code: str | None, name: str, scheme: str | None = "function", **said: Any) -> BudgetLine:
    given = {"role": "detail", "side": "expenditure", "measure": "total"} | said
    cell = PrintedCell(Place(page=1, table=1, row=2, column=3), "12.00")
    return BudgetLine(
        "expenditure", name, "合计", Decimal(120000), "12.00", "万元", code=code, scheme=scheme, cell=cell, **given
    )


def stored(*lines: BudgetLine, vocabulary: bool = True) -> EmbeddedStore:
    store = new_in_memory()
    store.replace_graph(BASE.document_graph("a"), map_disclosure(document("a.pdf", lines=lines), BASE))
    if vocabulary:
        store.replace_graph(BASE.vocabulary_graph, map_vocabulary())
    return store


# --- the list -----------------------------------------------------------------------------------------------------
def test_classes_are_found_by_code_and_lie_under_each_other() -> None:
    office = class_of("function", "2010306")
    assert office is not None
    assert (office.zh, office.broader, class_path("function", "2010306")) == (
        "政务公开审批",
        "20103",
        ["2010306", "20103", "201"],
    )
    assert class_of("economic_department", "30227").zh == "委托业务费"  # type: ignore[union-attr]
    assert class_of("economic_government", "50502").zh == "商品和服务支出"  # type: ignore[union-attr]
    assert class_of("function", "2999999") is None
    for scheme in class_schemes().values():
        assert {len(code) for code in scheme.classes} == set(LEVELS[scheme.name])


def test_a_name_alone_finds_classes_of_the_first_level_only() -> None:
    health = class_named("function", "医疗卫生与计划生育支出")
    assert health is not None
    assert (health.code, health.zh, health.since) == ("210", "卫生健康支出", 2019)
    assert class_named("function", "行政运行") is None


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda data: data["function"]["codes"].update({"2019999999": "某类"}), "begins with 2"),
        (lambda data: data["function"]["codes"].update({"301": "某类"}), "begins with 2"),
        (lambda data: data["function"]["codes"].update({301: "某类"}), "digits in quotes"),
        (lambda data: data["function"]["codes"].update({"2980101": "某项"}), "lies under 29801, which is not listed"),
        (lambda data: data["function"]["codes"].update({"298": {"en": "x"}}), "must be a name, or have zh"),
        (
            lambda data: data["function"]["codes"].update({"298": {"zh": "某", "since": 2020, "until": 2019}}),
            "only until",
        ),
        (lambda data: data["function"]["codes"].update({"298": {"zh": "某", "since": "二〇二〇"}}), "must be a year"),
        (lambda data: data["function"].pop("since"), "must have exactly"),
        (lambda data: data.pop("function"), "must have exactly the schemes"),
    ],
)
def test_a_list_that_is_wrong_is_refused_by_name(change: Any, says: str) -> None:
    data = copy.deepcopy(read_data("budget_classes.yaml"))
    change(data)
    with pytest.raises(DataError, match=says):
        read_class_schemes(data)


def test_a_class_is_added_in_the_data_alone() -> None:
    data = copy.deepcopy(read_data("budget_classes.yaml"))
    data["function"]["codes"]["2010360"] = {"zh": "数字政务", "since": 2026}
    added = read_class_schemes(data)["function"].classes["2010360"]
    assert (added.zh, added.broader, added.since) == ("数字政务", "20103", 2026)


@needs_shared
def test_names_are_those_that_documents_print() -> None:
    printed = {
        (scheme, one["code"], one["name"])
        for path in sorted((SHARED / "gold").glob("*-*.json"))
        for one in json.loads(path.read_text("utf-8")).get("budget_lines", [])
        if one.get("code") and one["table"] != "project_expenditure" and (scheme := scheme_of(one["code"]))
    }
    assert len(printed) > 50
    for scheme, code, name in printed:
        known = class_of(scheme, code)
        assert known is not None, (scheme, code, name)
        assert fold_label(name) in map(fold_label, (known.zh, *known.earlier)), (code, name, known.zh)


# --- in the graph -------------------------------------------------------------------------------------------------
def test_lines_lead_to_the_class_of_their_code() -> None:
    store = stored(
        line("2010306", "政务公开审批"),
        line("30227", "委托业务费", "economic_department"),
        line("2010306", "热线运行经费", "project"),
        line(None, "一、一般公共服务支出"),
        line(None, "行政运行"),
        line("B01", "某货物", None),
        line("30227", "错位", "function"),
    )
    rows = ask(
        store,
        """SELECT ?order ?class ?label WHERE { ?line pikg:order ?order ; pikg:budgetClass ?class .
             ?class skos:prefLabel ?label FILTER(LANG(?label) = "zh") } ORDER BY ?order""",
    )
    assert [(order, iri.removeprefix(CONCEPT), label) for order, iri, label in rows] == [
        ("1", "function/2010306", "政务公开审批"),
        ("2", "economic_department/30227", "委托业务费"),
        ("3", "function/2010306", "政务公开审批"),
        ("4", "function/201", "一般公共服务支出"),
    ]
    sums = ask(
        store,
        """SELECT (SUM(?amount) AS ?sum) WHERE { ?line pikg:budgetClass/skos:broader* concept:function\\/201 ;
             pikg:classification concept:classification\\/function ; pikg:amount ?amount }""",
    )
    assert sums == [("240000",)]


def test_a_code_that_is_not_listed_makes_a_concept_from_what_is_printed() -> None:
    triples = list(
        map_disclosure(document("a.pdf", lines=[line("2016001", "新设事项"), line("20160", "新设款")]), BASE)
    )
    graph = Graph()
    for triple in triples:
        graph.add(triple)
    made = URIRef(CONCEPT + "function/2016001")
    assert graph.value(made, SKOS.broader) == URIRef(CONCEPT + "function/20160")
    assert graph.value(URIRef(CONCEPT + "function/20160"), SKOS.broader) == URIRef(CONCEPT + "function/201")
    assert str(graph.value(made, URIRef(PREFIXES["rdfs"] + "label"))) == "新设事项"
    assert (URIRef(CONCEPT + "function/201"), RDF.type, SKOS.Concept) not in graph  # listed: the vocabulary says it
    assert [one.en for one in find_violations(triples) if one.severity == "error"] == []


# --- the cube: integrity constraints of the RDF Data Cube specification, section 11.2 --------------------------------
CONSTRAINTS = {
    "IC-1, a data set for each observation": """ASK { ?obs a qb:Observation . FILTER NOT EXISTS { ?obs qb:dataSet ?set } }""",
    "IC-1, one alone": """ASK { ?obs qb:dataSet ?one , ?two . FILTER(?one != ?two) }""",
    "IC-2": """ASK { ?set a qb:DataSet . FILTER NOT EXISTS { ?set qb:structure ?dsd } }""",
    "IC-3": """ASK { ?dsd a qb:DataStructureDefinition .
        FILTER NOT EXISTS { ?dsd qb:component [ qb:measure ?m ] . ?m a qb:MeasureProperty } }""",
    "IC-4": """ASK { ?dim a qb:DimensionProperty . FILTER NOT EXISTS { ?dim rdfs:range [] } }""",
    "IC-5": """ASK { ?dim a qb:DimensionProperty ; rdfs:range skos:Concept .
        FILTER NOT EXISTS { ?dim qb:codeList ?list . ?list a skos:ConceptScheme } }""",
    "IC-6": """ASK { ?dsd qb:component ?spec . ?spec qb:componentRequired "false"^^xsd:boolean ; ?how ?property .
        VALUES ?how { qb:dimension qb:measure } }""",
    "IC-11": """ASK { ?obs qb:dataSet/qb:structure/qb:component/qb:dimension ?dim . FILTER NOT EXISTS { ?obs ?dim ?value } }""",
    "IC-12": """ASK { ?one pikg:inDocument ?d ; pikg:table ?t ; pikg:order ?o ; qb:dataSet ?s .
        ?two pikg:inDocument ?d ; pikg:table ?t ; pikg:order ?o ; qb:dataSet ?s . FILTER(?one != ?two) }""",
    "IC-14": """ASK { ?obs qb:dataSet/qb:structure/qb:component/qb:measure ?m . FILTER NOT EXISTS { ?obs ?m ?value } }""",
    "IC-19": """ASK { ?obs qb:dataSet/qb:structure/qb:component/(qb:dimension|qb:attribute) ?p . ?p qb:codeList ?list .
        ?obs ?p ?code . FILTER NOT EXISTS { ?code a skos:Concept ; skos:inScheme ?list } }""",
    "components are what they are declared to be": """ASK { ?spec ?how ?p .
        VALUES (?how ?kind) { (qb:dimension qb:DimensionProperty) (qb:measure qb:MeasureProperty)
                              (qb:attribute qb:AttributeProperty) }
        FILTER NOT EXISTS { ?p a ?kind } }""",
}


LINED = [
    ROOT / "examples" / name for name in ("guiyang-hotline-2024-accounts.pdf", "dazhou-service-bureau-2024-budget.pdf")
]


@pytest.fixture(scope="module")
def cube() -> EmbeddedStore:
    store = new_in_memory()
    store.replace_graph(BASE.vocabulary_graph, map_vocabulary())
    for path in LINED:
        disclosure = pipeline.read_file(path).disclosure
        triples = list(map_disclosure(disclosure, BASE))
        # The Data Cube's own axiom: what has a data set is an observation.
        observed = {s for s, p, _ in triples if str(p) == PREFIXES["qb"] + "dataSet"}
        triples += [(s, RDF.type, URIRef(PREFIXES["qb"] + "Observation")) for s in observed]
        store.replace_graph(BASE.document_graph(disclosure.document.sha256), triples)
    return store


def test_the_cube_has_observations(cube: EmbeddedStore) -> None:
    rows = ask(cube, "SELECT (COUNT(?o) AS ?n) WHERE { ?o a qb:Observation ; qb:dataSet ?set . ?set a qb:DataSet }")
    assert int(rows[0][0]) > 15


@pytest.mark.parametrize("name", CONSTRAINTS)
def test_the_cube_keeps_to_the_specification(cube: EmbeddedStore, name: str) -> None:
    assert cube.query(CONSTRAINTS[name]) is False


def test_each_component_of_the_structure_is_used(cube: EmbeddedStore) -> None:
    lacking = ask(
        cube,
        """SELECT ?property WHERE { ?dsd a qb:DataStructureDefinition ; qb:component/(qb:dimension|qb:measure|qb:attribute)
             ?property . FILTER NOT EXISTS { ?o qb:dataSet ?s ; ?property ?v } }""",
    )
    assert {row[0].rpartition("#")[2] for row in lacking} <= {"unitName", "budgetClass"}


def test_expenditure_is_summed_by_classes_of_the_first_level(tmp_path: Path) -> None:
    lines = [
        line("201", "一般公共服务支出", role="subtotal"),
        line("2010306", "政务公开审批"),
        line("2010350", "事业运行"),
        line("2019901", "新设事项"),  # not listed: its path leads to 201 all the same
        line("2210201", "住房公积金"),
        line(None, "合计", role="total"),
    ]
    store = printed_store(tmp_path / "store", document("a.pdf", lines=lines))
    rows = [(row["code"], row["name"], row["amount"], row["lines"]) for row in run_named(store, "budget-classes")]
    assert [tuple(map(str, row)) for row in rows] == [
        ("201", "一般公共服务支出", "360000", "3"),
        ("221", "住房保障支出", "120000", "1"),
    ]
