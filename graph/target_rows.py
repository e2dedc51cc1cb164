"""Indicator rows with their targets and actuals, read for comparing: by measure, by words of a name, by project.

Superseded forms are read too and marked, so that what is left out can be told. The queries are written for the engine:
one pattern to an OPTIONAL, names found first and then given as terms.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from graph.bound import decimal_of, notation_of, text_of, whole_of
from graph.store import ReadableStore, select
from graph.terms import iri, text_literal

_AT_ONCE = 400
"""Names, projects or rows that one query is given."""

_ROWS = """SELECT ?row ?order ?name ?indicator ?canonical ?measure ?form ?kind ?newer ?project ?projectName ?year
       ?publisher ?publisherName ?region ?regionName ?tier1 ?tier2 ?direction ?page ?target ?actual WHERE {
  %s
  ?row pikg:ofForm ?form ; rdfs:label ?name ; pikg:order ?order ; pikg:ofIndicator ?indicator .
  ?form pikg:ofProject ?project ; rdfs:label ?projectName ; pikg:inDocument ?document ; a ?kind .
  FILTER(?kind != pikg:Form)
  OPTIONAL { ?indicator pikg:canonical ?canonical }
  OPTIONAL { ?form pikg:supersededBy ?newer }
  OPTIONAL { ?form pikg:fiscalYear ?year }
  OPTIONAL { ?document pikg:publisher ?publisher }
  OPTIONAL { ?document pikg:publisherText ?publisherName }
  OPTIONAL { ?document pikg:region ?region }
  OPTIONAL { ?document pikg:regionText ?regionName }
  OPTIONAL { ?row pikg:measure ?measure }
  OPTIONAL { ?row pikg:tier1 ?tier1 }
  OPTIONAL { ?row pikg:tier2 ?tier2 }
  OPTIONAL { ?row pikg:direction ?direction }
  OPTIONAL { ?row pikg:page ?page }
  OPTIONAL { ?row pikg:target ?target }
  OPTIONAL { ?row pikg:actual ?actual }
}"""

_VALUES = """SELECT ?value ?printed ?operator ?number ?upper ?unit ?date ?relative WHERE {
  VALUES ?value { %s }
  ?value pikg:operator ?operator .
  OPTIONAL { ?value pikg:originalText ?printed }
  OPTIONAL { ?value pikg:baseValue ?number }
  OPTIONAL { ?value pikg:baseUpper ?upper }
  OPTIONAL { ?value pikg:baseUnit ?unit }
  OPTIONAL { ?value pikg:date ?date }
  OPTIONAL { ?value pikg:relativeTo ?relative }
}"""

_PARTED = "SELECT DISTINCT ?value WHERE { VALUES ?value { %s } ?value pikg:hasPart ?part }"

# By label or other wording; the terms are given, so that nothing is scanned.
_CANONICAL = """SELECT DISTINCT ?canonical WHERE {
  VALUES ?text { %s }
  { ?canonical skos:prefLabel ?text } UNION { ?canonical skos:altLabel ?text } UNION { ?canonical skos:notation ?text }
  ?canonical a pikg:CanonicalIndicator .
}"""

_CANONICAL_LABEL = "SELECT ?label WHERE { %s skos:prefLabel ?label }"

_LABELS = "SELECT DISTINCT ?name WHERE { ?named a pikg:ProjectIndicator ; rdfs:label ?name . FILTER(%s) }"


@dataclass(frozen=True, slots=True)
class PrintedValue:
    """A target or an actual as printed, with the number that it says (None for a word), 万 and 亿 multiplied out."""

    printed: str
    operator: str
    number: Decimal | None = None
    upper: Decimal | None = None
    unit: str | None = None
    date: str | None = None
    relative: str | None = None
    parted: bool = False


@dataclass(frozen=True, slots=True)
class TargetRow:
    """An indicator row: what it asks, whose it is, and its target and actual; `counts` says that no other edition of
    the form does."""

    row: str
    order: int
    name: str
    indicator: str
    canonical: str | None
    measure: str | None
    form: str
    kind: str
    counts: bool
    project: str
    project_name: str
    year: int | None
    publisher: str
    publisher_name: str
    region: str
    region_name: str
    tier1: str
    tier2: str
    direction: str | None
    page: int | None
    target: PrintedValue | None
    actual: PrintedValue | None


def find_names(store: ReadableStore, words: Iterable[str]) -> list[str]:
    """Given words, return the indicator names in the store that hold one of them, in order."""
    tests = " || ".join(f"CONTAINS(?name, {text_literal(word).n3()})" for word in words)
    return sorted(str(row["name"]) for row in select(store, _LABELS % tests)) if tests else []


def find_canonical(store: ReadableStore, text: str) -> list[str]:
    """Given a canonical indicator's IRI, its label or a wording of it, return the IRIs of those that are meant."""
    if text.startswith(("http://", "https://", "urn:")):
        answer = select(store, f"SELECT ?canonical WHERE {{ VALUES ?canonical {{ {iri(text).n3()} }} "
                             "?canonical a pikg:CanonicalIndicator }")  # fmt: skip
    else:
        terms = " ".join(text_literal(text, language).n3() for language in (None, "zh", "en"))
        answer = select(store, _CANONICAL % terms)
    return sorted(str(row["canonical"]) for row in answer)


