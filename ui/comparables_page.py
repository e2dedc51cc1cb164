"""可比项目: projects elsewhere that are of a project's kind, why, and their indicators side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import groupby

import streamlit as st

from graph.comparables import LINE, Comparable, Comparing, open_index
from graph.errors import NotFoundError
from ontology.comparables import comparison
from ui.data import TIER_ORDER, Contents, FormSummary, Labels, read_contents, read_labels
from ui.format import money
from ui.html import Html, Piece, join, show, tag
from ui.i18n import Texts
from ui.links import address, link
from ui.project_data import IndicatorRow, Project, read_project
from ui.store import Answers
from ui.unit_costs import unit_cost_lines

_Where = tuple[Mapping[str, str], str | None]
"""The regions to choose from, and the one that was chosen."""

_TOP = 10
_TRIED = 30
_ENOUGH = 3
"""Projects asked for comparable ones to find where to begin, and how many are enough."""

_MANY = 2000
"""Projects that a list to choose from can hold; beyond that one is reached from its own page."""


def show_comparables(answers: Answers, parameters: Mapping[str, str], t: Texts) -> None:
    """Show the projects comparable to `iri`; `region` narrows them to a region, `peer` is set beside it."""
    contents = read_contents(answers)
    if not contents.forms:
        show(tag("div", tag("h1", t("page.comparables")), tag("p", t("overview.no_money")), class_="pk-head"))
        return
    index = read_comparable_index(answers)
    iri = parameters.get("iri") or _first(answers.edition, contents, index)
    form = next((form for form in _newest(contents) if form.project == iri), None)
    head, chooser = st.columns([1.4, 1], gap="large", vertical_alignment="bottom")
    with chooser:
        _choose(contents, iri, t)
    if form is None:
        with head:
            show(tag("div", tag("h1", t("page.comparables")), tag("p", t("project.missing")), class_="pk-head"))
        return
    with head:
        show(_head(form, t))
    regions = _other_regions(contents, form)
    asked = parameters.get("region") if parameters.get("region") in regions else None
    try:
        found = index.find(iri, inside=frozenset({asked}) if asked else None, top=_TOP)
    except NotFoundError:
        found = []
    chosen = next((peer for peer in found if peer.project == parameters.get("peer")), found[0] if found else None)
    left, right = st.columns([1, 1.35], gap="large")
    with left:
        show(_peers(found, chosen, form, (regions, asked), t))
    with right:
        if chosen is not None:
            labels = read_labels(answers, t)
            mine, theirs = read_project(answers, iri), read_project(answers, chosen.project)
            costs = unit_cost_lines(answers, iri, (chosen.project, chosen.fiscal_year), t)
            show(_side_by_side(form, chosen, (mine, theirs), t, labels=labels, costs=costs))


def read_comparable_index(answers: Answers) -> Comparing:
    """Return the store's projects read for comparing, kept as long as the snapshot is the newest."""
    return _index(answers.edition, answers)


@st.cache_resource(show_spinner=False, max_entries=2)
def _index(edition: str, _answers: Answers) -> Comparing:
    return open_index(_answers.store)


def _newest(contents: Contents) -> list[FormSummary]:
    """Return the forms by year, the newest first, target forms before self-evaluations."""
    return sorted(contents.forms, key=lambda form: (-(form.year or 0), form.kind != "TargetForm", form.iri))


@st.cache_resource(show_spinner=False, max_entries=2)
def _first(edition: str, _contents: Contents, _index: Comparing) -> str:
    """Return where to begin when the address doesn't say: the largest project that has comparable ones."""
    forms = [form for form in _contents.forms if form.scope != "department"] or list(_contents.forms)
    ordered = sorted(forms, key=lambda form: (-form.rows, -(form.money or Decimal(0)), form.iri))[:_TRIED]
    best, most = ordered[0], 0
    for form in ordered:
        if (count := len(_index.find(form.project, top=_ENOUGH))) > most:
            best, most = form, count
        if most == _ENOUGH:
            break
    return best.project


