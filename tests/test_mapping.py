"""Records to triples: what a query can count on finding, and under which IRI."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable
from decimal import Decimal

import pytest
from corpus import BASE, CONCEPT, RECORDS, P, gold_disclosures, record
from rdflib import RDF, RDFS, Graph, Literal, URIRef
from rdflib.term import BNode, Node
from shared import needs_shared

from graph.mapping import map_disclosure, map_vocabulary
from graph.store import Triple
from ontology import keys
from ontology.namespaces import Namespace
from ontology.records import DocumentInfo, Named, Place, PrintedCell, Value

PIKG = P
HOTLINE = record("hotline-budget")
FORM = f"{BASE.base}document/{'a' * 64}/form/1"
EVERY = sorted(path.stem for path in RECORDS.glob("*.json"))


def mapped(disclosure: object = HOTLINE, base: Namespace = BASE) -> Graph:
    return graph_of(map_disclosure(disclosure, base))  # type: ignore[arg-type]


def graph_of(triples: Iterable[Triple]) -> Graph:
    graph = Graph()
    for triple in triples:
        graph.add(triple)
    return graph


def one(graph: Graph, subject: str, name: str) -> Node:
    (value,) = graph.objects(URIRef(subject), URIRef(name if ":" in name else PIKG + name))
    return value


def text(graph: Graph, subject: str, name: str) -> str:
    return str(one(graph, subject, name))


@pytest.mark.parametrize("name", EVERY)
def test_the_same_record_gives_the_same_triples_each_once_and_no_blank_node(name: str) -> None:
    first, second = list(map_disclosure(record(name), BASE)), list(map_disclosure(record(name), BASE))
    assert first == second
    assert len(first) == len(set(first))
    assert not any(isinstance(node, BNode) for triple in first for node in triple)


def test_another_base_changes_instances_and_nothing_else() -> None:
    other = Namespace("https://budget.example/g/")
    assert {tuple(str(n).replace(other.base, BASE.base) for n in t) for t in mapped(HOTLINE, other)} == {
        tuple(map(str, t)) for t in mapped()
    }


def test_instances_stand_under_the_iris_that_are_promised() -> None:
    graph = mapped()
    info, project = HOTLINE.document, HOTLINE.projects[0]
    publisher = BASE.unit(keys.publisher_key(info))
    assert one(graph, FORM, "ofProject") == URIRef(BASE.project(keys.project_key(info, project)))
    assert one(graph, FORM, "inDocument") == URIRef(BASE.document("a" * 64))
    assert one(graph, BASE.document("a" * 64), "inDisclosure") == URIRef(BASE.disclosure(keys.disclosure_key(info)))
    key = keys.project_indicator_key(info, project, project.indicators[0])
    assert one(graph, BASE.row("a" * 64, 1, 1), "ofIndicator") == URIRef(BASE.project_indicator(key))
    assert one(graph, BASE.disclosure(keys.disclosure_key(info)), "publisher") == URIRef(publisher)
    assert (URIRef(BASE.issue("a" * 64, 1)), RDF.type, URIRef(PIKG + "Issue")) in graph
    assert (URIRef(BASE.line("a" * 64, 1)), RDF.type, URIRef(PIKG + "BudgetLine")) in graph


def test_a_form_says_what_it_is_and_whose() -> None:
    graph = mapped(record("hotline-accounts"))
    form = BASE.form("b" * 64, 1)
    assert set(graph.objects(URIRef(form), RDF.type)) == {URIRef(PIKG + "Form"), URIRef(PIKG + "SelfEvaluation")}
    assert text(graph, form, str(RDFS.label)) == "热线坐席外包服务"
    assert text(graph, form, "fiscalYear") == "2023"
    assert [text(graph, form, name) for name in ("executionRate", "executionWeight", "executionScore", "score")] == [
        "98.5",
        "10",
        "9.85",
        "95.5",
    ]
    assert text(graph, form, "grade") == "优"
    assert text(graph, form, "departmentText") == "[231]昆明市政务热线中心"
    assert one(graph, form, "department") == one(graph, form, "implementingUnit")  # one unit, printed two ways


def test_a_unit_has_one_name_however_it_is_printed() -> None:
    units = set(mapped().subjects(RDF.type, URIRef(PIKG + "Unit")))
    assert [[str(name) for name in mapped().objects(unit, RDFS.label)] for unit in units] == [["昆明市政务热线中心"]]


def test_funding_is_in_yuan_and_keeps_what_was_printed() -> None:
    graph = mapped()
    funding = f"{FORM}/funding/1"
    assert one(graph, funding, "amount") == Literal(Decimal("1200000"))
    assert text(graph, funding, "amount") == "1200000"
    assert (text(graph, funding, "originalText"), text(graph, funding, "unitText")) == ("120.00", "万元")
    assert one(graph, funding, "stage") == URIRef(CONCEPT + "stage/budget")
    assert one(graph, funding, "source") == URIRef(CONCEPT + "source/total")
    assert text(graph, f"{FORM}/funding/3", "amount") == "0"  # a printed 0 is an entry


def test_a_value_keeps_its_text_its_number_and_its_base_number() -> None:
    graph, target = mapped(), f"{BASE.row('a' * 64, 1, 1)}/target"
    assert one(graph, BASE.row("a" * 64, 1, 1), "target") == URIRef(target)
    assert text(graph, target, "originalText") == "≥6万件"
    assert one(graph, target, "operator") == URIRef(CONCEPT + "operator/ge")
    assert [text(graph, target, name) for name in ("value", "unitText", "baseValue", "baseUnit")] == [
        "6",
        "万件",
        "60000",
        "件",
    ]


def test_deadlines_ranges_scales_and_parts() -> None:
    graph = mapped()

    def target(row: int) -> str:
        return f"{BASE.row('a' * 64, 1, row)}/target"

    assert text(graph, target(2), "date") == "2023-09-30"
    assert (text(graph, target(3), "value"), text(graph, target(3), "upperValue")) == ("90", "95")
    assert {str(word) for word in graph.objects(URIRef(target(4)), URIRef(PIKG + "scaleWord"))} == {"高", "中", "低"}
    parts = sorted(graph.objects(URIRef(target(6)), URIRef(PIKG + "hasPart")))
    assert [text(graph, str(part), "originalText") for part in parts] == ["≥10场次", "≥500人次"]
    assert [text(graph, str(part), "order") for part in parts] == ["1", "2"]


def test_a_change_says_which_way_it_goes() -> None:
    target = Value("同比下降5%", "eq", Decimal(5), unit="%", relative_to="previous_year", change="decrease")
    row = dataclasses.replace(HOTLINE.projects[0].indicators[0], target=target, cells={})
    project = dataclasses.replace(HOTLINE.projects[0], indicators=(row,))
    graph = mapped(dataclasses.replace(HOTLINE, projects=(project,)))
    node = f"{BASE.row('a' * 64, 1, 1)}/target"
    assert one(graph, node, "changeDirection") == URIRef(CONCEPT + "change/decrease")
    assert text(graph, node, "relativeTo") == "previous_year"


def test_a_target_that_is_not_there_says_why() -> None:
    graph, row = mapped(), BASE.row("a" * 64, 1, 7)
    assert one(graph, row, "absence") == URIRef(CONCEPT + "absence/placeholder")
    assert not list(graph.objects(URIRef(row), URIRef(PIKG + "target")))


def test_what_was_not_printed_is_not_stated() -> None:
    info = DocumentInfo(file="x.pdf", sha256="d" * 64)
    graph = mapped(dataclasses.replace(HOTLINE, document=info, projects=(), budget_lines=(), facts=(), issues=()))
    names = {str(name).removeprefix(PIKG) for name in graph.predicates()}
    assert not names & {"publisher", "region", "fiscalYear", "level", "publisherText", "regionText"}


def test_tiers_are_concepts_and_printed_words() -> None:
    graph, row = mapped(), BASE.row("a" * 64, 1, 1)
    assert one(graph, row, "tier1") == URIRef(CONCEPT + "tier1/output")
    assert one(graph, row, "tier2") == URIRef(CONCEPT + "tier2/quantity")
    assert (text(graph, row, "tier1Text"), text(graph, row, "tier2Text")) == ("产出指标", "数量指标")
    assert text(graph, row, str(RDFS.label)) == "受理来电数"


def test_a_measure_is_stated_where_the_record_has_one() -> None:
    graph = mapped()
    row = BASE.row("a" * 64, 1, 5)
    assert one(graph, row, "measure") == URIRef(CONCEPT + "measure/satisfaction")
    assert text(graph, row, "objectText") == "来电人"
    assert not list(graph.objects(URIRef(BASE.row("a" * 64, 1, 1)), URIRef(PIKG + "measure")))


def test_every_figure_leads_to_its_cell_page_and_document() -> None:
    graph, row = mapped(), BASE.row("a" * 64, 1, 1)
    cells = sorted(graph.objects(URIRef(f"{row}/target"), URIRef(PIKG + "printedIn")))
    assert [str(cell).removeprefix(row) for cell in cells] == [
        "/cell/target",
        "/cell/target_operator",
        "/cell/target_unit",
    ]
    cell = str(cells[0])
    assert [text(graph, cell, n) for n in ("field", "page", "tableNumber", "rowNumber", "columnNumber", "box")] == [
        "target",
        "9",
        "1",
        "8",
        "5",
        "300 400 340 420",
    ]
    assert one(graph, cell, "inDocument") == URIRef(BASE.document("a" * 64))
    assert text(graph, BASE.document("a" * 64), "sha256") == "a" * 64
    assert text(graph, f"{FORM}/funding/1/cell/amount", "box") == "100.5 50 160.25 70"


def test_a_cell_cut_by_a_page_break_has_a_node_for_each_part() -> None:
    graph, cell = mapped(), f"{BASE.row('a' * 64, 1, 1)}/cell/tier3"
    following = text(graph, cell, "continuedIn")
    assert [text(graph, node, "page") for node in (cell, following)] == ["9", "10"]
    assert text(graph, cell, "originalText") + text(graph, following, "originalText") == "受理来电数"


def test_optical_reading_says_how_sure_it_is() -> None:
    place = Place(page=1, reading="ocr", confidence=0.87654)
    project = dataclasses.replace(HOTLINE.projects[0], cells={"name": PrintedCell(place, "热线")})
    graph = mapped(dataclasses.replace(HOTLINE, projects=(project,)))
    assert one(graph, f"{FORM}/cell/name", "reading") == URIRef(CONCEPT + "reading/ocr")
    assert text(graph, f"{FORM}/cell/name", "confidence") == "0.8765"


def test_a_number_no_store_can_add_is_left_to_its_printed_text() -> None:
    funding = dataclasses.replace(HOTLINE.projects[0].funding[0], amount=Decimal("1E+30"), raw="1" + "0" * 30)
    project = dataclasses.replace(HOTLINE.projects[0], funding=(funding,))
    graph = mapped(dataclasses.replace(HOTLINE, projects=(project,)))
    assert not list(graph.objects(URIRef(f"{FORM}/funding/1"), URIRef(PIKG + "amount")))
    assert text(graph, f"{FORM}/funding/1", "originalText") == "1" + "0" * 30


def test_a_region_lies_in_its_province() -> None:
    graph = mapped()
    city = one(graph, BASE.document("a" * 64), "region")
    assert city == URIRef(BASE.region("530100"))
    province = one(graph, str(city), "withinRegion")
    assert (text(graph, str(province), "code"), text(graph, str(province), str(RDFS.label))) == ("530000", "云南省")


def test_a_region_without_a_code_is_found_by_its_name_or_keeps_it() -> None:
    def region(name: str) -> str:
        info = dataclasses.replace(HOTLINE.document, region=Named(name))
        return text(mapped(dataclasses.replace(HOTLINE, document=info)), BASE.document("a" * 64), "region")

    assert region("昆明市") == BASE.region("530100")
    assert region("清河新城") == BASE.region(f"name-{keys.digest('region', '清河新城')}")


def test_lines_facts_and_issues() -> None:
    graph = mapped()
    line, fact, issue = BASE.line("a" * 64, 1), f"{BASE.document('a' * 64)}/fact/1", BASE.issue("a" * 64, 1)
    assert (text(graph, line, "code"), text(graph, line, "amount"), text(graph, line, "depth")) == (
        "2010303",
        "5000000",
        "3",
    )
    assert one(graph, line, "table") == URIRef(CONCEPT + "table/general_expenditure")
    assert text(graph, f"{line}/cell/amount", "page") == "4"
    assert (text(graph, fact, "originalText"), text(graph, fact, "value")) == ("在职人员31人。", "31")
    assert {(str(m), m.language) for m in graph.objects(URIRef(issue), RDFS.label) if isinstance(m, Literal)} == {
        ("第12页的表格没有读出", "zh"),
        ("the table on page 12 was not read", "en"),
    }
    assert text(graph, issue, "page") == "12"


def test_a_hostile_text_stays_a_text() -> None:
    evil = 'x" . <https://e/> <https://e/> "y\x00\n<script>'
    project = dataclasses.replace(HOTLINE.projects[0], name=evil, cells={'a/b "c"': PrintedCell(Place(page=1), evil)})
    graph = mapped(dataclasses.replace(HOTLINE, projects=(project,)))
    assert text(graph, FORM, str(RDFS.label)) == evil.replace("\x00", "")
    again = Graph().parse(data=graph.serialize(format="nt"), format="nt")
    assert set(again) == set(graph)


def test_every_term_that_the_mapping_uses_is_in_the_vocabulary() -> None:
    vocabulary = {str(subject) for subject, _, _ in map_vocabulary()}
    used: set[str] = set()
    for name in EVERY:
        for _, predicate, value in map_disclosure(record(name), BASE):
            used |= {str(predicate), str(value)}
    assert {term for term in used if term.startswith(PIKG)} <= vocabulary
    # What a property's label says in both languages, people and pages rely on.
    languages: dict[str, set[str | None]] = {}
    for subject, predicate, value in map_vocabulary():
        if predicate == RDFS.label and isinstance(value, Literal):
            languages.setdefault(str(subject), set()).add(value.language)
    assert all(languages[term] >= {"zh", "en"} for term in vocabulary if re.match(re.escape(PIKG), term))


@needs_shared
def test_the_gold_files_map_with_every_row_and_amount() -> None:
    for disclosure in gold_disclosures():
        graph = mapped(disclosure)
        rows = sum(len(project.indicators) for project in disclosure.projects)
        amounts = sum(len(project.funding) for project in disclosure.projects)
        assert len(set(graph.subjects(RDF.type, URIRef(PIKG + "IndicatorRow")))) == rows
        assert len(set(graph.subject_objects(URIRef(PIKG + "amount")))) == amounts + len(disclosure.budget_lines)
