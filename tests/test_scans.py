"""Scans: pages of the shipped examples as a scanner would give them, read by recognising their text."""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
import pytest
from PIL import Image, ImageDraw

from extract.batch import read_disclosure, read_document
from extract.errors import UnreadableDocumentError
from extract.grid import Document
from extract.lattice import find_lattices
from extract.readers.scan_ink import find_ink
from extract.readers.scan_lines import Strip, lines_in
from extract.readers.scan_page import read_picture
from extract.readers.scan_rules import find_rules
from extract.readers.scan_seal import grey_without_seals
from extract.readers.scan_signs import shape_of
from extract.readers.scan_turn import find_skew, straighten
from extract.render import render_page
from ontology.records import Box

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "benchmarks"))

from scanned import Wear, scan_document, scan_page  # noqa: E402

FORM = ROOT / "examples" / "dazhou-service-bureau-2024-budget.pdf"
FORM_PAGE = 5
SMALL = ROOT / "examples" / "nanning-registry-2021-budget.pdf"
SMALL_PAGE = 4


@cache
def digital(path: Path) -> Document:
    return read_document(path)


def scan(path: Path, page: int, *, turn: int = 0, wear: Wear | None = None) -> Image.Image:
    with pdfium.PdfDocument(path) as document:
        return scan_page(document[page - 1], page, wear, turn)


def cells(document: Document, page: int) -> dict[tuple[int | None, ...], str]:
    """The texts of a page by the table, row and column of their cells."""
    parts = (part for grid in document.grids for cell in grid for part in cell.parts)
    return {(p.place.table, p.place.row, p.place.column): p.text for p in parts if p.place.page == page}


@pytest.fixture(scope="module")
def form_scan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("scans") / "扫描件.png"
    scan(FORM, FORM_PAGE).save(path, dpi=(200, 200))
    return path


@pytest.fixture(scope="module")
def form_reading(form_scan: Path) -> Document:
    return read_document(form_scan)


def test_a_scan_gives_the_cells_of_the_digital_page(form_reading: Document) -> None:
    wanted, found = cells(digital(FORM), FORM_PAGE), cells(form_reading, 1)
    assert found.keys() == wanted.keys()
    wrong = {place: (wanted[place], found[place]) for place in wanted if found[place] != wanted[place]}
    assert len(wrong) <= 0.03 * len(wanted), wrong


def test_what_is_wrong_is_told_cell_by_cell(form_reading: Document) -> None:
    wanted, found = cells(digital(FORM), FORM_PAGE), cells(form_reading, 1)
    told = {(one.place.table, one.place.row, one.place.column) for one in form_reading.issues if one.place}
    silent = {
        place: (wanted[place], found[place])
        for place in wanted
        if found[place] != wanted[place] and any(c in "≥≤<>=0123456789" for c in wanted[place]) and place not in told
    }
    assert not silent
    assert len(told) < 0.1 * len(wanted)


def test_each_cell_says_that_it_was_recognised_and_how_surely(form_reading: Document) -> None:
    places = [part.place for grid in form_reading.grids for cell in grid for part in cell.parts]
    assert {place.reading for place in places} == {"ocr"}
    assert all(place.confidence is not None and 0 <= place.confidence <= 1 for place in places)
    assert [one.code for one in form_reading.issues if one.code == "page.scanned"] == ["page.scanned"]


def test_a_scan_gives_the_indicators_of_the_digital_document(form_scan: Path) -> None:
    wanted = [p for p in read_disclosure(FORM).disclosure.projects if p.place and p.place.page == FORM_PAGE]
    found = read_disclosure(form_scan).disclosure.projects
    assert [p.name for p in found] == [p.name for p in wanted]
    for one, other in zip(found, wanted, strict=True):
        targets = [(row.tier3, row.target.raw if row.target else None) for row in other.indicators]
        # The last project goes on over the page's end.
        assert [(row.tier3, row.target.raw if row.target else None) for row in one.indicators] == targets[
            : len(one.indicators)
        ]
        assert one.indicators and one.indicators[0].cells["target"].place.reading == "ocr"


