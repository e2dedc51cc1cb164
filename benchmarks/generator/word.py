"""Blocks as a Word document with merged cells and its font embedded; the same bytes from the same facts."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import docx
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from lxml import etree

from generator.blocks import Cell, Section, Table, Words
from generator.fonts import SONG, obfuscate, subset_font

_ALIGN = {"left": WD_ALIGN_PARAGRAPH.LEFT, "center": WD_ALIGN_PARAGRAPH.CENTER, "right": WD_ALIGN_PARAGRAPH.RIGHT}
# size in points, alignment, bold, first line indented, space before and after in points
_STYLES: dict[str, tuple[float, str, bool, bool, float, float]] = {
    "cover": (26, "center", True, False, 180, 60),
    "cover_year": (16, "center", False, False, 0, 0),
    "cover_note": (9, "center", False, False, 220, 0),
    "contents_head": (18, "center", True, False, 0, 18),
    "contents": (13, "left", False, False, 6, 2),
    "contents_inner": (12, "left", False, True, 2, 2),
    "part": (18, "center", True, False, 12, 14),
    "heading": (14, "left", True, True, 6, 2),
    "text": (13, "left", False, True, 0, 2),
    "label": (11, "left", True, False, 12, 0),
    "title": (17, "center", True, False, 2, 4),
    "year": (12, "center", False, False, 0, 2),
    "unit": (10.5, "right", False, False, 0, 2),
}
_FONTS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/font"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_THEN = datetime(2025, 1, 1)  # noqa: DTZ001 - python-docx writes it as UTC


def _words(paragraph: Any, text: str, size: float, bold: bool = False) -> None:
    for number, line in enumerate(text.split("\n")):
        run = paragraph.add_run()
        if number:
            run.add_break()
        run.add_text(line)
        run.font.size, run.font.bold = Pt(size), bold
        run.font.name = SONG[0]
        run._element.rPr.rFonts.set(qn("w:eastAsia"), SONG[0])


def _paragraph(document: Any, block: Words) -> None:
    size, align, bold, indented, before, after = _STYLES[block.style]
    paragraph = document.add_paragraph()
    paragraph.alignment = _ALIGN[align]
    paragraph.paragraph_format.space_before, paragraph.paragraph_format.space_after = Pt(before), Pt(after)
    if indented:
        paragraph.paragraph_format.first_line_indent = Pt(2 * size)
    paragraph.paragraph_format.keep_with_next = block.style in ("part", "heading", "label", "title", "year", "unit")
    _words(paragraph, block.text, size, bold)


def _fill(cell: Any, made: Cell, size: float, keep: bool) -> None:
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    paragraph = cell.paragraphs[0]
    paragraph.alignment = _ALIGN[made.align]
    paragraph.paragraph_format.space_after = Pt(0)
    paragraph.paragraph_format.keep_with_next = keep
    _words(paragraph, made.text, size)


def _table(document: Any, table: Table, width_mm: float) -> None:
    made = document.add_table(rows=len(table.rows), cols=len(table.widths))
    made.style, made.autofit = "Table Grid", False
    margins = OxmlElement("w:tblCellMar")
    for side, width in (("top", 30), ("left", 60), ("bottom", 30), ("right", 60)):  # twentieths of a point
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), str(width))
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    look = made._tbl.tblPr.find(qn("w:tblLook"))
    look.addprevious(margins)
    share = sum(table.widths)
    widths = [Mm(width_mm * width / share) for width in table.widths]
    for column, width in zip(made.columns, widths, strict=True):
        column.width = width
    grid = [list(row.cells) for row in made.rows]
    taken: set[tuple[int, int]] = set()
    for y, row in enumerate(table.rows):
        x = 0
        for cell in row:
            while (y, x) in taken:
                x += 1
            taken |= {(y + dy, x + dx) for dy in range(cell.rows) for dx in range(cell.columns)}
            target = grid[y][x]
            if cell.rows > 1 or cell.columns > 1:
                target = target.merge(grid[y + cell.rows - 1][x + cell.columns - 1])
            _fill(target, cell, table.size, table.whole and y + cell.rows < len(table.rows))
            x += cell.columns
    for number, made_row in enumerate(made.rows):
        properties = made_row._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if number < table.head_rows:
            properties.append(OxmlElement("w:tblHeader"))


def _page_number(section: Any) -> None:
    """A field with the page's number in the middle of the foot."""
    section.footer.is_linked_to_previous = False
    paragraph = section.footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = paragraph.add_run()
    for kind in ("begin", "PAGE", "end"):
        if kind == "PAGE":
            element = OxmlElement("w:instrText")
            element.text = kind
        else:
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), kind)
        run._element.append(element)


