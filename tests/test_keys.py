"""The rules by which things get their IRIs. An IRI that was published must mean the same thing for ever: a test here
that fails says that a rule was changed, and the answer is to take the change back, not to write down the new digest."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from ontology import keys
from ontology.namespaces import CONCEPT, DEFAULT_BASE, PIKG, Namespace, concept
from ontology.records import DocumentInfo, Indicator, Named, Project

BUDGET = DocumentInfo(
    file="预算.pdf",
    sha256="a" * 64,
    kind="budget",
    fiscal_year=2024,
    region=Named("达州市", "511700"),
    unit=Named("达州市政务服务管理局", "127"),
)
TARGET = Project(
    "t1-f1", "大厅窗口电话费", "project", "target", fiscal_year=2024, department=Named("达州市政务服务管理局")
)
ROW = Indicator("产出指标", "数量指标", "电话处理数量", None)


def district(region: Named, sha256: str = "b" * 64) -> DocumentInfo:
    return replace(BUDGET, unit=Named("鼓楼区教育局"), region=region, sha256=sha256)


# --- pinned: literal digests ------------------------------------------------------------------------------------------
def test_digests_are_what_they_were() -> None:
    assert keys.digest("unit", "达州市政务服务管理局") == "603e7212d93d6d8caf81"
    assert keys.publisher_key(BUDGET) == "603e7212d93d6d8caf81"
    assert keys.disclosure_key(BUDGET) == "c99e44823f2f225dc99b"
    assert keys.project_key(BUDGET, TARGET) == "7c0116d1a7a04846055a"
    assert keys.project_key(BUDGET, replace(TARGET, code="51170024T000011068788")) == "22e0ee82369aee72035c"
    assert (
        keys.project_key(BUDGET, replace(TARGET, scope="department", name="达州市政务服务管理局"))
        == "79e4aaa2ca35bf2fb44b"
    )
    assert keys.form_key(BUDGET, TARGET) == "53c6611d6d0d03110a49"
    assert keys.project_indicator_key(BUDGET, TARGET, ROW) == "0eae6d9925dd4a2d1bb7"
    assert keys.publisher_key(district(Named("鼓楼区", "320106"))) == "d6a2563489730e7fdcbe"
    assert keys.named_unit_key(BUDGET, Named("办公室")) == "9b9cfac4619cc6b670e0"
    assert keys.publisher_key(replace(BUDGET, unit=None)) == "0bbff166be947ed13d0e"


def test_a_digest_is_the_start_of_a_sha256_over_folded_fields() -> None:
    expected = hashlib.sha256("unit\x1f达州市政务服务管理局".encode()).hexdigest()[:20]
    assert keys.digest("unit", " 达州市政务\n服务管理局") == expected


def test_names_that_qualify_a_unit_only_grow() -> None:
    """New cities and counties may be added to the regions; one that is taken away changes the keys of its units."""
    names = keys.qualifying_names()
    assert {
        "贵州省",
        "贵阳市",
        "达州市",
        "大竹县",
        "广西壮族自治区",
        "黔南布依族苗族自治州",
        "锡林郭勒盟",
        "大兴安岭地区",
    } <= names
    assert {"襄樊市", "达县", "铜仁地区"} <= names  # what is no more was named in its day
    assert not {"通川区", "普陀区", "鼓楼区", "浦东新区", "中央", "国务院", "达州"} & names
    assert len(names) >= 2757


# --- folding ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("政务服务“一窗通办”经费", '政务服务"一窗通办"经费'),
        ("政务服务「一窗通办」经费", "政务服务“一窗通办”经费"),
        ("运行经费（2024年）", "运行经费(２０２４年)"),
        ("专项业务类-电话费", "专项业务类—电话费"),
        ("专项业务类－电话费", "专项业务类–电话费"),
        ("大厅窗口电话费", "大厅窗口\n电话 费"),
        ("大厅窗口电话费", "大厅\u3000窗口\u200b电话费"),
        ("〔2024〕1号", "【2024】1号"),
        ("OA系统", "ＯＡ系统"),
        ("⽤水", "用水"),  # a radical that a font put in the place of its character
    ],
)
def test_spacing_width_and_the_form_of_signs_do_not_change_a_key(one: str, other: str) -> None:
    named, alike = replace(TARGET, name=one), replace(TARGET, name=other)
    assert keys.project_key(BUDGET, named) == keys.project_key(BUDGET, alike)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("政务服务一窗通办经费", '政务服务"一窗通办"经费'),
        ("运行经费", "运转经费"),
        ("运行经费2024", "运行经费2023"),
        ("OA系统", "oa系统"),
        ("购买服务、培训", "购买服务培训"),
    ],
)
def test_a_different_character_changes_it(one: str, other: str) -> None:
    named, differs = replace(TARGET, name=one), replace(TARGET, name=other)
    assert keys.project_key(BUDGET, named) != keys.project_key(BUDGET, differs)


def test_fields_do_not_run_into_each_other() -> None:
    assert keys.digest("a", "bc") != keys.digest("ab", "c")
    assert keys.digest("a\x1fb") != keys.digest("a", "b")
    assert keys.digest("a", None) == keys.digest("a", "") != keys.digest("a")


# --- units ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "printed",
    [
        "达州市政务服务管理局",
        "[127]达州市政务服务管理局",
        "127001-达州市政务服务管理局",
        "127001达州市政务服务管理局",
        "127达州市政务服务管理局",
        "（127001）达州市政务服务管理局",
        "达州市政务服务管理局【127001】",
    ],
)
def test_a_units_code_is_no_part_of_its_name(printed: str) -> None:
    assert keys.unit_name(printed) == "达州市政务服务管理局"
    assert keys.publisher_key(replace(BUDGET, unit=Named(printed, "999"))) == keys.publisher_key(BUDGET)


@pytest.mark.parametrize("printed", ["12345热线受理中心", "120急救中心", "110指挥中心"])
def test_a_number_that_is_the_name_stays(printed: str) -> None:
    assert keys.unit_name(printed) == printed


@pytest.mark.parametrize(
    "name",
    [
        "贵阳市财政局",
        "上海市普陀区财政局",
        "黔南州教育局",
        "中共贵阳市委办公厅",
        "国家税务总局达州市税务局",
        "国务院办公厅",
        "中国科学院",
    ],
)
def test_a_name_that_says_where_it_belongs_identifies_a_unit_alone(name: str) -> None:
    assert keys.is_qualified(keys.unit_name(name))
    elsewhere = replace(BUDGET, unit=Named("贵阳市人民政府办公厅"), region=Named("贵阳市", "520100"))
    assert keys.named_unit_key(BUDGET, Named(name)) == keys.named_unit_key(elsewhere, Named(name))


@pytest.mark.parametrize(
    "name",
    [
        "办公室",
        "城市管理局",
        "社区服务中心",
        "智慧城市运营中心",
        "企业上市服务中心",
        "乡镇企业局",
        "市场监督管理局",
        "高新区管委会",
        "中共市委办公室",
        "鼓楼区教育局",
        "城关镇人民政府",
        "财政局乡镇财政管理所",
    ],
)
def test_a_name_that_many_have_is_one_publishers(name: str) -> None:
    assert not keys.is_qualified(keys.unit_name(name))
    elsewhere = replace(BUDGET, unit=Named("贵阳市人民政府办公厅"), region=Named("贵阳市", "520100"))
    assert keys.named_unit_key(BUDGET, Named(name)) != keys.named_unit_key(elsewhere, Named(name))


def test_publishers_of_one_name_in_two_cities_are_two() -> None:
    nanjing, fuzhou = district(Named("鼓楼区", "320106")), district(Named("鼓楼区", "350102"))
    assert keys.publisher_key(nanjing) != keys.publisher_key(fuzhou)
    assert keys.publisher_key(nanjing) == keys.publisher_key(replace(nanjing, sha256="c" * 64, file="另一.pdf"))
    # what such a publisher names without a place is its own, in each city
    assert keys.named_unit_key(nanjing, Named("信息中心")) != keys.named_unit_key(fuzhou, Named("信息中心"))


def test_a_publisher_that_nothing_tells_apart_stands_alone() -> None:
    here, there = replace(district(Named("x")), region=None), replace(district(Named("x"), "d" * 64), region=None)
    assert keys.publisher_key(here) != keys.publisher_key(there)
    nobody = replace(BUDGET, unit=None)
    assert keys.publisher_key(nobody) != keys.publisher_key(replace(nobody, sha256="d" * 64))


def test_a_publisher_named_on_its_own_form_is_the_publisher() -> None:
    document = district(Named("鼓楼区", "320106"))
    assert keys.named_unit_key(document, Named("[012]鼓楼区教育局")) == keys.publisher_key(document)


def test_two_cities_numbers_for_units_do_not_meet() -> None:
    hotline, emergency = Named("12345中心"), Named("120中心")
    assert keys.named_unit_key(BUDGET, hotline) != keys.named_unit_key(BUDGET, emergency)


# --- disclosures, forms -----------------------------------------------------------------------------------------------
def test_editions_and_renditions_share_a_disclosure_and_its_forms() -> None:
    erratum = replace(
        BUDGET, sha256="e" * 64, file="更正.docx", title="更正", region=None, unit=Named(" 达州市政务服务管理局")
    )
    assert keys.disclosure_key(erratum) == keys.disclosure_key(BUDGET)
    assert keys.form_key(erratum, replace(TARGET, form_id="t9-f9")) == keys.form_key(BUDGET, TARGET)


def test_another_year_kind_or_publisher_is_another_disclosure() -> None:
    others = [
        replace(BUDGET, fiscal_year=2025),
        replace(BUDGET, kind="final_accounts"),
        replace(BUDGET, unit=Named("达州市财政局")),
    ]
    assert len({keys.disclosure_key(document) for document in [BUDGET, *others]}) == 4


@pytest.mark.parametrize("lacking", [{"unit": None}, {"fiscal_year": None}, {"kind": "unknown"}])
def test_a_document_that_does_not_say_what_it_is_shares_no_disclosure(lacking: dict[str, None]) -> None:
    one, other = replace(BUDGET, **lacking), replace(BUDGET, sha256="f" * 64, **lacking)  # type: ignore[arg-type]
    assert keys.disclosure_key(one) != keys.disclosure_key(other)


def test_a_forms_own_year_counts_before_the_documents() -> None:
    reprinted = replace(BUDGET, fiscal_year=2025, sha256="f" * 64)
    assert keys.form_key(reprinted, TARGET) == keys.form_key(BUDGET, TARGET)
    assert keys.form_key(reprinted, replace(TARGET, fiscal_year=None)) != keys.form_key(BUDGET, TARGET)


def test_forms_of_an_unknown_year_never_supersede_each_other() -> None:
    one, other = replace(BUDGET, fiscal_year=None), replace(BUDGET, fiscal_year=None, sha256="f" * 64)
    undated = replace(TARGET, fiscal_year=None)
    assert keys.form_key(one, undated) != keys.form_key(other, undated)
    assert keys.project_indicator_key(one, undated, ROW) != keys.project_indicator_key(other, undated, ROW)
    assert keys.project_key(one, undated) == keys.project_key(
        other, undated
    )  # a project endures; its year is the form's


def test_target_form_and_self_evaluation_are_two_forms_of_one_project() -> None:
    accounts = replace(BUDGET, kind="final_accounts", sha256="f" * 64)
    evaluation = replace(TARGET, form="self_evaluation", form_id="t3-f1")
    assert keys.project_key(accounts, evaluation) == keys.project_key(BUDGET, TARGET)
    assert keys.form_key(accounts, evaluation) != keys.form_key(BUDGET, TARGET)
    row = replace(ROW, tier1="产出指标(50分)", tier2="产出数量")
    assert keys.project_indicator_key(accounts, evaluation, row) == keys.project_indicator_key(BUDGET, TARGET, ROW)


# --- projects ---------------------------------------------------------------------------------------------------------
def test_a_project_is_known_by_its_code_whatever_its_name() -> None:
    coded = replace(TARGET, code="51170024T000011068788")
    assert keys.project_key(BUDGET, coded) == keys.project_key(BUDGET, replace(coded, name="电话费（新）"))
    assert keys.project_key(BUDGET, coded) != keys.project_key(BUDGET, replace(coded, code="51170024T000011068789"))


@pytest.mark.parametrize("placeholder", ["", "无", "/", "-", "0", "—"])
def test_a_code_that_says_nothing_does_not_count(placeholder: str) -> None:
    assert keys.project_key(BUDGET, replace(TARGET, code=placeholder)) == keys.project_key(BUDGET, TARGET)


def test_the_implementing_unit_tells_projects_of_one_name_apart() -> None:
    units = [None, Named("达州市政务服务管理局"), Named("达州市信息中心"), Named("信息中心")]
    found = [keys.project_key(BUDGET, replace(TARGET, implementing_unit=unit)) for unit in units]
    assert found[0] == found[1]  # the publisher itself, printed or not
    assert len(set(found)) == 3


def test_the_supervising_department_is_no_part_of_a_project() -> None:
    assert keys.project_key(BUDGET, replace(TARGET, department=Named("达州市人民政府"))) == keys.project_key(
        BUDGET, TARGET
    )


def test_a_department_as_a_whole_is_not_a_project_of_its_name() -> None:
    whole = replace(TARGET, scope="department", name="达州市政务服务管理局")
    assert keys.project_key(BUDGET, whole) != keys.project_key(BUDGET, replace(whole, scope="project"))
    assert keys.project_key(BUDGET, whole) == keys.project_key(BUDGET, replace(whole, name="[127]达州市政务服务管理局"))


def test_forms_without_a_name_are_not_one_project() -> None:
    one, other = replace(TARGET, name="", form_id="t1-f1"), replace(TARGET, name=" ", form_id="t2-f1")
    assert keys.project_key(BUDGET, one) != keys.project_key(BUDGET, other)


# --- indicators -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("printed", "stem"),
    [
        ("产出指标", "产出"),
        ("产出指标（50分）", "产出"),
        ("一、产出指标", "产出"),
        ("1.项目产出", "产出"),
        ("产 出\n指 标", "产出"),
        ("部门履职产出目标", "产出"),
        ("数量指标", "数量"),
        ("产出数量指标", "数量"),
        ("服务对象满意度指标", "满意度"),
        ("满意度指标", "满意度"),
        ("可持续发展指标", "可持续影响"),
        ("社会效益", "社会效益"),
        ("产品", "产品"),
        (None, ""),
    ],
)
def test_how_a_tier_counts(printed: str | None, stem: str) -> None:
    assert keys.tier_stem(printed) == stem


def test_a_label_added_to_the_vocabulary_changes_no_key() -> None:
    recognised = replace(ROW, tier1_concept="output", tier2_concept="quantity", tier_scheme="mof-2021")
    assert keys.project_indicator_key(BUDGET, TARGET, recognised) == keys.project_indicator_key(BUDGET, TARGET, ROW)


def test_tier_path_name_and_year_tell_indicators_apart() -> None:
    rows = [ROW, replace(ROW, tier2="质量指标"), replace(ROW, tier1="效益指标"), replace(ROW, tier3="电话处理数")]
    found = {keys.project_indicator_key(BUDGET, TARGET, row) for row in rows}
    found.add(keys.project_indicator_key(BUDGET, replace(TARGET, fiscal_year=2025), ROW))
    assert len(found) == 5


# --- IRIs -------------------------------------------------------------------------------------------------------------
def test_the_patterns_of_iris() -> None:
    names = Namespace("https://example.org/kg/")
    sha = "a" * 64
    assert PIKG == "https://w3id.org/pikg/ns#"
    assert concept("tier1", "output") == "https://w3id.org/pikg/concept/tier1/output" == CONCEPT + "tier1/output"
    assert Namespace().base == DEFAULT_BASE == "https://w3id.org/pikg/id/"
    assert names.document_graph(sha) == f"https://example.org/kg/doc/{sha}"
    assert names.derived_graph("editions") == "https://example.org/kg/derived/editions"
    assert names.decisions_graph == "https://example.org/kg/decisions"
    assert names.vocabulary_graph == "https://example.org/kg/vocab"
    assert names.document(sha) == f"https://example.org/kg/document/{sha}"
    assert names.form(sha, 2) == f"https://example.org/kg/document/{sha}/form/2"
    assert names.row(sha, 2, 3) == f"https://example.org/kg/document/{sha}/form/2/row/3"
    assert names.line(sha, 4) == f"https://example.org/kg/document/{sha}/line/4"
    assert names.issue(sha, 5) == f"https://example.org/kg/document/{sha}/issue/5"
    assert names.disclosure("k") == "https://example.org/kg/disclosure/k"
    assert names.unit("k") == "https://example.org/kg/unit/k"
    assert names.project("k") == "https://example.org/kg/project/k"
    assert names.project_indicator("k") == "https://example.org/kg/project-indicator/k"
    assert names.canonical_indicator("k") == "https://example.org/kg/indicator/k"
    assert names.region("511700") == "https://example.org/kg/region/511700"


@pytest.mark.parametrize(
    "base", ["https://example.org/kg", "example.org/", "https://example.org/a b/", "https://x/<>/", ""]
)
def test_a_base_that_can_hold_no_iris_is_refused(base: str) -> None:
    with pytest.raises(ValueError, match="base IRI"):
        Namespace(base)
