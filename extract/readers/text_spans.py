"""Spans for a table that prints none: which blank positions belong to the cell above or to the left of them.

A text says nothing about merged cells, so every span is decided on evidence: blank positions before a row's first text
go on with what stands above, a title alone in its row has the row, a head over heads has the columns below it. Where
nothing tells, a blank position stays a cell of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from extract.amounts import parse_amount
from extract.grid import Cell, Grid
from extract.numbers import parse_decimal
from extract.readers.text_matrix import Entry, Matrix, blank_like
from ontology import labels, titles
from ontology.records import Place

_TIERS = ("tier1", "tier2", "tier3")
_TEXT_FIELDS = ("objective", "outcome", "subgoals", "stages", "term_objective", "half_objective")
_TALLEST_HEAD = 3


@lru_cache(maxsize=8192)
def column_notation(text: str) -> str | None:
    """The column that a head names, with the tier that it stands for where it names none."""
    match = labels.match_column(text)
    return (labels.columns()[match.notation].stands_for or match.notation) if match is not None else None


def is_label(text: str) -> bool:
    """Whether a text is a label of a form and nothing else."""
    match = labels.match_block(text)
    return match is not None and match.value is None


@lru_cache(maxsize=8192)
def is_figure(text: str) -> bool:
    """Whether a text is an amount, a number, a percentage or a dash."""
    stripped = text.strip()
    return bool(stripped) and (
        not stripped.strip("-—－–/ ")
        or parse_amount(stripped) is not None
        or parse_decimal(stripped.rstrip("%％分")) is not None
    )


@dataclass(slots=True)
class Spans:
    """The cells of a matrix: for each position the one that covers it, and how far each reaches (rows, columns)."""

    matrix: Matrix
    owner: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    reach: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for row, line in enumerate(self.matrix.rows):
            covered = 0
            for column, entry in enumerate(line.entries):
                if covered:
                    covered -= 1
                    continue
                self.reach[row, column] = (1, entry.columns)
                for at in range(column, column + entry.columns):
                    self.owner[row, at] = (row, column)
                covered = entry.columns - 1

    def _put(self, row: int, column: int, rows: int, columns: int) -> None:
        self.reach[row, column] = (rows, columns)
        for r in range(row, row + rows):
            for c in range(column, column + columns):
                self.owner[r, c] = (row, column)

    def at(self, row: int, column: int) -> Entry:
        """The entry that covers a position."""
        r, c = self.owner[row, column]
        return self.matrix.rows[r].entries[c]

    def is_free(self, row: int, column: int) -> bool:
        """Whether a position is a blank cell of its own."""
        return (
            self.owner[row, column] == (row, column)
            and self.reach[row, column] == (1, 1)
            and self.at(row, column).is_blank
        )

    def widen(self, row: int, column: int, last: int) -> None:
        """Let the cell that begins at a position reach to a column, over blank positions."""
        rows, columns = self.reach[row, column]
        taken = [(r, c) for r in range(row, row + rows) for c in range(column + columns, last + 1)]
        if taken and all(self.is_free(*spot) for spot in taken):
            for spot in taken:
                del self.reach[spot]
            self._put(row, column, rows, last - column + 1)

    def lengthen(self, row: int, column: int, last: int) -> bool:
        """Let the cell that begins at a position reach down to a row, over blank positions; return whether it does."""
        rows, columns = self.reach[row, column]
        taken = [(r, c) for r in range(row + rows, last + 1) for c in range(column, column + columns)]
        if not taken or not all(self.is_free(*spot) for spot in taken):
            return False
        for spot in taken:
            del self.reach[spot]
        self._put(row, column, last - row + 1, columns)
        return True

    def grid(self) -> Grid:
        """The matrix with these spans, rows and columns counted from 1."""
        cells = []
        for (row, column), (rows, columns) in sorted(self.reach.items()):
            entry = self.matrix.rows[row].entries[column]
            cells.append(Cell(row + 1, column + 1, entry.text, rows, columns, entry.parts))
        place = Place(table=self.matrix.number)
        return Grid(len(self.matrix.rows), self.matrix.width, tuple(cells), place, tuple(self.matrix.notes))


# --- heads


def tier_rows(matrix: Matrix) -> list[int]:
    """The rows that name tiers of indicators as heads."""
    found = []
    for number, row in enumerate(matrix.rows):
        named = {notation for text in row.texts() if text and (notation := column_notation(text)) is not None}
        tiers = named & set(_TIERS)
        if len(tiers) > 1 or ("tier3" in tiers and named & {"target", "actual"}):
            found.append(number)
    return found


def raise_side(matrix: Matrix) -> None:
    """A label at the side of the indicators that stands beside the lower of two rows of heads goes up to the first."""
    for tier in tier_rows(matrix):
        if tier + 1 >= len(matrix.rows):
            continue
        upper, lower = matrix.rows[tier].entries, matrix.rows[tier + 1].entries
        filled = matrix.rows[tier + 1].filled()
        heads = [labels.match_column(lower[c].text) or labels.match_subhead(lower[c].text) for c in filled[1:]]
        if len(heads) > 1 and all(heads) and _is_side_label(lower[filled[0]].text) and upper[filled[0]].is_blank:
            upper[filled[0]], lower[filled[0]] = lower[filled[0]], upper[filled[0]]


def open_heads(matrix: Matrix) -> None:
    """Put the cells of an upper head row over the columns that they head, where the text printed each of them once: it has
    as many cells less as the row below it has further heads."""
    for tier in tier_rows(matrix):
        for upper, lower in ((tier - 1, tier), (tier, tier + 1)):
            if upper < 0 or lower >= len(matrix.rows):
                continue
            row, below = matrix.rows[upper], [bool(text) for text in matrix.rows[lower].texts()]
            texts = [text for text in row.texts() if text]
            heads = [column for column, filled in enumerate(below) if filled and not (column and below[column - 1])]
            missing = sum(below) - len(heads)
            if not missing or row.printed + missing != matrix.rows[lower].printed:
                continue
            heading = all(labels.match_column(text) is not None or _heads_columns(text) for text in texts)
            if upper != tier and not heading:
                continue
            opened: list[Entry] = []
            for entry in row.entries[: row.printed]:
                opened.append(entry)
                while all(below[len(opened) - 1 : len(opened) + 1]) and len(opened) < len(below):
                    opened.append(blank_like(entry))
            for other in matrix.rows:
                # A head over a column that is blank throughout is printed all the same.
                other.entries += [Entry("") for _ in range(len(opened) - len(other.entries))]
            row.entries = opened + row.entries[len(opened) :]
            row.printed = len(opened)
            matrix.notes.append(f"row {upper + 1}: heads put over the columns that they head")


def span_heads(spans: Spans) -> set[int]:
    """Give the heads of indicator tables their spans; return the rows that are heads."""
    heads: set[int] = set()
    for row in tier_rows(spans.matrix):
        heads.add(row)
        upper = row
        while upper > 0 and row - upper < _TALLEST_HEAD - 1 and _is_upper_head(spans, upper - 1):
            upper -= 1
            heads.add(upper)
        if row + 1 < len(spans.matrix.rows) and _is_lower_head(spans, row):
            heads.add(row + 1)
            _span_over(spans, row, row + 1)
        for above in range(row - 1, upper - 1, -1):
            _span_over(spans, above, above + 1)
            _lengthen_heads(spans, above, row)
        _lengthen_heads(spans, row, row + 1 if row + 1 in heads else row)
        _lengthen_side(spans, row)
    return heads


def _lengthen_side(spans: Spans, row: int) -> None:
    """A label at the side of the tiers has the rows of the indicators, as far as they leave room: it heads no column."""
    for column in spans.matrix.rows[row].filled():
        text = spans.matrix.rows[row].entries[column].text
        if column_notation(text) in ("tier1", "tier2") or not _is_side_label(text):
            break
        last = row + spans.reach[row, column][0]
        while last < len(spans.matrix.rows) and spans.is_free(last, column):
            last += 1
        spans.lengthen(row, column, last - 1)


def _is_upper_head(spans: Spans, row: int) -> bool:
    texts = [text for text in spans.matrix.rows[row].texts() if text]
    if len(texts) == 1:
        match = labels.match_block(texts[0])
        return match is not None and match.value is None and match.role("section") == "indicators"
    return len(texts) > 1 and all(labels.match_column(text) is not None or _heads_columns(text) for text in texts)


def _heads_columns(text: str) -> bool:
    if labels.is_tier1(text):
        return True  # the first tiers head the columns of their indicators
    match = labels.match_block(text)
    return (
        match is not None
        and match.value is None
        and any(
            role.group in ("section", "stage", "source", "execution")
            or role.notation in ("objective", "name", "unit_name")
            for role in match.roles
        )
    )


def _is_lower_head(spans: Spans, row: int) -> bool:
    entries, below = spans.matrix.rows[row].entries, spans.matrix.rows[row + 1].entries
    printed = [column for column, entry in enumerate(below) if entry.text]
    return bool(printed) and all(
        column_notation(entries[column].text) not in _TIERS
        and (
            labels.match_column(below[column].text) is not None or labels.match_subhead(below[column].text) is not None
        )
        for column in printed
    )


def _span_over(spans: Spans, row: int, below: int) -> None:
    """Let the heads of a row reach over the heads that stand below the blank positions to their right."""
    for column in spans.matrix.rows[row].filled():
        if (row, column) not in spans.reach or spans.at(below, column).is_blank:
            continue
        last = column
        while last + 1 < spans.matrix.width and spans.is_free(row, last + 1) and not spans.at(below, last + 1).is_blank:
            last += 1
        spans.widen(row, column, last)


def _lengthen_heads(spans: Spans, row: int, last: int) -> None:
    for column in spans.matrix.rows[row].filled():
        if (row, column) in spans.reach and spans.reach[row, column][0] == 1:
            lowest = last
            while lowest > row and not spans.lengthen(row, column, lowest):
                lowest -= 1


# --- the rest of a form


def span_rows(spans: Spans, heads: set[int], inside: Mapping[int, int]) -> None:
    """Give the other rows their spans; `heads` are the rows of heads, `inside` those of indicators below them, with the
    column of their names: what stands before it goes on from row to row, the rest never does."""
    for row in range(len(spans.matrix.rows)):
        if row in heads:
            continue
        if not _span_title(spans, row, inside):
            _span_down(spans, row, heads, inside.get(row, spans.matrix.width))
        if row not in inside:
            _span_right(spans, row)


def _span_title(spans: Spans, row: int, inside: Mapping[int, int]) -> bool:
    """A text alone in its row is a title, a caption or a remark over the table's width."""
    filled = spans.matrix.rows[row].filled()
    if len(filled) != 1 or row in inside:
        return False
    column, text = filled[0], spans.matrix.rows[row].entries[filled[0]].text
    titled = titles.form_title(text) is not None or labels.only_year(text) is not None or labels.find_money_unit(text)
    if column and not titled and row:
        return False
    if column:
        # A centred title: its place says nothing.
        entries = spans.matrix.rows[row].entries
        entries[0], entries[column] = entries[column], entries[0]
        entries[0].columns = entries[column].columns = 1
        spans.reach.pop((row, column), None)
        for free in range(spans.matrix.width):
            spans.reach.pop((row, free), None)
            spans._put(row, free, 1, 1)
    if titled or not is_label(text):
        spans.widen(row, 0, spans.matrix.width - 1)
    return True


