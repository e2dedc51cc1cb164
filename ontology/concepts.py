"""The SKOS side of the vocabulary: every scheme of concepts, from concepts.yaml and the files that it points to.

Given nothing, `concept_schemes` returns the schemes with their concepts, cross-checked against the record types, and
`concept_triples` the same as plain tuples, which graph turns into RDF terms. Labels of tiers, funding, units and
measures stand in files of their own; this module only reads what SKOS needs of them.
"""

from __future__ import annotations

import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from ontology import records
from ontology.namespaces import CONCEPT, PIKG, PREFIXES, concept
from ontology.vocabulary import DataError, data_files, read_data

FILE = "concepts.yaml"

_SKOS, _RDF, _RDFS, _DCTERMS = (PREFIXES[prefix] for prefix in ("skos", "rdf", "rdfs", "dcterms"))
_SCHEME_KEYS = frozenset({"zh", "en", "definition"})
_OPTIONAL_KEYS = frozenset({"property", "type", "concepts", "file", "under", "definitions", "collections", "members"})
_LINKS = frozenset({"closeMatch", "relatedMatch", "exactMatch", "broadMatch", "narrowMatch", "related"})


@dataclass(frozen=True, slots=True)
class Bilingual:
    """A text in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Concept:
    """A concept: its scheme and notation, labels, definition, printed forms, and the IRIs it is linked to by SKOS."""

    scheme: str
    notation: str
    label: Bilingual
    definition: Bilingual | None = None
    printed: tuple[str, ...] = ()
    links: tuple[tuple[str, str], ...] = ()

    @property
    def iri(self) -> str:
        """The concept's IRI."""
        return concept(self.scheme, self.notation)


@dataclass(frozen=True, slots=True)
class Scheme:
    """A list of concepts, and the property of the vocabulary whose values they are (None where none has them)."""

    name: str
    label: Bilingual
    definition: Bilingual
    concepts: Mapping[str, Concept]
    property_name: str | None = None
    file: str = FILE
    collections: bool = False

    @property
    def iri(self) -> str:
        """The scheme's IRI."""
        return CONCEPT + self.name


@dataclass(frozen=True, slots=True)
class Text:
    """A literal: a text, and its language where it has one."""

    value: str
    language: str | None = None


PlainTriple = tuple[str, str, str | Text]
"""Subject and predicate as IRIs, object as an IRI or a Text."""


def _bilingual(file: str, entry: str, value: Any, alone: bool = False) -> Bilingual:
    if not isinstance(value, dict) or not all(isinstance(value.get(language), str) for language in ("zh", "en")):
        raise DataError(file, entry, "must say zh and en (quote what YAML would take for something else)")
    if alone and len(value) > 2:
        raise DataError(file, entry, "holds more than zh and en: is a comma not in quotes?")
    zh, en = value["zh"].strip(), value["en"].strip()
    if not zh or not en:
        raise DataError(file, entry, "zh and en must not be empty")
    return Bilingual(zh, en)


def _mapping(file: str, entry: str, value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict) or not all(isinstance(key, str) for key in value):
        raise DataError(file, entry, "must be a mapping from notations to entries")
    return value


def _checked_scheme(name: str, entry: Any) -> Mapping[str, Any]:
    """The entry of a scheme, sound in itself."""
    data = _mapping(FILE, name, entry)
    if not data.keys() >= _SCHEME_KEYS or not data.keys() <= _SCHEME_KEYS | _OPTIONAL_KEYS:
        raise DataError(FILE, name, f"must have {sorted(_SCHEME_KEYS)} and may have {sorted(_OPTIONAL_KEYS)}")
    if ("concepts" in data) == ("file" in data) or ("file" in data) != ("under" in data):
        raise DataError(FILE, name, "must have either concepts, or a file and the key its entries stand under")
    if "definitions" in data and "file" not in data:
        raise DataError(FILE, name, "definitions are for concepts of another file")
    return data


def _own_concepts(scheme: str, entries: Any) -> Iterator[Concept]:
    for notation, entry in _mapping(FILE, scheme, entries).items():
        where = f"{scheme}.{notation}"
        if not isinstance(entry, dict) or set(entry) != {"zh", "en", "definition"}:
            raise DataError(FILE, where, "must have exactly zh, en and definition")
        yield Concept(
            scheme, notation, _bilingual(FILE, where, entry), _bilingual(FILE, where, entry["definition"], alone=True)
        )


def _borrowed_concepts(scheme: str, data: Mapping[str, Any]) -> Iterator[Concept]:
    """The concepts whose labels another file holds: zh and en, what is printed for them, what they lie under."""
    file, under = data["file"], data["under"]
    if file not in data_files():
        return  # a list that has not been begun has no concepts
    entries = _mapping(file, under, (read_data(file) or {}).get(under))
    definitions = _mapping(FILE, f"{scheme}.definitions", data.get("definitions", {}))
    members = _mapping(FILE, f"{scheme}.members", data.get("members", {}))
    for extra in [*(definitions.keys() - entries.keys()), *(members.keys() - entries.keys())]:
        raise DataError(FILE, f"{scheme}.{extra}", f"there is no such entry in {file} under {under}")
    for notation, entry in entries.items():
        where = f"{scheme}.{notation}"
        said = definitions.get(notation, entry.get("definition"))
        yield Concept(
            scheme,
            notation,
            _bilingual(file, f"{under}.{notation}", entry),
            None if said is None else _bilingual(FILE, where, said, alone=True),
            # A "|" in an ending of names parts the object from the measure (事故|数); as a label it is not printed.
            tuple(str(label).replace("|", "") for label in entry.get("printed", entry.get("labels", ()))),
            tuple(_borrowed_links(scheme, entry, members.get(notation, ()))),
        )


