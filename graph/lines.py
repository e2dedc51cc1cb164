"""Triples as lines of N-Quads, written straight from rdflib's terms: what a store reads fastest."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from rdflib.term import Literal, Node, URIRef

from graph.store import Triple

_NOT_IN_IRI = re.compile(r"""[\x00-\x20<>"{}|^`\\]""")
_ESCAPED = re.compile(r"""["\\\n\r]""")
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r"}


class _UnsoundError(ValueError):
    """A term that can't be written."""


class _Terms:
    """rdflib's terms as they stand in a line; an IRI is looked at once."""

    def __init__(self) -> None:
        self._iris: dict[str, str] = {}

    def iri(self, node: Node) -> str:
        if not isinstance(node, URIRef):
            raise _UnsoundError
        iri = str(node)
        written = self._iris.get(iri)
        if written is None:
            if _NOT_IN_IRI.search(iri):
                raise _UnsoundError
            written = self._iris[iri] = f"<{iri}>"
        return written

    def value(self, node: Node) -> str:
        if not isinstance(node, Literal):
            return self.iri(node)
        text = str(node)
        if _ESCAPED.search(text):
            text = _ESCAPED.sub(lambda found: _ESCAPES[found[0]], text)
        if node.language:
            return f'"{text}"@{node.language}'
        return f'"{text}"' if node.datatype is None else f'"{text}"^^{self.iri(node.datatype)}'


def write_new_graphs(graphs: Sequence[tuple[str, Iterable[Triple]]]) -> bytes | None:
    """Given named graphs, return lines that have each of their triples in its graph and in the default graph; None where
    a term can't be written, whoever wants to know why must look at each."""
    terms, lines = _Terms(), []
    try:
        for name, triples in graphs:
            graph = terms.iri(URIRef(name))
            for subject, predicate, value in triples:
                said = f"{terms.iri(subject)} {terms.iri(predicate)} {terms.value(value)}"
                lines.append(f"{said} {graph} .\n{said} .\n")
        return "".join(lines).encode()
    except ValueError:  # of ours, or of a text that is no Unicode
        return None
