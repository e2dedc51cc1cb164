"""Queries of many clients, answered by a few processes that can be stopped, so that no query holds up the others.

Every query starts among the quick ones, where it has a second or two. What takes longer is stopped and asked again
among the slow ones: fewer, of the lowest priority, each with the whole time limit. A client who sends queries that
never end keeps a slow place busy, and nobody else waiting.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from graph.errors import WorkspaceError
from graph.guard import check_user_query
from graph.soundness import check_snapshot
from graph.sparql import limit_rows
from ontology.namespaces import PREFIXES

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """What a query may take, and how many are answered at once."""

    seconds: float = 30.0
    rows: int = 100_000
    """Rows of a SELECT, triples of a CONSTRUCT or DESCRIBE."""
    size: int = 64 * MIB
    """Bytes of an answer."""
    memory: int = 2048 * MIB
    """Bytes of address space of one query's process (not limited on Windows)."""
    quick_seconds: float = 1.5
    """Seconds of the processor after which a query goes to the slow ones (by the clock where the system does not tell
    them): on a busy machine a query that only waits is not taken for a long one."""
    quick: int = 4
    slow: int = 2
    waiting: int = 32
    """Queries that may wait for a slow place; one more is told to come back."""
    cache: int = 32 * MIB
    """Bytes of answers kept for those who ask the same again."""


