"""Editions and renditions: of forms that several files print, the one that counts, and when another counts again."""

from __future__ import annotations

import dataclasses

import pytest
from disclosures import disclosure, load

from graph.load import open_batch
from graph.store import Rows
from graph.workspace import Workspace


@pytest.fixture
def workspace(tmp_path) -> Workspace:
    return Workspace.open(tmp_path / "a store", create=True)


def superseded(workspace: Workspace) -> list[tuple[str, str]]:
    with workspace.read() as store:
        answer = store.query(
            "SELECT ?old ?new { GRAPH ?g { ?f pikg:supersededBy ?h } ?f pikg:inDocument/schema:name ?old . "
            "?h pikg:inDocument/schema:name ?new } ORDER BY ?old"
        )
    assert isinstance(answer, Rows)
    return [(str(row["old"]), str(row["new"])) for row in answer]


def test_of_a_text_and_the_pdf_it_was_taken_from_the_pdf_counts(workspace):
    load(workspace, 1, file="预算.txt")
    assert superseded(workspace) == []
    load(workspace, 2, file="预算.pdf")
    assert superseded(workspace) == [("预算.txt", "预算.pdf")]
    with workspace.read() as store:
        money = store.query(
            "SELECT (SUM(?amount) AS ?sum) { ?f pikg:ofForm ?form ; pikg:amount ?amount "
            "FILTER NOT EXISTS { ?form pikg:supersededBy ?other } }"
        )
    assert isinstance(money, Rows)
    assert [str(row["sum"]) for row in money] == ["120000"]


def test_forms_within_one_document_never_supersede_each_other(workspace):
    twice, text = disclosure(1, file="预算.pdf"), disclosure(2, file="预算.txt")
    twice = dataclasses.replace(twice, projects=twice.projects * 2)
    text = dataclasses.replace(text, projects=text.projects * 3)
    with open_batch(workspace) as batch:
        batch.load(twice)
        batch.load(text)
    with workspace.read() as store:
        answer = store.query("SELECT ?old ?new { ?old pikg:supersededBy ?new }")
    assert isinstance(answer, Rows)
    found = {(str(row["old"])[-1], str(row["new"])[-1]) for row in answer}
    assert found == {("1", "1"), ("2", "2"), ("3", "2")}
    assert superseded(workspace) == [("预算.txt", "预算.pdf")] * 3


def test_what_is_superseded_counts_again_when_the_other_goes(workspace):
    load(workspace, 1, file="预算.txt")
    load(workspace, 2, file="预算.docx")
    with open_batch(workspace) as batch:
        batch.remove("预算.docx")
    assert superseded(workspace) == []


def test_other_years_units_and_names_are_not_the_same_form(workspace):
    load(workspace, 1)
    load(workspace, 2, year=2025)
    load(workspace, 3, name="另一项目")
    load(workspace, 4, unit="清河市档案馆")
    load(workspace, 5, year=None)
    load(workspace, 6, year=None)
    assert superseded(workspace) == []
