"""The command line as people and scripts meet it: exit statuses, what goes where, UTF-8 whatever the machine speaks."""

from __future__ import annotations

import csv
import importlib.util
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from calls import CALLS, Call, caller, of_store, two_documents
from interrupting import INTERRUPTIBLE

import pikg
from graph.store import Rows, Triples
from graph.workspace import Workspace
from ui.terminal import write_answer, write_table

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = sorted((ROOT / "examples").glob("*.pdf"))
posix = pytest.mark.skipif(os.name == "nt", reason="as POSIX shells do it")


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> Path:
    return two_documents(tmp_path_factory.mktemp("cli") / "库 store")


@pytest.fixture
def call(capsys) -> Call:
    return caller(capsys)


def pikg_process(*arguments: object, **options) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "pikg", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, check=False, **options)


# --- exit statuses ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("arguments", "status", "says"), CALLS)
def test_exit_statuses(call, store, arguments, status, says):
    told, _, complaint = call(*of_store(arguments, store))
    assert (told, "Traceback" in complaint) == (status, False), complaint
    assert says in complaint


@pytest.mark.parametrize("arguments", [[], ["correct"]])
def test_a_call_without_a_command_is_shown_the_help_once(call, arguments):
    status, _, complaint = call(*arguments)
    assert (status, complaint.count("Usage: ")) == (2, 1)
    assert complaint.rstrip("\n") == call(*arguments, "--help")[1].rstrip("\n")


def test_a_file_that_fails_is_told_in_a_line_and_the_others_are_stored(call, tmp_path):
    broken = tmp_path / "坏 文件.pdf"
    broken.write_bytes(b"%PDF-1.7\nnothing")
    status, told, complaint = call("ingest", EXAMPLES[0], broken, tmp_path / "missing.pdf", "--store", tmp_path / "s")
    assert status == 1
    assert "坏 文件.pdf" in complaint
    assert "missing.pdf: there is no such file or folder" in complaint
    assert complaint.count("\n") == 2
    assert f"stored: {EXAMPLES[0].name}" in told
    assert "1 stored, 2 failed" in told
    again, told, _ = call("ingest", EXAMPLES[0], "--store", tmp_path / "s")
    assert again == 0
    assert f"unchanged: {EXAMPLES[0].name}" in told


@posix
@pytest.mark.parametrize("jobs", [1, 2])
def test_a_pipe_among_the_files_is_told_and_waited_for_by_nobody(call, tmp_path, jobs):
    shutil.copy(EXAMPLES[0], tmp_path)
    os.mkfifo(tmp_path / "pipe.pdf")
    status, told, complaint = call("ingest", tmp_path, "--store", tmp_path / "store", "--jobs", jobs)
    assert (status, complaint) == (1, "failed: pipe.pdf: cannot be opened (it is a pipe or a device, and no file)\n")
    assert "1 stored, 1 failed" in told
    assert call("extract", tmp_path / "pipe.pdf")[0] == 1


def test_a_folder_lists_what_it_passed_over_and_succeeds(call, tmp_path):
    shutil.copy(EXAMPLES[0], tmp_path)
    (tmp_path / "notes.mp4").write_bytes(b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00")
    status, told, _ = call("ingest", tmp_path, "--store", tmp_path / "store")
    assert status == 0
    assert "passed over: notes.mp4" in told


def test_a_store_that_is_being_written_is_told_with_its_writer(call, store):
    with Workspace.open(store).write(command="pikg ingest 大文件"):
        status, _, complaint = call("remove", "部门预算 1.pdf", "--store", store)
        assert status == 1
        assert "pikg ingest 大文件" in complaint
        assert call("status", "--store", store)[0] == 0
        assert "pikg ingest 大文件" in call("status", "--store", store)[1]


@posix
def test_ctrl_c_ends_with_130_and_a_sentence(tmp_path):
    command = [*INTERRUPTIBLE, "ingest", ROOT / "examples", "--store", tmp_path / "store"]
    process = subprocess.Popen(list(map(str, command)), cwd=ROOT, stderr=subprocess.PIPE, stdout=subprocess.PIPE)
    while process.poll() is None and not (tmp_path / "store" / "workspace.json").exists():
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, complaint = process.communicate()
    assert process.returncode == 130
    assert complaint.decode().strip() == "stopped; every document that is in the store is there whole"


@posix
def test_a_reader_who_has_enough_is_no_error(store):
    command = f"{sys.executable} -m pikg query --sparql 'SELECT * {{ ?s ?p ?o }}' --format csv | head -n 1"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command], cwd=ROOT, env=os.environ | {"PIKG_STORE": str(store)},
        capture_output=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, b"")


