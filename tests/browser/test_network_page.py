"""图谱 in a real browser: the picture and what a reader does with it by mouse and keyboard, its views, its files."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlparse

import networkx as nx
import pytest
from PIL import Image

from graph.load import open_batch
from graph.workspace import Workspace
from tests.browser.conftest import Visitor, serve, window
from tests.disclosures import disclosure

HOTLINE = "综合业务保障经费"
SIZES = ((1366, 768), (1920, 1080))


class Network:
    """The picture on its canvas."""

    def __init__(self, visit: Visitor) -> None:
        self.visit = visit
        visit.page.wait_for_selector(".pk-picture canvas", timeout=60_000)
        visit.page.wait_for_function(
            "() => { const p = document.querySelector('.pk-picture').pikg; return p.drawn && p.wide > 0; }"
        )
        visit.page.wait_for_timeout(200)

    def ask(self, script: str) -> object:
        return self.visit.page.evaluate(f"() => {{ const p = document.querySelector('.pk-picture').pikg; {script} }}")

    def nodes(self) -> list[str]:
        return self.ask("return p.data.nodes.id")

    def kinds(self) -> list[str]:
        return self.ask("return p.data.nodes.look.map((look) => p.data.looks[look].name)")

    def names(self) -> list[str]:
        return self.ask("return p.data.nodes.name")

    def places(self) -> dict[str, list[float]]:
        return self.ask("return Object.fromEntries(p.data.nodes.id.map((id, i) => [id, p.at(i)]))")

    def spot(self, kind: str, *, badge: bool = False) -> tuple[float, float]:
        """Where a node of a kind is (or its + or −), on the page."""
        at = self.ask(f"""
            const i = p.data.nodes.look.findIndex((look, i) => p.data.looks[look].name === '{kind}'
              && (!{str(badge).lower()} || p.data.nodes.mark[i] & 6));
            const [x, y] = {"p.badge(i)" if badge else "p.at(i)"};
            const box = p.canvas.getBoundingClientRect();
            return [x + box.left, y + box.top];""")
        return at[0], at[1]

    def until(self, script: str) -> None:
        self.visit.page.wait_for_function(
            f"() => {{ const p = document.querySelector('.pk-picture').pikg; return {script}; }}", timeout=30_000
        )


def open_hotline(visit: Visitor, **more: str) -> Network:
    visit.open("projects", q="综合业务保障")
    visit.click(".pk-projects tbody a")
    visit.click(".pk-actions a:has-text('图谱')")
    return Network(visit)


def asked(visit: Visitor) -> dict[str, str]:
    return {key: value[0] for key, value in parse_qs(urlparse(visit.page.url).query).items()}


def test_a_click_shows_details_and_moves_nothing(visit: Visitor) -> None:
    network = open_hotline(visit)
    assert visit.text(".pk-details h2") == HOTLINE
    before, address = network.places(), visit.page.url
    visit.page.mouse.click(*network.spot("地区"))
    visit.page.wait_for_function("document.querySelector('.pk-details h2').textContent.includes('贵')")
    visit.settle()
    assert network.places() == before
    assert visit.page.url == address
    assert network.ask("return p.data.nodes.name[p.focus]") == visit.text(".pk-details h2")


def test_what_was_dragged_and_enlarged_stays_over_a_click(visit: Visitor) -> None:
    network = open_hotline(visit)
    x, y = network.spot("文件")
    visit.page.mouse.move(x, y)
    visit.page.mouse.down()
    visit.page.mouse.move(x + 60, y + 40, steps=4)
    visit.page.mouse.up()
    visit.page.mouse.wheel(0, -300)
    visit.page.wait_for_timeout(200)
    before = network.places()
    visit.page.mouse.click(*network.spot("绩效自评表"))
    visit.page.wait_for_function("document.querySelector('.pk-details h2').textContent.includes('自评表')")
    visit.settle()
    assert network.places() == before


def test_a_nodes_plus_expands_it_and_its_minus_folds_it(visit: Visitor) -> None:
    visit.open("projects", q="大厅植物租赁")
    visit.click(".pk-projects tbody a")
    visit.click(".pk-actions a:has-text('图谱')")
    network = Network(visit)
    first = network.nodes()
    visit.page.mouse.click(*network.spot("单位", badge=True))
    visit.page.wait_for_function("new URLSearchParams(location.search).has('x')", timeout=30_000)
    network.until(f"p.data.nodes.id.length > {len(first)}")
    visit.settle()
    assert set(first) < set(network.nodes())
    visit.page.mouse.click(*network.spot("单位", badge=True))
    visit.page.wait_for_function("!new URLSearchParams(location.search).get('x')", timeout=30_000)
    network.until(f"p.data.nodes.id.length === {len(first)}")
    assert network.nodes() == first


def test_kinds_and_tiers_are_filtered(visit: Visitor) -> None:
    visit.open("graph")
    network = Network(visit)
    rows = network.kinds().count("绩效指标")
    assert rows > 3
    visit.click(".pk-kinds a:has-text('项目资金')")
    network.until("p.data.nodes.look.some((look) => p.data.looks[look].name === '项目资金')")
    visit.page.locator(".pk-tiers summary").click()
    tier = visit.page.locator(".pk-tiers a").first
    hidden = int(tier.locator(".pk-n").inner_text())
    visit.click(".pk-tiers a")
    network.until(f"p.data.nodes.look.filter((look) => p.data.looks[look].name === '绩效指标').length <= {rows - 1}")
    assert network.kinds().count("绩效指标") == rows - hidden
    assert asked(visit)["tier"].startswith("tier")
    visit.click(".pk-kinds a:has-text('绩效指标')")
    network.until("!p.data.nodes.look.some((look) => p.data.looks[look].name === '绩效指标')")


@pytest.mark.parametrize("visit", SIZES, indirect=True, ids=str)
@pytest.mark.parametrize("view", ["around", "likeness", "all"])
def test_no_caption_covers_another_and_every_node_is_in_the_frame(visit: Visitor, view: str) -> None:
    visit.open("graph", view=view)
    network = Network(visit)
    if view == "around":  # at the default size nodes have their captions, once the picture has the room it gets
        network.until("p.drawn.length >= 0.95 * p.data.nodes.id.length")
    boxes = network.ask("return p.drawn")
    assert len(boxes) > 3
    over = [
        (one, other)
        for at, (one, *a) in enumerate(boxes)
        for other, *b in boxes[at + 1 :]
        if min(a[2], b[2]) - max(a[0], b[0]) > 1 and min(a[3], b[3]) - max(a[1], b[1]) > 1
    ]
    assert over == []
    wide, high = network.ask("return [p.wide, p.high]")
    assert all(0 < x < wide and 0 < y < high for x, y in network.places().values())


def test_no_two_kinds_share_a_shape(visit: Visitor) -> None:
    visit.open("graph")
    shapes = Network(visit).ask("return p.data.looks.map((look) => look.shape)")
    assert len(shapes) == len(set(shapes))


def test_the_keyboard_reaches_every_node_and_its_details(visit: Visitor) -> None:
    visit.open("graph")
    network = Network(visit)
    canvas = visit.page.locator(".pk-picture canvas")
    for _ in range(40):
        if visit.page.evaluate("document.activeElement === document.querySelector('.pk-picture canvas')"):
            break
        visit.page.keyboard.press("Tab")
    assert visit.page.evaluate("document.activeElement === document.querySelector('.pk-picture canvas')")
    before = network.ask("return p.focus")
    canvas.press("ArrowRight")
    if network.ask("return p.focus") == before:
        canvas.press("ArrowLeft")
    said = visit.page.locator(".pk-told").text_content()
    canvas.press("Enter")
    visit.page.wait_for_function(
        "(said) => said.includes(document.querySelector('.pk-details h2').textContent)", arg=said, timeout=30_000
    )
    reached = network.ask("""
        const seen = new Set([p.focus]), open = [p.focus];
        while (open.length) {
          const from = open.pop();
          for (const way of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
            p.focus = from; p.step(...way);
            if (!seen.has(p.focus)) { seen.add(p.focus); open.push(p.focus); }
          }
        }
        return seen.size / p.data.nodes.id.length;""")
    assert reached == 1


def test_it_starts_from_a_search_and_shows_a_way_to_another_thing(visit: Visitor) -> None:
    visit.open("graph")
    visit.page.locator("input[type=text]").fill("大厅植物")
    visit.page.keyboard.press("Enter")
    visit.settle()
    visit.click(".pk-list a:has-text('植物租赁')")
    assert "植物租赁" in visit.text(".pk-details h2")
    visit.page.locator("input[type=text]").fill("大厅办公设备")
    visit.page.keyboard.press("Enter")
    visit.settle()
    visit.click(".pk-list a.pk-way")
    visit.sees(visit.page.locator(".pk-said").first, "最短路径")
    network = Network(visit)
    assert {"项目"} < set(network.kinds())
    assert network.ask("return p.data.links.strong.every((width) => width > 0)")
    visit.click(".pk-said a:has-text('返回')")
    assert "to" not in asked(visit)


def test_where_there_is_no_way_it_is_said(visit: Visitor) -> None:
    visit.open("graph")
    visit.page.locator("input[type=text]").fill("党校")
    visit.page.keyboard.press("Enter")
    visit.settle()
    thing = asked_of(visit.page.locator(".pk-list a").first.get_attribute("href"))["iri"]
    open_hotline(visit)
    visit.open("graph", iri=asked(visit)["iri"], to=thing)
    assert "没有找到" in visit.text(".pk-said")


def asked_of(address: str) -> dict[str, str]:
    return {key: value[0] for key, value in parse_qs(address.partition("?")[2]).items()}


def test_an_indicator_leads_to_where_it_is_printed(visit: Visitor) -> None:
    network = open_hotline(visit)
    visit.page.mouse.click(*network.spot("绩效指标"))
    visit.page.wait_for_function("document.querySelector('.pk-details small').textContent.includes('绩效指标')")
    visit.settle()
    visit.click(".pk-details a:has-text('出处')")
    visit.page.get_by_role("dialog").locator("td.pk-marked, img").first.wait_for(timeout=30_000)


def test_pictures_and_graphml_are_taken_away(visit: Visitor, tmp_path: Path) -> None:
    visit.open("graph")
    network = Network(visit)
    with visit.page.expect_download() as waiting:
        visit.page.locator(".pk-tools button[data-does=png]").click()
    waiting.value.save_as(tmp_path / "picture.png")
    with Image.open(tmp_path / "picture.png") as image:
        assert image.size[0] > 1500
        assert len(image.getcolors(10**7)) > 50
    with visit.page.expect_download() as waiting:
        visit.page.get_by_role("button", name="GraphML").click()
    waiting.value.save_as(tmp_path / "graph.graphml")
    graph = nx.read_graphml(io.BytesIO((tmp_path / "graph.graphml").read_bytes()))
    assert set(graph) == set(network.nodes())


# --- comparable projects, and everything --------------------------------------------------------------------------
def test_comparable_projects_stand_in_communities(visit: Visitor) -> None:
    open_hotline(visit)
    visit.click(".pk-details a:has-text('可比项目')")
    visit.click(".pk-section a:has-text('可比项目网络')")
    network = Network(visit)
    assert visit.text(".pk-details h2") == HOTLINE
    assert "12345" in visit.text(".pk-alike")
    assert visit.count(".pk-communities li") >= 3
    visit.page.mouse.click(*network.spot("社群 1"))
    visit.page.wait_for_function(f"document.querySelector('.pk-details h2').textContent !== '{HOTLINE}'")
    visit.settle()
    assert "社群 1" in visit.text(".pk-details small")
    visit.click(".pk-details a:has-text('图谱')")
    assert "view" not in asked(visit)


def test_everything_is_shown_by_region(visit: Visitor) -> None:
    visit.open("graph", view="all")
    network = Network(visit)
    assert "5 个地区" in visit.text(".pk-said")
    units = network.ask("return p.data.nodes.id.filter((id) => id.includes('/unit/'))")
    named = {one[0] for one in network.ask("return p.drawn")}
    assert len(named & set(units)) >= 4, "most units have their names at once"
    visit.page.mouse.click(*network.spot("项目"))
    visit.page.wait_for_selector(".pk-details a:has-text('打开项目页')")
    visit.settle()
    visit.click(".pk-details .pk-actions a:has-text('图谱')")
    assert Network(visit).kinds().count("项目") >= 1


# --- many nodes -----------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def crowded(browser: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    """The app on a store whose graph has more nodes than are ever shown."""
    folder = tmp_path_factory.mktemp("crowded") / "store"
    with open_batch(Workspace.open(folder, create=True)) as batch:
        for number in range(1, 31):
            batch.load(disclosure(number, indicators=60, name=f"项目{number}", unit="清河市政务服务中心"))
    with serve(folder) as running:
        yield from window(running, browser, (1366, 768))


@pytest.mark.parametrize("limit", [200, 1000])
def test_as_many_nodes_are_shown_as_are_asked_for(crowded: Visitor, limit: int) -> None:
    crowded.open("graph", view="all")
    unit = crowded.page.evaluate(
        "() => { const p = document.querySelector('.pk-picture').pikg;"
        " return p.data.nodes.id[p.data.nodes.look.findIndex((l) => p.data.looks[l].name === '单位')]; }"
    )
    crowded.open("graph", iri=unit, n=str(limit))
    network = Network(crowded)
    assert len(network.nodes()) == limit
    crowded.page.mouse.click(*network.spot("绩效目标表"))
    crowded.settle()
    assert len(network.nodes()) == limit  # a click tells of a node, and brings none
