"""The graph for Gephi and yEd (GraphML): regions, units, projects and the canonical indicators that projects ask for.

Written as it is read, so that memory stays flat. Row by row indicators are left out: what a picture of the whole can
show is who does what, and what is asked in several places.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from io import TextIOBase
from typing import IO, cast
from xml.sax.saxutils import XMLGenerator
from xml.sax.xmlreader import AttributesImpl

from rdflib.term import Literal as RdfLiteral
from rdflib.term import Node

from graph.queries import run_named
from graph.store import ReadableStore, Rows

_NODES = {"region": "Region", "unit": "Unit", "project": "Project", "indicator": "CanonicalIndicator"}

_NODE = """
SELECT ?thing (SAMPLE(?name) AS ?label) WHERE {
  ?thing a pikg:%s ; rdfs:label|skos:prefLabel ?name FILTER(LANG(?name) IN ("", "zh"))
} GROUP BY ?thing ORDER BY ?thing
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
        for row in _rows(store, _NODE % name):
            iri = str(row["thing"])
            if iri in written:
                continue
            written.add(iri)
            data = {"label": str(row["label"]), "kind": kind}
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
        for row in _rows(store, f"SELECT DISTINCT ?from ?to {{ {pattern} }} ORDER BY ?from ?to"):
            ends = str(row["from"]), str(row["to"])
            if not written.issuperset(ends):
                continue
            number += 1
            xml.startElement("edge", AttributesImpl({"id": f"e{number}", "source": ends[0], "target": ends[1]}))
            _write_data(xml, {"relation": relation})
            xml.endElement("edge")
            xml.ignorableWhitespace("\n")
    xml.endElement("graph")
    xml.endElement("graphml")
    xml.endDocument()


def _write_data(xml: XMLGenerator, data: dict[str, str]) -> None:
    for key, value in data.items():
        xml.startElement("data", AttributesImpl({"key": key}))
        xml.characters("".join(character for character in value if character >= " " or character in "\t\n"))
        xml.endElement("data")


def _rows(store: ReadableStore, query: str) -> Iterator[Mapping[str, Node | None]]:
    answer = store.query(query)
    if isinstance(answer, Rows):
        yield from answer


def _read_projects(store: ReadableStore) -> tuple[dict[str, set[int]], dict[str, tuple[int, str]]]:
    """The years of each project, and the newest year's budget."""
    years: dict[str, set[int]] = {}
    budgets: dict[str, tuple[int, str]] = {}
    for row in run_named(store, "budgets"):
        project, year, budget = str(row["project"]), row["year"], row["budget"]
        if not isinstance(year, RdfLiteral):
            continue
        years.setdefault(project, set()).add(int(year))
        if budget is not None and (project not in budgets or budgets[project][0] < int(year)):
            budgets[project] = (int(year), str(budget))
    return years, budgets
