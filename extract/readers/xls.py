"""Old workbooks (.xls) as paragraphs and grids.

Read by xlrd, because it tells a cell's number format: without it a target shown as 95% would be read as 0.95.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import xlrd
from xlrd.biffh import XLRDError
from xlrd.compdoc import CompDocError
from xlrd.xldate import XLDateError

from extract.bounds import MOST_ROWS
from extract.errors import UnreadableDocumentError
from extract.grid import Block, Document
from extract.readers.number_format import is_date_format, print_date, print_number
from extract.readers.sheets import Merge, Sheet, sheet_blocks
from ontology.issues import issue
from ontology.records import Issue, Place


def read(path: Path) -> Document:
    """Given a .xls file, return its visible sheets as blocks; raise UnreadableDocumentError where it is broken."""
    try:
        with xlrd.open_workbook(str(path), formatting_info=True, on_demand=False, logfile=_Silent()) as book:
            return _read_book(book)
    except (
        XLRDError,
        CompDocError,
        struct.error,
        AssertionError,
        IndexError,
        KeyError,
        ValueError,
        UnicodeDecodeError,
        NotImplementedError,
    ) as error:
        if "encrypted" in str(error).lower():
            raise UnreadableDocumentError(f"{path.name}: is encrypted; remove its password and try again") from error
        raise UnreadableDocumentError(
            f"{path.name}: the workbook is damaged ({error}); open it in Excel or WPS and save it again"
        ) from error


class _Silent:
    """xlrd writes warnings of its own to a log; what matters to the reader is an issue."""

    def write(self, text: str) -> int:
        """Take a text and drop it."""
        return len(text)


def _read_book(book: Any) -> Document:
    blocks: list[Block] = []
    issues: list[Issue] = []
    for sheet in book.sheets():
        if sheet.visibility != 0:
            issues.append(
                issue("part.skipped", Place(sheet=sheet.name), part=f"隐藏工作表“{sheet.name}” (hidden sheet)", count=1)
            )
            continue
        if sheet.nrows > MOST_ROWS:
            beyond = ("超出可读范围的行", "rows beyond those that are read")
            issues.append(issue("part.skipped", Place(sheet=sheet.name), part=beyond, count=sheet.nrows - MOST_ROWS))
        blocks += sheet_blocks(_sheet(book, sheet))
    return Document(tuple(blocks), pages=None, title=None, issues=tuple(issues))


def _sheet(book: Any, sheet: Any) -> Sheet:
    texts: dict[tuple[int, int], str] = {}
    for row in range(min(sheet.nrows, MOST_ROWS)):
        for column in range(sheet.row_len(row)):
            text = _shown(book, sheet.cell(row, column))
            if text:
                texts[row + 1, column + 1] = text
    merges = [
        Merge(top + 1, left + 1, bottom, right) for top, bottom, left, right in sheet.merged_cells if top < MOST_ROWS
    ]
    hidden_rows = frozenset(row + 1 for row, info in sheet.rowinfo_map.items() if info.hidden)
    hidden_columns = frozenset(column + 1 for column, info in sheet.colinfo_map.items() if info.hidden)
    return Sheet(sheet.name, texts, merges, hidden_rows, hidden_columns)


def _shown(book: Any, cell: Any) -> str:
    if cell.ctype in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
        return ""
    if cell.ctype == xlrd.XL_CELL_TEXT:
        return str(cell.value)
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return "TRUE" if cell.value else "FALSE"
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return str(xlrd.error_text_from_code.get(cell.value, "#N/A"))
    code = book.format_map[book.xf_list[cell.xf_index].format_key].format_str
    if cell.ctype == xlrd.XL_CELL_DATE or is_date_format(code):
        try:
            return print_date(xlrd.xldate_as_datetime(cell.value, book.datemode), code)
        except (XLDateError, OverflowError, ValueError):
            return print_number(cell.value, None)
    return print_number(cell.value, code)
