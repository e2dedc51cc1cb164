"""The digest of a snapshot says what the store says: forms, indicator rows, canonical indicators; made once for each."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

import pipeline
from graph.digest import Digest, find_digest, open_digest
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


def test_a_snapshot_has_one_file_and_those_before_go(filled: Path, store: ReadableStore, digest: Digest) -> None:
    assert open_digest(store, filled, "1").path == digest.path
    after = open_digest(store, filled, "2")
    assert [path.name for path in (filled / "index").glob("digest-*")] == [after.path.name]
    assert find_digest(filled, "1") is None
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
