"""The exports of a large store: how long they take, and the most memory of the process that writes them.

    python benchmarks/bench_export.py                                a store of 200 random disclosures, a few seconds
    python benchmarks/bench_export.py --rows 1000000 --keep DIR      a million rows of the table, kept in DIR and used again
    python benchmarks/bench_export.py --store DIR --formats csv xlsx a store that is there, only read

Each format is written by `pikg export` in a process of its own, whose clock, processor's time and greatest memory
(resident, as the kernel counts it) are shown, with the rows or lines of the file. Bars, for a million rows of CSV: 120 s
and 400 MB. With --rows as many documents are made as it takes; filling such a store takes half an hour and 20 GB of disk.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench_store import fill

from graph.store import Rows
from graph.workspace import Workspace

ROOT = Path(__file__).resolve().parent.parent
ROWS_A_DOCUMENT = 25
"""Indicator rows of a random disclosure, on the average."""

MIB = 1 << 20


def count_rows(workspace: Workspace) -> int:
    """Given a workspace, return how many indicator rows it holds."""
    with workspace.read() as store:
        answer = store.query("SELECT (COUNT(*) AS ?n) { ?row a pikg:IndicatorRow }")
    assert isinstance(answer, Rows)
    return int(str(answer.rows[0][0]))


def measure(command: list[str]) -> tuple[float, float, int]:
    """Given a command, run it, and return its seconds, those of the processor, and its greatest memory in bytes."""
    begun = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT)
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(command)} ended with status {process.returncode}")
    return seconds, used.ru_utime + used.ru_stime, used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def lines(path: Path) -> int:
    """Given a file, return how many line ends it has."""
    with path.open("rb") as file:
        return sum(piece.count(b"\n") for piece in iter(lambda: file.read(MIB), b""))


def run(workspace: Workspace, format_name: str, folder: Path, rows: int) -> None:
    """Write one format and print what was measured."""
    path = folder / f"export.{format_name}"
    command = [sys.executable, "-m", "pikg", "export", "--store", str(workspace.folder), "--format", format_name,
               "-o", str(path)]  # fmt: skip
    seconds, processor, memory = measure(command)
    told = "" if format_name == "xlsx" else f", {lines(path):,} lines"
    whole = (
        f"; a million rows: {seconds / rows * 1e6:,.0f} s, processor {processor / rows * 1e6:,.0f} s" if rows else ""
    )
    print(
        f"{format_name:<8} {rows:,} indicator rows{told}, {path.stat().st_size / MIB:,.0f} MB: {seconds:.1f} s, processor "
        f"{processor:.1f} s, memory {memory / MIB:.0f} MB at most{whole}",
        flush=True,
    )
    path.unlink()


def main() -> None:
    """Given command line arguments, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=200, help="documents of the store (default 200)")
    parser.add_argument("--rows", type=int, help="indicator rows of the store, instead of documents")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep the store there, or use the one that is there")
    parser.add_argument("--store", type=Path, metavar="DIR", help="only read this store")
    parser.add_argument(
        "--formats", nargs="+", default=["csv"], choices=["csv", "xlsx", "nquads", "turtle", "jsonld", "graphml"]
    )
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=given.keep and given.keep.parent) as temporary:
        if given.store is not None:
            workspace = Workspace.open(given.store)
        else:
            documents = -(-given.rows // ROWS_A_DOCUMENT) if given.rows else given.documents
            workspace = fill(given.keep or Path(temporary, "store"), documents)
        rows = count_rows(workspace)
        for format_name in given.formats:
            run(workspace, format_name, Path(temporary), rows)


if __name__ == "__main__":
    main()
