"""The files of a closed Oxigraph store: a snapshot made of them, and when there are too many of them.

Measured (pyoxigraph 0.5.13, five million triples): `backup` first writes what is in memory to eleven files, one after
the other, beside the merging of earlier ones: 15 to 90 ms, and seconds where it must wait for that. A store that is
closed has everything in its files, the newest changes in its log. Linking those takes some milliseconds; whoever opens
the snapshot reads the log, some 5 ms for a megabyte. So a store with little in its log is published closed.
"""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

LOG_AT_MOST = 8_000_000
"""Bytes of a log that a reader may be left to read."""

_FILE = 64_000_000
"""Bytes of the files into which Oxigraph merges."""

_MANY, _FEW = 80, 40
"""Files more than a merged store has, from which on they are merged, and down to which. Each of Oxigraph's eleven tables
has a file for each change that was published; at twenty for one of them a writer is slowed down, at 36 it is stopped."""

_QUIET = 3.0
"""Seconds without a change of the files after which nothing more is merged."""


def log_size(folder: Path) -> int:
    """Given the folder of a store, return the bytes that its log holds."""
    return sum(size for name, size in store_files(folder).items() if name.endswith(".log"))


def link_closed(folder: Path, snapshot: Path) -> None:
    """Given the folder of a store that is closed, make a snapshot of it in a new folder: hard links where the file
    system has them, else copies. Raise OSError where that can't be done, or where the store is not closed."""
    before = store_files(folder)
    snapshot.mkdir()
    for name in before:
        if name.endswith((".sst", ".log")):
            link_or_copy(folder / name, snapshot / name)
        else:
            shutil.copyfile(folder / name, snapshot / name)
        if not name.endswith(".sst"):
            _sync(snapshot / name)
    if os.name == "posix":
        _sync(snapshot)
    if store_files(folder) != before:
        raise OSError(f"the store in {folder} is still in use")


def store_files(folder: Path) -> dict[str, int]:
    """Given the folder of a store, return the files that make it up, with their sizes."""
    found = {}
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith((".sst", ".log")) or entry.name.startswith(("CURRENT", "MANIFEST-")):
                with suppress(FileNotFoundError):  # of a store that is open: merged since it was listed
                    found[entry.name] = entry.stat().st_size
    return found


def link_or_copy(source: Path, target: Path) -> None:
    """Given a file that nobody changes and a name, give the file that name too: by a hard link, else as a copy."""
    try:
        target.hardlink_to(source)
    except (OSError, NotImplementedError):
        shutil.copyfile(source, target)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDWR if path.is_file() else os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class Flush(threading.Thread):
    """What Oxigraph has in memory put on disk in a thread of its own, which holds the store open until it is joined."""

    def __init__(self, flush: Callable[[], None]) -> None:
        super().__init__(daemon=True)
        self._flush: Callable[[], None] | None = flush
        self.error: OSError | None = None
        self.start()

    def run(self) -> None:
        """Flush, and let the store go."""
        flush, self._flush = self._flush, None
        try:
            if flush is not None:
                flush()
        except OSError as error:
            self.error = error
        except RuntimeError as error:  # an earlier merging met a damaged file
            self.error = OSError(str(error))
        finally:
            del flush


# --- merging ------------------------------------------------------------------------------------------------------
def are_many(folder: Path) -> bool:
    """Whether a store is in so many files more than after the last merging that the next writers would have to wait."""
    surplus, left = _surplus(store_files(folder)), _read_left(folder)
    if surplus < left:
        _write_left(folder, surplus)
    return surplus > _MANY + left


def wait_for_merging(folder: Path, at_most: float = 60.0) -> None:
    """Given the folder of an open store, wait until Oxigraph has merged its files, or merges no more."""
    _wait_for_merging(folder, at_most)
    _write_left(folder, max(0, _surplus(store_files(folder)) - _FEW))


def _wait_for_merging(folder: Path, at_most: float) -> None:
    end = time.monotonic() + at_most
    before, changed = store_files(folder), time.monotonic()
    while _surplus(before) > _FEW and changed + _QUIET > time.monotonic() < end:
        time.sleep(0.02)
        if (now := store_files(folder)) != before:
            before, changed = now, time.monotonic()


def _surplus(listing: dict[str, int]) -> int:
    sizes = [size for name, size in listing.items() if name.endswith(".sst")]
    return len(sizes) - sum(sizes) // _FILE


_LEFT = "files-left"
"""How many files Oxigraph has left apart: those that have no key in common need no merging."""


def _read_left(folder: Path) -> int:
    try:
        return int((folder / _LEFT).read_text("ascii"))
    except (OSError, ValueError):
        return 0


def _write_left(folder: Path, count: int) -> None:
    with suppress(OSError):  # the next writer waits in vain for some seconds
        (folder / _LEFT).write_text(str(count), "ascii")


def drop_old_notes(folder: Path) -> None:
    """Remove what Oxigraph noted down in earlier runs: it keeps a thousand of these files."""
    for path in folder.glob("LOG.old.*"):
        path.unlink(missing_ok=True)
