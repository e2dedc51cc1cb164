"""The shapes of the graph (ontology/shapes.ttl, SHACL Core) run over triples, and what they find told to a reader.

Given the triples of one document, `find_violations` returns what breaks a shape, or uses a term that the vocabulary
doesn't have, with the place in the document where it can be told. pySHACL evaluates in Python: run it over a document's
graph, not over a store.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from pyshacl import validate
from rdflib import RDF, RDFS, Graph, Literal, URIRef
from rdflib.namespace import SH, SKOS
from rdflib.term import Node

from graph.mapping import map_vocabulary
from graph.store import Triple
from ontology.namespaces import PIKG, PREFIXES
from ontology.records import Severity

_SEVERITIES: dict[Node, Severity] = {SH.Violation: "error", SH.Warning: "warning", SH.Info: "info"}
_SCHEMA_NAME = URIRef(PREFIXES["schema"] + "name")
_IN_DOCUMENT = re.compile(r"/document/[0-9a-f]{64}/(.+)$")
_PLACES = (
    ("page", "第 {} 页", "page {}"),
    ("sheet", "工作表“{}”", "sheet “{}”"),
    ("tableNumber", "第 {} 张表", "table {}"),
    ("rowNumber", "第 {} 行", "row {}"),
    ("columnNumber", "第 {} 列", "column {}"),
)
_BORROWED: dict[Node, dict[str, str]] = {
    RDFS.label: {"zh": "名称", "en": "name"},
    SKOS.prefLabel: {"zh": "名称", "en": "name"},
    _SCHEMA_NAME: {"zh": "文件名", "en": "file name"},
}
"""What the properties of other vocabularies are called here."""


@dataclass(frozen=True, slots=True)
class Violation:
    """What is wrong with a node: the property it is about (None for the node as a whole), the value that is wrong
    (None where one is missing), and the sentence in both languages."""

    node: str
    path: str | None
    value: str | None
    severity: Severity
    zh: str
    en: str


def find_violations(triples: Iterable[Triple]) -> list[Violation]:
    """Given the triples of a document's graph, return what is wrong with them, the gravest first; [] where all is well.

    What `severity` is "warning" is a lack that the graph can live with (no place, no reason for a blank).
    """
    data = Graph()
    for triple in triples:
        data.add(triple)
    found = {*_unknown_terms(data), *_broken_shapes(data)}  # two constraints of a property tell the same sentence
    grave = list(_SEVERITIES.values())
    return sorted(found, key=lambda one: (grave.index(one.severity), one.node, one.path or "", one.value or "", one.en))


def _broken_shapes(data: Graph) -> Iterator[Violation]:
    checked = Graph()
    for triple in data:
        checked.add(triple)
    for triple in _concept_types():
        checked.add(triple)
    _, results, _ = validate(checked, shacl_graph=_shapes(), inference="none", advanced=False, allow_warnings=True)
    if not isinstance(results, Graph):
        raise TypeError(f"pySHACL could not run the shapes: {results}")
    teller = _Teller(data)
    for result in set(results.objects(None, SH.result)):
        node, path, value = (results.value(result, name) for name in (SH.focusNode, SH.resultPath, SH.value))
        severity = _SEVERITIES[results.value(result, SH.resultSeverity) or SH.Violation]
        messages = {m.language: str(m) for m in results.objects(result, SH.resultMessage) if isinstance(m, Literal)}
        if node is None:
            continue  # the standard gives every result its focus node
        path = path if isinstance(path, URIRef) else None
        shown = None if value is None or value == node else str(value)
        yield Violation(
            str(node),
            None if path is None else str(path),
            shown,
            severity,
            teller.tell("zh", node, path, shown, messages.get("zh", "")),
            teller.tell("en", node, path, shown, messages.get("en", "")),
        )


def _unknown_terms(data: Graph) -> Iterator[Violation]:
    """Terms of the vocabulary's namespace that it doesn't have: a typing mistake makes a fact that no query finds."""
    known, teller = _labels(), _Teller(data)
    used = {(s, p) for s, p, _ in data} | {(s, o) for s, o in data.subject_objects(RDF.type)}
    for node, term in used:
        if isinstance(term, URIRef) and term.startswith(PIKG) and term not in known:
            yield Violation(
                str(node),
                str(term),
                None,
                "error",
                teller.tell("zh", node, None, str(term), "词汇表中没有这个词"),
                teller.tell("en", node, None, str(term), "the vocabulary has no such term"),
            )


class _Teller:
    """Says of a node what it is and where it was printed."""

    def __init__(self, data: Graph) -> None:
        self.data = data

    def tell(self, language: str, node: Node, path: URIRef | None, value: str | None, message: str) -> str:
        """Given what is wrong, return the sentence: what, where, which property, what is right, what is there."""
        about, place = self._name(language, node), self._place(language, node)
        label = _labels().get(path, {}).get(language, str(path)) if path is not None else None
        if language == "zh":
            where, which = f"（{place}）" if place else "", f"的“{label}”" if label else ""
            return f"{about}{where}{which}：{message}" + (f"；现为“{value}”" if value else "")
        where, which = f" ({place})" if place else "", f", {label}" if label else ""
        return f"{about}{where}{which}: {message}" + (f"; it is “{value}”" if value else "")

    def _name(self, language: str, node: Node) -> str:
        kinds = sorted(str(kind) for kind in self.data.objects(node, RDF.type) if kind in _labels())
        kind = _labels()[URIRef(kinds[-1])][language] if kinds else ""  # of Form and TargetForm the latter
        label = self.data.value(node, RDFS.label) or self.data.value(node, _SCHEMA_NAME)
        # A node of a document without a name of its own is told by its place in it: form/1/funding/2.
        inside = _IN_DOCUMENT.search(str(node))
        name = f"“{label}”" if label is not None else inside[1] if inside else f"<{node}>"
        return f"{kind}{'' if language == 'zh' or not kind else ' '}{name}"

    def _place(self, language: str, node: Node) -> str:
        told: list[str] = []
        owner: Node | None = node
        for step in (None, "ofForm"):
            owner = owner if step is None or owner is None else self.data.value(owner, URIRef(PIKG + step))
            document = self.data.value(owner, URIRef(PIKG + "inDocument")) if owner is not None else None
            if document is not None:
                told.append(str(self.data.value(document, _SCHEMA_NAME) or document))
                break
        for name, zh, en in _PLACES:
            value = self.data.value(node, URIRef(PIKG + name))
            if value is not None:
                told.append((zh if language == "zh" else en).format(value))
        return ("，" if language == "zh" else ", ").join(told)


@cache
def _shapes() -> Graph:
    return Graph().parse(data=(files("ontology") / "shapes.ttl").read_text("utf-8"), format="turtle")


@cache
def _vocabulary() -> tuple[Triple, ...]:
    return tuple(map_vocabulary())


@cache
def _concept_types() -> tuple[Triple, ...]:
    """That concepts are concepts: all that the shapes ask of the vocabulary."""
    return tuple(triple for triple in _vocabulary() if triple[1] == RDF.type and triple[2] == SKOS.Concept)


@cache
def _labels() -> dict[Node, dict[str, str]]:
    """The terms of the vocabulary, and those of others that the shapes speak of, with their labels by language."""
    found: dict[Node, dict[str, str]] = {**_BORROWED}
    for subject, predicate, label in _vocabulary():
        if predicate == RDFS.label and str(subject).startswith(PIKG) and isinstance(label, Literal):
            found.setdefault(subject, {})[label.language or ""] = str(label)
    return found
