"""One cell a line, and nothing else: a form whose cells follow each other without tabs, blank lines or blank cells.

Programs that walk over a document's cells print such streams. A form is told by the heads of its indicators, which follow
each other line by line; the lines before them are labels with their values, those behind them are cut into rows: of all
ways to put the cells, in order, under the heads, the one that fits best, each row with a name and what is asked of it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from extract.comparisons import is_sign
from extract.grid import Cell, Grid
from extract.heads import IndicatorTable, find_tables
from extract.readers.text_align import CONTRADICTION, Fit, fits
from extract.readers.text_clean import clean_cell
from extract.readers.text_heads import open_funding
from extract.readers.text_lines import Line, RawRow, RawTable
from extract.readers.text_spans import column_notation, is_figure, is_label
from ontology import labels, titles
from ontology.likely import likely_column, unit_in_label
from ontology.records import Place
from ontology.units import find_unit

_TIERS = frozenset(("tier1", "tier2", "tier3"))
_LONGEST_HEAD = 24
_LONGEST_CELL = 160
_LONGEST_LIKELY = 12
_LEAST_HEADS = 3
_MOST_UNKNOWN = 6
_LONGEST_PART = 3
_MOST_ABOVE = 80
_MOST_CELLS = 4000
_STARTS = ("name", "name_and_code", "unit_name")
_TOTALS = ("score", "total_row", "grade")

_GAP = 0.1  # the price of a blank cell that has left no trace
_ROW = 1.0  # the price of a further row
_BROKEN = 4.0  # the price of a row that lacks its name or what is asked
_LONE = 0.5  # the price of a row without an indicator: a total of a unit, a project alone
_ASKED = 0.5  # what a row gains by a cell under what is asked


@dataclass(frozen=True, slots=True)
class Stream:
    """A form that a run of lines prints: its first line, the one behind its last, and its table."""

    first: int
    end: int
    table: RawTable


def find_stream(run: Sequence[Line], start: int) -> Stream | None:
    """Given a run of lines and one of them, return the next form that the run prints one cell a line, or None."""
    at = start
    while at < len(run):
        heads = _heads(run, at)
        if heads is None:
            at += 1
            continue
        found = _read_stream(run, start, at, heads)
        if found is not None:
            return found
        at = heads
    return None


def _heads(run: Sequence[Line], at: int) -> int | None:
    """The line behind the heads that begin at a line, or None where none do."""
    if not _is_head(run[at].text) or (at and _is_head(run[at - 1].text) and not _is_start_of_heads(run[at].text)):
        return None
    end = at
    while end < len(run) and not labels.is_tier1(run[end].text):
        if not (_is_head(run[end].text) or (end > at and _is_likely_head(run[end].text))):
            break
        end += 1
    named = [column_notation(line.text) for line in run[at:end]]
    enough = len(_TIERS & set(named)) > 1 or ("tier3" in named and "target" in named)
    if end - at < _LEAST_HEADS or not enough:
        return None
    # A head that no list has, or some very short ones (优, 良, 中, 差), before the first row, which begins with a first tier.
    for further in range(end, min(end + _MOST_UNKNOWN, len(run))):
        if labels.is_tier1(run[further].text):
            return further
        if further > end and len(run[further].text) > _LONGEST_PART:
            break
    return end


def _is_head(text: str) -> bool:
    if len(text) > _LONGEST_HEAD or labels.find_money_unit(text) is not None:
        return False
    if column_notation(text) is not None or labels.match_subhead(text) is not None:
        return True
    match = labels.match_block(text)
    return match is not None and match.value is None and not match.means("total_row", "subtotal_row")


def _is_likely_head(text: str) -> bool:
    return len(text) <= _LONGEST_LIKELY and likely_column(text) is not None


def _is_start_of_heads(text: str) -> bool:
    return column_notation(text) in _TIERS


def _read_stream(run: Sequence[Line], start: int, at: int, behind: int) -> Stream | None:
    first = at
    # Labels right before the tiers' heads are heads too where rows name their projects; else they belong to the form.
    while first > start and at - first < _MOST_ABOVE and not _parts(run, first - 1):
        first -= 1
    own = max(
        (n for n in range(first, at) if not is_label(run[n].text) and column_notation(run[n].text) is None),
        default=None,
    )
    lead = at if own is None else own + 1
    heads = [line.text for line in run[lead:behind]]
    named = any((match := labels.match_column(text)) is not None and match.notation in _TIERS for text in heads)
    side = [text for text in heads if _is_section(text) or (named and _names_indicators(text))]
    heads = _split_heads([text for text in heads if text not in side])
    of_projects = any(column_notation(text) == "project_name" or _names_project(text) for text in heads)
    if not of_projects:
        tier = next(number for number, text in enumerate(heads) if column_notation(text) in _TIERS or _is_naming(text))
        lead, heads = at, heads[tier:]
    end = _end(run, behind, of_projects)
    cells = [clean_cell(line.printed) for line in run[behind:end] if not _HINT.fullmatch(line.text)]
    table = _table_of(heads)
    if table is None or not cells or len(cells) > _MOST_CELLS:
        return None
    if "direction" in table.columns and sum(map(is_sign, cells)) > sum(
        labels.direction(text) is not None for text in cells
    ):
        table = replace(
            table, columns={"operator" if key == "direction" else key: found for key, found in table.columns.items()}
        )
    placed = _place(cells, table, _fits(table, len(heads)))
    if placed is None:
        return None
    rows = (
        []
        if of_projects
        else _block_rows([clean_cell(line.printed) for line in run[first:lead] if not _names_indicators(line.text)])
    )
    shift = 0 if of_projects else 1
    label = [side[0] if side else ""] * shift
    rows.append(RawRow([*label, *heads]))
    rows += [RawRow([*([""] * shift), *row]) for row in placed]
    end = _take_total(run, end, rows, table, shift)
    note = "one cell a line; blank cells have left no trace: rows are told by what their cells say"
    return Stream(first, end, RawTable(rows, "cell a line", [note], len(placed)))


def _is_naming(text: str) -> bool:
    return column_notation(text) == "target"


def _names_project(text: str) -> bool:
    match = labels.match_block(text)
    return match is not None and match.value is None and match.means("name", "name_and_code")


def _is_section(text: str) -> bool:
    match = labels.match_block(text)
    return (
        match is not None
        and match.value is None
        and match.role("section") is not None
        and column_notation(text) is None
    )


def _names_indicators(text: str) -> bool:
    match = labels.match_block(text)
    return match is not None and match.value is None and match.role("section") == "indicators"


def _split_heads(heads: Sequence[str]) -> list[str]:
    """Heads of a second row follow those of the first: 指标值, 得分, 预期值, 实际值 are 预期值, 实际值, 得分."""
    named = [column_notation(text) for text in heads]
    if "target" not in named:
        return list(heads)
    first = named.index("target")
    for start in range(first + 1, len(heads) - 1):
        is_pair = set(named[start:]) == {"target", "actual"} and "actual" not in named[:start]
        if named[start] == "target" and is_pair:
            return [*heads[:first], *heads[start:], *heads[first + 1 : start]]
        parts = [labels.match_subhead(text) for text in heads[start:]]
        if named[start] == "operator" and parts[1] == "whole" and "operator" not in named[:start]:
            return [*heads[:first], heads[start], heads[first], *heads[start + 2 :], *heads[first + 1 : start]]
    return list(heads)


def _parts(run: Sequence[Line], at: int) -> bool:
    """Whether a line stands above a form and not in it: its title, a year, running text, another form's last row."""
    line = run[at]
    if at and is_label(run[at - 1].text):
        return False  # what stands behind a label is its value
    text = line.text
    if titles.form_title(text) is not None or labels.find_money_unit(text):
        return True
    if labels.only_year(text) is not None and (
        text[0] in "（(" or titles.form_title(run[max(at - 1, 0)].text) is not None
    ):
        return True
    if labels.is_numbered(text) and not is_label(text):
        return True
    return len(text) > _LONGEST_CELL and line.blank_before and run[at + 1].blank_before


