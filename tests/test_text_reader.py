"""Texts as they are dumped: what their tables say, what is repaired and told, and what is no document."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path

import pytest
from golden import DATA, without_places
from shared import CORPUS, SHARED, needs_shared

from extract.batch import read_disclosure, read_document
from extract.errors import UnreadableDocumentError
from extract.readers.text_clean import clean_cell, close_figures, repair_figure, repair_glyphs
from ontology.contract import to_json
from pipeline import ingest

PRINTS = DATA / "text" / "one-form-three-prints"


def write(folder: Path, text: str, name: str = "绩效.txt") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def projects(path: Path) -> list[dict]:
    return without_places(to_json(read_disclosure(path).disclosure))["projects"]


def codes(path: Path) -> set[str]:
    return {one.code for one in read_disclosure(path).disclosure.issues}


# --- one form, however it is printed


@pytest.mark.parametrize("name", ["flat.txt", "cells.txt", "grid.json"])
def test_a_form_is_the_same_record_as_three_programs_print_it(name: str) -> None:
    expected = json.loads((PRINTS / "expected.json").read_text("utf-8"))
    assert projects(PRINTS / name) == expected


def test_a_form_of_which_nothing_but_its_cells_is_left_is_the_same_record(tmp_path: Path) -> None:
    # One cell a line, without tabs, blank lines or blank cells.
    rows = json.loads((PRINTS / "grid.json").read_text("utf-8"))
    cells = [cell for row in rows for cell in row if cell]
    text = "\n".join(cells) + "\n"
    expected = json.loads((PRINTS / "expected.json").read_text("utf-8"))
    path = write(tmp_path, text)
    assert projects(path) == expected
    assert "table.rows_placed" in codes(path)


def rows_of_grid() -> list[list[str]]:
    return [row for row in json.loads((PRINTS / "grid.json").read_text("utf-8")) if any(row[1:])]


@pytest.mark.parametrize("kind", ["tabs", "bars", "bars without ends", "pages", "trimmed", "html"])
def test_other_notations_give_it_too(tmp_path: Path, kind: str) -> None:
    rows = rows_of_grid()
    title = "项目支出绩效自评表\n\n（2024年度）\n\n"
    tabs = ["\t".join(row) for row in rows]
    text = {
        "tabs": "\n".join(tabs),
        "bars": "\n".join(["| " + " | ".join(row) + " |" for row in rows]),
        "bars without ends": "\n".join(" | ".join(row) for row in rows),
        "pages": "\n".join([*tabs[:10], "", *tabs[10:]]),
        "trimmed": "\n".join(line.rstrip("\t") for line in tabs),
        "html": "<table>" + "".join(f"<tr>{''.join(f'<td>{c}</td>' for c in row)}</tr>" for row in rows) + "</table>",
    }[kind]
    got = projects(write(tmp_path, f"{title}{text}\n"))
    expected = json.loads((PRINTS / "expected.json").read_text("utf-8"))
    if kind == "html":  # a page's blank cells are cells: only what is read of indicators and money is compared
        got, expected = (
            [{k: p[k] for k in ("name", "indicators", "funding")} for p in given] for given in (got, expected)
        )
    assert got == expected


# --- repairs


@pytest.mark.parametrize(
    ("printed", "read"),
    [
        ("11, 821, 658. 35", "11,821,658.35"),
        ("75. 8", "75.8"),
        ("4. 200. 000", "4,200,000"),
        ("≥97. 23%", "≥97.23%"),
        ("368. 5 m²", "368.5 m²"),
        ("2021. 10月前", "2021.10月前"),
        ("1. 20人次以上的培训", "1. 20人次以上的培训"),  # an item of a list
        ("10 100", "10 100"),  # two figures
        ("无", "无"),
    ],
)
def test_spaces_inside_a_figure_are_closed_and_no_digit_is_changed(printed: str, read: str) -> None:
    assert repair_figure(printed) == read
    assert [c for c in read if c.isdigit()] == [c for c in printed if c.isdigit()]


def test_figures_in_a_line_stay_apart() -> None:
    assert close_figures("合计 1, 250, 000. 50 12 98") == "合计 1,250,000.50 12 98"


@pytest.mark.parametrize(
    ("printed", "read"),
    [
        ("≥2↑", "≥2个"),
        ("≥8000/#", "≥8000件"),
        ("» 100", "》100"),
        ("ı", "-"),
        ("2↑", "2↑"),
        ("#", "#"),
        ("上升↑", "上升↑"),
    ],
)
def test_a_glyph_is_repaired_only_where_a_unit_or_a_sign_stands(printed: str, read: str) -> None:
    assert repair_glyphs(printed) == read


def test_tags_and_marks_are_no_text() -> None:
    assert clean_cell("<b>路灯</b>维护<br>数量") == "路灯维护数量"
    assert clean_cell("<ol> <li>1.巡查</li><li>2.维修</li></ol>") == "1.巡查\n2.维修"
    assert clean_cell("$\\geq 95\\%$") == "≥ 95%"
    assert clean_cell("<95%") == "<95%"


HEAD = "一级指标\t二级指标\t三级指标\t指标性质\t指标值\t度量单位\t权重\n"
NAME = "项目支出绩效目标表\n\n项目名称\t路灯维护\t\t\t\t\t\n年度总体目标\t保障夜间出行安全。\t\t\t\t\t\n"


def indicators(path: Path) -> list[tuple]:
    (project,) = projects(path)
    return [
        (i["tier1"], i["tier2"], i["tier3"], (i["target"] or {}).get("raw"), i["weight"]) for i in project["indicators"]
    ]


def test_a_row_that_lost_a_cell_goes_back_under_its_heads(tmp_path: Path) -> None:
    body = "产出指标\t数量指标\t路灯数量\t≥\t26000\t盏\t20\n质量指标\t完好率\t≥\t95\t%\t20\t\n"
    path = write(tmp_path, NAME + HEAD + body)
    assert indicators(path)[1] == ("产出指标", "质量指标", "完好率", "≥95%", "20")
    assert "table.rows_moved" in codes(path)


def test_labels_in_the_middle_of_their_cells_hold_the_rows_around_them(tmp_path: Path) -> None:
    lines = ["\t\t路灯数量\t≥\t5\t盏\t10", "\t数量指标\t巡查次数\t≥\t5\t次\t10", "产出指标\t\t维修次数\t≥\t5\t次\t10",
             "\t\t亮灯率\t≥\t98\t%\t10", "\t质量指标\t完好率\t≥\t98\t%\t10", "\t\t合格率\t≥\t98\t%\t10",
             "满意度指标\t满意度指标\t市民满意度\t≥\t90\t%\t10"]  # fmt: skip
    path = write(tmp_path, NAME + HEAD + "\n".join(lines) + "\n")
    assert [(first, second) for first, second, *_ in indicators(path)] == [
        *[("产出指标", "数量指标")] * 3, *[("产出指标", "质量指标")] * 3, ("满意度指标", "满意度指标"),
    ]  # fmt: skip
    assert codes(path) & {"table.tiers_centred", "table.tiers_unsure"}


def test_a_head_printed_again_behind_a_page_break_is_no_row(tmp_path: Path) -> None:
    rows = "产出指标\t数量指标\t路灯数量\t≥\t5\t盏\t10\n"
    again = "\t\t巡查次数\t≥\t5\t次\t10\n"
    path = write(tmp_path, NAME + HEAD + rows + "\n" + HEAD + again)
    assert [name for _, _, name, *_ in indicators(path)] == ["路灯数量", "巡查次数"]
    assert len(read_document(path).grids) == 1


def test_an_unreadable_row_is_told_and_invents_nothing(tmp_path: Path) -> None:
    path = write(tmp_path, NAME + HEAD + "产出指标\t数量指标\t路灯数量\t≥\t5\t盏\t10\n≥\t=\t>\t10\t≤\t20\t正向\n")
    assert [name for _, _, name, *_ in indicators(path)] == ["路灯数量"]
    assert "table.row_unread" in codes(path)


# --- what is a document


@pytest.mark.parametrize("text", ['{"contract_version": "1", "document": {}, "projects": []}', "[1, 2", '{"a": 1}'])
def test_json_that_is_no_grid_is_no_document(tmp_path: Path, text: str) -> None:
    with pytest.raises(UnreadableDocumentError, match="JSON"):
        read_disclosure(write(tmp_path, '{"a": ' if text == "[1, 2" else text, "a.json"))


def test_in_a_folder_texts_without_a_form_are_passed_over(tmp_path: Path) -> None:
    folder = tmp_path / "公开"
    folder.mkdir()
    write(folder, "# 说明\n\n这里放部门预算。\n", "README.md")
    write(folder, '{"contract_version": "1", "document": {}}', "gold.json")
    (folder / "form.txt").write_bytes((PRINTS / "cells.txt").read_bytes())
    report = ingest([folder], tmp_path / "store")
    assert {one.path.name: one.status.value for one in report.files} == {
        "README.md": "passed over", "gold.json": "passed over", "form.txt": "stored",
    }  # fmt: skip
    assert report.ok
    named = ingest([folder / "README.md"], tmp_path / "other")
    assert [one.status.value for one in named.files] == ["stored"]


@pytest.mark.parametrize("size", [5_000, 500_000])
def test_binary_junk_is_refused(tmp_path: Path, size: int) -> None:
    path = tmp_path / "junk.txt"
    path.write_bytes("2024年部门预算\n".encode() * 500 + random.Random(1).randbytes(size))
    with pytest.raises(UnreadableDocumentError):
        read_document(path)


def test_a_cell_of_a_megabyte_is_read(tmp_path: Path) -> None:
    path = write(tmp_path, f"项目名称\t路灯\n年度目标\t{'维护 路灯。' * 60_000}\n一级指标\t二级指标\n")
    assert read_document(path).grids


# --- the corpus


@needs_shared
def test_the_texts_of_the_corpus_are_read(tmp_path: Path) -> None:
    gold = SHARED / "gold"
    for path in sorted(CORPUS.glob("*.txt")):
        target = tmp_path / f"{path.stem}.json"
        target.write_text(json.dumps(to_json(read_disclosure(path).disclosure), ensure_ascii=False), "utf-8")
    figures = tmp_path / "figures" / "figures.json"
    figures.parent.mkdir()
    command = [sys.executable, str(SHARED / "tools" / "score"), str(tmp_path), str(gold), "--json", str(figures)]
    subprocess.run(command, check=True, capture_output=True)
    scored = json.loads(figures.read_text("utf-8"))
    assert scored["project"]["f1"] == 1
    assert scored["indicator"]["f1"] >= 0.98
    assert scored["indicator exact"]["f1"] >= 0.9


def test_merged_cells_that_left_no_blanks_leave_their_rows_at_the_right_edge(tmp_path: Path) -> None:
    text = (
        "项目支出绩效目标表\n（2025年度）\n项目名称\t桥梁检修\n预算金额（万元）\t85.6\n"
        "年度绩效指标\t一级指标\t二级指标\t三级指标\t年度指标值\n运算符号\t内容\t度量单位\n"
        "产出指标\t数量指标\t检修桥梁数量\t≥\t16\t座\n更换伸缩缝长度\t≥\t300\t米\n质量指标\t检修合格率\t=\t100\t%\n"
        "满意度指标\t服务对象满意度指标\t通行群众满意度\t≥\t90\t%\n"
    )
    (project,) = projects(write(tmp_path, text))
    read = [(i["tier1"], i["tier2"], i["tier3"], i["target"]["raw"]) for i in project["indicators"]]
    assert read == [
        ("产出指标", "数量指标", "检修桥梁数量", "≥16座"),
        ("产出指标", "数量指标", "更换伸缩缝长度", "≥300米"),
        ("产出指标", "质量指标", "检修合格率", "=100%"),
        ("满意度指标", "服务对象满意度指标", "通行群众满意度", "≥90%"),
    ]


def test_lower_heads_that_stand_at_the_left_of_a_bar_table_split_the_upper_ones(tmp_path: Path) -> None:
    text = (
        "# 2025年项目绩效目标汇总表\n\n单位：万元\n\n"
        "| 单位名称 | 项目名称 | 预算资金 | 绩效目标 | 绩效指标 | | | | | |\n|---|---|---|---|---|---|---|---|---|---|\n"
        "| 一级指标 | 二级指标 | 三级指标 | 关系 | 数值 | 单位 | | | | |\n| 某县水利局小计 |  | 120.5 |  |  |  |  |  |  |  |\n"
        "| 某县水利局 | 水库加固 | 80.5 | 加固水库。 | 产出指标 | 数量指标 | 加固水库数量 | ≥ | 3 | 座 |\n"
        "| 某县水利局 | 渠道清淤 | 40 | 清淤。 | 产出指标 | 数量指标 | 清淤长度 | ≥ | 30 | 公里 |\n"
    )
    read = [(p["name"], p["indicators"][0]["target"]["raw"]) for p in projects(write(tmp_path, text, "a.md"))]
    assert read == [("水库加固", "≥3座"), ("渠道清淤", "≥30公里")]


def test_a_cost_per_unit_in_flat_lines_belongs_to_its_indicator(tmp_path: Path) -> None:
    text = (
        "项目支出绩效目标表\n（2025年度）\n项目名称 设备购置\n主管部门 某县卫生局 实施单位 某县医院\n预算金额（万元） 50\n"
        "绩效目标 购置设备。\n绩效指标 一级指标 二级指标 三级指标 指标值\n产出指标 数量指标 购置设备数量 ≥48台（套）\n"
        "质量指标 验收合格率 100%\n成本指标 人均培训补助标准 ≤450元/人·天\n满意度指标 服务对象满意度指标 患者满意度 ≥90%\n"
    )
    (project,) = projects(write(tmp_path, text))
    read = [(i["tier1"], i["tier2"], i["tier3"], i["target"]["raw"]) for i in project["indicators"]]
    assert read[2] == ("产出指标", "成本指标", "人均培训补助标准", "≤450元/人·天")


def test_a_head_over_two_flat_lines_splits_the_head_that_its_parts_speak_of(tmp_path: Path) -> None:
    text = (
        "2024年度项目支出绩效自评表\n项目名称 康复救助\n"
        "资金投入情况（元） 资金来源 全年预算数 全年执行数 执行率\n年度资金总额 512360.00 500000.00 97.59%\n"
        "其中：财政资金 512360.00 500000.00\n"
        "绩效指标 一级指标 二级指标 三级指标 分值 指标值 得分 未完成原因\n预期值 实际值\n"
        "产出指标 数量指标 救助儿童人数 30分 ≥260名 266名 30 无\n质量指标 康复有效率 30分 ≥90% 91% 30 无\n"
        "满意度指标 服务对象满意度指标 家长满意度 30分 ≥90% 93% 30 无\n"
    )
    (project,) = projects(write(tmp_path, text))
    read = [
        (i["tier3"], i["target"]["raw"], i["actual"]["raw"], i["weight"], i["score"]) for i in project["indicators"]
    ]
    assert read == [
        ("救助儿童人数", "≥260名", "266名", "30", "30"),
        ("康复有效率", "≥90%", "91%", "30", "30"),
        ("家长满意度", "≥90%", "93%", "30", "30"),
    ]
    assert [(one["stage"], one["source"], one["amount"]) for one in project["funding"]] == [
        ("adjusted_budget", "total", "512360.00"),
        ("executed", "total", "500000.00"),
        ("adjusted_budget", "fiscal", "512360.00"),
        ("executed", "fiscal", "500000.00"),
    ]
    assert project["execution"] == {"rate": "97.59"}


def test_a_flat_list_of_projects_has_its_tiers_below_and_sums_that_are_no_projects(tmp_path: Path) -> None:
    text = (
        "2025年度部门预算项目绩效目标汇总表\n单位：万元\n序号 项目名称 预算数（万元） 绩效指标\n"
        "一级指标 二级指标 三级指标 指标方向 指标值 度量单位\n某县水利局本级小计 92.5\n"
        "1 水库加固 52.5 产出指标 数量指标 加固水库数量 ≥ 3 座\n质量指标 验收合格率 ≥ 98 %\n"
        "2 渠道清淤 40 产出指标 数量指标 清淤长度 ≥ 30 公里\n"
    )
    found = projects(write(tmp_path, text))
    assert [(p["name"], p["funding"][0]["raw"]) for p in found] == [("水库加固", "52.5"), ("渠道清淤", "40")]
    assert [[i["target"]["raw"] for i in p["indicators"]] for p in found] == [["≥3座", "≥98%"], ["≥30公里"]]


def test_upper_heads_over_blanks_of_a_bar_table_are_heads_whatever_they_ask(tmp_path: Path) -> None:
    text = (
        "# 2025年省级专项资金预算绩效目标表\n\n部门：某县教育局\n单位：万元\n\n"
        "| 单位代码 | 单位（专项）名称 | 资金总额 | 实施期绩效目标 | 绩效指标 |  |  |  |\n|---|---|---|---|---|---|---|---|\n"
        "|  |  |  |  | 一级指标 | 二级指标 | 三级指标 | 指标值 |\n| 301 | 某县教育局 | 80.44 |  |  |  |  |  |\n"
        "| 301001 | 校舍维修 | 80.44 | 消除隐患。 | 产出指标 | 数量指标 | 维修面积 | ≥2.3万平方米 |\n"
        "|  |  |  |  |  | 质量指标 | 合格率 | 100% |\n"
    )
    (project,) = projects(write(tmp_path, text, "a.md"))
    assert (project["name"], project["funding"][0]["raw"]) == ("校舍维修", "80.44")
    assert [one["target"]["raw"] for one in project["indicators"]] == ["≥2.3万平方米", "100%"]
