"""An answer of 查询: as a table, a chart where it suits, a graph for CONSTRUCT, and files to take away."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from io import StringIO
from pathlib import Path

import streamlit as st
from rdflib import Literal
from rdflib.term import Node

from graph.errors import GraphError, QueryError, QueryTimeoutError
from graph.guard import TIME_LIMIT
from graph.queries import Column, NamedQuery, Words
from graph.results import show as show_term
from graph.results import to_sparql_json, to_turtle, write_csv
from graph.store import Answer, Rows, Triples
from graph.workbook import write_rows
from ontology.namespaces import CONCEPT, PIKG
from ui.data import Labels
from ui.format import number
from ui.html import Html, Piece, join, show, tag
from ui.i18n import Texts
from ui.links import address, link
from ui.sparql_chart import read_bars, read_quantity, show_bars
from ui.sparql_graph import show_triples
from ui.wrong import told

_SHOWN = 200
"""Rows in the page; all of them are in the file."""

_WIDE = 14
"""Characters of a text that may be broken into lines."""

_TRIPLE = ("subject", "predicate", "object")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a query: its answer, or what went wrong."""

    answer: Answer | None
    error: GraphError | None
    seconds: float


def show_outcome(outcome: Outcome, text: str, query: NamedQuery | None, labels: Labels, t: Texts) -> None:
    """Given what became of a query, its text, and the named query if it is one, show it."""
    if outcome.error is not None:
        show(_wrong(outcome.error, text, t))
        return
    answer = outcome.answer
    if isinstance(answer, bool):
        show(tag("p", t("sparql.answer_yes" if answer else "sparql.answer_no"), class_="pk-quote"))
        return
    if answer is None:
        return
    rows = answer if isinstance(answer, Rows) else Rows(_TRIPLE, tuple(answer), bool(getattr(answer, "cut", False)))
    heads = {} if query is None else {c.name: t.pick(c.label.zh, c.label.en) for c in query.columns}
    if not isinstance(answer, Rows):
        heads = {name: t(f"sparql.{name}") for name in _TRIPLE}
    said = t("sparql.rows_cut" if rows.cut else "sparql.rows", n=number(len(rows)), seconds=f"{outcome.seconds:.2f}")
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", key="answer"):
        show(tag("span", said, class_="pk-said", role="status"))
        _downloads(answer, rows, query, heads, t)
    if not rows.rows:
        show(tag("p", t("sparql.nothing"), class_="pk-none"))
        return
    if isinstance(answer, Triples):
        show_triples(answer, labels, t)
    elif bars := read_bars(rows, heads, labels):
        show_bars(bars, t)
    show(_table(rows.rows[:_SHOWN], rows.variables, heads, labels, t))
    if len(rows) > _SHOWN:
        show(tag("p", t("sparql.first_rows", n=_SHOWN), class_="pk-none"))


# --- files --------------------------------------------------------------------------------------------------------
def _downloads(answer: Answer, rows: Rows, query: NamedQuery | None, heads: Mapping[str, str], t: Texts) -> None:
    """Offer the answer as files; each is made when it is asked for."""
    name = "pikg" if query is None else f"pikg-{query.name}"
    kinds: list[tuple[str, str, Callable[[], bytes]]] = [
        ("csv", "text/csv", lambda: _csv(rows, heads)),
        (
            "xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            lambda: _workbook(rows, query, heads, t),
        ),
    ]
    if isinstance(answer, Rows):
        kinds.append(("json", "application/sparql-results+json", lambda: _json(rows)))
    elif isinstance(answer, Triples):
        kinds.append(("ttl", "text/turtle", lambda: to_turtle(answer).encode()))
    with st.container(horizontal=True, gap="small", width="content"):
        for suffix, media_type, make in kinds:
            label = "Turtle" if suffix == "ttl" else suffix.upper()
            st.download_button(
                t("sparql.download", format=label), make, file_name=f"{name}.{suffix}", mime=media_type,
                on_click="ignore", key=f"download_{suffix}",
            )  # fmt: skip


