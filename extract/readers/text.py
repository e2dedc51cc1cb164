"""Texts: what programs made of a disclosure's pages, as paragraphs and grids.

A text has lost the lines of its tables. Cells are parted by tabs or bars, stand on lines of their own, or follow each other
in a line; merged cells are blank positions, and a scan adds glyphs of its own. What a row's cells are can then only be
told by what they say, so the modules beside this one ask `ontology.labels` for heads and tiers: the one reader that
knows of forms. Nothing is guessed: each decision is in the grid's notes, and what stays doubtful is an issue.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import replace
from pathlib import Path

from extract.errors import UnreadableDocumentError
from extract.finance import near_lines
from extract.formats import Format, detect
from extract.grid import Block, Document, Grid, Paragraph
from extract.readers.html import read_fragment
from extract.readers.text_clean import clean_cell, repair_figure, repair_glyphs, squeeze
from extract.readers.text_flat import read_flat
from extract.readers.text_json import read_grids
from extract.readers.text_lines import Line, Part, RawTable, split_parts
from extract.readers.text_money import read_money_table
from extract.readers.text_runs import join_runs
from extract.readers.text_tables import read_table
from ontology.records import Issue, Place

_LARGEST = 50_000_000
_BORDER = re.compile(r"[\t|\n]")
_CODE = re.compile(r"(?<!\d)2\d{6}(?!\d)")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")


def read(path: Path) -> Document:
    """Given a file of text, return its paragraphs and tables; raise UnreadableDocumentError where it holds none."""
    text = read_text(path)
    if detect(path) is Format.JSON:
        try:
            found = read_grids(text)
        except ValueError as error:
            raise UnreadableDocumentError(
                f"{path.name}: begins like JSON but is none ({error}); write it anew, or name the document it was made from"
            ) from error
        if found is None:
            raise UnreadableDocumentError(
                f"{path.name}: is JSON but no grid of rows (a list of rows of texts, or an object with its rows); "
                "name the document it was made from"
            )
        return _read_parts(found, _evidence(text))
    return _read_parts(split_parts(text), _evidence(text))


def read_text(path: Path) -> str:
    """Given a file, return its text; raise UnreadableDocumentError where it is none, or larger than any disclosure."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UnreadableDocumentError(f"{path.name}: cannot be opened ({error.strerror or error})") from error
    if len(content) > _LARGEST:
        raise UnreadableDocumentError(f"{path.name}: is larger than {_LARGEST:,} bytes; no text of that size is read")
    marked = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _CONTROL.search(text) is None:
            return text
    raise UnreadableDocumentError(
        f"{path.name}: is not text in UTF-8, UTF-16 or GB 18030 from beginning to end; get it again from its source"
    )


def _evidence(text: str) -> str:
    """What a document prints, without white space but with the borders of cells and lines: how it spells a name."""
    return squeeze(_BORDER.sub("\0", text))


def _read_parts(parts: list[Part], text: str) -> Document:
    blocks: list[Block] = []
    issues: list[Issue] = []
    tables = 0
    above: list[str] = []
    codes = frozenset(_CODE.findall(text))
    for part in join_runs(read_flat(parts)):
        if isinstance(part, Line):
            blocks.append(Paragraph(part.text, Place()))
            above.append(part.text)
            continue
        if isinstance(part, RawTable):
            money = read_money_table(part, tables + 1, near_lines(above), codes)
            found_blocks, found = (money, []) if money is not None else read_table(part, tables + 1, text)
            tables += any(isinstance(block, Grid) for block in found_blocks)
            blocks += found_blocks
            issues += found
        else:
            found_blocks, found = read_fragment(part.source, tables)
            tables += sum(isinstance(block, Grid) for block in found_blocks)
            blocks += [_repaired(block) for block in found_blocks]
            issues += found
        above = []
    return Document(tuple(blocks), issues=tuple(issues))


def _repaired(block: Block) -> Block:
    if isinstance(block, Paragraph):
        return block
    return replace(
        block,
        cells=tuple(replace(cell, text=repair_glyphs(repair_figure(clean_cell(cell.text)))) for cell in block.cells),
    )
