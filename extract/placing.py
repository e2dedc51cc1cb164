"""What the cells below a head tell of its columns, where the head alone leaves it open.

指标名称 may stand for the third tier, 指标方向 may be over signs, 绩效目标 over targets; and of two sets of tiers side by
side the last is the year's. Columns are given and returned by notation, as the head names them.
"""

from __future__ import annotations

import itertools

from extract.comparisons import is_qualitative, is_sign
from extract.grid import Cell, Grid
from ontology import labels
from ontology.likely import likely_column

TIERS = ("tier1", "tier2", "tier3")

Columns = dict[str, tuple[int, ...]]
"""The grid columns under each head, by notation."""


def place_columns(grid: Grid, last: int, columns: Columns, notes: dict[int, str]) -> Columns:
    """Given a grid, the last row of a head, and the columns and notes that the head names, return the columns as the
    cells below bear them out; `notes` gains and loses the columns that turn out to be notes or none."""
    columns = _fill_tiers(grid, last, columns, notes)
    columns = _place_targets(columns, notes)
    return _place_units(_place_signs(grid, last, columns, notes))


def naming_head(path: list[Cell], notation: str) -> Cell:
    """Given the heads over a column from top to bottom, and what it holds, return the head that says so.

    The lowest where it says it itself: 自评得分 | 复核得分 under 得分 are two scores, 符号 | 数值 under 指标值 two parts of one.
    """
    lowest = labels.match_column(path[-1].text)
    if lowest.notation == notation if lowest is not None else likely_column(path[-1].text) == notation:
        return path[-1]
    return next((cell for cell in path if (m := labels.match_column(cell.text)) and m.notation == notation), path[-1])


def _below(grid: Grid, last: int, column: int) -> list[str]:
    return [cell.text for row in range(last + 1, grid.rows + 1) if (cell := grid.at(row, column)) is not None]


def _fill_tiers(grid: Grid, last: int, columns: Columns, notes: dict[int, str]) -> Columns:
    """Let columns stand for the tiers that no head names: 指标名称 for the third, 指标类型 for the first; where that
    holds names of second tiers (数量指标), for the second. What stands for none goes to the note."""
    filled = dict(columns)
    for notation, found in columns.items():
        tier = labels.columns()[notation].stands_for
        if tier is None:
            continue
        del filled[notation]
        if notation == "tier4" and "tier3" in filled:
            notes |= {column: (grid.at(last, column) or Cell(last, column, "")).text for column in filled["tier3"]}
            filled["tier3"] = found
            continue
        texts = _below(grid, last, found[0])
        if tier == "tier1" and any(labels.tier2_concept(text, None) for text in texts):
            firsts = sum(labels.is_tier1(text) for text in texts)
            seconds = sum(labels.tier2_concept(text, None) is not None for text in texts)
            tier = "tier1" if firsts >= seconds else "tier2"
        told = tier == "tier3" or any(
            labels.tier1_concept(text) or labels.tier2_concept(text, None) or labels.two_tiers(text) for text in texts
        )
        if told and tier not in filled:
            filled[tier] = found
            continue
        otherwise = labels.columns()[notation].otherwise
        if otherwise is not None and otherwise not in filled:
            filled[otherwise] = found
            continue
        for column in found:
            notes[column] = (grid.at(last, column) or Cell(last, column, "")).text
    return filled


def _place_signs(grid: Grid, last: int, columns: Columns, notes: dict[int, str]) -> Columns:
    """A column of directions whose cells hold signs (指标方向 over ≥, =, 定性) is the signs' column, and the other way
    round: which it is, the cells tell."""
    told = {"direction": "operator", "operator": "direction"}
    for notation, other in told.items():
        if notation not in columns or other in columns:
            continue
        under = _below(grid, last, columns[notation][0])
        signs, ways = sum(map(is_sign, under)), sum(labels.direction(text) is not None for text in under)
        if (signs > ways) if notation == "direction" else (ways > signs):
            columns = {other if name == notation else name: found for name, found in columns.items()}
    if "operator" not in columns and "target" in columns:
        sure = {column for name, found in columns.items() if name in _NEVER_SIGNS for column in found}
        for column in sorted({*range(1, grid.columns + 1)} - sure):
            if _holds_signs(_below(grid, last, column)):
                notes.pop(column, None)
                others = {name: tuple(c for c in found if c != column) for name, found in columns.items()}
                return {**{name: found for name, found in others.items() if found}, "operator": (column,)}
    return columns


