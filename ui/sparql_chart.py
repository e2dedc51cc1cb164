"""Bars for an answer that names things and gives a number for each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from rdflib import Literal
from rdflib.term import Node

from graph.store import Rows
from ontology.namespaces import CONCEPT
from ui.data import Labels
from ui.format import number
from ui.html import show, tag
from ui.i18n import Texts

_FEWEST, _MOST = 2, 30
_COLUMNS = 5
"""Columns of an answer that a chart can stand for; a wider one is a list, not a comparison."""

_NUMBERS = frozenset({"decimal", "integer", "double"})
_YEARS = ("year", "fiscalYear")


@dataclass(frozen=True, slots=True)
class Bars:
    """What is compared: the heading of the names and of the numbers, and both, in the answer's order."""

    names: str
    numbers: str
    values: tuple[tuple[str, Decimal], ...]


def read_quantity(node: Node | None) -> Decimal | None:
    """Given a term, return its number; None where it is none (also "x"^^xsd:decimal, INF and NaN, which a query may
    make)."""
    if not isinstance(node, Literal) or str(node.datatype).rsplit("#", 1)[-1] not in _NUMBERS:
        return None
    try:
        value = Decimal(str(node))
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def read_bars(rows: Rows, heads: Mapping[str, str], labels: Labels) -> Bars | None:
    """Given an answer and the headings of its columns, return the bars that show it, or None where none suit: one or
    two columns that name each row differently, a number that none lacks and none has below zero, and not too many."""
    if not _FEWEST <= len(rows) <= _MOST or len(rows.variables) > _COLUMNS:
        return None
    columns = dict(zip(rows.variables, zip(*rows.rows, strict=True), strict=True))
    quantities = {name: [read_quantity(node) for node in nodes] for name, nodes in columns.items()}
    numeric = [name for name, found in quantities.items() if None not in found and name not in _YEARS]
    named = [name for name in columns if name not in numeric and all(_is_name(node) for node in columns[name])]
    shown = [name for name in numeric if all(value is not None and value >= 0 for value in quantities[name])]
    if not named or not shown:
        return None
    for count in range(1, min(2, len(named)) + 1):
        texts = [" · ".join(_name(columns[one][row], labels) for one in named[:count]) for row in range(len(rows))]
        if len(set(texts)) == len(texts):
            values = tuple(zip(texts, (value or Decimal(0) for value in quantities[shown[0]]), strict=True))
            said = " · ".join(heads.get(one, one) for one in named[:count])
            return Bars(said, heads.get(shown[0], shown[0]), values)
    return None


def _is_name(node: Node | None) -> bool:
    return isinstance(node, Literal) or (node is not None and str(node).startswith(CONCEPT))


def _name(node: Node | None, labels: Labels) -> str:
    if isinstance(node, Literal):
        return str(node)
    scheme, _, notation = str(node).removeprefix(CONCEPT).partition("/")
    return labels(scheme, notation)


def show_bars(bars: Bars, t: Texts) -> None:
    """Show the bars, each with its name and number as text."""
    most = max((value for _, value in bars.values), default=Decimal(0)) or Decimal(1)
    lines = []
    for name, value in bars.values:
        bar = tag("i", style=f"width:{float(value / most) * 100:.2f}%", aria_hidden="true")
        lines.append(tag("li", tag("span", name, title=name), tag("u", bar), tag("b", number(value))))
    title = t("sparql.chart", numbers=bars.numbers, names=bars.names)
    show(tag("figure", tag("figcaption", title), tag("ul", *lines), class_="pk-bars"))
