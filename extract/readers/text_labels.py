"""Labels and names that a scan cut into neighbouring cells, put together again.

Where a scan sees a line inside of a word, the word stands in two cells, and the glyph on the line leaves a remainder in
one of them or in both: "年度总" | "总体目标". Two cells are one label where together, with or without the glyph at the
cut, they spell one of the lists (ontology/data); the columns under a cut head are one column. The value of a label
that has only one (a project's or unit's name) is joined over the rest of its cells, the glyph at the cut as the document
spells it elsewhere.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence

from extract.normalize import clean_text
from extract.readers.text_clean import is_chinese, repair_figure, squeeze
from extract.readers.text_matrix import Matrix, Row, merge_entries
from extract.readers.text_spans import column_notation, is_figure, is_label, tier_rows
from ontology import labels, titles

_MOST_PIECES = 5
_NAMES = ("name", "unit_name", "department", "implementing_unit", "name_and_code")
_LEAST_EVIDENCE = 4
"""Characters on each side of a cut that the document must print together elsewhere."""


def join_cut_labels(matrix: Matrix) -> None:
    """Join the cells of cut labels and titles; join the columns under cut heads."""
    tiers = tier_rows(matrix)
    for number, row in enumerate(matrix.rows):
        _repair_labels(matrix, number, number in tiers)
        _join_title(row, matrix.width)
        # Below the heads of indicators pieces of tiers stand side by side that are no label.
        if number <= min(tiers, default=number):
            for first in row.filled():
                _join_label(matrix, number, first)
    for number, row in enumerate(matrix.rows):
        for column in row.filled():
            entry = row.entries[column]
            if entry.columns > 1 and _heads_column(entry.text) and len(entry.parts) > 1:
                _join_columns(matrix, number, column, entry.columns)


_LONGEST_LABEL = 24
_STRAY = re.compile(r"[\[\]{}|」「】【、·]")


def _repair_labels(matrix: Matrix, number: int, names_tiers: bool) -> None:
    """Take stray marks out of labels ("项目]名称"), and name the third of three tiers that a scan misread."""
    row = matrix.rows[number]
    for column in row.filled():
        entry = row.entries[column]
        if len(entry.text) <= _LONGEST_LABEL and _STRAY.search(entry.text) and not is_known(entry.text):
            bare = _STRAY.sub("", entry.text)
            if is_known(bare):
                matrix.report("table.label_repaired", number, column, text=entry.text, label=bare)
                entry.text = bare
    if not names_tiers:
        return
    named = {column: column_notation(row.entries[column].text) for column in row.filled()}
    second = [column for column, notation in named.items() if notation == "tier2"]
    if "tier1" not in named.values() or not second or "tier3" in named.values():
        return
    between = list(itertools.takewhile(lambda column: named[column] is None, (c for c in named if c > second[0])))
    text = "".join(row.entries[column].text for column in between)
    if between and text.endswith(_THIRD[1:]):
        _put(row, between, _THIRD)
        matrix.report("table.label_repaired", number, between[0], text=text, label=_THIRD)


_THIRD = "三级指标"


def _join_title(row: Row, width: int) -> None:
    filled = row.filled()
    texts = [row.entries[column].text for column in filled]
    if len(filled) < 2 or any(titles.form_title(text) is not None for text in texts):
        return
    if titles.form_title("".join(texts)) is not None:
        _put(row, filled, "".join(texts))


def drop_glyphs(matrix: Matrix, rows: Sequence[int]) -> None:
    """Take lone marks that say nothing ("#" between a label and its amount) out of the rows of a form's block."""
    for number in rows:
        for column in matrix.rows[number].filled():
            entry = matrix.rows[number].entries[column]
            if len(entry.text) == 1 and entry.text in _NOISE:
                matrix.report("table.glyph_dropped", number, column, text=entry.text)
                entry.text = ""


_NOISE = frozenset("#」「|^~`'\"_=[]{}<>\\")


def _join_label(matrix: Matrix, number: int, first: int) -> None:
    row = matrix.rows[number]
    for count in range(_MOST_PIECES, 1, -1):
        columns = list(range(first, first + count))
        if columns[-1] >= matrix.width or any(not row.entries[c].text or row.entries[c].columns > 1 for c in columns):
            continue
        texts = [row.entries[column].text for column in columns]
        if all(is_known(text) or labels.match_subhead(text) for text in texts) or any(
            is_figure(text) for text in texts
        ):
            continue
        label = next((text for text in _joined(texts) if is_known(text)), None)
        if label is not None:
            _put(row, columns, label)
            matrix.report("table.label_joined", number, first, text=" | ".join(texts), joined=label)
            return


def is_known(text: str) -> bool:
    """Whether a text is a label of a form or the head of a column."""
    return is_label(text) or labels.match_column(text) is not None


