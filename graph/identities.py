"""Proposed identities: units and projects that may be one thing under two names, each with a score and its reasons.

Given projects and how their units are related, `compare_projects` returns the proposals about them (`graph.unit_identities`
those about units, `graph.proposals` their triples; `graph.derive` keeps them in step). A proposal is a statement
about two IRIs, never one IRI for both: names that are wrong, renamed or differently dressed (a house prefix, a year, an
ending) are compared as ontology/data/identities.yaml says. Only things that can be one are compared: units of a region
or of one publisher's documents, projects of one unit or of units that may be one; within these, names find each other
by what they share, so that no list is compared with itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from graph.editions import Editions, PrintedForm
from graph.naming import Difference, Name, differences, letters_alike, read_project_name, slips
from graph.proposals import Proposal, propose, score_of
from graph.unit_identities import UNLIKE, Unit, place_names
from ontology.comparables import fold_text
from ontology.identities import identity_rules
from ontology.keys import fold
from ontology.namespaces import concept

IDENTITIES = "identities"
"""The derived graph of proposed identities."""


@dataclass(slots=True)
class ComparedProject:
    """What is known of a project: its printed names and codes, who answers for it, where and when it is printed."""

    iri: str
    scope: str
    publisher: str | None
    unit: str | None
    printed: set[str] = field(default_factory=set)
    names: tuple[Name, ...] = ()
    codes: set[str] = field(default_factory=set)
    documents: set[str] = field(default_factory=set)
    forms: set[tuple[str, str]] = field(default_factory=set)

    @property
    def answers(self) -> str | None:
        """The unit that answers for it: the implementing unit, or the publisher where none is printed."""
        return self.unit or self.publisher


def relate(of_units: Iterable[Proposal], refused: Container[tuple[str, str]]) -> Mapping[str, set[str]]:
    """Given the proposals about units and those that people refused, return with which units each is related: whose
    projects are compared for their sake."""
    related: dict[str, set[str]] = defaultdict(set)
    for proposal in of_units:
        if (proposal.one, proposal.other) not in refused:
            related[proposal.one].add(proposal.other)
            related[proposal.other].add(proposal.one)
    return related


def printed_twice(editions: Editions) -> set[tuple[str, str, str]]:
    """Given what counts, return the pairs of projects of which forms print the same, with the form that does not
    count."""
    of_form = {form.iri: form.project for form in editions.forms}
    found = set()
    for form, counting in editions.superseded.items():
        one, other = sorted((of_form[form], of_form[counting]))
        if one != other:
            found.add((form, one, other))
    return found


# --- projects -----------------------------------------------------------------------------------------------------
def read_projects(
    said: Iterable[Sequence[str | None]], units: Mapping[str, Unit], forms: Iterable[PrintedForm]
) -> dict[str, ComparedProject]:
    """Given what documents say of projects (IRI, scope, publisher, implementing unit), their units and all their forms,
    return what is compared of them; of several statements the first in order counts."""
    found: dict[str, ComparedProject] = {}
    for project_iri, scope, publisher, unit in sorted(said, key=lambda row: [part or "" for part in row], reverse=True):
        if project_iri is not None and scope is not None:
            found[project_iri] = ComparedProject(project_iri, scope, publisher, unit)
    for form in forms:
        if (project := found.get(form.project)) is None:
            continue
        project.printed.add(form.name)
        project.documents.add(form.document)
        project.forms.add((form.year or "", form.kind))
        code = fold(form.code)
        if any(one.isdigit() and one != "0" for one in code):  # 无, / and 0 are no codes
            project.codes.add(code)
    places: dict[tuple[str | None, str | None], set[str]] = {}
    for project in found.values():
        before = places.get((project.publisher, project.unit))
        if before is None:
            named = [units[node] for node in (project.publisher, project.unit) if node is not None and node in units]
            before = {unit.name.whole for unit in named} | {name for u in named for name in place_names(u.region)}
            places[project.publisher, project.unit] = before
        project.names = tuple(read_project_name(name, before) for name in sorted(project.printed))
    return found


def compare_projects(
    projects: Mapping[str, ComparedProject], related: Mapping[str, set[str]], same_print: set[tuple[str, str]]
) -> list[Proposal]:
    """Given projects, how their units are related, and the pairs that print the same, return the proposals."""
    rules = identity_rules()
    pairs: set[tuple[str, str]] = set(same_print)
    blocks: dict[tuple[str, str], list[ComparedProject]] = defaultdict(list)
    by_code: dict[str, list[ComparedProject]] = defaultdict(list)
    for project in projects.values():
        for block in blocks_of(project, related):
            blocks[block].append(project)
        for code in telling_codes(project):
            by_code[code].append(project)
    for (unit, _), several in blocks.items():
        if len(several) > 1:
            pairs |= set(_pairs_of_block(unit, several, rules.most_namesakes))
    for several in by_code.values():
        if len(several) <= rules.most_namesakes:
            pairs |= {_pair(one, other) for one, other in combinations(several, 2)}
    found = []
    for one, other in sorted(pairs):
        proposal = judge_projects(projects[one], projects[other], related, (one, other) in same_print)
        if proposal is not None:
            found.append(proposal)
    return found


def blocks_of(project: ComparedProject, related: Mapping[str, set[str]]) -> set[tuple[str, str]]:
    """The blocks in which a project meets others: a unit near it with what its names come down to."""
    if project.scope != concept("scope", "project"):
        return set()  # a department as a whole goes with its unit
    near = {unit for unit in (project.answers, project.publisher) if unit is not None}
    near |= {other for unit in near for other in related.get(unit, ())}
    cores = {core for name in project.names for core in _cores(name, identity_rules().least_letters)}
    return {(unit, core) for unit in near for core in cores}


def telling_codes(project: ComparedProject) -> set[str]:
    """The codes by which a project meets others, whatever their units."""
    if project.scope != concept("scope", "project"):
        return set()
    return {code for code in project.codes if len(code) >= identity_rules().least_code}


def _cores(name: Name, least_letters: int) -> Iterable[str]:
    return slips(name.core) if len(name.core) >= least_letters else (name.core,)


def _pair(one: ComparedProject, other: ComparedProject) -> tuple[str, str]:
    return (one.iri, other.iri) if one.iri < other.iri else (other.iri, one.iri)


def _pairs_of_block(unit: str, several: Sequence[ComparedProject], most: int) -> Iterator[tuple[str, str]]:
    """Pairs of projects with a like name near a unit: its own with each other, and with those of units near it. A name
    that many have (工会经费 of each school) names none of them."""
    own = {project.iri: project for project in several if project.answers == unit}
    kin = {project.iri: project for project in several if project.answers != unit}
    if len(own) + len(kin) > most:
        return
    for one in own.values():
        for other in (*own.values(), *kin.values()):
            if one.iri != other.iri:
                yield _pair(one, other)


def judge_projects(
    one: ComparedProject, other: ComparedProject, related: Mapping[str, set[str]], same_print: bool
) -> Proposal | None:
    """Given two projects in the order of their IRIs, return the proposal that they are one; None where they aren't."""
    if one.scope != other.scope or one.documents & other.documents:
        return None  # what one document prints side by side is two things
    if not same_print and one.publisher == other.publisher and one.forms & other.forms:
        return None  # so is what one publisher prints twice for a year
    around, codes = _unit_reasons(one, other, related), _code_reasons(one, other)
    by_code = codes is not None and any(reason.reason == "same_code" for reason in codes)
    if (around is None or codes is None) and not same_print:
        return None
    named = _closest(one.names, other.names, identity_rules().least_letters)
    if named is not None:
        names, reasons = named
    elif by_code or same_print:
        names = (min(one.printed), min(other.printed))
        unlike = letters_alike(*map(fold_text, names)) < UNLIKE
        reasons = [Difference("other_name", *names)] if unlike else []
    else:
        return None
    if same_print:
        reasons.append(Difference("same_print"))
    elif by_code:  # a code says what a likeness of names can only suggest
        reasons = [reason for reason in reasons if reason.reason == "other_name"]
    return propose("same", one.iri, other.iri, names, [*reasons, *(codes or []), *(around or [])])


