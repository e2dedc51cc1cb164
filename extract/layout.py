"""Grids to forms, by meaning: which tables are performance forms, and what each form prints where.

A form is told by the labels it prints, never by the place of a cell: an indicator table by its heads, a form by the
name of its project or department. One grid may hold several forms, one form may be spread over grids, and a table of
many projects is as many forms. What a cell says as a number or a date is left to `extract.assemble`.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from extract.block import FieldValue, read_block
from extract.context import Context, read_context
from extract.forms import Form, apply_context, cell_place, kind_by_heads, row_place, use_indicator
from extract.funding import keep_year, read_funding
from extract.grid import Cell, Document, Grid, Paragraph
from extract.heads import IndicatorTable, find_tables
from extract.ledger import Ledger
from extract.many import read_many
from extract.rows import carried_from, is_foot, names_indicator, read_rows
from ontology import labels, titles
from ontology.issues import issue
from ontology.records import Issue


@dataclass(slots=True)
class Layout:
    """What `read_forms` found: forms in order, the account of each grid's cells, and issues."""

    forms: list[Form]
    ledgers: list[Ledger]
    issues: list[Issue]
    form_grids: set[int]


@dataclass(frozen=True, slots=True)
class _Open:
    """A table of indicators that the next grid may go on with: its grid's width, its head, and its last form."""

    columns: int
    table: IndicatorTable | None
    form: Form


def read_forms(document: Document) -> Layout:
    """Given a document's blocks, return its performance forms and what became of each cell of its tables."""
    layout = Layout([], [], [], set())
    above: list[str] = []
    still_open: _Open | None = None
    for block in document.blocks:
        if isinstance(block, Paragraph):
            if layout.ledgers and layout.ledgers[-1].number in layout.form_grids and len(above) < _FOOT_LINES:
                _read_foot(_with_label(above, block.text), layout.forms[-1])
            above.append(block.text)
            continue
        context = read_context(above)
        bridge = _read_bridge(above)
        if any(cell.text.strip() for cell in block.cells):
            above = []  # a table without a text only holds others: what stands above it speaks of those
        ledger = Ledger(block, len(layout.ledgers) + 1)
        layout.ledgers.append(ledger)
        tables = find_tables(block)
        if not tables and still_open is not None and _goes_on(block, still_open, context):
            _read_rest(ledger, still_open, layout)
            continue
        if bridge is not None and still_open is not None and _is_part(block, tables, context):
            still_open = _read_part(ledger, tables, still_open.form, bridge, layout)
            continue
        for form in _read_grid(ledger, context, tables, layout.issues):
            _add(layout, form, ledger.number)
        still_open = None
        if ledger.number in layout.form_grids:
            still_open = _Open(block.columns, tables[-1] if tables else None, layout.forms[-1])
        _report_unread(ledger, context, layout)
    return layout


_FOOT_LINES = 3
"""How many lines right below a form may belong to it."""


def _with_label(above: list[str], text: str) -> str:
    """A line with the label that stands on a line of its own before it: "自评等级" and then "优"."""
    match = labels.match_block(above[-1]) if above else None
    alone = match is not None and match.value is None and match.means("score", "grade")
    return f"{above[-1].strip('：: ')}：{text}" if alone and labels.match_block(text) is None else text


def _read_foot(text: str, form: Form) -> None:
    """Read a line below a form that gives its score or grade: "自评等级：优"."""
    for part in labels.split_labels(text):
        match = labels.match_block(part)
        notation = match.role("field") if match is not None and match.value else None
        if match is not None and notation in ("score", "grade") and form.block.first(notation) is None:
            form.block.fields.setdefault(notation, []).append(FieldValue(match.value or "", ()))


@dataclass(frozen=True, slots=True)
class _Bridge:
    """A line between two tables of one form: a first tier that heads the second (（一）产出指标), or that it goes on."""

    tier1: Cell | None


_GOES_ON = re.compile(r"[(（]?续表?[)）]?|续上表|接上表")


def _read_bridge(above: list[str]) -> _Bridge | None:
    """Given the lines between two tables, return what the last of them says of the second as a part of the first."""
    lines = [text.strip() for text in above if text.strip()]
    if not lines:
        return None
    if _GOES_ON.fullmatch(lines[-1].replace(" ", "")):
        return _Bridge(None)
    return _Bridge(Cell(0, 0, labels.without_number(lines[-1]))) if labels.is_tier1(lines[-1]) else None


def _is_part(grid: Grid, tables: list[IndicatorTable], context: Context) -> bool:
    """Whether a table of indicators names no project or unit of its own: it is a part of the form before it."""
    if not tables or context.title is not None or any(table.has_projects for table in tables):
        return False
    return not _name_rows(grid, tables, "name", "name_and_code", "unit_name")


