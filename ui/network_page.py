"""图谱: what stands around a thing. A click shows its details, the + of a node brings in its own neighbours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from io import StringIO

import networkx as nx
import streamlit as st

from graph.errors import NotFoundError
from graph.graphml import export_network
from graph.network import DEFAULT_KINDS, DEFAULT_LIMIT, MAXIMUM_LIMIT, Neighbourhood, find_neighbourhood
from graph.paths import find_path
from graph.positions import Position, Size, place_nodes
from ontology.namespaces import CONCEPT
from ui.data import Labels, read_contents, read_labels, read_text
from ui.html import Html, Piece, join, show, tag
from ui.i18n import Texts
from ui.links import address, link, read_address, read_count
from ui.network_details import show_details
from ui.network_elements import LOOKS, full_name, neighbourhood_picture, sizes
from ui.network_views import show_likeness, show_whole
from ui.picture import draw_picture, sign
from ui.store import Answers

_FOUND = 8

VIEWS = ("around", "likeness", "all")
"""What 图谱 shows: what stands around a thing; comparable projects; all publishers with their projects."""


def show_network(answers: Answers, parameters: Mapping[str, str], t: Texts) -> None:
    """Show what is around `iri`; `x` are expanded nodes, `hide` and `add` the kinds left out or added, `tier` the tiers
    left out, `n` the limit, `to` a thing to which a way is shown. `view` chooses another view (VIEWS).

    The picture and what stands beside it are a fragment: a click on a node runs that alone again, and the picture
    stays as it was moved.
    """
    view = parameters.get("view", VIEWS[0])
    if view == "likeness":
        show_likeness(answers, parameters, _views(view, t), t)
    elif view == "all":
        show_whole(answers, _views(view, t), t)
    else:
        _show_around(answers, parameters, t)


def _views(current: str, t: Texts) -> Html:
    """The views to choose from."""
    chips = [
        link(
            address("graph", t.language, view=None if name == VIEWS[0] else name), t(f"network.view_{name}"),
            class_="pk-view", aria_current="true" if name == current else None,
        )
        for name in VIEWS
    ]  # fmt: skip
    return tag("nav", *chips, class_="pk-chips", aria_label=t("page.graph"))


def _show_around(answers: Answers, parameters: Mapping[str, str], t: Texts) -> None:
    head, chooser = st.columns([2.2, 1], gap="large", vertical_alignment="bottom")
    root = parameters.get("iri") or _first(answers)
    with chooser:
        _search(answers, parameters.get("q", ""), parameters.get("iri"), t)
    if root is None:
        return
    labels = read_labels(answers, t)
    state = _State({**parameters, "iri": root}, t)
    try:
        drawn = _way(answers, state, labels) if state.to else _around(answers, state, labels, t)
    except NotFoundError:
        with head:
            show(_title(t, Html("")))
        show(tag("p", t("network.missing"), class_="pk-none"))
        return
    with head:
        show(_title(t, _said(drawn, state, labels)))
    if drawn.shown.graph:
        st.fragment(_show)(answers, drawn, state, labels)


def _show(answers: Answers, drawn: _Drawn, state: _State, labels: Labels) -> None:
    t, shown = state.t, drawn.shown
    picture, side = st.columns([3.5, 1], gap="medium")
    with picture:
        clicked = _draw(drawn, state, labels)
    with side:
        show(_legend(drawn, state, labels))
        node = clicked if clicked and clicked in shown.graph else state.root
        actions = _actions(node, shown, state)
        show(show_details(answers, node, shown, actions, labels=labels, t=t))
        st.download_button(
            t("network.graphml"), _graphml(shown), file_name=f"{_file(state)}.graphml", mime="application/xml",
            icon=":material/download:", on_click="ignore", key="network_graphml",
        )  # fmt: skip


def _file(state: _State) -> str:
    return f"pikg-{state.root.rsplit('/', 1)[-1]}"


def _graphml(shown: Neighbourhood) -> bytes:
    out = StringIO()
    export_network(shown.graph, out)
    return out.getvalue().encode()


class _State:
    """What the address says of the picture."""

    def __init__(self, parameters: Mapping[str, str], t: Texts) -> None:
        self.t = t
        self.root = parameters["iri"]
        self.expanded = tuple(part for part in parameters.get("x", "").split(" ") if part)
        self.hidden = frozenset(parameters.get("hide", "").split(",")) - {""}
        self.tiers = frozenset(parameters.get("tier", "").split(",")) - {""}
        self.to = parameters.get("to") or None
        self.added = frozenset(parameters.get("add", "").split(",")) & set(LOOKS)
        self.limit = min(read_count(parameters, "n") or DEFAULT_LIMIT, MAXIMUM_LIMIT)

    def address(self, **changes: str | None) -> str:
        """Return the picture's address with something changed."""
        now = {
            "iri": self.root,
            "x": " ".join(self.expanded),
            "hide": ",".join(sorted(self.hidden)),
            "add": ",".join(sorted(self.added)),
            "tier": ",".join(sorted(self.tiers)),
            "n": str(self.limit) if self.limit != DEFAULT_LIMIT else None,
        }
        return address("graph", self.t.language, **(now | changes))

    def toggled_tier(self, tier: str) -> str:
        """Return the address with a tier's indicators left out, or brought in again."""
        return self.address(tier=",".join(sorted(self.tiers ^ {tier})))

    def toggled_node(self, node: str) -> str:
        """Return the address with a node expanded, or folded again."""
        others = [part for part in self.expanded if part != node]
        return self.address(x=" ".join(others if node in self.expanded else [*self.expanded, node]))

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
    """A neighbourhood and what of it is shown, the middles of its nodes' room, and how large that is."""

    around: Neighbourhood
    shown: Neighbourhood
    positions: Mapping[str, Position]
    room: Mapping[str, Size]


