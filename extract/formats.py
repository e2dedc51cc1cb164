"""What a file is, by its content: names lie (a .pdf that is a Word file, a .xls that is a web page)."""

from __future__ import annotations

import codecs
import re
from enum import StrEnum
from pathlib import Path

from extract.archive import open_archive, read_member
from extract.errors import UnreadableDocumentError, UnsupportedFormatError

_HEAD = 4096
_ZIP = b"PK\x03\x04"
_EMPTY_ZIP = b"PK\x05\x06"
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_IMAGES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"II*\0", b"MM\0*", b"BM")


# A page is a page whatever stands before it; a text may hold tables of HTML, as programs that turn pages into Markdown
# write them, and stays a text where words stand before the first of them.
_PAGE = re.compile(r"<\s*(?:!doctype\s+html|html|head|body|meta)\b", re.IGNORECASE)
_MARKUP = re.compile(
    r"\s*(?:<!--.*?-->\s*|<\?xml[^>]*>\s*)*<\s*(?:table|div|p|span|center|form|section)\b", re.IGNORECASE | re.DOTALL
)
_JSON = re.compile(r"\s*(?:\[\s*[\[{\"\]]|\{\s*[\"}])")


class Format(StrEnum):
    """The kinds of file that are known; the value is what a reader would call it."""

    PDF = "PDF"
    DOCX = "DOCX"
    DOC = "DOC"
    XLSX = "XLSX"
    XLS = "XLS"
    OFD = "OFD"
    HTML = "HTML"
    TEXT = "TXT"
    JSON = "JSON"
    RTF = "RTF"
    ODT = "ODT"
    ODS = "ODS"
    WORD_XML = "Word XML"
    EXCEL_XML = "Excel XML"
    MHT = "MHT"
    PPT = "PPT"
    IMAGE = "image"
    ZIP = "ZIP"
    RAR = "RAR"
    SEVEN_ZIP = "7Z"
    GZIP = "GZIP"


_BY_OFFICE = "install LibreOffice (its program soffice is then found), or open it in Word or WPS and save it as "
_UNPACK = "unpack it and name the files in it"
_WHAT_TO_DO = {
    Format.DOC: f"{_BY_OFFICE}.docx or PDF",
    Format.RTF: f"{_BY_OFFICE}.docx or PDF",
    Format.ODT: f"{_BY_OFFICE}.docx or PDF",
    Format.WORD_XML: f"{_BY_OFFICE}.docx or PDF",
    Format.ODS: f"{_BY_OFFICE}.xlsx",
    Format.EXCEL_XML: f"{_BY_OFFICE}.xlsx",
    Format.PPT: "export the slides as PDF with PowerPoint or WPS",
    Format.OFD: "export it as PDF with the OFD reader that opens it",
    Format.ZIP: _UNPACK,
    Format.RAR: _UNPACK,
    Format.SEVEN_ZIP: _UNPACK,
    Format.GZIP: _UNPACK,
}

_MARKS = (
    (b"{\\rtf", Format.RTF),
    (b"Rar!\x1a\x07", Format.RAR),
    (b"7z\xbc\xaf\x27\x1c", Format.SEVEN_ZIP),
    (b"\x1f\x8b\x08", Format.GZIP),
)
"""What files of a kind begin with."""

_MHT = re.compile(rb"\A(?:[!-9;-~]+:[^\n]*\n(?:[ \t][^\n]*\n)*)*?MIME-Version:", re.IGNORECASE)
"""A page saved with its pictures is a mail: header lines first, among them the version of MIME."""

# An office program that writes one XML file says in it whose it is.
_OFFICE_XML = (
    (
        re.compile(
            r"progid=[\"']Word\.Document[\"']|<w:wordDocument\b|<pkg:package\b[^>]*>.{0,2000}?/word/", re.DOTALL
        ),
        Format.WORD_XML,
    ),
    (
        re.compile(
            r"progid=[\"']Excel\.Sheet[\"']|<(?:ss:)?Workbook\b[^>]*urn:schemas-microsoft-com:office:spreadsheet"
        ),
        Format.EXCEL_XML,
    ),
)


def require_file(path: Path) -> None:
    """Raise UnreadableDocumentError for a pipe: whoever opens it waits for ever."""
    if path.is_fifo():
        raise UnreadableDocumentError(f"{path.name}: cannot be opened (it is a pipe or a device, and no file)")


