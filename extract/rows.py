"""The rows of an indicator table: which of them are indicators, with the tiers that hold for each.

A row is an indicator where its tier-3 cell names one; totals, subtotals, template rows and remarks are told apart by
what they print, and noted with the reason. A tier printed once holds for the rows below it until another is printed.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from extract.grid import Cell, Grid
from extract.heads import IndicatorTable
from extract.indicator_row import IndicatorRow
from extract.ledger import Ledger
from extract.placing import TIERS
from extract.several import each_indicator
from extract.values import parse_decimal
from ontology import labels

_FOOT_FIELDS = ("score", "grade", "total_row", "subtotal_row", "name", "name_and_code", "code", "department",
                "implementing_unit", "unit_name", "outcome", "objective")  # fmt: skip


def is_foot(grid: Grid, row: int, table: IndicatorTable) -> bool:
    """Whether a row below a head is none of its table's rows but a total, a remark, or the next form's label."""
    lead = next((cell for cell in grid.row_cells(row) if cell.row == row and cell.text.strip()), None)
    return lead is not None and leads_foot(lead.text, lead.column, table)


def leads_foot(text: str, column: int, table: IndicatorTable) -> bool:
    """Whether a row whose first text is this one, in this column, is none of a table's rows; see `is_foot`."""
    if column > table.first_tier:
        return False
    match = labels.match_block(text)
    if match is None or labels.is_tier1(text):
        return False
    if match.role("section") == "indicators" and column < table.first_tier:
        return False  # the label at the side of the indicators, printed again beside each of them
    return match.means(*_FOOT_FIELDS) or match.role("left_out") is not None or match.role("section") is not None


def names_indicator(grid: Grid, row: int, table: IndicatorTable) -> bool:
    """Whether a row has a name, and beside it a target, where a table has its indicators' names and targets."""
    names = _cells(grid, row, table.columns.get("tier3") or table.columns.get("tier2", ()))
    asked = _cells(grid, row, table.columns.get("target") or table.columns.get("actual", ()))
    if not names or not asked or names[0] is asked[0]:
        return False
    name, target = names[0].text.strip(), asked[0].text.strip()
    return bool(name and target) and parse_decimal(name) is None


def carried_from(rows: list[IndicatorRow]) -> dict[str, Cell]:
    """The tiers that hold after the rows of a table, for a table that goes on with it."""
    last = rows[-1].cells if rows else {}
    return {tier: last[tier][0] for tier in ("tier1", "tier2") if last.get(tier)}


def read_rows(
    grid: Grid, table: IndicatorTable, rows: Iterable[int], ledger: Ledger, carried: dict[str, Cell] | None = None
) -> Iterator[tuple[IndicatorRow | int, dict[str, Cell]]]:
    """Given a table's head and the rows below it, yield its indicators with the cells that name their project.

    Rows that are no indicators are noted in the ledger, with the reason. The second part of each pair holds the
    project's own cells in a table of many projects (project_name, unit_name, objective ...), else nothing; a row that
    only names a project is yielded as its number. `carried` are the tiers that hold before the first row, where the
    table goes on with another.
    """
    project: Cell | None = None
    held = [dict(carried or {}) for _ in table.views]
    """The tiers that hold, for each of the views that a row is read by."""
    for row, (view, (columns, heads)) in itertools.product(rows, enumerate(table.views)):
        own = {notation: _cells(grid, row, found) for notation, found in columns.items()}
        owner = {n: cells[0] for n, cells in own.items() if n in _PROJECT_COLUMNS and cells}
        named = owner.get("project_name")
        if named is not None and named.text.strip() and named is not project:
            if project is None or named.text != project.text:
                held = [{} for _ in held]
            project = named
        texts = {notation: "".join(cell.text for cell in cells) for notation, cells in own.items()}
        if (tier := _tier_row(grid, row, columns)) is not None:
            # A first tier over the rows that belong to it: "（一）产出指标" on a row of its own.
            held = [{"tier1": tier} for _ in held]
            ledger.label(tier, "tier1")
            continue
        if _is_spanning(own) or not any(cell.row == row for cells in own.values() for cell in cells):
            continue
        if _is_numbering(grid, row):
            _leave_out_row(grid, row, None, "栏次 (the numbers of the columns)", ledger)
            continue
        held[view] = {**({} if table.groups and heads else _carry(own, texts, held[view])), **heads}
        if table.has_projects and _is_total_of_projects(grid, row, named, texts):
            _leave_out_row(grid, row, None, "合计行，不是项目 (a total, no project)", ledger)
            project, held = None, [{} for _ in held]
            continue
        indicator = _read_row(grid, row, table, _Row(own, texts, held[view]))
        if isinstance(indicator, str):
            _leave_out_row(grid, row, table, indicator, ledger)
            if named is not None and named.row == row and named.text.strip():
                yield row, owner
            continue
        if indicator is None:
            continue
        for one in each_indicator(indicator, names_target=not columns.keys() & {"target", "actual"}):
            yield one, owner


