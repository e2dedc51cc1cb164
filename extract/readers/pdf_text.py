"""Characters to lines, lines to the text of a cell or to paragraphs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from extract.normalize import clean_text, is_wide, join_wrapped, width_of_unit
from extract.readers.pdf_page import Glyph
from ontology.records import Box

# What begins an item of a list: such a line starts a block of its own where the line before it did not run full.
_ITEM = re.compile(
    r"\s*(?:[（(]?\d{1,2}[)）、.．](?!\d)|[（(]?[一二三四五六七八九十]{1,3}[)）、]|[①-⑳]|目标\s*[\d一二三四五六七八九十]{1,2}\s*[:：])"
)
WIDEST_PADDING = 6.0  # points between a cell's line and its text; text that stands farther off is centred
_SENTENCE_END = tuple("。；;！!？?：:")
_IN_PROSE = "，。"  # marks of sentences, which no name and no value has
_TO_SPARE = 1.0  # sizes: a line with so much more room than the next one's first word needs was ended on purpose
_SOME = 0.3  # sizes: the same where the next line begins an item of a list, or a cell beside has a break there, too
_LEVEL = 0.3  # sizes: lines whose middles differ by less stand beside each other
_CENTRED = 0.3  # sizes: a line that has as much room on its left as on its right, but for this, stands in the middle


@dataclass(frozen=True, slots=True)
class Line:
    """A printed line: its text as printed, and its box."""

    text: str
    box: Box
    size: float


def group_lines(glyphs: Iterable[Glyph]) -> list[list[Glyph]]:
    """Given characters, return those of each line, from top to bottom and from left to right.

    Characters stand on one line where their middles differ by less than half their height.
    """
    rows: list[list[Glyph]] = []
    for glyph in sorted(glyphs, key=lambda g: (g.top + g.bottom, g.x0)):
        if rows and _on_line(rows[-1], glyph):
            rows[-1].append(glyph)
        else:
            rows.append([glyph])
    for row in rows:
        row.sort(key=lambda g: g.x0)
    return rows


def read_lines(glyphs: Sequence[Glyph], *, split_gap: float | None = None) -> list[Line]:
    """Given the characters of an area, return its lines from top to bottom.

    With `split_gap` (in character sizes) a wider gap ends the line, so that what stands far apart is two texts.
    """
    lines = []
    for row in group_lines(glyphs):
        start = 0
        if split_gap is not None:
            for number, (before, after) in enumerate(pairwise(row), start=1):
                if after.x0 - before.x1 > split_gap * max(before.size, after.size):
                    lines.append(_line(row[start:number]))
                    start = number
        lines.append(_line(row[start:]))
    return lines


def _on_line(row: Sequence[Glyph], glyph: Glyph) -> bool:
    first = row[0]
    return abs(glyph.y - first.y) < 0.5 * max(first.bottom - first.top, glyph.bottom - glyph.top)


def _line(row: Sequence[Glyph]) -> Line:
    pieces: list[str] = []
    previous: Glyph | None = None
    for glyph in row:
        if previous is not None and _word_gap(previous, glyph):
            pieces.append(" ")
        pieces.append(glyph.text)
        previous = glyph
    box = Box(min(g.x0 for g in row), min(g.top for g in row), max(g.x1 for g in row), max(g.bottom for g in row))
    return Line("".join(pieces), box, max(g.size for g in row))


def _word_gap(before: Glyph, after: Glyph) -> bool:
    """Latin words may be set apart without a space character; Chinese characters are never."""
    if is_wide(before.text[-1]) or is_wide(after.text[0]):
        return False
    return after.x0 - before.x1 > 0.25 * max(before.size, after.size)


def cell_text(lines: Sequence[Line], room: Box | None = None, beside: Sequence[float] = ()) -> str:
    """Given the lines of a cell, the room that they have in it where that is known, and the heights at which texts
    beside it break, return the text as the contract prints it.

    Wrapped lines become one. A line begins a block of its own ("\\n") where it starts a list's item or follows the end
    of a sentence, and the line before it had room left; or where that line had room for the word that begins this one,
    so that nothing but a break in the text itself can have ended it.
    """
    whole = "".join(line.text for line in lines)
    latin = _is_latin(whole)
    right = max((line.box.x1 for line in lines), default=0.0)
    if any(mark in whole for mark in _IN_PROSE):
        room = None  # where a sentence breaks says nothing
    text = ""
    previous: Line | None = None
    for line in lines:
        if previous is None:
            text = line.text
        elif _new_block(previous, line, right) or (room is not None and _ended_early(previous, line, room, beside)):
            text = f"{text.rstrip()}\n{line.text.lstrip()}"
        else:
            text = join_wrapped(text, line.text, latin=latin)
        previous = line
    return clean_text(text)


def room_left(lines: Sequence[Line], cell: Box) -> float:
    """Given the lines of a cell (one at least) and its box, return how much room its last line has left, in sizes."""
    last = lines[-1]
    padding = min(WIDEST_PADDING, max(0.0, min(line.box.x0 for line in lines) - cell.x0))
    return (cell.x1 - cell.x0 - (last.box.x1 - last.box.x0) - 2 * padding) / last.size


def _is_latin(text: str) -> bool:
    return not any(is_wide(character) for character in text)


def _new_block(previous: Line, line: Line, right: float) -> bool:
    room = right - previous.box.x1
    if room < 1.5 * previous.size:
        return False
    return bool(_ITEM.match(line.text)) or previous.text.rstrip().endswith(_SENTENCE_END)


def find_breaks(lines: Sequence[Line], room: Box | None) -> list[float]:
    """Given the lines of a cell and the room that they have, return the heights of those before which its text breaks."""
    if room is None:
        return []
    return [_middle(line) for before, line in pairwise(lines) if _ended_early(before, line, room)]


def _ended_early(previous: Line, line: Line, room: Box, beside: Sequence[float] = ()) -> bool:
    """Whether the first word of a line would have stood on the one before it."""
    size = max(previous.size, line.size)
    left, right = previous.box.x0 - room.x0, room.x1 - previous.box.x1
    # What is left free before a line that is not centred is its indentation.
    free = left + right if abs(left - right) < _CENTRED * size else right
    told = _ITEM.match(line.text) or any(abs(height - _middle(line)) < _LEVEL * size for height in beside)
    return free > (width_of_unit(line.text) + (_SOME if told else _TO_SPARE)) * size


def _middle(line: Line) -> float:
    return (line.box.top + line.box.bottom) / 2


def paragraphs(lines: Sequence[Line], width: float) -> list[tuple[str, Box]]:
    """Given the lines of a page outside of its tables and the page's width, return its paragraphs with their boxes.

    A line goes on in the next one where it reaches the right margin and the next begins at the left one, at the same
    size and the same distance; a title or a line of its own (a unit, a date) stays alone.
    """
    if not lines:
        return []
    left, right = min(line.box.x0 for line in lines), max(line.box.x1 for line in lines)
    groups: list[list[Line]] = []
    for line in lines:
        if groups and _continues(groups[-1][-1], line, left, right, width):
            groups[-1].append(line)
        else:
            groups.append([line])
    found = []
    for group in groups:
        latin = _is_latin("".join(line.text for line in group))
        text = ""
        for line in group:
            text = join_wrapped(text, line.text, latin=latin)
        text = clean_text(text)
        if text:
            found.append((text, enclosing(line.box for line in group)))
    return found


def _continues(previous: Line, line: Line, left: float, right: float, width: float) -> bool:
    size = max(previous.size, line.size)
    if abs(previous.size - line.size) >= 0.35 * size or not 0 < line.box.top - previous.box.top < 2.6 * size:
        return False
    if line.box.x0 - left > 1.2 * size and _centred(previous, width) and _centred(line, width):
        # A title of two lines: the first is long, the second short.
        first, second = (one.box.x1 - one.box.x0 for one in (previous, line))
        return first > 0.6 * width and second < first - 2 * size
    return (
        right - previous.box.x1 < 1.6 * size
        and line.box.x0 - left < 1.2 * size
        and previous.box.x1 - previous.box.x0 > 8 * size
    )


def _centred(line: Line, width: float) -> bool:
    return abs((line.box.x0 + line.box.x1) / 2 - width / 2) < line.size


def enclosing(boxes: Iterable[Box]) -> Box:
    """Given boxes, return the smallest one around all of them."""
    every = list(boxes)
    return Box(
        min(b.x0 for b in every), min(b.top for b in every), max(b.x1 for b in every), max(b.bottom for b in every)
    )
