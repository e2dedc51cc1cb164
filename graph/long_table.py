"""The long table of indicators as CSV text, fast: the rows of the named query `indicators`, read from a store in a folder.

That query takes some 0.35 ms of the processor for a row (Oxigraph 0.5.13, five million triples), half of it for what all
rows of a form share. Here this is asked once a form, and what only a row has in a second query: 0.16 ms. Oxigraph lets go
of Python's lock while it evaluates and writes an answer, so two threads ask at once; what it writes (SPARQL's TSV)
becomes cells without a term being made of each. A test holds the rows to those of the named query.
"""

from __future__ import annotations

import csv
import io
import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Protocol, runtime_checkable

from rdflib.term import Node, URIRef

from graph.cells import csv_cell
from graph.embedded import make_literal
from graph.parts import split
from ontology.namespaces import PREFIXES

_DOCUMENTS_AT_ONCE = 10
"""Fewer than elsewhere: it takes no longer, and 20 MB less."""

_THREADS = 2
_AHEAD = 2
"""Parts that are asked for before they are wanted."""

_XSD = PREFIXES["xsd"]

_FORMS = """
SELECT DISTINCT ?regionName ?regionCode ?publisherName ?departmentName ?unitName ?year ?documentKind ?projectName
       ?projectCode ?scope ?kind ?budget ?file ?sha256 ?project ?form ?document
WHERE {
  VALUES ?document { THINGS }
  ?form pikg:inDocument ?document ; pikg:ofProject ?project ; rdfs:label ?projectName ; a ?kind .
  FILTER(?kind != pikg:Form)
  MINUS { ?form pikg:supersededBy ?newer }
  OPTIONAL { ?form pikg:fiscalYear ?year }
  OPTIONAL { ?form pikg:order ?formOrder }
  OPTIONAL { ?form pikg:scope ?scope }
  OPTIONAL { ?form pikg:departmentText ?departmentName }
  OPTIONAL { ?form pikg:implementingUnitText ?unitName }
  OPTIONAL { ?form pikg:code ?projectCode }
  OPTIONAL { ?document pikg:regionText ?regionName }
  OPTIONAL { ?document pikg:publisherText ?publisherName }
  OPTIONAL { ?document pikg:kind ?documentKind }
  OPTIONAL { ?document schema:name ?file }
  OPTIONAL { ?document pikg:sha256 ?sha256 }
  OPTIONAL { ?document pikg:region ?region OPTIONAL { ?region pikg:code ?regionCode } }
  OPTIONAL {
    SELECT ?form (MAX(?budgetAmount) AS ?budget) WHERE {
      VALUES ?document { THINGS }
      ?form pikg:inDocument ?document .
      ?budgetEntry pikg:ofForm ?form ; pikg:amount ?budgetAmount ;
        pikg:stage <https://w3id.org/pikg/concept/stage/budget> ;
        pikg:source <https://w3id.org/pikg/concept/source/total> .
    }
    GROUP BY ?form
  }
}
ORDER BY ?regionName ?publisherName ?year ?document ?formOrder
"""

_OF_ROW = {
    "tier3": "rdfs:label", "order": "pikg:order", "tier1": "pikg:tier1Text", "tier2": "pikg:tier2Text",
    "absence": "pikg:absence", "weight": "pikg:weight", "score": "pikg:score", "direction": "pikg:direction",
    "explanation": "pikg:explanation", "deviation": "pikg:deviation", "note": "pikg:note", "page": "pikg:page",
    "sheet": "pikg:sheet", "tableNumber": "pikg:tableNumber", "rowNumber": "pikg:rowNumber",
}  # fmt: skip
_OF_TARGET = {
    "target": "pikg:originalText", "operator": "pikg:operator", "number": "pikg:value", "upperValue": "pikg:upperValue",
    "unitText": "pikg:unitText", "baseValue": "pikg:baseValue", "baseUpper": "pikg:baseUpper",
    "baseUnit": "pikg:baseUnit", "date": "pikg:date",
}  # fmt: skip
_OF_ACTUAL = {"actual": "pikg:originalText", "actualNumber": "pikg:baseValue", "actualUnit": "pikg:baseUnit"}
"""Columns and the properties that they hold: of a row, of its target, of its actual value."""


def _picked(columns: Mapping[str, str], predicate: str, value: str) -> str:
    return " ".join(
        f"(SAMPLE(IF(sameTerm(?{predicate}, {name}), ?{value}, ?nothing)) AS ?{column})"
        for column, name in columns.items()
    )


