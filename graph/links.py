"""What documents say that makes them kin to others, by document: the memory behind the derived graphs.

Which form counts and which things may be one follows from all documents together; what changes when one comes or goes
follows from the few that share a key with it. So what is compared (documents, forms, names of units and projects) is
kept in `index/links.sqlite`, with the keys by which things find each other and with what was derived, and a document
that is added costs what its kin cost, however large the store. It holds nothing that the store doesn't say: it is in
step with one snapshot and one set of rules, and made anew where it is missing, damaged or of another one.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any

from rdflib.term import URIRef

from graph.documents import Documents, rank_document
from graph.editions import PrintedForm
from graph.store import ReadableStore, select
from ontology.comparables import fold_text

_TABLES = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT);
CREATE TABLE document (document TEXT PRIMARY KEY, publisher TEXT, disclosure TEXT, year TEXT, kind TEXT,
                       replaces INTEGER, rendition INTEGER, sha256 TEXT);
CREATE TABLE form (form TEXT PRIMARY KEY, document TEXT, project TEXT, year TEXT, kind TEXT, name TEXT, folded TEXT,
                   code TEXT);
CREATE TABLE unit (document TEXT, unit TEXT, name TEXT, code TEXT, region TEXT);
CREATE TABLE project (document TEXT, project TEXT, scope TEXT, publisher TEXT, unit TEXT, department TEXT);
CREATE TABLE key (key INTEGER, thing TEXT, own INTEGER, PRIMARY KEY (key, thing)) WITHOUT ROWID;
CREATE TABLE proposal (one TEXT, other TEXT, said TEXT, PRIMARY KEY (one, other)) WITHOUT ROWID;
CREATE TABLE edition (document TEXT, line TEXT);
CREATE TABLE same_print (document TEXT, one TEXT, other TEXT);
"""

# Made after the first filling: rows go in several times as fast without them.
_INDEXES = """
CREATE INDEX document_publisher ON document (publisher);
CREATE INDEX document_disclosure ON document (disclosure);
CREATE INDEX form_document ON form (document);
CREATE INDEX form_key ON form (project, year, kind);
CREATE INDEX form_name ON form (folded, year, kind);
CREATE INDEX unit_document ON unit (document);
CREATE INDEX unit_unit ON unit (unit);
CREATE INDEX project_document ON project (document);
CREATE INDEX project_project ON project (project);
CREATE INDEX project_publisher ON project (publisher);
CREATE INDEX project_unit ON project (unit);
CREATE INDEX project_department ON project (department);
CREATE INDEX key_thing ON key (thing);
CREATE INDEX proposal_other ON proposal (other);
CREATE INDEX edition_document ON edition (document);
CREATE INDEX same_print_document ON same_print (document);
CREATE INDEX same_print_one ON same_print (one);
CREATE INDEX same_print_other ON same_print (other);
"""

_FACTS = ("document", "form", "unit", "project")

# %s is one document's graph, or a variable for all of them.
_DOCUMENT = """SELECT ?document ?sha256 ?name ?title ?publisher ?disclosure ?kind ?year WHERE { GRAPH %s {
  ?document a pikg:Document ; pikg:sha256 ?sha256 ; pikg:inDisclosure ?disclosure .
  OPTIONAL { ?document schema:name ?name }
  OPTIONAL { ?document dcterms:title ?title }
  OPTIONAL { ?document pikg:publisher ?publisher }
  OPTIONAL { ?document pikg:kind ?kind }
  OPTIONAL { ?document pikg:fiscalYear ?year }
} }"""
_FORMS = """SELECT ?form ?document ?project ?year ?kind ?name ?code WHERE { GRAPH %s {
  ?form pikg:ofProject ?project ; a ?kind ; pikg:inDocument ?document ; rdfs:label ?name .
  OPTIONAL { ?form pikg:fiscalYear ?year }
  OPTIONAL { ?form pikg:code ?code }
} FILTER(?kind IN (pikg:TargetForm, pikg:SelfEvaluation, pikg:ProjectDescription)) }"""
_UNITS = """SELECT DISTINCT ?document ?unit ?name ?code ?region WHERE { GRAPH %s {
  ?document a pikg:Document .
  ?unit a pikg:Unit ; rdfs:label ?name .
  OPTIONAL { ?unit pikg:code ?code }
  OPTIONAL { ?unit pikg:region ?place OPTIONAL { ?place pikg:code ?region } }
} }"""
_PROJECTS = """SELECT DISTINCT ?document ?project ?scope ?publisher ?unit ?department WHERE { GRAPH %s {
  ?document a pikg:Document .
  ?project a pikg:Project ; pikg:scope ?scope .
  OPTIONAL { ?project pikg:publisher ?publisher }
  OPTIONAL { ?project pikg:implementingUnit ?unit }
  OPTIONAL { ?project pikg:department ?department }
} }"""

