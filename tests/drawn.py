"""Forms drawn as text, so that a test shows the form it is about.

A line that begins with "|" is a row of a table, its cells between bars: "<" continues the cell to the left, "^" the
cell above; "\\n" inside a cell is a line of its own. Other lines are paragraphs; a blank line ends a table.
"""

from __future__ import annotations

from extract.grid import Block, Cell, Document, Grid, Paragraph
from ontology.records import Place, PrintedCell


def draw(text: str) -> Document:
    """Given a drawing, return the document that a reader would make of it."""
    blocks: list[Block] = []
    rows: list[list[str]] = []
    tables = 0
    for line in [*text.splitlines(), ""]:
        stripped = line.strip()
        if stripped.startswith("|"):
            rows.append([cell.strip().replace("\\n", "\n") for cell in stripped.strip("|").split("|")])
            continue
        if rows:
            tables += 1
            blocks.append(_grid(rows, tables))
            rows = []
        if stripped:
            blocks.append(Paragraph(stripped, Place()))
    return Document(tuple(blocks))


def _grid(rows: list[list[str]], number: int) -> Grid:
    width = max(map(len, rows))
    owner: dict[tuple[int, int], tuple[int, int]] = {}
    for r, row in enumerate(rows, 1):
        assert len(row) == width, f"row {r} has {len(row)} cells, not {width}: {row}"
        for c, text in enumerate(row, 1):
            if text == "<":
                owner[r, c] = owner[r, c - 1]
            elif text == "^":
                owner[r, c] = owner[r - 1, c]
            else:
                owner[r, c] = (r, c)
    cells = []
    for origin in dict.fromkeys(owner.values()):
        covered = [spot for spot, of in owner.items() if of == origin]
        last_row, last_column = max(r for r, _ in covered), max(c for _, c in covered)
        area = (last_row - origin[0] + 1) * (last_column - origin[1] + 1)
        assert area == len(covered), f"the cell that begins at {origin} is no rectangle"
        first_row, first_column = origin
        text = rows[first_row - 1][first_column - 1]
        part = PrintedCell(Place(table=number, row=first_row, column=first_column), text)
        spans = (last_row - first_row + 1, last_column - first_column + 1)
        cells.append(Cell(first_row, first_column, text, *spans, (part,)))
    return Grid(len(rows), width, tuple(cells), Place(table=number))
