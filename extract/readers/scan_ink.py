"""What is ink on a scanned page and what is paper, whatever its light; and the pixels that are only specks."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]
"""A picture in grey: 0 is black, 255 is white."""

Mask = NDArray[np.uint8]
"""A picture of 0 and 255 (ink)."""

_AROUND = 14.0  # points: a pixel is ink where it is darker than its surroundings of this width, by
_DARKER = 20  # of 255
_DASH, _LONGEST_DASH = 2.2, 12.0  # points: the length of a dash,
_FLATTER = 2.3  # which is so much longer than high
_FILLED = 0.7  # and fills its box
_SPECK = 0.75  # square points: smaller ink is dirt, or the dot of a small figure


def find_ink(grey: Grey, scale: float) -> Mask:
    """Given a picture and its pixels to the point, return its ink: what is darker than what lies around it."""
    return _darker(np.asarray(cv2.medianBlur(grey, 3), np.uint8), scale)


def find_dashes(grey: Grey, scale: float) -> Mask:
    """Given the same, return the short flat strokes: a dash two pixels high is taken away with the noise otherwise."""
    ink = _darker(np.asarray(cv2.GaussianBlur(grey, (3, 3), 0), np.uint8), scale)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    width, height = stats[:count, cv2.CC_STAT_WIDTH], stats[:count, cv2.CC_STAT_HEIGHT]
    kept = (width >= _DASH * scale) & (width <= _LONGEST_DASH * scale) & (width >= _FLATTER * height)
    kept &= stats[:count, cv2.CC_STAT_AREA] >= _FILLED * width * height
    kept[0] = False
    return np.asarray(np.where(kept[labels], 255, 0), np.uint8)


def _darker(calm: Grey, scale: float) -> Mask:
    around = 2 * round(_AROUND * scale / 2) + 1
    kinds = (cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV)
    return np.asarray(cv2.adaptiveThreshold(calm, 255, *kinds, around, _DARKER), np.uint8)


def without_specks(ink: Mask, scale: float) -> Mask:
    """Given ink, return it without what is too small to be a character."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    kept = stats[:, cv2.CC_STAT_AREA] >= _SPECK * scale * scale
    kept[0] = False
    return np.asarray(np.where(kept[labels], 255, 0), np.uint8)
