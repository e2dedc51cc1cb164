"""Zip archives (DOCX and its kin) within bounds: a small file must not be able to fill the memory.

An office file is a zip of XML parts. `open_archive` looks at what the archive declares before anything is unpacked;
`read_member` and `read_xml` unpack no more than was allowed, whatever the archive declared, and refuse XML that brings
a document type with it: office files never do, and entities are how a few bytes become gigabytes or another file.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

from extract.errors import UnreadableDocumentError


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much an archive may hold: bytes unpacked in all, bytes of one XML part, members, and the tags of one XML part,
    for each of which a parser takes a hundred bytes and more.

    The defaults stand far above real disclosures (the largest text parts seen are a few megabytes).
    """

    total: int = 600_000_000
    member: int = 120_000_000
    members: int = 20_000
    elements: int = 2_000_000


_DOCUMENT_TYPE = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)


def open_archive(path: Path, bounds: Bounds = Bounds()) -> zipfile.ZipFile:
    """Given a zip file, return it opened; raise UnreadableDocumentError where it is broken, encrypted or too big."""
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError) as error:
        raise UnreadableDocumentError(
            f"{path.name}: the file is broken (a damaged zip archive); get it again from its source"
        ) from error
    members = archive.infolist()
    declared = sum(member.file_size for member in members)
    if len(members) > bounds.members or declared > bounds.total:
        archive.close()
        raise UnreadableDocumentError(
            f"{path.name}: unpacks to {declared:,} bytes in {len(members):,} parts, more than is safe to open;"
            " it was not read"
        )
    if any(member.flag_bits & 0x1 for member in members):
        archive.close()
        raise UnreadableDocumentError(f"{path.name}: is encrypted; remove its password and try again")
    return archive


def read_member(archive: zipfile.ZipFile, name: str, bounds: Bounds = Bounds()) -> bytes:
    """Given an opened archive and a member's name, return its bytes.

    Raise UnreadableDocumentError where it is missing, damaged, or larger than allowed or than it declared.
    """
    file = Path(archive.filename or "archive").name
    try:
        with archive.open(name) as stream:
            content = stream.read(bounds.member + 1)
    except KeyError as error:
        raise UnreadableDocumentError(f"{file}: has no part {name}; it is not a complete document") from error
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        raise UnreadableDocumentError(f"{file}: the part {name} is damaged; get the file again") from error
    if len(content) > bounds.member:
        raise UnreadableDocumentError(
            f"{file}: the part {name} is larger than {bounds.member:,} bytes; it was not read"
        )
    return content


def read_xml(archive: zipfile.ZipFile, name: str, bounds: Bounds = Bounds()) -> bytes:
    """Given an opened archive and the name of an XML part, return its bytes; refuse document types, entities, and more
    tags than are safe to parse."""
    content = read_declared(archive, name, bounds)
    check_elements(archive, name, content, bounds)
    return content


def read_declared(archive: zipfile.ZipFile, name: str, bounds: Bounds = Bounds()) -> bytes:
    """As `read_xml`, whatever the number of tags: for a part that is cut before it is parsed."""
    content = read_member(archive, name, bounds)
    # UTF-16 puts a zero byte beside each letter: looking without them finds the words in every encoding.
    if _DOCUMENT_TYPE.search(content) or (b"\0" in content[:4] and _DOCUMENT_TYPE.search(content.replace(b"\0", b""))):
        raise UnreadableDocumentError(
            f"{Path(archive.filename or 'archive').name}: the part {name} declares XML entities, which no office"
            " program writes; it was not read"
        )
    return content


def check_elements(archive: zipfile.ZipFile, name: str, content: bytes, bounds: Bounds = Bounds()) -> None:
    """Given the content of an XML part, raise UnreadableDocumentError where it has more tags than is safe to parse."""
    tags = content.count(b"<")
    if tags > bounds.elements:
        raise UnreadableDocumentError(
            f"{Path(archive.filename or 'archive').name}: the part {name} has {tags:,} tags, more than is safe to open;"
            " it was not read"
        )
