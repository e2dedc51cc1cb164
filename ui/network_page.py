"""图谱: what stands around a thing. A click shows its details, "expand" brings in its own neighbours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

import networkx as nx
import streamlit as st
from st_link_analysis import Event, st_link_analysis

from graph.errors import NotFoundError
from graph.network import (
    DEFAULT_KINDS,
    DEFAULT_LIMIT,
    MAXIMUM_LIMIT,
    Neighbourhood,
    find_neighbourhood,
)
from graph.positions import Position, Size, place_nodes
from ontology.namespaces import CONCEPT, PIKG
from ui.data import Labels, read_contents, read_labels, read_text
from ui.html import Html, Piece, join, show, tag
from ui.i18n import Texts
from ui.links import address, link
from ui.network_elements import LOOKS, elements, full_name, layout, sizes, styles
from ui.store import Answers

_HEIGHT = 630
_FOUND = 8
_HIDDEN_PROPERTIES = frozenset({"order", "inDocument", "printedIn", "ofIndicator", "type", "tierScheme", "sha256"})


def show_network(answers: Answers, parameters: Mapping[str, str], t: Texts) -> None:
    """Show what is around `iri`; `x` are expanded nodes, `hide` and `add` the kinds left out or added, `n` the limit.

    The picture and what stands beside it are a fragment: a click on a node runs that alone again, and the picture
    stays as it was dragged.
    """
    head, chooser = st.columns([2.2, 1], gap="large", vertical_alignment="bottom")
    with chooser:
        _search(answers, parameters.get("q", ""), t)
    root = parameters.get("iri") or _first(answers)
    if root is None:
        return
    labels = read_labels(answers, t)
    state = _State({**parameters, "iri": root}, t)
    try:
        drawn = _around(answers, state, labels, t)
    except NotFoundError:
        with head:
            show(_title(t, Html("")))
        show(tag("p", t("network.missing"), class_="pk-none"))
        return
    shown = _without(drawn.around, state.hidden)
    with head:
        show(_title(t, _said(shown, drawn.around, state)))
    st.fragment(_show)(answers, replace(drawn, around=shown), drawn.around, state, labels)


def _show(answers: Answers, shown: _Drawn, whole: Neighbourhood, state: _State, labels: Labels) -> None:
    picture, side = st.columns([3.5, 1], gap="medium")
    with picture:
        clicked = _draw(shown, state, labels)
    with side:
        show(_legend(whole, state))
        node = clicked if clicked and clicked in shown.around.graph else state.root
        show(_details(answers, node, shown.around, state, labels))


class _State:
    """What the address says of the picture."""

    def __init__(self, parameters: Mapping[str, str], t: Texts) -> None:
        self.t = t
        self.root = parameters["iri"]
        self.expanded = tuple(part for part in parameters.get("x", "").split(" ") if part)
        self.hidden = frozenset(parameters.get("hide", "").split(",")) - {""}
        self.added = frozenset(parameters.get("add", "").split(",")) & set(LOOKS)
        asked = parameters.get("n", "")
        self.limit = min(int(asked), MAXIMUM_LIMIT) if asked.isdecimal() and int(asked) else DEFAULT_LIMIT

    def address(self, **changes: str | None) -> str:
        """Return the picture's address with something changed."""
        now = {
            "iri": self.root,
            "x": " ".join(self.expanded),
            "hide": ",".join(sorted(self.hidden)),
            "add": ",".join(sorted(self.added)),
            "n": str(self.limit) if self.limit != DEFAULT_LIMIT else None,
        }
        return address("graph", self.t.language, **(now | changes))

    def toggled(self, kind: str) -> str:
        """Return the address with a kind of nodes left out, or brought in again."""
        if kind in DEFAULT_KINDS:
            return self.address(hide=",".join(sorted(self.hidden ^ {kind})))
        return self.address(add=",".join(sorted(self.added ^ {kind})))


def _first(answers: Answers) -> str | None:
    """Return where to begin when the address doesn't say: the project with the most indicators over its forms."""
    rows: Counter[str] = Counter()
    for form in read_contents(answers).forms:
        rows[form.project] += form.rows if form.scope != "department" else 0
    return max(rows, key=lambda project: (rows[project], project)) if rows else None


# --- the graph and its positions ----------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class _Drawn:
    """A neighbourhood, the middles of its nodes' room, and how large that is."""

    around: Neighbourhood
    positions: Mapping[str, Position]
    room: Mapping[str, Size]