def _end(run: Sequence[Line], at: int, of_projects: bool) -> int:
    """The line behind the last cell of the rows that begin at a line."""
    for number in range(at, len(run)):
        text = run[number].text
        if titles.form_title(text) is not None or labels.only_year(text) or labels.find_money_unit(text):
            return number
        if len(text) > _LONGEST_CELL or (number > at and _heads(run, number) is not None):
            return number
        match = labels.match_block(text)
        if match is None or labels.names_tier(text):
            continue
        if (match.means(*_TOTALS) and not of_projects) or match.role("left_out") is not None:
            return number
        if not of_projects and match.means(*_STARTS):
            return number
    return len(run)


def _table_of(heads: Sequence[str]) -> IndicatorTable | None:
    cells = tuple(Cell(1, column, text) for column, text in enumerate(heads, 1))
    tables = find_tables(Grid(1, len(heads), cells, Place()))
    return tables[0] if tables and {"tier3", "target"} <= tables[0].columns.keys() else None


# --- rows


@dataclass(frozen=True, slots=True)
class _Way:
    """A way to place the cells so far: how well it fits, and the column of each cell, a new row marked by `True`."""

    score: float
    before: _Way | None
    column: int
    begins: bool


_NAMES_END = re.compile(
    r"(?:率|数|数量|性|度|程度|情况|成本|时间|标准|金额|面积|人次|比例|覆盖面|质量|时效|影响|能力|水平)$"
)
_VALUE = re.compile(r"[^\w（(]?\s*\d[\d.,]*\s*\S{0,8}|[^\w\s]\S+")
_LONGEST_WORDS = 10
"""Characters of a target in words; longer words are a name or a remark."""
_SHORTEST_OWNER = 5
"""Characters of a project's or a unit's name."""
_HINT = re.compile(r"[….·。]{2,}|…|指标\s*\d+\s*[:：]?")
"""What a template leaves for a further indicator: "……", "指标2："."""
_SENTENCE = re.compile(r"[。；！]|.{31}")


