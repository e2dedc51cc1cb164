"""The heads of the indicator tables in a grid: where they are, and what each column below them holds.

Nothing is known of a column but its head (one row or two, the second splitting the first): columns may come in any
order, be missing, or be new.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from extract.grid import Cell, Grid
from extract.placing import TIERS, keep_last_of_two, naming_head, place_columns, sets_side_by_side
from ontology import labels
from ontology.likely import likely_column, likely_tier, unit_in_label


@dataclass(frozen=True, slots=True)
class FundingColumn:
    """A column of money in a table of many projects: stage and source as the head says, and the unit in the head."""

    column: int
    stage: str | None
    source: str | None
    unit: str | None
    execution: str | None = None
    """What it is where it holds no money but what became of it: rate (执行率)."""


@dataclass(frozen=True, slots=True)
class Group:
    """The columns under tiers that stand in the head itself (成本指标 over 三级指标 and 指标值), or one of several sets."""

    heads: dict[str, Cell]
    """The tiers that the head itself names, by notation; none where two sets of tiers stand side by side."""
    columns: dict[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class IndicatorTable:
    """The head of an indicator table: its rows and what each grid column holds.

    `columns` maps a notation to the grid columns under its head; `notes` maps grid columns kept as notes to their
    heads' texts, `ignored` maps those left out to the reason; `unknown` are heads that no list has, `likely` those of
    them whose words told a column.
    """

    first_row: int
    last_row: int
    columns: dict[str, tuple[int, ...]]
    notes: dict[int, str] = field(default_factory=dict)
    funding: tuple[FundingColumn, ...] = ()
    unknown: tuple[Cell, ...] = ()
    likely: tuple[tuple[Cell, str], ...] = ()
    head_cells: tuple[Cell, ...] = ()
    ignored: dict[int, str] = field(default_factory=dict)
    groups: tuple[Group, ...] = ()
    tier1: Cell | None = None
    """The first tier of all rows, where a line above the table says it."""
    unadjusted: tuple[int, ...] = ()
    """The columns of targets at the year's start, where those that were adjusted stand beside them."""

    @property
    def views(self) -> tuple[tuple[dict[str, tuple[int, ...]], dict[str, Cell]], ...]:
        """The columns to read each row by, with the tiers in the head: one set, or one for each group."""
        if not self.groups:
            return ((self.columns, {"tier1": self.tier1} if self.tier1 is not None else {}),)
        return tuple(({**self.columns, **group.columns}, group.heads) for group in self.groups)

    @property
    def has_projects(self) -> bool:
        """Whether the table prints many projects, each row naming its own."""
        return "project_name" in self.columns

    @property
    def first_tier(self) -> int:
        """The leftmost grid column that holds a tier."""
        return min(columns[0] for notation, columns in self.columns.items() if notation in TIERS)


# --- heads


def find_tables(grid: Grid) -> list[IndicatorTable]:
    """Given a grid, return the heads of the indicator tables in it, from top to bottom."""
    found: list[IndicatorTable] = []
    row = 1
    while row <= grid.rows:
        table = _match_head(grid, row)
        if table is None:
            row += 1
            continue
        found.append(table)
        row = table.last_row + 1
    return found


def _match_head(grid: Grid, row: int) -> IndicatorTable | None:
    groups = _tier_groups(grid, row)
    if groups:
        table = _read_head(grid, row, row + 1)
        own = {notation: found for notation, found in table.columns.items() if notation not in (*TIERS, "target")}
        return replace(table, columns={**own, **groups[0].columns}, groups=groups, notes={}, ignored={})
    if (by_project := _match_tiers_as_heads(grid, row)) is not None:
        return by_project
    tiers: dict[str, Cell] = {}
    notations: set[str] = set()
    printed: set[str] = set()
    for cell in grid.row_cells(row):
        match = labels.match_column(cell.text)
        named = match.notation if match is not None else likely_tier(cell.text)
        if named is not None and cell.row_span <= _TALLEST_HEAD and not _is_side_label(grid, row, cell):
            notation = labels.columns()[named].stands_for or named
            printed.add(named)
            notations.add(notation)
            if notation in TIERS:
                tiers.setdefault(notation, cell)
    if not printed & {"tier1", "tier2", "tier3"} and (plain := _match_plain_head(grid, row, notations)) is not None:
        return plain
    # A head names the indicators, and a tier above them or what is asked of them; "备注" alone makes none.
    if "tier3" in notations:
        enough = bool(notations & {"tier1", "tier2"}) or {"target"} <= notations
    else:
        enough = {"tier1", "tier2"} <= notations and bool(notations & {"target", "actual"})
    if not enough:
        return None
    last = max(cell.last_row for cell in tiers.values())
    first = min(row, *(cell.row for cell in tiers.values()))
    if last == row and _is_second_head_row(grid, row + 1, tiers):
        last = row + 1
    table = _read_head(grid, first, last)
    return table if "tier3" in table.columns or "tier2" in table.columns else None


