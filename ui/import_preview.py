"""What was read of a file of a draft, beside the picture of its page or, where it has no pages, beside its tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

import streamlit as st

from drafting import DraftFile, PrintedTable
from ontology.concepts import concept_schemes
from ontology.records import Disclosure, Indicator, Issue, Project
from ui.format import money, money_in_table, number, place
from ui.html import Html, Piece, join, show, tag
from ui.i18n import Texts
from ui.links import address, link, read_count

_FORMS = {"target": "TargetForm", "self_evaluation": "SelfEvaluation"}
_SEVERITIES = ("error", "warning", "info")
_MOST_ISSUES = 30
_MOST_CHIPS = 60


def count_read(disclosure: Disclosure, pages: int | None, t: Texts) -> str:
    """Given what was read, return how much it is in a line."""
    if not disclosure.projects and not disclosure.budget_lines:
        return t("import.nothing")
    severities = Counter(issue.severity for issue in disclosure.issues)
    said = [t("import.pages", n=pages)] if pages else []
    said += [
        t("import.forms", n=number(len(disclosure.projects))),
        t("import.indicators", n=number(sum(len(project.indicators) for project in disclosure.projects))),
        t("import.lines", n=number(len(disclosure.budget_lines))),
    ]
    said += [f"{number(severities[s])} {t(f'severity.{s}')}" for s in ("error", "warning") if severities[s]]
    return " · ".join(said)


def show_preview(file: DraftFile, parameters: Mapping[str, str], t: Texts) -> None:
    """Show a file that was read; `form` is the one of its forms, from 1, and `at` the page to show."""
    disclosure = file.disclosure
    forms = disclosure.projects
    index = _chosen_form(forms, parameters)
    form = forms[index - 1] if forms else None
    show(_head(file, disclosure, t))
    left, right = st.columns([1, 1.15], gap="large")
    with left, st.container(key="preview-page"):
        _show_original(file, form, parameters, t)
    with right:
        if len(forms) > 1:
            show(_chips(file, forms, index, t))
        read = _form(form, t) if form is not None else tag("p", t("import.no_forms"), class_="pk-none")
        show(join([read, _other(disclosure, t), _issues(file, disclosure.issues, t)]))


def _chosen_form(forms: Sequence[Project], parameters: Mapping[str, str]) -> int:
    """The number of the form that the address names; else that of the first on the page that it names, or at all."""
    form, page = read_count(parameters, "form"), read_count(parameters, "at")
    if form is not None and form <= len(forms):
        return form
    return next((number_ for number_, one in enumerate(forms, 1) if page in _pages_of(one)), 1)


def _head(file: DraftFile, disclosure: Disclosure, t: Texts) -> Html:
    info = disclosure.document
    facts: list[tuple[str, str | None]] = [
        (t("import.title"), info.title),
        (t("projects.facet_region"), info.region.name if info.region else None),
        (t("projects.facet_unit"), info.unit.name if info.unit else None),
        (t("projects.facet_year"), str(info.fiscal_year) if info.fiscal_year else None),
        ("SHA-256", f"{file.sha256[:12]}…"),
    ]
    entries = [tag("div", tag("dt", name), tag("dd", said)) for name, said in facts if said]
    return tag("div", tag("h2", file.name), tag("dl", *entries, class_="pk-facts"), class_="pk-preview")


# --- the original -------------------------------------------------------------------------------------------------
def _show_original(file: DraftFile, form: Project | None, parameters: Mapping[str, str], t: Texts) -> None:
    pictures = file.pictures
    if not pictures:
        tables = [_table(table, t) for table in file.tables]
        show(tag("p", t("import.tinted_table" if tables else "import.no_tables"), class_="pk-none"))
        show(tag("div", *tables, class_="pk-scroll pk-preview-tables", tabindex="0", role="region",
                 aria_label=t("import.original")))  # fmt: skip
        return
    asked = read_count(parameters, "at")
    begins = next((page for page in _pages_of(form) if page in pictures), pictures[0])
    page = asked if asked in pictures else begins
    chips = [
        link(
            address("import", t.language, file=file.number, at=one), str(one), class_="pk-chip",
            aria_current="true" if one == page else None, aria_label=t("place.page", n=one),
        )
        for one in pictures[:_MOST_CHIPS]
    ]  # fmt: skip
    label = tag("span", t("import.pages_drawn"), class_="pk-lead")
    show(tag("nav", label, *chips, class_="pk-chips pk-page-chips", aria_label=t("import.pages_drawn")))
    with st.container(border=True, key="preview-picture"):
        st.image(file.picture(page), width="stretch", alt=t("evidence.picture", page=page))
    show(tag("p", t("import.tinted_page"), class_="pk-none"))


def _pages_of(form: Project | None) -> list[int]:
    if form is None:
        return []
    cells = [*form.cells.values(), *(cell for row in form.indicators for cell in row.cells.values())]
    pages = {cell.place.page for cell in cells if cell.place.page is not None}
    return sorted(pages | ({form.place.page} if form.place and form.place.page else set()))


def _table(table: PrintedTable, t: Texts) -> Html:
    lines = [
        tag("tr", *[
            tag("td", text, rowspan=rows if rows > 1 else None, colspan=columns if columns > 1 else None,
                class_="pk-read" if read else None)
            for text, rows, columns, read in row
        ])
        for row in table.rows
    ]  # fmt: skip
    where = place(t, page=None, sheet=table.sheet, table=table.table, row=None, column=None)
    cut = tag("p", t("import.table_cut", n=len(table.rows)), class_="pk-none") if table.cut else None
    return join([tag("h3", where), tag("table", tag("tbody", *lines), class_="pk-printed"), cut])


# --- what was read ------------------------------------------------------------------------------------------------
def _chips(file: DraftFile, forms: Sequence[Project], current: int, t: Texts) -> Html:
    chips = [
        link(
            address("import", t.language, file=file.number, form=number_), f"{number_}. {form.name}", class_="pk-chip",
            aria_current="true" if number_ == current else None,
        )
        for number_, form in enumerate(forms[:_MOST_CHIPS], 1)
    ]  # fmt: skip
    return tag("nav", *chips, class_="pk-chips pk-scroll pk-forms-read", aria_label=t("overview.forms"), tabindex="0")


def _form(form: Project, t: Texts) -> Html:
    kind = t(f"form.{_FORMS.get(form.form, 'ProjectDescription')}")
    pages = t("app.and").join(t("place.page", n=page) for page in _pages_of(form))
    department, unit = form.department, form.implementing_unit
    facts: list[tuple[str, str | None]] = [
        (t("projects.head_kind"), f"{form.fiscal_year} {kind}" if form.fiscal_year else kind),
        (t("project.place"), pages or None),
        (t("project.department"), department.name if department else None),
        (t("project.unit"), unit.name if unit else None),
        (t("project.code"), form.code),
        (t("project.score"), number(form.score) if form.score is not None else None),
    ]
    entries = [tag("div", tag("dt", name), tag("dd", said)) for name, said in facts if said]
    whole = tag("em", t("scope.department")) if form.scope == "department" else None
    return join(
        [
            tag("div", tag("h2", form.name, whole), class_="pk-section pk-title"),
            tag("dl", *entries, class_="pk-facts"),
            _funding(form, t),
            *_words(form, t),
            _indicators(form.indicators, t),
        ]
    )


def _label(scheme: str, notation: str, t: Texts) -> str:
    concept = concept_schemes()[scheme].concepts.get(notation)
    said = t.pick(concept.label.zh, concept.label.en) if concept else notation
    return said if t.language == "zh" else said[:1].upper() + said[1:]


def _funding(form: Project, t: Texts) -> Html | None:
    if not form.funding:
        return None
    lines = [
        tag(
            "tr", tag("td", _label("source", entry.source, t)), tag("td", _label("stage", entry.stage, t)),
            tag("td", f"{entry.raw} {entry.unit or ''}".strip()), tag("td", money_in_table(entry.amount, t), class_="num"),
        )
        for entry in form.funding
    ]  # fmt: skip
    heads = [
        tag("th", t("project.source"), scope="col"),
        tag("th", t("import.stage"), scope="col"),
        tag("th", t("import.printed"), scope="col"),
        tag("th", t("projects.head_money"), scope="col", class_="num"),
    ]
    table = tag("table", tag("thead", tag("tr", *heads)), tag("tbody", *lines), class_="pk-table")
    return join([tag("div", tag("h3", t("project.funding")), class_="pk-section"), table])


def _words(form: Project, t: Texts) -> Iterable[Html]:
    for name, said in (("objective", form.objective), ("outcome", form.outcome)):
        if said:
            yield tag("div", tag("h3", t(f"project.{name}")), class_="pk-section")
            yield tag("p", said, class_="pk-said-whole")


def _indicators(rows: Sequence[Indicator], t: Texts) -> Html:
    head = tag(
        "div", tag("h3", t("project.indicators")), tag("small", t("project.indicator_count", n=len(rows))),
        class_="pk-section",
    )  # fmt: skip
    if not rows:
        return join([head, tag("p", t("project.no_indicators"), class_="pk-none")])
    shown = ["tier1", "tier2", "tier3", "target"]
    shown += [name for name in ("actual", "weight", "score") if any(getattr(row, name) is not None for row in rows)]
    heads = [
        tag("th", t(f"project.head_{name}"), scope="col", class_="num" if name in ("weight", "score") else None)
        for name in shown
    ]
    lines = []
    for _, group in groupby(rows, key=lambda row: (row.tier1, row.tier2)):
        for position, row in enumerate(group):
            cells: list[Html] = []
            for name in shown:
                cells.append(_cell(row, name, t, repeated=position > 0 and name in ("tier1", "tier2")))
            lines.append(tag("tr", *cells))
    return join([head, tag("table", tag("thead", tag("tr", *heads)), tag("tbody", *lines), class_="pk-table pk-rows")])


def _cell(row: Indicator, name: str, t: Texts, *, repeated: bool) -> Html:
    if name in ("weight", "score"):
        figure = row.weight if name == "weight" else row.score
        return tag("td", number(figure) if figure is not None else None, class_="num")
    if name in ("target", "actual"):
        value = row.target if name == "target" else row.actual
        said: Piece = value.raw if value is not None else tag("span", t("project.not_printed"), class_="pk-absent")
        if value is None and name == "target" and row.absence:
            said = tag("span", _label("absence", row.absence, t), class_="pk-absent")
        return tag("td", said)
    printed: str | None = getattr(row, name)
    return tag("td", printed or "", class_="pk-repeated" if repeated else None)


def _other(disclosure: Disclosure, t: Texts) -> Html | None:
    """What was read beside the forms: amounts of financial tables."""
    if not disclosure.budget_lines:
        return None
    total = tag("p", t("import.other", lines=number(len(disclosure.budget_lines))))
    most = sorted(disclosure.budget_lines, key=lambda line: -line.amount)[:5]
    items = [
        tag("li", tag("span", f"{line.name} · {line.column}"), tag("small", money(line.amount, t))) for line in most
    ]
    head = tag("div", tag("h3", t("import.other_title")), class_="pk-section")
    return join([head, total, tag("ul", *items, class_="pk-list pk-largest")])


def _issues(file: DraftFile, issues: Sequence[Issue], t: Texts) -> Html:
    head = tag("div", tag("h3", t("checks.issues")), tag("small", number(len(issues))), class_="pk-section")
    if not issues:
        return join([head, tag("p", t("overview.no_gaps"), class_="pk-none")])
    lines = []
    for issue in sorted(issues, key=lambda one: _SEVERITIES.index(one.severity))[:_MOST_ISSUES]:
        at = issue.place
        where = (
            place(t, page=at.page, sheet=at.sheet, table=at.table, row=at.row, column=None) if at is not None else ""
        )
        page = at.page if at is not None else None
        lead: Piece = link(address("import", t.language, file=file.number, at=page), where) if page else where
        severity = tag("span", t(f"checks.severity_{issue.severity}"), class_=f"pk-severity pk-{issue.severity}")
        lines.append(tag("li", severity, t.pick(issue.message_zh, issue.message_en), tag("small", lead)))
    rest = len(issues) - len(lines)
    more = tag("p", t("overview.more_gaps", n=rest), class_="pk-none") if rest else None
    return join([head, tag("ul", *lines, class_="pk-list pk-draft-issues"), more])
