"""The nearest projects, for pages that show a few of them beside something else."""

from __future__ import annotations

import streamlit as st

from graph.comparables import READ_ALL, Comparable
from graph.errors import NotFoundError
from graph.texts import texts_of
from ui.comparables_page import read_comparable_index
from ui.data import read_contents
from ui.store import Answers


def is_quick(answers: Answers) -> bool:
    """Whether projects can be compared while a page is drawn: all of a small store, or those of a kept text index."""
    return len(read_contents(answers).forms) <= READ_ALL or texts_of(answers.store) is not None


@st.cache_resource(show_spinner=False, max_entries=60)
def _peers(edition: str, project: str, top: int, _answers: Answers) -> tuple[Comparable, ...]:
    try:
        return tuple(read_comparable_index(_answers).find(project, top=top))
    except NotFoundError:
        return ()


def find_peers(answers: Answers, project: str, *, top: int = 5) -> tuple[Comparable, ...]:
    """Given a project's IRI, return at most `top` comparable ones; none where it has nothing to compare."""
    return _peers(answers.edition, project, top, answers)
