"""The closed list of what reading can report (data/issues.yaml), and the one function that makes an `Issue`."""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import get_args

from ontology.records import Issue, Place, Severity
from ontology.vocabulary import DataError, read_data

_FILE = "issues.yaml"


@dataclass(frozen=True, slots=True)
class IssueKind:
    """One entry of the list: its code, how grave it is, and its sentences with the names to fill in."""

    code: str
    severity: Severity
    zh: str
    en: str
    details: frozenset[str]


def read_kind(code: str, entry: object) -> IssueKind:
    """Given an entry of the data file, return it; raise DataError where it is wrong."""
    if not isinstance(entry, dict) or set(entry) != {"severity", "zh", "en"}:
        raise DataError(_FILE, code, "must have exactly the keys severity, zh and en")
    severity, zh, en = entry["severity"], entry["zh"], entry["en"]
    if severity not in get_args(Severity):
        raise DataError(_FILE, code, f"severity {severity!r} is none of {', '.join(get_args(Severity))}")
    details = {language: _names_in(code, text) for language, text in (("zh", zh), ("en", en))}
    if details["zh"] != details["en"]:
        raise DataError(_FILE, code, "the two languages fill in different details")
    return IssueKind(code, severity, zh, en, details["zh"])


def _names_in(code: str, text: object) -> frozenset[str]:
    if not isinstance(text, str) or not text.strip():
        raise DataError(_FILE, code, "each language must have a sentence")
    return frozenset(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)


@cache
def issue_kinds() -> Mapping[str, IssueKind]:
    """Return the closed list by code; raise DataError where the data file is wrong."""
    data = read_data(_FILE)
    if not isinstance(data, dict) or not isinstance(data.get("issues"), dict):
        raise DataError(_FILE, "issues", "must be a mapping from codes to entries")
    return MappingProxyType({code: read_kind(code, entry) for code, entry in data["issues"].items()})


def issue(code: str, place: Place | None = None, **details: object) -> Issue:
    """Given a code of the closed list, where it was seen, and the details its sentence names, return the issue.

    A detail that is a pair is its Chinese and its English wording. Raise KeyError for a code that isn't in the list,
    ValueError where the details are not those of its sentence.
    """
    kind = issue_kinds()[code]
    if kind.details != details.keys():
        raise ValueError(f"issue {code} takes the details {sorted(kind.details)}, not {sorted(details)}")
    zh, en = ({name: _in(language, detail) for name, detail in details.items()} for language in (0, 1))
    return Issue(code, kind.severity, kind.zh.format(**zh), kind.en.format(**en), place)


def _in(language: int, detail: object) -> object:
    return detail[language] if isinstance(detail, tuple) else detail
