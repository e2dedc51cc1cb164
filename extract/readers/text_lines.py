"""A text's lines as paragraphs and raw tables: rows of cells as the notation parts them, before anything is decided.

Known notations: cells parted by tabs, by upright bars (Markdown's tables, drawn frames), one cell a line (each begins
with a tab, blank lines part the rows), and HTML tables inside of a text. A blank line may be a page break inside a table;
whether it is, `text_runs` decides.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

from extract.readers.text_clean import clean_line
from ontology import labels, titles

Notation = Literal["tabs", "bars", "cell a line", "json", "lines", "columns"]


@dataclass(slots=True)
class RawRow:
    """The cells of a row as the text parts them; None is a cell that the file says a merged one covers.

    `after_break` says that a blank line, which may be a page break, stands before the row.
    """

    cells: list[str | None]
    after_break: bool = False


@dataclass(slots=True)
class RawTable:
    """A table as the text prints it; `placed` counts the rows that were told by what their cells say."""

    rows: list[RawRow]
    notation: Notation
    notes: list[str] = field(default_factory=list)
    placed: int = 0

    def width(self) -> int:
        """The number of cells of its longest row."""
        return max((len(row.cells) for row in self.rows), default=0)

    def usual_width(self) -> int:
        """The number of cells that most of its rows have."""
        return Counter(len(row.cells) for row in self.rows).most_common(1)[0][0] if self.rows else 0


@dataclass(frozen=True, slots=True)
class Line:
    """A line of running text, cleaned; `blank_before` says that a blank line stands before it."""

    text: str
    printed: str
    blank_before: bool


@dataclass(frozen=True, slots=True)
class Markup:
    """An HTML table inside of a text, as its source."""

    source: str


Part = Line | RawTable | Markup

_FRAME = str.maketrans("│┃║｜", "||||")
_RULE = re.compile(r"[\s|+:\-=─━═┌┐└┘├┤┬┴┼╔╗╚╝╠╣╦╩╬┏┓┗┛┣┫┳┻╋╭╮╯╰]+")
_LEAST_RULE = 3
"""Characters of a line that is drawn: a lone = or - is a cell."""
_TABLE_TAG = re.compile(r"<(/?)table\b[^<>]*>", re.IGNORECASE)


def split_parts(text: str) -> list[Part]:
    """Given a decoded text, return its lines, raw tables and HTML tables in order."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n\n").replace("\v", "\n").split("\n")
    parts: list[Part] = []
    at, blank = 0, False
    while at < len(lines):
        line = lines[at]
        if not line.strip(" "):
            blank = True
            at += 1
            continue
        taken = _take_table(lines, at, parts, blank)
        if taken == at:
            if (cleaned := clean_line(line)) and (len(line.strip()) < _LEAST_RULE or not _RULE.fullmatch(line)):
                parts.append(Line(cleaned, line, blank))
            taken = at + 1
        at, blank = taken, False
    return parts


def _take_table(lines: list[str], at: int, parts: list[Part], blank: bool) -> int:
    """Take the table that begins at a line, if one does, and return the number of the line behind it, else `at`."""
    line = lines[at]
    if "<table" in line.lower():
        return _take_markup(lines, at, parts)
    if line.startswith("\t") and (cells := _read_cells(lines, at)) is not None:
        table, after = cells
        parts += table
        return after
    if "\t" in line:
        return _take_tabs(lines, at, parts, blank)
    if _is_barred(lines, at):
        return _take_bars(lines, at, parts, blank)
    return at


# --- HTML


def _take_markup(lines: list[str], at: int, parts: list[Part]) -> int:
    depth, source = 0, []
    for number in range(at, len(lines)):
        source.append(lines[number])
        depth += sum(-1 if tag[1] else 1 for tag in _TABLE_TAG.finditer(lines[number]))
        if depth <= 0:
            break
    else:
        number = len(lines) - 1
    parts.append(Markup("\n".join(source)))
    return number + 1


# --- tabs


def _take_tabs(lines: list[str], at: int, parts: list[Part], blank: bool) -> int:
    rows: list[RawRow] = []
    first = at
    while at < len(lines) and ("\t" in lines[at] or _is_row_of_one(lines, at)):
        at += 1
    taken = lines[first:at]
    usual = Counter(line.count("\t") for line in taken).most_common(1)[0]
    # A line break inside of a cell cuts the row: the pieces have as many tabs together as the other rows have.
    whole = usual[0] if usual[1] * 2 > len(taken) and usual[1] > 2 else 0
    if whole:
        at = first
        while at < len(lines) and ("\t" in lines[at] or _is_row_of_one(lines, at)):
            cells, at = _whole_row(lines, at, whole)
            rows.append(RawRow(list(cells)))
    else:
        rows = [RawRow(list(line.split("\t"))) for line in taken]
    rows[0].after_break = blank
    parts.append(RawTable(rows, "tabs"))
    return at


_MOST_PIECES = 40


def _whole_row(lines: list[str], at: int, tabs: int) -> tuple[list[str], int]:
    """The row that begins at a line, with the lines that a break inside of a cell made of it, and the line behind it."""
    own = lines[at].count("\t")
    if 0 < own < tabs:
        found = own
        for number in range(at + 1, min(at + _MOST_PIECES, len(lines))):
            if not lines[number].strip(" ") or _begins_row(lines[number]):
                break
            found += lines[number].count("\t")
            if found >= tabs:
                break
        if found == tabs and number > at:
            return "\n".join(lines[at : number + 1]).split("\t"), number + 1
    return lines[at].split("\t"), at + 1


