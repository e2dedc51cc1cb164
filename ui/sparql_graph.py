"""The graph that a CONSTRUCT or DESCRIBE answers with, drawn as 图谱 draws a neighbourhood."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

import networkx as nx
from rdflib import Literal

from graph.network import Neighbourhood
from graph.positions import place_nodes
from graph.store import Triple, Triples
from ontology.namespaces import CONCEPT, PIKG, PREFIXES
from ui.data import Labels
from ui.html import show, tag
from ui.i18n import Texts
from ui.network_elements import neighbourhood_picture, sizes
from ui.picture import draw_picture

_MOST = 150
"""Nodes that are drawn; more can't be read in a picture of this size."""

_HEIGHT = "420px"
_TYPE = f"{PREFIXES['rdf']}type"
_NAMES = tuple(PREFIXES[prefix] + name for prefix, name in (("rdfs", "label"), ("skos", "prefLabel")))


def read_graph(triples: Iterable[Triple]) -> Neighbourhood | None:
    """Given triples, return the things among them as nodes (with kind and label, where the triples say them) and the
    links between them, `_MOST` nodes at most; None where nothing is linked. The root has the most links."""
    graph: nx.DiGraph[str] = nx.DiGraph()
    said: dict[str, dict[str, str]] = {}
    cut = False
    for subject, predicate, value in triples:
        about, name = said.setdefault(str(subject), {}), str(predicate)
        if name == _TYPE:
            about.setdefault("kind", str(value).removeprefix(PIKG))
        elif isinstance(value, Literal):
            if name in _NAMES:
                about["label"] = str(value)
        else:
            ends = [str(subject), str(value)]
            if len(graph) + sum(end not in graph for end in ends) > _MOST:
                cut = True
                continue
            graph.add_edge(*ends, property=name.removeprefix(PIKG))
    if not graph:
        return None
    for node in graph:
        short = node.removeprefix(CONCEPT) if node.startswith(CONCEPT) else _short(node)
        graph.nodes[node].update({"kind": "Other", "label": short} | said.get(node, {}))
    root = max(graph, key=lambda node: (graph.degree(node), node))
    return Neighbourhood(root, graph, frozenset(), cut)


def _short(iri: str) -> str:
    shown = iri.rpartition("/")[2] or iri
    return shown if len(shown) < len(iri) else iri


def show_triples(triples: Triples, labels: Labels, t: Texts) -> None:
    """Draw the triples, where they link anything."""
    drawn = read_graph(triples)
    if drawn is None:
        return
    room = sizes(drawn.graph, labels, t)
    positions = place_nodes(drawn.graph, drawn.root, sizes=room, aspect=2.2)
    key = sha256("".join(sorted(drawn.graph)).encode("utf-8", "surrogatepass")).hexdigest()[:12]
    picture = neighbourhood_picture(drawn, positions, room, labels, t, view=key)
    texts = {name: t(f"network.{name}") for name in ("larger", "smaller", "fit", "png")}
    texts |= {"label": t("network.label"), "title": t("sparql.answer")}
    draw_picture(picture, key=f"answer-{key}", focus=drawn.root, texts=texts, height=_HEIGHT, file="pikg-answer")
    text = "sparql.drawn_cut" if drawn.cut else "sparql.drawn"
    show(tag("p", t(text, nodes=len(drawn.graph), links=drawn.graph.size()), class_="pk-said"))
