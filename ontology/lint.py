"""A linter for what a domain person edits: the terms of pikg.ttl, the shapes, and every file of ontology/data.

`python -m ontology.lint` prints what is wrong, a line each, and ends with status 1 where anything is. The loaders stop
at the first mistake that would make the program wrong; this finds all that would make it worse: a label without its
other language, a definition that is missing, the same label twice in a list, a term that nothing defines.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from importlib.resources import files
from typing import Any

from rdflib import OWL, RDF, RDFS, BNode, Graph, Literal, URIRef
from rdflib.namespace import SH

from ontology import budget_classes, concepts, facts, identities, issues, labels, regions, targets, unit_costs, units
from ontology.namespaces import PIKG, PREFIXES
from ontology.vocabulary import DataError, data_files, fold_label, read_data

_DOMAIN_INCLUDES = URIRef(PREFIXES["schema"] + "domainIncludes")
_KINDS = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty)
_HAN = re.compile(r"[\u3400-\u9fff]")
_LATIN = re.compile(r"[A-Za-z]")

UNDEFINED = frozenset({"unit", "quantity_kind", "measure", "measure_kind"})
"""Schemes whose concepts need no definition: a unit or a measure is what it is called, and its printed forms stand
beside it."""

_LOADERS: Mapping[str, Callable[[], object]] = {
    "budget_classes": budget_classes.class_schemes,
    "concepts": concepts.concept_schemes,
    "facts": facts.fact_rules,
    "identities": identities.identity_rules,
    "issues": issues.issue_kinds,
    "columns": labels.columns,
    "regions": lambda: list(regions.all_regions()),
    "targets": targets.target_words,
    "unit_costs": unit_costs.unit_cost_rules,
    "units": units.unit_list,
}


def find_problems() -> list[str]:
    """Return what is wrong in the vocabulary and the data files, a sentence each; [] where all is well."""
    return [
        *_loading(),
        *find_term_problems(_graph("pikg.ttl")),
        *_shape_problems(),
        *_concept_problems(),
        *_data_problems(),
    ]


def _graph(name: str) -> Graph:
    return Graph().parse(data=(files("ontology") / name).read_text("utf-8"), format="turtle")


def _loading() -> Iterator[str]:
    for name, load in _LOADERS.items():
        try:
            load()
        except DataError as error:
            yield f"{name}: {error}"


# --- terms ------------------------------------------------------------------------------------------------------------
def find_term_problems(graph: Graph) -> list[str]:
    """Given the vocabulary's graph, return what is wrong with its terms."""
    found = [f"pikg.ttl: a blank node; give it an IRI: {node}" for triple in graph for node in triple if _blank(node)]
    terms = {node for kind in _KINDS for node in graph.subjects(RDF.type, kind) if str(node).startswith(PIKG)}
    for term in sorted(terms, key=str):
        found.extend(_one_term(graph, term))
    mentioned: set[Any] = {
        node for triple in graph for node in triple if isinstance(node, URIRef) and node.startswith(PIKG)
    }
    found += [
        f"pikg.ttl: {name} is mentioned and not defined"
        for name in sorted(map(_short, mentioned - set(graph.subjects(RDF.type))))
    ]
    for kind in ("Class", "property"):
        of_kind = [term for term in terms if ((term, RDF.type, OWL.Class) in graph) == (kind == "Class")]
        found += _repeated(graph, of_kind, kind)
    return found


def _one_term(graph: Graph, term: Any) -> Iterator[str]:
    is_class, name = (term, RDF.type, OWL.Class) in graph, _short(term)
    pattern = r"[A-Z][A-Za-z0-9]*" if is_class else r"[a-z][A-Za-z0-9]*"
    if not re.fullmatch(pattern, name):
        yield f"pikg.ttl: {name}: a class begins with a capital, a property with a small letter"
    for what, said in (("label", RDFS.label), ("comment", RDFS.comment)):
        texts = [text for text in graph.objects(term, said) if isinstance(text, Literal)]
        languages = sorted(text.language or "" for text in texts)
        if languages != ["en", "zh"]:
            yield f"pikg.ttl: {name} needs one {what} in zh and one in en, and has {languages}"
        for text in texts:
            yield from (f"pikg.ttl: {name}: {problem}" for problem in _text_problems(text.language or "", str(text)))
    if not is_class and (term, RDFS.range, None) not in graph:
        yield f"pikg.ttl: {name} has no rdfs:range"
    if not is_class and (term, _DOMAIN_INCLUDES, None) not in graph:
        yield f"pikg.ttl: {name} has no schema:domainIncludes"


