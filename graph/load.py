"""Loading: what one document printed takes the place of what it printed before; derived graphs follow; then publish.

A batch holds the workspace's lock. Each document is one transaction, so that an error or a killed run leaves it as it
was. When the batch ends, also by an error, what is in the graph is made consistent and published.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rdflib.term import URIRef

from graph.canonical import INDICATORS, indicators_graph, map_canonical, read_rows, rows_of, rules_triple
from graph.decisions import map_decisions, read_considered, read_file
from graph.derive import Derivation
from graph.errors import AmbiguousError, NotFoundError, WorkspaceError
from graph.links import Links
from graph.mapping import map_disclosure, map_vocabulary
from graph.sources import Source, map_source
from graph.store import ReadableStore, select
from graph.terms import text_literal
from graph.text_keeper import TextKeeper
from graph.workspace import Workspace, Writer
from ontology.decisions import CellCorrection
from ontology.namespaces import PIKG
from ontology.records import Disclosure

_DOCUMENTS = """
SELECT ?document ?sha256 ?name ?version WHERE {
  %s
  ?document a pikg:Document ; pikg:sha256 ?sha256 .
  OPTIONAL { ?document schema:name ?name }
  OPTIONAL { ?document pikg:extractorVersion ?version }
} ORDER BY ?name ?sha256
"""


_FEW = 10
"""So many changed documents are always compared one by one; of more than a third of a store, all are compared anew."""


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document of the store: hash, file name, and the extractor that read it."""

    sha256: str
    file: str
    extractor_version: str | None


def find_documents(store: ReadableStore) -> list[StoredDocument]:
    """Given a store, return its documents by file name."""
    return _find(store, "")


def _find(store: ReadableStore, narrowed: str) -> list[StoredDocument]:
    return [
        StoredDocument(
            str(row["sha256"]), str(row["name"] or ""), None if row["version"] is None else str(row["version"])
        )
        for row in select(store, _DOCUMENTS % narrowed)
    ]


def find_document(store: ReadableStore, name: str) -> StoredDocument:
    """Given a file name, a hash or its first eight digits or more, return the document; raise NotFoundError where there
    is none, AmbiguousError where there are several."""
    wanted = name.strip()
    term = text_literal(wanted).n3()
    found = _find(store, f"VALUES ?sha256 {{ {term} }}") or _find(store, f"?document schema:name {term} .")
    if not found and len(wanted) >= 8:
        start = text_literal(wanted.lower()).n3()
        found = _find(store, f"?document pikg:sha256 ?told . FILTER(STRSTARTS(?told, {start}))")
    if not found:
        raise NotFoundError(f"there is no document {name!r} in the store; `pikg status --documents` lists them")
    if len(found) > 1:
        raise AmbiguousError(
            f"{name!r} names {len(found)} documents; use the hash of one", [f"{d.sha256} {d.file}" for d in found]
        )
    return found[0]


