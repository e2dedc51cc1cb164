"""The funding block of a form: each printed amount by its source and its stage, however the block is laid out.

An amount is known by the labels it answers to: the nearest label to its left in its row and the nearest above it in its
column. A list of labels with amounts beside them, heads with amounts below, and a grid of sources against stages
(年初预算数 | 全年预算数 | 全年执行数, with 分值, 执行率 and 得分 beside them) are then one case.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from extract.grid import Cell, Grid
from extract.ledger import Ledger
from extract.values import parse_amount, parse_decimal
from ontology import labels
from ontology.likely import unit_in_label

_DASHES = frozenset("-—－–/") | {"——", "--", "", "无", "—-"}


@dataclass(frozen=True, slots=True)
class Amount:
    """A printed amount: which figure (stage) of which money (source), its text, unit and cells."""

    stage: str
    source: str
    text: str
    unit: str | None
    cell: Cell
    label: Cell | None = None
    year: int | None = None
    """The year that the head over the amount says, where it says one."""


@dataclass(frozen=True, slots=True)
class FundingBlock:
    """What a form's funding block prints: its amounts, and the cells of the execution rate, its points and score."""

    amounts: tuple[Amount, ...]
    execution: dict[str, Cell]
    unread: tuple[tuple[Cell, str], ...] = ()


@dataclass(frozen=True, slots=True)
class _Answer:
    """The labels that a cell answers to, with the cells that print them."""

    left: labels.Match | None
    left_cell: Cell | None
    above: labels.Match | None
    above_cell: Cell | None
    blocked: Cell | None = None
    row_source: str | None = None
    """The source that a label further left in the row names, where the one to the left only names a stage."""


def read_funding(grid: Grid, rows: Iterable[int], ledger: Ledger) -> FundingBlock:
    """Given the rows of a form outside of its indicators, return its funding; note in the ledger what was used."""
    wanted = set(rows)
    marks = _marks(grid, wanted, ledger)
    if not any(_is_money(match) for match in marks.values()):
        return FundingBlock((), {})
    amounts: list[Amount] = []
    terms: list[Amount] = []
    execution: dict[str, Cell] = {}
    unread: list[tuple[Cell, str]] = []
    in_rows: dict[object, list[tuple[Amount, _Answer]]] = {}
    for cell in grid:
        if cell.row not in wanted or not ledger.is_free(cell) or (cell.row, cell.column) in marks:
            continue
        answer = _find_labels(grid, cell, wanted, marks)
        place = _place(answer)
        if _is_of_term(grid, answer.left_cell, marks):
            place = ("term", "budget", (answer.left.role("source") if answer.left else None) or "total")
        if place is None:
            continue
        kind, stage, source = place
        text = cell.text.strip()
        if text in _DASHES:
            ledger.leave_out(cell, "空或“-” (blank or a dash)")
        elif kind == "term" and parse_amount(text) is not None:
            terms.append(Amount(stage, source, text, _own_unit(answer), cell, answer.left_cell))
        elif kind in ("outside", "term"):
            ledger.leave_out(cell, "合同未收录的金额 (an amount the contract has no place for)")
        elif kind == "execution" and not _is_figure(text.removesuffix("分")):
            continue
        elif kind == "execution":
            ledger.value(cell, f"execution.{stage}")
            if source == "total":
                execution.setdefault(stage, cell)
        elif parse_amount(text) is None:
            if re.search(r"\d", text) and len(text) < 30 and labels.only_year(text) is None:
                unread.append((cell, _label_text(answer)))
        else:
            named = answer.left_cell if answer.left is not None and answer.left.role("source") else answer.above_cell
            year = _year_in(answer.above_cell) or _year_over(grid, answer.blocked, ledger)
            amount = Amount(stage, source, text, _own_unit(answer), cell, named, year)
            if _between_sources(grid, cell, answer):
                unread.append((cell, named.text if named is not None else ""))
                continue
            amounts.append(amount)
            in_rows.setdefault((cell.row, id(answer.left_cell), stage, source, year), []).append((amount, answer))
            ledger.value(cell, "funding.amount")
    for unsure in _unsure(in_rows.values()):
        amounts.remove(unsure)
        ledger.forget_cell(unsure.cell)
        unread.append((unsure.cell, unsure.label.text if unsure.label else ""))
    has_total = any(amount.source == "total" for amount in amounts)
    for amount in terms:
        # Where only the whole term's money is printed, or its total (项目总额) heads the year's parts, it counts.
        if amounts and (has_total or amount.source != "total"):
            ledger.leave_out(amount.cell, "实施期资金 (money of the whole term)")
        else:
            ledger.value(amount.cell, "funding.amount")
    terms = [amount for amount in terms if ledger.use_of(amount.cell) == "value"]
    amounts = [*terms, *amounts]
    amounts = _once(_with_unit_of_block(amounts, [cell for cell in grid if cell.row in wanted]), ledger)
    inline, unknown = _read_inline(grid, wanted, ledger)
    inline = _with_unit_of_block(inline, [cell for cell in grid if cell.row in wanted])
    for spot, match in marks.items():
        label = grid.at(*spot)
        if label is not None and _is_money(match) and match.value is None:
            ledger.label(label, "funding")
    return FundingBlock((*amounts, *inline), execution, (*unread, *unknown))