def _repeated(graph: Graph, terms: list[Any], kind: str) -> Iterator[str]:
    seen: Counter[tuple[str, str]] = Counter()
    for term in terms:
        for text in graph.objects(term, RDFS.label):
            if isinstance(text, Literal):
                seen[text.language or "", str(text)] += 1
    for (language, label), count in seen.items():
        if count > 1:
            yield f"pikg.ttl: {count} terms ({kind}) have the {language} label {label!r}"


def _shape_problems() -> Iterator[str]:
    shapes, terms = _graph("shapes.ttl"), _graph("pikg.ttl")
    known = set(terms.subjects())
    for node in {*shapes.objects(None, SH.path), *shapes.objects(None, SH.targetClass)}:
        if str(node).startswith(PIKG) and node not in known:
            yield f"shapes.ttl: {_short(node)} is no term of pikg.ttl"
    for node in set(shapes.subjects(SH.message)):
        languages = sorted(
            text.language or "" for text in shapes.objects(node, SH.message) if isinstance(text, Literal)
        )
        if languages != ["en", "zh"]:
            yield f"shapes.ttl: a message needs zh and en: {[str(text) for text in shapes.objects(node, SH.message)]}"


def _blank(node: Any) -> bool:
    return isinstance(node, BNode)


def _short(node: Any) -> str:
    return str(node).removeprefix(PIKG)


# --- concepts and data ------------------------------------------------------------------------------------------------
def _concept_problems() -> Iterator[str]:
    known = {_short(node) for node in _graph("pikg.ttl").subjects(RDF.type, OWL.ObjectProperty)}
    try:
        schemes = concepts.concept_schemes()
    except DataError:
        return  # told already
    for scheme in schemes.values():
        if scheme.property_name is not None and scheme.property_name not in known:
            yield f"{concepts.FILE}: {scheme.name}: {scheme.property_name} is no object property of pikg.ttl"
        for language in ("zh", "en"):
            named = Counter(getattr(one.label, language) for one in scheme.concepts.values())
            for label, count in named.items():
                if count > 1:
                    yield f"{scheme.file}: {scheme.name}: {count} concepts have the {language} label {label!r}"
        for one in scheme.concepts.values():
            where = f"{scheme.file}: {scheme.name}.{one.notation}"
            if one.definition is None and scheme.name not in UNDEFINED:
                yield f"{where} has no definition; give it one in {concepts.FILE}"


def _data_problems() -> Iterator[str]:
    for name in sorted(data_files()):
        if name.endswith((".yaml", ".yml")):
            try:
                data = read_data(name)
            except DataError as error:
                yield str(error)
                continue
            yield from find_data_problems(name, data)


def find_data_problems(name: str, data: Any, where: str = "") -> Iterator[str]:
    """Given a data file's name and content, yield what is wrong with its texts: one language without the other, an
    empty or untidy text, the same label twice in a list."""
    if isinstance(data, dict):
        if ("zh" in data) != ("en" in data) and not where.endswith(".languages"):
            yield f"{name}: {where or 'the file'} has {'zh' if 'zh' in data else 'en'} and not the other language"
        for language in ("zh", "en"):
            text = data.get(language)
            if isinstance(text, str):
                yield from (f"{name}: {where}: {problem}" for problem in _text_problems(language, text))
        for key, value in data.items():
            yield from find_data_problems(name, value, f"{where}.{key}" if where else str(key))
    elif isinstance(data, list):
        compared = fold_label if where.endswith("labels") else str  # other lists are compared to the letter
        same = Counter(compared(entry) or entry for entry in data if isinstance(entry, str))
        for text, count in same.items():
            if count > 1:
                yield f"{name}: {where}: {text!r} stands {count} times in the list, as it is compared"
        for number, value in enumerate(data, 1):
            yield from find_data_problems(name, value, f"{where}[{number}]")


def _text_problems(language: str, text: str) -> Iterator[str]:
    if not text.strip():
        yield f"the {language} text is empty"
    elif text != text.strip() or "  " in text:
        yield f"the {language} text {text!r} has white space to spare"
    elif language == "en" and not _LATIN.search(text) and _HAN.search(text):
        yield f"the en text {text!r} is Chinese"
    elif language == "zh" and _LATIN.search(text) and " " in text and not _HAN.search(text):
        yield f"the zh text {text!r} is English"


def main() -> int:
    """Print what is wrong; return 1 where anything is."""
    problems = find_problems()
    for problem in problems:
        sys.stdout.write(problem + "\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
