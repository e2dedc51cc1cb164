"""A child process that answers queries of the endpoint on one snapshot, one at a time, until its input ends.

Oxigraph evaluates and writes the answer in the asked format; the process may be stopped at any moment, which stops the
query for good. Request: a JSON object a line. Reply: a JSON object a line, followed by as many bytes as it tells; one
with "more" is followed by a better one.

Measured (oxigraph 0.5.13): the server's own time limit ends a SELECT that streams with status 200 and an error in the
midst of its rows, and one that sorts aborts the server; hence processes that are killed.
"""

import csv
import io
import json
import os
import sys
import threading
import time
from collections.abc import Iterator
from itertools import islice
from typing import IO, Any

import pyoxigraph as ox

from graph.query_worker import bound_memory

_RESULTS = {
    "application/sparql-results+json": ox.QueryResultsFormat.JSON,
    "application/sparql-results+xml": ox.QueryResultsFormat.XML,
    "text/csv": ox.QueryResultsFormat.CSV,
    "text/tab-separated-values": ox.QueryResultsFormat.TSV,
}
_GRAPHS = {
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/ld+json": ox.RdfFormat.JSON_LD,
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
}


class TooLargeError(Exception):
    """The answer has more rows, triples or bytes than one answer may have."""


class _Bounded(io.BytesIO):
    """A buffer that refuses to grow beyond a size."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self.limit = limit

    def write(self, data: Any, /) -> int:
        if self.tell() + len(data) > self.limit:
            raise TooLargeError(f"the answer is larger than {self.limit // 1_000_000} MB")
        return super().write(data)


def _count_rows(body: bytes, media_type: str) -> int:
    if media_type == "text/csv":
        return sum(1 for _ in csv.reader(io.StringIO(body.decode("utf-8")))) - 1
    parsed = ox.parse_query_results(body, _RESULTS[media_type])
    return sum(1 for _ in parsed) if isinstance(parsed, ox.QuerySolutions) else 1


def _check_rows(body: bytes, request: dict[str, Any]) -> None:
    # A row takes two bytes at least: what is shorter need not be counted.
    if len(body) > 2 * request["rows"] and _count_rows(body, request["results"]) > request["rows"]:
        raise TooLargeError(f"the answer has more than {request['rows']} rows")


def _graphs(names: list[str] | None) -> list[ox.NamedNode] | None:
    return None if names is None else [ox.NamedNode(name) for name in names]


def answer(store: ox.Store, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """Given a store and a request ({"sparql", "results", "graph", "default", "named", "graphs", "rows", "bytes",
    "prefixes"}), return what kind of answer it is, and the answer in the asked format."""
    asked = {*request["graphs"], *(request["default"] or ()), *(request["named"] or ())}
    missing = sorted(name for name in asked if not store.contains_named_graph(ox.NamedNode(name)))
    if missing:
        return {"kind": "no graph", "message": ", ".join(f"<{name}>" for name in missing)}, b""
    dataset: dict[str, Any] = {}
    if request["default"] is not None or request["named"] is not None:
        dataset = {"default_graph": _graphs(request["default"] or []), "named_graphs": _graphs(request["named"] or [])}
    output = _Bounded(request["bytes"])
    try:
        found = store.query(request["sparql"], prefixes=request["prefixes"], **dataset)
        if isinstance(found, ox.QueryTriples):
            triples = _up_to(found, request["rows"])
            ox.serialize(triples, output, _GRAPHS[request["graph"]], prefixes=request["prefixes"])
            return {"kind": "triples", "media_type": request["graph"]}, output.getvalue()
        found.serialize(output, _RESULTS[request["results"]])
        body = output.getvalue()
        _check_rows(body, request)
    except SyntaxError as error:
        return {"kind": "syntax", "message": str(error)}, b""
    except TooLargeError as error:
        return {"kind": "too large", "message": str(error)}, b""
    except (OSError, ValueError, RuntimeError) as error:
        return {"kind": "failed", "message": str(error)}, b""
    return {"kind": "rows", "media_type": request["results"]}, body


def _up_to(triples: Iterator[ox.Triple], limit: int) -> Iterator[ox.Triple]:
    yield from islice(triples, limit)
    if next(triples, None) is not None:
        raise TooLargeError(f"the answer has more than {limit} triples")


def explain(request: dict[str, Any], message: str) -> Iterator[dict[str, Any]]:
    """Given a request that can't be understood and Oxigraph's message, yield where the mistake is: what is known at
    once, then the better place, which takes longer to find."""
    from graph.sparql import syntax_error  # noqa: PLC0415 - only a mistyped query pays

    for thorough in (False, True):
        error = syntax_error(request["asked"], message, request["prefixes"], thorough=thorough)
        yield {"kind": "syntax", "message": str(error), "more": not thorough}


def serve(folder: str, source: IO[bytes], sink: IO[bytes]) -> None:
    """Given a snapshot's folder, answer every request of a stream of lines."""
    store: ox.Store | str
    try:
        store = ox.Store.read_only(folder)
    except (OSError, RuntimeError) as error:  # RuntimeError: its files are damaged
        store = f"the snapshot can't be opened: {error}"
    for line in source:
        head: dict[str, Any] = {"kind": "failed", "message": store}
        body = b""
        if isinstance(store, ox.Store):
            request = json.loads(line)
            head, body = answer(store, request)
        heads = explain(request, head["message"]) if head["kind"] == "syntax" else [head]
        for told in heads:
            told["length"] = len(body)
            sink.write(json.dumps(told, ensure_ascii=False).encode() + b"\n" + body)
            sink.flush()


def end_with(parent: int) -> None:
    """Given the process that asks, end this one when that has gone: a query that never ends would outlive an endpoint
    that was killed. (Windows keeps the number of a parent that has gone: there it is the query's end that ends it.)"""
    while os.getppid() == parent:
        time.sleep(1.0)
    os._exit(1)


def main() -> None:
    """`python -m graph.endpoint_worker FOLDER BYTES_OF_MEMORY NICENESS`."""
    threading.Thread(target=end_with, args=(os.getppid(),), daemon=True).start()
    folder, memory, niceness = sys.argv[1:4]
    bound_memory(int(memory))
    if int(niceness) and hasattr(os, "nice"):
        os.nice(int(niceness))
    serve(folder, sys.stdin.buffer, sys.stdout.buffer)


if __name__ == "__main__":
    main()
