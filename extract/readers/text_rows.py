"""Rows of indicators that a scan ran together, cut, or garbled.

Cells of a scanned table wrap their text; in the text each wrapped line is a piece behind a space. A piece that leaves room
for the next one ends a text: behind it another indicator's name begins. Rows are split and joined on that evidence only;
a value of which nobody can say whose it is stays unread, and everything done is reported.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from statistics import median

from extract.heads import IndicatorTable
from extract.normalize import clean_text
from extract.readers.text_align import CONTRADICTION, fits
from extract.readers.text_clean import is_chinese, squeeze
from extract.readers.text_matrix import Entry, Matrix, Row, blank_like, merge_entries
from extract.readers.text_spans import is_figure, tier_rows
from extract.readers.text_tiers import is_tier, one_label
from ontology import labels
from ontology.wording import wording

_ROOM = 4  # columns of type that a line must leave free to be the last of its text
_UNREADABLE = "\ufffd"


def clear_side(matrix: Matrix, table: IndicatorTable) -> None:
    """The label at the side of the indicators (绩效指标) stands in the middle of its cell, in pieces: it goes to the head."""
    if table.has_projects or table.first_tier == 1:
        return
    names, asked = _columns(table, "tier3", "tier2")[:1], _columns(table, "target", "actual", "weight", "score")
    fit = fits(table, matrix.width)
    end = next((row for row in tier_rows(matrix) if row >= table.last_row), len(matrix.rows))
    for row in matrix.rows[table.last_row : end]:
        filled = [column for column in row.filled() if column >= table.first_tier - 1]
        if not set(filled) & set(names) or not set(filled) & set(asked):
            continue
        if any(fit[column](row.entries[column].text) <= CONTRADICTION for column in filled):
            continue  # its cells stand elsewhere: what is at the side may be a tier
        for column in range(table.first_tier - 1):
            entry, head = row.entries[column], matrix.rows[table.last_row - 1].entries[column]
            if entry.text:
                head.parts = (*(part for part in head.parts if part.text), *entry.parts)
                head.text += entry.text
                row.entries[column] = blank_like(entry)


def _columns(table: IndicatorTable, *notations: str) -> list[int]:
    return [column - 1 for notation in notations for column in table.columns.get(notation, ())]


# --- rows


def repair_rows(matrix: Matrix, table: IndicatorTable, rows: Sequence[int]) -> None:
    """Given an indicator table and its rows, split those that hold two indicators, join those that hold parts of one, and
    take out what nobody can read. Rows are taken away and added: row numbers change."""
    if "tier3" not in table.columns:
        return
    for row in rows:
        _drop_repeated(matrix, table, row)
    width = _line_width(matrix, table, rows)
    for row in sorted(rows, reverse=True):
        if _is_garbled(matrix, table, row):
            _take_out(matrix, table, row)
        elif width and (parts := _two_names(matrix, table, row, width)) is not None:
            _split(matrix, table, row, parts)
        elif width and row - 1 in rows and row + 1 in rows:
            _join_lines(matrix, table, row, width)


def _type_width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _pieces(matrix: Matrix, row: int, column: int) -> list[str]:
    """The lines of a cell, as far as its text is still the printed one."""
    entry = matrix.rows[row].entries[column]
    pieces = [clean_text(piece) for piece in entry.pieces]
    return pieces if squeeze("".join(pieces)) == squeeze(entry.text) else [entry.text]


def _line_width(matrix: Matrix, table: IndicatorTable, rows: Sequence[int]) -> float:
    """The usual width of a full line in the column of names, in columns of type; 0 where names don't wrap."""
    (column,) = _columns(table, "tier3")[:1]
    wrapped = [_type_width(piece) for row in rows for piece in _pieces(matrix, row, column)[:-1]]
    return median(wrapped) if len(wrapped) > 2 else 0.0


def _two_names(matrix: Matrix, table: IndicatorTable, row: int, width: float) -> tuple[list[str], list[str]] | None:
    """The pieces of the two names that a row holds, or None."""
    (column,) = _columns(table, "tier3")[:1]
    pieces = _pieces(matrix, row, column)
    ends = [at for at, piece in enumerate(pieces[:-1], 1) if _type_width(piece) <= width - _ROOM]
    if len(ends) != 1:
        return None
    (end,) = ends
    wrapped_before = end > 1 and _type_width(pieces[end - 2]) > width - _ROOM
    if not wrapped_before and _two_tiers(matrix, table, row) is None:
        return None
    return pieces[:end], pieces[end:]


def _two_tiers(matrix: Matrix, table: IndicatorTable, row: int) -> tuple[str, str] | None:
    """The two second tiers that a cell spells one after the other, or None."""
    for column in _columns(table, "tier2"):
        text = matrix.rows[row].entries[column].text
        if not text or is_tier("tier2", text):
            continue
        for at in range(2, len(text) - 1):
            if is_tier("tier2", text[:at]) and is_tier("tier2", text[at:]):
                return text[:at].strip(), text[at:].strip()
    return None


