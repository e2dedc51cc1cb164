"""What stands below a project's form: its forms over the years, what became of its targets, comparable projects, and
where reading was in doubt."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from graph.errors import NotFoundError
from graph.target_history import Change, Step, find_target_history
from graph.target_rows import PrintedValue
from ontology.comparables import comparison
from ontology.targets import target_words
from ui.comparing import find_peers, is_quick
from ui.data import Issue, read_contents
from ui.format import money, money_in_table, number, percent, place
from ui.html import Html, join, tag
from ui.i18n import Texts
from ui.links import address, link
from ui.project_data import Form, Funding, Project
from ui.store import Answers

_PEERS = 5
_ISSUES = 6
_REASONS = 3


# --- over the years -----------------------------------------------------------------------------------------------
def history(answers: Answers, project: Project, current: Form, t: Texts) -> Html | None:
    """Given a project, return its forms over the years and what became of its targets; nothing where it has one form."""
    if len(project.forms) < 2:
        return None
    names = ("year", "kind", "budget", "executed", "rate", "score", "rows")
    numeric = {"budget", "executed", "rate", "score", "rows"}
    heads = [
        tag("th", t(f"project.history_{name}"), scope="col", class_="num" if name in numeric else None)
        for name in names
    ]  # fmt: skip
    lines = []
    for form in reversed(project.forms):
        entries = {(entry.source, entry.stage): entry for entry in reversed(project.funding.get(form.iri, ()))}
        where = address("project", t.language, iri=project.iri, form=form.iri)
        budget, executed = entries.get(("total", "budget")), entries.get(("total", "executed"))
        cells = [
            tag("td", _amount(budget, t), class_="num"),
            tag("td", _amount(executed, t), class_="num"),
            tag("td", percent(form.rate) if form.rate is not None else "", class_="num"),
            tag("td", number(form.score) if form.score is not None else "", class_="num"),
            tag("td", number(len(project.rows.get(form.iri, ()))), class_="num"),
        ]
        lines.append(
            tag(
                "tr",
                tag("td", str(form.year or t("projects.no_year"))),
                tag("td", link(where, t(f"form.{form.kind}"))),
                *cells,
                class_="pk-this" if form.iri == current.iri else None,
            )
        )
    table = tag("table", tag("thead", tag("tr", *heads)), tag("tbody", *lines), class_="pk-table pk-history")
    head = tag("div", tag("h2", t("project.history")), tag("small", t("project.money_unit")), class_="pk-section")
    return join([head, table, _steps(read_steps(answers, project.iri), t)])


def _amount(entry: Funding | None, t: Texts) -> str:
    if entry is None:
        return ""
    return entry.text if entry.amount is None else money_in_table(entry.amount, t)


def read_steps(answers: Answers, project: str) -> tuple[Step, ...]:
    """Given a project's IRI, return what became of its indicators from form to form."""
    return _steps_of(answers.edition, project, answers)


@st.cache_resource(show_spinner=False, max_entries=60)
def _steps_of(edition: str, project: str, _answers: Answers) -> tuple[Step, ...]:
    try:
        return tuple(find_target_history(_answers.store, project))
    except NotFoundError:
        return ()


def _steps(steps: Sequence[Step], t: Texts) -> Html | None:
    blocks = []
    for step in reversed(steps):
        changed = [change for change in step.changes if change.what != "unchanged"]
        said = t("project.step", before=_form_name(step.before, t), after=_form_name(step.after, t))
        same = tag("small", t("project.unchanged_n", n=number(len(step.changes) - len(changed))))
        blocks.append(tag("div", tag("h3", said), same, class_="pk-section"))
        if changed:
            blocks.append(tag("ul", *[_change(change, t) for change in changed], class_="pk-list pk-changes"))
    return join(blocks) if blocks else None


def _form_name(form: tuple[int | None, str], t: Texts) -> str:
    year, kind = form
    return f"{year} {t(f'form.{kind}')}" if year else t(f"form.{kind}")


