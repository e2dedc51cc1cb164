"""Unit costs: which amounts and quantities belong together, which don't, and how they are spread over cities."""

from __future__ import annotations

import copy
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from comparing import corpus_store, cost, disclosed, form, row, value
from corpus import BASE, P, store_of
from hypothesis import given
from hypothesis import strategies as st
from rdflib import URIRef
from shared import needs_shared

from extract.values import parse_value
from graph.comparables import find_comparables
from graph.embedded import EmbeddedStore
from graph.errors import AmbiguousError, NotFoundError
from graph.figures import read_object, split_name
from graph.pairing import UnitCost
from graph.quartiles import percentile, quantile, quartiles
from graph.unit_costs import UnitCostSpread, find_service, find_spreads, find_unit_costs
from ontology.records import Indicator, Project
from ontology.unit_costs import parse_rules, unit_cost_rules
from ontology.vocabulary import DataError, read_data

STAFF = row("聘用人员数量", value("30", "人", "eq"))


def costs_of(*forms: Project, **asked: object) -> list[UnitCost]:
    return list(find_unit_costs(store_of(disclosed("昆明市", *forms)), **asked).costs)  # type: ignore[arg-type]


def reasons_of(*forms: Project) -> set[str]:
    return {one.reason for one in find_unit_costs(store_of(disclosed("昆明市", *forms))).left_out}


def only(*forms: Project, **asked: object) -> UnitCost:
    (found,) = costs_of(*forms, **asked)
    return found


# --- a cost indicator and its quantity ----------------------------------------------------------------------------
def test_a_cost_and_a_quantity_of_the_same_object_belong_together() -> None:
    found = only(
        form("某中心", row("证照邮寄数", value("8000", "件")), cost("证照邮寄费成本", "100000"), scope="department")
    )
    assert (found.value, found.per_label, found.bound) == (Decimal("12.5"), "件", "le")
    assert found.formula == "100,000 元 ÷ 8,000 件 = 12.5 元/件 (≤)"
    assert found.reasons == ("same_object",)
    assert found.sure == unit_cost_rules().sureness["same_object"].number


def test_both_sources_are_the_rows_that_print_them() -> None:
    disclosure = disclosed(
        "昆明市", form("某中心", cost("短信成本", "200000"), row("短信发送量", value("2000000", "条")))
    )
    (found,) = find_unit_costs(store_of(disclosure)).costs
    rows = [BASE.row(disclosure.document.sha256, 1, number) for number in (1, 2)]
    assert [found.money.source, found.quantity.source] == rows
    assert (found.money.printed, found.quantity.printed) == ("≤200000元", "≥2000000条")
    assert found.value == Decimal("0.1")


def test_of_the_quantities_of_a_service_the_one_that_counts_it_is_taken() -> None:
    rows = (
        row("政务服务事项收件受理件数", value("120000", "件")),
        row("外包服务岗位设置数", value("8", "个")),
        row("采购外包服务机构", value("1", "家", "eq")),
        row("外包服务项目人员配置", value("57", "人")),
    )
    found = only(form("一窗通办购买服务经费", *rows, cost("外包服务成本控制", "4200000"), money="4200000"))
    assert (found.value, found.quantity.number, found.service) == (Decimal("73684.21"), Decimal(57), "contract_staff")


def test_words_that_any_cost_has_make_no_pair() -> None:
    rows = (
        row("政务服务事项收件受理件数", value("120000", "件")),
        row("委托第三方评估服务范围", value("14", "个")),
        row("维护系统数量", value("2", "个")),
        row("硬件维护数量", value("500", "台")),
    )
    costs = (
        cost("政务服务事项通俗化解读宣传费", "480000"),
        cost("采购第三方开展“高效办成一件事”服务项目", "700000"),
        cost("大厅运维服务项目采购成本", "800000"),
        cost("耗材采购成本", "600000"),
    )
    assert costs_of(form("某中心", *rows, *costs, scope="department")) == []


