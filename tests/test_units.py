"""Units of measurement: the list, scales, compounds, and their names in QUDT."""

from __future__ import annotations

import copy
from decimal import Decimal
from fractions import Fraction

import pytest

from extract.values import parse_value
from ontology.units import find_unit, read_list, read_unit, unit_list
from ontology.vocabulary import DataError, read_data


@pytest.mark.parametrize(
    ("printed", "scale", "base", "notation"),
    [
        ("件", "1", "件", "item"),
        ("万件", "10000", "件", "item"),
        ("亿元", "100000000", "元", "yuan"),
        ("千米", "1000", "米", "metre"),
        ("公里", "1", "公里", "kilometre"),
        ("千瓦时", "1000", "瓦时", "watt_hour"),
        ("万千瓦时", "10000000", "瓦时", "watt_hour"),
        ("百万元", "1000000", "元", "yuan"),
        ("百分点", "1", "百分点", "percentage_point"),
        ("个百分点", "1", "个百分点", "percentage_point"),
        ("百分比", "1", "%", "percent"),
        ("％", "1", None, None),
        ("%", "1", "%", "percent"),
        ("成", "10", "%", "tenth"),
        ("个工作日", "1", "个工作日", "working_day"),
        ("元/人年", "1", "元/人年", "yuan/person.year"),
        ("元/人/年", "1", "元/人/年", "yuan/person.year"),
        ("元/(人·年)", "1", "元/(人·年)", "yuan/person.year"),
        ("元/人*年", "1", "元/人*年", "yuan/person.year"),
        ("条/天", "1", "条/天", "line/day"),
        ("次每年", "1", "次/年", "time/year"),
        ("次/每年", "1", "次/年", "time/year"),
        ("万元/公里", "10000", "元/公里", "yuan/kilometre"),
        ("元/平方米", "1", "元/平方米", "yuan/square_metre"),
        ("元/㎡", "1", "元/㎡", "yuan/square_metre"),
        ("次/2年", "1", "次/2年", "time/2.year"),
        ("件/万人", "1", "件/万人", "item/10000.person"),
        ("km/h", "1", "km/h", "kilometre_per_hour"),
        ("台(套)", "1", "台(套)", "machine_set"),
        ("㎡", "1", "㎡", "square_metre"),
        ("mg/L", "1", "mg/L", "milligram_per_litre"),
    ],
)
def test_a_unit_as_printed(printed, scale, base, notation):
    found = find_unit(printed)
    if notation is None:
        assert found is None
        return
    assert found is not None
    assert (found.scale, found.base_text, found.notation) == (Decimal(scale), base, notation)


def test_a_bare_ten_thousand_counts_nothing_in_particular():
    found = find_unit("万")
    assert found is not None
    assert (found.scale, found.base_text, found.unit, found.notation) == (Decimal(10000), None, None, None)


@pytest.mark.parametrize("printed", ["", "热线", "5G", "mall", "元元", "/", "元/", "每", "万万"])
def test_what_is_no_unit(printed):
    assert find_unit(printed) is None


def test_the_longest_unit_at_a_place_is_read():
    for text, start, printed in [
        ("3人次以上", 1, "人次"),
        ("5个工作日内", 1, "个工作日"),
        ("8台套设备", 1, "台套"),
        ("2次/年度", 1, "次/年度"),
    ]:
        found = read_unit(text, start)
        assert found is not None
        assert found.printed == printed


# --- the list ---------------------------------------------------------------------------------------------------------


def test_every_base_stands_alone_and_measures_the_same_kind():
    for unit in unit_list().units.values():
        base = unit_list().units[unit.base]
        assert base.base == base.notation
        assert base.kind == unit.kind
        assert unit.factor > 0


