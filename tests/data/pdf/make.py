"""Makes the golden PDFs of the reader's tests, one folder a case, from the tables below.

python tests/data/pdf/make.py             print every case anew (needs chromium and the font AR PL UMing CN)
python tests/data/pdf/make.py CASE ...    only these
python tests/data/pdf/make.py --expected  write expected.json anew from what the reader gives: look at the difference!
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pypdfium2 as pdfium
from pypdfium2 import raw

HERE = Path(__file__).parent
ROOT = HERE.parents[2]

OPTIONS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
OPTIONS += ["--no-pdf-header-footer"]
STYLE = """
@page { size: %(size)s; margin: 15mm }
* { font-family: "AR PL UMing CN"; font-size: 9pt; font-weight: normal }
body { margin: 0 } h1 { font-size: 15pt; text-align: center; margin: 4mm 0 2mm } p { margin: 1mm 0 }
p.unit { text-align: right }
table { border-collapse: collapse; width: 100%% } th, td { border: 0.75pt solid black; padding: 1.5mm }
th, td { line-height: 1.35 }
"""


def page(body: str, size: str = "A4 landscape", style: str = "") -> str:
    head = f'<meta charset="utf-8"><style>{STYLE % {"size": size}}{style}</style>'
    return f'<html lang="zh-CN">{head}<body>{body}</body></html>'


def row(*cells: str | tuple[str, str], tag: str = "td") -> str:
    """A row; a cell with attributes is (attributes, text)."""
    printed = (cell if isinstance(cell, tuple) else ("", cell) for cell in cells)
    return "<tr>" + "".join(f"<{tag} {attributes}>{text}</{tag}>" for attributes, text in printed) + "</tr>"


LIST_HEAD = ("项目名称", "预算数", "年度目标", "一级指标", "二级指标", "三级指标", "指标性质", "指标值", "度量单位")
# One project a block: name, amount, goal; then its indicators.
LIST = """
数据共享平台运行维护 36.50 保障平台全年稳定运行，及时处理故障，满足各部门的数据需求。
产出指标 数量指标 接入部门数量 ≥ 42 个
产出指标 数量指标 共享目录数量 ≥ 1200 条
产出指标 质量指标 平台可用率 ≥ 99.5 %
产出指标 时效指标 故障响应时间 ≤ 30 分钟
效益指标 社会效益指标 提升办事效率 定性 显著 级
满意度指标 服务对象满意度指标 使用部门满意度 ≥ 95 %

窗口服务外包 128.00 购买窗口综合受理服务，配齐人员，群众办事少等候。
产出指标 数量指标 窗口人员数量 ≥ 24 人
产出指标 数量指标 受理件数 ≥ 8 万件
产出指标 质量指标 差错率 ≤ 0.5 %
产出指标 时效指标 平均等候时间 ≤ 10 分钟
成本指标 经济成本指标 项目总成本 ≤ 128 万元
效益指标 可持续影响指标 服务机制健全 定性 健全 级
满意度指标 服务对象满意度指标 群众满意度 ≥ 98 %

