"""核对, issues: counted and narrowed by severity, kind and document; each opens on its place in the original."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from ontology.issues import issue_kinds
from ui.correcting import Misread, show_correction, show_said
from ui.data import Contents, Document, Issue, read_notation, read_text
from ui.format import number, place
from ui.html import Html, join, show, tag
from ui.i18n import Texts
from ui.links import address, link
from ui.original import show_download, show_original, show_paragraph
from ui.paging import pager, read_part
from ui.project_data import Cell, read_cell
from ui.store import Answers, may_write

_PAGE_SIZE = 40
_FACET_SIZE = 12
_SEVERITIES = ("error", "warning", "info")
_FACETS = ("severity", "code", "document")


def show_issues(answers: Answers, contents: Contents, parameters: Mapping[str, str], t: Texts) -> None:
    """Show the issues; `severity`, `code` and `document` narrow them, `p` turns their pages, `issue` opens one."""
    files = {document.iri: document for document in contents.documents}
    chosen = {name: parameters[name] for name in _FACETS if parameters.get(name)}
    tests: dict[str, Callable[[Issue], str]] = {
        "severity": lambda issue: issue.severity,
        "code": lambda issue: issue.code,
        "document": lambda issue: files[issue.document].sha256 if issue.document in files else "",
    }

    def narrowed(without: str = "") -> list[Issue]:
        asked = {name: value for name, value in chosen.items() if name != without}
        return [issue for issue in contents.issues if all(tests[name](issue) == value for name, value in asked.items())]

    titles = {document.sha256: document.title or document.file for document in contents.documents}
    labels: dict[str, Callable[[str], str]] = {
        "severity": lambda value: t(f"checks.severity_{value}"),
        "code": lambda value: kind_title(value, t),
        "document": lambda value: titles.get(value, value[:12]),
    }
    side, main = st.columns([1, 3.4], gap="large")
    with side:
        groups = []
        for name, read in tests.items():
            counted = Counter(map(read, narrowed(name)))
            values = sorted(counted, key=lambda v: (-counted[v], v))
            if name == "severity":
                values = [value for value in _SEVERITIES if counted[value]]
            shown = values[:_FACET_SIZE] + [v for v in values[_FACET_SIZE:] if v == chosen.get(name)]
            items = [_facet(name, value, (labels[name](value), counted[value]), chosen, t) for value in shown]
            if len(values) > len(shown):
                rest = sum(counted[value] for value in values) - sum(counted[value] for value in shown)
                items.append(tag("li", tag("small", t("checks.more_facet", n=len(values) - len(shown), issues=rest))))
            groups.append(tag("section", tag("h2", t(f"checks.facet_{name}")), tag("ul", *items)))
        show(tag("div", *groups, class_="pk-facets"))
    found = sorted(narrowed(), key=_order)
    page, pages = read_part(parameters, len(found), _PAGE_SIZE)
    same = {**chosen, "p": page if page > 1 else None}
    with main:
        if found:
            show(_issue_table(found[(page - 1) * _PAGE_SIZE : page * _PAGE_SIZE], files, same, t))
        elif chosen:
            clear = link(address("checks", t.language), t("projects.clear"), class_="pk-clear")
            show(tag("p", t("projects.nothing"), " ", clear, class_="pk-none"))
        else:
            show(tag("p", t("overview.no_gaps"), class_="pk-none"))
        turn = pager("checks", page, pages, chosen, t)
        if turn is not None:
            show(turn)
    _show_opened(answers, contents, parameters.get("issue"), t)


def kind_title(code: str, t: Texts) -> str:
    """Given an issue's code, return what that kind says, its details left open."""
    kind = issue_kinds().get(code)
    text = t.pick(kind.zh, kind.en) if kind is not None else code
    pieces, depth = [], 0
    for sign in text:
        depth += sign == "{"
        if not depth:
            pieces.append(sign)
        elif sign == "}":
            depth -= 1
            pieces.append("…")
    return "".join(pieces)


def _order(issue: Issue) -> tuple[int, str, int, int, int]:
    severity = _SEVERITIES.index(issue.severity) if issue.severity in _SEVERITIES else len(_SEVERITIES)
    return severity, issue.document, issue.page or 0, issue.table or 0, issue.row or 0


def _facet(name: str, value: str, shown: tuple[str, int], chosen: Mapping[str, str], t: Texts) -> Html:
    others = {key: text for key, text in chosen.items() if key != name}
    current = chosen.get(name) == value
    if not current:
        others[name] = value
    label, count = shown
    entry = link(
        address("checks", t.language, **others), tag("span", label), tag("i", number(count)),
        aria_current="true" if current else None, title=label,
    )  # fmt: skip
    return tag("li", entry)


