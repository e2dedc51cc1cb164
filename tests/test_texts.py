"""The kept text index: in step with what each snapshot holds, through changes, kills, damage and backups."""

from __future__ import annotations

import shutil

import pytest
from disclosures import disclosure

from graph import comparables
from graph.errors import AmbiguousError, NotFoundError
from graph.load import open_batch
from graph.lookup import find_project, find_unit
from graph.project_words import project_words
from graph.queries import find_query, run_named
from graph.texts import FOLDER, RULES_FILE, texts_of
from graph.workspace import Workspace


@pytest.fixture
def workspace(tmp_path):
    made = Workspace.open(tmp_path / "store", create=True)
    with open_batch(made) as batch:
        for number, name in enumerate(("热线运行经费", "热线设备采购", "ＷｉＦｉ 建设")):
            batch.load(disclosure(number, name=name, unit=f"第{number}中心"))
    return made


def names(workspace, kind, text):
    with workspace.read() as store:
        return texts_of(store).names(kind, text)


def test_a_part_of_a_name_finds_the_names_as_printed(workspace):
    assert names(workspace, "project", "热线") == ["热线设备采购", "热线运行经费"]
    assert names(workspace, "project", "线") == ["热线设备采购", "热线运行经费"]
    assert names(workspace, "project", "线热") == []  # both letters are there, but not so
    assert names(workspace, "project", "wifi建") == ["ＷｉＦｉ 建设"]  # case, width and spaces don't matter
    assert names(workspace, "unit", "1中") == ["第1中心"]
    assert "接听来电数量1" in names(workspace, "indicator", "来电")
    assert names(workspace, "unit", "热线") == []


def test_too_many_names_and_no_text_are_no_answer(workspace):
    with workspace.read() as store:
        assert texts_of(store).names("project", "热线", most=1) is None
        assert texts_of(store).names("project", " ") is None


def test_each_reader_has_the_index_of_its_snapshot(workspace):
    before = workspace.read()
    with open_batch(workspace) as batch:
        batch.load(disclosure(0, name="档案管理", unit="第0中心"))
    between = workspace.read()
    with open_batch(workspace) as batch:
        batch.remove(disclosure(1).document.sha256)
    assert texts_of(before).names("project", "热线") == ["热线设备采购", "热线运行经费"]
    assert texts_of(between).names("project", "热线") == ["热线设备采购"]
    assert names(workspace, "project", "热线") == []
    assert names(workspace, "project", "档案") == ["档案管理"]
    before.close()
    between.close()


def test_after_many_changes_it_holds_what_is_there(workspace):
    for number in range(12):
        with open_batch(workspace) as batch:
            batch.load(disclosure(number, name=f"培训{number}"))
    assert names(workspace, "project", "培训") == sorted(f"培训{number}" for number in range(12))
    assert names(workspace, "project", "热线") == []


def test_what_a_killed_writer_left_is_made_good_by_the_next(workspace):
    with workspace.write() as writer:  # a run that ends before it publishes
        writer.mark()
        graph = workspace.namespace.document_graph(disclosure(0).document.sha256)
        writer.store.replace_graph(graph, ())
    assert names(workspace, "project", "热线") == ["热线设备采购", "热线运行经费"]
    with open_batch(workspace):
        pass
    assert names(workspace, "project", "热线") == ["热线设备采购"]


@pytest.mark.parametrize("harm", ["missing", "emptied", "damaged", "other rules"])
def test_an_index_that_is_not_whole_is_made_anew(workspace, harm):
    folder = workspace.folder / "index" / "text"
    if harm == "missing":
        shutil.rmtree(folder)
    elif harm == "other rules":
        (folder / "step.json").write_text('{"snapshot": 1, "rules": "0"}')
    else:
        for path in folder.iterdir():
            if path.suffix == ".term" or (harm == "emptied" and path.name != "step.json"):
                path.unlink()
                path.write_bytes(b"")  # a new file: the snapshot's own keeps what it had
    assert names(workspace, "project", "热线") == ["热线设备采购", "热线运行经费"]
    with open_batch(workspace) as batch:
        batch.load(disclosure(7, name="热线培训"))
    assert names(workspace, "project", "热线") == ["热线培训", "热线设备采购", "热线运行经费"]


