"""Files read by several processes: the same store, one file lost where a process is, nobody left behind."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time

import crashing
import pytest
from disclosures import lines
from interrupting import INTERRUPTIBLE
from shared import ROOT

from extract import ahead
from graph.workspace import Workspace
from pipeline import FileStatus, ingest

EXAMPLES = ROOT / "examples"


@pytest.fixture
def folder(tmp_path):
    """Three of the examples, as files of a folder, and one that is broken."""
    root = tmp_path / "files"
    root.mkdir()
    for path in sorted(EXAMPLES.glob("*.docx"), key=lambda path: path.stat().st_size)[:3]:
        shutil.copy(path, root / path.name)
    (root / "broken.pdf").write_bytes(b"%PDF-1.7 nothing follows")
    return root


def told(report) -> list[tuple[str, str]]:
    return [(summary.path.name, summary.status.value) for summary in report.files]


def test_several_processes_give_the_same_store_and_the_same_summary(folder, tmp_path):
    one, several = ingest([folder], tmp_path / "one"), ingest([folder], tmp_path / "several", jobs=2)
    assert told(several) == told(one)
    assert [summary.reason for summary in several.files] == [summary.reason for summary in one.files]
    assert [summary.issues for summary in several.files] == [summary.issues for summary in one.files]
    assert lines(Workspace.open(tmp_path / "several")) == lines(Workspace.open(tmp_path / "one"))


def test_a_file_that_ends_its_process_is_the_only_one_lost(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(ahead, "_read", crashing.read)
    first = min(folder.glob("*.docx"))
    shutil.copy(first, folder / "a-crash.docx")
    shutil.copy(first, folder / "z-crash.docx")
    report = ingest([folder], tmp_path / "store", jobs=2)
    assert dict(told(report)) == {
        **{path.name: "stored" for path in folder.glob("*.docx")},
        "broken.pdf": "failed", "a-crash.docx": "failed", "z-crash.docx": "unchanged",
    }  # fmt: skip
    (reason,) = [summary.reason for summary in report.files if summary.path.name == "a-crash.docx"]
    assert "the process that read it was lost" in reason
    assert "pikg extract" in reason


def test_what_is_stored_already_is_not_read_again(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(ahead, "_read", crashing.read)
    ingest([folder], tmp_path / "store", jobs=2)
    (tmp_path / "read.log").unlink()
    report = ingest([folder], tmp_path / "store", jobs=2)
    assert len(report.having(FileStatus.UNCHANGED)) == len(list(folder.glob("*.docx")))
    assert (tmp_path / "read.log").read_text("utf-8").split() == ["broken.pdf"]


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_no_process_outlives_a_run_that_is_stopped(folder, tmp_path, how):
    store = tmp_path / "store"
    command = [*INTERRUPTIBLE, "ingest", str(folder), "--jobs", "2", "--store", str(store)]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, encoding="utf-8", start_new_session=True)
    deadline = time.monotonic() + 120
    while process.poll() is None and not list((store / "documents").glob("*")) and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(how)
    _, complaint = process.communicate(timeout=60)
    assert "Traceback" not in complaint
    if how is signal.SIGINT:
        assert process.returncode == 130
    deadline = time.monotonic() + 10
    while _is_there(process.pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _is_there(process.pid)
    assert len(ingest([folder], store).having(FileStatus.FAILED)) == 1


def _is_there(group: int) -> bool:
    """Whether a process of that group still runs."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True
