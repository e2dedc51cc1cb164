"""What a PDF page draws, by pdfium: strokes, thin rectangles and the sides of boxes as lines; coloured areas."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pypdfium2 as pdfium
from pypdfium2 import raw

from extract.lattice import Rule
from extract.readers.pdf_page import THIN, Rectangle, line_rules, rectangle_rules, seen_rules

Matrix = tuple[float, float, float, float, float, float]
ToPage = Callable[[float, float], tuple[float, float]]

DEEPEST = 5  # forms in forms beyond this depth hold no table
_IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
_RECTANGLE = 5  # the segments of a path that is one rectangle or less
_LEAST_ALPHA = 8  # of 255: fainter lines cannot be seen
_PALE = 247  # of 255: lighter lines are white
_WHITE = 254  # of 255: an area of this brightness is not coloured


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a page draws: the lines that are seen, coloured areas, the order in which its texts were written (by the
    addresses of the text objects), and the area of its largest image in square points."""

    rules: list[Rule]
    areas: list[Rectangle]
    written: dict[int, int]
    largest_image: float = 0.0


def read_drawn(page: pdfium.PdfPage, to_page: ToPage) -> Drawn:
    """Given a pdfium page and the way from its coordinates to the displayed page's, return what it draws."""
    drawing = _Drawing(to_page)
    handle = page.raw
    for index in range(raw.FPDFPage_CountObjects(handle)):
        item = raw.FPDFPage_GetObject(handle, index)
        drawing.add(item, raw.FPDFPageObj_GetType(item), _IDENTITY, 0)
    rules = seen_rules(drawing.rules, drawing.pale, drawing.shaded)
    return Drawn(rules, drawing.areas, drawing.written, drawing.largest_image)


class _Drawing:
    """Collects the lines of a page. pdfium's answers go into variables made once: a page has thousands of paths."""

    def __init__(self, to_page: ToPage) -> None:
        self.rules: list[Rule] = []
        self.pale: list[Rule] = []
        self.shaded: list[Rectangle] = []
        self.areas: list[Rectangle] = []
        self.written: dict[int, int] = {}
        self.largest_image = 0.0
        self._to_page = to_page
        self._fill, self._stroke = ctypes.c_int(), ctypes.c_int()
        self._box = (ctypes.c_float(), ctypes.c_float(), ctypes.c_float(), ctypes.c_float())
        self._colour = (ctypes.c_uint(), ctypes.c_uint(), ctypes.c_uint(), ctypes.c_uint())

    def add(self, item: Any, kind: int, outer: Matrix, depth: int) -> None:
        """Take in an object of the page, or of a form with its matrix."""
        if kind == raw.FPDF_PAGEOBJ_TEXT:
            self.written[ctypes.addressof(item.contents)] = len(self.written)
        elif kind == raw.FPDF_PAGEOBJ_PATH:
            self._add_path(item, outer)
        elif kind == raw.FPDF_PAGEOBJ_IMAGE:
            box = self._bounds(item)
            self.largest_image = max(self.largest_image, (box[2] - box[0]) * (box[3] - box[1]))
        elif kind == raw.FPDF_PAGEOBJ_FORM and depth < DEEPEST:
            inner = _times(_matrix(item), outer)
            for index in range(raw.FPDFFormObj_CountObjects(item)):
                part = raw.FPDFFormObj_GetObject(item, index)
                self.add(part, raw.FPDFPageObj_GetType(part), inner, depth + 1)

    def _add_path(self, item: Any, outer: Matrix) -> None:
        if not raw.FPDFPath_GetDrawMode(item, self._fill, self._stroke):
            return
        stroked = bool(self._stroke.value)
        if not stroked and not self._fill.value:
            return
        red, green, blue, alpha = self._colour
        colour_of = raw.FPDFPageObj_GetStrokeColor if stroked else raw.FPDFPageObj_GetFillColor
        into, coloured = self.rules, not stroked
        if colour_of(item, red, green, blue, alpha):
            if alpha.value < _LEAST_ALPHA:
                return
            palest = min(red.value, green.value, blue.value)
            coloured = coloured and palest < _WHITE
            if palest >= _PALE:
                into = self.pale
        if outer is _IDENTITY and raw.FPDFPath_CountSegments(item) <= _RECTANGLE:
            # Nearly all lines of a table are paths of their own; the box around one is had by a single call.
            box = self._bounds(item)
            if min(box[2] - box[0], box[3] - box[1]) <= THIN:
                into.extend(rectangle_rules(*box, stroked=stroked))
                return
        matrix = _times(_matrix(item), outer)
        for points, closed in _subpaths(item):
            placed = [self._to_page(*_apply(matrix, point)) for point in points]
            into.extend(_subpath_rules(placed, stroked=stroked, closed=closed))
            if self._fill.value and into is self.rules:
                self.shaded.append(_around(placed))
            if coloured and _is_rectangle(placed):
                self.areas.append(_around(placed))

    def _bounds(self, item: Any) -> Rectangle:
        left, bottom, right, top = self._box
        raw.FPDFPageObj_GetBounds(item, left, bottom, right, top)
        x0, y0 = self._to_page(left.value, top.value)
        x1, y1 = self._to_page(right.value, bottom.value)
        return (x0, y0, x1, y1) if x0 <= x1 and y0 <= y1 else (min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))


