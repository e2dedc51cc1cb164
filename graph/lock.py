"""Locks that the operating system gives back when a process ends, however it ends.

The writer's lock is a file that also says who holds it; a snapshot's lease is a shared lock on its folder, by which the
one who prunes sees that somebody still reads there. On Windows, where a folder in use can't be renamed, leases are not
needed and none is taken.
"""

from __future__ import annotations

import errno
import json
import os
import socket
import sys
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from graph.errors import StoreLockedError, WorkspaceError

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

# Windows forbids reading a locked byte; this one lies far behind the text that says who holds the lock.
_LOCKED_BYTE = 1 << 30


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a lock: process, machine, what was called, and since when (ISO 8601, UTC)."""

    pid: int
    host: str
    command: str
    since: str

    def __str__(self) -> str:
        return f"{self.command!r} (process {self.pid} on {self.host}, since {self.since})"


def _this_process(command: str | None) -> Holder:
    called = command or " ".join([Path(sys.argv[0]).name, *sys.argv[1:3]]).strip() or "python"
    return Holder(os.getpid(), socket.gethostname(), called, datetime.now(UTC).isoformat(timespec="seconds"))


def cannot_write(path: Path, error: OSError) -> WorkspaceError:
    """Given a file of a workspace that can't be written and why, return the error that says so and what to do."""
    advice = (
        "make room, and call it again: what was stored before is there whole"
        if error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", None))
        else "is the folder yours?"
    )
    return WorkspaceError(f"{path} can't be written ({error.strerror or error}); {advice}")


def _try_exclusive(descriptor: int) -> bool:
    try:
        if sys.platform == "win32":
            os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


class WriterLock:
    """The lock of the one writer: `acquire` takes it or raises StoreLockedError, `release` gives it back."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor: int | None = None

    def acquire(self, *, wait: float = 0.0, command: str | None = None) -> None:
        """Given how many seconds to wait for another writer, take the lock and write into it who has it."""
        try:
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o666)
        except OSError as error:
            raise cannot_write(self.path, error) from error
        deadline = time.monotonic() + max(wait, 0.2)  # somebody who only asks for the holder has it for an instant
        while not _try_exclusive(descriptor):
            if time.monotonic() >= deadline:
                os.close(descriptor)
                holder = self.holder()
                raise StoreLockedError(
                    f"{self.path.parent} is being written by {holder or 'another process'}; wait until it is done "
                    f"(the lock is {self.path.name}, and ends with that process)"
                )
            time.sleep(0.05)
        self._descriptor = descriptor
        text = json.dumps(asdict(_this_process(command)), ensure_ascii=False).encode()
        try:
            os.lseek(descriptor, 0, os.SEEK_SET)
            os.write(descriptor, text)
            os.ftruncate(descriptor, len(text))
        except OSError as error:
            self.release()
            raise cannot_write(self.path, error) from error

    def release(self) -> None:
        """Give the lock back; twice is no error. The file stays: removing it would let two writers hold two files."""
        if self._descriptor is not None:
            os.ftruncate(self._descriptor, 0)
            if sys.platform == "win32":
                os.lseek(self._descriptor, _LOCKED_BYTE, os.SEEK_SET)
                msvcrt.locking(self._descriptor, msvcrt.LK_UNLCK, 1)
            os.close(self._descriptor)
            self._descriptor = None

    def holder(self) -> Holder | None:
        """Who holds the lock now; None where nobody does, or nobody who told. Takes nothing."""
        try:
            said = json.loads(self.path.read_bytes() or b"null")
        except (OSError, ValueError):
            return None
        try:
            holder = Holder(**said) if isinstance(said, dict) else None
        except TypeError:
            return None
        return None if holder is None or self._is_free() else holder

    def _is_free(self) -> bool:
        """Whether what the file says is a leftover of a process that was killed."""
        if self._descriptor is not None:
            return False
        try:
            descriptor = os.open(self.path, os.O_RDWR)
        except OSError:
            return False  # not ours to write: believe what it says
        try:
            if not _try_exclusive(descriptor):
                return False
            if sys.platform == "win32":
                msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)
            return True
        finally:
            os.close(descriptor)


class Lease:
    """A shared lock on a folder: while one is held, `try_claim` in any process leaves the folder alone."""

    def __init__(self, folder: Path) -> None:
        """Raise FileNotFoundError where the folder is gone, or went while the lease was taken."""
        self._descriptor: int | None = None
        if sys.platform == "win32":
            folder.stat()
            return
        self._descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        fcntl.flock(self._descriptor, fcntl.LOCK_SH)
        if not folder.exists() or not os.path.samestat(os.fstat(self._descriptor), folder.stat()):
            self.release()
            raise FileNotFoundError(folder)

    def release(self) -> None:
        """Give the lease back; twice is no error."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> Lease:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


def try_claim(folder: Path, claimed: Path) -> bool:
    """Given a folder and the name under which it will be removed, rename it unless somebody holds a lease on it."""
    if sys.platform == "win32":
        try:
            folder.rename(claimed)
        except OSError:
            return False
        return True
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except FileNotFoundError:
        return False
    try:
        if not _try_exclusive(descriptor):
            return False
        folder.rename(claimed)
    finally:
        os.close(descriptor)
    return True