def _is_side_label(grid: Grid, row: int, cell: Cell) -> bool:
    """Whether a cell is the label at the side of a short table (绩效指标), which goes on below the tiers' own heads."""
    match = labels.match_block(cell.text)
    if cell.row_span == 1 or match is None or match.role("section") != "indicators":
        return False
    return any(
        other.column > cell.last_column
        and other.last_row < cell.last_row
        and (tier := labels.match_column(other.text)) is not None
        and tier.notation in TIERS
        for other in grid.row_cells(row)
    )


def _tier_groups(grid: Grid, row: int) -> tuple[Group, ...]:
    """The first tiers that a row of heads prints side by side, each over a name's and a target's column; or nothing."""
    groups: list[Group] = []
    for cell in grid.row_cells(row):
        if cell.row != row or cell.row_span > 1 or cell.column_span == 1 or not labels.is_tier1(cell.text):
            continue
        columns: dict[str, tuple[int, ...]] = {}
        for column in range(cell.column, cell.last_column + 1):
            below = grid.at(row + 1, column)
            match = labels.match_column(below.text) if below is not None else None
            if match is not None:
                columns.setdefault(labels.columns()[match.notation].stands_for or match.notation, (column,))
        if {"tier3", "target"} <= columns.keys():
            groups.append(Group({"tier1": cell}, columns))
    return tuple(groups) if len(groups) > 1 else ()


def _match_tiers_as_heads(grid: Grid, row: int) -> IndicatorTable | None:
    """A head of projects whose further columns are tiers themselves (数量指标 | 质量指标 | 满意度指标): each of their cells
    names what a project is asked for, with its targets."""
    printed = [cell for cell in grid.row_cells(row) if cell.row == row]
    heads = {match.notation for cell in printed if (match := labels.match_column(cell.text)) is not None}
    if "project_name" not in heads or not any(labels.names_tier(cell.text) for cell in printed):
        return None
    under = [grid.at(row + 1, column) for column in range(1, grid.columns + 1)]
    splits = any(cell is not None and cell.row == row + 1 and labels.names_tier(cell.text) for cell in under)
    last = row + 1 if splits else row
    groups: list[Group] = []
    for column in range(1, grid.columns + 1):
        path = [cell for cell in dict.fromkeys((grid.at(row, column), grid.at(last, column))) if cell is not None]
        lowest = path[-1] if path else None
        if lowest is None or not labels.names_tier(lowest.text):
            continue
        named = [cell for cell in path if labels.names_tier(cell.text)]
        first = "tier1" if len(named) > 1 or labels.is_tier1(lowest.text) else "tier2"
        tiers = {"tier2": lowest, first: named[0]} if len(named) > 1 else {first: lowest}
        groups.append(Group(tiers, {"tier3": (column,)}))
    if len({id(next(iter(group.heads.values()))) for group in groups}) < _LEAST_TIERS_AS_HEADS:
        return None
    table = _read_head(grid, row, last)
    tier_columns = {column for group in groups for found in group.columns.values() for column in found}
    own = {n: found for n, found in table.columns.items() if n not in TIERS and not set(found) & tier_columns}
    return replace(
        table,
        columns={**own, **groups[0].columns},
        groups=tuple(groups),
        notes={column: head for column, head in table.notes.items() if column not in tier_columns},
        unknown=tuple(cell for cell in table.unknown if cell.column not in tier_columns),
    )


_LEAST_TIERS_AS_HEADS = 2


_TALLEST_HEAD = 3
"""Rows that a head may cover; a taller cell is a label at the side of the whole table."""


