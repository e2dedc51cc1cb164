"""The words of financial tables by their meaning: the typed view of data/finance.yaml.

Given a title, `match_title` says which kind of table it names; given a column's head, `match_head` what stands below
it; given a row's label, `match_row` whether it is a sum. `extract.finance` puts together what a table prints.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Literal, cast

from ontology.concepts import concept_schemes
from ontology.vocabulary import DataError, fold_label, read_data

FILE = "finance.yaml"

Side = Literal["income", "expenditure"]
HeadKind = Literal[
    "code", "code_part", "name", "project_name", "unit_name", "unit_code", "line_number", "left_out", "amount"
]
RowKind = Literal["total", "year_total", "part_total", "subtotal", "heading", "plain", "note"]

_KEYS = {
    "tables", "title", "heads", "left_out", "sums", "plain", "stages", "measures", "rows", "part_of", "notes", "empty",
    "codes", "function_classes", "schemes",
}  # fmt: skip
_WORDS_AND_SCHEME = 2
_TABLE_KEYS = {"titles", "not", "side", "scheme", "holds", "own", "both_sides", "notation"}


@dataclass(frozen=True, slots=True)
class TableKind:
    """A kind of financial table, and what its rows and plain columns are where nothing in the table says otherwise."""

    notation: str
    titles: tuple[tuple[str, ...], ...]
    none_of: tuple[str, ...] = ()
    side: Side | None = None
    scheme: str | None = None
    holds: str = "total"
    own: str | None = None
    both_sides: bool = False


@dataclass(frozen=True, slots=True)
class Title:
    """What a line says where it is the title of a financial table: its kind, the year in it."""

    text: str
    kind: TableKind
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """What a head says of the column below it.

    `measure` is what the column holds; `is_sum` where the head is only 合计 or 小计, `stage` where it says which figure
    of the year; `year` is one that it prints, `years_back` 1 where it says 上年; `hints` stood in brackets.
    """

    kind: HeadKind
    measure: str | None = None
    is_sum: bool = False
    stage: str | None = None
    year: int | None = None
    years_back: int = 0
    hints: tuple[str, ...] = ()
    is_known: bool = True


@dataclass(frozen=True, slots=True)
class RowLabel:
    """What a row's label says: its kind (None for a plain row), and what a total of a part holds."""

    kind: RowKind | None
    measure: str | None = None
    is_part: bool = False


# --- reading the data


def _fail(entry: str, problem: str) -> DataError:
    return DataError(FILE, entry, problem)


@cache
def _data() -> Mapping[str, Any]:
    return check_data(read_data(FILE))


def check_data(data: Any) -> Mapping[str, Any]:
    """Given the content of finance.yaml, return it; raise DataError naming the entry that is wrong."""
    if not isinstance(data, dict) or set(data) != _KEYS:
        raise _fail("the file", f"must have exactly the keys {', '.join(sorted(_KEYS))}")
    schemes = concept_schemes()
    if not isinstance(data["tables"], dict):
        raise _fail("tables", "must be a mapping")
    told = {entry.get("notation", name): None for name, entry in data["tables"].items() if isinstance(entry, dict)}
    _check_notations("tables", told, schemes["table"].concepts)
    _check_notations("measures", data["measures"], schemes["holds"].concepts)
    classes = schemes["classification"].concepts
    for notation, entry in data["tables"].items():
        if not isinstance(entry, dict) or not {"titles"} <= entry.keys() <= _TABLE_KEYS:
            raise _fail(f"tables.{notation}", f"must have titles and may have {', '.join(sorted(_TABLE_KEYS))}")
        if entry.get("scheme") not in {None, *classes} or entry.get("side") not in {None, *schemes["side"].concepts}:
            raise _fail(f"tables.{notation}", "side and scheme must be concepts of concepts.yaml")
        if {entry.get("holds", "total"), entry.get("own", "total")} - data["measures"].keys():
            raise _fail(f"tables.{notation}", "holds and own must be entries of measures")
    for figure, scheme in data["codes"].items():
        if scheme not in classes or not str(figure).isdigit():
            raise _fail(f"codes.{figure}", "must map a figure to a concept of classification")
    for entry in data["schemes"]:
        if not isinstance(entry, list) or len(entry) != _WORDS_AND_SCHEME or entry[1] not in classes:
            raise _fail("schemes", f"{entry!r} must be words and a concept of classification")
    seen: dict[str, str] = {}
    for entry, labels in _head_labels(data):
        for label in _texts(entry, labels):
            if seen.setdefault(label, entry) != entry:
                raise _fail(entry, f"the label {label!r} stands in {seen[label]} too")
    return data


def _check_notations(entry: str, found: Any, known: Mapping[str, object]) -> None:
    if not isinstance(found, dict):
        raise _fail(entry, "must be a mapping")
    for notation in found:
        if notation not in known:
            raise _fail(f"{entry}.{notation}", "is no concept of concepts.yaml")


