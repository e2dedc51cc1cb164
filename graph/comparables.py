"""Comparable projects: for a project, those elsewhere that are of its kind, best first, with the reasons.

A project is compared by its forms of one year (the year asked for, else its newest). Projects compare with projects,
departments as a whole with departments. What the signals are and how they weigh is data
(ontology/data/comparables.yaml); how they are measured is graph.likeness. How alike two projects are follows from these
two alone, so it is the same whether all projects of a store are compared, or those that its text index holds for the
nearest.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from bisect import insort
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from graph.compared_forms import (
    ComparedForm,
    find_few_superseded,
    find_superseded,
    forms_of_texts,
    read_compared_forms,
)
from graph.errors import NotFoundError
from graph.figures import FormFigures
from graph.likeness import Likeness, Profile, compare, join_profiles, look
from graph.lookup import find_project, find_regions
from graph.pairing import UnitCost
from graph.project_words import RULES, group, words_asked, words_of_forms
from graph.same_question import Question, match_questions, services_said
from graph.search import TextIndex
from graph.store import ReadableStore
from graph.texts import Texts, texts_of
from graph.unit_costs import UnitCostPair, match_costs_of, read_figures
from ontology.comparables import comparison, fold_text

LINE = 0.5
"""The score from which on projects are comparable."""

COMPARED_ALL = 3000
"""Up to so many projects all are compared; of more, the nearest by their words."""

READ_ALL = 600
"""Up to so many projects in a store all are read to answer one question; of more, what its text index holds."""

COMPARED = 400
"""Projects that are compared in full with each project of a graph where there are too many to compare all."""

_ASKED = 600
"""Projects that are compared in full for one question: of thousands that hardly differ the best are among these."""

_KEPT = 20_000
"""Projects that stay in memory once they were compared."""

_SUPERSEDED_KEPT = 20_000
"""Up to so many superseded forms of a store are known by heart; of more, those of each question are asked for."""


@dataclass(frozen=True, slots=True)
class IndicatorTarget:
    """An indicator's name with its target and what was achieved, as printed (None where it has none); the notation of
    its first tier, and the unit of its target."""

    tier3: str
    target: str | None
    actual: str | None = None
    tier1: str = ""
    unit: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The pair as the command line prints it."""
        return {"tier3": self.tier3, "target": self.target}


