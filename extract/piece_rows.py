"""Pieces of text to the rows of a table that has no lines: which pieces stand in one row, and over how many rows.

The pieces come in the order in which they were written: row by row, from left to right, a merged cell in the first row
that it covers. Where cells are centred, a merged cell's text stands in the middle of its rows: where that agrees with
the order it is what tells how many rows it covers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median
from typing import Literal

from extract.pieces import Piece

Alignment = Literal["top", "middle", "bottom"]

_NEAR = 0.35  # sizes: text that is off by less is aligned
_RIGHT = 1.0  # points: a piece may begin so much before the end of the one to its left
_FITS = 0.75  # sizes: the text of a merged cell may be so far off the middle of its rows
_HALF_WAY = 1.8  # how much nearer to the row above than to that below a text may be that is merged over both

_KEYS: Mapping[Alignment, Callable[[Piece], float]] = {
    "top": lambda piece: piece.first,
    "middle": lambda piece: piece.middle,
    "bottom": lambda piece: piece.last,
}


@dataclass(slots=True)
class Placed:
    """A piece in its rows, from `first` to `last` (from 0)."""

    piece: Piece
    first: int
    last: int


@dataclass(slots=True)
class PieceRow:
    """A row: the pieces that begin in it, and the upper and lower edge of the text that stands in this row alone."""

    pieces: list[Piece]
    top: float = 0.0
    bottom: float = 0.0

    @property
    def text(self) -> str:
        """The texts of its pieces, from left to right."""
        return " ".join(piece.text for piece in self.pieces)


@dataclass(slots=True)
class Setting:
    """Rows with their pieces placed, how texts are aligned in them, and on what evidence cells were merged."""

    rows: list[PieceRow]
    placed: list[Placed]
    alignment: Alignment
    notes: list[str] = field(default_factory=list)


# --- rows


def find_rows(pieces: Sequence[Piece]) -> list[PieceRow]:
    """Given pieces in the order in which they were written, return the rows that they make, from top to bottom."""
    rows: list[list[Piece]] = []
    for number, piece in enumerate(pieces):
        if rows and _goes_on(rows[-1], piece, pieces[number + 1 :]):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    found = [PieceRow(row) for row in rows]
    for row in found:
        row.top, row.bottom = _extent(row.pieces, min(row.pieces, key=lambda one: one.first).first)
    # A running head or foot may be written before or after all else.
    return sorted(found, key=lambda row: row.top)


def _goes_on(row: Sequence[Piece], piece: Piece, following: Sequence[Piece]) -> bool:
    """Whether a piece stands in the row of those written before it."""
    before = row[-1]
    if piece.x0 < before.x1 - _RIGHT:
        return False
    if piece.top < before.bottom:  # beside it, or above it: then the one before is merged with rows below
        return True
    # Below it: this one is merged, or it begins a row that is blank farther left (tiers as steps).
    if not following:
        return False
    after = following[0]
    if after.x0 >= piece.x1 - _RIGHT:
        return after.top < before.bottom
    # Half way between two rows stands what is merged over both.
    return after.top < piece.bottom or after.middle - piece.middle < _HALF_WAY * (piece.middle - before.middle)


def _extent(pieces: Sequence[Piece], first: float) -> tuple[float, float]:
    """The upper and lower edge of the pieces beside a row's first line."""
    beside = [piece for piece in pieces if piece.top <= first <= piece.bottom] or list(pieces)
    return min(piece.top for piece in beside), max(piece.bottom for piece in beside)


# --- merged cells


def set_pieces(rows: Sequence[PieceRow], may_cover: Callable[[int, Piece], int]) -> Setting:
    """Given rows, return them with each piece in the rows that its cell covers.

    `may_cover` gives, for a row and a piece in it, the last row that the piece's cell could reach to.
    """
    alignment = _alignment(rows)
    key = _KEYS[alignment]
    setting = Setting(list(rows), [], alignment)
    limits = {id(piece): may_cover(n, piece) for n, row in enumerate(rows) for piece in row.pieces}
    for number, row in enumerate(rows):
        alone = [piece for piece in row.pieces if limits[id(piece)] == number]
        least = min((key(piece) for piece in alone or row.pieces), default=0.0)
        core = [piece for piece in row.pieces if abs(key(piece) - least) < _NEAR * piece.size or piece in alone]
        if number + 1 < len(rows):
            # A text that reaches down beside the next row is merged with it.
            below = min(piece.first for piece in rows[number + 1].pieces)
            core = [piece for piece in core if piece.last < below or piece in alone] or core
        row.top, row.bottom = min(piece.top for piece in core), max(piece.bottom for piece in core)
    edges = _edges(rows)
    for number, row in enumerate(rows):
        for piece in row.pieces:
            last = number
            limit = limits[id(piece)]
            reason = f"it was written in the first of them and stands at their {alignment}"
            if limit > number and alignment != "top":
                last = _last_row(piece, range(number, limit + 1), rows, edges, alignment)
            while last < limit and rows[last + 1].top < piece.last:
                last, reason = last + 1, "it reaches down beside them"
            setting.placed.append(Placed(piece, number, last))
            if last > number:
                setting.notes.append(f"“{piece.text}” covers rows {number + 1} to {last + 1}: {reason}")
    return setting


def _alignment(rows: Sequence[PieceRow]) -> Alignment:
    """How the texts of a row are aligned, by the neighbours that have different numbers of lines."""
    votes: Counter[Alignment] = Counter()
    for row in rows:
        for one, other in pairwise(row.pieces):
            if len(one.lines) == len(other.lines):
                continue
            for alignment, key in _KEYS.items():
                if abs(key(one) - key(other)) < _NEAR * min(one.size, other.size):
                    votes[alignment] += 1
    # Where one line stands in the middle of three nothing else fits; one beside two may fit by its first line, too.
    return max(("middle", "top", "bottom"), key=lambda alignment: votes[alignment])


def _edges(rows: Sequence[PieceRow]) -> list[float]:
    """The edges of the rows: half way between their texts, and as far above the first and below the last."""
    gaps = [below.top - above.bottom for above, below in pairwise(rows)]
    usual = max(0.0, median(gaps)) / 2 if gaps else 0.0
    inner = [(above.bottom + below.top) / 2 for above, below in pairwise(rows)]
    return [rows[0].top - usual, *inner, rows[-1].bottom + usual]


def _last_row(
    piece: Piece, reach: range, rows: Sequence[PieceRow], edges: Sequence[float], alignment: Alignment
) -> int:
    """The last row of a piece's cell: that at which its text stands where it would in the merged cell."""

    def off(last: int) -> float:
        if alignment == "bottom":
            return abs(piece.bottom - rows[last].bottom)
        return abs(piece.middle - (edges[reach.start] + edges[last + 1]) / 2)

    if off(reach.start) <= _NEAR * piece.size:
        return reach.start
    best = min(reach, key=off)
    return best if off(best) <= _FITS * piece.size else reach.start
