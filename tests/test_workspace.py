"""The workspace: one writer, readers that never wait, whole documents whatever happens, versions that are refused."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from disclosures import disclosure, files, lines, load

import pikg
from graph.errors import AmbiguousError, NotFoundError, StoreLockedError, WorkspaceError
from graph.load import Batch, find_documents, open_batch
from graph.lock import Lease
from graph.status import read_status
from graph.store import Rows
from graph.workspace import KEPT_SNAPSHOTS, SCHEMA_VERSION, Workspace

TESTS = Path(__file__).parent
posix = pytest.mark.skipif(os.name == "nt", reason="stops a process as POSIX systems do")


@pytest.fixture
def workspace(tmp_path) -> Workspace:
    return Workspace.open(tmp_path / "a store", create=True)


def python(code: str, *arguments: str | Path, **options) -> subprocess.Popen[str]:
    """Another process that runs code with the tests' modules at hand."""
    setup = f"import sys; sys.path[:0] = [{str(TESTS)!r}, {str(TESTS.parent)!r}]\n"
    command = [sys.executable, "-c", setup + code, *map(str, arguments)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8", **options)


HOLD = """
from graph.workspace import Workspace
with Workspace.open(sys.argv[1]).write(command="pikg ingest 公开"):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def another_writer(workspace):
    process = python(HOLD, workspace.folder)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout):
        stream.close()


# --- one writer ---------------------------------------------------------------------------------------------------
def test_a_second_writer_is_told_who_writes(workspace, another_writer):
    with pytest.raises(StoreLockedError) as caught, workspace.write():
        pass
    assert str(another_writer.pid) in str(caught.value)
    assert "pikg ingest 公开" in str(caught.value)
    assert workspace.holder().pid == another_writer.pid


def test_two_writers_of_one_process_exclude_each_other_too(workspace):
    other = Workspace.open(workspace.folder)
    with workspace.write(), pytest.raises(StoreLockedError), other.write():
        pass
    with other.write():
        assert workspace.holder().pid == os.getpid()
    assert workspace.holder() is None


def test_the_lock_of_a_killed_writer_is_free(workspace, another_writer):
    another_writer.kill()
    another_writer.wait()
    assert workspace.holder() is None
    load(workspace, 1)
    assert len(files(workspace)) == 1


def test_a_writer_may_wait_for_another(workspace, another_writer):
    threading.Timer(0.3, another_writer.stdin.close).start()
    with workspace.write(wait=20):
        assert workspace.holder().pid == os.getpid()


def test_readers_and_status_do_not_wait_for_a_writer(workspace, another_writer):
    status = read_status(workspace)
    assert status.writer.pid == another_writer.pid
    assert status.counts["Document"] == 0


# --- readers ------------------------------------------------------------------------------------------------------
def test_a_reader_keeps_its_snapshot_and_sees_that_there_is_a_newer_one(workspace):
    load(workspace, 1)
    number = workspace.snapshot
    with workspace.read() as store:
        load(workspace, 2)
        assert len(find_documents(store)) == 1
        assert workspace.snapshot > number
    assert len(files(workspace)) == 2


def test_what_a_batch_has_not_published_is_not_seen(workspace):
    with open_batch(workspace) as batch:
        batch.load(disclosure(1))
        assert files(workspace) == []
    assert len(files(workspace)) == 1


def test_old_snapshots_go_but_never_one_that_is_read(workspace):
    load(workspace, 1)
    read = workspace.snapshot_folder
    with workspace.read() as store:
        for number in range(2, 8):
            load(workspace, number)
        assert read.exists()
        assert len(find_documents(store)) == 1
        kept = [entry for entry in read.parent.iterdir() if entry.is_dir()]
        assert len(kept) == KEPT_SNAPSHOTS + 1
    load(workspace, 8)
    assert not read.exists()
    assert len([entry for entry in read.parent.iterdir() if entry.is_dir()]) == KEPT_SNAPSHOTS


def test_readers_while_another_process_writes_see_whole_documents_only(workspace):
    writing = python(
        """
from disclosures import disclosure, files, lines, load
from graph.load import open_batch
from graph.workspace import Workspace
for n in range(12):
    with open_batch(Workspace.open(sys.argv[1])) as batch:
        batch.load(disclosure(n, indicators=40))
""",
        workspace.folder,
    )
    seen = set()
    while writing.poll() is None:
        with workspace.read() as store:
            answer = store.query("SELECT ?d (COUNT(?row) AS ?n) { ?row pikg:ofForm/pikg:inDocument ?d } GROUP BY ?d")
            assert isinstance(answer, Rows)
            assert {str(row["n"]) for row in answer} <= {"41"}  # 40 rows and one amount
            seen.add(len(answer))
    assert writing.wait() == 0
    assert len(seen) > 2, "the reader was never there in the midst of it"
    assert len(files(workspace)) == 12


def test_a_lease_on_a_folder_that_is_gone_says_so(tmp_path):
    with pytest.raises(FileNotFoundError):
        Lease(tmp_path / "nothing")


# --- whole documents ----------------------------------------------------------------------------------------------
def test_loading_again_gives_the_same_graph(workspace):
    load(workspace, 1, 2)
    before = lines(workspace)
    load(workspace, 2, 1)
    assert lines(workspace) == before


def test_the_same_documents_give_the_same_graph_in_any_order(tmp_path, workspace):
    other = Workspace.open(tmp_path / "other", create=True)
    load(workspace, 1, 2, 3)
    load(other, 3)
    load(other, 1, 2, 3, version="test-0")
    load(other, 1, 2, 3)
    assert lines(other) == lines(workspace)


def test_an_error_within_a_batch_leaves_what_was_loaded_before_it(workspace):
    with pytest.raises(ZeroDivisionError), open_batch(workspace) as batch:
        batch.load(disclosure(1))
        raise ZeroDivisionError
    assert len(files(workspace)) == 1
    assert not workspace.unpublished


def test_an_original_is_kept_once_and_goes_with_its_document(workspace, tmp_path):
    source = tmp_path / "文件.pdf"
    source.write_bytes(b"what was published")
    document = disclosure(1)
    with open_batch(workspace) as batch:
        batch.load(document, source)
    kept = workspace.original(document.document.sha256)
    assert kept.read_bytes() == b"what was published"
    with open_batch(workspace) as batch:
        batch.remove(document.document.file)
    assert not kept.exists()
    assert files(workspace) == []


def test_is_current_asks_for_hash_version_and_original(workspace, tmp_path):
    source = tmp_path / "a.pdf"
    source.write_bytes(b"x")
    sha256 = disclosure(1).document.sha256
    with open_batch(workspace) as batch:
        assert not batch.is_current(sha256, "test-1")
        batch.load(disclosure(1), source)
        assert batch.is_current(sha256, "test-1")
        assert not batch.is_current(sha256, "test-2")
        batch.writer.drop_original(sha256)
        assert not batch.is_current(sha256, "test-1")


def test_documents_are_found_by_name_hash_or_its_beginning(workspace):
    load(workspace, 1, 2)
    load(workspace, 3, file="部门预算 1.pdf")
    sha256 = disclosure(2).document.sha256
    with open_batch(workspace) as batch:
        with pytest.raises(NotFoundError):
            batch.remove("nothing.pdf")
        with pytest.raises(NotFoundError):
            batch.remove(sha256[:7])
        with pytest.raises(AmbiguousError) as caught:
            batch.remove("部门预算 1.pdf")
        assert len(caught.value.candidates) == 2
        assert batch.remove(sha256[:8]).sha256 == sha256
    assert len(files(workspace)) == 2


# A process that has everything imported and starts a writer for each line it reads: twenty starts cost what one does.
KILLED = """
import os
from pathlib import Path
from disclosures import disclosure, files, lines, load
from graph.load import open_batch
from graph.workspace import Workspace

for line in sys.stdin:
    writer = os.fork()
    if writer == 0:
        with open_batch(Workspace.open(sys.argv[1])) as batch:
            for n in range(int(line), 10**6):
                batch.load(disclosure(n, indicators=40, unit=f"清河市第{n % 3}中学"), Path(sys.argv[2]))
                print(n, flush=True)
                if n % 4 == 3:
                    batch.publish()
    print("writer", writer, flush=True)
    os.waitpid(writer, 0)
    print("dead", flush=True)
"""


@posix
def test_kill_leaves_whole_documents_and_the_next_run_heals(workspace, tmp_path):
    source, chance, next_number = tmp_path / "original.pdf", random.Random(20240101), 0
    source.write_bytes(b"original" * 1000)
    starter = python(KILLED, workspace.folder, source)
    assert starter.stdin is not None
    assert starter.stdout is not None
    acknowledged: set[int] = set()
    for _ in range(20):
        print(next_number, file=starter.stdin, flush=True)
        writer = None
        while writer is None or not acknowledged:
            said = starter.stdout.readline().split()
            writer = int(said[1]) if said[0] == "writer" else writer
            acknowledged |= {int(said[0])} if said[0].isdecimal() else set()
        time.sleep(chance.random() * 0.5)
        os.kill(writer, signal.SIGKILL)
        while (line := starter.stdout.readline().strip()) != "dead":
            acknowledged |= {int(line)} if line.isdecimal() else set()
        with workspace.read():
            pass  # readers have a snapshot at any time
        with open_batch(workspace):
            pass  # heals
        assert not workspace.unpublished
        with workspace.read() as store:
            graphs = [graph for graph in store.graphs() if "/doc/" in graph]
            assert len({store.count(graph) for graph in graphs}) == 1, "a document is there in part"
            missing = {disclosure(n).document.sha256 for n in acknowledged} - {g.rpartition("/")[2] for g in graphs}
            assert not missing, "a document that was told to be stored is lost"
        kept = {path.name for path in (workspace.folder / "documents").iterdir()}
        assert kept == {graph.rpartition("/")[2] for graph in graphs}
        next_number = max(acknowledged) + 2
    starter.stdin.close()
    starter.stdout.close()
    assert starter.wait(20) == 0
    with workspace.read() as store:
        healed = sorted(store.nquads())
        assert store.count() == len({line.rpartition(" <")[0] for line in healed})
    (workspace.folder / "index" / "links.sqlite").unlink()
    with open_batch(workspace) as batch:
        batch.writer.mark()
    assert lines(workspace) == healed, "what is derived is not what comparing everything gives"
    leftovers = [path for path in workspace.folder.rglob("*") if path.suffix in (".partial", ".removed")]
    assert leftovers == []


@pytest.mark.parametrize("beside", ["", "documents", "readings", "snapshots"])
def test_what_a_killed_run_left_half_written_goes_with_the_next_writer(workspace, beside):
    load(workspace, 1)
    (workspace.folder / beside).mkdir(exist_ok=True)
    leftover = workspace.folder / beside / "half of it.json.gz.partial"
    leftover.write_bytes(b"half of it")
    with workspace.write():
        pass
    assert not leftover.exists()
    assert len(files(workspace)) == 1


# --- the vocabulary -----------------------------------------------------------------------------------------------
def test_the_vocabulary_is_brought_in_step(workspace):
    load(workspace, 1)
    graph = workspace.namespace.vocabulary_graph
    with workspace.write() as writer:
        writer.mark()
        expected = writer.store.count(graph)
        writer.store.replace_graph(graph, ())
    with open_batch(workspace):
        pass
    with workspace.read() as store:
        assert store.count(graph) == expected > 50


# --- what is and what isn't a workspace ---------------------------------------------------------------------------
def test_a_missing_store_is_not_made_unless_asked(tmp_path):
    with pytest.raises(NotFoundError, match="pikg ingest"):
        Workspace.open(tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_a_folder_with_other_things_is_not_taken(tmp_path):
    (tmp_path / "thesis.docx").touch()
    with pytest.raises(WorkspaceError, match=r"thesis\.docx"):
        Workspace.open(tmp_path, create=True)


@pytest.mark.parametrize(("version", "says"), [(SCHEMA_VERSION + 1, "newer"), (0, "older")])
def test_a_store_of_another_version_is_refused(workspace, version, says):
    path = workspace.folder / "workspace.json"
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | {"schema_version": version}), "utf-8")
    with pytest.raises(WorkspaceError, match=says):
        Workspace.open(workspace.folder, create=True)


@pytest.mark.parametrize(("version", "says"), [(SCHEMA_VERSION + 1, "newer"), (SCHEMA_VERSION - 1, "older")])
@pytest.mark.parametrize(
    "command", [["status"], ["query", "overview"], ["optimize"], ["remove", "x"], ["ingest", str(TESTS)], ["serve"]]
)
def test_every_command_refuses_a_store_of_another_version_and_touches_nothing(
    workspace, capsys, version, says, command
):
    load(workspace, 1)
    described = workspace.folder / "workspace.json"
    described.write_text(json.dumps(json.loads(described.read_text("utf-8")) | {"schema_version": version}), "utf-8")
    before = {path: path.stat().st_mtime_ns for path in workspace.folder.rglob("*")}
    assert pikg.run([*command, "--store", str(workspace.folder)]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert f"made by an {says} pikg" in told.err.replace("a newer", "an newer")
    assert f"its version is {version}" in told.err
    assert len(told.err.strip().splitlines()) == 1
    assert {path: path.stat().st_mtime_ns for path in workspace.folder.rglob("*")} == before


def test_status_tells_what_another_extractor_read(workspace, capsys):
    load(workspace, 1)
    assert pikg.run(["status", "--store", str(workspace.folder)]) == 0
    assert "1 document read by another version (test-1; this one is" in capsys.readouterr().out


# --- what a store keeps --------------------------------------------------------------------------------------------
def test_a_creation_that_was_interrupted_is_completed(workspace):
    (workspace.folder / "workspace.json").unlink()
    shutil.rmtree(workspace.folder / "snapshots")
    again = Workspace.open(workspace.folder, create=True)
    assert files(again) == []


def test_the_base_iri_is_kept(tmp_path):
    base = "https://data.example.org/"
    workspace = Workspace.open(tmp_path / "s", create=True, base=base)
    load(workspace, 1)
    assert Workspace.open(tmp_path / "s", base=base).namespace.base == base
    with workspace.read() as store:
        assert all(graph.startswith(base) for graph in store.graphs())
    with pytest.raises(WorkspaceError, match="base IRI"):
        Workspace.open(tmp_path / "s", base="https://other.example.org/")
    with pytest.raises(WorkspaceError):
        Workspace.open(tmp_path / "t", create=True, base="no base")


def test_a_backup_is_a_store_of_its_own_and_waits_for_no_writer(workspace, tmp_path):
    source = tmp_path / "a.pdf"
    source.write_bytes(b"original")
    with open_batch(workspace) as batch:
        batch.load(disclosure(1), source)
    said = (
        '{"kind": "indicator", "name": "甲", "notation": "乙", "who": "丙", "when": "2025-01-01T00:00Z", "why": "丁"}\n'
    )
    (workspace.folder / "decisions.jsonl").write_text(said, "utf-8")
    with workspace.write() as writer:
        writer.mark()
        Batch(writer).load(disclosure(2))
        workspace.backup(tmp_path / "copy")
    copy = Workspace.open(tmp_path / "copy")
    assert files(copy) == ["部门预算 1.pdf"]
    load(copy, 3)
    assert copy.original(disclosure(1).document.sha256).read_bytes() == b"original"
    assert (copy.folder / "decisions.jsonl").read_text("utf-8") == said
    assert len(files(copy)) == 2
    with pytest.raises(WorkspaceError, match="there already"):
        workspace.backup(tmp_path / "copy")


def test_a_backup_is_no_part_of_its_store_and_may_be_the_folder_where_one_is(workspace, tmp_path, monkeypatch):
    load(workspace, disclosure(1))
    with pytest.raises(WorkspaceError, match="outside"):
        workspace.backup(workspace.folder / "snapshots" / "9")
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    workspace.backup(Path())
    assert len(files(Workspace.open(tmp_path / "here"))) == 1


def test_a_backup_of_a_snapshot_that_is_missing_says_so(workspace, tmp_path):
    load(workspace, disclosure(1))
    shutil.rmtree(workspace.snapshot_folder)
    with pytest.raises(WorkspaceError, match="missing"):
        workspace.backup(tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


def test_status_counts_each_thing_once(workspace):
    load(workspace, 1, 2)
    status = read_status(workspace)
    assert (status.counts["Document"], status.counts["Project"], status.counts["Form"]) == (2, 1, 2)
    assert status.superseded_forms == 1
    assert status.extractor_version == "test-1"
    assert [document.extractor_version for document in status.documents] == ["test-1", "test-1"]
