"""Answers as pandas data frames, for notebooks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rdflib.term import Literal, Node

from graph.queries import show_term
from graph.store import Rows
from ontology.namespaces import PREFIXES

if TYPE_CHECKING:
    import pandas as pd

_XSD = PREFIXES["xsd"]


def to_frame(rows: Rows) -> pd.DataFrame:
    """Given rows, return them as a data frame with a column for each variable.

    Whole numbers are int, decimals float (binary: for statistics and charts; the exact figures are in the rows),
    truths bool, concepts their notation, everything else text; what is unbound is None.
    """
    import pandas as pd  # noqa: PLC0415 - half a second that only notebooks pay

    return pd.DataFrame([[_value(node) for node in row] for row in rows.rows], columns=list(rows.variables))


def _value(node: Node | None) -> str | int | float | bool | None:
    if node is None:
        return None
    if isinstance(node, Literal):
        match str(node.datatype or "").removeprefix(_XSD):
            case "integer":
                return int(str(node))
            case "decimal" | "double" | "float":
                return float(str(node))
            case "boolean":
                return str(node) in ("true", "1")
    return show_term(node)