政务大厅绿植租赁 4.20 改善大厅环境。
产出指标 数量指标 绿植数量 = 60 盆
满意度指标 服务对象满意度指标 群众满意度 ≥ 90 %
"""


def merged_over_pages() -> str:
    """A list of projects whose merged cells are cut by page breaks, its head repeated on each page."""
    rows = []
    for block in LIST.strip().split("\n\n"):
        (name, amount, goal), *indicators = (line.split() for line in block.split("\n"))
        for number, indicator in enumerate(indicators):
            span = f"rowspan={len(indicators)}"
            first = ((span, name), (span, amount), (span, goal)) if number == 0 else ()
            rows.append(row(*first, *indicator))
    head = f"<thead>{row(*LIST_HEAD, tag='th')}</thead>"
    body = (
        f"<h1>项目支出绩效目标表（2024年度）</h1><p class=unit>金额单位：万元</p><table>{head}{''.join(rows)}</table>"
    )
    return page(body, "200mm 105mm")


def head_not_repeated() -> str:
    """One form over two pages: labels on the left merged over the break, the head printed once."""
    indicators = [
        ("产出指标", "数量指标", ["培训人次", "培训班次", "教材册数"]),
        ("产出指标", "质量指标", ["考核合格率", "出勤率"]),
        ("效益指标", "社会效益指标", ["业务能力提升"]),
        ("满意度指标", "服务对象满意度指标", ["学员满意度"]),
    ]
    rows = [
        row(("colspan=2", "项目名称"), ("colspan=3", "基层人员业务培训")),
        row(("colspan=2", "资金总额（万元）"), ("colspan=3", "18.60")),
        row(("colspan=2", "年度目标"), ("colspan=3", "全年培训基层人员，提升业务能力。")),
    ]
    total = sum(len(names) for _, _, names in indicators) + 1
    rows.append(row((f"rowspan={total}", "绩效指标"), "一级指标", "二级指标", "三级指标", "指标值"))
    seen = set()
    for tier1, tier2, names in indicators:
        for number, name in enumerate(names):
            cells: list[str | tuple[str, str]] = []
            if tier1 not in seen:
                span = sum(len(n) for one, _, n in indicators if one == tier1)
                cells.append((f"rowspan={span}", tier1))
                seen.add(tier1)
            if number == 0:
                cells.append((f"rowspan={len(names)}", tier2))
            rows.append(row(*cells, name, "≥90%" if "率" in name or "度" in name else "按计划完成"))
    return page(f"<h1>项目支出绩效目标表</h1><table>{''.join(rows)}</table>", "150mm 95mm")


def text_cut() -> str:
    """A row whose long text is cut in its middle by the page break."""
    long = (
        "".join(f"第{n}项任务按季度推进，每季度末形成工作报告并通报进展；" for n in "一二三四五六七八九十")
        + "年底前全部完成。"
    )
    rows = [
        row("项目名称", "档案数字化"),
        row("年度目标", long),
        row("资金总额（万元）", "52.00"),
    ]
    return page(f"<h1>项目支出绩效目标表</h1><table><col width=25%>{''.join(rows)}</table>", "120mm 75mm")


def row_cut_closed() -> str:
    """A row cut in its text as a word processor does it: closed with lines on both pages, the head repeated."""
    head = row("一级指标", "三级指标", "指标值", "分值", tag="th")
    first = [
        row("产出指标", "新建社区养老服务站数量", "≥12个", "20"),
        row("产出指标", "改造老旧小区数量", "≥5个", "20"),
        row("效益指标", "辖区内六十五岁以上的老年人就近享受助餐助浴助医等各项服务", "≥80%", "30"),
    ]
    second = [row("", "的人数比例", "", ""), row("满意度指标", "服务对象满意度", "≥90%", "30")]
    columns = "<col style='width: 52pt'><col style='width: 136pt'><col><col>"
    table = "<table style='table-layout: fixed'>{}{}{}</table>"
    body = (
        f"<h1>绩效目标表</h1>{table.format(columns, head, ''.join(first))}<div style='break-before: page'></div>"
        f"{table.format(columns, head, ''.join(second))}"
    )
    return page(body, "130mm 90mm")


def two_on_a_page() -> str:
    """Two forms with their titles on one page, and a third of the same shape at the top of the next page."""

    def form(title: str, name: str, amount: str, indicator: str, value: str) -> str:
        rows = [
            row("项目名称", ("colspan=3", name)),
            row("资金总额", ("colspan=3", amount)),
            row(("rowspan=2", "绩效指标"), "一级指标", "三级指标", "指标值"),
            row("产出指标", indicator, value),
        ]
        heading = f"<h1>{title}</h1><p class=unit>单位：万元</p>" if title else ""
        return f"{heading}<table>{''.join(rows)}</table>"

    body = (
        form("项目支出绩效目标表（一）", "道路养护", "310.00", "养护里程", "≥45公里")
        + form("项目支出绩效目标表（二）", "路灯维修", "28.50", "维修盏数", "≥600盏")
        + "<div style='break-before: page'></div>"
        + form("", "桥梁检测", "16.00", "检测座数", "=12座")
    )
    return page(body, "150mm 130mm")


def rotated() -> str:
    """A page that is stored on its side and shown upright, and cropped."""
    head = row("项目名称", "预算数", "三级指标", "指标值", tag="th")
    rows = [row(("rowspan=2", "应急演练"), ("rowspan=2", "9.80"), "演练次数", "≥4次"), row("参演人数", "≥200人")]
    return page(f"<h1>项目支出绩效目标表</h1><table>{head}{''.join(rows)}</table>", "150mm 80mm")


def sideways() -> str:
    """A wide table printed up the side of an upright page, with a watermark across it."""
    head = row("项目名称", "预算数", "三级指标", "指标值", tag="th")
    rows = [row(("rowspan=2", "危桥改造"), ("rowspan=2", "66.00"), "改造座数", "≥3座"), row("验收合格率", "=100%")]
    style = "i { position: absolute; left: 25mm; top: 25mm; font-size: 30pt; white-space: nowrap; rotate: 25deg; "
    style += "color: #ccc }"
    body = f"<i>征求意见稿</i><h1>项目支出绩效目标表</h1><table>{head}{''.join(rows)}</table>"
    return page(body, "140mm 80mm", style)


def shaded_head() -> str:
    """A coloured head with white lines between its cells, black lines below."""
    style = "th { background: #1f4e79; color: white; border-color: white }"
    head = row("项目名称", "预算数", "三级指标", "指标值", tag="th")
    rows = [row("河道清淤", "45.00", "清淤长度", "≥12公里"), row("堤防加固", "80.00", "加固长度", "≥3公里")]
    return page(f"<h1>项目支出绩效目标表</h1><table>{head}{''.join(rows)}</table>", "140mm 70mm", style)


def doubled() -> str:
    """Bold made by printing twice, a hair apart."""
    style = "b { position: relative } b::after { content: attr(t); position: absolute; left: 0.25pt; top: 0; "
    style += "white-space: nowrap }"
    bold = lambda text: f'<b t="{text}">{text}</b>'  # noqa: E731
    rows = [row(bold("项目名称"), bold("食品抽检")), row(bold("抽检批次"), "≥1100批次"), row("备注", "11批次为复检")]
    return page(f"<h1>{bold('项目支出绩效目标表')}</h1><table>{''.join(rows)}</table>", "120mm 80mm", style)


def clipped() -> bytes:
    """A workbook's print: a text cut off at its cell's edge, the rest of it drawn but clipped away; one text drawn twice
    over; one off the page."""
    frame = "40 100 100 30 re 140 100 100 30 re 40 130 100 30 re 140 130 100 30 re S"
    text = lambda x, y, words: f"BT /F 10 Tf {x} {y} Td ({words}) Tj ET"  # noqa: E731
    cut = f"q 140 130 100 30 re W n {text(144, 140, 'Road works 2024 and street lamps of 2023')} Q"
    twice = text(144, 110, "36.00") + text(144.2, 110, "36.00")
    stream = "\n".join([frame, text(44, 140, "Name"), cut, text(44, 110, "Amount"), twice, text(-200, 140, "Draft")])
    return plain_pdf(stream.encode("ascii"), 300, 200)


def plain_pdf(stream: bytes, width: int, height: int) -> bytes:
    """A PDF of one page with these drawing commands; its font F is Helvetica."""
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>"
    bodies = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %d %d]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>"
        % (width, height),
        b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream),
        font,
    ]
    data, places = b"%PDF-1.4\n", []
    for number, body in enumerate(bodies, start=1):
        places.append(len(data))
        data += b"%d 0 obj%s endobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % len(data)
    return data + b"xref\n0 6\n0000000000 65535 f \n" + table + trailer


def radicals() -> str:
    """Radicals in the place of characters, as some fonts' tables give them."""
    rows = [
        row("项⽬名称", "⾷品检测"),
        row("资⾦总额（万元）", "9.00"),
        row("年度⽬标", "⻓期守住⻝品安全底线，⼈⺠群众满意，⽔质达标。"),
    ]
    return page(f"<h1>项⽬⽀出绩效⽬标表</h1><table><col width=30%>{''.join(rows)}</table>", "120mm 70mm")


