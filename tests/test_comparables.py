"""Comparable projects: what makes two alike, what must not, and that nothing comparable is an answer."""

from __future__ import annotations

import copy
import dataclasses
import hashlib
import json
import math
from decimal import Decimal

import pytest
from corpus import BASE, P, gold_disclosures, record, store_of
from hypothesis import given
from hypothesis import strategies as st
from rdflib import URIRef
from shared import SHARED, needs_shared

from graph.comparables import Comparable, find_comparables, read_index
from graph.errors import AmbiguousError, NotFoundError
from graph.likeness import ProjectText, compare, look, match_names, read_profile, strip_name
from graph.same_question import Question, match_questions
from ontology.comparables import comparison, parse_comparison
from ontology.keys import fold
from ontology.records import Disclosure, DocumentInfo, Funding, Indicator, Named, Project, Value
from ontology.vocabulary import DataError, read_data

BOILERPLATE = (
    "项目完成时限",
    "群众满意度",
    "项目预算成本控制数",
    "资金使用合规率",
    "建章立制，常态长效",
    "提高办事效率",
)

# Two cities' wordings of one thing. Each must be found for the other, before all the rest and above the line.
PEERS = [
    ("12345政务服务热线受理中心工作经费", "市民来电受理坐席服务"),
    ("24小时自助服务区建设", "自助终端日常维护费"),
    ("城区公厕改造项目", "公厕革命专项经费"),
    ("义务教育学生营养改善计划补助", "农村学生营养餐经费"),
    ("高龄老人津贴", "百岁老人补贴发放"),
    ("道路交通信号灯维护费", "交通信号灯及电子警察维护"),
    ("森林防火经费", "护林防火专项"),
    ("法律顾问服务费", "聘请法律顾问经费"),
    ("第七次人口普查经费", "经济普查工作经费"),
    ("公共图书馆免费开放补助", "文化馆免费开放经费"),
    ("城市生活垃圾清运费", "生活垃圾收运处置经费"),
    ("老旧小区改造", "城镇老旧小区改造项目"),
    ("公务用车运行维护费", "执法车辆运行费"),
    ("档案数字化加工", "馆藏档案数字化服务"),
    ("村干部报酬", "村级组织运转补助"),
    ("电子政务外网租赁费", "政务外网专线租用"),
    ("网络安全等级保护测评", "等保测评服务"),
    ("公租房租赁补贴", "住房租赁补贴"),
    ("免费婚检", "婚前医学检查项目"),
    ("社区矫正经费", "社区矫正工作专项"),
    ("业务培训费", "干部教育培训经费"),
    ("编外人员经费", "劳务派遣人员工资"),
    ("邮政快递费", "证照寄递服务"),
    ("办公楼物业管理费", "机关物业服务费"),
    ("政务信息系统运维", "一体化平台运行维护费"),
    ("视频监控系统维护费", "天网监控点位运维"),
    ("排队叫号系统维护费", "大厅智能叫号设备运维"),
    ("新开办企业免费刻章服务", "企业开办印章补贴"),
    ("人工影响天气作业经费", "增雨防雹专项"),
    ("农村校车运营补贴", "中小学生校车服务补助"),
    ("社区网格员补贴", "专职网格员报酬"),
    ("高素质农民培育", "新型职业农民培训"),
    ("燃气安全排查整治", "燃气入户安检服务费"),
]


def disclosure(
    city: str, code: str, projects: dict[str, tuple[str, ...]], year: int = 2024, **fields: object
) -> Disclosure:
    """A city's disclosure of projects, by name with the names of their indicators."""
    made = tuple(
        Project(
            form_id=f"t1-f{number}",
            name=name,
            scope="project",
            form="target",
            fiscal_year=year,
            funding=(Funding("budget", "total", Decimal(100000 * number), raw=str(100000 * number), unit="元"),),
            indicators=tuple(
                Indicator(
                    "产出指标", "数量指标", tier3, Value(f"≥{n}个", "ge", Decimal(n), unit="个"), "output", "quantity"
                )
                for n, tier3 in enumerate(indicators, 1)
            ),
        )
        for number, (name, indicators) in enumerate(projects.items(), 1)
    )
    if fields:
        made = tuple(dataclasses.replace(project, **fields) for project in made)  # type: ignore[arg-type]
    sha256 = hashlib.sha256(f"{city} {year} {list(projects)}".encode()).hexdigest()
    info = DocumentInfo(f"{city}.pdf", sha256, None, "budget", year, Named(city, code), Named(f"{city}综合服务中心"))
    return Disclosure(info, "test-1", projects=made)


