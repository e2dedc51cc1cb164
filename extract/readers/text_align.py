"""Cells back under their heads: rows of indicators whose cells stand a few columns off.

A program that lost a merged cell moves what follows it to the left; a scan moves it anywhere. Where a row contradicts its
heads (a sign under 三级指标, a first tier under 单位名称), the columns are found in which each of its texts can stand, in
order, with as few moves as possible; if that is one arrangement and a better one than the printed, the row is put there
and noted. If it is not, the row stays as it is and is reported.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter

from extract.amounts import parse_amount
from extract.comparisons import read_operator
from extract.heads import IndicatorTable
from extract.numbers import parse_decimal
from extract.readers.text_clean import is_chinese
from extract.readers.text_matrix import Matrix, Row, blank_like
from ontology import labels
from ontology.units import find_unit
from ontology.wording import wording

CONTRADICTION = -2.0
"""How badly a text fits that cannot stand under a head."""
_WHOLE = 0.2  # the price of moving a row as a whole: one lost cell does that
_MOVE = 0.8  # the price of each change of the distance by which neighbouring texts are moved
_KEPT = 4  # arrangements kept for each column that the last text may stand in
_GAP = 0.1  # the price of a blank cell that has left no trace
_BETTER = 2.0  # by how much an arrangement must fit better than the printed one
_SURE = 0.5  # and by how much better than the next best

Fit = Callable[[str], float]


@lru_cache(maxsize=8192)
def _number(text: str) -> bool:
    return parse_decimal(text.rstrip("%％分")) is not None


@lru_cache(maxsize=8192)
def _sign(text: str) -> bool:
    return bool(text) and (
        text in wording().qualitative or (len(text) < 8 and (r := read_operator(text)) is not None and not r[1])
    )


def _tier1(text: str) -> float:
    if labels.is_tier1(text):
        return 3 if _higher(text) else _LESS_LIKELY
    return _other_tier(text, 2)


_LESS_LIKELY = 2.4


def _higher(text: str) -> bool:
    """Whether a name that both tiers have (成本指标, 满意度指标) is rather the first: as the second it has no other parent."""
    return not labels.tier2_parents(text) - {labels.tier1_concept(text)}


def _tier2(text: str) -> float:
    if labels.tier2_concept(text, None) is not None:
        return _LESS_LIKELY if labels.is_tier1(text) and _higher(text) else 3
    # 项目产出 is a first tier in one form and a second in another.
    return -1 if labels.is_tier1(text) else _other_tier(text, 1)


def _other_tier(text: str, other: int) -> float:
    told = labels.tier2_concept(text, None) is not None if other == 2 else labels.is_tier1(text)
    if told:
        return -2
    return -4 if _plain(text) is False else 0.0 if len(text) <= 16 else -1.5


@lru_cache(maxsize=8192)
def _plain(text: str) -> bool:
    """Whether a text is words, and no number, sign, or direction."""
    return not (_number(text) or _sign(text) or labels.direction(text) is not None or text[:1] in wording().signs)


def _name(text: str) -> float:
    if not _plain(text):
        return -4
    if labels.names_tier(text):
        return -1.5 if text.endswith("指标") else 0
    return 1 if is_chinese(text) else -1


def _operator(text: str) -> float:
    return 3 if _sign(text) else -5


def _target(split: bool) -> Fit:
    def fit(text: str) -> float:
        if _sign(text) or labels.direction(text) is not None:
            return -4
        if text[:1] in wording().signs and any(character.isdigit() for character in text):
            return 2 if not split else 1
        if _number(text):
            return 1.5 if split or text[-1:] in "%％" else 0.5
        if labels.names_tier(text):
            return -2
        return 1 if any(character.isdigit() for character in text) and len(text) < 20 else 0

    return fit


_NOTE = re.compile(r"[（(][^（()）]*[)）]")


def _unit(text: str) -> float:
    if find_unit(text) is not None or text in wording().qualitative_units:
        return 2
    bare = _NOTE.sub("", text)
    if find_unit(bare) is not None or ("/" in bare and find_unit(bare.partition("/")[0]) is not None):
        return 2  # 元/人（次）, 万元/人·年
    return 0 if len(text) <= 4 and _plain(text) else -4


def _points(text: str) -> float:
    if _number(text):
        return 2
    return 0 if not text.strip("-—－/") else -5


def _direction(text: str) -> float:
    return 3 if labels.direction(text) is not None else -5


def _remark(text: str) -> float:
    if _sign(text) or labels.direction(text) is not None:
        return -3
    return -0.5 if _number(text) else 0.5


def _any(text: str) -> float:
    return -1.0


def _counter(text: str) -> float:
    return 1 if text.isdigit() else -5


def _owner(text: str) -> float:
    if not _plain(text) or labels.names_tier(text):
        return -4
    return 0.5


def _amount(text: str) -> float:
    return 2 if parse_amount(text) is not None else 0 if not text.strip("-—－/") else -5


def fits(table: IndicatorTable, width: int) -> list[Fit]:
    """Given a table's heads, return for each of its columns, from 0, how well a text fits below its head."""
    split = "operator" in table.columns or "unit" in table.columns
    known: Mapping[str, Fit] = {
        "tier1": _tier1, "tier2": _tier2, "tier3": _name, "operator": _operator, "target": _target(split),
        "actual": _target(False), "half_target": _target(False), "term_target": _target(False), "history": _target(False),
        "half_actual": _target(False), "unit": _unit, "weight": _points, "score": _points, "completion": _points,
        "direction": _direction, "number": _counter, "project_name": _owner, "unit_name": _owner,
        "implementing_unit": _owner, "department": _owner, "objective": _owner,
    }  # fmt: skip
    if "tier3" not in table.columns:
        known = {**known, "tier2": _name}  # the lower of two tiers names the indicators
    found: list[Fit] = [_any] * width
    for column in table.notes:
        found[column - 1] = _remark
    for notation, columns in table.columns.items():
        for column in columns:
            found[column - 1] = known.get(notation, _remark)
    for column in table.ignored:
        found[column - 1] = _counter if "序号" in table.ignored[column] else _any
    for money in table.funding:
        found[money.column - 1] = _amount
    if not table.has_projects:
        found[: table.first_tier - 1] = [_any] * (table.first_tier - 1)  # a label stands at the side of the tiers
    return found


