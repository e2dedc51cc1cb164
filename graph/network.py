"""What stands around a thing in the graph, as a networkx graph of bounded size, and where to draw it.

Given a store and an IRI, `find_neighbourhood` walks the links between things that a reader cares for (regions, units,
documents, projects, forms, indicators, money), breadth first, and stops at a limit: a picture of ten thousand nodes
says nothing and freezes a browser. `place_nodes` gives every node a position so that no two labels overlap; positions
that were given before stay, so that a picture which grows doesn't jump.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import networkx as nx
import numpy as np
from rdflib.term import Literal, Node

from graph.errors import InvalidLiteralError, NotFoundError
from graph.store import ReadableStore, Rows
from graph.terms import iri
from ontology.namespaces import CONCEPT, PIKG, PREFIXES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Network = nx.DiGraph[str]
    Points = NDArray[np.float64]

DEFAULT_LIMIT = 200
"""Nodes in a neighbourhood unless the caller says otherwise."""

MAXIMUM_LIMIT = 1000
"""Nodes in a neighbourhood at most, whatever the caller says."""

# Properties whose objects say something about a thing rather than lead to another: they'd make a hub of every
# operator and stage. Places (cells) are reached from the evidence, not walked.
_NOT_WALKED = frozenset({
    "printedIn", "continuedIn", "kind", "scope", "level", "stage", "source", "operator", "absence", "direction",
    "severity", "role", "table", "measure", "relativeTo",
})  # fmt: skip

# What many things share. A walk leaves these only by their own statements (a unit's region), unless it started here
# or was asked to expand them: through "数量指标" everything is a neighbour of everything.
_HUBS = frozenset({"Region", "Unit", "Disclosure", "Document", "Tier", "Concept", "CanonicalIndicator"})

DEFAULT_KINDS = frozenset({
    "Region", "Unit", "Document", "Project", "TargetForm", "SelfEvaluation", "ProjectDescription", "IndicatorRow",
    "Tier", "CanonicalIndicator",
})  # fmt: skip
"""The kinds of nodes shown unless the caller says otherwise; the rest (values, funding ...) can be asked for."""

_ATTRIBUTES = {
    PREFIXES["rdf"] + "type": "type",
    PREFIXES["rdfs"] + "label": "label",
    PREFIXES["skos"] + "prefLabel": "label",
    PREFIXES["dcterms"] + "title": "title",
    PREFIXES["schema"] + "name": "name",
    PIKG + "fiscalYear": "year",
    PIKG + "originalText": "text",
    PIKG + "kind": "document_kind",
    PIKG + "amount": "amount",
    PIKG + "stage": "stage",
    PIKG + "source": "source",
}

_LINKS = (
    f'FILTER(isIRI(?other) && STRSTARTS(STR(?p), "{PIKG}") && '
    f"?p NOT IN ({', '.join(f'<{PIKG}{name}>' for name in sorted(_NOT_WALKED))}))"
)

_BATCH = 200
"""IRIs in one VALUES block: long enough to save round trips, short enough for any server's limit on a request."""


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """The things around `root`. Nodes are IRIs with the attributes `kind` (the class's local name, or "Tier" and
    "Concept" for SKOS concepts), `label` (as printed), `label_zh`, `label_en`, `title`, `name`, `year`, `text`,
    `document_kind`, `amount`, `stage`, `source` where they have them; edges have `property` (its local name in the
    vocabulary).

    `open` holds the nodes that have further neighbours of the kinds shown; `cut` says that the limit ended the walk.
    """

    root: str
    graph: Network
    open: frozenset[str] = field(default_factory=frozenset)
    cut: bool = False


def find_neighbourhood(
    store: ReadableStore,
    root: str,
    *,
    depth: int = 3,
    limit: int = DEFAULT_LIMIT,
    kinds: Collection[str] = DEFAULT_KINDS,
    expanded: Iterable[str] = (),
) -> Neighbourhood:
    """Given the IRI of a thing, return what is within `depth` links of it, `limit` nodes at most (never over 1,000).

    `expanded` are nodes whose own neighbours are wanted too, one link further; `kinds` are the kinds walked (the root
    is shown whatever its kind). Raises NotFoundError where the store says nothing of the root.
    """
    walk = _Walk(store, frozenset(kinds), max(1, min(limit, MAXIMUM_LIMIT)))
    walk.start(root)
    frontier = [root]
    for _ in range(max(depth, 0)):
        frontier = walk.grow(frontier, through_hubs=root)
    for node in expanded:
        if node in walk.graph:
            walk.grow([node], through_hubs=node)
    walk.close()
    return Neighbourhood(root, walk.graph, frozenset(walk.open), walk.cut)


