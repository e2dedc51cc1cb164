"""Ten people at once, each in a browser of their own, on different pages."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack, contextmanager

import pytest

from tests.browser.conftest import App, Visitor, window

PEOPLE = 10
ROUNDS = 4
GROWTH = 200_000_000
"""Bytes that the app may grow by after everybody has been on every page twice."""

PLACES = (
    ("overview", {}, "绩效表"),
    ("overview", {"year": "2024", "lang": "en"}, "Performance forms"),
    ("projects", {}, "项目"),
    ("projects", {"region": "达州市"}, "达州市"),
    ("checks", {"lang": "en"}, "Issues"),
    ("graph", {}, "图例"),
    ("comparables", {}, "可比项目"),
    ("sparql", {"name": "units"}, "鄂州市行政审批局"),
    ("sparql", {"name": "own", "text": "SELECT * { ?s ?p ?o } LIMIT 3000"}, "3,000"),
    ("indicators", {}, "指标"),
)


def _all_open(people: list[Visitor], turn: int, seen: list[tuple[int, str]]) -> None:
    """Everybody opens another page in the same moment, and waits for it then."""
    for number, visitor in enumerate(people):
        page, parameters, _ = PLACES[(number + turn) % len(PLACES)]
        visitor.page.goto(visitor.app.url(page, **parameters), wait_until="commit")
    for number, visitor in enumerate(people):
        page, _, said = PLACES[(number + turn) % len(PLACES)]
        visitor.settle()
        if said not in visitor.text():
            seen.append((number, page))


def test_ten_people_at_once_see_their_own_pages_and_memory_stays(browser: object, app: App) -> None:
    opened: Callable[..., object] = contextmanager(window)
    with ExitStack() as stack:
        people = [stack.enter_context(opened(app, browser)) for _ in range(PEOPLE)]
        lacking: list[tuple[int, str]] = []
        held = 0
        for turn in range(ROUNDS):
            _all_open(people, turn, lacking)
            if turn == 1:
                held = app.memory()
        assert lacking == []
        if not held:
            pytest.skip("this system does not tell how much memory a process holds")
        assert app.memory() - held < GROWTH, (held, app.memory())


def test_what_one_person_writes_and_filters_is_not_seen_by_another(browser: object, app: App) -> None:
    opened: Callable[..., object] = contextmanager(window)
    with opened(app, browser) as one, opened(app, browser) as other:
        one.open("projects")
        other.open("projects")
        everything = other.count(".pk-projects tbody tr")
        one.page.locator("input[type=text]").fill("热线")
        one.page.keyboard.press("Enter")
        one.settle()
        assert one.count(".pk-projects tbody tr") < everything
        other.click(".pk-projects th a:has-text('指标')")
        assert other.count(".pk-projects tbody tr") == everything
        assert other.page.locator("input[type=text]").input_value() == ""
