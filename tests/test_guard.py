"""User-typed SPARQL: what is refused, what a limit does, where a mistake is, and that nothing reaches the network."""

from __future__ import annotations

import os
import socket
import threading
import time

import pytest
from disclosures import disclosure
from rdflib import Literal

from graph import guard
from graph.errors import GraphError, QueryError, QueryRefusedError, QueryTimeoutError, WorkspaceError
from graph.guard import QUERY_LENGTH, check_user_query, run_user_query
from graph.load import open_batch
from graph.sparql import find_graph_references, read_tokens
from graph.store import Rows, Triples
from graph.workspace import Workspace


@pytest.fixture(scope="module")
def workspace(tmp_path_factory) -> Workspace:
    workspace = Workspace.open(tmp_path_factory.mktemp("guard") / "store", create=True)
    with open_batch(workspace) as batch:
        batch.load(disclosure(1, indicators=30))
    return workspace


def ask(workspace: Workspace, sparql: str, **options):
    return run_user_query(workspace.snapshot_folder, sparql, **options)


def test_the_answers_are_those_of_the_store_itself(workspace):
    select = "SELECT ?s ?p ?o ?nothing { ?s ?p ?o } ORDER BY ?s ?p ?o"
    construct = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o ; a pikg:Project }"
    with workspace.read() as store:
        own = store.query(select)
        assert isinstance(own, Rows)
        assert ask(workspace, select, limit=None) == own
        assert set(ask(workspace, construct)) == set(store.query(construct))
    assert ask(workspace, "ASK { ?s a pikg:Project }") is True
    assert ask(workspace, "ASK { ?s a pikg:Dragon }") is False
    (term,) = ask(workspace, "SELECT (STRLANG('表', 'zh') AS ?x) {}").rows[0]
    assert term == Literal("表", lang="zh")


def test_texts_with_line_separators_come_back_whole(workspace):
    strange = 'a\u2028b\x85c\nd"e\\f'
    escaped = strange.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    assert ask(workspace, f'SELECT ("{escaped}" AS ?x) {{}}').rows == ((Literal(strange),),)


def test_a_row_limit_cuts_and_says_so(workspace):
    rows = ask(workspace, "SELECT * { ?s ?p ?o }", limit=7)
    assert isinstance(rows, Rows)
    assert (len(rows), rows.cut) == (7, True)
    triples = ask(workspace, "CONSTRUCT WHERE { ?s ?p ?o }", limit=7)
    assert isinstance(triples, Triples)
    assert (len(triples), triples.cut) == (7, True)
    whole = ask(workspace, "SELECT * { ?s a pikg:IndicatorRow }", limit=30)
    assert isinstance(whole, Rows)
    assert (len(whole), whole.cut) == (30, False)


def test_a_query_that_does_not_end_is_stopped(workspace):
    begun = time.monotonic()
    with pytest.raises(QueryTimeoutError, match=r"1\.5 seconds"):
        ask(workspace, "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", timeout=1.5)
    assert time.monotonic() - begun < 8


@pytest.mark.skipif(os.name == "nt", reason="memory is not limited on Windows")
def test_a_query_that_takes_too_much_memory_is_stopped(workspace):
    with pytest.raises(GraphError, match="memory"):
        ask(workspace, "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?i", memory=600 << 20, timeout=60)