def _csv(rows: Rows, heads: Mapping[str, str]) -> bytes:
    """Return an answer as CSV, with the mark that tells Excel and WPS that it is UTF-8."""
    file = StringIO()
    write_csv(replace(rows, variables=tuple(heads.get(name, name) for name in rows.variables)), file)
    return file.getvalue().encode("utf-8-sig")


def _workbook(rows: Rows, query: NamedQuery | None, heads: Mapping[str, str], t: Texts) -> bytes:
    if query is None:
        columns = tuple(Column(name, Words(heads.get(name, name), heads.get(name, name))) for name in rows.variables)
        query = NamedQuery("answer", Words("查询结果", "Answer"), Words("", ""), (), columns, "")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "answer.xlsx"
        write_rows(query, [rows], path, language=t.language)
        return path.read_bytes()


def _json(rows: Rows) -> bytes:
    return json.dumps(to_sparql_json(rows), ensure_ascii=False).encode()


# --- the table --------------------------------------------------------------------------------------------------
def _table(
    rows: Sequence[Sequence[Node | None]], variables: Sequence[str], heads: Mapping[str, str], labels: Labels, t: Texts
) -> Html:
    numeric = [
        all(read_quantity(node) is not None for node in column if node is not None)
        for column in zip(*rows, strict=True)
    ]
    head = [
        tag("th", heads.get(name, name), class_="num" if right else None, title=name, scope="col")
        for name, right in zip(variables, numeric, strict=True)
    ]
    lines = []
    for row in rows:
        cells = []
        for node, right in zip(row, numeric, strict=True):
            wide = isinstance(node, Literal) and len(node) > _WIDE
            cells.append(tag("td", _term(node, labels, t), class_="num" if right else "pk-wide" if wide else None))
        lines.append(tag("tr", *cells))
    table = tag("table", tag("thead", tag("tr", *head)), tag("tbody", *lines), class_="pk-table pk-answer")
    return tag("div", table, class_="pk-scroll", tabindex="0", role="region", aria_label=t("sparql.answer"))


def _term(node: Node | None, labels: Labels, t: Texts) -> Piece:
    """Return a term as a reader wants it: a thing of ours leads to its page or into the graph."""
    if node is None:
        return None
    if isinstance(node, Literal):
        # Only what may have decimals: a year or a code is no quantity.
        value = read_quantity(node) if str(node.datatype).endswith("#decimal") else None
        return str(node) if value is None else number(value)
    iri = str(node)
    if iri.startswith(CONCEPT):
        scheme, _, notation = iri.removeprefix(CONCEPT).partition("/")
        return tag("span", labels(scheme, notation), title=iri)
    kind = f"kind.{iri.removeprefix(PIKG)}"
    if iri.startswith(PIKG) and t.has(kind):
        return tag("span", t(kind), title=iri)
    if "/project/" in iri:
        return link(address("project", t.language, iri=iri), t("sparql.project"), title=iri)
    if any(part in iri for part in ("/unit/", "/region/", "/document/", "/project-indicator/", "/disclosure/")):
        return link(address("graph", t.language, iri=iri), t("sparql.in_graph"), title=iri)
    return tag("span", show_term(node), title=iri)


def _wrong(error: GraphError, text: str, t: Texts) -> Html:
    """Say what is wrong with a query, and show the line with a mark under the place."""
    if isinstance(error, QueryTimeoutError):
        return tag(
            "div",
            tag("b", t("sparql.timeout", seconds=f"{TIME_LIMIT:g}")),
            tag("p", told(error, t)),
            class_="pk-wrong",
        )
    pieces: list[Piece] = [tag("b", t("sparql.wrong"))]
    if isinstance(error, QueryError) and error.line is not None:
        pieces = [tag("b", t("sparql.wrong_at", line=error.line, column=error.column or 1))]
        lines = text.splitlines()
        if error.line <= len(lines):
            marked = f"{lines[error.line - 1]}\n{' ' * ((error.column or 1) - 1)}^"
            pieces.append(tag("pre", marked))
    pieces.append(tag("p", told(error, t)))
    return tag("div", join(pieces), class_="pk-wrong", role="alert")
