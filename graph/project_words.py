"""The words by which projects find each other in a text index: what an index is filled with, and what it is asked.

A word is a pair of neighbouring letters of a project's name, indicators, purpose or unit, or `kind:` and a kind of
service (graph.likeness). Its groups are `region:`, `scope:`, `year:` and `publisher:` with the IRI or value.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files

from graph.likeness import Profile, ProjectText, read_profile
from graph.store import ReadableStore, Rows
from ontology.comparables import FILE, fold_text
from ontology.regions import region_of

_VERSION = 1
"""Raise it where the entries of a text index change by other rules of the program."""

# What a document prints of its projects; %s is its graph.
_FORMS = """SELECT ?form ?project ?name ?scope ?year ?publisher ?publisherName ?unitName ?region ?regionName ?code
       ?objective ?outcome WHERE { GRAPH %s {
  ?form a pikg:Form ; pikg:ofProject ?project ; rdfs:label ?name ; pikg:scope ?scope ; pikg:inDocument ?document .
  OPTIONAL { ?form pikg:fiscalYear ?year }
  OPTIONAL { ?form pikg:implementingUnitText ?unitName }
  OPTIONAL { ?form pikg:objective ?objective }
  OPTIONAL { ?form pikg:outcome ?outcome }
  OPTIONAL { ?document pikg:publisher ?publisher }
  OPTIONAL { ?document pikg:publisherText ?publisherName }
  OPTIONAL { ?document pikg:region ?region OPTIONAL { ?region pikg:code ?code } }
  OPTIONAL { ?document pikg:regionText ?regionName }
} }"""
_ROWS = """SELECT ?form ?name WHERE { GRAPH %s {
  ?row pikg:ofIndicator ?indicator ; pikg:ofForm ?form ; rdfs:label ?name .
} }"""


def _rules() -> str:
    data = (files("ontology") / "data" / FILE).read_bytes()
    return f"{_VERSION} {hashlib.sha256(data).hexdigest()[:16]}"


RULES = _rules()
"""By which rules words are made: an index of other rules is made anew."""


@dataclass(frozen=True, slots=True)
class ProjectWords:
    """A project as a document prints it: its words and its groups."""

    project: str
    words: tuple[str, ...]
    groups: tuple[str, ...]


def words_of(profile: Profile, *, strong: float, weak: float) -> dict[str, float]:
    """Given what is compared of a project, return its words with their weights: those of the name are the stronger."""
    words = dict.fromkeys(profile.purpose | profile.unit, weak)
    words |= dict.fromkeys(profile.indicators, weak)
    words |= dict.fromkeys(profile.name, strong)
    return words | {f"kind:{kind}": 8 * strong * strength for kind, strength in profile.kinds.items()}


def group(name: str, value: str) -> str:
    """Given a group's name and value, return the word that stands for it."""
    return f"{name}:{value}"


def places_of(region_name: str, region_code: str) -> tuple[str, ...]:
    """Given a region's printed name and its code, return the names, full and short, of it and of those around it."""
    names = {fold_text(region_name)} - {""}
    known = region_of(region_code) if region_code else None
    for region in (known, *known.parents) if known else ():
        names.add(fold_text(region.name))
    short = {name[:-1] for name in names if len(name) > 2 and name[-1] in "省市县区州盟旗"}
    return tuple(sorted(names | short))


def project_words(store: ReadableStore, graph: str) -> Iterator[ProjectWords]:
    """Given a store and a document's graph as a term, return its projects' words."""
    rows: dict[str, list[str]] = defaultdict(list)
    for form, name in _ask(store, _ROWS % graph).rows:
        rows[str(form)].append(str(name))
    words: dict[str, dict[str, None]] = defaultdict(dict)
    groups: dict[str, dict[str, None]] = defaultdict(dict)
    for row in _ask(store, _FORMS % graph):
        said = {name: "" if value is None else str(value) for name, value in row.items()}
        profile = read_profile(
            ProjectText(
                name=said["name"],
                unit=" ".join(dict.fromkeys(filter(None, (said["unitName"], said["publisherName"])))),
                purpose=" ".join(filter(None, (said["objective"], said["outcome"]))),
                indicators=tuple(rows.get(said["form"], ())),
                places=places_of(said["regionName"], said["code"]),
            )
        )
        words[said["project"]] |= dict.fromkeys(words_of(profile, strong=1.0, weak=1.0))
        groups[said["project"]] |= {group(name, said[name]): None for name in ("region", "scope", "year", "publisher")}
    for project, found in words.items():
        yield ProjectWords(project, tuple(found), tuple(groups[project]))


def _ask(store: ReadableStore, sparql: str) -> Rows:
    answer = store.query(sparql)
    return answer if isinstance(answer, Rows) else Rows((), ())