def _match_plain_head(grid: Grid, row: int, notations: set[str]) -> IndicatorTable | None:
    """A head that names no tiers: 绩效指标 over two or three columns, then 指标值. The columns tell what they are."""
    if not notations & {"target", "actual"}:
        return None
    for cell in grid.row_cells(row):
        match = labels.match_block(cell.text)
        wide = match is not None and match.role("section") == "indicators" and 2 <= cell.column_span <= 3
        if not wide or cell.row != row or cell.row_span > 2:
            continue
        under = list(range(cell.column, cell.last_column + 1))
        firsts = {
            labels.tier1_concept(below.text)
            for below_row in range(cell.last_row + 1, grid.rows + 1)
            if (below := grid.at(below_row, under[0])) is not None
        } - {None}
        if not firsts:
            return None
        table = _read_head(grid, row, cell.last_row)
        tiers = {"tier1": (under[0],), "tier3": (under[-1],)}
        if len(under) == 3:
            tiers["tier2"] = (under[1],)
        own = {notation: found for notation, found in table.columns.items() if not set(found) & set(under)}
        kept = {column: head for column, head in table.notes.items() if column not in under}
        return replace(table, columns={**tiers, **own}, notes=kept)
    return None


def _is_second_head_row(grid: Grid, row: int, tiers: dict[str, Cell]) -> bool:
    """Whether a row only splits heads above it: blank under the tiers, heads or parts of heads elsewhere."""
    if row > grid.rows:
        return False
    starting = [cell for cell in grid.row_cells(row) if cell.row == row and cell.text.strip()]
    under_tiers = {column for cell in tiers.values() for column in range(cell.column, cell.last_column + 1)}
    return bool(starting) and all(
        cell.column not in under_tiers
        and (labels.match_column(cell.text) or labels.match_subhead(cell.text) or _splits_money(grid, cell))
        for cell in starting
    )


def _splits_money(grid: Grid, cell: Cell) -> bool:
    """Whether a cell names one of the kinds of money under a head over several columns."""
    above = grid.at(cell.row - 1, cell.column)
    return above is not None and above.column_span > cell.column_span and _is_money_head(cell.text)


@dataclass(slots=True)
class _Head:
    """What a head is found to say while it is read."""

    columns: dict[str, list[int]] = field(default_factory=dict)
    notes: dict[int, str] = field(default_factory=dict)
    funding: list[FundingColumn] = field(default_factory=list)
    unknown: dict[tuple[int, int], Cell] = field(default_factory=dict)
    likely: dict[tuple[int, int], tuple[Cell, str]] = field(default_factory=dict)
    cells: dict[tuple[int, int], Cell] = field(default_factory=dict)
    owners: dict[str, Cell] = field(default_factory=dict)
    """The head over the first column of each meaning."""
    ignored: dict[int, str] = field(default_factory=dict)
    unadjusted: tuple[int, ...] = ()


def _read_head(grid: Grid, first: int, last: int) -> IndicatorTable:
    head = _Head()
    for column in range(1, grid.columns + 1):
        path = _head_path(grid, first, last, column)
        for cell in path:
            head.cells[cell.row, cell.column] = cell
        if not path:
            continue
        lowest = path[-1]
        notation = _notation_of_time(grid, last, path) or _column_notation(path)
        if notation is None:
            money = _funding_column(path, column, of_projects="project_name" in head.columns)
            if money is not None:
                head.funding.append(money)
                continue
            notation = _likely_notation(lowest, head)
        if notation is not None:
            _place_column(head, _Spot(grid, last, column, path), notation)
        elif labels.match_subhead(lowest.text) == "whole" and labels.head_time(lowest.text) == "now":
            head.notes[column] = lowest.text  # 当年预期实现值 on its own: `place_columns` tells whether it is a target
        elif lowest.text.strip() and labels.match_block(lowest.text) is None:
            head.unknown[lowest.row, lowest.column] = lowest
    ordered = {notation: tuple(found) for notation, found in head.columns.items()}
    ordered = place_columns(grid, last, ordered, head.notes)
    sets = sets_side_by_side(grid, last, ordered)
    ordered, dropped = (sets[0], ()) if sets else keep_last_of_two(grid, last, ordered)
    head.ignored |= dict.fromkeys(
        dropped, "实施期指标，年度指标在其右 (of the whole term; the year's stands beside it)"
    )
    return IndicatorTable(
        first, last, ordered, head.notes, tuple(head.funding), tuple(head.unknown.values()),
        tuple(head.likely.values()), tuple(head.cells.values()), head.ignored, unadjusted=head.unadjusted,
        groups=tuple(Group({}, own) for own in sets),
    )  # fmt: skip


