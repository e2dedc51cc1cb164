"""Printed targets, amounts and percentages to values."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shared import SHARED, needs_shared

from extract.numbers import parse_numeral
from extract.values import Amount, parse_amount, parse_decimal, parse_percent, parse_value, print_value
from ontology.records import Value
from ontology.units import unit_list
from ontology.vocabulary import DataError, read_data
from ontology.wording import read_wording, wording

GOLDEN = yaml.safe_load((Path(__file__).parent / "data" / "values" / "golden.yaml").read_text("utf-8"))
YEAR = 2024

NUMBERS = ("value", "upper", "base_value", "base_upper")
WORDS = ("operator", "unit", "base_unit", "date", "relative_to", "change")


def said(value: Value) -> dict[str, Any]:
    """What a value says, without what wasn't printed and the printed text itself."""
    fields: dict[str, Any] = {name: getattr(value, name) for name in (*NUMBERS, *WORDS)}
    fields["scale"] = list(value.scale) or None
    return {name: found for name, found in fields.items() if found is not None}


def expected(entry: dict[str, Any]) -> dict[str, Any]:
    typed = {name: Decimal(text) if name in NUMBERS else text for name, text in entry.items() if name != "printed"}
    return typed | ({"date": date.fromisoformat(typed["date"])} if "date" in typed else {})


# --- the golden table ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("entry", GOLDEN, ids=[entry["printed"] or "blank" for entry in GOLDEN])
def test_a_printed_target_says_what_a_careful_reader_takes_it_for(entry):
    parsed = parse_value(entry["printed"], fiscal_year=YEAR)
    if "absence" in entry:
        assert (parsed.value, parsed.absence) == (None, entry["absence"])
        return
    assert parsed.value is not None
    assert parsed.value.raw == entry["printed"].strip()
    parts = [expected(part) for part in entry.get("parts", [])]
    assert [said(part) for part in parsed.value.parts] == parts
    assert said(parsed.value) == (parts[0] if parts else expected(entry))


def test_the_golden_table_covers_every_kind():
    assert len(GOLDEN) >= 600
    assert len({entry["printed"] for entry in GOLDEN}) == len(GOLDEN)
    flat = [part for entry in GOLDEN for part in (entry, *entry.get("parts", []))]
    operators = {part.get("operator") for part in flat}
    assert operators >= {"ge", "gt", "le", "lt", "eq", "range", "by", "qualitative"}
    assert {part.get("absence") for part in flat} >= {"blank", "placeholder", "unreadable"}
    assert {part.get("change") for part in flat} >= {"increase", "decrease"}


@pytest.mark.parametrize("entry", GOLDEN, ids=[entry["printed"] or "blank" for entry in GOLDEN])
def test_what_is_printed_back_reads_the_same(entry):
    parsed = parse_value(entry["printed"], fiscal_year=YEAR)
    if parsed.value is not None:
        again = parse_value(print_value(parsed.value), fiscal_year=YEAR).value
        assert again is not None
        assert bare(again) == bare(parsed.value)


def test_one_target_however_it_is_printed():
    forms = [
        "≥95%",
        "95%以上",
        "不低于95%",
        "≧95百分比",
        "》95％",
        ">=95 %",
        "百分之九十五以上",
        "≥ 95.0%",
        "达到95%以上",
    ]
    read = [parse_value(form).value for form in forms]
    assert {(v.operator, v.base_value, v.base_unit) for v in read if v} == {("ge", Decimal(95), "%")}


# --- cells for sign and unit ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "raw", "operator", "value", "base"),
    [
        (("≥", "98", "%"), "≥98%", "ge", "98", ("98", "%")),
        (("≤", "3.7", "万元"), "≤3.7万元", "le", "3.7", ("37000", "元")),
        (("=", "1", "年"), "=1年", "eq", "1", ("1", "年")),
        (("=", "43500", "元/人年"), "=43500元/人年", "eq", "43500", ("43500", "元/人年")),
        (("＜", "15", "元"), "＜15元", "lt", "15", ("15", "元")),
        (("≤", "12", "月"), "≤12月", "le", "12", ("12", "月")),
        ((None, "12", "月"), "12月", "eq", "12", ("12", "月")),
        ((None, "5330", "条/天"), "5330条/天", "eq", "5330", ("5330", "条/天")),
        (("≥", "95%", "%"), "≥95%%", "ge", "95", ("95", "%")),
        (("大于等于", "80", "百分比"), "大于等于80百分比", "ge", "80", ("80", "%")),
        (("≥", "5万", "元"), "≥5万元", "ge", "5", ("50000", "元")),
        (("≥", "3", "个（套）"), "≥3个（套）", "ge", "3", ("3", "个(套)")),
        (("≥", "3", "蒸吨"), "≥3蒸吨", "ge", "3", ("3", "蒸吨")),
        (("≥", "95", "/"), "≥95/", "ge", "95", ("95", None)),
        (("定性", "100", "%"), "定性100%", "eq", "100", ("100", "%")),
        (("", "≥95", "%"), "≥95%", "ge", "95", ("95", "%")),
    ],
)  # fmt: skip
def test_a_target_split_over_cells(cells, raw, operator, value, base):
    sign, printed, unit = cells
    read = parse_value(printed, operator_cell=sign, unit_cell=unit, fiscal_year=YEAR).value
    assert read is not None
    assert (read.raw, read.operator, read.value) == (raw, operator, Decimal(value))
    assert (read.base_value, read.base_unit) == (Decimal(base[0]), base[1])


