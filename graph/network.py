"""What stands around a thing in the graph, as a networkx graph of bounded size.

Given a store and an IRI, `find_neighbourhood` walks the links between things that a reader cares for (regions, units,
documents, projects, forms, indicators, money), breadth first, and stops at a limit: a picture of ten thousand nodes
says nothing and freezes a browser. Where to draw what was found is graph.positions.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import networkx as nx
from rdflib.term import Literal, Node

from graph.errors import InvalidLiteralError, NotFoundError
from graph.store import ReadableStore, Rows, select
from graph.terms import iri
from ontology.namespaces import CONCEPT, PIKG, PREFIXES

if TYPE_CHECKING:
    Network = nx.DiGraph[str]

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
HUBS = frozenset({"Region", "Unit", "Disclosure", "Document", "Tier", "Concept", "CanonicalIndicator"})

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
    PIKG + "supersededBy": "superseded_by",
}

_LINKS = (
    f'FILTER(isIRI(?other) && STRSTARTS(STR(?p), "{PIKG}") && '
    f"?p NOT IN ({', '.join(f'<{PIKG}{name}>' for name in sorted(_NOT_WALKED))}))"
)

_CANONICAL = "CanonicalIndicator"
_CONCEPTS = frozenset({"Tier", "Concept"})
_ASKING = f"?other <{PIKG}ofIndicator> ?indicator ; a <{PIKG}IndicatorRow>"

# A row leads to the canonical indicator that its indicator is one of, where another project asks the same: what one
# project alone asks links it to nothing, and would double every row.
_GROUPED = f"""SELECT DISTINCT ?node ?other WHERE {{
  VALUES ?node {{ %s }}
  ?node <{PIKG}ofIndicator> ?indicator .
  ?indicator <{PIKG}canonical> ?other
}} ORDER BY ?node ?other"""

_BATCH = 200
"""IRIs in one VALUES block: long enough to save round trips, short enough for any server's limit on a request."""


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """The things around `root`. Nodes are IRIs with the attributes `kind` (the class's local name, or "Tier" and
    "Concept" for SKOS concepts), `label` (as printed), `label_zh`, `label_en`, `title`, `name`, `year`, `text`,
    `document_kind`, `amount`, `stage`, `source`, `superseded_by` (the form that counts in the place of this one) where
    they have them; edges have `property` (its local name in the vocabulary).

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
    walk = Walk(store, frozenset(kinds), max(1, min(limit, MAXIMUM_LIMIT)))
    walk.start(root)
    frontier = [root]
    for _ in range(max(depth, 0)):
        frontier = walk.grow(frontier, through_hubs=root)
    for node in expanded:
        if node in walk.graph:
            walk.grow([node], through_hubs=node)
    walk.close()
    return Neighbourhood(root, walk.graph, frozenset(walk.open), walk.cut)


class Walk:
    """A walk over the store's links that remembers what it has seen."""

    def __init__(self, store: ReadableStore, kinds: frozenset[str], limit: int) -> None:
        self.store, self.kinds, self.limit = store, kinds, limit
        self.graph: Network = nx.DiGraph()
        self.open: set[str] = set()
        self.cut = False
        self._attributes: dict[str, dict[str, Any]] = {}
        self._outward: dict[str, list[tuple[str, str]]] = {}
        self._inward: dict[str, list[str]] = {}
        self._shared: dict[str, bool] = {}
        concept = f"<{PREFIXES['skos']}Concept>"
        self._classes = ", ".join(sorted({concept if k in _CONCEPTS else iri(PIKG + k).n3() for k in kinds})) or concept
        self.root = ""

    def start(self, root: str) -> None:
        """Begin at a node; raise NotFoundError where the store says nothing of it."""
        self.root = root
        try:
            iri(root)
        except InvalidLiteralError as error:
            raise NotFoundError(f"the graph holds nothing of that name: {error}") from error
        self._read_attributes([root])
        self.read_outward([root])
        if not (self._attributes[root]["kind"] or self._outward[root] or self._find_inward(root)):
            raise NotFoundError(f"the graph holds nothing about <{root}>")
        self.add(root)

    def kind(self, node: str) -> str:
        """Return the kind of a node that was read."""
        return str(self._attributes.get(node, {}).get("kind", ""))

    def grow(self, frontier: Sequence[str], *, through_hubs: str) -> list[str]:
        """Add the neighbours of the frontier's nodes, as many as the limit allows; return the ones that are new.

        `through_hubs` is the one node whose neighbours are all wanted, whatever its kind.
        """
        added: list[str] = []
        self.read_outward(frontier)
        for node in frontier:
            outward_only = node != through_hubs and self.kind(node) in HUBS
            for other in self.shown_neighbours(node, outward_only=outward_only):
                if other in self.graph:
                    continue
                if len(self.graph) >= self.limit:
                    self.cut = True
                    return added
                self.add(other)
                added.append(other)
        return added

    def close(self) -> None:
        """Draw the links between all nodes that are shown, and note which nodes have more to show."""
        self.read_outward(self.graph)
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
        """Say whether a node has neighbours of the kinds walked that are not shown."""
        shown = {*self.graph, *hidden}
        outward = [target for _, target in self._outward[node] if target not in shown]
        self._read_attributes(outward)
        if any(self.kind(other) in self.kinds for other in outward):
            return True
        # What speaks of it may be tens of thousands: one more than the picture can know of tells.
        inward = self._inward.get(node)
        return not shown.issuperset(self._ask_inward(node, len(shown) + 1) if inward is None else inward)

    def add(self, node: str) -> None:
        """Show a node whose attributes were read."""
        self.graph.add_node(node, **self._attributes.get(node, {}))

    def shown_neighbours(self, node: str, *, outward_only: bool = False) -> list[str]:
        """Return a node's neighbours of the kinds walked; its own statements alone where `outward_only` says so."""
        others = [target for _, target in self._outward[node]]
        if not outward_only:
            others += self._find_inward(node)
        self._read_attributes(others)
        return [other for other in dict.fromkeys(others) if self.kind(other) in self.kinds]

    def read_outward(self, nodes: Iterable[str]) -> None:
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
            if _CANONICAL in self.kinds:
                for row in self._ask(_GROUPED % values):
                    link = ("canonical", str(row["other"]))
                    if link not in self._outward[str(row["node"])] and self._is_shared(link[1]):
                        self._outward[str(row["node"])].append(link)

    def _is_shared(self, canonical: str) -> bool:
        """Say whether several projects ask a canonical indicator; asked one by one, the store stops at the second."""
        if canonical not in self._shared:
            asked = f"?indicator <{PIKG}canonical> {iri(canonical).n3()} ; <{PIKG}ofProject> ?project"
            self._shared[canonical] = len(self._ask(f"SELECT DISTINCT ?project WHERE {{ {asked} }} LIMIT 2")) > 1
        return self._shared[canonical]

    def _find_inward(self, node: str) -> list[str]:
        """Return who speaks of a node, as many as could be shown."""
        if node not in self._inward:
            self._inward[node] = self._ask_inward(node, 4 * self.limit)
        return self._inward[node]

    def _ask_inward(self, node: str, limit: int) -> list[str]:
        """Return who speaks of a node, so many at most. One query a node: among many nodes in one query a single hub
        would use up the limit of all; and of the kinds walked alone, for of others there may be more than any limit."""
        if self.kind(node) == _CANONICAL:
            return self._find_asking(node, limit) if "IndicatorRow" in self.kinds else []
        of_kind = f"?other a ?class FILTER(?class IN ({self._classes}))"
        query = f"SELECT ?p ?other WHERE {{ ?other ?p {iri(node).n3()} . {_LINKS} {of_kind} }} LIMIT {limit}"
        return [other for _, other in sorted({(str(row["p"]), str(row["other"])) for row in self._ask(query)})]

    def _find_asking(self, canonical: str, limit: int) -> list[str]:
        """Return rows whose indicator is one of a canonical indicator, so many at most."""
        term = iri(canonical).n3()
        query = f"SELECT DISTINCT ?other WHERE {{ ?indicator <{PIKG}canonical> {term} . {_ASKING} }} LIMIT {limit}"
        return sorted(str(row["other"]) for row in self._ask(query))

    def _ask(self, query: str) -> Rows:
        return select(self.store, query)

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
