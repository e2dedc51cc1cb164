"""The words of a page by pdfplumber's word extractor, fed with the characters that pdfium read.

pdfplumber's own time goes into its interpreter of pages, not into its words; so it gets the characters ready made,
upright and without doubles, in the order in which they were written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

from pdfplumber.utils.text import extract_words

from extract.normalize import is_wide
from extract.pieces import Word
from extract.readers.pdf_page import Glyph

_WITHIN = 1.6  # heights: inside one text object wider gaps part words; spaced labels have narrower ones
_BETWEEN = 0.3  # heights: the same where it isn't known which characters are of one text object
_NEAR = 0.3  # the share by which the size of figures may differ from that of the text around them
_LINE = 0.3  # heights: characters whose tops differ by more stand on two lines


def read_words(glyphs: Sequence[Glyph]) -> list[Word]:
    """Given characters, return the words that they make in the order in which they were written."""
    # pdfium sorts the texts of a line by their places; the numbers of their objects give the order back.
    glyphs = sorted(glyphs, key=lambda glyph: glyph.run)
    characters: list[dict[str, Any]] = [
        {
            "text": glyph.text,
            "x0": glyph.x0,
            "x1": glyph.x1,
            "top": glyph.top,
            "bottom": glyph.bottom,
            "doctop": glyph.top,
            "upright": True,
            "size": glyph.size,
            "run": glyph.run,
        }
        for glyph in glyphs
    ]
    known = any(glyph.run >= 0 for glyph in glyphs)
    found = extract_words(
        characters,
        return_chars=True,
        use_text_flow=True,
        x_tolerance_ratio=_WITHIN if known else _BETWEEN,
        y_tolerance_ratio=_LINE,
        extra_attrs=["run"],
    )
    wide = [c for c in characters if is_wide(c["text"])]
    usual = median([(c["x1"] - c["x0"]) / (c["bottom"] - c["top"]) for c in wide]) if wide else 1.0
    common = median([c["x1"] - c["x0"] for c in wide]) if wide else 0.0
    return [
        Word(word["text"], word["x0"], word["x1"], (word["top"] + word["bottom"]) / 2, _size(word, usual, common))
        for word in found
    ]


def _size(word: Mapping[str, Any], usual: float, common: float) -> float:
    """The size of a word's font: the width of its Chinese characters. For figures and letters it is the page's common
    size where their height is near that, for fonts differ in the height that they give."""
    widths = [c["x1"] - c["x0"] for c in word["chars"] if is_wide(c["text"])]
    if widths:
        return float(max(widths))
    guess = float((word["bottom"] - word["top"]) * usual)
    return common if abs(guess - common) < _NEAR * common else guess
