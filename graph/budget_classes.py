"""Budget lines and the classes that they are coded by: the concept of a line, and concepts made from what is printed.

Given a budget line, `class_iri` returns the concept of its code, or of its name where it prints none; `map_printed_class`
the triples of a class that the ontology's list doesn't have, for the graph of the document that prints it. The IRI is the
one that the class will have once it is listed: nothing that links to it need change.
"""

from __future__ import annotations

from collections.abc import Iterator

from rdflib import RDF, RDFS, SKOS
from rdflib.term import URIRef

from graph.store import Triple
from graph.terms import iri, text_literal
from ontology.budget_classes import LEVELS, class_named, class_of, class_path, scheme_of
from ontology.finance import bare_label
from ontology.namespaces import CONCEPT, concept
from ontology.records import BudgetLine


def class_iri(line: BudgetLine) -> URIRef | None:
    """Given a budget line, return the concept of its class; None where it prints neither a code of a classification nor
    the name of a class of the first level."""
    if line.code is None:
        known = class_named(line.scheme or "", bare_label(line.name))
        return iri(known.iri) if known is not None else None
    scheme = _scheme(line, line.code)
    return iri(concept(scheme, line.code)) if scheme is not None else None


def _scheme(line: BudgetLine, code: str) -> str | None:
    """The classification that a code belongs to: the line's own, or, in a table of projects or incomes, its figure's."""
    by_figure = scheme_of(code) if code.isdigit() else None
    return by_figure if line.scheme not in LEVELS or line.scheme == by_figure else None


def map_printed_class(line: BudgetLine) -> Iterator[Triple]:
    """Given a budget line whose code the list doesn't have, return the triples of its class and of what that lies under,
    as far as the list doesn't have them either; nothing for any other line."""
    scheme = _scheme(line, line.code) if line.code is not None else None
    if scheme is None or line.code is None:
        return
    path = class_path(scheme, line.code)
    for code, above in zip(path, [*path[1:], None], strict=True):
        if class_of(scheme, code) is not None:
            return
        node = iri(concept(scheme, code))
        yield node, RDF.type, SKOS.Concept
        yield node, SKOS.inScheme, iri(CONCEPT + scheme)
        yield node, SKOS.notation, text_literal(code)
        if (
            code == line.code and line.scheme == scheme
        ):  # a line of a project prints the project's name, not the class's
            yield node, RDFS.label, text_literal(line.name)
        if above is not None:
            yield node, SKOS.broader, iri(concept(scheme, above))
