"""The workbook: its figures are the store's, it looks as an official expects, and nothing in it can act."""

from __future__ import annotations

import csv
import dataclasses
import json
import shutil
import subprocess
import zipfile
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner
from corpus import record, store_of
from disclosures import disclosure
from openpyxl.worksheet.worksheet import Worksheet
from rdflib import DCTERMS, URIRef

import pikg
import pipeline
from graph import parts, workbook
from graph.embedded import EmbeddedStore
from graph.load import open_batch
from graph.queries import find_query, run_named
from graph.workbook import SHEETS, export_workbook
from graph.workspace import Workspace

ROOT = Path(__file__).resolve().parents[1]
EVIL = '=HYPERLINK("http://evil.example","x")'
BUDGET = record("hotline-budget")
RECORDS = (
    dataclasses.replace(BUDGET, projects=(dataclasses.replace(BUDGET.projects[0], name=EVIL), *BUDGET.projects[1:])),
    record("hotline-accounts"),
    record("greenery-budget"),
)


@pytest.fixture(scope="module")
def store() -> EmbeddedStore:
    return store_of(*RECORDS, vocabulary=True)


def written(store: EmbeddedStore, path: Path, **options) -> dict[str, Worksheet]:
    export_workbook(store, path, **options)
    book = openpyxl.load_workbook(path)
    return {name: book[name] for name in book.sheetnames}


def column(sheet: Worksheet, heading: str) -> list:
    headings = [cell.value for cell in sheet[1]]
    return [row[headings.index(heading)] for row in sheet.iter_rows(min_row=2, values_only=True)]


def test_every_sheet_has_the_rows_of_its_query(store, tmp_path):
    sheets = written(store, tmp_path / "a.xlsx")
    assert list(sheets) == ["项目", "指标", "资金", "预算行", "正文事实", "提取问题", "文件"]
    for sheet, made in zip(SHEETS, sheets.values(), strict=True):
        rows = run_named(store, sheet.query)
        assert made.max_row - 1 == len(rows), sheet.query
        assert {cell.value for cell in made[1]} >= {label.label.zh for label in find_query(sheet.query).columns}
        assert made.freeze_panes == "A2"
        assert made.auto_filter.ref.startswith("A1:")


@pytest.mark.parametrize(("money", "heading", "factor"), [("yuan", "金额（元）", 1), ("wan", "金额（万元）", 10_000)])
def test_amounts_are_the_stores_in_the_unit_that_was_chosen(store, tmp_path, money, heading, factor):
    sheet = written(store, tmp_path / "a.xlsx", money=money)["资金"]
    amounts = [Decimal(str(row["amount"])) for row in run_named(store, "funding") if row["amount"] is not None]
    shown = [Decimal(str(value)) * factor for value in column(sheet, heading) if value is not None]
    assert sorted(shown) == sorted(amounts)
    assert sum(amounts) > 0
    cell = sheet.cell(2, [c.value for c in sheet[1]].index(heading) + 1)
    assert cell.number_format == "#,##0.00"


def test_codes_are_text_and_concepts_have_their_labels(store, tmp_path):
    sheets = written(store, tmp_path / "a.xlsx")
    assert set(column(sheets["项目"], "表的种类")) == {"绩效目标表", "绩效自评表"}
    assert all(isinstance(code, str) for code in column(sheets["指标"], "地区代码") if code is not None)
    assert {"项目支出"} <= set(column(sheets["项目"], "范围"))
    hidden = {cell.value for cell in sheets["项目"][1] if sheets["项目"].column_dimensions[cell.column_letter].hidden}
    assert "项目 IRI" in hidden
    assert "项目" not in hidden


def test_nothing_that_was_printed_acts(store, tmp_path):
    path = tmp_path / "a.xlsx"
    sheets = written(store, path)
    cell = next(cell for row in sheets["项目"].iter_rows() for cell in row if cell.value == EVIL)
    assert cell.data_type == "s"
    with zipfile.ZipFile(path) as parts:
        texts = b"".join(parts.read(name) for name in parts.namelist())
    assert b"<f>" not in texts
    assert b"hyperlink " not in texts.lower()


