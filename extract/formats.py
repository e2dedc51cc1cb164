"""What a file is, by its content: names lie (a .pdf that is a Word file, a .xls that is a web page)."""

from __future__ import annotations

import codecs
import re
from enum import StrEnum
from pathlib import Path

from extract.archive import open_archive
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
    IMAGE = "image"
    ZIP = "ZIP"


_WHAT_TO_DO = {
    Format.DOC: "open it in Word or WPS and save it as .docx or PDF",
    Format.OFD: "export it as PDF with the OFD reader that opens it",
    Format.RTF: "open it in Word or WPS and save it as .docx or PDF",
    Format.IMAGE: "look for the publisher's PDF or Word file: pictures are not read",
    Format.ZIP: "unpack it and name the files in it",
}


def detect(path: Path) -> Format:
    """Given a file, return its format by its content; raise UnreadableDocumentError where it is no document."""
    try:
        with path.open("rb") as stream:
            head = stream.read(_HEAD)
    except OSError as error:
        raise UnreadableDocumentError(f"{path.name}: cannot be opened ({error.strerror or error})") from error
    if not head:
        raise UnreadableDocumentError(f"{path.name}: is empty; get it again from its source")
    # PDF allows other bytes before its mark; readers accept the mark within the first kilobyte.
    if b"%PDF-" in head[:1024]:
        return Format.PDF
    if head.startswith((_ZIP, _EMPTY_ZIP)):
        return _detect_archive(path)
    if head.startswith(_COMPOUND):
        return _detect_compound(path)
    if head.startswith(b"{\\rtf"):
        return Format.RTF
    if head.startswith(_IMAGES):
        return Format.IMAGE
    return _detect_text(path, head)


def unsupported(path: Path, format_: Format) -> UnsupportedFormatError:
    """Given a file of a known format that isn't read, return the error that says what to do with it."""
    return UnsupportedFormatError(f"{path.name}: {format_} files are not read yet; {_WHAT_TO_DO[format_]}")


def _detect_archive(path: Path) -> Format:
    with open_archive(path) as archive:
        names = set(archive.namelist())
    if not names:
        raise UnreadableDocumentError(f"{path.name}: is an empty archive; get it again from its source")
    if any(name.startswith("word/") for name in names):
        return Format.DOCX
    if any(name.startswith("xl/") for name in names):
        return Format.XLSX
    if "OFD.xml" in names:
        return Format.OFD
    return Format.ZIP


def _detect_compound(path: Path) -> Format:
    # The directory of a compound file holds its streams' names in UTF-16; which one is there tells the program.
    content = path.read_bytes()
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise UnreadableDocumentError(f"{path.name}: is encrypted; remove its password and try again")
    if "WordDocument".encode("utf-16-le") in content:
        return Format.DOC
    if "Workbook".encode("utf-16-le") in content or "Book".encode("utf-16-le") in content:
        return Format.XLS
    raise UnreadableDocumentError(f"{path.name}: is an office file of a kind that is not known")


def _detect_text(path: Path, head: bytes) -> Format:
    marked = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        try:
            text = codecs.getincrementaldecoder(encoding)().decode(head)
        except UnicodeDecodeError:
            continue
        if re.search(r"[\x00-\x08\x0e-\x1f]", text):
            continue
        if _PAGE.search(text) or _MARKUP.match(text):
            return Format.HTML
        return Format.JSON if _JSON.match(text) else Format.TEXT
    raise UnreadableDocumentError(f"{path.name}: is not a document that can be read (its content is unknown)")
