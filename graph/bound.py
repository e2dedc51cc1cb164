"""What a variable of an answer is bound to, as values of Python; unbound ones are "" or None."""

from __future__ import annotations

from decimal import Decimal

from rdflib.term import Node


def text_of(node: Node | None) -> str:
    """Given what a variable is bound to, return its text, or "" where it is unbound."""
    return "" if node is None else str(node)


def notation_of(node: Node | None) -> str:
    """Given a concept, return the last part of its IRI ("output" of concept/tier1/output), or "" where unbound."""
    return text_of(node).rsplit("/", 1)[-1]


def whole_of(node: Node | None) -> int | None:
    """Given a whole number, return it, or None where it is unbound."""
    return None if node is None else int(str(node))


def decimal_of(node: Node | None) -> Decimal | None:
    """Given a number, return it, or None where it is unbound."""
    return None if node is None else Decimal(str(node))
