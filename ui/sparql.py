"""查询: the named queries with their parameters as fields, an editor, and the answer as a table."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from io import StringIO
from itertools import pairwise

import streamlit as st
from rdflib import Literal
from rdflib.term import Node

from graph.errors import AmbiguousError, GraphError, QueryError, QueryTimeoutError
from graph.guard import ROW_LIMIT, TIME_LIMIT, run_user_query
from graph.queries import NamedQuery, Parameter, named_queries, resolve_parameters
from graph.results import show as show_term
from graph.results import write_csv
from graph.store import Answer, Rows
from ontology.namespaces import CONCEPT, PIKG
from ui.data import Labels, read_contents, read_labels
from ui.format import number
from ui.html import Html, Piece, join, show, tag
from ui.i18n import Texts
from ui.links import address, link
from ui.store import Answers

_SHOWN = 200
"""Rows in the page; all of them are in the file."""

_MANY = 2000
"""Projects that a list to choose from can hold; beyond that the name is typed."""

_WIDE = 14
"""Characters of a text that may be broken into lines."""

_OWN = "own"
"""What the address calls a query that the reader writes alone."""

_BEGINNING = """SELECT ?project ?name ?year
WHERE {
  ?form a pikg:TargetForm ; pikg:ofProject ?project ; rdfs:label ?name .
  OPTIONAL { ?form pikg:fiscalYear ?year }
}
ORDER BY DESC(?year) ?name
LIMIT 100
"""

_FIRST = "projects"


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What became of a query: its answer, or what went wrong."""

    answer: Answer | None
    error: GraphError | None
    seconds: float


def show_sparql(answers: Answers, parameters: Mapping[str, str], t: Texts) -> None:
    """Show the page; `name` chooses a named query, `p_…` are its parameters."""
    queries = named_queries()
    name = parameters.get("name", _FIRST)
    query = queries.get(name)
    labels = read_labels(answers, t)
    side, main = st.columns([1, 3.4], gap="large")
    with side:
        show(_list(queries, name, t))
    with main:
        if query is None:
            text, problem = _BEGINNING, None
            show(tag("div", tag("h2", t("sparql.own")), tag("p", t("sparql.own_note")), class_="pk-query"))
        else:
            title, description = query.title, query.description
            show(
                tag(
                    "div",
                    tag("h2", t.pick(title.zh, title.en)),
                    tag("p", t.pick(description.zh, description.en)),
                    class_="pk-query",
                )
            )
            text, problem = _filled(answers, query, labels, t)
        if problem is not None:
            show(tag("div", tag("b", t("sparql.parameter_wrong")), tag("p", problem), class_="pk-wrong"))
        signature = (name, text)
        if st.session_state.get("sparql_for") != signature:
            st.session_state["sparql_for"] = signature
            st.session_state["sparql_text"] = text
            st.session_state["sparql_ran"] = None if problem is not None else text
        _editor(t)
        ran = st.session_state["sparql_ran"]
        if ran:
            with st.spinner(t("sparql.running")):
                outcome = _run(answers, ran)
            _result(outcome, ran, query if ran == text else None, labels, t)


def _list(queries: Mapping[str, NamedQuery], chosen: str, t: Texts) -> Html:
    items = []
    for name, query in queries.items():
        label = t.pick(query.title.zh, query.title.en)
        current = "true" if name == chosen else None
        items.append(
            tag("li", link(address("sparql", t.language, name=name), tag("span", label), aria_current=current))
        )
    own = link(
        address("sparql", t.language, name=_OWN), tag("span", t("sparql.own")),
        aria_current="true" if chosen not in queries else None,
    )  # fmt: skip
    return tag(
        "div", tag("h1", t("page.sparql")),
        tag("section", tag("ul", tag("li", own))),
        tag("section", tag("h2", t("sparql.named")), tag("ul", *items)), class_="pk-facets",
    )  # fmt: skip


