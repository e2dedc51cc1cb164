"""Digital PDFs to grids: golden documents (tests/data/pdf, made by make.py there), bad files, and published ones."""

from __future__ import annotations

import io
import json
import logging
import shutil
import sys
import unicodedata
from collections import Counter
from pathlib import Path

import pdfplumber
import pypdfium2 as pdfium
import pytest
from grids import as_data
from PIL import Image
from shared import CORPUS, needs_shared

from extract.batch import read_disclosure
from extract.errors import UnreadableDocumentError, UnsupportedFormatError
from extract.grid import Document
from extract.lattice import find_lattices
from extract.normalize import fold_characters
from extract.readers import pdf_pdfium, pdf_plumber
from extract.readers.pdf import read
from extract.render import render_page
from pipeline import debug_page

DATA = Path(__file__).parent / "data" / "pdf"
CASES = sorted(path.parent for path in DATA.glob("*/document.pdf"))
PUBLISHED = sorted(CORPUS.glob("*.pdf")) + sorted((CORPUS / "real").glob("*.pdf"))
# Cases in which pdfplumber sees something else on purpose: it applies no crop and no clip, keeps doubled text and
# watermarks.
PECULIAR = {"rotated", "sideways", "doubled", "clipped", "no-encoding"}


def test_every_case_is_there():
    assert len(CASES) == 24
    assert all((case / "expected.json").exists() for case in CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_golden(case: Path):
    expected = json.loads((case / "expected.json").read_text(encoding="utf-8"))
    assert as_data(read(case / "document.pdf")) == expected


def _fold(text: str) -> Counter[str]:
    return Counter("".join(unicodedata.normalize("NFKC", fold_characters(text)).split()))


def _misplaced(path: Path, document: Document) -> list[str]:
    """The parts of cells whose box on the page does not hold their text, by pdfplumber's characters."""
    wrong = []
    with pdfplumber.open(path) as pdf:
        for number, page in enumerate(pdf.pages, start=1):
            characters = page.chars
            for part in (part for grid in document.grids for cell in grid.cells for part in cell.parts):
                box = part.place.box
                if part.place.page != number or box is None:
                    continue
                inside = "".join(
                    c["text"]
                    for c in characters
                    if box.x0 <= (c["x0"] + c["x1"]) / 2 <= box.x1
                    and box.top <= (c["top"] + c["bottom"]) / 2 <= box.bottom
                )
                if _fold(inside) != _fold(part.text):
                    wrong.append(f"{part.place}: {part.text!r} but {inside!r}")
            page.close()
    return wrong


@pytest.mark.parametrize(
    "path",
    [case / "document.pdf" for case in CASES if case.name not in PECULIAR]
    + [pytest.param(path, marks=needs_shared) for path in PUBLISHED],
    ids=lambda path: path.stem if path.stem != "document" else path.parent.name,
)
def test_boxes_hold_the_text_of_their_cells(path: Path):
    document = read(path)
    assert document.grids
    assert _misplaced(path, document) == []


@pytest.mark.parametrize("case", ["rotated", "sideways"])
def test_boxes_are_of_the_page_as_displayed(case: str):
    """The page is stored on its side and cropped, or the table runs up the page: the box is where one sees it."""
    path = DATA / case / "document.pdf"
    grid = read(path).grids[0]
    box = grid.at(2, 4).parts[0].place.box
    with pdfium.PdfDocument(path) as document:
        page = document[0]
        width, height = page.get_size()
        picture = page.render(scale=2, grayscale=True).to_numpy()
        page.close()
    assert 0 < box.x0 < box.x1 < width
    assert 0 < box.top < box.bottom < height
    # All four sides lie on black rules of the picture.
    x0, top, x1, bottom = (round(2 * edge) for edge in (box.x0, box.top, box.x1, box.bottom))
    middle_x, middle_y = (x0 + x1) // 2, (top + bottom) // 2
    for x, y in ((x0, middle_y), (x1, middle_y), (middle_x, top), (middle_x, bottom)):
        assert picture[y - 2 : y + 3, x - 2 : x + 3].min() < 100


@pytest.mark.parametrize("case", [case for case in CASES if case.name not in PECULIAR], ids=lambda case: case.name)
def test_two_parsers_see_the_same_tables(case: Path):
    """pdfium is fast and pdfplumber the reference: same characters, same cells."""
    path = case / "document.pdf"
    with pdfium.PdfDocument(path) as document, pdfplumber.open(path) as pdf:
        for number, page in enumerate(pdf.pages, start=1):
            ours, theirs = pdf_pdfium.read_page(document[number - 1], number), pdf_plumber.read_page(page, number)
            assert Counter(g.text for g in ours.glyphs) == Counter(g.text for g in theirs.glyphs)
            shapes = [
                [
                    [(c.row, c.column, c.row_span, c.column_span) for c in lattice.cells]
                    for lattice in find_lattices(rules)
                ]
                for rules in (ours.rules, theirs.rules)
            ]
            assert shapes[0] == shapes[1]


def test_only_some_pages():
    document = read(DATA / "two-on-a-page" / "document.pdf", pages=[2])
    assert document.pages == 2
    assert [grid.at(1, 2).text for grid in document.grids] == ["桥梁检测"]


def test_doubled_text_by_the_second_reader_is_counted():
    with pdfplumber.open(DATA / "doubled" / "document.pdf") as pdf:
        content = pdf_plumber.read_page(pdf.pages[0], 1)
    assert content.doubled == len("项目支出绩效目标表项目名称食品抽检抽检批次")
    assert "".join(g.text for g in content.glyphs).count("11") == 2  # 1100批次, 11批次: neighbours are not doubles


def test_what_is_clipped_or_off_the_page_is_not_read_and_text_drawn_twice_once():
    document = read(DATA / "clipped" / "document.pdf")
    (grid,) = document.grids
    assert [cell.text for cell in grid] == ["Name", "Roadworks2024and", "Amount", "36.00"]
    assert len(document.blocks) == 1


def test_radicals_are_read_as_characters():
    (grid,) = read(DATA / "radicals" / "document.pdf").grids
    assert [cell.text for cell in grid][-2:] == ["年度目标", "长期守住食品安全底线，人民群众满意，水质达标。"]


def test_a_page_without_an_encoding_is_said_and_the_others_are_read():
    document = read(DATA / "no-encoding" / "document.pdf")
    assert [(one.code, one.severity, one.place.page) for one in document.issues] == [("page.garbled", "error", 2)]
    assert [grid.place.page for grid in document.grids] == [1]
    assert not [block for block in document.blocks if block.place.page == 2]


# --- forms without lines, or with some of them

LOOKS = ["unruled", "unruled-top", "lines-between-rows", "head-ruled", "filled", "unruled-over-pages",
         "row-lines-over-pages", "short-heads", "head-over-two"]  # fmt: skip
# What make.py prints in each of them: name, target, actual, weight, score, the concepts of the tiers.
PRINTED = [
    ("巡查河道长度", "≥320公里", "336公里", "20", "20", "output", "quantity"),
    ("清理漂浮物次数和岸坡垃圾清运次数", "≥48次", "50次", "20", "20", "output", "quantity"),
    ("断面水质达标率", "≥95%", "93%", "20", "19", "output", "quality"),
    ("水环境改善程度", "明显改善", "达成预期指标", "20", "20", "benefit", "ecological_benefit"),
    ("沿河居民满意度", "≥90%", "92%", "10", "10", "satisfaction", "service_satisfaction"),
]
MONEY = {
    ("budget", "total"): 860000, ("adjusted_budget", "total"): 900000, ("executed", "total"): 882000,
    ("budget", "fiscal"): 860000, ("adjusted_budget", "fiscal"): 860000, ("executed", "fiscal"): 842000,
}  # fmt: skip


@pytest.mark.parametrize("look", LOOKS)
def test_a_form_is_read_alike_in_every_look(look: str):
    """Held against what was printed, not against the reader: lines or none, a form says the same."""
    (project,) = read_disclosure(DATA / look / "document.pdf").disclosure.projects
    assert (project.name, project.form, project.fiscal_year) == ("河道保洁", "self_evaluation", 2024)
    assert project.objective == "全年巡查保洁河道320公里，岸坡整洁，水面无成片漂浮物，群众满意。"
    assert project.outcome == "全年巡查保洁河道336公里。"
    assert {(one.stage, one.source): int(one.amount) for one in project.funding} == MONEY
    found = [
        (
            one.tier3,
            one.target.raw,
            one.actual.raw,
            str(one.weight),
            str(one.score),
            one.tier1_concept,
            one.tier2_concept,
        )
        for one in project.indicators
    ]
    assert found == PRINTED


@pytest.mark.parametrize("look", LOOKS)
def test_what_told_the_rows_and_columns_is_noted(look: str):
    (grid,) = read(DATA / look / "document.pdf").grids
    assert any("columns told by the positions of the text" in note for note in grid.notes)
    merged = next(cell for cell in grid if cell.text == "产出指标")
    if look in ("lines-between-rows", "row-lines-over-pages"):
        assert merged.row_span == 3
        assert any("rows told by the lines between them" in note for note in grid.notes)
    elif look != "unruled-top":  # there a merged cell looks like one that is blank below
        assert merged.row_span == 3
        assert any("“产出指标” covers rows" in note for note in grid.notes)


def _printed_page(tmp_path: Path, body: str) -> Path:
    path = tmp_path / "page.pdf"
    if shutil.which("chromium") is None:
        pytest.skip("chromium, which prints the page, is not here")
    sys.path.insert(0, str(DATA))
    try:
        import make
    finally:
        sys.path.remove(str(DATA))
    make.print_pdf(make.page(body, "A4", "th, td { border: none }"), path)
    return path


def test_prose_and_money_are_no_forms(tmp_path: Path):
    """A sentence about indicators and an unruled table of money stay what they are."""
    body = "<p>绩效目标分为一级指标、二级指标和三级指标，每个三级指标都有指标值，年终据以填写实际完成值。</p><table>"
    body += "<tr><td>科目编码<td>科目名称<td>合计<td>基本支出<td>项目支出</tr>"
    body += "<tr><td>201<td>一般公共服务支出<td>1,250.00<td>800.00<td>450.00</tr></table>"
    document = read(_printed_page(tmp_path, body))
    assert (document.grids, document.issues) == ((), ())


def test_what_looks_like_a_form_and_cannot_be_read_is_said(tmp_path: Path):
    body = "<table><tr><td>一级指标<td>二级指标<td>负责科室</tr><tr><td>产出指标<td>数量指标<td>办公室</tr></table>"
    document = read(_printed_page(tmp_path, body))
    assert [(one.code, one.place.page) for one in document.issues] == [("form.unread", 1)]


# --- bad files


def _bad(tmp_path: Path, data: bytes) -> str:
    path = tmp_path / "预算 公开.pdf"
    path.write_bytes(data)
    with pytest.raises(UnreadableDocumentError) as caught:
        read(path)
    message = str(caught.value)
    assert message.startswith("预算 公开.pdf: ")
    return message


def test_empty_file(tmp_path: Path):
    assert "empty" in _bad(tmp_path, b"")


def test_not_a_pdf(tmp_path: Path):
    assert "not a PDF" in _bad(tmp_path, "<html>您访问的页面不存在</html>".encode())


def test_cut_off_file(tmp_path: Path):
    whole = (DATA / "merged-over-pages" / "document.pdf").read_bytes()
    assert "end of the PDF is missing" in _bad(tmp_path, whole[: len(whole) * 2 // 3])


def test_broken_file(tmp_path: Path):
    assert "broken" in _bad(tmp_path, b"%PDF-1.7\n" + b"\x00garbage" * 300 + b"\n%%EOF\n")


def test_missing_file(tmp_path: Path):
    with pytest.raises(UnreadableDocumentError, match="cannot be opened"):
        read(tmp_path / "none.pdf")


def _encrypted_pdf() -> bytes:
    """A PDF that asks for a password (its contents were never encrypted; nothing gets that far)."""
    body = [
        b"1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n",
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n",
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>endobj\n",
        b"4 0 obj<</Filter/Standard/V 1/R 2/P -4/O<" + b"41" * 32 + b">/U<" + b"42" * 32 + b">>>endobj\n",
    ]
    data, offsets = b"%PDF-1.4\n", []
    for part in body:
        offsets.append(len(data))
        data += part
    table = b"xref\n0 5\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % at for at in offsets)
    trailer = b"trailer<</Size 5/Root 1 0 R/Encrypt 4 0 R/ID[<00><00>]>>\nstartxref\n%d\n%%%%EOF\n" % len(data)
    return data + table + trailer


def test_encrypted_file(tmp_path: Path):
    assert "encrypted" in _bad(tmp_path, _encrypted_pdf())


def test_picture_of_a_page_without_text_is_reported_not_passed_over(tmp_path: Path):
    with pdfium.PdfDocument.new() as document, pdfium.PdfDocument.new() as source:
        picture = source.new_page(400, 300).render(scale=1, fill_color=(200, 200, 255, 255))
        page = document.new_page(400, 300)
        image = pdfium.PdfImage.new(document)
        image.set_bitmap(picture)
        image.set_matrix(pdfium.PdfMatrix().scale(400, 300))
        page.insert_obj(image)
        page.gen_content()
        document.save(str(tmp_path / "scan.pdf"))
    found = read(tmp_path / "scan.pdf")
    assert [(one.code, one.place.page) for one in found.issues] == [("page.no_text", 1)]
    assert not found.blocks


def test_reading_is_quiet(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]):
    with caplog.at_level(logging.DEBUG):
        read(DATA / "rotated" / "document.pdf")
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []
    assert capfd.readouterr() == ("", "")


# --- pages as pictures


def test_a_page_is_drawn_with_its_cells():
    path = DATA / "unruled" / "document.pdf"
    drawn = Image.open(io.BytesIO(debug_page(path, 1))).convert("RGB")
    box = read(path).grids[0].at(8, 5).parts[0].place.box
    plain = Image.open(io.BytesIO(render_page(path, 1))).convert("RGB")
    # Two pixels a point: the points half way down the cell's left edge, where nothing is printed.
    edge = [(round(2 * box.x0) + step, round(box.top + box.bottom)) for step in (-2, -1, 0, 1, 2)]
    assert drawn.size == plain.size
    assert {plain.getpixel(point) for point in edge} == {(255, 255, 255)}
    assert {drawn.getpixel(point) for point in edge} != {(255, 255, 255)}


def test_only_pages_that_are_there_are_drawn():
    with pytest.raises(UnreadableDocumentError, match="no page 9"):
        debug_page(DATA / "unruled" / "document.pdf", 9)
    with pytest.raises(UnsupportedFormatError, match="only a PDF or a scan has pages"):
        debug_page(DATA.parent / "pdf" / "make.py", 1)


def test_render_marks_a_cell():
    path = DATA / "two-on-a-page" / "document.pdf"
    box = read(path).grids[0].at(1, 2).parts[0].place.box
    plain, marked = render_page(path, 1), render_page(path, 1, [box])
    assert plain.startswith(b"\x89PNG")
    assert plain != marked
    with pytest.raises(ValueError, match="no page 9"):
        render_page(path, 9)


# --- published documents


@needs_shared
def test_published_documents_are_read_without_an_issue():
    assert PUBLISHED
    for path in PUBLISHED:
        assert read(path).issues == (), path.name


@needs_shared
def test_totals_of_a_real_document_close():
    """The publisher's own totals are the oracle: expenditure by function adds up to 合计 over the page break."""
    document = read(CORPUS / "real" / "putuo-commerce-2025-budget.pdf")
    grid = next(grid for grid in document.grids if grid.place.page == 12)
    rows = {row: [cell.text for cell in grid.row_cells(row)] for row in range(4, grid.rows + 1)}
    classes = [cells for cells in rows.values() if cells[0].isdigit() and not cells[1]]
    amounts = [int(cells[4].replace(",", "").removesuffix(".00")) for cells in classes]
    assert rows[grid.rows][0] == "合计"
    assert sum(amounts) == int(rows[grid.rows][1].replace(",", "").removesuffix(".00"))


@needs_shared
def test_a_list_of_projects_over_ten_pages_is_one_grid():
    document = read(CORPUS / "dazhou-2024-budget.pdf", pages=range(20, 30))
    (grid,) = document.grids
    names = [cell.text for cell in grid if cell.column == 2 and cell.row > 2]
    assert len(names) == 21
    assert "专项业务类-互联网及电子政务外网租赁费" in names
    assert len({cell.row for cell in grid if cell.column == 7 and cell.row > 2 and cell.text}) == 153
    cut = next(cell for cell in grid if cell.text == "专项业务类-互联网及电子政务外网租赁费")
    assert [(part.place.page, part.text) for part in cut.parts] == [
        (20, "专项业务类-互联网及电子政务外网"),
        (21, "租赁费"),
    ]


def test_a_page_box_that_only_one_reader_understands_stops_nothing(tmp_path: Path):
    whole = (DATA / "no-encoding" / "document.pdf").read_bytes()
    broken = whole.replace(b"/MediaBox [0 0 340.07999 198]", b"/MediaBox [0 0 340.07999 (9)]")
    assert broken != whole
    path = tmp_path / "box.pdf"
    path.write_bytes(broken)
    assert read_disclosure(path).disclosure.issues
