"""The spread of targets: what units set for one indicator, where mine stands, and what was achieved the year after.

Given a measure (its notation or label), a canonical indicator or words of a name, `find_targets` returns the targets of
all projects in one unit, with what was left out and why. Superseded forms don't count, and where a year's target form
and self-evaluation print the same indicator, the target form does. Quartiles are exact (graph.quartiles). Advice says
what peers set and achieved; it is never a verdict.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any, Literal

from graph.errors import NotFoundError
from graph.lookup import find_project, find_regions
from graph.pairing import plain
from graph.quartiles import PEERS_NEEDED, Quartiles, percentile, quartiles
from graph.store import ReadableStore
from graph.target_rows import (
    PrintedValue,
    TargetRow,
    find_canonical,
    find_names,
    label_of_canonical,
    read_rows_named,
    read_rows_of_canonical,
    read_rows_of_measure,
)  # fmt: skip
from graph.unit_families import base_text, family_of
from ontology.comparables import fold_text
from ontology.measures import Measure, measure_list
from ontology.namespaces import concept
from ontology.targets import target_words

Direction = Literal["positive", "negative"]
Standing = Literal["strict", "middle", "lax", "unknown", "too_few"]

_DIRECTIONS: Mapping[str, Direction] = {"higher": "positive", "lower": "negative"}
_NUMERIC = ("ge", "gt", "le", "lt", "eq")


@dataclass(frozen=True, slots=True)
class Target:
    """A target in the unit of the spread; `actual` is what was achieved the year after, in the same unit, if known."""

    row: TargetRow
    value: Decimal
    actual: Decimal | None = None

    @property
    def operator(self) -> str:
        """The sign that it was printed with, by its notation."""
        return self.row.target.operator if self.row.target else "eq"

    def is_met(self, direction: Direction | None) -> bool | None:
        """Whether what was achieved is the target or better; None where nothing is known of it."""
        if self.actual is None:
            return None
        more_is_better = direction == "positive" or (direction is None and self.operator in ("ge", "gt"))
        if more_is_better:
            return self.actual >= self.value
        less_is_better = direction == "negative" or self.operator in ("le", "lt")
        return self.actual <= self.value if less_is_better else self.actual == self.value

    def to_json(self) -> dict[str, Any]:
        """The target as the command line prints it."""
        return {
            "project": self.row.project_name,
            "publisher": self.row.publisher_name,
            "region": self.row.region_name,
            "fiscal_year": self.row.year,
            "operator": self.operator,
            "value": plain(self.value),
        }


@dataclass(frozen=True, slots=True)
class LeftOutTarget:
    """A row that is not among those compared; the reason is a name in ontology/data/targets.yaml."""

    row: TargetRow
    reason: str

    def to_json(self, language: str = "zh") -> dict[str, Any]:
        """The row as the command line prints it."""
        return {
            "project": self.row.project_name,
            "reason": target_words()["reasons"][self.reason].in_language(language),
        }


@dataclass(frozen=True, slots=True)
class Achieved:
    """What was achieved against targets, the year after: how many reported it, how many met their target, the median
    of what was achieved and of how far it went beyond the target (negative: fell short), in the spread's unit."""

    count: int
    met: int
    median: Decimal
    median_beyond: Decimal


@dataclass(frozen=True, slots=True)
class Mine:
    """Where a project's own target stands among those of others: its percentile (share of theirs that are less, and
    half of the same), and whether that is strict or lax."""

    target: Target
    percentile: Decimal | None
    standing: Standing


