"""Financial tables inside of a text: their columns are where the text parts its cells.

The repairs that forms need (labels joined, rows put under heads by what they say) would move amounts from one column to
another. Here a cell stays where it stands; only the heads' merged cells, of which a text keeps a label and blanks, are
told from the heads below them, and a row that has lost a cell before its figures is moved by the cells it lacks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from extract.finance import find_title
from extract.grid import Block, Cell, Grid, Paragraph
from extract.heads import find_tables
from extract.readers.text_lines import RawTable
from extract.readers.text_matrix import Entry, Matrix, Row, blank_like, make_matrix
from ontology import finance, titles
from ontology.records import Place

_MOST_CAPTIONS = 5
_MOST_HEAD_ROWS = 6
_FIGURE = re.compile(r"[-−–(（]?\d[\d,，]*(?:\.\d+)?[)）]?")
_YEAR = re.compile(r"20\d\d")
_NUMBERED = re.compile(r"\s*(?:[(（][一二三四五六七八九十]{1,3}[)）]|[一二三四五六七八九十]{1,3}[、.．])")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def read_money_table(
    table: RawTable, number: int, above: Sequence[str], codes: frozenset[str] = frozenset()
) -> list[Block] | None:
    """Given a raw table, its number in the document, the lines above it and the codes that the document prints, return
    its blocks where its heads are those of a financial one and no title makes it another, else None."""
    if table.notation not in ("tabs", "bars", "cell a line"):
        return None
    matrix = make_matrix(table, number)
    captions = _take_captions(matrix)
    if captions is None or _is_form([*above, *(block.text for block in captions)]):
        return None
    heads = _head_rows(matrix)
    if not heads or heads == len(matrix.rows):
        return None
    _join_heads(matrix, heads)
    _move_rows(matrix, heads)
    _split_codes(matrix, heads, codes)
    grid = _make_grid(matrix, heads)
    return None if find_tables(grid) else [*captions, grid]


def _is_form(lines: Sequence[str]) -> bool:
    return find_title(lines)[1] and any(titles.form_title(line) is not None for line in lines)


# --- what stands above the head


def _take_captions(matrix: Matrix) -> list[Paragraph] | None:
    """Take the rows above a table's head out of it (its number, title and unit, of which the cells are pieces; noise), or
    return None where the table has no head of a financial one."""
    first = next((row for row in range(min(len(matrix.rows), _MOST_CAPTIONS + 1)) if _is_head(matrix.rows[row])), None)
    if first is None:
        return None
    while first and _groups_heads(matrix.rows[first - 1]):
        first -= 1
    lines = [
        Paragraph(line, matrix.place(row))
        for row in range(first)
        if _CHINESE.search(line := "".join(matrix.rows[row].texts()))
    ]
    del matrix.rows[:first]
    return lines


def _is_head(row: Row) -> bool:
    """Whether a row is one of heads: two of them known, at least one not only of a form."""
    texts = [text for text in row.texts() if text]
    known = [text for text in texts if finance.match_head(text).is_known or _names_side(text)]
    return len(known) >= _LEAST_KNOWN and len(known) * 2 >= len(texts) and not _is_body(texts)


def _groups_heads(row: Row) -> bool:
    """Whether a row above one of heads names groups of them: several texts, of which none is a table's number, title or
    unit."""
    texts = [text for text in row.texts() if text]
    line = "".join(texts)
    known = [text for text in texts if finance.match_head(text).is_known or _names_side(text)]
    return (
        len(texts) > 1
        and len(known) * 2 >= len(texts)
        and not finance.is_title(line)
        and _NOT_A_HEAD.search(line) is None
        and not _is_body(texts)
    )


_NOT_A_HEAD = re.compile(r"^表\s*\d|[:：]")


def _names_side(text: str) -> bool:
    return len(text) <= _LONGEST_SIDE and ("收入" in text) != ("支出" in text)


_LEAST_KNOWN = 2
_LONGEST_SIDE = 10


# --- the head


def _head_rows(matrix: Matrix) -> int:
    """How many rows of a table are its head."""
    for at, row in enumerate(matrix.rows[: _MOST_HEAD_ROWS + 1]):
        texts = [text for text in row.texts() if text]
        if not _counts_columns(texts) and _is_body(texts):
            return at
    return 0


def _counts_columns(texts: Sequence[str]) -> bool:
    if any("栏次" in text for text in texts):
        return True
    figures = [int(text) for text in texts if text.isdigit()]
    return len(figures) > 1 and figures == list(range(1, len(figures) + 1)) and len(texts) - len(figures) <= 1


def _is_body(texts: Sequence[str]) -> bool:
    if any(_FIGURE.fullmatch(text) and not _YEAR.fullmatch(text) for text in texts):
        return True
    if any(_NUMBERED.match(text) for text in texts):
        return True
    return len(texts) <= _MOST_TEXTS and any(
        finance.says_empty(text) or finance.match_row(text).kind in ("total", "year_total", "heading") for text in texts
    )


_MOST_TEXTS = 2


def _make_grid(matrix: Matrix, heads: int) -> Grid:
    cells: list[Cell] = []
    owner: list[list[int | None]] = [_owners(matrix, row, heads) for row in range(heads)]
    covered: set[tuple[int, int]] = set()
    for row, entries in enumerate(matrix.rows):
        for column, entry in enumerate(entries.entries):
            if (row, column) in covered:
                continue
            height = width = 1
            if row < heads and entry.text:
                columns = [at for at in range(matrix.width) if owner[row][at] == column]
                first, width = min(columns), len(columns)
                while row + height < heads and all(
                    not matrix.rows[row + height].entries[at].text and owner[row + height][at] is None for at in columns
                ):
                    height += 1
                spots = {(row + r, at) for r in range(height) for at in columns}
                covered |= spots
                cells = [cell for cell in cells if (cell.row - 1, cell.column - 1) not in spots]
                cells.append(Cell(row + 1, first + 1, entry.text, height, width, entry.parts))
                continue
            cells.append(Cell(row + 1, column + 1, entry.text, 1, 1, entry.parts))
    ordered = tuple(sorted(cells, key=lambda cell: (cell.row, cell.column)))
    notes = (*matrix.notes, "columns as the text parts its cells")
    return Grid(len(matrix.rows), matrix.width, ordered, Place(table=matrix.number), notes)


def _owners(matrix: Matrix, row: int, heads: int) -> list[int | None]:
    """For each column of a head row, the column of the label that covers it; None where none does.

    A blank belongs to a label beside it where a head stands below it: to the one at its left, but to the one at its right
    from a column of sums on (小计 opens the group that a label in the middle of its cell names).
    """
    texts = matrix.rows[row].texts()
    below = [[matrix.rows[r].entries[c].text for r in range(row + 1, heads)] for c in range(matrix.width)]
    owners: list[int | None] = [column if text else None for column, text in enumerate(texts)]
    for column, text in enumerate(texts):
        if text or not any(below[column]):
            continue
        if any(matrix.rows[r].entries[column].text for r in range(row)) and not _is_split(texts, below, column):
            continue
        left = next((at for at in range(column - 1, -1, -1) if texts[at]), None)
        right = next((at for at in range(column + 1, matrix.width) if texts[at]), None)
        # What lies between a label and a blank must be blanks with heads below them.
        if left is not None and not all(any(below[at]) for at in range(left, column)):
            left = None
        if right is not None and not all(any(below[at]) for at in range(column, right + 1)):
            right = None
        start = 0 if left is None else left + 1
        opens = any(_is_sum(below[at]) for at in range(start, column + 1))
        owners[column] = right if right is not None and (left is None or opens) else left
    return owners


def _is_split(texts: Sequence[str], below: Sequence[Sequence[str]], column: int) -> bool:
    return column > 0 and bool(texts[column - 1]) and any(below[column - 1])


def _is_sum(texts: Sequence[str]) -> bool:
    first = next((text for text in texts if text), "")
    return finance.match_head(first).is_sum if first else False


def _join_heads(matrix: Matrix, heads: int) -> None:
    """Join the pieces of a head that the text has put into two cells; leave nothing but numbers in the row that counts
    the columns."""
    for row in matrix.rows[:heads]:
        for column in range(matrix.width - 1):
            first, second = row.entries[column].text, row.entries[column + 1].text
            if first and second and _is_code_head(first + second) and not _is_code_head(first):
                row.entries[column].text = row.entries[column + 1].text = first + second
    for upper, lower in pairwise(matrix.rows[:heads]):
        for above, below in zip(upper.entries, lower.entries, strict=True):
            told, whole = finance.match_head(below.text), finance.match_head(above.text + below.text)
            if above.text and below.text and whole.measure and not (told.measure or told.is_sum):
                above.text, below.text = above.text + below.text, ""  # a head of two lines, in a row each
    for row in matrix.rows[:heads]:
        if _counts_columns([text for text in row.texts() if text]):
            for entry in row.entries:
                entry.text = entry.text if entry.text.isdigit() else ""


def _is_code_head(text: str) -> bool:
    return finance.match_head(text).kind == "code"


# --- codes and names


_CODE_AND_NAME = re.compile(r"(\d{3}(?:\d{2}){0,2})\s*([^\d\s].*)")
_TOTAL = re.compile(r"(?=.*[类款项])(?:\S\s*){1,3}?((?:合|总)\s*计)")
_WHOLE = 7


def _split_codes(matrix: Matrix, heads: int, codes: frozenset[str]) -> None:
    """Put a code and a name of one cell into the columns of both; drop the heads 类, 款, 项 drawn into 合计; close a code
    whose middle figure stands in two columns, where the document prints it whole."""
    lowest = [_lowest(matrix, heads, column) for column in range(matrix.width)]
    kinds = [head.kind if head is not None else None for head in lowest]
    names = [column for column, kind in enumerate(kinds) if kind == "name"]
    for row in matrix.rows[heads:]:
        _close_figures(row)
        for column in row.filled():
            entry = row.entries[column]
            if (total := _TOTAL.fullmatch(entry.text)) is not None:
                entry.text = "".join(total[1].split())
                continue
            found = _CODE_AND_NAME.fullmatch(entry.text)
            name = next((at for at in names if at > column), None)
            if found is not None and name is not None and row.entries[name].text in ("", found[2]):
                entry.text, row.entries[name] = found[1], Entry(found[2], entry.parts)
            after = row.entries[column + 1] if column + 1 < matrix.width else None
            if after is not None and (whole := _closed(entry.text, after.text)) in codes:
                entry.text, row.entries[column + 1] = whole, blank_like(after)
        _keep_cut_names(row, kinds, names)


_CUT_FIGURE = re.compile(r"(\d[\d,]*)\.")
_REST_AND_NAME = re.compile(r"(\d{1,2})\s+(\D.*)")


def _close_figures(row: Row) -> None:
    """Close a figure whose decimals stand before the text of the next cell, and a sum's label cut between two cells."""
    for entry, after in pairwise(row.entries):
        figure, rest = _CUT_FIGURE.fullmatch(entry.text.replace(" ", "")), _REST_AND_NAME.fullmatch(after.text)
        if figure is not None and rest is not None:
            entry.text, after.text = f"{figure[1]}.{rest[1]}", rest[2]
        elif entry.text and after.text and finance.match_row(entry.text + after.text).kind == "part_total":
            entry.text, after.text = "", entry.text + after.text


