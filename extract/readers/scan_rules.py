"""The ruled lines of a page in its picture: long straight ink, and short ink that joins such lines at both ends."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from extract.lattice import Rule

Mask = NDArray[np.uint8]
"""A picture of 0 and 255."""

_LONG = 20.0  # points: strokes of text, though they touch, seldom make a longer run
_SURE = 60.0  # points: and never one of this length
_SHORT = 6.0  # points: shorter ink between two lines is no line
_THICK = 4.0  # points: what is thicker is a bar or a picture
_JOINS = 1.2  # points: a short line's ends are this near to those that it joins
_BROKEN = 1.6  # points: a scan breaks a hair line in gaps of this length
_HALO = 0.6  # points around a line that belong to it
_BESIDE = 1.2  # points beside a line in which other ink shows that it is a stroke of text
_CLEAR = 0.15  # the share of such ink that a line may have on either side, and
_CLOSE = 0.45  # on one side, where text stands close to it and both its ends join other lines


@dataclass(frozen=True, slots=True)
class Ruled:
    """The lines of a picture in its pixels, and the ink that they are made of."""

    rules: tuple[Rule, ...]
    ink: Mask


def find_rules(ink: Mask, scale: float) -> Ruled:
    """Given the ink of an upright picture and its pixels to the point, return its lines."""
    found: dict[bool, list[_Piece]] = {}
    seen = np.zeros_like(ink)
    for horizontal in (True, False):
        opened = _opened(ink, scale, _LONG, horizontal=horizontal)
        found[horizontal] = list(_pieces(opened, scale, horizontal))
    sure = {flag: [one.rule for one in pieces if one.length >= _SURE * scale] for flag, pieces in found.items()}
    for horizontal in (True, False):
        opened = _opened(ink, scale, _SHORT, horizontal=horizontal)
        shorter = [one for one in _pieces(opened, scale, horizontal) if one.length < _LONG * scale]
        candidates = [*found[horizontal], *(one for one in shorter if _joins(one.rule, sure[not horizontal], scale))]
        found[horizontal] = [one for one in candidates if _is_rule(one, ink, scale, sure[not horizontal])]
    pieces = [*found[True], *found[False]]
    for one in pieces:
        window = seen[one.top : one.top + one.height, one.left : one.left + one.width]
        window[one.where] = 255
    size = 2 * round(_HALO * scale) + 1
    halo = cv2.dilate(seen, np.ones((size, size), np.uint8))
    return Ruled(tuple(one.rule for one in pieces), np.asarray(halo, np.uint8))


@dataclass(frozen=True, slots=True)
class _Piece:
    """A straight run of ink: the line it may be, the box around it, and which pixels of that it covers."""

    rule: Rule
    left: int
    top: int
    width: int
    height: int
    thickness: float
    where: NDArray[np.bool_]

    @property
    def length(self) -> int:
        return self.width if self.rule.horizontal else self.height


def _opened(ink: Mask, scale: float, length: float, *, horizontal: bool) -> Mask:
    """The ink that is part of a straight run of at least `length` points, small breaks in it closed."""
    gap, run = round(_BROKEN * scale), round(length * scale)
    close = np.ones((1, gap) if horizontal else (gap, 1), np.uint8)
    wide = np.ones((3, 1) if horizontal else (1, 3), np.uint8)  # a line that leans lies on two rows of pixels
    keep = np.ones((1, run) if horizontal else (run, 1), np.uint8)
    if length >= _LONG:
        ink = np.asarray(cv2.morphologyEx(cv2.dilate(ink, wide), cv2.MORPH_CLOSE, close), np.uint8)
    return np.asarray(cv2.morphologyEx(ink, cv2.MORPH_OPEN, keep), np.uint8)


def _pieces(opened: Mask, scale: float, horizontal: bool) -> Iterable[_Piece]:
    count, labels, stats, middles = cv2.connectedComponentsWithStats(opened, connectivity=8)
    for number in range(1, count):
        x, y, width, height, area = (int(value) for value in stats[number])
        thickness = area / (width if horizontal else height)
        if thickness > _THICK * scale:
            continue
        middle_x, middle_y = (float(value) for value in middles[number])
        rule = Rule(True, middle_y, x, x + width) if horizontal else Rule(False, middle_x, y, y + height)
        yield _Piece(rule, x, y, width, height, thickness, labels[y : y + height, x : x + width] == number)


def _is_rule(piece: _Piece, ink: Mask, scale: float, crossing: Sequence[Rule]) -> bool:
    """Whether a run of ink stands alone, as lines do: strokes of text have others of their character beside them."""
    if piece.length >= _SURE * scale:
        return True
    reach, inner = round(_BESIDE * scale), piece.thickness / 2 + 1.5
    shares = []
    for low, high in ((-inner - reach, -inner), (inner, inner + reach)):
        first, last = max(0, round(piece.rule.at + low)), max(0, round(piece.rule.at + high))
        along = slice(
            round(piece.rule.start) + reach, max(round(piece.rule.end) - reach, round(piece.rule.start) + reach + 1)
        )
        band = ink[first:last, along] if piece.rule.horizontal else ink[along, first:last]
        shares.append(float(np.count_nonzero(band)) / band.size if band.size else 0.0)
    most = _CLOSE if _joins(piece.rule, crossing, scale) else _CLEAR
    return min(shares) <= _CLEAR and max(shares) <= most


def _joins(rule: Rule, crossing: Sequence[Rule], scale: float) -> bool:
    """Whether both ends of a line lie on lines across it."""
    near = _JOINS * scale
    return all(
        any(abs(one.at - end) <= near and one.start - near <= rule.at <= one.end + near for one in crossing)
        for end in (rule.start, rule.end)
    )
