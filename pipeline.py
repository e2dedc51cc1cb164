"""The two arms joined: files are read (extract), what was read is stored (graph), and everything is told.

Every command of the command line has its twin here; `Store`, which `pikg.open_store` returns, is what a notebook needs.
"""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Literal

from deciding import Decides, bring_in_step, check_unchanged, load_corrected, make_anew
from extract import EXTRACTOR_VERSION
from extract.errors import ExtractError, UnreadableDocumentError, UnsupportedFormatError
from extract.files import find_files
from graph.errors import GraphError, QueryError, WorkspaceError
from graph.guard import TIME_LIMIT, run_user_query
from graph.load import Batch, StoredDocument, open_batch
from graph.sources import read_sources
from graph.status import Status, Verified, read_status, verify_files
from graph.store import Answer, Rows, WholeStore
from graph.whole_file import whole_file
from graph.workspace import Workspace
from ontology.decisions import CellCorrection, DecisionError
from ontology.records import Disclosure, Issue, Place
from originals import debug_page, original_file, read_printed_paragraphs, read_printed_table, render_page

if TYPE_CHECKING:
    import networkx as nx
    import pandas as pd

    from extract.assemble import Reading
    from extract.corrections import Corrected
    from graph.comparables import Comparable
    from graph.missing import MissingIndicator
    from graph.pairing import Basis
    from graph.target_history import Step
    from graph.targets import TargetSpread
    from graph.unit_costs import UnitCosts, UnitCostSpread
    from graph.workbook import Money

__all__ = [
    "EXTRACTOR_VERSION", "ExtractError", "FileStatus", "FileSummary", "IngestReport", "Store",
    "debug_page", "ingest", "open_store", "original_file", "read_file", "read_printed_paragraphs", "read_printed_table",
    "render_page",
]  # fmt: skip

Language = Literal["zh", "en"]

DEFAULT_STORE = Path("pikg-store")
"""Where a store is looked for when neither `--store` nor PIKG_STORE names one."""

PUBLISH_EVERY = 30.0
"""Seconds after which a long batch lets readers see what it has stored so far."""


class FileStatus(StrEnum):
    """What became of a file."""

    STORED = "stored"
    UNCHANGED = "unchanged"
    PASSED_OVER = "passed over"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class FileSummary:
    """What became of a file, what was read from it, what was not and why."""

    path: Path
    status: FileStatus
    reason: str | None = None
    """Why it failed or was passed over, in a sentence."""
    sha256: str | None = None
    publisher: str | None = None
    fiscal_year: int | None = None
    projects: int = 0
    indicators: int = 0
    funding: int = 0
    budget_lines: int = 0
    issues: tuple[Issue, ...] = ()
    seconds: float = 0.0
    corrected: int = 0
    """How many corrections by people hold of it."""
    stale: tuple[CellCorrection, ...] = ()
    """Those that don't: the cell reads otherwise than when somebody corrected it, or is no longer there."""


@dataclass(frozen=True, slots=True)
class IngestReport:
    """The summary of every file of a run, in the order in which they were read."""

    files: tuple[FileSummary, ...] = field(default=())

    def having(self, status: FileStatus) -> tuple[FileSummary, ...]:
        """The files of which this became."""
        return tuple(summary for summary in self.files if summary.status is status)

    @property
    def ok(self) -> bool:
        """Whether everything that was named, or claims to be of a kind that is read, is in the store."""
        return not self.having(FileStatus.FAILED)


Progress = Callable[[int, int, Path, FileSummary | None], None]
"""Told of every file: its number, how many there are, its path, and its summary once it is done (None before)."""


# --- reading ------------------------------------------------------------------------------------------------------
def read_file(path: str | os.PathLike[str]) -> Reading:
    """Given a document, return what was read and the report on it; nothing is stored. Raise ExtractError where it can't
    be read at all."""
    from extract.batch import read_disclosure  # noqa: PLC0415 - a second's worth of parsers that a query doesn't need

    return read_disclosure(Path(path))


