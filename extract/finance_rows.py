"""The rows of a financial table: what each is named, what it is the sum of, and its amounts as budget lines.

Role is the nature of a row: within one band and one column, the details add up to the total, and no amount stands in
two details. A row is a subtotal where rows below it break it down: by their codes (类, 款, 项), by their numbers
(一、 above （一） above 1.), or because it names the unit whose rows follow.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from extract.amounts import Amount, parse_amount
from extract.finance_heads import AmountColumn, Band, TableHead, is_column_numbers
from extract.grid import Cell, Grid
from extract.normalize import one_line
from ontology import finance, labels
from ontology.finance import TableKind
from ontology.issues import issue
from ontology.records import BudgetLine, Issue

Role = Literal["total", "subtotal", "detail"]


@dataclass(slots=True)
class Row:
    """A row of a band: its number in the grid, what names it, and its amounts by column."""

    number: int
    name: str
    code: str | None = None
    unit_code: str | None = None
    unit: str | None = None
    label: finance.RowLabel = field(default_factory=lambda: finance.RowLabel(None))
    amounts: dict[int, tuple[Amount, Cell]] = field(default_factory=dict)
    level: int | None = None
    parents: tuple[Row, ...] = ()
    is_part: bool = False
    is_unit: bool = False

    @property
    def is_total(self) -> bool:
        """Whether the row's label says that it is a total or subtotal."""
        return self.label.kind in ("total", "year_total", "part_total", "subtotal")


@dataclass(frozen=True, slots=True)
class TableContext:
    """What a table's surroundings say of its amounts."""

    kind: TableKind
    unit: str
    year: int | None


def read_rows(grid: Grid, head: TableHead, context: TableContext, issues: list[Issue]) -> list[BudgetLine]:
    """Given a grid, its head and what stands around it, return its amounts as budget lines, in printed order."""
    bands = [(band, _band_rows(grid, head, band, context, issues)) for band in head.bands]
    lines: list[tuple[int, int, BudgetLine]] = []
    has_codes = any(row.code for _, rows in bands for row in rows)
    for band, rows in bands:
        _set_units(rows, band)
        _set_tree(rows)
        measures = _part_measures(rows, band)
        scheme = _band_scheme(rows, band, context.kind)
        details = _Details(rows)
        for row in rows:
            for column in band.amounts:
                if column.column in row.amounts:
                    measured = replace(column, measure=measures.get(column.column, column.measure))
                    role = details.role(row, column.column)
                    line = _line(row, measured, role, _row_scheme(row, scheme, context.kind, has_codes), context)
                    lines.append((row.number, column.column, line))
    return [line for _, _, line in sorted(lines, key=lambda entry: entry[:2])]


# --- one row


def _band_rows(grid: Grid, head: TableHead, band: Band, context: TableContext, issues: list[Issue]) -> list[Row]:
    rows: list[Row] = []
    for number in range(head.last_row + 1, grid.rows + 1):
        if is_column_numbers(grid, number):
            continue
        row = _named_row(grid, band, number)
        if row.label.kind == "note":
            continue
        for column in band.amounts:
            cell = grid.at(number, column.column)
            if cell is None or cell.row != number or cell.column != column.column:
                continue  # a merged cell counts once, where it begins
            amount = _amount(cell, column, context, issues)
            if amount is not None:
                row.amounts[column.column] = (amount, cell)
        if row.name or row.code or row.amounts:
            rows.append(row)
    _split_codes(rows, band)
    return rows


_BLANK = re.compile(r"[\s\-－–—_─/\\·.…*★]*")


def _amount(cell: Cell, column: AmountColumn, context: TableContext, issues: list[Issue]) -> Amount | None:
    text = cell.text
    if _BLANK.fullmatch(text) or labels.is_placeholder(text) or finance.says_empty(text):
        return None
    found = parse_amount(text, column.unit or context.unit)
    if found is None and column.is_known:
        issues.append(issue("amount.unread", cell.printed.place, text=text[:60], label=column.text))
    return found


def _named_row(grid: Grid, band: Band, number: int) -> Row:
    name = _joined(grid, number, band.name_columns)
    codes = _texts(grid, number, band.columns("code", "code_part"))
    unit_codes = _texts(grid, number, band.columns("unit_code"))
    unit_columns = band.columns("unit_name") if band.name_columns != band.columns("unit_name") else []
    unit = _joined(grid, number, unit_columns)
    if not name:
        others = [
            text
            for kind in ("name", "unit_name", "code", "code_part", "line_number", "unit_code")
            for text in _texts(grid, number, band.columns(kind))
            if not text.isdigit()
        ]
        name = others[0] if others else ""  # 合计 may stand in whichever column is the first
    row = Row(number, name, join_code(codes), "".join(unit_codes) or None, unit or None)
    row.label = finance.match_row(name)
    if row.is_total and unit == name:
        row.unit = None  # 合计 over the columns of units and projects
    return row