def _between_sources(grid: Grid, cell: Cell, answer: _Answer) -> bool:
    """Whether a figure stands right below one source and, behind another's own figure, beside that: whose it is nobody
    knows."""
    left, above = answer.left_cell, answer.above_cell
    if left is None or above is None or answer.left is None or answer.above is None or above.last_row != cell.row - 1:
        return False
    sources = {answer.left.role("source"), answer.above.role("source")}
    beside = grid.at(left.row, left.last_column + 1)
    return len(sources - {None, "total"}) == 2 and beside is not cell and beside is not None and beside.row < cell.row


def _unsure(rows: Iterable[list[tuple[Amount, _Answer]]]) -> list[Amount]:
    """Amounts of one row that would all be the same money of the same stage, under heads that no list has (中央 | 市县):
    which is meant nobody knows, but for one whose head is known."""
    found: list[Amount] = []
    for row in rows:
        if len({_figure(amount) for amount, _ in row}) < 2 or not any(answer.above is None for _, answer in row):
            continue
        sure = [amount for amount, answer in row if answer.above is not None]
        found += [amount for amount, _ in row if len(sure) != 1 or amount is not sure[0]]
    return found


def _marks(grid: Grid, rows: set[int], ledger: Ledger) -> dict[tuple[int, int], labels.Match]:
    """The label cells of the rows; what already is some field's value is no label whatever it spells."""
    found: dict[tuple[int, int], labels.Match] = {}
    for cell in grid:
        if not any(row in rows for row in range(cell.row, cell.last_row + 1)):
            continue
        match = labels.match_block(cell.text)
        if match is not None and ledger.use_of(cell) in (None, "label"):
            found[cell.row, cell.column] = match
    return found


def _is_money(match: labels.Match) -> bool:
    return (
        any(role.group in ("source", "stage", "execution", "outside") for role in match.roles)
        or match.role("section") == "funding"
    )


def _find_labels(grid: Grid, cell: Cell, rows: set[int], marks: dict[tuple[int, int], labels.Match]) -> _Answer:
    left: labels.Match | None = None
    left_cell: Cell | None = None
    for column in range(cell.column - 1, 0, -1):
        other = grid.at(cell.row, column)
        if other is None or other is left_cell:
            continue
        match = marks.get((other.row, other.column))
        if match is not None:
            if match.value is None:
                left, left_cell = match, other
            break
        if not _is_figure(other.text.strip().removesuffix("分")):
            break
    above: labels.Match | None = None
    above_cell: Cell | None = None
    blocked: Cell | None = None
    for row in range(cell.row - 1, 0, -1):
        other = grid.at(row, cell.column)
        if row not in rows and (other is None or other.row not in rows):
            break
        if other is None:
            continue
        match = marks.get((other.row, other.column))
        if match is not None:
            if match.value is None:
                above, above_cell = match, other
            break
        if not _is_figure(other.text):
            blocked = other
            break
    return _Answer(left, left_cell, above, above_cell, blocked, _row_source(grid, left_cell, marks))


def _row_source(grid: Grid, label: Cell | None, marks: dict[tuple[int, int], labels.Match]) -> str | None:
    column = label.column - 1 if label is not None else 0
    while label is not None and column > 0 and (other := grid.at(label.row, column)) is not None:
        match = marks.get((other.row, other.column))
        if match is None and not _is_figure(other.text):
            return None
        if match is not None and match.value is None and (source := match.role("source")) is not None:
            return source if other.row == label.row else None
        column = other.column - 1
    return None


