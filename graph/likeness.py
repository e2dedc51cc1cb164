"""How alike two projects are: pure functions of their texts, without a store and without a downloaded model.

What a project is *of* is read from words for kinds of service (ontology/data/comparables.yaml): its name ends with what
it is, its indicators show what it counts. Beside that, names, indicators and objectives are compared by their pairs of
characters; words that any project may use (house prefixes, names of places, 满意度, 完成时限 ...) are set aside first.
How alike two projects are follows from these two alone: what else is in a store changes no score.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache

from ontology.comparables import Comparison, any_of, comparison, fold_text, house_prefix

Bag = Mapping[str, float]
"""Features with their weights."""

# Likeness that any two texts of public administration have, by signal: it is no sign of anything.
_CHANCE = {"name": 0.05, "indicators": 0.08, "purpose": 0.12}

_LISTING = "[、,;/+&]"
"""Signs that stand between the things that a name lists; words that do are data."""

_WEAK_KIND = 0.12
"""A kind weaker than this is only mentioned."""


@dataclass(frozen=True, slots=True)
class ProjectText:
    """What is known of a project: printed texts, the names of the places it belongs to, counts by tier, money."""

    name: str
    unit: str = ""
    purpose: str = ""
    indicators: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    funding: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """What is compared of a project: its kinds of service, and its words as pairs of characters: each once, sorted, in
    one text with spaces between, as thousands of them are kept and few are compared in full."""

    kinds: Bag
    name: str
    indicators: str
    purpose: str
    unit: str
    tiers: Bag
    funding: Decimal | None
    kinds_length: float
    tiers_length: float


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two projects are: a score (0.5 is the line), and each signal that could be judged, 0 to 1."""

    score: float
    reasons: Mapping[str, float]


# --- reading a project's words ------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class _Patterns:
    """The words of the data as regular expressions; the longest word comes first."""

    kind_of: Mapping[str, tuple[str, float]]
    kinds: re.Pattern[str]
    set_aside: re.Pattern[str]
    untelling: re.Pattern[str]
    untelling_of_units: re.Pattern[str]
    coordinate: re.Pattern[str]


@cache
def _patterns() -> _Patterns:
    data = comparison()
    share = data.evidence["weak_word"]
    kind_of = {word: (kind.name, 1.0) for kind in data.kinds.values() for word in kind.words}
    kind_of |= {word: (kind.name, share) for kind in data.kinds.values() for word in kind.weak}
    return _Patterns(
        kind_of,
        re.compile(any_of(kind_of)),
        re.compile(any_of(data.set_aside)),
        re.compile(any_of({*data.set_aside, *data.boilerplate})),
        re.compile(any_of(data.set_aside_of_units)),
        re.compile(f"{_LISTING}|{any_of(data.coordinating)}"),
    )


def strip_name(name: str, places: Sequence[str] = ()) -> str:
    """Given a project's name, return it folded, without house prefixes and without the places it belongs to."""
    return _without(places, house_prefix().sub("", fold_text(name)))


def _without(places: Sequence[str], text: str) -> str:
    for place in sorted(places, key=len, reverse=True):
        text = text.replace(place, "")
    return text


def _pairs(text: str, set_aside: re.Pattern[str]) -> frozenset[str]:
    """The pairs of neighbouring letters of what is left of a text; a lone sign between words pairs with nothing."""
    rest = re.split(r"[\W\d_]+", set_aside.sub(" ", text))
    return frozenset(part[at : at + 2] for part in rest for at in range(len(part) - 1))


def _kinds_named(text: str) -> dict[str, float]:
    """The kinds that a text names, in the order in which it names them last, and how surely its words do."""
    patterns = _patterns()
    named: dict[str, float] = {}
    for word in patterns.kinds.findall(text):
        kind, surely = patterns.kind_of[word]
        named[kind] = max(surely, named.pop(kind, 0.0))
    return named


def read_profile(project: ProjectText) -> Profile:
    """Given what is known of a project, return what is compared."""
    patterns = _patterns()
    name = strip_name(project.name, project.places)
    unit, purpose = (_without(project.places, fold_text(text)) for text in (project.unit, project.purpose))
    indicators = [_without(project.places, fold_text(indicator)) for indicator in project.indicators]
    return profile_of(
        kinds=_kinds(name, unit, purpose, indicators),
        name=_pairs(name, patterns.set_aside),
        indicators={pair for indicator in indicators for pair in _pairs(indicator, patterns.untelling)},
        purpose=_pairs(purpose, patterns.untelling),
        unit=_pairs(unit, patterns.untelling_of_units),
        tiers=Counter(project.tiers),
        funding=project.funding,
    )


def profile_of(
    *,
    kinds: Bag,
    name: Iterable[str],
    indicators: Iterable[str],
    purpose: Iterable[str],
    unit: Iterable[str],
    tiers: Bag,
    funding: Decimal | None,
) -> Profile:
    """Given what is compared of a project, return it as a profile, with the lengths of its bags."""
    lengths = (math.sqrt(_product(kinds, kinds, comparison().near)), math.sqrt(_product(tiers, tiers, {})))
    words = (_joined(name), _joined(indicators), _joined(purpose), _joined(unit))
    return Profile(kinds, *words, dict(tiers), funding, *lengths)


