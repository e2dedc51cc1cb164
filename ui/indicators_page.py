"""指标: what indicators ask, by tier and measure; the spread of one's targets over cities; forms that measure little."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from ontology.keys import fold
from ontology.measures import measure_list
from ui.data import TIER_ORDER, Labels, read_labels
from ui.format import number
from ui.html import Html, join, show, tag
from ui.i18n import Texts
from ui.indicator_data import Asked, find_worded, read_asked, read_subject
from ui.links import address, link
from ui.overview_more import behind
from ui.paging import pager, read_part
from ui.store import Answers

_FACETS = ("tier1", "tier2", "measure")
_FACET_SIZE = 14
_PAGE_SIZE = 40
_VIEWS = ("all", "weak")


def show_indicators(answers: Answers, parameters: Mapping[str, str], t: Texts) -> None:
    """Show the page: with `of` (a canonical indicator or a measure) the spread of its targets, with `view=weak` the
    forms that measure little, else all indicators, narrowed by `q`, `tier1`, `tier2` and `measure`."""
    if parameters.get("view") == "weak":
        from ui.weak_page import show_weak  # noqa: PLC0415 - read when it is asked for

        _views(answers, "weak", parameters, t)
        show_weak(answers, parameters, t)
        return
    if parameters.get("of"):
        from ui.spread_page import show_spread  # noqa: PLC0415 - read when it is asked for

        subject = read_subject(answers, parameters["of"])
        if subject is not None:
            show_spread(answers, subject, parameters, t)
            return
        show(tag("div", tag("h1", t("indicators.missing")), tag("p", t("indicators.missing_note")), class_="pk-head"))
        show(link(address("indicators", t.language), t("indicators.to_list")))
        return
    _views(answers, "all", parameters, t)
    _show_list(answers, parameters, t)


def _views(answers: Answers, current: str, parameters: Mapping[str, str], t: Texts) -> None:
    unit = parameters.get("unit")
    chips = [
        link(
            address("indicators", t.language, view=view if view != _VIEWS[0] else None, unit=unit),
            t(f"indicators.view_{view}"), class_="pk-chip", aria_current="true" if view == current else None,
        )
        for view in _VIEWS
    ]  # fmt: skip
    head = tag("div", tag("h1", t("page.indicators")), tag("p", t(f"indicators.lead_{current}")), class_="pk-head")
    views = tag("nav", *chips, class_="pk-chips pk-parts", aria_label=t("page.indicators"))
    show(join([head, behind(answers, t), views]))


# --- all of them --------------------------------------------------------------------------------------------------
def _show_list(answers: Answers, parameters: Mapping[str, str], t: Texts) -> None:
    everything = read_asked(answers)
    labels = read_labels(answers, t)
    chosen = {name: parameters[name] for name in (*_FACETS, "q", "unit") if parameters.get(name)}
    words = chosen.get("q", "").split()
    worded = find_worded(answers, words) if words else frozenset[str]()
    side, main = st.columns([1, 4.6], gap="large")
    with side:
        show(_facets(everything, chosen, worded, labels, t))
    found = _narrow(everything, chosen, worded)
    page, pages = read_part(parameters, len(found), _PAGE_SIZE)
    with main:
        search(chosen.get("q", ""), t("indicators.search"), t("indicators.search_hint"))
        shown = found[(page - 1) * _PAGE_SIZE : page * _PAGE_SIZE]
        table = _table(shown, chosen, labels, t) if found else None
        show(join([_summary(found, chosen, labels, t), table, pager("indicators", page, pages, chosen, t)]))


def search(words: str, label: str, hint: str) -> None:
    """Show the field for words, which stand in the address as `q`."""

    def remember() -> None:
        st.query_params.pop("p", None)
        said = st.session_state["q"].strip()
        if said:
            st.query_params["q"] = said
        else:
            st.query_params.pop("q", None)

    st.session_state["q"] = words
    st.text_input(
        label, key="q", on_change=remember, placeholder=hint, label_visibility="collapsed", icon=":material/search:"
    )


def measure_label(notation: str, t: Texts) -> str:
    """Given a measure's notation, return its label; a note where indicators have none."""
    measure = measure_list().measures.get(notation)
    if measure is None:
        return notation or t("indicators.no_measure")
    return measure.zh if t.language == "zh" else measure.en[:1].upper() + measure.en[1:]


def _label(facet: str, value: str, labels: Labels, t: Texts) -> str:
    if facet == "measure":
        return measure_label(value, t)
    return labels(facet, value) if value else t("app.no_tier" if facet == "tier1" else "indicators.no_tier2")


def _narrow(
    everything: Sequence[Asked], chosen: Mapping[str, str], worded: frozenset[str], *, without: str = ""
) -> list[Asked]:
    """Return those that fit every choice but the one of the facet `without`: a tier, a tier below it and a measure
    must be those of the same rows."""
    asked = {at: chosen[name] for at, name in enumerate(_FACETS) if name in chosen and name != without}
    words = [fold(word) for word in chosen.get("q", "").split()]
    tests: list[Callable[[Asked], bool]] = []
    if asked:
        tests.append(
            lambda one: any(all(_fits(place[at], value) for at, value in asked.items()) for place in one.places)
        )
    if words:
        tests.append(lambda one: one.iri in worded or all(word in fold(one.label) for word in words))
    return [one for one in everything if all(test(one) for test in tests)]


