# ruff: noqa: E501 - a form's row, a page's markup and a list of facts read best on one line
"""Tables of many projects, a row for each indicator, as 四川, 云南, 湖南, 北京, 浙江 and 河南 publish them."""

from __future__ import annotations

from collections.abc import Sequence

from formfiles.facts import Form
from formfiles.gold import Prints
from formfiles.model import Block, Cell, Row, Table, Words, row
from formfiles.parts import (
    LABELS,
    TIERS,
    Column,
    Made,
    Tiers,
    amount,
    direction,
    explanation,
    fixed,
    head_row,
    indicator_rows,
    nature,
    part,
    percent_weight,
    target,
    unit_apart,
    weight,
)  # fmt: skip
from formfiles.provinces import ASCII


def _long(forms: Sequence[Form], heads: Row, columns: Sequence[Column], widths: list[float], cells: list[list[str]],
          *, tiers: Tiers, owners: str = "merge", subtotal: str = "") -> Table:  # fmt: skip
    """A long table: the cells that name a project (merged, printed once or repeated), then its indicators."""
    rows: list[Row] = [heads]
    if subtotal:
        rows.append([Cell(subtotal), *(Cell("") for _ in range(len(widths) - 1))])
    for form, own in zip(forms, cells, strict=True):
        body = indicator_rows(form, columns, tiers=tiers)
        for n, line in enumerate(body):
            if owners == "merge":
                lead = [Cell(text, 1, len(body), left=True) for text in own] if n == 0 else []
            else:
                lead = [Cell(text if n == 0 or owners == "repeat" else "", left=True) for text in own]
            rows.append([*lead, *line])
    return Table(widths, rows, head_rows=1)


def sichuan_list(forms: Sequence[Form], *, tiers: Tiers = "repeat", owners: str = "merge") -> Made:
    """四川: 部门预算项目绩效目标表, twelve columns, a row of the unit's total first."""
    columns = (*TIERS, Column("指标性质", part(0)), Column("指标值", part(1)), Column("度量单位", part(2)), Column("权重", weight),
               Column("指标方向性", direction))  # fmt: skip
    heads = [Cell("单位名称"), Cell("项目名称"), Cell("预算数"), Cell("年度目标"), *head_row(columns)]
    cells = [[f"{f.department_code}-{f.department}", f.name, amount(f, "total"), f.objective] for f in forms]
    table = _long(forms, heads, columns, [9, 12, 7, 16, 8, 8, 12, 6, 8, 7, 5, 7], cells, tiers=tiers, owners=owners)
    total = f"{sum(float(f.money['budget', 'total']) for f in forms):.2f}"
    table.rows.insert(
        1,
        [
            Cell(f"{forms[0].department_code}-{forms[0].department}"),
            Cell(""),
            Cell(total),
            *(Cell("") for _ in range(9)),
        ],
    )
    blocks: list[Block] = [
        Words("部门预算项目绩效目标表", "title"),
        Words(f"（{forms[0].year}年度）"),
        Words("金额单位：万元", "right"),
        table,
    ]
    prints = Prints(
        split=True, weight=True, direction=True, sources=("total",), fields=frozenset({"objective", "department"})
    )
    return Made(blocks, [(form, prints) for form in forms], landscape=True)


def yunnan_list(forms: Sequence[Form], **_: object) -> Made:
    """云南: names and tiers as steps, each on a row of its own; signs typed as >=."""
    heads = row(
        "单位名称、项目名称",
        "项目年度绩效目标",
        "一级指标",
        "二级指标",
        "三级指标",
        "指标性质",
        "指标值",
        "度量单位",
        "指标属性",
        "指标内容",
    )
    rows: list[Row] = [heads, row(*(str(n) for n in range(1, 11))), row(forms[0].department, *[""] * 9)]
    names = LABELS["plain"]
    for form in forms:
        rows.append(row(f"  {form.name}", (form.objective, 1, 1, True), *[""] * 8))
        tier1 = tier2 = ""
        for one in form.indicators:
            if one.tier1 != tier1:
                tier1, tier2 = one.tier1, ""
                rows.append(row("", "", names[tier1], *[""] * 7))
            if one.tier2 != tier2:
                tier2 = one.tier2
                rows.append(row("", "", "", names[tier2], *[""] * 6))
            cells = [part(n, ASCII)(one) for n in range(3)]
            rows.append(row(*[""] * 4, one.name, *cells, nature(one), one.explanation))
    blocks: list[Block] = [Words("项目支出绩效目标表（本次下达）", "title"), Words(f"（{forms[0].year}年）"),
                           Words(f"单位名称：{forms[0].department}"), Table([14, 20, 8, 9, 14, 6, 9, 7, 8, 12], rows, head_rows=1)]  # fmt: skip
    prints = Prints(split=True, signs=ASCII, explanation=True, sources=())
    return Made(blocks, [(form, prints) for form in forms], landscape=True)