@dataclass(frozen=True, slots=True)
class TargetSpread:
    """The targets of an indicator over all units, in one unit; `mine` are the newest ones of the projects (`own`) that
    were asked about, none of which is among the peers."""

    indicator: str
    base_unit: str
    direction: Direction | None
    targets: tuple[Target, ...]
    left_out: tuple[LeftOutTarget, ...]
    mine: tuple[Mine, ...] = ()
    own: frozenset[str] = frozenset()

    @property
    def own_names(self) -> list[str]:
        """What the projects that were asked about call the indicator, in all their forms: also in words, and in those
        that a newer form doesn't have any more."""
        rows = (*(target.row for target in self.targets), *(one.row for one in self.left_out))
        return list(dict.fromkeys(row.name for row in rows if row.project in self.own))

    @property
    def quartiles(self) -> Quartiles | None:
        """How all targets are spread; None where there are none."""
        return quartiles(target.value for target in self.targets)

    @property
    def peers(self) -> tuple[Target, ...]:
        """The targets of other projects than those asked about."""
        return tuple(target for target in self.targets if target.row.project not in self.own)

    @property
    def achieved(self) -> Achieved | None:
        """What the peers achieved against their targets; None where none is known."""
        return _achieved(self.peers, self.direction)

    def advice(self, language: str = "zh") -> list[str]:
        """What peers set and achieved, and where mine stands, a sentence each; none is a verdict."""
        return list(_advice(self, language))

    def to_json(self, language: str = "zh") -> dict[str, Any]:
        """The spread as the command line prints it: the quartiles are "" where there are no targets; with a project's
        own targets where one was asked about."""
        spread = self.quartiles
        told: dict[str, Any] = {
            "indicator": self.indicator,
            "base_unit": self.base_unit,
            "direction": self.direction,
            "count": len(self.targets),
            "min": plain(spread.least) if spread else "",
            "p25": plain(spread.p25) if spread else "",
            "median": plain(spread.median) if spread else "",
            "p75": plain(spread.p75) if spread else "",
            "max": plain(spread.greatest) if spread else "",
            "targets": [target.to_json() for target in self.targets],
            "left_out": [left.to_json(language) for left in self.left_out],
        }
        if self.mine:
            told["mine"] = [
                {**mine.target.to_json(), "percentile": _shown(mine.percentile), "standing": mine.standing}
                for mine in self.mine
            ]
            told["advice"] = self.advice(language)
        return told


def _shown(number: Decimal | None) -> str | None:
    return None if number is None else plain(number)


# --- asking -------------------------------------------------------------------------------------------------------
def find_targets(
    store: ReadableStore,
    indicator: str,
    *,
    project: str | None = None,
    region: str | None = None,
    year: int | None = None,
) -> TargetSpread:
    """Given a measure (its notation, label or a word for it), a canonical indicator (its label, a wording of it, or its
    IRI) or words of an indicator's name, return the spread of its targets: of a region (a province covers its cities),
    of a fiscal year; with a project (IRI, name or a unique part of it), where its own newest targets stand among the
    others.

    Raises NotFoundError where no indicator of the store is called so; NotFoundError and AmbiguousError for the project
    and the region.
    """
    own = None if project is None else str(find_project(store, project))
    inside = None if region is None else frozenset(map(str, find_regions(store, region)))
    measure, label, rows = _asked_rows(store, indicator.strip())
    if not rows:
        raise NotFoundError(f"no indicator of that name or measure is in the store: {indicator}")
    rows = [
        row
        for row in rows
        if row.project == own or ((inside is None or row.region in inside) and (year is None or row.year == year))
    ]
    like, unlike = _of_one_measure(rows) if measure is None else (rows, [])
    mine = frozenset[str]() if own is None else frozenset({own})
    return _spread(
        label, _direction(like, measure), like, mine, [LeftOutTarget(row, "other_measure") for row in unlike]
    )


def spread_of(
    label: str, rows: Sequence[TargetRow], *, measure: Measure | None = None, own: Collection[str] = ()
) -> TargetSpread:
    """Given rows that ask for one thing (its label; the measure, where that is what they share) and the IRIs of one's
    own projects, return the spread of their targets and where one's own newest ones stand among the others."""
    return _spread(label, _direction(rows, measure), rows, frozenset(own), [])


def _of_one_measure(rows: Sequence[TargetRow]) -> tuple[list[TargetRow], list[TargetRow]]:
    """Given rows of like names, return those of the measure that most numbers are of, and the others: 故障率 and
    故障处理率 have a word in common and nothing else."""
    used = Counter(
        _measure_of_row(row) or "" for row in rows if row.target is not None and row.target.number is not None
    )
    if len(used) < 2:
        return list(rows), []
    most = max(used, key=lambda name: (used[name], name))
    like = [row for row in rows if (_measure_of_row(row) or "") == most]
    return like, [row for row in rows if (_measure_of_row(row) or "") != most]


def _measure_of_row(row: TargetRow) -> str | None:
    return row.measure or measure_of(row.name)


