"""Documents as plain data, for expected.json beside a golden document."""

from __future__ import annotations

from typing import Any

from extract.grid import Cell, Document, Paragraph


def as_data(document: Document) -> dict[str, Any]:
    """Given a document, return what a reader relies on: texts, spans, and the places of each cell, without boxes."""
    return {
        "pages": document.pages,
        "issues": [[one.code, one.place.page if one.place else None] for one in document.issues],
        "blocks": [
            block.text
            if isinstance(block, Paragraph)
            else {
                "page": block.place.page,
                "size": f"{block.rows}x{block.columns}",
                "cells": [_cell(cell) for cell in block],
            }
            for block in document.blocks
        ],
    }


def _cell(cell: Cell) -> str:
    """`row.column spans text @ page/table:row.column, ...`: one line a cell, so that differences read well."""
    span = f" {cell.row_span}x{cell.column_span}" if (cell.row_span, cell.column_span) != (1, 1) else ""
    places = ", ".join(
        f"{part.place.page}/{part.place.table}:{part.place.row}.{part.place.column}"
        + (f" {part.text}" if len(cell.parts) > 1 else "")
        for part in cell.parts
    )
    return f"{cell.row}.{cell.column}{span} {cell.text} @ {places}"
