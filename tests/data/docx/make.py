"""Makes the Word parts of the cases whose XML is too long to write by hand: python tests/data/docx/make.py

Each case is a folder with document.xml and, where it has them, numbering.xml and styles.xml; expected.json is written by
PIKG_WRITE_EXPECTED=1 and read over by a person.
"""

from __future__ import annotations

from html import escape
from pathlib import Path

HERE = Path(__file__).resolve().parent
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def run(text: str, properties: str = "") -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t xml:space='preserve'>{escape(text)}</w:t></w:r>"


def p(content: str = "", *, number: tuple[int, int] | None = None, style: str = "", mark: str = "") -> str:
    """A paragraph; `content` may be words, or runs."""
    inside = content if content.startswith("<") else run(content) if content else ""
    listed = f'<w:numPr><w:ilvl w:val="{number[1]}"/><w:numId w:val="{number[0]}"/></w:numPr>' if number else ""
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    return f"<w:p><w:pPr>{named}{listed}<w:rPr>{mark}</w:rPr></w:pPr>{inside}</w:p>"


def cell(*paragraphs: str, span: int = 1, merge: str = "") -> str:
    inside = "".join(one if one.startswith("<") else p(one) for one in paragraphs) or p()
    down = {"": "", "begin": '<w:vMerge w:val="restart"/>', "on": "<w:vMerge/>"}[merge]
    return f'<w:tc><w:tcPr><w:gridSpan w:val="{span}"/>{down}</w:tcPr>{inside}</w:tc>'


def row(*cells: str, properties: str = "") -> str:
    made = "".join(one if one.startswith("<") else cell(one) for one in cells)
    return f"<w:tr><w:trPr>{properties}</w:trPr>{made}</w:tr>"


def table(*rows: str) -> str:
    return f"<w:tbl>{''.join(rows)}</w:tbl>"


def control(content: str, *, hint: bool = False) -> str:
    asked = "<w:showingPlcHdr/>" if hint else ""
    return f"<w:sdt><w:sdtPr>{asked}</w:sdtPr><w:sdtContent>{content}</w:sdtContent></w:sdt>"


def symbol(font: str, code: str) -> str:
    return f'<w:r><w:sym w:font="{font}" w:char="{code}"/></w:r>'


def field(code: str, shown: str) -> str:
    def mark(kind: str) -> str:
        return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'

    return (
        mark("begin") + f"<w:r><w:instrText> {code} </w:instrText></w:r>" + mark("separate") + run(shown) + mark("end")
    )


def deleted(text: str) -> str:
    return f'<w:del w:id="1" w:author="a"><w:r><w:delText>{text}</w:delText></w:r></w:del>'


def inserted(text: str) -> str:
    return f'<w:ins w:id="2" w:author="a">{run(text)}</w:ins>'


def box(*paragraphs: str) -> str:
    """A text box as Word writes it: once for itself, once for old programs."""
    inside = f"<w:txbxContent>{''.join(paragraphs)}</w:txbxContent>"
    names = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    drawn = f"<w:drawing>{inside}</w:drawing>"
    return (
        f"<w:r><mc:AlternateContent {names}><mc:Choice>{drawn}</mc:Choice><mc:Fallback><w:pict>{inside}</w:pict>"
        "</mc:Fallback></mc:AlternateContent></w:r>"
    )


def level(at: int, format_: str, text: str, start: int = 1, more: str = "") -> str:
    return (
        f'<w:lvl w:ilvl="{at}"><w:start w:val="{start}"/><w:numFmt w:val="{format_}"/>{more}'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
    )


def lists(abstract: dict[int, list[str]], numbers: dict[int, tuple[int, str]]) -> str:
    made = "".join(
        f'<w:abstractNum w:abstractNumId="{n}">{"".join(levels)}</w:abstractNum>' for n, levels in abstract.items()
    )
    made += "".join(
        f'<w:num w:numId="{n}"><w:abstractNumId w:val="{of}"/>{override}</w:num>'
        for n, (of, override) in numbers.items()
    )
    return f"<w:numbering {W}>{made}</w:numbering>"


HEADS = ("一级指标", "二级指标", "三级指标", "指标值", "权重")


def automatic_numbers() -> dict[str, str]:
    """Numbers that Word prints: the title's, the rows', the objective's list, of a form and the next one."""
    restart = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
    numbering = lists(
        {
            0: [level(0, "chineseCounting", "%1、", more='<w:pStyle w:val="Part"/>'), level(1, "decimal", "%1.%2")],
            1: [level(0, "decimal", "%1")],
            2: [level(0, "decimalEnclosedCircle", "%1"), level(1, "lowerLetter", "(%2)")],
            3: [level(0, "bullet", "")],
        },
        {1: (0, ""), 2: (1, ""), 3: (1, restart), 4: (2, ""), 5: (2, restart), 6: (3, "")},
    )
    styles = f"""<w:styles {W}><w:style w:type="paragraph" w:default="1" w:styleId="Normal"/>
<w:style w:type="paragraph" w:styleId="Part"><w:basedOn w:val="Normal"/>
<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="Unnumbered"><w:basedOn w:val="Part"/>
<w:pPr><w:numPr><w:numId w:val="0"/></w:numPr></w:pPr></w:style>
</w:styles>"""

    def form(name: str, rows_list: int, goals_list: int, goals: tuple[str, str], amount: str) -> str:
        indicators = (
            ("产出指标", "数量指标", "检修桥梁数量", "≥16座", "20"),
            ("", "质量指标", "检修合格率", "=100%", "20"),
            ("满意度指标", "服务对象满意度指标", "通行群众满意度", "≥90%", "10"),
        )
        return table(
            row(cell("项目名称", span=2), cell(name, span=4)),
            row(cell("资金总额（万元）", span=2), cell(amount, span=4)),
            row(cell("年度绩效目标", span=2), cell(*(p(goal, number=(goals_list, 0)) for goal in goals), span=4)),
            row("序号", *HEADS),
            *(row(cell(p(number=(rows_list, 0))), *one) for one in indicators),
        )

    body = p("2025年项目支出绩效目标表", style="Part")
    body += form("桥梁检修", 2, 4, ("检修桥梁16座。", "更换伸缩缝30道。"), "85.6")
    body += p("2025年项目支出绩效目标表", style="Part") + p("（本表由实施单位填写）", style="Unnumbered", number=(6, 0))
    body += form("隧道照明", 3, 5, ("更换灯具400盏。", "巡查52次。"), "42")
    return {"document.xml": body, "numbering.xml": numbering, "styles.xml": styles}


