"""Small disclosures as JSON (tests/data/records), and stores that hold them."""

from __future__ import annotations

import json
from pathlib import Path

from shared import SHARED

from graph.embedded import EmbeddedStore, new_in_memory
from graph.mapping import map_disclosure, map_vocabulary
from ontology.contract import from_json
from ontology.namespaces import Namespace
from ontology.records import Disclosure

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
