"""The fields of a form outside of its indicator rows: who, what, how much, to what end.

Each label finds its value: the next cell to its right that is no label, the cells below where the label is a head, or
what follows its colon. A label that heads others (年度总体目标 over 预期目标 and 实际完成情况) has no value of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from extract.grid import Cell, Grid
from extract.ledger import Ledger
from ontology import labels, titles


@dataclass(frozen=True, slots=True)
class FieldValue:
    """A field's value: its text, the cells that print it, and the cell of its label."""

    text: str
    cells: tuple[Cell, ...]
    label: Cell | None = None

    @property
    def is_beside(self) -> bool:
        """Whether the value stands in its label's row or in its label's cell, as in a form, and not below a head."""
        return self.label is None or any(cell.row <= self.label.last_row for cell in self.cells)


@dataclass(slots=True)
class Block:
    """The fields of one form by notation (heads.yaml, fields), in printed order; its captions (title, year, unit)."""

    fields: dict[str, list[FieldValue]] = field(default_factory=dict)
    titles: list[Cell] = field(default_factory=list)
    year: int | None = None
    unit: str | None = None

    def first(self, *notations: str) -> FieldValue | None:
        """The first value that isn't blank of the first of the fields that has one."""
        for notation in notations:
            for value in self.fields.get(notation, ()):
                if value.text.strip():
                    return value
        return None


_TEXTS = frozenset(("objective", "outcome", "subgoals", "stages", "term_objective", "half_objective"))
_FOOT_ONLY = frozenset(("total_row", "subtotal_row"))


def read_block(grid: Grid, rows: Iterable[int], ledger: Ledger) -> Block:
    """Given the rows of a form outside of its indicators, return its fields; note in the ledger what was used."""
    wanted = sorted(set(rows))
    block = Block()
    matches = _find_labels(grid, wanted)
    inside = set(wanted)
    reader = _Reader(grid, inside, matches, ledger, block)
    for cell in grid:
        if cell.row in inside and ledger.is_free(cell):
            _read_caption(grid, cell, block, ledger)
    pending: list[tuple[Cell, labels.Match]] = []
    for spot, match in matches.items():
        label = grid.at(*spot)
        if label is not None and match.value is None and ledger.is_free(label) and not reader.read_label(label, match):
            pending.append((label, match))
    for label, match in pending:
        reader.read_outer(label, match)
    for spot, match in matches.items():
        label = grid.at(*spot)
        if label is not None and match.value is not None and ledger.is_free(label):
            reader.read_inline(label, match)
    return block


def _find_labels(grid: Grid, rows: list[int]) -> dict[tuple[int, int], labels.Match]:
    found: dict[tuple[int, int], labels.Match] = {}
    wanted = set(rows)
    for cell in grid:
        if cell.row in wanted and (match := labels.match_block(cell.text)) is not None:
            found[cell.row, cell.column] = match
    for (row, column), match in list(found.items()):
        side = grid.at(row, column)
        if side is None or side.row_span == 1 or match.role("section") != "tasks":
            continue
        for spot, other in list(found.items()):
            # 完成情况 among the heads of the tasks asks what became of a task, not of the form's objective.
            if side.row <= spot[0] <= side.last_row and spot[1] > side.last_column and other.role("field") in _TEXTS:
                del found[spot]
    return found


def _read_caption(grid: Grid, cell: Cell, block: Block, ledger: Ledger) -> None:
    """Read a title, a year or a unit of money that stands in a cell of its own."""
    wide = cell.column_span * 2 > grid.columns
    if wide and titles.form_title(cell.text) is not None:
        block.titles.append(cell)
        ledger.label(cell, "title")
    elif len(cell.text) <= _LONGEST_CAPTION and (unit := labels.find_money_unit(cell.text)):
        block.unit = block.unit or unit
        ledger.label(cell, "unit")
    elif cell.column_span == grid.columns and labels.is_numbered(cell.text) and labels.match_block(cell.text) is None:
        ledger.label(cell, "caption")
    elif wide and (year := labels.only_year(cell.text)) is not None:
        block.year = block.year or year
        ledger.label(cell, "year")


_LONGEST_CAPTION = 20


