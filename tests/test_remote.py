"""A graph on a server: the same workspace, commands and answers, and errors that say what is wrong with the server."""

from __future__ import annotations

import dataclasses
import json
import threading
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner
from comparing import disclosed, form, row, value
from corpus import BASE, record, store_of
from disclosures import disclosure
from rdflib import Literal, URIRef
from servers import SERVERS, emptied

import pikg
from graph.comparables import find_comparables
from graph.embedded import EmbeddedStore
from graph.errors import GraphError, QueryRefusedError, QueryTimeoutError, WorkspaceError
from graph.guard import run_user_query
from graph.load import find_documents, open_batch
from graph.queries import find_query, named_queries, resolve_parameters
from graph.remote import FILL, RemoteStore
from graph.remote_settings import RemoteSettings, read_remote
from graph.serve import build_app
from graph.status import read_status
from graph.store import Rows
from graph.unit_costs import find_unit_costs
from graph.workspace import Workspace

S, P = URIRef("https://example.org/s"), URIRef("https://example.org/p")
EXAMPLE = Path(__file__).parent.parent / "examples"


def write_settings(folder: Path, settings: RemoteSettings) -> None:
    said = {"query": settings.query, "update": settings.update, "graphs": settings.graphs}
    lines = [f"{name} = {json.dumps(value)}\n" for name, value in said.items() if value is not None]
    folder.mkdir(exist_ok=True)
    (folder / "remote.toml").write_text("".join(lines), "utf-8")


@pytest.fixture
def workspace(tmp_path, server) -> Workspace:
    """A workspace whose graph is on a server, under a base IRI of its own."""
    base = f"https://data.example.org/{tmp_path.name}/"
    write_settings(tmp_path / "store", server)
    emptied(server, base).close()
    return Workspace.open(tmp_path / "store", create=True, base=base)


# --- the same as in a folder --------------------------------------------------------------------------------------
def test_a_workspace_on_a_server_holds_what_one_in_a_folder_holds(workspace, tmp_path):
    local = Workspace.open(tmp_path / "local", create=True, base=workspace.info.base)
    for one in (workspace, local):
        with open_batch(one) as batch:
            batch.load(disclosure(1, file="预算.txt"))
            batch.load(disclosure(2, file="预算.pdf", indicators=FILL))
            batch.load(disclosure(3))
        with open_batch(one) as batch:
            batch.remove(disclosure(3).document.sha256)
    with workspace.read() as there, local.read() as here:
        assert sorted(there.nquads()) == sorted(here.nquads())
        assert [d.file for d in find_documents(there)] == ["预算.pdf", "预算.txt"]
        assert there.count() == here.count()
    status = read_status(workspace)
    assert (status.counts["Document"], status.superseded_forms) == (2, 1)
    assert not workspace.unpublished


def test_the_commands_work_on_a_server(server, tmp_path):
    folder = tmp_path / "store"
    write_settings(folder, server)
    emptied(server, "https://w3id.org/pikg/id/").close()
    file = next(iter(sorted(EXAMPLE.glob("*.docx"))))

    def run(*arguments: str) -> str:
        result = CliRunner().invoke(pikg.cli, [*arguments, "--store", str(folder)])
        assert result.exit_code == 0, result.output
        return result.output

    run("ingest", str(file))
    assert "unchanged" in run("ingest", str(file), "--lang", "en")
    assert json.loads(run("status", "--format", "json"))["counts"]["Document"] == 1
    assert file.name in run("query", "documents", "--format", "csv")
    assert json.loads(run("query", "--sparql", "ASK { ?d a pikg:Document }", "--format", "json"))
    exported = run("export")
    assert exported.count("\n") > 100
    assert exported == "".join(sorted(exported.splitlines(keepends=True)))
    run("remove", file.name)
    assert json.loads(run("status", "--format", "json"))["counts"]["Document"] == 0


def test_what_only_a_folder_can_do_is_refused_in_a_sentence(tmp_path):
    Workspace.open(tmp_path / "store", create=True)
    write_settings(tmp_path / "store", RemoteSettings("https://graph.example.org/query"))
    workspace = Workspace.open(tmp_path / "store")
    with pytest.raises(WorkspaceError, match="is on a server: back it up there"):
        workspace.backup(tmp_path / "copy")
    with pytest.raises(WorkspaceError, match="is on a server, which has an endpoint of its own"):
        build_app(workspace)