def controls_boxes_symbols() -> dict[str, str]:
    """Content controls, a title in a text box, symbols of symbol fonts, fields, notes, changes and hidden rows."""
    body = p(run("附件3") + box(p("河道清淤项目绩效自评表"), p("（2024年度）")))
    note = '<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:footnoteReference w:id="2"/></w:r>'
    ticked, empty = symbol("Wingdings 2", "F052"), symbol("Wingdings", "F0A8")
    ge, le = symbol("Symbol", "F0B3"), symbol("Symbol", "F0A3")
    length = p(ge + run("12") + note + run("公里"))
    people = (p("沿岸居民", mark="<w:del/>"), p("满意度"))
    body += table(
        row(cell("项目名称", span=2), control(cell(p(control(run("河道清淤"))), span=5))),
        row(cell("实施单位", span=2), cell(p(inserted("清水县") + deleted("浊水县") + run("水务局")), span=5)),
        row(cell("联系人", span=2), cell(p(control(run("单击此处输入文字。"), hint=True)), span=5)),
        row(cell("项目属性", span=2), cell(p(ticked + run("常年项目 ") + empty + run("一次性项目")), span=5)),
        row(cell("项目资金（万元）", span=2), "年初预算数", "全年预算数", "全年执行数", "执行率", "得分"),
        row(cell("年度资金总额", span=2), "120", "110", cell(p(field("=SUM(ABOVE)", "99"))), "90%", "9"),
        row(cell("年度总体目标", span=2, merge="begin"), cell("预期目标", span=2), cell("实际完成情况", span=3)),
        row(cell(span=2, merge="on"), cell("清淤12公里。", span=2), cell("已清淤12公里。", span=3)),
        row("一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分"),
        row(cell("产出指标", merge="begin"), "数量指标", "清淤长度", cell(length), "12公里", "40", "40"),
        row(cell(merge="on"), "时效指标", "完工天数", cell(p(le + run("90天"))), "80天", "30", "30"),
        row(cell(merge="on"), "成本指标", "每公里成本", "≤10万元", "8.25万元", "10", "10", properties="<w:hidden/>"),
        row("满意度指标", "服务对象满意度指标", cell(*people), cell(p(ge + run("85%"))), "91%", "10", "10"),
        row(cell("总分", span=5), "90", "89"),
        properties_row(),
    )  # fmt: skip
    body += '<w:altChunk r:id="rId9" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"/>'
    return {"document.xml": body}


def properties_row() -> str:
    """A row that was deleted while changes were recorded."""
    return row(cell("备注", span=2), cell("此行已删除", span=5), properties='<w:del w:id="3" w:author="a"/>')


def skipped_columns() -> dict[str, str]:
    """Rows that begin or end inside of the grid, and a merge that goes on for the rest of a form on its next pages."""

    def left(count: int) -> str:
        return f'<w:gridBefore w:val="{count}"/><w:wBefore w:w="800" w:type="dxa"/>'

    body = p("2025年项目支出绩效目标表") + p("单位：万元")
    body += table(
        row("项目名称", cell("堤坝巡护", span=5)),
        row("预算金额", cell("36.5", span=2), properties='<w:gridAfter w:val="3"/>'),
        row("绩效目标", cell("巡护堤坝45公里。", span=5)),
        row(cell("绩效指标", merge="begin"), *HEADS),
        row(
            cell("", merge="on"),
            cell("产出指标", merge="begin"),
            cell("数量指标", merge="begin"),
            "巡护里程",
            "≥45公里",
            "20",
        ),
        row(cell("", merge="on"), cell("", merge="on"), "巡护次数", "≥12次", "20", properties=left(1)),
        row(cell("", merge="on"), "质量指标", "巡护记录完整率", "≥98%", "20", properties=left(1)),
        row("效益指标", "社会效益指标", "险情处置率", "100%", "20", properties=left(1)),
        row("满意度指标", "服务对象满意度指标", "沿线群众满意度", "≥90%", "10", properties=left(1)),
    )
    return {"document.xml": body}


CASES = {
    "automatic-numbers": automatic_numbers,
    "controls-boxes-symbols": controls_boxes_symbols,
    "skipped-columns": skipped_columns,
}


def main() -> None:
    """Write the parts of the cases."""
    for name, make in CASES.items():
        folder = HERE / name
        folder.mkdir(exist_ok=True)
        for part, content in make().items():
            whole = f"<w:document {W}><w:body>{content}</w:body></w:document>" if part == "document.xml" else content
            (folder / part).write_text(whole.replace("</w:tr>", "</w:tr>\n") + "\n", "utf-8")


if __name__ == "__main__":
    main()