def _is_of_term(grid: Grid, label: Cell | None, marks: dict[tuple[int, int], labels.Match]) -> bool:
    """Whether a label lists a part of a total over the whole term (中期资金总额) that stands above it."""
    row = label.row if label is not None else 0
    while label is not None and row > 0:
        above = grid.at(row, label.column)
        match = marks.get((above.row, above.column)) if above is not None else None
        if above is None or match is None:
            return False
        if match.role("outside") == "term":
            return True
        if match.role("source") in (None, "total"):
            return False
        row = above.row - 1
    return False


def _is_figure(text: str) -> bool:
    """Whether a cell holds an amount, a rate or nothing: what may stand between a figure and its label."""
    text = text.strip()
    return text in _DASHES or parse_amount(text) is not None or parse_decimal(text.rstrip("%％")) is not None


def _place(answer: _Answer) -> tuple[str, str, str] | None:
    """Which figure of which money a cell is, by its labels: (kind, stage or execution part, source), or None."""
    left, above = answer.left, answer.above
    if left is None and above is None:
        return None
    left_source = left.role("source") if left else None
    left_stage = left.role("stage") if left else None
    if left_stage is not None and left_source is None and answer.row_source is not None:
        return "amount", left_stage, answer.row_source  # 省级财政资金 | 2000 | 实际支出 | 1960
    above_source = above.role("source") if above else None
    above_stage = above.role("stage") if above else None
    part = above.role("execution") if above else None
    if left is not None and left.role("section") == "funding" and (above_stage or part):
        left_stage = None  # 预算资金 at the side of 预算数 | 执行数 | 执行率 heads them all
    if (left and left.role("outside")) or (above and above.role("outside") and left_source):
        return "outside", "", ""
    if left_source is not None:
        if part is not None and above_source is None:
            return "execution", part, left_source
        # 合计 to the left of an amount under 财政拨款: the head is the one that says which money.
        source = above_source if left_source == "total" and above_source is not None else left_source
        return "amount", above_stage or "budget", source
    if left is not None and left.role("execution") and not left_stage:
        return "execution", left.role("execution") or "", "total"
    if left_stage is not None:
        return "amount", left_stage, above_source or "total"
    if above_source is not None:
        return "amount", "budget", above_source
    if left is not None and left.role("section") == "funding":
        if part is not None:
            return "execution", part, "total"
        return "amount", above_stage or "budget", "total"
    return None


def _label_text(answer: _Answer) -> str:
    cell = answer.left_cell or answer.above_cell
    return cell.text if cell is not None else ""


def _own_unit(answer: _Answer) -> str | None:
    for match in (answer.left, answer.above):
        if match is not None and (unit := labels.money_unit(*match.hints)):
            return unit
    return None


_YEAR = re.compile(r"20\d\d(?=年)")


def _year_in(label: Cell | None) -> int | None:
    found = _YEAR.findall(label.text) if label is not None else []
    return int(found[0]) if len(found) == 1 else None


def _year_over(grid: Grid, head: Cell | None, ledger: Ledger) -> int | None:
    """The year that heads a column of amounts in a row of heads of years (合计 | 2024年 | 2025年), or None."""
    if head is None or labels.only_year(head.text) is None:
        return None
    years = {labels.only_year(cell.text) for cell in grid.row_cells(head.row)} - {None}
    if len(years) < 2:
        return None
    ledger.label(head, "year")
    return labels.only_year(head.text)


def keep_year(funding: FundingBlock, year: int | None, ledger: Ledger) -> FundingBlock:
    """Given a form's funding and the year it is for, return the funding of that year: what stands under the heads of
    other years is left out, and so is a sum over the years beside the year's own amount."""
    years = {amount.year for amount in funding.amounts} - {None}
    if not years or (year is None and len(years) == 1):
        return funding
    if year is None:
        unsure = tuple(
            (amount.cell, amount.label.text if amount.label else "") for amount in funding.amounts if amount.year
        )
        sure = tuple(amount for amount in funding.amounts if amount.year is None)
        return replace(funding, amounts=sure, unread=(*funding.unread, *unsure))
    of_year = {(amount.source, amount.cell.row) for amount in funding.amounts if amount.year == year}
    kept: list[Amount] = []
    for amount in funding.amounts:
        beside = amount.year is None and (amount.source, amount.cell.row) in of_year and amount.stage == "budget"
        if amount.year not in (None, year) or beside:
            ledger.forget_cell(amount.cell)
            ledger.leave_out(amount.cell, "其他年度或各年合计的金额 (money of other years, or of all of them)")
        else:
            kept.append(replace(amount, year=None))
    return replace(funding, amounts=tuple(_once(kept, ledger)))


