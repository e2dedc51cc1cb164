"""Old office files (.doc, .rtf, .odt, .ods, flat XML) as grids and paragraphs, by way of LibreOffice.

Nobody but an office program reads these formats well, so the file is converted to .docx or .xlsx and read as such: tables,
rows and columns are counted in what LibreOffice made of it, and an issue says so. Each conversion runs in a folder and a
profile of its own, without macros or links to the outside, and is ended when it takes too long.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from extract.archive import open_archive, read_member
from extract.errors import UnreadableDocumentError, UnsupportedFormatError
from extract.formats import Format, detect, unsupported
from extract.grid import Document
from extract.readers import docx, xlsx
from ontology.issues import issue

TIME_LIMIT = 120.0
"""Seconds that one conversion may take; a large disclosure takes a few."""


@dataclass(frozen=True, slots=True)
class _Way:
    """How a format is converted: the suffix that LibreOffice knows it by, what it becomes, and who reads that."""

    suffix: str
    target: str
    read: Callable[[Path], Document]


_TEXT, _SHEETS = "docx:MS Word 2007 XML", "xlsx:Calc MS Excel 2007 XML"
_WAYS = {
    Format.DOC: _Way("doc", _TEXT, docx.read),
    Format.RTF: _Way("rtf", _TEXT, docx.read),
    Format.ODT: _Way("odt", _TEXT, docx.read),
    Format.WORD_XML: _Way("xml", _TEXT, docx.read),
    Format.ODS: _Way("ods", _SHEETS, xlsx.read),
    Format.EXCEL_XML: _Way("xml", _SHEETS, xlsx.read),
}

# What a program leaves where its installer puts it without telling the search path.
_USUAL_PLACES = (
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    r"C:\Program Files\LibreOffice\program\soffice.exe",
    r"C:\Program Files (x86)\LibreOffice\program\soffice.exe",
)

# A document from anywhere must not run its macros, nor fetch what it links to.
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="MacroSecurityLevel" oor:op="fuse">
<value>3</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableMacrosExecution" oor:op="fuse">
<value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse">
<value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update"><prop oor:name="Link" oor:op="fuse">
<value>0</value></prop></item>
<item oor:path="/org.openoffice.Office.Calc/Content/Update"><prop oor:name="Link" oor:op="fuse">
<value>2</value></prop></item>
</oor:items>
"""


def find_office() -> str | None:
    """Return the LibreOffice program of this machine ($PIKG_SOFFICE, the search path, the usual places), or None."""
    told = os.environ.get("PIKG_SOFFICE")
    if told:
        return shutil.which(told)
    found = shutil.which("soffice") or shutil.which("libreoffice")
    return found or next((place for place in _USUAL_PLACES if Path(place).is_file()), None)


def read(path: Path) -> Document:
    """Given a file that only an office program reads, return its blocks as LibreOffice converts it, and say so.

    Raise UnsupportedFormatError where LibreOffice isn't installed, UnreadableDocumentError where it can't open the file.
    """
    found = detect(path)
    way = _WAYS[found]
    program = find_office()
    if program is None:
        raise unsupported(path, found)
    with tempfile.TemporaryDirectory(prefix="pikg-office-", ignore_cleanup_errors=True) as folder:
        made = _convert(path, way, program, Path(folder))
        document = way.read(made)
        version = _version(made)
    told = issue("document.converted", format=found.value, program=version)
    return replace(document, issues=(told, *document.issues))


def _convert(path: Path, way: _Way, program: str, folder: Path) -> Path:
    # A plain name: LibreOffice takes the format from a suffix, and some names for options.
    source = folder / f"document.{way.suffix}"
    shutil.copyfile(path, source)
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(_SETTINGS, "utf-8")
    made = folder / "made" / f"document.{way.target.partition(':')[0]}"
    command = [
        program, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore", "--nolockcheck", "--nodefault",
        "--convert-to", way.target, "--outdir", str(made.parent), str(source),
    ]  # fmt: skip
    told = _run(command, path)
    if not made.is_file():
        reason = " ".join(told.split())[-200:]
        lacking = ", or LibreOffice is installed without Calc" if way.read is xlsx.read else ""
        raise UnreadableDocumentError(
            f"{path.name}: LibreOffice could not open it{f' ({reason})' if reason else ''}; it may be damaged or protected"
            f" by a password{lacking}: open it in Word, Excel or WPS and save it as .docx, .xlsx or PDF"
        )
    return made


def _run(command: list[str], path: Path) -> str:
    """Run the program and return what it says; end it, and what it started, where it takes too long."""
    try:
        running = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
            errors="replace", start_new_session=True,
        )  # fmt: skip
    except OSError as error:
        raise UnsupportedFormatError(
            f"{path.name}: LibreOffice ({command[0]}) does not start ({error.strerror or error}); install it anew, or save"
            " the file as .docx or PDF"
        ) from error
    try:
        _, told = running.communicate(timeout=TIME_LIMIT)
    except subprocess.TimeoutExpired as error:
        _end(running)
        raise UnreadableDocumentError(
            f"{path.name}: LibreOffice did not convert it within {TIME_LIMIT:.0f} seconds; open it in Word or WPS and save"
            " it as .docx or PDF"
        ) from error
    finally:
        if running.poll() is None:
            _end(running)
    # Missing parts of the program's own (Java) are no matter of the document.
    return "\n".join(line for line in told.splitlines() if "javaldx" not in line)


def _end(running: subprocess.Popen[str]) -> None:
    # The program is a script that starts the real one: both are in the session that was made for them.
    if sys.platform == "win32":
        running.kill()
    else:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(running.pid, signal.SIGKILL)
    running.communicate()


def _version(made: Path) -> str:
    """The program as the converted file names it: "LibreOffice 7.4.7.2"."""
    with open_archive(made) as archive:
        if "docProps/app.xml" not in archive.namelist():
            return "LibreOffice"
        told = read_member(archive, "docProps/app.xml").decode("utf-8", "replace")
    found = re.search(r"<Application>LibreOffice/([\d.]+)", told)
    return f"LibreOffice {found[1]}" if found else "LibreOffice"
