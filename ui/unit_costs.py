"""What one of a service costs, as the project's page and that of comparable projects show it: the formula, both sources
as links to where they are printed, how sure it is, how it is spread over publishers, and who was left out and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import streamlit as st

from graph.errors import NotFoundError
from graph.figures import Figure
from graph.pairing import LeftOut, UnitCost, plain
from graph.quartiles import METHOD, PEERS_NEEDED
from graph.unit_costs import UnitCosts, UnitCostSpread, find_spreads, find_unit_costs, match_unit_costs
from ontology.unit_costs import unit_cost_rules
from ontology.units import unit_list
from ui.data import read_contents
from ui.format import place
from ui.html import Html, Piece, join, tag
from ui.i18n import Texts
from ui.links import address, link
from ui.project_data import Form, Project
from ui.store import Answers

_AT_ONCE = 2000
"""Forms in a store up to which unit costs of other publishers are shown without being asked for."""

_MOST_PEERS = 60
"""Peers of a unit cost that are listed; how many more there are is told."""


# --- a project's own ----------------------------------------------------------------------------------------------
def unit_costs(answers: Answers, project: Project, form: Form, asked: str | None, t: Texts) -> Html | None:
    """Given a project and one of its forms, return what one of its services costs, or why that can't be told; None
    where nothing of the form names a service that is known. Beside those of other publishers they stand at once in a
    small store, and in a large one, where that takes seconds, for the kind of service that the address has `asked`."""
    found = _of_project(answers.edition, answers, project.iri)
    costs = [cost for cost in found.costs if cost.form.form == form.iri]
    left = [one for one in found.left_out if one.form.form == form.iri]
    if not costs and not left:
        return None
    pieces: list[Piece] = [
        tag("div", tag("h2", t("unit_costs.title")), tag("small", t("unit_costs.lead")), class_="pk-section")
    ]
    if costs:
        heads = [
            tag("th", t(f"unit_costs.head_{name}"), scope="col") for name in ("thing", "formula", "sources", "sure")
        ]
        lines = [_line(cost, project, t) for cost in costs]
        pieces.append(
            tag("table", tag("thead", tag("tr", *heads)), tag("tbody", *lines), class_="pk-table pk-unit-costs")
        )
        at_once = len(read_contents(answers).forms) <= _AT_ONCE
        for service in dict.fromkeys(cost.service for cost in costs if cost.service):
            if not at_once and asked != service:
                to = address("project", t.language, iri=project.iri, form=form.iri, costs=service)
                pieces.append(tag("p", link(to, t("unit_costs.compare")), class_="pk-actions"))
                continue
            pers = {cost.per for cost in costs if cost.service == service}
            spreads = _spreads(answers.edition, answers, service)
            pieces += [_spread(spread, project.iri, t) for spread in spreads if spread.per in pers]
    if left:
        pieces.append(_left_out(left, t, of_project=True))
    return join(pieces)


@st.cache_resource(show_spinner=False, max_entries=200)
def _of_project(edition: str, _answers: Answers, iri: str) -> UnitCosts:
    try:
        return find_unit_costs(_answers.store, project=iri)
    except NotFoundError:
        return UnitCosts((), ())


@st.cache_resource(show_spinner=False, max_entries=60)
def _spreads(edition: str, _answers: Answers, service: str) -> tuple[UnitCostSpread, ...]:
    return tuple(find_spreads(_answers.store, service))


def _line(cost: UnitCost, project: Project, t: Texts) -> Html:
    sources = [
        tag("p", tag("span", name), _cited(figure, field, project, cost, t))
        for figure, field, name in (
            (cost.money, "target" if cost.money.name else "amount", cost.money.name or t("unit_costs.funding")),
            (cost.quantity, "target", cost.quantity.name),
        )
    ]
    reasons = t("unit_costs.join").join(_said(reason, t) for reason in cost.reasons)
    return tag(
        "tr", tag("th", _thing(cost, t), scope="row"), tag("td", tag("b", cost.formula)), tag("td", *sources),
        tag("td", f"{cost.sure:.2f}", tag("small", reasons)),
    )  # fmt: skip


def _cited(figure: Figure, field: str, project: Project, cost: UnitCost, t: Texts) -> Html:
    """A figure as printed: a link to its cell, or plain with its page where that isn't known."""
    cell = project.cells.get((figure.source, field))
    if cell is None:
        page = None if figure.page is None else t("place.page", n=figure.page)
        return tag("b", figure.printed, tag("small", page) if page else None)
    where = place(t, page=cell.page, sheet=cell.sheet, table=cell.table, row=cell.row, column=cell.column)
    to = address("project", t.language, iri=project.iri, form=cost.form.form, at=cell.iri)
    hint = t("project.printed_at", where=where, text=cell.whole)
    return link(to, figure.printed, class_="pk-cited", title=hint)