_NONE = "none"
"""What stands in the address for a tier or measure that is not known."""


def _fits(value: str, asked: str) -> bool:
    return value == ("" if asked == _NONE else asked)


def _order(facet: str, counts: Counter[str]) -> list[str]:
    if facet == "measure":
        return sorted(counts, key=lambda value: (value == "", -counts[value], value))
    return sorted(counts, key=lambda value: TIER_ORDER.index(value) if value in TIER_ORDER else len(TIER_ORDER))


def _facets(
    everything: Sequence[Asked], chosen: Mapping[str, str], worded: frozenset[str], labels: Labels, t: Texts
) -> Html:
    groups = []
    for at, facet in enumerate(_FACETS):
        others = {place: chosen[name] for place, name in enumerate(_FACETS) if name in chosen and name != facet}
        counts: Counter[str] = Counter()
        for one in _narrow(everything, chosen, worded, without=facet):
            fitting = (p for p in one.places if all(_fits(p[place], value) for place, value in others.items()))
            counts.update({place[at] for place in fitting})
        asked = chosen.get(facet)
        current = "" if asked == _NONE else asked
        values = _order(facet, counts)
        if current is not None and current not in values:
            values.append(current)
        items = [_facet((facet, value, counts[value]), chosen, labels, t) for value in values]
        at_once = next((n for n in range(len(values), 0, -1) if values[n - 1] == current), 0)
        first = max(_FACET_SIZE, at_once)
        rest = None
        if len(items) > first:
            more = t("indicators.more_values", n=len(items) - first)
            rest = tag("details", tag("summary", more), tag("ul", *items[first:]), class_="pk-more")
        groups.append(tag("section", tag("h2", t(f"indicators.facet_{facet}")), tag("ul", *items[:first]), rest))
    return tag("div", *groups, class_="pk-facets")


def _facet(shown: tuple[str, str, int], chosen: Mapping[str, str], labels: Labels, t: Texts) -> Html:
    facet, value, count = shown
    rest = {key: text for key, text in chosen.items() if key != facet}
    current = chosen.get(facet) == (value or _NONE)
    if not current:
        rest[facet] = value or _NONE
    label = _label(facet, value, labels, t)
    return tag(
        "li",
        link(
            address("indicators", t.language, **rest), tag("span", label), tag("i", number(count)),
            aria_current="true" if current else None, title=label,
        ),
    )  # fmt: skip


def _summary(found: Sequence[Asked], chosen: Mapping[str, str], labels: Labels, t: Texts) -> Html:
    said = t("indicators.found", n=number(len(found)), rows=number(sum(one.rows for one in found)))
    marks = []
    for key, value in chosen.items():
        if key == "unit":
            continue
        label = _label(key, "" if value == _NONE else value, labels, t) if key in _FACETS else value
        where = address("indicators", t.language, **{k: v for k, v in chosen.items() if k != key})
        hint = t("projects.remove", what=label)
        marks.append(link(where, tag("span", label), tag("i", "×", aria_hidden="true"), class_="pk-mark", title=hint))
    whole = None
    measure = chosen.get("measure", _NONE)
    if measure != _NONE:
        where = address("indicators", t.language, of=measure, unit=chosen.get("unit"))
        whole = link(where, t("indicators.whole_measure", measure=measure_label(measure, t)), class_="pk-go")
    none = tag("p", t("projects.nothing"), class_="pk-none") if not found else None
    return join([tag("div", tag("span", said, class_="pk-said"), *marks, whole, class_="pk-found"), none])


def _table(found: Sequence[Asked], chosen: Mapping[str, str], labels: Labels, t: Texts) -> Html:
    numeric = ("regions", "units", "projects", "rows")
    names = ("name", "tiers", "measure", "usual", *numeric)
    heads = [
        tag("th", t(f"indicators.head_{name}"), scope="col", class_="num" if name in numeric else None)
        for name in names
    ]  # fmt: skip
    lines = []
    for one in found:
        where = address("indicators", t.language, of=one.iri, unit=chosen.get("unit"))
        tiers = sorted({place[:2] for place in one.places})
        first, second = tiers[0]
        swatch = tag("i", class_=f"pk-swatch pk-tier-{first or 'none'}")
        tier = labels("tier2", second) or labels("tier1", first) or t("app.no_tier")
        others = tag("small", t("indicators.other_tiers", n=len(tiers) - 1)) if len(tiers) > 1 else None
        measures = "、".join(measure_label(notation, t) for notation in sorted(one.values("measure") - {""}))
        lines.append(
            tag(
                "tr",
                tag("td", link(where, one.label)),
                tag("td", swatch, tier, others),
                tag("td", measures or tag("span", "–", class_="pk-absent")),
                tag("td", one.usual or tag("span", "–", class_="pk-absent")),
                *[tag("td", number(getattr(one, name)), class_="num") for name in numeric],
            )
        )
    table = tag("table", tag("thead", tag("tr", *heads)), tag("tbody", *lines), class_="pk-table pk-asked")
    return tag("div", table, class_="pk-wide-table")
