"""Forms to records: what the cells of a form say as numbers, dates and names, each with the place it was printed at."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal, cast

from extract import EXTRACTOR_VERSION
from extract.block import FieldValue
from extract.document_info import complete_info, default_money_unit, read_info, split_code, split_project_code
from extract.finance import read_budget_lines
from extract.finance_proof import proven
from extract.forms import Form
from extract.funding import Amount
from extract.grid import Cell, Document
from extract.indicator_row import IndicatorRow
from extract.layout import Layout, read_forms
from extract.lead_lines import with_lead_lines
from extract.names import parse_name
from extract.normalize import one_line
from extract.outline import with_outlines
from extract.prose import Prose, read_prose
from extract.rearranged import rearranged
from extract.report import LeftOut, ProseReport, Report, make_report
from extract.split_values import read_points, read_split_value
from extract.values import parse_amount, parse_percent
from ontology import labels
from ontology.issues import issue
from ontology.likely import split_tiers, tier1_concept, tier2_concept
from ontology.records import (
    Absence,
    Disclosure,
    DocumentInfo,
    Execution,
    Funding,
    Indicator,
    Issue,
    Named,
    Place,
    PrintedCell,
    Project,
    Source,
    Stage,
    StageGoal,
    Value,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read from a document, the account of how, and the document as its reader found it."""

    disclosure: Disclosure
    report: Report
    document: Document


@dataclass(slots=True)
class _Work:
    """What the records of one document share: what it says of itself, its unit of money, the issues so far."""

    info: DocumentInfo
    money_unit: str | None
    issues: list[Issue]
    unknown_tiers: set[str]


def assemble(document: Document, *, file: str, sha256: str, has_columns: bool = True) -> Reading:
    """Given what a reader found in a file, its name and hash, return the records and the report.

    A text dump has no columns of its own (`has_columns`): of its financial tables only those amounts count that the
    tables themselves bear out. A wrong amount is worse than none.
    """
    document = rearranged(with_lead_lines(with_outlines(document)))
    layout = read_forms(document)
    info = read_info(document, file=file, sha256=sha256)
    work = _Work(info, default_money_unit(document), [*document.issues, *layout.issues], set())
    numbers: dict[int, int] = {}
    projects: list[Project] = []
    for form in layout.forms:
        numbers[form.grid] = numbers.get(form.grid, 0) + 1
        project = _assemble_project(form, f"t{form.grid}-f{numbers[form.grid]}", work)
        if project is not None:
            projects.append(project)
    info = complete_info(info, projects)
    _report_document(document, info, projects, work)
    _report_unexplained(layout, work)
    lines, doubts = read_budget_lines(
        document.blocks, fiscal_year=info.fiscal_year, money_unit=work.money_unit, form_grids=layout.form_grids,
        only=None if has_columns else proven,
    )  # fmt: skip
    work.issues += doubts
    prose = read_prose(document, info, projects)
    if prose.unread:
        work.issues.append(issue("prose.unread", prose.unread[0].place, count=len(prose.unread)))
    filled = tuple(_fill_year(project, info) for project in (*projects, *prose.projects))
    disclosure = Disclosure(info, EXTRACTOR_VERSION, filled, lines, prose.facts, tuple(work.issues))
    report = make_report(disclosure, layout.ledgers, layout.form_grids, _account(prose), document)
    return Reading(disclosure, report, document)


def _account(prose: Prose) -> ProseReport:
    unread = tuple(LeftOut(one.place, one.text, "") for one in prose.unread)
    return ProseReport(len(prose.facts), len(prose.projects), prose.money_sentences, unread)


def _fill_year(project: Project, info: DocumentInfo) -> Project:
    if project.fiscal_year is not None or info.fiscal_year is None:
        return project
    return replace(project, fiscal_year=info.fiscal_year)


# --- one form


