"""How quick 图谱 is in a browser on a store of any size: `python benchmarks/bench_network.py --store STORE`.

The app is started on the store (which is only read), and Debian's chromium opens the picture around a publisher at 200
and at 1,000 nodes, the overview of everything, and the comparable projects around one. In each the reader enlarges,
moves the picture and clicks. A line a view:

    nodes   in the picture
    first   seconds from opening the address until the picture stands, the first time (nothing is kept yet)
    warm    the same again in a new window
    frame   milliseconds of a redrawing of the picture: the middle, and the longest
    frozen  milliseconds of the longest time in which the browser's window did nothing else, in the best of three
            rounds: what else the machine does is not in all of them

`--max-frozen` (milliseconds, 1000 unless told) lets the program end with status 1 where a view is frozen for longer.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from bench_app import CHROMIUM, PATIENCE, run_app
from playwright.sync_api import Browser, Page, sync_playwright

import pipeline
from graph.store import Rows

LONG_TASKS = """window.pikgLong = [];
new PerformanceObserver((list) => { for (const entry of list.getEntries()) window.pikgLong.push(entry.duration); })
  .observe({ type: "longtask", buffered: true });"""
PICTURE = "document.querySelector('.pk-picture')?.pikg"
STANDS = f"""() => {{ const p = {PICTURE}, app = document.querySelector('[data-testid="stApp"]');
  return p && p.drawn && p.frames.length && app.dataset.testScriptState === 'notRunning'; }}"""


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured of a view."""

    view: str
    nodes: int
    first: float
    warm: float
    frame: float
    longest: float
    frozen: float

    def __str__(self) -> str:
        return (
            f"{self.view:10} nodes {self.nodes:6}  first {self.first:6.2f} s  warm {self.warm:6.2f} s"
            f"  frame {self.frame:4.0f}, {self.longest:4.0f} ms  frozen {self.frozen:5.0f} ms"
        )


def _ends(store: Path) -> tuple[str, str]:
    """A publisher of the most projects, and one of its projects."""
    text = """SELECT ?unit (SAMPLE(?p) AS ?project) (COUNT(?p) AS ?n) {
      ?p a pikg:Project ; pikg:publisher ?unit } GROUP BY ?unit ORDER BY DESC(?n) ?unit LIMIT 1"""
    with pipeline.open_store(store, create=False) as opened:
        answer = opened.query(text, timeout=None)
    if not isinstance(answer, Rows) or not answer.rows:
        raise SystemExit(f"{store} has no publisher with projects")
    unit, project, _ = answer.rows[0]
    return str(unit), str(project)


def _open(browser: Browser, address: str) -> tuple[Page, float]:
    page = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN").new_page()
    page.add_init_script(LONG_TASKS)
    begun = time.perf_counter()
    page.goto(address)
    page.wait_for_function(STANDS, timeout=PATIENCE)
    return page, time.perf_counter() - begun


def _measure(browser: Browser, view: str, address: str) -> Measured:
    page, first = _open(browser, address)
    page.context.close()
    page, warm = _open(browser, address)
    rounds = []
    for _ in range(3):
        page.evaluate("() => { window.pikgLong.length = 0; }")
        page.mouse.move(500, 400)
        page.mouse.wheel(0, -240)
        page.wait_for_timeout(80)
        page.mouse.down()
        page.mouse.move(640, 470, steps=8)
        page.mouse.up()
        page.mouse.click(520, 380)
        page.wait_for_timeout(500)
        page.wait_for_function(STANDS, timeout=PATIENCE)
        rounds.append(page.evaluate("Math.max(0, ...window.pikgLong)"))
    nodes, frames = page.evaluate(f"() => {{ const p = {PICTURE}; return [p.data.nodes.id.length, p.frames]; }}")
    page.context.close()
    return Measured(view, nodes, first, warm, statistics.median(frames), max(frames), min(rounds))


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure every view; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--store", type=Path, required=True)
    parser.add_argument("--max-frozen", type=float, default=1000.0)
    given = parser.parse_args(arguments)
    unit, project = _ends(given.store)
    views = {
        "200": {"iri": unit, "n": "200"},
        "1,000": {"iri": unit, "n": "1000", "x": project},
        "overview": {"view": "all"},
        "comparable": {"view": "likeness", "iri": project},
    }
    frozen = 0.0
    with run_app(given.store) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        for view, asked in views.items():
            measured = _measure(browser, view, f"{server.address}/?{urlencode({'page': 'graph', **asked})}")
            print(measured, flush=True)
            frozen = max(frozen, measured.frozen)
        browser.close()
    return 1 if frozen > given.max_frozen else 0


if __name__ == "__main__":
    sys.exit(main())
