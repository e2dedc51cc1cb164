"""What running text says, as data: the kinds of facts and the words by which sentences are read (data/facts.yaml).

Given nothing, `fact_rules` returns the file's content as a typed, checked view; `extract.prose` reads by it. Labels and
words are compared by `fold_prose`: without white space and quotes, brackets and punctuation being full-width.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, Literal, get_args

from ontology.vocabulary import DataError, read_data

FILE = "facts.yaml"

Holds = Literal["money", "count", "percent", "score", "text"]

WORD_LISTS = (
    "fillers", "unit_ends", "increase", "decrease", "after_change", "flat", "nearly", "against", "previous_year",
    "cause_after_change", "enumerators", "cause", "parts", "whole_again", "involves", "share", "completed", "none",
    "none_behind", "threshold", "glossary", "unread_headings",
)  # fmt: skip
STAGES = ("budget", "adjusted_budget", "executed")
_KIND_KEYS = frozenset({"zh", "en", "definition", "holds", "printed"})
_OPTIONAL_KEYS = frozenset({"units", "within", "none", "money", "follows"})
_DESCRIPTION_KEYS = frozenset({"titles", "needed", "pointers"})

_ONE_FORM = str.maketrans({"(": "（", ")": "）", ",": "，", ":": "：", ";": "；", "∶": "：", "．": "."})
QUOTES = frozenset("“”‘’\"'「」『』＂")
"""Signs that are left out when words are compared."""


def fold_prose(text: str) -> str:
    """Given printed words, return the form in which they are compared."""
    return "".join(c for c in text.translate(_ONE_FORM) if not c.isspace() and c not in QUOTES)


@dataclass(frozen=True, slots=True)
class FactKind:
    """A kind of fact: what it holds, what is printed for it (folded), and how it belongs to other kinds."""

    notation: str
    zh: str
    en: str
    holds: Holds
    printed: tuple[str, ...]
    units: frozenset[str] = frozenset()
    within: tuple[str, ...] = ()
    none: bool = False
    money: str | None = None
    follows: str | None = None


@dataclass(frozen=True, slots=True)
class DescriptionRules:
    """How a description of a project is recognised: the ends of its title, the headings of its parts."""

    titles: tuple[str, ...]
    needed: frozenset[str]
    pointers: tuple[str, ...]
    sections: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class FactRules:
    """The data: kinds in the order of precedence, families of totals, lists of words, stages, descriptions."""

    kinds: Mapping[str, FactKind]
    families: Mapping[str, tuple[str, str, str]]
    words: Mapping[str, tuple[str, ...]]
    stages: Mapping[str, tuple[str, ...]]
    description: DescriptionRules


def _texts(entry: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(text, str) and fold_prose(text) for text in value):
        raise DataError(FILE, entry, "must be a list of words")
    return tuple(fold_prose(text) for text in value)


def _mapping(entry: str, value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict) or not all(isinstance(key, str) for key in value):
        raise DataError(FILE, entry, "must be a mapping")
    return value


def _kind(notation: str, entry: Any) -> FactKind:
    where = f"kinds.{notation}"
    data = _mapping(where, entry)
    if not data.keys() >= _KIND_KEYS or not data.keys() <= _KIND_KEYS | _OPTIONAL_KEYS:
        raise DataError(FILE, where, f"must have {sorted(_KIND_KEYS)} and may have {sorted(_OPTIONAL_KEYS)}")
    if data["holds"] not in get_args(Holds):
        raise DataError(FILE, where, f"holds one of {', '.join(get_args(Holds))}")
    if ("units" in data) != (data["holds"] == "count"):
        raise DataError(FILE, where, "a count, and nothing else, has units")
    within = data.get("within", [])
    if not isinstance(within, list) or not isinstance(data.get("none", False), bool):
        raise DataError(FILE, where, "within is a list of kinds, none is true or false")
    return FactKind(
        notation,
        data["zh"],
        data["en"],
        data["holds"],
        _texts(where, data["printed"]),
        frozenset(_texts(where, data.get("units", []))),
        tuple(within),
        data.get("none", False),
        data.get("money"),
        data.get("follows"),
    )


def read_rules(data: Any) -> FactRules:
    """Given the content of facts.yaml, return it checked; raise DataError naming what is wrong."""
    content = _mapping("the file", data)
    if set(content) != {"kinds", "families", "words", "sections", "description"}:
        raise DataError(FILE, "the file", "must have exactly kinds, families, words, sections and description")
    kinds = {name: _kind(name, entry) for name, entry in _mapping("kinds", content["kinds"]).items()}
    for kind in kinds.values():
        for other in (*kind.within, *filter(None, (kind.money, kind.follows))):
            if other not in kinds:
                raise DataError(FILE, f"kinds.{kind.notation}", f"{other} is no kind")
    families: dict[str, tuple[str, str, str]] = {}
    for name, members in _mapping("families", content["families"]).items():
        if not isinstance(members, list) or len(members) != 3 or not set(members) <= set(kinds):
            raise DataError(FILE, f"families.{name}", "must be three kinds: both sides, income, spending")
        families[name] = (members[0], members[1], members[2])
    words = dict(_mapping("words", content["words"]))
    stages = _mapping("words.stages", words.pop("stages", None))
    if set(words) != set(WORD_LISTS) or set(stages) != set(STAGES):
        differ = sorted(set(words) ^ set(WORD_LISTS) | set(stages) ^ set(STAGES))
        raise DataError(FILE, "words", f"has too many or too few lists: {', '.join(differ)}")
    return FactRules(
        MappingProxyType(kinds),
        MappingProxyType(families),
        MappingProxyType({name: _texts(f"words.{name}", words[name]) for name in WORD_LISTS}),
        MappingProxyType({name: _texts(f"words.stages.{name}", stages[name]) for name in STAGES}),
        _description(content["description"], content["sections"]),
    )


def _description(data: Any, sections: Any) -> DescriptionRules:
    given = _mapping("description", data)
    if set(given) != _DESCRIPTION_KEYS:
        raise DataError(FILE, "description", f"must have exactly {sorted(_DESCRIPTION_KEYS)}")
    parts: dict[str, tuple[str, ...]] = {}
    for name, entry in _mapping("sections", sections).items():
        if not isinstance(entry, dict) or set(entry) != {"zh", "en", "definition", "labels"}:
            raise DataError(FILE, f"sections.{name}", "must have exactly zh, en, definition and labels")
        parts[name] = _texts(f"sections.{name}", entry["labels"])
    for name in given["needed"]:
        if name not in parts:
            raise DataError(FILE, "description.needed", f"{name} is no section")
    titles, pointers = (_texts(f"description.{key}", given[key]) for key in ("titles", "pointers"))
    return DescriptionRules(titles, frozenset(given["needed"]), pointers, MappingProxyType(parts))


@cache
def fact_rules() -> FactRules:
    """Return the rules of data/facts.yaml; raise DataError where the file is wrong."""
    return read_rules(read_data(FILE))