def _joined(pairs: Iterable[str]) -> str:
    return " ".join(sorted(set(pairs)))


def join_profiles(profiles: Sequence[Profile]) -> Profile:
    """Given the profiles of a project's forms (at least one, of one year), return that of the project: the words of
    all of them, of each kind what says it the surest, the largest amount."""
    if len(profiles) == 1:
        return profiles[0]
    kinds: dict[str, float] = {}
    tiers: Counter[str] = Counter()
    for profile in profiles:
        kinds |= {kind: max(strength, kinds.get(kind, 0.0)) for kind, strength in profile.kinds.items()}
        tiers |= Counter({tier: int(times) for tier, times in profile.tiers.items()})
    return profile_of(
        kinds=kinds,
        name=(pair for profile in profiles for pair in profile.name.split()),
        indicators=(pair for profile in profiles for pair in profile.indicators.split()),
        purpose=(pair for profile in profiles for pair in profile.purpose.split()),
        unit=(pair for profile in profiles for pair in profile.unit.split()),
        tiers=tiers,
        funding=max((profile.funding for profile in profiles if profile.funding is not None), default=None),
    )


def _kinds(name: str, unit: str, purpose: str, indicators: Sequence[str]) -> Bag:
    """How strongly a project's words say that it is of each kind. What the name says leads: beside it, indicators and
    objective add little; without it, they speak."""
    evidence = comparison().evidence
    doubt: dict[str, float] = {}

    def add(kind: str, strength: float) -> None:
        doubt[kind] = doubt.get(kind, 1.0) * (1.0 - strength)

    in_name = False
    for part in _patterns().coordinate.split(name):
        named = _kinds_named(part)
        in_name = in_name or bool(named)
        end = _end_of(named)
        for kind, surely in named.items():
            add(kind, surely * evidence["name_end" if kind == end else "name"])
    most = evidence["indicators" if in_name else "indicators_alone"]
    doubted: dict[str, float] = {}
    for indicator in indicators:
        for kind, surely in _kinds_named(indicator).items():
            doubted[kind] = doubted.get(kind, 1.0) * (1.0 - 0.5 * surely)
    for kind, left in doubted.items():
        add(kind, most * (1.0 - left))
    unit_says = evidence["unit_name" if in_name or doubted else "unit_name_alone"]
    for kind, surely in _kinds_named(unit).items():
        add(kind, surely * unit_says)
    for kind, surely in _kinds_named(purpose).items():
        add(kind, surely * evidence["objective" if in_name or doubted else "objective_alone"])
    # Squared, so that what a project mostly is counts and what it also mentions hardly does.
    return {kind: (1.0 - left) ** 2 for kind, left in doubt.items() if 1.0 - left >= _WEAK_KIND}


def _end_of(named: Mapping[str, float]) -> str | None:
    """Given the kinds that a name names, in their order, return what it is of: the last that is surely named. A weak word
    behind (工程, 系统) makes it no other thing, nor one that says how a thing is run (监控系统维护 is surveillance)."""
    kinds = comparison().kinds
    sure = [kind for kind, surely in named.items() if surely == 1.0]
    things = [kind for kind in sure if not kinds[kind].yields]
    return next(reversed(things or sure or list(named)), None)


# --- comparing ----------------------------------------------------------------------------------------------------
def _product(left: Bag, right: Bag, near: Mapping[tuple[str, str], float]) -> float:
    """The inner product of two bags whose features may be near each other."""
    shared = math.fsum(strength * right[name] for name, strength in left.items() if name in right)
    if not near:
        return shared
    return shared + math.fsum(x * y * near[a, b] for a, x in left.items() for b, y in right.items() if (a, b) in near)


def _same_kind(mine: Profile, theirs: Profile, data: Comparison) -> float | None:
    """The cosine of two projects' kinds of service, less where what they share is broad or unsure; None where
    one of them names none."""
    left, right = mine.kinds, theirs.kinds
    if not left or not right:
        return None
    shared = {kind: left[kind] * right[kind] for kind in left.keys() & right.keys()}
    between = math.fsum(
        x * y * data.near[a, b] for a, x in left.items() for b, y in right.items() if (a, b) in data.near
    )
    counted = math.fsum(
        product * (data.broad_counts if data.kinds[kind].broad else 1.0) for kind, product in shared.items()
    )
    alike = min(1.0, (counted + between) / (mine.kinds_length * theirs.kinds_length))
    # What is only hinted at on one side (a single weak word) is alike, but not surely.
    surely = min(1.0, mine.kinds_length, theirs.kinds_length)
    return alike * math.sqrt(surely)


