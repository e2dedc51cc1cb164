"""A neighbourhood as the picture's elements: nodes with captions and positions, edges, and how each kind looks.

The component draws captions on a canvas, but writes every value of a node into its own panel as markup; so nothing
reaches it with a "<" or "&" that could begin any (`_inert`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import networkx as nx

from graph.network import Neighbourhood
from graph.positions import Position, Size
from ontology.namespaces import CONCEPT
from ui.data import Labels
from ui.format import money
from ui.i18n import Texts
from ui.theme import FOCUS, FONT_STACK, INK

SCALE = 0.3
"""The component's own widths (outlines, arrows) are made for nodes about 20 units wide, seen about three times
enlarged: everything of ours is drawn in that measure."""

_FONT = 12.0
_LINE = _FONT * 8.6
_GAP = 24.0
"""Pixels left free between the rooms of two nodes; a caption is drawn some pixels wider than its letters."""

_CAPTION = 22
"""Characters of a caption; the whole name is in the details."""


@dataclass(frozen=True, slots=True)
class Look:
    """How a kind of node is drawn: colour and shape, so that neither is the only sign; the order in the legend."""

    color: str
    shape: str
    size: float


LOOKS: Mapping[str, Look] = {
    "Region": Look("#7d5a3a", "diamond", 38),
    "Unit": Look("#4f6273", "round-rectangle", 32),
    "Document": Look("#8d97a2", "tag", 26),
    "Project": Look("#1f5582", "ellipse", 42),
    "TargetForm": Look("#3d7ea6", "rectangle", 26),
    "SelfEvaluation": Look("#2c7155", "rectangle", 26),
    "ProjectDescription": Look("#7a7f99", "rectangle", 26),
    "Tier": Look("#a3732f", "hexagon", 28),
    "IndicatorRow": Look("#86aac6", "ellipse", 17),
    "CanonicalIndicator": Look("#85597f", "octagon", 26),
    "Funding": Look("#b3862f", "pentagon", 20),
    "Value": Look("#9c7aa0", "triangle", 16),
}
_CORNERS = ("corner-1", "corner-2", "corner-3")
_OTHER = Look("#8d97a2", "ellipse", 18)


class Style:
    """A rule of the picture's style sheet; the component asks it for `dump()`."""

    def __init__(self, selector: str, **properties: str | float) -> None:
        self._rule = {
            "selector": selector,
            "style": {key.replace("_", "-"): value for key, value in properties.items()},
        }

    def dump(self) -> dict[str, Any]:
        """Return the rule as Cytoscape writes it."""
        return self._rule


def styles() -> tuple[list[Style], list[Style]]:
    """Return the rules for nodes and for edges."""
    written: dict[str, str | float] = {
        "label": "data(caption)",
        "color": INK,
        "font-family": FONT_STACK,
        "font-size": _FONT * SCALE,
        "line-height": 1.25,
        "text-wrap": "wrap",
        "text-max-width": f"{_LINE * SCALE:.1f}px",
        "text-overflow-wrap": "anywhere",
        "text-margin-y": 3 * SCALE,
        "text-outline-color": "#ffffff",
        "text-outline-width": 2 * SCALE,
        "text-outline-opacity": 0.9,
        "min-zoomed-font-size": 7,
        "border-width": 0,
    }
    nodes = [Style("node", **written)]
    for kind, look in LOOKS.items():
        nodes.append(
            Style(
                f"node[label='{kind}']", background_color=look.color, shape=look.shape, width=look.size * SCALE,
                height=look.size * SCALE,
            )
        )  # fmt: skip
    nodes.append(Style("node[?root]", font_weight="bold", border_width=5 * SCALE, border_color="#c9dae7"))
    nodes.append(Style("node[?open]", border_width=2.5 * SCALE, border_color="#ffffff", outline_width=1.6 * SCALE,
                       outline_color="#a9b8c6"))  # fmt: skip
    nodes.append(Style("node[?focus]", border_width=3 * SCALE, border_color="#ffffff", outline_width=2.6 * SCALE,
                       outline_color=FOCUS, font_weight="bold"))  # fmt: skip
    nodes.append(Style("node[label='Corner']", opacity=0, events="no", label=""))
    edges = [
        Style("edge", width=1.2 * SCALE, line_color="#c5ced7", line_opacity=0.8, curve_style="straight",
              target_arrow_shape="none", label="")
    ]  # fmt: skip
    edges.append(Style("edge[?near]", width=1.8 * SCALE, line_color=FOCUS, line_opacity=0.85))
    return nodes, edges


