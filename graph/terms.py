"""The one place where literals and IRIs are made, so that every store reads and adds them alike.

Oxigraph accepts a malformed decimal ("1e3", "") in silence and a SUM over its group is then unbound; the same happens
outside its fixed point of 18 decimal places. So no literal is built anywhere else, and what cannot be written raises
InvalidLiteralError: the caller then keeps the printed text alone.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache

from rdflib import XSD, Literal, URIRef

from graph.errors import InvalidLiteralError

DECIMAL_LIMIT = Decimal(10) ** 20
"""Decimals are smaller than this: Oxigraph holds them as a 128-bit integer of 10^-18."""

DECIMAL_PLACES = 18

# What XML 1.0 cannot carry, not even escaped; RDF/XML, GraphML and SPARQL XML results would be unreadable.
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

# An absolute IRI as Turtle and N-Quads write it between < and >.
_ABSOLUTE_IRI = re.compile(r"""[A-Za-z][A-Za-z0-9+.\-]*:[^\x00-\x20<>"{}|\\^`\x7f-\x9f\ud800-\udfff]+""")


def decimal_literal(number: Decimal) -> Literal:
    """Given a finite number of at most 20 digits before and 18 after the point, return it as an xsd:decimal in
    canonical form ("100", "0.1", "-3.5"); raise InvalidLiteralError for any other."""
    return Literal(decimal_text(number), datatype=XSD.decimal, normalize=False)


def decimal_text(number: Decimal) -> str:
    """Given a number, return the text of its xsd:decimal; raise InvalidLiteralError where stores couldn't add it."""
    if not number.is_finite() or abs(number) >= DECIMAL_LIMIT:
        raise InvalidLiteralError(f"{number} is no number that a store can add up: only finite ones below 10^20 are")
    if number and number.adjusted() < -DECIMAL_PLACES:  # also keeps "1E-1000000" from being written out
        raise InvalidLiteralError(f"{number} is smaller than a store's smallest decimal, 10^-{DECIMAL_PLACES}")
    text = f"{number:f}" if number else "0"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    if len(text.partition(".")[2]) > DECIMAL_PLACES:
        raise InvalidLiteralError(
            f"{number} has more than {DECIMAL_PLACES} decimal places, which no store adds exactly"
        )
    return text


def integer_literal(number: int) -> Literal:
    """Given a whole number within 64 bits, return it as an xsd:integer; raise InvalidLiteralError for a larger one."""
    if not -(2**63) <= number < 2**63:
        raise InvalidLiteralError(f"{number} is beyond the whole numbers that a store can hold")
    return _integer(int(number))


@lru_cache(maxsize=4096)
def _integer(number: int) -> Literal:
    return Literal(str(number), datatype=XSD.integer, normalize=False)


def date_literal(day: date) -> Literal:
    """Given a day, return it as an xsd:date."""
    return Literal(day.isoformat(), datatype=XSD.date, normalize=False)


def moment_literal(moment: datetime) -> Literal:
    """Given a time with its zone, return it as an xsd:dateTime in UTC to the second: stores write zones in many ways."""
    return Literal(moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), datatype=XSD.dateTime, normalize=False)


def text_literal(text: str, language: str | None = None) -> Literal:
    """Given a text (printed texts carry no language), return it as a literal without the characters that RDF/XML
    cannot carry: control characters and lone surrogates, which no reader sees."""
    return Literal(_NOT_IN_XML.sub("", text), lang=language)


def iri(text: str) -> URIRef:
    """Given an absolute IRI, return it as a term; raise InvalidLiteralError where it names no scheme, or holds a space,
    a bracket or another character that Turtle does not allow."""
    if not _ABSOLUTE_IRI.fullmatch(text):
        raise InvalidLiteralError(f"{text!r} is not an absolute IRI: it needs a scheme and no space or bracket")
    return URIRef(text)
