"""The originals beside what was read from them: a page drawn with its cells, a figure's page, a table as it is printed."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from extract.errors import ExtractError, UnreadableDocumentError, UnsupportedFormatError
from graph.lock import cannot_write
from graph.workspace import Workspace
from ontology.records import Box, Place

if TYPE_CHECKING:
    from extract.grid import Grid

__all__ = [
    "debug_page",
    "keep_derived",
    "keep_people",
    "original_file",
    "read_printed_paragraphs",
    "read_printed_table",
    "render_page",
]

READINGS = "readings"
"""The folder of a workspace that keeps what was read from each document, before any correction; derived: where a file
is missing, the original is read again."""


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
    where the store has no such file, or it no such page. Names and telephones of people are painted over."""
    from extract.formats import Format, detect  # noqa: PLC0415
    from extract.render import render_page as render  # noqa: PLC0415 - a renderer that only evidence needs

    workspace = Workspace.open(store_folder)
    original = workspace.original(sha256)
    try:
        if not original.is_file() or detect(original) not in (Format.PDF, Format.IMAGE):
            return None
        covered = _people_on(workspace, sha256, page)
        return render(original, page, boxes, around=around, covered=covered)
    except (ExtractError, ValueError):
        return None


def read_printed_table(
    store_folder: str | os.PathLike[str], sha256: str, table: int, sheet: str | None = None
) -> Grid | None:
    """Given a store's folder, the hash of a document in it and a table of it (counted as its places count), return the
    table as it is printed, names and telephones of people covered; None where the store has no such document, or it no
    such table."""
    from extract.batch import read_document  # noqa: PLC0415
    from extract.people import hide_people  # noqa: PLC0415

    original = Workspace.open(store_folder).original(sha256)
    try:
        grids = read_document(original).grids if original.is_file() else ()
    except ExtractError:
        return None
    found = next((grid for grid in grids if (grid.place.table, grid.place.sheet) == (table, sheet)), None)
    return hide_people(found) if found is not None else None


def read_printed_paragraphs(
    store_folder: str | os.PathLike[str], sha256: str, paragraph: int, around: int = 1
) -> list[tuple[int, str]]:
    """Given a store's folder, the hash of a document in it, a paragraph of its running text (counted over the document)
    and how many to give before and after it, return them with their numbers, names and telephones of people covered;
    none where the store has no such document, or it no such paragraph."""
    from extract.batch import read_document  # noqa: PLC0415
    from extract.grid import Paragraph  # noqa: PLC0415
    from extract.people import cover_people  # noqa: PLC0415

    original = Workspace.open(store_folder).original(sha256)
    try:
        blocks = read_document(original).blocks if original.is_file() else ()
    except ExtractError:
        return []
    texts = [block.text for block in blocks if isinstance(block, Paragraph)]
    if not 1 <= paragraph <= len(texts):
        return []
    first, last = max(1, paragraph - around), min(len(texts), paragraph + around)
    return [(number, cover_people(texts[number - 1])) for number in range(first, last + 1)]


def original_file(store_folder: str | os.PathLike[str], sha256: str) -> Path | None:
    """Given a store's folder and the hash of a document in it, return where its original is kept; None where it isn't."""
    if len(sha256) != _DIGITS or not sha256.isalnum():
        return None  # a hash may come from an address that somebody wrote
    original = Workspace.open(store_folder).original(sha256)
    return original if original.is_file() else None


_DIGITS = 64


# --- where people are named ---------------------------------------------------------------------------------------
def keep_people(workspace: Workspace, sha256: str, people: Iterable[Place]) -> None:
    """Given where the pages of a document print names or telephones of people, keep that beside what was read, so that a
    scan need not be read again before a page of it is shown."""
    told = [[one.page, *(round(edge, 2) for edge in _edges(one.box))] for one in people if one.box is not None]
    keep_derived(_people_file(workspace, sha256), json.dumps(told).encode())


def _edges(box: Box) -> tuple[float, float, float, float]:
    return box.x0, box.top, box.x1, box.bottom


def _people_file(workspace: Workspace, sha256: str) -> Path:
    return workspace.folder / READINGS / f"{sha256}.people.json"


def keep_derived(file: Path, content: bytes) -> None:
    """Given a file of the folder READINGS and its content, keep it, whole or not at all; raise WorkspaceError where that
    can't be done."""
    partial = file.with_name(file.name + ".partial")
    try:
        file.parent.mkdir(exist_ok=True)
        partial.write_bytes(content)
        partial.replace(file)
    except OSError as error:
        raise cannot_write(file, error) from error


def _people_on(workspace: Workspace, sha256: str, page: int) -> tuple[Box, ...]:
    """The boxes to cover on a page: as they were kept, or, in a store that was filled before they were, found anew."""
    try:
        told = json.loads(_people_file(workspace, sha256).read_text("utf-8"))
        return tuple(Box(*edges) for number, *edges in told if number == page)
    except (OSError, ValueError, TypeError):
        return _find_people_on(str(workspace.original(sha256)), page)


@lru_cache(maxsize=256)
def _find_people_on(original: str, page: int) -> tuple[Box, ...]:
    from extract.batch import read_page  # noqa: PLC0415

    people = read_page(Path(original), page).people
    return tuple(place.box for place in people if place.page == page and place.box is not None)