def _span_down(spans: Spans, row: int, heads: set[int], end: int) -> None:
    """Blank positions before a row's first text, and before the column `end`, go on with the cells above them."""
    filled = spans.matrix.rows[row].filled()
    if not row or not filled:
        return
    for column in range(min(filled[0], end)):
        if not spans.is_free(row, column):
            continue
        above_row, above_column = spans.owner[row - 1, column]
        above = spans.at(row - 1, column)
        if above.is_blank or above_column + spans.reach[above_row, above_column][1] > filled[0]:
            continue
        if above_row in heads and column_notation(above.text) is not None and not _is_side_label(above.text):
            continue
        spans.lengthen(above_row, above_column, row)


def _is_side_label(text: str) -> bool:
    match = labels.match_block(text)
    return match is not None and match.role("section") is not None


def _span_right(spans: Spans, row: int) -> None:
    """A text that is no label has the blank positions to its right; so has a label before a text, or above its own."""
    filled = spans.matrix.rows[row].filled()
    for column in filled:
        if spans.owner[row, column] != (row, column):
            continue
        text = spans.at(row, column).text
        last = column
        while last + 1 < spans.matrix.width and spans.is_free(row, last + 1):
            last += 1
        after = spans.matrix.rows[row].entries[last + 1].text if last + 1 < spans.matrix.width else ""
        valued = bool(after) and not is_label(after) and not is_figure(after)
        if is_figure(text) or (is_label(text) and not valued and not _heads_text_below(spans, row, column)):
            continue
        spans.widen(row, column, last)


def _heads_text_below(spans: Spans, row: int, column: int) -> bool:
    match = labels.match_block(spans.at(row, column).text)
    if match is None or match.role("field") not in _TEXT_FIELDS or row + 1 >= len(spans.matrix.rows):
        return False
    below = spans.matrix.rows[row + 1].entries[column].text
    return bool(below) and not is_label(below) and not is_figure(below)
