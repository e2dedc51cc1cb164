"""The text index of a snapshot: what documents name, found by a part of the name, and projects by their words.

SPARQL finds a part of a name only by looking at every name. graph.text_keeper keeps this index (tantivy) in step with
the graph, and each snapshot has the one that belongs to it: a reader finds what its snapshot holds and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Protocol, runtime_checkable

import tantivy

from graph.search import schema_of_words, words_query
from graph.store import ReadableStore
from ontology.keys import fold

FOLDER = "text"
"""The index's folder, in `index/` and in each snapshot."""

META = "meta.json"
"""The file that tells what an index's last commit is made of."""

RULES_FILE = "rules"
"""The file of a snapshot's index that tells by which rules (graph.project_words) its projects' entries were made."""

_MOST_GRAMS = 60
"""Pairs of letters of a text that are looked for: names that have so many in common hardly differ, and each name found
is compared with the text itself."""


def fold_name(text: str) -> str:
    """Given a name or a part of one, return the form in which the index compares it: letters' case, width and spaces
    don't matter."""
    return fold(text).casefold()


def grams_of(folded: str) -> set[str]:
    """Given a folded name, return the letters and pairs of letters by which it is found."""
    return {*folded, *(folded[at : at + 2] for at in range(len(folded) - 1))}


def schema_of_texts() -> tantivy.Schema:
    """Return the fields of an entry: a name (graph, kind, name, grams), or a project's words (graph, kind `words`,
    thing, words, groups, and what is compared of its forms)."""
    builder = schema_of_words()
    builder.add_text_field("graph", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("kind", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("name", fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("grams", tokenizer_name="whitespace", index_option="basic")
    builder.add_bytes_field("forms", stored=True, indexed=False)
    return builder.build()


# --- asking -------------------------------------------------------------------------------------------------------
class Texts:
    """The index of one snapshot, opened. Given its folder; threads may share it."""

    def __init__(self, folder: Path) -> None:
        self._index = tantivy.Index.open(str(folder))
        self._searcher = self._index.searcher()
        self._schema = self._index.schema
        self._folder = folder

    @cached_property
    def rules(self) -> str | None:
        """By which rules the entries of projects were made; None where that was not told yet (an earlier version)."""
        try:
            return (self._folder / RULES_FILE).read_text("utf-8")
        except OSError:
            return None

    def names(self, kind: str, text: str, most: int = 2_000) -> list[str] | None:
        """Given a kind of thing (project, indicator or unit) and a text, return the names, as printed, that hold it
        whatever the case and width of letters and the spaces, sorted; None where there are more than `most`, or the
        text says nothing."""
        asked = fold_name(text)
        if not asked:
            return None
        grams = [asked[at : at + 2] for at in range(len(asked) - 1)][:_MOST_GRAMS] or [asked]
        clauses = [(tantivy.Occur.Must, self._term("kind", kind))]
        clauses += [(tantivy.Occur.Must, self._term("grams", gram)) for gram in dict.fromkeys(grams)]
        query = tantivy.Query.boolean_query(clauses)
        counted = {"names": {"terms": {"field": "name", "size": most + 1}}}
        buckets = self._searcher.aggregate(query, counted)["names"]["buckets"]
        if len(buckets) > most:
            return None
        return sorted(name for name in (bucket["key"] for bucket in buckets) if asked in fold_name(name))

    def nearest(
        self, words: Mapping[str, float], top: int, *, within: Sequence[str] = (), without: Sequence[str] = ()
    ) -> list[str]:
        """Given words with their weights (graph.project_words), return the IRIs of at most `top` projects that share
        the most telling ones, best first; `within` and `without` as graph.search.TextIndex.find has them."""
        query = words_query(self._schema, words, within, without)
        if query is None:
            return []
        found: dict[str, None] = {}
        wanted, seen = top, 0
        while True:  # a project has an entry for each of its documents
            hits = self._searcher.search(query, wanted, count=False).hits
            for _, address in hits[seen:]:
                found.setdefault(self._searcher.doc(address)["thing"][0])
            seen = len(hits)
            if len(found) >= top or len(hits) < wanted:
                return list(found)[:top]
            wanted *= 2

    def forms(self, projects: Sequence[str]) -> Iterator[str]:
        """Given the IRIs of projects, return what is compared of their forms (graph.compared_forms), as it was kept."""
        if not projects:
            return
        query = tantivy.Query.const_score_query(
            tantivy.Query.term_set_query(self._schema, "thing", list(projects)), 1.0
        )
        most = 2 * len(projects)
        while True:  # a project has an entry for each of its documents
            hits = self._searcher.search(query, most, count=False).hits
            if len(hits) < most:
                break
            most *= 4
        for _, address in hits:
            yield from bytes(self._searcher.doc(address)["forms"][0]).decode().split("\n")

    @property
    def projects(self) -> int:
        """How many entries of projects there are: one for each document that has forms of it."""
        return int(self._searcher.doc_freq("kind", "words"))

    def _term(self, field: str, value: str) -> tantivy.Query:
        return tantivy.Query.term_query(self._schema, field, value, "basic")


@runtime_checkable
class HasTexts(Protocol):
    """A store beside which a text index is kept."""

    @property
    def texts(self) -> Texts | None:
        """The index of what this store holds; None where there is none."""
        ...


def texts_of(store: ReadableStore) -> Texts | None:
    """Given a store, return the text index that is kept beside it; None where there is none (a graph on a server, one
    in memory, a store that no writer of this version has published yet)."""
    return store.texts if isinstance(store, HasTexts) else None


def open_texts(snapshot_folder: Path) -> Texts | None:
    """Given a snapshot's folder, return its text index; None where it has none that can be read."""
    folder = snapshot_folder / FOLDER
    if not (folder / META).exists():
        return None
    try:
        return Texts(folder)
    except (OSError, ValueError):
        return None  # damaged: everything is answered without it, and the next publication makes it anew
