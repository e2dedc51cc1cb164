"""The JSON of a disclosure (contract version 1): records to plain JSON values and back, exactly.

One description serves writing, reading and the JSON Schema: each record of `ontology.records` is a row of fields, each
field a codec made from the field's type, with the few places where the contract speaks differently listed below
(`_PLACE_FIELDS`, `_ISSUE_FIELDS`, `_DEFAULTS`). A field that was not filled is absent from the JSON; those that every
reader may rely on (`_ALWAYS`) stand there as null or as an empty list. Numbers are decimal strings, so that no reader
turns money into binary fractions.
"""

from __future__ import annotations

import dataclasses
import re
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Protocol

from ontology import records

CONTRACT_VERSION = 1

Json = Any
"""A value that `json.dumps` writes."""


class ContractError(ValueError):
    """JSON that is no disclosure of this contract; the message names the place in it and what is wrong there."""

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(f"{path or 'the document'}: {problem}")
        self.path, self.problem = path, problem


_ALWAYS: Mapping[str, frozenset[str]] = {
    "Disclosure": frozenset({"projects", "budget_lines", "issues"}),
    "DocumentInfo": frozenset({"kind", "fiscal_year", "region", "unit", "level"}),
    "Project": frozenset({"funding", "indicators"}),
    "Indicator": frozenset({"tier1", "tier2", "target"}),
    "Place": frozenset({"page"}),
}
"""Fields that are printed even when they are empty: null, or an empty list."""

_DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "Disclosure": {"extractor_version": ""},
    "DocumentInfo": {"file": ""},
    "Project": {"form_id": ""},
    "Funding": {"raw": ""},
    "BudgetLine": {"raw": ""},
    "Indicator": {"tier1": None, "tier2": None, "target": None},
}
"""What stands in a record for a field that a hand-made file leaves out; "" is then left out again when written."""

_PATTERNS: Mapping[tuple[str, str], str] = {
    # IRIs are made of it: anything but a hash would be an IRI that another file could share.
    ("DocumentInfo", "sha256"): r"^[0-9a-f]{64}$",
    ("Indicator", "tier1_concept"): r"^[a-z_]+$",
    ("Indicator", "tier2_concept"): r"^[a-z_]+$",
}

_INDICES = frozenset({"page", "table", "row", "column", "paragraph"})
_DECIMAL = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")


class Codec(Protocol):
    """How a Python value is written as JSON, read back, and described."""

    def write(self, value: Any) -> Json:
        """The JSON of a value."""
        ...

    def read(self, json: Json, path: str) -> Any:
        """The value of JSON that stands at a path; raise ContractError where it can't be one."""
        ...

    def schema(self) -> dict[str, Json]:
        """The JSON Schema of what `write` gives."""
        ...


@dataclass(frozen=True, slots=True)
class _Text:
    pattern: str | None = None

    def write(self, value: str) -> Json:
        return value

    def read(self, json: Json, path: str) -> str:
        if not isinstance(json, str):
            raise ContractError(path, f"a text is expected, not {json!r}")
        if self.pattern and not re.fullmatch(self.pattern.strip("^$"), json):
            raise ContractError(path, f"{json!r} does not have the form {self.pattern}")
        return json

    def schema(self) -> dict[str, Json]:
        return {"type": "string", "pattern": self.pattern} if self.pattern else {"type": "string"}


@dataclass(frozen=True, slots=True)
class _Whole:
    least: int | None = None

    def write(self, value: int) -> Json:
        return value

    def read(self, json: Json, path: str) -> int:
        if isinstance(json, bool) or not isinstance(json, int):
            raise ContractError(path, f"a whole number is expected, not {json!r}")
        if self.least is not None and json < self.least:
            raise ContractError(path, f"counts from {self.least}, so {json} can't be")
        return json

    def schema(self) -> dict[str, Json]:
        return {"type": "integer"} if self.least is None else {"type": "integer", "minimum": self.least}