def _thing(cost: UnitCost | UnitCostSpread, t: Texts) -> str:
    service = unit_cost_rules().services.get(cost.service or "")
    unit = unit_list().units[cost.per]
    name = t.pick(service.zh, service.en) if service else cost.object
    return f"{name} / {t.pick(unit.zh, unit.en)}"


def _said(reason: str, t: Texts) -> str:
    said = unit_cost_rules().reason(reason)
    return t.pick(said.zh, said.en)


# --- over cities --------------------------------------------------------------------------------------------------
def _spread(spread: UnitCostSpread, own: str, t: Texts) -> Html:
    """n, quartiles from three publishers on, and on demand each peer and who was left out."""
    told = t("unit_costs.n", n=len(spread.costs), publishers=spread.publishers)
    quartiles = spread.quartiles
    if quartiles is None:
        told += t("unit_costs.few", least=PEERS_NEEDED)
    else:
        names = (("least", "least"), ("p25", "p25"), ("median", "median"), ("p75", "p75"), ("greatest", "greatest"))
        figures = (f"{t(f'unit_costs.{name}')} {plain(getattr(quartiles, field))}" for name, field in names)
        told += t("unit_costs.join") + t("unit_costs.join").join(figures)
    hint = METHOD[t.language] if quartiles else None
    summary = tag("summary", tag("b", _thing(spread, t)), tag("span", told, title=hint))
    listed = [_peer(cost, own, t) for cost in spread.costs[:_MOST_PEERS]]
    more = len(spread.costs) - len(listed)
    pieces: list[Piece] = [tag("ul", *listed)]
    if more > 0:
        pieces.append(tag("p", t("unit_costs.more", n=more), class_="pk-none"))
    if spread.left_out:
        pieces.append(_left_out(spread.left_out, t, of_project=False))
    return tag("details", summary, *pieces, class_="pk-spread")


def _peer(cost: UnitCost, own: str, t: Texts) -> Html:
    form = cost.form
    name = (
        tag("b", form.name)
        if form.project == own
        else link(address("project", t.language, iri=form.project), form.name)
    )
    where = " · ".join(filter(None, (form.region_name, form.publisher_name, str(form.year or ""))))
    return tag("li", tag("span", cost.formula), name, tag("small", where))


def _left_out(left: Sequence[LeftOut], t: Texts, *, of_project: bool) -> Html:
    """Who or what has no unit cost, and why; the same reason of the same thing once."""
    said = Counter(
        (
            (one.figure.name or t("unit_costs.funding")) if one.figure else one.form.name,
            "" if of_project else " · ".join(filter(None, (one.form.name, one.form.publisher_name))),
            _said(one.reason, t),
        )
        for one in left
    )
    items = [
        tag("li", tag("span", name), tag("small", where) if where and where != name else None, tag("em", reason))
        for name, where, reason in list(said)[:_MOST_PEERS]
    ]
    more = len(said) - len(items)
    if more > 0:
        items.append(tag("li", tag("em", t("unit_costs.more", n=more))))
    return tag("div", tag("p", t("unit_costs.left_out")), tag("ul", *items), class_="pk-left-out")


# --- two projects side by side ------------------------------------------------------------------------------------
def unit_cost_lines(answers: Answers, mine: str, theirs: tuple[str, int | None], t: Texts) -> list[Html]:
    """Given a project's IRI and another's with its year, return a line of a table for each thing of which both tell what
    one costs: what it is, and both formulas with how sure they are."""
    pairs = match_unit_costs(answers.store, mine, [theirs])[theirs[0]]
    return [
        tag("tr", tag("th", _thing(own, t), scope="row"), *(tag("td", _formula(cost, t)) for cost in (own, other)))
        for own, other in pairs
    ]


def _formula(cost: UnitCost, t: Texts) -> Html:
    printed = [
        f"{figure.name or t('unit_costs.funding')} {figure.printed}"
        + ("" if figure.page is None else f" ({t('place.page', n=figure.page)})")
        for figure in (cost.money, cost.quantity)
    ]
    sure = t("unit_costs.how_sure", sure=f"{cost.sure:.2f}")
    to = address("project", t.language, iri=cost.form.project, form=cost.form.form)
    return tag("p", tag("b", cost.formula), tag("small", link(to, t("unit_costs.join").join(printed)), sure))
