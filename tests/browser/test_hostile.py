"""What a document says is shown as text, whatever it says; and a store with nothing in it says so."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from graph.load import open_batch
from graph.workspace import Workspace
from ontology.records import Disclosure, DocumentInfo, Funding, Indicator, Named, Place, PrintedCell, Project, Value
from tests.browser.conftest import App, Visitor, serve, window
from tests.disclosures import disclosure

SCRIPT = "<script>window.evil = 1</script>热线经费"
IMAGE = "<img src=x onerror='window.evil = 2'>提升服务"
CLOSING = "</style></div><svg onload='window.evil = 3'>"
FORMULA = '=HYPERLINK("https://evil.example","点击")'


def _hostile() -> Disclosure:
    place = Place(table=1, row=2, column=3)
    indicator = Indicator(
        tier1=f"产出{CLOSING}", tier2=IMAGE, tier3=SCRIPT,
        target=Value(raw=IMAGE, operator="qualitative"), note=CLOSING, explanation=FORMULA,
        place=place, cells={"target": PrintedCell(place, IMAGE), "tier3": PrintedCell(place, SCRIPT)},
    )  # fmt: skip
    funding = Funding("budget", "total", Decimal(100), raw=SCRIPT)
    project = Project(
        form_id="t1-f1", name=SCRIPT, scope="project", form="target", fiscal_year=2024,
        objective=IMAGE, outcome=CLOSING, implementing_unit=Named(f"某单位{CLOSING}"),
        funding=(funding,), indicators=(indicator,),
    )  # fmt: skip
    document = DocumentInfo(
        file=f"a{CLOSING}.pdf", sha256="e" * 64, title=FORMULA, kind="budget", fiscal_year=2024,
        region=Named(f"某市{IMAGE}"), unit=Named(f"某局{SCRIPT}"),
    )  # fmt: skip
    return Disclosure(document, extractor_version="test", projects=(project,))


def _store(folder: Path, *disclosures: Disclosure) -> Path:
    with open_batch(Workspace.open(folder, create=True)) as batch:
        for one in disclosures:
            batch.load(one)
    return folder


@pytest.fixture(scope="module")
def hostile_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    with serve(_store(tmp_path_factory.mktemp("hostile") / "store", _hostile())) as running:
        yield running


@pytest.fixture
def hostile(browser: object, hostile_app: App) -> Iterator[Visitor]:
    yield from window(hostile_app, browser)


def _unharmed(visit: Visitor, *, pause: int = 300) -> None:
    """No script of the document has run; what fails to load runs one a moment later, hence the pause (milliseconds)."""
    visit.page.wait_for_timeout(pause)
    assert visit.page.evaluate("window.evil") is None
    assert all(frame.evaluate("window.evil") is None for frame in visit.page.frames)
    assert visit.count(".stHtml img, .stHtml script, .stHtml svg") == 0


def test_markup_in_a_document_is_shown_as_text_on_every_page(hostile: Visitor) -> None:
    for page in ("overview", "projects", "comparables", "sparql"):
        hostile.open(page)
        _unharmed(hostile)
        assert "<script>window.evil = 1</script>" in hostile.text(), page
    for page in ("indicators", "checks", "import"):
        hostile.open(page)
        _unharmed(hostile)
    hostile.open("indicators")
    assert IMAGE in hostile.text(".pk-asked")
    hostile.click(".pk-asked tbody a")
    _unharmed(hostile)
    hostile.open("indicators", view="weak")
    _unharmed(hostile)
    assert "<script>" in hostile.text()
    hostile.open("projects")
    hostile.click(".pk-projects tbody a")
    _unharmed(hostile)
    shown = hostile.text()
    for said in (SCRIPT, IMAGE, CLOSING, FORMULA):
        assert said in shown
    hostile.click(".pk-indicators a.pk-cited >> nth=1")
    _unharmed(hostile)
    hostile.sees(hostile.page.get_by_role("dialog"), IMAGE)


def test_markup_in_a_document_is_text_in_the_graph_too(hostile: Visitor) -> None:
    hostile.open("graph")
    hostile.page.wait_for_selector(".pk-picture canvas")
    hostile.page.wait_for_timeout(500)
    # Captions are letters on a canvas; what is told of a node to those who can't see it is text.
    said = []
    for key in ("ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown") * 6:
        hostile.page.locator(".pk-picture canvas").press(key)
        said.append(hostile.page.locator(".pk-told").text_content())
        hostile.page.locator(".pk-picture canvas").press("Enter")
        hostile.settle()
        said.append(hostile.text(".pk-details"))
        _unharmed(hostile, pause=0)
    _unharmed(hostile)
    assert any("<script>" in one for one in said)


def test_a_formula_in_a_document_is_none_in_the_file(hostile: Visitor, tmp_path: Path) -> None:
    hostile.open("sparql", name="documents")
    with hostile.page.expect_download() as waiting:
        hostile.page.locator("button:has-text('CSV')").click()
    file = tmp_path / "answer.csv"
    waiting.value.save_as(file)
    cells = file.read_text("utf-8-sig").replace('""', '"')
    assert "HYPERLINK" in cells
    assert f",{FORMULA}" not in cells
    assert f'"{FORMULA}' not in cells


@pytest.mark.parametrize("iri", ["nonsense", "https://x> ?p ?o } #", "https://w3id.org/pikg/id/project/none"])
def test_an_address_of_nothing_says_so(hostile: Visitor, iri: str) -> None:
    for page in ("project", "graph", "comparables"):
        hostile.open(page, iri=iri)
        assert any(said in hostile.text() for said in ("没有", "没能打开")), page


def test_an_address_that_is_made_up_or_out_of_date_opens_its_page(hostile: Visitor) -> None:
    long = "9" * 4400  # more digits than Python turns into a number
    for page, parameters in (
        ("projects", {"kind": "none-such", "scope": "none-such", "year": "next"}),
        ("projects", {"p": long}),
        ("indicators", {"view": "weak", "p": long}),
        ("graph", {"n": long}),
        ("import", {"file": long, "form": long, "at": long}),
    ):
        hostile.open(page, **parameters)
        hostile.check()
    hostile.open("checks", document="0" * 64, p=long)
    assert "没有符合条件" in hostile.text()
    hostile.click("a:has-text('全部清除')")
    assert "没有未读出或存疑之处" in hostile.text()


def test_an_empty_store_says_how_to_fill_it_and_what_is_stored_appears(browser: object, tmp_path: Path) -> None:
    folder = _store(tmp_path / "store")
    with serve(folder) as running:
        for visit in window(running, browser):
            visit.open()
            assert "还没有文件" in visit.text()
            assert "pikg ingest" in visit.text()
            _store(folder, disclosure(name="大厅物业费"))
            visit.open("projects")
            assert "大厅物业费" in visit.text()
            _store(folder, disclosure(name="大厅物业费"), disclosure(2, name="热线外包费"))
            visit.click(".pk-nav a:has-text('项目')")
            assert "热线外包费" in visit.text()
