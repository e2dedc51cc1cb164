"""Where the forms of a page are, told by the words in its rows: a head of indicators, what stands above and below it.

A form is known by its heads (三级指标 and 指标值 side by side, each a text of its own); prose that speaks of them is
one text, and a table of money has none. From the head the form reaches up to its title and down to its last row. At the
top of the next page it goes on where the texts keep to its columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from extract.piece_columns import Carried
from extract.piece_rows import PieceRow
from ontology import finance, labels, titles
from ontology.head_words import find_head_words

_FAR = 3.5  # sizes: a gap above a lone text so high ends a table
_WIDE = 0.6  # the share of the width of the page's text that a line of prose fills
_LED = 3  # rows with a label and its value that make a form's block without its indicators
_LOWER_HEADS = 2  # rows of a head below it: heads set a little lower than the others, and those that split one
_UPPER_HEADS = 2  # rows of a head above the one that names the tiers
_UNLABELLED = 3  # rows without a known label that may stand between rows of a form's block
_PAGE_HEADS = 2  # lines of a page's head that may stand above a table that goes on
_LONGEST_UNIT_LINE = 40  # characters: a longer line that names a unit of money is no caption
_TIERS = frozenset(("tier1", "tier2", "tier3"))
_TELLING = _TIERS | {"target", "actual", "operator"}  # columns that only an indicator table has


@dataclass(frozen=True, slots=True)
class Region:
    """The rows of one form (from 0, first and last), and its indicator tables: first row, last row of head, last.

    Where the form goes on from the page before without a head, its first table's head ends above its first row.
    """

    first: int
    last: int
    tables: tuple[tuple[int, int, int], ...]
    goes_on: bool = False


def names_heads(line: str) -> bool:
    """Whether a line prints heads of an indicator table, alone or in a sentence: worth a second look."""
    return len(find_head_words(line)) > 1


def may_hold_form(line: str) -> bool:
    """Whether a page with such a line is worth a second look: it prints heads of indicators, or a form's title."""
    return names_heads(line) or titles.form_title(line) is not None


def find_regions(rows: Sequence[PieceRow], carried: Carried | None = None) -> list[Region]:
    """Given the rows of a page, and what the page before carries on, return those that are forms."""
    heads = [number for number, row in enumerate(rows) if is_head(row)]
    regions: list[Region] = []
    if carried is not None and (rest := _rest(rows, carried)) is not None:
        regions.append(_region(rows, rest, None, heads))
    for head in heads:
        taken = regions[-1].last + 1 if regions else 0
        if head >= taken:
            follows = carried is not None and not regions
            goes_on = follows and carried is not None and _texts(rows[head]) <= carried.heads
            if follows and carried is not None and not carried.heads:
                first = _first_row(rows, head, taken)
                goes_on = not any(is_caption(row) for row in rows[:first])
            elif carried is not None and goes_on:
                first = head
                while first > taken and _texts(rows[first - 1]) <= carried.heads:
                    first -= 1
            else:
                first = _first_row(rows, head, taken)
                # A second table of the same form, at the very top of the page: the label at its side says no more.
                goes_on = follows and first <= _PAGE_HEADS and not any(map(is_caption, rows[:head]))
                goes_on = goes_on and not _names_form(rows[first : head + 1])
            regions.append(_region(rows, first, head, heads, goes_on=goes_on))
    if (block := block_at_foot(rows, regions[-1].last + 1 if regions else 0)) is not None:
        regions.append(block)
    return regions


def _names_form(rows: Sequence[PieceRow]) -> bool:
    """Whether rows say whose form they are of, or head a list of projects."""
    for piece in (piece for row in rows for piece in row.pieces):
        block, column = labels.match_block(piece.text), labels.match_column(piece.text)
        if block is not None and block.means(*_ABOVE):
            return True
        if column is not None and column.notation in ("project_name", "unit_name", "project_code"):
            return True
    return False