def test_a_cost_that_covers_more_is_less_sure() -> None:
    lines = row("租用网络专线", value("6", "条"))
    plain = only(form("某中心", lines, cost("网络专线租用成本", "444000"), scope="department"))
    more = only(form("某中心", lines, cost("线路租用及网络安全服务成本", "444000"), scope="department"))
    assert plain.value == more.value == 74000
    assert "covers_more" in more.reasons and more.sure < plain.sure and more.sure >= unit_cost_rules().line


def test_several_quantities_of_a_cost_are_told_and_not_guessed() -> None:
    rows = (row("培训干部人数", value("100", "人")), row("培训群众人数", value("300", "人")), cost("培训成本", "50000"))
    assert costs_of(form("某中心", *rows, scope="department")) == []
    assert reasons_of(form("某中心", *rows, scope="department")) == {"several_quantities"}


def test_several_costs_of_a_quantity_are_told_and_not_guessed() -> None:
    rows = (STAFF, cost("外聘工资成本", "1000000"), cost("编外保险成本", "300000"))
    assert costs_of(form("某中心", *rows, scope="department")) == []
    assert reasons_of(form("某中心", *rows, scope="department")) == {"several_costs"}


def test_people_and_sessions_of_a_training_are_both_told() -> None:
    rows = (row("培训人数", value("200", "人")), row("培训期数", value("4", "期")), cost("培训费", "100000"))
    found = costs_of(form("某中心", *rows, scope="department"))
    assert {(one.per_label, one.value) for one in found} == {("人", Decimal(500)), ("次", Decimal(25000))}


@pytest.mark.parametrize("name", ["节约邮寄成本", "邮寄成本降低率", "邮寄收入"])
def test_what_is_saved_or_earned_is_no_cost(name: str) -> None:
    rows = (row("证照邮寄数", value("8000", "件")), cost(name, "100000"))
    assert costs_of(form("某中心", *rows, scope="department")) == []


def test_a_price_is_not_divided() -> None:
    rows = (row("寄件数量", value("8000", "件")), cost("寄件单价", "15"), cost("人均邮寄费标准", "400"))
    assert costs_of(form("某中心", *rows, scope="department")) == []


# --- a project's funding and its main quantity --------------------------------------------------------------------
def test_funding_goes_with_the_only_quantity_that_the_name_speaks_of() -> None:
    found = only(form("专项业务类-邮政快递费", row("寄件数量", value("60000", "件")), money="677000"))
    assert (found.value, found.bound, found.reasons) == (Decimal("11.28"), "le", ("only_quantity",))
    assert "/funding/" in found.money.source


@pytest.mark.parametrize(
    ("name", "quantity"),
    [
        ("信息资源平台运行维护费", row("平台年度升级次数", value("1", "次"))),
        ("门户网站、平台运行维护费", row("平台升级次数", value("1", "次"))),
        ("热线受理中心工作经费", row("宣传手册印制数量", value("50000", "份"))),
        ("政务服务体系建设和调研考察工作经费", row("外派学习人数", value("10", "人"))),
        ("辅警装备购置费", row("辅警人数", value("50", "人"))),
        ("综合业务经费", row("设备数量", value("50", "台"))),
    ],
)
def test_a_quantity_that_is_not_what_the_money_is_for_stays_apart(name: str, quantity: Indicator) -> None:
    assert costs_of(form(name, quantity, money="80000")) == []


def test_money_for_several_things_is_not_divided() -> None:
    rows = (
        row("改造面积", value("368.5", "m²", "eq")),
        row("安装自助服务一体机", value("13", "台", "eq")),
        row("便民服务事项", value("7", "项")),
    )
    assert costs_of(form("自助服务区改造装修", *rows, money="494100")) == []
    assert reasons_of(form("自助服务区改造装修", *rows, money="494100")) == {"several_things"}


def test_parts_of_a_service_beside_its_main_quantity_do_no_harm() -> None:
    rows = (
        row("主体班培训人次", value("280", "人次", "eq")),
        row("邀请校外名师授课人次", value("25", "人次", "eq")),
        row("情景教学或外训批次", value("6", "次", "eq")),
    )
    found = only(form("主体班", *rows, money="1640000"))
    assert (found.value, found.quantity.number, found.reasons) == (Decimal("5857.14"), Decimal(280), ("main_quantity",))


