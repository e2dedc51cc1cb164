"""Projects that running text describes (项目经费情况说明): headings that name its parts, and the text under each.

A description is told by its headings alone (项目概述, 立项依据, 实施主体 ...; the `sections` of ontology/data/facts.yaml),
at least three of them; its name stands in the title above them, or is labelled 项目名称. Its amount is the fact that the
sentence of its budget gave.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from extract.prose_drafts import Draft
from extract.prose_passages import Passage
from extract.prose_words import alternatives
from ontology import labels
from ontology.facts import fact_rules, fold_prose
from ontology.records import Funding, Named, PrintedCell, Project, Section

_LEAST_SECTIONS = 3
_LONGEST_NAME = 60
_LONGEST_BODY = 40


@dataclass
class Part:
    """A part of a description: what it is, its printed heading, the passages of its text, and the text behind an
    inline heading (实施主体：某某局)."""

    kind: str
    heading: Passage
    label: str
    passages: list[Passage] = field(default_factory=list)
    inline: str = ""

    @property
    def text(self) -> str:
        """The part's text as printed, a line a passage."""
        lines = [passage.printed(0, len(passage.text)).strip() for passage in self.passages]
        return "\n".join(line for line in (self.inline, *lines) if line)


@dataclass
class Description:
    """A described project: its name, the passage that names it, and its parts."""

    name: str
    title: Passage
    parts: list[Part] = field(default_factory=list)

    @property
    def passages(self) -> list[Passage]:
        """The passages of its parts."""
        return [passage for part in self.parts for passage in (part.heading, *part.passages)]


def find_descriptions(passages: Sequence[Passage]) -> list[Description]:
    """Given a document's passages, return the projects that they describe."""
    found: list[Description] = []
    for number, passage in enumerate(passages):
        part = _part(passage)
        if part is None:
            if found and found[-1].parts and _goes_on(found[-1], passages, number):
                found[-1].parts[-1].passages.append(passage)
            continue
        running = found[-1] if found and _is_running(found[-1], passages, number) else None
        if running is None or part.kind in {other.kind for other in running.parts}:
            named = _title(passages, number)
            if named is None:
                continue
            running = Description(*named)
            found.append(running)
        running.parts.append(part)
    return [one for one in found if _is_description(one)]


def _is_description(one: Description) -> bool:
    kinds = {part.kind for part in one.parts}
    return len(kinds) >= _LEAST_SECTIONS and bool(kinds & fact_rules().description.needed)


@cache
def _labels() -> dict[str, str]:
    return {label: kind for kind, labels in fact_rules().description.sections.items() for label in labels}


def _part(passage: Passage) -> Part | None:
    """The part that a passage begins: a heading alone, or one with its text behind a colon."""
    body = passage.text[_number_end(passage) :]
    label, colon, _ = body.partition("：")
    kind = _labels().get(fold_prose(label))
    if kind is None:
        return None
    start = _number_end(passage)
    inline = passage.printed(start + len(label) + 1, len(passage.text)).strip() if colon else ""
    return Part(kind, passage, passage.printed(start, start + len(label)), inline=inline)


def _number_end(passage: Passage) -> int:
    match = re.match(
        r"(?:[一二三四五六七八九十]{1,3}[、.]|（[一二三四五六七八九十\d]{1,3}）[、.]?|\d{1,2}(?:、|[.](?!\d)|）)|[①-⑳])",
        passage.text,
    )
    return match.end() if match is not None else 0


def _is_running(one: Description, passages: Sequence[Passage], number: int) -> bool:
    """Whether a part at this place still belongs to the description: nothing but its own text stands between."""
    last = one.parts[-1] if one.parts else None
    before = passages[number - 1]
    return last is None or before is last.heading or any(before is passage for passage in last.passages)


def _goes_on(one: Description, passages: Sequence[Passage], number: int) -> bool:
    """Whether a passage is text of the description's last part: it heads nothing new."""
    passage, last = passages[number], one.parts[-1]
    if not _is_running(one, passages, number):
        return False
    if _name_in_title(passage) is not None or re.match(r"第[一二三四五六七八九十]+部分", passage.text):
        return False
    if labels.mentions_people(passage.text) or (last.passages and _is_pointer(last.text)):
        return False  # names and telephones are never read; nothing follows a mere pointer
    level = last.heading.level
    return passage.level is None or level is None or passage.level > level


@cache
def _title_pattern() -> re.Pattern[str]:
    ends = alternatives(fact_rules().description.titles)
    return re.compile(rf"(?P<name>.{{2,{_LONGEST_NAME}}}?)(?:{ends})：?")


def _name_in_title(passage: Passage) -> str | None:
    text = passage.text[_number_end(passage) :]
    if re.search(r"[，。；]", text):
        return None
    if (labelled := re.fullmatch(rf"项目名称：(.{{2,{_LONGEST_NAME}}})", text)) is not None:
        return passage.printed(len(passage.text) - len(labelled[1]), len(passage.text)).strip()
    match = _title_pattern().fullmatch(text)
    if match is None:
        return None
    start = len(passage.text) - len(text)
    return passage.printed(start, start + len(match["name"])).strip()


def _title(passages: Sequence[Passage], number: int) -> tuple[str, Passage] | None:
    """The title right above a description's first part."""
    if number == 0:
        return None
    before = passages[number - 1]
    name = _name_in_title(before)
    return (name, before) if name is not None else None


def describe_project(one: Description, number: int, drafts: Sequence[Draft], year: int | None) -> Project:
    """Given a description, its number in the document, and the document's facts, return it as a project."""
    of_it = {id(passage) for passage in one.passages}
    amount = next(
        (
            draft
            for draft in drafts
            if id(draft.passage) in of_it
            and draft.kind == "project_funding"
            and draft.subject == one.name
            and draft.stage in (None, "budget")
            and draft.whole is None
            and draft.amount is not None
        ),
        None,
    )
    body = next((part for part in one.parts if part.kind == "body"), None)
    objective = next((part.text for part in one.parts if part.kind == "objective" and not _is_pointer(part.text)), None)
    title = PrintedCell(one.title.first_place, one.title.paragraph(0))
    return Project(
        form_id=f"d{number}",
        name=one.name,
        scope="project",
        form="description",
        fiscal_year=amount.year if amount is not None and amount.year is not None else year,
        implementing_unit=_unit(body),
        objective=objective,
        funding=(_funding(amount),) if amount is not None else (),
        place=one.title.first_place,
        cells={"name": title},
        sections=tuple(
            Section(part.kind, part.text, part.label, _first(part).first_place) for part in one.parts if part.text
        ),
    )


def _first(part: Part) -> Passage:
    return part.passages[0] if part.passages and not part.inline else part.heading


def _is_pointer(text: str) -> bool:
    return not text or (len(text) <= _LONGEST_BODY and any(word in text for word in fact_rules().description.pointers))


def _unit(body: Part | None) -> Named | None:
    if body is None:
        return None
    text = re.sub(r"[。；\s]+$", "", body.text)
    return Named(text) if text and len(text) <= _LONGEST_BODY and not re.search(r"[，。；：\n]", text) else None


def _funding(draft: Draft) -> Funding:
    amount = draft.amount
    if amount is None:
        raise ValueError("a funding entry needs an amount")
    place = draft.passage.place(draft.at)
    return Funding(
        "budget",
        "total",
        amount,
        draft.raw or "",
        draft.unit,
        place,
        {"amount": PrintedCell(place, draft.passage.paragraph(draft.at))},
    )
