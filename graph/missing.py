"""Missing indicators: what comparable projects measure and this one doesn't, by tier.

Given a project and its comparable ones, `find_missing` returns the indicators of theirs that none of mine asks for,
those of several projects under one name joined, with who measures them and at which target.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from graph.comparables import LINE, Comparable
from graph.likeness import match_names
from graph.lookup import find_project
from graph.same_question import Question, asks_the_same, match_alike, services_said
from graph.store import ReadableStore
from graph.target_rows import TargetRow, read_rows_of_projects
from ontology.comparables import fold_text
from ontology.concepts import concept_schemes
from ontology.unit_costs import Service


@dataclass(frozen=True, slots=True)
class MissingIndicator:
    """An indicator that comparable projects have: the tiers' notations, the name as most of them print it, and their
    rows, one a project, in order of how comparable they are."""

    tier1: str
    tier2: str
    name: str
    measured_by: tuple[TargetRow, ...]


def find_missing(store: ReadableStore, project: str, comparables: Sequence[Comparable]) -> list[MissingIndicator]:
    """Given a project (its IRI, its name or a unique part of it) and what `find_comparables` found for it, return what
    those at or above the line measure and it doesn't, by tier, what most of them measure first."""
    peers = {peer.project: peer.fiscal_year for peer in comparables if peer.score >= LINE}
    if not peers:
        return []
    own = str(find_project(store, project))
    rows = [row for row in read_rows_of_projects(store, [own, *peers]) if row.counts]
    newest = max((row.year for row in rows if row.project == own and row.year is not None), default=None)
    mine = _once([row for row in rows if row.project == own and row.year == newest])  # compared by its newest forms
    groups: list[list[TargetRow]] = []
    for peer, year in peers.items():
        theirs = _once([row for row in rows if row.project == peer and row.year == year])
        asked = {number for _, number in match_alike(list(map(_question, mine)), list(map(_question, theirs)))}
        shared = [service for service in _services(mine) if service in _services(theirs)]
        asked |= {
            n
            for n, row in enumerate(theirs)
            if any(asks_the_same(_question(one), _question(row), shared) for one in mine)
        }
        _join(groups, [row for number, row in enumerate(theirs) if number not in asked])
    found = [MissingIndicator(group[0].tier1, group[0].tier2, _usual_name(group), tuple(group)) for group in groups]
    return sorted(found, key=lambda one: (_tier_order(one), -len(one.measured_by)))


def _once(rows: Iterable[TargetRow]) -> list[TargetRow]:
    """Rows by name, each once: the target form's before the self-evaluation's."""
    first: dict[str, TargetRow] = {}
    for row in sorted(rows, key=lambda row: (row.kind != "TargetForm", row.order)):
        first.setdefault(fold_text(row.name), row)
    return list(first.values())


def _question(row: TargetRow) -> Question:
    return Question(row.name, row.tier1, row.target.unit if row.target is not None else None, row.canonical)


def _services(rows: Sequence[TargetRow]) -> tuple[Service, ...]:
    """The kinds of service that a project's name or the names of its indicators say."""
    return services_said([*(row.project_name for row in rows), *(row.name for row in rows)])


def _join(groups: list[list[TargetRow]], rows: Sequence[TargetRow]) -> None:
    """Put rows of one project to those of others that ask the same thing."""
    heads = [group[0].name for group in groups]
    joined = {number: at for at, number in match_names(heads, [row.name for row in rows])}
    for number, row in enumerate(rows):
        if number in joined:
            groups[joined[number]].append(row)
        else:
            groups.append([row])


def _usual_name(group: Sequence[TargetRow]) -> str:
    names = [row.name for row in group]
    return max(names, key=lambda name: (names.count(name), -names.index(name)))


def _tier_order(one: MissingIndicator) -> tuple[int, int]:
    """The order in which the schemes list the tiers; what has none comes last."""
    schemes = concept_schemes()
    places = []
    for scheme, notation in (("tier1", one.tier1), ("tier2", one.tier2)):
        listed = list(schemes[scheme].concepts)
        places.append(listed.index(notation) if notation in listed else len(listed))
    return places[0], places[1]
