"""Readers while a folder is ingested: the app, the endpoint and two `pikg query`, all of them real processes.

    python benchmarks/bench_readers.py                         a store of the shipped examples, 60 files ingested meanwhile
    python benchmarks/bench_readers.py --store DIR --files 200 a copy of a store that is there already, more files

Each reader asks again a quarter of a second after it is answered: first for some seconds while nobody writes, then from
the beginning of `pikg ingest` to its end. Every answer must hold whole documents only, with no error. What is printed is
the longest that each waited for an answer, alone and meanwhile: nobody may wait a second longer because somebody writes.
A command's wait is all of it, from the start of its process; on few cores it includes what the writer's reading takes.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = ROOT / "examples"

COUNTS = """PREFIX pikg: <https://w3id.org/pikg/ns#>
SELECT ?sha256 (COUNT(?thing) AS ?n) WHERE {
  ?document pikg:sha256 ?sha256 . ?thing pikg:inDocument ?document } GROUP BY ?sha256"""
"""How many things each document printed: whole, or not there at all."""

PAUSE = 0.25
"""Seconds between an answer and the next question: readers that never pause take each other's time."""

Counts = Mapping[str, int]


@dataclass
class Reader:
    """Somebody who asks again and again: what was answered, how long each answer took, and what went wrong."""

    name: str
    ask: Callable[[], Counts]
    answers: list[Counts] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def keep_asking(self, until: Callable[[], bool]) -> None:
        """Ask until told, at least once."""
        while True:
            begun = time.monotonic()
            try:
                self.answers.append(self.ask())
            except Exception as error:  # noqa: BLE001 - whatever it is, it is what is looked for
                self.errors.append(f"{type(error).__name__}: {error}")
            self.waits.append(time.monotonic() - begun)
            if until():
                return
            time.sleep(PAUSE)

    @property
    def longest(self) -> float:
        """The longest wait in seconds."""
        return max(self.waits, default=0.0)


@dataclass(frozen=True)
class Meanwhile:
    """Readers alone and beside a writer, how the writer ended, and what the store holds in the end."""

    alone: Sequence[Reader]
    beside: Sequence[Reader]
    status: int
    said: str
    final: Counts

    def torn(self) -> list[str]:
        """What readers saw that was not whole: documents in part, or documents that were gone again."""
        found = []
        for reader in (*self.alone, *self.beside):
            seen: set[str] = set()
            for counts in reader.answers:
                found += [f"{reader.name}: {n} of {self.final.get(sha256)} things of {sha256[:8]}"
                          for sha256, n in counts.items() if n != self.final.get(sha256)]  # fmt: skip
                if not seen <= counts.keys():
                    found.append(f"{reader.name}: {len(seen - counts.keys())} documents went again")
                seen |= counts.keys()
        return found


# --- what is ingested ---------------------------------------------------------------------------------------------
def write_copies(folder: Path, count: int, suffixes: tuple[str, ...] = (".docx", ".pdf")) -> None:
    """Given a folder and a count, write so many of the shipped examples there in turn, each a file of its own: with a
    comment that readers of the format pass over."""
    folder.mkdir(parents=True, exist_ok=True)
    examples = sorted(path for path in EXAMPLES.iterdir() if path.suffix in suffixes)
    for number in range(count):
        source = examples[number % len(examples)]
        content = source.read_bytes()
        if source.suffix == ".docx":  # a zip archive ends with its comment and, before it, the comment's length
            comment = f"copy {number}".encode()
            content = content[:-2] + len(comment).to_bytes(2, "little") + comment
        else:
            content += f"\n% copy {number}\n".encode()
        (folder / f"{source.stem}-{number}{source.suffix}").write_bytes(content)


# --- the readers --------------------------------------------------------------------------------------------------
def _pikg(*arguments: str | Path, before: str = "") -> list[str]:
    program = f"import sys; sys.path.insert(0, {str(ROOT)!r}); {before}import pikg; pikg.main()"
    return [sys.executable, "-c", program, *map(str, arguments)]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _serving(command: str, store: Path, path: str) -> Iterator[str]:
    """Run `pikg app` or `pikg serve` on a store until the block ends; its address once it answers."""
    port = _free_port()
    address = f"http://127.0.0.1:{port}"
    environment = {**os.environ, "PIKG_NO_BROWSER": "1", "BROWSER": "true"}
    process = subprocess.Popen(
        _pikg(command, "--store", store, "--port", str(port)),
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment,
    )  # fmt: skip
    try:
        for _ in range(600):
            with suppress(OSError), urllib.request.urlopen(address + path, timeout=5):
                break
            time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait(30)


