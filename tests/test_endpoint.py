"""The SPARQL endpoint as `pikg serve` starts it, asked by the clients that people use: SPARQLWrapper, rdflib, curl, httpx."""

from __future__ import annotations

import csv
import io
import json
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import urlopen

import httpx
import pytest
from disclosures import disclosure
from processes import children, wait_until
from rdflib import DCAT, DCTERMS, FOAF, OWL, RDF, RDFS, VOID, Graph, Literal, URIRef
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import CSV, JSON, POST, POSTDIRECTLY, TURTLE, XML, SPARQLWrapper

from graph.load import open_batch
from graph.queries import named_queries, run_named
from graph.sparql import limit_rows
from graph.workspace import Workspace

ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
GREEDY = "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?c ?f ?a"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory) -> Workspace:
    workspace = Workspace.open(tmp_path_factory.mktemp("endpoint") / "store", create=True)
    with open_batch(workspace) as batch:
        batch.load(disclosure(1, indicators=30))
        batch.load(disclosure(2, indicators=5))
    said = workspace.folder / "workspace.json"
    told = {"publisher": "清河市财政局", "terms": "https://creativecommons.org/licenses/by/4.0/"}
    said.write_text(json.dumps(json.loads(said.read_text("utf-8")) | told), "utf-8")
    return workspace


