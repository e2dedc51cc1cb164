"""A project's page: what it costs, what it promises, what it reached; each figure leads to where it was printed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import groupby

import streamlit as st

from ontology.measures import measure_list
from ui.data import Labels, read_labels
from ui.evidence import show_evidence
from ui.format import money, money_in_table, number, percent, place
from ui.html import Html, Piece, join, show, tag
from ui.i18n import Texts
from ui.links import address, link
from ui.project_data import Form, Funding, IndicatorRow, Project, Value, read_project
from ui.project_more import history, issues, peers
from ui.store import Answers
from ui.unit_costs import unit_costs

STAGES = ("budget", "adjusted_budget", "executed")
SOURCES = (
    "total", "fiscal", "superior", "local", "special_account", "unit", "carryover", "other", "personnel", "public",
    "operating", "specific", "basic", "project",
)  # fmt: skip
_PARTS_OF_FISCAL = frozenset({"superior", "local"})


def show_project(answers: Answers, parameters: Mapping[str, str], t: Texts) -> None:
    """Show the page of the project `iri`; `form` chooses one of its forms, `at` a cell whose evidence is shown; `row` and
    `field` name that cell by what it says, as other pages do."""
    iri = parameters.get("iri", "")
    project = read_project(answers, iri) if iri.startswith(("http://", "https://", "urn:")) else None
    if project is None:
        show(tag("div", tag("h1", t("project.missing")), tag("p", t("project.missing_note")), class_="pk-head"))
        show(link(address("projects", t.language), t("project.to_list")))
        return
    if "row" in parameters:
        _name_cell(project, parameters)
    form = next((form for form in project.forms if form.iri == parameters.get("form")), project.forms[0])
    view = _View(project, form, read_labels(answers, t), t)
    if parameters.get("print"):
        _show_for_paper(answers, view, t)
        return
    show(view.head())
    money_side, words_side = st.columns([1, 1.25], gap="large")
    with money_side:
        show(view.funding())
    with words_side:
        show(view.words())
    show(view.indicators())
    show_evidence(answers, project, form, parameters.get("at"), t)  # before what takes longer in a large graph
    costs = unit_costs(answers, project, form, parameters.get("costs"), t)
    if costs is not None:
        show(costs)
    past = history(answers, project, form, t)
    wide, narrow = st.columns([1.35, 1], gap="large")
    with wide:
        show(past or issues(answers, form, t))
    with narrow:
        near = peers(answers, project, t)
        show(join([near, issues(answers, form, t)]) if past else near)


def _show_for_paper(answers: Answers, view: _View, t: Texts) -> None:
    """Show the form one below the other, as it goes on A4, with what it was printed from and the graph's edition."""
    document = view.form.document
    parts = [view.head(), view.funding(), view.words(), view.indicators()]
    parts += [part for part in (history(answers, view.project, view.form, t), issues(answers, view.form, t)) if part]
    said = t(
        "project.paper_foot",
        title=document.title or document.file,
        sha256=document.sha256,
        edition=answers.snapshot,
        iri=view.form.iri,
    )
    back = link(address("project", t.language, iri=view.project.iri, form=view.form.iri), t("project.paper_back"))
    hint = tag("p", t("project.paper_hint"), " ", back, class_="pk-paper-hint")
    show(tag("div", hint, *parts, tag("p", said, class_="pk-foot"), class_="pk-paper"))


def _name_cell(project: Project, parameters: Mapping[str, str]) -> None:
    """Put the cell in the address for the row and the field that it says, and start again there."""
    fields = (parameters.get("field", "target"), "tier3")  # a row without a target is shown by its name
    cell = next((cell for name in fields if (cell := project.cells.get((parameters["row"], name)))), None)
    kept = {key: value for key, value in parameters.items() if key not in {"row", "field"}}
    st.query_params.from_dict(kept if cell is None else kept | {"at": cell.iri})
    st.rerun()


