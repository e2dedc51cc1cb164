"""Tiers of indicators whose labels stand in the middle of their merged cells, cut over lines, or misread.

Where the first row of an indicator table has no tier, labels are printed in the middle of what they hold, as a page shows
them. The rows of each are then those around it: the partition in which every label stands nearest to the middle of its
rows, and every second tier under a first one it belongs to. Each label is put into the first of its rows, so that the
table reads like any other; the note says so, and labels that stand in the middle of nothing are reported.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from extract.heads import IndicatorTable
from extract.readers.text_clean import is_chinese
from extract.readers.text_matrix import Entry, Matrix, blank_like, merge_entries
from ontology import labels
from ontology.issues import issue
from ontology.vocabulary import fold_label

_MOST_ROWS = 400
_LEAST_REPAIRED = 5  # characters of a label of which one may be misread
_FARTHER = 5.0  # what it costs to put a second tier under a first one that it doesn't belong to
_HALF = 0.5
_NAMED = 0.25  # what speaks for a row whose indicator's name carries the tier's own word


@dataclass(slots=True)
class _Label:
    """A printed label: its entry, and the first and the last of the rows (counted in the table) that print it."""

    entry: Entry
    first: int
    last: int

    @property
    def middle(self) -> float:
        return (self.first + self.last) / 2


def place_tiers(matrix: Matrix, table: IndicatorTable, rows: Sequence[int]) -> None:
    """Given an indicator table and its rows, put every tier's label into the first row that it holds for."""
    columns = {tier: found[0] - 1 for tier in ("tier1", "tier2") if (found := table.columns.get(tier))}
    if "tier3" not in table.columns:
        columns.pop("tier2", None)
    names = table.columns.get("tier3") or table.columns["tier2"]
    for first, last in _stretches(matrix, table, rows):
        stretch = rows[first:last]
        # Where a tier has a row of its own, above its indicators, it stands in the middle of nothing.
        steps = any(
            matrix.rows[row].entries[column].text and not matrix.rows[row].entries[names[0] - 1].text
            for row in stretch
            for column in columns.values()
        )
        if not steps:
            _place(matrix, columns, [name - 1 for name in names], stretch)


def _stretches(matrix: Matrix, table: IndicatorTable, rows: Sequence[int]) -> list[tuple[int, int]]:
    """The rows of each project in a table of many: its name begins them."""
    if not table.has_projects:
        return [(0, len(rows))]
    column = table.columns["project_name"][0] - 1
    starts = [at for at, row in enumerate(rows) if matrix.rows[row].entries[column].text]
    return list(zip([0, *starts], [*starts, len(rows)], strict=True))


def _place(matrix: Matrix, columns: dict[str, int], names: Sequence[int], rows: Sequence[int]) -> None:
    if not rows or len(rows) > _MOST_ROWS:
        return
    found = {tier: _find_labels(matrix, tier, column, rows) for tier, column in columns.items()}
    centred = any(printed and printed[0].first > 0 for printed in found.values())
    for tier, printed in found.items():
        found[tier] = _without_remains(matrix, tier, printed, found, centred)
    if not centred:
        return
    texts = ["".join(matrix.rows[row].entries[column].text for column in names) for row in rows]
    closed = _divide_tiers(found, texts)
    for tier, ends in closed.items():
        _put(matrix, columns[tier], rows, found[tier], ends)
    doubtful = [
        label.entry.text
        for tier, ends in closed.items()
        for label, start, end in zip(found[tier], [0, *ends], ends, strict=False)
        if abs((start + end - 1) / 2 - label.middle) > _HALF
    ]
    matrix.notes.append(f"rows {rows[0] + 1} to {rows[-1] + 1}: tiers stand in the middle of the rows they hold for")
    if doubtful:
        matrix.report("table.tiers_unsure", rows[0], labels="、".join(dict.fromkeys(doubtful)))
    else:
        matrix.report("table.tiers_centred", rows[0])