def _assemble_project(form: Form, form_id: str, work: _Work) -> Project | None:
    block = form.block
    department = block.first("unit_name") if form.scope == "department" else block.first("department", "unit_name")
    implementing = block.first("implementing_unit", "unit_name") if form.scope == "project" else None
    if form.scope == "project" and "project_name" not in form.columns:
        department = block.first("department")
    name_field, name = _name(form, work)
    if name is None:
        work.issues.append(issue("form.no_name", form.place))
        return None
    year = form.year or work.info.fiscal_year
    cells: dict[str, FieldValue | None] = {
        "name": name_field, "code": block.first("code", "name_and_code"), "department": department,
        "implementing_unit": implementing, "grade": _grade(form),
    }  # fmt: skip
    objective, cells["objective"] = _text(form, "objective")
    outcome, cells["outcome"] = _text(form, "outcome")
    score, cells["score"] = _score(form, work)
    cells |= {f"execution_{part}": FieldValue(cell.text, (cell,)) for part, cell in form.funding.execution.items()}
    indicators = _indicators(form, year, work)
    if not indicators:
        work.issues.append(issue("form.no_indicators", form.place, name=name))
    return Project(
        form_id=form_id,
        name=name,
        scope=form.scope or "project",
        form=form.kind or "target",
        code=_code(form),
        fiscal_year=year,
        department=_named(department, block.first("unit_code") if department is block.first("unit_name") else None),
        implementing_unit=_named(implementing, None),
        objective=objective,
        outcome=outcome,
        stages=_stages(form),
        funding=_funding(form, work),
        execution=_execution(form),
        indicators=indicators,
        score=score,
        grade=_plain(_grade(form)),
        place=form.place,
        cells={key: printed for key, field in cells.items() if field and (printed := _printed(field.cells))},
    )


def _name(form: Form, work: _Work) -> tuple[FieldValue | None, str | None]:
    """A form's name: its project's, or its department's; the title may carry it where no cell does."""
    if form.scope == "department":
        field = form.block.first("unit_name", "department", "implementing_unit")
        if field is not None:
            return field, split_code(one_line(field.text)).name
        return None, work.info.unit.name if work.info.unit else None
    field = form.block.first("name")
    if field is not None and not labels.is_placeholder(field.text):
        return field, split_project_code(one_line(field.text)).name
    field = form.block.first("name_and_code")
    if field is not None and not labels.is_placeholder(field.text):
        return field, split_code(one_line(field.text)).name
    return None, form.title.name if form.title else None


def _code(form: Form) -> str | None:
    field = form.block.first("code")
    name = form.block.first("name")
    if field is not None or name is not None:
        return _plain(field) or (split_project_code(one_line(name.text)).code if name is not None else None)
    both = form.block.first("name_and_code")
    return split_code(one_line(both.text)).code if both is not None else None


def _plain(field: FieldValue | None) -> str | None:
    return one_line(field.text) if field is not None and not labels.is_placeholder(field.text) else None


def _named(field: FieldValue | None, code: FieldValue | None) -> Named | None:
    if field is None or not field.text.strip() or labels.is_placeholder(field.text):
        return None
    named = split_code(one_line(field.text))
    return Named(named.name, named.code or (_plain(code) if code is not None else None))


_LONGEST_GRADE = 10


def _grade(form: Form) -> FieldValue | None:
    """A grade (优, 达成预期); a conclusion in sentences, which some forms ask for under the same label, is none."""
    values = form.block.fields.get("grade", ())
    return next((v for v in values if 0 < len(v.text.strip()) <= _LONGEST_GRADE and not _SENTENCE.search(v.text)), None)


_SENTENCE = re.compile(r"[，。；]")
_OF_THE_YEAR = re.compile(r"年度|当年|本年|全年|年初|预期")


def _objectives(form: Form) -> tuple[list[FieldValue], list[FieldValue]]:
    """The objective's printed parts, and those that are not the year's (项目总目标) where others are (年度绩效目标)."""
    values = [v for v in form.block.fields.get("objective", ()) if not labels.is_placeholder(v.text)]
    if not values:
        # A form that prints no goal but the whole term's means that.
        term = form.block.fields.get("term_objective", ())
        return [v for v in term if v.text.strip() and not labels.is_placeholder(v.text)], []
    of_the_year: list[FieldValue] = []
    others: list[FieldValue] = []
    for value in values:
        is_of_the_year = value.label is None or _OF_THE_YEAR.search(value.label.text)
        (of_the_year if is_of_the_year else others).append(value)
    return (of_the_year, others) if of_the_year else (values, [])


def _text(form: Form, notation: str) -> tuple[str | None, FieldValue | None]:
    """An objective or outcome as one text with the cells that print it, where several cells do."""
    values = [v for v in form.block.fields.get(notation, ()) if v.text.strip() and not labels.is_placeholder(v.text)]
    if notation == "objective":
        values = _objectives(form)[0]
    if not values:
        return None, None
    text = "\n".join(dict.fromkeys(value.text for value in values))
    cells = tuple(dict.fromkeys(cell for value in values for cell in value.cells))
    return text, FieldValue(text, cells, values[0].label)


