"""Everybody can use every page: axe-core finds nothing serious in our own markup, and the keyboard reaches everything."""

from __future__ import annotations

from importlib.resources import files

import pytest

from tests.browser.conftest import Visitor
from ui.links import PAGES

HOTLINE = "综合业务保障经费"
SERIOUS = {"serious", "critical"}

NOT_OURS = (
    # rule, part of the element's markup, why it is not ours to mend
    ("scrollable-region-focusable", "CodeMirror-scroll", "YASQE's text scrolls with the caret of the field beside it"),
)
"""Serious findings that axe-core has against elements of Streamlit's and of the editor's own."""

AXE = (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
ASK = """async () => (await axe.run(document, {resultTypes: ['violations']})).violations.flatMap((one) => one.nodes.map(
  (node) => [one.impact, one.id, one.help, node.html.slice(0, 220), node.any.map((check) => check.message).join('; ')]))"""


def serious(place: object) -> list[str]:
    """What axe-core finds that is serious and not Streamlit's own, in a page or frame."""
    place.evaluate(AXE)
    found = []
    for impact, rule, text, markup, said in place.evaluate(ASK):
        known = any(rule == name and part in markup for name, part, _ in NOT_OURS)
        if impact in SERIOUS and not known:
            found.append(f"{rule}: {text}: {markup}: {said}")
    return found


def open_project(visit: Visitor, **parameters: str) -> None:
    visit.open("projects", q=HOTLINE, **parameters)
    visit.click(f".pk-projects tbody a:has-text('{HOTLINE}')")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("page", [*PAGES, "project"])
def test_axe_finds_nothing_serious(visit: Visitor, page: str, language: str) -> None:
    parameters = {"lang": "en"} if language == "en" else {}
    if page == "project":
        open_project(visit, **parameters)
    else:
        visit.open(page, **parameters)
    visit.page.wait_for_timeout(500)
    found = serious(visit.page)
    if page == "sparql":
        visit.page.frame_locator(".st-key-editor iframe").locator(".CodeMirror-code").wait_for()
        found += serious(next(frame for frame in visit.page.frames if "sparql_editor" in frame.url))
    assert not found, "\n".join(found)


@pytest.mark.parametrize("asked", [{"of": "satisfaction"}, {"view": "weak"}])
def test_axe_finds_nothing_serious_in_an_indicators_spread(visit: Visitor, asked: dict[str, str]) -> None:
    visit.open("indicators", **asked)
    visit.page.wait_for_timeout(500)
    found = serious(visit.page)
    assert not found, "\n".join(found)


def test_axe_finds_nothing_serious_in_the_evidence(visit: Visitor) -> None:
    open_project(visit)
    visit.click(".pk-indicators a.pk-cited >> nth=1")
    visit.page.get_by_role("dialog").locator("img").first.wait_for(state="visible")
    visit.page.wait_for_timeout(500)
    found = serious(visit.page)
    assert not found, "\n".join(found)


# --- the keyboard -------------------------------------------------------------------------------------------------
FOCUSED = """() => {
  let at = document.activeElement;
  const box = at.getBoundingClientRect();
  const shown = getComputedStyle(at);
  const ring = shown.outlineStyle !== 'none' || shown.boxShadow !== 'none' || at.tagName === 'INPUT' || at.tagName === 'IFRAME';
  const part = ['.pk-bar', '.pk-facets', 'table', '[role=dialog]', '.pk-chips'].find((name) => at.closest(name)) || '';
  return {tag: at.tagName, part, text: (at.innerText || '').trim().slice(0, 40), seen: box.width > 0, ring,
    lang: at.classList.contains('pk-lang'), frame: at.title || ''};
}"""


def tab_through(visit: Visitor, most: int, until: str) -> list[dict[str, object]]:
    """Press Tab from the top of the page; return what had the focus, up to what shows a text in a table."""
    visit.page.evaluate("() => { document.activeElement.blur(); window.getSelection().removeAllRanges(); }")
    reached = []
    for _ in range(most):
        visit.page.keyboard.press("Tab")
        at = visit.page.evaluate(FOCUSED)
        if at["tag"] == "BODY":
            break
        reached.append(at)
        if at["part"] == "table" and until in at["text"]:
            break
    return reached


def test_tab_reaches_the_bar_the_search_the_facets_and_the_table_in_this_order(visit: Visitor) -> None:
    visit.open("projects")
    reached = tab_through(visit, 200, until=HOTLINE)
    bar = [at["text"] for at in reached if at["part"] == ".pk-bar"]
    assert bar[1:3] == ["总览", "项目"]
    assert any(at["lang"] for at in reached)
    assert any(at["tag"] == "INPUT" for at in reached)
    assert any(at["part"] == ".pk-facets" for at in reached)
    assert reached[-1]["text"] == HOTLINE
    assert all(at["seen"] and at["ring"] for at in reached if at["part"]), [at for at in reached if not at["ring"]]


def test_a_project_and_its_evidence_are_reached_and_opened_without_a_mouse(visit: Visitor) -> None:
    visit.open("projects", q=HOTLINE)
    tab_through(visit, 200, until=HOTLINE)
    visit.page.keyboard.press("Enter")
    visit.page.wait_for_selector(".pk-indicators", timeout=30_000)
    visit.settle()
    cited = visit.page.locator(".pk-indicators a.pk-cited").first
    cited.focus()
    assert visit.page.evaluate(FOCUSED)["ring"]
    visit.page.keyboard.press("Enter")
    dialog = visit.page.get_by_role("dialog")
    dialog.wait_for(state="visible", timeout=30_000)
    visit.settle()
    visit.page.keyboard.press("Tab")
    assert visit.page.evaluate("() => !!document.activeElement.closest('[role=dialog]')")
    visit.page.keyboard.press("Escape")
    dialog.wait_for(state="hidden", timeout=30_000)


def test_the_editor_is_reached_left_and_run_by_keyboard(visit: Visitor) -> None:
    visit.open("sparql", name="own")
    editor = visit.page.frame_locator(".st-key-editor iframe")
    editor.locator(".CodeMirror-code").wait_for()
    editor.locator("textarea").focus()
    visit.page.keyboard.press("Tab")
    assert editor.locator("#run").evaluate("(button) => document.activeElement === button")
    visit.page.keyboard.press("Shift+Tab")
    visit.page.keyboard.press("Control+a")
    visit.page.keyboard.type("ASK { ?p a pikg:Project }")
    visit.page.keyboard.press("Control+Enter")
    visit.sees(visit.page.locator(".pk-quote"), "是")
    visit.settle()
