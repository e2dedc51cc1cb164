"""出处: where a figure was printed, beside what was understood, and how to cite it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import streamlit as st

from graph.errors import InvalidLiteralError, NotFoundError, ParameterError
from graph.network import find_neighbourhood
from ontology.keys import fold
from ui.correcting import Misread, show_correction, show_said
from ui.data import FORM_ORDER, Document, read_contents, read_notation, read_number, read_text
from ui.format import number, place
from ui.html import Html, Piece, join, show, tag
from ui.i18n import Texts
from ui.links import address, link
from ui.original import show_download, show_original
from ui.project_data import Cell, Form, Funding, IndicatorRow, Project, Value, read_cell
from ui.store import Answers

_PARTS = ("operator", "unit")
"""The fields beside a target that forms print in cells of their own."""


def show_evidence(answers: Answers, project: Project, form: Form, at: str | None, t: Texts) -> None:
    """Given the IRI of a cell of a project, show it in a drawer; without one, nothing."""
    found = next(((owner, cell) for (owner, _), cell in project.cells.items() if cell.iri == at), None)
    if at is None or found is None:
        return

    def close() -> None:
        st.query_params.pop("at", None)

    drawer = st.dialog(t("evidence.title"), width="medium", position="right", on_dismiss=close)(_show_cell)
    drawer(answers, _Cited(project, form, *found), t)


@dataclass(frozen=True, slots=True)
class _Cited:
    """A cell, what it belongs to (form, row or funding), and the project's form that prints it."""

    project: Project
    form: Form
    owner: str
    cell: Cell

    @property
    def row(self) -> IndicatorRow | None:
        return next((row for row in self.project.rows.get(self.form.iri, ()) if row.iri == self.owner), None)

    @property
    def beside(self) -> list[Cell]:
        """The cells in which a target's sign and unit stand, where the form splits them off."""
        if self.cell.field != "target":
            return []
        return [self.project.cells[key] for name in _PARTS if (key := (self.owner, name)) in self.project.cells]

    @property
    def said(self) -> str:
        """What was printed: a target that is split over cells as a whole."""
        if self.corrections:  # what stands there by who corrected it is no print
            return "".join(cell.whole for cell in sorted((*self.beside, self.cell), key=_across))
        if self.beside and self.row is not None and self.row.target is not None:
            return self.row.target.text
        return self.cell.whole

    @property
    def corrections(self) -> list[str]:
        """The decisions that corrected what was read in the cell, or in those beside it."""
        return [cell.correction for cell in (self.cell, *self.beside) if cell.correction is not None]

    @property
    def funding(self) -> Funding | None:
        return next((entry for entry in self.project.funding.get(self.form.iri, ()) if entry.iri == self.owner), None)


def _show_cell(answers: Answers, cited: _Cited, t: Texts) -> None:
    cell, form = cited.cell, cited.form
    where, said = _where(cell, t), cited.said
    show_said()
    show(
        tag(
            "div",
            tag("p", said or t("evidence.empty"), class_="pk-quote"),
            tag("dl", *_facts(cited, t), *_corrections(answers, cited, t), class_="pk-facts pk-evidence"),
        )
    )
    show_original(answers, form.document, [cell, *cited.beside], t, key="evidence")
    for number_, one in enumerate(sorted((*cited.beside, cell), key=_across)):
        label = t.name("field", one.field)
        show_correction(answers, Misread(form.document.sha256, one, label), t, key=f"correct-{number_}")
    _cite(answers, form.document, cell, (where, said), t)


def _cite(answers: Answers, document: Document, cell: Cell, told: tuple[str, str], t: Texts) -> None:
    """What to quote a figure by, and the original where it is offered."""
    where, said = told
    show(tag("p", t("evidence.cite"), class_="pk-note"))
    st.code(
        t(
            "evidence.citation",
            title=document.title or document.file,
            where=where,
            text=said,
            edition=answers.snapshot,
            sha256=document.sha256,
            iri=cell.iri,
        ),
        language=None,
        wrap_lines=True,
    )
    show_download(answers, document, t, key="evidence")


def _where(cell: Cell, t: Texts) -> str:
    places = [
        place(t, page=part.page, sheet=part.sheet, table=part.table, row=part.row, column=part.column)
        for part in (cell, *cell.more)
    ]
    return t("evidence.goes_on").join(dict.fromkeys(places))


