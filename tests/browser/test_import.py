"""导入 in a browser: files dropped, read beside the others, looked at, stored or thrown away; seen by nobody else."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import docx
import openpyxl
import pdfplumber
import pytest
from PIL import Image

import pipeline
from graph.workspace import Workspace
from tests.browser.conftest import App, Visitor, serve, window
from tests.browser.test_accessibility import serious

FORM = Path(__file__).parents[1] / "data" / "people" / "form.pdf"
EXAMPLES = pipeline.examples_folder()
PROJECT = "机房运行维护"

SCRIPT = "<script>window.evil = 1</script>平台经费"
IMAGE = "<img src=x onerror='window.evil = 2'>提升服务"
FORMULA = '=HYPERLINK("https://evil.example","点击")'


@pytest.fixture
def drafts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the app under test keeps drafts."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setenv("PIKG_DRAFT_GRACE", "5")
    return folder


@pytest.fixture
def own_app(tmp_path: Path, drafts: Path) -> Iterator[App]:
    pipeline.open_store(tmp_path / "store").close()
    with serve(tmp_path / "store") as running:
        yield running


@pytest.fixture
def own_visit(browser: object, own_app: App) -> Iterator[Visitor]:
    yield from window(own_app, browser)


def drop(visit: Visitor, *files: Path | dict[str, object]) -> None:
    """Drop files on the page and wait until each was read, or not."""
    visit.page.locator("input[type=file]").set_input_files(
        [file(f.name, f.read_bytes()) if isinstance(f, Path) else f for f in files]
    )
    visit.page.wait_for_function(
        "(n) => document.querySelectorAll('.pk-draft').length >= n"
        " && !document.querySelector('.pk-state-reading, .pk-state-waiting')",
        arg=len(files),
        timeout=300_000,
    )
    visit.settle()


def file(name: str, content: bytes) -> dict[str, object]:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def states(visit: Visitor) -> list[str]:
    return [str(text) for text in visit.page.locator(".pk-state").all_inner_texts()]


def test_a_file_is_read_looked_at_and_stored(own_visit: Visitor, own_app: App, drafts: Path) -> None:
    own_visit.open()
    own_visit.click("a:has-text('在浏览器中导入文件')")
    assert "50 MB" in own_visit.text(".pk-limits")
    assert "600 页" in own_visit.text(".pk-limits")
    drop(own_visit, file("broken.pdf", b"%PDF-1.7 cut off"), FORM, file("note.zip", b"PK\x03\x04" + bytes(60)))
    assert states(own_visit) == ["未读出", "已读出", "未读出"]
    broken, read, _ = (own_visit.page.locator(".pk-draft").nth(n).inner_text() for n in range(3))
    assert "请重新下载" in broken
    assert "broken.pdf：PDF 缺了结尾，像是下载中断所致。" in broken
    assert "1 张绩效表" in read
    assert "3 个指标" in read
    shown = own_visit.text()
    for said in (PROJECT, "36.50", "运行机柜数量", "≥42个", "≥99.5%"):
        assert said in shown
    assert "李建国" not in shown
    picture = own_visit.page.locator(".st-key-preview-picture img")
    picture.wait_for(state="visible")
    assert serious(own_visit.page) == []
    _shows_no_person(own_visit.page.request.get(picture.evaluate("(image) => image.src")).body())

    own_visit.click("button:has-text('存入图谱')")
    own_visit.sees(own_visit.page.locator(".pk-done"), "已存入 1 个文件")
    assert states(own_visit) == ["未读出", "已存入", "未读出"]
    with pipeline.open_store(own_app.store, create=False) as store:
        (document,) = store.status().documents
        assert document.file == "form.pdf"
        kept = pipeline.original_file(own_app.store, document.sha256)
    assert kept is not None
    assert kept.read_bytes() == FORM.read_bytes()

    own_visit.click(f".pk-draft a:has-text('{PROJECT}')")
    assert own_visit.text("h1").startswith(PROJECT)
    own_visit.click(".pk-indicators a.pk-cited:has-text('≥42个')")
    own_visit.page.get_by_role("dialog").locator("img").first.wait_for(state="visible")
    own_visit.page.keyboard.press("Escape")
    own_visit.click(".pk-nav a:has-text('导入')")
    own_visit.click("button:has-text('全部放弃')")
    assert own_visit.count(".pk-draft") == 0
    assert list(drafts.glob("pikg-draft-*/*")) == []


def _shows_no_person(picture: bytes) -> None:
    """Where the form prints a name there is one grey, in a picture of any size; where it prints others there is ink."""
    image = Image.open(io.BytesIO(picture)).convert("L")
    with pdfplumber.open(FORM) as pdf:
        page = pdf.pages[0]
        scale = image.width / float(page.width)
        for word, inked in (("李建国", False), ("13812345678", False), ("王小明", False), (PROJECT, True)):
            (found,) = page.search(word, regex=False)
            area = image.crop(tuple(round(found[edge] * scale) for edge in ("x0", "top", "x1", "bottom")))
            darkest, lightest = area.getextrema()
            assert (lightest - darkest > 100) == inked, word  # a compressed picture is not quite one grey


def test_a_draft_is_seen_by_nobody_else_and_goes_with_its_session(browser: object, own_app: App, drafts: Path) -> None:
    opened: Callable[..., object] = contextmanager(window)
    with opened(own_app, browser) as other:  # type: ignore[attr-defined]
        with opened(own_app, browser) as one:  # type: ignore[attr-defined]
            one.open("import")
            other.open("import")
            drop(one, FORM)
            assert one.count(".pk-draft") == 1
            for parameters in ({}, {"file": "1"}, {"file": "1", "at": "1"}):
                other.open("import", **parameters)
                assert other.count(".pk-draft") == 0
                assert PROJECT not in other.text()
            assert len(list(drafts.glob("pikg-draft-*/1"))) == 1
        for _ in range(400):  # a closed window may come back, for as long as PIKG_DRAFT_GRACE says
            if not list(drafts.glob("pikg-draft-*/1")):
                break
            time.sleep(0.5)
        assert list(drafts.glob("pikg-draft-*/1")) == []


def test_another_writer_is_told_and_the_draft_stays(own_visit: Visitor, own_app: App) -> None:
    own_visit.open("import")
    drop(own_visit, FORM)
    with Workspace.open(own_app.store).write(command="pikg ingest"):
        own_visit.click("button:has-text('存入图谱')")
        own_visit.sees(own_visit.page.locator(".pk-wrong"), "正由另一个程序写入")
        own_visit.sees(own_visit.page.locator(".pk-wrong"), "pikg ingest")
    own_visit.settle()
    assert states(own_visit) == ["已读出"]
    own_visit.click("button:has-text('存入图谱')")
    own_visit.sees(own_visit.page.locator(".pk-done"), "已存入 1 个文件")


def test_reading_can_be_stopped_and_freezes_nobody(browser: object, own_visit: Visitor, own_app: App) -> None:
    scan = io.BytesIO()
    pages = [Image.open(io.BytesIO(_page())) for _ in range(12)]
    pages[0].save(scan, "TIFF", save_all=True, append_images=pages[1:], compression="tiff_lzw")
    own_visit.open("import")
    own_visit.page.locator("input[type=file]").set_input_files(file("scan.tiff", scan.getvalue()))
    own_visit.page.wait_for_selector(".pk-state-reading", timeout=60_000)
    opened: Callable[..., object] = contextmanager(window)
    with opened(own_app, browser) as other:  # type: ignore[attr-defined]
        began = time.monotonic()
        other.open("import")
        assert time.monotonic() - began < 30
        assert own_visit.count(".pk-state-reading") == 1
    own_visit.page.get_by_role("button", name="停止").click()
    own_visit.sees(own_visit.page.locator(".pk-state"), "已停止")
    own_visit.page.get_by_role("button", name="移除").click()
    own_visit.page.wait_for_selector(".pk-draft", state="detached", timeout=30_000)


def _page() -> bytes:
    from extract.render import render_page

    return render_page(FORM, 1)


def test_a_hostile_document_is_text_in_the_preview_and_after(own_visit: Visitor, tmp_path: Path) -> None:
    document = docx.Document()
    rows = [
        ("项目名称", SCRIPT, "项目负责人", "李建国"),
        ("主管部门", "某局", "实施单位", f"某中心{IMAGE}"),
        ("年度总体目标", IMAGE, IMAGE, IMAGE),
        ("一级指标", "二级指标", "三级指标", "指标值"),
        ("产出指标", "数量指标", FORMULA, "≥42个"),
        ("产出指标", "质量指标", SCRIPT, FORMULA),
    ]
    document.add_heading("项目支出绩效目标表（2024年度）")
    table = document.add_table(len(rows), 4)
    for row, cells in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    path = tmp_path / "<img src=x onerror='window.evil=3'>.docx"
    document.save(path)
    own_visit.open("import")
    drop(own_visit, path)
    shown = own_visit.text()
    for said in (SCRIPT, IMAGE, FORMULA, path.name):
        assert said in shown, said
    assert "李建国" not in shown
    assert "■■■" in shown
    assert own_visit.page.evaluate("window.evil") is None
    own_visit.click("button:has-text('存入图谱')")
    own_visit.sees(own_visit.page.locator(".pk-done"), "已存入 1 个文件")
    own_visit.click(".pk-draft small a")
    own_visit.click(".pk-indicators a.pk-cited >> nth=0")
    drawer = own_visit.page.get_by_role("dialog")
    own_visit.sees(drawer.locator("td.pk-marked"), FORMULA)
    assert "李建国" not in drawer.inner_text()
    assert path.name in drawer.inner_text()
    assert own_visit.page.evaluate("window.evil") is None
    assert own_visit.count(".stHtml img, .stHtml script") == 0


def test_workbooks_and_web_pages_show_their_tables_with_what_was_read(own_visit: Visitor, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (
        ("项目名称", "数据平台运维", "主管部门", "某局"),
        ("一级指标", "二级指标", "三级指标", "指标值"),
        ("产出指标", "数量指标", "接入部门数量", "≥42个"),
        ("产出指标", "质量指标", "平台可用率", "≥99%"),
    ):
        book.active.append(row)
    path = tmp_path / "项目绩效目标表.xlsx"
    book.save(path)
    own_visit.open("import")
    drop(own_visit, path, FORM.with_suffix(".html"))
    assert states(own_visit) == ["已读出", "已读出"]
    own_visit.sees(own_visit.page.locator("td.pk-read").first, "数据平台运维")
    own_visit.click(".pk-draft a:has-text('form.html')")
    assert PROJECT in own_visit.text()
    assert "■■■" in own_visit.text(".pk-preview-tables")


def test_a_read_only_app_imports_nothing(browser: object, own_app: App) -> None:
    with serve(own_app.store, "--read-only") as running:
        for visit in window(running, browser):
            visit.open("import")
            assert "不能导入" in visit.text()
            assert visit.count("input[type=file]") == 0
            assert visit.count(".pk-nav a:has-text('导入')") == 0
