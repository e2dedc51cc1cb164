"""Projections of a store as networks, what they say, and their way into other programs; on the shipped examples."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import networkx as nx
import pytest

import pikg
import pipeline
from graph import projections
from graph.errors import NotFoundError, ParameterError
from graph.measures import find_bridges, find_communities, link_indicators, mark_communities
from graph.projections import PROJECTIONS

DOCS = Path(__file__).resolve().parents[1] / "docs"


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> Iterator[pipeline.Store]:
    folder = tmp_path_factory.mktemp("projections") / "store"
    assert pipeline.ingest_examples(folder).ok
    with pikg.open_store(folder, create=False) as store:
        yield store


def _named(graph: nx.Graph[str], name: str) -> str:
    return next(node for node, data in graph.nodes(data=True) if data["label"] == name)


def test_projects_stand_with_the_indicators_that_they_ask(examples: pipeline.Store) -> None:
    graph = examples.graph("indicators")
    assert nx.is_bipartite(graph)
    asked = _named(graph, "群众满意度")
    assert len({graph.nodes[project]["region"] for project in graph[asked]}) == 2
    projects = [node for node, data in graph.nodes(data=True) if data["kind"] == "Project"]
    assert len(projects) == graph.graph["projects"] == len(examples.query("SELECT DISTINCT ?p { ?p a pikg:Project }"))
    assert {data["kind"] for _, data in graph.nodes(data=True)} == {"Project", "CanonicalIndicator"}


def test_publishers_stand_with_their_projects(examples: pipeline.Store) -> None:
    graph = examples.graph("publishers")
    units = {data["label"]: graph.degree(node) for node, data in graph.nodes(data=True) if data["kind"] == "Unit"}
    assert units["达州市政务服务管理局"] == 10
    assert sum(units.values()) == graph.graph["projects"]
    assert find_communities(graph) == []


def test_likeness_links_what_the_store_finds_comparable(examples: pipeline.Store) -> None:
    graph = examples.graph("likeness")
    for node in graph:
        found = {peer.project: peer for peer in examples.comparable(node) if peer.score >= 0.5}
        assert set(graph[node]) == set(found)
        for other, data in graph[node].items():
            assert data["weight"] == found[other].score
            assert {f"reason_{name}": value for name, value in found[other].reasons.items()}.items() <= data.items()
    regions = {frozenset(graph.nodes[end]["region"] for end in edge) for edge in graph.edges}
    assert regions
    assert all(len(pair) == 2 for pair in regions), "comparable projects are elsewhere"


def test_a_bound_is_kept_and_said(examples: pipeline.Store) -> None:
    whole, part = examples.graph("publishers"), examples.graph("publishers", limit=3)
    kept = [data["budget"] for _, data in part.nodes(data=True) if data["kind"] == "Project"]
    most = sorted((data["budget"] for _, data in whole.nodes(data=True) if "budget" in data), reverse=True)
    assert sorted(kept, reverse=True) == most[:3]
    assert (part.graph["projects"], part.graph["projects_in_all"], part.graph["cut"]) == (
        3,
        whole.graph["projects"],
        True,
    )
    assert not whole.graph["cut"]


def test_many_projects_are_compared_with_the_nearest_alone(
    examples: pipeline.Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = examples.graph("likeness")
    monkeypatch.setattr(projections, "ALIKE_ALL", 5)
    monkeypatch.setattr(projections, "ALIKE_AMONG", 15)
    part = examples.graph("likeness")
    assert part.graph["compared_with"] == 15
    assert set(map(frozenset, part.edges)) == set(map(frozenset, whole.edges))
    assert "compared_with" not in whole.graph


def test_around_a_project_stand_its_comparable_ones_and_theirs(examples: pipeline.Store) -> None:
    whole = examples.graph("likeness")
    project = max(whole, key=lambda node: (whole.degree(node), node))
    around = projections.likeness_around(examples.reading, project)
    within = nx.single_source_shortest_path_length(whole, project, cutoff=2)
    assert set(around) == set(within)
    for one, other, data in around.edges(data=True):
        assert whole.edges[one, other]["weight"] == data["weight"]
    few = projections.likeness_around(examples.reading, project, limit=2)
    assert (len(few), few.graph["cut"]) == (2, len(within) > 2)


def test_regions_and_years_narrow_a_projection(examples: pipeline.Store) -> None:
    graph = examples.graph("indicators", region="贵州省", year=2024)
    projects = [data for _, data in graph.nodes(data=True) if data["kind"] == "Project"]
    assert {data["region"] for data in projects} == {"贵阳市"}
    assert {data["years"] for data in projects} == {"2024"}
    with pytest.raises(NotFoundError):
        examples.graph("indicators", region="亚特兰蒂斯")
    with pytest.raises(ParameterError, match="indicators, publishers, likeness"):
        examples.graph("friends")


def test_communities_are_comparable_projects_over_cities(examples: pipeline.Store) -> None:
    graph = examples.graph("likeness")
    found = find_communities(graph)
    assert [community.number for community in found] == list(range(1, len(found) + 1))
    staff = next(community for community in found if "外聘人员经费" in community.names)
    assert {"达州市", "南宁市"} <= set(staff.regions)
    assert [graph.nodes[node]["label"] for node in staff.members[: len(staff.names)]] == list(staff.names)
    members = [node for community in found for node in community.members]
    assert len(members) == len(set(members))


def test_indicators_go_together_where_the_same_projects_ask_them(examples: pipeline.Store) -> None:
    graph = examples.graph("indicators")
    linked = link_indicators(graph)
    assert all(graph.degree(node) >= 2 for node in linked)
    for one, other in linked.edges:
        assert set(graph[one]) & set(graph[other])
    assert any("咨询回复率" in community.names for community in find_communities(graph))


def test_bridges_link_regions(examples: pipeline.Store) -> None:
    graph = examples.graph("indicators")
    found = find_bridges(graph)
    assert found[0].name == "群众满意度"
    assert found == sorted(found, key=lambda bridge: -bridge.betweenness)
    for bridge in found:
        assert len(bridge.regions) > 1
        assert bridge.projects == graph.degree(bridge.node)


def test_a_chain_of_cities_hangs_on_its_middle() -> None:
    graph: nx.Graph[str] = nx.Graph(projection="likeness")
    for name, region in zip("abcde", "甲乙丙丁戊", strict=True):
        graph.add_node(name, kind="Project", label=name, region=region)
    nx.add_path(graph, "abcde", weight=0.7)
    assert [bridge.node for bridge in find_bridges(graph)] == ["c", "b", "d"]


# --- the same at every run, and in other programs -----------------------------------------------------------------
def test_the_same_store_says_the_same_at_every_run(examples: pipeline.Store) -> None:
    said = set()
    for seed in ("1", "2"):
        call = [sys.executable, "-c", "import pikg; pikg.main()", "graph", "likeness", "--format", "json"]
        environment = os.environ | {"PYTHONHASHSEED": seed, "PIKG_STORE": str(examples.folder)}
        said.add(subprocess.run(call, env=environment, capture_output=True, check=True).stdout)
    assert len(said) == 1
    told = json.loads(said.pop())
    assert told["projection"] == "likeness"
    assert told["communities"][0]["size"] == len(told["communities"][0]["members"])


@pytest.mark.parametrize("projection", PROJECTIONS)
def test_graphml_holds_the_whole_network(examples: pipeline.Store, projection: str) -> None:
    graph = examples.graph(projection)
    mark_communities(graph, find_communities(graph))
    out = io.StringIO()
    pikg.export_network(graph, out)
    again = nx.read_graphml(io.BytesIO(out.getvalue().encode()))
    assert set(again) == set(graph)
    assert set(map(frozenset, again.edges)) == set(map(frozenset, graph.edges))
    for node, data in graph.nodes(data=True):
        expected = {name: float(value) if name == "budget" else value for name, value in data.items()}
        assert again.nodes[node] == expected
    assert again.graph["projects"] == graph.graph["projects"]


def test_what_xml_cannot_hold_is_left_out() -> None:
    graph: nx.Graph[str] = nx.Graph()
    graph.add_node("a", label="甲\x00\x0b<b>&乙")
    out = io.StringIO()
    pikg.export_network(graph, out)
    assert nx.read_graphml(io.BytesIO(out.getvalue().encode())).nodes["a"]["label"] == "甲<b>&乙"


def _run(store: pipeline.Store, *arguments: str) -> str:
    call = [sys.executable, "-c", "import pikg; pikg.main()", "graph", *arguments, "--store", str(store.folder)]
    return subprocess.run(call, capture_output=True, check=True, encoding="utf-8").stdout


def test_the_command_writes_a_file_for_gephi(examples: pipeline.Store, tmp_path: Path) -> None:
    file = tmp_path / "likeness.graphml"
    assert _run(examples, "likeness", "--format", "graphml", "-o", str(file)) == ""
    graph = nx.read_graphml(file)
    assert any("community" in data for _, data in graph.nodes(data=True))


@pytest.mark.parametrize("projection", ["likeness", "indicators"])
def test_the_page_on_networks_prints_what_the_command_says(examples: pipeline.Store, projection: str) -> None:
    page = (DOCS / "networks.md").read_text("utf-8")
    block = re.search(rf"```\n\$ pikg graph {projection} --lang zh\n(.*?)```", page, re.DOTALL)
    assert block is not None, f"docs/networks.md shows no `pikg graph {projection} --lang zh`"
    assert block[1].strip() == _run(examples, projection, "--lang", "zh").strip()