HERE = disclosure("昆明市", "530100", {name: BOILERPLATE for name, _ in PEERS})
THERE = disclosure("南宁市", "450100", {name: BOILERPLATE for _, name in PEERS})
GREENERY = ("租赁绿植数量", "绿植存活率", "绿植更换及时率")


def names(found: list[Comparable], line: float = 0.5) -> list[str]:
    return [item.name for item in found if item.score >= line]


# --- what is alike -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("mine", "theirs"), PEERS)
def test_the_same_service_elsewhere_comes_first_and_above_the_line(mine: str, theirs: str) -> None:
    index = _both()
    for asked, expected in ((mine, theirs), (theirs, mine)):
        found = index[asked]
        assert found and found[0].name == expected, (asked, [(item.name, item.score) for item in found])
        assert names(found) == [expected]


_FOUND: dict[str, list[Comparable]] = {}


def _both() -> dict[str, list[Comparable]]:
    if not _FOUND:
        index = read_index(store_of(HERE, THERE))
        for disclosed in (HERE, THERE):
            for project, iri in zip(disclosed.projects, _iris(disclosed), strict=True):
                _FOUND[project.name] = index.find(iri)
    return _FOUND


def _iris(disclosed: Disclosure) -> list[str]:
    from ontology.keys import project_key

    return [BASE.project(project_key(disclosed.document, project)) for project in disclosed.projects]


def test_indicators_tell_what_a_name_does_not() -> None:
    here = disclosure("昆明市", "530100", {"综合业务保障经费": ("接通话务量", "工单按时办结率", "接通率", "短信数量")})
    there = disclosure("南宁市", "450100", {"12345热线受理中心工作经费": ("宣传手册印制数量",), "绿植租赁": GREENERY})
    assert names(find_comparables(store_of(here, there), "综合业务保障经费")) == ["12345热线受理中心工作经费"]


def test_names_that_no_kind_of_service_covers_are_compared_by_their_letters() -> None:
    here = disclosure("昆明市", "530100", {"鲜花拍卖市场冷链补链行动": ("冷库容量",)})
    there = disclosure("南宁市", "450100", {"水果拍卖市场冷链补链": ("冷库容量",), "绿植租赁": GREENERY})
    assert names(find_comparables(store_of(here, there), "冷链补链行动")) == ["水果拍卖市场冷链补链"]


# --- what is not -------------------------------------------------------------------------------------------------
def test_boilerplate_makes_no_projects_alike() -> None:
    here = disclosure("昆明市", "530100", {"绿植租赁": (*BOILERPLATE, *GREENERY)})
    there = disclosure("南宁市", "450100", {"疫情防控口罩经费": BOILERPLATE, "驻村帮扶经费": BOILERPLATE})
    assert find_comparables(store_of(here, there), "绿植租赁") == []
    profile = read_profile(ProjectText("x", indicators=BOILERPLATE))
    assert not profile.indicators and not profile.kinds


def test_a_house_prefix_and_a_place_make_no_projects_alike() -> None:
    assert strip_name("专项业务类-大厅绿植租赁费") == "大厅绿植租赁费"
    assert strip_name("特定目标类—运转类：口罩经费") == "口罩经费"
    assert strip_name("分类处置项目") == "分类处置项目"
    assert strip_name("昆明市热线经费", ("昆明市", "昆明", "云南省")) == "热线经费"
    here = disclosure("昆明市", "530100", {"专项业务类-昆明市口罩经费": BOILERPLATE})
    there = disclosure("曲靖市", "530300", {"专项业务类-昆明市绿植租赁": BOILERPLATE})
    assert find_comparables(store_of(here, there), "口罩经费") == []


def test_a_broad_field_alone_makes_no_projects_alike() -> None:
    here = disclosure("昆明市", "530100", {"水利规划编制": ("报告份数",)})
    there = disclosure("南宁市", "450100", {"灌溉渠系维修": ("维修长度",)})
    assert find_comparables(store_of(here, there), "水利规划编制") == []


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        ("视频监控系统维护费", "政务服务平台运行维护费"),  # how a thing is run makes no two things alike
        ("排队叫号系统维护费", "政务信息系统运维"),
        ("心理援助热线服务", "12345热线话务服务"),
        ("家政服务培训补贴", "窗口人员业务培训费"),
        ("高素质农民培训", "干部教育培训经费"),
        ("市政府网站运维", "市政设施维护"),
    ],
)
def test_one_word_in_common_makes_no_other_service_alike(mine: str, theirs: str) -> None:
    here, there = (
        disclosure("昆明市", "530100", {mine: BOILERPLATE}),
        disclosure("南宁市", "450100", {theirs: BOILERPLATE}),
    )
    assert find_comparables(store_of(here, there), mine) == []


