"""Exports: the whole graph as N-Quads, Turtle or JSON-LD, and the long table of indicators as CSV.

All are written line by line, so that memory stays flat however large the graph: what must be in order is sorted in
pieces on disk. The same graph gives the same bytes. N-Quads alone says which document each statement comes from; Turtle
and JSON-LD hold the union of the graphs. In the CSV nothing that a document printed can act as a formula.
"""

from __future__ import annotations

import csv
import heapq
import json
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from itertools import groupby, islice
from types import MappingProxyType
from typing import IO, Any, Literal, Protocol

from graph.cells import csv_cell
from graph.errors import ParameterError
from graph.long_table import TabbedStore, write_long_table
from graph.parts import ask_in_parts
from graph.queries import Words, find_query
from graph.store import ReadableStore
from ontology.namespaces import PREFIXES

_SORTED_AT_ONCE = 200_000
"""Lines held in memory while sorting: some 60 MB."""

_RDF_TYPE = f"<{PREFIXES['rdf']}type>"
_XSD = PREFIXES["xsd"]


class ExportableStore(ReadableStore, Protocol):
    """A store that can be read out whole."""

    def nquads(self) -> Iterator[str]:
        """All statements of the named graphs as lines of N-Quads without their line ends, in any order."""
        ...


# --- the graph ----------------------------------------------------------------------------------------------------
def export_nquads(store: ExportableStore, out: IO[str]) -> None:
    """Write all named graphs as N-Quads, one statement a line, sorted by code point (as `LC_ALL=C sort` has it)."""
    for line in sort_lines(store.nquads()):
        out.write(line + "\n")


def export_turtle(store: ExportableStore, out: IO[str]) -> None:
    """Write the union of all graphs as Turtle, sorted, one block a subject."""
    for prefix, start in sorted(PREFIXES.items()):
        out.write(f"@prefix {prefix}: <{start}> .\n")
    for subject, pairs in _subjects(store):
        out.write(f"\n{_shortened(subject)}")
        # The class first, as people write it.
        ordered = sorted(pairs, key=lambda pair: (pair[0] != _RDF_TYPE, pair))
        for number, (predicate, values) in enumerate(groupby(ordered, key=lambda pair: pair[0])):
            name = "a" if predicate == _RDF_TYPE else _shortened(predicate)
            listed = ", ".join(_shortened(value) for _, value in values)
            out.write(f"{' ;' if number else ''}\n    {name} {listed}")
        out.write(" .\n")


def export_jsonld(store: ExportableStore, out: IO[str]) -> None:
    """Write the union of all graphs as one flat JSON-LD document, sorted, an object a line for each subject."""
    out.write('{"@context": ' + json.dumps(dict(sorted(PREFIXES.items())), ensure_ascii=False) + ',\n "@graph": [')
    for number, (subject, pairs) in enumerate(_subjects(store)):
        node: dict[str, Any] = {"@id": subject[1:-1]}
        for predicate, values in groupby(pairs, key=lambda pair: pair[0]):
            if predicate == _RDF_TYPE:
                node["@type"] = [_compact(value[1:-1]) for _, value in values]
            else:
                node[_compact(predicate[1:-1])] = [_json_value(value) for _, value in values]
        out.write(("," if number else "") + "\n  " + json.dumps(node, ensure_ascii=False))
    out.write("\n]}\n")


def sort_lines(lines: Iterable[str]) -> Iterator[str]:
    """Given lines in any order, yield them sorted; what exceeds memory is sorted in pieces in temporary files."""
    lines, pieces = iter(lines), ExitStack()
    with pieces:
        sorted_pieces: list[Iterator[str]] = []
        while piece := sorted(islice(lines, _SORTED_AT_ONCE)):
            following = next(lines, None)
            if following is None and not sorted_pieces:
                yield from piece
                return
            file = pieces.enter_context(tempfile.TemporaryFile("w+", encoding="utf-8", newline="\n"))  # noqa: SIM115
            file.writelines(line + "\n" for line in piece)
            file.seek(0)
            sorted_pieces.append(line.rstrip("\n") for line in file)
            lines = iter(()) if following is None else _with(following, lines)
        yield from heapq.merge(*sorted_pieces)


