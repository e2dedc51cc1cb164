"""A store whose disk is full or whose files are damaged: told in a sentence, nothing that was stored is lost."""

from __future__ import annotations

import asyncio
import errno
import json
import shutil
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from disclosures import disclosure, files, lines, load
from streamlit.testing.v1 import AppTest

import pikg
import pipeline
from graph import soundness, watch
from graph.errors import GraphError, QueryError, WorkspaceError
from graph.guard import run_user_query
from graph.load import open_batch
from graph.query_pool import Limits, QueryPool, Question, Reply
from graph.soundness import MARK, SUMS, damage_told, mark_damaged
from graph.sources import Source
from graph.workspace import Workspace

ROOT = Path(__file__).parents[1]


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


# --- blocks that are no longer what they were ---------------------------------------------------------------------
def flip(table: Path) -> None:
    """Change most of a table's blocks as a failing disk does: behind everybody's back, its size kept, and in every
    snapshot that shares it."""
    with table.open("r+b") as file:
        size = table.stat().st_size
        file.seek(64)
        blocks = file.read(size * 3 // 4)
        file.seek(64)
        file.write(bytes(byte ^ 0xFF for byte in blocks))


def largest_tables(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.sst"), key=lambda table: table.stat().st_size, reverse=True)


@pytest.fixture(scope="module")
def filled(tmp_path_factory) -> Path:
    """A store of the shipped examples, whose tables have several blocks."""
    folder = tmp_path_factory.mktemp("filled") / "a store"
    assert pipeline.ingest_examples(folder).ok
    return folder


@pytest.fixture
def store(filled, tmp_path) -> Path:
    return Path(shutil.copytree(filled, tmp_path / "copy of the store"))


def ask(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Call the command line in a process of its own: what hangs can be stopped."""
    command = [sys.executable, str(ROOT / "pikg.py"), *arguments, "--store", str(folder)]
    return subprocess.run(command, capture_output=True, encoding="utf-8", timeout=120, check=False)


def test_no_query_hangs_or_answers_otherwise_where_a_table_is_damaged(store):
    workspace = Workspace.open(store)
    sound = ask(store, "query", "overview", "--format", "csv").stdout
    whole = Path(shutil.copytree(workspace.snapshot_folder, store.parent / "whole snapshot"))
    damaged = 0
    for table in largest_tables(workspace.snapshot_folder)[4:13]:  # the largest hold texts, and are read seldom
        flip(table)
        answered = ask(store, "query", "overview", "--format", "csv")
        if answered.returncode == 0:
            assert answered.stdout == sound
        else:
            assert answered.returncode == 1
            assert "Traceback" not in answered.stderr
            assert f"the snapshot in {workspace.snapshot_folder} can't be read" in answered.stderr
            assert f"`pikg optimize --store {store}`" in answered.stderr
            damaged += 1
        shutil.copyfile(whole / table.name, table)
        (workspace.snapshot_folder / MARK).unlink(missing_ok=True)
    assert damaged > 1, "no query met what was damaged"


def test_queries_that_end_in_another_order_than_they_began_are_not_watched_any_more(workspace):
    first, second = (watch.watched(workspace.snapshot_folder) for _ in range(2))
    first.__enter__()
    second.__enter__()
    assert len(watch._asked) == 2
    first.__exit__(None, None, None)
    second.__exit__(None, None, None)
    assert not watch._asked


def test_a_query_is_answered_where_no_thread_is_to_be_had(workspace, monkeypatch):
    load(workspace, 1)

    def fail(_thread: object) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(watch, "_thread", None)
    with workspace.read() as opened:
        monkeypatch.setattr(threading.Thread, "start", fail)
        assert opened.query("ASK { ?s ?p ?o }") is True


def test_what_was_found_damaged_is_not_opened_again(store):
    workspace = Workspace.open(store)
    for table in largest_tables(workspace.snapshot_folder):
        flip(table)
    with pytest.raises(WorkspaceError, match="optimize"):
        pikg.open_store(store).verify()
    for asked in (
        workspace.read,
        lambda: pikg.open_store(store).query("ASK {}"),
        lambda: workspace.backup(store / "b"),
    ):
        with pytest.raises(WorkspaceError):
            asked()
    assert (workspace.snapshot_folder / MARK).exists()


def test_the_endpoint_tells_its_keeper_what_is_damaged_and_its_clients_no_path(store, capfd):
    snapshot = Workspace.open(store).snapshot_folder
    for table in largest_tables(snapshot):
        if table.stat().st_size > 100_000:
            flip(table)

    async def ask() -> list[Reply]:
        pool = QueryPool(snapshot, Limits(seconds=20, memory=1 << 30))
        try:
            asked = (
                "SELECT ?p (COUNT(*) AS ?n) { ?f a pikg:Form ; ?p ?o } GROUP BY ?p",
                "SELECT ?o { ?s pikg:order ?o }",
            )
            return [await pool.answer(Question(sparql)) for sparql in asked]
        finally:
            await pool.close()

    with ThreadPoolExecutor(1) as thread:
        replies = thread.submit(asyncio.run, ask()).result()
    assert {reply.kind for reply in replies} == {"failed"}
    assert {reply.message for reply in replies} == {
        "files of this store are damaged; whoever keeps it is told how to mend it"
    }
    assert capfd.readouterr().err.count(f"the snapshot in {snapshot} can't be read") == 1


def test_verify_reads_every_file(store, capsys):
    workspace = Workspace.open(store)
    assert pikg.run(["status", "--verify", "--store", str(store)]) == 0
    assert "all are as they were written" in capsys.readouterr().err
    original = next((store / "documents").iterdir())
    flip(original)
    assert pikg.run(["status", "--verify", "--format", "json", "--store", str(store)]) == 1
    said = capsys.readouterr()
    assert f"documents/{original.name} is damaged" in said.err
    assert json.loads(said.out)["counts"]["Document"] == len(pikg.open_store(store).status().documents)
    for table in largest_tables(workspace.snapshot_folder)[-1:]:
        flip(table)
        assert pikg.run(["status", "--verify", "--store", str(store)]) == 1
        assert table.name in capsys.readouterr().err


def test_verify_reads_again_what_was_sound_before(store):
    workspace = Workspace.open(store)
    with pikg.open_store(store) as opened:
        assert opened.verify().damaged == ()
        table = largest_tables(workspace.snapshot_folder)[0]
        flip(table)
        with pytest.raises(WorkspaceError, match=table.name):
            opened.verify()


@pytest.mark.parametrize(("reason", "damaged"), [(errno.EIO, True), (errno.EMFILE, False), (errno.EACCES, False)])
def test_only_what_a_failing_disk_cannot_read_is_damage(workspace, monkeypatch, reason, damaged):
    load(workspace, 1)

    def fail(path: Path) -> int:
        raise OSError(reason, "it can't be read", str(path))

    monkeypatch.setattr(soundness, "_crc", fail)
    with pytest.raises(WorkspaceError if damaged else OSError):
        soundness.check_snapshot(workspace.snapshot_folder)
    assert (workspace.snapshot_folder / MARK).exists() == damaged


def test_a_backup_that_fails_leaves_nothing_behind(workspace, tmp_path):
    def fill(folder: Path) -> None:
        (folder / "half").touch()
        raise ValueError("a document can't be read")

    with pytest.raises(ValueError, match="can't be read"):
        workspace.backup(tmp_path / "backup", fill)
    assert list(tmp_path.glob("backup*")) == []


def test_each_snapshot_has_checksums_and_knows_those_of_tables_it_shares(workspace, monkeypatch):
    load(workspace, 1)
    before = json.loads((workspace.snapshot_folder / SUMS).read_text("ascii"))
    read: list[str] = []
    crc = soundness._crc
    monkeypatch.setattr(soundness, "_crc", lambda path: (read.append(path.name), crc(path))[1])
    load(workspace, 2)
    after = json.loads((workspace.snapshot_folder / SUMS).read_text("ascii"))
    shared = {name for name in before.keys() & after.keys() if name.endswith(".sst")}
    assert shared
    assert not shared & set(read)
    assert set(after) == set(read) | shared
    assert soundness.find_damaged(workspace.snapshot_folder) == []


def test_a_function_named_corruption_is_no_damage(workspace):
    load(workspace, 1)
    asked = "SELECT (<https://example.org/Corruption:now>(1) AS ?x) {}"
    with pytest.raises(QueryError, match="is not supported"):
        run_user_query(workspace.snapshot_folder, asked)
    with workspace.read() as opened, pytest.raises(QueryError, match="is not supported"):
        opened.query(asked)
    assert not (workspace.snapshot_folder / MARK).exists()


def test_a_backup_of_a_damaged_store_is_refused(store, tmp_path):
    workspace = Workspace.open(store)
    flip(largest_tables(workspace.snapshot_folder)[0])
    with pytest.raises(WorkspaceError, match=r"can't be read: \d+\.sst: not as it was written"):
        workspace.backup(tmp_path / "backup")
    assert list(tmp_path.glob("backup*")) == []


def test_optimize_does_not_publish_a_damaged_graph_and_a_backup_makes_it_anew(filled, store, tmp_path):
    workspace = Workspace.open(store)
    correction = {"field": "tier3", "who": "审核员", "why": "误读"}
    said = {"address": "https://www.example.gov.cn/ys.pdf"}
    with pikg.open_store(store) as opened:
        document = opened.status().documents[0]
        cell = opened.printed_fields(document.file, "tier3")[0]
        opened.correct_cell(document.file, cell=cell.cell, new="更正的名称", **correction)
        with open_batch(workspace) as batch:
            batch.keep_source(document.sha256, Source(**said))
        expected = lines(workspace)
    (store / "readings" / f"{document.sha256}.json.gz").unlink()  # of this one the original is read
    with pikg.open_store(store) as opened:
        opened.optimize()
        before = workspace.snapshot
        for table in largest_tables(workspace.snapshot_folder)[:4]:
            flip(table)  # the same file is the graph's
        with pytest.raises(WorkspaceError, match="--anew"):
            opened.optimize()
    assert workspace.snapshot == before
    assert pikg.run(["backup", str(tmp_path / "anew"), "--anew", "--store", str(store)]) == 0
    assert lines(Workspace.open(tmp_path / "anew")) == expected
    assert pikg.open_store(tmp_path / "anew").verify().damaged == ()


def test_a_damaged_original_is_not_read_in_the_place_of_its_document(store, tmp_path):
    with pikg.open_store(store) as opened:
        sha256 = next(one.sha256 for one in opened.status().documents if one.file.endswith(".pdf"))
    original = store / "documents" / sha256
    original.write_bytes(original.read_bytes() + b"\n")  # it can still be read
    (store / "readings" / f"{sha256}.json.gz").unlink()
    with pytest.raises(WorkspaceError, match=f"the original of the document {sha256[:12]} is damaged"):
        pikg.open_store(store).backup(tmp_path / "anew", anew=True)


def test_the_app_says_that_a_damaged_store_cannot_be_opened(store, monkeypatch):
    mark_damaged(Workspace.open(store).snapshot_folder, damage_told(["000016.sst"]))
    monkeypatch.setenv("PIKG_STORE", str(store))
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.query_params["lang"] = "en"
    shown = "\n".join(str(getattr(one, "value", "")) for one in app.run().main)
    assert "The store could not be opened" in shown
    assert "000016.sst: not as it was written" in shown
    assert "no documents" not in shown
    assert "pikg ingest" not in shown


def test_a_graph_that_cannot_be_opened_for_want_of_room_is_not_called_damaged(workspace, monkeypatch):
    monkeypatch.setattr("graph.embedded.ox.Store", raise_io_error)
    with pytest.raises(WorkspaceError, match="make room") as caught, workspace.write():
        pass
    assert "backup" not in str(caught.value)


def raise_io_error(*_arguments: object) -> None:
    raise OSError("IO error: No space left on device: While appending to file: 000083.sst")


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