def _other_regions(contents: Contents, form: FormSummary) -> dict[str, str]:
    """Return the regions with projects, but for the project's own: name by IRI."""
    own = form.document.region_iri
    found = {d.region_iri: d.region for d in contents.documents if d.region_iri and d.region and d.region_iri != own}
    return dict(sorted(found.items(), key=lambda item: item[1]))


def _choose(contents: Contents, iri: str, t: Texts) -> None:
    names: dict[str, str] = {}
    for form in _newest(contents):
        where = form.document.region or t("app.unknown_region")
        names.setdefault(form.project, f"{form.name}（{where}）" if t.language == "zh" else f"{form.name} ({where})")
    if len(names) > _MANY:
        return

    def remember() -> None:
        chosen = st.session_state["comparables_project"]
        st.query_params.from_dict(
            {key: value for key, value in st.query_params.items() if key not in {"peer", "region"}}
        )
        if chosen:
            st.query_params["iri"] = chosen

    st.session_state["comparables_project"] = iri if iri in names else None
    options = sorted(names, key=lambda one: names[one])
    st.selectbox(
        t("comparables.choose"), options, key="comparables_project", on_change=remember,
        format_func=lambda one: names.get(one, one), index=None, placeholder=t("comparables.choose"),
    )  # fmt: skip


def _head(form: FormSummary, t: Texts) -> Html:
    facts = [form.document.region, form.document.publisher, str(form.year) if form.year else None]
    if form.money is not None:
        facts.append(money(form.money, t))
    name = link(address("project", t.language, iri=form.project), form.name)
    return tag(
        "div", tag("small", t("page.comparables"), class_="pk-path"), tag("h1", name),
        tag("p", " · ".join(fact for fact in facts if fact)), class_="pk-head pk-compared",
    )  # fmt: skip


# --- the peers ----------------------------------------------------------------------------------------------------
def _peers(
    found: Sequence[Comparable],
    chosen: Comparable | None,
    form: FormSummary,
    where: tuple[Mapping[str, str], str | None],
    t: Texts,
) -> Html:
    regions, asked = where
    chips = [
        link(
            address("comparables", t.language, iri=form.project, region=iri), name, class_="pk-chip",
            aria_current="true" if iri == asked else None,
        )
        for iri, name in [(None, t("comparables.elsewhere")), *regions.items()]
    ]  # fmt: skip
    network = link(address("graph", t.language, view="likeness", iri=form.project), t("comparables.network"))
    head = tag(
        "div", tag("h2", t("comparables.peers")), network, tag("div", *chips, class_="pk-chips"), class_="pk-section"
    )
    if not found:
        return join([head, tag("p", t("comparables.none"), class_="pk-none")])
    above = [peer for peer in found if peer.score >= LINE]
    below = [peer for peer in found if peer.score < LINE]
    pieces: list[Piece] = [head, tag("ol", *(_peer(peer, chosen, form, asked, t) for peer in above), class_="pk-peers")]
    if below:
        pieces.append(tag("p", t("comparables.related"), class_="pk-none pk-related"))
        pieces.append(tag("ol", *(_peer(peer, chosen, form, asked, t) for peer in below), class_="pk-peers pk-below"))
    return join(pieces)


def _peer(peer: Comparable, chosen: Comparable | None, form: FormSummary, asked: str | None, t: Texts) -> Html:
    where = address("comparables", t.language, iri=form.project, region=asked, peer=peer.project)
    facts = [peer.region, peer.publisher, str(peer.fiscal_year) if peer.fiscal_year else None]
    if peer.funding is not None:
        facts.append(money(peer.funding, t))
    signals = {**comparison().signals, **comparison().circumstances}
    reasons = [
        tag(
            "li", tag("span", t.pick(signals[name].zh, signals[name].en) if name in signals else name),
            tag("span", tag("i", style=f"width:{strength * 100:.0f}%"), class_="pk-meter"),
            tag("b", f"{strength:.2f}"),
        )
        for name, strength in peer.reasons.items()
    ]  # fmt: skip
    return tag(
        "li",
        link(
            where,
            tag("strong", peer.name),
            tag("span", f"{peer.score:.2f}", class_="pk-score", title=t("comparables.score_hint")),
            aria_current="true" if peer is chosen else None,
        ),
        tag("small", " · ".join(fact for fact in facts if fact)),
        tag("ul", *reasons, class_="pk-reasons"),
        class_="pk-chosen" if peer is chosen else None,
    )


