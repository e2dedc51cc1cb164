"""What people corrected, applied to what was read: the cell keeps its printed text, the field says what stands there.

Given a disclosure and the corrections of its document, `correct_disclosure` returns it as it reads with them, and which
of them hold: one whose cell is no longer there, or reads otherwise than when somebody corrected it, is stale and
changes nothing. What follows from a field follows from the corrected one too (concepts of tiers, measure, amount).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, cast

from extract.document_info import split_code, split_project_code
from extract.names import parse_name
from extract.normalize import one_line
from extract.split_values import read_points, read_split_value
from extract.values import parse_amount, parse_percent
from ontology import labels
from ontology.decisions import CellCorrection, DecisionError, spot_of
from ontology.likely import split_tiers, tier1_concept, tier2_concept
from ontology.records import BudgetLine, Cells, Disclosure, Execution, Funding, Indicator, Named, Project, Source


@dataclass(frozen=True, slots=True)
class Corrected:
    """A disclosure as it reads with corrections, those that hold, and those that are stale."""

    disclosure: Disclosure
    applied: tuple[CellCorrection, ...] = ()
    stale: tuple[CellCorrection, ...] = ()


def correct_disclosure(disclosure: Disclosure, corrections: Sequence[CellCorrection]) -> Corrected:
    """Given what was read from a document and the corrections that people made of it, return both together.

    Raise DecisionError where a corrected text can't be what its field must be (an amount without a number).
    """
    if not corrections:
        return Corrected(disclosure)
    work = _Work({one.spot: one for one in corrections}, set())
    projects = tuple(_correct_project(project, disclosure, work) for project in disclosure.projects)
    lines = tuple(_correct_line(line, work) for line in disclosure.budget_lines)
    corrected = replace(disclosure, projects=projects, budget_lines=lines) if work.applied else disclosure
    return Corrected(
        corrected,
        tuple(one for one in corrections if one.id in work.applied),
        tuple(one for one in corrections if one.id not in work.applied),
    )


@dataclass(slots=True)
class _Work:
    """The corrections of a document by the cell they are about, and the ids of those that were applied."""

    by_spot: Mapping[tuple[str | int | None, ...], CellCorrection]
    applied: set[str]

    def of(self, cells: Cells) -> dict[str, CellCorrection]:
        """The corrections that hold of an owner's cells, by field."""
        found = {}
        for name, printed in cells.items():
            correction = self.by_spot.get(spot_of(name, printed))
            if correction is not None and correction.fits(printed.whole):
                self.applied.add(correction.id)
                found[name] = correction
        return found


# --- forms --------------------------------------------------------------------------------------------------------
def _correct_project(project: Project, disclosure: Disclosure, work: _Work) -> Project:
    year = project.fiscal_year if project.fiscal_year is not None else disclosure.document.fiscal_year
    indicators = tuple(_correct_indicator(one, year, work) for one in project.indicators)
    if any(new.tier1_concept != old.tier1_concept for new, old in zip(indicators, project.indicators, strict=True)):
        scheme = labels.tier_scheme({one.tier1_concept for one in indicators if one.tier1_concept})
        indicators = tuple(replace(one, tier_scheme=scheme) for one in indicators)
    funding = tuple(_correct_funding(one, work) for one in project.funding)
    changes: dict[str, Any] = {}
    for name, correction in work.of(project.cells).items():
        if name.startswith("execution_"):
            execution = changes.get("execution") or project.execution or Execution()
            part = name.removeprefix("execution_")
            read = parse_percent if part == "rate" else read_points
            changes["execution"] = replace(execution, **{part: _number(correction, read)})
        else:
            changes |= _FORM_FIELDS[name](project, correction)
    return replace(project, indicators=indicators, funding=funding, **changes)


def _form_name(project: Project, correction: CellCorrection) -> dict[str, Any]:
    named = (split_code if project.scope == "department" else split_project_code)(_needed(correction))
    return {"name": named.name, **({"code": named.code} if named.code and project.scope == "project" else {})}


def _unit(name: str) -> Callable[[Project, CellCorrection], dict[str, Any]]:
    def corrected(project: Project, correction: CellCorrection) -> dict[str, Any]:
        if not correction.new.strip():
            return {name: None}
        before: Named | None = getattr(project, name)
        named = split_code(one_line(correction.new))
        return {name: Named(named.name, named.code or (before.code if before else None))}

    return corrected


def _passage(name: str) -> Callable[[Any, CellCorrection], dict[str, Any]]:
    """A text that may be put together from several cells: what is wrong in it is replaced."""

    def corrected(owner: Any, correction: CellCorrection) -> dict[str, Any]:
        before: str | None = getattr(owner, name)
        if before and correction.old and correction.old in before:
            return {name: before.replace(correction.old, correction.new).strip() or None}
        return {name: correction.new.strip() or None}

    return corrected


