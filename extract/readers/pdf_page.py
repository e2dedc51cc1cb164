"""One page of a PDF as plain data: its characters and its ruled lines, in points from the top left as displayed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from extract.lattice import Rule

_THIN = 3.5  # a rectangle thinner than this (points) is a drawn line, not an area
_SHORT = 1.0  # shorter lines are dots
_PALE = 0.97  # a line of this brightness or more is white and cannot be seen


@dataclass(frozen=True, slots=True)
class Glyph:
    """A printed character with its box and size in points; `upright` is False for text set along the page's side."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    size: float
    upright: bool = True

    @property
    def x(self) -> float:
        """The middle from left to right."""
        return (self.x0 + self.x1) / 2

    @property
    def y(self) -> float:
        """The middle from top to bottom."""
        return (self.top + self.bottom) / 2


@dataclass(frozen=True, slots=True)
class PageContent:
    """What stands on a page: characters in the order of the file, lines, and what was set right on the way."""

    number: int
    width: float
    height: float
    glyphs: tuple[Glyph, ...]
    rules: tuple[Rule, ...]
    doubled: int = 0
    unmapped: int = 0


def read_page(page: Any, number: int) -> PageContent:
    """Given a pdfplumber page and its number, return its content.

    Characters that lie off the page are not printed and are left out; those printed twice over each other (a fake
    bold) are taken once and counted.
    """
    glyphs = [Glyph(c["text"], c["x0"], c["top"], c["x1"], c["bottom"], c["size"], c["upright"]) for c in page.chars]
    width, height = float(page.width), float(page.height)
    on_page = [glyph for glyph in glyphs if 0 <= glyph.x <= width and 0 <= glyph.y <= height]
    once = drop_doubled(on_page)
    rules = tuple(_rules(page))
    unmapped = sum(glyph.text.startswith("(cid:") for glyph in once)
    return PageContent(number, width, height, tuple(once), rules, len(on_page) - len(once), unmapped)


def drop_doubled(glyphs: Sequence[Glyph]) -> list[Glyph]:
    """Given characters, return them without those that repeat a character in nearly the same place."""
    kept: list[Glyph] = []
    seen: dict[tuple[str, int, int], list[Glyph]] = {}
    for glyph in glyphs:
        near = max(0.8, glyph.size * 0.12)
        column, row = round(glyph.x / 2), round(glyph.y / 2)
        around = (
            other
            for c in (column - 1, column, column + 1)
            for r in (row - 1, row, row + 1)
            for other in seen.get((glyph.text, c, r), ())
        )
        if any(abs(other.x - glyph.x) <= near and abs(other.y - glyph.y) <= near for other in around):
            continue
        kept.append(glyph)
        seen.setdefault((glyph.text, column, row), []).append(glyph)
    return kept


def _rules(page: Any) -> Iterable[Rule]:
    for line in page.lines:
        if _visible(line.get("stroking_color")):
            yield from _line(line["x0"], line["top"], line["x1"], line["bottom"])
    for rect in page.rects:
        colour = rect.get("stroking_color") if rect.get("stroke") else rect.get("non_stroking_color")
        if _visible(colour):
            yield from rectangle_rules(
                rect["x0"], rect["top"], rect["x1"], rect["bottom"], stroked=bool(rect.get("stroke"))
            )
    for curve in page.curves:
        if curve.get("stroke") and _visible(curve.get("stroking_color")):
            points = curve["pts"]
            for (x0, y0), (x1, y1) in pairwise(points):
                yield from _line(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))


def _visible(colour: Any) -> bool:
    """White lines (a grey, RGB or CMYK colour) are there to hide something, not to rule a table."""
    if not isinstance(colour, (tuple, list)) or not all(isinstance(part, (int, float)) for part in colour):
        return True
    if len(colour) == 4:
        return any(part > 1 - _PALE for part in colour)
    return not colour or any(part < _PALE for part in colour)


def _line(x0: float, top: float, x1: float, bottom: float) -> Iterable[Rule]:
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
    if height <= _THIN and width > height:
        if width >= _SHORT:
            yield Rule(True, (top + bottom) / 2, x0, x1)
    elif width <= _THIN:
        if height >= _SHORT:
            yield Rule(False, (x0 + x1) / 2, top, bottom)
    elif stroked:
        yield Rule(True, top, x0, x1)
        yield Rule(True, bottom, x0, x1)
        yield Rule(False, x0, top, bottom)
        yield Rule(False, x1, top, bottom)
