"""Terms as cells of a CSV file: nothing that a document printed acts as a formula, nothing is rounded."""

from __future__ import annotations

import re

from rdflib.term import Literal, Node

from graph.queries import show_term
from ontology.namespaces import PREFIXES

_XSD = PREFIXES["xsd"]
_NUMBERS = frozenset({_XSD + "decimal", _XSD + "integer"})

# What a spreadsheet takes for a formula at the start of a cell, also after blanks and in full width (OWASP).
_FORMULA = re.compile(r"[\s\x00-\x1f]*[=+\-@＝＋－＠]")
# Digits that a spreadsheet would round (more than 15) or strip of their leading zeros.
_CODE = re.compile(r"0[0-9]+|[0-9]{12,}")


def csv_cell(node: Node | None) -> str:
    """Given a term of an answer, return it as a cell of a CSV file that no spreadsheet runs or rounds."""
    text = show_term(node)
    if isinstance(node, Literal) and str(node.datatype) in _NUMBERS:
        return text
    if _FORMULA.match(text):
        return "'" + text
    return "\t" + text if _CODE.fullmatch(text) else text
