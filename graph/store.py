"""What the rest of pikg asks of a store, whatever stands behind it; and the rows that a query answers with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from rdflib.term import Node

Triple = tuple[Node, Node, Node]


@dataclass(frozen=True, slots=True)
class Rows:
    """The answer to a SELECT: variables without "?", and rows of rdflib terms (None where unbound)."""

    variables: tuple[str, ...]
    rows: tuple[tuple[Node | None, ...], ...]
    cut: bool = False

    def __iter__(self) -> Iterator[dict[str, Node | None]]:
        """Each row as a dictionary by variable."""
        for row in self.rows:
            yield dict(zip(self.variables, row, strict=True))

    def __len__(self) -> int:
        return len(self.rows)


class Triples(tuple[Triple, ...]):
    """The answer to a CONSTRUCT or DESCRIBE; `cut` says that there were more."""

    cut: bool

    def __new__(cls, triples: Iterable[Triple] = (), *, cut: bool = False) -> Triples:
        """Given triples, and whether there were more of them, return the answer."""
        made = super().__new__(cls, triples)
        made.cut = cut
        return made


Answer = Rows | bool | tuple[Triple, ...]
"""What a query answers with: rows (SELECT), a truth (ASK), or triples (CONSTRUCT, DESCRIBE)."""


class ReadableStore(Protocol):
    """A store to ask. Queries see the union of all named graphs, each statement once, as their default graph."""

    def query(self, sparql: str) -> Answer:
        """Answer a SPARQL 1.1 query; raise graph.errors.QueryError with line and column where it can't be read."""
        ...

    def graphs(self) -> list[str]:
        """The IRIs of the named graphs, sorted."""
        ...

    def close(self) -> None:
        """Give the store back; closing twice is no error."""
        ...


class WritableStore(ReadableStore, Protocol):
    """A store that one writer changes. Each method is all or nothing."""

    def replace_graph(self, graph: str, triples: Iterable[Triple]) -> None:
        """Put triples in the place of a graph's content; no triples removes the graph."""
        ...

    def replace_graphs(self, graphs: Sequence[tuple[str, Iterable[Triple]]]) -> None:
        """Replace several graphs in one transaction."""
        ...

    def publish(self, folder: Path) -> None:
        """Write a snapshot that readers can open to a new folder."""
        ...