def _borrowed_links(scheme: str, entry: Mapping[str, Any], members: Any) -> Iterator[tuple[str, str]]:
    for parent in entry.get("tier1", ()):
        yield _SKOS + "broader", concept("tier1", parent)
    if scheme in ("unit", "measure") and isinstance(entry.get("kind"), str):
        kinds = "quantity_kind" if scheme == "unit" else "measure_kind"
        yield _SKOS + "broader", concept(kinds, entry["kind"])
    if "qudt" in entry:
        yield _SKOS + "exactMatch", PREFIXES["unit"] + str(entry["qudt"])
    for member in members:
        yield _SKOS + "member", CONCEPT + str(member)


def _check_type(name: str, type_name: str, notations: set[str]) -> None:
    """The notations of a scheme are the words that the records' type allows."""
    words = set(typing.get_args(getattr(records, type_name, None)))
    if not words:
        raise DataError(FILE, name, f"ontology/records.py has no type of words {type_name!r}")
    if words != notations:
        differ = ", ".join(sorted(words ^ notations))
        raise DataError(FILE, name, f"its notations are not the words of {type_name} in ontology/records.py: {differ}")


def read_schemes(data: Any) -> Mapping[str, Scheme]:
    """Given the content of concepts.yaml, return the schemes by name; raise DataError naming what is wrong."""
    if not isinstance(data, dict) or set(data) != {"schemes", "links"}:
        raise DataError(FILE, "the file", "must have exactly the keys schemes and links")
    links: dict[str, list[tuple[str, str]]] = {}
    for link in data["links"]:
        if not isinstance(link, list) or len(link) != 3 or link[1] not in _LINKS:
            raise DataError(FILE, f"links: {link}", f"must be [concept, one of {', '.join(sorted(_LINKS))}, concept]")
        links.setdefault(link[0], []).append((_SKOS + link[1], CONCEPT + link[2]))
    schemes: dict[str, Scheme] = {}
    for name, entry in _mapping(FILE, "schemes", data["schemes"]).items():
        scheme = _checked_scheme(name, entry)
        found = _own_concepts(name, scheme["concepts"]) if "concepts" in scheme else _borrowed_concepts(name, scheme)
        concepts = {one.notation: _linked(one, links.pop(f"{name}/{one.notation}", [])) for one in found}
        if "type" in scheme:
            _check_type(name, scheme["type"], set(concepts))
        schemes[name] = Scheme(
            name,
            _bilingual(FILE, name, scheme),
            _bilingual(FILE, name, scheme["definition"], alone=True),
            MappingProxyType(concepts),
            scheme.get("property"),
            scheme.get("file", FILE),
            bool(scheme.get("collections")),
        )
    for subject in links:
        raise DataError(FILE, f"links: {subject}", "there is no such concept")
    _check_links(schemes)
    return MappingProxyType(schemes)


def _linked(one: Concept, links: list[tuple[str, str]]) -> Concept:
    return Concept(one.scheme, one.notation, one.label, one.definition, one.printed, (*one.links, *links))


def _check_links(schemes: Mapping[str, Scheme]) -> None:
    """Every concept that another points to is one."""
    known = {one.iri for scheme in schemes.values() for one in scheme.concepts.values()}
    for scheme in schemes.values():
        for one in scheme.concepts.values():
            for _, target in one.links:
                if target.startswith(CONCEPT) and target not in known:
                    raise DataError(
                        scheme.file, f"{one.scheme}.{one.notation}", f"points to {target}, which is no concept"
                    )


@cache
def concept_schemes() -> Mapping[str, Scheme]:
    """Return the schemes of the vocabulary by name."""
    return read_schemes(read_data(FILE))


def concept_triples() -> Iterator[PlainTriple]:
    """Yield the schemes and concepts as triples: SKOS labels, definitions, notations, links, and the property whose
    values a scheme's concepts are (dcterms:relation from the property to the scheme)."""
    for scheme in concept_schemes().values():
        yield scheme.iri, _RDF + "type", _SKOS + "ConceptScheme"
        yield from _texts(scheme.iri, scheme.label, scheme.definition, _RDFS + "label")
        if scheme.property_name:
            yield PIKG + scheme.property_name, _DCTERMS + "relation", scheme.iri
        for one in scheme.concepts.values():
            yield one.iri, _RDF + "type", _SKOS + ("Collection" if scheme.collections else "Concept")
            yield one.iri, _SKOS + "notation", Text(one.notation)
            if not scheme.collections:
                yield one.iri, _SKOS + "inScheme", scheme.iri
            yield from _texts(one.iri, one.label, one.definition, _SKOS + "prefLabel")
            for printed in dict.fromkeys(one.printed):
                if printed != one.label.zh:  # SKOS: no label is both the preferred one and an alternative
                    yield one.iri, _SKOS + "altLabel", Text(printed, "zh")
            for name, target in one.links:
                yield one.iri, name, target


def _texts(iri: str, label: Bilingual, definition: Bilingual | None, label_property: str) -> Iterator[PlainTriple]:
    for language in ("zh", "en"):
        yield iri, label_property, Text(getattr(label, language), language)
        if definition is not None:
            yield iri, _SKOS + "definition", Text(getattr(definition, language), language)
