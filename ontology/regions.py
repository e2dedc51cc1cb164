"""Regions by GB/T 2260: which one a unit, a title or a user names.

Given printed texts, `find_region` returns the most specific region that they name for sure; given what a user typed,
`resolve_region` returns every region that it may mean. A name is trusted as far as it is safe: a district's name that
several cities have counts only together with its city, a short name (without 市, 省 ...) only where a text begins with
it, and a name of two characters that is also a common word (城区) only right after its city.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache

from ontology.records import Level
from ontology.vocabulary import DataError, read_text

FILE = "regions.tsv"
CENTRAL = "100000"

_SUFFIX = re.compile(r"(?:特别行政区|自治区|自治州|自治县|自治旗|地区|林区|特区|新区|省|市|县|区|州|盟|旗)$")

_LEVEL_SIGNS = "省市县区州盟旗"
"""The last character of a place's full name, which its short name lacks."""

_PLAIN_DISTRICT = re.compile(r"^[东南西北中上下新老城市郊矿]+区$")
"""Names such as 城区, 市中区, 新市区: also what people say of any city's parts."""

_NOT_A_PLACE = re.compile(
    r"^(?:[路街巷道镇乡村东西南北门]|大道|大街|公园|广场|小学|中学|幼儿园|社区|办事处|联络处|商会|银行|日报|晚报)"
)
"""What follows a short name where it is a street's, a school's or a bank's, not the place that a unit belongs to."""

_NOT_CENTRAL = re.compile(r"^(?:门|商务|公园|广场|花园|大街|大道|路|街|空调)")
"""What follows a central body's name where the words mean another thing (教育部门, 中央商务区)."""

_BEFORE_NAME = re.compile(
    r"^(?:[\[(]?\d+[\])]?[-_:.]?|\d{4}年度?|中国共产党|中共|中华人民共和国|国家税务总局|国家统计局|关于)+"
)
"""What may stand before the name of a place at the start of a unit's name or of a title."""


@dataclass(frozen=True, slots=True)
class Region:
    """A region: its GB/T 2260 code and name, its level, and what it lies in, nearest first, up to the province."""

    code: str
    name: str
    level: Level
    parents: tuple[Region, ...] = field(default=(), repr=False)
    successor: str | None = None

    def lies_in(self, other: Region) -> bool:
        """Whether this region is another or lies in it."""
        return self.code == other.code or any(parent.code == other.code for parent in self.parents)


@dataclass(frozen=True, slots=True)
class _Row:
    code: str
    name: str
    other_names: tuple[str, ...]
    successor: str | None


class _Index:
    """All regions by code, by full name and by short name."""

    def __init__(self, rows: Iterable[_Row]) -> None:
        self.rows = {row.code: row for row in rows}
        self.regions: dict[str, Region] = {}
        self.full: dict[str, tuple[Region, ...]] = {}
        self.short: dict[str, tuple[Region, ...]] = {}
        for code in self.rows:
            self._region(code)
        for row in self.rows.values():
            region = self.regions[row.code]
            for name in (row.name, *row.other_names):
                self._add(self.full, name, region)
                stem = _SUFFIX.sub("", name)
                if len(stem) > 1 and stem != name:
                    self._add(self.short, stem, region)
        self.longest = max(map(len, self.full))

    @staticmethod
    def _add(names: dict[str, tuple[Region, ...]], name: str, region: Region) -> None:
        if region not in names.get(name, ()):
            names[name] = (*names.get(name, ()), region)

    def _region(self, code: str) -> Region:
        if code not in self.regions:
            row = self.rows[code]
            self.regions[code] = Region(code, row.name, _level(code), self._parents(row), row.successor)
        return self.regions[code]

    def _parents(self, row: _Row) -> tuple[Region, ...]:
        code = row.code
        if code.endswith("0000"):
            return ()
        above = code[:4] + "00"
        if above != code and above not in self.rows and row.successor and row.successor[:4] != code[:4]:
            return self._region(row.successor).parents  # its prefecture is no more: its successor's has it
        found = []
        if above != code and above in self.rows:
            found.append(self._region(above))
        return (*found, self._region(code[:2] + "0000"))


