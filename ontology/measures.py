"""What indicators measure: the typed view of data/measures.yaml and data/canonical.yaml."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, Literal, get_args

from ontology.keys import fold
from ontology.units import unit_list
from ontology.vocabulary import DataError, read_data

_FILE, _CANONICAL = "measures.yaml", "canonical.yaml"
_REQUIRED, _OPTIONAL = {"zh", "en", "kind", "better", "printed"}, {"also", "within", "keeps"}
_KEYS = {
    "kinds", "measures", "tails", "leads", "not_leads", "actions", "first", "adverbs",
    "refine", "refine_tier2", "by_unit", "by_tier2", "money_by_tier2",
}  # fmt: skip

Better = Literal["higher", "lower"]


@dataclass(frozen=True, slots=True)
class Measure:
    """One entry of the list: labels, kind, which way is better (None where the name alone doesn't say), the endings of
    names that ask for it (`printed` interchangeably, `also` each for itself, with "|" where the object ends in it), the
    words within a name that say it, and whether the ending belongs to the object too."""

    notation: str
    zh: str
    en: str
    kind: str
    better: Better | None
    printed: tuple[str, ...]
    also: tuple[str, ...] = ()
    within: tuple[str, ...] = ()
    keeps: bool = False


@dataclass(frozen=True, slots=True)
class MeasureList:
    """All of data/measures.yaml: measures by notation, and the words that stand around the object in a name."""

    measures: Mapping[str, Measure]
    tails: tuple[str, ...]
    leads: tuple[str, ...]
    not_leads: tuple[str, ...]
    actions: Mapping[str, str]
    first_actions: frozenset[str]
    adverbs: tuple[str, ...]
    refine: Mapping[str, Mapping[str, str]]
    refine_tier2: Mapping[str, Mapping[str, str]]
    by_unit: Mapping[str, str]
    by_unit_kind: Mapping[str, str]
    by_tier2: Mapping[str, str]
    money_by_tier2: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Canonical:
    """All of data/canonical.yaml: objects that stand for others, and names whose notation is given."""

    objects: Mapping[str, str]
    members: Mapping[str, str]
    labels: Mapping[str, tuple[str, str]]


def read_measures(data: Any) -> MeasureList:
    """Given the content of measures.yaml, return the list; raise DataError naming the entry that is wrong."""
    if not isinstance(data, dict) or set(data) != _KEYS:
        raise DataError(_FILE, "the file", f"must have exactly the keys {', '.join(sorted(_KEYS))}")
    measures = {notation: _measure(notation, entry, data["kinds"]) for notation, entry in data["measures"].items()}
    _unique("printed", ((word, one.notation) for one in measures.values() for word in one.printed + one.also))
    _unique("within", ((word, one.notation) for one in measures.values() for word in one.within))
    actions = _unique(
        "actions", ((word, name) for name, words in data["actions"].items() for word in _texts(name, words))
    )
    unit_keys = {*unit_list().units, *unit_list().kinds, "per"}
    refine = {notation: _pointers(f"refine: {notation}", entry, measures, unit_keys)
              for notation, entry in _pointed(data["refine"], measures).items()}  # fmt: skip
    by_unit = data["by_unit"]
    return MeasureList(
        MappingProxyType(measures),
        tuple(_texts("tails", data["tails"])),
        tuple(_texts("leads", data["leads"])),
        tuple(_texts("not_leads", data["not_leads"])),
        actions,
        frozenset(word for word, name in actions.items() if name in _named(data["first"], data["actions"])),
        tuple(_texts("adverbs", data["adverbs"])),
        MappingProxyType(refine),
        MappingProxyType(
            {
                notation: _pointers(f"refine_tier2: {notation}", entry, measures, None)
                for notation, entry in _pointed(data["refine_tier2"], measures).items()
            }
        ),
        _pointers("by_unit: units", by_unit["units"], measures, unit_list().units),
        _pointers("by_unit: kinds", by_unit["kinds"], measures, unit_list().kinds),
        _pointers("by_tier2", data["by_tier2"], measures, None),
        _pointers("money_by_tier2", data["money_by_tier2"], measures, None),
    )


def _measure(notation: str, entry: Any, kinds: Mapping[str, Any]) -> Measure:
    if not isinstance(entry, dict) or not _REQUIRED <= set(entry) <= _REQUIRED | _OPTIONAL:
        raise DataError(_FILE, notation, f"must have {sorted(_REQUIRED)} and may have {sorted(_OPTIONAL)}")
    if entry["kind"] not in kinds:
        raise DataError(_FILE, notation, f"kind {entry['kind']!r} is not listed under kinds")
    if entry["better"] not in (None, *get_args(Better)):
        raise DataError(_FILE, notation, f"better {entry['better']!r} is neither higher, lower nor null")
    return Measure(
        notation,
        entry["zh"],
        entry["en"],
        entry["kind"],
        entry["better"],
        tuple(_texts(f"{notation}: printed", entry["printed"])),
        tuple(_texts(f"{notation}: also", entry["also"])) if "also" in entry else (),
        tuple(_texts(f"{notation}: within", entry["within"])) if "within" in entry else (),
        bool(entry.get("keeps")),
    )


def _named(first: Any, actions: Mapping[str, Any]) -> set[str]:
    if unknown := [name for name in _texts("first", first) if name not in actions]:
        raise DataError(_FILE, "first", f"{unknown[0]!r} is no action")
    return set(first)


def _texts(entry: str, value: Any) -> list[str]:
    if not isinstance(value, list) or not value or not all(isinstance(word, str) and word for word in value):
        raise DataError(_FILE, entry, "must be a list of words")
    return value


def _unique(entry: str, words: Iterable[tuple[str, str]]) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for word, notation in words:
        if found.setdefault(word, notation) != notation:
            raise DataError(_FILE, entry, f"{word!r} stands for both {found[word]} and {notation}")
    return MappingProxyType(found)


def _pointed(value: Any, measures: Mapping[str, Measure]) -> Mapping[str, Any]:
    for notation in value:
        if notation not in measures:
            raise DataError(_FILE, f"refine: {notation}", "is no measure")
    return dict(value)


def _pointers(entry: str, value: Any, measures: Mapping[str, Measure], keys: Iterable[str] | None) -> Mapping[str, str]:
    known = None if keys is None else set(keys)
    for key, notation in value.items():
        if notation not in measures:
            raise DataError(_FILE, f"{entry}: {key}", f"{notation!r} is no measure")
        if known is not None and key not in known:
            raise DataError(_FILE, f"{entry}: {key}", "is no unit and no kind of unit in units.yaml")
    return MappingProxyType(dict(value))


def read_canonical(data: Any) -> Canonical:
    """Given the content of canonical.yaml, return it; raise DataError naming the entry that is wrong."""
    if not isinstance(data, dict) or set(data) != {"objects", "members", "labels"}:
        raise DataError(_CANONICAL, "the file", "must have exactly the keys objects, members and labels")
    objects: dict[str, str] = {}
    for chosen, others in data["objects"].items():
        for other in others:
            if objects.setdefault(other, chosen) != chosen or other in data["objects"]:
                raise DataError(_CANONICAL, f"objects: {chosen}", f"{other!r} already stands for another object")
    labels = {notation: (entry["zh"], entry["en"]) for notation, entry in data["labels"].items()}
    members = {fold(name): str(notation) for name, notation in data["members"].items()}
    return Canonical(MappingProxyType(objects), MappingProxyType(members), MappingProxyType(labels))


@cache
def measure_list() -> MeasureList:
    """Return the shipped list of measures."""
    return read_measures(read_data(_FILE))


@cache
def canonical() -> Canonical:
    """Return the shipped corrections of canonical indicators."""
    return read_canonical(read_data(_CANONICAL))


def canonical_notation(name: str, asks: str) -> str:
    """Given an indicator's name and what it asks by its parts (object|action|measure, or its words where they were not
    understood), return the notation that names asking the same thing share, as data/canonical.yaml has it."""
    corrected = canonical().members.get(fold(name))
    if corrected is not None:
        return corrected
    thing, bar, rest = asks.partition("|")
    return f"{canonical().objects.get(thing, thing)}{bar}{rest}" if bar else asks
