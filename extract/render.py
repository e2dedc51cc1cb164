"""A page as a picture, with the place of a cell marked on it: what shows a reader where a figure was printed."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw

from extract.readers.pdf_open import open_pdf
from ontology.records import Box

_FILL = (255, 214, 0, 70)
_OUTLINE = (214, 40, 40, 255)
_MARGIN = 1.0  # points around a box, so that its outline does not lie on the table's own line
_MOST_PIXELS = 25_000_000  # a page of posters' size at full scale would take gigabytes


def render_page(
    path: Path, page: int, boxes: Sequence[Box] = (), scale: float = 2.0, around: float | None = None
) -> bytes:
    """Given a PDF, a page (from 1), boxes in points of the page as displayed, and pixels a point, return a PNG.

    Given `around`, it is cut to the boxes with that many points above and below; without boxes it is the whole page.
    The scale is lowered where the picture would be very large. Raise UnreadableDocumentError where the file cannot be
    opened, ValueError where it has no such page.
    """
    with open_pdf(path) as document:
        if not 1 <= page <= len(document):
            raise ValueError(f"{path.name} has {len(document)} pages; there is no page {page}.")
        sheet = document[page - 1]
        try:
            width, height = sheet.get_size()
            scale = min(scale, (_MOST_PIXELS / (width * height)) ** 0.5)
            picture: Image.Image = sheet.render(scale=scale).to_pil().convert("RGB")
        finally:
            sheet.close()
    if boxes:
        layer = Image.new("RGBA", picture.size, (0, 0, 0, 0))
        draw = ImageDraw.Draw(layer)
        for box in boxes:
            corners = (box.x0 - _MARGIN, box.top - _MARGIN, box.x1 + _MARGIN, box.bottom + _MARGIN)
            draw.rectangle(
                [corner * scale for corner in corners], fill=_FILL, outline=_OUTLINE, width=round(1.5 * scale)
            )
        picture = Image.alpha_composite(picture.convert("RGBA"), layer).convert("RGB")
        if around is not None:
            top = max(0, round((min(box.top for box in boxes) - around) * scale))
            bottom = min(picture.height, round((max(box.bottom for box in boxes) + around) * scale))
            picture = picture.crop((0, top, picture.width, max(bottom, top + 1)))
    output = io.BytesIO()
    picture.save(output, "PNG", optimize=False)
    return output.getvalue()
