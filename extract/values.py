"""Printed targets and actuals to values: signs, ranges, units, deadlines, words. The printed text is always kept.

`parse_value` takes a cell apart: is anything there at all, is it one target or several, a deadline, a quantity or
words? Reading a clause is the work of `deadlines` and `quantities`; the wording is data (ontology/data/values.yaml).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from extract.amounts import Amount, parse_amount
from extract.comparisons import find_comparison, starts_with_sign
from extract.deadlines import read_deadline
from extract.numbers import FOLD, NUMBER, fold, parse_decimal, parse_percent
from extract.plain_forms import put_plainly
from extract.quantities import Quantity, read_quantity, signed_ends
from ontology.records import Absence, Value
from ontology.units import find_unit
from ontology.wording import wording

__all__ = ["Amount", "Parsed", "parse_amount", "parse_decimal", "parse_percent", "parse_value", "print_value"]

# Longer cells are prose; they are kept as words and not searched for numbers.
_LONGEST = 1000
# In a sentence longer than this a lone number is part of the story, not the target.
_LONGEST_WITH_ONE = 60
_MOST_PARTS = 24

_ITEM_NUMBER = re.compile(
    r"\s*(?:[(（][0-9]{1,2}[)）]|[0-9]{1,2}[)）]|[0-9]{1,2}[.．、](?![0-9])|[①-⑳]"
    r"|[一二三四五六七八九十]{1,3}、|[(（][一二三四五六七八九十]{1,3}[)）])(?=\s*\S)"
)
_FIRST_ITEM = re.compile(r"\s*[(（]?1(?:[)）、]|[.．](?![0-9]))")
_CALENDAR_YEAR = re.compile(r"(?:19|20)[0-9]{2}年?度?[:：]?")
_BARE_NUMBER = re.compile(r"[-+]?[0-9][0-9,.]*")


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a cell says: a value, or why there is none (never both)."""

    value: Value | None
    absence: Absence | None = None


def parse_value(
    printed: str, *, operator_cell: str | None = None, unit_cell: str | None = None, fiscal_year: int | None = None
) -> Parsed:
    """Given a target or actual as printed, with its cells for sign and unit where the form splits them, and the year
    that it is for, return what it says. Never raises; a text that isn't understood is a value in words."""
    raw = "".join(((operator_cell or "").strip(), printed.strip(), (unit_cell or "").strip()))
    absence = _absence(printed) or ("placeholder" if _is_of_template(printed) else None)
    if absence is not None:
        return Parsed(None, absence)
    if len(raw) > _LONGEST:
        return Parsed(Value(raw, "qualitative"))
    sign, unit = _cell(operator_cell), _cell(unit_cell)
    if sign in wording().qualitative:
        return Parsed(_in_words(raw, fold(printed), unit, fiscal_year))
    if sign or unit:
        return _read_split(raw, sign, printed, unit, fiscal_year)
    return _read_whole(raw, printed, fiscal_year)


def _cell(text: str | None) -> str:
    """A sign's or unit's cell; a dash in it is as good as nothing."""
    return "" if text is None or _absence(text) is not None else fold(text)


def _absence(text: str) -> Absence | None:
    """Why a cell says nothing: it is blank, says that there is none, or can't be read; None where it says something."""
    words = wording()
    folded = text[: _LONGEST + 1].translate(FOLD)
    marks = {character for character in folded if not character.isspace()}
    if not marks:
        return "blank" if len(text) <= _LONGEST else None
    if len(folded) > _LONGEST:
        return None
    if marks <= words.placeholder_marks or "".join(folded.split()).strip(".。").lower() in words.placeholders:
        return "placeholder"
    if marks <= words.unreadable_marks:
        return "unreadable"
    return None


def _is_of_template(printed: str) -> bool:
    """What a template leaves to be filled in, and nobody did: %, XX%, ≥XX%, ××次."""
    text = "".join(printed.split())
    bare = text.lstrip("".join(wording().signs))
    return text in ("%", "％") or (len(text) <= 8 and _TO_FILL_IN.fullmatch(bare) is not None)


_TO_FILL_IN = re.compile(r"[XxＸ×]{2,4}[^0-9A-Za-z]{0,3}")


