"""SPARQL servers for tests, started on a free port and stopped again: Oxigraph's from PyPI, Virtuoso from Debian."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from graph.remote import RemoteStore
from graph.remote_settings import RemoteSettings

VIRTUOSO_MISSING = "Virtuoso is not installed (Debian: apt-get install virtuoso-opensource-7)"


def free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


def oxigraph_program() -> str | None:
    beside = Path(sys.executable).with_name("oxigraph")
    return str(beside) if beside.exists() else shutil.which("oxigraph")


def virtuoso_program() -> str | None:
    return shutil.which("virtuoso-t") if shutil.which("isql-vt") else None


@contextmanager
def run_oxigraph(*arguments: str) -> Iterator[RemoteSettings]:
    """An Oxigraph server that keeps everything in memory."""
    program, port = oxigraph_program(), free_port()
    assert program is not None
    with _running([program, "serve", "--bind", f"127.0.0.1:{port}", *arguments], None):
        address = f"http://127.0.0.1:{port}"
        _wait_for(f"{address}/query?query=ASK%7B%7D")
        yield RemoteSettings(f"{address}/query", f"{address}/update", f"{address}/store", timeout=30)


_INI = """[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
FileExtend = 200
MaxCheckpointRemap = 2000
[TempDatabase]
DatabaseFile = virtuoso-temp.db
TransactionFile = virtuoso-temp.trx
FileExtend = 200
MaxCheckpointRemap = 2000
[Parameters]
ServerPort = 127.0.0.1:{sql}
DirsAllowed = .
VADInstallDir = .
NumberOfBuffers = 10000
MaxDirtyBuffers = 6000
MaxStaticCursorRows = 5000
DefaultIsolation = 2
ServerThreads = 20
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerRoot = .
ServerThreads = 10
DefaultMailServer =
[SPARQL]
ResultSetMaxRows = 1000000
MaxQueryCostEstimationTime = 0
MaxQueryExecutionTime = 60
[Plugins]
LoadPath = .
"""


@contextmanager
def run_virtuoso(folder: Path) -> Iterator[RemoteSettings]:
    """A Virtuoso server with a new database in a folder; its users may change the store."""
    program, isql = virtuoso_program(), shutil.which("isql-vt")
    assert program is not None
    assert isql is not None
    sql, http = free_port(), free_port()
    (folder / "virtuoso.ini").write_text(_INI.format(sql=sql, http=http), "ascii")
    with _running([program, "+foreground", "+configfile", "virtuoso.ini"], folder):
        address = f"http://127.0.0.1:{http}"
        _wait_for(f"{address}/sparql?query=ASK%7B%3Fs+%3Fp+%3Fo%7D", 60)
        command = [isql, f"127.0.0.1:{sql}", "dba", "dba", "exec=" + 'GRANT SPARQL_UPDATE TO "SPARQL"; '
                   "DB.DBA.RDF_DEFAULT_USER_PERMS_SET('nobody', 15);"]  # fmt: skip
        subprocess.run(command, check=True, capture_output=True, timeout=60)
        yield RemoteSettings(f"{address}/sparql", f"{address}/sparql", f"{address}/sparql-graph-crud", timeout=60)


@contextmanager
def _running(command: list[str], folder: Path | None) -> Iterator[None]:
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.kill()
        process.wait()


def _wait_for(address: str, seconds: float = 20.0) -> None:
    for _ in range(int(seconds / 0.05)):
        try:
            if httpx.get(address).is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise TimeoutError(f"{address} does not answer")


SERVERS = ["oxigraph", "virtuoso"]
"""The servers that one suite is run on, by the names of their fixtures."""


def emptied(settings: RemoteSettings, base: str) -> RemoteStore:
    """Given a server, return what it holds under a base IRI, emptied, to write."""
    store = RemoteStore(settings, base)
    store.begin_writing()
    if not store.keeps_union_apart:
        store._update(["DROP ALL"])  # its default graph is one workspace's
    store.replace_graphs([(graph, ()) for graph in store.graphs()])
    return store
