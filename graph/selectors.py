"""Printed cells as targets of Web Annotations: the document, and the part of a page in it.

Given a cell, its document and its place, `map_selector` returns the cell as a specific resource of the Web Annotation
model: the document is its source, a fragment selector (RFC 8118, "page=3&viewrect=left,top,width,height" in points of the
page as displayed, from its top left corner) says where in it. Cells of one place share a selector.
"""

from __future__ import annotations

from collections.abc import Iterator

from rdflib import DCTERMS, RDF
from rdflib.term import URIRef

from graph.store import Triple
from graph.terms import iri, text_literal
from ontology.namespaces import PREFIXES
from ontology.records import Place

_SOURCE, _SELECTOR, _FRAGMENT = (
    URIRef(PREFIXES["oa"] + name) for name in ("hasSource", "hasSelector", "FragmentSelector")
)
_PDF_FRAGMENTS = URIRef("http://tools.ietf.org/rfc/rfc8118")


def map_selector(cell: URIRef, document: URIRef, place: Place) -> Iterator[Triple]:
    """Given the IRIs of a cell and of its document, and where it stands, return the triples; none for a cell that stands
    on no page (a workbook's, a web page's)."""
    if place.page is None:
        return
    fragment = fragment_of(place)
    selector = iri(f"{document}/selector/{fragment.replace('=', '-').replace('&', '/').replace(',', '_')}")
    yield cell, _SOURCE, document
    yield cell, _SELECTOR, selector
    yield selector, RDF.type, _FRAGMENT
    yield selector, RDF.value, text_literal(fragment)
    yield selector, DCTERMS.conformsTo, _PDF_FRAGMENTS


def fragment_of(place: Place) -> str:
    """Given a place on a page, return the fragment that leads a PDF viewer there."""
    box = place.box
    if box is None:
        return f"page={place.page}"
    edges = (box.x0, box.top, box.x1 - box.x0, box.bottom - box.top)
    return f"page={place.page}&viewrect=" + ",".join(f"{edge:.2f}".rstrip("0").rstrip(".") for edge in edges)