def test_a_row_tells_where_it_was_printed_and_leads_there_where_the_address_is_known(tmp_path):
    files = [ROOT / "examples" / name for name in (
        "dazhou-service-bureau-2024-budget.pdf", "ezhou-approval-bureau-2021-evaluation.docx",
        "nanning-registry-2021-budget.pdf")]  # fmt: skip
    address = "https://www.example.gov.cn/2024/%E9%A2%84%E7%AE%97.pdf"
    sources = tmp_path / "sources.csv"
    sources.write_text(
        f"文件,网址,公开日期\n{files[0].name},{address},2024-02-09\n{files[1].name},https://example.org/a#b,\n"
    )
    assert pipeline.ingest(files, tmp_path / "store", sources=sources).ok
    run = CliRunner().invoke
    asked = [
        "export",
        "--store",
        str(tmp_path / "store"),
        "--format",
        "xlsx",
        "--lang",
        "zh",
        "-o",
        str(tmp_path / "a.xlsx"),
    ]
    assert run(pikg.cli, asked).exit_code == 0
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    for name in ("项目", "指标", "资金", "预算行"):
        sheet = book[name]
        place = [cell.value for cell in sheet[1]].index("出处")
        documents = column(sheet, "文件") if name != "项目" else [str(row[place].value).split()[0] for row in sheet][1:]
        for file, row in zip(documents, sheet.iter_rows(min_row=2), strict=True):
            told, link = row[place].value, row[place].hyperlink
            assert told.startswith(file)
            if file == files[0].name:
                page = told.removeprefix(file).strip(" 第页")
                assert (link.target, link.location) == (address, f"page={page}")
                assert int(page) <= 9
            elif file == files[1].name:  # a Word file has no pages; its address may have a fragment of its own
                assert (told, link.target, link.location) == (file, "https://example.org/a", "b")
            else:
                assert (link, "第" in told) == (None, True)
        assert set(documents) == {file.name for file in files}


def test_more_links_than_a_sheet_may_have_are_told_without(store, tmp_path, monkeypatch):
    monkeypatch.setattr(workbook, "_LINKS", 3)
    known = store_of(*RECORDS, vocabulary=True)
    for row in run_named(store, "documents"):
        graph = next(name for name in known.graphs() if name.endswith(str(row["document"]).rsplit("/", 1)[-1]))
        told = (row["document"], DCTERMS.source, URIRef("https://example.org/budget.pdf"))
        known.replace_graph(graph, [*known.triples(graph), told])
    sheet = written(known, tmp_path / "a.xlsx")["资金"]
    assert sum(1 for row in sheet.iter_rows() for cell in row if cell.hyperlink) == 3
    assert None not in column(sheet, "出处")


def test_a_full_sheet_goes_on_in_another(store, tmp_path, monkeypatch):
    monkeypatch.setattr(workbook, "ROWS", 5)
    rows = len(run_named(store, "indicators"))
    sheets = written(store, tmp_path / "a.xlsx", language="en")
    pages = [sheet for name, sheet in sheets.items() if name.startswith("Indicators")]
    assert [name for name in sheets if name.startswith("Indicators")][:2] == ["Indicators", "Indicators (2)"]
    assert sum(page.max_row - 1 for page in pages) == rows
    assert max(page.max_row for page in pages) == 6


@pytest.fixture
def folder(tmp_path) -> Path:
    workspace = Workspace.open(tmp_path / "store", create=True)
    with open_batch(workspace) as batch:
        batch.load(disclosure(1, indicators=4))
    return workspace.folder


def test_the_command_writes_a_workbook_whole_or_not_at_all(folder, tmp_path):
    run = CliRunner().invoke
    path = tmp_path / "out.xlsx"
    told = run(pikg.cli, ["export", "--store", str(folder), "--format", "xlsx", "--money", "wan", "-o", str(path)])
    assert told.exit_code == 0, told.output
    assert openpyxl.load_workbook(path).sheetnames
    without = run(pikg.cli, ["export", "--store", str(folder), "--format", "xlsx"])
    assert (without.exit_code, "-o FILE" in without.output) == (2, True)
    assert not list(tmp_path.glob("*.partial"))


