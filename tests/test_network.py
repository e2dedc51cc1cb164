"""Neighbourhoods: bounded, the same at every run, not through what everything shares; positions without overlap."""

from __future__ import annotations

import itertools
import math
import random

import networkx as nx
import pytest
from rdflib import RDF, URIRef

from graph.embedded import EmbeddedStore, new_in_memory
from graph.errors import NotFoundError
from graph.mapping import map_disclosure
from graph.network import MAXIMUM_LIMIT, find_neighbourhood
from graph.paths import find_path
from graph.positions import fill_disc, pack_discs, place_nodes
from graph.store import Rows
from ontology.namespaces import PIKG, Namespace
from ontology.records import Disclosure
from tests.disclosures import disclosure

NAMESPACE = Namespace()


def _store(*disclosures: Disclosure) -> EmbeddedStore:
    store = new_in_memory()
    for one in disclosures:
        store.replace_graph(NAMESPACE.document_graph(one.document.sha256), map_disclosure(one, NAMESPACE))
    return store


def _one(store: EmbeddedStore, kind: str, name: str | None = None) -> str:
    label = f'; rdfs:label "{name}"' if name else ""
    rows = store.query(f"SELECT DISTINCT ?x WHERE {{ ?x a pikg:{kind} {label} }} ORDER BY ?x")
    assert isinstance(rows, Rows)
    return str(rows.rows[0][0])


def _kinds(graph: nx.DiGraph[str]) -> dict[str, int]:
    kinds = [str(data["kind"]) for _, data in graph.nodes(data=True)]
    return {kind: kinds.count(kind) for kind in kinds}


def test_a_form_that_another_counts_for_says_so() -> None:
    store = _store(disclosure(indicators=2))
    form, other = _one(store, "TargetForm"), "https://example.org/form/2"
    newer = (URIRef(form), URIRef(f"{PIKG}supersededBy"), URIRef(other))
    store.replace_graph(NAMESPACE.derived_graph("editions"), [newer])
    around = find_neighbourhood(store, _one(store, "Project"))
    assert around.graph.nodes[form]["superseded_by"] == other


def test_a_project_stands_with_its_unit_region_document_form_and_indicators() -> None:
    store = _store(disclosure(indicators=4))
    project = _one(store, "Project")
    around = find_neighbourhood(store, project)
    expected = {"Project": 1, "Unit": 1, "Region": 1, "Document": 1, "TargetForm": 1, "IndicatorRow": 4, "Tier": 1}
    assert _kinds(around.graph) == expected
    assert around.graph.nodes[project]["label"] == "热线运行经费"
    form = _one(store, "TargetForm")
    assert around.graph.edges[form, project]["property"] == "ofProject"
    rows = [node for node, data in around.graph.nodes(data=True) if data["kind"] == "IndicatorRow"]
    assert all(around.graph.edges[row, form]["property"] == "ofForm" for row in rows)
    # A row that has its second tier has no second line to the first.
    assert {data["property"] for row in rows for *_, data in around.graph.out_edges(row, data=True)} == {
        "ofForm",
        "tier2",
    }
    assert not around.cut


def test_what_many_share_is_no_way_to_strangers_until_it_is_expanded() -> None:
    store = _store(disclosure(1, name="热线运行经费"), disclosure(2, name="大厅物业费"))
    project, other = _one(store, "Project", "热线运行经费"), _one(store, "Project", "大厅物业费")
    unit = _one(store, "Unit")
    around = find_neighbourhood(store, project)
    assert other not in around.graph
    assert unit in around.open
    expanded = find_neighbourhood(store, project, expanded=[unit])
    assert other in expanded.graph
    assert set(around.graph) < set(expanded.graph)


def test_a_node_is_open_only_when_expanding_it_shows_more() -> None:
    store = _store(disclosure(1), disclosure(2, name="大厅物业费", unit="清河市档案馆"))
    around = find_neighbourhood(store, _one(store, "Project", "热线运行经费"))
    assert around.open
    for node in around.graph:
        wider = find_neighbourhood(store, around.root, expanded=[node])
        assert (len(wider.graph) > len(around.graph)) == (node in around.open), node


