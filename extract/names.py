"""Names of indicators: what is measured, on what, and which names ask the same thing.

Given a name (工单按时办结率), `parse_name` finds the measure in how the name ends (data/measures.yaml), or else in the
unit of its target, a word within, or its second tier; what is left of the name's last clause is the object, less the
verb that says what shall become of it (提高, 确保) and the action that is done to it (印制, 租用).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from extract.language import PhraseFinder
from extract.numbers import fold
from ontology.measures import canonical_notation, measure_list
from ontology.units import Unit, UnitText, find_unit
from ontology.wording import wording

_LONGEST = 200
_LEAST_OBJECT = 2
_NUMBERED = re.compile(
    r"^(?:指标[0-9]{1,2}[:：]?|[(（][0-9一二三四五六七八九十]{1,2}[)）]|[0-9]{1,2}[.、:)](?![0-9])|[①-⑳])"
)
_NOTE_BEHIND = re.compile(r"[(（\[][^()（）\[\]]{0,20}[)）\]]$")
_CLAUSE_END = re.compile(r"[,;。；!]")
_PUNCTUATION = re.compile(r"[,;。；!.、:\-—/]+")
_FOR_WHOM = re.compile(r"^为.{1,12}?提供")
_QUOTES = str.maketrans({"“": '"', "”": '"', "「": '"', "」": '"', "『": '"', "』": '"'})
_STRIPPED = ",;、:.。和及与的"

Evidence = str
"""How a measure was found: "ending 满意度", "unit 次", "within 效率", "tier quantity"."""


@dataclass(frozen=True, slots=True)
class IndicatorName:
    """What a name says: the notation of its measure and how it was found, the object it is measured on, the notation of
    what is done to the object, what it asks by its parts alone, and that as data/canonical.yaml corrects it: the
    canonical form that names asking the same thing share."""

    text: str
    measure: str | None
    evidence: Evidence | None
    object: str | None
    action: str | None
    asks: str = ""
    canonical: str = ""


def parse_name(tier3: str, *, tier2_concept: str | None = None, unit: str | None = None) -> IndicatorName:
    """Given a tier-3 name as printed, the notation of its second tier and the unit of its target, return what it says.

    Never raises; a name that isn't understood has no measure and its whole text as object.
    """
    return _parse(tier3[:_LONGEST], tier2_concept, unit)


@lru_cache(maxsize=4096)
def _parse(tier3: str, tier2_concept: str | None, unit: str | None) -> IndicatorName:
    text = _core(tier3)
    clauses = _clauses(text)
    last = clauses[-1] if clauses else text
    unit_text = find_unit(fold(unit)) if unit else None
    printed_unit = unit_text.unit if unit_text is not None else None
    notation: str | None
    evidence: Evidence | None
    ending = _by_ending(last)
    if ending is not None:
        base, evidence = ending.base, f"ending {ending.text}"
        notation = _refined(ending.measure, unit_text)
        if notation != ending.measure:
            evidence += f", unit {unit}"
    else:
        base = last
        notation, evidence = (
            _by_unit(printed_unit, tier2_concept)
            or _by_word(last)
            or _by_tier(tier2_concept, printed_unit)
            or (None, None)
        )
    notation, evidence = _refined_by_tier(notation, evidence, tier2_concept, unit_text)
    thing, actions = _object(base)
    if thing is None and len(clauses) > 1:
        thing = _object(clauses[-2])[0]
    if ending is not None:
        if thing is not None and measure_list().measures[ending.measure].keeps:
            thing = (base + ending.text).rsplit("的", 1)[-1]
            thing = thing[len(_lead(thing) or "") :]
        actions += [name for word, name in measure_list().actions.items() if word in ending.text]
    said = IndicatorName(text, notation, evidence, thing, actions[0] if actions else None)
    asks = _asks(said, ending, several=len(clauses) > 1)
    return replace(said, asks=asks, canonical=canonical_notation(text, asks))


def _asks(name: IndicatorName, ending: _Ending | None, *, several: bool) -> str:
    counted = ending is None and name.action is not None and (name.evidence or "").startswith("unit ")
    if name.measure is None or name.object is None or several or (ending is None and not counted):
        return _PUNCTUATION.sub("", name.text)
    measure = name.measure if ending is None or ending.plain else f"{name.measure}:{ending.text}"
    return "|".join(part for part in (name.object, name.action, measure) if part)


# --- the name -----------------------------------------------------------------------------------------------------


def _core(tier3: str) -> str:
    """The name without its number, a remark or a unit in brackets behind it, and a target written into it."""
    text = _NUMBERED.sub("", fold(tier3).translate(_QUOTES).replace("␣", ""), count=1)
    at = next(
        (place for place, character in enumerate(text) if character in wording().signs and character not in "《》"), -1
    )
    if at > 1:
        text = text[:at]
    while (note := _NOTE_BEHIND.search(text)) is not None and note.start() > 1:
        text = text[: note.start()]
    return text.strip(",;。；、:.")


def _clauses(text: str) -> list[str]:
    """The clauses of a name; 、 parts two only where a new verb begins (推进办事效率、缩短办事时限)."""
    clauses: list[str] = []
    for piece in _CLAUSE_END.split(text):
        start = 0
        for at, character in enumerate(piece):
            if character == "、" and piece[:at].count('"') % 2 == 0 and _lead(piece[at + 1 :]):
                clauses.append(piece[start:at])
                start = at + 1
        clauses.append(piece[start:])
    return [clause for clause in clauses if clause]


# --- the measure --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Ending:
    """How a name ends: the measure, its text, what stands before it, and whether it is as good as its measure's other
    endings."""

    measure: str
    text: str
    base: str
    plain: bool


@cache
def _endings() -> PhraseFinder:
    return PhraseFinder(
        {
            one.notation: [word.replace("|", "") for word in one.printed + one.also]
            for one in measure_list().measures.values()
        }
    )


@cache
def _parted() -> dict[str, str]:
    """Endings that begin with a part of the object, to what of them is the measure (办事时限: 时限)."""
    words = (word for one in measure_list().measures.values() for word in one.printed + one.also if "|" in word)
    return {word.replace("|", ""): word.split("|", 1)[1] for word in words}


@cache
def _plain() -> frozenset[str]:
    return frozenset(word.replace("|", "") for one in measure_list().measures.values() for word in one.printed)


@cache
def _words() -> PhraseFinder:
    return PhraseFinder({one.notation: one.within for one in measure_list().measures.values() if one.within})


def _by_ending(clause: str) -> _Ending | None:
    """How a clause ends, less words behind that add nothing; the longest ending that fits."""
    found = _endings().find(clause)
    while True:
        fits = [phrase for phrase in found if phrase.end == len(clause)]
        if fits:
            phrase = max(fits, key=lambda phrase: len(phrase.text))
            text = _parted().get(phrase.text, phrase.text)
            plain = phrase.text in _plain()
            return _Ending(phrase.label, text, clause[: len(clause) - len(text)], plain)
        tail = max((tail for tail in measure_list().tails if clause.endswith(tail)), key=len, default=None)
        if tail is None or len(clause) <= len(tail):
            return None
        clause = clause[: -len(tail)]


def _refined(measure: str, printed: UnitText | None) -> str:
    """What a measure becomes by its unit: 聘用人员数量 in 人 is a number of people."""
    known = measure_list().refine.get(measure, {})
    if printed is None or printed.unit is None:
        return measure
    if printed.per and "per" in known:
        return known["per"]
    return known.get(printed.unit.notation, known.get(printed.unit.kind, measure))


def _refined_by_tier(
    measure: str | None, evidence: Evidence | None, tier2_concept: str | None, printed: UnitText | None
) -> tuple[str | None, Evidence | None]:
    """What a measure of money becomes by its second tier (投资额 under 经济效益 is no cost), and money per something."""
    if measure is None or evidence is None or printed is None or printed.unit is None or printed.unit.kind != "money":
        return measure, evidence
    by_tier = measure_list().refine_tier2.get(measure, {}).get(tier2_concept or "")
    if by_tier is not None:
        return by_tier, f"{evidence}, tier {tier2_concept}"
    return (_refined(measure, printed) if evidence.startswith("unit ") else measure), evidence


def _by_unit(unit: Unit | None, tier2_concept: str | None) -> tuple[str, str] | None:
    if unit is None or unit.kind in ("grade", "ratio"):
        return None
    known = measure_list()
    by_tier = known.money_by_tier2.get(tier2_concept or "") if unit.kind == "money" else None
    if by_tier is not None:
        return by_tier, f"unit {unit.zh}, tier {tier2_concept}"
    measure = known.by_unit.get(unit.notation, known.by_unit_kind.get(unit.kind))
    return None if measure is None else (measure, f"unit {unit.zh}")


def _by_word(clause: str) -> tuple[str, str] | None:
    found = _words().find(clause)
    if not found:
        return None
    last = max(found, key=lambda phrase: (phrase.end, len(phrase.text)))
    return last.label, f"within {last.text}"


def _by_tier(tier2_concept: str | None, unit: Unit | None) -> tuple[str, str] | None:
    known = measure_list()
    if unit is not None and unit.kind == "ratio":
        return known.by_unit_kind["ratio"], f"unit {unit.zh}"
    if tier2_concept is not None and tier2_concept in known.by_tier2:
        return known.by_tier2[tier2_concept], f"tier {tier2_concept}"
    return (known.by_unit_kind["grade"], f"tier {tier2_concept}") if tier2_concept is not None else None


# --- the object ---------------------------------------------------------------------------------------------------


def _object(base: str) -> tuple[str | None, list[str]]:
    """What is measured on, and the notations of what is done to it: 宣传手册印制 is 宣传手册 and print."""
    base = _FOR_WHOM.sub("", base)
    actions: list[str] = []
    while (lead := _lead(base)) or (first := _first_action(base)):
        if not lead and first:
            actions.append(measure_list().actions[first])
        base = base[len(lead or first or "") :].lstrip(_STRIPPED)
    while (shorter := _without_last(base, actions)) != base:
        base = shorter
    if base.count('"') == 1:
        base = base.strip('"')
    return (base if base and base not in measure_list().leads else None), actions


def _lead(text: str) -> str | None:
    """The verb that a name begins with, where enough is left behind it."""
    if any(text.startswith(noun) for noun in measure_list().not_leads):
        return None
    return _longest_start(text, measure_list().leads)


def _first_action(text: str) -> str | None:
    known = measure_list()
    if any(text.startswith(noun) for noun in known.not_leads):
        return None
    return _longest_start(text, known.first_actions)


def _longest_start(text: str, words: Iterable[str]) -> str | None:
    """The longest of the words that a text begins with, where enough is left behind it."""
    longest = max((word for word in words if text.startswith(word)), key=len, default=None)
    return longest if longest is not None and len(text) >= len(longest) + _LEAST_OBJECT else None


def _without_last(base: str, actions: list[str]) -> str:
    """The object without the action, adverb or particle that it ends with, where enough is left."""
    known = measure_list()
    fits = [word for word in (*known.actions, *known.adverbs) if base.endswith(word)]
    last = max(fits, key=len, default=None)
    if last is not None and len(base) >= len(last) + _LEAST_OBJECT:
        if last in known.actions:
            actions.insert(0, known.actions[last])
        return base[: -len(last)]
    return base if last is not None else base.rstrip(_STRIPPED)
