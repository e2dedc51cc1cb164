"""Word files (.docx) as grids and paragraphs.

Reads the body's XML through python-docx's element classes, without its package layer: pictures and embedded files are
never unpacked. What a table prints is followed, not what it looks like in the XML: `gridSpan`, `vMerge` (a merged cell
is one cell), skipped columns at a row's ends, rows and cells inside content controls, runs split anywhere, numbers that
Word prints before paragraphs (`docx_text`, `docx_numbering`). Tables inside the cells of a table that prints texts of its
own are part of its grid; those in a table that only holds them are grids after it, and so is what stands in text boxes.
"""

from __future__ import annotations

import posixpath
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
from extract.readers.docx_grid import RowCells, place_rows
from extract.readers.docx_numbering import read_numbering
from extract.readers.docx_text import Styles, hidden_styles, is_on, open_children, print_paragraph
from ontology.issues import issue
from ontology.records import Issue, Place, PrintedCell

Element = Any
"""An lxml element of python-docx's classes, which carry no types."""

_RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_WIDEST_GRID = 1000


@dataclass(slots=True)
class _Reading:
    """What grows while a body is read: blocks in order, tables counted, text boxes left out; and the document's styles."""

    styles: Styles
    blocks: list[Block] = field(default_factory=list)
    tables: int = 0
    text_boxes: int = 0
    chunks: int = 0

    def inside(self) -> _Reading:
        """What grows while the cells of a table are read."""
        return _Reading(self.styles, tables=self.tables)

    def take(self, inside: _Reading) -> None:
        """Count on from what was read inside."""
        self.tables = inside.tables
        self.text_boxes += inside.text_boxes
        self.chunks += inside.chunks

    def issues(self) -> tuple[Issue, ...]:
        found = (("文本框 (text boxes)", self.text_boxes), ("嵌入的文件 (embedded files)", self.chunks))
        return tuple(issue("part.skipped", part=part, count=count) for part, count in found if count)


def read(path: Path) -> Document:
    """Given a .docx file, return its paragraphs and tables in order; raise UnreadableDocumentError if it is broken."""
    with open_archive(path) as archive:
        main = _main_part(archive)
        try:
            root = parse_xml(read_xml(archive, main))
        except XMLSyntaxError as error:
            raise UnreadableDocumentError(f"{path.name}: the part {main} is not sound XML ({error})") from error
        title = _title(archive)
        styles = _styles(archive, main)
    body = root.find(qn("w:body"))
    if body is None:
        raise UnreadableDocumentError(f"{path.name}: the Word file has no body")
    reading = _Reading(styles)
    _read_blocks(body, reading)
    return Document(tuple(reading.blocks), pages=None, title=title, issues=reading.issues())


def _main_part(archive: ZipFile) -> str:
    """The name of the part that holds the text: what the package's relations call the office document."""
    return _related(archive, "_rels/.rels", "").get("officeDocument", "word/document.xml")


def _related(archive: ZipFile, relations: str, folder: str) -> dict[str, str]:
    """The parts that a part's relations name, by what they are to it ("numbering")."""
    found: dict[str, str] = {}
    root = _part(archive, relations)
    for relation in root.iter(_RELATION) if root is not None else ():
        target = str(relation.get("Target", ""))
        name = posixpath.normpath(target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target))
        found.setdefault(str(relation.get("Type", "")).rpartition("/")[2], name)
    return found


def _part(archive: ZipFile, name: str) -> Element | None:
    """The root of a part that a document can be read without; None where it has none, or a broken one."""
    if name not in archive.namelist():
        return None
    try:
        return parse_xml(read_xml(archive, name))
    except XMLSyntaxError:
        return None


def _styles(archive: ZipFile, main: str) -> Styles:
    folder, _, file = main.rpartition("/")
    parts = _related(archive, posixpath.join(folder, "_rels", f"{file}.rels"), folder)
    numbering = _part(archive, parts.get("numbering", posixpath.join(folder, "numbering.xml")))
    styles = _part(archive, parts.get("styles", posixpath.join(folder, "styles.xml")))
    return Styles(read_numbering(numbering, styles), hidden_styles(styles))


