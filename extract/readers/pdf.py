"""Digital PDF to `Document`: paragraphs and tables in reading order, each with its place.

Pages are read one at a time and given back at once, so that memory does not grow with the document. pdfium reads every
page: it is fast enough that no page has to be passed over, and so no form can be missed. Where it finds characters
without an encoding, pdfplumber reads the page again and the better of the two counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pdfplumber
import pypdfium2 as pdfium
from pdfplumber.utils.exceptions import PdfminerException

from extract.grid import Document
from extract.readers import pdf_pdfium, pdf_plumber
from extract.readers.paged import PageCollector
from extract.readers.pdf_open import open_pdf
from extract.readers.pdf_page import PageContent
from ontology.issues import issue
from ontology.records import Issue, Place

_GARBLED = 0.2  # the share of characters without an encoding above which a page's text is not text


def read(path: Path, *, pages: Sequence[int] | None = None) -> Document:
    """Given a PDF's path (and the pages to read, from 1; all by default), return the document.

    Raise UnreadableDocumentError where the file is empty, cut off, broken, encrypted or no PDF.
    """
    collector = PageCollector()
    with open_pdf(path) as document:
        count = len(document)
        title = document.get_metadata_value("Title") or None
        for number in range(1, count + 1):
            if pages is None or number in pages:
                content = _content(document, path, number, collector.issues)
                if content is not None:
                    collector.add(content)
    return collector.document(count, title)


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