def _around(answers: Answers, state: _State, labels: Labels, t: Texts) -> _Drawn:
    """Return what is around the root, and where it goes. Each expansion keeps the positions of the one before."""
    drawn = None
    for number in range(len(state.expanded) + 1):
        drawn = _placed(
            (answers.edition, t.language), state.root, state.expanded[:number],
            (DEFAULT_KINDS | state.added, state.limit), _Asked(answers, labels, t, drawn.positions if drawn else {}),
        )  # fmt: skip
    if drawn is None:
        raise NotFoundError(state.root)
    return drawn


@dataclass(frozen=True, slots=True)
class _Asked:
    """What `_placed` works with and isn't kept by: its answer depends on the arguments before it alone."""

    answers: Answers
    labels: Labels
    t: Texts
    fixed: Mapping[str, Position]


@st.cache_resource(show_spinner=False, max_entries=100)
def _placed(
    edition: tuple[str, str],
    root: str,
    expanded: tuple[str, ...],
    bounds: tuple[frozenset[str], int],
    _asked: _Asked,
) -> _Drawn:
    kinds, limit = bounds
    around = find_neighbourhood(_asked.answers.store, root, limit=limit, kinds=kinds, expanded=expanded)
    room = sizes(around.graph, _asked.labels, _asked.t)
    return _Drawn(around, place_nodes(around.graph, root, sizes=room, fixed=_asked.fixed, aspect=1.6), room)


def _without(around: Neighbourhood, hidden: frozenset[str]) -> Neighbourhood:
    """Return a neighbourhood without the nodes of some kinds, and without what only they held together."""
    if not hidden:
        return around
    kinds = {node: str(data.get("kind")) for node, data in around.graph.nodes(data=True)}
    kept = [node for node, kind in kinds.items() if kind not in hidden or node == around.root]
    graph = around.graph.subgraph(kept)
    linked = nx.node_connected_component(graph.to_undirected(as_view=True), around.root)
    return Neighbourhood(around.root, graph.subgraph(linked).copy(), around.open & linked, around.cut)


# --- the picture --------------------------------------------------------------------------------------------------
def _title(t: Texts, said: Html) -> Html:
    return tag("div", tag("h1", t("page.graph")), said, class_="pk-title pk-head")


def _said(shown: Neighbourhood, around: Neighbourhood, state: _State) -> Html:
    t = state.t
    notes: list[Piece] = [t("network.count", nodes=len(shown.graph), links=shown.graph.size())]
    if around.cut:
        larger = min(state.limit * 2, MAXIMUM_LIMIT)
        notes.append(t("network.cut", limit=state.limit))
        if larger > state.limit:
            notes.append(link(state.address(n=str(larger)), t("network.more", n=larger)))
    if state.expanded:
        notes.append(link(state.address(x=None), t("network.fold")))
    return tag("p", join(notes, " · "), class_="pk-said")


def _draw(drawn: _Drawn, state: _State, labels: Labels) -> str | None:
    """Draw the picture; return the node that was clicked last. A double click expands."""
    shown, t = drawn.around, state.t
    key = f"network-{sha256(state.root.encode()).hexdigest()[:12]}"
    before = st.session_state.get(key) or {}
    focus = before.get("data", {}).get("target_id")
    node_styles, edge_styles = styles()
    with st.container(key="network"):
        said: Any = st_link_analysis(
            elements(shown, focus or state.root, labels, t),
            layout=layout(shown.graph, drawn.positions, drawn.room),
            node_styles=node_styles,
            edge_styles=edge_styles,
            height=_HEIGHT,
            key=key,
            events=[Event("show", "tap", "node"), Event("open", "dbltap", "node")],
        )
    if not said:
        return None
    node = said["data"].get("target_id")
    if said["action"] == "open" and st.session_state.get("network_opened") != said["timestamp"]:
        st.session_state["network_opened"] = said["timestamp"]
        if node in shown.open and node not in state.expanded:
            st.query_params["x"] = " ".join([*state.expanded, node])
            st.query_params["iri"] = state.root
            st.rerun()
    return str(node) if node else None


