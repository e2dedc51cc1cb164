"""Printed amounts of money, in yuan."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from extract.numbers import FOLD, parse_decimal, plain
from ontology.units import UnitText, find_unit, read_unit

_MONEY_KIND, _YUAN = "money", "yuan"
_LONGEST = 80
_CURRENCY = re.compile(r"^(?:人民币|RMB|CNY|[¥￥])+", re.IGNORECASE)
_FIGURE = re.compile(r"[-+−–—(]*[0-9][0-9.,\s]*\)?")
# Around a table's unit: "单位：万元", "（万元）", "人民币万元", "金额单位:元".
_AROUND_UNIT = re.compile(r"^.*单位|人民币|[()\s:]")


@dataclass(frozen=True, slots=True)
class Amount:
    """A printed amount in yuan; `raw` is the cell, `unit` the unit as printed there or in the table's head."""

    amount: Decimal
    raw: str
    unit: str | None = None


@lru_cache(maxsize=16384)
def parse_amount(printed: str, unit: str | None = None) -> Amount | None:
    """Given an amount as printed and the unit of its table or label, return it in yuan, or None where none is printed.

    The cell's own unit wins over `unit`; without any, the amount is taken as yuan. Separators, spaces inside the
    figure, a currency sign, a minus or brackets for negative amounts are understood. A blank, a dash, or a text that
    is no amount is None; so is an amount in another currency or another unit, which is no amount of yuan.
    """
    if len(printed) > _LONGEST:
        return None
    text = _CURRENCY.sub("", printed.translate(FOLD).strip())
    figure = _FIGURE.match(text)
    if figure is None:
        return None
    bracketed = figure[0].startswith("(") and not figure[0].rstrip().endswith(")")
    own = text[figure.end() :].strip()
    if bracketed:
        if not own.endswith(")"):
            return None
        own = own[:-1].strip()
    number = parse_decimal("".join(figure[0].split()) + (")" if bracketed else ""))
    told = own or _unit_alone(unit)
    factor = _yuan_factor(told)
    if number is None or factor is None:
        return None
    return Amount(plain(number * factor), printed.strip(), told or None)


def _unit_alone(unit: str | None) -> str:
    """The unit without what stands around it in a table's head; of several (元、%) the first that is money."""
    text = _AROUND_UNIT.sub("", unit.translate(FOLD)) if unit else ""
    for start in range(len(text)):
        found = read_unit(text, start)
        if found is not None and found.unit is not None and found.unit.kind == _MONEY_KIND and not found.per:
            return found.printed
    return text


def _yuan_factor(unit: str) -> Decimal | None:
    """How many yuan one of the unit is; a bare 万 or 亿 is of yuan. None for what is not yuan."""
    if not unit:
        return Decimal(1)
    found: UnitText | None = find_unit(unit)
    if found is None or found.per or (found.unit is not None and found.unit.base != _YUAN):
        return None
    factor = found.unit.factor if found.unit is not None else 1
    return found.scale * (Decimal(factor.numerator) / Decimal(factor.denominator))
