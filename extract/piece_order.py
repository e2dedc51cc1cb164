"""The order of a page's pieces: those that a program wrote after all others go back to where they belong.

A program writes a table row by row, from left to right, and that order tells the rows. A spreadsheet program may write
the cells whose text wraps, or mixes scripts, only when all others are done: each of them then stands at the height of
a row that had long been left. It goes behind the piece at its left in that row.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from extract.pieces import Piece

_LEVEL = 0.35  # sizes: texts whose middles, first or last lines differ by less stand at one height
_HEIGHTS: tuple[Callable[[Piece], float], ...] = (lambda p: p.middle, lambda p: p.first, lambda p: p.last)


def order_pieces(pieces: Sequence[Piece]) -> list[Piece]:
    """Given pieces in the order in which they were written, return them in that of the rows that they belong to."""
    begun = _rows_end(pieces)
    if begun == 0 or 2 * begun < len(pieces):
        return list(pieces)
    ordered = list(pieces[:begun])
    lowest = pieces[begun - 1].top
    for piece in pieces[begun:]:
        at = _place(ordered, piece, is_above=piece.bottom < lowest)
        if at is None:
            ordered.append(piece)
        else:
            ordered.insert(at, piece)
    return ordered


def _rows_end(pieces: Sequence[Piece]) -> int:
    """Where the writing of row after row ends: behind the last piece of the lowest row."""
    if not pieces:
        return 0
    lowest = max(piece.middle for piece in pieces)
    at = next(n for n, piece in enumerate(pieces) if lowest - piece.middle < _LEVEL * piece.size)
    while at + 1 < len(pieces) and pieces[at + 1].x0 >= pieces[at].x1 - 1:
        at += 1
    return at + 1


def _place(ordered: Sequence[Piece], piece: Piece, *, is_above: bool) -> int | None:
    """Where a piece belongs among those before it: beside the nearest at its height, left of it or else right; None
    where none stands there, or where it may go on in the lowest row: it neither stands above that nor left of others."""
    for height in _HEIGHTS:
        level = [
            n for n, one in enumerate(ordered) if abs(height(one) - height(piece)) < _LEVEL * min(one.size, piece.size)
        ]
        left = max((n for n in level if ordered[n].x1 <= piece.x0 + 1), key=lambda n: ordered[n].x1, default=None)
        right = min((n for n in level if ordered[n].x0 >= piece.x1 - 1), key=lambda n: ordered[n].x0, default=None)
        if right is None and not is_above:
            continue
        beside = left if left is not None else right
        if beside is not None:
            return beside + (left is not None)
    return None
