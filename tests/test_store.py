"""The stores, in a folder and on servers: whole changes, terms as written, the union to ask, errors that say where."""

from __future__ import annotations

import pickle
from decimal import Decimal

import pytest
from rdflib import XSD, Literal, URIRef

from graph.embedded import new_in_memory, open_snapshot, open_store
from graph.errors import GraphError, InvalidLiteralError, QueryError
from graph.store import Rows, Triples, WholeStore

A, B = "https://example.org/g/a", "https://example.org/g/b"
S, P = URIRef("https://example.org/s"), URIRef("https://example.org/p")


OURS = 'FILTER(STRSTARTS(STR(?g), "https://example.org/g/"))'
"""A server may hold graphs of its own."""


def rows(store: WholeStore, sparql: str) -> Rows:
    answer = store.query(sparql)
    assert isinstance(answer, Rows)
    return answer


def objects(store: WholeStore, graph: str) -> set[str]:
    return {str(o) for _, _, o in store.triples(graph)}


def test_replacing_a_graph_leaves_the_others(store):
    store.replace_graphs([(A, [(S, P, Literal("one"))]), (B, [(S, P, Literal("two"))])])
    store.replace_graph(A, [(S, P, Literal("three"))])
    assert (objects(store, A), objects(store, B)) == ({"three"}, {"two"})


def test_amending_a_graph_touches_what_is_named_only(store):
    one, two, three = ((S, P, Literal(text)) for text in ("one", "two", "three"))
    store.replace_graphs([(A, [one, two]), (B, [one])])
    store.amend_graph(A, [one, three], [three])  # what is not there can't be removed, what is added isn't
    assert (objects(store, A), objects(store, B)) == ({"two", "three"}, {"one"})
    assert store.count() == 3
    store.amend_graph(A, [two, three], [])
    assert (store.graphs(), store.count()) == ([B], 1)


def test_a_large_graph_is_replaced_whole(store):
    pool = [(S, P, Literal(f"满意度 {n}")) for n in range(2500)]
    store.replace_graphs([(A, pool[:1500]), (B, pool[1000:])])
    assert (store.count(A), store.count(B), store.count()) == (1500, 1500, 2500)
    store.replace_graph(A, pool[1400:])
    assert (store.count(A), store.count(B), store.count()) == (1100, 1500, 1500)


def test_no_triples_remove_the_graph(store):
    store.replace_graph(A, [(S, P, Literal("one"))])
    store.replace_graph(A, [])
    assert store.graphs() == []


@pytest.mark.parametrize("bad", [URIRef("no spaces allowed"), URIRef("relative"), "text"])
def test_a_term_that_cannot_be_stored_changes_nothing(store, bad):
    store.replace_graph(A, [(S, P, Literal("kept"))])
    with pytest.raises(InvalidLiteralError):
        store.replace_graphs([(A, [(S, P, Literal("new"))]), (B, [(S, P, bad)])])
    assert objects(store, A) == {"kept"}
    assert store.graphs() == [A]


TEXTS = [
    "", "满意度≥95%", "quotes \" and ' and \\", "lines\nand\ttabs\r\n", "control \x07\x1b", "astral 𠮷", "\\u0041",
    '"""', "} } DROP ALL ;",
]  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
def test_any_text_comes_back_as_it_went_in(store, text):
    store.replace_graph(A, [(S, P, Literal(text))])
    assert rows(store, "SELECT ?o { ?s ?p ?o }").rows == ((Literal(text),),)
    store.replace_graph(A, [(S, P, Literal(text + "!"))])  # the other way of writing: something is taken out as well
    assert rows(store, "SELECT ?o { ?s ?p ?o }").rows == ((Literal(text + "!"),),)
    store.replace_graph(A, [])
    assert store.count() == 0


def test_terms_of_an_answer_are_those_that_rdflib_makes(store):
    terms = [Literal("热线"), Literal(""), Literal("x", lang="zh"), URIRef("https://example.org/热线")]
    store.replace_graph(A, [(S, P, term) for term in terms])
    for (found,) in rows(store, "SELECT ?o { ?s ?p ?o }").rows:
        made = next(term for term in terms if term == found)
        assert type(found) is type(made)
        assert hash(found) == hash(made)
        assert found.n3() == made.n3()
        assert pickle.loads(pickle.dumps(found)) == made
        if isinstance(made, Literal):
            for name in ("value", "datatype", "language", "ill_typed"):
                assert getattr(found, name) == getattr(made, name)