_NEVER_SIGNS = (*TIERS, "target", "actual", "unit", "weight", "score", "project_name", "objective")


_LEAST_SIGNS = 2


def _holds_signs(texts: list[str]) -> bool:
    """Whether a column, whatever its head says, holds signs: "≥" and 等于, not only 定性. What stands below the table, or
    the next one's head, may be something else."""
    told = [text.strip() for text in texts if text.strip()]
    signs = sum(is_sign(text) and not is_qualitative(text) for text in told)
    return signs >= _LEAST_SIGNS and sum(map(is_sign, told)) * 2 > len(told)


def _place_targets(columns: Columns, notes: dict[int, str]) -> Columns:
    """目标, 绩效目标 or a bare 数值 right of the indicators' names, in a table that has no other targets, is what is asked
    of them."""
    if "target" in columns or "tier3" not in columns:
        return columns
    last = max(columns["tier3"])
    goals = columns.get("objective", ())
    if goals and all(column > last for column in goals):
        return {"target" if name == "objective" else name: found for name, found in columns.items()}
    bare = [column for column, head in notes.items() if labels.match_subhead(head) == "whole" and column > last]
    if len({notes[column] for column in bare}) != 1:
        return columns
    for column in bare:
        notes.pop(column)
    return {**columns, "target": tuple(bare)}


def _place_units(columns: Columns) -> Columns:
    """A bare 单位 left of the tiers in a table of projects is the unit that runs them, not a unit of measure."""
    tiers = [found[0] for notation, found in columns.items() if notation in TIERS]
    if tiers and "project_name" in columns and "unit" in columns and "unit_name" not in columns:
        left = tuple(column for column in columns["unit"] if column < min(tiers))
        if left:
            rest = tuple(column for column in columns["unit"] if column not in left)
            columns = {**columns, "unit_name": left, "unit": rest}
            if not rest:
                del columns["unit"]
    elif len(columns.get("unit", ())) > 1 and tiers:
        columns = {**columns, "unit": tuple(c for c in columns["unit"] if c > min(tiers)) or columns["unit"][-1:]}
    return columns


def keep_last_of_two(grid: Grid, last: int, columns: Columns) -> tuple[Columns, tuple[int, ...]]:
    """Two sets of tiers side by side are the whole term and the year: keep the year, which stands last.

    Return the columns kept and the grid columns left out.
    """
    spans = _name_spans(grid, last, columns)
    if len(spans) < 2:
        return columns, ()
    start = min([c for c in columns.get("tier2", ()) if spans[-2][-1] < c < spans[-1][0]] or [spans[-1][0]])
    kept: Columns = {}
    dropped: list[int] = []
    for notation, found in columns.items():
        late = tuple(column for column in found if column >= start)
        if notation == "tier1" or not late:
            # What stands once (tier 1, weights) belongs to both.
            kept[notation] = found
            continue
        kept[notation] = late
        dropped += [column for column in found if column < start]
    return kept, tuple(dropped)


def _name_spans(grid: Grid, last: int, columns: Columns) -> list[list[int]]:
    """The columns of the third tier, those under one head together."""
    spans: list[list[int]] = []
    for column in columns.get("tier3", ()):
        cell = grid.at(last, column)
        if spans and grid.at(last, spans[-1][-1]) is cell:
            spans[-1].append(column)
        else:
            spans.append([column])
    return spans


def sets_side_by_side(grid: Grid, last: int, columns: Columns) -> tuple[Columns, ...]:
    """The sets of columns of a head that prints all of them again, so that two indicators stand in a row (产出指标 at the
    left, 效益指标 at the right): told by first tiers that differ; nothing where the sets are of other years."""
    firsts = columns.get("tier1", ())
    if len(firsts) < 2 or len(_name_spans(grid, last, columns)) != len(firsts):
        return ()
    told = [
        {concept for text in _below(grid, last, column) if (concept := labels.tier1_concept(text))} for column in firsts
    ]
    if not all(told) or any(left & right for left, right in itertools.combinations(told, 2)):
        return ()
    ends = [*firsts[1:], grid.columns + 1]
    return tuple(
        {name: own for name, found in columns.items() if (own := tuple(c for c in found if first <= c < end))}
        for first, end in zip(firsts, ends, strict=True)
    )
