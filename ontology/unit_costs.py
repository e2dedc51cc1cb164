"""Which amounts and quantities belong together, as data: kinds of service, words, how sure each tie is.

Given nothing, `unit_cost_rules` returns the content of data/unit_costs.yaml as a typed, checked view; graph.pairing
does the pairing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from ontology.comparables import fold_text
from ontology.units import unit_list
from ontology.vocabulary import DataError, read_data

FILE = "unit_costs.yaml"

SURENESS = ("same_object", "object_within", "same_service", "only_quantity", "main_quantity")
DOUBTS = ("covers_more", "capped_quantity", "price_differs", "own_cost_near")
ASSURANCES = ("printed_price", "own_cost")
REASONS = (
    "no_quantity", "no_amount", "several_things", "several_quantities", "several_costs", "own_cost_differs", "rate",
    "other_service", "no_unit", "superseded", "printed_again", "older_year", "unsure", "other_count",
)  # fmt: skip
_WORD_LISTS = (
    "cost_words", "no_cost", "price_words", "set_aside", "set_aside_at_end", "joints", "no_joints", "too_broad",
)  # fmt: skip

_Entry = TypeVar("_Entry")


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a pair is so sure, less sure, or none: its text in both languages, and the number (0 to 1) it stands for."""

    name: str
    zh: str
    en: str
    number: float | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """A unit (its notation in units.yaml) that a service is counted in, with the words of such a quantity's name;
    `also` are units that mean the same there, `besides` words of a quantity that is another."""

    unit: str
    words: tuple[str, ...]
    also: tuple[str, ...] = ()
    besides: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Service:
    """A kind of service that has unit costs: words of what is paid for, words beside which they mean something else,
    what the service is made of, and the units that it is counted in."""

    name: str
    zh: str
    en: str
    paid: tuple[str, ...]
    unless: tuple[str, ...]
    parts: tuple[str, ...]
    counts: Mapping[str, Count]


@dataclass(frozen=True, slots=True)
class UnitCostRules:
    """The data: how sure each tie is, what is said of it, the words that read a name, the kinds of service."""

    line: float
    sureness: Mapping[str, Reason]
    doubts: Mapping[str, Reason]
    assurances: Mapping[str, Reason]
    reasons: Mapping[str, Reason]
    words: Mapping[str, tuple[str, ...]]
    services: Mapping[str, Service]

    def reason(self, name: str) -> Reason:
        """Given the name of a reason of any group, return it."""
        for group in (self.sureness, self.doubts, self.assurances, self.reasons):
            if name in group:
                return group[name]
        raise KeyError(name)


@cache
def unit_cost_rules() -> UnitCostRules:
    """Return the checked content of data/unit_costs.yaml; raise DataError where it is not sound."""
    return parse_rules(read_data(FILE))


def parse_rules(data: Any) -> UnitCostRules:
    """Given the content of the data file, return it checked; raise DataError, naming the entry, where it is wrong."""
    known = {"line", "sureness", "doubts", "assurances", "reasons", "services", *_WORD_LISTS}
    _require(
        isinstance(data, dict) and set(data) == known, "the file", f"has exactly the keys {', '.join(sorted(known))}"
    )
    return UnitCostRules(
        _share("line", data["line"]),
        _group(data, "sureness", SURENESS, "sure"),
        _group(data, "doubts", DOUBTS, "times"),
        _group(data, "assurances", ASSURANCES, "sure"),
        _group(data, "reasons", REASONS, None),
        {name: _words(name, data[name]) for name in _WORD_LISTS},
        _mapping("services", data["services"], _service),
    )


def _require(sound: bool, entry: str, problem: str) -> None:
    if not sound:
        raise DataError(FILE, entry, problem)


def _mapping(entry: str, value: Any, read: Callable[[str, Any], _Entry]) -> dict[str, _Entry]:
    _require(isinstance(value, dict) and bool(value), entry, "names its entries")
    return {name: read(name, inner) for name, inner in value.items()}


def _share(entry: str, value: Any) -> float:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    _require(number and 0 <= value <= 1, entry, "is a number from 0 to 1")
    return float(value)


def _labels(entry: str, value: Any, keys: set[str]) -> None:
    _require(isinstance(value, dict) and set(value) <= {"zh", "en"} | keys, entry, f"has zh, en, {sorted(keys)}")
    _require(all(isinstance(value.get(lang), str) for lang in ("zh", "en")), entry, "needs a text in zh and in en")


def _group(data: Any, group: str, names: tuple[str, ...], number: str | None) -> dict[str, Reason]:
    def read(name: str, value: Any) -> Reason:
        entry = f"{group}.{name}"
        _labels(entry, value, {number} if number else set())
        given = value.get(number) if number else None
        needed = number is not None and group != "assurances"
        return Reason(name, value["zh"], value["en"], _share(entry, given) if needed or given is not None else None)

    read_group = _mapping(group, data[group], read)
    _require(set(read_group) == set(names), group, f"has exactly {', '.join(names)}")
    return read_group


def _words(entry: str, values: Any) -> tuple[str, ...]:
    """Words in the form in which names are compared, the longest first."""
    sound = isinstance(values, list) and bool(values) and all(isinstance(v, str) and fold_text(v) for v in values)
    _require(sound, entry, "is a list of words")
    return tuple(sorted({fold_text(value) for value in values}, key=lambda word: (-len(word), word)))


def _service(name: str, value: Any) -> Service:
    entry = f"services.{name}"
    _labels(entry, value, {"paid", "not", "parts", "counts"})
    _require("paid" in value and "counts" in value, entry, "needs paid and counts")
    paid = _words(f"{entry}.paid", value["paid"])
    optional = {key: _words(f"{entry}.{key}", value[key]) if key in value else () for key in ("not", "parts")}
    counts = _mapping(f"{entry}.counts", value["counts"], lambda unit, inner: _count(entry, unit, inner))
    for count in counts.values():
        for other in counts.values():
            shared = {count.unit, *count.also} & {other.unit, *other.also}
            clash = sorted(shared) if count is not other and set(count.words) & set(other.words) else []
            _require(not clash, f"{entry}.counts", f"{', '.join(clash)} counts as {count.unit} and as {other.unit}")
    return Service(name, value["zh"], value["en"], paid, optional["not"], optional["parts"], counts)


def _count(service: str, unit: str, value: Any) -> Count:
    entry = f"{service}.counts.{unit}"
    sound = isinstance(value, dict) and {"words"} <= set(value) <= {"words", "also", "besides"}
    _require(sound, entry, "needs words, and may have also and besides")
    also = tuple(value.get("also", ()))
    unknown = [name for name in (unit, *also) if name not in unit_list().units]
    _require(not unknown, entry, f"{', '.join(unknown)} is no unit of units.yaml")
    besides = _words(f"{entry}.besides", value["besides"]) if "besides" in value else ()
    return Count(unit, _words(f"{entry}.words", value["words"]), also, besides)
