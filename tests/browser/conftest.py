"""A real browser on the real app: `pikg app` on a store made of the shipped examples, walked by Debian's chromium."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import pytest
from PIL import Image

import pipeline

REPOSITORY = Path(__file__).resolve().parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run",
]  # fmt: skip
SETTLED = '[data-testid="stApp"][data-test-script-state="notRunning"]'


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


def _has_chinese_font() -> bool:
    listing = shutil.which("fc-list")
    if listing is None:
        return True
    return bool(subprocess.run([listing, ":lang=zh", "family"], capture_output=True, check=False).stdout.strip())


@dataclass
class App:
    """A running app and the store that it shows."""

    address: str
    store: Path
    process: int = 0

    def memory(self) -> int:
        """Bytes that the app's processes hold; 0 where the system doesn't tell."""
        pids, held = [self.process], 0
        for pid in pids:
            with suppress(OSError):
                listed = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii")
                pids += [int(child) for child in listed.split()]
                held += int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1]) * 4096
        return held

    def url(self, page: str = "overview", **parameters: str) -> str:
        given = {} if page == "overview" else {"page": page}
        given |= parameters
        return f"{self.address}/?{urlencode(given)}" if given else f"{self.address}/"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serve(store: Path, *options: str) -> Iterator[App]:
    """Start `pikg app` on a store, with further options of its; end it afterwards."""
    port = _free_port()
    command = [sys.executable, "-c", "import pikg; pikg.main()", "app", "--store", str(store), "--port", str(port)]
    command += options
    server = subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    app = App(f"http://localhost:{port}", store, server.pid)
    try:
        for _ in range(240):
            with suppress(OSError), urllib.request.urlopen(f"{app.address}/_stcore/health", timeout=2) as answer:
                if answer.status == 200:
                    break
            if server.poll() is not None:
                pytest.fail(f"the app ended with status {server.returncode} before it answered")
            time.sleep(0.25)
        else:
            pytest.fail("the app did not answer within a minute")
        yield app
    finally:
        server.terminate()
        server.wait(timeout=20)


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    store = tmp_path_factory.mktemp("browser") / "store"
    documents = [path for path in sorted(pipeline.examples_folder().iterdir()) if path.suffix in {".pdf", ".docx"}]
    report = pipeline.ingest(documents, store)
    assert report.ok, report
    with serve(store) as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[object]:
    if CHROMIUM is None:
        pytest.skip("no chromium: install Debian's chromium for the browser tests")
    if not _has_chinese_font():
        pytest.skip("no Chinese font: install fonts-noto-cjk for the browser tests")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()


@dataclass
class Visitor:
    """A browser window that remembers what must not happen: errors, and requests to other hosts."""

    page: object
    app: App
    errors: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)

    def open(self, page: str = "overview", **parameters: str) -> None:
        self.page.goto(self.app.url(page, **parameters))
        self.settle(pause=0)

    def settle(self, pause: int = 300) -> None:
        """Wait until the app has drawn what the address says; before that for so many milliseconds, in which a click that
        leads nowhere begins to do something."""
        self.page.wait_for_selector(".pk-bar", timeout=30_000)
        self.page.wait_for_timeout(pause)
        self.page.wait_for_function(DRAWN, arg=None, timeout=30_000)
        self.page.wait_for_selector(SETTLED, timeout=30_000)
        self.page.wait_for_timeout(150)

    def click(self, selector: str) -> None:
        """Click; where it is a link of the app's, wait until what it leads to is drawn."""
        element = self.page.locator(selector).first
        leads_to = element.evaluate("(e) => { const a = e.closest('a[data-go]'); return a && a.getAttribute('href') }")
        element.click()
        if leads_to is not None:
            self.page.wait_for_function(DRAWN, arg=leads_to, timeout=30_000)
        self.settle(pause=0 if leads_to is not None else 300)

    def text(self, selector: str = '[data-testid="stMain"]') -> str:
        return str(self.page.locator(selector).first.inner_text())

    def sees(self, where: object, text: str) -> None:
        """Wait until a place of the page shows a text: a busy machine draws the parts of a page one after the other."""
        from playwright.sync_api import expect

        expect(where).to_contain_text(text, timeout=30_000)

    def count(self, selector: str) -> int:
        return int(self.page.locator(selector).count())

    def check(self) -> None:
        """Nothing went wrong: no exception shown, no console error, no foreign request, nothing beyond the window."""
        assert self.count('[data-testid="stException"]') == 0, self.text('[data-testid="stException"]')
        assert self.errors == []
        assert self.elsewhere == []
        assert self.page.evaluate(BEYOND_THE_WINDOW) == []


