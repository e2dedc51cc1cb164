"""The numbers that Word prints before paragraphs and keeps out of their text: "1.", "（二）", "第三条".

A paragraph, or the style it has, names a list (`numId`) and a level; the list's levels say how a number looks and where
it begins. Lists made of one abstract list count on together unless one of them starts anew. Bullets carry no text and are
left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from docx.oxml.ns import qn

Element = Any
"""An lxml element of python-docx's classes, which carry no types."""

_LEVELS = 9
_MOST = 100_000
"""A number beyond this is a slip of the program that wrote the file."""

_DIGITS = "〇一二三四五六七八九"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"


@dataclass(frozen=True, slots=True)
class Level:
    """A level of a list: where it begins, how its number is written ("chineseCounting") and set ("（%1）")."""

    start: int = 1
    format: str = "decimal"
    text: str = ""
    restart: int | None = None
    is_legal: bool = False


@dataclass(slots=True)
class Numbering:
    """The lists of a document and how far each has counted; `number` is asked paragraph by paragraph, in order."""

    levels: dict[int, dict[int, Level]] = field(default_factory=dict)
    abstract: dict[int, int] = field(default_factory=dict)
    overrides: dict[tuple[int, int], int] = field(default_factory=dict)
    styles: dict[str, tuple[int | None, int | None]] = field(default_factory=dict)
    default_style: str | None = None
    _counts: dict[int, list[int | None]] = field(default_factory=dict)
    _begun: set[tuple[int, int]] = field(default_factory=set)

    def number(self, paragraph: Element) -> str:
        """Given a paragraph's element, return the number that Word prints before it ("" where none), and count on."""
        if not self.levels:
            return ""
        list_id, level = self._list_of(paragraph)
        if not list_id or list_id not in self.levels:
            return ""
        return self._next(list_id, min(max(level, 0), _LEVELS - 1))

    def _list_of(self, paragraph: Element) -> tuple[int, int]:
        properties = paragraph.find(qn("w:pPr"))
        own_id, own_level = _reference(properties)
        named = properties.find(qn("w:pStyle")) if properties is not None else None
        style = str(named.get(qn("w:val"))) if named is not None else self.default_style
        style_id, style_level = self.styles.get(style or "", (None, None))
        list_id = own_id if own_id is not None else style_id
        level = own_level if own_level is not None else style_level if own_id is None else None
        return list_id or 0, level or 0

    def _next(self, list_id: int, level: int) -> str:
        levels = self.levels[list_id]
        counts = self._counts.setdefault(self.abstract[list_id], [None] * _LEVELS)
        told = self.overrides.get((list_id, level))
        before = counts[level]
        if told is not None and (list_id, level) not in self._begun:
            counts[level] = told
        else:
            counts[level] = before + 1 if before is not None else told if told is not None else _start(levels, level)
        self._begun.add((list_id, level))
        for above in range(level):
            if counts[above] is None:
                counts[above] = _start(levels, above)
        for below in range(level + 1, _LEVELS):
            restart = levels[below].restart if below in levels else None
            if restart is None or level < restart:
                counts[below] = None
        return self._written(levels, level, counts)

    def _written(self, levels: dict[int, Level], level: int, counts: list[int | None]) -> str:
        own = levels.get(level)
        if own is None or own.format in ("bullet", "none"):
            return ""

        def put(match: re.Match[str]) -> str:
            at = int(match[1]) - 1
            count, other = counts[at], levels.get(at)
            if count is None or other is None or at > level:
                return ""
            return write_number(count, "decimal" if own.is_legal else other.format)

        return re.sub(r"%([1-9])", put, own.text)


def _start(levels: dict[int, Level], level: int) -> int:
    return levels[level].start if level in levels else 1


def read_numbering(numbering: Element | None, styles: Element | None) -> Numbering:
    """Given the roots of a document's numbering and styles, where it has them, return its lists."""
    found = Numbering()
    if numbering is not None:
        _read_lists(numbering, found)
    if styles is not None and found.levels:
        _read_styles(styles, numbering, found)
    return found