@dataclass(frozen=True, slots=True)
class _Fraction:
    """A share between 0 and 1 (how sure optical reading is)."""

    def write(self, value: float) -> Json:
        return value

    def read(self, json: Json, path: str) -> float:
        if isinstance(json, bool) or not isinstance(json, int | float) or not 0 <= json <= 1:
            raise ContractError(path, f"a number from 0 to 1 is expected, not {json!r}")
        return json

    def schema(self) -> dict[str, Json]:
        return {"type": "number", "minimum": 0, "maximum": 1}


@dataclass(frozen=True, slots=True)
class _Number:
    def write(self, value: Decimal) -> Json:
        if not value.is_finite():
            raise ContractError("", f"{value} is no number that can be printed")
        return format(value, "f")

    def read(self, json: Json, path: str) -> Decimal:
        if not isinstance(json, str) or not _DECIMAL.fullmatch(json):
            raise ContractError(path, f'a decimal number as a text is expected ("12.50"), not {json!r}')
        try:
            return Decimal(json)
        except InvalidOperation as error:
            raise ContractError(path, f"{json!r} is no number") from error

    def schema(self) -> dict[str, Json]:
        return {"type": "string", "pattern": f"^{_DECIMAL.pattern}$"}


@dataclass(frozen=True, slots=True)
class _Day:
    def write(self, value: date) -> Json:
        return value.isoformat()

    def read(self, json: Json, path: str) -> date:
        if not isinstance(json, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", json):
            raise ContractError(path, f'a day is expected ("2025-09-30"), not {json!r}')
        try:
            return date.fromisoformat(json)
        except ValueError as error:
            raise ContractError(path, f"{json!r} is no day of the calendar") from error

    def schema(self) -> dict[str, Json]:
        return {"type": "string", "format": "date"}


@dataclass(frozen=True, slots=True)
class _Choice:
    words: tuple[str, ...]

    def write(self, value: str) -> Json:
        return value

    def read(self, json: Json, path: str) -> str:
        if not isinstance(json, str) or json not in self.words:
            raise ContractError(path, f"one of {', '.join(self.words)} is expected, not {json!r}")
        return json

    def schema(self) -> dict[str, Json]:
        return {"enum": list(self.words)}


@dataclass(frozen=True, slots=True)
class _BoxOf:
    """A box as [x0, top, x1, bottom]."""

    def write(self, value: records.Box) -> Json:
        return [value.x0, value.top, value.x1, value.bottom]

    def read(self, json: Json, path: str) -> records.Box:
        numbers = isinstance(json, list) and all(isinstance(n, int | float) and not isinstance(n, bool) for n in json)
        if not numbers or len(json) != 4:
            raise ContractError(path, f"a box is four numbers [x0, top, x1, bottom], not {json!r}")
        return records.Box(*json)

    def schema(self) -> dict[str, Json]:
        return {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 4}


@dataclass(frozen=True, slots=True)
class _Maybe:
    """None, or a value: null is read as None, and None is written as null only where `_ALWAYS` says so."""

    inner: Codec

    def write(self, value: Any) -> Json:
        return None if value is None else self.inner.write(value)

    def read(self, json: Json, path: str) -> Any:
        return None if json is None else self.inner.read(json, path)

    def schema(self) -> dict[str, Json]:
        inner = self.inner.schema()
        if "enum" in inner:
            return {"enum": [*inner["enum"], None]}
        if "type" in inner:
            return {**inner, "type": [inner["type"], "null"]}
        return {"anyOf": [inner, {"type": "null"}]}


@dataclass(frozen=True, slots=True)
class _ListOf:
    item: Codec

    def write(self, value: tuple[Any, ...]) -> Json:
        return [self.item.write(item) for item in value]

    def read(self, json: Json, path: str) -> tuple[Any, ...]:
        if json is None:
            return ()
        if not isinstance(json, list):
            raise ContractError(path, f"a list is expected, not {json!r}")
        return tuple(self.item.read(item, f"{path}[{n}]") for n, item in enumerate(json))

    def schema(self) -> dict[str, Json]:
        return {"type": "array", "items": self.item.schema()}


@dataclass(frozen=True, slots=True)
class _CellsOf:
    """The printed cells of a record's fields, by field name."""

    def write(self, value: records.Cells) -> Json:
        return {name: _write_record(cell) for name, cell in value.items()}

    def read(self, json: Json, path: str) -> dict[str, records.PrintedCell]:
        if json is None:
            return {}
        if not isinstance(json, dict):
            raise ContractError(path, f"an object of cells by field name is expected, not {json!r}")
        return {name: _read_record(records.PrintedCell, cell, f"{path}.{name}") for name, cell in json.items()}

    def schema(self) -> dict[str, Json]:
        return {"type": "object", "additionalProperties": {"$ref": "#/$defs/cell"}}


@dataclass(frozen=True, slots=True)
class _RecordOf:
    record: type

    def write(self, value: Any) -> Json:
        return _write_record(value)

    def read(self, json: Json, path: str) -> Any:
        return _read_record(self.record, json, path)

    def schema(self) -> dict[str, Json]:
        return {"$ref": f"#/$defs/{definition_name(self.record)}"}


_PLACE_FIELDS = {"box": "bbox"}
_RENAMED: Mapping[str, Mapping[str, str]] = {
    "Place": _PLACE_FIELDS,
    **{
        name: {"place": "provenance"}
        for name in ("Project", "Indicator", "Funding", "BudgetLine", "Fact", "Issue", "Section")
    },
}
"""Fields that the contract calls otherwise than the records do."""

_FLATTENED = frozenset({("Issue", "message_zh"), ("Issue", "message_en"), ("PrintedCell", "place")})
"""The contract has an issue's messages as one object {"zh": ..., "en": ...}, and a cell's place in the cell itself."""

_NAMES = {"DocumentInfo": "document", "Place": "provenance", "PrintedCell": "cell", "StageGoal": "stage_goal",
          "BudgetLine": "budget_line"}  # fmt: skip


def definition_name(record: type) -> str:
    """Given a record type, return the name that its definition has in the JSON Schema."""
    return _NAMES.get(record.__name__, record.__name__.lower())


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a record: its name there, its key in the JSON, and how its value is written and read."""

    name: str
    key: str
    codec: Codec
    always: bool
    has_default: bool
    default: Any

    @property
    def needed(self) -> bool:
        """Whether JSON without the key is refused."""
        return not self.has_default


def _codec(record: str, name: str, hint: Any) -> Codec:
    """Given a field's type, return its codec; a type that has none is a mistake in the records, not in data."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        (inner,) = [argument for argument in arguments if argument is not type(None)]
        return _Maybe(_codec(record, name, inner))
    if origin is typing.Literal:
        return _Choice(arguments)
    if origin is tuple:
        return _ListOf(_codec(record, name, arguments[0]))
    if hint == records.Cells:
        return _CellsOf()
    if hint is str:
        return _Text(_PATTERNS.get((record, name)))
    if hint is int:
        return _Whole(1 if record == "Place" and name in _INDICES else None)
    simple: dict[Any, Codec] = {Decimal: _Number(), date: _Day(), float: _Fraction(), records.Box: _BoxOf()}
    if hint in simple:
        return simple[hint]
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return _RecordOf(hint)
    raise TypeError(f"{record}.{name}: no JSON form is known for {hint!r}")


_FIELDS: dict[type, tuple[Field, ...]] = {}


def record_fields(record: type) -> tuple[Field, ...]:
    """Given one of the record types, return its fields as the contract has them, in the record's order."""
    if record not in _FIELDS:
        _FIELDS[record] = _make_fields(record)
    return _FIELDS[record]


def _make_fields(record: type) -> tuple[Field, ...]:
    if not dataclasses.is_dataclass(record):
        raise TypeError(f"{record!r} is no record type")
    hints = typing.get_type_hints(record)
    made = []
    for entry in dataclasses.fields(record):
        name, of = entry.name, record.__name__
        if (of, name) in _FLATTENED:
            continue
        default: Any = dataclasses.MISSING
        if entry.default is not dataclasses.MISSING:
            default = entry.default
        elif entry.default_factory is not dataclasses.MISSING:
            default = entry.default_factory()
        elif name in _DEFAULTS.get(of, {}):
            default = _DEFAULTS[of][name]
        always = name in _ALWAYS.get(of, ())
        key = _RENAMED.get(of, {}).get(name, name)
        known = default is not dataclasses.MISSING
        made.append(Field(name, key, _codec(of, name, hints[name]), always, known, default if known else None))
    return tuple(made)


def _write_record(record: Any) -> dict[str, Json]:
    written: dict[str, Json] = {}
    if isinstance(record, records.PrintedCell):
        written = _write_record(record.place)
        if record.place.reading == "text":
            del written["reading"]  # a cell says how it was read only where that is news
    for entry in record_fields(type(record)):
        value = getattr(record, entry.name)
        if entry.always or entry.needed or not _is_empty(value, entry):
            written[entry.key] = entry.codec.write(value)
    if isinstance(record, records.PrintedCell) and record.more:
        # The cell reads as a whole; `more` says which parts of it were printed at its further places.
        written["text"] = record.whole
    if isinstance(record, records.Place):
        written["reading"] = record.reading
    if isinstance(record, records.Issue):
        written["message"] = {"zh": record.message_zh, "en": record.message_en}
    return written


def _is_empty(value: Any, entry: Field) -> bool:
    if isinstance(value, tuple | Mapping):
        return not value
    return value is None or (value == "" and entry.default == "")


def _read_record(record: type, json: Json, path: str) -> Any:
    if not isinstance(json, dict):
        raise ContractError(path, f"an object is expected, not {json!r}")
    left = dict(json)
    given: dict[str, Any] = {}
    if record is records.PrintedCell:
        place_keys = {entry.key for entry in record_fields(records.Place)}
        given["place"] = _read_record(records.Place, {k: left.pop(k) for k in list(left) if k in place_keys}, path)
    if record is records.Issue:
        message = left.pop("message", None)
        if not isinstance(message, dict) or not all(isinstance(message.get(lang), str) for lang in ("zh", "en")):
            raise ContractError(f"{path}.message", "a message is an object with zh and en")
        given["message_zh"], given["message_en"] = message["zh"], message["en"]
    if record is records.Funding and left.pop("currency", "CNY") != "CNY":
        raise ContractError(f"{path}.currency", "only CNY is known")
    for entry in record_fields(record):
        here = f"{path}.{entry.key}" if path else entry.key
        if entry.key in left:
            given[entry.name] = entry.codec.read(left.pop(entry.key), here)
        elif entry.needed:
            raise ContractError(here, "is missing")
        elif entry.name in _DEFAULTS.get(record.__name__, {}):
            given[entry.name] = entry.default
    if left:
        raise ContractError(path, f"holds what contract version {CONTRACT_VERSION} does not have: {', '.join(left)}")
    if record is records.PrintedCell and given.get("more"):
        given["text"] = given["text"].removesuffix("".join(part.text for part in given["more"]))
    return record(**given)


def to_json(disclosure: records.Disclosure) -> dict[str, Json]:
    """Given a disclosure, return it as plain JSON values; raise ContractError for a number that is not finite."""
    written = _write_record(disclosure)
    for project in written["projects"]:
        for funding in project["funding"]:
            funding["currency"] = "CNY"
    return {"contract_version": CONTRACT_VERSION, **written}


def from_json(json: Mapping[str, Json]) -> records.Disclosure:
    """Given JSON of this contract (a hand-made file may leave out what it doesn't speak of), return the disclosure.

    Raises ContractError, with the place in the JSON, where a key is unknown, needed and missing, or of a wrong kind.
    """
    if not isinstance(json, dict):
        raise ContractError("", f"an object is expected, not {type(json).__name__}")
    left = dict(json)
    version = left.pop("contract_version", CONTRACT_VERSION)
    if version != CONTRACT_VERSION or isinstance(version, bool):
        raise ContractError("contract_version", f"this program reads version {CONTRACT_VERSION}, not {version!r}")
    disclosure: records.Disclosure = _read_record(records.Disclosure, left, "")
    return disclosure
