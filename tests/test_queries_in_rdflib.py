"""The named queries beside rdflib's own engine: their examples, and what published documents say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from corpus import BASE, gold_disclosures, record, store_of, weighed_disclosures
from rdflib import Graph, Literal
from shared import needs_shared

import pipeline
from graph.canonical import indicators_graph, map_canonical, read_rows
from graph.embedded import EmbeddedStore
from graph.queries import find_query, named_queries, resolve_parameters
from graph.query_examples import read_example
from graph.store import Rows
from ontology.keys import project_key

BUDGET = record("hotline-budget")
PROJECT = BASE.project(project_key(BUDGET.document, BUDGET.projects[0]))

# rdflib compares every row with every other where these join their subselects.
MINUTES_IN_RDFLIB = {"copied-blocks", "shared-indicators"}


# --- the examples that the reference shows, and rdflib on what is read of them ------------------------------------------
@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[pipeline.Store]:
    """The shipped examples, read and stored."""
    folder = tmp_path_factory.mktemp("shipped") / "store"
    assert pipeline.ingest_examples(folder).ok
    with pipeline.open_store(folder, create=False) as store:
        yield store


@pytest.fixture(scope="module")
def shipped_in_rdflib(shipped: pipeline.Store) -> Graph:
    graph = Graph()
    for name in shipped.reading.graphs():
        for triple in shipped.reading.triples(name):
            graph.add(triple)
    return graph


@pytest.mark.parametrize("name", named_queries())
def test_an_example_is_what_the_shipped_examples_answer(shipped: pipeline.Store, name: str) -> None:
    query = find_query(name)
    assert query.example is not None, "has no example; write `# example:` and `#   given: {...}` into its header"
    found = read_example(query, query.example.given, shipped.named(name, **query.example.given))
    assert found == query.example, "is not so any more; python docs/generate.py --examples writes it"


@pytest.mark.parametrize("name", sorted(set(named_queries()) - MINUTES_IN_RDFLIB))
def test_rdflib_answers_an_example_the_same(shipped: pipeline.Store, shipped_in_rdflib: Graph, name: str) -> None:
    query = find_query(name)
    assert query.example is not None
    text = query.render(resolve_parameters(shipped.reading, query, query.example.given))
    assert comparable(shipped.reading.query(text)) == comparable(shipped_in_rdflib.query(text))


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("copied-blocks", {"unit": "昆明市政务热线中心", "least": 1}),
        ("shared-indicators", {"project": PROJECT, "least": 1}),
    ],
)
def test_rdflib_answers_the_same_of_a_few_forms(name: str, given: dict[str, Any]) -> None:
    weighed = store_of(*weighed_disclosures())
    for sha256, rows in read_rows(weighed).items():
        weighed.replace_graph(indicators_graph(BASE, sha256), map_canonical(rows, BASE))
    text = find_query(name).render(resolve_parameters(weighed, find_query(name), given))
    graph = Graph()
    for one in weighed.graphs():
        for triple in weighed.triples(one):
            graph.add(triple)
    ours = comparable(weighed.query(text))
    assert ours
    assert ours == comparable(graph.query(text))


def comparable(rows: Any) -> Counter[tuple[Any, ...]]:
    """Rows without an order; the names that a cell joins have none either."""

    def said(cell: Any) -> Any:
        return tuple(sorted(cell.split("；"))) if isinstance(cell, Literal) and "；" in cell else cell

    return Counter(tuple(map(said, row)) for row in (rows.rows if isinstance(rows, Rows) else rows))


# --- rdflib on the published documents ------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def published() -> tuple[EmbeddedStore, Graph, dict[str, Any]]:
    """What the gold readings of published documents say, here and in rdflib, and something of each kind to ask for."""
    store, graph = store_of(*gold_disclosures(), vocabulary=True), Graph()
    for name in store.graphs():
        for triple in store.triples(name):
            graph.add(triple)

    def first(pattern: str) -> Any:
        (row,) = store.query(f"SELECT ?x WHERE {{ {pattern} }} ORDER BY ?x LIMIT 1").rows  # type: ignore[union-attr]
        return row[0]

    asked = {
        "project": first("?row pikg:ofForm ?form ; pikg:ofIndicator ?i . ?form pikg:ofProject ?x"),
        "unit": first("?form pikg:inDocument/pikg:publisher ?x"),
        "iri": first("?x pikg:ofIndicator ?i"),
        "text": "满意",
        "measure": "satisfaction",
    }
    return store, graph, asked | {"document": first("?x a pikg:Document")}


@needs_shared
@pytest.mark.parametrize("name", sorted(set(named_queries()) - MINUTES_IN_RDFLIB))
def test_rdflib_answers_the_same_of_published_documents(
    published: tuple[EmbeddedStore, Graph, dict[str, Any]], name: str
) -> None:
    store, graph, asked = published
    query = find_query(name)
    given = {p.name: asked.get(p.name, asked.get(p.type)) for p in query.parameters if p.required}
    text = query.render(resolve_parameters(store, query, given))
    assert comparable(store.query(text)) == comparable(graph.query(text))
