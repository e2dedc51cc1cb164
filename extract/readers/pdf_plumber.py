"""A page's content as pdfplumber sees it: the second opinion where the first reading of a page is in doubt.

It is many times slower than pdfium, whose reading the tests hold against this one.
"""

from __future__ import annotations

import logging
from itertools import pairwise
from typing import Any

from extract.lattice import Rule
from extract.readers.pdf_page import (
    UNMAPPED,
    Glyph,
    PageContent,
    Rectangle,
    drop_doubled,
    line_rules,
    rectangle_rules,
    seen_rules,
)

logging.getLogger("pdfminer").setLevel(logging.ERROR)  # it warns of fonts' boxes by the thousand

_PALE = 0.97  # a line of this brightness or more is white and cannot be seen
_WHITE = 0.996  # an area of this brightness or more is not coloured


def read_page(page: Any, number: int) -> PageContent:
    """Given a pdfplumber page and its number, return its content.

    Characters that lie off the page are not printed and are left out; those printed twice over each other (a fake
    bold) are taken once and counted.
    """
    glyphs = [
        Glyph(_text(c["text"]), c["x0"], c["top"], c["x1"], c["bottom"], c["bottom"] - c["top"])
        for c in page.chars
        if not c["text"].isspace()
    ]
    width, height = float(page.width), float(page.height)
    on_page = [glyph for glyph in glyphs if 0 <= glyph.x <= width and 0 <= glyph.y <= height]
    once = drop_doubled(on_page)
    rules, areas = _rules(page)
    unmapped = sum(glyph.text == UNMAPPED for glyph in once)
    return PageContent(
        number, width, height, tuple(once), tuple(rules), len(on_page) - len(once), unmapped, areas=tuple(areas)
    )


def _text(text: str) -> str:
    return UNMAPPED if text.startswith("(cid:") else text


def _rules(page: Any) -> tuple[list[Rule], list[Rectangle]]:
    dark: list[Rule] = []
    pale: list[Rule] = []
    shaded: list[Rectangle] = []
    areas: list[Rectangle] = []
    for line in page.lines:
        into = dark if _visible(line.get("stroking_color")) else pale
        into.extend(line_rules(line["x0"], line["top"], line["x1"], line["bottom"]))
    for rect in page.rects:
        stroked = bool(rect.get("stroke"))
        visible = _visible(rect.get("stroking_color" if stroked else "non_stroking_color"))
        box = (rect["x0"], rect["top"], rect["x1"], rect["bottom"])
        (dark if visible else pale).extend(rectangle_rules(*box, stroked=stroked))
        if visible and rect.get("fill"):
            shaded.append(box)
        if not stroked and rect.get("fill") and _visible(rect.get("non_stroking_color"), _WHITE):
            areas.append(box)
    for curve in page.curves:
        if curve.get("stroke") and _visible(curve.get("stroking_color")):
            for (x0, y0), (x1, y1) in pairwise(curve["pts"]):
                dark.extend(line_rules(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)))
    return seen_rules(dark, pale, shaded), areas


def _visible(colour: Any, white: float = _PALE) -> bool:
    """Whether a grey, RGB or CMYK colour is not white: white lines are there to hide something, not to rule a table."""
    if not isinstance(colour, (tuple, list)) or not all(isinstance(part, (int, float)) for part in colour):
        return True
    if len(colour) == 4:
        return any(part > 1 - white for part in colour)
    return not colour or any(part < white for part in colour)
