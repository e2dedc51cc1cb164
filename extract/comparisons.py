"""What a target compares: the signs and words before a number, and the year or plan that it is held against."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from extract.numbers import GAP, NUMBER
from ontology.records import Change, Operator
from ontology.units import read_unit
from ontology.wording import wording

_LONGEST_LABEL = 40
_LABEL = re.compile(r"[^,;。!?≥≤<>=≧≦《》~±]*")
_NUMBER = re.compile(NUMBER)
_LIST_START = re.compile(r"[0-9.]+\D?")
_CALENDAR_YEAR = re.compile(r"(?:19|20)[0-9]{2}(?:年度?|(?=\D))")
_YEAR_COMPARED = re.compile(r"((?:19|20)[0-9]{2})年度?")
# 控制在预算内 and 达到国家标准 are words, although they begin like a comparison with a number.
_NO_RELATION = ("控制", "达", "力争达", "应达", "需达", "要达", "确保达", "总体达", "均达", "突破", "未达")

OPERATORS: dict[str, Operator] = {"ge": "ge", "gt": "gt", "le": "le", "lt": "lt", "eq": "eq"}
_CHANGES: dict[str, Change] = {"increase": "increase", "decrease": "decrease"}


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a text compares with (上年, 计划 ...) and which way it goes."""

    relative_to: str | None = None
    change: Change | None = None


def starts_with_sign(text: str) -> bool:
    """Given a folded text, return whether it begins with a sign or a comparing word."""
    words = wording()
    return bool(text) and (text[0] in words.signs or words.before.at_start(text) is not None)


def read_operator(head: str) -> tuple[Operator, str] | None:
    """Given a folded text, return the comparison that it ends with and the text before that, or None.

    Signs in a row are one: > and = are ≥. A comparing word before a sign (达到≥) says the same again.
    """
    words = wording()
    end = len(head)
    while end and (head[end - 1] in words.signs or (head[end - 1] == "/" and end < len(head))):
        end -= 1
    if end < len(head):
        operator = combine(head[end:])
        return None if operator is None else (operator, _before_doubled(head[:end], operator))
    word = words.before.at_end(head)
    if word is None:
        return None
    operator = OPERATORS[words.before[word]]
    return operator, _before_doubled(head[: -len(word)], operator)


def is_sign(text: str) -> bool:
    """Given a cell's text, return whether it is a sign alone (≥, 定性), which compares the figure of another cell."""
    told = "".join(text.split())
    if not told or len(told) > _LONGEST_SIGN:
        return False
    return told in wording().qualitative or ((found := read_operator(told)) is not None and not found[1])


def is_qualitative(text: str) -> bool:
    """Given a cell's text, return whether it only says that what is asked is put in words (定性)."""
    return "".join(text.split()) in wording().qualitative


_LONGEST_SIGN = 7


def combine(signs: str) -> Operator | None:
    """Given signs in a row, return what they say together, or None where they contradict each other."""
    known = wording().signs
    found = {known[sign] for sign in signs if sign in known}
    if len(found) == 1:
        return next(iter(found))
    if found and found <= {"ge", "gt", "eq"}:
        return "ge"
    return "le" if found and found <= {"le", "lt", "eq"} else None


def _before_doubled(head: str, operator: Operator) -> str:
    words = wording().before
    word = words.at_end(head)
    return head[: -len(word)] if word and words[word] in (operator, "eq", "ge") else head


def fits_label(label: str) -> bool:
    """Given what stands before a number that no sign announces, return whether it is a label: words, without another
    quantity, comparison or list in them."""
    label = _CALENDAR_YEAR.sub("", label, count=1)
    if len(label) > _LONGEST_LABEL or label.endswith(("第", "-", "+")) or GAP in label or not _LABEL.fullmatch(label):
        return False
    if _LIST_START.fullmatch(label) or any(word in label for word in _negated()):
        return False
    return all(read_unit(label, figure.end()) is None for figure in _NUMBER.finditer(label))


@cache
def _negated() -> tuple[str, ...]:
    """Comparing words that are never a part of another word: those with 不."""
    return tuple(word for word in wording().before.meaning if word.startswith("不") and len(word) > 2)


