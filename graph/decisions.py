"""What people decided, in the graph: every line of decisions.jsonl with who, when, why, and whether it holds.

Given the decisions and a store, `map_decisions` returns the triples of the graph `decisions`. What a correction changes
stands in the document's own graph, which is written with it; here is who said so. The graph follows from the file and
from what the store holds, so that the same files and the same decisions give the same statements on any machine.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from rdflib import RDF, RDFS
from rdflib.term import Node, URIRef

from graph.canonical import canonical_iri
from graph.errors import WorkspaceError
from graph.store import ReadableStore, Triple, select
from graph.terms import iri, moment_literal, text_literal
from graph.workspace import Workspace
from ontology.decisions import (
    FILE,
    CellCorrection,
    Decision,
    DecisionError,
    Decisions,
    IdentityVerdict,
    IndicatorGrouping,
    Undoing,
    read_decisions,
    to_line,
)
from ontology.keys import digest, fold, proposed_identity_key
from ontology.namespaces import PIKG, PREFIXES, Namespace, concept

Standing = Literal["applied", "pending", "stale", "absent", "undone", "replaced"]
"""Whether a decision holds: see the scheme `standing` in ontology/data/concepts.yaml."""

_CLASSES: Mapping[type[Decision], str] = {
    CellCorrection: "CellCorrection",
    IdentityVerdict: "IdentityVerdict",
    IndicatorGrouping: "IndicatorGrouping",
    Undoing: "Undoing",
}
_AGENT, _BY, _AT = (URIRef(PREFIXES["prov"] + name) for name in ("Agent", "wasAssociatedWith", "endedAtTime"))

_CONSIDERED = """
SELECT ?sha256 ?how ?decision WHERE {
  VALUES ?how { pikg:correctedBy pikg:staleDecision }
  ?document a pikg:Document ; ?how ?decision ; pikg:sha256 ?sha256 .
}
"""

_PRESENT = "SELECT ?sha256 WHERE { VALUES ?sha256 { %s } ?document pikg:sha256 ?sha256 ; a pikg:Document }"

_THINGS = "SELECT ?thing WHERE { VALUES ?thing { %s } VALUES ?class { pikg:Unit pikg:Project } ?thing a ?class }"

_GROUPED = """
SELECT DISTINCT ?words WHERE {
  ?membership pikg:rule <https://w3id.org/pikg/concept/grouping_rule/decision> ; pikg:words ?words .
}
"""


# --- the file -----------------------------------------------------------------------------------------------------
def read_file(workspace: Workspace) -> Decisions:
    """Given a workspace, return what its decisions.jsonl says; raise DecisionError naming a line that is not sound."""
    try:
        return read_decisions((workspace.folder / FILE).read_text("utf-8-sig"))
    except FileNotFoundError:
        return Decisions()
    except UnicodeDecodeError as error:
        raise DecisionError(f"{FILE} is not UTF-8 text; save it as UTF-8") from error


def append_decision(workspace: Workspace, decision: Decision) -> None:
    """Given a sound decision, write its line to the end of the workspace's file. The caller holds the lock."""
    path = workspace.folder / FILE
    try:
        with path.open("ab+") as file:
            if file.tell():
                file.seek(-1, os.SEEK_END)
                if file.read(1) != b"\n":  # a person's editor left out the last line's end
                    file.write(b"\n")
            file.write(to_line(decision).encode())
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise WorkspaceError(f"the decision could not be written to {path}: {error.strerror or error}") from error


# --- what holds ---------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class DocumentDecisions:
    """The corrections that a document's graph was written with, by id: those that hold and those that are stale."""

    applied: frozenset[str] = frozenset()
    stale: frozenset[str] = frozenset()


