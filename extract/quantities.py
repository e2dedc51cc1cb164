"""One printed target to a quantity: its comparison, number or range, unit, and what it is compared with.

Given one folded clause (≥95%, 不低于上年的95%, 每季度开展2次以上, 同比增长5%, ±3%以内), `read_quantity` returns the numbers it fixes, or
None where it fixes none. It reads outwards from the number that a sign or a comparing word stands before (or, without
one, from the last number): to the left comparison, frequency and label, to the right unit, range and comparing words.
A clause that is not understood to its last character is no quantity.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from extract.numbers import GAP, NUMBER, NUMERAL, parse_numeral, plain, to_decimal
from ontology.records import Change, Operator
from ontology.units import UnitText, find_unit, read_unit
from ontology.wording import wording

_LONGEST = 160
_LONGEST_LABEL = 40
_LARGEST = Decimal(10) ** 20  # what a decimal of the graph holds
_CALENDAR_YEARS = range(1990, 2101)

_FIGURE = re.compile(rf"(?<![0-9A-Za-z.*×:#№_/])(?<![0-9],){NUMBER}")
_NUMBER = re.compile(NUMBER)
_NUMERAL = re.compile(rf"{NUMERAL}|半")
_PARTS_OF = re.compile(rf"(?P<of>[百千万]分之)(?P<number>-?{NUMBER}|{NUMERAL})")
_RATIO = re.compile(rf"(?<![0-9.:])(?P<left>{NUMBER}):(?P<right>{NUMBER})")
_CLOCK = re.compile(r"(?:[5-9]|[01][0-9]|2[0-4]):(?:00|15|30|45)")
_INTERVAL = re.compile(
    rf"[\[(](?P<low>-?{NUMBER})(?P<low_unit>[^0-9,]{{0,6}}),(?P<high>-?{NUMBER})(?P<high_unit>[^0-9,\])]{{0,6}})[\])]"
)
_JOINT = re.compile(r"(?:--|[-–—―─~～〜∼]|至|到)")
_TITLE = re.compile(r"《(?=[^《》]*[^《》0-9])[^《》,;]{2,60}》")
_LAST_NOTE = re.compile(r"\(([^()]{0,60})\)$")
_NOTE = re.compile(r"\(([^()]{0,60})\)")
_LABEL = re.compile(r"[^,;。!?≥≤<>=≧≦《》~±]*")
_FREE = re.compile(r"[一-鿿A-Za-z()、\"“”·]*")
_UNLISTED_UNIT = re.compile(r"[一-鿿A-Za-z²³·Ω]{1,6}")
_PER_NUMBER = re.compile(r"[1-9][0-9]{0,2}|[两三](?=年|个?月|周|天)")
# 一年两次, 1季度1次: what stands before the number is a frequency though 每 is missing.
_ONCE_A = re.compile(rf"每?[一1]?(年|季度?|个?月|周|星期|天|日)(?=(?:{NUMBER}|{NUMERAL})[次场期轮])")
# 由90%提升至95%: what it was is not the target.
_FROM = re.compile(rf"[由从](?:原来?的?)?-?{NUMBER}[^0-9,;。至到]{{0,10}}[至到为]")
_CALENDAR_YEAR = re.compile(r"(?:19|20)[0-9]{2}(?:年度?|(?=\D))")
_YEAR_COMPARED = re.compile(r"((?:19|20)[0-9]{2})年?度?")

# How many free characters may follow a unit (13台设备, 100%覆盖) where no sign says that the number is a target.
_FREE_AFTER = {"ratio": 8, "count": 10, "money": 6, "area": 6, "length": 6, "mass": 6, "volume": 6, "energy": 6}
_FREE_AFTER_SIGN = 20
# Kinds of unit that 每年, 每人 divides; a rate stays a rate however often it is meant.
_PERIODIC = frozenset({"count", "money", "area", "length", "mass", "volume", "energy"})


@dataclass(frozen=True, slots=True)
class Quantity:
    """What a clause fixes: those fields of `ontology.records.Value` that are numbers, or compare."""

    operator: Operator
    value: Decimal | None = None
    upper: Decimal | None = None
    unit: str | None = None
    base_value: Decimal | None = None
    base_upper: Decimal | None = None
    base_unit: str | None = None
    relative_to: str | None = None
    change: Change | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a text compares with (上年, 计划 ...) and which way it wants it to go."""

    relative_to: str | None = None
    change: Change | None = None


