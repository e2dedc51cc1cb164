"""The cases: which form of which province, in which format, with which look; their files are made by make.py."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from formfiles import lists, national, provinces
from formfiles.facts import Form, make_form
from formfiles.model import PageBreak, Table, check
from formfiles.parts import Made
from formfiles.print_office import nest_indicators

Build = Callable[[], Made]


@dataclass(frozen=True, slots=True)
class Case:
    """A case: its folder, the file's format, how its document is made, its look, and whether its table is nested."""

    name: str
    format: str
    build: Build
    look: dict[str, str] = field(default_factory=dict)
    nest: bool = False

    def make(self) -> Made:
        """The document, checked for holes and overlaps."""
        made = self.build()
        for block in made.blocks:
            if isinstance(block, Table):
                check(block, self.name)
        if self.nest:
            made.blocks = [nest_indicators(block) if isinstance(block, Table) else block for block in made.blocks]
        return made


def _one(
    layout: Callable[..., Made], seed: int, kind: Any = "target", options: dict[str, Any] | None = None, **facts: Any
) -> Build:
    return lambda: layout(make_form(seed, kind, **facts), **(options or {}))


def _many(layout: Callable[..., Made], seeds: list[int], options: dict[str, Any] | None = None, *, one_unit: bool = False,
          **facts: Any) -> Build:  # fmt: skip
    def build() -> Made:
        forms: list[Form] = [make_form(seed, "target", pick=seed % 6, **facts) for seed in seeds]
        for form in forms if one_unit else ():
            form.department, form.department_code, form.office = (
                forms[0].department,
                forms[0].department_code,
                forms[0].office,
            )
        return layout(forms, **(options or {}))

    return build


def _after(*builds: Build) -> Build:
    """Several documents one after the other in one file, each on a page (in a workbook: a sheet) of its own."""

    def build() -> Made:
        made = [one() for one in builds]
        whole = made[0]
        for other in made[1:]:
            whole.blocks = [*whole.blocks, PageBreak(), *other.blocks]
            whole.forms += other.forms
            whole.landscape |= other.landscape
        return whole

    return build


EVALUATION = "self_evaluation"
_FOUR = {"fiscal": 0.7, "carryover": 0.2, "other": 0.1}
_TWO = {"fiscal": 0.9, "other": 0.1}

