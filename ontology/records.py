"""The frozen records that pass from reading to the graph.

They carry what contract version 1 of the disclosure JSON carries (see docs/contract.md), with Python's types:
every number is a `Decimal` (money in yuan), every index counts from 1, every text is as printed after the folding
that `extract.normalize` does. A field that was not read is None or empty; nothing is made up to fill it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

DisclosureKind = Literal["budget", "final_accounts", "self_evaluation", "unknown"]
Level = Literal["central", "province", "prefecture", "county", "township"]
Scope = Literal["project", "department"]
FormKind = Literal["target", "self_evaluation", "description"]
Stage = Literal["budget", "adjusted_budget", "executed"]
Source = Literal[
    "total", "fiscal", "superior", "local", "unit", "special_account", "carryover", "other",
    "personnel", "public", "operating", "specific", "basic", "project",
]  # fmt: skip
Operator = Literal["ge", "gt", "le", "lt", "eq", "range", "by", "qualitative"]
Absence = Literal["blank", "placeholder", "unreadable", "no_column"]
Direction = Literal["positive", "negative"]
Change = Literal["increase", "decrease"]
Reading = Literal["text", "ocr"]
Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in points of the page as displayed (rotation and crop applied), origin top left."""

    x0: float
    top: float
    x1: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Place:
    """Where something was printed: page of a PDF or sheet of a workbook, table on it, row and column in that; for
    running text the paragraph, counted over the document."""

    page: int | None = None
    sheet: str | None = None
    table: int | None = None
    row: int | None = None
    column: int | None = None
    box: Box | None = None
    reading: Reading = "text"
    confidence: float | None = None
    paragraph: int | None = None


@dataclass(frozen=True, slots=True)
class PrintedCell:
    """A cell's printed text with its place; a cell cut by a page break has further places in `more`.

    `text` is the text at `place` alone; each of `more` has its own. `whole` joins them as the cell reads.
    """

    place: Place
    text: str
    more: tuple[PrintedCell, ...] = ()

    @property
    def whole(self) -> str:
        """The cell's text over all its places."""
        return "".join([self.text, *(part.text for part in self.more)])


Cells = Mapping[str, PrintedCell]
"""The printed cell of each field, by the field's name in the contract ("target", "amount" ...)."""


@dataclass(frozen=True, slots=True)
class Named:
    """A unit or region: the printed name and the printed (or GB/T 2260) code."""

    name: str
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Value:
    """A target or an actual: what was printed, and what it says as a number, a date or a word.

    `value`, `upper` and `unit` are as printed; `base_value`, `base_upper` and `base_unit` have 万, 亿 and 千
    multiplied out ("6" 万件 is 60000 件), percentages stay in "%". `change` says which way a number that is a change
    goes: "5" for 同比增长5% and for 同比下降5%.
    """

    raw: str
    operator: Operator
    value: Decimal | None = None
    upper: Decimal | None = None
    unit: str | None = None
    base_value: Decimal | None = None
    base_upper: Decimal | None = None
    base_unit: str | None = None
    date: date | None = None
    relative_to: str | None = None
    scale: tuple[str, ...] = ()
    parts: tuple[Value, ...] = ()
    change: Change | None = None


@dataclass(frozen=True, slots=True)
class Indicator:
    """A row of a performance form: the path of tiers, its target, and on a self-evaluation its actual and score.

    `measure` (a notation of the ontology: satisfaction, timeliness_rate ...) and `object` (what it is measured on) are
    what its name says, where that was understood.
    """

    tier1: str | None
    tier2: str | None
    tier3: str
    target: Value | None
    tier1_concept: str | None = None
    tier2_concept: str | None = None
    tier_scheme: str | None = None
    actual: Value | None = None
    absence: Absence | None = None
    weight: Decimal | None = None
    score: Decimal | None = None
    direction: Direction | None = None
    explanation: str | None = None
    deviation: str | None = None
    note: str | None = None
    measure: str | None = None
    object: str | None = None
    asks: str | None = None
    evidence: str | None = None
    place: Place | None = None
    cells: Cells = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Funding:
    """One printed amount of a form's funding block, in yuan; `raw` and `unit` keep what was printed."""

    stage: Stage
    source: Source
    amount: Decimal
    raw: str
    unit: str | None = None
    place: Place | None = None
    cells: Cells = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Execution:
    """The execution rate (执行率) in percent, and its weight and score, where a form has them."""

    rate: Decimal | None = None
    weight: Decimal | None = None
    score: Decimal | None = None


