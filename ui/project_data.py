"""One project as the pages show it: its forms, what they print, and where each field was printed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from ui.data import FORM_ORDER, Document, Row, read_contents, read_notation, read_number, read_text, read_whole
from ui.store import Answers

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Cell:
    """Where a field was printed; `more` are the further places of a cell that a page break cut."""

    iri: str
    field: str
    text: str
    document: str
    page: int | None
    sheet: str | None
    table: int | None
    row: int | None
    column: int | None
    box: Box | None
    more: tuple[Cell, ...] = ()
    correction: str | None = None
    """The decision (its IRI) by which somebody corrected what was read here."""

    @property
    def whole(self) -> str:
        """The cell's text over all its places."""
        return self.text + "".join(part.text for part in self.more)


@dataclass(frozen=True, slots=True)
class Value:
    """A target or an actual; `number` is in the base unit."""

    text: str
    operator: str | None
    number: Decimal | None
    unit: str | None


@dataclass(frozen=True, slots=True)
class IndicatorRow:
    """A row of a form."""

    iri: str
    name: str
    tier1: str | None
    tier2: str | None
    tier1_text: str | None
    tier2_text: str | None
    target: Value | None
    actual: Value | None
    absence: str | None
    weight: Decimal | None
    score: Decimal | None
    direction: str | None
    explanation: str | None
    deviation: str | None
    note: str | None
    page: int | None
    measure: str | None = None


@dataclass(frozen=True, slots=True)
class Funding:
    """An amount of a form's funding block."""

    iri: str
    stage: str
    source: str
    amount: Decimal | None
    text: str
    unit: str | None


@dataclass(frozen=True, slots=True)
class Form:
    """A form: whose, what for, what was promised and reached."""

    iri: str
    kind: str
    name: str
    code: str | None
    scope: str
    year: int | None
    document: Document
    department: str | None
    unit: str | None
    objective: str | None
    outcome: str | None
    rate: Decimal | None
    rate_weight: Decimal | None
    rate_score: Decimal | None
    score: Decimal | None
    grade: str | None
    page: int | None
    sheet: str | None
    table: int | None


@dataclass(frozen=True, slots=True)
class Project:
    """A project: its forms (the newest first), and by form what they print; `cells` by owner's IRI and field."""

    iri: str
    forms: tuple[Form, ...]
    rows: Mapping[str, tuple[IndicatorRow, ...]]
    funding: Mapping[str, tuple[Funding, ...]]
    goals: Mapping[str, tuple[tuple[str | None, str], ...]]
    cells: Mapping[tuple[str, str], Cell]


def read_project(answers: Answers, project: str) -> Project | None:
    """Given a project's IRI, return it, or None where the graph has no form of it."""
    documents = {document.iri: document for document in read_contents(answers).documents}
    forms = {}
    for row in answers.rows("project-forms", project=project):
        document = documents.get(str(row["document"]))
        if document is not None:
            forms[str(row["form"])] = _form(row, document)
    if not forms:
        return None
    rows: dict[str, list[IndicatorRow]] = {form: [] for form in forms}
    for row in answers.rows("project-indicators", project=project):
        rows.setdefault(str(row["form"]), []).append(_indicator_row(row))
    funding: dict[str, list[Funding]] = {form: [] for form in forms}
    for row in answers.rows("project-funding", project=project):
        funding.setdefault(str(row["form"]), []).append(_funding(row))
    goals: dict[str, list[tuple[str | None, str]]] = {form: [] for form in forms}
    for row in answers.rows("project-goals", project=project):
        goals.setdefault(str(row["form"]), []).append((read_text(row, "period"), read_text(row, "goal") or ""))
    newest = sorted(forms.values(), key=lambda form: (-(form.year or 0), FORM_ORDER.index(form.kind), form.iri))
    return Project(
        project,
        tuple(newest),
        {form: tuple(found) for form, found in rows.items()},
        {form: tuple(found) for form, found in funding.items()},
        {form: tuple(found) for form, found in goals.items()},
        _cells(answers, project),
    )


