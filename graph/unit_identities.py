"""Units that may be one: names with and without the place, renamed in a reform, misprinted, or marked as 本级.

Given what documents say of units, `make_units` returns what is known of each, and `compare_units` the proposals about
them. A unit is compared with those of its region and with those that the same publishers name; 本级 is a part of the
whole body.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from graph.naming import Difference, Name, differences, letters_alike, read_unit_name, renamed_core, slips
from graph.proposals import Proposal, propose
from ontology.comparables import fold_text
from ontology.identities import identity_rules
from ontology.keys import fold, is_qualified
from ontology.regions import Region, find_region, region_of, with_short_names

UNLIKE = 0.3
"""Names with less in common than this are unlike."""


@dataclass(slots=True)
class Unit:
    """What is known of a unit: its printed name, codes, region, what it published, who names it."""

    iri: str
    printed: str
    name: Name = field(default_factory=lambda: Name("", "", ""))
    codes: set[str] = field(default_factory=set)
    region: Region | None = None
    published: set[tuple[str, str]] = field(default_factory=set)
    named_by: set[str] = field(default_factory=set)


def make_units(
    said: Iterable[Sequence[str | None]],
    published: Iterable[Sequence[str | None]],
    named: Iterable[Sequence[str | None]],
) -> dict[str, Unit]:
    """Given what documents say of units (IRI, name, code, code of the region), what was published (unit, year, kind) and
    who names whom (publisher, unit), return the units by IRI; of several regions the first in order counts."""
    found: dict[str, Unit] = {}
    regions: dict[str, Region] = {}
    for node, name, code, region in sorted(said, key=lambda row: [part or "" for part in row], reverse=True):
        if node is None or name is None:
            continue
        unit = found.setdefault(node, Unit(node, name))
        unit.printed = min(unit.printed, name)
        if code is not None:
            unit.codes.add(fold(code))
        if region is not None and (known := region_of(region)) is not None:
            regions[node] = known
    for node, year, kind in published:
        if node in found:
            found[node].published.add((str(year), str(kind)))
    for publisher, node in named:
        if node in found and publisher is not None and publisher != node:
            found[node].named_by.add(publisher)
    for node, unit in found.items():
        unit.region = regions.get(node) or (find_region(unit.printed) if is_qualified(fold(unit.printed)) else None)
        unit.name = read_unit_name(unit.printed, place_names(unit.region))
    return found


def place_names(region: Region | None) -> set[str]:
    """The names that a unit's name may begin with where it lies in a region: full ones, and short ones of two
    characters and more."""
    if region is None:
        return set()
    successor = region_of(region.successor) if region.successor else None
    places = [region, *region.parents, *((successor, *successor.parents) if successor else ())]
    return with_short_names(fold_text(place.name) for place in places)


def _living(region: Region | None) -> str | None:
    """The code of a region, of one that is no more its successor's."""
    return None if region is None else region.successor or region.code


def _unit_blocks(unit: Unit) -> Iterator[str]:
    """The blocks in which a unit is compared: its region, where its name or its publishing says so, and the documents
    of each publisher that names it."""
    if unit.region is not None:
        yield f"region {_living(unit.region)}"
    if unit.published:
        yield f"publisher {unit.iri}"
    for publisher in unit.named_by:
        yield f"publisher {publisher}"


def compare_units(units: Mapping[str, Unit]) -> list[Proposal]:
    """Given units, return the proposals about them."""
    blocks: dict[tuple[str, str], list[Unit]] = defaultdict(list)
    for unit in units.values():
        for block in unit_keys(unit):
            blocks[block].append(unit)
    found: dict[tuple[str, str], Proposal] = {}
    for several in blocks.values():
        for one, other in combinations(sorted(several, key=lambda unit: unit.iri), 2):
            if (one.iri, other.iri) not in found and (proposal := judge_units(one, other)) is not None:
                found[one.iri, other.iri] = proposal
    return list(found.values())


def unit_keys(unit: Unit) -> set[tuple[str, str]]:
    """The blocks in which a unit meets others: where it is compared, with what its name comes down to or its code."""
    wanted = {("core", renamed_core(unit.name)[0])}
    if len(unit.name.core) >= identity_rules().unit_letters:
        wanted |= {("slip", variant) for variant in slips(unit.name.core)}
    wanted |= {("code", code) for code in unit.codes if len(code) > 2}
    return {(f"{block} {kind}", word) for block in _unit_blocks(unit) for kind, word in wanted}


def judge_units(one: Unit, other: Unit) -> Proposal | None:
    """Given two units in the order of their IRIs, return the proposal about them; None where they are two."""
    regions = (_living(one.region), _living(other.region))
    if None not in regions and regions[0] != regions[1]:
        return None
    reasons, sides = _unit_differences(one, other), (one, other)
    told_apart = bool(one.published & other.published)  # both published for one year: two bodies of like names
    if reasons is None:
        if told_apart or not one.codes & other.codes or one.region is None or other.region is None:
            return None
        code = min(one.codes & other.codes)
        reasons = [Difference("same_code", code, code)]
        if letters_alike(one.name.core, other.name.core) < UNLIKE:
            reasons.append(Difference("other_name", one.printed, other.printed))
    elif told_apart and any(reason.reason in ("character", "renamed") for reason in reasons):
        return None
    relation = "same"
    if one.name.aside["own_level"] != other.name.aside["own_level"]:
        relation = "part_of"
        if not one.name.aside["own_level"]:  # the part comes first
            sides = (other, one)
            reasons = [Difference(reason.reason, reason.theirs, reason.mine) for reason in reasons]
    first, second = sides
    return propose(relation, first.iri, second.iri, (first.printed, second.printed), reasons)


def _unit_differences(one: Unit, other: Unit) -> list[Difference] | None:
    """Why two units' names may be those of one unit, or of a unit and its own level; None where they tell two units."""
    mine, theirs = one.name, other.name
    found = differences(mine, theirs, identity_rules().unit_letters)
    if found is None:
        left, right = renamed_core(mine), renamed_core(theirs)
        if left[0] != right[0] or not left[1]:
            return None
        found = [Difference("renamed", left[1], right[1])]
        if mine.aside["place"] != theirs.aside["place"]:
            found.append(Difference("place", mine.aside["place"], theirs.aside["place"]))
    if mine.aside["own_level"] != theirs.aside["own_level"]:
        found.append(Difference("own_level", mine.aside["own_level"], theirs.aside["own_level"]))
    if one.region and other.region and one.region.code != other.region.code:
        found = [Difference("former_place", r.mine, r.theirs) if r.reason == "place" else r for r in found]
    return found