def _fits(table: IndicatorTable, width: int) -> list[Fit]:
    """How well a text fits below each head, where nothing but the texts tells rows apart: stricter than below known heads."""
    plain = fits(table, width)
    naming = {column - 1: notation for notation, found in table.columns.items() for column in found}

    def stricter(column: int) -> Fit:
        notation, fit = naming.get(column, ""), plain[column]

        def told(text: str) -> float:
            worth = fit(text)
            is_tier = labels.names_tier(text)
            if not notation:
                worth = max(worth, 0.0)  # what stands below a head that no list has may be anything
            elif notation == "tier3":
                worth -= 4 * is_tier + 2 * bool(_SENTENCE.search(text)) + 2 * (_VALUE.fullmatch(text) is not None)
                worth += (
                    bool(_NAMES_END.search(text))
                    - 2 * text.endswith(("%", "％"))
                    - 2 * ("/" in text and find_unit(text.partition("/")[0]) is not None)
                )
            elif notation in ("tier1", "tier2"):
                worth -= 2 * (_VALUE.fullmatch(text) is not None) + 4 * bool(_SENTENCE.search(text))
                worth -= 0 if is_tier else 0.5
            elif notation in ("target", "actual", "half_target", "half_actual"):
                worth -= not any(map(str.isdigit, text)) and bool(_NAMES_END.search(text) or len(text) > _LONGEST_WORDS)
            elif notation == "objective":
                worth += 1 if _SENTENCE.search(text) else -1
            elif notation in ("project_name", "unit_name", "department", "implementing_unit"):
                worth -= 4 * bool(_SENTENCE.search(text)) + 2 * (_VALUE.fullmatch(text) is not None)
                worth -= len(text) < _SHORTEST_OWNER
            return worth

        return told

    return [stricter(column) for column in range(width)]


def _place(cells: Sequence[str], table: IndicatorTable, fit: Sequence[Fit]) -> list[list[str]] | None:
    """The cells as rows of the table, in order; None where there is no way to put them under their heads."""
    width = len(fit)
    name = min(column for column in table.columns["tier3"]) - 1
    asked = {column - 1 for notation in ("target", "actual") for column in table.columns.get(notation, ())}
    tiers = {column - 1 for notation in _TIERS for column in table.columns.get(notation, ())}
    # By the column of the last cell, whether its row has a name, what is asked, and a tier: the best way there.
    states: dict[tuple[int, bool, bool, bool], _Way] = {}
    for index, text in enumerate(cells):
        worth = [fit[column](text) for column in range(width)]
        if index and text == cells[index - 1] and not is_figure(text):
            worth[name] -= 3  # printed twice in a row: what was asked and what was achieved, no further name
        least = min(CONTRADICTION, max(worth) - 0.01)  # what fits nowhere stands where it fits best
        following: dict[tuple[int, bool, bool, bool], _Way] = {}
        if index == 0:
            ways: list[tuple[tuple[int, bool, bool, bool], _Way | None]] = [((width, True, True, True), None)]
        else:
            ways = list(states.items())
        for (last, named, told, tier), way in ways:
            for column in range(width):
                if worth[column] <= least:
                    continue
                begins = column <= last
                if begins and column > name:
                    continue
                score = (way.score if way is not None else 0.0) + worth[column]
                if begins:
                    score -= _ROW if named and told else _BROKEN if named or told or tier else _LONE
                    score -= _GAP if column not in (0, *tiers) else 0.0
                else:
                    score -= _GAP * (column - last - 1 > 0)
                flags = (False, False, False) if begins else (named, told, tier)
                score += _ASKED if column in asked and not flags[1] else 0.0
                state = (column, flags[0] or column == name, flags[1] or column in asked, flags[2] or column in tiers)
                if state not in following or following[state].score < score:
                    following[state] = _Way(score, way, column, begins)
        states = following
        if not states:
            return None
    ends = [way for (_, named, told, _), way in states.items() if named and told] or list(states.values())
    return _rows_of(max(ends, key=lambda way: way.score), cells, width)


