"""Files that no reader should trust, made when they are needed: broken, locked, or far larger inside than outside.

Each function writes one file into a folder and returns its path. They are kept small on disk by being compressed or made
of one thing again and again.
"""

from __future__ import annotations

import hashlib
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_S = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "application/vnd.openxmlformats-officedocument"
_MEGABYTE = 1_000_000


# --- PDF


def _pdf(objects: Iterable[bytes], trailer: bytes = b"") -> bytes:
    """A PDF of numbered objects, the first of which is its catalog."""
    pieces, places, length = [b"%PDF-1.4\n"], [], 9
    for number, body in enumerate(objects, 1):
        places.append(length)
        pieces.append(b"%d 0 obj\n%s\nendobj\n" % (number, body))
        length += len(pieces[-1])
    content = b"".join(pieces)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1)
    last = b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(places) + 1,
        trailer,
        len(content),
    )
    return content + head + table + last


def _pages(texts: Iterable[bytes]) -> list[bytes]:
    """The objects of a PDF with a page for each content stream."""
    streams = list(texts)
    first = 4
    kids = b" ".join(b"%d 0 R" % (first + 2 * number) for number in range(len(streams)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count %d /MediaBox [0 0 595 842] >>" % (kids, len(streams)),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for number, stream in enumerate(streams):
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /Contents %d 0 R /Resources << /Font << /F 3 0 R >> >> >>"
            % (first + 2 * number + 1)
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
    return objects


def _text_page(lines: int) -> bytes:
    printed = b"".join(b"(2024 budget line %d: 1,234.50) Tj T*\n" % line for line in range(lines))
    return b"BT /F 9 Tf 11 TL 50 800 Td\n" + printed + b"ET"


def empty(folder: Path) -> Path:
    """A file of no bytes."""
    return _write(folder, "empty.pdf", b"")


def truncated_pdf(folder: Path) -> Path:
    """A PDF whose download broke off."""
    content = _pdf(_pages([_text_page(40)] * 3))
    return _write(folder, "truncated.pdf", content[: len(content) * 2 // 3])


def pdf_without_pages(folder: Path) -> Path:
    """A sound PDF with no page in it."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [] /Count 0 >>"]
    return _write(folder, "no-pages.pdf", _pdf(objects))


def long_pdf(folder: Path, pages: int = 2000) -> Path:
    """A PDF of very many pages of text."""
    return _write(folder, "long.pdf", _pdf(_pages([_text_page(12)] * pages)))


def picture_pdf(folder: Path, side: int = 20_000) -> Path:
    """A PDF of one page with one picture of so many pixels a side, nearly nothing on disk."""
    picture = zlib.compress(bytes(side * side // 8), 9)
    page = b"q 595 0 0 842 0 0 cm /I Do Q"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 595 842] >>",
        b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /XObject << /I 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(page), page),
        b"<< /Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceGray /BitsPerComponent 1"
        b" /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream" % (side, side, len(picture), picture),
    ]
    return _write(folder, "picture.pdf", _pdf(objects))


_PADDING = bytes.fromhex("28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a")


def _rc4(key: bytes, content: bytes) -> bytes:
    state = list(range(256))
    j = 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    out, i, j = bytearray(), 0, 0
    for byte in content:
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        out.append(byte ^ state[(state[i] + state[j]) % 256])
    return bytes(out)


def password_pdf(folder: Path, password: bytes = b"secret") -> Path:
    """A PDF that opens with a password only (the standard handler of PDF 1.4, revision 2)."""
    padded = (password + _PADDING)[:32]
    owner = _rc4(hashlib.md5(padded, usedforsecurity=False).digest()[:5], padded)
    permissions, identity = -4, b"0123456789abcdef"
    seed = padded + owner + struct.pack("<i", permissions) + identity
    user = _rc4(hashlib.md5(seed, usedforsecurity=False).digest()[:5], _PADDING)
    handler = b"/Encrypt << /Filter /Standard /V 1 /R 2 /O <%s> /U <%s> /P %d >> /ID [<%s> <%s>]" % (
        owner.hex().encode(),
        user.hex().encode(),
        permissions,
        identity.hex().encode(),
        identity.hex().encode(),
    )
    return _write(folder, "password.pdf", _pdf(_pages([_text_page(3)]), handler))


# --- pictures


def _png(side: int) -> bytes:
    def part(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    rows = zlib.compressobj(9)
    line = bytes(1 + side)
    data = b"".join(rows.compress(line) for _ in range(side)) + rows.flush()
    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", data) + part(b"IEND", b"")


def picture_named_pdf(folder: Path) -> Path:
    """A small black picture with the name of a PDF."""
    return _write(folder, "picture-named.pdf", _png(200))


def huge_picture(folder: Path, side: int = 20_000) -> Path:
    """A picture of so many pixels a side: 400 million in all, half a megabyte on disk."""
    return _write(folder, "huge.png", _png(side))


# --- office files


def _pack(path: Path, parts: dict[str, Iterator[bytes] | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in parts.items():
            with archive.open(name, "w", force_zip64=True) as stream:
                for piece in [content] if isinstance(content, bytes) else content:
                    stream.write(piece)
    return path


def _docx(path: Path, document: Iterator[bytes] | bytes) -> Path:
    types = (
        f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="xml"'
        f' ContentType="{_OFFICE}.wordprocessingml.document.main+xml"/></Types>'
    )
    return _pack(path, {"[Content_Types].xml": types.encode(), "word/document.xml": document})


def _xlsx(path: Path, sheet: Iterator[bytes] | bytes, **others: Iterator[bytes] | bytes) -> Path:
    types = (
        f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_OFFICE}.spreadsheetml.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_OFFICE}.spreadsheetml.worksheet+xml"/></Types>'
    )
    one = f'<Relationship Id="r1" Type="{_R}/%s" Target="%s"/>'
    relation = f'<Relationships xmlns="{_PACKAGE}/relationships">{one}</Relationships>'
    book = f'<workbook {_S} xmlns:r="{_R}"><sheets><sheet name="1" sheetId="1" r:id="r1"/></sheets></workbook>'
    parts: dict[str, Iterator[bytes] | bytes] = {
        "[Content_Types].xml": types.encode(),
        "_rels/.rels": (relation % ("officeDocument", "xl/workbook.xml")).encode(),
        "xl/workbook.xml": book.encode(),
        "xl/_rels/workbook.xml.rels": (relation % ("worksheet", "worksheets/sheet1.xml")).encode(),
        "xl/worksheets/sheet1.xml": sheet,
    }
    return _pack(path, parts | others)


def _spread(head: str, piece: str, count: int, foot: str) -> Iterator[bytes]:
    """A part of one piece again and again, written a megabyte at a time."""
    yield head.encode()
    many = max(1, _MEGABYTE // len(piece))
    block = (piece * many).encode()
    for _ in range(count // many):
        yield block
    yield (piece * (count % many)).encode() + foot.encode()


def bomb_docx(folder: Path) -> Path:
    """A Word file of a megabyte that unpacks to a gigabyte."""
    return _docx(
        folder / "bomb.docx", _spread(f"<w:document {_W}><w:body>", " ", 1000 * _MEGABYTE, "</w:body></w:document>")
    )


def bomb_xlsx(folder: Path) -> Path:
    """A workbook of a megabyte that unpacks to a gigabyte."""
    return _xlsx(
        folder / "bomb.xlsx", _spread(f"<worksheet {_S}><sheetData>", " ", 1000 * _MEGABYTE, "</sheetData></worksheet>")
    )


def dense_docx(folder: Path, megabytes: int = 100) -> Path:
    """A Word file that unpacks to no more than is allowed, all of it elements: each costs far more than its letters."""
    count = megabytes * _MEGABYTE // len("<w:p/>")
    return _docx(
        folder / "dense.docx", _spread(f"<w:document {_W}><w:body>", "<w:p/>", count, "</w:body></w:document>")
    )


def dense_xlsx(folder: Path, megabytes: int = 100) -> Path:
    """A workbook that unpacks to no more than is allowed, all of it cells of one row."""
    count = megabytes * _MEGABYTE // len("<c><v>1</v></c>")
    return _xlsx(
        folder / "dense.xlsx",
        _spread(f"<worksheet {_S}><sheetData><row>", "<c><v>1</v></c>", count, "</row></sheetData></worksheet>"),
    )


def lying_docx(folder: Path) -> Path:
    """A Word file whose archive declares a small part that unpacks to 400 MB."""
    path = _docx(
        folder / "lying.docx", _spread(f"<w:document {_W}><w:body>", " ", 400 * _MEGABYTE, "</w:body></w:document>")
    )
    content = bytearray(path.read_bytes())
    at = content.rindex(b"PK\x01\x02")
    struct.pack_into("<I", content, at + 24, 1000)
    path.write_bytes(content)
    return path


_TENFOLD = "".join(
    f"<!ENTITY {name} '{f'&{before};' * 10}'>" for before, name in zip("abcdefghi", "bcdefghij", strict=True)
)
_ENTITIES = f"<!DOCTYPE x [<!ENTITY a '0123456789'>{_TENFOLD}]>"


def entities_docx(folder: Path) -> Path:
    """A Word file with a text of nested entities: ten gigabytes when written out."""
    text = f"<w:document {_W}><w:body><w:p><w:r><w:t>&j;</w:t></w:r></w:p></w:body></w:document>"
    return _docx(folder / "entities.docx", (_ENTITIES + text).encode())


def entities_xlsx(folder: Path) -> Path:
    """A workbook with a cell of nested entities."""
    text = f'<worksheet {_S}><sheetData><row><c t="inlineStr"><is><t>&j;</t></is></c></row></sheetData></worksheet>'
    return _xlsx(folder / "entities.xlsx", (_ENTITIES + text).encode())


def long_sheet(folder: Path, rows: int = 200_000, columns: int = 8) -> Path:
    """A workbook with a sheet of very many rows, as a system exports its data."""
    cells = '<c t="inlineStr"><is><t>办公费</t></is></c>' + "<c><v>1234.5</v></c>" * (columns - 1)
    return _xlsx(
        folder / "long.xlsx",
        _spread(f"<worksheet {_S}><sheetData>", f"<row>{cells}</row>", rows, "</sheetData></worksheet>"),
    )


def wide_merge(folder: Path) -> Path:
    """A workbook that merges all cells that a sheet can have into one."""
    merge = '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    rows = "<row><c><v>1</v></c><c><v>2</v></c></row>" * 2
    return _xlsx(folder / "merge.xlsx", f"<worksheet {_S}><sheetData>{rows}</sheetData>{merge}</worksheet>".encode())


def stray_cells(folder: Path, rows: int = 5000) -> Path:
    """A workbook with a cell in the last column of a long sheet: eighty million blank cells between."""
    row = '<row><c><v>1</v></c><c r="XFD{0}"><v>2</v></c></row>'
    body = "".join(row.format(number) for number in range(1, rows + 1))
    return _xlsx(folder / "stray.xlsx", f"<worksheet {_S}><sheetData>{body}</sheetData></worksheet>".encode())


def wide_spans(folder: Path, cells: int = 20_000) -> Path:
    """A Word file whose table has cells of a thousand columns each."""
    row = '<w:tr><w:tc><w:tcPr><w:gridSpan w:val="1000"/></w:tcPr><w:p/></w:tc></w:tr>'
    return _docx(
        folder / "spans.docx", f"<w:document {_W}><w:body><w:tbl>{row * cells}</w:tbl></w:body></w:document>".encode()
    )


def wide_spans_html(folder: Path, cells: int = 20_000) -> Path:
    """A page whose table has cells of a thousand rows and columns each."""
    row = '<tr><td colspan="1000" rowspan="1000">1</td><td>2</td></tr>'
    return _write(
        folder, "spans.html", f"<!DOCTYPE html><html><body><table>{row * cells}</table></body></html>".encode()
    )


def many_tags(folder: Path) -> Path:
    """A page of millions of empty elements."""
    return _write(folder, "tags.html", b"<!DOCTYPE html><html><body>" + b"<p>" * 3_000_000)


def large_cell_docx(folder: Path, size: int = _MEGABYTE) -> Path:
    """A Word file whose table has a cell of a megabyte of text."""
    cell = "<w:tc><w:p><w:r><w:t>%s</w:t></w:r></w:p></w:tc>"
    rows = "".join(f"<w:tr>{cell % left}{cell % right}</w:tr>" for left, right in _large_rows(size))
    return _docx(folder / "cell.docx", f"<w:document {_W}><w:body><w:tbl>{rows}</w:tbl></w:body></w:document>".encode())


def large_cell_xlsx(folder: Path, size: int = _MEGABYTE) -> Path:
    """A workbook with a cell of a megabyte of text."""
    cell = '<c t="inlineStr"><is><t>%s</t></is></c>'
    rows = "".join(f"<row>{cell % left}{cell % right}</row>" for left, right in _large_rows(size))
    return _xlsx(folder / "cell.xlsx", f"<worksheet {_S}><sheetData>{rows}</sheetData></worksheet>".encode())


def large_cell_html(folder: Path, size: int = _MEGABYTE) -> Path:
    """A page with a cell of a megabyte of text."""
    rows = "".join(f"<tr><td>{left}</td><td>{right}</td></tr>" for left, right in _large_rows(size))
    return _write(folder, "cell.html", f"<!DOCTYPE html><html><body><table>{rows}</table></body></html>".encode())


def large_cell_text(folder: Path, size: int = _MEGABYTE) -> Path:
    """A text with a cell of a megabyte between its tabs."""
    return _write(folder, "cell.txt", "\n".join("\t".join(row) for row in _large_rows(size)).encode())


def _large_rows(size: int) -> list[tuple[str, str]]:
    long = ("绩效目标：完成全年任务，满意度≥95%；" * (size // 18))[:size]
    return [("项目名称", "甲"), ("年度目标", long), ("三级指标", "指标值"), (long, long), ("接听率", "≥90%")]


class _Compound:
    """The least of a compound file (the container of old office files): streams in one directory."""

    def __init__(self, streams: dict[str, bytes]) -> None:
        self.streams = streams

    def content(self) -> bytes:
        """The file's bytes: a head, the sectors of the streams, the directory, the table of sectors."""
        sectors: list[bytes] = []
        chain: list[int] = []
        starts: list[int] = []

        def add(content: bytes) -> int:
            first = len(sectors)
            pieces = [content[at : at + 512].ljust(512, b"\0") for at in range(0, len(content), 512)]
            sectors.extend(pieces)
            chain.extend([*range(first + 1, first + len(pieces)), 0xFFFFFFFE])
            return first

        # Streams below 4,096 bytes would need a second table: they are made longer instead.
        padded = {name: content.ljust(4096, b"\0") for name, content in self.streams.items()}
        starts = [add(content) for content in padded.values()]
        entries = [self._entry("Root Entry", 5, 0xFFFFFFFE, 0, child=1)]
        for number, (name, content) in enumerate(padded.items(), 1):
            right = number + 1 if number < len(padded) else 0xFFFFFFFF
            entries.append(self._entry(name, 2, starts[number - 1], len(content), right=right))
        directory = add(b"".join(entries))
        table = len(sectors)
        chain.append(0xFFFFFFFD)
        sectors.append(struct.pack("<128I", *(chain + [0xFFFFFFFF] * (128 - len(chain)))))
        head = struct.pack(
            "<8s16xHHHHH6xIIIIIIIIII",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, directory, 0, 4096, 0xFFFFFFFE, 0,
            0xFFFFFFFE, 0, table,
        )  # fmt: skip
        return head.ljust(512, b"\xff") + b"".join(sectors)

    @staticmethod
    def _entry(
        name: str, kind: int, start: int, size: int, *, child: int = 0xFFFFFFFF, right: int = 0xFFFFFFFF
    ) -> bytes:
        written = name.encode("utf-16-le") + b"\0\0"
        sides = struct.pack("<III", 0xFFFFFFFF, right, child)
        return (
            written.ljust(64, b"\0")
            + struct.pack("<HBB", len(written), kind, 1)
            + sides
            + bytes(36)
            + struct.pack("<IQ", start, size)
        )


def _locked(folder: Path, name: str) -> Path:
    # What Office and WPS write under a password, of whatever kind the file is: its package as one encrypted stream.
    streams = {"EncryptionInfo": struct.pack("<HHI", 4, 4, 0x40) + b"<encryption/>", "EncryptedPackage": bytes(5000)}
    return _write(folder, name, _Compound(streams).content())


def password_docx(folder: Path) -> Path:
    """A Word file under a password."""
    return _locked(folder, "password.docx")


def password_xlsx(folder: Path) -> Path:
    """A workbook under a password."""
    return _locked(folder, "password.xlsx")


# --- pages and texts


def deep_html(folder: Path, depth: int = 100_000) -> Path:
    """A page of boxes in boxes in boxes."""
    return _write(
        folder, "deep.html", b"<!DOCTYPE html><html><body>" + b"<div>" * depth + "预算".encode() + b"</div>" * depth
    )


def deep_tables(folder: Path, depth: int = 20_000) -> Path:
    """A page of tables in the cells of tables."""
    return _write(folder, "tables.html", b"<!DOCTYPE html><html><body>" + b"<table><tr><td>1</td><td>" * depth)


def deep_docx(folder: Path, depth: int = 5_000) -> Path:
    """A Word file of tables in the cells of tables."""
    opened, closed = "<w:tbl><w:tr><w:tc>", "</w:tc></w:tr></w:tbl>"
    body = opened * depth + "<w:p/>" + closed * depth
    return _docx(folder / "deep.docx", f"<w:document {_W}><w:body>{body}</w:body></w:document>".encode())


_PAGE = """项目支出绩效目标表
项目名称\t第{n}号道路养护\t预算数\t{n}.50万元
一级指标\t二级指标\t三级指标\t指标值
产出指标\t数量指标\t养护里程\t≥{n}公里
产出指标\t质量指标\t合格率\t≥95%
效益指标\t社会效益指标\t投诉下降\t≥10%
"""
_PROSE = "本部门认真贯彻落实各项决策部署，统筹推进年度重点工作，预算执行总体平稳，资金使用规范有序。\n" * 8


def long_text(folder: Path, pages: int = 2000) -> Path:
    """A text of very many pages, every twentieth of them a performance form."""
    parts = [_PAGE.format(n=n) if n % 20 == 0 else f"第{n}页\n{_PROSE}" for n in range(1, pages + 1)]
    return _write(folder, "long.txt", "\n\n".join(parts).encode())


def _write(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


UNREADABLE: dict[Callable[[Path], Path], str] = {
    empty: "empty",
    truncated_pdf: "end of the PDF is missing",
    password_pdf: "without a password",
    password_docx: "remove its password",
    password_xlsx: "remove its password",
    pdf_without_pages: "no page",
    bomb_docx: "more than is safe to open",
    bomb_xlsx: "more than is safe to open",
    dense_docx: "more than is safe",
    lying_docx: "lying.docx",
    entities_docx: "XML entities",
    entities_xlsx: "XML entities",
    deep_html: "nested",
    deep_tables: "nested",
    deep_docx: "deep.docx",
    wide_spans: "cells",
    wide_spans_html: "cells",
    many_tags: "tags",
}
"""What must be refused, and the words that say why."""

BOUNDED: tuple[Callable[[Path], Path], ...] = (
    dense_xlsx,
    wide_merge,
    stray_cells,
    long_pdf,
    picture_pdf,
    picture_named_pdf,
    huge_picture,
    long_sheet,
    large_cell_docx,
    large_cell_xlsx,
    large_cell_html,
    large_cell_text,
    long_text,
)
"""What may be read or refused, but never without end."""
