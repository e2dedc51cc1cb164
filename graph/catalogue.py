"""What the endpoint says of itself and of its data: SPARQL 1.1 service description, VoID and DCAT."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from rdflib import DCAT, DCTERMS, FOAF, RDF, VOID, XSD, Graph, Literal, Namespace, URIRef

from graph.terms import integer_literal
from graph.workspace import WorkspaceInfo
from ontology.namespaces import PIKG, PREFIXES

SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
FORMATS = Namespace("http://www.w3.org/ns/formats/")

_RESULT_FORMATS = ("SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV", "Turtle",
                   "JSON-LD", "N-Triples", "RDF_XML")  # fmt: skip

COUNTS = "SELECT ?class (COUNT(?thing) AS ?n) WHERE { ?thing a ?class } GROUP BY ?class ORDER BY ?class"
"""How many things of each class the data has."""

TRIPLES = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
"""How many statements the data has, each counted once."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a snapshot holds: when it was published, its statements, and its instances by class."""

    published: datetime
    triples: int
    classes: Mapping[str, int]


def describe(address: str, info: WorkspaceInfo, contents: Contents, rows: int) -> Graph:
    """Given the endpoint's address (ending in "/"), what the workspace says of itself, what its snapshot holds and the
    row limit, return the description of service and data set."""
    graph = Graph()
    for prefix, iri in {**PREFIXES, "sd": str(SD), "void": str(VOID), "dcat": str(DCAT), "foaf": str(FOAF)}.items():
        graph.bind(prefix, iri)
    service, dataset = _describe_service(graph, address, rows)
    endpoint = URIRef(f"{address}sparql")
    for kind in (VOID.Dataset, DCAT.Dataset, SD.Dataset):
        graph.add((dataset, RDF.type, kind))
    for title in (
        Literal("预算绩效指标知识图谱", lang="zh"),
        Literal("Performance-indicator knowledge graph", lang="en"),
    ):
        graph.add((dataset, DCTERMS.title, title))
    for text in (
        Literal("部门预算、部门决算中的项目、绩效指标、目标值、资金，每个数都注明出处。", lang="zh"),
        Literal("Projects, performance indicators, targets and funding in budgets and final accounts, each figure with "
                "the place where it is printed.", lang="en"),
    ):  # fmt: skip
        graph.add((dataset, DCTERMS.description, text))
    graph.add((dataset, DCTERMS.modified, Literal(contents.published.isoformat(), datatype=XSD.dateTime)))
    if info.publisher:
        graph.add((dataset, DCTERMS.publisher, _named(graph, URIRef(f"{address}#publisher"), info.publisher)))
    if info.terms:
        terms = URIRef(info.terms) if info.terms.startswith(("http://", "https://")) else Literal(info.terms)
        graph.add((dataset, DCTERMS.license if isinstance(terms, URIRef) else DCTERMS.rights, terms))
    graph.add((dataset, VOID.sparqlEndpoint, endpoint))
    graph.add((dataset, VOID.vocabulary, URIRef(PIKG)))
    graph.add((dataset, VOID.uriSpace, Literal(info.base)))
    graph.add((dataset, VOID.triples, integer_literal(contents.triples)))
    for number, (name, count) in enumerate(sorted(contents.classes.items()), 1):
        partition = URIRef(f"{address}#class-{number}")
        graph.add((dataset, VOID.classPartition, partition))
        graph.add((partition, VOID["class"], URIRef(name)))
        graph.add((partition, VOID.entities, integer_literal(count)))
    distribution = URIRef(f"{address}#sparql-distribution")
    graph.add((dataset, DCAT.distribution, distribution))
    graph.add((distribution, RDF.type, DCAT.Distribution))
    graph.add((distribution, DCAT.accessURL, endpoint))
    graph.add((distribution, DCAT.accessService, service))
    return graph


def _named(graph: Graph, agent: URIRef, name: str) -> URIRef:
    graph.add((agent, RDF.type, FOAF.Agent))
    graph.add((agent, FOAF.name, Literal(name)))
    return agent


def _describe_service(graph: Graph, address: str, rows: int) -> tuple[URIRef, URIRef]:
    endpoint, service = URIRef(f"{address}sparql"), URIRef(f"{address}sparql#service")
    dataset, default = URIRef(f"{address}#dataset"), URIRef(f"{address}sparql#default-graph")
    graph.add((service, RDF.type, SD.Service))
    graph.add((service, RDF.type, DCAT.DataService))
    graph.add((service, SD.endpoint, endpoint))
    graph.add((service, DCAT.endpointURL, endpoint))
    graph.add((service, DCAT.servesDataset, dataset))
    graph.add((service, SD.supportedLanguage, SD.SPARQL11Query))
    graph.add((service, SD.feature, SD.UnionDefaultGraph))
    for name in _RESULT_FORMATS:
        graph.add((service, SD.resultFormat, FORMATS[name]))
    graph.add((service, SD.defaultDataset, dataset))
    graph.add((dataset, SD.defaultGraph, default))
    graph.add((default, RDF.type, SD.Graph))
    graph.add(
        (service, DCTERMS.description, Literal(f"Read only. An answer has {rows} rows or triples at most.", lang="en"))
    )
    graph.add((service, DCTERMS.description, Literal(f"只读。一次回答最多 {rows} 行（或三元组）。", lang="zh")))
    return service, dataset
