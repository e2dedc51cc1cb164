"""What people decide: lines of `decisions.jsonl`, each a JSON object that says who decided what, when and why.

Given the text of the file, `read_decisions` returns the decisions in their order; `Decisions.standing` are those that
hold: not undone by a later line, and not replaced by a later one about the same thing. A line is never changed; what is
no longer wanted is undone by another. docs/decisions.md describes the lines for people.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, fields
from datetime import datetime
from functools import cached_property
from types import MappingProxyType
from typing import Any, ClassVar, Literal, get_args

from ontology.keys import fold
from ontology.records import PrintedCell

FILE = "decisions.jsonl"

Verdict = Literal["confirmed", "refused"]


class DecisionError(ValueError):
    """A decision, or a line of the file, is not sound; the message says which and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What every decision says: who decided, when (ISO 8601), and why."""

    kind: ClassVar[str] = ""

    who: str
    when: str
    why: str

    @property
    def id(self) -> str:
        """Twelve hexadecimal digits of what the line says: the same line has the same on any machine."""
        said = json.dumps(to_json(self, with_id=False), ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()[:12]

    @property
    def subject(self) -> tuple[str, ...]:
        """What it is about: of two decisions with one subject the later holds."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True, kw_only=True)
class CellCorrection(Decision):
    """A cell was misread: where it is printed, which field it holds, what was read (`old`) and what stands there."""

    kind: ClassVar[str] = "cell"

    document: str
    field: str
    old: str
    new: str
    file: str | None = None
    page: int | None = None
    sheet: str | None = None
    table: int | None = None
    row: int | None = None
    column: int | None = None

    @property
    def subject(self) -> tuple[str, ...]:
        """The cell."""
        return ("cell", self.document, *map(str, self.spot))

    @property
    def spot(self) -> tuple[str | int | None, ...]:
        """Which cell of the document it is; see `spot_of`."""
        return (self.field, self.page, self.sheet, self.table, self.row, self.column)

    def fits(self, printed: str) -> bool:
        """Whether what is read there now is what was read when somebody corrected it."""
        return fold(printed) == fold(self.old)


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityVerdict(Decision):
    """Whether a proposed identity holds. `one` and `other` are the kind and key that end the IRIs ("unit/<key>")."""

    kind: ClassVar[str] = "identity"

    relation: Literal["same", "part_of"]
    one: str
    other: str
    verdict: Verdict
    names: tuple[str, ...] = ()

    @property
    def subject(self) -> tuple[str, ...]:
        """The relation of the two things."""
        return ("identity", self.relation, self.one, self.other)


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorGrouping(Decision):
    """That indicators of this name belong to a canonical indicator, given by its notation."""

    kind: ClassVar[str] = "indicator"

    name: str
    notation: str

    @property
    def subject(self) -> tuple[str, ...]:
        """The name."""
        return ("indicator", fold(self.name))


@dataclass(frozen=True, slots=True, kw_only=True)
class Undoing(Decision):
    """That an earlier decision, given by its id, no longer holds."""

    kind: ClassVar[str] = "undo"

    undoes: str

    @property
    def subject(self) -> tuple[str, ...]:
        """The decision that is undone."""
        return ("undo", self.undoes)


KINDS: Mapping[str, type[Decision]] = MappingProxyType(
    {cls.kind: cls for cls in (CellCorrection, IdentityVerdict, IndicatorGrouping, Undoing)}
)


def spot_of(field_name: str, printed: PrintedCell) -> tuple[str | int | None, ...]:
    """Given a field and the cell that prints it, return which cell of its document it is. Rows that share a merged cell
    share its spot, so a correction of it holds for all of them."""
    place = printed.place
    return (field_name, place.page, place.sheet, place.table, place.row, place.column)


@dataclass(frozen=True)
class Decisions:
    """All lines of a file, in their order."""

    lines: tuple[Decision, ...] = ()

    @cached_property
    def undone(self) -> Mapping[str, Undoing]:
        """The decisions that a later line undoes, by id."""
        return MappingProxyType({one.undoes: one for one in self.lines if isinstance(one, Undoing)})

    @cached_property
    def replaced(self) -> Mapping[str, str]:
        """The decisions in whose place a later one about the same thing stands, with its id."""
        found, newest = {}, dict[tuple[str, ...], str]()
        for one in reversed(self.lines):
            if isinstance(one, Undoing) or one.id in self.undone:
                continue
            later = newest.setdefault(one.subject, one.id)
            if later != one.id:
                found[one.id] = later
        return MappingProxyType(found)

    @cached_property
    def standing(self) -> tuple[Decision, ...]:
        """The decisions that hold."""
        return tuple(
            one
            for one in self.lines
            if not isinstance(one, Undoing) and one.id not in self.undone and one.id not in self.replaced
        )

    def corrections(self, document: str | None = None) -> tuple[CellCorrection, ...]:
        """The corrections of cells that hold: of one document (by its hash), or of all."""
        return tuple(
            one for one in self.standing if isinstance(one, CellCorrection) and document in (None, one.document)
        )

    @cached_property
    def verdicts(self) -> Mapping[tuple[str, str, str], IdentityVerdict]:
        """The verdicts that hold, by relation and the two things."""
        found = (one for one in self.standing if isinstance(one, IdentityVerdict))
        return MappingProxyType({(one.relation, one.one, one.other): one for one in found})

    @cached_property
    def groupings(self) -> Mapping[str, str]:
        """The notations of canonical indicators that people gave names, by the folded name."""
        found = (one for one in self.standing if isinstance(one, IndicatorGrouping))
        return MappingProxyType({fold(one.name): one.notation for one in found})

    def find(self, wanted: str) -> list[Decision]:
        """The decisions whose id is, or begins with (four digits and more), what is wanted."""
        exact = [one for one in self.lines if one.id == wanted]
        return exact or [one for one in self.lines if len(wanted) >= 4 and one.id.startswith(wanted)]


