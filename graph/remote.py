"""A SPARQL 1.1 server by its address, behind the protocols of graph.store: query, update, graph store protocol.

What queries see is the union of the workspace's named graphs, each statement once. A server whose default graph is
apart from its named graphs (Oxigraph, Stardog, Fuseki) keeps the union there, for one workspace. One whose default
graph is itself a view on all graphs (Virtuoso, GraphDB, Neptune) would show a statement once for each graph that holds
it, or other people's graphs beside ours: there the union is a graph of its own, `<base>union`, which each query names
by the protocol's `default-graph-uri`. The writer finds out which by a probe, readers by whether that graph is there.

Which graphs there are stands in one more, `<base>graphs`: to look through all statements for their graphs takes servers
seconds.

A graph is replaced by one update request: its new content is put into a staging graph (which no query sees; a large one
by requests before), then the union is brought in step, and the staging graph takes the old one's place by MOVE.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Self

import httpx
from rdflib.term import BNode, Node, URIRef

from graph.embedded import make_literal, read_ntriples, write_nquads, write_ntriples
from graph.errors import GraphError, InvalidLiteralError, QueryError, QueryTimeoutError
from graph.remote_settings import RemoteSettings
from graph.sparql import find_graph_references, read_tokens, syntax_error
from graph.store import Answer, Rows, Triple, Triples
from graph.terms import iri
from ontology.namespaces import PREFIXES

FILL = 400
"""Triples in one request that fills a staging graph: Virtuoso compiles an INSERT DATA, and refuses long ones."""

ANSWER_LIMIT = 400_000_000
"""Bytes of an answer."""

_GRAPH = "<http://www.w3.org/ns/sparql-service-description#NamedGraph>"
_JSON = "application/sparql-results+json"
_NTRIPLES = "application/n-triples"
_XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"
_DECLARED = "".join(f"PREFIX {prefix}: <{start}> " for prefix, start in PREFIXES.items())


class RemoteStore:
    """The graphs of one workspace on a server. Given its settings and the workspace's base IRI, ask or change it."""

    def __init__(self, settings: RemoteSettings, base: str) -> None:
        self._settings = settings
        self._base = base
        self._union = f"{base}union"
        self._list = f"{base}graphs"
        self._union_is_named: bool | None = None
        self._client: httpx.Client | None = httpx.Client(
            auth=_authentication(settings),
            headers={"Authorization": f"Bearer {settings.token}"} if settings.token else {},
            timeout=settings.timeout,
            follow_redirects=True,
        )

    # --- requests -------------------------------------------------------------------------------------------------
    def _send(self, method: str, address: str, *, timeout: float | None = None, **content: Any) -> httpx.Response:
        """One request; raise GraphError in words where the server can't be reached, refuses who asks, or fails."""
        if self._client is None:
            raise GraphError("the store is closed; open it again")
        limit = self._settings.timeout if timeout is None else timeout
        try:
            with self._client.stream(method, address, timeout=limit, **content) as response:
                size, parts = 0, []
                for part in response.iter_bytes():
                    size += len(part)
                    if size > ANSWER_LIMIT:
                        raise QueryError("the answer is too large to be read; narrow the query")
                    parts.append(part)
            body = b"".join(parts)
        except httpx.TimeoutException as error:
            raise QueryTimeoutError(
                f"the server {_host(address)} did not answer within {limit:g} seconds; narrow the query, or raise the "
                "timeout (in remote.toml)"
            ) from error
        except httpx.HTTPError as error:
            raise GraphError(
                f"the server {_host(address)} can't be reached ({error}); is it running, and is its address in "
                "remote.toml right?"
            ) from error
        if response.status_code in (401, 403):
            raise GraphError(
                f"the server {_host(address)} refuses this user or token ({response.status_code}); see user, password "
                "or token in remote.toml, and what the user may do there"
            )
        return httpx.Response(response.status_code, content=body)

    def _dataset(self, sparql: str) -> dict[str, str]:
        """The parameters that have a query see the union: none where it names its graphs itself."""
        if _asks_graphs(sparql) or find_graph_references(sparql, PREFIXES) or not self.keeps_union_apart:
            return {}
        return {"default-graph-uri": self._union}

    @property
    def keeps_union_apart(self) -> bool:
        """Whether the union is a graph of its own on this server, not its default graph."""
        if self._union_is_named is None:
            ask = f"ASK {{ GRAPH <{self._union}> {{ ?s ?p ?o }} }}"
            self._union_is_named = _truth(_json(self._ask(ask, {}, _JSON)))
        return self._union_is_named

    def _ask(
        self, sparql: str, dataset: Mapping[str, str], accept: str, timeout: float | None = None
    ) -> httpx.Response:
        response = self._send(
            "POST",
            self._settings.query,
            data={"query": _DECLARED + sparql, **dataset},
            headers={"Accept": accept},
            timeout=timeout,
        )
        if response.status_code == httpx.codes.BAD_REQUEST:
            raise syntax_error(sparql, response.text.strip()[:500], PREFIXES)
        if response.is_error:
            raise QueryError(f"the query could not be answered: {_complaint(response)}")
        return response

    # --- asking ---------------------------------------------------------------------------------------------------
    def query(self, sparql: str) -> Answer:
        """Answer a SPARQL 1.1 query over the union of the workspace's graphs, each statement once; the prefixes of
        ontology.namespaces need no declaration. Raise QueryError, QueryTimeoutError, GraphError."""
        return self.query_up_to(sparql, None)

    def query_up_to(self, sparql: str, limit: int | None, timeout: float | None = None) -> Answer:
        """As `query`, but give no more than `limit` rows or triples and say so (`Rows.cut`, `Triples.cut`)."""
        form = _form_of(sparql)
        if form in ("construct", "describe"):
            response = self._ask(sparql, self._dataset(sparql), _NTRIPLES, timeout)
            found = iter(set(read_ntriples(response.content)))
            triples = tuple(islice(found, limit))
            return Triples(triples, cut=next(found, None) is not None)
        said = _json(self._ask(sparql, self._dataset(sparql), _JSON, timeout))
        if form == "ask":
            return _truth(said)
        names = tuple(said["head"]["vars"])
        solutions = said["results"]["bindings"]
        rows = tuple(tuple(_term(row.get(name)) for name in names) for row in solutions[:limit])
        return Rows(names, rows, cut=limit is not None and len(solutions) > limit)

    def _rows(self, sparql: str) -> Rows:
        answer = self.query(sparql)
        if not isinstance(answer, Rows):
            raise TypeError("this query is a SELECT")
        return answer

    def graphs(self) -> list[str]:
        """The IRIs of the workspace's named graphs on the server, sorted."""
        return sorted(name for name in self._listed() if not self._is_staging(name))

    def _listed(self) -> list[str]:
        asked = f"SELECT DISTINCT ?g WHERE {{ GRAPH <{self._list}> {{ ?g a {_GRAPH} }} }}"
        return [str(row["g"]) for row in self._rows(asked)]

    def _is_staging(self, graph: str) -> bool:
        return graph.startswith(f"{self._base}staging/")

    def _enlist(self, verb: str, graphs: Iterable[str]) -> str:
        """An operation that puts graphs (written as terms) into the list (INSERT) or takes them out (DELETE)."""
        lines = " ".join(f"{graph} a {_GRAPH} ." for graph in graphs)
        return f"{verb} DATA {{ GRAPH <{self._list}> {{ {lines} }} }}"

    def has_graph(self, graph: str) -> bool:
        """Whether a named graph is there."""
        return self.query(f"ASK {{ GRAPH {_name(graph)} {{ ?s ?p ?o }} }}") is True

    def _ntriples(self, graph: str) -> bytes:
        sparql = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH {_name(graph)} {{ ?s ?p ?o }} }}"
        return self._ask(sparql, {}, _NTRIPLES).content

    def triples(self, graph: str) -> Iterator[Triple]:
        """The triples of one named graph, in no order."""
        return read_ntriples(self._ntriples(graph))

    def values(self, graph: str, subject: Node, predicate: Node) -> list[Node]:
        """The values of one property of a subject in a named graph."""
        asked = f"SELECT ?o WHERE {{ GRAPH {_name(graph)} {{ {subject.n3()} {predicate.n3()} ?o }} }}"
        return [row["o"] for row in self._rows(asked) if row["o"] is not None]

    def count(self, graph: str | None = None) -> int:
        """How many triples one graph holds, or all of them as a set."""
        where = "{ ?s ?p ?o }" if graph is None else f"{{ GRAPH {_name(graph)} {{ ?s ?p ?o }} }}"
        return next(int(str(row["n"])) for row in self._rows(f"SELECT (COUNT(*) AS ?n) WHERE {where}"))

    def nquads(self) -> Iterator[str]:
        """All statements of the named graphs as lines of N-Quads without their line ends, in no order."""
        for graph in self.graphs():
            yield from write_nquads(self._ntriples(graph), graph)

    # --- changing -------------------------------------------------------------------------------------------------
    def begin_writing(self) -> None:
        """Find out where the server keeps the union, and clear what a killed writer left; raise GraphError where the
        settings name no address for updates."""
        staged = [graph for graph in self._listed() if self._is_staging(graph)]
        probe = f"{self._base}staging/probe"
        self._update(
            [
                *(f"DROP SILENT GRAPH {_name(graph)}" for graph in staged),
                f"INSERT DATA {{ GRAPH <{probe}> {{ <{probe}> <{probe}> <{probe}> }} }}",
            ]
        )
        seen = self._ask(f"ASK {{ <{probe}> <{probe}> <{probe}> }}", {}, _JSON)
        self._union_is_named = _truth(_json(seen))
        self._update([f"DROP SILENT GRAPH <{probe}>"])

    def _update(self, operations: Iterable[str]) -> None:
        if self._settings.update is None:
            raise GraphError("remote.toml names no address for updates (update = …): this store can only be read")
        response = self._send("POST", self._settings.update, data={"update": " ;\n".join(operations)})
        if response.is_error:
            raise GraphError(f"the server refused the change; nothing of it is stored: {_complaint(response)}")

    def replace_graph(self, graph: str, triples: Iterable[Triple]) -> None:
        """Put triples in the place of a graph's content; no triples removes the graph."""
        self.replace_graphs([(graph, triples)])

    def replace_graphs(self, graphs: Sequence[tuple[str, Iterable[Triple]]]) -> None:
        """Replace several graphs by one update request; what says the same already is left."""
        changed = []
        for graph, triples in graphs:
            new, old = write_ntriples(triples), write_ntriples(self.triples(graph))
            if set(new) != set(old):
                changed.append((_name(graph), new, bool(old)))
        if not changed:
            return
        union, operations, filled = self._union_block(), [], []
        small = sum(len(new) for _, new, _ in changed) <= FILL
        for number, (_, new, _) in enumerate(changed):
            staging = f"<{self._base}staging/{number}>"
            if not small:
                self._fill(staging, new)
            elif new:
                operations += [
                    self._enlist("INSERT", [staging]),
                    f"DROP SILENT GRAPH {staging}",
                    _insert(staging, new),
                ]
            filled.append(staging)
        names = ", ".join(name for name, _, _ in changed)
        for name, _, was_there in changed:
            if was_there:
                operations.append(self._leave_union(name, f"{names}, <{self._union}>"))
        for (name, new, was_there), staging in zip(changed, filled, strict=True):
            if new:
                into = union.format("?s ?p ?o")
                operations.append(f"INSERT {{ {into} }} WHERE {{ GRAPH {staging} {{ ?s ?p ?o }} }}")
                operations.append(f"MOVE {staging} TO {name}")
                if not was_there:
                    operations.append(self._enlist("INSERT", [name]))
            elif was_there:
                operations += [f"DROP SILENT GRAPH {name}", self._enlist("DELETE", [name])]
        self._update(operations)

    def _union_block(self) -> str:
        """Where a statement of the union stands, as a template of an update."""
        return f"GRAPH <{self._union}> {{{{ {{}} }}}}" if self.keeps_union_apart else "{}"

    def _leave_union(self, name: str, changing: str) -> str:
        """An operation that takes out of the union what a graph holds and no other graph will: staging graphs hold
        what the changing ones will."""
        gone = self._union_block().format("?s ?p ?o")
        return (
            f"DELETE {{ {gone} }} WHERE {{ GRAPH {name} {{ ?s ?p ?o }} "
            f"FILTER NOT EXISTS {{ GRAPH ?other {{ ?s ?p ?o }} GRAPH <{self._list}> {{ ?other a {_GRAPH} }} "
            f"FILTER(?other NOT IN ({changing})) }} }}"
        )

    def _fill(self, staging: str, lines: Sequence[str]) -> None:
        """Put lines into a staging graph in several requests."""
        self._update([self._enlist("INSERT", [staging]), f"DROP SILENT GRAPH {staging}"])
        if self._settings.graphs is not None:
            text = "\n".join(lines) + "\n"
            response = self._send(
                "PUT",
                self._settings.graphs,
                params={"graph": staging[1:-1]},
                content=text.encode(),
                headers={"Content-Type": _NTRIPLES},
            )
            if response.is_error:
                raise GraphError(f"the server refused the graph; nothing of it is stored: {_complaint(response)}")
            return
        for start in range(0, len(lines), FILL):
            self._update([_insert(staging, lines[start : start + FILL])])

    def amend_graph(self, graph: str, removed: Iterable[Triple], added: Iterable[Triple]) -> None:
        """Take triples out of a graph and put others into it, by one update request."""
        new, old = write_ntriples(added), write_ntriples(self.triples(graph))
        gone = set(write_ntriples(removed)) - set(new)
        self.replace_graph(
            graph, read_ntriples("\n".join({*(line for line in old if line not in gone), *new}).encode())
        )

    def optimize(self) -> None:
        """Bring the list of graphs and the union in step with the graphs under the base IRI: needed after a server's
        own loader has put graphs there. The server looks after its files itself."""
        # Not SELECT DISTINCT ?g, which Virtuoso answers in a way of its own that takes minutes.
        counted = "SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"
        found = {str(row["g"]) for row in self._rows(counted)}
        ours = (self._union, self._list)
        graphs = [g for g in sorted(found) if g.startswith(self._base) and not self._is_staging(g) and g not in ours]
        into = self._union_block().format("?s ?p ?o")
        clear = f"DROP SILENT GRAPH <{self._union}>" if self.keeps_union_apart else "CLEAR SILENT DEFAULT"
        operations = [clear, f"DROP SILENT GRAPH <{self._list}>"]
        for graph in graphs:
            name = _name(graph)
            operations += [
                f"INSERT {{ {into} }} WHERE {{ GRAPH {name} {{ ?s ?p ?o }} }}",
                self._enlist("INSERT", [name]),
            ]
        self._update(operations)

    def publish(self, folder: Path) -> None:
        """Make the folder, empty: what readers see is what the server holds."""
        folder.mkdir()

    def close(self) -> None:
        """Give the connection back; closing twice is no error."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _authentication(settings: RemoteSettings) -> httpx.Auth | None:
    if settings.user is None or settings.password is None:
        return None
    make = httpx.DigestAuth if settings.authentication == "digest" else httpx.BasicAuth
    return make(settings.user, settings.password)


def _host(address: str) -> str:
    """An address as errors show it: without a user's name, a password or parameters."""
    parts = httpx.URL(address)
    return f"{parts.scheme}://{parts.netloc.decode('ascii')}{parts.path}"


