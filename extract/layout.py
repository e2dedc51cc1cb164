"""Grids to forms, by meaning: which tables are performance forms, and what each form prints where.

A form is told by the labels it prints, never by the place of a cell: an indicator table by its heads, a form by the
name of its project or department. One grid may hold several forms, one form may be spread over grids, and a table of
many projects is as many forms. What a cell says as a number or a date is left to `extract.assemble`.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from extract.block import Block, FieldValue, read_block
from extract.funding import Amount, FundingBlock, read_funding
from extract.grid import Cell, Document, Grid, Paragraph
from extract.heads import IndicatorTable, find_tables
from extract.ledger import Ledger
from extract.rows import IndicatorRow, is_foot, read_rows
from extract.values import parse_amount
from ontology import labels
from ontology.issues import issue
from ontology.records import FormKind, Issue, Place, Scope

_CONTEXT = 12
"""How many paragraphs above a table may speak of it."""


@dataclass(slots=True)
class Form:
    """One printed form: what it is, and its cells by meaning. `grid` counts the document's grids from 1."""

    grid: int
    place: Place
    kind: FormKind | None = None
    scope: Scope | None = None
    title: labels.FormTitle | None = None
    year: int | None = None
    unit: str | None = None
    block: Block = field(default_factory=Block)
    funding: FundingBlock = field(default_factory=lambda: FundingBlock((), {}))
    rows: list[IndicatorRow] = field(default_factory=list)
    columns: frozenset[str] = frozenset()
    total: dict[str, Cell] = field(default_factory=dict)


@dataclass(slots=True)
class Layout:
    """What `read_forms` found: forms in order, the account of each grid's cells, and issues."""

    forms: list[Form]
    ledgers: list[Ledger]
    issues: list[Issue]
    form_grids: set[int]


@dataclass(frozen=True, slots=True)
class _Context:
    """What stands above a table: its title, a year, the unit of its money, and fields printed as paragraphs."""

    title: labels.FormTitle | None = None
    year: int | None = None
    unit: str | None = None
    fields: dict[str, FieldValue] = field(default_factory=dict)
    paragraphs: int = 0


def read_forms(document: Document) -> Layout:
    """Given a document's blocks, return its performance forms and what became of each cell of its tables."""
    layout = Layout([], [], [], set())
    above: list[str] = []
    for block in document.blocks:
        if isinstance(block, Paragraph):
            above.append(block.text)
            continue
        context = _read_context(above)
        above = []
        ledger = Ledger(block)
        layout.ledgers.append(ledger)
        number = len(layout.ledgers)
        for form in _read_grid(block, number, ledger, context, layout.issues):
            _add(layout, form, number)
        _report_unread(block, number, ledger, context, layout)
    return layout


# --- what stands above a table


_CONTEXT_FIELDS = ("name", "name_and_code", "unit_name", "code", "department", "implementing_unit")


def _read_context(above: list[str]) -> _Context:
    near = above[-_CONTEXT:]
    title: labels.FormTitle | None = None
    year: int | None = None
    unit: str | None = None
    fields: dict[str, FieldValue] = {}
    for index, text in enumerate(near):
        found = labels.form_title(text)
        if found is None and index + 1 < len(near) and not text.endswith(("。", "；", "：")):
            found = _title_over_two_lines(text, near[index + 1])
        if found is not None:
            # A later title replaces an earlier one, with everything that stood under that.
            title, year, unit, fields = found, found.year, None, {}
            continue
        if title is not None and year is None:
            year = labels.only_year(text)
        unit = labels.find_money_unit(text) or unit
        for part in labels.split_labels(text):
            match = labels.match_block(part)
            if match is not None and match.value and (notation := match.role("field")) in _CONTEXT_FIELDS:
                fields[notation] = FieldValue(match.value, ())
    return _Context(title, year, unit, fields, len(near))


def _title_over_two_lines(first: str, second: str) -> labels.FormTitle | None:
    """A long title wraps: "…目标批复表（政务服务网上服务能力第三方" / "评估服务经费）"."""
    if labels.form_title(second) is not None or len(first) < 10:
        return None
    open_bracket = first.count("（") + first.count("(") > first.count("）") + first.count(")")
    closes = second.rstrip().endswith(("）", ")", "表")) and len(second) < 40
    return labels.form_title(first + second) if closes and (open_bracket or second.rstrip().endswith("表")) else None


# --- one grid


