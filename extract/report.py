"""What became of a document: forms and financial tables recognised, cells used, left out and why, or unexplained; and a
grade for each page.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Literal

from extract.grid import Document, Grid
from extract.ledger import Ledger
from ontology.finance import kind_label, table_kinds
from ontology.records import BudgetLine, Disclosure, Issue, Place

_SENSITIVE = "（人名、电话，不显示 / people, not shown）"


@dataclass(frozen=True, slots=True)
class FormReport:
    """One form: what it is, where it begins, and how much was read of it."""

    form_id: str
    name: str
    scope: str
    form: str
    place: Place
    indicators: int
    funding: int


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A cell that was left out on purpose, with the reason."""

    place: Place
    text: str
    why: str


@dataclass(frozen=True, slots=True)
class TableReport:
    """One table: whether it holds forms, how many cells were used, and those left out or unexplained.

    `amounts` counts the budget lines that a financial table gave, `unread_amounts` the cells of such a table that look
    like amounts and gave none.
    """

    table: int
    place: Place
    is_form: bool
    cells: int
    labels: int
    values: int
    left_out: tuple[LeftOut, ...] = ()
    unexplained: tuple[LeftOut, ...] = ()
    amounts: int = 0
    unread_amounts: tuple[LeftOut, ...] = ()
    title: str = ""
    is_blank: bool = False

    @property
    def is_finance(self) -> bool:
        """Whether the table was read as a financial table, with amounts or blank."""
        return self.amounts > 0 or self.is_blank


Grade = Literal["full", "doubt", "gap", "unread", "empty"]
GRADES: dict[Grade, tuple[str, str]] = {
    "full": ("读全", "read in full"),
    "doubt": ("存疑", "read with doubt"),
    "gap": ("有遗漏", "something was not read"),
    "unread": ("未读", "not read"),
    "empty": ("空白", "empty"),
}
"""The grades of a page. In doubt is a page with a warning or a cell that nothing explains; a gap is an error on it."""


@dataclass(frozen=True, slots=True)
class PageReport:
    """One page: its grade, the tables that begin or go on there, and the issues that were found on it."""

    page: int
    grade: Grade
    tables: int
    issues: int


