# ruff: noqa: E501 - a form's row, a page's markup and a list of facts read best on one line
"""Forms for one project as the provinces publish them: each function prints one form in one province's wording."""

from __future__ import annotations

from dataclasses import replace

from formfiles.facts import Form
from formfiles.gold import Prints
from formfiles.model import Block, Cell, Row, Table, Words, row
from formfiles.parts import (
    TIERS,
    Column,
    Made,
    Tiers,
    amount,
    before,
    deviation,
    explanation,
    fixed,
    indicator_block,
    indicator_rows,
    nature,
    of,
    part,
    percent_weight,
    score,
    target,
    unit_apart,
    weight,
)  # fmt: skip

_STAGES = ("budget", "adjusted_budget", "executed")
ASCII = {"ge": ">=", "gt": ">", "le": "<=", "lt": "<", "eq": "="}
WORDS = {"ge": "大于等于", "gt": "大于", "le": "小于等于", "lt": "小于", "eq": "等于"}


def sichuan_evaluation(form: Form, *, tiers: Tiers = "merge", hints: bool = True) -> Made:
    """四川: 部门预算项目支出绩效自评表, code before the name, sections with points, targets in three cells, hints left in."""
    form = replace(form, code=f"51000021R0000000{form.department_code}")
    columns = (*TIERS, Column("指标性质", part(0)), Column("指标值", part(1)), Column("度量单位", part(2)), Column("完成值", _done),
               Column("权重", weight), Column("得分", score), Column("未完成原因分析", deviation))  # fmt: skip
    run = form.execution
    hint = "1.预算执行率=预算执行数/调整后预算数，预算执行率未达到90%的需说明原因（100字以内）；2.年中发生预算调整的（追加或调减），应单独说明理由。"
    sources = (
        ("total", "总额"),
        ("fiscal", "其中：财政资金"),
        ("special_account", "财政专户管理资金"),
        ("unit", "单位资金"),
        ("other", "其他资金"),
    )
    money = [
        row(
            ("预算执行情况（10分）", 1, 6),
            "年度预算数（万元）",
            "年初预算",
            "调整后预算数",
            "预算执行数",
            "预算执行率",
            "权重",
            ("得分", 2),
            ("原因", 2),
        )
    ]
    for n, (source, name) in enumerate(sources):
        shown = [amount(form, source, stage) for stage in _STAGES]
        rate = f"{run['rate']}%" if source == "total" else "100.00%" if any(shown) else ""
        cells = row(name, *shown, rate, run["weight"] if n == 0 else "/", (run["score"] if n == 0 else "/", 2))
        money.append([*cells, Cell(hint if hints else "", 2, 5, left=True)] if n == 0 else cells)
    rows: list[Row] = [
        row((f"部门预算项目支出绩效自评表（{form.year}年度）", 11)),
        row("项目名称", (f"{form.code}-{form.name}", 10)),
        row("主管部门", (form.department, 5), "实施单位（盖章）", (form.office, 4)),
        row(("项目基本情况", 1, 3), ("1.项目年度目标完成情况", 2, 2), ("项目年度目标", 4), ("年度目标完成情况", 4)),
        row((form.objective, 4, 1, True), (form.outcome, 4, 1, True)),
        row(("2.项目实施内容及过程概述", 2), ("按计划组织实施。", 8)),
        *money,
        *indicator_block(form, columns, side="绩效指标（90分）", tiers=tiers),
        row("合计", ("", 7), "100", form.score, ""),
        row("评价结论", ("自评总分较高，达到预期目标。", 10)),
        row("存在问题", ("无", 10)),
        row("改进措施", ("结合自评情况，提出下一步改进完善的意见。（200字以内）" if hints else "无", 10)),
        row(("项目负责人：", 6), ("财务负责人：", 5)),
    ]
    prints = Prints(
        split=True, weight=True, score=True, actual=True, deviation=True, stages=_STAGES,
        sources=tuple(source for source, _ in sources),
        fields=frozenset({"objective", "outcome", "execution", "score", "department", "office", "code"}),
    )  # fmt: skip
    blocks: list[Block] = [Words("报表编号：510000_0013zp"), Table([9, 10, 10, 14, 9, 9, 9, 9, 7, 7, 11], rows)]
    return Made(blocks, [(form, prints)], landscape=True)


def _done(one: object) -> str:
    value = one.actual  # type: ignore[attr-defined]
    return value.words or value.number if value is not None else ""