def _closest(
    mine: Sequence[Name], theirs: Sequence[Name], least_letters: int
) -> tuple[tuple[str, str], list[Difference]] | None:
    """Of all pairs of two projects' names the one that speaks most for their being one."""
    found = []
    for left in mine:
        for right in theirs:
            if (reasons := differences(left, right, least_letters)) is not None:
                found.append((-score_of(reasons), left.printed, right.printed, reasons))
    if not found:
        return None
    _, left_name, right_name, reasons = min(found, key=lambda entry: entry[:3])
    return (left_name, right_name), reasons


def _unit_reasons(
    one: ComparedProject, other: ComparedProject, related: Mapping[str, set[str]]
) -> list[Difference] | None:
    """What the units of two projects say; None where they are of two units."""
    found = []
    if one.answers is None or other.answers is None:
        return None
    if one.answers != other.answers:
        if other.answers in related.get(one.answers, ()):
            found.append(Difference("related_unit"))
        elif one.publisher == other.publisher and None in (one.unit, other.unit):
            found.append(Difference("unit_in_one"))
        else:
            return None
    if one.publisher != other.publisher:
        found.append(Difference("other_publisher"))
    return found


def _code_reasons(one: ComparedProject, other: ComparedProject) -> list[Difference] | None:
    """What the codes of two projects say; None where they tell two projects apart."""
    if not one.codes and not other.codes:
        return []
    mine, theirs = ", ".join(sorted(one.codes)), ", ".join(sorted(other.codes))
    if not one.codes or not other.codes:
        return [Difference("code_in_one", mine, theirs)]
    shared = one.codes & other.codes
    if shared and (one.publisher == other.publisher or len(min(shared)) >= identity_rules().least_code):
        return [Difference("same_code", min(shared), min(shared))]
    if shared:
        return []  # a short code that another unit gave
    if {year for year, _ in one.forms} & {year for year, _ in other.forms}:
        return None
    return [Difference("other_code", mine, theirs)]
