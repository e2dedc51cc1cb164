"""The store at work: loading, adding and replacing documents, lookups, and every named query beside bare pyoxigraph.

    python benchmarks/bench_store.py                              a store of 100 random disclosures (about a minute)
    python benchmarks/bench_store.py --documents 6000 --keep DIR  five million triples, kept in DIR and used again

Ratios are of one run on one machine: the same triples through pyoxigraph's bulk loader, the same text sent to bare
pyoxigraph on the same snapshot.
"""

from __future__ import annotations

import argparse
import dataclasses
import hashlib
import io
import json
import multiprocessing
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from decimal import Decimal
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path

import pyoxigraph as ox
from generator import synthetic
from generator.gold import gold_text

from graph.canonical import INDICATORS, indicators_graph, map_canonical, rows_of, rules_triple
from graph.embedded import write_ntriples
from graph.errors import AmbiguousError
from graph.lines import write_new_graphs
from graph.load import open_batch
from graph.lookup import find_project, find_unit
from graph.mapping import map_disclosure
from graph.queries import NamedQuery, named_queries, render_for, run_named
from graph.store import Rows, Triple, WholeStore
from graph.workspace import Workspace
from ontology.contract import from_json
from ontology.namespaces import PREFIXES, Namespace
from ontology.records import Disclosure

SEED = 7


def disclosures(count: int, start: int = 0, seed: int = SEED) -> Iterator[Disclosure]:
    """Given a count and a seed, return random disclosures as reading gives them."""
    made = synthetic.disclosures(count, seed, ".pdf", synthetic.read_material())
    for number, (disclosure, _) in enumerate(made, start):
        said = json.loads(gold_text(disclosure))
        said["document"]["sha256"] = hashlib.sha256(f"{seed} {number}".encode()).hexdigest()
        yield dataclasses.replace(from_json(said), extractor_version="bench")


def percentile(seconds: Iterable[float], share: float) -> float:
    """Given times, return the one that a share of them does not exceed."""
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def timed_twice(work: Callable[[], object]) -> tuple[float, float]:
    """Given work, return the seconds that it takes, and those of the processor (what it would take on an idle machine)."""
    begun = time.process_time()
    return timed(work), time.process_time() - begun


