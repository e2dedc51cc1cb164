"""Web pages as paragraphs and grids: the tables of a page, without the page around them.

What a browser doesn't show (scripts, styles, hidden elements) is left out; tables that only arrange a page (they hold
other tables, or a single cell) are opened, so that what they arrange is read in its order.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

from lxml import etree, html

from extract.errors import UnreadableDocumentError
from extract.formats import Format, detect
from extract.grid import Block, Cell, Document, Grid, Paragraph, check_cells
from extract.normalize import clean_text
from extract.readers.html_shown import make_tables, show_fields
from ontology.issues import issue
from ontology.records import Issue, Place, PrintedCell

Element = Any
"""An lxml element; lxml carries no types."""

_UNSEEN = {"script", "style", "noscript", "template", "head", "iframe", "object", "svg", "select", "button", "nav"}
_BREAKS = frozenset(
    [
        "p",
        "div",
        "br",
        "li",
        "ul",
        "ol",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "tr",
        "table",
        "section",
        "article",
        "header",
        "footer",
        "main",
        "aside",
        "blockquote",
        "pre",
        "dl",
        "dt",
        "dd",
        "center",
        "form",
        "caption",
        "hr",
    ]
)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", re.IGNORECASE)
_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([a-zA-Z0-9_-]+)""", re.IGNORECASE)
_LARGEST = 50_000_000
_MOST_TAGS = 2_000_000
_WIDEST_SPAN = 1000


