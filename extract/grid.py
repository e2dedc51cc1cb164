"""The one neutral shape between file formats and meaning: blocks of a document in reading order.

A reader turns a file into `Document`: paragraphs and grids in the order in which they stand. A `Grid` is a rectangle of
rows and columns; each `Cell` covers one or more of its positions (`row_span`, `column_span`) and is stored once, at its
top left position: a merged cell is one cell, never the same text again, and an empty cell is a cell with an empty text.
Rows and columns count from 1, as in the contract.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from extract.errors import TooLargeError
from ontology.records import Issue, Place, PrintedCell

MOST_CELLS = 500_000
"""Positions of a table: the longest of real disclosures have some ten thousand."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: its top left position, what it covers, its text, and where the text was printed.

    `text` is the whole normalised text; lines of a cell are kept apart by "\\n" only between blocks that the document
    itself sets apart (paragraphs of a Word cell, numbered items), never where a line merely wrapped. `parts` holds the
    places: one, or several where a page break cut the cell (then `text` joins them).
    """

    row: int
    column: int
    text: str
    row_span: int = 1
    column_span: int = 1
    parts: tuple[PrintedCell, ...] = ()

    @property
    def last_row(self) -> int:
        """The last row that the cell covers."""
        return self.row + self.row_span - 1

    @property
    def last_column(self) -> int:
        """The last column that the cell covers."""
        return self.column + self.column_span - 1

    @property
    def printed(self) -> PrintedCell:
        """The cell as the contract gives it: the first place, with the others in `more`."""
        if not self.parts:
            return PrintedCell(Place(row=self.row, column=self.column), self.text)
        return replace(self.parts[0], more=self.parts[1:])


def check_cells(count: int) -> None:
    """Given how many positions a table covers (or a document's tables together), raise TooLargeError where those are
    more than any disclosure has: a few bytes can ask for billions."""
    if count > MOST_CELLS:
        raise TooLargeError(
            f"has tables of more than {MOST_CELLS:,} cells, far more than any disclosure; it was not read"
        )


@dataclass(frozen=True, slots=True)
class Grid:
    """A table. `notes` records how it came to be (lines supplied, pages joined and on what evidence).

    Raise TooLargeError where it covers more positions than any disclosure's tables do.
    """

    rows: int
    columns: int
    cells: tuple[Cell, ...]
    place: Place
    notes: tuple[str, ...] = ()
    _at: dict[tuple[int, int], Cell] = field(init=False, repr=False, compare=False)
    _ordered: list[Cell] = field(init=False, repr=False, compare=False, default_factory=list)

    def __post_init__(self) -> None:
        covered = sum(cell.row_span * cell.column_span for cell in self.cells)
        check_cells(max(covered, self.rows * self.columns))
        at: dict[tuple[int, int], Cell] = {}
        for cell in self.cells:
            for row in range(cell.row, cell.last_row + 1):
                for column in range(cell.column, cell.last_column + 1):
                    at[row, column] = cell
        object.__setattr__(self, "_at", at)

    def at(self, row: int, column: int) -> Cell | None:
        """The cell that covers a position, or None where the table has a hole there."""
        return self._at.get((row, column))

    def row_cells(self, row: int) -> list[Cell]:
        """The different cells that cover a row, from left to right (also those that began above it)."""
        found: list[Cell] = []
        last: Cell | None = None
        for column in range(1, self.columns + 1):
            cell = self._at.get((row, column))
            if cell is not None and cell is not last:
                found.append(cell)
                last = cell
        return found

    def __iter__(self) -> Iterator[Cell]:
        """The cells by row, then column."""
        if len(self._ordered) != len(self.cells):
            self._ordered[:] = sorted(self.cells, key=lambda cell: (cell.row, cell.column))
        return iter(self._ordered)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A line or paragraph of running text outside of tables."""

    text: str
    place: Place


Block = Paragraph | Grid


@dataclass(frozen=True, slots=True)
class Document:
    """What a reader found in a file: its blocks in reading order, and what it could not read.

    `pages` is the number of pages, or None for formats that have none; `title` is what the file's own properties say.
    `people` are the places (page and box) where a document with pages prints names or telephones of people.
    """

    blocks: tuple[Block, ...]
    pages: int | None = None
    title: str | None = None
    issues: tuple[Issue, ...] = ()
    people: tuple[Place, ...] = ()

    @property
    def grids(self) -> tuple[Grid, ...]:
        """The document's tables, in reading order."""
        return tuple(block for block in self.blocks if isinstance(block, Grid))
