"""What the pages show, read from named queries into plain records: no page touches an RDF term."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import streamlit as st
from rdflib.term import Node

from ontology.namespaces import CONCEPT, PIKG
from ui.i18n import Texts
from ui.store import Answers

Row = Mapping[str, Node | None]


def read_text(row: Row, name: str) -> str | None:
    """Given a row and a variable, return its text, or None where it is unbound."""
    value = row.get(name)
    return None if value is None else str(value)


def read_number(row: Row, name: str) -> Decimal | None:
    """Given a row and a variable, return its number, or None where it is unbound."""
    value = row.get(name)
    return None if value is None else Decimal(str(value))


def read_whole(row: Row, name: str) -> int | None:
    """Given a row and a variable, return its whole number, or None where it is unbound."""
    value = row.get(name)
    return None if value is None else int(str(value))


def read_notation(row: Row, name: str) -> str | None:
    """Return a concept's or class's last part: "output" of concept/tier1/output, "TargetForm" of ns#TargetForm."""
    value = row.get(name)
    return None if value is None else str(value).removeprefix(PIKG).rsplit("/", 1)[-1]


# --- labels -------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Labels:
    """The concepts' labels as the graph gives them, in the reader's language."""

    t: Texts
    by_concept: Mapping[str, tuple[str | None, str | None]]

    def __call__(self, scheme: str, notation: str | None) -> str:
        """Given a concept's scheme and notation, return its label, or its notation where the graph has none."""
        if notation is None:
            return ""
        zh, en = self.by_concept.get(f"{CONCEPT}{scheme}/{notation}", (None, None))
        said = self.t.pick(zh, en) or notation
        return said if self.t.language == "zh" else said[:1].upper() + said[1:]


def read_labels(answers: Answers, t: Texts) -> Labels:
    """Return the labels of all concepts."""
    rows = answers.rows("concepts")
    return Labels(t, {str(row["concept"]): (read_text(row, "zh"), read_text(row, "en")) for row in rows})


# --- the whole graph ----------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Document:
    """A file that was read."""

    iri: str
    sha256: str
    file: str
    title: str | None
    kind: str | None
    year: int | None
    publisher: str | None
    publisher_iri: str | None
    region: str | None
    region_iri: str | None


@dataclass(frozen=True, slots=True)
class FormSummary:
    """A form in a list: what it is for, and how much it says. Superseded forms are not listed."""

    iri: str
    kind: str
    project: str
    name: str
    scope: str
    year: int | None
    document: Document
    score: Decimal | None
    budget: Decimal | None
    executed: Decimal | None
    tiers: Mapping[str, int]
    with_number: int

    @property
    def rows(self) -> int:
        """How many indicator rows the form has."""
        return sum(self.tiers.values())

    @property
    def money(self) -> Decimal | None:
        """What the project was given: the budget, or what was spent where the form has no budget."""
        return self.executed if self.budget is None else self.budget


@dataclass(frozen=True, slots=True)
class Issue:
    """Something that was read with doubt or not at all."""

    document: str
    code: str
    severity: str
    zh: str | None
    en: str | None
    page: int | None
    sheet: str | None
    table: int | None
    row: int | None


@dataclass(frozen=True, slots=True)
class Contents:
    """What is in the graph."""

    documents: tuple[Document, ...]
    forms: tuple[FormSummary, ...]
    issues: tuple[Issue, ...]


TIER_ORDER = (
    "output", "benefit", "satisfaction", "cost", "budget_execution", "decision", "process", "input",
    "quantity", "quality", "timeliness", "output_cost", "economic_cost", "social_cost", "ecological_cost",
    "economic_benefit", "social_benefit", "ecological_benefit", "sustainability", "service_satisfaction",
)  # fmt: skip
"""First tiers and second tiers in the order in which forms print them."""

FORM_ORDER = ("TargetForm", "SelfEvaluation", "ProjectDescription")
"""The kinds of forms; where a project's year has several, its money is told by the first."""


def read_contents(answers: Answers) -> Contents:
    """Return the graph's documents, forms and issues."""
    return _contents(answers.edition, answers)


@st.cache_resource(show_spinner=False, max_entries=2)
def _contents(edition: str, _answers: Answers) -> Contents:
    documents = {document.iri: document for document in _documents(_answers)}
    tiers: dict[str, dict[str, int]] = defaultdict(dict)
    with_number: dict[str, int] = defaultdict(int)
    for row in _answers.rows("form-tiers"):
        form = str(row["form"])
        tiers[form][read_notation(row, "tier1Concept") or ""] = read_whole(row, "rows") or 0
        with_number[form] += read_whole(row, "numbers") or 0
    forms: dict[str, FormSummary] = {}
    for row in _answers.rows("projects"):
        form, document = str(row["form"]), documents.get(str(row["document"]))
        if document is None:
            continue
        budget, executed = read_number(row, "budget"), read_number(row, "executed")
        forms[form] = FormSummary(
            iri=form,
            kind=read_notation(row, "kind") or "",
            project=str(row["project"]),
            name=read_text(row, "name") or "",
            scope=read_notation(row, "scope") or "",
            year=read_whole(row, "year"),
            document=document,
            score=read_number(row, "score"),
            budget=budget,
            executed=executed,
            tiers=tiers[form],
            with_number=with_number[form],
        )
    newest = sorted(documents.values(), key=lambda d: (-(d.year or 0), d.region or "", d.publisher or "", d.file))
    return Contents(tuple(newest), tuple(forms.values()), tuple(_issues(_answers)))


def _documents(answers: Answers) -> list[Document]:
    return [
        Document(
            iri=str(row["document"]),
            sha256=str(row["sha256"]),
            file=read_text(row, "file") or str(row["sha256"])[:12],
            title=read_text(row, "title"),
            kind=read_notation(row, "documentKind"),
            year=read_whole(row, "year"),
            publisher=read_text(row, "publisherName"),
            publisher_iri=read_text(row, "publisher"),
            region=read_text(row, "regionName"),
            region_iri=read_text(row, "region"),
        )
        for row in answers.rows("documents")
    ]


def _issues(answers: Answers) -> list[Issue]:
    return [
        Issue(
            document=str(row["document"]),
            code=str(row["code"]),
            severity=read_notation(row, "severity") or "info",
            zh=read_text(row, "message"),
            en=read_text(row, "messageEn"),
            page=read_whole(row, "page"),
            sheet=read_text(row, "sheet"),
            table=read_whole(row, "table"),
            row=read_whole(row, "rowNumber"),
        )
        for row in answers.rows("issues")
    ]
