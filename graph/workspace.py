"""The workspace: the folder that `--store` names. One writes, under a lock; everybody else reads published snapshots.

    workspace.json      what it is: schema and extractor versions, base IRI, publisher and terms of the data
    graph/              the embedded store, opened by the writer alone
    snapshots/<n>/      what readers open; snapshots/current holds the number of the newest
    documents/<sha256>  the originals
    readings/<sha256>   what was read from them, before what people corrected (derived, may be removed)
    decisions.jsonl     what people said
    index/              text search and what documents have in common (derived, may be removed)
    remote.toml         where the graph is instead, if on a server (graph.remote_settings)
    writer.lock         who writes; `unpublished` beside it says that graph/ is ahead of the snapshots

A writer changes graph/, then publishes: a new snapshot (hard links), and one atomic replacement of the pointer. A run
that is killed in between leaves whole graphs and the mark `unpublished`; the next writer publishes or undoes the rest.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from graph.embedded import open_snapshot, open_store
from graph.errors import GraphError, NotFoundError, WorkspaceError, damaged_graph
from graph.lock import Holder, Lease, WriterLock, cannot_write, try_claim
from graph.remote_settings import REMOTE_FILE, RemoteSettings, read_remote
from graph.soundness import (
    MARK,
    SUMS,
    check_graph,
    damage_told,
    find_damaged,
    mark_damaged,
    note_sums,
    refuse_damaged,
    tells_damage,
)
from graph.store import WholeStore, WritableStore
from ontology.namespaces import DEFAULT_BASE, Namespace

if TYPE_CHECKING:
    from graph.remote import RemoteStore

SCHEMA_VERSION = 1
"""The version of the workspace's layout and of the graph's model; another one is refused."""

KEPT_SNAPSHOTS = 3
"""The newest and those before it that stay for readers who have read the pointer but not opened the folder yet."""

_OURS = frozenset(
    {
        "workspace.json",
        "graph",
        "snapshots",
        "documents",
        "readings",
        "index",
        "decisions.jsonl",
        "writer.lock",
        "unpublished",
        REMOTE_FILE,
    }
)


@dataclass(frozen=True, slots=True)
class WorkspaceInfo:
    """What workspace.json says."""

    schema_version: int = SCHEMA_VERSION
    base: str = DEFAULT_BASE
    extractor_version: str | None = None
    publisher: str | None = None
    terms: str | None = None


def _replace_file(path: Path, content: bytes) -> None:
    """Put content in the place of a file's: whoever reads sees the old or the new one, whole. Raise WorkspaceError."""
    partial = path.with_name(path.name + ".partial")
    try:
        with partial.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise cannot_write(path, error) from error
    for attempt in range(40):
        try:
            partial.replace(path)
        except PermissionError:  # Windows: a reader has the old file open, for an instant
            if attempt == 39:
                raise
            time.sleep(0.05)
        else:
            return