def _texts(grid: Grid, number: int, columns: Sequence[int]) -> list[str]:
    cells: list[Cell] = []
    for column in columns:
        cell = grid.at(number, column)
        if cell is not None and cell.text.strip() and cell not in cells:
            cells.append(cell)
    return [one_line(cell.text) for cell in cells]


def _joined(grid: Grid, number: int, columns: Sequence[int]) -> str:
    return "".join(_texts(grid, number, columns))


_CODE = re.compile(r"\d{3}(?:\d{2}){0,2}")


def join_code(parts: Sequence[str]) -> str | None:
    """Given what the columns of 类, 款 and 项 print, return the code as one, or None where that is no code.

    A later column may hold its own two figures (201, 03, 01) or the whole code once more (301, 01, 30101).
    """
    code = ""
    for part in parts:
        digits = "".join(part.split())
        if not digits.isdigit():
            return None
        if code and digits.startswith(code):
            code = digits
        else:
            code += digits.zfill(2) if code else digits
    return code if _CODE.fullmatch(code) else None


_CODE_FIRST = re.compile(r"\s*[\[(【（]?(\d{3}(?:\d{2}){0,2})[\])】）]?[\s\-—_]*(?=[^\d\s\-—_年])(.+)", re.DOTALL)
_UNIT_FIRST = re.compile(r"\s*(\d{3,9})[\s\-—_]*(?=[^\d\s\-—_年月日])(\D.*)", re.DOTALL)


def _split_codes(rows: list[Row], band: Band) -> None:
    """Take codes out of the columns of names and units, where a table prints them there."""
    coded = [row for row in rows if row.code]
    known = {row.code for row in coded if row.code}
    for row in rows:
        # 301 beside 工资福利支出 in the column of unit codes: the class of the codes printed below it.
        own = row.unit_code
        if (
            row.code is None
            and own
            and _CODE.fullmatch(own)
            and any(code != own and code.startswith(own) for code in known)
        ):
            row.code = own
        if row.code is not None and row.unit_code == row.code:
            row.unit_code = None
        if coded:
            found = _UNIT_FIRST.fullmatch(row.name)
            if found is not None and row.code is not None:
                row.unit_code, row.name = row.unit_code or found[1], found[2]
        elif not band.columns("code", "code_part"):
            found = _CODE_FIRST.fullmatch(row.name)
            if found is not None and finance.scheme_of_code(found[1]):
                row.code, row.name = found[1], found[2]


# --- units


def _set_units(rows: list[Row], band: Band) -> None:
    """Say of each row which unit it belongs to, where a table has rows of several units or prints their codes."""
    names_units = band.name_columns == band.columns("unit_name") and bool(band.name_columns)
    for row in rows:
        if row.code is None and row.name and not row.is_total and row.label.kind is None:
            row.is_unit = finance.is_unit_name(row.name) or names_units
    units = {row.name for row in rows if row.is_unit}
    prints_codes = any(row.unit_code for row in rows)
    if not (prints_codes or len(units) > 1 or any(row.unit for row in rows)):
        return
    current: str | None = None
    for row in rows:
        if row.is_unit:
            current = row.name
        elif row.is_total or not row.name:
            current = None
        row.unit = row.unit or current


# --- which rows break down which


def _set_tree(rows: list[Row]) -> None:
    if any(row.code for row in rows):
        _set_coded_tree(rows)
    else:
        _set_numbered_tree(rows)
        _set_unnumbered(rows)


_LEVELS = {3: 1, 5: 2, 7: 3}


def _set_coded_tree(rows: list[Row]) -> None:
    """Parents by codes within a unit's rows; rows without a code are the heads of the coded rows below them."""
    above: list[Row] = []
    group: list[Row] = []
    for row in rows:
        if row.is_total:
            above = []
            continue
        if row.code is None:
            if above:
                group, above = [], []
            group.append(row)
            continue
        row.level = _LEVELS[len(row.code)]
        parents = [one for one in above if one.code and one.code != row.code and row.code.startswith(one.code)]
        row.parents = (*group, *parents)
        above.append(row)


