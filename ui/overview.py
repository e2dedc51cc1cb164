"""总览: what is in the graph, where the money is, what is new, and what could not be read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

import streamlit as st

from ui.data import (
    FORM_ORDER,
    TIER_ORDER,
    Contents,
    Document,
    FormSummary,
    Issue,
    Labels,
    counted,
    read_contents,
    read_labels,
)
from ui.format import money, number, place
from ui.html import Html, join, show, tag
from ui.i18n import Language, Texts
from ui.indicators_page import search
from ui.links import address, link, read_count
from ui.overview_more import behind, find_everything, quality
from ui.store import Answers
from ui.treemap import Tile, draw

_TILES = 80
"""Projects drawn one by one; the smaller ones are drawn together, by unit."""

_CITIES = 16
"""Cities drawn, each with its largest units."""

_UNITS = 8
_LINES = 14
"""Cities whose indicators are drawn."""

_NEWEST = 6
_ISSUES = 5


def show_overview(answers: Answers, parameters: Mapping[str, str], t: Texts) -> None:
    """Show the page; `year` narrows the money, `q` asks for projects, indicators, units and documents by words."""
    contents = read_contents(answers)
    show(join([_head(contents, t), behind(answers, t)]))
    search(parameters.get("q", ""), t("overview.search"), t("overview.search_hint"))
    words = parameters.get("q", "").split()
    if words:
        show(find_everything(answers, contents, words, t))
        return
    figures, money_parts, notes = _drawn(counted(answers), read_count(parameters, "year"), t.language, answers)
    show(figures)
    wide, narrow = st.columns([2.15, 1], gap="large")
    with wide:
        show(money_parts)
    with narrow:
        show(notes)


@st.cache_resource(show_spinner=False, max_entries=12)
def _drawn(edition: str, year: int | None, language: Language, _answers: Answers) -> tuple[Html, Html, Html]:
    """The parts of the page, drawn once for an edition: a large graph has tens of thousands of forms to add up."""
    t, contents = Texts(language), read_contents(_answers)
    labels = read_labels(_answers, t)
    return (
        _figures(contents, t),
        join([_money(contents, year, t), _tiers(contents, labels, t)]),
        join([_newest(contents, labels, t), quality(_answers, contents, t), _gaps(contents, t)]),
    )


def one_form_a_year(forms: Iterable[FormSummary]) -> list[FormSummary]:
    """Given forms, return one for each project and year: the target form, where there is one, tells the money."""
    best: dict[tuple[str, int | None], FormSummary] = {}
    for form in forms:
        known = best.get((form.project, form.year))
        if known is None or (known.money is None, FORM_ORDER.index(known.kind)) > (
            form.money is None,
            FORM_ORDER.index(form.kind),
        ):
            best[form.project, form.year] = form
    return list(best.values())


def _head(contents: Contents, t: Texts) -> Html:
    units = {document.publisher for document in contents.documents if document.publisher}
    regions = {document.region for document in contents.documents if document.region}
    years = sorted({document.year for document in contents.documents if document.year})
    span = "" if not years else f"{years[0]}" if len(years) == 1 else f"{years[0]}–{years[-1]}"
    lead = t(
        "overview.lead",
        regions=number(len(regions)),
        units=number(len(units)),
        documents=number(len(contents.documents)),
        years=span,
    )
    return tag("div", tag("h1", t("page.overview")), tag("p", lead), class_="pk-head")


def _figures(contents: Contents, t: Texts) -> Html:
    forms = contents.forms
    projects = {form.project for form in forms if form.scope != "department"}
    kinds = Counter(form.kind for form in forms)
    rows = sum(form.rows for form in forms)
    measurable = sum(form.with_number for form in forms)
    spent = [form for form in one_form_a_year(forms) if form.scope != "department" and form.money is not None]
    total = sum((form.money for form in spent if form.money is not None), Decimal(0))
    share = number(Decimal(measurable * 100) / rows, 0) if rows else "0"
    regions = Counter(document.region for document in contents.documents if document.region)
    publishers = {document.publisher for document in contents.documents if document.publisher}
    departments = sum(1 for form in forms if form.scope == "department")
    figures = [
        (number(len(regions)), t("overview.regions"), t("app.and").join(list(regions)[:3])),
        (number(len(publishers)), t("overview.units"), t("overview.documents_n", n=number(len(contents.documents)))),
        (number(len(projects)), t("overview.projects"), t("overview.departments_n", n=departments)),
        (
            number(len(forms)),
            t("overview.forms"),
            t("overview.forms_split", targets=number(kinds["TargetForm"]), evaluations=number(kinds["SelfEvaluation"])),
        ),
        (number(rows), t("overview.indicators"), t("overview.measurable", share=share)),
        (money(total, t), t("overview.money"), t("overview.money_of", n=number(len(spent)))),
    ]
    cells = [tag("div", tag("dt", name), tag("dd", figure, tag("small", note))) for figure, name, note in figures]
    return tag("dl", *cells, class_="pk-figures")


# --- money --------------------------------------------------------------------------------------------------------
def _money(contents: Contents, asked: int | None, t: Texts) -> Html:
    forms = [f for f in one_form_a_year(contents.forms) if f.scope != "department" and f.money]
    years = sorted({form.year for form in forms if form.year}, reverse=True)
    year = asked if asked in years else None
    chips = [_chip(address("overview", t.language), t("overview.all_years"), year is None)]
    chips += [_chip(address("overview", t.language, year=y), str(y), y == year) for y in years]
    head = tag("div", tag("h2", t("overview.money_title")), tag("div", *chips, class_="pk-chips"), class_="pk-section")
    chosen = [form for form in forms if year is None or form.year == year]
    if not chosen:
        return join([head, tag("p", t("overview.no_money"), class_="pk-none")])
    tiles, rest = _city_tiles(chosen, t)
    return join([head, draw(tiles, width=900, height=380), rest])


def _chip(where: str, label: str, chosen: bool) -> Html:
    return link(where, label, class_="pk-chip", aria_current="true" if chosen else None)


def _city_tiles(forms: Sequence[FormSummary], t: Texts) -> tuple[list[Tile], Html | None]:
    """The largest cities with their units and projects, and a word on the others: one rectangle for hundreds of them
    would leave no room for any."""
    several_years = len({form.year for form in forms}) > 1
    cities: dict[str, dict[str, list[FormSummary]]] = {}
    for form in forms:
        cities.setdefault(form.document.region or "", {}).setdefault(form.document.publisher or "", []).append(form)
    amounts = {city: sum((_sum(members) for members in units.values()), Decimal(0)) for city, units in cities.items()}
    drawn = sorted(amounts, key=lambda city: (-amounts[city], city))[:_CITIES]
    within = [form for form in forms if (form.document.region or "") in set(drawn)]
    large = {form.iri for form in sorted(within, key=lambda form: (-(form.money or 0), form.iri))[:_TILES]}
    tiles = [
        Tile(
            city or t("app.unknown_region"), money(amounts[city], t), amounts[city],
            address("projects", t.language, region=city) if city else None,
            tuple(_unit_tiles(cities[city], large, t, several_years=several_years)),
        )
        for city in drawn
    ]  # fmt: skip
    left = {city: amount for city, amount in amounts.items() if city not in drawn}
    said = t("overview.rest_regions", n=number(len(left)), amount=money(sum(left.values(), Decimal(0)), t))
    return tiles, tag("p", said, class_="pk-none") if left else None


def _unit_tiles(
    units: Mapping[str, Sequence[FormSummary]], large: Collection[str], t: Texts, *, several_years: bool
) -> Iterator[Tile]:
    ordered = sorted(units, key=lambda unit: (-_sum(units[unit]), unit))
    for unit in ordered[:_UNITS]:
        members = units[unit]
        leaves = [_project_tile(form, t, several_years=several_years) for form in members if form.iri in large]
        rest = [form for form in members if form.iri not in large]
        if rest:
            amount = _sum(rest)
            leaves.append(Tile(t("overview.rest", n=number(len(rest))), money(amount, t), amount))
        amount = _sum(members)
        where = address("projects", t.language, unit=unit) if unit else None
        yield Tile(unit or t("app.unknown_unit"), money(amount, t), amount, where, tuple(leaves))
    if ordered[_UNITS:]:
        amount = sum((_sum(units[unit]) for unit in ordered[_UNITS:]), Decimal(0))
        yield Tile(t("overview.rest_units", n=number(len(ordered) - _UNITS)), money(amount, t), amount)


def _project_tile(form: FormSummary, t: Texts, *, several_years: bool) -> Tile:
    amount = form.money or Decimal(0)
    where = address("project", t.language, iri=form.project, form=form.iri)
    name = f"{form.name}（{form.year}）" if several_years and form.year else form.name
    return Tile(name, money(amount, t), amount, where)


def _sum(forms: Iterable[FormSummary]) -> Decimal:
    return sum((form.money for form in forms if form.money is not None), Decimal(0))


# --- indicators by tier -------------------------------------------------------------------------------------------
def _tiers(contents: Contents, labels: Labels, t: Texts) -> Html:
    by_city: dict[str, Counter[str]] = {}
    for form in contents.forms:
        by_city.setdefault(form.document.region or t("app.unknown_region"), Counter()).update(form.tiers)
    by_city = {city: tiers for city, tiers in by_city.items() if tiers.total()}
    if not by_city:
        return Html("")
    used = [tier for tier in (*TIER_ORDER, "") if any(tiers[tier] for tiers in by_city.values())]
    legend = [
        tag("span", tag("i", class_=f"pk-swatch pk-tier-{tier or 'none'}"), labels("tier1", tier) or t("app.no_tier"))
        for tier in used
    ]
    lines = []
    ordered = sorted(by_city.items(), key=lambda item: (-item[1].total(), item[0]))
    shown = ordered[:_LINES]
    if len(ordered) > 1:
        whole: Counter[str] = Counter()
        for tiers in by_city.values():
            whole.update(tiers)
        shown = [(t("overview.all_regions"), whole), *shown]
    for city, tiers in shown:
        total = tiers.total()
        bars = [
            tag(
                "i", number(tiers[tier]) if tiers[tier] * 16 >= total else None, class_=f"pk-tier-{tier or 'none'}",
                style=f"width:{tiers[tier] / total * 100:.3f}%",
                title=f"{labels('tier1', tier) or t('app.no_tier')}: {tiers[tier]}",
            )
            for tier in used if tiers[tier]
        ]  # fmt: skip
        lines.append(tag("div", tag("b", city), tag("div", *bars, class_="pk-bar-line"), tag("span", number(total))))
    head = tag(
        "div", tag("h2", t("overview.tiers_title")), tag("div", *legend, class_="pk-legend"), class_="pk-section"
    )
    more = len(ordered) - _LINES
    rest = tag("p", t("overview.more_regions", n=number(more)), class_="pk-none") if more > 0 else None
    return join([head, tag("div", *lines, class_="pk-tiers"), rest])


# --- documents and gaps -------------------------------------------------------------------------------------------
def _newest(contents: Contents, labels: Labels, t: Texts) -> Html:
    forms = Counter(form.document.iri for form in contents.forms)
    rows: Counter[str] = Counter()
    for form in contents.forms:
        rows[form.document.iri] += form.rows
    items = []
    for document in contents.documents[:_NEWEST]:
        note = [str(document.year) if document.year else None, document.region, labels("kind", document.kind)]
        said = t("overview.document_holds", forms=forms[document.iri], rows=rows[document.iri])
        if document.iri in contents.superseded:
            said = t("overview.superseded")
        name = document.title or document.file
        where = address("projects", t.language, document=document.sha256)
        items.append(
            tag(
                "li",
                link(where, name) if forms[document.iri] else tag("span", name),
                tag("small", " · ".join([*(piece for piece in note if piece), said])),
            )
        )
    return join([tag("div", tag("h2", t("overview.newest")), class_="pk-section"), tag("ul", *items, class_="pk-list")])


def _gaps(contents: Contents, t: Texts) -> Html:
    head = tag("div", tag("h2", t("overview.gaps")), class_="pk-section")
    doubtful = [issue for issue in contents.issues if issue.severity in {"error", "warning"}]
    if not doubtful:
        return join([head, tag("p", t("overview.no_gaps"), class_="pk-none")])
    files = {document.iri: document for document in contents.documents}
    by_severity = Counter(issue.severity for issue in doubtful)
    counts = [
        tag("span", tag("b", number(by_severity[severity])), " ", t(f"severity.{severity}"), class_=f"pk-{severity}")
        for severity in ("error", "warning")
        if by_severity[severity]
    ]
    doubtful.sort(key=lambda issue: (issue.severity != "error", issue.document))
    items = [_gap(issue, files.get(issue.document), t) for issue in doubtful[:_ISSUES]]
    more = len(doubtful) - len(items)
    rest = tag("p", t("overview.more_gaps", n=number(more)), class_="pk-none") if more > 0 else None
    return join([head, tag("p", *counts, class_="pk-counts"), tag("ul", *items, class_="pk-list pk-gaps"), rest])


def _gap(issue: Issue, document: Document | None, t: Texts) -> Html:
    where = place(t, page=issue.page, sheet=issue.sheet, table=issue.table, row=issue.row, column=None)
    note = f"{document.title or document.file}，{where}" if t.language == "zh" and document else where
    if t.language == "en" and document:
        note = f"{document.title or document.file}, {where}"
    text = t.pick(issue.zh, issue.en) or issue.code
    return tag("li", tag("span", text, class_=f"pk-{issue.severity}", title=text), tag("small", note))
