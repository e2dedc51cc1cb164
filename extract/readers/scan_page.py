"""A scanned page to the same plain data as a digital one: characters and ruled lines in points, and what isn't sure.

A row of stages: ink, the angle it leans at, the page laid straight, its lines, the tables that they make, the strips of
text in their cells and outside of them, and the characters of each strip. Which way is up is tried where what was read
makes no sense.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from extract.lattice import Lattice, Rule, find_lattices
from extract.readers.pdf_page import Glyph, PageContent
from extract.readers.scan_ink import Grey, Mask, find_dashes, find_ink, without_specks
from extract.readers.scan_lines import Strip, blocks_of, lines_in, usual_size
from extract.readers.scan_ocr import read_line
from extract.readers.scan_rules import find_rules
from extract.readers.scan_seal import Colours, grey_without_seals
from extract.readers.scan_text import Piece, read_pieces
from extract.readers.scan_turn import find_skew, straighten, turn

_DUST = 0.35  # sizes: smaller marks alone on their line are dirt
_LEAST_DASH = 0.18  # sizes: a dash alone in its cell is longer
_USUAL = 10.0  # points: the size of text, before that of the page is known
_SAMPLES = 12  # strips that are read to tell which way is up
_FLOWING = 1.7  # how much wider than high the strips of a page are together where its text runs from left to right
_SENSE = 0.985  # how sure the characters of a page that stands upright are in the middle; else all four ways are tried


@dataclass(frozen=True, slots=True)
class _Straight:
    """A page laid straight: its picture without rules, the text's ink, its lines in pixels, its tables and strips."""

    grey: Grey
    ink: Mask
    rules: tuple[Rule, ...]
    skew: float
    size: float
    pieces: tuple[Piece, ...]


def read_picture(picture: Grey | Colours, scale: float, number: int) -> PageContent:
    """Given the picture of a page (grey or in colour), its pixels to the point and its number, return its content.

    Its `doubts` are what was read without being sure; `turn` and `skew` are how it lay.
    """
    grey = picture if picture.ndim == 2 else grey_without_seals(picture, scale)
    quarter, page = _upright(grey, scale)
    text = read_pieces(page.grey, page.ink, page.pieces, page.size)
    height, width = page.grey.shape
    return PageContent(
        number,
        width / scale,
        height / scale,
        tuple(_in_points(glyph, scale) for glyph in text.glyphs),
        tuple(_rule_in_points(rule, scale) for rule in page.rules),
        turn=quarter,
        reading="ocr",
        skew=page.skew,
        doubts=tuple(doubt._replace(x=doubt.x / scale, y=doubt.y / scale) for doubt in text.doubts),
    )


def _in_points(glyph: Glyph, scale: float) -> Glyph:
    box = (edge / scale for edge in (glyph.x0, glyph.top, glyph.x1, glyph.bottom, glyph.size))
    x0, top, x1, bottom, size = box
    return glyph._replace(x0=x0, top=top, x1=x1, bottom=bottom, size=size)


def _rule_in_points(rule: Rule, scale: float) -> Rule:
    return rule._replace(at=rule.at / scale, start=rule.start / scale, end=rule.end / scale)


def _upright(grey: Grey, scale: float) -> tuple[int, _Straight]:
    """The quarter turn that lays the page with its text upright, and the page so laid."""
    tried: list[tuple[bool, float, int, _Straight]] = []
    for quarter in (0, 90, 270, 180):
        page = _straight(turn(grey, quarter), scale)
        if quarter == 0 and not page.pieces:
            return quarter, page
        flows, sense = _flows(page), _sense(page)
        if flows and sense >= _SENSE:
            return quarter, page
        tried.append((flows, sense, -quarter, page))
    _, _, quarter, page = max(tried, key=lambda one: one[:3])
    return -quarter, page


def _flows(page: _Straight) -> bool:
    """Whether the page's strips run from left to right: those of a page on its side are a character wide."""
    wide = sum(piece.strip.x1 - piece.strip.x0 for piece in page.pieces)
    return wide > _FLOWING * sum(piece.strip.height for piece in page.pieces)


def _sense(page: _Straight) -> float:
    """How sure the characters of a few strips are, from 0 to 1."""
    usual = [piece.strip for piece in page.pieces if piece.strip.x1 - piece.strip.x0 > 2 * page.size]
    usual = usual or [piece.strip for piece in page.pieces]
    chosen = usual[:: max(1, len(usual) // _SAMPLES)][:_SAMPLES]
    found = [
        float(np.mean([one.confidence for one in read]))
        for strip in chosen
        if (read := read_line(page.grey[max(0, strip.top - 3) : strip.bottom + 3, strip.x0 : strip.x1]))
    ]
    return float(np.median(found)) if found else 0.0


def _straight(grey: Grey, scale: float) -> _Straight:
    skew = find_skew(find_ink(grey, scale))
    grey = straighten(grey, skew)
    ink = find_ink(grey, scale)
    ruled = find_rules(ink, scale)
    text = without_specks(np.where(ruled.ink > 0, np.uint8(0), ink), scale)
    text |= np.where(ruled.ink > 0, np.uint8(0), find_dashes(grey, scale))
    size, pieces = _pieces(text, ruled.rules, scale)
    plain = np.where(ruled.ink > 0, np.uint8(255), grey)
    return _Straight(plain, text, ruled.rules, skew, size, tuple(pieces))


def _pieces(text: Mask, rules: Sequence[Rule], scale: float) -> tuple[float, list[Piece]]:
    """The size of a page's characters in pixels, and its strips: those of each cell, and those outside of tables."""
    lattices = find_lattices([_rule_in_points(rule, scale) for rule in rules])
    boxes = [_pixels(lattice, index, scale) for lattice in lattices for index in range(len(lattice.cells))]
    outside = text.copy()
    for lattice in lattices:
        x0, top, x1, bottom = (
            round(edge * scale) for edge in (lattice.xs[0], lattice.ys[0], lattice.xs[-1], lattice.ys[-1])
        )
        outside[max(0, top) : bottom, max(0, x0) : x1] = 0
    size = _USUAL * scale
    for _ in range(2):  # the second time with the size that the first one found
        inside = [lines_in(text, box, size) for box in boxes]
        beside = [strip for block in blocks_of(outside, size) for strip in lines_in(outside, block, size)]
        size = usual_size([strip for strips in inside for strip in strips] or beside, scale)
    inside = [[one for one in strips if _is_mark(one, size) or _is_dash(one, strips, size)] for strips in inside]
    pieces = [Piece(strip, cell, len(strips) == 1) for cell, strips in enumerate(inside) for strip in strips]
    return size, pieces + [Piece(strip) for strip in beside if _is_mark(strip, size)]


def _is_mark(strip: Strip, size: float) -> bool:
    """Whether a strip is more than a speck."""
    return max(strip.height, strip.x1 - strip.x0) > _DUST * size


def _is_dash(strip: Strip, strips: Sequence[Strip], size: float) -> bool:
    """Whether a small strip is the dash of a cell that holds nothing else."""
    width = strip.x1 - strip.x0
    return len(strips) == 1 and width > _LEAST_DASH * size and width >= 2 * strip.height


def _pixels(lattice: Lattice, index: int, scale: float) -> Strip:
    box = lattice.cells[index].box
    x0, top, x1, bottom = (max(0, round(edge * scale)) for edge in (box.x0, box.top, box.x1, box.bottom))
    return Strip(x0, top, x1, bottom)
