"""The graph for Gephi and yEd (GraphML): regions, units, projects and the canonical indicators that projects ask for;
and any networkx graph of ours.

All is written as it is read, sorted in pieces on disk; only the IRIs of the nodes, and years and budgets of projects, are
held in memory. Row by row indicators are left out: what a picture of the whole can show is who does what, and what is
asked in several places.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from io import BytesIO, TextIOBase
from itertools import groupby
from typing import IO, TYPE_CHECKING, Any, cast
from xml.sax.saxutils import XMLGenerator
from xml.sax.xmlreader import AttributesImpl

import networkx as nx

from graph.embedded import EmbeddedStore
from graph.export import sort_lines
from graph.queries import find_query, render_for
from graph.store import ReadableStore, Rows

if TYPE_CHECKING:
    Network = nx.Graph[str] | nx.DiGraph[str]

_NODES = {"region": "Region", "unit": "Unit", "project": "Project", "indicator": "CanonicalIndicator"}

_NODE = """
SELECT ?thing ?name WHERE {
  ?thing a pikg:%s ; rdfs:label|skos:prefLabel ?name FILTER(LANG(?name) IN ("", "zh"))
}
"""

_EDGES = {
    "within": "?from a pikg:Region ; pikg:withinRegion ?to . ?to a pikg:Region",
    "in region": "?from a pikg:Unit ; pikg:region ?to . ?to a pikg:Region",
    "publishes": "?to a pikg:Project ; pikg:publisher ?from . ?from a pikg:Unit",
    "implements": "?to a pikg:Project ; pikg:implementingUnit ?from . ?from a pikg:Unit",
    "measures": "?indicator pikg:ofProject ?from ; pikg:canonical ?to . ?to a pikg:CanonicalIndicator",
}

_KEYS = (
    ("label", "node", "string"),
    ("kind", "node", "string"),
    ("years", "node", "string"),
    ("budget_yuan", "node", "double"),
    ("relation", "edge", "string"),
)


def export_graphml(store: ReadableStore, out: IO[str]) -> None:
    """Given a store, write its regions, units, projects and canonical indicators with what links them as GraphML. A
    project has the years of its forms and the budget of the newest of them, in yuan."""
    xml = XMLGenerator(cast("TextIOBase", out), "UTF-8", short_empty_elements=True)
    xml.startDocument()
    xml.startElement("graphml", AttributesImpl({"xmlns": "http://graphml.graphdrawing.org/xmlns"}))
    for name, domain, kind in _KEYS:
        xml.startElement("key", AttributesImpl({"id": name, "for": domain, "attr.name": name, "attr.type": kind}))
        xml.endElement("key")
    xml.startElement("graph", AttributesImpl({"id": "pikg", "edgedefault": "directed"}))
    years, budgets = _read_projects(store)
    written: set[str] = set()
    for kind, name in _NODES.items():
        lines = sort_lines(f"{thing} {json.dumps(label)}" for thing, label in _read(store, _NODE % name))
        for iri, same in groupby(lines, key=lambda line: line.partition(" ")[0]):
            if iri in written:
                continue
            written.add(iri)
            data = {"label": json.loads(next(same).partition(" ")[2]), "kind": kind}
            if iri in years:
                data["years"] = ", ".join(map(str, sorted(years[iri])))
            if iri in budgets:
                data["budget_yuan"] = budgets[iri][1]
            xml.startElement("node", AttributesImpl({"id": iri}))
            _write_data(xml, data)
            xml.endElement("node")
            xml.ignorableWhitespace("\n")
    number = 0
    for relation, pattern in _EDGES.items():
        pairs = _read(store, f"SELECT ?from ?to {{ {pattern} }}")
        for line, _ in groupby(sort_lines(f"{start} {end}" for start, end in pairs)):
            source, target = line.split(" ")
            if source not in written or target not in written:
                continue
            number += 1
            xml.startElement("edge", AttributesImpl({"id": f"e{number}", "source": source, "target": target}))
            _write_data(xml, {"relation": relation})
            xml.endElement("edge")
            xml.ignorableWhitespace("\n")
    xml.endElement("graph")
    xml.endElement("graphml")
    xml.endDocument()


def _write_data(xml: XMLGenerator, data: dict[str, str]) -> None:
    for key, value in data.items():
        xml.startElement("data", AttributesImpl({"key": key}))
        xml.characters(_printable(value))
        xml.endElement("data")


def export_network(graph: Network, out: IO[str]) -> None:
    """Given a networkx graph of ours (a neighbourhood, a projection), write it as GraphML with all attributes of its
    nodes and edges: `label` and `weight` are what Gephi takes them for. Amounts become numbers of double precision, for
    GraphML has no decimals."""
    plain: Network = graph.__class__()
    plain.graph.update({name: _plain(value) for name, value in graph.graph.items()})
    for node, data in graph.nodes(data=True):
        plain.add_node(node, **{name: _plain(value) for name, value in data.items()})
    for source, target, data in graph.edges(data=True):
        plain.add_edge(source, target, **{name: _plain(value) for name, value in data.items()})
    written = BytesIO()
    nx.write_graphml_xml(plain, written, encoding="utf-8", named_key_ids=True)
    out.write(written.getvalue().decode("utf-8"))


def _plain(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else _printable(value) if isinstance(value, str) else value


def _printable(value: str) -> str:
    """Return a text without the characters that XML can't hold."""
    return "".join(character for character in value if character >= " " or character in "\t\n")


def _read(store: ReadableStore, query: str) -> Iterator[tuple[str, ...]]:
    """The rows of a query as texts, nothing for what is not bound; one at a time where the store can."""
    if isinstance(store, EmbeddedStore):
        with store.asking():
            found: Any = store.solve(query)  # a SELECT: its rows
            for solution in found:
                yield tuple("" if term is None else str(getattr(term, "value", term)) for term in solution)
        return
    answer = store.query(query)
    for row in answer.rows if isinstance(answer, Rows) else ():
        yield tuple("" if node is None else str(node) for node in row)


def _read_projects(store: ReadableStore) -> tuple[dict[str, tuple[int, ...]], dict[str, tuple[int, str]]]:
    """The years of each project, and the newest year's budget."""
    years: dict[str, tuple[int, ...]] = {}
    budgets: dict[str, tuple[int, str]] = {}
    query = find_query("budgets")
    columns = [column.name for column in query.columns]
    project, year, budget = (columns.index(name) for name in ("project", "year", "budget"))
    for row in _read(store, render_for(store, query, {})):
        if not row[year]:
            continue
        iri, told = row[project], int(row[year])
        if told not in years.get(iri, ()):
            years[iri] = (*years.get(iri, ()), told)
        if row[budget] and (iri not in budgets or budgets[iri][0] < told):
            budgets[iri] = (told, row[budget])
    return years, budgets
