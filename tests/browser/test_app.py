"""Every page in a browser: it loads, answers clicks, keeps its state in the address, and shows nothing broken."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from openpyxl import load_workbook

from tests.browser.conftest import Editor, Visitor
from ui.links import PAGES

HOTLINE = "综合业务保障经费"
PRINTED = {"indicators": "率", "import": ""}
"""What of the documents a page shows, where that is not the name of a city: nothing before a file was brought in."""


def parameters(visit: Visitor) -> dict[str, str]:
    return {key: values[0] for key, values in parse_qs(urlsplit(visit.page.url).query).items()}


def open_project(visit: Visitor, name: str) -> None:
    visit.open("projects", q=name)
    visit.click(f".pk-projects tbody a:has-text('{name}')")


# --- every page, size and language --------------------------------------------------------------------------------
@pytest.mark.parametrize("visit", [(1366, 768), (1920, 1080)], indirect=True, ids=["1366", "1920"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_fits_the_screen(visit: Visitor, language: str, pictures: Path) -> None:
    wide = visit.page.viewport_size["width"]
    asked = {"lang": "en"} if language == "en" else {}
    for page in PAGES:
        visit.open(page, **asked)
        visit.check()
        assert visit.page.evaluate("document.documentElement.lang") == ("zh-CN" if language == "zh" else "en")
        assert visit.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        assert PRINTED.get(page, "贵阳市") in visit.text(), page  # what documents say stays Chinese in both
        take_picture(visit, pictures / f"{page}-{language}-{wide}.png")
    visit.open("indicators", of="satisfaction", unit="中共黄石市委党校", **asked)
    take_picture(visit, pictures / f"spread-{language}-{wide}.png")
    visit.open("projects", q=HOTLINE, **asked)
    visit.click(f".pk-projects tbody a:has-text('{HOTLINE}')")
    visit.click(f".pk-forms a:has-text('{'自评表' if language == 'zh' else 'self-evaluation'}')")
    take_picture(visit, pictures / f"project-{language}-{wide}.png")
    visit.click(".pk-indicators a.pk-cited:has-text('≥5000条/天')")
    visit.page.get_by_role("dialog").locator("img").first.wait_for(state="visible")
    take_picture(visit, pictures / f"evidence-{language}-{wide}.png")


def take_picture(visit: Visitor, path: Path) -> None:
    """Keep what the window shows, for eyes."""
    visit.page.wait_for_timeout(400)
    visit.page.screenshot(path=str(path))
    assert path.stat().st_size > 20_000


def test_the_bar_leads_everywhere_and_back(visit: Visitor) -> None:
    visit.open()
    for name in ("项目", "指标", "图谱", "可比项目", "查询", "总览"):
        visit.click(f".pk-nav a:has-text('{name}')")
        assert visit.text(".pk-nav a[aria-current]") == name
        assert visit.page.title().startswith(name)
    visit.page.go_back()
    visit.settle()
    assert visit.text(".pk-nav a[aria-current]") == "查询"


def test_the_language_is_kept_in_the_address(visit: Visitor) -> None:
    visit.open("projects", region="贵阳市")
    visit.click(".pk-lang")
    assert parameters(visit) == {"page": "projects", "region": "贵阳市", "lang": "en"}
    assert "Funding" in visit.text(".pk-projects thead")
    visit.click(".pk-nav a:has-text('Overview')")
    assert parameters(visit) == {"lang": "en"}
    assert "Performance forms" in visit.text()
    visit.page.reload()
    visit.settle()
    assert "Performance forms" in visit.text()
    visit.click(".pk-lang")
    assert parameters(visit) == {}
    assert "绩效表" in visit.text()


# --- overview -----------------------------------------------------------------------------------------------------
def test_the_overview_counts_what_is_there_and_leads_to_a_project(visit: Visitor) -> None:
    visit.open()
    figures = visit.text(".pk-figures")
    for name in ("地区", "公开单位", "项目", "绩效表", "绩效指标", "项目资金"):
        assert name in figures
    assert visit.count(".pk-treemap a") >= 10
    assert visit.count(".pk-tiers > div") >= 3
    visit.click(".pk-chip:has-text('2024')")
    assert parameters(visit) == {"year": "2024"}
    assert HOTLINE in visit.text(".pk-treemap")
    visit.click(f".pk-treemap a:has-text('{HOTLINE}')")
    assert visit.text("h1").startswith(HOTLINE)


# --- projects -----------------------------------------------------------------------------------------------------
def test_facets_narrow_the_list_and_stand_in_the_address(visit: Visitor) -> None:
    visit.open("projects")
    everything = visit.count(".pk-projects tbody tr")
    visit.click(".pk-facets a:has-text('达州市') >> nth=0")
    assert parameters(visit)["region"] == "达州市"
    narrowed = visit.count(".pk-projects tbody tr")
    assert 0 < narrowed < everything
    visit.click(".pk-facets a:has-text('部门整体')")
    assert visit.count(".pk-projects tbody tr") == 1
    visit.page.reload()
    visit.settle()
    assert visit.count(".pk-projects tbody tr") == 1
    visit.click(".pk-clear")
    assert visit.count(".pk-projects tbody tr") == everything


def test_words_find_projects_and_the_head_sorts_them(visit: Visitor) -> None:
    visit.open("projects")
    visit.page.locator("input[type=text]").fill("平台 培训")
    visit.page.keyboard.press("Enter")
    visit.settle()
    assert parameters(visit)["q"] == "平台 培训"
    assert visit.count(".pk-projects tbody tr") == 1
    visit.click(".pk-mark")
    visit.click(".pk-projects th a:has-text('指标')")
    counts = [int(cell) for cell in visit.page.locator(".pk-projects tbody td:nth-child(6)").all_inner_texts()]
    assert counts == sorted(counts, reverse=True)
    assert visit.page.locator("th[aria-sort=descending]").inner_text().startswith("指标")


# --- a project and its evidence -----------------------------------------------------------------------------------
def test_a_project_shows_money_goals_and_indicators_by_tier(visit: Visitor) -> None:
    open_project(visit, HOTLINE)
    visit.click(".pk-forms a:has-text('自评表')")
    shown = visit.text()
    for expected in (
        "资金总额",
        "全年执行数",
        "552.59",
        "年度总体目标",
        "实际完成情况",
        "接通话务量",
        "≥5000条/天",
        "≥5330条/天",
    ):
        assert expected in shown
    assert visit.count(".pk-indicators th[rowspan]") >= 4
    assert visit.count(".pk-reach") >= 5


def test_a_figure_leads_to_its_page_with_the_cell_marked(visit: Visitor) -> None:
    open_project(visit, HOTLINE)
    visit.click(".pk-forms a:has-text('自评表')")
    visit.click(".pk-indicators a.pk-cited:has-text('≥5000条/天')")
    drawer = visit.page.get_by_role("dialog")
    visit.sees(drawer, "第 4 页")
    visit.sees(drawer, "≥ 5,000")
    picture = drawer.locator("img").first
    picture.wait_for(state="visible")
    assert picture.evaluate("(image) => image.complete && image.naturalWidth") > 800
    assert "at" in parameters(visit)
    visit.page.reload()
    visit.settle()
    assert visit.page.get_by_role("dialog").count() == 1, "the address of a figure opens its evidence"
    visit.page.keyboard.press("Escape")
    visit.settle()
    assert visit.page.get_by_role("dialog").count() == 0
    assert "at" not in parameters(visit)


def test_a_target_split_over_cells_is_cited_whole(visit: Visitor) -> None:
    open_project(visit, "终端日常维护费用和工作经费")
    visit.click(".pk-indicators a.pk-cited:has-text('≥90%')")
    drawer = visit.page.get_by_role("dialog")
    visit.sees(drawer, "“≥90%”")
    visit.sees(drawer, "第 8 页")


def test_a_figure_of_a_word_file_leads_to_its_rows(visit: Visitor) -> None:
    open_project(visit, "市民中心运行维护费")
    visit.click(".pk-indicators a.pk-cited:has-text('150万')")
    visit.sees(visit.page.get_by_role("dialog").locator("td.pk-marked"), "150万")


# --- comparables --------------------------------------------------------------------------------------------------
def test_a_unit_cost_shows_its_formula_its_sources_and_the_other_cities(visit: Visitor) -> None:
    open_project(visit, "聘用人员经费")
    assert "1,305,000 元 ÷ 30 人 = 43,500 元/人" in visit.text(".pk-unit-costs")
    assert "各地 3 个项目，3 个公开单位" in visit.text(".pk-spread")
    visit.page.locator(".pk-spread summary").click()
    assert "外聘人员经费" in visit.text(".pk-spread ul") and "同一单位同一年度已印过" in visit.text(".pk-left-out")
    visit.click(".pk-unit-costs a.pk-cited >> nth=1")
    assert parameters(visit)["at"]
    visit.check()


def test_comparables_come_with_reasons_and_side_by_side(visit: Visitor) -> None:
    open_project(visit, HOTLINE)
    visit.click(".pk-actions a:has-text('可比项目')")
    assert "12345" in visit.text(".pk-peers")
    assert visit.count(".pk-peers .pk-meter") >= 3
    beside = visit.text(".pk-beside")
    assert "达州市" in beside
    assert "工单办结率" in beside
    visit.click(".pk-chip:has-text('黄石市')")
    assert "没有找到可比的项目" in visit.text()


# --- queries ------------------------------------------------------------------------------------------------------
def test_named_queries_answer_with_their_parameters(visit: Visitor) -> None:
    visit.open("sparql", name="projects")
    rows = visit.count(".pk-answer tbody tr")
    assert rows >= 20
    visit.page.get_by_role("combobox").first.click()
    visit.page.get_by_role("option", name="达州市").click()
    visit.settle()
    assert 0 < visit.count(".pk-answer tbody tr") < rows
    assert "VALUES" in Editor(visit).text()


def test_a_query_of_ones_own_answers_and_can_be_passed_on(visit: Visitor) -> None:
    visit.open("sparql", name="own")
    Editor(visit).run("SELECT (COUNT(*) AS ?n)\nWHERE { ?p a pikg:Project }")
    projects = int(visit.text(".pk-answer tbody td"))
    assert projects >= 15
    visit.page.reload()
    visit.settle()
    assert int(visit.text(".pk-answer tbody td")) == projects
    assert Editor(visit).text().startswith("SELECT (COUNT")
    visit.click(".pk-facets a:has-text('自己写')")
    assert "text" not in parameters(visit)
    assert visit.count(".pk-answer tbody tr") > 1


def test_mistakes_in_a_query_are_placed_and_marked_in_the_editor(visit: Visitor) -> None:
    visit.open("sparql", name="own")
    editor = Editor(visit)
    editor.run("SELECT ?n\nWHERE { ?p a pikg:Project")
    visit.sees(visit.page.locator(".pk-wrong").first, "第 2 行")
    editor.frame.locator(".pk-wrong-line").wait_for(timeout=10_000)
    assert editor.frame.locator(".pk-wrong-place").count() == 1
    editor.run("INSERT DATA { <urn:a> <urn:b> <urn:c> }")
    visit.sees(visit.page.locator(".pk-wrong").first, "第 1 行第 1 列")
    assert editor.frame.locator(".pk-wrong-place").inner_text() == "INSERT"


def test_an_answer_that_compares_is_drawn_as_bars_and_a_construct_as_a_graph(visit: Visitor) -> None:
    visit.open("sparql", name="own")
    editor = Editor(visit)
    editor.run(
        "SELECT ?地区 (COUNT(DISTINCT ?d) AS ?文件) WHERE { ?d a pikg:Document ; pikg:regionText ?地区 } GROUP BY ?地区"
    )
    visit.sees(visit.page.locator(".pk-bars figcaption"), "各地区的文件")
    assert visit.count(".pk-bars li") == visit.count(".pk-answer tbody tr")
    editor.run(
        "CONSTRUCT { ?p a pikg:Project ; rdfs:label ?n ; pikg:publisher ?u . ?u rdfs:label ?m }\n"
        "WHERE { ?p a pikg:Project ; rdfs:label ?n ; pikg:publisher ?u . ?u rdfs:label ?m }"
    )
    visit.page.wait_for_selector(".pk-picture canvas")
    assert "个节点" in visit.text(".st-key-network ~ div .pk-said, .pk-said >> nth=1")
    assert visit.page.get_by_role("button", name="下载 Turtle").count() == 1


@pytest.mark.parametrize("kind", ["CSV", "XLSX", "JSON"])
def test_an_answer_is_downloaded_for_office_programs_and_others(visit: Visitor, tmp_path: Path, kind: str) -> None:
    visit.open("sparql", name="documents")
    with visit.page.expect_download() as waiting:
        visit.page.get_by_role("button", name=f"下载 {kind}").click()
    file = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(file)
    unit = "贵阳市12345政务服务便民热线事务中心"
    if kind == "CSV":
        assert file.read_bytes().startswith(b"\xef\xbb\xbf")
        assert unit in file.read_text("utf-8-sig")
    elif kind == "JSON":
        assert unit in {row["publisherName"]["value"] for row in json.loads(file.read_bytes())["results"]["bindings"]}
    else:
        cells = {cell for row in load_workbook(file).active.iter_rows(values_only=True) for cell in row}
        assert {"公开单位", unit} <= cells


# --- all in one window --------------------------------------------------------------------------------------------
def test_a_morning_with_every_page_in_one_window(visit: Visitor) -> None:
    """Load, click, filter, expand the graph, run a query, open the evidence, change the language: never a reload."""
    visit.open()
    for page in PAGES:
        visit.click(f".pk-nav a[href^='{'?page=' + page if page != 'overview' else '?'}']")
        assert visit.count(".pk-nav a[aria-current]") == 1
        visit.check()
    visit.click(".pk-nav a:has-text('项目')")
    visit.click(".pk-facets a:has-text('贵阳市') >> nth=0")
    visit.click(f".pk-projects tbody a:has-text('{HOTLINE}')")
    visit.click(".pk-indicators a.pk-cited >> nth=1")
    visit.page.get_by_role("dialog").locator("img").first.wait_for(state="visible")
    visit.page.keyboard.press("Escape")
    visit.page.get_by_role("dialog").wait_for(state="hidden")
    visit.click(".pk-actions a:has-text('图谱')")
    visit.page.wait_for_selector(".pk-picture canvas")
    visit.click(".pk-lang")
    assert visit.text(".pk-nav a[aria-current]") == "Graph"
    visit.click(".pk-nav a:has-text('Query')")
    Editor(visit).run("ASK { ?p a pikg:Project }")
    visit.sees(visit.page.locator(".pk-quote"), "Yes")
    visit.click(".pk-nav a:has-text('Overview')")
    visit.page.go_back()
    visit.settle()
    assert "text" in parameters(visit)
