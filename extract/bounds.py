"""How large what a file holds may be, so that a small file cannot ask for hours or gigabytes.

The bounds stand far above real disclosures: their longest cells print a few thousand characters, their longest tables a
few thousand rows. What is merely too long is cut and told; what cannot be cut without losing its sense is refused.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from extract.grid import Block, Cell, Document, Grid, Paragraph, check_cells
from ontology.issues import issue
from ontology.records import Issue

MOST_ROWS = 20_000
"""Rows read of a sheet; one beyond it is data of another kind."""

LONGEST_TEXT = 40_000
"""Characters of a cell or paragraph: a spreadsheet takes 32,767."""

LARGEST_UPLOAD = 50
"""Megabytes of a file that is brought in through the browser: a whole department's scanned accounts have some thirty."""

MOST_PAGES = 600
"""Pages of such a file; the longest disclosures have some two hundred."""


def bounded(document: Document) -> Document:
    """Given what a reader found, return it with texts of sound length, what was cut told as issues; raise
    TooLargeError where its tables have too many cells."""
    check_cells(sum(len(grid.cells) for grid in document.grids))
    issues: list[Issue] = []
    blocks = tuple(_cut_block(block, issues) for block in document.blocks)
    return replace(document, blocks=blocks, issues=(*document.issues, *issues)) if issues else document


def _cut_block(block: Block, issues: list[Issue]) -> Block:
    if isinstance(block, Paragraph):
        if len(block.text) <= LONGEST_TEXT:
            return block
        issues.append(issue("text.cut", block.place, count=len(block.text), kept=LONGEST_TEXT))
        return replace(block, text=block.text[:LONGEST_TEXT])
    if not any(_is_long(cell) for cell in block.cells):
        return block
    return Grid(block.rows, block.columns, tuple(_cut_cells(block.cells, issues)), block.place, block.notes)


def _is_long(cell: Cell) -> bool:
    return len(cell.text) > LONGEST_TEXT


def _cut_cells(cells: Iterable[Cell], issues: list[Issue]) -> Iterable[Cell]:
    for cell in cells:
        if not _is_long(cell):
            yield cell
            continue
        issues.append(issue("text.cut", cell.printed.place, count=len(cell.text), kept=LONGEST_TEXT))
        parts = tuple(replace(part, text=part.text[:LONGEST_TEXT]) for part in cell.parts)
        yield replace(cell, text=cell.text[:LONGEST_TEXT], parts=parts)
