"""How far a scanned page lies askew, and the page laid straight."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]
"""A picture in grey: 0 is black, 255 is white."""

_MOST = 3.0  # degrees: pages lie no more askew in a scanner
_WIDE = 900  # pixels: the angle is sought in a picture of about this width
_STEPS = (0.25, 0.05, 0.01)  # degrees: each search looks closer around the best angle of the one before

_SMOOTH = np.array((0.25, 0.5, 0.25))


def find_skew(ink: Grey) -> float:
    """Given the ink of a page, return the degrees, as the clock goes, that its lines and rules lean.

    The lines of a page that lies straight fall on few rows of pixels; the angle is the one at which the sums over rows
    differ most from row to row.
    """
    factor = min(1.0, _WIDE / ink.shape[1])
    small = cv2.resize(ink, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    best, reach = 0.0, _MOST
    for step in _STEPS:
        angles = np.arange(best - reach, best + reach + step / 2, step)
        best = float(max(angles, key=lambda angle: _sharpness(np.asarray(small, np.uint8), float(angle))))
        reach = step
    return best


def straighten(grey: Grey, degrees: float) -> Grey:
    """Given a picture and how far it leans, return it laid straight around its middle, white where nothing was."""
    if abs(degrees) < _STEPS[-1]:
        return grey
    return _rotated(grey, degrees, cv2.INTER_CUBIC, 255)


def turn(grey: Grey, quarter: int) -> Grey:
    """Given a picture and a quarter turn in degrees as the clock goes (0, 90, 180, 270), return it turned."""
    codes = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}
    return np.asarray(cv2.rotate(grey, codes[quarter]), np.uint8) if quarter else grey


def _sharpness(ink: Grey, degrees: float) -> float:
    sums = _rotated(ink, degrees, cv2.INTER_LINEAR, 0).sum(axis=1, dtype=np.float64)
    # A page that isn't turned at all is not blurred by turning: smoothing keeps it from winning by its dust.
    return float(np.square(np.diff(np.convolve(sums, _SMOOTH, "valid"))).sum())


def _rotated(picture: Grey, degrees: float, interpolation: int, fill: int) -> Grey:
    height, width = picture.shape
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), degrees, 1.0)
    turned = cv2.warpAffine(picture, matrix, (width, height), flags=interpolation, borderValue=fill)
    return np.asarray(turned, np.uint8)
