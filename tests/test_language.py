"""The command line in Chinese: what it says, and what it says of what went wrong; English where that is asked for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from calls import CALLS, Call, caller, of_store, two_documents

import pipeline

EXAMPLES = sorted((Path(__file__).resolve().parent.parent / "examples").glob("*.pdf"))


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> Path:
    return two_documents(tmp_path_factory.mktemp("cli") / "库 store")


@pytest.fixture(scope="module")
def examples(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("examples") / "store"
    assert pipeline.ingest_examples(folder).ok
    return folder


@pytest.fixture
def call(capsys) -> Call:
    return caller(capsys)


@pytest.mark.parametrize(("arguments", "status"), [(arguments, status) for arguments, status, _ in CALLS])
def test_errors_are_told_in_chinese_with_the_same_exit_status(call, store, monkeypatch, arguments, status):
    monkeypatch.setenv("PIKG_LANG", "zh")
    told, _, complaint = call(*of_store(arguments, store))
    assert told == status
    if status:
        (sentence,) = [line for line in complaint.splitlines() if line.startswith("错误：")]
        assert not re.search(r"[A-Za-z]+ [a-z]+ [a-z]+", sentence.replace("no such ", ""))
    assert "rror" not in complaint


def test_the_language_of_an_error_is_the_one_asked_for(call, monkeypatch, tmp_path):
    nowhere = tmp_path / "nowhere"
    monkeypatch.setenv("PIKG_LANG", "zh")
    assert call("ingest", "--lang", "en")[2].endswith("Error: Missing argument 'PATH...'.\n")
    assert call("comparable", "甲", "--lang=en", "--store", nowhere)[2].startswith("error: there is no store in")
    monkeypatch.setenv("PIKG_LANG", "en")
    assert call("status", "--lang", "zh", "--store", nowhere)[2].startswith("错误：")
    assert call("query", "--lang", "zh", "--colour")[2].startswith("用法：pikg query")


@pytest.mark.parametrize(
    "arguments",
    [
        ["status", "--documents"],
        ["query", "documents"],
        ["query", "--list"],
        ["query", "--sparql", "ASK {}"],
        ["query", "--sparql", "CONSTRUCT WHERE { ?s a pikg:Unit }", "--limit", "1"],
        ["comparable", "综合业务保障经费"],
        ["targets", "满意度", "--project", "综合业务保障经费"],
        ["targets", "满意度", "--year", "1999"],
        ["unit-costs"],
        ["unit-costs", "邮寄快递"],
        ["unit-costs", "--project", "外聘人员经费"],
        ["graph", "indicators"],
        ["graph", "publishers"],
        ["correct", "list"],
        ["optimize"],
        ["remove", "nanning-registry-2021-budget.pdf"],
    ],
)
def test_people_are_told_in_chinese(call, examples, tmp_path, arguments):
    if arguments[0] in ("optimize", "remove"):
        assert call("backup", tmp_path / "copy", "--store", examples, "--lang", "zh")[1].startswith(
            f"{examples} 已备份"
        )
        examples = tmp_path / "copy"
    status, told, complaint = call(*arguments, "--store", examples, "--lang", "zh")
    assert status == 0
    names = (
        r"pikg [\w-]+|https?://\S+|[\w.-]+\.(pdf|docx)|[\w-]+( \[?\w+=\w+\]?)+|QUARTILE.INC|`[^`]+`|--[\w-]+|"
        + str(tmp_path.parent)
        + r"\S+"
    )
    english = re.search(r"[A-Za-z]{3,} [a-z]+", re.sub(names, "", told + complaint))
    assert english is None


def test_what_became_of_files_is_told_in_chinese(call, tmp_path):
    (tmp_path / "坏.pdf").write_bytes(b"%PDF-1.7\nnothing")
    (tmp_path / "notes.mp4").write_bytes(b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00")
    status, told, complaint = call("ingest", EXAMPLES[0], tmp_path, "--store", tmp_path / "s", "--lang", "zh")
    assert status == 1
    assert f"已存入：{EXAMPLES[0].name}：" in told
    assert "跳过：notes.mp4：" in told
    assert told.splitlines()[-1].endswith("存入 1 份，跳过 1 份，失败 1 份")
    assert complaint.startswith("失败：坏.pdf：")
    (tmp_path / "空").mkdir()
    assert call("ingest", tmp_path / "空", "--store", tmp_path / "s", "--lang", "zh")[:2] == (
        0,
        f"{tmp_path / 's'}：没有找到文件\n",
    )
    assert call("ingest", tmp_path / "无", "--store", tmp_path / "s", "--lang", "zh")[2].endswith(
        "：没有这个文件或文件夹\n"
    )
