"""Targets side by side: which count, in which unit, where mine stands, what became of them, what peers have besides."""

from __future__ import annotations

import copy
import json
from decimal import Decimal

import pytest
from comparing import corpus_store, disclosed, form, row, value
from corpus import BASE, P, store_of
from rdflib import URIRef
from shared import needs_shared

import pikg
import pipeline
from graph.comparables import find_comparables
from graph.embedded import EmbeddedStore
from graph.errors import NotFoundError
from graph.missing import find_missing
from graph.target_history import Change, find_target_history
from graph.targets import TargetSpread, find_measure, find_targets, measure_of
from ontology.keys import project_key
from ontology.records import Disclosure, Indicator, Value
from ontology.targets import parse_words
from ontology.vocabulary import DataError, read_data


def satisfied(percent: str | None, name: str = "群众满意度", **fields: object) -> Indicator:
    """An indicator of satisfaction; with None its target is a word."""
    fields |= {"tier1": "satisfaction", "measure": "satisfaction"}
    return row(name, value(percent, "%"), "service_satisfaction", **fields)  # type: ignore[arg-type]


def city(name: str, percent: str, **fields: object) -> Disclosure:
    return disclosed(name, form("培训经费", satisfied(percent)), **fields)  # type: ignore[arg-type]


FOUR = [city("昆明市", "90"), city("曲靖市", "95"), city("南宁市", "98"), city("桂林市", "85")]


def reasons(spread: TargetSpread) -> dict[str, str]:
    return {one.row.name: one.reason for one in spread.left_out}


def one_form(*rows: Indicator) -> EmbeddedStore:
    return store_of(disclosed("昆明市", form("综合经费", *rows)))


# --- what is asked for ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("asked", ["satisfaction", "满意度", "满意率", "群众满意"])
def test_a_measure_or_words_of_a_name_find_the_targets(asked: str) -> None:
    assert [target.value for target in find_targets(store_of(*FOUR), asked).targets] == [85, 90, 95, 98]


def test_what_no_indicator_is_called_is_not_found() -> None:
    for asked in ("没有这样的指标", " "):
        with pytest.raises(NotFoundError):
            find_targets(store_of(*FOUR), asked)


def test_a_store_whose_rows_say_no_measure_is_asked_by_names() -> None:
    rows = (
        row("用户满意率", value("90", "%"), "service_satisfaction", tier1="satisfaction"),
        row("满意度调查次数", value("2", "次")),
    )
    assert [target.row.name for target in find_targets(one_form(*rows), "满意度").targets] == ["用户满意率"]
    assert measure_of("服务对象满意度指标") == "satisfaction" != measure_of("满意度调查影响力")
    assert find_measure("没有这样的度量") is None


def test_names_alike_that_measure_something_else_are_left_out() -> None:
    rows = (
        row("故障率", value("5", "%", "le"), "quality", measure="fault_rate"),
        row("故障处理率", value("98", "%"), "quality", measure="handling_rate"),
        row("网络故障处理率", value("95", "%"), "quality", measure="handling_rate"),
    )
    found = find_targets(one_form(*rows), "故障")
    assert [target.value for target in found.targets] == [95, 98]
    assert reasons(found) == {"故障率": "other_measure"}


# --- what counts ------------------------------------------------------------------------------------------------------
def test_what_is_no_number_of_the_unit_is_left_out_with_its_reason() -> None:
    rows = (
        satisfied("90", "甲满意度"),
        satisfied("95", "乙满意度"),
        satisfied(None, "定性满意度"),
        _target("次数满意度", value("3", "次")),
        _target("无单位满意度", value("90")),
        _target("上限满意度", value("90", "%", "le")),
        _target("区间满意度", value("90", "%", "range", base_upper=Decimal(95), raw="90%-95%")),
        _target("同比满意度", value("5", "%", relative_to="previous_year", change="increase")),
        _target("几个满意度", value("90", "%", parts=(value("90", "%"), value("80", "%")))),
        _target("没有满意度", None),
    )
    found = find_targets(one_form(*rows), "satisfaction")
    assert (found.base_unit, found.direction) == ("%", "positive")
    assert [target.row.name for target in found.targets] == ["甲满意度", "乙满意度"]
    assert reasons(found) == {
        "定性满意度": "qualitative",
        "次数满意度": "other_unit",
        "无单位满意度": "no_unit",
        "上限满意度": "other_side",
        "区间满意度": "range",
        "同比满意度": "relative",
        "几个满意度": "several",
        "没有满意度": "no_target",
    }


