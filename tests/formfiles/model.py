"""A document before it has a format: words, and tables of cells with spans."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Style = Literal["title", "line", "right", "text", "heading"]


@dataclass(frozen=True, slots=True)
class Words:
    """A line or paragraph: a title, a centred line, one at the right edge, running text, a heading."""

    text: str
    style: Style = "line"


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell, given in the row where it begins; `inner` is a table inside of it (Word only)."""

    text: str = ""
    columns: int = 1
    rows: int = 1
    left: bool = False
    inner: Table | None = None


Row = list[Cell]


@dataclass(slots=True)
class Table:
    """A table: the share of the width that each column has, its rows, and how many of them each page repeats."""

    widths: list[float]
    rows: list[Row]
    head_rows: int = 0


@dataclass(frozen=True, slots=True)
class PageBreak:
    """What follows begins on a new page (in a workbook: on a new sheet)."""


Block = Words | Table | PageBreak


@dataclass(slots=True)
class Pages:
    """What a document prints, and its look in the formats that have one."""

    blocks: list[Block]
    landscape: bool = False
    look: dict[str, str] = field(default_factory=dict)


def cell(given: object) -> Cell:
    """A cell from what the layouts write: a text, (text, columns), (text, columns, rows), or a cell."""
    if isinstance(given, Cell):
        return given
    if isinstance(given, tuple):
        return Cell(*given)
    return Cell(str(given))


def row(*given: object) -> Row:
    """A row of such cells."""
    return [cell(one) for one in given]


def check(table: Table, name: str) -> None:
    """Raise ValueError where a table's cells overlap or leave a hole: the layout is wrong then."""
    taken: set[tuple[int, int]] = set()
    for y, cells in enumerate(table.rows):
        x = 0
        for one in cells:
            while (y, x) in taken:
                x += 1
            spot = {(y + dy, x + dx) for dy in range(one.rows) for dx in range(one.columns)}
            if spot & taken:
                raise ValueError(f"{name}: cells overlap at row {y + 1}, column {x + 1} ({one.text})")
            taken |= spot
    want = {(y, x) for y in range(len(table.rows)) for x in range(len(table.widths))}
    if taken != want:
        raise ValueError(f"{name}: holes or overhang at {sorted(taken ^ want)[:5]}")


def positions(table: Table) -> dict[tuple[int, int], Cell]:
    """The cells of a table by row and column, from 0."""
    taken: set[tuple[int, int]] = set()
    found: dict[tuple[int, int], Cell] = {}
    for y, cells in enumerate(table.rows):
        x = 0
        for one in cells:
            while (y, x) in taken:
                x += 1
            found[y, x] = one
            taken |= {(y + dy, x + dx) for dy in range(one.rows) for dx in range(one.columns)}
    return found
