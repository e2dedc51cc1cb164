"""What is said of targets side by side, as data: the texts of data/targets.yaml, checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from ontology.comparables import fold_text
from ontology.vocabulary import DataError, read_data

FILE = "targets.yaml"

GROUPS: Mapping[str, tuple[str, ...]] = {
    "reasons": (
        "no_target", "qualitative", "date", "range", "relative", "several", "no_unit", "other_unit", "other_measure",
        "other_side",
        "superseded", "in_target_form",
    ),
    "changes": ("raised", "lowered", "unchanged", "dropped", "added", "redefined"),
    "why_redefined": ("name", "unit", "kind", "bound", "wording", "date"),
    "standings": ("strict", "middle", "lax", "unknown", "too_few"),
    "advice": ("peers_set", "peers_achieved", "nobody_reported", "mine", "mine_alone", "mine_achieved"),
    "directions": ("positive", "negative"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """A text in both languages."""

    zh: str
    en: str

    def in_language(self, language: str) -> str:
        """The text in zh, or else in en."""
        return self.zh if language == "zh" else self.en


@cache
def target_words() -> Mapping[str, Mapping[str, Said]]:
    """Return the checked content of data/targets.yaml, by group and name; raise DataError where it is not sound."""
    return parse_words(read_data(FILE))


def parse_words(data: Any) -> Mapping[str, Mapping[str, Said]]:
    """Given the content of the data file, return it checked; raise DataError, naming the entry, where it is wrong."""
    if not isinstance(data, dict) or set(data) != {*GROUPS, "anyone"}:
        raise DataError(FILE, "the file", f"has exactly the keys {', '.join(GROUPS)} and anyone")
    for group, names in GROUPS.items():
        if not isinstance(data[group], dict) or set(data[group]) != set(names):
            raise DataError(FILE, group, f"has exactly {', '.join(names)}")
        for name, entry in data[group].items():
            texts = list(entry.values()) if isinstance(entry, dict) else []
            if set(entry) != {"zh", "en"} or not all(isinstance(text, str) for text in texts):
                raise DataError(FILE, f"{group}.{name}", "needs a text in zh and one in en, and nothing else")
    return {group: {name: Said(**entry) for name, entry in data[group].items()} for group in GROUPS}


@cache
def anyone() -> frozenset[str]:
    """Return the words for whoever is served, in the form in which names are compared."""
    words = read_data(FILE)["anyone"]
    if not isinstance(words, list) or not all(isinstance(word, str) and word for word in words):
        raise DataError(FILE, "anyone", "is a list of words")
    return frozenset(fold_text(word) for word in words)
