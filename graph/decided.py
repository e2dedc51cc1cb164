"""What decisions are about, found in a store: printed cells, proposed identities, canonical indicators; and a list.

Given a store and what a person calls a thing, the functions return it in the terms of a decision's line, or raise
NotFoundError or AmbiguousError with what could be meant.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from rdflib import RDFS

from graph.bound import whole_of
from graph.decisions import Standing, find_standings
from graph.errors import AmbiguousError, NotFoundError
from graph.store import ReadableStore, select
from graph.terms import iri, text_literal
from ontology.decisions import Decision, Decisions, to_json
from ontology.namespaces import Namespace

_CELLS = """
SELECT DISTINCT ?cell ?field ?text ?page ?sheet ?table ?row ?column ?name WHERE {
  ?cell pikg:inDocument <%s> ; pikg:field ?field .
  ?owner pikg:printedIn ?cell .
  OPTIONAL { ?cell pikg:originalText ?text }
  OPTIONAL { ?cell pikg:page ?page }
  OPTIONAL { ?cell pikg:sheet ?sheet }
  OPTIONAL { ?cell pikg:tableNumber ?table }
  OPTIONAL { ?cell pikg:rowNumber ?row }
  OPTIONAL { ?cell pikg:columnNumber ?column }
  OPTIONAL { ?owner rdfs:label ?name }
}
"""

_CONTINUED = """
SELECT ?cell ?text WHERE {
  ?first pikg:inDocument <%s> ; pikg:continuedIn ?cell . OPTIONAL { ?cell pikg:originalText ?text }
}
"""

_PROPOSALS = """
SELECT ?proposal ?relation ?one ?other ?statement WHERE {
  ?proposal a pikg:ProposedIdentity ; pikg:relation ?relation ; pikg:thing ?one ; pikg:otherThing ?other ;
    rdfs:label ?statement .
  FILTER(LANG(?statement) = "en")
}
"""

_COUNTING = """
SELECT ?file WHERE {
  ?cell pikg:correctedBy %s . ?owner pikg:printedIn ?cell .
  ?owner (pikg:ofForm?)/pikg:supersededBy ?counting .
  ?counting pikg:inDocument/schema:name ?file .
} ORDER BY ?file LIMIT 1
"""

_CANONICAL = """
SELECT DISTINCT ?canonical ?notation ?label WHERE {
  VALUES ?said { %s }
  VALUES ?by { skos:notation skos:prefLabel skos:altLabel }
  ?canonical a pikg:CanonicalIndicator ; ?by ?said ; skos:notation ?notation ; skos:prefLabel ?label .
  FILTER(LANG(?label) = "zh")
}
"""


@dataclass(frozen=True, slots=True)
class PrintedField:
    """A cell that holds a field: what was read in it, where it stands, its IRI, and the name beside it."""

    field: str
    text: str
    page: int | None
    sheet: str | None
    table: int | None
    row: int | None
    column: int | None
    cell: str
    name: str

    @property
    def told(self) -> str:
        """Its place, name and text in a line."""
        places = (("page", self.page), ("sheet", self.sheet), ("table", self.table), ("row", self.row))
        where = ", ".join(f"{word} {value}" for word, value in (*places, ("column", self.column)) if value is not None)
        name = self.name if len(self.name) <= 60 else f"{self.name[:60]}…"
        return ": ".join(filter(None, (where, name, f"“{self.text}”")))


def find_fields(store: ReadableStore, document: str, *, field: str | None = None) -> list[PrintedField]:
    """Given a store and a document's IRI, return the cells that hold a field (or all), in the order of their places. A
    merged cell that several rows share is one."""
    following = {str(row["cell"]): str(row["text"] or "") for row in select(store, _CONTINUED % document)}
    found: dict[tuple[Any, ...], PrintedField] = {}
    names: dict[tuple[Any, ...], set[str]] = defaultdict(set)
    for row in select(store, _CELLS % document):
        if field is not None and str(row["field"]) != field:
            continue
        cell, number = str(row["cell"]), 2
        text = str(row["text"] or "")
        while (part := following.get(f"{cell}/{number}")) is not None:
            text, number = text + part, number + 1
        place = [whole_of(row[name]) for name in ("page", "table", "row", "column")]
        sheet = None if row["sheet"] is None else str(row["sheet"])
        spot = (str(row["field"]), place[0], sheet, place[1], place[2], place[3])
        if row["name"] is not None:
            names[spot].add(str(row["name"]))
        if spot not in found or cell < found[spot].cell:
            found[spot] = PrintedField(spot[0], text, spot[1], spot[2], spot[3], spot[4], spot[5], cell, "")
    order = sorted(found, key=lambda spot: tuple((part is not None, part) for part in (*spot[1:], spot[0])))
    return [replace(found[spot], name=" / ".join(sorted(names[spot]))) for spot in order]


@dataclass(frozen=True, slots=True)
class FoundProposal:
    """A proposed identity: its relation, the two things by kind and key, and their names."""

    relation: Literal["same", "part_of"]
    one: str
    other: str
    names: tuple[str, ...]


def find_proposal(store: ReadableStore, namespace: Namespace, wanted: str) -> FoundProposal:
    """Given a store and a proposal's IRI, its key or the beginning of that (four digits and more), return it."""
    key, found = wanted.strip().rpartition("/")[2], []
    for row in select(store, _PROPOSALS):
        own = str(row["proposal"]).rpartition("/")[2]
        if own == key or (len(key) >= 4 and own.startswith(key)):
            found.append(row)
    if not found:
        raise NotFoundError(
            f"there is no proposed identity {wanted!r}; `pikg query proposed-identities --format csv` lists them"
        )
    if len(found) > 1:
        told = [f"{str(row['proposal']).rpartition('/')[2]} {row['statement']}" for row in found]
        raise AmbiguousError(f"{wanted!r} begins {len(found)} proposals", sorted(told))
    relation: Literal["same", "part_of"] = "same" if str(found[0]["relation"]).endswith("/same") else "part_of"
    things = [str(found[0][side]) for side in ("one", "other")]
    one, other = (thing.removeprefix(namespace.base) for thing in things)
    return FoundProposal(relation, one, other, tuple(_name_of(store, thing) for thing in things))