def _target(name: str, target: Value | None) -> Indicator:
    return row(name, target, "service_satisfaction", tier1="satisfaction", measure="satisfaction")


def test_units_of_one_kind_are_turned_into_one() -> None:
    rows = (
        row("甲响应时间", value("30", "分钟", "le"), "timeliness"),
        row("乙响应时间", value("1", "小时", "le"), "timeliness"),
    )
    found = find_targets(one_form(*rows), "响应时间")
    assert (found.base_unit, [target.value for target in found.targets]) == ("秒", [1800, 3600])
    alone = find_targets(one_form(rows[0]), "响应时间")
    assert (alone.base_unit, alone.targets[0].value) == ("分钟", 30)


def test_a_printed_direction_counts_where_the_measure_says_none() -> None:
    rows = [row("库存余额比对", value(n, "个", "le"), direction="negative") for n in ("3", "5")]
    store = store_of(
        *(disclosed(name, form("综合经费", one)) for name, one in zip(("昆明市", "南宁市"), rows, strict=True))
    )
    assert find_targets(store, "库存余额比对").direction == "negative"


def test_a_superseded_form_is_left_out_and_told() -> None:
    store = store_of(*FOUR)
    older = URIRef(BASE.form(FOUR[3].document.sha256, 1))
    store.replace_graph(
        BASE.derived_graph("editions"), [(older, URIRef(P + "supersededBy"), URIRef(BASE.form("f" * 64, 1)))]
    )
    found = find_targets(store, "满意度")
    assert [target.value for target in found.targets] == [90, 95, 98]
    assert [(one.row.region_name, one.reason) for one in found.left_out] == [("桂林市", "superseded")]


def _plan_and_report(target: str, achieved: str, name: str = "昆明市") -> list[Disclosure]:
    report = form("培训经费", satisfied(target, actual=value(achieved, "%", "eq")), kind="self_evaluation")
    return [city(name, target), disclosed(name, report, kind="final_accounts")]


def test_plan_and_report_of_a_year_count_once_with_what_was_achieved() -> None:
    found = find_targets(store_of(*_plan_and_report("90", "97"), *_plan_and_report("95", "94", "南宁市")), "满意度")
    assert [(target.value, target.actual) for target in found.targets] == [(90, 97), (95, 94)]
    assert {one.reason for one in found.left_out} == {"in_target_form"}
    achieved = found.achieved
    assert achieved is not None
    assert (achieved.count, achieved.met, achieved.median, achieved.median_beyond) == (2, 1, Decimal("95.5"), 3)


def test_a_region_and_a_year_narrow() -> None:
    store = store_of(*FOUR, city("昆明市", "80", year=2022))
    assert [target.value for target in find_targets(store, "满意度", region="广西").targets] == [85, 98]
    assert [target.value for target in find_targets(store, "满意度", year=2022).targets] == [80]


# --- mine -------------------------------------------------------------------------------------------------------------
def iri_of(disclosure: Disclosure) -> str:
    return BASE.project(project_key(disclosure.document, disclosure.projects[0]))


@pytest.mark.parametrize(("number", "place", "standing"), [(2, 100, "strict"), (3, 0, "lax"), (0, "33", "middle")])
def test_my_place_among_the_others(number: int, place: object, standing: str) -> None:
    found = find_targets(store_of(*FOUR), "满意度", project=iri_of(FOUR[number]))
    (mine,) = found.mine
    assert mine.standing == standing
    assert f"{mine.percentile:.0f}" == str(place)
    assert len(found.peers) == 3
    assert any("百分位" in line for line in found.advice())


