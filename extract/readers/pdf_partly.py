"""Tables whose lines tell only a part of their cells: heads together in one cell, or all indicators in one tall row.

Such a table is a frame, or has lines only between rows, only between columns, or only around its head. Its lines would
run the texts of many cells together; so it is read by the places of its words instead.
"""

from __future__ import annotations

from collections.abc import Sequence

from extract.form_regions import is_head, names_heads
from extract.lattice import Lattice, LatticeCell
from extract.piece_rows import PieceRow, find_rows
from extract.pieces import Piece, Word, join_words
from extract.readers.pdf_draft import Draft, cell_of
from extract.readers.pdf_page import Glyph
from extract.readers.pdf_words import read_words

_TOGETHER = 2  # pieces on a line of a cell, or rows of pieces in a row of cells, from which a line is missing
_SIDE_BY_SIDE = 3  # pieces on one line of a cell that no single text makes
_FIRST_ROWS = 3  # rows below a head that closes a table in which its indicators must begin
_RIGHT_BELOW = 3.0  # sizes: text so near below a head that closes a table belongs to it


def is_partly_ruled(draft: Draft, glyphs: Sequence[Glyph]) -> bool:
    """Given a table of a page with its texts and the page's characters, return whether lines are missing in it."""
    lattice = draft.lattice
    if any(names_heads(text) and _runs_together(lattice, index, glyphs) for index, text in draft.texts.items()):
        return True
    head = _head_row(draft)
    if head is None:
        return False
    if head == len(lattice.ys) - 2:
        return _goes_on_below(lattice, glyphs)
    return any(_holds_rows(lattice, row, glyphs) for row in range(head + 1, len(lattice.ys) - 1))


def _runs_together(lattice: Lattice, cell: int, glyphs: Sequence[Glyph]) -> bool:
    """Whether a cell holds a row of heads, each a text of its own."""
    rows = find_rows(join_words(_words_in(lattice, {cell}, glyphs)))
    return any(is_head(row) for row in rows)


def _words_in(lattice: Lattice, cells: set[int], glyphs: Sequence[Glyph]) -> list[Word]:
    inside = []
    for glyph in glyphs:
        found = cell_of(glyph, (lattice,))
        if found is not None and found[1] in cells:
            inside.append(glyph)
    return read_words(inside)


def _head_row(draft: Draft) -> int | None:
    """The last row (from 0) of a table that is the head of its indicators, or None."""
    by_row: dict[int, list[Piece]] = {}
    for index, cell in enumerate(draft.lattice.cells):
        if text := draft.texts.get(index, ""):
            word = Word(text, cell.box.x0, cell.box.x1, (cell.box.top + cell.box.bottom) / 2, 1.0)
            by_row.setdefault(cell.row, []).append(Piece([[word]]))
    heads = [row for row, pieces in by_row.items() if is_head(PieceRow(pieces))]
    return max(heads, default=None)


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


def _holds_rows(lattice: Lattice, row: int, glyphs: Sequence[Glyph]) -> bool:
    """Whether a row of cells holds several rows of texts: side by side in several of its cells, or all in one."""
    cells = {index: cell for index, cell in enumerate(lattice.cells) if cell.row == row}
    if not cells:
        return False
    rows = find_rows(join_words(_words_in(lattice, set(cells), glyphs)))
    plain = {index: cell for index, cell in cells.items() if cell.row_span == 1}
    full = [one for one in rows if len(_cells_of(one, plain)) >= max(_TOGETHER, len(plain) // 2)]
    if len(full) >= _TOGETHER:
        return True
    for cell in cells.values():
        lines = [[piece for piece in one.pieces if _cells_of(PieceRow([piece]), {0: cell})] for one in rows]
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
