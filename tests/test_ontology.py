"""The vocabulary, its concepts and data files: whole, in both languages, and as the reference page says."""

from __future__ import annotations

import copy
import importlib.util
import json
import typing
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from rdflib import RDF, RDFS, Graph, Literal, URIRef
from rdflib.namespace import SKOS
from whole import GOOD

from graph.mapping import map_disclosure, map_vocabulary
from ontology import concepts, lint, records
from ontology.budget_classes import class_schemes
from ontology.concepts import concept_schemes, concept_triples, read_schemes
from ontology.contract_schema import SCHEMA_FILE
from ontology.namespaces import CONCEPT, PIKG, PREFIXES, Namespace
from ontology.vocabulary import DataError, read_data

ROOT = Path(__file__).parent.parent


def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# --- generated pages --------------------------------------------------------------------------------------------------
def test_the_reference_page_is_what_the_vocabulary_makes() -> None:
    page = (ROOT / "docs" / "ontology.md").read_text("utf-8")
    assert page == generator().render_ontology(), "docs/ontology.md is stale; python docs/generate.py writes it"


def test_the_schema_of_the_contract_is_what_the_records_make() -> None:
    text = (ROOT / "ontology" / SCHEMA_FILE).read_text("utf-8")
    assert text == generator().render_schema(), "the schema is stale; python docs/generate.py writes it"
    json.loads(text)


def test_the_reference_page_names_every_term_and_scheme() -> None:
    page = (ROOT / "docs" / "ontology.md").read_text("utf-8")
    terms = Graph().parse(ROOT / "ontology" / "pikg.ttl")
    for node in terms.subjects(RDFS.comment, None):
        if str(node).startswith(PIKG):
            assert f"`{str(node).removeprefix(PIKG)}`" in page, node
    for scheme in concept_schemes().values():
        assert f"\n### {scheme.name}\n" in page


def test_the_contracts_page_names_every_key() -> None:
    page = (ROOT / "docs" / "contract.md").read_text("utf-8")
    schema = json.loads((ROOT / "ontology" / SCHEMA_FILE).read_text("utf-8"))
    keys = {key for entry in [schema, *schema["$defs"].values()] for key in entry["properties"]}
    assert {key for key in keys if f"`{key}`" not in page and f'"{key}"' not in page} == set()


# --- lint -------------------------------------------------------------------------------------------------------------
def test_the_vocabulary_and_its_data_are_clean() -> None:
    assert lint.find_problems() == []


def spoiled_terms(spoil: Any) -> list[str]:
    graph = Graph().parse(ROOT / "ontology" / "pikg.ttl")
    spoil(graph)
    return lint.find_term_problems(graph)


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda g: g.remove((URIRef(PIKG + "target"), RDFS.comment, None)), "target needs one comment"),
        (lambda g: g.remove((URIRef(PIKG + "Value"), RDFS.label, Literal("value", "en"))), "Value needs one label"),
        (lambda g: g.add((URIRef(PIKG + "Value"), RDFS.label, Literal("amount", "en"))), "Value needs one label"),
        (lambda g: g.remove((URIRef(PIKG + "page"), RDFS.range, None)), "page has no rdfs:range"),
        (lambda g: g.set((URIRef(PIKG + "page"), RDFS.range, URIRef(PIKG + "Leaf"))), "Leaf is mentioned and not"),
        (lambda g: g.set((URIRef(PIKG + "page"), RDFS.label, Literal("sheet", "en"))), "label 'sheet'"),
    ],
)
def test_the_linter_finds_what_is_wrong_with_a_term(spoil: Any, told: str) -> None:
    found = spoiled_terms(spoil)
    assert any(told in problem for problem in found), found


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"a": {"zh": "甲"}}, "a has zh and not the other language"),
        ({"a": {"zh": "甲", "en": ""}}, "empty"),
        ({"a": {"zh": "甲", "en": "one "}}, "white space to spare"),
        ({"a": {"zh": "甲", "en": "甲"}}, "is Chinese"),
        ({"a": {"labels": ["资金总额", "资 金 总 额："]}}, "a.labels: '资金总额' stands 2 times"),
        ({"a": {"b": [{"zh": "甲"}]}}, "a.b[1] has zh"),
    ],
)
def test_the_linter_finds_what_is_wrong_with_data(data: Any, told: str) -> None:
    found = list(lint.find_data_problems("x.yaml", data))
    assert any(told in problem for problem in found), found


def test_the_linter_has_nothing_against_good_data() -> None:
    assert list(lint.find_data_problems("x.yaml", {"a": {"zh": "≥", "en": "at least", "labels": ["甲", "乙"]}})) == []


# --- concepts ---------------------------------------------------------------------------------------------------------
def test_every_word_of_the_records_is_a_concept() -> None:
    """What mapping makes an IRI of is one: the graph holds no concept that has no label."""
    by_type = {
        "kind": records.DisclosureKind, "level": records.Level, "scope": records.Scope, "form": records.FormKind,
        "stage": records.Stage, "source": records.Source, "operator": records.Operator, "absence": records.Absence,
        "direction": records.Direction, "reading": records.Reading, "severity": records.Severity,
    }  # fmt: skip
    for scheme, words in by_type.items():
        assert set(concept_schemes()[scheme].concepts) == set(typing.get_args(words)), scheme
    hints = typing.get_type_hints(records.BudgetLine)
    for scheme, field in (("role", "role"), ("side", "side")):
        (words,) = [hint for hint in typing.get_args(hints[field]) if hint is not type(None)]
        assert set(concept_schemes()[scheme].concepts) == set(typing.get_args(words)), scheme


