"""One file to one reading: what it is, the reader for it, and its records."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from extract.assemble import Reading, assemble
from extract.errors import UnreadableDocumentError
from extract.formats import Format, detect, unsupported
from extract.grid import Document

_READERS: dict[Format, str] = {
    Format.PDF: "extract.readers.pdf",
    Format.DOCX: "extract.readers.docx",
    Format.XLSX: "extract.readers.xlsx",
    Format.XLS: "extract.readers.xls",
    Format.HTML: "extract.readers.html",
}
"""The module that reads a format; imported when first needed, for parsers are slow to load."""


def readable_formats() -> tuple[Format, ...]:
    """The formats that `read_disclosure` reads."""
    return tuple(_READERS)


def read_document(path: Path) -> Document:
    """Given a file, return its paragraphs and tables.

    Raise UnreadableDocumentError where it is broken or no document, UnsupportedFormatError where its kind isn't read.
    """
    found = detect(path)
    if found not in _READERS:
        raise unsupported(path, found)
    read: Callable[[Path], Document] = import_module(_READERS[found]).read
    return read(path)


def read_disclosure(path: Path) -> Reading:
    """Given a file, return its records and the report of how it was read; raise as `read_document` does."""
    document = read_document(path)
    return assemble(document, file=path.name, sha256=_sha256(path))


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise UnreadableDocumentError(f"{path.name}: cannot be opened ({error.strerror or error})") from error
