"""Pure repairs of strings: what typesetting did is undone, what was printed stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.normalize import clean_text, fold_characters, join_wrapped


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("总 分", "总分"),
        ("收　入　总　计", "收入总计"),
        ("２０２４年度 ９８．５％", "2024年度 98．5%"),  # the full stop is punctuation: it stays
        ("ＡＢｃ类", "ABc类"),
        ("（一）“三公”经费：“一件事”", "（一）“三公”经费：“一件事”"),
        ("≪44.4万元", "≪44.4万元"),
        ("《30分钟", "《30分钟"),
        ("368.5m²", "368.5m²"),
        ("㎡", "㎡"),
        ("Budget  Office 2024", "Budget Office 2024"),
        ("\u200b\ufeff指标\u00ad值", "指标值"),
        ("  两边 ", "两边"),
        ("", ""),
    ],
)
def test_clean_text(printed: str, expected: str):
    assert clean_text(printed) == expected


@pytest.mark.parametrize(
    ("radicals", "expected"),
    [
        ("⽬⼀⼆⾦⼈⽣", "目一二金人生"),
        ("⼾⻔⻓⺠⻝", "户门长民食"),  # where Unicode's own mapping is missing or traditional
        ("⻅⻉⻋⻚⻛⻢⻥⻦⻰", "见贝车页风马鱼鸟龙"),
        ("⾏政⼯作⼿续", "行政工作手续"),
        ("\uf9b5", "例"),  # a compatibility character
    ],
)
def test_radicals_become_characters(radicals: str, expected: str):
    assert fold_characters(radicals) == expected


def test_blocks_of_a_cell_stay_apart():
    assert clean_text("1.第一项 任务\r\n2.第二项\n\n3.第三项") == "1.第一项任务\n2.第二项\n3.第三项"


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("2", "024年预算", "2024年预算"),
        ("专项业务类-互联网及电子政务外网", "租赁费", "专项业务类-互联网及电子政务外网租赁费"),
        ("五个1234", "5热线", "五个12345热线"),
        ("", "租赁费", "租赁费"),
        ("租赁费 ", "", "租赁费"),
    ],
)
def test_wrapped_chinese_joins_without_a_space(first: str, second: str, expected: str):
    assert join_wrapped(first, second) == expected


def test_wrapped_latin_keeps_its_space():
    assert join_wrapped("public service", "centre", latin=True) == "public service centre"


@given(st.text(max_size=60))
def test_cleaning_twice_changes_nothing_more(text: str):
    once = clean_text(text)
    assert clean_text(once) == once
