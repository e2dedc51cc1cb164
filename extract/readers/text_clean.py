"""What a text file's cell says, without what the program that made the file put around it.

Tags, Markdown's marks and formulas go; a figure that was printed with spaces in it is one figure again; glyphs that stand
for a unit or a sign are what they stand for (ontology/data/repairs.yaml). No digit is ever changed.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

from extract.normalize import clean_text, fold_characters, is_wide, join_wrapped
from ontology.repairs import repairs
from ontology.units import find_unit
from ontology.wording import wording

_LINE_TAGS = re.compile(r"</?(?:br|p|div|li|ol|ul|tr|h[1-6])\b[^<>]{0,200}>", re.IGNORECASE)
_PLAIN_TAGS = re.compile(
    r"</?(?:b|u|i|s|em|strong|span|font|sub|small|del|ins|mark|a|code|center|o:p|td|th)\b[^<>]{0,200}>", re.IGNORECASE
)
_RAISED = re.compile(r"<sup>\s*([23])\s*</sup>|</?sup>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[a-zA-Z]{2,10});")
_BOLD = re.compile(r"(\*\*|__)(?=\S)([^\n]{1,400}?)(?<=\S)\1")
_HEADING = re.compile(r"^\s{0,3}#{1,6}\s+(.*?)(?:\s#+)?\s*$")
_BULLET = re.compile(r"^\s*[-*+]\s+(?=\S)")
_QUOTE = re.compile(r"^\s*>\s+")
_FORMULA = re.compile(r"\$([^$\n]{1,120})\$")

_LONGEST_FIGURE = 60
_SPACED_POINT = re.compile(r"(?<=\d)(?: *([.,，]) +| +([.,，]) *)(?=\d)")
_FIGURE = re.compile(r"\d[\d,，. ]*\d|\d")
_GROUPS_BY_POINT = re.compile(r"\d{1,3}(?:\.\d{3}){2,}")
_SOUND = re.compile(r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d{1,4})?")
_SPACE_AROUND_SIGN = re.compile(r"^([^\w\s]{1,2})\s+(?=\d)")


def clean_line(line: str) -> str:
    """Given a line of running text, return it without Markdown's marks for headings, lists and quotes, and tags."""
    heading = _HEADING.match(line)
    text = heading[1] if heading is not None else _QUOTE.sub("", _BULLET.sub("", line))
    return clean_text(strip_marks(text))


def clean_cell(text: str) -> str:
    """Given a cell's text as the file has it, return what was printed there."""
    return join_lines(clean_text(strip_marks(text)))


def strip_marks(text: str) -> str:
    """Given a text, return it without tags (a line break where one broke the line), entities, bold marks and formulas."""
    if "<" in text:
        text = _RAISED.sub(lambda found: {"2": "²", "3": "³"}.get(found[1] or "", ""), text)
        text = _PLAIN_TAGS.sub("", _LINE_TAGS.sub("\n", text))
    if "&" in text:
        text = _ENTITY.sub(lambda found: html.unescape(found[0]), text)
    if "$" in text:
        text = _FORMULA.sub(lambda found: _formula(found[1]), text)
    return _BOLD.sub(r"\2", text) if "**" in text or "__" in text else text


def _formula(text: str) -> str:
    for command, meant in repairs().formulas.items():
        text = text.replace(command, meant)
    return text.strip()


def join_lines(text: str) -> str:
    """Given a cell's text, return it with wrapped lines joined; a line break is kept before a numbered item and behind
    the end of a sentence."""
    if "\n" not in text:
        return text
    lines = [line for line in text.split("\n") if line.strip()]
    joined = lines[:1]
    for line in lines[1:]:
        if is_item(line) or joined[-1].endswith(("。", "；", ";")):
            joined.append(line)
        else:
            joined[-1] = join_wrapped(joined[-1], line)
    return "\n".join(joined)


_ITEM = re.compile(
    r"\s*(?:[(（]?\d{1,2}[)）、．]|\d{1,2}\.(?!\d)|[①-⑳]|[(（]?[一二三四五六七八九十]{1,3}[)）、]|(?:目标|指标|任务)\s*[\d一二三四五六七八九十]{1,2}[:：])"
)


def is_item(line: str) -> bool:
    """Whether a line begins as an item of a list does: "2.", "（一）", "目标1："."""
    return _ITEM.match(line) is not None


# --- figures


def repair_figure(text: str) -> str:
    """Given a short cell, return it with the spaces inside its figures closed ("11, 821, 658. 35") and thousands that are
    parted by points ("4. 200. 000") parted by commas; a cell without such a figure is returned as it is."""
    if len(text) > _LONGEST_FIGURE or not any(character.isdigit() for character in text):
        return text
    text = _SPACE_AROUND_SIGN.sub(r"\1", text)
    return _FIGURE.sub(lambda found: _close(found, text), text) if _SPACED_POINT.search(text) or "." in text else text


def close_figures(line: str) -> str:
    """Given a line of several cells, return it with the spaces inside its figures closed, where nothing else can be meant:
    groups of three digits behind commas, two decimals behind a point."""
    return _SPACED_IN_LINE.sub(lambda found: "".join(found[0].split()), line)


_SPACED_IN_LINE = re.compile(
    r"(?<![\d.,])\d{1,3}(?:, ?\d{3})*(?:, \d{3})(?:\. ?\d{1,2})?(?!\d)|(?<![\d.,])\d{2,}\. \d{1,2}(?!\d)"
)


def _close(found: re.Match[str], text: str) -> str:
    printed = found[0]
    closed = re.sub(r"\s*([.,，])\s*", lambda mark: "," if mark[1] == "，" else mark[1], printed)
    if _GROUPS_BY_POINT.fullmatch(closed):
        return closed.replace(".", ",")
    if closed == printed or not _SOUND.fullmatch(closed):
        return printed
    # "1. 20人" may be item 1, 20 people: a point after one or two digits that open the cell needs an end behind it.
    after = text[found.end() :]
    opens = not text[: found.start()].strip() and re.match(r"\d{1,2}\.", closed)
    return (
        closed if not opens or not after.strip() or after[0] in "%％‰)）" or find_unit(after) is not None else printed
    )


def repair_glyphs(text: str) -> str:
    """Given a short cell, return it with the glyphs of the closed lists as what they stand for: a sign before its figure, a
    unit behind a figure that has its sign, a lone glyph that is a dash."""
    stripped = text.strip()
    if not stripped or len(stripped) > _LONGEST_FIGURE:
        return text
    known = repairs()
    if stripped in known.alone:
        return known.alone[stripped]
    for glyph, meant in known.signs.items():
        if stripped.startswith(glyph) and stripped[len(glyph) :].lstrip()[:1].isdigit():
            stripped = meant + stripped[len(glyph) :].lstrip()
            break
    found = re.fullmatch(r"([^\w\s]{1,2})\s*([\d,.]*\d)\s*(\D{1,2})", stripped)
    if found is not None and found[3] in known.units and all(sign in _signs() for sign in found[1]):
        return f"{found[1]}{found[2]}{known.units[found[3]]}"
    return stripped if stripped != text.strip() else text


def _signs() -> Iterable[str]:
    return wording().signs


def squeeze(text: str) -> str:
    """Given a text, return it as texts of two cells are compared: characters folded, without white space."""
    return "".join(fold_characters(text).split())


def is_chinese(text: str) -> bool:
    """Whether a text has a Chinese character."""
    return any(is_wide(character) and character.isalpha() for character in text)