def yunnan_merged(forms: Sequence[Form], *, tiers: Tiers = "blank", owners: str = "merge") -> Made:
    """云南, the newer form: a row for each indicator, the project's cells merged."""
    columns = (*TIERS, Column("指标性质", part(0, ASCII)), Column("指标值", part(1)), Column("度量单位", part(2)), Column("指标属性", nature),
               Column("指标内容", explanation))  # fmt: skip
    heads = [Cell("单位名称、项目名称"), Cell("项目年度绩效目标"), *head_row(columns)]
    table = _long(forms, heads, columns, [14, 20, 8, 9, 14, 6, 9, 7, 8, 12], [[f.name, f.objective] for f in forms],
                  tiers=tiers, owners=owners, subtotal=forms[0].department)  # fmt: skip
    blocks: list[Block] = [Words(f"{forms[0].year}年部门项目支出绩效目标表", "title"), table]
    prints = Prints(split=True, signs=ASCII, explanation=True, sources=())
    return Made(blocks, [(form, prints) for form in forms], landscape=True)


def hunan_list(forms: Sequence[Form], *, tiers: Tiers = "merge", owners: str = "merge") -> Made:
    """湖南: a head over two rows, costs first, the type of each value, notes at the end."""
    columns = (*TIERS, Column("指标值", unit_apart(0)), Column("指标值内容", explanation), Column("评（扣）分标准", fixed("未完成按比例扣分")),
               Column("度量单位", unit_apart(1)), Column("指标值类型", nature))  # fmt: skip
    upper = row(
        ("单位编码", 1, 2),
        ("单位（专项）名称", 1, 2),
        ("资金总额", 1, 2),
        ("年度绩效目标", 1, 2),
        ("绩效指标", 8),
        ("备注", 1, 2),
    )
    rows: list[Row] = [upper, head_row(columns)]
    rows.append(
        row(
            forms[0].department_code,
            forms[0].department,
            f"{sum(float(f.money['budget', 'total']) for f in forms):.2f}",
            *[""] * 10,
        )
    )
    for form in forms:
        body = indicator_rows(form, columns, tiers=tiers)
        for n, line in enumerate(body):
            own = [form.department_code, form.name, amount(form, "total"), form.objective]
            lead = (
                ([Cell(t, 1, len(body)) for t in own] if n == 0 else [])
                if owners == "merge"
                else [Cell(t if n == 0 else "") for t in own]
            )
            last = ([Cell("", 1, len(body))] if n == 0 else []) if owners == "merge" else [Cell("")]
            rows.append([*lead, *line, *last])
    blocks: list[Block] = [Words("项目支出绩效目标表", "title"), Words(f"部门：{forms[0].department_code}_{forms[0].department}        {forms[0].year}年度        单位：万元"),
                           Table([6, 11, 7, 14, 7, 8, 11, 7, 11, 9, 6, 6, 5], rows, head_rows=2)]  # fmt: skip
    prints = Prints(unit_cell=True, sources=("total",), fields=frozenset({"objective"}))
    return Made(blocks, [(form, prints) for form in forms], landscape=True)


