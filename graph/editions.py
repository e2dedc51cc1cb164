"""Editions and renditions: of forms that several files print (an erratum, a PDF and its text), which one counts.

Given documents with their forms, `match_editions` returns each form that another one counts for. Two forms print the
same thing where they have one key (`ontology.keys.form_key`); and in two files of one publisher's where their names are
alike and they hold the same money and indicators: a misread character must not count a project twice. What only one of
two files prints counts, whatever the files are: text, tables and forms may come as several files of one disclosure.
Budget lines are compared in `graph.documents`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from rdflib.term import URIRef

from graph.documents import Documents, match_lines
from graph.naming import is_telling, letters_alike
from graph.store import ReadableStore, Triple, select
from ontology.comparables import fold_text
from ontology.identities import Renditions, identity_rules
from ontology.namespaces import PIKG

EDITIONS = "editions"
"""The derived graph that says which of several printed forms counts."""

_SUPERSEDED_BY = URIRef(f"{PIKG}supersededBy")
_RENDITION_OF = URIRef(f"{PIKG}renditionOf")

_BATCH = 200
"""Documents whose figures one query asks for."""

_MONEY = """
SELECT ?form ?entry ?stage ?source ?amount WHERE {
  VALUES ?document { %s }
  ?form pikg:inDocument ?document .
  ?entry pikg:ofForm ?form ; pikg:stage ?stage ; pikg:source ?source ; pikg:amount ?amount .
}
"""

_NAMES = """
SELECT ?form ?row ?name ?target WHERE {
  VALUES ?document { %s }
  ?form pikg:inDocument ?document . ?row pikg:ofForm ?form ; pikg:ofIndicator ?indicator ; rdfs:label ?name .
  OPTIONAL { ?row pikg:target ?value OPTIONAL { ?value pikg:originalText ?target } }
}
"""


# What people corrected is no print: a corrected amount or row is compared with nothing.
_CORRECTED = """
SELECT DISTINCT ?thing WHERE {
  VALUES ?document { %s }
  ?document pikg:correctedBy ?decision . ?cell pikg:correctedBy ?decision ; pikg:inDocument ?document .
  ?thing pikg:printedIn ?cell ; pikg:ofForm ?form .
}
"""


@dataclass(frozen=True, slots=True)
class PrintedForm:
    """A form of the store: its IRI, document, project, year, kind, printed name and code."""

    iri: str
    document: str
    project: str
    year: str | None
    kind: str
    name: str
    code: str | None


@dataclass(frozen=True, slots=True)
class Editions:
    """Which form counts for a form, which document prints all forms of a document again, which budget line counts for
    a line; and all forms there are."""

    superseded: Mapping[str, str]
    renditions: Mapping[str, str]
    lines: Mapping[str, str]
    forms: tuple[PrintedForm, ...] = ()

    def triples(self) -> Iterator[Triple]:
        """What the derived graph says."""
        for printed, counting in (*self.superseded.items(), *self.lines.items()):
            yield URIRef(printed), _SUPERSEDED_BY, URIRef(counting)
        for document, other in self.renditions.items():
            yield URIRef(document), _RENDITION_OF, URIRef(other)


@dataclass(slots=True)
class _Printed:
    """The forms of one key that one document prints, in their order."""

    document: str
    project: str
    year: str
    kind: str
    name: str
    forms: list[str] = field(default_factory=list)
    counting: _Printed | None = None

    @property
    def same_kind(self) -> tuple[str, str]:
        """What forms must share to be compared."""
        return self.year, self.kind


@dataclass(slots=True)
class _Content:
    """What is compared of a document's forms: amounts, and indicators with their targets, both folded; and the stage and
    source of amounts that people corrected."""

    money: set[tuple[str, str, str]] = field(default_factory=set)
    rows: list[tuple[str, str]] = field(default_factory=list)
    corrected: set[tuple[str, str]] = field(default_factory=set)


def match_editions(store: ReadableStore, documents: Documents, found: Iterable[PrintedForm]) -> Editions:
    """Given a store, some documents of it with everything that they share a key with, and their forms, return which of
    the forms count for others. Within one document no form supersedes another."""
    forms = tuple(sorted(found, key=lambda form: form.iri))
    printed = _group_forms(forms)
    _match_keys(printed, documents)
    _match_renditions(store, printed, documents)
    superseded: dict[str, str] = {}
    for one in printed:
        if one.counting is not None:
            while one.counting.counting is not None:  # what counted for it has been found to be printed elsewhere too
                one.counting = one.counting.counting
            winners = one.counting.forms
            superseded |= {form: winners[min(number, len(winners) - 1)] for number, form in enumerate(one.forms)}
    return Editions(superseded, dict(_whole_documents(printed)), match_lines(store, documents), forms)


def _group_forms(forms: Iterable[PrintedForm]) -> list[_Printed]:
    found: dict[tuple[str, ...], _Printed] = {}
    for form in forms:
        if form.year is None:
            continue
        key = (form.document, form.project, form.year, form.kind)
        one = found.get(key)
        if one is None:
            one = found[key] = _Printed(*key, fold_text(form.name))
        one.forms.append(form.iri)
    for one in found.values():
        one.forms.sort(key=_ordinal)
    return sorted(found.values(), key=lambda one: (one.document, _ordinal(one.forms[0])))


def _ordinal(form: str) -> int:
    """The number of a form within its document, from its IRI."""
    return int(form.rpartition("/")[2])


def _match_keys(printed: Iterable[_Printed], documents: Documents) -> None:
    """Have the best document's form count for those of the same key."""
    by_key: dict[tuple[str, ...], list[_Printed]] = defaultdict(list)
    for one in printed:
        by_key[one.project, one.year, one.kind].append(one)
    for several in by_key.values():
        best, *others = sorted(several, key=lambda one: documents.rank[one.document])
        for other in others:
            other.counting = best