class _Walk:
    """A walk over the store's links that remembers what it has seen."""

    def __init__(self, store: ReadableStore, kinds: frozenset[str], limit: int) -> None:
        self.store, self.kinds, self.limit = store, kinds, limit
        self.graph: Network = nx.DiGraph()
        self.open: set[str] = set()
        self.cut = False
        self._attributes: dict[str, dict[str, Any]] = {}
        self._outward: dict[str, list[tuple[str, str]]] = {}
        self._inward: dict[str, list[str]] = {}
        self.root = ""

    def start(self, root: str) -> None:
        self.root = root
        try:
            iri(root)
        except InvalidLiteralError as error:
            raise NotFoundError(f"the graph holds nothing of that name: {error}") from error
        self._read_attributes([root])
        self._read_outward([root])
        if not (self._attributes[root]["kind"] or self._outward[root] or self._find_inward(root)):
            raise NotFoundError(f"the graph holds nothing about <{root}>")
        self._add(root)

    def kind(self, node: str) -> str:
        return str(self._attributes.get(node, {}).get("kind", ""))

    def grow(self, frontier: Sequence[str], *, through_hubs: str) -> list[str]:
        """Add the neighbours of the frontier's nodes, as many as the limit allows; return the ones that are new.

        `through_hubs` is the one node whose neighbours are all wanted, whatever its kind.
        """
        added: list[str] = []
        self._read_outward(frontier)
        for node in frontier:
            outward_only = node != through_hubs and self.kind(node) in _HUBS
            for other in self._shown_neighbours(node, outward_only=outward_only):
                if other in self.graph:
                    continue
                if len(self.graph) >= self.limit:
                    self.cut = True
                    return added
                self._add(other)
                added.append(other)
        return added

    def close(self) -> None:
        """Draw the links between all nodes that are shown, and note which nodes have more to show."""
        self._read_outward(self.graph)
        for node in list(self.graph):
            for name, target in self._outward[node]:
                if target in self.graph:
                    self.graph.add_edge(node, target, property=name)
        # A row that has its second tier needs no line to the first as well.
        named = {(source, target): str(data["property"]) for source, target, data in self.graph.edges(data=True)}
        precise = {source for (source, _), name in named.items() if name == "tier2"}
        self.graph.remove_edges_from([edge for edge, name in named.items() if name == "tier1" and edge[0] in precise])
        lonely = [n for n in self.graph if n != self.root and self.graph.degree(n) == 0 and self.kind(n) == "Tier"]
        self.graph.remove_nodes_from(lonely)
        self.open = {node for node in self.graph if self._has_more(node, hidden=set(lonely))}

    def _has_more(self, node: str, hidden: set[str]) -> bool:
        """Say whether a node has neighbours of the kinds walked that are not shown; a hub's many are read in parts."""
        shown = {*self.graph, *hidden}
        others = [target for _, target in self._outward[node]] + self._find_inward(node)
        missing = [other for other in dict.fromkeys(others) if other not in shown]
        for start in range(0, len(missing), _BATCH):
            part = missing[start : start + _BATCH]
            self._read_attributes(part)
            if any(self.kind(other) in self.kinds for other in part):
                return True
        return False

    def _add(self, node: str) -> None:
        self.graph.add_node(node, **self._attributes.get(node, {}))

    def _shown_neighbours(self, node: str, *, outward_only: bool = False) -> list[str]:
        others = [target for _, target in self._outward[node]]
        if not outward_only:
            others += self._find_inward(node)
        self._read_attributes(others)
        return [other for other in dict.fromkeys(others) if self.kind(other) in self.kinds]

    def _read_outward(self, nodes: Iterable[str]) -> None:
        """Read what nodes say of others: few statements each, so many nodes in one query."""
        unknown = [node for node in nodes if node not in self._outward]
        for start in range(0, len(unknown), _BATCH):
            batch = unknown[start : start + _BATCH]
            self._outward |= {node: [] for node in batch}
            values = " ".join(iri(node).n3() for node in batch)
            query = f"SELECT ?node ?p ?other WHERE {{ VALUES ?node {{ {values} }} ?node ?p ?other . {_LINKS} }}"
            # Several documents may say the same; sorted and made single here, which costs the store far more.
            for node, name, other in sorted({(str(r["node"]), str(r["p"]), str(r["other"])) for r in self._ask(query)}):
                self._outward[node].append((name.removeprefix(PIKG), other))

    def _find_inward(self, node: str) -> list[str]:
        """Return who speaks of a node, as many as could be shown. One query a node: among many nodes in one query a
        single hub would use up the limit of all."""
        if node not in self._inward:
            term = iri(node).n3()
            query = f"SELECT ?p ?other WHERE {{ ?other ?p {term} . {_LINKS} }} LIMIT {4 * self.limit}"
            found = sorted({(str(row["p"]), str(row["other"])) for row in self._ask(query)})
            self._inward[node] = [other for _, other in found]
        return self._inward[node]

    def _ask(self, query: str) -> Rows:
        answer = self.store.query(query)
        if not isinstance(answer, Rows):
            raise TypeError("a SELECT answered with something else than rows")
        return answer

    def _read_attributes(self, nodes: Iterable[str]) -> None:
        unknown = [node for node in dict.fromkeys(nodes) if node not in self._attributes]
        for start in range(0, len(unknown), _BATCH):
            batch = unknown[start : start + _BATCH]
            found: dict[str, dict[str, Any]] = {node: {} for node in batch}
            values = " ".join(iri(node).n3() for node in batch)
            # A second VALUES instead of the FILTER would have Oxigraph read the whole store.
            wanted = ", ".join(f"<{name}>" for name in _ATTRIBUTES)
            query = f"SELECT ?node ?p ?o WHERE {{ VALUES ?node {{ {values} }} ?node ?p ?o FILTER(?p IN ({wanted})) }}"
            for row in self._ask(query):
                _note(found[str(row["node"])], _ATTRIBUTES[str(row["p"])], row["o"])
            for node, attributes in found.items():
                attributes["kind"] = _kind(node, attributes.pop("types", set()))
                self._attributes[node] = attributes


