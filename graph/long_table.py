"""The long table of indicators as CSV text, fast: the rows of the named query `indicators`, read from a store in a folder.

That query takes some 0.35 ms of the processor for a row (Oxigraph 0.5.13, five million triples), most of it for joins.
All that it tells of a document stands in the document's graph, but for superseded forms, codes of regions and what people
corrected, which are few and asked for once. So each document's graph is read in one pass, without a join: the
statements of the properties that the table needs, which are put together here. What belongs together is known by the
IRIs that mapping gives (`…/form/1/row/2/target`), and so is its order. Oxigraph lets go of Python's lock while it
reads and writes an answer, so one thread asks ahead while another puts together; not two, for each would keep memory of
its own for Oxigraph. What Oxigraph writes (SPARQL's TSV) becomes cells without a term being made of each. A test holds
the rows to those of the named query.
"""

from __future__ import annotations

import csv
import io
import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from decimal import Decimal
from typing import NamedTuple, Protocol, runtime_checkable

from rdflib.term import Literal, Node, URIRef

from graph.cells import csv_cell
from graph.embedded import make_literal
from graph.parts import split
from ontology.namespaces import PREFIXES, concept

_DOCUMENTS_AT_ONCE = 10
_AHEAD = 3
"""Parts that are asked for before they are wanted."""

_XSD = PREFIXES["xsd"]

# Of Oxigraph's nine orders of statements as few are used as can be: of each that is, an index is held in memory.
_DOCUMENTS = """
SELECT ?graph ?document ?region ?publisher ?year WHERE {
  GRAPH ?graph { ?document pikg:sha256 ?sha256 }
  ?document a pikg:Document .
  OPTIONAL { ?document pikg:fiscalYear ?year }
  OPTIONAL { ?document pikg:publisherText ?publisher }
  OPTIONAL { ?document pikg:regionText ?region }
}
"""
_KINDS = ("pikg:TargetForm", "pikg:SelfEvaluation", "pikg:ProjectDescription")
_SUPERSEDED = "SELECT ?form WHERE { ?form pikg:supersededBy ?newer ; a pikg:Form }"
_REGION_CODES = "SELECT ?region ?code WHERE { ?region a pikg:Region ; pikg:code ?code }"
_CORRECTED = """
SELECT ?row (GROUP_CONCAT(DISTINCT CONCAT(?field, "：", COALESCE(?read, "")); SEPARATOR="；") AS ?corrected) WHERE {
  ?cell pikg:correctedBy ?decision ; pikg:field ?field .
  ?row pikg:printedIn ?cell ; pikg:ofIndicator ?indicator .
  OPTIONAL { ?cell pikg:originalText ?read }
}
GROUP BY ?row
"""

_OF_DOCUMENT = {
    "regionName": "pikg:regionText", "publisherName": "pikg:publisherText", "documentKind": "pikg:kind",
    "file": "schema:name", "sha256": "pikg:sha256", "region": "pikg:region",
}  # fmt: skip
_OF_FORM = {
    "projectName": "rdfs:label", "scope": "pikg:scope", "departmentName": "pikg:departmentText",
    "unitName": "pikg:implementingUnitText", "projectCode": "pikg:code", "project": "pikg:ofProject",
    "year": "pikg:fiscalYear", "kind": "rdf:type",
}  # fmt: skip
_OF_ROW = {
    "tier3": "rdfs:label", "tier1": "pikg:tier1Text", "tier2": "pikg:tier2Text", "absence": "pikg:absence",
    "weight": "pikg:weight", "score": "pikg:score", "direction": "pikg:direction", "explanation": "pikg:explanation",
    "deviation": "pikg:deviation", "note": "pikg:note", "page": "pikg:page", "sheet": "pikg:sheet",
    "tableNumber": "pikg:tableNumber", "rowNumber": "pikg:rowNumber",
}  # fmt: skip
_OF_TARGET = {
    "target": "pikg:originalText", "operator": "pikg:operator", "number": "pikg:value", "upperValue": "pikg:upperValue",
    "unitText": "pikg:unitText", "baseValue": "pikg:baseValue", "baseUpper": "pikg:baseUpper",
    "baseUnit": "pikg:baseUnit", "date": "pikg:date",
}  # fmt: skip
_OF_FUNDING = {"amount": "pikg:amount", "stage": "pikg:stage", "source": "pikg:source"}
_BUDGET = tuple(f"<{concept(scheme, name)}>" for scheme, name in (("stage", "budget"), ("source", "total")))
_OF_ACTUAL = {"actual": "pikg:originalText", "actualNumber": "pikg:baseValue", "actualUnit": "pikg:baseUnit"}
"""Columns and the properties that they hold: of a document, a form, a row, its target, its actual value; what tells
the budget."""