def _keep_cut_names(row: Row, kinds: Sequence[finance.HeadKind | None], names: Sequence[int]) -> None:
    """Keep the cut in a name that begins in a column without a head before that of the names: whether the two cells are
    one text, and all of it, cannot be told."""
    before = names[0] - 1 if names else -1
    if before >= 0 and kinds[before] is None and row.entries[before].text and row.entries[names[0]].text:
        row.entries[names[0]].text = f"{row.entries[before].text}|{row.entries[names[0]].text}"


def _closed(first: str, second: str) -> str:
    if first.isdigit() and second.isdigit() and len(first) + len(second) == _WHOLE + 1 and first[-1] == second[0]:
        return first + second[1:]
    return ""


def _lowest(matrix: Matrix, heads: int, column: int) -> finance.Head | None:
    """The lowest head of a column that a list has, else its lowest; None where it has none."""
    texts = [row.entries[column].text for row in matrix.rows[:heads] if row.entries[column].text]
    found = [finance.match_head(text) for text in texts]
    return next((head for head in reversed(found) if head.is_known), found[-1] if found else None)


# --- rows that have lost a cell


def _move_rows(matrix: Matrix, heads: int) -> None:
    """Move the figures of rows that have lost a cell to the right, until the first stands where most rows have theirs:
    a figure below the head of the names is nobody's."""
    body = matrix.rows[heads:]
    first = _first_amount(body)
    if first is None:
        return
    for row in body:
        figures = [column for column in row.filled() if _is_amount(row.entries[column].text)]
        if not figures or figures[0] >= first:
            continue
        head = _lowest(matrix, heads, figures[0])
        if head is None or head.kind != "name":
            continue
        lacking = first - figures[0]
        if any(row.entries[column].text for column in range(matrix.width - lacking, matrix.width)):
            continue
        blanks = [blank_like(row.entries[figures[0]]) for _ in range(lacking)]
        row.entries[figures[0] :] = [*blanks, *row.entries[figures[0] : matrix.width - lacking]]


def _first_amount(body: Sequence[Row]) -> int | None:
    """The first column in which most rows that print an amount print their first."""
    firsts = [
        next(column for column in row.filled() if _is_amount(row.entries[column].text))
        for row in body
        if any(_is_amount(entry.text) for entry in row.entries)
    ]
    return max(sorted(set(firsts)), key=firsts.count) if firsts else None


def _is_amount(text: str) -> bool:
    return "." in text and _FIGURE.fullmatch(text) is not None
