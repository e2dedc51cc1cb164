"""The printed labels of forms by their meaning: heads, fields, funding, tiers and titles (data/*.yaml).

A label is recognised however it was spaced, numbered or bracketed: "一、资 金 总 额（万元）：" is the label 资金总额
with the hint 万元. What a word means depends on where it stands (分值 is a column of the indicator table and one of the
funding block), so there is a lookup for each place: `match_column` for the heads of indicator tables, `match_block`
for the rest of a form.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Literal

from ontology.label_forms import ORDINAL, fold, forms, read_labels, without_translation
from ontology.records import Direction
from ontology.vocabulary import DataError, read_data

Group = Literal["field", "section", "left_out", "source", "stage", "execution", "outside"]


@dataclass(frozen=True, slots=True)
class Role:
    """What a label can mean in a form: a group and the notation in it (field objective, source fiscal ...)."""

    group: Group
    notation: str


@dataclass(frozen=True, slots=True)
class Match:
    """A recognised label: its possible roles, what stood in brackets behind it, and a value after a colon, if any."""

    roles: tuple[Role, ...]
    hints: tuple[str, ...] = ()
    value: str | None = None

    def role(self, group: Group) -> str | None:
        """The notation that the label has in a group, or None."""
        return next((role.notation for role in self.roles if role.group == group), None)

    def means(self, *notations: str) -> bool:
        """Whether one of the label's fields is one of these."""
        return self.role("field") in notations


@dataclass(frozen=True, slots=True)
class Column:
    """What an entry of the columns list says: where its cells go."""

    notation: str
    zh: str
    en: str
    into_note: bool = False
    ignored: bool = False
    stands_for: str | None = None
    otherwise: str | None = None


@dataclass(frozen=True, slots=True)
class ColumnMatch:
    """A recognised head of a column, with what stood in brackets behind it."""

    notation: str
    hints: tuple[str, ...] = ()


# --- reading the data files


def _entries(file: str, key: str) -> Mapping[str, Any]:
    data = read_data(file)
    found = data.get(key) if isinstance(data, dict) else None
    if not isinstance(found, dict):
        raise DataError(file, key, "must be a mapping")
    return found


def put_label(table: dict[str, Any], label: str, value: Any, file: str, entry: str) -> None:
    """Add a label to a lookup; raise DataError where it already means something else."""
    if label in table and table[label] != value:
        raise DataError(file, entry, f"the label {label!r} stands in two entries")
    table[label] = value


@cache
def columns() -> Mapping[str, Column]:
    """Return the columns an indicator table may have, by notation."""
    made = {}
    for notation, entry in _entries("heads.yaml", "columns").items():
        if not isinstance(entry, dict) or not {"zh", "en", "labels"} <= set(entry):
            raise DataError("heads.yaml", f"columns.{notation}", "must have zh, en and labels")
        made[notation] = Column(
            notation,
            entry["zh"],
            entry["en"],
            bool(entry.get("note")),
            bool(entry.get("ignored")),
            entry.get("stands_for"),
            entry.get("otherwise"),
        )
    return made


@cache
def _column_table() -> Mapping[str, str]:
    table: dict[str, str] = {}
    for notation, entry in _entries("heads.yaml", "columns").items():
        for label in read_labels("heads.yaml", f"columns.{notation}", entry["labels"]):
            put_label(table, label, notation, "heads.yaml", f"columns.{notation}")
    return table


@cache
def _subhead_table() -> Mapping[str, str]:
    table: dict[str, str] = {}
    for part, value in _entries("heads.yaml", "subheads").items():
        for label in read_labels("heads.yaml", f"subheads.{part}", value):
            put_label(table, label, part, "heads.yaml", f"subheads.{part}")
    return table


_BLOCK_LISTS: tuple[tuple[Group, str, str], ...] = (
    ("field", "heads.yaml", "fields"),
    ("section", "heads.yaml", "sections"),
    ("left_out", "heads.yaml", "left_out"),
    ("source", "funding.yaml", "sources"),
    ("stage", "funding.yaml", "stages"),
    ("execution", "funding.yaml", "execution"),
    ("outside", "funding.yaml", "outside"),
)