def _level(code: str) -> Level:
    if code == CENTRAL:
        return "central"
    if code.endswith("0000"):
        return "province"
    return "prefecture" if code.endswith("00") else "county"


def parse_regions(text: str) -> tuple[_Row, ...]:
    """Given the text of the data file, return its rows; raise DataError, with the line, where one is wrong."""
    rows: dict[str, _Row] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        where, parts = f"line {number}", line.split("\t")
        if not 2 <= len(parts) <= 4:
            raise DataError(FILE, where, "has code, name, other names and successor, kept apart by tabs")
        code, name, others, successor = (*parts, "", "")[:4]
        if not re.fullmatch(r"[1-9][0-9]{5}", code):
            raise DataError(FILE, where, f"{code!r} is no code of six digits")
        if code in rows:
            raise DataError(FILE, where, f"{code} stands there twice")
        if rows and code < next(reversed(rows)):
            raise DataError(FILE, where, f"{code} is out of order; sort the file by code")
        other_names = tuple(others.split(",")) if others else ()
        if any(not word or word != _fold(word) for word in (name, *other_names)) or name in other_names:
            raise DataError(FILE, where, f"{line!r}: a name is empty, holds white space, or is given twice")
        rows[code] = _Row(code, name, other_names, successor or None)
    for row in rows.values():
        province = row.code[:2] + "0000"
        if row.code != CENTRAL and province not in rows:
            raise DataError(FILE, row.code, f"its province {province} is missing")
        if row.successor is not None and (row.successor not in rows or rows[row.successor].successor is not None):
            raise DataError(FILE, row.code, f"its successor {row.successor} is missing or is no more")
    return tuple(rows.values())


@cache
def _index() -> _Index:
    return _Index(parse_regions(read_text(FILE)))


def _fold(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text)
    return "".join(c for c in folded if not c.isspace())


def all_regions() -> Iterator[Region]:
    """Every region of the table, in the order of the codes; those that are no more have a `successor`."""
    yield from _index().regions.values()


def region_of(code: str) -> Region | None:
    """Given a GB/T 2260 code, return its region."""
    return _index().regions.get(code)


def with_short_names(names: Iterable[str]) -> set[str]:
    """Given names of places, return them and the short names (without 省, 市 ...) of those of three characters and more."""
    full = set(names)
    return full | {name[:-1] for name in full if len(name) > 2 and name[-1] in _LEVEL_SIGNS}


def full_names() -> Iterator[tuple[str, Region]]:
    """Every full name (no short ones) with each region that has it."""
    for name, regions in _index().full.items():
        for region in regions:
            yield name, region


@dataclass(frozen=True, slots=True)
class _Mention:
    """A full name met in a text, with what it may mean; `first` where nothing but a code or a year stands before."""

    start: int
    end: int
    name: str
    means: tuple[Region, ...]
    first: bool

    @property
    def central(self) -> bool:
        """Whether the name is a central body's."""
        return self.means[0].level == "central"


def _mentions(text: str) -> list[_Mention]:
    index, found, at = _index(), list[_Mention](), 0
    before = _BEFORE_NAME.match(text)
    start = before.end() if before else 0
    while at < len(text):
        for length in range(min(index.longest, len(text) - at), 1, -1):
            means = index.full.get(text[at : at + length])
            if means:
                found.append(_Mention(at, at + length, text[at : at + length], means, at in (0, start)))
                at += length
                break
        else:
            at += 1
    safe = [mention for mention, before_it in zip(found, [None, *found], strict=False) if _is_safe(mention, before_it)]
    local = [mention for mention in safe if not mention.central]
    if local:
        return local  # a central body's branch belongs to its place
    return [m for m in safe if m.start == 0 and not _NOT_CENTRAL.match(text[m.end :])]


