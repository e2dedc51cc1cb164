"""Comparable projects among 269 made-up ones of other cities: true peers under other names stand above the line,
projects that share only what any project has stand below, and what else is in a store changes no score.

The projects stand in tests/data/comparables, 89 of them held out: by those no word and no weight was chosen.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from corpus import BASE, gold_disclosures, store_of
from shared import SHARED, needs_shared

from graph import comparables
from graph.comparables import LINE, ComparableIndex, KeptIndex, find_comparables, read_index
from graph.load import open_batch
from graph.texts import texts_of
from graph.workspace import Workspace
from ontology.keys import project_key
from ontology.records import Disclosure, DocumentInfo, Funding, Indicator, Named, Project, Value
from ontology.regions import resolve_region

FOLDER = Path(__file__).parent / "data" / "comparables"
HALVES = {"tuned": "cities-tuned.yaml", "held out": "cities-held-out.yaml"}

ANYBODYS = [
    "项目完成时限", "群众满意度", "建章立制，常态长效", "资金使用合规率", "项目预算成本控制数", "服务对象满意度", "资金到位率",
    "验收合格率", "预算执行率", "可持续影响", "提高工作效率", "任务完成率", "成本节约率", "经费支出控制", "保障工作正常开展",
    "社会稳定", "各项工作完成及时率", "政策知晓率",
]  # fmt: skip


@dataclass(frozen=True)
class City:
    """One project of a city: the group it is of, its IRI and its disclosure."""

    group: str
    name: str
    iri: str
    disclosure: Disclosure


@cache
def read_half(half: str) -> tuple[tuple[City, ...], frozenset[frozenset[str]]]:
    """The projects of a half, and which groups are related: between these neither answer is wrong."""
    said: dict[str, Any] = yaml.safe_load((FOLDER / HALVES[half]).read_text("utf-8"))
    return tuple(_cities(said["groups"])), frozenset(frozenset(pair) for pair in said["related"])


def _cities(groups: dict[str, list[list[Any]]]) -> Iterator[City]:
    for group, lines in groups.items():
        for city, unit, name, ten_thousands, objective, own in lines:
            (region,) = resolve_region(city)
            any_project = random.Random(name).sample(ANYBODYS, 6)
            amount = Decimal(str(ten_thousands)) * 10000
            project = Project(
                form_id="t1-f1",
                name=name,
                scope="project",
                form="target",
                fiscal_year=2024,
                objective=objective,
                funding=(Funding("budget", "total", amount, str(ten_thousands), "万元"),),
                indicators=tuple(_indicator(number, row) for number, row in enumerate([*own, *any_project], 1)),
            )
            told = hashlib.sha256(f"{city} {name}".encode()).hexdigest()
            info = DocumentInfo(f"{city}.pdf", told, None, "budget", 2024, Named(city, region.code), Named(city + unit))
            yield City(
                group, name, BASE.project(project_key(info, project)), Disclosure(info, "test-1", projects=(project,))
            )


def _indicator(number: int, name: str) -> Indicator:
    return Indicator("产出指标", "数量指标", name, Value(f"≥{number}", "ge", Decimal(number)), "output", "quantity")


@cache
def index_of(half: str) -> ComparableIndex:
    return read_index(store_of(*(city.disclosure for city in read_half(half)[0])))


def judge(half: str) -> tuple[float, float, float]:
    """The share of peers at or above the line, of those offered the share that is wrong, and of the projects with peers
    the share that has one of them first."""
    cities, related = read_half(half)
    group_of = {city.iri: city.group for city in cities}
    peers: list[bool] = []
    offered: list[bool] = []
    first: list[bool] = []
    for city in cities:
        found = index_of(half).find(city.iri, top=50)
        above = {item.project for item in found if item.score >= LINE}
        mates = {o.iri for o in cities if o.group == city.group != "alone"} - {city.iri}
        peers += [mate in above for mate in mates]
        offered += [iri in mates for iri in above if frozenset((city.group, group_of[iri])) not in related]
        if mates:
            first.append(bool(found) and found[0].project in mates)
    return sum(peers) / len(peers), 1 - sum(offered) / len(offered), sum(first) / len(first)


def test_the_projects_that_were_looked_at() -> None:
    peers, wrong, first = judge("tuned")
    assert peers >= 0.98 and wrong <= 0.03 and first >= 0.97


def test_the_projects_that_were_held_out() -> None:
    peers, wrong, first = judge("held out")
    assert peers >= 0.93 and wrong <= 0.05 and first >= 0.91


def test_what_else_is_in_a_store_changes_no_score() -> None:
    both = [city for half in HALVES for city in read_half(half)[0]]
    whole = read_index(store_of(*(city.disclosure for city in both)))
    for city in read_half("tuned")[0][::7]:
        alone = {item.project: item.score for item in index_of("tuned").find(city.iri, top=300)}
        among = {item.project: item.score for item in whole.find(city.iri, top=300)}
        assert alone.items() <= among.items()


@needs_shared
def test_documents_of_other_cities_leave_the_graded_answers_as_they_are() -> None:
    corpus = gold_disclosures()
    alone = store_of(*corpus)
    among = store_of(*corpus, *(city.disclosure for half in HALVES for city in read_half(half)[0]))
    for query in json.loads((SHARED / "gold" / "comparables.json").read_text("utf-8"))["queries"]:
        asked = {"region": query["region"], "top": 5}
        assert find_comparables(among, query["query"], **asked) == find_comparables(alone, query["query"], **asked)


def test_what_a_text_index_holds_is_compared_like_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cities = read_half("tuned")[0]
    workspace = Workspace.open(tmp_path / "store", create=True)
    with open_batch(workspace) as batch:
        for city in cities:
            batch.load(city.disclosure)
    with workspace.read() as store:
        texts = texts_of(store)
        assert texts is not None
        kept, whole = KeptIndex(store, texts), read_index(store)
        inside = frozenset(BASE.region(code) for code in ("610300", "140100", "360100"))
        for city in cities[::5]:
            assert kept.find(city.iri) == whole.find(city.iri)
            assert kept.alike(city.iri) == whole.alike(city.iri)
            assert kept.find(city.iri, inside=inside) == whole.find(city.iri, inside=inside)
            assert kept.find(city.iri, year=2024) == whole.find(city.iri, year=2024)
            assert kept.find(city.iri, year=2019) == []
        best = [kept.find(city.iri) for city in cities[::5]]
        monkeypatch.setattr(comparables, "_KEPT", 0)  # whatever was read before is forgotten within a question
        assert [kept.find(city.iri) for city in cities[::5]] == best


def test_who_is_not_compared_in_full_is_not_among_the_best() -> None:
    index, cities = index_of("tuned"), read_half("tuned")[0]
    for city in cities[::7]:
        everyone = index.find(city.iri, top=10_000)
        for top in (1, 3, 10):
            assert index.find(city.iri, top=top) == everyone[:top]
