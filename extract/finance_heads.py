"""The head of a financial table: where it ends, and what each column below it holds.

A table is read as bands side by side: a band is the columns of codes and names with the columns of amounts that follow
them, so a table of income and expenditure is two bands and one of three groups of codes is three. Nothing is known of a
column but its heads.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from extract.grid import Cell, Grid
from extract.normalize import one_line
from ontology import finance, labels
from ontology.finance import Head, HeadKind, Side, TableKind

_LABELS: tuple[HeadKind, ...] = ("code", "code_part", "name", "project_name", "unit_name", "unit_code", "line_number")
_MOST_HEAD_ROWS = 6
_NUMBER = re.compile(r"[-−–(（]?\d[\d,，]*(?:\.\d+)?[)）]?")
_WHOLE_YEAR = re.compile(r"20\d\d")
_NUMBERED_NAME = re.compile(r"\s*(?:[(（][一二三四五六七八九十]{1,3}[)）]|[一二三四五六七八九十]{1,3}[、.．])")


@dataclass(frozen=True, slots=True)
class AmountColumn:
    """A column of amounts: its heads from top to bottom, what it holds, and what the heads say of unit and year."""

    column: int
    path: tuple[str, ...]
    measure: str | None
    side: Side | None
    unit: str | None = None
    year: int | None = None
    years_back: int = 0
    is_known: bool = True

    @property
    def text(self) -> str:
        """The heads joined as the contract has them."""
        return "/".join(self.path)


@dataclass(slots=True)
class Band:
    """Columns side by side that belong together: what names a row, and its amounts."""

    labels: dict[HeadKind, list[int]] = field(default_factory=dict)
    amounts: list[AmountColumn] = field(default_factory=list)
    top: str = ""
    scheme: str | None = None

    def columns(self, *kinds: HeadKind) -> list[int]:
        """The grid columns under heads of these kinds."""
        return sorted(column for kind in kinds for column in self.labels.get(kind, ()))

    @property
    def name_columns(self) -> list[int]:
        """The columns that name a row: a project's name before a class's, a class's before a unit's."""
        for kind in ("project_name", "name", "unit_name"):
            if kind in self.labels:
                return self.labels[kind]
        return []


@dataclass(frozen=True, slots=True)
class TableHead:
    """The head of a financial table: its last row, the bands below it, and heads whose columns were not read."""

    last_row: int
    bands: tuple[Band, ...]
    texts: tuple[tuple[int, Cell], ...] = ()


def caption_rows(grid: Grid) -> tuple[int, list[str]]:
    """Given a grid, return how many of its first rows are a caption (a title, a unit of money, who reports), and their
    texts: a workbook prints them in cells of the table's own sheet."""
    texts: list[str] = []
    for row in range(1, grid.rows + 1):
        cells = [cell for cell in _starting(grid, row) if cell.text.strip()]
        if not all(_is_caption(cell, len(cells), grid.columns) for cell in cells):
            return row - 1, texts
        texts += [cell.text for cell in cells]
    return grid.rows, texts


_CAPTION = re.compile(r"\s*(?:公开|预算|决算|附|财)?\s*\d*\s*表\s*[\d一二三四五六七八九十\-—]*\s*")
_REPORTER = re.compile(
    r"\s*(?:填报|编制|公开|预算)?(?:单位|部门)(?:名称)?\s*[:：(（]|\s*(?:金额)?单位\s*[:：]|\s*(?:填报|编制)?(?:日期|时间)\s*[:：]"
)
_MOST_CAPTIONS = 4


def _is_caption(cell: Cell, count: int, columns: int) -> bool:
    text = cell.text
    if count > _MOST_CAPTIONS:
        return False
    if _CAPTION.fullmatch(text) or _REPORTER.match(text) or labels.find_money_unit(text) or labels.only_year(text):
        return True
    # 收入 and 支出 as heads over a table's two sides are no titles: a title ends with 表.
    return count == 1 and (cell.column_span * 2 > columns or columns > 2) and finance.is_title(text)


def read_head(grid: Grid, first: int, kind: TableKind | None) -> TableHead | None:
    """Given a grid, the first row below its caption and its kind, return its head, or None where it has none."""
    last = _last_head_row(grid, first)
    if last is None:
        return None
    paths = {column: _path(grid, first, last, column) for column in range(1, grid.columns + 1)}
    kinds = {column: _kind(path) for column, path in paths.items()}
    bands, texts = _bands(grid, paths, kinds, last)
    if not any(band.amounts for band in bands):
        return None
    if not any(band.labels for band in bands) and (kind is None or kind.notation != "three_public"):
        return None
    bands, texts = _without_noise(bands, texts, paths)
    for band in bands:
        _set_scheme(band, kind, paths)
    _set_sides(bands, kind)
    _set_measures(bands, kind, paths)
    return TableHead(last, tuple(band for band in bands if band.amounts), texts)


