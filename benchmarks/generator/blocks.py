"""A document before it has a format: sections of pages, each a list of words and tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Align = Literal["left", "center", "right"]
Style = Literal[
    "cover", "cover_year", "cover_note", "contents_head", "contents", "contents_inner",
    "part", "heading", "text", "label", "title", "year", "unit",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Words:
    """A paragraph; `unit` is the line above a table with what stands at its right end."""

    style: Style
    text: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table, given in the row where it begins."""

    text: str = ""
    columns: int = 1
    rows: int = 1
    align: Align = "center"
    head: bool = False


Row = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table: the share of the width that each column has, rows, how many of them are repeated on each page, the
    size of its letters in points, and whether it stands on one page."""

    widths: tuple[float, ...]
    rows: tuple[Row, ...]
    head_rows: int = 0
    size: float = 10.5
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """Pages of one orientation, beginning on a new page."""

    blocks: tuple[Words | Table, ...]
    landscape: bool = False


def check_table(table: Table, name: str) -> None:
    """Given a table, raise ValueError where its cells overlap or leave a hole."""
    taken: set[tuple[int, int]] = set()
    for y, row in enumerate(table.rows):
        x = 0
        for cell in row:
            while (y, x) in taken:
                x += 1
            spot = {(y + dy, x + dx) for dy in range(cell.rows) for dx in range(cell.columns)}
            if spot & taken:
                raise ValueError(f"{name}: cells overlap at row {y + 1}, column {x + 1}")
            taken |= spot
    if taken != {(y, x) for y in range(len(table.rows)) for x in range(len(table.widths))}:
        raise ValueError(f"{name}: the cells don't fill {len(table.rows)} x {len(table.widths)} positions")


def characters(sections: Sequence[Section]) -> frozenset[str]:
    """Given pages, return every character that they print, page numbers included."""
    made = set("0123456789— ")
    for section in sections:
        for block in section.blocks:
            texts = [block.text] if isinstance(block, Words) else [cell.text for row in block.rows for cell in row]
            made.update(*texts)
    return frozenset(made)