def test_beginning_at_a_unit_shows_its_projects() -> None:
    store = _store(*(disclosure(n, name=f"项目{n}") for n in range(1, 6)))
    around = find_neighbourhood(store, _one(store, "Unit"), depth=1)
    assert _kinds(around.graph)["Project"] == 5


def test_the_limit_holds_and_is_said() -> None:
    store = _store(disclosure(indicators=300))
    around = find_neighbourhood(store, _one(store, "Project"), limit=50)
    assert len(around.graph) == 50
    assert around.cut
    assert around.open


def test_no_caller_gets_more_than_the_cap() -> None:
    store = _store(*(disclosure(n, name=f"项目{n}", indicators=10) for n in range(1, 120)))
    around = find_neighbourhood(store, _one(store, "Unit"), depth=5, limit=10**6)
    assert len(around.graph) <= MAXIMUM_LIMIT
    assert around.cut


def test_the_same_question_has_the_same_answer() -> None:
    store = _store(disclosure(1, indicators=30), disclosure(2, name="大厅物业费"))
    project = _one(store, "Project", "热线运行经费")
    first, second = (find_neighbourhood(store, project, limit=20) for _ in range(2))
    assert list(first.graph.nodes(data=True)) == list(second.graph.nodes(data=True))
    assert list(first.graph.edges(data=True)) == list(second.graph.edges(data=True))
    assert place_nodes(first.graph, project) == place_nodes(second.graph, project)


@pytest.mark.parametrize("asked", ["https://w3id.org/pikg/id/project/none", "no IRI", "https://x> ?p ?o } #"])
def test_what_the_graph_does_not_hold_is_said(asked: str) -> None:
    with pytest.raises(NotFoundError):
        find_neighbourhood(_store(disclosure()), asked)


def test_kinds_choose_what_is_walked() -> None:
    store = _store(disclosure())
    around = find_neighbourhood(store, _one(store, "Project"), kinds={"TargetForm", "Funding"})
    assert _kinds(around.graph) == {"Project": 1, "TargetForm": 1, "Funding": 1}
    funding = next(data for _, data in around.graph.nodes(data=True) if data["kind"] == "Funding")
    assert funding["amount"] == "120000"
    assert funding["stage"].endswith("/stage/budget")


def test_operators_stages_and_places_are_no_nodes() -> None:
    store = _store(disclosure(indicators=5))
    everything = {name.removeprefix(PIKG) for name in ("Cell", "Concept", "Value", "IndicatorRow", "TargetForm")}
    around = find_neighbourhood(store, _one(store, "Project"), depth=6, kinds=everything)
    assert not {"Cell", "Concept"} & set(_kinds(around.graph))


# --- ways between things, and what links them ---------------------------------------------------------------------
def _asked_by_two() -> tuple[EmbeddedStore, str, str]:
    """Two projects of two units that ask the same, as their canonical indicator says."""
    store = _store(disclosure(1), disclosure(2, name="大厅物业费", unit="白水市档案馆", indicators=5))
    rows = store.query("SELECT ?i ?l { ?i a pikg:ProjectIndicator ; rdfs:label ?l } ORDER BY ?i")
    assert isinstance(rows, Rows)
    canonical = {str(label): NAMESPACE.base + f"indicator/{number}" for number, (_, label) in enumerate(rows.rows)}
    made = [
        triple
        for indicator, label in rows.rows
        for triple in (
            (indicator, URIRef(f"{PIKG}canonical"), URIRef(canonical[str(label)])),
            (URIRef(canonical[str(label)]), RDF.type, URIRef(f"{PIKG}CanonicalIndicator")),
        )
    ]
    store.replace_graph(NAMESPACE.base + "derived/canonical", made)
    return store, _one(store, "Project", "热线运行经费"), _one(store, "Project", "大厅物业费")


