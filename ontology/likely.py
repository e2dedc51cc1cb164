"""Labels that no list has, told by the words in them: "年度绩效指标目标值（调整后）" is most likely a target.

Lists of whole labels (`labels`) come first; what is told here is a guess, and the reader reports it as one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from ontology import labels
from ontology.label_forms import without_translation
from ontology.vocabulary import DataError, fold_label, read_data

_FILE = "heads.yaml"
_LONGEST_HEAD = 30


@dataclass(frozen=True, slots=True)
class _Pattern:
    column: str
    words: tuple[str, ...]
    also: tuple[str, ...]

    def fits(self, folded: str) -> bool:
        return any(word in folded for word in self.words) and (
            not self.also or any(word in folded for word in self.also)
        )


@cache
def _patterns() -> tuple[_Pattern, ...]:
    read = read_data(_FILE)
    listed = read.get("likely_columns") if isinstance(read, dict) else None
    if not isinstance(listed, list):
        raise DataError(_FILE, "likely_columns", "must be a list")
    made: list[_Pattern] = []
    for entry in listed:
        if not isinstance(entry, dict) or not {"column", "words"} <= set(entry) <= {"column", "words", "also"}:
            raise DataError(_FILE, "likely_columns", f"{entry!r} must have column, words and nothing else but also")
        if entry["column"] not in labels.columns():
            raise DataError(_FILE, "likely_columns", f"{entry['column']!r} is none of the columns")
        words, also = (tuple(fold_label(str(word)) for word in entry.get(key, ())) for key in ("words", "also"))
        made.append(_Pattern(entry["column"], words, also))
    return tuple(made)


@lru_cache(maxsize=4096)
def likely_column(text: str) -> str | None:
    """Given the text of a head that no list has, return the notation of the column that its words tell, or None."""
    folded = fold_label(text)
    if not 1 < len(folded) <= _LONGEST_HEAD:
        return None
    if _any_word().search(folded) is None:
        return None
    return next((pattern.column for pattern in _patterns() if pattern.fits(folded)), None)


@cache
def _any_word() -> re.Pattern[str]:
    """What finds any word of any pattern: most texts hold none."""
    return re.compile("|".join(sorted({re.escape(word) for pattern in _patterns() for word in pattern.words})))


@lru_cache(maxsize=4096)
def likely_tier(text: str) -> str | None:
    """Given the text of a head, return the notation of the tier (tier1, tier2, tier3) that its words tell, or None."""
    found = likely_column(text)
    return found if found in ("tier1", "tier2", "tier3") else None


_BRACKETED = re.compile(r"[(（\[【]([^()（）\[\]【】]+)[)）\]】]")


def unit_in_label(text: str) -> str | None:
    """Given the text of a label, known or not, return the unit of money in its brackets (万元), or None."""
    text = without_translation(text)
    return labels.money_unit(*_BRACKETED.findall(text)) if 0 < len(text) <= _LONGEST_HEAD else None


@cache
def _tier_words(tier: str) -> tuple[tuple[str, str], ...]:
    listed = read_data("tiers.yaml").get("likely")
    keys = {"tier", "concept", "words"}
    if not isinstance(listed, list) or not all(isinstance(entry, dict) and set(entry) == keys for entry in listed):
        raise DataError("tiers.yaml", "likely", "must be a list of entries with tier, concept and words")
    own = [entry for entry in listed if entry["tier"] == tier]
    return tuple((fold_label(str(word)), str(entry["concept"])) for entry in own for word in entry["words"])


def _told(tier: str, text: str) -> set[str]:
    """The concepts whose words a name holds; a longer word hides a shorter one in it (经济成本 hides 成本)."""
    folded = fold_label(text)
    found = {word: concept for word, concept in _tier_words(tier) if word in folded}
    return {concept for word, concept in found.items() if not any(word != other and word in other for other in found)}


def tier1_concept(text: str | None) -> str | None:
    """Given a name from the column of first tiers, return its concept: the lists' one, or what its words tell."""
    if not text:
        return None
    known = labels.tier1_concept(text)
    told = _told("tier1", text) if known is None else set()
    return known or (told.pop() if len(told) == 1 else None)


def tier2_concept(text: str | None, tier1: str | None) -> str | None:
    """Given a name from the column of second tiers and the concept of its first, return its concept, as above."""
    if not text:
        return None
    known = labels.tier2_concept(text, tier1)
    if known is not None or labels.is_tier1(text):
        return known
    told = _told("tier2", text)
    if told == {"output_cost"} and tier1 == "cost":
        return "economic_cost"
    return told.pop() if len(told) == 1 else None


_TIER_JOINTS = re.compile(r"\s*[-—－–/／>＞、\n]\s*")


def split_tiers(text: str) -> tuple[str, str] | None:
    """Given a name that may print two tiers in one cell ("产出指标-数量指标"), return both, or None."""
    parts = _TIER_JOINTS.split(text.strip())
    if len(parts) != 2 or not labels.is_tier1(parts[0]) or labels.tier2_concept(parts[1], None) is None:
        return None
    return parts[0], parts[1]
