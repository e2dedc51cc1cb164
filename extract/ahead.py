"""Files read ahead by several processes, each handed over in its turn.

A process that a parser crashes, or that the system ends for want of memory, costs one file: the others are read by new
processes. They are of low priority, so that whoever asks the store meanwhile comes first, and none outlives the one that
started it, however that ends.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import Self

from extract.batch import read_disclosure
from extract.errors import ReaderDefectError
from ontology.records import Disclosure, Place

_AHEAD = 2
"""Files that wait for each process, so that none is idle while a file is stored."""

_FILES = 100
"""Files after which a process makes way for a new one: what parsers leave in memory goes with it."""

_NICE = 5


ReadFile = tuple[Disclosure, tuple[Place, ...]]
"""What was read from a file, and where its pages print names or telephones of people."""


def _read(path: Path) -> ReadFile:
    reading = read_disclosure(path)
    return reading.disclosure, reading.document.people


class ReadAhead:
    """Files in the order in which they will be asked for, read by so many processes. Close it at the end."""

    def __init__(self, paths: Iterable[Path], jobs: int, is_wanted: Callable[[Path], bool]) -> None:
        """`is_wanted` is asked of each file before it is read ahead."""
        self._paths = iter(paths)
        self._jobs = jobs
        self._is_wanted = is_wanted
        self._waiting: dict[Path, Future[ReadFile]] = {}
        self._start()

    def read(self, path: Path) -> ReadFile:
        """Given one of the files, return what was read from it; raise as `read_disclosure` does, ReaderDefectError also
        where reading it ends the process. Files before it are no longer waited for."""
        self._fill()
        if path in self._waiting:
            while (passed := next(iter(self._waiting))) != path:
                self._waiting.pop(passed).cancel()
        future = self._waiting.pop(path, None) or self._submit(path)
        self._fill()
        try:
            return future.result()
        except BrokenProcessPool:
            return self._read_alone(path)

    def _fill(self) -> None:
        while len(self._waiting) < self._jobs * _AHEAD and (path := next(self._paths, None)) is not None:
            if path not in self._waiting and self._is_wanted(path):
                self._waiting[path] = self._submit(path)

    def _submit(self, path: Path) -> Future[ReadFile]:
        try:
            return self._pool.submit(_read, path)
        except BrokenProcessPool:
            self._restart()
            return self._pool.submit(_read, path)

    def _read_alone(self, path: Path) -> ReadFile:
        """A process was lost while this file and others were read: whose fault it was shows by reading it alone."""
        others = [*self._waiting]
        self._waiting.clear()
        self._restart()
        try:
            return self._pool.submit(_read, path).result()
        except BrokenProcessPool as error:
            self._restart()
            raise ReaderDefectError(
                f"{path.name}: the process that read it was lost (its memory ran out, or a parser crashed). Nothing of it"
                " was kept. Try it alone with `pikg extract`; if it fails again please report it, with the file if you may."
            ) from error
        finally:
            self._waiting = {other: self._submit(other) for other in others}

    # --- processes ------------------------------------------------------------------------------------------------
    def _start(self) -> None:
        # Not forked: threads of this process (a store has some) hold locks that nobody would give back in a copy of it.
        context = multiprocessing.get_context("spawn")
        theirs, self._alive = context.Pipe(duplex=False)
        self._pool = ProcessPoolExecutor(
            self._jobs, context, initializer=_begin, initargs=(theirs,), max_tasks_per_child=_FILES
        )

    def _stop(self) -> None:
        self._alive.close()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _restart(self) -> None:
        self._stop()
        self._start()

    def close(self) -> None:
        """End the processes, whatever they are reading."""
        self._stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _begin(alive: Connection) -> None:
    """Prepare a process: Ctrl-C is for the one that started it, and with that one it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "nice"):
        os.nice(_NICE)
    threading.Thread(target=_end_with, args=[alive], daemon=True).start()


def _end_with(alive: Connection) -> None:
    try:
        alive.recv()
    except (EOFError, OSError):
        os._exit(1)