_CENTRAL = _one(national.self_evaluation, 0, EVALUATION, {"points": "（{}分）"}, scheme="2015", sources=_FOUR, count=11)
_CENTRAL_BLANK = _one(
    national.self_evaluation,
    3,
    EVALUATION,
    {"tiers": "blank", "title_inside": True},
    scheme="2015",
    sources=_FOUR,
    year=2023,
)
_TRANSFER = _one(
    national.transfer_evaluation, 0, EVALUATION, scheme="2015", sources={"superior": 0.6, "local": 0.3, "other": 0.1}
)
_101 = _one(national.target_form_101, 1, sources=_TWO, count=13)
_101_INSIDE = _one(national.target_form_101, 4, options={"title_inside": True, "tiers": "repeat"}, sources=_TWO)
_88 = _one(national.target_form_88, 5, scheme="2015", sources=_TWO)
_DEPARTMENT = _one(national.department_target, 0, scope="department")
_DEPARTMENT_EVALUATION = _one(national.department_evaluation, 1, EVALUATION, scope="department")
_SICHUAN = _one(provinces.sichuan_evaluation, 0, EVALUATION)
_SICHUAN_BLANK = _one(provinces.sichuan_evaluation, 1, EVALUATION, {"tiers": "blank", "hints": False})
_CHONGQING = _one(provinces.chongqing_target, 2, sources={"local": 0.6, "superior": 0.4})
_CHONGQING_PLAIN = _one(provinces.chongqing_plain, 1, scope="department", sources={})
_HUBEI = _one(provinces.hubei_target, 0, scheme="2015", sources=_TWO)
_XINJIANG = _one(provinces.xinjiang_target, 3, scheme="2015", sources=_TWO)
_GUANGDONG = _one(provinces.guangdong_target, 2, sources={})
_JIANGSU = _one(provinces.jiangsu_target, 0, scope="department", sources={"fiscal": 1, "basic": 0, "project": 0})
_SHANGHAI = _one(provinces.shanghai_target, 1, scheme="2015", sources={})
_SHAANXI = _one(provinces.shaanxi_target, 4, scheme="2015", sources=_TWO)
_LIAONING = _one(provinces.liaoning_target, 5, sources={"fiscal": 0.8, "carryover": 0.2})
_HEBEI = _one(provinces.hebei_target, 0, scheme="2015")
_FUJIAN = _one(provinces.fujian_target, 1, sources=_TWO)
_TWO_TIERS = _one(provinces.two_tiers, 2, sources={})
_HUNAN_ONE = _one(provinces.typed_target, 3, sources={})
_SICHUAN_LIST = _many(lists.sichuan_list, [0, 1, 2], one_unit=True, count=7, sources={})
_SICHUAN_LIST_BLANK = _many(
    lists.sichuan_list, [3, 4, 5], {"owners": "blank", "tiers": "blank"}, one_unit=True, count=7, sources={}
)
_YUNNAN_STEPS = _many(lists.yunnan_list, [0, 1, 2], count=6)
_YUNNAN = _many(lists.yunnan_merged, [3, 4, 5], count=7)
_HUNAN = _many(lists.hunan_list, [0, 3], count=7, sources={})
_HUNAN_BLANK = _many(lists.hunan_list, [1, 2], {"owners": "blank", "tiers": "blank"}, count=7, sources={})
_BEIJING = _many(lists.beijing_list, [1, 2, 4], count=6, sources={})
_ZHEJIANG = _many(lists.zhejiang_list, [0, 1, 5], count=7, sources={"fiscal": 0.8, "other": 0.2})
_ZHEJIANG_MERGED = _many(
    lists.zhejiang_list, [2, 3], {"owners": "merge", "tiers": "merge"}, count=7, sources={"fiscal": 0.8, "other": 0.2}
)
_HENAN = _many(lists.henan_list, [0, 1, 2], count=10, sources={"fiscal": 0.8, "unit": 0.2})

