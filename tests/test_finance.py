"""Financial tables as budget lines: drawn tables, what is read of each, and that details add up to the totals."""

from __future__ import annotations

import copy
import json
import os
from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from drawn import draw
from golden import cases

from extract.finance import read_budget_lines
from extract.finance_rows import join_code, read_ordinal
from ontology import finance
from ontology.records import BudgetLine, Issue
from ontology.vocabulary import DataError, read_data

CASES = cases("finance")


def read(text: str) -> tuple[tuple[BudgetLine, ...], tuple[Issue, ...]]:
    return read_budget_lines(draw(text).blocks, fiscal_year=2024)


def as_text(line: BudgetLine) -> str:
    told = (line.table, line.code, line.name, line.column, f"{line.amount:f}", line.fiscal_year, line.unit_name)
    kept = (line.role, line.level, line.side, line.scheme, line.measure)
    return " | ".join("-" if part is None else str(part) for part in (*told, *kept))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case: Path) -> None:
    lines, issues = read((case / "tables.txt").read_text("utf-8"))
    got = {"lines": [as_text(line) for line in lines], "issues": [issue.code for issue in issues]}
    expected = case / "expected.json"
    if os.environ.get("PIKG_WRITE_EXPECTED"):
        expected.write_text(json.dumps(got, ensure_ascii=False, indent=1) + "\n", "utf-8")
    assert got == json.loads(expected.read_text("utf-8"))


def test_there_are_as_many_cases_as_ever() -> None:
    assert len(CASES) >= 8


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_details_add_up_to_the_total_within_a_measure(case: Path) -> None:
    sums: dict[tuple[Any, ...], dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for line in read((case / "tables.txt").read_text("utf-8"))[0]:
        sums[line.table, line.side, line.measure, line.fiscal_year][line.role or "part"] += line.amount
    for key, by_role in sums.items():
        if "total" in by_role:
            assert by_role["detail"] == by_role["total"], key


def test_an_amount_has_its_cell_and_its_row() -> None:
    (line, *_), _ = read(
        "收入决算表\n单位：万元\n| 科目编码 | 科目名称 | 合计 |\n| 201 | 一般公共服务支出 | 1,234.50 |"
    )
    assert (line.amount, line.raw, line.unit, line.level) == (Decimal(12345000), "1,234.50", "万元", 1)
    assert line.cell is not None and line.cell.place.column == 3
    assert line.place is not None and (line.place.row, line.place.column) == (2, None)


def test_a_part_of_a_row_is_not_counted_with_it() -> None:
    lines, _ = read("""
        收支总表
        单位：万元
        | 收入 | < | 支出 | < |
        | 项目 | 预算数 | 项目 | 预算数 |
        | 一、其他收入 | 5.00 | 一、教育支出 | 5.00 |
        | 其中：利息 | 2.00 |  |  |
        | 收入总计 | 5.00 | 支出总计 | 5.00 |
    """)
    assert {line.name: line.role for line in lines}["其中：利息"] is None
    assert {line.name: line.role for line in lines}["一、其他收入"] == "detail"


def test_a_title_counts_before_what_the_prose_says_of_its_number() -> None:
    drawing = """
        （五）一般公共预算支出情况（详见表3）
        表3
        {title}
        单位：万元
        | 科目编码 | 科目名称 | 合计 |
        | 201 | 一般公共服务支出 | 5.00 |
    """
    lines, issues = read(drawing.format(title="部门支出总表"))
    assert ({line.table for line in lines}, issues) == ({"expenditure"}, ())
    lines, issues = read(drawing.format(title="一设工技预算支出预算表"))
    assert {line.table for line in lines} == {"general_expenditure"}
    assert [issue.code for issue in issues] == ["finance.kind_told"]


def test_a_performance_form_is_no_financial_table() -> None:
    lines, issues = read("""
        项目支出绩效目标表
        | 项目名称 | 甲 | < | < |
        | 资金总额（万元） | 3.00 | < | < |
        | 一级指标 | 二级指标 | 三级指标 | 指标值 |
        | 产出指标 | 数量指标 | 甲数 | 3 |
    """)
    assert lines == () and issues == ()


def test_without_a_unit_the_amounts_are_read_with_a_warning() -> None:
    lines, issues = read("收入总表\n| 项目 | 预算数 |\n| 财政拨款 | 3.00 |\n| 合计 | 3.00 |")
    assert [issue.code for issue in issues] == ["amount.no_unit"]
    assert {line.unit for line in lines} == {"元"}


def test_a_text_among_amounts_is_reported() -> None:
    _, issues = read("收入总表\n单位：元\n| 项目 | 预算数 |\n| 财政拨款 | 三万 |\n| 合计 | 3.00 |")
    assert [issue.code for issue in issues] == ["amount.unread"]


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        (["201", "03", "01"], "2010301"),
        (["201", "3", "1"], "2010301"),
        (["301", "01", "30101"], "30101"),
        (["2010301"], "2010301"),
        (["127001"], None),
        (["合计"], None),
        ([], None),
    ],
)
def test_codes_are_joined(parts: list[str], code: str | None) -> None:
    assert join_code(parts) == code


def test_ordinals_have_a_style_and_a_number() -> None:
    assert read_ordinal("二十三、其他支出") == ("chinese", 23)
    assert read_ordinal("（十）卫生健康支出") == ("chinese_brackets", 10)
    assert read_ordinal("2024年预算") is None


def test_wrong_data_names_the_entry() -> None:
    data = copy.deepcopy(read_data(finance.FILE))
    data["tables"]["summary"]["side"] = "left"
    with pytest.raises(DataError, match=r"tables\.summary"):
        finance.check_data(data)
    data = copy.deepcopy(read_data(finance.FILE))
    data["sums"].append("基本支出")
    with pytest.raises(DataError, match="基本支出"):
        finance.check_data(data)
