"""Comparable projects at scale: recall of the text index's candidates, and how long index and questions take.

    python benchmarks/bench_comparables.py                        5,000 projects (about a minute)
    python benchmarks/bench_comparables.py --projects 100000      read from random disclosures
    python benchmarks/bench_comparables.py --words 1000000        the text index alone, fed with a million projects

Recall is the share of the ten best by comparing all projects that are found by comparing the candidates only.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from bench_store import SEED, percentile, timed
from generator import synthetic
from generator.gold import gold_text

from graph.comparables import ComparableIndex, read_index
from graph.embedded import new_in_memory
from graph.mapping import map_disclosure
from graph.search import TextIndex
from graph.workspace import Workspace
from ontology.contract import from_json
from ontology.namespaces import Namespace


def read_forms(count: int) -> ComparableIndex:
    """Given a count of projects, return an index that compares all of them, read from a store of random disclosures."""
    store, namespace, projects = new_in_memory(), Namespace(), 0
    material = synthetic.read_material()
    for number, (made, _) in enumerate(synthetic.disclosures(count, SEED, ".pdf", material)):
        said = json.loads(gold_text(made))
        said["document"]["sha256"] = f"{number:064x}"
        disclosure = from_json(said)
        store.replace_graph(namespace.document_graph(disclosure.document.sha256), map_disclosure(disclosure, namespace))
        projects += len(disclosure.projects)
        if projects >= count:
            break
    return read_index(store, compare_all_up_to=10**9)


def bench_recall(count: int, questions: int, folder: Path | None) -> None:
    """Print recall and times of questions over projects that are read from a store."""
    begun = time.perf_counter()
    if folder is None:
        whole = read_forms(count)
    else:
        with Workspace.open(folder).read() as store:
            whole = read_index(store, compare_all_up_to=10**9)
    read = time.perf_counter() - begun
    begun = time.perf_counter()
    index = whole.with_words()
    built = time.perf_counter() - begun
    projects = index.projects
    print(f"{len(projects)} projects read in {read:.1f} s, words indexed in {built:.1f} s")
    asked = random.Random(SEED).sample(projects, min(questions, len(projects)))
    seconds, shares = [], []
    for project in asked:
        seconds.append(timed(lambda p=project: index.find(p)))  # type: ignore[misc]
        best = {one.project: one.score for one in whole.find(project)}
        if best:
            least = min(best.values())
            found = [one for one in index.find(project) if one.score >= least]
            shares.append(min(1.0, len(found) / len(best)))  # another one that scores the same is as good
    print(
        f"recall@10 {sum(shares) / len(shares):.3f} over {len(shares)} questions with an answer (bar 0.95); "
        f"a question p50 {1000 * percentile(seconds, 0.5):.0f} ms, p95 {1000 * percentile(seconds, 0.95):.0f} ms (bar 150 ms)"
    )


def words_of(count: int) -> Iterator[tuple[str, list[str]]]:
    """Given a count, return that many made-up projects with about sixty pairs of characters each."""
    chance = random.Random(SEED)
    letters = [chr(0x4E00 + n) for n in range(3000)]
    common = chance.choices(letters, k=300)
    for number in range(count):
        text = chance.choices(letters, k=12) + chance.choices(common, k=50)
        yield f"project/{number}", [f"{left}{right}" for left, right in pairwise(text)]


def bench_words(count: int, questions: int) -> None:
    """Print how fast the text index takes that many projects and answers, and the memory that it takes."""
    index, seconds, building = TextIndex(), [], 0.0
    asked: list[tuple[str, list[str]]] = []
    for thing, words in words_of(count):
        begun = time.perf_counter()
        index.add(thing, words)
        building += time.perf_counter() - begun
        if len(asked) < questions:
            asked.append((thing, words))
    building += timed(index.commit)
    hits = 0
    for thing, words in asked:
        begun = time.perf_counter()
        found = index.find(dict.fromkeys(words, 1.0), 400)
        seconds.append(time.perf_counter() - begun)
        hits += thing in found[:10]
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{count:,} projects indexed in {building:.1f} s (bar 60 s a million), {most:,.0f} MB at most (bar 2,000 MB); "
        f"a question p95 {1000 * percentile(seconds, 0.95):.0f} ms (bar 200 ms), {hits} of {len(asked)} find their own"
    )


def main() -> None:
    """Given command line arguments, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--projects", type=int, default=5000, help="projects read from a store (default 5000)")
    parser.add_argument("--words", type=int, default=0, help="projects fed to the text index alone")
    parser.add_argument("--questions", type=int, default=40, help="projects that comparable ones are asked for")
    parser.add_argument(
        "--store", type=Path, metavar="DIR", help="a store to read instead, as bench_store.py --keep makes"
    )
    options = parser.parse_args()
    if options.words:
        bench_words(options.words, options.questions)
    else:
        bench_recall(options.projects, options.questions, options.store)


if __name__ == "__main__":
    main()
