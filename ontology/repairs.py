"""What scanning and converting programs make of signs and units in files of text (data/repairs.yaml), by place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from ontology.vocabulary import DataError, read_data

_FILE = "repairs.yaml"


@dataclass(frozen=True, slots=True)
class Repairs:
    """What was printed, by what stands for it in the text: behind a figure, before one, alone in a cell, in a
    formula (the longest first)."""

    units: Mapping[str, str]
    signs: Mapping[str, str]
    alone: Mapping[str, str]
    formulas: Mapping[str, str]


@cache
def repairs() -> Repairs:
    """Return the closed lists; raise DataError where the data file is wrong."""
    data = read_data(_FILE)
    places = ("units", "signs", "alone", "formulas")
    if not isinstance(data, dict) or set(data) != set(places):
        raise DataError(_FILE, "the file", f"must have exactly the keys {', '.join(places)}")
    return Repairs(**{place: _read_list(place, data[place]) for place in places})


def _read_list(place: str, entries: object) -> Mapping[str, str]:
    if not isinstance(entries, dict):
        raise DataError(_FILE, place, "must be a mapping from what a text prints to what it stands for")
    found: dict[str, str] = {}
    for printed, entry in entries.items():
        if not isinstance(printed, str) or not isinstance(entry, dict) or set(entry) != {"as", "zh", "en"}:
            raise DataError(_FILE, f"{place}.{printed}", "must be a text with exactly the keys as, zh and en")
        if not isinstance(entry["as"], str) or not entry["as"]:
            raise DataError(_FILE, f"{place}.{printed}", "as must be a text")
        found[printed] = entry["as"]
    return MappingProxyType(dict(sorted(found.items(), key=lambda one: -len(one[0]))))
