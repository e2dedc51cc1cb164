"""The named queries: SPARQL files with a header that says what they answer, what they take, and what each column is.

Each file of graph/queries is a query that any SPARQL 1.1 server understands as it stands: it answers without
parameters. A comment line `# given NAME: PATTERN` is what a parameter adds: `NamedQuery.render` puts in its place a
VALUES block that binds ?asked_NAME to the parameter's terms, and the pattern. Values are written as terms. Where it
says `# given NAME (names of KIND: ?VARIABLE): PATTERN`, the pattern looks at every name of a kind: of a store with a
text index (graph.texts), a VALUES block of the names that hold the text takes its place, and the answer is the same.

The texts are written for Oxigraph, which guesses sizes by the shape of a query (`oxigraph query --explain`). An OPTIONAL
has one pattern, or another OPTIONAL inside: one of several patterns is evaluated for the whole store. Each pattern that
must match makes the guess ten times larger, and past a bound whole properties are read for a handful of rows: so what
has its value in any case is asked in an OPTIONAL too. Where a parameter narrows a query, its subselects are narrowed by
the same line. Names are read from documents and forms, which have one each, not from units and projects, which
documents may name variously.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from rdflib import Literal, URIRef
from rdflib.term import Node

from graph.errors import GraphError, InvalidLiteralError, ParameterError
from graph.lookup import find_project, find_regions, find_unit, with_confirmed
from graph.store import ReadableStore, Rows
from graph.terms import decimal_literal, integer_literal, iri, text_literal
from ontology.namespaces import CONCEPT, PIKG, concept
from ontology.vocabulary import DataError, parse_data

_GIVEN = re.compile(
    r"^(?P<indent>\s*)# given (?P<name>\w+)(?: \(names of (?P<kind>\w+): \?(?P<variable>\w+)\))?: (?P<pattern>.+)$",
    re.MULTILINE,
)
_YEARS = range(1949, 2200)


@dataclass(frozen=True, slots=True)
class Words:
    """A text in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a named query may be asked with: its type, whether it must be given, and an example."""

    name: str
    type: str
    label: Words
    required: bool = False
    default: str | int | None = None
    example: str | int | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the answer: the query's variable, and its heading."""

    name: str
    label: Words


@dataclass(frozen=True, slots=True)
class Example:
    """What a query answers of the shipped examples: what it is given, how many rows there are, and the first of them as
    a person reads them."""

    given: Mapping[str, Any]
    rows: int
    first: tuple[Mapping[str, str], ...]


Names = Callable[[str, str], Sequence[str] | None]
"""Given a kind of thing and a text, the printed names that may hold the text; None where that isn't known."""


def _names_that_hold(asked: Iterable[URIRef | Literal], kind: str, names: Names) -> list[str] | None:
    """Of terms that were asked for, the names of a kind that hold the texts among them, letters' case aside."""
    held: dict[str, None] = {}
    for text in (str(term) for term in asked if isinstance(term, Literal)):
        found = names(kind, text)
        if found is None:
            return None
        held |= dict.fromkeys(name for name in found if text.lower() in name.lower())
    return list(held)


