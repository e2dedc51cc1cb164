"""Ruled lines to cells: the geometry of a table, whatever drew it.

A row of small stages on plain data: lines that continue each other are joined, lines that touch make a component, a
component's positions make rows and columns, and positions with no line between them are one cell. A merged cell is thus
one cell with a span, and a cell whose outer border is missing (as where a page break cut it) is still a cell.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from ontology.records import Box


@dataclass(frozen=True, slots=True)
class Tolerances:
    """How exact lines have to be, in points. Table rules are hair lines to 1.5 pt; rows are 8 pt and more."""

    snap: float = 2.5  # lines this near to each other are one line
    gap: float = 3.0  # a line with a gap this small is not interrupted
    touch: float = 3.0  # lines that end this near to another one touch it
    overhang: float = 5.0  # lines that stand out by more than this imply a border that was not drawn
    cover: float = 0.6  # the share of a side that a line must cover to be its border


class Rule(NamedTuple):
    """A straight line: at y `at` from x `start` to `end` where horizontal, else at x `at` from y `start` to `end`."""

    horizontal: bool
    at: float
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class LatticeCell:
    """A cell: its position (from 0) and span in rows and columns, its box, and which outer sides have no line."""

    row: int
    column: int
    row_span: int
    column_span: int
    box: Box
    open_top: bool = False
    open_bottom: bool = False
    open_side: bool = False


@dataclass(frozen=True, slots=True)
class Lattice:
    """A table's geometry: the edges of its columns and rows, and its cells by row, then column."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    cells: tuple[LatticeCell, ...]
    notes: tuple[str, ...] = ()
    _at: tuple[tuple[int, ...], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        at = [[-1] * (len(self.xs) - 1) for _ in self.ys[1:]]
        for index, cell in enumerate(self.cells):
            for row in range(cell.row, cell.row + cell.row_span):
                at[row][cell.column : cell.column + cell.column_span] = [index] * cell.column_span
        object.__setattr__(self, "_at", tuple(tuple(row) for row in at))

    @property
    def box(self) -> Box:
        """The rectangle around the whole table."""
        return Box(self.xs[0], self.ys[0], self.xs[-1], self.ys[-1])

    @property
    def area(self) -> float:
        """The area in square points."""
        return (self.xs[-1] - self.xs[0]) * (self.ys[-1] - self.ys[0])

    def cell_at(self, x: float, y: float) -> int | None:
        """Given a point, return the index of the cell that it lies in, or None outside of the table."""
        if not (self.xs[0] <= x < self.xs[-1] and self.ys[0] <= y < self.ys[-1]):
            return None
        return self._at[bisect_right(self.ys, y) - 1][bisect_right(self.xs, x) - 1]


def find_lattices(rules: Iterable[Rule], tolerances: Tolerances | None = None) -> list[Lattice]:
    """Given a page's ruled lines, return its tables from top to bottom.

    A frame around text (one cell) and lines that cross no other line are not tables.
    """
    settings = tolerances or Tolerances()
    found = []
    for component in _components(join_collinear(rules, settings), settings):
        lattice = _lattice(component, settings)
        if lattice is not None and len(lattice.cells) > 1:
            found.append(lattice)
    return sorted(found, key=lambda lattice: (lattice.ys[0], lattice.xs[0]))


def join_collinear(rules: Iterable[Rule], settings: Tolerances) -> list[Rule]:
    """Given lines, return those that lie on each other or continue each other joined into one."""
    joined: list[Rule] = []
    for horizontal in (True, False):
        same = sorted((rule for rule in rules_of(rules, horizontal)), key=lambda rule: rule.at)
        for cluster in _clusters(same, settings.snap):
            at = sum(rule.at for rule in cluster) / len(cluster)
            cluster.sort(key=lambda rule: rule.start)
            current: Rule | None = None
            for rule in cluster:
                if current is not None and rule.start <= current.end + settings.gap:
                    current = current._replace(end=max(current.end, rule.end))
                else:
                    if current is not None:
                        joined.append(current)
                    current = rule._replace(at=at)
            if current is not None:
                joined.append(current)
    return joined


def rules_of(rules: Iterable[Rule], horizontal: bool) -> list[Rule]:
    """Given lines, return the horizontal or the vertical ones."""
    return [rule for rule in rules if rule.horizontal is horizontal]


def _clusters(rules: Sequence[Rule], snap: float) -> list[list[Rule]]:
    """Lines by nearness; measured from a cluster's first line, so that a chain of near lines cannot grow."""
    clusters: list[list[Rule]] = []
    for rule in rules:
        if clusters and rule.at - clusters[-1][0].at <= snap:
            clusters[-1].append(rule)
        else:
            clusters.append([rule])
    return clusters


def _components(rules: Sequence[Rule], settings: Tolerances) -> list[list[Rule]]:
    parent = list(range(len(rules)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    near = settings.touch
    verticals = [index for index, rule in enumerate(rules) if not rule.horizontal]
    for i, first in enumerate(rules):
        if not first.horizontal:
            continue
        for j in verticals:
            second = rules[j]
            crosses = (
                second.start - near <= first.at <= second.end + near
                and first.start - near <= second.at <= first.end + near
            )
            if crosses:
                parent[root(i)] = root(j)
    by_root: dict[int, list[Rule]] = {}
    for index, rule in enumerate(rules):
        by_root.setdefault(root(index), []).append(rule)
    return [group for group in by_root.values() if len({rule.horizontal for rule in group}) > 1]


def _lattice(rules: Sequence[Rule], settings: Tolerances) -> Lattice | None:
    horizontals, verticals = rules_of(rules, True), rules_of(rules, False)
    notes: list[str] = []
    ys = _edges(horizontals, verticals, settings, notes, ("top", "bottom"))
    xs = _edges(verticals, horizontals, settings, notes, ("left", "right"))
    if len(xs) < 2 or len(ys) < 2:
        return None
    beside = _borders(verticals, xs, ys, settings)  # beside[column edge][row]
    above = _borders(horizontals, ys, xs, settings)  # above[row edge][column]
    rows, columns = len(ys) - 1, len(xs) - 1
    regions = _regions(rows, columns, above, beside)
    cells: list[LatticeCell] = []
    for region in regions:
        pieces = list(_rectangles(region))
        if len(pieces) > 1:
            notes.append(f"an area without straight borders at row {pieces[0][0] + 1} was cut into {len(pieces)} cells")
        for row, column, row_span, column_span in pieces:
            over = range(column, column + column_span)
            along = range(row, row + row_span)
            cells.append(
                LatticeCell(
                    row,
                    column,
                    row_span,
                    column_span,
                    Box(xs[column], ys[row], xs[column + column_span], ys[row + row_span]),
                    open_top=row == 0 and not all(above[0][c] for c in over),
                    open_bottom=row + row_span == rows and not all(above[rows][c] for c in over),
                    open_side=(column == 0 and not all(beside[0][r] for r in along))
                    or (column + column_span == columns and not all(beside[columns][r] for r in along)),
                )
            )
    cells.sort(key=lambda cell: (cell.row, cell.column))
    return Lattice(tuple(xs), tuple(ys), tuple(cells), tuple(notes))


def _edges(
    across: Sequence[Rule], along: Sequence[Rule], settings: Tolerances, notes: list[str], names: tuple[str, str]
) -> list[float]:
    """The positions of lines, and beyond the first and last of them the ends of the lines that cross them.

    A page break leaves a merged cell without its bottom line; without an edge there the cell and its text are lost.
    """
    clusters = _clusters(sorted(across, key=lambda rule: rule.at), settings.snap)
    edges = [sum(rule.at for rule in cluster) / len(cluster) for cluster in clusters]
    if not edges:
        return []
    first, last = min(rule.start for rule in along), max(rule.end for rule in along)
    if first < edges[0] - settings.overhang:
        edges.insert(0, first)
        notes.append(f"no line at the {names[0]}: supplied where the crossing lines end")
    if last > edges[-1] + settings.overhang:
        edges.append(last)
        notes.append(f"no line at the {names[1]}: supplied where the crossing lines end")
    return edges


def _borders(
    lines: Sequence[Rule], edges: Sequence[float], bands: Sequence[float], settings: Tolerances
) -> list[list[bool]]:
    """For each edge and each band between two crossing edges, whether a line stands there."""
    found = []
    for edge in edges:
        here = [rule for rule in lines if abs(rule.at - edge) <= settings.snap]
        row = []
        for low, high in pairwise(bands):
            covered = sum(max(0.0, min(rule.end, high) - max(rule.start, low)) for rule in here)
            row.append(covered >= settings.cover * (high - low))
        found.append(row)
    return found


def _regions(
    rows: int, columns: int, above: Sequence[Sequence[bool]], beside: Sequence[Sequence[bool]]
) -> list[set[tuple[int, int]]]:
    """The sets of positions with no line between them."""
    seen: set[tuple[int, int]] = set()
    regions = []
    for start in ((row, column) for row in range(rows) for column in range(columns)):
        if start in seen:
            continue
        region, waiting = {start}, [start]
        while waiting:
            row, column = waiting.pop()
            neighbours = (
                (row - 1, column, row > 0 and not above[row][column]),
                (row + 1, column, row + 1 < rows and not above[row + 1][column]),
                (row, column - 1, column > 0 and not beside[column][row]),
                (row, column + 1, column + 1 < columns and not beside[column + 1][row]),
            )
            for next_row, next_column, joined in neighbours:
                if joined and (next_row, next_column) not in region:
                    region.add((next_row, next_column))
                    waiting.append((next_row, next_column))
        seen |= region
        regions.append(region)
    return regions


def _rectangles(region: set[tuple[int, int]]) -> Iterable[tuple[int, int, int, int]]:
    """A region as rectangles (row, column, row span, column span): one, unless its shape is none."""
    left = set(region)
    while left:
        row, column = min(left)
        width = 1
        while (row, column + width) in left:
            width += 1
        height = 1
        while all((row + height, c) in left for c in range(column, column + width)):
            height += 1
        piece = {(r, c) for r in range(row, row + height) for c in range(column, column + width)}
        left -= piece
        yield row, column, height, width
