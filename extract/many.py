"""A table of many projects: each of its rows names its project or goes on with the one above."""

from __future__ import annotations

from extract.block import FieldValue
from extract.context import Context
from extract.forms import Form, apply_context, cell_place, kind_by_heads, row_place, use_indicator
from extract.funding import Amount, FundingBlock
from extract.grid import Cell, Grid
from extract.heads import IndicatorTable
from extract.ledger import Ledger
from extract.rows import read_rows
from extract.values import parse_amount
from ontology import labels


def read_many(
    ledger: Ledger, context: Context, tables: list[IndicatorTable], open_form: Form | None = None
) -> list[Form]:
    """Given a grid's ledger and the heads of its tables of projects, return a form for each project that begins in it.

    Rows before the first project's name go on with `open_form`, the last of the table that this one goes on with.
    """
    grid = ledger.grid
    forms: list[Form] = []
    last = _owner_of(open_form) if open_form is not None else {}
    for index, table in enumerate(tables):
        end = tables[index + 1].first_row if index + 1 < len(tables) else grid.rows + 1
        named: tuple[int, dict[str, Cell]] | None = None
        for indicator, owner in read_rows(grid, table, range(table.last_row + 1, end), ledger):
            if isinstance(indicator, int):
                named = (indicator, owner)  # a project's name on a row of its own: its indicators follow
                continue
            own, rows = owner, [indicator.row]
            if named is not None and not _text(owner.get("project_name")):
                own = {**owner, **{n: cell for n, cell in named[1].items() if not _text(owner.get(n))}}
                rows.insert(0, named[0])
            named = None
            if (not forms and open_form is None) or _is_other_project(own, last, grid, rows[0], table):
                form = Form(ledger.number, row_place(grid, rows[0]), columns=frozenset(table.columns))
                _start_project(form, own, context)
                forms.append(form)
            last = {**last, **{notation: cell for notation, cell in own.items() if cell.text.strip()}}
            form = forms[-1] if forms or open_form is None else open_form
            use_indicator(indicator, grid, table, ledger)
            _add_owner(form, own, ledger)
            for row in rows:
                _add_amounts(form, grid, row, table, ledger)
            form.rows.append(indicator)
    return forms


def _text(cell: Cell | None) -> str:
    return cell.text.strip() if cell is not None else ""


def _owner_of(form: Form) -> dict[str, Cell]:
    """The cells that name a form's project, by the notations of their columns."""
    found: dict[str, Cell] = {}
    for notation, name in _OWNER_FIELDS.items():
        value = form.block.first(name)
        if value is not None and value.cells:
            found[notation] = value.cells[0]
    return found


def _is_other_project(
    owner: dict[str, Cell], last: dict[str, Cell], grid: Grid, row: int, table: IndicatorTable
) -> bool:
    """Whether a row's own cells name another project than the row above: a blank cell goes on with the same.

    Two projects of one name may follow each other: then a name is printed again, and with it another amount.
    """
    for notation in ("project_name", "project_code", "unit_name"):
        cell = owner.get(notation)
        if cell is not None and cell.text.strip() and notation in last and cell.text != last[notation].text:
            return True
    name = owner.get("project_name")
    if name is None or not name.text.strip() or name.row != row or name is last.get("project_name"):
        return False
    return any(_is_other_amount(grid, row, column.column) for column in table.funding)


def _is_other_amount(grid: Grid, row: int, column: int) -> bool:
    """Whether a row prints an amount that differs from the last one printed above it in the column."""
    own = grid.at(row, column)
    amount = parse_amount(own.text) if own is not None and own.row == row else None
    if own is None or amount is None:
        return False
    for above in range(row - 1, 0, -1):
        cell = grid.at(above, column)
        if cell is not None and cell.text.strip():
            before = parse_amount(cell.text)
            return before is not None and before.amount != amount.amount
    return False


def _start_project(form: Form, owner: dict[str, Cell], context: Context) -> None:
    cell = owner.get("project_name")
    if cell is not None:
        form.place = cell_place(cell)
    apply_context(form, context)
    year = owner.get("fiscal_year")
    form.year = (labels.only_year(year.text) if year is not None else None) or form.year
    form.scope = "project"
    form.kind = form.kind or kind_by_heads(form)


_OWNER_FIELDS = {"project_name": "name", "project_code": "code", "department": "department", "objective": "objective",
                 "unit_name": "unit_name", "unit_code": "unit_code",
                 "implementing_unit": "implementing_unit", "total_score": "score"}  # fmt: skip


def _add_owner(form: Form, owner: dict[str, Cell], ledger: Ledger) -> None:
    for notation, cell in owner.items():
        if notation not in _OWNER_FIELDS:
            ledger.value(cell, notation)
            continue
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
        if column.execution is not None:
            if cell.text.strip():
                form.funding.execution.setdefault(column.execution, cell)
                ledger.value(cell, f"execution.{column.execution}")
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
