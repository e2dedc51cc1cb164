"""出处: where a figure was printed, beside what was understood, and how to cite it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import streamlit as st

from ui.format import number, place
from ui.html import Html, Piece, show, tag
from ui.i18n import Texts
from ui.project_data import Cell, Form, Funding, IndicatorRow, Project, Value
from ui.store import Answers


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
    def funding(self) -> Funding | None:
        return next((entry for entry in self.project.funding.get(self.form.iri, ()) if entry.iri == self.owner), None)


def _show_cell(answers: Answers, cited: _Cited, t: Texts) -> None:
    cell, form = cited.cell, cited.form
    where = _where(cell, t)
    show(
        tag(
            "div",
            tag("p", cell.whole or t("evidence.empty"), class_="pk-quote"),
            tag("dl", *_facts(cited, t), class_="pk-facts pk-evidence"),
        )
    )
    title = form.document.title or form.document.file
    st.caption(t("evidence.cite"))
    st.code(
        t("evidence.citation", title=title, where=where, text=cell.whole, edition=answers.snapshot, iri=cell.iri),
        language=None,
        wrap_lines=True,
    )


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
        (t("evidence.document"), document.title or document.file),
        (t("evidence.file"), document.file),
        ("SHA-256", tag("code", document.sha256)),
    ]
    return [tag("div", tag("dt", name), tag("dd", said)) for name, said in facts if said]


def _what(cited: _Cited, t: Texts) -> str:
    name = cited.cell.field
    label = t(f"field.{name}") if t.has(f"field.{name}") else name
    row = cited.row
    return f"{row.name} · {label}" if row is not None and name != "tier3" else label


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
