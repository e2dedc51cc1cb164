"""Loading: what one document printed takes the place of what it printed before; derived graphs follow; then publish.

A batch holds the workspace's lock. Each document is one transaction, so that an error or a killed run leaves it as it
was. When the batch ends, also by an error, what is in the graph is made consistent and published.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from rdflib.term import Node, URIRef

from graph.embedded import EmbeddedStore
from graph.errors import AmbiguousError, NotFoundError
from graph.mapping import map_disclosure, map_vocabulary
from graph.store import Rows, Triple
from graph.workspace import Workspace, Writer
from ontology.namespaces import PIKG
from ontology.records import Disclosure

EDITIONS = "editions"
"""The derived graph that says which of several printed forms counts."""

_SUPERSEDED_BY = URIRef(f"{PIKG}supersededBy")

# Which rendition of the same form counts, by the file's suffix: the printed one before what was made of it.
_RENDITION_RANK = MappingProxyType({"pdf": 0, "docx": 0, "doc": 1, "xlsx": 1, "xls": 1, "html": 2, "htm": 2, "txt": 3})
_LAST_RANK = 4

_DOCUMENTS = """
SELECT ?document ?sha256 ?name ?version WHERE {
  ?document a pikg:Document ; pikg:sha256 ?sha256 .
  OPTIONAL { ?document schema:name ?name }
  OPTIONAL { ?document pikg:extractorVersion ?version }
} ORDER BY ?name ?sha256
"""

# Every form with the parts of its key, ontology.keys.form_key in the graph's terms; one whose year is unknown has none.
# Comparing them here takes a twentieth of the time that Oxigraph takes to join forms with forms.
_FORMS = """
SELECT ?project ?year ?kind ?form ?document WHERE {
  VALUES ?kind { pikg:TargetForm pikg:SelfEvaluation pikg:ProjectDescription }
  ?form a ?kind ; pikg:ofProject ?project ; pikg:fiscalYear ?year ; pikg:inDocument ?document .
}
"""


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document of the store: hash, file name, and the extractor that read it."""

    sha256: str
    file: str
    extractor_version: str | None


def find_documents(store: EmbeddedStore) -> list[StoredDocument]:
    """Given a store, return its documents by file name."""
    return [
        StoredDocument(
            str(row["sha256"]), str(row["name"] or ""), None if row["version"] is None else str(row["version"])
        )
        for row in _rows(store, _DOCUMENTS)
    ]


def find_document(store: EmbeddedStore, name: str) -> StoredDocument:
    """Given a file name, a hash or its first eight digits or more, return the document; raise NotFoundError where there
    is none, AmbiguousError where there are several."""
    wanted = name.strip()
    documents = find_documents(store)
    found = [document for document in documents if wanted in (document.sha256, document.file)]
    if not found and len(wanted) >= 8:
        found = [document for document in documents if document.sha256.startswith(wanted.lower())]
    if not found:
        raise NotFoundError(f"there is no document {name!r} in the store; `pikg status --documents` lists them")
    if len(found) > 1:
        raise AmbiguousError(
            f"{name!r} names {len(found)} documents; use the hash of one", [f"{d.sha256} {d.file}" for d in found]
        )
    return found[0]


def map_editions(store: EmbeddedStore) -> Iterator[Triple]:
    """Given a store, say of forms that several documents print (an edition, a rendition) which of them counts.

    The document that counts is the one whose file is nearest to print (PDF and Word before text), then the one with
    the least hash: the same files give the same answer on any machine. Within one document no form supersedes another.
    """
    names = {d.sha256: d.file for d in find_documents(store)}
    printed: dict[tuple[Node | None, ...], dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in _rows(store, _FORMS):
        sha256 = str(row["document"]).rpartition("/")[2]
        printed[row["project"], row["year"], row["kind"]][sha256].append(str(row["form"]))
    for by_document in printed.values():
        counting, *others = sorted(by_document, key=lambda sha256: (_rendition_rank(names.get(sha256, "")), sha256))
        winners = sorted(by_document[counting], key=_ordinal)
        for other in others:
            for number, form in enumerate(sorted(by_document[other], key=_ordinal)):
                yield URIRef(form), _SUPERSEDED_BY, URIRef(winners[min(number, len(winners) - 1)])


def _ordinal(form: str) -> int:
    """The number of a form within its document, from its IRI."""
    return int(form.rpartition("/")[2])


def _rendition_rank(file: str) -> int:
    return _RENDITION_RANK.get(file.rpartition(".")[2].lower(), _LAST_RANK)


def _rows(store: EmbeddedStore, sparql: str) -> Rows:
    answer = store.query(sparql)
    if not isinstance(answer, Rows):
        raise TypeError("this query is a SELECT")
    return answer


class Batch:
    """Documents to load under one lock, given by `open_batch`."""

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self.namespace = writer.workspace.namespace
        self._vocabulary_is_in_step = False

    def is_current(self, sha256: str, extractor_version: str) -> bool:
        """Whether the document is in the store as this extractor reads it, with its original."""
        version = URIRef(f"{PIKG}extractorVersion")
        document = URIRef(self.namespace.document(sha256))
        store, graph = self.writer.store, self.namespace.document_graph(sha256)
        return self.writer.workspace.original(sha256).exists() and any(
            str(value) == extractor_version for value in store.values(graph, document, version)
        )

    def load(self, disclosure: Disclosure, original: Path | None = None) -> None:
        """Put what a document printed in the place of what the store has of it, and keep its original.

        Raise a GraphError where that can't be done; the store is then as it was before.
        """
        sha256 = disclosure.document.sha256
        triples = list(map_disclosure(disclosure, self.namespace))
        if original is not None:
            self.writer.keep_original(original, sha256)
        self.writer.mark()
        self.writer.store.replace_graph(self.namespace.document_graph(sha256), triples)
        self.writer.set_extractor_version(disclosure.extractor_version)

    def remove(self, name: str) -> StoredDocument:
        """Given a file name or hash, remove the document, its graph and its original; return what it was."""
        document = find_document(self.writer.store, name)
        self.writer.mark()
        self.writer.store.replace_graph(self.namespace.document_graph(document.sha256), ())
        return document

    def publish(self) -> None:
        """Bring vocabulary and derived graphs in step with the documents and publish, where anything has changed."""
        self._bring_vocabulary_in_step()
        if not self.writer.unpublished:
            return
        editions = self.namespace.derived_graph(EDITIONS)
        self.writer.store.replace_graph(editions, list(map_editions(self.writer.store)))
        self.writer.publish()
        self._drop_orphans()

    def _bring_vocabulary_in_step(self) -> None:
        if self._vocabulary_is_in_step:
            return
        graph, wanted = self.namespace.vocabulary_graph, set(map_vocabulary())
        if wanted != set(self.writer.store.triples(graph)):
            self.writer.mark()
            self.writer.store.replace_graph(graph, wanted)
        self._vocabulary_is_in_step = True

    def _drop_orphans(self) -> None:
        """Remove originals without a graph: of removed documents, or of a run that was killed before it loaded them."""
        for sha256 in self.writer.originals():
            if not self.writer.store.has_graph(self.namespace.document_graph(sha256)):
                self.writer.drop_original(sha256)


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
            batch.publish()
