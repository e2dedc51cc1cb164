"""The places in which the endpoint's queries run: what counts as a long query, and what a client is told."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from disclosures import disclosure

from graph.load import open_batch
from graph.query_pool import Limits, QueryPool, Question
from graph.workspace import Workspace

QUICK = Question("SELECT ?p { ?p a pikg:Project }")
LONG = Question("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }")


def run(asked: Coroutine[None, None, None]) -> None:
    """Run in a thread of its own: in this one a browser's loop may still be running."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, asked).result()


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory) -> Path:
    workspace = Workspace.open(tmp_path_factory.mktemp("pool") / "store", create=True)
    with open_batch(workspace) as batch:
        batch.load(disclosure(1, indicators=30))
    return workspace.snapshot_folder


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells a process's time in /proc")
def test_a_query_that_only_waits_for_the_processor_is_no_long_one(snapshot):
    async def ask() -> None:
        pool = QueryPool(snapshot, Limits(seconds=60, quick_seconds=0.5))
        try:
            assert (await pool.answer(QUICK)).ok
            (worker,) = pool._quick.idle
            os.kill(worker.process.pid, signal.SIGSTOP)  # as a busy machine does to it
            asked = asyncio.ensure_future(pool.answer(Question(QUICK.sparql + " # again")))
            await asyncio.sleep(2)
            assert not asked.done()
            os.kill(worker.process.pid, signal.SIGCONT)
            assert (await asked).ok
            assert pool._quick.idle == [worker]
            assert pool._slow.idle == []
        finally:
            await pool.close()

    run(ask())


def test_a_query_that_never_ends_is_stopped_at_its_limit_by_the_clock(snapshot):
    async def ask() -> None:
        pool = QueryPool(snapshot, Limits(seconds=2, quick_seconds=0.5))
        try:
            reply = await asyncio.wait_for(pool.answer(LONG), 30)
            assert (reply.kind, "2 seconds" in reply.message) == ("timeout", True)
            assert (await pool.answer(QUICK)).kind in ("rows", "timeout")  # the pool goes on
        finally:
            await pool.close()

    run(ask())


def test_a_snapshot_that_cannot_be_opened_is_told_as_that(tmp_path):
    async def ask() -> None:
        pool = QueryPool(tmp_path / "nowhere", Limits(seconds=30))
        try:
            reply = await pool.answer(QUICK)
            assert (reply.kind, "snapshot can't be opened" in reply.message) == ("failed", True)
        finally:
            await pool.close()

    run(ask())