# --- where the head ends


def _starting(grid: Grid, row: int) -> list[Cell]:
    return [cell for cell in grid.row_cells(row) if cell.row == row]


def is_column_numbers(grid: Grid, row: int) -> bool:
    """Whether a row only counts the columns: 栏次, 1, 2, 3 …"""
    texts = ["".join(cell.text.split()) for cell in _starting(grid, row) if cell.text.strip()]
    if "栏次" in texts:
        return True
    figures = [int(text) for text in texts if text.isdigit()]
    return len(figures) > 1 and len(figures) == len(texts) and figures == list(range(1, len(figures) + 1))


def _last_head_row(grid: Grid, first: int) -> int | None:
    last = None
    for row in range(first, min(grid.rows, first + _MOST_HEAD_ROWS) + 1):
        if last is not None and is_column_numbers(grid, row):
            last = row
            continue
        if _is_body(grid, row, first) or not _is_head(grid, row, first):
            break
        last = row
    return last


def _is_body(grid: Grid, row: int, first: int) -> bool:
    cells = [cell for cell in _starting(grid, row) if cell.text.strip()]
    texts = ["".join(cell.text.split()) for cell in cells]
    if any(_NUMBER.fullmatch(text) and not _WHOLE_YEAR.fullmatch(text) for text in texts):
        return True
    if any(_NUMBERED_NAME.match(text) and not finance.match_head(text).is_known for text in texts):
        return True
    if row > first and len(texts) == 1 and (finance.match_row(texts[0]).kind or finance.says_empty(texts[0])):
        # 合计 alone in a row is the first row, unless it splits a head above it.
        return not _is_under_wide_head(grid, cells[0], row)
    return bool(texts) and any(finance.match_row(text).kind == "note" and len(texts) <= 2 for text in texts[:1])


def _is_head(grid: Grid, row: int, first: int) -> bool:
    cells = [cell for cell in _starting(grid, row) if cell.text.strip()]
    if row == first:
        known = [cell for cell in cells if finance.match_head(cell.text).is_known or _side_of(cell.text)]
        return (len(cells) > 1 and len(known) * 2 >= len(cells)) or any(c.column_span == grid.columns for c in cells)
    reaches_in = any(cell.row < row and cell.row >= first for cell in grid.row_cells(row))
    if not cells:
        return reaches_in
    known = [cell for cell in cells if finance.match_head(cell.text).is_known]
    if len(known) * 2 >= len(cells) and (reaches_in or len(known) > 1):
        return True
    return all(_is_under_wide_head(grid, cell, row) for cell in cells)


def _is_under_wide_head(grid: Grid, cell: Cell, row: int) -> bool:
    above = grid.at(row - 1, cell.column)
    return above is not None and bool(above.text.strip()) and above.column_span > cell.column_span


def _path(grid: Grid, first: int, last: int, column: int) -> list[Cell]:
    path: list[Cell] = []
    for row in range(first, last + 1):
        cell = grid.at(row, column)
        if cell is None or not cell.text.strip() or (path and path[-1] is cell):
            continue
        if cell.row == row and is_column_numbers(grid, row):
            continue
        path.append(cell)
    return path


# --- what the columns hold


def _kind(path: Sequence[Cell]) -> HeadKind | None:
    if not path:
        return None
    heads = [finance.match_head(cell.text) for cell in path]
    lowest = heads[-1]
    if lowest.kind in _LABELS or lowest.kind == "left_out":
        return lowest.kind
    if len(heads) > 1 and heads[-2].kind in _LABELS and path[-2].column_span == path[-1].column_span:
        if lowest.is_sum:
            return heads[-2].kind  # the first row, 合计, drawn into the head
        if not lowest.is_known:
            return heads[-2].kind  # a head printed twice, or cut in two
    if any(head.kind == "left_out" for head in heads[:-1]):
        return "left_out"
    return "amount"