class Batch:
    """Documents to load under one lock, given by `open_batch`."""

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self.namespace = writer.workspace.namespace
        self.decisions = read_file(writer.workspace)
        self._vocabulary_is_in_step = False
        self._indicators_are_in_step = False
        self._links = Links(writer.workspace.folder / "index" / "links.sqlite")
        folder, namespace = writer.workspace.folder, self.namespace
        self._texts = None if writer.workspace.remote is not None else TextKeeper(folder, namespace)
        self._changed: set[str] = set()
        self._changed_is_known = not writer.unpublished  # of a killed run nobody knows what it changed
        self._is_published = False

    def close(self) -> None:
        """Give back what the batch holds beside the writer."""
        self._links.close()
        if self._texts is not None:
            self._texts.close()

    def read_decisions(self) -> None:
        """Read decisions.jsonl again: a line was added."""
        self.decisions = read_file(self.writer.workspace)
        self._indicators_are_in_step = False
        self._is_published = False

    def is_current(self, sha256: str, extractor_version: str) -> bool:
        """Whether the document is in the store as this extractor reads it, with its original."""
        version = URIRef(f"{PIKG}extractorVersion")
        document = URIRef(self.namespace.document(sha256))
        store, graph = self.writer.store, self.namespace.document_graph(sha256)
        return self.writer.workspace.original(sha256).exists() and any(
            str(value) == extractor_version for value in store.values(graph, document, version)
        )

    def load(
        self,
        disclosure: Disclosure,
        original: Path | None = None,
        *,
        applied: Iterable[CellCorrection] = (),
        stale: Iterable[CellCorrection] = (),
    ) -> None:
        """Put what a document printed in the place of what the store has of it, and keep its original.

        `applied` are people's corrections that the record holds already, `stale` those that no longer fit it.
        Raise a GraphError where that can't be done; the store is then as it was before.
        """
        sha256 = disclosure.document.sha256
        self._bring_indicators_in_step()
        triples = list(map_disclosure(disclosure, self.namespace, applied=applied, stale=stale))
        indicators = list(map_canonical(rows_of(triples), self.namespace, self.decisions.groupings))
        self._changed.add(sha256)
        if original is not None:
            self.writer.keep_original(original, sha256)
        self.writer.mark()
        self.writer.store.replace_graphs(
            [
                (self.namespace.document_graph(sha256), triples),
                (indicators_graph(self.namespace, sha256), indicators),
            ]
        )
        self.writer.set_extractor_version(disclosure.extractor_version)

    def keep_source(self, sha256: str, source: Source) -> None:
        """Put where a document was found in the place of what was known of it."""
        graph, store = self.namespace.source_graph(sha256), self.writer.store
        said = set(map_source(source, self.namespace.document(sha256)))
        if said != set(store.triples(graph)):
            self.writer.mark()
            store.replace_graph(graph, said)

    def remove(self, name: str) -> StoredDocument:
        """Given a file name or hash, remove the document, its graph and its original; return what it was."""
        document = find_document(self.writer.store, name)
        self.writer.mark()
        self._changed.add(document.sha256)
        gone = [
            self.namespace.document_graph(document.sha256),
            indicators_graph(self.namespace, document.sha256),
            self.namespace.source_graph(document.sha256),
        ]
        self.writer.store.replace_graphs([(graph, ()) for graph in gone])
        return document

    def _derivation(self) -> Derivation:
        return Derivation(self._links, self.writer.store, self.namespace, self.decisions.verdicts)

    def _is_in_step(self) -> bool:
        """Whether all that isn't known to have changed is as this program and these decisions make it."""
        return self._changed_is_known and self._links.is_in_step(
            self.writer.workspace.snapshot, self._derivation().rules
        )

    def publish(self) -> None:
        """Bring vocabulary and derived graphs in step with the documents and publish, where anything has changed."""
        if self._is_published and not self.writer.unpublished:
            return
        self._bring_vocabulary_in_step()
        self._bring_indicators_in_step()
        self._bring_decisions_in_step()
        texts, newest = self._texts, self.writer.workspace.snapshot
        if texts is not None and not texts.is_in_step(newest):
            self.writer.mark()
        self._is_published = True
        if not self.writer.unpublished:
            return
        derivation = self._derivation()
        try:
            if texts is not None:
                texts.update(self.writer.store, newest, self._changed if self._changed_is_known else None)
            self._derive(derivation)
            orphans = self._find_orphans()
            if texts is not None:
                texts.wait()  # a store that is asked can't be closed for its snapshot
            number = self.writer.publish(None if texts is None else texts.link)
            self._links.commit(number, derivation.rules)
            if texts is not None:
                texts.keep(number)
        except sqlite3.Error as error:
            self._forget()
            raise WorkspaceError(
                f"{self._links.path} can't be written ({error}); nothing was published, what is stored is whole: "
                "make room, and call it again"
            ) from error
        except BaseException:
            self._forget()
            raise
        self._changed.clear()
        self._changed_is_known = True
        for sha256 in orphans:
            self.writer.drop_original(sha256)

    def _forget(self) -> None:
        """Begin anew at the next publication: what the memory holds now is of no snapshot."""
        self._links.close()
        self._changed_is_known = self._is_published = False

    def _derive(self, derivation: Derivation) -> None:
        """Bring what follows from all documents together in step: at the cost of what changed where that is known."""
        try:
            if self._is_in_step() and len(self._changed) <= max(_FEW, self._links.count_documents() // 3):
                derivation.update(self._changed)
            else:
                derivation.rebuild()
        except sqlite3.DatabaseError:  # the memory is damaged; where it can't be written, this fails too
            derivation.rebuild()
        store, graph = self.writer.store, self.namespace.decisions_graph
        store.replace_graph(graph, map_decisions(self.decisions, store, self.namespace))

    def out_of_step(self) -> list[str]:
        """The hashes of the documents whose graphs were written with other corrections than those that hold now."""
        considered = read_considered(self.writer.store)
        wanted: dict[str, set[str]] = {}
        for correction in self.decisions.corrections():
            wanted.setdefault(correction.document, set()).add(correction.id)
        differing = {
            sha256
            for sha256 in considered.keys() | wanted.keys()
            if wanted.get(sha256, set())
            != (considered[sha256].applied | considered[sha256].stale if sha256 in considered else set())
        }
        return sorted(
            sha256 for sha256 in differing if self.writer.store.has_graph(self.namespace.document_graph(sha256))
        )

    def _bring_decisions_in_step(self) -> None:
        """Have what people decided published where the file says something else than the graph."""
        store, graph = self.writer.store, self.namespace.decisions_graph
        if set(map_decisions(self.decisions, store, self.namespace)) != set(store.triples(graph)):
            self.writer.mark()

    def _bring_vocabulary_in_step(self) -> None:
        if self._vocabulary_is_in_step or self._is_in_step():
            return
        graph, wanted = self.namespace.vocabulary_graph, set(map_vocabulary())
        if wanted != set(self.writer.store.triples(graph)):
            self.writer.mark()
            self.writer.store.replace_graph(graph, wanted)
        self._vocabulary_is_in_step = True

    def _bring_indicators_in_step(self) -> None:
        """Rebuild the canonical indicators of every document where the rules have changed since they were made."""
        if self._indicators_are_in_step:
            return
        store, graph, decided = self.writer.store, self.namespace.derived_graph(INDICATORS), self.decisions.groupings
        wanted = rules_triple(self.namespace, decided)
        if set(store.triples(graph)) != {wanted}:
            self.writer.mark()
            for sha256, rows in read_rows(store).items():
                store.replace_graph(
                    indicators_graph(self.namespace, sha256), map_canonical(rows, self.namespace, decided)
                )
            store.replace_graph(graph, [wanted])  # last: until then the next writer begins anew
        self._indicators_are_in_step = True

    def _find_orphans(self) -> list[str]:
        """The originals without a graph: of removed documents, or of a run that was killed before it loaded them."""
        kept = self._changed if self._changed_is_known else self.writer.originals()
        store, graph = self.writer.store, self.namespace.document_graph
        return [sha256 for sha256 in kept if not store.has_graph(graph(sha256))]


@contextmanager
def open_batch(workspace: Workspace, *, wait: float = 0.0, command: str | None = None) -> Iterator[Batch]:
    """Given a workspace, take its lock (StoreLockedError says who has it) and return a batch; at its end, also by an
    error or Ctrl-C, what whole documents it left is published. What a killed run left is published first."""
    with workspace.write(wait=wait, command=command) as writer:
        batch = Batch(writer)
        if writer.unpublished:
            batch.publish()
        try:
            yield batch
        finally:
            try:
                batch.publish()
            finally:
                batch.close()
