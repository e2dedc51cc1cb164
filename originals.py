"""The originals beside what was read from them: a page drawn with its cells, a figure's page, a table as it is printed."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from extract.errors import ExtractError, UnreadableDocumentError, UnsupportedFormatError
from graph.workspace import Workspace
from ontology.records import Box

if TYPE_CHECKING:
    from extract.grid import Grid

__all__ = ["debug_page", "read_printed_table", "render_page"]


def debug_page(path: str | os.PathLike[str], page: int) -> bytes:
    """Given a PDF or a scan and a page (from 1), return a PNG of the page with the cells that were read on it, each with
    the numbers of its table, row and column there ("1:3.2").

    Raise UnsupportedFormatError for a file without pages, UnreadableDocumentError where it can't be read or has no
    such page.
    """
    from extract.batch import read_document  # noqa: PLC0415
    from extract.formats import Format, detect  # noqa: PLC0415
    from extract.render import render_cells  # noqa: PLC0415

    path = Path(path)
    if detect(path) not in (Format.PDF, Format.IMAGE):
        raise UnsupportedFormatError(
            f"{path.name}: only a PDF or a scan has pages to draw; use --report for this file."
        )
    cells = [
        (place.box, f"{place.table}:{place.row}.{place.column}")
        for grid in read_document(path).grids
        for cell in grid
        for part in cell.parts
        if (place := part.place).page == page and place.box is not None
    ]
    try:
        return render_cells(path, page, cells)
    except ValueError as error:
        raise UnreadableDocumentError(str(error)) from error


def render_page(
    store_folder: str | os.PathLike[str],
    sha256: str,
    page: int,
    boxes: Sequence[Box] = (),
    *,
    around: float | None = None,
) -> bytes | None:
    """Given a store's folder, the hash of a PDF or scan in it, a page (from 1) and boxes in points of the page as
    displayed, return a PNG of the page with the boxes marked, or of the page `around` points above and below them; None
    where the store has no such file, or it no such page."""
    from extract.formats import Format, detect  # noqa: PLC0415
    from extract.render import render_page as render  # noqa: PLC0415 - a renderer that only evidence needs

    original = Workspace.open(store_folder).original(sha256)
    try:
        return (
            render(original, page, boxes, around=around)
            if original.is_file() and detect(original) in (Format.PDF, Format.IMAGE)
            else None
        )
    except (ExtractError, ValueError):
        return None


def read_printed_table(
    store_folder: str | os.PathLike[str], sha256: str, table: int, sheet: str | None = None
) -> Grid | None:
    """Given a store's folder, the hash of a document in it and a table of it (counted as its places count), return the
    table as it is printed; None where the store has no such document, or it no such table."""
    from extract.batch import read_document  # noqa: PLC0415

    original = Workspace.open(store_folder).original(sha256)
    try:
        grids = read_document(original).grids if original.is_file() else ()
    except ExtractError:
        return None
    return next((grid for grid in grids if (grid.place.table, grid.place.sheet) == (table, sheet)), None)