def test_where_less_is_better_the_lower_target_is_the_strict_one() -> None:
    cities = [
        disclosed(name, form("热线经费", row("系统故障率", value(n, "%", "le"), "quality", measure="fault_rate")))
        for name, n in (("昆明市", "1"), ("曲靖市", "3"), ("南宁市", "5"), ("桂林市", "9"))
    ]
    found = find_targets(store_of(*cities), "fault_rate", project=iri_of(cities[0]))
    assert (found.direction, found.mine[0].standing) == ("negative", "strict")


def test_below_three_peers_nothing_is_said_of_my_place() -> None:
    found = find_targets(store_of(*FOUR[:3]), "满意度", project=iri_of(FOUR[0]))
    assert found.mine[0].standing == "too_few"
    assert not any("同类设定" in line for line in found.advice())
    assert not any("百分位" in line for line in found.advice())
    assert any("不足三个" in line for line in found.advice())


def test_what_is_said_of_my_place_is_true_where_peers_set_the_same() -> None:
    """Two of three peers are stricter, one sets the same: more than a quarter are no laxer, and nobody says they are."""
    cities = [
        disclosed(name, form("热线经费", row("群众满意度", value(n, "%", "ge"), "quality", measure="satisfaction")))
        for name, n in (("昆明市", "95"), ("曲靖市", "95"), ("南宁市", "96"), ("桂林市", "99"))
    ]
    found = find_targets(store_of(*cities), "满意度", project=iri_of(cities[0]))
    (told,) = (line for line in found.advice() if "本项目" in line)
    assert told == "本项目 95%，处于第 17 百分位：在同类指标值最宽的四分之一"


# --- the answer -------------------------------------------------------------------------------------------------------
def test_the_json_is_as_the_contract_says() -> None:
    told = find_targets(store_of(*FOUR), "满意度").to_json()
    assert list(told) == [
        "indicator", "base_unit", "direction", "count", "min", "p25", "median", "p75", "max", "targets", "left_out",
    ]  # fmt: skip
    numbers = [told[name] for name in ("min", "p25", "median", "p75", "max")]
    assert numbers == ["85", "88.75", "92.5", "95.75", "98"]
    assert (told["indicator"], told["base_unit"], told["direction"], told["count"]) == ("满意度", "%", "positive", 4)
    assert told["targets"][0] == {
        "project": "培训经费",
        "publisher": "桂林市综合服务中心",
        "region": "桂林市",
        "fiscal_year": 2024,
        "operator": "ge",
        "value": "85",
    }
    json.dumps(told)
    nothing = find_targets(store_of(*FOUR), "满意度", year=1999).to_json()
    assert (nothing["count"], nothing["targets"]) == (0, [])
    assert [nothing[name] for name in ("min", "p25", "median", "p75", "max")] == [""] * 5
    left = find_targets(one_form(satisfied("90"), satisfied(None, "定性满意度")), "满意度").to_json("en")["left_out"]
    assert left == [{"project": "综合经费", "reason": "qualitative: a word, not a number"}]


# --- from form to form ------------------------------------------------------------------------------------------------
def changes(before: list[Indicator], after: list[Indicator]) -> dict[str, Change]:
    store = store_of(
        disclosed("昆明市", form("综合经费", *before), year=2023),
        disclosed("昆明市", form("综合经费", *after), year=2024),
    )
    (step,) = find_target_history(store, "综合经费")
    assert (step.before, step.after) == ((2023, "TargetForm"), (2024, "TargetForm"))
    return {change.name: change for change in step.changes}