def _asked_rows(store: ReadableStore, text: str) -> tuple[Measure | None, str, list[TargetRow]]:
    """What a person asks for: a measure, or a canonical indicator, or words of a name; its label, and its rows."""
    measure = find_measure(text)
    if measure is not None:
        return measure, measure.zh, _rows_of(store, measure)
    canonical = find_canonical(store, text) if text else []
    if canonical:
        label = label_of_canonical(store, canonical[0]) if len(canonical) == 1 else None
        return None, label or text, read_rows_of_canonical(store, canonical)
    return None, text, read_rows_named(store, find_names(store, [text])) if text else []


def find_measure(text: str) -> Measure | None:
    """Given a measure's IRI, notation, label in either language or an ending of names that asks for it, return it."""
    asked = fold_text(text)
    for measure in measure_list().measures.values():
        words = (measure.notation, measure.zh, measure.en, concept("measure", measure.notation), *measure.printed)
        if asked in {fold_text(word) for word in words}:
            return measure
    return None


def _rows_of(store: ReadableStore, measure: Measure) -> list[TargetRow]:
    """The rows that a measure was recognised in; in a store whose rows say none, those whose names end with it."""
    rows = read_rows_of_measure(store, concept("measure", measure.notation))
    if rows:
        return rows
    words = sorted({word.replace("|", "") for word in (*measure.printed, *measure.also)})
    return read_rows_named(store, [name for name in find_names(store, words) if measure_of(name) == measure.notation])


@cache
def _endings() -> tuple[tuple[str, str], ...]:
    """The endings of names with the measure that they ask for, the longest first."""
    found = {
        word.replace("|", ""): one.notation
        for one in measure_list().measures.values()
        for word in (*one.printed, *one.also)
    }
    return tuple(sorted(found.items(), key=lambda pair: (-len(pair[0]), pair[0])))


@lru_cache(maxsize=8192)
def split_measure(name: str) -> tuple[str, str] | None:
    """Given an indicator's name, return what it is about and the notation of the measure that it ends with, words that
    add nothing left out; None where it ends with none."""
    text = fold_text(name)
    while True:
        for ending, notation in _endings():
            if text.endswith(ending):
                return text.removesuffix(ending), notation
        tail = max((tail for tail in measure_list().tails if text.endswith(tail)), key=len, default="")
        if not tail or len(tail) >= len(text):
            return None
        text = text.removesuffix(tail)


def measure_of(name: str) -> str | None:
    """Given an indicator's name, return the notation of the measure that it ends with; for rows that were read before
    measures were recognised."""
    found = split_measure(name)
    return found[1] if found else None


def _direction(rows: Sequence[TargetRow], measure: Measure | None) -> Direction | None:
    """Which way is better: as the measure has it, or else as the forms print it, where they agree."""
    if measure is None:
        measures = {_measure_of_row(row) for row in rows}
        known = [measure_list().measures.get(name) for name in measures if name is not None]
        measure = known[0] if len(measures) == 1 and known else None
    if measure is not None and measure.better is not None:
        return _DIRECTIONS[measure.better]
    printed = {row.direction for row in rows if row.direction is not None}
    if printed == {"positive"}:
        return "positive"
    return "negative" if printed == {"negative"} else None


def direction_of(row: TargetRow) -> Direction | None:
    """Given a row, return which way is better: as its measure has it, or else as the form prints it."""
    return _direction([row], None)


# --- what counts --------------------------------------------------------------------------------------------------
def _spread(
    indicator: str,
    direction: Direction | None,
    rows: Sequence[TargetRow],
    own: frozenset[str],
    unlike: Sequence[LeftOutTarget],
) -> TargetSpread:
    planned = {row.indicator for row in rows if row.counts and row.kind == "TargetForm" and row.target is not None}
    reported = {row.indicator: row.actual for row in rows if row.counts and row.actual is not None}
    numeric: list[TargetRow] = []
    left: list[LeftOutTarget] = list(unlike)
    for row in rows:
        reason = _why_left_out(row, direction, planned)
        if reason is None:
            numeric.append(row)
        else:
            left.append(LeftOutTarget(row, reason))
    families = {row.row: family_of(row.target.unit or "") for row in numeric if row.target}
    most = Counter(family.key for family in families.values())
    chosen = max(most, key=lambda key: (most[key], key), default="")
    left += [LeftOutTarget(row, "other_unit") for row in numeric if families[row.row].key != chosen]
    kept = [row for row in numeric if families[row.row].key == chosen]
    text, factor = base_text(families[row.row] for row in kept) if kept else ("", Decimal(1))
    targets = tuple(
        sorted(
            (
                Target(
                    row,
                    _number(row.target, families[row.row].factor / factor),
                    _actual(reported.get(row.indicator), chosen, factor),
                )
                for row in kept
                if row.target
            ),
            key=lambda target: (target.value, target.row.region_name, target.row.publisher_name, target.row.row),
        )
    )
    spread = TargetSpread(indicator, text, direction, targets, tuple(left), own=own)
    return replace(spread, mine=_mine(spread, own)) if own else spread