def chongqing_target(form: Form, *, tiers: Tiers = "repeat") -> Made:
    """重庆: weights before the values, 是否核心指标, one wide table without tiers beyond the first where so printed."""
    columns = (*TIERS, Column("指标性质", part(0)), Column("指标值", part(1)), Column("计量单位", part(2)),
               Column("指标权重", weight), Column("是否核心指标", fixed("否")))  # fmt: skip
    rows: list[Row] = [
        row("项目编码", (form.code, 3), "项目名称", (form.name, 4)),
        row("业务主管部门", (form.department, 3), "预算执行率权重（%）", ("10", 4)),
        row(
            "当年预算（万元）",
            (amount(form, "total"), 2),
            "本级安排（万元）",
            (amount(form, "local"), 2),
            "上级补助（万元）",
            (amount(form, "superior"), 2),
        ),
        row("项目概况", ("按照年度工作安排组织实施。", 8)),
        row("立项依据", ("有关规划和会议纪要。", 8)),
        row("当年绩效目标", (form.objective, 8, 1, True)),
        *indicator_block(form, columns, tiers=tiers),
    ]
    blocks: list[Block] = [Words(f"{form.year}年项目支出绩效目标表（一般性项目）", "title"),
                           Words(f"编制单位：{form.office}        单位：万元", "right"),
                           Table([11, 11, 11, 16, 10, 10, 10, 10, 11], rows)]  # fmt: skip
    prints = Prints(
        split=True,
        weight=True,
        sources=("total", "local", "superior"),
        fields=frozenset({"objective", "code", "department"}),
    )
    return Made(blocks, [(form, prints)])


def chongqing_plain(form: Form, **_: object) -> Made:
    """重庆, 部门整体绩效目标表: indicators without any tiers, weights first."""
    columns = (Column("指标名称", "tier3", 2, left=True), Column("指标权重", percent_weight), Column("计量单位", part(2)), Column("指标性质", part(0)),
               Column("指标值", part(1)))  # fmt: skip
    rows: list[Row] = [
        row("部门（单位）名称", (form.department, 2), ("支出预算总额（万元）", 2), (amount(form, "total"), 2)),
        row("当年整体绩效目标", (form.objective, 6, 1, True)),
        *indicator_block(form, columns),
    ]
    blocks: list[Block] = [
        Words(f"{form.year}年部门整体绩效目标表", "title"),
        Table([14, 18, 14, 12, 12, 12, 14], rows),
    ]
    prints = Prints(split=True, weight=True, tiers=0, sources=("total",))
    return Made(blocks, [(form, prints)])


def hubei_target(form: Form, *, tiers: Tiers = "merge") -> Made:
    """湖北: the years before beside the year's target under one head, the long-term table above it."""
    long_columns = (*TIERS, Column("指标值", of("term"), 3), Column("指标值确定依据", explanation))
    year_columns = (
        *TIERS,
        Column("前年", before(0)),
        Column("上年", before(1)),
        Column("预计当年实现", target()),
        Column("", explanation),
    )
    body = indicator_rows(form, year_columns, tiers=tiers)
    heads: list[Row] = [
        row(
            ("年度绩效指标", 1, len(body) + 2),
            ("一级指标", 1, 2),
            ("二级指标", 1, 2),
            ("三级指标", 1, 2),
            ("指标值", 3),
            ("指标值确定依据", 1, 2),
        ),
        row("前年", "上年", "预计当年实现"),
    ]
    rows: list[Row] = [
        row("项目名称", (form.name, 3), "项目代码", (form.code, 3)),
        row("项目主管部门", (form.department, 3), "项目执行单位", (form.office, 3)),
        row("项目负责人", ("", 3), "联系电话", ("", 3)),
        row("项目属性", ("□持续性项目  ☑新增性项目", 7)),
        row("项目总预算", (f"{amount(form, 'total')}万元", 3), "项目当年预算", (f"{amount(form, 'total')}万元", 3)),
        row(("项目资金来源", 1, 4), ("资金来源项目", 4), ("金额（万元）", 3)),
        row(("合计", 4), (amount(form, "total"), 3)),
        row(("1.一般公共预算财政拨款", 4), (amount(form, "fiscal"), 3)),
        row(("2.其他资金", 4), (amount(form, "other"), 3)),
        row(("项目绩效总目标", 1, 2), "长期绩效目标", ("建立长效机制。", 6, 1, True)),
        row("年度绩效目标", (form.objective, 6, 1, True)),
        *indicator_block(form, long_columns, side="长期绩效指标", tiers=tiers),
        *heads,
        *body,
    ]
    prints = Prints(
        sources=("total", "fiscal", "other"), fields=frozenset({"objective", "code", "department", "office"})
    )
    blocks: list[Block] = [
        Words("项目支出绩效目标表", "title"),
        Words(f"（{form.year}年度）"),
        Table([11, 11, 11, 17, 11, 11, 13, 15], rows),
    ]
    return Made(blocks, [(form, prints)])


