"""总览, 项目 and 指标 in a browser: what a reviewer looks for is there, every figure leads to its evidence."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.browser.conftest import Visitor
from tests.browser.test_accessibility import serious

PARTY_SCHOOL = "中共黄石市委党校"


def parameters(visit: Visitor) -> dict[str, str]:
    return {key: values[0] for key, values in parse_qs(urlsplit(visit.page.url).query).items()}


def left(visit: Visitor, selector: str) -> float:
    """Where an element of the picture stands, in percent of its line."""
    return float(visit.page.locator(selector).first.evaluate("(e) => parseFloat(e.style.left)"))


def follow_figure(visit: Visitor, selector: str) -> None:
    """Click a figure: its address names the row, and becomes that of the cell as soon as the project is read."""
    visit.page.locator(selector).first.click()
    visit.page.get_by_role("dialog").wait_for()
    visit.settle()


# --- indicators ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("visit", [(1366, 768), (1920, 1080)], indirect=True, ids=["1366", "1920"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_pages_of_indicators_fit_the_screen(visit: Visitor, language: str) -> None:
    english = {"lang": "en"} if language == "en" else {}
    for asked in ({}, {"of": "satisfaction", "unit": PARTY_SCHOOL}, {"view": "weak"}):
        visit.open("indicators", **asked, **english)
        visit.check()
        assert visit.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), asked


def test_facets_narrow_the_indicators_and_lead_to_a_measure(visit: Visitor) -> None:
    visit.open("indicators")
    everything = visit.text(".pk-said")
    visit.click(".pk-facets a:has-text('满意度') >> nth=0")
    assert parameters(visit)["tier1"] == "satisfaction"
    assert visit.text(".pk-said") != everything
    visit.click(".pk-facets section:nth-of-type(3) a:has-text('满意度')")
    assert parameters(visit)["measure"] == "satisfaction"
    listed = visit.page.locator(".pk-asked tbody td:nth-child(3)").all_inner_texts()
    assert listed and set(listed) == {"满意度"}
    visit.click(".pk-go")
    assert parameters(visit) == {"page": "indicators", "of": "satisfaction"}
    assert visit.text("h1") == "满意度"


def test_words_find_indicators_by_any_of_their_wordings(visit: Visitor) -> None:
    visit.open("indicators", q="群众 满意率")  # a wording of 群众满意度
    assert "群众满意度" in visit.text(".pk-asked")
    assert visit.count(".pk-asked tbody tr") < 5


def test_a_spread_shows_cities_quartiles_and_advice(visit: Visitor) -> None:
    visit.open("indicators", of="satisfaction")
    shown = visit.text()
    assert "同类设定：90%～95%，中位数 95%（17 个）" in shown
    assert "2/2 达到目标" in shown
    for city in ("达州市", "黄石市", "贵阳市"):
        assert visit.count(f".pk-line:has-text('{city}')") == 1
    # The picture stands where the figures say: 80 left of 90 left of 95, and the box from 95 to 98.
    guiyang = ".pk-line:has-text('贵阳市') "
    assert left(visit, guiyang + "a[title*='80%']") < left(visit, guiyang + "a[title*='90%']")
    assert left(visit, guiyang + "a[title*='90%']") < left(visit, ".pk-line:has-text('黄石市') a.pk-dot")
    assert left(visit, ".pk-line:has-text('达州市') .pk-box") == left(visit, ".pk-line:has-text('黄石市') a.pk-dot")
    assert "没有计入" in visit.text("details.pk-more")


def test_ones_own_unit_is_marked_and_placed(visit: Visitor) -> None:
    visit.open("indicators", of="satisfaction")
    assert visit.count("a.pk-mine") == 0
    visit.page.get_by_role("combobox", name="标出本单位").fill("党校")
    visit.page.get_by_role("option", name=PARTY_SCHOOL).click()
    visit.page.locator("a.pk-mine").wait_for()
    visit.settle()
    assert parameters(visit)["unit"] == PARTY_SCHOOL
    assert "第 59 百分位" in visit.text(".pk-own-list")
    assert PARTY_SCHOOL in visit.text(".pk-targets tbody tr:first-child"), "one's own come first"
    assert visit.count(".pk-targets tr.pk-own") == 1


def test_every_target_leads_to_where_it_was_printed(visit: Visitor) -> None:
    visit.open("indicators", of="satisfaction", year="2024")
    follow_figure(visit, ".pk-targets tr:has-text('工单办结满意度') a.pk-cited:has-text('80%')")
    drawer = visit.page.get_by_role("dialog")
    visit.sees(drawer, "≥80%")
    visit.sees(drawer, "引用这个数")
    assert parameters(visit)["page"] == "project"
    assert "at" in parameters(visit)
    assert "row" not in parameters(visit)


def test_an_actual_leads_to_the_self_evaluation(visit: Visitor) -> None:
    visit.open("indicators", of="satisfaction", year="2024")
    follow_figure(visit, ".pk-targets tr:has-text('工单办结满意度') a.pk-cited:has-text('99.64%')")
    visit.sees(visit.page.get_by_role("dialog"), "实际完成值")


def test_a_city_and_a_value_narrow_the_table(visit: Visitor) -> None:
    visit.open("indicators", of="satisfaction")
    everything = visit.count(".pk-targets tbody tr")
    visit.click(".pk-line > b a:has-text('达州市')")
    assert visit.count(".pk-targets tbody tr") == 9 < everything
    visit.click(".pk-line:has-text('达州市') a.pk-dot[title*='98%']")
    assert visit.count(".pk-targets tbody tr") == 4
    visit.click(".pk-mark:has-text('98%')")
    visit.click(".pk-mark:has-text('达州市')")
    assert visit.count(".pk-targets tbody tr") == everything


def test_an_indicator_that_is_not_there_is_said_so(visit: Visitor) -> None:
    visit.open("indicators", of="https://example.org/nothing")
    assert "图谱里没有这个指标" in visit.text()


def test_weak_forms_are_listed_by_what_they_lack(visit: Visitor) -> None:
    visit.open("indicators", view="weak")
    everything = visit.count(".pk-weak tbody tr")
    assert everything > 0
    visit.click(".pk-facets a:has-text('无满意度指标')")
    assert parameters(visit) == {"page": "indicators", "view": "weak", "gap": "satisfaction"}
    rows = visit.page.locator(".pk-weak tbody tr").all_inner_texts()
    assert 0 < len(rows) <= everything
    assert all("无满意度指标" in row for row in rows)
    visit.click(".pk-weak td:first-child a")
    assert parameters(visit)["page"] == "project"


# --- a project ----------------------------------------------------------------------------------------------------
HOTLINE = "综合业务保障经费"


def open_evaluation(visit: Visitor) -> None:
    visit.open("projects", q=HOTLINE)
    visit.click(".pk-projects tr:has-text('自评表') td a")


def test_bars_know_which_way_is_better(visit: Visitor) -> None:
    open_evaluation(visit)
    faults = visit.page.locator(".pk-indicators tr:has-text('系统运行故障率') .pk-reached")
    assert "越低越好" in faults.locator(".pk-reach").get_attribute("title")
    assert faults.inner_text().split() == ["5%", "达到"], "0.24 of at most 5 is met"
    assert "越高越好" in visit.page.locator(".pk-indicators tr:has-text('工单办结率') .pk-reach").get_attribute("title")


def test_a_project_shows_its_history_peers_and_issues(visit: Visitor) -> None:
    open_evaluation(visit)
    assert visit.page.locator(".pk-history tbody tr").all_inner_texts()[0].split()[:2] == ["2024", "绩效自评表"]
    assert "12 个指标不变" in visit.text()
    assert "专项业务类-12345政务服务热线受理中心工作经费" in visit.text(".pk-near")
    assert "读取中的问题" in visit.text()
    visit.click(".pk-near a")
    assert parameters(visit)["page"] == "comparables"
    assert "peer" in parameters(visit)


def test_a_project_prints_on_paper_whole(visit: Visitor, tmp_path: Path) -> None:
    import pdfplumber

    open_evaluation(visit)
    visit.click(".pk-actions a:has-text('打印版')")
    assert parameters(visit)["print"] == "1"
    printed = tmp_path / "project.pdf"
    visit.page.pdf(path=str(printed), prefer_css_page_size=True)
    with pdfplumber.open(printed) as document:
        pages = document.pages
        assert [(round(page.width), round(page.height)) for page in pages] == [(595, 842)] * len(pages), "A4"
        words = [(word, page) for page in pages for word in page.extract_words()]
        said = "".join(word["text"] for word, _ in words)
        assert all(word["x0"] > 0 and word["x1"] < page.width for word, page in words), "nothing is cut at the side"
    assert len(pages) <= 3
    assert "总览" not in said, "the bar stays off the paper"
    assert "打印版" not in said
    for expected in (HOTLINE, "552.59", "接通话务量", "群众服务满意度", "SHA-256", "图谱版本"):
        assert expected in said


# --- projects and the overview --------------------------------------------------------------------------------------
def test_projects_are_narrowed_by_size_and_measure(visit: Visitor) -> None:
    visit.open("projects")
    visit.click(".pk-facets a:has-text('1,000 万元 以上')")
    amounts = visit.page.locator(".pk-projects tbody td:nth-child(5)").all_inner_texts()
    assert len(amounts) == 4
    assert all(float(amount.replace(",", "")) >= 1000 for amount in amounts)
    visit.click(".pk-facets section:has(h2:has-text('设有的度量')) a:has-text('满意度')")
    assert parameters(visit)["measure"] == "satisfaction"
    assert 0 < visit.count(".pk-projects tbody tr") < 4
    visit.page.reload()
    visit.settle()
    assert 0 < visit.count(".pk-projects tbody tr") < 4


def test_the_overview_finds_everything_by_words(visit: Visitor) -> None:
    visit.open()
    visit.page.locator("input[type=text]").fill("满意")
    visit.page.keyboard.press("Enter")
    visit.page.locator(".pk-everything").wait_for()
    visit.settle()
    assert parameters(visit) == {"q": "满意"}
    assert "群众满意度" in visit.text(".pk-everything")
    visit.click(".pk-everything a:has-text('群众满意度')")
    assert visit.text("h1") == "群众满意度"
    visit.open(q="热线")
    assert "单位" in visit.text(".pk-everything")
    assert "文件" in visit.text(".pk-everything")
    visit.open(q="<b>nothing</b>")
    assert "没有名称含“<b>nothing</b>”" in visit.text(), "what was asked for shows as text"


def test_the_overview_tells_how_well_documents_were_read(visit: Visitor) -> None:
    visit.open()
    shares = dict(line.rsplit("\n", 1) for line in visit.page.locator(".pk-quality li").all_inner_texts())
    assert shares["读出绩效表的文件"] == "100%"
    assert shares["有指标值的指标"] == "99.5%"
    visit.click(".pk-treemap .pk-group a:has-text('贵阳市')")
    assert parameters(visit) == {"page": "projects", "region": "贵阳市"}


def test_axe_finds_nothing_serious_in_what_was_found_and_on_paper(visit: Visitor) -> None:
    visit.open(q="满意")
    assert serious(visit.page) == []
    open_evaluation(visit)
    visit.click(".pk-actions a:has-text('打印版')")
    assert serious(visit.page) == []
    visit.open("indicators", of="satisfaction", unit=PARTY_SCHOOL)
    assert serious(visit.page) == []
