"""Keeping the text index (graph.texts) in step with the graph, a document at a time.

The writer's index is in `index/text`; each snapshot gets it by hard links (tantivy never changes a file that it has
written). It holds nothing that the graph doesn't say: `step.json` in it tells of which snapshot and which rules it is,
and where that is missing, damaged or of another one, it is made anew from the store. An index that can't be written
stops nothing: what it answers is then answered without it.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import tantivy

from graph.project_words import RULES, project_words
from graph.store import ReadableStore, Rows, WholeStore
from graph.terms import iri
from graph.texts import FOLDER, META, RULES_FILE, fold_name, grams_of, schema_of_texts
from ontology.namespaces import Namespace

_STEP = "step.json"
_TRIES = 10
_HEAP = 20_000_000
_HEAP_FOR_ALL = 200_000_000

_NAMES = """SELECT DISTINCT ?kind ?name WHERE { GRAPH %s {
  { ?form a pikg:Form ; rdfs:label ?name . BIND("project" AS ?kind) }
  UNION { ?row pikg:ofIndicator ?indicator ; rdfs:label ?name . BIND("indicator" AS ?kind) }
  UNION { ?document pikg:publisherText ?name . BIND("unit" AS ?kind) }
  UNION { ?unit a pikg:Unit ; rdfs:label ?name . BIND("unit" AS ?kind) }
} }"""


class TextKeeper:
    """The writer's side: given a workspace's folder and namespace; the caller holds the lock.

    `update` begins to bring the index in step with the store, beside what else the writer does; `link` waits for it and
    puts it into the new snapshot's folder; `keep` remembers of which snapshot it is. What is killed in between leaves an
    index that is of no snapshot: the next `update` makes it anew.
    """

    def __init__(self, folder: Path, namespace: Namespace) -> None:
        self._folder = folder / "index" / FOLDER
        self._namespace = namespace
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="texts")
        self._running: Future[bool] | None = None
        self._asked: WholeStore | None = None
        self._asks = False
        self._writer: tantivy.IndexWriter | None = None

    def is_in_step(self, snapshot: int) -> bool:
        """Whether the index is that of a snapshot, made by these rules."""
        try:
            said = json.loads((self._folder / _STEP).read_text("utf-8"))
        except (OSError, ValueError):
            return False
        return bool(said == {"snapshot": snapshot, "rules": RULES}) and (self._folder / META).exists()

    def update(self, store: WholeStore, snapshot: int, changed: Collection[str] | None) -> None:
        """Given the writer's store, the newest snapshot and the hashes of the documents that have changed since (None:
        not known), begin to bring the index in step."""
        known = None
        if changed is not None and self.is_in_step(snapshot):
            graphs = [self._namespace.document_graph(sha256) for sha256 in sorted(changed)]
            # Read here: two threads that ask in turn wait for each other's turns longer than either asks.
            known = {graph: list(_entries(store, graph)) for graph in graphs}
        (self._folder / _STEP).unlink(missing_ok=True)
        self._asked = store
        self._asks = known is None
        self._running = self._worker.submit(self._bring_in_step, store, known)

    def wait(self) -> None:
        """Wait until nothing is asked of the store any more."""
        if self._running is not None and self._asks:
            self._running.result()

    def link(self, snapshot_folder: Path) -> None:
        """Given the folder of a snapshot that is being published, wait for the index and put it there."""
        if self._running is None:
            return
        if not self._running.result() and not self._asks and self._asked is not None:  # damaged: it is made anew
            self._running = self._worker.submit(self._bring_in_step, self._asked, None)
        if not self._running.result():
            return
        target = snapshot_folder / FOLDER
        for attempt in range(_TRIES):
            shutil.rmtree(target, ignore_errors=True)
            target.mkdir()
            try:
                for name in _files_of(self._folder):
                    _link(self._folder / name, target / name)
            except FileNotFoundError:  # merged into others since the list was read
                if attempt == _TRIES - 1:
                    raise
            else:
                (target / RULES_FILE).write_text(RULES, "utf-8")
                return

    def keep(self, snapshot: int) -> None:
        """Given the number of the snapshot that was published, remember that the index is of it."""
        if self._running is not None and self._running.result():
            (self._folder / _STEP).write_text(json.dumps({"snapshot": snapshot, "rules": RULES}), "utf-8")
        self._running = self._asked = None

    def close(self) -> None:
        """Wait for what was begun, and give the index back."""
        self._worker.submit(self._give_back).result()
        self._worker.shutdown()

    # --- in the keeper's own thread -------------------------------------------------------------------------------
    def _bring_in_step(self, store: WholeStore, changed: Mapping[str, Sequence[tantivy.Document]] | None) -> bool:
        """Write the entries of changed documents, or of all; return whether that could be done."""
        if changed is not None:
            try:
                self._write(changed.items(), _HEAP)
            except (OSError, ValueError):
                return False
            return True
        begin = self._namespace.document_graph("")
        try:
            self._give_back()
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder.mkdir(parents=True)
            graphs = [graph for graph in store.graphs() if graph.startswith(begin)]
            self._write(((graph, _entries(store, graph)) for graph in graphs), _HEAP_FOR_ALL)
        except (OSError, ValueError):  # no room, or no file may be written: everything is answered without an index
            self._writer = None
            shutil.rmtree(self._folder, ignore_errors=True)
            return False
        return True

    def _write(self, entries: Iterable[tuple[str, Iterable[tantivy.Document]]], heap: int) -> None:
        if self._writer is None:
            self._writer = tantivy.Index(schema_of_texts(), str(self._folder)).writer(heap, 1)
        for graph, some in entries:
            self._writer.delete_documents_by_term("graph", graph)
            for entry in some:
                self._writer.add_document(entry)
        self._writer.commit()

    def _give_back(self) -> None:
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.wait_merging_threads()


def _entries(store: ReadableStore, graph: str) -> Iterator[tantivy.Document]:
    """The entries of what one document's graph holds."""
    node = iri(graph).n3()
    answer = store.query(_NAMES % node)
    for kind, name in answer.rows if isinstance(answer, Rows) else ():
        entry = tantivy.Document()
        entry.add_text("graph", graph)
        entry.add_text("kind", str(kind))
        entry.add_text("name", str(name))
        entry.add_text("grams", " ".join(sorted(grams_of(fold_name(str(name))))))
        yield entry
    for said in project_words(store, graph):
        entry = tantivy.Document()
        entry.add_text("graph", graph)
        entry.add_text("kind", "words")
        entry.add_text("thing", said.project)
        entry.add_text("words", " ".join(said.words))
        entry.add_text("groups", " ".join(said.groups))
        entry.add_bytes("forms", "\n".join(form.to_text() for form in said.forms).encode())
        yield entry


def _files_of(folder: Path) -> list[str]:
    """The files of an index's last commit, and not those that a merge is still writing."""
    said = json.loads((folder / META).read_text("utf-8"))
    stems = {segment["segment_id"].replace("-", "") for segment in said["segments"]}
    return [*(path.name for path in folder.iterdir() if path.name.partition(".")[0] in stems), META]


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except FileNotFoundError:
        raise
    except OSError:  # a file system without hard links
        shutil.copyfile(source, target)