CASES: tuple[Case, ...] = (
    # --- PDF: ruled, partly ruled, filled, without lines, turned, over pages
    Case("pdf-central-2020", "pdf", _CENTRAL),
    Case("pdf-central-2020-over-pages-head-repeated", "pdf", _CENTRAL, {"font": "15pt", "heads": "repeated"}),
    Case("pdf-central-2021-only-horizontal-lines", "pdf", _101, {"lines": "horizontal"}),
    Case("pdf-central-2021-no-lines", "pdf", _101_INSIDE, {"lines": "unruled"}),
    Case("pdf-term-and-year-open-sides", "pdf", _88, {"lines": "open"}),
    Case("pdf-transfer-filled-cells", "pdf", _TRANSFER, {"lines": "filled"}),
    Case("pdf-department-tasks-turned-page", "pdf", _DEPARTMENT, {"turned": "page"}),
    Case("pdf-sichuan-evaluation", "pdf", _SICHUAN),
    Case("pdf-chongqing", "pdf", _CHONGQING, {"lines": "thin"}),
    Case("pdf-hubei-over-pages", "pdf", _HUBEI, {"font": "13pt"}),
    Case("pdf-xinjiang-no-lines", "pdf", _XINJIANG, {"lines": "unruled"}),
    Case("pdf-guangdong-only-horizontal-lines", "pdf", _GUANGDONG, {"lines": "horizontal"}),
    Case("pdf-jiangsu-half-year", "pdf", _JIANGSU),
    Case("pdf-shanghai", "pdf", _SHANGHAI),
    Case("pdf-liaoning-filled-cells", "pdf", _LIAONING, {"lines": "filled"}),
    Case("pdf-sichuan-list-over-pages", "pdf", _SICHUAN_LIST, {"font": "13pt"}),
    Case("pdf-yunnan-list-turned-content", "pdf", _YUNNAN, {"turned": "content", "font": "6.5pt"}),
    Case("pdf-hunan-list", "pdf", _HUNAN),
    Case("pdf-beijing-list-head-repeated", "pdf", _BEIJING, {"font": "13pt", "heads": "repeated"}),
    Case("pdf-zhejiang-list", "pdf", _ZHEJIANG_MERGED),
    Case("pdf-hubei-no-lines-second-table-on-the-next-page", "pdf", _HUBEI, {"lines": "unruled"}),
    Case("pdf-henan-only-horizontal-lines", "pdf", _HENAN, {"lines": "horizontal"}),
    Case("pdf-henan-no-lines", "pdf", _HENAN, {"lines": "unruled"}),
    Case("pdf-sichuan-evaluation-only-horizontal-lines-over-pages", "pdf", _SICHUAN, {"lines": "horizontal", "font": "12pt"}),
    Case("pdf-three-forms", "pdf", _after(_101, _SHAANXI, _FUJIAN)),
    # --- Word: merged, split runs, tables inside of tables
    Case("docx-central-2020", "docx", _CENTRAL_BLANK),
    Case("docx-central-2021-split-runs", "docx", _101, {"runs": "split"}),
    Case("docx-term-and-year-table-in-a-table", "docx", _88, {"nested": "whole"}),
    Case("docx-department-evaluation", "docx", _DEPARTMENT_EVALUATION),
    Case("docx-sichuan-indicators-nested", "docx", _SICHUAN_BLANK, {}, nest=True),
    Case("docx-shaanxi-indicators-nested", "docx", _SHAANXI, {"runs": "split"}, nest=True),
    Case("docx-hubei", "docx", _HUBEI),
    Case("docx-fujian-percent-weights", "docx", _FUJIAN),
    Case("docx-yunnan-steps", "docx", _YUNNAN_STEPS),
    Case("docx-two-evaluations", "docx", _after(_CENTRAL, _CENTRAL_BLANK)),
    Case("docx-hunan-one", "docx", _HUNAN_ONE, {}, nest=True),
    # --- workbooks: numbers, percents as formats, numbers as text, hidden columns, sheets
    Case("xlsx-central-2020", "xlsx", _CENTRAL),
    Case("xlsx-department-evaluation-numbers-as-text", "xlsx", _DEPARTMENT_EVALUATION, {"numbers": "text"}),
    Case("xlsx-transfer-mixed-hidden-contents", "xlsx", _TRANSFER, {"numbers": "mixed", "sheets": "contents", "hidden": "yes"}),
    Case("xlsx-sichuan-list", "xlsx", _SICHUAN_LIST_BLANK),
    Case("xlsx-zhejiang-percents", "xlsx", _ZHEJIANG),
    Case("xlsx-hunan-list", "xlsx", _HUNAN_BLANK),
    Case("xlsx-chongqing-no-tiers", "xlsx", _CHONGQING_PLAIN),
    Case("xlsx-guangdong", "xlsx", _GUANGDONG, {"sheets": "contents"}),
    Case("xlsx-two-tiers", "xlsx", _TWO_TIERS),
    Case("xlsx-sheet-a-form", "xlsx", _after(_XINJIANG, _LIAONING, _CHONGQING)),
    Case("xlsx-yunnan-steps", "xlsx", _YUNNAN_STEPS),
    Case("xlsx-henan-tiers-as-heads", "xlsx", _HENAN),
    Case("xls-central-2021", "xls", _101_INSIDE),
    Case("xls-jiangsu-half-year", "xls", _JIANGSU),
    Case("xls-beijing-list", "xls", _BEIJING),
    Case("xls-fujian", "xls", _FUJIAN),
    # --- pages of web sites: navigation, layout tables, Word's markup, GB 18030
    Case("html-central-2020-word-markup", "html", _CENTRAL_BLANK, {"markup": "word"}),
    Case("html-department-tasks", "html", _DEPARTMENT),
    Case("html-sichuan-evaluation-gb18030", "html", _SICHUAN, {"charset": "gb18030", "markup": "word"}),
    Case("html-hebei", "html", _HEBEI),
    Case("html-shanghai-gb18030", "html", _SHANGHAI, {"charset": "gb18030"}),
    Case("html-yunnan-list", "html", _YUNNAN),
    Case("html-zhejiang-list-word-markup", "html", _ZHEJIANG, {"markup": "word"}),
    Case("html-henan-tiers-as-heads", "html", _HENAN),
    Case("html-three-forms", "html", _after(_XINJIANG, _GUANGDONG, _TWO_TIERS)),
)  # fmt: skip
