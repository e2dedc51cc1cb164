"""A passage of prose to facts: clause by clause, each figure to what it is said of, or to the account of what was not read.

`PassageReader` walks the clauses of a passage. It reads only what the vocabulary explains in full; a figure whose name
holds other words is left and reported.
"""

from __future__ import annotations

import re
from decimal import Decimal

from extract.prose_clauses import (
    Cause,
    Clause,
    Comparison,
    find_cause_after_change,
    match_against,
    match_flat,
    match_none,
    split_clauses,
)  # fmt: skip
from extract.prose_drafts import Draft, Topic, Unread, evaluated_above
from extract.prose_figures import FigureReader
from extract.prose_words import YEAR, FigureType, Name, alternatives, find_name
from ontology import labels

_NONE_OF: tuple[tuple[FigureType, str], ...] = (("money", ""), ("count", "辆"), ("count", "台"))
"""What there may be none of: money, or vehicles and devices by the units they are counted in."""

_NUMBER = re.compile(r"^(?:[一二三四五六七八九十\d]{1,3}[、.]|（?[一二三四五六七八九十\d]{1,3}）[、.]?|[①-⑳])")


class PassageReader(FigureReader):
    """Reads one passage; `read` may be called once."""

    def read(self) -> list[Unread]:
        """Read the passage; its facts are added to the surroundings. Return the sentences with money left unread."""
        self._evaluation()
        for start, end in self.passage.sentences:
            self._sentence(max(start, self.passage.body) if start < self.passage.body < end else start, end)
        self._open_list()
        self.around.drafts += sorted(self.drafts, key=lambda draft: draft.at)
        return [
            Unread(self.passage, start, end)
            for start, end in self.passage.sentences
            if any(
                figure.type == "money" and start <= figure.start < end and figure.start not in self.explained
                for figure in self.figures
            )
        ]

    def _evaluation(self) -> None:
        """What the self-evaluation of a project says in words: behind a label, or under a heading that is one."""
        kinds = [kind for kind in self.rules.kinds.values() if kind.holds == "text" and kind.printed]
        if self.evaluated is not None:
            marks = alternatives(label for kind in kinds for label in kind.printed)
            found = list(re.finditer(rf"(?<![\u4e00-\u9fff])(?P<label>{marks})：", self.text))
            for number, match in enumerate(found, 1):
                end = found[number].start() if number < len(found) else len(self.text)
                kind = next(kind for kind in kinds if match["label"] in kind.printed)
                self._draft(kind.notation, self.evaluated, match.start(), end).is_text = True
            return
        project = evaluated_above(self.passage) if not labels.mentions_people(self.text) else None
        headings = {_NUMBER.sub("", heading).rstrip("：") for heading in self.passage.headings}
        for kind in kinds:
            if project is not None and headings & set(kind.printed):
                self._draft(kind.notation, project, 0, len(self.text)).is_text = True

    def _open_list(self) -> None:
        """A passage that ends with 其中： is gone on with by the numbered ones that follow."""
        if re.search(rf"(?:{alternatives(self.rules.words['parts'])})：?$", self.text):
            self.around.listed = self.current
            self.around.listed_level = None

    def _sentence(self, start: int, end: int) -> None:
        if not self.text.startswith("其中", start):
            self.base = None  # 其中 goes on with what the sentence before compared with
        self.lost_change, self.counted = False, None
        if not (self.year_kept and self.whole is None):
            self.year = self.around.year
        root = self.whole
        self.whole = None
        if root is not None:
            self.current = root
        if not self.text.startswith(tuple(self.rules.words["parts"]), start):
            self.changed = None
        outside: list[tuple[Draft | None, Draft | None, Draft | None]] = []
        for clause in split_clauses(self.text, start, end, self.figures):
            while len(outside) < clause.aside:  # a bracket with figures tells the parts of what stands before it
                outside.append((self.current, self.whole, self.changed))
                self.whole = self.current
            while len(outside) > clause.aside:
                self.current, self.whole, self.changed = outside.pop()
            self._clause(clause, start)
        if outside:
            self.current, self.whole, self.changed = outside[0]
        if self.whole is not None and not self.passage.text.startswith("其中", end):
            self.current = self._root(self.whole)
            self.whole = None

    @property
    def year_kept(self) -> bool:
        """Whether the year of the sentence before still holds: it said as of when (截至)."""
        return bool(re.search(r"截[至止]", self.text))

    def _clause(self, clause: Clause, sentence: int) -> None:
        start, end = clause.start, clause.end
        if self._inside_cause(start):
            self._explain(start, end)
            return
        if (weaker := self._weaker_cause(start)) is not None:
            self.causes.append(weaker)
            self._tell_cause(weaker, clause)
            self._explain(start, end)
            return
        start = self._enter_parts(start, end)
        cause = next((c for c in self.causes if start <= c.start < end), None)
        stop = cause.start if cause is not None else end
        figures = [figure for figure in self.figures if start <= figure.start and figure.end <= stop]
        at = start
        for figure in figures:
            self._set_year(at, figure.start)
            self._figure(figure, at, clause, end)
            at = figure.end
        if cause is not None:
            self._tell_cause(cause, clause)
            self._explain(cause.start, end)
        elif not figures:
            self._set_year(start, end)
            self._words(start, end, clause, sentence)
        elif at < end:
            self._behind(at, end)

    def _explain(self, start: int, end: int) -> None:
        self.explained |= {figure.start for figure in self.figures if start <= figure.start < end}

    def _weaker_cause(self, start: int) -> Cause | None:
        if self.changed is None or self.changed.cause is not None:
            return None
        return find_cause_after_change(self.text, start)

    def _enter_parts(self, start: int, end: int) -> int:
        for word in sorted(self.rules.words["parts"], key=len, reverse=True):
            if self.text.startswith(word, start):
                if self.current is not None:
                    counts = [d for d in self.drafts if self.money_of.get(id(d)) is self.current]
                    self.whole = counts[0] if counts else self.current
                elif self.around.listed is not None:
                    self.whole = self.around.listed
                return min(start + len(word), end)
        return start

    def _set_year(self, start: int, end: int) -> None:
        for match in YEAR.finditer(self.text, start, end):
            before = self.text[max(0, match.start() - 2) : match.start()]
            if not before.endswith(tuple(self.rules.words["against"])):
                self.year = int(match[0][:4])

    def _words(self, start: int, end: int, clause: Clause, sentence: int) -> None:
        text = self.text[start:end]
        if (flat := match_flat(text, self.year)) is not None:
            self._flat(flat, start, end)
            return
        if (against := match_against(text, self.year)) is not None:
            self.base = against.base
            if against.name and self._name_topic(start, start + len(against.name)) and self.topic is not None:
                kind = self.topic.kind
                self.current = next((d for d in reversed(self.drafts) if d.kind == kind and d.change is None), None)
            return
        if (none := match_none(text)) is not None:
            self._none(none[0], none[1], start, end, sentence)
            return
        parts = re.fullmatch(rf"(.+?)(?:{alternatives(self.rules.words['parts'])})", text)
        if parts is not None and clause.end < len(self.text) and self.text[clause.end] == "：":
            self._whole_by_name(start, start + len(parts[1]))
            return
        if text.endswith("中") and clause.end < len(self.text) and self.text[clause.end] in "，：":
            self._whole_by_name(start, end - 1)
            return
        if self.listing and clause.before in "：，":
            self._list_projects(text)
            return
        if not self._name_topic(start, end):
            self._name_counted(text)

    def _name_counted(self, text: str) -> None:
        """A clause without figures may say what the projects are counted for (…开展绩效自评，其中，一级项目3个)."""
        for kind in self.rules.kinds.values():
            says_what = kind.money is not None and kind.notation not in ("projects", "key_projects")
            if says_what and any(label in text for label in kind.printed):
                self.counted = kind.notation
                return

    def _flat(self, flat: Comparison, start: int, end: int) -> None:
        self.base = flat.base
        if flat.base is None or flat.base.is_plan:
            return
        draft = self._target(flat, start, start + len(flat.name), "")
        if draft is not None and draft.change is None:
            draft.change, draft.compared, draft.end = Decimal(0), flat.base.year, max(draft.end, end)
            self.changed = draft

    def _name_topic(self, start: int, end: int) -> bool:
        """A clause that is only a name says what the next figures are of; return whether it does."""
        name = find_name(self.text[start:end], "money", "", self.around.publishers)
        if name.kind is not None and name.is_sure and (name.kind.notation.startswith("function_") or end - start <= 30):
            kind, subject = self._adopt(name.kind, self._subject(start + name.start, start + name.end))
            self.topic = Topic(kind.notation, subject)
            if name.kind.notation.startswith("function_"):
                self.current = None
            return True
        return False

    def _whole_by_name(self, start: int, end: int) -> None:
        name = find_name(self.text[start:end], "money", "", self.around.publishers)
        if name.kind is None or not name.is_sure:
            return
        kind = self._adopt(name.kind, None)[0].notation
        known = [d for d in (*self.around.drafts[-40:], *self.drafts) if d.kind == kind and d.amount is not None]
        if known:
            self.whole = known[-1]

    def _none(self, words: str, word: str, start: int, end: int, sentence: int) -> None:
        """无…, 未安排…: each thing named that may be none is a fact of zero."""
        several = [part for part in re.split(r"[、和及与]", words) if part]
        names = [find_name(part, "money", "", self.around.publishers) for part in several]
        kinds = {name.kind.notation for name in names if name.kind is not None and name.is_sure and name.kind.none}
        if len(several) > 1 and len(kinds) == len(several):
            for part in several:
                self._none(part, word, start, end, sentence)
            return
        at = self.text.index(words, start)
        found: list[Name] = []
        for kind_type, unit in _NONE_OF:
            name = find_name(words, kind_type, unit, self.around.publishers)
            fits = name.kind is not None and name.kind.none and (name.is_sure or kind_type == "count")
            if fits and name.kind not in [other.kind for other in found]:
                found.append(name)
                if kind_type == "money":
                    break
        for name in found:
            kind = name.kind
            if kind is None:
                continue
            begin, finish = at + name.start, at + name.end
            if kind.holds == "count":
                begin, finish = at + name.start, at + name.label[1]
            if kind.notation == "equipment" and self._is_bought(start, begin):
                kind = self.rules.kinds["equipment_planned"]
            if any(d.kind == kind.notation and d.start >= sentence and d.raw is not None for d in self.drafts):
                continue
            draft = self._draft(kind.notation, self._subject(begin, finish), start, end)
            draft.raw = word
            if kind.holds == "money":
                draft.amount = Decimal(0)
            else:
                draft.value = Decimal(0)
            self.current = draft

    def _is_bought(self, start: int, end: int) -> bool:
        return "购置" in self.text[start:end]

    def _behind(self, start: int, end: int) -> None:
        """What stands behind a clause's last figure: it may say what the count is of, or that nothing changed."""
        if (flat := match_flat(self.text[start:end], self.year)) is not None and not flat.name:
            self._flat(flat, start, end)

    def _list_projects(self, text: str) -> None:
        names = [name for name in text.split("、") if 3 <= len(name) <= 50]
        self.around.projects += [name for name in names if name not in self.around.projects]
        if len(names) == 1:
            self.topic = Topic("project_funding", names[0])
            self.current = None
        self.listing = False

    def _tell_cause(self, cause: Cause, clause: Clause) -> None:
        if cause.start in self.told_causes:
            return
        self.told_causes.add(cause.start)
        said = self.passage.printed(cause.body, cause.end).strip(" ：:，,；;。")
        draft = self.changed or (None if self.lost_change else self.current)
        before = self.text[clause.start : cause.start]
        if draft is not None and not said:
            return
        if draft is not None and draft.cause is None:
            draft.cause, draft.end = said, max(draft.end, cause.end)
        elif (
            draft is None and not self.lost_change and said and re.search(r"增|减|下降|上升|变[化动]|差异|持平", before)
        ):
            subject = re.sub(r"的$", "", before)
            made = self._draft(
                "cause", self.passage.printed(clause.start, clause.start + len(subject)), clause.start, cause.end
            )
            made.cause = said