def test_departments_are_compared_with_departments_only() -> None:
    here = disclosure("昆明市", "530100", {"政务热线中心": ("热线接通率",)}, scope="department")
    there = disclosure("南宁市", "450100", {"政务热线经费": ("热线接通率",)})
    assert find_comparables(store_of(here, there), "政务热线中心") == []


def test_nothing_comparable_is_an_empty_list() -> None:
    store = store_of(record("hotline-budget"), record("greenery-budget"))
    assert find_comparables(store, "热线坐席外包服务") == []
    assert find_comparables(store_of(record("greenery-budget")), "办公楼绿植租摆") == []


# --- where and when one looks ------------------------------------------------------------------------------------
TRAINING = ("培训人数", "培训次数")
FOUR = store_of(
    disclosure("昆明市", "530100", {"干部培训费": TRAINING, "职工培训费": TRAINING}),
    disclosure("曲靖市", "530300", {"业务培训费": TRAINING}),
    disclosure("南宁市", "450100", {"岗位培训费": TRAINING}),
    disclosure("南宁市", "450100", {"岗位培训费": (*TRAINING, "结业率")}, year=2022),
)


def test_one_looks_everywhere_but_at_home() -> None:
    assert set(names(find_comparables(FOUR, "干部培训费"))) == {"业务培训费", "岗位培训费"}


def test_a_region_narrows_and_a_province_covers_its_cities() -> None:
    assert names(find_comparables(FOUR, "干部培训费", region="南宁")) == ["岗位培训费"]
    assert set(names(find_comparables(FOUR, "岗位培训费", region="云南省"))) == {
        "干部培训费",
        "职工培训费",
        "业务培训费",
    }
    assert names(find_comparables(FOUR, "干部培训费", region="530100")) == ["职工培训费"]  # home, when it is asked for
    with pytest.raises(NotFoundError, match="贵阳市"):
        find_comparables(FOUR, "干部培训费", region="贵阳")


def test_a_year_narrows_and_the_newest_counts_otherwise() -> None:
    (old,) = find_comparables(FOUR, "干部培训费", year=2022)
    assert (old.name, old.fiscal_year) == ("岗位培训费", 2022)
    newest = find_comparables(FOUR, "干部培训费", region="南宁")[0]
    assert (newest.fiscal_year, len(newest.matched_indicators)) == (2024, 2)


def test_at_most_as_many_as_asked_for() -> None:
    assert len(find_comparables(FOUR, "岗位培训费", top=2)) == 2


def test_a_project_is_named_by_iri_or_a_unique_part() -> None:
    iri = _iris(disclosure("昆明市", "530100", {"干部培训费": TRAINING}))[0]
    assert find_comparables(FOUR, iri) == find_comparables(FOUR, "干部培训")
    with pytest.raises(AmbiguousError) as raised:
        find_comparables(FOUR, "培训费")
    assert len(raised.value.candidates) == 4
    with pytest.raises(NotFoundError):
        find_comparables(FOUR, "没有这样的项目")
    with pytest.raises(NotFoundError):
        find_comparables(FOUR, BASE.project("0" * 20))


def test_a_superseded_form_is_not_compared() -> None:
    here = disclosure("昆明市", "530100", {"干部培训费": TRAINING})
    there = disclosure("南宁市", "450100", {"岗位培训费": TRAINING})
    store = store_of(here, there)
    form = URIRef(BASE.form(there.document.sha256, 1))
    store.replace_graph(
        BASE.derived_graph("editions"), [(form, URIRef(P + "supersededBy"), URIRef(BASE.form("f" * 64, 1)))]
    )
    assert find_comparables(store, "干部培训费") == []


# --- the answer --------------------------------------------------------------------------------------------------
def test_the_json_is_as_the_contract_says() -> None:
    best = find_comparables(FOUR, "干部培训费", region="南宁")[0].to_json()
    assert set(best) == {
        "project", "name", "publisher", "region", "fiscal_year", "score", "reasons", "funding", "matched_indicators",
        "unit_costs",
    }  # fmt: skip
    assert (best["publisher"], best["region"], best["funding"]) == ("南宁市综合服务中心", "南宁市", "100000")
    assert 0.5 <= best["score"] <= 1 and all(0 <= value <= 1 for value in best["reasons"].values())
    assert set(best["reasons"]) <= {*comparison().signals, *comparison().circumstances}
    pair = best["matched_indicators"][0]
    assert set(pair) == {"mine", "theirs"} and pair["mine"] == {"tier3": "培训人数", "target": "≥1个"}
    json.dumps(best)


