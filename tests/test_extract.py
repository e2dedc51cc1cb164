"""From a file to records and their account; over the corpus, where it lies beside the checkout."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from drawn import draw
from golden import cases, without_places
from shared import CORPUS, SHARED, needs_shared
from written import write

from extract import EXTRACTOR_VERSION
from extract.assemble import assemble
from extract.batch import read_disclosure
from ontology.contract import from_json, to_json
from ontology.records import Disclosure

PDFS = ("dazhou-2024-budget", "guiyang-2021-budget", "guiyang-2025-budget", "guiyang12345-2024-accounts")
FILES = (*(f"{name}.pdf" for name in PDFS), "guiyang-2019-accounts.docx")

# What each group of figures must reach; `budget line` is read by other parts.
FLOORS = {"project": 1.0, "indicator": 0.99, "indicator exact": 0.99, "funding": 1.0}
FIELDS_FLOOR = 0.95


@pytest.fixture(scope="module")
def read() -> dict[str, Disclosure]:
    return {Path(name).stem: read_disclosure(CORPUS / name).disclosure for name in FILES}


@pytest.fixture(scope="module")
def extracted(read: dict[str, Disclosure], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("extracted")
    for name, disclosure in read.items():
        text = json.dumps(to_json(disclosure), ensure_ascii=False)
        (folder / f"{name}.json").write_text(text, "utf-8")
    return folder


@needs_shared
def test_the_corpus_is_read_as_a_careful_reader_reads_it(extracted: Path, tmp_path: Path) -> None:
    figures = tmp_path / "figures.json"
    command = [sys.executable, SHARED / "tools" / "score", extracted, SHARED / "gold", "--json", figures, "--misses"]
    run = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=True)
    groups = json.loads(figures.read_text("utf-8"))
    low = {
        group: found["f1"]
        for group, found in groups.items()
        if not group.startswith("budget line") and found["f1"] < FLOORS.get(group, FIELDS_FLOOR)
    }
    assert not low, run.stdout


@needs_shared
@pytest.mark.parametrize("name", PDFS)
def test_every_figure_stands_where_it_says(extracted: Path, name: str) -> None:
    command = [
        sys.executable,
        SHARED / "tools" / "score-provenance",
        extracted / f"{name}.json",
        CORPUS / f"{name}.pdf",
    ]
    run = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=True)
    assert float(run.stdout.rsplit("right ", 1)[1].split()[0]) >= 0.99, run.stdout


@needs_shared
@pytest.mark.parametrize("name", FILES)
def test_no_cell_of_a_form_is_left_unexplained(name: str) -> None:
    report = read_disclosure(CORPUS / name).report
    assert [cell.text for table in report.tables for cell in table.unexplained] == []


@needs_shared
@pytest.mark.parametrize("path", sorted((CORPUS / "real").glob("*.pdf")), ids=lambda path: path.stem)
def test_documents_without_forms_give_none(path: Path) -> None:
    disclosure = read_disclosure(path).disclosure
    assert [project for project in disclosure.projects if project.form != "description"] == []
    assert disclosure.document.unit is not None
    assert disclosure.document.region is not None
    assert disclosure.document.region.code == "310107"
    assert not [issue for issue in disclosure.issues if issue.code == "form.unread"]


@needs_shared
def test_the_same_file_is_read_the_same_twice(read: dict[str, Disclosure]) -> None:
    again = read_disclosure(CORPUS / FILES[2]).disclosure
    assert again == read[Path(FILES[2]).stem]


@needs_shared
def test_what_is_read_survives_its_json(read: dict[str, Disclosure]) -> None:
    for disclosure in read.values():
        assert from_json(to_json(disclosure)) == disclosure


FORM = """
某某市档案馆
2024年部门预算
目录
2024年项目支出绩效目标表
单位：万元
| 项目名称 | 档案数字化 | < | < |
| 主管部门 | [101]某某市档案局 | 实施单位 | 某某市档案馆 |
| 联系人 | 张某某 | 项目属性 | 延续 |
| 资金总额 | 50 | 财政拨款 | - |
| 年度目标 | 数字化10万页。 | < | < |
| 一级指标 | 二级指标 | 三级指标 | 指标值 |
| 产出指标 | 数量指标 | 数字化页数 | ≥10万页 |
| ^ | 数字指标 | 无 | 无 |

