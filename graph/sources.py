"""Where documents were found: a CSV of file, address and dates, and what it says as triples.

    file,address,published,retrieved
    2024年部门预算.pdf,https://www.example.gov.cn/2024/ys.pdf,2024-02-09,2024-11-20

The headings may be Chinese (文件, 网址, 公开日期, 下载日期); only the file must be given. A spreadsheet program in Chinese
saves a CSV in GB18030 and dates as 2024/2/9: both are read too. What a CSV says of a file stands in a graph of its own,
so that it outlives reading the file again.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from rdflib import DCTERMS
from rdflib.term import URIRef

from graph.errors import InvalidLiteralError, SourcesError
from graph.store import Triple
from graph.terms import date_literal, iri
from ontology.namespaces import PIKG

_COLUMNS = {
    "file": "file", "文件": "file", "文件名": "file",
    "address": "address", "url": "address", "网址": "address", "地址": "address",
    "published": "published", "公开日期": "published", "发布日期": "published",
    "retrieved": "retrieved", "下载日期": "retrieved", "获取日期": "retrieved",
}  # fmt: skip


_DATE = re.compile(r"(\d{4})(?:-|/|年)(\d{1,2})(?:-|/|月)(\d{1,2})日?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a file was found, when it was published there, and when it was fetched."""

    address: str | None = None
    published: date | None = None
    retrieved: date | None = None


def read_sources(path: Path) -> Mapping[str, Source]:
    """Given a CSV (UTF-8, else GB18030), return the sources by file name; raise SourcesError, with the line, for what
    can't be understood: an unknown column, a file that stands there twice, an address or a date that is none."""
    found: dict[str, Source] = {}
    try:
        with path.open(encoding=_encoding(path), newline="") as file:
            rows = csv.reader(file)
            heads = [_COLUMNS.get(head.strip().lower(), head.strip()) for head in next(rows, [])]
            if unknown := [head for head in heads if head not in _COLUMNS.values()]:
                raise SourcesError(
                    f"{path}: line 1: unknown columns {', '.join(unknown)}; known are {', '.join(_COLUMNS)}"
                )
            if "file" not in heads or len(set(heads)) != len(heads):
                raise SourcesError(f"{path}: line 1: needs a column file, and each column once")
            for row in rows:
                if not any(cell.strip() for cell in row):
                    continue
                where = f"{path}: line {rows.line_num}"
                if len(row) != len(heads):
                    raise SourcesError(f"{where}: has {len(row)} cells, the heading {len(heads)}")
                said = {head: cell.strip() for head, cell in zip(heads, row, strict=True)}
                name = said["file"].replace("\\", "/").rpartition("/")[2]
                if not name:
                    raise SourcesError(f"{where}: names no file")
                if name in found:
                    raise SourcesError(f"{where}: {name} stands there twice")
                found[name] = _source(where, said)
    except OSError as error:
        raise SourcesError(f"{path} can't be opened ({error.strerror or error})") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise SourcesError(f"{path} can't be read as a CSV in UTF-8 or GB18030: {error}") from error
    return found


def _encoding(path: Path) -> str:
    try:
        path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8-sig"


def _source(where: str, said: Mapping[str, str]) -> Source:
    address = said.get("address") or None
    if address is not None:
        try:
            iri(address)
        except InvalidLiteralError as error:
            raise SourcesError(f"{where}: {address} is no address; write it as https://…, spaces as %20") from error
    return Source(address, _date(where, said.get("published")), _date(where, said.get("retrieved")))


def _date(where: str, said: str | None) -> date | None:
    if not said:
        return None
    try:
        if (parts := _DATE.fullmatch(said)) is not None:
            return date(*map(int, parts.groups()))
        return date.fromisoformat(said)
    except ValueError as error:
        raise SourcesError(f"{where}: {said} is no date; write it as 2024-02-09") from error


def map_source(source: Source, document: str) -> Iterator[Triple]:
    """Given a source and the IRI of its document, return its triples."""
    node = URIRef(document)
    if source.address is not None:
        yield node, DCTERMS.source, iri(source.address)
    if source.published is not None:
        yield node, DCTERMS.issued, date_literal(source.published)
    if source.retrieved is not None:
        yield node, URIRef(f"{PIKG}retrieved"), date_literal(source.retrieved)