def test_a_scale_split_over_cells():
    read = parse_value("好坏", operator_cell="定性", unit_cell="级").value
    assert read == Value("定性好坏级", "qualitative", unit="级", scale=("好", "坏"))
    assert parse_value("定性好坏级").value == read
    assert parse_value("显著", operator_cell="定性").value == Value("定性显著", "qualitative")


def test_a_date_split_over_cells():
    assert parse_value("12月底前", operator_cell="≤", fiscal_year=YEAR).value == Value(
        "≤12月底前", "by", date=date(2024, 12, 31)
    )
    by_year = parse_value("2024", operator_cell="=", unit_cell="年", fiscal_year=YEAR).value
    assert by_year is not None
    assert (by_year.operator, by_year.date) == ("by", date(2024, 12, 31))


@pytest.mark.parametrize(
    ("sign", "printed", "unit", "absence"),
    [
        ("≥", "", "%", "blank"),
        ("≥", "/", "%", "placeholder"),
        ("定性", "无", None, "placeholder"),
        (None, " \n", None, "blank"),
    ],
)
def test_a_cell_that_says_nothing_says_why(sign, printed, unit, absence):
    parsed = parse_value(printed, operator_cell=sign, unit_cell=unit)
    assert (parsed.value, parsed.absence) == (None, absence)


# --- years ----------------------------------------------------------------------------------------------------------


def test_a_deadline_is_a_day_of_the_year_it_is_for():
    assert parse_value("9月底前", fiscal_year=2025).value == Value("9月底前", "by", date=date(2025, 9, 30))
    assert parse_value("2月底前", fiscal_year=2024).value == Value("2月底前", "by", date=date(2024, 2, 29))
    assert parse_value("次年3月底前", fiscal_year=2025).value == Value("次年3月底前", "by", date=date(2026, 3, 31))
    assert parse_value("2021.10月前", fiscal_year=2030).value == Value("2021.10月前", "by", date=date(2021, 9, 30))


def test_a_deadline_without_a_year_has_no_date_where_none_is_known():
    assert parse_value("9月底前").value == Value("9月底前", "by")


@pytest.mark.parametrize("printed", ["9月31日前", "年初", "每月10日前"])
def test_a_deadline_that_fixes_no_day_has_no_date(printed):
    assert parse_value(printed, fiscal_year=YEAR).value == Value(printed, "by")


def test_a_year_compared_with_is_the_previous_one_or_itself():
    last, older = (parse_value(text, fiscal_year=2024).value for text in ("较2023年提高5%", "较2020年提高5%"))
    assert last and last.relative_to == "previous_year"
    assert older and older.relative_to == "2020"


# --- any text -------------------------------------------------------------------------------------------------------


def bare(value: Value) -> Value:
    return replace(value, raw="", parts=tuple(bare(part) for part in value.parts))


def tokens() -> list[str]:
    words = wording()
    vocabularies = (words.before, words.after, words.beyond, words.around, words.compared_with, words.compared_by,
                    words.compared_tail, words.changes, words.level, words.deadlines.before, words.none_of)  # fmt: skip
    listed = [word for vocabulary in vocabularies for word in vocabulary.meaning]
    listed += [*list(words.lead.meaning)[:20], *words.signs, *words.deadlines.years, *unit_list().scales]
    listed += list(unit_list().by_printed)[::3]
    marks = list("0123456789.,:/-~±()（）；，、。 \n%‰①每第至到年月日前底末内《》*的半之间")
    return [
        *listed,
        *marks,
        "95",
        "100",
        "1.5",
        "2024",
        "12",
        "三",
        "十二",
        "百分之",
        "定性",
        "好坏",
        "级",
        "满意度",
        "1次",
        "5天",
    ]