_FORM_FIELDS: Mapping[str, Callable[[Project, CellCorrection], dict[str, Any]]] = {
    "name": _form_name,
    "code": lambda _, correction: {"code": one_line(correction.new) or None},
    "department": _unit("department"),
    "implementing_unit": _unit("implementing_unit"),
    "objective": _passage("objective"),
    "outcome": _passage("outcome"),
    "grade": lambda _, correction: {"grade": one_line(correction.new) or None},
    "score": lambda _, correction: {"score": _number(correction, read_points)},
}


# --- rows ---------------------------------------------------------------------------------------------------------
def _correct_indicator(indicator: Indicator, year: int | None, work: _Work) -> Indicator:
    found = work.of(indicator.cells)
    if not found:
        return indicator
    texts = {name: printed.whole for name, printed in indicator.cells.items()}
    texts |= {name: correction.new for name, correction in found.items()}
    changes: dict[str, Any] = {}
    if "tier3" in found:
        changes["tier3"] = one_line(_needed(found["tier3"]))
    if found.keys() & {"tier1", "tier2"}:
        changes |= _tiers(indicator, found)
    if found.keys() & {"target", "operator", "unit"}:
        parsed = read_split_value(texts, "target", year)
        changes |= {"target": parsed.value, "absence": parsed.absence}
    if "actual" in found or ("unit" in found and "actual" in texts):
        changes["actual"] = read_split_value(texts, "actual", year).value
    for name in found.keys() & {"weight", "score"}:
        changes[name] = _number(found[name], read_points)
    if "direction" in found:
        changes["direction"] = labels.direction(found["direction"].new)
    for name in found.keys() & {"explanation", "deviation", "note"}:
        changes |= _passage(name)(indicator, found[name])
    corrected = replace(indicator, **changes)
    if not found.keys() & {"tier1", "tier2", "tier3", "target", "actual", "operator", "unit"}:
        return corrected
    counted = corrected.target or corrected.actual
    named = parse_name(corrected.tier3, tier2_concept=corrected.tier2_concept, unit=counted.unit if counted else None)
    return replace(corrected, measure=named.measure, object=named.object, asks=named.asks, evidence=named.evidence)


def _tiers(indicator: Indicator, found: Mapping[str, CellCorrection]) -> dict[str, Any]:
    tier1 = (one_line(found["tier1"].new) or None) if "tier1" in found else indicator.tier1
    tier2 = (one_line(found["tier2"].new) or None) if "tier2" in found else indicator.tier2
    if "tier1" in found and "tier2" not in indicator.cells and (both := split_tiers(tier1 or "")):
        tier1, tier2 = both
    first = tier1_concept(tier1)
    return {"tier1": tier1, "tier2": tier2, "tier1_concept": first, "tier2_concept": tier2_concept(tier2, first)}


# --- money --------------------------------------------------------------------------------------------------------
def _correct_funding(funding: Funding, work: _Work) -> Funding:
    found = work.of(funding.cells)
    if "label" in found:
        match = labels.match_block(found["label"].new)
        source = match.role("source") if match is not None else None
        if source is None:
            raise _refused(found["label"], "a label that names no source of funds")
        funding = replace(funding, source=cast("Source", source))
    return replace(funding, **_amount(funding.unit, found["amount"])) if "amount" in found else funding


def _correct_line(line: BudgetLine, work: _Work) -> BudgetLine:
    found = work.of({"amount": line.cell} if line.cell is not None else {})
    return replace(line, **_amount(line.unit, found["amount"])) if found else line


def _amount(unit: str | None, correction: CellCorrection) -> dict[str, Any]:
    parsed = parse_amount(correction.new, unit)
    if parsed is None:
        raise _refused(correction, "no amount of money")
    return {"amount": parsed.amount, "raw": parsed.raw, "unit": parsed.unit or unit}


# --- texts --------------------------------------------------------------------------------------------------------
def _needed(correction: CellCorrection) -> str:
    text = one_line(correction.new)
    if not text:
        raise _refused(correction, "nothing; a name must say something")
    return text


def _number(correction: CellCorrection, read: Callable[[str], Decimal | None]) -> Decimal | None:
    text = correction.new.strip()
    if not text or labels.is_placeholder(text):
        return None
    number = read(text)
    if number is None:
        raise _refused(correction, "no number")
    return number


def _refused(correction: CellCorrection, what: str) -> DecisionError:
    return DecisionError(
        f"the correction {correction.id} of the field {correction.field}: {correction.new!r} is {what}"
    )
