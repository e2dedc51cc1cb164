"""Drawn financial tables with their meaning beside them: what a file prints, and the budget lines in it.

A drawing is lines of text. A line that begins with "|" is a row ("<" continues the cell to the left, "^" the one above);
other lines are words. A line that begins with "@" stands before a table and says what its columns hold:

    @ KIND head=ROWS columns=NAME,... [scheme=A|B] [unit=万元] [year=2024]

A column is `code`, `name`, `unit` or `-` (nothing is read), or what its amounts are: `measure`, `measure:side`,
`measure:side@year`; a label after amounts begins the next band. Behind a row, "##" says what it is in each band: `t` total,
`s` subtotal, `d` detail, `p` a part (其中) that adds up to nothing, with its level behind it; several for the amounts of a
band are parted by commas; `y2024` is a detail of that year. `=NAME` behind the role is the unit that the row belongs to.
No reader takes part in this.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from formfiles.model import Block, Cell, PageBreak, Pages, Table, Words

_LABELS = ("code", "name", "unit", "-")
_ROLES = {"t": "total", "s": "subtotal", "d": "detail", "p": None}
_FACTORS = {"元": 1, "千元": 1000, "万元": 10_000}
_NUMBER = re.compile(r"-?\d[\d,]*(?:\.\d+)?")


@dataclass(slots=True)
class Made:
    """What a drawing prints, and the lines that must come of it."""

    blocks: list[Block] = field(default_factory=list)
    lines: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Meaning:
    kind: str
    head: int
    columns: tuple[str, ...]
    schemes: tuple[str | None, ...]
    unit: str
    year: int


def read_facts(drawing: str, year: int) -> Made:
    """Given a drawing and the year it is for, return what it prints and what it says."""
    made = Made()
    meaning: _Meaning | None = None
    rows: list[tuple[list[str], str]] = []
    for line in [*(one.strip() for one in drawing.strip().splitlines()), ""]:
        if line.startswith("|"):
            cells, _, roles = line.partition("##")
            rows.append(([cell.strip() for cell in cells.strip().strip("|").split("|")], roles.strip()))
            continue
        if rows:
            made.blocks.append(_table([cells for cells, _ in rows]))
            if meaning is not None:
                made.lines += _lines(meaning, rows)
            meaning, rows = None, []
        if line.startswith("@"):
            meaning = _meaning(line[1:], year)
        elif line == "---":
            made.blocks.append(PageBreak())
        elif line:
            style = "title" if line.startswith("#") else "right" if line.startswith("单位") else "line"
            made.blocks.append(Words(line.lstrip("# "), style))  # type: ignore[arg-type]
    return made


def pages(made: Made, *, landscape: bool = True, look: dict[str, str] | None = None) -> Pages:
    """What a drawing prints, as a document to be written."""
    return Pages(made.blocks, landscape, look or {"font": "8pt"})


def _meaning(text: str, year: int) -> _Meaning:
    kind, *given = text.split()
    told = dict(one.split("=", 1) for one in given)
    columns = tuple(told["columns"].split(","))
    schemes = tuple(None if one == "none" else one for one in told.get("scheme", "none").split("|"))
    return _Meaning(kind, int(told["head"]), columns, schemes, told.get("unit", "万元"), int(told.get("year", year)))


# --- what is printed


def _owners(rows: list[list[str]]) -> dict[tuple[int, int], tuple[int, int]]:
    owner: dict[tuple[int, int], tuple[int, int]] = {}
    for r, row in enumerate(rows):
        assert len(row) == len(rows[0]), f"{len(row)} cells, not {len(rows[0])}: {row}"
        for c, text in enumerate(row):
            owner[r, c] = owner[r, c - 1] if text == "<" else owner[r - 1, c] if text == "^" else (r, c)
    return owner


def _table(rows: list[list[str]]) -> Table:
    owner = _owners(rows)
    made: list[list[Cell]] = [[] for _ in rows]
    for (r, c), text in (((r, c), rows[r][c]) for r in range(len(rows)) for c in range(len(rows[0]))):
        if owner[r, c] == (r, c):
            spots = [spot for spot, of in owner.items() if of == (r, c)]
            height, width = max(y for y, _ in spots) - r + 1, max(x for _, x in spots) - c + 1
            assert height * width == len(spots), f"the cell {text!r} is no rectangle"
            made[r].append(Cell(text, width, height))
    lengths = [max(len(row[c]) for row in rows) for c in range(len(rows[0]))]
    return Table([float(min(max(length, 4), 14)) for length in lengths], made)


# --- what it says


def _lines(meaning: _Meaning, rows: list[tuple[list[str], str]]) -> Iterator[dict[str, Any]]:
    cells = [row for row, _ in rows]
    owner = _owners(cells)
    paths = [_path(cells, owner, column, meaning.head) for column in range(len(cells[0]))]
    bands = _bands(meaning.columns)
    units = {row[at] for row in cells[meaning.head :] for at, kind in enumerate(meaning.columns) if kind == "unit"}
    several = (
        any("代码" in text or "编码" in text for path in paths for text in path) or len(units - {"", "<", "合计"}) > 1
    )
    for number in range(meaning.head, len(rows)):
        row, told = rows[number]
        if not told:
            continue
        for band, what in enumerate(told.split("|")):
            labels, amounts = bands[band]
            roles, _, unit = what.strip().partition("=")
            code, name, own = _named(row, labels, meaning.columns)
            if not roles.startswith("t"):
                unit = unit or (own if name or several else "")
            each = roles.split(",")
            for index, at in enumerate(amounts):
                if _NUMBER.fullmatch(row[at]) is None:
                    continue
                role = each[min(index, len(each) - 1)]
                measure, side, year = _column(meaning.columns[at])
                if role.startswith("y"):  # the row is a year's
                    role, year = "d", int(role[1:])
                raw = row[at]
                yield {
                    "table": meaning.kind,
                    "code": code or None,
                    "name": name or own,
                    "column": "/".join(paths[at]),
                    "amount": f"{(Decimal(raw.replace(',', '')) * _FACTORS[meaning.unit]).normalize():f}",
                    "year": year or meaning.year,
                    "unit": unit or None,
                    "role": _ROLES[role[0]],
                    "level": int(role[1:]) if role[1:] else None,
                    "side": side,
                    "scheme": meaning.schemes[min(band, len(meaning.schemes) - 1)],
                    "measure": measure,
                }


_CODE_FIRST = re.compile(r"\[?(\d{3}(?:\d{2}){0,2})\]?\s*(\D.*)")


def _named(row: list[str], labels: list[int], columns: tuple[str, ...]) -> tuple[str, str, str]:
    """A row's code, name and unit: a text in the column of codes is a name that is merged over it, and a name may begin
    with its code where no column has codes."""
    told = [(columns[at], row[at]) for at in labels if row[at] not in ("", "<", "^")]
    if labels and row[labels[0]] == "<":  # a sum's label that begins in the band before
        told.append(("name", next(text for text in reversed(row[: labels[0]]) if text != "<")))
    code = _join(text for kind, text in told if kind == "code" and text.isdigit())
    name = "".join(text for kind, text in told if kind == "name" or (kind == "code" and not text.isdigit()))
    own = "".join(text for kind, text in told if kind == "unit")
    if not any(columns[at] == "code" for at in labels) and (found := _CODE_FIRST.fullmatch(name)):
        code, name = found[1], found[2]
    return code, name, own


def _path(cells: list[list[str]], owner: dict[tuple[int, int], tuple[int, int]], column: int, head: int) -> list[str]:
    path: list[tuple[int, int]] = []
    for row in range(head):
        spot = owner[row, column]
        text = cells[spot[0]][spot[1]]
        if text and not text.isdigit() and spot not in path:
            path.append(spot)
    return [cells[r][c] for r, c in path]


def _bands(columns: tuple[str, ...]) -> list[tuple[list[int], list[int]]]:
    bands: list[tuple[list[int], list[int]]] = [([], [])]
    for at, column in enumerate(columns):
        if column == "-":
            continue
        if column in _LABELS:
            if bands[-1][1]:
                bands.append(([], []))
            bands[-1][0].append(at)
        else:
            bands[-1][1].append(at)
    return bands


def _column(text: str) -> tuple[str | None, str | None, int | None]:
    text, _, year = text.partition("@")
    measure, _, side = text.partition(":")
    return (None if measure == "none" else measure), side or None, int(year) if year else None


def _join(parts: Iterator[str]) -> str:
    code = ""
    for part in parts:
        if part not in "<^":
            code = part if code and part.startswith(code) else code + part
    return code