@dataclass(frozen=True, slots=True)
class _Head:
    """What stands before the number."""

    operator: Operator | None
    negative: bool
    around: bool  # ±
    per: str  # what 每 divides by
    label: str


@dataclass(frozen=True, slots=True)
class _Tail:
    """What stands behind the number."""

    unit: UnitText | None
    upper: Decimal | None
    upper_unit: UnitText | None
    around: Decimal | None  # the 5 of 100±5
    more: tuple[Decimal, UnitText] | None  # the 30分钟 of 1小时30分钟
    operator: Operator | None
    strict: bool
    rest: str


def read_quantity(text: str, fiscal_year: int | None = None) -> Quantity | None:
    """Given one folded clause and the fiscal year, return the quantity it fixes, or None."""
    text = text.rstrip(".,。、;!")
    if not text or len(text) > _LONGEST:
        return None
    text = _PARTS_OF.sub(_number_first, _TITLE.sub(lambda match: "＊" * len(match[0]), text))
    text = _FROM.sub("", text, count=1)
    if (once := _ONCE_A.match(text)) is not None:
        text = f"每{once[1]}{text[once.end() :]}"
    note = _LAST_NOTE.search(text)
    if note is not None and (before := _read_bare(text[: note.start()], fiscal_year)) is not None:
        return _strictly(before) if note[1].startswith(tuple(wording().exclusive.meaning)) else before
    return _read_bare(text, fiscal_year)


def _strictly(quantity: Quantity) -> Quantity:
    """What 不含 makes of 以上 and 以下."""
    if quantity.operator == "ge":
        return replace(quantity, operator="gt")
    return replace(quantity, operator="lt") if quantity.operator == "le" else quantity


def _read_bare(text: str, fiscal_year: int | None) -> Quantity | None:
    if not text:
        return None
    relation = _read_relation(text, fiscal_year)
    if relation is not None:
        return relation
    if ":" in text and (ratio := _read_ratio(text)) is not None:
        return ratio
    if (match := _INTERVAL.match(text)) is not None:
        return _read_interval(text, match)
    figures = list(_FIGURE.finditer(text))
    if not figures:
        written = _with_digits(text)
        return None if written is None else _read_figure(written, _FIGURE.search(written), fiscal_year, free=False)
    if (between := _read_between(text, figures[0])) is not None:
        return between
    return _read_figure(text, _choose(text, figures), fiscal_year, free=True)


# --- which number -------------------------------------------------------------------------------------------------


def _number_first(match: re.Match[str]) -> str:
    """百分之95 as 95百分之, 百分之九十五 likewise: the unit behind its number, as everywhere else."""
    number = match["number"]
    if not _NUMBER.fullmatch(number.lstrip("-")):
        numeral = parse_numeral(number)
        if numeral is None:
            return match[0]
        number = str(numeral)
    return number + match["of"]


def _with_digits(text: str) -> str | None:
    """The text with its first counting numeral (不少于三次, 两年内) in digits; None where it has none."""
    words = wording()
    for match in _NUMERAL.finditer(text):
        number, unit = parse_numeral(match[0]), read_unit(text, match.end())
        joint = _JOINT.match(text, match.end())
        second = _NUMERAL.match(text, joint.end()) if joint else None
        upper = parse_numeral(second[0]) if second else None
        if second is not None and upper is not None:
            unit = read_unit(text, second.end())
        if number is None or unit is None or unit.unit is None or unit.unit.kind == "grade":
            continue
        head = text[: match.start()]
        led = not head or head[-1] in words.signs or words.before.at_end(head) or words.lead.at_end(head)
        if not led and not _read_per(head)[0]:
            continue
        if joint and second is not None and upper is not None:
            return f"{head}{number}{joint[0]}{upper}{text[second.end() :]}"
        return f"{head}{number}{text[match.end() :]}"
    return None