def _hash(path: Path) -> str:
    if not path.is_file():
        raise OSError("it is a pipe or a device, and no file")  # which may never end
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# --- ingesting ----------------------------------------------------------------------------------------------------
def ingest(
    paths: Iterable[str | os.PathLike[str]],
    store_folder: str | os.PathLike[str],
    *,
    progress: Progress | None = None,
    wait: float = 0.0,
    base: str | None = None,
    sources: str | os.PathLike[str] | None = None,
    jobs: int = 1,
) -> IngestReport:
    """Given files and folders, read each document and put it into the store (made where it is missing).

    `sources` is a CSV that tells where files were found (graph.sources); a line of it that names none of the files is
    reported as failed.

    Each document is stored whole or not at all, and one that can't be read stops no other. With `jobs` above 1 so many
    processes read at once (a program that calls this then needs `if __name__ == "__main__"`); documents are stored in
    the same order. What the store has already, read by this extractor, is passed over. Raise StoreLockedError where
    another writer has the store after `wait` seconds, WorkspaceError where the folder is no store. Ctrl-C leaves whole
    documents.
    """
    found_at = {} if sources is None else dict(read_sources(Path(sources)))
    found = list(find_files(paths))
    if not any(path.exists() for path, _ in found):
        return IngestReport((*(_missing(path) for path, _ in found), *(_not_among(name) for name in found_at)))
    summaries = []
    names = Counter(path.name for path, _ in found)
    workspace = Workspace.open(store_folder, create=True, base=base)
    with open_batch(workspace, wait=wait) as batch, _reading(batch, [path for path, _ in found], jobs) as read:
        published = time.monotonic()
        for number, (path, named) in enumerate(found, 1):
            if progress is not None:
                progress(number, len(found), path, None)
            summary = _ingest_file(batch, path, named, read)
            source = None if names[path.name] > 1 else found_at.pop(path.name, None)
            if source is not None and summary.sha256 is not None:
                batch.keep_source(summary.sha256, source)
            summaries.append(summary)
            if progress is not None:
                progress(number, len(found), path, summary)
            if time.monotonic() - published > PUBLISH_EVERY:
                batch.publish()
                published = time.monotonic()
        bring_in_step(batch)
    return IngestReport((*summaries, *(_not_among(name, names[name]) for name in found_at)))


def ingest_examples(store_folder: str | os.PathLike[str], *, progress: Progress | None = None) -> IngestReport:
    """Read the shipped examples into a store of their own; see `ingest`."""
    folder = examples_folder()
    documents = sorted(path for path in folder.iterdir() if _claims_to_be_read(path))
    return ingest(documents, store_folder, progress=progress)


def _missing(path: Path) -> FileSummary:
    return FileSummary(path, FileStatus.FAILED, f"{path}: there is no such file or folder")


def _not_among(name: str, count: int = 0) -> FileSummary:
    wrong, advice = "is in the sources and not among the files", "name the file or its folder too, or correct the line"
    if count:
        wrong = f"is one line of the sources and the name of {count} files, of which none was given it"
        advice = "read their folders one after the other, each with sources of its own"
    return FileSummary(Path(name), FileStatus.FAILED, f"{name}: {wrong}; {advice}")


_Read = Callable[[Path], tuple[Disclosure, Sequence[Place]]]
"""Given a file, what was read from it and where it prints names or telephones of people; raises ExtractError."""


def _read_here(path: Path) -> tuple[Disclosure, Sequence[Place]]:
    reading = read_file(path)
    return reading.disclosure, reading.document.people