def _why_left_out(row: TargetRow, direction: Direction | None, planned: set[str]) -> str | None:
    target = row.target
    if not row.counts:
        return "superseded"
    if target is None:
        return "no_target"
    if row.kind != "TargetForm" and row.indicator in planned:
        return "in_target_form"
    if target.parted:
        return "several"
    if target.operator in ("by", "range"):
        return {"by": "date", "range": "range"}[target.operator]
    if target.operator not in _NUMERIC or target.number is None:
        return "qualitative"
    if target.relative is not None:
        return "relative"
    if target.unit is None:
        return "no_unit"
    against = {"positive": ("le", "lt"), "negative": ("ge", "gt"), None: ()}[direction]
    return "other_side" if target.operator in against else None


def _number(value: PrintedValue, factor: Decimal) -> Decimal:
    return (value.number or Decimal(0)) * factor


def _actual(value: PrintedValue | None, key: str, factor: Decimal) -> Decimal | None:
    """What was achieved, in the unit of the targets; None where it is no number of that unit."""
    if value is None or value.number is None or value.unit is None or value.parted or value.relative is not None:
        return None
    family = family_of(value.unit)
    return value.number * family.factor / factor if family.key == key else None


# --- mine among the others ----------------------------------------------------------------------------------------
def _mine(spread: TargetSpread, own: frozenset[str]) -> tuple[Mine, ...]:
    mine = [target for target in spread.targets if target.row.project in own]
    newest = max((target.row.year or 0 for target in mine), default=0)
    others = [target.value for target in spread.peers]
    return tuple(
        Mine(target, percentile(target.value, others), _standing(target.value, others, spread.direction))
        for target in mine
        if (target.row.year or 0) == newest
    )


def _standing(value: Decimal, others: Sequence[Decimal], direction: Direction | None) -> Standing:
    place = percentile(value, others)
    if place is None or len(others) < PEERS_NEEDED:
        return "too_few"
    if direction is None:
        return "unknown"
    strictness = place if direction == "positive" else 100 - place
    return "strict" if strictness >= 75 else "lax" if strictness <= 25 else "middle"


def _achieved(targets: Iterable[Target], direction: Direction | None) -> Achieved | None:
    known = [target for target in targets if target.actual is not None]
    actuals = quartiles(target.actual for target in known if target.actual is not None)
    beyond = quartiles(
        (target.actual - target.value) * (-1 if direction == "negative" else 1)
        for target in known
        if target.actual is not None
    )
    if actuals is None or beyond is None:
        return None
    return Achieved(len(known), sum(bool(target.is_met(direction)) for target in known), actuals.median, beyond.median)


def _advice(spread: TargetSpread, language: str) -> Iterable[str]:
    words = {name: said.in_language(language) for name, said in target_words()["advice"].items()}
    unit = spread.base_unit
    peers = quartiles(target.value for target in spread.peers)
    if peers is not None and peers.count >= PEERS_NEEDED:
        shown = {name: f"{plain(getattr(peers, name))}{unit}" for name in ("p25", "median", "p75")}
        yield words["peers_set"].format(count=peers.count, **shown)
    achieved = spread.achieved
    if achieved is not None:
        median = f"{plain(achieved.median)}{unit}"
        yield words["peers_achieved"].format(median=median, met=achieved.met, count=achieved.count)
    elif peers is not None:
        yield words["nobody_reported"]
    for mine in spread.mine:
        standing = target_words()["standings"][mine.standing].in_language(language)
        value = f"{plain(mine.target.value)}{unit}"
        if mine.percentile is None or mine.standing == "too_few":
            yield words["mine_alone"].format(value=value, standing=standing)
        else:
            yield words["mine"].format(value=value, percentile=f"{mine.percentile:.0f}", standing=standing)
        if mine.target.actual is not None:
            yield words["mine_achieved"].format(actual=f"{plain(mine.target.actual)}{unit}", value=value)
