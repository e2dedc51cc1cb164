"""The endpoint's pages: where queries are typed, and what is known of a thing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from graph.queries import NamedQuery
from graph.query_pool import Limits
from graph.terms import iri as iri_term
from ontology.namespaces import CONCEPT, DEFAULT_BASE, PIKG, PREFIXES, Namespace

INCOMING = 200
"""How many things that point to one its page lists."""

_WORDS = {
    "zh": {
        "title": "预算绩效指标知识图谱",
        "heading": "SPARQL 查询",
        "about": "数据说明（VoID）",
        "examples": "命名查询",
        "other": "en",
        "switch": "English",
        "incoming": "指向它的",
        "limits": "只读。每个查询最长 {seconds:g} 秒，最多 {rows:,} 行；常用前缀（pikg、concept、rdfs、skos……）不必声明。",
    },
    "en": {
        "title": "Performance-indicator knowledge graph",
        "heading": "SPARQL",
        "about": "About the data (VoID)",
        "examples": "Named queries",
        "other": "zh",
        "switch": "中文",
        "incoming": "What points to it",
        "limits": "Read only. A query runs {seconds:g} seconds and gives {rows:,} rows at most; the usual prefixes (pikg, "
        "concept, rdfs, skos …) need no declaration.",
    },
}

_FIRST_QUERY = """\
PREFIX pikg: <https://w3id.org/pikg/ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>

SELECT ?project ?name ?indicator ?printed WHERE {
  ?row a pikg:IndicatorRow ; rdfs:label ?indicator ; pikg:ofForm ?form ; pikg:target ?target .
  ?target pikg:originalText ?printed .
  ?form pikg:ofProject ?project ; rdfs:label ?name .
}
LIMIT 50
"""


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).with_name("web")), autoescape=True, undefined=StrictUndefined
    )


def render_query_page(frame: Frame, limits: Limits, queries: Iterable[NamedQuery], query: str | None = None) -> str:
    """Given the page's frame, the endpoint's limits, the named queries and a query to begin with, return the query
    page."""
    language = frame.language
    words = _WORDS[language] | {"limits": _WORDS[language]["limits"].format(seconds=limits.seconds, rows=limits.rows)}
    examples = [
        {
            "title": getattr(named.title, language),
            "description": getattr(named.description, language),
            "text": _example(named),
        }
        for named in queries
    ]
    return _templates().get_template("query.html").render(
        root=frame.root, lang=language, words=words, examples=examples, query=query or _FIRST_QUERY,
        prefixes=json.dumps(PREFIXES), places=json.dumps(_places(frame)),
    )  # fmt: skip


def _example(named: NamedQuery) -> str:
    """A named query as text to start from: with its defaults and examples; what is found by name only with a store is
    left to be filled in."""
    given: dict[str, Any] = {}
    for parameter in named.parameters:
        if parameter.required:
            by_name = parameter.type in ("region", "unit", "project", "iri")
            given[parameter.name] = f"{DEFAULT_BASE}{parameter.type}/…" if by_name else parameter.example
    asked = [f"# /query/{named.name}?{'&'.join(f'{name}=' for name in given)}"] if given else []
    return "\n".join([*asked, named.render(given)])


@dataclass(frozen=True, slots=True)
class ThingQuery:
    """What is asked of a thing: whether it is there, its statements, and the same for a page."""

    ask: str
    construct: str
    select: str


@dataclass(frozen=True, slots=True)
class Frame:
    """Where the endpoint stands (a path ending in "/"), the reader's language, and the data's base IRI."""

    root: str
    language: str
    base: str


def thing_queries(iri: str) -> tuple[ThingQuery, ThingQuery]:
    """Given an IRI, return the queries for what it says and for what is said of it; raise QueryError for no IRI."""
    node = iri_term(iri).n3()
    labels = "OPTIONAL { ?other rdfs:label ?label } OPTIONAL { ?other skos:prefLabel ?concept }"
    forward = ThingQuery(
        f"ASK {{ {node} ?p ?o }}",
        f"CONSTRUCT {{ {node} ?p ?o . ?s ?q {node} }} WHERE {{ {{ {node} ?p ?o }} UNION "
        f"{{ SELECT ?s ?q {{ ?s ?q {node} }} LIMIT {INCOMING} }} }}",
        f"SELECT ?p ?other ?label ?concept {{ {node} ?p ?other {labels} }} ORDER BY ?p ?other",
    )
    backward = ThingQuery(
        f"ASK {{ ?s ?p {node} }}",
        "",
        f"SELECT ?p ?other ?label ?concept {{ {{ SELECT ?p ?other {{ ?other ?p {node} }} LIMIT {INCOMING} }} {labels} }} "
        "ORDER BY ?p ?label ?other",
    )
    return forward, backward


def vocabulary_query(namespace: Namespace) -> str:
    """Given a workspace's namespace, return the query for the vocabulary's classes and properties."""
    return (
        f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{namespace.vocabulary_graph}> {{ ?s ?p ?o }} "
        f'FILTER(STRSTARTS(STR(?s), "{PIKG.removesuffix("#")}")) }}'
    )


def _places(frame: Frame) -> list[tuple[str, str]]:
    """Where the pages of the data's IRIs are at the endpoint: how the IRIs start, and what stands there instead."""
    start = f"{frame.root}thing?iri={quote(PIKG, safe='')}"
    return [(frame.base, f"{frame.root}id/"), (CONCEPT, f"{frame.root}concept/"), (PIKG, start)]


