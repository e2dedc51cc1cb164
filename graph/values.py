"""Targets and actuals as triples: what they say, and the parts of those that say several things."""

from __future__ import annotations

from collections.abc import Iterator

from rdflib import URIRef

from graph.nodes import TERMS, concept_or_none, decimal_or_none, map_node, text_or_none
from graph.store import Triple
from graph.terms import date_literal, integer_literal, iri, text_literal
from ontology import records


def map_value(node: URIRef, value: records.Value) -> Iterator[Triple]:
    """Given a value and its IRI, return its triples, those of its parts too."""
    yield from map_node(
        node,
        "Value",
        (TERMS["operator"], concept_or_none("operator", value.operator)),
        (TERMS["originalText"], text_or_none(value.raw)),
        (TERMS["value"], decimal_or_none(value.value)),
        (TERMS["upperValue"], decimal_or_none(value.upper)),
        (TERMS["unitText"], text_or_none(value.unit)),
        (TERMS["baseValue"], decimal_or_none(value.base_value)),
        (TERMS["baseUpper"], decimal_or_none(value.base_upper)),
        (TERMS["baseUnit"], text_or_none(value.base_unit)),
        (TERMS["date"], None if value.date is None else date_literal(value.date)),
        (TERMS["relativeTo"], text_or_none(value.relative_to)),
        (TERMS["changeDirection"], concept_or_none("change", value.change)),
    )
    for word in value.scale:
        yield node, TERMS["scaleWord"], text_literal(word)
    for number, part in enumerate(value.parts, 1):
        child = _part_iri(node, number)
        yield node, TERMS["hasPart"], child
        yield child, TERMS["order"], integer_literal(number)
        yield from map_value(child, part)


def _part_iri(node: URIRef, number: int) -> URIRef:
    return iri(f"{node}/part/{number}")


def with_parts(node: URIRef, value: records.Value) -> Iterator[URIRef]:
    """A value's node and those of its parts, which were printed in the same cell."""
    yield node
    for number, part in enumerate(value.parts, 1):
        yield from with_parts(_part_iri(node, number), part)
