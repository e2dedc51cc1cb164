"""Financial tables inside of texts: columns as the text parts its cells, and only what the tables bear out."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from shared import CORPUS, SHARED, needs_shared

from extract.batch import read_disclosure
from ontology.contract import to_json
from ontology.records import BudgetLine, Disclosure


def read(tmp_path: Path, text: str) -> Disclosure:
    path = tmp_path / "预算.txt"
    path.write_text(text, "utf-8")
    return read_disclosure(path).disclosure


def shown(lines: tuple[BudgetLine, ...]) -> list[tuple[str | None, str, str, str]]:
    return [(line.code, line.name, line.column, f"{line.amount / 10000:f}".rstrip("0").rstrip(".")) for line in lines]


def codes(found: Disclosure) -> list[str]:
    return [issue.code for issue in found.issues]


EXPENDITURE = """2024年部门预算

一般公共预算支出表

单位：万元

科目编码→→基本支出→→→项目支出
编码→科目名称→小计→人员经费→公用经费→
201→一般公共服务支出→12.50→10.00→2.50→3.00
2010301→行政运行→12.50→10.00→2.50→
2010302→一般行政管理事务→→→→3.00
→合计→12.50→10.00→2.50→3.00
""".replace("→", "\t")


def test_blank_cells_keep_the_columns(tmp_path: Path) -> None:
    found = read(tmp_path, EXPENDITURE)
    assert shown(found.budget_lines)[4:8] == [
        ("2010301", "行政运行", "基本支出/小计", "12.5"),
        ("2010301", "行政运行", "基本支出/人员经费", "10"),
        ("2010301", "行政运行", "基本支出/公用经费", "2.5"),
        ("2010302", "一般行政管理事务", "项目支出", "3"),
    ]
    assert {line.measure for line in found.budget_lines} == {"basic", "personnel", "public", "project"}
    assert "finance.uncertain" not in codes(found)


def test_tables_of_bars_are_read_too(tmp_path: Path) -> None:
    rows = [f"| {line.replace(chr(9), ' | ')} |" for line in EXPENDITURE.split("\n") if "\t" in line]
    marked = [rows[0], "|---|---|---|---|---|---|", *rows[1:]]
    found = read(tmp_path, "一般公共预算支出表\n\n单位：万元\n\n" + "\n".join(marked))
    assert shown(found.budget_lines) == shown(read(tmp_path, EXPENDITURE).budget_lines)


def test_a_row_that_contradicts_itself_is_left_out_and_told(tmp_path: Path) -> None:
    found = read(tmp_path, EXPENDITURE.replace("行政运行\t12.50\t10.00\t2.50", "行政运行\t12.50\t10.00\t25.00"))
    assert "2010301" not in {line.code for line in found.budget_lines}
    assert codes(found).count("finance.uncertain") == 1


def test_a_figure_without_its_end_is_left_out_and_told(tmp_path: Path) -> None:
    found = read(tmp_path, EXPENDITURE.replace("管理事务\t\t\t\t3.00", "管理事务\t\t\t\t3.0"))
    assert "2010302" not in {line.code for line in found.budget_lines}
    assert "finance.uncertain" in codes(found)


def test_a_name_that_cannot_be_read_is_left_out_and_told(tmp_path: Path) -> None:
    found = read(tmp_path, EXPENDITURE.replace("\t行政运行\t", "\t<~ #\t"))
    assert len(found.budget_lines) == 9
    assert "finance.uncertain" in codes(found)


def test_a_row_that_lost_a_cell_is_moved_below_its_heads(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        EXPENDITURE.replace("2010301\t行政运行\t12.50\t10.00\t2.50\t", "2010301 行政运行\t12.50\t10.00\t2.50\t\t"),
    )
    assert shown(found.budget_lines) == shown(read(tmp_path, EXPENDITURE).budget_lines)


def test_the_heads_and_the_unit_may_be_told_by_the_prose(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        """2024年部门预算

(一)部门收支总体情况(详见表1)

收入总计8.50万元,其中一般公共预算拨款收入5.25万元,其他收入3.25万元。

表1
	年部收 攴总 表
收入		支出
项目	预算数	项目	预算数
一、一般公共预算拨款收入	5.25	一、教育支出	8.50
二、其他收入	3.25
收入总计	8.50	支出总计	8.50
""",
    )
    assert {line.table for line in found.budget_lines} == {"summary"}
    assert {line.unit for line in found.budget_lines} == {"万元"}
    assert len(found.budget_lines) == 5


def test_a_table_that_the_contents_list_names_and_the_text_lacks_is_told(tmp_path: Path) -> None:
    contents = "目录\n\n一、部门收入总表\n\n二、一般公共预算支出表\n\n三、国有资本经营预算支出表\n\n"
    found = read(tmp_path, contents + EXPENDITURE + "\n国有资本经营预算支出表\n\n此表无数据。\n")
    (missing,) = (issue for issue in found.issues if issue.code == "finance.missing")
    assert "部门收入总表" in missing.message_zh


def test_cells_of_a_line_each_keep_their_columns(tmp_path: Path) -> None:
    head, _, table = EXPENDITURE.partition("科目编码")
    rows = [f"科目编码{table}".split("\n")[n] for n in range(6)]
    dump = "\n\n".join("\n".join(f"\t{cell}" for cell in row.split("\t")) for row in rows)
    found = read(tmp_path, f"{head}{dump}\n")
    assert shown(found.budget_lines) == shown(read(tmp_path, EXPENDITURE).budget_lines)


@pytest.mark.parametrize("between", [" ", "\n"])
def test_a_table_without_cells_is_told_and_not_guessed(tmp_path: Path, between: str) -> None:
    found = read(tmp_path, EXPENDITURE.replace("\t", between))
    assert found.budget_lines == ()
    (told,) = (issue for issue in found.issues if issue.code == "finance.unread")
    assert told.severity == "error"


def test_a_table_in_one_line_is_told(tmp_path: Path) -> None:
    found = read(tmp_path, " ".join(EXPENDITURE.split()))
    assert found.budget_lines == ()
    assert "finance.unread" in codes(found)


@needs_shared
def test_the_amounts_of_the_corpus_are_read_with_certainty(tmp_path: Path) -> None:
    for gold in sorted((SHARED / "gold").glob("*-20*.json")):
        source = CORPUS / f"{gold.stem}.txt"
        got = json.dumps(to_json(read_disclosure(source).disclosure), ensure_ascii=False)
        (tmp_path / gold.name).write_text(got, "utf-8")
    scored = tmp_path / "scored"
    subprocess.run(
        [sys.executable, SHARED / "tools" / "score", tmp_path, SHARED / "gold", "--json", scored],
        check=True,
        capture_output=True,
    )
    figures = json.loads(scored.read_text("utf-8"))
    assert figures["budget line"]["f1"] >= 0.95
    assert figures["budget line"]["precision"] >= 0.99
    assert figures["budget line column"]["f1"] >= 0.93
