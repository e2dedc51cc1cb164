"""What went wrong, said in the reader's language: the one place where pages show an error of ours."""

from __future__ import annotations

from graph.errors import AmbiguousError
from ontology.errors import in_chinese
from ui.html import Html, join, tag
from ui.i18n import Texts

_CANDIDATES = 5


def in_language(sentence: str, t: Texts) -> str | None:
    """Given what an error says, return it in the reader's language; None where it is only known in English."""
    return sentence if t.language == "en" else in_chinese(sentence)


def told(error: Exception | str, t: Texts) -> Html:
    """Given an error or what it says, return it in the reader's language, where it is ambiguous with what may be meant;
    what only exists in English (a parser's own words) is marked as such."""
    said = in_language(str(error), t)
    sentence = tag("span", str(error), lang="en") if said is None else tag("span", said)
    candidates = error.candidates[:_CANDIDATES] if isinstance(error, AmbiguousError) else []
    return join([sentence, *candidates], t("app.list"))
