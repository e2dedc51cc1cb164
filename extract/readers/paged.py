"""Pages to `Document`, whatever they were read from: the tables and paragraphs of each page, then those of all together.

A reader gives the content of its pages one at a time; what a page carries on to the next, running heads, watermarks and
tables over several pages are seen to here.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from typing import TypeGuard

from extract.form_regions import may_hold_form
from extract.grid import Document, Grid, Paragraph
from extract.lattice import Lattice, Rule, find_lattices
from extract.money_rows import may_hold_money
from extract.normalize import clean_text
from extract.people import find_people_places
from extract.piece_columns import Carried
from extract.readers.pdf_draft import Draft, PageDrafts, align_parts, cell_of, read_drafts
from extract.readers.pdf_page import Glyph, PageContent
from extract.readers.pdf_partly import whole_lattices
from extract.readers.pdf_text import paragraphs, read_lines
from extract.readers.pdf_words import read_words
from extract.readers.people_boxes import find_people_boxes
from extract.readers.scan_align import align_scans
from extract.readers.scan_doubts import doubt_issues
from extract.row_lines import read_row_ruled
from extract.stitch import stitch
from extract.unruled import UnruledPage, read_unruled
from ontology.issues import issue
from ontology.records import Box, Issue, Place

_GAP_BETWEEN_TEXTS = 2.5  # character sizes: what stands farther apart on a line outside of tables is two texts
_MARGIN = 0.12  # the share of a page's height at its head and foot in which a page number stands
_PAGE_NUMBER = re.compile(r"[-–—―\s·.]*(?!(?:19|20)\d\d$)(?:[第共]?\s*\d{1,4}\s*页?[\s,，/／]*){1,2}[-–—―\s·.]*")
_EDGE = 0.08  # the share of a page's height in which a running head or foot stands
_RUNNING = 4  # pages: a line at the edge of so many, and of half of all pages, is a running head


on_page: ContextVar[Callable[[int], None] | None] = ContextVar("on_page", default=None)
"""What is told the number of each page as it is taken in, where somebody waits for a long reading."""


class PageCollector:
    """The pages of a document as they are read: `add` each, then ask for the `document`. `issues` may be added to."""

    def __init__(self) -> None:
        self.issues: list[Issue] = []
        self._blocks: list[Paragraph | Draft] = []
        self._carried: Carried | None = None
        self._at_edge: Counter[str] = Counter()
        self._slanted: dict[str, list[int]] = {}
        self._scanned: list[int] = []
        self._people: list[Place] = []

    def add(self, content: PageContent) -> None:
        """Take in the content of the next page."""
        tell = on_page.get()
        if tell is not None:
            tell(content.number)
        if content.reading == "ocr" and not content.glyphs:
            self.issues.append(issue("page.no_text", Place(page=content.number), page=content.number))
            return
        if content.slanted:
            self._slanted.setdefault(content.slanted, []).append(content.number)
        self._people += [Place(page=content.number, box=box) for box in find_people_boxes(content)]
        found, self._carried = _page_blocks(content, self._carried, self.issues)
        if content.reading == "ocr":
            self._scanned.append(content.number)
            if content.turn:
                place = Place(page=content.number)
                self.issues.append(issue("page.turned", place, page=content.number, degrees=content.turn))
            self.issues += doubt_issues(content, found)
        self._blocks += found
        self._at_edge.update({block.text for block in found if _is_at_edge(block, content.height)})

    def document(self, pages: int, title: str | None) -> Document:
        """Given the number of pages and the title that the file itself gives, return the document."""
        for text, on in self._slanted.items():
            self.issues.append(issue("text.slanted", Place(page=on[0]), text=text, count=len(on)))
        if self._scanned:
            place = Place(page=self._scanned[0], reading="ocr")
            self.issues.append(issue("page.scanned", place, pages=_ranges(self._scanned)))
        running = frozenset(text for text, times in self._at_edge.items() if times >= max(_RUNNING, pages / 2))
        drafts = [block for block in self._blocks if isinstance(block, Draft)]
        align_parts(drafts)
        align_scans(drafts)
        tables = [block.table() if isinstance(block, Draft) else block for block in self._blocks]
        blocks = tuple(stitch(tables, self.issues, running))
        people = [
            *self._people,
            *(place for grid in blocks if isinstance(grid, Grid) for place in find_people_places(grid)),
        ]
        return Document(blocks, pages, title, tuple(self.issues), tuple(dict.fromkeys(people)))


def _ranges(numbers: Sequence[int]) -> str:
    """Page numbers as people write them: 1-9, 12."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)


