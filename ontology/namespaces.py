"""The IRIs: one vocabulary, one pattern for each kind of graph and each kind of instance.

Instances and graphs live under a workspace's base IRI; the vocabulary has an IRI of its own that never changes.
None of these patterns may change: an IRI that was published must mean the same thing forever.
"""

from __future__ import annotations

from dataclasses import dataclass

PIKG = "https://w3id.org/pikg/ns#"
"""Classes and properties."""

CONCEPT = "https://w3id.org/pikg/concept/"
"""SKOS concepts: `<scheme>/<notation>`, as in concept/tier1/output."""

DEFAULT_BASE = "https://w3id.org/pikg/id/"
"""The base IRI of a workspace that was not given one: the same files give the same graph on any machine."""

PREFIXES: dict[str, str] = {
    "pikg": PIKG,
    "concept": CONCEPT,
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "dcterms": "http://purl.org/dc/terms/",
    "prov": "http://www.w3.org/ns/prov#",
    "org": "http://www.w3.org/ns/org#",
    "schema": "https://schema.org/",
    "qudt": "http://qudt.org/schema/qudt/",
    "unit": "http://qudt.org/vocab/unit/",
    "qb": "http://purl.org/linked-data/cube#",
    "oa": "http://www.w3.org/ns/oa#",
    "sh": "http://www.w3.org/ns/shacl#",
}
"""The prefixes that queries and exports may use without declaring them."""


def concept(scheme: str, notation: str) -> str:
    """The IRI of a concept by its scheme and notation."""
    return f"{CONCEPT}{scheme}/{notation}"


@dataclass(frozen=True, slots=True)
class Namespace:
    """The IRIs of one workspace: given its base (ending in "/"), the kinds of graphs and of instances."""

    base: str = DEFAULT_BASE

    def __post_init__(self) -> None:
        if not self.base.endswith(("/", "#")) or ":" not in self.base or any(c in self.base for c in ' <>"{}|\\^`'):
            raise ValueError(f"a base IRI is absolute, ends in / or #, and holds no space or bracket: {self.base!r}")

    # --- graphs -------------------------------------------------------------------------------------------------
    def document_graph(self, sha256: str) -> str:
        """The graph of what one document printed."""
        return f"{self.base}doc/{sha256}"

    def derived_graph(self, name: str) -> str:
        """A graph rebuilt from the documents' graphs (identities, editions, comparables ...)."""
        return f"{self.base}derived/{name}"

    def source_graph(self, sha256: str) -> str:
        """The graph of where one document was found."""
        return f"{self.base}source/{sha256}"

    @property
    def decisions_graph(self) -> str:
        """The graph of what people said: corrections, confirmations, dismissals."""
        return f"{self.base}decisions"

    @property
    def vocabulary_graph(self) -> str:
        """The graph of the ontology and its schemes."""
        return f"{self.base}vocab"

    @property
    def budget_lines(self) -> str:
        """The data set (of the Data Cube vocabulary) whose observations are the budget lines of all documents."""
        return f"{self.base}budget-lines"

    # --- what a document printed: IRIs from its hash and an ordinal -----------------------------------------------
    def document(self, sha256: str) -> str:
        """A file."""
        return f"{self.base}document/{sha256}"

    def form(self, sha256: str, ordinal: int) -> str:
        """The n-th form of a document."""
        return f"{self.document(sha256)}/form/{ordinal}"

    def row(self, sha256: str, form: int, ordinal: int) -> str:
        """The n-th indicator row of a form."""
        return f"{self.form(sha256, form)}/row/{ordinal}"

    def line(self, sha256: str, ordinal: int) -> str:
        """The n-th budget line of a document."""
        return f"{self.document(sha256)}/line/{ordinal}"

    def issue(self, sha256: str, ordinal: int) -> str:
        """The n-th issue met while reading a document."""
        return f"{self.document(sha256)}/issue/{ordinal}"

    # --- what endures: IRIs from keys (ontology.keys) -------------------------------------------------------------
    def disclosure(self, key: str) -> str:
        """What a publisher disclosed for a year and a kind."""
        return f"{self.base}disclosure/{key}"

    def unit(self, key: str) -> str:
        """A publisher, department or implementing unit."""
        return f"{self.base}unit/{key}"

    def project(self, key: str) -> str:
        """A project."""
        return f"{self.base}project/{key}"

    def project_indicator(self, key: str) -> str:
        """An indicator of a project in a year."""
        return f"{self.base}project-indicator/{key}"

    def canonical_indicator(self, key: str) -> str:
        """An indicator that documents share."""
        return f"{self.base}indicator/{key}"

    def proposed_identity(self, key: str) -> str:
        """A proposal that two things are one, or that one is a part of the other."""
        return f"{self.base}proposed-identity/{key}"

    def decision(self, key: str) -> str:
        """What somebody decided."""
        return f"{self.base}decision/{key}"

    def person(self, key: str) -> str:
        """Somebody who decided something."""
        return f"{self.base}person/{key}"

    def region(self, code: str) -> str:
        """A region by its GB/T 2260 code, or by `name-<key>` where the code is unknown."""
        return f"{self.base}region/{code}"
