"""The columns of a Word table whose rows were drawn by hand: edges that miss each other by a few millimetres are one edge.

Word keeps a grid line for each edge that any row has, so a table that looks like eight columns may have thirty, and a
cell below a head covers two of them and a sliver of the next. Edges near each other are taken as one wherever no row has
both: no cell is ever lost by that. A row without spans is placed by the widths of its cells.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

NEAR = 340
"""Twentieths of a point (6 mm) that edges of one column may lie apart."""
_FARTHEST, _SHARE = 680, 4
"""Between wide cells edges may lie as far apart as this, if that is no more than such a share of the narrowest of them."""
_MOST_EDGES = 400
"""With more different edges than this nothing is taken as one: no hand drew that."""


@dataclass(frozen=True, slots=True)
class RowCells:
    """The cells of a row: the grid columns before them, how many each covers, and how wide each says it is (0: silent)."""

    before: int
    spans: tuple[int, ...]
    widths: tuple[int, ...]


def place_rows(rows: Sequence[RowCells], grid: Sequence[int]) -> list[list[tuple[int, int]]] | None:
    """Given the rows of a table and the widths of its grid's columns, return for each row the column, from 1, where each
    cell begins and how many columns it covers; None where the widths tell nothing."""
    drawn = [_edges(row, grid) for row in rows]
    if not rows or any(edges is None for edges in drawn):
        return None
    told = [edges for edges in drawn if edges is not None]
    at = _columns(told)
    if at is None:
        return None
    return [[(at[left] + 1, at[right] - at[left]) for left, right in itertools.pairwise(edges)] for edges in told]


def _edges(row: RowCells, grid: Sequence[int]) -> list[int] | None:
    """Where the cells of a row begin, and where its last one ends; None where nothing tells."""
    covered = row.before + sum(row.spans)
    known = covered <= len(grid) and all(width > 0 for width in grid)
    is_whole = covered == len(grid) or any(span > 1 for span in row.spans) or row.before > 0
    if not known or not is_whole:
        if not all(width > 0 for width in row.widths) or row.before > len(grid):
            return None if not known else _by_grid(row, grid)
        if known and abs(sum(row.widths) - sum(grid[:covered])) <= NEAR:
            return _by_grid(row, grid)
        left = sum(grid[: row.before])
        return [left, *(left + sum(row.widths[: number + 1]) for number in range(len(row.widths)))]
    return _by_grid(row, grid)


def _by_grid(row: RowCells, grid: Sequence[int]) -> list[int]:
    at, edges = row.before, [sum(grid[: row.before])]
    for span in row.spans:
        edges.append(edges[-1] + sum(grid[at : at + span]))
        at += span
    return edges


@dataclass(slots=True)
class _Cluster:
    """Edges that are one: the outermost, the rows that have one of them, as bits, and the narrowest cell beside them."""

    low: int
    high: int
    rows: int
    narrowest: int
    members: list[int]

    def joined(self, right: _Cluster) -> _Cluster:
        """The edges of this and of the one to its right, as one."""
        narrowest = min(self.narrowest, right.narrowest)
        return _Cluster(self.low, right.high, self.rows | right.rows, narrowest, self.members + right.members)

    def may_join(self, right: _Cluster) -> bool:
        """Whether this and the one to its right may be one edge."""
        apart = max(NEAR, min(_FARTHEST, min(self.narrowest, right.narrowest) // _SHARE))
        return right.high - self.low <= apart and not self.rows & right.rows


def _columns(drawn: Sequence[Sequence[int]]) -> dict[int, int] | None:
    """The number of the column edge, from 0, that each place is; None where there are too many."""
    rows_of: dict[int, int] = {}
    narrowest: dict[int, int] = {}
    for number, edges in enumerate(drawn):
        for edge in edges:
            rows_of[edge] = rows_of.get(edge, 0) | 1 << number
        for left, right in itertools.pairwise(edges):
            for edge in (left, right):
                narrowest[edge] = min(narrowest.get(edge, right - left), right - left)
    if len(rows_of) > _MOST_EDGES:
        return None
    clusters = [_Cluster(edge, edge, rows_of[edge], narrowest.get(edge, 0), [edge]) for edge in sorted(rows_of)]
    while (at := _nearest(clusters)) is not None:
        clusters[at : at + 2] = [clusters[at].joined(clusters[at + 1])]
    return {edge: number for number, cluster in enumerate(clusters) for edge in cluster.members}


def _nearest(clusters: Sequence[_Cluster]) -> int | None:
    """The first of the two neighbours nearest to each other that may be one edge, or None."""
    best: tuple[int, int] | None = None
    for at in range(len(clusters) - 1):
        left, right = clusters[at], clusters[at + 1]
        if not left.may_join(right):
            continue
        if best is None or right.low - left.high < best[0]:
            best = (right.low - left.high, at)
    return best[1] if best is not None else None