@contextmanager
def _reading(batch: Batch, paths: Sequence[Path], jobs: int) -> Iterator[_Read]:
    """How files are read that will be asked for in this order: here, or by several processes."""
    if jobs == 1 or len(paths) == 1:
        yield _read_here
        return
    from extract.ahead import ReadAhead  # noqa: PLC0415

    def is_wanted(path: Path) -> bool:
        try:
            return not batch.is_current(_hash(path), EXTRACTOR_VERSION)
        except OSError:
            return False  # told when its turn comes

    with ReadAhead(paths, min(jobs, len(paths)), is_wanted) as ahead:
        yield ahead.read


def _ingest_file(batch: Batch, path: Path, named: bool, read: _Read) -> FileSummary:
    from extract.batch import is_plain  # noqa: PLC0415

    if not path.exists():
        return _missing(path)
    begun = time.monotonic()
    try:
        sha256 = _hash(path)
        if batch.is_current(sha256, EXTRACTOR_VERSION):
            return FileSummary(path, FileStatus.UNCHANGED, sha256=sha256)
        disclosure, people = read(path)
        says_something = disclosure.projects or disclosure.budget_lines
        if not (named or _claims_to_be_read(path) or says_something) and is_plain(path):
            return FileSummary(
                path, FileStatus.PASSED_OVER, f"{path.name}: holds no performance form or financial table"
            )
        check_unchanged(path, disclosure)
        corrected = load_corrected(batch, disclosure, path, people)
    except (UnsupportedFormatError, UnreadableDocumentError) as error:
        passed_over = not named and not _claims_to_be_read(path)
        return FileSummary(path, FileStatus.PASSED_OVER if passed_over else FileStatus.FAILED, str(error))
    except OSError as error:
        return FileSummary(path, FileStatus.FAILED, f"{path.name}: cannot be opened ({error.strerror or error})")
    except WorkspaceError:
        raise  # nothing more can be stored
    except (ExtractError, GraphError, DecisionError) as error:
        return FileSummary(path, FileStatus.FAILED, f"{path.name}: {error}")
    return _summary(path, corrected, time.monotonic() - begun)


def _claims_to_be_read(path: Path) -> bool:
    """Whether a file's name promises a kind that is read: not reading it is a failure then. A text may be anything."""
    from extract.batch import promised_formats  # noqa: PLC0415

    suffix = path.suffix.lower().removeprefix(".")
    return {"htm": "html"}.get(suffix, suffix) in {format_.value.lower() for format_ in promised_formats()}


def _summary(path: Path, corrected: Corrected, seconds: float) -> FileSummary:
    disclosure = corrected.disclosure
    document = disclosure.document
    return FileSummary(
        path,
        FileStatus.STORED,
        sha256=document.sha256,
        publisher=document.unit.name if document.unit else None,
        fiscal_year=document.fiscal_year,
        projects=len(disclosure.projects),
        indicators=sum(len(project.indicators) for project in disclosure.projects),
        funding=sum(len(project.funding) for project in disclosure.projects),
        budget_lines=len(disclosure.budget_lines),
        issues=disclosure.issues,
        seconds=seconds,
        corrected=len(corrected.applied),
        stale=corrected.stale,
    )


