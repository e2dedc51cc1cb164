"""Which region a unit's name, a title or a user names: the surest reading, or none."""

from __future__ import annotations

import pytest

from ontology.regions import (
    CENTRAL,
    all_regions,
    find_region,
    full_names,
    parse_regions,
    region_of,
    resolve_region,
)
from ontology.vocabulary import DataError


@pytest.mark.parametrize(
    ("texts", "code"),
    [
        (["贵阳市人民政府政务服务中心"], "520100"),
        (["[103]贵阳市人民政府办公厅"], "520100"),
        (["贵 阳 市 财 政 局"], "520100"),
        (["达州市政务服务管理局"], "511700"),
        (["2024年达州市部门预算"], "511700"),
        (["四川省达州市通川区财政局"], "511702"),
        (["达州通川区财政局"], "511702"),
        (["上海市普陀区商务委员会"], "310107"),
        (["中共上海市普陀区委社会工作部"], "310107"),
        (["普陀区商务委员会", "上海市普陀区2025年部门预算"], "310107"),
        (["普陀区商务委员会", "上海市2025年预算"], "310107"),
        (["普陀区商务委员会", "浙江省舟山市2025年预算"], "330903"),
        (["江西省水利厅"], "360000"),
        (["省财政厅", "江西省财政厅2024年部门预算"], "360000"),
        (["济源市财政局"], "419001"),
        (["黔南州教育局"], "522700"),
        (["印江自治县教育局"], "520625"),
        (["吉林市财政局"], "220200"),
        (["办公室", None, "贵阳市2024年部门决算"], "520100"),
        (["国家税务总局达州市税务局"], "511700"),
        (["达州职业技术学院"], "511700"),
        (["河南大学"], "410000"),
        (["国务院办公厅"], CENTRAL),
        (["财政部"], CENTRAL),
        (["中华人民共和国财政部"], CENTRAL),
        # what was, stays findable under the name and code it had
        (["渝北区财政局"], "500112"),
        (["襄樊市财政局"], "420600"),
    ],
)
def test_a_named_region_is_found(texts: list[str | None], code: str) -> None:
    found = find_region(*texts)
    assert found is not None and found.code == code


@pytest.mark.parametrize(
    "text",
    [
        "普陀区商务委员会",  # two cities have one
        "鼓楼区教育局",
        "朝阳医院",  # Beijing's; but a city in Liaoning is called so too
        "市南区财政局",
        "城区环卫所",
        "大同小学",
        "北京路街道办事处",
        "北京办事处",
        "中央商务区管委会",
        "教育部门预算",
        "项目支出绩效目标表",
        "",
    ],
)
def test_what_names_no_region_for_sure_gives_none(text: str) -> None:
    assert find_region(text) is None


def test_a_place_inside_a_text_is_no_part_of_the_place_it_is_not_in() -> None:
    found = find_region("达州市财政局驻成都市办事处")
    assert found is not None and found.name == "达州市"


def test_parents_go_up_to_the_province() -> None:
    district = region_of("511702")
    assert district is not None
    assert (district.name, district.level) == ("通川区", "county")
    assert [(r.name, r.level) for r in district.parents] == [("达州市", "prefecture"), ("四川省", "province")]
    municipal = region_of("310107")
    assert municipal is not None and [r.name for r in municipal.parents] == ["上海市"]
    county_city = region_of("419001")
    assert county_city is not None and [r.name for r in county_city.parents] == ["河南省"]
    central = region_of(CENTRAL)
    assert central is not None and (central.level, central.parents) == ("central", ())


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("511700", ["511700"]),
        ("达州市", ["511700"]),
        ("达州", ["511700"]),
        (" 达 州 ", ["511700"]),
        ("５１１７００", ["511700"]),
        ("四川达州", ["511700"]),
        ("吉林", ["220000"]),
        ("海南", ["460000"]),
        ("普陀", ["310107", "330903"]),
        ("上海普陀", ["310107"]),
        ("上海市普陀区", ["310107"]),
        ("中央", [CENTRAL]),
        ("通川", ["511702"]),
        ("某地", []),
        ("", []),
    ],
)
def test_what_a_user_types(typed: str, codes: list[str]) -> None:
    assert [region.code for region in resolve_region(typed)] == codes


def test_the_table_is_whole() -> None:
    levels = [region.level for region in all_regions() if region.successor is None]
    assert levels.count("central") == 1
    assert levels.count("province") == 34
    assert levels.count("prefecture") == 333
    assert levels.count("county") > 2800
    for region in all_regions():
        assert region.code == CENTRAL or region.level == "province" or region.parents, region


def test_full_names_of_counties_and_cities_tell_them_apart() -> None:
    """Only districts share names; keys rely on it (ontology.keys)."""
    living = [(name, region) for name, region in full_names() if region.successor is None]
    seen: dict[str, str] = {}
    for name, region in living:
        if not name.endswith("区"):
            assert seen.setdefault(name, region.code) == region.code, name


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("520100", "line 1"),
        ("5201\t贵阳市", "no code of six digits"),
        ("520000\t贵州省\n520000\t贵州省", "twice"),
        ("520100\t贵阳市\n520000\t贵州省", "out of order"),
        ("520100\t贵阳市", "its province 520000 is missing"),
        ("520000\t贵 州省", "white space"),
        ("520000\t贵州省\t贵州省", "given twice"),
        ("520000\t贵州省\n520100\t贵阳市\t\t520199", "successor"),
        ("520000\t贵州省\ta\tb\tc", "line 1"),
    ],
)
def test_a_wrong_table_stops_the_program(text: str, problem: str) -> None:
    with pytest.raises(DataError, match=problem):
        parse_regions(text)
