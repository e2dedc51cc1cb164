"""Facts while their sentences are read, and what a passage knows of what is spoken of.

`PassageState` holds what the next figure may lean on: the fact last read, the whole whose parts are being listed (其中),
the name last given, what is compared with; it makes facts and ties a part to its whole.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from extract.prose_clauses import Base, find_causes
from extract.prose_passages import Passage
from extract.prose_words import find_figures, find_name, find_thresholds
from ontology.facts import QUOTES, FactKind, fact_rules

_HEADING_NUMBER = re.compile(r"^(?:第[^分章]{1,3}(?:部分|章)|[^、.）分章]{1,4}[、.）])")
_HEADING_END = re.compile(r"(?:总体|具体|变化|增减|安排|使用|结构|规模)*(?:情况)?(?:总体|具体)?(?:说明)?：?$")
_ASIDE = re.compile(r"（详?见[^）]*）")


_NEAR = 60
"""How many facts before a part are looked through for its whole."""


@dataclass(eq=False, slots=True)
class Draft:
    """A fact while its sentence is read; `start` and `end` are where it stands in its passage, `figure` its figure."""

    kind: str
    subject: str | None
    passage: Passage
    start: int
    end: int
    amount: Decimal | None = None
    value: Decimal | None = None
    unit: str | None = None
    raw: str | None = None
    stage: str | None = None
    change: Decimal | None = None
    percent: Decimal | None = None
    share: Decimal | None = None
    year: int | None = None
    compared: int | None = None
    cause: str | None = None
    whole: Draft | None = None
    section: tuple[str, ...] = ()
    figure: int | None = None
    is_text: bool = False

    @property
    def at(self) -> int:
        """Where the fact's figure stands, or else where its words begin."""
        return self.start if self.figure is None else self.figure


@dataclass(frozen=True, slots=True)
class Topic:
    """What is spoken of: a kind and the printed name."""

    kind: str
    subject: str | None


@dataclass
class Surroundings:
    """What the passages of a document share: its year, the names of its publisher and projects, the facts so far, and
    the whole whose parts the following list tells. `described` names the project that a passage (by its identity) is
    part of the description of."""

    year: int | None
    publishers: tuple[str, ...]
    projects: list[str]
    drafts: list[Draft] = field(default_factory=list)
    described: dict[int, str] = field(default_factory=dict)
    listed: Draft | None = None
    listed_level: int | None = None


@dataclass(frozen=True, slots=True)
class Unread:
    """A sentence that states money of which nothing was read."""

    passage: Passage
    start: int
    end: int


_EVALUATED = re.compile(
    r"(?:[一二三四五六七八九十\d]{1,3}[、.]|（[一二三四五六七八九十\d]{1,3}）)?(?P<name>[^，。；：]{3,40}?)(?:支出)?绩效自评(?:综述|价?报告)(?:：|$)"
)


def evaluated_above(passage: Passage) -> str | None:
    """The project whose self-evaluation the headings above a passage announce (2.…项目绩效自评报告)."""
    names = (_evaluated_name(heading) for heading in reversed(passage.headings))
    return next((name for name in names if name is not None), None)


def _evaluated_name(text: str) -> str | None:
    match = _EVALUATED.match(text)
    if match is None or text.startswith(("项目", "部门")):
        return None
    name = "".join(character for character in match["name"] if character not in QUOTES)
    return name if name not in ("项目", "项目支出", "部门整体", "部门整体支出") else None


def _evaluated_project(passage: Passage) -> str | None:
    """The project whose self-evaluation a passage, or the heading above it, tells in prose (…项目绩效自评综述：)."""
    names = (_evaluated_name(text) for text in (passage.text, *passage.headings[-1:]))
    return next((name for name in names if name is not None), None)


