"""Flat lines: a form's rows as lines of words, their cells parted by nothing but spaces.

Only a form's own labels tell such lines from running text: a form begins at its title (or, without one, at its first line
that opens with a label) and has heads of indicators or several such lines. Where the cells of its lines begin at the same
columns of type, those are the columns of the table, and blank cells are seen. Where they don't, blank cells have left no
trace: the cells of a line are counted from the left, and what each is, its head must tell.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import pairwise

from extract.readers.text_clean import clean_cell, close_figures
from extract.readers.text_heads import open_funding, open_heads
from extract.readers.text_lines import Line, Part, RawRow, RawTable
from extract.readers.text_spans import column_notation, is_figure, is_label
from extract.readers.text_stream import find_stream
from ontology import labels, titles
from ontology.units import find_unit
from ontology.wording import wording

_WIDE = re.compile(r"[ \u00a0]{2,}|\u3000+")
_CELL = re.compile(r"\S(?:.*?\S)??(?=[ \u00a0]{2}|\u3000|\s*$)")
_MOST_ABOVE = 40
_LEAST_LABELLED = 3
_LONGEST_LINE = 1500
_PROSE = 60
_TIERS = frozenset(("tier1", "tier2", "tier3"))
_GAP = re.compile(r"[ \u00a0\u3000]{2,}")
_SAME_GAP = 0.8
_ALIGNED = 0.8  # the share of cells that must begin at a column of type for the lines to be set in columns


def read_flat(parts: Iterable[Part]) -> list[Part]:
    """Given the parts of a text, return them with the lines that print forms as raw tables."""
    found: list[Part] = []
    run: list[Line] = []
    for part in (*parts, None):
        if isinstance(part, Line):
            run.append(part)
            continue
        found += _read_run(run)
        run = []
        if part is not None:
            found.append(part)
    return found


def _read_run(run: Sequence[Line]) -> list[Part]:
    parts: list[Part] = []
    at = 0
    while (stream := find_stream(run, at)) is not None:
        parts += [*_read_lines(run[at : stream.first]), stream.table]
        at = stream.end
    return [*parts, *_read_lines(run[at:])]


def _read_lines(run: Sequence[Line]) -> list[Part]:
    parts: list[Part] = []
    at = 0
    while at < len(run):
        end = _form_end(run, at)
        if end > at:
            parts.append(_make_table(run[at:end]))
            at = end
        else:
            parts.append(run[at])
            at += 1
    return parts


# --- where a form is


def _form_end(run: Sequence[Line], start: int) -> int:
    """One past the last line of the form that begins at a line; the line itself where none does."""
    if not _opens(run[start]):
        return start
    end, labelled, headed, at = start, 0, False, start
    while at < len(run) and not _ends(run, at, headed):
        line = run[at]
        if _is_head(line):
            headed = True
        if _opens(line):
            labelled += 1
        at += 1
        end = at
        if not headed and at - start > _MOST_ABOVE:
            break
    return end if headed or (labelled >= _LEAST_LABELLED and _has_amounts(run[start:end])) else start


_KEPT = 8192
"""Lines of which it is kept what they are: a line is asked from every line above it that may begin a form."""


@lru_cache(maxsize=_KEPT)
def _cells(line: Line) -> tuple[str, ...]:
    if len(line.text) > _LONGEST_LINE:
        return (line.text,)
    wide = [cell for cell in _WIDE.split(line.printed.strip()) if cell]
    return tuple(wide if len(wide) > 1 else split_words(line.printed))


@lru_cache(maxsize=_KEPT)
def _opens(line: Line) -> bool:
    """Whether a line opens with a label that its value follows, or prints heads of columns."""
    cells = _cells(line)
    heads = sum(labels.match_column(cell) is not None for cell in cells)
    return len(cells) > 1 and (is_label(cells[0]) or _is_head(line) or (heads > 2 and heads * 2 > len(cells)))


@lru_cache(maxsize=_KEPT)
def _is_head(line: Line) -> bool:
    if len(line.text) > _LONGEST_LINE:
        return False
    named = {notation for cell in _cells(line) if (notation := column_notation(cell)) is not None}
    return len(named & _TIERS) > 1 or ("tier3" in named and bool(named & {"target", "actual"}))


def _has_amounts(lines: Sequence[Line]) -> bool:
    return any(is_figure(cell) for line in lines for cell in _cells(line)[1:])


def _ends(run: Sequence[Line], at: int, headed: bool) -> bool:
    """Whether a form is over before a line: at a title, a heading, or running text."""
    line = run[at]
    if len(line.text) > _LONGEST_LINE:
        return True
    if _is_caption(line.text):
        return True
    cells = _cells(line)
    if len(cells) == 1 and not is_label(cells[0]):
        if line.blank_before or labels.is_numbered(line.text):
            return True
        return headed and len(line.text) > _PROSE
    return line.blank_before and headed and not _goes_on(cells)


@lru_cache(maxsize=_KEPT)
def _is_caption(text: str) -> bool:
    return titles.form_title(text) is not None or bool(labels.find_money_unit(text) or labels.only_year(text))


def _goes_on(cells: Sequence[str]) -> bool:
    """Whether a line behind a blank one may be a row of the same table: a page break prints a blank line."""
    return len(cells) > 2 or is_label(cells[0])


# --- its cells


def split_words(printed: str) -> list[str]:
    """Given a line, return its words; a bracket goes with the word before it, spaced characters are one word, a sign goes
    with its figure, and a figure with its unit."""
    words: list[str] = []
    for word in close_figures(printed).split():
        before = words[-1] if words else ""
        if before and (
            (word[0] in "(（" and is_label(before + word))
            or (word[0] in "(（" and column_notation(before + word) is not None)
            or (len(word) == 1 and before[-1:] == _last_single(words) and _is_spaced(before, word))
        ):
            words[-1] = before + word
        else:
            words.append(word)
    return words


def _last_single(words: Sequence[str]) -> str:
    return words[-1][-1:]


def _is_spaced(before: str, word: str) -> bool:
    """Whether two words are characters of one that was set wide ("总 分")."""
    return len(before) == 1 and is_label(before + word)


def _join_values(words: Sequence[str], split: bool) -> list[str]:
    """Join signs with figures and figures with units, where no column of their own is there for them."""
    joined: list[str] = []
    for word in words:
        before = joined[-1] if joined else ""
        sign = len(before) == 1 and before in wording().signs and word[:1].isdigit()
        unit = before[-1:].isdigit() and before[:1] in wording().signs and not word[:1].isdigit() and find_unit(word)
        if not split and (sign or unit):
            joined[-1] = before + word
        else:
            joined.append(word)
    return joined


def _make_table(lines: Sequence[Line]) -> RawTable:
    aligned = _read_aligned(lines)
    if aligned is not None:
        return aligned
    heads = [cell for line in lines if _is_head(line) for cell in _cells(line)]
    split = any(column_notation(cell) in ("operator", "unit") for cell in heads)
    rows: list[RawRow] = []
    for line in lines:
        cells = _join_values(_cells(line), split)
        rows.append(RawRow([clean_cell(cell) for cell in cells], line.blank_before and bool(rows)))
    open_heads(rows)
    _open_side(rows)
    open_funding(rows)
    _open_texts(rows)
    return RawTable(rows, "lines", ["cells parted by spaces; blank cells have left no trace"])


def _open_side(rows: Sequence[RawRow]) -> None:
    """Rows below heads that a label stands beside (绩效指标) begin one column to the right of it, as those heads do."""
    beside = False
    for row in rows:
        cells = [cell or "" for cell in row.cells]
        named = [column_notation(cell) for cell in cells]
        if len(_TIERS & set(named)) > 1 or ("tier3" in named and "target" in named):
            match = labels.match_block(cells[0])
            beside = match is not None and match.role("section") is not None and named[0] not in ("tier1", "tier2")
        elif beside and (not is_label(cells[0]) or labels.is_tier1(cells[0])):
            row.cells.insert(0, "")


def _open_texts(rows: Sequence[RawRow]) -> None:
    """Texts that stand below heads of texts (预期目标 and 实际完成情况) begin where those do."""
    for upper, lower in pairwise(rows):
        heads = [column for column, cell in enumerate(upper.cells) if cell and _is_text_head(cell)]
        inner = heads[-len(lower.cells) :]
        is_below = len(heads) > 1 and len(inner) == len(lower.cells) and inner[-1] == len(upper.cells) - 1
        if is_below and not any(is_label(cell or "") or is_figure(cell or "") for cell in lower.cells):
            lower.cells[:0] = [""] * inner[0]


def _is_text_head(text: str) -> bool:
    match = labels.match_block(text)
    return match is not None and match.value is None and match.means("objective", "outcome", "subgoals", "stages")


# --- columns of type


def _type_width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _wide_width(text: str) -> int:
    """As Chinese fixed fonts set it: a sign that other fonts set narrow (≥, —) is as wide as a character."""
    return sum(2 if unicodedata.east_asian_width(character) in "WFA" else 1 for character in text)


def _read_aligned(lines: Sequence[Line]) -> RawTable | None:
    """The lines as a table whose columns begin where its cells do, by width of type or by number of characters; None where
    they begin anywhere."""
    gaps = Counter(len(gap) for line in lines for gap in _GAP.findall(line.printed.strip()))
    if not gaps or max(gaps.values()) > _SAME_GAP * sum(gaps.values()):
        return None  # the cells of a line are only parted, always alike
    found: RawTable | None = None
    for measure in (_type_width, _wide_width, len):
        starts = Counter(start for line in lines for start, _ in _placed(line, measure))
        often = {start for start, count in starts.items() if count > 1}
        total = sum(starts.values())
        inner = sum(count for start, count in starts.items() if start)
        fixed = sum(count for start, count in starts.items() if start and start in often)
        head = next((line for line in lines if _is_head(line)), None)
        if not total or inner < len(lines) or fixed < _ALIGNED * inner:
            continue
        if head is not None and not any(start and start in often for start, _ in _placed(head, measure)):
            continue
        columns = sorted(starts)
        if found is not None and len(found.rows[0].cells) <= len(columns):
            continue
        rows: list[RawRow] = []
        for line in lines:
            cells = [""] * len(columns)
            for start, cell in _placed(line, measure):
                cells[columns.index(start)] = clean_cell(cell)
            rows.append(RawRow(list(cells), line.blank_before and bool(rows)))
        found = RawTable(rows, "columns", ["cells parted by spaces, in columns of type"])
    return found


def _placed(line: Line, measure: Callable[[str], int]) -> list[tuple[int, str]]:
    """The cells of a line with the column of type at which each begins."""
    return [(measure(line.printed[: found.start()]), found[0]) for found in _CELL.finditer(line.printed)]
