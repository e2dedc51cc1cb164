"""Files to store: what a summary says, what stops nothing, what is passed over, and the store as a notebook uses it."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest
from disclosures import disclosure
from interrupting import INTERRUPTIBLE
from shared import CORPUS, ROOT, needs_shared

import pikg
import pipeline
from extract.errors import UnreadableDocumentError, UnsupportedFormatError
from extract.grid import Document
from graph.errors import GraphError, NotFoundError, QueryRefusedError, StoreLockedError, WorkspaceError
from graph.load import find_documents
from graph.store import Rows
from graph.workspace import Workspace
from pipeline import FileStatus, find_files, ingest, open_store

EXAMPLES = ROOT / "examples"


@dataclass
class FakeReading:
    disclosure: object
    document: Document = field(default_factory=lambda: Document(()))


@pytest.fixture
def fake_reader(monkeypatch):
    """Reads "3" as a document of three indicators; "broken" and "other kind" as what they say."""
    read = []

    def read_file(path):
        content = Path(path).read_text("utf-8")
        read.append(Path(path).name)
        if content == "broken":
            raise UnreadableDocumentError(f"{Path(path).name}: is broken; get it again from its source")
        if content == "other kind":
            raise UnsupportedFormatError(f"{Path(path).name}: FAX files are not read")
        sha256 = hashlib.sha256(content.encode()).hexdigest()
        number = int(content.split()[0])
        version = pipeline.EXTRACTOR_VERSION
        return FakeReading(
            disclosure(file=Path(path).name, indicators=number, sha256=sha256, version=version, name=content)
        )

    monkeypatch.setattr(pipeline, "read_file", read_file)
    return read


@pytest.fixture
def folder(tmp_path):
    """A folder as people have it."""
    root = tmp_path / "公开 文件"
    for name, content in {
        "a.pdf": "1", "b.docx": "2", "sub/c.pdf": "3", "broken.pdf": "broken", "note.fax": "other kind",
        "noise.bin": "broken", "~$b.docx": "broken", ".hidden.pdf": "broken", "__MACOSX/a.pdf": "broken",
    }.items():  # fmt: skip
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content, "utf-8")
    return root


def told(report) -> dict[str, str]:
    return {summary.path.name: summary.status.value for summary in report.files}


def lines(store: Path) -> list[str]:
    with Workspace.open(store).read() as read:
        return sorted(read.nquads())


# --- files and folders --------------------------------------------------------------------------------------------
def test_a_walked_folder_gives_files_in_order_without_nobodys(folder):
    assert [path.name for path, _ in find_files([folder])] == [
        "a.pdf", "b.docx", "broken.pdf", "noise.bin", "note.fax", "c.pdf",
    ]  # fmt: skip


def test_a_file_named_twice_comes_once_and_as_named(folder):
    found = list(find_files([folder / "a.pdf", folder, folder / "sub" / ".." / "a.pdf"]))
    assert [named for path, named in found if path.name == "a.pdf"] == [True]


def test_a_store_within_a_walked_folder_is_left_alone(folder):
    Workspace.open(folder / "store", create=True)
    assert not any("store" in path.parts for path, _ in find_files([folder]))


# --- what becomes of files ----------------------------------------------------------------------------------------
def test_in_a_folder_other_kinds_are_passed_over_and_broken_documents_fail(folder, tmp_path, fake_reader):
    report = ingest([folder], tmp_path / "store")
    assert told(report) == {
        "a.pdf": "stored", "b.docx": "stored", "c.pdf": "stored",
        "broken.pdf": "failed", "noise.bin": "passed over", "note.fax": "passed over",
    }  # fmt: skip
    assert not report.ok
    assert [summary.indicators for summary in report.having(FileStatus.STORED)] == [1, 2, 3]
    (failed,) = report.having(FileStatus.FAILED)
    assert failed.reason == "broken.pdf: is broken; get it again from its source"


@pytest.mark.parametrize("name", ["note.fax", "noise.bin", "missing.pdf"])
def test_what_is_named_and_cannot_be_read_fails(folder, tmp_path, fake_reader, name):
    report = ingest([folder / name, folder / "a.pdf"], tmp_path / "store")
    assert told(report) == {name: "failed", "a.pdf": "stored"}
    assert report.files[0].reason


def test_other_kinds_alone_are_no_failure(folder, tmp_path, fake_reader):
    (folder / "broken.pdf").unlink()
    assert ingest([folder], tmp_path / "store").ok


def test_nothing_found_makes_no_store(tmp_path, fake_reader):
    report = ingest([tmp_path / "misspelt"], tmp_path / "store")
    assert not report.ok
    assert not (tmp_path / "store").exists()


def test_a_line_of_the_sources_that_fits_two_files_is_given_to_neither(folder, tmp_path, fake_reader):
    (folder / "sub" / "a.pdf").write_text("4", "utf-8")
    sources = tmp_path / "sources.csv"
    sources.write_text("file,address\na.pdf,https://example.org/a.pdf\nb.docx,https://example.org/b.docx\n", "utf-8")
    report = ingest([folder], tmp_path / "store", sources=sources)
    (told_of,) = [summary.reason for summary in report.files if summary.path == Path("a.pdf")]
    assert "the name of 2 files" in told_of
    with open_store(tmp_path / "store") as store:
        answer = store.query("SELECT ?address { ?document dcterms:source ?address }")
    assert [str(row["address"]) for row in answer] == ["https://example.org/b.docx"]


def test_sources_of_files_that_are_nowhere_are_told(tmp_path, fake_reader):
    empty, sources = tmp_path / "empty", tmp_path / "sources.csv"
    empty.mkdir()
    sources.write_text("file,address\na.pdf,https://example.org/a.pdf\n", "utf-8")
    report = ingest([empty], tmp_path / "store", sources=sources)
    assert [(summary.path.name, summary.status) for summary in report.files] == [("a.pdf", FileStatus.FAILED)]
    assert not report.ok


def test_unchanged_files_are_passed_over_until_the_extractor_changes(folder, tmp_path, fake_reader, monkeypatch):
    store = tmp_path / "store"
    ingest([folder / "a.pdf"], store)
    before = lines(store)
    assert told(ingest([folder / "a.pdf"], store)) == {"a.pdf": "unchanged"}
    shutil.copy(folder / "a.pdf", folder / "again.pdf")
    assert told(ingest([folder / "again.pdf"], store)) == {"again.pdf": "unchanged"}
    assert lines(store) == before
    monkeypatch.setattr(pipeline, "EXTRACTOR_VERSION", "0.0.next")
    assert told(ingest([folder / "a.pdf"], store)) == {"a.pdf": "stored"}


def test_a_document_that_cannot_be_stored_leaves_the_store_as_it_was(folder, tmp_path, fake_reader, monkeypatch):
    store = tmp_path / "store"
    ingest([folder / "a.pdf"], store)
    before = lines(store)

    def refuse(*_, **__):
        raise GraphError("the store refused it")

    monkeypatch.setattr("graph.load.map_disclosure", refuse)
    report = ingest([folder / "b.docx"], store)
    assert told(report) == {"b.docx": "failed"}
    assert lines(store) == before
    kept = [path.name for path in (store / "documents").iterdir()]
    assert kept == [hashlib.sha256(b"1").hexdigest()]


def test_a_file_that_changes_while_it_is_read_is_not_stored(folder, tmp_path, fake_reader, monkeypatch):
    read = pipeline.read_file

    def read_while_it_is_written(path):
        reading = read(path)
        Path(path).write_text("4", "utf-8")
        return reading

    monkeypatch.setattr(pipeline, "read_file", read_while_it_is_written)
    report = ingest([folder / "a.pdf"], tmp_path / "store")
    assert told(report) == {"a.pdf": "failed"}
    assert "changed while it was read" in (report.files[0].reason or "")
    assert list((tmp_path / "store" / "documents").iterdir()) == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
@pytest.mark.parametrize("jobs", [1, 2])
def test_what_is_no_file_is_told_and_not_waited_for(folder, tmp_path, jobs):
    for name in ("pipe.pdf", "other pipe.pdf"):
        os.mkfifo(folder / name)
    report = ingest([folder / "pipe.pdf", folder / "other pipe.pdf"], tmp_path / "store", jobs=jobs)
    assert told(report) == {"pipe.pdf": "failed", "other pipe.pdf": "failed"}
    assert "no file" in (report.files[0].reason or "")


def test_what_was_read_and_cannot_be_kept_is_told_with_its_place(folder, tmp_path, fake_reader):
    store = tmp_path / "store"
    open_store(store).close()
    (store / "readings").write_bytes(b"no folder")
    with pytest.raises(WorkspaceError, match="can't be written"):
        ingest([folder / "a.pdf"], store)


def test_progress_is_told_before_and_after_each_file(folder, tmp_path, fake_reader):
    seen = []
    files = [folder / "a.pdf", folder / "b.docx"]
    ingest(files, tmp_path / "store", progress=lambda *event: seen.append(event))
    assert [(number, total, path.name, summary is None) for number, total, path, summary in seen] == [
        (1, 2, "a.pdf", True), (1, 2, "a.pdf", False), (2, 2, "b.docx", True), (2, 2, "b.docx", False),
    ]  # fmt: skip


def test_stopping_in_the_midst_leaves_whole_documents(folder, tmp_path, fake_reader):
    def stop_at_the_second(number, _total, _path, summary):
        if number == 2 and summary is None:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ingest([folder], tmp_path / "store", progress=stop_at_the_second)
    workspace = Workspace.open(tmp_path / "store")
    assert not workspace.unpublished
    with workspace.read() as store:
        assert [document.file for document in find_documents(store)] == ["a.pdf"]
    assert workspace.holder() is None


def test_a_long_batch_lets_readers_see_what_it_has(folder, tmp_path, fake_reader, monkeypatch):
    monkeypatch.setattr(pipeline, "PUBLISH_EVERY", 0.0)
    seen = []

    def look(_number, _total, _path, summary):
        if summary is None:
            with Workspace.open(tmp_path / "store").read() as store:
                seen.append(len(find_documents(store)))

    ingest([folder / "a.pdf", folder / "b.docx"], tmp_path / "store", progress=look)
    assert seen == [0, 1]


# --- the store of a notebook --------------------------------------------------------------------------------------
def test_the_door_for_python(folder, tmp_path, fake_reader):
    assert {"open_store", "ingest", "read_file", "Store"} <= set(dir(pikg))
    with pikg.open_store(tmp_path / "store") as store:
        assert store.ingest(folder / "a.pdf").ok
        (row,) = store.query("SELECT ?name { ?project a pikg:Project ; rdfs:label ?name }")
        assert str(row["name"]) == "1"
        assert store.ingest([folder / "sub"]).ok
        assert store.query("ASK { ?project rdfs:label '3' }") is True
        documents = store.named("documents")
        assert isinstance(documents, Rows)
        assert len(documents) == 2
        assert pikg.run_named(store, "documents") == documents
        with pytest.raises(QueryRefusedError):
            store.query("CLEAR ALL")
        store.remove("a.pdf")
        assert store.status().counts["Document"] == 1
        assert len(store.named("documents")) == 1
        number = store.status().snapshot
        store.optimize()
        assert store.status().snapshot > number
        store.backup(tmp_path / "copy")
    with pikg.open_store(tmp_path / "copy", create=False) as copy:
        assert copy.status().counts["Document"] == 1
    with pytest.raises(NotFoundError):
        pikg.open_store(tmp_path / "none", create=False)
    with pytest.raises(AttributeError):
        _ = pikg.nothing


def test_a_writer_at_work_is_told(folder, tmp_path, fake_reader):
    store = open_store(tmp_path / "store")
    with store.workspace.write(), pytest.raises(StoreLockedError):
        store.ingest(folder)


def test_importing_the_door_is_quick():
    code = "import sys, pikg; print([m for m in ('rdflib', 'pdfplumber', 'streamlit', 'spacy') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    assert done.stdout == "[]\n"


# --- real documents -----------------------------------------------------------------------------------------------
def test_the_examples_go_in_and_twice_is_the_same_graph(tmp_path):
    report = pipeline.ingest_examples(tmp_path / "one")
    assert report.ok
    assert len(report.having(FileStatus.STORED)) >= 5
    assert sum(summary.indicators for summary in report.files) > 50
    again = pipeline.ingest_examples(tmp_path / "one")
    assert len(again.having(FileStatus.UNCHANGED)) == len(again.files) == len(report.files)
    backwards = sorted((summary.path for summary in report.files), reverse=True)
    ingest(backwards, tmp_path / "two")
    assert lines(tmp_path / "one") == lines(tmp_path / "two")


@needs_shared
def test_the_corpus_goes_in_twice_with_a_broken_file_among_it(tmp_path):
    sources = [*CORPUS.glob("*.pdf"), *CORPUS.glob("*.docx")]
    broken = tmp_path / "坏文件.pdf"
    broken.write_bytes(sources[0].read_bytes()[:3000])
    first = ingest([*sources, broken], tmp_path / "store")
    assert [summary.path.name for summary in first.having(FileStatus.FAILED)] == ["坏文件.pdf"]
    assert len(first.having(FileStatus.STORED)) == len(sources) == 5
    before = lines(tmp_path / "store")
    ingest(sources, tmp_path / "store")
    assert lines(tmp_path / "store") == before
    for graph in (tmp_path / "store" / "documents").iterdir():  # read anew, not passed over
        graph.unlink()
    second = ingest(sources, tmp_path / "store")
    assert len(second.having(FileStatus.STORED)) == 5
    assert lines(tmp_path / "store") == before


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """What a store of all examples holds that was made in one go."""
    store = tmp_path_factory.mktemp("whole") / "store"
    ingest([EXAMPLES], store)
    return lines(store)


@pytest.mark.skipif(os.name == "nt", reason="stops a process as POSIX systems do")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_an_ingest_that_is_stopped_can_be_run_again(tmp_path, how, whole):
    store = tmp_path / "store"
    command = [*INTERRUPTIBLE, "ingest", str(EXAMPLES), "--store", str(store)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8")
    deadline = time.monotonic() + 60
    while process.poll() is None and not list((store / "documents").glob("*")) and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(how)
    _, complaint = process.communicate()
    assert "Traceback" not in complaint
    if how is signal.SIGINT:
        assert process.returncode == 130
        assert "stopped" in complaint
    assert ingest([EXAMPLES], store).ok
    assert lines(store) == whole


# --- where files were found ---------------------------------------------------------------------------------------
def write_sources(folder: Path, *lines: str) -> Path:
    path = folder / "sources.csv"
    path.write_text("\n".join(lines) + "\n", "utf-8-sig")
    return path


def test_where_files_were_found_travels_into_the_graph_and_outlives_reading_again(tmp_path):
    from pipeline import ingest, open_store

    example = min((Path(__file__).parent.parent / "examples").glob("*.docx"))
    (tmp_path / example.name).write_bytes(example.read_bytes())
    told = write_sources(
        tmp_path,
        "文件,网址,公开日期",
        f"docs/{example.name},https://www.example.gov.cn/a.docx,2024-02-09",
        "gone.pdf,,",
    )
    report = ingest([tmp_path / example.name], tmp_path / "store", sources=told)
    assert [summary.reason is not None for summary in report.files] == [False, True]
    assert "gone.pdf" in str(report.files[1].reason)
    with open_store(tmp_path / "store") as store:
        for sources in (None, write_sources(tmp_path, "file,retrieved", f"{example.name},2024-11-20")):
            (row,) = store.named("documents")
            assert (str(row["address"]), str(row["published"])) == ("https://www.example.gov.cn/a.docx", "2024-02-09")
            ingest([tmp_path / example.name], tmp_path / "store", sources=sources)
        (row,) = store.named("documents")
        assert (row["address"], str(row["retrieved"])) == (None, "2024-11-20")
        store.remove(example.name)
        assert not any("/source/" in graph for graph in store.reading.graphs())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("day", ["2024-02-09", "2024/2/9", "2024年2月9日"])
def test_sources_are_read_as_a_chinese_spreadsheet_program_saves_them(tmp_path, encoding, day):
    from graph.sources import Source, read_sources

    path = tmp_path / "来源.csv"
    path.write_text(f"文件,网址,公开日期\r\n部门预算.pdf,https://www.example.gov.cn/a,{day}\r\n", encoding)
    assert read_sources(path) == {"部门预算.pdf": Source("https://www.example.gov.cn/a", date(2024, 2, 9))}


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        (["file,published", "a.pdf,2024/2/30"], "line 2: 2024/2/30 is no date"),
        (["file,colour", "a.pdf,red"], "line 1: unknown columns colour"),
        (["address", "https://x/"], "line 1: needs a column file"),
        (["file,address", "a.pdf,www.example.cn"], "line 2: www.example.cn is no address"),
        (["file,published", "a.pdf,2024年2月"], "line 2: 2024年2月 is no date"),
        (["file", "a.pdf", "x/a.pdf"], "line 3: a.pdf stands there twice"),
        (["file,address", "a.pdf"], "line 2: has 1 cells"),
    ],
)
def test_sources_that_cannot_be_understood_are_refused_by_line(tmp_path, lines, says):
    from graph.errors import SourcesError
    from graph.sources import read_sources

    with pytest.raises(SourcesError, match=says):
        read_sources(write_sources(tmp_path, *lines))
