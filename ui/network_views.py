"""The larger views of 图谱: comparable projects in communities, and all publishers with their projects."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import StringIO

import networkx as nx
import streamlit as st

from graph.errors import NotFoundError
from graph.graphml import export_network
from graph.measures import Community, find_communities, mark_communities
from graph.network import MAXIMUM_LIMIT
from graph.positions import Position, fill_disc, pack_discs, place_nodes
from graph.projections import likeness_around, project_graph
from ontology.comparables import comparison
from ui.comparables_page import read_comparable_index
from ui.data import read_contents
from ui.format import money
from ui.html import Html, Piece, join, show, tag
from ui.i18n import Texts
from ui.links import address, link
from ui.network_elements import LOOKS, caption_room, shorten
from ui.picture import NAMED, ROOT, Disc, Link, Look, Node, Picture, draw_picture, sign
from ui.store import Answers

_ALL_UP_TO = 400
"""Projects up to which the graph of likeness is drawn whole; of more, those with the largest budgets."""

_LISTED = 8
"""Communities that the legend names."""

_CAPTIONED = 60
"""Members up to which a community is placed so that every caption has room; larger ones stand closer."""

_CROWDED, _POINT = 30.0, 9.0
"""How far apart the members of a larger community, and the projects of the overview, stand."""

_SHAPES = ("ellipse", "rectangle", "diamond", "triangle", "pentagon", "hexagon", "star", "cross", "octagon", "tag")
_COLORS = ("#1f5582", "#2c7155", "#a3732f", "#85597f", "#7d5a3a", "#3d7ea6", "#4f6273", "#9a4a3f", "#5b6f2e", "#6a5acd")


# --- comparable projects --------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class _Likeness:
    """The graph of likeness with its communities, and where its nodes go."""

    graph: nx.Graph[str]
    communities: Sequence[Community]
    positions: Mapping[str, Position]
    discs: Sequence[tuple[float, float, float]]


def show_likeness(answers: Answers, parameters: Mapping[str, str], views: Html, t: Texts) -> None:
    """Show projects with those elsewhere that are comparable, in communities; with `iri`, those around a project where
    the store is too large for the whole."""
    asked = parameters.get("iri")
    try:
        with st.spinner(t("network.comparing")):
            drawn = _read_likeness((answers.edition, asked), answers)
    except NotFoundError:
        show(tag("div", tag("h1", t("page.graph")), views, tag("p", t("project.missing")), class_="pk-title pk-head"))
        return
    show(tag("div", tag("h1", t("page.graph")), views, _said_of_likeness(drawn, t), class_="pk-title pk-head"))
    if not drawn.positions:
        show(tag("p", t("network.none_alike"), class_="pk-none"))
        return
    st.fragment(_show_likeness)(answers, drawn, asked, t)


@st.cache_resource(show_spinner=False, max_entries=30)
def _read_likeness(asked: tuple[str, str | None], _answers: Answers) -> _Likeness:
    index = read_comparable_index(_answers)
    projects = {form.project for form in read_contents(_answers).forms}
    if asked[1] is not None and len(projects) > _ALL_UP_TO:
        graph = likeness_around(_answers.store, asked[1], index=index)
    else:
        graph = project_graph(_answers.store, "likeness", limit=_ALL_UP_TO, index=index)
    communities = find_communities(graph)
    mark_communities(graph, communities)
    return _placed(graph, communities)


def _placed(graph: nx.Graph[str], communities: Sequence[Community]) -> _Likeness:
    """Place each community on a disc, the discs side by side."""
    inside: list[Mapping[str, Position]] = []
    radii = []
    for community in communities:
        if len(community.members) <= _CAPTIONED:
            part: nx.Graph[str] = nx.Graph()
            part.add_nodes_from(community.members)
            part.add_edges_from(edge for edge in graph.edges if edge[0] in part and edge[1] in part)
            room = {node: caption_room(str(graph.nodes[node]["label"]), 34.0) for node in part}
            spots: Mapping[str, Position] = place_nodes(part, community.members[0], sizes=room, aspect=1.0)
        else:
            spots = dict(zip(community.members, fill_disc(len(community.members), _CROWDED), strict=True))
        middle = [sum(spot[axis] for spot in spots.values()) / len(spots) for axis in (0, 1)]
        spots = {node: (x - middle[0], y - middle[1]) for node, (x, y) in spots.items()}
        inside.append(spots)
        radii.append(max((x**2 + y**2) ** 0.5 for x, y in spots.values()) + 66.0)
    middles = pack_discs(radii, gap=24.0)
    positions = {
        node: (x + middle[0], y + middle[1])
        for spots, middle in zip(inside, middles, strict=True)
        for node, (x, y) in spots.items()
    }
    discs = [(*middle, radius) for middle, radius in zip(middles, radii, strict=True)]
    return _Likeness(graph, communities, positions, discs)


def _said_of_likeness(drawn: _Likeness, t: Texts) -> Html:
    said, graph = drawn.graph.graph, drawn.graph
    notes: list[Piece] = [
        t("network.alike", projects=len(drawn.positions), links=graph.size(), communities=len(drawn.communities))
    ]
    alone = len(graph) - len(drawn.positions)
    if alone:
        notes.append(t("network.alone", n=alone))
    if "around" in said:
        notes.append(t("network.alike_around"))
    elif said["cut"]:
        notes.append(t("network.alike_cut", n=said["projects"], all=said["projects_in_all"]))
    return tag("p", join(notes, " · "), class_="pk-said")


def _look_of(number: int) -> str:
    return f"community-{(number - 1) % len(_SHAPES)}"


_COMMUNITY_LOOKS = {
    _look_of(at + 1): Look(color, shape, 30) for at, (color, shape) in enumerate(zip(_COLORS, _SHAPES, strict=True))
} | {"Other": LOOKS["Other"]}


def _show_likeness(answers: Answers, drawn: _Likeness, asked: str | None, t: Texts) -> None:
    picture, side = st.columns([3.5, 1], gap="medium")
    graph = drawn.graph
    key = "likeness" if asked is None else f"likeness-{asked.rsplit('/', 1)[-1]}"
    before = st.session_state.get(f"{key}-chosen", asked)
    focus = before if before in drawn.positions else drawn.communities[0].members[0]
    with picture, st.container(key="network"):
        said = draw_picture(
            _likeness_picture(drawn, asked, key, t), key=key, focus=focus,
            texts=_texts(t, t("network.view_likeness")), file="pikg-likeness",
        )  # fmt: skip
    if said.chosen in drawn.positions:
        st.session_state[f"{key}-chosen"] = focus = said.chosen
    with side:
        show(_community_list(drawn, t))
        show(_peers(graph, focus, t))
        out = StringIO()
        export_network(graph, out)
        st.download_button(
            t("network.graphml"), out.getvalue().encode(), file_name="pikg-likeness.graphml", mime="application/xml",
            icon=":material/download:", on_click="ignore", key="likeness_graphml",
        )  # fmt: skip


def _texts(t: Texts, title: str) -> dict[str, str]:
    return {name: t(f"network.{name}") for name in ("larger", "smaller", "fit", "png", "label")} | {"title": title}


def _likeness_picture(drawn: _Likeness, asked: str | None, view: str, t: Texts) -> Picture:
    nodes = []
    for node, (x, y) in drawn.positions.items():
        data = drawn.graph.nodes[node]
        name = t("network.name_in", name=data["label"], region=data.get("region", t("app.unknown_region")))
        look = _look_of(int(data["community"]))
        nodes.append(Node(node, x, y, look, shorten(str(data["label"])), name, ROOT if node == asked else 0))
    links = [
        Link(one, other, round(1 + 4 * (float(data["weight"]) - 0.5), 2))
        for one, other, data in drawn.graph.edges(data=True)
    ]
    names = {
        _look_of(community.number): t("network.community", n=community.number)
        for community in drawn.communities[: len(_SHAPES)]
    }
    discs = [
        Disc(*disc, t("network.community", n=community.number))
        for disc, community in zip(drawn.discs, drawn.communities, strict=True)
    ]
    return Picture(view, nodes, links, _COMMUNITY_LOOKS, names, discs)


def _community_list(drawn: _Likeness, t: Texts) -> Html:
    items = []
    for community in drawn.communities[:_LISTED]:
        look = _COMMUNITY_LOOKS[_look_of(community.number)]
        names = t("app.and").join(community.names[:2])
        count = t("network.members", n=len(community.members), regions=len(community.regions))
        items.append(
            tag("li", sign(look), tag("span", tag("b", str(community.number)), " ", names, tag("small", count)))
        )
    rest = len(drawn.communities) - _LISTED
    more = tag("p", t("network.more_communities", n=rest), class_="pk-none") if rest > 0 else None
    head = tag("h2", t("network.communities"))
    return tag("div", head, tag("ul", *items, class_="pk-communities"), more, class_="pk-facets")


def _peers(graph: nx.Graph[str], node: str, t: Texts) -> Html:
    """What is told of a project in the graph of likeness: the projects it is linked to, and why."""
    data = graph.nodes[node]
    facts = [data.get("region"), data.get("publisher"), data.get("years")]
    if "budget" in data:
        facts.append(money(data["budget"], t))
    signals = {**comparison().signals, **comparison().circumstances}
    items = []
    for other, said in sorted(graph[node].items(), key=lambda item: (-item[1]["weight"], item[0])):
        reasons = sorted(
            ((name.removeprefix("reason_"), value) for name, value in said.items() if name != "weight" and value > 0),
            key=lambda reason: -reason[1],
        )
        told = [
            f"{t.pick(signals[name].zh, signals[name].en) if name in signals else name} {value:.2f}"
            for name, value in reasons[:3]
        ]
        where = address("comparables", t.language, iri=node, peer=other)
        items.append(
            tag(
                "li", link(where, str(graph.nodes[other]["label"])), " ", tag("b", f"{said['weight']:.2f}"),
                tag("small", join([graph.nodes[other].get("region"), *told], " · ")),
            )
        )  # fmt: skip
    actions = [
        link(address("project", t.language, iri=node), t("network.open_project")),
        link(address("comparables", t.language, iri=node), t("project.comparables")),
        link(address("graph", t.language, iri=node), t("network.in_graph")),
    ]
    return tag(
        "div", tag("small", t("network.community", n=data["community"])), tag("h2", str(data["label"])),
        tag("p", " · ".join(str(fact) for fact in facts if fact)), tag("nav", *actions, class_="pk-actions"),
        tag("ul", *items, class_="pk-list pk-alike"), class_="pk-details",
    )  # fmt: skip


# --- all publishers with their projects -----------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class _Whole:
    """All publishers with their projects, region by region."""

    graph: nx.Graph[str]
    positions: Mapping[str, Position]
    discs: Sequence[tuple[float, float, float, str]]


def show_whole(answers: Answers, views: Html, t: Texts) -> None:
    """Show every publisher with its projects, on a disc for each region: an overview of a store of any size."""
    with st.spinner(t("network.reading")):
        drawn = _read_whole(answers.edition, answers)
    units = len(drawn.graph) - drawn.graph.graph["projects"]
    said = t("network.whole", projects=drawn.graph.graph["projects"], units=units, regions=len(drawn.discs))
    show(tag("div", tag("h1", t("page.graph")), views, tag("p", said, class_="pk-said"), class_="pk-title pk-head"))
    st.fragment(_show_whole)(answers, drawn, t)


@st.cache_resource(show_spinner=False, max_entries=2)
def _read_whole(edition: str, _answers: Answers) -> _Whole:
    graph = _publishers(_answers)
    regions: dict[str, list[str]] = defaultdict(list)
    for node, data in graph.nodes(data=True):
        regions[str(data.get("region", ""))].append(node)
    names = sorted(regions, key=lambda name: (-len(regions[name]), name))
    small = len(graph) <= MAXIMUM_LIMIT
    spacing = 4 * _CROWDED if small else _POINT
    inside = [_around_publishers(graph, regions[name], spacing) for name in names]
    radii = [max((x**2 + y**2) ** 0.5 for x, y in spots.values()) + 2 * spacing for spots in inside]
    middles = pack_discs(radii, aspect=1.75, gap=spacing)
    positions = {
        node: (x + middle[0], y + middle[1])
        for spots, middle in zip(inside, middles, strict=True)
        for node, (x, y) in spots.items()
    }
    discs = [(*middle, radius, name) for middle, radius, name in zip(middles, radii, names, strict=True)]
    return _Whole(graph, positions, discs)


def _publishers(answers: Answers) -> nx.Graph[str]:
    """Publishers with their projects, as graph.projections gives them, from what the pages have read already."""
    graph: nx.Graph[str] = nx.Graph()
    for form in sorted(read_contents(answers).forms, key=lambda form: (form.project, form.year or 0, form.iri)):
        document = form.document
        graph.add_node(
            form.project, kind="Project", label=form.name, region=document.region or "",
            publisher=document.publisher or "", years=str(form.year or ""),
        )  # fmt: skip
        if form.money is not None:
            graph.nodes[form.project]["budget"] = form.money
        if document.publisher_iri:
            graph.add_node(
                document.publisher_iri, kind="Unit", label=document.publisher or "", region=document.region or ""
            )
            graph.add_edge(document.publisher_iri, form.project)
    graph.graph["projects"] = sum(data["kind"] == "Project" for _, data in graph.nodes(data=True))
    return graph


def _around_publishers(graph: nx.Graph[str], nodes: Sequence[str], spacing: float) -> dict[str, Position]:
    """Place a region's publishers, each amid its projects."""
    units = sorted((node for node in nodes if graph.nodes[node]["kind"] == "Unit"), key=lambda n: (-graph.degree(n), n))
    held = {project for unit in units for project in graph[unit]}
    lone = [node for node in nodes if graph.nodes[node]["kind"] == "Project" and node not in held]
    groups = [[unit, *sorted(project for project in graph[unit])] for unit in units] + ([lone] if lone else [])
    radii = [spacing * len(group) ** 0.5 for group in groups]
    middles = pack_discs(radii, aspect=1.0, gap=spacing * 0.6)
    positions = {}
    for group, middle in zip(groups, middles, strict=True):
        for node, (x, y) in zip(group, fill_disc(len(group), spacing), strict=True):
            positions[node] = (x + middle[0], y + middle[1])
    return positions