def _is_at_edge(block: Paragraph | Draft, height: float) -> TypeGuard[Paragraph]:
    if isinstance(block, Draft) or block.place.box is None:
        return False
    return block.place.box.bottom < _EDGE * height or block.place.box.top > (1 - _EDGE) * height


# --- one page


def _page_blocks(
    content: PageContent, carried: Carried | None, issues: list[Issue]
) -> tuple[list[Paragraph | Draft], Carried | None]:
    """The blocks of a page from top to bottom, without its page number, given what the page before carries on; and what
    this one carries on."""
    lattices = find_lattices(content.rules)
    found = read_drafts(content, lattices, ())
    whole = whole_lattices(found)
    unruled = _unruled(content, found, whole, carried)
    if unruled.unread:
        reason = (
            "没有画线，文字的位置不足以分出行列",
            "it has no lines, and the places of its words don't tell rows and columns",
        )
        told = "、".join(unruled.unread)
        issues.append(issue("form.unread", Place(page=content.number), labels=told, reason=reason))
    if unruled.tables:
        found = read_drafts(content, whole, unruled.tables)
    placed: list[tuple[float, float, Paragraph | Draft]] = [
        (draft.lattice.ys[0], draft.lattice.xs[0], draft) for draft in found.drafts
    ]
    for text, box in paragraphs(read_lines(found.outside, split_gap=_GAP_BETWEEN_TEXTS), content.width):
        if not _is_page_number(text, box, content.height):
            place = Place(page=content.number, box=content.displayed(box))
            placed.append((box.top, box.x0, Paragraph(text, place)))
    placed.sort(key=lambda entry: entry[:2])
    return [block for _, _, block in placed], unruled.carried


def _is_page_number(text: str, box: Box, height: float) -> bool:
    at_edge = box.bottom < _MARGIN * height or box.top > (1 - _MARGIN) * height
    return at_edge and _PAGE_NUMBER.fullmatch(text) is not None


def _unruled(content: PageContent, found: PageDrafts, whole: Sequence[Lattice], carried: Carried | None) -> UnruledPage:
    """The tables of a page that its lines don't tell, where it prints the heads of a form outside of all others or the
    page before carries one on."""
    if len(whole) == len(found.drafts):
        outside = found.outside
    else:
        outside = [glyph for glyph in content.glyphs if cell_of(glyph, whole) is None]
    lines = read_lines(outside)
    if carried is None and not any(may_hold_form(line.text) or may_hold_money(line.text) for line in lines):
        return UnruledPage()
    numbers = [line.box for line in lines if _is_page_number(clean_text(line.text), line.box, content.height)]
    words = read_words([glyph for glyph in outside if not any(_lies_in(glyph, box) for box in numbers)])
    rules = [rule for rule in content.rules if not any(_is_of(rule, lattice.box) for lattice in whole)]
    by_lines = read_row_ruled(words, rules, content.height, carried)
    goes_on = any(table.goes_on for table in by_lines.tables)
    by_words = read_unruled(by_lines.rest, None if goes_on else carried)
    foot = max((table.lattice.ys[-1] for table in by_lines.tables), default=0.0)
    is_last = bool(by_lines.tables) and all(table.lattice.ys[-1] < foot for table in by_words.tables)
    tables = (*by_lines.tables, *by_words.tables)
    return UnruledPage(tables, by_lines.carried if is_last else by_words.carried, by_words.unread)


def _is_of(rule: Rule, box: Box) -> bool:
    """Whether a line is one of a table's: half way along it lies within the table."""
    middle = (rule.start + rule.end) / 2
    x, y = (middle, rule.at) if rule.horizontal else (rule.at, middle)
    return box.x0 - 1 <= x <= box.x1 + 1 and box.top - 1 <= y <= box.bottom + 1


def _lies_in(glyph: Glyph, box: Box) -> bool:
    return box.x0 <= glyph.x <= box.x1 and box.top <= glyph.y <= box.bottom