@dataclass(frozen=True, slots=True)
class ProseReport:
    """The running text: facts and described projects that were read, how many sentences state money, and those of which
    not everything was read."""

    facts: int = 0
    projects: int = 0
    money_sentences: int = 0
    unread: tuple[LeftOut, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """The account of one document's reading."""

    file: str
    forms: tuple[FormReport, ...]
    tables: tuple[TableReport, ...]
    issues: tuple[Issue, ...]
    prose: ProseReport = ProseReport()
    pages: tuple[PageReport, ...] = ()

    @property
    def cells(self) -> dict[str, int]:
        """How many cells with a text the forms hold, by what became of them: values, labels, left_out, unexplained."""
        forms = [table for table in self.tables if table.is_form]
        return {
            "values": sum(table.values for table in forms),
            "labels": sum(table.labels for table in forms),
            "left_out": sum(len(table.left_out) for table in forms),
            "unexplained": sum(len(table.unexplained) for table in forms),
        }

    def to_json(self) -> dict[str, Any]:
        """Return the report as plain JSON values."""
        return {
            "file": self.file,
            "pages": [
                {"page": p.page, "grade": p.grade, "tables": p.tables, "issues": p.issues} for p in self.pages
            ],
            "cells": self.cells,
            "forms": [
                {"form_id": f.form_id, "name": f.name, "scope": f.scope, "form": f.form, "provenance": _place(f.place),
                 "indicators": f.indicators, "funding": f.funding}
                for f in self.forms
            ],
            "tables": [
                {"table": t.table, "provenance": _place(t.place), "is_form": t.is_form,
                 "kind": "form" if t.is_form else "finance" if t.is_finance else "other", "cells": t.cells,
                 "labels": t.labels, "values": t.values, "amounts": t.amounts,
                 "left_out": [_left_out(cell) for cell in t.left_out],
                 "unexplained": [_left_out(cell) for cell in t.unexplained],
                 "unread_amounts": [_left_out(cell) for cell in t.unread_amounts]}
                for t in self.tables
            ],
            "prose": {
                "facts": self.prose.facts, "projects": self.prose.projects, "money_sentences": self.prose.money_sentences,
                "unread": [_left_out(sentence) for sentence in self.prose.unread],
            },
            "issues": [
                {"code": i.code, "severity": i.severity, "message": {"zh": i.message_zh, "en": i.message_en},
                 "provenance": _place(i.place) if i.place else None}
                for i in self.issues
            ],
        }  # fmt: skip

    def to_text(self) -> str:
        """Return the report as lines for a terminal."""
        lines = [self.file, *self._summary()]
        lines.append(f"绩效表 forms: {len(self.forms)}")
        for form in self.forms:
            lines.append(
                f"  {form.form_id}  {_where(form.place)}  {form.form}/{form.scope}  {form.name}"
                f"  指标 {form.indicators}  资金 {form.funding}"
            )
        lines.append(f"表格 tables: {len(self.tables)}")
        for table in self.tables:
            lines.append(f"  {table.table}  {_where(table.place)}  {_state(table)}")
            for why, count in Counter(cell.why for cell in table.left_out).items():
                lines.append(f"      - {count} × {why}")
            lines += [f"      ? {_where(cell.place)}  {cell.text}" for cell in table.unexplained]
            lines += [f"      ? {_where(cell.place)}  {cell.text}" for cell in table.unread_amounts[:_MOST_SHOWN]]
            if len(table.unread_amounts) > _MOST_SHOWN:
                lines.append(f"      ? … {len(table.unread_amounts) - _MOST_SHOWN}")
        lines.append(
            f"文字 prose: 事实 facts {self.prose.facts}, 项目说明 described projects {self.prose.projects},"
            f" 含金额的句子 sentences with money {self.prose.money_sentences}, 未读全 not read in full {len(self.prose.unread)}"
        )
        lines += [f"  ? {_where(one.place)}  {one.text}" for one in self.prose.unread]
        lines.append(f"问题 issues: {len(self.issues)}")
        lines += [
            f"  {i.severity}  {i.code}  {_where(i.place) if i.place else ''}  {i.message_zh} {i.message_en}"
            for i in self.issues
        ]
        return "\n".join(lines)

    def _summary(self) -> list[str]:
        cells, finance = self.cells, [table for table in self.tables if table.is_finance]
        other = sum(not table.is_form and not table.is_finance for table in self.tables)
        lines = [
            f"绩效表 forms {len(self.forms)} · 财务表 financial tables {len(finance)}"
            f"（金额 amounts {sum(table.amounts for table in finance)}）· 其他表 other tables {other}",
            f"绩效表的单元格 cells of forms: 读入 read {cells['values']} · 标签 labels {cells['labels']}"
            f" · 有意不读 left out {cells['left_out']} · 未解释 unexplained {cells['unexplained']}",
        ]
        if self.pages:
            graded = {grade: [page.page for page in self.pages if page.grade == grade] for grade in GRADES}
            told = " · ".join(
                f"{GRADES[grade][0]} {GRADES[grade][1]} {len(pages)}"
                + ("" if grade == "full" else f" (p.{_runs(pages)})")
                for grade, pages in graded.items()
                if pages
            )
            lines.append(f"页 pages {len(self.pages)}: {told}")
        return lines


_MOST_SHOWN = 5
"""How many unread amounts of a table the text lists; the JSON has all."""


def _state(table: TableReport) -> str:
    """What a table was read as, in a line."""
    if table.is_form:
        return (
            f"绩效表 form: 单元格 cells {table.cells}: 标签 labels {table.labels}, 读入 values {table.values},"
            f" 未收 left out {len(table.left_out)}, 未解释 unexplained {len(table.unexplained)}"
        )
    title = f"  {table.title}" if table.title else ""
    if table.is_blank:
        return f"财务表，空表 financial table without amounts{title}"
    if table.is_finance:
        return (
            f"财务表 financial table: 金额 amounts {table.amounts}, 未收金额 amounts not read"
            f" {len(table.unread_amounts)}{title}"
        )
    return f"其他表 other table: 单元格 cells {table.cells}{title}"


def _runs(numbers: Sequence[int]) -> str:
    """Page numbers in a short form: 1-3, 7."""
    starts = [number for before, number in pairwise([0, *numbers]) if number != before + 1 or number == numbers[0]]
    ends = [*(numbers[numbers.index(start) - 1] for start in starts[1:]), numbers[-1]]
    return ", ".join(f"{one}-{other}" if other > one else f"{one}" for one, other in zip(starts, ends, strict=True))


def make_report(
    disclosure: Disclosure,
    ledgers: list[Ledger],
    form_grids: set[int],
    prose: ProseReport | None = None,
    document: Document | None = None,
) -> Report:
    """Given the records, the accounts of all tables and that of the running text, and the document as it was read (for
    the grades of its pages), return the report."""
    forms = tuple(
        FormReport(p.form_id, p.name, p.scope, p.form, p.place or Place(), len(p.indicators), len(p.funding))
        for p in disclosure.projects
    )
    read = {_key(line): line.table for line in disclosure.budget_lines}
    blank = {
        _spot(one.place) for one in disclosure.issues if one.place and one.code in ("finance.empty", "finance.blank")
    }
    tables = tuple(
        replace(table, is_blank=_spot(table.place) in blank)
        for number, ledger in enumerate(ledgers, 1)
        for table in (_table(number, ledger, number in form_grids, read),)
    )
    pages = _grade_pages(document, tables, disclosure.issues) if document is not None else ()
    return Report(disclosure.document.file, forms, tables, disclosure.issues, prose or ProseReport(), pages)


_Key = tuple[int | None, str | None, int | None, int | None, int | None]
_AMOUNT = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+\.\d{1,2})")