def _tier_row(grid: Grid, row: int, columns: dict[str, tuple[int, ...]]) -> Cell | None:
    """The first tier that stands alone in a row, where no column has the first tiers."""
    if "tier1" in columns:
        return None
    printed = [cell for cell in grid.row_cells(row) if cell.row == row and cell.text.strip()]
    if len(printed) != 1 or printed[0].row_span > 1 or not labels.is_tier1(printed[0].text):
        return None
    return printed[0]


def _is_numbering(grid: Grid, row: int) -> bool:
    """Whether a row only numbers the columns: 1, 2, 3 …"""
    numbers = [cell.text.strip() for cell in grid.row_cells(row) if cell.row == row and cell.text.strip()]
    if numbers and (lead := labels.match_column(numbers[0])) is not None and labels.columns()[lead.notation].ignored:
        del numbers[0]  # 栏次 | 1 | 2 | 3
    if len(numbers) < _LEAST_NUMBERS or not all(number.isdigit() for number in numbers):
        return False
    return all(int(later) == int(number) + 1 for number, later in itertools.pairwise(numbers))


_LEAST_NUMBERS = 4


def _is_total_of_projects(grid: Grid, row: int, named: Cell | None, texts: dict[str, str]) -> bool:
    """Whether a row of a table of projects sums up a unit or the table: it names no project and no indicator."""
    if any(texts.get(notation, "").strip() for notation in (*TIERS, "target")):
        return False
    lead = next((cell for cell in grid.row_cells(row) if cell.row == row and cell.text.strip()), None)
    if lead is not None and labels.ends_with_total(lead.text):
        return True
    return named is None or (named.row == row and not named.text.strip())


_PROJECT_COLUMNS = ("project_name", "project_code", "unit_name", "unit_code", "implementing_unit",
                    "department", "objective", "fiscal_year",
                    "total_score")  # fmt: skip


def _cells(grid: Grid, row: int, columns: tuple[int, ...]) -> tuple[Cell, ...]:
    found: list[Cell] = []
    for column in columns:
        cell = grid.at(row, column)
        if cell is not None and not any(cell is other for other in found):
            found.append(cell)
    return tuple(found)


def _is_spanning(own: dict[str, tuple[Cell, ...]]) -> bool:
    """Whether one cell covers both the indicator's name and its target: a remark over the width of the table."""
    name = own.get("tier3") or own.get("tier2")
    target = own.get("target") or own.get("actual") or own.get("weight")
    return bool(name and target and name[0] is target[0])


def _carry(own: dict[str, tuple[Cell, ...]], texts: dict[str, str], carried: dict[str, Cell]) -> dict[str, Cell]:
    """The tiers that hold for this row: its own, or those printed above it while nothing above them changed."""
    now = dict(carried)
    for tier, below in (("tier1", ("tier2",)), ("tier2", ())):
        cells = own.get(tier, ())
        if cells and texts[tier].strip():
            if now.get(tier) is not cells[0] and (tier not in now or now[tier].text != cells[0].text):
                for lower in below:
                    now.pop(lower, None)
            now[tier] = cells[0]
    return now


@dataclass(frozen=True, slots=True)
class _Row:
    """A row before it is judged: its cells and their texts by notation, and the tiers that hold for it."""

    own: dict[str, tuple[Cell, ...]]
    texts: dict[str, str]
    carried: dict[str, Cell]