@pytest.mark.parametrize(
    ("notation", "base", "factor", "name"),
    [
        ("percent", "percent", "1", "PERCENT"), ("yuan", "yuan", "1", "CCY_CNY"), ("hour", "second", "3600", "HR"),
        ("day", "second", "86400", "DAY"), ("square_metre", "square_metre", "1", "M2"),
        ("hectare", "square_metre", "10000", "HA"),
        ("mu", "square_metre", "2000/3", None), ("kilometre", "metre", "1000", "KiloM"),
        ("tonne", "kilogram", "1000", "TONNE"),
        ("year", "month", "12", "YR"), ("item", "item", "1", None), ("person_time", "person_time", "1", None),
        ("household", "household", "1", None), ("working_day", "working_day", "1", None),
    ],
)  # fmt: skip
def test_units_lead_to_their_base_and_to_qudt_where_it_has_them(notation, base, factor, name):
    unit = unit_list().units[notation]
    assert (unit.base, unit.factor) == (base, Fraction(factor))
    assert unit.qudt == (None if name is None else f"http://qudt.org/vocab/unit/{name}")


# How many of its kind's SI unit each one is, by QUDT's own conversion multipliers (release 3).
MULTIPLIERS = {
    "CentiM": "0.01", "MilliM": "0.001", "MicroM": "0.000001", "M": "1", "KiloM": "1000", "MI_N": "1852",
    "M2": "1", "CentiM2": "0.0001", "KiloM2": "1000000", "HA": "10000", "M3": "1", "L": "0.001", "MilliL": "0.000001",
    "MicroGM": "0.000000001", "MilliGM": "0.000001", "GM": "0.001", "KiloGM": "1", "TONNE": "1000",
    "SEC": "1", "MilliSEC": "0.001", "MIN": "60", "HR": "3600", "DAY": "86400", "WK": "604800",
    "W": "1", "KiloW": "1000", "MegaW": "1000000", "PA": "1", "MegaPA": "1000000",
    "J": "1", "GigaJ": "1000000000", "V": "1", "KiloV": "1000", "V-A": "1", "KiloV-A": "1000",
}  # fmt: skip


def test_factors_are_those_of_qudt():
    factors = {unit.qudt.rsplit("/", 1)[1]: unit.factor for unit in unit_list().units.values() if unit.qudt}
    assert len(factors) > 60
    for name, multiplier in MULTIPLIERS.items():
        assert factors[name] == Fraction(multiplier), name


def test_a_unit_is_added_in_the_data_alone(monkeypatch):
    data = copy.deepcopy(read_data("units.yaml"))
    data["units"]["steam_tonne"] = {"zh": "蒸吨", "en": "steam tonnes", "kind": "power", "printed": ["蒸吨"],
                                    "base": "watt", "factor": "700000"}  # fmt: skip
    changed = read_list(data)
    assert read_unit("蒸吨") is None
    monkeypatch.setattr("ontology.units.unit_list", lambda: changed)
    found = read_unit("建成35蒸吨锅炉", 4)
    assert found is not None
    assert found.notation == "steam_tonne"
    read = parse_value("建成锅炉35万蒸吨以上").value
    assert read is not None
    assert (read.operator, read.base_value, read.base_unit) == ("ge", Decimal(350000), "蒸吨")


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda data: data.pop("kinds"), "the file"),
        (lambda data: data["units"].update({"Bad": dict(data["units"]["yuan"])}), "Bad"),
        (lambda data: data["units"]["yuan"].update(kind="coins"), "yuan: kind"),
        (lambda data: data["units"]["yuan"].update(printed=[]), "yuan: printed"),
        (lambda data: data["units"]["jiao"].update(base="penny"), "jiao: base"),
        (lambda data: data["units"]["jiao"].update(factor=0.1), "jiao: factor"),
        (lambda data: data["units"]["jiao"].pop("factor"), "jiao: base and factor"),
        (lambda data: data["units"]["jiao"]["printed"].append("元"), "jiao: '元' is already"),
        (lambda data: data["units"]["man_day"].update(of=["person", "moon"]), "man_day: of"),
        (lambda data: data["scales"].update({"万": 0}), "万"),
        (lambda data: data["units"]["yuan"].update(colour="red"), "yuan"),
    ],
)
def test_a_list_that_is_wrong_is_refused_by_name(spoil, message):
    data = copy.deepcopy(read_data("units.yaml"))
    spoil(data)
    with pytest.raises(DataError, match=message):
        read_list(data)
