"""The words by which projects find each other in a text index: what an index is filled with, and what it is asked.

A word is a pair of neighbouring letters of a project's name, indicators, purpose or unit, or `kind:` and a kind of
service (graph.likeness). Its groups are `region:`, `scope:`, `year:` and `publisher:` with the IRI or value. Beside
them stands what is compared of each form.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.resources import files

from graph.compared_forms import ComparedForm, read_compared_forms
from graph.likeness import Profile
from graph.store import ReadableStore
from ontology.comparables import FILE

_VERSION = 3
"""Raise it where the entries of a text index change by other rules of the program."""


def _rules() -> str:
    data = (files("ontology") / "data" / FILE).read_bytes()
    return f"{_VERSION} {hashlib.sha256(data).hexdigest()[:16]}"


RULES = _rules()
"""By which rules words are made: an index of other rules is made anew."""


@dataclass(frozen=True, slots=True)
class ProjectWords:
    """A project as some of its forms print it: its words, its groups, and what is compared of each form."""

    project: str
    words: tuple[str, ...]
    groups: tuple[str, ...]
    forms: tuple[ComparedForm, ...]


def words_of(profile: Profile, *, strong: float, weak: float) -> dict[str, float]:
    """Given what is compared of a project, return its words with their weights: those of the name are the stronger."""
    words = dict.fromkeys(profile.purpose | profile.unit, weak)
    words |= dict.fromkeys(profile.indicators, weak)
    words |= dict.fromkeys(profile.name, strong)
    return words | {f"kind:{kind}": 8 * strong * strength for kind, strength in profile.kinds.items()}


def group(name: str, value: str) -> str:
    """Given a group's name and value, return the word that stands for it."""
    return f"{name}:{value}"


def project_words(store: ReadableStore, graph: str) -> Iterator[ProjectWords]:
    """Given a store and the IRI of a document's graph, return its projects' words."""
    return words_of_forms(read_compared_forms(store, graph))


def words_of_forms(forms: Iterable[ComparedForm]) -> Iterator[ProjectWords]:
    """Given forms, return the words of their projects."""
    by_project: dict[str, list[ComparedForm]] = {}
    for form in forms:
        by_project.setdefault(form.project, []).append(form)
    for project, printed in by_project.items():
        words: dict[str, None] = {}
        groups: dict[str, None] = {}
        for form in printed:
            words |= dict.fromkeys(words_of(form.profile, strong=1.0, weak=1.0))
            where = (("region", form.region), ("scope", form.scope), ("year", str(form.year or "")))
            groups |= {group(name, value): None for name, value in (*where, ("publisher", form.publisher))}
        yield ProjectWords(project, tuple(words), tuple(groups), tuple(printed))
