"""Word files (.docx) as grids and paragraphs.

Reads the body's XML through python-docx's element classes, without its package layer: pictures and embedded files are
never unpacked. What a table prints is followed, not what it looks like in the XML: `gridSpan`, `vMerge` (a merged cell
is one cell), skipped columns at a row's ends, rows and cells inside content controls, runs split anywhere, insertions
taken and deletions left out. Tables inside the cells of a table that prints texts of its own are part of its grid;
those in a table that only holds them are grids after it.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from docx.oxml.ns import qn
from docx.oxml.parser import parse_xml
from lxml.etree import XMLSyntaxError

from extract.archive import open_archive, read_xml
from extract.errors import UnreadableDocumentError
from extract.grid import Block, Cell, Document, Grid, Paragraph
from extract.nested import unfold
from extract.normalize import clean_text
from ontology.issues import issue
from ontology.records import Issue, Place, PrintedCell

Element = Any
"""An lxml element of python-docx's classes, which carry no types."""

_TRANSPARENT = {qn("w:sdt"), qn("w:sdtContent"), qn("w:ins"), qn("w:moveTo"), qn("w:customXml"), qn("w:smartTag"),
                qn("w:hyperlink"), qn("w:fldSimple"), qn("w:ruby"), qn("w:rubyBase")}  # fmt: skip
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_ALTERNATES = "{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent"
_DRAWN = {qn("w:drawing"), qn("w:pict"), qn("w:object"), _ALTERNATES}
_TEXT_BOX = qn("w:txbxContent")
_WIDEST_GRID = 1000


@dataclass(slots=True)
class _Reading:
    """What grows while a body is read: blocks in order, tables counted, text boxes met and left out."""

    blocks: list[Block] = field(default_factory=list)
    tables: int = 0
    text_boxes: int = 0

    def issues(self) -> tuple[Issue, ...]:
        if not self.text_boxes:
            return ()
        return (issue("part.skipped", part="文本框 (text boxes)", count=self.text_boxes),)


def read(path: Path) -> Document:
    """Given a .docx file, return its paragraphs and tables in order; raise UnreadableDocumentError if it is broken."""
    with open_archive(path) as archive:
        main = _main_part(archive)
        try:
            root = parse_xml(read_xml(archive, main))
        except XMLSyntaxError as error:
            raise UnreadableDocumentError(f"{path.name}: the part {main} is not sound XML ({error})") from error
        title = _title(archive)
    body = root.find(qn("w:body"))
    if body is None:
        raise UnreadableDocumentError(f"{path.name}: the Word file has no body")
    reading = _Reading()
    _read_blocks(body, reading)
    return Document(tuple(reading.blocks), pages=None, title=title, issues=reading.issues())


def _main_part(archive: ZipFile) -> str:
    """The name of the part that holds the text: what the package's relations call the office document."""
    if "_rels/.rels" in archive.namelist():
        try:
            relations = parse_xml(read_xml(archive, "_rels/.rels"))
        except XMLSyntaxError:
            return "word/document.xml"
        for relation in relations.iter(_RELATION):
            if str(relation.get("Type", "")).endswith("/officeDocument"):
                return posixpath.normpath(str(relation.get("Target", "")).lstrip("/"))
    return "word/document.xml"


def _title(archive: ZipFile) -> str | None:
    if "docProps/core.xml" not in archive.namelist():
        return None
    try:
        core = parse_xml(read_xml(archive, "docProps/core.xml"))
    except XMLSyntaxError:
        return None
    text = core.findtext("{http://purl.org/dc/elements/1.1/}title")
    return clean_text(text) or None if text else None


def _children(element: Element) -> Iterator[Element]:
    """The element's children, with content controls and insertions opened."""
    for child in element:
        if child.tag in _TRANSPARENT:
            yield from _children(child)
        else:
            yield child


def _read_blocks(parent: Element, reading: _Reading) -> None:
    for child in _children(parent):
        if child.tag == qn("w:p"):
            text = clean_text(_paragraph_text(child, reading))
            if text:
                reading.blocks.append(Paragraph(text, Place()))
        elif child.tag == qn("w:tbl"):
            _read_table(child, reading)


def _paragraph_text(paragraph: Element, reading: _Reading) -> str:
    pieces: list[str] = []
    for child in _children(paragraph):
        if child.tag == qn("w:r"):
            pieces.append(_run_text(child, reading))
        elif child.tag.startswith(_MATH):
            pieces.extend(text.text or "" for text in child.iter(f"{_MATH}t"))
    return "".join(pieces)


