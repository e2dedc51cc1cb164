"""Evidence and absence: every figure leads to where it was printed in two hops, and what is not there says why."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from corpus import store_of
from printed import ask, document, form
from shared import ROOT

import pipeline
from extract.values import parse_value
from graph.embedded import EmbeddedStore
from graph.workspace import Workspace
from ontology.concepts import concept_schemes
from ontology.contract import from_json, to_json
from ontology.issues import issue
from ontology.records import Indicator, Value

EXAMPLES = (
    "guiyang-hotline-2024-accounts.pdf",  # actuals, scores, an execution rate
    "dazhou-service-bureau-2024-budget.pdf",  # targets split over three columns
    "huangshi-party-school-2022-budget.docx",
)


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> EmbeddedStore:
    folder = tmp_path_factory.mktemp("evidence") / "store"
    assert pipeline.ingest([ROOT / "examples" / name for name in EXAMPLES], folder).ok
    return Workspace.open(folder).read()


@pytest.mark.parametrize("kind", ["Value", "Funding"])
def test_a_figure_leads_to_cell_and_document_in_two_hops(examples: EmbeddedStore, kind: str) -> None:
    every = ask(examples, f"SELECT DISTINCT ?figure WHERE {{ ?figure a pikg:{kind} }}")
    placed = ask(
        examples,
        f"""SELECT DISTINCT ?figure WHERE {{ ?figure a pikg:{kind} ; pikg:printedIn ?cell .
             ?cell pikg:originalText ?text ; pikg:tableNumber ?table ; pikg:rowNumber ?row ; pikg:columnNumber ?column .
             ?figure pikg:printedIn/pikg:inDocument ?document . ?document pikg:sha256 ?sha256 }}""",
    )
    assert len(every) > 10
    assert set(every) == set(placed)


def test_what_a_pdf_prints_has_a_page_and_a_box(examples: EmbeddedStore) -> None:
    lacking = ask(
        examples,
        """SELECT ?figure WHERE { VALUES ?kind { pikg:Value pikg:Funding } ?figure a ?kind ; pikg:printedIn ?cell .
             ?cell pikg:inDocument/schema:name ?file FILTER(STRENDS(?file, ".pdf"))
             FILTER NOT EXISTS { ?cell pikg:page ?page ; pikg:box ?box } }""",
    )
    assert lacking == []


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ("weight", "weight"),
        ("score", "score"),
        ("executionRate", "execution_rate"),
        ("executionScore", "execution_score"),
    ],
)
def test_a_figure_of_a_row_or_form_has_its_own_cell(examples: EmbeddedStore, said: str, field: str) -> None:
    every = ask(examples, f"SELECT DISTINCT ?x WHERE {{ ?x pikg:{said} ?number }}")
    placed = ask(
        examples,
        f'SELECT DISTINCT ?x WHERE {{ ?x pikg:{said} ?number ; pikg:printedIn ?cell . ?cell pikg:field "{field}" }}',
    )
    assert every
    assert set(every) == set(placed)


def test_a_target_that_is_split_leads_to_its_sign_and_unit(examples: EmbeddedStore) -> None:
    rows = ask(
        examples,
        """SELECT ?value (COUNT(DISTINCT ?field) AS ?fields) WHERE {
             ?row pikg:target ?value . ?value pikg:printedIn ?cell .
             ?cell pikg:field ?field ; pikg:inDocument/schema:name "dazhou-service-bureau-2024-budget.pdf" }
           GROUP BY ?value""",
    )
    assert {fields for _, fields in rows} == {"3"}


def test_the_parts_of_a_value_lead_to_its_cell() -> None:
    value = parse_value("≥10场次；≥500人次").value
    assert value is not None
    assert len(value.parts) == 2
    one = form("培训费", rows=("培训",))
    one = replace(one, indicators=(replace(one.indicators[0], target=value),))
    store = store_of(document("a.pdf", one))
    assert len(ask(store, "SELECT ?part WHERE { ?value pikg:hasPart ?part . ?part pikg:printedIn ?cell }")) == 2


# --- what is not there ------------------------------------------------------------------------------------------------
def row(name: str, target: Value | None, absence: str | None) -> Indicator:
    return Indicator("产出指标", "数量指标", name, target, absence=absence)  # type: ignore[arg-type]


PRINTED = {"空白": "", "占位": "/", "未读出": "\ufffd\ufffd\ufffd", "定性": "良好", "数字": "≥95%"}


def test_the_kinds_of_absence_are_told_apart_in_json_and_in_the_graph() -> None:
    read = {name: parse_value(text) for name, text in PRINTED.items()}
    rows = [row(name, one.value, one.absence) for name, one in read.items()]
    rows.append(row("没有该栏", None, "no_column"))
    missing = issue("document.no_forms")
    disclosure = document("a.pdf", replace(form("培训费"), indicators=tuple(rows)))
    disclosure = replace(disclosure, issues=(missing,))
    assert from_json(to_json(disclosure)) == disclosure

    said = {one["tier3"]: one for one in to_json(disclosure)["projects"][0]["indicators"]}
    in_json = {name: one.get("absence") or (one["target"] or {}).get("operator") for name, one in said.items()}
    store = store_of(disclosure)
    in_graph = {
        name: (absence or operator).rpartition("/")[2]
        for name, absence, operator in ask(
            store,
            "SELECT ?name ?absence ?operator WHERE { ?row pikg:ofIndicator ?i ; rdfs:label ?name "
            "OPTIONAL { ?row pikg:absence ?absence } OPTIONAL { ?row pikg:target/pikg:operator ?operator } }",
        )
    }
    assert in_json == in_graph == {
        "空白": "blank", "占位": "placeholder", "未读出": "unreadable", "没有该栏": "no_column",
        "定性": "qualitative", "数字": "ge",
    }  # fmt: skip
    # What was looked for in the whole document and not found is an issue, not an absent target.
    assert ask(store, "SELECT ?code WHERE { ?issue pikg:issueCode ?code }") == [("document.no_forms",)]


def test_every_kind_of_absence_is_a_concept_with_a_definition() -> None:
    concepts = concept_schemes()["absence"].concepts
    assert set(concepts) == {"blank", "placeholder", "unreadable", "no_column"}
    assert all(one.definition is not None for one in concepts.values())
    assert (Path(ROOT) / "docs" / "identities.md").exists()


def test_a_cell_of_a_page_is_selected_as_web_annotations_do(examples: EmbeddedStore) -> None:
    every = ask(examples, "SELECT ?cell WHERE { ?cell a pikg:Cell ; pikg:page ?page }")
    selected = ask(
        examples,
        """SELECT DISTINCT ?cell ?page ?box ?value WHERE { ?cell a pikg:Cell ; pikg:page ?page ; pikg:box ?box ;
             oa:hasSource ?document ; pikg:inDocument ?document ; oa:hasSelector ?selector .
             ?selector a oa:FragmentSelector ; rdf:value ?value ;
               dcterms:conformsTo <http://tools.ietf.org/rfc/rfc8118> }""",
    )
    assert len(selected) == len(every) > 100
    for _, page, box, value in selected:
        x0, top, x1, bottom = (Decimal(edge) for edge in box.split())
        told, _, rectangle = value.partition("&viewrect=")
        left, up, width, height = (Decimal(edge) for edge in rectangle.split(","))
        assert (told, left, up) == (f"page={page}", x0, top)
        assert abs(left + width - x1) <= Decimal("0.02") >= abs(up + height - bottom)
