"""出处: where a figure was printed, beside what was understood, and how to cite it."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from ui.format import number, place
from ui.html import Html, Piece, show, tag
from ui.i18n import Texts
from ui.project_data import Cell, Form, Project, Value
from ui.store import Answers


def show_evidence(answers: Answers, project: Project, form: Form, at: str | None, t: Texts) -> None:
    """Given the IRI of a cell of a project, show it in a drawer; without one, nothing."""
    found = next(((owner, cell) for (owner, _), cell in project.cells.items() if cell.iri == at), None)
    if at is None or found is None:
        return

    def close() -> None:
        st.query_params.pop("at", None)

    drawer = st.dialog(t("evidence.title"), width="medium", position="right", on_dismiss=close)(_show_cell)
    drawer(answers, project, form, *found, t)


def _show_cell(answers: Answers, project: Project, form: Form, owner: str, cell: Cell, t: Texts) -> None:
    where = _where(cell, t)
    show(
        tag(
            "div",
            tag("p", cell.whole or t("evidence.empty"), class_="pk-quote"),
            tag("dl", *_facts(project, form, owner, cell, t), class_="pk-facts pk-evidence"),
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


def _facts(project: Project, form: Form, owner: str, cell: Cell, t: Texts) -> Iterable[Html]:
    document = form.document
    facts: list[tuple[str, Piece]] = [
        (t("evidence.what"), _what(project, form, owner, cell, t)),
        (t("evidence.read_as"), _read_as(project, form, owner, cell, t)),
        (t("evidence.where"), _where(cell, t)),
        (t("evidence.document"), document.title or document.file),
        (t("evidence.file"), document.file),
        ("SHA-256", tag("code", document.sha256)),
    ]
    return [tag("div", tag("dt", name), tag("dd", said)) for name, said in facts if said]


def _what(project: Project, form: Form, owner: str, cell: Cell, t: Texts) -> str:
    row = next((row for row in project.rows.get(form.iri, ()) if row.iri == owner), None)
    name = t(f"field.{cell.field}") if t.has(f"field.{cell.field}") else cell.field
    return f"{row.name} · {name}" if row is not None and cell.field != "tier3" else name


def _read_as(project: Project, form: Form, owner: str, cell: Cell, t: Texts) -> str | None:
    """Return what was understood of the printed text, where it is a number."""
    row = next((row for row in project.rows.get(form.iri, ()) if row.iri == owner), None)
    if row is not None:
        value: Value | None = {"target": row.target, "actual": row.actual}.get(cell.field.split("_", maxsplit=1)[0])
        if value is not None and value.number is not None:
            operator = t(f"operator.{value.operator}") if value.operator else ""
            return f"{operator} {number(value.number)} {value.unit or ''}".strip()
    entry = next((entry for entry in project.funding.get(form.iri, ()) if entry.iri == owner), None)
    if entry is not None and entry.amount is not None:
        return t("evidence.yuan", amount=number(entry.amount, 2))
    return None
