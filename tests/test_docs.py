"""The documentation: its site builds without a broken link, and its notebook runs."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

import pikg

ROOT = Path(__file__).resolve().parents[1]


def test_the_site_builds_and_every_link_leads_somewhere(tmp_path: Path) -> None:
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(tmp_path / "site")]
    told = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    told_of = {said.rpartition(".")[2] for said in re.findall(
        r'id="((?:pipeline|graph|deciding)[.\w]*)"', (tmp_path / "site" / "api" / "index.html").read_text("utf-8")
    )}  # fmt: skip
    assert {*pikg.__all__, "Comparable", "TargetSpread", "UnitCosts", "Step", "MissingIndicator", "Rows"} <= told_of


def test_the_notebook_goes_from_files_to_a_chart() -> None:
    notebook = nbformat.read(ROOT / "docs" / "tutorial.ipynb", as_version=4)
    assert not any(cell.get("outputs") for cell in notebook.cells), "commit the notebook without outputs"
    NotebookClient(notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(ROOT)}}).execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    printed = "".join(output.get("text", "") for output in outputs)
    assert "quartiles" in printed
    charts = [html for output in outputs if "vegaEmbed" in (html := output.get("data", {}).get("text/html", ""))]
    assert len(charts) == 1
    assert "满意度" in charts[0].encode().decode("unicode_escape") or "满意度" in charts[0]


def test_the_tutorial_page_is_the_notebook() -> None:
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec is not None and spec.loader is not None
    generate = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generate)
    page = (ROOT / "docs" / "tutorial.md").read_text("utf-8")
    assert page == generate.render_tutorial(), "docs/tutorial.md is stale; python docs/generate.py writes it"


def test_every_page_is_in_the_navigation() -> None:
    listed = (ROOT / "mkdocs.yml").read_text("utf-8").partition("nav:")[2]
    assert {page.name for page in (ROOT / "docs").glob("*.md")} == set(re.findall(r": (\S+\.md)", listed))
    assert len(re.findall(r"\.md", listed)) == len(set(re.findall(r"\S+\.md", listed)))


def test_answers_become_data_frames(tmp_path: Path) -> None:
    import pipeline
    from tests.disclosures import disclosure

    with pipeline.open_store(tmp_path / "store") as store:
        from graph.load import open_batch

        with open_batch(store.workspace) as batch:
            batch.load(disclosure(1, indicators=3))
        frame = store.frame("indicators")
        assert len(frame) == 3
        assert {"tier3", "target", "year"} <= set(frame.columns)
        counted = store.frame("SELECT (COUNT(?r) AS ?n) ?none { ?r a pikg:IndicatorRow } GROUP BY ?none")
        assert counted["n"].tolist() == [3]
        assert counted["none"].isna().all()
