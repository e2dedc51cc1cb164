"""Comparison signs by their shape, as a second witness beside the recognition of characters.

The signs are a closed set, and a wrong one turns a target round; so a sign is taken as sure only where its shape says
the same as its reading. The shape looks at the outline: a wedge that opens to the left or right, bars above each other.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from extract.readers.scan_ink import Grey
from extract.readers.scan_sign_list import Sign

LIKE = frozenset("二三ニΞ≡Ⅱ工エIVvXxZz2>≥√∠∑ΣNM7フ7一-—＿_:：くへ厶人入")
"""What else a sign standing alone is read as."""

_TALLER = 4  # times: how much a sign is enlarged before its outline is followed
_FLAT = 0.12  # the share of the height by which the upper outline of bars may slope
_SLOPING = 0.2  # and by which that of a wedge must
_FULL = 0.7  # the share of the width that a bar covers
_EQUAL = 0.93  # the shorter bar's share of the longer one: two bars of = are of one length
_UNEQUAL = 0.86  # those of 二 are not
_LOW = 0.75  # the height over the width of a sign of two bars; those of 二 stand farther apart
_BROAD = 0.7  # the width over the height from which a double wedge is a sign of mathematics, not a bracket
_NARROWEST, _WIDEST = 0.25, 2.5  # the width over the height of a wedge
_SMALLEST = 4  # pixels


@dataclass(frozen=True, slots=True)
class Shape:
    """What the outline of a sign says: the sign, or None where it is no sign; whether that is beyond doubt; whether
    two bars stand below its wedge (≧), and whether a double wedge is as broad as a sign of mathematics is (≪, not 《)."""

    sign: Sign | None
    sure: bool = False
    two_bars: bool = False
    broad: bool = False


def shape_of(grey: Grey) -> Shape:
    """Given the picture of what may be a sign, with paper around it, return what its outline says."""
    ink = _enlarged(grey)
    if ink is None:
        return Shape(None)
    height, width = ink.shape
    top = ink.argmax(axis=0) / height
    part = max(1, round(0.25 * width))
    rise = float(np.median(top[-part:]) - np.median(top[:part]))
    if abs(rise) <= _FLAT:
        return _bars(ink)
    if abs(rise) < _SLOPING or not _NARROWEST < width / height < _WIDEST:
        return Shape(None)
    if rise < 0:
        ink = ink[:, ::-1]
    return _wedge(ink, *(("≥", ">", "》") if rise > 0 else ("≤", "<", "《")))


def _enlarged(grey: Grey) -> NDArray[np.bool_] | None:
    """The ink of a sign, enlarged, and cut to its outline."""
    if min(grey.shape) < _SMALLEST:
        return None
    large = cv2.resize(grey, None, fx=_TALLER, fy=_TALLER, interpolation=cv2.INTER_CUBIC)
    large = cv2.GaussianBlur(large, (0, 0), _TALLER / 2)
    dark, light = float(np.percentile(large, 2)), float(np.percentile(large, 90))
    if light - dark < 40:
        return None
    ink = np.asarray(large < (dark + light) / 2, np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    areas = stats[1:count, cv2.CC_STAT_AREA]
    if not len(areas):
        return None
    kept = [number for number in range(1, count) if stats[number, cv2.CC_STAT_AREA] >= 0.1 * areas.max()]
    mask = np.isin(labels, kept)
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return np.asarray(mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1], np.bool_)


def _bars(ink: NDArray[np.bool_]) -> Shape:
    """Two bars of one length above each other are =; of two lengths they are a character."""
    rows = ink.any(axis=1)
    edges = np.flatnonzero(np.diff(np.concatenate(([0], rows.astype(np.int8), [0]))))
    bands = list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))
    if len(bands) != 2 or ink.shape[1] < 0.8 * ink.shape[0]:
        return Shape(None)
    lengths, thick = [], []
    for first, last in bands:
        columns = np.flatnonzero(ink[first:last].any(axis=0))
        lengths.append(int(columns[-1] - columns[0] + 1))
        thick.append(last - first)
    share = min(lengths) / max(lengths)
    if share < _UNEQUAL or ink.shape[0] > _LOW * ink.shape[1] or max(thick) > 0.45 * ink.shape[0]:
        return Shape(None)
    return Shape("=", share >= _EQUAL)


def _wedge(ink: NDArray[np.bool_], with_bar: Sign, alone: Sign, double: Sign) -> Shape:
    """A wedge (turned so that it opens to the left): with a bar below it, alone, or doubled."""
    height, width = ink.shape
    if _strokes(ink[round(0.15 * height) : round(0.4 * height)].T) == 2:
        return Shape(double, sure=True, broad=width > _BROAD * height)
    covered = float((ink[round(0.78 * height) :].sum(axis=1) / width).max())
    inside = _strokes(ink[:, round(0.15 * width) : round(0.5 * width)])
    tip = _strokes(ink[:, round(0.85 * width) : round(0.97 * width) + 1])
    if inside == 4 and covered >= _FULL:
        return Shape(with_bar, sure=True, two_bars=True)
    if inside == 3 or (inside == 2 and tip == 2 and covered >= _FULL):
        return Shape(with_bar, sure=True)
    if inside == 2 and tip == 1 and covered < 0.5:
        return Shape(alone, sure=True)
    return Shape(None)


def _strokes(ink: NDArray[np.bool_]) -> float:
    """How many strokes lie above each other in most columns."""
    if not ink.size:
        return 0.0
    return float(np.median((np.diff(ink.astype(np.int8), axis=0, prepend=0) == 1).sum(axis=0)))