def no_encoding() -> str:
    """A form, then a page whose font does not say what its characters are."""
    form = "".join(
        [row("项目名称", "道路养护"), row("资金总额（万元）", "31.00"), row("年度目标", "养护道路四十公里。")]
    )
    other = "<p>一级指标 二级指标 三级指标 指标值 产出指标 数量指标 养护里程 四十公里</p>" * 3
    body = f"<div><h1>项目支出绩效目标表</h1><table>{form}</table></div><div style='break-before: page'></div>{other}"
    return page(body, "120mm 70mm", "div, div * { font-family: 'Noto Sans CJK SC' } p { font-weight: normal }")


# --- forms whose cells no lines tell, or only some of them

EVALUATION = [
    ("产出指标", "数量指标", "巡查河道长度", "≥320公里", "336公里", "20", "20"),
    ("产出指标", "数量指标", "清理漂浮物次数和岸坡垃圾清运次数", "≥48次", "50次", "20", "20"),
    ("产出指标", "质量指标", "断面水质达标率", "≥95%", "93%", "20", "19"),
    ("效益指标", "生态效益指标", "水环境改善程度", "明显改善", "达成预期指标", "20", "20"),
    ("满意度指标", "服务对象满意度指标", "沿河居民满意度", "≥90%", "92%", "10", "10"),
]