# --- UTF-8, whatever the machine speaks ---------------------------------------------------------------------------
@pytest.mark.parametrize("speaks", [{"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"}, {"PYTHONIOENCODING": "gbk"}])
def test_output_is_utf8_whatever_the_machine_speaks(store, tmp_path, speaks):
    environment = os.environ | speaks
    sparql = "SELECT ?name { ?unit a pikg:Unit ; rdfs:label ?name } ORDER BY ?name"
    for format_ in ("table", "csv", "json"):
        done = pikg_process("query", "--sparql", sparql, "--format", format_, "--store", store, env=environment)
        assert done.returncode == 0, done.stderr
        assert "清河市政务服务中心" in done.stdout.decode("utf-8")
        assert b"\r\r\n" not in done.stdout
    source = tmp_path / "公开 文件.pdf"
    shutil.copy(EXAMPLES[0], source)
    done = pikg_process("extract", source, "--format", "json", env=environment)
    assert json.loads(done.stdout.decode("utf-8"))["document"]["file"] == "公开 文件.pdf"
    missing = pikg_process("extract", tmp_path / "没有.pdf", env=environment)
    assert "没有.pdf" in missing.stderr.decode("utf-8")


def test_issues_speak_the_language_of_the_locale_or_the_one_asked_for(tmp_path):
    source = ROOT / "examples" / "guiyang-service-centre-2019-accounts.docx"
    in_chinese = pikg_process("extract", source, env=os.environ | {"LC_ALL": "zh_CN.UTF-8"}).stdout.decode()
    in_english = pikg_process(
        "extract", source, "--lang", "en", env=os.environ | {"LC_ALL": "zh_CN.UTF-8"}
    ).stdout.decode()
    assert "指标行" in in_chinese.rsplit("issue", 1)[-1]
    assert "has no indicator rows" in in_english


# --- what comes out -----------------------------------------------------------------------------------------------
def test_extract_draws_a_page(call, tmp_path):
    picture = tmp_path / "page.png"
    assert call("extract", EXAMPLES[0], "--debug-page", 1, "-o", picture)[0] == 0
    assert picture.read_bytes().startswith(b"\x89PNG")
    status, _, told = call("extract", EXAMPLES[0], "--debug-page", 99, "-o", picture)
    assert (status, "no page 99" in told) == (1, True)
    assert call("extract", EXAMPLES[0], "--debug-page", 1)[0] == 2


def test_extract_prints_the_contract(call):
    status, told, _ = call("extract", EXAMPLES[0], "--format", "json")
    assert status == 0
    read = json.loads(told)
    assert read["contract_version"] == 1
    assert read["projects"]


def test_extract_prints_a_table_or_a_report_for_people(call):
    gold = json.loads(EXAMPLES[0].with_suffix(".gold.json").read_text("utf-8"))
    indicator = gold["projects"][0]["indicators"][0]
    status, told, _ = call("extract", EXAMPLES[0])
    assert status == 0
    assert indicator["tier3"] in told
    assert indicator["target"]["raw"] in told
    status, told, _ = call("extract", EXAMPLES[0], "--report")
    assert status == 0
    assert gold["projects"][0]["name"] in told
    assert json.loads(call("extract", EXAMPLES[0], "--report", "--format", "json")[1])["forms"]


