"""Lines above a table of indicators that belong to its form: its money, its goal, the project that a heading names.

    一、公园绿地养护 / 预算金额：120万元 / 年度目标：…… / a table of indicators

They become the first rows of the table, so that forms are read in one way; each cell keeps its line's place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from extract.funding import prints_money
from extract.grid import Block, Cell, Document, Grid, Paragraph
from extract.heads import find_tables
from ontology import labels, titles
from ontology.records import PrintedCell

_NEAR = 12
"""How many lines above a table may speak of it."""
_NAMES = ("name", "name_and_code", "unit_name")
_TEXTS = ("objective", "outcome")
_NAME_LABEL = "项目名称"
"""Put before a heading that names a project and prints no label of its own."""
_OWNERS = ("department", "implementing_unit", "code")


def with_lead_lines(document: Document) -> Document:
    """Given a document, return it with the lines of money and goals above a form's indicators in the form's table."""
    made: list[Block] = []
    above: list[Paragraph] = []
    of_projects = False
    for block in document.blocks:
        if isinstance(block, Paragraph):
            title = titles.form_title(block.text)
            if title is not None:
                of_projects, above = title.scope == "project" and title.reason is None, []
            above.append(block)
            made.append(block)
            continue
        own, name = _own_lines(block, above[-_NEAR:], of_projects)
        if own or name:
            made = [other for other in made if not any(other is line for line in own)]
        made.append(_with_rows(block, own, name) if own or name else block)
        if any(cell.text.strip() for cell in block.cells):
            above = []
    same = all(a is b for a, b in zip(made, document.blocks, strict=False)) and len(made) == len(document.blocks)
    return document if same else replace(document, blocks=tuple(made))


def _own_lines(grid: Grid, above: Sequence[Paragraph], of_projects: bool) -> tuple[list[Paragraph], Paragraph | None]:
    """The lines that a table takes in, and the heading that names its project where no label does."""
    tables = find_tables(grid) if above else []
    if not tables or any(table.has_projects for table in tables):
        return [], None
    if any((match := labels.match_block(cell.text)) is not None and match.means(*_NAMES) for cell in grid):
        return [], None
    own = [line for line in above if _says(line.text, *_TEXTS) or prints_money(line.text)]
    if any(_says(line.text, *_NAMES) for line in above):
        return own, None
    heading = next((line for line in reversed(above) if labels.is_numbered(line.text)), None)
    if heading is None or not of_projects or not titles.may_name_project(labels.without_number(heading.text)):
        return [], None
    led = above[[line is heading for line in above].index(True) + 1 :]
    if not any(line in own or _says(line.text, *_OWNERS) for line in led):
        return [], None
    return [line for line in own if any(line is other for other in led)], heading


def _says(text: str, *notations: str) -> bool:
    match = labels.match_block(text)
    return match is not None and bool(match.value) and match.means(*notations)


def _with_rows(grid: Grid, lines: Sequence[Paragraph], heading: Paragraph | None) -> Grid:
    rows = len(lines) + (heading is not None)
    made: list[Cell] = []
    if heading is not None:
        part = (PrintedCell(heading.place, heading.text),)
        made = [Cell(1, 1, _NAME_LABEL, 1, 1, part),
                Cell(1, 2, labels.without_number(heading.text), 1, max(1, grid.columns - 1), part)]  # fmt: skip
    for line in lines:
        row = made[-1].row + 1 if made else 1
        made.append(Cell(row, 1, line.text, 1, grid.columns, (PrintedCell(line.place, line.text),)))
    made += [replace(cell, row=cell.row + rows) for cell in grid]
    note = "表上的文字行归入表中 (lines above the table, taken into it)"
    return Grid(grid.rows + rows, grid.columns, tuple(made), grid.place, (*grid.notes, note))
