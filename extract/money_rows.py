"""Tables of money among rows of texts: where their heads end and their amounts begin."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from extract.form_regions import Region, is_caption
from extract.piece_rows import PieceRow
from extract.pieces import Piece, is_item
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


def split_numbered(pieces: Sequence[Piece]) -> list[Piece]:
    """Given the pieces of a page that holds no form, return them with numbered lines under each other (八、…, 九、…) as
    the names of as many rows, which they are in a table of money."""
    found: list[Piece] = []
    for piece in pieces:
        begun = [n for n, line in enumerate(piece.lines) if n == 0 or is_item("".join(word.text for word in line))]
        found += [Piece(piece.lines[start:end]) for start, end in pairwise([*begun, len(piece.lines)])]
    return found


def find_money_regions(rows: Sequence[PieceRow]) -> list[Region]:
    """Given the rows of a page without lines, return those of its financial tables: from below a title to the last row
    that prints an amount."""
    titled = [number for number, row in enumerate(rows) if any(may_hold_money(piece.text) for piece in row.pieces)]
    regions: list[Region] = []
    for title, end in pairwise([*titled, len(rows)]):
        first = title + 1
        while first < end and is_caption(rows[first]):
            first += 1
        printed = [n for n in range(first, end) if any(_is_amount(piece.text) for piece in rows[n].pieces)]
        head = last_money_head(rows[first : printed[-1] + 1]) if printed else None
        if head is not None:
            regions.append(Region(first, printed[-1], ((first, first + head, printed[-1]),)))
    return regions


def _is_amount(text: str) -> bool:
    """Whether a text is an amount as tables print them (1,204.50), not a code or a number of a row."""
    return "." in text and parse_decimal(text) is not None