def _read_split(raw: str, sign: str, printed: str, unit: str, fiscal_year: int | None) -> Parsed:
    """A target whose sign and unit stand in cells of their own."""
    if unit in wording().deadlines.units:
        found = read_deadline(fold(printed), fiscal_year)  # the "unit" of a day: ≤ | 20251231 | 日期
        if found is not None and not found[1]:
            return Parsed(Value(raw, "by", date=found[0].day))
    if sign in wording().after and not printed.strip().endswith(sign):
        return _read_whole(raw, f"{printed}{unit}{sign}", fiscal_year)  # 以内 in the cell of the sign
    number = _BARE_NUMBER.fullmatch(fold(printed)) is not None
    if not number and (found := read_deadline(fold(printed), fiscal_year)) is not None and not found[1]:
        return Parsed(Value(raw, "by", date=found[0].day))
    if number and not (_CALENDAR_YEAR.fullmatch(fold(printed)) and unit.startswith("年")):
        quantity = read_quantity(f"{sign}{fold(printed)}{unit}", fiscal_year)
        if quantity is None and (alone := read_quantity(f"{sign}{fold(printed)}", fiscal_year)) is not None:
            quantity = replace(alone, unit=unit or None, base_unit=unit or None)
        if quantity is not None:
            return Parsed(_value(raw, quantity))
    whole = _read_whole(raw, f"{sign}{printed}{unit}", fiscal_year)
    if whole.value is not None and whole.value.operator == "qualitative" and not whole.value.parts:
        return Parsed(_in_words(raw, fold(printed), unit, fiscal_year))
    return whole


def _read_whole(raw: str, text: str, fiscal_year: int | None) -> Parsed:
    clauses = list(_clauses(text))
    if len(clauses) > 1:
        parts = [part for clause in clauses for part in _read_clause(clause, fiscal_year)]
        return Parsed(_joined(raw, parts))
    clause = clauses[0] if clauses else text
    parts = _read_clause(clause, fiscal_year)
    if len(parts) > 1:
        return Parsed(_joined(raw, parts))
    if parts[0].operator == "qualitative" and _is_sign_alone(clause):
        return Parsed(None, "unreadable")
    return Parsed(replace(parts[0], raw=raw))


def _is_sign_alone(clause: str) -> bool:
    """A comparison without anything to compare with: the number was not read."""
    text = fold(clause)
    return (
        starts_with_sign(text) and not any(c.isalnum() and not c.isspace() for c in text.strip("%")) and len(text) < 5
    )


def _joined(raw: str, parts: list[Value]) -> Value:
    """Several targets of one cell: the first's own fields, and all of them as parts."""
    return replace(parts[0], raw=raw, parts=tuple(parts[:_MOST_PARTS]))


def _read_clause(clause: str, fiscal_year: int | None) -> list[Value]:
    """One or several values of a clause; at least one, in words where nothing else is found."""
    printed = _ITEM_NUMBER.sub("", clause, count=1).strip()
    text = put_plainly(fold(printed))
    word = wording().qualitative.at_start(text)
    if word:
        return [_in_words(printed, text[len(word) :].lstrip(":,、"), "", fiscal_year)]
    if found := _read_single(printed, text, fiscal_year):
        return found
    for pieces in (_weak_pieces(printed), _signed_pieces(printed), _counted_pieces(text)):
        if several := _read_pieces(printed, pieces, fiscal_year):
            return several
    return [_in_words(printed, text, "", fiscal_year)]


def _read_single(printed: str, text: str, fiscal_year: int | None) -> list[Value]:
    """The deadline or the quantity that a clause is; a deadline may have a quantity behind it (12月底前完成100%)."""
    deadline = read_deadline(text, fiscal_year)
    if deadline is None:
        quantity = read_quantity(text, fiscal_year)
        return [] if quantity is None else [_value(printed, quantity)]
    by, rest = Value(printed, "by", date=deadline[0].day), deadline[1].strip(",，。、")
    if not any(character.isdigit() for character in rest):
        return [by]
    behind = read_quantity(rest, fiscal_year)
    if behind is None:
        return []
    return [replace(by, raw=text.removesuffix(deadline[1])), _value(rest, behind)]