def _divide_tiers(found: dict[str, list[_Label]], texts: Sequence[str]) -> dict[str, list[int]]:
    """Where the rows of each label of each tier end. A column whose first label is in the first row may have its labels
    in the first of their rows: it stays so, unless each stands in the middle of some."""
    every = list(range(1, len(texts) + 1))
    closed: dict[str, list[int]] = {}
    if found.get("tier2"):
        ends = _divide(found["tier2"], every, _mismatch_of_second(found, texts))
        if found["tier2"][0].first > 0 or _in_the_middle(found["tier2"], ends):
            closed["tier2"] = ends
        else:
            closed["tier2"] = [*(label.first for label in found["tier2"][1:]), len(texts)]
    if found.get("tier1"):
        cuts = closed.get("tier2") or every
        cuts = cuts if len(cuts) >= len(found["tier1"]) else every
        closed["tier1"] = _divide(found["tier1"], cuts, _mismatch_of_first(found, closed.get("tier2", [])))
    return {tier: ends for tier, ends in closed.items() if ends}


def _in_the_middle(printed: Sequence[_Label], closed: Sequence[int]) -> bool:
    return all(
        abs((start + end - 1) / 2 - label.middle) <= _HALF
        for label, start, end in zip(printed, [0, *closed], closed, strict=False)
    )


# --- labels


def _find_labels(matrix: Matrix, tier: str, column: int, rows: Sequence[int]) -> list[_Label]:
    """The labels of a tier's column, those cut over lines joined."""
    found: list[_Label] = []
    for at, row in enumerate(rows):
        entry = matrix.rows[row].entries[column]
        if entry.is_blank:
            continue
        repaired = repair_tier(tier, entry.text)
        if repaired is not None:
            matrix.report("table.label_repaired", row, column, text=entry.text, label=repaired)
            entry.text = repaired
        before = found[-1] if found else None
        if before is not None and before.last == at - 1 and (text := one_label(tier, before.entry.text, entry.text)):
            joined = merge_entries([before.entry, entry], text)
            joined.columns = before.entry.columns
            found[-1] = _Label(joined, before.first, at)
            matrix.rows[rows[before.first]].entries[column] = joined
            matrix.rows[row].entries[column] = blank_like(entry)
            continue
        found.append(_Label(entry, at, at))
    return found


def is_tier(tier: str, text: str) -> bool:
    """Whether a text is a known name of a tier ("tier1", "tier2")."""
    return labels.is_tier1(text) if tier == "tier1" else labels.tier2_concept(text, None) is not None


def one_label(tier: str, upper: str, lower: str) -> str | None:
    """Given two lines of a tier's column, return the label that they spell together, or None: one of them is none by
    itself, or they are the same."""
    known = (is_tier(tier, upper), is_tier(tier, lower))
    if all(known):
        same = fold_label(lower).startswith(fold_label(upper))
        return lower if same else None
    return upper + lower if is_tier(tier, upper + lower) else None


@lru_cache(maxsize=1024)
def repair_tier(tier: str, text: str) -> str | None:
    """Given a text that is no known name of a tier, return the one name from which it differs in one character, or None."""
    folded = fold_label(text)
    if len(folded) < _LEAST_REPAIRED or len(folded) > 20 or is_tier(tier, text):
        return None
    near = [
        label
        for label in labels.tier_labels(tier)
        if len(label) == len(folded) and sum(a != b for a, b in zip(label, folded, strict=True)) == 1
    ]
    return near[0] if len(near) == 1 else None


def _without_remains(
    matrix: Matrix, tier: str, printed: list[_Label], found: dict[str, list[_Label]], centred: bool
) -> list[_Label]:
    """The labels without texts that nobody can read: without a Chinese character, beside the second line of a second
    tier, or, of centred ones, unknown among second tiers that all belong to the first tier above."""
    kept: list[_Label] = []
    for index, label in enumerate(printed):
        text = label.entry.text
        if not is_tier(tier, text) and (
            not is_chinese(text)
            or (tier == "tier1" and any(one.first < label.first <= one.last for one in found.get("tier2", ())))
            or (tier == "tier1" and centred and kept and _goes_on(kept[-1], printed[index + 1 :], found))
        ):
            place = label.entry.parts[0].place if label.entry.parts else None
            matrix.issues.append(issue("table.label_unreadable", place, text=text))
            label.entry.text = ""
            continue
        kept.append(label)
    return kept