def _likely_notation(lowest: Cell, head: _Head) -> str | None:
    """What a head that no list of columns has stands for: a field of the block above a form (业务主管部门), or what its
    words tell."""
    block = labels.match_block(lowest.text)
    named = _FIELD_COLUMNS.get(block.role("field") or "") if block is not None and block.value is None else None
    if named is not None:
        return named
    notation = likely_column(lowest.text)
    if notation is not None:
        head.likely[lowest.row, lowest.column] = (lowest, notation)
    return notation


_FIELD_COLUMNS = {
    "name": "project_name", "code": "project_code", "unit_name": "unit_name", "department": "department",
    "implementing_unit": "implementing_unit", "objective": "objective",
}  # fmt: skip
_FIRST_COUNTS = ("explanation",)
"""Of several columns of this meaning, the first that isn't blank in a row counts."""


@dataclass(frozen=True, slots=True)
class _Spot:
    """A column under a head: the head's last row, and the cells over the column from top to bottom."""

    grid: Grid
    last: int
    column: int
    path: list[Cell]


def _place_column(head: _Head, spot: _Spot, notation: str) -> None:
    column, path = spot.column, spot.path
    lowest = path[-1]
    if notation == "indicator_class" and notation in head.columns:
        notation = "indicator_subclass"  # 指标维度 | 指标类别: the second is the class within the first
    if notation == "weight" and _is_weight_of_tier(head.columns, spot.grid, spot.last, column):
        head.ignored[column] = "上级指标的分值 (the points of a higher tier)"
        return
    if labels.columns()[notation].ignored:
        head.ignored[column] = "序号 (a running number)"
        return
    # A second column of one meaning ("实际完成值" and "完成情况") is a note, but for tiers: see below.
    over = naming_head(path, notation)
    owner = head.owners.setdefault(notation, over)
    before = head.columns.get(notation, [column])[-1]
    # A bare 单位 left of the tiers may be who runs the project: which is which, `_place_units` tells.
    between = TIERS if notation == "unit" else ("tier3",)
    is_second_set = any(before < tier < column for name in between for tier in head.columns.get(name, ()))
    if owner is over or is_second_set or notation in TIERS or notation in _FIRST_COUNTS:
        head.columns.setdefault(notation, []).append(column)
        if notation in _FIRST_COUNTS:
            head.notes[column] = lowest.text
    elif notation == "target" and _replaces(over, owner):
        head.notes |= dict.fromkeys(head.columns["target"], owner.text)
        head.unadjusted = tuple(head.columns["target"])
        head.columns["target"], head.owners["target"] = [column], over
    else:
        head.notes[column] = lowest.text
    if labels.columns()[notation].into_note:
        head.notes[column] = lowest.text


def _replaces(later: Cell, earlier: Cell) -> bool:
    """Whether the later of two heads of targets is the one in force: 调整后指标值 after 年初指标值."""
    if "标准" in earlier.text and "标准" not in later.text:
        return True  # what kind of standard the target is (计划标准, 行业标准), and then the target
    return "调整" in later.text and "调整" not in earlier.text


_NAMING = ("tier2", "tier3", "indicator_name", "indicator_content")


def _is_weight_of_tier(columns: dict[str, list[int]], grid: Grid, last: int, column: int) -> bool:
    """Whether a column of points stands between the tiers and is followed by another behind the last of them."""
    if {"tier3", "indicator_name", "indicator_content"} & columns.keys():
        return False
    further = [
        match.notation
        for later in range(column + 1, grid.columns + 1)
        if (cell := grid.at(last, later)) is not None and (match := labels.match_column(cell.text)) is not None
    ]
    named = [i for i, notation in enumerate(further) if notation in _NAMING]
    return bool(named) and "weight" in further[named[-1] :]


