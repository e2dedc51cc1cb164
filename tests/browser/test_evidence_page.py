"""出处 in a browser: a figure's page or table with the cell marked, a misread cell corrected beside it, the original."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import pipeline
from tests.browser.conftest import App, Visitor, serve, window

FORM = Path(__file__).parents[1] / "data" / "people" / "form.pdf"


@pytest.fixture
def own_app(tmp_path: Path) -> Iterator[App]:
    assert pipeline.ingest([FORM], tmp_path / "store").ok
    with serve(tmp_path / "store") as running:
        yield running


@pytest.fixture
def own_visit(browser: object, own_app: App) -> Iterator[Visitor]:
    yield from window(own_app, browser)


def open_figure(visit: Visitor, said: str) -> object:
    visit.open("projects")
    visit.click(".pk-projects tbody a")
    visit.click(f".pk-indicators a.pk-cited:has-text('{said}')")
    drawer = visit.page.get_by_role("dialog")
    visit.sees(drawer, said)
    return drawer


def say(visit: Visitor, place: object, **said: str) -> None:
    for label, text in said.items():
        place.get_by_label(label, exact=True).fill(text)  # type: ignore[attr-defined]
        visit.page.keyboard.press("Tab")


def test_a_misread_cell_is_corrected_beside_its_picture_and_the_correction_undone(own_visit: Visitor) -> None:
    drawer = open_figure(own_visit, "≥42个")
    own_visit.sees(drawer, "SHA-256")
    drawer.locator("img").first.wait_for(state="visible")
    drawer.locator("summary").first.click()
    say(own_visit, drawer, 原件上印的是="≥24个", 确认人="复核员")
    drawer.get_by_role("button", name="记录更正").click()
    own_visit.sees(drawer, "先填确认人和理由")
    drawer.locator("summary").first.click()
    say(own_visit, drawer, 原件上印的是="≥24个", 确认人="复核员", 理由="看错行")
    drawer.get_by_role("button", name="记录更正").click()
    own_visit.sees(drawer, "已更正：“≥42个”→“≥24个”")
    own_visit.sees(drawer, "≥ 24")
    own_visit.page.keyboard.press("Escape")
    own_visit.settle()
    assert "≥24个" in own_visit.text(".pk-indicators")

    own_visit.open("checks", part="decisions")
    assert "复核员" in own_visit.text(".pk-table")
    assert "≥42个 → ≥24个" in own_visit.text(".pk-table")
    own_visit.page.locator("summary").click()
    say(own_visit, own_visit.page, 确认人="复核员", 理由="原读无误")
    own_visit.settle()
    own_visit.page.get_by_role("button", name="撤销", exact=True).click()
    own_visit.sees(own_visit.page.locator(".pk-done"), "已撤销")
    own_visit.sees(own_visit.page.locator(".pk-table").first, "已撤销")
    own_visit.open("projects")
    own_visit.click(".pk-projects tbody a")
    assert "≥42个" in own_visit.text(".pk-indicators")


def test_a_text_that_cannot_stand_in_its_cell_is_refused_with_a_sentence(own_visit: Visitor, own_app: App) -> None:
    own_visit.open("projects")
    own_visit.click(".pk-projects tbody a")
    own_visit.click(".pk-money a.pk-cited")
    drawer = own_visit.page.get_by_role("dialog")
    own_visit.sees(drawer, "36.50")
    drawer.locator("summary").first.click()
    say(own_visit, drawer, 原件上印的是="三十六点五", 确认人="复核员", 理由="试")
    drawer.get_by_role("button", name="记录更正").click()
    own_visit.sees(drawer.locator(".pk-wrong"), "没有更正")
    own_visit.sees(drawer.locator(".pk-wrong"), "不是金额")
    assert (own_app.store / "decisions.jsonl").read_text("utf-8") == ""
    own_visit.page.keyboard.press("Escape")
    own_visit.settle()


def test_the_original_is_offered_by_whoever_may_write_and_else_where_the_operator_says_so(
    browser: object, own_visit: Visitor, own_app: App, tmp_path: Path
) -> None:
    drawer = open_figure(own_visit, "≥42个")
    with own_visit.page.expect_download() as waiting:
        drawer.get_by_role("button", name="下载原件").click()
    waiting.value.save_as(tmp_path / "taken.pdf")
    assert waiting.value.suggested_filename == "form.pdf"
    assert (tmp_path / "taken.pdf").read_bytes() == FORM.read_bytes()
    for options, offered in ((("--read-only",), 0), (("--read-only", "--offer-originals"), 1)):
        with serve(own_app.store, *options) as running:
            for visit in window(running, browser):
                drawer = open_figure(visit, "≥42个")
                drawer.locator("img").first.wait_for(state="visible")
                assert drawer.get_by_role("button", name="下载原件").count() == offered
                assert drawer.locator("form, [data-testid=stForm], summary, input[type=text], textarea").count() == 0
                for part in ("issues", "identities", "decisions"):
                    visit.open("checks", part=part)
                    assert visit.count("[data-testid=stForm], textarea, input[type=text]") == 0


def test_an_issue_opens_on_its_place_in_the_original(visit: Visitor) -> None:
    visit.open("checks")
    visit.click(".pk-issues tbody tr:has-text('没有绩效指标行') td:nth-child(3) a")
    drawer = visit.page.get_by_role("dialog")
    visit.sees(drawer, "没有绩效指标行")
    visit.sees(drawer.locator("td.pk-marked").first, "人员绩能培训费")
    visit.open("checks")
    visit.click(".pk-issues tbody tr:has-text('第 3 页') td:nth-child(3) a")
    visit.page.get_by_role("dialog").locator("img").first.wait_for(state="visible")
    assert "issue=" in visit.page.url
    visit.page.keyboard.press("Escape")
    visit.settle()
    assert "issue=" not in visit.page.url
    visit.click(".pk-issues tbody tr:has-text('位置未记录') td:nth-child(3) a")  # running text of a Word file
    visit.sees(visit.page.get_by_role("dialog").locator(".pk-passage .pk-marked"), "万元")
    visit.page.keyboard.press("Escape")
    visit.settle()


def test_any_figure_of_the_graph_has_a_page_of_its_evidence(visit: Visitor) -> None:
    with pipeline.open_store(visit.app.store, create=False) as store:
        (line,) = store.query("SELECT ?line WHERE { ?line a pikg:BudgetLine ; pikg:printedIn/pikg:page ?page } LIMIT 1")
        (row,) = store.query(
            "SELECT ?row WHERE { ?row a pikg:IndicatorRow ; pikg:printedIn ?cell . ?cell pikg:field 'target' ;"
            " pikg:originalText '150万' } LIMIT 1"
        )
    visit.open("evidence", iri=str(row["row"]), field="target")
    name = visit.text(".pk-path a:last-child")
    visit.click(".pk-path a:last-child")
    assert visit.text("h1").startswith(name)
    assert "150万" in visit.text(".pk-indicators")
    visit.open("evidence", iri=str(line["line"]))
    visit.page.locator("img").first.wait_for(state="visible")
    assert "金额" in visit.text(".pk-evidence")
    assert "SHA-256" in visit.text(".pk-evidence")
    visit.open("evidence", iri=str(row["row"]), field="target")
    visit.sees(visit.page.locator("td.pk-marked"), "150万")
    for nothing in ("", "nonsense", "https://x> ?p ?o } #"):
        visit.open("evidence", iri=nothing)
        assert "没有这个数的出处" in visit.text()
