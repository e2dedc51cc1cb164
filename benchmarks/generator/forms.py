"""The layouts of performance forms: a form's facts as a table with merged cells, as finance bureaus print them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby

from generator.blocks import Cell, Row, Table
from generator.facts import Form, Indicator, Unit, Value

Column = tuple[str, int, Callable[[Indicator], Cell]]
"""A column of the indicator rows: its head, how many positions it takes, and its cell."""

DIRECTIONS = {"positive": "正向指标", "negative": "反向指标", None: ""}


def _head(text: str, columns: int = 1, rows: int = 1) -> Cell:
    return Cell(text, columns, rows, head=True)


def _left(text: str, columns: int = 1, rows: int = 1) -> Cell:
    return Cell(text, columns, rows, "left")


def _raw(value: Value | None) -> str:
    return value.raw if value else ""


def _coded(unit: Unit | None, pattern: str = "[{code}]{name}") -> str:
    if unit is None:
        return ""
    return pattern.format(code=unit.code, name=unit.name) if unit.code else unit.name


def _tier_rows(indicators: Sequence[Indicator], columns: Sequence[Column], merge: bool = True) -> list[Row]:
    """Rows of indicators; with `merge` equal neighbours of tiers 1 and 2 share one cell."""
    rows: list[Row] = []
    for _, of_tier1 in groupby(indicators, (lambda row: row.tier1) if merge else id):
        group1 = list(of_tier1)
        first1 = True
        for _, of_tier2 in groupby(group1, (lambda row: row.tier2) if merge else id):
            group2 = list(of_tier2)
            for number, row in enumerate(group2):
                tiers = [Cell(row.tier1, rows=len(group1))] if first1 else []
                tiers += [Cell(row.tier2, rows=len(group2))] if number == 0 else []
                rows.append((*tiers, _left(row.tier3), *(make(row) for _, _, make in columns)))
                first1 = False
    return rows


def _indicator_block(side: str, form: Form, columns: Sequence[Column]) -> list[Row]:
    """The head of the indicator rows and the rows, with the side cell that spans them all."""
    heads = tuple(_head(text, width) for text, width, _ in columns)
    rows = _tier_rows(form.indicators, columns)
    first = (_head(side, rows=len(rows) + 1), _head("一级指标"), _head("二级指标"), _head("三级指标"), *heads)
    return [first, *rows]


def _value(columns: int = 1) -> Column:
    return ("指标值", columns, lambda row: Cell(_raw(row.target), columns))


def _explained(head: str, columns: int = 1) -> Column:
    return (head, columns, lambda row: _left(row.explanation or "", columns))


def _funding_block(side: str, form: Form, side_columns: int, label_columns: int, amount_columns: int) -> list[Row]:
    lines = form.funding
    rows: list[Row] = []
    for number, line in enumerate(lines):
        lead = (_head(side, side_columns, len(lines)),) if number == 0 else ()
        rows.append((*lead, _left(line.label, label_columns), Cell(line.budget or "", amount_columns)))
    return rows


def department_approval(form: Form) -> Table:
    """The department form with its means by kind, its duties and explained indicators."""
    note: Column = ("备注（指标解释等）", 1, lambda _: Cell())
    rows = [
        (_head("部门（单位）及代码", 2), Cell(_coded(form.department), 5)),
        *_funding_block(f"部门（单位）总体资金情况（{form.money}）：", form, 2, 2, 3),
        (_head("部门（单位）职能概述", 2), _left(form.duties, 5)),
        (_head("部门（单位）年度总体目标", 2), _left(form.objective, 5)),
        *_indicator_block("绩效指标", form, [_value(), note, _explained("指标值说明（评分标准等）")]),
    ]
    return Table((4, 8, 11, 27, 13, 10, 27), tuple(rows), size=9.5)


def department_approval_early(form: Form) -> Table:
    """The department form of earlier years, with one column of remarks."""
    rows = [
        (_head("部门（单位）名称", 2), Cell(form.name, 4)),
        *_funding_block(f"部门（单位）总体资金情况（{form.money}）：", form, 2, 1, 3),
        (_head("部门职能概述", 2), _left(form.duties, 4)),
        (_head("部门年度绩效目标", 2), _left(form.objective, 4)),
        *_indicator_block("绩效指标", form, [_value(), _explained("说明")]),
    ]
    return Table((6, 9, 13, 30, 16, 26), tuple(rows), size=9)


def _project_head(form: Form, columns: tuple[int, int, int, int], department: str = "主管部门及代码") -> list[Row]:
    """Name (with a code, where the project has one), department and implementing unit."""
    label, value, label2, value2 = columns
    name: Row = (_head("项目名称", label), Cell(form.name, value + label2 + value2))
    if form.code:
        name = (_head("项目名称", label), Cell(form.name, value), _head("项目编码", label2), Cell(form.code, value2))
    unit = form.implementing_unit
    printed = _coded(unit)
    units = (
        _head(department, label),
        Cell(_coded(form.department), value),
        _head("实施单位", label2),
        Cell(printed, value2),
    )
    return [name, units]


def project_approval(form: Form) -> Table:
    """The project form with its sources of money."""
    rows = [
        *_project_head(form, (2, 2, 1, 1)),
        *_funding_block("资金来源", form, 2, 2, 2),
        (_head("年度总体目标", 2), _left(form.objective, 4)),
        *_indicator_block("绩效指标", form, [_value(2)]),
    ]
    return Table((4, 13, 16, 33, 13, 21), tuple(rows))


def project_approval_early(form: Form) -> Table:
    """The project form of earlier years: means line by line, goals for parts of the year, a column of remarks."""
    stages = "\n".join(f"{period}：{text}" for period, text in form.stages)
    rows = [
        *_project_head(form, (2, 2, 1, 1)),
        (_head("资金来源", 2), _head("年度资金情况", 4)),
        *((_head(line.label, 2), Cell(line.budget or "", 4)) for line in form.funding),
        (_head("年度绩效目标", rows=2), _head("总目标"), _left(form.objective, 4)),
        (_head("阶段性目标"), _left(stages, 4)),
        *_indicator_block("绩效指标", form, [_value(), _explained("说明")]),
    ]
    return Table((10, 12, 15, 27, 18, 18), tuple(rows))


def project_target(form: Form) -> Table:
    """The target form that most places use."""
    explained = [_explained("指标解释")] if "explanation" in form.columns else []
    columns = [_value(1 if explained else 2), *explained]
    rows = [
        *_project_head(form, (2, 2, 1, 1)),
        *_funding_block(f"项目资金（{form.money}）", form, 2, 2, 2),
        (_head("年度总体目标", 2), _left(form.objective, 4)),
        *_indicator_block("绩效指标", form, columns),
    ]
    return Table((5, 13, 16, 28, 16, 22), tuple(rows))


def self_evaluation(form: Form) -> Table:
    """The self-evaluation: budget, adjusted budget and execution; targets, actuals, weights and scores."""
    columns: list[Column] = [
        (form.heads["target"], 1, lambda row: Cell(_raw(row.target))),
        (form.heads["actual"], 1, lambda row: Cell(_raw(row.actual))),
        ("分值", 1, lambda row: Cell(row.weight or "")),
        ("得分", 1, lambda row: Cell(row.score or "")),
        (form.heads["deviation"], 3, lambda _: Cell(columns=3)),
    ]
    execution = form.execution or {}
    heads = ("年初预算数", form.heads["adjusted_budget"])
    money = [
        (
            _head(f"项目资金（{form.money}）", 3, len(form.funding) + 1),
            _head("资金来源"),
            *(_head(text) for text in heads),
            _head(form.heads["executed"], 2),
            *(_head(text) for text in ("分值", "执行率", "得分")),
        )
    ]
    for number, line in enumerate(form.funding):
        marks = [execution.get(name, "") if number == 0 else "-" for name in ("weight", "rate", "score")]
        amounts = (Cell(line.budget or ""), Cell(line.adjusted_budget or ""), Cell(line.executed or "", 2))
        money.append((_left(line.label), *amounts, *(Cell(mark) for mark in marks)))
    block = _indicator_block("绩效指标", form, columns)
    if form.total:
        block[0] = (_head("绩效指标", rows=len(block) + 1), *block[0][1:])
        block.append((_head("总 分", 5), Cell(form.total["weight"]), Cell(form.total["score"]), Cell(columns=3)))
    rows = [
        (_head("项目名称", 3), Cell(form.name, 8)),
        (
            _head("主管部门及代码", 3),
            Cell(_coded(form.department), 2),
            _head("实施单位"),
            Cell(_coded(form.implementing_unit), 5),
        ),
        *money,
        (_head("年度总体目标", rows=2), _head("预期目标", 4), _head("实际完成情况", 6)),
        (_left(form.objective, 4), _left(form.outcome or "", 6)),
        *block,
        *([(_head("自评结论", 3), Cell(form.grade, 8))] if form.grade else []),
    ]
    return Table((5, 9.5, 10.5, 17, 14, 14.5, 6, 6, 5.5, 7, 5), tuple(rows), size=9)


def short_self_evaluation(form: Form) -> Table:
    """The self-evaluation without indicator rows."""
    money = _funding_block("资金来源", form, 1, 1, 2)
    rows = [
        (_head("项目名称"), Cell(form.name, 3)),
        (_head("主管部门"), Cell(_coded(form.department)), _head("实施单位"), Cell(_coded(form.implementing_unit))),
        *money,
        (_head("绩效目标", rows=2), _head("项目绩效目标", 2), _head("目标完成情况")),
        (_left(form.objective, 2), _left(form.outcome or "")),
        (_head("自评价分数"), Cell(form.score or "", 3)),
    ]
    return Table((16, 28, 16, 40), tuple(rows))


def department_tasks(form: Form) -> Table:
    """The department form with its tasks of the year and split target cells."""
    split: list[Column] = [
        ("绩效指标性质", 1, lambda row: Cell(row.target.sign if row.target else "")),
        ("绩效指标值", 1, lambda row: Cell(row.target.amount if row.target else "")),
        ("绩效度量单位", 1, lambda row: Cell(row.target.unit if row.target else "")),
        ("权重", 1, lambda row: Cell(row.weight or "")),
    ]
    lines = form.funding
    rows = [
        (_head("部门名称", 2), Cell(form.name, 6)),
        (_head("年度主要任务", rows=len(form.tasks) + 3), _head("任务名称"), _head("主要内容", 6)),
        *((_left(name), _left(text, 6)) for name, text in form.tasks),
        (_head("年度部门整体支出预算", rows=2), *(_head(line.label, 2) for line in lines)),
        tuple(Cell(line.budget or "", 2) for line in lines),
        (_head("年度总体目标"), _left(form.objective, 7)),
        *_indicator_block("年度绩效指标", form, split),
    ]
    return Table((8, 17, 17, 23, 9, 9, 9, 8), tuple(rows), size=9.5)


def long_table(forms: Sequence[Form]) -> Table:
    """Many projects in one table: the unit, each project, its money and its goal span the rows of its indicators."""
    columns: list[Column] = [
        ("指标性质", 1, lambda row: Cell(row.target.sign if row.target else "")),
        ("指标值", 1, lambda row: Cell(row.target.amount if row.target else "")),
        ("度量单位", 1, lambda row: Cell(row.target.unit if row.target else "")),
        ("权重", 1, lambda row: Cell(row.weight or "")),
        ("指标方向性", 1, lambda row: Cell(DIRECTIONS[row.direction])),
    ]
    heads = ("单位名称", "项目名称", "预算数", "年度目标", "一级指标", "二级指标", "三级指标", *(c[0] for c in columns))
    rows: list[Row] = [tuple(_head(text) for text in heads)]
    total = sum(len(form.indicators) for form in forms)
    for number, form in enumerate(forms):
        block = _tier_rows(form.indicators, columns, merge=False)
        size = len(block)
        lead = (_left(_coded(form.department, "{code}-{name}"), rows=total),) if number == 0 else ()
        budget = Cell(form.funding[0].budget or "", rows=size, align="right")
        block[0] = (*lead, _left(form.name, rows=size), budget, _left(form.objective, rows=size), *block[0])
        rows += block
    return Table((8, 11, 6, 18, 7, 8, 15, 5, 6, 5, 4.5, 6.5), tuple(rows), head_rows=1, size=9)


LAYOUTS: dict[str, Callable[[Form], Table]] = {
    "department_approval": department_approval,
    "department_approval_early": department_approval_early,
    "department_tasks": department_tasks,
    "project_approval": project_approval,
    "project_approval_early": project_approval_early,
    "project_target": project_target,
    "self_evaluation": self_evaluation,
    "short_self_evaluation": short_self_evaluation,
}
"""The layouts of single forms, by the name that facts give them; `long_table` prints many."""
NOTED = frozenset({"department_approval_early", "project_approval_early"})
"""Layouts that print what explains an indicator under 说明, which is a note; the others say 指标解释 or the like."""
WITH_YEAR = frozenset({"department_tasks", "long_table", "project_target", "self_evaluation", "short_self_evaluation"})
"""Layouts that print the year below the title; the others have it in the title."""
LANDSCAPE = frozenset({"department_approval", "long_table"})
