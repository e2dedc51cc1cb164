"""What a browser shows of a page and its tags don't say: what is filled into fields, and tables made by styles."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

Element = Any
"""An lxml element; lxml carries no types."""

_DISPLAY = re.compile(r"(?:^|[;\s])display\s*:\s*([a-z-]+)", re.IGNORECASE)
_CLASS = re.compile(r"(?:[a-z]+)?\.([\w-]+)", re.IGNORECASE)
_TAGS = {
    "table": "table", "inline-table": "table", "table-row": "tr", "table-cell": "td", "table-row-group": "tbody",
    "table-header-group": "tbody", "table-footer-group": "tbody",
}  # fmt: skip
_ROLES = {"table": "table", "grid": "table", "row": "tr", "cell": "td", "gridcell": "td", "columnheader": "td",
          "rowheader": "td", "rowgroup": "tbody"}  # fmt: skip
_TYPED = ("text", "", "number", "date", "tel", "email", "search", "url")


def show_fields(root: Element) -> None:
    """Given a page, put what the fields in its tables show (a text, a chosen option, a ticked box) into them as their
    text; a field elsewhere (a search box) is none of what the page says."""
    for field in _in_tables(root, "input"):
        kind = (field.get("type") or "").lower()
        if kind in _TYPED:
            field.tag = "span"
            field.text = field.get("value") or ""
        elif kind in ("checkbox", "radio"):
            field.tag = "span"
            field.text = "☑" if field.get("checked") is not None else "□"
    for field in _in_tables(root, "textarea"):
        field.tag = "span"
    for field in _in_tables(root, "select"):
        chosen = [option for option in field.iter("option") if option.get("selected") is not None]
        shown = "，".join("".join(option.itertext()).strip() for option in chosen)
        if not shown:
            continue  # nobody chose: a list of what may be chosen is no content
        for child in list(field):
            field.remove(child)
        field.tag, field.text = "span", shown


def _in_tables(root: Element, tag: str) -> list[Element]:
    return [field for field in root.iter(tag) if next(field.iterancestors("td", "th"), None) is not None]


def make_tables(root: Element) -> None:
    """Given a page, make tables of elements that its styles or roles show as tables, their rows and cells."""
    styled = _styled_classes(root)
    for element in root.iter("div", "span", "ul", "li", "section", "dl", "dd", "dt"):
        tag = _shown_as(element, styled)
        if tag is not None:
            element.tag = tag


def _styled_classes(root: Element) -> dict[str, str]:
    """The tags that the page's own styles make of classes: .row { display: table-row }."""
    found: dict[str, str] = {}
    for style in root.iter("style"):
        for selectors, body in _rules(style.text or ""):
            display = _DISPLAY.search(body)
            tag = _TAGS.get(display[1].lower()) if display is not None else None
            for selector in selectors.split(",") if tag is not None else ():
                if (named := _CLASS.fullmatch(selector.strip().split()[-1] if selector.strip() else "")) is not None:
                    found[named[1]] = tag or ""
    return found


def _rules(styles: str) -> Iterator[tuple[str, str]]:
    """The selectors and the declarations of each rule; split, as a pattern takes minutes where braces are missing."""
    first, *others = styles.split("/*")
    for rule in (first + "".join(other.partition("*/")[2] for other in others)).split("}"):
        selectors, _, body = rule.rpartition("{")
        yield selectors.rpartition("{")[2], body  # what stands before is a rule about rules: @media print {


def _shown_as(element: Element, styled: dict[str, str]) -> str | None:
    display = _DISPLAY.search(element.get("style") or "")
    if display is not None:
        return _TAGS.get(display[1].lower())
    if (role := _ROLES.get((element.get("role") or "").lower())) is not None:
        return role
    return next((styled[name] for name in (element.get("class") or "").split() if name in styled), None)