def _choose(text: str, figures: list[re.Match[str]]) -> re.Match[str]:
    """The first number with a sign or comparing word before it; else the last, or the lower end of a last range."""
    for figure in figures:
        if _read_head(text[: figure.start()]).operator is not None:
            return figure
    last = figures[-1]
    if len(figures) > 1:
        lower = figures[-2]
        unit = read_unit(text, lower.end())
        after = lower.end() + (len(unit.printed) if unit else 0)
        joint = _JOINT.match(text, after)
        if joint and text[joint.end() : last.start()] in ("", "-"):
            return lower
        if text[after : last.start()] in ("±", "") and after != lower.end() - 1:
            return lower
    return last


# --- left of the number -------------------------------------------------------------------------------------------


def _read_head(head: str) -> _Head:
    words = wording()
    operator: Operator | None = None
    per, negative, around = "", False, False
    before = None
    while head != before:
        before = head
        if head.endswith("-") and not negative and (len(head) == 1 or head[-2] in words.signs):
            head, negative = head[:-1], True
        elif head.endswith(("±", "正负")) and not around:
            head, around = head.removesuffix("±").removesuffix("正负"), True
        elif operator is None and (read := _read_operator(head)) is not None:
            operator, head = read
        elif not per and (found := _read_per(head))[0]:
            per, head = found
        elif word := words.lead.at_end(head):
            # 开展 may be the end of a longer label (每年开展 or 已开展): the frequency before it still counts.
            shorter = head[: -len(word)]
            if operator is None and (read := _read_operator(shorter)) is not None:
                operator, head = read
            elif not per and (found := _read_per(shorter))[0]:
                per, head = found
            else:
                break
    return _Head(operator, negative, around, per, head)


def _read_operator(head: str) -> tuple[Operator, str] | None:
    """The comparison that a text ends with, and the text before it. Signs in a row are one (> and = are ≥)."""
    words = wording()
    end = len(head)
    while end and (head[end - 1] in words.signs or (head[end - 1] == "/" and end < len(head))):
        end -= 1
    if end < len(head):
        found = {words.signs[sign] for sign in head[end:] if sign in words.signs}
        operator = _combine(found)
        return None if operator is None else (operator, _before_doubled(head[:end], operator))
    word = words.before.at_end(head)
    if word is None:
        return None
    return _operator(words.before[word]), _before_doubled(head[: -len(word)], _operator(words.before[word]))


def _before_doubled(head: str, operator: Operator) -> str:
    """达到≥95%, 应不低于≥95% say it twice: the weaker word before goes with the sign."""
    word = wording().before.at_end(head)
    return head[: -len(word)] if word and wording().before[word] in (operator, "eq", "ge") else head


def _combine(signs: set[Operator]) -> Operator | None:
    if len(signs) == 1:
        return next(iter(signs))
    if signs <= {"ge", "gt", "eq"}:
        return "ge"
    return "le" if signs <= {"le", "lt", "eq"} else None


def _operator(meaning: str) -> Operator:
    operators: dict[str, Operator] = {"ge": "ge", "gt": "gt", "le": "le", "lt": "lt", "eq": "eq"}
    return operators[meaning]


def _read_per(head: str) -> tuple[str, str]:
    """What 每 in a label divides by (每人每年: 人年), and the text without it."""
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


