"""Tables whose lines tell only a part of their cells: heads together in one cell, or all indicators in one tall row.

Such a table is a frame, or has lines only between rows, only between columns, or only around its head. Its lines would
run the texts of many cells together; so it is read by the places of its words instead.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from extract.form_regions import are_heads, is_head, names_heads
from extract.lattice import Lattice, LatticeCell
from extract.piece_rows import PieceRow, find_rows
from extract.pieces import join_words
from extract.readers.pdf_draft import Draft, PageDrafts
from extract.readers.pdf_page import Glyph
from extract.readers.pdf_words import read_words

_TOGETHER = 2  # pieces on a line of a cell, or rows of pieces in a row of cells, from which a line is missing
_SIDE_BY_SIDE = 3  # pieces on one line of a cell that no single text makes
_FIRST_ROWS = 3  # rows below a head that closes a table in which its indicators must begin
_RIGHT_BELOW = 3.0  # sizes: text so near below a head that closes a table belongs to it


Inside = Callable[[int], Sequence[Glyph]]
"""Gives the characters of a cell by its index."""


def whole_lattices(found: PageDrafts) -> list[Lattice]:
    """Given the tables that a page's lines tell, return the lattices of those in which no line is missing."""

    def inside(number: int) -> Inside:
        return lambda cell: found.inside.get((number, cell), ())

    return [
        draft.lattice
        for number, draft in enumerate(found.drafts)
        if not _is_partly_ruled(draft, inside(number), found.outside)
    ]


def _is_partly_ruled(draft: Draft, inside: Inside, outside: Sequence[Glyph]) -> bool:
    lattice = draft.lattice
    if any(names_heads(text) and _runs_together(inside(index)) for index, text in draft.texts.items()):
        return True
    head = _head_row(draft)
    if head is None:
        return False
    if head == len(lattice.ys) - 2:
        return _goes_on_below(lattice, outside)
    below = {cell.row for index, cell in enumerate(lattice.cells) if cell.row > head and draft.lines.get(index)}
    # Where the texts of a ruled table wrap in most of its cells, a row may look like two; half of all never do.
    return bool(below) and 2 * sum(_holds_rows(draft, row, inside) for row in below) >= len(below)


def _runs_together(glyphs: Sequence[Glyph]) -> bool:
    """Whether a cell holds a row of heads, each a text of its own."""
    return any(is_head(row) for row in find_rows(join_words(read_words(glyphs))))


def _head_row(draft: Draft) -> int | None:
    """The last row (from 0) of a table that is the head of its indicators, or None."""
    by_row: dict[int, list[str]] = {}
    for index, cell in enumerate(draft.lattice.cells):
        if text := draft.texts.get(index, ""):
            by_row.setdefault(cell.row, []).append(text)
    return max((row for row, texts in by_row.items() if are_heads(texts)), default=None)


def _goes_on_below(lattice: Lattice, glyphs: Sequence[Glyph]) -> bool:
    """Whether rows of texts stand right below a table that ends with its head."""
    below = [glyph for glyph in glyphs if glyph.y > lattice.ys[-1] and lattice.xs[0] <= glyph.x <= lattice.xs[-1]]
    if not below:
        return False
    first = min(below, key=lambda glyph: glyph.top)
    if first.top - lattice.ys[-1] > _RIGHT_BELOW * first.size:
        return False
    rows = find_rows(join_words(read_words(below)))
    return any(len(row.pieces) >= _TOGETHER for row in rows[:_FIRST_ROWS])


def _holds_rows(draft: Draft, row: int, inside: Inside) -> bool:
    """Whether a row of cells holds several rows of texts: side by side in several of its cells, or all in one."""
    cells = {
        index: cell for index, cell in enumerate(draft.lattice.cells) if cell.row == row and draft.lines.get(index)
    }
    plain = {index: cell for index, cell in cells.items() if cell.row_span == 1}
    wide = {index: cell for index, cell in cells.items() if cell.column_span >= _SIDE_BY_SIDE}
    tall = [index for index in plain if draft.lines[index] > 1]
    # Where a single text wraps in one or two cells, the others of its row have one line.
    beside = max(_TOGETHER, (len(plain) + 1) // 2)
    if len(tall) < beside and not any(draft.lines[index] > 1 for index in wide):
        return False
    rows = find_rows(join_words(read_words([glyph for index in cells for glyph in inside(index)])))
    if sum(1 for one in rows if len(_cells_of(one, plain)) >= beside) >= _TOGETHER:
        return True
    for index, cell in wide.items():
        lines = [[piece for piece in one.pieces if _cells_of(PieceRow([piece]), {index: cell})] for one in rows]
        if sum(1 for pieces in lines if len(pieces) >= _SIDE_BY_SIDE) >= _TOGETHER:
            return True
    return False


def _cells_of(row: PieceRow, cells: dict[int, LatticeCell]) -> set[int]:
    return {
        index
        for index, cell in cells.items()
        for piece in row.pieces
        if cell.box.x0 <= (piece.x0 + piece.x1) / 2 <= cell.box.x1
    }
