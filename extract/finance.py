"""The financial tables of a disclosure as budget lines: each printed amount with what it is an amount of.

A table is told by its title, the nearest line above it that has the shape of one, or by its heads where it has none.
Tables that print no amount are told apart: those that say so (无, 此项无内容) and those that are only blank.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace

from extract.finance_contents import Announced, find_missing, find_unread, read_announced
from extract.finance_heads import TableHead, caption_rows, read_head
from extract.finance_rows import TableContext, read_rows
from extract.grid import Block, Grid, Paragraph
from extract.heads import find_tables
from ontology import finance, labels
from ontology.finance import TableKind, Title
from ontology.issues import issue
from ontology.records import BudgetLine, Issue, Place

_LINES_ABOVE = 8
_VAGUE = ("expenditure", "revenue")
"""Kinds whose titles are left when a word of another's cannot be read."""
_LINES_BELOW = 6
_LONGEST_LINE = 80


@dataclass(frozen=True, slots=True)
class FinancialTable:
    """A financial table as read: its kind, the title that told it (None where its heads did), its lines, its place."""

    kind: TableKind
    title: str | None
    lines: tuple[BudgetLine, ...]
    place: Place
    issues: tuple[Issue, ...] = ()


@dataclass(slots=True)
class _Found:
    """A grid that is a financial table, before its amounts are read."""

    grid: Grid
    head: TableHead
    kind: TableKind
    title: Title | None
    unit: str | None
    below: list[str] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)


def read_budget_lines(
    blocks: Sequence[Block],
    *,
    fiscal_year: int | None,
    money_unit: str | None = None,
    form_grids: Collection[int] = (),
    only: Callable[[Sequence[FinancialTable]], tuple[tuple[BudgetLine, ...], tuple[Issue, ...]]] | None = None,
) -> tuple[tuple[BudgetLine, ...], tuple[Issue, ...]]:
    """Given a document's blocks, the year it is for, the unit of money of its tables where one prints none, and the
    numbers (from 1) of the grids that are performance forms, return its budget lines and what was doubtful. `only`
    chooses the lines of a document whose tables are not to be taken as they stand (see finance_proof)."""
    tables = read_financial_tables(blocks, fiscal_year=fiscal_year, money_unit=money_unit, form_grids=form_grids)
    missing = find_missing(
        read_announced(blocks), [table.kind for table in tables], [table.title or "" for table in tables], blocks
    )
    lines, doubts = only(tables) if only is not None else (tuple(line for table in tables for line in table.lines), ())
    unread = find_unread(blocks) if only is not None else []
    return lines, (*(one for table in tables for one in table.issues), *doubts, *unread, *missing)


def read_financial_tables(
    blocks: Sequence[Block],
    *,
    fiscal_year: int | None,
    money_unit: str | None = None,
    form_grids: Collection[int] = (),
) -> list[FinancialTable]:
    """Given what `read_budget_lines` takes, return the financial tables one by one, with those that print no amount."""
    found = _find_tables(blocks, form_grids)
    printed = Counter(table.unit for table in found if table.unit is not None)
    usual = printed.most_common(1)[0][0] if printed else money_unit
    return [_read(table, fiscal_year, usual) for table in found]


# --- finding the tables


def _find_tables(blocks: Sequence[Block], form_grids: Collection[int]) -> list[_Found]:
    found: list[_Found] = []
    above: list[str] = []
    last: _Found | None = None
    number = 0
    announced = read_announced(blocks)
    for block in blocks:
        if isinstance(block, Paragraph):
            above.append(block.text)
            if last is not None and len(last.below) < _LINES_BELOW:
                last.below.append(block.text)
            continue
        number += 1
        table = None
        if number not in form_grids and not find_tables(block):
            table = _match(block, above, announced) or _go_on(block, above, last)
        if table is not None:
            found.append(table)
        last = table
        above = []
    return found


def _match(grid: Grid, above: Sequence[str], announced: Announced) -> _Found | None:
    captions, texts = caption_rows(grid)
    lines = [*near_lines(above), *texts]
    if grid.place.sheet is not None:
        lines.insert(0, grid.place.sheet)
    title, is_other = find_title(lines)
    if captions >= grid.rows or (is_other and announced.kind_of(lines) is None):
        return None
    head = read_head(grid, captions + 1, title.kind if title is not None else None)
    if head is None:
        return None
    unit = _unit(lines, head)
    is_doubtful = title is None or (title.kind.notation in _VAGUE and not finance.is_whole_title(title.text))
    told = announced.kind_of(lines) if is_doubtful else None
    kind: TableKind | None
    if title is not None and told in (None, title.kind):
        told, kind = None, title.kind
    else:
        kind = told or _kind_by_heads(grid, head, unit)
    if kind is None:
        return None
    if title is None:
        head = read_head(grid, captions + 1, kind) or head
    found = _Found(grid, head, kind, title, unit)
    if told is not None:
        found.issues.append(issue("finance.kind_told", grid.place, table=finance.kind_label(told)))
    return found


def near_lines(above: Sequence[str]) -> list[str]:
    """Given the lines above a table, return those right above it, back to the last sentence of prose."""
    lines: list[str] = []
    for text in reversed(above[-_LINES_ABOVE:]):
        if len(text) > _LONGEST_LINE or text.rstrip().endswith(("。", "；")):
            break
        lines.insert(0, text)
    return lines


