"""What the lines above a table say of it: its title, a year, the unit of its money, fields printed outside of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from extract.block import FieldValue
from ontology import labels, titles

_PAGE_FOOT = re.compile(r"[-—–－\s\d/第页共·.]*|表\s*[\d一二三四五六七八九十]+")
"""What a page prints at its foot and head: its number."""

NEAR = 12
"""How many paragraphs above a table may speak of it."""


@dataclass(frozen=True, slots=True)
class Context:
    """What stands above a table: its title, a year, the unit of its money, and fields printed as paragraphs."""

    title: titles.FormTitle | None = None
    year: int | None = None
    unit: str | None = None
    fields: dict[str, FieldValue] = field(default_factory=dict)
    is_blank: bool = True


_CONTEXT_FIELDS = ("name", "name_and_code", "unit_name", "code", "department", "implementing_unit")


def read_context(above: list[str]) -> Context:
    """Given the lines between the table before and this one, return what they say of this one."""
    near = above[-NEAR:]
    title: titles.FormTitle | None = None
    year: int | None = None
    unit: str | None = None
    fields: dict[str, FieldValue] = {}
    for index, text in enumerate(near):
        found = titles.form_title(text)
        if found is None and index + 1 < len(near) and not text.endswith(("。", "；", "：")):
            found = _title_over_two_lines(text, near[index + 1])
        if found is not None:
            # A later title replaces an earlier one, with everything that stood under that.
            title, year, unit, fields = found, found.year, None, {}
            continue
        if title is not None and year is None:
            year = labels.only_year(text) or _year_of_line(text)
        unit = labels.find_money_unit(text) or unit
        for part in labels.split_labels(text):
            match = labels.match_block(part)
            if match is not None and match.value and (notation := match.role("field")) in _CONTEXT_FIELDS:
                fields[notation] = FieldValue(match.value, ())
    return Context(title, year, unit, fields, all(_PAGE_FOOT.fullmatch(text.strip()) for text in above))


_LABELLED_YEAR = re.compile(r"年度\s*[:：]\s*(20\d\d)(?!\d)")
_YEAR = re.compile(r"(?<!\d)(20\d\d)\s*年度?")
_LONGEST_LINE = 60


def _year_of_line(text: str) -> int | None:
    """The one year that a short line below a title names ("部门：某某局 2024年度 单位：万元"), or None."""
    found = (
        {*_YEAR.findall(text), *_LABELLED_YEAR.findall(text)}
        if len(text) <= _LONGEST_LINE and "填报" not in text
        else set()
    )
    return int(found.pop()) if len(found) == 1 else None


def _title_over_two_lines(first: str, second: str) -> titles.FormTitle | None:
    """A long title wraps: "…目标批复表（政务服务网上服务能力第三方" / "评估服务经费）"."""
    if titles.form_title(second) is not None or len(first) < 10:
        return None
    open_bracket = first.count("（") + first.count("(") > first.count("）") + first.count(")")
    closes = second.rstrip().endswith(("）", ")", "表")) and len(second) < 40
    return titles.form_title(first + second) if closes and (open_bracket or second.rstrip().endswith("表")) else None
