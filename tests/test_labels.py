"""The words of forms as data: what they mean, and that bad data is refused with its place."""

from __future__ import annotations

from typing import get_args

import pytest

from ontology import issues, labels
from ontology.issues import issue, issue_kinds
from ontology.labels import (
    direction,
    find_money_unit,
    is_placeholder,
    match_block,
    match_column,
    money_unit,
    split_labels,
    tier1_concept,
    tier2_concept,
    tier_scheme,
)
from ontology.records import Severity
from ontology.titles import form_title
from ontology.vocabulary import DataError, read_data

TIER1 = {"output", "benefit", "satisfaction", "cost", "input", "process", "decision", "budget_execution"}
TIER2 = {
    "quantity", "quality", "timeliness", "output_cost", "economic_cost", "social_cost", "ecological_cost",
    "economic_benefit", "social_benefit", "ecological_benefit", "sustainability", "service_satisfaction",
}  # fmt: skip
SOURCES = {
    "total", "fiscal", "superior", "local", "unit", "special_account", "carryover", "other", "personnel", "public",
    "operating", "specific", "basic", "project",
}  # fmt: skip


def test_notations_are_the_contracts() -> None:
    assert set(read_data("tiers.yaml")["tier1"]) == TIER1
    assert set(read_data("tiers.yaml")["tier2"]) == TIER2
    assert set(read_data("funding.yaml")["sources"]) == SOURCES
    assert set(read_data("funding.yaml")["stages"]) == {"budget", "adjusted_budget", "executed"}


@pytest.mark.parametrize("file", ["heads.yaml", "funding.yaml", "tiers.yaml"])
def test_every_entry_is_told_in_both_languages(file: str) -> None:
    for key, entries in read_data(file).items():
        for notation, entry in entries.items() if isinstance(entries, dict) else ():
            if isinstance(entry, dict):
                assert entry.get("zh") and entry.get("en"), f"{file}: {key}.{notation}"


@pytest.mark.parametrize(
    ("printed", "notation"),
    [
        ("指标值", "target"),
        ("年度指标值（A）", "target"),
        ("实际完成值\n(B)", "actual"),
        ("权 重（%）", "weight"),
        ("2025年指标值", "target"),
        ("备注（指标解释等）", "explanation"),
        ("指标值说明（评分标准等）", "explanation"),
        ("分值（10分）", "weight"),
        ("三级\n指标", "tier3"),
    ],
)
def test_heads(printed: str, notation: str) -> None:
    found = match_column(printed)
    assert found is not None
    assert found.notation == notation


@pytest.mark.parametrize(
    ("printed", "group", "notation", "hint"),
    [
        ("资 金 总 额（万元）：", "source", "total", "万元"),
        ("一、资金总额(元)", "source", "total", "元"),
        ("其中：上级补助", "source", "superior", None),
        ("运转类公用经费项目", "source", "public", None),
        ("全年预算数（A）", "stage", "adjusted_budget", None),
        ("执行率（B/A）", "execution", "rate", None),
        ("主管部门及代码", "field", "department", None),
        ("中期资金总额", "outside", "term", None),
        ("资金总额万元", "source", "total", "万元"),
    ],
)
def test_labels_of_the_block(printed: str, group: labels.Group, notation: str, hint: str | None) -> None:
    found = match_block(printed)
    assert found is not None
    assert found.role(group) == notation
    assert money_unit(*found.hints) == hint


def test_a_value_behind_a_colon_belongs_to_its_label() -> None:
    found = match_block("自评等级：优")
    assert found is not None
    assert (found.role("field"), found.value) == ("grade", "优")
    pure = match_block("自评等级：")
    assert pure is not None
    assert pure.value is None
    assert match_block("为保障服务：提升质量") is None


@pytest.mark.parametrize(
    ("printed", "value"),
    [("项目名称：ERP", "ERP"), ("项目名称: Smart City", "Smart City"), ("项目名称 Project Name：ERP", "ERP"),
     ("项目名称 Project Name", None), ("项目名称 Project Name：", None)],
)  # fmt: skip
def test_english_behind_a_colon_is_the_value_and_no_translation(printed: str, value: str | None) -> None:
    found = match_block(printed)
    assert found is not None
    assert (found.role("field"), found.value) == ("name", value)


@pytest.mark.parametrize(
    ("printed", "group", "notation"),
    [
        ("本年一般公共预算拨款", "source", "fiscal"),
        ("上年度预算安排", "outside", "figure"),
        ("上年度结转资金", "source", "carryover"),
        ("上一年度结转结余", "source", "carryover"),
        ("本年结转结余", "outside", "figure"),
    ],
)
def test_money_of_a_year_counts_in_the_year_that_has_it(printed: str, group: labels.Group, notation: str) -> None:
    found = match_block(printed)
    assert found is not None
    assert found.role(group) == notation


