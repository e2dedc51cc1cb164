"""The command line called in this process: right calls and wrong ones, with the exit status of each and what it
complains of."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from disclosures import disclosure

import pikg
from graph.load import open_batch
from graph.workspace import Workspace

Call = Callable[..., tuple[int, str, str]]
"""Calls a command; returns its exit status, what it printed, and what it complained of."""

ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"

CALLS = [
    (["status"], 0, ""),
    (["query", "documents"], 0, ""),
    (["query", "--sparql", "ASK {}"], 0, ""),
    (["query", "--list"], 0, ""),
    (["status", "--store", "no such store"], 1, "no store in"),
    (["remove", "no such document"], 1, "no document"),
    (["extract", "no such file.pdf"], 1, "no such file.pdf"),
    (["extract", "."], 1, ".: cannot be opened (Is a directory)"),
    (["query", "--file", "no such.rq"], 1, "no such.rq"),
    (["query", "--sparql", ENDLESS, "--timeout", "0.2"], 1, "stopped"),
    (["frobnicate"], 2, "frobnicate"),
    (["status", "--colour"], 2, "--colour"),
    (["ingest"], 2, "PATH"),
    (["query"], 2, "--list"),
    (["query", "documents", "--sparql", "ASK {}"], 2, "--sparql"),
    (["query", "no-such-query"], 2, "no-such-query"),
    (["query", "documents", "--param", "colour=red"], 2, "colour"),
    (["query", "documents", "--param", "year"], 2, "KEY=VALUE"),
    (["query", "--sparql", "ASK {}", "--timeout", "-1"], 2, "--timeout"),
    (["query", "--sparql", "ASK {}", "--limit", "-1"], 2, "--limit"),
    (["export", "--format", "csv", "--money", "wan", "-o", "a.csv"], 2, "--money goes with --format xlsx"),
    (["export", "--format", "csv", "-o", "no such folder/a.csv"], 1, "no such folder/a.csv: No such file"),
    (["export", "--format", "csv", "-o", "."], 1, "Is a directory"),
    (["export", "--format", "xlsx", "-o", "no such folder/a.xlsx"], 1, "no such folder/a.xlsx: No such file"),
    (["serve", "--host", "no.such.host.invalid"], 1, "can't be served on"),
    (["query", "documents", "--param", "year=late"], 2, "year"),
    (["query", "--sparql", "SELECT * { ?s ?p"], 2, "line 1, column 12"),
    (["query", "--sparql", "CLEAR ALL"], 2, "refused"),
    (["query", "--sparql", "ASK {}", "--format", "turtle"], 2, "turtle"),
    (["query", "--sparql", "CONSTRUCT WHERE { ?s ?p ?o }", "--format", "json"], 2, "json"),
    (["query", "documents", "--format", "xml"], 2, "xml"),
]


def of_store(arguments: list[str], store: Path) -> list[str]:
    asks = ("query", "remove", "status", "export", "serve")
    return [*arguments, "--store", str(store)] if arguments[0] in asks and "--store" not in arguments else arguments


def caller(capsys: pytest.CaptureFixture[str]) -> Call:
    def call(*arguments: object) -> tuple[int, str, str]:
        status = pikg.run([str(argument) for argument in arguments])
        told = capsys.readouterr()
        return status, told.out, told.err

    return call


def two_documents(folder: Path) -> Path:
    """A store of two made-up documents; the name of one acts as a formula."""
    with open_batch(Workspace.open(folder, create=True)) as batch:
        batch.load(disclosure(1, indicators=30))
        batch.load(disclosure(2, name="=1+1", unit="清河市档案馆", year=2025))
    return folder