def xinjiang_target(form: Form, *, tiers: Tiers = "merge", unit: str = "万元") -> Made:
    """新疆: 预算单位名称, amounts in a row, 项目完成指标, a hint in the head of the targets."""
    columns = (Column("一级指标", "tier1"), Column("二级指标", "tier2"), Column("三级指标", "tier3", 2, left=True),
               Column("指标值（包含数字及文字描述）", target(), 3))  # fmt: skip
    rows: list[Row] = [
        row("预算单位名称", (form.office, 3), "项目名称", (form.name, 2)),
        row(
            f"项目资金（{unit}）",
            "资金总额：",
            amount(form, "total", unit=unit),
            "其中：财政拨款",
            amount(form, "fiscal", unit=unit),
            "其他资金",
            amount(form, "other", unit=unit),
        ),
        row("项目总体目标", (form.objective, 6, 1, True)),
        *indicator_block(form, columns, side=None, tiers=tiers, labels="project"),
    ]
    prints = Prints(sources=("total", "fiscal", "other"), unit=unit, fields=frozenset({"objective", "office"}))
    blocks: list[Block] = [
        Words("项目支出绩效目标表", "title"),
        Words(f"（{form.year}年）"),
        Table([14, 14, 14, 14, 14, 14, 14], rows),
    ]
    return Made(blocks, [(form, prints)])


def guangdong_target(form: Form, *, tiers: Tiers = "merge") -> Made:
    """广东: 用款单位, yuan, the values of the whole term and of the year side by side."""
    columns = (*TIERS, Column("实施周期指标值", of("term")), Column("年度指标值", target()))
    first, last = form.term
    rows: list[Row] = [
        row("项目名称", (form.name, 5)),
        row("主管部门名称", (form.department, 2), "用款单位名称", (form.office, 2)),
        row(
            "项目总额（元）",
            (f"{float(amount(form, 'total')) * 30000:,.2f}", 2),
            "年度金额（元）",
            (amount(form, "total", unit="元"), 2),
        ),
        row(("总体绩效目标", 1, 2), (f"实施周期总体目标（{first}年-{last}年）", 3), ("年度总体目标", 2)),
        row(("分三年完成。", 3, 1, True), (form.objective, 2, 1, True)),
        *indicator_block(form, columns, tiers=tiers),
    ]
    prints = Prints(sources=("total",), unit="元", fields=frozenset({"objective", "department", "office"}))
    blocks: list[Block] = [
        Words("部门预算项目支出绩效目标表", "title"),
        Words(f"（{form.year}年度）", "line"),
        Table([11, 12, 13, 24, 15, 15], rows),
    ]
    return Made(blocks, [(form, prints)])


def jiangsu_target(form: Form, *, tiers: Tiers = "merge") -> Made:
    """江苏: the half-year and the year side by side under one head, income and expenditure side by side."""
    columns = (*TIERS, Column("", of("half")), Column("", target()))
    body = indicator_rows(form, columns, tiers=tiers, labels="short")
    rows: list[Row] = [
        row("单位名称", (form.department, 5)),
        row(("整体资金（万元）", 1, 3), ("收入", 2), ("支出", 3)),
        row("财政拨款", amount(form, "fiscal"), ("基本支出", 2), amount(form, "basic")),
        row("资金总额", amount(form, "total"), ("项目支出", 2), amount(form, "project")),
        row("中长期目标", ("持续提升履职能力。", 5, 1, True)),
        row("年度目标", (form.objective, 5, 1, True)),
        row(("绩效指标", 1, len(body) + 2), ("一级指标", 1, 2), ("二级指标", 1, 2), ("三级指标", 1, 2), ("指标值", 2)),
        row("半年（1-6月）", "全年（1-12月）"),
        *body,
    ]
    prints = Prints(sources=("total", "fiscal", "basic", "project"))
    blocks: list[Block] = [
        Words("部门整体支出绩效目标表", "title"),
        Words(f"（{form.year}年度）"),
        Table([13, 13, 14, 24, 16, 16], rows),
    ]
    return Made(blocks, [(form, prints)])


