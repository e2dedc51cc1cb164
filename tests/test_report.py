"""The report on a document's reading: what became of its pages, tables and cells, told as a reviewer needs it."""

from __future__ import annotations

from pathlib import Path

import pytest
from drawn import draw

from extract.assemble import Reading, assemble
from extract.batch import read_disclosure
from extract.grid import Document, Grid, Paragraph
from ontology.issues import issue
from ontology.records import Place

DATA = Path(__file__).parent / "data"
EXAMPLES = Path(__file__).parent.parent / "examples"

FORM = """
    2024年项目支出绩效目标表
    | 项目名称 | 道路养护 | < | < |
    | 资金总额（万元） | 31.00 | < | < |
    | 年度目标 | 养护道路四十公里。 | < | < |
    | 一级指标 | 二级指标 | 三级指标 | 指标值 |
    | 产出指标 | 数量指标 | 养护里程 | ≥40公里 |
    | 效益指标 | 社会效益指标 | 通行能力 | 有所提升 |
"""


def read(document: Document) -> Reading:
    return assemble(document, file="预算.pdf", sha256="0" * 64)


def test_each_page_has_a_grade() -> None:
    (grid,) = draw(FORM).grids
    on_page = [Paragraph("单位概况。", Place(page=1)), _moved(grid, 3), Paragraph("附表", Place(page=5))]
    issues = (
        issue("page.no_text", Place(page=2), page=2),
        issue("table.row_cut", Place(page=3), page=3, text="甲"),
        issue("form.unread", Place(page=5), labels="三级指标", reason=("无表头", "no head")),
    )
    report = read(Document(tuple(on_page), 5, issues=issues)).report
    assert [(page.page, page.grade) for page in report.pages] == [
        (1, "full"), (2, "unread"), (3, "doubt"), (4, "empty"), (5, "gap"),
    ]  # fmt: skip
    assert report.pages[2].tables == 1
    line = next(line for line in report.to_text().splitlines() if line.startswith("页 pages 5"))
    assert "有遗漏 something was not read 1 (p.5)" in line
    assert "未读 not read 1 (p.2)" in line
    assert [page["grade"] for page in report.to_json()["pages"]] == ["full", "unread", "doubt", "empty", "gap"]


def _moved(grid: Grid, page: int) -> Grid:
    from dataclasses import replace

    def at(place: Place) -> Place:
        return replace(place, page=page)

    cells = tuple(
        replace(cell, parts=tuple(replace(part, place=at(part.place)) for part in cell.parts)) for cell in grid.cells
    )
    return Grid(grid.rows, grid.columns, cells, at(grid.place))


def test_cells_of_forms_are_accounted_for() -> None:
    report = read(draw(FORM)).report
    assert report.pages == ()  # a document without pages has no grades
    assert report.cells["unexplained"] == 0
    assert report.cells["left_out"] == 0
    assert report.cells["values"] + report.cells["labels"] == sum(1 for cell in draw(FORM).grids[0] if cell.text)


def test_a_cell_that_nothing_explains_puts_its_page_in_doubt() -> None:
    strange = "| 甲乙丙丁 | 戊己庚辛 | 壬 | 癸 |\n    | 年度目标"
    (grid,) = draw(FORM.replace("| 年度目标", strange)).grids
    report = read(Document((Paragraph("2024年项目支出绩效目标表", Place(page=1)), _moved(grid, 1)), 1)).report
    assert report.cells["unexplained"] > 0
    assert [page.grade for page in report.pages] == ["doubt"]


@pytest.mark.parametrize("name", ["dazhou-service-bureau-2024-budget", "guiyang-service-centre-2025-budget"])
def test_financial_tables_are_told_with_their_amounts(name: str) -> None:
    reading = read_disclosure(EXAMPLES / f"{name}.pdf")
    finance = [table for table in reading.report.tables if table.is_finance]
    assert finance
    assert sum(table.amounts for table in finance) == len(reading.disclosure.budget_lines)
    assert all(table.unread_amounts == () for table in finance)
    assert all(f"金额 amounts {table.amounts}" in reading.report.to_text() for table in finance if table.amounts)


def test_an_amount_of_a_financial_table_that_was_not_read_is_told() -> None:
    reading = read(
        draw("""
        2024年收支预算总表
        单位：万元
        | 收入 | < | 支出 | < |
        | 项目 | 预算数 | 项目 | 预算数 |
        | 一、一般公共预算拨款收入 | 1,250.00 | 一、一般公共服务支出 | 1,250.00 |
        | 本年收入合计 | 1,250.00 | 本年支出合计 | 1,250.00 |
        | 注：其中历年结余 | < | < | 88.20 |
        """)
    )
    (table,) = reading.report.tables
    assert table.is_finance
    assert table.amounts == len(reading.disclosure.budget_lines) > 0
    assert table.amounts + len(table.unread_amounts) == 5