def test_datatypes_and_languages_come_back(store):
    terms = {
        Literal("10.5", datatype=XSD.decimal),
        Literal("产出", lang="zh"),
        Literal("2025-09-30", datatype=XSD.date),
    }
    store.replace_graph(A, [(S, P, term) for term in terms])
    found = {row["o"] for row in rows(store, "SELECT ?o { ?s ?p ?o }")}
    assert found == terms
    assert Decimal("10.5") in {term.toPython() for term in found if isinstance(term, Literal)}


def test_the_union_counts_a_statement_of_two_graphs_once(store):
    store.replace_graphs([(A, [(S, P, Literal("x"))]), (B, [(S, P, Literal("x"))])])
    assert len(rows(store, "SELECT * { ?s ?p ?o }")) == 1
    assert len(rows(store, f"SELECT * {{ GRAPH ?g {{ ?s ?p ?o }} {OURS} }}")) == 2
    assert len(list(store.nquads())) == 2
    assert store.count() == 1


def test_a_statement_leaves_the_union_with_the_last_graph_that_holds_it(store):
    shared = (S, P, Literal("x"))
    store.replace_graphs([(A, [shared]), (B, [shared])])
    store.replace_graph(A, [(S, P, Literal("y"))])
    assert store.query("ASK { ?s ?p 'x' }") is True
    store.replace_graphs([(B, []), (A, [shared])])  # moves within one change
    assert store.query("ASK { ?s ?p 'x' }") is True
    assert store.query("ASK { ?s ?p 'y' }") is False
    store.replace_graph(A, [])
    assert (store.count(), store.graphs()) == (0, [])


def test_any_sequence_of_changes_keeps_the_union_in_step(store):
    import random

    chance = random.Random(7)
    pool = [(S, P, Literal(str(n))) for n in range(12)]
    for _ in range(60):
        store.replace_graphs([(graph, chance.sample(pool, chance.randrange(6))) for graph in chance.sample([A, B], 2)])
        union = {str(o) for g in store.graphs() for _, _, o in store.triples(g)}
        assert sorted(str(row["o"]) for row in rows(store, "SELECT ?o { ?s ?p ?o }")) == sorted(union)


def test_from_asks_the_named_graphs_only(store):
    store.replace_graphs([(A, [(S, P, Literal("a"))]), (B, [(S, P, Literal("b"))])])
    assert [str(row["o"]) for row in rows(store, f"SELECT ?o FROM <{A}> {{ ?s ?p ?o }}")] == ["a"]
    assert len(rows(store, f"SELECT ?o FROM <{A}> FROM <{B}> {{ ?s ?p ?o }}")) == 2
    named = rows(store, f"SELECT ?o FROM NAMED <{B}> {{ GRAPH ?g {{ ?s ?p ?o }} }}")
    assert [str(row["o"]) for row in named] == ["b"]


def test_ask_and_construct(store):
    store.replace_graph(A, [(S, P, Literal("a"))])
    assert store.query("ASK { ?s ?p 'a' }") is True
    assert store.query("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }") == ((S, P, Literal("a")),)


def test_a_limit_says_when_it_cuts(store):
    store.replace_graph(A, [(S, P, Literal(str(n))) for n in range(5)])
    select, construct = "SELECT * { ?s ?p ?o }", "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
    cut, whole = store.query_up_to(select, 4), store.query_up_to(select, 5)
    assert isinstance(cut, Rows)
    assert isinstance(whole, Rows)
    assert (len(cut), cut.cut, len(whole), whole.cut) == (4, True, 5, False)
    triples = store.query_up_to(construct, 4)
    assert isinstance(triples, Triples)
    assert (len(triples), triples.cut) == (4, True)


def test_the_prefixes_of_the_house_need_no_declaration(store):
    assert len(rows(store, "SELECT ?x { ?x a pikg:Project ; rdfs:label ?l }")) == 0


@pytest.mark.parametrize(
    ("sparql", "line", "column", "says"),
    [
        ("SELECT * {\n ?s foo:p ?o }", 2, 5, "foo:"),
        ("SELECT ?a WHERE {\n ?a rdfs:label ?c .\n ?a rdf:type ?d ?e .\n}", 3, 17, "?e"),
        ("SELECT ?a WHERE {\n ?a rdfs:label ?c .\n OPTIONL { ?a a ?e }\n}", 3, 2, "OPTIONL"),
        ("SELECT ?a {\n ?a a ?b", 2, 9, "end"),
        ("selct ?a { ?a ?b ?c }", 1, 1, "selct"),
    ],
)
def test_a_query_that_cannot_be_read_says_where(store, sparql, line, column, says):
    with pytest.raises(QueryError) as caught:
        store.query(sparql)
    assert (caught.value.line, caught.value.column) == (line, column)
    assert says in str(caught.value)