@dataclass(frozen=True, slots=True)
class NamedQuery:
    """A query with its description; `text` answers without parameters, `render` with them."""

    name: str
    title: Words
    description: Words
    parameters: tuple[Parameter, ...]
    columns: tuple[Column, ...]
    text: str
    example: Example | None = None

    def render(self, parameters: Mapping[str, Any] | None = None, names: Names | None = None) -> str:
        """Given parameters by name (a value, or several in a list; None for one not given), return SPARQL.

        Regions, units and projects are given by IRI (`resolve_parameters` finds them by name, and what belongs to them).
        `names` tells which names hold a text, where that is known. Raises ParameterError for a parameter that the query
        doesn't have, lacks, or that is of the wrong type.
        """
        bound = self._bind(parameters or {})

        def narrow(match: re.Match[str]) -> str:
            name = match["name"]
            if name not in bound:
                return ""
            if names is not None and match["kind"]:
                held = _names_that_hold(bound[name], match["kind"], names)
                if held is not None:
                    labels = " ".join(text_literal(label).n3() for label in held)
                    return f"{match['indent']}VALUES ?{match['variable']} {{ {labels} }}"
            terms = " ".join(term.n3() for term in bound[name])
            return f"{match['indent']}VALUES ?asked_{name} {{ {terms} }} {match['pattern']}"

        return _GIVEN.sub(narrow, self.text)

    def _bind(self, given: Mapping[str, Any]) -> dict[str, tuple[URIRef | Literal, ...]]:
        known = {parameter.name: parameter for parameter in self.parameters}
        unknown = [name for name in given if name not in known]
        if unknown:
            takes = ", ".join(known) or "none"
            raise ParameterError(f"the query {self.name} has no parameter {', '.join(unknown)}; it takes: {takes}")
        bound = {}
        for parameter in self.parameters:
            value = given.get(parameter.name)
            value = parameter.default if value is None or value == "" else value
            if value is None:
                if parameter.required:
                    raise ParameterError(f"the query {self.name} needs the parameter {parameter.name}")
                continue
            several = value if isinstance(value, list | tuple | set | frozenset) else (value,)
            if not several:
                raise ParameterError(f"the query {self.name} was given no value for {parameter.name}")
            bound[parameter.name] = tuple(
                said for one in several for said in _terms_of(parameter, _term(self.name, parameter, one))
            )
        return bound


@cache
def named_queries() -> Mapping[str, NamedQuery]:
    """Return the named queries by name, in alphabetical order; raise GraphError where a file is not as it must be."""
    folder = files("graph") / "queries"
    texts = {entry.name: entry.read_text("utf-8") for entry in folder.iterdir() if entry.name.endswith(".rq")}
    return MappingProxyType({file.removesuffix(".rq"): parse_query(file, texts[file]) for file in sorted(texts)})