def _issue_table(issues: Sequence[Issue], files: Mapping[str, Document], same: Mapping[str, object], t: Texts) -> Html:
    heads = [tag("th", t(f"checks.head_{name}"), scope="col") for name in ("what", "document", "where")]
    lines = []
    for issue in issues:
        document = files.get(issue.document)
        name = document.title or document.file if document else ""
        where = address("projects", t.language, document=document.sha256) if document else None
        printed = place(t, page=issue.page, sheet=issue.sheet, table=issue.table, row=issue.row, column=None)
        opened = link(address("checks", t.language, **same, issue=issue.iri), printed)
        lines.append(
            tag(
                "tr",
                tag(
                    "td",
                    tag("span", t(f"checks.severity_{issue.severity}"), class_=f"pk-severity pk-{issue.severity}"),
                    t.pick(issue.zh, issue.en) or issue.code,
                ),
                tag("td", link(where, name) if where else name),
                tag("td", opened),
            )
        )
    return tag("table", tag("thead", tag("tr", *heads)), tag("tbody", *lines), class_="pk-table pk-issues")


# --- one issue ----------------------------------------------------------------------------------------------------
def _show_opened(answers: Answers, contents: Contents, asked: str | None, t: Texts) -> None:
    issue = next((one for one in contents.issues if one.iri == asked), None) if asked else None
    document = next((one for one in contents.documents if issue is not None and one.iri == issue.document), None)
    if issue is None or document is None:
        return

    def close() -> None:
        st.query_params.pop("issue", None)

    drawer = st.dialog(t("checks.where_read"), width="medium", position="right", on_dismiss=close)(_show_issue)
    drawer(answers, issue, document, t)


def _show_issue(answers: Answers, issue: Issue, document: Document, t: Texts) -> None:
    show_said()
    where = place(t, page=issue.page, sheet=issue.sheet, table=issue.table, row=issue.row, column=None)
    severity = tag("span", t(f"checks.severity_{issue.severity}"), class_=f"pk-severity pk-{issue.severity}")
    facts = [
        tag("div", tag("dt", name), tag("dd", said))
        for name, said in (
            (t("evidence.where"), where),
            (t("evidence.document"), join([document.title, document.file], tag("br"))),
            ("SHA-256", tag("code", document.sha256)),
        )
    ]
    quote = tag("p", severity, t.pick(issue.zh, issue.en) or issue.code, class_="pk-quote")
    show(tag("div", quote, tag("dl", *facts, class_="pk-facts pk-evidence")))
    cells = _cells_at(answers, issue)
    spot, paragraph = _spot(answers, issue)
    if issue.page is None and issue.table is None and paragraph is not None:
        show_paragraph(answers, document, paragraph, t)
    else:
        # What the issue is about, where its place is known; else what was read of its row.
        show_original(answers, document, [spot] if spot.box or not cells else cells, t, key="issue")
    show_download(answers, document, t, key="issue")
    if cells and may_write():
        labels = [f"{t.name('field', cell.field)}{t('app.colon')}{cell.whole[:60]}" for cell in cells]
        number_ = st.selectbox(
            t("checks.choose_cell"), range(len(cells)), format_func=lambda n: labels[n], key=f"cell-{issue.iri}"
        )
        label = t.name("field", cells[number_].field)
        show_correction(answers, Misread(document.sha256, cells[number_], label), t, key=f"issue-{number_}")


def _cells_at(answers: Answers, issue: Issue) -> list[Cell]:
    """The cells that were read where the issue is: of its row, or where it names none of the page or table, no more than
    a reader can look through."""
    if issue.row is None:
        return []
    found: dict[tuple[str, int | None], Cell] = {}
    for row in answers.rows("document-cells", document=issue.document):
        cell = read_cell(row)
        spot = (cell.page, cell.sheet, cell.table, cell.row)
        if spot == (issue.page, issue.sheet, issue.table, issue.row):
            found.setdefault((cell.field, cell.column), cell)
    return sorted(found.values(), key=lambda cell: cell.column or 0)


def _spot(answers: Answers, issue: Issue) -> tuple[Cell, int | None]:
    """The place of an issue as a cell without a text, and its paragraph."""
    said = {read_notation(row, "property"): read_text(row, "value") for row in answers.rows("thing", iri=issue.iri)}
    edges = [float(edge) for edge in (said.get("box") or "").split()]
    box = (edges[0], edges[1], edges[2], edges[3]) if len(edges) == 4 else None
    column, paragraph = said.get("columnNumber"), said.get("paragraphNumber")
    cell = Cell(
        "",
        "",
        "",
        issue.document,
        issue.page,
        issue.sheet,
        issue.table,
        issue.row,
        int(column) if column else None,
        box,
    )
    return cell, int(paragraph) if paragraph else None