def _goes_on(above: _Label, below: Sequence[_Label], found: dict[str, list[_Label]]) -> bool:
    concept = labels.tier1_concept(above.entry.text)
    end = next((label.first for label in below if is_tier("tier1", label.entry.text)), None)
    between = [
        label for label in found.get("tier2", ()) if label.first > above.first and (end is None or label.last < end)
    ]
    known = [labels.tier2_parents(label.entry.text) for label in between if is_tier("tier2", label.entry.text)]
    return bool(known) and all(concept in parents for parents in known)


# --- whose rows


Mismatch = Callable[[int, int, int], float]
"""Given a label's number and the first and last row that it would hold for, what speaks against it."""


def _mismatch_of_second(found: dict[str, list[_Label]], texts: Sequence[str]) -> Mismatch:
    stems = [label.entry.text.removesuffix("指标") for label in found["tier2"]]

    def mismatch(number: int, first: int, last: int) -> float:
        parents = labels.tier2_parents(found["tier2"][number].entry.text)
        against = 0.0
        for label in found.get("tier1", ()):
            concept = labels.tier1_concept(label.entry.text)
            if parents and concept is not None and concept not in parents and first <= label.middle <= last:
                against += _FARTHER
        # An indicator whose name carries the tier's own word (短信服务成本 and 成本指标) is likely one of its.
        return against - _NAMED * sum(
            len(stems[number]) > 1 and stems[number] in text for text in texts[first : last + 1]
        )

    return mismatch


def _mismatch_of_first(found: dict[str, list[_Label]], closed: Sequence[int]) -> Mismatch:
    def mismatch(number: int, first: int, last: int) -> float:
        concept = labels.tier1_concept(found["tier1"][number].entry.text)
        against, start = 0.0, 0
        for label, end in zip(found.get("tier2", ()), closed, strict=False):
            parents = labels.tier2_parents(label.entry.text)
            if start >= first and end - 1 <= last and parents and concept is not None and concept not in parents:
                against += _FARTHER
            start = end
        return against

    return mismatch


def _divide(printed: Sequence[_Label], cuts: Sequence[int], mismatch: Mismatch) -> list[int]:
    """Where the rows of each label end (one past the last), at one of `cuts`; an empty list where nothing fits. Of an even
    number of rows a program takes the upper middle one or the lower one, always the same."""
    ways = [_nearest(printed, cuts, mismatch, upper) for upper in (True, False)]
    return min(ways, key=lambda way: way[0])[1]


def _nearest(
    printed: Sequence[_Label], cuts: Sequence[int], mismatch: Mismatch, upper: bool
) -> tuple[float, list[int]]:
    wraps = any(label.last > label.first for label in printed)
    best: dict[int, tuple[float, list[int]]] = {0: (0.0, [])}
    for number, label in enumerate(printed):
        following: dict[int, tuple[float, list[int]]] = {}
        for start, (cost, closed) in best.items():
            if start > label.first:
                continue
            for end in cuts:
                if end <= label.last or end <= start:
                    continue
                made = cost + _distance(label, start, end - 1, wraps, upper) + mismatch(number, start, end - 1)
                if end not in following or made < following[end][0]:
                    following[end] = (made, [*closed, end])
        best = following
    return best.get(cuts[-1], (float("inf"), []))


def _distance(label: _Label, first: int, last: int, wraps: bool, upper: bool) -> float:
    """How far a label stands from the middle of rows. Of an even number of rows a middle one will do, but not for a label
    on one line where others of its column wrap: over several rows it would have wrapped too."""
    off = (first + last) / 2 - label.middle
    if abs(off) == _HALF:
        return 0.6 if wraps and label.first == label.last else 0.1 if (off > 0) == upper else 0.4
    return abs(off)


def _put(matrix: Matrix, column: int, rows: Sequence[int], printed: Sequence[_Label], closed: Sequence[int]) -> None:
    taken = [label.entry for label in printed]
    for row in rows:
        matrix.rows[row].entries[column] = blank_like(matrix.rows[row].entries[column])
    for entry, start in zip(taken, [0, *closed], strict=False):
        matrix.rows[rows[start]].entries[column] = entry