@pytest.fixture(scope="module")
def here() -> EmbeddedStore:
    two_cities = (
        disclosed(
            city,
            form(
                "聘用人员经费",
                row("聘用人员数量", value("10", "人", "eq"), actual=value("9", "人", "eq")),
                row("群众满意度", value("95", "%"), "service_satisfaction", tier1="satisfaction"),
                row("项目完成时限", value(None), "timeliness"),
                money=money,
            ),
        )
        for city, money in (("昆明市", "400000"), ("南宁市", "700000"))
    )
    records = (record(name) for name in ("hotline-budget", "hotline-accounts", "greenery-budget"))
    return store_of(*records, *two_cities, vocabulary=True)


@pytest.fixture(scope="module", params=SERVERS)
def there(request, here) -> Iterator[RemoteStore]:
    store = emptied(request.getfixturevalue(request.param), BASE.base)
    store.replace_graphs([(graph, here.triples(graph)) for graph in here.graphs()])
    yield store
    store.close()


@pytest.mark.parametrize("name", named_queries())
def test_a_named_query_has_the_same_rows_everywhere(here, there, name):
    from test_queries import GIVEN

    query = find_query(name)
    given = {parameter.name: GIVEN[parameter.type] for parameter in query.parameters}
    for parameters in ({}, resolve_parameters(here, query, given)):
        if any(parameter.required for parameter in query.parameters) and not parameters:
            continue
        text = query.render(parameters)
        ours, theirs = here.query(text), there.query(text)
        assert isinstance(ours, Rows)
        assert isinstance(theirs, Rows)
        assert theirs.variables == ours.variables
        assert Counter(comparable_rows(theirs)) - Counter(comparable_rows(ours)) == Counter()
        assert len(theirs) == len(ours)


def test_comparable_projects_and_unit_costs_are_the_same_everywhere(here, there):
    projects = {str(row["project"]) for row in here.query("SELECT ?project { ?form pikg:ofProject ?project }")}
    found = [find_comparables(here, project) for project in sorted(projects)]
    assert [find_comparables(there, project) for project in sorted(projects)] == found
    assert any(peer.unit_costs and len(peer.matched_indicators) == 3 for peers in found for peer in peers)
    for basis in ("planned", "achieved"):
        assert find_unit_costs(there, basis=basis) == find_unit_costs(here, basis=basis)


def comparable_rows(rows: Rows) -> list[str]:
    """Rows without an order, numbers by their value."""

    def said(term: object) -> str:
        if isinstance(term, Literal) and term.datatype is not None and term.value is not None:
            return str(term.value.normalize() if hasattr(term.value, "normalize") else term.value)
        return str(term)

    return sorted(str([said(term) for term in row]) for row in rows.rows)


# --- never half a graph -------------------------------------------------------------------------------------------
def test_readers_never_see_half_a_document(server):
    base = "https://data.example.org/halves/"
    graph, sizes = f"{base}g", {0, 900, 1300}
    seen: set[int] = set()
    done = threading.Event()

    def read() -> None:
        with RemoteStore(server, base) as reader:
            while not done.is_set():
                seen.add(reader.count(graph))

    with emptied(server, base) as writer:
        reading = threading.Thread(target=read)
        reading.start()
        for size in (900, 1300, 900, 1300):
            writer.replace_graph(graph, [(S, P, Literal(n)) for n in range(size)])
        done.set()
        reading.join()
    assert seen <= sizes


def test_without_the_graph_store_protocol_large_graphs_go_in_parts(server):
    base = "https://data.example.org/parts/"
    with emptied(dataclasses.replace(server, graphs=None), base) as store:
        store.replace_graph(f"{base}g", [(S, P, Literal(n)) for n in range(2 * FILL + 1)])
        assert store.count(f"{base}g") == store.count() == 2 * FILL + 1
        assert store.graphs() == [f"{base}g"]


def test_what_a_killed_writer_staged_is_seen_by_nobody_and_cleared(server):
    base = "https://data.example.org/killed/"
    with emptied(server, base) as store:
        store._fill(f"<{base}staging/0>", [f'{S.n3()} {P.n3()} "half" .'])
        assert (store.graphs(), store.count()) == ([], 0)
        store.begin_writing()
        assert store.query(f"ASK {{ GRAPH <{base}staging/0> {{ ?s ?p ?o }} }}") is False


