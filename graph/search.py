"""Text search beside the store: things by the words that they share, most telling first.

SPARQL knows no search but a scan, linear in the number of texts. A TextIndex (tantivy) finds the few among a million
in some milliseconds. Words are whatever the caller takes for them, for Chinese pairs of neighbouring characters; how
telling one is follows from how few things have it (BM25). This one lives in memory; graph.texts keeps one beside a store.
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
        self._schema = schema_of_words().build()
        self._index = tantivy.Index(self._schema)
        self._writer = self._index.writer(HEAP, 1)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, thing: str, words: Iterable[str], groups: Iterable[str] = ()) -> None:
        """Given a thing, its words (repeated ones count more) and the groups that it belongs to, none of them with
        white space, add it."""
        document = tantivy.Document()
        document.add_text("thing", thing)
        document.add_text("words", " ".join(words))
        document.add_text("groups", " ".join(groups))
        self._writer.add_document(document)
        self._count += 1

    def commit(self) -> None:
        """Let what was added be found."""
        self._writer.commit()
        self._index.reload()

    def find(
        self, words: Mapping[str, float], top: int, *, within: Sequence[str] = (), without: Sequence[str] = ()
    ) -> list[str]:
        """Given words with their weights, return at most `top` things, best first; of each kind of group (`region:…`,
        `year:…`) that `within` names in one of those named, and in none of those of `without`."""
        query = words_query(self._schema, words, within, without)
        if query is None or not self._count:
            return []
        searcher = self._index.searcher()
        return [searcher.doc(address)["thing"][0] for _, address in searcher.search(query, top, count=False).hits]


def schema_of_words() -> tantivy.SchemaBuilder:
    """Return the beginning of a schema: things with their words and groups."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("thing", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("words", stored=False, tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field("groups", stored=False, tokenizer_name="whitespace", index_option="basic")
    return builder


def words_query(
    schema: tantivy.Schema, words: Mapping[str, float], within: Sequence[str], without: Sequence[str]
) -> tantivy.Query | None:
    """Given such a schema and what `TextIndex.find` takes, return the query; None where there is no word."""

    def term(field: str, word: str, weight: float) -> tantivy.Query:
        query = tantivy.Query.term_query(schema, field, word, "freq" if field == "words" else "basic")
        return tantivy.Query.boost_query(query, weight)

    strongest = sorted(words, key=lambda word: (-words[word], word))[:_MOST_WORDS]
    if not strongest:
        return None
    should = [(tantivy.Occur.Should, term("words", word, words[word])) for word in strongest]
    clauses = [(tantivy.Occur.Must, tantivy.Query.boolean_query(should))]
    kinds: dict[str, list[str]] = {}
    for group in within:
        kinds.setdefault(group.partition(":")[0], []).append(group)
    for groups in kinds.values():
        some = [(tantivy.Occur.Should, term("groups", group, 0.0)) for group in groups]
        clauses.append((tantivy.Occur.Must, tantivy.Query.boolean_query(some)))
    clauses += [(tantivy.Occur.MustNot, term("groups", group, 0.0)) for group in without]
    return tantivy.Query.boolean_query(clauses)