def start(workspace: Workspace, *limits: str) -> tuple[subprocess.Popen[str], str]:
    """The endpoint as a process of its own, once it answers, and its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    # From the store's folder, as a user may: its processes must find a path that is not absolute, too.
    program = f"import sys; sys.path.insert(0, {str(Path(__file__).parents[1])!r}); import pikg; pikg.main()"
    command = [sys.executable, "-c", program, "serve", "--store", workspace.folder.name, "--port", str(port), *limits]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=workspace.folder.parent, text=True)
    assert server.stdout is not None
    assert f"http://localhost:{port}/sparql" in server.stdout.readline()
    for _ in range(200):
        with socket.socket() as door:
            if door.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.05)
    return server, f"http://127.0.0.1:{port}"


@pytest.fixture(scope="module")
def address(workspace: Workspace) -> Iterator[str]:
    server, address = start(workspace, "--timeout", "3", "--limit", "20000")
    try:
        yield address
    finally:
        server.terminate()
        server.wait(15)


@pytest.fixture
def client(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, timeout=30) as client:
        yield client


# --- the protocol -------------------------------------------------------------------------------------------------
def test_a_query_by_get_by_form_and_by_itself_has_one_answer(client):
    query = "SELECT ?name { ?p a pikg:Project ; rdfs:label ?name } ORDER BY ?name"
    answers = [
        client.get("/sparql", params={"query": query}),
        client.post("/sparql", data={"query": query}),
        client.post("/sparql", content=query, headers={"Content-Type": "application/sparql-query; charset=utf-8"}),
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert {answer.headers["content-type"] for answer in answers} == {"application/sparql-results+json"}
    assert len({answer.text for answer in answers}) == 1
    assert answers[0].json()["results"]["bindings"]


@pytest.mark.parametrize(
    ("accept", "sent_as", "start"),
    [
        ("application/sparql-results+json", "application/sparql-results+json", '{"head":{"vars":["s"]}'),
        ("application/json", "application/sparql-results+json", '{"head"'),
        ("application/sparql-results+xml", "application/sparql-results+xml", "<?xml"),
        ("text/csv", "text/csv; charset=utf-8", "s\r\n"),
        ("text/tab-separated-values", "text/tab-separated-values; charset=utf-8", "?s\n<"),
        ("text/csv;q=0.3, application/sparql-results+xml;q=0.8", "application/sparql-results+xml", "<?xml"),
        ("image/png, */*;q=0.1", "application/sparql-results+json", '{"head"'),
        # What is said of one format counts before what is said of all.
        ("application/sparql-results+json;q=0, application/json;q=0, */*", "application/sparql-results+xml", "<?xml"),
        (
            "*/*, application/sparql-results+json;q=0.1, application/*;q=0.2, text/csv",
            "text/csv; charset=utf-8",
            "s\r\n",
        ),
    ],
)
def test_rows_come_in_the_format_that_the_client_prefers(client, accept, sent_as, start):
    query = "SELECT ?s { ?s a pikg:Project } LIMIT 1"
    answer = client.get("/sparql", params={"query": query}, headers={"Accept": accept})
    assert (answer.status_code, answer.headers["content-type"]) == (200, sent_as)
    assert answer.text.startswith(start)
    assert "Accept" in answer.headers["vary"]


@pytest.mark.parametrize(
    ("accept", "sent_as", "reader"),
    [
        ("text/turtle", "text/turtle; charset=utf-8", "turtle"),
        ("application/ld+json", "application/ld+json", "json-ld"),
        ("application/n-triples", "application/n-triples", "nt"),
        ("application/rdf+xml", "application/rdf+xml", "xml"),
        ("*/*", "text/turtle; charset=utf-8", "turtle"),
    ],
)
def test_graphs_come_in_the_format_that_the_client_prefers(client, accept, sent_as, reader):
    query = "CONSTRUCT { ?s rdfs:label ?o } { ?s a pikg:Project ; rdfs:label ?o }"
    answer = client.get("/sparql", params={"query": query}, headers={"Accept": accept})
    assert (answer.status_code, answer.headers["content-type"]) == (200, sent_as)
    assert len(Graph().parse(data=answer.text, format=reader)) >= 1


def test_a_long_query_may_be_sent_either_way(client, address):
    query = f"ASK {{}} # {'长' * 30_000}"
    assert client.post("/sparql", data={"query": query}).json()["boolean"] is True
    asked = f"{address}/sparql?{urlencode({'query': query, 'format': 'json'})}"
    with urlopen(asked, timeout=30) as answer:
        assert json.load(answer)["boolean"] is True


def test_an_unknown_format_is_refused_and_a_short_name_understood(client):
    ask = {"query": "ASK {}"}
    assert client.get("/sparql", params=ask, headers={"Accept": "image/png"}).status_code == 406
    assert client.get("/sparql", params={**ask, "format": "png"}).status_code == 400
    refusing = client.get("/sparql", params=ask, headers={"Accept": "*/*;q=0"})
    assert (refusing.status_code, "text/csv" in refusing.text, "text/turtle" in refusing.text) == (406, True, True)
    assert client.get("/sparql", params={**ask, "format": "json"}).json()["boolean"] is True


def test_head_and_options_are_answered(client):
    ask = {"query": "SELECT ?s { ?s a pikg:Project }"}
    head, whole = client.head("/sparql", params=ask), client.get("/sparql", params=ask)
    assert (head.status_code, head.content) == (200, b"")
    assert {**head.headers, "date": ""} == {**whole.headers, "date": ""}
    for path in ("/", "/sparql", "/.well-known/void", "/query/projects"):
        assert client.head(path).status_code == 200, path
    for path in ("/sparql", "/query/projects"):
        told = client.options(path)
        assert (told.status_code, told.headers["allow"]) == (204, "GET, HEAD, POST, OPTIONS")


def test_a_truth_and_a_graph_come_as_something_to_who_asks_for_rows(client):
    """A client that accepts rows only is given a graph all the same, and told by the Content-Type (as Oxigraph's does)."""
    for accept, sent_as, text in (("text/csv", "text/csv; charset=utf-8", "true"),
                                  ("application/sparql-results+xml", "application/sparql-results+xml", "true")):  # fmt: skip
        answer = client.get("/sparql", params={"query": "ASK {}"}, headers={"Accept": accept})
        assert (answer.headers["content-type"], text in answer.text) == (sent_as, True)
    graph = client.get("/sparql", params={"query": "DESCRIBE pikg:Project"}, headers={"Accept": "text/csv"})
    assert graph.headers["content-type"].startswith("text/turtle")
    assert len(Graph().parse(data=graph.text, format="turtle")) > 2


def test_the_graphs_named_in_the_request_are_what_is_asked(client, workspace):
    with workspace.read() as store:
        documents = [graph for graph in store.graphs() if "/doc/" in graph]
    count = {"query": "SELECT (COUNT(DISTINCT ?r) AS ?n) { ?r a pikg:IndicatorRow }", "format": "csv"}
    counted = [
        client.get("/sparql", params={**count, "default-graph-uri": graph}).text.split()[1] for graph in documents
    ]
    assert sorted(map(int, counted)) == [5, 30]
    both = client.get("/sparql", params={**count, "default-graph-uri": documents}).text.split()[1]
    assert int(both) == 35
    graphs = {"query": "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }", "format": "csv"}
    found = client.get("/sparql", params={**graphs, "named-graph-uri": documents[0]}).text.split()[1:]
    assert found == [documents[0]]
    # The request's data set takes the place of the query's own (SPARQL 1.1 protocol, 2.1.4).
    own = {**count, "query": f"SELECT (COUNT(DISTINCT ?r) AS ?n) FROM <{documents[1]}> {{ ?r a pikg:IndicatorRow }}"}
    assert client.get("/sparql", params={**own, "default-graph-uri": documents[0]}).text.split()[1] == counted[0]
    missing = client.get("/sparql", params={**count, "default-graph-uri": "https://example.org/none"})
    assert (missing.status_code, "https://example.org/none" in missing.text) == (400, True)


@pytest.mark.parametrize(
    ("method", "given", "status", "told"),
    [
        ("GET", {"params": {"query": "SELECT * { ?s ?p "}}, 400, "line 1, column"),
        ("GET", {"params": {"query": ""}}, 400, "empty"),
        ("GET", {"params": [("query", "ASK {}"), ("query", "ASK {}")]}, 400, "several"),
        ("POST", {"data": {"nothing": "1"}}, 400, "no query"),
        ("POST", {"content": "ASK {}", "headers": {"Content-Type": "text/plain"}}, 415, "application/sparql-query"),
        ("POST", {"content": b"\xff\xfe", "headers": {"Content-Type": "application/sparql-query"}}, 400, "UTF-8"),
        ("POST", {"data": {"update": "CLEAR ALL"}}, 403, "only reads"),
        ("POST", {"content": "CLEAR ALL", "headers": {"Content-Type": "application/sparql-update"}}, 403, "only reads"),
        ("GET", {"params": {"query": "CLEAR ALL"}}, 403, "CLEAR"),
        ("GET", {"params": {"query": "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }"}}, 403, "SERVICE"),
        ("GET", {"params": {"query": "SELECT * FROM <http://127.0.0.1:1/x> { ?s ?p ?o }"}}, 400, "no graph"),
        ("GET", {"params": {"query": "SELECT * { ?a ?b ?c . ?d ?e ?f }"}}, 413, "20000 rows"),
        ("GET", {"params": {"query": "CONSTRUCT { ?a ?b ?f } { ?a ?b ?c . ?d ?e ?f }"}}, 413, "20000 triples"),
        ("GET", {"params": {"query": "ASK {}", "default-graph-uri": "no iri"}}, 400, "no iri"),
        ("GET", {"params": {"query": "ASK {}", "named-graph-uri": "https://example.org/none"}}, 400, "no graph"),
        ("POST", {"content": " " * 1_000_001, "headers": {"Content-Type": "application/sparql-query"}}, 413, "1000000"),
        ("PUT", {"content": "x"}, 405, "Method Not Allowed"),
        ("DELETE", {}, 405, "Method Not Allowed"),
    ],
)
def test_what_cannot_be_answered_has_its_status_and_a_sentence(client, method, given, status, told):
    answer = client.request(method, "/sparql", **given)
    assert answer.status_code == status
    assert told in answer.text


def test_a_query_is_stopped_at_its_time_limit_and_at_its_memory(client):
    started = time.monotonic()
    endless = client.get("/sparql", params={"query": ENDLESS})
    assert (endless.status_code, "3 seconds" in endless.text) == (503, True)
    assert time.monotonic() - started < 12
    greedy = client.get("/sparql", params={"query": GREEDY + " # all of it"})
    assert greedy.status_code in (413, 500, 503)
    assert client.get("/sparql", params={"query": "ASK { ?s a pikg:Project }"}).json()["boolean"] is True


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc to see processes")
@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGKILL])
def test_an_endpoint_that_ends_takes_its_queries_with_it(workspace, told):
    server, address = start(workspace, "--timeout", "60")
    asking = [threading.Thread(target=_ask_in_vain, args=(address, number)) for number in range(2)]
    try:
        for thread in asking:
            thread.start()
        wait_until(lambda: len(children(server.pid)) >= 2)
        time.sleep(2.5)  # long enough for the slow places
        asked = children(server.pid)
        assert asked
        started = time.monotonic()
        server.send_signal(told)
        server.wait(20)
        assert time.monotonic() - started < 5
        wait_until(lambda: not any(Path(f"/proc/{child}").exists() for child in asked))
    finally:
        server.kill()
        for thread in asking:
            thread.join()


