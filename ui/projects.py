"""项目: every form that was read, narrowed by facets and words. All of the choice is in the address."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import streamlit as st

from ontology.keys import fold
from ui.data import FORM_ORDER, Contents, FormSummary, read_contents
from ui.format import money_in_table, number, round_money
from ui.html import Html, join, show, tag
from ui.i18n import Texts
from ui.indicators_page import measure_label, search
from ui.links import address, link
from ui.overview_more import behind, folded
from ui.paging import pager, read_part
from ui.store import Answers

_PAGE_SIZE = 50
_FACET_SIZE = 12
"""Choices listed in a facet; the rest can be found by words."""


@dataclass(frozen=True, slots=True)
class _Facet:
    """A facet: what of a form it counts (several values each count), how one is called, in which order they stand."""

    name: str
    values: Callable[[FormSummary], Sequence[str]]
    label: Callable[[str, Texts], str]
    order: Callable[[str], object] | None = None


_SIZES = (Decimal(100_000), Decimal(500_000), Decimal(1_000_000), Decimal(5_000_000), Decimal(10_000_000))
"""Bounds of the sizes of projects, in yuan: a size is told by how many of them an amount reaches."""


def _size(form: FormSummary) -> str:
    return "" if form.money is None else str(sum(form.money >= bound for bound in _SIZES))


def _size_label(value: str, t: Texts) -> str:
    if not value.isdecimal() or int(value) > len(_SIZES):
        return t("projects.no_money")
    low, high = ([None, *_SIZES][int(value)], [*_SIZES, None][int(value)])
    if low is None or high is None:
        bound = round_money(high or low or Decimal(0), t)
        return t("projects.size_below" if low is None else "projects.size_from", bound=bound)
    return t("projects.size_between", low=round_money(low, t).removesuffix(" 万元"), high=round_money(high, t))


def _size_order(value: str) -> int:
    return int(value) if value else len(_SIZES) + 1


_FACETS = (
    _Facet("region", lambda form: (form.document.region or "",), lambda value, t: value or t("app.unknown_region")),
    _Facet("unit", lambda form: (form.document.publisher or "",), lambda value, t: value or t("app.unknown_unit")),
    _Facet(
        "year",
        lambda form: (str(form.year or ""),),
        lambda value, t: value or t("projects.no_year"),
        lambda v: -int(v or 0),
    ),
    _Facet("kind", lambda form: (form.kind,), lambda value, t: t.name("form", value), FORM_ORDER.index),
    _Facet("size", lambda form: (_size(form),), _size_label, _size_order),
    _Facet("measure", lambda form: form.measures, measure_label),
    _Facet("scope", lambda form: (form.scope,), lambda value, t: t.name("scope", value or "project")),
)
_NONE = "none"
"""What stands in the address for a form of which a facet knows nothing."""

_SORTS: Mapping[str, Callable[[FormSummary], tuple[object, ...]]] = {
    "name": lambda form: (form.name, -(form.year or 0)),
    "year": lambda form: (-(form.year or 0), form.document.region or "", form.name),
    "money": lambda form: (-(form.money or Decimal(-1)), form.name),
    "rows": lambda form: (-form.rows, form.name),
    "score": lambda form: (-(form.score or Decimal(-1)), form.name),
}
_DEFAULT_SORT = "money"


def show_projects(answers: Answers, parameters: Mapping[str, str], t: Texts) -> None:
    """Show the page; `q`, `region`, `unit`, `year`, `kind`, `scope` and `document` narrow it, `sort` orders it."""
    contents = read_contents(answers)
    chosen = {name: parameters[name] for name in (*(f.name for f in _FACETS), "document", "q") if parameters.get(name)}
    side, main = st.columns([1, 4.6], gap="large")
    with main:
        search(chosen.get("q", ""), t("projects.search"), t("projects.search_hint"))
    found = _narrow(contents.forms, chosen)
    with side:
        show(_facets(contents, chosen, parameters, t))
    sort = parameters.get("sort", _DEFAULT_SORT)
    sort = sort if sort in _SORTS else _DEFAULT_SORT
    page, pages = read_part(parameters, len(found), _PAGE_SIZE)
    with main:
        show(join([behind(answers, t), _summary(found, contents, chosen, t)]))
        if found:
            ordered = sorted(found, key=_SORTS[sort])
            show(_table(ordered[(page - 1) * _PAGE_SIZE : page * _PAGE_SIZE], chosen, sort, t))
        turn = pager("projects", page, pages, chosen | {"sort": sort}, t)
        if turn is not None:
            show(turn)


def _narrow(forms: Sequence[FormSummary], chosen: Mapping[str, str], *, without: str = "") -> list[FormSummary]:
    """Return the forms that fit every choice but the one of the facet `without`."""
    tests: list[Callable[[FormSummary], bool]] = []
    for facet in _FACETS:
        if facet.name in chosen and facet.name != without:
            asked = "" if chosen[facet.name] == _NONE else chosen[facet.name]
            tests.append(lambda form, facet=facet, asked=asked: asked in facet.values(form))  # type: ignore[misc]
    if "document" in chosen:
        tests.append(lambda form: form.document.sha256 == chosen["document"])
    words = [fold(word) for word in chosen.get("q", "").split()]
    if words:
        tests.append(lambda form: all(word in folded(f"{form.name} {form.document.publisher or ''}") for word in words))
    return [form for form in forms if all(test(form) for test in tests)]


def _facets(contents: Contents, chosen: Mapping[str, str], parameters: Mapping[str, str], t: Texts) -> Html:
    groups = []
    for facet in _FACETS:
        counts = Counter(
            value for form in _narrow(contents.forms, chosen, without=facet.name) for value in facet.values(form)
        )
        asked = "" if chosen.get(facet.name) == _NONE else chosen.get(facet.name)
        if len(counts) < 2 and asked is None:
            continue
        order = facet.order or (lambda value, counts=counts: (-counts[value], value))  # type: ignore[misc]
        values = sorted(counts, key=order)[:_FACET_SIZE]  # type: ignore[arg-type]
        if asked is not None and asked not in values:
            values.append(asked)
        items = []
        for value in values:
            others = {key: text for key, text in chosen.items() if key != facet.name}
            if value != asked:
                others[facet.name] = value or _NONE
            where = address("projects", t.language, **others, sort=parameters.get("sort"))
            label = facet.label(value, t)
            entry = link(
                where, tag("span", label), tag("i", number(counts[value])),
                aria_current="true" if value == asked else None, title=label,
            )  # fmt: skip
            items.append(tag("li", entry))
        groups.append(tag("section", tag("h2", t(f"projects.facet_{facet.name}")), tag("ul", *items)))
    return tag("div", tag("h1", t("page.projects")), *groups, class_="pk-facets")


def _summary(found: Sequence[FormSummary], contents: Contents, chosen: Mapping[str, str], t: Texts) -> Html:
    said = t("projects.found", forms=number(len(found)), projects=number(len({form.project for form in found})))
    marks = []
    for key, value in chosen.items():
        label = value
        if key == "document":
            label = next((d.title or d.file for d in contents.documents if d.sha256 == value), value[:12])
        elif key != "q":
            label = next(f.label("" if value == _NONE else value, t) for f in _FACETS if f.name == key)
        others = {k: v for k, v in chosen.items() if k != key}
        where = address("projects", t.language, **others)
        hint = t("projects.remove", what=label)
        marks.append(link(where, tag("span", label), tag("i", "×", aria_hidden="true"), class_="pk-mark", title=hint))
    clear = link(address("projects", t.language), t("projects.clear"), class_="pk-clear") if len(marks) > 1 else None
    none = tag("p", t("projects.nothing"), class_="pk-none") if not found else None
    return join([tag("div", tag("span", said, class_="pk-said"), *marks, clear, class_="pk-found"), none])


def _table(forms: Sequence[FormSummary], chosen: Mapping[str, str], sort: str, t: Texts) -> Html:
    def head(name: str, class_: str | None = None) -> Html:
        label = t(f"projects.head_{name}")
        if name not in _SORTS:
            return tag("th", label, class_=class_, scope="col")
        where = address("projects", t.language, **chosen, sort=None if name == _DEFAULT_SORT else name)
        mark = tag("i", " ↓" if name != "name" else " ↑", aria_hidden="true") if name == sort else None
        return tag(
            "th", link(where, label, mark), class_=class_, scope="col",
            aria_sort=("ascending" if name == "name" else "descending") if name == sort else None,
        )  # fmt: skip

    heads = [
        head("name"), head("unit"), head("year"), head("kind"), head("money", "num"), head("rows", "num"),
        head("score", "num"),
    ]  # fmt: skip
    lines = []
    for form in forms:
        where = address("project", t.language, iri=form.project, form=form.iri)
        whole = tag("em", t("scope.department")) if form.scope == "department" else None
        lines.append(
            tag(
                "tr",
                tag("td", link(where, form.name), whole),
                tag("td", form.document.publisher or "", tag("small", form.document.region or "")),
                tag("td", str(form.year or "")),
                tag("td", t(f"form.{form.kind}")),
                tag("td", money_in_table(form.money, t) if form.money is not None else "", class_="num"),
                tag("td", number(form.rows) if form.rows else tag("span", "0", class_="pk-zero"), class_="num"),
                tag("td", number(form.score) if form.score is not None else "", class_="num"),
            )
        )
    return tag("table", tag("thead", tag("tr", *heads)), tag("tbody", *lines), class_="pk-table pk-projects")
