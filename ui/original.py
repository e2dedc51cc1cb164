"""The original beside what was read of it: its page with cells marked, the rows of a table, and the file itself.

Names and telephones of people are covered in all that is shown; only the file itself, where it is offered, has them.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

import pipeline
from ontology.records import Box
from ui.data import Document
from ui.html import Html, show, tag
from ui.i18n import Texts
from ui.project_data import Cell
from ui.store import Answers, offers_originals

_POINTS_AROUND = 110.0
"""Points of the page shown above and below the cell, unless the whole page is asked for."""

_ROWS_AROUND = 4
"""Rows shown above and below the cell of a format without pages."""


def show_original(answers: Answers, document: Document, cells: Sequence[Cell], t: Texts, *, key: str) -> None:
    """Given cells of a document, show the original: the pages with the cells marked, or for formats without pages the
    rows around the first of them."""
    folder, sha256 = str(answers.folder), document.sha256
    pages: dict[int, list[Box]] = {}
    for cell in cells:
        for part in (cell, *cell.more):
            if part.page is not None:
                pages.setdefault(part.page, []).extend([Box(*part.box)] if part.box else [])
    if pages:
        marked = any(pages.values())
        whole = not marked or st.toggle(t("evidence.whole_page"), key=f"{key}-whole")
        for page, boxes in pages.items():
            picture = _picture(folder, sha256, page, tuple(dict.fromkeys(boxes)), None if whole else _POINTS_AROUND)
            if picture:
                with st.container(border=True, key=f"{key}-page-{page}"):
                    said = t("evidence.picture", page=page)
                    st.image(picture, width="stretch", alt=said)
                    show(tag("p", said, class_="pk-note"))
            else:
                show(tag("p", t("evidence.no_picture"), class_="pk-note"))
        return
    first = next((cell for cell in cells if cell.table is not None and cell.row is not None), None)
    if first is not None and first.table is not None and first.row is not None:
        columns = tuple(cell.column for cell in cells if cell.column is not None and cell.row == first.row)
        table = _printed_rows(folder, sha256, first.table, first.sheet, (first.row, columns))
        show(tag("p", t("evidence.rows") if table else t("evidence.no_table"), class_="pk-note"))
        if table:
            show(table)


def show_paragraph(answers: Answers, document: Document, paragraph: int, t: Texts) -> None:
    """Given a paragraph of a document's running text (counted over it), show it between those around it."""
    found = _paragraphs(str(answers.folder), document.sha256, paragraph)
    show(tag("p", t("evidence.paragraphs") if found else t("evidence.no_table"), class_="pk-note"))
    if found:
        lines = [tag("p", said, class_="pk-marked" if number == paragraph else None) for number, said in found]
        show(tag("div", *lines, class_="pk-passage"))


@st.cache_resource(show_spinner=False, max_entries=30)
def _paragraphs(folder: str, sha256: str, paragraph: int) -> list[tuple[int, str]]:
    return pipeline.read_printed_paragraphs(folder, sha256, paragraph)


def show_download(answers: Answers, document: Document, t: Texts, *, key: str) -> None:
    """Offer the original itself, where the store has it and the operator lets readers have it."""
    original = pipeline.original_file(answers.folder, document.sha256)
    if original is None or not offers_originals():
        return
    st.download_button(
        t("evidence.download"), data=original.read_bytes if _is_small(original) else lambda: original.open("rb"),
        file_name=document.file, mime="application/octet-stream", on_click="ignore", key=f"{key}-download",
        type="tertiary", icon=":material/download:", help=t("evidence.download_hint"),
    )  # fmt: skip


def _is_small(path: Path) -> bool:
    return path.stat().st_size < 1 << 20


@st.cache_resource(show_spinner=False, max_entries=30)
def _picture(folder: str, sha256: str, page: int, boxes: tuple[Box, ...], around: float | None) -> bytes | None:
    return pipeline.render_page(folder, sha256, page, boxes, around=around)


@st.cache_resource(show_spinner=False, max_entries=30)
def _printed_rows(
    folder: str, sha256: str, table: int, sheet: str | None, at: tuple[int, tuple[int, ...]]
) -> Html | None:
    """Return the rows of a printed table around a row, its cells in these columns marked; without any the whole row."""
    row, columns = at
    grid = pipeline.read_printed_table(folder, sha256, table, sheet)
    if grid is None:
        return None
    first, last = max(1, row - _ROWS_AROUND), min(grid.rows, row + _ROWS_AROUND)
    marked = [grid.at(row, column) for column in columns or range(1, grid.columns + 1)]
    lines = []
    for line in range(first, last + 1):
        cells = []
        for cell in grid.row_cells(line):
            if max(cell.row, first) != line:
                continue  # it began above, and was written there
            cells.append(
                tag(
                    "td", cell.text, rowspan=min(cell.last_row, last) - line + 1, colspan=cell.column_span,
                    class_="pk-marked" if any(cell is one for one in marked) else None,
                )
            )  # fmt: skip
        lines.append(tag("tr", *cells))
    return tag("div", tag("table", tag("tbody", *lines), class_="pk-printed"), class_="pk-scroll", tabindex="0")
