"""Exports: whole, the same each time, readable by other programs, and harmless in a spreadsheet."""

from __future__ import annotations

import csv
import dataclasses
import errno
import io
import json
import threading
import tracemalloc
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from corpus import BASE, gold_disclosures, record, store_of
from disclosures import disclosure
from hypothesis import given
from hypothesis import strategies as st
from rdflib import Dataset, Graph, Literal, URIRef
from shared import SHARED, needs_shared

from graph import export, long_table, parts
from graph.embedded import EmbeddedStore
from graph.errors import ParameterError
from graph.export import csv_cell, export_csv, export_graph, sort_lines
from graph.mapping import map_disclosure
from graph.queries import run_named
from graph.terms import decimal_literal, text_literal
from graph.whole_file import whole_file
from ontology.records import Named

BUDGET, ACCOUNTS = record("hotline-budget"), record("hotline-accounts")
NAME = 'a\t"b"\\ \n<c> ★ \u2028 \x85 \U0001f600'
ODD = dataclasses.replace(BUDGET, projects=(dataclasses.replace(BUDGET.projects[0], name=NAME), *BUDGET.projects[1:]))


@pytest.fixture(scope="module")
def store() -> EmbeddedStore:
    return store_of(ODD, ACCOUNTS, vocabulary=True)


def written(store: EmbeddedStore, name: str) -> str:
    out = io.StringIO(newline="")
    export_graph(store, name, out)
    return out.getvalue()


def union(store: EmbeddedStore) -> Graph:
    graph = Graph()
    for name in store.graphs():
        for triple in store.triples(name):
            graph.add(triple)
    return graph


def test_nquads_hold_every_statement_with_its_graph_in_order(store: EmbeddedStore) -> None:
    text = written(store, "nquads")
    lines = text.split("\n")[:-1]
    assert lines == sorted(lines) and len(lines) == len(set(lines))
    dataset = Dataset()
    dataset.parse(data=text, format="nquads")
    for name in store.graphs():
        assert set(dataset.graph(URIRef(name))) == set(store.triples(name))
    assert len(lines) == sum(len(list(store.triples(name))) for name in store.graphs())


@pytest.mark.parametrize(("name", "syntax"), [("turtle", "turtle"), ("jsonld", "json-ld")])
def test_turtle_and_jsonld_hold_the_union_each_statement_once(store: EmbeddedStore, name: str, syntax: str) -> None:
    text = written(store, name)
    assert set(Graph().parse(data=text, format=syntax)) == set(union(store))
    assert written(store, name) == text


def test_turtle_reads_well(store: EmbeddedStore) -> None:
    blocks = written(store, "turtle").split("\n\n")
    form = next(block for block in blocks if block.startswith(f"<{BASE.form('b' * 64, 1)}>"))
    assert "    a pikg:Form, pikg:SelfEvaluation ;\n" in form
    assert "    pikg:fiscalYear 2023" in form
    assert '    pikg:score "95.5"^^xsd:decimal' in form


def test_jsonld_has_a_line_for_each_subject(store: EmbeddedStore) -> None:
    nodes = {node["@id"]: node for node in json.loads(written(store, "jsonld"))["@graph"]}
    assert nodes[BASE.form("a" * 64, 1)]["rdfs:label"] == [{"@value": NAME.replace("\x00", "")}]
    assert len(nodes) == len(set(union(store).subjects()))


def test_an_empty_store_gives_sound_files() -> None:
    empty = store_of()
    assert written(empty, "nquads") == ""
    assert len(Graph().parse(data=written(empty, "turtle"), format="turtle")) == 0
    assert json.loads(written(empty, "jsonld"))["@graph"] == []
    assert len(written(empty, "csv").splitlines()) == 1


def test_an_unknown_format_is_said(store: EmbeddedStore) -> None:
    with pytest.raises(ParameterError, match="nquads, turtle, jsonld, graphml, csv"):
        export_graph(store, "pdf", io.StringIO())


# --- the table ---------------------------------------------------------------------------------------------------
def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def test_the_table_has_a_row_for_each_indicator_with_its_source(store: EmbeddedStore) -> None:
    text = written(store, "csv")
    assert text.startswith("\ufeff地区,")
    assert "\r\n" in text
    rows = rows_of(text)
    assert len(rows) == 10
    first = next(row for row in rows if row["三级指标"] == "受理来电数" and row["表的种类"] == "TargetForm")
    wanted = {
        "地区": "昆明市",
        "地区代码": "530100",
        "年度": "2023",
        "指标值": "≥6万件",
        "指标性质": "ge",
        "数值（基本单位）": "60000",
        "预算金额（元）": "1200000",
        "文件": "热线中心2023年预算.pdf",
        "页": "9",
        "表": "1",
        "行": "8",
        "SHA-256": "a" * 64,
    }
    assert {name: first[name] for name in wanted} == wanted
    assert first["项目"] == NAME


ODD_TEXT = dataclasses.replace(
    BUDGET,
    document=dataclasses.replace(BUDGET.document, sha256="c" * 64, file="=1+1 \t a.pdf"),
    projects=tuple(
        dataclasses.replace(
            project,
            name=f'{NAME} {number} \\n \\\\t "',
            indicators=tuple(
                dataclasses.replace(one, note='-1\\ "x"\n\r\tend', explanation="00127") for one in project.indicators
            ),
        )
        for number, project in enumerate(BUDGET.projects)
    ),
)


