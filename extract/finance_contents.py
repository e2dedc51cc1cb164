"""What a document announces of its financial tables: the list in its contents, and the numbers its prose refers to.

A list of contents names each table ("六、一般公共预算支出表"); the prose names the table that shows what a part is about
("一般公共预算支出情况（详见表5）"). The first tells which tables a document lacks, the second what a table is whose own
title cannot be read.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from extract.grid import Block, Paragraph
from ontology import finance
from ontology.finance import TableKind
from ontology.issues import issue
from ontology.records import Issue, Place
from ontology.vocabulary import fold_label

_FIGURES = r"(?:[一二三四五六七八九十]{1,3}|\d{1,2})"
_ENTRY = re.compile(
    rf"[\s\-•·*]*(?:[(（]{_FIGURES}[)）]|{_FIGURES}[、.．:：\s]|(?:附|公开|预算)?表\s*{_FIGURES}(?:[-—]\d{{1,2}})?[、.．:：\s])\s*(.+)"
)
_LEADER = re.compile(r"[\s.．·…—\-_]*\d{0,3}\s*$")
_REFERENCE = re.compile(r"([^，。；（(]+?)(?:情况)?\s*[(（]\s*(?:详?见)\s*附?表\s*(\d{1,2})\s*[)）]")
_NUMBER = re.compile(r"(?:附|公开|预算|财)?表\s*(\d{1,2})|公开\s*0?(\d{1,2})\s*表")
_LEAST_ENTRIES = 3
_LONGEST = 80


@dataclass(frozen=True, slots=True)
class Announced:
    """The tables that a contents list names, with their places, and what the prose says of tables by number."""

    tables: tuple[tuple[str, TableKind, Place], ...] = ()
    by_number: Mapping[int, TableKind] | None = None

    def kind_of(self, lines: Iterable[str]) -> TableKind | None:
        """Given the lines above a table, return the kind that the prose gives the number printed there, if any."""
        for line in lines:
            found = _NUMBER.fullmatch("".join(line.split()))
            if found is not None and self.by_number:
                return self.by_number.get(int(found[1] or found[2]))
        return None


def read_announced(blocks: Sequence[Block]) -> Announced:
    """Given a document's blocks, return what they announce of its financial tables."""
    listed: list[tuple[str, TableKind, Place]] = []
    run: list[tuple[str, TableKind | None, Place]] = []
    for block in blocks:
        entry = _entry(block)
        if entry is not None and any(_bare(entry[0]) == _bare(text) for text, _, _ in run):
            entry = None  # the first table's own title, right below the list
        if entry is None:
            if len(run) >= _LEAST_ENTRIES and not listed:
                listed = [(text, kind, place) for text, kind, place in run if kind is not None]
            run = []
        else:
            run.append(entry)
    return Announced(tuple(listed), _references(blocks))


def _entry(block: Block) -> tuple[str, TableKind | None, Place] | None:
    """An entry of a contents list that names a table: its title, and its kind where it is a financial one."""
    if not isinstance(block, Paragraph) or len(block.text) > _LONGEST:
        return None
    found = _ENTRY.fullmatch(block.text.strip())
    if found is None:
        return None
    text = _LEADER.sub("", found[1])
    if not finance.is_title(text):
        return None
    title = finance.match_title(text)
    return text, title.kind if title is not None else None, block.place


def _references(blocks: Sequence[Block]) -> dict[int, TableKind]:
    kinds: dict[int, TableKind] = {}
    for block in blocks:
        if not isinstance(block, Paragraph) or len(block.text) > _LONGEST:
            continue
        for about, number in _REFERENCE.findall(block.text):
            title = finance.match_title(f"{about.strip()}表")
            if title is not None:
                kinds.setdefault(int(number), title.kind)
    return kinds


def find_missing(
    announced: Announced, found: Iterable[TableKind], titles: Iterable[str], blocks: Sequence[Block]
) -> list[Issue]:
    """Given what a document announces, the kinds and titles of the tables found in it and its blocks, return an issue for
    each announced table that is nowhere in it. One that is there and empty is not missing."""
    left = Counter(kind.notation for kind in found)
    printed = Counter(_bare(block.text) for block in blocks if isinstance(block, Paragraph))
    present = {_bare(title) for title in titles}
    issues: list[Issue] = []
    unplaced: list[tuple[str, TableKind, Place]] = []
    for text, kind, place in announced.tables:
        if _bare(text) in present or printed[_bare(text)] > 0:
            left[kind.notation] -= 1
        else:
            unplaced.append((text, kind, place))
    for text, kind, place in unplaced:
        if left[kind.notation] > 0:
            left[kind.notation] -= 1
        else:
            issues.append(issue("finance.missing", place, title=text))
    return issues


_YEAR = re.compile(r"(?:20\d\d)年?度?")


def _bare(text: str) -> str:
    return fold_label(_YEAR.sub("", text))


# --- tables of which a text has kept nothing but lines


_FIGURE = re.compile(r"(?<![\d.])\d[\d,]*\.\d{1,2}(?![\d.])")
_LINES_BELOW = 40
_LEAST_FIGURES = 4


def find_unread(blocks: Sequence[Block]) -> list[Issue]:
    """Given a text's blocks, return an issue for each title of a financial table below which figures stand in lines that
    part no cells: up to the next table or title."""
    issues: list[Issue] = []
    for at, block in enumerate(blocks):
        title, rest = _title_of(block)
        if title is None:
            continue
        figures = len(_FIGURE.findall(rest))
        for below in blocks[at + 1 : at + 1 + _LINES_BELOW]:
            if not isinstance(below, Paragraph) or _title_of(below)[0] is not None or _is_prose(below.text):
                break
            figures += len(_FIGURE.findall(below.text))
        if figures >= _LEAST_FIGURES:
            issues.append(issue("finance.unread", block.place, title=title))
    return issues


def _title_of(block: Block) -> tuple[str | None, str]:
    """The title of a financial table that a line is or begins with, and what else the line holds."""
    if not isinstance(block, Paragraph):
        return None, ""
    if len(block.text) <= _LONGEST:
        return (block.text if finance.match_title(block.text) is not None else None), ""
    head, mark, rest = block.text.partition("表")
    # A table in one line: its number, its title, its unit, heads and rows.
    while mark and len(head) < _LONGEST:
        if len(rest) > _LONGEST and finance.match_title(f"{head}{mark}") is not None:
            return f"{head}{mark}", rest
        more, mark, rest = rest.partition("表")
        head = f"{head}表{more}"
    return None, ""


def _is_prose(text: str) -> bool:
    return text.rstrip().endswith(("。", "；")) and len(text) > _LONGEST
