"""The embedded store: pyoxigraph behind the protocols of graph.store, rdflib's terms outside.

Measured (pyoxigraph 0.5.13): its own union of all graphs as the default graph shows a statement once for each graph
that holds it, so that a project named in two documents doubled every sum over it, and silently ignores FROM. So the
union is kept here as a set: whatever a named graph holds stands once in Oxigraph's default graph, which queries see,
and leaves it with the last named graph that holds it. `extend` and an `update` of several operations are each all or
nothing; a change is one of them. A snapshot is hard links to the closed store's files, or a `backup`.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache, cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Self

import pyoxigraph as ox
from rdflib.term import BNode, Literal, Node, URIRef

from graph.errors import GraphError, InvalidLiteralError, QueryError, WorkspaceError, damaged_graph, damaged_snapshot
from graph.files import LOG_AT_MOST, Flush, are_many, drop_old_notes, link_closed, log_size, wait_for_merging
from graph.lines import write_new_graphs
from graph.lock import cannot_write
from graph.soundness import mark_damaged, refuse_damaged, tells_damage
from graph.sparql import syntax_error
from graph.store import Answer, Rows, Triple, Triples
from graph.watch import watched
from ontology.namespaces import PREFIXES

if TYPE_CHECKING:
    from graph.texts import Texts

_XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"
_LANG_STRING = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"

_DEFAULT = ox.DefaultGraph()

FLUSH_EVERY = 20_000
"""Statements written after which Oxigraph is told to put them on disk: left alone it holds a gigabyte in memory, and
takes ever longer to find a statement's place in it (a third more at 100,000)."""

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple


# --- terms: rdflib's outside, Oxigraph's inside -------------------------------------------------------------------
def _to_oxigraph(node: Node) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    try:
        if isinstance(node, URIRef):
            return ox.NamedNode(str(node))
        if isinstance(node, Literal):
            if node.language:
                return ox.Literal(str(node), language=node.language)
            return ox.Literal(str(node), datatype=ox.NamedNode(str(node.datatype)) if node.datatype else None)
        if isinstance(node, BNode):
            return ox.BlankNode(str(node))
    except ValueError as error:
        raise InvalidLiteralError(f"{node!r} can't be stored: {error}") from error
    raise InvalidLiteralError(f"{node!r} is neither an IRI nor a literal; only those can be stored")


class _FromOxigraph:
    """Oxigraph's terms as rdflib's; what one answer repeats (IRIs above all) is converted once."""

    def __init__(self) -> None:
        self._known: dict[Term, Node] = {}

    def __call__(self, term: Term) -> Node:
        known = self._known.get(term)
        if known is None:
            known = self._known[term] = self._convert(term)
        return known

    @staticmethod
    def _convert(term: Term) -> Node:
        if isinstance(term, ox.NamedNode):
            return str.__new__(URIRef, term.value)  # what is stored is valid: looking again takes three times as long
        if isinstance(term, ox.Literal):
            return make_literal(term.value, term.datatype.value, term.language)
        if isinstance(term, ox.BlankNode):
            return BNode(term.value)
        raise QueryError("the answer holds a triple as a value, which pikg does not show; ask for its parts instead")


def make_literal(text: str, datatype: str, language: str | None) -> Literal:
    """Given a literal's text, datatype and language as a store tells them, return it as written (never normalised)."""
    if language:
        return Literal(text, lang=language)
    if datatype in (_XSD_STRING, _LANG_STRING):
        return _plain_literal(text)
    return Literal(text, datatype=_datatype(datatype), normalize=False)


def _plain_literal(text: str) -> Literal:
    """As Literal(text), in a quarter of the time: answers hold hundreds of thousands of them."""
    made = str.__new__(Literal, text)
    made._language = made._datatype = None
    made._value, made._ill_typed = text, None
    return made


@cache
def _datatype(name: str) -> URIRef:
    return URIRef(name)


