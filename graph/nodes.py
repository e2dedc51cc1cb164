"""Nodes of the graph: the vocabulary's terms, literals where there is something to say, a node with its properties."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from urllib.parse import quote

from rdflib import RDF, Literal, URIRef
from rdflib.term import Node

from graph.errors import InvalidLiteralError
from graph.store import Triple
from graph.terms import decimal_literal, integer_literal, iri, text_literal
from ontology.namespaces import PIKG, concept


class _Terms(dict[str, URIRef]):
    """The IRIs of the vocabulary's terms by local name, made once."""

    def __missing__(self, name: str) -> URIRef:
        self[name] = made = URIRef(PIKG + name)
        return made


TERMS = _Terms()


def decimal_or_none(number: Decimal | None) -> Literal | None:
    """The number as a literal; None where there is none, or none that stores can add up."""
    if number is None:
        return None
    try:
        return decimal_literal(number)
    except InvalidLiteralError:
        return None  # the printed text beside it says what was printed


def text_or_none(text: str | None) -> Literal | None:
    """The text as a literal; None where it says nothing."""
    return text_literal(text) if text else None


def whole_or_none(number: int | None) -> Literal | None:
    """The whole number as a literal; None where there is none."""
    return None if number is None else integer_literal(number)


def concept_or_none(scheme: str, notation: str | None) -> URIRef | None:
    """The concept of a scheme; None where no notation is given."""
    return iri(concept(scheme, quote(notation, safe=""))) if notation else None


def map_node(subject: URIRef, kind: str, *pairs: tuple[URIRef, Node | None]) -> Iterator[Triple]:
    """A subject of a class with its properties, those without a value left out."""
    yield subject, RDF.type, TERMS[kind]
    for name, value in pairs:
        if value is not None:
            yield subject, name, value
