"""The public SPARQL 1.1 endpoint: read-only, over published snapshots, with a query page and a page for every IRI.

    /sparql              the SPARQL 1.1 protocol (GET, POST of a form, POST of a query); without a query, its description
    /                    the query page, or the description of the data (VoID, DCAT) for those who ask for RDF
    /.well-known/void    the same description
    /query/NAME          a named query, its parameters as the request's
    /ns, /concept/…, /id/…, /thing?iri=…   what an IRI stands for, as a page or as RDF

HTTP is Starlette's, evaluation and the formats of answers are Oxigraph's; both ready-made endpoints were tried and not
taken. rdflib-endpoint 0.6.3 evaluates within its event loop, where one long query stops every client, and knows no
default-graph-uri. The oxigraph server 0.5.13 ends a query at its time limit in the midst of an answer of status 200, or
(in a sort) ends itself.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from graph.catalogue import COUNTS, TRIPLES, Contents, describe
from graph.embedded import open_snapshot
from graph.errors import (
    AmbiguousError,
    GraphError,
    InvalidLiteralError,
    NotFoundError,
    ParameterError,
    QueryError,
    QueryRefusedError,
    WorkspaceError,
)
from graph.lock import Lease
from graph.negotiation import GRAPHS, HTML, RESULTS, SHORT, choose
from graph.queries import find_query, named_queries, render_for
from graph.query_pool import Limits, QueryPool, Question, Reply
from graph.serve_pages import Frame, render_query_page, render_thing, thing_queries, vocabulary_query
from graph.store import WholeStore
from graph.terms import iri as iri_term
from graph.workspace import Workspace
from ontology.namespaces import CONCEPT, PIKG

__all__ = ["Limits", "build_app", "run_endpoint"]

_STATUS = {"syntax": 400, "no graph": 400, "refused": 403, "too large": 413, "timeout": 503, "busy": 503, "failed": 500}
"""The status of a reply that is no answer."""

_VOCABULARY = PIKG.removesuffix("#")

_BODY_LIMIT = 1_000_000
"""Bytes that a request's body may have."""

_WEB = Path(__file__).with_name("web")


