"""A number as a spreadsheet shows it: the value 0.95 in a cell formatted `0.0%` is printed "95.0%".

Covers what published workbooks use: decimals, thousands, percent, scaling commas, literals in quotes, sections for
negative numbers and zero, dates. A format that isn't understood prints the number plainly: never a wrong one.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal

# One symbol of a format: a literal in quotes or after "\", padding to skip ("_x", "*x"), a bracket, or a character.
_SYMBOL = re.compile(r'"(?P<literal>[^"]*)"|\\(?P<escaped>.)|[_*](?P<skipped>.)|\[(?P<bracket>[^\]]*)\]|(?P<plain>.)')
_DATE_WORDS = re.compile(r"y{1,4}|m{1,5}|d{1,4}|h{1,2}|s{1,2}|am/pm", re.IGNORECASE)
_SIGNIFICANT = 15
"""Digits that a spreadsheet keeps of a number; those behind are noise of its binary arithmetic."""


def plain_number(value: float | int | Decimal) -> Decimal:
    """Given a stored number, return it as a decimal without the noise of binary arithmetic."""
    if isinstance(value, int):
        return Decimal(value)
    number = value if isinstance(value, Decimal) else Decimal(repr(value))
    if number.is_finite() and number:
        number = round(number, _SIGNIFICANT - 1 - number.adjusted())
    return number


def print_number(value: float | int | Decimal, code: str | None) -> str:
    """Given a stored number and its cell's format code, return the text that a spreadsheet shows."""
    number = plain_number(value)
    if not number.is_finite():
        return str(value)
    if code is None or code.strip().lower() in ("", "general", "@"):
        return _plain(number)
    sections = _sections(code)
    section = sections[0]
    if number < 0 and len(sections) > 1:
        section, number = sections[1], -number
    elif number == 0 and len(sections) > 2:
        section = sections[2]
    symbols = list(_SYMBOL.finditer(section))
    slots = [n for n, match in enumerate(symbols) if match["plain"] and match["plain"] in "0#?"]
    if not slots:
        literal = "".join(match["literal"] or match["escaped"] or "" for match in symbols)
        return literal if literal else _plain(number)
    if any(match["plain"] and match["plain"] in "/Ee" for match in symbols[slots[0] : slots[-1] + 1]):
        return _plain(number)
    return _print_slots(number, symbols, slots)


def print_date(value: datetime | date | time, code: str | None) -> str:
    """Given a stored date or time and its cell's format code, return the text that a spreadsheet shows."""
    if isinstance(value, time):
        return value.strftime("%H:%M")
    written = _sections(code or "")[0]
    bare = "".join(match["plain"] or "" for match in _SYMBOL.finditer(written)).lower()
    shows_time = "h" in bare and isinstance(value, datetime)
    if "y" not in bare and not ("m" in bare and "d" in bare):
        return value.strftime("%Y-%m-%d %H:%M") if shows_time else value.strftime("%Y-%m-%d")
    return "".join(_print_date_symbols(value, written)).strip()


def is_date_format(code: str | None) -> bool:
    """Whether a format code shows a date or a time (a workbook stores those as plain numbers)."""
    bare = "".join(match["plain"] or "" for match in _SYMBOL.finditer(_sections(code or "")[0]))
    return bool(re.search(r"[ymdhs]", bare, re.IGNORECASE)) and not re.search(r"[0#?]", bare)


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _sections(code: str) -> list[str]:
    sections, current = [], ""
    for match in _SYMBOL.finditer(code):
        if match["plain"] == ";":
            sections.append(current)
            current = ""
        else:
            current += match.group()
    return [*sections, current]


def _print_slots(number: Decimal, symbols: list[re.Match[str]], slots: list[int]) -> str:
    first, last = slots[0], slots[-1]
    plain = [match["plain"] or "" for match in symbols]
    point = next((n for n in range(first, last + 1) if plain[n] == "."), None)
    if point is None and first and plain[first - 1] == ".":
        point, first = first - 1, first - 1
    decimals = sum(plain[n] in "0#?" for n in range(point, last + 1) if plain[n]) if point is not None else 0
    required = sum(plain[n] == "0" for n in range(point, last + 1)) if point is not None else 0
    whole_end = point if point is not None else last + 1
    grouped = any(plain[n] == "," for n in range(first, whole_end))
    scaling = 0
    while last + 1 + scaling < len(plain) and plain[last + 1 + scaling] == ",":
        scaling += 1
    shown = number.scaleb(2 * plain.count("%") - 3 * scaling)
    rounded = abs(shown).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    digits = f"{rounded:,f}" if grouped else f"{rounded:f}"
    if decimals > required:
        kept = digits.rstrip("0")
        digits = digits[: max(len(kept), len(digits) - (decimals - required))].rstrip(".")
    least = sum(plain[n] == "0" for n in range(first, whole_end))
    whole, dot, fraction = digits.partition(".")
    if least == 0 and whole == "0" and fraction:
        whole = ""
    digits = whole.rjust(least, "0") + dot + fraction
    before = "".join(_printed(match) for match in symbols[:first])
    after = "".join(_printed(match) for match in symbols[last + 1 + scaling :])
    sign = "-" if shown < 0 and rounded else ""
    return (sign + before + digits + after).strip()


def _printed(match: re.Match[str]) -> str:
    if match["bracket"] is not None:
        currency = re.match(r"\$([^-\]]+)", match["bracket"])
        return currency.group(1) if currency else ""
    return match["literal"] or match["escaped"] or (match["plain"] or "")


def _print_date_symbols(value: datetime | date, written: str) -> list[str]:
    out: list[str] = []
    position, after_hour = 0, False
    while position < len(written):
        word = _DATE_WORDS.match(written, position)
        if word:
            letter, size = word.group()[0].lower(), len(word.group())
            out.append(_date_part(value, letter, size, after_hour))
            after_hour = letter == "h" or (after_hour and letter not in "ymd")
            position = word.end()
            continue
        symbol = _SYMBOL.match(written, position)
        if symbol is None:
            break
        out.append(_printed(symbol))
        position = symbol.end()
    return out


def _date_part(value: datetime | date, letter: str, size: int, minutes: bool) -> str:
    if letter == "y":
        return f"{value.year % 100:02d}" if size <= 2 else str(value.year)
    if letter == "d":
        return f"{value.day:02d}" if size > 1 else str(value.day)
    if letter == "m" and not minutes:
        return f"{value.month:02d}" if size > 1 else str(value.month)
    if not isinstance(value, datetime):
        return ""
    number = {"h": value.hour, "m": value.minute, "s": value.second}.get(letter)
    return "" if number is None else f"{number:02d}" if size > 1 else str(number)
