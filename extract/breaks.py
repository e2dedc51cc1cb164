"""Cells over a page break: which cell of the first row below goes on from the last row above, on stated evidence.

The cells are those of one joined grid (its rows and columns); a printed cell's place stays that of its page. What tells
that a cell goes on: no line closes it at the break; it is merged and empty on one side; the other parts of its entry (a
project's name, amount and objective, always merged alike) go on; or the whole row was cut in the middle of its text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from extract.grid import Cell
from extract.normalize import clean_text, join_wrapped

_SENTENCE_END = tuple("。；;！!？?")
_LONGEST_LABEL = 20  # characters: a longer text in a merged cell is a sentence, not a label

Pairs = Mapping[int, tuple[Cell | None, Cell]]


@dataclass(frozen=True, slots=True)
class Break:
    """What the pages show at a break after `row` rows of the joined grid.

    `open_above` and `open_below` are the columns in which no line closes the cells of the last row above or of the
    first row below; `unfinished` the columns whose text above runs to the end of its line, as cut text does; `filled`
    those that are never merged and printed in nearly every row; `parallel` the sets of columns whose cells are merged
    alike.
    """

    row: int
    open_above: frozenset[int] = frozenset()
    open_below: frozenset[int] = frozenset()
    head_repeated: bool = False
    unfinished: frozenset[int] = frozenset()
    filled: frozenset[int] = frozenset()
    parallel: Sequence[frozenset[int]] = ()


@dataclass(slots=True)
class Joined:
    """The cells above and below a break after joining; `rows_lost` is 1 where the row below is the row above.

    `doubtful` holds the texts that were put together on the evidence of the text alone.
    """

    above: list[Cell]
    below: list[Cell]
    rows_lost: int = 0
    notes: list[str] = field(default_factory=list)
    doubtful: list[str] = field(default_factory=list)


def join_break(above: Sequence[Cell], below: Sequence[Cell], at: Break) -> Joined:
    """Given the cells above and below a break and what it shows, return them with those that go on joined above."""
    ending = {(cell.column, cell.column_span): cell for cell in above if cell.last_row == at.row}
    starting = sorted((cell for cell in below if cell.row == at.row + 1), key=lambda cell: cell.column)
    pairs = {cell.column: (ending.get((cell.column, cell.column_span)), cell) for cell in starting}
    cut = _row_is_cut(pairs, at)
    if cut:
        reasons = dict.fromkeys(pairs, cut)
    else:
        merged_columns = {cell.column for cell in (*above, *below) if cell.row_span > 1}
        reasons = {}
        openings = _openings(set(pairs), at)
        # Where missing lines tell which cells go on, a line tells that a cell has ended: nothing is left to infer.
        for columns in () if openings else at.parallel:
            together = [pair for column, pair in pairs.items() if column in columns]
            if len(together) == len(columns) and _go_on_together(together):
                reasons.update(dict.fromkeys(columns, "merged alike with a column that goes on"))
        reasons |= _single_reasons(starting, pairs, openings, merged_columns, set(reasons))
    result = Joined(list(above), list(below), rows_lost=1 if cut else 0)
    for column, reason in sorted(reasons.items()):
        before, after = pairs[column]
        if before is not None:
            result.above[result.above.index(before)] = _one_cell(before, after, result.rows_lost)
            result.below.remove(after)
            result.notes.append(f"column {column} goes on over the break ({reason})")
    if cut:
        result.below = [replace(cell, row=cell.row - 1) for cell in result.below]
    if cut == _CUT_BY_TEXT:
        texts = [after.text for _, after in pairs.values() if after.text]
        result.doubtful.append(max(texts, key=len))
    return result


_CUT_BY_LINES = "the row is cut: no line above or below the break"
_CUT_BY_TEXT = "the row is cut: its text breaks off above and goes on below, its other cells are empty below"


def _row_is_cut(pairs: Pairs, at: Break) -> str | None:
    """Why the first row below is the rest of the last row above, or None where it is a row of its own."""
    both = [(before, after) for before, after in pairs.values() if before is not None]
    if not both or len(both) < len(pairs):
        return None
    columns = set(pairs)
    texts = [column for column, (before, after) in pairs.items() if before and before.text and after.text]
    if columns <= at.open_above and (columns <= at.open_below or at.head_repeated):
        # A plain break between two rows has its line; one that cuts a row has none. With a repeated head the line below
        # is the head's, so the text has to say it too.
        if not at.head_repeated or any(column in at.unfinished for column in texts):
            return _CUT_BY_LINES
        return None
    # Word closes a cut row with lines. Then every cell that is printed below must break off above, and some cell that
    # every other row prints must be empty below.
    below = [column for column, (_, after) in pairs.items() if after.text]
    proof = [column for column, (before, after) in pairs.items() if before and before.text and not after.text]
    plain = [column for column in proof if column in at.filled and pairs[column][1].row_span == 1]
    if below and below == texts and plain and all(column in at.unfinished for column in below):
        return _CUT_BY_TEXT
    return None


def _openings(columns: set[int], at: Break) -> set[int]:
    """The columns whose cell has no line at the break where others have one: if none has, it says nothing of one."""
    found: set[int] = set()
    for side in (at.open_above, at.open_below):
        if not columns <= side:
            found |= side & columns
    return found


def _single_reasons(
    starting: Sequence[Cell], pairs: Pairs, openings: set[int], merged_columns: set[int], known: set[int]
) -> dict[int, str]:
    """The columns (but those that are known to) whose cell goes on for a reason of its own, with the reason."""
    reasons: dict[int, str] = {}
    left_goes_on = True  # only where every cell to the left goes on can this one be an inner part of what goes on
    for number, after in enumerate(starting):
        before = pairs[after.column][0]
        plain_follows = any(cell.text and cell.row_span == 1 for cell in starting[number + 1 :])
        reason = None
        if after.column in known:
            continue
        if before is None:
            pass
        elif after.column in openings:
            reason = "no line closes it"
        elif not after.text and before.row_span > 1:
            reason = "merged above, empty below"
        elif not left_goes_on:
            pass
        elif not after.text and after.row_span > 1 and plain_follows:
            reason = "merged and empty below"
        elif not after.text and after.column in merged_columns and plain_follows:
            reason = "empty below in a column of merged cells"
        elif after.text and not before.text and before.row_span > 1 and after.row_span > 1:
            reason = "merged and empty above, its text below"
        if reason:
            reasons[after.column] = reason
        else:
            left_goes_on = False
    return reasons


def _go_on_together(pairs: Sequence[tuple[Cell | None, Cell]]) -> bool:
    """Whether the parts of one entry, above and below a break, are one entry.

    They are where a part that is printed above is empty below, and where nothing speaks against it: a new entry would
    print its name first and leave no part out, and the sentence above it would have ended.
    """
    ordered = sorted(
        ((before, after) for before, after in pairs if before is not None), key=lambda pair: pair[1].column
    )
    if len(ordered) < len(pairs) or len({(before.row_span, after.row_span) for before, after in ordered}) != 1:
        return False
    left_out = [index for index, (before, after) in enumerate(ordered) if before.text and not after.text]
    both = [before.text for before, after in ordered if before.text and after.text]
    longest = max(both, key=len, default="")
    if not left_out or longest.endswith(_SENTENCE_END):
        return False
    # The first part alone is empty: so it is too where a new inner part begins below (a tier in a tier). Only a
    # sentence that has not ended tells the two apart.
    return left_out != [0] or not both or len(longest) > _LONGEST_LABEL


def _one_cell(before: Cell, after: Cell, rows_lost: int) -> Cell:
    text = clean_text(join_wrapped(before.text, after.text))
    # A part without text has nothing to show: the place of a cell is where its text was printed.
    parts = tuple(part for part in before.parts + after.parts if part.text) or before.parts
    return replace(before, text=text, row_span=before.row_span + after.row_span - rows_lost, parts=parts)
