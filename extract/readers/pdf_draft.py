"""The tables of one page with their texts, before those of all pages are put together.

Where tables were told by their text alone, the positions of their column edges are a choice within the gaps between
the columns; the parts of one table on successive pages choose the same ones. So boxes come last.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from extract.grid import Cell, Grid
from extract.lattice import Lattice, LatticeCell
from extract.readers.pdf_page import Glyph, PageContent
from extract.readers.pdf_text import (
    WIDEST_PADDING,
    Line,
    cell_text,
    enclosing,
    find_breaks,
    group_lines,
    read_lines,
    room_left,
)
from extract.stitch import PageTable
from extract.unruled import UnruledTable, align_edges
from ontology.records import Box, Place, PrintedCell

_LAST_PART = 0.3  # the share of a page, at its foot, in which a table has to end where the page break cuts its cells


@dataclass(slots=True)
class Draft:
    """A table of a page (its `number` counted from 1): its lattice, and by the index of each cell its text.

    `page` is the page without its content. `hung` are the lower edges of cells whose text hangs below the table,
    `room` is what the last line of each cell's text has left, `outside` empty corners that are no cells; `lines` counts
    the lines of each cell. Where the page was read from a picture `confidence` is how sure each cell's least sure
    character is, and `shift` how far right of the part before it the scanner laid this part of a table.
    """

    page: PageContent
    number: int
    lattice: Lattice
    unruled: UnruledTable | None = None
    texts: dict[int, str] = field(default_factory=dict)
    hung: dict[int, float] = field(default_factory=dict)
    room: dict[int, float] = field(default_factory=dict)
    outside: set[int] = field(default_factory=set)
    lines: dict[int, int] = field(default_factory=dict)
    confidence: dict[int, float] = field(default_factory=dict)
    shift: float = 0.0

    def table(self) -> PageTable:
        """Return the table with the places of its cells."""
        lattice, page = self.lattice, self.page
        cells: list[Cell] = []
        for index, at in enumerate(lattice.cells):
            if index in self.outside:
                continue
            row, column, text = at.row + 1, at.column + 1, self.texts.get(index, "")
            box = replace(at.box, bottom=max(at.box.bottom, self.hung.get(index, 0.0)))
            place = Place(
                page=page.number,
                table=self.number,
                row=row,
                column=column,
                box=page.displayed(box),
                reading=page.reading,
                confidence=self.confidence.get(index),
            )
            cells.append(Cell(row, column, text, at.row_span, at.column_span, (PrintedCell(place, text),)))
        grid = Grid(
            len(lattice.ys) - 1,
            len(lattice.xs) - 1,
            tuple(cells),
            Place(page=page.number, table=self.number, box=page.displayed(lattice.box), reading=page.reading),
            lattice.notes,
        )
        kept = [(index, at) for index, at in enumerate(lattice.cells) if index not in self.outside]
        return PageTable(
            grid,
            tuple(x - self.shift for x in lattice.xs),
            page.width,
            frozenset((at.row + 1, at.column + 1) for _, at in kept if at.open_top),
            frozenset((at.row + 1, at.column + 1) for _, at in kept if at.open_bottom),
            {(at.row + 1, at.column + 1): self.room[index] for index, at in kept if index in self.room},
            self.unruled is None,
        )


@dataclass(frozen=True, slots=True)
class PageDrafts:
    """The tables of a page from top to bottom, the characters outside of them, and those inside by the indices of their
    table and cell."""

    drafts: list[Draft]
    outside: list[Glyph]
    inside: dict[tuple[int, int], list[Glyph]]


def read_drafts(content: PageContent, ruled: Sequence[Lattice], unruled: Sequence[UnruledTable]) -> PageDrafts:
    """Given a page and its tables, return these with their texts."""
    both: list[tuple[Lattice, UnruledTable | None]] = [(lattice, None) for lattice in ruled]
    both += [(table.lattice, table) for table in unruled]
    both.sort(key=lambda one: (one[0].ys[0], one[0].xs[0]))
    lattices = [lattice for lattice, _ in both]
    inside: dict[tuple[int, int], list[Glyph]] = {}
    outside: list[Glyph] = []
    for glyph in content.glyphs:
        key = cell_of(glyph, lattices)
        if key is None:
            outside.append(glyph)
        else:
            inside.setdefault(key, []).append(glyph)
    stub = replace(content, glyphs=(), rules=(), areas=(), doubts=())
    drafts = [Draft(stub, number, *one) for number, one in enumerate(both, start=1)]
    for number, draft in enumerate(drafts):
        for index, line in _hanging(draft.lattice, outside, content.height):
            inside.setdefault((number, index), []).extend(line)
            draft.hung[index] = max(glyph.bottom for glyph in line)
            outside = [glyph for glyph in outside if glyph not in line]
    for number, draft in enumerate(drafts):
        lines = {index: read_lines(inside.get((number, index), [])) for index in range(len(draft.lattice.cells))}
        _read_texts(draft, lines)
        if content.reading == "ocr":
            for index in draft.texts:
                glyphs = inside.get((number, index), [])
                draft.confidence[index] = round(min((glyph.confidence for glyph in glyphs), default=1.0), 4)
    return PageDrafts(drafts, outside, inside)


def _read_texts(draft: Draft, lines: dict[int, list[Line]]) -> None:
    widths = _text_widths(draft.lattice, lines) if draft.unruled is not None else {}
    rooms = _rooms(draft.lattice, lines) if draft.unruled is None else {}
    breaks: dict[int, list[float]] = {}
    for index, at in enumerate(draft.lattice.cells):
        if len(lines[index]) > 1 and at.row_span == 1:
            room = rooms.get(index, widths.get((at.column, at.column_span)))
            breaks.setdefault(at.row, []).extend(find_breaks(lines[index], room))
    for index, at in enumerate(draft.lattice.cells):
        found = lines[index]
        if not found and at.open_side and (at.open_top or at.open_bottom):
            draft.outside.add(index)  # the corner beside a table that is narrower here: outside of it
            continue
        room = rooms.get(index, widths.get((at.column, at.column_span)))
        draft.texts[index] = cell_text(found, room, breaks.get(at.row, ()))
        draft.lines[index] = len(found)
        if found:
            draft.room[index] = room_left(found, widths.get((at.column, at.column_span), at.box))


def _rooms(lattice: Lattice, lines: dict[int, list[Line]]) -> dict[int, Box]:
    """What the texts of a ruled table's cells have room for, by the cells' indices: all but what the table keeps free
    at both sides, the least distance of a text from the side of its cell."""
    sides = (
        min(line.box.x0 - cell.box.x0, cell.box.x1 - line.box.x1)
        for index, cell in enumerate(lattice.cells)
        for line in lines[index]
    )
    padding = min(max(0.0, min(sides, default=0.0)), WIDEST_PADDING)
    return {
        index: replace(cell.box, x0=cell.box.x0 + padding, x1=cell.box.x1 - padding)
        for index, cell in enumerate(lattice.cells)
        if len(lines[index]) > 1
    }


def _text_widths(lattice: Lattice, lines: dict[int, list[Line]]) -> dict[tuple[int, int], Box]:
    """The boxes around all texts of a column (or of cells over the same columns): what a line has room for."""
    found: dict[tuple[int, int], list[Box]] = {}
    for index, at in enumerate(lattice.cells):
        found.setdefault((at.column, at.column_span), []).extend(line.box for line in lines[index])
    return {key: enclosing(boxes) for key, boxes in found.items() if boxes}


def cell_of(glyph: Glyph, lattices: Sequence[Lattice]) -> tuple[int, int] | None:
    """Given a character, return the table and the cell (indices) that it stands in; of tables in each other the
    innermost."""
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
        owners = [_owner(glyph, open_cells) for glyph in row]
        if None in owners:
            break
        for owner in dict.fromkeys(owners):
            if owner is not None:
                found.append((owner, [glyph for glyph, index in zip(row, owners, strict=True) if index == owner]))
        bottom = max(glyph.bottom for glyph in row)
    return found


def _owner(glyph: Glyph, cells: Sequence[tuple[int, LatticeCell]]) -> int | None:
    return next((index for index, cell in cells if cell.box.x0 <= glyph.x <= cell.box.x1), None)


def align_parts(drafts: Sequence[Draft]) -> None:
    """Let the parts of a table that goes on over pages without lines have their column edges at the same positions."""
    chains: list[list[Draft]] = []
    before: Draft | None = None
    for draft in drafts:
        goes_on = draft.unruled is not None and draft.unruled.goes_on
        if goes_on and before is not None and before.unruled is not None and chains:
            chains[-1].append(draft)
        elif draft.unruled is not None:
            chains.append([draft])
        before = draft
    for chain in chains:
        aligned = align_edges([draft.unruled for draft in chain if draft.unruled is not None])
        for draft, table in zip(chain, aligned, strict=True):
            draft.lattice = table.lattice