def test_the_best_comes_first_and_the_same_each_time() -> None:
    first, second = (find_comparables(FOUR, "岗位培训费") for _ in range(2))
    assert first == second
    assert [item.score for item in first] == sorted((item.score for item in first), reverse=True)


def test_indicators_are_matched_by_name_each_once() -> None:
    mine, theirs = ["群众满意度", "培训人数", "验收合格率"], ["参训人数", "办事群众满意度", "培训人数", "群众满意度"]
    assert match_names(mine, theirs) == [(0, 3), (1, 2)]
    assert match_names([], theirs) == [] and match_names(["绿植数量"], ["工单办结率"]) == []


def test_indicators_of_other_kinds_of_unit_ask_other_things_however_like_their_names() -> None:
    mine = [Question("项目成本控制率", "cost", "%"), Question("故障修复时间", "output", "小时")]
    theirs = [
        Question("项目成本控制数", "cost", "万元"),
        Question("故障修复时间", "output", "分钟"),
        Question("故障修复率"),
    ]
    assert match_questions(mine, theirs, ()) == [(1, 1)]


# --- properties --------------------------------------------------------------------------------------------------
texts = st.text(alphabet="热线培训费平台绿植和、A12-经费", max_size=12)
projects = st.builds(
    ProjectText,
    name=texts,
    unit=texts,
    purpose=texts,
    indicators=st.lists(texts, max_size=4).map(tuple),
    tiers=st.lists(st.sampled_from(["a", "b"]), max_size=4).map(tuple),
    funding=st.none() | st.decimals(-5, 10**9, places=2),
)


@given(projects, projects)
def test_likeness_is_a_share_and_the_same_both_ways(one: ProjectText, other: ProjectText) -> None:
    left, right = read_profile(one), read_profile(other)
    there, back = compare(left, right), compare(right, left)
    assert 0.0 <= there.score <= 1.0 and all(0.0 <= value <= 1.0 for value in there.reasons.values())
    assert math.isclose(there.score, back.score, abs_tol=1e-9)
    assert there.score <= look(left, right).most


# --- the data ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("path", "value", "entry"),
    [
        (("keeps",), 1.5, "keeps"),
        (("signals", "kind", "says"), "viel", "signals.kind.says"),
        (("signals", "kind", "zh"), None, "signals.kind"),
        (("evidence", "name"), None, "evidence.name"),
        (("kinds", "training", "words"), [], "kinds.training.words"),
        (("kinds", "training", "words"), ["热线"], "kinds.training"),
        (("kinds", "training", "words"), [12345], "kinds.training.words"),
        (("kinds", "training", "near"), {"nowhere": 0.5}, "kinds.training.near"),
        (("kinds", "study_visit", "near"), {"training": 0.5}, "kinds.study_visit.near"),
        (("kinds", "training", "colour"), "red", "kinds.training"),
        (("set_aside",), ["经费", "经费"], "set_aside"),
        (("set_aside_of_units",), [], "set_aside_of_units"),
        (("coordinating",), "和", "coordinating"),
        (("house",), [], "the file"),
    ],
)
def test_wrong_data_is_refused_by_entry(path: tuple[str, ...], value: object, entry: str) -> None:
    data = copy.deepcopy(read_data("comparables.yaml"))
    inner = data
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    with pytest.raises(DataError) as raised:
        parse_comparison(data)
    assert raised.value.entry.startswith(entry)


# --- graded relevance --------------------------------------------------------------------------------------------
@needs_shared
def test_graded_relevance_of_the_corpus() -> None:
    store = store_of(*gold_disclosures())
    queries = json.loads((SHARED / "gold" / "comparables.json").read_text("utf-8"))["queries"]
    ranked, peers = [], []
    for query in queries:
        gains = {fold(name): grade for name, grade in query["relevant"].items()}
        found = find_comparables(store, query["query"], region=query["region"], top=5)
        above = {fold(item.name) for item in found if item.score >= 0.5}
        assert all(gains.get(name) for name in above), (query["query"], above)  # no non-peer above the line
        peers += [name in above for name, grade in gains.items() if grade == 3]
        if gains:
            gained = sum((2 ** gains.get(fold(item.name), 0) - 1) / math.log2(n + 2) for n, item in enumerate(found))
            best = sorted(gains.values(), reverse=True)[:5]
            ranked.append(gained / sum((2**grade - 1) / math.log2(n + 2) for n, grade in enumerate(best)))
    assert sum(ranked) / len(ranked) >= 0.95
    assert sum(peers) / len(peers) >= 0.9
