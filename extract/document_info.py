"""What a document says of itself: title, kind, year, the unit that published it, and where that belongs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from extract.grid import Document, Paragraph
from ontology import labels
from ontology.records import DisclosureKind, DocumentInfo, Level, Named, Project
from ontology.regions import Region, find_region
from ontology.vocabulary import read_data

_COVER = 10
"""How many lines at a document's start may be its cover."""

_YEAR = re.compile(r"(?<!20\d\d[-—–－~～至到])(?<!20\d\d[-—－]{2})(20\d\d)\s*年")  # 2024-2026年 is no one year
_CHINESE_YEAR = re.compile(r"二[〇○零OＯ0]([〇○零一二三四五六七八九OＯ0]{2})\s*年")
_CHINESE_DIGITS = {
    "〇": 0,
    "○": 0,
    "零": 0,
    "O": 0,
    "Ｏ": 0,
    "0": 0,
    **{c: i for i, c in enumerate("一二三四五六七八九", 1)},
}
_NUMBERED = re.compile(
    r"^(?:第[一二三四五六七八九十]+部分|[（(]?[一二三四五六七八九十]+[）)]?[、.．]?|\d{1,2}[、.．])(?=\D)"
)
# "某某中心2019年度部门决算": a unit, a year, a kind, as titles and headings print them.
_HEADING = re.compile(
    r"(?P<unit>[^\d，。；：、（）()\s][^，。；：（）()]{2,40}?)?(?P<year>20\d\d)年度?(?:区级|市级|县级|省级)?(?:部门|单位)?(?P<kind>预算|决算)"
)


def read_info(document: Document, *, file: str, sha256: str) -> DocumentInfo:
    """Given a document, return what its cover, headings and labels say of it; forms may add to it (`complete_info`)."""
    texts = [block.text for block in document.blocks if isinstance(block, Paragraph)]
    cover = _cover(texts)
    title = _title(cover)
    lines = [_NUMBERED.sub("", _arabic_year("".join(text.split()))) for text in texts]
    headings = [match for line in lines if (match := _HEADING.search(line))]
    unit = _labelled_unit(cover) or _unit_of_title(title) or _unit_of_headings(headings)
    return DocumentInfo(
        file=file,
        sha256=sha256,
        title=title,
        kind=_kind(title, headings),
        fiscal_year=_year(title, headings),
        unit=unit,
    )


def complete_info(info: DocumentInfo, projects: Sequence[Project]) -> DocumentInfo:
    """Given what a document says and the forms in it, return it with unit, year, kind and region filled from these."""
    unit = info.unit or _unit_of_forms(projects)
    if unit is not None and unit.code is None:
        unit = Named(unit.name, _code_of(unit.name, projects))
    years = Counter(project.fiscal_year for project in projects if project.fiscal_year is not None)
    year = info.fiscal_year or (years.most_common(1)[0][0] if years else None)
    kind = info.kind
    if kind == "unknown" and projects:
        kind = "self_evaluation" if all(project.form == "self_evaluation" for project in projects) else kind
        kind = "budget" if all(project.form == "target" for project in projects) else kind
    region = _region(unit, info.title, projects)
    return DocumentInfo(
        info.file, info.sha256, info.title, kind, year,
        Named(region.name, region.code) if region is not None else None, unit, _level(unit, region),
    )  # fmt: skip


def default_money_unit(document: Document) -> str | None:
    """The unit of money that the document's tables print most often, or None where none prints any."""
    found: Counter[str] = Counter()
    for block in document.blocks:
        for text in (block.text,) if isinstance(block, Paragraph) else (cell.text for cell in block.cells):
            if len(text) <= 60 and (unit := labels.find_money_unit(text)):
                found[unit] += 1
    return found.most_common(1)[0][0] if found else _unit_of_prose(document)


_AMOUNT_IN_PROSE = re.compile(r"(?<![\d.,])(\d[\d,]*\.\d+)\s*(亿元|万元|元)")
_LEAST_SHARED = 3


