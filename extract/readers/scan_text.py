"""The text of a straight scanned page, strip by strip: characters with their boxes, and which of them aren't sure.

A strip that prints figures is read twice, at another size and with other margins; a sign is read by its shape as well.
What differs between two readings is a doubt, as is a character that the model itself isn't sure of.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean

import cv2
import numpy as np
from numpy.typing import NDArray

from extract.normalize import is_wide
from extract.readers.pdf_page import Doubt, Glyph, Kind
from extract.readers.scan_ink import Grey, Mask
from extract.readers.scan_lines import Strip
from extract.readers.scan_marks import (
    BRACKETS,
    DIGITS,
    FIGURE,
    Mark,
    figures_of,
    least_sure,
    make_mark,
    set_widths,
    signs_among,
    without_signs,
)
from extract.readers.scan_ocr import read_line, threads
from extract.readers.scan_sign_list import SIGNS, Sign
from extract.readers.scan_signs import LIKE, Shape, shape_of

_MARGIN, _OTHER_MARGIN = 0.12, 0.3  # sizes: the paper above and below a strip at the first and the second reading
_STRETCH = 1.12  # how much wider a strip is made for the second reading
_BESIDE = 0.25  # sizes: the paper left and right of it
_SURE_FIGURE = 0.9  # a figure or sign less probable than this is a doubt
_SURE_TEXT = 0.55  # and so is other text
_DOUBTED = 0.4  # the most that a reading counts for that another one contradicts
_AGREED = 0.97  # the least that a sign counts for whose shape says the same
_LIKELY = 0.8  # a sign that was read with this probability outweighs a shape that isn't sure
_POSSIBLE = 0.3  # the least probability with which a sign is read where no shape says so
_SHORT = 14  # characters: a strip as short as this with a figure in it is read twice,
_FIGURES = 0.3  # and a longer one where this share of it is figures
_WIDE_GAP, _NARROW_GAP = 1.0, 0.6  # sizes: less paper beside a Chinese character, or between others, is no gap
_SPACE = 0.3  # sizes: the least width of a space that was read
_END_WIDE, _END_NARROW = 0.9, 0.85  # sizes: ink that reaches farther beyond the middle of a strip's last character
_HOLE = 1.6  # sizes: ink between the middles of two characters farther apart than this is of one that was missed
_CORE = 0.6  # sizes around its middle that are a character's own
_LEAST_INK = 3  # columns of ink that are more than a speck
_NOISE = 0.6  # the mean confidence below which a few marks outside of tables are no text

_NUMBER = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?[%‰]?")
_ODD_FIGURE = re.compile(r"[.,]{2}|\d\d[.,]$|^[.,]\d")  # no figure is written so
_PLAIN = frozenset("-/%‰*★☆√")
_BARS = frozenset("二工")
_DASHES = frozenset("一-—－–_＿")
_DASH = 0.6  # sizes: a longer one is a character
_COLONS = frozenset(":：")
_STROKE = 0.25  # sizes: a lower mark is a stroke
_NEARLY_DIGITS = frozenset("OoQDlI|SsBZz")


@dataclass(frozen=True, slots=True)
class Piece:
    """A strip to read: the number of its cell on the page (-1 outside of tables), and whether it is all that stands
    in that."""

    strip: Strip
    cell: int = -1
    alone: bool = False

    @property
    def in_table(self) -> bool:
        """Whether it stands in a cell."""
        return self.cell >= 0


@dataclass(frozen=True, slots=True)
class PageText:
    """The characters of a page (boxes in pixels) and its doubts."""

    glyphs: tuple[Glyph, ...]
    doubts: tuple[Doubt, ...]


def read_pieces(grey: Grey, ink: Mask, pieces: Sequence[Piece], size: float) -> PageText:
    """Given a picture without rules, its ink, its strips, and the size of characters in pixels, return what they say."""
    glyphs: list[Glyph] = []
    doubts: list[Doubt] = []
    with ThreadPoolExecutor(threads()) as pool:
        found = list(pool.map(lambda piece: _Strip(grey, ink, piece, size).read(), pieces))
    chinese = {
        _text_of(piece, number)
        for number, (piece, (characters, _)) in enumerate(zip(pieces, found, strict=True))
        if _any_wide(characters)
    }
    for number, (piece, (characters, unsure)) in enumerate(zip(pieces, found, strict=True)):
        # A bracket around figures alone is as wide as the brackets around characters of the same cell.
        brackets = BRACKETS if _text_of(piece, number) in chinese and not _any_wide(characters) else {}
        glyphs += [glyph._replace(run=number, text=brackets.get(glyph.text, glyph.text)) for glyph in characters]
        doubts += unsure
    return PageText(tuple(glyphs), tuple(doubts))


def _any_wide(characters: Sequence[Glyph]) -> bool:
    return any(is_wide(glyph.text) for glyph in characters)


def _text_of(piece: Piece, number: int) -> tuple[bool, int]:
    """What a strip is a part of: its cell, or outside of tables itself."""
    return (True, piece.cell) if piece.in_table else (False, number)


class _Strip:
    """One strip on its way from ink to characters."""

    def __init__(self, grey: Grey, ink: Mask, piece: Piece, size: float) -> None:
        self._grey, self._ink, self._piece = grey, ink, piece
        self._box = piece.strip
        self._height = max(self._box.height, 0.8 * size)
        self._size = size
        self._doubts: list[Doubt] = []

    def read(self) -> tuple[list[Glyph], list[Doubt]]:
        """Return the characters of the strip and what isn't sure of them."""
        if dash := self._lone_dash():
            return self._glyphs(dash), []
        marks = self._marks(_MARGIN, 1.0)
        if not marks and self._piece.alone:
            marks = self._lone_sign()
        if not marks:
            if self._box.height > 0.3 * self._size or self._box.x1 - self._box.x0 > 0.5 * self._size:
                self._doubt("unread", "", "")
            return [], self._doubts
        if self._is_noise(marks):
            self._doubt("unread", "", "")
            return [], self._doubts
        self._place(marks)
        marks = self._fill_holes(marks)
        self._read_marks(marks)
        set_widths(marks)
        self._read_signs(marks)
        if self._prints_figures(marks):
            marks = self._read_again(marks)
        self._weigh(marks)
        return self._glyphs(marks), self._doubts

    # --- reading

    def _marks(self, margin: float, stretch: float) -> list[Mark]:
        crop, left = self._crop(margin)
        if stretch != 1.0:
            crop = np.asarray(cv2.resize(crop, None, fx=stretch, fy=1.0, interpolation=cv2.INTER_CUBIC), np.uint8)
        width = crop.shape[1] / stretch
        return [make_mark(one, left + one.middle * width) for one in read_line(crop)]

    def _crop(self, margin: float) -> tuple[Grey, float]:
        """The picture of the strip with paper around it, and the column at which it begins."""
        box, high = self._box, round(self._height * (1 + 2 * margin))
        beside = round(_BESIDE * self._height)
        top = round((box.top + box.bottom) / 2 - high / 2)
        # What stands above and below belongs to other strips: only the strip's own rows are taken.
        crop = np.full((high, box.x1 - box.x0 + 2 * beside), 255, np.uint8)
        first, last = max(0, box.top - 2), min(self._grey.shape[0], box.bottom + 2)
        left, right = max(0, box.x0 - beside), min(self._grey.shape[1], box.x1 + beside)
        first, last = max(first, top), min(last, top + high)
        into = crop[first - top : last - top, left - (box.x0 - beside) : right - (box.x0 - beside)]
        into[:] = self._grey[first:last, left:right]
        return crop, float(box.x0 - beside)

    def _is_noise(self, marks: Sequence[Mark]) -> bool:
        """Whether a strip outside of tables is a part of a picture, not text."""
        if self._piece.in_table:
            return False
        return fmean(mark.confidence for mark in marks) < _NOISE

    def _fill_holes(self, marks: list[Mark]) -> list[Mark]:
        """Read a strip again of which a part has left no character; where a part is still missing that is a doubt."""
        if not self._has_hole(marks):
            return marks
        again = self._marks(_OTHER_MARGIN, _STRETCH)
        if len(again) > len(marks):
            self._place(again)
            marks = again
            if not self._has_hole(marks):
                return marks
        figures = any(mark.text in DIGITS for mark in marks)
        self._doubt("number" if figures else "text", "".join(mark.text for mark in marks), "")
        return marks

    def _has_hole(self, marks: Sequence[Mark]) -> bool:
        """Whether there is ink beside or between the characters that none of them accounts for."""
        height, box = self._height, self._box
        first, last = marks[0], marks[-1]
        for mark, reach in ((first, first.middle - box.x0), (last, box.x1 - last.middle)):
            if reach > (_END_WIDE if is_wide(mark.text) else _END_NARROW) * height and mark.text.strip():
                return True
        for before, after in pairwise(marks):
            if after.middle - before.middle <= _HOLE * height or not (before.text + after.text).strip():
                continue
            low, high = (round(x) for x in (before.middle + _CORE * height, after.middle - _CORE * height))
            part = self._ink[box.top : box.bottom, low:high]
            if part.size and np.count_nonzero(part.any(axis=0)) >= _LEAST_INK:
                return True
        return False

    def _place(self, marks: list[Mark]) -> None:
        """Give each character its columns: from the paper before it to the paper behind it."""
        box = self._box
        columns = np.count_nonzero(self._ink[box.top : box.bottom, box.x0 : box.x1], axis=0)
        edges = [float(box.x0)]
        for before, after in pairwise(marks):
            edges.append(box.x0 + _gap(columns, before.middle - box.x0, after.middle - box.x0))
        edges.append(float(box.x1))
        for mark, first, last in zip(marks, edges, edges[1:], strict=False):
            low, high = round(first) - box.x0, max(round(last) - box.x0, round(first) - box.x0 + 1)
            inked = np.flatnonzero(columns[low:high])
            mark.x0, mark.x1 = first, last
            if len(inked):
                mark.x0, mark.x1 = box.x0 + low + float(inked[0]), box.x0 + low + float(inked[-1]) + 1
                mark.inked = (mark.x0 + mark.x1) / 2
        for before, after in pairwise(marks):
            wide = is_wide(before.text) or is_wide(after.text)
            if after.x0 - before.x1 <= (_WIDE_GAP if wide else _NARROW_GAP) * self._height and before.text.strip():
                before.x1 = after.x0 = (before.x1 + after.x0) / 2

    # --- punctuation

    def _read_marks(self, marks: list[Mark]) -> None:
        """Tell what looks alike in two widths by its width: a dash from a character, Chinese from Western brackets."""
        others = {mark.text for mark in marks} - _DASHES
        for number, mark in enumerate(marks):
            if mark.text in _DASHES and len(marks) > 1 and others <= DIGITS:
                mark.text, mark.confidence = "—" if not self._piece.in_table else "-", max(mark.confidence, _AGREED)
            elif mark.text in _DASHES and len(marks) == 1 and mark.x1 - mark.x0 < _DASH * self._size:
                mark.text, mark.confidence = "-", max(mark.confidence, _AGREED)
            elif mark.text in _COLONS and self._is_point(marks, number):
                mark.text = "."

    def _lone_dash(self) -> list[Mark]:
        """The dash in a cell that holds nothing but a short flat stroke: too little for recognition."""
        box = self._box
        width = box.x1 - box.x0
        if not self._piece.alone or box.height > _STROKE * self._size or width > _DASH * self._size:
            return []
        return [Mark("-", _AGREED, "", (box.x0 + box.x1) / 2, {}, box.x0, box.x1)]

    def _is_point(self, marks: Sequence[Mark], number: int) -> bool:
        """Whether what was read as a colon between figures has ink at the foot of the line only, as a point has."""
        around = [*marks[max(0, number - 1) : number], *marks[number + 1 : number + 2]]
        if len(around) < 2 or any(one.text not in DIGITS for one in around):
            return False
        first, last = round(around[0].x1), max(round(around[0].x1) + 1, round(around[1].x0))
        upper = self._ink[self._box.top : self._box.top + round(0.6 * self._box.height), first:last]
        return not upper.any()

    # --- signs

    def _read_signs(self, marks: list[Mark]) -> None:
        for number, mark in enumerate(marks):
            if mark.text not in SIGNS and mark.text not in LIKE and not signs_among(mark):
                continue
            follows = marks[number + 1].text if number + 1 < len(marks) else ""
            if mark.text in DIGITS and not signs_among(mark):
                continue
            if follows[:1] in DIGITS and follows:
                if number and (marks[number - 1].text in DIGITS or mark.text not in SIGNS):
                    continue
            elif not (self._piece.alone and len(marks) == 1):
                continue
            self._read_sign(mark)

    def _read_sign(self, mark: Mark) -> None:
        """Settle which sign a character is, by its shape and its reading; one of the closed set, or no sign."""
        box = self._box
        first, last = max(0, round(mark.x0) - 2), round(mark.x1) + 2
        shape = shape_of(self._grey[max(0, box.top - 2) : box.bottom + 2, first:last])
        probable = signs_among(mark)
        if mark.text in SIGNS:
            probable[SIGNS[mark.text]] = probable.get(SIGNS[mark.text], 0.0) + mark.confidence
        likeliest = max(probable, key=lambda sign: probable[sign], default=None)
        if likeliest is None and not shape.sure:
            return
        self._settle(mark, shape, likeliest, probable)

    def _lone_sign(self) -> list[Mark]:
        """The sign in a cell of which nothing could be read as a character, where its shape is that of one."""
        box = self._box
        shape = shape_of(self._grey[max(0, box.top - 2) : box.bottom + 2, max(0, box.x0 - 2) : box.x1 + 2])
        if shape.sign is None or box.x1 - box.x0 > 2 * self._size:
            return []
        return [Mark(shape.sign, _DOUBTED, "", (box.x0 + box.x1) / 2, {}, box.x0, box.x1, is_sign=True)]

    def _settle(self, mark: Mark, shape: Shape, likeliest: Sign | None, probable: dict[Sign, float]) -> None:
        read = mark.text
        if likeliest is None:
            # Read as a character that looks like a sign, and its shape is that of the sign.
            if shape.sign is not None and read in LIKE:
                mark.take(shape.sign, _AGREED if read in _BARS else _DOUBTED, read)
        elif shape.sign == likeliest:
            sure = max(_AGREED, sum(probable.values())) if shape.sure else max(mark.confidence, probable[likeliest])
            mark.take(likeliest, sure, mark.other, broad=shape.broad, two_bars=shape.two_bars)
        elif shape.sign is not None:
            chosen = likeliest if probable[likeliest] > _LIKELY and not shape.sure else shape.sign
            mark.take(chosen, _DOUBTED, likeliest if chosen != likeliest else shape.sign)
        elif read in SIGNS:
            mark.take(likeliest, probable[likeliest], mark.other)
        elif probable[likeliest] > _POSSIBLE:
            mark.take(likeliest, _DOUBTED, read)

    # --- figures

    def _prints_figures(self, marks: Sequence[Mark]) -> bool:
        digits = sum(1 for mark in marks if mark.text in FIGURE or mark.text in _NEARLY_DIGITS)
        if not self._piece.in_table or not digits:
            return False
        return len(marks) <= _SHORT or digits >= _FIGURES * len(marks)

    def _read_again(self, marks: list[Mark]) -> list[Mark]:
        """Read a strip of figures once more; where the figures differ the surer reading counts, with doubt."""
        again = self._marks(_OTHER_MARGIN, _STRETCH)
        self._place(again)
        self._read_marks(again)
        first, second = figures_of(marks), figures_of(again)
        if first == second:
            return marks
        signs = [mark for mark in marks if mark.is_sign]
        if without_signs(first) == without_signs(second) and all(mark.confidence >= _AGREED for mark in signs):
            return marks  # they differ in a sign only, and its shape has settled that
        clearer = least_sure(again) > least_sure(marks) and len(again) >= len(marks)
        if not signs and (clearer or (_is_number(again) and not _is_number(marks))):
            marks, first, second = again, second, first
        for mark in marks:
            if mark.text in FIGURE:
                mark.confidence = min(mark.confidence, _DOUBTED)
        self._doubt("number", first, second)
        return marks

    # --- doubts

    def _weigh(self, marks: list[Mark]) -> None:
        figures = sum(1 for mark in marks if mark.text in DIGITS)
        if self._piece.in_table and figures and _ODD_FIGURE.search("".join(mark.text for mark in marks)):
            self._doubt("number", "".join(mark.text for mark in marks), "")
        plain = all(mark.text in FIGURE or mark.text in _NEARLY_DIGITS for mark in marks)
        for mark in marks:
            if mark.is_sign:
                if mark.confidence < _SURE_FIGURE:
                    self._doubt("sign", mark.text, mark.other, mark)
            elif mark.text in DIGITS:
                if mark.confidence < _SURE_FIGURE:
                    self._doubt("number", mark.text, mark.other, mark)
            elif self._piece.alone and len(marks) == 1 and not is_wide(mark.text) and mark.text not in _PLAIN:
                self._doubt("sign", mark.text, mark.other, mark)  # a letter alone in a cell is most often a sign
            elif mark.text in _NEARLY_DIGITS and figures > len(marks) / 2 and plain:
                self._doubt("number", mark.text, mark.other, mark)
            elif mark.confidence < _SURE_TEXT and mark.text.strip():
                self._doubt("sign" if mark.text in SIGNS else "text", mark.text, mark.other, mark)

    def _doubt(self, kind: Kind, read: str, other: str, mark: Mark | None = None) -> None:
        box = self._box
        x = (mark.x0 + mark.x1) / 2 if mark is not None else (box.x0 + box.x1) / 2
        self._doubts.append(Doubt(kind, x, (box.top + box.bottom) / 2, read, other))

    def _glyphs(self, marks: Sequence[Mark]) -> list[Glyph]:
        middle, half = (self._box.top + self._box.bottom) / 2, self._height / 2
        found: list[Glyph] = []
        space = False
        for mark in marks:
            if not mark.text.strip():
                space = True
                continue
            x0 = mark.x0
            if space and found:
                x0 = min(max(x0, found[-1].x1 + _SPACE * self._height), max(mark.x1 - 1, x0))
            space = False
            found.append(
                Glyph(mark.text, x0, middle - half, mark.x1, middle + half, 2 * half, confidence=mark.confidence)
            )
        return found


def _is_number(marks: Sequence[Mark]) -> bool:
    """Whether a strip reads as one figure."""
    return _NUMBER.fullmatch("".join(mark.text for mark in marks)) is not None


def _gap(columns: NDArray[np.intp], before: float, after: float) -> float:
    """The middle of the widest paper between the middles of two characters."""
    first, last = max(0, round(before)), min(len(columns), max(round(after), round(before) + 1))
    part = columns[first:last]
    if not part.size:
        return (before + after) / 2
    empty = np.concatenate(([0], (part == 0).astype(np.int8), [0]))
    edges = np.flatnonzero(np.diff(empty))
    if not len(edges):
        return float(first + int(np.argmin(part))) + 0.5
    runs = list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))
    left, right = max(runs, key=lambda run: run[1] - run[0])
    return float(first + (left + right) / 2)
