"""指标 · 分布: the targets that cities set for one indicator or measure, one's own marked, each figure with its evidence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

import streamlit as st

from graph.pairing import plain
from graph.targets import Target, TargetSpread
from ontology.targets import target_words
from ui.format import number
from ui.html import Html, Piece, join, show, tag
from ui.i18n import Texts
from ui.indicator_data import City, Subject, View, read_view
from ui.indicators_page import measure_label
from ui.links import address, link, read_count
from ui.paging import pager, read_part
from ui.store import Answers
from ui.strip import Dot, Line, draw_strip

_LINES = 18
"""Cities drawn at first; all of them on a click."""

_FEW = 8
_MOST_LINES = 120
_PAGE_SIZE = 50
_MANY_UNITS = 3000
"""Units that a list to choose from can hold."""

_LEFT_OUT = 40
_KEPT = ("of", "unit", "year", "city", "value", "all")


def show_spread(answers: Answers, subject: Subject, parameters: Mapping[str, str], t: Texts) -> None:
    """Show the spread of a subject (`of`): `year` narrows it, `unit` marks one's own, `city` and `value` narrow the
    table, `all` draws every city, `p` turns the table's pages."""
    chosen = {name: parameters[name] for name in _KEPT if parameters.get(name)}
    asked = read_count(parameters, "year")
    year = asked if asked in subject.years else None
    unit = parameters.get("unit")
    view = read_view(answers, subject, year, unit)
    page = _Page(view, chosen, t)
    head, chooser = st.columns([2.3, 1], gap="large", vertical_alignment="bottom")
    with head:
        show(page.head())
    with chooser:
        _choose_unit(subject, unit, t)
    show(page.narrower())
    if not view.spread.targets:
        show(join([tag("p", t("indicators.no_numbers"), class_="pk-none"), page.left_out()]))
        return
    picture, words = st.columns([2.1, 1], gap="large")
    beside = len(view.cities) > _FEW  # a low picture leaves room below it
    with picture:
        show(join([page.picture(), None if beside else page.years()]))
    with words:
        show(join([page.advice(), page.own(), page.years() if beside else None]))
    show(join([page.table(parameters), page.left_out()]))


def _choose_unit(subject: Subject, unit: str | None, t: Texts) -> None:
    units = subject.units
    if unit and unit not in units:
        units = sorted([*units, unit])
    if len(units) > _MANY_UNITS:
        return

    def remember() -> None:
        chosen = st.session_state["own_unit"]
        for name in ("p", "city", "value"):
            st.query_params.pop(name, None)
        if chosen:
            st.query_params["unit"] = chosen
        else:
            st.query_params.pop("unit", None)

    st.session_state["own_unit"] = unit
    st.selectbox(
        t("indicators.own_unit"), units, key="own_unit", on_change=remember, index=None,
        placeholder=t("indicators.own_unit_hint"),
    )  # fmt: skip


