"""核对 in a browser: issues narrowed by facets, a proposed identity judged, and an app in which nothing can be changed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import pipeline
from tests.browser.conftest import App, Visitor, serve, window


@pytest.fixture
def own_store(app: App, tmp_path: Path) -> Path:
    """A copy of the app's store, which may be changed."""
    with pipeline.open_store(app.store, create=False) as store:
        store.backup(tmp_path / "store")
    return tmp_path / "store"


@pytest.fixture
def own_visit(browser: object, own_store: Path) -> Iterator[Visitor]:
    with serve(own_store) as running:
        yield from window(running, browser)


def test_issues_are_narrowed_by_facets_that_stand_in_the_address(visit: Visitor) -> None:
    visit.open("checks")
    everything = visit.count(".pk-issues tbody tr")
    assert everything >= 2
    visit.click(".pk-facets section:nth-of-type(3) a")
    assert "document=" in visit.page.url
    assert 0 < visit.count(".pk-issues tbody tr") <= everything
    visit.click(".pk-issues tbody tr td:nth-child(2) a")
    assert "page=projects" in visit.page.url


def test_a_proposed_identity_is_judged_and_listed_among_the_decisions(own_visit: Visitor, own_store: Path) -> None:
    own_visit.open("checks", part="identities")
    proposals = own_visit.count(".pk-proposal")
    assert proposals >= 1
    assert own_visit.page.get_by_role("button", name="确认", exact=True).first.is_disabled()
    for label, text in (("确认人", "复核员"), ("理由", "同一机构")):
        own_visit.page.get_by_label(label, exact=True).fill(text)
        own_visit.page.keyboard.press("Tab")
        own_visit.settle()
    own_visit.page.get_by_role("button", name="确认", exact=True).first.click()
    own_visit.sees(own_visit.page.locator(".pk-parts"), "人工决定 1")
    own_visit.open("checks", part="decisions")
    assert "复核员" in own_visit.text(".pk-table")
    with pipeline.open_store(own_store, create=False) as store:
        assert [one.standing for one in store.decisions()] == ["applied"]


def test_a_proposed_identity_leads_to_where_both_names_are_printed(visit: Visitor) -> None:
    visit.open("checks", part="identities")
    leads = ".pk-proposal a:has-text('出处')"
    assert visit.count(leads) == 2
    for number, named in ((0, "达州市政务服务管理局本级"), (1, "达州市政务服务管理局")):
        visit.open("checks", part="identities")
        visit.click(f"{leads} >> nth={number}")
        assert "page=evidence" in visit.page.url
        assert named in visit.text(".pk-quote")
        visit.sees(visit.page.locator('[data-testid="stMain"]'), "原件第")
        visit.page.locator('[data-testid="stImage"] img').first.wait_for(state="visible")


def test_a_read_only_app_offers_no_judgement(browser: object, own_store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "PIKG_READ_ONLY", "1")
    shutil.rmtree(own_store / "readings", ignore_errors=True)
    with serve(own_store) as running:
        for visit in window(running, browser):
            visit.open("checks", part="identities")
            assert visit.count(".pk-proposal") >= 1
            assert visit.page.get_by_role("button", name="确认", exact=True).count() == 0
