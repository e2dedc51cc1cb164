"""What was read from a picture without being sure, told cell by cell: signs and figures above all."""

from __future__ import annotations

from collections.abc import Sequence

from extract.grid import Paragraph
from extract.readers.pdf_draft import Draft
from extract.readers.pdf_page import Doubt, PageContent
from extract.readers.scan_sign_list import SIGNS
from ontology.issues import issue
from ontology.records import Issue, Place

_KINDS = ("sign", "number", "unread", "text")
"""From the gravest: a cell is told of once, for the gravest of its doubts."""

_LONGEST = 60  # characters of a text that an issue repeats
_A_COLUMN = 2  # signs alone in their cells that make a column of signs
_MOST = 8  # doubtful readings of a page's prose that an issue names


def doubt_issues(content: PageContent, blocks: Sequence[Paragraph | Draft]) -> list[Issue]:
    """Given a page read from a picture and what was made of it, return an issue for each cell that isn't sure, and one
    for all text outside of tables."""
    drafts = [block for block in blocks if isinstance(block, Draft)]
    by_cell: dict[tuple[int, int], list[Doubt]] = {}
    outside: list[Doubt] = []
    for doubt in content.doubts:
        found = _cell_of(doubt, drafts)
        if found is None:
            outside.append(doubt)
        else:
            by_cell.setdefault(found, []).append(doubt)
    for number, draft in enumerate(drafts):
        for index in _odd_among_signs(draft):
            cell = draft.lattice.cells[index]
            doubt = Doubt("sign", cell.box.x0, cell.box.top, draft.texts[index], "")
            by_cell.setdefault((number, index), []).append(doubt)
    issues = [
        _cell_issue(drafts[number], index, doubts)
        for (number, index), doubts in sorted(by_cell.items(), key=lambda entry: (drafts[entry[0][0]].number, entry[0]))
        if index not in drafts[number].outside
    ]
    told = list(dict.fromkeys(doubt.read for doubt in outside if doubt.read))
    if outside:
        texts = "、".join(told[:_MOST]) + ("…" if len(told) > _MOST else "")
        place = Place(page=content.number, reading="ocr")
        issues.append(issue("ocr.prose_unsure", place, page=content.number, count=len(outside), texts=texts or "?"))
    return issues


def _odd_among_signs(draft: Draft) -> list[int]:
    """The cells of a column of signs that hold another single character: it may well be a sign that was misread."""
    columns: dict[int, list[int]] = {}
    for index, text in draft.texts.items():
        if len(text) == 1:
            columns.setdefault(draft.lattice.cells[index].column, []).append(index)
    odd: list[int] = []
    for cells in columns.values():
        others = [index for index in cells if draft.texts[index] not in SIGNS]
        if len(cells) - len(others) >= max(_A_COLUMN, len(others)):
            odd += others
    return odd


def _cell_of(doubt: Doubt, drafts: Sequence[Draft]) -> tuple[int, int] | None:
    """The table (its place in the list) and the cell in which a doubt lies; of tables in each other the innermost."""
    found: tuple[int, int] | None = None
    for number, draft in enumerate(drafts):
        index = draft.lattice.cell_at(doubt.x, doubt.y)
        if index is not None and (found is None or draft.lattice.area < drafts[found[0]].lattice.area):
            found = (number, index)
    return found


def _cell_issue(draft: Draft, index: int, doubts: Sequence[Doubt]) -> Issue:
    cell, page = draft.lattice.cells[index], draft.page
    place = Place(
        page=page.number,
        table=draft.number,
        row=cell.row + 1,
        column=cell.column + 1,
        box=page.displayed(cell.box),
        reading="ocr",
        confidence=draft.confidence.get(index),
    )
    text = draft.texts.get(index, "").replace("\n", " ")
    text = text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
    kind = next(kind for kind in _KINDS if any(doubt.kind == kind for doubt in doubts))
    if kind == "unread":
        return issue("ocr.unread", place, text=text)
    gravest = [doubt for doubt in doubts if doubt.kind == kind]
    read = "、".join(dict.fromkeys(doubt.read for doubt in gravest if doubt.read)) or text
    other = "、".join(dict.fromkeys(doubt.other for doubt in gravest if doubt.other))
    instead = (f"，也可能是“{other}”", f"; it may be “{other}”") if other else ("", "")
    return issue(f"ocr.{kind}_unsure", place, text=text, read=read, instead=instead)
