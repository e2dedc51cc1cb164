"""The classes that lines of financial tables are coded by, as SKOS schemes: functional, and both economic ones.

Given nothing, `class_schemes` returns the content of data/budget_classes.yaml as a typed, checked view; `class_of` finds
a class by its code, `class_named` one of the first level by its name. A code that the list doesn't have is no error:
`class_path` says what it lies under, and the graph makes a concept of it from what is printed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from ontology.concepts import Text, concept_schemes
from ontology.namespaces import CONCEPT, PIKG, PREFIXES, concept
from ontology.vocabulary import DataError, fold_label, read_data

FILE = "budget_classes.yaml"

LEVELS: Mapping[str, tuple[int, ...]] = MappingProxyType(
    {"function": (3, 5, 7), "economic_department": (3, 5), "economic_government": (3, 5)}
)
"""How many digits the codes of each scheme have, level by level (类, 款, 项)."""

_FIRST_FIGURE = {"function": "2", "economic_department": "3", "economic_government": "5"}
_SCHEME_KEYS = {"zh", "en", "definition", "since", "codes"}
_ENTRY_KEYS = {"zh", "en", "since", "until", "earlier"}
_YEARS = range(1949, 2101)
_SKOS, _RDF, _RDFS = (PREFIXES[prefix] for prefix in ("skos", "rdf", "rdfs"))


@dataclass(frozen=True, slots=True)
class BudgetClass:
    """A class: its scheme and code, its names, and the years in which the code has this name, where they are known."""

    scheme: str
    code: str
    zh: str
    en: str | None = None
    since: int | None = None
    until: int | None = None
    earlier: tuple[str, ...] = ()

    @property
    def iri(self) -> str:
        """The concept's IRI."""
        return concept(self.scheme, self.code)

    @property
    def broader(self) -> str | None:
        """The code that it lies under; None for one of the first level."""
        above = [length for length in LEVELS[self.scheme] if length < len(self.code)]
        return self.code[: above[-1]] if above else None


@dataclass(frozen=True, slots=True)
class ClassScheme:
    """A classification: its name, labels, definitions, the first year that it is used in, and its classes by code."""

    name: str
    zh: str
    en: str
    definition: tuple[str, str]
    since: int
    classes: Mapping[str, BudgetClass]

    @property
    def iri(self) -> str:
        """The scheme's IRI."""
        return CONCEPT + self.name


def read_class_schemes(data: Any) -> Mapping[str, ClassScheme]:
    """Given the content of budget_classes.yaml, return the schemes by name; raise DataError naming what is wrong."""
    known = concept_schemes()["classification"].concepts
    if not isinstance(data, dict) or set(data) != set(LEVELS) or not set(data) <= set(known):
        raise DataError(FILE, "the file", f"must have exactly the schemes {', '.join(LEVELS)}")
    return MappingProxyType({name: _scheme(name, entry) for name, entry in data.items()})


def _scheme(name: str, entry: Any) -> ClassScheme:
    if not isinstance(entry, dict) or set(entry) != _SCHEME_KEYS or not isinstance(entry["codes"], dict):
        raise DataError(FILE, name, f"must have exactly {sorted(_SCHEME_KEYS)}")
    definition = entry["definition"]
    if not isinstance(definition, dict) or set(definition) != {"zh", "en"}:
        raise DataError(FILE, f"{name}.definition", "must say zh and en")
    classes = {code: _class(name, code, said) for code, said in entry["codes"].items()}
    for one in classes.values():
        if one.broader is not None and one.broader not in classes:
            raise DataError(FILE, f"{name}.{one.code}", f"lies under {one.broader}, which is not listed")
    texts = (entry["zh"], entry["en"], (definition["zh"], definition["en"]))
    return ClassScheme(name, *texts, _year(name, "since", entry["since"]), MappingProxyType(classes))


