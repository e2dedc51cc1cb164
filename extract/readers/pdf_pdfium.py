"""A page's content by pdfium: characters with their boxes, and the lines that are drawn.

pdfium's coordinates start at the bottom left of the unrotated page; everything leaves here in points from the top left
of the page as displayed. Its own layout (the spaces and line breaks that it makes up) is not used.
"""

from __future__ import annotations

import ctypes
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from math import degrees
from typing import Any

import pypdfium2 as pdfium
from pypdfium2 import raw

from extract.lattice import Rule
from extract.readers.pdf_page import THIN, UNMAPPED, Glyph, PageContent, drop_doubled, line_rules, rectangle_rules

Matrix = tuple[float, float, float, float, float, float]
Rectangle = tuple[float, float, float, float]
ToPage = Callable[[float, float], tuple[float, float]]

_IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
_HYPHENS = {0x2, 0xFFFE}  # what pdfium gives for a hyphen at the end of a line
_SPACES = {0x20, 0x0D, 0x0A, 0x09, 0xA0, 0x3000}  # printed or made up: distances tell more
_RECTANGLE = 5  # the segments of a path that is one rectangle or less
_FAR = 1e6  # points: farther than any page reaches
_DEEPEST = 5  # forms in forms beyond this depth hold no table
_MOST = 0.3  # the share of a page that an image covers where the page is a scan
_MOST_TEXT = 0.6  # the share of a page's text that says which way is up
_SLANT = 10  # degrees off the upright or level from which text is slanted
_LEAST_ALPHA = 8  # of 255: fainter lines cannot be seen
_PALE = 247  # of 255: lighter lines are white


def read_page(page: pdfium.PdfPage, number: int) -> PageContent:
    """Given a pdfium page and its number, return its content.

    Characters off the page or clipped away are not printed and are left out; those printed twice over each other (a
    fake bold) are taken once and counted.
    """
    rotation = page.get_rotation() % 360
    left, bottom, right, top = page.get_bbox()
    width, height = right - left, top - bottom
    transforms: dict[int, ToPage] = {
        0: lambda x, y: (x - left, top - y),
        90: lambda x, y: (y - bottom, x - left),
        180: lambda x, y: (right - x, y - bottom),
        270: lambda x, y: (top - y, right - x),
    }
    printed, unmapped = _printed(page)
    upright = _upright(printed, rotation)
    to_page = transforms[upright]
    if upright in (90, 270):
        width, height = height, width
    glyphs, slanted = [], []
    for text, corners, angle in printed:
        glyph = _glyph(text, corners, to_page)
        if not (0 <= glyph.x <= width and 0 <= glyph.y <= height):
            continue
        if _SLANT < angle % 90 < 90 - _SLANT:
            slanted.append(text)
        else:
            glyphs.append(glyph)
    once = drop_doubled(glyphs)
    return PageContent(
        number,
        width,
        height,
        tuple(once),
        tuple(_rules(page, to_page)),
        doubled=len(glyphs) - len(once),
        unmapped=unmapped,
        turn=(upright - rotation) % 360,
        slanted="".join(slanted),
    )


def is_picture(page: pdfium.PdfPage) -> bool:
    """Given a pdfium page, return whether an image covers most of it (a scan)."""
    left, bottom, right, top = page.get_bbox()
    area = (right - left) * (top - bottom)
    return any(
        (box[2] - box[0]) * (box[3] - box[1]) > _MOST * area
        for box in (item.get_bounds() for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=_DEEPEST))
    )


# --- characters


Printed = tuple[str, Rectangle, float]
"""A character with its box in pdfium's coordinates and the angle of its line in degrees, as the clock goes."""