def _read_part(ledger: Ledger, tables: list[IndicatorTable], form: Form, bridge: _Bridge, layout: Layout) -> _Open:
    """Read a form's further table of indicators into it, under the first tier that heads it."""
    grid = ledger.grid
    layout.form_grids.add(ledger.number)
    _note_heads(ledger, tables, layout.issues)
    for index, found in enumerate(tables):
        table = replace(found, tier1=bridge.tier1) if "tier1" not in found.columns else found
        end = tables[index + 1].first_row if index + 1 < len(tables) else grid.rows + 1
        rows = range(table.last_row + 1, end)
        below = [row for row in rows if not is_foot(grid, row, table)]
        _read_table_rows(grid, table, below, ledger, form)
        form.columns |= frozenset(table.columns)
        feet = sorted(set(rows) - set(below))
        form.total |= _total_cells(grid, table, feet, ledger)
        for notation, values in read_block(grid, feet, ledger).fields.items():
            form.block.fields.setdefault(notation, []).extend(values)
    return _Open(grid.columns, tables[-1], form)


def _goes_on(grid: Grid, still_open: _Open, context: Context) -> bool:
    """Whether a table without a head goes on with the one before: as many columns, nothing but a page's foot and head
    between them, and indicators where those had indicators."""
    table = still_open.table
    if table is None or grid.columns != still_open.columns or context.title is not None or not context.is_blank:
        return False
    named = [row for row in range(1, grid.rows + 1) if names_indicator(grid, row, table)]
    return len(named) * 2 >= grid.rows


def _read_rest(ledger: Ledger, still_open: _Open, layout: Layout) -> None:
    """Read a table without a head by the columns of the table before it, into that one's last form."""
    grid = ledger.grid
    form = still_open.form
    if still_open.table is None:
        return
    table = replace(still_open.table, first_row=0, last_row=0, head_cells=())
    layout.form_grids.add(ledger.number)
    layout.issues.append(issue("form.goes_on", grid.place))
    if table.has_projects:
        layout.forms += read_many(ledger, Context(form.title, form.year, form.unit), [table], form)
        return
    rows = range(1, grid.rows + 1)
    below = [row for row in rows if not is_foot(grid, row, table)]
    for indicator, _ in read_rows(grid, table, below, ledger, carried_from(form.rows)):
        if isinstance(indicator, int):
            continue
        use_indicator(indicator, grid, table, ledger)
        form.rows.append(indicator)
    feet = sorted(set(rows) - set(below))
    form.total |= _total_cells(grid, table, feet, ledger)
    for notation, values in read_block(grid, feet, ledger).fields.items():
        form.block.fields.setdefault(notation, []).extend(values)


# --- one grid


def _read_grid(ledger: Ledger, context: Context, tables: list[IndicatorTable], issues: list[Issue]) -> list[Form]:
    if any(table.has_projects for table in tables):
        _note_heads(ledger, tables, issues)
        return read_many(ledger, context, tables)
    forms: list[Form] = []
    for index, rows in enumerate(_segments(ledger.grid, tables)):
        inside = [table for table in tables if table.first_row in rows]
        form = _read_segment(ledger, rows, inside)
        own = context if index == 0 else replace(context, fields={})
        apply_context(form, own)
        form.funding = keep_year(form.funding, form.year, ledger)
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
        above = [table for table in tables if cell.row > table.last_row]
        if any(cell.column > table.first_tier for table in above) and not is_foot(grid, cell.row, above[-1]):
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
            titles.form_title(cell.text) or labels.only_year(cell.text) or labels.find_money_unit(cell.text)
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


def _read_segment(ledger: Ledger, rows: range, tables: list[IndicatorTable]) -> Form:
    """Given the rows of one form and the indicator tables in them, return the form as it is printed."""
    grid = ledger.grid
    form = Form(ledger.number, row_place(grid, rows.start))
    outside: set[int] = set(rows)
    of_term = _tables_of_term(grid, tables)
    for index, table in enumerate(tables):
        end = tables[index + 1].first_row if index + 1 < len(tables) else rows.stop
        if index in of_term:
            _leave_out_term(grid, table, end, ledger)
            outside -= set(range(table.first_row, end))
            continue
        below = [row for row in range(table.last_row + 1, end) if not is_foot(grid, row, table)]
        outside -= set(below) | set(range(table.first_row, table.last_row + 1))
        _read_table_rows(grid, table, below, ledger, form)
        form.columns |= frozenset(table.columns)
        feet = sorted(outside & set(range(table.last_row + 1, end)))
        form.total |= _total_cells(grid, table, feet, ledger)
    form.block = read_block(grid, outside, ledger)
    form.funding = read_funding(grid, outside, ledger)
    return form


_TERM = re.compile(r"长期|中期|实施期|实施周期|总目标|三年|中长期")


def _tables_of_term(grid: Grid, tables: list[IndicatorTable]) -> set[int]:
    """Of several indicator tables of one form, those of the whole term (长期绩效指标), where others are the year's."""
    found = {index for index, table in enumerate(tables) if any(_TERM.search(text) for text in _captions(grid, table))}
    return found if len(found) < len(tables) else set()


def _captions(grid: Grid, table: IndicatorTable) -> list[str]:
    """The labels at the side of a table and right above its head."""
    side = [
        cell.text for cell in grid if cell.row <= table.first_row <= cell.last_row and cell.column < table.first_tier
    ]
    above = [
        cell for cell in grid.row_cells(table.first_row - 1) if cell.last_column >= grid.columns and cell.column == 1
    ]
    return [*side, *(cell.text for cell in above)]