def _embed(parts: dict[str, bytes], font: bytes) -> None:
    """Given a package's parts and a font, add the font to them, its relation, its content type and the settings."""
    data, key = obfuscate(font)
    parts["word/fonts/font1.odttf"] = data
    types = etree.fromstring(parts["[Content_Types].xml"])
    kind = "application/vnd.openxmlformats-officedocument.obfuscatedFont"
    types.insert(0, types.makeelement(f"{{{_TYPES}}}Default", {"Extension": "odttf", "ContentType": kind}))
    parts["[Content_Types].xml"] = etree.tostring(types, xml_declaration=True, encoding="UTF-8", standalone=True)
    relation = f'<Relationship Id="rId1" Type="{_FONTS}" Target="fonts/font1.odttf"/>'
    relations = f'<Relationships xmlns="{_RELATIONS}">{relation}</Relationships>'
    parts["word/_rels/fontTable.xml.rels"] = f'<?xml version="1.0" encoding="UTF-8"?>\n{relations}'.encode()
    table = etree.fromstring(parts["word/fontTable.xml"])
    face = etree.SubElement(table, qn("w:font"), {qn("w:name"): SONG[0]})
    etree.SubElement(face, qn("w:embedRegular"), {qn("r:id"): "rId1", qn("w:fontKey"): key})
    parts["word/fontTable.xml"] = etree.tostring(table, xml_declaration=True, encoding="UTF-8", standalone=True)
    settings = etree.fromstring(parts["word/settings.xml"])
    # The schema's order: after view and zoom and their like, before everything else that the template has.
    before = {qn(f"w:{name}") for name in ("writeProtection", "view", "zoom", "removePersonalInformation")}
    place = sum(1 for child in settings if child.tag in before)
    for name in ("saveSubsetFonts", "embedTrueTypeFonts"):
        settings.insert(place, settings.makeelement(qn(f"w:{name}"), {}))
    parts["word/settings.xml"] = etree.tostring(settings, xml_declaration=True, encoding="UTF-8", standalone=True)


def _pack(parts: dict[str, bytes]) -> bytes:
    """Given a package's parts, return the file, the same for the same parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as package:
        for name in sorted(parts, key=lambda name: (name != "[Content_Types].xml", name)):
            entry = zipfile.ZipInfo(name, (2025, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(entry, parts[name])
    return buffer.getvalue()


def write_docx(sections: Sequence[Section], title: str, path: Path, used: frozenset[str] | None = None) -> None:
    """Given pages, a title, a path and the characters of the font to embed (none: no font), write the Word document.

    Documents that are opened side by side should embed one font: LibreOffice takes the first of a name for all.
    """
    document = docx.Document()
    style = document.styles["Normal"]
    style.font.name = SONG[0]
    style.element.rPr.rFonts.set(qn("w:eastAsia"), SONG[0])
    properties = document.core_properties
    properties.title, properties.author, properties.comments = title, "", ""
    properties.created = properties.modified = _THEN
    for number, section in enumerate(sections):
        made = document.sections[0] if number == 0 else document.add_section()
        wide = section.landscape
        made.orientation = WD_ORIENT.LANDSCAPE if wide else WD_ORIENT.PORTRAIT
        made.page_width, made.page_height = (Mm(297), Mm(210)) if wide else (Mm(210), Mm(297))
        made.left_margin = made.right_margin = Mm(20)
        made.top_margin = made.bottom_margin = Mm(22)
        if number == 1:
            _page_number(made)
        for block in section.blocks:
            if isinstance(block, Words):
                _paragraph(document, block)
            else:
                _table(document, block, 257 if wide else 170)
    buffer = io.BytesIO()
    document.save(buffer)
    with zipfile.ZipFile(buffer) as package:
        parts = {name: package.read(name) for name in package.namelist() if not name.startswith("docProps/thumbnail")}
    relations = etree.fromstring(parts["_rels/.rels"])
    for relation in [r for r in relations if "thumbnail" in r.get("Type", "")]:
        relations.remove(relation)
    parts["_rels/.rels"] = etree.tostring(relations, xml_declaration=True, encoding="UTF-8", standalone=True)
    if used is not None:
        _embed(parts, subset_font(SONG, used))
    path.write_bytes(_pack(parts))
