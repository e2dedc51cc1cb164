"""Files of pictures, page by page: opened within bounds, in grey or colour, the way up that their camera noted."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, ImageSequence

from extract.errors import UnreadableDocumentError

_KINDS = ("PNG", "JPEG", "TIFF", "BMP", "GIF", "WEBP")
_MOST_PIXELS = 80_000_000  # a page of A3 at 600 dots to the inch has 70 million
_MOST_PAGES = 1000
_LONG_SIDE, _SHORT_SIDE = 841.9, 595.3  # points: a page whose picture doesn't say its size is A4
_LONGEST = 3.0  # times its short side: a longer picture is a strip of pages, as wide as one
_LEAST_DPI, _MOST_DPI = 120, 1200  # what a picture says beyond these is a screen's or nobody's measure
_SMALLEST, _LARGEST = 200.0, 1800.0  # points: nor is a page whose long side is so
_POINTS = 72


def count_pages(path: Path) -> int:
    """Given a file of pictures, return how many it holds; raise UnreadableDocumentError where it can't be opened."""
    with _opened(path) as picture:
        return _pages(picture)


def open_page(path: Path, number: int) -> tuple[Image.Image, float, float]:
    """Given a file of pictures and a page of it (from 1), return its picture upright, and its width and height in
    points.

    Raise UnreadableDocumentError where it is broken or larger than can be read, ValueError where there is no such page.
    """
    with _opened(path) as picture:
        if not 1 <= number <= _pages(picture):
            raise ValueError(f"{path.name} has {_pages(picture)} pages; there is no page {number}.")
        try:
            frame = ImageSequence.Iterator(picture)[number - 1] if number > 1 else picture
            _check_size(path, frame)
            dpi = _dpi(frame)
            upright = ImageOps.exif_transpose(frame)
            upright.load()
        except (OSError, SyntaxError, ValueError, EOFError) as error:
            if isinstance(error, UnreadableDocumentError):
                raise
            raise UnreadableDocumentError(_broken(path, number)) from error
        plain = _on_paper(upright)
        scale = _scale(plain.width, plain.height, dpi)
        return plain, plain.width / scale, plain.height / scale


def sized(picture: Image.Image, scale: float) -> NDArray[np.uint8]:
    """Given a picture and how many times larger or smaller it is wanted, return its pixels, grey or in colour."""
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    if size != picture.size:
        picture = picture.resize(size, Image.Resampling.BOX if scale < 1 else Image.Resampling.BICUBIC)
    return np.asarray(picture, np.uint8)


@contextmanager
def _opened(path: Path) -> Iterator[Image.Image]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(path, formats=_KINDS)
    except Image.DecompressionBombError as error:
        raise UnreadableDocumentError(_too_large(path, "")) from error
    except (OSError, SyntaxError, ValueError) as error:
        raise UnreadableDocumentError(_broken(path, 1)) from error
    with picture:
        _check_size(path, picture)
        yield picture


def _pages(picture: Image.Image) -> int:
    # The frames of a GIF are a film; those of a TIFF are pages.
    return min(_MOST_PAGES, getattr(picture, "n_frames", 1)) if picture.format == "TIFF" else 1


def _check_size(path: Path, picture: Image.Image) -> None:
    if picture.width * picture.height > _MOST_PIXELS:
        raise UnreadableDocumentError(_too_large(path, f" ({picture.width} × {picture.height})"))


def _too_large(path: Path, size: str) -> str:
    return (
        f"{path.name}: the picture{size} has more than {_MOST_PIXELS // 1_000_000} million pixels and was not read."
        " Save it smaller: 300 dots to the inch are enough."
    )


def _broken(path: Path, number: int) -> str:
    return f"{path.name}: the picture of page {number} is broken or cut off. Get it again from where it was published."


def _dpi(picture: Image.Image) -> float | None:
    found = picture.info.get("dpi")
    if not isinstance(found, tuple) or len(found) != 2:
        return None
    across, down = float(found[0]), float(found[1])
    return across if abs(across - down) <= 1 and _LEAST_DPI < across <= _MOST_DPI else None


def _scale(width: int, height: int, dpi: float | None) -> float:
    """The pixels to the point: by what the picture says of itself, else as of a page of A4."""
    long, short = max(width, height), min(width, height)
    if dpi is not None and _SMALLEST <= long * _POINTS / dpi <= _LARGEST:
        return dpi / _POINTS
    return short / _SHORT_SIDE if long > _LONGEST * short else long / _LONG_SIDE


def _on_paper(picture: Image.Image) -> Image.Image:
    """A picture without transparency and in 8 bits: grey or colour, on white paper."""
    if picture.mode.startswith("I"):
        values = np.asarray(picture).astype(np.float32)
        most = 65535 if values.max(initial=0) > 255 else 255
        return Image.fromarray((values * (255 / most)).clip(0, 255).astype(np.uint8))
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        layer = picture.convert("RGBA")
        paper = Image.new("RGBA", layer.size, (255, 255, 255, 255))
        return Image.alpha_composite(paper, layer).convert("RGB")
    return picture.convert("L" if picture.mode in ("1", "L") else "RGB")