# --- the store ----------------------------------------------------------------------------------------------------
class EmbeddedStore:
    """A folder that Oxigraph keeps. Given by `open_store` (to write), `open_snapshot` (to read) or `new_in_memory`."""

    def __init__(
        self,
        store: ox.Store,
        on_close: Callable[[], None] | None = None,
        snapshot_folder: Path | None = None,
        *,
        written: Path | None = None,
    ) -> None:
        """Given Oxigraph's store, what to call at the end, and the folder of a snapshot or the one that is written."""
        self._store: ox.Store | None = store
        self._on_close = on_close
        self._snapshot_folder = snapshot_folder
        self._written = written
        self._unflushed = 0
        self._flush: Flush | None = None

    @cached_property
    def texts(self) -> Texts | None:
        """The text index of the snapshot that is read; None where there is none."""
        from graph.texts import open_texts  # noqa: PLC0415 - most that ask a store look for no text

        return None if self._snapshot_folder is None else open_texts(self._snapshot_folder)

    @property
    def _open(self) -> ox.Store:
        if self._store is None:
            if self._written is None:
                raise GraphError("the store is closed; open it again")
            self._store = _open_again(self._written)  # it was closed for a snapshot
        return self._store

    # --- asking ---------------------------------------------------------------------------------------------------
    def query(self, sparql: str) -> Answer:
        """Answer a SPARQL 1.1 query over the union of all named graphs, each statement once (with FROM, over those that
        it names); the prefixes of ontology.namespaces need no declaration. Raise QueryError where it can't be read."""
        return self.query_up_to(sparql, None)

    def query_up_to(self, sparql: str, limit: int | None, timeout: float | None = None) -> Answer:
        """As `query`, but stop after `limit` rows or triples and say so (`Rows.cut`, `Triples.cut`)."""
        convert = _FromOxigraph()
        with self.asking():
            found = self.solve(sparql)
            if isinstance(found, ox.QueryBoolean):
                return bool(found)
            if isinstance(found, ox.QueryTriples):
                triples = tuple(
                    (convert(t.subject), convert(t.predicate), convert(t.object)) for t in islice(found, limit)
                )
                return Triples(triples, cut=limit is not None and next(found, None) is not None)
            names = tuple(variable.value for variable in found.variables)
            rows = tuple(
                tuple(None if value is None else convert(value) for value in solution)
                for solution in islice(found, limit)
            )
            return Rows(names, rows, cut=limit is not None and next(found, None) is not None)

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Within it this thread asks: what fails is told, and what never ends because of damage ends the process."""
        with watched(self._snapshot_folder or self._written), self._reading():
            yield

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """Within it statements are read one by one: what fails is told."""
        try:
            yield
        except (OSError, RuntimeError) as error:
            folder = self._snapshot_folder or self._written
            if folder is None or not tells_damage(str(error)):
                raise QueryError(f"the query could not be answered: {error}") from error
            damaged = damaged_graph if self._snapshot_folder is None else mark_damaged
            raise damaged(folder, str(error)) from error

    def solve(self, sparql: str) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
        """Given a query, return Oxigraph's own lazy answer; for this package's modules that stream, within `asking`."""
        try:
            return self._open.query(sparql, prefixes=PREFIXES)
        except SyntaxError as error:
            raise syntax_error(sparql, str(error), PREFIXES) from error
        except ValueError as error:
            raise QueryError(f"the query could not be answered: {error}") from error

    def tabbed(self, sparql: str) -> bytes:
        """The rows of a SELECT as SPARQL 1.1 TSV, written by Oxigraph while other threads go on."""
        with self.asking():
            found = self.solve(sparql)
            if not isinstance(found, ox.QuerySolutions):
                raise QueryError("only the rows of a SELECT can be written as a table")
            return found.serialize(format=ox.QueryResultsFormat.TSV) or b""

    def graphs(self) -> list[str]:
        """The IRIs of the named graphs, sorted."""
        with self._reading():
            return sorted(name.value for name in self._open.named_graphs())

    def has_graph(self, graph: str) -> bool:
        """Whether a named graph is there."""
        return self._open.contains_named_graph(ox.NamedNode(graph))

    def triples(self, graph: str) -> Iterator[Triple]:
        """The triples of one named graph, in no order."""
        convert = _FromOxigraph()
        with self._reading():
            for quad in self._open.quads_for_pattern(None, None, None, ox.NamedNode(graph)):
                yield convert(quad.subject), convert(quad.predicate), convert(quad.object)

    def values(self, graph: str, subject: Node, predicate: Node) -> list[Node]:
        """The values of one property of a subject in a named graph."""
        convert, asked = _FromOxigraph(), (_to_oxigraph(subject), _to_oxigraph(predicate))
        with self._reading():
            found = self._open.quads_for_pattern(asked[0], asked[1], None, ox.NamedNode(graph))  # type: ignore[arg-type]
            return [convert(quad.object) for quad in found]

    def count(self, graph: str | None = None) -> int:
        """How many triples one graph holds, or all of them as a set (read from the store: linear in the number)."""
        name = _DEFAULT if graph is None else ox.NamedNode(graph)
        with self._reading():
            return sum(1 for _ in self._open.quads_for_pattern(None, None, None, name))

    def nquads(self) -> Iterator[str]:
        """All statements of the named graphs as lines of N-Quads without their line ends, in no order."""
        with self._reading():
            for name in self._open.named_graphs():
                for quad in self._open.quads_for_pattern(None, None, None, name):
                    yield f"{quad} ."

    # --- changing -------------------------------------------------------------------------------------------------
    def replace_graph(self, graph: str, triples: Iterable[Triple]) -> None:
        """Put triples in the place of a graph's content; no triples removes the graph."""
        self.replace_graphs([(graph, triples)])

    def replace_graphs(self, graphs: Sequence[tuple[str, Iterable[Triple]]]) -> None:
        """Replace several graphs in one update request: all of them, or on any error none."""
        read = [(name, list(triples)) for name, triples in graphs]
        if any(self.has_graph(name) for name, _ in read) or not self._insert(read):
            changes = _Changes(self._open)
            for name, triples in read:
                changes.replace(_graph_name(name), [_to_triple(triple) for triple in triples])
            self._apply(changes, [name for name, _ in read])

    def amend_graph(self, graph: str, removed: Iterable[Triple], added: Iterable[Triple]) -> None:
        """Take triples out of a graph and put others into it, in one update request; without reading the rest of it."""
        changes = _Changes(self._open)
        changes.amend(_graph_name(graph), map(_to_triple, removed), map(_to_triple, added))
        self._apply(changes, [graph])

    def _insert(self, graphs: Sequence[tuple[str, Sequence[Triple]]]) -> bool:
        """Put triples into graphs that are not there yet, in one transaction: as text, which Oxigraph reads in two thirds
        of the time that making its terms one by one takes. Return False, nothing stored, where a term is not sound."""
        text = write_new_graphs(graphs)
        if not text:
            return text is not None  # nothing to be stored
        try:
            self._open.load(text, format=ox.RdfFormat.N_QUADS)
            self._count_written(sum(len(triples) for _, triples in graphs))
        except SyntaxError:
            return False
        except OSError as error:
            names = ", ".join(name for name, _ in graphs[:3])
            raise GraphError(f"the store refused to hold {names}; it is as it was before: {error}") from error
        return True

    def _count_written(self, count: int) -> None:
        """Have what was written put on disk now and then, beside what is written next."""
        self._unflushed += count
        if self._written is not None and self._unflushed > FLUSH_EVERY:
            self._end_flush()
            self._flush = Flush(self._open.flush)
            self._unflushed = 0

    def _end_flush(self) -> None:
        flush, self._flush = self._flush, None
        if flush is not None:
            flush.join()
            if flush.error is not None:  # of what was written earlier, not of what is written now
                raise cannot_write(self._written or Path(), flush.error) from flush.error

    def _apply(self, changes: _Changes, graphs: Sequence[str]) -> None:
        try:
            changes.apply()
            self._count_written(changes.size)
        except (SyntaxError, OSError) as error:
            names = ", ".join(graphs[:3])
            raise GraphError(f"the store refused to replace {names}; it is as it was before: {error}") from error

    def optimize(self) -> None:
        """Have Oxigraph rewrite its files for reading."""
        try:
            self._open.optimize()
        except OSError as error:
            raise cannot_write(self._written or Path(), error) from error

    def publish(self, folder: Path) -> None:
        """Write a snapshot that readers can open to a new folder (hard links where the file system is the same)."""
        try:
            self._end_flush()
            if self._written is None or log_size(self._written) > LOG_AT_MOST:
                self._open.backup(folder)  # flushes what is in memory first
            else:
                self._store = None  # opened again by whoever asks next
                link_closed(self._written, folder)
        except OSError as error:
            raise GraphError(f"no snapshot could be written to {folder}: {error}") from error

    def close(self) -> None:
        """Give the folder back; closing twice is no error. A store in many files has them merged first."""
        with suppress(WorkspaceError):  # it is in the log
            self._end_flush()
        written, self._store, self._written = self._written, None, None
        if written is not None and are_many(written):
            with suppress(GraphError):  # what was changed is stored, merged or not
                merging = _open_folder(written)
                wait_for_merging(written)
                del merging
        on_close, self._on_close = self._on_close, None
        if on_close is not None:
            on_close()

    def __del__(self) -> None:
        self.close()  # whoever asked it last has let it go

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _Changes:
    """What must be taken out of a store and put into it so that graphs have a new content, applied as one transaction.

    Only the difference is written: a document that is read again and says the same costs no write at all.
    """

    def __init__(self, store: ox.Store) -> None:
        self._store = store
        self._added: dict[ox.NamedNode, set[ox.Triple]] = {}
        self._removed: dict[ox.NamedNode, set[ox.Triple]] = {}

    @property
    def size(self) -> int:
        """How many statements change."""
        return sum(len(triples) for side in (self._added, self._removed) for triples in side.values())

    def replace(self, graph: ox.NamedNode, triples: Iterable[ox.Triple]) -> None:
        """Have a graph hold these triples alone."""
        new = set(triples)
        old = {quad.triple for quad in self._store.quads_for_pattern(None, None, None, graph)}
        self._added[graph] = new - old
        self._removed[graph] = old - new

    def amend(self, graph: ox.NamedNode, removed: Iterable[ox.Triple], added: Iterable[ox.Triple]) -> None:
        """Have a graph lose some triples and gain others."""
        new = set(added)
        self._added[graph] = {triple for triple in new if not self._holds(graph, triple)}
        self._removed[graph] = {triple for triple in set(removed) - new if self._holds(graph, triple)}

    def _holds(self, graph: ox.NamedNode, triple: ox.Triple) -> bool:
        return ox.Quad(triple.subject, triple.predicate, triple.object, graph) in self._store

    def _stays(self, triple: ox.Triple, removed_from: set[ox.NamedNode]) -> bool:
        """Whether a named graph will still hold a triple that some graphs lose."""
        if any(triple in added for added in self._added.values()):
            return True
        quads = self._store.quads_for_pattern(triple.subject, triple.predicate, triple.object, None)
        return any(quad.graph_name != _DEFAULT and quad.graph_name not in removed_from for quad in quads)

    def apply(self) -> None:
        """Write the changes: all of them, or on an error none."""
        losing: dict[ox.Triple, set[ox.NamedNode]] = {}
        for graph, triples in self._removed.items():
            for triple in triples:
                losing.setdefault(triple, set()).add(graph)
        gone = [triple for triple, graphs in losing.items() if not self._stays(triple, graphs)]
        emptied = [g for g, triples in self._removed.items() if triples and not self._added[g] and self._is_all(g)]
        added = [(graph, triples) for graph, triples in self._added.items() if triples]
        if losing:
            removed = [(graph, triples) for graph, triples in self._removed.items() if triples and graph not in emptied]
            self._store.update(_update_text(removed, gone, emptied, added))
        elif added:
            self._store.extend(
                ox.Quad(triple.subject, triple.predicate, triple.object, name)
                for graph, triples in added
                for name in (graph, _DEFAULT)
                for triple in triples
            )

    def _is_all(self, graph: ox.NamedNode) -> bool:
        removed = len(self._removed[graph])
        return sum(1 for _ in islice(self._store.quads_for_pattern(None, None, None, graph), removed + 1)) == removed


