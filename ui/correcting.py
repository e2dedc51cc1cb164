"""A misread cell corrected where it is looked at, and decisions undone: the forms, and what they write."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

import pipeline
from graph.errors import GraphError
from ontology.decisions import DecisionError
from ui.html import show, tag
from ui.i18n import Texts
from ui.project_data import Cell
from ui.store import Answers, may_write
from ui.wrong import told

_WAIT = 10.0  # seconds to wait for another writer
_SAID = "decision_said"


@dataclass(frozen=True, slots=True)
class Misread:
    """A cell that may be corrected: of which document (hash), and what was read in it."""

    sha256: str
    cell: Cell
    label: str


def show_said() -> None:
    """Say what became of the last decision, once."""
    said = st.session_state.pop(_SAID, None)
    if said is not None:
        text, detail, sound = said
        show(tag("div", tag("b", text), tag("p", detail) if detail else None,
                 class_="pk-done" if sound else "pk-wrong", role="status"))  # fmt: skip


def decide(act: Callable[[pipeline.Store], str], answers: Answers, refused: str, t: Texts) -> None:
    """Given what to decide in a store (which returns what to say of it), do it and have it said; `refused` is said where
    it can't be, with the reason."""
    try:
        with pipeline.open_store(answers.folder, create=False) as store:
            st.session_state[_SAID] = (act(store), None, True)
    except (GraphError, DecisionError, OSError) as error:
        st.session_state[_SAID] = (refused, told(error, t), False)


def ask_who(t: Texts, key: str) -> tuple[str, str]:
    """Ask who decides and why; return both."""
    who_column, why_column = st.columns(2)
    with who_column:
        # What was typed stays for the next decision of the same reader.
        who = st.text_input(
            t("checks.who"), value=st.session_state.get("who", ""), key=f"{key}-who", help=t("checks.who_hint"),
            max_chars=60,
        )  # fmt: skip
    with why_column:
        why = st.text_input(t("checks.why"), key=f"{key}-why", max_chars=400)
    if who.strip():
        st.session_state["who"] = who.strip()
    return who.strip(), why.strip()


def show_correction(answers: Answers, misread: Misread, t: Texts, *, key: str) -> None:
    """Offer to correct what was read in a cell; nothing in an app that may not write."""
    if not may_write():
        return
    old = misread.cell.whole
    with st.expander(t("correct.title")), st.form(f"{key}-form", border=False):
        show(tag("p", t("correct.lead", field=misread.label), class_="pk-none"))
        show(
            tag("dl", tag("div", tag("dt", t("correct.old")), tag("dd", old or t("evidence.empty"))), class_="pk-facts")
        )
        new = st.text_area(t("correct.new"), value=old, height=68, key=f"{key}-new", max_chars=20_000)
        who, why = ask_who(t, key)
        if st.form_submit_button(t("correct.submit"), type="primary"):
            if not (who and why):
                st.session_state[_SAID] = (t("correct.not_done"), t("checks.needs_who"), False)
            elif new.strip() == old.strip():
                st.session_state[_SAID] = (t("correct.not_done"), t("correct.same"), False)
            else:
                with st.spinner(t("correct.writing")):
                    decide(
                        lambda store: _correct(store, misread, (new, who, why), t), answers, t("correct.not_done"), t
                    )
            st.rerun()


def _correct(store: pipeline.Store, misread: Misread, said: tuple[str, str, str], t: Texts) -> str:
    """Write the correction of a cell; return what is to be said of it."""
    new, who, why = said
    at = misread.cell
    # Of a merged cell that several rows share the store corrects the first; a sheet is told by the cell alone.
    spot = (at.page, at.sheet, at.table, at.row, at.column)
    alike = [
        one
        for one in store.printed_fields(misread.sha256, at.field)
        if (one.page, one.sheet, one.table, one.row, one.column) == spot
    ]
    made = store.correct_cell(
        misread.sha256, field=at.field, new=new, who=who, why=why, cell=alike[0].cell if alike else at.iri, wait=_WAIT
    )
    counting = store.counting_file(made)
    done = t("correct.done", old=made.old or t("evidence.empty"), new=made.new)
    return f"{done} {t('correct.counts_elsewhere', file=counting)}" if counting is not None else done