def _form(row: Row, document: Document) -> Form:
    return Form(
        iri=str(row["form"]),
        kind=read_notation(row, "kind") or FORM_ORDER[-1],
        name=read_text(row, "name") or "",
        code=read_text(row, "code"),
        scope=read_notation(row, "scope") or "",
        year=read_whole(row, "year"),
        document=document,
        department=read_text(row, "department"),
        unit=read_text(row, "implementingUnit"),
        objective=read_text(row, "objective"),
        outcome=read_text(row, "outcome"),
        rate=read_number(row, "rate"),
        rate_weight=read_number(row, "rateWeight"),
        rate_score=read_number(row, "rateScore"),
        score=read_number(row, "score"),
        grade=read_text(row, "grade"),
        page=read_whole(row, "page"),
        sheet=read_text(row, "sheet"),
        table=read_whole(row, "table"),
    )


def _indicator_row(row: Row) -> IndicatorRow:
    target, actual = read_text(row, "target"), read_text(row, "actual")
    unit = read_text(row, "baseUnit")
    return IndicatorRow(
        iri=str(row["row"]),
        name=read_text(row, "tier3") or "",
        tier1=read_notation(row, "tier1Concept"),
        tier2=read_notation(row, "tier2Concept"),
        tier1_text=read_text(row, "tier1"),
        tier2_text=read_text(row, "tier2"),
        target=None
        if target is None
        else Value(target, read_notation(row, "operator"), read_number(row, "value"), unit),
        actual=None if actual is None else Value(actual, None, read_number(row, "actualNumber"), None),
        absence=read_notation(row, "absence"),
        weight=read_number(row, "weight"),
        score=read_number(row, "score"),
        direction=read_notation(row, "direction"),
        explanation=read_text(row, "explanation"),
        deviation=read_text(row, "deviation"),
        note=read_text(row, "note"),
        page=read_whole(row, "page"),
        measure=read_notation(row, "measure"),
    )


def _funding(row: Row) -> Funding:
    return Funding(
        iri=str(row["funding"]),
        stage=read_notation(row, "stage") or "",
        source=read_notation(row, "source") or "",
        amount=read_number(row, "amount"),
        text=read_text(row, "printed") or "",
        unit=read_text(row, "unitText"),
    )


def _cells(answers: Answers, project: str) -> dict[tuple[str, str], Cell]:
    """Return the cells by owner and field, each with the places where it goes on."""
    parts: dict[str, Cell] = {}
    following: dict[str, str] = {}
    owned: dict[tuple[str, str], list[str]] = {}
    for row in answers.rows("project-cells", project=project):
        cell = read_cell(row)
        parts[cell.iri] = cell
        owned.setdefault((str(row["owner"]), cell.field), []).append(cell.iri)
        if row["next"] is not None:
            following[cell.iri] = str(row["next"])
    cells = {}
    for key, members in owned.items():
        chain = [next((iri for iri in members if iri not in following.values()), members[0])]
        while following.get(chain[-1]) in parts and following[chain[-1]] not in chain:
            chain.append(following[chain[-1]])
        cells[key] = replace(parts[chain[0]], more=tuple(parts[iri] for iri in chain[1:]))
    return cells


def read_cell(row: Row) -> Cell:
    """Given a row of a query of cells, return the cell."""
    edges = [float(edge) for edge in (read_text(row, "box") or "").split()]
    return Cell(
        iri=str(row["cell"]),
        field=read_text(row, "field") or "",
        text=read_text(row, "printed") or "",
        document=str(row["document"]),
        page=read_whole(row, "page"),
        sheet=read_text(row, "sheet"),
        table=read_whole(row, "table"),
        row=read_whole(row, "rowNumber"),
        column=read_whole(row, "column"),
        box=(edges[0], edges[1], edges[2], edges[3]) if len(edges) == 4 else None,
        correction=read_text(row, "correction"),
    )
