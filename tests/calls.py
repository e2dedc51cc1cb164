"""Calls of the command line, right and wrong, with the exit status of each and what it complains of."""

from __future__ import annotations

from pathlib import Path

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
]  # fmt: skip


def of_store(arguments: list[str], store: Path) -> list[str]:
    asks = ("query", "remove", "status", "export", "serve")
    return [*arguments, "--store", str(store)] if arguments[0] in asks and "--store" not in arguments else arguments