def test_json_is_sparql_results_json(call, store):
    sparql = "SELECT ?form ?year ?none { ?form a pikg:Form ; pikg:fiscalYear ?year } ORDER BY ?year"
    _, told, _ = call("query", "--sparql", sparql, "--format", "json", "--store", store)
    answer = json.loads(told)
    assert answer["head"]["vars"] == ["form", "year", "none"]
    assert [binding["year"] for binding in answer["results"]["bindings"]] == [
        {"type": "literal", "value": year, "datatype": "http://www.w3.org/2001/XMLSchema#integer"}
        for year in ("2024", "2025")
    ]
    assert answer["results"]["bindings"][0]["form"]["type"] == "uri"
    assert json.loads(call("query", "--sparql", "ASK {}", "--format", "json", "--store", store)[1]) == {
        "head": {}, "boolean": True,
    }  # fmt: skip


def test_csv_in_a_file_has_a_byte_order_mark_and_no_formula(store, tmp_path):
    sparql = "SELECT ?name (-1.5 AS ?n) { ?form a pikg:Form ; rdfs:label ?name } ORDER BY ?name"
    arguments = ["query", "--sparql", sparql, "--format", "csv", "--store", str(store)]
    piped = pikg_process(*arguments).stdout
    with (tmp_path / "redirected.csv").open("wb") as file:
        subprocess.run([sys.executable, "-m", "pikg", *arguments], cwd=ROOT, stdout=file, check=True)
    assert pikg_process(*arguments, "-o", tmp_path / "named.csv").returncode == 0
    mark = b"\xef\xbb\xbf"
    assert not piped.startswith(mark)
    assert (tmp_path / "redirected.csv").read_bytes() == (tmp_path / "named.csv").read_bytes() == mark + piped
    assert list(csv.reader(io.StringIO(piped.decode()))) == [["name", "n"], ["'=1+1", "-1.5"], ["热线运行经费", "-1.5"]]


