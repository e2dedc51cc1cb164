"""The derived graphs kept in step with the documents: at the cost of what changed, or all of them anew.

`derived/editions` and `derived/identities` follow from all documents together. Of a document that comes, goes or says
something else, `Derivation.update` compares again what shares a key with it, before or after (graph.links), and writes
the difference; `Derivation.rebuild` compares everything. Both give the same graphs.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from decimal import Decimal
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from graph.editions import EDITIONS, Editions, match_editions
from graph.embedded import read_ntriples, write_ntriples
from graph.identities import (
    IDENTITIES,
    ComparedProject,
    blocks_of,
    compare_projects,
    judge_projects,
    printed_twice,
    read_projects,
    relate,
    telling_codes,
)
from graph.links import Links, key_of
from graph.naming import Difference
from graph.proposals import Proposal, map_identities
from graph.store import WritableStore
from graph.unit_identities import Unit, compare_units, judge_units, make_units, unit_keys
from ontology.decisions import IdentityVerdict
from ontology.identities import identity_rules
from ontology.keys import digest
from ontology.namespaces import Namespace

Verdicts = Mapping[tuple[str, str, str], IdentityVerdict]


@cache
def sources_digest() -> str:
    """What derived graphs and vocabulary follow from beside documents and decisions, as a digest: the programs and the
    data of ontology and graph, so that no change of either is overlooked."""
    seen = hashlib.sha256()
    for package in ("ontology", "graph"):
        for entry in sorted(_files(files(package)), key=lambda entry: entry.name):
            seen.update(entry.name.encode() + entry.read_bytes())
    return seen.hexdigest()


def _files(folder: Traversable) -> Iterator[Traversable]:
    for entry in folder.iterdir():
        if entry.is_dir() and entry.name in ("data", "ontology", "graph"):
            yield from _files(entry)
        elif entry.name.endswith((".py", ".yaml", ".tsv", ".ttl")):
            yield entry


class Derivation:
    """Given the memory of what documents say, the store, its base IRI and what people judged, derive."""

    def __init__(self, links: Links, store: WritableStore, namespace: Namespace, verdicts: Verdicts) -> None:
        self._links = links
        self._store = store
        self._namespace = namespace
        self._verdicts = verdicts
        self._refused = {
            (namespace.base + one, namespace.base + other)
            for (_, one, other), verdict in verdicts.items()
            if verdict.verdict == "refused"
        }

    @property
    def rules(self) -> str:
        """What the derived graphs follow from beside the documents, as a digest."""
        judged = sorted("\n".join((*key, verdict.verdict)) for key, verdict in self._verdicts.items())
        return digest(sources_digest(), *judged)

    # --- everything -----------------------------------------------------------------------------------------------
    def rebuild(self) -> None:
        """Compare all documents, and put what follows in the place of the derived graphs."""
        links = self._links
        links.begin_anew()
        links.put_all(self._store)
        editions = match_editions(self._store, links.read_documents(), links.read_forms("document"))
        units = self._units(None)
        of_units = compare_units(units)
        related = relate(of_units, self._refused)
        projects = self._projects(None, units)
        same_print = self._keep_editions(editions)
        of_projects = compare_projects(projects, related, {(one, other) for _, one, other in same_print})
        for unit in units.values():
            links.write(_PUT_KEY, _unit_rows(unit))
        for project in projects.values():
            links.write(_PUT_KEY, _project_rows(project, related))
        links.write(_PUT_PROPOSAL, map(_proposal_row, (*of_units, *of_projects)))
        links.make_indexes()
        name = self._namespace.derived_graph
        identities = map_identities([*of_units, *of_projects], self._namespace, self._verdicts)
        self._store.replace_graphs([(name(EDITIONS), editions.triples()), (name(IDENTITIES), identities)])

    # --- what changed ---------------------------------------------------------------------------------------------
    def update(self, hashes: Collection[str]) -> None:
        """Given the hashes of documents that came, went or say something else, bring the derived graphs in step."""
        links, namespace = self._links, self._namespace
        graphs = {namespace.document(sha256): namespace.document_graph(sha256) for sha256 in hashes}
        kin = links.kin_of(graphs)
        units, projects = links.things_of(graphs)
        before = self._units(units)
        links.put(self._store, graphs)
        more_units, more_projects = links.things_of(graphs)
        before |= self._units_without(graphs, more_units - units)
        projects |= more_projects | self._update_editions(links.kin_of(kin))
        changed = self._update_units(units | more_units, before)
        for column in ("publisher", "unit"):
            projects.update(p for (p,) in links.rows_in(f"SELECT project FROM project WHERE {column} IN (%s)", changed))
        self._update_projects(projects)

    def _update_editions(self, documents: Collection[str]) -> set[str]:
        """Match documents that nothing else is kin to; return the projects of which other pairs print the same now."""
        links = self._links
        old_lines = {line for (line,) in links.rows_in("SELECT line FROM edition WHERE document IN (%s)", documents)}
        sql = "SELECT one, other FROM same_print WHERE document IN (%s)"
        old_pairs = {(one, other) for one, other in links.rows_in(sql, documents)}
        links.delete("edition", "document", documents)
        links.delete("same_print", "document", documents)
        editions = match_editions(self._store, links.read_documents(documents), links.read_forms("document", documents))
        new_pairs = {(one, other) for _, one, other in self._keep_editions(editions)}
        new_lines = set(write_ntriples(editions.triples()))
        if old_lines != new_lines:
            self._amend(EDITIONS, old_lines - new_lines, new_lines - old_lines)
        return {project for pair in old_pairs ^ new_pairs for project in pair}

    def _keep_editions(self, editions: Editions) -> set[tuple[str, str, str]]:
        """Remember by document what was found; return the pairs of projects that print the same."""
        lines = [(_document_of(line[1 : line.index(">")]), line) for line in write_ntriples(editions.triples())]
        self._links.write("INSERT INTO edition VALUES (?, ?)", lines)
        same_print = printed_twice(editions)
        rows = ((_document_of(form), one, other) for form, one, other in same_print)
        self._links.write("INSERT INTO same_print VALUES (?, ?, ?)", rows)
        return same_print

    def _update_units(self, units: Collection[str], before: Mapping[str, Unit]) -> set[str]:
        """Compare units again; return those whose projects are to be compared again for their sake."""
        links = self._links
        now = self._units(units)
        changed = {node for node in units if _said_before(before.get(node)) != _said_before(now.get(node))}
        links.delete("key", "thing", units)
        for unit in now.values():
            links.write(_PUT_KEY, _unit_rows(unit))
        keys = {node: _unit_keys(unit) for node, unit in now.items()}
        sql = "SELECT key, thing FROM key WHERE key IN (%s)"
        blocks = _blocks(links.rows_in(sql, {key for some in keys.values() for key in some}))
        pairs = {_ordered(node, other) for node, some in keys.items() for key in some for other in blocks[key] - {node}}
        everybody = {**self._units({node for pair in pairs for node in pair} - set(now)), **now}
        found = [judge_units(everybody[one], everybody[other]) for one, other in sorted(pairs)]
        old, new = self._update_proposals(units, [proposal for proposal in found if proposal is not None])
        for one, other in {_pair_of(p) for p in old} ^ {_pair_of(p) for p in new}:
            changed |= {one, other}
        return changed

    def _update_projects(self, projects: set[str]) -> None:
        """Compare projects again, and those of a block that has become too large or small enough to be compared."""
        links, most, asked = self._links, identity_rules().most_namesakes, frozenset(projects)
        sql = "SELECT key, thing FROM key WHERE key IN (SELECT key FROM key WHERE thing IN (%s))"
        before = _blocks(links.rows_in(sql, projects))
        now = self._projects(projects)
        related = self._related(now)
        links.delete("key", "thing", projects)
        for project in now.values():
            links.write(_PUT_KEY, _project_rows(project, related))
        after = _blocks(links.rows_in(sql, projects))
        for key in before.keys() | after.keys():
            left = after.get(key)
            if left is None:
                left = {thing for (thing,) in links.rows("SELECT thing FROM key WHERE key = ?", key)}
            if (len(before.get(key, left - asked)) <= most) != (len(left) <= most):
                projects |= left
        now |= self._projects(projects - set(now))
        same_print = {
            (one, other)
            for column in ("one", "other")
            for one, other in links.rows_in(f"SELECT one, other FROM same_print WHERE {column} IN (%s)", projects)
        }
        pairs = set(same_print) | self._pairs_in_blocks(now, most)
        others = self._projects({node for pair in pairs for node in pair} - set(now))
        everybody = {**others, **now}
        near = self._related(everybody)
        found = [
            judge_projects(everybody[one], everybody[other], near, (one, other) in same_print)
            for one, other in sorted(pairs)
        ]
        self._update_proposals(projects, [proposal for proposal in found if proposal is not None])

    def _pairs_in_blocks(self, projects: Collection[str], most: int) -> set[tuple[str, str]]:
        """The pairs of projects, one of them given, that meet in a block that is not too large, one of them its own."""
        sql = """SELECT m.key, m.thing, m.own FROM key m
                 WHERE m.key IN (SELECT key FROM key WHERE thing IN (%s))"""
        members: dict[int, dict[str, bool]] = {}
        for key, thing, own in self._links.rows_in(sql, projects):
            members.setdefault(key, {})[thing] = bool(own)
        wanted = set(projects)
        return {
            _ordered(one, other)
            for several in members.values()
            if 1 < len(several) <= most
            for one, own in several.items()
            if own
            for other in several
            if other != one and (one in wanted or other in wanted)
        }

    # --- proposals ------------------------------------------------------------------------------------------------
    def _update_proposals(self, things: Collection[str], new: list[Proposal]) -> tuple[list[Proposal], list[Proposal]]:
        """Put proposals in the place of those about some things, in memory and graph; return old and new ones."""
        links = self._links
        rows = {
            (one, other): said
            for column in ("one", "other")
            for one, other, said in links.rows_in(
                f"SELECT one, other, said FROM proposal WHERE {column} IN (%s)", things
            )
        }
        old = [_read_proposal(said) for said in rows.values()]
        links.write("DELETE FROM proposal WHERE one = ? AND other = ?", rows)
        links.write(_PUT_PROPOSAL, map(_proposal_row, new))
        gone = [proposal for proposal in old if proposal not in new]
        come = [proposal for proposal in new if proposal not in old]
        if gone or come:
            lines = [
                set(write_ntriples(map_identities(some, self._namespace, self._verdicts))) for some in (gone, come)
            ]
            self._amend(IDENTITIES, lines[0] - lines[1], lines[1])
        return old, new

    def _amend(self, name: str, removed: Iterable[str], added: Iterable[str]) -> None:
        sides = [read_ntriples("\n".join(lines).encode()) for lines in (removed, added)]
        self._store.amend_graph(self._namespace.derived_graph(name), *sides)

    def _related(self, projects: Mapping[str, ComparedProject]) -> Mapping[str, set[str]]:
        """How the units near some projects are related."""
        near = {u for p in projects.values() for u in (p.answers, p.publisher) if u is not None}
        said = {
            (one, other): text
            for column in ("one", "other")
            for one, other, text in self._links.rows_in(
                f"SELECT one, other, said FROM proposal WHERE {column} IN (%s)", near
            )
        }
        return relate([_read_proposal(text) for text in said.values()], self._refused)

    # --- things as they are compared ------------------------------------------------------------------------------
    def _units(self, units: Collection[str] | None) -> dict[str, Unit]:
        """Some units, or all, as the memory has them now."""
        links = self._links

        def ask(sql: str, column: str) -> list[tuple[str | None, ...]]:
            return links.rows(sql) if units is None else list(links.rows_in(f"{sql} WHERE {column} IN (%s)", units))

        named = [
            row
            for column in ("unit", "department")
            for row in ask(f"SELECT DISTINCT publisher, {column} FROM project", column)
        ]
        return make_units(
            ask("SELECT DISTINCT unit, name, code, region FROM unit", "unit"),
            [
                row
                for row in ask("SELECT DISTINCT publisher, year, kind FROM document", "publisher")
                if row[2] is not None
            ],
            named,
        )

    def _units_without(self, documents: Collection[str], units: Collection[str]) -> dict[str, Unit]:
        """Some units as the other documents name them: as they were, where these documents did not name them before."""
        sql = "SELECT DISTINCT unit, name, code, region, document FROM unit WHERE unit IN (%s)"
        return make_units([row[:4] for row in self._links.rows_in(sql, units) if row[4] not in documents], [], [])

    def _projects(
        self, projects: Collection[str] | None, units: Mapping[str, Unit] | None = None
    ) -> dict[str, ComparedProject]:
        """Some projects, or all, as the memory has them now."""
        sql = "SELECT DISTINCT project, scope, publisher, unit FROM project"
        said = (
            self._links.rows(sql)
            if projects is None
            else list(self._links.rows_in(f"{sql} WHERE project IN (%s)", projects))
        )
        if units is None:
            units = self._units({node for row in said for node in row[2:] if node is not None})
        return read_projects(said, units, self._links.read_forms("project", projects))


_PUT_KEY = "INSERT OR REPLACE INTO key VALUES (?, ?, ?)"
_PUT_PROPOSAL = "INSERT OR REPLACE INTO proposal VALUES (?, ?, ?)"


def _document_of(node: str) -> str:
    """The document that a form or a line stands in, from its IRI; a document's is its own."""
    return node.partition("/form/")[0].partition("/line/")[0]