def test_cost_is_told_apart_and_linked_over_the_two_schemes_of_tiers() -> None:
    graph = Graph()
    for triple in map_vocabulary():
        graph.add(triple)

    def iri(name: str) -> URIRef:
        return URIRef(CONCEPT + name)

    assert (iri("tier2/output_cost"), SKOS.broader, iri("tier1/output")) in graph
    assert (iri("tier2/economic_cost"), SKOS.broader, iri("tier1/cost")) in graph
    assert (iri("tier2/output_cost"), SKOS.closeMatch, iri("tier2/economic_cost")) in graph
    assert (iri("tier_scheme/mof-2021"), SKOS.member, iri("tier1/cost")) in graph
    assert (iri("tier_scheme/mof-2015"), SKOS.member, iri("tier1/cost")) not in graph
    assert (iri("tier_scheme/mof-2015"), SKOS.member, iri("tier2/output_cost")) in graph
    assert (iri("unit/percent"), SKOS.exactMatch, URIRef("http://qudt.org/vocab/unit/PERCENT")) in graph


def test_the_vocabulary_graph_obeys_skos() -> None:
    graph = Graph()
    for triple in map_vocabulary():
        graph.add(triple)
    found = set(graph.subjects(RDF.type, SKOS.Concept))
    classes = {scheme.iri for scheme in class_schemes().values()}
    assert len(found) > 200
    for node in found:
        scheme = graph.value(node, SKOS.inScheme)
        assert scheme is not None and (scheme, RDF.type, SKOS.ConceptScheme) in graph
        preferred = {(o.language, str(o)) for o in graph.objects(node, SKOS.prefLabel) if isinstance(o, Literal)}
        other = {(o.language, str(o)) for o in graph.objects(node, SKOS.altLabel) if isinstance(o, Literal)}
        languages = sorted(language or "" for language, _ in preferred)
        # Of some eight hundred budget classes only the first levels have an English name.
        assert languages == ["en", "zh"] or (languages == ["zh"] and str(scheme) in classes), node
        assert not preferred & other, node
    for _, _, target in graph.triples((None, SKOS.broader, None)):
        assert target in found


def test_concept_triples_are_the_same_each_time() -> None:
    assert list(concept_triples()) == list(concept_triples())


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda d: d["schemes"]["kind"]["concepts"].pop("budget"), "kind.*budget"),
        (lambda d: d["schemes"]["kind"]["concepts"].update(plan=d["schemes"]["kind"]["concepts"]["budget"]), "plan"),
        (lambda d: d["schemes"]["kind"]["concepts"]["budget"].pop("en"), "kind.budget"),
        (lambda d: d["schemes"]["role"]["concepts"]["total"].update(en=True), "role.total.*zh and en"),
        (lambda d: d["schemes"]["role"]["concepts"]["total"]["definition"].update(more=None), "comma"),
        (lambda d: d["schemes"]["role"].pop("concepts"), "role.*either concepts"),
        (lambda d: d["schemes"]["role"].update(colour="red"), "role.*must have"),
        (lambda d: d["schemes"]["tier1"]["definitions"].update(luck={"zh": "运气", "en": "luck"}), "tier1.luck"),
        (lambda d: d["schemes"]["tier_scheme"]["members"]["mof-2021"].append("tier1/luck"), "tier1/luck"),
        (lambda d: d["links"].append(["tier2/luck", "closeMatch", "tier1/cost"]), "tier2/luck"),
        (lambda d: d["links"].append(["tier2/quality", "sameAs", "tier1/cost"]), "closeMatch"),
        (lambda d: d["schemes"]["absence"].update(type="Missing"), "Missing"),
        (lambda d: d.pop("links"), "exactly the keys"),
    ],
)
def test_wrong_concepts_stop_the_program_and_the_entry_is_named(spoil: Any, told: str) -> None:
    data = copy.deepcopy(read_data(concepts.FILE))
    spoil(data)
    with pytest.raises(DataError, match=told):
        read_schemes(data)


# --- the model and what is mapped -------------------------------------------------------------------------------------
def test_what_is_mapped_is_what_the_vocabulary_says() -> None:
    """Each property stands on a class that the vocabulary says has it, and points to what its range says."""
    terms = Graph().parse(ROOT / "ontology" / "pikg.ttl")
    includes = URIRef(PREFIXES["schema"] + "domainIncludes")
    graph = Graph()
    for triple in [*map_disclosure(GOOD, Namespace()), *map_vocabulary()]:
        graph.add(triple)
    pikg_nodes = {node for node, kind in graph.subject_objects(RDF.type) if str(kind).startswith(PIKG)}
    for node, name, value in graph:
        if node not in pikg_nodes or not str(name).startswith(PIKG):
            continue
        kinds = set(graph.objects(node, RDF.type))
        assert set(terms.objects(name, includes)) & kinds, f"{name} on {kinds}"
        wanted = terms.value(name, RDFS.range)
        if isinstance(value, Literal):
            assert (value.datatype or URIRef(PREFIXES["xsd"] + "string")) == wanted, f"{name} is {value!r}"
        else:
            assert wanted in set(graph.objects(value, RDF.type)) or str(value).startswith(CONCEPT), f"{name} to {value}"


def test_every_concept_that_is_mapped_is_in_the_vocabulary() -> None:
    vocabulary = {str(triple[0]) for triple in map_vocabulary()}
    for _, _, value in map_disclosure(GOOD, Namespace()):
        if str(value).startswith(CONCEPT):
            assert str(value) in vocabulary, value