def _read_row(grid: Grid, row: int, table: IndicatorTable, read: _Row) -> IndicatorRow | str | None:
    """One row as an indicator; or why it is none; or None where something is asked of an indicator without a name."""
    own, carried = read.own, read.carried
    texts, cells = dict(read.texts), dict(read.own)
    two_tiers = "tier3" not in table.columns
    if two_tiers:
        # The lower of two tiers names the indicators.
        texts["tier3"], cells["tier3"] = texts.pop("tier2", ""), cells.pop("tier2", ())
    for tier in ("tier1",) if two_tiers else ("tier1", "tier2"):
        if tier in carried:
            texts[tier] = carried[tier].text
            cells[tier] = (carried[tier],) if carried[tier].row else ()  # a line above the table has no cell
    both = labels.two_tiers(texts.get("tier1", "")) if "tier2" not in table.columns else None
    if both is not None:
        texts["tier1"], texts["tier2"] = both
        cells["tier2"] = cells["tier1"]
    if cells.get("tier2") and cells.get("tier3") and cells["tier2"][0] is cells["tier3"][0]:
        # One cell over both columns is the indicator; it has no second tier.
        texts.pop("tier2")
        cells.pop("tier2")
    adjusted = texts.get("target", "").strip()
    if table.unadjusted and (not adjusted or labels.is_placeholder(adjusted)):
        # Nothing was adjusted: the target is that of the year's start.
        cells["target"] = _cells(grid, row, table.unadjusted)
        texts["target"] = "".join(cell.text for cell in cells["target"])
    name = texts.get("tier3", "").strip()
    asked = any(texts.get(notation, "").strip() for notation in ("target", "actual", "unit"))
    if not name and asked and not two_tiers:
        second = own.get("tier2", ())
        if second and second[0].row == row and labels.tier2_concept(second[0].text, None) is None and second[0].text:
            texts["tier3"], cells["tier3"] = second[0].text, second
            texts.pop("tier2", None)
            cells.pop("tier2", None)
            name = texts["tier3"].strip()
    if not name:
        return None if asked else "空行 (a row without an indicator)"
    if labels.is_placeholder(name):
        return "占位行 (a row that only fills its place)"
    if (match := labels.match_block(name)) and match.means("total_row", "subtotal_row") and not texts.get("target"):
        return "小计行 (a subtotal)"
    first = labels.match_block(texts.get("tier1", "")) or labels.match_block(texts.get("tier2", ""))
    if first and first.means("subtotal_row"):
        return "小计行 (a subtotal)"
    told = [cell for cell in cells.get("explanation", ()) if cell.text.strip()]
    if told:
        # Several columns explain (备注（指标解释等） and 指标值说明): the first that isn't blank counts.
        texts["explanation"], cells["explanation"] = told[0].text, (told[0],)
    shared = _take_shared_points(grid, table, texts, cells)
    notes = shared + tuple(
        f"{head}：{cell.text}" if head else cell.text
        for column, head in table.notes.items()
        if head and (cell := grid.at(row, column)) is not None and cell.text.strip() and cell not in told[:1]
    )
    return IndicatorRow(row, texts, cells, notes)


def _take_shared_points(
    grid: Grid, table: IndicatorTable, texts: dict[str, str], cells: dict[str, tuple[Cell, ...]]
) -> tuple[str, ...]:
    """Take out points that one cell prints for the indicators of several rows: those of all of them are none of each.
    Return what the notes say of them."""
    notes: list[str] = []
    for notation in ("weight", "score"):
        cell = cells[notation][0] if len(cells.get(notation, ())) == 1 else None
        if cell is None or cell.row_span == 1 or not cell.text.strip():
            continue
        rows = range(cell.row, cell.last_row + 1)
        columns = table.columns.get("tier3") or table.columns.get("tier2", ())
        names = {id(name) for row in rows for name in _cells(grid, row, columns[:1]) if name.text.strip()}
        if len(names) > 1:
            notes.append(f"{'分值' if notation == 'weight' else '得分'}（{len(names)}项合计）：{cell.text}")
            texts.pop(notation)
    return tuple(notes)


def _leave_out_row(grid: Grid, row: int, table: IndicatorTable | None, why: str, ledger: Ledger) -> None:
    """Note the cells that start in a row as left out: those of the indicator, or, without a table, all of them."""
    for cell in grid.row_cells(row):
        if cell.row == row and (table is None or cell.column >= table.first_tier):
            ledger.leave_out(cell, why)