def _read_pieces(printed: str, pieces: list[str], fiscal_year: int | None) -> list[Value]:
    """The values of a clause's pieces, where pieces are targets of their own: those that are numbers or dates."""
    if len(pieces) < 2:
        return []
    # A year before the comma says when, not what (2024年，完成3项).
    told = [piece for piece in pieces if not _CALENDAR_YEAR.fullmatch(fold(piece))]
    values = [value for piece in told for value in _read_single(piece, fold(piece), fiscal_year)]
    if len(values) == 1 and len(printed) <= _LONGEST_WITH_ONE and _only_number(told):
        return [replace(values[0], raw=printed)]
    if len(values) < 2:
        return []
    return [limits] if (limits := _limits(printed, told, values)) else values


def _only_number(pieces: list[str]) -> bool:
    """Whether digits stand in one of the pieces only."""
    return sum(any(c.isdigit() for c in piece) for piece in pieces) <= 1


def _limits(printed: str, pieces: list[str], values: list[Value]) -> Value | None:
    """≥80%且≤90% is one range, not two targets."""
    if len(values) != 2 or len(pieces) != 2 or not all(starts_with_sign(fold(piece)) for piece in pieces):
        return None
    low, high = sorted(values, key=lambda value: value.operator not in ("ge", "gt"))
    if low.operator not in ("ge", "gt") or high.operator not in ("le", "lt") or low.base_value is None:
        return None
    if low.unit != high.unit or high.base_value is None or low.base_value > high.base_value:
        return None
    return replace(low, raw=printed, operator="range", upper=high.value, base_upper=high.base_value)


def _in_words(raw: str, text: str, unit: str, fiscal_year: int | None) -> Value:
    """A target in words; one of a scale's words, or a number or a day where the form calls that 定性."""
    found = read_deadline(text, fiscal_year) if any(c.isdigit() for c in text) else None
    if found is not None and found[0].day is not None and not found[1]:
        return Value(raw, "by", date=found[0].day)
    if any(c.isdigit() for c in text) and (quantity := read_quantity(text + unit, fiscal_year)) is not None:
        return _value(raw, quantity)
    words = wording()
    body = text
    if not unit and (tail := words.qualitative_units.at_end(text)) and _scale(text[: -len(tail)]):
        body, unit = text[: -len(tail)], tail
    comparison = find_comparison(text, fiscal_year) if len(text) <= _LONGEST_WITH_ONE else None
    return Value(
        raw,
        "qualitative",
        unit=unit or None,
        scale=_scale(body),
        relative_to=comparison.relative_to if comparison else None,
        change=comparison.change if comparison else None,
    )


def _scale(text: str) -> tuple[str, ...]:
    """The words of a printed scale (优良中低差, 是/否); none where the text is no scale."""
    bare = text.strip("()[]")
    words = wording().scales.get(re.sub(r"[/、,，|\\;；-]|或者?", "", bare))
    if words:
        return words
    # Single characters with marks between them are a scale even where the list doesn't know it.
    singles = re.split(r"[/、|]", bare)
    return tuple(singles) if 2 <= len(singles) <= 6 and all(re.fullmatch(r"[一-鿿]", word) for word in singles) else ()


def _value(raw: str, quantity: Quantity) -> Value:
    return Value(
        raw,
        quantity.operator,
        value=quantity.value,
        upper=quantity.upper,
        unit=quantity.unit,
        base_value=quantity.base_value,
        base_upper=quantity.base_upper,
        base_unit=quantity.base_unit,
        relative_to=quantity.relative_to,
        change=quantity.change,
    )


# --- taking a cell apart ------------------------------------------------------------------------------------------


def _clauses(text: str) -> Iterator[str]:
    """The clauses that strong marks (；, a line break, ①) or numbers of their own (1、 2、) part, but for brackets."""
    numbered = _numbered_items(text)
    if numbered:
        yield from (item for item in numbered if _says_something(item))
        return
    start, inside = 0, _inside_brackets(text)
    for at, character in enumerate(text):
        mark = character in wording().strong
        parts = mark or (at > start and "①" <= character <= "⑳")
        if parts and at not in inside:
            if _says_something(text[start:at]):
                yield text[start:at].strip()
            start = at + 1 if mark else at
    if _says_something(text[start:]):
        yield text[start:].strip()


def _numbered_items(text: str) -> list[str]:
    """The items of a text that numbers them from 1 on, without their numbers; none where it doesn't."""
    items: list[str] = []
    found = _FIRST_ITEM.match(text)
    while found is not None and len(items) < _MOST_PARTS:
        number = re.compile(rf"(?<![0-9.])[(（]?{len(items) + 2}(?:[)）、]|[.．](?![0-9]))")
        following = number.search(text, found.end())
        items.append(text[found.end() : following.start() if following else len(text)].strip(" ；;，,。\n"))
        found = following
    return items if len(items) > 1 else []