class Workspace:
    """A workspace folder, opened by `Workspace.open`. Holding one costs nothing and locks nothing."""

    def __init__(self, folder: Path, info: WorkspaceInfo) -> None:
        self.folder = folder
        self.info = info
        self.namespace = Namespace(info.base)
        self.lock = WriterLock(folder / "writer.lock")
        self.remote: RemoteSettings | None = read_remote(folder)

    # --- opening and making ---------------------------------------------------------------------------------------
    @classmethod
    def open(cls, folder: str | os.PathLike[str], *, create: bool = False, base: str | None = None) -> Workspace:
        """Given a folder, return its workspace; with `create`, make one where the folder is missing or empty.

        `base` is the base IRI for a new one; of one that exists it must be the same. Raise WorkspaceError where the
        folder holds something else or a workspace of another version, NotFoundError where there is none.
        """
        path = Path(folder)
        if not (path / "workspace.json").is_file():
            if not create:
                raise NotFoundError(f"there is no store in {path}; `pikg ingest FILE --store {path}` makes one")
            cls._create(path, base or DEFAULT_BASE)
        workspace = cls(path, _read_info(path / "workspace.json"))
        if base is not None and base != workspace.info.base:
            raise WorkspaceError(
                f"the store in {path} has the base IRI {workspace.info.base}, not {base}; "
                "a store keeps the one that it began with"
            )
        return workspace

    @classmethod
    def _create(cls, path: Path, base: str) -> None:
        try:
            Namespace(base)
        except ValueError as error:
            raise WorkspaceError(str(error)) from error
        try:
            path.mkdir(parents=True, exist_ok=True)
            strangers = sorted({entry.name.removesuffix(".partial") for entry in path.iterdir()} - _OURS)
        except OSError as error:
            raise WorkspaceError(f"{path} can't be made a store: {error.strerror or error}") from error
        if strangers:
            raise WorkspaceError(
                f"{path} holds other things ({', '.join(strangers[:3])}) and no store; name an empty or a new folder"
            )
        info = WorkspaceInfo(base=base)
        workspace = cls(path, info)
        workspace.lock.acquire(wait=10.0)
        try:
            if (path / "workspace.json").is_file():
                return  # another process was first
            for name in ("snapshots", "documents", "index"):
                (path / name).mkdir(exist_ok=True)
            (path / "decisions.jsonl").touch()
            store = workspace._open_to_write()
            try:
                Writer(workspace, store).publish()
            finally:
                store.close()
            workspace._note_sums()
            workspace._write_info(info)  # last: from now on it is a workspace
        finally:
            workspace.lock.release()

    def describe(self, info: WorkspaceInfo) -> None:
        """Have workspace.json say of publisher, terms and extractor what another workspace's says."""
        self._write_info(replace(info, base=self.info.base))

    def _write_info(self, info: WorkspaceInfo) -> None:
        text = json.dumps(asdict(info), ensure_ascii=False, indent=2) + "\n"
        _replace_file(self.folder / "workspace.json", text.encode())
        self.info = info

    # --- reading --------------------------------------------------------------------------------------------------
    @property
    def snapshot(self) -> int:
        """The number of the newest snapshot: it grows, so a reader sees that there is a newer one."""
        try:
            return int(self._pointer.read_text("ascii"))
        except (OSError, ValueError) as error:
            raise WorkspaceError(
                f"the store in {self.folder} has no readable snapshot; `pikg optimize --store {self.folder}` makes one"
            ) from error

    @property
    def _pointer(self) -> Path:
        return self.folder / "snapshots" / "current"

    def _snapshots(self) -> list[int]:
        """The numbers of the snapshots that are kept."""
        return [int(entry.name) for entry in (self.folder / "snapshots").iterdir() if entry.name.isdecimal()]

    @property
    def snapshot_folder(self) -> Path:
        """The folder of the newest snapshot. It may be pruned two publications later unless somebody reads it."""
        return self.folder / "snapshots" / str(self.snapshot)

    def read(self) -> WholeStore:
        """Open the newest snapshot; close it when done. It never changes: open again to see what came later. Of a graph
        on a server, what the server holds is seen: each document as soon as it is stored."""
        if self.remote is not None:
            return _connect(self.remote, self.info.base)
        folder, lease = self.lease()
        try:
            return open_snapshot(folder, lease.release)
        except BaseException:
            lease.release()
            raise

    def lease(self) -> tuple[Path, Lease]:
        """Return the folder of the newest snapshot and a lease on it, to be released; raise WorkspaceError where it is
        missing."""
        for _ in range(20):
            folder = self.snapshot_folder
            with suppress(FileNotFoundError):
                return folder, Lease(folder)
            time.sleep(0.01)  # pruned since the pointer was read: there is a newer one
        raise WorkspaceError(
            f"the snapshot that {self._pointer} points to is missing; `pikg optimize --store {self.folder}` makes one"
        )

    def original(self, sha256: str) -> Path:
        """Where the original of a document is kept."""
        return self.folder / "documents" / sha256

    def holder(self) -> Holder | None:
        """Who is writing now."""
        return self.lock.holder()

    @property
    def unpublished(self) -> bool:
        """Whether a writer is at work, or was killed, with changes that no snapshot shows yet."""
        return (self.folder / "unpublished").exists()

    # --- writing --------------------------------------------------------------------------------------------------
    @contextmanager
    def write(self, *, wait: float = 0.0, command: str | None = None) -> Iterator[Writer]:
        """Take the lock (waiting up to `wait` seconds; StoreLockedError says who has it) and open the graph.

        What was changed and not published when the block ends stays marked, for the next writer.
        """
        self.lock.acquire(wait=wait, command=command)
        try:
            self._heal()
            store = self._open_to_write()
            try:
                yield Writer(self, store)
            except RuntimeError as error:
                if tells_damage(str(error)):  # a block of Oxigraph's files is not what it was
                    raise damaged_graph(self.folder / "graph", str(error)) from error
                raise
            finally:
                store.close()
                self._note_sums()
        finally:
            self.lock.release()

    def _open_to_write(self) -> WritableStore:
        if self.remote is None:
            return open_store(self.folder / "graph")
        store = _connect(self.remote, self.info.base)
        try:
            store.begin_writing()
        except BaseException:
            store.close()
            raise
        return store

    def _note_sums(self) -> None:
        """Note how the newest snapshot's files were written, now that readers see it. The caller holds the lock."""
        if self.remote is None:
            with suppress(WorkspaceError):
                note_sums(self.snapshot_folder)

    def _heal(self) -> None:
        """Remove what a killed run left half done beside the graph; where the pointer to the newest snapshot is lost,
        have one published. The caller holds the lock."""
        for leftover in self.folder.glob("*.partial"):
            leftover.unlink(missing_ok=True)
        for beside in ("documents", "readings"):
            for leftover in (self.folder / beside).glob("*.partial"):
                leftover.unlink(missing_ok=True)
        for leftover in [
            *(self.folder / "snapshots").glob("*.partial"),
            *(self.folder / "snapshots").glob("*.removed"),
        ]:
            if leftover.is_dir():
                shutil.rmtree(leftover, ignore_errors=True)
            else:
                leftover.unlink(missing_ok=True)
        try:
            _ = self.snapshot
        except WorkspaceError:
            _replace_file(self.folder / "unpublished", b"")
            _replace_file(self._pointer, f"{max(self._snapshots(), default=0)}\n".encode())

    # --- copies ---------------------------------------------------------------------------------------------------
    def backup(self, target: Path, fill: Callable[[Path], None] | None = None) -> None:
        """Write a workspace of its own to a new folder: the newest snapshot as its graph, originals, decisions; or what
        `fill` puts into the folder that it is given.

        It waits for no writer and stops none. Raise WorkspaceError where the folder is there already, or would be a part
        of this workspace, and where the snapshot is damaged.
        """
        if self.remote is not None:
            raise WorkspaceError(
                f"the graph of {self.folder} is on a server: back it up there, or write it out with `pikg export`"
            )
        if target.exists() and (not target.is_dir() or any(target.iterdir())):
            raise WorkspaceError(f"{target} is there already; name a new folder for the backup")
        if target.resolve().is_relative_to(self.folder.resolve()):
            raise WorkspaceError(f"{target} lies in the store itself; name a new folder for the backup outside of it")
        target = target.absolute()
        partial = target.with_name(target.name + ".partial")
        shutil.rmtree(partial, ignore_errors=True)
        try:
            partial.mkdir(parents=True)
            (fill or self._copy_to)(partial)
            if target.exists():
                target.rmdir()
            partial.rename(target)
        except (GraphError, OSError) as error:
            raise WorkspaceError(f"the backup could not be written to {target}: {_reason(error)}") from error
        finally:
            shutil.rmtree(partial, ignore_errors=True)

    def _copy_to(self, target: Path) -> None:
        for name in ("snapshots", "documents", "index"):
            (target / name).mkdir()
        folder, lease = self.lease()
        with lease:
            refuse_damaged(folder)
            shutil.copytree(folder, target / "graph", ignore=shutil.ignore_patterns("LOCK", "text", f"{SUMS}*", MARK))
            if damaged := find_damaged(folder, target / "graph"):
                if find_damaged(folder):
                    raise mark_damaged(folder, damage_told(damaged))
                raise WorkspaceError(f"{damage_told(damaged)} in the copy; is that disk sound?")
            if (folder / "text").is_dir():
                shutil.copytree(folder / "text", target / "index" / "text")
        originals = [path for path in (self.folder / "documents").iterdir() if path.suffix != ".partial"]
        for original in originals:
            with suppress(FileNotFoundError):  # its document was removed meanwhile
                shutil.copy2(original, target / "documents" / original.name)
        shutil.copy2(self.folder / "decisions.jsonl", target / "decisions.jsonl")
        copy = Workspace(target, self.info)
        with copy.write(command="backup") as writer:
            writer.publish(lambda made: _move_texts(target / "index" / "text", made))
        copy._write_info(self.info)


