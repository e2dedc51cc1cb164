"""The reference page of the vocabulary, made from the vocabulary: terms, a diagram, schemes of concepts, an example.

Given a Turtle example (made by graph, which this package doesn't know), `render_reference` returns docs/ontology.md.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

from rdflib import OWL, RDF, RDFS, SKOS, Graph, Literal, URIRef

from ontology import budget_classes, concepts, lint, regions
from ontology.namespaces import CONCEPT, DEFAULT_BASE, PIKG, PREFIXES
from ontology.units import unit_list

_DOMAIN_INCLUDES = URIRef(PREFIXES["schema"] + "domainIncludes")
_LONG = 60
"""Schemes with more concepts than this are told by their number alone."""

_PREAMBLE = f"""# The vocabulary 词汇表

Made from `ontology/pikg.ttl`, `ontology/shapes.ttl` and `ontology/data/` by `python docs/generate.py`; don't edit it by
hand.

The vocabulary's namespace is `{PIKG}` (prefix `pikg:`); concepts are `{CONCEPT}<scheme>/<notation>`. Both
never change. Instances live under a workspace's base IRI (by default `{DEFAULT_BASE}`); which printed fields make
which IRI is ruled in `ontology/keys.py`. There are no blank nodes. Printed texts are plain literals; labels of the
vocabulary are in zh and en.

- A number is kept twice: `pikg:originalText` is what was printed ("3.70"), the decimal is what can be added (`37000`).
- Whatever was printed leads to its `pikg:Cell` by `pikg:printedIn`, and from there to page, table, row, column and box.
- A form that another edition or rendition prints again is `pikg:supersededBy` that one; count and sum only forms that
  are not.
- To change a label, a unit, a tier's wording or a concept, edit a file of `ontology/data/` and run
  `python -m ontology.lint`.
"""


def render_reference(example: str) -> str:
    """Given an example in Turtle, return the page as Markdown."""
    graph = Graph().parse(data=(files("ontology") / "pikg.ttl").read_text("utf-8"), format="turtle")
    parts = [
        _PREAMBLE,
        "\n## How the classes hang together 类与类的关系\n\n",
        *_diagram(graph),
        "\n## Classes 类\n\n",
        *_classes(graph),
        "\n## Properties 属性\n\nA property with a scheme has that scheme's concepts as its values.\n",
        *_properties(graph),
        "\n## Schemes of concepts 概念表\n",
        *_schemes(),
        "\n## Budget classes 预算科目\n",
        *_budget_classes(),
        "\n## Regions 地区\n\n",
        _regions(),
        "\n## Shapes 约束\n\n",
        "`ontology/shapes.ttl` says in SHACL Core what a node of each class must and may have; "
        "`graph.shapes.find_violations` runs it over a document's graph and tells what is wrong, and where it was "
        "printed.\n",
        "\n## Example 示例\n\nOne row of a form with its target, as the graph of its document holds it:\n\n```turtle\n",
        example.strip() + "\n",
        "```\n",
    ]
    return "".join(parts)


def _terms(graph: Graph, *kinds: Any) -> list[URIRef]:
    found = {node for kind in kinds for node in graph.subjects(RDF.type, kind) if isinstance(node, URIRef)}
    return sorted((node for node in found if node.startswith(PIKG)), key=str)


def _short(node: Any) -> str:
    """An IRI with its prefix."""
    text = str(node)
    if text.startswith(PIKG):
        return text.removeprefix(PIKG)
    for prefix, iri in PREFIXES.items():
        if text.startswith(iri):
            return f"{prefix}:{text.removeprefix(iri)}"
    return text


def _said(graph: Graph, node: Any, what: URIRef, language: str) -> str:
    found = [str(o) for o in graph.objects(node, what) if isinstance(o, Literal) and o.language == language]
    return found[0] if found else ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _diagram(graph: Graph) -> Iterator[str]:
    """Classes as boxes, the object properties between them as arrows (mermaid)."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for node in _terms(graph, OWL.ObjectProperty):
        target = graph.value(node, RDFS.range)
        for source in sorted(graph.objects(node, _DOMAIN_INCLUDES), key=str):
            if target is not None and str(target).startswith(PIKG):
                arrows.setdefault((_short(source), _short(target)), []).append(_short(node))
    yield "```mermaid\nflowchart LR\n"
    for kind in sorted({name for pair in arrows for name in pair}):
        yield f'  {kind}["{kind}<br/>{_said(graph, URIRef(PIKG + kind), RDFS.label, "zh")}"]\n'
    for (tail, head), names in sorted(arrows.items()):
        yield f"  {tail} -->|{', '.join(names)}| {head}\n"
    yield "```\n"


def _classes(graph: Graph) -> Iterator[str]:
    yield "| Class | 中文 | What it is | Is a |\n|---|---|---|---|\n"
    for node in _terms(graph, OWL.Class):
        above = ", ".join(f"`{_short(o)}`" for o in sorted(graph.objects(node, RDFS.subClassOf), key=str))
        yield (
            f"| `{_short(node)}` | {_cell(_said(graph, node, RDFS.label, 'zh'))} | {_cell(_definition(graph, node))} "
            f"| {above} |\n"
        )