_PROPERTIES = list(
    dict.fromkeys(p for of in (_OF_DOCUMENT, _OF_FORM, _OF_ROW, _OF_TARGET, _OF_FUNDING) for p in of.values())
)

# Numbers stand for the properties: reading a number takes nothing, an IRI a microsecond or two, as long as all the rest
# of a statement. Of classes only those of forms are read.
_STATEMENTS = f"""
SELECT ?subject ?property ?value WHERE {{
  {{
    VALUES (?predicate ?property) {{
      {" ".join(f"({name} {number})" for number, name in enumerate(_PROPERTIES) if name != "rdf:type")}
    }}
    GRAPH GIVEN {{ ?subject ?predicate ?value }}
  }}
  UNION {{
    VALUES (?value ?property) {{
      {" ".join(f"({name} {_PROPERTIES.index('rdf:type')})" for name in _KINDS)}
    }}
    GRAPH GIVEN {{ ?subject a ?value }}
  }}
}}
"""


@runtime_checkable
class TabbedStore(Protocol):
    """A store that writes the rows of an answer itself."""

    def tabbed(self, sparql: str) -> bytes:
        """The rows of a SELECT as SPARQL 1.1 TSV."""
        ...


def write_long_table(store: TabbedStore, columns: Sequence[str]) -> Iterator[str]:
    """Given a store and the columns wanted (variables of the named query `indicators`), yield the rows of the long table
    as CSV text, a few documents at a time; memory stays flat."""
    asked: deque[tuple[Sequence[tuple[str, str]], Future[list[bytes]]]] = deque()
    pool = ThreadPoolExecutor(1)
    try:
        # These in that thread too: the memory that a thread has given back is used again by that thread alone.
        table = pool.submit(_Table, store, columns).result()
        parts = deque(split(pool.submit(_read_documents, store).result(), _DOCUMENTS_AT_ONCE))
        while parts or asked:
            while parts and len(asked) < _AHEAD:
                asked.append((parts[0], pool.submit(table.ask, parts.popleft())))
            documents, answers = asked.popleft()
            yield table.write(documents, answers.result())
    finally:  # also where the reader stops in the midst of it
        pool.shutdown(cancel_futures=True)


def _read_documents(store: TabbedStore) -> list[tuple[str, str]]:
    """The documents and their graphs, in the order in which the named queries tell of them."""
    found = sorted(
        (_order(region), _order(publisher), _order(year), document, graph)
        for graph, document, region, publisher, year in _ask(store, _DOCUMENTS)
    )
    return [(document, graph) for *_, document, graph in found]


def _order(term: str) -> tuple[int, str | Decimal]:
    """What a term is sorted by as SPARQL has it: what is missing first, then numbers, texts by their characters."""
    if not term:
        return (0, "")
    read = _read_term(term)
    is_number = isinstance(read, Literal) and read.datatype is not None
    return (1, Decimal(str(read))) if is_number else (2, str(read))


Cells = dict[int, str]
"""Terms by the column in which they stand."""


class _Form(NamedTuple):
    """A form: its IRI, document and number there, what its rows share, its rows by their number, its
    amounts with what tells which they are."""

    iri: str
    document: str
    number: int
    shared: Cells
    rows: dict[int, Cells]
    funding: dict[str, Cells]


