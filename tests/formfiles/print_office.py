"""Documents as Word files and workbooks: merged cells, nested tables, numbers kept as numbers, percents as formats."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import docx
import openpyxl
from docx.enum.text import WD_ALIGN_PARAGRAPH
from openpyxl.styles import Alignment

from formfiles.model import Cell, PageBreak, Pages, Table, Words, positions

_NUMBER = re.compile(r"-?\d[\d,]*(?:\.\d+)?")
_PERCENT = re.compile(r"(-?\d+(?:\.\d+)?)%")


# --- Word


def _fill(target: Any, one: Cell, look: dict[str, str]) -> None:
    lines = one.text.split("\n")
    for n, line in enumerate(lines):
        paragraph = target.paragraphs[0] if n == 0 else target.add_paragraph()
        if look.get("runs") == "split" and len(line) > 3:
            # Word breaks a text into runs wherever it was edited.
            middle = len(line) // 2
            paragraph.add_run(line[:middle])
            paragraph.add_run(line[middle:])
        else:
            paragraph.add_run(line)
    if one.inner is not None:
        _table(target, one.inner, look)


def _table(holder: Any, table: Table, look: dict[str, str]) -> None:
    made = holder.add_table(len(table.rows), len(table.widths))
    if look.get("lines") != "unruled":
        made.style = "Table Grid"
    for (y, x), one in positions(table).items():
        target = made.cell(y, x)
        if one.rows > 1 or one.columns > 1:
            target = target.merge(made.cell(y + one.rows - 1, x + one.columns - 1))
        _fill(target, one, look)


def write_docx(pages: Pages, path: Path) -> None:
    """Given a document and a path, write the Word file. Looks: runs (split), lines (unruled), nested (whole)."""
    document: Any = docx.Document()
    document.styles.element.remove_all("w:latentStyles")
    for block in pages.blocks:
        if isinstance(block, PageBreak):
            document.add_page_break()
        elif isinstance(block, Words):
            paragraph = document.add_paragraph(block.text)
            if block.style in ("title", "line"):
                paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        elif pages.look.get("nested") == "whole":
            # The table stands in the only cell of another, as web pages pasted into Word do.
            _table(document, Table([1], [[Cell("", inner=block)]]), pages.look)
        else:
            _table(document, block, pages.look)
            document.add_paragraph("")
    document.save(path)


# --- workbooks


def stored(text: str, look: dict[str, str], row: int) -> tuple[object, str]:
    """Given a cell's text, return what a workbook stores and its format: numbers as numbers where the look says so."""
    if look.get("numbers") == "text":
        return text, "@"
    percent = _PERCENT.fullmatch(text)
    if percent:
        places = len(percent[1].partition(".")[2])
        return round(float(percent[1]) / 100, places + 4), "0%" if not places else f"0.{'0' * places}%"
    if _NUMBER.fullmatch(text) and not re.match(r"0\d", text) and len(text) < 12:
        places = len(text.partition(".")[2])
        if look.get("numbers") == "mixed" and row % 3 == 0:
            return text, "@"
        code = ("#,##0" if "," in text else "0") + (f".{'0' * places}" if places else "")
        number = float(text.replace(",", ""))
        return (int(number) if not places else number), code
    return text, "General"


def write_xlsx(pages: Pages, path: Path) -> None:
    """Given a document and a path, write the workbook. Looks: numbers (text, mixed), sheets (contents), hidden (yes)."""
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.title = "项目绩效"
    if pages.look.get("sheets") == "contents":
        sheet.title = "目录"
        for n, text in enumerate(["目  录", "1.部门收支总表", "2.项目支出绩效目标表"], 1):
            sheet.cell(n, 1, text)
        sheet = book.create_sheet("绩效目标表")
    top, number = 1, 1
    for block in pages.blocks:
        width = next((len(b.widths) for b in pages.blocks if isinstance(b, Table)), 1)
        if isinstance(block, PageBreak):
            number += 1
            sheet = book.create_sheet(f"项目{number}")
            top = 1
        elif isinstance(block, Words):
            for line in block.text.split("\n"):
                sheet.cell(top, 1, line)
                if block.style in ("title", "line") and width > 1:
                    sheet.merge_cells(start_row=top, end_row=top, start_column=1, end_column=width)
                top += 1
        else:
            for (y, x), one in positions(block).items():
                value, code = stored(one.text, pages.look, y)
                made = sheet.cell(top + y, 1 + x, value if one.text else None)
                made.number_format = code
                made.alignment = Alignment(wrap_text=True)
                if one.rows > 1 or one.columns > 1:
                    sheet.merge_cells(
                        start_row=top + y,
                        end_row=top + y + one.rows - 1,
                        start_column=1 + x,
                        end_column=x + one.columns,
                    )
            if pages.look.get("hidden") == "yes":
                column = len(block.widths) + 1
                for y in range(len(block.rows)):
                    sheet.cell(top + y, column, f"内部{y}")
                sheet.column_dimensions[openpyxl.utils.get_column_letter(column)].hidden = True
            top += len(block.rows) + 1
    book.save(path)


def write_xls(pages: Pages, path: Path) -> None:
    """Given a document and a path, write the old workbook (needs xlwt, which the project does not depend on)."""
    import xlwt  # type: ignore[import-untyped]

    book = xlwt.Workbook(encoding="utf-8")
    sheet: Any = book.add_sheet("Sheet1", cell_overwrite_ok=True)
    top, number = 0, 1
    width = next((len(b.widths) for b in pages.blocks if isinstance(b, Table)), 1)
    for block in pages.blocks:
        if isinstance(block, PageBreak):
            number += 1
            sheet = book.add_sheet(f"Sheet{number}", cell_overwrite_ok=True)
            top = 0
        elif isinstance(block, Words):
            for line in block.text.split("\n"):
                if block.style in ("title", "line") and width > 1:
                    sheet.write_merge(top, top, 0, width - 1, line)
                else:
                    sheet.write(top, 0, line)
                top += 1
        else:
            for (y, x), one in positions(block).items():
                value, code = stored(one.text, pages.look, y)
                style = xlwt.easyxf(num_format_str=code)
                if one.rows > 1 or one.columns > 1:
                    sheet.write_merge(top + y, top + y + one.rows - 1, x, x + one.columns - 1, value, style)
                elif one.text:
                    sheet.write(top + y, x, value, style)
            top += len(block.rows) + 1
    book.save(str(path))


def nest_indicators(table: Table, sides: tuple[str, ...] = ("绩效指标", "年度绩效指标")) -> Table:
    """Given a form, return it with its indicator table nested in one cell, as some offices' Word templates have it."""
    found = next(
        y for y, cells in enumerate(table.rows) if any(one.text.startswith(sides) and one.rows > 1 for one in cells)
    )
    label = table.rows[found][0]
    end = found + label.rows
    rest = [[one for one in cells if one is not label] for cells in table.rows[found:end]]
    inner = Table(table.widths[1:], rest)
    outer = Cell("", len(table.widths) - 1, inner=inner)
    return Table(table.widths, [*table.rows[:found], [Cell(label.text), outer], *table.rows[end:]])