def _head_labels(data: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    for kind, entry in data["heads"].items():
        yield f"heads.{kind}", entry["labels"]
    for notation, entry in data["measures"].items():
        if "labels" in entry:
            yield f"measures.{notation}", entry["labels"]
    for notation, labels in data["stages"].items():
        yield f"stages.{notation}", labels
    yield "sums", data["sums"]
    yield "plain", data["plain"]


def _texts(entry: str, labels: Any) -> tuple[str, ...]:
    if not isinstance(labels, list) or not labels or not all(isinstance(label, str) for label in labels):
        raise _fail(entry, "must be a list of texts (quote what YAML would take for something else)")
    return tuple(_fold(label) for label in labels)


_QUOTES = str.maketrans("【】〔〕", "[][]", "“”‘’「」『』")


def _fold(text: str) -> str:
    return fold_label(text.translate(_QUOTES))


# --- kinds of tables


@cache
def table_kinds() -> Mapping[str, TableKind]:
    """Return the kinds of financial tables by name, in the order in which titles are tried."""
    made = {}
    for name, entry in _data()["tables"].items():
        made[name] = TableKind(
            entry.get("notation", name),
            tuple(_texts(f"tables.{name}", words) for words in entry["titles"]),
            tuple(_fold(word) for word in entry.get("not", ())),
            cast("Side | None", entry.get("side")),
            entry.get("scheme"),
            entry.get("holds", "total"),
            entry.get("own"),
            bool(entry.get("both_sides")),
        )
    return made


_ENDS_AS_TITLE = re.compile(r"表(?:[(（\[][^()（）]*[)）\]])*[一二三四五六七八九十\d]{0,3}$")
_AFTER_TITLE = re.compile(r"(?:金额)?单位[:：].*$|(?:编制)?(?:部门|单位)(?:名称)?[:：].*$")
_YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)\s*年?")


def is_title(text: str) -> bool:
    """Whether a line has the shape of a table's title, of whatever kind: short, and it ends with 表."""
    title = _fold(_AFTER_TITLE.sub("", text.strip()))
    return (
        len(title) <= _data()["title"]["longest"]
        and len(title) > _SHORTEST_TITLE
        and bool(_ENDS_AS_TITLE.search(title))
    )


def is_whole_title(text: str) -> bool:
    """Whether a title has no words but those of titles of all revenue or expenditure: nothing of it is misread."""
    rest = _fold(_AFTER_TITLE.sub("", text.strip()))
    for word in sorted(_data()["title"]["whole"], key=len, reverse=True):
        rest = rest.replace(_fold(word), "")
    return not re.search(r"[\u4e00-\u9fff]", re.sub(r"[一二三四五六七八九十]", "", rest))


_SHORTEST_TITLE = 3
"""表1 and 附表 are no titles."""


@lru_cache(maxsize=4096)
def match_title(text: str) -> Title | None:
    """Given a line, return what it says where it is the title of a financial table, else None."""
    if not is_title(text):
        return None
    title = _fold(_AFTER_TITLE.sub("", text.strip()))
    rules = _data()["title"]
    other = any(_fold(word) in title for word in rules["none_of"])
    for kind in table_kinds().values():
        if other and kind.notation not in rules["even"]:
            continue
        if any(all(word in title for word in words) for words in kind.titles) and not any(
            word in title for word in kind.none_of
        ):
            year = _YEAR.search(title)
            return Title(text, kind, int(year[1]) if year else None)
    return None


# --- heads


@cache
def _head_table() -> Mapping[str, Head]:
    table: dict[str, Head] = {}
    for kind, entry in _data()["heads"].items():
        for label in _texts(kind, entry["labels"]):
            table[label] = Head(cast("HeadKind", kind))
    for notation, entry in _data()["measures"].items():
        for label in _texts(notation, entry["labels"]) if "labels" in entry else ():
            table[label] = Head("amount", notation)
    for notation, labels in _data()["stages"].items():
        for label in _texts(notation, labels):
            table[label] = Head("amount", stage=notation)
    for label in _texts("sums", _data()["sums"]):
        table[label] = Head("amount", is_sum=True)
    for label in _texts("plain", _data()["plain"]):
        table[label] = Head("amount")
    return table


@cache
def _left_out_words() -> tuple[str, ...]:
    return tuple(_fold(word) for word in _data()["left_out"])


_BRACKETS = re.compile(r"[(\[]([^()\[\]]*)[)\]]")
_LEADING_YEAR = re.compile(r"^(20\d\d)年?度?")
_LAST_YEAR = re.compile(r"^上年度?(?=(?:年初)?预算|决算|执行)")
_NUMBERED = re.compile(r"^(?:[(（]?[一二三四五六七八九十]{1,3}[)）、.．]|\d{1,2}[、.．](?!\d))")
_LONGEST_HEAD = 50
_FIGURES_OF_YEAR = 4