def _change(change: Change, t: Texts) -> Html:
    words = target_words()
    what = words["changes"][change.what].in_language(t.language)
    if change.why is not None:
        what = words["why_redefined"][change.why].in_language(t.language)
    stricter = None
    if change.stricter is not None:
        stricter = tag("span", t("project.stricter" if change.stricter else "project.laxer"), class_="pk-state")
    before, after = (_printed(row.target) if row is not None else None for row in (change.before, change.after))
    moved = " → ".join(said or t("project.not_printed") for said in (before, after)) if before or after else ""
    if change.what in ("added", "dropped"):
        moved = after or before or ""
    return tag(
        "li", tag("b", what, class_=f"pk-what pk-{change.what}"), tag("span", change.name), tag("em", moved), stricter
    )


def _printed(value: PrintedValue | None) -> str | None:
    return None if value is None else value.printed


# --- comparable projects ------------------------------------------------------------------------------------------
def peers(answers: Answers, project: Project, t: Texts) -> Html:
    """Given a project, return those most comparable to it, each with the strongest reasons."""
    everything = link(address("comparables", t.language, iri=project.iri), t("project.all_peers"))
    head = tag("div", tag("h2", t("project.comparables")), everything, class_="pk-section")
    if not is_quick(answers):  # their page says that it takes a while
        return join([head, tag("p", t("project.peers_later"), class_="pk-none")])
    found = find_peers(answers, project.iri, top=_PEERS)
    if not found:
        return join([head, tag("p", t("comparables.none"), class_="pk-none")])
    signals = {**comparison().signals, **comparison().circumstances}
    items = []
    for peer in found:
        strongest = sorted(peer.reasons.items(), key=lambda pair: -pair[1])[:_REASONS]
        reasons = [f"{t.pick(signals[name].zh, signals[name].en)} {strength:.2f}"
                   for name, strength in strongest if name in signals and strength]  # fmt: skip
        facts = [peer.region, peer.publisher, str(peer.fiscal_year) if peer.fiscal_year else None]
        facts += [money(peer.funding, t)] if peer.funding is not None else []
        where = address("comparables", t.language, iri=project.iri, peer=peer.project)
        items.append(
            tag(
                "li",
                tag("span", link(where, peer.name), tag("b", f"{peer.score:.2f}", title=t("comparables.score_hint")),
                    class_="pk-peer-name"),
                tag("small", " · ".join(fact for fact in facts if fact)),
                tag("small", " · ".join(reasons)) if reasons else None,
            )
        )  # fmt: skip
    return join([head, tag("ul", *items, class_="pk-list pk-near")])


# --- reading in doubt ---------------------------------------------------------------------------------------------
def issues(answers: Answers, form: Form, t: Texts) -> Html:
    """Given a form, return what was read with doubt, or not at all, where it stands, and how much in the whole document."""
    all_of_it = [issue for issue in read_contents(answers).issues if issue.document == form.document.iri]
    where = address("checks", t.language, document=form.document.sha256)
    every = link(where, t("project.all_issues", n=number(len(all_of_it)))) if all_of_it else None
    head = tag("div", tag("h2", t("project.issues")), every, class_="pk-section")
    here = [issue for issue in all_of_it if _is_near(issue, form)]
    if not here:
        return join([head, tag("p", t("project.no_issues"), class_="pk-none")])
    items = []
    for issue in here[:_ISSUES]:
        said = t.pick(issue.zh, issue.en) or issue.code
        printed = place(t, page=issue.page, sheet=issue.sheet, table=issue.table, row=issue.row, column=None)
        items.append(tag("li", tag("span", said, class_=f"pk-{issue.severity}", title=said), tag("small", printed)))
    return join([head, tag("ul", *items, class_="pk-list pk-gaps")])


def _is_near(issue: Issue, form: Form) -> bool:
    """Whether an issue stands where the form does: on its page, in its table of that page or outside of any."""
    if form.sheet is not None:
        return issue.sheet == form.sheet
    return (
        form.page is not None
        and issue.page is not None
        and form.page <= issue.page <= form.page + 1
        and (issue.page > form.page or issue.table is None or form.table is None or issue.table == form.table)
    )
