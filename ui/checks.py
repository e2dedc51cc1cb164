"""核对: what was read with doubt or not at all, proposed identities to confirm or refuse, and what people decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import streamlit as st

import pipeline
from ui.check_issues import show_issues
from ui.correcting import ask_who, decide, show_said
from ui.data import Row, read_contents, read_notation, read_number, read_text
from ui.format import number
from ui.html import Html, join, show, tag
from ui.i18n import Texts
from ui.links import address, link
from ui.store import Answers, may_write

_PARTS = ("issues", "identities", "decisions")
_PROPOSALS = 20
_WAIT = 10.0  # seconds to wait for another writer


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
        show_issues(answers, contents, parameters, t)
    elif part == "identities":
        _show_proposals(answers, proposals, t)
    else:
        _show_decisions(answers, decided, t)


# --- identities ---------------------------------------------------------------------------------------------------
def _standing(row: Row) -> str:
    return read_notation(row, "status") or "proposed"


def _show_proposals(answers: Answers, proposals: Sequence[Row], t: Texts) -> None:
    if not proposals:
        show(tag("p", t("checks.no_identities"), class_="pk-none"))
        return
    show_said()
    if not may_write():
        show(tag("p", t("checks.read_only"), class_="pk-none"))
        show(join([_proposal(row, t) for row in proposals[:_PROPOSALS]]))
        return
    who, why = ask_who(t, "identities")
    for row in proposals[:_PROPOSALS]:
        proposal = str(row["proposal"])
        text, buttons = st.columns([4, 1.1], gap="medium", vertical_alignment="center")
        with text:
            show(_proposal(row, t))
        with buttons, st.container(horizontal=True, horizontal_alignment="right"):
            for verdict in ("confirmed", "refused"):
                st.button(
                    t(f"checks.{verdict}"), key=f"{verdict}-{proposal}", disabled=not (who and why),
                    help=t("checks.needs_who") if not (who and why) else None,
                    on_click=_judge, args=(answers, proposal, verdict, (who, why), t),
                )  # fmt: skip
    if len(proposals) > _PROPOSALS:
        show(tag("p", t("checks.more_identities", n=len(proposals) - _PROPOSALS), class_="pk-none"))


def _judge(answers: Answers, proposal: str, verdict: str, said: tuple[str, str], t: Texts) -> None:
    who, why = said

    def judge(store: pipeline.Store) -> str:
        confirmed: Literal["confirmed", "refused"] = "confirmed" if verdict == "confirmed" else "refused"
        made = store.judge_identity(proposal, confirmed, who=who, why=why, wait=_WAIT)
        return t("checks.judged", names=t("app.and").join(made.names))

    decide(judge, answers, t("checks.not_judged"), t)


def _proposal(row: Row, t: Texts) -> Html:
    likelihood = read_number(row, "likelihood")
    share = f"{number(likelihood * 100, 0)}%" if likelihood is not None else ""
    statement = t.pick(read_text(row, "statement"), read_text(row, "statementEn")) or ""
    evidence = t.pick(read_text(row, "evidence"), read_text(row, "evidenceEn")) or ""
    things = [
        join([f"{t(f'checks.{name}')} ", join(_leads(read_text(row, name), t), t("app.and"))])
        for name in ("one", "other")
    ]
    return tag(
        "div", tag("b", statement), tag("span", share, class_="pk-share", title=t("checks.likelihood")),
        tag("small", evidence, " · ", join(things, " · ")), class_="pk-proposal",
    )  # fmt: skip


def _leads(thing: str | None, t: Texts) -> list[Html]:
    """Where a unit or project is named, and where it stands in the graph."""
    return [
        link(address("evidence", t.language, iri=thing), t("evidence.title")),
        link(address("graph", t.language, iri=thing), t("page.graph")),
    ]


# --- decisions ----------------------------------------------------------------------------------------------------
def _show_decisions(answers: Answers, rows: Sequence[Row], t: Texts) -> None:
    """Show what was decided, the newest first; where the app may write, each that holds with a button to undo it."""
    show_said()
    if not rows:
        show(tag("p", t("checks.no_decisions"), class_="pk-none"))
        return
    show(_decisions(rows, t))
    standing = {
        str(row["decision"]): row
        for row in reversed(rows)
        if read_notation(row, "kind") != "Undoing" and read_notation(row, "standing") not in ("undone", "replaced")
    }
    if not may_write() or not standing:
        return
    with st.expander(t("checks.undo_title")):
        chosen = st.selectbox(
            t("checks.undo_which"), list(standing), format_func=lambda iri: _told(standing[iri], t), key="undo-which"
        )
        who, why = ask_who(t, "undo")
        st.button(
            t("checks.undo"), key="undo", disabled=not (who and why), on_click=_undo, args=(answers, chosen, (who, why), t),
            help=t("checks.needs_who") if not (who and why) else None,
        )  # fmt: skip


def _undo(answers: Answers, decision: str, said: tuple[str, str], t: Texts) -> None:
    who, why = said

    def undo(store: pipeline.Store) -> str:
        store.undo_decision(decision.rpartition("/")[2], who=who, why=why, wait=_WAIT)
        return t("checks.undo_done")

    decide(undo, answers, t("checks.not_undone"), t)


def _told(row: Row, t: Texts) -> str:
    kind = read_notation(row, "kind") or ""
    names = [read_text(row, name) for name in ("file", "field", "old", "new", "judged", "name", "into")]
    return f"{t(f'checks.kind_{kind}')} · {' · '.join(name for name in names if name)}"


def _decisions(rows: Sequence[Row], t: Texts) -> Html:
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
        for row in reversed(rows)
    ]
    return tag("table", tag("thead", tag("tr", *heads)), tag("tbody", *lines), class_="pk-table")


def _decided(row: Row, t: Texts) -> list[Html | str]:
    kind = read_notation(row, "kind") or ""
    said: list[Html | str] = [t(f"checks.kind_{kind}")]
    if kind == "CellCorrection":
        field = t.name("field", read_text(row, "field") or "")
        said.append(tag("small", f"{read_text(row, 'file') or ''} · {field}{t('app.colon')}"
                                 f"{read_text(row, 'old') or ''} → {read_text(row, 'new') or ''}"))  # fmt: skip
    elif kind == "IdentityVerdict":
        verdict = read_notation(row, "verdict") or ""
        said.append(tag("small", f"{t(f'checks.{verdict}')} · {read_text(row, 'judged') or ''}"))
    elif kind == "IndicatorGrouping":
        said.append(tag("small", f"{read_text(row, 'name') or ''} → {read_text(row, 'into') or ''}"))
    return said
