"""Where a document prints names and telephones of people, so that what shows it can cover them.

They are never read (ontology/data/heads.yaml, left_out.contact says beside which labels they stand); these functions find
them in tables and lines for pictures and previews. In doubt more is covered rather than less: a covered figure is still
in the original, a shown telephone can't be taken back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from extract.grid import Cell, Grid
from ontology import labels
from ontology.records import Place

COVERED = "■■■"
"""What stands in the place of a covered text where a table is shown as text."""

_TELEPHONE = re.compile(
    r"(?<![\dA-Za-z.,，])(?:"
    r"(?:\+?86[-－—–\s]?)?1[3-9]\d(?:[-－—–\s]?\d{4}){2}"  # a mobile
    r"|[(（]?0\d{2,3}[)）]?[-－—–\s]?[2-9]\d{6,7}(?:[-－—–转\s]\d{1,5})?"  # a fixed line with its area code
    r"|[1-9]\d{5}(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{3}[\dXx]"  # an identity card
    r"|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"  # an address of electronic mail
    r")(?![\dA-Za-z.,，]\d|\d)"
)
_COLON = re.compile(r"\s*[:：]\s*")
_LONGEST_VALUE = 40  # characters behind a label with a colon in running text

GAP = "｜"
"""What stands in a line of text for a gap so wide that two texts stand beside each other: the next column's, perhaps."""


@cache
def _labels() -> re.Pattern[str]:
    """The labels of people with spaces between their characters, as forms set them apart, longest first."""
    spaced = (r"\s*".join(map(re.escape, label)) for label in sorted(labels.people_labels(), key=len, reverse=True))
    return re.compile("|".join(spaced))


def may_name_people(text: str) -> bool:
    """Whether a text, however long, has what `find_people_in` or `find_people_cells` look for at all: asked first, since
    hardly any page has."""
    return _LIKE_A_NUMBER.search(text) is not None or any(label in text for label in labels.people_labels())


# What `_TELEPHONE` finds, wherever it stands: a page's characters may follow each other in another order than on its lines.
_LIKE_A_NUMBER = re.compile(r"1[3-9]\d(?:[-－—–]?\d{4}){2}|0\d{2,3}[)）]?[-－—–]?\d{7}|[1-9]\d{16}[\dXx]|@")


@cache
def _last_signs() -> frozenset[str]:
    return frozenset(label[-1] for label in labels.people_labels())


def find_people_in(text: str) -> list[tuple[int, int]]:
    """Given a line of text, return the spans (start, end) of what names people or is a telephone."""
    spans = [found.span() for found in _TELEPHONE.finditer(text)]
    for label in _labels().finditer(text):
        colon = _COLON.match(text, label.end())
        if colon is None:
            continue
        end = min(len(text), colon.end() + _LONGEST_VALUE)
        following = _labels().search(text, colon.end(), end)
        if following is not None:
            end = following.start()
        value = text[colon.end() : end]
        begins = len(value) - len(value.lstrip(f" \t{GAP}"))
        if GAP in value[begins:]:
            value = value[: value.index(GAP, begins)]
        if value.strip(f" \t{GAP}"):
            spans.append((colon.end() + begins, colon.end() + len(value)))
    return sorted(spans)


def cover_people(text: str) -> str:
    """Given a text, return it with names and telephones of people covered."""
    covered = text
    for start, end in reversed(find_people_in(text)):
        covered = covered[:start] + COVERED + covered[end:]
    return covered


def find_people_cells(grid: Grid) -> list[Cell]:
    """Given a table, return its cells that name people or give their telephones.

    They stand right of a label ("联系人 | …") or, where that is the head of a column, below it; a short cell that holds
    label and value both is one itself.
    """
    found: dict[tuple[int, int], Cell] = {}
    for cell in grid:
        if _last_signs().isdisjoint(cell.text) or not labels.mentions_people(cell.text):
            continue
        if not _is_people_label(cell.text):
            if find_people_in(cell.text):
                found[cell.row, cell.column] = cell
            continue
        for value in _values_of(grid, cell):
            found[value.row, value.column] = value
    return list(found.values())


def hide_people(grid: Grid) -> Grid:
    """Given a table, return it with names and telephones of people covered."""
    people = {(cell.row, cell.column) for cell in find_people_cells(grid)}
    cells = []
    for cell in grid.cells:
        shown = COVERED if (cell.row, cell.column) in people and cell.text.strip() else cover_people(cell.text)
        if (cell.row, cell.column) in people and not _is_people_label(cell.text) and labels.mentions_people(cell.text):
            shown = cover_people(cell.text)  # its label stays
        cells.append(cell if shown == cell.text else replace(cell, text=shown))
    return Grid(grid.rows, grid.columns, tuple(cells), grid.place, grid.notes)


def find_people_places(grid: Grid) -> Iterator[Place]:
    """Given a table of a document with pages, yield the places (page and box) of its cells that name people."""
    for cell in find_people_cells(grid):
        for part in cell.parts:
            if part.place.page is not None and part.place.box is not None:
                yield part.place


def _is_people_label(text: str) -> bool:
    match = labels.match_block(text)
    return match is not None and labels.is_sensitive(match) and not match.value


def _is_label(cell: Cell) -> bool:
    return labels.match_block(cell.text) is not None or labels.match_column(cell.text) is not None


def _values_of(grid: Grid, label: Cell) -> Iterator[Cell]:
    """The cells that a label of people speaks of: right of it, or below it where it heads a column."""
    right = [grid.at(row, label.last_column + 1) for row in range(label.row, label.last_row + 1)]
    beside = [cell for cell in right if cell is not None]
    if beside and not any(cell.text.strip() and _is_label(cell) for cell in beside):
        yield from beside
        if any(cell.text.strip() for cell in beside):
            return
    for row in range(label.last_row + 1, grid.rows + 1):
        below = grid.at(row, label.column)
        if below is None or (below.text.strip() and _is_label(below)):
            return
        if below.column != label.column or below.column_span > label.column_span:
            return  # the next part of the form, which has other columns
        yield below