# --- renditions whose names differ --------------------------------------------------------------------------------
def _match_renditions(store: ReadableStore, printed: Sequence[_Printed], documents: Documents) -> None:
    by_document: dict[str, list[_Printed]] = defaultdict(list)
    for one in printed:
        by_document[one.document].append(one)
    pairs = [
        (better, worse)
        for better, worse in _pairs_of_documents(printed, documents)
        if _unmatched(by_document[better], by_document[worse]) and _unmatched(by_document[worse], by_document[better])
    ]
    if not pairs:
        return
    content = _read_content(store, sorted({document for pair in pairs for document in pair}))
    for better, worse in pairs:
        _match_two(by_document[better], by_document[worse], content)


def _pairs_of_documents(printed: Sequence[_Printed], documents: Documents) -> list[tuple[str, str]]:
    """Pairs of documents, the better one first, that one publisher published for a year with forms of a kind; a
    document whose publisher was not read goes with any that has a form of the same name."""
    by_block: dict[tuple[str, ...], set[str]] = defaultdict(set)
    by_name: dict[tuple[str, ...], set[str]] = defaultdict(set)
    unknown = {document for document, publisher in documents.publisher.items() if publisher is None}
    for one in printed:
        publisher = documents.publisher[one.document]
        if publisher is not None:
            by_block[publisher, *one.same_kind].add(one.document)
        if unknown:
            by_name[one.name, *one.same_kind].add(one.document)
    pairs = set()
    for names, partners in ((by_block, None), (by_name, unknown)):
        for several in names.values():
            ordered = sorted(several, key=lambda document: documents.rank[document])
            for place, better in enumerate(ordered):
                for worse in ordered[place + 1 :]:
                    if partners is None or better in partners or worse in partners:
                        pairs.add((better, worse))
    return sorted(pairs, key=lambda pair: (documents.rank[pair[1]], documents.rank[pair[0]]))


def _unmatched(mine: Iterable[_Printed], theirs: Iterable[_Printed]) -> list[_Printed]:
    """The forms of one document that count so far and that the other document has not under the same key."""
    keys = {(one.project, one.year, one.kind) for one in theirs}
    return [one for one in mine if one.counting is None and (one.project, one.year, one.kind) not in keys]


def _match_two(better: Sequence[_Printed], worse: Sequence[_Printed], content: Mapping[str, _Content]) -> None:
    """Have the forms of the better of two documents count for those of the other that print the same."""
    rules = identity_rules().renditions
    same_key = len({(o.project, o.year, o.kind) for o in better} & {(o.project, o.year, o.kind) for o in worse})
    matched = same_key + _match_forms(better, worse, content, rules, by_content_alone=False)
    if matched and matched >= rules.most * len(worse):
        _match_forms(better, worse, content, rules, by_content_alone=True)