@cache
def _block_table() -> Mapping[str, tuple[Role, ...]]:
    table: dict[str, tuple[Role, ...]] = {}
    for group, file, key in _BLOCK_LISTS:
        own: dict[str, Role] = {}
        for notation, entry in _entries(file, key).items():
            for label in read_labels(file, f"{key}.{notation}", entry.get("labels")):
                put_label(own, label, Role(group, notation), file, f"{key}.{notation}")
        for label, role in own.items():
            table[label] = (*table.get(label, ()), role)
    return table


# --- looking labels up


_LONGEST_CAPTION = 24


def is_numbered(text: str) -> bool:
    """Whether a short text begins as a numbered heading does: "一、项目基本情况"."""
    return len(text) <= _LONGEST_CAPTION and ORDINAL.match(text) is not None


_LONGEST_LABEL = 40
_COLON = re.compile(r"[:：]")


def split_labels(text: str) -> list[str]:
    """Given a line that may print several labels with their values, return each with its value as a text of its own:
    "单位：某某局 填报日期：2023.3.1" is two."""
    starts = {0}
    for colon in _COLON.finditer(text):
        for length in range(min(12, colon.start()), 1, -1):
            label = text[colon.start() - length : colon.start()]
            if not label[0].isspace() and fold(label) in _block_table() and label != "单位":
                starts.add(colon.start() - length)
                break
    cuts = [*sorted(starts), len(text)]
    return [part for first, last in itertools.pairwise(cuts) if (part := text[first:last].strip())]


@lru_cache(maxsize=8192)
def match_column(text: str) -> ColumnMatch | None:
    """Given the text of a head, return which column of an indicator table it names, or None."""
    if not _may_be_label(text):
        return None
    table = _column_table()
    for label, hints in forms(text):
        if label in table:
            return ColumnMatch(table[label], hints)
    return None


@lru_cache(maxsize=8192)
def match_subhead(text: str) -> str | None:
    """Given a head that stands under another, return which part of it the column is: "whole", "half", "past", "term",
    or None."""
    if not _may_be_label(text):
        return None
    return next((found for label, _ in forms(text) if (found := _subhead_table().get(label))), None)


@lru_cache(maxsize=8192)
def match_block(text: str) -> Match | None:
    """Given a cell's text from a form outside of its indicator rows, return what label it is, or None.

    "label：value" in one cell is a match with a value; a label with nothing behind its colon is a plain label.
    """
    found = _match_plain(text)
    if found is not None:
        return found
    head, colon, value = re.sub(r"^\s+", "", text).replace(":", "：", 1).partition("：")
    if not colon or not value.strip():
        return None
    found = _match_plain(head)
    return Match(found.roles, found.hints, value.strip()) if found is not None else None


def _match_plain(text: str) -> Match | None:
    if not _may_be_label(text):
        return None
    table = _block_table()
    for label, hints in forms(text):
        if label in table:
            return Match(table[label], hints)
    return next((found for label, hints in forms(text) if (found := _match_with_year(label, hints)) is not None), None)


def _may_be_label(text: str) -> bool:
    return bool(text) and (len(text) <= _LONGEST_LABEL or len(without_translation(text)) <= _LONGEST_LABEL)


@cache
def _year_words() -> Mapping[str, tuple[str, ...]]:
    return {time: tuple(read_labels("funding.yaml", f"year_words.{time}", words))
            for time, words in _entries("funding.yaml", "year_words").items()}  # fmt: skip


def _match_with_year(label: str, hints: tuple[str, ...]) -> Match | None:
    """A label of money that says of which year it is: 本年一般公共预算拨款 is 一般公共预算拨款; 上年度预算安排 is no money of
    the year. What is carried over is the year's where it comes from one before it: 上年度结转资金, not 本年结转结余."""
    for time, words in _year_words().items():
        for word in words:
            roles = _block_table().get(label.removeprefix(word), ()) if label.startswith(word) else ()
            money = tuple(role for role in roles if role.group in ("source", "stage") or role.notation == "funding")
            if money:
                carried = any(role.notation == "carryover" for role in money)
                return Match(money if (time == "this") != carried else (Role("outside", "figure"),), hints)
    return None