def test_raised_lowered_dropped_added_and_redefined() -> None:
    found = changes(
        [
            satisfied("90"),
            row("故障率", value("5", "%", "le"), "quality", measure="fault_rate"),
            row("培训人数", value("1", "小时")),
            row("工作效率", value("95", "%"), "quality"),
            row("印制手册", value("100", "份")),
            row("绿植数量", value("50", "株")),
            row("参会人数", value("50", "人", "ge")),
        ],
        [
            satisfied("95"),
            row("故障率", value("8", "%", "le"), "quality", measure="fault_rate"),
            row("培训人数", value("1", "人")),
            row("工作效率", value(None), "quality"),
            row("绿植数量", value("50", "株")),
            row("接听电话数", value("9", "个")),
            row("参会人数", value("50", "人", "le")),
        ],
    )
    told = {name: (change.what, change.why, change.stricter) for name, change in found.items()}
    assert told == {
        "群众满意度": ("raised", None, True),
        "故障率": ("raised", None, False),
        "培训人数": ("redefined", "unit", None),
        "工作效率": ("redefined", "kind", None),
        "绿植数量": ("unchanged", None, None),
        "接听电话数": ("added", None, None),
        "参会人数": ("redefined", "bound", None),
        "印制手册": ("dropped", None, None),
    }


def test_another_name_is_a_redefinition() -> None:
    found = changes([satisfied("90", "办事群众满意度")], [satisfied("95", "办事企业群众满意度")])
    assert {(change.what, change.why) for change in found.values()} == {("redefined", "name")}


def test_plan_and_report_are_compared_within_the_year() -> None:
    report = form("培训经费", satisfied("85", actual=value("97", "%")), kind="self_evaluation")
    store = store_of(city("昆明市", "90"), disclosed("昆明市", report, kind="final_accounts"))
    (step,) = find_target_history(store, "培训经费")
    assert (step.before, step.after) == ((2024, "TargetForm"), (2024, "SelfEvaluation"))
    assert [change.what for change in step.changes] == ["lowered"]
    assert find_target_history(store, "培训经费", names=["没有"])[0].changes == ()


def test_what_a_newer_form_does_not_ask_any_more_is_told_of_the_indicator() -> None:
    store = store_of(
        disclosed("昆明市", form("培训经费", satisfied("90", "学员反映评价满意率")), year=2023),
        disclosed("昆明市", form("培训经费", satisfied("95", "服务对象满意度")), year=2024),
    )
    spread = find_targets(store, "满意度", project="培训经费")
    (step,) = find_target_history(store, "培训经费", names=spread.own_names)
    assert {change.name: change.what for change in step.changes} == {
        "服务对象满意度": "added",
        "学员反映评价满意率": "dropped",
    }


def test_a_form_of_an_unknown_year_is_before_and_after_none() -> None:
    unknown = city("昆明市", "80", year=None)
    assert find_target_history(store_of(unknown, city("昆明市", "90")), "培训经费") == []
    (step,) = find_target_history(store_of(unknown, city("昆明市", "90"), city("昆明市", "95", year=2025)), "培训经费")
    assert (step.before, step.after) == ((2024, "TargetForm"), (2025, "TargetForm"))


# --- what peers measure besides ---------------------------------------------------------------------------------------
def test_missing_indicators_by_tier_the_usual_ones_first() -> None:
    store = store_of(
        disclosed("昆明市", form("干部培训费", row("培训人数", value("100", "人")), satisfied("90", "群众满意率"))),
        disclosed(
            "曲靖市",
            form(
                "业务培训费",
                satisfied("95", "群众服务满意度"),
                row("参训人数", value("80", "人")),
                row("结业率", value("95", "%"), "quality"),
            ),
        ),
        disclosed(
            "南宁市",
            form(
                "岗位培训费",
                row("培训到课率", value("90", "%"), "quality"),
                row("结业率", value("98", "%"), "quality"),
                row("培训场次数量", value("5", "场")),
            ),
        ),
    )
    found = find_missing(store, "干部培训费", find_comparables(store, "干部培训费"))
    assert [(one.tier2, one.name, len(one.measured_by)) for one in found] == [
        ("quantity", "培训场次数量", 1),
        ("quality", "结业率", 2),
        ("quality", "培训到课率", 1),
    ]
    assert find_missing(store, "干部培训费", []) == []