@dataclass(frozen=True, slots=True)
class StageGoal:
    """A goal for a part of the year (阶段目标)."""

    text: str
    period: str | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a project's description in prose (立项依据, 实施周期 ...): what it is, its heading and its text."""

    kind: str
    text: str
    label: str | None = None
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Project:
    """One printed form that speaks of one project, or of a department as a whole."""

    form_id: str
    name: str
    scope: Scope
    form: FormKind
    code: str | None = None
    fiscal_year: int | None = None
    department: Named | None = None
    implementing_unit: Named | None = None
    objective: str | None = None
    outcome: str | None = None
    stages: tuple[StageGoal, ...] = ()
    funding: tuple[Funding, ...] = ()
    execution: Execution | None = None
    indicators: tuple[Indicator, ...] = ()
    score: Decimal | None = None
    grade: str | None = None
    place: Place | None = None
    cells: Cells = field(default_factory=dict)
    sections: tuple[Section, ...] = ()


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """One printed amount of a financial table, in yuan."""

    table: str
    name: str
    column: str
    amount: Decimal
    raw: str
    unit: str | None = None
    code: str | None = None
    fiscal_year: int | None = None
    unit_name: str | None = None
    role: Literal["total", "subtotal", "detail"] | None = None
    level: int | None = None
    side: Literal["income", "expenditure"] | None = None
    scheme: str | None = None
    measure: str | None = None
    place: Place | None = None
    cell: PrintedCell | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """What a sentence of the document's prose says, with the sentence.

    `amount` is in yuan, `value` a count, a percentage or a score; `raw` and `unit` are what was printed of it. `change`
    (in yuan) and `percent` say by how much it rose or, below zero, fell against the year `compared_with`; `share` is its
    percentage of a whole, and `part_of` the number of the whole's fact in the disclosure, from 1, where 其中 or the kinds
    say so. `stage` is only what the sentence itself says (预算, 决算); `cause` is the reason it gives for a change.
    """

    kind: str
    text: str
    subject: str | None = None
    amount: Decimal | None = None
    value: Decimal | None = None
    unit: str | None = None
    change: Decimal | None = None
    percent: Decimal | None = None
    fiscal_year: int | None = None
    place: Place | None = None
    raw: str | None = None
    stage: Stage | None = None
    share: Decimal | None = None
    compared_with: int | None = None
    part_of: int | None = None
    cause: str | None = None


@dataclass(frozen=True, slots=True)
class Issue:
    """Something that could not be read, or was read with doubt; `code` is one of ontology/data/issues.yaml."""

    code: str
    severity: Severity
    message_zh: str
    message_en: str
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    """The file that was read, and what its own text says about it."""

    file: str
    sha256: str
    title: str | None = None
    kind: DisclosureKind = "unknown"
    fiscal_year: int | None = None
    region: Named | None = None
    unit: Named | None = None
    level: Level | None = None


@dataclass(frozen=True, slots=True)
class Disclosure:
    """Everything that was read from one document."""

    document: DocumentInfo
    extractor_version: str
    projects: tuple[Project, ...] = ()
    budget_lines: tuple[BudgetLine, ...] = ()
    facts: tuple[Fact, ...] = ()
    issues: tuple[Issue, ...] = ()