class PassageState:
    """What is known while a passage is read."""

    def __init__(self, passage: Passage, around: Surroundings) -> None:
        self.passage, self.around, self.text = passage, around, passage.text
        self.rules = fact_rules()
        self.thresholds = find_thresholds(self.text)
        self.causes = find_causes(self.text)
        self.figures = find_figures(self.text, self.thresholds)
        self.explained: set[int] = set()
        self.drafts: list[Draft] = []
        self.current: Draft | None = None
        self.changed: Draft | None = None
        self.whole: Draft | None = None
        self.topic: Topic | None = None
        self.base: Base | None = None
        self.year = around.year
        self.lost_change = False
        self.counted: str | None = None
        self.evaluated = _evaluated_project(passage)
        self.described = around.described.get(id(passage)) or self.evaluated
        if self.described is not None:
            self.topic = Topic("project_funding", self.described)
        self.told_causes: set[int] = set()
        self.money_of: dict[int, Draft] = {}
        self.listing = False

    def _inside_cause(self, at: int) -> bool:
        return any(cause.start < at < cause.end for cause in self.causes)

    def _heading_topic(self, headings: Sequence[str] | None = None) -> Topic | None:
        for heading in reversed(self.passage.headings if headings is None else headings):
            text = _HEADING_END.sub("", _ASIDE.sub("", _HEADING_NUMBER.sub("", heading)))
            name = find_name(text, "money", "", self.around.publishers)
            if name.kind is not None and name.is_sure and not name.kind.notation.startswith("total_"):
                return Topic(name.kind.notation, text[name.start : name.end])
        return None

    def _adopt(self, kind: FactKind, subject: str | None) -> tuple[FactKind, str | None]:
        """A bare 收入, 支出 or 收支 belongs to the budget that the heading, or the whole it is a part of, speaks of."""
        plain = self.rules.families["plain"]
        if kind.notation not in plain:
            return kind, subject
        place = plain.index(kind.notation)
        if self.whole is not None:
            for family in self.rules.families.values():
                if self.whole.kind in family and family.index(self.whole.kind) in (0, place):
                    return self.rules.kinds[family[place]], subject
            if not any(self.whole.kind in family for family in self.rules.families.values()):
                return self.rules.kinds["part"], subject
        heading = self._heading_topic()
        if heading is None:
            return kind, subject
        for family in self.rules.families.values():
            if heading.kind in family:
                return self.rules.kinds[family[place]], subject
        if heading.kind in ("basic_expenditure", "project_expenditure"):
            return kind, subject
        return self.rules.kinds[heading.kind], subject

    def _subject(self, start: int, end: int) -> str | None:
        while end > start and self.text[end - 1] in QUOTES and self.text[start] not in QUOTES:
            end -= 1
        return self.passage.printed(start, end).strip() or None

    def _draft(self, kind: str, subject: str | None, start: int, end: int) -> Draft:
        draft = Draft(kind, subject, self.passage, start, end, year=self.year, section=self.passage.headings)
        self.drafts.append(draft)
        return draft

    def _named_draft(self, kind: FactKind, subject: str | None, start: int, end: int) -> Draft:
        draft = self._draft(kind.notation, subject, start, end)
        self.current = draft
        return draft

    def _place_in_whole(self, draft: Draft) -> None:
        """Tie a fact to the whole it is a part of: the one that 其中 opened, or one of a kind that it lies within."""
        kind = self.rules.kinds[draft.kind]
        if self.whole is not None and self._leaves(draft.kind, self.whole.kind):
            self.whole = None
        if self.whole is not None and (self.whole.amount is None) == (draft.amount is None):
            own = draft.kind == self.whole.kind and draft.amount is None
            if draft.amount is not None or own or self.whole.kind in kind.within:
                draft.whole = self._of_stage(self.whole, draft.stage)
                return
        if self.around.listed is not None and draft.amount is not None and not kind.within:
            draft.whole = self._of_stage(self.around.listed, draft.stage)
            return
        near = [
            d
            for d in [*self.around.drafts[-30:], *self.drafts[:-1]][-_NEAR:]
            if d.kind in kind.within
            and d.year == draft.year
            and (d.amount is None) == (draft.amount is None)
            and (d.amount is not None or d.value is not None)
            and self._stands_under(draft, d)
        ]
        if near:
            whole = near[-1]
            while whole.whole is not None and whole.whole.kind == whole.kind:
                whole = whole.whole
            draft.whole = self._of_stage(whole, draft.stage)

    def _leaves(self, kind: str, whole: str) -> bool:
        """Whether a total cannot be a part of another: income of spending, all spending of that of one budget."""
        families = list(self.rules.families.values())
        places = [
            (rank, family.index(one)) for one in (kind, whole) for rank, family in enumerate(families) if one in family
        ]
        if len(places) < 2:
            return False
        (rank, side), (of_rank, of_side) = places
        return (
            rank < of_rank
            or bool(side and of_side and side != of_side)
            or (side == 0 and of_side != 0 and rank == of_rank)
        )

    def _stands_under(self, draft: Draft, whole: Draft) -> bool:
        """Whether a fact stands where its whole was told: under the same heading, or under the next one where a heading
        above both speaks of the whole (三公经费 … （一）总体情况 … （二）具体情况)."""
        if whole.section == draft.section[: len(whole.section)]:
            return True
        above = whole.section[:-1]
        if not above or above != draft.section[: len(above)]:
            return False
        topic = self._heading_topic(above[-1:])
        return topic is not None and topic.kind == whole.kind

    def _of_stage(self, whole: Draft, stage: str | None) -> Draft:
        """Of a whole that is told in its budget and its accounts, the figure of the part's stage."""
        if stage is None or whole.stage == stage:
            return whole
        siblings: Sequence[Draft] = [
            d
            for d in [*self.around.drafts[-30:], *self.drafts][-_NEAR:]
            if d.passage is whole.passage and (d.kind, d.subject, d.stage) == (whole.kind, whole.subject, stage)
        ]
        return siblings[-1] if siblings else whole

    @staticmethod
    def _root(draft: Draft) -> Draft:
        while draft.whole is not None and draft.whole.passage is draft.passage:
            draft = draft.whole
        return draft