def read(path: Path) -> Document:
    """Given a web page, return its shown paragraphs and tables; raise UnreadableDocumentError where it holds none."""
    content = path.read_bytes()
    if len(content) > _LARGEST:
        raise UnreadableDocumentError(f"{path.name}: is larger than {_LARGEST:,} bytes; no page of that size is read")
    if content.count(b"<") > _MOST_TAGS:
        raise UnreadableDocumentError(f"{path.name}: has more than {_MOST_TAGS:,} tags; no page of that size is read")
    page = _page_of_mail(content, path) if detect(path) is Format.MHT else _decode(content)
    parser = html.HTMLParser(huge_tree=False, remove_comments=True)
    try:
        root = html.document_fromstring(page, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableDocumentError(f"{path.name}: is not a web page that can be read ({error})") from error
    if any(error.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT for error in parser.error_log):
        # The parser stops where elements are too deep, and what it gives would pass for the whole page.
        raise UnreadableDocumentError(
            f"{path.name}: its elements are nested more than 250 deep, which no page for people is; save it anew from a browser"
        )
    reading = _Reading()
    make_tables(root)
    show_fields(root)
    body = root.find("body")
    _walk(body if body is not None else root, reading)
    reading.end_line()
    title = root.findtext("head/title")
    return Document(
        tuple(reading.blocks),
        pages=None,
        title=clean_text(title) or None if title else None,
        issues=tuple(reading.issues),
    )


def read_fragment(markup: str, tables: int = 0) -> tuple[list[Block], list[Issue]]:
    """Given the source of tables that stand inside of a text, and how many tables stand before them, return their blocks
    and issues."""
    try:
        root = html.fragment_fromstring(markup, create_parent="div")
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return [], [issue("part.skipped", part=("HTML 表格", "table in HTML"), count=1)]
    reading = _Reading(tables=tables)
    _walk(root, reading)
    reading.end_line()
    return reading.blocks, reading.issues


def _page_of_mail(content: bytes, path: Path) -> str:
    """The page of a file that holds it together with its pictures (.mht, and what some programs call .doc)."""
    mail = message_from_bytes(content, policy=policy.default)
    for part in mail.walk():
        if part.get_content_type() in ("text/html", "application/xhtml+xml"):
            body = part.get_payload(decode=True)
            charset = part.get_content_charset()
            if isinstance(body, bytes) and body.strip():
                return _decode(body, charset)
    raise UnreadableDocumentError(
        f"{path.name}: is a saved page (MHT) without a page in it; get it again from its source"
    )


def _decode(content: bytes, told: str | None = None) -> str:
    """The text of a page, given its bytes and the encoding that whoever sent it told."""
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if content.startswith(mark):
            return content.decode(name, "replace")
    declared = _CHARSET.search(content[:4096])
    # GB 18030 holds GB 2312 and GBK, and pages of those names use characters beyond them.
    names = ["utf-8", "gb18030"]
    told = told or (declared.group(1).decode() if declared else "")
    if told.lower().startswith(("gb", "x-gb", "cp936", "ms936")):
        names.reverse()
    for name in names:
        try:
            return _without_declaration(content.decode(name))
        except UnicodeDecodeError:
            continue
    return _without_declaration(content.decode(names[0], "replace"))


def _without_declaration(text: str) -> str:
    # lxml refuses decoded text that still declares an encoding.
    return re.sub(r"^\s*<\?xml[^>]*\?>", "", text)


@dataclass(slots=True)
class _Reading:
    """What grows while a page is read: blocks in order, the line under way, tables counted."""

    blocks: list[Block] = field(default_factory=list)
    line: list[str] = field(default_factory=list)
    tables: int = 0
    issues: list[Issue] = field(default_factory=list)

    def end_line(self) -> None:
        text = clean_text("".join(self.line))
        if text:
            self.blocks.append(Paragraph(text, Place()))
        self.line.clear()


def _tag(element: Element) -> str:
    return element.tag.lower() if isinstance(element.tag, str) else ""


def _is_shown(element: Element) -> bool:
    tag = _tag(element)
    return (
        bool(tag)
        and tag not in _UNSEEN
        and element.get("hidden") is None
        and not _HIDDEN.search(element.get("style") or "")
    )


def _space(text: str | None) -> str:
    # In a page's source a line break is a space.
    return re.sub(r"[ \t\r\n\f]+", " ", text or "")


def _walk(element: Element, reading: _Reading) -> None:
    reading.line.append(_space(element.text))
    for child in element:
        if _is_shown(child):
            tag = _tag(child)
            if tag == "table" and not _arranges(child):
                reading.end_line()
                _read_table(child, reading)
            else:
                if tag in _BREAKS or tag in ("td", "th"):
                    reading.end_line()
                _walk(child, reading)
                if tag in _BREAKS or tag in ("td", "th"):
                    reading.end_line()
        reading.line.append(_space(child.tail))


def _arranges(table: Element) -> bool:
    """Whether a table only arranges a page: it holds tables of its own, or no row with two cells."""
    if next(table.iterdescendants("table"), None) is not None:
        return True
    return all(sum(1 for _ in _cells(row)) < 2 for row in table.iterdescendants("tr"))


def _rows(table: Element) -> Iterator[Element]:
    """The shown rows of a table, in whatever elements (thead, form, div) they stand."""
    for child in filter(_is_shown, table):
        if _tag(child) == "tr":
            yield child
        else:
            yield from _rows(child)


def _cells(row: Element) -> Iterator[Element]:
    """The shown cells of a row, in whatever elements they stand."""
    for child in filter(_is_shown, row):
        if _tag(child) in ("td", "th"):
            yield child
        else:
            yield from _cells(child)


def _beside_cells(part: Element) -> Iterator[str]:
    """What a table, or a part of it, prints outside of its cells, as its caption."""
    yield _space(part.text)
    for child in part:
        if _is_shown(child) and _tag(child) not in ("td", "th"):
            if next(child.iterdescendants("td", "th"), None) is not None:
                yield from _beside_cells(child)
            else:
                yield _cell_text(child)
        yield _space(child.tail)


def _span(cell: Element, name: str) -> int:
    try:
        return max(1, min(int((cell.get(name) or "1").strip()), _WIDEST_SPAN))
    except ValueError:
        return 1


def _read_table(table: Element, reading: _Reading) -> None:
    for text in filter(None, map(clean_text, _beside_cells(table))):
        reading.blocks.append(Paragraph(text, Place()))
    rows = list(_rows(table))
    reading.tables += 1
    number = reading.tables
    taken: set[tuple[int, int]] = set()
    cells: list[Cell] = []
    for row, element in enumerate(rows, 1):
        column = 1
        for child in _cells(element):
            while (row, column) in taken:
                column += 1
            height = min(_span(child, "rowspan") if child.get("rowspan") != "0" else len(rows), len(rows) - row + 1)
            width = 1
            for wider in range(2, _span(child, "colspan") + 1):
                if (row, column + wider - 1) in taken:
                    break
                width = wider
            check_cells(len(taken) + height * width)
            while height > 1 and any((row + height - 1, column + c) in taken for c in range(width)):
                height -= 1
            taken.update((row + r, column + c) for r in range(height) for c in range(width))
            text = clean_text(_cell_text(child))
            cells.append(Cell(row, column, text, height, width, (_part(number, row, column, text),)))
            column += width
    if not cells:
        return
    columns = max(cell.last_column for cell in cells)
    check_cells(len(rows) * columns)
    for row in range(1, len(rows) + 1):
        for column in range(1, columns + 1):
            if (row, column) not in taken:
                cells.append(Cell(row, column, "", 1, 1, (_part(number, row, column, ""),)))
    grid = Grid(len(rows), columns, tuple(sorted(cells, key=lambda c: (c.row, c.column))), Place(table=number))
    _note_pictures(table, grid, reading)
    reading.blocks.append(grid)


def _part(table: int, row: int, column: int, text: str) -> PrintedCell:
    return PrintedCell(Place(table=table, row=row, column=column), text)


def _note_pictures(table: Element, grid: Grid, reading: _Reading) -> None:
    pictures = sum(1 for _ in table.iterdescendants("img"))
    if pictures and not any(cell.text for cell in grid.cells):
        reading.issues.append(
            issue("part.skipped", grid.place, part="表格中的图片 (pictures in a table)", count=pictures)
        )


def _cell_text(element: Element) -> str:
    pieces = [_space(element.text)]
    for child in element:
        if _is_shown(child):
            tag = _tag(child)
            if tag == "br":
                pieces.append("\n")
            elif tag in _BREAKS:
                pieces += ["\n", _cell_text(child), "\n"]
            else:
                pieces.append(_cell_text(child))
        pieces.append(_space(child.tail))
    return "".join(pieces)