@pytest.mark.parametrize("ending", [".csv", ".xlsx", ".json"])
def test_the_rows_of_a_large_query_are_asked_in_parts(folder, tmp_path, monkeypatch, ending):
    monkeypatch.setattr(parts, "DOCUMENTS_AT_ONCE", 1)
    with open_batch(Workspace.open(folder)) as batch:
        batch.load(disclosure(2, indicators=0, name="没有指标的项目"))
        batch.load(disclosure(3, indicators=3, name="另一个项目"))
    path = tmp_path / f"rows{ending}"
    with pipeline.open_store(folder, create=False) as store:
        written = store.export_query("indicators", path)
        wanted = {str(row["row"]) for row in store.named("indicators")}
    assert written == len(wanted) > 3
    if ending == ".json":
        answer = json.loads(path.read_text("utf-8"))
        assert {row["row"]["value"] for row in answer["results"]["bindings"]} == wanted
        assert answer["head"]["vars"][0] == "regionName"
    elif ending == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            assert {row["指标行 IRI"] for row in csv.DictReader(file)} == wanted
    else:
        assert set(column(openpyxl.load_workbook(path).active, "指标行 IRI")) == wanted


@pytest.mark.parametrize("ending", [".csv", ".xlsx", ".json"])
def test_the_rows_of_a_named_query_go_to_a_file(folder, tmp_path, ending):
    path = tmp_path / f"rows{ending}"
    with pipeline.open_store(folder, create=False) as store:
        assert store.export_query("indicators", path, language="zh") == len(store.named("indicators")) == 4
    text = path.read_bytes()
    if ending == ".csv":
        assert text.startswith("\ufeff地区,".encode())
    if ending == ".xlsx":
        assert openpyxl.load_workbook(path).active.max_row == 5
    if ending == ".json":
        assert b'"bindings"' in text
    told = CliRunner().invoke(
        pikg.cli, ["export", "--store", str(folder), "--query", "indicators", "-o", str(tmp_path / "rows.doc")]
    )
    assert told.exit_code != 0
    assert not (tmp_path / "rows.doc").exists()


@pytest.mark.parametrize(
    ("format_", "file", "says"),
    [
        ("csv", "rows.txt", None),
        ("xlsx", "rows", None),
        ("json", "rows.json", None),
        ("csv", "rows.xlsx", "contradict each other"),
        ("turtle", "rows.ttl", "csv, xlsx or json, not as turtle"),
        ("graphml", "rows.csv", "csv, xlsx or json, not as graphml"),
    ],
)
def test_the_rows_of_a_query_have_the_format_that_was_asked_for(folder, tmp_path, format_, file, says):
    path = tmp_path / file
    asked = [
        "export",
        "--store",
        str(folder),
        "--query",
        "indicators",
        "--lang",
        "zh",
        "--format",
        format_,
        "-o",
        str(path),
    ]
    told = CliRunner().invoke(pikg.cli, asked)
    if says is not None:
        assert (told.exit_code, path.exists()) == (2, False)
        assert says in told.output
    else:
        assert told.exit_code == 0
        begins = {"csv": "\ufeff地区,".encode(), "xlsx": b"PK", "json": b'{"head"'}
        assert path.read_bytes().startswith(begins[format_])
    assert CliRunner().invoke(pikg.cli, ["export", "--store", str(folder), "--format", "json"]).exit_code == 2


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_opens_it(store, tmp_path):
    export_workbook(store, tmp_path / "a.xlsx")
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [
        "soffice",
        "--headless",
        profile,
        "--convert-to",
        "csv",
        "--outdir",
        str(tmp_path),
        str(tmp_path / "a.xlsx"),
    ]
    told = subprocess.run(command, capture_output=True, check=False, timeout=120, text=True)
    if "could not be loaded" in told.stderr + told.stdout:
        pytest.skip("LibreOffice's spreadsheet part is not installed")
    assert "外聘" in (tmp_path / "a.csv").read_text("utf-8") or (tmp_path / "a.csv").read_text("utf-8").count("\n") > 2
