"""Pages of a PDF that are better read from their picture: scans, and pages whose own text cannot be relied on."""

from __future__ import annotations

import unicodedata
from functools import cache
from statistics import fmean

import numpy as np
import pypdfium2 as pdfium
from pypdfium2 import raw

from extract.readers.pdf_lines import DEEPEST
from extract.readers.pdf_page import UNMAPPED, PageContent

_FEW = 60  # characters: a page of pictures with no more of them may be a scan with a stamp or a number set on it
_MORE = 2  # times as many characters in the picture than in the text: the picture is the page
_INVISIBLE = 0.8  # the share of invisible texts that makes a page a scan with the text of an older recognition
_ODD = 0.03  # the share of characters that no Chinese text has from which a page's text isn't relied on
_CLEARLY = 0.9  # how sure the picture's characters must be on average to take the place of a page's own text
_USUAL_SCRIPTS = ("CJK", "LATIN SMALL LETTER", "LATIN CAPITAL LETTER", "DIGIT", "FULLWIDTH", "IDEOGRAPHIC", "GREEK")


def picture_instead(page: pdfium.PdfPage, content: PageContent) -> PageContent | None:
    """Given a page that is open and what it says of itself, return what its picture says where the page is a scan, or
    None where its own text counts."""
    if not content.is_picture or (len(content.glyphs) > _FEW and not _is_invisible(page)):
        return None
    found = read_rendered(page, content.number)
    if not content.glyphs or _is_invisible(page) or len(found.glyphs) > _MORE * len(content.glyphs):
        return found
    return None


def read_rendered(page: pdfium.PdfPage, number: int) -> PageContent:
    """Given a page that is open and its number, return what the picture of it says."""
    # OpenCV and the recognition of text take half a second to load: only a scan needs them.
    from extract.readers.scan import working_scale  # noqa: PLC0415
    from extract.readers.scan_page import read_picture  # noqa: PLC0415

    scale = working_scale(*page.get_size())
    picture = page.render(scale=scale, rev_byteorder=True).to_numpy()
    return read_picture(np.ascontiguousarray(picture[..., :3]), scale, number)


def odd_share(content: PageContent) -> float:
    """Given a page's content, return the share of its characters that have no encoding or that no Chinese text prints:
    fonts with a wrong table of characters give such."""
    odd = sum(1 for glyph in content.glyphs if glyph.text == UNMAPPED or _is_odd(glyph.text))
    return odd / len(content.glyphs) if content.glyphs else 0.0


def is_doubtful(content: PageContent) -> bool:
    """Given a page's content, return whether its picture should be asked."""
    return odd_share(content) > _ODD


def is_clearer(picture: PageContent, content: PageContent) -> bool:
    """Given what a page's picture says and what its text says, return whether the picture is clearly the better one."""
    if len(picture.glyphs) < len(content.glyphs) / _MORE:
        return False
    return fmean([glyph.confidence for glyph in picture.glyphs] or [0.0]) >= _CLEARLY


@cache
def _is_odd(text: str) -> bool:
    category = unicodedata.category(text[0])
    if category in ("Co", "Cn", "Cc", "Cs"):
        return True
    return category.startswith("L") and not unicodedata.name(text[0], "").startswith(_USUAL_SCRIPTS)


def _is_invisible(page: pdfium.PdfPage) -> bool:
    """Whether most of a page's texts are written without ink, as programs write what they recognised over a scan."""
    texts = [item.raw for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT], max_depth=DEEPEST)]
    hidden = sum(1 for item in texts if raw.FPDFTextObj_GetTextRenderMode(item) == raw.FPDF_TEXTRENDERMODE_INVISIBLE)
    return bool(texts) and hidden >= _INVISIBLE * len(texts)