def test_boxes_lie_on_the_page_as_it_was_scanned(form_reading: Document, form_scan: Path) -> None:
    # The page leans by about one degree: the corner cells' boxes must follow it.
    grid = form_reading.grids[0]
    with Image.open(form_scan) as picture:
        grey = np.asarray(picture.convert("L"))
    last = max(grid, key=lambda cell: (cell.column, cell.row))
    for cell in (grid.at(2, 5), last):
        assert cell is not None and cell.text
        box = cell.parts[0].place.box
        assert box is not None
        x0, top, x1, bottom = (round(edge * 200 / 72) for edge in (box.x0, box.top, box.x1, box.bottom))
        inside = grey[top + 8 : bottom - 8, x0 + 8 : x1 - 8]
        assert (inside < 120).any()


def test_a_red_seal_across_a_table_is_taken_off() -> None:
    colours = np.asarray(scan(SMALL, SMALL_PAGE).convert("RGB")).astype(float)
    layer = Image.new("L", colours.shape[1::-1], 0)
    ImageDraw.Draw(layer).ellipse((700, 750, 1030, 1080), outline=255, width=12)
    ImageDraw.Draw(layer).rectangle((840, 890, 890, 940), fill=255)
    # A stamp over a text leaves it dark: colours multiply.
    share = 0.85 * np.asarray(layer)[..., None] / 255
    stamped = colours * (1 - share) + colours * share * np.array([205, 40, 45]) / 255
    grey = grey_without_seals(stamped.astype(np.uint8), 200 / 72)
    assert (np.abs(grey - colours[..., 0]) < 80).all()
    assert (grey[colours[..., 0] < 60] < 110).all()


def test_a_page_of_a_scan_is_drawn_with_the_cell_marked(form_scan: Path) -> None:
    plain, marked = (render_page(form_scan, 1, boxes) for boxes in ((), (Box(100, 100, 200, 140),)))
    assert plain.startswith(b"\x89PNG") and plain != marked
    with pytest.raises(ValueError, match="no page 2"):
        render_page(form_scan, 2)


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_page_on_its_side_or_upside_down_is_turned(turn: int) -> None:
    grey = np.asarray(scan(SMALL, SMALL_PAGE, turn=turn))
    found = read_picture(grey, 200 / 72, 1)
    assert found.turn == (360 - turn) % 360
    assert "绩效目标" in "".join(glyph.text for glyph in found.glyphs)


def test_a_tiff_of_many_pages_is_read_page_by_page(tmp_path: Path) -> None:
    path = tmp_path / "scan.tif"
    first, second = scan(SMALL, 1), scan(SMALL, SMALL_PAGE)
    first.save(path, save_all=True, append_images=[second], dpi=(200, 200), compression="tiff_deflate")
    found = read_document(path)
    assert found.pages == 2
    assert {grid.place.page for grid in found.grids} == {2}


def test_a_pdf_is_read_page_by_page_in_the_better_way(tmp_path: Path) -> None:
    scanned, mixed = tmp_path / "scan.pdf", tmp_path / "mixed.pdf"
    scan_document(SMALL, scanned, [SMALL_PAGE])
    with (
        pdfium.PdfDocument.new() as document,
        pdfium.PdfDocument(SMALL) as first,
        pdfium.PdfDocument(scanned) as second,
    ):
        document.import_pages(first, pages=[2])
        document.import_pages(second, pages=[0])
        document.save(str(mixed))
    found = read_document(mixed)
    readings = {grid.place.page: grid.cells[0].parts[0].place.reading for grid in found.grids}
    assert readings == {1: "text", 2: "ocr"}
    assert cells(found, 1) == cells(digital(SMALL), 3)
    wanted, read = cells(digital(SMALL), SMALL_PAGE), cells(found, 2)
    assert sum(read.get(place) == text for place, text in wanted.items()) >= 0.97 * len(wanted)


def test_a_picture_without_text_is_told(tmp_path: Path) -> None:
    path = tmp_path / "blank.png"
    Image.new("L", (1654, 2339), 255).save(path)
    assert "page.no_text" in {one.code for one in read_disclosure(path).disclosure.issues}