def _with(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    yield from rest


def _subjects(store: ExportableStore) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Each subject of the union of the graphs with its predicates and objects, sorted, each statement once; terms as
    N-Triples writes them."""
    statements = (line.removesuffix(" .").rpartition(" ")[0] for line in store.nquads())
    for subject, lines in groupby(sort_lines(statements), key=lambda statement: statement.partition(" ")[0]):
        pairs = [line.split(" ", 2) for line, _ in groupby(lines)]
        yield subject, [(predicate, value) for _, predicate, value in pairs]


_SAFE_LOCAL = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:-[A-Za-z0-9_]+)*")
_LITERAL = re.compile(r'"(?P<text>.*)"(?:@(?P<language>[A-Za-z0-9-]+)|\^\^<(?P<datatype>[^>]*)>)?', re.DOTALL)


def _compact(iri: str) -> str:
    """Given an IRI, return it as a prefixed name where it can be one, else whole."""
    for prefix, start in PREFIXES.items():
        if iri.startswith(start) and _SAFE_LOCAL.fullmatch(iri, len(start)):
            return f"{prefix}:{iri[len(start) :]}"
    return iri


def _shortened(term: str) -> str:
    """Given a term as N-Triples writes it, return it as Turtle does: names with their prefix, whole numbers plain."""
    if term.startswith("<"):
        compact = _compact(term[1:-1])
        return term if compact == term[1:-1] else compact
    literal = _LITERAL.fullmatch(term)
    if literal is None or not literal["datatype"]:
        return term
    if literal["datatype"] == _XSD + "integer" and re.fullmatch(r"-?[0-9]+", literal["text"]):
        return literal["text"]
    return f'"{literal["text"]}"^^{_shortened("<" + literal["datatype"] + ">")}'


def _json_value(term: str) -> Any:
    if term.startswith("<"):
        return {"@id": term[1:-1]}
    literal = _LITERAL.fullmatch(term)
    if literal is None:
        raise ValueError(f"not a term of N-Triples: {term}")
    # N-Triples escapes what JSON escapes, but for \\U and \\' (which no store writes); control characters may be plain.
    value = {"@value": json.loads(f'"{literal["text"]}"', strict=False)}
    if literal["language"]:
        value["@language"] = literal["language"]
    elif literal["datatype"]:
        value["@type"] = _compact(literal["datatype"])
    return value


# --- the table ----------------------------------------------------------------------------------------------------
def export_csv(store: ReadableStore, out: IO[str], language: Literal["zh", "en"] = "zh") -> None:
    """Write the long table of indicators (the named query `indicators`) as CSV for Excel and WPS.

    The text starts with a byte order mark; `out` must not translate line ends (newline=""). Headings are Chinese or
    English, concepts their notations, numbers plain. A printed text that a spreadsheet would take for a formula gets
    an apostrophe before it, a code of many digits or with leading zeros a tab, so that it stays text.
    """
    query = find_query("indicators")
    out.write("\ufeff")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(_heading(column.label, language) for column in query.columns)
    if isinstance(store, TabbedStore):
        out.writelines(write_long_table(store, [column.name for column in query.columns]))
        return
    for rows in ask_in_parts(store, query.name, {}):
        writer.writerows([csv_cell(node) for node in row] for row in rows.rows)


def _heading(label: Words, language: Literal["zh", "en"]) -> str:
    return label.zh if language == "zh" else label.en


def _export_graphml(store: ReadableStore, out: IO[str]) -> None:
    from graph.graphml import export_graphml  # noqa: PLC0415 - networkx takes 10 MB that no other format needs

    export_graphml(store, out)


# --- by name ------------------------------------------------------------------------------------------------------
FORMATS: Mapping[str, Callable[[ExportableStore, IO[str]], None]] = MappingProxyType(
    {
        "nquads": export_nquads,
        "turtle": export_turtle,
        "jsonld": export_jsonld,
        "graphml": _export_graphml,
        "csv": export_csv,
    }
)
"""What can be written, by the name of the format. All are UTF-8 text whose line ends must not be translated."""


def export_graph(store: ExportableStore, format_name: str, out: IO[str]) -> None:
    """Given a format's name, write the store in it; raise ParameterError for a format that there is none of."""
    if format_name not in FORMATS:
        raise ParameterError(f"there is no format {format_name!r} to export; there are: {', '.join(FORMATS)}")
    FORMATS[format_name](store, out)