def _facts(cited: _Cited, t: Texts) -> Iterable[Html]:
    document = cited.form.document
    facts: list[tuple[str, Piece]] = [
        (t("evidence.what"), _what(cited, t)),
        (t("evidence.read_as"), _read_as(cited, t)),
        (t("evidence.where"), _where(cited.cell, t)),
        (t("evidence.document"), join([document.title, document.file], tag("br"))),
        ("SHA-256", tag("code", document.sha256)),
    ]
    return [tag("div", tag("dt", name), tag("dd", said)) for name, said in facts if said]


def _across(cell: Cell) -> tuple[int, int]:
    """Where a cell stands in its row; what has no place of its own goes last."""
    return cell.row or 0, cell.column if cell.column is not None else 1_000


def _corrections(answers: Answers, cited: _Cited, t: Texts) -> Iterable[Html]:
    """Who corrected what was read here, to what and why."""
    wanted = set(cited.corrections)
    if not wanted:
        return
    for row in answers.rows("decisions", document=cited.form.document.iri):
        if str(row["decision"]) in wanted:
            told = {name: str(row[name]) for name in ("old", "new", "who", "why")}
            said = t("evidence.correction", **told, day=str(row["time"])[:10])
            yield tag("div", tag("dt", t("evidence.corrected")), tag("dd", said))


def _what(cited: _Cited, t: Texts) -> str:
    label, row = t.name("field", cited.cell.field), cited.row
    return f"{row.name} · {label}" if row is not None and cited.cell.field != "tier3" else label


def _read_as(cited: _Cited, t: Texts) -> str | None:
    """Return what was understood of the printed text, where it is a number."""
    row, entry = cited.row, cited.funding
    if row is not None:
        value: Value | None = {"target": row.target, "actual": row.actual}.get(
            cited.cell.field.split("_", maxsplit=1)[0]
        )
        if value is not None and value.number is not None:
            operator = t(f"operator.{value.operator}") if value.operator else ""
            return f"{operator} {number(value.number)} {value.unit or ''}".strip()
    if entry is not None and entry.amount is not None:
        return t("evidence.yuan", amount=number(entry.amount, 2))
    return None


# --- a page of its own: any figure of the graph by its IRI ----------------------------------------------------------
_UNDERSTOOD = ("amount", "value", "upperValue", "baseValue", "weight", "score", "executionRate")
"""The properties that say what was understood of a figure."""


_OF_FORM = re.compile(r".*/form/[0-9]+(?=/|$)")
"""The IRI of the form in that of a figure of it."""

_NAMED = 24
"""Forms that are looked at for where a unit or project is named."""

_FORMS = frozenset(FORM_ORDER)
_NAMING = frozenset({"name", "implementing_unit", "department"})


def show_evidence_page(answers: Answers, parameters: Mapping[str, str], t: Texts) -> None:
    """Show where a figure (`iri`: a row, value, amount, form or budget line) was printed, `field` narrows it to one; or
    where a project or unit is named, `cell` chooses one of the places."""
    iri = parameters.get("iri", "")
    documents = {document.iri: document for document in read_contents(answers).documents}
    cells = [cell for cell in _cells_of(answers, iri) if cell.document in documents]
    naming = not cells
    if naming:
        cells = [cell for cell in _naming_cells(answers, iri) if cell.document in documents]
    asked = "cell" if naming else "field"
    by_name = [(cell.iri if naming else cell.field, cell) for cell in cells]
    shown = next((cell for name, cell in by_name if name == parameters.get(asked)), None)
    title = tag("h1", t("evidence.title"))
    if not cells or (shown is None and asked in parameters):
        show(tag("div", title, class_="pk-head"))
        show(tag("p", t("evidence.nothing"), class_="pk-none"))
        show(tag("p", link(address("projects", t.language), t("project.to_list"))))
        return
    shown = shown or cells[0]
    show(tag("div", _way_back(answers, iri, documents[shown.document], t), title, class_="pk-head"))
    show_said()
    chips = [
        link(
            address("evidence", t.language, iri=iri, **{asked: name}),
            _told_of(documents[cell.document], cell, t) if naming else t.name("field", cell.field),
            class_="pk-chip", aria_current="true" if cell is shown else None,
        )
        for name, cell in by_name
    ]  # fmt: skip
    if len(cells) > 1:
        show(tag("nav", *chips, class_="pk-chips", aria_label=t("evidence.document" if naming else "evidence.what")))
    understood = "" if naming else _understood(answers, iri, t)
    _show_figure(answers, shown, documents[shown.document], understood, t)