def _read_lists(root: Element, found: Numbering) -> None:
    abstract = {_whole(one.get(qn("w:abstractNumId"))): one for one in root.iterchildren(qn("w:abstractNum"))}
    by_style = {
        str(link.get(qn("w:val"))): one
        for one in abstract.values()
        if (link := one.find(qn("w:styleLink"))) is not None
    }
    for one in root.iterchildren(qn("w:num")):
        list_id = _whole(one.get(qn("w:numId")))
        of = one.find(qn("w:abstractNumId"))
        base = _whole(of.get(qn("w:val"))) if of is not None else None
        if list_id is None or base is None or base not in abstract:
            continue
        link = abstract[base].find(qn("w:numStyleLink"))
        linked = by_style.get(str(link.get(qn("w:val")))) if link is not None else None
        if linked is not None:
            base = _whole(linked.get(qn("w:abstractNumId"))) or base
        levels = _levels(linked if linked is not None else abstract[base])
        for override in one.iterchildren(qn("w:lvlOverride")):
            level = _whole(override.get(qn("w:ilvl")))
            if level is None:
                continue
            levels |= _levels(override)
            start = override.find(qn("w:startOverride"))
            if start is not None and (value := _whole(start.get(qn("w:val")))) is not None:
                found.overrides[list_id, level] = value
        found.levels[list_id] = levels
        found.abstract[list_id] = base


def _levels(parent: Element) -> dict[int, Level]:
    levels: dict[int, Level] = {}
    for one in parent.iterchildren(qn("w:lvl")):
        at = _whole(one.get(qn("w:ilvl")))
        if at is None or not 0 <= at < _LEVELS:
            continue
        start = _whole(_value(one, "w:start"))
        legal = one.find(qn("w:isLgl"))
        levels[at] = Level(
            start if start is not None else 1,
            _format(one),
            _value(one, "w:lvlText") or "",
            _whole(_value(one, "w:lvlRestart")),
            legal is not None and legal.get(qn("w:val")) not in ("0", "false", "off"),
        )
    return levels


def _format(level: Element) -> str:
    # A format that old programs don't know stands in an alternative; its own name is in `format`.
    one = level.find(f".//{qn('w:numFmt')}")
    return str(one.get(qn("w:val")) or "decimal") if one is not None else "decimal"


def _read_styles(root: Element, numbering: Element | None, found: Numbering) -> None:
    parents: dict[str, str | None] = {}
    own: dict[str, tuple[int | None, int | None]] = {}
    for style in root.iterchildren(qn("w:style")):
        if style.get(qn("w:type")) != "paragraph":
            continue
        name = str(style.get(qn("w:styleId")))
        parents[name] = _value(style, "w:basedOn")
        own[name] = _reference(style.find(qn("w:pPr")))
        if style.get(qn("w:default")) in ("1", "true"):
            found.default_style = name
    # A level that is tied to a style numbers the paragraphs of that style, whatever level the style names.
    tied: dict[tuple[int, str], int] = {}
    for one in numbering.iter(qn("w:lvl")) if numbering is not None else ():
        style_name, level = _value(one, "w:pStyle"), _whole(one.get(qn("w:ilvl")))
        base = _whole(one.getparent().get(qn("w:abstractNumId")))
        if style_name is not None and level is not None and base is not None:
            tied[base, style_name] = level
    for name in own:
        list_id, level = _inherited(name, parents, own)
        if list_id is not None:
            level = tied.get((found.abstract.get(list_id, -1), name), level)
            found.styles[name] = (list_id, level)


def _inherited(
    name: str, parents: dict[str, str | None], own: dict[str, tuple[int | None, int | None]]
) -> tuple[int | None, int | None]:
    list_id: int | None = None
    level: int | None = None
    seen: set[str] = set()
    current: str | None = name
    while current is not None and current in own and current not in seen:
        seen.add(current)
        list_id = list_id if list_id is not None else own[current][0]
        level = level if level is not None else own[current][1]
        current = parents.get(current)
    return list_id, level


def _reference(properties: Element | None) -> tuple[int | None, int | None]:
    reference = properties.find(qn("w:numPr")) if properties is not None else None
    if reference is None:
        return None, None
    return _whole(_value(reference, "w:numId")), _whole(_value(reference, "w:ilvl"))


