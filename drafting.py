"""Drafts: files that somebody brings in through the app, read and looked at before they are stored or thrown away.

A draft is a folder of its own that nobody else is shown. Every file is read by a process of its own (this module run as
a program), so that a long reading freezes nobody, can be stopped, and a file made to break a reader breaks nothing else;
pictures for the preview are drawn there too. Storing is done by such a process as well, under the store's lock.
"""

from __future__ import annotations

import atexit
import gzip
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import weakref
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from extract.bounds import LARGEST_UPLOAD, MOST_PAGES
from extract.errors import ExtractError, ReaderDefectError, UnsupportedFormatError
from graph.errors import GraphError, StoreLockedError
from ontology.contract import from_json, to_json
from ontology.decisions import DecisionError
from ontology.records import Box, Cells, Disclosure, Place, PrintedCell, Project

if TYPE_CHECKING:
    from extract.grid import Document, Grid

__all__ = [
    "LARGEST_UPLOAD", "MOST_FILES", "MOST_PAGES", "Draft", "DraftFile", "Failure", "PrintedTable", "Stored",
]  # fmt: skip

MOST_FILES = 20
"""Files of one draft."""

READING_TIME = 900.0
"""Seconds after which the reading of a file is stopped: scans of a hundred pages need some minutes."""

GRACE = 90.0
"""Seconds that a draft outlives the connection of its reader: a network may fail for a moment, a window be closed for good."""

_AT_ONCE = 2  # files that are read at the same time, whoever brought them
_MEMORY = 6 << 30  # bytes of address space that reading one file may take
_MOST_PICTURES = 40  # pages that are drawn for the preview
_MOST_ROWS = 200  # rows of a printed table in the preview
_WAIT = 5.0  # seconds to wait for another writer of the store

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

    @property
    def disclosure(self) -> Disclosure:
        """What was read."""
        return from_json(json.loads(gzip.decompress((self.folder / "reading.json.gz").read_bytes())))

    @property
    def pictures(self) -> list[int]:
        """The pages that were drawn."""
        return sorted(int(path.stem) for path in (self.folder / "pages").glob("*.webp"))

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

    def store(self, store_folder: Path) -> Stored:
        """Given a store's folder, put every file that was read into it; those stay in the draft as stored."""
        ready = [file for file in self.files if file.state == "read"]
        request = {"store": str(store_folder), "folders": [str(file.folder) for file in ready]}
        process = _start("store")
        try:
            answer, complaint = process.communicate(json.dumps(request).encode(), READING_TIME)
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
    command = [sys.executable, "-X", "utf8", str(Path(__file__).resolve()), task]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


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


# --- the process that reads a file --------------------------------------------------------------------------------
def read_draft(folder: Path) -> dict[str, Any]:
    """Given a draft file's folder with the file in `original`, read it and leave there what was read and what a preview
    shows; return how it went."""
    from extract.batch import read_disclosure  # noqa: PLC0415 - a second's worth of parsers

    (path,) = (folder / "original").iterdir()
    failed: dict[str, Any] = {"failure": None, "reason": "", "pages": None}
    try:
        pages = _count_pages(path)
        if pages is not None and pages > MOST_PAGES:
            return failed | {"failure": "too_long", "reason": str(pages), "pages": pages}
        reading = read_disclosure(path)
        _write_preview(path, reading.disclosure, reading.document, folder)
    except UnsupportedFormatError as error:
        return failed | {"failure": "unsupported", "reason": str(error)}
    except ReaderDefectError as error:
        return failed | {"failure": "defect", "reason": str(error)}
    except (ExtractError, OSError) as error:
        return failed | {"failure": "unreadable", "reason": str(error)}
    text = json.dumps(to_json(reading.disclosure), ensure_ascii=False)
    (folder / "reading.json.gz").write_bytes(gzip.compress(text.encode(), compresslevel=3, mtime=0))
    return failed | {"pages": reading.document.pages}


def _count_pages(path: Path) -> int | None:
    from extract.formats import Format, detect  # noqa: PLC0415
    from extract.readers.pdf_open import open_pdf  # noqa: PLC0415
    from extract.readers.scan_image import count_pages  # noqa: PLC0415

    match detect(path):
        case Format.PDF:
            with open_pdf(path) as document:
                return len(document)
        case Format.IMAGE:
            return count_pages(path)
        case _:
            return None


def _write_preview(path: Path, disclosure: Disclosure, document: Document, folder: Path) -> None:
    from extract.people import hide_people  # noqa: PLC0415

    cells = list(_printed_cells(disclosure))
    tables: list[dict[str, Any]] = []
    if document.pages is None:
        read = {(c.place.sheet, c.place.table, c.place.row, c.place.column) for c in cells}
        told = {(sheet, table) for sheet, table, _, _ in read}
        told |= {(i.place.sheet, i.place.table) for i in disclosure.issues if i.place is not None and i.place.table}
        tables = [
            _preview_table(hide_people(grid), read)
            for grid in document.grids
            if (grid.place.sheet, grid.place.table) in told
        ]
    else:
        _draw_pages(path, disclosure, document, cells, folder / "pages")
    people = [[one.page, *_edges(one.box)] for one in document.people if one.box is not None]
    preview = {"tables": tables, "people": people, "pages": document.pages}
    (folder / "preview.json").write_text(json.dumps(preview, ensure_ascii=False), "utf-8")