def read_considered(store: ReadableStore) -> Mapping[str, DocumentDecisions]:
    """Given a store, return by which corrections each document's graph was written; documents without any are left
    out."""
    found: dict[str, tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
    for row in select(store, _CONSIDERED):
        side = 0 if str(row["how"]).endswith("correctedBy") else 1
        found[str(row["sha256"])][side].add(str(row["decision"]).rpartition("/")[2])
    return {sha256: DocumentDecisions(frozenset(one), frozenset(other)) for sha256, (one, other) in found.items()}


def find_standings(decisions: Decisions, store: ReadableStore, namespace: Namespace) -> Mapping[str, Standing]:
    """Given decisions and a store that is in step with them, return how each stands, by id."""
    considered, present = _documents(store, decisions)
    things = _existing(store, decisions, namespace)
    grouped = {fold(str(row["words"])) for row in select(store, _GROUPED)} if decisions.groupings else set()
    found: dict[str, Standing] = {}
    for one in decisions.lines:
        if isinstance(one, Undoing):
            found[one.id] = "applied"
        elif one.id in decisions.undone:
            found[one.id] = "undone"
        elif one.id in decisions.replaced:
            found[one.id] = "replaced"
        elif isinstance(one, CellCorrection):
            known = considered.get(one.document, DocumentDecisions())
            waiting: Standing = "pending" if one.document in present else "absent"
            found[one.id] = "applied" if one.id in known.applied else "stale" if one.id in known.stale else waiting
        elif isinstance(one, IdentityVerdict):
            found[one.id] = "applied" if {one.one, one.other} <= things else "absent"
        elif isinstance(one, IndicatorGrouping):
            found[one.id] = "applied" if fold(one.name) in grouped else "absent"
    return found


def _documents(store: ReadableStore, decisions: Decisions) -> tuple[Mapping[str, DocumentDecisions], set[str]]:
    """By which corrections documents were written, and which of those that are corrected the store has."""
    asked = sorted({one.document for one in decisions.corrections()})
    if not asked:
        return {}, set()
    rows = select(store, _PRESENT % " ".join(text_literal(sha256).n3() for sha256 in asked))
    return read_considered(store), {str(row["sha256"]) for row in rows}


def _existing(store: ReadableStore, decisions: Decisions, namespace: Namespace) -> set[str]:
    """The things that verdicts are about and that the store has, by kind and key."""
    asked = sorted({thing for verdict in decisions.verdicts.values() for thing in (verdict.one, verdict.other)})
    if not asked:
        return set()
    rows = select(store, _THINGS % " ".join(iri(namespace.base + thing).n3() for thing in asked))
    return {str(row["thing"]).removeprefix(namespace.base) for row in rows}


# --- triples ------------------------------------------------------------------------------------------------------
def map_decisions(decisions: Decisions, store: ReadableStore, namespace: Namespace) -> Iterator[Triple]:
    """Given decisions and a store that is in step with them, return the triples of the graph `decisions`."""
    standings = find_standings(decisions, store, namespace)
    people: set[str] = set()
    for one in decisions.lines:
        node, person = iri(namespace.decision(one.id)), iri(namespace.person(digest("person", one.who)))
        yield node, RDF.type, _term("Decision")
        yield node, RDF.type, _term(_CLASSES[type(one)])
        yield node, _BY, person
        if one.who not in people:
            people.add(one.who)
            yield person, RDF.type, _AGENT
            yield person, RDFS.label, text_literal(one.who)
        yield node, _AT, moment_literal(datetime.fromisoformat(one.when))
        yield node, _term("why"), text_literal(one.why)
        yield node, _term("standing"), iri(concept("standing", standings[one.id]))
        if one.id in decisions.undone:
            yield node, _term("undoneBy"), iri(namespace.decision(decisions.undone[one.id].id))
        if one.id in decisions.replaced:
            yield node, _term("replacedBy"), iri(namespace.decision(decisions.replaced[one.id]))
        for name, value in _said(one, namespace):
            yield node, name, value
    yield from _links(decisions, standings, namespace)


def _said(one: Decision, namespace: Namespace) -> Iterator[tuple[URIRef, Node]]:
    if isinstance(one, CellCorrection):
        yield _term("correctsDocument"), iri(namespace.document(one.document))
        yield _term("correctsField"), text_literal(one.field)
        yield _term("oldText"), text_literal(one.old)
        yield _term("newText"), text_literal(one.new)
    elif isinstance(one, IdentityVerdict):
        key = proposed_identity_key(one.relation, one.one, one.other)
        yield _term("judges"), iri(namespace.proposed_identity(key))
        yield _term("verdict"), iri(concept("identity_status", one.verdict))
    elif isinstance(one, IndicatorGrouping):
        yield _term("groupsName"), text_literal(one.name)
        yield _term("groupsInto"), iri(canonical_iri(one.notation, namespace))
    elif isinstance(one, Undoing):
        yield _term("undoes"), iri(namespace.decision(one.undoes))


def _links(decisions: Decisions, standings: Mapping[str, Standing], namespace: Namespace) -> Iterator[Triple]:
    """What confirmed identities say of the two things themselves."""
    for one in decisions.verdicts.values():
        if one.verdict != "confirmed" or standings[one.id] != "applied":
            continue
        mine, other = iri(namespace.base + one.one), iri(namespace.base + one.other)
        if one.relation == "same":
            yield mine, _term("confirmedSame"), other
            yield other, _term("confirmedSame"), mine
        else:
            yield mine, _term("confirmedPartOf"), other


def _term(name: str) -> URIRef:
    return URIRef(PIKG + name)
