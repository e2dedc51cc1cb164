"""What a workspace holds and how it stands, read from its newest snapshot."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from graph.errors import WorkspaceError
from graph.files import store_files
from graph.load import StoredDocument, find_documents
from graph.lock import Holder
from graph.soundness import check_graph, has_sums, verify_snapshot
from graph.store import select
from graph.workspace import Workspace

_COUNTS = """
SELECT ?class (COUNT(?thing) AS ?n) WHERE {
  VALUES ?class { pikg:Disclosure pikg:Unit pikg:Region pikg:Project pikg:Form pikg:IndicatorRow pikg:Funding
                  pikg:BudgetLine pikg:Fact pikg:Issue }
  ?thing a ?class
} GROUP BY ?class
"""
_SUPERSEDED = "SELECT (COUNT(DISTINCT ?form) AS ?n) WHERE { ?form pikg:supersededBy ?other }"


@dataclass(frozen=True, slots=True)
class Status:
    """A workspace at one moment. `counts` is by local name of the class; superseded forms are among the forms."""

    folder: Path
    base: str
    schema_version: int
    extractor_version: str | None
    snapshot: int
    published: datetime
    documents: tuple[StoredDocument, ...]
    counts: Mapping[str, int]
    superseded_forms: int
    triples: int
    bytes_on_disk: int
    writer: Holder | None
    unpublished: bool


def read_status(workspace: Workspace) -> Status:
    """Given a workspace, return what it holds; waits for no writer."""
    with workspace.read() as store:
        counted, superseded = select(store, _COUNTS), select(store, _SUPERSEDED)
        documents = tuple(find_documents(store))
        triples = store.count()
    names = {str(row["class"]).rpartition("#")[2]: int(str(row["n"])) for row in counted}
    pointer = (workspace.folder / "snapshots" / "current").stat()
    return Status(
        folder=workspace.folder,
        base=workspace.info.base,
        schema_version=workspace.info.schema_version,
        extractor_version=workspace.info.extractor_version,
        snapshot=workspace.snapshot,
        published=datetime.fromtimestamp(pointer.st_mtime, UTC),
        documents=documents,
        counts={"Document": len(documents), **names},
        superseded_forms=next((int(str(row["n"])) for row in superseded), 0),
        triples=triples,
        bytes_on_disk=_size(workspace.folder),
        writer=workspace.holder(),
        unpublished=workspace.unpublished,
    )


@dataclass(frozen=True, slots=True)
class Verified:
    """What was read of a workspace to see that it is as it was written. `checksums`: whether the snapshot has them;
    `damaged` are the originals (by hash) that are not what they were."""

    files: int
    bytes: int
    checksums: bool
    damaged: tuple[str, ...]


def verify_files(workspace: Workspace) -> Verified:
    """Given a workspace, read every file of its newest snapshot, of its graph and of its originals; raise WorkspaceError
    where snapshot or graph is damaged. Nothing is asked of the store: a damaged one may never answer."""
    read: dict[Path, int] = {}
    known = False
    if workspace.remote is None:
        snapshot, lease = workspace.lease()
        with lease:
            try:
                verify_snapshot(snapshot)
            except WorkspaceError:
                check_graph(workspace.folder / "graph", snapshot)
                raise
            known = has_sums(snapshot)
            read = {snapshot / name: size for name, size in store_files(snapshot).items()}
    damaged = []
    for original in sorted((workspace.folder / "documents").iterdir()):
        if original.suffix == ".partial":
            continue
        with suppress(FileNotFoundError), original.open("rb") as file:  # removed meanwhile
            read[original] = os.fstat(file.fileno()).st_size
            if hashlib.file_digest(file, "sha256").hexdigest() != original.name:
                damaged.append(original.name)
    return Verified(len(read), sum(read.values()), known, tuple(damaged))


def _size(folder: Path) -> int:
    """Bytes on disk, a file that several snapshots share counted once."""
    sizes: dict[tuple[int, int] | str, int] = {}
    for parent, _, names in os.walk(folder):  # which passes over a snapshot that is pruned meanwhile
        for name in names:
            path = os.path.join(parent, name)  # noqa: PTH118 - thousands of files
            with suppress(FileNotFoundError):
                told = os.stat(path)  # noqa: PTH116
                sizes[(told.st_dev, told.st_ino) if told.st_ino else path] = told.st_size
    return sum(sizes.values())
