"""Drafts: read by a process of their own, looked at, stored or gone; what can't be read says why and stops nothing."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import deciding
import draft_worker
import drafting
import pipeline
from drafting import MOST_FILES, Draft, DraftFile
from graph.errors import InvalidLiteralError
from graph.load import Batch
from graph.workspace import Workspace
from ontology.records import Disclosure
from pipeline import FileStatus

FORM = Path(__file__).parent / "data" / "people" / "form.pdf"


@pytest.fixture
def draft(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Draft]:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    made = Draft()
    yield made
    made.discard()


def wait(draft: Draft) -> list[str]:
    for _ in range(1200):
        if not draft.is_busy:
            break
        time.sleep(0.1)
    return [file.state for file in draft.files]


def test_files_are_read_and_stored_as_ingest_would_and_a_broken_one_stops_nothing(draft: Draft, tmp_path: Path) -> None:
    draft.add("表.pdf", FORM.read_bytes())
    draft.add("broken.pdf", FORM.read_bytes()[:5000])
    draft.add("slides.7z", b"7z\xbc\xaf\x27\x1c" + bytes(40))
    assert draft.add("again.pdf", FORM.read_bytes()) is None
    assert wait(draft) == ["read", "failed", "failed"]
    read, broken, archive = draft.files
    assert (broken.failure, archive.failure) == ("unreadable", "unsupported")
    assert "broken.pdf" in broken.reason
    assert read.progress == (1, 1)
    assert archive.progress is None
    assert read.pictures == [1]
    assert read.picture(1)[8:12] == b"WEBP"
    assert read.disclosure == pipeline_reading(read)

    pipeline.open_store(tmp_path / "store").close()
    steps: list[tuple[int, int]] = []
    outcome = draft.store(tmp_path / "store", lambda stored, of: steps.append((stored, of)))
    assert steps[-1] == (1, 1)  # nothing is left but to put the graph together
    assert outcome.stored == (read.sha256,)
    assert (outcome.refused, outcome.reason) == ((), None)
    assert [file.state for file in draft.files] == ["stored", "failed", "failed"]
    again = pipeline.ingest([FORM], tmp_path / "store")
    assert [one.status for one in again.files] == [FileStatus.UNCHANGED]
    assert pipeline.render_page(tmp_path / "store", read.sha256, 1) is not None


def pipeline_reading(file: DraftFile) -> object:
    from ontology.contract import from_json, to_json

    return from_json(to_json(pipeline.read_file(file.path).disclosure))


def test_a_file_that_the_store_refuses_stops_no_other(
    draft: Draft, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft.add("refused.pdf", FORM.read_bytes())
    draft.add("stored.pdf", FORM.read_bytes() + b"\n")
    assert wait(draft) == ["read", "read"]
    pipeline.open_store(tmp_path / "store").close()
    load = deciding.load_corrected

    def refuse_one(batch: Batch, disclosure: Disclosure, *given: Any) -> Any:
        if disclosure.document.file == "refused.pdf":
            raise InvalidLiteralError("it can't be stored")
        return load(batch, disclosure, *given)

    monkeypatch.setattr(deciding, "load_corrected", refuse_one)
    told = draft_worker.store_drafts(tmp_path / "store", [file.folder for file in draft.files], tmp_path / "at")
    assert (tmp_path / "at").read_text("ascii") == "2 2"
    assert told["refused"] == [["refused.pdf", "it can't be stored"]]
    assert told["stored"] == [draft.files[1].sha256]
    assert told["reason"] is None


def test_another_writer_leaves_the_draft_as_it_is(
    draft: Draft, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft.add("form.pdf", FORM.read_bytes())
    assert wait(draft) == ["read"]
    pipeline.open_store(tmp_path / "store").close()
    with Workspace.open(tmp_path / "store").write(command="pikg ingest"):
        outcome = draft.store(tmp_path / "store")
    assert outcome.locked
    assert "pikg ingest" in (outcome.reason or "")
    assert [file.state for file in draft.files] == ["read"]
    missing = draft.store(tmp_path / "nowhere")
    assert not missing.locked
    assert "there is no store" in (missing.reason or "")


def test_a_reading_is_stopped_and_a_discarded_draft_leaves_nothing(draft: Draft) -> None:
    for number in range(4):
        draft.add("form.pdf", FORM.read_bytes() + b"\n" * number)
    first = draft.files[0]
    while first.state == "waiting":
        time.sleep(0.01)
    first.stop()
    draft.remove(2)
    assert [file.number for file in draft.files] == [1, 3, 4]
    assert first.state == "stopped"
    folder = draft.folder
    draft.discard()
    assert draft.files == []
    assert not folder.exists()


def test_a_draft_outlives_a_connection_that_fails_for_a_moment(draft: Draft, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafting, "GRACE", 0.2)
    draft.leave()
    draft.stay()
    time.sleep(0.5)
    assert not draft.is_discarded
    draft.leave()
    for _ in range(100):
        if draft.is_discarded and not draft.folder.exists():
            break
        time.sleep(0.1)
    assert draft.is_discarded
    assert not draft.folder.exists()


def test_too_many_pages_are_told_before_they_are_read(draft: Draft, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = draft.folder / "1"
    (folder / "original").mkdir(parents=True)
    (folder / "original" / "form.pdf").write_bytes(FORM.read_bytes())
    monkeypatch.setattr(draft_worker, "MOST_PAGES", 0)
    assert draft_worker.read_draft(folder) == {"failure": "too_long", "reason": "1", "pages": 1}


def test_a_process_that_breaks_off_is_told(draft: Draft, monkeypatch: pytest.MonkeyPatch) -> None:
    def start(task: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-c", "import sys; sys.stdin.read(); sys.exit('MemoryError')"]
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    monkeypatch.setattr(drafting, "_start", start)
    draft.add("form.pdf", FORM.read_bytes())
    assert wait(draft) == ["failed"]
    assert (draft.files[0].failure, draft.files[0].reason) == ("broke", "MemoryError")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("2024年 预算.pdf", "2024年 预算.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\公开\\表.docx", "表.docx"),
        ("a\x00b\n\u202ec.pdf", "abc.pdf"),
        ("", "document"),
        ("..", "document"),
        ("名" * 200 + ".pdf", "名" * 56 + ".pdf"),
    ],
)
def test_a_name_is_a_name_and_no_path(given: str, kept: str) -> None:
    assert drafting._sound_name(given) == kept


def test_a_draft_has_so_many_files_and_leftovers_of_the_dead_are_removed(
    draft: Draft, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drafting, "_read", lambda _: None)
    added = [draft.add(f"{number}.pdf", str(number).encode()) for number in range(MOST_FILES + 1)]
    assert [one is None for one in added] == [False] * MOST_FILES + [True]
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    temporary = Path(tempfile.gettempdir())
    for owner in (dead.pid, os.getpid()):
        (temporary / f"pikg-draft-{owner}-x").mkdir()
    Draft().discard()
    assert not (temporary / f"pikg-draft-{dead.pid}-x").exists()
    assert (temporary / f"pikg-draft-{os.getpid()}-x").exists()
    assert draft.folder.exists()