def beijing_list(forms: Sequence[Form], *, tiers: Tiers = "repeat", owners: str = "repeat") -> Made:
    """北京: everything repeated in every row, 绩效指标性质 and 绩效度量单位 apart."""
    columns = (*TIERS, Column("绩效指标性质", part(0)), Column("绩效指标值", part(1)), Column("绩效度量单位", part(2)))
    heads = [Cell("单位名称"), Cell("项目名称"), Cell("项目金额（元）"), Cell("项目绩效目标"), *head_row(columns)]
    cells = [[f.office, f.name, amount(f, "total", unit="元"), f.objective] for f in forms]
    table = _long(forms, heads, columns, [10, 12, 10, 18, 9, 9, 14, 7, 9, 7], cells, tiers=tiers, owners=owners)
    blocks: list[Block] = [Words(f"项目支出绩效表（{forms[0].year}年度）", "title"), table]
    prints = Prints(split=True, sources=("total",), unit="元", fields=frozenset({"objective"}))
    return Made(blocks, [(form, prints) for form in forms], landscape=True)


def zhejiang_list(forms: Sequence[Form], *, tiers: Tiers = "blank", owners: str = "blank") -> Made:
    """浙江: a running number, money in three columns under one head, weights in percent, totals at the foot."""
    columns = (*TIERS, Column("年度指标值", target()), Column("权重", percent_weight))
    upper = row(
        ("序号", 1, 2),
        ("项目名称", 1, 2),
        (f"{forms[0].year}年预算（万元）", 3),
        ("年度绩效目标", 1, 2),
        ("绩效指标", 5),
    )
    rows: list[Row] = [upper, row("合计", "财政拨款", "其他资金", *(c.head for c in columns))]
    for number, form in enumerate(forms, 1):
        body = indicator_rows(form, columns, tiers=tiers)
        own = [
            str(number),
            form.name,
            amount(form, "total"),
            amount(form, "fiscal"),
            amount(form, "other"),
            form.objective,
        ]
        for n, line in enumerate(body):
            lead = (
                ([Cell(t, 1, len(body)) for t in own] if n == 0 else [])
                if owners == "merge"
                else [Cell(t if n == 0 or owners == "repeat" else "") for t in own]
            )
            rows.append([*lead, *line])
    total = f"{sum(float(f.money['budget', 'total']) for f in forms):.2f}"
    rows.append(row(("合计", 2), total, total, *[""] * 7))
    blocks: list[Block] = [
        Words(f"{forms[0].department}{forms[0].year}年项目支出绩效目标表", "title"),
        Table([5, 13, 8, 8, 8, 18, 9, 9, 15, 11, 6], rows, head_rows=2),
    ]
    prints = Prints(weight=True, sources=("total", "fiscal", "other"), fields=frozenset({"objective"}))
    return Made(blocks, [(form, prints) for form in forms], landscape=True)


def henan_list(forms: Sequence[Form], **_: object) -> Made:
    """河南: the first tiers as heads, indicators and values side by side below them."""
    firsts = ["cost", "output", "benefit", "satisfaction"]
    upper = row(("项目编码", 1, 3), ("项目名称", 1, 3), ("项目金额（万元）", 3), ("绩效目标", 8))
    middle = row(
        ("资金总额", 1, 2), ("政府预算资金", 1, 2), ("单位资金", 1, 2), *((LABELS["plain"][f], 2) for f in firsts)
    )
    lower = row(*(text for _ in firsts for text in ("三级指标", "指标值")))
    rows: list[Row] = [upper, middle, lower]
    for form in forms:
        groups = [[i for i in form.indicators if i.tier1 == f] for f in firsts]
        depth = max(map(len, groups))
        for n in range(depth):
            own = [form.code, form.name, amount(form, "total"), amount(form, "fiscal"), amount(form, "unit")]
            lead = [Cell(t, 1, depth) for t in own] if n == 0 else []
            cells = [Cell(t) for g in groups for t in ((g[n].name, target()(g[n])) if n < len(g) else ("", ""))]
            rows.append([*lead, *cells])
        form.indicators = [group[n] for n in range(depth) for group in groups if n < len(group)]  # as printed
    blocks: list[Block] = [Words(f"{forms[0].year}年预算项目绩效目标汇总表", "title"), Words(f"部门（单位）名称：{forms[0].department}"),
                           Table([9, 10, 7, 7, 6, 10, 8, 10, 8, 10, 8, 10, 8], rows, head_rows=3)]  # fmt: skip
    prints = Prints(tiers=2, sources=("total", "fiscal", "unit"), fields=frozenset({"code"}))
    return Made(blocks, [(form, prints) for form in forms], landscape=True)