def _printed_cells(disclosure: Disclosure) -> Iterable[PrintedCell]:
    """Every place of every cell that something was read from."""
    for project in disclosure.projects:
        yield from _of_project(project)
    for line in disclosure.budget_lines:
        if line.cell is not None:
            yield from (line.cell, *line.cell.more)


def _preview_table(grid: Grid, read: set[tuple[str | None, int | None, int | None, int | None]]) -> dict[str, Any]:
    rows = []
    for number in range(1, min(grid.rows, _MOST_ROWS) + 1):
        rows.append(
            [
                (
                    cell.text, min(cell.last_row, _MOST_ROWS) - number + 1, cell.column_span,
                    (grid.place.sheet, grid.place.table, cell.row, cell.column) in read,
                )
                for cell in grid.row_cells(number) if cell.row == number
            ]
        )  # fmt: skip
    return {"sheet": grid.place.sheet, "table": grid.place.table, "rows": rows, "cut": grid.rows > _MOST_ROWS}


def _draw_pages(
    path: Path, disclosure: Disclosure, document: Document, cells: Sequence[PrintedCell], folder: Path
) -> None:
    """Draw the pages of forms, then those with issues, then those of financial tables, up to a number; where there is
    nothing of these the first pages."""
    from extract.render import render_read  # noqa: PLC0415

    forms = {cell.place.page for project in disclosure.projects for cell in _of_project(project)}
    doubts = {one.place.page for one in disclosure.issues if one.place is not None}
    wanted = [
        page for pages in (forms, doubts, {c.place.page for c in cells}) for page in sorted(p for p in pages if p)
    ]
    wanted = list(dict.fromkeys(wanted))[:_MOST_PICTURES] or list(range(1, min(document.pages or 0, 3) + 1))
    folder.mkdir(exist_ok=True)
    for page in wanted:
        boxes = {c.place.box for c in cells if c.place.page == page and c.place.box is not None}
        covered = [one.box for one in document.people if one.page == page and one.box is not None]
        with suppress(ExtractError, ValueError):  # what can't be drawn was told as an issue of the page
            (folder / f"{page}.webp").write_bytes(render_read(path, page, list(boxes), covered=covered))


def _of_project(project: Project) -> Iterable[PrintedCell]:
    owned: list[Cells] = [
        project.cells,
        *(row.cells for row in project.indicators),
        *(f.cells for f in project.funding),
    ]
    for cells in owned:
        for cell in cells.values():
            yield from (cell, *cell.more)


def _edges(box: Box) -> tuple[float, float, float, float]:
    return box.x0, box.top, box.x1, box.bottom


# --- the process that stores --------------------------------------------------------------------------------------
def store_drafts(store_folder: Path, folders: Sequence[Path]) -> dict[str, Any]:
    """Given a store's folder and those of files that were read, put them into the store; return how it went."""
    from deciding import bring_in_step, load_corrected  # noqa: PLC0415
    from extract import EXTRACTOR_VERSION  # noqa: PLC0415
    from graph.load import open_batch  # noqa: PLC0415
    from graph.workspace import Workspace  # noqa: PLC0415

    told: dict[str, Any] = {"stored": [], "refused": [], "reason": None, "locked": False}
    try:
        with open_batch(Workspace.open(store_folder), wait=_WAIT, command="pikg app") as batch:
            for folder in folders:
                (path,) = (folder / "original").iterdir()
                disclosure = from_json(json.loads(gzip.decompress((folder / "reading.json.gz").read_bytes())))
                people = json.loads((folder / "preview.json").read_text("utf-8"))["people"]
                places = [Place(page=page, box=Box(*edges)) for page, *edges in people]
                try:
                    if not batch.is_current(disclosure.document.sha256, EXTRACTOR_VERSION):
                        load_corrected(batch, disclosure, path, places)
                    told["stored"].append(disclosure.document.sha256)
                except (ExtractError, DecisionError) as error:
                    told["refused"].append([path.name, str(error)])
            bring_in_step(batch)
    except StoreLockedError as error:
        return told | {"stored": [], "reason": str(error), "locked": True}
    except (GraphError, OSError) as error:
        return told | {"stored": [], "reason": str(error)}
    return told


def main(task: str) -> None:
    """Read a request from standard input, do the task, write the answer to standard output."""
    # What was started (a converting program) is ended by the `finally` of whoever started it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    request = json.loads(sys.stdin.buffer.read())
    if task == "read":
        _bound_memory(_MEMORY)
        answer = read_draft(Path(request["folder"]))
    else:
        answer = store_drafts(Path(request["store"]), [Path(folder) for folder in request["folders"]])
    sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=False).encode())


def _bound_memory(size: int) -> None:
    if sys.platform != "win32":
        import resource  # noqa: PLC0415 - not on Windows

        resource.setrlimit(resource.RLIMIT_AS, (size, size))


if __name__ == "__main__":
    main(sys.argv[1])