def block_at_foot(rows: Sequence[PieceRow], least: int) -> Region | None:
    """The labels and values of a form whose indicators begin on the next page: from its title to the page's foot."""
    titled = [n for n in range(least, len(rows)) if any(titles.form_title(p.text) for p in rows[n].pieces)]
    if not titled:
        return None
    first = titled[-1] + 1
    while first < len(rows) and all(_speaks_of_table(piece.text) for piece in rows[first].pieces):
        first += 1
    led = [
        match
        for row in rows[first:]
        if len(row.pieces) > 1 and (match := labels.match_block(row.pieces[0].text)) is not None
    ]
    named = any(match.means("name", "name_and_code", "unit_name") for match in led)
    return Region(first, len(rows) - 1, ()) if named and len(led) >= _LED else None


def unread_heads(rows: Sequence[PieceRow], regions: Sequence[Region]) -> tuple[str, ...]:
    """Given a page's rows and its forms, return the heads of a row outside of these that only an indicator table has:
    two tiers, or a tier and what is asked of it, side by side."""
    inside = {row for region in regions for row in range(region.first, region.last + 1)}
    for number, row in enumerate(rows):
        found = {match.notation: piece.text for piece in row.pieces if (match := labels.match_column(piece.text))}
        telling = {notation: text for notation, text in found.items() if notation in _TELLING}
        if number not in inside and len(telling) > 1 and _TIERS & telling.keys():
            return tuple(telling.values())
    return ()


def head_texts(rows: Sequence[PieceRow], region: Region) -> frozenset[str]:
    """Given a page's rows and a region, return the texts of its last head, to know it again on the next page."""
    if not region.tables:
        return frozenset()
    first, head, _ = region.tables[-1]
    return frozenset(text for row in rows[first : head + 1] for text in _texts(row))


def _texts(row: PieceRow) -> frozenset[str]:
    return frozenset(piece.text for piece in row.pieces)


def is_head(row: PieceRow) -> bool:
    """Whether a row is the head of an indicator table: pieces that each are one of its heads."""
    return are_heads([piece.text for piece in row.pieces])


def are_heads(texts: Sequence[str]) -> bool:
    """Whether the texts of a row of cells are heads of an indicator table: of its names, and of what goes with them."""
    notations = [match.notation for text in texts if (match := labels.match_column(text)) is not None]
    meant = {labels.columns()[notation].stands_for or notation for notation in notations}
    if len(notations) < 2:
        return False
    asked = bool(meant & {"target", "actual"})
    if "tier3" in meant:
        return bool(meant & {"tier1", "tier2"}) or asked
    return {"tier1", "tier2"} <= meant and asked


def _region(
    rows: Sequence[PieceRow], first: int, head: int | None, heads: Sequence[int], *, goes_on: bool = True
) -> Region:
    """The region that begins in a row and whose first head is given (none where it goes on without)."""
    starts = [head] if head is not None else [first - 1]
    last = row = max(first, starts[0])
    while row + 1 < len(rows) and not _ends(rows, row + 1):
        row += 1
        if row in heads and row != head:
            starts.append(row)
        last = row
    last = _last_inside(rows, max(starts[-1], first), last)
    ends = [*starts[1:], last + 1]
    tables = [indicator_rows(rows, start, end, first) for start, end in zip(starts, ends, strict=True)]
    return Region(first, last, tuple(tables), goes_on)


def _first_row(rows: Sequence[PieceRow], head: int, least: int) -> int:
    first = row = head
    unlabelled = 0
    while row > least and unlabelled <= _UNLABELLED:
        row -= 1
        if is_caption(rows[row]):
            break
        if len(rows[row].pieces) > 2 or any(labels.match_block(piece.text) for piece in rows[row].pieces):
            first, unlabelled = row, 0
        else:
            unlabelled += 1
    while first < head and all(_speaks_of_table(piece.text) for piece in rows[first].pieces):
        first += 1
    return first


_ABOVE = ("name", "name_and_code", "unit_name", "code", "department", "implementing_unit")
"""The fields that a line above a table may print: whose it is."""


def _speaks_of_table(text: str) -> bool:
    """Whether a text above a table's first row is about the whole of it: a caption, or "部门：某某局"."""
    if _is_caption_text(text):
        return True
    match = labels.match_block(text)
    if match is None:
        return "：" in text.replace(":", "：")[1:-1]
    return match.value is not None and match.means(*_ABOVE)


