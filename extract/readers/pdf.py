"""Digital PDF to `Document`: paragraphs and tables in reading order, each with its place.

Pages are read one at a time and given back at once, so that memory does not grow with the document. pdfium reads every
page: it is fast enough that no page has to be passed over, and so no form can be missed. Where it finds characters
without an encoding, pdfplumber reads the page again and the better of the two counts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeGuard

import pdfplumber
import pypdfium2 as pdfium
from pdfplumber.utils.exceptions import PdfminerException

from extract.grid import Cell, Document, Grid, Paragraph
from extract.lattice import Lattice, find_lattices
from extract.readers import pdf_pdfium, pdf_plumber
from extract.readers.pdf_open import open_pdf
from extract.readers.pdf_page import Glyph, PageContent
from extract.readers.pdf_text import cell_text, group_lines, paragraphs, read_lines, runs_on
from extract.readers.pdf_words import read_words
from extract.stitch import PageTable, stitch
from extract.unruled import names_heads, read_unruled
from ontology.issues import issue
from ontology.records import Issue, Place, PrintedCell

_GAP_BETWEEN_TEXTS = 2.5  # character sizes: what stands farther apart on a line outside of tables is two texts
_MARGIN = 0.12  # the share of a page's height at its head and foot in which a page number stands
_PAGE_NUMBER = re.compile(r"[-–—―\s·.]*(?!(?:19|20)\d\d$)(?:[第共]?\s*\d{1,4}\s*页?[\s,，/／]*){1,2}[-–—―\s·.]*")
_LAST_PART = 0.3  # the share of a page, at its foot, in which a table has to end where the page break cuts its cells
_EDGE = 0.08  # the share of a page's height in which a running head or foot stands
_RUNNING = 4  # pages: a line at the edge of so many, and of half of all pages, is a running head
_GARBLED = 0.2  # the share of characters without an encoding above which a page's text is not text


def read(path: Path, *, pages: Sequence[int] | None = None) -> Document:
    """Given a PDF's path (and the pages to read, from 1; all by default), return the document.

    Raise UnreadableDocumentError where the file is empty, cut off, broken, encrypted or no PDF.
    """
    blocks: list[Paragraph | PageTable] = []
    issues: list[Issue] = []
    at_edge: Counter[str] = Counter()
    slanted: dict[str, list[int]] = {}
    with open_pdf(path) as document:
        count = len(document)
        title = document.get_metadata_value("Title") or None
        for number in range(1, count + 1):
            if pages is None or number in pages:
                content = _content(document, path, number, issues)
                if content is not None:
                    if content.slanted:
                        slanted.setdefault(content.slanted, []).append(number)
                    found = _page_blocks(content)
                    blocks += found
                    at_edge.update({block.text for block in found if _is_at_edge(block, content.height)})
    for text, on in slanted.items():
        issues.append(issue("text.slanted", Place(page=on[0]), text=text, count=len(on)))
    running = frozenset(text for text, times in at_edge.items() if times >= max(_RUNNING, count / 2))
    return Document(tuple(stitch(blocks, issues, running)), count, title, tuple(issues))


def _is_at_edge(block: Paragraph | PageTable, height: float) -> TypeGuard[Paragraph]:
    if isinstance(block, PageTable) or block.place.box is None:
        return False
    return block.place.box.bottom < _EDGE * height or block.place.box.top > (1 - _EDGE) * height


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
        picture = not content.glyphs and pdf_pdfium.is_picture(page)
    finally:
        page.close()
    if picture:
        issues.append(issue("page.no_text", place, page=number))
        return None
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


def _second_opinion(path: Path, first: PageContent) -> PageContent:
    """The page as pdfplumber reads it; the first reading again where it cannot."""
    try:
        with pdfplumber.open(path, pages=[first.number]) as pdf:
            return pdf_plumber.read_page(pdf.pages[0], first.number)
    except PdfminerException:
        return first


# --- one page


def _page_blocks(content: PageContent) -> list[Paragraph | PageTable]:
    """The blocks of a page from top to bottom, without its page number."""
    lattices = find_lattices(content.rules)
    lattices += _unruled(content, lattices)
    inside: dict[tuple[int, int], list[Glyph]] = {}
    outside: list[Glyph] = []
    for glyph in content.glyphs:
        key = _cell_of(glyph, lattices)
        if key is None:
            outside.append(glyph)
        else:
            inside.setdefault(key, []).append(glyph)
    hung: dict[tuple[int, int], float] = {}
    for number, lattice in enumerate(lattices):
        for index, line in _hanging(lattice, outside, content.height):
            inside.setdefault((number, index), []).extend(line)
            hung[number, index] = max(glyph.bottom for glyph in line)
            outside = [glyph for glyph in outside if glyph not in line]
    placed: list[tuple[float, float, Paragraph | PageTable]] = []
    for number, lattice in enumerate(lattices, start=1):
        table = _table(
            content,
            lattice,
            number,
            {cell: glyphs for (table, cell), glyphs in inside.items() if table == number - 1},
            {cell: bottom for (table, cell), bottom in hung.items() if table == number - 1},
        )
        placed.append((lattice.ys[0], lattice.xs[0], table))
    for text, box in paragraphs(read_lines(outside, split_gap=_GAP_BETWEEN_TEXTS), content.width):
        at_edge = box.bottom < _MARGIN * content.height or box.top > (1 - _MARGIN) * content.height
        if at_edge and _PAGE_NUMBER.fullmatch(text):
            continue
        placed.append((box.top, box.x0, Paragraph(text, Place(page=content.number, box=content.displayed(box)))))
    placed.sort(key=lambda entry: entry[:2])
    return [block for _, _, block in placed]


def _unruled(content: PageContent, lattices: Sequence[Lattice]) -> list[Lattice]:
    """The tables of a page that its lines don't tell, where it prints the heads of a form outside of all others."""
    outside = [glyph for glyph in content.glyphs if _cell_of(glyph, lattices) is None]
    if not any(names_heads(line.text) for line in read_lines(outside)):
        return []
    return [table.lattice for table in read_unruled(read_words(outside))]


