"""Running text as passages: paragraphs that a page break cut are joined, headings are told apart from what they head.

A passage keeps for every character of its compared text the paragraph and the place in it, so that whatever is found
can be quoted as printed and leads to its page.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from extract.grid import Block, Document, Paragraph
from ontology.facts import fact_rules, fold_prose
from ontology.records import Place

_ONE_FORM = str.maketrans({"(": "（", ")": "）", ":": "：", ";": "；", "∶": "：", "．": ".", "!": "！", "?": "？"})
_COMMA = re.compile(r"(?<!\d),|,(?!\d{3}(?!\d))")

# The numbers of headings and lists, from the outermost to the innermost.
_LEVELS = (
    re.compile(r"第[一二三四五六七八九十\d]{1,3}(?:部分|章)[：、]?"),
    re.compile(r"[一二三四五六七八九十]{1,3}[、.]"),
    re.compile(r"（[一二三四五六七八九十]{1,3}）[、.]?"),
    re.compile(r"\d{1,2}(?:、|[.](?!\d)|[.](?=20\d\d年))"),
    re.compile(r"（?\d{1,2}）[、.]?"),
    re.compile(r"[①-⑳]"),
)
_TERMINAL = "。；：！？…"
_LONGEST_HEADING = 60
_TITLE_END = re.compile(r"(?:说明|概况|情况|职能|职责|解释|设置|构成|附件|报告)：?$")
_TABLE_END = re.compile(r"表[\d一二三四五六七八九十]*：?$")
_INLINE_HEADING = re.compile(r"[^，。；：\d]{2,20}(?:情况|说明|安排|构成|事项|结果)(?:（[^）]{1,12}）)?：")
_CONTENTS = re.compile(r"[.．…·]{4,}\s*\d*$")
_INDENT = 6.0
"""How many points a line is set in where a paragraph begins."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """A paragraph of a passage: where it begins in the compared text, and its number in the document."""

    start: int
    paragraph: Paragraph
    number: int


@dataclass
class Passage:
    """A paragraph as it reads, with the headings above it.

    `text` is what rules compare: no white space, brackets and punctuation in one form. `level` is that of its own
    number (None where it has none), `body` where what follows the number begins.
    """

    text: str
    headings: tuple[str, ...]
    level: int | None
    body: int
    is_heading: bool
    _pieces: tuple[_Piece, ...] = field(repr=False)
    _index: array[int] = field(repr=False)

    def printed(self, start: int, end: int) -> str:
        """What was printed from one place of the compared text to another."""
        found: list[str] = []
        for number, piece in enumerate(self._pieces):
            following = self._pieces[number + 1].start if number + 1 < len(self._pieces) else len(self.text)
            first, last = max(start, piece.start), min(end, following) - 1
            if first <= last:
                found.append(piece.paragraph.text[self._index[first] : self._index[last] + 1])
        return "".join(found)

    def _piece(self, at: int) -> _Piece:
        return self._pieces[bisect_right(self._pieces, at, key=lambda piece: piece.start) - 1]

    def place(self, at: int) -> Place:
        """Where a character of the compared text was printed."""
        piece = self._piece(at)
        return replace(piece.paragraph.place, paragraph=piece.number)

    def paragraph(self, at: int) -> str:
        """The text of the paragraph that a character of the compared text was printed in."""
        return self._piece(at).paragraph.text

    @property
    def first_place(self) -> Place:
        """Where the passage begins."""
        return self.place(0)

    @cached_property
    def sentences(self) -> tuple[tuple[int, int], ...]:
        """Where sentences begin and end in the compared text."""
        ends = [match.end() for match in re.finditer(r"[。！？]", self.text)]
        if not ends or ends[-1] < len(self.text):
            ends.append(len(self.text))
        return tuple(zip([0, *ends[:-1]], ends, strict=True))


def read_passages(document: Document) -> list[Passage]:
    """Given a document, return the passages of its running text in reading order."""
    passages: list[Passage] = []
    headings: dict[int, str] = {}
    for group in _groups(document.blocks):
        passage = _make_passage(group, headings)
        if passage is None:
            continue
        passages.append(passage)
        if passage.level is not None:
            for deeper in [level for level in headings if level >= passage.level]:
                del headings[deeper]
            if passage.is_heading:
                headings[passage.level] = passage.text
        elif passage.is_heading and _TITLE_END.search(passage.text):
            headings = {0: passage.text}
    return passages


def _groups(blocks: Sequence[Block]) -> Iterator[list[tuple[int, Paragraph]]]:
    """The paragraphs that read as one, with their numbers; a table ends a paragraph."""
    open_group: list[tuple[int, Paragraph]] = []
    number = 0
    for block in blocks:
        if not isinstance(block, Paragraph):
            if open_group:
                yield open_group
            open_group = []
            continue
        number += 1
        if not block.text.strip():
            continue
        if open_group and not _goes_on(open_group[-1][1], block):
            yield open_group
            open_group = []
        open_group.append((number, block))
    if open_group:
        yield open_group


def _goes_on(before: Paragraph, after: Paragraph) -> bool:
    """Whether a paragraph goes on in the next one: its sentence is open, and the next begins no paragraph."""
    first, second = "".join(before.text.split()), "".join(after.text.split())
    if not first or first[-1] in _TERMINAL or first[-1] in ":;" or _CONTENTS.search(first):
        return False
    if any(level.match(second) for level in _LEVELS[:4]) or _starts_circled(second):
        return False
    inside = _ends_inside(first)
    if not inside and _is_heading(first, _number(first)[1]) and (_number(first)[0] is not None or _is_title(first)):
        return False
    boxes = before.place.box, after.place.box
    if boxes[0] is None or boxes[1] is None:
        is_cut = (
            len(first) >= 20
            and bool(re.search(r"[，；。：,;]", first))
            and not re.search(r"(?:元|%|[个辆名人次])$", first)
        )
        return (inside or is_cut) and not (_is_heading(second, 0) and _is_title(second))
    if boxes[1].x0 > boxes[0].x0 + 1:  # set in: a new paragraph
        return False
    crosses = before.place.page != after.place.page
    is_open = inside or bool(re.search(r"[，、；。,]", first)) or (crosses and len(first) >= 20)
    return is_open and (crosses or boxes[1].x0 < boxes[0].x0 - _INDENT)


def _is_title(text: str) -> bool:
    return bool(_TITLE_END.search(text) or _TABLE_END.search(text))


def _starts_circled(text: str) -> bool:
    return bool(_LEVELS[4].match(text) or _LEVELS[5].match(text))


def _ends_inside(text: str) -> bool:
    """Whether a line without punctuation ends inside a name of the classification or a bracket."""
    return text.count("（") > text.count("）") or bool(re.search(r"（[类款]）[^（）。，]*$", text))


def _make_passage(group: list[tuple[int, Paragraph]], headings: dict[int, str]) -> Passage | None:
    characters: list[str] = []
    index = array("I")
    pieces: list[_Piece] = []
    for number, paragraph in group:
        pieces.append(_Piece(len(characters), paragraph, number))
        folded = _COMMA.sub("，", paragraph.text.translate(_ONE_FORM))
        for at, character in enumerate(folded):
            if not character.isspace():
                characters.append(character)
                index.append(at)
    text = "".join(characters)
    if not text or _CONTENTS.search(text):
        return None
    level, body = _number(text)
    above = [headings[key] for key in sorted(headings) if level is None or key < level]
    inline = _INLINE_HEADING.match(text, body) if level is not None else None
    if inline is not None:  # （一）机关运行经费情况：2024年…
        above.append(text[: inline.end() - 1])
        body = inline.end()
    return Passage(
        text,
        tuple(above),
        level,
        body,
        _is_heading(text, body) or body == len(text),
        tuple(pieces),
        index,
    )


def _number(text: str) -> tuple[int | None, int]:
    for level, pattern in enumerate(_LEVELS):
        if match := pattern.match(text):
            return level, match.end()
    return None, 0


def _is_heading(text: str, body: int) -> bool:
    """A short line that is no sentence; one that ends with a colon heads what follows it only where nothing precedes."""
    if len(text) > _LONGEST_HEADING or re.search(r"[。；！？]|，.*，|\d万?元", text):
        return False
    return not text.endswith(("，", "、")) and "：" not in text[body:-1] and len(text) > body


def is_glossary(passage: Passage) -> bool:
    """Whether a passage stands where words are explained, or duties told: nothing there is said of the year."""
    words = (*fact_rules().words["glossary"], *fact_rules().words["unread_headings"])
    return any(word in fold_prose(heading) for heading in passage.headings for word in words)
