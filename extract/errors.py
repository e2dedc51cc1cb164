"""What can go wrong when a document is read, by who is at fault. Messages say what, where, and what to do."""

from __future__ import annotations


class ExtractError(Exception):
    """The root of this package's errors."""


class UnreadableDocumentError(ExtractError):
    """The file is broken, empty, encrypted or not a document at all; nothing of it was read."""


class UnsupportedFormatError(ExtractError):
    """The file is of a kind that is known but not read; the message says what to do with it."""


class ReaderDefectError(ExtractError):
    """pikg itself failed on the file; the message says where, so that it can be reported."""


class TooLargeError(ExtractError):
    """What a file holds is larger than is safe to read; raised without the file's name, which its reader adds."""
