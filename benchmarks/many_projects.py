"""A store of very many projects, all different, for measuring how comparing grows; lean in what comparing doesn't read.

Each unit publishes one document with one project to fifteen, in the words that benchmarks/generate.py has. Of what a
document says, statements are left out that no question of comparable projects asks for: budget lines, the indicators of
a project over its years, canonical indicators, and of a row its weight, its score and the printed names of its tiers.
Everything else is as in any store: a graph for each document and the union of all, derived graphs, a published snapshot
with its text index, which the product's own writer makes.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pyoxigraph as ox
from generator import synthetic
from generator.gold import gold_text
from rdflib import RDF

from graph.canonical import INDICATORS, rules_triple
from graph.embedded import write_ntriples
from graph.load import open_batch
from graph.mapping import map_disclosure
from graph.store import Triple
from graph.workspace import Workspace
from ontology.contract import from_json
from ontology.namespaces import PIKG, Namespace

SEED = 7

_A_PART = 200
"""Documents that are made in one go, by one process."""

_LEFT_OUT_THINGS = {PIKG + name for name in ("BudgetLine", "DataSet", "ProjectIndicator")}
_LEFT_OUT_PROPERTIES = {PIKG + name for name in ("direction", "score", "tier1Text", "tier2Text", "value", "weight")}


def made(part: int) -> Iterator[synthetic.Made]:
    """Given the number of a part, from 0, return its disclosures, with what each project is made of."""
    return synthetic.units_apart(range(part * _A_PART, (part + 1) * _A_PART), SEED, synthetic.read_material())


def fill_apart(folder: Path, projects: int) -> Workspace:
    """Given a folder and a count, return the workspace there, with that many projects or some more; filled where it is
    empty, by the bulk loader."""
    workspace = Workspace.open(folder, create=True)
    with workspace.read() as store:
        if any("/doc/" in graph for graph in store.graphs()):
            return workspace
    with workspace.write() as writer:
        writer.mark()
    bulk, filled = ox.Store(str(folder / "graph")), 0
    with ProcessPoolExecutor() as pool:
        running = [pool.submit(_statements, part, workspace.namespace) for part in range(2 * (os.cpu_count() or 1))]
        part = len(running)
        while running and filled < projects:
            count, text = running.pop(0).result()
            running.append(pool.submit(_statements, part, workspace.namespace))
            part, filled = part + 1, filled + count
            bulk.bulk_load(text, format=ox.RdfFormat.N_QUADS)
        pool.shutdown(cancel_futures=True)
    indicators = write_ntriples([rules_triple(workspace.namespace, {})])
    graph = workspace.namespace.derived_graph(INDICATORS)
    bulk.bulk_load(_quads(indicators, graph), format=ox.RdfFormat.N_QUADS)
    bulk.optimize()
    del bulk
    with open_batch(workspace) as batch:
        batch.writer.mark()
    return workspace


def _statements(part: int, namespace: Namespace) -> tuple[int, bytes]:
    """How many projects a part has, and what is stored of it, as N-Quads."""
    texts, projects = [], 0
    for disclosure, sources in made(part):
        said = json.loads(gold_text(disclosure))
        said["document"]["sha256"] = hashlib.sha256(f"apart {SEED} {disclosure.file}".encode()).hexdigest()
        triples = _lean(list(map_disclosure(from_json(said), namespace)))
        texts.append(_quads(write_ntriples(triples), namespace.document_graph(said["document"]["sha256"])))
        projects += len(sources)
    return projects, b"".join(texts)


def _lean(triples: list[Triple]) -> Iterator[Triple]:
    left_out = {subject for subject, name, kind in triples if name == RDF.type and str(kind) in _LEFT_OUT_THINGS}
    return (one for one in triples if one[0] not in left_out and str(one[1]) not in _LEFT_OUT_PROPERTIES)


def _quads(lines: Iterable[str], graph: str) -> bytes:
    """Statements in their graph and in the union."""
    return "".join(f"{line}\n{line[:-2]} <{graph}> .\n" for line in lines).encode()
