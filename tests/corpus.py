"""Small disclosures as JSON (tests/data/records), and stores that hold them."""

from __future__ import annotations

import dataclasses
import json
from decimal import Decimal
from pathlib import Path

from shared import SHARED

from graph.embedded import EmbeddedStore, new_in_memory
from graph.mapping import map_disclosure, map_vocabulary
from ontology.contract import from_json
from ontology.namespaces import Namespace
from ontology.records import Disclosure, Execution, Value

RECORDS = Path(__file__).parent / "data" / "records"

BASE = Namespace()
P = "https://w3id.org/pikg/ns#"
CONCEPT = "https://w3id.org/pikg/concept/"


def record(name: str) -> Disclosure:
    """A disclosure of tests/data/records by the name of its file."""
    return from_json(json.loads((RECORDS / f"{name}.json").read_text("utf-8")))


def gold_disclosures() -> list[Disclosure]:
    """The disclosures of the shared gold files."""
    paths = sorted((SHARED / "gold").glob("*-20*.json"))
    return [from_json(json.loads(path.read_text("utf-8"))) for path in paths]


def store_of(*disclosures: Disclosure, vocabulary: bool = False) -> EmbeddedStore:
    """A store in memory that holds the graphs of disclosures."""
    store = new_in_memory()
    for one in disclosures:
        store.replace_graph(BASE.document_graph(one.document.sha256), map_disclosure(one, BASE))
    if vocabulary:
        store.replace_graph(BASE.vocabulary_graph, map_vocabulary())
    return store


def weighed_disclosures() -> list[Disclosure]:
    """A project with a target form, its self-evaluation (a target and a score changed), and a copy of it elsewhere."""
    budget, final, greenery = (record(name) for name in ("hotline-budget", "hotline-accounts", "greenery-budget"))
    accounts = final.projects[0]
    rows = budget.projects[0].indicators
    lowered = dataclasses.replace(
        rows[0], score=Decimal(10), target=Value(raw="≥5万件", operator="ge", value=Decimal(5), unit="万件")
    )
    evaluated = dataclasses.replace(
        accounts, score=Decimal("98"), execution=Execution(rate=Decimal("60")), indicators=(lowered, *rows[1:3])
    )
    copied = dataclasses.replace(budget.projects[0], form_id="copy", name="热线坐席设备", funding=())
    return [
        dataclasses.replace(budget, projects=(*budget.projects, copied)),
        dataclasses.replace(final, projects=(evaluated,)),
        greenery,
    ]
