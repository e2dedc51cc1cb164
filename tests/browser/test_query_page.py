"""The endpoint's query page in a browser: a query is asked and answered, named queries are a click away, nothing is
asked of another host; and a thing's page."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress

import pytest

from graph.workspace import Workspace
from tests.browser.conftest import REPOSITORY, App, _free_port


@pytest.fixture(scope="module")
def endpoint(app: App) -> Iterator[str]:
    port = _free_port()
    command = [
        sys.executable,
        "-c",
        "import pikg; pikg.main()",
        "serve",
        "--store",
        str(app.store),
        "--port",
        str(port),
    ]
    server = subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.DEVNULL)
    address = f"http://localhost:{port}"
    try:
        for _ in range(240):
            with suppress(OSError), urllib.request.urlopen(f"{address}/sparql?query=ASK%7B%7D", timeout=2):
                break
            time.sleep(0.25)
        yield address
    finally:
        server.terminate()
        server.wait(20)


def test_the_query_page_asks_this_endpoint_alone(browser: object, endpoint: str) -> None:
    from playwright.sync_api import expect

    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
    page = context.new_page()
    errors: list[str] = []
    elsewhere: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    page.on(
        "request",
        lambda request: (
            elsewhere.append(request.url) if not request.url.startswith((endpoint, "data:", "blob:")) else None
        ),
    )
    page.goto(f"{endpoint}/")
    expect(page.locator("h1")).to_have_text("SPARQL 查询")
    page.locator(".yasqe_queryButton").click()
    expect(page.locator(".yasr_response_chip")).to_contain_text("50", timeout=30_000)
    page.locator("aside button", has_text="全部文件").or_(
        page.locator("aside button", has_text="文件一览")
    ).first.click()
    page.locator(".tabPanel.active .yasqe_queryButton").click()
    expect(page.locator(".tabPanel.active .yasr_results")).to_contain_text("budget.pdf", timeout=30_000)
    # Whoever has no mouse gets out of the editor, and an IRI of the data leads to its page here.
    page.locator(".tabPanel.active .yasqe textarea").focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.tagName") == "BUTTON"
    link = page.locator(".tabPanel.active .yasr_results a.iri").first
    link.hover()
    assert str(link.get_attribute("href")).startswith("/id/")
    page.goto(f"{endpoint}/?lang=en")
    expect(page.locator("aside h2")).to_have_text("Named queries")
    context.close()
    assert errors == []
    assert elsewhere == []


def test_a_thing_has_a_page_with_links_to_others(browser: object, endpoint: str, app: App) -> None:
    with Workspace.open(app.store).read() as store:
        row = next(iter(store.query("SELECT ?p ?name { ?p a pikg:Project ; rdfs:label ?name } ORDER BY ?p LIMIT 1")))
        base = Workspace.open(app.store).namespace.base
    page = browser.new_page()
    page.goto(f"{endpoint}/id/{str(row['p']).removeprefix(base)}")
    assert str(row["name"]) in page.locator("h1").inner_text()
    page.locator("table.things a", has_text="局").or_(page.locator("table.things a", has_text="中心")).first.click()
    assert page.locator("h1").inner_text()
    assert "/id/unit/" in page.url
    page.close()
