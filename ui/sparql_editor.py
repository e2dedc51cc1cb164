"""The editor of 查询: YASQE, which `pikg serve` ships already, as a Streamlit component of our own files.

The ready-made streamlit-code-editor takes an IRI in SPARQL for a comparison; YASQE reads the language's grammar, and no
second editor has to be shipped.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

import streamlit as st
from streamlit.components.v1 import declare_component

from ui.i18n import Texts
from ui.theme import FONT_STACK

KEY = "sparql_editor"


@dataclass(frozen=True, slots=True)
class Mistake:
    """Where a query is wrong: line and column from 1, and what is said of it."""

    text: str
    line: int
    column: int
    message: str


@cache
def _component() -> Callable[..., Any]:
    # Declared for its files alone: the editor's page loads them from beside itself.
    declare_component("yasgui", str(files("graph") / "web"))
    component: Callable[..., Any] = declare_component("editor", str(files("ui") / "editor"))
    return component


def typed() -> str | None:
    """Return the text that was run last in the editor, to be asked where the editor's change is answered."""
    said = st.session_state.get(KEY)
    return str(said["text"]) if said else None


def edit(text: str, limits: str, on_run: Callable[[], None], mistake: Mistake | None, t: Texts) -> None:
    """Show the editor with a text (it replaces what was typed only when it is another one than before), the limits told
    beside its button, and a mistake marked; `on_run` is called when a query is run, `typed` says which."""
    _component()(
        text=text,
        signature=sha256(text.encode("utf-8", "surrogatepass")).hexdigest(),
        limits=limits,
        label=t("sparql.text"),
        run=t("sparql.run"),
        lang="zh-CN" if t.language == "zh" else "en",
        font=FONT_STACK,
        error=None
        if mistake is None
        else {"text": mistake.text, "line": mistake.line, "column": mistake.column, "message": mistake.message},
        key=KEY,
        default=None,
        on_change=on_run,
        tab_index=0,
    )
