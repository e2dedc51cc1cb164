"""Digital PDF to `Document`: paragraphs and tables in reading order, each with its place.

Pages are read one at a time and given back at once, so that memory does not grow with the document. pdfium reads every
page: it is fast enough that no page has to be passed over, and so no form can be missed. Where it finds characters
without an encoding, pdfplumber reads the page again and the better of the two counts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TypeGuard

import pdfplumber
import pypdfium2 as pdfium
from pdfplumber.utils.exceptions import PdfminerException

from extract.form_regions import may_hold_form
from extract.grid import Document, Paragraph
from extract.lattice import Lattice, find_lattices
from extract.normalize import clean_text
from extract.piece_columns import Carried
from extract.readers import pdf_pdfium, pdf_plumber
from extract.readers.pdf_draft import Draft, PageDrafts, align_parts, cell_of, read_drafts
from extract.readers.pdf_open import open_pdf
from extract.readers.pdf_page import Glyph, PageContent
from extract.readers.pdf_partly import whole_lattices
from extract.readers.pdf_text import paragraphs, read_lines
from extract.readers.pdf_words import read_words
from extract.stitch import stitch
from extract.unruled import UnruledPage, read_unruled
from ontology.issues import issue
from ontology.records import Box, Issue, Place

_GAP_BETWEEN_TEXTS = 2.5  # character sizes: what stands farther apart on a line outside of tables is two texts
_MARGIN = 0.12  # the share of a page's height at its head and foot in which a page number stands
_PAGE_NUMBER = re.compile(r"[-–—―\s·.]*(?!(?:19|20)\d\d$)(?:[第共]?\s*\d{1,4}\s*页?[\s,，/／]*){1,2}[-–—―\s·.]*")
_EDGE = 0.08  # the share of a page's height in which a running head or foot stands
_RUNNING = 4  # pages: a line at the edge of so many, and of half of all pages, is a running head
_GARBLED = 0.2  # the share of characters without an encoding above which a page's text is not text


def read(path: Path, *, pages: Sequence[int] | None = None) -> Document:
    """Given a PDF's path (and the pages to read, from 1; all by default), return the document.

    Raise UnreadableDocumentError where the file is empty, cut off, broken, encrypted or no PDF.
    """
    blocks: list[Paragraph | Draft] = []
    carried: Carried | None = None
    issues: list[Issue] = []
    at_edge: Counter[str] = Counter()
    slanted: dict[str, list[int]] = {}
    with open_pdf(path) as document:
        count = len(document)
        title = document.get_metadata_value("Title") or None
        for number in range(1, count + 1):
            if pages is None or number in pages:
                content = _content(document, path, number, issues)
                if content is not None:
                    if content.slanted:
                        slanted.setdefault(content.slanted, []).append(number)
                    found, carried = _page_blocks(content, carried, issues)
                    blocks += found
                    at_edge.update({block.text for block in found if _is_at_edge(block, content.height)})
    for text, on in slanted.items():
        issues.append(issue("text.slanted", Place(page=on[0]), text=text, count=len(on)))
    running = frozenset(text for text, times in at_edge.items() if times >= max(_RUNNING, count / 2))
    align_parts([block for block in blocks if isinstance(block, Draft)])
    tables = [block.table() if isinstance(block, Draft) else block for block in blocks]
    return Document(tuple(stitch(tables, issues, running)), count, title, tuple(issues))


def _is_at_edge(block: Paragraph | Draft, height: float) -> TypeGuard[Paragraph]:
    if isinstance(block, Draft) or block.place.box is None:
        return False
    return block.place.box.bottom < _EDGE * height or block.place.box.top > (1 - _EDGE) * height


def _content(document: pdfium.PdfDocument, path: Path, number: int, issues: list[Issue]) -> PageContent | None:
    """A page's content; None, and an issue, where it cannot be read."""
    place = Place(page=number)
    try:
        page = document[number - 1]
    except pdfium.PdfiumError as error:
        issues.append(issue("page.failed", place, page=number, reason=error))
        return None
    try:
        content = pdf_pdfium.read_page(page, number)
        picture = not content.glyphs and pdf_pdfium.is_picture(page)
    finally:
        page.close()
    if picture:
        issues.append(issue("page.no_text", place, page=number))
        return None
    if content.unmapped:
        content = min((content, _second_opinion(path, content)), key=lambda one: one.unmapped)
    if content.doubled:
        issues.append(issue("page.duplicates", place, page=number, count=content.doubled))
    if content.unmapped > _GARBLED * len(content.glyphs):
        share = f"{100 * content.unmapped // len(content.glyphs)}%"
        issues.append(issue("page.garbled", place, page=number, ratio=share))
        return None
    if content.unmapped:
        issues.append(issue("text.unmapped", place, page=number, count=content.unmapped))
    return content


def _second_opinion(path: Path, first: PageContent) -> PageContent:
    """The page as pdfplumber reads it; the first reading again where it cannot."""
    try:
        with pdfplumber.open(path, pages=[first.number]) as pdf:
            return pdf_plumber.read_page(pdf.pages[0], first.number)
    except PdfminerException:
        return first


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
        reason = "没有画线，文字的位置不足以分出行列 (no lines; the places of its words don't tell rows and columns)"
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
    if carried is None and not any(may_hold_form(line.text) for line in lines):
        return UnruledPage()
    numbers = [line.box for line in lines if _is_page_number(clean_text(line.text), line.box, content.height)]
    words = read_words([glyph for glyph in outside if not any(_lies_in(glyph, box) for box in numbers)])
    return read_unruled(words, carried)


def _lies_in(glyph: Glyph, box: Box) -> bool:
    return box.x0 <= glyph.x <= box.x1 and box.top <= glyph.y <= box.bottom