TEXTS = st.one_of(
    st.text(max_size=40),
    st.lists(st.sampled_from(tokens()), max_size=9).map("".join),
    st.lists(st.one_of(st.sampled_from(tokens()), st.text(max_size=2)), max_size=8).map("".join),
)
CELLS = st.one_of(
    st.none(), st.sampled_from(["≥", "≤", "=", "定性", "%", "万元", "个", "级", "年", "/"]), st.text(max_size=4)
)


@settings(max_examples=600, deadline=None, suppress_health_check=list(HealthCheck))
@given(TEXTS, st.one_of(st.none(), st.integers(-5, 99999)))
def test_any_text_is_read_and_printed_back_the_same(text, year):
    parsed = parse_value(text, fiscal_year=year)
    assert (parsed.value is None) != (parsed.absence is None)
    if parsed.value is not None:
        again = parse_value(print_value(parsed.value), fiscal_year=year).value
        assert again is not None
        assert bare(again) == bare(parsed.value)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(TEXTS, CELLS, CELLS, st.one_of(st.none(), st.integers(1990, 2050)))
def test_any_cells_are_read(text, sign, unit, year):
    parsed = parse_value(text, operator_cell=sign, unit_cell=unit, fiscal_year=year)
    assert (parsed.value is None) != (parsed.absence is None)
    parse_amount(text, unit)
    parse_decimal(text)
    parse_percent(text)


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(["≥", "≤", "=", ">", "<"]),
    st.decimals(min_value=0, max_value=10**9, places=2, allow_nan=False),
    st.sampled_from(sorted(unit_list().by_printed)),
)
def test_any_number_with_any_listed_unit_is_what_was_printed(sign, number, unit):
    read = parse_value(str(number), operator_cell=sign, unit_cell=unit).value
    assert read is not None
    if read.operator != "by":
        assert read.value == number
        assert read.unit is not None
        again = parse_value(print_value(read)).value
        assert again is not None
        assert bare(again) == bare(read)


@pytest.mark.parametrize(
    "piece", ["9", "≥95%；", "((((", "每", "至", "第1季度", "较上年", "1,000", "；", "不低于", "《", " 1 "]
)
def test_a_huge_cell_is_kept_as_words_in_no_time(piece):
    began = time.perf_counter()
    for text in (piece * 200_000, piece * 300):
        parsed = parse_value(text, fiscal_year=YEAR)
        assert parsed.value is None or parsed.value.raw == text.strip()
        assert parse_amount(text) is None
    assert time.perf_counter() - began < 20  # it would be minutes where time grew with the square of the length


def test_numbers_that_the_graph_cannot_hold_are_words():
    assert [value.operator for text in ("9" * 16, "999999999999万亿元") if (value := parse_value(text).value)] == [
        "qualitative", "qualitative"
    ]  # fmt: skip


# --- amounts, decimals, percentages ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("printed", "unit", "amount", "told"),
    [
        ("4,200,000.00", "元", "4200000", "元"),
        ("4，200，000", "元", "4200000", "元"),
        ("420", "万元", "4200000", "万元"),
        ("420", "单位：万元", "4200000", "万元"),
        ("420", "（万元）", "4200000", "万元"),
        ("420", "金额单位:人民币万元", "4200000", "万元"),
        ("420", "元、%", "420", "元"),
        ("3.7万元", "元", "37000", "万元"),
        ("5亿", "万元", "500000000", "亿"),
        ("1.5百万元", None, "1500000", "百万元"),
        ("100千元", None, "100000", "千元"),
        ("￥5,000.00元", None, "5000", "元"),
        ("人民币3万元整", None, "30000", "万元整"),
        ("1, 189. 8", "万元", "11898000", "万元"),
        ("55 25938. 78", "元", "5525938.78", "元"),
        ("(12.5)", "万元", "-125000", "万元"),
        ("（3.5万元）", "元", "-35000", "万元"),
        ("-3.2", "万元", "-32000", "万元"),
        ("－3.2", "万元", "-32000", "万元"),
        ("0", "万元", "0", "万元"),
        ("0.00", None, "0", None),
        ("８００", "元", "800", "元"),
    ],
)  # fmt: skip
def test_an_amount_in_yuan(printed, unit, amount, told):
    assert parse_amount(printed, unit) == Amount(Decimal(amount), printed.strip(), told)