def _value(parent: Element, name: str) -> str | None:
    found = parent.find(qn(name))
    return str(found.get(qn("w:val"))) if found is not None and found.get(qn("w:val")) is not None else None


def _whole(text: str | None) -> int | None:
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 10 else None


# --- how a number is written


def write_number(number: int, format_: str) -> str:
    """Given a number and the name that Word gives to a way of writing it, return it written so."""
    if not 0 <= number <= _MOST:
        return str(number)
    writer = _WRITERS.get(format_)
    return writer(number) if writer is not None else str(number)


def _letters(number: int) -> str:
    # Word doubles the letter after z: aa, bb.
    return chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1) if 0 < number <= 780 else str(number)


def _roman(number: int) -> str:
    if not 0 < number < 4000:
        return str(number)
    signs = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"),
             (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip
    written = ""
    for worth, sign in signs:
        written += sign * (number // worth)
        number %= worth
    return written


def _chinese(number: int, digits: str = _DIGITS, units: str = "十百千") -> str:
    """Counting with places: 十, 十一, 二十, 一百零五."""
    if number == 0 or number > 9999:
        return digits[0] if number == 0 else _by_digits(number)
    zero = "零"
    written, gap = "", False
    for place in range(3, -1, -1):
        digit = number // 10**place % 10
        if digit == 0:
            gap = bool(written)
            continue
        written += (zero if gap else "") + digits[digit] + (units[place - 1] if place else "")
        gap = False
    return written[1:] if written.startswith(digits[1] + units[0]) and digits == _DIGITS else written


def _by_digits(number: int, digits: str = _DIGITS) -> str:
    return "".join(digits[int(digit)] for digit in str(number))


def _counting(number: int) -> str:
    # `chineseCounting` counts with places up to ninety-nine, then digit by digit.
    return _chinese(number) if number < 100 else _by_digits(number)


def _from(first: str, last: int) -> Callable[[int], str]:
    """The characters of a block, which begin at one and hold so many."""
    return lambda number: chr(ord(first) + number - 1) if 0 < number <= last else str(number)


def _circled(number: int) -> str:
    if 0 < number <= 20:
        return chr(ord("①") + number - 1)
    if 20 < number <= 35:
        return chr(ord("㉑") + number - 21)
    return chr(ord("㊱") + number - 36) if 35 < number <= 50 else str(number)


def _of(characters: str) -> Callable[[int], str]:
    return lambda number: characters[(number - 1) % len(characters)] if number > 0 else str(number)


_WRITERS: dict[str, Callable[[int], str]] = {
    "decimalZero": lambda number: f"{number:02d}",
    "upperLetter": lambda number: _letters(number).upper(),
    "lowerLetter": _letters,
    "upperRoman": lambda number: _roman(number).upper(),
    "lowerRoman": _roman,
    "ordinal": lambda number: f"{number}{'th' if 10 < number % 100 < 14 else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}",
    "chineseCounting": _counting,
    "chineseCountingThousand": _chinese,
    "japaneseCounting": _chinese,
    "taiwaneseCounting": _counting,
    "taiwaneseCountingThousand": _chinese,
    "chineseLegalSimplified": lambda number: _chinese(number, "零壹贰叁肆伍陆柒捌玖", "拾佰仟"),
    "ideographLegalTraditional": lambda number: _chinese(number, "零壹貳參肆伍陸柒捌玖", "拾佰仟"),
    "ideographDigital": _by_digits,
    "japaneseDigitalTenThousand": _by_digits,
    "taiwaneseDigital": _by_digits,
    "ideographTraditional": _of(_STEMS),
    "ideographZodiac": _of(_BRANCHES),
    "ideographEnclosedCircle": _from("㊀", 10),
    "decimalEnclosedCircle": _circled,
    "decimalEnclosedCircleChinese": _circled,
    "decimalEnclosedParen": _from("⑴", 20),
    "decimalEnclosedFullstop": _from("⒈", 20),
    "decimalFullWidth": lambda number: str(number).translate({ord(str(n)): ord("０") + n for n in range(10)}),
    "decimalFullWidth2": lambda number: str(number).translate({ord(str(n)): ord("０") + n for n in range(10)}),
}  # fmt: skip