def _ask_health(address: str) -> Counts:
    with urllib.request.urlopen(f"{address}/_stcore/health", timeout=60) as answer:
        if answer.read() != b"ok":
            raise ValueError("the app is not well")
    return {}


def _ask_answers() -> Counts:
    """What a page of the app does: the newest snapshot's answers, kept while it is the newest."""
    from ui.store import open_answers  # noqa: PLC0415 - Streamlit

    answers = open_answers()
    answers.rows("overview")
    return {str(row["sha256"]): int(str(row["n"])) for row in answers.store.query(COUNTS)}  # type: ignore[union-attr,call-overload]


def _ask_endpoint(address: str) -> Counts:
    asked = urllib.request.Request(
        f"{address}/sparql?{urlencode({'query': COUNTS})}", headers={"Accept": "application/sparql-results+json"}
    )
    with urllib.request.urlopen(asked, timeout=60) as answer:
        return _counts(json.load(answer))


def _ask_command(store: Path, *asked: str) -> Counts:
    done = subprocess.run(
        _pikg("query", *asked, "--store", store, "--format", "json"), capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise ValueError(done.stderr.strip())
    return _counts(json.loads(done.stdout))


def _counts(said: Mapping[str, Any]) -> Counts:
    """The counts of documents in SPARQL results in JSON; none where something else was asked."""
    found = said["results"]["bindings"]
    return {row["sha256"]["value"]: int(row["n"]["value"]) for row in found if "sha256" in row}


def read_meanwhile(store: Path, folder: Path, seconds: float = 5.0, publish_every: float = 1.0) -> Meanwhile:
    """Given a store and a folder of files, have everybody read while the folder is ingested; the writer publishes every
    so many seconds, so that much is published."""
    os.environ["PIKG_STORE"] = str(store)
    with ExitStack() as stack:
        endpoint = stack.enter_context(_serving("serve", store, "/"))
        app = stack.enter_context(_serving("app", store, "/_stcore/health"))

        def readers() -> list[Reader]:
            return [
                Reader("pikg app, its health", lambda: _ask_health(app)),
                Reader("what the app's pages ask", _ask_answers),
                Reader("pikg serve", lambda: _ask_endpoint(endpoint)),
                Reader("pikg query --sparql", lambda: _ask_command(store, "--sparql", COUNTS)),
                Reader("pikg query overview", lambda: _ask_command(store, "overview")),
            ]

        end = time.monotonic() + seconds
        alone = _all_ask(readers(), lambda: time.monotonic() > end)
        writing = _pikg(
            "ingest", folder, "--store", store, before=f"import pipeline; pipeline.PUBLISH_EVERY = {publish_every}; "
        )
        with subprocess.Popen(writing, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as writer:
            said: list[str] = []
            hearing = threading.Thread(target=lambda: said.extend(writer.stdout or ()))
            hearing.start()
            beside = _all_ask(readers(), lambda: writer.poll() is not None)
            hearing.join()
        return Meanwhile(alone, beside, writer.returncode, "".join(said), _ask_answers())


def _all_ask(readers: list[Reader], until: Callable[[], bool]) -> list[Reader]:
    threads = [threading.Thread(target=reader.keep_asking, args=[until]) for reader in readers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return readers


def main() -> None:
    """Given command line arguments, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=60, help="files that are ingested (default 60)")
    parser.add_argument("--store", type=Path, metavar="DIR", help="a store to begin with (copied, left as it is)")
    parser.add_argument("--seconds", type=float, default=10.0, help="how long the readers ask alone")
    parser.add_argument("--publish-every", type=float, default=1.0, help="seconds between publications (default 1)")
    options = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    import pipeline  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as temporary:
        store, folder = Path(temporary, "store"), Path(temporary, "files")
        if options.store is None:
            pipeline.ingest_examples(store)
        else:
            shutil.copytree(options.store, store)
        write_copies(folder, options.files)
        begun = time.monotonic()
        found = read_meanwhile(store, folder, options.seconds, options.publish_every)
        print(
            f"writer   {options.files} files in {time.monotonic() - begun - options.seconds:.0f} s, status {found.status}"
        )
        for before, during in zip(found.alone, found.beside, strict=True):
            print(
                f"reader   {before.name:<25} longest wait alone {before.longest:.2f} s, meanwhile {during.longest:.2f} s "
                f"({during.longest - before.longest:+.2f}, bar +1); {len(during.waits)} answers, {len(during.errors)} errors"
            )
        torn = found.torn()
        errors = [error for reader in (*found.alone, *found.beside) for error in reader.errors]
        print(f"readers  {len(torn)} answers with parts of documents, {len(errors)} errors {errors[:3]}")
        sys.exit(1 if torn or errors or found.status else 0)


if __name__ == "__main__":
    main()
