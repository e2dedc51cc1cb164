"""The characters of a strip while it is read: what each says, how sure it is, and in which width it is printed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from extract.normalize import fold_characters, is_wide
from extract.readers.scan_ocr import Read
from extract.readers.scan_sign_list import SIGNS, Sign

DIGITS = frozenset("0123456789")
FIGURE = DIGITS | frozenset(".,%-+/‰") | frozenset(SIGNS.values())
BRACKETS = {"(": "（", ")": "）"}
_WESTERN = BRACKETS | {":": "：", ",": "，", ";": "；", "!": "！", "?": "？"}
_CHINESE = {chinese: western for western, chinese in _WESTERN.items()}
_ROUND = frozenset("()（）")
_TWO_WIDTHS = 1.75  # widths: the least distance of the characters on both sides of a Chinese punctuation mark
_TWO_BARS = {"≥": "≧", "≤": "≦"}
_DOUBLE = {"《": "≪", "》": "≫"}


@dataclass(slots=True)
class Mark:
    """A character of a strip: what it says, how sure, what else it may be, and its columns."""

    text: str
    confidence: float
    other: str
    middle: float
    rivals: Mapping[str, float]
    x0: float = 0.0
    x1: float = 0.0
    inked: float | None = None
    is_sign: bool = False

    def take(self, sign: Sign, confidence: float, other: str, *, broad: bool = False, two_bars: bool = False) -> None:
        """Be a sign; of several prints of one sign the one that was read stays. A double wedge as wide as it is high
        is ≪, a narrow one is 《."""
        if SIGNS.get(self.text) != sign or sign == "=":
            self.text = sign
        if two_bars:
            self.text = _TWO_BARS.get(sign, sign)
        if broad:
            self.text = _DOUBLE.get(sign, self.text)
        self.confidence, self.other, self.is_sign = min(1.0, confidence), other, True


def make_mark(read: Read, middle: float) -> Mark:
    """Given a reading and its middle in pixels, return it with what the contract takes for one character (％ and %)
    counted together."""
    text = fold_characters(read.text)
    confidence, other, likeliest = read.confidence, "", 0.0
    for rival, probability in read.rivals.items():
        if (
            fold_characters(rival) == text
            or _WESTERN.get(rival, rival) == _WESTERN.get(text, text)
            or SIGNS.get(rival, "") == SIGNS.get(read.text)
        ):
            confidence += probability
        elif probability > likeliest:
            other, likeliest = rival, probability
    return Mark(text, min(1.0, confidence), other, middle, read.rivals)


def signs_among(mark: Mark) -> dict[Sign, float]:
    """Given a character, return the signs that it may be instead, with their probabilities."""
    found: dict[Sign, float] = {}
    for rival, probability in mark.rivals.items():
        if rival in SIGNS and SIGNS[rival] != SIGNS.get(mark.text):
            found[SIGNS[rival]] = found.get(SIGNS[rival], 0.0) + probability
    return found


def set_widths(marks: Sequence[Mark]) -> None:
    """Set the brackets, commas and colons of a strip as they are printed, in Chinese or in Western width.

    Where Chinese characters stand on both sides these are two widths apart, or less; the others of the strip are taken
    to be like those. Without such, a bracket is Chinese in Chinese text, and a comma or colon beside a character.
    """
    pitch = _pitch(marks)
    votes: dict[bool, list[bool]] = {True: [], False: []}
    for before, mark, after in zip(marks, marks[1:], marks[2:], strict=False):
        if pitch and _is_punctuation(mark.text) and _is_character(before.text) and _is_character(after.text):
            votes[mark.text in _ROUND].append(_middle(after) - _middle(before) < _TWO_WIDTHS * pitch)
    chinese = any(_is_character(mark.text) for mark in marks)
    for number, mark in enumerate(marks):
        if not _is_punctuation(mark.text):
            continue
        around = [*marks[max(0, number - 1) : number], *marks[number + 1 : number + 2]]
        said = votes[mark.text in _ROUND]
        if mark.text not in _ROUND and around and all(one.text in DIGITS for one in around):
            continue
        if said and any(is_wide(one.text) for one in around):
            is_western = sum(said) * 2 > len(said)
        elif chinese and (mark.text in _ROUND or any(is_wide(one.text) for one in around)):
            is_western = False
        else:
            continue
        mark.text = _CHINESE.get(mark.text, mark.text) if is_western else _WESTERN.get(mark.text, mark.text)


def _is_punctuation(text: str) -> bool:
    return text in _WESTERN or text in _CHINESE


def _is_character(text: str) -> bool:
    return is_wide(text) and text not in _CHINESE


def _middle(mark: Mark) -> float:
    """The middle of a character's ink."""
    return mark.inked if mark.inked is not None else (mark.x0 + mark.x1) / 2


def _pitch(marks: Sequence[Mark]) -> float:
    """The distance from a Chinese character to the next of a strip; 0 where no two stand side by side."""
    pairs = [(one, two) for one, two in pairwise(marks) if _is_character(one.text) and _is_character(two.text)]
    return median(_middle(two) - _middle(one) for one, two in pairs) if pairs else 0.0


def figures_of(marks: Sequence[Mark]) -> str:
    """Given characters, return the figures and signs among them."""
    return "".join(SIGNS.get(mark.text, mark.text) for mark in marks if mark.text in FIGURE or mark.text in SIGNS)


def without_signs(text: str) -> str:
    """Given figures and signs, return the figures."""
    return "".join(character for character in text if character not in SIGNS)


def least_sure(marks: Sequence[Mark]) -> float:
    """Given characters, return how sure the least sure one is."""
    return min((mark.confidence for mark in marks), default=0.0)