def _note(attributes: dict[str, Any], name: str, value: Node | None) -> None:
    if name == "type":
        attributes.setdefault("types", set()).add(str(value))
    elif name == "label" and isinstance(value, Literal) and value.language:
        attributes[f"label_{value.language}"] = str(value)
    else:
        # Several values of one attribute: the same one at every run, whatever the store's order.
        attributes[name] = min(str(value), attributes.get(name, str(value)))


def _kind(node: str, types: set[str]) -> str:
    """Return a node's kind from its classes: the most telling one of our vocabulary."""
    if node.startswith(CONCEPT):
        return "Tier" if node.startswith((CONCEPT + "tier1/", CONCEPT + "tier2/")) else "Concept"
    ours = sorted(name.removeprefix(PIKG) for name in types if name.startswith(PIKG))
    telling = [name for name in ours if name != "Form"] or ours
    return telling[0] if telling else ""


# --- positions ----------------------------------------------------------------------------------------------------

Position = tuple[float, float]
Size = tuple[float, float]

DEFAULT_SIZE: Size = (104.0, 58.0)
"""Width and height that a node takes with its label beneath it: eight Chinese characters in two lines."""


_TIGHTNESS = (1.0, 0.8, 0.65)
"""Lengths of springs that are tried, in widths of a node: shorter ones leave more to the pushing apart of boxes, which
wastes less room, but may pile them up. Which of them makes the most of a frame differs from graph to graph."""

_TRIED_UP_TO = 250
"""Nodes up to which all of them are tried; beyond that the first serves."""