def test_export_in_every_format(call, store, tmp_path):
    from rdflib import Dataset, Graph

    with Workspace.open(store).read() as snapshot:
        quads, triples = sorted(snapshot.nquads()), snapshot.count()
    assert call("export", "--store", store)[1].splitlines() == quads
    assert call("export", "--store", store, "--format", "nquads", "-o", tmp_path / "图.nq")[:2] == (0, "")
    assert (tmp_path / "图.nq").read_text("utf-8").splitlines() == quads
    read = Dataset()
    read.parse(tmp_path / "图.nq", format="nquads")
    assert sum(1 for _ in read.quads()) == len(quads)
    for format_, parser in (("turtle", "turtle"), ("jsonld", "json-ld")):
        assert call("export", "--store", store, "--format", format_, "-o", tmp_path / format_)[0] == 0
        assert len(Graph().parse(tmp_path / format_, format=parser)) == triples
    assert call("export", "--store", store, "--format", "csv", "-o", tmp_path / "表.csv", "--lang", "en")[0] == 0
    content = (tmp_path / "表.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert len(list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))) == 1 + 30 + 3
    assert sorted(path.name for path in tmp_path.iterdir()) == ["jsonld", "turtle", "图.nq", "表.csv"]
    status, _, complaint = call("export", "--store", store, "-o", tmp_path / "no folder" / "x.nq")
    assert (status, "no folder" in complaint) == (1, True)


@posix
@pytest.mark.parametrize(
    "arguments",
    [
        ["query", "--sparql", "SELECT * { ?s ?p ?o }", "--format", "csv"],
        ["query", "--sparql", "CONSTRUCT WHERE { ?s ?p ?o }", "--format", "turtle"],
        ["graph", "indicators", "--format", "json"],
        ["graph", "indicators", "--format", "graphml"],
    ],
)
def test_a_file_that_cannot_be_written_whole_stays_as_it_was(store, tmp_path, arguments):
    file = tmp_path / "结果"
    file.write_text("of yesterday", "utf-8")
    small = "import resource, sys, pikg; resource.setrlimit(resource.RLIMIT_FSIZE, (200, 200)); pikg.main()"
    command = [sys.executable, "-c", small, *arguments, "-o", str(file), "--store", str(store)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    assert (ended.returncode, ended.stderr.decode().strip()) == (1, f"error: {file}: File too large")
    assert file.read_text("utf-8") == "of yesterday"
    assert list(tmp_path.iterdir()) == [file]


@posix
def test_what_is_no_file_is_written_to_as_it_is_and_a_link_stays_one(store, tmp_path):
    arguments = ["query", "documents", "--format", "json", "--store", store]
    piped = pikg_process(*arguments).stdout
    assert piped == pikg_process(*arguments, "-o", "/dev/stdout").stdout
    link, file = tmp_path / "link.json", tmp_path / "file.json"
    link.symlink_to(file)
    assert pikg_process(*arguments, "-o", link).returncode == 0
    assert link.is_symlink()
    assert file.read_bytes() == piped


def test_turtle_for_a_graph(call, store):
    construct = "CONSTRUCT { ?u rdfs:label ?l } WHERE { ?u a pikg:Unit ; rdfs:label ?l }"
    status, told, _ = call("query", "--sparql", construct, "--format", "turtle", "--store", store)
    assert status == 0
    assert 'rdfs:label "清河市档案馆"' in told
    assert told == call("query", "--sparql", construct, "--format", "turtle", "--store", store)[1]


def test_a_query_from_a_file_a_parameter_and_a_cut(call, store, tmp_path):
    file = tmp_path / "查询.rq"
    file.write_text("\ufeffSELECT ?s { ?s a pikg:IndicatorRow }", "utf-8")
    status, told, complaint = call("query", "--file", file, "--limit", 5, "--store", store)
    assert status == 0
    assert "more than 5" in complaint
    assert told.count("/row/") == 5
    documents = call("query", "documents", "--param", "year=2024", "--format", "json", "--store", store)[1]
    assert len(json.loads(documents)["results"]["bindings"]) == 1
    both = ("--param", "year=2024", "--param", "year=2025")
    documents = call("query", "documents", *both, "--format", "json", "--store", store)[1]
    assert len(json.loads(documents)["results"]["bindings"]) == 2
    assert "年" in call("query", "documents", "--lang", "zh", "--store", store)[1].splitlines()[0]


@pytest.fixture(scope="module")
def examples(tmp_path_factory) -> Path:
    import pipeline

    folder = tmp_path_factory.mktemp("examples") / "store"
    assert pipeline.ingest_examples(folder).ok
    return folder


def test_comparables_are_told_as_json_and_as_a_table(call, examples):
    project = "综合业务保障经费"
    status, told, _ = call("comparable", project, "--store", examples, "--format", "json")
    assert status == 0
    found = json.loads(told)
    assert found
    assert set(found[0]) == {
        "project", "name", "publisher", "region", "fiscal_year", "score", "reasons", "funding", "matched_indicators",
        "unit_costs",
    }  # fmt: skip
    assert [item["score"] for item in found] == sorted((item["score"] for item in found), reverse=True)
    assert all("贵阳" not in item["region"] for item in found), "elsewhere, if no region is named"
    status, told, _ = call("comparable", project, "--store", examples)
    assert status == 0
    assert found[0]["name"] in told
    assert json.loads(call("comparable", project, "--top", 1, "--store", examples, "--format", "json")[1]) == found[:1]
    assert json.loads(call("comparable", project, "--year", 1999, "--store", examples, "--format", "json")[1]) == []


def test_a_name_of_several_projects_lists_them_and_one_of_none_says_so(call, examples):
    status, told, complaint = call("comparable", "经费", "--store", examples)
    assert (status, told) == (2, "")
    assert complaint.count("https://") > 1
    assert call("comparable", "没有这个项目", "--store", examples)[0] == 1
    assert call("comparable", "综合业务保障经费", "--region", "没有这个地方", "--store", examples)[0] == 1


def test_a_table_cuts_no_text():
    text = "按照开展重点城市一体化政务服务能力第三方调查评估工作相关要求采取政府采购方式委托第三方" * 20
    output = io.StringIO()
    write_table(["项目", "n"], [[text, "1"], ["a\nb", "2"], ["[red]x[/red]", "3"]], output)
    printed = output.getvalue()
    assert text in printed
    assert "[red]x[/red]" in printed
    assert "…" not in printed


def test_each_kind_of_answer_has_a_table(capsys):
    for answer in (True, Rows(("a",), ()), Triples(())):
        write_answer(answer, "table", None, {})
    assert "yes" in capsys.readouterr().out


def test_the_store_is_kept_removed_from_and_copied(call, tmp_path):
    store, copy = tmp_path / "store", tmp_path / "copy"
    assert call("ingest", EXAMPLES[0], "--store", store)[0] == 0
    assert call("optimize", "--store", store)[0] == 0
    assert call("backup", copy, "--store", store)[0] == 0
    assert call("backup", copy, "--store", store)[0] == 1
    assert call("remove", EXAMPLES[0].name, "--store", store)[0] == 0
    told = json.loads(call("status", "--format", "json", "--documents", "--store", copy)[1])
    assert told["counts"]["Document"] == 1
    assert [document["file"] for document in told["documents"]] == [EXAMPLES[0].name]
    assert json.loads(call("status", "--format", "json", "--store", store)[1])["counts"]["Document"] == 0
    assert EXAMPLES[0].name in call("status", "--documents", "--store", copy)[1]


# --- help and reference -------------------------------------------------------------------------------------------
def test_help_is_there_for_every_command_and_says_the_version(call):
    for name in ("", *pikg.cli.commands):
        status, told, _ = call(*([name] if name else []), "--help")
        assert status == 0
        assert told.startswith("Usage: pikg")
    assert call("--version")[1].strip() == f"pikg, version {pikg.__version__}"


def test_help_waits_for_nothing():
    code = "import sys, pikg; pikg.run(['-h']); print([m for m in ('rdflib', 'rich', 'streamlit') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_the_reference_page_is_fresh():
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    generate = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generate)
    page = (ROOT / "docs" / "cli.md").read_text("utf-8")
    assert page == generate.render_cli(), "docs/cli.md is stale; python docs/generate.py writes it"


def test_the_version_is_the_packages():
    assert f'version = "{pikg.__version__}"' in (ROOT / "pyproject.toml").read_text("utf-8")


# --- the app ------------------------------------------------------------------------------------------------------
@posix
def test_the_demo_ends_when_it_is_told_to(tmp_path):
    import urllib.request

    command = [sys.executable, "-m", "pikg", "demo", "--store", str(tmp_path / "demo")]
    demo = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8")
    assert demo.stdout is not None
    try:
        address = next(line for line in demo.stdout if "http://" in line).split()[4]
        port = address.rpartition(":")[2]
        for _ in range(100):
            try:
                with urllib.request.urlopen(f"{address}/_stcore/health", timeout=5) as answer:
                    assert answer.read() == b"ok"
                break
            except OSError:
                assert demo.poll() is None
                time.sleep(0.2)
        else:
            pytest.fail("the app did not answer")
        busy = pikg_process("app", "--store", tmp_path / "demo", "--port", port)
        assert (busy.returncode, b"in use" in busy.stderr) == (1, True)
    finally:
        demo.terminate()
        demo.communicate(timeout=30)
    with pytest.raises(OSError):  # nobody serves any more
        urllib.request.urlopen(f"{address}/_stcore/health", timeout=5)


def test_the_app_asks_for_a_store_that_is_there(call, tmp_path):
    status, _, complaint = call("app", "--store", tmp_path / "none")
    assert status == 1
    assert "no store in" in complaint
