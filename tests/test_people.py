"""Names and telephones of people: found in texts, tables and pages, and covered wherever a document is shown."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from drawn import draw
from PIL import Image

import pipeline
from extract.batch import read_document, read_page
from extract.people import COVERED, cover_people, find_people_in, hide_people
from extract.render import render_page
from graph.workspace import Workspace

FORM = Path(__file__).parent / "data" / "people" / "form.pdf"
"""A made-up form with made-up people: a line above its table, two cells in it, a line below it."""

SAID = ("王小明", "0851-85551234", "李建国", "13812345678", "13900001111")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("填报人：王小明", f"填报人：{COVERED}"),
        ("联 系 人: 王小明｜项目金额｜100", f"联 系 人: {COVERED}｜项目金额｜100"),
        ("负责人：甲乙 联系电话：85551234", f"负责人：{COVERED}联系电话：{COVERED}"),
        ("请致电13900001111。", f"请致电{COVERED}。"),
        ("请致电 139-0000-1111 或 (0851)85551234 转8", f"请致电 {COVERED} 或 {COVERED} 转8"),
        ("邮箱 someone@example.gov.cn", f"邮箱 {COVERED}"),
        ("热线12345全年接听，服务电话满意度≥95%", "热线12345全年接听，服务电话满意度≥95%"),
        ("13800000000.00", "13800000000.00"),
        ("金额1,380,000,0000", "金额1,380,000,0000"),
        ("项目代码520100210000138123456789", "项目代码520100210000138123456789"),
        ("主要负责人用车 3辆", "主要负责人用车 3辆"),
    ],
)
def test_a_line_shows_no_person(text: str, shown: str) -> None:
    assert cover_people(text) == shown
    assert bool(find_people_in(text)) == (text != shown)


def test_the_cell_beside_a_label_is_covered_and_the_column_below_a_head() -> None:
    (grid,) = draw(
        """
        | 项目名称 | 机房维护 | 项目负责人 | 李建国 |
        | 主管部门 | 某局     | 联系电话   | 5551234 |
        | 年度目标 | 稳定运行 | <          | <      |
        """
    ).grids
    shown = {cell.text for cell in hide_people(grid)}
    assert {"李建国", "5551234"}.isdisjoint(shown)
    assert {"机房维护", "某局", "稳定运行", "项目负责人"} <= shown
    (grid,) = draw(
        """
        | 项目名称 | 联系人 | 联系电话 | 金额 |
        | 机房维护 | 李建国 | 5551234  | 36.5 |
        | 窗口外包 | 王小明 | 5554321  | 20   |
        """
    ).grids
    shown = {cell.text for cell in hide_people(grid)}
    assert {"李建国", "5551234", "王小明", "5554321"}.isdisjoint(shown)
    assert {"机房维护", "36.5", "窗口外包", "20", "联系人"} <= shown


def test_a_picture_of_a_page_holds_no_person_and_all_the_rest() -> None:
    covered = [place.box for place in read_document(FORM).people if place.box is not None]
    assert len(covered) >= len(SAID)
    plain = Image.open(io.BytesIO(render_page(FORM, 1))).convert("L")
    shown = Image.open(io.BytesIO(render_page(FORM, 1, covered=covered))).convert("L")
    for word in SAID:
        x0, top, x1, bottom = (round(edge * 2) for edge in printed(word))
        area = (x0 + 1, top + 1, x1 - 1, bottom - 1)
        assert len(set(plain.crop(area).tobytes())) > 3, word  # ink and paper
        assert len(set(shown.crop(area).tobytes())) == 1, word  # one grey
    for word in ("机房运行维护", "年度资金总额", "≥99.5%", "服务热线12345"):
        area = tuple(round(edge * 2) for edge in printed(word))
        assert plain.crop(area).tobytes() == shown.crop(area).tobytes(), word


def printed(word: str) -> tuple[float, float, float, float]:
    """Where a word stands on the page, as another parser tells it."""
    import pdfplumber

    with pdfplumber.open(FORM) as pdf:
        (found,) = pdf.pages[0].search(word, regex=False)
        return found["x0"], found["top"], found["x1"], found["bottom"]


def test_a_store_covers_people_in_its_pictures_also_one_that_kept_no_places(tmp_path: Path) -> None:
    report = pipeline.ingest([FORM], tmp_path / "store")
    sha256 = report.files[0].sha256
    assert sha256 is not None
    kept = tmp_path / "store" / "readings" / f"{sha256}.people.json"
    assert kept.is_file()
    (line,) = pipeline.read_printed_paragraphs(tmp_path / "store", sha256, 3, around=0)
    assert line == (3, f"填报单位：某市数据中心填报人：{COVERED}联系电话：{COVERED}")
    assert pipeline.read_printed_paragraphs(tmp_path / "store", sha256, 99) == []
    with_places = pipeline.render_page(tmp_path / "store", sha256, 1)
    kept.unlink()
    assert pipeline.render_page(tmp_path / "store", sha256, 1) == with_places
    assert with_places != render_page(FORM, 1)
    assert read_page(FORM, 1).people == read_document(FORM).people
    with pipeline.open_store(tmp_path / "store") as store:
        store.remove(sha256)
    assert not any(Workspace.open(tmp_path / "store").folder.glob(f"readings/{sha256}*"))
    assert pipeline.original_file(tmp_path / "store", sha256) is None
    assert pipeline.original_file(tmp_path / "store", "../" * 21 + "x") is None