def test_a_misuse_of_variables_says_why():
    with pytest.raises(QueryError, match="unbound"):
        new_in_memory().query("SELECT ?a (COUNT(*) AS ?n) { ?s ?p ?o }")


def test_a_snapshot_stays_as_it_was(tmp_path):
    store = open_store(tmp_path / "graph")
    store.replace_graph(A, [(S, P, Literal("old"))])
    store.publish(tmp_path / "one")
    with open_snapshot(tmp_path / "one") as snapshot, open_snapshot(tmp_path / "one") as another:
        store.replace_graph(A, [(S, P, Literal("new"))])
        assert objects(snapshot, A) == objects(another, A) == {"old"}
    assert objects(store, A) == {"new"}


@pytest.mark.parametrize("log_at_most", [0, 8_000_000])
def test_snapshots_by_backup_and_of_the_closed_store_hold_the_same(tmp_path, monkeypatch, log_at_most):
    monkeypatch.setattr("graph.embedded.LOG_AT_MOST", log_at_most)
    store = open_store(tmp_path / "graph")
    for number in range(4):
        store.replace_graph(f"{A}{number}", [(S, P, Literal(f"text {number}\n{n}")) for n in range(50)])
        store.replace_graph(A, [(S, P, Literal(number))])
        store.publish(tmp_path / str(number))
        with open_snapshot(tmp_path / str(number)) as snapshot:
            assert sorted(snapshot.nquads()) == sorted(store.nquads())
            assert snapshot.count() == 50 * (number + 1) + 1
    store.close()
    with open_store(tmp_path / "graph") as again:
        assert again.count() == 201


def test_what_is_put_on_disk_beside_the_writing_is_there_in_the_snapshot(tmp_path, monkeypatch):
    monkeypatch.setattr("graph.embedded.FLUSH_EVERY", 100)
    store = open_store(tmp_path / "graph")
    for number in range(20):
        store.replace_graph(f"{A}{number}", [(S, P, Literal(f"{number} {n}")) for n in range(60)])
    store.publish(tmp_path / "one")
    with open_snapshot(tmp_path / "one") as snapshot:
        assert snapshot.count() == 1200
    store.close()


@pytest.mark.parametrize("apart", [False, True])
def test_a_store_in_many_files_has_them_merged_before_it_is_given_back(tmp_path, monkeypatch, apart):
    for name, value in (("_MANY", 30), ("_FEW", 15), ("_QUIET", 0.5)):
        monkeypatch.setattr(f"graph.files.{name}", value)
    for number in range(12):
        with open_store(tmp_path / "graph") as store:
            text = (
                "{} {}" if apart else "第{}份文件的第{}条，长到不在键里"
            )  # keys that follow each other are never merged
            store.replace_graph(f"{A}{number}", [(S, P, Literal(text.format(number, n))) for n in range(50)])
            store.publish(tmp_path / str(number))
    with open_snapshot(tmp_path / "11") as snapshot:
        assert snapshot.count() == 600
    with open_store(tmp_path / "graph") as store:
        assert store.count() == 600
    assert len(list((tmp_path / "graph").glob("LOG.old.*"))) <= 2
    if not apart:
        assert len(list((tmp_path / "graph").glob("*.sst"))) < 80, "eleven tables, each with a file for each change"


def test_an_answer_that_nobody_read_to_its_end_does_not_keep_the_store(tmp_path):
    store = open_store(tmp_path / "graph")
    store.replace_graph(A, [(S, P, Literal(n)) for n in range(5)])
    begun = [store.triples(A)]
    next(begun[0])
    begun.append(begun)  # a cycle, as of an error with its frames
    del begun
    store.publish(tmp_path / "one")
    store.replace_graph(B, [(S, P, Literal("later"))])
    assert (store.count(A), store.count(B)) == (5, 1)
    with open_snapshot(tmp_path / "one") as snapshot:
        assert (snapshot.count(A), snapshot.count(B)) == (5, 0)


INJECTED = 'https://example.org/a> <https://example.org/b> "c" . <https://example.org/d'


@pytest.mark.parametrize("place", range(3))
def test_an_iri_cannot_end_its_own_brackets(store, place):
    triple = [S, P, Literal("fine")]
    triple[place] = URIRef(INJECTED)
    with pytest.raises(InvalidLiteralError):
        store.replace_graph(A, [tuple(triple)])
    with pytest.raises(InvalidLiteralError):
        store.replace_graph(A, [(S, P, Literal("c", datatype=URIRef(INJECTED)))])
    assert store.graphs() == []


def test_a_closed_store_says_so(store):
    store.close()
    store.close()
    with pytest.raises(GraphError, match="closed"):
        store.query("ASK {}")