@dataclass(frozen=True, slots=True)
class Question:
    """A query and the formats in which rows and triples are wanted; `default` and `named` are the graphs that the
    request names (None where it names none)."""

    sparql: str
    results: str = "application/sparql-results+json"
    graph: str = "text/turtle"
    default: tuple[str, ...] | None = None
    named: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer (kind rows or triples), or why there is none: syntax, refused, no graph, too large, timeout, busy or
    failed, with a sentence."""

    kind: str
    media_type: str = "text/plain"
    body: bytes = b""
    message: str = ""

    @property
    def ok(self) -> bool:
        """Whether it is an answer."""
        return self.kind in ("rows", "triples")


@dataclass
class _Worker:
    process: asyncio.subprocess.Process
    so_far: Reply | None = None
    """A reply that the process would still better."""

    @classmethod
    async def start(cls, folder: Path, memory: int, niceness: int) -> _Worker:
        return cls(
            await asyncio.create_subprocess_exec(
                sys.executable, "-X", "utf8", "-m", "graph.endpoint_worker", str(folder), str(memory), str(niceness),
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
                cwd=Path(__file__).resolve().parent.parent,
            )
        )  # fmt: skip

    async def ask(self, request: bytes) -> Reply:
        assert self.process.stdin is not None and self.process.stdout is not None
        try:
            self.process.stdin.write(request + b"\n")
            await self.process.stdin.drain()
            head = json.loads(await self.process.stdout.readline())
            if head.get("more"):
                self.so_far = Reply(head["kind"], message=head["message"])
                head = json.loads(await self.process.stdout.readline())
            self.so_far = None
            body = await self.process.stdout.readexactly(head["length"])
        except (OSError, ValueError, asyncio.IncompleteReadError):
            message = "the query was stopped: it needs more memory than one may take, or is nested too deeply"
            return Reply("failed", message=message)
        return Reply(head["kind"], head.get("media_type", "text/plain"), body, head.get("message", ""))

    @property
    def alive(self) -> bool:
        return self.process.returncode is None

    def worked(self) -> float | None:
        """Seconds of the processor that the process has had; None where the system does not tell."""
        try:
            fields = Path(f"/proc/{self.process.pid}/stat").read_text("ascii", "replace").rpartition(")")[2].split()
        except OSError:
            return None
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    async def stop(self) -> None:
        with suppress(ProcessLookupError):
            self.process.kill()
        await self.process.wait()


@dataclass
class _Lane:
    """A number of places, each with a process that is started when first needed and again when it was stopped."""

    folder: Path
    places: int
    memory: int
    niceness: int
    at_most: float
    """Seconds by the clock for a query that has not had its seconds of the processor, because the machine is busy."""
    idle: list[_Worker] = field(default_factory=list)
    asked: list[_Worker] = field(default_factory=list)
    """Those that answer a query just now."""
    semaphore: asyncio.Semaphore = field(init=False)
    closed: bool = False

    def __post_init__(self) -> None:
        self.semaphore = asyncio.Semaphore(self.places)

    async def ask(self, request: bytes, seconds: float) -> Reply:
        async with self.semaphore:
            worker = self.idle.pop() if self.idle else None
            if worker is None or not worker.alive:
                worker = await _Worker.start(self.folder, self.memory, self.niceness)
            reply = await self._ask(worker, request, seconds)
            if reply.kind == "failed" and not self.closed:
                # What an earlier query left in the process, or its start, may be what was too much: a fresh one tells.
                worker = await _Worker.start(self.folder, self.memory, self.niceness)
                reply = await self._ask(worker, request, seconds)
            return reply

    async def _ask(self, worker: _Worker, request: bytes, seconds: float) -> Reply:
        asked = asyncio.ensure_future(worker.ask(request))
        self.asked.append(worker)
        try:
            if not await self._is_done(worker, asked, seconds):
                await worker.stop()
                return worker.so_far or Reply("timeout")
            reply = asked.result()
        except asyncio.CancelledError:  # the client has gone
            await asyncio.shield(worker.stop())
            raise
        finally:
            asked.cancel()
            self.asked.remove(worker)
        if reply.kind == "failed" or self.closed:
            await worker.stop()
        else:
            self.idle.append(worker)
        return reply

    async def _is_done(self, worker: _Worker, asked: asyncio.Future[Reply], seconds: float) -> bool:
        """Wait until a query is answered, or has had its time."""
        before, begun, waiting = worker.worked() or 0.0, time.monotonic(), seconds
        while True:
            done, _ = await asyncio.wait({asked}, timeout=waiting)
            if done:
                return True
            worked = worker.worked()
            left = self.at_most - (time.monotonic() - begun)
            if worked is None or worked - before >= seconds or left <= 0:
                return False
            waiting = min(max(seconds - (worked - before), 0.1), left)

    async def close(self) -> None:
        self.closed = True
        for worker in (*self.idle, *self.asked):
            await worker.stop()
        self.idle.clear()


_DAMAGED = Reply("failed", message="files of this store are damaged; whoever keeps it is told how to mend it")


def _tell_damage(snapshot: Path) -> bool:
    try:
        check_snapshot(snapshot)
    except WorkspaceError as error:
        sys.stderr.write(f"error: {error}\n")
        sys.stderr.flush()
        return True
    except OSError:
        pass
    return False


class QueryPool:
    """The processes that answer queries on one snapshot."""

    def __init__(self, folder: Path, limits: Limits) -> None:
        self.limits = limits
        folder = folder.resolve()  # the processes have another working directory
        self._quick = _Lane(folder, limits.quick, limits.memory, 0, limits.seconds)
        self._slow = _Lane(folder, limits.slow, limits.memory, 19, limits.seconds)
        self._folder = folder
        self._doubt: asyncio.Future[bool] | None = None
        self._waiting = 0
        self._kept: OrderedDict[bytes, Reply] = OrderedDict()
        self._kept_size = 0

    async def answer(self, question: Question) -> Reply:
        """Given a question, return its reply; raise QueryError and QueryRefusedError for what is not asked at all."""
        graphs = check_user_query(question.sparql)
        request = self._request(question, graphs)
        kept = self._kept.get(request)
        if kept is not None:
            self._kept.move_to_end(request)
            return kept
        if self._doubt is not None and self._doubt.done() and self._doubt.result():
            return _DAMAGED
        reply = await self._answer(request)
        if reply.ok:
            self._keep(request, reply)
        elif reply.kind in ("failed", "timeout") and await self._is_damaged():
            return _DAMAGED
        return reply

    async def _is_damaged(self) -> bool:
        """Whether the snapshot's files are damaged, of which a query may take for ever or all memory: they are read once,
        and whoever keeps the endpoint is told."""
        if self._doubt is None:
            self._doubt = asyncio.ensure_future(asyncio.to_thread(_tell_damage, self._folder))
        return await asyncio.shield(self._doubt)

    async def _answer(self, request: bytes) -> Reply:
        limits = self.limits
        reply = await self._quick.ask(request, min(limits.quick_seconds, limits.seconds))
        if reply.kind == "timeout" and limits.seconds > limits.quick_seconds:
            async with self._queue() as admitted:
                if not admitted:
                    return Reply("busy", message="too many long queries are waiting; come back in a minute")
                reply = await self._slow.ask(request, limits.seconds)
        if reply.kind == "timeout":
            message = f"the query ran longer than {limits.seconds:g} seconds and was stopped; narrow it"
            return Reply("timeout", message=message)
        if reply.kind == "no graph":
            return Reply("no graph", message=f"the store has no graph {reply.message}")
        if reply.kind == "too large":
            return Reply("too large", message=f"{reply.message}; add a LIMIT, or narrow the query")
        return reply

    @asynccontextmanager
    async def _queue(self) -> AsyncIterator[bool]:
        if self._waiting >= self.limits.waiting + self.limits.slow:
            yield False
            return
        self._waiting += 1
        try:
            yield True
        finally:
            self._waiting -= 1

    def _request(self, question: Question, graphs: Sequence[str]) -> bytes:
        asked = {
            "sparql": limit_rows(question.sparql, self.limits.rows + 1),
            "asked": question.sparql,
            "results": question.results,
            "graph": question.graph,
            "graphs": list(graphs),
            "default": None if question.default is None else list(question.default),
            "named": None if question.named is None else list(question.named),
            "rows": self.limits.rows,
            "bytes": self.limits.size,
            "prefixes": PREFIXES,
        }
        return json.dumps(asked).encode()

    def _keep(self, request: bytes, reply: Reply) -> None:
        size = len(request) + len(reply.body)
        if size > self.limits.cache // 8 or request in self._kept:
            return
        self._kept[request] = reply
        self._kept_size += size
        while self._kept_size > self.limits.cache:
            old_request, old = self._kept.popitem(last=False)
            self._kept_size -= len(old_request) + len(old.body)

    async def close(self) -> None:
        """Stop the processes, and with them the queries that still run."""
        await self._quick.close()
        await self._slow.close()
