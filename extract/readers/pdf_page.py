"""One page of a PDF as plain data: its characters and its ruled lines, in points from the top left as displayed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import cos, radians, sin
from typing import Literal, NamedTuple

from extract.lattice import Rule
from ontology.records import Box, Reading

Rectangle = tuple[float, float, float, float]
"""x0, top, x1, bottom (or, in a parser's own coordinates, left, bottom, right, top)."""

UNMAPPED = "\ufffd"
THIN = 3.5  # a rectangle thinner than this (points) is a drawn line, not an area
_SHORT = 1.0  # shorter lines are dots


class Glyph(NamedTuple):
    """A printed character with its box, and its size in points (the height of its box).

    `run` numbers the text objects of the page in the order in which they were written; -1 where it isn't known.
    `confidence` says how sure a character is that was read from a picture.
    A page has thousands of them: a named tuple is made in a third of a frozen dataclass's time.
    """

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    size: float
    run: int = -1
    confidence: float = 1.0

    @property
    def x(self) -> float:
        """The middle from left to right."""
        return (self.x0 + self.x1) / 2

    @property
    def y(self) -> float:
        """The middle from top to bottom."""
        return (self.top + self.bottom) / 2


Kind = Literal["sign", "number", "text", "unread"]


class Doubt(NamedTuple):
    """A reading of a picture that isn't sure, at a point of the page: what it concerns (a comparison sign, a figure,
    other text, or ink that nothing was read from), what was read there, and what else it may be."""

    kind: Kind
    x: float
    y: float
    read: str
    other: str


@dataclass(frozen=True, slots=True)
class PageContent:
    """What stands on a page: characters in the order of the file (without spaces), and ruled lines.

    Coordinates are those of the page turned so that its text is upright; `displayed` leads back to the page as it is
    shown where its text runs up or down its side (`turn` degrees clockwise were needed).
    `slanted` is text across the page (a watermark), which belongs to no line or cell.
    `doubled` counts the characters that were printed twice and taken once, `unmapped` those whose font does not say
    what they are (UNMAPPED in the text). `areas` are the coloured rectangles (the backgrounds of cells, perhaps).
    `is_picture` says whether an image covers much of the page, as that of a scan does.
    Of a page read from a picture `reading` says so, `doubts` are the readings that aren't sure, and `skew` the degrees,
    as the clock goes, by which the picture leaned before it was laid straight around its middle.
    """

    number: int
    width: float
    height: float
    glyphs: tuple[Glyph, ...]
    rules: tuple[Rule, ...]
    doubled: int = 0
    unmapped: int = 0
    turn: int = 0
    slanted: str = ""
    areas: tuple[Rectangle, ...] = ()
    is_picture: bool = False
    reading: Reading = "text"
    skew: float = 0.0
    doubts: tuple[Doubt, ...] = ()

    def displayed(self, box: Box) -> Box:
        """Given a box of this content, return it in points of the page as displayed.

        A box keeps its size where the page leaned: what leans less than its height cannot be marked more exactly by an
        upright box.
        """
        if self.skew:
            box = self._leaning(box)
        if self.turn == 90:
            return Box(box.top, self.width - box.x1, box.bottom, self.width - box.x0)
        if self.turn == 180:
            return Box(self.width - box.x1, self.height - box.bottom, self.width - box.x0, self.height - box.top)
        if self.turn == 270:
            return Box(self.height - box.bottom, box.x0, self.height - box.top, box.x1)
        return box

    def _leaning(self, box: Box) -> Box:
        """Where a box lay before the page was laid straight."""
        angle = radians(self.skew)
        x, y = (box.x0 + box.x1) / 2 - self.width / 2, (box.top + box.bottom) / 2 - self.height / 2
        right = x * cos(angle) - y * sin(angle) - x
        down = x * sin(angle) + y * cos(angle) - y
        return Box(box.x0 + right, box.top + down, box.x1 + right, box.bottom + down)


def drop_doubled(glyphs: Sequence[Glyph]) -> list[Glyph]:
    """Given characters, return them without those that repeat a character in nearly the same place."""
    by_text: dict[str, list[tuple[float, int]]] = {}
    for index, glyph in enumerate(glyphs):
        by_text.setdefault(glyph.text, []).append((glyph.x0, index))
    doubled: set[int] = set()
    for places in by_text.values():
        places.sort()
        for number, (x0, index) in enumerate(places):
            glyph = glyphs[index]
            near = max(0.8, glyph.size * 0.12)
            for other_x0, other in ((places[n][0], places[n][1]) for n in range(number - 1, -1, -1)):
                if x0 - other_x0 > near:
                    break
                if abs(glyphs[other].top - glyph.top) <= near and other not in doubled:
                    doubled.add(index)
                    break
    return [glyph for index, glyph in enumerate(glyphs) if index not in doubled] if doubled else list(glyphs)


def seen_rules(rules: list[Rule], pale: Iterable[Rule], shaded: Sequence[Rectangle]) -> list[Rule]:
    """Given dark lines, white lines and coloured areas, return the lines that a reader sees.

    White lines part coloured areas (the cells of a shaded head); on white they are there to hide something.
    """
    return rules + [rule for rule in pale if any(_lies_in(rule, area) for area in shaded)]


def _lies_in(rule: Rule, area: Rectangle) -> bool:
    middle = (rule.start + rule.end) / 2
    x, y = (middle, rule.at) if rule.horizontal else (rule.at, middle)
    return area[0] - THIN <= x <= area[2] + THIN and area[1] - THIN <= y <= area[3] + THIN


def line_rules(x0: float, top: float, x1: float, bottom: float) -> Iterable[Rule]:
    """Given the box around a straight line, return it as a rule; a slanting line or a dot is none."""
    width, height = x1 - x0, bottom - top
    if height <= 1 and width >= _SHORT:
        yield Rule(True, (top + bottom) / 2, x0, x1)
    elif width <= 1 and height >= _SHORT:
        yield Rule(False, (x0 + x1) / 2, top, bottom)


def rectangle_rules(x0: float, top: float, x1: float, bottom: float, *, stroked: bool) -> Iterable[Rule]:
    """Given a rectangle, return the lines that it draws.

    A thin one is itself a line (most programs draw table borders so); a stroked one has four sides; a filled one is the
    background of something and has none.
    """
    width, height = x1 - x0, bottom - top
    if height <= THIN and width > height:
        if width >= _SHORT:
            yield Rule(True, (top + bottom) / 2, x0, x1)
    elif width <= THIN:
        if height >= _SHORT:
            yield Rule(False, (x0 + x1) / 2, top, bottom)
    elif stroked:
        yield Rule(True, top, x0, x1)
        yield Rule(True, bottom, x0, x1)
        yield Rule(False, x0, top, bottom)
        yield Rule(False, x1, top, bottom)