@dataclass
class Editor:
    """The query editor, which lives in a frame of its own."""

    visit: Visitor

    @property
    def frame(self) -> object:
        return self.visit.page.frame_locator(".st-key-editor iframe")

    def text(self) -> str:
        self.frame.locator(".CodeMirror-code").wait_for(timeout=30_000)
        return str(self.frame.locator("body").evaluate("() => window.pikgEditor.getValue()"))

    def run(self, query: str) -> None:
        """Write a query, run it, and wait until the address says so."""
        self.frame.locator(".CodeMirror-code").wait_for(timeout=30_000)
        self.frame.locator("body").evaluate("(body, query) => window.pikgEditor.setValue(query)", query)
        self.frame.locator("#run").click()
        asked = "(query) => new URLSearchParams(location.search).get('text') === query"
        self.visit.page.wait_for_function(asked, arg=query, timeout=30_000)
        self.visit.settle()


# Whether the bar was drawn for an address: the given one, or the window's own.
DRAWN = """(asked) => {
  const sorted = (search) => { const all = new URLSearchParams(search); all.sort(); return all.toString(); };
  const bar = document.querySelector('.pk-bar');
  return bar && sorted(bar.dataset.at) === sorted(asked === null ? location.search : asked);
}"""

# Elements with text that stick out of the window at its right; what scrolls in a frame of its own may.
BEYOND_THE_WINDOW = """() => [...document.querySelectorAll('.stHtml *, button, input, textarea, p')].filter((e) => {
  if (e.closest('.pk-scroll') || !e.textContent.trim()) return false;
  const box = e.getBoundingClientRect();
  return box.width > 1 && box.right > window.innerWidth + 1;
}).map((e) => e.outerHTML.slice(0, 120))"""


@pytest.fixture
def visit(browser: object, app: App, request: pytest.FixtureRequest) -> Iterator[Visitor]:
    """A window on the app, 1440 by 900 unless the test is parametrised with `viewport`; checked when the test ends."""
    viewport = getattr(request, "param", (1440, 900))
    yield from window(app, browser, viewport)


def window(app: App, browser: object, viewport: tuple[int, int] = (1440, 900)) -> Iterator[Visitor]:
    context = browser.new_context(
        viewport={"width": viewport[0], "height": viewport[1]}, locale="zh-CN", accept_downloads=True
    )
    page = context.new_page()
    visitor = Visitor(page, app)
    page.on("pageerror", lambda error: visitor.errors.append(str(error)))
    page.on("console", lambda said: visitor.errors.append(said.text) if said.type == "error" else None)
    page.on("request", lambda request: _note_foreign(visitor, request.url))
    yield visitor
    visitor.check()
    context.close()


def _note_foreign(visitor: Visitor, url: str) -> None:
    local = (visitor.app.address, visitor.app.address.replace("http://", "ws://"), "data:", "blob:", "about:")
    if not url.startswith(local):
        visitor.elsewhere.append(url)


SHOWN = ("overview", "spread", "projects", "project", "evidence", "graph", "comparables", "sparql", "checks")
"""The pages that the README and the documentation show."""


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where pictures of every page, size and language go. When PIKG_SCREENSHOTS is 1 that is build/screenshots, and the
    small ones in Chinese (and the first page in English) become those of docs/screenshots, which the README shows."""
    if os.environ.get("PIKG_SCREENSHOTS") != "1":
        yield tmp_path_factory.mktemp("screenshots")
        return
    folder, shown = REPOSITORY / "build" / "screenshots", REPOSITORY / "docs" / "screenshots"
    for one in (folder, shown):
        one.mkdir(parents=True, exist_ok=True)
    yield folder
    for taken in [folder / f"{page}-1366.png" for page in (*(f"{page}-zh" for page in SHOWN), "overview-en")]:
        name = taken.name.removesuffix("-1366.png").removesuffix("-zh")
        with Image.open(taken) as picture:
            # A palette does for a page of text, at a third of the size.
            picture.convert("RGB").quantize(160, dither=Image.Dither.NONE).save(shown / f"{name}.png", optimize=True)
