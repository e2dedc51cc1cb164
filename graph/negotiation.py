"""Which format a client wants: the Accept header (RFC 9110), or a short name in the request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

HTML = "text/html"

RESULTS: Mapping[str, str] = {
    "application/sparql-results+json": "application/sparql-results+json",
    "application/json": "application/sparql-results+json",
    "application/sparql-results+xml": "application/sparql-results+xml",
    "application/xml": "application/sparql-results+xml",
    "text/xml": "application/sparql-results+xml",
    "text/csv": "text/csv",
    "text/tab-separated-values": "text/tab-separated-values",
}
"""Formats of rows and truths: what may be asked for, and what is answered. The first is the default."""

GRAPHS: Mapping[str, str] = {
    "text/turtle": "text/turtle",
    "application/ld+json": "application/ld+json",
    "application/json": "application/ld+json",
    "application/n-triples": "application/n-triples",
    "text/plain": "application/n-triples",
    "application/rdf+xml": "application/rdf+xml",
    "application/xml": "application/rdf+xml",
    "text/xml": "application/rdf+xml",
}
"""Formats of graphs; the first is the default."""

SHORT: Mapping[str, str] = {
    "json": "application/json",
    "xml": "application/xml",
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "turtle": "text/turtle",
    "ttl": "text/turtle",
    "jsonld": "application/ld+json",
    "nt": "application/n-triples",
    "rdf": "application/rdf+xml",
    "html": HTML,
}
"""What `format=` may say in a request, for those who can't set a header."""


def read_accept(header: str) -> list[tuple[str, float]]:
    """Given an Accept header, return its media ranges with their quality, in the order of the client's preference (those
    it refuses, of quality 0, last); an empty header accepts everything."""
    ranges = []
    for part in header.split(",") if header.strip() else ["*/*"]:
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        quality = 1.0
        for parameter in parameters:
            key, _, value = parameter.partition("=")
            if key.strip() == "q":
                try:
                    quality = float(value)
                except ValueError:
                    quality = 0.0
        if name:
            ranges.append((name, quality))
    # A stable sort: of equal quality, the more specific first, then as written.
    return sorted(ranges, key=lambda entry: (-entry[1], entry[0].count("*")))


def choose(header: str, offered: Sequence[str]) -> str | None:
    """Given an Accept header and the media types that are offered, best first, return the one to answer with, or None
    where the client accepts none of them."""
    ranges = read_accept(header)
    for wanted, quality in ranges:
        for media_type in offered:
            # What a client says of a type counts before what it says of all (RFC 9110, 12.5.1).
            if quality > 0 and _covers(wanted, media_type) and wanted == _most_specific(ranges, media_type):
                return media_type
    return None


def _covers(wanted: str, media_type: str) -> bool:
    return wanted in (media_type, "*/*", f"{media_type.partition('/')[0]}/*")


def _most_specific(ranges: Sequence[tuple[str, float]], media_type: str) -> str:
    """The range that tells the most of a media type; one that covers it must be among them."""
    return min((name for name, _ in ranges if _covers(name, media_type)), key=lambda name: name.count("*"))