def _subpath_rules(placed: list[tuple[float, float]], *, stroked: bool, closed: bool) -> Iterable[Rule]:
    box = _around(placed)
    if len(placed) > 3 and _is_rectangle(placed):
        yield from rectangle_rules(*box, stroked=stroked)
    elif stroked:
        for (x0, y0), (x1, y1) in pairwise([*placed, placed[0]] if closed else placed):
            yield from line_rules(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
    elif len(placed) == 2:  # a filled line without area is drawn one device unit wide
        yield from line_rules(*box)


def _around(points: list[tuple[float, float]]) -> Rectangle:
    xs, ys = zip(*points, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def _subpaths(item: Any) -> Iterator[tuple[list[tuple[float, float]], bool]]:
    """The corners of each part of a path, and whether it is closed. A curve counts as the line to its end."""
    x, y = ctypes.c_float(), ctypes.c_float()
    points: list[tuple[float, float]] = []
    closed = False
    for index in range(raw.FPDFPath_CountSegments(item)):
        segment = raw.FPDFPath_GetPathSegment(item, index)
        if raw.FPDFPathSegment_GetType(segment) == raw.FPDF_SEGMENT_MOVETO:
            if len(points) > 1:
                yield points, closed
            points, closed = [], False
        raw.FPDFPathSegment_GetPoint(segment, x, y)
        points.append((x.value, y.value))
        closed = closed or bool(raw.FPDFPathSegment_GetClose(segment))
    if len(points) > 1:
        yield points, closed


def _is_rectangle(points: list[tuple[float, float]]) -> bool:
    """Whether the corners are those of one upright rectangle (the first may be given again at the end)."""
    corners = points[:-1] if _near(points[0], points[-1]) else points
    if len(corners) != 4:
        return False
    sides = zip(corners, corners[1:] + corners[:1], strict=True)
    return all(abs(a[0] - b[0]) < 0.5 or abs(a[1] - b[1]) < 0.5 for a, b in sides)


def _near(a: tuple[float, float], b: tuple[float, float]) -> bool:
    return abs(a[0] - b[0]) < 0.01 and abs(a[1] - b[1]) < 0.01


def _matrix(item: Any) -> Matrix:
    matrix = raw.FS_MATRIX()
    if not raw.FPDFPageObj_GetMatrix(item, matrix):
        return _IDENTITY
    return matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f


def _times(first: Matrix, second: Matrix) -> Matrix:
    """The matrix that does `first`, then `second`."""
    a, b, c, d, e, f = first
    p, q, r, s, t, u = second
    return a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u


def _apply(matrix: Matrix, point: tuple[float, float]) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    x, y = point
    return a * x + c * y + e, b * x + d * y + f
