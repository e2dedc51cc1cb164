"""What the running text of a document says: facts, each with its sentence and place, and what was left unread.

Given a document's blocks and what it says of itself, `read_prose` returns the facts in reading order. The rules are
pure: passages (`extract.prose_passages`), clauses (`extract.prose_clauses`), names (`extract.prose_words`), figures to
facts (`extract.prose_reader`); the kinds and the words are ontology/data/facts.yaml.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import cast

from extract.grid import Document
from extract.prose_drafts import Draft, Surroundings, Unread, evaluated_above
from extract.prose_passages import Passage, is_glossary, read_passages
from extract.prose_projects import describe_project, find_descriptions
from extract.prose_reader import PassageReader
from extract.prose_words import alternatives, find_figures, find_thresholds
from ontology.facts import fact_rules
from ontology.records import DocumentInfo, Fact, Place, Project, Stage

_LONGEST_PASSAGE = 6000
"""A longer passage is no prose (a dump without breaks); it is reported, not read."""


@dataclass(frozen=True, slots=True)
class UnreadSentence:
    """A sentence that states money of which not everything was read."""

    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class Prose:
    """What a document's running text says: facts, and the projects that it describes; how many sentences state money,
    and those not read in full."""

    facts: tuple[Fact, ...]
    projects: tuple[Project, ...]
    money_sentences: int
    unread: tuple[UnreadSentence, ...]


def read_prose(document: Document, info: DocumentInfo, projects: Sequence[Project] = ()) -> Prose:
    """Given a document, what it says of itself, and the projects that its forms name, return what its prose says."""
    passages = read_passages(document)
    around = Surroundings(info.fiscal_year, _publishers(info, passages), _project_names(projects))
    descriptions = find_descriptions(passages)
    for described in descriptions:
        around.described |= {id(passage): described.name for passage in described.passages}
    unread: list[Unread] = []
    money = 0
    for passage in passages:
        if passage.is_heading and not _states_flat(passage):
            _end_list(around, passage)
            continue
        if is_glossary(passage):
            continue
        _end_list(around, passage)
        count = _money_sentences(passage)
        money += count
        if len(passage.text) > _LONGEST_PASSAGE:
            unread += [Unread(passage, 0, len(passage.text))] if count else []
            continue
        if _may_say_something(passage):
            unread += PassageReader(passage, around).read()
    made = [describe_project(one, n, around.drafts, info.fiscal_year) for n, one in enumerate(descriptions, 1)]
    return Prose(_facts(around.drafts), tuple(made), money, tuple(_unread(one) for one in unread))


@cache
def _telling() -> re.Pattern[str]:
    """What a passage must hold to say anything: a figure with a unit, none, the same, or a cause."""
    words = fact_rules().words
    telling = alternatives((*words["none"], *words["none_behind"], *words["flat"], *words["cause"]))
    return re.compile(rf"\d[\d,.]*[^\d年月日号〕\]、.，]|{telling}")


def _may_say_something(passage: Passage) -> bool:
    is_evaluation = "绩效自评" in passage.text or evaluated_above(passage) is not None
    return is_evaluation or _telling().search(passage.text) is not None


def _states_flat(passage: Passage) -> bool:
    """A short numbered line that says that nothing changed is no heading (（一）公务接待费较上年持平)."""
    return any(word in passage.text for word in (*fact_rules().words["flat"], *fact_rules().words["none_behind"]))


def _money_sentences(passage: Passage) -> int:
    figures = [figure for figure in find_figures(passage.text, find_thresholds(passage.text)) if figure.type == "money"]
    return sum(any(start <= figure.start < end for figure in figures) for start, end in passage.sentences)


def _end_list(around: Surroundings, passage: Passage) -> None:
    """The list that 其中： opened goes on as long as passages are numbered as its first is."""
    if around.listed is None:
        return
    if around.listed_level is None and passage.level is not None:
        around.listed_level = passage.level
    elif passage.level is not None and passage.level > (around.listed_level or 0):
        return
    elif around.listed_level is None and passage.level is None and re.match(r".{2,40}（类）", passage.text):
        return  # the first of a numbered list has lost its number
    elif passage.level is None or passage.level != around.listed_level:
        around.listed = None


def _publishers(info: DocumentInfo, passages: Sequence[Passage]) -> tuple[str, ...]:
    """The names by which a document calls its publisher: what stands before a year again and again (某某局2024年)."""
    names = {info.unit.name} if info.unit else set()
    before: Counter[str] = Counter()
    for passage in passages:
        for start, _ in passage.sentences:
            at = max(start, passage.body)
            if (match := re.match(r"([\u4e00-\u9fff“”\d（）]{2,30}?)20\d\d年", passage.text[at : at + 60])) is not None:
                before[match[1]] += 1
    names |= {name for name, count in before.items() if count >= 2}
    return tuple(sorted((re.sub(r"\s", "", name) for name in names), key=len, reverse=True))


def _project_names(projects: Sequence[Project]) -> list[str]:
    names = ("".join(project.name.split()) for project in projects if project.scope == "project")
    return list(dict.fromkeys(name for name in names if len(name) >= 4))


def _facts(drafts: Sequence[Draft]) -> tuple[Fact, ...]:
    kept: list[Draft] = []
    seen: set[tuple[object, ...]] = set()
    for draft in drafts:
        key = (
            id(draft.passage), draft.kind, draft.subject, draft.amount, draft.value, draft.stage, draft.change,
            draft.percent, draft.share, draft.year, id(draft.whole), draft.start if draft.is_text else 0,
        )  # fmt: skip
        figures = (draft.amount, draft.value, draft.change, draft.percent)
        nothing = all(figure is None for figure in figures) and draft.cause is None and not draft.is_text
        if key in seen or nothing:
            continue
        seen.add(key)
        kept.append(draft)
    numbers = {id(draft): number for number, draft in enumerate(kept, 1)}
    return tuple(_fact(draft, numbers) for draft in kept)


def _fact(draft: Draft, numbers: dict[int, int]) -> Fact:
    start, end = draft.start, draft.end
    if not draft.is_text:
        start, end = _sentences(draft.passage, start, end)
    return Fact(
        kind=draft.kind,
        text=draft.passage.printed(start, end).strip(),
        subject=draft.subject,
        amount=draft.amount,
        value=draft.value,
        unit=draft.unit,
        change=draft.change,
        percent=draft.percent,
        fiscal_year=draft.year,
        raw=draft.raw,
        stage=cast("Stage | None", draft.stage),
        share=draft.share,
        compared_with=draft.compared,
        part_of=numbers.get(id(draft.whole)) if draft.whole is not None else None,
        cause=draft.cause,
        place=draft.passage.place(draft.at),
    )


def _sentences(passage: Passage, start: int, end: int) -> tuple[int, int]:
    """The sentences that a fact stands in."""
    spans = [span for span in passage.sentences if span[0] < end and start < span[1]]
    return (spans[0][0], spans[-1][1]) if spans else (start, end)


def _unread(one: Unread) -> UnreadSentence:
    return UnreadSentence(one.passage.printed(one.start, one.end).strip(), one.passage.place(one.start))
