"""The titles of forms: what a line says of the form below it, its kind, scope, year and perhaps its project's name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from ontology import labels
from ontology.label_forms import BRACKETS, fold, read_labels, without_translation
from ontology.records import FormKind, Scope
from ontology.vocabulary import read_data


@dataclass(frozen=True, slots=True)
class FormTitle:
    """What a form's title says: its kind (None where it isn't read), scope, year, and the project's name where it prints one."""

    text: str
    kind: FormKind | None
    scope: Scope | None
    year: int | None = None
    name: str | None = None
    reason: tuple[str, str] | None = None


_TITLE_YEAR = re.compile(r"(20\d\d)\s*年?")


def form_title(text: str) -> FormTitle | None:
    """Given a line, return what it says of a form where it is the title of one, else None."""
    data = read_data("forms.yaml")
    rules = data["title"]
    text = without_translation(text)
    folded = fold(text)
    if len(text) > rules["longest"] or any(word in text or word in folded for word in rules["none_of"]):
        return None
    if not all(any(word in folded for word in words) for words in rules["all_of"]):
        return None
    outside = BRACKETS.sub("", folded)
    if not re.search(r"表[一二三四五六七八九十\d]*$", outside):
        return None
    kind, reason = _title_kind(data["kinds"], folded)
    year = _TITLE_YEAR.search(folded)
    return FormTitle(
        text, kind, _title_scope(data["scopes"], folded), int(year[1]) if year else None,
        _title_name(text) or _name_before(text), reason,
    )  # fmt: skip


def may_name_project(text: str) -> bool:
    """Given a heading without its number, return whether it may be a project's name: no label, and none of the words
    that headings of a document are made of (绩效, 情况, 说明)."""
    words = read_data("forms.yaml")["title"]["not_in_names"]
    return len(text) > 1 and labels.match_block(text) is None and not labels.names_tier(text) and not any(
        word in text for word in words
    )  # fmt: skip


def _title_kind(kinds: Mapping[str, Any], folded: str) -> tuple[FormKind | None, tuple[str, str] | None]:
    for notation, entry in kinds.items():
        if any(fold(word) in folded for word in entry["words"]):
            if entry["read"]:
                return notation, None  # type: ignore[return-value]
            return None, (entry["reason"]["zh"], entry["reason"]["en"])
    return None, None


def _title_scope(scopes: Mapping[str, Any], folded: str) -> Scope | None:
    for notation, entry in scopes.items():
        if any(fold(word) in folded for word in entry["words"]):
            return notation  # type: ignore[return-value]
    return None


_NAME_IN_TITLE = re.compile(r"表\s*[(（](.+)[)）]\s*$")


def _title_name(text: str) -> str | None:
    found = _NAME_IN_TITLE.search(text)
    if found is None:
        return None
    name = found[1].strip()
    if re.fullmatch(r"\s*20\d\d\s*年?\s*度?\s*|.{0,3}", name) or fold(name) in _words_of_titles():
        return None
    return name


_KIND_IN_TITLE = re.compile(r"(项目支出|项目|支出|预算)?(绩效目标|绩效自评|绩效评价|绩效)")
_YEAR_IN_TITLE = re.compile(r"[(（]?20\d\d\s*年?\s*度?[)）]?|^附[件表]\s*\d*[:：.、-]*|^表\s*\d+[:：.、-]*")
_LEAST_NAME = 4


def _name_before(text: str) -> str | None:
    """The project's name that a title begins with ("农村公路养护补助经费绩效目标表"), or None: it ends as projects' names
    do, and says more than what kind of money it is."""
    rules = read_data("forms.yaml")["title"]
    found = _KIND_IN_TITLE.search(text)
    if found is None:
        return None
    ends_with_project = found[1] == "项目"
    name = _YEAR_IN_TITLE.sub("", text[: found.start()]).strip() + ("项目" if ends_with_project else "")
    if not name.endswith(tuple(rules["name_ends"])):
        return None
    own = name
    for word in sorted(rules["name_generic"], key=len, reverse=True):
        own = own.replace(word, "")
    is_unit = own.endswith(tuple(read_data("forms.yaml")["documents"]["unit_ends"]))
    return name if len(own) >= _LEAST_NAME and not is_unit else None


@cache
def _words_of_titles() -> frozenset[str]:
    """What titles print in brackets behind 表 that is no project's name."""
    return frozenset(read_labels("forms.yaml", "title.no_names", read_data("forms.yaml")["title"]["no_names"]))