def test_the_table_is_what_the_named_query_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(long_table, "_DOCUMENTS_AT_ONCE", 2)
    asked = [*gold_disclosures(), ODD_TEXT] if SHARED.is_dir() else [BUDGET, ACCOUNTS, ODD_TEXT]
    store = store_of(*asked, vocabulary=True)
    documents = [row["document"] for row in run_named(store, "documents")]
    wanted = [
        [csv_cell(node) for node in row]
        for part in parts.split(documents)
        for row in run_named(store, "indicators", document=part).rows
    ]
    table = list(csv.reader(io.StringIO(written(store, "csv").removeprefix("\ufeff"), newline="")))[1:]
    assert sorted(table) == sorted(wanted)
    forms, indicator = ([row[place] for row in table] for place in (-2, -4))
    assert indicator == [row[-4] for row in wanted]
    assert len({form for form, before in zip(forms, ["", *forms], strict=False) if form != before}) == len(set(forms))


def test_what_stops_in_the_midst_of_the_table_leaves_no_thread(store: EmbeddedStore) -> None:
    class Full(io.StringIO):
        def write(self, text: str, /) -> int:
            if len(text) > 200:
                raise OSError("no space left on device")
            return super().write(text)

    before = threading.active_count()
    with pytest.raises(OSError, match="no space"):
        export_csv(store, Full())
    assert threading.active_count() == before


def test_headings_in_english(store: EmbeddedStore) -> None:
    out = io.StringIO(newline="")
    export_csv(store, out, "en")
    assert out.getvalue().startswith("\ufeffregion,region code,publisher,")


@pytest.mark.parametrize(
    "text", ["=1+1", "=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "\r=1", "＝1", "－2", '=cmd|" /c calc"!A0']
)
def test_nothing_printed_can_act_as_a_formula(text: str) -> None:
    assert csv_cell(text_literal(text)) == "'" + text


def test_codes_stay_text_and_numbers_stay_numbers() -> None:
    assert csv_cell(text_literal("00127")) == "\t00127"
    assert csv_cell(text_literal("510000210000000012345")) == "\t510000210000000012345"
    assert csv_cell(text_literal("2023")) == "2023"
    assert csv_cell(text_literal("≥98%")) == "≥98%"
    assert csv_cell(decimal_literal(Decimal("-3.50"))) == "-3.5"
    assert csv_cell(URIRef("https://w3id.org/pikg/concept/operator/ge")) == "ge"
    assert csv_cell(None) == ""


@given(st.text())
def test_no_text_starts_like_a_formula(text: str) -> None:
    assert not csv_cell(Literal(text)).lstrip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))


def test_a_hostile_document_is_harmless_in_the_table() -> None:
    unit = dataclasses.replace(disclosure(), document=dataclasses.replace(disclosure().document, unit=Named("=2+3")))
    (first, *_) = rows_of(written(store_of(unit), "csv"))
    assert first["公开单位"] == "'=2+3"


# --- size --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("held", [1, 2, 3, 7, 100])
def test_lines_are_sorted_in_pieces_as_at_once(held: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "_SORTED_AT_ONCE", held)
    for count in range(12):
        lines = [f"{(7 * n) % 11} \u2028 {chr(0x4E00 + n)}" for n in range(count)]
        assert list(sort_lines(lines)) == sorted(lines)


def test_memory_stays_flat(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "_SORTED_AT_ONCE", 1_000)

    def lines() -> Iterator[str]:
        return (f"{number * 7919 % 60_013:09d} " + "文" * 60 for number in range(60_000))

    tracemalloc.start()
    try:
        assert sum(1 for _ in sort_lines(lines())) == 60_000
        assert tracemalloc.get_traced_memory()[1] < 6_000_000  # all at once they are over 10 MB
    finally:
        tracemalloc.stop()


@needs_shared
def test_the_gold_corpus_exports_whole() -> None:
    disclosures = gold_disclosures()
    store = store_of(*disclosures)
    assert len(rows_of(written(store, "csv"))) == sum(len(p.indicators) for d in disclosures for p in d.projects)
    lines = written(store, "nquads").splitlines()
    assert len(lines) == sum(len(list(map_disclosure(one, BASE))) for one in disclosures)


def test_graphml_links_units_projects_and_what_they_share(store: EmbeddedStore) -> None:
    import networkx as nx

    graph = nx.read_graphml(io.BytesIO(written(store, "graphml").encode()))
    kinds = {data["kind"] for _, data in graph.nodes(data=True)}
    assert {"region", "unit", "project"} <= kinds
    projects = {node: data for node, data in graph.nodes(data=True) if data["kind"] == "project"}
    counted = store.query("SELECT (COUNT(DISTINCT ?p) AS ?n) { ?p a pikg:Project }")
    assert len(projects) == int(next(iter(counted))["n"])
    relations = {
        (graph.nodes[a]["kind"], data["relation"], graph.nodes[b]["kind"]) for a, b, data in graph.edges(data=True)
    }
    assert ("unit", "publishes", "project") in relations
    assert all(data["label"] for _, data in graph.nodes(data=True))
    assert max(data.get("budget_yuan", 0) for data in projects.values()) > 0


def test_a_full_disk_is_told_with_the_file_and_leaves_none(tmp_path: Path) -> None:
    asked = tmp_path / "指标.csv"
    with pytest.raises(OSError, match=r"No space left.*指标\.csv"), whole_file(asked) as partial:
        partial.write_text("begun", "utf-8")
        raise OSError(errno.ENOSPC, "No space left on device")
    assert list(tmp_path.iterdir()) == []