def _definition(graph: Graph, node: Any) -> str:
    return f"{_said(graph, node, RDFS.comment, 'en')} {_said(graph, node, RDFS.comment, 'zh')}"


def _properties(graph: Graph) -> Iterator[str]:
    by_property = {s.property_name: s.name for s in concepts.concept_schemes().values() if s.property_name}
    for kind in [*_terms(graph, OWL.Class), SKOS.Concept]:
        having = [
            node
            for node in _terms(graph, OWL.ObjectProperty, OWL.DatatypeProperty)
            if (node, _DOMAIN_INCLUDES, kind) in graph
        ]
        if not having:
            continue
        name = "概念" if kind == SKOS.Concept else _said(graph, kind, RDFS.label, "zh")
        yield f"\n### Of `{_short(kind)}` {name}\n\n"
        yield "| Property | 中文 | What it says | Value |\n|---|---|---|---|\n"
        for node in having:
            scheme = by_property.get(_short(node))
            value = f"[{scheme}](#{scheme})" if scheme else f"`{_short(graph.value(node, RDFS.range))}`"
            yield (
                f"| `{_short(node)}` | {_cell(_said(graph, node, RDFS.label, 'zh'))} "
                f"| {_cell(_definition(graph, node))} | {value} |\n"
            )


def _schemes() -> Iterator[str]:
    for scheme in concepts.concept_schemes().values():
        yield f"\n### {scheme.name}\n\n**{scheme.label.zh}** {scheme.label.en}. "
        yield f"{scheme.definition.zh} {scheme.definition.en}\n"
        if scheme.file != concepts.FILE:
            yield f"\nLabels: `ontology/data/{scheme.file}`.\n"
        if not scheme.concepts:
            continue
        if len(scheme.concepts) > _LONG:
            yield f"\n{len(scheme.concepts)} concepts.\n"
            continue
        defined = scheme.name not in lint.UNDEFINED
        yield "\n| Notation | 中文 | English |" + (
            " Definition |\n|---|---|---|---|\n" if defined else "\n|---|---|---|\n"
        )
        for one in scheme.concepts.values():
            said = f" {_cell(one.definition.zh)} {_cell(one.definition.en)} |" if defined and one.definition else ""
            yield f"| `{one.notation}` | {_cell(one.label.zh)} | {_cell(one.label.en)} |{said}\n"
        yield from _members(scheme)
        yield from _links(scheme)
    yield _units()


def _members(scheme: concepts.Scheme) -> Iterator[str]:
    if not scheme.collections:
        return
    yield "\nMembers:\n\n"
    for one in scheme.concepts.values():
        held = [target.removeprefix(CONCEPT) for name, target in one.links if name.endswith("#member")]
        yield f"- `{one.notation}`: {', '.join(f'`{name}`' for name in held) or 'none listed'}\n"


def _links(scheme: concepts.Scheme) -> Iterator[str]:
    told = [
        f"- `{one.notation}` {_short(name)} `{target.removeprefix(CONCEPT)}`\n"
        for one in scheme.concepts.values()
        for name, target in one.links
        if name.endswith(("Match", "broader")) and target.startswith(CONCEPT)
    ]
    if told:
        yield "\n" + "".join(told)


def _units() -> str:
    every = unit_list().units.values()
    with_qudt = sum(1 for unit in every if unit.qudt)
    kinds = Counter(unit.kind for unit in every)
    counted = "，".join(
        f"{kind.zh} {kinds[notation]}" for notation, kind in unit_list().kinds.items() if kinds[notation]
    )
    return f"\nOf the units, {with_qudt} have a unit of QUDT as `skos:exactMatch`. By kind: {counted}.\n"


def _budget_classes() -> Iterator[str]:
    yield (
        "\nA `pikg:BudgetLine` leads by `pikg:budgetClass` to the class of its code (`ontology/data/budget_classes.yaml`); "
        "the lines of all documents are one data set of RDF Data Cube, whose structure is `BudgetLineStructure`. A "
        "code that is not listed makes a concept with the same IRI from what is printed, in the document's own graph.\n"
    )
    for scheme in budget_classes.class_schemes().values():
        yield f"\n### {scheme.name}\n\n**{scheme.zh}** {scheme.en}. {scheme.definition[0]} {scheme.definition[1]}\n"
        tops = [one for one in scheme.classes.values() if one.broader is None]
        yield f"\nFrom {scheme.since}; {len(scheme.classes)} classes, of them {len(tops)} of the first level:\n"
        yield "\n| Code | 中文 | English | Earlier names |\n|---|---|---|---|\n"
        for one in tops:
            yield f"| `{one.code}` | {_cell(one.zh)} | {_cell(one.en or '')} | {_cell('；'.join(one.earlier))} |\n"


def _regions() -> str:
    levels = Counter(region.level for region in regions.all_regions() if region.successor is None)
    gone = sum(1 for region in regions.all_regions() if region.successor is not None)
    return (
        f"`ontology/data/regions.tsv` has the regions of GB/T 2260: {levels['province']} provinces, "
        f"{levels['prefecture']} prefectures and cities, {levels['county']} counties and districts, and {gone} that "
        "are no more, with their successors. 中央 has the code 100000. A region lies in its city and province by "
        "`pikg:withinRegion`.\n"
    )
