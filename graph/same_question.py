"""Which indicators of two projects ask the same thing: by their names, their canonical indicator, their measure of a like
object, or what they count of a kind of service that both projects speak of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from graph.likeness import match_names
from graph.pairing import count_of, services_of
from graph.targets import split_measure
from ontology.targets import anyone
from ontology.unit_costs import Service
from ontology.units import Unit, find_unit


@dataclass(frozen=True, slots=True)
class Question:
    """What an indicator asks, as far as it is compared: its name, its first tier's notation, its target's unit as
    printed and its canonical indicator's IRI."""

    name: str
    tier1: str = ""
    unit: str | None = None
    canonical: str | None = None


def services_said(names: Iterable[str]) -> tuple[Service, ...]:
    """Given the names of a project and of its indicators, return the kinds of service that they say."""
    return services_of(" ".join(dict.fromkeys(names)))


def asks_the_same(mine: Question, theirs: Question, services: Sequence[Service]) -> bool:
    """Given two indicators and the kinds of service that both projects speak of, return whether they are one canonical
    indicator, measure the same of things of like names (群众满意率, 群众服务满意度), or count the same thing of a kind of
    service (聘用人员数量, 外聘人员招聘数量)."""
    if mine.canonical is not None and mine.canonical == theirs.canonical:
        return True
    counts = [
        (count_of(service, mine.name, _unit(mine)), count_of(service, theirs.name, _unit(theirs)))
        for service in services
    ]
    if any(left is not None and right is not None and left[0] is right[0] for left, right in counts):
        return True
    left, right = split_measure(mine.name), split_measure(theirs.name)
    if left is None or right is None or left[1] != right[1]:
        return False
    either = {left[0], right[0]} & (anyone() | {""}) and mine.tier1 == theirs.tier1 == "satisfaction"
    return bool(either) or left[0] == right[0] or bool(match_names([left[0]], [right[0]]))


def match_alike(mine: Sequence[Question], theirs: Sequence[Question]) -> list[tuple[int, int]]:
    """Given the indicators of two projects, return which of them have like names, as positions, each once; those whose
    targets are of different kinds (成本控制率 in per cent, 成本控制数 in yuan) ask other things, however like their names."""
    named = match_names([one.name for one in mine], [one.name for one in theirs])
    return [(i, j) for i, j in named if not _of_other_kinds(mine[i], theirs[j])]


def match_questions(
    mine: Sequence[Question], theirs: Sequence[Question], services: Sequence[Service]
) -> list[tuple[int, int]]:
    """Given the indicators of two projects and the kinds of service that both speak of, return which of them ask the
    same, as positions, each once: those of like names first."""
    found = match_alike(mine, theirs)
    taken = ({i for i, _ in found}, {j for _, j in found})
    for i, left in enumerate(mine):
        for j, right in enumerate(theirs):
            if i not in taken[0] and j not in taken[1] and asks_the_same(left, right, services):
                found.append((i, j))
                taken[0].add(i)
                taken[1].add(j)
    return found


def _of_other_kinds(mine: Question, theirs: Question) -> bool:
    left, right = _unit(mine), _unit(theirs)
    return left is not None and right is not None and left.kind != right.kind


def _unit(one: Question) -> Unit | None:
    found = find_unit(one.unit) if one.unit else None
    return found.unit if found is not None else None
