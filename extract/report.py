"""What became of a document: forms recognised, cells used, cells left out and why, cells that nothing explains."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from extract.ledger import Ledger
from ontology.records import Disclosure, Issue, Place

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
    """One table: whether it holds forms, how many cells were used, and those left out or unexplained."""

    table: int
    place: Place
    is_form: bool
    cells: int
    labels: int
    values: int
    left_out: tuple[LeftOut, ...] = ()
    unexplained: tuple[LeftOut, ...] = ()


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

    def to_json(self) -> dict[str, Any]:
        """Return the report as plain JSON values."""
        return {
            "file": self.file,
            "forms": [
                {"form_id": f.form_id, "name": f.name, "scope": f.scope, "form": f.form, "provenance": _place(f.place),
                 "indicators": f.indicators, "funding": f.funding}
                for f in self.forms
            ],
            "tables": [
                {"table": t.table, "provenance": _place(t.place), "is_form": t.is_form, "cells": t.cells,
                 "labels": t.labels, "values": t.values,
                 "left_out": [_left_out(cell) for cell in t.left_out],
                 "unexplained": [_left_out(cell) for cell in t.unexplained]}
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
        lines = [self.file]
        lines.append(f"绩效表 forms: {len(self.forms)}")
        for form in self.forms:
            lines.append(
                f"  {form.form_id}  {_where(form.place)}  {form.form}/{form.scope}  {form.name}"
                f"  指标 {form.indicators}  资金 {form.funding}"
            )
        lines.append(f"表格 tables: {len(self.tables)}")
        for table in self.tables:
            state = (
                f"单元格 cells {table.cells}: 标签 labels {table.labels}, 读入 values {table.values},"
                f" 未收 left out {len(table.left_out)}, 未解释 unexplained {len(table.unexplained)}"
                if table.is_form
                else "不是绩效表 not a performance form"
            )
            lines.append(f"  {table.table}  {_where(table.place)}  {state}")
            for why, count in Counter(cell.why for cell in table.left_out).items():
                lines.append(f"      - {count} × {why}")
            lines += [f"      ? {_where(cell.place)}  {cell.text}" for cell in table.unexplained]
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


def make_report(
    disclosure: Disclosure, ledgers: list[Ledger], form_grids: set[int], prose: ProseReport | None = None
) -> Report:
    """Given the records, the accounts of all tables and that of the running text, return the report."""
    forms = tuple(
        FormReport(p.form_id, p.name, p.scope, p.form, p.place or Place(), len(p.indicators), len(p.funding))
        for p in disclosure.projects
    )
    tables = tuple(_table(number, ledger, number in form_grids) for number, ledger in enumerate(ledgers, 1))
    return Report(disclosure.document.file, forms, tables, disclosure.issues, prose or ProseReport())


def _table(number: int, ledger: Ledger, is_form: bool) -> TableReport:
    entries = ledger.entries if is_form else ()
    left_out = tuple(
        LeftOut(entry.cell.printed.place, _SENSITIVE if entry.sensitive else entry.cell.text, entry.what)
        for entry in entries
        if entry.use == "left_out" and entry.cell.text.strip()
    )
    unexplained = tuple(
        LeftOut(cell.printed.place, cell.text, "") for cell in (ledger.unexplained() if is_form else ())
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
    )


def _left_out(cell: LeftOut) -> dict[str, Any]:
    found = {"provenance": _place(cell.place), "text": cell.text}
    return {**found, "why": cell.why} if cell.why else found


def _place(place: Place) -> dict[str, Any]:
    keys = ("page", "sheet", "table", "row", "column")
    return {key: value for key in keys if (value := getattr(place, key)) is not None}


def _where(place: Place) -> str:
    names = (("p.", place.page), ("", place.sheet), ("t", place.table), ("r", place.row), ("c", place.column))
    return " ".join(f"{name}{value}" for name, value in names if value is not None) or "-"