def test_a_rate_is_no_number_for_the_year() -> None:
    assert costs_of(form("短信服务费", row("短信数量", value("5000", "条/天")), money="500000")) == []
    assert reasons_of(form("短信服务费", row("短信数量", value("5000", "条/天")), money="500000")) == {"rate"}
    assert only(form("短信服务费", row("短信数量", value("5000", "条/年")), money="500000")).value == 100


def test_a_cost_indicator_that_contradicts_the_funding_leaves_it_apart() -> None:
    def staff(limit: str) -> Project:
        return form("聘用人员经费", STAFF, cost("成本控制价", limit), money="1305000")

    assert only(staff("1305000")).reasons[:2] == ("only_quantity", "own_cost")
    rounded = only(staff("1250000"))
    assert "own_cost_near" in rounded.reasons and rounded.sure < only(staff("1305000")).sure
    assert costs_of(staff("3400000")) == []
    assert reasons_of(staff("3400000")) == {"own_cost_differs"}


def test_a_printed_price_confirms_or_casts_doubt() -> None:
    def post(price: str) -> UnitCost:
        rows = (row("寄件数量", value("60000", "件")), row("寄件单价控制", value(price, "元", "lt")))
        return only(form("邮政快递费", *rows, money="677000"))

    assert post("15").sure == unit_cost_rules().assurances["printed_price"].number
    assert post("9").sure < unit_cost_rules().line
    wages = (STAFF, row("平均工资金额", value("43500", "元/人年", "eq")))
    assert "printed_price" in only(form("聘用人员经费", *wages, money="1305000")).reasons


def test_an_upper_bound_on_the_quantity_is_less_sure_and_bounds_from_below() -> None:
    found = only(form("聘用人员经费", row("聘用人员数量", value("30", "人", "le")), money="1305000"))
    assert (found.bound, found.reasons) == ("ge", ("only_quantity", "capped_quantity"))


def test_units_of_one_kind_are_counted_in_one() -> None:
    found = only(form("道路养护费", row("养护里程", value("20000", "米")), money="600000"))
    assert (found.per_label, found.value) == ("公里", Decimal(30000))


def test_what_was_achieved_is_divided_by_what_was_spent() -> None:
    rows = (row("寄件数量", value("60000", "件"), actual=value("50000", "件", "eq")),)
    report = form("邮政快递费", *rows, money="677000", spent="600000", kind="self_evaluation")
    assert only(report).value == Decimal("11.28")
    achieved = only(report, basis="achieved")
    assert (achieved.value, achieved.bound, achieved.money.printed) == (Decimal(12), "eq", "600000元")


# --- across cities ------------------------------------------------------------------------------------------------
# --- the words and units of many cities ---------------------------------------------------------------------------
WORDINGS = yaml.safe_load((Path(__file__).parent / "data" / "unit_costs" / "wordings.yaml").read_text("utf-8"))
TIERS = {
    "q": ("output", "quantity"),
    "l": ("output", "quality"),
    "t": ("output", "timeliness"),
    "s": ("satisfaction", "service_satisfaction"),
}


@pytest.mark.parametrize("case", WORDINGS, ids=lambda case: f"{case['name']} {case['rows'][0][1]}")
def test_quantities_in_other_words_and_units(case: dict[str, Any]) -> None:
    rows = [
        row(name, parse_value(printed).value, TIERS[tier][1], tier1=TIERS[tier][0])
        for name, printed, tier in case["rows"]
    ]
    found = costs_of(form(case["name"], *rows, money=str(Decimal(case["funding"]) * 10000)))
    told = [[str(cost.value), cost.per_label] for cost in found]
    assert case["cost"] in told if case["cost"] else told == []


def staffed(city: str, people: str, money: str, **fields: object) -> object:
    return disclosed(city, form("聘用人员经费", row("聘用人员数量", value(people, "人", "eq")), money=money), **fields)