def _name_of(store: ReadableStore, thing: str) -> str:
    rows = select(store, f"SELECT ?name WHERE {{ {iri(thing).n3()} {RDFS.label.n3()} ?name }} ORDER BY ?name LIMIT 1")
    return str(next(iter(rows))["name"]) if len(rows) else ""


def find_counting_file(store: ReadableStore, decision: str) -> str | None:
    """Given a store and the IRI of a correction, return the file that prints the corrected form, row, amount or line too
    and counts in its place (graph.editions); None where the corrected one counts."""
    rows = select(store, _COUNTING % iri(decision).n3())
    return str(next(iter(rows))["file"]) if len(rows) else None


def find_canonical(store: ReadableStore, name: str, wanted: str) -> str:
    """Given a store, the printed name of an indicator, and a canonical indicator's IRI, notation, label or one of its
    members' names, return its notation. Raise NotFoundError where no indicator has the name either."""
    known = select(
        store,
        f"SELECT ?row WHERE {{ ?row a pikg:IndicatorRow ; rdfs:label {text_literal(name).n3()} }} LIMIT 1",
    )
    if not len(known):
        raise NotFoundError(f"no indicator in the store has the name {name!r}; write it as it is printed")
    said = [text_literal(wanted), text_literal(wanted, "zh"), text_literal(wanted, "en")]
    found = {
        str(row["notation"]): str(row["label"]) for row in select(store, _CANONICAL % " ".join(s.n3() for s in said))
    }
    if not found and ":" in wanted:
        rows = select(store, f"SELECT ?notation WHERE {{ {iri(wanted).n3()} skos:notation ?notation }}")
        found = {str(row["notation"]): "" for row in rows}
    if not found:
        raise NotFoundError(f"there is no canonical indicator {wanted!r}; `pikg query canonical-indicators` lists them")
    if len(found) > 1:
        raise AmbiguousError(
            f"{wanted!r} is said of {len(found)} canonical indicators; give a notation",
            sorted(f"{notation} ({label})" for notation, label in found.items()),
        )
    return next(iter(found))


@dataclass(frozen=True, slots=True)
class DecidedLine:
    """A decision and how it stands."""

    decision: Decision
    standing: Standing
    undone_by: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Its line, and how it stands."""
        said = to_json(self.decision) | {"standing": self.standing}
        return said | {"undone_by": self.undone_by} if self.undone_by else said


def list_decisions(decisions: Decisions, store: ReadableStore, namespace: Namespace) -> list[DecidedLine]:
    """Given decisions and a store, return them in their order with how each stands."""
    standings: Mapping[str, Standing] = find_standings(decisions, store, namespace)
    return [
        DecidedLine(one, standings[one.id], decisions.undone[one.id].id if one.id in decisions.undone else None)
        for one in decisions.lines
    ]
