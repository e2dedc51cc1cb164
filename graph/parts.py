"""Named queries about what documents hold, asked a few documents at a time, so that memory stays flat."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

from rdflib.term import Node

from graph.queries import run_named
from graph.store import ReadableStore, Rows

_T = TypeVar("_T")

DOCUMENTS_AT_ONCE = 50

OF_DOCUMENTS = frozenset({"budget-lines", "facts", "funding", "indicators", "issues", "projects"})
"""The named queries whose rows belong to one document each and come in the documents' order."""

_DOCUMENTS = """
SELECT ?document WHERE {
  ?document a pikg:Document ; pikg:sha256 ?sha256 .
  OPTIONAL { ?document pikg:fiscalYear ?year }
  OPTIONAL { ?document pikg:publisherText ?publisherName }
  OPTIONAL { ?document pikg:regionText ?regionName }
}
ORDER BY ?regionName ?publisherName ?year ?document
"""


def read_documents(store: ReadableStore) -> list[Node]:
    """Given a store, return its documents in the order in which the named queries tell of them, each once."""
    answer = store.query(_DOCUMENTS)
    rows = answer.rows if isinstance(answer, Rows) else ()
    return [document for (document,) in dict.fromkeys(rows) if document is not None]


def split(documents: Sequence[_T], size: int | None = None) -> Iterator[Sequence[_T]]:
    """Given documents, yield as many of them as are asked at once (`size`, or the usual number)."""
    size = size or DOCUMENTS_AT_ONCE
    for start in range(0, len(documents), size):
        yield documents[start : start + size]


def ask_in_parts(store: ReadableStore, name: str, parameters: Mapping[str, Any]) -> Iterator[Rows]:
    """Given the name of a named query and its parameters, yield its answer: in parts where it may be as large as the
    store and each row belongs to one document, else whole. There is one part at least."""
    if name not in OF_DOCUMENTS or parameters:
        yield run_named(store, name, **parameters)
        return
    documents = read_documents(store)
    for part in split(documents):
        yield run_named(store, name, document=part)
    if not documents:
        yield run_named(store, name)