class _Page:
    """The parts of the page of one spread."""

    def __init__(self, view: View, chosen: Mapping[str, str], t: Texts) -> None:
        self.view, self.chosen, self.t = view, chosen, t
        self.spread, self.subject = view.spread, view.subject

    def _to(self, **changes: object) -> str:
        return address("indicators", self.t.language, **(dict(self.chosen) | changes))

    # --- head -----------------------------------------------------------------------------------------------------
    def head(self) -> Html:
        """What is looked at, how many set a target for it, and the years to choose from."""
        t, spread, subject = self.t, self.spread, self.subject
        path: list[Piece] = [
            link(address("indicators", t.language, unit=self.chosen.get("unit")), t("page.indicators"))
        ]
        if subject.measure is not None and not subject.whole_measure:
            where = address("indicators", t.language, of=subject.measure.notation, unit=self.chosen.get("unit"))
            path.append(link(where, measure_label(subject.measure.notation, t)))
        name = measure_label(subject.key, t) if subject.whole_measure else subject.label
        facts = [
            t("indicators.targets_n", n=number(len(spread.targets))),
            t("indicators.units_n", n=number(len({target.row.publisher for target in spread.targets}))),
            t("indicators.regions_n", n=number(len(self.view.cities))),
        ]
        if spread.base_unit:
            facts.append(t("indicators.in_unit", unit=spread.base_unit))
        if spread.direction:
            facts.append(target_words()["directions"][spread.direction].in_language(t.language))
        graph = None
        if not subject.whole_measure:
            graph = tag(
                "nav", link(address("graph", t.language, iri=subject.key), t("project.in_graph")), class_="pk-actions"
            )
        return tag(
            "div", tag("nav", join(path, tag("i", "/")), class_="pk-path"),
            tag("div", tag("h1", name), graph, class_="pk-title"), tag("p", " · ".join(facts)), class_="pk-head",
        )  # fmt: skip

    def narrower(self) -> Html:
        """The years, and of a whole measure the indicators that most of its rows have."""
        t, subject = self.t, self.subject
        years = [None, *subject.years]
        chips = [
            link(
                self._to(year=year, p=None), str(year) if year else t("overview.all_years"), class_="pk-chip",
                aria_current="true" if str(year or "") == self.chosen.get("year", "") else None,
            )
            for year in years
        ]  # fmt: skip
        parts: list[Piece] = [tag("nav", *chips, class_="pk-chips", aria_label=t("indicators.years"))]
        if subject.narrower:
            most = [
                link(self._to(of=iri, city=None, value=None, p=None), f"{label} {number(n)}", class_="pk-chip")
                for iri, label, n in subject.narrower
            ]
            parts.append(
                tag(
                    "nav",
                    tag("small", t("indicators.narrower")),
                    *most,
                    class_="pk-chips",
                    aria_label=t("indicators.narrower"),
                )
            )
        return tag("div", *parts, class_="pk-narrower")

    # --- the picture ----------------------------------------------------------------------------------------------
    def picture(self) -> Html:
        """The cities, each with its box and dots."""
        t, spread = self.t, self.spread
        whole = spread.quartiles
        if whole is None:
            return Html("")
        most = sorted(self.view.cities, key=lambda city: (not city.own, -city.spread.count, city.name))
        shown = most[: _MOST_LINES if self.chosen.get("all") else _LINES]
        shown.sort(key=lambda city: (city.spread.median, city.spread.count, city.name), reverse=True)
        if spread.direction == "negative":
            shown.reverse()
        picture = draw_strip([self._line(city) for city in shown], whole, spread.base_unit)
        legend = tag(
            "div",
            tag("span", tag("i", class_="pk-key pk-key-box"), t("indicators.key_box")),
            tag("span", tag("i", class_="pk-key pk-key-dot"), t("indicators.key_dot")),
            tag("span", tag("i", class_="pk-key pk-key-mine"), t("indicators.key_mine")) if spread.own else None,
            tag("span", tag("i", class_="pk-key pk-key-middle"),
                t("indicators.key_median", value=f"{plain(whole.median)}{spread.base_unit}")),
            class_="pk-legend",
        )  # fmt: skip
        more = len(most) - len(shown)
        rest = None
        if more > 0:
            rest = tag("p", link(self._to(all=1), t("indicators.more_cities", n=more)), class_="pk-none")
        head = tag("div", tag("h2", t("indicators.spread_title")), legend, class_="pk-section")
        return join([head, picture, rest])

    def _line(self, city: City) -> Line:
        where = self._to(city=city.name or "-", value=None, p=None)
        dots = []
        for value, targets in city.values.items():
            own = [target for target in targets if self.view.is_own(target)]
            others = [target for target in targets if not self.view.is_own(target)]
            for some, is_own in ((others, False), (own, True)):
                if some:
                    dots.append(self._dot(city, value, some, own=is_own))
        return Line(city.name or self.t("app.unknown_region"), where, city.spread, dots, city.own)

    def _dot(self, city: City, value: Decimal, targets: Sequence[Target], *, own: bool) -> Dot:
        first = targets[0].row
        printed = first.target.printed if first.target else plain(value)
        said = [f"{printed} · {first.name}", f"{first.publisher_name} · {first.project_name}"]
        if first.year:
            said[1] += f" · {first.year}"
        if len(targets) > 1:
            said.append(self.t("indicators.same_value", n=len(targets) - 1))
            where = self._to(city=city.name or "-", value=plain(value), p=None)
        else:
            where = self._evidence(first.project, first.form, first.row, "target")
        return Dot(value, len(targets), "\n".join(said), where, own)

    def _evidence(self, project: str, form: str, row: str, field: str) -> str:
        return address("project", self.t.language, iri=project, form=form, row=row, field=field)

    # --- words ----------------------------------------------------------------------------------------------------
    def advice(self) -> Html:
        """What peers set and achieved."""
        t = self.t
        peers: TargetSpread = replace(self.spread, mine=())
        said = [tag("li", sentence[:1].upper() + sentence[1:]) for sentence in peers.advice(t.language)]
        head = tag("div", tag("h2", t("indicators.advice")), class_="pk-section")
        return join([head, tag("ul", *said, class_="pk-list pk-advice")])

    def own(self) -> Html:
        """Where the marked unit's newest targets stand among those of the others."""
        t, unit = self.t, self.chosen.get("unit")
        if not unit:
            return Html("")
        head = tag("div", tag("h2", t("indicators.own_title")), tag("small", unit), class_="pk-section")
        if not self.spread.mine:
            return join([head, tag("p", t("indicators.own_none"), class_="pk-none")])
        items = []
        for mine in self.spread.mine:
            row = mine.target.row
            standing = target_words()["standings"][mine.standing].in_language(t.language)
            place = t("indicators.percentile", n=f"{mine.percentile:.0f}") if mine.percentile is not None else None
            printed = row.target.printed if row.target else plain(mine.target.value)
            items.append(
                tag(
                    "li",
                    link(self._evidence(row.project, row.form, row.row, "target"), tag("b", printed), " ", row.name),
                    tag("small", " · ".join(part for part in (place, standing) if part)),
                    tag("small", " · ".join(str(part) for part in (row.project_name, row.year) if part)),
                )
            )
        return join([head, tag("ul", *items, class_="pk-list pk-own-list")])

    def years(self) -> Html:
        """The spread year over year."""
        t, years = self.t, self.view.years
        if len(years) < 2:
            return Html("")
        unit = self.spread.base_unit
        heads = [tag("th", t(f"indicators.years_{name}"), scope="col", class_="num" if name != "year" else None)
                 for name in ("year", "count", "middle", "median", "achieved", "met")]  # fmt: skip
        lines = []
        for one in years:
            achieved = one.achieved
            cells = [
                number(one.spread.count), _between(one.spread.p25, one.spread.p75),
                f"{_short(one.spread.median)}{unit}",
                f"{_short(achieved.median)}{unit}" if achieved else "–",
                f"{number(achieved.met)}/{number(achieved.count)}" if achieved else "–",
            ]  # fmt: skip
            label = str(one.year) if one.year else t("projects.no_year")
            lines.append(tag("tr", tag("th", label, scope="row"), *[tag("td", cell, class_="num") for cell in cells]))
        head = tag("div", tag("h2", t("indicators.years_title")), class_="pk-section")
        table = tag("table", tag("thead", tag("tr", *heads)), tag("tbody", *lines), class_="pk-table pk-by-year")
        return join([head, table])

    # --- the table ------------------------------------------------------------------------------------------------
    def table(self, parameters: Mapping[str, str]) -> Html:
        """Every target, each figure leading to where it was printed."""
        t = self.t
        found = [target for target in self.spread.targets if self._is_asked(target)]
        found.sort(key=lambda target: not self.view.is_own(target))
        page, pages = read_part(parameters, len(found), _PAGE_SIZE)
        marks = []
        for name in ("city", "value"):
            if name in self.chosen:
                label = self.chosen[name] if name == "city" else f"{self.chosen[name]}{self.spread.base_unit}"
                label = t("app.unknown_region") if label == "-" else label
                hint = t("projects.remove", what=label)
                mark = tag("i", "×", aria_hidden="true")
                marks.append(
                    link(self._to(**{name: None, "p": None}), tag("span", label), mark, class_="pk-mark", title=hint)
                )
        said = tag("span", t("indicators.table_found", n=number(len(found))), class_="pk-said")
        head = tag(
            "div",
            tag("h2", t("indicators.table_title")),
            tag("div", said, *marks, class_="pk-found"),
            class_="pk-section",
        )
        shown = found[(page - 1) * _PAGE_SIZE : page * _PAGE_SIZE]
        with_actual = any(target.actual is not None for target in self.spread.targets)
        names = ["region", "unit", "year", "project", "name", "target", "value"]
        names += ["actual", "met"] if with_actual else []
        numeric = {"value"}
        heads = [
            tag("th", t(f"indicators.col_{name}"), scope="col", class_="num" if name in numeric else None)
            for name in names
        ]
        lines = [self._target_line(target, with_actual=with_actual) for target in shown]
        table = tag("table", tag("thead", tag("tr", *heads)), tag("tbody", *lines), class_="pk-table pk-targets")
        return join([head, tag("div", table, class_="pk-wide-table"), pager("indicators", page, pages, self.chosen, t)])

    def _is_asked(self, target: Target) -> bool:
        city, value = self.chosen.get("city"), self.chosen.get("value")
        return (city is None or (target.row.region_name or "-") == city) and (
            value is None or plain(target.value) == value
        )

    def _target_line(self, target: Target, *, with_actual: bool) -> Html:
        t, row = self.t, target.row
        own = self.view.is_own(target)
        printed = row.target.printed if row.target else plain(target.value)
        project = link(address("project", t.language, iri=row.project, form=row.form), row.project_name)
        mark = tag("em", t("indicators.own_mark")) if own else None
        cells: list[Html] = [
            tag("td", row.region_name or t("app.unknown_region")),
            tag("td", row.publisher_name or t("app.unknown_unit"), mark),
            tag("td", str(row.year or "")),
            tag("td", project),
            tag("td", row.name),
            tag("td", link(self._evidence(row.project, row.form, row.row, "target"), printed, class_="pk-cited")),
            tag("td", f"{_short(target.value)}{self.spread.base_unit}", class_="num pk-quiet"),
        ]
        if with_actual:
            cells += self._actual_cells(target)
        return tag("tr", *cells, class_="pk-own" if own else None)

    def _actual_cells(self, target: Target) -> list[Html]:
        reported = self.view.reported.get(target.row.indicator)
        if target.actual is None or reported is None or reported.actual is None:
            return [tag("td", "–", class_="pk-quiet"), tag("td")]
        where = self._evidence(reported.project, reported.form, reported.row, "actual")
        met = target.is_met(self.spread.direction)
        said = self.t("indicators.met" if met else "indicators.not_met")
        return [
            tag("td", link(where, reported.actual.printed, class_="pk-cited")),
            tag("td", tag("span", said, class_="pk-met" if met else "pk-unmet")),
        ]

    def left_out(self) -> Html:
        """What is not among those compared, and why."""
        t, left = self.t, self.spread.left_out
        if not left:
            return Html("")
        counts = Counter(one.reason for one in left)
        reasons = target_words()["reasons"]
        said = t("app.and").join(
            f"{reasons[reason].in_language(t.language)} {number(n)}" for reason, n in counts.most_common()
        )
        items = []
        for one in left[:_LEFT_OUT]:
            row = one.row
            where = self._evidence(row.project, row.form, row.row, "target" if row.target else "tier3")
            printed = row.target.printed if row.target else row.name
            note = " · ".join(
                str(part)
                for part in (row.region_name, row.project_name, row.year, reasons[one.reason].in_language(t.language))
                if part
            )
            items.append(tag("li", link(where, printed, class_="pk-cited"), tag("small", note)))
        more = (
            tag("p", t("overview.more_found", n=number(len(left) - _LEFT_OUT)), class_="pk-none")
            if len(left) > _LEFT_OUT
            else None
        )
        return tag(
            "details", tag("summary", t("indicators.left_out", n=number(len(left))), tag("small", said)),
            tag("ul", *items, class_="pk-list pk-not-counted"), more, class_="pk-more",
        )  # fmt: skip


def _short(value: Decimal) -> str:
    """Given a figure, return it with two decimals at most."""
    return number(value.quantize(Decimal("0.01"), ROUND_HALF_UP).normalize()) if value % 1 else number(value)


def _between(low: Decimal, high: Decimal) -> str:
    return _short(low) if low == high else f"{_short(low)}～{_short(high)}"