def shanghai_target(form: Form, *, tiers: Tiers = "merge") -> Made:
    """上海: 财政项目支出绩效目标表 with 一级目标, 二级目标, 三级目标, the project's budget in yuan."""
    columns = (
        Column("一级目标", "tier1"),
        Column("二级目标", "tier2"),
        Column("三级目标", "tier3", 2, left=True),
        Column("指标目标值", target(), 2),
    )
    rows: list[Row] = [
        row("项目名称：", (form.name, 2), "项目类别：", ("一般项目", 2)),
        row("计划开始日期：", (f"{form.year}-01-01", 2), "计划完成日期：", (f"{form.year}-12-31", 2)),
        row(
            "项目总预算（元）：",
            (amount(form, "total", unit="元"), 2),
            "项目当年预算（元）：",
            (amount(form, "total", unit="元"), 2),
        ),
        row("项目概况", ("根据职能开展。", 5)),
        row("立项依据", ("有关文件。", 5)),
        row("项目总目标", ("长期稳定发挥效益。", 5)),
        row("年度绩效目标", (form.objective, 5, 1, True)),
        *indicator_block(form, columns, side=None, tiers=tiers, labels="goals"),
    ]
    prints = Prints(sources=("total",), unit="元")
    blocks: list[Block] = [
        Words("财政项目支出绩效目标表", "title"),
        Words(f"（{form.year}年）"),
        Table([17, 15, 14, 17, 16, 14], rows),
    ]
    return Made(blocks, [(form, prints)])


def shaanxi_target(form: Form, *, tiers: Tiers = "merge", labels: str = "long") -> Made:
    """陕西: 指标内容 for the third tier, 实施期资金总额, 总体目标 as a list."""
    columns = (Column("一级指标", "tier1"), Column("二级指标", "tier2"), Column("指标内容", "tier3", left=True), Column("指标值", target()),
               Column("备注", explanation))  # fmt: skip
    rows: list[Row] = [
        row(("专项（项目）名称", 2), (form.name, 4)),
        row(("主管部门", 2), (form.department, 4)),
        row(("资金金额（万元）", 2, 3), ("实施期资金总额：", 2), (amount(form, "total"), 2)),
        row(("其中：财政拨款", 2), (amount(form, "fiscal"), 2)),
        row(("其他资金", 2), (amount(form, "other"), 2)),
        row("总体目标", (form.objective, 5, 1, True)),
        *indicator_block(form, columns, tiers=tiers, labels=labels, side="年度绩效指标"),
    ]
    prints = Prints(sources=("total", "fiscal", "other"), fields=frozenset({"objective", "department"}))
    blocks: list[Block] = [Words(f"{form.year}年部门预算项目绩效目标表", "title"), Table([9, 12, 14, 26, 16, 23], rows)]
    return Made(blocks, [(form, prints)])


def liaoning_target(form: Form, *, tiers: Tiers = "blank") -> Made:
    """辽宁: signs in words, 运算符号, a column of deadlines after the unit."""
    columns = (*TIERS, Column("运算符号", part(0, WORDS)), Column("指标值", part(1)), Column("度量单位", part(2)), Column("分值", weight),
               Column("完成时限", fixed("12月")))  # fmt: skip
    rows: list[Row] = [
        row(("项目（政策）名称", 2), (form.name, 6)),
        row(("主管部门", 2), (form.department, 2), ("实施单位", 2), (form.office, 2)),
        row(("预算资金情况（万元）", 2, 3), ("预算资金总额", 2), (amount(form, "total"), 4)),
        row(("其中：财政拨款", 2), (amount(form, "fiscal"), 4)),
        row(("上年结转资金", 2), (amount(form, "carryover"), 4)),
        row(("总体目标", 2), (form.objective, 6, 1, True)),
        *indicator_block(form, columns, side=None, tiers=tiers),
    ]
    prints = Prints(
        split=True,
        signs=WORDS,
        weight=True,
        sources=("total", "fiscal", "carryover"),
        fields=frozenset({"objective", "department", "office"}),
    )
    blocks: list[Block] = [
        Words(f"{form.year}年度项目（政策）绩效目标表", "title"),
        Table([12, 12, 22, 12, 12, 10, 9, 11], rows),
    ]
    return Made(blocks, [(form, prints)])


