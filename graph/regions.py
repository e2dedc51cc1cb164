"""Regions as triples: each with what it lies in, up to the province."""

from __future__ import annotations

from collections.abc import Iterator

from rdflib import RDF, RDFS
from rdflib.term import URIRef

from graph.store import Triple
from graph.terms import iri, text_literal
from ontology import records, regions
from ontology.namespaces import PIKG, Namespace, concept


def known_region(printed: records.Named) -> regions.Region | None:
    """The region of the GB/T 2260 table that a record names by code, or else by its name alone."""
    return regions.region_of(printed.code) if printed.code else regions.find_region(printed.name)


def map_region(namespace: Namespace, node: URIRef, printed: records.Named) -> Iterator[Triple]:
    """A region with what it lies in, up to the province (one that is no more lies in its successor too); one that the
    table doesn't have stands under its printed name."""
    known = known_region(printed)
    if known is None:
        yield node, RDF.type, _term("Region")
        if printed.name:
            yield node, RDFS.label, text_literal(printed.name)
        if printed.code:
            yield node, _term("code"), text_literal(printed.code)
        return
    waiting, stated = [known], {known.code}
    while waiting:
        region = waiting.pop(0)
        inside = iri(namespace.region(region.code))
        yield inside, RDF.type, _term("Region")
        yield inside, RDFS.label, text_literal(region.name)
        yield inside, _term("code"), text_literal(region.code)
        if region.level:
            yield inside, _term("level"), iri(concept("level", region.level))
        successor = regions.region_of(region.successor) if region.successor else None
        for outer in (successor, *region.parents[:1]):
            if outer is not None:
                yield inside, _term("withinRegion"), iri(namespace.region(outer.code))
                if outer.code not in stated:
                    stated.add(outer.code)
                    waiting.append(outer)


def _term(name: str) -> URIRef:
    return URIRef(PIKG + name)