@dataclass(frozen=True, slots=True)
class _Arrangement:
    score: float
    columns: tuple[int, ...]


def align_rows(matrix: Matrix, table: IndicatorTable, rows: Sequence[int]) -> None:
    """Put the cells of rows that contradict their heads where they fit; note each, and report those that fit nowhere."""
    fit = fits(table, matrix.width)
    names = {column - 1 for column in table.columns.get("tier3") or table.columns.get("tier2", ())}
    asked = {column - 1 for notation in ("target", "actual") for column in table.columns.get(notation, ())[:1]}
    whole = len(matrix.rows[table.last_row - 1].filled()) - (0 if table.has_projects else _side(matrix, table))
    moved: list[int] = []
    for number in rows:
        row = matrix.rows[number]
        filled = row.filled()
        if not filled or any(row.entries[column].columns > 1 for column in filled):
            continue
        if (columns := _columns_of_subtotal(row, filled, table)) is not None:
            _move(row, filled, columns)
            continue
        scores = [fit[column](row.entries[column].text) for column in filled]
        if min(scores) > CONTRADICTION and (not matrix.loose or len(filled) == whole):
            continue
        texts = [row.entries[column].text for column in filled]
        ways = _arrange(texts, filled, fit, names, asked) if matrix.loose else _arrange(texts, filled, fit)
        best, second = ways
        sure = (
            best is not None
            and (matrix.loose or best.score >= sum(scores) + _BETTER)
            and bool(names & set(best.columns))
            and (second is None or best.score >= second.score + _SURE)
        )
        if best is None or not sure:
            _leave(
                matrix, number, filled, [score for column, score in zip(filled, scores, strict=True) if column in names]
            )
            continue
        if list(best.columns) == filled:
            continue
        _move(row, filled, best.columns)
        moved.append(number)
    if moved and matrix.loose:
        matrix.notes.append("cells put under the heads that they fit, in order")
        matrix.report("table.rows_placed", moved[0], count=len(moved))
    elif moved:
        printed_rows = "、".join(str(matrix.place(number).row) for number in moved)
        matrix.notes.append(f"rows {printed_rows}: cells moved to the heads that they fit")
        matrix.report("table.rows_moved", moved[0], rows=printed_rows)


