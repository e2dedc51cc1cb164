"""Digital PDF to `Document`: paragraphs and tables in reading order, each with its place.

Pages are read one at a time and given back at once, so that memory does not grow with the document.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pdfplumber
from pdfminer.pdfdocument import PDFPasswordIncorrect
from pdfminer.pdfexceptions import PDFException
from pdfplumber.utils.exceptions import PdfminerException

from extract.errors import UnreadableDocumentError
from extract.grid import Cell, Document, Grid, Paragraph
from extract.lattice import Lattice, LatticeCell, find_lattices
from extract.readers.pdf_page import Glyph, PageContent, read_page
from extract.readers.pdf_text import cell_text, paragraphs, read_lines
from extract.stitch import PageTable, stitch
from ontology.issues import issue
from ontology.records import Issue, Place, PrintedCell

logging.getLogger("pdfminer").setLevel(logging.ERROR)  # it warns of fonts' boxes by the thousand

_GAP_BETWEEN_TEXTS = 2.5  # character sizes: what stands farther apart on a line outside of tables is two texts
_MARGIN = 0.12  # the share of a page's height at its head and foot in which a page number stands
_PAGE_NUMBER = re.compile(r"[-–—―\s·.]*(?:第\s*)?\d{1,4}(?:\s*页)?(?:\s*[/／共]\s*\d{1,4}\s*页?)?[-–—―\s·.]*")
_GARBLED = 0.2  # the share of characters without an encoding above which a page's text is not text


def read(path: Path, *, pages: Sequence[int] | None = None) -> Document:
    """Given a PDF's path (and the pages to read, from 1; all by default), return the document.

    Raise UnreadableDocumentError where the file is empty, broken, encrypted or no PDF.
    """
    _check_head(path)
    blocks: list[Paragraph | PageTable] = []
    issues: list[Issue] = []
    try:
        with pdfplumber.open(path) as pdf:
            title = (pdf.metadata or {}).get("Title") or None
            count = len(pdf.pages)
            for number, page in enumerate(pdf.pages, start=1):
                if pages is None or number in pages:
                    try:
                        content = read_page(page, number)
                    finally:
                        page.close()
                    blocks += _page_blocks(content, issues)
    except PdfminerException as error:
        raise _unreadable(path, error) from error
    except PDFException as error:
        raise _unreadable(path, error) from error
    return Document(tuple(stitch(blocks)), count, title, tuple(issues))


def _check_head(path: Path) -> None:
    try:
        with path.open("rb") as file:
            head = file.read(1024)
    except OSError as error:
        raise UnreadableDocumentError(f"{path.name}: the file cannot be opened ({error.strerror}).") from error
    if not head:
        raise UnreadableDocumentError(f"{path.name}: the file is empty. Get it again from where it was published.")
    if b"%PDF-" not in head:
        raise UnreadableDocumentError(f"{path.name}: this is not a PDF file, whatever its name says.")


def _unreadable(path: Path, error: Any) -> UnreadableDocumentError:
    cause = error.args[0] if error.args else error
    if isinstance(cause, PDFPasswordIncorrect):
        return UnreadableDocumentError(
            f"{path.name}: the PDF is encrypted. Save a copy without a password and read that."
        )
    return UnreadableDocumentError(
        f"{path.name}: the PDF is broken or cut off. Get it again from where it was published."
    )


# --- one page


def _page_blocks(content: PageContent, issues: list[Issue]) -> list[Paragraph | PageTable]:
    """The blocks of a page from top to bottom, without its page number."""
    place = Place(page=content.number)
    if content.doubled:
        issues.append(issue("page.duplicates", place, page=content.number, count=content.doubled))
    printed = sum(not glyph.text.isspace() for glyph in content.glyphs)
    if content.unmapped > _GARBLED * printed:
        share = f"{100 * content.unmapped // printed}%"
        issues.append(issue("page.garbled", place, page=content.number, ratio=share))
        return []
    lattices = find_lattices(content.rules)
    inside: dict[tuple[int, int], list[Glyph]] = {}
    outside: list[Glyph] = []
    for glyph in content.glyphs:
        key = _cell_of(glyph, lattices)
        if key is None:
            outside.append(glyph)
        else:
            inside.setdefault(key, []).append(glyph)
    placed: list[tuple[float, float, Paragraph | PageTable]] = []
    for number, lattice in enumerate(lattices, start=1):
        table = _table(content, lattice, number, {c: g for (t, c), g in inside.items() if t == number - 1})
        placed.append((lattice.ys[0], lattice.xs[0], table))
    for text, box in paragraphs(read_lines(outside, split_gap=_GAP_BETWEEN_TEXTS), content.width):
        at_edge = box.bottom < _MARGIN * content.height or box.top > (1 - _MARGIN) * content.height
        if at_edge and _PAGE_NUMBER.fullmatch(text):
            continue
        placed.append((box.top, box.x0, Paragraph(text, Place(page=content.number, box=box))))
    placed.sort(key=lambda entry: entry[:2])
    return [block for _, _, block in placed]


def _cell_of(glyph: Glyph, lattices: Sequence[Lattice]) -> tuple[int, int] | None:
    """The table and the cell (indices) that a character stands in; of tables in each other the innermost."""
    best: tuple[float, int, int] | None = None
    for number, lattice in enumerate(lattices):
        position = lattice.position(glyph.x, glyph.y)
        if position is None or (best is not None and lattice.area >= best[0]):
            continue
        row, column = position
        for index, cell in enumerate(lattice.cells):
            if cell.row <= row < cell.row + cell.row_span and cell.column <= column < cell.column + cell.column_span:
                best = (lattice.area, number, index)
                break
    return best[1:] if best else None


def _table(content: PageContent, lattice: Lattice, number: int, inside: dict[int, list[Glyph]]) -> PageTable:
    cells, open_top, open_bottom = [], set(), set()
    for index, at in enumerate(lattice.cells):
        glyphs = inside.get(index, [])
        if not glyphs and at.open_side and (at.open_top or at.open_bottom):
            continue  # the corner beside a table that is narrower here: outside of it
        cells.append(_cell(content.number, number, at, glyphs))
        if at.open_top:
            open_top.add((at.row + 1, at.column + 1))
        if at.open_bottom:
            open_bottom.add((at.row + 1, at.column + 1))
    grid = Grid(
        len(lattice.ys) - 1,
        len(lattice.xs) - 1,
        tuple(cells),
        Place(page=content.number, table=number, box=lattice.box),
        lattice.notes,
    )
    return PageTable(
        grid, lattice.xs, lattice.ys, content.width, content.height, frozenset(open_top), frozenset(open_bottom)
    )


def _cell(page: int, table: int, at: LatticeCell, glyphs: Sequence[Glyph]) -> Cell:
    lines = read_lines(glyphs)
    right = max([line.box.x1 for line in lines], default=at.box.x1)
    text = cell_text(lines, right)
    row, column = at.row + 1, at.column + 1
    place = Place(page=page, table=table, row=row, column=column, box=at.box)
    return Cell(row, column, text, at.row_span, at.column_span, (PrintedCell(place, text),))