def _is_row_of_one(lines: list[str], at: int) -> bool:
    """Whether a line without tabs, between rows, is a row of which the blank cells behind the first were cut off."""
    line = lines[at].strip()
    if not line or at + 1 >= len(lines) or "\t" not in lines[at + 1] or len(line) > _LONG_CELL * 2:
        return False
    text = clean_line(line)
    return not text.endswith("表") and titles.form_title(text) is None and labels.find_money_unit(text) is None


def _begins_row(line: str) -> bool:
    """Whether a line begins with a cell of its own: a blank one, or a label, and not with the rest of a cell."""
    first, tab, _ = line.partition("\t")
    return bool(tab) and (not first.strip() or labels.match_block(clean_line(first)) is not None)


# --- bars


def _bars(line: str) -> str:
    return line.translate(_FRAME)


def _is_barred(lines: list[str], at: int) -> bool:
    """Whether a row of a barred table begins here: bars at both ends, or two rows with as many bars inside."""
    line = _bars(lines[at]).strip()
    if line.startswith("|") and line.count("|") > 1:
        return True
    if _is_rule(line) and at + 1 < len(lines):
        following = _bars(lines[at + 1]).strip()
        return following.startswith("|") and following.count("|") > 1
    count = _count_bars(line)
    return count > 1 and at + 1 < len(lines) and _count_bars(_bars(lines[at + 1])) == count


def _is_rule(line: str) -> bool:
    return _RULE.fullmatch(line) is not None and ("+" in line or len(set(line) & set("┌├┼└╔╠╚┏┣┗─━═")) > 0)


def _count_bars(line: str) -> int:
    return line.replace("\\|", "").count("|")


def _take_bars(lines: list[str], at: int, parts: list[Part], blank: bool) -> int:
    groups: list[list[list[str]]] = [[]]
    outer = _bars(lines[at]).strip()[:1] in ("|", "+") or _is_rule(_bars(lines[at]).strip())
    while at < len(lines):
        line = _bars(lines[at]).strip()
        if not line or ("|" not in line and not _is_rule(line)):
            break
        at += 1
        if _RULE.fullmatch(line):
            groups.append([])
        else:
            inside = _unframed(line) if outer else _bars(lines[at - 1])
            groups[-1].append([cell.replace("\\|", "|").strip() for cell in _BAR.split(inside)])
    groups = [group for group in groups if group]
    rows: list[RawRow] = []
    for group in groups:
        # Where rules part more than a head from its rows, only a rule ends a row: its further lines belong to it.
        whole = len(groups) > _HEAD_AND_ROWS and len({len(cells) for cells in group}) == 1
        if whole:
            rows.append(RawRow(["\n".join(filter(None, column)) for column in zip(*group, strict=True)]))
        else:
            rows += [RawRow(list(cells)) for cells in group]
    if rows:
        rows[0].after_break = blank
        parts.append(RawTable(rows, "bars"))
    return at


_BAR = re.compile(r"(?<!\\)\|")
_HEAD_AND_ROWS = 2


def _unframed(line: str) -> str:
    line = line.removeprefix("|")
    return line[:-1] if line.endswith("|") and not line.endswith("\\|") else line


# --- one cell a line

_LONG_CELL = 20
"""A cell of this length may go on in a further paragraph; a figure or a name does not."""


def _read_cells(lines: list[str], at: int) -> tuple[list[Part], int] | None:
    """Read a table that prints one cell a line, each behind a tab; None where the lines are no such table."""
    rows: list[list[str]] = []
    row: list[str] = []
    blanks = 0
    first = at
    while at < len(lines):
        line = lines[at]
        if line.startswith("\t") and line.count("\t") == 1:
            if blanks and row:
                rows.append(row)
                row = []
            row.append(line[1:])
            blanks = 0
        elif not line.strip():
            blanks += 1
        elif "\t" in line or not row or not _goes_on(lines, at, row[-1], blanks):
            break
        else:
            row[-1] += "\n" + line
            blanks = 0
        at += 1
    if row:
        rows.append(row)
    while at > first and not lines[at - 1].strip(" "):
        at -= 1
    if not rows or (at < len(lines) and "\t" in lines[at]):
        return None  # tabs part the cells of these rows
    lead = 0
    while lead < len(rows) and len(rows[lead]) == 1:
        lead += 1
    # A single cell above the rows is a line, with a tab for its indent; and so is running text.
    body = rows[lead:]
    short = [len(cell) <= _LONG_CELL for cells in body for cell in cells]
    if sum(len(cells) > 1 for cells in body) < _LEAST_ROWS or sum(short) * 2 < len(short):
        lead, body = len(rows), []
    texts = [cell for cells in rows[:lead] for cell in cells]
    parts: list[Part] = [Line(text, cell, True) for cell in texts if (text := clean_line(cell))]
    if body:
        parts.append(RawTable([RawRow(list(cells)) for cells in body], "cell a line"))
    return parts, at


_LEAST_ROWS = 2


def _goes_on(lines: list[str], at: int, cell: str, blanks: int) -> bool:
    """Whether a line without a tab is a further paragraph of the cell above, and no line behind the table."""
    if blanks > 1 or (blanks and len(cell.strip()) < _LONG_CELL):
        return False
    if titles.form_title(clean_line(lines[at])) is not None:
        return False
    gap = 0
    for line in lines[at + 1 : at + _MOST_PIECES]:
        if line.startswith("\t"):
            return True
        gap = 0 if line.strip() else gap + 1
        if gap > 1:
            return False
    return False