def _columns_of_subtotal(row: Row, filled: Sequence[int], table: IndicatorTable) -> list[int] | None:
    """Where the cells of a sum over projects belong ("某某局小计" and its amounts): at the left, and under the money."""
    texts = [row.entries[column].text for column in filled]
    money = [column.column - 1 for column in table.funding]
    if not table.has_projects or not labels.ends_with_total(texts[0]) or not 0 < len(texts) - 1 <= len(money):
        return None
    return [0, *money[: len(texts) - 1]] if money[0] > 0 and all(parse_amount(text) for text in texts[1:]) else None


def _side(matrix: Matrix, table: IndicatorTable) -> int:
    """How many labels stand in a head's row at the side of the tiers."""
    return sum(column < table.first_tier - 1 for column in matrix.rows[table.last_row - 1].filled())


def _leave(matrix: Matrix, number: int, filled: Sequence[int], names: Sequence[float]) -> None:
    """Report a row that fits nowhere; where not even its name can be one, it isn't read at all."""
    row = matrix.rows[number]
    if names and max(names) > CONTRADICTION:
        matrix.report("table.row_unsure", number, filled[0], text=_shown(row))
        return
    matrix.report("table.row_unread", number, filled[0], text=_shown(row))
    row.entries = [blank_like(entry) for entry in row.entries]


def _shown(row: Row) -> str:
    return " | ".join(text[:20] for text in row.texts() if text)[:80]


def _move(row: Row, filled: Sequence[int], columns: Sequence[int]) -> None:
    taken = [row.entries[column] for column in filled]
    row.entries = [blank_like(entry) for entry in row.entries]
    for entry, column in zip(taken, columns, strict=True):
        row.entries[column] = entry


def _price(last: int, column: int, printed: Sequence[int], index: int, loose: bool) -> float:
    """What it costs to put a text under a column, with the column of the text before it (-1 where it is the first)."""
    if loose:
        return 0.0 if last in (-1, column - 1) else _GAP
    if last < 0:
        return _WHOLE if column != printed[0] else 0.0
    return _MOVE if column - printed[index] != last - printed[index - 1] else 0.0


def _arrange(
    texts: Sequence[str],
    printed: Sequence[int],
    fit: Sequence[Fit],
    names: set[int] | None = None,
    asked: set[int] | None = None,
) -> tuple[_Arrangement | None, _Arrangement | None]:
    """The best and the second best way to put texts, in order, under the columns that they fit. Where the columns of names
    and of what is asked are given, blank cells have left no trace, and every row is taken to fill those."""
    width = len(fit)
    worth = [[fit[column](text) for column in range(width)] for text in texts]
    # states: by the column of the text before, the best arrangements that end there (how well they fit, their columns)
    states: dict[int, list[tuple[float, tuple[int, ...]]]] = {-1: [(0.0, ())]}
    for index, text_worth in enumerate(worth):
        following: dict[int, list[tuple[float, tuple[int, ...]]]] = {}
        left = len(texts) - index - 1
        for last, ways in states.items():
            for column in range(last + 1, width - left):
                own = text_worth[column]
                if own <= CONTRADICTION:
                    continue
                price = _price(last, column, printed, index, names is not None)
                following.setdefault(column, []).extend(
                    [(score + own - price, (*columns, column)) for score, columns in ways]
                )
        states = {column: sorted(ways, key=itemgetter(0), reverse=True)[:_KEPT] for column, ways in following.items()}
    ends = [_Arrangement(*way) for ways in states.values() for way in ways]
    if names is not None:
        ends = [
            _Arrangement(way.score + len((asked or set()) & set(way.columns)), way.columns)
            for way in ends
            if names & set(way.columns)
        ]
    ends.sort(key=lambda way: -way.score)
    if not ends:
        return None, None
    best = ends[0]

    def core(way: _Arrangement) -> tuple[int, ...]:
        # Which of two columns of remarks a remark belongs to changes no figure.
        return tuple(-1 if fit[column] is _remark else column for column in way.columns)

    return best, next((way for way in ends[1:] if core(way) != core(best)), None)
