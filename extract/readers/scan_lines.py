"""The lines of text in a part of a scanned page: strips of ink with paper above and below."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from extract.readers.scan_ink import Mask

_SMALLEST, _LARGEST = 5.0, 26.0  # points: the heights of characters
_USUAL = 10.0  # points: their height where a page shows none
_TALL = 1.7  # sizes: a strip higher than this may be two lines that touch
_FLAT = 0.45  # sizes: a strip lower than this is a part of a character (=, 二) or a stroke alone
_ONE = 1.15  # sizes: flat strips no farther apart than this are one character
_VALLEY = 0.3  # the share of a strip's usual ink that is left between two lines that touch
_GAP = 2.5  # sizes: a gap this wide parts two texts
_WORD = 0.9  # sizes: characters of one line stand no farther apart


class Strip(NamedTuple):
    """A line of text: the box around its ink, in pixels (the last ones not included)."""

    x0: int
    top: int
    x1: int
    bottom: int

    @property
    def height(self) -> int:
        """The height in pixels."""
        return self.bottom - self.top


def usual_size(strips: Iterable[Strip], scale: float) -> float:
    """Given lines of text and the pixels to the point, return the height of their characters in pixels."""
    heights = [strip.height for strip in strips if _SMALLEST * scale <= strip.height <= _LARGEST * scale]
    # Lines of figures alone are lower than lines of Chinese characters.
    return float(np.percentile(heights, 60)) if heights else _USUAL * scale


def lines_in(ink: Mask, box: Strip, size: float) -> list[Strip]:
    """Given the ink of a page, a part of it that holds lines one below the other, and the size of its characters in
    pixels, return the lines from top to bottom; a wide gap in a line makes two of it."""
    part = ink[box.top : box.bottom, box.x0 : box.x1]
    if not part.size:
        return []
    profile = np.count_nonzero(part, axis=1)
    bands = _joined([one for band in _runs(profile > 0) for one in _cut(profile, band, size)], size)
    found = []
    for first, last in bands:
        columns = np.count_nonzero(part[first:last], axis=0) > 0
        for left, right in _spans(columns, _GAP * size):
            rows = np.flatnonzero(np.count_nonzero(part[first:last, left:right], axis=1))
            top, bottom = first + int(rows[0]), first + int(rows[-1]) + 1
            found.append(Strip(box.x0 + left, box.top + top, box.x0 + right, box.top + bottom))
    return found


def blocks_of(ink: Mask, size: float) -> list[Strip]:
    """Given the ink of a page (without its tables) and the size of its characters in pixels, return the boxes around
    what stands together: lines, or several that touch."""
    wide, high = max(1, round(_WORD * size)), max(1, round(0.1 * size))
    together = cv2.dilate(ink, np.ones((high, wide), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(together, connectivity=8)
    found = []
    for x, y, width, height, _ in stats[1:count].tolist():
        columns, rows = (np.flatnonzero(ink[y : y + height, x : x + width].any(axis=axis)) for axis in (0, 1))
        found.append(Strip(x + int(columns[0]), y + int(rows[0]), x + int(columns[-1]) + 1, y + int(rows[-1]) + 1))
    return sorted(found, key=lambda strip: (strip.top, strip.x0))


def _runs(flags: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """The stretches of a row of flags that are set: first, and behind the last."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], flags.astype(np.int8), [0]))))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def _spans(flags: NDArray[np.bool_], gap: float) -> list[tuple[int, int]]:
    """The same, stretches no farther apart than the gap taken together."""
    spans: list[tuple[int, int]] = []
    for first, last in _runs(flags):
        if spans and first - spans[-1][1] <= gap:
            spans[-1] = (spans[-1][0], last)
        else:
            spans.append((first, last))
    return spans


def _cut(profile: NDArray[np.int_], band: tuple[int, int], size: float) -> list[tuple[int, int]]:
    """A band of rows, cut where two lines that touch leave little ink between them."""
    first, last = band
    if last - first <= _TALL * size:
        return [band]
    margin = round(0.6 * size)
    inner = profile[first + margin : last - margin]
    lowest = int(np.argmin(inner))
    if inner[lowest] > _VALLEY * profile[first:last].mean():
        return [band]
    at = first + margin + lowest
    return [*_cut(profile, (first, at), size), *_cut(profile, (at, last), size)]


def _joined(bands: Sequence[tuple[int, int]], size: float) -> list[tuple[int, int]]:
    """Bands of rows, those together that are parts of one line of characters."""
    joined: list[tuple[int, int]] = []
    for first, last in bands:
        if joined:
            before = joined[-1]
            flat = min(before[1] - before[0], last - first) < _FLAT * size
            if flat and last - before[0] <= _ONE * size:
                joined[-1] = (before[0], last)
                continue
        joined.append((first, last))
    return joined
