"""查询: the named queries with their parameters as fields, an editor, and the answer.

What is asked stands in the address: `name` the named query, `p_…` its parameters, `text` what was written by hand.
"""

from __future__ import annotations

import time
from collections.abc import Mapping

import streamlit as st

from graph.errors import GraphError, QueryError
from graph.guard import ROW_LIMIT, TIME_LIMIT, run_user_query
from graph.queries import NamedQuery, named_queries
from graph.store import Answer
from ui.data import read_labels
from ui.format import number
from ui.html import Html, show, tag
from ui.i18n import Texts
from ui.links import address, link
from ui.sparql_answer import Outcome, show_outcome
from ui.sparql_editor import Mistake, edit, typed
from ui.sparql_fields import TEXT, read_filled
from ui.store import Answers
from ui.wrong import in_language

_OWN = "own"
"""What the address calls a query that the reader writes alone."""

_BEGINNING = """SELECT ?city ?unit ?project ?year ?form
WHERE {
  ?form a pikg:TargetForm ; rdfs:label ?project ; pikg:inDocument ?document .
  ?document pikg:publisherText ?unit ; pikg:regionText ?city .
  OPTIONAL { ?form pikg:fiscalYear ?year }
  FILTER NOT EXISTS { ?form pikg:supersededBy ?newer }
}
LIMIT 100
"""
"""What the editor holds at first: an example that is answered at once, however large the graph."""

_LONGEST = 4000
"""Characters of a text that the address can hold; a longer one is kept for this window alone."""


def show_sparql(answers: Answers, parameters: Mapping[str, str], t: Texts) -> None:
    """Show the page."""
    queries = named_queries()
    name = parameters.get("name", _OWN)
    query = queries.get(name)
    labels = read_labels(answers, t)
    side, main = st.columns([1, 3.4], gap="large")
    with side:
        show(_list(queries, name, t))
    with main:
        if query is None:
            text, problem = _BEGINNING, None
            show(_title(t("sparql.own"), t("sparql.own_note")))
        else:
            title, description = query.title, query.description
            show(_title(t.pick(title.zh, title.en), t.pick(description.zh, description.en)))
            text, problem = read_filled(answers, query, labels, t)
        kept_name, kept_text = st.session_state.get("sparql_long", (None, ""))
        by_hand = parameters.get(TEXT) or (kept_text if kept_name == name else "")
        if problem is not None and not by_hand:
            show(tag("div", tag("b", t("sparql.parameter_wrong")), tag("p", problem), class_="pk-wrong", role="alert"))
        _editor(name, by_hand or text, text, t)
        if by_hand or problem is None:
            asked = by_hand or text
            with st.spinner(t("sparql.running")):
                outcome = _run(answers, asked)
            _mark(asked, outcome, t)
            show_outcome(outcome, asked, None if by_hand else query, labels, t)


def _title(title: str, said: str) -> Html:
    return tag("div", tag("h2", title), tag("p", said), class_="pk-query")


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
        tag("section", tag("h2", t("sparql.named")), tag("ul", *items)), class_="pk-facets pk-named",
    )  # fmt: skip


# --- the editor ---------------------------------------------------------------------------------------------------
def _editor(name: str, text: str, usual: str, t: Texts) -> None:
    """Show the editor with a text; `usual` is the one that the address means without a text of its own."""

    def run() -> None:
        asked = typed() or ""
        st.session_state.pop("sparql_failed", None)
        st.session_state.pop("sparql_long", None)
        st.query_params.pop(TEXT, None)
        if asked.strip() == usual.strip():
            return
        if len(asked) <= _LONGEST:
            st.query_params[TEXT] = asked
        else:
            st.session_state["sparql_long"] = (name, asked)

    mistake = st.session_state.get("sparql_mistake")
    limits = t("sparql.limits", seconds=f"{TIME_LIMIT:g}", rows=number(ROW_LIMIT))
    with st.container(key="editor"):
        edit(text, limits, run, mistake if mistake is not None and mistake.text == text else None, t)


def _mark(text: str, outcome: Outcome, t: Texts) -> None:
    """Have the editor, which is drawn before the answer is there, mark the place of a mistake."""
    error, mistake = outcome.error, None
    if isinstance(error, QueryError) and error.line is not None:
        mistake = Mistake(text, error.line, error.column or 1, in_language(str(error), t) or str(error))
    if mistake is not None and mistake != st.session_state.get("sparql_mistake"):
        st.session_state["sparql_mistake"] = mistake
        st.session_state["sparql_failed"] = (text, outcome)  # not to be asked twice
        st.rerun()


# --- the answer ---------------------------------------------------------------------------------------------------
def _run(answers: Answers, text: str) -> Outcome:
    """Return what became of a query. Answers are kept, mistakes and timeouts are not: they may be tried again."""
    failed: tuple[str, Outcome] | None = st.session_state.pop("sparql_failed", None)
    if failed is not None and failed[0] == text:
        return failed[1]
    try:
        answer, seconds = _answer(answers.edition, text, answers)
    except GraphError as error:
        return Outcome(None, error, 0.0)
    return Outcome(answer, None, seconds)


# Few: an answer may have ten thousand rows.
@st.cache_resource(show_spinner=False, max_entries=8)
def _answer(edition: str, text: str, _answers: Answers) -> tuple[Answer, float]:
    begun = time.monotonic()
    return run_user_query(_answers.snapshot_folder, text), time.monotonic() - begun
