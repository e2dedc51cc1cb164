"""Workbooks are read as they show themselves: formats applied, merged cells once, hidden parts left out and told."""

import zipfile
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from extract.batch import read_document
from extract.errors import UnreadableDocumentError
from extract.grid import Grid, Paragraph
from extract.readers import xls, xlsx, xlsx_bounds
from extract.readers.number_format import print_date, print_number

DATA = Path(__file__).parent / "data" / "workbooks"


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (0.95, "0%", "95%"), (0.953, "0.0%", "95.3%"), (1, "0%", "100%"),
        (1234567.891, "#,##0.00", "1,234,567.89"), (2.5, "0", "3"), (-3, "0", "-3"),
        (44.400000000000006, "General", "44.4"), (0.1 + 0.2, None, "0.3"), (1e15, "General", "1000000000000000"),
        (-5.2, r"0.00_);[Red]\(0.00\)", "(5.20)"), (420, '0.00"万元"', "420.00万元"), (0, '0.00;-0.00;"-"', "-"),
        (12, "0.##", "12"), (0.5, "0.##", "0.5"), (127001, "000000", "127001"), (1, "000", "001"),
        (12345678, "#,##0,", "12,346"), (98, '0"%"', "98%"), (Decimal("43500"), "#,##0_ ", "43,500"),
        (12.5, "# ?/?", "12.5"), (3, "0.00E+00", "3"),
    ],
)  # fmt: skip
def test_a_number_is_printed_as_its_cell_shows_it(value, code, shown):
    assert print_number(value, code) == shown


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("yyyy-mm-dd", "2024-03-05"), ('yyyy"年"m"月"d"日"', "2024年3月5日"), ("[$-804]yyyy年m月", "2024年3月"),
        ("yyyy/m/d h:mm", "2024/3/5 9:07"), ("General", "2024-03-05"),
    ],
)  # fmt: skip
def test_a_date_is_printed_as_its_cell_shows_it(code, shown):
    assert print_date(datetime(2024, 3, 5, 9, 7), code) == shown  # noqa: DTZ001 - workbooks know no time zones


def test_a_sheet_becomes_titles_and_tables():
    document = xlsx.read(DATA / "form.xlsx")
    kinds = [block.text if isinstance(block, Paragraph) else (block.rows, block.columns) for block in document.blocks]
    assert kinds == ["目录", "1.项目支出绩效目标表", "项目支出绩效目标表", "单位：万元", (6, 5), "第二张表", (2, 2)]


def test_merged_cells_formats_and_hidden_parts():
    document = xlsx.read(DATA / "form.xlsx")
    grid = document.grids[0]
    rows = [[cell.text for cell in grid.row_cells(row)] for row in range(1, grid.rows + 1)]
    assert rows == [
        ["项目名称", "业务培训经费"],
        ["资金总额", "36.50"],
        ["一级指标", "二级指标", "三级指标", "指标值", "权重"],
        ["产出指标", "数量指标", "培训场次", "≥12场次", "20%"],
        ["产出指标", "质量指标", "培训合格率", "95%", "30%"],
        ["满意度指标", "服务对象满意度指标", "学员满意度", "90%", "50%"],
    ]
    output = grid.at(4, 1)
    assert output is not None
    assert (output.row_span, output is grid.at(5, 1)) == (2, True)
    told = {issue.code for issue in document.issues}
    assert told == {"part.skipped"}
    assert any("草稿" in issue.message_zh for issue in document.issues)
    assert not any("草稿不应读出" in getattr(block, "text", "") for block in document.blocks)


def test_a_place_is_that_of_the_sheet():
    grid = xlsx.read(DATA / "form.xlsx").grids[0]
    place = grid.at(6, 3).printed.place
    # Row 9 and column D of the sheet, though a row and a column before them are hidden.
    assert (place.sheet, place.table, place.row, place.column) == ("项目支出绩效目标表", 1, 9, 4)


def test_an_old_workbook_keeps_its_percent_formats():
    document = xls.read(DATA / "form.xls")
    assert isinstance(document.blocks[0], Paragraph)
    grid = document.blocks[1]
    assert isinstance(grid, Grid)
    assert [cell.text for cell in grid.row_cells(2)] == ["资金总额（万元）", "36.50"]
    assert [cell.text for cell in grid.row_cells(5)] == ["产出指标", "质量指标", "培训合格率", "95%", "30%"]


def test_a_damaged_workbook_is_a_sentence(tmp_path):
    broken = tmp_path / "坏.xlsx"
    broken.write_bytes((DATA / "form.xlsx").read_bytes()[:3000])
    with pytest.raises(UnreadableDocumentError, match=r"坏\.xlsx"):
        xlsx.read(broken)
    old = tmp_path / "坏.xls"
    old.write_bytes((DATA / "form.xls").read_bytes()[:1500])
    with pytest.raises(UnreadableDocumentError, match=r"坏\.xls"):
        xls.read(old)


def test_a_sheet_of_too_many_rows_is_cut_and_told(tmp_path, monkeypatch):
    monkeypatch.setattr(xlsx_bounds, "MOST_ROWS", 3)
    book = openpyxl.Workbook()
    for row in range(1, 10):
        book.active.append([row, "x"])
    book.save(tmp_path / "long.xlsx")
    document = xlsx.read(tmp_path / "long.xlsx")
    assert document.grids[0].rows == 3
    assert [(issue.code, "6" in issue.message_en) for issue in document.issues] == [("part.skipped", True)]


def test_a_row_beyond_all_that_are_read_is_told(tmp_path):
    book = openpyxl.Workbook()
    for row in (1, 2, 1_000_000):
        book.active.cell(row, 1, "x")
        book.active.cell(row, 2, "y")
    book.save(tmp_path / "far.xlsx")
    document = xlsx.read(tmp_path / "far.xlsx")
    assert document.grids[0].rows == 2
    assert [issue.code for issue in document.issues] == ["part.skipped"]


@pytest.mark.parametrize("suffix", [".xls", ".et", ".xlsm", ".bin"])
def test_a_workbook_is_read_whatever_its_name_says(tmp_path: Path, suffix: str) -> None:
    source = Path(__file__).parent / "data" / "workbooks" / "form.xlsx"
    other = tmp_path / f"form{suffix}"
    other.write_bytes(source.read_bytes())
    assert read_document(other).blocks == read_document(source).blocks


def test_an_archive_named_as_a_workbook_but_without_one_is_told(tmp_path):
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    book.save(tmp_path / "whole.xlsx")
    with zipfile.ZipFile(tmp_path / "whole.xlsx") as whole, zipfile.ZipFile(path, "w") as made:
        for name in whole.namelist():
            text = whole.read(name)
            made.writestr(name, text.replace(b"sheet.main+xml", b"sheet.none+xml") if "Content_Types" in name else text)
    with pytest.raises(UnreadableDocumentError, match=r"a\.xlsx: the workbook is damaged"):
        xlsx.read(path)
