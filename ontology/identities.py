"""When two names may be one thing, and two files one print, as data: reasons with what they keep of a score, and words.

Given nothing, `identity_rules` returns the content of data/identities.yaml as a typed, checked view; graph.identities
makes the proposals, graph.editions compares the files.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from types import MappingProxyType
from typing import Any

from ontology.comparables import fold_text
from ontology.vocabulary import DataError, read_data

FILE = "identities.yaml"

RELATIONS = ("same", "part_of")
STATUSES = ("proposed", "confirmed", "refused")
REASONS = (
    "same_name", "same_code", "same_print", "house_prefix", "place", "former_place", "year", "ending", "punctuation",
    "character", "renamed", "own_level", "other_name", "code_in_one", "other_code", "unit_in_one", "other_publisher",
    "related_unit",
)  # fmt: skip
"""The reasons that the program can find; the data says what each is called and what it keeps of a score."""

_KEYS = {"relations", "statuses", "shown_from", "reasons", "projects", "units", "telling", "errata", "renditions"}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why two names may be one thing: its label in both languages, and the share of a score that it keeps."""

    name: str
    zh: str
    en: str
    keeps: Decimal


@dataclass(frozen=True, slots=True)
class Renditions:
    """How alike the forms of two files must be to be one print, as shares from 0 to 1, and which kind of file counts
    first (by its ending, in small letters; 0 is first)."""

    name: float
    content: float
    most: float
    content_alone: float
    ranks: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class IdentityRules:
    """The data: reasons, words that names are compared without, lengths from which a name or a code tells."""

    reasons: Mapping[str, Reason]
    shown_from: Decimal
    endings: tuple[str, ...]
    least_letters: int
    most_namesakes: int
    least_code: int
    after_place: tuple[str, ...]
    own_level: tuple[str, ...]
    unit_letters: int
    renamed: Mapping[str, int]
    telling: frozenset[str]
    errata: tuple[str, ...]
    renditions: Renditions


@cache
def identity_rules() -> IdentityRules:
    """Return the checked content of data/identities.yaml; raise DataError where it is not sound."""
    return parse_rules(read_data(FILE))


def parse_rules(data: Any) -> IdentityRules:
    """Given the content of the data file, return it checked; raise DataError, naming the entry, where it is wrong."""
    _exactly("the file", data, _KEYS)
    for group, names in (("relations", RELATIONS), ("statuses", STATUSES)):
        _exactly(group, data[group], set(names))
        for name, entry in data[group].items():
            _labelled(f"{group}.{name}", entry, {"zh", "en", "definition"})
    _exactly("reasons", data["reasons"], set(REASONS))
    reasons = {name: _reason(name, entry) for name, entry in data["reasons"].items()}
    projects, units = data["projects"], data["units"]
    _exactly("projects", projects, {"endings", "least_letters", "most_namesakes", "least_code"})
    _exactly("units", units, {"after_place", "own_level", "least_letters", "renamed"})
    telling = data["telling"]
    _require(isinstance(telling, str) and bool(telling), "telling", "is a line of characters")
    twice = sorted({one for one in telling if telling.count(one) > 1})
    _require(not twice, "telling", f"has {''.join(twice)} twice")
    return IdentityRules(
        MappingProxyType(reasons),
        _share("shown_from", data["shown_from"]),
        _longest_first(_words("projects.endings", projects["endings"])),
        _count("projects.least_letters", projects["least_letters"]),
        _count("projects.most_namesakes", projects["most_namesakes"]),
        _count("projects.least_code", projects["least_code"]),
        _longest_first(_words("units.after_place", units["after_place"])),
        _longest_first(_words("units.own_level", units["own_level"])),
        _count("units.least_letters", units["least_letters"]),
        MappingProxyType(dict(_renamed(units["renamed"]))),
        frozenset(telling),
        _words("errata", data["errata"]),
        _renditions(data["renditions"]),
    )


def _require(sound: bool, entry: str, problem: str) -> None:
    if not sound:
        raise DataError(FILE, entry, problem)


def _exactly(entry: str, value: Any, keys: set[str]) -> None:
    _require(isinstance(value, dict), entry, f"has the keys {', '.join(sorted(keys))}")
    wrong = sorted(str(key) for key in set(value) ^ keys)
    _require(not wrong, entry, f"has exactly the keys {', '.join(sorted(keys))}; wrong or missing: {', '.join(wrong)}")


def _labelled(entry: str, value: Any, keys: set[str]) -> None:
    _exactly(entry, value, keys)
    _require(all(isinstance(value[lang], str) for lang in ("zh", "en")), entry, "needs a label in zh and in en")


def _reason(name: str, value: Any) -> Reason:
    entry = f"reasons.{name}"
    _labelled(entry, value, {"zh", "en", "keeps", "definition"})
    return Reason(name, value["zh"], value["en"], _share(f"{entry}.keeps", value["keeps"]))


def _share(entry: str, value: Any) -> Decimal:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    _require(number and 0 < value <= 1, entry, "is a number above 0, up to 1")
    return Decimal(str(value))


def _renditions(data: Any) -> Renditions:
    shares = ("name", "content", "most", "content_alone")
    _exactly("renditions", data, {*shares, "first"})
    groups = data["first"]
    _require(isinstance(groups, list) and bool(groups), "renditions.first", "is a list of lists of endings")
    ranks = {
        ending: rank for rank, group in enumerate(groups) for ending in _words(f"renditions.first.{rank + 1}", group)
    }
    _require(len(ranks) == sum(map(len, groups)), "renditions.first", "has an ending twice")
    name, content, most, content_alone = (float(_share(f"renditions.{share}", data[share])) for share in shares)
    return Renditions(name, content, most, content_alone, MappingProxyType(ranks))


def _count(entry: str, value: Any) -> int:
    _require(isinstance(value, int) and not isinstance(value, bool) and value > 0, entry, "is a whole number from 1")
    return int(value)


def _words(entry: str, values: Any) -> tuple[str, ...]:
    _require(isinstance(values, list) and bool(values), entry, "is a list of words")
    sound = all(isinstance(value, str) and fold_text(value) for value in values)
    _require(sound, entry, "holds words; put digits in quotes")
    folded = tuple(fold_text(value) for value in values)
    twice = sorted({word for word in folded if folded.count(word) > 1})
    _require(not twice, entry, f"has {', '.join(twice)} twice")
    return folded


def _longest_first(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(words, key=lambda word: (-len(word), word)))


def _renamed(groups: Any) -> list[tuple[str, int]]:
    _require(isinstance(groups, list), "units.renamed", "is a list of lists of endings")
    found: dict[str, int] = {}
    for number, group in enumerate(groups):
        for word in _words(f"units.renamed[{number + 1}]", group):
            _require(word not in found, f"units.renamed[{number + 1}]", f"{word} stands in another group too")
            found[word] = number
    return list(found.items())