_AT_ONCE = 500
"""Values bound in one statement."""


def key_of(*parts: str) -> int:
    """Given the parts of a key by which things find each other, return the number that stands for it."""
    return int.from_bytes(blake2b("\0".join(parts).encode(), digest_size=8).digest(), "big", signed=True)


class Links:
    """The memory of one workspace. Given its file, open it; what is changed stays unseen by the next until `commit`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._base: sqlite3.Connection | None = None

    @property
    def _open(self) -> sqlite3.Connection:
        if self._base is None:
            self._base = sqlite3.connect(self.path, isolation_level=None)
            # A commit needs no wait for the disk: what a power failure takes is made anew from the store.
            self._base.executescript(
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -65536"
            )
            self._base.execute("BEGIN")
        return self._base

    def close(self) -> None:
        """Give the file back; what was not committed is forgotten."""
        if self._base is not None:
            self._base.close()
            self._base = None

    def is_in_step(self, snapshot: int, rules: str) -> bool:
        """Whether the memory is of this snapshot and was made by these rules."""
        try:
            said = dict(self._open.execute("SELECT name, value FROM meta").fetchall())
        except sqlite3.DatabaseError:
            return False
        return said == {"snapshot": str(snapshot), "rules": rules}

    def begin_anew(self) -> None:
        """Forget everything."""
        self.close()
        for ending in ("", "-wal", "-shm"):
            self.path.with_name(self.path.name + ending).unlink(missing_ok=True)
        self.path.parent.mkdir(exist_ok=True)
        for statement in _TABLES.split(";"):
            self._open.execute(statement)

    def make_indexes(self) -> None:
        """After the first filling."""
        for statement in _INDEXES.split(";"):
            self._open.execute(statement)

    def commit(self, snapshot: int, rules: str) -> None:
        """Keep what was changed, as of a snapshot that has been published."""
        self.write("INSERT OR REPLACE INTO meta VALUES (?, ?)", [("snapshot", str(snapshot)), ("rules", rules)])
        self._open.execute("COMMIT")
        self._open.execute("BEGIN")

    # --- rows -----------------------------------------------------------------------------------------------------
    def rows(self, sql: str, *values: Any) -> list[Any]:
        """Given a statement and its values, return the rows."""
        return self._open.execute(sql, values).fetchall()

    def rows_in(self, sql: str, values: Collection[Any]) -> Iterator[Any]:
        """Given a statement with IN (%s), return its rows for values, in any number."""
        listed = list(values)
        for start in range(0, len(listed), _AT_ONCE):
            some = listed[start : start + _AT_ONCE]
            yield from self._open.execute(sql % ",".join("?" * len(some)), some).fetchall()

    def write(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Given a statement and rows, execute it for each."""
        self._open.executemany(sql, rows)

    def delete(self, table: str, column: str, values: Collection[Any]) -> None:
        """Remove the rows of a table that have one of some values."""
        self.write(f"DELETE FROM {table} WHERE {column} = ?", ((value,) for value in values))

    # --- what documents say ---------------------------------------------------------------------------------------
    def put(self, store: ReadableStore, graphs: Mapping[str, str]) -> None:
        """Given documents with their graphs, have the memory say what the store says of them now."""
        for table in _FACTS:
            self.delete(table, "document", graphs)
        for graph in graphs.values():
            self._read(store, URIRef(graph).n3())

    def put_all(self, store: ReadableStore) -> None:
        """Have the memory, which is empty, say what the store says of all documents."""
        self._read(store, "?graph")

    def _read(self, store: ReadableStore, graph: str) -> None:
        for row in select(store, _DOCUMENT % graph):
            said = _texts(row, "document", "publisher", "disclosure", "year", "kind")
            replaces, rendition, sha256 = rank_document(*(str(row[n] or "") for n in ("name", "title", "sha256")))
            self.write(
                "INSERT OR REPLACE INTO document VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                [(*said, int(replaces), rendition, sha256)],
            )
        self.write(
            "INSERT OR REPLACE INTO form VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (*_texts(row, "form", "document", "project", "year", "kind", "name"), fold_text(str(row["name"])),
                 *_texts(row, "code"))
                for row in select(store, _FORMS % graph)
            ),
        )  # fmt: skip
        for table, query, columns in (
            ("unit", _UNITS, ("document", "unit", "name", "code", "region")),
            ("project", _PROJECTS, ("document", "project", "scope", "publisher", "unit", "department")),
        ):
            marks = ", ".join("?" * len(columns))
            self.write(
                f"INSERT INTO {table} VALUES ({marks})",
                (_texts(row, *columns) for row in select(store, query % graph)),
            )

    def read_documents(self, documents: Collection[str] | None = None) -> Documents:
        """Some documents, or all, as they are compared."""
        found = Documents()
        sql = "SELECT document, publisher, disclosure, replaces, rendition, sha256 FROM document"
        rows = self.rows(sql) if documents is None else self.rows_in(f"{sql} WHERE document IN (%s)", documents)
        for document, publisher, disclosure, replaces, rendition, sha256 in rows:
            found.publisher[document] = publisher
            found.disclosure[document] = disclosure
            found.rank[document] = (bool(replaces), rendition, sha256)
        return found

    def read_forms(self, column: str, values: Collection[str] | None = None) -> list[PrintedForm]:
        """The forms that have one of some values in a column (document or project); without values, all."""
        sql = "SELECT form, document, project, year, kind, name, code FROM form"
        rows = self.rows(sql) if values is None else self.rows_in(f"{sql} WHERE {column} IN (%s)", values)
        return [PrintedForm(*row) for row in rows]

    def things_of(self, documents: Collection[str]) -> tuple[set[str], set[str]]:
        """The units and the projects that documents name."""
        units = {unit for (unit,) in self.rows_in("SELECT unit FROM unit WHERE document IN (%s)", documents)}
        units |= {p for (p,) in self.rows_in("SELECT publisher FROM document WHERE document IN (%s)", documents)}
        projects = {p for (p,) in self.rows_in("SELECT project FROM form WHERE document IN (%s)", documents)}
        sql = "SELECT project, publisher, unit, department FROM project WHERE document IN (%s)"
        for project, *named in self.rows_in(sql, documents):
            projects.add(project)
            units.update(named)
        return {unit for unit in units if unit is not None}, projects

    def count_documents(self) -> int:
        """How many documents there are."""
        return int(self.rows("SELECT COUNT(*) FROM document")[0][0])

    # --- kin ------------------------------------------------------------------------------------------------------
    def kin_of(self, documents: Iterable[str]) -> set[str]:
        """Given documents, return them with all that their editions can depend on, and these on: they share a form's
        key, a publisher with a year and kind, a disclosure, or, where a publisher was not read, a form's name."""
        found = set(documents)
        unknown = self.rows("SELECT EXISTS (SELECT 1 FROM document WHERE publisher IS NULL)")[0][0]
        todo = list(found)
        while todo:
            document = todo.pop()
            for sql in (*_KIN, *((_KIN_BY_NAME,) if unknown else ())):
                for (other,) in self.rows(sql, document):
                    if other not in found:
                        found.add(other)
                        todo.append(other)
        return found