def _score(form: Form, work: _Work) -> tuple[Decimal | None, FieldValue | None]:
    cell = form.total.get("score")
    field = FieldValue(cell.text, (cell,)) if cell is not None else form.block.first("score")
    if field is None:
        return None, None
    number = read_points(field.text)
    if number is None and not labels.is_placeholder(field.text):
        place = field.cells[0].printed.place if field.cells else form.place
        work.issues.append(issue("number.unread", place, text=field.text, field=("总分", "total score")))
    return number, field if number is not None else None


# "(1)月至(6)：", "1-6月：", "第一季度：", "2025年上半年：" before a stage's goal.
_PERIOD = re.compile(
    r"^\s*((?:20\d\d\s*年度?)?\s*(?:[（(]?\d{1,2}[)）]?\s*月?\s*[至到~—－-]\s*[（(]?\d{1,2}[)）]?\s*月?(?:底)?(?:前)?"
    r"|第?[一二三四1-4]季度|[上下]半年|\d{1,2}月(?:底)?(?:前)?|20\d\d\s*年度?|阶段[一二三四五\d]|第[一二三四五]阶段))\s*[:：，,]?\s*(.*)$",
    re.DOTALL,
)
_STAGE_FIELDS = ("subgoals", "stages", "term_objective", "half_objective")


def _stages(form: Form) -> tuple[StageGoal, ...]:
    goals = [StageGoal(value.text, _label(value)) for value in _objectives(form)[1] if value.text.strip()]
    taken = _objectives(form)[0]
    for notation in _STAGE_FIELDS:
        for value in form.block.fields.get(notation, ()):
            if not value.text.strip() or labels.is_placeholder(value.text) or value in taken:
                continue
            if notation != "stages":
                goals.append(StageGoal(value.text, _label(value)))
                continue
            for line in value.text.split("\n"):
                found = _PERIOD.match(line)
                if found is not None and found[2].strip():
                    goals.append(StageGoal(found[2].strip(), "".join(found[1].split())))
                elif line.strip():
                    goals.append(StageGoal(line.strip()))
    return tuple(goals)


def _label(value: FieldValue) -> str | None:
    return one_line(value.label.text).partition("：")[0].strip(": ") if value.label is not None else None


# --- money


def _funding(form: Form, work: _Work) -> tuple[Funding, ...]:
    found: list[Funding] = []
    for amount in form.funding.amounts:
        unit = amount.unit or form.unit
        parsed = parse_amount(amount.text, unit)
        if parsed is not None and parsed.unit is None and parsed.amount != 0:
            unit = work.money_unit or "元"
            parsed = parse_amount(amount.text, unit)
            work.issues.append(issue("amount.no_unit", amount.cell.printed.place, text=amount.text, unit=unit))
        if parsed is None:
            work.issues.append(_unread_amount(amount.cell, amount.label.text if amount.label else amount.source))
            continue
        found.append(
            Funding(
                cast("Stage", amount.stage),  # the notations of funding.yaml are the contract's: labels checks them
                cast("Source", amount.source),
                parsed.amount,
                parsed.raw,
                parsed.unit,
                _row_of(amount.cell),
                _amount_cells(amount),
            )
        )
    for cell, label in form.funding.unread:
        work.issues.append(_unread_amount(cell, label))
    return tuple(found)


def _unread_amount(cell: Cell, label: str) -> Issue:
    return issue("amount.unread", cell.printed.place, text=cell.text, label=one_line(label))


def _amount_cells(amount: Amount) -> dict[str, PrintedCell]:
    cells = {"amount": amount.cell.printed}
    if amount.label is not None and amount.label is not amount.cell:
        cells["label"] = amount.label.printed
    return cells


def _execution(form: Form) -> Execution | None:
    cells = form.funding.execution
    rate = parse_percent(cells["rate"].text) if "rate" in cells else None
    weight = read_points(cells["weight"].text) if "weight" in cells else None
    score = read_points(cells["score"].text) if "score" in cells else None
    return None if rate is weight is score is None else Execution(rate, weight, score)


# --- indicators


def _indicators(form: Form, year: int | None, work: _Work) -> tuple[Indicator, ...]:
    concepts = {concept for row in form.rows if (concept := tier1_concept(row.texts.get("tier1")))}
    scheme = labels.tier_scheme(concepts)
    return tuple(_indicator(row, form, year, scheme, work) for row in form.rows)