# --- lines --------------------------------------------------------------------------------------------------------
def to_json(decision: Decision, *, with_id: bool = True) -> dict[str, Any]:
    """Given a decision, return it as the JSON object of its line; what is None or empty is left out."""
    said: dict[str, Any] = {"id": decision.id} if with_id else {}
    said["kind"] = decision.kind
    own = [entry.name for entry in fields(decision) if entry.name not in _COMMON]
    for name in (*own, *_COMMON):
        value = getattr(decision, name)
        if value is not None and value != ():
            said[name] = list(value) if isinstance(value, tuple) else value
    return said


def to_line(decision: Decision) -> str:
    """Given a decision, return its line, with the line's end."""
    return json.dumps(to_json(decision), ensure_ascii=False) + "\n"


def check_decision(decision: Decision) -> None:
    """Raise DecisionError where a decision says nothing, or not what it must."""
    for entry in fields(decision):
        value = getattr(decision, entry.name)
        if entry.name in _WHOLE:
            if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 1):
                raise DecisionError(f"{entry.name} must be a whole number from 1, not {value!r}")
        elif entry.name == "names":
            if not isinstance(value, tuple) or not all(isinstance(name, str) for name in value):
                raise DecisionError("names must be a list of names")
        elif value is None and entry.name in _OPTIONAL:
            continue
        elif not isinstance(value, str) or not (value.strip() or entry.name in _MAY_BE_EMPTY):
            raise DecisionError(f"{entry.name} must be a text that says something, not {value!r}")
    try:
        moment = datetime.fromisoformat(decision.when)
    except ValueError as error:
        raise DecisionError(f"when must be a time as 2025-03-31T09:30:00+08:00, not {decision.when!r}") from error
    if moment.tzinfo is None:
        raise DecisionError(f"when must say its time zone (+08:00), not {decision.when!r}")
    if isinstance(decision, IdentityVerdict):
        if decision.verdict not in get_args(Verdict):
            raise DecisionError(f"verdict must be confirmed or refused, not {decision.verdict!r}")
        if decision.relation not in ("same", "part_of"):
            raise DecisionError(f"relation must be same or part_of, not {decision.relation!r}")
    if isinstance(decision, CellCorrection) and fold(decision.old) == fold(decision.new):
        raise DecisionError(f"{decision.new!r} is what was read there; there is nothing to correct")


_COMMON = ("who", "when", "why")
_WHOLE = frozenset({"page", "table", "row", "column"})
_OPTIONAL = frozenset({"file", "sheet"})
_MAY_BE_EMPTY = frozenset({"old", "new"})
"""A cell may print nothing where the program read a speck, or hold what it read as nothing."""


def read_decisions(text: str, *, file: str = FILE) -> Decisions:
    """Given the text of the file, return its decisions; raise DecisionError naming the line that is not sound."""
    found: dict[str, Decision] = {}
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            decision = _read_line(line)
            check_decision(decision)
            _check_undoing(decision, found)
        except DecisionError as error:
            raise DecisionError(f"{file}, line {number}: {error}; mend the line or take it out") from error
        found.setdefault(decision.id, decision)  # a line that stands there twice says nothing new
    return Decisions(tuple(found.values()))


def _check_undoing(decision: Decision, before: Mapping[str, Decision]) -> None:
    if isinstance(decision, Undoing) and not isinstance(before.get(decision.undoes), _DECIDING):
        raise DecisionError(f"undoes {decision.undoes!r}, which no line before it decides")


_DECIDING = (CellCorrection, IdentityVerdict, IndicatorGrouping)


def _read_line(line: str) -> Decision:
    try:
        said = json.loads(line)
    except json.JSONDecodeError as error:
        raise DecisionError(f"is not JSON ({error.msg})") from error
    if not isinstance(said, dict):
        raise DecisionError("must be a JSON object")
    kind = KINDS.get(str(said.pop("kind", None)))
    if kind is None:
        raise DecisionError(f"kind must be one of {', '.join(KINDS)}")
    given = said.pop("id", None)
    names = {entry.name: entry for entry in fields(kind)}
    if unknown := sorted(said.keys() - names.keys()):
        raise DecisionError(f"a decision of the kind {kind.kind} has no {unknown[0]!r}")
    if missing := [name for name, entry in names.items() if name not in said and _is_required(entry)]:
        raise DecisionError(f"a decision of the kind {kind.kind} must have {missing[0]!r}")
    values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in said.items()}
    decision = kind(**values)
    if given is not None and given != decision.id:
        raise DecisionError(f"its id {given!r} is not that of what it says ({decision.id}): a line is never changed")
    return decision


def _is_required(entry: Field[Any]) -> bool:
    return entry.default is MISSING and entry.default_factory is MISSING