class _Table:
    """The table of a store: what is asked once, and in which column what stands."""

    def __init__(self, store: TabbedStore, columns: Sequence[str]) -> None:
        self._store, self._width = store, len(columns)
        self._column = {name: number for number, name in enumerate((*columns, "region"))}  # whose code is told
        self._of_document, self._of_form = self._columns(_OF_DOCUMENT), self._columns(_OF_FORM)
        self._of_funding = {str(_PROPERTIES.index(name)): number for number, name in enumerate(_OF_FUNDING.values())}
        self._of_row = {
            "": self._columns(_OF_ROW), "target": self._columns(_OF_TARGET), "actual": self._columns(_OF_ACTUAL)
        }  # fmt: skip
        self._superseded = {form for (form,) in _ask(store, _SUPERSEDED)}
        self._codes = dict(_ask(store, _REGION_CODES))
        self._corrected = dict(_ask(store, _CORRECTED))

    def _columns(self, properties: Mapping[str, str]) -> dict[str, int]:
        return {str(_PROPERTIES.index(name)): self._column[column] for column, name in properties.items()}

    def ask(self, documents: Iterable[tuple[str, str]]) -> list[bytes]:
        """Given documents and their graphs, return the statements of each that the table needs."""
        return [self._store.tabbed(_STATEMENTS.replace("GIVEN", graph)) for _, graph in documents]

    def write(self, documents: Iterable[tuple[str, str]], answers: Iterable[bytes]) -> str:
        """Given documents and the answers about them, return the rows of their forms."""
        forms = [
            form
            for (document, _), answer in zip(documents, answers, strict=True)
            for form in self._read_forms(document, answer)
        ]
        out = io.StringIO(newline="")
        writer = csv.writer(out, lineterminator="\r\n")
        known = {"": ""}
        for form in sorted(forms, key=self._order_of):
            shared = [""] * len(self._column)
            for column, term in form.shared.items():
                shared[column] = _cell(term, known)
            for _, row in sorted(form.rows.items()):
                whole = shared.copy()
                for column, term in row.items():
                    whole[column] = _cell(term, known)
                writer.writerow(whole[: self._width])
        return out.getvalue()

    def _order_of(self, form: _Form) -> tuple[object, ...]:
        """By what the named query sorts forms."""
        texts = (form.shared.get(self._column[name], "") for name in ("regionName", "publisherName", "year"))
        return (*map(_order, texts), form.document, form.number)

    def _read_forms(self, document: str, answer: bytes) -> list[_Form]:
        """The forms of a document that have rows and count."""
        column = self._column
        header: Cells = {column["document"]: document}
        forms: dict[int, _Form] = {}
        start = f"{document[:-1]}/form/"

        def find(subject: str) -> tuple[Mapping[str, int], Cells] | None:
            """Where the values of a thing stand: in which columns, of which row, or of what rows share."""
            if subject == document:
                return self._of_document, header
            if not subject.startswith(start):
                return None
            number, _, rest = subject[len(start) : -1].partition("/")
            form = forms.get(int(number))
            if form is None:
                form = forms[int(number)] = _Form(f"{start}{number}>", document, int(number), {}, {}, {})
                form.shared[column["form"]] = form.iri
            if not rest:
                return self._of_form, form.shared
            what, _, rest = rest.partition("/")
            if what == "funding":
                return self._of_funding, form.funding.setdefault(rest, {})
            row, _, part = rest.partition("/")
            if what != "row" or (columns := self._of_row.get(part)) is None:
                return None
            if int(row) not in form.rows:
                iri = f"{start}{number}/row/{row}>"
                form.rows[int(row)] = {column["row"]: iri, column["corrected"]: self._corrected.get(iri, "")}
            return columns, form.rows[int(row)]

        found: dict[str, tuple[Mapping[str, int], Cells] | None] = {}
        for subject, name, value in _read_rows(answer):
            place = found[subject] if subject in found else found.setdefault(subject, find(subject))
            if place is not None and name in place[0]:
                place[1][place[0][name]] = value
        header[column["regionCode"]] = self._codes.get(header.get(column["region"], ""), "")
        counting = [form for form in forms.values() if form.rows and form.iri not in self._superseded]
        for form in counting:
            form.shared.update(header)
            budgets = [said[0] for said in form.funding.values() if (said.get(1), said.get(2)) == _BUDGET and 0 in said]
            form.shared[column["budget"]] = max(budgets, key=_order, default="")
        return counting


def _ask(store: TabbedStore, query: str) -> Iterator[list[str]]:
    """The rows of a query, each term as SPARQL's TSV has it."""
    return _read_rows(store.tabbed(query))


def _read_rows(answer: bytes) -> Iterator[list[str]]:
    _, *lines = answer.decode("utf-8").split("\n")
    return (line.split("\t") for line in lines if line)


_ESCAPE = re.compile(r"\\(.)")
_ESCAPES = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f"}


def _cell(term: str, known: dict[str, str]) -> str:
    found = known.get(term)
    if found is None:
        is_bare_number = term[0] not in '<"'
        found = known[term] = term if is_bare_number else csv_cell(_read_term(term))
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