def _update_text(
    removed: Sequence[tuple[ox.NamedNode, set[ox.Triple]]],
    gone: Iterable[ox.Triple],
    emptied: Iterable[ox.NamedNode],
    added: Sequence[tuple[ox.NamedNode, set[ox.Triple]]],
) -> str:
    """One update request. str() of a term is N-Triples with its texts escaped, which SPARQL reads."""

    def block(triples: Iterable[ox.Triple]) -> str:
        return "".join(f"{triple} .\n" for triple in triples)

    operations = [f"DELETE DATA {{ GRAPH {graph} {{\n{block(triples)}}} }}" for graph, triples in removed]
    operations.append(f"DELETE DATA {{\n{block(gone)}}}")
    operations += [f"DROP SILENT GRAPH {graph}" for graph in emptied]
    operations += [f"INSERT DATA {{ GRAPH {g} {{\n{block(triples)}}}\n{block(triples)}}}" for g, triples in added]
    return " ;\n".join(operations)


def _graph_name(iri: str) -> ox.NamedNode:
    try:
        return ox.NamedNode(iri)
    except ValueError as error:
        raise InvalidLiteralError(f"{iri!r} can't name a graph: {error}") from error


def _to_triple(triple: Triple) -> ox.Triple:
    subject, predicate, value = map(_to_oxigraph, triple)
    if isinstance(subject, ox.Literal) or not isinstance(predicate, ox.NamedNode):
        raise InvalidLiteralError(f"{triple!r} can't be stored: its subject and predicate must be IRIs")
    return ox.Triple(subject, predicate, value)


