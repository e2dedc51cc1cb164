"""A form without a table: its labels and indicators as numbered lines below its title.

    2024年度项目支出绩效目标表 / 项目名称：… / （一）产出指标 / 1.数量指标 / （1）培训人数：≥100人；

Such lines become a grid, so that forms are read in one way; each cell keeps its line's place. Only a form's title, tiers
as headings and targets behind names make an outline: running text that mentions indicators is none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from extract.grid import Block, Cell, Document, Grid, Paragraph
from extract.normalize import one_line
from extract.several import split_target
from ontology import labels, titles
from ontology.records import Place, PrintedCell

_HEADS = ("一级指标", "二级指标", "三级指标", "指标值")
_MOST_LABELLED = 15
"""How many lines may stand between a title and the first tier."""
_LEAST_HEADINGS = 2
_LEAST_ENTRIES = 3
_LONGEST_NAME = 40
_NUMBER = re.compile(r"^\s*(?:[(（]?[一二三四五六七八九十]{1,2}[)）、.．]|[(（]?\d{1,2}[)）、.．](?!\d)|[①-⑳])\s*")


@dataclass(slots=True)
class _Outline:
    """What the lines below a title print: labelled lines, and indicators under the headings that hold for them."""

    labelled: list[Paragraph] = field(default_factory=list)
    entries: list[tuple[tuple[Paragraph | None, Paragraph | None], Paragraph, str, str]] = field(default_factory=list)
    headings: int = 0
    length: int = 0


def with_outlines(document: Document) -> Document:
    """Given a document, return it with the lines of each form that is printed as an outline as a grid."""
    blocks: list[Block] = []
    at = 0
    while at < len(document.blocks):
        block = document.blocks[at]
        blocks.append(block)
        at += 1
        if not isinstance(block, Paragraph) or titles.form_title(block.text) is None:
            continue
        outline = _read_outline(document.blocks[at:])
        if outline.headings >= _LEAST_HEADINGS and len(outline.entries) >= _LEAST_ENTRIES:
            blocks.append(_as_grid(outline))
            at += outline.length
    return document if len(blocks) == len(document.blocks) else replace(document, blocks=tuple(blocks))


def _read_outline(blocks: Sequence[Block]) -> _Outline:
    found = _Outline()
    tiers: tuple[Paragraph | None, Paragraph | None] = (None, None)
    first_level = ""
    for count, block in enumerate(blocks, 1):
        if not isinstance(block, Paragraph) or titles.form_title(block.text) is not None:
            break
        text = _NUMBER.sub("", one_line(block.text)).strip()
        heading, _, rest = text.replace(":", "：", 1).partition("：")
        if labels.names_tier(heading):
            own = replace(block, text=heading)
            level = _level(block.text)
            first_level = level if tiers[0] is None else first_level
            # 成本指标 may be a tier under 产出指标, or one of its own: its number tells.
            is_first = labels.is_tier1(heading) and level == first_level
            tiers = (own, None) if is_first else (tiers[0], own)
            found.headings += 1
            read = [
                (rest_part, split_target(_NUMBER.sub("", rest_part)))
                for rest_part in re.split("[；;]", rest)
                if rest_part
            ]
        elif tiers == (None, None):
            if count > _MOST_LABELLED:
                break
            found.labelled.append(block)
            continue
        else:
            read = [(text, split_target(text))]
        if any(target is None and len(line) > _LONGEST_NAME for line, target in read):
            break
        for line, target in read:
            if line.strip():
                name, value = target if target is not None else (line.strip(" ；;。"), "")
                found.entries.append((tiers, block, name, value))
        found.length = count
    return found


def _level(text: str) -> str:
    """How a line is numbered, whatever the number: （一） and （二） are one level, 1. and 2. another."""
    found = _NUMBER.match(text)
    number = found[0].strip() if found is not None else ""
    return re.sub(r"\d+", "1", re.sub(r"[一二三四五六七八九十]+", "一", number))


def _as_grid(outline: _Outline) -> Grid:
    rows: list[list[Cell]] = []
    for line in outline.labelled:
        if labels.match_block(line.text.split("，")[0]) is not None:
            rows.append([_cell(line, len(rows) + 1, 1, line.text, len(_HEADS))])
    rows.append([Cell(len(rows) + 1, column, head) for column, head in enumerate(_HEADS, 1)])
    for tiers, line, name, value in outline.entries:
        row = len(rows) + 1
        printed = [
            _cell(tier, row, column, tier.text) if tier else Cell(row, column, "")
            for column, tier in enumerate(tiers, 1)
        ]
        rows.append([*printed, _cell(line, row, 3, name), _cell(line, row, 4, value)])
    first = outline.labelled[0] if outline.labelled else outline.entries[0][1]
    note = "由标题下的分条文字整理成表 (made of the numbered lines below the title)"
    return Grid(len(rows), len(_HEADS), tuple(cell for row in rows for cell in row), first.place, (note,))


def _cell(line: Paragraph, row: int, column: int, text: str, span: int = 1) -> Cell:
    place: Place = line.place
    return Cell(row, column, text, 1, span, (PrintedCell(place, text),))
