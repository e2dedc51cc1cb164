"""出处: where a figure was printed, beside what was understood, and how to cite it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import streamlit as st

import pipeline
from ontology.records import Box
from ui.format import number, place
from ui.html import Html, Piece, join, show, tag
from ui.i18n import Texts
from ui.project_data import Cell, Form, Funding, IndicatorRow, Project, Value
from ui.store import Answers

_POINTS_AROUND = 110.0
"""Points of the page shown above and below the cell, unless the whole page is asked for."""

_PARTS = ("operator", "unit")
"""The fields beside a target that forms print in cells of their own."""

_ROWS_AROUND = 4
"""Rows shown above and below the cell of a format without pages."""


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
    show(
        tag(
            "div",
            tag("p", said or t("evidence.empty"), class_="pk-quote"),
            tag("dl", *_facts(cited, t), *_corrections(answers, cited, t), class_="pk-facts pk-evidence"),
        )
    )
    _original(answers, cited, t)
    st.caption(t("evidence.cite"))
    st.code(
        t(
            "evidence.citation",
            title=form.document.title or form.document.file,
            where=where,
            text=said,
            edition=answers.snapshot,
            sha256=form.document.sha256,
            iri=cell.iri,
        ),
        language=None,
        wrap_lines=True,
    )


def _original(answers: Answers, cited: _Cited, t: Texts) -> None:
    """Show the original: the page with the cell marked, or for formats without pages the rows around it."""
    cell = cited.cell
    folder, sha256 = str(answers.folder), cited.form.document.sha256
    pages: dict[int, list[Box]] = {}
    for part in (cell, *cell.more, *cited.beside):
        if part.page is not None:
            pages.setdefault(part.page, []).extend([Box(*part.box)] if part.box else [])
    whole = bool(pages) and st.toggle(t("evidence.whole_page"), key="evidence_whole_page")
    for page, boxes in pages.items():
        picture = _picture(folder, sha256, page, tuple(boxes), None if whole else _POINTS_AROUND)
        if picture:
            with st.container(border=True, key=f"page-{page}"):
                st.image(picture, width="stretch", caption=(said := t("evidence.picture", page=page)), alt=said)
        else:
            st.caption(t("evidence.no_picture"))
    if not pages and cell.table is not None and cell.row is not None:
        table = _printed_rows(folder, sha256, cell.table, cell.sheet, (cell.row, cell.column or 1))
        st.caption(t("evidence.rows") if table else t("evidence.no_table"))
        if table:
            show(table)


@st.cache_resource(show_spinner=False, max_entries=30)
def _picture(folder: str, sha256: str, page: int, boxes: tuple[Box, ...], around: float | None) -> bytes | None:
    return pipeline.render_page(folder, sha256, page, boxes, around=around)


@st.cache_resource(show_spinner=False, max_entries=30)
def _printed_rows(folder: str, sha256: str, table: int, sheet: str | None, at: tuple[int, int]) -> Html | None:
    """Return the rows of a printed table around a cell, the cell marked."""
    grid = pipeline.read_printed_table(folder, sha256, table, sheet)
    if grid is None:
        return None
    first, last = max(1, at[0] - _ROWS_AROUND), min(grid.rows, at[0] + _ROWS_AROUND)
    marked = grid.at(*at)
    lines = []
    for line in range(first, last + 1):
        cells = []
        for cell in grid.row_cells(line):
            if max(cell.row, first) != line:
                continue  # it began above, and was written there
            cells.append(
                tag(
                    "td", cell.text, rowspan=min(cell.last_row, last) - line + 1,
                    colspan=cell.column_span, class_="pk-marked" if cell is marked else None,
                )
            )  # fmt: skip
        lines.append(tag("tr", *cells))
    return tag("div", tag("table", tag("tbody", *lines), class_="pk-printed"), class_="pk-scroll", tabindex="0")


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
