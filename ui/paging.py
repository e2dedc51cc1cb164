"""Long lists, shown a part at a time: the part that the address asks for (`p`), and the links to those beside it."""

from __future__ import annotations

from collections.abc import Mapping

from ui.html import Html, tag
from ui.i18n import Texts
from ui.links import address, link, read_count


def read_part(parameters: Mapping[str, str], count: int, size: int) -> tuple[int, int]:
    """Given an address's parameters, how many entries a list has and how many are shown at a time, return the part to
    show, from 1, and how many parts there are."""
    parts = max(1, -(-count // size))
    return min(read_count(parameters, "p") or 1, parts), parts


def pager(page: str, part: int, parts: int, chosen: Mapping[str, str], t: Texts) -> Html | None:
    """Given a page's name, the part of a list that is shown, how many parts there are and the address's parameters,
    return the links to the parts before and after; None for a list of one part."""
    if parts < 2:
        return None

    def step(to: int, label: str) -> Html:
        if not 1 <= to <= parts:
            return tag("span", label, aria_disabled="true")
        return link(address(page, t.language, **chosen, p=to if to > 1 else None), label)

    where = tag("b", t("projects.page_of", page=part, pages=parts))
    return tag(
        "nav", step(part - 1, t("projects.previous")), where, step(part + 1, t("projects.next")), class_="pk-pager"
    )
