"""A workbook's sheets cut to a sound size before they are parsed.

openpyxl makes an object of every cell, of the cells that a merge covers too, and a few kilobytes can ask for billions of
both. What is looked at here are the bytes of a sheet's part: rows, cells and merges are found by their tags, which XML
lets stand nowhere else.
"""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from extract.archive import check_elements, open_archive, read_declared
from extract.bounds import MOST_ROWS
from extract.grid import MOST_CELLS

_TAG = re.compile(rb"<(?:\w+:)?(row|c)(?=[\s/>])")
_ROW = re.compile(rb"<(?:\w+:)?row(?=[\s/>])")
_END = re.compile(rb"</(?:\w+:)?sheetData\s*>")
_MERGE = re.compile(
    rb"<(?:\w+:)?mergeCell\s[^>]*?\bref\s*=\s*[\"']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})[\"'][^>]*>"
)
_LARGEST_MERGE = 100_000


@dataclass(slots=True)
class Cut:
    """What was cut from a sheet: rows left out, and merges that cover more than any sheet prints."""

    rows: int = 0
    merges: int = 0


@dataclass(slots=True)
class BoundedWorkbook:
    """A workbook that is safe to parse: its path or a copy of it, whether a sheet has formulas, what was cut by part."""

    file: Path | BytesIO
    has_formulas: bool = False
    cuts: dict[str, Cut] = field(default_factory=dict)

    @property
    def cut(self) -> Cut:
        """What was cut from all sheets together."""
        return Cut(sum(cut.rows for cut in self.cuts.values()), sum(cut.merges for cut in self.cuts.values()))


def bounded_workbook(path: Path) -> BoundedWorkbook:
    """Given a workbook, return it as it is safe to parse: itself, or a copy without the rows and merges that are too
    many. Raise UnreadableDocumentError where it is broken, unpacks to too much, or declares XML entities."""
    made = BoundedWorkbook(path)
    left = MOST_CELLS
    with open_archive(path) as archive:
        cut_parts: dict[str, bytes] = {}
        for name in archive.namelist():
            if not name.endswith((".xml", ".rels")):
                continue
            content = read_declared(archive, name)
            if b"sheetData" in content:
                sheet, cells, cut = _cut_sheet(content, left)
                left -= cells
                made.has_formulas = made.has_formulas or b"<f" in sheet
                if cut.rows or cut.merges:
                    made.cuts[name], cut_parts[name] = cut, sheet
                content = sheet
            check_elements(archive, name, content)
        if cut_parts:
            made.file = _copy(archive, cut_parts)
    return made


def _copy(archive: zipfile.ZipFile, cut_parts: dict[str, bytes]) -> BytesIO:
    """The workbook with some of its parts in another form, without pictures."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as copy:
        for name in archive.namelist():
            if name.endswith((".xml", ".rels")):
                copy.writestr(name, cut_parts[name] if name in cut_parts else read_declared(archive, name))
    file.seek(0)
    return file


def _cut_sheet(content: bytes, most_cells: int) -> tuple[bytes, int, Cut]:
    """Given a sheet's part and how many cells it may have, return it, how many it has, and what was cut."""
    cut = Cut()
    rows = cells = 0
    row_at = end = 0
    for tag in _TAG.finditer(content):
        if tag[1] == b"row":
            rows += 1
            row_at = tag.start()
        else:
            cells += 1
        if rows > MOST_ROWS or cells > most_cells:
            end = row_at
            break
    if end:
        cut.rows = sum(1 for _ in _ROW.finditer(content, end))
        closed = _END.search(content, end)
        content = content[:end] + (content[closed.start() :] if closed else b"")
    content = _MERGE.sub(lambda merge: _keep_merge(merge, cut), content)
    return content, min(cells, most_cells), cut


def _keep_merge(merge: re.Match[bytes], cut: Cut) -> bytes:
    left, top, right, bottom = merge.groups()
    covered = (_number(right) - _number(left) + 1) * (int(bottom) - int(top) + 1)
    if 0 < covered <= _LARGEST_MERGE:
        return merge[0]
    cut.merges += 1
    return b""


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number