| 科目 | 金额 |
| 基本支出 | 12 |
"""


def test_a_document_says_whose_and_when_it_is() -> None:
    info = assemble(draw(FORM), file="a.pdf", sha256="0" * 64).disclosure.document
    assert (info.title, info.kind, info.fiscal_year) == ("某某市档案馆2024年部门预算", "budget", 2024)
    assert info.unit is not None
    assert info.unit.name == "某某市档案馆"


COVERS = [
    ("某某市水务局|2024年度|部门决算", "final_accounts", 2024, "某某市水务局"),
    ("2025年某某县财政局部门预算", "budget", 2025, "某某县财政局"),
    ("中共某某市委办公室|二〇二三年度部门决算公开", "final_accounts", 2023, "中共某某市委办公室"),
    ("某某中心2023年度项目绩效自评报告", "self_evaluation", 2023, "某某中心"),
]


@pytest.mark.parametrize(("cover", "kind", "year", "unit"), COVERS)
def test_covers(cover: str, kind: str, year: int, unit: str) -> None:
    info = assemble(draw(cover.replace("|", "\n")), file="a.pdf", sha256="0" * 64).disclosure.document
    assert (info.title, info.kind, info.fiscal_year) == (cover.replace("|", ""), kind, year)
    assert info.unit is not None
    assert info.unit.name == unit


@pytest.mark.parametrize(
    ("cover", "title", "year"),
    [
        ("某某市水务局-2024年部门预算", "某某市水务局-2024年部门预算", 2024),
        ("某某市水务局——2024年部门预算", "某某市水务局——2024年部门预算", 2024),
        ("附件3-2024年部门预算", "附件3-2024年部门预算", 2024),
        ("某某市水务局2024-2026年绩效规划", None, None),
        ("某某市水务局2024——2026年绩效规划", None, None),
        ("某某市水务局2024至2026年绩效规划", None, None),
    ],
)
def test_a_year_behind_a_dash_counts_and_the_end_of_a_term_does_not(
    cover: str, title: str | None, year: int | None
) -> None:
    info = assemble(draw(cover), file="a.pdf", sha256="0" * 64).disclosure.document
    assert (info.title, info.fiscal_year) == (title, year)


def test_a_label_on_the_cover_names_the_publisher_where_the_title_names_a_region() -> None:
    text = "附件1\n上海市普陀区2025年区级部门预算\n预算主管部门：上海市普陀区商务委员会"
    info = assemble(draw(text), file="a.pdf", sha256="0" * 64).disclosure.document
    assert (info.title, info.level) == ("上海市普陀区2025年区级部门预算", "county")
    assert info.unit is not None
    assert info.unit.name == "上海市普陀区商务委员会"


def test_headings_speak_where_there_is_no_cover() -> None:
    text = """
    一、某某市博物馆概况
    二、某某市博物馆2019年度部门决算公开报表
    三、某某市博物馆2019年度部门决算情况说明
    某某市博物馆2019年度收入决算情况说明
    """
    info = assemble(draw(text), file="a.docx", sha256="0" * 64).disclosure.document
    assert (info.kind, info.fiscal_year) == ("final_accounts", 2019)
    assert info.unit is not None
    assert info.unit.name == "某某市博物馆"


def test_the_report_accounts_for_every_cell_of_a_form() -> None:
    reading = assemble(draw(FORM), file="a.pdf", sha256="0" * 64)
    form, money = reading.report.tables
    assert (form.is_form, money.is_form) == (True, False)
    assert {cell.text for cell in form.left_out} == {
        "（人名、电话，不显示 / people, not shown）",
        "延续",
        "-",
        "数字指标",
        "无",
    }
    assert form.unexplained == ()
    assert [(f.form_id, f.name, f.indicators, f.funding) for f in reading.report.forms] == [
        ("t1-f1", "档案数字化", 1, 1)
    ]
    told = reading.report.to_json()
    assert json.loads(json.dumps(told)) == told
    assert "档案数字化" in reading.report.to_text()
    assert "张某某" not in reading.report.to_text()


FORMS = cases("forms")


@pytest.mark.parametrize("suffix", [".docx", ".xlsx", ".html"])
@pytest.mark.parametrize("case", FORMS, ids=lambda case: case.name)
def test_a_form_is_read_alike_in_every_format(case: Path, suffix: str, tmp_path: Path) -> None:
    drawn = draw((case / "form.txt").read_text("utf-8"))
    expected = assemble(drawn, file="a.pdf", sha256="0" * 64).disclosure
    got = read_disclosure(write(drawn, tmp_path / f"form{suffix}")).disclosure

    def told(disclosure: Disclosure) -> list[dict[str, object]]:
        projects = without_places(to_json(disclosure))["projects"]
        return [{key: value for key, value in project.items() if key != "form_id"} for project in projects]

    assert told(got) == told(expected)


def test_the_extractors_version_stands_in_what_it_extracts() -> None:
    assert assemble(draw(FORM), file="a.pdf", sha256="0" * 64).disclosure.extractor_version == EXTRACTOR_VERSION


def test_a_defect_of_a_reader_is_a_sentence_that_says_where(tmp_path, monkeypatch):
    from extract import batch
    from extract.errors import ReaderDefectError

    def fail(*_args, **_options):
        raise IndexError("list index out of range")

    monkeypatch.setattr(batch, "assemble", fail)
    file = tmp_path / "某县 预算.html"
    file.write_text("<table><tr><td>项目名称</td><td>某项目</td></tr></table>", "utf-8")
    with pytest.raises(
        ReaderDefectError, match=r"某县 预算\.html: pikg failed .*IndexError.*test_extract\.py, line \d+"
    ):
        batch.read_disclosure(file)