def _bands(
    grid: Grid, paths: dict[int, list[Cell]], kinds: dict[int, HeadKind | None], last: int
) -> tuple[list[Band], tuple[tuple[int, Cell], ...]]:
    bands = [Band()]
    texts: list[tuple[int, Cell]] = []
    for column, kind in kinds.items():
        path = paths[column]
        if kind is None or kind == "left_out":
            continue
        if kind in _LABELS:
            if bands[-1].amounts:
                bands.append(Band())
            bands[-1].labels.setdefault(kind, []).append(column)
        else:
            heads = [finance.match_head(cell.text) for cell in path]
            if not heads[-1].is_known and _is_text_column(grid, column, last):
                texts.append((column, path[-1]))
                continue
            if not heads[-1].is_known and _is_code_column(grid, column, last):
                if bands[-1].amounts:
                    bands.append(Band())
                bands[-1].labels.setdefault("code", []).append(column)
                continue
            bands[-1].amounts.append(_amount_column(column, path, heads))
        bands[-1].top = bands[-1].top or path[0].text
    for band in bands:
        named = _names_after_codes(grid, band, last)
        if named is not None:
            band.labels["name"] = [named]
            texts = [(column, cell) for column, cell in texts if column != named]
    return bands, tuple(texts)


def _set_scheme(band: Band, kind: TableKind | None, paths: dict[int, list[Cell]]) -> None:
    """What the heads say of how a band's rows are classified; where codes and names of both economic classifications stand
    side by side, those of the table's own stay, or the first."""
    labels_of: tuple[HeadKind, ...] = ("code", "name")
    told = {
        column: scheme
        for label in labels_of
        for column in band.labels.get(label, ())
        if (scheme := finance.scheme_of_head(paths[column][-1].text)) is not None
    }
    found = list(dict.fromkeys(told[column] for column in sorted(told)))
    if not found:
        return
    band.scheme = kind.scheme if kind is not None and kind.scheme in found else found[0]
    for label in labels_of:
        kept = [column for column in band.labels.get(label, ()) if told.get(column, band.scheme) == band.scheme]
        if kept:
            band.labels[label] = kept


def _without_noise(
    bands: list[Band], texts: tuple[tuple[int, Cell], ...], paths: dict[int, list[Cell]]
) -> tuple[list[Band], tuple[tuple[int, Cell], ...]]:
    """Leave out columns before the first that names rows, where no list has their heads: what stands there is not known
    to be money."""
    if not bands or bands[0].labels or not any(band.labels for band in bands):
        return bands, texts
    if any(column.is_known for column in bands[0].amounts):
        return bands, texts
    unread = tuple((column.column, paths[column.column][-1]) for column in bands[0].amounts)
    return bands[1:], (*unread, *texts)


def _names_after_codes(grid: Grid, band: Band, last: int) -> int | None:
    """The column of names of a band that has codes and no head for names: the texts between codes and amounts, whatever
    their head says."""
    codes = band.columns("code", "code_part")
    if not codes or band.name_columns or not band.amounts:
        return None
    between = range(codes[-1] + 1, band.amounts[0].column)
    return next((column for column in between if _is_text_column(grid, column, last)), None)


def _is_text_column(grid: Grid, column: int, last: int) -> bool:
    """Whether the cells below a head that no list has are texts, not amounts."""
    below = {id(cell): cell for row in range(last + 1, grid.rows + 1) if (cell := grid.at(row, column)) is not None}
    texts = ["".join(cell.text.split()) for cell in below.values() if cell.column == column and cell.text.strip()]
    told = [text for text in texts if not labels.is_placeholder(text) and not finance.says_empty(text)]
    return bool(told) and sum(bool(_NUMBER.fullmatch(text)) for text in told) * 2 < len(told)


_CODE = re.compile(r"(?:\d{3}|\d{5}|\d{7})")


def _is_code_column(grid: Grid, column: int, last: int) -> bool:
    """Whether all that stands below a head that no list has are codes: they must never be read as amounts."""
    below = {id(cell): cell for row in range(last + 1, grid.rows + 1) if (cell := grid.at(row, column)) is not None}
    texts = ["".join(cell.text.split()) for cell in below.values() if cell.column == column and cell.text.strip()]
    figures = [text for text in texts if text.isdigit()]
    return (
        len(figures) > 1
        and len(figures) * 2 > len(texts)
        and all(_CODE.fullmatch(text) and finance.scheme_of_code(text) for text in figures)
    )


def _amount_column(column: int, path: Sequence[Cell], heads: Sequence[Head]) -> AmountColumn:
    year = next((head.year for head in reversed(heads) if head.year), None)
    hints = [hint for head in reversed(heads) for hint in head.hints]
    return AmountColumn(
        column,
        tuple(one_line(cell.text) for cell in path),
        None,
        None,
        labels.money_unit(*hints) or next((unit for cell in path if (unit := labels.find_money_unit(cell.text))), None),
        year,
        max(head.years_back for head in heads),
        any(head.is_known for head in heads),
    )


