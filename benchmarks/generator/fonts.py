"""Fonts as documents carry them: a small TrueType font with the characters of a text.

The faces are Noto CJK (SIL Open Font License 1.1, which lets documents embed them). Their outlines are cubic; PDF
printers embed such fonts as Type 3 and let texts come out in look-alike radicals, so the outlines are made quadratic.
"""

from __future__ import annotations

import io
import uuid
from functools import cache
from pathlib import Path
from typing import NamedTuple

from fontTools import subset
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont, newTable


class Face(NamedTuple):
    """A face: the family's name, the collection that holds it and its number in that."""

    family: str
    path: Path
    number: int


_NOTO = Path("/usr/share/fonts/opentype/noto")
SONG = Face("Noto Serif CJK SC", _NOTO / "NotoSerifCJK-Regular.ttc", 2)
HEI = Face("Noto Sans CJK SC", _NOTO / "NotoSansCJK-Bold.ttc", 2)
_ERROR = 1.0
"""How far, in thousandths of an em, a quadratic outline may stray from the cubic one."""


class MissingToolError(RuntimeError):
    """A font or program that typesetting needs is not installed; the message says what to install."""


def _make_quadratic(font: TTFont) -> None:
    """Given a font with cubic outlines (CFF), turn it into one with TrueType outlines."""
    order, glyphs = font.getGlyphOrder(), font.getGlyphSet()
    made = {}
    for name in order:
        pen = TTGlyphPen(None)
        glyphs[name].draw(Cu2QuPen(pen, _ERROR, reverse_direction=True))
        made[name] = pen.glyph()
    table = newTable("glyf")
    table.glyphOrder, table.glyphs = order, made
    font["loca"], font["glyf"] = newTable("loca"), table
    for name in order:
        made[name].recalcBounds(table)
        width, _ = font["hmtx"][name]
        font["hmtx"][name] = (width, getattr(made[name], "xMin", 0))
    del font["CFF "]
    highest = font["maxp"]
    highest.tableVersion = 0x00010000
    for name in ("maxTwilightPoints", "maxStorage", "maxFunctionDefs", "maxInstructionDefs", "maxStackElements",
                 "maxSizeOfInstructions"):  # fmt: skip
        setattr(highest, name, 0)
    highest.maxZones = 1
    font["post"].formatType = 3.0
    font.sfntVersion = "\x00\x01\x00\x00"


@cache
def subset_font(face: Face, characters: frozenset[str]) -> bytes:
    """Given a face and characters, return a TrueType font with those of them that the face has."""
    if not face.path.exists():
        raise MissingToolError(f"the font {face.family} is missing: install Debian's package fonts-noto-cjk")
    font = TTFont(face.path, fontNumber=face.number, recalcTimestamp=False)
    dropped = ["GPOS", "GSUB", "GDEF", "BASE", "VORG", "vhea", "vmtx", "DSIG"]
    options = subset.Options(
        layout_features=[], hinting=False, desubroutinize=True, notdef_outline=True, name_IDs=["*"],
        drop_tables=[*subset.Options().drop_tables, *dropped],
    )  # fmt: skip
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes={ord(character) for character in characters})
    subsetter.subset(font)
    _make_quadratic(font)
    buffer = io.BytesIO()
    font.save(buffer)
    return buffer.getvalue()


def obfuscate(font: bytes) -> tuple[bytes, str]:
    """Given a font, return it as a Word document embeds it (ECMA-376 part 4, 17.8.1) and the key in GUID form."""
    key = uuid.uuid5(uuid.NAMESPACE_OID, f"{len(font)}:{sum(font)}")
    mask = key.bytes[::-1]
    head = bytes(byte ^ mask[n % 16] for n, byte in enumerate(font[:32]))
    return head + font[32:], f"{{{str(key).upper()}}}"
