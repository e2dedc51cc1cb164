"""A row of an indicator table as it was read: its cells by meaning."""

from __future__ import annotations

from dataclasses import dataclass

from extract.grid import Cell


@dataclass(frozen=True, slots=True)
class IndicatorRow:
    """One printed indicator: the cells of each column by notation, with tiers carried down, and what goes to its note.

    `texts` has the text of each notation (of several cells under one head, joined); `cells` the cells themselves.
    """

    row: int
    texts: dict[str, str]
    cells: dict[str, tuple[Cell, ...]]
    notes: tuple[str, ...] = ()
