"""Red seals taken off a page: publishers stamp their scans, often right across a table."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from extract.readers.scan_ink import Grey

Colours = NDArray[np.uint8]
"""A picture in colour: rows, columns, and red, green, blue."""

_RED = 40  # of 255: how much redder than green and blue the ink of a seal is
_EDGE = 5  # pixels: the width of a stroke's pale edges, twice, and one
_GAP = 6.0  # points: the strokes of a seal stand no farther apart
_SMALLEST, _LARGEST = 50.0, 200.0  # points: the width and height of a seal
_SQUARE = 1.8  # times as wide as high, or the other way, at most: a red title is a long line


def grey_without_seals(colours: Colours, scale: float) -> Grey:
    """Given a picture in colour and its pixels to the point, return it in grey, without red seals.

    Where a seal lies over a text the text is dark in every colour and stays. Other red (titles) stays too.
    """
    grey = np.asarray(cv2.cvtColor(colours, cv2.COLOR_RGB2GRAY), np.uint8)
    red, rest = colours[..., 0].astype(np.int16), colours[..., 1:].max(axis=2).astype(np.int16)
    reddish = np.asarray(np.where(red - rest > _RED, 255, 0), np.uint8)
    areas = _seals(reddish, scale)
    if areas is None:
        return grey
    strokes = cv2.dilate(cv2.bitwise_and(reddish, areas), np.ones((_EDGE, _EDGE), np.uint8)) > 0
    # Seen in its own colour the ink of a seal is nearly as bright as paper; made as bright, it is gone.
    paper = float(np.median(grey))
    gain = paper / max(1.0, float(np.median(red[(reddish > 0) & (areas > 0)])))
    bright = np.minimum(red * max(1.0, gain), paper)
    return np.where(strokes, np.maximum(grey, bright), grey).astype(np.uint8)


def _seals(red: NDArray[np.uint8], scale: float) -> NDArray[np.uint8] | None:
    """The areas of a picture in which seals stand."""
    if np.count_nonzero(red) < (_SMALLEST * scale) ** 2 / 20:
        return None
    reach = 2 * round(_GAP * scale / 2) + 1
    together = cv2.dilate(red, np.ones((reach, reach), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(together, connectivity=8)
    width, height = (stats[:count, column] / scale for column in (cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT))
    kept = (np.minimum(width, height) >= _SMALLEST) & (np.maximum(width, height) <= _LARGEST)
    kept &= np.maximum(width, height) <= _SQUARE * np.minimum(width, height)
    kept[0] = False
    if not kept.any():
        return None
    areas = np.zeros_like(red)
    for x, y, across, down, _ in stats[:count][kept].tolist():
        areas[y : y + down, x : x + across] = 255  # the star in the middle stands apart from the ring
    return areas
