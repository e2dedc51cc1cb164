"""Views of a whole store as networkx graphs: who does what, what is asked where, which projects are alike.

`project_graph` gives one of three. Nodes are IRIs with `kind`, `label`, `region` and what else they have (`publisher`,
`scope`, `years`, `budget`); `graph.graph` says which projection it is, how many projects it holds of how many, and
whether a bound cut it. Nodes and edges come in the same order at every run, so that what is computed of them does too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import networkx as nx

from graph import terms
from graph.comparables import COMPARED, ComparableIndex, Comparing, open_index
from graph.errors import NotFoundError, ParameterError
from graph.likeness import Likeness
from graph.lookup import find_regions
from graph.queries import run_named
from graph.store import ReadableStore, select

if TYPE_CHECKING:
    Projection = nx.Graph[str]

PROJECTIONS = ("indicators", "publishers", "likeness")
"""indicators: projects with the canonical indicators that they ask (bipartite); publishers: publishers with their
projects (bipartite); likeness: projects with those elsewhere that are comparable to them, weighted by how much."""

LIKE_EACH = 12
"""Comparable projects that a project is linked to at most in the graph of likeness: its best ones."""

ALIKE_AMONG = 40
"""Projects that are compared with each one for the graph of likeness, where not all are: the nearest by their words."""

ALIKE_ALL = 300
"""Projects up to which all are compared with all."""

_PROJECTS = """SELECT DISTINCT ?project ?name ?scope ?year ?publisher ?publisherName ?region ?regionName WHERE {
  # chosen
  ?form a pikg:Form ; pikg:ofProject ?project ; rdfs:label ?name ; pikg:scope ?scope ; pikg:inDocument ?document .
  MINUS { ?form pikg:supersededBy ?newer }
  OPTIONAL { ?form pikg:fiscalYear ?year }
  OPTIONAL { ?document pikg:publisher ?publisher }
  OPTIONAL { ?document pikg:publisherText ?publisherName }
  OPTIONAL { ?document pikg:region ?region }
  OPTIONAL { ?document pikg:regionText ?regionName }
}"""

_ASKED = """SELECT DISTINCT ?project ?canonical WHERE {
  ?indicator pikg:canonical ?canonical ; pikg:ofProject ?project %s
}"""

_CANONICAL = """SELECT ?canonical ?label ?measure WHERE {
  ?canonical a pikg:CanonicalIndicator ; skos:prefLabel ?label FILTER(LANG(?label) = "zh")
  OPTIONAL { ?canonical pikg:measure ?measure }
}"""


Progress = Callable[[int, int], None]
"""Told of every project that was compared: how many are done, of how many."""


@dataclass(slots=True)
class _Project:
    """What a node says of a project: as its newest form prints it."""

    name: str
    scope: str
    publisher: str
    publisher_name: str
    region: str
    region_name: str
    newest: int
    years: set[int] = field(default_factory=set)
    budget: Decimal | None = None

    def attributes(self) -> dict[str, Any]:
        """The node's attributes; what isn't known is left out."""
        said: dict[str, Any] = {
            "kind": "Project",
            "label": self.name,
            "publisher": self.publisher_name,
            "region": self.region_name,
            "scope": self.scope,
            "years": ", ".join(map(str, sorted(self.years))),
        }
        if self.budget is not None:
            said["budget"] = self.budget
        return {name: value for name, value in said.items() if value != ""}


def project_graph(
    store: ReadableStore,
    projection: str,
    *,
    region: str | None = None,
    year: int | None = None,
    limit: int | None = None,
    index: Comparing | None = None,
    progress: Progress | None = None,
) -> Projection:
    """Given a store and the name of a projection (PROJECTIONS), return it as an undirected networkx graph.

    Only of projects of a region (a province covers its cities) and a fiscal year where they are given; of more than
    `limit` projects, those with the largest budgets, and `graph.graph` says so. `index` saves reading the projects for
    comparing where the caller has done so. Raises ParameterError for a projection that there is none of, NotFoundError
    and AmbiguousError for a region.
    """
    if projection not in PROJECTIONS:
        raise ParameterError(f"there is no projection {projection!r}; there are {', '.join(PROJECTIONS)}")
    found = _read_projects(store, region, year)
    kept = _largest(found, limit)
    graph: Projection = nx.Graph(
        projection=projection, projects=len(kept), projects_in_all=len(found), cut=len(kept) < len(found)
    )
    for iri in sorted(kept):
        graph.add_node(iri, **kept[iri].attributes())
    if projection == "publishers":
        _link_publishers(graph, kept)
    elif projection == "indicators":
        _link_indicators(graph, store, year)
    else:
        _link_alike(graph, index or open_index(store), progress)
    return graph


def likeness_around(
    store: ReadableStore, project: str, *, index: Comparing | None = None, limit: int = 200
) -> Projection:
    """Given the IRI of a project, return it with the projects that are comparable to it, and those comparable to these,
    `limit` at most, as `project_graph` links them: for a store whose whole graph of likeness takes minutes. Raises
    NotFoundError where the project has no form in the store."""
    index = index or open_index(store)
    links: dict[tuple[str, str], Likeness] = {}
    nodes, cut = dict.fromkeys([project]), False
    front = [project]
    for _ in range(2):
        following: list[str] = []
        for iri in front:
            for other, likeness in index.alike(iri)[:LIKE_EACH]:
                if other not in nodes and len(nodes) >= limit:
                    cut = True
                    continue
                if other not in nodes:
                    nodes[other] = None
                    following.append(other)
                links[min(iri, other), max(iri, other)] = likeness
        front = following
    graph: Projection = nx.Graph(projection="likeness", projects=len(nodes), around=project, cut=cut)
    said = _read_projects(store, None, None, only=nodes)
    for iri in nodes:
        if iri in said:
            graph.add_node(iri, **said[iri].attributes())
    for (one, other), likeness in sorted(links.items()):
        if one in graph and other in graph:
            _link(graph, one, other, likeness)
    return graph


def _link(graph: Projection, one: str, other: str, likeness: Likeness) -> None:
    reasons = {f"reason_{name}": round(value, 3) for name, value in likeness.reasons.items()}
    graph.add_edge(one, other, weight=round(likeness.score, 3), **reasons)


def _largest(found: Mapping[str, _Project], limit: int | None) -> Mapping[str, _Project]:
    if limit is None or len(found) <= limit:
        return found
    ordered = sorted(found, key=lambda iri: (-(found[iri].budget or Decimal(-1)), iri))
    return {iri: found[iri] for iri in ordered[:limit]}


def _link_publishers(graph: Projection, projects: Mapping[str, _Project]) -> None:
    """Link each project to who publishes it."""
    publishers = {project.publisher: project for project in projects.values() if project.publisher}
    for iri, project in sorted(publishers.items()):
        said = {"kind": "Unit", "label": project.publisher_name, "region": project.region_name}
        graph.add_node(iri, **{name: value for name, value in said.items() if value})
    for iri, project in sorted(projects.items()):
        if project.publisher:
            graph.add_edge(project.publisher, iri, relation="publishes")


def _link_indicators(graph: Projection, store: ReadableStore, year: int | None) -> None:
    """Link each project to the canonical indicators that its forms (of the year) ask."""
    query = _ASKED % ("" if year is None else f"; pikg:fiscalYear {year}")
    asked = sorted({(str(row["project"]), str(row["canonical"])) for row in select(store, query)})
    links = [(project, canonical) for project, canonical in asked if project in graph]
    wanted = {canonical for _, canonical in links}
    said: dict[str, dict[str, Any]] = {}
    for row in select(store, _CANONICAL):
        iri, label = str(row["canonical"]), str(row["label"])
        if iri in wanted and (iri not in said or label < said[iri]["label"]):
            said[iri] = {"kind": "CanonicalIndicator", "label": label}
            if row["measure"] is not None:
                said[iri]["measure"] = str(row["measure"]).rsplit("/", 1)[-1]
    for iri in sorted(said):
        graph.add_node(iri, **said[iri])
    graph.add_edges_from(
        (project, canonical, {"relation": "asks"}) for project, canonical in links if canonical in said
    )


def _link_alike(graph: Projection, index: Comparing, progress: Progress | None) -> None:
    """Link each project to those elsewhere that are comparable to it: `weight` is the score, `reason_…` its signals.

    Where there are many projects, only the nearest by their words are compared with each; `compared_with` says how many.
    """
    among = ALIKE_AMONG
    if isinstance(index, ComparableIndex):
        if len(index.projects) > ALIKE_ALL:
            index = index.with_words()
        else:
            among = len(index.projects)
    # Of a part of the projects the nearest may lie outside it: look further, as far as a question would.
    among = max(among, COMPARED) if graph.graph["cut"] else among
    if among < len(graph):
        graph.graph["compared_with"] = among
    for number, iri in enumerate(list(graph), 1):
        with suppress(NotFoundError):  # a project of which no form is compared stands alone
            found = [(other, likeness) for other, likeness in index.alike(iri, among=among) if other in graph]
            for other, likeness in found[:LIKE_EACH]:
                _link(graph, iri, other, likeness)
        if progress is not None:
            progress(number, len(graph))


# --- reading ------------------------------------------------------------------------------------------------------
def _read_projects(
    store: ReadableStore, region: str | None, year: int | None, only: Iterable[str] | None = None
) -> dict[str, _Project]:
    inside = None if region is None else set(map(str, find_regions(store, region)))
    found: dict[str, _Project] = {}
    chosen = "" if only is None else f"VALUES ?project {{ {' '.join(terms.iri(project).n3() for project in only)} }}"
    query = _PROJECTS.replace("# chosen", chosen)
    rows_of_projects = sorted(
        (tuple("" if value is None else str(value) for value in row.values()) for row in select(store, query)),
        reverse=True,
    )
    for project_iri, name, scope, printed_year, *rest in rows_of_projects:
        publisher, publisher_name, region_iri, region_name = rest
        if (inside is not None and region_iri not in inside) or (year is not None and printed_year != str(year)):
            continue
        said = int(printed_year) if printed_year else 0
        project = found.get(project_iri)
        if project is None or said > project.newest:
            years = set() if project is None else project.years
            short = scope.rsplit("/", 1)[-1]
            project = _Project(name, short, publisher, publisher_name, region_iri, region_name, said, years)
            found[project_iri] = project
        if said:
            project.years.add(said)
    if only is None:
        _read_budgets(store, found, year)
    return found


def _read_budgets(store: ReadableStore, projects: Mapping[str, _Project], year: int | None) -> None:
    """Note each project's budget of its newest year, in yuan."""
    newest: dict[str, int] = {}
    for row in run_named(store, "budgets"):
        iri, printed = str(row["project"]), row["year"]
        if iri not in projects or printed is None or row["budget"] is None:
            continue
        said = int(str(printed))
        if (year is None or said == year) and said >= newest.get(iri, 0):
            newest[iri] = said
            projects[iri].budget = Decimal(str(row["budget"]))