def find_title(lines: Sequence[str]) -> tuple[Title | None, bool]:
    """Given the lines above a table, return the title nearest to it, and whether the table has one of another kind (a
    performance form's)."""
    for index in range(len(lines) - 1, -1, -1):
        line = lines[index].strip()
        found = finance.match_title(line)
        if found is None and index and (line.startswith(("(", "（")) or finance.is_title(line)):
            found = finance.match_title(lines[index - 1].strip() + line)  # a title broken over two lines
        if found is not None:
            return found, False
        if finance.is_title(line):
            return None, True
    return None, False


def _unit(lines: Sequence[str], head: TableHead) -> str | None:
    for text in reversed(lines):
        unit = labels.find_money_unit(text) or labels.money_unit(text)
        if unit is not None:
            return unit
    return next((column.unit for band in head.bands for column in band.amounts if column.unit is not None), None)


def _kind_by_heads(grid: Grid, head: TableHead, unit: str | None) -> TableKind | None:
    """The kind of a table without a title, where its heads leave no doubt that it is one of money."""
    kinds = finance.table_kinds()
    sides = {column.side for band in head.bands for column in band.amounts} - {None}
    measures = {column.measure for band in head.bands for column in band.amounts}
    if len(head.bands) > 1 and sides == {"income", "expenditure"}:
        return kinds["fiscal_summary" if measures & {"general_budget", "government_fund"} else "summary"]
    if len(measures & {"abroad", "vehicles", "vehicle_purchase", "vehicle_operation", "reception"}) > 2:
        return kinds["three_public"]
    if len(measures & {"goods", "works", "services"}) > 1:
        return kinds["procurement"]
    if unit is None or not any(band.columns("code", "code_part") for band in head.bands):
        return None
    codes = Counter(code[:1] for code in _codes(grid, head))
    scheme = finance.scheme_of_code(codes.most_common(1)[0][0]) if codes else None
    if scheme == "economic_government":
        return kinds["basic_by_government_class"] if "basic" in measures else None
    if scheme == "economic_department":
        return kinds["basic_by_department_class"] if measures & {"basic", "personnel"} else None
    if scheme == "function" and measures & {"basic", "project"}:
        return kinds["expenditure"]
    return kinds["revenue"] if scheme == "function" and measures & {"business", "superior", "subordinate"} else None


def _codes(grid: Grid, head: TableHead) -> list[str]:
    columns = [column for band in head.bands for column in band.columns("code", "code_part")]
    cells = [grid.at(row, column) for row in range(head.last_row + 1, grid.rows + 1) for column in columns]
    return [cell.text.strip() for cell in cells if cell is not None and cell.text.strip().isdigit()]


def _go_on(grid: Grid, above: Sequence[str], last: _Found | None) -> _Found | None:
    """A table without a head that stands right below one of as many columns goes on with it."""
    if (
        last is None
        or grid.columns != last.grid.columns
        or any(text.strip() and not text.strip().isdigit() for text in above)
    ):
        return None
    amounts = [
        cell
        for row in range(1, grid.rows + 1)
        for band in last.head.bands
        for column in band.amounts
        if (cell := grid.at(row, column.column)) is not None and cell.text.strip()
    ]
    if not amounts or not any(any(character.isdigit() for character in cell.text) for cell in amounts):
        return None
    goes_on = issue("finance.goes_on", grid.place, title=last.title.text if last.title is not None else "")
    return _Found(grid, replace(last.head, last_row=0), last.kind, last.title, last.unit, [], [goes_on])


# --- reading a table


def _read(table: _Found, fiscal_year: int | None, usual: str | None) -> FinancialTable:
    year = table.title.year if table.title is not None and table.title.year is not None else fiscal_year
    unit = table.unit or usual or "元"
    issues = list(table.issues)
    lines = read_rows(table.grid, table.head, TableContext(table.kind, unit, year), issues)
    kind = finance.kind_label(table.kind)
    if lines and table.unit is None and any(line.amount != 0 for line in lines):
        first = next(line for line in lines if line.amount != 0)
        issues.append(issue("amount.no_unit", first.place, text=first.raw, unit=unit))
    if not lines:
        said = _said_empty(table)
        issues.append(
            issue("finance.empty", table.grid.place, table=kind, text=said)
            if said is not None
            else issue("finance.blank", table.grid.place, table=kind)
        )
    if lines:
        issues += [issue("head.unknown", cell.printed.place, text=cell.text[:60]) for _, cell in table.head.texts]
    title = table.title.text if table.title is not None else None
    return FinancialTable(table.kind, title, tuple(lines), table.grid.place, tuple(issues))


def _said_empty(table: _Found) -> str | None:
    """What a table without amounts says of itself, in a cell or right below it."""
    for row in range(table.head.last_row + 1, table.grid.rows + 1):
        for cell in table.grid.row_cells(row):
            if cell.text.strip() and finance.says_empty(cell.text):
                return cell.text
    said: list[str] = []
    for text in table.below:
        if finance.is_title(text):
            break
        if len(text) <= _LONGEST_LINE * 2 and finance.says_empty(text):
            said.append(text)
    # The publisher's own sentence stands below the instruction that a template prints.
    return said[-1] if said else None
