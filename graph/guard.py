"""SPARQL that a user typed: read only, within a time and a row limit, in a process of its own that can be stopped.

Refused before anything runs: changes, SERVICE and LOAD (the store would go to the network), and FROM of graphs that are
not in the store. What is left may still be a query that never ends or fills the memory; the child process is stopped at
its time limit, and may not take more than its share of memory. Of a graph on a server only the waiting is limited here.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from rdflib.term import BNode, Node, URIRef

from graph import query_worker
from graph.embedded import make_literal
from graph.errors import (
    GraphError,
    QueryError,
    QueryRefusedError,
    QueryTimeoutError,
    WorkspaceError,
    damaged_snapshot,
)
from graph.lock import Lease
from graph.remote_settings import REMOTE_FILE
from graph.soundness import check_snapshot, mark_damaged, refuse_damaged, tells_damage
from graph.sparql import Token, find_graph_references, position, read_tokens
from graph.store import Answer, Rows, Triples
from ontology.namespaces import PREFIXES

TIME_LIMIT = 30.0
"""Seconds."""

ROW_LIMIT = 10_000
"""Rows of a SELECT, triples of a CONSTRUCT or DESCRIBE."""

CHARACTER_LIMIT = 100_000_000
"""Characters of all texts of an answer together."""

MEMORY_LIMIT = 4 << 30
"""Bytes of address space that a query's process may take (not limited on Windows)."""

QUERY_LENGTH = 200_000
"""Characters of a query's text."""

_UPDATES = frozenset({"insert", "delete", "load", "clear", "create", "drop", "copy", "move", "add", "with"})
_FORMS = frozenset({"select", "ask", "construct", "describe"})


def check_user_query(sparql: str) -> list[str]:
    """Given a user's query, return the graphs that it names; raise QueryRefusedError for what users may not do."""
    if not sparql.strip():
        raise QueryError("the query is empty; write one, or choose a named query")
    if len(sparql) > QUERY_LENGTH:
        raise QueryRefusedError(f"the query is longer than {QUERY_LENGTH} characters; ask in several queries")
    try:
        sparql.encode()
    except UnicodeEncodeError as error:
        line, column = position(sparql, error.start)
        raise QueryError(f"line {line}, column {column}: half a character stands there", line, column) from error
    for token in read_tokens(sparql):
        if _may_be_service(token):
            line, column = position(sparql, token.start)
            raise QueryRefusedError(
                f"line {line}, column {column}: SERVICE is refused: queries read this store only, never the network "
                "(a prefix whose name holds “service” must be renamed)",
                line,
                column,
            )
    _check_form(sparql)
    references = find_graph_references(sparql, PREFIXES)
    for reference in references:
        if reference.iri is None:
            raise QueryRefusedError(
                f"line {reference.line}, column {reference.column}: the graph {reference.text} can't be identified; "
                "write it as <IRI>",
                reference.line,
                reference.column,
            )
    return [reference.iri for reference in references if reference.iri is not None]


def _may_be_service(token: Token) -> bool:
    """Whether Oxigraph, which knows no word boundaries ("trueSERVICE<…>", "SERVICE:x"), could find the keyword here."""
    if token.kind != "word":
        return False
    keyword, _, local = token.text.lower().partition(":")
    return "service" in keyword or ".service" in local


def _check_form(sparql: str) -> None:
    words = [token for token in read_tokens(sparql) if token.kind == "word"]
    for number, token in enumerate(words):
        word = token.text.lower()
        if word in _FORMS:
            return
        declares = number > 0 and words[number - 1].text.lower() == "prefix"
        if word in _UPDATES and not declares:
            line, column = position(sparql, token.start)
            raise QueryRefusedError(
                f"line {line}, column {column}: {token.text.upper()} is refused: queries only read; "
                "documents come into the store by `pikg ingest`",
                line,
                column,
            )


