"""Drafts: files that somebody brings in through the app, read and looked at before they are stored or thrown away.

A draft is a folder of its own that nobody else is shown. Every file is read by a process of its own (draft_worker.py), so
that a long reading freezes nobody, can be stopped, and a file made to break a reader breaks nothing else; pictures for
the preview are drawn there too. Storing is done by such a process as well, under the store's lock.
"""

from __future__ import annotations

import atexit
import gzip
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import weakref
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Literal

from extract.bounds import LARGEST_UPLOAD, MOST_PAGES
from ontology.contract import from_json
from ontology.records import Disclosure

__all__ = [
    "LARGEST_UPLOAD", "MOST_FILES", "MOST_PAGES", "Draft", "DraftFile", "Failure", "PrintedTable", "Stored",
]  # fmt: skip

MOST_FILES = 20
"""Files of one draft."""

READING_TIME = 900.0
"""Seconds after which the reading of a file is stopped: scans of a hundred pages need some minutes."""

GRACE = float(os.environ.get("PIKG_DRAFT_GRACE") or 90)
"""Seconds that a draft outlives the connection of its reader: a network may fail for a moment, a window be closed for good."""

_LOOK = 0.25  # seconds between two looks at how far storing is

_AT_ONCE = 2  # files that are read at the same time, whoever brought them

State = Literal["waiting", "reading", "read", "failed", "stopped", "stored"]
Failure = Literal["unsupported", "unreadable", "too_long", "slow", "broke", "defect"]


@dataclass(frozen=True, slots=True)
class PrintedTable:
    """A table of a format without pages, for the preview: rows of cells (text, rows and columns covered, read or not)."""

    sheet: str | None
    table: int | None
    rows: tuple[tuple[tuple[str, int, int, bool], ...], ...]
    cut: bool