def hebei_target(form: Form, *, tiers: Tiers = "merge") -> Made:
    """河北: 绩效指标描述 before the value, a spending plan by quarter, the amount in a grid of its own."""
    columns = (
        *TIERS,
        Column("绩效指标描述", explanation, left=True),
        Column("指标值", target()),
        Column("指标值确定依据", fixed("年度工作计划"), 2),
    )
    rows: list[Row] = [
        row("项目编码", (form.code, 2), "项目名称", (form.name, 3)),
        row(
            ("预算规模及资金用途", 1, 2),
            "预算数",
            amount(form, "total"),
            "其中：财政资金",
            amount(form, "fiscal"),
            "其他资金",
            "",
        ),
        row(("用于年度重点工作。", 6, 1, True)),
        row(("资金支出计划（%）", 1, 2), "3月底", "6月底", ("10月底", 2), ("12月底", 2)),
        row("25", "50", ("80", 2), ("100", 2)),
        row("绩效目标", (form.objective, 6, 1, True)),
        *indicator_block(form, columns, side=None, tiers=tiers),
    ]
    prints = Prints(explanation=True, sources=("total", "fiscal"), fields=frozenset({"objective", "code"}))
    blocks: list[Block] = [Words(f"{form.department}{form.year}年部门预算绩效目标", "title"), Words(f"1.{form.name}绩效目标表", "heading"),
                           Words(f"{form.department_code}{form.department}          单位：万元"), Table([14, 12, 18, 18, 13, 12, 13], rows)]  # fmt: skip
    return Made(blocks, [(form, prints)])


def fujian_target(form: Form, *, tiers: Tiers = "merge") -> Made:
    """福建: 目标值 with its unit in the next cell, 绩效目标指标, weights in percent."""
    columns = (
        *TIERS,
        Column("目标值", unit_apart(0)),
        Column("计量单位", unit_apart(1)),
        Column("权重", percent_weight),
    )
    rows: list[Row] = [
        row("项目名称", (form.name, 3), "项目编码", (form.code, 2)),
        row("主管部门", (form.department, 3), "项目实施单位", (form.office, 2)),
        row(("资金情况（万元）", 1, 2), ("资金总额", 3), "财政拨款", ("其他资金", 2)),
        row((amount(form, "total"), 3), amount(form, "fiscal"), (amount(form, "other"), 2)),
        row("总体目标", (form.objective, 6, 1, True)),
        *indicator_block(form, columns, side="绩效目标指标", tiers=tiers),
    ]
    prints = Prints(
        unit_cell=True,
        weight=True,
        sources=("total", "fiscal", "other"),
        fields=frozenset({"objective", "code", "department", "office"}),
    )
    blocks: list[Block] = [
        Words("项目支出绩效目标表", "title"),
        Words(f"（{form.year}年度）"),
        Table([11, 11, 12, 24, 14, 12, 10], rows),
    ]
    return Made(blocks, [(form, prints)])


def two_tiers(form: Form, **_: object) -> Made:
    """A form with two tiers only: 一级指标 and the indicators below it."""
    columns = (
        Column("一级指标", "tier1"),
        Column("二级指标", "tier3", 2, left=True),
        Column("目标值", target()),
        Column("分值", weight),
    )
    rows: list[Row] = [
        row("项目名称", (form.name, 5)),
        row("项目单位", (form.office, 2), "资金总额", (f"{amount(form, 'total')}万元", 2)),
        row("绩效目标", (form.objective, 5, 1, True)),
        *indicator_block(form, columns),
    ]
    prints = Prints(weight=True, tiers=2, sources=("total",), fields=frozenset({"objective", "office"}))
    blocks: list[Block] = [Words(f"{form.year}年专项资金绩效目标表", "title"), Table([12, 14, 20, 14, 14, 10], rows)]
    return Made(blocks, [(form, prints)])


def typed_target(form: Form, *, tiers: Tiers = "merge") -> Made:
    """湖南 (one project): costs first, 指标值类型, 度量单位, 评（扣）分标准, 备注."""
    columns = (*TIERS, Column("指标值", unit_apart(0)), Column("指标值内容", explanation, left=True), Column("评（扣）分标准", fixed("未达标按比例扣分")),
               Column("度量单位", unit_apart(1)), Column("指标值类型", nature), Column("备注", fixed("")))  # fmt: skip
    rows: list[Row] = [
        row("单位（专项）名称", (form.name, 9)),
        row("主管部门", (form.department, 4), "资金总额", (f"{amount(form, 'total')}万元", 4)),
        row("年度绩效目标", (form.objective, 9, 1, True)),
        *indicator_block(form, columns, tiers=tiers),
    ]
    prints = Prints(unit_cell=True, sources=("total",), fields=frozenset({"objective", "department"}))
    blocks: list[Block] = [
        Words("项目支出绩效目标表", "title"),
        Words(f"（{form.year}年度）"),
        Table([10, 10, 10, 16, 10, 16, 12, 8, 8, 6], rows),
    ]
    return Made(blocks, [(form, prints)], landscape=True)
