"""Heads of indicator tables anywhere in a line, whatever stands between them: what tells where to look for a form."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from ontology.vocabulary import fold_label, read_data

_TELLING = ("tier1", "tier2", "tier3", "indicator_name", "indicator_content", "target", "actual", "operator")
"""The columns that only an indicator table has (heads.yaml, columns)."""

_SHORTEST = 3  # characters: shorter labels (性质, 符号) stand in any text


@cache
def _words() -> tuple[re.Pattern[str], Mapping[str, str]]:
    columns = read_data("heads.yaml")["columns"]
    table = {
        folded: notation
        for notation in _TELLING
        for label in columns[notation]["labels"]
        if len(folded := fold_label(str(label))) >= _SHORTEST
    }
    longest_first = sorted(table, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first))), table


def find_head_words(text: str) -> frozenset[str]:
    """Given a line, return the notations of the columns that it names, as heads of a table or in a sentence."""
    pattern, table = _words()
    return frozenset(table[word] for word in pattern.findall(fold_label(text)))