def _printed(page: pdfium.PdfPage) -> tuple[list[Printed], int]:
    """The characters that can be seen, and how many of them have no encoding."""
    textpage = page.get_textpage()
    try:
        found: list[Printed] = []
        unmapped = 0
        handle, box = textpage.raw, raw.FS_RECTF()
        looks = _Looks()
        for index, code in _codes(handle, textpage.count_chars()):
            if code in _SPACES or not raw.FPDFText_GetLooseCharBox(handle, index, box):
                continue
            left, top, right, bottom = box.left, box.top, box.right, box.bottom
            clip, angle = looks.of(handle, index)
            if clip is not None:
                x, y = (left + right) / 2, (top + bottom) / 2
                if not (clip[0] - 1 <= x <= clip[2] + 1 and clip[1] - 1 <= y <= clip[3] + 1):
                    continue
            if code == 0 or raw.FPDFText_HasUnicodeMapError(handle, index) == 1:
                text = UNMAPPED
                unmapped += 1
            else:
                text = "-" if code in _HYPHENS else chr(code)
            found.append((text, (left, top, right, bottom), angle))
        return found, unmapped
    finally:
        textpage.close()


def _upright(printed: Sequence[Printed], rotation: int) -> int:
    """The rotation of the page (a quarter turn of 0 to 3) at which most of its text is upright."""
    quarters = Counter(-round(angle / 90) % 4 * 90 for _, _, angle in printed)
    best = max(quarters, key=lambda quarter: quarters[quarter], default=rotation)
    # A few labels on the side of a page do not turn it.
    return best if quarters[best] > _MOST_TEXT * len(printed) else rotation


def _glyph(text: str, corners: Rectangle, to_page: ToPage) -> Glyph:
    x0, y0 = to_page(corners[0], corners[1])
    x1, y1 = to_page(corners[2], corners[3])
    if x1 < x0:
        x0, x1 = x1, x0
    if y1 < y0:
        y0, y1 = y1, y0
    return Glyph(text, x0, y0, x1, y1, y1 - y0)


def _codes(handle: Any, count: int) -> Iterator[tuple[int, int]]:
    """The index and the code of each character; of a character in two halves (UTF-16) the last index."""
    half = 0
    for index in range(count):
        code = raw.FPDFText_GetUnicode(handle, index)
        if 0xD800 <= code < 0xE000:
            if code < 0xDC00:
                half = code
                continue
            code = 0x10000 + ((half - 0xD800) << 10) + (code - 0xDC00) if half else 0
        half = 0
        yield index, code


class _Looks:
    """What the characters of a text object have in common: what their clipping paths leave open, and their angle."""

    def __init__(self) -> None:
        self._by_object: dict[int, tuple[Rectangle | None, float]] = {}
        self._by_innermost: dict[tuple[float, ...], Rectangle] = {}

    def of(self, handle: Any, index: int) -> tuple[Rectangle | None, float]:
        """Given a text page and a character's index, return what it may be seen in, and its angle in degrees."""
        text = raw.FPDFText_GetTextObject(handle, index)
        key = ctypes.addressof(text.contents) if text else 0
        found = self._by_object.get(key)
        if found is None:
            angle = degrees(raw.FPDFText_GetCharAngle(handle, index))
            found = self._by_object[key] = (self._open_box(text) if text else None, angle)
        return found

    def _open_box(self, item: Any) -> Rectangle | None:
        path = raw.FPDFPageObj_GetClipPath(item)
        count = raw.FPDFClipPath_CountPaths(path) if path else 0
        if count <= 0:
            return None
        innermost = _path_box(path, count - 1)
        key = (count, *innermost)
        if key not in self._by_innermost:
            boxes = [innermost, *(_path_box(path, number) for number in range(count - 1))]
            lefts, bottoms, rights, tops = zip(*boxes, strict=True)
            self._by_innermost[key] = (max(lefts), max(bottoms), min(rights), min(tops))
        return self._by_innermost[key]