def _title(archive: ZipFile) -> str | None:
    core = _part(archive, "docProps/core.xml")
    text = core.findtext("{http://purl.org/dc/elements/1.1/}title") if core is not None else None
    return clean_text(text) or None if text else None


def _read_blocks(parent: Element, reading: _Reading) -> None:
    begun = ""
    for child in open_children(parent):
        if child.tag == qn("w:p"):
            printed = print_paragraph(child, reading.styles)
            if printed.goes_on:
                begun += printed.text
            else:
                if text := clean_text(begun + printed.text):
                    reading.blocks.append(Paragraph(text, Place()))
                begun = ""
            for box in printed.boxes:
                _read_blocks(box, reading)
        elif child.tag == qn("w:tbl"):
            _read_table(child, reading)
        elif child.tag == qn("w:altChunk"):
            reading.chunks += 1


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
    inside = reading.inside()
    spots: list[_Spot] = []
    above: dict[int, _Spot] = {}
    shown = [row for row in open_children(table) if row.tag == qn("w:tr") and not _is_gone(row)]
    placed = place_rows([_row_cells(row) for row in shown], _grid_widths(table))
    for number_of_row, row in enumerate(shown, 1):
        at = placed[number_of_row - 1] if placed is not None else None
        above = _read_row(row, number_of_row, above, inside, spots, placed=at)
    rows = len(shown)
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
    reading.take(inside)


def _is_gone(row: Element) -> bool:
    """Whether a row was deleted while changes were recorded, or is hidden."""
    properties = row.find(qn("w:trPr"))
    if properties is None:
        return False
    return properties.find(qn("w:del")) is not None or is_on(properties.find(qn("w:hidden")))


def _cells_of(row: Element) -> list[Element]:
    return [
        cell
        for cell in open_children(row)
        if cell.tag == qn("w:tc") and cell.find(f"{qn('w:tcPr')}/{qn('w:cellDel')}") is None
    ]


def _row_cells(row: Element) -> RowCells:
    properties = [cell.find(qn("w:tcPr")) for cell in _cells_of(row)]
    widths = (one.find(qn("w:tcW")) if one is not None else None for one in properties)
    told = tuple(
        _twips(width.get(qn("w:w"))) if width is not None and width.get(qn("w:type")) in (None, "dxa") else 0
        for width in widths
    )
    return RowCells(_skipped(row, "w:gridBefore"), tuple(map(_width, properties)), told)


def _grid_widths(table: Element) -> list[int]:
    grid = table.find(qn("w:tblGrid"))
    columns = grid.findall(qn("w:gridCol")) if grid is not None else []
    return [_twips(column.get(qn("w:w"))) for column in columns]


def _twips(text: str | None) -> int:
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 7 else 0


def _read_row(
    row: Element,
    number: int,
    above: dict[int, _Spot],
    inside: _Reading,
    spots: list[_Spot],
    *,
    placed: list[tuple[int, int]] | None,
) -> dict[int, _Spot]:
    """Given a row, with the column and width of each of its cells where they are known, add its cells to `spots` or
    stretch the one above; return the row's cells by first column."""
    here: dict[int, _Spot] = {}
    column = 1 + _skipped(row, "w:gridBefore")
    sideways: _Spot | None = None
    for index, cell in enumerate(_cells_of(row)):
        properties = cell.find(qn("w:tcPr"))
        width = _width(properties)
        if placed is not None:
            column, width = placed[index]
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
    """The text of a cell's own paragraphs, or of its text boxes where it has no other; its nested tables become blocks
    of `inside`."""
    texts: list[str] = []
    boxes: list[Element] = []
    begun = ""
    for child in open_children(cell):
        if child.tag == qn("w:p"):
            printed = print_paragraph(child, inside.styles)
            begun += printed.text
            boxes += printed.boxes
            if not printed.goes_on:
                texts.append(begun)
                begun = ""
        elif child.tag == qn("w:tbl"):
            _read_table(child, inside)
    text = clean_text("\n".join([*texts, begun]))
    held = [box for box in boxes if "".join(box.itertext()).strip()]
    if text or not held:
        inside.text_boxes += len(held)
        return text
    return clean_text("\n".join(_cell_text(box, inside) for box in held))
