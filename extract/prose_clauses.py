"""Sentences of prose in clauses: what compares with another year, what tells a cause, what says that there is none.

Pure functions of a passage's compared text; the words are those of ontology/data/facts.yaml.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from extract.prose_words import Figure, alternatives
from ontology.facts import fact_rules


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a sentence between two marks; `aside` counts the brackets with figures that it stands in."""

    start: int
    end: int
    before: str
    aside: int


@dataclass(frozen=True, slots=True)
class Base:
    """What a change is measured against: another year (None where the words don't say which), or this year's plan."""

    is_plan: bool
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """A clause, or the words before a figure, that compares: what with what, and which way it went (0 for 持平; None
    where only the base is said)."""

    name: str
    base: Base | None
    direction: int | None


_FEW = 12
"""How many figures of a bracket are looked at to see whether it tells any."""


def split_clauses(text: str, start: int, end: int, figures: Sequence[Figure]) -> list[Clause]:
    """Given a text and where a sentence stands in it, return its clauses. Brackets that hold figures are clauses of
    their own; other brackets are part of the name that they stand in."""
    pairs = _brackets(text, start, end)
    asides = {first: last for first, last in pairs.items() if _holds_figures(first, last, figures)}
    closing = set(asides.values())
    clauses: list[Clause] = []
    depth, begin, mark, at = 0, start, "", start
    while at < end:
        character = text[at]
        if character == "（" and at not in asides:
            at = pairs.get(at, at) + 1
            continue
        if character in "，；：。！？" or at in asides or at in closing:
            if at > begin:
                clauses.append(Clause(begin, at, mark, depth))
            depth += (at in asides) - (at in closing)
            begin, mark = at + 1, character
        at += 1
    if end > begin:
        clauses.append(Clause(begin, end, mark, depth))
    return clauses


def _brackets(text: str, start: int, end: int) -> dict[int, int]:
    """Where brackets open and close within a sentence; one that is never closed is none."""
    open_at: list[int] = []
    pairs: dict[int, int] = {}
    for match in re.compile("[（）]").finditer(text, start, end):
        if match[0] == "（":
            open_at.append(match.start())
        elif open_at:
            pairs[open_at.pop()] = match.start()
    return pairs


def _holds_figures(first: int, last: int, figures: Sequence[Figure]) -> bool:
    """Whether a bracket tells figures, and is not just part of a name."""
    begin = bisect_left(figures, first, key=lambda figure: figure.start)
    inside = [figure for figure in figures[begin : begin + _FEW] if figure.end <= last]
    return any(figure.type in ("money", "percent") for figure in inside) or len(inside) > 1


# --- causes


@cache
def _cause_pattern() -> re.Pattern[str]:
    return re.compile(
        rf"(?<![及和与题])(?:{alternatives(fact_rules().words['cause'])})(?:主要)?(?:是由于|是因为|是|为|在于|有|系|如下)?(?:：|，(?=一是))?"
    )


@cache
def _cause_after_change() -> re.Pattern[str]:
    return re.compile(rf"(?:{alternatives(fact_rules().words['cause_after_change'])})(?:由于|因为|因)?")


@cache
def _enumerator() -> re.Pattern[str]:
    return re.compile(rf"(?:{alternatives(fact_rules().words['enumerators'])})")


@dataclass(frozen=True, slots=True)
class Cause:
    """Where a cause is told: from the words that announce it (`start`) to its end, and where its own text begins."""

    start: int
    body: int
    end: int


def find_causes(text: str) -> list[Cause]:
    """Given a passage's text, return the causes it tells, in order; none lies within another."""
    found: list[Cause] = []
    at = 0
    while (match := _cause_pattern().search(text, at)) is not None:
        end = _cause_end(text, match.end())
        found.append(Cause(match.start(), match.end(), end))
        at = max(end, match.end())
    return found


def find_cause_after_change(text: str, start: int) -> Cause | None:
    """Given where the clause after a change begins, return the cause that it tells by a weaker word (主要是), if any."""
    match = _cause_after_change().match(text, start)
    return Cause(start, match.end(), _cause_end(text, match.end())) if match is not None else None


def _cause_end(text: str, start: int) -> int:
    """Where a cause ends: with its sentence, or at a semicolon, unless an enumeration (一是 …；二是 …) goes on."""
    at = start
    while at < len(text):
        if text.startswith("其中", at) and text[at - 1] in "，。；" and at > start:
            return at - 1
        if text[at] in "。；" and not _enumerator().match(text, at + 1):
            return at
        at += 1
    return len(text)


# --- comparisons


@cache
def _base() -> str:
    words = alternatives(fact_rules().words["previous_year"])
    plan = "年初预算|全年预算|当年预算|调整预算|调整后预算|预算数?|年初"
    return rf"(?:20\d\d年(?:度)?|{words}|{plan}|同期)[^，。；：]{{0,24}}?"


