"""Tables with lines between their rows only: the lines tell the rows and what is merged over them, words the columns.

Where a line is interrupted a cell is merged over it, and the ends of such lines are column edges. What remains to be
told by the positions of the words is where the other columns part.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from extract.form_regions import Region, head_texts, indicator_rows, is_caption, is_head
from extract.lattice import Lattice, Rule, Tolerances, join_collinear, rules_of
from extract.money_rows import last_money_head
from extract.piece_columns import Band, Carried, Edge, find_bands, put_edges
from extract.piece_rows import PieceRow, Placed, Setting
from extract.pieces import Piece, Word
from extract.unruled import UnruledTable, fill_cells
from ontology import finance, labels, titles

_NEAR = 3.0  # points: line ends this near to each other are one position
_LEAST_WIDTH = 120.0  # points: narrower groups of lines rule no form
_LEAST_LINES = 4  # lines that make a table of at least three rows
_LEAST_BELOW = 3  # rows below a head: fewer may hold all indicators in one
_OPEN_END = 3.0  # sizes: text this near beyond the outermost line belongs to a row that a page break cut
_BEHIND = 0.3  # sizes: words this near behind each other are one text
_LINE = 0.35  # sizes: words whose middles differ by less stand on one line
_ROW_STEP = 1.7  # sizes: lines of one text stand nearer to each other than this
_EXACT = 0.5  # points: how exact the end of a line tells a column edge
_LED = 3  # rows with a label and its value that make a form's block without its indicators
_PAGE_TOP, _PAGE_FOOT = 0.25, 0.75  # the shares of a page in which a table that goes on must begin and end


@dataclass(frozen=True, slots=True)
class RowRuled:
    """The tables found on a page, what the last of them carries on, and the words in none of them."""

    tables: tuple[UnruledTable, ...]
    carried: Carried | None
    rest: tuple[Word, ...]


def read_row_ruled(
    words: Sequence[Word], rules: Iterable[Rule], height: float, carried: Carried | None = None
) -> RowRuled:
    """Given a page's words and lines outside of its other tables, the page's height, and what the page before carries
    on, return the forms among them that have lines between their rows."""
    lines = join_collinear(rules_of(rules, True), Tolerances())
    tables: list[UnruledTable] = []
    taken: set[int] = set()
    carries: Carried | None = None
    for frame in _frames(lines, words, height):
        inside = [word for word in words if frame.top < word.y < frame.bottom and frame.holds(word)]
        goes_on = carried is not None and not tables and frame.top < _PAGE_TOP * height and frame.is_like(carried)
        found = _table(frame, inside, carried if goes_on else None)
        if found is not None:
            table, carries = found
            tables.append(table)
            taken.update(map(id, inside))
            if frame.bottom < _PAGE_FOOT * height:
                carries = None
    return RowRuled(tuple(tables), carries, tuple(word for word in words if id(word) not in taken))


# --- where the lines are


@dataclass(frozen=True, slots=True)
class _Frame:
    """Lines that are as wide as a table or lie within one: the table's edges, and all lines by their height."""

    left: float
    right: float
    ys: tuple[float, ...]
    lines: tuple[Rule, ...]

    @property
    def top(self) -> float:
        return self.ys[0]

    @property
    def bottom(self) -> float:
        return self.ys[-1]

    def holds(self, word: Word) -> bool:
        return self.left - _NEAR < (word.x0 + word.x1) / 2 < self.right + _NEAR

    def is_like(self, carried: Carried) -> bool:
        return abs(self.left - carried.left) < 2 * _NEAR and abs(self.right - carried.right) < 2 * _NEAR

    def is_ruled(self, edge: int, x: float) -> bool:
        """Whether a line stands between two rows at a position."""
        y = self.ys[edge]
        return any(abs(line.at - y) <= _NEAR and line.start - 1 <= x <= line.end + 1 for line in self.lines)

    def ends(self, first: int, last: int) -> list[float]:
        """The positions inside the table at which lines from one edge of its rows to another begin or end."""
        low, high = self.ys[first] - _NEAR, self.ys[last] + _NEAR
        found = [x for line in self.lines if low <= line.at <= high for x in (line.start, line.end)]
        return sorted(x for x in found if self.left + _NEAR < x < self.right - _NEAR)

    def band_of(self, y: float) -> int:
        return next(number for number, (above, below) in enumerate(pairwise(self.ys)) if above <= y < below)


