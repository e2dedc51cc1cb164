"""Workbooks (.xlsx) as paragraphs and grids: the texts that the cells show, not the numbers they store."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO
from operator import itemgetter
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from extract.bounds import MOST_ROWS
from extract.errors import UnreadableDocumentError
from extract.grid import Block, Document
from extract.readers.number_format import print_date, print_number
from extract.readers.sheets import Merge, Sheet, sheet_blocks
from extract.readers.xlsx_bounds import Cut, bounded_workbook
from ontology.issues import issue
from ontology.records import Issue, Place


def _load(file: Path | BytesIO, *, data_only: bool) -> Any:
    # By its content: openpyxl looks at a path's suffix, and workbooks are published as .xls and .et whatever they are.
    source = BytesIO(file.read_bytes()) if isinstance(file, Path) else BytesIO(file.getvalue())
    return openpyxl.load_workbook(source, data_only=data_only, keep_links=False)


def read(path: Path) -> Document:
    """Given a .xlsx file, return its visible sheets as blocks; raise UnreadableDocumentError where it is broken."""
    # Entities are refused, and what is too large is cut, before openpyxl parses anything.
    sound = bounded_workbook(path)
    try:
        workbook = _load(sound.file, data_only=True)
        formulas = _load(sound.file, data_only=False) if sound.has_formulas else None
    except (
        InvalidFileException,
        KeyError,
        ValueError,
        TypeError,
        AttributeError,
        ParseError,
        SyntaxError,
        OSError,
        zipfile.BadZipFile,
    ) as error:
        raise UnreadableDocumentError(
            f"{path.name}: the workbook is damaged ({error}); open it in Excel or WPS and save it again"
        ) from error
    blocks: list[Block] = []
    issues = _cut_issues(sound.cut)
    try:
        for sheet in workbook.worksheets:
            if sheet.sheet_state != "visible":
                issues.append(
                    issue(
                        "part.skipped",
                        Place(sheet=sheet.title),
                        part=f"隐藏工作表“{sheet.title}” (hidden sheet)",
                        count=1,
                    )
                )
                continue
            if (sheet.max_row or 0) > MOST_ROWS:
                cut = Cut(rows=sum(1 for row in {row for row, _ in sheet._cells} if row > MOST_ROWS))
                issues += _cut_issues(cut)
            blocks += sheet_blocks(_sheet(sheet, formulas[sheet.title] if formulas is not None else None, issues))
        title = workbook.properties.title if workbook.properties else None
    finally:
        workbook.close()
        if formulas is not None:
            formulas.close()
    return Document(tuple(blocks), pages=None, title=title or None, issues=tuple(issues))


def _cut_issues(cut: Cut) -> list[Issue]:
    issues: list[Issue] = []
    if cut.rows:
        issues.append(
            issue("part.skipped", part=("超出可读范围的行", "rows beyond those that are read"), count=cut.rows)
        )
    if cut.merges:
        issues.append(issue("part.skipped", part=("过大的合并区域", "merges beyond any table"), count=cut.merges))
    return issues


# "=100%" or "=720元" typed as a target: a spreadsheet takes it for a formula, a program that never computed it leaves
# no value. Such a text holds a figure and perhaps a unit, but no function and no other cell.
_TYPED = re.compile(r"=\s*-?[\d.,]+\s*(?:%|[^\x00-\x7f][^()!]*)?")


def _cells(sheet: Any, rows: int) -> Iterator[Any]:
    """The cells that a sheet stores in its first rows. openpyxl's own ways through a sheet make a cell of every position,
    up to the last column of the last row."""
    yield from (cell for (row, _), cell in sorted(sheet._cells.items(), key=itemgetter(0)) if row <= rows)


def _typed_formulas(formulas: Any, texts: dict[tuple[int, int], str], rows: int) -> int:
    """Add the formulas without a value that are typed targets to the texts; return how many others have no value."""
    lost = 0
    for cell in _cells(formulas, rows):
        if cell.data_type != "f" or (cell.row, cell.column) in texts:
            continue
        if isinstance(cell.value, str) and _TYPED.fullmatch(cell.value):
            texts[cell.row, cell.column] = cell.value
        else:
            lost += 1
    return lost


def _sheet(sheet: Any, formulas: Any | None, issues: list[Issue]) -> Sheet:
    texts: dict[tuple[int, int], str] = {}
    rows = min(sheet.max_row or 0, MOST_ROWS)
    for cell in _cells(sheet, rows):
        if cell.value is not None:
            texts[cell.row, cell.column] = _shown(cell.value, cell.number_format)
    if formulas is not None and (lost := _typed_formulas(formulas, texts, rows)):
        part = f"“{sheet.title}”未计算的公式 (formulas without a value)"
        issues.append(issue("part.skipped", Place(sheet=sheet.title), part=part, count=lost))
    merges = [
        Merge(area.min_row, area.min_col, min(area.max_row, rows), area.max_col)
        for area in sheet.merged_cells.ranges
        if area.min_row <= rows
    ]
    hidden_rows = frozenset(number for number, dimension in sheet.row_dimensions.items() if dimension.hidden)
    hidden_columns: set[int] = set()
    for dimension in sheet.column_dimensions.values():
        if dimension.hidden and dimension.min and dimension.max:
            hidden_columns.update(range(dimension.min, min(dimension.max, sheet.max_column or dimension.min) + 1))
    left_out = sum(1 for row, column in texts if row in hidden_rows or column in hidden_columns)
    if left_out:
        issues.append(
            issue(
                "part.skipped",
                Place(sheet=sheet.title),
                part=f"“{sheet.title}”隐藏的行列 (hidden rows and columns)",
                count=left_out,
            )
        )
    return Sheet(sheet.title, texts, merges, hidden_rows, frozenset(hidden_columns))


def _shown(value: object, code: str | None) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float | Decimal):
        return print_number(value, code)
    if isinstance(value, datetime | date | time):
        return print_date(value, code)
    if isinstance(value, timedelta):
        return str(value)
    return str(value)
