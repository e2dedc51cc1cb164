"""Comparable projects at scale: whether the best are found, how long a question takes, how a text index grows.

    python benchmarks/bench_comparables.py                               2,000 projects in a store (some minutes)
    python benchmarks/bench_comparables.py --projects 100000 --keep DIR  a store of that many, kept in DIR and used again
                             (making it takes 19 minutes of the processor, in three processes, and 6 GB of disk)
    python benchmarks/bench_comparables.py --store DIR                   a store that is there, with its text index
    python benchmarks/bench_comparables.py --words 1000000               a text index alone, fed with that many projects

Recall is told twice: the share of the ten best by comparing all projects that are found by comparing those that the
text index holds for the nearest (another one that scores the same is as good), and the share of the ten that were
planted: made of the same project of the facts in other words, for another city, with other amounts. The projects of a
store that is made here all differ, and it is lean: budget lines and other statements that no such question asks for are
left out (benchmarks/many_projects.py tells which). A question is asked with all signals, unit costs and indicators side
by side; beside the seconds stand those of the processor, which say what it takes on an idle machine.
"""

from __future__ import annotations

import argparse
import gc
import random
import resource
import tempfile
import time
from collections.abc import Iterator
from itertools import chain, count, islice, pairwise
from pathlib import Path

from bench_store import SEED, percentile
from generator import synthetic
from many_projects import fill_apart, made

from graph.comparables import ComparableIndex, open_index, read_index
from graph.compared_forms import find_superseded, forms_of_texts
from graph.search import TextIndex
from graph.store import ReadableStore, Rows
from graph.texts import texts_of
from graph.workspace import Workspace

_MADE_AT_ONCE = 100_000
"""Projects that are made up before the index gets them."""

_NAMED = """PREFIX pikg: <https://w3id.org/pikg/ns#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT DISTINCT ?project ?name ?publisher WHERE {
  ?form pikg:ofProject ?project ; rdfs:label ?name ; pikg:inDocument ?document . ?document pikg:publisherText ?publisher
} ORDER BY ?project"""


def planted(apart: bool) -> Iterator[tuple[tuple[str, str], str]]:
    """Return the publisher and name of each project that is made, of units apart or by chance, with what it is made of:
    the name of a project of the facts, the same for those of two cities of which one may be reworded as the other."""
    material = synthetic.read_material()
    by_chance = synthetic.disclosures(10**9, SEED, ".pdf", material)
    for disclosure, sources in chain.from_iterable(map(made, count())) if apart else by_chance:
        for form, source in zip(disclosure.forms, sources, strict=True):
            kind = source.form.name
            for text in material.places:
                kind = kind.replace(text, "")
            for line in material.synonyms:
                word = max((word for word in line if word in kind), key=len, default=None)
                kind = kind.replace(word, line[0]) if word else kind
            yield (disclosure.unit.name, form.name), kind


def named_projects(store: ReadableStore) -> dict[str, tuple[str, str]]:
    """Given a store, return the publisher and name of each project."""
    answer = store.query(_NAMED)
    rows = answer if isinstance(answer, Rows) else Rows((), ())
    return {str(row["project"]): (str(row["publisher"]), str(row["name"])) for row in rows}


def bench_questions(store: ReadableStore, questions: int) -> None:
    """Print recall and times of questions over the projects of a store."""
    named = named_projects(store)
    wanted, source_of = set(named.values()), dict[tuple[str, str], str]()
    apart = next(planted(apart=True))[0] in wanted
    for seen, (key, source) in enumerate(planted(apart)):
        source_of[key] = source
        if (apart or seen > 2 * len(named)) and len(source_of) >= len(wanted) and wanted <= source_of.keys():
            break
        if seen > 6 * len(named) + 1000:
            break  # other projects are in the store too
    gc.collect()
    gc.freeze()  # what this benchmark knows of all projects is nothing that a question would have to look through
    begun, used = time.perf_counter(), time.process_time()
    index = open_index(store)
    asked = random.Random(SEED).sample(sorted(named), min(questions, len(named)))
    index.find(asked[0])
    print(f"{len(named):,} projects; first question after {time.perf_counter() - begun:.1f} s "
          f"({time.process_time() - used:.1f} s of the processor)")  # fmt: skip
    seconds, processor, alike, found = [], [], [], {}
    for project in asked:
        begun, used = time.perf_counter(), time.process_time()
        found[project] = index.find(project)
        seconds.append(time.perf_counter() - begun)
        processor.append(time.process_time() - used)
        mine = source_of.get(named[project])
        if found[project] and mine is not None:
            alike.append(
                sum(source_of.get((one.publisher, one.name)) == mine for one in found[project]) / len(found[project])
            )
    print(
        f"a question with all signals: p50 {1000 * percentile(seconds, 0.5):.0f} ms, p95 "
        f"{1000 * percentile(seconds, 0.95):.0f} ms (bar 150 ms); of the processor p50 "
        f"{1000 * percentile(processor, 0.5):.0f} ms, p95 {1000 * percentile(processor, 0.95):.0f} ms"
    )
    if alike:
        print(f"planted peers among the ten: {sum(alike) / len(alike):.3f} over {len(alike)} questions (bar 0.95)")
    texts = texts_of(store)
    if texts is None:
        whole = read_index(store, compare_all_up_to=10**9)
    else:  # the same forms, in a tenth of the time that reading them from the graph takes
        superseded, kept = find_superseded(store), forms_of_texts(texts.forms(sorted(named)))
        whole = ComparableIndex(store, (f for f in kept if f.form not in superseded), compare_all_up_to=10**9)
    shares = []
    for project in asked:
        best = [one.score for one in whole.find(project)]
        if best:
            shares.append(sum(one.score >= best[-1] for one in found[project]) / len(best))
    print(f"recall@10 beside comparing all: {min(1.0, sum(shares) / len(shares)):.3f} over {len(shares)} (bar 0.95)")