def test_optimize_takes_in_what_the_servers_own_loader_put_there(server):
    base = "https://data.example.org/loaded/"
    with emptied(server, base) as store:
        store._update([f'INSERT DATA {{ GRAPH <{base}{g}> {{ {S.n3()} {P.n3()} "{g}", "both" }} }}' for g in "ab"])
        assert (store.graphs(), store.count()) == ([], 0)
        store.optimize()
        assert (store.graphs(), store.count()) == ([f"{base}a", f"{base}b"], 3)


# --- what users type ----------------------------------------------------------------------------------------------
def test_user_typed_queries_are_guarded_on_a_server_too(workspace):
    with open_batch(workspace) as batch:
        batch.load(disclosure(1))
    folder = workspace.snapshot_folder
    answer = run_user_query(folder, "SELECT ?row { ?row pikg:ofForm ?form }", limit=2)
    assert isinstance(answer, Rows)
    assert (len(answer), answer.cut) == (2, True)
    with pytest.raises(QueryRefusedError, match="SERVICE"):
        run_user_query(folder, "SELECT * { SERVICE <http://x/> { ?s ?p ?o } }")
    with pytest.raises(QueryRefusedError, match="no graph"):
        run_user_query(folder, "SELECT * FROM <http://nobody/g> { ?s ?p ?o }")


# --- servers that can't or won't ----------------------------------------------------------------------------------
class _Unhelpful(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/slow":
            threading.Event().wait(1.5)
        status = {"/locked": 401, "/broken": 500, "/html": 200}.get(self.path, 200)
        self.send_response(status)
        self.end_headers()
        self.wfile.write(b"<html>hello</html>" if self.path == "/html" else b"disk full")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def unhelpful() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Unhelpful)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("path", "error", "says"),
    [
        ("locked", GraphError, "refuses this user"),
        ("broken", GraphError, "500 disk full"),
        ("html", GraphError, "no SPARQL result"),
        ("slow", QueryTimeoutError, r"within 0\.3 seconds"),
    ],
)
def test_a_server_that_does_not_answer_as_it_should_is_told_in_a_sentence(unhelpful, path, error, says):
    settings = RemoteSettings(f"{unhelpful}/{path}", user="me", password="secret", timeout=0.3)
    with RemoteStore(settings, "https://example.org/") as store, pytest.raises(error, match=says) as caught:
        store.query("ASK { GRAPH ?g { ?s ?p ?o } }")
    assert "secret" not in str(caught.value)


def test_a_server_that_is_down_is_told_in_a_sentence():
    store = RemoteStore(RemoteSettings("http://127.0.0.1:9/query"), "https://example.org/")
    with store, pytest.raises(GraphError, match="is it running"):
        store.query("ASK {}")


def test_a_server_without_an_address_for_updates_can_only_be_read(server):
    with RemoteStore(dataclasses.replace(server, update=None), "https://example.org/") as store:
        assert store.query("ASK {}") is True
        with pytest.raises(GraphError, match="can only be read"):
            store.begin_writing()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "query must be an address"),
        ('query = "graph.example.org"', "query must be an address"),
        ('query = "http://x/"\nuser = "me"', "user and password together"),
        ('query = "http://x/"\nuser = "me"\npassword = "p"\ntoken = "t"', "a token alone"),
        ('query = "http://x/"\ncolour = "red"', "colour is no entry"),
        ('query = "http://x/"\ntimeout = -1', "number of seconds"),
        ('query = "http://x/"\nauthentication = "none"', "basic"),
        ('query = "http://x/"\ntoken_from = "PIKG_NOT_SET"', "PIKG_NOT_SET, which is not set"),
        ("query = ", "can't be read"),
    ],
)
def test_settings_that_cannot_be_understood_are_refused(tmp_path, text, says):
    (tmp_path / "remote.toml").write_text(text, "utf-8")
    with pytest.raises(WorkspaceError, match=says):
        read_remote(tmp_path)


def test_a_password_may_stand_in_the_environment_and_is_not_shown(tmp_path, monkeypatch):
    monkeypatch.setenv("PIKG_TEST_PASSWORD", "hidden")
    (tmp_path / "remote.toml").write_text(
        'query = "http://x/"\nuser = "me"\npassword_from = "PIKG_TEST_PASSWORD"\nauthentication = "digest"', "utf-8"
    )
    settings = read_remote(tmp_path)
    assert settings is not None
    assert settings.password == "hidden"
    assert "hidden" not in repr(settings)