def find_comparison(text: str, fiscal_year: int | None) -> Comparison:
    """Given a text (较上年提高, 同比下降), return what it compares with and which way it goes, as far as it says so."""
    words = wording()
    relative_to, end = None, 0
    for at, character in enumerate(text):
        if character in "同环":
            word = words.compared_with.at_start(text, at)
            if word in ("同比", "环比", "同期"):
                relative_to, end = words.compared_with[word], at + len(word)
                break
        by = words.compared_by.at_start(text, at) if character in "较比相对" and text[at - 1 : at] != "占" else None
        if by and (named := _read_compared(text, at + len(by), fiscal_year)):
            relative_to, end = named
            break
    found = [words.changes.at_start(text, at) for at in range(end, len(text))]
    change = next((words.changes[word] for word in found if word), None)
    return Comparison(relative_to, _change(change) if relative_to else None)


def _read_compared(text: str, start: int, fiscal_year: int | None) -> tuple[str, int] | None:
    """What a comparison names at a place (上年同期水平, 2020年度, 计划), and where that ends."""
    words = wording()
    if year := _YEAR_COMPARED.match(text, start):
        named, end = _year_compared(int(year[1]), fiscal_year), year.end()
    elif word := words.compared_with.at_start(text, start):
        named, end = words.compared_with[word], start + len(word)
    else:
        return None
    for _ in range(3):
        if more := words.compared_with.at_start(text, end) or words.compared_tail.at_start(text, end):
            end += len(more)
    return named, end


def _year_compared(year: int, fiscal_year: int | None) -> str:
    return "previous_year" if fiscal_year is not None and year == fiscal_year - 1 else str(year)


def _change(meaning: str | None) -> Change | None:
    changes: dict[str | None, Change] = {"increase": "increase", "decrease": "decrease"}
    return changes.get(meaning)


# --- right of the number ------------------------------------------------------------------------------------------


def _read_tail(text: str, end: int) -> _Tail:
    unit, end = _unit_at(text, end)
    upper, upper_unit, around, more = None, None, None, None
    joint = _JOINT.match(text, end)
    if joint and (second := _second_number(text, joint.end())):
        upper, after = second
        upper_unit, end = _unit_at(text, after)
    elif text.startswith("±", end) and (match := _NUMBER.match(text, end + 1)):
        around = to_decimal(match[0])
        upper_unit, end = _unit_at(text, match.end())
        unit = unit or upper_unit
    elif unit is not None and unit.unit is not None and unit.unit.kind == "duration":
        match = _NUMBER.match(text, end)
        smaller, after = _unit_at(text, match.end()) if match else (None, end)
        if match and smaller and smaller.unit and smaller.unit.base == unit.unit.base and not smaller.per:
            more, end = (to_decimal(match[0]), smaller), after
    operator, strict, end = _read_after(text, end)
    return _Tail(unit, upper, upper_unit, around, more, operator, strict, text[end:])


def _unit_at(text: str, start: int) -> tuple[UnitText | None, int]:
    """The unit at a place and where it ends; a second one in brackets (台(套), 人(次)) or printed twice belongs to it."""
    unit = read_unit(text, start)
    if unit is None:
        return None, start
    end = start + len(unit.printed)
    note = _NOTE.match(text, end)
    if note and (note[1] == "次" or find_unit(note[1]) is not None) and unit.base_text is not None:
        unit = replace(unit, printed=unit.printed + note[0], base_text=unit.base_text + note[0])
        end = note.end()
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


def _read_after(text: str, end: int) -> tuple[Operator | None, bool, int]:
    """Comparing words and notes in brackets behind a number: 以上, (含)以上, 以内(不含)."""
    words = wording()
    operator: Operator | None = None
    strict = False
    while True:
        if word := words.after.at_start(text, end):
            operator = operator or _operator(words.after[word])
            end += len(word)
        elif note := _NOTE.match(text, end):
            strict = strict or note[1] in words.exclusive
            if note[1] not in words.exclusive and note[1] not in words.inclusive and note.end() < len(text):
                return operator, strict, end
            end = note.end()
        else:
            return operator, strict, end


# --- together -----------------------------------------------------------------------------------------------------


