"""Comparable projects: for a project, those elsewhere that are of its kind, best first, with the reasons.

A project is compared by its forms of one year (the year asked for, else its newest). Projects compare with projects,
departments as a whole with departments. What the signals are and how they weigh is data
(ontology/data/comparables.yaml); how they are measured is graph.likeness.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from rdflib import URIRef

from graph.errors import NotFoundError
from graph.likeness import (
    Likeness,
    Profile,
    ProjectText,
    compare,
    match_names,
    read_profile,
)  # fmt: skip
from graph.lookup import find_project, find_region
from graph.search import TextIndex
from graph.store import ReadableStore, Rows
from graph.unit_costs import UnitCostPair, compare_unit_costs
from ontology.comparables import comparison, fold_text
from ontology.namespaces import PREFIXES
from ontology.regions import region_of

LINE = 0.5
"""The score from which on projects are comparable."""

COMPARED_ALL = 3000
"""Up to so many projects all are compared; of more, the COMPARED nearest by their words."""

COMPARED = 400
"""Projects that are compared in full where there are too many to compare all."""

_NAMES = "".join(f"PREFIX {prefix}: <{PREFIXES[prefix]}>\n" for prefix in ("pikg", "rdfs"))

_FORMS = """SELECT ?form ?project ?name ?scope ?year ?publisher ?publisherName ?unitName ?region ?regionName ?code
       ?objective ?outcome WHERE {
  ?form a pikg:Form ; pikg:ofProject ?project ; rdfs:label ?name ; pikg:scope ?scope ; pikg:inDocument ?document .
  MINUS { ?form pikg:supersededBy ?newer }
  OPTIONAL { ?form pikg:fiscalYear ?year }
  OPTIONAL { ?form pikg:implementingUnitText ?unitName }
  OPTIONAL { ?form pikg:objective ?objective }
  OPTIONAL { ?form pikg:outcome ?outcome }
  OPTIONAL { ?document pikg:publisher ?publisher }
  OPTIONAL { ?document pikg:publisherText ?publisherName }
  OPTIONAL { ?document pikg:region ?region OPTIONAL { ?region pikg:code ?code } }
  OPTIONAL { ?document pikg:regionText ?regionName }
} ORDER BY ?project ?year ?form"""

_ROWS = """SELECT ?form ?name ?tier2 ?target WHERE {
  ?row pikg:ofIndicator ?indicator ; pikg:ofForm ?form ; rdfs:label ?name ; pikg:order ?order .
  OPTIONAL { ?row pikg:tier2 ?tier2 }
  OPTIONAL { ?row pikg:target ?value OPTIONAL { ?value pikg:originalText ?target } }
} ORDER BY ?form ?order"""

_TOTALS = """SELECT ?form (MAX(?amount) AS ?total) WHERE {
  ?entry pikg:ofForm ?form ; pikg:amount ?amount ; pikg:stage <https://w3id.org/pikg/concept/stage/budget> ;
    pikg:source <https://w3id.org/pikg/concept/source/total> .
} GROUP BY ?form"""


@dataclass(frozen=True, slots=True)
class IndicatorTarget:
    """An indicator's name with its target as printed (None where it has none)."""

    tier3: str
    target: str | None

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
class _Form:
    """What a form prints of a project, as far as it is compared."""

    project: str
    name: str
    scope: str
    year: int | None
    publisher: str
    publisher_name: str
    unit_name: str
    region: str
    region_name: str
    region_code: str
    purpose: str
    rows: tuple[tuple[str, str, str | None], ...]
    total: Decimal | None


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A project by its forms of one year."""

    form: _Form
    indicators: tuple[IndicatorTarget, ...]
    profile: Profile
    funding: Decimal | None


class ComparableIndex:
    """All projects of a store, read for comparing: `find` may be asked many times."""

    def __init__(self, forms: Iterable[_Form], *, compare_all_up_to: int = COMPARED_ALL) -> None:
        """Of more projects than `compare_all_up_to`, those with the most telling words in common are compared."""
        self._forms: dict[str, list[_Form]] = defaultdict(list)
        for form in forms:
            self._forms[form.project].append(form)
        self._candidates: dict[tuple[str, int | None], _Candidate | None] = {}
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

    def find(
        self, project: str, *, inside: frozenset[str] | None = None, year: int | None = None, top: int = 10
    ) -> list[Comparable]:
        """Given a project's IRI, return comparable ones, best first: of the regions `inside` (None: of all but its
        own), of a year; raise NotFoundError where the project has no form in the store."""
        mine = self._candidate(project, None)
        if mine is None:
            raise NotFoundError(f"no form of the project {project} is in the store")
        scored = self._scored(project, mine, inside, year, COMPARED)
        if not scored or scored[0][0].score < LINE:
            return []  # nothing is comparable: what is merely related would only look like an answer
        shown = [pair for pair in scored[:top] if pair[0].score >= comparison().shown_from]
        return [_comparable(likeness, mine, theirs) for likeness, theirs in shown]

    def alike(self, project: str, *, among: int = COMPARED) -> list[tuple[str, Likeness]]:
        """Given a project's IRI, return the comparable ones elsewhere as IRIs with how alike they are, best first: of
        the `among` nearest by their words where there are too many to compare all. For graphs of all projects, which
        need no indicators side by side."""
        mine = self._candidate(project, None)
        if mine is None:
            raise NotFoundError(f"no form of the project {project} is in the store")
        scored = self._scored(project, mine, None, None, among)
        return [(theirs.form.project, likeness) for likeness, theirs in scored if likeness.score >= LINE]

    def _scored(
        self, project: str, mine: _Candidate, inside: frozenset[str] | None, year: int | None, among: int
    ) -> list[tuple[Likeness, _Candidate]]:
        """The projects that were compared with one, best first."""
        scored = []
        for other in self._nearest(mine, inside, year, among):
            theirs = self._candidate(other, year)
            if theirs is not None and other != project and _is_elsewhere(mine.form, theirs.form, inside):
                scored.append((compare(mine.profile, theirs.profile), theirs))
        scored.sort(key=lambda pair: (-pair[0].score, pair[1].form.project))
        return scored

    def _index_words(self) -> TextIndex:
        """All projects by the words of all their years: which form is compared depends on the question."""
        index = TextIndex()
        for project, forms in self._forms.items():
            years = {form.year for form in forms}
            found = [self._candidate(project, year) for year in ({None} if len(years) == 1 else years)]
            profiles = [candidate.profile for candidate in found if candidate is not None]
            words = Counter[str]()
            for profile in profiles:
                words |= Counter(dict.fromkeys(_words_of(profile, strong=1, weak=1), 1))
            groups = {_group(name, value) for form in forms for name, value in _groups_of(form)}
            index.add(project, words.elements(), groups)
        index.commit()
        return index

    def _nearest(self, mine: _Candidate, inside: frozenset[str] | None, year: int | None, among: int) -> Iterable[str]:
        """The projects to compare with one: all where there are few, else those with the most telling words in common
        of the regions and the year asked for."""
        if self._words is None:
            return self._forms
        words = _words_of(mine.profile, strong=2.0, weak=1.0)
        within = [_group("region", region) for region in inside] if inside is not None else []
        without = [] if inside is not None or not mine.form.region else [_group("region", mine.form.region)]
        return self._words.find(words, among, within=within, without=without)

    def _candidate(self, project: str, year: int | None) -> _Candidate | None:
        if (project, year) not in self._candidates:
            self._candidates[project, year] = _read_candidate(self._forms.get(project, []), year)
        return self._candidates[project, year]


def _words_of(profile: Profile, *, strong: float, weak: float) -> dict[str, float]:
    """The words by which projects find each other: pairs of letters, those of the name the stronger, and kinds."""
    words = dict.fromkeys(profile.purpose | profile.unit, weak)
    words |= dict.fromkeys(profile.indicators, weak)
    words |= dict.fromkeys(profile.name, strong)
    return words | {f"kind:{kind}": 8 * strong * strength for kind, strength in profile.kinds.items()}


def _groups_of(form: _Form) -> list[tuple[str, str]]:
    return [("region", form.region), ("scope", form.scope), ("year", str(form.year))]


def _group(name: str, value: str) -> str:
    return f"{name}:{value}"


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
    inside = None if region is None else _regions_inside(store, find_region(store, region))
    return add_unit_costs(store, asked, read_index(store).find(asked, inside=inside, year=year, top=top))


def add_unit_costs(store: ReadableStore, project: str, found: Sequence[Comparable]) -> list[Comparable]:
    """Given a store, a project's IRI and comparable ones, return these with what one of the same thing costs in both;
    asked in one go for them all."""
    if not found:
        return []
    costs = compare_unit_costs(store, project, [(item.project, item.fiscal_year) for item in found])
    return [replace(item, unit_costs=costs[item.project]) for item in found]


def read_index(store: ReadableStore, *, compare_all_up_to: int = COMPARED_ALL) -> ComparableIndex:
    """Given a store, return its projects read for comparing; worth keeping for as long as the snapshot is."""
    rows: dict[str, list[tuple[str, str, str | None]]] = defaultdict(list)
    for row in _ask(store, _ROWS):
        target = None if row["target"] is None else str(row["target"])
        rows[str(row["form"])].append((str(row["name"]), _text(row["tier2"]), target))
    totals = {str(row["form"]): Decimal(str(row["total"])) for row in _ask(store, _TOTALS)}
    forms = (
        _Form(
            project=str(row["project"]),
            name=str(row["name"]),
            scope=str(row["scope"]),
            year=None if row["year"] is None else int(str(row["year"])),
            publisher=_text(row["publisher"]),
            publisher_name=_text(row["publisherName"]),
            unit_name=_text(row["unitName"]),
            region=_text(row["region"]),
            region_name=_text(row["regionName"]),
            region_code=_text(row["code"]),
            purpose=" ".join(filter(None, (_text(row["objective"]), _text(row["outcome"])))),
            rows=tuple(rows.get(str(row["form"]), ())),
            total=totals.get(str(row["form"])),
        )
        for row in _ask(store, _FORMS)
    )
    return ComparableIndex(forms, compare_all_up_to=compare_all_up_to)


def _ask(store: ReadableStore, sparql: str) -> Rows:
    answer = store.query(_NAMES + sparql)
    return answer if isinstance(answer, Rows) else Rows((), ())


def _text(node: object) -> str:
    return "" if node is None else str(node)


def _regions_inside(store: ReadableStore, region: URIRef) -> frozenset[str]:
    rows = _ask(store, f"SELECT DISTINCT ?inside WHERE {{ ?inside pikg:withinRegion* {region.n3()} }}")
    return frozenset(str(row["inside"]) for row in rows)


def _is_elsewhere(mine: _Form, theirs: _Form, inside: frozenset[str] | None) -> bool:
    """Whether a project is one to compare with: of the same scope, and where the question looks."""
    if mine.scope != theirs.scope:
        return False
    if inside is not None:
        return theirs.region in inside
    if mine.publisher and mine.publisher == theirs.publisher:
        return False
    return not mine.region or mine.region != theirs.region


def _read_candidate(forms: list[_Form], year: int | None) -> _Candidate | None:
    """Given a project's forms, return what is compared: those of the year, or of the newest."""
    wanted = year if year is not None else max((form.year for form in forms if form.year is not None), default=None)
    chosen = [form for form in forms if form.year == wanted]
    if not chosen:
        return None
    indicators: dict[str, IndicatorTarget] = {}
    tiers: dict[str, str] = {}
    for form in chosen:
        for name, tier2, target in form.rows:
            known = indicators.get(fold_text(name))
            if known is None or known.target is None:
                indicators[fold_text(name)] = IndicatorTarget(name, target)
                tiers[fold_text(name)] = tier2
    funding = max((form.total for form in chosen if form.total is not None), default=None)
    first = chosen[0]
    text = ProjectText(
        name=first.name,
        unit=" ".join(dict.fromkeys(filter(None, (first.unit_name, first.publisher_name)))),
        purpose=" ".join(dict.fromkeys(form.purpose for form in chosen if form.purpose)),
        indicators=tuple(indicator.tier3 for indicator in indicators.values()),
        tiers=tuple(tier for tier in tiers.values() if tier),
        places=_places(first),
        funding=funding,
    )
    return _Candidate(first, tuple(indicators.values()), read_profile(text), funding)


def _places(form: _Form) -> tuple[str, ...]:
    """The names, full and short, of the region that a form belongs to and of those around it."""
    names = {fold_text(form.region_name)} - {""}
    known = region_of(form.region_code) if form.region_code else None
    for region in (known, *known.parents) if known else ():
        names.add(fold_text(region.name))
    short = {name[:-1] for name in names if len(name) > 2 and name[-1] in "省市县区州盟旗"}
    return tuple(sorted(names | short))


def _comparable(likeness: Likeness, mine: _Candidate, theirs: _Candidate) -> Comparable:
    pairs = match_names(
        [indicator.tier3 for indicator in mine.indicators], [indicator.tier3 for indicator in theirs.indicators]
    )
    return Comparable(
        project=theirs.form.project,
        name=theirs.form.name,
        publisher=theirs.form.publisher_name,
        region=theirs.form.region_name,
        fiscal_year=theirs.form.year,
        score=round(likeness.score, 3),
        reasons={name: round(value, 3) for name, value in likeness.reasons.items()},
        funding=theirs.funding,
        matched_indicators=tuple((mine.indicators[i], theirs.indicators[j]) for i, j in pairs),
    )
