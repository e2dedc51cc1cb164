"""Digital PDF to `Document`: paragraphs and tables in reading order, each with its place.

Pages are read one at a time and given back at once, so that memory does not grow with the document. pdfium reads every
page: it is fast enough that no page has to be passed over, and so no form can be missed. Where it finds characters
without an encoding, pdfplumber reads the page again and the better of the two counts. A page that is a scan, or whose
text cannot be relied on, is read from its picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pdfplumber
import pypdfium2 as pdfium
from pdfplumber.utils.exceptions import MalformedPDFException, PdfminerException

from extract.grid import Document
from extract.readers import pdf_pdfium, pdf_plumber
from extract.readers.paged import PageCollector
from extract.readers.pdf_open import open_pdf
from extract.readers.pdf_page import PageContent
from extract.readers.pdf_scanned import is_clearer, is_doubtful, odd_share, picture_instead, read_rendered
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
        scanned = picture_instead(page, content)
        if scanned is None and is_doubtful(content):
            scanned = _reread(page, path, content, issues)
    finally:
        page.close()
    if scanned is not None:
        return scanned
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


def _reread(page: pdfium.PdfPage, path: Path, content: PageContent, issues: list[Issue]) -> PageContent | None:
    """What the picture of a page says, where its own text cannot be relied on and the picture is clearly better."""
    if content.unmapped and not is_doubtful(_second_opinion(path, content)):
        return None
    found = read_rendered(page, content.number)
    if not is_clearer(found, content):
        return None
    share = f"{100 * odd_share(content):.0f}%"
    reason = (f"{share}的字符没有正确的编码", f"{share} of its characters have no proper encoding")
    issues.append(issue("page.reread", Place(page=content.number), page=content.number, reason=reason))
    return found


def _second_opinion(path: Path, first: PageContent) -> PageContent:
    """The page as pdfplumber reads it; the first reading again where it cannot."""
    try:
        with pdfplumber.open(path, pages=[first.number]) as pdf:
            return pdf_plumber.read_page(pdf.pages[0], first.number)
    except (PdfminerException, MalformedPDFException):
        return first