def _unit_of_prose(document: Document) -> str | None:
    """The unit that the prose prints behind figures which the tables print too, where several figures agree on it."""
    printed = {
        _figure(cell.text) for grid in document.grids for cell in grid.cells if len(cell.text) <= _LONGEST_FIGURE
    }
    shared: dict[str, set[str]] = {}
    for block in document.blocks:
        if isinstance(block, Paragraph):
            for figure, unit in _AMOUNT_IN_PROSE.findall(block.text):
                if _figure(figure) in printed:
                    shared.setdefault(unit, set()).add(_figure(figure))
    if not shared:
        return None
    unit = max(shared, key=lambda one: len(shared[one]))
    others = set().union(*(figures for one, figures in shared.items() if one != unit))
    return unit if len(shared[unit]) >= _LEAST_SHARED and len(others) * 4 < len(shared[unit]) else None


_LONGEST_FIGURE = 20


def _figure(text: str) -> str:
    return text.replace(",", "").replace(" ", "")


# --- parts of the above


@cache
def _words() -> dict[str, Any]:
    words = read_data("forms.yaml")["documents"]
    return dict(words)


def _arabic_year(text: str) -> str:
    def digits(match: re.Match[str]) -> str:
        return "20" + "".join(str(_CHINESE_DIGITS[c]) for c in match[1]) + "年"

    return _CHINESE_YEAR.sub(digits, text)


def _cover(texts: list[str]) -> list[str]:
    """The first lines of a document, up to its table of contents or its first sentence."""
    lines: list[str] = []
    for text in texts[:_COVER]:
        squeezed = "".join(text.split())
        is_heading = re.match(r"[一二三四五六七八九十]{1,3}、|第[一二三四五]部分|[（(]一[）)]", squeezed)
        if squeezed in ("目录", "目次") or len(squeezed) > 80 or squeezed.endswith("。") or is_heading:
            break
        lines.append(text.strip())
    return lines


def _title(cover: list[str]) -> str | None:
    """The cover's lines up to the one that says 预算 or 决算, joined: a title is broken wherever the page needed it."""
    for index, line in enumerate(cover):
        joined = _arabic_year("".join(cover[: index + 1]))
        if not re.search(r"预算|决算|绩效", line) or not _YEAR.search(joined):
            continue
        first = index
        while first > 0 and len(cover[first - 1]) < 40 and _may_begin_title(cover[first - 1]):
            first -= 1
        title = "".join(cover[first : index + 1])
        return title if _YEAR.search(_arabic_year(title)) else joined
    return None


def _may_begin_title(line: str) -> bool:
    return (
        not re.match(r"附件|附表|表\s*\d|第.部分|[一二三四五六七八九十]、", line)
        and "：" not in line
        and ":" not in line
    )


def _labelled_unit(cover: list[str]) -> Named | None:
    for line in (part for text in cover for part in labels.split_labels(text)):
        head, colon, value = line.replace(":", "：").partition("：")
        if colon and value.strip() and "".join(head.split()) in _words()["publishers"]:
            name = re.split(r"\s{2,}|(?:金额)?单位：|填报", value.strip())[0].strip()
            if _is_unit(name):
                return split_code(name)
    return None


def _unit_of_title(title: str | None) -> Named | None:
    if title is None:
        return None
    before = re.split(r"20\d\d\s*年", _arabic_year(title))[0].strip()
    if not before:
        after = re.split(r"20\d\d\s*年度?", _arabic_year(title), maxsplit=1)[-1]
        ends = [after.find(end) for end in _words()["title_ends"] if after.find(end) > 0]
        before = after[: min(ends)].strip() if ends else ""
    before = re.sub(r"^(?:关于|附件\d*[:：]?)", "", before)
    return split_code(before) if _is_unit(before) else None


def _unit_of_headings(headings: list[re.Match[str]]) -> Named | None:
    found = Counter(match["unit"] for match in headings if match["unit"] and _is_unit(match["unit"]))
    if not found:
        return None
    name, times = found.most_common(1)[0]
    return split_code(name) if times > 1 else None


def _is_unit(name: str) -> bool:
    """Whether a text can be a unit's name: it ends as units' names do, and isn't the name of a region alone."""
    folded = "".join(name.split())
    if not 3 <= len(folded) <= 50 or re.search(r"[，。；]|部门预算|部门决算", folded):
        return False
    region = find_region(folded)
    if region is not None and folded.endswith(region.name):
        return False
    return folded.endswith(tuple(_words()["unit_ends"]))


def _unit_of_forms(projects: Iterable[Project]) -> Named | None:
    found: Counter[str] = Counter()
    for project in projects:
        named = project.implementing_unit or project.department
        if named is not None:
            found[named.name] += 1
    # Forms of several units in one file don't say which of them published it.
    name, times = found.most_common(1)[0] if found else ("", 0)
    return Named(name) if times * 2 > found.total() else None