def timed(work: Callable[[], object]) -> float:
    """Given work, return the seconds that it takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def fill(folder: Path, count: int) -> Workspace:
    """Given a folder and a count of documents, return the workspace there, filled where it is not yet: by the bulk
    loader, in a tenth of the time that it takes one by one."""
    workspace = Workspace.open(folder, create=True)
    with workspace.read() as store:
        there = sum("/doc/" in graph for graph in store.graphs())
    if there >= count:
        return workspace
    with workspace.write() as writer:
        writer.mark()

    receiving, sending = multiprocessing.Pipe(duplex=False)
    maker = multiprocessing.get_context("spawn").Process(target=_make_text, args=(sending, workspace.namespace, count))
    maker.start()
    sending.close()
    bulk = ox.Store(str(folder / "graph"))
    bulk.bulk_load(io.BufferedReader(_Received(receiving), 1 << 20), format=ox.RdfFormat.N_QUADS)
    maker.join()
    if maker.exitcode != 0:
        raise SystemExit("no statements of random documents could be made")
    bulk.optimize()
    del bulk
    with open_batch(workspace) as batch:
        batch.writer.mark()
    return workspace


def _make_text(sending: Connection, namespace: Namespace, count: int) -> None:
    """Send the statements of random documents, in their graphs and in the union, as N-Quads a document: made in a
    process of its own, beside the loading."""
    for disclosure in disclosures(count):
        sha256 = disclosure.document.sha256
        triples = list(map_disclosure(disclosure, namespace))
        indicators = map_canonical(rows_of(triples), namespace, {})
        text = write_new_graphs(
            [(namespace.document_graph(sha256), triples), (indicators_graph(namespace, sha256), indicators)]
        )
        assert text, "random documents hold nothing that can't be stored"
        sending.send_bytes(text)
    # Said last, by which rules the canonical indicators were made: so that loading does not make them all again.
    rules = write_new_graphs([(namespace.derived_graph(INDICATORS), [rules_triple(namespace)])])
    assert rules
    sending.send_bytes(rules)


class _Received(io.RawIOBase):
    """The bytes that come in at a connection, as a file."""

    def __init__(self, receiving: Connection) -> None:
        self._receiving = receiving
        self._rest = b""

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # no other buffer comes
        """Put the next bytes into the buffer; return how many: none at the end."""
        if not self._rest:
            with suppress(EOFError):
                self._rest = self._receiving.recv_bytes()
        piece, self._rest = self._rest[: len(buffer)], self._rest[len(buffer) :]
        buffer[: len(piece)] = piece
        return len(piece)


# --- loading ------------------------------------------------------------------------------------------------------
def bench_load(count: int, rounds: int) -> None:
    """Print how fast documents go in one by one, beside pyoxigraph's bulk loader on the same statements.

    Both begin with statements that are made already: ours with a list of triples a document (rdflib's terms, as mapping
    gives them), the bulk loader with all of them in one N-Quads text in memory. Both end with a store on disk. Ours
    replaces each document's graph and that of its canonical indicators in a transaction of its own, keeps the union of
    all graphs, and ends with a published snapshot. The last line adds the mapping of records and what is derived.
    """
    made = list(disclosures(count))
    ratios = []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            workspace = Workspace.open(Path(folder, "store"), create=True)
            mapped = [_mapped(workspace, disclosure) for disclosure in made]
            text = "".join(
                f"{line[:-2]} <{graph}> .\n"
                for some in mapped
                for graph, triples in some
                for line in write_ntriples(triples)
            ).encode()
            lines = text.count(b"\n")
            ours = timed_twice(partial(_replace_all, workspace, mapped))
            bare = ox.Store(str(Path(folder, "bare")))
            bulk = timed_twice(partial(bare.bulk_load, text, format=ox.RdfFormat.N_QUADS))
            whole = timed_twice(partial(_load_all, Workspace.open(Path(folder, "whole"), create=True), made))
        ratios.append(bulk[0] / ours[0])
        print(
            f"load     {len(made)} documents, {lines} quads: one by one {lines / ours[0]:,.0f}/s, bulk loader "
            f"{lines / bulk[0]:,.0f}/s: ratio {bulk[0] / ours[0]:.2f} by the clock, {bulk[1] / ours[1]:.2f} of the "
            f"processor; mapped and derived as well {lines / whole[0]:,.0f}/s: {bulk[0] / whole[0]:.2f}, "
            f"{bulk[1] / whole[1]:.2f}"
        )
    print(f"load     median ratio of {rounds} rounds {statistics.median(ratios):.2f} (bar 0.30)")


Mapped = list[tuple[str, list[Triple]]]


def _mapped(workspace: Workspace, disclosure: Disclosure) -> Mapped:
    namespace, sha256 = workspace.namespace, disclosure.document.sha256
    triples = list(map_disclosure(disclosure, namespace))
    indicators = list(map_canonical(rows_of(triples), namespace, {}))
    return [(namespace.document_graph(sha256), triples), (indicators_graph(namespace, sha256), indicators)]


def _replace_all(workspace: Workspace, mapped: Iterable[Mapped]) -> None:
    with workspace.write() as writer:
        writer.mark()
        for graphs in mapped:
            writer.store.replace_graphs(graphs)
        writer.publish()


def _load_all(workspace: Workspace, made: Iterable[Disclosure]) -> None:
    with open_batch(workspace) as batch:
        for disclosure in made:
            batch.load(disclosure)


# --- changing -----------------------------------------------------------------------------------------------------
def bench_changes(workspace: Workspace, count: int) -> None:
    """Print how long it takes until a document that is added, replaced or removed is what readers see: the lock, the
    store opened, the graphs, what is derived, the snapshot, the pointer. Then, until the lock is given back: now and then
    Oxigraph's files are merged before that."""
    new = list(disclosures(count, seed=SEED + 1))
    first = min(count, 5)
    for disclosure in new[:first]:  # whatever is read once only is read now
        _change(workspace, disclosure)
    added = [_change(workspace, disclosure) for disclosure in new[first:]]
    replaced = [_change(workspace, _with_other_amounts(disclosure)) for disclosure in new]
    removed = [_change(workspace, disclosure, remove=True) for disclosure in new]
    for name, measured in (("add", added), ("replace", replaced), ("remove", removed)):
        if not measured:
            continue
        seen, processor, whole = zip(*measured, strict=True)
        print(
            f"{name:<8} seen by readers, of {len(seen)}: median {1000 * statistics.median(seen):.0f} ms, "
            f"p95 {1000 * percentile(seen, 0.95):.0f} ms; processor, all threads {1000 * statistics.median(processor):.0f} ms "
            f"(bar 100 ms); until the next may write: median {1000 * statistics.median(whole):.0f} ms, "
            f"most {1000 * max(whole):.0f} ms"
        )