def evaluation_rows() -> list[str]:
    """A self-evaluation: labels over several rows, money by stage, tiers merged."""
    wide = "colspan=3"
    rows = [
        row("项目名称", ("colspan=7", "河道保洁")),
        row(("rowspan=3", "项目资金（万元）"), (wide, ""), "年初预算数", "全年预算数", "全年执行数", "执行率"),
        row((wide, "年度资金总额"), "86.00", "90.00", "88.20", "98.00%"),
        row((wide, "其中：财政拨款"), "86.00", "86.00", "84.20", ""),
        row(("rowspan=2", "年度总体目标"), (wide, "预期目标"), ("colspan=4", "实际完成情况")),
        row(
            (wide, "全年巡查保洁河道320公里，岸坡整洁，水面无成片漂浮物，群众满意。"),
            ("colspan=4", "全年巡查保洁河道336公里。"),
        ),
    ]
    heads = ("一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分")
    rows.append(row((f"rowspan={len(EVALUATION) + 1}", "绩效指标"), *heads, tag="th"))
    for number, indicator in enumerate(EVALUATION):
        cells: list[str | tuple[str, str]] = []
        for tier in (1, 2):
            same = [one[:tier] == indicator[:tier] for one in EVALUATION]
            if same.index(True) == number:
                cells.append((f"rowspan={sum(same)}", indicator[tier - 1]))
        rows.append(row(*cells, *indicator[2:]))
    return rows


def evaluation(style: str, size: str = "A4") -> str:
    """The same form in any look."""
    plain = "th, td { border: none; padding: 1.5mm 2mm; text-align: center } table { table-layout: fixed } "
    body = f"<h1>项目支出绩效自评表</h1><p>（2024年度）</p><table>{''.join(evaluation_rows())}</table>"
    return page(body, size, plain + style)


def unruled() -> str:
    """No lines at all: texts in the middle of their cells."""
    return evaluation("")