def place_nodes(
    graph: Network,
    root: str,
    *,
    sizes: Mapping[str, Size] | None = None,
    fixed: Mapping[str, Position] | None = None,
    aspect: float = 1.6,
) -> dict[str, Position]:
    """Given a graph, the node at its middle and each node's size with its label, return positions without overlap.

    The same graph gets the same positions at every run. Nodes in `fixed` keep theirs. `aspect` is width to height of
    the picture that is aimed at; positions are in the unit of the sizes.
    """
    nodes = list(graph)
    if not nodes:
        return {}
    index = {node: i for i, node in enumerate(nodes)}
    box = np.array([(sizes or {}).get(node, DEFAULT_SIZE) for node in nodes], dtype=np.float64)
    held = {index[node]: spot for node, spot in (fixed or {}).items() if node in index}
    edges = np.array(sorted({tuple(sorted((index[a], index[b]))) for a, b in graph.edges if a != b}), dtype=np.intp)
    free = np.ones(len(nodes), dtype=bool)
    free[list(held)] = False

    unit = float(np.sqrt((box[:, 0] * box[:, 1]).mean()))
    stretch = np.array([math.sqrt(aspect), 1 / math.sqrt(aspect)])
    start = _radial_start(graph, root, nodes) * unit * stretch
    for i, spot in held.items():
        start[i] = spot
    if held:
        _start_beside_neighbours(start, edges, free, unit)
    best, least = start, math.inf
    for tightness in _TIGHTNESS[:1] if held or len(nodes) > _TRIED_UP_TO else _TIGHTNESS:
        points = _relax(start / stretch, edges.reshape(-1, 2), free, unit * tightness) * stretch
        points = _find_room(_separate(points, box, free), box, free)
        width, height = (points + box / 2).max(axis=0) - (points - box / 2).min(axis=0)
        if max(width / aspect, height) < least:
            best, least = points, max(width / aspect, height)
    return {node: (round(float(x), 1), round(float(y), 1)) for node, (x, y) in zip(nodes, best, strict=True)}


def _radial_start(graph: Network, root: str, nodes: Sequence[str]) -> Points:
    """Put the breadth-first tree of the root on circles, each branch in a sector as wide as its leaves need."""
    undirected = graph.to_undirected(as_view=True)
    starts = [root, *(node for node in nodes if node != root)] if root in graph else list(nodes)
    children: dict[str, list[str]] = {node: [] for node in nodes}
    depth: dict[str, int] = {}
    roots: list[str] = []
    for start in starts:
        if start in depth:
            continue
        roots.append(start)
        depth[start] = 0
        for parent, child in nx.bfs_edges(undirected, start):
            depth[child] = depth[parent] + 1
            children[parent].append(child)
    leaves: dict[str, int] = {}
    for node in sorted(nodes, key=lambda n: -depth[n]):
        leaves[node] = sum(leaves[child] for child in children[node]) or 1
    total = sum(leaves[node] for node in roots)
    ring = max(1.0, total / (2 * math.pi) / max(1, *depth.values()))
    at: dict[str, tuple[float, float]] = {}
    stack = []
    begin = 0.0
    for node in roots:
        share = 2 * math.pi * leaves[node] / total
        stack.append((node, begin, begin + share, 0 if len(roots) == 1 else 1))
        begin += share
    while stack:
        node, low, high, extra = stack.pop()
        angle, radius = (low + high) / 2, ring * (depth[node] + extra)
        at[node] = (radius * math.cos(angle), radius * math.sin(angle))
        for child in children[node]:
            share = (high - low) * leaves[child] / leaves[node]
            stack.append((child, low, low + share, extra))
            low += share
    return np.array([at[node] for node in nodes], dtype=np.float64)


def _start_beside_neighbours(points: Points, edges: NDArray[np.intp], free: NDArray[np.bool_], unit: float) -> None:
    """Put each new node beside the placed one it is linked to, on the side away from the middle."""
    placed = ~free
    middle = points[placed].mean(axis=0) if placed.any() else np.zeros(2)
    turn = 0
    waiting = [tuple(edge) for edge in edges.tolist()]
    progress = True
    while progress:
        progress = False
        for a, b in waiting:
            if placed[a] == placed[b]:
                continue
            old, new = (a, b) if placed[a] else (b, a)
            away = points[old] - middle
            angle = math.atan2(away[1], away[0]) + (turn % 9 - 4) * 0.35
            points[new] = points[old] + unit * (1.5 + 0.25 * (turn % 5)) * np.array([math.cos(angle), math.sin(angle)])
            placed[new] = True
            turn += 1
            progress = True


