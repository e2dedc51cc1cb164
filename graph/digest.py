"""What is listed and counted of a whole graph, kept in one file beside it: documents, forms, indicator rows.

A facet, a count or a spread over all rows of five million triples takes SPARQL ten seconds and more; from here it takes
milliseconds. `index/digest-<snapshot>.sqlite` is made once for a snapshot, from one scan a property, and holds nothing
that the store doesn't say: it may be removed and is made anew. Where the folder can't be written (a read-only copy), it
is made in the system's folder for temporary files. Superseded forms are in it and marked, so that who counts can leave
them out and say so.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from decimal import Decimal
from itertools import repeat
from pathlib import Path
from sys import intern
from typing import Any

from graph.embedded import EmbeddedStore
from graph.queries import run_named
from graph.store import ReadableStore, Rows
from graph.target_rows import PrintedValue, TargetRow
from graph.targets import measure_of
from ontology.namespaces import CONCEPT, PIKG, PREFIXES

VERSION = "1"
"""Rises when the tables or what they hold change: a file of another version is made anew."""

_TABLES = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT);
CREATE TABLE document (id INTEGER PRIMARY KEY, iri TEXT, sha256 TEXT, file TEXT, title TEXT, kind TEXT, year INTEGER,
                       publisher TEXT, publisher_name TEXT, region TEXT, region_name TEXT, published TEXT);
CREATE TABLE form (id INTEGER PRIMARY KEY, iri TEXT, kind TEXT, project TEXT, name TEXT, scope TEXT, year INTEGER,
                   document INTEGER, score TEXT, budget TEXT, executed TEXT, newer TEXT);
CREATE TABLE asked (id INTEGER PRIMARY KEY, iri TEXT, label TEXT);
CREATE TABLE row (id INTEGER PRIMARY KEY, iri TEXT, form INTEGER, place INTEGER, name TEXT, indicator TEXT,
                  asked INTEGER, measure TEXT, tier1 TEXT, tier2 TEXT, direction TEXT, page INTEGER,
                  target TEXT, operator TEXT, number TEXT, upper TEXT, unit TEXT, date TEXT, relative TEXT, parted INTEGER,
                  actual TEXT, actual_operator TEXT, actual_number TEXT, actual_upper TEXT, actual_unit TEXT,
                  actual_date TEXT, actual_relative TEXT, actual_parted INTEGER);
"""
_INDEXES = """
CREATE INDEX row_form ON row (form);
CREATE INDEX row_asked ON row (asked);
CREATE INDEX row_measure ON row (measure);
CREATE INDEX form_project ON form (project);
"""

_ROW = """SELECT row.*, form.iri, form.kind, form.newer, form.project, form.name, form.year, document.publisher,
       document.publisher_name, document.region, document.region_name, asked.iri
FROM row JOIN form ON form.id = row.form LEFT JOIN document ON document.id = form.document
     LEFT JOIN asked ON asked.id = row.asked WHERE """

_VALUE = ("originalText", "operator", "baseValue", "baseUpper", "baseUnit", "date", "relativeTo")
_PREFIXES = "".join(f"PREFIX {prefix}: <{PREFIXES[prefix]}>\n" for prefix in ("pikg", "rdfs", "skos"))
_NOTATIONS = frozenset({"operator"})
_CACHED = "PRAGMA query_only = ON; PRAGMA mmap_size = 1073741824"


class Digest:
    """The file of one snapshot, to be asked: by `open_digest`. Any number of threads may ask."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def select(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Given a query in SQL over the tables above and its values, return the rows."""
        with closing(_connect(self.path)) as base:
            return base.execute(sql, values).fetchall()

    def rows(self, where: str, values: Sequence[object] = ()) -> list[TargetRow]:
        """Given a condition in SQL on row, form, document or asked, return the indicator rows, as printed."""
        texts: dict[str, str] = {}
        with closing(_connect(self.path)) as base:
            found = base.execute(f"{_ROW}{where} ORDER BY form.iri, row.place, row.iri", values)
            return [_target_row(one, texts) for one in found]


