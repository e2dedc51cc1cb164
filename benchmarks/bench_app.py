"""How fast the app is in a browser on a store of any size: `python benchmarks/bench_app.py --store STORE`.

The app is started on the store (which is only read), and Debian's chromium walks its pages. A line a page:

    paint   from opening the address to the first contentful paint of a page that was never opened before
    first   until the page's content stands, the first time after the app was started (nothing is kept yet)
    warm    until it stands again in a new window: the middle of --times
    facets  until the page stands after a click on a facet, the slowest of --facets of them, each clicked the first time
    back    the same facets again
    cpu     seconds of processor time that the app's processes spent on one warm view, and on one facet clicked first: on
            a machine that does other work too these say more than the others

and a last one with the machine's load and the memory that the app's process takes in the end. `--max-warm`, `--max-paint`
and `--max-facet` (seconds) let the program end with status 1 where a page is slower, `--pages` names some pages alone,
`--warm-up` asks every page once before anything is measured (what a tool that runs all day is like).
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from ui.links import PAGES, read_address

REPOSITORY = Path(__file__).resolve().parents[1]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PATIENCE = 180_000
"""Milliseconds after which a page counts as never."""

# The page of the address is drawn: the bar says so, the server's script has ended, and nothing is shown as stale.
STANDS = """(asked) => {
  const sorted = (search) => { const all = new URLSearchParams(search); all.sort(); return all.toString(); };
  const bar = document.querySelector('.pk-bar'), app = document.querySelector('[data-testid="stApp"]');
  const main = document.querySelector('[data-testid="stMain"]');
  return bar && app && main && app.dataset.testScriptState === 'notRunning' && main.innerText.length > 40
    && sorted(bar.dataset.at) === sorted(asked === null ? location.search : asked);
}"""
PAINT = """() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null"""
FACETS = """() => [...document.querySelectorAll('[data-testid="stMain"] .pk-facets:not(.pk-named) a[data-go], \
[data-testid="stMain"] a.pk-chip[data-go]')].filter((a) => !a.hasAttribute('aria-current'))
  .map((a) => a.getAttribute('href'))"""


@dataclass
class Server:
    """The running app."""

    address: str
    process: subprocess.Popen[bytes]

    def children(self) -> list[int]:
        """The process that `pikg app` started, and what it started in turn."""
        found = [self.process.pid]
        for pid in found:
            with suppress(OSError):
                listed = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii")
                found += [int(child) for child in listed.split()]
        return found

    def cpu(self) -> float:
        """Seconds of processor time of all of them."""
        spent = 0
        for pid in self.children():
            with suppress(OSError):
                fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
                spent += sum(int(one) for one in fields[11:15])
        return spent / os.sysconf("SC_CLK_TCK")

    def memory(self) -> float:
        """Megabytes that all of them hold."""
        held = 0
        for pid in self.children():
            with suppress(OSError):
                held += int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1])
        return held * os.sysconf("SC_PAGE_SIZE") / 1e6


@contextmanager
def run_app(store: Path) -> Iterator[Server]:
    """Given a store's folder, run the app on it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    start = "import pikg; pikg.main()"
    command = [sys.executable, "-c", start, "app", "--read-only", "--store", str(store), "--port", str(port)]
    process = subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.DEVNULL)
    server = Server(f"http://localhost:{port}", process)
    try:
        for _ in range(400):
            with suppress(OSError), urllib.request.urlopen(f"{server.address}/_stcore/health", timeout=2):
                break
            time.sleep(0.1)
        yield server
    finally:
        process.terminate()
        process.wait(30)


@dataclass
class Measured:
    """What was measured of a page, in seconds."""

    page: str
    paint: float = 0.0
    first: float = 0.0
    warm: list[float] = field(default_factory=list)
    facets: list[float] = field(default_factory=list)
    again: list[float] = field(default_factory=list)
    cpu_warm: float = 0.0
    cpu_facet: float = 0.0

    def line(self) -> str:
        """A line of the table."""
        facets = f"{max(self.facets):.2f} | {max(self.again):.2f}" if self.facets else "– | –"
        warm = statistics.median(self.warm)
        spent = f"{self.cpu_warm:.2f} | {self.cpu_facet:.2f}"
        return f"| {self.page} | {self.paint:.2f} | {self.first:.2f} | {warm:.2f} | {facets} | {spent} |"


