"""The parameters of a named query as fields of a form, kept in the address: `p_region` is the parameter region."""

from __future__ import annotations

from itertools import pairwise

import streamlit as st

from graph.errors import GraphError
from graph.queries import NamedQuery, Parameter, resolve_parameters
from ontology.namespaces import CONCEPT
from ui.data import Labels, read_contents
from ui.html import Piece
from ui.i18n import Texts
from ui.store import Answers
from ui.wrong import told

TEXT = "text"
"""What the address calls a query's text that was changed by hand."""

_MANY = 2000
"""Things that a list to choose from can hold; beyond that the name is typed."""


def read_filled(answers: Answers, query: NamedQuery, labels: Labels, t: Texts) -> tuple[str, Piece]:
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
    except GraphError as error:
        return query.text, told(error, t)


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
        st.query_params.pop(TEXT, None)  # the fields say again what the query is
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
