"""Workbooks (.xlsx) as paragraphs and grids: the texts that the cells show, not the numbers they store."""

from __future__ import annotations

import zipfile
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from extract.archive import open_archive, read_xml
from extract.errors import UnreadableDocumentError
from extract.grid import Block, Document
from extract.readers.number_format import print_date, print_number
from extract.readers.sheets import Merge, Sheet, sheet_blocks
from ontology.issues import issue
from ontology.records import Issue, Place

_MOST_ROWS = 20_000
"""Rows read of a sheet: far above any disclosure; a sheet beyond it is data of another kind."""


def read(path: Path) -> Document:
    """Given a .xlsx file, return its visible sheets as blocks; raise UnreadableDocumentError where it is broken."""
    with open_archive(path) as archive:
        # Entities and document types are refused before openpyxl parses anything.
        for name in archive.namelist():
            if name.endswith((".xml", ".rels")):
                read_xml(archive, name)
    try:
        workbook = openpyxl.load_workbook(path, data_only=True, keep_links=False)
    except (
        InvalidFileException,
        KeyError,
        ValueError,
        TypeError,
        AttributeError,
        ParseError,
        SyntaxError,
        zipfile.BadZipFile,
    ) as error:
        raise UnreadableDocumentError(
            f"{path.name}: the workbook is damaged ({error}); open it in Excel or WPS and save it again"
        ) from error
    blocks: list[Block] = []
    issues: list[Issue] = []
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
            if (sheet.max_row or 0) > _MOST_ROWS:
                issues.append(
                    issue(
                        "part.skipped",
                        Place(sheet=sheet.title),
                        part=f"“{sheet.title}”第{_MOST_ROWS}行之后 (rows beyond)",
                        count=sheet.max_row - _MOST_ROWS,
                    )
                )
            blocks += sheet_blocks(_sheet(sheet, issues))
        title = workbook.properties.title if workbook.properties else None
    finally:
        workbook.close()
    return Document(tuple(blocks), pages=None, title=title or None, issues=tuple(issues))


def _sheet(sheet: Any, issues: list[Issue]) -> Sheet:
    texts: dict[tuple[int, int], str] = {}
    rows = min(sheet.max_row or 0, _MOST_ROWS)
    for row in sheet.iter_rows(min_row=1, max_row=rows):
        for cell in row:
            if cell.value is not None:
                texts[cell.row, cell.column] = _shown(cell.value, cell.number_format)
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
