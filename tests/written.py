"""Drawn documents written as files of several formats, to be read back."""

from __future__ import annotations

import zipfile
from html import escape
from pathlib import Path

import openpyxl
from openpyxl.styles import Border, Side

from extract.grid import Document, Grid, Paragraph

_TYPES = (
    '<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.'
    'document.main+xml"/></Types>'
)
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def pack_docx(path: Path, document: str | bytes, **others: str) -> Path:
    """Write a .docx whose main part is the given XML."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        archive.writestr("word/document.xml", document)
        for name, content in others.items():
            archive.writestr(name, content)
    return path


def write(document: Document, path: Path) -> Path:
    """Write a document as the format that the file's name says."""
    {".docx": _write_docx, ".xlsx": _write_xlsx, ".html": _write_html}[path.suffix](document, path)
    return path


def _write_docx(document: Document, path: Path) -> None:
    body = "".join(
        _paragraphs(block.text) if isinstance(block, Paragraph) else _docx_table(block) for block in document.blocks
    )
    pack_docx(path, f"<w:document {_W}><w:body>{body}</w:body></w:document>")


def _paragraphs(text: str) -> str:
    return "".join(f"<w:p><w:r><w:t>{escape(line)}</w:t></w:r></w:p>" for line in text.split("\n"))


def _docx_table(grid: Grid) -> str:
    rows = []
    for row in range(1, grid.rows + 1):
        cells = []
        for cell in grid.row_cells(row):
            merge = ""
            if cell.row_span > 1:
                merge = '<w:vMerge w:val="restart"/>' if cell.row == row else "<w:vMerge/>"
            text = cell.text if cell.row == row else ""
            span = f'<w:gridSpan w:val="{cell.column_span}"/>'
            cells.append(f"<w:tc><w:tcPr>{span}{merge}</w:tcPr>{_paragraphs(text)}</w:tc>")
        rows.append(f"<w:tr>{''.join(cells)}</w:tr>")
    return f"<w:tbl>{''.join(rows)}</w:tbl>"


def _write_xlsx(document: Document, path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    line = Side(style="thin")
    first = 1
    for block in document.blocks:
        if isinstance(block, Paragraph):
            sheet.cell(first, 1, block.text)
            first += 1
            continue
        for row in range(1, block.rows + 1):
            for column in range(1, block.columns + 1):
                sheet.cell(first + row - 1, column).border = Border(line, line, line, line)
        for cell in block:
            spot = sheet.cell(first + cell.row - 1, cell.column, cell.text or None)
            if cell.text:
                spot.data_type = "s"  # "=100%" is a target, not a formula
            if cell.row_span > 1 or cell.column_span > 1:
                last = (first + cell.last_row - 1, cell.last_column)
                sheet.merge_cells(None, first + cell.row - 1, cell.column, *last)
        first += block.rows + 1
    book.save(path)


def _write_html(document: Document, path: Path) -> None:
    body = "".join(
        f"<p>{escape(block.text)}</p>" if isinstance(block, Paragraph) else _html_table(block)
        for block in document.blocks
    )
    path.write_text(f"<!DOCTYPE html><html><body>{body}</body></html>", "utf-8")


def _html_table(grid: Grid) -> str:
    rows = []
    for row in range(1, grid.rows + 1):
        cells = [
            f'<td rowspan="{cell.row_span}" colspan="{cell.column_span}">{escape(cell.text)}</td>'
            for cell in grid.row_cells(row)
            if cell.row == row
        ]
        rows.append(f"<tr>{''.join(cells)}</tr>")
    return f"<table>{''.join(rows)}</table>".replace("\n", "<br>")
