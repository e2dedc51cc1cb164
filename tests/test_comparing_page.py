"""docs/comparing.md: every figure in it comes from the shipped examples and is what pikg says of them today."""

from __future__ import annotations

import hashlib
import json
import re
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from corpus import store_of
from test_other_cities import judge

from graph.comparables import Comparable, find_comparables
from graph.embedded import EmbeddedStore
from graph.pairing import plain
from graph.targets import find_targets
from graph.unit_costs import find_spreads, find_unit_costs
from ontology.contract import from_json

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "comparing.md").read_text("utf-8")


@cache
def examples() -> EmbeddedStore:
    """A store of the shipped examples, as their gold files have them."""
    read = []
    for path in sorted((ROOT / "examples").glob("*.gold.json")):
        said = json.loads(path.read_text("utf-8"))
        said["document"].setdefault("sha256", hashlib.sha256(path.name.encode()).hexdigest())
        read.append(from_json(said))
    return store_of(*read, vocabulary=True)


def pair(mine: str, theirs: str) -> Comparable:
    """The second project among those listed for the first."""
    return next(one for one in find_comparables(examples(), mine) if theirs in one.name)


SIGNALS = re.findall(r"^\| `(\w+)` \|[^|]*\|[^|]*\| ([^·|]+) · ([^:|]+?)(?::[^|]*)? \| (0\.\d+) \|$", PAGE, re.M)


def test_each_signal_has_an_example() -> None:
    assert [name for name, *_ in SIGNALS] == ["kind", "name", "indicators", "purpose", "tiers", "unit", "size"]


@pytest.mark.parametrize(("signal", "mine", "theirs", "figure"), SIGNALS, ids=[name for name, *_ in SIGNALS])
def test_a_signals_figure_is_true(signal: str, mine: str, theirs: str, figure: str) -> None:
    assert pair(mine, theirs).reasons[signal] == float(figure)


def test_scores_in_the_text_are_true() -> None:
    (score,) = re.findall(r"So (?:聘用人员经费) · (?:外聘人员经费) scores (0\.\d+)\.", PAGE)
    assert pair("聘用人员经费", "外聘人员经费").score == float(score)
    other = pair("终端日常维护费用和工作经费", "市民中心运行维护费")
    shared, score = re.findall(r"share 维护 in their names \((0\.\d+)\) and score (0\.\d+)", PAGE)[0]
    assert (other.reasons["name"], other.score) == (float(shared), float(score))


def test_what_is_said_of_the_held_out_projects_is_true() -> None:
    peers, wrong = re.findall(
        r"true peers among these, (\d+) % stand at\s+0\.5 or more; of what is offered, (\d+) %", PAGE
    )[0]
    found, mistaken, _ = judge("held out")
    assert (round(100 * found), round(100 * mistaken)) == (int(peers), int(wrong))


def test_unit_costs_and_their_sureness_are_true() -> None:
    costs = {(plain(cost.value), cost.per_label): cost.sure for cost in find_unit_costs(examples()).costs}
    told = re.findall(r": (?:at most )?([\d,.]+) 元/(\S+) \| (?:0\.8, and )?(0\.\d+)", PAGE)
    assert len(told) == 5
    for figure, per, sure in told:
        assert round(costs[figure.replace(",", ""), per], 2) == pytest.approx(float(sure), abs=0.006), figure


def test_the_spreads_are_true() -> None:
    (spread,) = find_spreads(examples(), "contract_staff")
    satisfaction = find_targets(examples(), "满意度")
    for count, publishers, told in (
        (len(spread.costs), spread.publishers, spread.quartiles),
        (len(satisfaction.targets), 4, satisfaction.quartiles),
    ):
        assert told is not None
        figures = (told.least, told.p25, told.median, told.p75, told.greatest)
        names = ("min", "p25", "median", "p75", "max")
        line = ", ".join(f"{name} {plain(Decimal(figure))}" for name, figure in zip(names, figures, strict=True))
        assert f"n = {count} (publishers: {publishers}), {line}" in PAGE