@pytest.mark.parametrize(("size", "words"), [((20_000, 20_000), "million pixels"), ((10_000, 9_000), "10000 × 9000")])
def test_a_picture_too_large_is_refused_in_a_sentence(tmp_path: Path, size: tuple[int, int], words: str) -> None:
    path = tmp_path / "large.png"
    Image.new("1", size, 1).save(path)
    with pytest.raises(UnreadableDocumentError, match=words):
        read_document(path)


def test_a_long_strip_of_a_picture_is_bounded(tmp_path: Path) -> None:
    path = tmp_path / "strip.png"
    Image.new("L", (20_000, 1_000), 255).save(path)
    assert read_document(path).pages == 1


def test_a_picture_cut_off_is_unreadable(tmp_path: Path, form_scan: Path) -> None:
    path = tmp_path / "cut.png"
    path.write_bytes(form_scan.read_bytes()[:200_000])
    with pytest.raises(UnreadableDocumentError, match="broken or cut off"):
        read_document(path)


@pytest.mark.parametrize("sign", ["≥", "≤", ">", "<", "="])
def test_a_sign_is_told_by_its_shape(sign: str) -> None:
    assert shape_of(draw_sign(sign)).sign == sign


@pytest.mark.parametrize("other", ["二", "x", "|"])
def test_what_is_no_sign_has_the_shape_of_none(other: str) -> None:
    assert not shape_of(draw_sign(other)).sure


def draw_sign(sign: str) -> np.ndarray:
    """A sign in strokes of two pixels, as wide as a character of 10 points at 200 dots to the inch."""
    strokes = {
        ">": [((2, 2), (20, 9)), ((20, 9), (2, 16))],
        "<": [((20, 2), (2, 9)), ((2, 9), (20, 16))],
        "=": [((2, 6), (20, 6)), ((2, 12), (20, 12))],
        "二": [((5, 2), (17, 2)), ((2, 18), (20, 18))],
        "x": [((2, 2), (20, 16)), ((20, 2), (2, 16))],
        "|": [((11, 2), (11, 18))],
    }
    strokes |= {f"{bar}": [*strokes[wedge], ((2, 21), (20, 21))] for bar, wedge in (("≥", ">"), ("≤", "<"))}
    picture = Image.new("L", (30, 32), 240)
    pen = ImageDraw.Draw(picture)
    for (x0, y0), (x1, y1) in strokes[sign]:
        pen.line((x0 + 4, y0 + 4, x1 + 4, y1 + 4), fill=30, width=2)
    return np.asarray(picture)


def test_two_bars_of_a_sign_are_one_line() -> None:
    ink = np.zeros((60, 60), np.uint8)
    ink[20:23, 20:38] = ink[28:31, 20:38] = 255
    assert lines_in(ink, Strip(0, 0, 60, 60), 26) == [Strip(20, 20, 38, 31)]


def test_lines_are_found_where_the_page_leans_and_is_dirty() -> None:
    # The table goes on over further pages: its cells on this one are counted.
    page = cells(digital(FORM), FORM_PAGE)
    wanted = (len(page), max(row or 0 for _, row, _ in page), max(column or 0 for _, _, column in page))
    grey = np.asarray(scan(FORM, FORM_PAGE, wear=Wear(noise=14, jpeg=50)))
    scale = 200 / 72
    straight = straighten(grey, find_skew(find_ink(grey, scale)))
    rules = find_rules(find_ink(straight, scale), scale).rules
    points = [rule._replace(at=rule.at / scale, start=rule.start / scale, end=rule.end / scale) for rule in rules]
    found = [(len(one.cells), len(one.ys) - 1, len(one.xs) - 1) for one in find_lattices(points)]
    assert found == [wanted]


def test_reading_a_scan_asks_no_network_and_says_nothing(form_scan: Path) -> None:
    code = (
        "import socket, sys\n"
        "def refuse(*_): raise OSError('no network here')\n"
        "socket.socket.connect = refuse\n"
        "from pathlib import Path\n"
        "from extract.batch import read_document\n"
        "assert read_document(Path(sys.argv[1])).grids\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(form_scan)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
