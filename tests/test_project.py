"""The promises of the repository itself: locks, sizes, words, links."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CODE = sorted(
    path
    for pattern in ("*.py", "ontology/**/*.py", "extract/**/*.py", "graph/**/*.py", "ui/**/*.py", "benchmarks/**/*.py")
    for path in ROOT.glob(pattern)
)
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/*.md")])


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_pins_every_package_by_hash_and_names_no_host(name):
    text = (ROOT / name).read_text("utf-8")
    assert not re.search(r"https?://|--(extra-)?index-url|--find-links|file:", text)
    entries = re.split(r"\n(?=[a-z0-9])", text.strip(), flags=re.IGNORECASE)
    assert len(entries) > 50
    for entry in entries:
        assert re.match(r"[A-Za-z0-9_.-]+==", entry), entry.splitlines()[0]
        assert "--hash=sha256:" in entry, entry.splitlines()[0]


def test_the_two_locks_agree():
    def pins(name: str) -> dict[str, str]:
        return dict(re.findall(r"^([A-Za-z0-9_.-]+)==([^\s;\\]+)", (ROOT / name).read_text("utf-8"), re.MULTILINE))

    runtime, development = pins("requirements.lock"), pins("requirements-dev.lock")
    assert {name: development.get(name) for name in runtime} == runtime


@pytest.mark.parametrize("path", CODE, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_has_two_jobs(path):
    assert len(path.read_text("utf-8").splitlines()) <= 500


def test_code_names_no_place():
    """Knowledge of places is data; the examples' cities stand in their facts."""
    cities = re.compile("贵阳|贵州|达州|四川|普陀|上海|Guiyang|Dazhou|Putuo", re.IGNORECASE)
    named = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in CODE
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if cities.search(line)
    ]
    assert named == []


def test_files_tell_nothing_of_the_machine_they_were_written_on():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode != 0:
        pytest.skip("not a git checkout: there is no list of tracked files")
    paths = [ROOT / name for name in listed.stdout.splitlines()]
    texts = [
        path for path in paths if path.suffix in {".py", ".md", ".toml", ".yaml", ".ttl", ".rq", ".json", ".lock", ""}
    ]
    absolute = re.compile(r"(?<![\w.])/(?:home|root|work|Users)/\w")
    named = [
        str(path.relative_to(ROOT)) for path in texts if path.is_file() and absolute.search(path.read_text("utf-8"))
    ]
    assert named == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_of_a_page_lead_somewhere(path):
    for target in re.findall(r"!?\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)", path.read_text("utf-8")):
        if not re.match(r"[a-z]+:", target):
            assert (path.parent / target).exists(), f"{path.name} points to {target}"


def test_the_changelog_knows_what_is_built():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert "## [Unreleased]" in text or f"## [{version}]" in text


def test_the_readmes_commands_are_targets_of_the_makefile():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    for name in ("README.md", "README.zh-CN.md"):
        commands = set(re.findall(r"^\s*(?:\$ )?make ([a-z-]+)", (ROOT / name).read_text("utf-8"), re.MULTILINE))
        assert {"demo", "test"} <= commands, name
        assert commands <= targets, name
