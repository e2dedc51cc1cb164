"""Rows of pieces to the cells of a table: where its columns part, and what stands in each cell.

A table's columns are told band by band: rows that share merged cells, or whose pieces stand under each other, share
their columns; the rows of an indicator table are one band. A column edge stands in the gaps between the pieces of every
row that has text on both sides of it. The edges of all bands are then put on as few positions as their gaps allow.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from extract.piece_rows import Setting
from extract.pieces import Piece
from extract.values import parse_decimal
from ontology import labels

_FIRM = 0.8  # sizes: text that is so far apart stands in two cells
_SOFT = 0.3  # sizes: text that is so far apart may stand in two cells
_ROOM = 2.0  # sizes: behind a label with so much room stands an empty cell
_ALIKE = 3  # pieces: two rows with so many pieces under each other are of one band
_MOST = 0.6  # the share of the pieces of two rows that stand under each other if the rows are of one band
_SHORT = 3  # characters: dashes and marks are no texts
_COVER = 2.0  # points: a piece must reach so far into a column to stand in it


@dataclass(frozen=True, slots=True)
class Edge:
    """A column edge somewhere between two positions."""

    low: float
    high: float

    @property
    def middle(self) -> float:
        """Half way between."""
        return (self.low + self.high) / 2


@dataclass(slots=True)
class Band:
    """Rows (from 0, first and last) that share their columns, and the edges between these.

    `head_last` is the last row of the head where the band is an indicator table.
    """

    first: int
    last: int
    edges: list[Edge] = field(default_factory=list)
    is_table: bool = False
    head_last: int = -1


@dataclass(frozen=True, slots=True)
class Carried:
    """What a table at the foot of a page carries on to the next page: the gaps between the columns of its indicators,
    its outer edges, and the texts of its heads; neither gaps nor heads where its indicators are still to come."""

    gutters: tuple[Edge, ...]
    left: float
    right: float
    heads: frozenset[str]

    def holds(self, pieces: Sequence[Piece]) -> bool:
        """Whether pieces keep to the columns: none lies across a whole gap, no two that stand side by side in one."""
        if any(piece.x0 < edge.low and piece.x1 > edge.high for piece in pieces for edge in self.gutters):
            return False
        columns = [column_of((piece.x0 + piece.x1) / 2, [edge.middle for edge in self.gutters]) for piece in pieces]
        return len(set(columns)) == len(columns)


def find_bands(
    setting: Setting, tables: Sequence[tuple[int, int, int]], right: float, carried: Carried | None = None
) -> list[Band]:
    """Given rows with their pieces, the indicator tables among them (first row, last row of the head, last row), the
    table's right edge, and what it goes on with, return its bands with their column edges."""
    bands = _group(setting, tables)
    heads = {first: head for first, head, _ in tables}
    for band in bands:
        rows = [_present(setting, row) for row in range(band.first, band.last + 1)]
        if band.is_table:
            band.head_last = heads[band.first]
            band.edges = _gutters(rows, band.head_last - band.first + 1)
            own = {piece.text for row in rows[: band.head_last - band.first + 1] for piece in row}
            if carried is not None and carried.gutters and band is bands[0] and own <= carried.heads:
                band.edges = _go_on(rows, carried.gutters)
    known = [edge for band in bands if band.is_table for edge in band.edges]
    for band in bands:
        if not band.is_table:
            rows = [_present(setting, row) for row in range(band.first, band.last + 1)]
            band.edges = _stab(rows, known, right)
    return bands


def _present(setting: Setting, row: int) -> list[Piece]:
    """The pieces that stand in a row or reach over it, from left to right."""
    return sorted(
        (placed.piece for placed in setting.placed if placed.first <= row <= placed.last), key=lambda piece: piece.x0
    )


def _group(setting: Setting, tables: Sequence[tuple[int, int, int]]) -> list[Band]:
    bands: list[Band] = []
    inside = {row: (first, last) for first, _, last in tables for row in range(first, last + 1)}
    merged = [placed for placed in setting.placed if placed.first not in inside]
    tied = {row for placed in merged for row in range(placed.first + 1, placed.last + 1)}
    closed = {placed.last + 1 for placed in merged if placed.last > placed.first}
    for row in range(len(setting.rows)):
        if row in inside:
            if inside[row][0] == row:
                bands.append(Band(row, inside[row][1], is_table=True))
            continue
        if bands and not bands[-1].is_table and (row in tied or (row not in closed and _alike(setting, row))):
            bands[-1].last = row
        else:
            bands.append(Band(row, row))
    return bands


