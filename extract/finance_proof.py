"""Which amounts of a text's financial tables are certain.

A text has lost the lines of its tables, and a scan's text some of its letters: a figure may be cut at the page's edge, a
row may have lost a cell. An amount counts as read only where the table itself bears it out; a wrong amount is worse than
none. Nothing is corrected: what is not certain is left out and told.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal

from extract.finance import FinancialTable
from ontology.issues import issue
from ontology.records import BudgetLine, Issue, Place

_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_ODD = re.compile(r"[^\w\s\u3000-\u303f\uff00-\uffef()\[\]{}<>“”‘’\"'、，,.。：:；;/／·\-—－–%〔〕【】]")
_NUMBER_INSIDE = re.compile(r"(?:(?![一二三四五六七八九十])[\u4e00-\u9fff])[一二三四五六七八九十]{2,3}、")
_DASHES = "—–-−'"
_USUAL = 0.8
_PARTS = (
    ("total", ("basic", "project")),
    ("basic", ("personnel", "public")),
    ("project", ("project_local", "project_superior")),
    ("total", ("general_budget", "government_fund", "state_capital")),
    ("total", ("goods", "works", "services")),
)
"""What a column holds and the columns that make it up, where a table has all that print an amount."""


def proven(tables: Sequence[FinancialTable]) -> tuple[tuple[BudgetLine, ...], tuple[Issue, ...]]:
    """Given the financial tables of a text, return the amounts that are certain, and an issue for each table that has
    others."""
    usual = _usual_decimals(line for table in tables for line in table.lines)
    lines: list[BudgetLine] = []
    issues: list[Issue] = []
    for table in tables:
        kept = _certain(table.lines, usual)
        lines += kept
        if len(kept) < len(table.lines):
            issues.append(issue("finance.uncertain", table.place, count=len(table.lines) - len(kept), kept=len(kept)))
    return tuple(lines), tuple(issues)


def _certain(lines: Sequence[BudgetLine], usual: int | None) -> list[BudgetLine]:
    totals: dict[tuple[object, ...], set[Decimal]] = defaultdict(set)
    for line in lines:
        if line.role == "total":
            totals[_column(line)].add(line.amount)
    rows: dict[object, list[BudgetLine]] = defaultdict(list)
    for line in lines:
        rows[_row(line)].append(line)
    kept: list[BudgetLine] = []
    for row in rows.values():
        # A row without any name repeats the total, where its amounts say so.
        told = row[0].name.strip()
        is_certain = _is_named(told) if told else all(line.amount in totals[_column(line)] for line in row)
        if is_certain and _closes(row):
            kept += [line for line in row if not _is_cut(line, usual)]
    return kept


def _column(line: BudgetLine) -> tuple[object, ...]:
    return line.side, line.column, line.measure, line.fiscal_year


def _row(line: BudgetLine) -> object:
    place = line.place or Place()
    return place.table, place.row, line.side, line.code, line.name


def _is_named(name: str) -> bool:
    """Whether a row's name is in readable words."""
    return (
        _CHINESE.search(name) is not None
        and _ODD.search(name) is None
        and _NUMBER_INSIDE.search(name) is None
        and name[0] not in _DASHES
    )


def _closes(row: Sequence[BudgetLine]) -> bool:
    """Whether no amount of a row contradicts the sum of those that make it up."""
    by_measure = {line.measure: line for line in row if line.measure is not None}
    for whole, parts in _PARTS:
        found = [by_measure[part] for part in parts if part in by_measure]
        total = by_measure.get(whole)
        if total is None or len(found) < len(parts) - 1 or not found:
            continue
        slack = sum((_half_unit(line) for line in (total, *found)), Decimal(0))
        if sum((line.amount for line in found), Decimal(0)) > total.amount + slack:
            return False
    return True


def _half_unit(line: BudgetLine) -> Decimal:
    factor = {"万元": 10_000, "千元": 1_000, "亿元": 100_000_000}.get(line.unit or "", 1)
    return Decimal(factor).scaleb(-_decimals(line.raw)) / 2


def _decimals(raw: str) -> int:
    return len(raw.rstrip().rpartition(".")[2]) if "." in raw else 0


def _usual_decimals(lines: Iterable[BudgetLine]) -> int | None:
    """How many decimals nearly all amounts of a document are printed with, or None where they differ."""
    found = Counter(_decimals(line.raw) for line in lines)
    if not found:
        return None
    decimals, count = found.most_common(1)[0]
    return decimals if count >= _USUAL * found.total() else None


def _is_cut(line: BudgetLine, usual: int | None) -> bool:
    """Whether a figure has fewer decimals than all others: its end is lost."""
    return usual is not None and line.amount != 0 and _decimals(line.raw) < usual