def _spot(place: Place) -> _Key:
    return place.page, place.sheet, place.table, place.row, place.column


def _key(line: BudgetLine) -> _Key:
    return _spot(line.cell.place if line.cell is not None else line.place or Place())


def _table(number: int, ledger: Ledger, is_form: bool, read: Mapping[_Key, str]) -> TableReport:
    entries = ledger.entries if is_form else ()
    left_out = tuple(
        LeftOut(entry.cell.printed.place, _SENSITIVE if entry.sensitive else entry.cell.text, entry.what)
        for entry in entries
        if entry.use == "left_out" and entry.cell.text.strip()
    )
    unexplained = tuple(
        LeftOut(cell.printed.place, cell.text, "") for cell in (ledger.unexplained() if is_form else ())
    )
    cells = () if is_form else ledger.grid.cells
    kinds = Counter(read[spot] for cell in cells if (spot := _spot(cell.printed.place)) in read)
    amounts = kinds.total()
    unread = tuple(
        LeftOut(cell.printed.place, cell.text, "")
        for cell in cells
        if amounts and _AMOUNT.fullmatch(cell.text.strip()) and _spot(cell.printed.place) not in read
    )
    return TableReport(
        number,
        ledger.grid.place,
        is_form,
        len(ledger.grid.cells),
        sum(entry.use == "label" for entry in entries),
        sum(entry.use == "value" for entry in entries),
        left_out,
        unexplained,
        amounts,
        unread,
        _title(ledger.grid, kinds) if not is_form else "",
    )


_LONGEST_TITLE = 24


def _title(grid: Grid, kinds: Counter[str]) -> str:
    """What a financial table is; of another table what it begins with, to know it again."""
    known = table_kinds()
    told = [kind_label(known[kind])[0] for kind, _ in kinds.most_common() if kind in known]
    if told:
        return "、".join(told)
    text = next((cell.text.replace("\n", "") for cell in grid if cell.text.strip()), "")
    return text if len(text) <= _LONGEST_TITLE else text[:_LONGEST_TITLE] + "…"


# --- pages


_PAGE_UNREAD = ("page.no_text", "page.garbled", "page.failed")


def _grade_pages(document: Document, tables: Sequence[TableReport], issues: Sequence[Issue]) -> tuple[PageReport, ...]:
    """A grade for each page of a document that has pages."""
    of_page: dict[int, list[Issue]] = {}
    for one in issues:
        if one.place is not None and one.place.page is not None:
            of_page.setdefault(one.place.page, []).append(one)
    open_cells = {cell.place.page for table in tables for cell in (*table.unexplained, *table.unread_amounts)}
    grids: dict[int | None, set[int]] = {}
    printed = {block.place.page for block in document.blocks}
    for number, grid in enumerate(document.grids):
        for page in {part.place.page for cell in grid.cells for part in cell.parts}:
            grids.setdefault(page, set()).add(number)
    found = []
    for page in range(1, (document.pages or 0) + 1):
        here = of_page.get(page, [])
        graver = {one.severity for one in here}
        grade: Grade
        if any(one.code in _PAGE_UNREAD for one in here):
            grade = "unread"
        elif page not in printed and page not in grids:
            grade = "empty"
        elif "error" in graver:
            grade = "gap"
        else:
            grade = "doubt" if "warning" in graver or page in open_cells else "full"
        found.append(PageReport(page, grade, len(grids.get(page, ())), len(here)))
    return tuple(found)


# --- parts of the output


def _left_out(cell: LeftOut) -> dict[str, Any]:
    found = {"provenance": _place(cell.place), "text": cell.text}
    return {**found, "why": cell.why} if cell.why else found


def _place(place: Place) -> dict[str, Any]:
    keys = ("page", "sheet", "table", "row", "column")
    return {key: value for key in keys if (value := getattr(place, key)) is not None}


def _where(place: Place) -> str:
    names = (("p.", place.page), ("", place.sheet), ("t", place.table), ("r", place.row), ("c", place.column))
    return " ".join(f"{name}{value}" for name, value in names if value is not None) or "-"
