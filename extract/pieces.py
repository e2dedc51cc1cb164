"""Words of a page to pieces: the text that one cell prints, where no line tells where the cell ends.

A program that writes a PDF writes a table cell by cell, each cell's lines one after the other. So a word goes on from
the word written before it where it stands right behind it, or begins the next line under it as wrapped text does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from extract.normalize import fold_characters, join_wrapped, width_of_unit
from ontology import labels

_BEHIND = 0.3  # sizes: a word this near behind another is the same text (in another font, as figures often are)
_NEARBY = 0.8  # sizes: two words less than this apart may be one text or two narrow cells
_SAME_LINE = 0.35  # sizes: lines whose middles differ by less are one line
_LEAST_PITCH, _MOST_PITCH = 0.7, 2.3  # sizes: the distance from a line to the next one of the same text
_PITCH_VARIES = 0.2  # sizes: the next line may be off by as much (lines are set on whole pixels)
_ALIGNED = 0.6  # sizes: edges or middles of lines that differ by less are aligned
_INDENT = 2.3  # sizes: the first line of a paragraph may begin so much farther right
_EDGE = 0.2  # sizes: how exactly the lines of a cell are aligned
_STACKED = 1.7  # sizes: lines of one cell stand nearer to each other than rows do
_SPARE = 0.6  # sizes: a line that has more room than this for what comes next was not wrapped
_ITEM = re.compile(
    r"\s*(?:[（(]?\d{1,2}[)）、.．](?!\d)|[（(]?[一二三四五六七八九十]{1,3}[)）、]|[①-⑳]|目标\s*[\d一二三四五六七八九十]{1,2}\s*[:：])"
)
_BLOCK_END = tuple("。；;：:！!")


@dataclass(frozen=True, slots=True)
class Word:
    """A run of characters on one line without a gap; `y` is the middle of the line, `size` its height in points."""

    text: str
    x0: float
    x1: float
    y: float
    size: float


@dataclass(slots=True)
class Piece:
    """The text of one cell: its lines from top to bottom, each of one or more words."""

    lines: list[list[Word]]

    @property
    def x0(self) -> float:
        """The left edge of the text."""
        return min(line[0].x0 for line in self.lines)

    @property
    def x1(self) -> float:
        """The right edge of the text."""
        return max(line[-1].x1 for line in self.lines)

    @property
    def size(self) -> float:
        """The height of its characters in points."""
        return max(word.size for word in self.lines[0])

    @property
    def first(self) -> float:
        """The middle of the first line."""
        return self.lines[0][0].y

    @property
    def last(self) -> float:
        """The middle of the last line."""
        return self.lines[-1][0].y

    @property
    def middle(self) -> float:
        """The middle from top to bottom."""
        return (self.first + self.last) / 2

    @property
    def top(self) -> float:
        """The upper edge of the text (of its characters' bodies)."""
        return self.first - self.size / 2

    @property
    def bottom(self) -> float:
        """The lower edge of the text."""
        return self.last + self.size / 2

    @property
    def text(self) -> str:
        """The text, its lines joined."""
        text = ""
        for line in self.lines:
            words = "".join(word.text for word in line)
            text = join_wrapped(text, words) if text else words
        return text

    def __str__(self) -> str:
        return f"{self.text!r} x {self.x0:.0f}-{self.x1:.0f} y {self.top:.0f}-{self.bottom:.0f}"


def is_item(line: str) -> bool:
    """Whether a line begins with the number of an item of a list."""
    return _ITEM.match(fold_characters(line)) is not None


def join_words(words: Sequence[Word]) -> list[Piece]:
    """Given a page's words in the order in which they were written, return the pieces of text that they make."""
    segments = _segments(words)
    pitch = _line_pitch(segments)
    pieces: list[Piece] = []
    chain: list[Piece] = []  # the pieces that stand side by side, near each other, on the line written last
    for segment in segments:
        if chain and _on_line(chain[-1].lines[-1][-1], segment[0]) and segment[0].x0 >= chain[-1].lines[-1][-1].x1 - 1:
            near = segment[0].x0 - chain[-1].lines[-1][-1].x1 < _NEARBY * segment[0].size
            piece = Piece([segment])
            pieces.append(piece)
            chain = [*chain, piece] if near else [piece]
            continue
        whole = _wraps_from(chain, segment, pitch)
        if whole is None:
            piece = Piece([segment])
            pieces.append(piece)
            chain = [piece]
            continue
        head = chain[whole]
        for other in chain[whole + 1 :]:
            head.lines[-1] += other.lines[0]
            pieces.remove(other)
        head.lines.append(segment)
        chain = [head]
    return _join_stacks(pieces)


def _join_stacks(pieces: Sequence[Piece]) -> list[Piece]:
    """Pieces with those put together that are the lines of one cell, each ended on purpose (several names, several
    values): cell by cell they were written under each other before the text beside the first of them was, or behind a
    text whose lines they stand beside."""
    found: list[Piece] = []
    at = 0
    while at < len(pieces):
        end = at + 1
        while end < len(pieces) and _is_stacked(pieces[end - 1], pieces[end]):
            end += 1
        stack = Piece([line for piece in pieces[at:end] for line in piece.lines])
        after = pieces[end] if end < len(pieces) else None
        if end - at > 1 and (_goes_back(stack, after) or (found and _stand_beside(found[-1], stack))):
            found.append(stack)
        else:
            found += pieces[at:end]
        at = end
    return found


def _is_stacked(piece: Piece, below: Piece) -> bool:
    """Whether a piece may be the next line of the cell that the one written before it begins."""
    size = max(piece.size, below.size)
    if abs(piece.size - below.size) > 0.25 * size or not (below.x0 < piece.x1 and below.x1 > piece.x0):
        return False
    aligned = (
        abs(below.x0 - piece.x0) < _EDGE * size or abs((below.x0 + below.x1) - (piece.x0 + piece.x1)) / 2 < _EDGE * size
    )
    return aligned and _LEAST_PITCH * size < below.first - piece.last < _STACKED * size


def _goes_back(stack: Piece, after: Piece | None) -> bool:
    """Whether the text written next stands right of lines and above the last of them."""
    if after is None or after.x0 < stack.x1 - 1:
        return False
    return stack.top - 1 < after.first < stack.last - _SAME_LINE * stack.size


def _stand_beside(before: Piece, stack: Piece) -> bool:
    """Whether lines stand each beside a line of the text written before them, at its right."""
    if before.x1 > stack.x0 + 1 or len(before.lines) != len(stack.lines):
        return False
    return all(_on_line(one[0], other[0]) for one, other in zip(before.lines, stack.lines, strict=True))


def _segments(words: Iterable[Word]) -> list[list[Word]]:
    """Words that stand right behind each other, as lists."""
    found: list[list[Word]] = []
    for word in words:
        if found and _on_line(found[-1][-1], word):
            gap = word.x0 - found[-1][-1].x1
            if -0.5 * word.size < gap < _BEHIND * word.size:
                found[-1].append(word)
                continue
        found.append([word])
    return found


def _on_line(one: Word, other: Word) -> bool:
    return abs(one.y - other.y) < _SAME_LINE * max(one.size, other.size)


def _line_pitch(segments: Sequence[Sequence[Word]]) -> float | None:
    """The usual distance from a line to the next of one text, in sizes: the least that is found more than once."""
    steps: list[float] = []
    for before, after in pairwise(segments):
        if _could_wrap(before, after, before[0].x0, before[-1].x1):
            steps.append((after[0].y - before[0].y) / max(before[0].size, after[0].size))
    steps.sort()
    for number, step in enumerate(steps):
        cluster = [other for other in steps[number:] if other - step <= _PITCH_VARIES]
        if len(cluster) > 1:
            return median(cluster)
    return steps[0] if steps else None


def _could_wrap(line: Sequence[Word], after: Sequence[Word], x0: float, x1: float) -> bool:
    """Whether a line may be the next one of a text that begins at x0 and reaches to x1."""
    size = max(line[0].size, after[0].size)
    if abs(line[0].size - after[0].size) > 0.25 * size:
        return False
    step = after[0].y - line[0].y
    if not _LEAST_PITCH * size < step < _MOST_PITCH * size:
        return False
    left, right = after[0].x0, after[-1].x1
    aligned = (
        -_INDENT * size < left - x0 < _ALIGNED * size
        or abs((left + right) - (x0 + x1)) / 2 < _ALIGNED * size
        or abs(right - x1) < _ALIGNED * size
    )
    if not aligned or not (left < x1 and right > x0):
        return False
    ended = "".join(word.text for word in line).endswith(_BLOCK_END) or _ITEM.match(after[0].text) is not None
    # A wrapped line had no room left for what comes next.
    widest = max(x1 - x0, right - left)
    unit = size * width_of_unit("".join(word.text for word in after))
    return ended or line[-1].x1 - line[0].x0 + unit > widest - _SPARE * size


def _wraps_from(chain: Sequence[Piece], segment: Sequence[Word], pitch: float | None) -> int | None:
    """The first piece of the chain from which the segment goes on as its next line, or None."""
    for number, piece in enumerate(chain):
        line = [word for other in chain[number:] for word in other.lines[-1]]
        x0 = min(piece.x0, line[0].x0)
        x1 = max(piece.x1, line[-1].x1)
        if not _could_wrap(line, segment, x0, x1):
            continue
        size = max(line[0].size, segment[0].size)
        step = (segment[0].y - line[0].y) / size
        usual = pitch
        if len(piece.lines) > 1:
            usual = (piece.lines[-1][0].y - piece.lines[-2][0].y) / size
        if usual is not None and abs(step - usual) > _PITCH_VARIES:
            continue
        if _are_two_labels(piece, chain[number + 1 :], segment):
            continue
        return number
    return None


def _are_two_labels(piece: Piece, behind: Sequence[Piece], segment: Sequence[Word]) -> bool:
    """Whether two lines are two labels under each other rather than one label that wraps."""
    first = piece.text + "".join(other.text for other in behind)
    second = "".join(word.text for word in segment)
    return _is_label(first) and _is_label(second) and not _is_label(first + second)


def _is_label(text: str) -> bool:
    match = labels.match_block(text)
    return (match is not None and match.value is None) or labels.match_column(text) is not None