_OF_THE_YEAR = ("年度", "当年", "本年", "全年")


def _once(amounts: list[Amount], ledger: Ledger) -> list[Amount]:
    """Each amount of a stage and source once: a form may print it again (资金总额 and 合计), or print beside the year's
    amount one of another span, whose label then doesn't name the year."""
    kept: list[Amount] = []
    for amount in amounts:
        same = [
            other
            for other in kept
            if (other.stage, other.source, other.year) == (amount.stage, amount.source, amount.year)
        ]
        if any(_figure(other) == _figure(amount) for other in same):
            continue
        if same and _names_year(amount) and not any(map(_names_year, same)):
            for other in same:
                kept.remove(other)
                ledger.forget_cell(other.cell)
                ledger.leave_out(other.cell, "年度资金另有一格 (the year's money stands in another cell)")
        elif same and not _names_year(amount) and all(map(_names_year, same)) and amount.source == "total":
            ledger.forget_cell(amount.cell)
            ledger.leave_out(amount.cell, "年度资金另有一格 (the year's money stands in another cell)")
            continue
        kept.append(amount)
    return kept


def _figure(amount: Amount) -> object:
    parsed = parse_amount(amount.text, amount.unit)
    return parsed.amount if parsed is not None else amount.text


def _names_year(amount: Amount) -> bool:
    return amount.label is not None and any(word in amount.label.text for word in _OF_THE_YEAR)


def _with_unit_of_block(amounts: list[Amount], cells: list[Cell]) -> list[Amount]:
    """Amounts whose own labels set no unit take the one that another label of the block sets: 资金总额（万元）."""
    unit = next((unit for cell in cells if (unit := unit_in_label(cell.text))), None)
    return [amount if amount.unit else replace(amount, unit=unit) for amount in amounts]


_FIGURE = r"\s*(-?[\d,，]+(?:\.\d+)?)\s*((?:百万|[千万亿])?元)"
_INLINE = re.compile(rf"([^\d:：，,；;。\s][^\d:：，；;。\n]{{0,24}}?)(?:[:：]{_FIGURE}?|{_FIGURE})")
"""A label and an amount behind it; without a colon between them the amount must have its unit."""


def prints_money(text: str) -> bool:
    """Given a line, return whether it prints an amount behind a label of a form's money: "预算金额：120万元"."""
    return any(told for told, _, _ in _inline(text))


def _inline(text: str) -> Iterator[tuple[tuple[str, str, str | None] | None, str, str]]:
    """The amounts printed behind labels in a text: stage, source and unit (none where the label is unknown or means
    other money), the figure with its unit, and the label."""
    for found in _INLINE.finditer(text):
        label = found[1].strip()
        figure, unit = (found[2], found[3] or "") if found[2] else (found[4], found[5])
        match = labels.match_block(label)
        source, stage = (match.role("source"), match.role("stage")) if match is not None else (None, None)
        if match is not None and unit and match.role("section") == "funding":
            source = source or "total"
        if match is not None and (source is not None or stage is not None):
            yield (stage or "budget", source or "total", unit or labels.money_unit(*match.hints)), figure + unit, label
        elif unit and (match is None or match.role("outside") is None):
            yield None, figure + unit, label


def _read_inline(grid: Grid, rows: set[int], ledger: Ledger) -> tuple[list[Amount], list[tuple[Cell, str]]]:
    """Amounts printed behind their labels in one cell: "资金总额：120万元；其中：财政拨款：100万元"; and beside them those
    whose labels no list has."""
    found: list[Amount] = []
    unknown: list[tuple[Cell, str]] = []
    for cell in grid:
        if cell.row not in rows or not ledger.is_free(cell) or len(cell.text) > 300:
            continue
        read = list(_inline(cell.text))
        here = [Amount(told[0], told[1], figure, told[2], cell, cell) for told, figure, _ in read if told is not None]
        if here:
            ledger.value(cell, "funding.amount")
            found += here
            unknown += [(cell, label) for told, _, label in read if told is None]
    return found, unknown