def _read_figure(text: str, figure: re.Match[str] | None, fiscal_year: int | None, *, free: bool) -> Quantity | None:
    if figure is None:
        return None
    number = to_decimal(figure[0])
    if len(figure[0]) > 1 and figure[0][0] == "0" and figure[0][1] != ".":
        return None  # a code, not a number
    head, tail = _read_head(text[: figure.start()]), _read_tail(text, figure.end())
    comparison, label_operator = _read_label(head, fiscal_year)
    operator = head.operator or tail.operator or label_operator
    signed = operator is not None
    kind = tail.unit.unit.kind if tail.unit is not None and tail.unit.unit is not None else None
    if not signed and kind == "duration" and number in _CALENDAR_YEARS and not head.label:
        return None
    operator = _ranked(head, tail, operator)
    if operator is None and not _fits_label(head.label):
        return None
    unit, rest = tail.unit, tail.rest
    unlisted = None
    if unit is None and tail.upper is None and rest and free:
        unlisted, rest = _unlisted_unit(rest, signed=signed)
    if not _fits_rest(rest, kind, signed=signed, free=free, unlisted=unlisted is not None):
        return None
    if tail.strict and operator in ("ge", "le"):
        operator = "gt" if operator == "ge" else "lt"
    comparison = _of_change(comparison, kind, head.label)
    if head.around or tail.around is not None:
        middle, spread = (Decimal(0), number) if tail.around is None else (number, tail.around)
        return _range(middle - spread, unit or tail.upper_unit, middle + spread, None, comparison)
    if head.negative:
        number = -number
    if head.per and unit is not None:
        unit = _divided(unit, head.per)
    if tail.upper is not None:
        upper_unit = _divided(tail.upper_unit, head.per) if head.per and tail.upper_unit else tail.upper_unit
        return _range(number, unit, tail.upper, upper_unit, comparison)
    if tail.more is not None and unit is not None and unit.unit is not None and tail.more[1].unit is not None:
        ratio = unit.unit.factor / tail.more[1].unit.factor
        number = plain(number * Decimal(ratio.numerator) / Decimal(ratio.denominator) + tail.more[0])
        unit = tail.more[1]
    if unlisted is not None:
        return _quantity(operator or "eq", number, unlisted, Decimal(1), unlisted, comparison)
    if unit is None:
        return _quantity(operator or "eq", number, None, Decimal(1), None, comparison)
    return _quantity(operator or "eq", number, unit.printed, unit.scale, unit.base_text, comparison)


def _ranked(head: _Head, tail: _Tail, operator: Operator | None) -> Operator | None:
    """前3名, 前10% is a place no worse than that; 第1名 is a place."""
    if operator is not None or tail.unit is None:
        return operator
    if head.label.endswith("前") and tail.unit.printed in ("名", "位", "位次", "%"):
        return "le"
    return "eq" if head.label.endswith("第") and tail.unit.printed in ("名", "位", "位次") else None


def _read_label(head: _Head, fiscal_year: int | None) -> tuple[Comparison, Operator | None]:
    """What the label compares with, and a comparison that stands further left: 不低于上年的, 不少于总数的."""
    label = head.label
    comparison = find_comparison(label, fiscal_year)
    if comparison.relative_to is None and head.operator is not None and label:
        pass
    if head.operator is None and label.endswith("的"):
        for at in range(len(label)):
            word = wording().before.at_start(label, at) or (label[at] if label[at] in wording().signs else None)
            if word is None:
                continue
            operator = _operator(wording().before[word]) if word in wording().before else wording().signs[word]
            named = _read_compared(label, at + len(word), fiscal_year)
            return (Comparison(named[0]) if named else comparison), operator
        named = _read_compared(label, 0, fiscal_year)
        if named and named[1] == len(label):
            return Comparison(named[0]), None
    if comparison.relative_to is None:
        word = wording().changes.at_end(label)
        return Comparison(None, _change(wording().changes[word]) if word else None), None
    return comparison, None


def _of_change(comparison: Comparison, kind: str | None, label: str) -> Comparison:
    """增长5% is a change; 增加5个 without anything compared with is a number of things added."""
    return comparison if comparison.relative_to or kind == "ratio" else Comparison()