def read_ntriples(text: bytes) -> Iterator[Triple]:
    """Given N-Triples, return their triples; raise GraphError where they can't be read."""
    convert = _FromOxigraph()
    for triple in _parse_ntriples(text):
        yield convert(triple.subject), convert(triple.predicate), convert(triple.object)


def write_nquads(text: bytes, graph: str) -> Iterator[str]:
    """Given N-Triples and a graph, return lines of N-Quads as the embedded store writes them, without line ends."""
    name = _graph_name(graph)
    for triple in _parse_ntriples(text):
        yield f"{ox.Quad(triple.subject, triple.predicate, triple.object, name)} ."


def _parse_ntriples(text: bytes) -> Iterator[ox.Triple]:
    try:
        for quad in ox.parse(text, format=ox.RdfFormat.N_TRIPLES):
            yield quad.triple
    except SyntaxError as error:
        raise GraphError(f"the server's triples can't be read: {error}") from error


def write_ntriples(triples: Iterable[Triple]) -> list[str]:
    """Given triples, return each once as a line of N-Triples without its line end, its texts escaped as SPARQL reads
    them too; raise InvalidLiteralError where one can't be stored."""
    return [f"{triple} ." for triple in {_to_triple(triple) for triple in triples}]


def new_in_memory() -> EmbeddedStore:
    """An empty store that lives in memory only: for tests, and for one document's graph."""
    return EmbeddedStore(ox.Store())


def open_store(folder: Path) -> EmbeddedStore:
    """Given a folder (made where it is missing), open it to write. The caller holds the workspace's lock."""
    store = _open_folder(folder)
    drop_old_notes(folder)
    return EmbeddedStore(store, written=folder)


def _open_folder(folder: Path) -> ox.Store:
    try:
        return ox.Store(str(folder))
    except (OSError, RuntimeError) as error:  # RuntimeError: its files are damaged
        raise damaged_graph(folder, str(error)) from error


def _open_again(folder: Path) -> ox.Store:
    try:
        return _open_folder(folder)
    except WorkspaceError:
        gc.collect()  # an answer that was not read to its end, in a cycle with an error, keeps the store open
        return _open_folder(folder)


def open_snapshot(folder: Path, on_close: Callable[[], None] | None = None, *, damaged: bool = False) -> EmbeddedStore:
    """Given the folder of a snapshot, open it to read; one that was found damaged only where that is asked for."""
    if not damaged:
        refuse_damaged(folder)
    try:
        return EmbeddedStore(ox.Store.read_only(str(folder)), on_close, folder)
    except (OSError, RuntimeError) as error:
        raise damaged_snapshot(folder, str(error)) from error
