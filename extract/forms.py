"""A form as it is printed: its cells by meaning, before they are read as numbers, dates and names."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from extract.block import Block
from extract.context import Context
from extract.funding import FundingBlock
from extract.grid import Cell, Grid
from extract.heads import IndicatorTable
from extract.indicator_row import IndicatorRow
from extract.ledger import Ledger
from ontology import labels, titles
from ontology.records import FormKind, Place, Scope


@dataclass(slots=True)
class Form:
    """One printed form: what it is, and its cells by meaning. `grid` counts the document's grids from 1."""

    grid: int
    place: Place
    kind: FormKind | None = None
    scope: Scope | None = None
    title: titles.FormTitle | None = None
    year: int | None = None
    unit: str | None = None
    block: Block = field(default_factory=Block)
    funding: FundingBlock = field(default_factory=lambda: FundingBlock((), {}))
    rows: list[IndicatorRow] = field(default_factory=list)
    columns: frozenset[str] = frozenset()
    total: dict[str, Cell] = field(default_factory=dict)


def apply_context(form: Form, context: Context) -> None:
    """Let a form's own title cells, else the paragraphs above its table, say its kind, scope, year and unit."""
    own = next((titles.form_title(cell.text) for cell in form.block.titles), None)
    form.title = own or context.title
    form.year = (own.year if own else None) or form.block.year or context.year
    form.unit = form.block.unit or context.unit
    if form.title is not None:
        form.kind, form.scope = form.title.kind, form.title.scope
    for notation, value in context.fields.items():
        if form.block.first(notation) is None:
            form.block.fields.setdefault(notation, []).append(value)


def kind_by_heads(form: Form) -> FormKind:
    """Given a form whose title doesn't tell its kind, return what its columns and fields make it."""
    told = form.columns & labels.self_evaluation_heads()
    told_by_field = form.block.first("outcome", "score", "grade") is not None
    executed = any(amount.stage == "executed" for amount in form.funding.amounts)
    return "self_evaluation" if told or told_by_field or executed else "target"


def use_indicator(indicator: IndicatorRow, grid: Grid, table: IndicatorTable, ledger: Ledger) -> None:
    """Note the cells of an indicator's row in the ledger."""
    for notation, cells in indicator.cells.items():
        for cell in cells:
            if grid.at(cell.row, cell.column) is cell:  # a tier may be carried from the table before
                ledger.value(cell, notation)
    for column in table.columns.get("target", ()) if table.unadjusted else ():
        adjusted = grid.at(indicator.row, column)
        if adjusted is not None and adjusted not in indicator.cells.get("target", ()):
            ledger.leave_out(
                adjusted, "没有调整，指标值是年初的 (not adjusted: the target is that of the year's start)"
            )
    for column, why in table.ignored.items():
        if (other := grid.at(indicator.row, column)) is not None:
            ledger.leave_out(other, why)
    for column, head in table.notes.items():
        noted = grid.at(indicator.row, column)
        if noted is not None and head:
            ledger.value(noted, "note")
        elif noted is not None:
            ledger.leave_out(
                noted, "实施期指标，年度指标在其右 (a target of the whole term; the year's stands beside it)"
            )


def row_place(grid: Grid, row: int) -> Place:
    """The place of a row: page, table and row, without a column."""
    cell = next((cell for cell in grid.row_cells(row) if cell.row == row), None)
    return cell_place(cell) if cell is not None else grid.place


def cell_place(cell: Cell) -> Place:
    """The place of the row in which a cell begins."""
    return replace(cell.printed.place, column=None, box=None)