def _way(answers: Answers, state: _State, labels: Labels) -> _Drawn:
    """Return a way from the root to the thing asked for; nothing to draw where there is none."""
    found = _found_path((answers.edition, state.root, state.to or ""), answers)
    if found is None:
        nothing = Neighbourhood(state.root, nx.DiGraph())
        return _Drawn(nothing, nothing, {}, {})
    room = sizes(found.graph, labels, state.t)
    way = nx.single_source_shortest_path(found.graph.to_undirected(), state.root)[state.to or ""]
    return _Drawn(found, found, _in_rows(way), room)


_A_ROW = 6


def _in_rows(way: list[str]) -> dict[str, Position]:
    """Put a way's nodes one after the other, as a line of text that turns at its end."""
    positions = {}
    for number, node in enumerate(way):
        row, column = divmod(number, _A_ROW)
        at = column if row % 2 == 0 else _A_ROW - 1 - column
        positions[node] = (170.0 * at, 150.0 * row)
    return positions


@st.cache_resource(show_spinner=False, max_entries=50)
def _found_path(asked: tuple[str, str, str], _answers: Answers) -> Neighbourhood | None:
    _, one, other = asked
    return find_path(_answers.store, one, other)


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
    shown = _without(drawn.around, state)
    return _Drawn(drawn.around, shown, drawn.positions, drawn.room)


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
    return _Drawn(around, around, place_nodes(around.graph, root, sizes=room, fixed=_asked.fixed, aspect=1.6), room)


def _without(around: Neighbourhood, state: _State) -> Neighbourhood:
    """Return a neighbourhood without the nodes of the kinds and tiers left out, and without what only they held
    together."""
    if not state.hidden and not state.tiers:
        return around
    left_out = {node for node in around.graph if _tier(node) in state.tiers}
    for row, tier in list(around.graph.edges):
        if tier in left_out and around.graph.nodes[row].get("kind") == "IndicatorRow":
            left_out.add(row)
    for node, data in around.graph.nodes(data=True):
        if data.get("kind") in state.hidden:
            left_out.add(node)
    graph = around.graph.subgraph([node for node in around.graph if node not in left_out or node == around.root])
    linked = nx.node_connected_component(graph.to_undirected(as_view=True), around.root)
    # A new graph in the old order: a view has the order of a set, another one at every run.
    kept: nx.DiGraph[str] = nx.DiGraph()
    kept.add_nodes_from((node, data) for node, data in around.graph.nodes(data=True) if node in linked)
    kept.add_edges_from(edge for edge in around.graph.edges(data=True) if edge[0] in linked and edge[1] in linked)
    return Neighbourhood(around.root, kept, around.open & linked, around.cut)


def _tier(node: str) -> str | None:
    """Return a tier's name in the address ("tier2/quantity") from its IRI; None for what is no tier."""
    name = node.removeprefix(CONCEPT)
    return name if node.startswith(CONCEPT) and name.startswith("tier") else None


# --- the picture --------------------------------------------------------------------------------------------------
def _title(t: Texts, said: Html) -> Html:
    return tag("div", tag("h1", t("page.graph")), _views(VIEWS[0], t), said, class_="pk-title pk-head")


def _said(drawn: _Drawn, state: _State, labels: Labels) -> Html:
    t, shown = state.t, drawn.shown
    if state.to:
        back = link(state.address(), t("network.no_way_more"))
        if not shown.graph:
            return tag("p", t("network.no_way"), " · ", back, class_="pk-said")
        ends = [full_name(node, shown.graph.nodes[node], labels, t) for node in (state.root, state.to)]
        said = t("network.way", one=ends[0], other=ends[1], links=len(shown.graph) - 1)
        return tag("p", said, " · ", back, class_="pk-said")
    notes: list[Piece] = [t("network.count", nodes=len(shown.graph), links=shown.graph.size())]
    if drawn.around.cut:
        larger = min(state.limit * 2, MAXIMUM_LIMIT)
        notes.append(t("network.cut", limit=state.limit))
        if larger > state.limit:
            notes.append(link(state.address(n=str(larger)), t("network.more", n=larger)))
    if state.expanded:
        notes.append(link(state.address(x=None), t("network.fold")))
    return tag("p", join(notes, " · "), class_="pk-said")


