"""A page's content by pdfium: characters with their boxes, and the lines that are drawn.

pdfium's coordinates start at the bottom left of the unrotated page; everything leaves here in points from the top left
of the page as displayed. Its own layout (the spaces and line breaks that it makes up) is not used.
"""

from __future__ import annotations

import ctypes
from collections import Counter
from collections.abc import Iterator, Sequence
from math import degrees
from typing import Any

import pypdfium2 as pdfium
from pypdfium2 import raw

from extract.readers.pdf_lines import ToPage, read_drawn
from extract.readers.pdf_page import UNMAPPED, Glyph, PageContent, Rectangle, drop_doubled

_HYPHENS = {0x2, 0xFFFE}  # what pdfium gives for a hyphen at the end of a line
_SPACES = {0x20, 0x0D, 0x0A, 0x09, 0xA0, 0x3000}  # printed or made up: distances tell more
_FAR = 1e6  # points: farther than any page reaches
_MOST = 0.3  # the share of a page that an image covers where the page is a scan
_MOST_TEXT = 0.6  # the share of a page's text that says which way is up
_SLANT = 10  # degrees off the upright or level from which text is slanted


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
    drawn = read_drawn(page, to_page)
    glyphs, slanted = [], []
    for text, corners, angle, item in printed:
        glyph = _glyph(text, corners, to_page, drawn.written.get(item, -1))
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
        tuple(drawn.rules),
        doubled=len(glyphs) - len(once),
        unmapped=unmapped,
        turn=(upright - rotation) % 360,
        slanted="".join(slanted),
        areas=tuple(drawn.areas),
        is_picture=drawn.largest_image > _MOST * width * height,
    )


# --- characters


Printed = tuple[str, Rectangle, float, int]
"""A character with its box in pdfium's coordinates, the angle of its line in degrees, as the clock goes, and the
address of the text object that it belongs to."""


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
            clip, angle, item = looks.of(handle, index)
            if clip is not None:
                x, y = (left + right) / 2, (top + bottom) / 2
                if not (clip[0] - 1 <= x <= clip[2] + 1 and clip[1] - 1 <= y <= clip[3] + 1):
                    continue
            if code == 0 or raw.FPDFText_HasUnicodeMapError(handle, index) == 1:
                text = UNMAPPED
                unmapped += 1
            else:
                text = "-" if code in _HYPHENS else chr(code)
            found.append((text, (left, top, right, bottom), angle, item))
        return found, unmapped
    finally:
        textpage.close()


def _upright(printed: Sequence[Printed], rotation: int) -> int:
    """The rotation of the page (a quarter turn of 0 to 3) at which most of its text is upright."""
    quarters = Counter(-round(angle / 90) % 4 * 90 for _, _, angle, _ in printed)
    best = max(quarters, key=lambda quarter: quarters[quarter], default=rotation)
    # A few labels on the side of a page do not turn it.
    return best if quarters[best] > _MOST_TEXT * len(printed) else rotation


def _glyph(text: str, corners: Rectangle, to_page: ToPage, run: int) -> Glyph:
    x0, y0 = to_page(corners[0], corners[1])
    x1, y1 = to_page(corners[2], corners[3])
    if x1 < x0:
        x0, x1 = x1, x0
    if y1 < y0:
        y0, y1 = y1, y0
    return Glyph(text, x0, y0, x1, y1, y1 - y0, run)


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
    """What the characters of a text object have in common: what their clipping paths leave open, their angle, and the
    object's address."""

    def __init__(self) -> None:
        self._by_object: dict[int, tuple[Rectangle | None, float, int]] = {}
        self._by_innermost: dict[tuple[float, ...], Rectangle] = {}

    def of(self, handle: Any, index: int) -> tuple[Rectangle | None, float, int]:
        """Given a text page and a character's index, return what it may be seen in, its angle in degrees, and the
        address of its text object."""
        text = raw.FPDFText_GetTextObject(handle, index)
        key = ctypes.addressof(text.contents) if text else 0
        found = self._by_object.get(key)
        if found is None:
            angle = degrees(raw.FPDFText_GetCharAngle(handle, index))
            found = self._by_object[key] = (self._open_box(text) if text else None, angle, key)
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
