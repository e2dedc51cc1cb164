"""What the rest of pikg asks of a store, whatever stands behind it; and the rows that a query answers with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, Self

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


def select(store: ReadableStore, sparql: str) -> Rows:
    """Given a store and a SELECT, return its rows; raise TypeError for a query of another form."""
    answer = store.query(sparql)
    if not isinstance(answer, Rows):
        raise TypeError("this query is a SELECT")
    return answer


class WholeStore(ReadableStore, Protocol):
    """A store that can also be looked at graph by graph: what loading, exports and status need."""

    def query_up_to(self, sparql: str, limit: int | None, timeout: float | None = None) -> Answer:
        """As `query`, but stop after `limit` rows or triples and say so (`Rows.cut`, `Triples.cut`). `timeout` (seconds)
        is how long a server is waited for; a store in a folder can't be stopped from within its own process."""
        ...

    def has_graph(self, graph: str) -> bool:
        """Whether a named graph is there."""
        ...

    def triples(self, graph: str) -> Iterator[Triple]:
        """The triples of one named graph, in no order."""
        ...

    def values(self, graph: str, subject: Node, predicate: Node) -> list[Node]:
        """The values of one property of a subject in a named graph."""
        ...

    def count(self, graph: str | None = None) -> int:
        """How many triples one graph holds, or all of them as a set."""
        ...

    def nquads(self) -> Iterator[str]:
        """All statements of the named graphs as lines of N-Quads without their line ends, in no order."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...


class WritableStore(WholeStore, Protocol):
    """A store that one writer changes. Each method is all or nothing."""

    def replace_graph(self, graph: str, triples: Iterable[Triple]) -> None:
        """Put triples in the place of a graph's content; no triples removes the graph."""
        ...

    def replace_graphs(self, graphs: Sequence[tuple[str, Iterable[Triple]]]) -> None:
        """Replace several graphs in one transaction."""
        ...

    def amend_graph(self, graph: str, removed: Iterable[Triple], added: Iterable[Triple]) -> None:
        """Take triples out of a graph and put others into it, in one transaction; what is not there can't be removed,
        and is passed over."""
        ...

    def optimize(self) -> None:
        """Have the store put its files in order for reading, where it can be told to."""
        ...

    def publish(self, folder: Path) -> None:
        """Write a snapshot that readers can open to a new folder."""
        ...