def _leave_out_term(grid: Grid, table: IndicatorTable, end: int, ledger: Ledger) -> None:
    for cell in grid:
        if table.first_row <= cell.row < end and cell.column >= table.first_tier:
            ledger.leave_out(cell, "实施期指标，年度指标另有一表 (of the whole term: the year's have their own table)")


def _read_table_rows(grid: Grid, table: IndicatorTable, rows: list[int], ledger: Ledger, form: Form) -> None:
    side = [cell for cell in grid if cell.row <= table.first_row <= cell.last_row and cell.last_row > table.last_row]
    for cell in side:
        if (match := labels.match_block(cell.text)) and match.role("section") == "indicators":
            ledger.label(cell, "indicators")
    for indicator, _ in read_rows(grid, table, rows, ledger):
        if isinstance(indicator, int):
            continue
        use_indicator(indicator, grid, table, ledger)
        form.rows.append(indicator)


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


# --- what a form is


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
        form.kind = kind_by_heads(form)
    elif form.kind == "target" and "actual" in form.columns and form.block.first("outcome", "score", "grade"):
        form.kind = "self_evaluation"
    if name is not None or (form.title is not None and form.title.name is not None and form.scope != "department"):
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
        before.kind = kind_by_heads(before)


def _note_heads(ledger: Ledger, tables: Iterable[IndicatorTable], issues: list[Issue]) -> None:
    for table in tables:
        for cell in table.head_cells:
            ledger.label(cell, "head")
        for cell in table.unknown:
            issues.append(issue("head.unknown", cell_place(cell), text=cell.text))
        for cell, notation in table.likely:
            column = labels.columns()[notation]
            issues.append(issue("head.likely", cell_place(cell), text=cell.text, column=(column.zh, column.en)))


# --- tables that look like forms and were not read


_STRONG = ("tier1", "tier2", "tier3", "target", "actual", "operator")


def _report_unread(ledger: Ledger, context: Context, layout: Layout) -> None:
    grid = ledger.grid
    if ledger.number in layout.form_grids:
        return
    reason = context.title.reason if context.title is not None else None
    seen: dict[str, None] = {}
    for cell in grid:
        column = labels.match_column(cell.text)
        block = labels.match_block(cell.text)
        if (
            (column is not None and column.notation in _STRONG)
            or (block is not None and block.means("objective", "outcome", "stages"))
            or (block is not None and block.role("section") == "indicators")
            or (labels.is_tier1(cell.text) and cell.text.strip().endswith("指标"))
        ):
            seen.setdefault(_label_alone(cell.text))
    listed = _heads_of_list(grid) if context.title is not None and not seen else ()
    if listed:
        reason = reason or ("这张表只列出项目，没有绩效指标", "it lists projects without indicators")
        layout.issues.append(issue("form.unread", grid.place, labels="、".join(listed), reason=reason))
    if len(seen) < _LIKE_A_FORM and not (seen and context.title is not None):
        return
    if reason is None and (count := _listed_projects(grid)):
        layout.issues.append(issue("form.list", grid.place, count=count))
        return
    why = reason or ("没有找到指标表头或项目名称", "no heads of indicators and no name were found")
    layout.issues.append(issue("form.unread", grid.place, labels="、".join(list(seen)[:_MOST_SHOWN]), reason=why))


_LIKE_A_FORM = 3
"""How many labels of a form a table must print to look like one, where no title above it says so."""
_MOST_SHOWN = 5
_LONGEST_SHOWN = 12


def _label_alone(text: str) -> str:
    """A label without the value behind its colon, short enough for a message."""
    label = text.replace(":", "：").partition("：")[0].replace("\n", "").strip()
    return label if len(label) <= _LONGEST_SHOWN else label[:_LONGEST_SHOWN] + "…"


def _heads_of_list(grid: Grid) -> tuple[str, ...]:
    """The heads of a list of projects with what became of them (项目名称 | 自评得分), or nothing where it is no list."""
    for row in range(1, grid.rows):
        cells = [cell for cell in grid.row_cells(row) if cell.row == row]
        heads = {match.notation: cell.text for cell in cells if (match := labels.match_column(cell.text)) is not None}
        if "project_name" in heads and heads.keys() & {"score", "total_score", "weight"}:
            return tuple(heads.values())[:_MOST_SHOWN]
    return ()


def _listed_projects(grid: Grid) -> int:
    """How many projects a table lists with their objectives and without indicators; 0 where it is no such list."""
    for row in range(1, grid.rows + 1):
        heads = {
            match.notation: cell
            for cell in grid.row_cells(row)
            if cell.row == row and (match := labels.match_column(cell.text)) is not None
        }
        if {"project_name", "objective"} <= heads.keys() and not heads.keys() & {*_STRONG, "indicator_name"}:
            named = (grid.at(below, heads["project_name"].column) for below in range(row + 1, grid.rows + 1))
            return len({(cell.row, cell.column) for cell in named if cell is not None and cell.text.strip()})
    return 0