def _change(workspace: Workspace, disclosure: Disclosure, *, remove: bool = False) -> tuple[float, float, float]:
    """Seconds until readers see the change, those of the processor, and seconds until the lock is given back."""
    begun, processor = time.perf_counter(), time.process_time()
    with open_batch(workspace) as batch:
        if remove:
            batch.remove(disclosure.document.sha256)
        else:
            batch.load(disclosure)
        batch.publish()
        seen = time.perf_counter() - begun
        processor = time.process_time() - processor
    return seen, processor, time.perf_counter() - begun


def _with_other_amounts(disclosure: Disclosure) -> Disclosure:
    projects = tuple(
        dataclasses.replace(
            project,
            funding=tuple(dataclasses.replace(one, amount=(one.amount or Decimal(0)) + 1) for one in project.funding),
        )
        for project in disclosure.projects
    )
    return dataclasses.replace(disclosure, projects=projects)


# --- asking -------------------------------------------------------------------------------------------------------
def _sample(store: WholeStore, sparql: str, count: int) -> list[str]:
    answer = store.query(sparql)
    assert isinstance(answer, Rows)
    found = sorted({str(row[0]) for row in answer.rows})
    return random.Random(SEED).sample(found, min(count, len(found)))


_SEARCH = "a search, of names that hundreds of projects have each"
"""Told beside the lookups: random disclosures have 38 names for 17,000 projects, so that a search finds thousands."""


def bench_lookups(store: WholeStore, count: int) -> dict[str, object]:
    """Print how long what a reader clicks on takes; return a value for each kind of parameter."""
    projects = _sample(store, "SELECT DISTINCT ?p { ?f pikg:ofProject ?p }", count)
    units = _sample(store, "SELECT DISTINCT ?u { ?d pikg:publisher ?u }", count)
    rows = _sample(store, "SELECT ?row { ?row pikg:ofIndicator ?i } LIMIT 5000", count)
    names = _sample(store, "SELECT DISTINCT ?n { ?f a pikg:Form ; rdfs:label ?n }", count)
    titles = _sample(store, "SELECT DISTINCT ?n { ?d pikg:publisherText ?n }", count)
    kinds: dict[str, list[Callable[[], object]]] = {
        "a project's indicators": [partial(run_named, store, "project-indicators", project=p) for p in projects],
        "a project's forms": [partial(run_named, store, "project-forms", project=p) for p in projects],
        "a unit's indicators": [partial(run_named, store, "unit-indicators", unit=u) for u in units],
        "where a figure stands": [partial(run_named, store, "figure-source", iri=r) for r in rows],
        "all of a thing": [partial(run_named, store, "thing", iri=p) for p in projects],
        "a project by its name": [partial(_found, find_project, store, n) for n in names],
        "a unit by its name": [partial(_found, find_unit, store, n) for n in titles],
        "a project by a part of its name": [partial(_found, find_project, store, n[1:-1]) for n in names],
        "a unit by a part of its name": [partial(_found, find_unit, store, n[1:-1]) for n in titles],
        _SEARCH: [partial(run_named, store, "search", text=n[:4]) for n in names],
    }
    everything = []
    for name, works in kinds.items():
        measured = [timed_twice(work) for work in works]
        if name != _SEARCH:
            everything += measured
        print(f"lookup   {name}: p95 {_both_p95(measured)}")
    print(f"lookups  p95 of all: {_both_p95(everything)} (bar 100 ms)")
    (region,) = _sample(store, "SELECT DISTINCT ?r { ?d pikg:region ?r }", 1)
    return {"project": projects[0], "unit": units[0], "iri": rows[0], "text": "热线", "region": region}


