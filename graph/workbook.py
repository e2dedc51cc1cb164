"""The workbook (XLSX) of a store: projects, indicators, funding, budget lines, facts in prose, issues and
documents, a sheet each.

Made for officials: headings in their language that stay in sight and can be filtered, amounts as numbers in yuan or
ten thousand yuan, codes as text, what is only for programs (IRIs) in the last columns, folded away. Rows are written as
they are read, a few documents at a time, so that memory stays flat. Nothing that a document printed acts as a formula
or as a link: every text is written as text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain, islice
from pathlib import Path
from typing import Literal

import xlsxwriter
from rdflib.term import Literal as RdfLiteral
from rdflib.term import Node, URIRef
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from graph.parts import split
from graph.queries import Column, NamedQuery, Words, find_query, run_named, show_term
from graph.store import ReadableStore, Rows
from ontology.namespaces import PREFIXES

Money = Literal["yuan", "wan"]
"""Amounts in yuan (元) or in ten thousand yuan (万元)."""

ROWS = 1_048_575
"""Rows of a sheet below its heading: a spreadsheet has no more. What goes beyond is on a second sheet."""

_WAN = Decimal(10_000)
_XSD = PREFIXES["xsd"]
_NUMBERS = frozenset({f"{_XSD}decimal", f"{_XSD}integer"})
_WIDEST, _NARROWEST = 40, 7
"""Widths of columns, in characters."""
_LINES = 4
"""Lines of a cell that are shown; a longer text is whole in its cell, and shown as far as its first line goes: rows as tall
as a page would hide the others."""
_LINE_HEIGHT = 15
"""Points."""

_PLACE_WIDTH = 45
_PAPER = 230
"""Characters that fit beside each other on a page of paper and can still be read: a wider sheet goes on on another."""

_CELL_LENGTH = 32_767
"""Characters that a cell may hold."""

_ADDRESS_LENGTH = 2000

_SAMPLE = 300
"""Rows by which the widths of columns are set."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: its title, the named query that fills it, and whether it is asked a few documents at a time."""

    title: Words
    query: str
    by_document: bool = True


SHEETS = (
    Sheet(Words("项目", "Projects"), "projects"),
    Sheet(Words("指标", "Indicators"), "indicators"),
    Sheet(Words("资金", "Funding"), "funding"),
    Sheet(Words("预算行", "Budget lines"), "budget-lines"),
    Sheet(Words("正文事实", "Facts in prose"), "facts"),
    Sheet(Words("提取问题", "Issues"), "issues"),
    Sheet(Words("文件", "Documents"), "documents", by_document=False),
)
"""The sheets, in their order."""

_LABELS = """
SELECT ?concept ?label WHERE {
  { ?concept skos:prefLabel ?label } UNION { ?concept a owl:Class ; rdfs:label ?label }
}
"""

_FORM_PAGES = (
    "SELECT ?form ?page WHERE { VALUES ?document { DOCUMENTS } ?form pikg:inDocument ?document ; pikg:page ?page }"
)
"""Where the forms of some documents begin, for rows that are a whole form."""

_PLACE = Words("出处", "source")

_LINKS = 65_530
"""Links that a sheet may have (Excel's limit). Rows beyond tell their place without one."""


@dataclass(frozen=True, slots=True)
class Original:
    """A document as a reader finds it: its file's name, and the address where it was found, if that was told."""

    file: str
    address: str | None = None


def export_workbook(
    store: ReadableStore, path: Path, *, language: Literal["zh", "en"] = "zh", money: Money = "yuan"
) -> None:
    """Given a store, write its workbook to a file, with headings in the language and amounts in yuan or ten thousand
    yuan. Each row tells file and page where it was printed, and links there where the document's address is known."""
    originals = {
        str(row["document"]): Original(show_term(row["file"]), show_term(row["address"]) or None)
        for row in run_named(store, "documents")
    }
    reader = _Reader(language, money, _read_labels(store, language), originals)
    with _open_book(path) as book:
        for sheet in SHEETS:
            query = find_query(sheet.query)
            documents = [URIRef(document) for document in originals]
            answers = _by_document(store, query, documents) if sheet.by_document else [run_named(store, query.name)]
            _Page(book, sheet, query, reader).write(answers)


