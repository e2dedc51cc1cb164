"""Text search beside the store: things by the words that they share, most telling first.

SPARQL knows no search but a scan, linear in the number of texts. A TextIndex (tantivy) finds the few among a million
in some milliseconds. Words are whatever the caller takes for them, for Chinese pairs of neighbouring characters; how
telling one is follows from how few things have it (BM25). It lives in memory, and is made from the store's snapshot.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import tantivy

HEAP = 200_000_000
"""Bytes that may be filled before words are written out."""

_MOST_WORDS = 400
"""Words of a question that are looked for, the strongest first: a longer question finds nothing else."""


class TextIndex:
    """Things with their words and groups. Given nothing, it is empty: `add`, then `commit`, then `find`."""

    def __init__(self) -> None:
        builder = tantivy.SchemaBuilder()
        builder.add_integer_field("number", stored=True, indexed=True, fast=True)
        builder.add_text_field("words", stored=False, tokenizer_name="whitespace", index_option="freq")
        builder.add_text_field("groups", stored=False, tokenizer_name="whitespace", index_option="basic")
        self._schema = builder.build()
        self._index = tantivy.Index(self._schema)
        self._writer = self._index.writer(HEAP, 1)
        self._things: list[str] = []

    def __len__(self) -> int:
        return len(self._things)

    def add(self, thing: str, words: Iterable[str], groups: Iterable[str] = ()) -> None:
        """Given a thing, its words (repeated ones count more) and the groups that it belongs to, none of them with
        white space, add it."""
        document = tantivy.Document()
        document.add_integer("number", len(self._things))
        document.add_text("words", " ".join(words))
        document.add_text("groups", " ".join(groups))
        self._writer.add_document(document)
        self._things.append(thing)

    def commit(self) -> None:
        """Let what was added be found."""
        self._writer.commit()
        self._index.reload()

    def find(
        self, words: Mapping[str, float], top: int, *, within: Sequence[str] = (), without: Sequence[str] = ()
    ) -> list[str]:
        """Given words with their weights, return at most `top` things, best first; `within` any of some groups, and
        in none of those of `without`."""
        strongest = sorted(words, key=lambda word: (-words[word], word))[:_MOST_WORDS]
        if not strongest or not self._things:
            return []
        should = [(tantivy.Occur.Should, self._word("words", word, words[word])) for word in strongest]
        clauses = [(tantivy.Occur.Must, tantivy.Query.boolean_query(should))]
        if within:
            some = [(tantivy.Occur.Should, self._word("groups", group, 0.0)) for group in within]
            clauses.append((tantivy.Occur.Must, tantivy.Query.boolean_query(some)))
        clauses += [(tantivy.Occur.MustNot, self._word("groups", group, 0.0)) for group in without]
        searcher = self._index.searcher()
        hits = searcher.search(tantivy.Query.boolean_query(clauses), top).hits
        return [self._things[searcher.doc(address)["number"][0]] for _, address in hits]

    def _word(self, field: str, word: str, weight: float) -> tantivy.Query:
        query = tantivy.Query.term_query(self._schema, field, word, "freq" if field == "words" else "basic")
        return tantivy.Query.boost_query(query, weight)