# --- parameters ---------------------------------------------------------------------------------------------------
def _filled(answers: Answers, query: NamedQuery, labels: Labels, t: Texts) -> tuple[str, str | None]:
    """Show a field for each parameter; return the query's text with them, and what is wrong with one."""
    given: dict[str, str] = {}
    if query.parameters:
        columns = st.columns(max(len(query.parameters), 3), gap="small")
        for column, parameter in zip(columns, query.parameters, strict=False):
            with column:
                given[parameter.name] = _field(answers, query, parameter, labels, t)
    lacking = [p for p in query.parameters if p.required and not given.get(p.name)]
    if lacking:
        names = t("app.and").join(t.pick(p.label.zh, p.label.en) for p in lacking)
        return query.text, t("sparql.needs", names=names)
    try:
        return _tidy(query.render(resolve_parameters(answers.store, query, given))), None
    except AmbiguousError as error:
        return query.text, f"{error} {'; '.join(error.candidates[:5])}"
    except GraphError as error:
        return query.text, str(error)


def _tidy(text: str) -> str:
    """Return a query without the empty lines that parameters not given leave, but for the one after its prefixes."""
    lines = text.splitlines()
    kept = [line for before, line in pairwise(["", *lines]) if line.strip() or before.startswith("PREFIX")]
    return "\n".join(kept) + "\n"


def _field(answers: Answers, query: NamedQuery, parameter: Parameter, labels: Labels, t: Texts) -> str:
    """Show a parameter's field, with the value that the address gives it; return its value."""
    label = t.pick(parameter.label.zh, parameter.label.en)
    in_address, key = f"p_{parameter.name}", f"sparql_{query.name}_{parameter.name}"
    choices = _choices(answers, parameter, labels)
    usual = "" if parameter.default is None else str(parameter.default)
    if parameter.required and choices and not usual:
        usual = next(iter(choices))
    value = st.query_params.get(in_address, usual)

    def remember() -> None:
        chosen = st.session_state[key]
        if chosen is None or not str(chosen).strip():
            st.query_params.pop(in_address, None)
        else:
            st.query_params[in_address] = str(chosen).strip()

    if choices is None:
        st.session_state[key] = value
        st.text_input(label, key=key, on_change=remember)
        return str(value)
    options = list(choices) if value in choices or not value else [value, *choices]
    st.session_state[key] = value or None
    st.selectbox(
        label, options, key=key, on_change=remember, index=None, format_func=lambda one: choices.get(one, one),
        placeholder=t("sparql.any"),
    )  # fmt: skip
    return str(value)


def _choices(answers: Answers, parameter: Parameter, labels: Labels) -> dict[str, str] | None:
    """Return what a parameter may be, with labels, where the graph knows it; None where it is to be typed."""
    contents = read_contents(answers)
    documents = contents.documents
    if parameter.type == "project" and len(contents.forms) <= _MANY:
        ordered = sorted(contents.forms, key=lambda form: (-form.rows, form.name))
        return {form.project: f"{form.name}（{form.document.publisher or ''}）" for form in ordered}
    if parameter.type == "year":
        years = sorted({document.year for document in documents if document.year}, reverse=True)
        return {str(year): str(year) for year in years}
    if parameter.type == "region":
        return {d.region_iri: d.region for d in documents if d.region_iri and d.region}
    if parameter.type == "unit":
        return {d.publisher_iri: d.publisher for d in documents if d.publisher_iri and d.publisher}
    if parameter.type == "measure":
        start = f"{CONCEPT}measure/"
        notations = [concept.removeprefix(start) for concept in labels.by_concept if concept.startswith(start)]
        return {notation: labels("measure", notation) for notation in notations} or None
    return None


# --- the editor and the answer ------------------------------------------------------------------------------------
def _editor(t: Texts) -> None:
    def run() -> None:
        st.session_state["sparql_ran"] = st.session_state["sparql_text"]

    with st.container(key="editor"):
        st.text_area(t("sparql.text"), key="sparql_text", height=230, label_visibility="collapsed")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(t("sparql.run"), type="primary", on_click=run)
        show(tag("span", t("sparql.limits", seconds=f"{TIME_LIMIT:g}", rows=number(ROW_LIMIT)), class_="pk-said"))


def _run(answers: Answers, text: str) -> _Outcome:
    """Return what became of a query. Answers are kept, mistakes and timeouts are not: they may be tried again."""
    try:
        answer, seconds = _answer(answers.edition, text, answers)
    except GraphError as error:
        return _Outcome(None, error, 0.0)
    return _Outcome(answer, None, seconds)