def _wait(page: Page, asked: str | None, begun: float) -> float:
    page.wait_for_function(STANDS, arg=asked, timeout=PATIENCE)
    return time.perf_counter() - begun


def _visit(browser: Browser, url: str) -> tuple[float, float]:
    """Open an address in a new window; return the seconds to the first paint and until the page stands."""
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    begun = time.perf_counter()
    page.goto(url, wait_until="commit")
    stands = _wait(page, None, begun)
    paint = page.evaluate(PAINT) or stands * 1000
    page.close()
    return paint / 1000, stands


def measure(browser: Browser, server: Server, page: str, parameters: dict[str, str], arguments: Any) -> Measured:
    """Measure one page."""
    given = ({} if page == PAGES[0] else {"page": page}) | parameters
    url = f"{server.address}/?{urlencode(given)}"
    measured = Measured(page)
    measured.paint, measured.first = _visit(browser, url)
    before = server.cpu()
    measured.warm = [_visit(browser, url)[1] for _ in range(arguments.times)]
    measured.cpu_warm = (server.cpu() - before) / arguments.times
    for into in (measured.facets, measured.again):
        window = browser.new_page(viewport={"width": 1366, "height": 768})
        window.goto(url, wait_until="commit")
        _wait(window, None, 0)
        all_facets = list(dict.fromkeys(window.evaluate(FACETS)))
        facets = [one for one in all_facets if read_address(one).get("page", PAGES[0]) == page]
        step = max(1, len(facets) // max(1, arguments.facets))
        for facet in facets[::step][: arguments.facets]:
            link = window.locator(f'a[data-go][href="{facet}"]').first
            begun, before = time.perf_counter(), server.cpu()
            link.evaluate("(link) => link.click()")
            into.append(_wait(window, facet.partition("?")[2], begun))
            if into is measured.facets:
                measured.cpu_facet = max(measured.cpu_facet, server.cpu() - before)
            window.goto(url, wait_until="commit")
            _wait(window, None, 0)
        window.close()
    return measured


def _a_project(browser: Browser, server: Server) -> str | None:
    """The address of a project, of the first one in the list."""
    page = browser.new_page()
    page.goto(f"{server.address}/?page=projects")
    _wait(page, None, 0)
    link = page.locator(".pk-projects tbody a[data-go]")
    found = link.first.get_attribute("href") if link.count() else None
    page.close()
    return read_address(found).get("iri") if found else None


def main(given: Sequence[str] | None = None) -> int:
    """Measure, print the table, return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--store", type=Path, required=True)
    parser.add_argument("--pages", nargs="*")
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--facets", type=int, default=4)
    parser.add_argument("--warm-up", action="store_true")
    parser.add_argument("--max-paint", type=float)
    parser.add_argument("--max-warm", type=float)
    parser.add_argument("--max-facet", type=float)
    arguments = parser.parse_args(given)
    pages = arguments.pages or [*PAGES, "project"]
    slow: list[str] = []
    print(
        "| page | paint | first | warm | facets | back | cpu warm | cpu facet |\n|---|---|---|---|---|---|---|---|",
        flush=True,
    )
    with run_app(arguments.store) as server, sync_playwright() as playwright:
        flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        if arguments.warm_up:
            for page in pages:
                _visit(browser, f"{server.address}/?page={page}")
        for page in pages:
            parameters = {}
            if page == "project" and (iri := _a_project(browser, server)):
                parameters = {"iri": iri}
            try:
                measured = measure(browser, server, page, parameters, arguments)
            except PlaywrightTimeout:
                print(f"| {page} | never | – | – | – | – | – | – |", flush=True)
                slow.append(page)
                continue
            print(measured.line(), flush=True)
            limits = (
                (arguments.max_paint, measured.paint),
                (arguments.max_warm, statistics.median(measured.warm)),
                (arguments.max_facet, max(measured.facets, default=0.0)),
            )
            if any(limit is not None and seconds > limit for limit, seconds in limits):
                slow.append(page)
        load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
        print(f"\nload of the machine: {load}; memory of the app: {server.memory():.0f} MB", flush=True)
        browser.close()
    if slow:
        print(f"slower than allowed: {', '.join(slow)}")
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