def left_out(notation: str) -> Mapping[str, Any]:
    """Given the notation of a label that is left out, return its entry (zh, en: why)."""
    entry: Mapping[str, Any] = _entries("heads.yaml", "left_out")[notation]
    return entry


def is_sensitive(match: Match) -> bool:
    """Whether a label's value names people or telephones, which are never read nor reported."""
    notation = match.role("left_out")
    return notation is not None and bool(left_out(notation).get("sensitive"))


@cache
def people_labels() -> tuple[str, ...]:
    """Return the labels, folded, whose values name people or telephones."""
    found: list[str] = []
    for notation, entry in _entries("heads.yaml", "left_out").items():
        if entry.get("sensitive"):
            found += read_labels("heads.yaml", f"left_out.{notation}", entry["labels"])
    return tuple(found)


def mentions_people(text: str) -> bool:
    """Whether a short text prints a label of people or telephones anywhere: it is then neither read nor reported."""
    folded = fold(text)
    return len(folded) <= _LONGEST_LABEL * 2 and any(label in folded for label in people_labels())


@cache
def _money_table() -> Mapping[str, str]:
    data = read_data("funding.yaml")["money"]
    return {label: label.removeprefix("人民币") for label in read_labels("funding.yaml", "money", data)}


def money_unit(*hints: str) -> str | None:
    """Given bracketed hints or short texts, return the unit of money that one of them is, or None."""
    for hint in hints:
        text = fold(hint).removeprefix("金额").removeprefix("单位")
        if text in _money_table():
            return _money_table()[text]
    return None


_UNIT_OF_MONEY = re.compile(r"单位[:：]?\s*(?:人民币)?\s*((?:百万|[千万亿])?元)")


def find_money_unit(text: str) -> str | None:
    """Given running text ("金额单位：万元"), return the unit of money it sets, or None."""
    found = _UNIT_OF_MONEY.search("".join(text.split()))
    return found[1] if found else None


def ends_with_total(text: str) -> bool:
    """Whether a text sums up what it names: "合计", "某某局小计"."""
    found = match_block(text.strip()[-2:])
    return found is not None and found.means("total_row", "subtotal_row")


# --- tiers


@cache
def _tier_table(tier: str) -> Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]]:
    table: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {}
    for notation, entry in _entries("tiers.yaml", tier).items():
        parents = tuple(entry.get("tier1", ()))
        for label in read_labels("tiers.yaml", f"{tier}.{notation}", entry.get("labels")):
            known = table.get(label, ())
            if any(set(parents) & set(others) or not parents for _, others in known):
                raise DataError("tiers.yaml", f"{tier}.{notation}", f"the label {label!r} stands in two entries")
            table[label] = (*known, (notation, parents))
    return table