def unruled_top() -> str:
    """No lines at all: texts at the top left of their cells."""
    return evaluation("th, td { vertical-align: top; text-align: left }")


def lines_between_rows() -> str:
    """Lines between the rows and a frame around all, none between the columns."""
    return evaluation("th, td { border-top: 0.5pt solid; border-bottom: 0.5pt solid } table { border: 1pt solid }")


def row_lines_over_pages() -> str:
    """Lines between the rows only, texts wrapped in narrow columns, rows cut by two page breaks."""
    narrow = "th, td { border-top: 0.5pt solid; border-bottom: 0.5pt solid; padding: 1mm; font-size: 10.5pt } "
    return evaluation(narrow, "A4").replace("size: A4;", "size: 150mm 118mm;")


def short_heads() -> str:
    """No lines; short heads in the middle of wide columns, the texts below them at the left, none below its head."""
    left = "td { text-align: left; padding: 1.5mm 0.5mm } th:nth-child(4) { text-align: right }"
    return evaluation(left, "A4 landscape")


def head_ruled() -> str:
    """Lines around the heads of the indicators only."""
    return evaluation("th { border: 0.75pt solid black }")


def filled() -> str:
    """Every other row filled with a colour, no lines."""
    return evaluation("tr:nth-child(even) > * { background: #e6edf5 }")


def unruled_over_pages() -> str:
    """No lines, and the form goes on over two page breaks without its head."""
    return evaluation("", "A4 landscape").replace("size: A4 landscape", "size: 200mm 95mm")


def head_over_two() -> str:
    """No lines; one head over those of target and actual, narrower than the room between them."""
    html = evaluation("", "A4 landscape")
    first, upper, rest = re.split(r"(<tr><th rowspan=6>.*?</tr>)", html, maxsplit=1, flags=re.DOTALL)
    upper = upper.replace("<th >年度指标值</th><th >实际完成值</th>", "<th colspan=2>指标值</th>")
    upper = upper.replace("rowspan=6", "rowspan=7").replace("<th >", "<th rowspan=2>")
    return f"{first}{upper}<tr><th>预期值</th><th>实际完成值</th></tr>{rest}"


def lines_in_cells() -> str:
    """Cells that print several names and values, one a line, beside texts that only wrap."""
    widths = "".join(f'<col style="width:{share}%">' for share in (14, 18, 42, 26))
    rows = (
        ("项目名称", ("colspan=3", "河道保洁与水质监测")),
        ("一级指标", "二级指标", "三级指标", "指标值"),
        (("rowspan=3", "产出指标"), "数量指标", "保洁河道长度<br>采集水样份数", "≥86公里<br>≥1200份"),
        ("质量指标", "（1）断面水质达标率<br>（2）水样检测准确率", "（1）≥95%<br>（2）≥98%"),
        (
            "时效指标",
            "发现漂浮物和岸边垃圾后清理完毕的时间（自巡查记录之时起计算）",
            "≤24小时（汛期除外，以防汛部门的通知为准）",
        ),
        ("满意度指标", "服务对象满意度指标", "（1）沿河居民满意度", "（1）≥90%"),
    )
    left = "td { text-align: left } td:nth-child(n+2) { text-align: center }"
    body = "<h1>2025年度项目支出绩效目标表</h1><table>" + widths + "".join(row(*cells) for cells in rows) + "</table>"
    return page(body, "A5", left)


def lines_in_cells_unruled() -> str:
    """The same without lines."""
    return lines_in_cells().replace("td { text-align: left }", "th, td { border: none } td { text-align: left }")