def _class(scheme: str, code: Any, said: Any) -> BudgetClass:
    where = f"{scheme}.{code}"
    if not isinstance(code, str) or not code.isdigit():
        raise DataError(FILE, where, "a code must be digits in quotes")
    if len(code) not in LEVELS[scheme] or not code.startswith(_FIRST_FIGURE[scheme]):
        raise DataError(
            FILE, where, f"a code of this scheme begins with {_FIRST_FIGURE[scheme]}; see LEVELS for digits"
        )
    entry = {"zh": said} if isinstance(said, str) else said
    if not isinstance(entry, dict) or "zh" not in entry or not set(entry) <= _ENTRY_KEYS:
        raise DataError(FILE, where, f"must be a name, or have zh and of {sorted(_ENTRY_KEYS)} what is known")
    for language in ("zh", "en"):
        if language in entry and (not isinstance(entry[language], str) or not entry[language].strip()):
            raise DataError(FILE, f"{where}.{language}", "must be a name")
    since, until = (_year(where, name, entry[name]) if name in entry else None for name in ("since", "until"))
    if since is not None and until is not None and since > until:
        raise DataError(FILE, where, f"is valid since {since} but only until {until}")
    earlier = entry.get("earlier", [])
    if not isinstance(earlier, list) or not all(isinstance(name, str) and name.strip() for name in earlier):
        raise DataError(FILE, f"{where}.earlier", "must be a list of names")
    return BudgetClass(scheme, code, entry["zh"], entry.get("en"), since, until, tuple(earlier))


def _year(where: str, name: str, year: Any) -> int:
    if not isinstance(year, int) or isinstance(year, bool) or year not in _YEARS:
        raise DataError(FILE, f"{where}.{name}", f"must be a year, not {year!r}")
    return year


@cache
def class_schemes() -> Mapping[str, ClassScheme]:
    """Return the schemes by name."""
    return read_class_schemes(read_data(FILE))


def class_of(scheme: str, code: str) -> BudgetClass | None:
    """Given a scheme and a code, return the class; None where the list doesn't have it."""
    known = class_schemes().get(scheme)
    return known.classes.get(code) if known is not None else None


@cache
def _first_level(scheme: str) -> Mapping[str, BudgetClass]:
    found: dict[str, BudgetClass] = {}
    for one in class_schemes()[scheme].classes.values():
        if one.broader is None:
            for name in (one.zh, *one.earlier):
                found.setdefault(fold_label(name), one)
    return MappingProxyType(found)


def class_named(scheme: str, name: str) -> BudgetClass | None:
    """Given a scheme and the name of a class of its first level (一般公共服务支出), return the class, or None. Names
    further down say nothing alone: every office has its 行政运行."""
    return _first_level(scheme).get(fold_label(name)) if scheme in LEVELS else None


def scheme_of(code: str) -> str | None:
    """Given a code, return the scheme that it can belong to by its first figure and its length, or None."""
    return next(
        (name for name, figure in _FIRST_FIGURE.items() if code.startswith(figure) and len(code) in LEVELS[name]), None
    )


def class_path(scheme: str, code: str) -> list[str]:
    """Given a scheme and a code of it, return the codes from it up to the first level: 2010306, 20103, 201."""
    return [code[:length] for length in reversed(LEVELS[scheme]) if length <= len(code)]


def class_triples() -> Iterator[tuple[str, str, str | Text | int]]:
    """Yield the schemes and classes as triples: SKOS labels, notations, broader classes, years of validity."""
    for scheme in class_schemes().values():
        yield scheme.iri, _RDF + "type", _SKOS + "ConceptScheme"
        for language, label, said in (("zh", scheme.zh, scheme.definition[0]), ("en", scheme.en, scheme.definition[1])):
            yield scheme.iri, _RDFS + "label", Text(label, language)
            yield scheme.iri, _SKOS + "definition", Text(said, language)
        yield scheme.iri, PIKG + "validFrom", scheme.since
        yield PIKG + "budgetClass", PREFIXES["dcterms"] + "relation", scheme.iri
        for one in scheme.classes.values():
            yield one.iri, _RDF + "type", _SKOS + "Concept"
            yield one.iri, _SKOS + "inScheme", scheme.iri
            yield one.iri, _SKOS + "notation", Text(one.code)
            yield one.iri, _SKOS + "prefLabel", Text(one.zh, "zh")
            if one.en:
                yield one.iri, _SKOS + "prefLabel", Text(one.en, "en")
            for name in one.earlier:
                yield one.iri, _SKOS + "altLabel", Text(name, "zh")
            if one.broader is None:
                yield one.iri, _SKOS + "topConceptOf", scheme.iri
            else:
                yield one.iri, _SKOS + "broader", concept(scheme.name, one.broader)
            for name, year in (("validFrom", one.since), ("validUntil", one.until)):
                if year is not None:
                    yield one.iri, PIKG + name, year