@pytest.mark.parametrize(
    "sparql",
    [
        "SELECT (COUNT(*) AS ?n) { ?a (!<x:y>|^!<x:y>)+ ?b . ?b (!<x:y>|^!<x:y>)+ ?c . ?c (!<x:y>|^!<x:y>)+ ?d }",
        "SELECT ?z { BIND('aaaaaaaa' AS ?v0) "
        + " ".join(f"BIND(CONCAT(?v{n}, ?v{n}) AS ?v{n + 1})" for n in range(40))
        + " BIND(STRLEN(?v40) AS ?z) }",
        "SELECT * { ?s ?p ?o FILTER(" + "!" * 20_000 + "true) }",
        "SELECT (GROUP_CONCAT(?i) AS ?x) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    ],
    ids=["paths", "doubled texts", "nested", "joined texts"],
)
def test_what_would_take_all_there_is_ends_in_a_sentence(workspace, sparql):
    begun = time.monotonic()
    with pytest.raises(GraphError, match="was stopped"):
        ask(workspace, sparql, timeout=2, memory=1 << 30)
    assert time.monotonic() - begun < 15


def test_half_a_character_is_told_with_its_place(workspace):
    with pytest.raises(QueryError, match="line 2, column 3: half a character"):
        ask(workspace, "SELECT *\n{ \ud800 }")


UPDATES = [
    "INSERT DATA { <x:a> <x:b> <x:c> }",
    "PREFIX x: <http://x/>\nDELETE WHERE { ?s ?p ?o }",
    "LOAD <http://example.org/data.ttl>",
    "CLEAR ALL",
    "DROP GRAPH <x:g>",
    "WITH <x:g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
    "# ASK {}\nADD <x:a> TO <x:b>",
]


@pytest.mark.parametrize("sparql", UPDATES)
def test_changes_are_refused(workspace, sparql):
    with pytest.raises(QueryRefusedError, match="only read"):
        ask(workspace, sparql)


@pytest.mark.parametrize(
    "sparql",
    [
        "SELECT * { SERVICE <http://127.0.0.1:%d/> { ?s ?p ?o } }",
        "SELECT * { SERVICE SILENT <http://127.0.0.1:%d/> { ?s ?p ?o } }",
        "SELECT*{sErViCe<http://127.0.0.1:%d/>{?s ?p ?o}}",
        "SELECT*{SERVICESILENT<http://127.0.0.1:%d/>{?s ?p ?o}}",
        "PREFIX : <http://127.0.0.1:%d/> SELECT * { SERVICE:x { ?s ?p ?o } }",
        "PREFIX : <http://127.0.0.1:%d/> PREFIX service: <x:> SELECT * { SERVICE:x { ?s ?p ?o } }",
        "SELECT * { BIND(<http://127.0.0.1:%d/> AS ?x) SERVICE?x { ?s ?p ?o } }",
        "SELECT * { ?s ?p trueSERVICE<http://127.0.0.1:%d/> { ?a ?b ?c } }",
        "SELECT * { ?s ?p 1e0SERVICE<http://127.0.0.1:%d/> { ?a ?b ?c } }",
        "PREFIX x: <x:> SELECT * { ?s ?p x:.SERVICE<http://127.0.0.1:%d/> { ?a ?b ?c } }",
        "SELECT * { FILTER(1<2)#>\"\"\"\n SERVICE <http://127.0.0.1:%d/> { ?s ?p ?o } #\"\"\"\n}",
        "SELECT * { FILTER(1<2)#>'''\n SERVICE <http://127.0.0.1:%d/> { ?s ?p ?o } #'''\n}",
        "PREFIX a: <x:> SELECT * { FILTER(1<a:b#>\"\"\"\n) SERVICE <http://127.0.0.1:%d/> { ?s ?p ?o } #\"\"\"\n}",
        "SELECT * { { SELECT * { OPTIONAL { GRAPH ?g { SERVICE <http://127.0.0.1:%d/> { ?s ?p ?o } } } } } }",
        "ASK { ?s ?p ?o FILTER EXISTS { SERVICE <http://127.0.0.1:%d/> { ?s ?p ?o } } }",
        "SELECT * { ?s ?p \"\"\"\"\"\"SERVICE<http://127.0.0.1:%d/> { ?s ?p ?o } }",
        "SELECT * { ?s ?p '\\''. SERVICE<http://127.0.0.1:%d/> { ?s ?p ?o } }",
    ],
)  # fmt: skip
def test_service_is_refused_however_it_is_written(workspace, sparql):
    """Each of these is refused; and those that are queries at all would have knocked at this door otherwise."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        door.settimeout(0.05)
        with pytest.raises(QueryRefusedError, match="SERVICE"):
            ask(workspace, sparql % door.getsockname()[1], timeout=5)
        with pytest.raises(TimeoutError):
            door.accept()


@pytest.mark.parametrize(
    "sparql",
    [
        "SELECT ?service { ?service a pikg:Project }",
        "SELECT * { ?s rdfs:label 'SERVICE <http://x/> {}' }",
        'SELECT * { ?s rdfs:label """it\'s "SERVICE" <x> {}""" }',
        "SELECT * { ?s ?p ?o } # SERVICE <http://x/> {}",
        "SELECT * { ?s a <http://example.org/service/x#SERVICE> }",
        "SELECT * { ?s a schema:GovernmentService ; schema:serviceType ?t }",
        "SELECT ?s { ?s ?p ?o FILTER(?o < 5 && ?o > 3) }",
        "PREFIX with: <x:> PREFIX insert: <x:> SELECT * { ?s with:x insert:y }",
        "SELECT * { ?insert ?load 'DELETE' }",
    ],
)
def test_what_only_looks_forbidden_is_allowed(workspace, sparql):
    assert isinstance(ask(workspace, sparql), Rows)


