"""Cells over a page break: which cell of the first row below goes on from the last row above, on stated evidence.

The cells are those of one joined grid (its rows and columns); a printed cell's place stays that of its page. What tells
that a cell goes on: no line closes it at the break; it is merged and empty on one side; the other parts of its entry (a
project's name, amount and objective, always merged alike) go on; or the whole row was cut in the middle of its text.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from extract.grid import Cell
from extract.normalize import clean_text, join_wrapped, width_of_unit
from ontology import labels

_SENTENCE_END = tuple("。；;！!？?")
_BLOCK_END = (*_SENTENCE_END, "：", ":")
_LONGEST_LABEL = 20  # characters: a longer text in a merged cell is a sentence, not a label
_NEW_BLOCK = 1.5  # characters: a line with more room than this, at the end of a sentence, ended on purpose
_NEARLY_FULL = 2.0  # characters: a line with less room than this may have been wrapped
_AMPLE = 99.0  # characters: room enough for any word
_TOLERANCE = 0.2  # characters: how exact the room in a cell is known
_TEN = 10  # rows: for each ten a column that is printed in every row may have an empty one
_EVIDENCE = 3  # rows: a column that is printed in fewer rows than this has not shown that it is always printed

Pairs = Mapping[int, tuple[Cell | None, Cell]]


@dataclass(frozen=True, slots=True)
class PrintedRow:
    """A row away from a break: the columns in which its cells begin, and those in which a cell of its own is printed."""

    cells: frozenset[int]
    printed: frozenset[int]


@dataclass(frozen=True, slots=True)
class Break:
    """What the pages show at a break after `row` rows of the joined grid.

    `open_above` and `open_below` are the columns in which no line closes the cells of the last row above or of the
    first row below; `room` is what the last line above has left in each printed column, in characters; `printed` what
    the rows away from the breaks print; `parallel` the sets of columns whose cells are
    merged alike. Where a table is not `ruled` the room is only guessed from the other texts of a column.
    """

    row: int
    open_above: frozenset[int] = frozenset()
    open_below: frozenset[int] = frozenset()
    head_repeated: bool = False
    room: Mapping[int, float] = field(default_factory=dict)
    printed: Sequence[PrintedRow] = ()
    parallel: Sequence[frozenset[int]] = ()
    ruled: bool = True


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
            if len(together) == len(columns) and (_go_on_together(together) or _name_follows(pairs, columns, at)):
                reasons.update(dict.fromkeys(columns, "merged alike with a column that goes on"))
        for column, (before, after) in pairs.items():
            # A merged label may be cut where its rows are not.
            merged = before is not None and max(before.row_span, after.row_span) > 1
            if merged and after.text and _breaks_off(pairs, column, at) and _is_label_in_two(pairs, column):
                reasons[column] = "a label in two"
        reasons |= _single_reasons(starting, pairs, openings, merged_columns, set(reasons))
    result = Joined(list(above), list(below), rows_lost=1 if cut else 0)
    for column, reason in sorted(reasons.items()):
        before, after = pairs[column]
        if before is not None:
            ends = at.room.get(column, 0.0) > _NEW_BLOCK and before.text.endswith(_BLOCK_END)
            result.above[result.above.index(before)] = _one_cell(before, after, result.rows_lost, ends=ends)
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
        if not at.head_repeated or any(_breaks_off(pairs, column, at) for column in texts):
            return _CUT_BY_LINES
        return None
    # Word closes a cut row with lines. Then every cell that is printed below goes on from one that breaks off above ...
    below = [column for column, (_, after) in pairs.items() if after.text]
    if not below or below != texts:
        return None
    broken = [column for column in below if _breaks_off(pairs, column, at)]
    ended = [column for column in below if _text_above(pairs, column).endswith(_BLOCK_END)]
    # ... and some cell that such a row always prints is empty below; or the text itself tells.
    always = _always_printed(pairs, below, at)
    missed = [column for column in always if _text_above(pairs, column) and not pairs[column][1].text]
    few = 2 * len(below) <= sum(1 for column in pairs if _text_above(pairs, column))
    if len(broken) == len(below) and (at.ruled or few):
        told = bool(missed) or any(_is_sentence(pairs, column) or _is_label_in_two(pairs, column) for column in below)
    else:
        # Lines may end early, for words that a program won't part or for a block that ends.
        full = [column for column in below if at.room.get(column, _AMPLE) < _NEARLY_FULL]
        told = set(full) | set(ended) == set(below) and len(missed) > 1 and few
    return _CUT_BY_TEXT if told else None


def _text_above(pairs: Pairs, column: int) -> str:
    before = pairs[column][0]
    return before.text if before is not None else ""


def _breaks_off(pairs: Pairs, column: int, at: Break) -> bool:
    """Whether a text above is cut: no end of a sentence, and no room left for the first of what stands below."""
    if _text_above(pairs, column).endswith(_BLOCK_END):
        return False
    return at.room.get(column, _AMPLE) < width_of_unit(pairs[column][1].text) + _TOLERANCE


def _always_printed(pairs: Pairs, below: Sequence[int], at: Break) -> set[int]:
    """The columns, never merged, that nearly every row prints, or every row of as many cells or with one of those
    printed below."""
    whole = frozenset(pairs)
    like = [row for row in at.printed if row.cells == whole]
    lead = [column for column in below if pairs[column][1].row_span == 1]
    groups = [
        at.printed,
        like,
        *([row for row in rows if column in row.printed] for rows in (at.printed, like) for column in lead),
    ]
    found: set[int] = set()
    for rows in groups:
        if len(rows) >= _EVIDENCE:
            counts = Counter(column for row in rows for column in row.printed)
            found |= {column for column, count in counts.items() if len(rows) - count <= len(rows) // _TEN}
    return {column for column in found if column in pairs and pairs[column][1].row_span == 1}


def _is_sentence(pairs: Pairs, column: int) -> bool:
    """Whether a text above is long, and not one of a merged cell, which may go on beside rows of their own."""
    before, after = pairs[column]
    return before is not None and before.row_span == after.row_span == 1 and len(before.text) > _LONGEST_LABEL


def _is_label_in_two(pairs: Pairs, column: int) -> bool:
    """Whether a label, or a tier's name, is whole only with what stands below the break: 主管 | 部门."""
    above, below = _text_above(pairs, column), pairs[column][1].text
    whole = join_wrapped(above, below)
    return any(known(whole) and not (known(above) and known(below)) for known in (labels.names_tier, _is_label))


def _is_label(text: str) -> bool:
    match = labels.match_block(text)
    return labels.match_column(text) is not None or (match is not None and match.value is None)


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


def _name_follows(pairs: Pairs, columns: Iterable[int], at: Break) -> bool:
    """Whether an entry's first line stands above the break and its name below, pushed there by what follows it: a part
    is empty above, and every other breaks off there."""
    late = [column for column in columns if not _text_above(pairs, column) and pairs[column][1].text]
    cut = [column for column in columns if _text_above(pairs, column) and pairs[column][1].text]
    return bool(late and cut) and all(_breaks_off(pairs, column, at) for column in cut)


def _one_cell(before: Cell, after: Cell, rows_lost: int, *, ends: bool) -> Cell:
    """The cell that two parts make; `ends` where the first part's last line was not full and the next begins a block."""
    whole = f"{before.text}\n{after.text}" if ends else join_wrapped(before.text, after.text)
    text = clean_text(whole)
    # A part without text has nothing to show: the place of a cell is where its text was printed.
    parts = tuple(part for part in before.parts + after.parts if part.text) or before.parts
    return replace(before, text=text, row_span=before.row_span + after.row_span - rows_lost, parts=parts)
