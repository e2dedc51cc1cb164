"""A look at queries that run in this process and don't end: does their store read as it was written?

A query that met a damaged block may never return and fills the memory (graph.soundness); nothing but the end of the
process stops it. So one thread looks now and then at what is asked; of a query that takes long or much memory, the
store's files are compared with their checksums, once. Where they are as they were written, nothing happens. Where not,
the snapshot is marked, the reader is told, and the process ends. What is asked pays some microseconds for it.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from graph.errors import WorkspaceError

EVERY = 0.5
"""Seconds between two looks."""

LONG = 5.0
"""Seconds after which a query is doubted, whatever memory it takes."""

MUCH = 1 << 30
"""Bytes that the process has grown by since a query was first seen, from which on it is doubted."""

_IDLE = 30.0


@dataclass(slots=True, eq=False)
class _Asked:
    """Something that is asked: of which folder, since when, and how large the process was when it was first looked at."""

    folder: Path
    begun: float
    memory: int | None = None


_asked: set[_Asked] = set()
_sound: set[Path] = set()
_guard = threading.Lock()
_thread: threading.Thread | None = None


@contextmanager
def watched(folder: Path | None) -> Iterator[None]:
    """Given the folder of a store that is asked (None: it is in memory only), have an eye on it meanwhile."""
    if folder is None:
        yield
        return
    own = _Asked(folder, time.monotonic())
    _asked.add(own)
    try:
        if _thread is None:
            _start()
        yield
    finally:
        _asked.discard(own)  # a process that was forked has forgotten it


def _start() -> None:
    global _thread  # noqa: PLW0603 - one for the process
    with _guard, suppress(RuntimeError):  # no thread is to be had: nobody looks
        if _thread is None:
            thread = threading.Thread(target=_look, name="watch", daemon=True)
            thread.start()
            _thread = thread


def _forget() -> None:
    """In a process that was forked: the thread stayed behind."""
    global _thread, _guard
    _thread, _guard = None, threading.Lock()
    _asked.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)


def _look() -> None:
    global _thread  # noqa: PLW0603
    idle_since = time.monotonic()
    while True:
        time.sleep(EVERY)
        if _asked:
            idle_since = time.monotonic()
            _look_at(list(_asked))
        elif time.monotonic() - idle_since > _IDLE:
            with _guard:
                _thread = None
                if not _asked:
                    return
                _thread = threading.current_thread()  # somebody asked in between


def _look_at(asked: list[_Asked]) -> None:
    now, memory = time.monotonic(), _memory()
    for one in asked:
        if one.memory is None:
            one.memory = memory
        long = LONG if memory else LONG / 3
        if one.folder not in _sound and (now - one.begun > long or memory - one.memory > MUCH):
            _check(one.folder)


def _check(folder: Path) -> None:
    from graph.soundness import check_store  # noqa: PLC0415 - hardly ever

    try:
        check_store(folder)
    except WorkspaceError as error:
        sys.stderr.write(f"error: {error}\n")
        sys.stderr.flush()
        os._exit(1)  # the thread that asks would never come back
    except OSError:
        return  # it is gone, or can't be read now
    _sound.add(folder)


def _memory() -> int:
    """Bytes that this process has in memory; 0 where the system does not tell."""
    try:
        with open("/proc/self/statm", "rb") as file:  # noqa: PTH123
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError, AttributeError):
        pass
    if sys.platform == "darwin":
        import resource  # noqa: PLC0415 - not on Windows

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return 0
