"""核对: what was read with doubt or not at all, proposed identities to confirm or refuse, and what people decided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import streamlit as st

import pipeline
from graph.errors import GraphError
from ui.data import Contents, Document, Issue, Row, read_contents, read_notation, read_number, read_text
from ui.format import number, place
from ui.html import Html, join, show, tag
from ui.i18n import Texts
from ui.links import address, link
from ui.store import Answers, may_write

_PARTS = ("issues", "identities", "decisions")
_PAGE_SIZE = 40
_PROPOSALS = 20
_SEVERITIES = ("error", "warning", "info")


def show_checks(answers: Answers, parameters: Mapping[str, str], t: Texts) -> None:
    """Show a part of the page (`part`); `severity`, `code` and `document` narrow the issues, `p` turns their pages."""
    contents = read_contents(answers)
    proposals = [row for row in answers.rows("proposed-identities") if _standing(row) == "proposed"]
    decided = list(answers.rows("decisions"))
    part = parameters.get("part", _PARTS[0])
    part = part if part in _PARTS else _PARTS[0]
    counts = {"issues": len(contents.issues), "identities": len(proposals), "decisions": len(decided)}
    show(tag("div", tag("h1", t("page.checks")), tag("p", t("checks.lead")), class_="pk-head"))
    chips = [
        link(
            address("checks", t.language, part=name if name != _PARTS[0] else None),
            f"{t(f'checks.{name}')} {number(counts[name])}",
            class_="pk-chip", aria_current="true" if name == part else None,
        )
        for name in _PARTS
    ]  # fmt: skip
    show(tag("nav", *chips, class_="pk-chips pk-parts", aria_label=t("page.checks")))
    if part == "issues":
        _show_issues(contents, parameters, t)
    elif part == "identities":
        _show_proposals(answers, proposals, t)
    else:
        show(_decisions(decided, t))


# --- issues -------------------------------------------------------------------------------------------------------
def _show_issues(contents: Contents, parameters: Mapping[str, str], t: Texts) -> None:
    files = {document.iri: document for document in contents.documents}
    chosen = {name: parameters[name] for name in ("severity", "code", "document") if parameters.get(name)}
    tests: dict[str, Callable[[Issue], str]] = {
        "severity": lambda issue: issue.severity,
        "code": lambda issue: issue.code,
        "document": lambda issue: files[issue.document].sha256 if issue.document in files else "",
    }

    def narrowed(without: str = "") -> list[Issue]:
        asked = {name: value for name, value in chosen.items() if name != without}
        return [issue for issue in contents.issues if all(tests[name](issue) == value for name, value in asked.items())]

    labels: dict[str, Callable[[str], str]] = {
        "severity": lambda value: t(f"checks.severity_{value}"),
        "code": lambda value: value,
        "document": lambda value: next(
            (d.title or d.file for d in contents.documents if d.sha256 == value), value[:12]
        ),
    }
    side, main = st.columns([1, 3.4], gap="large")
    with side:
        groups = []
        for name, read in tests.items():
            counted = Counter(map(read, narrowed(name)))
            values = sorted(counted, key=lambda v: (-counted[v], v))[:12]
            if name == "severity":
                values = [value for value in _SEVERITIES if counted[value]]
            items = [_facet(name, value, (labels[name](value), counted[value]), chosen, t) for value in values]
            groups.append(tag("section", tag("h2", t(f"checks.facet_{name}")), tag("ul", *items)))
        show(tag("div", *groups, class_="pk-facets"))
    found = sorted(
        narrowed(),
        key=lambda issue: (_SEVERITIES.index(issue.severity) if issue.severity in _SEVERITIES else 9, issue.document,
                           issue.page or 0, issue.table or 0, issue.row or 0),
    )  # fmt: skip
    pages = max(1, -(-len(found) // _PAGE_SIZE))
    page = min(int(parameters["p"]), pages) if parameters.get("p", "").isdecimal() and int(parameters["p"]) else 1
    with main:
        if not found:
            show(tag("p", t("overview.no_gaps"), class_="pk-none"))
            return
        show(_issue_table(found[(page - 1) * _PAGE_SIZE : page * _PAGE_SIZE], files, t))
        if pages > 1:
            steps = [(page - 1, t("projects.previous")), (page + 1, t("projects.next"))]
            before, after = (
                link(address("checks", t.language, **chosen, p=to), label) if 1 <= to <= pages else tag("span", label)
                for to, label in steps
            )
            where = tag("b", t("projects.page_of", page=page, pages=pages))
            show(tag("nav", before, where, after, class_="pk-pager"))


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


def _issue_table(issues: Sequence[Issue], files: Mapping[str, Document], t: Texts) -> Html:
    heads = [tag("th", t(f"checks.head_{name}"), scope="col") for name in ("what", "document", "where")]
    lines = []
    for issue in issues:
        document = files.get(issue.document)
        name = document.title or document.file if document else ""
        where = address("projects", t.language, document=document.sha256) if document else None
        lines.append(
            tag(
                "tr",
                tag(
                    "td",
                    tag("span", t(f"checks.severity_{issue.severity}"), class_=f"pk-severity pk-{issue.severity}"),
                    t.pick(issue.zh, issue.en) or issue.code,
                    tag("small", issue.code),
                ),
                tag("td", link(where, name) if where else name),
                tag("td", place(t, page=issue.page, sheet=issue.sheet, table=issue.table, row=issue.row, column=None)),
            )
        )
    return tag("table", tag("thead", tag("tr", *heads)), tag("tbody", *lines), class_="pk-table pk-issues")


# --- identities ---------------------------------------------------------------------------------------------------
def _standing(row: Row) -> str:
    return read_notation(row, "status") or "proposed"


def _show_proposals(answers: Answers, proposals: Sequence[Row], t: Texts) -> None:
    if not proposals:
        show(tag("p", t("checks.no_identities"), class_="pk-none"))
        return
    said = st.session_state.pop("checks_said", None)
    if said:
        show(tag("p", said, class_="pk-said", role="status"))
    if not may_write():
        show(tag("p", t("checks.read_only"), class_="pk-none"))
        show(join([_proposal(row, t) for row in proposals[:_PROPOSALS]]))
        return
    who_column, why_column = st.columns(2)
    with who_column:
        who = st.text_input(t("checks.who"), key="checks_who", help=t("checks.who_hint"))
    with why_column:
        why = st.text_input(t("checks.why"), key="checks_why")
    for row in proposals[:_PROPOSALS]:
        proposal = str(row["proposal"])
        text, buttons = st.columns([4, 1.1], gap="medium", vertical_alignment="center")
        with text:
            show(_proposal(row, t))
        with buttons, st.container(horizontal=True, horizontal_alignment="right"):
            for verdict in ("confirmed", "refused"):
                st.button(
                    t(f"checks.{verdict}"), key=f"{verdict}-{proposal}", disabled=not (who.strip() and why.strip()),
                    help=t("checks.needs_who") if not (who.strip() and why.strip()) else None,
                    on_click=_judge, args=(answers, proposal, verdict, (who.strip(), why.strip()), t),
                )  # fmt: skip
    if len(proposals) > _PROPOSALS:
        show(tag("p", t("checks.more_identities", n=len(proposals) - _PROPOSALS), class_="pk-none"))


def _judge(answers: Answers, proposal: str, verdict: str, said: tuple[str, str], t: Texts) -> None:
    who, why = said
    try:
        with pipeline.open_store(answers.folder, create=False) as store:
            made = store.judge_identity(
                proposal, "confirmed" if verdict == "confirmed" else "refused", who=who, why=why, wait=10.0
            )
        st.session_state["checks_said"] = t("checks.judged", names=t("app.and").join(made.names))
    except (GraphError, OSError) as error:
        st.session_state["checks_said"] = str(error)


def _proposal(row: Row, t: Texts) -> Html:
    likelihood = read_number(row, "likelihood")
    share = f"{number(likelihood * 100, 0)}%" if likelihood is not None else ""
    statement = t.pick(read_text(row, "statement"), read_text(row, "statementEn")) or ""
    evidence = t.pick(read_text(row, "evidence"), read_text(row, "evidenceEn")) or ""
    things = [
        link(address("graph", t.language, iri=read_text(row, name)), t(f"checks.{name}")) for name in ("one", "other")
    ]
    return tag(
        "div", tag("b", statement), tag("span", share, class_="pk-share", title=t("checks.likelihood")),
        tag("small", evidence, " · ", join(things, " · ")), class_="pk-proposal",
    )  # fmt: skip


# --- decisions ----------------------------------------------------------------------------------------------------
def _decisions(rows: Sequence[Row], t: Texts) -> Html:
    if not rows:
        return tag("p", t("checks.no_decisions"), class_="pk-none")
    heads = [
        tag("th", t(f"checks.head_{name}"), scope="col") for name in ("decision", "standing", "who", "why", "when")
    ]
    lines = [
        tag(
            "tr",
            tag("td", *_decided(row, t)),
            tag("td", t(f"checks.standing_{read_notation(row, 'standing')}")),
            tag("td", read_text(row, "who") or ""),
            tag("td", read_text(row, "why") or ""),
            tag("td", (read_text(row, "time") or "")[:10]),
        )
        for row in rows
    ]
    return tag("table", tag("thead", tag("tr", *heads)), tag("tbody", *lines), class_="pk-table")


def _decided(row: Row, t: Texts) -> list[Html | str]:
    kind = read_notation(row, "kind") or ""
    said: list[Html | str] = [t(f"checks.kind_{kind}")]
    if kind == "CellCorrection":
        said.append(tag("small", f"{read_text(row, 'file') or ''} · {read_text(row, 'field') or ''}: "
                                 f"{read_text(row, 'old') or ''} → {read_text(row, 'new') or ''}"))  # fmt: skip
    elif kind == "IdentityVerdict":
        verdict = read_notation(row, "verdict") or ""
        said.append(tag("small", f"{t(f'checks.{verdict}')} · {read_text(row, 'judged') or ''}"))
    elif kind == "IndicatorGrouping":
        said.append(tag("small", f"{read_text(row, 'name') or ''} → {read_text(row, 'into') or ''}"))
    return said