def _head_path(grid: Grid, first: int, last: int, column: int) -> list[Cell]:
    """The different cells over a column in the head's rows, top to bottom, leaving out a side label that goes on."""
    path: list[Cell] = []
    for row in range(max(1, first - 1), last + 1):
        cell = grid.at(row, column)
        if cell is None or cell.last_row > last or any(cell is other for other in path):
            continue
        # The row above the tiers is part of the head only where a label there heads several columns, or where all of it
        # is heads and this one has nothing below it: a text dump prints no merged cells.
        if row < first and not (_is_head_label(cell.text) and (cell.column_span > 1 or _heads_a_blank(grid, cell))):
            continue
        path.append(cell)
    return path


def _heads_a_blank(grid: Grid, cell: Cell) -> bool:
    """Whether a cell stands in a row of nothing but heads, of which one has a blank below it."""
    heads = [other for other in grid.row_cells(cell.row) if other.text.strip()]
    under = [grid.at(head.last_row + 1, head.column) for head in heads]
    blank = any(below is not None and not below.text.strip() for below in under)
    return blank and all(_is_head_label(head.text) or _asks_for_goal(head.text) for head in heads)


def _is_head_label(text: str) -> bool:
    block = labels.match_block(text)
    is_section = block is not None and block.role("section") is not None
    return labels.match_column(text) is not None or is_section or _is_money_head(text)


def _asks_for_goal(text: str) -> bool:
    """Whether a head asks for a goal of the term or the half year (实施期绩效目标): a list of projects may print it, too."""
    block = labels.match_block(text)
    return block is not None and block.value is None and block.means("term_objective", "half_objective")


def _is_money_head(text: str) -> bool:
    """Whether a head speaks of money: a source, a stage, or any words with a unit of money in brackets."""
    block = labels.match_block(text)
    told = block is not None and any(role.group in ("source", "stage", "outside") for role in block.roles)
    return told or unit_in_label(text) is not None


def _notation_of_time(grid: Grid, last: int, path: list[Cell]) -> str | None:
    """What a year under a head of targets is (指标值 over 近三年实现值 and 预计当年实现值, these over years): the target is
    what is expected of the year, or stands under the last of the years; what was reached before is history."""
    year = labels.only_year(path[-1].text)
    group = next((cell for cell in path[:-1] if (m := labels.match_column(cell.text)) and m.notation == "target"), None)
    if year is None or group is None:
        return None
    told = [time for cell in path if (time := labels.head_time(cell.text)) is not None]
    if told:
        return "target" if told[-1] == "now" else "history"
    beside = (grid.at(last, column) for column in range(group.column, group.last_column + 1))
    years = [found for cell in beside if cell is not None and (found := labels.only_year(cell.text)) is not None]
    return "target" if year == max(years) else "history"


def _column_notation(path: list[Cell]) -> str | None:
    lowest = path[-1]
    match = labels.match_column(lowest.text)
    parent = next((m for cell in reversed(path[:-1]) if (m := labels.match_column(cell.text))), None)
    if match is not None and (match.notation != "fiscal_year" or parent is None):
        return _by_half(match.notation, match.hints)
    if parent is None:
        return None
    joined = labels.match_column(path[-2].text + lowest.text)
    if joined is not None:
        return joined.notation
    part = labels.match_subhead(lowest.text)
    if part == "half":
        return _by_half(parent.notation, ("半年",))
    if part in ("past", "term"):
        return "history" if part == "past" else "term_target" if parent.notation == "target" else None
    if part == "whole" or not lowest.text.strip():
        return parent.notation
    return None


def _by_half(notation: str, hints: tuple[str, ...]) -> str:
    if any(labels.match_subhead(hint) == "half" for hint in hints):
        return {"target": "half_target", "actual": "half_actual"}.get(notation, notation)
    return notation


def _funding_column(path: list[Cell], column: int, *, of_projects: bool) -> FundingColumn | None:
    stage = source = unit = None
    seen = False
    for cell in path:
        match = labels.match_block(cell.text)
        unit = unit_in_label(cell.text) or unit
        seen = seen or unit is not None
        if match is None or match.value is not None:
            continue
        stage = match.role("stage") or stage
        source = match.role("source") or source
        unit = labels.money_unit(*match.hints) or unit
        seen = seen or any(role.group in ("stage", "source") for role in match.roles)
        seen = seen or match.role("section") == "funding" or (of_projects and match.role("execution") == "rate")
    if not seen or labels.match_column(path[-1].text) is not None:
        return None
    lowest = labels.match_block(path[-1].text)
    return FundingColumn(column, stage, source, unit, lowest.role("execution") if lowest is not None else None)
