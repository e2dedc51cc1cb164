"""What the pages show, read from named queries into plain records: no page touches an RDF term."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from decimal import Decimal

import streamlit as st
from rdflib.term import Node

from graph.digest import Digest, find_digest, find_previous, open_digest
from ontology.namespaces import CONCEPT, PIKG
from ui.i18n import Texts, read_language
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
    measures: tuple[str, ...] = ()

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

    iri: str
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
    """What is in the graph; `superseded` are the documents (IRIs) none of whose forms counts, as another prints them."""

    documents: tuple[Document, ...]
    forms: tuple[FormSummary, ...]
    issues: tuple[Issue, ...]
    superseded: frozenset[str]


TIER_ORDER = (
    "output", "benefit", "satisfaction", "cost", "budget_execution", "decision", "process", "input",
    "quantity", "quality", "timeliness", "output_cost", "economic_cost", "social_cost", "ecological_cost",
    "economic_benefit", "social_benefit", "ecological_benefit", "sustainability", "service_satisfaction",
)  # fmt: skip
"""First tiers and second tiers in the order in which forms print them."""

FORM_ORDER = ("TargetForm", "SelfEvaluation", "ProjectDescription")
"""The kinds of forms; where a project's year has several, its money is told by the first."""


_LARGE = 20_000
"""Indicator rows from which on counting takes so long that pages show the edition before in the meantime."""

_COUNTING = ThreadPoolExecutor(max_workers=1, thread_name_prefix="counting")


def read_digest(answers: Answers) -> Digest:
    """Return what is listed and counted of the snapshot, made once for each. In a large store, where that takes seconds,
    what is known of the snapshot before, until it is made (`is_behind` says so)."""
    edition = _snapshot_of(answers)
    if find_digest(answers.folder, edition) is None:
        before = find_previous(answers.folder)
        if before is not None and before.select("SELECT count(*) FROM row")[0][0] >= _LARGE:
            making = _making(answers.edition, edition, answers)
            return making.result() if making.done() else before
        t = Texts(read_language(st.query_params.get("lang")))
        with st.spinner(t("app.counting")):
            return _digest(answers.edition, edition, answers)
    return _digest(answers.edition, edition, answers)


def is_behind(answers: Answers) -> bool:
    """Whether pages list what was in the snapshot before, as the newest is still being counted."""
    shown = read_digest(answers).path
    return shown != find_digest(answers.folder, _snapshot_of(answers))


def counted(answers: Answers) -> str:
    """What tells the edition that is listed and counted: what is drawn from it is kept under this name."""
    return str(read_digest(answers).path)


def _snapshot_of(answers: Answers) -> str:
    """What tells a snapshot wherever its folder is moved or seen from: its number and when it was published."""
    return answers.edition.removeprefix(f"{answers.folder}:")


@st.cache_resource(show_spinner=False, max_entries=2)
def _digest(edition: str, snapshot: str, _answers: Answers) -> Digest:
    return open_digest(_answers.store, _answers.folder, snapshot)


@st.cache_resource(show_spinner=False, max_entries=2)
def _making(edition: str, snapshot: str, _answers: Answers) -> Future[Digest]:
    return _COUNTING.submit(open_digest, _answers.store, _answers.folder, snapshot)


def read_contents(answers: Answers) -> Contents:
    """Return the graph's documents, forms and issues."""
    return _contents(counted(answers), answers)


@st.cache_resource(show_spinner=False, max_entries=2)
def _contents(counted_edition: str, _answers: Answers) -> Contents:
    digest = read_digest(_answers)
    documents = dict(_documents(digest))
    tiers: dict[int, dict[str, int]] = defaultdict(dict)
    with_number: dict[int, int] = defaultdict(int)
    for form, tier, rows, numbers in digest.select(
        "SELECT form, coalesce(tier1, ''), count(*), sum(number IS NOT NULL) FROM row GROUP BY form, tier1"
    ):
        tiers[form][tier] = rows
        with_number[form] += numbers
    measures: dict[int, list[str]] = defaultdict(list)
    known: dict[str, str] = {}
    for form, measure in digest.select("SELECT DISTINCT form, measure FROM row WHERE measure IS NOT NULL"):
        measures[form].append(known.setdefault(measure, measure))
    forms = [
        FormSummary(
            iri=iri,
            kind=known.setdefault(kind, kind),
            project=project,
            name=known.setdefault(name, name),
            scope=known.setdefault(scope, scope),
            year=year,
            document=documents[document],
            score=_decimal(score),
            budget=_decimal(budget),
            executed=_decimal(executed),
            tiers=tiers[number],
            with_number=with_number[number],
            measures=tuple(measures[number]),
        )
        for number, iri, kind, project, name, scope, year, document, score, budget, executed in digest.select(
            "SELECT form.id, form.iri, form.kind, project, name, scope, form.year, document, score, budget, executed "
            "FROM form JOIN document ON document.id = form.document WHERE newer IS NULL "
            "ORDER BY region_name, publisher_name, form.year, document.iri, name, form.iri"
        )
    ]
    newest = sorted(documents.values(), key=lambda d: (-(d.year or 0), d.region or "", d.publisher or "", d.file))
    superseded = digest.select("SELECT document FROM form GROUP BY document HAVING count(*) = count(newer)")
    return Contents(
        tuple(newest),
        tuple(forms),
        tuple(_issues(_answers)),
        frozenset(documents[number].iri for (number,) in superseded),
    )


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _documents(digest: Digest) -> Iterator[tuple[int, Document]]:
    for number, iri, sha256, file, title, kind, year, publisher_iri, publisher, region_iri, region in digest.select(
        "SELECT id, iri, sha256, file, title, kind, year, publisher, publisher_name, region, region_name FROM document"
    ):
        yield (
            number,
            Document(
                iri=iri,
                sha256=sha256,
                file=file or sha256[:12],
                title=title,
                kind=kind,
                year=year,
                publisher=publisher,
                publisher_iri=publisher_iri,
                region=region,
                region_iri=region_iri,
            ),
        )


def _issues(answers: Answers) -> list[Issue]:
    return [
        Issue(
            iri=str(row["issue"]),
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