def _show_whole(answers: Answers, drawn: _Whole, t: Texts) -> None:
    picture, side = st.columns([3.5, 1], gap="medium")
    graph = drawn.graph
    before = st.session_state.get("whole-chosen")
    focus = before if before in drawn.positions else None
    nodes = []
    small = len(graph) <= MAXIMUM_LIMIT
    for node, (x, y) in drawn.positions.items():
        data = graph.nodes[node]
        size = (58.0 if small else 8.0) if data["kind"] == "Unit" else (44.0 if small else 5.5)
        mark = NAMED if data["kind"] == "Unit" else 0
        nodes.append(Node(node, x, y, str(data["kind"]), shorten(str(data["label"])), str(data["label"]), mark, size))
    links = [Link(one, other) for one, other in graph.edges]
    discs = [Disc(x, y, radius, name or t("app.unknown_region")) for x, y, radius, name in drawn.discs]
    looks = {kind: LOOKS[kind] for kind in ("Unit", "Project", "Other")}
    names = {kind: t(f"kind.{kind}") for kind in ("Unit", "Project")}
    with picture, st.container(key="network"):
        said = draw_picture(
            Picture("whole", nodes, links, looks, names, discs), key="whole", focus=focus,
            texts=_texts(t, t("network.view_all")), file="pikg-overview",
        )  # fmt: skip
    if said.chosen in drawn.positions:
        st.session_state["whole-chosen"] = focus = said.chosen
    with side:
        items = [tag("li", sign(looks[kind]), tag("span", names[kind])) for kind in names]
        show(tag("div", tag("h2", t("network.signs")), tag("ul", *items), class_="pk-facets pk-kinds"))
        if focus is None:
            show(tag("p", t("network.whole_hint"), class_="pk-none"))
        else:
            show(_unit_or_project(graph, focus, t))


def _unit_or_project(graph: nx.Graph[str], node: str, t: Texts) -> Html:
    data = graph.nodes[node]
    actions = [link(address("graph", t.language, iri=node), t("network.in_graph"))]
    listed: list[Html] = []
    if data["kind"] == "Project":
        actions.insert(0, link(address("project", t.language, iri=node), t("network.open_project")))
        actions.append(link(address("graph", t.language, view="likeness", iri=node), t("network.view_likeness")))
        facts = [data.get("region"), data.get("publisher"), data.get("years")]
        if "budget" in data:
            facts.append(money(data["budget"], t))
    else:
        facts = [data.get("region"), t("network.projects", n=graph.degree(node))]
        listed = [
            tag("li", link(address("project", t.language, iri=project), str(graph.nodes[project]["label"])))
            for project in sorted(graph[node], key=lambda project: str(graph.nodes[project]["label"]))
        ]
    return tag(
        "div", tag("small", t(f"kind.{data['kind']}")), tag("h2", str(data["label"])),
        tag("p", " · ".join(str(fact) for fact in facts if fact)), tag("nav", *actions, class_="pk-actions"),
        tag("ul", *listed, class_="pk-list") if listed else None, class_="pk-details",
    )  # fmt: skip
