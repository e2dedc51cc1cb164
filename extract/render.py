"""A page as a picture, with the place of a cell marked on it: what shows a reader where a figure was printed."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from extract.formats import Format, detect
from extract.readers.pdf_open import open_pdf
from extract.readers.scan_image import open_page
from ontology.records import Box

_FILL = (255, 214, 0, 70)
_OUTLINE = (214, 40, 40, 255)
_TINT = (46, 125, 180, 34)
_COVER = (120, 126, 133)
_MARGIN = 1.0  # points around a box, so that its outline does not lie on the table's own line
_NUMBER = 5.0  # points: the size of a cell's number
_MOST_PIXELS = 25_000_000  # a page of posters' size at full scale would take gigabytes


def render_page(
    path: Path,
    page: int,
    boxes: Sequence[Box] = (),
    scale: float = 2.0,
    around: float | None = None,
    *,
    covered: Sequence[Box] = (),
) -> bytes:
    """Given a PDF or a file of pictures, a page (from 1), boxes in points of the page as displayed, and pixels a point,
    return a PNG.

    Given `around`, it is cut to the boxes with that many points above and below; without boxes it is the whole page.
    What lies in the boxes `covered` is painted over: nothing of it is in the picture.
    The scale is lowered where the picture would be very large. Raise UnreadableDocumentError where the file cannot be
    opened, ValueError where it has no such page.
    """
    picture, scale = _picture(path, page, scale)
    cover(picture, covered, scale)
    if boxes:
        layer = Image.new("RGBA", picture.size, (0, 0, 0, 0))
        draw = ImageDraw.Draw(layer)
        for box in boxes:
            draw.rectangle(_corners(box, scale), fill=_FILL, outline=_OUTLINE, width=round(1.5 * scale))
        picture = Image.alpha_composite(picture.convert("RGBA"), layer).convert("RGB")
        if around is not None:
            top = max(0, round((min(box.top for box in boxes) - around) * scale))
            bottom = min(picture.height, round((max(box.bottom for box in boxes) + around) * scale))
            picture = picture.crop((0, top, picture.width, max(bottom, top + 1)))
    return _png(picture)


def render_read(
    path: Path, page: int, boxes: Sequence[Box] = (), scale: float = 1.6, *, covered: Sequence[Box] = ()
) -> bytes:
    """Given a PDF or a file of pictures, a page and the boxes of the cells that were read on it, return a WebP picture of
    the page with those tinted; `covered` and what is raised as of `render_page`."""
    picture, scale = _picture(path, page, scale)
    cover(picture, covered, scale)
    layer = Image.new("RGBA", picture.size, (0, 0, 0, 0))
    draw = ImageDraw.Draw(layer)
    for box in boxes:
        draw.rectangle([edge * scale for edge in (box.x0, box.top, box.x1, box.bottom)], fill=_TINT)
    output = io.BytesIO()
    Image.alpha_composite(picture.convert("RGBA"), layer).convert("RGB").save(output, "WEBP", quality=82)
    return output.getvalue()


def cover(picture: Image.Image, boxes: Sequence[Box], scale: float) -> None:
    """Given a picture, boxes in points and the pixels to the point, paint the boxes over."""
    draw = ImageDraw.Draw(picture)
    for box in boxes:
        draw.rectangle([edge * scale for edge in (box.x0, box.top, box.x1, box.bottom)], fill=_COVER)


def render_cells(path: Path, page: int, cells: Sequence[tuple[Box, str]], scale: float = 2.0) -> bytes:
    """Given a PDF or a file of pictures, a page (from 1), and the boxes of cells with what to write into each, return a
    PNG of the page with its cells drawn; raise as `render_page` does."""
    picture, scale = _picture(path, page, scale)
    layer = Image.new("RGBA", picture.size, (0, 0, 0, 0))
    draw = ImageDraw.Draw(layer)
    font = ImageFont.load_default(size=_NUMBER * scale)
    for box, number in cells:
        left, top, right, bottom = (edge * scale for edge in (box.x0, box.top, box.x1, box.bottom))
        draw.rectangle((left, top, right, bottom), outline=_OUTLINE, width=max(1, round(0.6 * scale)))
        draw.text((left + scale, top + scale / 2), number, fill=_OUTLINE, font=font)
    return _png(Image.alpha_composite(picture.convert("RGBA"), layer).convert("RGB"))


def _corners(box: Box, scale: float) -> list[float]:
    corners = (box.x0 - _MARGIN, box.top - _MARGIN, box.x1 + _MARGIN, box.bottom + _MARGIN)
    return [corner * scale for corner in corners]


def _picture(path: Path, page: int, scale: float) -> tuple[Image.Image, float]:
    """A page as a picture, and the scale at which it could be drawn."""
    if detect(path) is Format.IMAGE:
        return _scaled(*open_page(path, page), scale)
    with open_pdf(path) as document:
        if not 1 <= page <= len(document):
            raise ValueError(f"{path.name} has {len(document)} pages; there is no page {page}.")
        sheet = document[page - 1]
        try:
            width, height = sheet.get_size()
            scale = min(scale, (_MOST_PIXELS / (width * height)) ** 0.5)
            return sheet.render(scale=scale).to_pil().convert("RGB"), scale
        finally:
            sheet.close()


def _scaled(picture: Image.Image, width: float, height: float, scale: float) -> tuple[Image.Image, float]:
    """The picture of a page of so many points, enlarged or reduced to the scale."""
    scale = min(scale, (_MOST_PIXELS / (width * height)) ** 0.5)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return picture.convert("RGB").resize(size, Image.Resampling.LANCZOS), scale


def _png(picture: Image.Image) -> bytes:
    output = io.BytesIO()
    picture.save(output, "PNG", optimize=False)
    return output.getvalue()