def _set_unnumbered(rows: list[Row]) -> None:
    """Parents by arithmetic: rows without a number, right below a numbered one, a unit's or 财政拨款, that make it up."""
    for index, row in enumerate(rows):
        if not row.name or not row.amounts or row.is_total or not _may_be_broken_down(row):
            continue
        below: list[Row] = []
        for one in rows[index + 1 :]:
            if one.is_total or one.is_unit or one.is_part or one.label.kind or not one.name:
                break
            if read_ordinal(one.name) is not None or one.parents != row.parents:
                break
            below.append(one)
            if _make_up(row, below):
                for part in below:
                    part.parents = (*row.parents, row)
                    part.level = (row.level or 1) + 1
                break


def _may_be_broken_down(row: Row) -> bool:
    return row.is_unit or read_ordinal(row.name) is not None or finance.match_head(row.name).measure == "fiscal"


def _make_up(row: Row, below: Sequence[Row]) -> bool:
    return any(amount.amount for amount, _ in row.amounts.values()) and all(
        sum(one.amounts[column][0].amount for one in below if column in one.amounts) == amount.amount
        for column, (amount, _) in row.amounts.items()
    )


_STYLES = (
    ("chinese", re.compile(r"\s*([一二三四五六七八九十]{1,3})[、.．]")),
    ("chinese_brackets", re.compile(r"\s*[(（]([一二三四五六七八九十]{1,3})[)）]")),
    ("figures", re.compile(r"\s*(\d{1,2})[、.．](?!\d)")),
    ("figures_brackets", re.compile(r"\s*[(（](\d{1,2})[)）]|\s*(\d{1,2})[)）]")),
)
_FIGURES = {character: number for number, character in enumerate("一二三四五六七八九", 1)}


def read_ordinal(text: str) -> tuple[str, int] | None:
    """Given a row's label, return the style of its number and the number, or None: "（二）外交支出" has 2."""
    for style, pattern in _STYLES:
        found = pattern.match(text)
        if found is not None:
            figures = next(group for group in found.groups() if group)
            return style, int(figures) if figures.isdigit() else _chinese_number(figures)
    return None


def _chinese_number(text: str) -> int:
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return _FIGURES.get(text, 0)
    return 10 * (_FIGURES.get(tens, 1) if tens else 1) + _FIGURES.get(ones, 0)


@dataclass(slots=True)
class _Step:
    """A depth of a numbered list: the style of its numbers, the last number, and the row that has it."""

    style: str | None
    last: int
    row: Row


def _set_numbered_tree(rows: list[Row]) -> None:
    """Parents by numbers: a style that is new goes a step down, one that goes on goes back up to its step."""
    steps: list[_Step] = []
    for row in rows:
        text = row.name
        if row.is_total:
            steps = []
            continue
        if not text:
            continue
        if row.label.is_part:
            row.is_part = True
            text = re.split(r"[:：]", text, maxsplit=1)[-1]
        ordinal = read_ordinal(text)
        if ordinal is None:
            _place_unnumbered(row, steps)
        else:
            _place_numbered(row, *ordinal, steps)
        row.level = len(steps)
        row.parents = tuple(step.row for step in steps[:-1])
        row.is_part = row.is_part or any(step.row.is_part for step in steps[:-1])


def _place_numbered(row: Row, style: str, number: int, steps: list[_Step]) -> None:
    for depth in range(len(steps), 0, -1):
        step = steps[depth - 1]
        if step.style == style and (number == step.last + 1 or (number > 1 and not _has(steps[: depth - 1], style))):
            # The rows after 其中 in the same list tell parts too.
            row.is_part = row.is_part or step.row.is_part
            del steps[depth:]
            steps[-1] = _Step(style, number, row)
            return
    if number > 1 and not any(step.style == style for step in steps) and steps and not row.is_part:
        # A list that does not begin with 1: it stands as deep as its style does elsewhere, below nothing.
        del steps[:]
    steps.append(_Step(style, number, row))


def _has(steps: Sequence[_Step], style: str) -> bool:
    return any(step.style == style for step in steps)


def _place_unnumbered(row: Row, steps: list[_Step]) -> None:
    if row.label.kind in ("heading", "plain"):
        del steps[:]
        steps.append(_Step(None, 0, row))
        return
    while steps and steps[-1].style is None and not _is_heading(steps[-1].row):
        previous = steps.pop().row
        # What follows 其中 without a number of its own tells a part too.
        row.is_part = row.is_part or previous.is_part
    if steps and not row.is_part and not _is_heading(steps[-1].row):
        del steps[:]
    steps.append(_Step(None, 0, row))