# --- the store, for notebooks and for the doors -------------------------------------------------------------------
class Store(Decides):
    """A store to fill and to ask, given by `open_store`. It always asks the newest published snapshot.

    Use it as a context manager, or close it; it holds no lock except while it changes the store.
    """

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._reading: WholeStore | None = None
        self._snapshot = 0
        self._opening = threading.Lock()

    @property
    def folder(self) -> Path:
        """The store's folder."""
        return self.workspace.folder

    @property
    def reading(self) -> WholeStore:
        """The newest published snapshot, opened. The one before goes with the last query that is still asked of it."""
        with self._opening:
            newest = self.workspace.snapshot
            if self._reading is None or newest != self._snapshot:
                self._reading, self._snapshot = self.workspace.read(), newest
            return self._reading

    def ingest(
        self,
        paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
        *,
        progress: Progress | None = None,
        wait: float = 0.0,
        sources: str | os.PathLike[str] | None = None,
        jobs: int = 1,
    ) -> IngestReport:
        """Given files and folders, read each document and store it; see `pipeline.ingest`."""
        several = [paths] if isinstance(paths, str | os.PathLike) else paths
        return ingest(several, self.folder, progress=progress, wait=wait, sources=sources, jobs=jobs)

    def query(self, sparql: str, *, timeout: float | None = TIME_LIMIT, limit: int | None = None) -> Answer:
        """Given SPARQL, return its answer: rows, a truth, or triples. It only reads, and is stopped after `timeout`
        seconds. Raise QueryError, QueryRefusedError, QueryTimeoutError."""
        return run_user_query(self.workspace.snapshot_folder, sparql, timeout, limit)

    def named(self, name: str, **parameters: Any) -> Rows:
        """Given the name of a named query and its parameters, return its rows."""
        from graph.queries import run_named  # noqa: PLC0415 - the queries' files are read once they are asked for

        return run_named(self.reading, name, **parameters)

    def frame(self, query: str, **parameters: Any) -> pd.DataFrame:
        """Given the name of a named query and its parameters, or SPARQL, return the rows as a pandas data frame: whole
        numbers int, decimals float, concepts their notation."""
        from graph.frames import to_frame  # noqa: PLC0415

        answer = self.query(query) if "{" in query else self.named(query, **parameters)
        if not isinstance(answer, Rows):
            raise QueryError("a data frame needs the rows of a SELECT")
        return to_frame(answer)

    def comparable(
        self, project: str, *, region: str | None = None, year: int | None = None, top: int = 10
    ) -> list[Comparable]:
        """Given a project (its IRI, its name or a unique part of it), return comparable projects elsewhere, best first;
        an empty list where nothing is comparable."""
        from graph.comparables import find_comparables  # noqa: PLC0415

        return find_comparables(self.reading, project, region=region, year=year, top=top)

    def missing(self, project: str, comparables: Sequence[Comparable]) -> list[MissingIndicator]:
        """Given a project and what `comparable` found for it, return what those measure and it doesn't, by tier."""
        from graph.missing import find_missing  # noqa: PLC0415

        return find_missing(self.reading, project, comparables)

    def targets(
        self, indicator: str, *, project: str | None = None, region: str | None = None, year: int | None = None
    ) -> TargetSpread:
        """Given a measure (notation or label) or words of an indicator's name, return the spread of its targets over
        all units; with a project, where its own stand among them."""
        from graph.targets import find_targets  # noqa: PLC0415

        return find_targets(self.reading, indicator, project=project, region=region, year=year)

    def target_history(self, project: str, names: Sequence[str] | None = None) -> list[Step]:
        """Given a project, return what became of its indicators (or of those named so) from form to form."""
        from graph.target_history import find_target_history  # noqa: PLC0415

        return find_target_history(self.reading, project, names=names)

    def unit_costs(self, project: str | None = None, *, basis: Basis = "planned") -> UnitCosts:
        """Given a project (None: all), return what one of what it counts costs, and what was left out and why."""
        from graph.unit_costs import find_unit_costs  # noqa: PLC0415

        return find_unit_costs(self.reading, project, basis=basis)

    def unit_cost_spreads(
        self,
        service: str | None = None,
        *,
        region: str | None = None,
        year: int | None = None,
        basis: Basis = "planned",
    ) -> list[UnitCostSpread]:
        """Given a kind of service (None: all), return how its unit costs are spread over projects and cities."""
        from graph.unit_costs import find_spreads  # noqa: PLC0415

        return find_spreads(self.reading, service, region=region, year=year, basis=basis)

    def graph(
        self,
        projection: str = "indicators",
        *,
        region: str | None = None,
        year: int | None = None,
        limit: int | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> nx.Graph[str]:
        """Given a projection, return it as a networkx graph: "indicators" (projects with the canonical indicators that
        they ask), "publishers" (publishers with their projects) or "likeness" (projects with those elsewhere that are
        comparable). Of more than `limit` projects those with the largest budgets; `graph.graph` says what was cut."""
        from graph.projections import project_graph  # noqa: PLC0415

        return project_graph(self.reading, projection, region=region, year=year, limit=limit, progress=progress)

    def export(
        self, format_name: str, path: str | os.PathLike[str], *, language: Language = "zh", money: Money = "yuan"
    ) -> None:
        """Write everything to a file, as nquads, turtle, jsonld, graphml, csv (the long table of indicators) or xlsx (a
        workbook, its amounts in yuan or ten thousand yuan), headings in the language. The file is there whole or not at
        all."""
        with whole_file(Path(path)) as partial:
            if format_name == "xlsx":
                from graph.workbook import export_workbook  # noqa: PLC0415

                export_workbook(self.reading, partial, language=language, money=money)
                return
            with partial.open("w", encoding="utf-8", newline="") as file:
                self.write(format_name, file, language=language)

    def write(self, format_name: str, output: IO[str], *, language: Language = "zh") -> None:
        """As `export`, to an open text file that leaves line ends as they are; a workbook needs a file of its own."""
        from graph.export import export_csv, export_graph  # noqa: PLC0415

        if format_name == "csv":
            export_csv(self.reading, output, language)
        else:
            export_graph(self.reading, format_name, output)

    def export_query(
        self, name: str, path: str | os.PathLike[str], *, ending: str = "", language: Language = "zh", **parameters: Any
    ) -> int:
        """Given the name of a named query and its parameters, write its rows to a file, as its name (or `ending`)
        ends: .xlsx, .csv or .json (SPARQL results); return how many rows there are."""
        from graph.parts import ask_in_parts  # noqa: PLC0415
        from graph.results import export_rows  # noqa: PLC0415

        with whole_file(Path(path)) as partial:
            ending = ending or Path(path).suffix
            return export_rows(name, ask_in_parts(self.reading, name, parameters), partial, ending, language)

    def status(self) -> Status:
        """What the store holds and how it stands."""
        return read_status(self.workspace)

    def remove(self, document: str, *, wait: float = 0.0) -> StoredDocument:
        """Given a document's file name or hash, take it out of the store, its original too."""
        with open_batch(self.workspace, wait=wait) as batch:
            return batch.remove(document)

    def optimize(self, *, wait: float = 0.0) -> None:
        """Have the store's files rewritten for reading, and publish them."""
        with open_batch(self.workspace, wait=wait) as batch:
            batch.writer.check_graph()
            batch.writer.store.optimize()
            batch.writer.mark()

    def backup(self, folder: str | os.PathLike[str], *, anew: bool = False) -> None:
        """Given a new folder, write a copy of the store to it that is a store itself; waits for no writer. `anew`: with a
        graph made of what was read from the documents, for a store whose own is damaged."""
        self.workspace.backup(Path(folder), partial(make_anew, self.workspace) if anew else None)

    def verify(self) -> Verified:
        """Read every file that the store can't do without; raise WorkspaceError for a damaged snapshot or graph."""
        return verify_files(self.workspace)

    def close(self) -> None:
        """Give the snapshot back; the store may be asked again."""
        reading, self._reading = self._reading, None
        if reading is not None:
            reading.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_store(
    folder: str | os.PathLike[str] = DEFAULT_STORE, *, create: bool = True, base: str | None = None
) -> Store:
    """Given a folder, return its store; with `create`, make one where the folder is missing or empty, with `base` as the
    base IRI of its instances. Raise WorkspaceError or NotFoundError."""
    return Store(Workspace.open(folder, create=create, base=base))


def examples_folder() -> Path:
    """Where the shipped examples are: beside this file, as pikg_examples in an installed wheel, else examples/."""
    here = Path(__file__).resolve().parent
    for folder in (here / "pikg_examples", here / "examples"):
        if folder.is_dir():
            return folder
    raise UnreadableDocumentError("the shipped examples are not installed; install pikg anew")
