"""One printed target to a quantity: its comparison, number or range, unit, and what it is compared with.

Given one folded clause (≥95%, 不低于上年的95%, 每季度开展2次以上, 同比增长5%, ±3%以内), `read_quantity` returns the
numbers it fixes, or None where it fixes none. It reads outwards from the number that a sign or a comparing word stands
before (or, without one, from the last number). A clause that isn't understood to its last character is no quantity.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache

from extract.comparisons import Comparison, combine, fits_label, read_label, read_relation
from extract.numbers import NUMBER, NUMERAL, parse_numeral, plain, to_decimal
from extract.sides import JOINT, Head, Tail, read_after, read_head, read_per, read_tail, unit_at
from ontology.records import Change, Operator
from ontology.units import UnitText, find_unit, read_unit, unit_list
from ontology.wording import wording

_LONGEST = 160
_LARGEST = Decimal(10) ** 20  # what a decimal of the graph holds
_CALENDAR_YEARS = range(1990, 2101)

_FIGURE = re.compile(rf"(?<![0-9A-Za-z.*×#№_])(?<![0-9][:,/]){NUMBER}")
_NUMBER = re.compile(NUMBER)
_NUMERAL = re.compile(rf"{NUMERAL}|半")
_PARTS_OF = re.compile(rf"(?P<of>[百千万]分之)(?P<number>-?{NUMBER}|{NUMERAL})")
_RATIO = re.compile(rf"(?<![0-9.:])(?P<left>{NUMBER}):(?P<right>{NUMBER})(?!:)")
_CLOCK = re.compile(r"(?:[5-9]|[01][0-9]|2[0-4]):(?:00|15|30|45)")
_INTERVAL = re.compile(
    rf"[\[(](?P<low>-?{NUMBER})(?P<low_unit>[^0-9,]{{0,6}}),(?P<high>-?{NUMBER})(?P<high_unit>[^0-9,\])]{{0,6}})[\])]"
)
_TITLE = re.compile(r"《(?=[^《》]*[^《》0-9])[^《》,;]{2,60}》")
_NONE_OF = re.compile(r"[0零][一-鿿]{2,8}")
_LAST_NOTE = re.compile(r"\(([^()]{0,60})\)$")
_PLAIN_LABEL = re.compile(r"[^,;。!?]*")
_FREE = re.compile(r"[一-鿿A-Za-z()、\"“”·]*")
_UNLISTED_UNIT = re.compile(r"[一-鿿A-Za-z²³·Ω]{1,6}")
# 一年两次, 1季度1次: what stands before the number is a frequency though 每 is missing.
_ONCE_A = re.compile(rf"每?[一1]?(年|半年|季度?|个?月|周|星期|天|日)(?=(?:{NUMBER}|{NUMERAL})[次场期轮])")
# 由90%提升至95%: what it was is not the target.
_FROM = re.compile(rf"[由从](?:原来?的?)?-?{NUMBER}[^0-9,;。至到]{{0,10}}[至到为]")

# How many free characters may follow a unit (13台设备, 100%覆盖) where no sign says that the number is a target.
_FREE_AFTER = {"ratio": 8, "count": 10, "money": 6, "area": 6, "length": 6, "mass": 6, "volume": 6, "energy": 6}
_FREE_AFTER_SIGN = 20
# Kinds of unit that 每年, 每人 divides; a rate stays a rate however often it is meant.
_PERIODIC = frozenset({"count", "money", "area", "length", "mass", "volume", "energy"})


_NOTHING_COMPARED = Comparison()
_FLIPPED: dict[Operator, Operator] = {"le": "ge", "lt": "gt", "ge": "le", "gt": "lt"}


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
    if (
        note is not None
        and not _belongs(text, note[1])
        and (before := _read_bare(text[: note.start()], fiscal_year)) is not None
    ):
        return _strictly(before) if note[1].startswith(tuple(wording().exclusive.meaning)) else before
    return _read_bare(text, fiscal_year)


def _belongs(text: str, note: str) -> bool:
    """Whether brackets at the end say something of the number (台(套), 人(次), dB(A), 95%(以上)), and are no remark."""
    return find_unit(note) is not None or note in wording().after or text.endswith(("(次)", *_units_with_brackets()))


@cache
def _units_with_brackets() -> tuple[str, ...]:
    return tuple(printed for printed in unit_list().by_printed if printed.endswith(")"))


def _strictly(quantity: Quantity) -> Quantity:
    """What 不含 makes of 以上 and 以下."""
    if quantity.operator == "ge":
        return replace(quantity, operator="gt")
    return replace(quantity, operator="lt") if quantity.operator == "le" else quantity


def _read_bare(text: str, fiscal_year: int | None) -> Quantity | None:
    if not text:
        return None
    if text[0] in "0零" and wording().none_of.at_end(text) and _NONE_OF.fullmatch(text):
        return Quantity("eq", Decimal(0), base_value=Decimal(0))
    relation = read_relation(text, fiscal_year)
    if relation is not None:
        return Quantity(relation[0], relative_to=relation[1])
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
        numeral = Decimal(100) if number == "百" else parse_numeral(number)  # 百分之百
        if numeral is None:
            return match[0]
        number = str(numeral)
    return number + match["of"]


def _with_digits(text: str) -> str | None:
    """The text with its first counting numeral (不少于三次, 两年内) in digits; None where it has none."""
    words = wording()
    for match in _NUMERAL.finditer(text):
        number, unit = parse_numeral(match[0]), read_unit(text, match.end())
        joint = JOINT.match(text, match.end())
        second = _NUMERAL.match(text, joint.end()) if joint else None
        upper = parse_numeral(second[0]) if second else None
        if second is not None and upper is not None:
            unit = read_unit(text, second.end())
        if number is None or unit is None or unit.unit is None or unit.unit.kind == "grade":
            continue
        if text.startswith("分之", match.end()):
            continue  # 三分之二 is a fraction, not three 分
        head = text[: match.start()]
        led = not head or head[-1] in words.signs or words.before.at_end(head) or words.lead.at_end(head)
        if not led and not read_per(head)[0]:
            continue
        if joint and second is not None and upper is not None:
            return f"{head}{number}{joint[0]}{upper}{text[second.end() :]}"
        return f"{head}{number}{text[match.end() :]}"
    return None


def _choose(text: str, figures: list[re.Match[str]]) -> re.Match[str]:
    """The first number with a sign or comparing word before it; else the last, or the lower end of a last range."""
    for figure in figures:
        if read_head(text[: figure.start()]).operator is not None:
            return figure
    if len(figures) > 1:
        tail = read_tail(text, figures[-2].end())
        if tail.upper is not None or tail.around is not None or tail.more is not None:
            return figures[-2]
    return figures[-1]


# --- together -----------------------------------------------------------------------------------------------------


def _read_figure(text: str, figure: re.Match[str] | None, fiscal_year: int | None, *, free: bool) -> Quantity | None:
    if figure is None:
        return None
    number = to_decimal(figure[0])
    if len(figure[0]) > 1 and figure[0][0] == "0" and figure[0][1] != ".":
        return None  # a code, not a number
    head, tail = read_head(text[: figure.start()]), read_tail(text, figure.end())
    comparison, label_operator = read_label(head.label, fiscal_year, compared=head.operator is not None)
    operator = head.operator or tail.operator or label_operator
    signed = operator is not None
    kind = tail.unit.unit.kind if tail.unit is not None and tail.unit.unit is not None else None
    if tail.unit is not None and tail.unit.printed.startswith("年") and number in _CALENDAR_YEARS:
        return None  # a year is a date, or no target at all
    operator = _ranked(head, tail, operator)
    if not (_PLAIN_LABEL.fullmatch(head.label) if operator is not None else fits_label(head.label)):
        return None
    unit, rest = tail.unit, tail.rest
    if unit is None and free and rest and tail.direct:
        announced = signed or head.around or tail.around is not None or tail.upper is not None
        unit = _unlisted_unit(rest, announced=announced)
        rest = "" if unit else rest
    if not _fits_rest(rest, kind, signed=signed, free=free):
        return None
    if tail.strict and operator in ("ge", "le"):
        operator = "gt" if operator == "ge" else "lt"
    if comparison.relative_to is None and kind != "ratio":
        comparison = Comparison()  # 增加5个 alone is a number of things added
    if head.around or tail.around is not None:
        middle, spread = (Decimal(0), number) if tail.around is None else (number, tail.around)
        return _range(middle - spread, unit or tail.upper_unit, middle + spread, None, comparison)
    if head.negative:
        number = -number
    if head.per and unit is not None:
        if unit.printed == "日":
            return None  # 每月1日 is a day, not an amount
        unit = _divided(unit, head.per)
    if tail.upper is not None:
        upper_unit = _divided(tail.upper_unit, head.per) if head.per and tail.upper_unit else tail.upper_unit
        return _range(number, unit, tail.upper, upper_unit, comparison)
    if tail.more is not None and unit is not None and unit.unit is not None and tail.more[1].unit is not None:
        ratio = unit.unit.factor / tail.more[1].unit.factor
        number = plain(number * Decimal(ratio.numerator) / Decimal(ratio.denominator) + tail.more[0])
        unit = tail.more[1]
    return _quantity(operator or "eq", number, unit, comparison)


def _ranked(head: Head, tail: Tail, operator: Operator | None) -> Operator | None:
    """前3名, 前10% is a place no worse than that; 第1名 is a place."""
    if operator is not None or tail.unit is None:
        return operator
    if head.label.endswith("前") and tail.unit.printed in ("名", "位", "位次", "%"):
        return "le"
    return "eq" if head.label.endswith("第") and tail.unit.printed in ("名", "位", "位次") else None


def _fits_rest(rest: str, kind: str | None, *, signed: bool, free: bool) -> bool:
    """Whether what is left behind number and unit belongs to them."""
    if not rest:
        return True
    trail = wording().trail
    left = rest
    while word := trail.at_start(left):
        left = left[len(word) :]
    if not left:
        return True
    if not _FREE.fullmatch(rest):
        return False
    allowed = _FREE_AFTER_SIGN if signed else _FREE_AFTER.get(kind or "", 0) if free else 0
    return len(rest) <= allowed


def _unlisted_unit(rest: str, *, announced: bool) -> UnitText | None:
    """A unit that the list doesn't have: a word behind a number with a sign or a range, a single character behind a
    bare one."""
    if _UNLISTED_UNIT.fullmatch(rest) is None or (not announced and len(rest) > 1):
        return None
    if rest[0] in wording().not_units or wording().after.at_end(rest):
        return None
    return UnitText(rest, Decimal(1), rest, None)


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
    """A range, its unit printed once or twice. Ends in different scales (5000元至1万元) are given in the base unit."""
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
    quantity = _quantity("range", low, unit, comparison)
    return None if quantity is None else replace(quantity, upper=high, base_upper=plain(high * high_scale))


def _quantity(
    operator: Operator, number: Decimal, unit: UnitText | None, comparison: Comparison = _NOTHING_COMPARED
) -> Quantity | None:
    printed, base_text = (unit.printed, unit.base_text) if unit is not None else (None, None)
    base = plain(number * unit.scale) if unit is not None else number
    if abs(base) >= _LARGEST:
        return None
    return Quantity(operator, number, None, printed, base, None, base_text, comparison.relative_to, comparison.change)


# --- other shapes -------------------------------------------------------------------------------------------------


def _read_ratio(text: str) -> Quantity | None:
    """1:1.5 is one and a half to one, in the unit "1:"; 2:1 is two, in the unit ":1"."""
    match = _RATIO.search(text)
    if match is None or _CLOCK.fullmatch(match[0]):
        return None
    head = read_head(text[: match.start()])
    operator, _, end = read_after(text, match.end())
    if text[end:] or head.negative or head.around or not fits_label(head.label):
        return None
    operator = head.operator or operator or "eq"
    left, right = to_decimal(match["left"]), to_decimal(match["right"])
    number, unit = (right, "1:") if left == 1 else (left, f":{plain(right)}")
    return Quantity(operator, number, None, unit, number, None, unit)


def _read_interval(text: str, match: re.Match[str]) -> Quantity | None:
    """[80%,90%) as mathematicians write it."""
    low_unit, high_unit = find_unit(match["low_unit"]), find_unit(match["high_unit"])
    after, end = unit_at(text, match.end())
    if text[end:] or (match["low_unit"] and not low_unit) or (match["high_unit"] and not high_unit):
        return None
    low, high = (Decimal(match[name].replace(",", "")) for name in ("low", "high"))
    return _range(low, low_unit or after, high, high_unit or after, Comparison())


def _read_between(text: str, figure: re.Match[str]) -> Quantity | None:
    """80%≤满意度<90% and 95%≤满意度: the number before the sign."""
    if figure.start() > 0:
        return None
    low_unit, end = unit_at(text, figure.end())
    middle = end
    while middle < len(text) and text[middle] in wording().signs:
        middle += 1
    operator = combine(text[end:middle])
    if middle == end and (both := _read_from_to(text, figure, low_unit, end)) is not None:
        return both
    if middle == end or operator not in ("le", "lt", "ge", "gt"):
        return None
    low = to_decimal(figure[0])
    second = _FIGURE.search(text, middle)
    if second is None:
        if not fits_label(text[middle:]) or not text[middle:]:
            return None
        return _quantity(_FLIPPED[operator], low, low_unit)
    head, tail = read_head(text[middle : second.start()]), read_tail(text, second.end())
    if head.operator not in ("le", "lt") or operator not in ("le", "lt") or tail.rest or not fits_label(head.label):
        return None
    return _range(low, low_unit, to_decimal(second[0]), tail.unit, Comparison())


def signed_ends(text: str) -> list[int]:
    """Where the quantities end that a sign announces, in a text that prints them without any mark between."""
    ends = []
    for figure in _FIGURE.finditer(text):
        if read_head(text[: figure.start()]).operator is not None:
            ends.append(len(text) - len(read_tail(text, figure.end()).rest))
    return ends


def _read_from_to(text: str, figure: re.Match[str], low_unit: UnitText | None, end: int) -> Quantity | None:
    """3天以上5天以内: both ends, each with its comparing word behind it."""
    more, _, end = read_after(text, end)
    second = _NUMBER.match(text, end)
    if more not in ("ge", "gt") or second is None:
        return None
    high_unit, end = unit_at(text, second.end())
    less, _, end = read_after(text, end)
    if less not in ("le", "lt") or text[end:]:
        return None
    return _range(to_decimal(figure[0]), low_unit, to_decimal(second[0]), high_unit, Comparison())
