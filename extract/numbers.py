"""Printed numbers: widths folded, separators, numbers written in characters. No floats, nothing raises."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

# Full-width forms to half-width ones, one character for one, so that a unit's own text stays as printed.
FOLD = str.maketrans(
    {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    | dict(zip("\u3000\u00a0﹪٪﹢﹣−，﹐﹒∶：〔〕【】﹙﹚／∕⁄", "  %%+--,,.::()()()///", strict=True))
    | dict.fromkeys("\u200b\u200c\u200d\ufeff\u00ad", None)
    | {chr(code): None for code in (*range(0x20), 0x7F) if not chr(code).isspace()}
)

# At most this many digits before and after the point: what a figure of public money or a count can have, and what a
# decimal of the graph can hold. A longer run of digits is a code or a telephone number.
NUMBER = r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,15})(?:\.[0-9]{1,12})?(?![0-9]|\.[0-9])"

_NUMERAL_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0, "两": 2, "俩": 2}
_NUMERAL_TENS = {"十": 10, "百": 100, "千": 1000}
NUMERAL = r"[零〇一二两三四五六七八九十百千]{1,9}"

# 1 8 6 0 0: a figure whose digits a text dump has spread; two digits alone may be two numbers.
_SPREAD = re.compile(r"(?<![0-9.,] )(?<![0-9.,])[0-9](?: [0-9]){2,}(?! ?[0-9.,])")
_SPACED_GROUP = re.compile(r"(?<=[0-9]) +(?=[0-9]{3}(?![0-9]))")
_SPACE = re.compile(r"\s+")
_DIGIT_GAP = re.compile(r"(?<=[0-9])\s+(?=[0-9])")
_PLAIN = re.compile(r"([-+]?)((?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,15})(?:\.[0-9]{0,12})?|\.[0-9]{1,12})")
# A text longer than this is no number, and is not searched for one.
_LONGEST = 60

GAP = "\u2423"
"""What `fold` leaves between two digits that a space parts: two numbers in a cell are not one."""


def fold(text: str) -> str:
    """Given a text, return it with full-width signs made half-width and white space dropped.

    A space between groups of three digits goes ("1 200 000"); one between other digits is kept as `GAP`.
    """
    folded = text.translate(FOLD)
    if any(character.isspace() for character in folded):
        folded = _SPACED_GROUP.sub("", _SPREAD.sub(lambda match: match[0].replace(" ", ""), folded))
        folded = _SPACE.sub("", _DIGIT_GAP.sub(GAP, folded))
    return folded


def to_decimal(digits: str) -> Decimal:
    """Given digits that `NUMBER` matched, return the number."""
    return Decimal(digits.replace(",", ""))


def plain(number: Decimal) -> Decimal:
    """Given a number, return it without an exponent (Decimal("2E+2") as 200)."""
    return Decimal(f"{number:f}")


def parse_numeral(text: str) -> Decimal | None:
    """Given a number written in characters (三, 十二, 两千五百, 半), return it, or None where it is none."""
    if text == "半":
        return Decimal("0.5")
    if not re.fullmatch(NUMERAL, text):
        return None
    if len(text) > 1 and not any(character in _NUMERAL_TENS for character in text):
        # Digits one by one (二〇二四); 一二 is a list, not twelve, where no zero or fourth digit says otherwise.
        if len(text) != 4 and "零" not in text and "〇" not in text:
            return None
        return Decimal("".join(str(_NUMERAL_DIGITS[character]) for character in text))
    total, digit, smallest = 0, None, 10**4
    for character in text:
        if (tens := _NUMERAL_TENS.get(character)) is not None:
            if tens >= smallest or (digit is None and tens != 10):
                return None
            total += (1 if digit is None else digit) * tens
            digit, smallest = None, tens
        elif digit not in (None, 0):
            return None
        else:
            digit = _NUMERAL_DIGITS[character]
    # 一百五 is a hundred and fifty in speech: too loose to be read.
    if digit and smallest > 10 and smallest < 10**4 and "零" not in text and "〇" not in text:
        return None
    return Decimal(total + (digit or 0))


@lru_cache(maxsize=16384)
def parse_decimal(printed: str) -> Decimal | None:
    """Given a printed number, return it, or None where it is none (a dash, a blank, words).

    Separators, brackets or a minus for negative numbers, and spaces around separators or between groups of three are
    understood; "10 10" is two numbers and so None.
    """
    if len(printed) > _LONGEST:
        return None
    text = re.sub(r"(?<=[,.])\s+|\s+(?=[,.])", "", printed.translate(FOLD).strip())
    text = fold(text).replace("–", "-").replace("—", "-")
    negative = text.startswith("(") and text.endswith(")")
    match = _PLAIN.fullmatch(text[1:-1] if negative else text)
    if match is None:
        return None
    number = Decimal(match[2].replace(",", ""))
    return -number if negative or match[1] == "-" else number


def parse_percent(printed: str) -> Decimal | None:
    """Given a printed percentage ("98.5%", "98.5"), return it in percent, or None where it is none."""
    text = printed.translate(FOLD).strip()
    return parse_decimal(text.removesuffix("%"))