# --- beside the picture -------------------------------------------------------------------------------------------
def _search(answers: Answers, words: str, t: Texts) -> None:
    def remember() -> None:
        if st.session_state["network_q"].strip():
            st.query_params["q"] = st.session_state["network_q"].strip()
        else:
            st.query_params.pop("q", None)

    st.session_state["network_q"] = words = st.query_params.get("q", words)
    st.text_input(
        t("network.search"), key="network_q", on_change=remember, placeholder=t("network.search"),
        label_visibility="collapsed", icon=":material/search:",
    )  # fmt: skip
    if not words:
        return
    items = []
    for row in answers.rows("search", text=words):
        label, context = read_text(row, "label") or "", read_text(row, "context")
        where = address("graph", t.language, iri=read_text(row, "thing"))
        items.append(tag("li", link(where, label), tag("small", context) if context else None))
    if not items:
        show(tag("p", t("network.nothing_found", words=words), class_="pk-none"))
        return
    more = tag("p", t("network.more_found", n=len(items) - _FOUND), class_="pk-none") if len(items) > _FOUND else None
    show(join([tag("ul", *items[:_FOUND], class_="pk-list"), more]))


def _legend(around: Neighbourhood, state: _State) -> Html:
    """The kinds of nodes with their signs and counts; each is a switch."""
    t = state.t
    counts = Counter(str(data.get("kind")) for _, data in around.graph.nodes(data=True))
    items = []
    for kind, look in LOOKS.items():
        if not counts[kind] and kind not in {"Funding", "Value"}:
            continue
        on = kind not in state.hidden and (kind in DEFAULT_KINDS or kind in state.added)
        sign = tag("i", class_=f"pk-sign pk-{look.shape}", style=f"background:{look.color}", aria_hidden="true")
        count = tag("i", str(counts[kind]) if counts[kind] else "", class_="pk-n")
        entry = link(
            state.toggled(kind), sign, tag("span", t(f"kind.{kind}")), count, role="switch",
            aria_checked="true" if on else "false", title=t("network.toggle"),
        )  # fmt: skip
        items.append(tag("li", entry))
    return tag("div", tag("h2", t("network.legend")), tag("ul", *items), class_="pk-facets pk-kinds")


def _details(answers: Answers, node: str, shown: Neighbourhood, state: _State, labels: Labels) -> Html:
    """What the graph says of the clicked node, and where it leads."""
    t = state.t
    attributes = shown.graph.nodes[node]
    kind = str(attributes.get("kind") or "")
    name = full_name(node, attributes, labels, t)
    actions = []
    if kind == "Project":
        actions.append(link(address("project", t.language, iri=node), t("network.open_project")))
        actions.append(link(address("comparables", t.language, iri=node), t("project.comparables")))
    if node != shown.root:
        actions.append(link(address("graph", t.language, iri=node), t("network.center")))
    if node in shown.open and node not in state.expanded:
        actions.append(link(state.address(x=" ".join([*state.expanded, node])), t("network.expand")))
    elif node in state.expanded:
        rest = " ".join(part for part in state.expanded if part != node)
        actions.append(link(state.address(x=rest), t("network.fold_one")))
    kind_name = t(f"kind.{kind}") if t.has(f"kind.{kind}") else kind
    return tag(
        "div",
        tag("small", kind_name),
        tag("h2", name),
        tag("nav", *actions, class_="pk-actions") if actions else None,
        tag("dl", *_statements(answers, node, shown, labels, t)),
        class_="pk-details",
    )


def _statements(answers: Answers, node: str, shown: Neighbourhood, labels: Labels, t: Texts) -> list[Html]:
    said: dict[str, list[str]] = {}
    for row in answers.rows("thing", iri=node):
        name = (read_text(row, "property") or "").removeprefix(PIKG)
        value = read_text(row, "value") or ""
        if ":" in name or name in _HIDDEN_PROPERTIES:
            continue
        if value.startswith(CONCEPT):
            scheme, _, notation = value.removeprefix(CONCEPT).partition("/")
            value = labels(scheme, notation)
        elif row["valueText"] is not None:
            value = str(row["valueText"])
        elif value in shown.graph:
            value = full_name(value, shown.graph.nodes[value], labels, t)
        elif value.startswith(("http://", "https://")):
            continue
        title = t.pick(read_text(row, "propertyZh"), read_text(row, "propertyEn")) or name
        if value not in said.setdefault(title, []):
            said[title].append(value)
    return [tag("div", tag("dt", title), tag("dd", t("app.and").join(values))) for title, values in said.items()]
