"""A store whose disk is full or whose files are damaged: told in a sentence, nothing that was stored is lost."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path

import pytest
from disclosures import disclosure, files, lines, load

import pikg
from graph.errors import GraphError, WorkspaceError
from graph.load import open_batch
from graph.workspace import Workspace


@pytest.fixture
def workspace(tmp_path) -> Workspace:
    return Workspace.open(tmp_path / "a store", create=True)


FULL = OSError(errno.ENOSPC, "No space left on device")


def fail(*_arguments: object, **_named: object) -> None:
    raise FULL


def test_a_full_disk_is_told_before_anything_is_written(workspace, monkeypatch):
    load(workspace, 1)
    with monkeypatch.context() as patch:
        patch.setattr("graph.lock.os.write", fail)
        with pytest.raises(WorkspaceError, match=r"writer\.lock can't be written .*No space left.*make room"):
            load(workspace, 2)
    assert workspace.holder() is None
    load(workspace, 2)
    assert len(files(workspace)) == 2


@pytest.mark.parametrize("broken", ["graph.embedded.link_closed", "graph.workspace.os.fsync", "graph.files.os.fsync"])
def test_a_disk_that_is_full_while_publishing_costs_no_document(workspace, monkeypatch, broken):
    load(workspace, 1)
    with monkeypatch.context() as patch, pytest.raises(GraphError, match="No space left"):
        with workspace.write() as writer:
            writer.mark()
        with open_batch(workspace) as batch:
            batch.load(disclosure(2))
            patch.setattr(broken, fail)
    assert files(workspace) == ["部门预算 1.pdf"]
    assert workspace.unpublished
    load(workspace, 3)  # publishes what the other left
    assert len(files(workspace)) == 3


def test_a_memory_that_is_damaged_in_its_midst_is_made_anew(workspace):
    for number in range(1, 4):
        load(workspace, number)
    memory = workspace.folder / "index" / "links.sqlite"
    content = bytearray(memory.read_bytes())
    for page in range(3 * 4096, len(content), 4096):  # the first pages say what there is and which snapshot it is of
        content[page : page + 100] = b"x" * 100
    memory.write_bytes(content)
    load(workspace, 4)
    seen = lines(workspace)
    memory.unlink()
    with open_batch(workspace) as batch:
        batch.writer.mark()
    assert lines(workspace) == seen


def damage(folder: Path) -> None:
    """Break the files of a store, without touching those that share their content."""
    for path in [path for path in folder.iterdir() if path.name.endswith(".sst") or path.name.startswith("MANIFEST-")]:
        path.unlink()
        path.write_bytes(b"no longer what it was")


def test_a_damaged_snapshot_is_told_and_made_anew(workspace):
    load(workspace, disclosure(1))
    damage(workspace.snapshot_folder)
    with pytest.raises(WorkspaceError, match="pikg optimize"):
        workspace.read()
    with pytest.raises(WorkspaceError, match="pikg optimize"):
        pikg.open_store(workspace.folder).query("ASK {}")
    with pikg.open_store(workspace.folder) as store:
        store.optimize()
        assert len(store.named("documents")) == 1


def test_a_damaged_graph_is_told_and_readers_go_on(workspace):
    load(workspace, disclosure(1))
    damage(workspace.folder / "graph")
    with pytest.raises(WorkspaceError, match="backup"), open_batch(workspace):
        pass
    assert len(files(workspace)) == 1


@pytest.mark.parametrize("content", [None, b"", b"the newest"])
def test_a_lost_pointer_is_told_and_the_next_writer_finds_the_snapshots(workspace, content):
    load(workspace, disclosure(1))
    pointer = workspace.folder / "snapshots" / "current"
    before = workspace.snapshot
    pointer.unlink()
    if content is not None:
        pointer.write_bytes(content)
    with pytest.raises(WorkspaceError, match="pikg optimize"):
        workspace.read()
    with pikg.open_store(workspace.folder) as store:
        store.optimize()
    assert workspace.snapshot > before
    assert len(files(workspace)) == 1


def test_a_backup_without_room_says_so_in_few_words(workspace, tmp_path, monkeypatch):
    load(workspace, 1)

    def copy(*_arguments: object, **_named: object) -> None:
        raise shutil.Error([("a/000017.sst", "b/000017.sst", "[Errno 28] No space left on device: 'a' -> 'b'")] * 40)

    monkeypatch.setattr("graph.workspace.shutil.copytree", copy)
    with pytest.raises(WorkspaceError, match=r"copy: 000017\.sst: No space left on device$"):
        workspace.backup(tmp_path / "copy")
    assert list(tmp_path.glob("copy*")) == []


@pytest.mark.parametrize("content", ["", "[]", "{}", "{", '{"schema_version": 1, "colour": "red"}'])
def test_a_damaged_description_is_refused(workspace, content):
    (workspace.folder / "workspace.json").write_text(content, "utf-8")
    with pytest.raises(WorkspaceError):
        Workspace.open(workspace.folder)