def _read_grid(grid: Grid, number: int, ledger: Ledger, context: _Context, issues: list[Issue]) -> list[Form]:
    tables = find_tables(grid)
    if any(table.has_projects for table in tables):
        _note_heads(ledger, tables, issues)
        return _read_many(grid, number, ledger, context, tables)
    forms: list[Form] = []
    for index, rows in enumerate(_segments(grid, tables)):
        inside = [table for table in tables if table.first_row in rows]
        form = _read_segment(grid, number, ledger, rows, inside)
        own = context if index == 0 else replace(context, fields={})
        _apply_context(form, own)
        if _is_form(form, inside):
            _note_heads(ledger, inside, issues)
            forms.append(form)
        else:
            ledger.forget(rows)  # it turned out to be no form
    return forms


def _segments(grid: Grid, tables: list[IndicatorTable]) -> list[range]:
    """The rows of each form in a grid: a form begins with its project's name, or its department's."""
    starts = _name_rows(grid, tables, "name", "name_and_code") or _department_rows(grid, tables)
    bounds = [1]
    for start in starts[1:]:
        bounds.append(_start_of_preamble(grid, start, bounds[-1]))
    bounds.append(grid.rows + 1)
    return [range(first, last) for first, last in itertools.pairwise(bounds) if last > first]


def _name_rows(grid: Grid, tables: list[IndicatorTable], *notations: str) -> list[int]:
    heads = {row for table in tables for row in range(table.first_row, table.last_row + 1)}
    found: list[int] = []
    for cell in grid:
        match = labels.match_block(cell.text)
        if match is None or not match.means(*notations) or cell.row in heads:
            continue
        if any(cell.row > table.last_row and cell.column > table.first_tier for table in tables):
            continue
        if match.value is not None or _has_value_beside(grid, cell):
            found.append(cell.row)
    return sorted(set(found))


def _has_value_beside(grid: Grid, cell: Cell) -> bool:
    beside = grid.at(cell.row, cell.last_column + 1)
    if beside is None:
        return False
    match = labels.match_block(beside.text)
    return match is None or not any(role.group in ("field", "left_out", "section", "stage") for role in match.roles)


def _department_rows(grid: Grid, tables: list[IndicatorTable]) -> list[int]:
    """The rows that name a department, one for each indicator table: a form names its unit before its indicators."""
    rows = _name_rows(grid, tables, "unit_name")
    found: list[int] = []
    for index, table in enumerate(tables):
        after = tables[index - 1].last_row if index else 0
        between = [row for row in rows if after < row < table.first_row]
        if between:
            found.append(between[0])
    return found


def _start_of_preamble(grid: Grid, row: int, least: int) -> int:
    """The first row of a form, given the row with its name: a title or other labels may stand above that."""
    first = row
    while first - 1 > least:
        cells = [cell for cell in grid.row_cells(first - 1) if cell.text.strip()]
        if any(cell.row != first - 1 for cell in cells):
            break
        is_caption = any(
            labels.form_title(cell.text) or labels.only_year(cell.text) or labels.find_money_unit(cell.text)
            for cell in cells
        )
        names = [match for cell in cells if (match := labels.match_block(cell.text)) is not None]
        belongs = any(
            m.means("unit_name", "department", "code") or m.role("left_out") in ("date", "seal") for m in names
        )
        if cells and not is_caption and not belongs:
            break
        first -= 1
    return first


def _read_segment(grid: Grid, number: int, ledger: Ledger, rows: range, tables: list[IndicatorTable]) -> Form:
    """Given the rows of one form and the indicator tables in them, return the form as it is printed."""
    form = Form(number, _row_place(grid, rows.start))
    outside: set[int] = set(rows)
    for index, table in enumerate(tables):
        end = tables[index + 1].first_row if index + 1 < len(tables) else rows.stop
        below = [row for row in range(table.last_row + 1, end) if not is_foot(grid, row, table)]
        outside -= set(below) | set(range(table.first_row, table.last_row + 1))
        _read_table_rows(grid, table, below, ledger, form)
        form.columns |= frozenset(table.columns)
        feet = sorted(outside & set(range(table.last_row + 1, end)))
        form.total |= _total_cells(grid, table, feet, ledger)
    form.block = read_block(grid, outside, ledger)
    form.funding = read_funding(grid, outside, ledger)
    return form


def _read_table_rows(grid: Grid, table: IndicatorTable, rows: list[int], ledger: Ledger, form: Form) -> None:
    side = [cell for cell in grid if cell.row <= table.first_row <= cell.last_row and cell.last_row > table.last_row]
    for cell in side:
        if (match := labels.match_block(cell.text)) and match.role("section") == "indicators":
            ledger.label(cell, "indicators")
    for indicator, _ in read_rows(grid, table, rows, ledger):
        _use_indicator(indicator, grid, table, ledger)
        form.rows.append(indicator)


