"""Units of measurement: the list of data/units.yaml, and the rule that reads scaled and compound ones.

Given a text and a position, `read_unit` finds the longest unit printed there: 万件 is 10000 件, and 元/人年 is a
compound of three listed units. Nothing here knows how a target is written; that is extract's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any

from ontology.namespaces import PREFIXES
from ontology.vocabulary import DataError, read_data

_FILE = "units.yaml"
_REQUIRED, _OPTIONAL = {"zh", "en", "kind", "printed"}, {"qudt", "base", "factor", "of", "written"}


@dataclass(frozen=True, slots=True)
class Unit:
    """One entry of the list. `factor` says how many of unit `base` it is; `base` is its own notation where it
    stands alone. `qudt` is an IRI, `of` the notations of the units it is a product of. `written` is what stands for it
    in a base unit, whatever was printed."""

    notation: str
    zh: str
    en: str
    kind: str
    printed: tuple[str, ...]
    base: str
    factor: Fraction = Fraction(1)
    qudt: str | None = None
    of: tuple[str, ...] = ()
    written: str | None = None


@dataclass(frozen=True, slots=True)
class Kind:
    """What a unit measures: length, money, a count ..."""

    notation: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Per:
    """A unit that another is divided by, and how many of it: 次/2年 is per two years, 件/万人 per 10000 people."""

    unit: Unit
    count: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class UnitText:
    """A unit as printed: `scale` is what its 万, 亿 or 千 multiplies by, `base_text` the unit without it (None for a
    bare 万), `unit` the listed unit it counts (None for a bare 万), `per` the units it is divided by."""

    printed: str
    scale: Decimal
    base_text: str | None
    unit: Unit | None
    per: tuple[Per, ...] = ()

    @property
    def notation(self) -> str | None:
        """The notation that equal units share however printed: 元/人年 and 元/人/年 are both "yuan/person.year";
        None for a bare 万."""
        if self.unit is None:
            return None
        parts: list[str] = []
        for per in self.per:
            parts += [] if per.count == 1 else [f"{per.count:f}"]
            parts += per.unit.of or (per.unit.notation,)
        return self.unit.notation + (f"/{'.'.join(parts)}" if parts else "")


@dataclass(frozen=True, slots=True)
class UnitList:
    """The whole list: units by notation and by printed form, kinds, and the prefixes that scale."""

    units: Mapping[str, Unit]
    kinds: Mapping[str, Kind]
    by_printed: Mapping[str, Unit]
    scales: Mapping[str, Decimal]
    longest: int
    longest_scale: int


def read_list(data: Any) -> UnitList:
    """Given the content of units.yaml, return the list; raise DataError naming the entry that is wrong."""
    if not isinstance(data, dict) or set(data) != {"scales", "kinds", "units"}:
        raise DataError(_FILE, "the file", "must have exactly the keys scales, kinds and units")
    kinds = {notation: _read_kind(notation, entry) for notation, entry in data["kinds"].items()}
    scales = {prefix: _positive(f"scales: {prefix}", value) for prefix, value in data["scales"].items()}
    units = {notation: _read_entry(notation, entry, kinds) for notation, entry in data["units"].items()}
    by_printed: dict[str, Unit] = {}
    for unit in units.values():
        base = units.get(unit.base)
        if base is None or base.base != base.notation:
            raise DataError(_FILE, unit.notation, f"base {unit.base!r} is not a listed unit that stands alone")
        if unknown := [part for part in unit.of if part not in units]:
            raise DataError(_FILE, unit.notation, f"of names {', '.join(unknown)}, which is not listed")
        for printed in unit.printed:
            if printed in by_printed:
                raise DataError(
                    _FILE, unit.notation, f"{printed!r} is already a form of {by_printed[printed].notation}"
                )
            by_printed[printed] = unit
    return UnitList(
        MappingProxyType(units),
        MappingProxyType(kinds),
        MappingProxyType(by_printed),
        MappingProxyType(scales),
        max(map(len, by_printed), default=0),
        max(map(len, scales), default=0),
    )


def _read_kind(notation: str, entry: Any) -> Kind:
    if not isinstance(entry, dict) or set(entry) != {"zh", "en"}:
        raise DataError(_FILE, f"kinds: {notation}", "must have exactly the keys zh and en")
    return Kind(notation, entry["zh"], entry["en"])


def _read_entry(notation: str, entry: Any, kinds: Mapping[str, Kind]) -> Unit:
    if not isinstance(entry, dict) or not _REQUIRED <= set(entry) <= _REQUIRED | _OPTIONAL:
        raise DataError(_FILE, notation, f"must have {sorted(_REQUIRED)} and may have {sorted(_OPTIONAL)}")
    if not re.fullmatch(r"[a-z][a-z0-9_]*", notation):
        raise DataError(_FILE, notation, "a notation is written in small letters, digits and _")
    if entry["kind"] not in kinds:
        raise DataError(_FILE, notation, f"kind {entry['kind']!r} is not listed under kinds")
    printed = entry["printed"]
    if not isinstance(printed, list) or not printed or not all(isinstance(p, str) and p for p in printed):
        raise DataError(_FILE, notation, "printed must be a list of texts")
    if ("base" in entry) != ("factor" in entry):
        raise DataError(_FILE, notation, "base and factor go together")
    if "qudt" in entry and not re.fullmatch(r"[A-Za-z0-9_-]+", str(entry["qudt"])):
        raise DataError(_FILE, notation, f"qudt {entry['qudt']!r} is no local name")
    return Unit(
        notation,
        str(entry["zh"]),
        str(entry["en"]),
        entry["kind"],
        tuple(printed),
        entry.get("base", notation),
        _fraction(notation, entry.get("factor", "1")),
        PREFIXES["unit"] + entry["qudt"] if "qudt" in entry else None,
        tuple(entry.get("of", ())),
        entry.get("written"),
    )


def _fraction(notation: str, factor: Any) -> Fraction:
    try:
        fraction = Fraction(factor) if isinstance(factor, str) else Fraction(0)
    except (ValueError, ZeroDivisionError):
        fraction = Fraction(0)
    if fraction <= 0:
        raise DataError(_FILE, notation, f'factor {factor!r} must be a positive number in quotes ("1000", "2000/3")')
    return fraction


def _positive(entry: str, value: Any) -> Decimal:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise DataError(_FILE, entry, f"{value!r} must be a whole number above 0")
    return Decimal(value)


@cache
def unit_list() -> UnitList:
    """Return the shipped list."""
    return read_list(read_data(_FILE))


# What may stand between the unit counted and the units it is divided by, and between those.
_PER = re.compile(r"[/／÷每]每?[(（]?")
_TIMES = re.compile(r"[·.*×/／、每]?")
_PER_NUMBER = re.compile(r"(?:[1-9][0-9]{0,3}|[两三])?")
_TWO_THREE = {"两": Decimal(2), "三": Decimal(3)}
_CLOSING = re.compile(r"[)）]?")
_MOST_PER = 3


@lru_cache(maxsize=4096)
def find_unit(printed: str) -> UnitText | None:
    """Given a printed unit, return it where the whole text is one, else None."""
    text = "".join(printed.split())
    found = read_unit(text)
    return found if found is not None and found.printed == text else None


def read_unit(text: str, start: int = 0, *, compound: bool = True) -> UnitText | None:
    """Given a text and where a unit may begin, return the longest unit printed there, or None; without `compound`
    only what stands before a slash."""
    simple = _read_simple(text, start)
    if simple is None:
        return None
    end, scale, base_start, unit = simple
    if unit is None:
        return UnitText(text[start:end], scale, None, None)
    numerator_end = end
    per, end = _read_per(text, end) if compound else ((), end)
    written = unit.written if unit.written is not None else text[base_start:numerator_end]
    if unit.written is not None and unit.base != unit.notation and unit_list().units[unit.base].written == unit.written:
        scale *= _decimal(unit.factor)  # 成 is written as ten percent
    return UnitText(
        text[start:end], scale, written + text[numerator_end:end].replace("/每", "/").replace("每", "/"), unit, per
    )


def _decimal(factor: Fraction) -> Decimal:
    return Decimal(factor.numerator) / Decimal(factor.denominator)


def _read_simple(text: str, start: int) -> tuple[int, Decimal, int, Unit | None] | None:
    """The end, the scale, where the unit begins behind its scale, and the unit: the longest that fits."""
    known = unit_list()
    best: tuple[int, Decimal, int, Unit | None] | None = None
    if named := _read_named(text, start):
        best = (named[0], Decimal(1), start, named[1])
    for length in range(known.longest_scale, 0, -1):
        scale = known.scales.get(text[start : start + length])
        if scale is None:
            continue
        after = start + length
        named = _read_named(text, after)
        if named is None and (second := known.scales.get(text[after : after + 1])) is not None:
            named = _read_named(text, after + 1)  # 万千瓦时: ten thousand times a thousand
            if named is not None:
                scale, after = scale * second, after + 1
        end, unit = named or (after, None)
        if best is None or end > best[0]:
            best = (end, scale, after, unit)
        break
    return best


def _read_named(text: str, start: int) -> tuple[int, Unit] | None:
    known = unit_list()
    for length in range(min(known.longest, len(text) - start), 0, -1):
        unit = known.by_printed.get(text[start : start + length])
        if unit is not None and _ends_well(text, start, start + length):
            return start + length, unit
    return None


def _ends_well(text: str, start: int, end: int) -> bool:
    """Latin letters run together are one word: "m" is no unit in "mall", nor "5G" five grams."""
    return not (text[end - 1].isascii() and text[end - 1].isalpha() and end < len(text) and _is_latin(text[end]))


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalnum()


def _read_per(text: str, end: int) -> tuple[tuple[Per, ...], int]:
    """The units behind a slash (or 每), and where they end."""
    units: list[Per] = []
    match = _PER.match(text, end)
    if match is None:
        return (), end
    position = match.end()
    opened = match[0].endswith(("(", "（"))
    while len(units) < _MOST_PER:
        number = _PER_NUMBER.match(text, position)
        count = number[0] if number else ""
        simple = _read_simple(text, position + len(count))
        if simple is None or simple[3] is None:
            break
        units.append(Per(simple[3], simple[1] * (_TWO_THREE.get(count) or Decimal(count or 1))))
        end = simple[0]
        joint = _TIMES.match(text, end)
        position = joint.end() if joint else end
    if units and opened and (closing := _CLOSING.match(text, end)):
        end = closing.end()
    return tuple(units), end