def _draw(drawn: _Drawn, state: _State, labels: Labels) -> str | None:
    """Draw the picture; return the node that was clicked last. A click on a node's + or − expands or folds it."""
    t, shown = state.t, drawn.shown
    key = f"network-{sha256(repr((state.root, state.to)).encode()).hexdigest()[:12]}"
    before = st.session_state.get(f"{key}-chosen")
    focus = before if before in shown.graph else state.root
    picture = neighbourhood_picture(
        shown, drawn.positions, drawn.room, labels, t, expanded=state.expanded, way=bool(state.to), view=key
    )
    texts = {name: t(f"network.{name}") for name in ("larger", "smaller", "fit", "png", "label")}
    texts["title"] = full_name(state.root, shown.graph.nodes[state.root], labels, t)
    with st.container(key="network"):
        said = draw_picture(picture, key=key, focus=focus, texts=texts, file=_file(state))
    show(tag("p", t("network.keys"), class_="pk-keys"))
    if said.chosen:
        st.session_state[f"{key}-chosen"] = focus = said.chosen
    if said.toggled and (said.toggled in shown.open or said.toggled in state.expanded):
        st.session_state[f"{key}-chosen"] = said.toggled
        st.query_params.from_dict(read_address(state.toggled_node(said.toggled)))
        st.rerun()
    return focus


# --- beside the picture -------------------------------------------------------------------------------------------
def _search(answers: Answers, words: str, root: str | None, t: Texts) -> None:
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
        thing = read_text(row, "thing")
        way = None
        if root and thing != root:
            way = link(address("graph", t.language, iri=root, to=thing), t("network.way_here"), class_="pk-way")
        where = address("graph", t.language, iri=thing)
        items.append(tag("li", link(where, label), tag("small", context) if context else None, way))
    if not items:
        show(tag("p", t("network.nothing_found", words=words), class_="pk-none"))
        return
    more = tag("p", t("network.more_found", n=len(items) - _FOUND), class_="pk-none") if len(items) > _FOUND else None
    show(join([tag("ul", *items[:_FOUND], class_="pk-list"), more]))


def _legend(drawn: _Drawn, state: _State, labels: Labels) -> Html:
    """The kinds of nodes with their signs and counts, each a switch; and the tiers of indicators, each one too."""
    t, whole = state.t, drawn.around.graph
    counts = Counter(str(data.get("kind")) for _, data in whole.nodes(data=True))
    items = []
    for kind, look in LOOKS.items():
        if kind == "Other" or (not counts[kind] and (kind not in {"Funding", "Value"} or state.to)):
            continue
        on = kind not in state.hidden and (kind in DEFAULT_KINDS or kind in state.added)
        count = tag("i", str(counts[kind]) if counts[kind] else "", class_="pk-n")
        parts = [sign(look), tag("span", t(f"kind.{kind}")), count]
        items.append(tag("li", *parts if state.to else [_switch(state.toggled(kind), parts, on=on, t=t)]))
    lists = [tag("h2", t("network.signs" if state.to else "network.legend")), tag("ul", *items)]
    tiers = Counter(
        tier for row, node in whole.edges if (tier := _tier(node)) and whole.nodes[row].get("kind") == "IndicatorRow"
    )
    if tiers and not state.to:
        switches = []
        for tier, rows in sorted(tiers.items(), key=lambda item: (-item[1], item[0])):
            parts = [tag("span", labels(*tier.split("/", 1))), tag("i", str(rows), class_="pk-n")]
            switches.append(tag("li", _switch(state.toggled_tier(tier), parts, on=tier not in state.tiers, t=t)))
        name = tag("summary", t("network.tiers"))
        lists.append(tag("details", name, tag("ul", *switches), open=bool(state.tiers), class_="pk-tiers"))
    return tag("div", *lists, class_="pk-facets pk-kinds")


def _switch(where: str, parts: list[Html], *, on: bool, t: Texts) -> Html:
    return link(where, *parts, role="switch", aria_checked="true" if on else "false", title=t("network.toggle"))


def _actions(node: str, shown: Neighbourhood, state: _State) -> list[Html]:
    """What may be done with the node that was clicked, besides looking at it."""
    t, actions = state.t, []
    if node != shown.root or state.to:
        actions.append(link(address("graph", t.language, iri=node), t("network.center")))
    if not state.to and (node in shown.open or node in state.expanded):
        text = "network.fold_one" if node in state.expanded else "network.expand"
        actions.append(link(state.toggled_node(node), t(text)))
    if node != shown.root and not state.to:
        actions.append(link(address("graph", t.language, iri=state.root, to=node), t("network.way_here")))
    return actions