# --- side by side -------------------------------------------------------------------------------------------------
def _side_by_side(
    form: FormSummary,
    peer: Comparable,
    projects: tuple[Project | None, Project | None],
    t: Texts,
    *,
    labels: Labels,
    costs: Sequence[Html],
) -> Html:
    heads = [
        tag("th", link(address("project", t.language, iri=iri), name), tag("small", region), scope="col")
        for iri, name, region in (
            (form.project, form.name, form.document.region or ""),
            (peer.project, peer.name, peer.region),
        )
    ]
    amounts = [tag("td", money(one, t) if one is not None else "") for one in (form.money, peer.funding)]
    lines = [tag("tr", tag("th", t("comparables.money"), scope="row"), *amounts)]
    if costs:
        lines += [_band(t("unit_costs.title")), *costs]
    if peer.matched_indicators:
        lines.append(_band(t("comparables.matched")))
        for pair in peer.matched_indicators:
            cells = [
                tag("td", tag("span", one.tier3), _target(one.target, t), _achieved(one.actual, t)) for one in pair
            ]
            lines.append(tag("tr", tag("th"), *cells))
    mine = _by_tier(projects[0], form.year, {one.tier3 for one, _ in peer.matched_indicators})
    theirs = _by_tier(projects[1], peer.fiscal_year, {one.tier3 for _, one in peer.matched_indicators})
    others = sorted({*mine, *theirs}, key=lambda key: (*map(_rank, key), key))
    if others:
        lines.append(_band(t("comparables.others")))
    for key in others:
        tier1, tier2 = key
        label = labels("tier2", tier2) or labels("tier1", tier1) or t("app.no_tier")
        swatch = tag("i", class_=f"pk-swatch pk-tier-{tier1 or 'none'}")
        cells = [tag("td", *(_indicator(row, t) for row in side.get(key, ()))) for side in (mine, theirs)]
        lines.append(tag("tr", tag("th", swatch, label, scope="row"), *cells))
    table = tag("table", tag("thead", tag("tr", tag("th"), *heads)), tag("tbody", *lines), class_="pk-table pk-beside")
    return join([tag("div", tag("h2", t("comparables.side_by_side")), class_="pk-section"), table])


def _band(title: str) -> Html:
    return tag("tr", tag("th", title, colspan=3, scope="rowgroup"), class_="pk-band")


def _rank(tier: str) -> int:
    return TIER_ORDER.index(tier) if tier in TIER_ORDER else len(TIER_ORDER)


def _indicator(row: IndicatorRow, t: Texts) -> Html:
    return tag("p", tag("span", row.name), _target(row.target.text if row.target else None, t))


def _target(target: str | None, t: Texts) -> Html:
    return tag("b", target) if target else tag("b", t("project.not_printed"), class_="pk-absent")


def _achieved(actual: str | None, t: Texts) -> Html | None:
    return tag("small", f"{t('comparables.achieved')}{t('app.colon')}{actual}") if actual else None


def _by_tier(
    project: Project | None, year: int | None, left_out: set[str]
) -> dict[tuple[str, str], list[IndicatorRow]]:
    """Return a project's indicators of a year by tier, but for those that are matched already; each name once."""
    if project is None:
        return {}
    forms = [form for form in project.forms if form.year == year] or list(project.forms[:1])
    seen = set(left_out)
    rows = []
    for form in forms:
        for row in project.rows.get(form.iri, ()):
            if row.name not in seen:
                seen.add(row.name)
                rows.append(row)
    keyed = sorted(rows, key=lambda row: (row.tier1 or "", row.tier2 or ""))
    return {key: list(members) for key, members in groupby(keyed, key=lambda row: (row.tier1 or "", row.tier2 or ""))}
