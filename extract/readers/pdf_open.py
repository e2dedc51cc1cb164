"""The one way into a PDF by pdfium, for reading and for pictures: errors told in a sentence, one thread at a time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pypdfium2 as pdfium
from pypdfium2 import raw

from extract.errors import UnreadableDocumentError

_LOCK = threading.RLock()  # pdfium may be in use by one thread only, whatever documents the threads have open
_TAIL = 16384  # bytes at the end of a file in which a whole PDF has its end mark


@contextmanager
def open_pdf(path: Path) -> Iterator[pdfium.PdfDocument]:
    """Given a PDF's path, give the opened document, no other thread using pdfium meanwhile, and close it at the end.

    Raise UnreadableDocumentError where the file is missing, empty, cut off, broken, encrypted or no PDF.
    """
    _check_bytes(path)
    with _LOCK:
        try:
            document = pdfium.PdfDocument(path)
        except pdfium.PdfiumError as error:
            # Where a PDF has no page, pdfium tells the error of the file before it.
            if error.err_code == raw.FPDF_ERR_PASSWORD and b"/Encrypt" in path.read_bytes():
                raise UnreadableDocumentError(
                    f"{path.name}: the PDF is encrypted. Save a copy without a password and read that."
                ) from error
            raise UnreadableDocumentError(_broken(path)) from error
        try:
            if not len(document):
                raise UnreadableDocumentError(_broken(path))
            yield document
        finally:
            document.close()


def _check_bytes(path: Path) -> None:
    try:
        with path.open("rb") as file:
            head = file.read(1024)
            file.seek(0, 2)
            file.seek(max(0, file.tell() - _TAIL))
            tail = file.read()
    except OSError as error:
        reason = error.strerror or "no reason given"
        raise UnreadableDocumentError(f"{path.name}: the file cannot be opened ({reason}).") from error
    if not head:
        raise UnreadableDocumentError(f"{path.name}: the file is empty. Get it again from where it was published.")
    if b"%PDF-" not in head:
        raise UnreadableDocumentError(f"{path.name}: this is not a PDF file, whatever its name says.")
    if b"%%EOF" not in tail:
        # pdfium would mend such a file and show the pages that are left: half a disclosure taken for a whole one.
        raise UnreadableDocumentError(
            f"{path.name}: the end of the PDF is missing, as of a download that broke off. Get it again."
        )


def _broken(path: Path) -> str:
    return f"{path.name}: the PDF is broken or has no page, and cannot be opened. Get it again from where it was published."
