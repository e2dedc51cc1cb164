"""Canonical indicators: the indicators of projects that ask the same thing, wherever and however they are worded.

Given what rows say (their names, and what these ask by their parts), `map_canonical` returns the canonical indicators
and each membership with its rule and words. The parts come from reading (object, action, measure); what is corrected
(ontology/data/canonical.yaml) is applied here, so that editing the file takes effect without reading anything again.

A row's canonical indicator follows from the row alone. So each document has a derived graph of its own, written with
the document's: nothing is compared with anything, and a document that is added costs what it holds. Only where the
rules have changed (`rules_digest`) all of them are rebuilt.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from rdflib import OWL, RDF, RDFS, SKOS
from rdflib.term import Node, URIRef

from graph.store import ReadableStore, Triple, select
from graph.terms import iri, text_literal
from ontology.keys import digest, fold
from ontology.measures import canonical, canonical_notation, measure_list
from ontology.namespaces import PIKG, Namespace, concept

INDICATORS = "indicators"
"""The derived graphs of canonical indicators: `derived/indicators/<sha256>` of each document, and `derived/indicators`
with the rules by which they were made."""

_VERSION = "1"
"""Of the rules in this module: a change that groups otherwise raises it."""

_PUNCTUATION = re.compile(r"[\W_]+")

# What a row says that decides where it belongs; from the union of graphs, every row once.
_ROWS = """
SELECT ?sha256 ?indicator ?name ?asks ?object ?evidence WHERE {
  ?row pikg:ofIndicator ?indicator ; rdfs:label ?name ; pikg:ofForm ?form .
  ?form pikg:inDocument ?document . ?document pikg:sha256 ?sha256 .
  OPTIONAL { ?row pikg:asks ?asks }
  OPTIONAL { ?row pikg:objectText ?object }
  OPTIONAL { ?row pikg:measureEvidence ?evidence }
}
"""


_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class NamedRow:
    """What a row says that decides where it belongs: the project's indicator (its IRI), its printed name, and what
    reading made of the name: what it asks, the object, how the measure was found."""

    indicator: str
    name: str
    asks: str | None = None
    object: str | None = None
    evidence: str | None = None


@dataclass(frozen=True, slots=True)
class Grouping:
    """Where a name belongs: the notation that names asking the same thing share, by which rule, by which words."""

    notation: str
    rule: str
    words: str


def group_name(row: NamedRow, decided: Mapping[str, str] = _NOTHING) -> Grouping:
    """Given a row, and the notations that people gave names (folded), return where it belongs. A name whose parts are
    not sure stands with those of the same words."""
    if (notation := decided.get(fold(row.name))) is not None:
        return Grouping(notation, "decision", row.name)
    asks = row.asks or _PUNCTUATION.sub("", fold(row.name))
    notation = canonical_notation(row.name, asks)
    if fold(row.name) in canonical().members:
        return Grouping(notation, "correction", row.name)
    if "|" not in asks:
        return Grouping(notation, "same_words", row.name)
    chosen, found_by = notation.partition("|")[0], (row.evidence or "").partition(" ")[2]
    thing = asks.partition("|")[0]
    parts = [thing if chosen == thing else f"{thing} → {chosen}", *([found_by] if found_by else [])]
    return Grouping(notation, "same_parts", f"{row.name} = {' + '.join(parts)}")


def rows_of(triples: Iterable[Triple]) -> list[NamedRow]:
    """Given the triples of a document's graph, return what its rows say."""
    wanted = {URIRef(PIKG + name): name for name in ("ofIndicator", "asks", "objectText", "measureEvidence")}
    wanted[RDFS.label] = "label"
    said: dict[Node, dict[str, str]] = defaultdict(dict)
    for subject, predicate, value in triples:
        name = wanted.get(predicate) if isinstance(predicate, URIRef) else None
        if name is not None:
            said[subject][name] = str(value)
    return [
        NamedRow(one["ofIndicator"], one["label"], one.get("asks"), one.get("objectText"), one.get("measureEvidence"))
        for one in said.values()
        if "ofIndicator" in one and "label" in one
    ]


def read_rows(store: ReadableStore) -> Mapping[str, list[NamedRow]]:
    """Given a store, return what the rows of each document say, by the document's hash."""
    found: dict[str, list[NamedRow]] = defaultdict(list)
    for row in select(store, _ROWS):
        asks, thing, evidence = (None if row[n] is None else str(row[n]) for n in ("asks", "object", "evidence"))
        found[str(row["sha256"])].append(NamedRow(str(row["indicator"]), str(row["name"]), asks, thing, evidence))
    return found


