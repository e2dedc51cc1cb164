"""What was read against what a careful reader gets: every key that the expected record holds, nothing beyond it."""

from __future__ import annotations

import unicodedata
from collections import Counter
from decimal import Decimal, InvalidOperation
from typing import Any

_NUMBERS = {"value", "upper", "base_value", "base_upper", "weight", "score", "amount", "rate"}


def _fold(value: object) -> object:
    return "".join(unicodedata.normalize("NFKC", value).split()) if isinstance(value, str) else value


def _same(key: str, expected: Any, got: Any) -> bool:
    if key in _NUMBERS and expected is not None and got is not None:
        try:
            return Decimal(str(expected)) == Decimal(str(got))
        except InvalidOperation:
            return False
    return bool(_fold(expected) == _fold(got))


def _amounts(entries: list[dict[str, Any]]) -> Counter[tuple[str, str, Decimal]]:
    return Counter((entry["stage"], entry["source"], Decimal(entry["amount"]).normalize()) for entry in entries)


def differences(expected: Any, got: Any, where: str = "") -> list[str]:
    """Given an expected value and what was read, return a line for each difference."""
    if isinstance(expected, dict):
        if not isinstance(got, dict):
            return [f"{where}: expected {expected}, got {got}"]
        found: list[str] = []
        for key, value in expected.items():
            other = got.get(key)
            if key == "funding":
                missed, spurious = _amounts(value) - _amounts(other or []), _amounts(other or []) - _amounts(value)
                found += [f"{where}.funding: missed {entry}" for entry in missed]
                found += [f"{where}.funding: spurious {entry}" for entry in spurious]
            elif isinstance(value, dict | list):
                found += differences(value, other, f"{where}.{key}")
            elif not _same(key, value, other):
                found.append(f"{where}.{key}: expected {value!r}, got {other!r}")
        return found
    if isinstance(expected, list):
        others = got if isinstance(got, list) else []
        names = [str(item.get("tier3") or item.get("name") or n) for n, item in enumerate(expected)]
        if len(others) != len(expected):
            read = [item.get("tier3") or item.get("name") for item in others]
            return [f"{where}: expected {len(expected)} ({', '.join(names)}), got {len(others)} ({read})"]
        pairs = zip(names, expected, others, strict=True)
        return [line for name, value, other in pairs for line in differences(value, other, f"{where}[{name}]")]
    return [] if _same(where.rpartition(".")[2], expected, got) else [f"{where}: expected {expected!r}, got {got!r}"]