def _inside_brackets(text: str) -> set[int]:
    """The places between brackets that are closed again; a lone bracket holds nothing."""
    inside: set[int] = set()
    opened: list[int] = []
    for at, character in enumerate(text):
        if character in "(（[【《":
            opened.append(at)
        elif character in ")）]】》" and opened:
            inside.update(range(opened.pop(), at))
    return inside


def _says_something(text: str) -> bool:
    left = _ITEM_NUMBER.sub("", text, count=1)
    return any(not character.isspace() and character not in "。.,，、；;" for character in left)


def _weak_pieces(text: str) -> list[str]:
    """The pieces between weak marks (，、且), outside of brackets and of figures (1,200)."""
    words = wording()
    pieces, start, at, inside = [], 0, 0, _inside_brackets(text)
    while at < len(text):
        character = text[at]
        mark = character if character in words.weak else words.joined.at_start(text, at) if at > start else None
        if mark and at not in inside and not re.match(r"(?<=[0-9])[,，][0-9]{3}(?![0-9])", text[max(at - 1, 0) :][1:]):
            pieces.append(text[start:at].strip())
            start = at + len(mark)
            at = start
        else:
            at += 1
    pieces.append(text[start:].strip())
    return [piece for piece in pieces if piece]


def _signed_pieces(text: str) -> list[str]:
    """The pieces of a text in which quantities follow one another without any mark (≥10场≥500人次)."""
    folded = fold(text)
    ends = signed_ends(folded)
    if len(ends) < 2:
        return []
    starts = [0, *ends[:-1]]
    return [folded[start:end] for start, end in zip(starts, [*ends[:-1], len(folded)], strict=True)]


_COUNTED = re.compile(rf"({NUMBER})([^0-9/;，,。、≥≤<>=]{{1,6}})")


def _counted_pieces(text: str) -> list[str]:
    """The pieces of a text that counts several things with nothing, or a stroke, between them (5场/200人次, 5场次200人次);
    none where one of them is no count: 3次/2年 is a frequency."""
    pieces, at = [], 0
    while (found := _COUNTED.match(text, at)) is not None:
        unit = find_unit(found[2])
        if unit is None or unit.unit is None or unit.unit.kind != "count":
            return []
        pieces.append(found[0])
        at = found.end() + text.startswith("/", found.end())
    return pieces if at == len(text) and len(pieces) > 1 else []


# --- and back -----------------------------------------------------------------------------------------------------

_RELATIONS = {"ge": "不低于{}", "gt": "高于{}", "le": "不高于{}", "lt": "低于{}", "eq": "与{}持平"}
_SIGNS = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<", "eq": "=", "range": ""}


def print_value(value: Value) -> str:
    """Given a value, return it as it would be printed plainly ("≥95%", "较上年增长=5%", "2025-09-30"). Parsed again
    (for the same fiscal year) it is the same value, but for the printed text that it keeps."""
    if value.parts:
        return "；".join(print_value(part) for part in value.parts)
    if value.operator == "qualitative" or (value.operator == "by" and value.date is None):
        return value.raw
    if value.operator == "by":
        return str(value.date)
    sign, compared = _SIGNS[value.operator], _print_comparison(value)
    if value.value is None:
        return _RELATIONS[value.operator].format(_compared_word(value.relative_to or ""))
    unit = value.unit or ""
    if unit == "1:":
        return f"{sign}1:{value.value:f}"
    number = f"{value.value:f}" if value.upper is None else f"{value.value:f}～{value.upper:f}"
    if value.relative_to is not None and value.change is None:
        return f"{sign}{compared}{number}{unit}"
    return f"{compared}{sign}{number}{unit}"


def _print_comparison(value: Value) -> str:
    changes = {"increase": "增长", "decrease": "下降", None: ""}
    if value.relative_to is None:
        return changes[value.change]
    word = _compared_word(value.relative_to)
    return f"较{word}{changes[value.change]}" if value.change else f"{word}的"


def _compared_word(relative_to: str) -> str:
    """The first word of the list for what a value is compared with; a year stands for itself."""
    listed = wording().compared_with.meaning
    return next((word for word, meaning in listed.items() if meaning == relative_to), f"{relative_to}年")
