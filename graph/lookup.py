"""What a person names: regions, units and projects in the store, by IRI, code, full name or an unambiguous part."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import TypeVar

from rdflib import URIRef

from graph.errors import AmbiguousError, NotFoundError
from graph.store import ReadableStore, Rows, select
from graph.terms import iri, text_literal
from ontology.keys import fold
from ontology.regions import resolve_region

_Thing = TypeVar("_Thing", bound=Hashable)

_REGIONS = """SELECT DISTINCT ?region ?name ?code WHERE {
  ?region a pikg:Region ; rdfs:label ?name .
  OPTIONAL { ?region pikg:code ?code }
}"""

_MOST = 100
"""Rows of things with a name that are looked at: it is told of so many that a name is not that of one alone."""

_UNITS = "SELECT DISTINCT ?unit ?name WHERE { %s ?unit a pikg:Unit ; rdfs:label ?name }"

# A form has the name as its document prints it; a superseded form names nothing any more.
_PROJECTS = """SELECT DISTINCT ?project ?name ?publisher WHERE {
  %s
  ?form a pikg:Form ; rdfs:label ?name ; pikg:ofProject ?project ; pikg:inDocument ?document .
  OPTIONAL { ?document pikg:publisherText ?publisher }
  MINUS { ?form pikg:supersededBy ?newer }
}"""


def has_documents(store: ReadableStore) -> bool:
    """Whether a store holds a document: answered at once, however many there are."""
    return store.query("ASK { ?document a pikg:Document }") is True


def find_region(store: ReadableStore, text: str) -> URIRef:
    """Given a region's IRI, code, full name or an unambiguous short one (某州), return its IRI; raise NotFoundError or
    AmbiguousError."""
    if _is_iri(text):
        return iri(text)
    meant = {region.code: region.name for region in resolve_region(text)}
    rows = list(select(store, _REGIONS))
    named = {URIRef(str(row["region"])): str(row["name"]) for row in rows}
    coded = {URIRef(str(row["region"])): str(row["name"]) for row in rows if str(row["code"]) in meant}
    found = coded or {region: name for region, name in named.items() if fold(name) == fold(text)}
    if not found and meant:
        raise NotFoundError(f"no document of {', '.join(meant.values())} is in the store")
    return _only_one(found, "region", text)


def find_regions(store: ReadableStore, text: str) -> list[URIRef]:
    """As `find_region`, but return the region with those inside it: a province with its cities."""
    region = find_region(store, text)
    inside = select(store, f"SELECT DISTINCT ?inside WHERE {{ ?inside pikg:withinRegion+ {region.n3()} }}")
    return [region, *sorted({URIRef(str(row["inside"])) for row in inside} - {region})]


def with_confirmed(store: ReadableStore, thing: URIRef) -> list[URIRef]:
    """Given a unit or project, return it and those that people have confirmed to be the same, however many steps away."""
    same = select(store, f"SELECT DISTINCT ?same WHERE {{ {thing.n3()} pikg:confirmedSame+ ?same }}")
    return [thing, *sorted({URIRef(str(row["same"])) for row in same} - {thing})]


def find_unit(store: ReadableStore, text: str) -> URIRef:
    """Given a unit's IRI, name or a unique part of it, return its IRI; raise NotFoundError or AmbiguousError."""
    if _is_iri(text):
        return iri(text)
    rows = _rows_by_name(store, _UNITS, "unit", text)
    named = {URIRef(str(row["unit"])): str(row["name"]) for row in rows}
    return _only_one(_matching(named, text), "unit", text)


def find_project(store: ReadableStore, text: str) -> URIRef:
    """Given a project's IRI, name or a unique part of it, return its IRI; raise NotFoundError or AmbiguousError."""
    if _is_iri(text):
        return iri(text)
    rows = _rows_by_name(store, _PROJECTS, "project", text)
    named: dict[URIRef, list[str]] = {}
    publishers: dict[URIRef, str] = {}
    for row in rows:
        project = URIRef(str(row["project"]))
        named.setdefault(project, []).append(str(row["name"]))
        publishers[project] = str(row["publisher"] or "")
    flat = {(project, name): name for project, names in named.items() for name in names}
    matches = {
        project: f"{name} ({publishers[project]})" if publishers[project] else name
        for (project, _), name in sorted(_matching(flat, text).items())
    }
    return _only_one(matches, "project", text)


def _rows_by_name(store: ReadableStore, sparql: str, kind: str, text: str) -> Rows:
    """The rows of things whose name is the text; where there are none, of those whose name may hold it: by the text
    index where one is kept, else of all. Where very many have a name, some of them: it names nothing alone."""
    rows = select(store, f"{sparql % _one_of([text.strip()])} LIMIT {_MOST}")
    if rows or not fold(text):
        return rows
    from graph.texts import texts_of  # noqa: PLC0415 - few are named by a part of their name

    texts = texts_of(store)
    names = None if texts is None else texts.names(kind, text)
    if names is None:
        return select(store, sparql % "")
    same = [name for name in names if fold(name) == fold(text)]
    return select(store, f"{sparql % _one_of(same or names)} LIMIT {_MOST}")


def _one_of(names: Iterable[str]) -> str:
    return f"VALUES ?name {{ {' '.join(text_literal(name).n3() for name in names)} }}"


def _is_iri(text: str) -> bool:
    return text.startswith(("http://", "https://", "urn:"))


def _matching(named: Mapping[_Thing, str], text: str) -> dict[_Thing, str]:
    """The things whose name is the text; where there are none, those whose name holds it, whatever the letters' case."""
    asked = fold(text).casefold()
    if not asked:
        return {}
    exact = {thing: name for thing, name in named.items() if fold(name) == fold(text)}
    return exact or {thing: name for thing, name in named.items() if asked in fold(name).casefold()}


def _only_one(found: Mapping[URIRef, str], what: str, text: str) -> URIRef:
    if not found:
        raise NotFoundError(f"no {what} of that name is in the store: {text}")
    if len(found) > 1:
        candidates = sorted(f"{name} <{node}>" for node, name in found.items())
        raise AmbiguousError(f"several {what}s have that name: {text}; give more of the name, or the IRI", candidates)
    return next(iter(found))