def write_rows(query: NamedQuery, answers: Iterable[Rows], path: Path, *, language: Literal["zh", "en"] = "zh") -> None:
    """Given a named query and its rows, which may come in several parts, write them to a workbook of one sheet."""
    with _open_book(path) as book:
        _Page(book, Sheet(query.title, query.name), query, _Reader(language, "yuan", {}, {})).write(answers)


@contextmanager
def _open_book(path: Path) -> Iterator[Workbook]:
    """Given a file, yield a workbook that is written to it at the end; raise OSError where it can't be."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    try:
        with xlsxwriter.Workbook(path, options) as book:
            book.set_properties({"title": "pikg"})
            book.use_zip64()  # only where it is needed: parts above four gigabytes are refused otherwise
            yield book
    except FileCreateError as error:  # wraps the system's own
        raise error.args[0] from error


def _by_document(store: ReadableStore, query: NamedQuery, documents: Sequence[URIRef]) -> Iterator[Rows]:
    for part in split(documents):
        rows = run_named(store, query.name, document=part)
        yield rows if "page" in rows.variables or "form" not in rows.variables else _with_pages(store, rows, part)


def _with_pages(store: ReadableStore, rows: Rows, documents: Iterable[Node]) -> Rows:
    """Given rows that are forms each, return them with the page on which the form begins."""
    answer = store.query(_FORM_PAGES.replace("DOCUMENTS", " ".join(document.n3() for document in documents)))
    pages = {row["form"]: row["page"] for row in answer} if isinstance(answer, Rows) else {}
    form = rows.variables.index("form")
    return Rows((*rows.variables, "page"), tuple((*row, pages.get(row[form])) for row in rows.rows))


def _read_labels(store: ReadableStore, language: str) -> dict[str, str]:
    answer = store.query(_LABELS)
    labels: dict[str, str] = {}
    for row in answer if isinstance(answer, Rows) else ():
        label = row["label"]
        if isinstance(label, RdfLiteral) and label.language == language:
            labels[str(row["concept"])] = str(label)
    return labels


@dataclass(frozen=True, slots=True)
class _Reader:
    """How terms of an answer become what a person reads."""

    language: Literal["zh", "en"]
    money: Money
    labels: Mapping[str, str]
    originals: Mapping[str, Original]

    def heading(self, column: Column) -> str:
        text = column.label.zh if self.language == "zh" else column.label.en
        if self.money == "wan" and is_money(column):
            return text.replace("（元）", "（万元）").replace("(yuan)", "(10,000 yuan)")
        return text

    def value(self, column: Column, node: Node | None) -> str | Decimal | None:
        if node is None:
            return None
        if isinstance(node, RdfLiteral) and str(node.datatype) in _NUMBERS:
            number = Decimal(str(node))
            return number / _WAN if self.money == "wan" and is_money(column) else number
        if isinstance(node, URIRef) and str(node) in self.labels and not _for_programs(column):
            return self.labels[str(node)]
        return show_term(node)

    def place(self, row: Mapping[str, Node | None]) -> tuple[str, str | None]:
        """Where a row was printed, in words, and the address of that page where it is known."""
        original = self.originals.get(str(row.get("document")))
        if original is None:
            return "", None
        page = show_term(row.get("page"))
        told = {"zh": f"{original.file} 第{page}页", "en": f"{original.file}, p. {page}"}[self.language]
        address = original.address
        if address is None or not address.startswith(("http://", "https://")) or len(address) > _ADDRESS_LENGTH:
            address = None
        elif page and "#" not in address:
            address = f"{address}#page={page}"
        return told if page else original.file, address


def is_money(column: Column) -> bool:
    """Whether a column holds amounts in yuan: its heading says so."""
    return "（元）" in column.label.zh


def _for_programs(column: Column) -> bool:
    return column.label.zh.endswith("IRI") or column.label.zh == "SHA-256"


class _Page:
    """A sheet being written, and those that follow it when it is full."""

    def __init__(self, book: Workbook, sheet: Sheet, query: NamedQuery, reader: _Reader) -> None:
        self.book, self.sheet, self.reader = book, sheet, reader
        self.columns = sorted(query.columns, key=_for_programs)  # stable: what is for programs comes last
        self.placed = bool(reader.originals) and any(column.name == "document" for column in self.columns)
        self.links = 0
        self.head = book.add_format(
            {"bold": True, "bg_color": "#E8EFF5", "bottom": 1, "bottom_color": "#1F5582", "valign": "vcenter",
             "text_wrap": True}
        )  # fmt: skip
        self.text = book.add_format({"num_format": "@", "valign": "top", "indent": 1})
        self.wrapped = book.add_format({"num_format": "@", "valign": "top", "indent": 1, "text_wrap": True})
        self.number, self.whole, self.amount = (
            book.add_format({"num_format": shown, "valign": "top", "align": "right", "indent": 1})
            for shown in ("#,##0.######", "0", "#,##0.00")
        )
        self.blue = book.add_format({"font_color": "#1F5582", "underline": 1})

    def write(self, answers: Iterable[Rows]) -> None:
        """Write the rows of all answers."""
        rows = (row for answer in answers for row in answer)
        sample = list(islice(rows, _SAMPLE))
        every = chain(sample, rows)
        row = next(every, None)
        number = 1
        while number == 1 or row is not None:
            name = self.sheet.title.zh if self.reader.language == "zh" else self.sheet.title.en
            page = self.book.add_worksheet(_sheet_name(name if number == 1 else f"{name} ({number})"))
            columns = self._begin(page, sample)
            written = 0
            while row is not None and written < ROWS:
                written += 1
                self._write_row(page, written, row)
                row = next(every, None)
            page.autofilter(0, 0, max(written, 1), columns - 1)
            number += 1

    def _begin(self, page: Worksheet, sample: Sequence[Mapping[str, Node | None]]) -> int:
        """Write the heading and set what the sheet looks like, on paper too; return how many columns there are. Widths
        are those of the first rows, since a row that was written is gone from memory."""
        page.freeze_panes(1, 0)
        page.set_row(0, 30)
        page.set_landscape()
        page.set_paper(9)  # A4
        page.print_across()
        page.repeat_rows(0)
        total = 0
        for place, column in enumerate(self.columns):
            heading = self.reader.heading(column)
            shown = [str(self.reader.value(column, row.get(column.name)) or "") for row in sample]
            width = min(max([*map(_width, shown), _width(heading) * 2 // 3, _NARROWEST]), _WIDEST) + 2
            width = max(width, 14) if is_money(column) else width
            hidden = {"level": 1, "hidden": True} if _for_programs(column) else {}
            page.set_column(place, place, width, None, hidden)
            page.write_string(0, place, heading, self.head)
            total += 0 if hidden else width
        if self.placed:
            page.set_column(len(self.columns), len(self.columns), _PLACE_WIDTH)
            page.write_string(0, len(self.columns), getattr(_PLACE, self.reader.language), self.head)
            total += _PLACE_WIDTH
        page.fit_to_pages(-(-total // _PAPER), 0)
        self.links = 0
        return len(self.columns) + self.placed

    def _write_row(self, page: Worksheet, number: int, row: Mapping[str, Node | None]) -> None:
        values = [self.reader.value(column, row.get(column.name)) for column in self.columns]
        lines = [
            -(-_width(value) // _WIDEST) if isinstance(value, str) and not _for_programs(column) else 1
            for column, value in zip(self.columns, values, strict=True)
        ]
        tallest = max((count for count in lines if count <= _LINES), default=1)
        if tallest > 1:  # said, for not every program finds it out by itself
            page.set_row(number, _LINE_HEIGHT * tallest)
        for place, (column, value, count) in enumerate(zip(self.columns, values, lines, strict=True)):
            if isinstance(value, Decimal):
                # A spreadsheet's numbers are binary ones of 15 digits, which every printed amount fits.
                page.write_number(number, place, float(value), self._format(column, value))
            elif value:
                written = self.wrapped if 1 < count <= _LINES else self.text
                page.write_string(number, place, value[:_CELL_LENGTH], written)
        if not self.placed:
            return
        told, address = self.reader.place(row)
        if address is not None and self.links < _LINKS:
            self.links += 1
            page.write_url(number, len(self.columns), address, self.blue, told[:_CELL_LENGTH])
        elif told:
            page.write_string(number, len(self.columns), told[:_CELL_LENGTH], self.text)

    def _format(self, column: Column, value: Decimal) -> Format:
        if is_money(column):
            return self.amount
        return self.whole if value == value.to_integral_value() else self.number


def _width(text: str) -> int:
    """Columns of a sheet that a text takes: a Chinese character is as wide as two others."""
    return sum(2 if ord(character) > 0x2E7F else 1 for character in text)


def _sheet_name(name: str) -> str:
    return "".join("-" if character in r"[]:*?/\\" else character for character in name)[:31]
