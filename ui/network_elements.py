"""A neighbourhood as a picture: what nodes are called, how each kind looks, how much room each takes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

import networkx as nx

from graph.network import Neighbourhood
from graph.positions import Position, Size
from ontology.namespaces import CONCEPT
from ui.data import Labels
from ui.format import money
from ui.i18n import Texts
from ui.picture import EXPANDED, ON_WAY, OPEN, ROOT, Link, Look, Node, Picture

_FONT = 12.0
_LINE = _FONT * 8.6
_GAP = 24.0
"""Pixels left free between the rooms of two nodes; a caption is drawn some pixels wider than its letters."""

_CAPTION = 24
"""Chinese characters' widths of a caption, in three lines; the whole name is shown when the node is pointed at, and in
the details."""

LOOKS: Mapping[str, Look] = {
    "Region": Look("#7d5a3a", "diamond", 38),
    "Unit": Look("#4f6273", "round-rectangle", 32),
    "Document": Look("#76828e", "tag", 26),
    "Project": Look("#1f5582", "ellipse", 40),
    "TargetForm": Look("#3d7ea6", "rectangle", 28),
    "SelfEvaluation": Look("#2c7155", "flag", 28),
    "ProjectDescription": Look("#7a7f99", "slanted", 28),
    "Tier": Look("#a3732f", "hexagon", 28),
    "IndicatorRow": Look("#5f8bb0", "ring", 18),
    "CanonicalIndicator": Look("#85597f", "star", 28),
    "Funding": Look("#b3862f", "pentagon", 22),
    "Value": Look("#9c7aa0", "triangle", 18),
    "Other": Look("#8d97a2", "cross", 18),
}
"""How each kind looks, in the order of the legend: no two have the same shape."""

_PATH_WIDTH = 3.0


def neighbourhood_picture(
    around: Neighbourhood,
    positions: Mapping[str, Position],
    room: Mapping[str, Size],
    labels: Labels,
    t: Texts,
    *,
    expanded: Collection[str] = (),
    way: bool = False,
    view: str | None = None,
) -> Picture:
    """Given a neighbourhood, the middles and the sizes of the room for each node with its caption, return its picture:
    a node stands at the top of its room, the caption beneath it. With `way`, all of it is a way between two things."""
    nodes = []
    for node, attributes in around.graph.nodes(data=True):
        if node not in positions:
            continue
        kind = str(attributes.get("kind") or "")
        look = kind if kind in LOOKS else "Other"
        x, y = positions[node]
        mark = ROOT if node == around.root else 0
        mark |= OPEN if node in around.open and node not in expanded and not way else 0
        mark |= EXPANDED if node in expanded else 0
        mark |= ON_WAY if way else 0
        name = full_name(node, attributes, labels, t)
        top = y - room[node][1] / 2 + LOOKS[look].size / 2 + _GAP / 2
        nodes.append(Node(node, x, top, look, shorten(name), name, mark))
    links = [Link(source, target, _PATH_WIDTH if way else 0.0) for source, target in around.graph.edges]
    names = {kind: t(f"kind.{kind}") for kind in LOOKS if t.has(f"kind.{kind}")}
    return Picture(view or around.root, nodes, links, LOOKS, names)


def sizes(graph: nx.DiGraph[str], labels: Labels, t: Texts) -> dict[str, Size]:
    """Return the room that each node takes with its caption beneath it, in pixels."""
    room = {}
    for node, attributes in graph.nodes(data=True):
        look = LOOKS.get(str(attributes.get("kind")), LOOKS["Other"])
        room[node] = caption_room(full_name(node, attributes, labels, t), look.size)
    return room


def shorten(said: str) -> str:
    """Given a name, return what of it stands beneath a node."""
    taken = 0.0
    for at, letter in enumerate(said):
        taken += _width(letter)
        if taken > _CAPTION and at < len(said) - 1:
            return f"{said[:at]}…"
    return said


def _width(letter: str) -> float:
    return 1.0 if ord(letter) > 0x2E7F else 0.58


def caption_room(said: str, size: float) -> Size:
    """Given a caption and the size of the node above it, return the room that both take, in pixels."""
    width = _FONT * sum(map(_width, shorten(said)))
    lines = max(1, -(-int(width) // int(_LINE - 10)))
    return max(size, min(width, _LINE)) + _GAP, size + 3 + lines * _FONT * 1.25 + _GAP


def full_name(node: str, attributes: Mapping[str, Any], labels: Labels, t: Texts) -> str:
    """Return a node's printed name, or what a nameless thing is about."""
    kind = str(attributes.get("kind") or "")
    if kind in {"Tier", "Concept"}:
        scheme, _, notation = node.removeprefix(CONCEPT).partition("/")
        said = labels(scheme, notation)
    elif kind in {"TargetForm", "SelfEvaluation", "ProjectDescription"}:
        said = f"{attributes.get('year', '')} {t(f'form.{kind}')}".strip()
        said += t("network.superseded") if "superseded_by" in attributes else ""
    elif kind == "Document":
        issued = labels("kind", str(attributes.get("document_kind", "")).rsplit("/", 1)[-1])
        said = f"{attributes.get('year', '')} {issued}".strip() or str(attributes.get("name", ""))
    elif kind == "Funding":
        stage, source = (str(attributes.get(key, "")).rsplit("/", 1)[-1] for key in ("stage", "source"))
        amount = money(Decimal(attributes["amount"]), t) if "amount" in attributes else ""
        said = f"{labels('source', source)} {labels('stage', stage)} {amount}"
    else:
        named = t.pick(attributes.get("label_zh"), attributes.get("label_en"))
        said = str(
            named or attributes.get("label") or attributes.get("title") or attributes.get("text")
            or attributes.get("name") or node.rsplit("/", 1)[-1]
        )  # fmt: skip
    return said
