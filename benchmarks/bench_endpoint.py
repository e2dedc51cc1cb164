"""The SPARQL endpoint under load: many clients with named queries, and hostile ones beside them.

    python benchmarks/bench_endpoint.py                              a store of 100 random disclosures, 10 clients, 10 s
    python benchmarks/bench_endpoint.py --documents 1200 --keep DIR --clients 50 --seconds 60
                                                                     a million triples, kept in DIR and used again

Each client asks one named query a second, each time with other parameters, so that kept answers help only where real
clients would repeat a question too. Hostile clients send cross products and sorts of them, one after the other. Shown
are the answers' times in milliseconds, the statuses, and the memory of the server with its processes.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import httpx
from bench_store import fill, percentile

from graph.queries import run_named
from graph.workspace import Workspace

ROOT = Path(__file__).resolve().parent.parent
PORT = 8897
NO_ANSWER = 0
"""Told in the place of a status: the connection failed, or nothing came within the client's time."""
HOSTILE = (
    "SELECT (COUNT(*) AS ?n) {{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }} # {n}",
    "SELECT * {{ ?a ?b ?c . ?d ?e ?f }} ORDER BY ?c ?f ?a # {n}",
    'SELECT * {{ ?a ?b ?c . ?d ?e ?f FILTER(REGEX(STR(?c), "(.*a){{12}}") && REGEX(STR(?f), "(x+x+)+y")) }} # {n}',
)


def questions(workspace: Workspace) -> list[tuple[str, dict[str, str]]]:
    """Given a workspace, return named queries with parameters that it has answers for."""
    with workspace.read() as store:
        projects = [str(row["project"]) for row in run_named(store, "projects", year="2024")][:400]
        documents = [str(row["document"]) for row in run_named(store, "documents")][:200]
    found: list[tuple[str, dict[str, str]]] = []
    for project in projects:
        found += [(name, {"project": project}) for name in ("project-indicators", "project-funding", "project-forms")]
    for document in documents:
        found += [("indicators", {"document": document}), ("issues", {"document": document})]
    found += [("units", {}), ("overview", {}), ("documents", {"year": "2024"})]
    return found


async def ask(
    client: httpx.AsyncClient, asked: list[tuple[str, dict[str, str]]], until: float, told: list[tuple[float, int]]
) -> None:
    """Ask one of the questions a second until a time; note how long each took, and its status."""
    await asyncio.sleep(random.random())
    while time.monotonic() < until:
        name, parameters = random.choice(asked)
        started = time.monotonic()
        try:
            answer = await client.get(f"/query/{name}", params={**parameters, "format": "json"})
        except httpx.TransportError as error:
            told.append((time.monotonic() - started, NO_ANSWER))
            print(f"{name} {parameters}: no answer ({type(error).__name__})")
            continue
        took = time.monotonic() - started
        told.append((took, answer.status_code))
        if answer.status_code != httpx.codes.OK:
            print(f"{name} {parameters}: {answer.status_code} {answer.text.strip()}")
        await asyncio.sleep(max(0.0, 1 - took))


async def attack(client: httpx.AsyncClient, until: float, statuses: Counter[int]) -> None:
    """Send queries that never end until a time."""
    number = 0
    while time.monotonic() < until:
        number += 1
        query = HOSTILE[number % len(HOSTILE)].format(n=time.monotonic())
        try:
            answer = await client.get("/sparql", params={"query": query})
        except httpx.TimeoutException:
            continue
        statuses[answer.status_code] += 1


def memory(process: int) -> int:
    """The megabytes that a process and its children hold."""
    listed = subprocess.run(
        ["ps", "-o", "rss=", "--ppid", str(process), "-p", str(process)], capture_output=True, text=True, check=False
    )
    return sum(map(int, listed.stdout.split())) // 1024


async def run(workspace: Workspace, clients: int, seconds: float, hostile: int, process: int) -> None:
    """Load the endpoint and print what was measured."""
    asked = questions(workspace)
    told: list[tuple[float, int]] = []
    statuses: Counter[int] = Counter()
    most = 0
    limits = httpx.Limits(max_connections=clients + hostile)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{PORT}", timeout=90, limits=limits) as client:
        until = time.monotonic() + seconds
        tasks = [asyncio.create_task(ask(client, asked, until, told)) for _ in range(clients)]
        tasks += [asyncio.create_task(attack(client, until, statuses)) for _ in range(hostile)]
        while not all(task.done() for task in tasks[:clients]):
            most = max(most, memory(process))
            await asyncio.sleep(1)
        for task in tasks[clients:]:
            task.cancel()
        await asyncio.gather(*tasks[:clients])
        await asyncio.gather(*tasks[clients:], return_exceptions=True)
    times = [took for took, _ in told]
    p50, p95, p99 = (1000 * percentile(times, share) for share in (0.5, 0.95, 0.99))
    print(f"{clients} clients, {hostile} hostile, {seconds:g} s: {len(told)} answers, p50 {p50:.0f} ms, p95 {p95:.0f} ms, "
          f"p99 {p99:.0f} ms, statuses {dict(Counter(status for _, status in told))}; "
          f"hostile {dict(statuses)}; memory {most} MB at most")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=100)
    parser.add_argument("--clients", type=int, default=10)
    parser.add_argument("--hostile", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--keep", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        workspace = fill(given.keep or Path(temporary) / "store", given.documents)
        with workspace.read() as store:
            print(f"{store.count():,} triples")
        command = [sys.executable, "-m", "pikg", "serve", "--store", str(workspace.folder), "--port", str(PORT)]
        server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
        try:
            wait_for(f"http://127.0.0.1:{PORT}/query/units")
            for hostile in (0, given.hostile):
                asyncio.run(run(workspace, given.clients, given.seconds, hostile, server.pid))
        finally:
            server.terminate()
            server.wait()


def wait_for(address: str) -> None:
    """Wait until an address answers."""
    for _ in range(300):
        try:
            httpx.get(address, timeout=60)
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return


if __name__ == "__main__":
    main()