@cache
def _comparison_pattern() -> re.Pattern[str]:
    words = fact_rules().words
    against = alternatives(words["against"])
    verbs = alternatives((*words["increase"], *words["decrease"]))
    after = alternatives(words["after_change"])
    return re.compile(
        rf"(?P<name>.*?)(?:(?P<yearly>同比)|(?:{against})(?P<base>{_base()})(?:相比较?|比较|对比|相较)?(?:，)?)?"
        rf"(?:分别|各|均|都)*(?<![新稳保促])(?P<verb>{verbs})(?:{after})*"
    )


@cache
def _flat_pattern() -> re.Pattern[str]:
    words = fact_rules().words
    against, nearly = alternatives(words["against"]), alternatives(words["nearly"])
    return re.compile(
        rf"(?P<name>.*?)(?:{against})(?P<base>{_base()})(?:相比|比较|对比)?(?P<nearly>{nearly})?(?P<flat>{alternatives(words['flat'])})"
    )


@cache
def _against_pattern() -> re.Pattern[str]:
    against = alternatives(fact_rules().words["against"])
    return re.compile(rf"(?P<name>.*?)(?:{against})(?P<base>{_base()}|上年同口径)(?:相比较?|比较|对比|相较)")


def _read_base(words: str | None, year: int | None) -> Base | None:
    if words is None:
        return None
    if (printed := re.search(r"20\d\d", words)) is not None:
        return Base(int(printed[0]) == year, int(printed[0]))
    if any(word in words for word in fact_rules().words["previous_year"]) or "同期" in words:
        return Base(False, year - 1 if year is not None else None)
    return Base(True)


def match_change(lead: str, year: int | None) -> Comparison | None:
    """Given the words before a figure and the year spoken of, return the change they tell, or None where they don't."""
    match = _comparison_pattern().fullmatch(lead.strip("，、"))
    if match is None:
        return None
    direction = 1 if match["verb"] in fact_rules().words["increase"] else -1
    base = Base(False, year - 1 if year is not None else None) if match["yearly"] else _read_base(match["base"], year)
    return Comparison(match["name"], base, direction)


def match_flat(clause: str, year: int | None) -> Comparison | None:
    """Given a clause without figures, return what it says to be as before; 基本持平 says no figure."""
    match = _flat_pattern().match(clause)
    if match is None or match["nearly"]:
        return None
    return Comparison(match["name"], _read_base(match["base"], year), 0)


def match_against(clause: str, year: int | None) -> Comparison | None:
    """Given a clause that only says what is compared with (与上年相比), return that."""
    match = _against_pattern().fullmatch(clause)
    return Comparison(match["name"], _read_base(match["base"], year), None) if match is not None else None


# --- shares and completion


@cache
def _share_pattern() -> re.Pattern[str]:
    share = alternatives(fact_rules().words["share"])
    return re.compile(
        rf"(?P<name>.*?)(?:{share})(?P<whole>[^，。；：]*?)(?:的比重|的比例|比重|比例|的)?(?:为|是|约|达)?"
    )


@cache
def _completed_pattern() -> re.Pattern[str]:
    words = alternatives(fact_rules().words["completed"])
    plan = r"[^，。；：]*?预算(?:总额|数)?"
    return re.compile(
        rf"(?P<name>[^，。；：]*?)(?:(?:{words})(?P<plan>{plan})?|为(?P<of>{plan}))(?:的|率为|率|比例为)?(?:比例|比率)?(?:为|达|达到)?"
    )


def match_share(lead: str) -> tuple[str, str] | None:
    """Given the words before a percentage, return what it is a share of and what has the share, or None."""
    match = _share_pattern().fullmatch(lead)
    return (match["whole"], match["name"]) if match is not None else None


def match_completed(lead: str) -> str | None:
    """Given the words before a percentage that say how much of a budget was spent, return what is spoken of, or None."""
    match = _completed_pattern().fullmatch(lead.strip("，"))
    return match["name"] if match is not None else None


# --- that there is none


@cache
def _none_pattern() -> re.Pattern[str]:
    return re.compile(rf"(?<![有并])(?P<word>{alternatives(fact_rules().words['none'])})(?P<name>.+)")


@cache
def _none_behind_pattern() -> re.Pattern[str]:
    return re.compile(rf"(?P<name>.+?)(?P<word>{alternatives(fact_rules().words['none_behind'])})")


def match_none(clause: str) -> tuple[str, str] | None:
    """Given a clause, return what it says there is none of and the word that says so, or None. A clause that only sets
    a case (无…的，) says nothing."""
    if clause.endswith("的"):
        return None
    for pattern in (_none_behind_pattern(), _none_pattern()):
        match = pattern.fullmatch(clause) if pattern is _none_behind_pattern() else pattern.search(clause)
        if match is not None:
            return match["name"], match["word"]
    return None
