"""Compares the details of every financial table with the totals that it prints.

    python benchmarks/check_totals.py FILE ... [--all]

For each total or subtotal, the amounts that make it up are added: the details of its column for a total; for a subtotal
what its code, its number or its unit puts below it; for a total of the year what stands above it. A difference of up to
half a printed unit for each addend is rounding; anything beyond is listed with its page, to be looked up there.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from extract.batch import read_document
from extract.document_info import default_money_unit, read_info
from extract.finance import FinancialTable, read_financial_tables
from extract.grid import Grid
from extract.heads import find_tables
from ontology import finance
from ontology.records import BudgetLine


@dataclass(frozen=True, slots=True)
class Comparison:
    """A printed sum beside the sum of its parts, in yuan, and what of the difference is rounding."""

    table: FinancialTable
    total: BudgetLine
    parts: tuple[BudgetLine, ...]
    rounding: Decimal

    @property
    def added(self) -> Decimal:
        """The sum of the parts."""
        return sum((part.amount for part in self.parts), Decimal(0))

    @property
    def verdict(self) -> str:
        """equal, rounding or different."""
        gap = abs(self.added - self.total.amount)
        return "equal" if gap == 0 else "rounding" if gap <= self.rounding else "different"


def compare(table: FinancialTable) -> Iterator[Comparison]:
    """Given a table, yield each total and subtotal of it with the details that make it up."""
    for index, total in enumerate(table.lines):
        parts = _parts(table, index, total)
        if parts:
            yield Comparison(table, total, tuple(parts), _rounding(total, len(parts)))


def _parts(table: FinancialTable, index: int, total: BudgetLine) -> list[BudgetLine]:
    details = [line for line in table.lines if line.role == "detail" and _column(line) == _column(total)]
    if total.role == "total":
        return details
    if total.role != "subtotal":
        return []
    if total.code is not None:
        return [line for line in details if _is_below(line, total)]
    if finance.match_row(total.name).kind == "year_total":
        above = {id(line) for line in table.lines[:index]}
        return [line for line in details if id(line) in above]
    if total.unit_name is not None and total.name == total.unit_name:
        return [line for line in details if line.unit_name == total.unit_name]
    return _numbered_below(table, index, total)


def _numbered_below(table: FinancialTable, index: int, parent: BudgetLine) -> list[BudgetLine]:
    """The details below a row of a numbered list, up to the next row of its own depth."""
    parts: list[BudgetLine] = []
    if parent.level is None:
        return parts
    for line in table.lines[index + 1 :]:
        if _column(line) != _column(parent):
            continue
        if line.level is None or line.level <= parent.level:
            break
        if line.role == "detail":
            parts.append(line)
    return parts


def _column(line: BudgetLine) -> tuple[object, ...]:
    return line.side, line.column, line.measure, line.fiscal_year


def _is_below(line: BudgetLine, parent: BudgetLine) -> bool:
    """Whether a line's code begins with that of a class, in a row of the same unit."""
    code = parent.code or ""
    return (
        line.code is not None
        and line.code != code
        and line.code.startswith(code)
        and line.unit_name == parent.unit_name
    )


def _rounding(line: BudgetLine, addends: int) -> Decimal:
    """Half a unit of the last printed figure for each addend and the sum."""
    digits = line.raw.rpartition(".")[2] if "." in line.raw else ""
    factor = {"万元": Decimal(10000), "千元": Decimal(1000), "亿元": Decimal(100_000_000)}.get(
        line.unit or "", Decimal(1)
    )
    return factor * Decimal(1).scaleb(-len(digits)) / 2 * (addends + 1)


def read_tables(path: Path) -> list[FinancialTable]:
    """Given a disclosure, return its financial tables."""
    document = read_document(path)
    grids = [block for block in document.blocks if isinstance(block, Grid)]
    forms = {number for number, grid in enumerate(grids, 1) if find_tables(grid)}
    year = read_info(document, file=path.name, sha256="").fiscal_year
    return read_financial_tables(
        document.blocks, fiscal_year=year, money_unit=default_money_unit(document), form_grids=forms
    )


def describe(one: Comparison) -> str:
    """Given a comparison, return it as a line for people."""
    total = one.total
    name = " ".join(part for part in (total.code, total.name or "(no name)") if part)
    gap = one.added - total.amount
    return (
        f"{one.verdict}: {name} / {total.column} {total.raw} {total.unit};"
        f" {len(one.parts)} details make {one.added:f} yuan, off {gap:f}"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Given file names, print what agrees, what is rounding and what differs; return 0."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--all", action="store_true", help="also print what agrees")
    options = parser.parse_args(arguments)
    amounts = 0
    everywhere: Counter[str] = Counter()
    for path in options.files:
        print(path.name)
        for table in read_tables(path):
            found = list(compare(table))
            counts = {
                verdict: sum(one.verdict == verdict for one in found) for verdict in ("equal", "rounding", "different")
            }
            amounts += len(table.lines)
            everywhere.update(counts)
            where = f"page {table.place.page}" if table.place.page is not None else table.place.sheet or ""
            print(f"  {table.kind.notation:26} {where:8} {len(table.lines):4} amounts; sums:", counts)
            for one in found:
                if options.all or one.verdict == "different":
                    print(f"    {describe(one)}")
    print(f"in all: {amounts} amounts; sums:", dict(everywhere))
    return 0


if __name__ == "__main__":
    sys.exit(main())
