"""What a figure of a sentence is said of: a change, an amount, a share, a count, a score.

A figure becomes a fact, or part of one, only where the vocabulary explains the words before it in full.
"""

from __future__ import annotations

import re
from decimal import Decimal

from extract.prose_clauses import Clause, Comparison, match_change, match_completed, match_share
from extract.prose_drafts import Draft, PassageState, Topic
from extract.prose_words import YEAR, Figure, alternatives, find_name, find_stage, is_only_stage, trim_name


class FigureReader(PassageState):
    """Reads the figures of a passage, one after the other."""

    def _figure(self, figure: Figure, at: int, clause: Clause, end: int) -> None:
        if not figure.is_exact:
            return
        lead_start = self._lead_start(at, figure, clause)
        lead = self.text[lead_start : figure.start]
        if figure.type == "money":
            done = self._change(figure, lead, lead_start) or self._money(figure, lead, lead_start)
        elif figure.type == "percent":
            done = self._change(figure, lead, lead_start) or self._percent(figure, lead, lead_start)
        else:
            done = self._count(figure, lead, lead_start, end)
        if done:
            self.explained.add(figure.start)

    def _lead_start(self, at: int, figure: Figure, clause: Clause) -> int:
        """Where the words before a figure begin: with its clause, or before a colon that parts name and figure."""
        lead = self.text[at : figure.start]
        if clause.before == "：" and not lead.strip("、") and at == clause.start and at > 1:
            before = max(self.text.rfind(mark, 0, at - 1) for mark in "，；：。")
            start = max(before + 1, self.passage.body)
            if not any(start <= other.start < at for other in self.figures) and not self._inside_cause(start):
                return start
        return at

    def _change(self, figure: Figure, lead: str, start: int) -> bool:
        change = match_change(lead, self.year)
        if change is None or change.direction is None:
            return False
        self.base = change.base or self.base
        number = figure.number * change.direction if figure.number else Decimal(0)
        if figure.type == "money":
            self.changed = None  # a percentage that follows is this amount's, or nobody's
        if self.base is None and not (figure.type == "percent" and self.changed is not None and not change.name):
            return False
        if figure.type == "percent" and self.lost_change and not change.name:
            return False
        if self.base is not None and self.base.is_plan:
            return self._plan_difference(figure, number, change, start)
        draft: Draft | None
        if figure.type == "percent" and self.changed is not None and not change.name:
            draft = self.changed
        else:
            draft = self._target(change, start, start + len(change.name), figure.type)
        if draft is None or (draft.percent if figure.type == "percent" else draft.change) is not None:
            self.lost_change = figure.type == "money"
            return False
        if figure.type == "percent":
            draft.percent = number
        else:
            draft.change = number
        draft.unit = draft.unit or (figure.unit if figure.type == "money" else None)
        draft.compared = self.base.year if self.base is not None else draft.compared
        draft.end = max(draft.end, figure.end)
        self.changed = draft
        return True

    def _plan_difference(self, figure: Figure, number: Decimal, change: Comparison, start: int) -> bool:
        draft = self.current
        if figure.type != "money" or draft is None:
            return figure.type == "percent"
        made = self._draft("budget_difference", draft.subject, start, figure.end)
        made.amount, made.raw, made.unit = number, figure.raw, figure.unit
        return True

    def _target(self, compared: Comparison, start: int, end: int, figure: str) -> Draft | None:
        """The fact that a change is of: the one named, or the last; of another year than that compared with."""
        base = compared.base or self.base
        other_year = base.year if base is not None else None
        name_text = self.text[start:end].strip("，、")
        if name_text and not is_only_stage(name_text):
            name = find_name(self.text[start:end], "money", "", self.around.publishers)
            if name.kind is None or not name.is_sure:
                counted = self.current if figure != "money" else None
                return counted if counted is not None and not name_text.strip("本年度，") else None
            kind, subject = self._adopt(name.kind, self._subject(start + name.start, start + name.end))
            same = [d for d in self.drafts if d.kind == kind.notation and d.year != other_year and d.change is None]
            if same and not kind.notation.startswith("function_"):
                wanted = [d for d in same if d.stage == find_stage(name_text)] or same
                return wanted[-1]
            return self._named_draft(kind, subject, start, end)
        known = [self.current] if self.current is not None else []
        if self.current is not None and other_year is not None and self.current.year == other_year:
            known = [d for d in self.drafts if d.kind == self.current.kind and d.year != other_year]
        if known:
            return known[-1]
        topic = self.topic or self._heading_topic()
        if topic is None:
            return None
        return self._draft(topic.kind, topic.subject, start, end)

    def _money(self, figure: Figure, lead: str, start: int) -> bool:
        bare = lead.strip("，、：的")
        words = self.rules.words
        if self.whole is not None and re.fullmatch(rf"(?:{alternatives(words['whole_again'])})(?:为)?", bare):
            return self.whole.amount == figure.number
        if self._involves(figure, bare, start):
            return True
        if (project := self._known_project(bare, start)) is not None:
            self._money_draft("project_funding", project, figure, start, bare.replace(project, ""))
            return True
        of_project = self.topic is not None and self.topic.kind == "project_funding"
        if is_only_stage(re.sub(r"^(?:该|本)?项目", "", bare) if of_project else bare):
            topic = self._stage_topic(bare)
            if topic is not None:
                self._money_draft(topic.kind, topic.subject, figure, start, lead)
                return True
        name = find_name(lead, "money", figure.unit, self.around.publishers)
        begin, end = start + name.start, start + name.end
        if name.kind is not None and name.is_sure:
            kind, subject = self._adopt(name.kind, self._subject(begin, end))
            if kind.notation == "project_funding" and self.described is not None:
                subject = self.described
            stage = lead[name.label[1] :] if find_stage(lead[name.label[1] :]) else lead[: name.label[0]]
            if kind.notation == "project_funding":
                stage = lead  # 项目总预算 says it itself
            self._money_draft(kind.notation, subject, figure, start, stage)
            return True
        if (project := self._told_project(bare, start)) is not None:
            self._money_draft("project_funding", project, figure, start, bare.replace(project, ""))
            return True
        if self.whole is not None and self.whole.amount is not None and self._is_part_name(lead):
            begin, end = trim_name(self.text, begin, end)
            if 2 <= end - begin <= 40:
                self._money_draft("part", self._subject(begin, end), figure, start, self.text[end : figure.start])
                return True
        return False

    @staticmethod
    def _is_part_name(lead: str) -> bool:
        return not re.search(
            r"增加|减少|下降|(?<![稳保促])增长|用于|其余|至|由|从|按|每|人均|平均|完成|占|节约|超|约$", lead
        )

    def _involves(self, figure: Figure, bare: str, start: int) -> bool:
        """The money of the projects that were just counted (涉及资金 …)."""
        words = alternatives(self.rules.words["involves"])
        told = re.fullmatch(rf"(?:共|全部|合计|其中)*(?:{words})(?:为|共|共计|合计|总计|达|：)*", bare)
        if told is None and not re.match(r"(?:共|合计)?涉及.{0,20}$", bare):
            return False
        counts = [d for d in self.drafts if d.value is not None and self.rules.kinds[d.kind].money is not None]
        count = counts[-1] if counts else None
        kind = count.kind if count is not None else self.counted
        money = self.rules.kinds[kind].money if kind is not None else None
        if money is None or (count is not None and id(count) in self.money_of):
            return False
        several = count is not None and [d.kind for d in counts].count(count.kind) > 1 and self.whole is None
        subject = count.subject if count is not None and not several else None
        draft = self._money_draft(money, subject, figure, start, bare)
        draft.whole = None
        if count is not None:
            draft.whole = self.money_of.get(id(count.whole)) if count.whole is not None else None
            self.money_of[id(count)] = draft
        self.current = count if count is not None and self.whole is not None else draft
        self.changed, self.topic = None, None
        return True

    def _known_project(self, text: str, start: int) -> str | None:
        """The project that the words before an amount name in quotes, or that a form or a list of the document names,
        where they say nothing else but which figure it is."""
        if re.search(r"（[类款项]）", text):
            return None
        if (quoted := re.fullmatch(r"[“\"]([^”\"]{2,40})[”\"](?:项目|专项)?(.*)", text)) is not None:
            return self._only_project(quoted[1], quoted[2], start)
        known = [name for name in self.around.projects if text.startswith(name)]
        name = max(known, key=len, default="")
        return self._only_project(name, text[len(name) :], start) if name else None

    def _told_project(self, text: str, start: int) -> str | None:
        """The project that words ending in 项目 name, before those that say which figure it is."""
        match = re.match(r"(.{3,40}?项目)((?:年初|全年|支出|当年|调整)?(?:预算|执行|实际支出|决算).*)", text)
        if match is None or re.search(
            r"（[类款项]）|各|所有|全部|等|个项目|类项目|一般项目|其他项目|采购项目", match[1]
        ):
            return None
        name = re.sub(rf"^(?:{YEAR.pattern}|[，：])+", "", match[1])
        if len(name) < 5 or find_name(name, "money", "", self.around.publishers).is_sure:
            return None
        return self._only_project(name, match[2], start)

    def _only_project(self, name: str, rest: str, start: int) -> str | None:
        rest = re.sub(r"^(?:项目)?(?:支出)?", "", rest)
        at = self.text.find(name, start)
        if (rest and not is_only_stage(rest)) or at < 0:
            return None
        return self.passage.printed(at, at + len(name))

    def _stage_topic(self, bare: str) -> Topic | None:
        of_counts = {kind.money for kind in self.rules.kinds.values()}
        topic = self.topic
        if topic is None and self.current is not None and self.current.kind not in of_counts:
            topic = Topic(self.current.kind, self.current.subject)
        side = 2 if bare.startswith("支出") else 1 if bare.startswith("收入") else None
        if topic is None:
            if side is not None:
                return None
            return self._heading_topic()
        if side is not None:
            for family in self.rules.families.values():
                if topic.kind in family and topic.kind != family[side]:
                    return Topic(family[side], bare[:2])
        return topic

    def _money_draft(self, kind: str, subject: str | None, figure: Figure, start: int, around: str) -> Draft:
        """A fact of an amount; `around` are the words beside its name, which may say which figure of the year it is."""
        draft = self._draft(kind, subject, start, figure.end)
        draft.amount, draft.raw, draft.unit, draft.stage = figure.number, figure.raw, figure.unit, find_stage(around)
        draft.figure = figure.start
        self._place_in_whole(draft)
        self.current, self.changed = draft, None
        self.topic = Topic(kind, subject)
        return draft

    def _percent(self, figure: Figure, lead: str, start: int) -> bool:
        bare = lead.strip("，、：")
        draft = self.current
        share, completed = match_share(bare), match_completed(bare)
        if (
            share is not None
            and share[0].endswith(("预算", "预算数"))
            and find_stage(share[0])
            and "总" not in share[0]
        ):
            completed = share[1]
            share = (
                None
                if share[0] in ("年初预算", "全年预算", "调整预算", "年初预算数", "全年预算数", "预算数")
                else share
            )
        if share is not None and share[1]:
            named = find_name(share[1], "money", "", self.around.publishers)
            same = named.kind is not None and draft is not None and named.kind.notation == draft.kind
            share = share if same else None
        if share is not None and draft is not None and draft.share is None and draft.amount is not None:
            draft.share, draft.end = figure.number, max(draft.end, figure.end)
            return True
        spent = share is None and completed is not None and (not completed or is_only_stage(completed))
        if spent and draft is not None and draft.amount is not None:
            self._value_draft("completion_rate", draft.subject, figure, start)
            return True
        name = find_name(lead, "percent", "%", self.around.publishers)
        if name.kind is not None and name.is_sure:
            subject = self.topic.subject if self.topic is not None and name.kind.notation == "execution_rate" else None
            subject = subject or self._subject(start + name.start, start + name.end)
            self._value_draft(name.kind.notation, subject, figure, start)
            return True
        return False

    def _value_draft(self, kind: str, subject: str | None, figure: Figure, start: int) -> Draft:
        draft = self._draft(kind, subject, start, figure.end)
        draft.value, draft.raw, draft.unit, draft.figure = figure.number, figure.raw, figure.unit, figure.start
        return draft

    def _count(self, figure: Figure, lead: str, start: int, end: int) -> bool:
        if figure.type == "score":
            return self._score(figure, lead, start)
        tail_end = next((f.start for f in self.figures if figure.end <= f.start < end), end)
        tail = self.text[figure.end : tail_end]
        name = find_name(lead, "count", figure.unit, self.around.publishers)
        begin, finish = start + name.start, start + name.end
        follows = self._follows(figure, lead)
        if follows is not None:
            draft = self._count_draft(follows, self.rules.kinds[follows].zh, figure, start)
        elif name.kind is not None and name.is_sure:
            kind = name.kind.notation
            if kind == "graded_projects":
                return self._graded(figure, lead, start)
            draft = self._count_draft(kind, self._subject(begin, finish), figure, start)
            self.listing = kind in ("key_projects", "projects", "target_projects") and self.text.startswith(
                "：", figure.end
            )
        elif tail.startswith("项目") and len(tail) <= 24:
            behind = find_name(tail, "count", figure.unit, self.around.publishers)
            if behind.kind is None or not behind.is_sure:
                return False
            at = figure.end
            draft = self._count_draft(
                behind.kind.notation, self._subject(at + behind.start, at + behind.end), figure, start
            )
            draft.end = tail_end
        elif re.search(r"评级为|等级为|结果为", lead):
            return self._graded(figure, lead, start)
        elif self.counted is not None and re.search(r"项目|绩效", lead) and finish - begin <= 12:
            if figure.unit not in self.rules.kinds[self.counted].units:
                return False
            begin, finish = trim_name(self.text, begin, finish)
            draft = self._count_draft(self.counted, self._subject(begin, finish), figure, start)
        elif self.whole is not None and self.whole.value is not None and self.whole.unit == figure.unit:
            begin, finish = trim_name(self.text, begin, finish)
            if not 2 <= finish - begin <= 24:
                return False
            draft = self._count_draft(self.whole.kind, self._subject(begin, finish), figure, start)
        else:
            return False
        return draft is not None

    def _count_draft(self, kind: str, subject: str | None, figure: Figure, start: int) -> Draft:
        draft = self._value_draft(kind, subject, figure, start)
        draft.unit = figure.unit
        self._place_in_whole(draft)
        if self.whole is not None and draft.whole is None:
            self.whole = None
        self.current = draft
        return draft

    def _follows(self, figure: Figure, lead: str) -> str | None:
        if not self.drafts or re.sub(r"[，、]|累计|共计|共", "", lead):
            return None
        last = self.drafts[-1].kind
        for kind in self.rules.kinds.values():
            if kind.follows == last and figure.unit in kind.units:
                return kind.notation
        return None

    def _graded(self, figure: Figure, lead: str, start: int) -> bool:
        grade = re.search(r"[“\"]([^”\"]{1,6})[”\"]|(?:为)([优良中差合格不]{1,3})(?:的)?(?:等级)?的?项目", lead)
        if grade is None:
            return False
        draft = self._value_draft("graded_projects", grade[1] or grade[2], figure, start)
        draft.whole = next((d for d in reversed(self.drafts[:-1]) if d.kind == "self_evaluated_projects"), None)
        return True

    def _score(self, figure: Figure, lead: str, start: int) -> bool:
        name = find_name(lead, "score", figure.unit, self.around.publishers)
        if name.kind is None or not (name.is_sure or re.search(r"项目", lead)):
            return False
        subject = self._subject(start + name.start, start + name.end)
        quoted = re.search(r"[“\"]([^”\"]{2,40})[”\"]项目", lead)
        if quoted is not None:
            self.topic = Topic("project_funding", quoted[1])
        if self.topic is not None and self.topic.kind == "project_funding":
            subject = self.topic.subject or subject
        elif "项目" in self.text[: figure.start]:
            subject = self._heading_project() or subject
        self._value_draft(name.kind.notation, subject, figure, start)
        return True

    def _heading_project(self) -> str | None:
        for heading in reversed(self.passage.headings):
            found = re.search(
                r"^(?:[^、.）]{1,4}[、.）])?(.{4,40}?项目)(?:支出)?绩效自评价?(?:报告|情况|结果)", heading
            )
            if found is not None:
                return found[1]
        return None