def test_rows_lead_to_the_canonical_indicators_that_other_projects_ask_too() -> None:
    store, project, other = _asked_by_two()
    around = find_neighbourhood(store, project)
    assert _kinds(around.graph)["CanonicalIndicator"] == 3
    larger = find_neighbourhood(store, other)
    assert (_kinds(larger.graph)["IndicatorRow"], _kinds(larger.graph)["CanonicalIndicator"]) == (5, 3)
    shared = next(node for node, data in around.graph.nodes(data=True) if data["kind"] == "CanonicalIndicator")
    assert shared in around.open
    rows = list(around.graph.predecessors(shared))
    expanded = find_neighbourhood(store, project, expanded=[shared])
    assert set(rows) < set(expanded.graph.predecessors(shared))
    assert shared not in expanded.open


def test_a_way_leads_over_what_two_projects_share() -> None:
    store, project, other = _asked_by_two()
    way = find_path(store, project, other)
    assert way is not None
    shown = nx.shortest_path(way.graph.to_undirected(), project, other)
    assert set(shown) == set(way.graph)
    # Two units of one region, or an indicator that both ask; never through a tier.
    assert "Tier" not in _kinds(way.graph)
    assert find_path(store, project, other) == way or list(find_path(store, project, other).graph) == list(way.graph)


def test_where_there_is_no_way_there_is_none() -> None:
    store = _store(disclosure(1))
    project = _one(store, "Project")
    store.replace_graph(
        "https://example.org/g", [(URIRef("https://example.org/alone"), RDF.type, URIRef(f"{PIKG}Unit"))]
    )
    assert find_path(store, project, "https://example.org/alone") is None
    with pytest.raises(NotFoundError):
        find_path(store, project, "https://example.org/nothing")


# --- positions ----------------------------------------------------------------------------------------------------
def _overlaps(positions: dict[str, tuple[float, float]], sizes: dict[str, tuple[float, float]]) -> int:
    count = 0
    for (a, (ax, ay)), (b, (bx, by)) in itertools.combinations(positions.items(), 2):
        wide, high = (sizes[a][0] + sizes[b][0]) / 2, (sizes[a][1] + sizes[b][1]) / 2
        count += abs(ax - bx) < wide - 0.5 and abs(ay - by) < high - 0.5
    return count


def _tree(count: int) -> nx.DiGraph[str]:
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_node("root")
    numbers = random.Random(7)
    for n in range(1, count):
        graph.add_edge(f"n{n}", "root" if n < 6 else f"n{numbers.randrange(1, n)}")
    return graph


@pytest.mark.parametrize("count", [1, 2, 12, 60, 200])
def test_no_label_covers_another(count: int) -> None:
    graph = _tree(count)
    sizes = {node: (60.0 + 9 * (len(node) % 5) * 3, 50.0) for node in graph}
    positions = place_nodes(graph, "root", sizes=sizes)
    assert set(positions) == set(graph)
    assert _overlaps(positions, sizes) == 0


def test_nodes_that_were_placed_stay_where_they_are() -> None:
    small, large = _tree(30), _tree(70)
    sizes = dict.fromkeys(large, (100.0, 50.0))
    before = place_nodes(small, "root", sizes=sizes)
    after = place_nodes(large, "root", sizes=sizes, fixed=before)
    assert {node: after[node] for node in before} == before
    assert _overlaps(after, sizes) == 0


def test_parts_that_are_not_linked_stay_near() -> None:
    graph = _tree(20)
    graph.add_nodes_from(f"alone{n}" for n in range(5))
    positions = place_nodes(graph, "root")
    spread = max(abs(x) + abs(y) for x, y in positions.values())
    assert spread < 4000


def test_nothing_has_no_positions() -> None:
    assert place_nodes(nx.DiGraph(), "root") == {}


def test_discs_do_not_overlap_and_their_spots_keep_apart() -> None:
    numbers = random.Random(3)
    radii = [numbers.uniform(5, 90) for _ in range(80)]
    middles = pack_discs(radii, gap=4)
    for (one, a), (other, b) in itertools.combinations(zip(middles, radii, strict=True), 2):
        assert math.dist(one, other) >= a + b + 3.8
    assert pack_discs(radii, gap=4) == middles
    spots = fill_disc(300, 10)
    assert min(math.dist(one, other) for one, other in itertools.combinations(spots, 2)) > 8
    assert max(math.dist(spot, (0, 0)) for spot in spots) <= 10 * 300**0.5
