"""Quartiles and percentiles of decimals, exactly: no float, one stated method.

A quartile is found by linear interpolation between the two closest ranks: the p-quantile of n ordered numbers stands at
rank 1 + (n - 1) * p (QUARTILE.INC in Excel and WPS, "linear" in numpy, type 7 of Hyndman and Fan). A percentile rank is
the share of the others that are less, and half of those that are the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

METHOD = {
    "zh": "四分位数按线性插值计算（同 Excel 的 QUARTILE.INC）",
    "en": "quartiles by linear interpolation (as QUARTILE.INC in Excel)",
}
"""The method in a sentence, for people."""

PEERS_NEEDED = 3
"""Below so many peers no quartiles are shown: they would only repeat the figures."""


@dataclass(frozen=True, slots=True)
class Quartiles:
    """How numbers are spread: how many there are, the least, the three quartiles, the greatest."""

    count: int
    least: Decimal
    p25: Decimal
    median: Decimal
    p75: Decimal
    greatest: Decimal


def quantile(ordered: Sequence[Decimal], share: Decimal) -> Decimal:
    """Given numbers from the least to the greatest (at least one) and a share from 0 to 1, return the quantile."""
    rank = (len(ordered) - 1) * share
    below = int(rank)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (rank - below)


def quartiles(numbers: Iterable[Decimal]) -> Quartiles | None:
    """Given numbers, return how they are spread; None where there are none."""
    ordered = sorted(numbers)
    if not ordered:
        return None
    p25, median, p75 = (quantile(ordered, Decimal(quarter) / 4) for quarter in (1, 2, 3))
    return Quartiles(len(ordered), ordered[0], p25, median, p75, ordered[-1])


def percentile(mine: Decimal, others: Sequence[Decimal]) -> Decimal | None:
    """Given a number and others, return its percentile rank among them (0 to 100); None where there are no others."""
    if not others:
        return None
    less = sum(other < mine for other in others)
    same = sum(other == mine for other in others)
    return (Decimal(less) + Decimal(same) / 2) * 100 / len(others)