def _connect(path: Path) -> sqlite3.Connection:
    base = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    base.executescript(_CACHED)
    return base


def _target_row(one: Sequence[Any], known: dict[str, str]) -> TargetRow:
    def said(text: str | None) -> str:
        return known.setdefault(text, text) if text else ""

    (
        _id, iri, _form_id, place, name, indicator, _asked, measure, tier1, tier2, direction, page,
        *printed, form, kind, newer, project, project_name, year, publisher, publisher_name, region, region_name, asked,
    ) = one  # fmt: skip
    return TargetRow(
        row=iri,
        order=place,
        name=said(name),
        indicator=indicator or "",
        canonical=said(asked) or None,
        measure=said(measure) or None,
        form=said(form),
        kind=said(kind),
        counts=newer is None,
        project=said(project),
        project_name=said(project_name),
        year=year,
        publisher=said(publisher),
        publisher_name=said(publisher_name),
        region=said(region),
        region_name=said(region_name),
        tier1=said(tier1),
        tier2=said(tier2),
        direction=said(direction) or None,
        page=page,
        target=_printed_value(printed[:8]),
        actual=_printed_value(printed[8:]),
    )


def _printed_value(parts: Sequence[Any]) -> PrintedValue | None:
    printed, operator, number, upper, unit, date, relative, parted = parts
    if operator is None:
        return None
    return PrintedValue(
        printed or "", operator, None if number is None else Decimal(number), None if upper is None else Decimal(upper),
        unit, date, relative, bool(parted),
    )  # fmt: skip


# --- opening ------------------------------------------------------------------------------------------------------
def find_digest(folder: Path, edition: str) -> Path | None:
    """Given a workspace's folder and what tells its snapshot from every other, return the file where it was made."""
    kept, elsewhere = _places(folder, edition)
    return next((path for path in (kept, elsewhere) if path.exists() and (path == kept or _is_ours(path))), None)


def _is_ours(path: Path) -> bool:
    """Whether we made a file in a folder where everybody may write."""
    return sys.platform == "win32" or path.stat().st_uid == os.getuid()


def find_previous(folder: Path) -> Digest | None:
    """Given a workspace's folder, return the newest digest that was made of an earlier snapshot, if one is there."""
    for path in _kept(folder):
        try:
            digest = Digest(path)
            if digest.select("SELECT value FROM meta WHERE name = 'version'") == [(VERSION,)]:
                return digest
        except sqlite3.DatabaseError:
            continue  # gone or damaged: as good as none
    return None


def _kept(folder: Path) -> list[Path]:
    """The files in a workspace's folder, the newest first."""
    found = []
    for path in (folder / "index").glob("digest-*.sqlite"):
        with suppress(OSError):  # taken away since it was listed
            found.append((path.stat().st_mtime_ns, path))
    return [path for _, path in sorted(found, reverse=True)]


def open_digest(store: ReadableStore, folder: Path, edition: str) -> Digest:
    """Given a snapshot, its workspace's folder and what tells the snapshot from every other, return its digest; make it
    where there is none, and take those of earlier snapshots away but the last."""
    found = find_digest(folder, edition)
    return Digest(found if found is not None else _make(store, folder, edition))


def _places(folder: Path, edition: str) -> list[Path]:
    name = f"digest-{hashlib.sha256(f'{VERSION}:{edition}'.encode()).hexdigest()[:16]}.sqlite"
    return [folder / "index" / name, Path(tempfile.gettempdir()) / f"pikg-{name}"]


