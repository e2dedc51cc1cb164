"""Pictures of pages to `Document`: a scan (PNG, JPEG, TIFF of one or many pages, BMP) read by recognising its text.

Pages are read one at a time and given back, so that memory does not grow with the file. What is in a page's picture is
brought to the same plain data as a digital page; tables, paragraphs and forms are then found as they are there.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from pathlib import Path

from extract.errors import UnreadableDocumentError
from extract.grid import Document
from extract.readers.paged import PageCollector
from extract.readers.scan_image import count_pages, open_page, sized
from extract.readers.scan_page import read_picture
from ontology.issues import issue
from ontology.records import Place

SCALE = 200 / 72  # pixels to the point: the recognition of text gains little from more
_MOST_PIXELS = 24_000_000  # of a page at that scale


def working_scale(width: float, height: float) -> float:
    """Given a page's size in points, return the pixels to the point at which its picture is read."""
    return min(SCALE, sqrt(_MOST_PIXELS / (width * height)))


def read(path: Path, *, pages: Sequence[int] | None = None) -> Document:
    """Given a file of pictures (and the pages to read, from 1; all by default), return the document.

    Raise UnreadableDocumentError where the file is broken, or its pictures are larger than can be read.
    """
    collector = PageCollector()
    count = count_pages(path)
    for number in range(1, count + 1):
        if pages is not None and number not in pages:
            continue
        try:
            picture, width, height = open_page(path, number)
        except UnreadableDocumentError as error:
            if count == 1:
                raise
            collector.issues.append(issue("page.failed", Place(page=number), page=number, reason=error))
            continue
        scale = working_scale(width, height)
        collector.add(read_picture(sized(picture, width * scale / picture.width), scale, number))
    return collector.document(count, None)