def _cell_of(glyph: Glyph, lattices: Sequence[Lattice]) -> tuple[int, int] | None:
    """The table and the cell (indices) that a character stands in; of tables in each other the innermost."""
    found: tuple[int, int] | None = None
    for number, lattice in enumerate(lattices):
        index = lattice.cell_at(glyph.x, glyph.y)
        if index is not None and (found is None or lattice.area < lattices[found[0]].area):
            found = (number, index)
    return found


def _hanging(lattice: Lattice, outside: Sequence[Glyph], height: float) -> list[tuple[int, list[Glyph]]]:
    """The characters below a table that belong to cells without a bottom line, with the indices of those cells.

    Where a page break cuts a merged cell its text may run on below the last line of the table. Such a line stands
    right below, and wholly within the columns of open cells; a note below the table does not.
    """
    open_cells = [(index, cell) for index, cell in enumerate(lattice.cells) if cell.open_bottom]
    at_bottom = [cell for cell in lattice.cells if cell.row + cell.row_span == len(lattice.ys) - 1]
    if not open_cells or len(open_cells) == len(at_bottom) or lattice.ys[-1] < (1 - _LAST_PART) * height:
        return []
    found: list[tuple[int, list[Glyph]]] = []
    bottom = lattice.ys[-1]
    for row in group_lines(glyph for glyph in outside if glyph.y > lattice.ys[-1]):
        if min(glyph.top for glyph in row) - bottom > 0.8 * row[0].size:
            break
        owners = [
            next((index for index, cell in open_cells if cell.box.x0 <= glyph.x <= cell.box.x1), None) for glyph in row
        ]
        if None in owners:
            break
        for owner in dict.fromkeys(owners):
            if owner is not None:
                found.append((owner, [glyph for glyph, index in zip(row, owners, strict=True) if index == owner]))
        bottom = max(glyph.bottom for glyph in row)
    return found


def _table(
    content: PageContent, lattice: Lattice, number: int, inside: dict[int, list[Glyph]], hung: dict[int, float]
) -> PageTable:
    """A table with its texts; `hung` are the lower edges of the cells whose text hangs below it."""
    cells: list[Cell] = []
    open_top, open_bottom, unfinished = set(), set(), set()
    for index, at in enumerate(lattice.cells):
        glyphs = inside.get(index, [])
        if not glyphs and at.open_side and (at.open_top or at.open_bottom):
            continue  # the corner beside a table that is narrower here: outside of it
        lines = read_lines(glyphs)
        row, column = at.row + 1, at.column + 1
        text = cell_text(lines)
        box = replace(at.box, bottom=max(at.box.bottom, hung.get(index, 0.0)))
        place = Place(page=content.number, table=number, row=row, column=column, box=content.displayed(box))
        cells.append(Cell(row, column, text, at.row_span, at.column_span, (PrintedCell(place, text),)))
        if at.open_top:
            open_top.add((row, column))
        if at.open_bottom:
            open_bottom.add((row, column))
        if runs_on(lines, at.box):
            unfinished.add((row, column))
    grid = Grid(
        len(lattice.ys) - 1,
        len(lattice.xs) - 1,
        tuple(cells),
        Place(page=content.number, table=number, box=content.displayed(lattice.box)),
        lattice.notes,
    )
    return PageTable(
        grid,
        lattice.xs,
        content.width,
        frozenset(open_top),
        frozenset(open_bottom),
        frozenset(unfinished),
    )
