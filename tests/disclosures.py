"""Made-up disclosures for tests of the store: as many, and as large, as a test wants."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from typing import Any

from graph.load import find_documents, open_batch
from graph.workspace import Workspace
from ontology.records import Disclosure, DocumentInfo, Funding, Indicator, Named, Place, PrintedCell, Project, Value


def disclosure(
    number: int = 1,
    *,
    file: str | None = None,
    indicators: int = 3,
    version: str = "test-1",
    name: str = "热线运行经费",
    unit: str = "清河市政务服务中心",
    year: int | None = 2024,
    amount: str = "120000",
    sha256: str | None = None,
) -> Disclosure:
    """A disclosure of one project; two with the same name, unit and year print the same form."""
    sha256 = sha256 or hashlib.sha256(f"document {number}".encode()).hexdigest()
    place = Place(page=3, table=1, row=2, column=4)
    rows = tuple(
        Indicator(
            tier1="产出指标",
            tier2="数量指标",
            tier3=f"接听来电数量{n}",
            target=Value(raw=f"≥{n}件", operator="ge", value=Decimal(n), unit="件"),
            tier1_concept="output",
            tier2_concept="quantity",
            place=place,
            cells={"target": PrintedCell(place, f"≥{n}件")},
        )
        for n in range(1, indicators + 1)
    )
    project = Project(
        form_id="t1-f1",
        name=name,
        scope="project",
        form="target",
        fiscal_year=year,
        funding=(Funding("budget", "total", Decimal(amount), raw=amount, unit="元"),),
        indicators=rows,
    )
    document = DocumentInfo(
        file=file or f"部门预算 {number}.pdf",
        sha256=sha256,
        kind="budget",
        fiscal_year=year,
        region=Named("清河市"),
        unit=Named(unit),
    )
    return Disclosure(document, extractor_version=version, projects=(project,))


def load(workspace: Workspace, *numbers: int, **options: Any) -> None:
    """Load the disclosures of these numbers into a workspace, in one batch."""
    with open_batch(workspace) as batch:
        for number in numbers:
            batch.load(disclosure(number, **options))


def files(workspace: Workspace) -> list[str]:
    """The file names of a store's documents."""
    with workspace.read() as store:
        return [document.file for document in find_documents(store)]


def lines(workspace: Workspace) -> list[str]:
    """Everything that a store holds, as sorted N-Quads."""
    with workspace.read() as store:
        return sorted(store.nquads())