@dataclass
class DraftFile:
    """A file of a draft: how far it is and, once it is read, what was read."""

    number: int
    name: str
    size: int
    sha256: str
    folder: Path
    state: State = "waiting"
    failure: Failure | None = None
    reason: str = ""
    began: float = 0.0
    seconds: float = 0.0
    pages: int | None = None
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def path(self) -> Path:
        """Where the file lies."""
        return self.folder / "original" / self.name

    @property
    def is_busy(self) -> bool:
        """Whether it is being read, or waits for its turn."""
        return self.state in ("waiting", "reading")

    @cached_property
    def disclosure(self) -> Disclosure:
        """What was read; kept, as the page asks each second while another file is being read."""
        return from_json(json.loads(gzip.decompress((self.folder / "reading.json.gz").read_bytes())))

    @property
    def pictures(self) -> list[int]:
        """The pages that were drawn."""
        return sorted(int(path.stem) for path in (self.folder / "pages").glob("*.webp"))

    @property
    def progress(self) -> tuple[int, int] | None:
        """The page that was read last and how many there are; None where that isn't known (yet)."""
        return _read_progress(self.folder / "progress")

    def picture(self, page: int) -> bytes:
        """The picture (WebP) of a page."""
        return (self.folder / "pages" / f"{page}.webp").read_bytes()

    @property
    def tables(self) -> list[PrintedTable]:
        """The tables of a file without pages that something was read from."""
        told = json.loads((self.folder / "preview.json").read_text("utf-8"))["tables"]
        return [
            PrintedTable(
                one["sheet"], one["table"], tuple(tuple((c[0], c[1], c[2], c[3]) for c in row) for row in one["rows"]),
                one["cut"],
            )
            for one in told
        ]  # fmt: skip

    def stop(self) -> None:
        """Stop the reading."""
        if self.is_busy:
            self.state = "stopped"
            _end(self._process)


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of a draft's files: those now in the store by hash, those refused with why, and why none was (another
    writer has the store, for example)."""

    stored: tuple[str, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()
    reason: str | None = None
    locked: bool = False


class Draft:
    """The files that one reader of the app brought in; `discard` it at the end."""

    def __init__(self) -> None:
        _remove_leftovers()
        self.folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-"))
        self.files: list[DraftFile] = []
        self._numbers = 0
        self._leaving: threading.Timer | None = None
        # Also where nobody discards it: at the end of the program, or when nobody holds it any more.
        self._ended = weakref.finalize(self, _remove_draft, self.folder, self.files)

    def add(self, name: str, content: bytes | memoryview) -> DraftFile | None:
        """Given a file's name and content, have it read; return it, or None where the draft has the same content or as
        many files as it may have."""
        sha256 = hashlib.sha256(content).hexdigest()
        if len(self.files) >= MOST_FILES or any(one.sha256 == sha256 for one in self.files):
            return None
        self._numbers += 1
        file = DraftFile(
            self._numbers,
            _sound_name(name),
            len(content),
            sha256,
            self.folder / str(self._numbers),
            began=time.monotonic(),
        )
        file.path.parent.mkdir(parents=True)
        file.path.write_bytes(content)
        self.files.append(file)
        _readers().submit(_read, file)
        return file

    def find(self, number: int) -> DraftFile | None:
        """Given a file's number, return it."""
        return next((one for one in self.files if one.number == number), None)

    def remove(self, number: int) -> None:
        """Take a file out of the draft."""
        file = self.find(number)
        if file is not None:
            file.stop()
            self.files.remove(file)
            shutil.rmtree(file.folder, ignore_errors=True)

    @property
    def is_busy(self) -> bool:
        """Whether a file is being read, or waits for it."""
        return any(file.is_busy for file in self.files)

    def store(self, store_folder: Path, tell: Callable[[int, int], None] = lambda *_: None) -> Stored:
        """Given a store's folder, put every file that was read into it; those stay in the draft as stored. `tell` is told
        how many are stored and of how many; after the last one the graph is put together and published."""
        ready = [file for file in self.files if file.state == "read"]
        progress = self.folder / "storing"
        progress.unlink(missing_ok=True)
        folders = [str(file.folder) for file in ready]
        request = {"store": str(store_folder), "folders": folders, "progress": str(progress)}
        process = _start("store")
        try:
            answer, complaint = _watch(process, json.dumps(request).encode(), progress, tell)
        except subprocess.TimeoutExpired:
            _end(process)
            return Stored(reason=f"storing took longer than {READING_TIME:.0f} seconds and was stopped")
        if process.returncode != 0:
            return Stored(reason=_last_line(complaint))
        told = json.loads(answer)
        outcome = Stored(
            tuple(told["stored"]), tuple((name, why) for name, why in told["refused"]), told["reason"], told["locked"]
        )
        for file in ready:
            if file.sha256 in outcome.stored:
                file.state = "stored"
        return outcome

    @property
    def is_discarded(self) -> bool:
        """Whether it is gone."""
        return not self._ended.alive

    def leave(self) -> None:
        """Its reader's connection ended: discard it unless the reader comes back soon."""
        self.stay()
        self._leaving = threading.Timer(GRACE, self.discard)
        self._leaving.daemon = True
        self._leaving.start()

    def stay(self) -> None:
        """Its reader is there."""
        if self._leaving is not None:
            self._leaving.cancel()
            self._leaving = None

    def discard(self) -> None:
        """Stop what is being read and remove every file of the draft."""
        self._ended()
        self.files.clear()


_PREFIX = "pikg-draft-"


def _remove_leftovers() -> None:
    """Remove the drafts of programs that were killed; where nobody can tell whether one still runs (Windows), none."""
    if sys.platform == "win32":
        return
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*-*"):
        owner = folder.name.removeprefix(_PREFIX).partition("-")[0]
        try:
            os.kill(int(owner), 0)
        except ProcessLookupError:
            shutil.rmtree(folder, ignore_errors=True)
        except (OSError, ValueError):
            continue  # somebody else's