def run_user_query(
    snapshot_folder: Path,
    sparql: str,
    timeout: float | None = TIME_LIMIT,
    limit: int | None = ROW_LIMIT,
    memory: int | None = MEMORY_LIMIT,
) -> Answer:
    """Given a snapshot's folder and a query, return its answer, cut at `limit` rows or triples (`cut` says so).

    Raise QueryRefusedError for what users may not do, QueryError with line and column where the query can't be read,
    QueryTimeoutError where it ran longer than `timeout` seconds, WorkspaceError where the snapshot isn't there.
    """
    graphs = check_user_query(sparql)
    if (snapshot_folder.parent.parent / REMOTE_FILE).exists():
        return _ask_server(snapshot_folder.parent.parent, sparql, graphs, timeout, limit)
    request = {
        "folder": str(snapshot_folder),
        "sparql": sparql,
        "graphs": graphs,
        "prefixes": PREFIXES,
        "limit": limit,
        "characters": CHARACTER_LIMIT,
        "timeout": timeout,
        "memory": memory,
        "root": str(Path(__file__).resolve().parent.parent),
    }
    try:
        lease = Lease(snapshot_folder)
    except FileNotFoundError as error:
        raise WorkspaceError(f"the snapshot {snapshot_folder} is gone: there is a newer one, ask again") from error
    with lease:
        refuse_damaged(snapshot_folder)
        try:
            lines = _ask(request, timeout)
        except GraphError:  # it took too long or too much: so does a query that meets a damaged block
            with suppress(OSError):  # the files can't be read now
                check_snapshot(snapshot_folder)
            raise
    return _read_answer(lines, snapshot_folder)


def _ask_server(folder: Path, sparql: str, graphs: list[str], timeout: float | None, limit: int | None) -> Answer:
    """Ask a workspace's server: the connection is given up at the time limit, whatever the server does."""
    from graph.workspace import Workspace  # noqa: PLC0415 - only where the graph is on a server

    with Workspace.open(folder).read() as store:
        if missing := [graph for graph in graphs if not store.has_graph(graph)]:
            raise _no_graph(missing)
        return store.query_up_to(sparql, limit, timeout)


def _no_graph(graphs: list[str]) -> QueryRefusedError:
    names = ", ".join(f"<{graph}>" for graph in graphs)
    return QueryRefusedError(f"the store has no graph {names}; leave FROM out to ask all graphs")


def _ask(request: dict[str, Any], timeout: float | None) -> Iterator[Any]:
    command = [sys.executable, "-P", "-X", "utf8", str(Path(query_worker.__file__))]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        output, complaint = process.communicate(json.dumps(request).encode(), timeout)
    except subprocess.TimeoutExpired as error:
        raise QueryTimeoutError(
            f"the query ran longer than {timeout:g} seconds and was stopped; narrow it (a LIMIT alone may not help), "
            "or give it more time"
        ) from error
    finally:
        if process.poll() is None:  # also after Ctrl-C
            process.kill()
            process.communicate()
    if process.returncode != 0:
        last = complaint.decode("utf-8", "replace").strip().splitlines()[-1:]
        if process.returncode > 0 and last and "MemoryError" not in last[0]:
            raise GraphError(f"the query's process failed: {last[0]}")
        raise GraphError("the query was stopped: it needs more memory than one may take, or is nested too deeply")
    return map(json.loads, output.splitlines())


def _read_answer(lines: Iterator[Any], snapshot_folder: Path) -> Answer:
    head = next(lines, None) or {"kind": "failed", "message": "no answer came"}
    match head["kind"]:
        case "boolean":
            return bool(head["value"])
        case "rows":
            rows, cut = _decode(lines, snapshot_folder)
            return Rows(tuple(head["variables"]), tuple(rows), cut)
        case "triples":
            rows, cut = _decode(lines, snapshot_folder)
            return Triples(
                ((s, p, o) for s, p, o in rows if s is not None and p is not None and o is not None), cut=cut
            )
        case "no graph":
            raise _no_graph(head["graphs"])
        case "damaged":
            raise damaged_snapshot(snapshot_folder, head["message"])
        case "syntax":
            refined = next(lines, head)
            raise QueryError(refined["message"], refined.get("line"), refined.get("column"))
    raise _not_answered(head, snapshot_folder)


def _not_answered(told: dict[str, Any], snapshot_folder: Path) -> GraphError:
    if tells_damage(told["message"]):
        return mark_damaged(snapshot_folder, told["message"])
    return QueryError(f"the query could not be answered: {told['message']}")


def _decode(lines: Iterator[Any], snapshot_folder: Path) -> tuple[list[tuple[Node | None, ...]], bool]:
    rows: list[tuple[Node | None, ...]] = []
    for line in lines:
        if isinstance(line, dict):
            if "cut" not in line:  # the store failed in the midst of the rows
                raise _not_answered(line, snapshot_folder)
            return rows, bool(line["cut"])
        rows.append(tuple(map(_decode_term, line)))
    raise GraphError("the query's process ended before its answer was complete; ask again")


def _decode_term(encoded: list[str] | None) -> Node | None:
    if encoded is None:
        return None
    match encoded:
        case ["i", text]:
            return URIRef(text)
        case ["l", text, datatype, language]:
            return make_literal(text, datatype, language)
        case ["b", text]:
            return BNode(text)
    raise QueryError("the answer holds a triple as a value, which pikg does not show; ask for its parts instead")
