"""总览, 项目 and 指标 in a browser: what a reviewer looks for is there, every figure leads to its evidence."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.browser.conftest import Visitor

PARTY_SCHOOL = "中共黄石市委党校"


def parameters(visit: Visitor) -> dict[str, str]:
    return {key: values[0] for key, values in parse_qs(urlsplit(visit.page.url).query).items()}


def left(visit: Visitor, selector: str) -> float:
    """Where an element of the picture stands, in percent of its line."""
    return float(visit.page.locator(selector).first.evaluate("(e) => parseFloat(e.style.left)"))


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
    visit.click(".pk-targets tr:has-text('工单办结满意度') a.pk-cited:has-text('80%')")
    drawer = visit.page.get_by_role("dialog")
    visit.sees(drawer, "≥80%")
    visit.sees(drawer, "引用这个数")
    assert parameters(visit)["page"] == "project"
    assert "at" in parameters(visit)
    assert "row" not in parameters(visit)


def test_an_actual_leads_to_the_self_evaluation(visit: Visitor) -> None:
    visit.open("indicators", of="satisfaction", year="2024")
    visit.click(".pk-targets tr:has-text('工单办结满意度') a.pk-cited:has-text('99.64%')")
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
