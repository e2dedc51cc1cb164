"""Printed targets and actuals to values: signs, ranges, units, deadlines, words. The printed text is always kept."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ontology.records import Absence, Operator, Value

_FOLD = str.maketrans({chr(c): chr(c - 0xFEE0) for c in range(0xFF01, 0xFF5F)} | {"\u3000": " "})
_NUMBER = r"-?\d{1,3}(?:,\d{3})+(?:\.\d{1,12})?|-?\d{1,15}(?:\.\d{1,12})?"
_SIGNS: dict[str, Operator] = {
    "≥": "ge", "≧": "ge", "》": "ge", "≫": "ge", ">=": "ge", ">": "gt", "≤": "le", "≦": "le", "《": "le", "≪": "le",
    "<=": "le", "<": "lt", "=": "eq", "": "eq", "不低于": "ge", "不少于": "ge", "不超过": "le",
}  # fmt: skip
_SCALES = {"万": 10**4, "亿": 10**8, "千": 10**3}
_QUANTITY = re.compile(
    rf"(?:[^\d<>=]{{0,12}}(?=[≥≧≤≦]))?(?P<sign>[≥≧》≫≤≦《≪]|>=|<=|[<>=]|不低于|不少于|不超过|)"
    rf"(?P<number>{_NUMBER})(?P<unit>[^\d*]{{0,8}}?)(?P<suffix>以上|以内|内|)$"
)
_DEADLINE = re.compile(
    r"(?:(?P<year>\d{4})[年.]|本?年度?)?(?P<month>\d{1,2})月(?P<rest>底|末|)(?P<before>前|)(?:完成)?$"
)


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a cell says: a value, or why there is none (never both)."""

    value: Value | None
    absence: Absence | None = None


@dataclass(frozen=True, slots=True)
class Amount:
    """A printed amount in yuan; `raw` and `unit` keep what was printed."""

    amount: Decimal
    raw: str
    unit: str | None = None


def parse_value(
    printed: str, *, operator_cell: str | None = None, unit_cell: str | None = None, fiscal_year: int | None = None
) -> Parsed:
    """Given a target or actual as printed (with its cells for sign and unit, where the form splits them), return what
    it says. Never raises."""
    raw = f"{operator_cell or ''}{printed}{unit_cell or ''}".strip()
    text = "".join(raw.translate(_FOLD).split())
    if not text:
        return Parsed(None, "blank")
    if printed.strip() in {"/", "无", "★", "-", "—", "——", ""}:
        return Parsed(None, "blank" if not printed.strip() else "placeholder")
    if text.startswith("定性"):
        return Parsed(Value(raw, "qualitative", unit=(unit_cell or "").strip() or None))
    if not unit_cell and (match := _DEADLINE.match(text)):
        return Parsed(Value(raw, "by", date=_last_day(match, fiscal_year)))
    if len(text) > 200 or not (match := _QUANTITY.match(text)):
        return Parsed(Value(raw, "qualitative"))
    operator = _SIGNS[match["sign"]]
    if match["suffix"] and not match["sign"]:
        operator = "ge" if match["suffix"] == "以上" else "le"
    value = Decimal(match["number"].replace(",", ""))
    unit = match["unit"]
    scale = _SCALES.get(unit[:1], 1)
    base_unit = unit[1:] if scale != 1 else unit
    return Parsed(
        Value(raw, operator, value, unit=unit or None, base_value=_plain(value * scale), base_unit=base_unit or None)
    )


def _last_day(match: re.Match[str], fiscal_year: int | None) -> date | None:
    year, month = int(match["year"] or fiscal_year or 0), int(match["month"])
    if match["before"] and not match["rest"]:
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    if not 1 <= month <= 12 or year < 1900:
        return None
    return date(year, month, monthrange(year, month)[1])


def parse_decimal(printed: str) -> Decimal | None:
    """Given a printed number (with separators, spaces, brackets for a minus), return it, or None where it is none."""
    text = "".join(printed.translate(_FOLD).split()).replace("−", "-").replace("，", ",")
    negative = text.startswith("(") and text.endswith(")")
    text = text[1:-1] if negative else text
    if not re.fullmatch(r"[-+]?\d[\d,]{0,30}(?:\.\d{0,15})?", text):
        return None
    number = Decimal(text.replace(",", ""))
    return -number if negative else number


def parse_percent(printed: str) -> Decimal | None:
    """Given a printed percentage ("98.5%", "98.5"), return it in percent, or None."""
    return parse_decimal(printed.strip().translate(_FOLD).removesuffix("%"))


_MONEY = {"元": 1, "千元": 10**3, "万元": 10**4, "万": 10**4, "百万元": 10**6, "亿元": 10**8, "亿": 10**8}


def parse_amount(printed: str, unit: str | None = None) -> Amount | None:
    """Given an amount as printed and its unit (the cell's own wins over `unit`), return it in yuan; a dash or a blank
    is None. Without any unit it is taken as yuan."""
    text = "".join(printed.translate(_FOLD).split())
    own = re.search(r"(?:百万|[千万亿])?元?$", text)
    suffix = own[0] if own else ""
    number = parse_decimal(text.removesuffix(suffix) if suffix else text)
    if number is None:
        return None
    told = suffix or (unit or "元").strip()
    return Amount(_plain(number * _MONEY.get(told, 1)), printed.strip(), told if suffix or unit else None)


def _plain(number: Decimal) -> Decimal:
    """A number without an exponent."""
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else number.normalize()
