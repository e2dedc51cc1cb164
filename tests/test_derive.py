"""The derived graphs: brought in step by what changed, they are what comparing everything gives."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Iterator

import pytest
from disclosures import disclosure

from graph.derive import Derivation
from graph.editions import EDITIONS
from graph.embedded import EmbeddedStore, new_in_memory
from graph.identities import IDENTITIES
from graph.links import Links
from graph.load import open_batch
from graph.mapping import map_disclosure
from graph.workspace import Workspace
from ontology.identities import identity_rules
from ontology.namespaces import Namespace
from ontology.records import Disclosure, Named

BASE = Namespace()
DERIVED = [BASE.derived_graph(EDITIONS), BASE.derived_graph(IDENTITIES)]

UNITS = ["清河市档案馆", "清河市档案局", "清河市档案馆（本级）", "档案馆", "贵阳市大数据发展管理局", "贵阳市大数据局"]
NAMES = [
    "档案数字化经费", "专项业务类-档案数字化经费", "档案数字化", "档案数宇化经费", "2024年档案数字化经费",
    "清河市档案数字化经费", "馆藏修复项目", "馆藏修复", "馆藏修复项目（一期）", "馆藏修复项目（二期）",
]  # fmt: skip
REGIONS = [Named("贵阳市", "520100"), Named("清河市"), None]


def anything(number: int, chance: random.Random) -> Disclosure:
    """A disclosure whose publisher, projects, years, codes and budget lines are those of many others."""
    made = disclosure(
        number,
        file=f"{number}{chance.choice(['', '（更正）'])}.{chance.choice(['pdf', 'txt', 'docx'])}",
        year=chance.choice([2024, 2024, 2024, 2023, None]),
        unit=chance.choice([UNITS[0], UNITS[0], *UNITS]),
        indicators=chance.randrange(1, 4),
    )
    projects = tuple(
        dataclasses.replace(
            made.projects[0],
            form_id=f"f{n}",
            name=chance.choice(NAMES),
            code=chance.choice([None, None, "5201000123", "520100045678"]),
            implementing_unit=chance.choice([None, None, Named(chance.choice(UNITS))]),
            department=chance.choice([None, Named(chance.choice(UNITS))]),
            scope=chance.choice(["project", "project", "project", "department"]),
        )
        for n in range(chance.randrange(6))
    )
    document = dataclasses.replace(
        made.document,
        region=chance.choice(REGIONS),
        unit=made.document.unit if chance.random() < 0.85 else None,
        kind=chance.choice(["budget", "budget", "final_accounts"]),
    )
    return dataclasses.replace(made, document=document, projects=projects)


def documents(store: EmbeddedStore) -> Iterator[tuple[str, list]]:
    for graph in store.graphs():
        if graph.startswith(f"{BASE.base}doc/"):
            yield graph, list(store.triples(graph))


def derived(store: EmbeddedStore) -> list[set]:
    return [set(store.triples(graph)) for graph in DERIVED]


@pytest.mark.parametrize("seed", range(3))
def test_any_order_of_changes_gives_what_comparing_everything_gives(tmp_path, seed):
    chance = random.Random(seed)
    store, links = new_in_memory(), Links(tmp_path / "links.sqlite")
    Derivation(links, store, BASE, {}).rebuild()
    seen = [set(), set()]
    for step in range(50):
        changed = set()
        for number in chance.sample(range(18), chance.choice([1, 1, 1, 2, 4])):
            made = anything(number, chance)
            graph = BASE.document_graph(made.document.sha256)
            gone = store.has_graph(graph) and chance.random() < 0.4
            store.replace_graph(graph, () if gone else map_disclosure(made, BASE))
            changed.add(made.document.sha256)
        Derivation(links, store, BASE, {}).update(changed)
        links.commit(step, "")
        whole, other = new_in_memory(), Links(tmp_path / "other.sqlite")
        whole.replace_graphs(list(documents(store)))
        Derivation(other, whole, BASE, {}).rebuild()
        other.close()
        assert derived(store) == derived(whole), f"after step {step}"
        seen = [one | other for one, other in zip(seen, derived(store), strict=True)]
    assert [len(triples) > 4 for triples in seen] == [True, True], "too little was derived to prove anything"


def test_a_name_that_too_many_have_is_compared_again_once_fewer_have_it(tmp_path):
    most = identity_rules().most_namesakes
    store, links = new_in_memory(), Links(tmp_path / "links.sqlite")
    Derivation(links, store, BASE, {}).rebuild()
    proposed = []
    for number in [*range(most + 2), *range(most + 1, most - 2, -1)]:
        made = disclosure(number, year=2000 + number, name=f"{2000 + number}年档案数字化经费")
        graph = BASE.document_graph(made.document.sha256)
        store.replace_graph(graph, () if store.has_graph(graph) else map_disclosure(made, BASE))
        Derivation(links, store, BASE, {}).update([made.document.sha256])
        proposed.append(sum(str(p).endswith("#thing") for _, p, _ in store.triples(DERIVED[1])))
    pairs = [number * (number - 1) // 2 for number in range(1, most + 1)]
    assert proposed == [*pairs, 0, 0, 0, pairs[-1], pairs[-2]]


def test_a_workspace_whose_memory_is_lost_or_damaged_derives_the_same(tmp_path):
    workspace = Workspace.open(tmp_path / "store", create=True)
    memory = workspace.folder / "index" / "links.sqlite"
    chance = random.Random(5)

    def lines() -> list[str]:
        with workspace.read() as store:
            return sorted(store.nquads())

    with open_batch(workspace) as batch:
        for number in range(8):
            batch.load(anything(number, chance))
    extra = anything(20, chance)
    with open_batch(workspace) as batch:
        batch.load(extra)
    expected = lines()
    for damage in (memory.unlink, lambda: memory.write_bytes(b"no database at all" * 1000)):
        with open_batch(workspace) as batch:
            batch.remove(extra.document.sha256)
        damage()
        with open_batch(workspace) as batch:
            batch.load(extra)
        assert lines() == expected
