"""Odd ways to print a target, put the way in which all others are printed, before anything is read.

Given a folded clause, `put_plainly` returns it with the same meaning: ≥：95% is ≥95%, 1亿5000万元 is 15000万元, 10人以上/次
is 10人/次以上. What is printed is kept elsewhere; this is only what is read.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from functools import cache

from extract.numbers import NUMBER, NUMERAL, parse_numeral
from ontology.wording import wording

_LONGEST = 160
_Rule = tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]


def put_plainly(text: str) -> str:
    """Given a folded clause, return it as it is printed plainly."""
    if len(text) > _LONGEST or not any(character.isdigit() or character in "一二三两" for character in text):
        return text
    for pattern, plain in _rules():
        text = pattern.sub(plain, text)
    return text


@cache
def _rules() -> tuple[_Rule, ...]:
    words = wording()
    signs = re.escape("".join(words.signs))
    inclusive = "|".join(sorted(map(re.escape, words.inclusive.meaning), key=len, reverse=True))
    after = "|".join(sorted(map(re.escape, words.after.meaning), key=len, reverse=True))
    return (
        # ≥：95%
        (re.compile(rf"^([{signs}]+):(?=[0-9.])"), r"\1"),
        # ≥.95
        (re.compile(rf"^([{signs}]*)\.(?=[0-9])"), r"\g<1>0."),
        # 95%(含95%)以上, 6月30日(含)前: what a note inside says the words behind it say, too
        (re.compile(rf"\((?:{inclusive})[^()]{{0,12}}\)(?=.)"), ""),
        # ≤收到发票后10日: the sign belongs to the number
        (re.compile(rf"^([{signs}]+)([一-鿿]{{2,12}}[后起])(?=[0-9])"), r"\2\1"),
        # 10人以上/次
        (re.compile(rf"({after})/([一-鿿]{{1,3}})$"), r"/\2\1"),
        # 1亿5000万元, 1万2千元: in the smaller of the two scales
        (re.compile(rf"(?<![0-9.,])({NUMBER})亿([0-9]{{1,4}}(?:\.[0-9]{{1,8}})?)万"), _scaled(10_000, "万")),
        (re.compile(rf"(?<![0-9.,])({NUMBER})万([1-9])千"), _scaled(10, "千")),
        # ≤1/1000
        (re.compile(rf"^([{signs}]+)({NUMBER})/(10{{2,6}})$"), _fraction),
        # 每3年一次: the number that counts is the second
        (re.compile(rf"^(每[0-9]{{1,2}}(?:年|个?月|季度?|周|星期|天|日))({NUMERAL})(?=[次场期轮])"), _counted),
    )


def _scaled(factor: int, scale: str) -> Callable[[re.Match[str]], str]:
    def plain(match: re.Match[str]) -> str:
        return f"{Decimal(match[1].replace(',', '')) * factor + Decimal(match[2]):f}{scale}"

    return plain


def _fraction(match: re.Match[str]) -> str:
    return f"{match[1]}{Decimal(match[2].replace(',', '')) / Decimal(match[3]):f}"


def _counted(match: re.Match[str]) -> str:
    number = parse_numeral(match[2])
    return match[0] if number is None else f"{match[1]}{number}"