def test_english_is_not_looked_for_in_a_text_that_is_far_too_long_for_a_label() -> None:
    text = ")aaa" * 250_000 + "中"  # a megabyte that would take hours
    assert (match_block(text), match_column(text), form_title(text)) == (None, None, None)


def test_a_line_of_several_labels_is_taken_apart() -> None:
    assert split_labels("填报单位：某某局（公章） 填报日期：2023.3.1") == [
        "填报单位：某某局（公章）",
        "填报日期：2023.3.1",
    ]
    assert split_labels("部门名称：某某省林业局金额单位：万元") == ["部门名称：某某省林业局", "金额单位：万元"]
    assert split_labels("没有标签的一行") == ["没有标签的一行"]


@pytest.mark.parametrize(
    ("first", "second", "concepts"),
    [
        ("产出指标（50分）", "成本指标", ("output", "output_cost")),
        ("成本指标", "经济成本指标", ("cost", "economic_cost")),
        ("成本指标", "成本指标", ("cost", "economic_cost")),
        ("效益指标", "可持续发展指标", ("benefit", "sustainability")),
        ("满意度指标", "满意度指标", ("satisfaction", "service_satisfaction")),
        ("产出指标", "项目产出", ("output", None)),
        ("社会效益", "服务", ("benefit", None)),
        ("履职效能", None, (None, None)),
        (None, "质量", (None, "quality")),
    ],
)
def test_tiers(first: str | None, second: str | None, concepts: tuple[str | None, str | None]) -> None:
    tier1 = tier1_concept(first)
    assert (tier1, tier2_concept(second, tier1)) == concepts


def test_the_scheme_is_told_by_the_first_tiers() -> None:
    assert tier_scheme({"cost", "output", "benefit"}) == "mof-2021"
    assert tier_scheme({"output", "benefit", "satisfaction"}) == "mof-2015"
    assert tier_scheme(set()) is None


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("2021年部门整体支出绩效目标批复表", ("target", "department", 2021)),
        ("部门预算项目绩效目标表（2024 年度）", ("target", "project", 2024)),
        ("项目支出绩效自评表", ("self_evaluation", "project", None)),
        ("2023年度部门整体支出绩效自评表", ("self_evaluation", "department", 2023)),
        ("2023年项目支出绩效运行监控表", (None, "project", 2023)),
    ],
)
def test_titles(line: str, told: tuple[str | None, str | None, int | None]) -> None:
    title = form_title(line)
    assert title is not None
    assert (title.kind, title.scope, title.year) == told


@pytest.mark.parametrize(
    "line",
    [
        "（十一）部门整体支出绩效目标情况（详见表13）",
        "按要求编制了绩效目标表，从数量、质量等方面设置了指标。",
        "收支预算总表",
        "绩效目标是预算编制的前提",
    ],
)
def test_prose_is_no_title(line: str) -> None:
    assert form_title(line) is None


def test_a_title_may_carry_its_projects_name() -> None:
    title = form_title("2021年项目支出绩效目标批复表（24小时自助服务区项目）")
    assert title is not None
    assert title.name == "24小时自助服务区项目"
    dated = form_title("项目支出绩效目标表（2024年度）")
    assert dated is not None
    assert dated.name is None


def test_words_in_cells() -> None:
    assert all(is_placeholder(text) for text in ("无", "/", "—", "……", "指标1：", " ★ ", "指标2：……"))
    assert not any(is_placeholder(text) for text in ("无事故", "指标1：平台数", "1"))
    assert (direction("正向指标"), direction("反向"), direction("")) == ("positive", "negative", None)
    assert find_money_unit("金额单位： 万元") == "万元"
    assert find_money_unit("单位：次") is None


def test_issues_are_a_closed_list_in_both_languages() -> None:
    assert {kind.severity for kind in issue_kinds().values()} <= set(get_args(Severity))
    found = issue("form.unread", labels="甲", reason=("缺表头", "no head"))
    assert "缺表头" in found.message_zh
    assert "no head" in found.message_en
    with pytest.raises(KeyError):
        issue("no.such.code")
    with pytest.raises(ValueError, match="details"):
        issue("form.unread", labels="甲")


@pytest.mark.parametrize(
    "entry",
    [
        {"severity": "grave", "zh": "甲", "en": "a"},
        {"severity": "error", "zh": "甲{x}", "en": "a"},
        {"severity": "error", "zh": "甲"},
        {"severity": "error", "zh": "", "en": "a"},
    ],
)
def test_a_wrong_entry_of_the_list_is_refused(entry: dict[str, str]) -> None:
    with pytest.raises(DataError, match=r"some\.code"):
        issues.read_kind("some.code", entry)


def test_one_label_in_two_entries_is_refused() -> None:
    table: dict[str, str] = {"甲": "first"}
    with pytest.raises(DataError, match="甲"):
        labels.put_label(table, "甲", "second", "heads.yaml", "columns.second")
