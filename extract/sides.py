"""What stands on either side of a number: to the left sign, frequency and label, to the right unit, range and words."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from extract.comparisons import OPERATORS, read_operator
from extract.numbers import NUMBER, to_decimal
from ontology.records import Operator
from ontology.units import UnitText, find_unit, read_unit
from ontology.wording import wording

_NUMBER = re.compile(NUMBER)
JOINT = re.compile(r"(?:--|[-–—―─~～〜∼]|至|到)")
"""What stands between the two ends of a range."""

_NOTE = re.compile(r"\(([^()]{0,60})\)")
_PER_NUMBER = re.compile(r"[1-9][0-9]{0,2}|[两三](?=年|个?月|周|天)")
_TIMES_NOTE = "次"  # 人(次): people, or rather visits


@dataclass(frozen=True, slots=True)
class Head:
    """What stands before a number: `per` is what 每 divides by, `around` says that ± stood there."""

    operator: Operator | None
    negative: bool
    around: bool
    per: str
    label: str


@dataclass(frozen=True, slots=True)
class Tail:
    """What stands behind a number: its unit, the upper end of a range, the 5 of 100±5 (`around`), the 30分钟 of
    1小时30分钟 (`more`), a comparing word, whether it excludes the number itself, and what is left."""

    unit: UnitText | None
    upper: Decimal | None
    upper_unit: UnitText | None
    around: Decimal | None
    more: tuple[Decimal, UnitText] | None
    operator: Operator | None
    strict: bool
    rest: str
    direct: bool  # nothing stands between the last number and the rest


def read_head(head: str) -> Head:
    """Given the folded text before a number, return what it says of it."""
    words = wording()
    operator: Operator | None = None
    per, negative, around = "", False, False
    before = None
    while head != before:
        before = head
        if not around and (word := words.around.at_end(head)):
            head, around = head[: -len(word)], True
        elif head.endswith(("-", "+")) and not negative and _may_be_signed(head[:-1]):
            head, negative = head[:-1], head.endswith("-")
        elif operator is None and (read := read_operator(head)) is not None:
            operator, head = read
        elif not per and (found := read_per(head))[0]:
            per, head = found
        elif word := words.lead.at_end(head):
            # 开展 may stand between the frequency or the sign and the number (每年开展2次).
            shorter = head[: -len(word)]
            if operator is None and (read := read_operator(shorter)) is not None:
                operator, head = read
            elif not per and (found := read_per(shorter))[0]:
                per, head = found
    return Head(operator, negative, around, per, head)


def _may_be_signed(before: str) -> bool:
    """Whether a minus behind this text is one: 增长-5%, ≥-5%; elsewhere it is a dash."""
    words = wording()
    return not before or before[-1] in words.signs or before[-1] in "的:(" or words.changes.at_end(before) is not None


def read_per(head: str) -> tuple[str, str]:
    """Given a label, return what its 每 divides by (每人每年: 人年; empty where there is none) and the rest of it."""
    start = head.find("每")
    if start < 0:
        return "", head
    units, position = "", start
    while head.startswith("每", position):
        numbered = _PER_NUMBER.match(head, position + 1)
        count = numbered[0] if numbered else ""
        unit = read_unit(head, position + 1 + len(count), compound=False)
        if unit is None or unit.unit is None or unit.unit.notation == "piece":
            break
        units += count + unit.printed
        position += 1 + len(count) + len(unit.printed)
    return (units, head[:start] + head[position:]) if units else ("", head)


def read_tail(text: str, end: int) -> Tail:
    """Given a folded text and where a number ends in it, return what stands behind it."""
    last = end
    unit, end, more_than = _counted(text, end)
    upper, upper_unit, around, more = None, None, None, None
    note = _NOTE.match(text, end)
    joint = JOINT.match(text, note.end() if note and note[1] in wording().inclusive else end)
    if joint and (second := _second_number(text, joint.end())):
        upper, last = second
        upper_unit, end = unit_at(text, last)
    elif text.startswith("±", end) and (match := _NUMBER.match(text, end + 1)):
        around, last = to_decimal(match[0]), match.end()
        upper_unit, end = unit_at(text, last)
        unit = unit or upper_unit
    elif unit is not None and (added := _smaller_unit(text, end, unit)) is not None:
        more, end = added[:2], added[2]
    operator, strict, end = read_after(text, end)
    return Tail(unit, upper, upper_unit, around, more, operator or more_than, strict, text[end:], end == last)


def _counted(text: str, end: int) -> tuple[UnitText | None, int, Operator | None]:
    """The unit, also behind 余 or 多 (10余次, 10万余人次), which says that it is more."""
    words = wording()
    word = words.beyond.at_start(text, end)
    unit, after = unit_at(text, end + len(word or ""))
    if word is None and unit is not None and unit.unit is None and (word := words.beyond.at_start(text, after)):
        counted, counted_end = unit_at(text, after + len(word))
        if counted is not None and counted.unit is not None:
            printed = unit.printed + counted.printed
            unit, after = replace(counted, printed=printed, scale=unit.scale * counted.scale), counted_end
    if word is not None and unit is None:
        bare = end + len(word) == len(text)  # 3000余
        return None, len(text) if bare else end, OPERATORS[words.beyond[word]] if bare else None
    return unit, after, OPERATORS[words.beyond[word]] if word else None


def _smaller_unit(text: str, end: int, unit: UnitText) -> tuple[Decimal, UnitText, int] | None:
    """The 30分钟 of 1小时30分钟: a second number in a smaller unit of the same kind, less than one of the larger."""
    match = _NUMBER.match(text, end)
    if match is None or unit.unit is None or unit.unit.kind != "duration":
        return None
    smaller, after = unit_at(text, match.end())
    if smaller is None or smaller.unit is None or smaller.per or smaller.unit.base != unit.unit.base:
        return None
    number = to_decimal(match[0])
    less = number.as_integer_ratio()
    if less[0] * smaller.unit.factor >= less[1] * unit.unit.factor:
        return None
    return number, smaller, after


def unit_at(text: str, start: int) -> tuple[UnitText | None, int]:
    """Given a folded text and a place, return the unit there and where it ends. A second unit in brackets (台(套),
    人(次)) belongs to it, and so does the same unit printed twice; a unit may stand in brackets altogether."""
    unit = read_unit(text, start)
    note = _NOTE.match(text, start + len(unit.printed) if unit else start)
    noted = find_unit(note[1]) if note else None
    if unit is None:
        return (noted, note.end()) if note and noted else (None, start)
    end = start + len(unit.printed)
    if note and unit.base_text is not None and unit.unit is not None and (note[1] == _TIMES_NOTE or noted):
        base = unit.base_text if unit.unit.written else unit.base_text + note[0]
        unit, end = replace(unit, printed=unit.printed + note[0], base_text=base), note.end()
    if text.startswith(unit.printed, end):
        end += len(unit.printed)
    return unit, end


def _second_number(text: str, start: int) -> tuple[Decimal, int] | None:
    while start < len(text) and wording().signs.get(text[start]) in ("le", "lt", "eq"):
        start += 1
    negative = text.startswith("-", start)
    match = _NUMBER.match(text, start + negative)
    if match is None:
        return None
    number = to_decimal(match[0])
    return (-number if negative else number), match.end()


def read_after(text: str, end: int) -> tuple[Operator | None, bool, int]:
    """Given a folded text and a place behind a unit, return what the words there compare (以上, (含)以上), whether they
    exclude the number itself, and where they end."""
    words = wording()
    operator: Operator | None = None
    strict = False
    while True:
        if word := words.after.at_start(text, end):
            operator = operator or OPERATORS[words.after[word]]
            end += len(word)
        elif (note := _NOTE.match(text, end)) and (note[1] in words.inclusive or note[1] in words.exclusive):
            strict = strict or note[1] in words.exclusive
            end = note.end()
        elif note and note[1] in words.after:
            operator = operator or OPERATORS[words.after[note[1]]]
            end = note.end()
        else:
            return operator, strict, end