def find_comparison(text: str, fiscal_year: int | None) -> Comparison:
    """Given a folded text (较上年提高, 同比下降) and the fiscal year, return what it compares with, and which way."""
    words = wording()
    for at, character in enumerate(text):
        named: tuple[str, int] | None = None
        if character in "同环" and (word := words.compared_with.at_start(text, at)) and word[1] in "比期":
            named = words.compared_with[word], at + len(word)
        elif character in "较比相对" and text[at - 1 : at] != "占" and (by := words.compared_by.at_start(text, at)):
            named = read_compared(text, at + len(by), fiscal_year)
        if named is not None:
            found = (words.changes.at_start(text, place) for place in range(named[1], len(text)))
            return Comparison(named[0], next((_CHANGES[words.changes[word]] for word in found if word), None))
    return Comparison()


def read_compared(text: str, start: int, fiscal_year: int | None) -> tuple[str, int] | None:
    """Given a folded text and a place, return what a comparison names there (上年同期水平, 2020年度, 计划) and where it
    ends, or None."""
    words = wording()
    if year := _YEAR_COMPARED.match(text, start):
        named, end = _year(int(year[1]), fiscal_year), year.end()
    elif word := words.compared_with.at_start(text, start):
        named, end = words.compared_with[word], start + len(word)
    else:
        return None
    for _ in range(3):
        if more := words.compared_with.at_start(text, end) or words.compared_tail.at_start(text, end):
            end += len(more)
    return named, end


def _year(year: int, fiscal_year: int | None) -> str:
    return "previous_year" if fiscal_year is not None and year == fiscal_year - 1 else str(year)


def read_label(label: str, fiscal_year: int | None, *, compared: bool) -> tuple[Comparison, Operator | None]:
    """Given the label before a number, whether a sign stands between them, and the fiscal year, return what the number
    is compared with and a comparison further left (不低于上年的, 不少于总数的)."""
    words = wording()
    if not compared and label.endswith("的"):
        for at in range(len(label)):
            word = words.before.at_start(label, at) or (label[at] if label[at] in words.signs else None)
            if word is None:
                continue
            operator = OPERATORS[words.before[word] if word in words.before else words.signs[word]]
            named = read_compared(label, at + len(word), fiscal_year)
            return (Comparison(named[0]) if named else find_comparison(label, fiscal_year)), operator
        named = read_compared(label, 0, fiscal_year)
        if named and named[1] == len(label):
            return Comparison(named[0]), None
    comparison = find_comparison(label, fiscal_year)
    if comparison.relative_to is None and (word := words.changes.at_end(label)):
        return Comparison(None, _CHANGES[words.changes[word]]), None
    return comparison, None


def read_relation(text: str, fiscal_year: int | None) -> tuple[Operator, str] | None:
    """Given a folded clause and the fiscal year, return a comparison without a number (不低于上年), or None."""
    words = wording()
    level = words.level.at_end(text)
    for at in range(len(text)):
        if level:
            by = words.compared_by.at_start(text, at)
            named = read_compared(text, at + len(by), fiscal_year) if by else None
            if named and text[named[1] :] == level and fits_label(text[:at]):
                return "eq", named[0]
            continue
        signs_end = at
        while signs_end < len(text) and text[signs_end] in words.signs:
            signs_end += 1
        word = None if signs_end > at else words.before.at_start(text, at)
        if word is None and signs_end == at:
            continue
        named = read_compared(text, at + len(word) if word else signs_end, fiscal_year)
        if named and named[1] == len(text) and not text.endswith("的") and fits_label(text[:at]):
            operator = OPERATORS[words.before[word]] if word else combine(text[at:signs_end])
            # ≥2024年 is a number or a date; 不低于2023年 is a comparison.
            wordy = word is None or word.startswith(_NO_RELATION)
            dated = text[at:].lstrip("".join(words.signs))[:2] in ("19", "20")
            return None if operator is None or (word and wordy) or (word is None and dated) else (operator, named[0])
        if signs_end > at:
            return None
    return None