class _RequestError(Exception):
    """A request that can't be answered: its status and a sentence."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass
class _Snapshot:
    """One published snapshot, as long as somebody asks it."""

    number: int
    lease: Lease
    store: WholeStore
    pool: QueryPool
    published: datetime
    users: int = 0
    retired: bool = False
    described: dict[str, bytes] = field(default_factory=dict)

    async def close(self) -> None:
        await self.pool.close()
        self.store.close()
        self.lease.release()


class Endpoint:
    """The newest snapshot of a workspace, behind the limits; a newer one takes its place between two requests."""

    def __init__(self, workspace: Workspace, limits: Limits) -> None:
        self.workspace = workspace
        self.limits = limits
        self._current: _Snapshot | None = None
        self._opening = asyncio.Lock()

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[_Snapshot]:
        """The newest snapshot, kept open while the block runs."""
        current = await self._newest()
        current.users += 1
        try:
            yield current
        finally:
            current.users -= 1
            if current.retired and current.users == 0:
                await current.close()

    async def _newest(self) -> _Snapshot:
        async with self._opening:
            number = self.workspace.snapshot
            if self._current is not None and self._current.number == number:
                return self._current
            newest = await run_in_threadpool(self._open)
            old, self._current = self._current, newest
            if old is not None:
                old.retired = True
                if old.users == 0:
                    await old.close()
            return newest

    def _open(self) -> _Snapshot:
        folder, lease = self.workspace.lease()
        try:
            store = open_snapshot(folder)
            published = datetime.fromtimestamp((folder.parent / "current").stat().st_mtime, UTC)
        except BaseException:
            lease.release()
            raise
        return _Snapshot(int(folder.name), lease, store, QueryPool(folder, self.limits), published)

    async def close(self) -> None:
        """Stop every process."""
        if self._current is not None:
            await self._current.close()
            self._current = None


# --- the protocol -------------------------------------------------------------------------------------------------
async def _parameters(request: Request) -> list[tuple[str, str]]:
    """The parameters of a request by the SPARQL 1.1 protocol; `query` is among them if one was sent."""
    given = list(request.query_params.multi_items())
    if request.method in ("GET", "HEAD"):
        return given
    if int(request.headers.get("content-length") or 0) > _BODY_LIMIT:
        raise _RequestError(413, f"a request has {_BODY_LIMIT} bytes at most")
    body = await request.body()
    if len(body) > _BODY_LIMIT:
        raise _RequestError(413, f"a request has {_BODY_LIMIT} bytes at most")
    sent_as = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _RequestError(400, "the request is not UTF-8") from error
    match sent_as:
        case "application/x-www-form-urlencoded":
            return given + parse_qsl(text, keep_blank_values=True)
        case "application/sparql-query":
            return [*given, ("query", text)]
        case "application/sparql-update":
            raise _RequestError(403, "this endpoint only reads: updates are refused")
    raise _RequestError(
        415, "send the query as application/sparql-query, or as the parameter query of a form "
        "(application/x-www-form-urlencoded)"
    )  # fmt: skip


def _accepted(request: Request, parameters: list[tuple[str, str]]) -> str:
    short = next((value for name, value in parameters if name in ("format", "output")), "").lower()
    if short:
        if short not in SHORT and "/" not in short:
            raise _RequestError(400, f"the format {short!r} is not known; there are: {', '.join(SHORT)}")
        return SHORT.get(short, short)
    return request.headers.get("accept", "")


def _question(request: Request, parameters: list[tuple[str, str]]) -> Question | None:
    if any(name == "update" for name, _ in parameters):
        raise _RequestError(403, "this endpoint only reads: updates are refused")
    queries = [value for name, value in parameters if name == "query"]
    if len(queries) > 1:
        raise _RequestError(400, "a request has one query; this one has several")
    if not queries:
        return None
    default = tuple(value for name, value in parameters if name == "default-graph-uri")
    named = tuple(value for name, value in parameters if name == "named-graph-uri")
    for name in (*default, *named):
        iri_term(name)  # raises InvalidLiteralError: status 400
    accept = _accepted(request, parameters)
    results, graph = choose(accept, list(RESULTS)), choose(accept, list(GRAPHS))
    if results is None and graph is None:
        raise _RequestError(
            406,
            f"none of {accept} can be answered; rows come as {', '.join(dict.fromkeys(RESULTS.values()))}, "
            f"graphs as {', '.join(dict.fromkeys(GRAPHS.values()))}",
        )
    return Question(
        queries[0],
        RESULTS[results] if results else next(iter(RESULTS)),
        GRAPHS[graph] if graph else next(iter(GRAPHS)),
        default or (() if named else None),
        named or (() if default else None),
    )


async def _while_connected(request: Request, asked: Coroutine[Any, Any, Reply]) -> Reply:
    """Await a reply, and stop it once the client has gone."""
    task = asyncio.ensure_future(asked)
    try:
        while True:
            done, _ = await asyncio.wait({task}, timeout=0.5)
            if done:
                return task.result()
            if await request.is_disconnected():
                raise _RequestError(499, "the client has gone")
    finally:
        if not task.done():
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


def _respond(request: Request, snapshot: _Snapshot, question: Question, reply: Reply) -> Response:
    if not reply.ok:
        headers = {"Retry-After": "30"} if reply.kind in ("busy", "timeout") else None
        return PlainTextResponse(reply.message + "\n", _STATUS[reply.kind], headers)
    # A graph that must be written as something else than was asked for rows is told by its Content-Type.
    return _cached(request, snapshot, repr(question), reply.media_type, reply.body)


def _cached(request: Request, snapshot: _Snapshot, asked: str, media_type: str, body: bytes) -> Response:
    """An answer that may be kept until the next snapshot, or that what the client kept is still right."""
    named = hashlib.sha256(repr((snapshot.number, asked, media_type)).encode()).hexdigest()[:32]
    headers = {
        "ETag": f'W/"{named}"',
        "Cache-Control": "public, no-cache",
        "Vary": "Accept",
        "Last-Modified": snapshot.published.strftime("%a, %d %b %Y %H:%M:%S GMT"),
    }
    known = [tag.strip() for tag in request.headers.get("if-none-match", "").split(",")]
    if "*" in known or headers["ETag"] in known or headers["ETag"].removeprefix("W/") in known:
        return Response(status_code=304, headers=headers)
    charset = "; charset=utf-8" if media_type.startswith("text/") else ""
    return Response(body, headers=headers | {"Content-Type": media_type + charset})


async def _answer(request: Request, snapshot: _Snapshot, question: Question) -> Response:
    try:
        reply = await _while_connected(request, snapshot.pool.answer(question))
    except QueryRefusedError as error:
        reply = Reply("refused", message=str(error))
    except QueryError as error:
        reply = Reply("syntax", message=str(error))
    return _respond(request, snapshot, question, reply)


async def _options(_request: Request) -> Response:
    return Response(status_code=204, headers={"Allow": "GET, HEAD, POST, OPTIONS"})


def _root(request: Request) -> str:
    return f"{request.scope.get('root_path', '')}/"


def _address(request: Request) -> str:
    return str(request.base_url)


async def _sparql(request: Request) -> Response:
    endpoint: Endpoint = request.app.state.endpoint
    parameters = await _parameters(request)
    wants_page = request.method == "GET" and choose(_accepted(request, parameters), [*RESULTS, *GRAPHS, HTML]) == HTML
    if wants_page:
        return _query_page(request, dict(parameters).get("query"))
    question = _question(request, parameters)
    async with endpoint.snapshot() as snapshot:
        if question is None:
            if request.method == "POST":
                raise _RequestError(400, "the request has no query")
            return await _describe(request, snapshot)
        return await _answer(request, snapshot, question)


async def _named(request: Request) -> Response:
    endpoint: Endpoint = request.app.state.endpoint
    parameters = await _parameters(request)
    given: dict[str, Any] = {}
    for name, value in parameters:
        if name not in ("format", "output", "lang"):
            given[name] = [*given.get(name, []), value]
    if request.path_params["name"] not in named_queries():
        raise _RequestError(404, f"there is no named query {request.path_params['name']!r}; / lists them")
    async with endpoint.snapshot() as snapshot:
        try:
            query = find_query(request.path_params["name"])
            text = await run_in_threadpool(render_for, snapshot.store, query, given)
        except (ParameterError, NotFoundError, AmbiguousError) as error:
            raise _RequestError(404 if isinstance(error, NotFoundError) else 400, str(error)) from error
        formats = (pair for pair in parameters if pair[0] in ("format", "output"))
        question = _question(request, [*formats, ("query", text)])
        assert question is not None
        return await _answer(request, snapshot, question)


# --- pages and descriptions ---------------------------------------------------------------------------------------
def _query_page(request: Request, query: str | None = None) -> Response:
    endpoint: Endpoint = request.app.state.endpoint
    return _page(render_query_page(_frame(request), endpoint.limits, named_queries().values(), query))


def _frame(request: Request) -> Frame:
    endpoint: Endpoint = request.app.state.endpoint
    return Frame(_root(request), _language(request), endpoint.workspace.info.base)


def _page(text: str) -> Response:
    policy = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:"
    return Response(
        text, media_type=HTML, headers={"Content-Security-Policy": policy, "Vary": "Accept, Accept-Language"}
    )


def _language(request: Request) -> str:
    asked = request.query_params.get("lang") or request.headers.get("accept-language", "zh")
    return "en" if asked.lower().startswith("en") else "zh"


async def _home(request: Request) -> Response:
    accept = _accepted(request, list(request.query_params.multi_items()))
    if choose(accept, [HTML, *GRAPHS]) == HTML:
        return _query_page(request)
    return await _about(request)


async def _about(request: Request) -> Response:
    endpoint: Endpoint = request.app.state.endpoint
    async with endpoint.snapshot() as snapshot:
        return await _describe(request, snapshot)


async def _describe(request: Request, snapshot: _Snapshot) -> Response:
    accept = _accepted(request, list(request.query_params.multi_items()))
    media_type = GRAPHS[choose(accept, list(GRAPHS)) or "text/turtle"]
    key = f"{_address(request)} {media_type}"
    if key not in snapshot.described:
        rows, counted = await asyncio.gather(
            snapshot.pool.answer(Question(COUNTS)), snapshot.pool.answer(Question(TRIPLES))
        )
        if not (rows.ok and counted.ok):
            raise _RequestError(503, "the data could not be counted just now; come back in a minute")
        classes = {row["class"]["value"]: int(row["n"]["value"]) for row in _bindings(rows)}
        triples = int(_bindings(counted)[0]["n"]["value"])
        contents = Contents(snapshot.published, triples, classes)
        workspace = request.app.state.endpoint.workspace
        graph = await run_in_threadpool(
            describe, _address(request), workspace.info, contents, snapshot.pool.limits.rows
        )
        written = {"application/ld+json": "json-ld", "application/n-triples": "nt", "application/rdf+xml": "xml"}
        snapshot.described[key] = graph.serialize(format=written.get(media_type, "turtle"), encoding="utf-8")
    return _cached(request, snapshot, key, media_type, snapshot.described[key])


def _bindings(reply: Reply) -> list[Mapping[str, Mapping[str, str]]]:
    found: list[Mapping[str, Mapping[str, str]]] = json.loads(reply.body)["results"]["bindings"]
    return found


async def _thing(request: Request) -> Response:
    endpoint: Endpoint = request.app.state.endpoint
    path = request.path_params.get("path", "")
    base = endpoint.workspace.info.base
    iri = {
        "id": base + path,
        "concept": CONCEPT + path,
        "ns": _VOCABULARY,
        "thing": request.query_params.get("iri", ""),
    }[request.scope["path"].removeprefix(request.scope.get("root_path", "")).split("/")[1]]
    accept = _accepted(request, list(request.query_params.multi_items()))
    media_type = choose(accept, [HTML, *GRAPHS])
    if media_type is None:
        raise _RequestError(406, f"none of {accept} can be answered; things come as text/html, {', '.join(GRAPHS)}")
    forward, backward = thing_queries(iri)
    async with endpoint.snapshot() as snapshot:
        if media_type != HTML:
            # Who asks for the vocabulary's IRI without a term behind "#" is to get all of its terms.
            construct = vocabulary_query(endpoint.workspace.namespace) if iri == _VOCABULARY else forward.construct
            question = Question(construct, graph=GRAPHS[media_type])
            reply = await snapshot.pool.answer(question)
            if reply.ok and not (await snapshot.pool.answer(Question(forward.ask))).body.count(b"true"):
                raise _RequestError(404, f"nothing is known of <{iri}>")
            return _respond(request, snapshot, question, reply)
        properties, incoming = await asyncio.gather(
            snapshot.pool.answer(Question(forward.select)), snapshot.pool.answer(Question(backward.select))
        )
        if not properties.ok or not incoming.ok:
            raise _RequestError(503, "the page could not be made just now; come back in a minute")
    found = _bindings(properties)
    if not found:
        raise _RequestError(404, f"nothing is known of <{iri}>")
    return _page(render_thing(_frame(request), iri, found, _bindings(incoming)))


# --- the application ----------------------------------------------------------------------------------------------
async def _say_trouble(_request: Request, error: Exception) -> Response:
    """The store can't be read: the operator is told why and where, a client that it is so."""
    logging.getLogger("uvicorn.error").error("%s", error)
    return PlainTextResponse("the data can't be read just now; come back in a minute\n", 503, {"Retry-After": "60"})