class _View:
    """The parts of the page of one form."""

    def __init__(self, project: Project, form: Form, labels: Labels, t: Texts) -> None:
        self.project, self.form, self.labels, self.t = project, form, labels, t

    # --- head -----------------------------------------------------------------------------------------------------
    def head(self) -> Html:
        """Name, whose it is, and its other forms."""
        t, form = self.t, self.form
        document = form.document
        path: list[Piece] = [link(address("projects", t.language), t("page.projects"))]
        if document.region:
            path.append(link(address("projects", t.language, region=document.region), document.region))
        if document.publisher:
            path.append(link(address("projects", t.language, unit=document.publisher), document.publisher))
        actions = tag(
            "nav",
            link(address("graph", t.language, iri=self.project.iri), t("project.in_graph")),
            link(address("comparables", t.language, iri=self.project.iri), t("project.comparables")),
            link(
                address("project", t.language, iri=self.project.iri, form=form.iri, print=1),
                t("project.paper"),
            ),
            class_="pk-actions",
        )
        whole = tag("em", t("scope.department")) if form.scope == "department" else None
        title = tag("div", tag("h1", form.name, whole), actions, class_="pk-title")
        chips = [
            link(
                address("project", t.language, iri=self.project.iri, form=other.iri), self._form_name(other),
                class_="pk-chip", aria_current="true" if other.iri == form.iri else None,
            )
            for other in self.project.forms
        ]  # fmt: skip
        return tag(
            "div",
            tag("nav", join(path, tag("i", "/")), class_="pk-path"),
            title,
            tag("div", *chips, class_="pk-chips pk-forms"),
            self._facts(),
            class_="pk-head",
        )

    def _form_name(self, form: Form) -> str:
        return f"{form.year} {self.t(f'form.{form.kind}')}" if form.year else self.t(f"form.{form.kind}")

    def _facts(self) -> Html:
        t, form = self.t, self.form
        printed = place(t, page=form.page, sheet=form.sheet, table=form.table, row=None, column=None)
        document = address("projects", t.language, document=form.document.sha256)
        unit = form.unit or form.document.publisher
        score = None if form.score is None else number(form.score)
        facts: list[tuple[str, Piece]] = [
            (t("project.department"), self._told("department", form.department)),
            (t("project.unit"), self._told("implementing_unit", unit)),
            (t("project.code"), self._told("code", form.code)),
            (t("project.score"), self._told("score", score)),
            (t("project.grade"), self._told("grade", form.grade)),
            (t("project.document"), link(document, form.document.title or form.document.file)),
            (t("project.place"), printed if form.page or form.sheet or form.table else None),
        ]
        return tag(
            "dl", *[tag("div", tag("dt", name), tag("dd", said)) for name, said in facts if said], class_="pk-facts"
        )

    def _told(self, field: str, said: str | None) -> Html | None:
        """Return what the form's head says, as a link to where it was printed."""
        return self._cited(self.form.iri, field, said) if said else None

    def _cited(self, owner: str, field: str, shown: Piece) -> Html:
        """Return a figure as a link to where it was printed, or plain where that isn't known."""
        cell = self.project.cells.get((owner, field))
        if cell is None:
            return tag("span", shown)
        t = self.t
        where = place(t, page=cell.page, sheet=cell.sheet, table=cell.table, row=cell.row, column=cell.column)
        to = address("project", t.language, iri=self.project.iri, form=self.form.iri, at=cell.iri)
        return link(to, shown, class_="pk-cited", title=t("project.printed_at", where=where, text=cell.whole))

    # --- money ----------------------------------------------------------------------------------------------------
    def funding(self) -> Html:
        """The form's money by source and stage, and how much of it was spent."""
        t = self.t
        entries = self.project.funding.get(self.form.iri, ())
        head = tag("h2", t("project.funding"))
        if not entries:
            return join([tag("div", head, class_="pk-section"), tag("p", t("project.no_funding"), class_="pk-none")])
        unit = tag("small", t("project.money_unit"))
        by = {(entry.source, entry.stage): entry for entry in reversed(entries)}
        stages = [stage for stage in STAGES if any(key[1] == stage for key in by)]
        sources = [source for source in SOURCES if any(key[0] == source for key in by)]
        heads = [tag("th", t("project.source"), scope="col")]
        heads += [tag("th", self.labels("stage", stage), class_="num", scope="col") for stage in stages]
        lines = []
        for source in sources:
            cells = [tag("td", self._amount(by.get((source, stage))), class_="num") for stage in stages]
            depth = "pk-sum" if source == "total" else "pk-part" if source in _PARTS_OF_FISCAL else None
            lines.append(tag("tr", tag("th", self.labels("source", source), scope="row"), *cells, class_=depth))
        table = tag("table", tag("thead", tag("tr", *heads)), tag("tbody", *lines), class_="pk-table pk-money")
        return join([tag("div", head, unit, class_="pk-section"), table, self._execution(by)])

    def _amount(self, entry: Funding | None) -> Html | None:
        if entry is None:
            return None
        shown = money_in_table(entry.amount, self.t) if entry.amount is not None else entry.text
        return self._cited(entry.iri, "amount", shown)

    def _execution(self, by: Mapping[tuple[str, str], Funding]) -> Html | None:
        t, form = self.t, self.form
        if form.rate is None:
            return None
        width = max(Decimal(0), min(form.rate, Decimal(100)))
        bar = tag("span", tag("i", style=f"width:{width}%"), class_="pk-meter")
        marks = []
        if form.rate_score is not None and form.rate_weight is not None:
            marks.append(t("project.rate_score", score=number(form.rate_score), weight=number(form.rate_weight)))
        executed = by.get(("total", "executed"))
        if executed is not None and executed.amount is not None:
            marks.append(t("project.spent", amount=money(executed.amount, t)))
        return tag(
            "p", tag("b", t("project.rate")), bar, self._cited(form.iri, "rate", percent(form.rate)),
            tag("small", " · ".join(marks)) if marks else None, class_="pk-rate",
        )  # fmt: skip

    # --- words ----------------------------------------------------------------------------------------------------
    def words(self) -> Html:
        """Objective beside outcome, and goals for parts of the year."""
        t, form = self.t, self.form
        blocks = []
        for name, said in (("objective", form.objective), ("outcome", form.outcome)):
            if said:
                mark = self._cited(form.iri, name, t("project.source_mark"))
                mark = mark if (form.iri, name) in self.project.cells else Html("")
                blocks.append(
                    tag("div", tag("div", tag("h2", t(f"project.{name}")), mark, class_="pk-section"), tag("p", said))
                )
        goals = self.project.goals.get(form.iri, ())
        if goals:
            items = [tag("li", tag("b", period) if period else None, goal) for period, goal in goals]
            blocks.append(tag("div", tag("div", tag("h2", t("project.goals")), class_="pk-section"), tag("ol", *items)))
        if not blocks:
            head = tag("div", tag("h2", t("project.objective")), class_="pk-section")
            return join([head, tag("p", t("project.no_objective"), class_="pk-none")])
        return tag("div", *blocks, class_=f"pk-words pk-words{min(len(blocks), 2)}")

    # --- indicators -----------------------------------------------------------------------------------------------
    def indicators(self) -> Html:
        """The form's indicators by tier."""
        t = self.t
        rows = self.project.rows.get(self.form.iri, ())
        head = tag("h2", t("project.indicators"))
        if not rows:
            return join([tag("div", head, class_="pk-section"), tag("p", t("project.no_indicators"), class_="pk-none")])
        weights = [row.weight for row in rows if row.weight is not None]
        scores = [row.score for row in rows if row.score is not None]
        notes = [t("project.indicator_count", n=len(rows))]
        if weights:
            notes.append(t("project.weight_sum", sum=number(sum(weights, Decimal(0)))))
        if scores:
            notes.append(t("project.score_sum", sum=number(sum(scores, Decimal(0)))))
        shown = ["tier1", "tier2", "tier3", "target"]
        shown += ["actual"] if any(row.actual for row in rows) else []
        shown += ["weight"] if weights else []
        shown += ["score"] if scores else []
        shown += ["page"] if any(row.page for row in rows) else []
        numeric = {"weight", "score", "page"}
        heads = [
            tag("th", t(f"project.head_{name}"), class_="num" if name in numeric else None, scope="col")
            for name in shown
        ]
        table = tag(
            "table", tag("thead", tag("tr", *heads)), tag("tbody", *self._lines(rows, shown)),
            class_="pk-table pk-indicators",
        )  # fmt: skip
        return join([tag("div", head, tag("small", " · ".join(notes)), class_="pk-section"), table])

    def _lines(self, rows: Sequence[IndicatorRow], shown: Sequence[str]) -> list[Html]:
        lines = []
        for _, first in groupby(rows, key=lambda row: (row.tier1, row.tier1_text)):
            of_first = list(first)
            new_first = True
            for _, second in groupby(of_first, key=lambda row: (row.tier2, row.tier2_text)):
                of_second = list(second)
                for position, row in enumerate(of_second):
                    cells = []
                    if new_first:
                        cells.append(self._tier(row.tier1, row.tier1_text, "tier1", len(of_first)))
                    if position == 0:
                        cells.append(self._tier(row.tier2, row.tier2_text, "tier2", len(of_second)))
                    cells += self._cells(row, shown)
                    lines.append(tag("tr", *cells, class_="pk-first" if new_first else None))
                    new_first = False
        return lines

    def _tier(self, notation: str | None, printed: str | None, scheme: str, rows: int) -> Html:
        label = printed or self.labels(scheme, notation)
        swatch = tag("i", class_=f"pk-swatch pk-tier-{notation or 'none'}") if scheme == "tier1" else None
        hint = self.labels(scheme, notation) if notation else self.t("project.tier_unknown")
        return tag("th", swatch, label, rowspan=rows if rows > 1 else None, scope="rowgroup", title=hint)

    def _cells(self, row: IndicatorRow, shown: Sequence[str]) -> list[Html]:
        t = self.t
        notes = [
            tag("small", f"{t(f'project.{name}')}{t('app.colon')}{said}")
            for name, said in (("explanation", row.explanation), ("deviation", row.deviation), ("note", row.note))
            if said
        ]
        cells = [tag("td", self._cited(row.iri, "tier3", row.name), *notes), tag("td", self._value(row, "target"))]
        if "actual" in shown:
            cells.append(tag("td", tag("div", self._value(row, "actual"), self._reached(row), class_="pk-both")))
        for name, figure in (("weight", row.weight), ("score", row.score)):
            if name in shown:
                said = self._cited(row.iri, name, number(figure)) if figure is not None else None
                cells.append(tag("td", said, class_="num"))
        if "page" in shown:
            cells.append(tag("td", str(row.page or ""), class_="num pk-quiet"))
        return cells

    def _value(self, row: IndicatorRow, side: str) -> Html:
        value: Value | None = row.target if side == "target" else row.actual
        if value is not None:
            return self._cited(row.iri, side, value.text)
        if side == "target" and row.absence:
            return tag("span", self.labels("absence", row.absence), class_="pk-absent")
        return tag("span", self.t("project.not_printed"), class_="pk-absent")

    def _reached(self, row: IndicatorRow) -> Html | None:
        """Return a small bar: the actual against the target, whose place is the mark; the fuller, the larger."""
        target, actual = row.target, row.actual
        if target is None or actual is None or not target.number or actual.number is None or target.number < 0:
            return None
        share = actual.number / target.number * 100
        width = max(Decimal(0), min(share, Decimal(150))) / Decimal("1.5")
        higher = _is_higher_better(row, target)
        met = _is_met(target.number, actual.number, higher)
        name = {True: "reached_more", False: "reached_less", None: "reached"}[higher]
        hint = self.t(f"project.{name}", share=number(share, 1))
        look = {True: "pk-good", False: "pk-short", None: None}[met]
        bar = tag(
            "span", tag("i", style=f"width:{width:.1f}%"), tag("u"), class_=f"pk-reach {look}" if look else "pk-reach",
            title=hint,
        )  # fmt: skip
        said = (
            None
            if met is None
            else tag("small", self.t("indicators.met" if met else "indicators.not_met"), class_=look)
        )
        return tag("span", bar, tag("small", f"{number(share, 0)}%"), said, class_="pk-reached")


def _is_higher_better(row: IndicatorRow, target: Value) -> bool | None:
    """Which way is better: as the measure has it, or the form prints it, or else the sign of the target says."""
    measure = measure_list().measures.get(row.measure or "")
    if measure is not None and measure.better is not None:
        return measure.better == "higher"
    if row.direction in ("positive", "negative"):
        return row.direction == "positive"
    return {"ge": True, "gt": True, "le": False, "lt": False}.get(target.operator or "")


def _is_met(target: Decimal, actual: Decimal, higher: bool | None) -> bool | None:
    """Whether what was achieved is the target or better; where neither way is better, whether it is the same."""
    if higher is None:
        return True if actual == target else None
    return actual >= target if higher else actual <= target
