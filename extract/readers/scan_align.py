"""The tables of successive scans side by side: a scanner lays no two pages in quite the same place."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from extract.readers.pdf_draft import Draft

_MOST = 40.0  # points: pages lie no farther from each other
_ALIKE = 5.0  # points by which the widths of two parts of one table may differ


def align_scans(drafts: Sequence[Draft]) -> None:
    """Let a table that begins a scanned page stand below the last one of the page before, where it is as wide.

    Only the edges by which parts of a table are told to be one are moved; places stay as they were scanned.
    """
    for before, draft in pairwise(drafts):
        if draft.page.reading != "ocr" or draft.page.number != before.page.number + 1:
            continue
        (left, right), (own_left, own_right) = ((one.lattice.xs[0], one.lattice.xs[-1]) for one in (before, draft))
        moved = own_left - (left - before.shift)
        if abs(moved) <= _MOST and abs((right - left) - (own_right - own_left)) <= _ALIKE:
            draft.shift = moved