def detect(path: Path) -> Format:
    """Given a file, return its format by its content; raise UnreadableDocumentError where it is no document."""
    require_file(path)
    try:
        with path.open("rb") as stream:
            head = stream.read(_HEAD)
    except OSError as error:
        raise UnreadableDocumentError(f"{path.name or path}: cannot be opened ({error.strerror or error})") from error
    if not head:
        raise UnreadableDocumentError(f"{path.name}: is empty; get it again from its source")
    # PDF allows other bytes before its mark; readers accept the mark within the first kilobyte.
    if b"%PDF-" in head[:1024]:
        return Format.PDF
    if head.startswith((_ZIP, _EMPTY_ZIP)):
        return _detect_archive(path)
    if head.startswith(_COMPOUND):
        return _detect_compound(path)
    if head.startswith(_IMAGES):
        return Format.IMAGE
    for mark, format_ in _MARKS:
        if head.startswith(mark):
            return format_
    if _MHT.match(head) and re.search(rb"^content-type:", head, re.IGNORECASE | re.MULTILINE):
        return Format.MHT
    return _detect_text(path, head)


def unsupported(path: Path, format_: Format) -> UnsupportedFormatError:
    """Given a file of a known format that isn't read, return the error that says what to do with it."""
    told = "are read through LibreOffice, which is not installed" if format_ in _NEED_OFFICE else "are not read"
    return UnsupportedFormatError(f"{path.name}: {format_} files {told}; {_WHAT_TO_DO[format_]}")


_NEED_OFFICE = frozenset({Format.DOC, Format.RTF, Format.ODT, Format.ODS, Format.WORD_XML, Format.EXCEL_XML})


def _detect_archive(path: Path) -> Format:
    with open_archive(path) as archive:
        names = set(archive.namelist())
        kind = read_member(archive, "mimetype").strip() if "mimetype" in names else b""
    if not names:
        raise UnreadableDocumentError(f"{path.name}: is an empty archive; get it again from its source")
    if any(name.startswith("word/") for name in names):
        return Format.DOCX
    if any(name.startswith("xl/") for name in names):
        return Format.XLSX
    if any(name.startswith("ppt/") for name in names):
        return Format.PPT
    if "OFD.xml" in names:
        return Format.OFD
    if "mimetype" in names and "content.xml" in names:
        return _OPEN_DOCUMENTS.get(kind, Format.ZIP)
    return Format.ZIP


_OPEN_DOCUMENTS = {
    b"application/vnd.oasis.opendocument.text": Format.ODT,
    b"application/vnd.oasis.opendocument.spreadsheet": Format.ODS,
    b"application/vnd.oasis.opendocument.presentation": Format.PPT,
}


def _detect_compound(path: Path) -> Format:
    # The directory of a compound file holds its streams' names in UTF-16; which one is there tells the program.
    content = path.read_bytes()
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise UnreadableDocumentError(f"{path.name}: is encrypted; remove its password and try again")
    if "WordDocument".encode("utf-16-le") in content:
        return Format.DOC
    if "Workbook".encode("utf-16-le") in content or "Book".encode("utf-16-le") in content:
        return Format.XLS
    if "PowerPoint Document".encode("utf-16-le") in content:
        return Format.PPT
    raise UnreadableDocumentError(
        f"{path.name}: is an office file of a kind that is not known; open it in the program that wrote it"
        " (WPS, Works …) and save it as .docx, .xlsx or PDF"
    )


def _detect_text(path: Path, head: bytes) -> Format:
    marked = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        try:
            text = codecs.getincrementaldecoder(encoding)().decode(head)
        except UnicodeDecodeError:
            continue
        if re.search(r"[\x00-\x08\x0e-\x1f]", text):
            continue
        for told, format_ in _OFFICE_XML:
            if text.lstrip("\ufeff \r\n\t").startswith("<") and told.search(text):
                return format_
        if _PAGE.search(text) or _MARKUP.match(text):
            return Format.HTML
        return Format.JSON if _JSON.match(text) else Format.TEXT
    raise UnreadableDocumentError(f"{path.name}: is not a document that can be read (its content is unknown)")
