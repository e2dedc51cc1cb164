# ruff: noqa: E501 - a form's row, a page's markup and a list of facts read best on one line
"""The Ministry of Finance's forms and those that follow them closely: 财预〔2020〕10号, 财预〔2021〕101号, 财预〔2015〕88号."""

from __future__ import annotations

from formfiles.facts import Form
from formfiles.gold import Prints
from formfiles.model import Block, Row, Table, Words, row
from formfiles.parts import (
    TIERS,
    Column,
    Made,
    Tiers,
    actual,
    amount,
    deviation,
    indicator_block,
    of,
    score,
    target,
    weight,
)  # fmt: skip

_STAGES = ("budget", "adjusted_budget", "executed")
_DASH = "—"
_SOURCES = (("fiscal", "其中：当年财政拨款"), ("carryover", "上年结转资金"), ("other", "其他资金"))


def _funds(form: Form, sources: tuple[tuple[str, str], ...], label: str, wide: int, unit: str = "万元") -> list[Row]:
    """The funding block of a self-evaluation: sources against stages, with points, rate and score."""
    run = form.execution
    heads = row(
        (label, 1, len(sources) + 2), ("", wide), "年初预算数", "全年预算数", "全年执行数", "分值", "执行率", "得分"
    )
    rows = [heads]
    for n, (source, name) in enumerate((("total", "年度资金总额"), *sources)):
        amounts = [amount(form, source, stage, unit) or (_DASH if n % 2 else "") for stage in _STAGES]
        extra = [run["weight"], f"{run['rate']}%", run["score"]] if n == 0 else [_DASH, "", _DASH]
        rows.append(row((name, wide), *amounts, *extra))
    return rows


def self_evaluation(form: Form, *, tiers: Tiers = "merge", points: str = "", title_inside: bool = False,
                    unit: str = "万元", sources: tuple[tuple[str, str], ...] = _SOURCES) -> Made:  # fmt: skip
    """项目支出绩效自评表 (财预〔2020〕10号, annex 1)."""
    columns = (*TIERS, Column("年度指标值", target()), Column("实际完成值", actual, 2), Column("分值", weight),
               Column("得分", score), Column("偏差原因分析及改进措施", deviation, left=True))  # fmt: skip
    rows: list[Row] = [
        row("项目名称", (form.name, 9)),
        row("主管部门", (form.department, 4), "实施单位", (form.office, 4)),
        *_funds(form, sources, f"项目资金（{unit}）", 3, unit),
        row(("年度总体目标", 1, 2), ("预期目标", 5), ("实际完成情况", 4)),
        row((form.objective, 5, 1, True), (form.outcome, 4, 1, True)),
        *indicator_block(form, columns, tiers=tiers, points=points),
        row(("总分", 7), "100", form.score, ""),
    ]
    widths = [7, 9, 9, 14, 11, 10, 8, 7, 7, 14]
    title = f"项目支出绩效自评表\n（{form.year}年度）"
    blocks: list[Block] = [Table(widths, rows)]
    if title_inside:
        rows.insert(0, row((title, 10)))
    else:
        blocks = [Words("项目支出绩效自评表", "title"), Words(f"（{form.year}年度）"), *blocks]
    prints = Prints(
        weight=True, score=True, actual=True, deviation=True, stages=_STAGES, unit=unit,
        sources=("total", *(source for source, _ in sources)),
        fields=frozenset({"objective", "outcome", "execution", "score", "department", "office"}),
    )  # fmt: skip
    return Made(blocks, [(form, prints)])