def test_an_indicator_that_was_dropped_since_is_missing() -> None:
    peer = form("业务培训费", row("培训人数", value("80", "人")), row("结业率", value("95", "%"), "quality"))
    store = store_of(
        disclosed(
            "昆明市", form("干部培训费", row("培训人数", value("90", "人")), row("结业率", value("90", "%"), "quality"))
        ),
        disclosed("昆明市", form("干部培训费", row("培训人数", value("100", "人"))), year=2025),
        disclosed("曲靖市", peer, year=2025),
    )
    found = find_missing(store, "干部培训费", find_comparables(store, "干部培训费"))
    assert [one.name for one in found] == ["结业率"]


# --- the command line and the notebook --------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("targets") / "store"
    assert pipeline.ingest_examples(folder).ok
    return str(folder)


def test_the_command_line_tells_targets(examples: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert pikg.run(["targets", "满意度", "--store", examples, "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["base_unit"], told["direction"], told["count"]) == ("%", "positive", len(told["targets"]))
    assert set(told) == {
        "indicator", "base_unit", "direction", "count", "min", "p25", "median", "p75", "max", "targets", "left_out",
    }  # fmt: skip
    assert pikg.run(["targets", "群众满意度", "--store", examples, "--lang", "en", "--project", "一网通办工作"]) == 0
    table = capsys.readouterr().out
    assert "peers set" in table and "percentile" in table
    assert pikg.run(["targets", "没有这样的指标", "--store", examples]) == 1


def test_the_command_line_tells_unit_costs(examples: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert pikg.run(["unit-costs", "contract_staff", "--store", examples, "--format", "json"]) == 0
    (spread,) = json.loads(capsys.readouterr().out)
    assert (spread["per"], spread["publishers"], spread["median"]) == ("人", 3, "58604.14")
    assert all(one["amount"]["source"] and one["quantity"]["source"] for one in spread["unit_costs"])
    for arguments in ([], ["post"], ["--project", "邮政快递费"], ["--achieved"]):
        assert pikg.run(["unit-costs", *arguments, "--store", examples, "--lang", "en"]) == 0
    assert "÷" in capsys.readouterr().out
    assert pikg.run(["unit-costs", "太空旅行", "--store", examples]) == 1
    assert pikg.run(["unit-costs", "post", "--project", "邮政快递费", "--store", examples]) == 2


def test_the_table_of_comparable_projects_tells_what_they_cost_and_measure(
    examples: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert pikg.run(["comparable", "聘用人员经费", "--store", examples]) == 0
    told = capsys.readouterr().out
    assert "unit costs:" in told and "58604.14" in told
    assert "what comparable projects measure" in told


# --- the data ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("path", "wrong", "entry"),
    [
        (("reasons",), {}, "reasons"),
        (("changes", "raised"), {"zh": "提高"}, "changes.raised"),
        (("house",), [], "the file"),
    ],
)
def test_wrong_data_is_refused_by_entry(path: tuple[str, ...], wrong: object, entry: str) -> None:
    data = copy.deepcopy(read_data("targets.yaml"))
    inner = data
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = wrong
    with pytest.raises(DataError) as raised:
        parse_words(data)
    assert raised.value.entry == entry


# --- the corpus -------------------------------------------------------------------------------------------------------
@needs_shared
def test_the_spread_of_satisfaction_over_the_corpus() -> None:
    found = find_targets(corpus_store(), "满意度")
    told = found.quartiles
    assert told is not None
    assert (told.count, told.least, told.p25, told.median, told.p75, told.greatest) == (29, 80, 90, 95, 98, 100)
    assert {one.reason for one in found.left_out} == {"qualitative"}
    assert all(target.row.page for target in found.targets)
