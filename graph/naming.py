"""Names taken apart for comparison: what of a project's or a unit's name tells it apart, and how two names differ.

Given a name, `read_project_name` and `read_unit_name` return its core and what was set aside around it (a house prefix,
a place, a year, an ending); given two names so read, `differences` returns why they may be one name, or None. Nothing
here changes a name or a key.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from ontology.comparables import fold_text, house_prefix
from ontology.identities import identity_rules

_YEAR = re.compile(r"(?<!\d)(?:(?:19|20)\d\d(?:-(?:19|20)?\d\d)?(?:年度|年)?|\d\d年度?)(?!\d)")
_UNTELLING = re.compile(r"[\W_]+|的")
_LEAST_LEFT = 4
"""As many characters of a project's name stay, whatever its ends look like."""


@dataclass(frozen=True, slots=True)
class Name:
    """A printed name, the same folded as a whole, its core, and what was set aside, by the reason that a difference in
    it is."""

    printed: str
    whole: str
    core: str
    aside: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Difference:
    """A reason why two names may be one, with what is printed in the one and in the other."""

    reason: str
    mine: str = ""
    theirs: str = ""


def read_project_name(printed: str, places: Iterable[str] = ()) -> Name:
    """Given a project's printed name and the places and units that may stand before it (folded), return it read."""
    whole = core = fold_text(printed)
    aside: dict[str, str] = {}
    if (prefix := house_prefix().match(core)) and prefix.end() < len(core):
        aside["house_prefix"], core = prefix[0], core[prefix.end() :]
    aside["place"], core = _without_place(core, places, _LEAST_LEFT)
    years = "".join(_YEAR.findall(core))
    without_years = _YEAR.sub("", core)
    if len(_UNTELLING.sub("", without_years)) >= _LEAST_LEFT:
        aside["year"], core = years, without_years
    aside["punctuation"], core = _without_punctuation(core)
    aside["ending"], core = _without_endings(core, identity_rules().endings)
    return Name(printed, whole, core, aside)


def read_unit_name(printed: str, places: Iterable[str] = ()) -> Name:
    """Given a unit's name and the names of the places that it may begin with (folded), return it read; its core has
    its ending in place of which a reform put another as the ending's group."""
    rules = identity_rules()
    whole = core = fold_text(printed)
    aside: dict[str, str] = {}
    aside["place"], core = _without_place(core, places, 2)
    if aside["place"]:
        after = next((word for word in rules.after_place if core.startswith(word) and len(core) > len(word) + 2), "")
        aside["place"], core = aside["place"] + after, core.removeprefix(after)
    aside["punctuation"], core = _without_punctuation(core)
    marker = next((word for word in rules.own_level if core.endswith(word) and len(core) > len(word) + 1), "")
    aside["own_level"], core = marker, core.removesuffix(marker)
    return Name(printed, whole, core, aside)


def renamed_core(name: Name) -> tuple[str, str]:
    """Given a unit's name, return its core with the group of its ending in the ending's place, and the ending; the core
    as it is and "" where no reform is known of its ending."""
    renamed = identity_rules().renamed
    for start in range(len(name.core) - 1):
        ending = name.core[start:]
        if ending in renamed:
            return f"{name.core[:start]}#{renamed[ending]}", ending
    return name.core, ""


def _without_place(text: str, places: Iterable[str], least: int) -> tuple[str, str]:
    """Take the places and units that a text begins with from it, the longest first."""
    ordered, taken = sorted(set(places), key=lambda place: (-len(place), place)), ""
    while place := next((p for p in ordered if p and text.startswith(p) and len(text) - len(p) >= least), ""):
        taken, text = taken + place, text[len(place) :]
    return taken, text


def _without_punctuation(text: str) -> tuple[str, str]:
    """What of the text tells nothing (signs, 的), and the rest."""
    return "".join(_UNTELLING.findall(text)), _UNTELLING.sub("", text)


def _without_endings(text: str, endings: Iterable[str]) -> tuple[str, str]:
    ordered, taken = tuple(endings), ""
    while ending := next((e for e in ordered if text.endswith(e) and len(text) - len(e) >= _LEAST_LEFT), ""):
        taken, text = ending + taken, text[: -len(ending)]
    return taken, text


# --- how two names differ -----------------------------------------------------------------------------------------
def differences(mine: Name, theirs: Name, least_letters: int) -> list[Difference] | None:
    """Given two names read in the same way, return the reasons why they may be one name, or None where they tell two
    things; a wrong character counts from `least_letters` on."""
    if mine.whole == theirs.whole:
        return [Difference("same_name")]
    found = []
    if mine.core != theirs.core:
        slip = slip_of_the_pen(mine.core, theirs.core)
        if slip is None or min(len(mine.core), len(theirs.core)) < least_letters or _tells_apart(*slip):
            return None
        found.append(Difference("character", *slip))
    for reason in ("house_prefix", "place", "year", "ending", "punctuation"):
        left, right = mine.aside.get(reason, ""), theirs.aside.get(reason, "")
        if left != right:
            found.append(Difference(reason, left, right))
    return found


def slip_of_the_pen(mine: str, theirs: str) -> tuple[str, str] | None:
    """Given two texts, return what they differ in where that is one character, written, left out or swapped with its
    neighbour; None where they differ in more, or in nothing."""
    start = 0
    while start < min(len(mine), len(theirs)) and mine[start] == theirs[start]:
        start += 1
    mine, theirs = mine[start:], theirs[start:]
    while mine and theirs and mine[-1] == theirs[-1]:
        mine, theirs = mine[:-1], theirs[:-1]
    swapped = len(mine) == 2 and mine == theirs[::-1]
    return (mine, theirs) if swapped or {len(mine), len(theirs)} in ({1}, {0, 1}) else None


def _tells_apart(mine: str, theirs: str) -> bool:
    """Whether the characters in which two names differ are such as tell things apart: a figure or Latin letter, a
    telling one too many, or two telling ones (东 and 西)."""
    if any(one.isascii() or one.isdecimal() for one in mine + theirs):
        return True
    telling = identity_rules().telling
    if len(mine) == len(theirs) == 2:
        return False  # swapped
    return all(one in telling for one in mine + theirs)


def is_telling(mine: str, theirs: str) -> bool:
    """Given two folded names, return whether what is printed in one of them alone holds a figure or a telling
    character: they are then no misprints of each other, however alike."""
    telling = identity_rules().telling
    rests = [_minus(mine, theirs), _minus(theirs, mine)]
    if any((one.isascii() and one.isalnum()) or one.isdecimal() for rest in rests for one in rest):
        return True
    return all(any(one in telling for one in rest) for rest in rests)


def _minus(text: str, other: str) -> str:
    left = list(other)
    rest = []
    for one in text:
        if one in left:
            left.remove(one)
        else:
            rest.append(one)
    return "".join(rest)


def slips(core: str) -> Iterator[str]:
    """Given a core, return the texts by which cores that differ by a slip of the pen find each other."""
    yield core
    yield from {core[:at] + core[at + 1 :] for at in range(len(core))}


def letters_alike(mine: str, theirs: str) -> float:
    """Given two texts, return the share of their pairs of neighbouring letters that agree, from 0 to 1."""
    left, right = _pairs(mine), _pairs(theirs)
    if not left or not right:
        return 1.0 if mine == theirs else 0.0
    return 2.0 * len(left & right) / (len(left) + len(right))


def _pairs(text: str) -> set[str]:
    padded = f"^{text}$"
    return {padded[at : at + 2] for at in range(len(padded) - 1)} if text else set()