def transfer_evaluation(form: Form, *, tiers: Tiers = "merge") -> Made:
    """转移支付区域（项目）绩效自评表: three levels of funds, rate of execution beside them, no points."""
    stages = ("adjusted_budget", "executed")
    columns = (*TIERS, Column("指标值", target()), Column("全年实际完成值", actual),
               Column("未完成原因和改进措施", deviation, left=True))  # fmt: skip
    money: list[Row] = [
        row(
            ("资金投入情况（万元）", 1, 5), ("", 2), "全年预算数（A）", "全年执行数（B）", ("预算执行率（B/A×100%）", 2)
        )
    ]
    for source, name in (
        ("total", "年度资金总额"),
        ("superior", "其中：中央财政资金"),
        ("local", "地方资金"),
        ("other", "其他资金"),
    ):
        rate = f"{form.execution['rate']}%" if source == "total" else ""
        money.append(row((name, 2), *(amount(form, source, stage) for stage in stages), (rate, 2)))
    rows: list[Row] = [
        row("转移支付（项目）名称", (form.name, 6)),
        row("中央主管部门", ("水利部", 6)),
        row("地方主管部门", (form.department, 2), "资金使用单位", (form.office, 3)),
        *money,
        row(("总体目标完成情况", 1, 2), ("总体目标", 3), ("全年实际完成情况", 3)),
        row((form.objective, 3, 1, True), (form.outcome, 3, 1, True)),
        *indicator_block(form, columns, tiers=tiers),
        row("说明", ("请在此处简要说明各级审计和财政监督中发现的问题及其所涉及的金额，如没有请填无。", 6)),
    ]
    title = f"{form.year}年中央对地方专项转移支付区域绩效自评表"
    prints = Prints(
        actual=True, deviation=True, stages=stages, sources=("total", "superior", "local", "other"),
        fields=frozenset({"objective", "outcome", "office", "rate"}),
    )  # fmt: skip
    return Made([Words(title, "title"), Table([10, 10, 12, 18, 14, 14, 16], rows)], [(form, prints)])


def target_form_101(form: Form, *, tiers: Tiers = "merge", title_inside: bool = False) -> Made:
    """项目支出绩效目标表 (财预〔2021〕101号): tiers of cost, output, benefit, satisfaction with weights."""
    columns = (Column("一级指标", "tier1"), Column("二级指标", "tier2"), Column("三级指标", "tier3"), Column("指标值", target()),
               Column("分值权重（90分）", weight))  # fmt: skip
    rows: list[Row] = [
        row("项目名称", (form.name, 5)),
        row("主管部门及代码", (f"[{form.department_code}]{form.department}", 2), "实施单位", (form.office, 2)),
        row(
            ("项目资金（万元）", 1, 3), ("年度资金总额：", 2), (amount(form, "total"), 2), ("执行率分值（10分）", 1, 3)
        ),
        row(("其中：财政拨款", 2), (amount(form, "fiscal"), 2)),
        row(("其他资金", 2), (amount(form, "other"), 2)),
        row("年度总体目标", (form.objective, 5, 1, True)),
        *indicator_block(form, columns, tiers=tiers),
    ]
    title = f"项目支出绩效目标表\n（{form.year}年度）"
    blocks: list[Block] = [Table([12, 12, 14, 26, 20, 16], rows)]
    if title_inside:
        rows.insert(0, row((title, 6)))
    else:
        blocks = [Words("项目支出绩效目标表", "title"), Words(f"（{form.year}年度）"), *blocks]
    prints = Prints(
        weight=True, sources=("total", "fiscal", "other"), fields=frozenset({"objective", "department", "office"})
    )
    return Made(blocks, [(form, prints)])


def target_form_88(form: Form, *, tiers: Tiers = "merge") -> Made:
    """项目支出绩效目标申报表 (财预〔2015〕88号): the whole term and the year side by side, with their own names."""
    columns = (Column("一级指标", "tier1"), Column("二级指标", "tier2"), Column("三级指标", "tier3"), Column("指标值", of("term")),
               Column("二级指标", "tier2"), Column("三级指标", "tier3"), Column("指标值", target()))  # fmt: skip
    first, last = form.term
    funds = [
        row(
            ("项目资金（万元）", 1, 3),
            ("中期资金总额：", 2),
            (f"{float(amount(form, 'total')) * 3:.2f}", 2),
            ("年度资金总额：", 2),
            amount(form, "total"),
        ),
        row(
            ("其中：财政拨款", 2),
            (f"{float(amount(form, 'fiscal')) * 3:.2f}", 2),
            ("其中：财政拨款", 2),
            amount(form, "fiscal"),
        ),
        row(("其他资金", 2), ("", 2), ("其他资金", 2), amount(form, "other")),
    ]
    rows: list[Row] = [
        row("项目名称", (form.name, 7)),
        row("主管部门及代码", (f"{form.department_code}-{form.department}", 3), ("实施单位", 2), (form.office, 2)),
        row("项目属性", ("延续项目", 3), ("项目期", 2), (f"{first}年—{last}年", 2)),
        *funds,
        row(("总体目标", 1, 2), (f"中期目标（{first}年—{last}年）", 4), ("年度目标", 3)),
        row(("三年内建成长效机制。", 4, 1, True), (form.objective, 3, 1, True)),
        *indicator_block(form, columns, tiers=tiers),
    ]
    title = "项目支出绩效目标申报表"
    prints = Prints(sources=("total", "fiscal", "other"), fields=frozenset({"objective", "department", "office"}))
    blocks: list[Block] = [
        Words(title, "title"),
        Words(f"（{form.year}年度）"),
        Table([9, 10, 10, 16, 13, 10, 16, 14], rows),
    ]
    return Made(blocks, [(form, prints)])