def _code_of(name: str, projects: Iterable[Project]) -> str | None:
    for project in projects:
        for named in (project.department, project.implementing_unit):
            if named is not None and named.code and named.name == name:
                return named.code
    return None


def _kind(title: str | None, headings: list[re.Match[str]]) -> DisclosureKind:
    if title is not None:
        found = [kind for kind, words in _words()["kinds"].items() if any(word in title for word in words)]
        order: tuple[DisclosureKind, ...] = ("final_accounts", "self_evaluation", "budget")
        for kind in order:
            if kind in found:
                return kind
    kinds = Counter(match["kind"] for match in headings)
    if not kinds:
        return "unknown"
    return "final_accounts" if kinds.most_common(1)[0][0] == "决算" else "budget"


def _year(title: str | None, headings: list[re.Match[str]]) -> int | None:
    if title is not None and (found := _YEAR.search(_arabic_year(title))):
        return int(found[1])
    years = Counter(match["year"] for match in headings)
    return int(years.most_common(1)[0][0]) if years else None


def _region(unit: Named | None, title: str | None, projects: Iterable[Project]) -> Region | None:
    own = [text for text in (unit.name if unit else None, title) if text]
    found = find_region(*own) if own else None
    if found is not None:
        return found
    others = [n.name for project in projects for n in (project.department, project.implementing_unit) if n is not None]
    return find_region(*dict.fromkeys(others)) if others else None


def _level(unit: Named | None, region: Region | None) -> Level | None:
    if unit is not None and re.search(r"街道|(?:镇|乡)(?:人民政府|党委)|(?:镇|乡)$", unit.name):
        return "township"
    return region.level if region is not None else None


# A code before or after a unit's name: "[993]某某中心", "127001-某某局", "某某局（103）". A name may itself begin with
# digits (12345热线…), so bare digits count as a code only in the lengths that budget codes have.
_CODE_FIRST = re.compile(
    r"^\s*(?:[\[【(（〔](?P<a>\d{2,})[\]】)）〕]|(?P<b>\d{2,})\s*[-—_－:：.]|(?P<d>\d{6,})\s|(?P<c>\d{3}(?:\d{3})*)(?=\D))\s*(?P<name>\D.*)$",
    re.DOTALL,
)
_CODE_LAST = re.compile(
    r"^(?P<name>.*\D)\s*(?:[\[【(（〔](?P<a>\d{2,})[\]】)）〕]|[-—_－](?P<b>\d{3,}))\s*$", re.DOTALL
)


_SEAL = re.compile(r"[（(](?:公章|盖章|签章|章)[)）]|(?:金额)?单位[:：].*$|填报(?:日期|时间)[:：].*$")


def split_code(printed: str) -> Named:
    """Given a unit's printed name, return it with the code that stands before or behind it taken apart."""
    text = _SEAL.sub("", printed.strip()).strip()
    found = _CODE_FIRST.match(text)
    if found is not None:
        return Named(found["name"].strip(" -—_－:：."), found["a"] or found["b"] or found["c"] or found["d"])
    found = _CODE_LAST.match(text)
    if found is not None:
        return Named(found["name"].strip(" -—_－:："), found["a"] or found["b"])
    return Named(text)


# A code of a budget system before or behind a project's name: "51000021R000000019951-工资性支出".
_PROJECT_CODE = re.compile(
    r"[\[【(（〔]?(?P<code>(?=(?:\D*\d){8})[0-9A-Z]{10,})[\]】)）〕]?\s*[-—_－:：]?\s*(?P<name>\D.*)", re.DOTALL
)
_PROJECT_CODE_LAST = re.compile(
    r"(?P<name>.*[^\dA-Z])\s*[\[【(（〔](?P<code>(?=(?:\D*\d){8})[0-9A-Z]{10,})[\]】)）〕]", re.DOTALL
)


def split_project_code(printed: str) -> Named:
    """Given a project's printed name, return it with the long code that a budget system puts beside it taken apart."""
    text = printed.strip()
    found = _PROJECT_CODE.fullmatch(text) or _PROJECT_CODE_LAST.fullmatch(text)
    return Named(found["name"].strip(" -—_－:："), found["code"]) if found is not None else Named(text)