def bench_store(folder: Path, projects: int, questions: int) -> None:
    """Given a folder and a count, fill a store there where it is not yet, and ask it."""
    begun = time.perf_counter()
    workspace = fill_apart(folder, projects) if projects else Workspace.open(folder)
    print(f"the store: {time.perf_counter() - begun:.0f} s")
    with workspace.read() as store:
        bench_questions(store, questions)


def words_of(projects: int) -> Iterator[tuple[str, list[str]]]:
    """Given a number, return that many made-up projects with about sixty pairs of characters each."""
    chance = random.Random(SEED)
    letters = [chr(0x4E00 + n) for n in range(3000)]
    common = chance.choices(letters, k=300)
    for number in range(projects):
        text = chance.choices(letters, k=12) + chance.choices(common, k=50)
        yield f"project/{number}", [f"{left}{right}" for left, right in pairwise(text)]


def bench_words(projects: int, questions: int) -> None:
    """Print how fast the text index takes that many projects and answers, and the memory that it takes.

    Projects are made up in large parts, each of them before the clock runs on: what is told is the index's own time, of
    the clock and of all threads of the processor."""
    index, seconds, processor, building, used, making = TextIndex(), [], [], 0.0, 0.0, 0.0
    asked: list[tuple[str, list[str]]] = []
    fed = words_of(projects)
    while True:
        thread = time.thread_time()
        part = [(thing, " ".join(words)) for thing, words in islice(fed, _MADE_AT_ONCE)]
        making += time.thread_time() - thread
        asked += [(thing, text.split()) for thing, text in part[: questions - len(asked)]]
        begun, started = time.perf_counter(), time.process_time()
        for thing, text in part:
            index.add(thing, text.split())
        if not part:
            index.commit()
        building += time.perf_counter() - begun
        used += time.process_time() - started
        if not part:
            break
    hits = 0
    for thing, words in asked:
        begun, started = time.perf_counter(), time.process_time()
        found = index.find(dict.fromkeys(words, 1.0), 400)
        seconds.append(time.perf_counter() - begun)
        processor.append(time.process_time() - started)
        hits += thing in found[:10]
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{projects:,} projects indexed in {building:.1f} s (bar 60 s a million; of the processor {used:.1f} s; making them "
        f"up took {making:.1f} s beside), {most:,.0f} MB at most (bar 2,000 MB); "
        f"a question p95 {1000 * percentile(seconds, 0.95):.0f} ms (bar 200 ms), "
        f"of the processor {1000 * percentile(processor, 0.95):.0f} ms; {hits} of {len(asked)} find their own"
    )


def main() -> None:
    """Given command line arguments, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--projects", type=int, default=2000, help="projects in a store that is made (default 2000)")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="where the store is made, and found again")
    parser.add_argument("--store", type=Path, metavar="DIR", help="a store that is there")
    parser.add_argument("--words", type=int, default=0, help="projects fed to a text index alone")
    parser.add_argument("--questions", type=int, default=40, help="projects that comparable ones are asked for")
    options = parser.parse_args()
    if options.words:
        bench_words(options.words, options.questions)
    elif options.store:
        bench_store(options.store, 0, options.questions)
    elif options.keep:
        bench_store(options.keep, options.projects, options.questions)
    else:
        with tempfile.TemporaryDirectory() as folder:
            bench_store(Path(folder, "store"), options.projects, options.questions)


if __name__ == "__main__":
    main()