def money_lines_between_rows() -> str:
    """A financial table with lines between its rows only: two sides, blanks, names without amounts."""
    rows = (
        ("一、一般公共预算拨款收入", "1,204.50", "一、一般公共服务支出", "860.20"),
        ("二、政府性基金预算拨款收入", "", "二、社会保障和就业支出", "231.06"),
        ("三、其他收入", "36.00", "三、住房保障支出", "149.24"),
        ("本年收入合计", "1,240.50", "本年支出合计", "1,240.50"),
        ("收入总计", "1,240.50", "支出总计", "1,240.50"),
    )
    head = row(("colspan=2", "收入"), ("colspan=2", "支出"), tag="th") + row(
        "项目", "预算数", "项目", "预算数", tag="th"
    )
    body = '<h1>部门收支总表</h1><p class="unit">单位：万元</p><table>' + head + "".join(row(*cells) for cells in rows)
    style = "th, td { border: none; border-bottom: 0.75pt solid } table { border-top: 0.75pt solid }"
    return page(f"{body}</table>", "A5 landscape", style + " td:nth-child(even) { text-align: right }")


CASES = {
    make.__name__.replace("_", "-"): make
    for make in (
        merged_over_pages,
        head_not_repeated,
        text_cut,
        row_cut_closed,
        two_on_a_page,
        rotated,
        sideways,
        shaded_head,
        doubled,
        clipped,
        radicals,
        no_encoding,
        unruled,
        unruled_top,
        lines_between_rows,
        row_lines_over_pages,
        short_heads,
        head_ruled,
        filled,
        unruled_over_pages,
        head_over_two,
        lines_in_cells,
        lines_in_cells_unruled,
        money_lines_between_rows,
    )
}


def print_pdf(html: str, target: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "source.html"
        source.write_text(html, encoding="utf-8")
        subprocess.run(
            [
                "chromium",
                *OPTIONS,
                f"--user-data-dir={folder}/profile",
                f"--print-to-pdf={target}",
                source.as_uri(),
            ],
            check=True,
            capture_output=True,
        )


def turn(path: Path, *, shown_upright: bool) -> None:
    """Store the page on its side; where `shown_upright`, with /Rotate 90 and 20 and 12 points cropped off."""
    document = pdfium.PdfDocument(path.read_bytes())
    sheet = document[0]
    width, height = sheet.get_size()
    matrix = raw.FS_MATRIX(0, 1, -1, 0, height, 0)  # a quarter turn to the left
    raw.FPDFPage_TransFormWithClip(sheet, matrix, raw.FS_RECTF(0, width, height, 0))
    sheet.set_mediabox(0, 0, height, width)
    if shown_upright:
        sheet.set_cropbox(12, 20, height, width)
        sheet.set_rotation(90)
    sheet.gen_content()
    document.save(str(path))


def forget_encoding(path: Path) -> None:
    """Take from the last font what says which characters its glyphs are: its table, and the font's own in its file."""
    data = path.read_bytes()
    for name in (b"/ToUnicode", b"/FontFile2"):
        at = data.rindex(name)
        data = data[:at] + b"/Nothing" + b"_" * (len(name) - 8) + data[at + len(name) :]
    path.write_bytes(data)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="*", choices=[[], *CASES], default=[])
    parser.add_argument("--expected", action="store_true")
    given = parser.parse_args()
    for name in given.cases or CASES:
        folder = HERE / name
        folder.mkdir(exist_ok=True)
        if given.expected:
            sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
            from grids import as_data

            from extract.readers.pdf import read

            text = json.dumps(as_data(read(folder / "document.pdf")), ensure_ascii=False, indent=1)
            (folder / "expected.json").write_text(text + "\n", encoding="utf-8")
            continue
        made = CASES[name]()
        if isinstance(made, bytes):
            (folder / "document.pdf").write_bytes(made)
        else:
            print_pdf(made, folder / "document.pdf")
        if name in ("rotated", "sideways"):
            turn(folder / "document.pdf", shown_upright=name == "rotated")
        if name == "no-encoding":
            forget_encoding(folder / "document.pdf")
        size = (folder / "document.pdf").stat().st_size
        sys.stdout.write(f"{name}: {size} bytes\n")


if __name__ == "__main__":
    main()