class Writer:
    """The one writer, given by `Workspace.write`: a WritableStore that marks what is not published yet."""

    def __init__(self, workspace: Workspace, store: WritableStore) -> None:
        self.workspace = workspace
        self.store = store
        self._mark = workspace.folder / "unpublished"

    @property
    def unpublished(self) -> bool:
        """Whether the graph holds changes that no snapshot shows, from this run or from a killed one."""
        return self._mark.exists()

    def mark(self) -> None:
        """Say that the workspace is about to change: what follows must be published, or undone by the next writer."""
        if not self._mark.exists():
            _replace_file(self._mark, b"")

    def check_graph(self) -> None:
        """Raise WorkspaceError where files that the graph shares with the newest snapshot are damaged."""
        if self.workspace.remote is None:
            check_graph(self.workspace.folder / "graph", self.workspace.snapshot_folder)

    def keep_original(self, path: Path, sha256: str) -> None:
        """Given a file and its hash, keep a copy under that hash; one that is there already is left."""
        kept = self.workspace.original(sha256)
        if kept.exists():
            return
        self.mark()
        partial = kept.with_name(kept.name + ".partial")
        try:
            shutil.copyfile(path, partial)
            partial.replace(kept)
        except OSError as error:
            partial.unlink(missing_ok=True)
            raise WorkspaceError(f"no copy of {path.name} could be kept in {kept.parent}: {error}") from error

    def drop_original(self, sha256: str) -> None:
        """Remove the copy of a document, and what was kept of its reading."""
        self.workspace.original(sha256).unlink(missing_ok=True)
        for kept in (self.workspace.folder / "readings").glob(f"{sha256}.*"):
            kept.unlink(missing_ok=True)

    def originals(self) -> list[str]:
        """The hashes of the documents of which the original, or what was read from it, is kept."""
        kept = [*(self.workspace.folder / "documents").iterdir(), *(self.workspace.folder / "readings").glob("*.gz")]
        return sorted({path.name.partition(".")[0] for path in kept})

    def set_extractor_version(self, version: str) -> None:
        """Record which extractor last wrote."""
        if self.workspace.info.extractor_version != version:
            self.workspace._write_info(replace(self.workspace.info, extractor_version=version))

    def publish(self, beside: Callable[[Path], None] | None = None) -> int:
        """Write a snapshot, point readers to it, prune the oldest; return its number. `beside` is given the snapshot's
        folder before anybody sees it, to put there what belongs to it."""
        snapshots = self.workspace.folder / "snapshots"
        taken = self.workspace._snapshots()
        number = max(taken, default=0) + 1
        partial = snapshots / f"{number}.partial"
        shutil.rmtree(partial, ignore_errors=True)
        self.store.publish(partial)
        if beside is not None:
            beside(partial)
        partial.rename(snapshots / str(number))
        _replace_file(snapshots / "current", f"{number}\n".encode())
        self._mark.unlink(missing_ok=True)
        for old in sorted(taken)[: -(KEPT_SNAPSHOTS - 1)]:
            claimed = snapshots / f"{old}.removed"
            if try_claim(snapshots / str(old), claimed):
                shutil.rmtree(claimed, ignore_errors=True)
        return number