def _make(store: ReadableStore, folder: Path, edition: str) -> Path:
    for path in _places(folder, edition):
        try:
            path.parent.mkdir(exist_ok=True)
            handle, unfinished = tempfile.mkstemp(suffix=".unfinished", prefix="digest-", dir=path.parent)
        except OSError:
            continue  # nothing can be written there: the next place
        os.close(handle)
        try:
            with closing(sqlite3.connect(unfinished, isolation_level=None)) as base:
                _fill(base, store, edition)
            Path(unfinished).replace(path)
        finally:
            Path(unfinished).unlink(missing_ok=True)
        if path.parent.name == "index":
            for old in _kept(folder)[2:]:  # the one before may still be asked
                with suppress(OSError):  # somebody has it open: it goes the next time
                    old.unlink()
        return path
    raise OSError(f"neither {folder / 'index'} nor {tempfile.gettempdir()} can be written; make room in one of them")


# --- filling ------------------------------------------------------------------------------------------------------
def _fill(base: sqlite3.Connection, store: ReadableStore, edition: str) -> None:
    base.executescript(f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; {_TABLES}")
    base.execute("BEGIN")
    documents = _fill_documents(base, store)
    forms = _fill_forms(base, store, documents)
    _fill_rows(base, store, forms)
    base.executemany("INSERT INTO meta VALUES (?, ?)", [("version", VERSION), ("edition", edition)])
    for statement in _INDEXES.strip().split("\n"):
        base.execute(statement)
    base.execute("COMMIT")


def _pairs(store: ReadableStore, pattern: str) -> Iterator[tuple[str, str]]:
    """The solutions of a pattern with ?s and ?o, as texts. A pattern of one property is a scan: what it finds too much
    is left aside in less time than a second property would take."""
    asked = f"{_PREFIXES}SELECT ?s ?o WHERE {{ {pattern} }}"
    if isinstance(store, EmbeddedStore):  # its own terms, one after the other: in a third of the time
        with store.asking():
            found: Any = store.solve(asked)
            for subject, value in found:
                yield subject.value, value.value
        return
    answer = store.query(asked)
    for row in answer if isinstance(answer, Rows) else ():
        yield str(row["s"]), str(row["o"])


def _notation(iri: str) -> str:
    return intern(iri.removeprefix(PIKG).rsplit("/", 1)[-1])


def _fill_documents(base: sqlite3.Connection, store: ReadableStore) -> dict[str, int]:
    numbers: dict[str, int] = {}
    for row in run_named(store, "documents"):
        said = {name: None if value is None else str(value) for name, value in row.items()}
        iri = said["document"] or ""
        if iri in numbers:
            continue
        numbers[iri] = len(numbers)
        base.execute(
            f"INSERT INTO document VALUES ({','.join('?' * 12)})",
            (
                numbers[iri], iri, said["sha256"], said["file"], said["title"],
                None if said["documentKind"] is None else _notation(said["documentKind"]), said["year"],
                said["publisher"], said["publisherName"], said["region"], said["regionName"], said["published"],
            ),
        )  # fmt: skip
    return numbers


def _fill_forms(base: sqlite3.Connection, store: ReadableStore, documents: Mapping[str, int]) -> dict[str, int]:
    projects = dict(_pairs(store, "?s pikg:inDocument ?d ; a pikg:Form ; pikg:ofProject ?o"))
    kinds = {
        form: kind
        for kind in ("ProjectDescription", "SelfEvaluation", "TargetForm")
        for form, _ in _pairs(store, f"?s a pikg:{kind} ; pikg:order ?o")
    }
    columns = {
        name: {form: value for form, value in _pairs(store, f"?s pikg:{name} ?o") if form in projects}
        for name in ("inDocument", "scope", "fiscalYear", "score", "supersededBy")
    }
    names = dict(_pairs(store, "?s a pikg:Form ; rdfs:label ?o"))
    money = {
        stage: _greatest(
            _pairs(
                store,
                f"?f pikg:stage <{CONCEPT}stage/{stage}> ; pikg:source <{CONCEPT}source/total> ; pikg:amount ?o ; "
                "pikg:ofForm ?s",
            )
        )
        for stage in ("budget", "executed")
    }
    numbers: dict[str, int] = {}
    for form in sorted(projects):
        document = documents.get(columns["inDocument"].get(form, ""))
        if document is None or form not in kinds:
            continue
        numbers[form] = len(numbers)
        base.execute(
            f"INSERT INTO form VALUES ({','.join('?' * 12)})",
            (
                numbers[form], form, kinds[form], projects[form], names.get(form, ""),
                _notation(columns["scope"].get(form, "")), columns["fiscalYear"].get(form), document,
                columns["score"].get(form), money["budget"].get(form), money["executed"].get(form),
                columns["supersededBy"].get(form),
            ),
        )  # fmt: skip
    return numbers


def _greatest(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    amounts: dict[str, list[str]] = defaultdict(list)
    for form, amount in pairs:
        amounts[form].append(amount)
    return {form: max(some, key=Decimal) for form, some in amounts.items()}


def _fill_rows(base: sqlite3.Connection, store: ReadableStore, forms: Mapping[str, int]) -> None:
    indicators = dict(_pairs(store, "?s pikg:ofIndicator ?o"))
    rows = {row: number for number, row in enumerate(indicators)}
    size = len(rows)

    def column(pattern: str, make: Any = intern) -> list[Any]:
        filled: list[Any] = [None] * size
        for subject, value in _pairs(store, pattern):
            number = rows.get(subject)
            if number is not None:
                filled[number] = make(value)
        return filled

    form_of = column("?s pikg:ofForm ?o", forms.get)
    names = column("?s rdfs:label ?o")
    printed_measures = column("?s pikg:measure ?o", _notation)
    by_name = {name: measure_of(name) for name in {*names} - {None}}
    measures = [
        printed or by_name.get(name) for printed, name in zip(printed_measures, names, strict=True)
    ]  # rows that were read before measures were recognised have none
    asked = _fill_asked(base, store)
    canonical = {indicator: asked.get(one) for indicator, one in _pairs(store, "?s pikg:canonical ?o")}
    columns: list[Iterable[Any]] = [
        range(size), rows, form_of, column("?s pikg:order ?o", int), names, indicators.values(),
        [canonical.get(indicator) for indicator in indicators.values()], measures,
        column("?s pikg:tier1 ?o", _notation), column("?s pikg:tier2 ?o", _notation),
        column("?s pikg:direction ?o", _notation), column("?s pikg:ofIndicator ?i ; pikg:page ?o", int),
    ]  # fmt: skip
    sides = {
        side: {value: row for row, value in _pairs(store, f"?s pikg:{side} ?o") if row in rows}
        for side in ("target", "actual")
    }
    filled = {side: [[None] * size for _ in _VALUE] for side in sides}
    for at, name in enumerate(_VALUE):
        for value, said in _pairs(store, f"?s pikg:{name} ?o"):
            for side, owners in sides.items():
                if (row := owners.get(value)) is not None:
                    filled[side][at][rows[row]] = _notation(said) if name in _NOTATIONS else intern(said)  # type: ignore[call-overload]
    whole = {value for value, _ in _pairs(store, "?s pikg:hasPart ?o")}
    for side, owners in sides.items():
        parted = {rows[row] for value, row in owners.items() if value in whole}
        columns += [
            *filled[side],
            [1 if number in parted else 0 for number in range(size)] if parted else repeat(0, size),
        ]
    base.executemany(
        f"INSERT INTO row VALUES ({','.join('?' * len(columns))})",
        (one for one in zip(*columns, strict=True) if one[2] is not None),
    )


def _fill_asked(base: sqlite3.Connection, store: ReadableStore) -> dict[str, int]:
    """The canonical indicators, each with a number, by IRI."""
    labels: dict[str, str] = {}
    for iri, label in _pairs(
        store,
        "?s a pikg:CanonicalIndicator ; skos:prefLabel ?o FILTER(LANG(?o) != 'en')",
    ):
        labels[iri] = min(label, labels.get(iri, label))
    numbers = {iri: number for number, iri in enumerate(sorted(labels))}
    base.executemany(
        "INSERT INTO asked VALUES (?, ?, ?)", ((number, iri, labels[iri]) for iri, number in numbers.items())
    )
    return numbers
