"""Digital pages as a scanner would give them: rasterised, laid askew, blurred, speckled and compressed.

Everything is drawn from a seed, so that the same page gives the same scan on any machine.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
from PIL import Image, ImageFilter

POINTS = 72  # to the inch


@dataclass(frozen=True, slots=True)
class Wear:
    """What a scanner does to a page: dots to the inch, the most degrees askew and points out of place, the spread of the
    noise (of 255), the blur in pixels, the share of pixels that are specks, and the quality of the JPEG (of 100)."""

    dpi: int = 200
    skew: float = 1.0
    shift: float = 8.0
    noise: float = 8.0
    blur: float = 0.5
    specks: float = 0.0002
    jpeg: int = 70


def scan_page(page: pdfium.PdfPage, seed: int, wear: Wear | None = None, turn: int = 0) -> Image.Image:
    """Given a page of a PDF, a seed and a quarter turn (degrees clockwise), return its scan in grey."""
    wear = wear or Wear()
    chance = np.random.default_rng(seed)
    picture = page.render(scale=wear.dpi / POINTS).to_pil().convert("L")
    angle = float(chance.uniform(-wear.skew, wear.skew))
    across, down = (float(chance.uniform(-wear.shift, wear.shift)) * wear.dpi / POINTS for _ in range(2))
    picture = picture.rotate(angle, Image.Resampling.BICUBIC, translate=(round(across), round(down)), fillcolor=255)
    if wear.blur:
        picture = picture.filter(ImageFilter.GaussianBlur(wear.blur))
    grey = np.asarray(picture, dtype=np.float32) * 0.94 + 6
    grey += chance.normal(0, wear.noise, grey.shape).astype(np.float32)
    specks = chance.random(grey.shape) < wear.specks
    grey[specks] = chance.uniform(0, 160, int(specks.sum()))
    worn = Image.fromarray(np.clip(grey, 0, 255).astype(np.uint8))
    if turn:
        worn = worn.rotate(-turn, expand=True)
    stream = io.BytesIO()
    worn.save(stream, "JPEG", quality=wear.jpeg, dpi=(wear.dpi, wear.dpi))
    return Image.open(io.BytesIO(stream.getvalue()))


def scan_pages(
    path: Path, pages: Sequence[int] | None = None, wear: Wear | None = None, seed: int = 0
) -> Iterator[Image.Image]:
    """Given a PDF, its pages (from 1; all by default) and a seed, give the scan of each."""
    with pdfium.PdfDocument(path) as document:
        for number in pages or range(1, len(document) + 1):
            page = document[number - 1]
            yield scan_page(page, number + 1000 * seed, wear)
            page.close()


def scan_document(
    path: Path, to: Path, pages: Sequence[int] | None = None, wear: Wear | None = None, seed: int = 0
) -> None:
    """Given a PDF, write its pages as a PDF that holds nothing but their scans."""
    scans = list(scan_pages(path, pages, wear, seed))
    dpi = (wear or Wear()).dpi
    scans[0].save(to, "PDF", save_all=True, append_images=scans[1:], resolution=dpi)