def department_target(form: Form, *, tiers: Tiers = "merge") -> Made:
    """部门整体支出绩效目标表: tasks of the year with their money, the objective, and weights."""
    columns = (*TIERS, Column("指标值", target(), 2), Column("权重", weight))
    tasks: list[Row] = [row(("年度主要任务", 1, len(form.tasks) + 3), ("任务名称", 1, 2), ("主要内容", 2, 2), ("预算金额（万元）", 3)),
                        row("总额", "财政拨款", "其他资金")]  # fmt: skip
    for n, (name, what) in enumerate(form.tasks, 1):
        tasks.append(row(name, (what, 2, 1, True), f"{n * 100}.00", f"{n * 100}.00", ""))
    tasks.append(row(("金额合计", 3), amount(form, "total"), amount(form, "fiscal"), ""))
    rows: list[Row] = [
        row("部门（单位）名称", (form.department, 6)),
        *tasks,
        row("年度总体目标", (form.objective, 6, 1, True)),
        *indicator_block(form, columns, tiers=tiers, side="年度绩效指标"),
    ]
    prints = Prints(weight=True, sources=("total", "fiscal"), fields=frozenset({"objective"}))
    blocks: list[Block] = [
        Words(f"{form.year}年度部门整体支出绩效目标表", "title"),
        Table([12, 12, 14, 24, 13, 13, 12], rows),
    ]
    return Made(blocks, [(form, prints)])


def department_evaluation(form: Form, *, tiers: Tiers = "blank") -> Made:
    """部门整体支出绩效自评表 with basic and project expenditure, percentages in the score column's head."""
    columns = (*TIERS, Column("年度指标值（A）", target()), Column("实际完成值（B）", actual), Column("分值", weight), Column("自评得分", score),
               Column("未完成原因及改进措施", deviation))  # fmt: skip
    run = form.execution
    heads = ("年初预算数", "全年预算数（A）", "全年执行数（B）", "分值（10分）", "执行率（B/A）", "得分")
    money = [row(("部门整体支出（万元）", 1, 3), ("", 2), *heads)]
    for source, name in (("total", "年度资金总额"), ("fiscal", "其中：财政拨款")):
        extra = (run["weight"], f"{run['rate']}%", run["score"]) if source == "total" else ("/", "/", "/")
        money.append(row((name, 2), *(amount(form, source, stage) for stage in _STAGES), *extra))
    rows: list[Row] = [
        row("单位名称", (form.department, 5), "自评得分", (form.score, 2)),
        *money,
        row(("年度总体目标", 1, 2), ("年初设定目标", 5), ("全年完成情况", 3)),
        row((form.objective, 5, 1, True), (form.outcome, 3, 1, True)),
        *indicator_block(form, columns, tiers=tiers, points="（{}分）"),
        row("自评等级", (form.grade, 8)),
        row(("填报人：（略） 联系电话：（略）", 9)),
    ]
    prints = Prints(
        weight=True, score=True, actual=True, deviation=True, stages=_STAGES, sources=("total", "fiscal"),
        fields=frozenset({"objective", "outcome", "execution", "score", "grade"}),
    )  # fmt: skip
    blocks: list[Block] = [
        Words(f"{form.year}年度部门整体支出绩效自评表", "title"),
        Table([10, 11, 11, 18, 12, 11, 9, 8, 10], rows),
    ]
    return Made(blocks, [(form, prints)])
