"""Heads over two rows without lines: which columns an upper head covers.

It stands in the middle over the heads below it, and its text may be narrower than any of them.
"""

from __future__ import annotations

from collections.abc import Sequence

from extract.piece_columns import Band, column_of, columns_of
from extract.piece_rows import Placed
from extract.pieces import Piece

Columns = tuple[int, int]
"""The first and last of a band's columns (from 0) that a cell covers."""


def spread_heads(placed: Sequence[Placed], band: Band, bounds: Sequence[float]) -> dict[int, Columns]:
    """Given the pieces of an indicator table whose head has two rows or more, and the bounds of its columns (the
    table's outer edges too), return the columns of each upper head, by the id of its piece.

    Heads with none below them are put in all rows of the head.
    """
    edges = bounds[1:-1]
    heads = [one for one in placed if band.first <= one.first <= band.head_last]
    lower = {column for one in heads if one.first > band.first for column in _range(columns_of(one.piece, edges))}
    upper: list[Piece] = []
    for one in heads:
        if one.first == band.first and one.last < band.head_last:
            if lower.isdisjoint(_range(columns_of(one.piece, edges))):
                one.last = band.head_last
            else:
                upper.append(one.piece)
    whole = {
        column
        for one in heads
        if one.first == band.first and one.last >= band.head_last
        for column in _range(columns_of(one.piece, edges))
    }
    found: dict[int, Columns] = {}
    for group in _runs(sorted(lower - whole)):
        over = [piece for piece in upper if group[0] <= column_of((piece.x0 + piece.x1) / 2, edges) <= group[1]]
        for piece, columns in zip(over, _share(sorted(over, key=lambda one: one.x0), group, bounds)[1], strict=True):
            found[id(piece)] = columns
    return found


def _range(columns: Columns) -> range:
    return range(columns[0], columns[1] + 1)


def _runs(columns: Sequence[int]) -> list[Columns]:
    """Columns that follow each other, as their first and last."""
    found: list[Columns] = []
    for column in columns:
        if found and found[-1][1] == column - 1:
            found[-1] = (found[-1][0], column)
        else:
            found.append((column, column))
    return found


def _share(heads: Sequence[Piece], group: Columns, bounds: Sequence[float]) -> tuple[float, list[Columns]]:
    """How far heads that share a group of columns stand off the middle of theirs at least, and these columns."""
    if not heads:
        return 0.0, []
    first, last = group

    def off(low: int, high: int) -> float:
        return abs((heads[0].x0 + heads[0].x1) / 2 - (bounds[low] + bounds[high + 1]) / 2)

    if len(heads) == 1:
        return off(first, last), [(first, last)]
    best: tuple[float, list[Columns]] | None = None
    for high in range(first, last - len(heads) + 2):
        rest, others = _share(heads[1:], (high + 1, last), bounds)
        total = off(first, high) + rest
        if best is None or total < best[0]:
            best = total, [(first, high), *others]
    return best if best is not None else (0.0, [group] * len(heads))
