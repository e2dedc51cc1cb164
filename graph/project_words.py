"""The words by which projects find each other in a text index: what an index is filled with, and what it is asked.

A word is a pair of neighbouring letters of a project's name, indicators, purpose or unit, `kind:` and a kind of
service (graph.likeness), `tier:` and a second tier with how many indicators it has, or `size:` and how large the funding
is: among many projects that hardly differ in words, the circumstances tell which score the highest. Its groups are
`region:`, `scope:`, `year:` and `publisher:` with the IRI or value. Beside them stands what is compared of each form.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.resources import files

from graph.compared_forms import ComparedForm, read_compared_forms
from graph.likeness import Profile
from graph.store import ReadableStore
from ontology.comparables import FILE

_VERSION = 4
"""Raise it where the entries of a text index change by other rules of the program."""

_STRONG = 2.0
"""How much more a word of a name counts than one of an indicator."""

_SIZES = 4
"""Steps in which funding grows tenfold."""

_NEAR_SIZES = 3
"""Steps to both sides within which funding is near."""


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
    """Given what is compared of a project, return its words with their weights: those of the name are the stronger, and
    those of the unit that stand nowhere else."""
    words = dict.fromkeys(profile.unit.split(), strong)
    words |= dict.fromkeys((*profile.purpose.split(), *profile.indicators.split()), weak)
    words |= dict.fromkeys(profile.name.split(), strong)
    words |= {f"tier:{tier.rpartition('/')[2]}:{times:.0f}": weak for tier, times in profile.tiers.items()}
    words |= {f"kind:{kind}": 8 * strong * strength for kind, strength in profile.kinds.items()}
    size = _size(profile)
    return words if size is None else words | {f"size:{size}": strong}


def words_asked(profile: Profile) -> dict[str, float]:
    """Given what is compared of a project, return the words that the nearest are asked by, with their weights: its own,
    and sizes near its own."""
    words = words_of(profile, strong=_STRONG, weak=1.0)
    size = _size(profile)
    if size is not None:
        steps = range(-_NEAR_SIZES, _NEAR_SIZES + 1)
        words |= {f"size:{size + step}": _STRONG * (1 - abs(step) / (_NEAR_SIZES + 1)) for step in steps}
    return words


def _size(profile: Profile) -> int | None:
    """The order of magnitude of a project's funding, in steps; None where it has none."""
    funding = profile.funding
    return round(_SIZES * math.log10(funding)) if funding is not None and funding > 0 else None


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
