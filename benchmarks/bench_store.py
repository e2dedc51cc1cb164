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
import json
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from functools import partial
from pathlib import Path

import pyoxigraph as ox
from generator import synthetic
from generator.gold import gold_text

from graph.canonical import indicators_graph, map_canonical, rows_of
from graph.embedded import write_ntriples
from graph.errors import AmbiguousError
from graph.load import Batch, open_batch
from graph.lookup import find_project, find_unit
from graph.mapping import map_disclosure
from graph.queries import NamedQuery, named_queries, run_named
from graph.store import Rows, WholeStore
from graph.workspace import Workspace
from ontology.contract import from_json
from ontology.namespaces import PREFIXES
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

    def statements() -> Iterator[ox.Quad]:
        for disclosure in disclosures(count):
            sha256 = disclosure.document.sha256
            triples = list(map_disclosure(disclosure, workspace.namespace))
            indicators = map_canonical(rows_of(triples), workspace.namespace, {})
            for graph, some in (
                (workspace.namespace.document_graph(sha256), triples),
                (indicators_graph(workspace.namespace, sha256), indicators),
            ):
                name = ox.NamedNode(graph)
                for line in write_ntriples(some):
                    yield from _both(line, name)

    bulk = ox.Store(str(folder / "graph"))
    bulk.bulk_extend(statements())
    bulk.optimize()
    del bulk
    with open_batch(workspace) as batch:
        batch.writer.mark()
    return workspace


def _both(line: str, name: ox.NamedNode) -> Iterator[ox.Quad]:
    """A statement in its graph and in the union."""
    for quad in ox.parse(line, format=ox.RdfFormat.N_TRIPLES):
        yield ox.Quad(quad.subject, quad.predicate, quad.object, name)
        yield quad


# --- loading ------------------------------------------------------------------------------------------------------
def bench_load(count: int) -> None:
    """Print how fast documents go in one by one, beside pyoxigraph's bulk loader on the same statements."""
    made = list(disclosures(count))
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace.open(Path(folder, "store"), create=True)
        with open_batch(workspace) as batch:
            ours = timed(partial(_load_all, batch, made))
            publishing = time.perf_counter()
        publishing = time.perf_counter() - publishing
        with workspace.read() as store:
            lines = [line for line in store.nquads() if "/vocab>" not in line and "/derived/e" not in line]
        text = ("\n".join(lines) + "\n").encode()
        bare = ox.Store(str(Path(folder, "bare")))
        bulk = timed(lambda: bare.bulk_load(text, format=ox.RdfFormat.N_QUADS))
    print(
        f"load     {len(made)} documents, {len(lines)} quads: {len(lines) / ours:,.0f}/s one by one, "
        f"{len(lines) / bulk:,.0f}/s pyoxigraph's bulk loader: ratio {bulk / ours:.2f} (bar 0.30); "
        f"then derived and published in {publishing:.2f} s"
    )


def _load_all(batch: Batch, made: Iterable[Disclosure]) -> None:
    for disclosure in made:
        batch.load(disclosure)


# --- changing -----------------------------------------------------------------------------------------------------
def bench_changes(workspace: Workspace, count: int) -> None:
    """Print how long it takes until a document that is added, replaced or removed is what readers see."""
    new = list(disclosures(count, seed=SEED + 1))
    first = min(count, 5)
    for disclosure in new[:first]:  # whatever is read once only is read now
        _load(workspace, disclosure)
    added = [timed_twice(partial(_load, workspace, disclosure)) for disclosure in new[first:]]
    changed = [_with_other_amounts(disclosure) for disclosure in new]
    replaced = [timed_twice(partial(_load, workspace, disclosure)) for disclosure in changed]
    removed = [timed_twice(partial(_remove, workspace, disclosure)) for disclosure in new]
    for name, measured in (("add", added), ("replace", replaced), ("remove", removed)):
        seconds, processor = zip(*measured, strict=True)
        print(
            f"{name:<8} snapshot included, of {len(seconds)}: median {1000 * statistics.median(seconds):.0f} ms, "
            f"p95 {1000 * percentile(seconds, 0.95):.0f} ms; processor {1000 * statistics.median(processor):.0f} ms "
            "(bar 100 ms)"
        )


def _with_other_amounts(disclosure: Disclosure) -> Disclosure:
    projects = tuple(
        dataclasses.replace(
            project,
            funding=tuple(dataclasses.replace(one, amount=(one.amount or Decimal(0)) + 1) for one in project.funding),
        )
        for project in disclosure.projects
    )
    return dataclasses.replace(disclosure, projects=projects)


def _load(workspace: Workspace, disclosure: Disclosure) -> None:
    with open_batch(workspace) as batch:
        batch.load(disclosure)


def _remove(workspace: Workspace, disclosure: Disclosure) -> None:
    with open_batch(workspace) as batch:
        batch.remove(disclosure.document.sha256)


# --- asking -------------------------------------------------------------------------------------------------------
def _sample(store: WholeStore, sparql: str, count: int) -> list[str]:
    answer = store.query(sparql)
    assert isinstance(answer, Rows)
    found = sorted({str(row[0]) for row in answer.rows})
    return random.Random(SEED).sample(found, min(count, len(found)))


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
    }
    everything = []
    for name, works in kinds.items():
        measured = [timed_twice(work) for work in works]
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

    worst, ratios = "", []
    for query in named_queries().values():
        text = query.render(_parameters(query, given))
        ours, theirs = [], []
        for _ in range(rounds):  # in turn, so that both see the same machine
            theirs.append(timed_twice(partial(ask_bare, text))[1])
            ours.append(timed_twice(partial(store.query, text))[1])
            if ours[-1] > 5:
                break
        ratio = min(ours) / min(theirs)
        ratios.append((ratio, query.name))
        print(f"query    {query.name:<28} {1000 * min(ours):10.1f} ms, bare {1000 * min(theirs):10.1f} ms: {ratio:.2f}")
    worst = max(ratios)[1]
    print(f"queries  worst ratio {max(ratios)[0]:.2f} ({worst}) of {len(ratios)} (bar 1.3)")


def _parameters(query: NamedQuery, given: dict[str, object]) -> dict[str, object]:
    """Values for what must be given, and for what makes a question of a reader's a reader's."""
    return {
        parameter.name: given.get(parameter.type, parameter.example)
        for parameter in query.parameters
        if parameter.required or parameter.type in ("project", "unit", "text", "region")
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
        bench_load(min(options.documents, 100))
        workspace = fill(options.keep or Path(temporary, "store"), options.documents)
        bench_changes(workspace, options.changes)
        with workspace.read() as store:
            print(f"store    {store.count():,} triples of {options.documents} documents")
            given = bench_lookups(store, 50)
            bench_queries(workspace.snapshot_folder, store, given, options.rounds)


if __name__ == "__main__":
    main()
