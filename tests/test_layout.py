"""Forms are recognised by meaning: templates of many kinds, drawn as text, and what must be read from each."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from random import Random

import pytest
from drawn import draw
from golden import cases, check

from extract.assemble import Reading, assemble
from extract.grid import Cell, Document, Grid, Paragraph
from extract.layout import read_forms
from ontology.contract import from_json, to_json
from ontology.records import Place, Project
from ontology.vocabulary import read_data

FORMS = cases("forms")


def read(text: str) -> Reading:
    return assemble(draw(text), file="form.pdf", sha256="0" * 64)


def read_one(text: str) -> Project:
    projects = read(text).disclosure.projects
    assert len(projects) == 1
    return projects[0]


def codes(reading: Reading) -> list[str]:
    return [issue.code for issue in reading.disclosure.issues]


@pytest.mark.parametrize("case", FORMS, ids=lambda case: case.name)
def test_form(case: Path) -> None:
    check(case, read((case / "form.txt").read_text("utf-8")).disclosure)


@pytest.mark.parametrize("case", FORMS, ids=lambda case: case.name)
def test_every_cell_is_explained(case: Path) -> None:
    reading = read((case / "form.txt").read_text("utf-8"))
    assert [cell.text for table in reading.report.tables for cell in table.unexplained] == []


def test_there_are_as_many_cases_as_ever() -> None:
    assert len(FORMS) >= 16


HEAD = "| 一级指标 | 二级指标 | 三级指标 | 指标值 |"


def test_columns_may_come_in_any_order() -> None:
    project = read_one("""
        2024年项目支出绩效目标表
        | 项目名称 | 甲 | < | < | < |
        | 分值 | 指标值 | 三级指标 | 二级指标 | 一级指标 |
        | 30 | ≥5个 | 甲数 | 数量指标 | 产出指标 |
    """)
    (indicator,) = project.indicators
    assert (indicator.tier1, indicator.tier2, indicator.tier3) == ("产出指标", "数量指标", "甲数")
    assert indicator.target is not None
    assert (indicator.target.operator, indicator.weight) == ("ge", Decimal(30))


def test_tiers_are_carried_down_inside_a_form_only() -> None:
    reading = read(f"""
        2024年项目支出绩效目标表
        | 项目名称 | 甲 | < | < |
        {HEAD}
        | 产出指标 | 数量指标 | 甲数 | 1个 |
        |  |  | 乙数 | 2个 |
        | 效益指标 |  | 丙数 | 3个 |

        2024年项目支出绩效目标表
        | 项目名称 | 乙 | < | < |
        {HEAD}
        |  |  | 丁数 | 4个 |
    """)
    first, second = reading.disclosure.projects
    assert [(i.tier1, i.tier2) for i in first.indicators] == [
        ("产出指标", "数量指标"),
        ("产出指标", "数量指标"),
        ("效益指标", None),  # another first tier began: the second tier above it doesn't go on
    ]
    assert [(i.tier1, i.tier2) for i in second.indicators] == [(None, None)]


def test_rows_that_only_fill_a_place_are_no_indicators() -> None:
    project = read_one(f"""
        2024年项目支出绩效目标表
        | 项目名称 | 甲 | < | < |
        {HEAD}
        | 产出指标 | 数量指标 | 无 | 无 |
        | ^ | ^ | 指标1： |  |
        | ^ | ^ | …… |  |
        | ^ | ^ | 甲数 | / |
        | ^ | ^ | 乙数 |  |
    """)
    assert [(i.tier3, i.target, i.absence) for i in project.indicators] == [
        ("甲数", None, "placeholder"),
        ("乙数", None, "blank"),
    ]


def test_names_and_telephones_are_neither_read_nor_reported() -> None:
    reading = read(f"""
        2024年项目支出绩效目标表
        | 项目名称 | 甲 | < | < |
        | 项目负责人 | 张某某 | 联系电话 | 87654321 |
        {HEAD}
        | 产出指标 | 数量指标 | 甲数 | 1个 |
        | 填报人：李某某 电话：12345678 | < | < | < |
        | 经办 王某某 手机 13800000000 | < | < | < |
    """)
    told = repr(reading.disclosure) + str(reading.report.to_json()) + reading.report.to_text()
    for secret in ("张某某", "87654321", "李某某", "12345678", "王某某", "13800000000"):
        assert secret not in told


def test_a_project_may_be_called_like_a_source_of_money() -> None:
    project = read_one(f"""
        2024年项目支出绩效目标表
        | 项目名称 | 公用经费 | < | < |
        | 资金总额（万元） | 12 | 财政拨款 | 12 |
        {HEAD}
        | 产出指标 | 数量指标 | 人数 | 20人 |
    """)
    assert project.name == "公用经费"
    assert [(f.source, f.amount) for f in project.funding] == [("total", 120000), ("fiscal", 120000)]


@pytest.mark.parametrize(
    ("above", "label", "cell", "yuan"),
    [
        ("", "资金总额（万元）", "12.5", 125000),
        ("", "资金总额(元)：", "12.5", Decimal("12.5")),
        ("单位：万元", "资金总额", "12.5", 125000),
        ("金额单位：元", "资金总额", "1,250.00", 1250),
        ("单位：万元", "资金总额（元）", "12.5", Decimal("12.5")),
        ("单位：万元", "资金总额", "12.5元", Decimal("12.5")),
        ("", "资金总额", "0.5亿元", 50000000),
    ],
)
def test_the_nearest_printed_unit_of_money_counts(above: str, label: str, cell: str, yuan: Decimal) -> None:
    project = read_one(f"""
        2024年项目支出绩效目标表
        {above}
        | 项目名称 | 甲 | < | < |
        | {label} | {cell} | < | < |
        {HEAD}
        | 产出指标 | 数量指标 | 甲数 | 1个 |
    """)
    assert [funding.amount for funding in project.funding] == [yuan]


def test_a_printed_zero_is_an_amount_and_a_dash_is_none() -> None:
    project = read_one(f"""
        2024年项目支出绩效目标表
        | 项目名称 | 甲 | < | < |
        | 资金总额（万元） | 0 | < | < |
        | 财政拨款 | — | < | < |
        | 其他资金 |  | < | < |
        {HEAD}
        | 产出指标 | 数量指标 | 甲数 | 1个 |
    """)
    assert [(f.source, f.amount) for f in project.funding] == [("total", 0)]


def test_an_amount_that_is_no_number_is_reported() -> None:
    reading = read(f"""
        2024年项目支出绩效目标表
        | 项目名称 | 甲 | < | < |
        | 资金总额（万元） | 12.3.4 | < | < |
        {HEAD}
        | 产出指标 | 数量指标 | 甲数 | 1个 |
    """)
    assert reading.disclosure.projects[0].funding == ()
    assert "amount.unread" in codes(reading)


def test_an_unknown_head_is_reported_and_the_rest_is_read() -> None:
    reading = read("""
        2024年项目支出绩效目标表
        | 项目名称 | 甲 | < | < | < |
        | 一级指标 | 二级指标 | 三级指标 | 指标值 | 幸运数字 |
        | 产出指标 | 数量指标 | 甲数 | 1个 | 7 |
    """)
    assert len(reading.disclosure.projects[0].indicators) == 1
    assert "head.unknown" in codes(reading)
    assert "cell.unexplained" in codes(reading)


def test_a_table_that_looks_like_a_form_and_was_not_read_is_an_issue() -> None:
    reading = read("""
        2024年项目支出绩效目标表
        | 产出指标 | 甲数 | 1个 |
        | 效益指标 | 乙数 | 2个 |
        | 满意度指标 | 丙数 | 3个 |
    """)
    assert reading.disclosure.projects == ()
    assert "form.unread" in codes(reading)


def test_what_was_not_read_is_told_shortly() -> None:
    long = "总目标：" + "按照要求采取政府采购方式委托第三方组建团队开展全年的采集识别监测研判和处置工作。" * 3
    reading = read(f"2024年项目支出绩效目标表\n| 甲 | {long} |\n| 乙 | {long} |")
    (found,) = [one for one in reading.disclosure.issues if one.code == "form.unread"]
    assert found.message_zh == "这张表看起来像绩效表（总目标），但未能读出：没有找到指标表头或项目名称。"
    assert "no heads of indicators" in found.message_en
    assert found.place.table == 1


def test_a_list_of_projects_with_objectives_is_told_apart_from_a_form() -> None:
    reading = read("""
        2024年重点项目预算绩效目标情况表
        | 序号 | 项目名称 | 2024预算数（万元） | 绩效目标 |
        | 1 | 甲 | 75.80 | 总目标：提升服务。 |
        | 2 | 乙 | 49.41 | 总目标：改造大厅。 |
    """)
    assert reading.disclosure.projects == ()
    (found,) = [one for one in reading.disclosure.issues if one.code.startswith("form.")]
    assert (found.code, found.severity) == ("form.list", "info")
    assert "2个项目" in found.message_zh


@pytest.mark.parametrize(
    "table",
    [
        "| 序号 | 项目名称 | 2024预算数（万元） | 绩效目标 |\n| 1 | 甲 | 75.80 | 提升服务。 |",
        "| 项目 | 年初预算数 | 执行数 |\n| 基本支出 | 12 | 11 |\n| 项目支出 | 3 | 3 |\n| 合计 | 15 | 14 |",
        "| 单位名称 | 合计 | 基本支出 | 项目支出 |\n| 某某局 | 15 | 12 | 3 |",
        "| 科目编码 | 科目名称 | 合计 |\n| 30107 | 绩效工资 | 3 |",
    ],
)
def test_tables_of_money_are_no_forms(table: str) -> None:
    reading = read(f"2024年部门预算\n{table}")
    assert reading.disclosure.projects == ()
    assert "form.unread" not in codes(reading)


def test_a_title_on_its_own_page_belongs_to_the_next_table() -> None:
    project = read_one(f"""
        附件3
        2023年度部门整体支出绩效自评表
        — 18 —
        | 单位名称 | 某某市水务局 | < | < |
        {HEAD}
        | 产出指标 | 数量指标 | 甲数 | 1个 |
    """)
    assert (project.scope, project.form, project.fiscal_year) == ("department", "self_evaluation", 2023)
    assert project.name == "某某市水务局"


def test_a_title_that_wraps_carries_the_projects_name() -> None:
    project = read_one(f"""
        2021年项目支出绩效目标批复表（某某服务能力第三方
        评估服务经费）
        | 主管部门 | 某某局 | < | < |
        {HEAD}
        | 产出指标 | 数量指标 | 报告数 | 3份 |
    """)
    assert project.name == "某某服务能力第三方评估服务经费"


def test_a_code_is_taken_from_a_name_but_not_a_number_that_belongs_to_it() -> None:
    project = read_one(f"""
        2024年项目支出绩效目标表
        | 项目名称 | 甲 | < | < |
        | 主管部门及代码 | [103]某某市办公厅 | 实施单位 | 12345热线中心 |
        {HEAD}
        | 产出指标 | 数量指标 | 甲数 | 1个 |
    """)
    assert project.department is not None and project.implementing_unit is not None
    assert (project.department.name, project.department.code) == ("某某市办公厅", "103")
    assert (project.implementing_unit.name, project.implementing_unit.code) == ("12345热线中心", None)


def test_stages_are_kept_with_their_periods() -> None:
    project = read_one(f"""
        2024年项目支出绩效目标表
        | 项目名称 | 甲 | < | < |
        | 年度绩效目标 | 总目标 | 建成。 | < |
        | ^ | 阶段性目标 | （1）月至（6）月：开工\\n（7）月至（12）月：完工 | < |
        {HEAD}
        | 产出指标 | 数量指标 | 甲数 | 1个 |
    """)
    assert project.objective == "建成。"
    assert [(stage.period, stage.text) for stage in project.stages] == [
        ("（1）月至（6）月", "开工"),
        ("（7）月至（12）月", "完工"),
    ]


def test_each_field_has_the_cell_that_printed_it() -> None:
    project = read_one("""
        2024年项目支出绩效自评表
        | 项目名称 | 甲 | < | < | < | < | < | < |
        | 资金总额（万元） | 12 | < | < | < | < | < | < |
        | 年度总体目标 | 建成。 | < | < | < | < | < | < |
        | 一级指标 | 二级指标 | 三级指标 | 指标性质 | 指标值 | 度量单位 | 分值 | 得分 |
        | 产出指标 | 数量指标 | 甲数 | ≥ | 98 | % | 10 | 9 |
    """)
    assert {name: cell.text for name, cell in project.cells.items()} == {"name": "甲", "objective": "建成。"}
    (funding,) = project.funding
    assert {name: cell.text for name, cell in funding.cells.items()} == {"amount": "12", "label": "资金总额（万元）"}
    (indicator,) = project.indicators
    assert indicator.target is not None and indicator.target.raw == "≥98%"
    cells = {name: (cell.text, cell.place.row, cell.place.column) for name, cell in indicator.cells.items()}
    assert cells == {
        "tier1": ("产出指标", 5, 1), "tier2": ("数量指标", 5, 2), "tier3": ("甲数", 5, 3), "operator": ("≥", 5, 4),
        "target": ("98", 5, 5), "unit": ("%", 5, 6), "weight": ("10", 5, 7), "score": ("9", 5, 8),
    }  # fmt: skip


def test_form_ids_count_tables_and_forms() -> None:
    text = (next(case for case in FORMS if case.name == "two-forms-in-one-table") / "form.txt").read_text("utf-8")
    assert [project.form_id for project in read(text).disclosure.projects] == ["t1-f1", "t1-f2"]


def test_an_empty_document_has_no_forms() -> None:
    assert read_forms(draw("")).forms == []
    assert set(codes(read(""))) == {"document.no_text", "document.no_unit", "document.no_year", "document.no_forms"}


def test_a_table_without_a_head_goes_on_with_the_one_right_before_it() -> None:
    reading = read(f"""
        2024年项目支出绩效自评表
        | 项目名称 | 甲 | < | < |
        {HEAD}
        | 产出指标 | 数量指标 | 甲数 | 1个 |

        — 12 —
        |  |  | 乙数 | 2个 |
        |  | 质量指标 | 丙率 | 95% |
        | 自评结论 | 优 | < | < |
    """)
    (project,) = reading.disclosure.projects
    tiers = [(i.tier1, i.tier2, i.tier3) for i in project.indicators]
    assert tiers == [
        ("产出指标", "数量指标", "甲数"),
        ("产出指标", "数量指标", "乙数"),
        ("产出指标", "质量指标", "丙率"),
    ]
    assert project.grade == "优"
    assert "form.goes_on" in codes(reading)


def test_a_table_of_projects_goes_on_without_its_head() -> None:
    reading = read("""
        2024年部门预算项目绩效目标表
        | 项目名称 | 预算数（元） | 一级指标 | 二级指标 | 三级指标 | 指标值 |
        | 甲项目 | 100 | 产出指标 | 数量指标 | 甲数 | 1个 |

        |  |  | 效益指标 | 社会效益指标 | 乙数 | 2个 |
        | 乙项目 | 200 | 产出指标 | 数量指标 | 丙数 | 3个 |
    """)
    first, second = reading.disclosure.projects
    assert (first.name, [i.tier3 for i in first.indicators]) == ("甲项目", ["甲数", "乙数"])
    assert (second.name, second.funding[0].amount) == ("乙项目", 200)


def test_a_table_with_its_own_title_does_not_go_on_with_a_form() -> None:
    reading = read(f"""
        2024年项目支出绩效目标表
        | 项目名称 | 甲 | < | < |
        {HEAD}
        | 产出指标 | 数量指标 | 甲数 | 1个 |

        2024年政府采购预算表
        | 某某局 | 货物 | 电脑 | 5台 |
    """)
    assert [i.tier3 for i in reading.disclosure.projects[0].indicators] == ["甲数"]


def _vocabulary() -> list[str]:
    words: list[str] = []
    pending: list[object] = [read_data(file) for file in ("heads.yaml", "funding.yaml", "tiers.yaml")]
    while pending:
        item = pending.pop()
        if isinstance(item, dict):
            pending.extend(item.values())
        elif isinstance(item, list):
            pending.extend(item)
        elif isinstance(item, str):
            words.append(item)
    return words


def _any_document(random: Random) -> Document:
    """Labels in any arrangement, with figures and blanks between them, in tables merged at random."""
    figures = [
        "",
        "",
        "12",
        "3,000.5",
        "—",
        "98%",
        "≥5个",
        "甲",
        "项目名称：甲",
        "资金总额：12万元",
        "（2024年度）",
        "无",
        "：",
    ]
    heads = ["一级指标", "二级指标", "三级指标", "指标值", "实际完成值", "分值", "得分", "项目名称", "单位名称", "总分"]
    texts = [*_vocabulary(), *figures * 60, *heads * 60]
    blocks: list[Paragraph | Grid] = []
    for number in range(1, random.randint(2, 4)):
        blocks += [Paragraph(random.choice(texts) or "年", Place()) for _ in range(random.randint(0, 2))]
        rows, columns = random.randint(1, 8), random.randint(1, 8)
        cells: list[Cell] = []
        taken: set[tuple[int, int]] = set()
        for row in range(1, rows + 1):
            for column in range(1, columns + 1):
                height, width = random.choice([1, 1, 1, 2, 3]), random.choice([1, 1, 1, 2, 3])
                covered = {(r, c) for r in range(row, row + height) for c in range(column, column + width)}
                if (row, column) in taken or row + height > rows + 1 or column + width > columns + 1 or covered & taken:
                    continue
                taken |= covered
                cells.append(Cell(row, column, random.choice(texts), height, width))
        blocks.append(Grid(rows, columns, tuple(cells), Place(table=number)))
    return Document(tuple(blocks))


@pytest.mark.parametrize("seed", range(150))
def test_no_arrangement_of_labels_stops_the_reading(seed: int) -> None:
    reading = assemble(_any_document(Random(seed)), file="any.pdf", sha256="0" * 64)
    assert from_json(to_json(reading.disclosure)) == reading.disclosure
    assert reading.report.to_text()


def test_a_text_behind_a_head_of_indicators_in_columns_is_not_dropped() -> None:
    reading = read("""
        2024年度项目支出绩效目标表
        | 项目名称 | < | 全民健身 | < |
        | 一级指标 | < | 产出指标 | 效益指标 |
        | 二级指标 | 另有说明 | 数量指标 | 社会效益指标 |
        | 三级指标 | < | 活动场次 | 参与人数 |
        | 指标值 | < | ≥30场 | ≥1.5万人次 |
    """)
    (project,) = reading.disclosure.projects
    assert [row.tier3 for row in project.indicators] == ["活动场次", "参与人数"]
    assert [cell.text for table in reading.report.tables for cell in table.unexplained] == ["另有说明"]


def test_amounts_under_heads_that_no_list_has_are_not_taken_for_the_total() -> None:
    reading = read(f"""
        2024年项目支出绩效目标表
        | 项目名称 | 甲 | < | < |
        | 资金来源（万元） | 合计 | 东部片区 | 西部片区 |
        | 预算数 | 100 | 70 | 30 |
        {HEAD}
        | 产出指标 | 数量指标 | 甲数 | 1个 |
    """)
    (project,) = reading.disclosure.projects
    assert [(f.source, f.amount) for f in project.funding] == [("total", 1000000)]
    assert [i.code for i in reading.disclosure.issues if i.code == "amount.unread"] == ["amount.unread"] * 2


def test_an_amount_in_a_sentence_whose_label_is_unknown_is_reported() -> None:
    reading = read(f"""
        2024年项目支出绩效目标表
        | 项目名称 | 甲 | < | < |
        | 项目资金 | 总额：100万元，其中：财政拨款60万元，彩票公益金40万元 | < | < |
        {HEAD}
        | 产出指标 | 数量指标 | 甲数 | 1个 |
    """)
    (project,) = reading.disclosure.projects
    assert [(f.source, f.amount) for f in project.funding] == [("total", 1000000), ("fiscal", 600000)]
    assert "amount.unread" in [i.code for i in reading.disclosure.issues]


def test_a_list_of_projects_with_scores_and_no_indicators_is_reported() -> None:
    reading = read("""
        2023年度项目支出绩效自评情况汇总表
        | 序号 | 项目名称 | 全年预算数 | 全年执行数 | 自评得分 |
        | 1 | 甲 | 100 | 90 | 98 |
        | 2 | 乙 | 50 | 50 | 95 |
    """)
    assert reading.disclosure.projects == ()
    assert "form.unread" in [i.code for i in reading.disclosure.issues]
