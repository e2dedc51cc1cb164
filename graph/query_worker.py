"""The child process that answers one user-typed query on a snapshot, run by graph.guard as a script of its own.

It imports pyoxigraph and little else, so that it starts in some hundredths of a second. Request: one JSON object on
standard input. Answer: JSON lines on standard output, the first says what follows (see `answer`). It never writes to
the store, and ends itself should the one that asked be gone.
"""

import json
import os
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pyoxigraph as ox

GRACE = 5.0
"""Seconds after the time limit when the process ends itself, if nobody stopped it."""

REFINING = 3.0
"""Seconds that looking for a mistyped query's place may take; the store's own message is sent before."""

_CHUNK = 512


def encode(term: Any) -> list[str] | None:
    """Given a term of an answer, return it as JSON: [kind, text, datatype, language]."""
    if term is None:
        return None
    if isinstance(term, ox.NamedNode):
        return ["i", term.value]
    if isinstance(term, ox.Literal):
        return ["l", term.value, term.datatype.value, term.language or ""]
    if isinstance(term, ox.BlankNode):
        return ["b", term.value]
    return ["t", str(term)]


def answer(request: dict[str, Any]) -> Iterator[dict[str, Any] | list[Any]]:
    """Given a request, return what is to be written: a head ({"kind": "boolean", "rows", "triples" or an error}), the
    rows, and for rows and triples an end that says whether there were more ({"cut": bool})."""
    try:
        store = ox.Store.read_only(request["folder"])
    except (OSError, RuntimeError) as error:  # RuntimeError: its files are damaged
        yield {"kind": "damaged", "message": str(error)}
        return
    missing = [graph for graph in request["graphs"] if not _has_graph(store, graph)]
    if missing:
        yield {"kind": "no graph", "graphs": missing}
        return
    try:
        found = store.query(request["sparql"], prefixes=request["prefixes"])
        if isinstance(found, ox.QueryBoolean):
            yield {"kind": "boolean", "value": bool(found)}
        elif isinstance(found, ox.QueryTriples):
            yield {"kind": "triples"}
            encoded = ([encode(t.subject), encode(t.predicate), encode(t.object)] for t in found)
            yield from _up_to(encoded, request["limit"], request["characters"])
        else:
            yield {"kind": "rows", "variables": [variable.value for variable in found.variables]}
            rows = ([encode(value) for value in solution] for solution in found)
            yield from _up_to(rows, request["limit"], request["characters"])
    except SyntaxError as error:
        yield {"kind": "syntax", "message": str(error)}
        yield _refined(request, str(error))
    except (OSError, ValueError, RuntimeError) as error:
        yield {"kind": "failed", "message": str(error)}


def _has_graph(store: ox.Store, graph: str) -> bool:
    try:
        return store.contains_named_graph(ox.NamedNode(graph))
    except ValueError:  # no absolute IRI: it can't name a graph
        return False


def _up_to(rows: Iterator[list[Any]], limit: int | None, characters: int) -> Iterator[list[Any] | dict[str, Any]]:
    for number, row in enumerate(rows):
        characters -= sum(len(cell[1]) for cell in row if cell is not None)
        if number == limit or characters < 0:
            yield {"cut": True}
            return
        yield row
    yield {"cut": False}


def _refined(request: dict[str, Any], message: str) -> dict[str, Any]:
    """Where the mistake is: looked for here, since no grammar is safe from a query that is meant to keep it busy."""
    _end_after(REFINING, 0)
    sys.path.insert(0, request["root"])
    from graph.sparql import syntax_error  # noqa: PLC0415 - a fifth of a second that only a mistyped query pays

    error = syntax_error(request["sparql"], message, request["prefixes"])
    return {"kind": "syntax", "message": str(error), "line": error.line, "column": error.column}


def _end_after(seconds: float, status: int) -> None:
    timer = threading.Timer(seconds, os._exit, [status])
    timer.daemon = True
    timer.start()


def bound_memory(size: int) -> None:
    """Given bytes, let this process take no more address space than that (not on Windows)."""
    if sys.platform != "win32":
        import resource  # noqa: PLC0415 - not on Windows

        resource.setrlimit(resource.RLIMIT_AS, (size, size))


def main() -> None:
    """Read a request, write its answer."""
    request = json.loads(sys.stdin.buffer.read())
    if request["timeout"] is not None:
        _end_after(request["timeout"] + GRACE, 1)
    if request["memory"] is not None:
        bound_memory(request["memory"])
    lines: list[bytes] = []
    for item in answer(request):
        lines.append(json.dumps(item, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass"))
        if len(lines) >= _CHUNK or (isinstance(item, dict) and item.get("kind") == "syntax"):
            _write(lines)
            lines = []
    _write(lines)


def _write(lines: list[bytes]) -> None:
    # Bytes: what the machine takes for its encoding (PYTHONIOENCODING) is no matter between the two processes.
    sys.stdout.buffer.writelines(line + b"\n" for line in lines)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
