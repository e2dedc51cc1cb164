"""What a file is, by its content; what isn't read says what to do."""

from __future__ import annotations

import base64
import zipfile
from pathlib import Path

import pytest

from extract.batch import read_disclosure, read_document
from extract.errors import UnreadableDocumentError, UnsupportedFormatError
from extract.formats import Format, detect, unsupported
from extract.grid import Paragraph


def write(tmp_path: Path, content: bytes, name: str = "file.pdf") -> Path:
    path = tmp_path / name
    path.write_bytes(content)
    return path


def pack(tmp_path: Path, *names: str) -> Path:
    path = tmp_path / "file.bin"
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return path


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"%PDF-1.7\n...", Format.PDF),
        (b"\xef\xbb\xbf\n%PDF-1.4", Format.PDF),
        (b"{\\rtf1\\ansi ...}", Format.RTF),
        (b"\x89PNG\r\n\x1a\n...", Format.IMAGE),
        (b"\xff\xd8\xff\xe0...", Format.IMAGE),
        ("<!DOCTYPE html><html><body>预算</body></html>".encode(), Format.HTML),
        ("<html><head></head><table><tr><td>预算</td></tr></table></html>".encode("gb18030"), Format.HTML),
        ("2024年部门预算\n一、概况".encode(), Format.TEXT),
        ("2024年部门预算\n一、概况".encode("gb18030"), Format.TEXT),
        ("2024年部门预算".encode("utf-16"), Format.TEXT),
        ("<table><tr><td>预算</td></tr></table>".encode(), Format.HTML),
        ("# 绩效目标表\n\n<table><tr><td>预算</td></tr></table>".encode(), Format.TEXT),
        ('[["项目名称", "路灯"]]'.encode(), Format.JSON),
        ('\ufeff{ "rows": []}'.encode(), Format.JSON),
        ("[附件] 绩效目标表".encode(), Format.TEXT),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "WordDocument".encode("utf-16-le"), Format.DOC),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "Workbook".encode("utf-16-le"), Format.XLS),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "PowerPoint Document".encode("utf-16-le"), Format.PPT),
        (b"Rar!\x1a\x07\x01\x00...", Format.RAR),
        (b"7z\xbc\xaf\x27\x1c...", Format.SEVEN_ZIP),
        (b"\x1f\x8b\x08...", Format.GZIP),
        (b"From: a\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\n", Format.MHT),
        (b'<?xml version="1.0"?><?mso-application progid="Word.Document"?><w:wordDocument/>', Format.WORD_XML),
        (b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>', Format.EXCEL_XML),
    ],
)
def test_content_tells_whatever_the_name_says(tmp_path: Path, content: bytes, found: Format) -> None:
    assert detect(write(tmp_path, content, "某某市预算.docx")) is found


def test_a_long_text_is_text_even_where_the_first_block_ends_inside_a_character(tmp_path: Path) -> None:
    assert detect(write(tmp_path, ("a" + "预算" * 4000).encode())) is Format.TEXT
    assert detect(write(tmp_path, ("a" + "预算" * 4000).encode("gb18030"))) is Format.TEXT


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (("word/document.xml",), Format.DOCX),
        (("xl/workbook.xml",), Format.XLSX),
        (("OFD.xml", "Doc_0/Document.xml"), Format.OFD),
        (("ppt/presentation.xml",), Format.PPT),
        (("a.pdf", "b.pdf"), Format.ZIP),
    ],
)
def test_archives_are_told_by_their_parts(tmp_path: Path, names: tuple[str, ...], found: Format) -> None:
    assert detect(pack(tmp_path, *names)) is found


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"PK\x03\x04 and nothing more", "broken"),
        (bytes(range(256)) * 4, "not a document"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
    ],
)
def test_what_is_no_document_is_unreadable(tmp_path: Path, content: bytes, words: str) -> None:
    with pytest.raises(UnreadableDocumentError, match=words):
        detect(write(tmp_path, content))


def test_an_empty_archive_is_unreadable(tmp_path: Path) -> None:
    with pytest.raises(UnreadableDocumentError, match="empty archive"):
        detect(pack(tmp_path))


def test_an_open_document_is_told_by_its_kind(tmp_path: Path) -> None:
    path = tmp_path / "file.bin"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", "x")
    assert detect(path) is Format.ODT


def test_a_file_that_is_not_there_is_unreadable(tmp_path: Path) -> None:
    with pytest.raises(UnreadableDocumentError, match=r"missing\.pdf"):
        detect(tmp_path / "missing.pdf")
    with pytest.raises(UnreadableDocumentError):
        detect(tmp_path)


@pytest.mark.parametrize(
    "found", [Format.OFD, Format.RTF, Format.DOC, Format.ZIP, Format.RAR, Format.PPT, Format.EXCEL_XML]
)
def test_a_format_that_is_not_read_says_what_to_do(found: Format) -> None:
    message = str(unsupported(Path("某某市预算.x"), found))
    assert message.startswith("某某市预算.x: ")
    assert ";" in message


def test_reading_a_known_format_that_is_not_read_is_an_error_of_its_own(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedFormatError, match="RAR"):
        read_disclosure(write(tmp_path, b"Rar!\x1a\x07\x01\x00..."))


def test_a_page_saved_as_a_mail_is_read_as_a_page(tmp_path: Path) -> None:
    page = "<html><body><p>2024年部门预算</p><table><tr><td>甲</td><td>乙</td></tr></table></body></html>"
    content = (
        b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n--b\r\n"
        b"Content-Type: text/html; charset=gb2312\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + base64.encodebytes(page.encode("gb18030"))
        + b"\r\n--b--\r\n"
    )
    document = read_document(write(tmp_path, content, "某某局.doc"))
    assert [block.text for block in document.blocks if isinstance(block, Paragraph)] == ["2024年部门预算"]
    assert [cell.text for cell in document.grids[0]] == ["甲", "乙"]
