"""How targets are worded: the typed view of data/values.yaml (signs, comparing words, scales, deadlines ...)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, cast

from ontology.records import Operator
from ontology.vocabulary import DataError, read_data

_FILE = "values.yaml"
_KEYS = {
    "signs", "words_before", "words_after", "beyond", "not_units", "around", "none_of", "inclusive", "exclusive",
    "lead", "trail",
    "compared_with", "compared_by", "compared_tail", "changes", "level", "placeholders", "placeholder_marks",
    "unreadable_marks", "qualitative", "qualitative_units", "scales", "deadlines", "separators",
}  # fmt: skip
_COMPARING = ("ge", "gt", "le", "lt", "eq")


@dataclass(frozen=True, slots=True)
class Words:
    """A set of words that stand at the end or the start of a text; the longest that fits counts."""

    meaning: Mapping[str, str]
    longest: int

    def at_end(self, text: str) -> str | None:
        """The longest word that `text` ends with."""
        for length in range(min(self.longest, len(text)), 0, -1):
            if text[-length:] in self.meaning:
                return text[-length:]
        return None

    def at_start(self, text: str, start: int = 0) -> str | None:
        """The longest word that begins at `start`."""
        for length in range(min(self.longest, len(text) - start), 0, -1):
            if text[start : start + length] in self.meaning:
                return text[start : start + length]
        return None

    def __contains__(self, word: str) -> bool:
        return word in self.meaning

    def __getitem__(self, word: str) -> str:
        return self.meaning[word]


@dataclass(frozen=True, slots=True)
class DeadlineWords:
    """The words around a date."""

    years: Mapping[str, int]
    every: Words
    lead: Words
    before: Words
    within: Words
    end: Words
    start: Words
    verbs: Words
    units: Words


@dataclass(frozen=True, slots=True)
class Wording:
    """All of data/values.yaml."""

    signs: Mapping[str, Operator]
    before: Words
    after: Words
    beyond: Words
    not_units: frozenset[str]
    around: Words
    none_of: Words
    inclusive: Words
    exclusive: Words
    lead: Words
    trail: Words
    compared_with: Words
    compared_by: Words
    compared_tail: Words
    changes: Words
    level: Words
    placeholders: frozenset[str]
    placeholder_marks: frozenset[str]
    unreadable_marks: frozenset[str]
    qualitative: Words
    qualitative_units: Words
    scales: Mapping[str, tuple[str, ...]]
    deadlines: DeadlineWords
    strong: frozenset[str]
    weak: frozenset[str]
    joined: Words


def read_wording(data: Any) -> Wording:
    """Given the content of values.yaml, return the typed view; raise DataError naming the entry that is wrong."""
    if not isinstance(data, dict) or set(data) != _KEYS:
        raise DataError(_FILE, "the file", f"must have exactly the keys {', '.join(sorted(_KEYS))}")
    signs = _by_meaning("signs", data["signs"], _COMPARING)
    if long := [sign for sign in signs if len(sign) != 1]:
        raise DataError(_FILE, "signs", f"{long[0]!r} must be one character")
    before = _by_meaning("words_before", data["words_before"], _COMPARING)
    after = _by_meaning("words_after", data["words_after"], _COMPARING)
    dates = data["deadlines"]
    if not isinstance(dates, dict) or not all(isinstance(v, int) for v in dates.get("years", {"": ""}).values()):
        raise DataError(_FILE, "deadlines: years", "must map words to whole numbers of years")
    separators = data["separators"]
    return Wording(
        signs=MappingProxyType(cast("dict[str, Operator]", signs)),
        before=_words(before),
        after=_words(after),
        beyond=_words(_by_meaning("beyond", data["beyond"], _COMPARING)),
        not_units=frozenset(data["not_units"]),
        around=_list("around", data["around"]),
        none_of=_list("none_of", data["none_of"]),
        inclusive=_list("inclusive", data["inclusive"]),
        exclusive=_list("exclusive", data["exclusive"]),
        lead=_list("lead", data["lead"]),
        trail=_list("trail", data["trail"]),
        compared_with=_words(_by_meaning("compared_with", data["compared_with"])),
        compared_by=_list("compared_by", data["compared_by"]),
        compared_tail=_list("compared_tail", data["compared_tail"]),
        changes=_words(_by_meaning("changes", data["changes"], ("increase", "decrease"))),
        level=_list("level", data["level"]),
        placeholders=frozenset(_list("placeholders", data["placeholders"]).meaning),
        placeholder_marks=frozenset(data["placeholder_marks"]),
        unreadable_marks=frozenset(data["unreadable_marks"]),
        qualitative=_list("qualitative", data["qualitative"]),
        qualitative_units=_list("qualitative_units", data["qualitative_units"]),
        scales=_scales(data["scales"]),
        deadlines=DeadlineWords(
            MappingProxyType(dates["years"]),
            *(_list(f"deadlines: {key}", dates[key])
              for key in ("every", "lead", "before", "within", "end", "start", "verbs", "units")),
        ),
        strong=frozenset(separators["strong"]),
        weak=frozenset(separators["weak"]),
        joined=_list("separators: joined", separators["joined"]),
    )  # fmt: skip


def _texts(entry: str, value: Any) -> list[str]:
    if not isinstance(value, list) or not value or not all(isinstance(word, str) and word for word in value):
        raise DataError(_FILE, entry, "must be a list of words (in quotes where YAML would read something else)")
    return value


def _by_meaning(entry: str, value: Any, meanings: Iterable[str] | None = None) -> dict[str, str]:
    if not isinstance(value, dict) or (meanings is not None and not set(value) <= set(meanings)):
        raise DataError(_FILE, entry, f"must map {', '.join(meanings or ['names'])} to lists of words")
    words: dict[str, str] = {}
    for meaning, listed in value.items():
        for word in _texts(f"{entry}: {meaning}", listed):
            if words.setdefault(word, meaning) != meaning:
                raise DataError(_FILE, f"{entry}: {meaning}", f"{word!r} already means {words[word]}")
    return words


def _words(meaning: Mapping[str, str]) -> Words:
    return Words(MappingProxyType(dict(meaning)), max(map(len, meaning), default=0))


def _list(entry: str, value: Any) -> Words:
    return _words(dict.fromkeys(_texts(entry, value), entry))


def _scales(value: Any) -> Mapping[str, tuple[str, ...]]:
    scales: dict[str, tuple[str, ...]] = {}
    if not isinstance(value, list):
        raise DataError(_FILE, "scales", "must be a list of lists of words")
    for listed in value:
        words = tuple(_texts("scales", listed))
        if scales.setdefault("".join(words), words) is not words:
            raise DataError(_FILE, "scales", f"{''.join(words)!r} is listed twice")
    return MappingProxyType(scales)


@cache
def wording() -> Wording:
    """Return the shipped wording."""
    return read_wording(read_data(_FILE))