def is_caption(row: PieceRow) -> bool:
    """Given a row, return whether it stands above a table: a title, a year, a unit of money, whose form it is."""
    if all(_is_caption_text(piece.text) for piece in row.pieces):
        return True
    named = [piece for piece in row.pieces if (match := labels.match_block(piece.text)) is not None and match.value]
    captions = [piece for piece in row.pieces if _is_caption_text(piece.text)]
    return bool(captions) and len(named) + len(captions) == len(row.pieces)


def _is_caption_text(text: str) -> bool:
    return (
        titles.form_title(text) is not None
        or labels.only_year(text) is not None
        or (labels.find_money_unit(text) is not None and len(text) < _LONGEST_UNIT_LINE)
    )


def _ends(rows: Sequence[PieceRow], number: int) -> bool:
    """Whether a row is none of a form's any more: a title, or a lone text far below."""
    row, before = rows[number], rows[number - 1]
    if len(row.pieces) > 1:
        return False
    (piece,) = row.pieces
    if titles.form_title(piece.text) is not None:
        return True
    if labels.match_block(piece.text) is not None:
        return False
    return row.top - before.bottom > _FAR * piece.size


def _last_inside(rows: Sequence[PieceRow], head: int, last: int) -> int:
    """The last row of a table: lone texts without a label at its end are not, but right under its head and narrow."""
    every = [piece for row in rows for piece in row.pieces]
    width = max(piece.x1 for piece in every) - min(piece.x0 for piece in every)
    while last > head:
        row = rows[last]
        if len(row.pieces) > 1 or labels.match_block(row.pieces[0].text) is not None:
            break
        if labels.names_tier(row.pieces[0].text):
            break  # a tier may stand in a row of its own
        if row.pieces[0].x1 - row.pieces[0].x0 < _WIDE * width and last == head + 1:
            break
        last -= 1
    return last


# --- the indicator tables of a form


def indicator_rows(rows: Sequence[PieceRow], head: int, end: int, least: int) -> tuple[int, int, int]:
    """Given a table's rows, the row of its head (above `least` where it has none here), the row behind its last, and the
    first that may belong to it, return the first row of the indicator table, the last of its head, and its last."""
    last_head = head
    while (
        head >= least and last_head + 1 < end and last_head - head < _LOWER_HEADS and _splits_heads(rows[last_head + 1])
    ):
        last_head += 1
    last = last_head
    for row in range(last_head + 1, end):
        if _is_foot(rows[row]):
            break
        last = row
    first = max(head, least)
    while first > least and head - first < _UPPER_HEADS and _heads_others(rows[first - 1]):
        first -= 1
    return first, last_head, last


def _splits_heads(row: PieceRow) -> bool:
    """Whether a row below a head only splits heads above it."""
    return bool(row.pieces) and all(
        labels.match_subhead(piece.text) or labels.match_column(piece.text) for piece in row.pieces
    )


def _heads_others(above: PieceRow) -> bool:
    """Whether the row above a head is the upper part of it: heads, and merged ones beside them."""
    known = sum(
        1
        for piece in above.pieces
        if labels.match_column(piece.text) is not None
        or labels.is_tier1(piece.text)
        or ((match := labels.match_block(piece.text)) is not None and match.value is None)
    )
    return known * 2 > len(above.pieces) and len(above.pieces) > 2


_FOOT = ("score", "grade", "total_row", "name", "name_and_code", "code", "department", "implementing_unit", "unit_name",
         "outcome", "objective")  # fmt: skip


def _is_foot(row: PieceRow) -> bool:
    """Whether a row below a head begins what comes after the indicators."""
    if not row.pieces:
        return False
    lead = row.pieces[0]
    match = labels.match_block(lead.text)
    if match is None or labels.is_tier1(lead.text):
        return False
    return match.means(*_FOOT) or match.role("left_out") is not None


# --- a form that goes on from the page before


def _rest(rows: Sequence[PieceRow], carried: Carried) -> int | None:
    """The first row of what goes on from the page before without a head, or None where nothing does."""
    if not carried.gutters:
        return None
    for start in range(min(_PAGE_HEADS + 1, len(rows))):
        row = rows[start]
        if is_head(row) or is_caption(row) or any(finance.match_title(piece.text) for piece in row.pieces):
            return None
        if carried.holds(row.pieces):
            following = rows[start : start + 3]
            return start if any(carried.holds(r.pieces) and len(r.pieces) > 1 for r in following) else None
        if len(row.pieces) > 1:
            return None
    return None