def _frames(lines: Sequence[Rule], words: Sequence[Word], height: float) -> list[_Frame]:
    """The groups of lines that may rule the rows of a table, from top to bottom, parted at titles between them."""
    frames: list[_Frame] = []
    left_over = [line for line in lines if line.end - line.start > 1.0]
    while left_over:
        widest = max(left_over, key=lambda line: line.end - line.start)
        if widest.end - widest.start < _LEAST_WIDTH:
            break
        full = [
            line for line in left_over if abs(line.start - widest.start) < _NEAR and abs(line.end - widest.end) < _NEAR
        ]
        within = [line for line in left_over if line.start > widest.start - _NEAR and line.end < widest.end + _NEAR]
        left_over = [line for line in left_over if line not in within]
        parts = _parts(_distinct(line.at for line in within), [line.at for line in full], words)
        for ys in parts:
            if len(ys) >= _LEAST_LINES:
                own = tuple(line for line in within if ys[0] - _NEAR < line.at < ys[-1] + _NEAR)
                frames.append(_Frame(widest.start, widest.end, _with_open_ends(ys, words, widest, height), own))
    return sorted(frames, key=lambda frame: frame.top)


def _parts(ys: Sequence[float], full: Sequence[float], words: Sequence[Word]) -> list[list[float]]:
    """The positions of lines, parted where nothing but a title or another caption stands between two full ones."""
    parts: list[list[float]] = [[ys[0]]]
    for above, below in pairwise(ys):
        if all(any(abs(y - other) <= _NEAR for other in full) for y in (above, below)):
            between = _lines_of(word for word in words if above < word.y < below)
            titled = [row for row in between if titles.form_title(_text(row)) or finance.match_title(_text(row))]
            if titled and is_caption(PieceRow([Piece([row]) for row in between])):
                parts.append([])
        parts[-1].append(below)
    return parts


def _distinct(positions: Iterable[float]) -> list[float]:
    found: list[float] = []
    for y in sorted(positions):
        if not found or y - found[-1] > _NEAR:
            found.append(y)
    return found


def _with_open_ends(ys: list[float], words: Sequence[Word], frame: Rule, height: float) -> tuple[float, ...]:
    """The edges of a table's rows, and beyond the outermost lines those of rows that a page break cut."""
    beside = [word for word in words if frame.start - _NEAR < (word.x0 + word.x1) / 2 < frame.end + _NEAR]
    below = sorted((word for word in beside if word.y > ys[-1]), key=lambda word: word.y)
    if below and below[-1].y > _PAGE_FOOT * height and _is_near(ys[-1], below) and _in_columns(below, frame):
        ys = [*ys, below[-1].y + below[-1].size]
    above = sorted((word for word in beside if word.y < ys[0]), key=lambda word: -word.y)
    if above and above[-1].y < _PAGE_TOP * height and _is_near(ys[0], above) and _in_columns(above, frame):
        ys = [above[-1].y - above[-1].size, *ys]
    return tuple(ys)


def _is_near(y: float, away: Sequence[Word]) -> bool:
    steps = [y, *(word.y for word in away)]
    return all(abs(one - other) < _OPEN_END * away[0].size for one, other in pairwise(steps))


def _in_columns(words: Sequence[Word], frame: Rule) -> bool:
    """Whether words stand in columns: lines of several texts apart, or none over half of the width."""
    rows = _lines_of(words)
    if any(titles.form_title(text) or finance.match_title(text) for text in map(_text, rows)):
        return False
    wide = 0.5 * (frame.end - frame.start)
    return all(len(row) > 1 or row[-1].x1 - row[0].x0 < wide for row in rows)


def _text(row: Sequence[Word]) -> str:
    return "".join(word.text for word in row)


def _lines_of(words: Iterable[Word]) -> list[list[Word]]:
    """Words line by line, each from left to right, those right behind each other as one."""
    rows: list[list[Word]] = []
    for word in sorted(words, key=lambda one: one.y):
        if rows and abs(rows[-1][0].y - word.y) < _LINE * word.size:
            rows[-1].append(word)
        else:
            rows.append([word])
    return [sorted(row, key=lambda one: one.x0) for row in rows]


# --- one table


def _table(frame: _Frame, words: Sequence[Word], carried: Carried | None) -> tuple[UnruledTable, Carried | None] | None:
    """The table in a frame, and what it carries on; None where it is no form or its lines don't tell its rows."""
    placed = _place(frame, words)
    rows = [PieceRow([], top, bottom) for top, bottom in pairwise(frame.ys)]
    for one in sorted(placed, key=lambda one: one.piece.x0):
        rows[one.first].pieces.append(one.piece)
    tables = _tables(rows, carried)
    if tables is None or not placed:
        return None
    below = [row for first, head, last in tables for row in range(head + 1, last + 1)]
    if tables and ((carried is None and len(below) < _LEAST_BELOW) or _hold_rows(rows, placed, below)):
        return None
    setting = Setting(rows, placed, "middle")
    bands = find_bands(setting, tables, frame.right, carried)
    for band in bands:
        band.edges = _with_ends(band, setting, frame)
    edges, room = put_edges(bands)
    xs = [frame.left, *sorted({x for own in edges.values() for x in own}), frame.right]
    cells = fill_cells(setting, bands, edges, xs, frame.ys)
    notes = (
        f"{len(rows)} rows told by the lines between them",
        f"no lines between columns: {len(xs) - 1} columns told by the positions of the text",
    )
    lattice = Lattice(tuple(xs), frame.ys, tuple(cells), notes)
    outer = [Edge(x - 1, x + 1) for x in (frame.left, frame.right)]
    gaps = (outer[0], *(room[x] for x in xs[1:-1]), outer[1])
    gutters = tuple(edge for edge in bands[-1].edges) if bands[-1].is_table else ()
    carries = None
    if gutters or not tables:
        region = Region(0, len(rows) - 1, tables)
        heads = head_texts(rows, region) or (carried.heads if carried is not None else frozenset())
        carries = Carried(gutters, frame.left, frame.right, heads)
    return UnruledTable(lattice, gaps, carried is not None), carries


