"""What makes two projects comparable, as data: signals and their weights, words set aside, kinds of service.

Given nothing, `comparison` returns the content of data/comparables.yaml as a typed, checked view; graph.comparables
does the comparing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from ontology.keys import fold
from ontology.vocabulary import DataError, read_data

FILE = "comparables.yaml"
SIGNALS = ("kind", "name", "indicators", "purpose")
CIRCUMSTANCES = ("tiers", "unit", "size")
_EVIDENCE = (
    "weak_word", "name_end", "name", "unit_name", "unit_name_alone", "objective", "objective_alone", "indicators",
    "indicators_alone",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Signal:
    """A sign that two projects are alike: its label in both languages, and the most that it can show alone."""

    name: str
    zh: str
    en: str
    says: float = 0.0


@dataclass(frozen=True, slots=True)
class ServiceKind:
    """A kind of service that public bodies pay for, with the words that name it, surely or weakly."""

    name: str
    zh: str
    en: str
    words: tuple[str, ...]
    weak: tuple[str, ...] = ()
    broad: bool = False
    yields: bool = False
    """Whether it says how a thing is run rather than what it is, where a name names another kind beside it."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The data: signals, circumstances, how strong each place of a word is as evidence, words, kinds, near kinds."""

    signals: Mapping[str, Signal]
    circumstances: Mapping[str, Signal]
    keeps: float
    broad_counts: float
    other_kind: float
    shown_from: float
    evidence: Mapping[str, float]
    house_prefixes: tuple[str, ...]
    set_aside: tuple[str, ...]
    set_aside_of_units: tuple[str, ...]
    boilerplate: tuple[str, ...]
    coordinating: tuple[str, ...]
    kinds: Mapping[str, ServiceKind]
    near: Mapping[tuple[str, str], float]


def fold_text(text: str | None) -> str:
    """Given a printed text, return the form in which projects are compared: folded as keys are, in lower case."""
    return fold(text).lower()


def any_of(words: Iterable[str]) -> str:
    """Given words, return the regular expression that any of them fits, the longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word)))


@cache
def house_prefix() -> re.Pattern[str]:
    """Return what finance systems put before a project's name, one or more of them, in a folded name."""
    return re.compile(rf"^(?:(?:{any_of(comparison().house_prefixes)}|[^-:_·]{{1,8}}类)[-:_·]+)+")


@cache
def comparison() -> Comparison:
    """Return the checked content of data/comparables.yaml; raise DataError where it is not sound."""
    return parse_comparison(read_data(FILE))


def parse_comparison(data: Any) -> Comparison:
    """Given the content of the data file, return it checked; raise DataError, naming the entry, where it is wrong."""
    known = {
        "signals", "circumstances", "keeps", "broad_counts", "other_kind", "shown_from", "evidence", "house_prefixes",
        "set_aside", "set_aside_of_units", "boilerplate", "coordinating", "kinds",
    }  # fmt: skip
    _require(
        isinstance(data, dict) and set(data) == known, "the file", f"has exactly the keys {', '.join(sorted(known))}"
    )
    signals = {name: _signal("signals", name, entry, weighed=True) for name, entry in data["signals"].items()}
    _require(tuple(signals) == SIGNALS, "signals", f"are {', '.join(SIGNALS)}, in this order")
    around = {name: _signal("circumstances", name, entry) for name, entry in data["circumstances"].items()}
    _require(tuple(around) == CIRCUMSTANCES, "circumstances", f"are {', '.join(CIRCUMSTANCES)}, in this order")
    evidence = {name: _share(f"evidence.{name}", value) for name, value in data["evidence"].items()}
    _require(set(evidence) == set(_EVIDENCE), "evidence", f"has exactly {', '.join(_EVIDENCE)}")
    kinds = {name: _kind(name, entry) for name, entry in data["kinds"].items()}
    owners: dict[str, str] = {}
    for kind in kinds.values():
        for word in (*kind.words, *kind.weak):
            _require(word not in owners, f"kinds.{kind.name}", f"{word!r} is a word of {owners.get(word)} too")
            owners[word] = kind.name
    return Comparison(
        signals,
        around,
        _share("keeps", data["keeps"]),
        _share("broad_counts", data["broad_counts"]),
        _share("other_kind", data["other_kind"]),
        _share("shown_from", data["shown_from"]),
        evidence,
        _words("house_prefixes", data["house_prefixes"]),
        _words("set_aside", data["set_aside"]),
        _words("set_aside_of_units", data["set_aside_of_units"]),
        _words("boilerplate", data["boilerplate"]),
        _words("coordinating", data["coordinating"]),
        kinds,
        dict(_near(kinds, data["kinds"])),
    )


def _require(sound: bool, entry: str, problem: str) -> None:
    if not sound:
        raise DataError(FILE, entry, problem)


def _share(entry: str, value: Any) -> float:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    _require(number and 0 <= value <= 1, entry, "is a number from 0 to 1")
    return float(value)


def _labels(entry: str, value: Any, keys: set[str]) -> None:
    _require(isinstance(value, dict) and set(value) <= keys, entry, f"has only {', '.join(sorted(keys))}")
    _require(all(isinstance(value.get(lang), str) for lang in ("zh", "en")), entry, "needs a label in zh and in en")


def _signal(group: str, name: str, value: Any, *, weighed: bool = False) -> Signal:
    entry = f"{group}.{name}"
    _labels(entry, value, {"zh", "en", "says"} if weighed else {"zh", "en"})
    return Signal(name, value["zh"], value["en"], _share(f"{entry}.says", value.get("says")) if weighed else 0.0)


def _words(entry: str, values: Any) -> tuple[str, ...]:
    _require(isinstance(values, list) and bool(values), entry, "is a list of words")
    _require(
        all(isinstance(value, str) and fold(value) for value in values), entry, "holds words; put digits in quotes"
    )
    folded = tuple(fold_text(value) for value in values)
    twice = {word for word in folded if folded.count(word) > 1}
    _require(not twice, entry, f"has {', '.join(sorted(twice))} twice")
    return folded


def _kind(name: str, value: Any) -> ServiceKind:
    entry = f"kinds.{name}"
    _require(re.fullmatch(r"[a-z][a-z_]*", name) is not None, entry, "is named in small letters")
    _labels(entry, value, {"zh", "en", "words", "weak", "near", "broad", "yields"})
    weak = _words(f"{entry}.weak", value["weak"]) if "weak" in value else ()
    broad, yields = value.get("broad", False), value.get("yields", False)
    for flag, said in (("broad", broad), ("yields", yields)):
        _require(isinstance(said, bool), entry, f"{flag} is true or false")
    words = _words(f"{entry}.words", value.get("words"))
    return ServiceKind(name, value["zh"], value["en"], words, weak, broad, yields)


def _near(kinds: Mapping[str, ServiceKind], data: Mapping[str, Any]) -> Iterable[tuple[tuple[str, str], float]]:
    said: set[frozenset[str]] = set()
    for name, value in data.items():
        for other, share in value.get("near", {}).items():
            entry = f"kinds.{name}.near"
            _require(other in kinds and other != name, entry, f"{other!r} is no other kind")
            _require(frozenset((name, other)) not in said, entry, f"{other} says so already; once is enough for both")
            said.add(frozenset((name, other)))
            closeness = _share(f"{entry}.{other}", share)
            yield (name, other), closeness
            yield (other, name), closeness
