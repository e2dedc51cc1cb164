"""Literals and IRIs: whatever a document prints, every store can hold it, add it up and write it out."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import Graph, Literal, URIRef

from graph.errors import InvalidLiteralError
from graph.terms import date_literal, decimal_literal, integer_literal, iri, text_literal

PREDICATE = URIRef("https://example.org/p")
XSD_BASE = "http://www.w3.org/2001/XMLSchema#"
DECIMAL = URIRef(XSD_BASE + "decimal")


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("100.00", "100"),
        ("0.10", "0.1"),
        ("-3.50", "-3.5"),
        ("-0.00", "0"),
        ("1E+3", "1000"),
        ("1E-18", "0.000000000000000001"),
        ("99999999999999999999", "99999999999999999999"),
        ("11821658.35", "11821658.35"),
    ],
)
def test_a_decimal_has_one_text(number: str, text: str) -> None:
    literal = decimal_literal(Decimal(number))
    assert (str(literal), literal.datatype) == (text, DECIMAL)


@pytest.mark.parametrize(
    "number", ["NaN", "Infinity", "1E+20", "-1E+20", "1E-19", "0.1234567890123456789", "1E-999999"]
)
def test_what_a_store_cannot_add_is_refused(number: str) -> None:
    with pytest.raises(InvalidLiteralError):
        decimal_literal(Decimal(number))


@given(st.decimals(min_value=Decimal(-(10**15)), max_value=Decimal(10**15), places=4, allow_nan=False))
def test_oxigraph_keeps_a_decimal_and_adds_it(number: Decimal) -> None:
    store, literal = ox.Store(), decimal_literal(number)
    store.add(
        ox.Quad(ox.NamedNode("x:a"), ox.NamedNode("x:p"), ox.Literal(str(literal), datatype=ox.NamedNode(DECIMAL)))
    )
    ((kept,),) = [tuple(row) for row in store.query("SELECT ?o WHERE { ?s ?p ?o }")]  # type: ignore[union-attr]
    ((added,),) = [tuple(row) for row in store.query("SELECT (SUM(?o) AS ?n) WHERE { ?s ?p ?o }")]  # type: ignore[union-attr]
    assert kept.value == str(literal)
    assert Decimal(added.value) == number


def test_whole_numbers_and_days() -> None:
    assert integer_literal(2024).n3() == f'"2024"^^<{XSD_BASE}integer>'
    assert date_literal(date(2024, 9, 30)).n3() == f'"2024-09-30"^^<{XSD_BASE}date>'
    with pytest.raises(InvalidLiteralError):
        integer_literal(2**63)


def test_what_no_reader_sees_is_left_out_of_a_text() -> None:
    assert str(text_literal("办\x00结\x0b率\ufffe \ud800≥98%\t\r\n")) == "办结率 ≥98%\t\r\n"
    assert text_literal("说明", "zh").language == "zh"


@given(st.text())
def test_any_text_survives_xml_turtle_and_sparql(text: str) -> None:
    literal, graph = text_literal(text), Graph()
    graph.add((URIRef("https://example.org/s"), PREDICATE, literal))
    ElementTree.fromstring(graph.serialize(format="xml"))
    (turtle,) = Graph().parse(data=graph.serialize(format="turtle"), format="turtle").objects()
    assert str(turtle) == str(literal)
    rows = list(ox.Store().query(f"SELECT ?t WHERE {{ VALUES ?t {{ {literal.n3()} }} }}"))  # type: ignore[arg-type]
    assert rows[0]["t"].value == str(literal)


@pytest.mark.parametrize("text", ["https://w3id.org/pikg/id/unit/3f", "urn:x:y", "https://例子.cn/指标"])
def test_an_iri_is_taken_as_it_is(text: str) -> None:
    assert iri(text) == URIRef(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "满意度",
        "unit/3f",
        "https://x/a b",
        "https://x/<a>",
        'https://x/"',
        "x:a\n",
        "x:{a}",
        "x:\\u0041",
        "x:\ud800",
    ],
)
def test_what_turtle_cannot_write_between_brackets_is_no_iri(text: str) -> None:
    with pytest.raises(InvalidLiteralError):
        iri(text)


def test_literals_are_equal_as_written() -> None:
    assert decimal_literal(Decimal("1.50")) == Literal("1.5", datatype=DECIMAL)