def _move_texts(texts: Path, snapshot_folder: Path) -> None:
    if texts.is_dir():
        texts.rename(snapshot_folder / "text")


def _reason(error: Exception) -> str:
    """What went wrong, in a few words: of a folder that could not be copied, the first file's reason."""
    if isinstance(error, shutil.Error) and error.args and isinstance(error.args[0], list):
        _, name, reason = error.args[0][0]
        return f"{Path(name).name}: {str(reason).partition('] ')[2].partition(': ')[0] or reason}"
    return getattr(error, "strerror", None) or str(error)


def _connect(settings: RemoteSettings, base: str) -> RemoteStore:
    from graph.remote import RemoteStore  # noqa: PLC0415 - an HTTP client that a graph in a folder doesn't need

    return RemoteStore(settings, base)


def _read_info(path: Path) -> WorkspaceInfo:
    try:
        said = json.loads(path.read_text("utf-8"))
        version = said["schema_version"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise WorkspaceError(f"{path} can't be read as a store's description; restore it from a backup") from error
    if version != SCHEMA_VERSION:
        age, advice = (
            ("a newer", "install that pikg")
            if isinstance(version, int) and version > SCHEMA_VERSION
            else ("an older", "ingest the documents into a new store")
        )
        raise WorkspaceError(
            f"the store in {path.parent} was made by {age} pikg (its version is {version}, this one's is "
            f"{SCHEMA_VERSION}); {advice}, or name another folder with --store"
        )
    try:
        return WorkspaceInfo(**said)
    except TypeError as error:
        raise WorkspaceError(f"{path} holds entries that pikg doesn't know: {error}") from error
