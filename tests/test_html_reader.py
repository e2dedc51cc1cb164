"""Web pages are read as a browser shows them: the tables, without the page around them."""

import time

import pytest

from extract.errors import UnreadableDocumentError
from extract.grid import Grid, Paragraph
from extract.readers import html

FORM = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>某局 项目支出绩效目标表</title>
<style>td{color:red}</style></head>
<body><nav><a href="/">首页</a></nav><div style="display:none">看不见</div>
<table><tr><td width="200">左边栏</td><td>
  <p align="center">项目支出<b>绩效目标表</b></p><p>单位：万元</p>
  <table border="1">
    <tr><td>项目名称</td><td colspan="3"><p class="MsoNormal"><span>业务培训</span><o:p></o:p>经费</p></td></tr>
    <tr><th>一级指标</th><th>二级指标</th><th>三级指标</th><th>指标值</th></tr>
    <tr><td rowspan="2">产出指标</td><td>数量指标</td><td>培训<br>场次</td><td>≥12&nbsp;场次</td></tr>
    <tr><td>质量指标</td><td>合格率</td><td>＝９５％</td></tr>
    <tr style="display: none"><td>不</td><td>显</td><td>示</td><td>1</td></tr>
  </table>
</td></tr></table><script>var a = "<table>";</script></body></html>"""


def blocks_of(tmp_path, content, name="page.html", encoding="utf-8"):
    path = tmp_path / name
    path.write_bytes(content.encode(encoding))
    return html.read(path)


def test_layout_tables_are_opened_and_data_tables_read(tmp_path):
    document = blocks_of(tmp_path, FORM)
    assert document.title == "某局项目支出绩效目标表"
    assert [b.text if isinstance(b, Paragraph) else "table" for b in document.blocks] == [
        "左边栏", "项目支出绩效目标表", "单位：万元", "table",
    ]  # fmt: skip
    grid = document.grids[0]
    assert [[cell.text for cell in grid.row_cells(row)] for row in range(1, grid.rows + 1)] == [
        ["项目名称", "业务培训经费"],
        ["一级指标", "二级指标", "三级指标", "指标值"],
        ["产出指标", "数量指标", "培训\n场次", "≥12 场次"],
        ["产出指标", "质量指标", "合格率", "＝95%"],
    ]
    assert grid.at(3, 1) is grid.at(4, 1)


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-16"])
def test_the_encoding_is_found(tmp_path, encoding):
    content = FORM.replace('charset="utf-8"', f'charset="{"gb2312" if encoding == "gb18030" else encoding}"')
    assert "业务培训经费" in [cell.text for cell in blocks_of(tmp_path, content, encoding=encoding).grids[0]]


def test_overlapping_and_wild_spans_stay_in_the_grid(tmp_path):
    page = """<table><tr><td rowspan="99" colspan="0">a</td><td>b</td></tr><tr><td colspan="5000">c</td></tr></table>"""
    grid = blocks_of(tmp_path, page).grids[0]
    assert isinstance(grid, Grid)
    assert grid.rows == 2
    positions = [
        (r, c)
        for cell in grid
        for r in range(cell.row, cell.last_row + 1)
        for c in range(cell.column, cell.last_column + 1)
    ]
    assert len(positions) == len(set(positions))


def test_deep_nesting_is_bounded(tmp_path):
    page = "<html><body>" + "<div>" * 20_000 + "深" + "</div>" * 20_000 + "</body></html>"
    try:
        blocks_of(tmp_path, page)
    except UnreadableDocumentError as error:
        assert "page.html" in str(error)


def test_an_empty_page_is_a_sentence(tmp_path):
    with pytest.raises(UnreadableDocumentError, match=r"page\.html"):
        blocks_of(tmp_path, "   ")


def test_what_is_filled_into_fields_of_a_table_is_its_text(tmp_path):
    page = """<html><body><input type="text" value="搜索"><table>
    <tr><td>项目名称</td><td><input type="text" readonly value="政策热线"><input type="hidden" value="7"></td></tr>
    <tr><td>绩效目标</td><td><textarea>提升服务水平。</textarea></td></tr>
    <tr><td><select><option>请选择</option><option selected>数量指标</option></select></td>
        <td><select><option>甲</option><option>乙</option></select><input type="checkbox" checked>是</td></tr>
    </table></body></html>"""
    document = blocks_of(tmp_path, page)
    (grid,) = document.grids
    assert [cell.text for cell in grid] == ["项目名称", "政策热线", "绩效目标", "提升服务水平。", "数量指标", "☑是"]
    assert len(document.blocks) == 1


@pytest.mark.parametrize(
    ("table", "row", "cell"),
    [
        ('class="t"', 'class="r x"', 'class="c"'),
        ('style="display: table"', 'style="display:table-row"', 'style="width:9px; display:table-cell"'),
        ('role="table"', 'role="row"', 'role="cell"'),
    ],
)
def test_elements_shown_as_a_table_are_one(tmp_path, table, row, cell):
    style = """<style>.t {display:table} /* .r{display:block} */
        div.r, p {color:red; display : table-row} @media all { .x{color:red} .c{display:table-cell} }</style>"""
    rows = "".join(
        f"<div {row}>" + "".join(f"<div {cell}>{text}</div>" for text in texts) + "</div>"
        for texts in (("项目名称", "政策热线"), ("资金总额", "58"))
    )
    document = blocks_of(tmp_path, f"<html><head>{style}</head><body><div {table}>{rows}</div></body></html>")
    (grid,) = document.grids
    assert (grid.rows, grid.columns) == (2, 2)
    assert [cell.text for cell in grid] == ["项目名称", "政策热线", "资金总额", "58"]


def test_what_stands_between_a_table_and_its_rows_or_cells_loses_nothing(tmp_path):
    def row(*texts: str) -> str:
        return "<div role='row'>" + "".join(f"<div role='cell'>{text}</div>" for text in texts) + "</div>"

    page = f"""<html><body><p>前</p><div role="table">单位：万元<h2>绩效目标表</h2><div>{row("项目名称", "政策热线")}</div>
        <div><div role="row"><div>旁注</div><div><div role="cell">资金总额</div><div role="cell">58</div></div></div></div>
        <script>var rows = 2;</script></div><p>后</p></body></html>"""
    document = blocks_of(tmp_path, page)
    (grid,) = document.grids
    assert [(cell.row, cell.column, cell.text) for cell in grid] == [
        (1, 1, "项目名称"), (1, 2, "政策热线"), (2, 1, "资金总额"), (2, 2, "58"),
    ]  # fmt: skip
    told = [block.text for block in document.blocks if isinstance(block, Paragraph)]
    assert told == ["前", "单位：万元", "绩效目标表", "旁注", "后"]


@pytest.mark.parametrize("styles", ["a" * 200_000, "/* " * 100_000, "a{" * 100_000])
def test_styles_without_an_end_are_read_in_no_time(tmp_path, styles):
    began = time.process_time()
    document = blocks_of(tmp_path, f"<html><head><style>{styles}</style></head><body><p>正文</p></body></html>")
    assert [block.text for block in document.blocks if isinstance(block, Paragraph)] == ["正文"]
    assert time.process_time() - began < 5