def _run_text(run: Element, reading: _Reading) -> str:
    properties = run.find(qn("w:rPr"))
    if properties is not None and _is_on(properties.find(qn("w:vanish"))):
        return ""
    pieces: list[str] = []
    for child in _children(run):
        if child.tag == qn("w:t"):
            pieces.append(child.text or "")
        elif child.tag == qn("w:cr") or (child.tag == qn("w:br") and child.get(qn("w:type")) in (None, "textWrapping")):
            pieces.append("\n")
        elif child.tag in (qn("w:tab"), qn("w:ptab")):
            pieces.append(" ")
        elif child.tag == qn("w:noBreakHyphen"):
            pieces.append("-")
        elif child.tag in _DRAWN:
            # A drawing stands there twice, the second time for old programs: its first choice is the drawing.
            drawn = child[0] if child.tag == _ALTERNATES and len(child) else child
            reading.text_boxes += sum(1 for box in drawn.iter(_TEXT_BOX) if "".join(box.itertext()).strip())
    return "".join(pieces)


def _is_on(switch: Element | None) -> bool:
    return switch is not None and switch.get(qn("w:val")) not in ("0", "false", "off")


@dataclass(slots=True)
class _Spot:
    """A cell while its table is read: where it begins and what it has been found to cover."""

    row: int
    column: int
    width: int
    text: str
    height: int = 1
    nested: tuple[Grid, ...] = ()


def _read_table(table: Element, reading: _Reading) -> None:
    reading.tables += 1
    number = reading.tables
    place = Place(table=number)
    inside = _Reading(tables=reading.tables)
    spots: list[_Spot] = []
    above: dict[int, _Spot] = {}
    rows = 0
    for row in (child for child in _children(table) if child.tag == qn("w:tr")):
        if row.find(f"{qn('w:trPr')}/{qn('w:del')}") is not None:
            continue
        rows += 1
        above = _read_row(row, rows, above, spots, inside)
    columns = max((spot.column + spot.width - 1 for spot in spots), default=0)
    cells = tuple(
        Cell(
            spot.row, spot.column, spot.text, spot.height, spot.width,
            (PrintedCell(Place(table=number, row=spot.row, column=spot.column), spot.text),),
        )
        for spot in spots
    )  # fmt: skip
    grid = Grid(rows, columns, cells, place)
    nested = {(spot.row, spot.column): spot.nested for spot in spots if spot.nested}
    if nested and any(cell.text for cell in cells):
        taken = [table for tables in nested.values() for table in tables]
        reading.blocks.append(unfold(grid, nested))
        reading.blocks.extend(block for block in inside.blocks if not any(block is table for table in taken))
    else:
        reading.blocks.append(grid)
        reading.blocks.extend(inside.blocks)
    reading.tables = inside.tables
    reading.text_boxes += inside.text_boxes


def _read_row(
    row: Element, number: int, above: dict[int, _Spot], spots: list[_Spot], inside: _Reading
) -> dict[int, _Spot]:
    """Given a row, add its cells to `spots` or stretch the one above; return the row's cells by first column."""
    here: dict[int, _Spot] = {}
    column = 1 + _skipped(row, "w:gridBefore")
    sideways: _Spot | None = None
    for cell in (child for child in _children(row) if child.tag == qn("w:tc")):
        properties = cell.find(qn("w:tcPr"))
        width = _width(properties)
        if sideways is not None and _merge(properties, "w:hMerge") == "continue":
            sideways.width += width
            column += width
            continue
        upper = above.get(column)
        if _merge(properties, "w:vMerge") == "continue" and upper is not None and upper.width == width:
            upper.height = number - upper.row + 1
            here[column] = upper
            sideways = None
        else:
            before = len(inside.blocks)
            spot = _Spot(number, column, width, _cell_text(cell, inside))
            spot.nested = tuple(block for block in inside.blocks[before:] if isinstance(block, Grid))
            spots.append(spot)
            here[column] = spot
            sideways = spot
        column += width
    return here


def _skipped(row: Element, name: str) -> int:
    found = row.find(f"{qn('w:trPr')}/{qn(name)}")
    return _whole(found.get(qn("w:val")), 0) if found is not None else 0


def _width(properties: Element | None) -> int:
    span = properties.find(qn("w:gridSpan")) if properties is not None else None
    return max(1, _whole(span.get(qn("w:val")), 1)) if span is not None else 1


def _whole(text: str | None, otherwise: int) -> int:
    # A grid wider than any page can be is a slip of the program that wrote the file, or worse.
    return min(int(text), _WIDEST_GRID) if text is not None and text.isascii() and text.isdigit() else otherwise


def _merge(properties: Element | None, name: str) -> str | None:
    merge = properties.find(qn(name)) if properties is not None else None
    return None if merge is None else str(merge.get(qn("w:val"), "continue"))


def _cell_text(cell: Element, inside: _Reading) -> str:
    """The text of a cell's own paragraphs; its nested tables become blocks of `inside`."""
    texts: list[str] = []
    for child in _children(cell):
        if child.tag == qn("w:p"):
            texts.append(_paragraph_text(child, inside))
        elif child.tag == qn("w:tbl"):
            _read_table(child, inside)
    return clean_text("\n".join(texts))