def _link(frame: Frame, iri: str) -> str:
    """Where a thing's page is: at the endpoint for what the data speaks of, else at its own address."""
    for start, page in _places(frame):
        if iri.startswith(start):
            return f"{page}{quote(iri.removeprefix(start), safe='/')}"
    return iri if iri.startswith(("http://", "https://")) else f"{frame.root}thing?iri={quote(iri, safe='')}"


def _short(iri: str) -> str:
    for prefix, start in PREFIXES.items():
        if iri.startswith(start):
            return f"{prefix}:{iri.removeprefix(start)}"
    return iri


def _grouped(
    frame: Frame, bindings: Sequence[Mapping[str, Mapping[str, str]]]
) -> list[tuple[str, list[dict[str, Any]]]]:
    told: dict[str, dict[str, dict[str, Any]]] = {}
    for row in bindings:
        other = row["other"]
        name = next(
            (row[key]["value"] for key in ("label", "concept") if key in row and _fits(row[key], frame.language)), None
        )
        link = _link(frame, other["value"]) if other["type"] == "uri" else None
        text = name or (_short(other["value"]) if link else other["value"])
        values = told.setdefault(_short(row["p"]["value"]), {})
        if other["value"] not in values or name:
            values[other["value"]] = {"text": text, "link": link}
    return [(name, list(values.values())) for name, values in told.items()]


def _fits(label: Mapping[str, str], language: str) -> bool:
    return label.get("xml:lang", language).startswith(language)


def render_thing(
    frame: Frame, iri: str, properties: Sequence[Mapping[str, Mapping[str, str]]],
    incoming: Sequence[Mapping[str, Mapping[str, str]]],
) -> str:  # fmt: skip
    """Given a thing and the rows of `thing_queries`' selects, return its page."""
    grouped = _grouped(frame, properties)
    labels = [
        row["other"]["value"]
        for row in properties
        if row["p"]["value"]
        in (PREFIXES["rdfs"] + "label", PREFIXES["skos"] + "prefLabel", PREFIXES["schema"] + "name")
        and _fits(row["other"], frame.language)
    ]
    return _templates().get_template("thing.html").render(
        root=frame.root, lang=frame.language, words=_WORDS[frame.language], iri=iri, label=labels[0] if labels else _short(iri),
        properties=grouped, incoming=_grouped(frame, incoming),
    )  # fmt: skip