def _alike(setting: Setting, row: int) -> bool:
    """Whether a row's pieces stand under those of the row above, one under one, as figures under their heads."""
    above, here = _present(setting, row - 1), _present(setting, row)
    if len(above) > 1 and _is_label(above[0]) and not _is_label(above[1]) and parse_decimal(above[1].text) is None:
        return False  # a label and its text: the next row has columns of its own
    pairs = [sum(1 for other in above if _overlap(piece, other)) for piece in here]
    paired = sum(1 for count in pairs if count == 1)
    return paired >= max(_ALIKE, _MOST * max(len(above), len(here))) and all(count <= 1 for count in pairs)


def _overlap(one: Piece, other: Piece) -> bool:
    return min(one.x1, other.x1) - max(one.x0, other.x0) > _COVER


# --- the columns of an indicator table


def _gutters(rows: Sequence[Sequence[Piece]], head_rows: int) -> list[Edge]:
    """The gaps that run through all rows of an indicator table, but for cells that cover several columns."""
    leaves = _leaf_heads(rows[:head_rows])
    below = [piece for row in rows[head_rows:] for piece in row]
    leaves = [leaf for leaf in leaves if not _stands_over_two(leaf, leaves, below)]
    known = {id(leaf) for leaf in leaves}
    upper = {id(piece) for row in rows[:head_rows] for piece in row} - known
    found = [
        piece
        for row in rows
        for piece in row
        if id(piece) in known or not (id(piece) in upper or sum(1 for leaf in leaves if _overlap(piece, leaf)) > 1)
    ]
    taken: list[list[float]] = []
    for x0, x1 in sorted((piece.x0, piece.x1) for piece in found):
        if taken and x0 - taken[-1][1] < 1.0:
            taken[-1][1] = max(taken[-1][1], x1)
        else:
            taken.append([x0, x1])
    edges = [Edge(before[1], after[0]) for before, after in pairwise(taken)]
    body = [piece for row in rows[head_rows:] for piece in row if piece in found and id(piece) not in known]
    return _under_their_heads(edges, [piece for piece in leaves if id(piece) in known], body)


def _under_their_heads(edges: Sequence[Edge], heads: Sequence[Piece], body: Sequence[Piece]) -> list[Edge]:
    """The gaps but those between a head and the texts below it: where a short head stands in the middle of a wide column
    and its texts at the left, the head has nothing below it and the texts have no head."""
    middles = [edge.middle for edge in edges]
    headed = {column for piece in heads for column in _span(columns_of(piece, middles))}
    filled = {column for piece in body for column in _span(columns_of(piece, middles))}
    if not body:
        return list(edges)
    kept: list[Edge] = []
    has_head, has_text = 0 in headed, 0 in filled
    for column, edge in enumerate(edges, start=1):
        head, text = column in headed, column in filled
        if has_head != has_text and head not in (text, has_head):
            has_head = has_text = True  # a head, and the texts without one beside it: one column
            continue
        kept.append(edge)
        has_head, has_text = head, text
    return kept


def _span(columns: tuple[int, int]) -> range:
    return range(columns[0], columns[1] + 1)


def _go_on(rows: Sequence[Sequence[Piece]], gutters: Sequence[Edge]) -> list[Edge]:
    """The gaps between the columns of a table that goes on from the page before: that page's, as narrow as this page's
    texts leave them."""
    found = []
    for edge in gutters:
        low, high = edge.low, edge.high
        for piece in (piece for row in rows for piece in row):
            if piece.x0 < edge.low and piece.x1 < edge.high:
                low = max(low, piece.x1)
            elif piece.x0 > edge.low and piece.x1 > edge.high:
                high = min(high, piece.x0)
        found.append(Edge(low, high) if low < high else edge)
    return found


def _leaf_heads(rows: Sequence[Sequence[Piece]]) -> list[Piece]:
    """The heads that have no head below them."""
    every = list({id(piece): piece for row in rows for piece in row}.values())
    return [
        piece for piece in every if not any(other.top > piece.bottom - 1 and _overlap(piece, other) for other in every)
    ]


