"""Checksums of a snapshot's files: noted once it is published, compared when there is reason to doubt, or when asked.

RocksDB, below Oxigraph, looks at the sizes of its files when it opens them and at a block's checksum when it reads it.
Measured (pyoxigraph 0.5.13): where a damaged block is met within a join or a count, Oxigraph collects the same error
without end. The query never returns, can't be stopped, and takes half a gigabyte of memory a second; other tables that
are damaged are never noticed. So each file is known by its size and CRC-32 (a gigabyte a second and more), reading
them can't hang, and what was found damaged is marked: nobody opens it again.
"""

from __future__ import annotations

import errno
import json
import os
import zlib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from graph.errors import WorkspaceError, damaged_graph, damaged_snapshot
from graph.files import store_files

SUMS = "sums.json"
"""The file of a snapshot that says how its files were written."""

MARK = "damaged"
"""The file of a snapshot that says which of its files were found damaged."""

_BLOCK = 1 << 20

_sound: set[Path] = set()
"""The snapshots that this process has found to be as they were written."""


class _Sum(NamedTuple):
    """How a file was written: its bytes and their CRC-32."""

    size: int
    crc: int


def note_sums(snapshot: Path) -> None:
    """Given the folder of the newest snapshot, note how its files were written, unless that is done. Those that it
    shares with an earlier snapshot, by hard links, are known from there: Oxigraph never changes a table that it has
    written. Where nothing can be noted, nothing is. The caller holds the workspace's lock."""
    if (snapshot / SUMS).exists():
        return
    with suppress(OSError):
        known = _known_before(snapshot)
        sums = {name: _sum(snapshot / name, known) for name in sorted(store_files(snapshot))}
        partial = snapshot / f"{SUMS}.partial"
        partial.write_text(json.dumps(sums), "ascii")
        partial.replace(snapshot / SUMS)


def _known_before(snapshot: Path) -> dict[tuple[int, int], _Sum]:
    """What is known of the files of earlier snapshots, by the file itself: a name may be given again."""
    known = {}
    for folder in snapshot.parent.iterdir():
        for name, told in ((folder.name.isdecimal() and _read(folder)) or {}).items():
            with suppress(FileNotFoundError):
                inode = os.stat(folder / name)  # noqa: PTH116 - hundreds of files
                if inode.st_ino and name.endswith(".sst"):
                    known[inode.st_dev, inode.st_ino] = told
    return known


def _sum(path: Path, known: Mapping[tuple[int, int], _Sum]) -> _Sum:
    now = os.stat(path)  # noqa: PTH116
    told = known.get((now.st_dev, now.st_ino))
    return told if told is not None and told.size == now.st_size else _Sum(now.st_size, _crc(path))


def _read(snapshot: Path) -> dict[str, _Sum] | None:
    try:
        told = json.loads((snapshot / SUMS).read_text("ascii"))
        return {name: _Sum(*said) for name, said in told.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return None


def _crc(path: Path) -> int:
    """The CRC-32 of a file."""
    found, block = 0, bytearray(_BLOCK)
    view = memoryview(block)
    with path.open("rb", buffering=0) as file:
        while count := file.readinto(block):
            found = zlib.crc32(view[:count], found)
    return found


# --- comparing ----------------------------------------------------------------------------------------------------
def has_sums(snapshot: Path) -> bool:
    """Whether it is known how a snapshot's files were written."""
    return _read(snapshot) is not None


def find_damaged(snapshot: Path, copy: Path | None = None) -> list[str]:
    """Given the folder of a snapshot, and where it was copied to, return the files that don't read as they were written;
    none where that was not noted. Raise OSError where one can't be read for another reason than a failing disk."""
    folder, sums = copy or snapshot, _read(snapshot) or {}
    return [name for name, told in sorted(sums.items()) if _differs(folder / name, told)]


def find_damaged_tables(graph: Path, snapshot: Path) -> list[str]:
    """Given the folder of a graph and its newest snapshot, return the damaged tables that they share."""
    return [name for name in find_damaged(snapshot) if _is_shared(graph / name, snapshot / name)]


def _is_shared(one: Path, other: Path) -> bool:
    try:
        return one.suffix == ".sst" and one.samefile(other)
    except OSError:
        return False


def _differs(path: Path, told: _Sum) -> bool:
    try:
        return path.stat().st_size != told.size or _crc(path) != told.crc
    except FileNotFoundError:
        return path.parent.exists()  # else it was pruned
    except OSError as error:
        if error.errno != errno.EIO:  # too many files are open, or we may not read it: it says nothing of the file
            raise
        return True  # a sector that can't be read


# --- what was found -----------------------------------------------------------------------------------------------
def tells_damage(message: str) -> bool:
    """Given what Oxigraph says of an error, whether it is about damaged files. It may print an IRI of the query, which
    holds no blank: that a function is named "Corruption" is no damage."""
    return "Corruption: " in message


def damage_told(files: Iterable[str]) -> str:
    """Given damaged files, return what is said of them."""
    named = sorted(files)
    more = ", …" if len(named) > 3 else ""
    return f"{', '.join(named[:3])}{more}: not as it was written"


def refuse_damaged(snapshot: Path) -> None:
    """Raise WorkspaceError where a snapshot was found damaged before."""
    if (reason := read_mark(snapshot)) is not None:
        raise damaged_snapshot(snapshot, reason)


def read_mark(snapshot: Path) -> str | None:
    """What was found damaged in a snapshot; None where nothing was."""
    try:
        return (snapshot / MARK).read_text("utf-8") or None
    except (OSError, ValueError):
        return None


def mark_damaged(snapshot: Path, reason: str) -> WorkspaceError:
    """Given a snapshot and what is damaged in it, note that for all who would open it, and return the error that says
    so."""
    with suppress(OSError):  # of a folder that we may only read
        (snapshot / MARK).write_text(reason, "utf-8")
    return damaged_snapshot(snapshot, reason)


def check_snapshot(snapshot: Path) -> None:
    """Given a snapshot that there is reason to doubt, read all its files, once in this process; raise WorkspaceError
    where one is damaged."""
    if snapshot not in _sound:
        verify_snapshot(snapshot)


def verify_snapshot(snapshot: Path) -> None:
    """Given a snapshot, read all its files; raise WorkspaceError where one is damaged."""
    refuse_damaged(snapshot)
    if damaged := find_damaged(snapshot):
        raise mark_damaged(snapshot, damage_told(damaged))
    _sound.add(snapshot)


def check_store(folder: Path) -> None:
    """Given the folder of a snapshot or of a graph that there is reason to doubt, read its files; raise WorkspaceError
    where one is damaged."""
    if folder.parent.name == "snapshots":
        check_snapshot(folder)
        return
    snapshots = folder.parent / "snapshots"
    check_graph(folder, snapshots / (snapshots / "current").read_text("ascii").strip())


def check_graph(graph: Path, snapshot: Path) -> None:
    """Given the folders of a graph and of its newest snapshot, raise WorkspaceError where tables that they share are
    damaged."""
    if damaged := find_damaged_tables(graph, snapshot):
        raise damaged_graph(graph, damage_told(damaged))
