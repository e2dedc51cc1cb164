"""The shapes: a good graph passes, and a broken one of each kind is refused with a sentence to act on."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from rdflib import RDF, RDFS, XSD, Graph, Literal, URIRef
from rdflib.namespace import OWL, SH
from shared import ROOT, SHARED, needs_shared
from whole import GOOD

from graph.decisions import map_decisions
from graph.embedded import new_in_memory
from graph.mapping import map_disclosure
from graph.shapes import find_violations
from ontology.contract import from_json
from ontology.decisions import read_decisions
from ontology.namespaces import PIKG, PREFIXES, Namespace, concept

_WHO = '"who": "审核员", "when": "2025-03-31T09:30:00+08:00", "why": "误读"}\n'
_GROUPING = '{"kind": "indicator", "name": "群众满意率", "notation": "群众|satisfaction", ' + _WHO
DECISIONS = (
    _GROUPING
    + '{"kind": "cell", "document": "ab", "field": "target", "old": "9", "new": "95", "page": 3, '
    + _WHO
    + '{"kind": "identity", "relation": "same", "one": "unit/a", "other": "unit/b", "verdict": "confirmed", '
    + _WHO
)
DECISIONS += f'{{"kind": "undo", "undoes": "{read_decisions(_GROUPING).lines[0].id}", {_WHO}'
"""A decision of each kind."""


def p(name: str) -> URIRef:
    return URIRef(PIKG + name)


@pytest.fixture(scope="module")
def good() -> Graph:
    graph = Graph()
    for triple in map_disclosure(GOOD, Namespace()):
        graph.add(triple)
    for triple in map_decisions(read_decisions(DECISIONS), new_in_memory(), Namespace()):
        graph.add(triple)
    return graph


def copy_of(graph: Graph) -> Graph:
    copied = Graph()
    for triple in graph:
        copied.add(triple)
    return copied


def one(graph: Graph, kind: str, having: str | None = None) -> URIRef:
    """A node of a class, which has a property where that is named."""
    found = sorted(
        node for node in graph.subjects(RDF.type, p(kind)) if having is None or (node, p(having), None) in graph
    )
    assert found, f"no {kind}"
    assert isinstance(found[0], URIRef)
    return found[0]


def test_a_whole_document_conforms(good: Graph) -> None:
    assert find_violations(good) == []


def test_every_class_of_the_vocabulary_has_a_shape() -> None:
    terms = Graph().parse(ROOT / "ontology" / "pikg.ttl")
    shapes = Graph().parse(ROOT / "ontology" / "shapes.ttl")
    classes = {node for node in terms.subjects(RDF.type, OWL.Class) if str(node).startswith(PIKG)}
    shaped = set(shapes.objects(None, SH.targetClass))
    covered = {kind for kind in classes if kind in shaped or set(terms.objects(kind, RDFS.subClassOf)) & shaped}
    assert covered == classes
    named = {node for node in shapes.objects(None, SH.path) if str(node).startswith(PIKG)}
    assert named <= set(terms.subjects(RDF.type, None)), "a shape speaks of a property that isn't in the vocabulary"


def test_every_message_is_in_both_languages() -> None:
    shapes = Graph().parse(ROOT / "ontology" / "shapes.ttl")
    for node in set(shapes.subjects(SH.message, None)):
        languages = sorted(message.language or "" for message in shapes.objects(node, SH.message))
        assert languages == ["en", "zh"], list(shapes.objects(node, SH.message))
    for shape in set(shapes.subjects(RDF.type, SH.NodeShape)):
        for node in shapes.objects(shape, SH.property):
            assert shapes.value(node, SH.message) is not None, shapes.value(node, SH.path)


Breakage = Callable[[Graph], URIRef]
"""Breaks a graph, and returns the node that is then wrong."""


def without(kind: str, name: str) -> Breakage:
    def spoil(graph: Graph) -> URIRef:
        node = one(graph, kind, name)
        graph.remove((node, p(name), None))
        return node

    return spoil


def given_type(kind: str, other: str) -> Breakage:
    """Says of a node of a class only that it is of another."""

    def spoil(graph: Graph) -> URIRef:
        node = one(graph, kind)
        graph.set((node, RDF.type, p(other)))
        return node

    return spoil


def unnamed(kind: str) -> Breakage:
    def spoil(graph: Graph) -> URIRef:
        node = one(graph, kind)
        graph.remove((node, RDFS.label, None))
        return node

    return spoil


def given(kind: str, name: str, value: Literal | URIRef, having: str | None = None) -> Breakage:
    """Puts a value in the place of what stands there."""

    def spoil(graph: Graph) -> URIRef:
        node = one(graph, kind, having or name)
        graph.set((node, p(name), value))
        return node

    return spoil


def doubled(kind: str, name: str, value: Literal | URIRef) -> Breakage:
    def spoil(graph: Graph) -> URIRef:
        node = one(graph, kind, name)
        graph.add((node, p(name), value))
        return node

    return spoil


def added(kind: str, name: str, value: Literal | URIRef) -> Breakage:
    def spoil(graph: Graph) -> URIRef:
        node = one(graph, kind)
        graph.add((node, p(name), value))
        return node

    return spoil


def two_kinds(graph: Graph) -> URIRef:
    node = one(graph, "SelfEvaluation")
    graph.add((node, RDF.type, p("TargetForm")))
    return node


def lone_canonical(graph: Graph) -> URIRef:
    node = URIRef(Namespace().canonical_indicator("k"))
    graph.add((node, RDF.type, p("CanonicalIndicator")))
    return node


def lone_membership(graph: Graph) -> URIRef:
    """A membership of nothing in nothing."""
    node = URIRef(Namespace().canonical_indicator("k") + "/member/k")
    graph.add((node, RDF.type, p("IndicatorMembership")))
    return node


def proposed(name: str, value: Literal | URIRef) -> Breakage:
    """A proposed identity that is right but for one property."""

    def spoil(graph: Graph) -> URIRef:
        node = URIRef(Namespace().proposed_identity("k"))
        units = sorted(graph.subjects(RDF.type, p("Unit")), key=str)
        for said, right in (
            (RDF.type, p("ProposedIdentity")),
            (p("relation"), URIRef(concept("identity_relation", "same"))),
            (p("thing"), units[0]),
            (p("otherThing"), units[1]),
            (p("likelihood"), number("0.8")),
            (p("reason"), URIRef(concept("identity_reason", "place"))),
            (p("status"), URIRef(concept("identity_status", "proposed"))),
            (p("evidence"), Literal("名称", lang="zh")),
        ):
            graph.add((node, said, right))
        assert [one for one in find_violations(graph) if one.node == str(node)] == []
        graph.set((node, p(name), units[1] if name == "thing" else value))
        return node

    return spoil


def open_range(graph: Graph) -> URIRef:
    node = one(graph, "Value", "upperValue")
    graph.remove((node, p("upperValue"), None))
    return node


def number(text: str) -> Literal:
    return Literal(text, datatype=XSD.decimal, normalize=False)


BROKEN: dict[str, tuple[Breakage, str, str]] = {
    "a disclosure of no kind": (without("Disclosure", "kind"), "类型", "must be of exactly one kind"),
    "a year out of this world": (given("Disclosure", "fiscalYear", Literal(20240)), "年度", "from 1949 to 2100"),
    "a document with a broken hash": (given("Document", "sha256", Literal("abc")), "SHA-256", "64 hexadecimal"),
    "a document of no disclosure": (without("Document", "inDisclosure"), "所属公开", "exactly one disclosure"),
    "a publisher that is no unit": (given("Document", "publisher", URIRef("urn:x")), "公开单位", "a unit"),
    "a unit without a name": (unnamed("Unit"), "名称", "must have a name"),
    "a region with a wrong code": (given("Region", "code", Literal("51")), "代码", "six digits"),
    "a region in no region": (given("Region", "withinRegion", URIRef("urn:x")), "上级地区", "must lie in regions"),
    "a project without a name": (unnamed("Project"), "名称", "must have a name"),
    "a project of no scope": (without("Project", "scope"), "范围", "as a whole"),
    "a form of no project": (without("Form", "ofProject"), "所属项目", "exactly one project"),
    "a form in two documents": (doubled("Form", "inDocument", URIRef("urn:x")), "所在文件", "exactly one document"),
    "a form of two kinds": (two_kinds, "三者之一", "exactly one of target form"),
    "a score that is a word": (given("Form", "score", Literal("优")), "得分", "one number"),
    "a form superseded by a row": (added("Form", "supersededBy", URIRef("urn:x")), "被取代", "one form at most"),
    "a stage goal without a text": (without("StageGoal", "originalText"), "原文", "exactly one text"),
    "funding without an amount": (without("Funding", "amount"), "金额（元）", "exactly one amount in yuan"),
    "an amount that no store adds": (
        given("Funding", "amount", number("3.7e4")),
        "3.7e4",
        "exactly one amount in yuan",
    ),
    "an empty amount": (given("Funding", "amount", number("")), "金额（元）", "exactly one amount in yuan"),
    "funding of two stages": (
        doubled("Funding", "stage", URIRef(concept("stage", "executed"))),
        "阶段",
        "exactly one stage",
    ),
    "a source of another list": (
        given("Funding", "source", URIRef(concept("stage", "budget"))),
        "资金来源",
        "exactly one source",
    ),
    "a source that isn't known": (
        given("Funding", "source", URIRef(concept("source", "lottery"))),
        "lottery",
        "exactly one source",
    ),
    "a row of no form": (without("IndicatorRow", "ofForm"), "所属绩效表", "exactly one form"),
    "a row of no indicator": (without("IndicatorRow", "ofIndicator"), "所属指标", "exactly one indicator"),
    "a row without a name": (unnamed("IndicatorRow"), "名称", "exactly one printed name"),
    "a row with two targets": (doubled("IndicatorRow", "target", URIRef("urn:x")), "指标值", "one target at most"),
    "a tier that isn't known": (
        given("IndicatorRow", "tier1", URIRef(concept("tier1", "luck"))),
        "一级指标",
        "one tier 1 at most",
    ),
    "a weight with a comma": (given("IndicatorRow", "weight", number("1,0")), "分值", "must be one number"),
    "an indicator of no project": (without("ProjectIndicator", "ofProject"), "所属项目", "exactly one project"),
    "a canonical indicator without a label": (lone_canonical, "首选名称", "preferred label"),
    "a membership of nothing": (lone_membership, "项目指标", "exactly one member"),
    "a likelihood above 1": (proposed("likelihood", number("1.2")), "可能性", "from 0 to 1"),
    "a unit that is proposed to be itself": (proposed("thing", Literal("")), "另一方不同", "and another one"),
    "a reason that isn't known": (
        proposed("reason", URIRef(concept("identity_reason", "hearsay"))),
        "理由",
        "a reason of the scheme",
    ),
    "a value without an operator": (without("Value", "operator"), "指标性质", "exactly one operator"),
    "a value without its text": (without("Value", "originalText"), "原文", "exactly one printed text"),
    "a range without an end": (open_range, "上下限", "lower and an upper value"),
    "a range upside down": (given("Value", "upperValue", number("80"), "upperValue"), "不大于上限", "not above"),
    "a word with a number": (added("Value", "value", number("1")), "定性值不应有数字", "qualitative value no number"),
    "a day that is none": (added("Value", "date", Literal("9月底", datatype=XSD.date)), "最迟日期", "must be one day"),
    "a line of no table": (without("BudgetLine", "table"), "表种", "exactly one kind"),
    "a line without an amount": (without("BudgetLine", "amount"), "金额（元）", "exactly one amount in yuan"),
    "a depth of nought": (given("BudgetLine", "depth", Literal(0)), "科目层级", "from 1"),
    "a part of a description without a text": (
        without("DescriptionSection", "originalText"),
        "原文",
        "exactly one text",
    ),
    "a part of a description of no known kind": (
        given("DescriptionSection", "sectionKind", URIRef(concept("section", "poem"))),
        "部分的种类",
        "exactly one kind",
    ),
    "a fact of two wholes": (added("Fact", "partOfFact", URIRef("urn:x")), "所属总额", "one fact at most"),
    "a fact without its sentence": (without("Fact", "originalText"), "原文", "exactly one sentence"),
    "an issue without a code": (without("Issue", "issueCode"), "问题代码", "exactly one code"),
    "a confidence above 1": (given("Issue", "confidence", number("42")), "识别置信度", "from 0 to 1"),
    "a cell of no field": (without("Cell", "field"), "字段", "exactly one field"),
    "a page nought": (given("Cell", "page", Literal(0)), "页码", "from 1"),
    "a box of three numbers": (given("Cell", "box", Literal("1 2 3")), "位置框", "four numbers"),
    "a cell that goes on in a row": (given("Cell", "continuedIn", URIRef("urn:x")), "续于", "one cell at most"),
    "a decision of no kind": (given_type("CellCorrection", "Decision"), "四者之一", "exactly one of correction"),
    "a decision without a reason": (without("Decision", "why"), "决定理由", "exactly one reason"),
    "a correction of no field": (without("CellCorrection", "correctsField"), "字段", "exactly one field"),
    "a correction that says nothing": (without("CellCorrection", "newText"), "实际文字", "what stands there"),
    "a verdict that judges nothing": (without("IdentityVerdict", "judges"), "建议", "exactly one proposal"),
    "a verdict that decides nothing": (
        given("IdentityVerdict", "verdict", URIRef(concept("identity_status", "proposed"))),
        "确认或否定",
        "confirm or refuse",
    ),
    "a grouping of no name": (without("IndicatorGrouping", "groupsName"), "名称", "exactly one name"),
    "an undoing of nothing": (without("Undoing", "undoes"), "撤销", "exactly one decision"),
    "a property that isn't in the vocabulary": (
        added("Project", "colour", Literal("red")),
        "词汇表中没有",
        "no such term",
    ),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_graph_is_refused_with_a_readable_sentence(good: Graph, what: str) -> None:
    spoil, zh, en = BROKEN[what]
    graph = copy_of(good)
    node = spoil(graph)
    found = [one for one in find_violations(graph) if one.node == str(node) and one.severity == "error"]
    assert found, "not refused"
    assert any(zh in violation.zh and en in violation.en for violation in found), [(v.zh, v.en) for v in found]


def test_each_class_is_broken_by_one_case_at_least(good: Graph) -> None:
    """The cases above keep up with the vocabulary: a class that is added without a case fails here."""
    terms = Graph().parse(ROOT / "ontology" / "pikg.ttl")
    classes = {node for node in terms.subjects(RDF.type, OWL.Class) if str(node).startswith(PIKG)}
    broken = set()
    for spoil, _, _ in BROKEN.values():
        graph = copy_of(good)
        broken |= set(graph.objects(spoil(graph), RDF.type))
    assert classes - broken == {p("ProjectDescription")}  # it is a form like the others


def test_a_sentence_says_what_and_where(good: Graph) -> None:
    graph = copy_of(good)
    row = one(graph, "IndicatorRow", "weight")
    graph.set((row, p("weight"), number("一成")))
    (violation,) = find_violations(graph)
    place = "预算.pdf，第 3 页，第 1 张表，第 7 行，第 4 列"
    assert violation.zh == f"指标行“接听率”（{place}）的“权重/分值”：分值应为一个数；现为“一成”"
    place = "预算.pdf, page 3, table 1, row 7, column 4"
    assert violation.en == f"indicator row “接听率” ({place}), weight: a weight must be one number; it is “一成”"


def test_lacks_that_a_graph_can_live_with_are_warnings() -> None:
    bare = dataclasses.replace(GOOD.projects[0].indicators[1], absence=None, cells={})
    disclosure = dataclasses.replace(GOOD, projects=(dataclasses.replace(GOOD.projects[0], indicators=(bare,)),))
    found = find_violations(map_disclosure(disclosure, Namespace()))
    assert {one.severity for one in found} == {"warning"}
    assert any("reason for having none" in one.en for one in found)
    assert any("no cell tells where it was printed" in one.en for one in found)


@needs_shared
@pytest.mark.parametrize("path", sorted((SHARED / "gold").glob("*-*.json")), ids=lambda path: path.stem)
def test_gold_files_conform(path: Path) -> None:
    disclosure = from_json(json.loads(path.read_text("utf-8")))
    found = find_violations(map_disclosure(disclosure, Namespace()))
    assert [one.en for one in found if one.severity == "error"] == []


def test_the_prefix_of_borrowed_names_is_the_vocabularys() -> None:
    assert PREFIXES["schema"] == "https://schema.org/"