_KIN = (
    """SELECT DISTINCT o.document FROM form f JOIN form o ON o.project = f.project AND o.year = f.year
       AND o.kind = f.kind WHERE f.document = ?""",
    """SELECT e.document FROM document d JOIN document e ON e.publisher = d.publisher WHERE d.document = ? AND EXISTS
       (SELECT 1 FROM form f JOIN form o ON o.document = e.document AND o.year = f.year AND o.kind = f.kind
        WHERE f.document = d.document)""",
    "SELECT e.document FROM document d JOIN document e ON e.disclosure = d.disclosure WHERE d.document = ?",
)
_KIN_BY_NAME = """SELECT DISTINCT o.document FROM form f JOIN document d ON d.document = f.document
    JOIN form o ON o.folded = f.folded AND o.year = f.year AND o.kind = f.kind
    JOIN document e ON e.document = o.document
    WHERE f.document = ? AND (d.publisher IS NULL OR e.publisher IS NULL)"""


def _texts(row: Mapping[str, object], *names: str) -> tuple[str | None, ...]:
    return tuple(None if row[name] is None else str(row[name]) for name in names)


def grouped(rows: Iterable[tuple[str, ...]]) -> Mapping[str, list[tuple[str, ...]]]:
    """Given rows, return them by their first column, without it."""
    found: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for first, *rest in rows:
        found[first].append(tuple(rest))
    return found