def _way_back(answers: Answers, iri: str, document: Document, t: Texts) -> Html:
    """The way from the list of projects to the project, form and all, that a figure is of."""
    path: list[Piece] = [link(address("projects", t.language), t("page.projects"))]
    if document.region:
        path.append(link(address("projects", t.language, region=document.region), document.region))
    if document.publisher:
        path.append(link(address("projects", t.language, unit=document.publisher), document.publisher))
    form = printed[0] if (printed := _OF_FORM.match(iri)) else None
    forms = read_contents(answers).forms
    of = next((one for one in forms if form == one.iri), None) or next((o for o in forms if o.project == iri), None)
    if of is not None:
        path.append(link(address("project", t.language, iri=of.project, form=form), of.name))
    elif form is not None:  # one that a newer edition supersedes
        said = {str(row["property"]).rpartition("#")[2]: row["value"] for row in answers.rows("thing", iri=form)}
        if "ofProject" in said:
            path.append(link(address("project", t.language, iri=said["ofProject"]), str(said.get("label", form))))
    return tag("nav", join(path, tag("i", "/")), class_="pk-path")


def _told_of(document: Document, cell: Cell, t: Texts) -> str:
    where = place(t, page=cell.page, sheet=cell.sheet, table=cell.table, row=None, column=None)
    return f"{document.title or document.file} · {where}"


def _cells_of(answers: Answers, iri: str) -> list[Cell]:
    """The cells that a figure, row or form was printed in, each with the parts into which a page break cut it."""
    try:
        rows = list(answers.rows("figure-source", iri=iri)) if iri else []
    except ParameterError:
        rows = []
    found: dict[tuple[str, str], Cell] = {}
    for row in sorted(rows, key=lambda row: (str(row["field"]), len(str(row["cell"])), str(row["cell"]))):
        cell = read_cell(row)
        first = next((key for key in found if cell.iri.startswith(f"{key[1]}/") and key[0] == cell.field), None)
        if first is None:
            found[cell.field, cell.iri] = cell
        else:  # a cell that a page break cut
            found[first] = replace(found[first], more=(*found[first].more, cell))
    return list(found.values())


def _naming_cells(answers: Answers, iri: str) -> list[Cell]:
    """The cells that print the name of a project or unit, those of a merged cell once."""
    try:
        around = find_neighbourhood(answers.store, iri, limit=_NAMED, kinds=_FORMS).graph if iri else None
    except (NotFoundError, InvalidLiteralError):
        around = None
    if around is None:
        return []
    said = fold(str(around.nodes[iri].get("label", "")))
    found: dict[tuple[object, ...], Cell] = {}
    for form in sorted(node for node, data in around.nodes(data=True) if data.get("kind") in _FORMS):
        for cell in _cells_of(answers, form):
            if cell.field in _NAMING and said and said in fold(cell.whole):
                found.setdefault((cell.document, cell.page, cell.sheet, cell.table, cell.row, cell.column), cell)
    return list(found.values())


def _show_figure(answers: Answers, cell: Cell, document: Document, understood: str, t: Texts) -> None:
    facts: list[tuple[str, Piece]] = [
        (t("evidence.what"), t.name("field", cell.field)),
        (t("evidence.read_as"), understood or None),
        (t("evidence.where"), _where(cell, t)),
        (t("evidence.document"), join([document.title, document.file], tag("br"))),
        ("SHA-256", tag("code", document.sha256)),
    ]
    told = [tag("div", tag("dt", name), tag("dd", said)) for name, said in facts if said]
    left, right = st.columns([1, 1.5], gap="large")
    with left:
        quote = tag("p", cell.whole or t("evidence.empty"), class_="pk-quote")
        show(tag("div", quote, tag("dl", *told, class_="pk-facts pk-evidence")))
        show_correction(answers, Misread(document.sha256, cell, t.name("field", cell.field)), t, key="correct")
        _cite(answers, document, cell, (_where(cell, t), cell.whole), t)
    with right:
        show_original(answers, document, [cell], t, key="evidence")


def _understood(answers: Answers, iri: str, t: Texts) -> str:
    said = []
    for row in answers.rows("thing", iri=iri):
        name = read_notation(row, "property") or ""
        if name in _UNDERSTOOD:
            label = t.pick(read_text(row, "propertyZh"), read_text(row, "propertyEn")) or name
            figure = read_number(row, "value")
            said.append(f"{label} {number(figure) if figure is not None else ''}".strip())
    return t("app.and").join(dict.fromkeys(said))
