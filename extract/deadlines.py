"""Deadlines: a printed date, month, quarter or year to the last acceptable day.

Given a target such as 9月底前, 2021.10月前, 第三季度 or 2024年全年 and the fiscal year, `read_deadline` finds the last
day on which it is still met. A month, quarter or year before which something must be done (10月前) ends the day before
it begins; a day (12月31日前) counts itself, as does whatever says 底, 末 or 内. Where the text fixes no day (年初,
每月10日前), or no year is printed and none is known, the deadline has no date.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from extract.numbers import parse_numeral
from ontology.wording import Words, wording

_LONGEST = 80
_YEARS = range(1900, 2100)
_MOST_FREE = 24
_DASH = "-–—―─~～〜至到"
_NUMERALS = "零〇○一二两三四五六七八九十"
_NUMERAL_DATE = re.compile(rf"[{_NUMERALS}]{{4}}(?=年)|(?<![{_NUMERALS}])[{_NUMERALS}]{{1,3}}(?=[月日号])")
_ENDS_PERIOD = {"上旬": 10, "中旬": 20, "中": 20}
_QUARTERS = "一二三四"
_SIGNS_OF_LIMIT = "≤≦⩽≪《<=＝═＜﹤"


@dataclass(frozen=True, slots=True)
class Deadline:
    """A deadline: its last acceptable day, or None where the text fixes none."""

    day: date | None


@dataclass(frozen=True, slots=True)
class _Period:
    """A printed day, month, quarter or year: its first and last day. A day has no `first`: what must be done before it
    may still be done on it. `vague` ones (年初) fix no day."""

    first: date | None = None
    last: date | None = None
    bare_month: bool = False
    needs_before: bool = False


_Reader = Callable[[re.Match[str], int | None], _Period | None]


def read_deadline(text: str, fiscal_year: int | None) -> tuple[Deadline, str] | None:
    """Given a folded clause and the fiscal year, return the deadline it begins with and the text that is left behind
    it, or None where it is no deadline. Words that merely say that something is done by then are not left."""
    if len(text) > _LONGEST:
        return None
    text = _NUMERAL_DATE.sub(_arabic, text)
    head = _lead(text)
    for start in range(head, min(len(text), head + _MOST_FREE) + 1):
        if start > head and (text[start - 1].isdigit() or text[start - 1] in _FORBIDDEN):
            return None
        found = _read_period(text, start, fiscal_year)
        if found is not None:
            word = wording().before.at_end(text[:start])
            if word and (wording().before[word] not in ("le", "lt") or text[start : found[1]].rstrip("年度").isdigit()):
                return None  # 不低于2023年 compares with that year
            return _accept(text, start, head, *found)
    return None


_FORBIDDEN = frozenset(",;。；、≥>%.:*×")


def _arabic(match: re.Match[str]) -> str:
    number = parse_numeral(match[0].replace("○", "〇"))
    return match[0] if number is None else str(number)


def _lead(text: str) -> int:
    """Where the date may begin: behind a sign of limit and words such as 截至, 不晚于."""
    start = len(text) - len(text.lstrip(_SIGNS_OF_LIMIT))
    words = wording().deadlines.lead
    while word := words.at_start(text, start):
        start += len(word)
    return start


def _accept(text: str, start: int, head: int, period: _Period, end: int) -> tuple[Deadline, str] | None:
    words = wording().deadlines
    before = words.before.at_start(text, end)
    within = None if before else words.within.at_start(text, end)
    end += len(before or within or "")
    marked = bool(before or within) or (end > start and words.end.at_end(text[start:end]) is not None)
    if period.needs_before and not before:
        return None
    signed = text[:1] in _SIGNS_OF_LIMIT
    if period.bare_month and not before and (signed or within == "内"):
        return None  # ≤12月 is twelve months
    verb = words.verbs.at_start(text, end)
    if start > head and not (
        before or within or verb or words.lead.at_end(text[:start]) or wording().before.at_end(text[:start])
    ):
        return None
    rest = _after_verbs(text[end:], words.verbs, marked=marked)
    if rest and not marked:
        return None  # 2024年培训3次 counts trainings; the year is no deadline
    day = period.first - timedelta(1) if before and period.first is not None else period.last
    return Deadline(day), rest


def _after_verbs(rest: str, verbs: Words, *, marked: bool) -> str:
    """What is left behind the verbs; after a mark (前, 内) free words without figures belong to the deadline."""
    while word := verbs.at_start(rest):
        rest = rest[len(word) :]
    if len(rest) <= _MOST_FREE and not any(c.isdigit() or c in _FORBIDDEN for c in rest) and (marked or rest == ""):
        return ""
    return rest


def _read_period(text: str, start: int, fiscal_year: int | None) -> tuple[_Period, int] | None:
    """The period that begins at `start` and where it ends; of a span (1月-12月) the last one."""
    for pattern, reader in _patterns():
        match = pattern.match(text, start)
        if match is None:
            continue
        period = reader(match, fiscal_year)
        if period is None:
            continue
        end = match.end()
        if end < len(text) and text[end] in _DASH and period.last is not None:
            later = _read_period(text, end + 1, period.last.year)
            if later is not None:
                return _Period(None, later[0].last), later[1]
        return period, end
    return None


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], _Reader], ...]:
    words = wording().deadlines
    named = "|".join(sorted(map(re.escape, words.years), key=len, reverse=True))
    end, begin = ("|".join(sorted(map(re.escape, w.meaning), key=len, reverse=True)) for w in (words.end, words.start))
    y4 = r"(?:19|20)[0-9]{2}"
    year = rf"(?:(?P<year>{y4})(?:年度?)?的?|(?P<short>[0-9]{{2}})年|(?P<word>{named})内?的?)?"
    part = rf"(?:(?P<end>{end})|(?P<start>{begin})|(?P<ten>上旬|中旬|下旬|中(?=前|完|$)))?"
    no_more = r"(?![0-9.%])"
    clock = r"(?:[0-9]{1,2}(?:[时点]|:[0-9]{2})整?)?"
    month = rf"(?:[0-9]{{1,2}}(?:月份?)?[{_DASH}])?(?P<month>[0-9]{{1,2}})"
    quarter = "[一二三四1-4]"
    readers: tuple[tuple[str, _Reader], ...] = (
        (rf"(?P<year>{y4})(?P<month>[01][0-9])(?P<day>[0-3][0-9]){no_more}", _read_day),
        (rf"(?P<year>{y4})[.\-/](?P<month>[0-9]{{1,2}})[.\-/月](?P<day>[0-9]{{1,2}})(?:日|号|{no_more})", _read_day),
        (rf"{year}(?P<month>[0-9]{{1,2}})月份?(?P<day>[0-9]{{1,2}})(?:[日号]{clock}|{no_more})", _read_day),
        (r"(?P<month>[0-9]{1,2})[./](?P<day>[0-9]{1,2})(?=日|号|之?前|以前)", _read_day),
        (rf"(?P<year>{y4})[.\-/](?P<month>[0-9]{{1,2}})(?:月份?|{no_more}){part}", _read_month),
        (rf"{year}{month}月份?(?!薪|度){part}", _read_month),
        (rf"{year}(?:第?{quarter}季?度?[{_DASH}])?第?(?P<quarter>{quarter})季度?{part}", _read_quarter),
        (rf"{year}Q(?P<quarter>[1-4]){part}", _read_quarter),
        (rf"{year}(?P<half>[上下]半年){part}", _read_half),
        (rf"(?:{y4}年?[{_DASH}])?(?P<year>{y4})(?:年度?)?(?:全年度?|年?{part}内?)(?<=[年度底末终初中内])", _read_year),
        (rf"(?P<word>{named})?(?:全年度?|年(?:内|中(?=前|完|$)|(?P<end>{end})|(?P<start>{begin})))", _read_year),
        (r"[本当该]?(?:预算|财政|会计)?年度(?:内|底|末)", _read_year),
        (r"(?P<word>本年度?|当年度?|今年|次年度?|明年|下一?年度?)(?:内|底|末)?", _read_year),
        (r"[本当每]?(?:月|季度?|周)[底末]", _read_vague),
        (r"[本当每]?月?[0-9]{1,2}[日号]|[0-9]{1,2}[:点][0-9]{0,2}分?", _read_vague_before),
    )
    return tuple((re.compile(pattern), reader) for pattern, reader in readers)


def _year_of(match: re.Match[str], fiscal_year: int | None) -> int | None:
    groups = match.groupdict()
    if groups.get("year"):
        return int(groups["year"])
    if groups.get("short"):
        return 2000 + int(groups["short"])
    if fiscal_year is None:
        return None
    year = fiscal_year + wording().deadlines.years.get(groups.get("word") or "", 0)
    return year if year in _YEARS else None


def _read_day(match: re.Match[str], fiscal_year: int | None) -> _Period | None:
    month, day = int(match["month"]), int(match["day"])
    if not 1 <= month <= 12 or not 1 <= day <= 31:
        return None
    year = _year_of(match, fiscal_year)
    if year is None:
        return _Period()
    try:
        return _Period(None, date(year, month, day))
    except ValueError:  # 9月31日: the day doesn't exist, so the text fixes none
        return _Period()


def _read_month(match: re.Match[str], fiscal_year: int | None) -> _Period | None:
    month, year = int(match["month"]), _year_of(match, fiscal_year)
    if not 1 <= month <= 12:
        return None
    bare = not any(match.groupdict().get(name) for name in ("year", "short", "word", "end", "start", "ten"))
    if year is None or match["start"]:
        return _Period(bare_month=bare)
    first, last = _months(year, month, month)
    if match["end"]:
        return _Period(None, last)
    if match["ten"]:
        # The day before a ten-day period is the last of the one before it.
        until = _ENDS_PERIOD.get(match["ten"])
        begins = {10: first, 20: first + timedelta(10), None: first + timedelta(20)}[until]
        return _Period(begins, first.replace(day=until) if until else last)
    return _Period(first, last, bare_month=bare)


def _read_quarter(match: re.Match[str], fiscal_year: int | None) -> _Period | None:
    printed, year = match["quarter"], _year_of(match, fiscal_year)
    number = _QUARTERS.index(printed) + 1 if printed in _QUARTERS else int(printed)
    return _of_months(match, year, number * 3 - 2, number * 3)


def _read_half(match: re.Match[str], fiscal_year: int | None) -> _Period | None:
    return _of_months(match, _year_of(match, fiscal_year), *((1, 6) if match["half"] == "上半年" else (7, 12)))


def _read_year(match: re.Match[str], fiscal_year: int | None) -> _Period | None:
    year = _year_of(match, fiscal_year)
    groups = match.groupdict()
    if match[0].endswith("中"):
        return _of_months(match, year, 1, 6)
    # Only a year alone can be something that comes after the deadline (2025年前); 年底前 and 全年 count the whole year.
    alone = match[0].endswith(("年", "度")) and "全年" not in match[0] and not groups.get("end")
    period = _of_months(match, year, 1, 12)
    return period if alone and groups.get("year") else _Period(None, period.last)


def _of_months(match: re.Match[str], year: int | None, first_month: int, last_month: int) -> _Period:
    groups = match.groupdict()
    if year is None or groups.get("start"):
        return _Period()
    first, last = _months(year, first_month, last_month)
    return _Period(None, last) if groups.get("end") or groups.get("ten") else _Period(first, last)


def _read_vague(match: re.Match[str], fiscal_year: int | None) -> _Period | None:
    return _Period()


def _read_vague_before(match: re.Match[str], fiscal_year: int | None) -> _Period | None:
    return _Period(needs_before=True)


def _months(year: int, first: int, last: int) -> tuple[date, date]:
    return date(year, first, 1), date(year, last, monthrange(year, last)[1])
