"""Writes the workbooks of this folder: python tests/data/workbooks/make.py (needs openpyxl, and xlwt for the .xls)."""

from pathlib import Path

import openpyxl
import xlwt
from openpyxl.styles import Alignment

HERE = Path(__file__).parent
HEAD = ["一级指标", "二级指标", "三级指标", "指标值", "权重"]
ROWS = [
    ["产出指标", "数量指标", "培训场次", "≥12场次", 0.2],
    [None, "质量指标", "培训合格率", 0.95, 0.3],
    [None, None, "内部编号", "不公开", 0],
    ["满意度指标", "服务对象满意度指标", "学员满意度", 0.9, 0.5],
]


def make_xlsx() -> None:
    book = openpyxl.Workbook()
    contents = book.active
    contents.title = "目录"
    contents["A1"] = "目录"
    contents["A2"] = "1.项目支出绩效目标表"
    sheet = book.create_sheet("项目支出绩效目标表")
    sheet["A1"] = "项目支出绩效目标表"
    sheet.merge_cells("A1:F1")
    sheet["A1"].alignment = Alignment(horizontal="center")
    sheet["F2"] = "单位：万元"
    for row, cells in enumerate([["项目名称", "业务培训经费"], ["资金总额", 36.5]], 3):
        sheet.cell(row, 1, cells[0])
        sheet.cell(row, 2, cells[1])
        sheet.merge_cells(start_row=row, start_column=2, end_row=row, end_column=6)
    sheet["B4"].number_format = "#,##0.00"
    for column, text in zip((1, 2, 4, 5, 6), HEAD, strict=True):
        sheet.cell(5, column, text)
    sheet["C5"] = "隐藏列"
    for row, cells in enumerate(ROWS, 6):
        for column, text in zip((1, 2, 4, 5, 6), cells, strict=True):
            sheet.cell(row, column, text)
        sheet.cell(row, 3, "内部")
        sheet.cell(row, 5).number_format = "0%" if isinstance(cells[3], float) else "General"
        sheet.cell(row, 6).number_format = "0%"
    sheet.merge_cells("A6:A8")
    sheet.row_dimensions[8].hidden = True
    sheet.column_dimensions["C"].hidden = True
    sheet["A11"] = "第二张表"
    sheet["A12"], sheet["B12"] = "项目名称", "另一个项目"
    sheet["A13"], sheet["B13"] = "资金总额", "12.00"
    hidden = book.create_sheet("草稿")
    hidden["A1"] = "草稿不应读出"
    hidden.sheet_state = "hidden"
    book.save(HERE / "form.xlsx")


def make_xls() -> None:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("绩效目标表")
    percent, money = xlwt.easyxf(num_format_str="0%"), xlwt.easyxf(num_format_str="#,##0.00")
    sheet.write_merge(0, 0, 0, 4, "项目支出绩效目标表")
    sheet.write(1, 0, "项目名称")
    sheet.write_merge(1, 1, 1, 4, "业务培训经费")
    sheet.write(2, 0, "资金总额（万元）")
    sheet.write_merge(2, 2, 1, 4, 36.5, money)
    for column, text in enumerate(HEAD):
        sheet.write(3, column, text)
    sheet.write_merge(4, 5, 0, 0, "产出指标")
    for row, cells in enumerate([ROWS[0], ROWS[1], ROWS[3]], 4):
        for column, text in enumerate(cells):
            if text is not None and not (column == 0 and row < 6):
                sheet.write(row, column, text, percent if isinstance(text, float) else xlwt.Style.default_style)
    book.save(str(HERE / "form.xls"))


if __name__ == "__main__":
    make_xlsx()
    make_xls()