def _ask_in_vain(address: str, number: int) -> None:
    with suppress(httpx.HTTPError):
        httpx.get(f"{address}/sparql", params={"query": f"{ENDLESS} # {number}"}, timeout=60)


def test_hostile_queries_keep_nobody_else_waiting(client, address):
    over = threading.Event()

    def attack(number: int) -> None:
        with httpx.Client(base_url=address, timeout=60) as hostile:
            while not over.is_set():
                hostile.get("/sparql", params={"query": f"{ENDLESS} # {number} {time.monotonic()}"})

    attackers = [threading.Thread(target=attack, args=(number,)) for number in range(2)]
    for attacker in attackers:
        attacker.start()
    try:
        statuses, slowest = [], 0.0
        for number in range(40):
            started = time.monotonic()
            query = f"SELECT ?name {{ ?p a pikg:Project ; rdfs:label ?name }} LIMIT {number + 1}"
            statuses.append(client.get("/sparql", params={"query": query}).status_code)
            slowest = max(slowest, time.monotonic() - started)
            time.sleep(0.05)
    finally:
        over.set()
        for attacker in attackers:
            attacker.join()
    assert set(statuses) == {200}
    assert slowest < 10  # they would wait for the attackers' time limit otherwise, again and again


def test_caching_cors_and_compression(client):
    ask = {"params": {"query": "SELECT * { ?s ?p ?o } LIMIT 500"}}
    first = client.get("/sparql", **ask, headers={"Accept-Encoding": "gzip", "Origin": "https://example.org"})
    assert first.headers["content-encoding"] == "gzip"
    assert first.headers["access-control-allow-origin"] == "*"
    again = client.get("/sparql", **ask, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get("/sparql", **ask, headers={"If-None-Match": f'"x", {first.headers["etag"]}'}).status_code == 304
    about = client.get("/.well-known/void")
    assert client.get("/.well-known/void", headers={"If-None-Match": about.headers["etag"]}).status_code == 304
    other = client.get("/sparql", **ask, headers={"Accept": "text/csv", "If-None-Match": first.headers["etag"]})
    assert other.status_code == 200
    preflight = client.options(
        "/sparql", headers={"Origin": "https://example.org", "Access-Control-Request-Method": "POST",
                            "Access-Control-Request-Headers": "content-type"},
    )  # fmt: skip
    assert preflight.status_code == 200
    assert preflight.headers["access-control-allow-origin"] == "*"
    assert "POST" in preflight.headers["access-control-allow-methods"]
    assert "content-type" in preflight.headers["access-control-allow-headers"].lower()
    refused = client.get("/sparql", params={"query": "nonsense"}, headers={"Origin": "https://example.org"})
    assert (refused.status_code, refused.headers["access-control-allow-origin"]) == (400, "*")
    plain = client.get("/sparql", **ask, headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.headers["cache-control"] == "public, no-cache"
    assert "last-modified" in plain.headers


def test_what_is_ingested_meanwhile_is_seen(client, workspace):
    count = {"query": "SELECT (COUNT(?r) AS ?n) { ?r a pikg:IndicatorRow }", "format": "csv"}
    before = client.get("/sparql", params=count)
    with open_batch(workspace) as batch:
        batch.load(disclosure(3, indicators=2))
    after = client.get("/sparql", params=count, headers={"If-None-Match": before.headers["etag"]})
    assert int(after.text.split()[1]) > int(before.text.split()[1])
    with open_batch(workspace) as batch:
        batch.remove(disclosure(3, indicators=2).document.sha256)
    assert client.get("/sparql", params=count).text == before.text


def test_a_store_that_can_not_be_read_is_told_without_its_place(client, workspace):
    pointer, aside = workspace.folder / "snapshots" / "current", workspace.folder / "aside"
    pointer.rename(aside)
    try:
        answer = client.get("/sparql", params={"query": "ASK {}"})
    finally:
        aside.rename(pointer)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")
    assert workspace.folder.name not in answer.text
    assert client.get("/sparql", params={"query": "ASK {}"}).status_code == 200


# --- descriptions and things --------------------------------------------------------------------------------------
def test_the_service_and_its_data_are_described(client):
    service = Graph().parse(data=client.get("/sparql", headers={"Accept": "text/turtle"}).text, format="turtle")
    sd = "http://www.w3.org/ns/sparql-service-description#"
    (node,) = service.subjects(RDF.type, URIRef(f"{sd}Service"))
    assert service.value(node, URIRef(f"{sd}endpoint")) == URIRef(f"{client.base_url}/sparql")
    void = Graph().parse(data=client.get("/.well-known/void").text, format="turtle")
    (dataset,) = void.subjects(RDF.type, VOID.Dataset)
    assert (dataset, RDF.type, DCAT.Dataset) in void
    counted = client.get("/sparql", params={"query": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", "format": "csv"})
    assert int(void.value(dataset, VOID.triples)) == int(counted.text.split()[1])
    assert void.value(void.value(dataset, DCTERMS.publisher), FOAF.name) == Literal("清河市财政局")
    assert void.value(dataset, DCTERMS.license) == URIRef("https://creativecommons.org/licenses/by/4.0/")
    assert void.value(void.value(dataset, DCAT.distribution), DCAT.accessURL) == URIRef(f"{client.base_url}/sparql")
    assert Graph().parse(data=client.get("/", headers={"Accept": "application/ld+json"}).text, format="json-ld")
    head = client.get("/sparql").headers["content-type"]  # nothing is asked for: the service describes itself
    assert head.startswith("text/turtle")


def test_an_iri_of_the_data_leads_to_its_page_and_its_statements(client, workspace):
    with workspace.read() as store:
        (row,) = list(store.query("SELECT ?p ?name { ?p a pikg:Project ; rdfs:label ?name } ORDER BY ?p LIMIT 1"))
    iri, name = str(row["p"]), str(row["name"])
    path = iri.replace(workspace.info.base, "/id/")
    page = client.get(path, headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert (page.status_code, name in page.text) == (200, True)
    turtle = client.get(path, headers={"Accept": "text/turtle"})
    assert (URIRef(iri), None, Literal(name)) in Graph().parse(data=turtle.text, format="turtle")
    assert client.get("/thing", params={"iri": iri}).status_code == 200
    assert client.get("/concept/tier1/output", headers={"Accept": "text/html"}).status_code == 200
    vocabulary = Graph().parse(data=client.get("/ns", headers={"Accept": "text/turtle"}).text, format="turtle")
    assert (URIRef("https://w3id.org/pikg/ns#weight"), RDF.type, OWL.DatatypeProperty) in vocabulary
    assert client.get(path, headers={"Accept": "image/png"}).status_code == 406
    for accept, reader in (("application/ld+json", "json-ld"), ("application/n-triples", "nt")):
        told = client.get(path, headers={"Accept": accept})
        assert (URIRef(iri), RDFS.label, Literal(name)) in Graph().parse(data=told.text, format=reader)
    assert client.get("/id/project/none", headers={"Accept": "text/html"}).status_code == 404
    assert client.get("/id/project/none", headers={"Accept": "text/turtle"}).status_code == 404
    assert client.get("/thing", params={"iri": "no iri <script>"}).status_code == 400


def test_names_from_documents_are_text_on_pages(tmp_path):
    from graph.serve_pages import Frame, render_thing

    evil = "<script>alert(1)</script>"
    label = {"p": {"type": "uri", "value": "http://www.w3.org/2000/01/rdf-schema#label"},
             "other": {"type": "literal", "value": evil}}  # fmt: skip
    link = {"p": label["p"], "other": {"type": "uri", "value": "javascript:alert(1)"}}
    page = render_thing(Frame("/", "zh", "https://example.org/"), "https://example.org/x", [label, link], [])
    assert evil not in page
    assert "&lt;script&gt;" in page
    assert 'href="javascript:' not in page


# --- clients ------------------------------------------------------------------------------------------------------
def _given(workspace: Workspace) -> dict[str, str]:
    """A value for each type of parameter that must be given."""
    with workspace.read() as store:
        found = list(
            store.query("""
            SELECT ?project ?unit ?iri ?region { ?iri pikg:ofForm ?form ; pikg:ofIndicator ?i .
            ?form pikg:ofProject ?project ; pikg:inDocument ?d . ?d pikg:publisher ?unit ; pikg:region ?region } LIMIT 1
        """)
        )
    (row,) = found
    return {name: str(term) for name, term in row.items()} | {"text": "接听", "measure": "接听", "year": "2024"}


@pytest.mark.parametrize("name", named_queries())
def test_a_named_query_has_the_same_rows_as_in_python(client, workspace, name):
    known = _given(workspace)
    needed = {p.name: known.get(p.type, str(p.example)) for p in named_queries()[name].parameters if p.required}
    answer = client.get(f"/query/{name}", params={**needed, "format": "json"})
    assert answer.status_code == 200, answer.text
    with workspace.read() as store:
        rows = run_named(store, name, **needed)
    assert answer.json()["head"]["vars"] == list(rows.variables)
    assert [[row.get(v, {}).get("value") for v in rows.variables] for row in answer.json()["results"]["bindings"]] == [
        [None if node is None else str(node) for node in row] for row in rows.rows
    ]
    posted = client.post(f"/query/{name}", data={**needed, "format": "csv"})
    assert len(list(csv.reader(io.StringIO(posted.text)))) == len(rows) + 1


def test_parameters_of_named_queries_are_given_as_on_the_command_line(client, workspace):
    with workspace.read() as store:
        name = str(next(iter(store.query("SELECT ?n { ?p a pikg:Project ; rdfs:label ?n } ORDER BY ?n LIMIT 1")))["n"])
        expected = run_named(store, "project-indicators", project=name)
    answer = client.get("/query/project-indicators", params={"project": name, "format": "csv"})
    assert len(list(csv.reader(io.StringIO(answer.text)))) == len(expected) + 1
    assert client.get("/query/project-indicators").status_code == 400
    for parameter in ("format", "output"):
        answer = client.get("/query/projects", params={parameter: "csv"})
        assert answer.headers["content-type"].startswith("text/csv"), parameter
    assert client.get("/query/none").status_code == 404
    assert client.get("/query/projects", params={"year": "soon"}).status_code == 400
    assert client.get("/query/projects", params={"region": "nowhere"}).status_code == 404


def test_sparqlwrapper_reads_every_format_that_it_knows(address):
    wrapper = SPARQLWrapper(f"{address}/sparql")
    wrapper.setQuery("SELECT ?s { ?s a <https://w3id.org/pikg/ns#Project> }")
    wrapper.setReturnFormat(JSON)
    rows = wrapper.query().convert()["results"]["bindings"]
    assert rows
    wrapper.setReturnFormat(XML)
    assert len(wrapper.query().convert().getElementsByTagName("result")) == len(rows)
    wrapper.setReturnFormat(CSV)
    assert len(wrapper.query().convert().decode().split()) == len(rows) + 1
    wrapper.setMethod(POST)
    wrapper.setRequestMethod(POSTDIRECTLY)
    wrapper.setReturnFormat(JSON)
    assert wrapper.query().convert()["results"]["bindings"] == rows
    wrapper.setQuery("CONSTRUCT { ?s a ?c } { ?s a ?c } LIMIT 3")
    wrapper.setReturnFormat(TURTLE)
    assert len(Graph().parse(data=wrapper.query().convert(), format="turtle")) == 3


def test_rdflib_asks_it_as_a_store(address):
    graph = Graph(store=SPARQLStore(f"{address}/sparql"))
    found = list(graph.query("SELECT ?s { ?s a <https://w3id.org/pikg/ns#Project> }"))
    assert found
    assert set(graph.subjects(RDF.type, URIRef("https://w3id.org/pikg/ns#Project"))) == {row[0] for row in found}


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_curl_gets_what_the_documentation_shows(address):
    asked = ["curl", "-s", f"{address}/sparql", "-H", "Accept: application/sparql-results+json",
             "--data-urlencode", "query=SELECT (COUNT(?p) AS ?n) { ?p a pikg:Project }"]  # fmt: skip
    answer = subprocess.run(asked, capture_output=True, check=True)
    assert int(json.loads(answer.stdout)["results"]["bindings"][0]["n"]["value"]) > 0


# --- the row limit ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("query", "limited"),
    [
        ("SELECT * { ?s ?p ?o }", "SELECT * { ?s ?p ?o }\nLIMIT 100"),
        ("SELECT * { ?s ?p ?o } # all", "SELECT * { ?s ?p ?o } # all\nLIMIT 100"),
        ("SELECT * { ?s ?p ?o } LIMIT 5 OFFSET 2", None),
        ("SELECT * { ?s ?p ?o } OFFSET 2 limit # five\n 500", "SELECT * { ?s ?p ?o } OFFSET 2 limit # five\n 100"),
        ("SELECT * { SELECT * { ?s ?p ?o } LIMIT 5 }", "SELECT * { SELECT * { ?s ?p ?o } LIMIT 5 }\nLIMIT 100"),
        ("SELECT (EXISTS { ?a ?b '}' } AS ?x) { }", "SELECT (EXISTS { ?a ?b '}' } AS ?x) { }\nLIMIT 100"),
        ("SELECT * { } VALUES ?s { <http://a/LIMIT> }", "SELECT * { } LIMIT 100 VALUES ?s { <http://a/LIMIT> }"),
        ("ASK { SELECT * { ?s ?p ?o } }", None),
        ("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }", None),
    ],
)
def test_a_select_is_limited_from_outside(query, limited):
    assert limit_rows(query, 100) == (limited or query)
