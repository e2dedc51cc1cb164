"""What is compared of each printed form: its profile (graph.likeness) and where it belongs.

A form is read from its own document alone, so an index of them is kept in step document by document (graph.text_keeper):
`to_text` and `forms_of_texts` are how it stands there. Which forms another edition supersedes is asked when they are compared.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from graph.bound import text_of, whole_of
from graph.likeness import Profile, ProjectText, read_profile
from graph.store import ReadableStore, select
from graph.terms import iri
from ontology.comparables import fold_text
from ontology.regions import region_of, with_short_names

# %s is the graph of a document, as `GRAPH <…>`, or nothing: then all forms are read.
_FORMS = """SELECT ?form ?project ?name ?scope ?year ?publisher ?publisherName ?unitName ?region ?regionName ?code
       ?objective ?outcome WHERE { %s {
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

_ROWS = """SELECT ?form ?name ?tier2 WHERE { %s {
  ?row pikg:ofIndicator ?indicator ; pikg:ofForm ?form ; rdfs:label ?name .
  OPTIONAL { ?row pikg:tier2 ?tier2 }
} }"""

_TOTALS = """SELECT ?form (MAX(?amount) AS ?total) WHERE { %s {
  ?entry pikg:ofForm ?form ; pikg:source <https://w3id.org/pikg/concept/source/total> ; pikg:amount ?amount ;
    pikg:stage <https://w3id.org/pikg/concept/stage/budget> .
} } GROUP BY ?form"""

_SUPERSEDED = "SELECT ?form WHERE { %s ?form pikg:supersededBy ?newer } %s"

_AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class ComparedForm:
    """A form: the IRIs of itself, its project, publisher and region, and what is compared of it."""

    form: str
    project: str
    scope: str
    year: int | None
    publisher: str
    region: str
    profile: Profile

    def to_text(self) -> str:
        """The form as it stands in the text index."""
        own = self.profile
        pairs = [own.name, own.indicators, own.purpose, own.unit]
        funding = None if own.funding is None else str(own.funding)
        where = [self.form, self.project, self.scope, self.year, self.publisher, self.region]
        lengths = [own.kinds_length, own.tiers_length]
        said = [*where, *pairs, dict(own.kinds), dict(own.tiers), funding, *lengths]
        return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def forms_of_texts(texts: Iterable[str]) -> list[ComparedForm]:
    """Given what `ComparedForm.to_text` returned for forms, return the forms: all read in one go, as a question reads
    hundreds."""
    return [
        ComparedForm(
            form, project, scope, year, publisher, region,
            Profile(
                kinds, name, indicators, purpose, unit, tiers, None if funding is None else Decimal(funding), *lengths
            ),
        )
        for form, project, scope, year, publisher, region, name, indicators, purpose, unit, kinds, tiers, funding,
            *lengths in json.loads(f"[{','.join(texts)}]")
    ]  # fmt: skip


def read_compared_forms(store: ReadableStore, graph: str | None = None) -> Iterator[ComparedForm]:
    """Given a store, and the IRI of a document's graph (None: all), return the forms in it, superseded ones too."""
    within = "" if graph is None else f"GRAPH {iri(graph).n3()}"
    rows: dict[str, dict[tuple[str, str], None]] = defaultdict(dict)
    for row in select(store, _ROWS % within):
        rows[str(row["form"])][str(row["name"]), text_of(row["tier2"])] = None
    totals = {str(row["form"]): Decimal(str(row["total"])) for row in select(store, _TOTALS % within)}
    for row in select(store, _FORMS % within):
        form = str(row["form"])
        said = rows.get(form, {})
        text = ProjectText(
            name=str(row["name"]),
            unit=" ".join(dict.fromkeys(filter(None, (text_of(row["unitName"]), text_of(row["publisherName"]))))),
            purpose=" ".join(filter(None, (text_of(row["objective"]), text_of(row["outcome"])))),
            indicators=tuple(dict.fromkeys(name for name, _ in said)),
            tiers=tuple(sorted(tier for _, tier in said if tier)),
            places=places_of(text_of(row["regionName"]), text_of(row["code"])),
            funding=totals.get(form),
        )
        yield ComparedForm(
            form=form,
            project=str(row["project"]),
            scope=str(row["scope"]),
            year=whole_of(row["year"]),
            publisher=text_of(row["publisher"]),
            region=text_of(row["region"]),
            profile=read_profile(text),
        )


def find_superseded(store: ReadableStore, forms: Iterable[str] | None = None) -> set[str]:
    """Given a store and the IRIs of forms (None: all), return those that another edition supersedes."""
    within = [""]
    if forms is not None:
        nodes = [iri(form).n3() for form in forms]
        some = (" ".join(nodes[at : at + _AT_ONCE]) for at in range(0, len(nodes), _AT_ONCE))
        within = [f"VALUES ?form {{ {these} }}" for these in some]
    return {str(row["form"]) for narrow in within for row in select(store, _SUPERSEDED % (narrow, ""))}


def find_few_superseded(store: ReadableStore, most: int) -> set[str] | None:
    """Given a store and a count, return the IRIs of all forms that another edition supersedes; None where there are
    more, budget lines counted too."""
    found = select(store, _SUPERSEDED % ("", f"LIMIT {most + 1}"))
    return {str(row["form"]) for row in found} if len(found) <= most else None


def places_of(region_name: str, region_code: str) -> tuple[str, ...]:
    """Given a region's printed name and its code, return the names, full and short, of it and of those around it."""
    names = {fold_text(region_name)} - {""}
    known = region_of(region_code) if region_code else None
    for region in (known, *known.parents) if known else ():
        names.add(fold_text(region.name))
    return tuple(sorted(with_short_names(names)))