def _tables(rows: Sequence[PieceRow], carried: Carried | None) -> tuple[tuple[int, int, int], ...] | None:
    """The indicator tables among the rows, or the one of money that they are; none where only a form's block is printed;
    None where it is neither."""
    starts = [number for number, row in enumerate(rows) if is_head(row)]
    if carried is not None and carried.gutters and (not starts or starts[0] > 0):
        starts.insert(0, -1)
    if starts:
        ends = [*starts[1:], len(rows)]
        return tuple(indicator_rows(rows, start, end, 0) for start, end in zip(starts, ends, strict=True))
    led = [
        match for row in rows if len(row.pieces) > 1 and (match := labels.match_block(row.pieces[0].text)) is not None
    ]
    named = any(match.means("name", "name_and_code", "unit_name") for match in led)
    if named and len(led) >= _LED:
        return ()
    head = last_money_head(rows)
    return ((0, head, len(rows) - 1),) if head is not None else None


def _place(frame: _Frame, words: Sequence[Word]) -> list[Placed]:
    """The pieces that the words make, each with the rows that its cell covers."""
    groups: list[list[Word]] = []
    of_word = [(word, *_reach(frame, word)) for word in words]
    parent = list(range(len(of_word)))

    def root(index: int) -> int:
        while parent[index] != index:
            index = parent[index]
        return index

    for i, (one, first, last) in enumerate(of_word):
        for j in range(i):
            other, other_first, other_last = of_word[j]
            if first <= other_last and other_first <= last and _are_one(one, other):
                parent[root(i)] = root(j)
    for index in range(len(of_word)):
        if root(index) == index:
            groups.append([of_word[other][0] for other in range(len(of_word)) if root(other) == index])
    placed = []
    for group in groups:
        reaches = [_reach(frame, word) for word in group]
        placed.append(
            Placed(Piece(_lines_of(group)), min(first for first, _ in reaches), max(last for _, last in reaches))
        )
    return placed


def _reach(frame: _Frame, word: Word) -> tuple[int, int]:
    """The first and last row of the cell that a word stands in."""
    first = last = frame.band_of(word.y)
    x = (word.x0 + word.x1) / 2
    while first > 0 and not frame.is_ruled(first, x):
        first -= 1
    while last < len(frame.ys) - 2 and not frame.is_ruled(last + 1, x):
        last += 1
    return first, last


def _are_one(one: Word, other: Word) -> bool:
    """Whether two words of one row are one text: under each other, or right behind each other."""
    if abs(one.y - other.y) < _LINE * max(one.size, other.size):
        gap = max(one.x0, other.x0) - min(one.x1, other.x1)
        return gap < _BEHIND * max(one.size, other.size)
    return min(one.x1, other.x1) - max(one.x0, other.x0) > 1.0


def _hold_rows(rows: Sequence[PieceRow], placed: Sequence[Placed], below: Sequence[int]) -> bool:
    """Whether half of an indicator table's rows hold several each, a line being missing between them: the lines of
    their texts stand farther apart than those of one text do."""
    loose = 0
    for row in below:
        own = [one.piece for one in placed if one.first == one.last == row and len(one.piece.lines) > 1]
        steps = [(after[0].y - before[0].y) / piece.size for piece in own for before, after in pairwise(piece.lines)]
        if len(own) > 1 and steps and median(steps) > _ROW_STEP:
            loose += 1
    return loose > 0 and 2 * loose >= len(below)


def _with_ends(band: Band, setting: Setting, frame: _Frame) -> list[Edge]:
    """A band's column edges, with those that the ends of its lines tell."""
    pieces = [one.piece for one in setting.placed if one.first <= band.last and one.last >= band.first]
    edges = list(band.edges)
    for x in frame.ends(band.first, band.last + 1):
        if any(piece.x0 < x - 1 and piece.x1 > x + 1 for piece in pieces):
            continue
        exact = Edge(x - _EXACT, x + _EXACT)
        same = [edge for edge in edges if edge.low < exact.high and edge.high > exact.low]
        low = max([exact.low, *(edge.low for edge in same)])
        high = min([exact.high, *(edge.high for edge in same)])
        edges = [*(edge for edge in edges if edge not in same), Edge(low, high) if low < high else exact]
    return sorted(edges, key=lambda edge: edge.low)