@st.cache_resource(show_spinner=False, max_entries=20)
def _answer(edition: str, text: str, _answers: Answers) -> tuple[Answer, float]:
    begun = time.monotonic()
    return run_user_query(_answers.snapshot_folder, text), time.monotonic() - begun


def _result(outcome: _Outcome, text: str, query: NamedQuery | None, labels: Labels, t: Texts) -> None:
    if outcome.error is not None:
        show(_wrong(outcome.error, text, t))
        return
    answer = outcome.answer
    if isinstance(answer, bool):
        show(tag("p", t("sparql.answer_yes" if answer else "sparql.answer_no"), class_="pk-quote"))
        return
    if answer is None:
        return
    if isinstance(answer, Rows):
        rows, variables, cut = answer.rows, answer.variables, answer.cut
    else:
        rows, variables, cut = tuple(answer), ("subject", "predicate", "object"), bool(getattr(answer, "cut", False))
    heads = {} if query is None else {c.name: t.pick(c.label.zh, c.label.en) for c in query.columns}
    said = t("sparql.rows", n=number(len(rows)), seconds=f"{outcome.seconds:.2f}")
    if cut:
        said = t("sparql.rows_cut", n=number(len(rows)), seconds=f"{outcome.seconds:.2f}")
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        show(tag("span", said, class_="pk-said"))
        st.download_button(
            t("sparql.download"), _csv(answer, heads), file_name="pikg.csv", mime="text/csv", on_click="ignore",
            icon=":material/download:",
        )  # fmt: skip
    if rows:
        show(_table(rows[:_SHOWN], variables, heads, labels, t))
    if len(rows) > _SHOWN:
        show(tag("p", t("sparql.first_rows", n=_SHOWN), class_="pk-none"))


def _csv(answer: Answer, heads: Mapping[str, str]) -> bytes:
    """Return an answer as CSV, with the mark that tells Excel and WPS that it is UTF-8."""
    if isinstance(answer, Rows):
        answer = replace(answer, variables=tuple(heads.get(name, name) for name in answer.variables))
    file = StringIO()
    write_csv(answer, file)
    return file.getvalue().encode("utf-8-sig")


def _table(
    rows: Sequence[Sequence[Node | None]], variables: Sequence[str], heads: Mapping[str, str], labels: Labels, t: Texts
) -> Html:
    numeric = [all(_is_number(node) for node in column if node is not None) for column in zip(*rows, strict=True)]
    head = [
        tag("th", heads.get(name, name), class_="num" if is_number else None, title=name, scope="col")
        for name, is_number in zip(variables, numeric, strict=True)
    ]
    lines = []
    for row in rows:
        cells = []
        for node, is_number in zip(row, numeric, strict=True):
            wide = isinstance(node, Literal) and len(node) > _WIDE
            cells.append(tag("td", _term(node, labels, t), class_="num" if is_number else "pk-wide" if wide else None))
        lines.append(tag("tr", *cells))
    table = tag("table", tag("thead", tag("tr", *head)), tag("tbody", *lines), class_="pk-table pk-answer")
    return tag("div", table, class_="pk-scroll", tabindex="0", role="region", aria_label=t("sparql.answer"))


def _is_number(node: Node) -> bool:
    return isinstance(node, Literal) and str(node.datatype).rsplit("#", 1)[-1] in {"decimal", "integer", "double"}


def _term(node: Node | None, labels: Labels, t: Texts) -> Piece:
    """Return a term as a reader wants it: a thing of ours leads to its page or into the graph."""
    if node is None or isinstance(node, Literal):
        return None if node is None else str(node)
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
            "div", tag("b", t("sparql.timeout", seconds=f"{TIME_LIMIT:g}")), tag("p", str(error)), class_="pk-wrong"
        )
    pieces: list[Piece] = [tag("b", t("sparql.wrong"))]
    if isinstance(error, QueryError) and error.line is not None:
        pieces = [tag("b", t("sparql.wrong_at", line=error.line, column=error.column or 1))]
        lines = text.splitlines()
        if error.line <= len(lines):
            marked = f"{lines[error.line - 1]}\n{' ' * ((error.column or 1) - 1)}^"
            pieces.append(tag("pre", marked))
    pieces.append(tag("p", str(error)))
    return tag("div", join(pieces), class_="pk-wrong", role="alert")