def _rows_of(way: _Way, cells: Sequence[str], width: int) -> list[list[str]]:
    columns: list[tuple[int, bool]] = []
    current: _Way | None = way
    while current is not None:
        columns.append((current.column, current.begins))
        current = current.before
    rows: list[list[str]] = []
    for text, (column, begins) in zip(cells, reversed(columns), strict=True):
        if begins:
            rows.append([""] * width)
        rows[-1][column] = text
    return rows


def _take_total(run: Sequence[Line], end: int, rows: list[RawRow], table: IndicatorTable, shift: int) -> int:
    """Take a total behind the rows (总分, its points) into the table; return the line behind it."""
    match = labels.match_block(run[end].text) if end < len(run) else None
    if match is None or match.value is not None or not match.means(*_TOTALS):
        return end
    behind = end + 1
    while behind < len(run) and is_figure(run[behind].text):
        behind += 1
    figures = [clean_cell(line.printed) for line in run[end + 1 : behind]]
    columns = sorted(table.columns[n][0] - 1 for n in ("weight", "score") if n in table.columns)
    row = [""] * (len(rows[-1].cells))
    row[0] = clean_cell(run[end].printed)
    if len(figures) == len(columns):
        for column, figure in zip(columns, figures, strict=True):
            row[column + shift] = figure
    elif figures:
        row[1 : 1 + len(figures)] = figures
    rows.append(RawRow(list(row)))
    return behind


# --- the form's other labels


def _block_rows(cells: Sequence[str]) -> list[RawRow]:
    """Labels and values, one a line, as rows: heads of amounts or texts above what stands below them, others beside theirs."""
    rows: list[RawRow] = []
    at = 0
    while at < len(cells):
        named = at
        while named < len(cells) and _is_named(cells[named]):
            named += 1
        behind = named
        while behind < len(cells) and not _is_named(cells[behind]):
            behind += 1
        rows += _rows_of_labels(list(cells[at:named]), list(cells[named:behind]))
        at = behind
    open_funding(rows)
    return rows


def _is_named(text: str) -> bool:
    """Whether a text is a label: one of the lists', or any short one that sets a unit of money (部门资金（万元）)."""
    return is_label(text) or (len(text) <= _LONGEST_HEAD and unit_in_label(text) is not None)


def _rows_of_labels(named: list[str], values: list[str]) -> list[RawRow]:
    if not named:
        return [RawRow([value]) for value in values]
    texts = [text for text in named if _is_text_head(text)]
    if len(values) > 1 and len(texts) >= len(values) and named[-len(values) :] == texts[-len(values) :]:
        beside = named[: -len(values)][-1:] or [""]
        above = [RawRow([text, ""]) for text in named[: -len(values)][:-1]]
        return [*above, RawRow([*beside, *named[-len(values) :]]), RawRow(["", *values])]
    heads, last = named[:-1], named[-1]
    if any(map(_is_money_head, heads)):
        front = [] if len(heads) == len(values) + 1 or not _is_money_head(heads[0]) else [""]
        return [RawRow([*front, *heads]), RawRow([last, *values])]
    rows = [RawRow([head, ""]) for head in heads]
    if len(values) > 1 and _is_text_head(last):
        return [*rows, RawRow([last, "\n".join(values)])]
    return [*rows, RawRow([last, *values])]


def _is_text_head(text: str) -> bool:
    match = labels.match_block(text)
    return match is not None and match.value is None and match.means("objective", "outcome", "subgoals", "stages")


def _is_money_head(text: str) -> bool:
    match = labels.match_block(text)
    return match is not None and any(role.group in ("stage", "execution") for role in match.roles)