# All statements of a row are read at once and told apart, in half the time of an OPTIONAL for each. Each of these
# properties has one value at most (the shapes say so), which SAMPLE picks.
_ROWS = f"""
SELECT ?form ?row {_picked(_OF_ROW, "p", "o")} {_picked(_OF_TARGET, "tp", "to")} {_picked(_OF_ACTUAL, "ap", "ao")}
WHERE {{
  VALUES ?form {{ THINGS }}
  ?row pikg:ofForm ?form ; pikg:ofIndicator ?indicator .
  {{ ?row ?p ?o }}
  UNION {{ ?row pikg:target ?target_value . ?target_value ?tp ?to }}
  UNION {{ ?row pikg:actual ?actual_value . ?actual_value ?ap ?ao }}
}}
GROUP BY ?form ?row
ORDER BY ?order
"""


# Few cells of a store are corrected: they are asked for once.
_CORRECTED = """
SELECT ?row (GROUP_CONCAT(DISTINCT CONCAT(?field, "：", COALESCE(?read, "")); SEPARATOR="；") AS ?corrected) WHERE {
  ?cell pikg:correctedBy ?decision ; pikg:field ?field .
  ?row pikg:printedIn ?cell ; pikg:ofIndicator ?indicator .
  OPTIONAL { ?cell pikg:originalText ?read }
}
GROUP BY ?row
"""


@runtime_checkable
class TabbedStore(Protocol):
    """A store that writes the rows of an answer itself."""

    def tabbed(self, sparql: str) -> bytes:
        """The rows of a SELECT as SPARQL 1.1 TSV."""
        ...


def write_long_table(store: TabbedStore, documents: Sequence[Node], columns: Sequence[str]) -> Iterator[str]:
    """Given a store, IRIs of documents and the columns wanted (variables of the named query `indicators`), yield the
    rows of the long table as CSV text, a few documents at a time; memory stays flat."""
    parts = deque(split(documents, _DOCUMENTS_AT_ONCE))
    corrected = {row: _cell(text, {}) for row, text in _ask(store, _CORRECTED, ())[1]}
    asked: deque[Future[str]] = deque()
    pool = ThreadPoolExecutor(_THREADS)
    try:
        while parts or asked:
            while parts and len(asked) < _AHEAD:
                asked.append(pool.submit(_write_part, store, parts.popleft(), columns, corrected))
            yield asked.popleft().result()
    finally:  # also where the reader stops in the midst of it
        pool.shutdown(cancel_futures=True)


def _write_part(
    store: TabbedStore, documents: Iterable[Node], columns: Sequence[str], corrected: Mapping[str, str]
) -> str:
    cells: dict[str, str] = {"": ""}
    form_names, forms = _ask(store, _FORMS, documents)
    named = form_names.index("form")
    # An IRI stands in TSV as it does in SPARQL; a form may have several rows here, as any answer may.
    row_names, rows = _ask(store, _ROWS, dict.fromkeys(form[named] for form in forms))
    of_form: dict[str, list[list[str]]] = {}
    for row in rows:
        found = corrected.get(row[1], "")
        of_form.setdefault(row[0], []).append([*(_cell(term, cells) for term in row), found])
    names = [*form_names, *row_names, "corrected"]
    places = [len(names) - 1 - names[::-1].index(column) for column in columns]
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    for form in forms:
        shared = [_cell(term, cells) for term in form]
        for row in of_form.get(form[named], ()):
            whole = shared + row
            writer.writerow([whole[place] for place in places])
    return out.getvalue()


def _ask(store: TabbedStore, query: str, things: Iterable[Node | str]) -> tuple[list[str], list[list[str]]]:
    """The variables and the rows of a query, each term as SPARQL's TSV has it."""
    listed = " ".join(thing.n3() if isinstance(thing, URIRef) else str(thing) for thing in things)
    head, *lines = store.tabbed(query.replace("THINGS", listed)).decode("utf-8").split("\n")
    return [name.removeprefix("?") for name in head.split("\t")], [line.split("\t") for line in lines if line]


_ESCAPE = re.compile(r"\\(.)")
_ESCAPES = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f"}


def _cell(term: str, known: dict[str, str]) -> str:
    found = known.get(term)
    if found is None:
        found = known[term] = csv_cell(_read_term(term))
    return found


def _read_term(term: str) -> Node:
    """Given a term as SPARQL's TSV has it, return it."""
    if term.startswith("<"):
        return str.__new__(URIRef, term[1:-1])  # what is stored is valid
    if not term.startswith('"'):
        return make_literal(term, _XSD + ("boolean" if term in ("true", "false") else "decimal"), None)
    text, _, kind = term[1:].rpartition('"')
    if "\\" in text:
        text = _ESCAPE.sub(lambda match: _ESCAPES.get(match[1], match[1]), text)
    datatype = kind[3:-1] if kind.startswith("^^") else _XSD + "string"
    return make_literal(text, datatype, kind[1:] if kind.startswith("@") else None)
