"""Figures and places as readers of each language expect them; what was printed stays as printed."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from ui.i18n import Texts

_WAN, _YI = Decimal(10_000), Decimal(100_000_000)
_MILLION = Decimal(1_000_000)


def number(value: Decimal | int, places: int | None = None) -> str:
    """Given a number, return it with thousands set apart, rounded to `places` or with its own decimals."""
    if isinstance(value, int):
        return f"{value:,}"
    if places is not None:
        value = value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if places is None and "." in text else text


def money(amount: Decimal, t: Texts) -> str:
    """Given yuan, return an amount to be read at a glance: 420.00 万元, 1.27 亿元; ¥4.20 million in English."""
    if t.language == "en":
        if abs(amount) >= _MILLION:
            return f"¥{number(amount / _MILLION, 2)} million"
        return f"¥{number(amount, 0)}"
    if abs(amount) >= _YI:
        return f"{number(amount / _YI, 2)} 亿元"
    return f"{number(amount / _WAN, 2)} 万元"


def round_money(amount: Decimal, t: Texts) -> str:
    """Given yuan, a round sum, return it short: 50 万元, ¥0.5 million."""
    if t.language == "en":
        return f"¥{number((amount / _MILLION).normalize())} million"
    return f"{number((amount / _WAN).normalize())} 万元"


def money_in_table(amount: Decimal, t: Texts) -> str:
    """Given yuan, return the figure of a table whose head says the unit: 万元, or thousands of yuan in English."""
    return number(amount / (_WAN if t.language == "zh" else Decimal(1000)), 2)


def percent(rate: Decimal) -> str:
    """Given a percentage, return it with its sign, two decimals at most."""
    return f"{number(rate.quantize(Decimal('0.01'), ROUND_HALF_UP).normalize())}%"


def place(
    t: Texts, *, page: int | None, sheet: str | None, table: int | None, row: int | None, column: int | None
) -> str:
    """Given where something was printed, say it: 第 12 页，表 1，第 5 行，第 3 列. Empty where nothing is known."""
    parts = [
        t(f"place.{name}", n=value)
        for name, value in (("page", page), ("sheet", sheet), ("table", table), ("row", row), ("column", column))
        if value is not None
    ]
    return t("place.join").join(parts) if parts else t("place.unknown")
