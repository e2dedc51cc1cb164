"""A JSON grid of rows as a raw table: a list of rows of texts, or an object with its rows and the lines around them.

What else a JSON file may hold (records of this program, settings, data) is no document.
"""

from __future__ import annotations

import json
from typing import Any

from extract.readers.text_lines import Line, Part, RawRow, RawTable

_ROWS = ("rows", "data", "cells", "table")
_TABLES = ("tables", "pages", "blocks", "content")
_LINES = ("title", "caption", "text", "paragraphs", "lines", "unit", "note", "notes", "heading")
_DEEPEST = 6


def read_grids(text: str) -> list[Part] | None:
    """Given a JSON text, return its lines and tables, or None where it is sound JSON that holds no grid of rows.

    Raise ValueError where it is no sound JSON (RecursionError counts as such).
    """
    try:
        # Figures stay as they are printed: 3.70 is no float.
        content = json.loads(text, parse_float=str, parse_int=str)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    parts: list[Part] = []
    return parts if _take(content, parts, 0) and any(isinstance(part, RawTable) for part in parts) else None


def _take(content: Any, parts: list[Part], depth: int) -> bool:
    """Take lines and tables from a value; return whether it is made of nothing else."""
    if depth > _DEEPEST:
        return False
    if _is_grid(content):
        parts.append(RawTable([RawRow(list(row)) for row in content], "json"))
        return True
    if isinstance(content, list):
        return all(_take_line(one, parts) or _take(one, parts, depth + 1) for one in content)
    if isinstance(content, dict):
        return _take_object(content, parts, depth)
    return False


def _take_object(content: dict[str, Any], parts: list[Part], depth: int) -> bool:
    inside = [key for key in content if key in _ROWS or key in _TABLES]
    if len(inside) != 1:
        return False
    for key, value in content.items():
        if key == inside[0]:
            if not _take(value, parts, depth + 1):
                return False
        elif key in _LINES:
            for one in value if isinstance(value, list) else [value]:
                _take_line(one, parts)
    return True


def _take_line(value: Any, parts: list[Part]) -> bool:
    if not isinstance(value, str):
        return False
    parts += [Line(line.strip(), line, False) for line in value.split("\n") if line.strip()]
    return True


def _is_grid(content: Any) -> bool:
    return (
        isinstance(content, list)
        and bool(content)
        and all(isinstance(row, list) and all(cell is None or isinstance(cell, str) for cell in row) for row in content)
        and any(len(row) > 1 for row in content)
    )