def spread_of(store: EmbeddedStore, **asked: object) -> UnitCostSpread:
    (found,) = find_spreads(store, "contract_staff", **asked)  # type: ignore[arg-type]
    return found


THREE = [("昆明市", "10", "400000"), ("曲靖市", "10", "500000"), ("南宁市", "10", "700000")]


def test_quartiles_from_three_publishers_on() -> None:
    found = spread_of(store_of(*(staffed(*one) for one in THREE)))
    told = found.quartiles
    assert told is not None and found.publishers == 3
    assert (told.least, told.p25, told.median, told.p75, told.greatest) == (40000, 45000, 50000, 60000, 70000)
    two = spread_of(store_of(*(staffed(*one) for one in THREE[:2])))
    assert (two.publishers, two.quartiles, len(two.costs)) == (2, None, 2)


def test_a_project_counts_once_and_who_was_left_out_is_told() -> None:
    store = store_of(
        staffed("昆明市", "10", "400000"),
        staffed("昆明市", "10", "380000", year=2023),
        disclosed(
            "南宁市",
            form("聘用人员经费", STAFF, money="1305000"),
            form("南宁市综合服务中心", STAFF, cost("聘用人员成本", "1305000"), scope="department"),
        ),
        disclosed(
            "桂林市", form("聘用人员经费", row("工资发放及时率", value("100", "%"), "timeliness"), money="90000")
        ),
        disclosed("曲靖市", form("聘用人员经费", STAFF, cost("成本控制价", "9000000"), money="1305000")),
    )
    found = spread_of(store)
    assert [(one.form.region_name, one.form.year, one.value) for one in found.costs] == [
        ("昆明市", 2024, 40000),
        ("南宁市", 2024, 43500),
    ]
    left = {(one.form.region_name, one.reason) for one in found.left_out}
    assert left == {
        ("昆明市", "older_year"),
        ("南宁市", "printed_again"),
        ("桂林市", "no_quantity"),
        ("曲靖市", "own_cost_differs"),
    }
    assert [one.value for one in spread_of(store, year=2023).costs] == [38000]
    assert [one.value for one in spread_of(store, region="广西").costs] == [43500]


def test_a_superseded_form_counts_nowhere_and_is_told() -> None:
    disclosures = [staffed(*one) for one in THREE]
    store = store_of(*disclosures)
    older = URIRef(BASE.form(disclosures[2].document.sha256, 1))
    store.replace_graph(
        BASE.derived_graph("editions"), [(older, URIRef(P + "supersededBy"), URIRef(BASE.form("f" * 64, 1)))]
    )
    assert {one.form.region_name for one in spread_of(store).costs} == {"昆明市", "曲靖市"}
    assert "superseded" in {one.reason for one in find_unit_costs(store).left_out}


def test_a_service_without_any_unit_cost_tells_why() -> None:
    found = spread_of(store_of(disclosed("昆明市", form("聘用人员经费", money="90000"))))
    assert (found.costs, found.quartiles, {one.reason for one in found.left_out}) == ((), None, {"no_quantity"})


def test_a_service_is_found_by_notation_label_or_word() -> None:
    assert {find_service(text).name for text in ("post", "邮寄快递", "parcels", "快递")} == {"post"}
    with pytest.raises(NotFoundError, match="post"):
        find_service("太空旅行")
    with pytest.raises(AmbiguousError):
        find_service("道路")


# --- beside comparable projects -----------------------------------------------------------------------------------
def test_comparable_projects_show_what_one_of_the_same_thing_costs() -> None:
    store = store_of(staffed("昆明市", "10", "400000"), staffed("南宁市", "10", "700000"))
    (peer,) = _peers_of_the_cheaper(store)
    assert peer["unit_costs"] == [{"per": "人", "mine": "40000", "theirs": "70000"}]


def _peers_of_the_cheaper(store: EmbeddedStore) -> list[dict[str, object]]:
    projects = sorted({cost.form.project for cost in find_unit_costs(store).costs})
    mine = next(p for p in projects if find_unit_costs(store, p).costs[0].value == 40000)
    return [peer.to_json() for peer in find_comparables(store, mine)]


