"""Files that are broken, locked or far larger inside than outside end in a sentence or in bounded work, never in a store.

Each is read through the commands that a user types, in a process of its own that tells its time and its memory.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from badinput import BOUNDED, UNREADABLE

ROOT = Path(__file__).resolve().parent.parent
MOST_SECONDS = 60.0
MOST_BYTES = 1_500_000_000
PATIENCE = 600.0
"""Seconds after which a process is ended: the bound is on its own time, which a busy machine does not lengthen."""

# Linux tells the peak of this very process; getrusage would count that of the process which started it, too.
CHILD = """
import contextlib, io, json, re, resource, sys, time
from pathlib import Path
sys.path.insert(0, sys.argv[1])
import pikg

def peak():
    try:
        return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) * 1024
    except (OSError, TypeError):
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return most if sys.platform == "darwin" else most * 1024

for call in json.loads(sys.argv[2]):
    begun, out, err = time.process_time(), io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = pikg.run(call)
    told = {"status": status, "out": out.getvalue()[-20000:], "err": err.getvalue()}
    print(json.dumps(told | {"seconds": time.process_time() - begun, "peak": peak()}), flush=True)
"""


def run(*calls: list[str]) -> list[dict[str, Any]]:
    """Make calls of the command line, one after the other in one process, and return what became of each."""
    command = [sys.executable, "-c", CHILD, str(ROOT), json.dumps(calls)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=PATIENCE, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


def documents(store: Path) -> list[Any]:
    """What a store holds, by its own account."""
    (told,) = run(["status", "--store", str(store), "--documents", "--format", "json"])
    found = json.loads(told["out"])["documents"]
    return found if isinstance(found, list) else [found] * bool(found)


def name_of(maker: Callable[[Path], Path]) -> str:
    return maker.__name__


# --- what must be refused


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, dict[str, Any]]]:
    """What `pikg extract` said of each file that must be refused, by the name of its maker."""
    folder = tmp_path_factory.mktemp("refused")
    files = {name_of(maker): maker(folder) for maker in UNREADABLE}
    told = run(*(["extract", str(path)] for path in files.values()))
    yield dict(zip(files, told, strict=True)) | {"folder": {"path": folder, "count": len(files)}}
    for path in files.values():
        path.unlink()


@pytest.mark.parametrize("maker", UNREADABLE, ids=name_of)
def test_it_is_refused_in_a_sentence(refused: dict[str, dict[str, Any]], maker: Callable[[Path], Path]) -> None:
    told = refused[name_of(maker)]
    assert told["status"] == 1
    assert told["out"] == ""
    (sentence,) = told["err"].splitlines()
    assert sentence.startswith("error: ")
    assert UNREADABLE[maker] in sentence
    assert told["seconds"] < MOST_SECONDS
    assert told["peak"] < MOST_BYTES


def test_nothing_of_what_is_refused_is_stored(refused: dict[str, dict[str, Any]], tmp_path: Path) -> None:
    store = tmp_path / "store"
    good = tmp_path / "good.txt"
    good.write_text("2024年部门预算\n", "utf-8")
    run(["ingest", str(good), "--store", str(store)])
    before = documents(store)
    (told,) = run(["ingest", str(refused["folder"]["path"]), "--store", str(store)])
    assert told["status"] == 1
    sentences = told["err"].splitlines()
    assert len(sentences) == refused["folder"]["count"]
    assert all(sentence.startswith("failed: ") for sentence in sentences)
    assert told["seconds"] < MOST_SECONDS
    assert told["peak"] < MOST_BYTES
    assert documents(store) == before


# --- what may be read or refused, but never without end


@pytest.fixture(scope="module")
def ingested(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What `pikg ingest` did with each file that is large, by the name of its maker, each with a store of its own."""
    folder = tmp_path_factory.mktemp("bounded")
    files = {name_of(maker): maker(folder) for maker in BOUNDED}
    told = run(*(["ingest", str(path), "--store", str(folder / f"{name}-store")] for name, path in files.items()))
    for path in files.values():
        path.unlink()
    return dict(zip(files, told, strict=True))


@pytest.mark.parametrize("maker", BOUNDED, ids=name_of)
def test_it_is_bounded_work(ingested: dict[str, dict[str, Any]], maker: Callable[[Path], Path]) -> None:
    told = ingested[name_of(maker)]
    assert told["seconds"] < MOST_SECONDS
    assert told["peak"] < MOST_BYTES
    assert "Traceback" not in told["err"]
    assert "pikg failed" not in told["err"]
    if told["status"]:
        (sentence,) = told["err"].splitlines()
        assert sentence.startswith("failed: ")
    else:
        assert told["err"] == ""