def _split(matrix: Matrix, table: IndicatorTable, row: int, names: tuple[list[str], list[str]]) -> None:
    (name,) = _columns(table, "tier3")[:1]
    tiers = _two_tiers(matrix, table, row)
    upper = matrix.rows[row]
    lower = Row([blank_like(entry) for entry in upper.entries], False, upper.printed)
    shown = " ".join(names[0]), " ".join(names[1])
    matrix.rows.insert(row + 1, lower)
    unsure: list[str] = []
    for column, entry in enumerate(list(upper.entries)):
        if column == name:
            texts = ("".join(names[0]), "".join(names[1]))
        elif not entry.text or column < name:
            second = _columns(table, "tier2")
            texts = tiers if tiers is not None and column in second else (entry.text, "")
        elif len(_pieces(matrix, row, column)) == 2 and tiers is not None:
            texts = (_pieces(matrix, row, column)[0], _pieces(matrix, row, column)[1])
        elif column in _columns(table, "target", "actual", "weight", "score", "operator", "unit"):
            unsure.append(entry.text)
            texts = (_UNREADABLE, _UNREADABLE)
        else:
            texts = (entry.text, "") if not labels.is_placeholder("".join(names[0])) else ("", entry.text)
        upper.entries[column] = Entry(texts[0], entry.parts)
        lower.entries[column] = Entry(texts[1], entry.parts)
    matrix.notes.append(f"row {matrix.place(row).row}: two indicators")
    matrix.report("table.row_split", row, name, first=shown[0], second=shown[1])
    if unsure:
        matrix.report("table.value_unsure", row, name, text="、".join(unsure), first=shown[0], second=shown[1])


def _join_lines(matrix: Matrix, table: IndicatorTable, row: int, width: float) -> None:
    """A row with nothing but a name in two pieces: the end of the name above and the beginning of the one below."""
    (name,) = _columns(table, "tier3")[:1]
    line, above, below = matrix.rows[row], matrix.rows[row - 1], matrix.rows[row + 1]
    pieces = _pieces(matrix, row, name)
    if line.filled() != [name] or len(pieces) != 2 or not above.entries[name].text or not below.entries[name].text:
        return
    full = width - _ROOM
    if _type_width(above.entries[name].text) <= full or _type_width(pieces[1]) <= full:
        return
    asked = _columns(table, "target", "actual")
    if not all(any(other.entries[column].text for column in asked) for other in (above, below)):
        return
    entry = line.entries[name]
    above.entries[name] = merge_entries([above.entries[name], entry], above.entries[name].text + pieces[0])
    below.entries[name] = merge_entries([entry, below.entries[name]], pieces[1] + below.entries[name].text)
    above.entries[name].columns = below.entries[name].columns = 1
    matrix.report("table.lines_joined", row, name, first=above.entries[name].text, second=below.entries[name].text)
    del matrix.rows[row]


# --- what nobody can read


def _is_garbled(matrix: Matrix, table: IndicatorTable, row: int) -> bool:
    """Whether a row has neither a readable name nor a readable target, where others have."""
    entries = matrix.rows[row].entries
    name = "".join(entries[column].text for column in _columns(table, "tier3"))
    asked = [entries[column].text for column in _columns(table, "target") if entries[column].text]
    points = [entries[column].text for column in _columns(table, "weight", "score") if entries[column].text]
    if not name or is_chinese(name) or " " not in name:
        return False
    return any(not is_figure(text) for text in points) or any(text[:1] not in wording().signs for text in asked)


def _take_out(matrix: Matrix, table: IndicatorTable, row: int) -> None:
    """Take a row that can't be read out; pieces of tiers in it belong to the labels above."""
    line = matrix.rows[row]
    matrix.report(
        "table.row_unread", row, line.filled()[0], text=" | ".join(text for text in line.texts() if text)[:80]
    )
    above = matrix.rows[row - 1]
    for tier in ("tier1", "tier2"):
        for column in _columns(table, tier):
            upper, lower = above.entries[column], line.entries[column]
            if lower.text and upper.text and (text := one_label(tier, upper.text, lower.text)) is not None:
                above.entries[column] = merge_entries([upper, lower], text)
                above.entries[column].columns = upper.columns
    del matrix.rows[row]


def split_figures(matrix: Matrix, table: IndicatorTable, rows: Sequence[int]) -> None:
    """Figures of neighbouring columns in one cell ("10 10"), with blank cells beside it: each goes to its own."""
    numeric = _columns(table, "weight", "score")
    for row in rows:
        entries = matrix.rows[row].entries
        for column in numeric:
            figures = entries[column].text.split()
            columns = list(range(column, column + len(figures)))
            if len(figures) < 2 or not all(c in numeric for c in columns) or not all(map(is_figure, figures)):
                continue
            if any(entries[c].text for c in columns[1:]):
                continue
            matrix.report("table.cell_split", row, column, text=entries[column].text)
            for c, figure in zip(columns, figures, strict=True):
                entries[c] = Entry(figure, entries[column].parts)


def _drop_repeated(matrix: Matrix, table: IndicatorTable, row: int) -> None:
    """Two signed values in a cell of which the first is the value above: a scan's remainder of the row above."""
    for column in _columns(table, "target")[:1]:
        entry, pieces = matrix.rows[row].entries[column], matrix.rows[row].entries[column].text.split()
        above = _digits(matrix.rows[row - 1].entries[column].text) if row else ""
        if len(pieces) != 2 or not above or any(piece[:1] not in wording().signs for piece in pieces):
            continue
        if _digits(pieces[0]) == above != _digits(pieces[1]):
            matrix.report("table.value_repeated", row, column, text=entry.text, read=pieces[1])
            entry.text = pieces[1]


def _digits(text: str) -> str:
    return "".join(character for character in text if character.isdigit() or character == ".")