def _joined(texts: Sequence[str]) -> Iterator[str]:
    """The ways to put pieces together: as they are, or without a remainder of the glyph at a cut."""
    yield "".join(texts)
    for cuts in itertools.product((None, "left", "right"), repeat=len(texts) - 1):
        pieces = list(texts)
        for at, cut in enumerate(cuts):
            if cut == "left" and len(pieces[at]) > 1:
                pieces[at] = pieces[at].rstrip()[:-1]
            elif cut == "right" and len(pieces[at + 1]) > 1:
                pieces[at + 1] = pieces[at + 1][1:]
        if all(piece.strip() for piece in pieces):
            yield "".join(pieces)


def _put(row: Row, columns: Sequence[int], text: str) -> None:
    entries = row.entries[columns[0] : columns[-1] + 1]
    joined = merge_entries(entries, text)
    row.entries[columns[0]] = joined
    for entry in row.entries[columns[0] + 1 : columns[-1] + 1]:
        entry.text = ""


# --- columns


def _heads_column(text: str) -> bool:
    if labels.match_column(text) is not None:
        return True
    match = labels.match_block(text)
    return match is not None and any(role.group in ("stage", "execution") for role in match.roles)


def _join_columns(matrix: Matrix, head: int, first: int, count: int) -> None:
    """Join the cells below a head that was cut: they are cut where it is."""
    tiers = head in tier_rows(matrix)
    for number in range(head + 1, len(matrix.rows)):
        row = matrix.rows[number]
        entries = row.entries[first : first + count]
        texts = [entry.text for entry in entries if entry.text]
        if any(entry.columns > 1 for entry in entries) or any(is_known(text) for text in texts):
            break
        if not tiers and any(not is_figure(text) and is_chinese(text) for text in texts):
            break
        text = repair_figure("".join(texts))
        if len(texts) > 1 and all(map(is_figure, texts)) and not is_figure(text):
            matrix.report("table.row_unsure", number, first, text=" | ".join(row.texts())[:80])
            continue
        joined = merge_entries(entries, text)
        row.entries[first] = joined
        for entry in row.entries[first + 1 : first + count]:
            entry.text = ""
        if len(texts) > 1:
            matrix.report("table.cell_cut", number, first, text=" | ".join(texts), joined=joined.text)


# --- names


def join_cut_names(matrix: Matrix, document: str) -> None:
    """Join the cells over which a name is cut, given the document's text without white space as evidence."""
    for number, row in enumerate(matrix.rows):
        filled = row.filled()
        for at, column in enumerate(filled):
            match = labels.match_block(row.entries[column].text)
            if match is None or match.value is not None or not match.means(*_NAMES):
                continue
            end = next((c for c in filled[at + 1 :] if is_known(row.entries[c].text)), matrix.width)
            columns = [c for c in filled[at + 1 :] if c < end]
            if columns:
                _join_name(matrix, number, columns, document)


def _join_name(matrix: Matrix, number: int, columns: Sequence[int], document: str) -> None:
    row = matrix.rows[number]
    texts = [row.entries[column].text for column in columns]
    if any(is_figure(text) for text in texts):
        return
    kept = texts
    if len(texts) > 1 and len(squeeze(texts[0])) == 1 and len(texts[1]) > 1:
        kept = texts[1:]  # what the label's last glyph left behind the line
    if len(kept) > 1 and len(squeeze(kept[-1])) == 1 and not is_chinese(kept[-1]):
        kept = kept[:-1]
    name = kept[0]
    for piece in kept[1:]:
        name = _join_at_cut(name, piece, document)
    if name == texts[0] and len(kept) == len(texts):
        return
    _put(row, range(columns[0], columns[-1] + 1), name)
    matrix.report("table.cell_cut", number, columns[0], text=" | ".join(texts), joined=name)


def _join_at_cut(left: str, right: str, document: str) -> str:
    """Two pieces as the document prints them together elsewhere; as they are, where it doesn't."""
    before, after = squeeze(left)[-_LEAST_EVIDENCE:], squeeze(right)[:_LEAST_EVIDENCE]
    if before + after in document:
        return left + right
    rest = squeeze(right)[1 : 1 + _LEAST_EVIDENCE]
    if len(before) < _LEAST_EVIDENCE - 1 or not rest:
        return left + right
    found = set(re.findall(re.escape(before) + r"(.?)" + re.escape(rest), document))
    if len(found) == 1:
        return f"{left}{found.pop()}{right[1:]}"
    return left + right


# --- a label and its value in one cell


def part_labels(row: Row) -> None:
    """Part a label from the value that stands behind it in its cell ("实施单位  某某局"), with the mark that labels use;
    drop a label that is printed again before its value."""
    for column in row.filled():
        entry = row.entries[column]
        if len(entry.pieces) < 2 or is_known(entry.text):
            continue
        lead, rest = entry.pieces[0], clean_text(" ".join(entry.pieces[1:]))
        match = labels.match_block(lead)
        if match is None or match.value is not None or not match.means(*_NAMES):
            continue
        before = row.entries[column - 1].text if column else ""
        entry.text = rest if squeeze(before) == squeeze(lead) else f"{lead}：{rest}"