def _indicator(row: IndicatorRow, form: Form, year: int | None, scheme: str | None, work: _Work) -> Indicator:
    texts = row.texts
    tier1 = _or_none(texts.get("tier1"))
    tier2 = _or_none(texts.get("tier2"))
    if tier2 is None and (both := split_tiers(texts.get("tier1", ""))):
        tier1, tier2 = both
    first = tier1_concept(tier1)
    second = tier2_concept(tier2, first)
    target, absence = _value(row, "target", form, year)
    actual, _ = _value(row, "actual", form, year)
    _report_tiers(row, first, second, work)
    counted = target or actual
    name = parse_name(one_line(texts["tier3"]), tier2_concept=second, unit=counted.unit if counted else None)
    return Indicator(
        tier1=tier1,
        tier2=tier2,
        tier3=one_line(texts["tier3"]),
        target=target,
        tier1_concept=first,
        tier2_concept=second,
        tier_scheme=scheme,
        actual=actual,
        absence=absence,
        weight=_figure(row, "weight", work),
        score=_figure(row, "score", work),
        direction=labels.direction(texts.get("direction", "")),
        explanation=_or_none(texts.get("explanation")),
        deviation=_or_none(texts.get("deviation")),
        note="；".join(text for text in (texts.get("note", "").strip(), *row.notes) if text) or None,
        measure=name.measure,
        object=name.object,
        asks=name.asks,
        evidence=name.evidence,
        place=_row_of(row.cells["tier3"][0]),
        cells={
            notation: printed
            for notation in _CELLS
            if notation in row.cells and (printed := _printed(row.cells[notation]))
        },
    )


_CELLS = ("tier1", "tier2", "tier3", "operator", "target", "unit", "actual", "weight", "score", "direction",
          "explanation", "deviation", "note")  # fmt: skip


def _or_none(text: str | None) -> str | None:
    return one_line(text) or None if text else None


def _value(
    row: IndicatorRow, side: Literal["target", "actual"], form: Form, year: int | None
) -> tuple[Value | None, Absence | None]:
    if side not in form.columns and side not in row.texts:
        return None, "no_column"
    parsed = read_split_value(row.texts, side, year)
    return parsed.value, parsed.absence


def _figure(row: IndicatorRow, notation: str, work: _Work) -> Decimal | None:
    text = row.texts.get(notation, "").strip()
    if not text or labels.is_placeholder(text):
        return None
    number = read_points(text)
    if number is None:
        place = row.cells[notation][0].printed.place
        work.issues.append(issue("number.unread", place, text=text, field=_column_name(notation)))
    return number


def _column_name(notation: str) -> tuple[str, str]:
    column = labels.columns()[notation]
    return column.zh, column.en


def _report_tiers(row: IndicatorRow, first: str | None, second: str | None, work: _Work) -> None:
    for tier, concept in (("tier1", first), ("tier2", second)):
        text = row.texts.get(tier, "").strip()
        if text and concept is None and text not in work.unknown_tiers and not labels.is_tier1(text):
            work.unknown_tiers.add(text)
            place = row.cells[tier][0].printed.place
            work.issues.append(issue("tier.unknown", place, text=one_line(text), tier=tier[-1]))


# --- places


def _printed(cells: Sequence[Cell]) -> PrintedCell | None:
    """The printed cell of a field; where several cells make it, the others are its further places."""
    parts = [part for cell in cells for part in (cell.parts or (cell.printed,))]
    return replace(parts[0], more=tuple(parts[1:])) if parts else None


def _row_of(cell: Cell) -> Place:
    return replace(cell.printed.place, column=None, box=None)


# --- what the document leaves open


def _report_document(document: Document, info: DocumentInfo, projects: Sequence[Project], work: _Work) -> None:
    if not document.blocks and not work.issues:
        work.issues.append(issue("document.no_text"))
    if info.unit is None:
        work.issues.append(issue("document.no_unit"))
    if info.fiscal_year is None:
        work.issues.append(issue("document.no_year"))
    if not projects:
        work.issues.append(issue("document.no_forms"))


def _report_unexplained(layout: Layout, work: _Work) -> None:
    for number in sorted(layout.form_grids):
        ledger = layout.ledgers[number - 1]
        for cell in ledger.unexplained():
            if labels.mentions_people(cell.text):
                ledger.leave_out(cell, "人名、电话不读入 (names and telephones are never read)", sensitive=True)
                continue
            text = one_line(cell.text)
            text = text if len(text) <= 60 else text[:60] + "…"
            work.issues.append(issue("cell.unexplained", cell.printed.place, text=text))