# --- names --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "about"),
    [
        ("证照批文邮寄费成本", "证照批文邮寄"),
        ("证照批文邮寄数", "证照批文邮寄"),
        ("短信服务项目成本", "短信"),
        ("寄件数量", "寄件"),
        ("项目预算成本控制数", ""),
        ("经费预算", ""),
    ],
)
def test_what_a_name_is_about(name: str, about: str) -> None:
    assert read_object(name) == about


def test_a_name_is_split_where_it_lists_and_not_within_words() -> None:
    assert split_name("专项业务类-线路租用及网络安全服务") == ("线路租用", "网络安全服务")
    assert split_name("普及培训与参与指导") == ("普及培训", "参与指导")
    assert split_name("终端维护费用和工作经费") == ("终端维护费用",)


# --- quartiles ----------------------------------------------------------------------------------------------------
def test_quartiles_are_exact_and_by_the_stated_method() -> None:
    told = quartiles(map(Decimal, ("0.1", "0.2", "0.3", "0.7")))
    assert told is not None
    assert (told.p25, told.median, told.p75) == (Decimal("0.175"), Decimal("0.25"), Decimal("0.4"))
    assert quartiles([]) is None
    assert percentile(Decimal(5), [Decimal(n) for n in (1, 5, 5, 9)]) == 50
    assert percentile(Decimal(5), []) is None


@given(st.lists(st.decimals(-1000, 1000, places=3), min_size=1, max_size=20))
def test_quantiles_stay_within_and_rise(numbers: list[Decimal]) -> None:
    ordered = sorted(numbers)
    found = [quantile(ordered, Decimal(step) / 20) for step in range(21)]
    assert found == sorted(found)
    assert (found[0], found[-1]) == (ordered[0], ordered[-1])


# --- the data -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("path", "wrong", "entry"),
    [
        (("line",), 2, "line"),
        (("sureness", "same_object"), {"zh": "同", "en": "same"}, "sureness.same_object"),
        (("doubts",), {}, "doubts"),
        (("reasons", "rate"), {"zh": "频率"}, "reasons.rate"),
        (("cost_words",), [], "cost_words"),
        (("services", "post", "paid"), "邮寄", "services.post.paid"),
        (("services", "post", "counts"), {"parcel": {"words": ["邮寄"]}}, "services.post.counts.parcel"),
        (("services", "training", "counts", "person", "also"), ["person_time"], "services.training.counts"),
        (("house",), [], "the file"),
    ],
)
def test_wrong_data_is_refused_by_entry(path: tuple[str, ...], wrong: object, entry: str) -> None:
    data = copy.deepcopy(read_data("unit_costs.yaml"))
    inner = data
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = wrong
    with pytest.raises(DataError) as raised:
        parse_rules(data)
    assert raised.value.entry.startswith(entry)


# --- the corpus ---------------------------------------------------------------------------------------------------
CORPUS = {
    ("4200000", "57"): "73684.21",
    ("100000", "8000"): "12.5",
    ("444000", "6"): "74000",
    ("677000", "60000"): "11.28",
    ("1305000", "30"): "43500",
    ("200000", "2000000"): "0.1",
    ("200000", "14"): "14285.71",
    ("758000", "3"): "252666.67",
    ("45000", "50"): "900",
    ("30000", "1"): "30000",
    ("60000", "100"): "600",
    ("50000", "5"): "10000",
}


@needs_shared
def test_the_unit_costs_of_the_corpus_and_no_wrong_one() -> None:
    found = find_unit_costs(corpus_store()).costs
    assert {(f"{one.money.number:f}", f"{one.count:f}"): f"{one.value:f}" for one in found} == {
        (money, count): cost for (money, count), cost in CORPUS.items()
    }
    assert all(one.money.page and one.quantity.page for one in found)
    assert all(unit_cost_rules().line <= one.sure < 1 for one in found)