def test_from_asks_graphs_of_the_store_and_refuses_others(workspace):
    graph = workspace.namespace.document_graph(disclosure(1).document.sha256)
    count = "SELECT (COUNT(*) AS ?n) %s WHERE { ?s ?p ?o }"
    with workspace.read() as store:
        expected = str(store.count(graph))
    assert [str(row["n"]) for row in ask(workspace, count % f"FROM <{graph}>")] == [expected]
    base = workspace.namespace.base
    relative = f"BASE <{base}> PREFIX v: <{base}> " + count % "FROM <vocab> FROM v:decisions"
    with pytest.raises(QueryRefusedError, match="decisions"):
        ask(workspace, relative)
    for clause in (
        "FROM <http://example.org/x>",
        "FROM NAMED <http://example.org/x>",
        "FROMNAMED<http://example.org/x>",
        "FROM <http://ex\\u0061mple.org/x>",
        "FROM NAMED <http://\\U00000065xample.org/x>",
    ):
        with pytest.raises(QueryRefusedError, match=r"example\.org/x"):
            ask(workspace, count % clause)
    with pytest.raises(QueryRefusedError, match="nope:x"):
        ask(workspace, count % "FROM nope:x")
    with pytest.raises(QueryRefusedError, match="no graph <x>"):
        ask(workspace, count % "FROM <x>")
    escaped = graph.replace("d", "\\u0064", 1)
    assert [str(row["n"]) for row in ask(workspace, count % f"FROM <{escaped}>")] == [expected]


def test_from_is_read_in_every_spelling():
    text = "BASE <http://b/> PREFIX g: <http://g/> SELECT * FROM<x>FROM named g:a\\-b from#c\n NAMED <http://z> {}"
    found = [(reference.iri, reference.named) for reference in find_graph_references(text, {})]
    assert found == [("http://b/x", False), ("http://g/a-b", True), ("http://z", True)]
    assert find_graph_references("SELECT ?from { ?from ?p 'FROM <x>' } # FROM <x>", {}) == []


@pytest.mark.parametrize(
    ("sparql", "line", "column"),
    [
        ("SELECT * {\n ?s ?p ?o\n", 3, 1),
        ("SELECT * {\n ?s nope:x ?o }", 2, 5),
        ("SELECT ?a WHERE {\n ?a a ?c .\n 达州 ?d\n}", 3, 2),
        ("\n\nSELEKT ?a {}", 3, 1),
    ],
)
def test_a_mistake_is_told_with_its_place(workspace, sparql, line, column):
    with pytest.raises(QueryError) as caught:
        ask(workspace, sparql)
    assert not isinstance(caught.value, QueryRefusedError)
    assert (caught.value.line, caught.value.column) == (line, column)
    assert f"line {line}" in str(caught.value)


@pytest.mark.parametrize("sparql", ["", " \n", "# nothing but a comment", "{", "ASK " + "{" * 5000, "(" * 300])
def test_nonsense_is_a_query_error_within_seconds(workspace, sparql):
    begun = time.monotonic()
    with pytest.raises(GraphError):
        ask(workspace, sparql)
    assert time.monotonic() - begun < 15


def test_an_endless_text_is_refused(workspace):
    with pytest.raises(QueryRefusedError, match="longer"):
        ask(workspace, "ASK {} #" + "x" * QUERY_LENGTH)


def test_reading_tokens_takes_no_longer_than_the_text_is_long():
    begun = time.monotonic()
    for piece in ("a", ".", "a.", "<", "<a#", "'", '"""', "\\", ":a-", ":.", "_:", "?", "%", "达"):
        read_tokens(piece * (QUERY_LENGTH // len(piece) // 4))
    assert time.monotonic() - begun < 20


def test_the_named_prefixes_are_checked_where_they_may_be_used():
    assert check_user_query("SELECT * FROM concept:x { ?s ?p ?o }") == ["https://w3id.org/pikg/concept/x"]


def test_many_at_once(workspace):
    answers: list[object] = []
    threads = [
        threading.Thread(target=lambda: answers.append(ask(workspace, "SELECT * { ?s a pikg:IndicatorRow }")))
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 6
    assert all(isinstance(answer, Rows) and len(answer) == 30 for answer in answers)


def test_a_snapshot_that_is_gone_says_so(workspace):
    with pytest.raises(WorkspaceError):
        run_user_query(workspace.folder / "snapshots" / "999", "ASK {}")


def test_an_answer_that_breaks_off_in_its_midst_is_told(workspace, monkeypatch):
    said = [{"kind": "rows", "variables": ["x"]}, [["l", "1", "", ""]], {"kind": "failed", "message": "a bad block"}]
    monkeypatch.setattr(guard, "_ask", lambda *_: iter(said))
    with pytest.raises(QueryError, match="a bad block"):
        ask(workspace, "SELECT ?x { ?x ?p ?o }")
