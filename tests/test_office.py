"""Old office files are read through LibreOffice, or answered with what to do where it isn't installed."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from formfiles.compare import differences
from golden import DATA

from extract.batch import read_disclosure
from extract.errors import UnreadableDocumentError, UnsupportedFormatError
from extract.readers import office
from ontology.contract import to_json

FILES = sorted(path for path in (DATA / "office").iterdir() if path.suffix in (".doc", ".rtf"))
EXPECTED = DATA / "formfiles" / "docx-central-2020" / "expected.json"

needs_office = pytest.mark.skipif(office.find_office() is None, reason="LibreOffice (soffice) is not installed")


@needs_office
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_an_old_file_is_read_as_the_word_file_it_was(file: Path) -> None:
    reading = read_disclosure(file)
    assert differences(json.loads(EXPECTED.read_text("utf-8")), to_json(reading.disclosure)) == []
    (told,) = [one for one in reading.report.issues if one.code == "document.converted"]
    assert told.severity == "info"
    assert "LibreOffice" in told.message_zh
    assert file.suffix[1:].upper() in told.message_en


@needs_office
def test_a_file_that_libreoffice_cannot_open_says_so(tmp_path: Path) -> None:
    path = tmp_path / "某某局.doc"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "WordDocument".encode("utf-16-le"))
    with pytest.raises(UnreadableDocumentError, match=r"某某局\.doc: LibreOffice could not open it"):
        office.read(path)


def test_there_are_both_kinds() -> None:
    assert [file.suffix for file in FILES] == [".doc", ".rtf"]


def test_without_libreoffice_the_message_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "find_office", lambda: None)
    with pytest.raises(
        UnsupportedFormatError, match=r"form\.doc: DOC files .*not installed; install LibreOffice .*\.docx"
    ):
        office.read(FILES[0])


def test_the_program_may_be_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PIKG_SOFFICE", str(tmp_path / "nothing"))
    assert office.find_office() is None


@pytest.mark.skipif(sys.platform == "win32", reason="a shell script stands for the program")
def test_a_conversion_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "soffice"
    program.write_text("#!/bin/sh\nsleep 30\n")
    program.chmod(0o755)
    monkeypatch.setenv("PIKG_SOFFICE", str(program))
    monkeypatch.setattr(office, "TIME_LIMIT", 0.2)
    with pytest.raises(UnreadableDocumentError, match="did not convert it within"):
        office.read(FILES[0])
