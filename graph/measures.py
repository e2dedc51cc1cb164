"""What a projection of the store says: which indicators go together, which projects are of a kind over cities, and
what links the cities. networkx's own algorithms, with fixed seeds: the same store has the same answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import networkx as nx

if TYPE_CHECKING:
    Projection = nx.Graph[str]

SEED = 20
"""Of the algorithms that draw lots."""

ASKED_BY = 2
"""Projects that ask an indicator at least for it to go together with others: what one project lists says nothing."""

PIVOTS = 200
"""Nodes from which shortest paths are followed, in a graph of more: betweenness is then estimated."""

_NAMED_BY = 3


@dataclass(frozen=True, slots=True)
class Community:
    """Nodes that are linked to each other more than to others. `names` are those of its best connected members, and
    `members` begin with them; `regions` are those of its projects."""

    number: int
    names: tuple[str, ...]
    regions: tuple[str, ...]
    members: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """The community as the command line prints it."""
        return {
            "number": self.number,
            "size": len(self.members),
            "names": list(self.names),
            "regions": list(self.regions),
            "members": list(self.members),
        }


@dataclass(frozen=True, slots=True)
class Bridge:
    """A node through which regions are linked: the regions, how many projects are at it, and the share of shortest
    paths between others that lead through it (0 to 1)."""

    node: str
    name: str
    kind: str
    regions: tuple[str, ...]
    projects: int
    betweenness: float

    def to_json(self) -> dict[str, Any]:
        """The bridge as the command line prints it."""
        return {
            "node": self.node,
            "name": self.name,
            "kind": self.kind,
            "regions": list(self.regions),
            "projects": self.projects,
            "betweenness": self.betweenness,
        }


def find_communities(graph: Projection, *, least: int = 2) -> list[Community]:
    """Given a projection, return its communities of at least `least` members, the largest first (Louvain's method).

    Of likeness, they are comparable projects; of indicators, indicators that the same projects ask (see
    `link_indicators`). Publishers share no projects: each is a community of its own, and none is returned.
    """
    projection = graph.graph.get("projection")
    if projection == "publishers":
        return []
    linked = link_indicators(graph) if projection == "indicators" else graph
    numbered, nodes = _numbered(linked, linked)
    found = [
        _community(graph, linked, [nodes[number] for number in members])
        for members in nx.community.louvain_communities(numbered, weight="weight", seed=SEED)
        if len(members) >= least
    ]
    found.sort(key=lambda community: (-len(community.members), community.names, community.members))
    return [Community(number, *rest) for number, rest in enumerate(map(_unnumbered, found), 1)]


def _numbered(graph: Projection, nodes: Iterable[str]) -> tuple[nx.Graph[int], list[str]]:
    """Return a part of a graph with whole numbers for nodes, and the nodes in the order of their numbers: sets of texts
    are in another order at every run of Python, and what draws lots would draw others."""
    ordered = sorted(nodes)
    number = {node: at for at, node in enumerate(ordered)}
    part: nx.Graph[int] = nx.Graph()
    part.add_nodes_from(range(len(ordered)))
    links = []
    for one, other, data in graph.edges(ordered, data=True):
        if one in number and other in number:
            ends = sorted((number[one], number[other]))
            links.append((ends[0], ends[1], round(float(data.get("weight", 1.0)), 9)))
    part.add_weighted_edges_from(sorted(links))
    return part, ordered


def _unnumbered(community: Community) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    return community.names, community.regions, community.members


def _community(graph: Projection, linked: Projection, members: Iterable[str]) -> Community:
    inside = linked.subgraph(members)
    strength = dict(inside.degree(weight="weight"))
    ordered = sorted(inside, key=lambda node: (-round(strength[node], 9), node))
    names = dict.fromkeys(str(graph.nodes[node].get("label", "")) for node in ordered)
    around = {*ordered, *(other for node in ordered for other in graph[node])} if linked is not graph else ordered
    return Community(0, tuple(names)[:_NAMED_BY], _regions(graph, around), tuple(ordered))


def _regions(graph: Projection, nodes: Iterable[str]) -> tuple[str, ...]:
    found = {str(graph.nodes[node].get("region", "")) for node in nodes if graph.nodes[node].get("kind") == "Project"}
    return tuple(sorted(found - {""}))


def link_indicators(graph: Projection, *, asked_by: int = ASKED_BY) -> Projection:
    """Given projects with their indicators, return the indicators that at least `asked_by` projects ask, linked where
    the same project asks both. A link weighs more where more projects do, and less where they ask much (Newman's
    weights for people who write papers together)."""
    telling = [
        node
        for node, data in graph.nodes(data=True)
        if data.get("kind") == "CanonicalIndicator" and graph.degree(node) >= asked_by
    ]
    projects = {project for node in telling for project in graph[node]}
    part: Projection = nx.Graph()
    part.add_nodes_from((node, graph.nodes[node]) for node in graph if node in projects)
    part.add_nodes_from((node, graph.nodes[node]) for node in telling)
    part.add_edges_from((node, project) for node in telling for project in graph[node])
    linked: Projection = nx.bipartite.collaboration_weighted_projected_graph(part, telling)
    return linked


def find_bridges(graph: Projection, *, top: int = 20) -> list[Bridge]:
    """Given a projection, return what links regions most: of indicators, those asked in several regions; of likeness,
    projects that are comparable to such of several others. Those on the most shortest paths come first.

    In a graph of more than PIVOTS nodes betweenness is estimated from so many of them, drawn with a fixed seed.
    """
    part, nodes = _numbered(graph, _between(graph))
    pivots = None if len(part) <= PIVOTS else PIVOTS
    betweenness = nx.betweenness_centrality(part, k=pivots, seed=SEED)
    found = []
    for number, node in enumerate(nodes):
        kind = str(graph.nodes[node].get("kind", ""))
        if kind != ("CanonicalIndicator" if graph.graph.get("projection") == "indicators" else "Project"):
            continue
        regions = _regions(graph, [node, *graph[node]])
        if len(regions) > 1 and betweenness[number] > 0:
            name = str(graph.nodes[node].get("label", ""))
            found.append(Bridge(node, name, kind, regions, graph.degree(node), round(betweenness[number], 6)))
    return sorted(found, key=lambda bridge: (-bridge.betweenness, -len(bridge.regions), bridge.node))[:top]


def _between(graph: Projection) -> Sequence[str]:
    """The nodes that paths between regions can lead through: without indicators that only one region asks."""
    projection = graph.graph.get("projection")
    if projection == "publishers":
        return []
    if projection != "indicators":
        return list(graph)
    shared = [
        node
        for node, data in graph.nodes(data=True)
        if data.get("kind") == "CanonicalIndicator" and len(_regions(graph, graph[node])) > 1
    ]
    projects = dict.fromkeys(project for node in shared for project in graph[node])
    return [*projects, *shared]


def mark_communities(graph: Projection, communities: Iterable[Community]) -> None:
    """Given a projection and its communities, write each one's number to its members as `community`."""
    for community in communities:
        for node in community.members:
            graph.nodes[node]["community"] = community.number
