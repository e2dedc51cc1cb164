"""Financial tables of many provinces, as files of every format, are read as a careful reader reads them.

The files and what must come of them are made from drawings by financefiles/make.py; no reader takes part in that.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from decimal import Decimal
from typing import Any

import pytest
from financefiles.cases import CASES, Case
from financefiles.facts import read_facts

from extract.batch import read_disclosure
from ontology.records import BudgetLine, Disclosure

KEPT = ("table", "code", "name", "column", "amount", "year", "unit", "role", "side", "scheme", "measure")


def read(case: Case) -> Disclosure:
    (source,) = case.folder.glob("document.*")
    return read_disclosure(source).disclosure


def plain(line: BudgetLine) -> dict[str, Any]:
    """A line as the expected ones are written."""
    return {
        "table": line.table, "code": line.code, "name": line.name, "column": line.column,
        "amount": f"{line.amount.normalize():f}", "year": line.fiscal_year, "unit": line.unit_name, "role": line.role,
        "level": line.level, "side": line.side, "scheme": line.scheme, "measure": line.measure,
    }  # fmt: skip


def shown(line: dict[str, Any]) -> str:
    return " | ".join(str(line[key]) for key in KEPT)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_tables_of_a_file(case: Case) -> None:
    expected = [json.loads(line) for line in (case.folder / "expected.jsonl").read_text("utf-8").splitlines()]
    found = [plain(line) for line in read(case).budget_lines]
    wanted, got = Counter(map(shown, expected)), Counter(map(shown, found))
    missed, more = sorted((wanted - got).elements()), sorted((got - wanted).elements())
    assert (missed, more) == ([], [])
    levels = {shown(line): line["level"] for line in found}
    assert [line for line in expected if line["level"] is not None and levels[shown(line)] != line["level"]] == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_details_add_up_to_the_total_and_nothing_counts_twice(case: Case) -> None:
    sums: dict[tuple[Any, ...], dict[str | None, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for line in read(case).budget_lines:
        if line.measure is not None:
            key = (line.table, line.side, line.scheme if line.table == "summary" else None, line.measure)
            sums[*key, line.fiscal_year][line.role] += line.amount
    totals = {key: by_role for key, by_role in sums.items() if "total" in by_role}
    assert totals
    assert {key: by_role for key, by_role in totals.items() if by_role["detail"] != by_role["total"]} == {}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_is_expected_comes_from_the_drawing(case: Case) -> None:
    made = read_facts((case.folder / "tables.txt").read_text("utf-8"), case.year)
    written = (case.folder / "expected.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line) for line in written] == made.lines


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_table_without_amounts_is_told_apart(case: Case) -> None:
    codes = Counter(issue.code for issue in read(case).issues if issue.code.startswith("finance."))
    assert codes == EMPTY[case.name]


EMPTY = {
    "pdf-ministry-accounts": {"finance.empty": 1},
    "xlsx-guangdong-budget": {},
    "html-jiangsu-budget": {"finance.empty": 1},
    "docx-zhejiang-budget": {"finance.missing": 1},
    "pdf-beijing-budget": {"finance.empty": 1},
    "xlsx-hunan-budget": {"finance.empty": 1},
    "html-shaanxi-budget": {"finance.empty": 1},
    "docx-xinjiang-budget": {},
}


def test_there_are_as_many_cases_as_ever() -> None:
    assert len(CASES) >= 8