def _remove_draft(folder: Path, files: Sequence[DraftFile]) -> None:
    for file in files:
        file.stop()
    shutil.rmtree(folder, ignore_errors=True)


_UNSOUND = re.compile(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
_LONGEST_NAME = 180  # bytes in UTF-8; file systems take 255


def _sound_name(name: str) -> str:
    """A file's name without folders, signs that can't be seen, or more length than file systems take."""
    plain = _UNSOUND.sub("", name.replace("\\", "/").rpartition("/")[2]).strip()
    stem, dot, suffix = plain.rpartition(".")
    if len(plain.encode()) > _LONGEST_NAME:
        kept = (stem if dot else plain).encode()[: _LONGEST_NAME - 12].decode("utf-8", "ignore")
        plain = f"{kept}.{suffix[:8]}" if dot else kept
    return plain if plain.strip(".") else "document"


# --- processes ----------------------------------------------------------------------------------------------------
_POOL: list[ThreadPoolExecutor] = []
_POOL_LOCK = threading.Lock()


def _readers() -> ThreadPoolExecutor:
    """The threads that wait for the reading processes: so many files are read at once, whoever brought them."""
    with _POOL_LOCK:
        if not _POOL:
            _POOL.append(ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="pikg-draft"))
            atexit.register(_POOL[0].shutdown, wait=False, cancel_futures=True)
        return _POOL[0]


def _start(task: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-X", "utf8", str(Path(__file__).resolve().with_name("draft_worker.py")), task]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def _read_progress(file: Path) -> tuple[int, int] | None:
    try:
        done, of = map(int, file.read_text("ascii").split())
    except (OSError, ValueError):  # not begun, nothing to count, or being written
        return None
    return done, of


def _watch(
    process: subprocess.Popen[bytes], request: bytes, progress: Path, tell: Callable[[int, int], None]
) -> tuple[bytes, bytes]:
    """Send a process its request, tell how far it is while it works, and return what it said and complained of."""
    ends, told = time.monotonic() + READING_TIME, None
    given: bytes | None = request
    while True:
        try:
            return process.communicate(given, _LOOK)
        except subprocess.TimeoutExpired:
            if time.monotonic() > ends:
                raise
        given = None  # it has it
        at = _read_progress(progress)
        if at is not None and at != told:
            tell(*at)
            told = at


def _end(process: subprocess.Popen[bytes] | None) -> None:
    if process is None or process.poll() is not None:
        return
    process.terminate()  # it ends what it has started itself
    with suppress(subprocess.TimeoutExpired):
        process.wait(3.0)
    process.kill()


def _read(file: DraftFile) -> None:
    """Have a file read by a process of its own, and note what became of it."""
    if file.state != "waiting" or not file.path.exists():
        return
    file.began, file.state = time.monotonic(), "reading"
    process = file._process = _start("read")
    try:
        if file.state != "reading":  # stopped in between
            _end(process)
        answer, complaint = process.communicate(json.dumps({"folder": str(file.folder)}).encode(), READING_TIME)
    except subprocess.TimeoutExpired:
        _end(process)
        process.communicate()
        _fail(file, "slow", "")
        return
    file.seconds = time.monotonic() - file.began
    if file.state != "reading":
        return
    if process.returncode != 0:
        _fail(file, "broke", _last_line(complaint))
        return
    told = json.loads(answer)
    if told["failure"] is not None:
        _fail(file, told["failure"], told["reason"])
        return
    file.pages, file.state = told["pages"], "read"


def _fail(file: DraftFile, failure: Failure, reason: str) -> None:
    if file.state == "reading":
        file.failure, file.reason, file.state = failure, reason, "failed"


def _last_line(complaint: bytes) -> str:
    return next(iter(complaint.decode("utf-8", "replace").strip().splitlines()[-1:]), "")[:300]
