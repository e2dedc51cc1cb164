"""The wheel, built and run outside the checkout with nothing but the locked runtime packages."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
UV = Path(sys.executable).with_name("uv")

pytestmark = pytest.mark.wheel


def run(*command: str | Path, cwd: Path, **options) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(part) for part in command], cwd=cwd, capture_output=True, encoding="utf-8", check=False, **options
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    built = run(sys.executable, "-m", "build", "--wheel", "--outdir", folder, ROOT, cwd=folder)
    assert built.returncode == 0, built.stdout + built.stderr
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Path:
    """A fresh environment that holds the locked runtime packages and the wheel; returns its folder of programs."""
    folder = tmp_path_factory.mktemp("installed")
    made = run(sys.executable, "-m", "venv", "--without-pip", folder / "env", cwd=folder)
    assert made.returncode == 0, made.stderr
    programs = folder / "env" / ("Scripts" if os.name == "nt" else "bin")
    python = programs / "python"
    install = [UV, "pip", "install", "--quiet", "--python", python]
    for what in (["--require-hashes", "-r", ROOT / "requirements.lock"], ["--no-deps", wheel]):
        done = run(*install, *what, cwd=folder)
        assert done.returncode == 0, done.stderr
    return programs


def test_the_wheel_holds_code_and_data_and_nothing_else(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    tracked = run(
        "git",
        "ls-files",
        "app.py",
        "pikg.py",
        "pipeline.py",
        "deciding.py",
        "originals.py",
        "draft_worker.py",
        "drafting.py",
        "extract",
        "graph",
        "ontology",
        "ui",
        cwd=ROOT,
    )
    if tracked.returncode == 0:
        assert set(tracked.stdout.splitlines()) - names == set()
    examples = [path for path in (ROOT / "examples").iterdir() if path.suffix in {".pdf", ".docx"}]
    assert {f"pikg_examples/{path.name}" for path in examples} <= names
    assert {name.split("/")[0] for name in names} <= {
        "app.py", "pikg.py", "pipeline.py", "deciding.py", "originals.py", "drafting.py", "draft_worker.py",
        "extract", "graph", "ontology",
        "ui", "pikg_examples",
        next(name.split("/")[0] for name in names if name.endswith(".dist-info/METADATA")),
    }  # fmt: skip


def test_the_installed_tool_reads_stores_and_answers(installed, tmp_path):
    pikg = installed / "pikg"
    source = next((ROOT / "examples").glob("*.pdf"))
    shutil.copy(source, tmp_path / "公开 文件.pdf")

    told = run(pikg, "extract", "公开 文件.pdf", "--format", "json", cwd=tmp_path)
    assert told.returncode == 0, told.stderr
    assert json.loads(told.stdout)["contract_version"] == 1

    stored = run(pikg, "ingest", "公开 文件.pdf", "--store", "store", cwd=tmp_path)
    assert stored.returncode == 0, stored.stderr

    count = "SELECT (COUNT(*) AS ?n) { ?row a pikg:IndicatorRow }"
    asked = run(pikg, "query", "--sparql", count, "--format", "json", "--store", "store", cwd=tmp_path)
    assert asked.returncode == 0, asked.stderr
    assert int(json.loads(asked.stdout)["results"]["bindings"][0]["n"]["value"]) > 0

    door = "import pikg; print(len(list(pikg.open_store('store').query('SELECT ?s { ?s a pikg:Project }'))))"
    opened = run(installed / "python", "-c", door, cwd=tmp_path)
    assert opened.returncode == 0, opened.stderr
    assert int(opened.stdout) > 0


@pytest.mark.skipif(os.name == "nt", reason="stops the demo by its process group")
def test_the_installed_demo_serves_the_app(installed, tmp_path):
    demo = subprocess.Popen(
        [str(installed / "pikg"), "demo"], cwd=tmp_path, encoding="utf-8",
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip
    said = []
    try:
        assert demo.stdout is not None
        for line in demo.stdout:
            said.append(line)
            found = re.search(r"https?://\S+", line)
            if found:
                address = found.group().rstrip(".,")
                break
        else:
            pytest.fail("the demo ended without an address:\n" + "".join(said))
        for _ in range(60):
            try:
                with urllib.request.urlopen(address + "/_stcore/health", timeout=5) as answer:
                    assert answer.read() == b"ok"
                break
            except OSError:
                assert demo.poll() is None, "the demo ended:\n" + "".join(said)
                time.sleep(0.5)
        else:
            pytest.fail("the app did not answer")
    finally:
        os.killpg(demo.pid, signal.SIGTERM)
        demo.wait(20)
