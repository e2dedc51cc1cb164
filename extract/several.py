"""Several indicators in one row: names and targets on lines of one cell, or a name and its target in the same cell.

A cell's lines are several indicators only on evidence: as many targets as names, each target complete on its line, and
no single target when they are read as one. Lines that only wrap are one text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from extract.grid import Cell
from extract.indicator_row import IndicatorRow
from extract.normalize import one_line
from extract.numbers import NUMBER
from extract.values import parse_value
from ontology.units import read_unit
from ontology.wording import wording

_ITEM = re.compile(r"^\s*(?:\d{1,2}(?:[.．](?!\d)|[、)）])|[(（]\d{1,2}[)）]|[①-⑳])")
_POINTS = ("weight", "score")


def each_indicator(row: IndicatorRow, *, names_target: bool) -> Iterator[IndicatorRow]:
    """Given a row of an indicator table, yield the indicators that it prints, each with its own texts.

    `names_target` says that no column holds targets: a name's cell may then hold its target, too.
    """
    if names_target:
        yield from _named_with_targets(row)
        return
    names = _lines(row.texts.get("tier3", ""))
    side = "target" if _lines(row.texts.get("target", "")) else "actual"
    asked = _lines(row.texts.get(side, ""))
    if len(names) < 2 or len(names) != len(asked) or not _are_several(names, asked):
        yield _single(row)
        return
    for index in range(len(names)):
        yield _part(row, index, len(names))


def _single(row: IndicatorRow) -> IndicatorRow:
    """A row with one indicator: what goes on in the next line ("≤2.5万", "元/公里") is one value; and where its name is
    numbered ("（1）居民满意度"), the number before its target or actual is that of a list of one."""
    texts = dict(row.texts)
    numbered = _ITEM.match(texts.get("tier3", "")) is not None
    for side in ("target", "actual"):
        text = texts.get(side, "")
        if len(lines := _lines(text)) > 1 and not any(_ITEM.match(line) or _is_whole(line) for line in lines[1:]):
            texts[side] = one_line(text)
        if numbered and text:
            texts[side] = _ITEM.sub("", texts[side])
    return replace(row, texts=texts)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _are_several(names: list[str], asked: list[str]) -> bool:
    """Whether the lines of two cells are names and targets of as many indicators."""
    if all(_is_whole(line) for line in asked):
        return True
    if _is_figure(one_line("\n".join(asked))):
        return False  # one target that wraps
    numbered = all(_ITEM.match(name) for name in names)
    figures = sum(_is_figure(line) for line in asked)
    return figures == len(asked) or (numbered and figures > 0)


def _is_whole(line: str) -> bool:
    """Whether a line is a target by itself: sign or figure first, then its unit, and nothing that says it goes on."""
    text = _ITEM.sub("", line)
    value = parse_value(text).value
    if value is None or value.operator in ("qualitative", "by") or not value.unit:
        return False
    return (text[0].isdigit() or text[0] in wording().signs) and text[-1] not in "，,；;、/至到-"


def _is_figure(text: str) -> bool:
    """Whether a text is one target with a figure or a date, and nothing else."""
    value = parse_value(_ITEM.sub("", text)).value
    return value is not None and value.operator != "qualitative" and not value.parts


def _part(row: IndicatorRow, index: int, count: int) -> IndicatorRow:
    """One indicator of a row that prints `count`: of each cell with as many lines its own, of the others all."""
    texts = dict(row.texts)
    notes = row.notes
    for notation, text in row.texts.items():
        own = _lines(text)
        if len(own) == count and notation not in ("tier1", "tier2"):
            texts[notation] = _ITEM.sub("", own[index]) if notation in ("target", "actual") else own[index]
        elif notation in _POINTS and own:
            del texts[notation]  # the points of all of them are none of each
            notes = (*notes, f"{'分值' if notation == 'weight' else '得分'}（{count}项合计）：{one_line(text)}")
    return replace(row, texts=texts, notes=notes)


# --- names and targets in one cell


def _named_with_targets(row: IndicatorRow) -> Iterator[IndicatorRow]:
    cells: dict[str, tuple[Cell, ...]] = {**row.cells, "target": row.cells.get("tier3", ())}
    found = [(name, target) for item in _items(row.texts.get("tier3", "")) if (name := item[0]) and (target := item[1])]
    if not found:
        yield row
        return
    for name, target in found:
        yield replace(row, texts={**row.texts, "tier3": name, "target": target}, cells=cells)


def _items(text: str) -> list[tuple[str, str]]:
    """The names with their targets that a cell prints, or nothing where one of its entries has no target."""
    lines, line = _lines(text), one_line(text)
    for entries in (_joined(lines), re.split(r"[；;]", line), _wrapped(lines), _run_on(line)):
        told = [split_target(entry) for entry in entries if entry.strip(" ；;。")]
        if told and all(item is not None for item in told):
            return [item for item in told if item is not None]
    return []


def _joined(lines: list[str]) -> list[str]:
    """Lines put together by the numbers before them (1. 2. 3.), or as they are."""
    if not any(_ITEM.match(line) for line in lines):
        return lines
    entries: list[str] = []
    for line in lines:
        if _ITEM.match(line) or not entries:
            entries.append(line)
        else:
            entries[-1] += line
    return entries


def _wrapped(lines: list[str]) -> list[str]:
    """Lines put together until each entry has a name and a whole target."""
    entries: list[str] = []
    begun = ""
    for line in lines:
        begun += line
        if (item := split_target(begun)) is not None and _has_unit(item[1]):
            entries.append(begun)
            begun = ""
    return [*entries, begun] if begun else entries


_SIGNED = re.compile(r"[≥≤><=＞＜＝≧≦]+\s*(?:" + NUMBER + ")")
_NOTE = re.compile(r"[(（][^()（）]{1,4}[)）]")


def _run_on(line: str) -> list[str]:
    """Entries printed one behind the other with nothing between them: each ends with the unit of its figure."""
    entries: list[str] = []
    begun = 0
    while (found := _SIGNED.search(line, begun)) is not None:
        end = found.end()
        if (unit := read_unit(line, end)) is not None:
            end += len(unit.printed)
        if (note := _NOTE.match(line, end)) is not None:
            end = note.end()
        entries.append(line[begun:end])
        begun = end
    return entries if begun == len(line) else []


def _has_unit(target: str) -> bool:
    value = parse_value(target).value
    return value is not None and bool(value.unit or value.operator == "by")


_NUMBERED = re.compile(r"(?:三级)?指标\s*[\d一二三四五六七八九十]+\s*[:：]")


def split_target(text: str) -> tuple[str, str] | None:
    """Given a text that may print an indicator's name and its target ("培训人数≥100人", "队伍建设：稳定"), return both."""
    text = one_line(text).strip(" ；;。，,")
    signs = [at for at, character in enumerate(text) if character in wording().signs and at > 1]
    words = [
        at
        for at in range(2, len(text))
        if (word := wording().before.at_start(text, at)) and _begins_figure(text, at + len(word))
    ]
    numbered = _NUMBERED.match(text)  # 指标1：培训人数≥100人: the colon belongs to the name
    least = numbered.end() if numbered is not None else 1
    colon = next((at for at, character in enumerate(text) if character in "：:" and at > least), None)
    at = min([*signs[:1], *words[:1], *([colon] if colon is not None else [])], default=None)
    if at is None:
        return _split_at_figure(text)
    name, target = text[:at].strip(), text[at:].lstrip("：: ")
    if name.endswith(("(", "（")) or not target or any(sign > at + 1 for sign in signs) or re.search("[；;]", target):
        return None
    return name, target


def _begins_figure(text: str, at: int) -> bool:
    return text[at : at + 1].isdigit() or text[at : at + 1] in wording().signs


_FIGURE = re.compile(
    r"(.*?[^\d.,，第近约每前后满超逾]{2})((?:19|20)?\d[\d,.]*(?:[万亿千百]?[^\d年月日，,。；;、]{1,4}))"
)


def _split_at_figure(text: str) -> tuple[str, str] | None:
    """A name and a figure without a sign between them ("培训人数100人")."""
    found = _FIGURE.fullmatch(text)
    return (found[1], found[2]) if found is not None and _is_figure(found[2]) else None
