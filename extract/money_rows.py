"""Tables of money among rows of texts: where their heads end and their amounts begin."""

from __future__ import annotations

from collections.abc import Sequence

from extract.piece_rows import PieceRow
from extract.values import parse_decimal
from ontology import finance

_HEADS = 2  # heads that the lists of financial tables know
_LEAST = 3  # rows below the heads
_MOST = 0.5  # the share of these that print amounts


def may_hold_money(line: str) -> bool:
    """Whether a page with such a line is worth a second look: it is the title of a financial table."""
    return finance.match_title(line) is not None


def last_money_head(rows: Sequence[PieceRow]) -> int | None:
    """Given the rows of a table, return the last one of its heads where it is one of money: known heads, and below them
    rows most of which print amounts. None where it is none."""
    first = next((number for number, row in enumerate(rows) if any(_is_amount(piece.text) for piece in row.pieces)), 0)
    below = rows[first:]
    if first == 0 or len(below) < _LEAST:
        return None
    known = sum(finance.match_head(piece.text).is_known for row in rows[:first] for piece in row.pieces)
    printed = sum(any(_is_amount(piece.text) for piece in row.pieces) for row in below)
    return first - 1 if known >= _HEADS and printed >= _MOST * len(below) else None


def _is_amount(text: str) -> bool:
    """Whether a text is an amount as tables print them (1,204.50), not a code or a number of a row."""
    return "." in text and parse_decimal(text) is not None