def _surely_another(mine: Profile, theirs: Profile, same_kind: float | None) -> float:
    """How sure it is that two projects are of different kinds of service, 0 to 1."""
    if same_kind is None:
        return 0.0
    return (1.0 - same_kind) * min(1.0, mine.kinds_length, theirs.kinds_length)


@lru_cache(maxsize=64)
def _set_of(words: str) -> frozenset[str]:
    """The words of the one project that many are compared with."""
    return frozenset(words.split())


def _cosine(mine: str, theirs: str) -> float | None:
    """The cosine of the words of two texts; None where one of them has none."""
    if not mine or not theirs:
        return None
    left, right = _set_of(mine), theirs.split()
    return len(left.intersection(right)) / math.sqrt(len(left) * len(right))


def _beyond_chance(signal: str, value: float | None) -> float | None:
    chance = _CHANCE[signal]
    return None if value is None else max(0.0, (value - chance) / (1.0 - chance))


@dataclass(frozen=True, slots=True)
class FirstSight:
    """What two profiles show at first sight, before the longest texts are compared: the kinds of service, the names,
    the circumstances; and the most that the score can be, whatever the others show."""

    signals: Mapping[str, float | None]
    circumstances: Mapping[str, float | None]
    most: float


def look(mine: Profile, theirs: Profile) -> FirstSight:
    """Given two profiles, return what they show at first sight."""
    signals = {
        "kind": _same_kind(mine, theirs, comparison()),
        "name": _beyond_chance("name", _cosine(mine.name, theirs.name)),
    }
    circumstances = {
        "tiers": _tier_profile(mine, theirs),
        "unit": _cosine(mine.unit, theirs.unit),
        "size": _size(mine.funding, theirs.funding),
    }
    most = _score(mine, theirs, {**signals, "indicators": 1.0, "purpose": 1.0}, circumstances)
    return FirstSight(signals, circumstances, most)


def compare(mine: Profile, theirs: Profile, seen: FirstSight | None = None) -> Likeness:
    """Given two profiles (and what they show at first sight, where that is known), return how alike the projects are."""
    seen = seen or look(mine, theirs)
    signals = {
        **seen.signals,
        "indicators": _beyond_chance("indicators", _cosine(mine.indicators, theirs.indicators)),
        "purpose": _beyond_chance("purpose", _cosine(mine.purpose, theirs.purpose)),
    }
    score = _score(mine, theirs, signals, seen.circumstances)
    judged = {**signals, **seen.circumstances}
    return Likeness(score, {name: value for name, value in judged.items() if value is not None})


def _score(
    mine: Profile, theirs: Profile, signals: Mapping[str, float | None], circumstances: Mapping[str, float | None]
) -> float:
    """The score that signals and circumstances make; it never falls where a signal rises."""
    data = comparison()
    # What is surely of another kind is not made alike by words: the other signals then say less.
    counts = 1.0 - (1.0 - data.other_kind) * _surely_another(mine, theirs, signals["kind"])
    open_doubt = math.prod(
        1.0 - data.signals[name].says * (value or 0.0) * (1.0 if name == "kind" else counts)
        for name, value in signals.items()
    )
    known = [value for value in circumstances.values() if value is not None]
    alike = math.fsum(known) / len(known) if known else 1.0
    return (1.0 - open_doubt) * (data.keeps + (1.0 - data.keeps) * alike)


def _tier_profile(mine: Profile, theirs: Profile) -> float | None:
    length = mine.tiers_length * theirs.tiers_length
    return min(1.0, _product(mine.tiers, theirs.tiers, {}) / length) if length else None


def _size(mine: Decimal | None, theirs: Decimal | None) -> float | None:
    """1 for the same amount, 0 from a thousandfold on, on a log scale; None where an amount is missing or nothing."""
    if not mine or not theirs or mine < 0 or theirs < 0:
        return None
    return max(0.0, 1.0 - abs(math.log10(mine) - math.log10(theirs)) / 3.0)


@lru_cache(maxsize=8192)
def _letters(name: str) -> Counter[tuple[str, str]]:
    """The pairs of neighbouring letters of a name, its beginning and its end among them."""
    return Counter(zip("^" + fold_text(name), fold_text(name) + "$", strict=True))


def match_names(mine: Sequence[str], theirs: Sequence[str], at_least: float = 0.5) -> list[tuple[int, int]]:
    """Given the names of two projects' indicators, return which of mine and theirs ask the same thing, as positions:
    the best pair first, each name once, pairs of which less than `at_least` of the letters agree left out."""
    folded = [[_letters(name) for name in names] for names in (mine, theirs)]
    scored = []
    for i, left in enumerate(folded[0]):
        for j, right in enumerate(folded[1]):
            shared = 2.0 * (left & right).total() / (left.total() + right.total())
            if shared >= at_least:
                scored.append((-shared, i, j))
    taken: tuple[set[int], set[int]] = (set(), set())
    found = []
    for _, i, j in sorted(scored):
        if i not in taken[0] and j not in taken[1]:
            taken[0].add(i)
            taken[1].add(j)
            found.append((i, j))
    return found
