"""The comparison signs: a closed set, and what is read as one of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Sign = Literal["≥", "≤", ">", "<", "=", "《", "》"]

SIGNS: Mapping[str, Sign] = {
    "≥": "≥", "≧": "≥", "⩾": "≥", "≤": "≤", "≦": "≤", "⩽": "≤", ">": ">", "＞": ">", "〉": ">", "<": "<", "＜": "<",
    "〈": "<", "=": "=", "＝": "=", "《": "《", "≪": "《", "》": "》", "≫": "》",
}  # fmt: skip
"""What is read as a sign, and the sign that it is."""