@dataclass(frozen=True, slots=True)
class _Reader:
    grid: Grid
    rows: set[int]
    matches: dict[tuple[int, int], labels.Match]
    ledger: Ledger
    block: Block

    def read_label(self, cell: Cell, match: labels.Match) -> bool:
        """Give a label its value, or note that it is left out or only heads others; return whether that is done."""
        notation = match.role("field")
        if notation == "score" and match.role("execution") and self._heads_money(cell):
            return True  # 自评得分 beside 全年执行数 and 执行率: the score of the execution rate, not of the form
        reason = match.role("left_out")
        if notation is not None and notation not in _FOOT_ONLY:
            values = self._values(cell, match)
            if not values:
                return False
            self._take(cell, notation, values)
        elif reason is not None:
            entry = labels.left_out(reason)
            self.ledger.label(cell, str(entry["zh"]))
            for value in self._values(cell, match):
                self.ledger.leave_out(value, f"{entry['zh']} ({entry['en']})", sensitive=bool(entry.get("sensitive")))
        elif match.role("section") == "tasks":
            self.ledger.label(cell, "tasks")
            self._leave_out_tasks(cell)
        elif match.role("section") is not None and len(match.roles) == 1:
            self.ledger.label(cell, str(match.role("section")))
        return True

    def _heads_money(self, cell: Cell) -> bool:
        """Whether a label stands in a row of heads over amounts (全年预算数 | 全年执行数)."""
        row = (self.matches.get((other.row, other.column)) for other in self.grid.row_cells(cell.row))
        return sum(match is not None and match.role("stage") is not None for match in row) > 1

    def read_outer(self, cell: Cell, match: labels.Match) -> None:
        """A label that found no value of its own heads others; a text beside these that none of them took is its."""
        notation = match.role("field") or ""
        left = [value for value in self._beside(cell, text=True) if self.ledger.is_free(value)]
        if notation in _TEXTS and left:
            self._take(cell, notation, left)
        elif len(match.roles) == 1:
            self.ledger.label(cell, notation)

    def _take(self, cell: Cell, notation: str, values: list[Cell]) -> None:
        self.ledger.label(cell, notation)
        taken = [value for value in values if value.text.strip()]
        for value in taken:
            self.ledger.value(value, notation)
        lines: dict[int, list[str]] = {}
        for value in taken:
            lines.setdefault(value.row, []).append(value.text.strip())
        text = "\n".join("".join(parts) for parts in lines.values())
        self.block.fields.setdefault(notation, []).append(FieldValue(text, tuple(taken), cell))

    def read_inline(self, cell: Cell, match: labels.Match) -> None:
        """Read a cell that holds a label and its value."""
        notation, reason = match.role("field"), match.role("left_out")
        if notation is not None and notation not in _FOOT_ONLY:
            self.ledger.value(cell, notation)
            for part in labels.split_labels(cell.text):
                inner = labels.match_block(part)
                if inner is not None and inner.value is not None and (own := inner.role("field")) is not None:
                    self.block.fields.setdefault(own, []).append(FieldValue(inner.value, (cell,), cell))
        elif reason is not None:
            entry = labels.left_out(reason)
            self.ledger.leave_out(cell, f"{entry['zh']} ({entry['en']})", sensitive=bool(entry.get("sensitive")))

    # --- where the value of a label stands

    def _values(self, cell: Cell, match: labels.Match) -> list[Cell]:
        text = match.role("field") in _TEXTS
        beside = self.grid.at(cell.row, cell.last_column + 1)
        if beside is not None and not self._is_label(beside, cell, text) and not self._heads_text(cell, text):
            return self._beside(cell, text)
        below = self.grid.at(cell.last_row + 1, cell.column)
        if below is not None and below.row in self.rows and not self._is_label(below, cell, text):
            if self.ledger.use_of(below) == "label":
                return []  # a caption over the whole width: "二、绩效指标"
            if below.column_span > cell.column_span and not text:
                return []  # a wide cell under a narrow label belongs to something else
            return self._below(cell, text) if text else [below]
        return []

    def _heads_text(self, cell: Cell, text: bool) -> bool:
        """Whether a text stands below a label, as wide as that, and only blanks beside it."""
        below = self.grid.at(cell.last_row + 1, cell.column)
        if not text or cell.row_span > 1 or below is None or not below.text.strip() or below.row not in self.rows:
            return False
        if (below.column, below.column_span) != (cell.column, cell.column_span) or self._is_label(below, cell, text):
            return False
        return not any(other.text.strip() for other in self.grid.row_cells(cell.row) if other.column > cell.column)

    def _beside(self, cell: Cell, text: bool) -> list[Cell]:
        """The cells to the right of a label, in each of the rows it covers; for a plain field, of the first row."""
        found: list[Cell] = []
        for row in range(cell.row, cell.last_row + 1):
            value = self.grid.at(row, cell.last_column + 1)
            if value is None or value.row not in self.rows or any(value is other for other in found):
                continue
            if self._is_label(value, cell, text):
                continue
            found.append(value)
            if not text:
                break
            found += self._go_on(value, cell, row)
        if len(found) == 1 and not found[0].text.strip() and not text:
            # A blank cell and then a text, with no label between them, is one value in two cells.
            value = self.grid.at(cell.row, found[0].last_column + 1)
            if value is not None and value.text.strip() and not self._is_label(value, cell, text):
                return [value]
        return found

    def _go_on(self, value: Cell, label: Cell, row: int) -> list[Cell]:
        """The further cells of a text that stands in several cells of a row ("目标1" | "……"), up to the next label."""
        found: list[Cell] = []
        following = self.grid.at(row, value.last_column + 1)
        while following is not None and following.row == row and not self._is_label(following, label, True):
            found.append(following)
            following = self.grid.at(row, following.last_column + 1)
        return found

    def _below(self, cell: Cell, text: bool) -> list[Cell]:
        found: list[Cell] = []
        row = cell.last_row + 1
        while (value := self.grid.at(row, cell.column)) is not None and value.row in self.rows:
            lead = self.grid.row_cells(row)[0]
            if self._is_label(value, cell, text) or (found and lead.row == row and self._is_label(lead, cell, text)):
                break
            if found and (value.column, value.column_span) != (found[0].column, found[0].column_span):
                break  # the cells of one text stand in one column
            found.append(value)
            row = value.last_row + 1
        return found

    def _is_label(self, cell: Cell, of: Cell, text: bool) -> bool:
        """Whether a cell is a label rather than the value of the label `of`."""
        match = self.matches.get((cell.row, cell.column))
        if match is None:
            return False
        if match.value is not None:
            # "总目标：……" inside an objective is the objective's own wording.
            return not text and (match.role("field") not in _TEXTS)
        asked = self.matches[of.row, of.column]
        if asked.means("name", "name_and_code", "grade", "unit_name") or asked.role("left_out"):
            # A project may be called 公用经费: sources of money are labels only where money is asked for.
            return any(role.group in ("field", "left_out", "section", "stage") for role in match.roles)
        return True

    def _leave_out_tasks(self, cell: Cell) -> None:
        """The tasks of the year fill rows and columns of their own; whatever no other label claims is left out."""
        last = cell.last_row
        beside = self.grid.at(cell.row, cell.last_column + 1)
        is_head = cell.row_span == 1 or (
            beside is not None
            and (beside.row, beside.row_span) == (cell.row, cell.row_span)
            and (match := self.matches.get((beside.row, beside.column))) is not None
            and match.role("section") == "tasks"
        )
        if is_head:
            # A head (任务名称 | 主要内容): its rows go on until a label stands in front.
            while (lead := self.grid.at(last + 1, cell.column)) is not None and last + 1 in self.rows:
                if (lead.row, lead.column) in self.matches or (
                    (front := self.grid.row_cells(last + 1)[0]).row == last + 1
                    and (front.row, front.column) in self.matches
                ):
                    break
                last += 1
        for row in range(cell.row, last + 1):
            if any(self._is_of_budget(other) for other in self.grid.row_cells(row)):
                continue
            for other in self.grid.row_cells(row):
                belongs = other.column >= cell.column if is_head else other.column > cell.last_column
                if belongs and other.row in self.rows and (other.row, other.column) not in self.matches:
                    self.ledger.leave_out(other, "年度主要任务不属于绩效记录 (tasks are not part of the record)")

    def _is_of_budget(self, cell: Cell) -> bool:
        """Whether a cell says that its row is the budget's, not a task's: the section's label, or a total."""
        match = self.matches.get((cell.row, cell.column))
        if match is None:
            return False
        return match.role("section") == "funding" or match.role("source") == "total" or match.means("total_row")