def map_canonical(
    rows: Iterable[NamedRow], namespace: Namespace, decided: Mapping[str, str] = _NOTHING
) -> Iterator[Triple]:
    """Given what the rows of a document say, and the notations that people gave names (folded), return the triples of
    its derived graph, each once."""
    seen: set[Triple] = set()
    for row in rows:
        for triple in _map_row(row, namespace, decided):
            if triple not in seen:
                seen.add(triple)
                yield triple


def _map_row(row: NamedRow, namespace: Namespace, decided: Mapping[str, str]) -> Iterator[Triple]:
    grouping = group_name(row, decided)
    group = iri(canonical_iri(grouping.notation, namespace))
    indicator = iri(row.indicator)
    yield group, RDF.type, _term("CanonicalIndicator")
    yield group, SKOS.notation, text_literal(grouping.notation)
    label = _label(grouping.notation)
    for language, text in label.items():
        yield group, SKOS.prefLabel, text_literal(text, language)
    if row.name != label["zh"]:
        yield group, SKOS.altLabel, text_literal(row.name, "zh")
    thing, measure = _parts(grouping.notation)
    if measure is not None:
        yield group, _term("measure"), iri(concept("measure", measure))
        yield group, _term("objectText"), text_literal(thing)
    yield indicator, _term("canonical"), group
    node = iri(f"{group}/member/{row.indicator.rpartition('/')[2]}")
    yield node, RDF.type, _term("IndicatorMembership")
    yield node, _term("member"), indicator
    yield node, _term("memberOf"), group
    yield node, _term("rule"), iri(concept("grouping_rule", grouping.rule))
    yield node, _term("words"), text_literal(grouping.words)


def canonical_iri(notation: str, namespace: Namespace) -> str:
    """The IRI of the canonical indicator of a notation."""
    return namespace.canonical_indicator(digest("canonical indicator", notation))


def _term(name: str) -> URIRef:
    return URIRef(PIKG + name)


def _parts(notation: str) -> tuple[str, str | None]:
    """The object and the measure of a notation; the whole and None where it has none."""
    thing, *rest = notation.split("|")
    measure = rest[-1].partition(":")[0] if rest else None
    return thing, measure if measure in measure_list().measures else None


def _label(notation: str) -> Mapping[str, str]:
    """How a notation is shown: as data/canonical.yaml says, or else its object, what is done to it, and the measure's
    label (群众|satisfaction: 群众满意度); a notation of words is its own label."""
    given = canonical().labels.get(notation)
    if given is not None:
        return MappingProxyType({"zh": given[0], "en": given[1]})
    thing, measure = _parts(notation)
    if measure is None:
        return MappingProxyType({"zh": notation})
    *_, last = notation.split("|")
    known = measure_list().measures[measure]
    ending = last.partition(":")[2] or known.zh
    action = _actions().get(notation.split("|")[1], "") if notation.count("|") == 2 else ""
    action = "" if ending.startswith(action) else action
    return MappingProxyType({"zh": f"{thing}{action}{ending}", "en": f"{known.en}: {thing}{action}"})


@cache
def _actions() -> Mapping[str, str]:
    """The first word of each action."""
    first: dict[str, str] = {}
    for word, name in measure_list().actions.items():
        first.setdefault(name, word)
    return MappingProxyType(first)


# --- whether the derived graphs are in step with the rules --------------------------------------------------------
def rules_digest(decided: Mapping[str, str] = _NOTHING) -> str:
    """What the derived graphs follow from beside the documents: this module's rules, the data and what people decided
    about names, as a digest."""
    corrections, measures = canonical(), measure_list()
    said = [
        _VERSION,
        *(f"{name}={notation}" for name, notation in sorted(corrections.members.items())),
        *(f"{other}>{chosen}" for other, chosen in sorted(corrections.objects.items())),
        *(f"{notation}:{zh}/{en}" for notation, (zh, en) in sorted(corrections.labels.items())),
        *(f"{one.notation}:{one.zh}/{one.en}" for one in measures.measures.values()),
        *(f"{name}!{word}" for name, word in sorted(_actions().items())),
        *(f"{name}:={notation}" for name, notation in sorted(decided.items())),
    ]
    return digest(*said)


def rules_triple(namespace: Namespace, decided: Mapping[str, str] = _NOTHING) -> Triple:
    """What `derived/indicators` says: by which rules the graphs of the documents were made."""
    return URIRef(namespace.derived_graph(INDICATORS)), OWL.versionInfo, text_literal(rules_digest(decided))


def indicators_graph(namespace: Namespace, sha256: str) -> str:
    """The derived graph of a document's canonical indicators."""
    return namespace.derived_graph(f"{INDICATORS}/{sha256}")
