"""How a query's answer is written down: SPARQL 1.1 Query Results JSON, CSV for office programs, Turtle."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any
from typing import Literal as Choice

from rdflib import Graph, Literal
from rdflib.term import BNode, Node

from graph.cells import csv_cell
from graph.errors import ParameterError
from graph.queries import find_query
from graph.store import Answer, Rows, Triple
from ontology.namespaces import CONCEPT, PREFIXES


def to_sparql_json(answer: Rows | bool) -> dict[str, Any]:
    """Given the answer to a SELECT or ASK, return SPARQL 1.1 Query Results JSON."""
    if isinstance(answer, bool):
        return {"head": {}, "boolean": answer}
    bindings = [{name: _json_term(node) for name, node in row.items() if node is not None} for row in answer]
    return {"head": {"vars": list(answer.variables)}, "results": {"bindings": bindings}}


def _json_term(node: Node) -> dict[str, str]:
    if isinstance(node, Literal):
        told = {"type": "literal", "value": str(node)}
        if node.language:
            told["xml:lang"] = node.language
        elif node.datatype is not None:
            told["datatype"] = str(node.datatype)
        return told
    return {"type": "bnode" if isinstance(node, BNode) else "uri", "value": str(node)}


def write_csv(answer: Answer, output: IO[str]) -> None:
    """Given an answer, write it as CSV (RFC 4180), each term as `graph.export.csv_cell` has it: nothing in it can act
    as a formula."""
    writer = csv.writer(output, lineterminator="\r\n")
    if isinstance(answer, bool):
        writer.writerows([["answer"], ["true" if answer else "false"]])
    elif isinstance(answer, Rows):
        writer.writerow(answer.variables)
        writer.writerows([csv_cell(node) for node in row] for row in answer.rows)
    else:
        writer.writerow(["subject", "predicate", "object"])
        writer.writerows([csv_cell(node) for node in triple] for triple in answer)


def to_turtle(triples: Iterable[Triple]) -> str:
    """Given triples, return them as Turtle with the prefixes of the house, the same text for the same triples."""
    graph = Graph(bind_namespaces="none")
    for prefix, iri in PREFIXES.items():
        graph.bind(prefix, iri)
    for triple in triples:
        graph.add(triple)
    return graph.serialize(format="turtle")


def show(node: Node | None) -> str:
    """Given a term, return it as a person reads it: a concept by its notation, a known IRI by its prefix, a text as it
    is, nothing for nothing."""
    if node is None:
        return ""
    text = str(node)
    if isinstance(node, Literal):
        return text
    if text.startswith(CONCEPT):
        return text.rpartition("/")[2]
    for prefix, iri in PREFIXES.items():
        if text.startswith(iri) and text != iri and "/" not in text[len(iri) :]:
            return f"{prefix}:{text[len(iri) :]}"
    return text


def export_rows(name: str, answers: Iterable[Rows], path: Path, suffix: str, language: Choice["zh", "en"]) -> int:
    """Given a named query's name and its rows, in one part or several, write them to a file as its ending says (.csv,
    .xlsx, .json) and return how many there are; raise ParameterError for another ending. CSV and XLSX have the query's
    headings in the language."""
    query = find_query(name)
    written = 0

    def counted() -> Iterator[Rows]:
        nonlocal written
        for rows in answers:
            written += len(rows)
            yield rows

    match suffix.lower():
        case ".xlsx":
            from graph.workbook import write_rows  # noqa: PLC0415 - a tenth of a second that other answers don't need

            write_rows(query, counted(), path, language=language)
        case ".csv":
            with path.open("w", encoding="utf-8-sig", newline="") as file:
                writer = csv.writer(file, lineterminator="\r\n")
                writer.writerow(getattr(column.label, language) for column in query.columns)
                for rows in counted():
                    writer.writerows([csv_cell(node) for node in row] for row in rows.rows)
        case ".json":
            with path.open("w", encoding="utf-8") as file:
                _write_json(counted(), file)
        case _:
            raise ParameterError(
                f"rows can be written to a file that ends in .csv, .xlsx or .json, not {suffix or 'nothing'}"
            )
    return written


def _write_json(answers: Iterable[Rows], file: IO[str]) -> None:
    """SPARQL 1.1 Query Results JSON, a row a line."""
    head, between = "", "\n"
    for rows in answers:
        if not head:
            head = json.dumps({"vars": list(rows.variables)})
            file.write(f'{{"head": {head}, "results": {{"bindings": [')
        for binding in to_sparql_json(rows)["results"]["bindings"]:
            file.write(between + json.dumps(binding, ensure_ascii=False))
            between = ",\n"
    file.write("\n]}}\n")
