"""The targets of one project from form to form: raised, lowered, dropped, added, or redefined and not comparable.

Forms are taken in order (by year, the target form before the self-evaluation of the same year), each compared with the
one before: so what was lowered between plan and report shows as well as what was lowered from year to year. Only forms
that no other edition supersedes count, and of these the ones whose year is known.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Literal

from graph.likeness import match_names
from graph.lookup import find_project
from graph.store import ReadableStore
from graph.target_rows import PrintedValue, TargetRow, read_rows_of_projects
from graph.targets import direction_of
from graph.unit_families import family_of
from ontology.comparables import fold_text

What = Literal["raised", "lowered", "unchanged", "dropped", "added", "redefined"]
Why = Literal["name", "unit", "kind", "bound", "wording", "date"]

_ORDER = {"TargetForm": 0, "SelfEvaluation": 1}
_LOWER, _UPPER = ("ge", "gt"), ("le", "lt")


@dataclass(frozen=True, slots=True)
class Change:
    """What became of an indicator from one form to the next: `before` is None where it is new, `after` where it was
    dropped. `why` says what was redefined. `stricter` says whether more is asked than before (None: not known)."""

    what: What
    before: TargetRow | None
    after: TargetRow | None
    why: Why | None = None
    stricter: bool | None = None

    @property
    def name(self) -> str:
        """The indicator's name, the newer one."""
        row = self.after or self.before
        return row.name if row else ""


@dataclass(frozen=True, slots=True)
class Step:
    """Two forms of a project, one after the other, with what changed: years and kinds (TargetForm, SelfEvaluation)."""

    before: tuple[int, str]
    after: tuple[int, str]
    changes: tuple[Change, ...]


def find_target_history(store: ReadableStore, project: str, *, names: Sequence[str] | None = None) -> list[Step]:
    """Given a project (its IRI, its name or a unique part of it), return what became of its indicators from form to
    form; with names, of those alone. Raises NotFoundError and AmbiguousError."""
    rows = [row for row in read_rows_of_projects(store, [str(find_project(store, project))]) if row.counts]
    forms: dict[tuple[int, int, str], list[TargetRow]] = {}
    for row in rows:
        if row.year is not None:
            forms.setdefault((row.year, _ORDER.get(row.kind, 2), row.form), []).append(row)
    ordered = [(key, forms[key]) for key in sorted(forms)]
    wanted = None if names is None else {fold_text(name) for name in names}
    return [
        Step(
            (before_year, before[0].kind),
            (after_year, after[0].kind),
            tuple(change for change in compare_rows(before, after) if _is_wanted(change, wanted)),
        )
        for ((before_year, _, _), before), ((after_year, _, _), after) in pairwise(ordered)
    ]


def _is_wanted(change: Change, wanted: set[str] | None) -> bool:
    rows = [row for row in (change.before, change.after) if row is not None]
    return wanted is None or any(fold_text(row.name) in wanted for row in rows)


def compare_rows(before: Sequence[TargetRow], after: Sequence[TargetRow]) -> list[Change]:
    """Given the rows of two forms of a project, return what became of each indicator, in printed order: those of the
    newer form, then those that were dropped."""
    pairs = dict(_pairs(before, after))
    taken = set(pairs.values())
    changes = [
        Change("added", None, row) if number not in pairs else _compare(before[pairs[number]], row)
        for number, row in enumerate(after)
    ]
    return changes + [Change("dropped", row, None) for number, row in enumerate(before) if number not in taken]


def _pairs(before: Sequence[TargetRow], after: Sequence[TargetRow]) -> Iterator[tuple[int, int]]:
    """Which row of the newer form is which of the older one: by name and second tier, by name, by canonical indicator,
    then by likeness."""
    left, right = dict(enumerate(before)), dict(enumerate(after))
    for with_tier in (True, False):
        known: dict[tuple[str, str], list[int]] = {}
        for number, row in left.items():
            known.setdefault((fold_text(row.name), row.tier2 if with_tier else ""), []).append(number)
        for number, row in list(right.items()):
            same = known.get((fold_text(row.name), row.tier2 if with_tier else ""))
            if same:
                yield number, same[0]
                del right[number], left[same.pop(0)]
    for number, row in list(right.items()):
        alike = next((n for n, one in left.items() if row.canonical and one.canonical == row.canonical), None)
        if alike is not None:
            yield number, alike
            del right[number], left[alike]
    newer, older = list(right), list(left)
    for mine, theirs in match_names([right[n].name for n in newer], [left[n].name for n in older]):
        yield newer[mine], older[theirs]


def _compare(before: TargetRow, after: TargetRow) -> Change:
    if fold_text(before.name) != fold_text(after.name) and not (
        after.canonical and before.canonical == after.canonical
    ):
        return Change("redefined", before, after, "name")
    moved = _moved(before.target, after.target)
    if isinstance(moved, str):
        return Change("redefined", before, after, moved)
    if not moved:
        return Change("unchanged", before, after)
    direction = direction_of(after)
    stricter = None if direction is None else (moved > 0) == (direction == "positive")
    return Change("raised" if moved > 0 else "lowered", before, after, stricter=stricter)


def _moved(before: PrintedValue | None, after: PrintedValue | None) -> Decimal | Why:
    """By how much a target moved, or what was redefined so that this can't be said."""
    if before is None or after is None:
        return Decimal(0) if before is after else "kind"
    if fold_text(before.printed) == fold_text(after.printed):
        return Decimal(0)
    if before.operator == "by" or after.operator == "by":
        return "date" if before.operator == after.operator else "kind"
    if before.number is None or after.number is None:
        return "wording" if before.number is after.number else "kind"
    older, newer = family_of(before.unit or ""), family_of(after.unit or "")
    if older.key != newer.key:
        return "unit"
    if _side(before) != _side(after) and "" not in (_side(before), _side(after)):
        return "bound"
    if before.relative != after.relative or "range" in (before.operator, after.operator):
        return "bound"
    return after.number * newer.factor - before.number * older.factor


def _side(value: PrintedValue) -> str:
    """Which side a bound is on; "" for an exact figure, which goes with either."""
    return "lower" if value.operator in _LOWER else "upper" if value.operator in _UPPER else ""
