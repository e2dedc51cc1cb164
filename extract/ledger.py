"""The account of a table's cells while it is read: each is used, left out on purpose, or left over and reported."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from extract.grid import Cell, Grid

Use = Literal["label", "value", "left_out"]


@dataclass(frozen=True, slots=True)
class Entry:
    """What became of a cell: how it was used, as what (a field, a label) or why it was left out."""

    cell: Cell
    use: Use
    what: str
    sensitive: bool = False


@dataclass(slots=True)
class Ledger:
    """The account of one grid, which is the document's table `number`, counted from 1."""

    grid: Grid
    number: int = 1
    _entries: dict[tuple[int, int], Entry] = field(default_factory=dict)

    def label(self, cell: Cell, what: str) -> None:
        """Note that a cell was recognised as a label."""
        self._put(Entry(cell, "label", what))

    def value(self, cell: Cell, what: str) -> None:
        """Note that a cell's text was read into a field."""
        self._entries[cell.row, cell.column] = Entry(cell, "value", what)

    def leave_out(self, cell: Cell, why: str, *, sensitive: bool = False) -> None:
        """Note that a cell is left out on purpose, and why; the text of a sensitive one is never repeated."""
        self._put(Entry(cell, "left_out", why, sensitive))

    def _put(self, entry: Entry) -> None:
        self._entries.setdefault((entry.cell.row, entry.cell.column), entry)

    def use_of(self, cell: Cell) -> Use | None:
        """What a cell was noted as, or None."""
        entry = self._entries.get((cell.row, cell.column))
        return entry.use if entry is not None else None

    def is_free(self, cell: Cell) -> bool:
        """Whether nothing is noted of a cell yet."""
        return (cell.row, cell.column) not in self._entries

    def forget_cell(self, cell: Cell) -> None:
        """Take back what was noted of a cell."""
        self._entries.pop((cell.row, cell.column), None)

    def forget(self, rows: range) -> None:
        """Take back what was noted of the cells that begin in these rows."""
        self._entries = {key: entry for key, entry in self._entries.items() if key[0] not in rows}

    @property
    def entries(self) -> tuple[Entry, ...]:
        """What was noted, by row and column."""
        return tuple(self._entries[key] for key in sorted(self._entries))

    def unexplained(self) -> tuple[Cell, ...]:
        """The cells with a text of which nothing is noted."""
        return tuple(cell for cell in self.grid if cell.text.strip() and self.is_free(cell))