@pytest.mark.parametrize(
    "printed", ["", " ", "-", "—", "——", "/", "无", "见附件", "1.234.5", "100人", "12美元", "10,00", "3万元5"]
)
def test_what_is_no_amount(printed):
    assert parse_amount(printed, "万元") is None


@pytest.mark.parametrize(
    ("printed", "number"),
    [
        ("10", "10"), ("1,234.50", "1234.50"), ("(5)", "-5"), ("−5", "-5"), ("+5", "5"), ("１０．５", "10.5"),
        ("0.00", "0"),
        (" 10 ", "10"), ("1 234", "1234"), ("10.", "10"), ("10 10", None), ("", None), ("十", None), ("1.2.3", None),
        ("1e5", None), ("NaN", None), ("٣", None), ("1,23", None), ("--5", None),
    ],
)  # fmt: skip
def test_a_decimal(printed, number):
    assert parse_decimal(printed) == (None if number is None else Decimal(number))


def test_a_percentage():
    assert [parse_percent(text) for text in ("98.5%", "98.5", "１００％", "100 %", "-", "%")] == [
        Decimal("98.5"), Decimal("98.5"), Decimal(100), Decimal(100), None, None
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("三", 3), ("两", 2), ("十", 10), ("十二", 12), ("二十", 20), ("九十五", 95), ("一百零五", 105),
        ("两千五百", 2500),
        ("一千零一", 1001), ("二〇二四", 2024), ("半", Decimal("0.5")), ("零", 0), ("一百五", None),
        ("十百", None), ("百", None),
        ("一二", None), ("", None), ("元", None),
    ],
)  # fmt: skip
def test_a_number_written_in_characters(written, number):
    assert parse_numeral(written) == number


# --- the corpus and the wording -------------------------------------------------------------------------------------


def corpus_values() -> list[tuple[dict[str, Any], int]]:
    found = []
    for path in sorted((SHARED / "gold").glob("*-20*.json")):
        gold = json.loads(path.read_text("utf-8"))
        for project in gold["projects"]:
            year = project.get("fiscal_year") or gold["document"]["fiscal_year"]
            rows = [row.get(key) for row in project["indicators"] for key in ("target", "actual")]
            found += [(value, year) for value in rows if value]
    return found


@needs_shared
def test_every_value_of_the_corpus_reads_as_gold_has_it():
    values = corpus_values()
    assert len(values) > 200
    wrong = []
    for gold, year in values:
        read = parse_value(gold["raw"], fiscal_year=year).value
        for name in (*NUMBERS, "operator", "unit", "base_unit", "date"):
            want, got = gold.get(name), getattr(read, name, None)
            if want is not None and name in NUMBERS:
                want = Decimal(want)
            if name == "date" and got is not None:
                got = str(got)
            if want != got:
                wrong.append((gold["raw"], name, want, got))
    assert wrong == []


def test_a_comparing_word_a_unit_or_a_scale_is_added_in_the_data_alone(monkeypatch):
    data = dict(read_data("values.yaml"))
    data["words_before"] = data["words_before"] | {"ge": [*data["words_before"]["ge"], "起码要有"]}
    data["scales"] = [*data["scales"], ["甲", "乙", "丙"]]
    changed = read_wording(data)
    for module in ("extract.comparisons", "extract.sides", "extract.quantities", "extract.values"):
        monkeypatch.setattr(f"{module}.wording", lambda: changed)
    more = parse_value("起码要有3个").value
    assert more is not None
    assert (more.operator, more.value) == ("ge", Decimal(3))
    scale = parse_value("甲乙丙").value
    assert scale is not None
    assert scale.scale == ("甲", "乙", "丙")


@pytest.mark.parametrize(
    ("spoil", "entry"),
    [
        (lambda data: data.pop("scales"), "the file"),
        (lambda data: data.update(level="持平"), "level"),
        (lambda data: data.update(signs={"ge": [">="]}), "signs"),
        (lambda data: data.update(words_before={"ge": ["至少"], "le": ["至少"]}), "words_before"),
        (lambda data: data.update(changes={"more": ["增长"]}), "changes"),
        (lambda data: data.update(scales=[["好", "坏"], ["好", "坏"]]), "scales"),
        (lambda data: data.update(deadlines=data["deadlines"] | {"years": {"次年": "1"}}), "deadlines"),
    ],
)
def test_wording_that_is_wrong_is_refused_by_name(spoil, entry):
    data = dict(read_data("values.yaml"))
    spoil(data)
    with pytest.raises(DataError, match=entry):
        read_wording(data)