def _match_forms(
    better: Sequence[_Printed],
    worse: Sequence[_Printed],
    content: Mapping[str, _Content],
    rules: Renditions,
    *,
    by_content_alone: bool,
) -> int:
    scored = []
    open_mine, open_theirs = _unmatched(better, worse), _unmatched(worse, better)
    for i, mine in enumerate(open_mine):
        for j, theirs in enumerate(open_theirs):
            if mine.same_kind != theirs.same_kind:
                continue
            name = letters_alike(mine.name, theirs.name)
            if not by_content_alone and (name < rules.name or is_telling(mine.name, theirs.name)):
                continue
            shared = _shared_content(_content_of(mine, content), _content_of(theirs, content))
            if shared >= (rules.content_alone if by_content_alone else rules.content):
                scored.append((-(name + shared), i, j))
    taken: tuple[set[int], set[int]] = (set(), set())
    for _, i, j in sorted(scored):
        if i not in taken[0] and j not in taken[1]:
            taken[0].add(i)
            taken[1].add(j)
            open_theirs[j].counting = open_mine[i]
    return len(taken[0])


def _content_of(printed: _Printed, content: Mapping[str, _Content]) -> _Content:
    several = [content[form] for form in printed.forms if form in content]
    return _Content(
        {amount for one in several for amount in one.money},
        [row for one in several for row in one.rows],
        {amount for one in several for amount in one.corrected},
    )


_LEAST_MONEY, _LEAST_ROWS = 0.5, 0.25
"""What two forms that both print money, or indicators, must share of each: else they are two, whatever else agrees."""


def _shared_content(mine: _Content, theirs: _Content) -> float:
    """What of the smaller of two forms' content the other has too, from 0 to 1; 0 where nothing can be compared, or
    where most of the money or nearly all indicators differ."""
    shares = []
    corrected = mine.corrected | theirs.corrected
    money, other = ({amount for amount in one.money if amount[:2] not in corrected} for one in (mine, theirs))
    if money and other:
        shares.append(len(money & other) / min(len(money), len(other)))
        if shares[-1] < _LEAST_MONEY:
            return 0.0
    if mine.rows and theirs.rows:
        shares.append(_shared_rows(mine.rows, theirs.rows))
        if shares[-1] < _LEAST_ROWS:
            return 0.0
    return sum(shares) / len(shares) if shares else 0.0


def _shared_rows(mine: Sequence[tuple[str, str]], theirs: Sequence[tuple[str, str]]) -> float:
    """The share of the fewer rows that the others hold: whole ones, and to a half ones whose name or target alone is
    (nearly) the same."""
    fewer, more = sorted((mine, theirs), key=len)
    left = Counter(more)
    found = 0.0
    open_rows = []
    for row in fewer:
        if left[row]:
            left[row] -= 1
            found += 1.0
        else:
            open_rows.append(row)
    others = [row for row, count in left.items() for _ in range(count)]
    for name, target in open_rows:
        best, share = None, 0.0
        for number, (other_name, other_target) in enumerate(others):
            alike = letters_alike(name, other_name)
            value = (0.5 if alike >= 0.7 else 0.0) + (0.5 if alike >= 0.4 and target == other_target else 0.0)
            if value > share:
                best, share = number, value
        if best is not None:
            del others[best]
            found += share
    return found / len(fewer)


def _read_content(store: ReadableStore, documents: Sequence[str]) -> Mapping[str, _Content]:
    found: dict[str, _Content] = defaultdict(_Content)
    for start in range(0, len(documents), _BATCH):
        values = " ".join(URIRef(document).n3() for document in documents[start : start + _BATCH])
        corrected = {str(row["thing"]) for row in select(store, _CORRECTED % values)}
        for row in select(store, _MONEY % values):
            if str(row["entry"]) in corrected:
                found[str(row["form"])].corrected.add((str(row["stage"]), str(row["source"])))
            elif str(row["amount"]) != "0":
                found[str(row["form"])].money.add((str(row["stage"]), str(row["source"]), str(row["amount"])))
        for row in select(store, _NAMES % values):
            if str(row["row"]) in corrected:
                continue
            read = fold_text(str(row["name"])), fold_text(str(row["target"] or ""))
            found[str(row["form"])].rows.append(read)
    return found


def _whole_documents(printed: Iterable[_Printed]) -> Iterator[tuple[str, str]]:
    """The documents of which every form is printed in one other document that counts for it."""
    by_document: dict[str, set[str | None]] = defaultdict(set)
    for one in printed:
        by_document[one.document].add(one.counting.document if one.counting is not None else None)
    for document, others in sorted(by_document.items()):
        only = next(iter(others))
        if len(others) == 1 and only is not None:
            yield document, only
