"""What a paragraph of a Word file prints: its runs, without what is deleted, hidden or a hint to fill in.

Insertions are taken and deletions left out; a symbol that Word keeps by its place in a symbol font (≥, ☑) becomes the
character it shows; of a field the result is read, never its code; notes at a page's foot stand outside of the text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from docx.oxml.ns import qn

from extract.readers.docx_numbering import Numbering

Element = Any
"""An lxml element of python-docx's classes, which carry no types."""

_TRANSPARENT = {qn("w:sdtContent"), qn("w:ins"), qn("w:moveTo"), qn("w:customXml"), qn("w:smartTag"), qn("w:hyperlink"),
                qn("w:fldSimple"), qn("w:ruby"), qn("w:rubyBase"), qn("w:dir"), qn("w:bdo")}  # fmt: skip
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
ALTERNATES = "{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent"
_DRAWN = {qn("w:drawing"), qn("w:pict"), qn("w:object"), ALTERNATES}
_TEXT_BOX = qn("w:txbxContent")

# Word keeps a symbol as its place in a font whose characters lie at U+F000. Only what forms use is listed.
_SYMBOL_FONTS = {
    "symbol": {0xA3: "≤", 0xB3: "≥", 0xB1: "±", 0xB4: "×", 0xB8: "÷", 0xB0: "°", 0xB9: "≠", 0xBB: "≈", 0xA5: "∞",
               0x25: "%", 0x3C: "<", 0x3D: "=", 0x3E: ">", 0x2B: "+", 0x2D: "-", 0xB7: "·", 0xD6: "√"},
    "wingdings": {0xA8: "□", 0x6F: "□", 0x71: "□", 0xFE: "☑", 0xFD: "☒", 0xFC: "√", 0x78: "☒", 0x6E: "■", 0xFB: "×"},
    "wingdings 2": {0x52: "☑", 0x53: "☒", 0x54: "☒", 0x50: "√", 0x4F: "×", 0xA3: "□", 0x30: "□", 0x2A: "□"},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Styles:
    """What styles say of text: the ones whose text is hidden, and the lists that number paragraphs."""

    numbering: Numbering = field(default_factory=Numbering)
    hidden: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Printed:
    """A paragraph: its text with the number before it, the text boxes anchored in it, and whether the next one goes on
    with it (its end was deleted)."""

    text: str
    boxes: tuple[Element, ...] = ()
    goes_on: bool = False


def is_on(switch: Element | None) -> bool:
    """Whether a switch of Word's ("w:vanish") is there and on."""
    return switch is not None and switch.get(qn("w:val")) not in ("0", "false", "off")


def open_children(element: Element) -> Iterator[Element]:
    """The element's children, with content controls and insertions opened; what only asks to be filled in is left out."""
    for child in element:
        if child.tag in _TRANSPARENT:
            yield from open_children(child)
        elif child.tag == qn("w:sdt"):
            content = child.find(qn("w:sdtContent"))
            if content is not None and (not _is_hint(child) or next(content.iter(qn("w:tc")), None) is not None):
                yield from open_children(content)
        else:
            yield child


def _is_hint(control: Element) -> bool:
    return is_on(control.find(f"{qn('w:sdtPr')}/{qn('w:showingPlcHdr')}"))


def hidden_styles(styles: Element | None) -> frozenset[str]:
    """Given the root of a document's styles, return the names of those whose text is hidden."""
    if styles is None:
        return frozenset()
    return frozenset(
        str(style.get(qn("w:styleId")))
        for style in styles.iterchildren(qn("w:style"))
        if is_on(style.find(f"{qn('w:rPr')}/{qn('w:vanish')}"))
    )


def print_paragraph(paragraph: Element, styles: Styles) -> Printed:
    """Given a paragraph's element, return what it prints; its list counts on."""
    properties = paragraph.find(qn("w:pPr"))
    mark = properties.find(qn("w:rPr")) if properties is not None else None
    style = properties.find(qn("w:pStyle")) if properties is not None else None
    is_hidden = style is not None and style.get(qn("w:val")) in styles.hidden
    pieces: list[str] = []
    boxes: list[Element] = []
    for child in open_children(paragraph):
        if child.tag == qn("w:r"):
            pieces.append(_run_text(child, styles, boxes, is_hidden))
        elif child.tag.startswith(_MATH):
            pieces.extend(text.text or "" for text in child.iter(f"{_MATH}t"))
    text = "".join(pieces)
    if mark is not None and mark.find(qn("w:del")) is not None:
        return Printed(text, tuple(boxes), goes_on=True)
    if is_hidden or (mark is not None and is_on(mark.find(qn("w:vanish"))) and not text.strip()):
        return Printed(text, tuple(boxes))
    return Printed(_join(styles.numbering.number(paragraph), text), tuple(boxes))


def _join(number: str, text: str) -> str:
    """A number and the text behind it: "1." and "完成" are "1.完成", "1" and "2024年" stay apart."""
    text = text.lstrip()
    apart = number[-1:].isalnum() and text[:1].isalnum() and text[:1].isascii() and number[-1:].isascii()
    # After "1." a figure would read as one number with it.
    apart = apart or (number[-1:] == "." and text[:1].isdigit())
    return f"{number} {text}" if apart else number + text


def _run_text(run: Element, styles: Styles, boxes: list[Element], is_hidden: bool) -> str:
    properties = run.find(qn("w:rPr"))
    if properties is not None:
        own = properties.find(qn("w:vanish"))
        style = properties.find(qn("w:rStyle"))
        if own is not None:
            is_hidden = is_on(own)
        elif style is not None and style.get(qn("w:val")) in styles.hidden:
            is_hidden = True
    if is_hidden:
        return ""
    pieces: list[str] = []
    for child in open_children(run):
        if child.tag == qn("w:t"):
            pieces.append(child.text or "")
        elif child.tag == qn("w:cr") or (child.tag == qn("w:br") and child.get(qn("w:type")) in (None, "textWrapping")):
            pieces.append("\n")
        elif child.tag in (qn("w:tab"), qn("w:ptab")):
            pieces.append(" ")
        elif child.tag == qn("w:noBreakHyphen"):
            pieces.append("-")
        elif child.tag == qn("w:sym"):
            pieces.append(_symbol(child))
        elif child.tag in _DRAWN:
            # A drawing stands there twice, the second time for old programs: its first choice is the drawing.
            drawn = child[0] if child.tag == ALTERNATES and len(child) else child
            boxes += [box for box in drawn.iter(_TEXT_BOX) if not _is_inside(box, drawn)]
    return "".join(pieces)


def _is_inside(box: Element, drawn: Element) -> bool:
    """Whether a text box stands in another one of a drawing, which is read with that."""
    parent = box.getparent()
    while parent is not None and parent is not drawn:
        if parent.tag == _TEXT_BOX:
            return True
        parent = parent.getparent()
    return False


def _symbol(symbol: Element) -> str:
    try:
        code = int(str(symbol.get(qn("w:char"))), 16)
    except ValueError:
        return ""
    known = _SYMBOL_FONTS.get(str(symbol.get(qn("w:font"))).lower())
    if known is not None:
        return known.get(code & 0xFF, "")
    if 0xF000 <= code <= 0xF0FF:
        code -= 0xF000
    return chr(code) if 0x20 <= code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else ""