def _stands_over_two(leaf: Piece, leaves: Sequence[Piece], below: Sequence[Piece]) -> bool:
    """Whether a head stands in the middle over two lower ones (指标值 over 预期值 and 实际值) and touches neither: no text
    stands under it."""
    left = max((other for other in leaves if other.x1 <= leaf.x0), key=lambda other: other.x1, default=None)
    right = min((other for other in leaves if other.x0 >= leaf.x1), key=lambda other: other.x0, default=None)
    if left is None or right is None or min(left.top, right.top) < leaf.bottom - 1:
        return False
    return not any(leaf.x0 <= (piece.x0 + piece.x1) / 2 <= leaf.x1 for piece in below)


# --- the columns of other rows


def _stab(rows: Sequence[Sequence[Piece]], known: Sequence[Edge], right: float) -> list[Edge]:
    """As few edges as stand in every gap between two pieces of a row."""
    gaps: list[Edge] = []
    for row in rows:
        for one, other in pairwise(row):
            low, high = one.x1, other.x0
            room = high - low
            if room < _SOFT * one.size:
                continue
            # Beside a text of several lines the gap runs through all of them.
            told = max(len(one.lines), len(other.lines)) > 1 or _is_label(one) or _is_label(other)
            told = told or any(edge.low < high and edge.high > low for edge in known)
            if room < _FIRM * one.size and not told:
                continue
            if len(rows) == 1 and _is_label(one) and _is_label(other) and room > 2 * _ROOM * one.size:
                # Two labels and nothing between them: an empty cell.
                gaps += [Edge(low, low + room / 2), Edge(low + room / 2, high)]
            else:
                gaps.append(Edge(low, high))
        if len(rows) == 1 and row and _is_label(row[-1]) and right - row[-1].x1 > _ROOM * row[-1].size:
            gaps.append(Edge(row[-1].x1, right))
    return stab(gaps)


def stab(gaps: Iterable[Edge]) -> list[Edge]:
    """Given gaps, return as few edges as are needed for one to stand in each of them; each as the part that all of its
    gaps share."""
    found: list[Edge] = []
    for gap in sorted(gaps, key=lambda one: one.high):
        for number, edge in enumerate(found):
            low, high = max(edge.low, gap.low), min(edge.high, gap.high)
            if high - low > 0:
                found[number] = Edge(low, high)
                break
        else:
            found.append(gap)
    return sorted(found, key=lambda edge: edge.low)


def _is_label(piece: Piece) -> bool:
    match = labels.match_block(piece.text)
    return match is not None and match.value is None


# --- cells


def runs_to_edge(piece: Piece) -> bool:
    """Whether a piece at the end of a row is a text whose cell reaches to the table's edge: no label, no figure."""
    return len(piece.text) > _SHORT and not _is_label(piece) and parse_decimal(piece.text) is None


def put_edges(bands: Sequence[Band]) -> tuple[dict[int, list[float]], dict[float, Edge]]:
    """Given bands, return the positions of each one's edges (by the band's number), on as few positions as can be, and
    for each position how far it could be moved."""
    positions = sorted({edge.middle for edge in stab([edge for band in bands for edge in band.edges])})
    found: dict[int, list[float]] = {}
    room: dict[float, Edge] = {}
    for number, band in enumerate(bands):
        own = []
        for edge in band.edges:
            inside = [x for x in positions if edge.low <= x <= edge.high]
            x = min(inside, key=lambda x: abs(x - edge.middle)) if inside else edge.middle
            known = room.get(x, edge)
            room[x] = Edge(max(edge.low, known.low), min(edge.high, known.high))
            own.append(x)
        found[number] = sorted(set(own))
    return found, room


def column_of(x: float, edges: Sequence[float]) -> int:
    """Given a position and sorted edges, return how many of them stand to its left."""
    return bisect_left(edges, x)


def columns_of(piece: Piece, edges: Sequence[float]) -> tuple[int, int]:
    """Given a piece and its band's edges, return the first and last of the band's columns that it stands in."""
    margin = min(_COVER, (piece.x1 - piece.x0) / 3)
    return column_of(piece.x0 + margin, edges), column_of(piece.x1 - margin, edges)
