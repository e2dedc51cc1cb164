"""The digest of a snapshot says what the store says: forms, indicator rows, canonical indicators; made once for each."""

from __future__ import annotations

import stat
import threading
import time
from pathlib import Path

import pytest

import pipeline
from graph.digest import Digest, find_digest, find_previous, open_digest
from graph.queries import run_named
from graph.store import ReadableStore
from graph.target_rows import read_rows_of_canonical, read_rows_of_measure
from graph.workspace import Workspace
from ontology.namespaces import concept


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("digest") / "store"
    documents = [path for path in sorted(pipeline.examples_folder().iterdir()) if path.suffix in {".pdf", ".docx"}]
    assert pipeline.ingest(documents, folder).ok
    return folder


@pytest.fixture(scope="module")
def store(filled: Path) -> ReadableStore:
    return Workspace.open(filled).read()


@pytest.fixture(scope="module")
def digest(filled: Path, store: ReadableStore) -> Digest:
    return open_digest(store, filled, "1")


def test_it_has_the_forms_that_count_with_their_money(digest: Digest, store: ReadableStore) -> None:
    names = ("form", "project", "name", "year", "budget", "executed", "score")
    asked = {
        tuple(None if row[name] is None else str(row[name]) for name in names) for row in run_named(store, "projects")
    }
    listed = digest.select("SELECT iri, project, name, year, budget, executed, score FROM form WHERE newer IS NULL")
    assert {tuple(None if value is None else str(value) for value in row) for row in listed} == asked
    assert len(asked) > 15


@pytest.mark.parametrize("measure", ["satisfaction", "timeliness_rate", "quantity"])
def test_its_rows_are_those_of_the_store(digest: Digest, store: ReadableStore, measure: str) -> None:
    rows = digest.rows("row.measure = ?", [measure])
    assert rows == read_rows_of_measure(store, concept("measure", measure))
    assert len(rows) >= 10


def test_its_canonical_indicators_are_those_of_the_store(digest: Digest, store: ReadableStore) -> None:
    listed = digest.select("SELECT iri, label FROM asked")
    assert dict(listed) == {
        str(row["canonical"]): str(row["name"]) for row in run_named(store, "canonical-indicators", least="1")
    }
    for iri, _ in listed[:20]:
        assert digest.rows("asked.iri = ?", [iri]) == read_rows_of_canonical(store, [iri])


def test_a_snapshot_has_one_file_and_but_the_last_those_before_go(
    filled: Path, store: ReadableStore, digest: Digest
) -> None:
    assert open_digest(store, filled, "1").path == digest.path
    for edition in ("2", "3"):
        after = open_digest(store, filled, edition)
        previous = find_previous(filled)
        assert previous is not None
        assert previous.path == after.path
    assert find_digest(filled, "1") is None, "only the last one before is kept"
    assert len(list((filled / "index").glob("digest-*"))) == 2
    after.path.write_bytes(b"damaged")
    before = find_previous(filled)
    assert before is not None
    assert before.path != after.path, "a damaged file is passed over"
    open_digest(store, filled, "1")


def test_a_folder_that_cannot_be_written_is_no_hindrance(
    store: ReadableStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    barred = tmp_path / "barred"
    barred.write_text("a file where a folder is expected", "utf-8")
    barred.chmod(stat.S_IREAD)
    made = open_digest(store, barred, "1")
    assert made.path.parent == tmp_path
    assert made.select("SELECT count(*) FROM form")[0][0] > 15


def test_a_large_store_shows_the_edition_before_while_the_newest_is_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ui import data
    from ui.store import open_answers

    first, second, *_ = sorted(path for path in pipeline.examples_folder().iterdir() if path.suffix == ".docx")
    folder = tmp_path / "store"
    monkeypatch.setenv("PIKG_STORE", str(folder))
    pipeline.ingest([first], folder)
    assert len(data.read_contents(open_answers()).documents) == 1
    assert not data.is_behind(open_answers())

    may_count = threading.Event()
    monkeypatch.setattr(data, "_LARGE", 1)
    monkeypatch.setattr(data, "open_digest", lambda *given: may_count.wait(60) and open_digest(*given))
    pipeline.ingest([second], folder)
    assert len(data.read_contents(open_answers()).documents) == 1, "nobody waits for the counting"
    assert data.is_behind(open_answers())
    may_count.set()
    for _ in range(600):
        if not data.is_behind(open_answers()):
            break
        time.sleep(0.1)
    assert len(data.read_contents(open_answers()).documents) == 2