@dataclass(frozen=True, slots=True)
class Comparable:
    """A project comparable to another, with the reasons: each signal that could be judged, from 0 to 1."""

    project: str
    name: str
    publisher: str
    region: str
    fiscal_year: int | None
    score: float
    reasons: Mapping[str, float]
    funding: Decimal | None
    matched_indicators: tuple[tuple[IndicatorTarget, IndicatorTarget], ...]
    unit_costs: tuple[UnitCostPair, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The project as the command line prints it."""
        return {
            "project": self.project,
            "name": self.name,
            "publisher": self.publisher,
            "region": self.region,
            "fiscal_year": self.fiscal_year,
            "score": self.score,
            "reasons": dict(self.reasons),
            "funding": None if self.funding is None else f"{self.funding:f}",
            "matched_indicators": [{"mine": a.to_json(), "theirs": b.to_json()} for a, b in self.matched_indicators],
            "unit_costs": [pair.to_json() for pair in self.unit_costs],
        }


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A project by its forms of one year: the first of them, all of them, and what is compared."""

    form: ComparedForm
    forms: tuple[str, ...]
    profile: Profile


class Comparing(ABC):
    """Projects of a store, to be compared: `find` may be asked many times, by `open_index` or `read_index`."""

    def __init__(self, store: ReadableStore) -> None:
        self._store = store
        self._forms: dict[str, list[ComparedForm]] = {}
        self._candidates: dict[tuple[str, int | None], _Candidate | None] = {}

    @abstractmethod
    def _nearest(
        self, mine: _Candidate, inside: frozenset[str] | None, year: int | None, among: int
    ) -> Iterable[str]: ...

    def find(
        self, project: str, *, inside: frozenset[str] | None = None, year: int | None = None, top: int = 10
    ) -> list[Comparable]:
        """Given a project's IRI, return comparable ones, best first: of the regions `inside` (None: of all but its
        own), of a year; raise NotFoundError where the project has no form in the store."""
        mine = self._asked(project)
        own = [form.form for form in self._forms[project]]
        scored = self._scored(mine, inside, year, among=_ASKED, least=comparison().shown_from, top=top)
        if not scored or scored[0][0].score < LINE:
            return []  # nothing is comparable: what is merely related would only look like an answer
        # Asked in one go for them all; of mine in all years, of which the newest unit costs count.
        asked = dict.fromkeys((*own, *(form for _, theirs in scored for form in theirs.forms)))
        figures = {form.form: form for form in read_figures(self._store, asked)}
        years = [(theirs.form.project, theirs.form.year) for _, theirs in scored]
        costs = match_costs_of(figures.values(), project, years)
        return [_comparable(likeness, mine, theirs, figures, costs[theirs.form.project]) for likeness, theirs in scored]

    def alike(self, project: str, *, among: int = COMPARED) -> list[tuple[str, Likeness]]:
        """Given a project's IRI, return the comparable ones elsewhere as IRIs with how alike they are, best first: of
        the `among` nearest by their words where there are too many to compare all. For graphs of all projects, which
        need no indicators side by side."""
        scored = self._scored(self._asked(project), None, None, among=among, least=LINE)
        return [(theirs.form.project, likeness) for likeness, theirs in scored]

    def _asked(self, project: str) -> _Candidate:
        mine = self._candidate(project, None)
        if mine is None:
            raise NotFoundError(f"no form of the project {project} is in the store")
        return mine

    def _scored(
        self,
        mine: _Candidate,
        inside: frozenset[str] | None,
        year: int | None,
        *,
        among: int,
        least: float,
        top: int | None = None,
    ) -> list[tuple[Likeness, _Candidate]]:
        """The projects that are alike by `least` or more, best first, at most `top` (None: all). Those that by what
        they show at first sight can't be among them are not compared in full."""
        seen = []
        for other in self._nearest(mine, inside, year, among):
            theirs = self._candidate(other, year)
            if theirs is not None and other != mine.form.project and _is_elsewhere(mine.form, theirs.form, inside):
                seen.append((look(mine.profile, theirs.profile), theirs))
        seen.sort(key=lambda pair: -pair[0].most)
        scored: list[tuple[Likeness, _Candidate]] = []
        scores: list[float] = []
        for sight, theirs in seen:
            if sight.most < least:
                break
            likeness = compare(mine.profile, theirs.profile, sight)
            if likeness.score >= least:
                scored.append((likeness, theirs))
                insort(scores, likeness.score)
                least = least if top is None or len(scores) < top else scores[-top]
        scored.sort(key=lambda pair: (-pair[0].score, pair[1].form.project))
        return scored[:top]

    def _candidate(self, project: str, year: int | None) -> _Candidate | None:
        if (project, year) not in self._candidates:
            self._candidates[project, year] = _candidate_of(self._forms.get(project, []), year)
        return self._candidates[project, year]


class ComparableIndex(Comparing):
    """All projects of a store in memory."""

    def __init__(
        self, store: ReadableStore, forms: Iterable[ComparedForm], *, compare_all_up_to: int = COMPARED_ALL
    ) -> None:
        """Of more projects than `compare_all_up_to`, those with the most telling words in common are compared."""
        super().__init__(store)
        for form in forms:
            self._forms.setdefault(form.project, []).append(form)
        self._words = self._index_words() if len(self._forms) > compare_all_up_to else None

    @property
    def projects(self) -> list[str]:
        """The IRIs of the projects that are compared."""
        return list(self._forms)

    def with_words(self) -> ComparableIndex:
        """The same projects, of which only the nearest by their words are compared, however few there are."""
        other = copy(self)
        other._words = other._index_words()
        return other

    def _index_words(self) -> TextIndex:
        """All projects by the words of all their years: which form is compared depends on the question."""
        index = TextIndex()
        for said in words_of_forms(form for forms in self._forms.values() for form in forms):
            index.add(said.project, said.words, said.groups)
        index.commit()
        return index

    def _nearest(self, mine: _Candidate, inside: frozenset[str] | None, year: int | None, among: int) -> Iterable[str]:
        """The projects to compare with one: all where there are few, else those with the most telling words in common
        of the regions and the year asked for."""
        if self._words is None:
            return self._forms
        words, within, without = _looked_for(mine, inside, year)
        return self._words.find(words, among, within=within, without=without)


class KeptIndex(Comparing):
    """The projects of a store as its text index holds them: nothing is read before it is compared."""

    def __init__(self, store: ReadableStore, texts: Texts) -> None:
        super().__init__(store)
        self._texts = texts
        self._superseded = find_few_superseded(store, _SUPERSEDED_KEPT)

    def _asked(self, project: str) -> _Candidate:
        self._read([project])
        return super()._asked(project)

    def _nearest(self, mine: _Candidate, inside: frozenset[str] | None, year: int | None, among: int) -> Iterable[str]:
        words, within, without = _looked_for(mine, inside, year)
        found = self._texts.nearest(words, among, within=within, without=without)
        self._read(found)
        return found

    def _read(self, projects: Sequence[str]) -> None:
        """Take the forms of projects out of the text index, but for those that another edition supersedes."""
        if len(self._forms) > _KEPT:
            self._forms.clear()
            self._candidates.clear()
        read = forms_of_texts(self._texts.forms([p for p in projects if p not in self._forms]))
        superseded = self._superseded
        if superseded is None:
            superseded = find_superseded(self._store, (form.form for form in read))
        forms: dict[str, list[ComparedForm]] = defaultdict(list)
        for form in read:
            if form.form not in superseded:
                forms[form.project].append(form)
        for project in projects:
            self._forms.setdefault(project, forms.get(project, []))


def _looked_for(
    mine: _Candidate, inside: frozenset[str] | None, year: int | None
) -> tuple[dict[str, float], list[str], list[str]]:
    """What a text index is asked for the nearest of a project: words, groups it must be in, and must not."""
    words = words_asked(mine.profile)
    within = [group("scope", mine.form.scope)]
    within += [group("region", region) for region in inside or ()]
    within += [] if year is None else [group("year", str(year))]
    without = [] if inside is not None or not mine.form.region else [group("region", mine.form.region)]
    return words, within, without


def find_comparables(
    store: ReadableStore, project: str, *, region: str | None = None, year: int | None = None, top: int = 10
) -> list[Comparable]:
    """Given a project (its IRI, its name or a unique part of it), return comparable ones, best first, at most `top`.

    They are of a region (a code or a name; a province covers its cities), or else of every region but the project's
    own; of a fiscal year, or else by their newest form. A score of 0.5 is the line between comparable and not: results
    below it are related and follow those above; where none is above it, nothing is comparable and the list is empty.
    Raises NotFoundError and AmbiguousError for a project or region that is not in the store or not one alone.
    """
    asked = str(find_project(store, project))
    inside = None if region is None else frozenset(map(str, find_regions(store, region)))
    return open_index(store).find(asked, inside=inside, year=year, top=top)


def open_index(store: ReadableStore) -> Comparing:
    """Given a store, return its projects to be compared: of a small one all of them, of a large one what its text index
    holds, which is read as it is needed. Worth keeping for as long as the snapshot is. An index that another version
    made is left aside until a writer has made it anew."""
    texts = texts_of(store)
    if texts is None or texts.rules != RULES or texts.projects <= READ_ALL:
        return read_index(store)
    return KeptIndex(store, texts)


def read_index(store: ReadableStore, *, compare_all_up_to: int = COMPARED_ALL) -> ComparableIndex:
    """Given a store, return all its projects read for comparing; worth keeping for as long as the snapshot is."""
    superseded = find_superseded(store)
    forms = (form for form in read_compared_forms(store) if form.form not in superseded)
    return ComparableIndex(store, forms, compare_all_up_to=compare_all_up_to)


def _is_elsewhere(mine: ComparedForm, theirs: ComparedForm, inside: frozenset[str] | None) -> bool:
    """Whether a project is one to compare with: of the same scope, and where the question looks."""
    if mine.scope != theirs.scope:
        return False
    if inside is not None:
        return theirs.region in inside
    if mine.publisher and mine.publisher == theirs.publisher:
        return False
    return not mine.region or mine.region != theirs.region


def _candidate_of(forms: list[ComparedForm], year: int | None) -> _Candidate | None:
    """Given a project's forms, return what is compared: those of the year, or of the newest."""
    wanted = year if year is not None else max((form.year for form in forms if form.year is not None), default=None)
    chosen = sorted((form for form in forms if form.year == wanted), key=lambda form: form.form)
    if not chosen:
        return None
    profile = join_profiles([form.profile for form in chosen])
    return _Candidate(chosen[0], tuple(form.form for form in chosen), profile)


def _indicators(candidate: _Candidate, figures: Mapping[str, FormFigures]) -> list[IndicatorTarget]:
    """A project's indicators, each name once, with its target and what was achieved, which forms of their own may print."""
    indicators: dict[str, IndicatorTarget] = {}
    for row in (row for form in candidate.forms for row in figures[form].rows):
        target, actual = (side.printed or None if side else None for side in (row.target, row.actual))
        indicator = IndicatorTarget(row.name, target, actual, row.tier1, row.target.unit if row.target else None)
        known = indicators.setdefault(fold_text(indicator.tier3), indicator)
        if known is not indicator and (known.target is None or known.actual is None):
            first = indicator if known.target is None else known
            indicators[fold_text(indicator.tier3)] = replace(first, actual=known.actual or indicator.actual)
    return list(indicators.values())


def _question(indicator: IndicatorTarget) -> Question:
    return Question(indicator.tier3, indicator.tier1, indicator.unit)


def _comparable(
    likeness: Likeness,
    mine: _Candidate,
    theirs: _Candidate,
    figures: Mapping[str, FormFigures],
    costs: Iterable[tuple[UnitCost, UnitCost]],
) -> Comparable:
    own, others = _indicators(mine, figures), _indicators(theirs, figures)
    said = figures[theirs.form.form]
    spoken = [
        services_said([name, *(indicator.tier3 for indicator in indicators)])
        for name, indicators in ((figures[mine.form.form].name, own), (said.name, others))
    ]
    shared = [service for service in spoken[0] if service in spoken[1]]
    pairs = match_questions([_question(one) for one in own], [_question(one) for one in others], shared)
    return Comparable(
        project=theirs.form.project,
        name=said.name,
        publisher=said.publisher_name,
        region=said.region_name,
        fiscal_year=theirs.form.year,
        score=round(likeness.score, 3),
        reasons={name: round(value, 3) for name, value in likeness.reasons.items()},
        funding=theirs.profile.funding,
        matched_indicators=tuple((own[i], others[j]) for i, j in pairs),
        unit_costs=tuple(UnitCostPair(one.per_label, one.value, other.value) for one, other in costs),
    )
