"""What the page of indicators shows: what indicators ask, the spread of their targets, and forms that measure little."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import streamlit as st

from graph.quartiles import Quartiles, quartiles
from graph.target_rows import TargetRow
from graph.targets import Achieved, Target, TargetSpread, spread_of
from ontology.measures import Measure, measure_list
from ui.data import counted, read_digest
from ui.store import Answers

_COUNTING = "FROM row JOIN form ON form.id = row.form JOIN asked ON asked.id = row.asked WHERE form.newer IS NULL"


@dataclass(frozen=True, slots=True)
class Asked:
    """What indicators ask anywhere (a canonical indicator): its label, the tiers and measures that its rows have, how
    many rows, projects, units and regions ask it, and the target that most of them print."""

    iri: str
    label: str
    places: frozenset[tuple[str, str, str]]
    rows: int
    projects: int
    units: int
    regions: int
    usual: str | None

    def values(self, facet: str) -> set[str]:
        """Its tiers ("tier1", "tier2") or measures ("measure"); "" where one is not known."""
        at = ("tier1", "tier2", "measure").index(facet)
        return {place[at] for place in self.places}


def read_asked(answers: Answers) -> tuple[Asked, ...]:
    """Return what indicators ask, what most units ask first."""
    return _asked(counted(answers), answers)


@st.cache_resource(show_spinner=False, max_entries=2)
def _asked(edition: str, _answers: Answers) -> tuple[Asked, ...]:
    digest = read_digest(_answers)
    places: dict[int, set[tuple[str, str, str]]] = defaultdict(set)
    for asked, *place in digest.select(
        f"SELECT DISTINCT row.asked, coalesce(tier1, ''), coalesce(tier2, ''), coalesce(measure, '') {_COUNTING}"
    ):
        places[asked].add((place[0], place[1], place[2]))
    usual: dict[int, tuple[int, str]] = {}
    for asked, target, times in digest.select(
        f"SELECT row.asked, target, count(*) {_COUNTING} AND target IS NOT NULL GROUP BY row.asked, target"
    ):
        usual[asked] = max(usual.get(asked, (0, "")), (times, target))
    counted = digest.select(
        "SELECT asked.id, asked.iri, asked.label, count(*), count(DISTINCT project), count(DISTINCT publisher), "
        "count(DISTINCT region) FROM row JOIN form ON form.id = row.form JOIN asked ON asked.id = row.asked "
        "JOIN document ON document.id = form.document WHERE form.newer IS NULL GROUP BY asked.id"
    )
    found = [
        Asked(
            iri,
            label,
            frozenset(places[number]),
            rows,
            projects,
            units,
            regions,
            usual[number][1] if number in usual else None,
        )
        for number, iri, label, rows, projects, units, regions in counted
    ]
    return tuple(sorted(found, key=lambda one: (-one.regions, -one.units, -one.rows, one.label)))


def find_worded(answers: Answers, words: Sequence[str]) -> frozenset[str]:
    """Given words, return the canonical indicators (IRIs) a printed wording of which has all of them."""
    tests = " AND ".join("instr(row.name, ?)" for _ in words)
    return frozenset(
        iri for (iri,) in read_digest(answers).select(f"SELECT DISTINCT asked.iri {_COUNTING} AND {tests}", words)
    )


# --- the spread of one --------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Subject:
    """What is looked at: a canonical indicator or a whole measure, with all of its rows."""

    key: str
    label: str
    measure: Measure | None
    whole_measure: bool
    rows: tuple[TargetRow, ...]
    narrower: tuple[tuple[Any, ...], ...] = ()
    """Of a whole measure, the canonical indicators that most of its rows have: IRI, label, how many rows."""

    @property
    def years(self) -> list[int]:
        """The fiscal years of its rows, the newest first."""
        return sorted({row.year for row in self.rows if row.year is not None}, reverse=True)

    @property
    def units(self) -> list[str]:
        """Who set a target for it, by name."""
        return sorted({row.publisher_name for row in self.rows if row.publisher_name and row.target is not None})


@dataclass(frozen=True, slots=True)
class City:
    """The targets of one region: their quartiles, and by value (in the spread's unit) the targets there."""

    name: str
    spread: Quartiles
    values: Mapping[Decimal, tuple[Target, ...]]
    own: bool


@dataclass(frozen=True, slots=True)
class Year:
    """The targets of one fiscal year, and what was achieved against them."""

    year: int | None
    spread: Quartiles
    achieved: Achieved | None


@dataclass(frozen=True, slots=True)
class View:
    """The spread of a subject as a page shows it; `reported` are the rows that say what was achieved, by indicator."""

    subject: Subject
    spread: TargetSpread
    cities: tuple[City, ...]
    years: tuple[Year, ...]
    reported: Mapping[str, TargetRow]

    def is_own(self, target: Target) -> bool:
        """Whether a target is the marked unit's."""
        return target.row.project in self.spread.own


def read_subject(answers: Answers, key: str) -> Subject | None:
    """Given a measure's notation or a canonical indicator's IRI, return it; None where no row has it."""
    return _subject(counted(answers), key, answers)


@st.cache_resource(show_spinner=False, max_entries=6)
def _subject(edition: str, key: str, _answers: Answers) -> Subject | None:
    digest = read_digest(_answers)
    measure = measure_list().measures.get(key)
    if measure is not None:
        rows = digest.rows("row.measure = ?", [key])
        narrower = digest.select(
            f"SELECT asked.iri, asked.label, count(*) {_COUNTING} AND row.measure = ? GROUP BY asked.id "
            "ORDER BY count(*) DESC, asked.label LIMIT 8",
            [key],
        )
        return Subject(key, measure.zh, measure, True, tuple(rows), tuple(narrower)) if rows else None
    rows = digest.rows("asked.iri = ?", [key])
    if not rows:
        return None
    label = digest.select("SELECT label FROM asked WHERE iri = ?", [key])[0][0]
    notations = {row.measure for row in rows}
    one = measure_list().measures.get(next(iter(notations)) or "") if len(notations) == 1 else None
    return Subject(key, label, one, False, tuple(rows))


def read_view(answers: Answers, subject: Subject, year: int | None, unit: str | None) -> View:
    """Given a subject, return the spread of its targets: of a fiscal year, with a unit (its name) as one's own."""
    return _view(counted(answers), subject.key, year, unit, subject)


@st.cache_resource(show_spinner=False, max_entries=24)
def _view(edition: str, key: str, year: int | None, unit: str | None, _subject: Subject) -> View:
    own = {row.project for row in _subject.rows if unit and row.publisher_name == unit}
    rows = [row for row in _subject.rows if year is None or row.year == year]
    spread = spread_of(_subject.label, rows, measure=_subject.measure, own=own)
    by_city: dict[str, list[Target]] = defaultdict(list)
    by_year: dict[int | None, list[Target]] = defaultdict(list)
    for target in spread.targets:
        by_city[target.row.region_name].append(target)
        by_year[target.row.year].append(target)
    reported = {row.indicator: row for row in rows if row.counts and row.actual is not None}
    return View(
        _subject,
        spread,
        tuple(
            City(name, told, _by_value(targets), any(target.row.project in own for target in targets))
            for name, targets in by_city.items()
            if (told := quartiles(target.value for target in targets)) is not None
        ),
        tuple(
            Year(one, told, _achieved(by_year[one], spread))
            for one in sorted(by_year, key=lambda one: one or 0)
            if (told := quartiles(target.value for target in by_year[one])) is not None
        ),
        reported,
    )


def _by_value(targets: Sequence[Target]) -> dict[Decimal, tuple[Target, ...]]:
    values: dict[Decimal, list[Target]] = defaultdict(list)
    for target in targets:
        values[target.value].append(target)
    return {value: tuple(some) for value, some in sorted(values.items())}


def _achieved(targets: Sequence[Target], spread: TargetSpread) -> Achieved | None:
    return replace(spread, targets=tuple(targets), own=frozenset()).achieved


# --- forms that measure little ------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Weak:
    """A project's target form that lacks indicators of benefit or satisfaction, or has no number among them."""

    form: str
    project: str
    name: str
    unit: str
    region: str
    year: int | None
    rows: int
    benefits: int
    satisfactions: int
    measured: int

    @property
    def gaps(self) -> tuple[str, ...]:
        """What it lacks: "benefit", "satisfaction", "number"."""
        found = (("benefit", self.benefits), ("satisfaction", self.satisfactions), ("number", self.measured))
        return tuple(name for name, count in found if not count)


def read_weak(answers: Answers) -> tuple[Weak, ...]:
    """Return the target forms of projects that measure little, the newest first; forms without indicators are not
    among them."""
    return _weak(counted(answers), answers)


@st.cache_resource(show_spinner=False, max_entries=2)
def _weak(edition: str, _answers: Answers) -> tuple[Weak, ...]:
    rows = read_digest(_answers).select(
        "SELECT form.iri, project, form.name, coalesce(publisher_name, ''), coalesce(region_name, ''), form.year, "
        "count(*), sum(coalesce(tier1, '') = 'benefit') AS benefits, "
        "sum(coalesce(tier1, '') = 'satisfaction') AS satisfactions, "
        "sum(coalesce(tier1, '') IN ('benefit', 'satisfaction') AND number IS NOT NULL) AS measured "
        "FROM row JOIN form ON form.id = row.form JOIN document ON document.id = form.document "
        "WHERE form.newer IS NULL AND form.kind = 'TargetForm' AND scope = 'project' GROUP BY form.id "
        "HAVING benefits = 0 OR satisfactions = 0 OR measured = 0 "
        "ORDER BY form.year DESC, region_name, publisher_name, form.name, form.iri"
    )
    return tuple(Weak(*row) for row in rows)


def count_gaps(weak: Sequence[Weak]) -> Counter[str]:
    """Given such forms, return how many lack what."""
    return Counter(gap for one in weak for gap in one.gaps)