def _is_heading(row: Row) -> bool:
    return row.label.kind == "heading"


# --- roles


class _Details:
    """Which rows of a band are details, column by column."""

    def __init__(self, rows: list[Row]) -> None:
        self.rows = rows
        self.has_total = any(row.label.kind == "total" for row in rows)
        self.broken_down = {
            (id(parent), column) for row in rows if not row.is_part for column in row.amounts for parent in row.parents
        }
        self.with_codes = {id(parent) for row in rows if row.code for parent in row.parents if parent.code is None}
        self.departments = self._departments()

    def role(self, row: Row, column: int) -> Role | None:
        """The role of the amount that a row prints in a column; None for a part (其中) that adds up to nothing."""
        kind = row.label.kind
        if kind in ("total", "part_total"):
            return "total"
        if kind == "year_total":
            return "subtotal" if self.has_total or self._goes_on_after(row, column) else "total"
        if kind == "subtotal":
            return "subtotal"
        if row.is_part:
            return None
        if id(row) in self.with_codes or id(row) in self.departments or (id(row), column) in self.broken_down:
            return "subtotal"
        return "detail"

    def _goes_on_after(self, total: Row, column: int) -> bool:
        return any(row.number > total.number and column in row.amounts for row in self.rows)

    def _departments(self) -> set[int]:
        """Rows without a code that repeat the total over the rows of units below them: a department, or no name."""
        found: set[int] = set()
        plain = [row for row in self.rows if row.amounts and not row.is_total and not row.is_part]
        for index, row in enumerate(plain):
            below = plain[index + 1 :]
            if row.code is None and (not row.name or row.is_unit) and below and self._sums(row, below):
                found.add(id(row))
        return found

    def _sums(self, row: Row, below: list[Row]) -> bool:
        if row.code is None and not row.name:
            return True
        if not all(one.is_unit for one in below):
            return False
        sums = {
            column: sum(one.amounts[column][0].amount for one in below if column in one.amounts)
            for column in row.amounts
        }
        return all(amount.amount == sums[column] for column, (amount, _) in row.amounts.items())


# --- lines


def _part_measures(rows: list[Row], band: Band) -> dict[int, str]:
    """What a column holds where only its total says so: 人员经费合计 below amounts headed 决算数."""
    found: dict[int, str] = {}
    for row in rows:
        if row.label.kind == "part_total" and row.label.measure is not None:
            found |= dict.fromkeys(row.amounts, row.label.measure)
    return found


def _band_scheme(rows: list[Row], band: Band, kind: TableKind) -> str | None:
    named = [row for row in rows if row.name and not row.is_total and row.label.kind is None]
    if kind.scheme == "source" and named and all(row.is_unit for row in named):
        return None  # income by unit: what it comes from is said by the columns
    if kind.scheme is not None:
        return kind.scheme
    schemes = [scheme for row in rows if row.code and (scheme := finance.scheme_of_code(row.code))]
    if schemes:
        return max(set(schemes), key=schemes.count)
    if band.scheme is not None:
        return band.scheme
    if band.amounts[0].side == "income" and not all(row.is_unit for row in named):
        return "source"
    classes = [row for row in named if finance.is_function_class(row.name)]
    return "function" if named and len(classes) * 2 >= len(named) else None


def _row_scheme(row: Row, scheme: str | None, kind: TableKind, has_codes: bool) -> str | None:
    """A row's own classification where its code tells it: income by function is still classified by function."""
    if scheme is None and kind.scheme == "source":
        return "function" if has_codes else None
    if kind.scheme not in ("source", None):
        return scheme
    if row.code:
        return finance.scheme_of_code(row.code) or scheme
    return "function" if kind.scheme == "source" and has_codes else scheme


def _line(row: Row, column: AmountColumn, role: Role | None, scheme: str | None, context: TableContext) -> BudgetLine:
    amount, cell = row.amounts[column.column]
    printed = cell.printed
    year = (
        column.year
        or labels.only_year(row.name)
        or (context.year - column.years_back if context.year is not None else None)
    )
    return BudgetLine(
        table=context.kind.notation,
        name=row.name,
        column=column.text,
        amount=amount.amount,
        raw=amount.raw,
        unit=amount.unit,
        code=row.code,
        fiscal_year=year,
        unit_name=row.unit,
        role=role,
        level=row.level,
        side=column.side,
        scheme=scheme,
        measure=column.measure,
        place=replace(printed.place, column=None, box=None),
        cell=printed,
    )