def elements(around: Neighbourhood, focus: str, labels: Labels, t: Texts) -> dict[str, list[dict[str, Any]]]:
    """Given a neighbourhood and the node that was clicked, return the picture's nodes and edges.

    They carry no positions: those are the layout's, so that a click moves nothing that was dragged. Nothing is
    "selectable": the component would open its own panel over the picture.
    """
    nodes = []
    for node, attributes in around.graph.nodes(data=True):
        kind = str(attributes.get("kind") or "Other")
        marks = {"root": node == around.root, "open": node in around.open, "focus": node == focus}
        data: dict[str, str | int] = {mark: 1 if on else 0 for mark, on in marks.items()}
        data |= {"id": node, "label": kind, "caption": _inert(caption(node, attributes, labels, t))}
        nodes.append({"data": data, "selectable": False})
    nodes += [
        {"data": {"id": corner, "label": "Corner", "caption": ""}, "selectable": False, "grabbable": False}
        for corner in _CORNERS
    ]
    edges = []
    for number, (source, target, said) in enumerate(around.graph.edges(data=True)):
        near = 1 if focus in {source, target} else 0
        name = str(said["property"])
        data = {"id": f"{number}-{name}", "source": source, "target": target, "label": name, "near": near}
        edges.append({"data": data, "selectable": False})
    return {"nodes": nodes, "edges": edges}


def layout(graph: nx.DiGraph[str], positions: Mapping[str, Position], room: Mapping[str, Size]) -> dict[str, Any]:
    """Given a graph, the middles and the sizes of the room for each node with its caption, return the layout that puts
    the nodes there and fits them to the frame. A node stands at the top of its room, the caption beneath it."""
    spots = {}
    for node, (x, y) in positions.items():
        if node in graph:
            look = LOOKS.get(str(graph.nodes[node].get("kind")), _OTHER)
            top = y - room[node][1] / 2 + look.size / 2 + _GAP / 2
            spots[node] = {"x": round(x * SCALE, 2), "y": round(top * SCALE, 2)}
    xs, ys = [spot["x"] for spot in spots.values()], [spot["y"] for spot in spots.values()]
    middle = ((min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2)
    # Unseen nodes: two around the middle, for fitting a small picture to the frame must not blow it up; one at the
    # left, where the component's own panel (moved out of sight) takes a strip of the frame.
    half_width, half_height = 470 * SCALE, 260 * SCALE
    spots[_CORNERS[0]] = {"x": middle[0] - half_width, "y": middle[1] - half_height}
    spots[_CORNERS[1]] = {"x": middle[0] + half_width, "y": middle[1] + half_height}
    spots[_CORNERS[2]] = {"x": min(xs) - 0.07 * (max(xs) - min(xs)) - 20 * SCALE, "y": middle[1]}
    return {"name": "preset", "positions": spots, "fit": True, "padding": 16, "animate": False}


def sizes(graph: nx.DiGraph[str], labels: Labels, t: Texts) -> dict[str, Size]:
    """Return the room that each node takes with its caption beneath it, in pixels."""
    room = {}
    for node, attributes in graph.nodes(data=True):
        look = LOOKS.get(str(attributes.get("kind")), _OTHER)
        said = caption(node, attributes, labels, t)
        width = sum(_FONT if ord(letter) > 0x2E7F else _FONT * 0.58 for letter in said)
        lines = max(1, -(-int(width) // int(_LINE - 2)))
        room[node] = (max(look.size, min(width, _LINE)) + _GAP, look.size + 3 + lines * _FONT * 1.25 + _GAP)
    return room


def caption(node: str, attributes: Mapping[str, Any], labels: Labels, t: Texts) -> str:
    """Return what a node is called in the picture: its name, shortened."""
    said = full_name(node, attributes, labels, t)
    return said if len(said) <= _CAPTION else f"{said[: _CAPTION - 1]}…"


def full_name(node: str, attributes: Mapping[str, Any], labels: Labels, t: Texts) -> str:
    """Return a node's printed name, or what a nameless thing is about."""
    kind = str(attributes.get("kind") or "")
    if kind in {"Tier", "Concept"}:
        scheme, _, notation = node.removeprefix(CONCEPT).partition("/")
        said = labels(scheme, notation)
    elif kind in {"TargetForm", "SelfEvaluation", "ProjectDescription"}:
        said = f"{attributes.get('year', '')} {t(f'form.{kind}')}".strip()
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


def _inert(said: str) -> str:
    """Return a text with a zero-width space after each "<" and "&": it reads the same and begins no markup."""
    return said.replace("&", "&\u200b").replace("<", "<\u200b")
