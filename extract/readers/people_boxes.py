"""Names and telephones of people on the lines of a page: the boxes to cover in its picture."""

from __future__ import annotations

from collections.abc import Sequence

from extract.people import GAP, find_people_in, may_name_people
from extract.readers.pdf_page import Glyph, PageContent
from extract.readers.pdf_text import enclosing, group_lines
from ontology.records import Box

_WORD_GAP, _COLUMN_GAP = 0.25, 1.5  # character sizes: a wider gap stands for a space, or parts two texts


def find_people_boxes(content: PageContent) -> list[Box]:
    """Given a page's content, return the boxes, in points of the page as displayed, of what names people with a label
    and a colon before it ("填报人：…") or is a telephone, in its tables and outside of them."""
    if content.reading == "text" and not may_name_people("".join(glyph.text for glyph in content.glyphs)):
        return []
    boxes = []
    for line in group_lines(content.glyphs):
        text, owners = _spaced(line)
        for start, end in find_people_in(text):
            covered = [glyph for glyph in owners[start:end] if glyph is not None]
            if covered:
                box = enclosing([Box(glyph.x0, glyph.top, glyph.x1, glyph.bottom) for glyph in covered])
                boxes.append(content.displayed(box))
    return boxes


def _spaced(line: Sequence[Glyph]) -> tuple[str, list[Glyph | None]]:
    """A line's text with its gaps, and for each character of it the glyph that printed it."""
    text, owners = "", list[Glyph | None]()
    before: Glyph | None = None
    for glyph in line:
        gap = 0.0 if before is None else (glyph.x0 - before.x1) / max(before.size, glyph.size, 1.0)
        if gap > _WORD_GAP:
            text += GAP if gap > _COLUMN_GAP else " "
            owners.append(None)
        text += glyph.text
        owners += [glyph] * len(glyph.text)
        before = glyph
    return text, owners
