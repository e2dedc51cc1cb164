"""How two things of the graph hang together: a shortest way between them over links that a reader cares for."""

from __future__ import annotations

import networkx as nx

from graph.network import DEFAULT_KINDS, HUBS, MAXIMUM_LIMIT, Neighbourhood, Walk
from graph.store import ReadableStore

WALKED = DEFAULT_KINDS - {"Tier"}
"""The kinds on a way: through a tier (产出指标) everything is two steps from everything, which says nothing."""

_SEEN = 2 * MAXIMUM_LIMIT
"""Nodes that are looked at from each end at most."""

_LONGEST = 8


def find_path(store: ReadableStore, one: str, other: str) -> Neighbourhood | None:
    """Given the IRIs of two things, return a shortest way between them as a neighbourhood of `one` that holds the way
    alone; None where none was found within 8 links and 2,000 things looked at from each end.

    The same at every run. It is searched from both ends at once, what many things share last; the way itself is
    networkx's shortest path. Raises NotFoundError where the store says nothing of one of them.
    """
    walk = Walk(store, WALKED, MAXIMUM_LIMIT)
    seen: list[nx.Graph[str]] = [nx.Graph(), nx.Graph()]
    fronts = []
    for end, graph in zip((one, other), seen, strict=True):
        walk.start(end)
        graph.add_node(end)
        fronts.append([end])
    for step in range(_LONGEST):
        if not set(seen[0]).isdisjoint(seen[1]):
            break
        side = step % 2 if fronts[step % 2] else 1 - step % 2
        fronts[side] = _step(walk, seen[side], fronts[side], set(seen[1 - side]))
    met = nx.compose(*seen)
    if not nx.has_path(met, one, other):
        return None
    way = nx.shortest_path(met, one, other)
    shown = Walk(store, WALKED, len(way) + 1)
    shown.start(one)
    for node in way:
        shown.read_outward([node])
        shown.shown_neighbours(node)
    for node in way:
        shown.add(node)
    shown.close()
    return Neighbourhood(one, shown.graph, frozenset(shown.open))


def _step(walk: Walk, seen: nx.Graph[str], front: list[str], wanted: set[str]) -> list[str]:
    """Look one link further from the nodes of a front; stop where the other side is met."""
    walk.read_outward(front)
    found: list[str] = []
    # Hubs last: before all that they hold is looked at, the ways past them are.
    for node in sorted(front, key=lambda node: (walk.kind(node) in HUBS, node)):
        for other in walk.shown_neighbours(node):
            if other not in seen:
                if len(seen) >= _SEEN:
                    return found
                found.append(other)
            seen.add_edge(node, other)
        if not wanted.isdisjoint(found):
            break
    return found