@lru_cache(maxsize=8192)
def match_head(text: str) -> Head:
    """Given the text of a head, return what stands below it; a head that no list has is taken for one of amounts,
    with `is_known` False."""
    if len(text) > _LONGEST_HEAD:
        return Head("left_out", is_known=False)
    whole = _fold(text)
    year = _LEADING_YEAR.match(whole)
    rest = whole[year.end() :] if year and len(whole) > year.end() else whole
    hints = tuple(_BRACKETS.findall(whole))
    told = int(year[1]) if year else None
    last_year = _LAST_YEAR.match(rest)
    now = rest[last_year.end() :] if last_year else rest
    unnumbered = _NUMBERED.sub("", now)
    figures_off = _BRACKETS.sub("", whole[_FIGURES_OF_YEAR:]) if year else now  # 2021年初预算数: 年 belongs to 年初
    forms = (whole, rest, now, _BRACKETS.sub("", now), unnumbered, _BRACKETS.sub("", unnumbered), figures_off)
    for label in dict.fromkeys(forms):
        found = _head_table().get(label)
        if found is not None:
            return Head(found.kind, found.measure, found.is_sum, found.stage, told, 1 if last_year else 0, hints)
    if any(word in whole for word in _left_out_words()):
        return Head("left_out", year=told, hints=hints)
    return Head("amount", year=told, years_back=1 if last_year else 0, hints=hints, is_known=False)


@cache
def measures() -> frozenset[str]:
    """The notations of what a column may hold."""
    return frozenset(_data()["measures"])


# --- rows


@cache
def _row_table() -> Mapping[str, RowLabel]:
    rows = _data()["rows"]
    table: dict[str, RowLabel] = {}
    for kind, value in rows.items():
        entries = value.items() if isinstance(value, dict) else ((None, value),)
        for measure, labels in entries:
            for label in _texts(f"rows.{kind}", labels):
                table[label] = RowLabel(kind, measure)
    return table


@cache
def _parts() -> tuple[str, ...]:
    return _texts("part_of", _data()["part_of"])


def bare_label(text: str) -> str:
    """Given a row's label, return it as compared: folded, without its number, brackets and a colon behind it."""
    # The number goes first: folding takes away the mark behind it.
    return _BRACKETS.sub("", _fold(_NUMBERED.sub("", text.strip())))


@lru_cache(maxsize=8192)
def match_row(text: str) -> RowLabel:
    """Given a row's label, return what it says."""
    folded = _fold(text)
    if any(folded == _fold(note) or re.match(rf"{_fold(note)}[:：]", text.strip()) for note in _data()["notes"]):
        return RowLabel("note")
    for part in _parts():
        if folded.startswith(part) and folded != part:
            return RowLabel(None, is_part=True)
    return _row_table().get(bare_label(text), RowLabel(None))


@cache
def _classes() -> frozenset[str]:
    return frozenset(_texts("function_classes", _data()["function_classes"]))


def is_function_class(text: str) -> bool:
    """Whether a row's label is the name of a class of the functional classification (一般公共服务支出)."""
    return bare_label(text) in _classes()


def scheme_of_code(code: str) -> str | None:
    """Given the code of a row, return the classification that it belongs to, or None."""
    return cast("dict[str, str]", _data()["codes"]).get(code[:1])


def scheme_of_head(text: str) -> str | None:
    """Given the head of codes or names, return the classification that it names (功能分类科目名称), or None."""
    whole = _fold(text)
    for words, scheme in _data()["schemes"]:
        if all(_fold(word) in whole for word in words):
            return str(scheme)
    return None


def is_unit_name(text: str) -> bool:
    """Whether a text ends as the names of units do."""
    ends = tuple(read_data("forms.yaml")["documents"]["unit_ends"])
    name = "".join(text.split())
    return len(name) > _SHORTEST_TITLE and re.sub(r"[(（]?本级[)）]?$", "", name).endswith(ends)


# --- tables that print no amount


@cache
def _empty_cells() -> frozenset[str]:
    return frozenset(_texts("empty.cells", _data()["empty"]["cells"]))


def says_empty(text: str) -> bool:
    """Whether a cell, or a line below a table, says that the table has nothing in it (无, 此项无内容)."""
    folded = _fold(text).rstrip("。")
    if folded in _empty_cells():
        return True
    if any(_fold(word) in folded for word in _data()["empty"]["words"]):
        return True
    return any(re.search(pattern, folded) for pattern in _data()["empty"]["patterns"])


def kind_label(kind: TableKind) -> tuple[str, str]:
    """Return the names of a kind of table, Chinese and English."""
    label = concept_schemes()["table"].concepts[kind.notation].label
    return label.zh, label.en
