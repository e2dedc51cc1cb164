"""A network as a picture that a reader moves, enlarges and clicks: our own component, drawn on a canvas (picture.js).

The ready-made st-link-analysis can't be reached by keyboard and opens a panel of its own over the picture, in a frame
whose nodes the page can't put in focus; Plotly's Scattergl needs WebGL, which remote desktops and office machines often
lack, and is a large package for one picture. A plain canvas redraws 18,500 nodes in less than a tenth of a second.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

import streamlit as st

from ui.html import Html, tag
from ui.theme import FONT_STACK

ROOT, OPEN, EXPANDED, ON_WAY, NAMED = 1, 2, 4, 8, 16
"""Marks of a node: the middle; one with more to show; one whose neighbours were brought in; one on a way; one whose name
stands above it where there is no room below, there over other nodes if need be (never over another name)."""


HEIGHT = "max(430px, calc(100vh - 206px))"
"""As high as the window leaves room for, beneath the bar and the page's title."""


@dataclass(frozen=True, slots=True)
class Look:
    """How a kind of node is drawn: colour and shape, so that neither is the only sign; its size in pixels."""

    color: str
    shape: str
    size: float


@dataclass(frozen=True, slots=True)
class Node:
    """A node: where its middle is, what stands beneath it, what is told of it, its look's name and its marks."""

    iri: str
    x: float
    y: float
    look: str
    caption: str
    name: str = ""
    mark: int = 0
    size: float | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A line between two nodes; a strong one is so many pixels wide, and drawn before others from 3 on."""

    source: str
    target: str
    strong: float = 0.0


@dataclass(frozen=True, slots=True)
class Disc:
    """A round ground with a name, on which the nodes of a group stand."""

    x: float
    y: float
    radius: float
    name: str


@dataclass(frozen=True, slots=True)
class Picture:
    """What is drawn. Pictures of the same `view` are one that grows: what a reader moved stays."""

    view: str
    nodes: Sequence[Node]
    links: Sequence[Link]
    looks: Mapping[str, Look]
    look_names: Mapping[str, str] = field(default_factory=dict)
    discs: Sequence[Disc] = ()

    def to_data(self, focus: str | None, texts: Mapping[str, str], height: str, file: str) -> dict[str, Any]:
        """Return what the component is given: columns rather than objects, for there may be many."""
        number = {node.iri: at for at, node in enumerate(self.nodes)}
        look = {name: at for at, name in enumerate(self.looks)}
        other = look.get("Other", 0)
        links = [link for link in self.links if link.source in number and link.target in number]
        data: dict[str, Any] = {
            "view": self.view,
            "focus": focus,
            "height": height,
            "file": file,
            "font": FONT_STACK,
            "texts": dict(texts),
            "nodes": {
                "id": [node.iri for node in self.nodes],
                "x": [round(node.x, 1) for node in self.nodes],
                "y": [round(node.y, 1) for node in self.nodes],
                "caption": [node.caption for node in self.nodes],
                "name": [node.name for node in self.nodes],
                "look": [look.get(node.look, other) for node in self.nodes],
                "mark": [node.mark for node in self.nodes],
                "size": [node.size or self.looks.get(node.look, self.looks["Other"]).size for node in self.nodes],
            },
            "links": {
                "from": [number[link.source] for link in links],
                "to": [number[link.target] for link in links],
                "strong": [link.strong for link in links],
            },
            "looks": [
                {"color": look.color, "shape": look.shape, "name": self.look_names.get(name, "")}
                for name, look in self.looks.items()
            ],
            "groups": [[disc.x, disc.y, disc.radius, disc.name] for disc in self.discs],
        }
        drawn = repr((data["nodes"], data["links"], data["groups"], height, texts))
        data["version"] = sha256(drawn.encode("utf-8", "surrogatepass")).hexdigest()
        return data


@dataclass(frozen=True, slots=True)
class Said:
    """What a reader did last: the node that was clicked, or the one to expand or fold."""

    chosen: str | None
    toggled: str | None


def sign(look: Look) -> Html:
    """Return a look's small sign for a legend."""
    return tag("i", class_=f"pk-sign pk-{look.shape}", style=f"background:{look.color}", aria_hidden="true")


@cache
def _script() -> str:
    parts = ("picture_shapes.js", "picture.js")
    return "\n".join((files("ui") / part).read_text("utf-8") for part in parts)


@st.cache_resource(show_spinner=False)
def _component() -> Any:
    return st.components.v2.component("pikg_picture", js=_script(), isolate_styles=False)


def draw_picture(
    picture: Picture, *, key: str, focus: str | None, texts: Mapping[str, str], file: str, height: str = HEIGHT
) -> Said:
    """Draw a picture, a node in focus; return what the reader did since. `texts` has label, title, larger, smaller,
    fit and png; `file` is the name of the PNG without its ending."""
    data = picture.to_data(focus, texts, height, file)
    said = _component()(key=key, data=data, on_chosen_change=lambda: None, on_toggled_change=lambda: None)
    return Said(said.chosen, said.toggled)