def _said_before(unit: Unit | None) -> tuple[str, str | None] | None:
    """What the names of a unit's projects are read with."""
    return None if unit is None else (unit.name.whole, unit.region.code if unit.region else None)


def _ordered(one: str, other: str) -> tuple[str, str]:
    return (one, other) if one < other else (other, one)


def _pair_of(proposal: Proposal) -> tuple[str, str]:
    return proposal.one, proposal.other


def _unit_keys(unit: Unit) -> set[int]:
    return {key_of("unit", *key) for key in unit_keys(unit)}


def _unit_rows(unit: Unit) -> list[tuple[int, str, int]]:
    return [(key, unit.iri, 1) for key in _unit_keys(unit)]


def _project_rows(project: ComparedProject, related: Mapping[str, set[str]]) -> list[tuple[int, str, int]]:
    blocks = [
        (key_of("project", *block), project.iri, int(block[0] == project.answers))
        for block in blocks_of(project, related)
    ]
    return blocks + [(key_of("code", code), project.iri, 1) for code in telling_codes(project)]


def _blocks(rows: Iterable[tuple[int, str]]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for key, thing in rows:
        found.setdefault(key, set()).add(thing)
    return found


def _proposal_row(proposal: Proposal) -> tuple[str, str, str]:
    said = [
        proposal.relation, proposal.one, proposal.other, proposal.names, str(proposal.score),
        [[reason.reason, reason.mine, reason.theirs] for reason in proposal.reasons],
    ]  # fmt: skip
    return (*_ordered(proposal.one, proposal.other), json.dumps(said, ensure_ascii=False))


def _read_proposal(said: str) -> Proposal:
    relation, one, other, names, score, reasons = json.loads(said)
    return Proposal(relation, one, other, (names[0], names[1]), Decimal(score), tuple(Difference(*r) for r in reasons))