def _use_indicator(indicator: IndicatorRow, grid: Grid, table: IndicatorTable, ledger: Ledger) -> None:
    for notation, cells in indicator.cells.items():
        for cell in cells:
            ledger.value(cell, notation)
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


def _total_cells(grid: Grid, table: IndicatorTable, feet: list[int], ledger: Ledger) -> dict[str, Cell]:
    """The cells of a table's total row (总分) in the columns of weight and score; subtotals are left out."""
    found: dict[str, Cell] = {}
    for row in feet:
        lead = next((cell for cell in grid.row_cells(row) if cell.row == row and cell.text.strip()), None)
        match = labels.match_block(lead.text) if lead is not None else None
        if lead is None or match is None or not match.means("score", "total_row", "subtotal_row"):
            continue
        ledger.label(lead, "total")
        for notation in ("score", "weight") if not match.means("subtotal_row") else ():
            for column in table.columns.get(notation, ()):
                cell = grid.at(row, column)
                if cell is not None and cell is not lead and cell.row == row and cell not in found.values():
                    found.setdefault(notation, cell)
                    ledger.value(cell, f"total.{notation}")
        if "score" not in found and match.means("score"):
            ledger.forget(range(row, row + 1))  # a label of the block: its value stands beside it
            continue
        for cell in grid.row_cells(row):
            if cell.row == row and cell is not lead:
                ledger.leave_out(cell, "合计或小计 (a total or subtotal)")
    return found


# --- a table of many projects


def _read_many(grid: Grid, number: int, ledger: Ledger, context: _Context, tables: list[IndicatorTable]) -> list[Form]:
    forms: list[Form] = []
    last: dict[str, Cell] = {}
    for index, table in enumerate(tables):
        end = tables[index + 1].first_row if index + 1 < len(tables) else grid.rows + 1
        for indicator, owner in read_rows(grid, table, range(table.last_row + 1, end), ledger):
            if not forms or _is_other_project(owner, last):
                form = Form(number, _row_place(grid, indicator.row), columns=frozenset(table.columns))
                _start_project(form, owner, context)
                forms.append(form)
            last = {**last, **{notation: cell for notation, cell in owner.items() if cell.text.strip()}}
            form = forms[-1]
            _use_indicator(indicator, grid, table, ledger)
            _add_owner(form, owner, ledger)
            _add_amounts(form, grid, indicator.row, table, ledger)
            form.rows.append(indicator)
    return forms


def _is_other_project(owner: dict[str, Cell], last: dict[str, Cell]) -> bool:
    """Whether a row's own cells name another project than the row above: a blank cell goes on with the same."""
    for notation in ("project_name", "project_code", "unit_name"):
        cell = owner.get(notation)
        if cell is not None and cell.text.strip() and notation in last and cell.text != last[notation].text:
            return True
    return False


def _start_project(form: Form, owner: dict[str, Cell], context: _Context) -> None:
    cell = owner.get("project_name")
    if cell is not None:
        form.place = _cell_place(cell)
    _apply_context(form, context)
    form.scope = "project"
    form.kind = form.kind or _kind_by_heads(form)


_OWNER_FIELDS = {"project_name": "name", "project_code": "code", "department": "department", "objective": "objective",
                 "unit_name": "unit_name", "unit_code": "unit_code",
                 "implementing_unit": "implementing_unit"}  # fmt: skip


def _add_owner(form: Form, owner: dict[str, Cell], ledger: Ledger) -> None:
    for notation, cell in owner.items():
        name = _OWNER_FIELDS[notation]
        known = form.block.fields.setdefault(name, [])
        if cell.text.strip() and not any(cell in value.cells or cell.text == value.text for value in known):
            known.append(FieldValue(cell.text, (cell,)))
        ledger.value(cell, name)


def _add_amounts(form: Form, grid: Grid, row: int, table: IndicatorTable, ledger: Ledger) -> None:
    found = list(form.funding.amounts)
    for column in table.funding:
        cell = grid.at(row, column.column)
        if cell is None or any(amount.cell is cell for amount in found):
            continue
        if parse_amount(cell.text) is None:
            if cell.text.strip():
                ledger.leave_out(cell, "不是金额 (no amount)")
            continue
        stage, source = column.stage or "budget", column.source or "total"
        if any((amount.stage, amount.source) == (stage, source) for amount in found):
            # The same amount printed again on each of a project's rows.
            ledger.value(cell, "funding.amount")
            continue
        found.append(Amount(stage, source, cell.text, column.unit, cell))
        ledger.value(cell, "funding.amount")
    form.funding = FundingBlock(tuple(found), form.funding.execution)