def test_a_snapshot_without_an_index_is_asked_without_it(workspace):
    shutil.rmtree(workspace.snapshot_folder / "text")
    with workspace.read() as store:
        assert texts_of(store) is None


def test_a_backup_has_the_index_too(workspace, tmp_path):
    workspace.backup(tmp_path / "backup")
    copy = Workspace.open(tmp_path / "backup")
    assert names(copy, "project", "热线") == ["热线设备采购", "热线运行经费"]
    with open_batch(copy) as batch:
        batch.load(disclosure(0, name="档案管理"))
    assert names(copy, "project", "热线") == ["热线设备采购"]
    assert names(workspace, "project", "热线") == ["热线设备采购", "热线运行经费"]


def test_projects_are_found_by_the_words_that_they_share(workspace):
    with workspace.read() as store:
        texts, graph = texts_of(store), workspace.namespace.document_graph(disclosure(0).document.sha256)
        (mine,) = project_words(store, graph)
        assert texts.projects == 3
        found = texts.nearest(dict.fromkeys(mine.words, 1.0), 2)
        assert found[0] == mine.project
        assert len(found) == 2
        outside = [word for word in mine.groups if word.startswith("publisher:")]
        assert mine.project not in texts.nearest(dict.fromkeys(mine.words, 1.0), 3, without=outside)
        assert texts.nearest(dict.fromkeys(mine.words, 1.0), 3, within=outside) == [mine.project]


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("search", {"text": "线"}),
        ("search", {"text": "wIfI"}),
        ("search", {"text": "1中"}),
        ("search", {"text": "没有这样的"}),
        ("name-targets", {"text": "来电"}),
        ("name-targets", {"text": "来 电"}),
        ("measure-targets", {"measure": ["satisfaction", "来电数"]}),
        ("measure-targets", {"measure": "satisfaction"}),
    ],
)
def test_a_named_query_answers_the_same_with_and_without_the_index(workspace, name, parameters):
    with workspace.read() as store:
        found = find_query(name).render(parameters, texts_of(store).names)
        scanned = find_query(name).render(parameters)
        assert "LCASE" in scanned
        assert "LCASE" not in found  # no scan is left
        assert store.query(found).rows == store.query(scanned).rows == run_named(store, name, **parameters).rows


def test_a_text_that_too_many_names_hold_is_looked_for_without_the_index(workspace):
    query = find_query("name-targets")
    assert "LCASE" in query.render({"text": "数"}, lambda kind, text: None)


def test_units_and_projects_are_found_by_a_part_of_their_name(workspace):
    with workspace.read() as store:
        (document,) = (row for row in run_named(store, "units") if str(row["publisherName"]) == "第1中心")
        assert find_unit(store, "1中") == document["unit"]
        assert find_project(store, "备采") == find_project(store, "热线设备采购")
        assert find_project(store, "ＷＩＦＩ建设") == find_project(store, "ＷｉＦｉ 建设")
        with pytest.raises(AmbiguousError):
            find_project(store, "热线")
        with pytest.raises(NotFoundError):
            find_project(store, "没有这样的")
        with pytest.raises(NotFoundError):
            find_unit(store, " ")


def test_comparing_leaves_an_index_of_other_rules_aside(workspace, monkeypatch):
    monkeypatch.setattr(comparables, "READ_ALL", 0)
    with workspace.read() as store:
        assert isinstance(comparables.open_index(store), comparables.KeptIndex)
    rules = workspace.snapshot_folder / FOLDER / RULES_FILE
    for told in ("rules of another version", None):  # the first versions told nothing
        rules.unlink() if told is None else rules.write_text(told, "utf-8")
        with workspace.read() as store:
            assert isinstance(comparables.open_index(store), comparables.ComparableIndex)