def resolve_parameters(store: ReadableStore, query: NamedQuery, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Given parameters as a person gives them, return them with regions, units and projects as IRIs: a region with those
    inside it, a unit or project with those that people have confirmed to be the same.

    Raises NotFoundError and AmbiguousError for a name that is not in the store or not the name of one thing alone.
    """
    finders: dict[str, Callable[[ReadableStore, str], list[URIRef]]] = {
        "region": find_regions,
        "unit": lambda store, text: with_confirmed(store, find_unit(store, text)),
        "project": lambda store, text: with_confirmed(store, find_project(store, text)),
    }
    resolved = dict(parameters)
    for parameter in query.parameters:
        value, find = resolved.get(parameter.name), finders.get(parameter.type)
        if find is None or value is None or value == "":
            continue
        several = value if isinstance(value, list | tuple | set | frozenset) else (value,)
        resolved[parameter.name] = list(dict.fromkeys(found for one in several for found in find(store, str(one))))
    return resolved


def render_for(store: ReadableStore, query: NamedQuery, parameters: Mapping[str, Any]) -> str:
    """Given parameters as a person gives them, return the query's SPARQL as this store answers it fastest; raise what
    `resolve_parameters` and `NamedQuery.render` do."""
    resolved = resolve_parameters(store, query, parameters)
    if not any(match["kind"] for match in _GIVEN.finditer(query.text)):
        return query.render(resolved)
    from graph.texts import texts_of  # noqa: PLC0415 - few queries look for a text

    texts = texts_of(store)
    return query.render(resolved, None if texts is None else texts.names)


def run_named(store: ReadableStore, name: str, **parameters: Any) -> Rows:
    """Given a store, the name of a query and its parameters, return the rows.

    Raises ParameterError for a name or parameter that isn't there; NotFoundError, AmbiguousError as
    `resolve_parameters`; QueryError where the store can't answer.
    """
    query = find_query(name)
    answer = store.query(render_for(store, query, parameters))
    if not isinstance(answer, Rows):
        raise GraphError(f"graph/queries/{name}.rq is no SELECT")
    return answer


def find_query(name: str) -> NamedQuery:
    """Given a name, return the named query; raise ParameterError, with the names there are, where it is none."""
    query = named_queries().get(name)
    if query is None:
        raise ParameterError(f"there is no named query {name!r}; there are: {', '.join(named_queries())}")
    return query


# --- values of parameters -----------------------------------------------------------------------------------------
def _term(query: str, parameter: Parameter, value: Any) -> URIRef | Literal:
    """Given a parameter's value, return its term; raise ParameterError where it is not of the parameter's type."""
    try:
        return _TERMS[parameter.type](value)
    except (InvalidLiteralError, InvalidOperation, ValueError) as error:
        expected = _EXPECTED[parameter.type]
        message = f"the parameter {parameter.name} of the query {query} is {expected}; {value!r} is not"
        raise ParameterError(message) from error


def _terms_of(parameter: Parameter, term: URIRef | Literal) -> Iterable[URIRef | Literal]:
    """The terms that a parameter's value stands for: a label may be in Chinese, in English, or a printed text."""
    if parameter.type == "label":
        return (term, Literal(str(term), lang="zh"), Literal(str(term), lang="en"))
    return (term,)


def _iri_term(value: Any) -> URIRef:
    return iri(str(value))


def _integer_term(value: Any) -> Literal:
    if isinstance(value, bool) or not re.fullmatch(r"[+-]?[0-9]{1,19}", str(value).strip()):
        raise ValueError(value)
    return integer_literal(int(str(value)))


def _year_term(value: Any) -> Literal:
    term = _integer_term(value)
    if int(term) not in _YEARS:
        raise ValueError(value)
    return term


def _decimal_term(value: Any) -> Literal:
    # A float is refused: 0.1 as a float is not the 0.1 that was meant.
    return decimal_literal(
        value if isinstance(value, Decimal) else Decimal(value if isinstance(value, str | int) else "")
    )


def _measure_term(value: Any) -> URIRef | Literal:
    """A measure by its IRI or notation; any other text stands for itself, to be looked for in names."""
    text = str(value)
    if isinstance(value, URIRef) or text.startswith(CONCEPT):
        return iri(text)
    return iri(concept("measure", text)) if re.fullmatch(r"[a-z][a-z_]*", text) else text_literal(text)


def _text_term(value: Any) -> Literal:
    return text_literal(str(value))


_TERMS: Mapping[str, Callable[[Any], URIRef | Literal]] = {
    "region": _iri_term,
    "unit": _iri_term,
    "project": _iri_term,
    "iri": _iri_term,
    "year": _year_term,
    "measure": _measure_term,
    "text": _text_term,
    "label": _text_term,
    "integer": _integer_term,
    "decimal": _decimal_term,
}

_EXPECTED: Mapping[str, str] = {
    "region": "a region: its IRI, or by name with run_named",
    "unit": "a unit: its IRI, or by name with run_named",
    "project": "a project: its IRI, or by name with run_named",
    "iri": "an absolute IRI",
    "year": f"a year from {_YEARS.start} to {_YEARS.stop - 1}",
    "measure": "a measure: its notation (as satisfaction), its IRI, or words of a name (as 满意度)",
    "text": "a text",
    "label": "a label as printed, or in Chinese or English",
    "integer": "a whole number",
    "decimal": "a decimal number, given as text or Decimal",
}


# --- reading the files --------------------------------------------------------------------------------------------
def parse_query(file: str, text: str) -> NamedQuery:
    """Given a file's name and text, return its query; raise GraphError, naming file and entry, where its header lacks
    something, or header and text don't agree."""
    lines = text.splitlines()
    header = [line[1:].removeprefix(" ") for line in lines[: _header_length(lines)]]
    try:
        described = parse_data(file, "\n".join(header))
    except DataError as error:
        raise _wrong(file, error.entry, error.problem) from error
    body = "\n".join(lines[len(header) :]).strip() + "\n"
    if not isinstance(described, dict) or described.get("name") != file.removesuffix(".rq"):
        raise _wrong(file, "name", f"must be {file.removesuffix('.rq')}, as the file's")
    _only(file, "the header", described, {"name", "title", "description", "parameters", "columns", "example"})
    parameters = tuple(_parameter(file, name, entry) for name, entry in (described.get("parameters") or {}).items())
    columns = tuple(
        Column(name, _words(file, f"columns.{name}", entry)) for name, entry in (described.get("columns") or {}).items()
    )
    used = {match["name"] for match in _GIVEN.finditer(body)}
    if used != {parameter.name for parameter in parameters}:
        raise _wrong(file, "parameters", f"the text has lines `# given` for {sorted(used)}")
    if not columns:
        raise _wrong(file, "columns", "are missing")
    title, description = (_words(file, key, described.get(key)) for key in ("title", "description"))
    example = _example(file, described.get("example"), {parameter.name for parameter in parameters}, columns)
    return NamedQuery(described["name"], title, description, parameters, columns, body, example)


def _header_length(lines: Sequence[str]) -> int:
    return next((number for number, line in enumerate(lines) if not line.startswith("#")), len(lines))


def _wrong(file: str, entry: str, problem: str) -> GraphError:
    return GraphError(f"graph/queries/{file}: {entry}: {problem}")


def _only(file: str, where: str, entry: Mapping[str, Any], keys: set[str]) -> None:
    if unknown := sorted(set(entry) - keys):
        raise _wrong(file, where, f"has unknown keys {', '.join(unknown)}")


def _words(file: str, where: str, entry: Any) -> Words:
    if not isinstance(entry, dict) or set(entry) != {"zh", "en"} or not all(isinstance(v, str) for v in entry.values()):
        raise _wrong(file, where, "needs a text in zh and one in en, and nothing else")
    return Words(entry["zh"].strip(), entry["en"].strip())


def _parameter(file: str, name: str, entry: Any) -> Parameter:
    where = f"parameters.{name}"
    if not isinstance(entry, dict) or entry.get("type") not in _TERMS:
        raise _wrong(file, where, f"needs a type, one of {', '.join(_TERMS)}")
    _only(file, where, entry, {"type", "label", "required", "default", "example"})
    required = entry.get("required", False)
    if not isinstance(required, bool):
        raise _wrong(file, where, "required is true or false")
    label = _words(file, f"{where}.label", entry.get("label"))
    return Parameter(name, entry["type"], label, required, entry.get("default"), entry.get("example"))


def _example(file: str, entry: Any, parameters: set[str], columns: Sequence[Column]) -> Example | None:
    if entry is None:
        return None
    if not isinstance(entry, dict) or not isinstance(entry.get("given"), dict):
        raise _wrong(file, "example", "needs what is given, how many rows there are, and the first of them")
    _only(file, "example", entry, {"given", "rows", "first"})
    _only(file, "example.given", entry["given"], parameters)
    first = entry.get("first", [])
    for row in first:
        _only(file, "example.first", row, {column.name for column in columns})
    return Example(entry["given"], int(entry.get("rows", 0)), tuple(first))


def show_term(node: Node | None) -> str:
    """Given a term of an answer, return it as a person reads it: a concept by its notation, a class or property of the
    vocabulary by its name, any other IRI and any literal as it is, nothing for None."""
    if node is None:
        return ""
    text = str(node)
    if isinstance(node, URIRef):
        if text.startswith(CONCEPT):
            return text.rsplit("/", 1)[-1]
        return text.removeprefix(PIKG)
    return text