def _path_box(path: Any, number: int) -> Rectangle:
    """The rectangle around one of the paths of a clipping path; one without points hides nothing."""
    x, y = ctypes.c_float(), ctypes.c_float()
    segments = raw.FPDFClipPath_CountPathSegments(path, number)
    xs, ys = [], []
    # Nearly every one is a rectangle, and two of its corners tell where it lies.
    for index in (0, 2) if segments in (4, 5) else range(segments):
        if raw.FPDFPathSegment_GetPoint(raw.FPDFClipPath_GetPathSegment(path, number, index), x, y):
            xs.append(x.value)
            ys.append(y.value)
    return (min(xs), min(ys), max(xs), max(ys)) if xs else (-_FAR, -_FAR, _FAR, _FAR)


# --- lines


def _rules(page: pdfium.PdfPage, to_page: ToPage) -> Iterator[Rule]:
    handle = page.raw
    for index in range(raw.FPDFPage_CountObjects(handle)):
        item = raw.FPDFPage_GetObject(handle, index)
        if raw.FPDFPageObj_GetType(item) != raw.FPDF_PAGEOBJ_TEXT:
            yield from _object_rules(item, _IDENTITY, to_page, 0)


def _object_rules(item: Any, outer: Matrix, to_page: ToPage, depth: int) -> Iterator[Rule]:
    kind = raw.FPDFPageObj_GetType(item)
    if kind == raw.FPDF_PAGEOBJ_PATH:
        yield from _path_rules(item, outer, to_page)
    elif kind == raw.FPDF_PAGEOBJ_FORM and depth < _DEEPEST:
        inner = _times(_matrix(item), outer)
        for index in range(raw.FPDFFormObj_CountObjects(item)):
            yield from _object_rules(raw.FPDFFormObj_GetObject(item, index), inner, to_page, depth + 1)


def _path_rules(item: Any, outer: Matrix, to_page: ToPage) -> Iterator[Rule]:
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    if not raw.FPDFPath_GetDrawMode(item, fill, stroke) or not (fill.value or stroke.value):
        return
    stroked = bool(stroke.value)
    if not _visible(item, stroked=stroked):
        return
    if outer == _IDENTITY and raw.FPDFPath_CountSegments(item) <= _RECTANGLE:
        # Nearly all lines of a table are paths of their own; the box around one is had by a single call.
        box = _bounds(item, to_page)
        if min(box[2] - box[0], box[3] - box[1]) <= THIN:
            yield from rectangle_rules(*box, stroked=stroked)
            return
    matrix = _times(_matrix(item), outer)
    for points, closed in _subpaths(item):
        placed = [to_page(*_apply(matrix, point)) for point in points]
        xs, ys = [point[0] for point in placed], [point[1] for point in placed]
        box = (min(xs), min(ys), max(xs), max(ys))
        if len(placed) > 3 and _is_rectangle(placed):
            yield from rectangle_rules(*box, stroked=stroked)
        elif stroked:
            if closed:
                placed.append(placed[0])
            for (x0, y0), (x1, y1) in pairwise(placed):
                yield from line_rules(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
        elif len(placed) == 2:  # a filled line without area is drawn one device unit wide
            yield from line_rules(*box)


def _bounds(item: Any, to_page: ToPage) -> Rectangle:
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    raw.FPDFPageObj_GetBounds(item, left, bottom, right, top)
    (x0, y0), (x1, y1) = to_page(left.value, top.value), to_page(right.value, bottom.value)
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def _subpaths(item: Any) -> Iterable[tuple[list[tuple[float, float]], bool]]:
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


def _visible(item: Any, *, stroked: bool) -> bool:
    """White or transparent lines are there to hide something, not to rule a table."""
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    colour_of = raw.FPDFPageObj_GetStrokeColor if stroked else raw.FPDFPageObj_GetFillColor
    if not colour_of(item, red, green, blue, alpha):
        return True
    return alpha.value >= _LEAST_ALPHA and min(red.value, green.value, blue.value) < _PALE


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