def _relax(points: Points, edges: NDArray[np.intp], free: NDArray[np.bool_], unit: float) -> Points:
    """Fruchterman and Reingold's springs on arrays: all nodes repel each other, links pull, the step cools down."""
    count = len(points)
    if count < 3 or not free.any():
        return points
    rounds = 90 if count <= 300 else 45
    points = points.copy()
    for step in np.linspace(unit * 1.2, unit * 0.05, rounds):
        square = (points[:, None, 0] - points[None, :, 0]) ** 2
        square += (points[:, None, 1] - points[None, :, 1]) ** 2
        push = unit**2 / np.maximum(square, (unit * 0.05) ** 2)
        force = points * push.sum(axis=1)[:, None] - push @ points
        if len(edges):
            pull = points[edges[:, 0]] - points[edges[:, 1]]
            pull *= (np.sqrt((pull**2).sum(axis=1)) / unit)[:, None]
            np.subtract.at(force, edges[:, 0], pull)
            np.add.at(force, edges[:, 1], pull)
        force -= 0.06 * (points - points.mean(axis=0)) * (count**0.5)  # keeps what isn't linked from flying off
        length = np.maximum(np.sqrt((force**2).sum(axis=1)), 1e-9)
        move = force / length[:, None] * np.minimum(length, step)[:, None]
        points[free] += move[free]
    return points


_SIDEWAYS = 2.1
"""How much longer a way aside may be than one up or down to be taken all the same."""

_ROUNDS = 360
_ROUNDS_TOGETHER = 6
"""Rounds of pushing for which one search for near pairs serves."""


def _separate(points: Points, box: Points, free: NDArray[np.bool_]) -> Points:
    """Push boxes apart along the axis where they overlap less, until none overlaps (or the rounds are used up)."""
    points = points.copy()
    near = float(box.mean())
    first = second = np.zeros(0, dtype=np.intp)
    for number in range(_ROUNDS):
        if number % _ROUNDS_TOGETHER == 0:
            first, second = _near_pairs(points, box, near)
        reach = (box[first] + box[second]) / 2
        delta = points[first] - points[second]
        overlap = reach - np.abs(delta)
        hit = (overlap > 0.01).all(axis=1) & (free[first] | free[second])
        if not hit.any():
            if number % _ROUNDS_TOGETHER == 0:
                break
            continue
        one, two, overlap, delta = first[hit], second[hit], overlap[hit], delta[hit]
        # Boxes are wider than high: parting always by the shorter way would pile them up.
        axis = (overlap[:, 0] >= _SIDEWAYS * overlap[:, 1]).astype(np.intp)
        pick = np.arange(len(one))
        # Boxes at the very same spot have no direction to part in: their order gives them one.
        way = np.where(delta[pick, axis] < 0, -1.0, 1.0)
        push = 1.02 * overlap[pick, axis] * way
        both = free[one] & free[two]
        crowd = np.maximum(np.bincount(np.concatenate([one, two]), minlength=len(points)) ** 0.5, 1)
        for node, sign in ((one, 1.0), (two, -1.0)):
            share = np.where(both, 0.5, np.where(free[node], 1.0, 0.0))
            np.add.at(points, (node, axis), sign * push * share / crowd[node])
    return points


def _near_pairs(points: Points, box: Points, near: float) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the pairs of boxes that overlap or are at most `near` apart."""
    wide = np.abs(points[:, None, 0] - points[None, :, 0]) < (box[:, None, 0] + box[None, :, 0]) / 2 + near
    high = np.abs(points[:, None, 1] - points[None, :, 1]) < (box[:, None, 1] + box[None, :, 1]) / 2 + near
    first, second = np.nonzero(np.triu(wide & high, k=1))
    return first, second


def _find_room(points: Points, box: Points, free: NDArray[np.bool_]) -> Points:
    """Move each box that is still over another, hemmed in by nodes that are held, to the nearest free spot."""
    points = points.copy()
    step = box.min(axis=0) / 2
    for node in np.flatnonzero(free):
        reach = (box + box[node]) / 2 - 0.01
        others = np.arange(len(points)) != node
        home = points[node].copy()
        for turn in range(4000):
            # Vogel's spiral: spots as evenly spread as the seeds of a sunflower, from near to far.
            angle, radius = turn * 2.399963, turn**0.5
            spot = home + step * radius * np.array([math.cos(angle), math.sin(angle)])
            if not ((np.abs(points - spot) < reach).all(axis=1) & others).any():
                points[node] = spot
                break
    return points