def label_of_canonical(store: ReadableStore, canonical: str) -> str | None:
    """Given a canonical indicator's IRI, return its label, in Chinese where it has one."""
    labels = [row["label"] for row in select(store, _CANONICAL_LABEL % iri(canonical).n3())]
    chosen = sorted(labels, key=lambda label: (getattr(label, "language", None) != "zh", str(label)))
    return str(chosen[0]) if chosen else None


def read_rows_of_canonical(store: ReadableStore, canonical: Iterable[str]) -> list[TargetRow]:
    """Given the IRIs of canonical indicators, return the rows of the indicators that belong to them."""
    terms = " ".join(iri(one).n3() for one in canonical)
    return _read(store, f"VALUES ?asked {{ {terms} }} ?indicator pikg:canonical ?asked .")


def read_rows_named(store: ReadableStore, names: Sequence[str]) -> list[TargetRow]:
    """Given indicator names as printed, return their rows."""
    terms = [text_literal(name).n3() for name in names]
    return [row for some in _batches(terms) for row in _read(store, f"VALUES ?name {{ {' '.join(some)} }}")]


def read_rows_of_measure(store: ReadableStore, measure: str) -> list[TargetRow]:
    """Given a measure's IRI, return the rows that it was recognised in."""
    return _read(store, f"?row pikg:measure {iri(measure).n3()} .")


def read_rows_of_projects(store: ReadableStore, projects: Iterable[str]) -> list[TargetRow]:
    """Given projects' IRIs, return their rows."""
    terms = [iri(project).n3() for project in projects]
    return [row for some in _batches(terms) for row in _read(store, f"VALUES ?project {{ {' '.join(some)} }}")]


def _batches(terms: Sequence[str]) -> Iterator[Sequence[str]]:
    return (terms[at : at + _AT_ONCE] for at in range(0, len(terms), _AT_ONCE))


def _read(store: ReadableStore, selector: str) -> list[TargetRow]:
    found: dict[str, dict[str, Any]] = {}
    for row in select(store, _ROWS % selector):
        found.setdefault(str(row["row"]), row)  # a region or a measure named twice makes no second row
    values = _read_values(store, [row[side] for row in found.values() for side in ("target", "actual") if row[side]])
    return [_row(row, values) for row in sorted(found.values(), key=_as_printed)]


def _as_printed(row: Mapping[str, Any]) -> tuple[str, int, str]:
    return str(row["form"]), int(str(row["order"])), str(row["row"])


def _read_values(store: ReadableStore, nodes: Iterable[Any]) -> dict[str, PrintedValue]:
    values: dict[str, dict[str, Any]] = {}
    parted: dict[str, bool] = defaultdict(bool)
    for some in _batches([node.n3() for node in nodes]):
        for row in select(store, _VALUES % " ".join(some)):
            values.setdefault(str(row["value"]), row)
        for row in select(store, _PARTED % " ".join(some)):
            parted[str(row["value"])] = True
    return {
        node: PrintedValue(
            printed=text_of(row["printed"]),
            operator=notation_of(row["operator"]),
            number=decimal_of(row["number"]),
            upper=decimal_of(row["upper"]),
            unit=text_of(row["unit"]) or None,
            date=text_of(row["date"]) or None,
            relative=text_of(row["relative"]) or None,
            parted=parted[node],
        )
        for node, row in values.items()
    }


def _row(row: Mapping[str, Any], values: Mapping[str, PrintedValue]) -> TargetRow:
    return TargetRow(
        row=str(row["row"]),
        order=int(str(row["order"])),
        name=str(row["name"]),
        indicator=str(row["indicator"]),
        canonical=text_of(row["canonical"]) or None,
        measure=notation_of(row["measure"]) or None,
        form=str(row["form"]),
        kind=str(row["kind"]).rsplit("#", 1)[-1],
        counts=row["newer"] is None,
        project=str(row["project"]),
        project_name=str(row["projectName"]),
        year=whole_of(row["year"]),
        publisher=text_of(row["publisher"]),
        publisher_name=text_of(row["publisherName"]),
        region=text_of(row["region"]),
        region_name=text_of(row["regionName"]),
        tier1=notation_of(row["tier1"]),
        tier2=notation_of(row["tier2"]),
        direction=notation_of(row["direction"]) or None,
        page=whole_of(row["page"]),
        target=values.get(text_of(row["target"])),
        actual=values.get(text_of(row["actual"])),
    )
