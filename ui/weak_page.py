"""指标 · 薄弱: target forms without indicators of benefit or satisfaction, or without a number among them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from graph.errors import NotFoundError
from graph.missing import MissingIndicator, find_missing
from ui.comparing import find_peers
from ui.data import Labels, read_labels
from ui.format import number
from ui.html import Html, join, show, tag
from ui.i18n import Texts
from ui.indicator_data import Weak, count_gaps, read_weak
from ui.links import address, link
from ui.paging import pager, read_part
from ui.store import Answers

_GAPS = ("benefit", "satisfaction", "number")
_PAGE_SIZE = 40
_FACET_SIZE = 12
_PEERS = 10

_FACETS: Mapping[str, Callable[[Weak], str]] = {
    "region": lambda one: one.region,
    "unit": lambda one: one.unit,
    "year": lambda one: str(one.year or ""),
}


def show_weak(answers: Answers, parameters: Mapping[str, str], t: Texts) -> None:
    """Show the forms that measure little: `gap`, `region`, `unit` and `year` narrow them; `iri` asks what projects
    comparable to one of them measure and it doesn't."""
    if parameters.get("iri"):
        _show_missing(answers, parameters["iri"], t)
    weak = read_weak(answers)
    chosen = {name: parameters[name] for name in ("gap", *_FACETS) if parameters.get(name)}
    side, main = st.columns([1, 4.6], gap="large")
    with side:
        show(_facets(weak, chosen, t))
    found = _narrow(weak, chosen)
    page, pages = read_part(parameters, len(found), _PAGE_SIZE)
    with main:
        show(
            tag(
                "div",
                tag("span", t("indicators.weak_found", n=number(len(found))), class_="pk-said"),
                class_="pk-found",
            )
        )
        if found:
            show(_table(found[(page - 1) * _PAGE_SIZE : page * _PAGE_SIZE], chosen, t))
        else:
            show(tag("p", t("indicators.weak_none"), class_="pk-none"))
        turn = pager("indicators", page, pages, {"view": "weak", **chosen}, t)
        if turn is not None:
            show(turn)


def _narrow(weak: Sequence[Weak], chosen: Mapping[str, str], *, without: str = "") -> list[Weak]:
    gap = chosen.get("gap") if without != "gap" else None
    asked = {name: value for name, value in chosen.items() if name in _FACETS and name != without}
    return [
        one
        for one in weak
        if (gap is None or gap in one.gaps) and all(_FACETS[name](one) == value for name, value in asked.items())
    ]


def _facets(weak: Sequence[Weak], chosen: Mapping[str, str], t: Texts) -> Html:
    gaps = count_gaps(_narrow(weak, chosen, without="gap"))
    groups = [_group("gap", [(gap, t(f"indicators.gap_{gap}"), gaps[gap]) for gap in _GAPS], chosen, t)]
    for name, read in _FACETS.items():
        counts = Counter(read(one) for one in _narrow(weak, chosen, without=name))
        if name == "year":
            values = sorted(counts, reverse=True)[:_FACET_SIZE]
        else:
            values = sorted(counts, key=lambda value: (-counts[value], value))[:_FACET_SIZE]
        asked = chosen.get(name)
        if asked is not None and asked not in values:
            values.append(asked)
        unknown = {"region": "app.unknown_region", "unit": "app.unknown_unit", "year": "projects.no_year"}[name]
        groups.append(
            _group(name, [(value, value or t(unknown), counts[value]) for value in values if value], chosen, t)
        )
    return tag("div", *groups, class_="pk-facets")


def _group(name: str, values: Sequence[tuple[str, str, int]], chosen: Mapping[str, str], t: Texts) -> Html:
    items = []
    for value, label, count in values:
        rest = {key: text for key, text in chosen.items() if key != name}
        current = chosen.get(name) == value
        if not current:
            rest[name] = value
        where = address("indicators", t.language, view="weak", **rest)
        entry = link(
            where, tag("span", label), tag("i", number(count)), aria_current="true" if current else None, title=label
        )
        items.append(tag("li", entry))
    head = t("indicators.facet_gap") if name == "gap" else t(f"projects.facet_{name}")
    return tag("section", tag("h2", head), tag("ul", *items))


def _table(found: Sequence[Weak], chosen: Mapping[str, str], t: Texts) -> Html:
    numeric = ("rows", "benefits", "satisfactions", "measured")
    heads = [
        tag("th", t(f"indicators.weak_{name}"), scope="col", class_="num" if name in numeric else None)
        for name in ("project", "unit", "year", "gaps", *numeric, "missing")
    ]
    lines = []
    for one in found:
        gaps = [tag("span", t(f"indicators.gap_{gap}"), class_="pk-severity pk-warning") for gap in one.gaps]
        asks = address("indicators", t.language, view="weak", **chosen, iri=one.project)
        lines.append(
            tag(
                "tr",
                tag("td", link(address("project", t.language, iri=one.project, form=one.form), one.name)),
                tag("td", one.unit or t("app.unknown_unit"), tag("small", one.region)),
                tag("td", str(one.year or "")),
                tag("td", *gaps),
                *[tag("td", number(getattr(one, name)), class_="num") for name in numeric],
                tag("td", link(asks, t("indicators.ask_missing"))),
            )
        )
    table = tag("table", tag("thead", tag("tr", *heads)), tag("tbody", *lines), class_="pk-table pk-weak")
    return tag("div", table, class_="pk-wide-table")


# --- what comparable projects measure -----------------------------------------------------------------------------
def _show_missing(answers: Answers, project: str, t: Texts) -> None:
    with st.spinner(t("indicators.looking")):
        found = _missing(answers.edition, project, answers)
    show(
        missing_table(found, read_labels(answers, t), t)
        if found
        else tag("p", t("indicators.missing_none"), class_="pk-none")
    )


@st.cache_resource(show_spinner=False, max_entries=40)
def _missing(edition: str, project: str, _answers: Answers) -> tuple[MissingIndicator, ...]:
    try:
        return tuple(find_missing(_answers.store, project, find_peers(_answers, project, top=_PEERS)))
    except NotFoundError:
        return ()


def missing_table(found: Sequence[MissingIndicator], labels: Labels, t: Texts) -> Html:
    """Given what comparable projects measure and a project doesn't, return it as a table, by tier."""
    heads = [tag("th", t(f"indicators.missing_{name}"), scope="col") for name in ("tier", "name", "by", "target")]
    lines = []
    for one in found:
        label = labels("tier2", one.tier2) or labels("tier1", one.tier1) or t("app.no_tier")
        swatch = tag("i", class_=f"pk-swatch pk-tier-{one.tier1 or 'none'}")
        first = one.measured_by[0]
        others = len(one.measured_by) - 1
        place = " · ".join(part for part in (first.region_name, first.publisher_name) if part)
        more = tag("small", t("indicators.missing_others", n=others)) if others else None
        by = tag("td", first.project_name, tag("small", place), more)
        where = address("project", t.language, iri=first.project, form=first.form, row=first.row, field="target")
        target = (
            link(where, first.target.printed, class_="pk-cited")
            if first.target
            else tag("span", "–", class_="pk-absent")
        )
        lines.append(tag("tr", tag("td", swatch, label), tag("td", one.name), by, tag("td", target)))
    head = tag("div", tag("h2", t("indicators.missing_title")), class_="pk-section")
    return join(
        [head, tag("table", tag("thead", tag("tr", *heads)), tag("tbody", *lines), class_="pk-table pk-missing")]
    )
