"""The documents of a store in the order in which they count, and the budget lines that one of them prints again.

Given what a document is called, `rank_document` returns its rank; `match_lines` returns, for each budget line that a
better document of the same disclosure prints too, the line that counts. Lines are compared by tables: a table most of
whose lines stand in a better document is that table printed again, its misread lines included.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from rdflib.term import URIRef

from graph.store import ReadableStore, select
from ontology.comparables import fold_text
from ontology.identities import identity_rules

_LINES = """
SELECT ?line ?document ?table ?order ?year ?name ?code ?printed WHERE {
  VALUES ?document { %s }
  ?line pikg:inDocument ?document ; pikg:table ?table ; pikg:order ?order .
  OPTIONAL { ?line pikg:originalText ?printed }
  OPTIONAL { ?line pikg:fiscalYear ?year }
  OPTIONAL { ?line rdfs:label ?name }
  OPTIONAL { ?line pikg:code ?code }
}
"""


@dataclass(slots=True)
class Documents:
    """The documents of a store: publisher, disclosure, and rank, the one that counts before the others: a later edition
    first, then the file nearest to print (PDF and Word before text), then the least hash: the same files give the same
    answer on any machine."""

    publisher: dict[str, str | None] = field(default_factory=dict)
    disclosure: dict[str, str] = field(default_factory=dict)
    rank: dict[str, tuple[bool, int, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Line:
    """A budget line as it is compared: by its code or name, and the printed figure."""

    iri: str
    order: int
    said: tuple[str, str]


def rank_document(file: str, title: str, sha256: str) -> tuple[bool, int, str]:
    """Given a document's file name, title and hash, return its rank: of two the less counts."""
    said = fold_text(f"{file} {title}")
    replaces = any(word in said for word in identity_rules().errata)
    return not replaces, _rendition_rank(file), sha256


def _rendition_rank(file: str) -> int:
    ranks = identity_rules().renditions.ranks
    return ranks.get(file.rpartition(".")[2].lower(), len(ranks))


def match_lines(store: ReadableStore, documents: Documents) -> dict[str, str]:
    """Given a store and its documents, return for each budget line that a better document prints too the line that
    counts; of a misread one, the first line of that table."""
    several: dict[str, list[str]] = defaultdict(list)
    for document, disclosure in documents.disclosure.items():
        several[disclosure].append(document)
    found: dict[str, str] = {}
    for group in several.values():
        if len(group) > 1:
            ordered = sorted(group, key=lambda document: documents.rank[document])
            found |= _match_group(_read_lines(store, ordered), ordered)
    return found


def _read_lines(store: ReadableStore, documents: Sequence[str]) -> Mapping[str, dict[tuple[str, str], list[_Line]]]:
    """The lines of documents by kind of table and year, in their order."""
    found: dict[str, dict[tuple[str, str], list[_Line]]] = defaultdict(lambda: defaultdict(list))
    values = " ".join(URIRef(document).n3() for document in documents)
    for row in select(store, _LINES % values):
        said = fold_text(str(row["code"] or row["name"] or "")), fold_text(str(row["printed"] or ""))
        line = _Line(str(row["line"]), int(str(row["order"])), said)
        found[str(row["document"])][str(row["table"]), str(row["year"])].append(line)
    for tables in found.values():
        for lines in tables.values():
            lines.sort(key=lambda line: line.order)
    return found


def _match_group(
    lines: Mapping[str, dict[tuple[str, str], list[_Line]]], ordered: Sequence[str]
) -> Iterator[tuple[str, str]]:
    """The lines of one disclosure's documents, given the best first, that a better one prints: each with that line."""
    most = identity_rules().renditions.most
    for place, worse in enumerate(ordered):
        for key, mine in lines.get(worse, {}).items():
            for better in ordered[:place]:
                theirs = lines.get(better, {}).get(key, [])
                shared = Counter(line.said for line in mine) & Counter(line.said for line in theirs)
                if not theirs or shared.total() < most * len(mine):
                    continue
                counting: dict[tuple[str, str], list[str]] = defaultdict(list)
                for line in reversed(theirs):
                    counting[line.said].append(line.iri)
                for line in mine:
                    same = counting[line.said]
                    yield line.iri, same.pop() if same else theirs[0].iri
                break
