"""The text index: the most telling words first, within groups; and comparable projects found by it as by comparing all."""

from __future__ import annotations

import random

import pytest
from disclosures import disclosure

from graph.comparables import read_index
from graph.embedded import new_in_memory
from graph.mapping import map_disclosure
from graph.search import TextIndex
from ontology.namespaces import Namespace


@pytest.fixture
def index() -> TextIndex:
    made = TextIndex()
    for number in range(50):
        made.add(f"common {number}", ["满意", "意度"], ["region:1"])
    made.add("telling", ["热线", "满意"], ["region:1", "year:2024"])
    made.add("elsewhere", ["热线", "满意"], ["region:2"])
    made.commit()
    return made


def test_the_rarer_word_tells_more(index):
    assert set(index.find({"热线": 1.0, "意度": 1.0}, 2)) == {"telling", "elsewhere"}
    assert index.find({"意度": 9.0, "热线": 0.01}, 1)[0].startswith("common")


def test_groups_narrow(index):
    assert index.find({"热线": 1.0}, 5, within=["region:2"]) == ["elsewhere"]
    assert index.find({"热线": 1.0}, 5, without=["region:2"]) == ["telling"]
    assert index.find({"热线": 1.0}, 5, within=["region:1", "region:3"], without=["year:2024"]) == []


def test_nothing_to_look_for_finds_nothing(index):
    assert index.find({}, 5) == []
    assert TextIndex().find({"热线": 1.0}, 5) == []
    assert index.find({"没有": 1.0}, 5) == []


def test_what_is_comparable_is_found_among_the_nearest_by_words():
    chance, namespace, store = random.Random(3), Namespace(), new_in_memory()
    things = ["热线", "档案", "快递", "网络", "大厅", "车辆", "物业", "培训"]
    work = ["运行经费", "外包服务", "数字化建设", "维护", "租赁", "采购项目"]
    for number in range(400):
        name = f"{chance.choice(things)}{chance.choice(things)}{chance.choice(work)}"
        made = disclosure(number, name=name, unit=f"第{number}中心", year=2020 + number % 5)
        store.replace_graph(namespace.document_graph(made.document.sha256), map_disclosure(made, namespace))
    whole = read_index(store)
    nearest = whole.with_words()
    answered = 0
    for project in chance.sample(whole.projects, 12):
        inside = frozenset({str(form.region) for form in whole._forms[project]})
        best = whole.find(project, inside=inside)
        found = nearest.find(project, inside=inside)
        assert [one.score for one in found] == [one.score for one in best]
        answered += bool(best)
    assert answered > 3
