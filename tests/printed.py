"""Made-up documents of several forms, for tests of what is derived from documents together."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path

from rdflib.term import URIRef

from graph.embedded import EmbeddedStore
from graph.load import open_batch
from graph.store import Rows
from graph.workspace import Workspace
from ontology.namespaces import PIKG
from ontology.records import (
    BudgetLine,
    Disclosure,
    DocumentInfo,
    Funding,
    Indicator,
    Named,
    Place,
    PrintedCell,
    Project,
    Value,
)

CITY = Named("达州市", "511700")
PUBLISHER = "达州市政务服务管理局"
ROWS = ("受理工单数", "工单按时办结率", "群众满意度")


def form(
    name: str,
    *,
    code: str | None = None,
    unit: str | None = None,
    year: int = 2024,
    kind: str = "target",
    scope: str = "project",
    amount: str = "120000",
    rows: Sequence[str] = ROWS,
    department: str | None = None,
) -> Project:
    """A form of a project with one amount and indicators by name (their targets follow from their order)."""
    place = Place(page=3, table=1, row=2, column=4)
    return Project(
        form_id="t1-f1",
        name=name,
        scope=scope,  # type: ignore[arg-type]
        form=kind,  # type: ignore[arg-type]
        code=code,
        fiscal_year=year,
        implementing_unit=Named(unit) if unit else None,
        department=Named(department) if department else None,
        funding=(Funding("budget", "total", Decimal(amount), raw=amount, unit="元"),),
        indicators=tuple(
            Indicator(
                "产出指标",
                "数量指标",
                row,
                Value(f"≥{90 + n}", "ge", Decimal(90 + n), base_value=Decimal(90 + n)),
                place=place,
                cells={"target": PrintedCell(place, f"≥{90 + n}")},
            )
            for n, row in enumerate(rows)
        ),
    )


def document(
    file: str,
    *forms: Project,
    publisher: str | None = PUBLISHER,
    code: str | None = None,
    region: Named | None = CITY,
    year: int = 2024,
    kind: str = "budget",
    title: str | None = None,
    lines: Iterable[BudgetLine] = (),
) -> Disclosure:
    """A document of forms by its file name, which makes its hash."""
    info = DocumentInfo(
        file,
        hashlib.sha256(file.encode()).hexdigest(),
        title,
        kind,  # type: ignore[arg-type]
        year,
        region,
        Named(publisher, code) if publisher else None,
        "prefecture",
    )
    return Disclosure(info, "test-1", forms, tuple(lines))


def stored(folder: Path, *documents: Disclosure) -> EmbeddedStore:
    """A snapshot of a store (made where it is missing) after documents were loaded in one batch."""
    workspace = Workspace.open(folder, create=True)
    with open_batch(workspace) as batch:
        for one in documents:
            batch.load(one)
    return workspace.read()


def ask(store: EmbeddedStore, sparql: str) -> list[tuple[str, ...]]:
    """The rows of a query as texts."""
    answer = store.query(sparql)
    assert isinstance(answer, Rows)
    return [tuple("" if cell is None else str(cell) for cell in row) for row in answer.rows]


def p(name: str) -> URIRef:
    return URIRef(PIKG + name)