def _complaint(response: httpx.Response) -> str:
    """What a server says of a request, in short."""
    lines = [line.strip() for line in response.text.splitlines() if line.strip()]
    return f"{response.status_code} {' '.join(lines)[:300]}".strip()


def _json(response: httpx.Response) -> dict[str, Any]:
    try:
        said = response.json()
    except ValueError as error:
        raise GraphError(f"the server's answer is no SPARQL result in JSON: {response.text[:100]!r}") from error
    if not isinstance(said, dict):
        raise GraphError(f"the server's answer is no SPARQL result: {response.text[:100]!r}")
    return said


def _truth(said: Mapping[str, Any]) -> bool:
    """The answer to an ASK; Virtuoso answers with a row of one number, or with none."""
    return bool(said["boolean"] if "boolean" in said else said["results"]["bindings"])


def _term(said: Mapping[str, str] | None) -> Node | None:
    """A term of SPARQL's JSON results (older servers write typed-literal) as rdflib's."""
    if said is None:
        return None
    match said["type"]:
        case "uri":
            return URIRef(said["value"])
        case "literal" | "typed-literal":
            return make_literal(said["value"], said.get("datatype", _XSD_STRING), said.get("xml:lang"))
        case "bnode":
            return BNode(said["value"])
    raise QueryError("the answer holds a triple as a value, which pikg does not show; ask for its parts instead")


def _form_of(sparql: str) -> str:
    """The form of a query: its first keyword of the four; "select" where none can be found (the server will say)."""
    forms = ("select", "ask", "construct", "describe")
    words = (token.text.lower() for token in read_tokens(sparql) if token.kind == "word")
    return next((word for word in words if word in forms), "select")


def _asks_graphs(sparql: str) -> bool:
    return any(token.kind == "word" and token.text.lower() == "graph" for token in read_tokens(sparql))


def _name(graph: str) -> str:
    try:
        return iri(graph).n3()
    except InvalidLiteralError as error:
        raise InvalidLiteralError(f"{graph!r} can't name a graph: {error}") from error


def _insert(graph: str, lines: Iterable[str]) -> str:
    joined = "\n".join(lines)
    return f"INSERT DATA {{ GRAPH {graph} {{\n{joined}\n}} }}"