def _both_p95(measured: list[tuple[float, float]]) -> str:
    seconds, processor = zip(*measured, strict=True)
    return f"{1000 * percentile(seconds, 0.95):.1f} ms, processor {1000 * percentile(processor, 0.95):.1f} ms"


def _found(find: Callable[[WholeStore, str], object], store: WholeStore, name: str) -> object:
    try:
        return find(store, name)
    except AmbiguousError:  # random disclosures share names
        return None


def bench_queries(folder: Path, store: WholeStore, given: dict[str, object], rounds: int) -> None:
    """Print how long each named query takes beside the same text sent to bare pyoxigraph, all answers read out: of
    the processor's time, which tells more on a busy machine."""
    bare = ox.Store.read_only(str(folder))

    def ask_bare(text: str) -> int:
        found = bare.query(text, prefixes=PREFIXES)
        return sum(len(tuple(solution)) for solution in found) if isinstance(found, ox.QuerySolutions) else 0

    print("query                             ours, ms   bare, ms  ratio    rows  asked with")
    ratios = []
    for query in named_queries().values():
        parameters = _parameters(query, given)
        text = render_for(store, query, parameters)
        ours: list[tuple[float, float]] = []
        theirs: list[tuple[float, float]] = []
        # In turn, so that both see the same machine; short ones often, for the least of many runs is their own time.
        while len(ours) < rounds or (sum(seconds for seconds, _ in ours) < 0.3 and len(ours) < 50):
            theirs.append(timed_twice(partial(ask_bare, text)))
            ours.append(timed_twice(partial(store.query, text)))
            if ours[-1][1] > 5:
                break
        mine, bare_time = (min(processor for _, processor in times) for times in (ours, theirs))
        ratios.append((mine / bare_time, query.name))
        rows = store.query(text)
        count = len(rows) if isinstance(rows, Rows) else 1
        print(
            f"query    {query.name:<24} {1000 * mine:10.1f} {1000 * bare_time:10.1f} {mine / bare_time:6.2f} {count:7}  "
            f"{', '.join(parameters)}",
            flush=True,
        )
    within = sum(ratio <= 1.3 for ratio, _ in ratios)
    print(f"queries  {within} of {len(ratios)} within 1.3; worst {max(ratios)[0]:.2f} ({max(ratios)[1]})")


def _parameters(query: NamedQuery, given: dict[str, object]) -> dict[str, object]:
    """Values for what must be given, and for what makes a question of a reader's a reader's."""
    return {
        parameter.name: given.get(parameter.type, parameter.example)
        for parameter in query.parameters
        if parameter.required or parameter.type in ("project", "unit", "text", "label", "region")
    }


def main() -> None:
    """Given command line arguments, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=100, help="documents of the store (default 100)")
    parser.add_argument("--changes", type=int, default=20, help="documents that are added, replaced and removed")
    parser.add_argument("--rounds", type=int, default=3, help="times that a query is asked")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep the store there, or use the one that is there")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        bench_load(min(options.documents, 100), options.rounds)
        workspace = fill(options.keep or Path(temporary, "store"), options.documents)
        if options.changes:
            bench_changes(workspace, options.changes)
        with workspace.read() as store:
            print(f"store    {store.count():,} triples of {options.documents} documents")
            given = bench_lookups(store, 50)
            bench_queries(workspace.snapshot_folder, store, given, options.rounds)


if __name__ == "__main__":
    main()