async def _say_error(_request: Request, error: Exception) -> Response:
    status = error.status if isinstance(error, _RequestError) else 400
    return PlainTextResponse(f"{error}\n", status)


def build_app(workspace: Workspace, limits: Limits | None = None) -> Starlette:
    """Given a workspace and limits, return the endpoint as an ASGI application; raise WorkspaceError for a workspace
    whose graph is on a server."""
    if workspace.remote is not None:
        raise WorkspaceError(
            f"the graph of {workspace.folder} is on a server, which has an endpoint of its own: ask that one"
        )

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        app.state.endpoint = Endpoint(workspace, limits or Limits())
        try:
            yield
        finally:
            await app.state.endpoint.close()

    routes: list[Route | Mount] = [
        Route("/", _home),
        Route("/sparql", _sparql, methods=["GET", "POST"]),
        Route("/query/{name}", _named, methods=["GET", "POST"]),
        Route("/sparql", _options, methods=["OPTIONS"]),
        Route("/query/{name}", _options, methods=["OPTIONS"]),
        Route("/.well-known/void", _about),
        Route("/thing", _thing),
        Route("/ns", _thing),
        Route("/id/{path:path}", _thing),
        Route("/concept/{path:path}", _thing),
        Mount("/web", StaticFiles(directory=_WEB)),
    ]
    handlers: dict[Any, Callable[[Request, Exception], Coroutine[Any, Any, Response]]] = {
        _RequestError: _say_error,
        QueryError: _say_error,
        InvalidLiteralError: _say_error,
        GraphError: _say_trouble,
    }
    middleware = [
        Middleware(CORSMiddleware, allow_origins=["*"], allow_methods=["GET", "POST"], allow_headers=["*"],
                   expose_headers=["ETag", "Last-Modified", "Retry-After"]),
        Middleware(GZipMiddleware, minimum_size=1000, compresslevel=5),
    ]  # fmt: skip
    return Starlette(routes=routes, middleware=middleware, exception_handlers=handlers, lifespan=lifespan)


def run_endpoint(app: Starlette, host: str, port: int) -> None:
    """Given the endpoint and an address, serve it until the process is told to end."""
    uvicorn.run(
        app, host=host, port=port, log_level="warning", access_log=False, timeout_graceful_shutdown=1,
        http="h11", h11_max_incomplete_event_size=_BODY_LIMIT,  # a query sent by GET may be as long as one by POST
    )  # fmt: skip
