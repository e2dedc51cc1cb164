"""Our own HTML, where Streamlit's elements are too coarse: text from documents is escaped here, in one place.

Every piece of markup is an `Html`; whatever is not one is text, and `tag` and `join` escape it. Nothing else in the
app may turn a string into markup, so a script in a project's name shows as a script in a project's name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape

import streamlit as st


class Html(str):
    """Markup that was built by this module."""

    __slots__ = ()


Piece = str | Html | None
_VOID = frozenset({"br", "hr", "img"})


def text(value: object) -> Html:
    """Given anything, return it as text in markup: the one place where text is escaped."""
    return value if isinstance(value, Html) else Html(escape(str(value), quote=True))


def join(pieces: Iterable[Piece], between: Piece = "") -> Html:
    """Given pieces of markup or text, return them as one, leaving out None; text is escaped."""
    return Html(text(between or "").join(text(piece) for piece in pieces if piece is not None))


def tag(name: str, *children: Piece, **attributes: str | int | bool | None) -> Html:
    """Given an element's name, children and attributes, return the element.

    `class_` stands for class, `data_go` for data-go; an attribute that is None or False is left out.
    """
    words = [name]
    for key, value in attributes.items():
        if value is None or value is False:
            continue
        label = key.rstrip("_").replace("_", "-")
        words.append(label if value is True else f'{label}="{escape(str(value), quote=True)}"')
    opening = f"<{' '.join(words)}>"
    if name in _VOID:
        return Html(opening)
    return Html(f"{opening}{join(children)}</{name}>")


def rewording(words: Mapping[str, str]) -> Html:
    """Given selectors of elements that show words of Streamlit's own, and ours, return a style that shows ours instead
    (style.css makes the others invisible)."""
    rules = [f'{selector}::after {{ content: "{_css_text(said)}"; }}' for selector, said in words.items()]
    return Html(f"<style>{' '.join(rules)}</style>")


def _css_text(said: str) -> str:
    """A text as CSS quotes it, no sign of it ending the quotes or the style."""
    return "".join(f"\\{ord(sign):x} " if sign in '"\\<>&\n' else sign for sign in said)


def show(markup: Html) -> None:
    """Write markup to the page."""
    st.html(markup)