def _fits_label(label: str) -> bool:
    """Whether a text may stand before a number that no sign announces: words, without another quantity in them."""
    label = _CALENDAR_YEAR.sub("", label, count=1)
    if len(label) > _LONGEST_LABEL or label.endswith(("第", "-", "+")) or GAP in label or not _LABEL.fullmatch(label):
        return False
    if any(word in label for word in ("不低于", "不少于", "不超过", "不高于", "不大于", "不小于")):
        return False
    return all(read_unit(label, figure.end()) is None for figure in _NUMBER.finditer(label))


def _fits_rest(rest: str, kind: str | None, *, signed: bool, free: bool, unlisted: bool) -> bool:
    """Whether what is left behind number and unit belongs to them."""
    if not rest:
        return True
    trail = wording().trail
    left = rest
    while word := trail.at_start(left):
        left = left[len(word) :]
    if not left:
        return True
    if not _FREE.fullmatch(rest) or unlisted:
        return False
    allowed = _FREE_AFTER_SIGN if signed else _FREE_AFTER.get(kind or "", 0) if free else 0
    return len(rest) <= allowed


def _unlisted_unit(rest: str, *, signed: bool) -> tuple[str | None, str]:
    """A unit that the list doesn't have: what follows a number with a sign, or a single character after a bare one."""
    match = _UNLISTED_UNIT.fullmatch(rest)
    if match is None or (not signed and len(rest) > 1):
        return None, rest
    return rest, ""


def _divided(unit: UnitText, per: str) -> UnitText:
    """每季度2次 as 次/季度, where the unit counts something."""
    found = find_unit(f"{unit.printed}/{per}")
    if found is None or unit.unit is None or found.unit is None:
        return unit
    periods = all(part.unit.kind == "duration" for part in found.per)
    return found if found.unit.kind in _PERIODIC or (found.unit.kind == "duration" and periods) else unit


def _range(
    low: Decimal, low_unit: UnitText | None, high: Decimal, high_unit: UnitText | None, comparison: Comparison
) -> Quantity | None:
    """A range; its unit is printed once or twice. Ends in different scales (5000元至1万元) are given in the base unit."""
    if low_unit is not None and high_unit is not None and low_unit.base_text == high_unit.base_text:
        low_scale, high_scale = low_unit.scale, high_unit.scale
    elif low_unit is None or high_unit is None:
        one = low_unit or high_unit
        low_scale = high_scale = one.scale if one is not None else Decimal(1)
    else:
        return None
    if low * low_scale > high * high_scale:
        return None
    unit = low_unit or high_unit
    if low_scale != high_scale:
        low, high = plain(low * low_scale), plain(high * high_scale)
        text = unit.base_text if unit is not None else None
        return Quantity("range", low, high, text, low, high, text, comparison.relative_to, comparison.change)
    quantity = _quantity(
        "range", low, unit.printed if unit else None, low_scale, unit.base_text if unit else None, comparison
    )
    return None if quantity is None else replace(quantity, upper=high, base_upper=plain(high * high_scale))


def _quantity(
    operator: Operator, number: Decimal, unit: str | None, scale: Decimal, base_unit: str | None, comparison: Comparison
) -> Quantity | None:
    base = plain(number * scale)
    if abs(base) >= _LARGEST:
        return None
    return Quantity(operator, number, None, unit, base, None, base_unit, comparison.relative_to, comparison.change)


# --- other shapes -------------------------------------------------------------------------------------------------