def _side_of(text: str) -> Side | None:
    is_income, is_expenditure = "收入" in text, "支出" in text
    if is_income == is_expenditure:
        return None
    return "income" if is_income else "expenditure"


def _set_sides(bands: list[Band], kind: TableKind | None) -> None:
    for band in bands:
        told = _side_of("".join(band.top.split())) if len(bands) > 1 or kind is None or kind.side is None else None
        for index, column in enumerate(band.amounts):
            own = _side_of("".join(column.path)) if kind is not None and kind.both_sides else None
            if own is None and kind is not None and kind.both_sides:
                own = _side_of_carried(column.path)
            side = own or told or (kind.side if kind is not None else None)
            band.amounts[index] = replace(column, side=side)


def _side_of_carried(path: Iterable[str]) -> Side | None:
    found = {finance.match_head(text).measure for text in path}
    if "carryover" in found:
        return "income"
    return "expenditure" if "year_end" in found else None


# --- measures


def _set_measures(bands: list[Band], kind: TableKind | None, paths: dict[int, list[Cell]]) -> None:
    plain = kind.holds if kind is not None else "total"
    own = kind.own if kind is not None else None
    for band in bands:
        told = _band_measure(band)
        by_stage = _stages_differ(band)
        for index, column in enumerate(band.amounts):
            heads = [finance.match_head(cell.text) for cell in paths[column.column]]
            measure = _measure(heads, told or plain, own, by_stage)
            band.amounts[index] = replace(column, measure=measure)
        if own == plain and len(band.amounts) == 1 and band.amounts[0].measure == "general_budget":
            # The only column of 一般公共预算基本支出 says by 一般公共预算 no more than the title.
            band.amounts[0] = replace(band.amounts[0], measure=plain)
        _name_only_current(band, plain)
        _tell_apart(band)


def _band_measure(band: Band) -> str | None:
    """What a whole band holds, where the head over it says so: 人员经费 over codes, names and amounts."""
    return finance.match_head(band.top).measure if band.labels else None


def _stages_differ(band: Band) -> bool:
    stages = {
        (head.stage, head.years_back, head.year)
        for column in band.amounts
        for text in column.path
        if (head := finance.match_head(text)).stage is not None
    }
    return len({stage for stage, _, _ in stages}) > 1


def _measure(heads: Sequence[Head], plain: str, own: str | None, by_stage: bool) -> str | None:
    """What a column holds: its lowest head that says so, with the one above where that says of what part."""
    told = [head.measure for head in heads if head.measure is not None and head.measure != own]
    found = told[-1] if told else None
    if found is not None and len(told) > 1:
        for group in ("carryover", "year_end"):
            if group in told[:-1] and found != group:
                combined = f"{group}_{found}"
                return combined if combined in finance.measures() else None
    # 2024年财政拨款“三公”经费预算支出: a year's figure without a word of what it holds is the table's own.
    if found is None and not any(head.is_known or head.year for head in heads):
        return None
    if not by_stage:
        return found or plain
    stage = next((head.stage for head in reversed(heads) if head.stage), None)
    if found is None:
        is_sum = any(head.is_sum for head in heads)
        if not is_sum:
            return stage or plain
        found = plain
    if stage == "executed" or stage is None:
        return found
    combined = f"{found}_{stage}"
    return combined if combined in finance.measures() else None


def _name_only_current(band: Band, plain: str) -> None:
    """本年支出 over 合计, 基本支出, 项目支出 is the whole where the table has no other total."""
    for side in {column.side for column in band.amounts}:
        mine = [index for index, column in enumerate(band.amounts) if column.side == side]
        found = [index for index in mine if band.amounts[index].measure == "current"]
        if len(found) == 1 and not any(band.amounts[index].measure == plain for index in mine):
            band.amounts[found[0]] = replace(band.amounts[found[0]], measure=plain)


def _tell_apart(band: Band) -> None:
    """Leave open what a column holds where another says the same: a measure must not be counted twice in a row."""
    seen: dict[tuple[object, ...], int] = {}
    for index in sorted(range(len(band.amounts)), key=lambda index: len(band.amounts[index].path)):
        column = band.amounts[index]
        key = (column.measure, column.side, column.year, column.years_back)
        if column.measure is not None and seen.setdefault(key, index) != index:
            band.amounts[index] = replace(column, measure=None)