# --- what a form is


def _apply_context(form: Form, context: _Context) -> None:
    """Let a form's own title cells, else the paragraphs above its table, say its kind, scope, year and unit."""
    own = next((labels.form_title(cell.text) for cell in form.block.titles), None)
    form.title = own or context.title
    form.year = (own.year if own else None) or form.block.year or context.year
    form.unit = form.block.unit or context.unit
    if form.title is not None:
        form.kind, form.scope = form.title.kind, form.title.scope
    for notation, value in context.fields.items():
        if form.block.first(notation) is None:
            form.block.fields.setdefault(notation, []).append(value)


def _kind_by_heads(form: Form) -> FormKind:
    told = form.columns & labels.self_evaluation_heads()
    told_by_field = form.block.first("outcome", "score", "grade") is not None
    executed = any(amount.stage == "executed" for amount in form.funding.amounts)
    return "self_evaluation" if told or told_by_field or executed else "target"


def _is_form(form: Form, tables: list[IndicatorTable]) -> bool:
    """Whether a segment of a grid is a form: it has an indicator table, or a name and what is to come of it."""
    name = form.block.first("name", "name_and_code")
    if not tables:
        # Without indicators a list of projects (项目名称 | 预算数 | 绩效目标) has a form's labels too, but as heads.
        named = name is not None and name.is_beside
        to_come = form.block.first("objective", "outcome", "score", "term_objective") is not None
        if not (named and to_come and (form.funding.amounts or form.title is not None)):
            return False
    if form.title is not None and form.title.reason is not None:
        return False
    if form.kind is None or form.title is None:
        form.kind = _kind_by_heads(form)
    elif form.kind == "target" and "actual" in form.columns and form.block.first("outcome", "score", "grade"):
        form.kind = "self_evaluation"
    if name is not None:
        form.scope = "project"
    elif form.scope is None or form.block.first("unit_name") is not None:
        form.scope = "department" if form.scope != "project" or form.title is None else form.scope
    return True


def _add(layout: Layout, form: Form, number: int) -> None:
    """Add a form, or join it to the one before where a form's head and its indicators are two tables."""
    before = layout.forms[-1] if layout.forms else None
    layout.form_grids.add(number)
    goes_on = (
        before is not None
        and before.grid == number - 1
        and not before.rows
        and form.rows
        and form.block.first("name", "name_and_code", "unit_name") is None
        and (form.title is None or before.title is None or form.title == before.title)
    )
    if before is None or not goes_on:
        layout.forms.append(form)
        return
    before.rows += form.rows
    before.columns |= form.columns
    before.total |= form.total
    for notation, values in form.block.fields.items():
        before.block.fields.setdefault(notation, []).extend(values)
    if form.funding.amounts and not before.funding.amounts:
        before.funding = form.funding
    if before.title is None:
        before.kind = _kind_by_heads(before)


def _note_heads(ledger: Ledger, tables: Iterable[IndicatorTable], issues: list[Issue]) -> None:
    for table in tables:
        for cell in table.head_cells:
            ledger.label(cell, "head")
        for cell in table.unknown:
            issues.append(issue("head.unknown", _cell_place(cell), text=cell.text))


def _row_place(grid: Grid, row: int) -> Place:
    cell = next((cell for cell in grid.row_cells(row) if cell.row == row), None)
    return _cell_place(cell) if cell is not None else grid.place


def _cell_place(cell: Cell) -> Place:
    return replace(cell.printed.place, column=None, box=None)


# --- tables that look like forms and were not read


_STRONG = ("tier1", "tier2", "tier3", "target", "actual", "operator")


def _report_unread(grid: Grid, number: int, ledger: Ledger, context: _Context, layout: Layout) -> None:
    if number in layout.form_grids:
        return
    reason = context.title.reason if context.title is not None else None
    seen: list[str] = []
    for cell in grid:
        column = labels.match_column(cell.text)
        block = labels.match_block(cell.text)
        if (
            (column is not None and column.notation in _STRONG)
            or (block is not None and block.means("objective", "outcome", "stages"))
            or (block is not None and block.role("section") == "indicators")
            or (labels.is_tier1(cell.text) and cell.text.strip().endswith("指标"))
        ) and cell.text not in seen:
            seen.append(cell.text)
    if len(seen) >= 3 or (seen and context.title is not None):
        why = (
            f"{reason[0]} ({reason[1]})" if reason else "没有找到指标表头或项目名称 (no indicator heads or name found)"
        )
        layout.issues.append(issue("form.unread", grid.place, labels="、".join(seen[:5]), reason=why))
