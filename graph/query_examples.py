"""Example results of the named queries: what each answers of the shipped examples, in its file's header.

`python docs/generate.py --examples` writes them anew; a test asks the examples and compares.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from graph.queries import Example, NamedQuery, show_term
from graph.store import Rows
from ontology.namespaces import CONCEPT, PIKG

SHOWN_ROWS, SHOWN_COLUMNS = 3, 7

SHOWN_LETTERS = 36
"""Of a value; what is longer is cut, and ends in an ellipsis."""

_UNTELLING = frozenset({"sha256", "extractorVersion"})
"""Columns that say nothing to who reads an example."""

_BLOCK = re.compile(r"^# example:(?:.*\n)(?:#   .*\n)*", re.MULTILINE)


def read_example(query: NamedQuery, given: Mapping[str, Any], rows: Rows) -> Example:
    """Given a named query, the parameters it was asked with and what it answered, return the example to be shown: the
    first rows, and of them the columns that say something, instances' IRIs aside."""
    some = [dict(zip(rows.variables, row, strict=True)) for row in rows.rows[:SHOWN_ROWS]]
    telling = [
        column.name
        for column in query.columns
        if column.name not in _UNTELLING and any(_is_telling(row[column.name]) for row in some)
    ]
    first = tuple({name: _shown(row[name]) for name in telling[:SHOWN_COLUMNS]} for row in some)
    return Example(dict(given), len(rows), first)


def _is_telling(term: object) -> bool:
    text = "" if term is None else str(term)
    return text != "" and (not text.startswith(("http:", "https:")) or text.startswith((CONCEPT, PIKG)))


def _shown(term: Any) -> str:
    text = " ".join(show_term(term).split())
    return text if len(text) <= SHOWN_LETTERS else text[: SHOWN_LETTERS - 1] + "…"


def write_example(text: str, example: Example) -> str:
    """Given a query's file and its example, return the file with the example at the end of its header."""

    def said(value: object) -> str:
        return json.dumps(value, ensure_ascii=False)

    lines = ["# example:", f"#   given: {said(dict(example.given))}", f"#   rows: {example.rows}"]
    lines += ["#   first:"] if example.first else []
    lines += [f"#     - {said(dict(row))}" for row in example.first]
    block = "\n".join(lines) + "\n"
    without = _BLOCK.sub("", text)
    return re.sub(r"\A((?:#.*\n)+)", lambda match: match[1] + block, without, count=1)
