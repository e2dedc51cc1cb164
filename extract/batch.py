"""One file to one reading: what it is, the reader for it, and its records."""

from __future__ import annotations

import hashlib
import traceback
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from extract.assemble import Reading, assemble
from extract.bounds import bounded
from extract.errors import ReaderDefectError, TooLargeError, UnreadableDocumentError
from extract.formats import Format, detect, require_file, unsupported
from extract.grid import Document

_READERS: dict[Format, str] = {
    Format.PDF: "extract.readers.pdf",
    Format.DOCX: "extract.readers.docx",
    Format.XLSX: "extract.readers.xlsx",
    Format.XLS: "extract.readers.xls",
    Format.DOC: "extract.readers.office",
    Format.RTF: "extract.readers.office",
    Format.ODT: "extract.readers.office",
    Format.WORD_XML: "extract.readers.office",
    Format.ODS: "extract.readers.office",
    Format.EXCEL_XML: "extract.readers.office",
    Format.HTML: "extract.readers.html",
    Format.MHT: "extract.readers.html",
    Format.IMAGE: "extract.readers.scan",
    Format.TEXT: "extract.readers.text",
    Format.JSON: "extract.readers.text",
}
"""The module that reads a format; imported when first needed, for parsers are slow to load."""


_DEFECTS = (
    ArithmeticError, AssertionError, AttributeError, LookupError, NameError, RuntimeError, TypeError, ValueError,
)  # fmt: skip
"""What a mistake in a reader raises: it is ours, not the file's, and says so."""


_PLAIN = frozenset({Format.TEXT, Format.JSON, Format.IMAGE})
"""What may hold anything: a name that says so promises no disclosure."""


def promised_formats() -> tuple[Format, ...]:
    """The formats of which a file's name promises a document: all that are read but texts and pictures."""
    return tuple(format_ for format_ in _READERS if format_ not in _PLAIN)


def is_plain(path: Path) -> bool:
    """Whether a file is a text or a picture, which may hold anything; raise as `detect` does."""
    return detect(path) in _PLAIN


def read_document(path: Path) -> Document:
    """Given a file, return its paragraphs and tables.

    Raise UnreadableDocumentError where it is broken or no document, UnsupportedFormatError where its kind isn't read.
    """
    found = detect(path)
    if found not in _READERS:
        raise unsupported(path, found)
    read: Callable[[Path], Document] = import_module(_READERS[found]).read
    try:
        return bounded(read(path))
    except TooLargeError as error:
        raise UnreadableDocumentError(f"{path.name}: {error}") from error


def read_page(path: Path, page: int) -> Document:
    """Given a PDF or a file of pictures and a page of it (from 1), return what stands on that page alone; of another
    file all of it. Raise as `read_document` does."""
    found = detect(path)
    if found is Format.PDF:
        from extract.readers import pdf  # noqa: PLC0415 - a parser that is slow to load

        return pdf.read(path, pages=[page])
    if found is Format.IMAGE:
        from extract.readers import scan  # noqa: PLC0415

        return scan.read(path, pages=[page])
    return read_document(path)


def read_disclosure(path: Path) -> Reading:
    """Given a file, return its records and the report of how it was read.

    Raise as `read_document` does, and ReaderDefectError where pikg itself fails: a folder of thousands of documents
    must not stop at the one that nobody foresaw, and its reader should not have to understand a traceback.
    """
    sha256 = _sha256(path)
    try:
        has_columns = detect(path) is not Format.TEXT
        return assemble(read_document(path), file=path.name, sha256=sha256, has_columns=has_columns)
    except _DEFECTS as error:
        raise ReaderDefectError(_describe_defect(path, error)) from error


def _describe_defect(path: Path, error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    where = f"{Path(frames[-1].filename).name}, line {frames[-1].lineno}" if frames else "an unknown place"
    told = f"{type(error).__name__}: {error}".splitlines()[0][:200]
    return (
        f"{path.name}: pikg failed on this file ({told}; {where}). Nothing of it was kept."
        " Please report it, with the file if you may."
    )


def _sha256(path: Path) -> str:
    require_file(path)
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise UnreadableDocumentError(f"{path.name or path}: cannot be opened ({error.strerror or error})") from error