@lru_cache(maxsize=8192)
def _find_tier(tier: str, text: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    table = _tier_table(tier)
    for label, _ in forms(re.sub(r"\d+(?:\.\d+)?(?:分|%|％)$", "", text.strip())):
        if label in table:
            return table[label]
    return ()


def tier_labels(tier: str) -> frozenset[str]:
    """Given "tier1" or "tier2", return its printed names as they are compared (folded)."""
    return frozenset(_tier_table(tier))


def tier2_parents(text: str) -> frozenset[str]:
    """Given a printed tier-2 name, return the concepts of the first tiers under which it stands; none where unknown."""
    return frozenset(parent for _, parents in (_find_tier("tier2", text) if text else ()) for parent in parents)


def is_tier1(text: str) -> bool:
    """Whether a text is the name of a first tier (产出指标), not of a second (数量指标)."""
    return bool(text) and bool(_find_tier("tier1", text))


def tier1_concept(text: str | None) -> str | None:
    """Given a printed tier-1 name, return its concept's notation, or None where none fits."""
    found = _find_tier("tier1", text) if text else ()
    if found:
        return found[0][0]
    # A form may print names of the second tier in the first: 社会效益 as a first tier is a benefit.
    parents = {parent for _, above in (_find_tier("tier2", text) if text else ()) for parent in above}
    return parents.pop() if len(parents) == 1 else None


def tier2_concept(text: str | None, tier1: str | None) -> str | None:
    """Given a printed tier-2 name and the concept of its tier 1, return its concept's notation, or None.

    The same words mean different things under different parents: 成本指标 is a cost of output under 产出指标.
    """
    found = _find_tier("tier2", text) if text else ()
    for notation, parents in found:
        if tier1 in parents:
            return notation
    return found[0][0] if found else None


def names_tier(text: str) -> bool:
    """Whether a text is the name of a first or a second tier."""
    return is_tier1(text) or bool(_find_tier("tier2", text))


_BETWEEN_TIERS = re.compile(r"\s*[-—–－/／:：、.·>→]+\s*")


def two_tiers(text: str) -> tuple[str, str] | None:
    """Given a text that names a first and a second tier in one ("产出指标-数量指标"), return both; else None."""
    parts = _BETWEEN_TIERS.split(text.strip())
    if len(parts) != 2 or not is_tier1(parts[0]):
        return None
    return (parts[0], parts[1]) if tier2_concept(parts[1], tier1_concept(parts[0])) else None


def tier_scheme(concepts: set[str]) -> str | None:
    """Given the tier-1 concepts of a form, return the notation of the scheme it follows, or None."""
    for notation, entry in _entries("tiers.yaml", "schemes").items():
        if concepts & set(entry["any"]):
            return str(notation)
    return None


# --- words in cells


def head_time(text: str) -> Literal["past", "now"] | None:
    """Given a head over columns of years, return whether it speaks of years that are over or of the one to come."""
    folded = fold(text)
    words = read_data("heads.yaml")["time_words"]
    if any(word in folded for word in words["past"]):
        return "past"
    return "now" if any(word in folded for word in words["now"]) else None


@cache
def _words(key: str) -> frozenset[str]:
    return frozenset("".join(str(word).split()) for word in read_data("heads.yaml")[key])


_EMPTY_NUMBERED = re.compile(r"(?:三级)?指标[\d一二三四五六七八九十]*[:：]?(?:…+|\.{2,})?")


def is_placeholder(text: str) -> bool:
    """Whether a text only fills a place: 无, /, ……, or a template's own "指标1：" that nobody filled in."""
    squeezed = "".join(text.split())
    return squeezed in _words("placeholders") or _EMPTY_NUMBERED.fullmatch(squeezed) is not None


@cache
def _direction_table() -> Mapping[str, Direction]:
    table: dict[str, Direction] = {}
    for notation, value in _entries("heads.yaml", "directions").items():
        for label in read_labels("heads.yaml", f"directions.{notation}", value):
            put_label(table, label, notation, "heads.yaml", f"directions.{notation}")
    return table


def direction(text: str) -> Direction | None:
    """Given the text of a direction cell (正向指标), return positive or negative, or None."""
    return _direction_table().get(fold(text))


# --- titles

_ONLY_YEAR = re.compile(r"[(\[]?(20\d\d)(?:年度?)?[)\]]?")


def only_year(text: str) -> int | None:
    """Given a line that says nothing but a year ("（2024年度）"), return the year, or None."""
    found = _ONLY_YEAR.fullmatch(fold(text))
    return int(found[1]) if found is not None else None


def without_number(text: str) -> str:
    """Given a heading, return it without the number before it: "（一）产出指标" is "产出指标"."""
    return _NUMBER.sub("", text.strip())


_NUMBER = re.compile(r"^[(（]?[一二三四五六七八九十\d]+[)）、.．]\s*")


def self_evaluation_heads() -> frozenset[str]:
    """The columns that only a self-evaluation has."""
    return frozenset(read_data("forms.yaml")["self_evaluation_heads"])