def _is_safe(mention: _Mention, before: _Mention | None) -> bool:
    """Whether a name met in running text is surely a place: a county's name of two characters and a district's name
    that is a common word count only at the start or right behind another name."""
    follows = before is not None and before.end == mention.start
    if _PLAIN_DISTRICT.match(mention.name):
        return follows
    return len(mention.name) > 2 or mention.first or follows


def _short_mention(text: str) -> _Mention | None:
    """The short name of a province or prefecture that a text begins with, where nothing outside of it is called so."""
    index, before = _index(), _BEFORE_NAME.match(text)
    start = before.end() if before else 0
    for length in (4, 3, 2):
        word = text[start : start + length]
        means = index.short.get(word, ()) if len(word) == length else ()
        widest = next((r for level in ("province", "prefecture") for r in means if r.level == level), None)
        if widest is None or _NOT_A_PLACE.match(text[start + length :]):
            continue
        if widest.level == "province" or all(r.lies_in(widest) or r.successor == widest.code for r in means):
            return _Mention(start, start + length, word, (widest,), True)
    return None


def find_region(*texts: str | None) -> Region | None:
    """Given a unit's name, a title or other printed texts, the surest first, return the most specific region that the
    first of them names; what is ambiguous there (a district that two cities have) is settled by the others, or None."""
    read = [mentions for text in texts if text and (mentions := _read_mentions(_fold(text)))]
    known = [only for mentions in read for mention in mentions if (only := _only(mention.means)) is not None]
    for mentions in read:
        region = _deepest(mentions, known)
        if region is not None:
            return region
    return None


def _read_mentions(text: str) -> list[_Mention]:
    found = _mentions(text)
    short = _short_mention(text)
    if short is not None and all(short.start < mention.start for mention in found):
        # the short name leads, as in 某州某某区…; what follows it directly may be a part of it
        return [short, *found]
    return found


def _only(means: tuple[Region, ...]) -> Region | None:
    """The one region that a name means; of one that is no more and one that is, the latter."""
    if len(means) > 1:
        means = tuple(region for region in means if region.successor is None)
    return means[0] if len(means) == 1 else None


def _deepest(mentions: list[_Mention], known: list[Region]) -> Region | None:
    """The region of the first name that can be told, followed down through the names that directly come after it."""
    for position, mention in enumerate(mentions):
        region = _only(mention.means) or _settled(mention.means, known)
        if region is None:
            continue
        end = mention.end
        for later in mentions[position + 1 :]:
            inner = _only(tuple(r for r in later.means if r.code != region.code and r.lies_in(region)))
            if later.start != end or inner is None:
                break
            region, end = inner, later.end
        return region
    return None


def _settled(means: tuple[Region, ...], known: list[Region]) -> Region | None:
    """Which of several regions of a name is meant, told by a region around it that is named elsewhere."""
    return _only(tuple(r for r in means if any(r.code != other.code and r.lies_in(other) for other in known)))


def resolve_region(text: str) -> list[Region]:
    """Given what a user typed (a code, a full name with or without what it lies in, or a short name), return the
    regions that it may mean: one where it is clear, several where the user must choose, none where it is unknown."""
    index, typed = _index(), _fold(text)
    if typed in index.regions:
        return [index.regions[typed]]
    if typed in index.full:
        return _living(index.full[typed])
    for cut in range(len(typed) - 2, 1, -1):  # a path: 某某市某某区, or both without 市 and 区
        outer = index.full.get(typed[:cut]) or index.short.get(typed[:cut], ())
        rest = typed[cut:]
        inner = index.full.get(rest) or index.short.get(rest, ())
        found = [r for r in inner if any(r.code != o.code and r.lies_in(o) for o in outer)]
        if found:
            return _living(found)
    short = index.short.get(typed, ())
    # a name that a province and a city share is the province; one that a city and a county share is the city
    for level in ("province", "prefecture", "county"):
        found = [region for region in short if region.level == level]
        if found:
            return _living(found)
    return []


def _living(regions: Iterable[Region]) -> list[Region]:
    """The regions that exist, or where none of them does, those that are no more."""
    every = list(regions)
    return [region for region in every if region.successor is None] or every