def _read_relation(text: str, fiscal_year: int | None) -> Quantity | None:
    """A comparison without a number: 不低于上年, 高于全省平均水平, 与上年持平."""
    words = wording()
    level = words.level.at_end(text)
    if level:
        for at in range(len(text)):
            by = words.compared_by.at_start(text, at)
            named = _read_compared(text, at + len(by), fiscal_year) if by else None
            if named and text[named[1] :] == level and _fits_label(text[:at]):
                return Quantity("eq", relative_to=named[0])
        return None
    for at in range(len(text)):
        word = words.before.at_start(text, at)
        sign_end = at
        while sign_end < len(text) and text[sign_end] in words.signs:
            sign_end += 1
        if word is None and sign_end == at:
            continue
        end = at + len(word) if word else sign_end
        named = _read_compared(text, end, fiscal_year)
        if named and named[1] == len(text) and not text.endswith("的") and _fits_label(text[:at]):
            operator = _operator(words.before[word]) if word else _combine({words.signs[s] for s in text[at:sign_end]})
            if operator is None or (word is not None and word.startswith("控制")):
                return None  # 控制在预算内 is a word, not a number
            if named[0].isdigit() or not _CALENDAR_YEAR.fullmatch(text[end:]) or named[0] == "previous_year":
                return Quantity(operator, relative_to=named[0])
        if sign_end > at:
            return None
    return None


def _read_ratio(text: str) -> Quantity | None:
    """1:1.5 is one and a half to one, in the unit "1:"; 2:1 is two, in the unit ":1"."""
    match = _RATIO.search(text)
    if match is None or _CLOCK.fullmatch(match[0]):
        return None
    head = _read_head(text[: match.start()])
    operator, strict, end = _read_after(text, match.end())
    if text[end:] or head.negative or head.around or not _fits_label(head.label):
        return None
    operator = head.operator or operator or "eq"
    left, right = to_decimal(match["left"]), to_decimal(match["right"])
    number, unit = (right, "1:") if left == 1 else (left, f":{plain(right)}")
    return Quantity(operator, number, None, unit, number, None, unit)


def _read_interval(text: str, match: re.Match[str]) -> Quantity | None:
    """[80%,90%) as mathematicians write it."""
    low_unit, high_unit = find_unit(match["low_unit"]), find_unit(match["high_unit"])
    after, end = _unit_at(text, match.end())
    if text[end:] or (match["low_unit"] and not low_unit) or (match["high_unit"] and not high_unit):
        return None
    low, high = (Decimal(match[name].replace(",", "")) for name in ("low", "high"))
    return _range(low, low_unit or after, high, high_unit or after, Comparison())


def _read_between(text: str, figure: re.Match[str]) -> Quantity | None:
    """80%≤满意度<90% and 95%≤满意度: the number before the sign."""
    if figure.start() > 0:
        return None
    low_unit, end = _unit_at(text, figure.end())
    middle = end
    while middle < len(text) and text[middle] in wording().signs:
        middle += 1
    operator = _combine({wording().signs[sign] for sign in text[end:middle]})
    if middle == end or operator not in ("le", "lt", "ge", "gt"):
        return None
    low = to_decimal(figure[0])
    second = _FIGURE.search(text, middle)
    if second is None:
        if not _fits_label(text[middle:]) or not text[middle:]:
            return None
        flipped: Operator = (
            "ge" if operator == "le" else "gt" if operator == "lt" else "le" if operator == "ge" else "lt"
        )
        unit = low_unit
        return _quantity(
            flipped, low, unit.printed if unit else None, unit.scale if unit else Decimal(1),
            unit.base_text if unit else None, Comparison(),
        )  # fmt: skip
    head, tail = _read_head(text[middle : second.start()]), _read_tail(text, second.end())
    if head.operator not in ("le", "lt") or operator not in ("le", "lt") or tail.rest or not _fits_label(head.label):
        return None
    return _range(low, low_unit, to_decimal(second[0]), tail.unit, Comparison())


def starts_with_sign(text: str) -> bool:
    """Whether a folded text begins with a sign or a comparing word."""
    words = wording()
    return bool(text) and (text[0] in words.signs or words.before.at_start(text) is not None)


def signed_ends(text: str) -> list[int]:
    """Where the quantities end that a sign announces, in a text that prints them without any mark between."""
    ends = []
    for figure in _FIGURE.finditer(text):
        if _read_head(text[: figure.start()]).operator is not None:
            ends.append(len(text) - len(_read_tail(text, figure.end()).rest))
    return ends
