"""The words of prose: which kind of fact a name means, how figures are printed, what stands around them.

Everything here is a pure function of short texts as `extract.prose_passages` folds them; the vocabulary is
ontology/data/facts.yaml.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Literal

from extract.amounts import parse_amount
from extract.language import PhraseFinder
from extract.numbers import NUMBER, to_decimal
from ontology.facts import QUOTES, FactKind, FactRules, fact_rules

FigureType = Literal["money", "percent", "count", "score"]

YEAR = re.compile(r"20\d\d年(?:度)?(?:\d{1,2}月)?(?:\d{1,2}日)?[末底]?")
_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Figure:
    """A printed figure: its type, number (money in yuan), what was printed of it, and where it stands; one that is not
    exact (3万元以内, 约3万元) is no fact."""

    type: FigureType
    number: Decimal
    raw: str
    unit: str
    start: int
    end: int
    is_exact: bool = True


@dataclass(frozen=True, slots=True)
class Name:
    """What a figure is said of: the kind, where the name stands in the clause that was given, and where in it the label
    that tells the kind."""

    kind: FactKind | None
    start: int
    end: int
    is_sure: bool
    label: tuple[int, int] = (0, 0)


def alternatives(words: Iterable[str]) -> str:
    """Given words, return a regular expression of them, the longest first."""
    return "|".join(re.escape(word) for word in sorted(set(words), key=len, reverse=True))


# --- figures


_MONEY = "亿元|百万元|万元|千元|元"
_BARE = r"(?:万|亿)(?=[，。；、）]|$)"
"""Money without its 元, where the figure ends there."""


_BOUND = re.compile(r"(?:（含）)?(?:以内|以上|以下|之内|左右|上下|有余|起步)|余[万元，。]")


@cache
def _figure_pattern() -> re.Pattern[str]:
    counted = {unit for kind in fact_rules().kinds.values() for unit in kind.units}
    return re.compile(
        rf"(?<![\d.A-Za-z〔\[])(?P<number>[-−]?{NUMBER})"
        rf"(?:(?P<money>{_MONEY}|{_BARE})|(?P<percent>%)|(?P<score>分)(?![之钟别局配类项为析布管支])"
        rf"|(?P<count>{alternatives(counted)}))"
    )


@cache
def _threshold_pattern() -> re.Pattern[str]:
    words = alternatives(fact_rules().words["threshold"])
    number = rf"{NUMBER}(?:{_MONEY})"
    return re.compile(
        rf"(?:{words})?(?:在|为|达)?{number}(?:以上|及以上|（含）以上|（含）及以上|以上（含）|（含{number}）以上|（不含）以上|以下|（含）以下|（含）)的?"
    )


def find_thresholds(text: str) -> list[tuple[int, int]]:
    """Given a text, return where it states a price above or below which things are counted (单价100万元以上)."""
    return [match.span() for match in _threshold_pattern().finditer(text)]


def find_figures(text: str, left_out: Sequence[tuple[int, int]]) -> list[Figure]:
    """Given a text and the parts of it that hold no figures of their own, return its figures in order."""
    found: list[Figure] = []
    for match in _figure_pattern().finditer(text):
        if any(start < match.end() and match.start() < end for start, end in left_out):
            continue
        exact = _BOUND.match(text, match.end()) is None and text[match.start() - 1 : match.start()] != "约"
        number = to_decimal(match["number"].replace("−", "-"))
        raw, unit = match["number"], match[0][len(match["number"]) :]
        if match["money"]:
            if (amount := parse_amount(match["number"], unit)) is not None:
                found.append(Figure("money", amount.amount, raw, unit, match.start(), match.end(), exact))
            continue
        kind: FigureType = "percent" if match["percent"] else "score" if match["score"] else "count"
        found.append(Figure(kind, number, raw, unit, match.start(), match.end(), exact))
    return found


# --- names


@cache
def _finder() -> PhraseFinder:
    rules = fact_rules()
    vocabulary: dict[str, Iterable[str]] = {
        kind.notation: kind.printed for kind in rules.kinds.values() if kind.printed
    }
    around = {*rules.words["fillers"], *(word for words in rules.stages.values() for word in words)}
    return PhraseFinder(vocabulary | {"": around})


@cache
def _precedence() -> dict[str, int]:
    return {notation: number for number, notation in enumerate(fact_rules().kinds)}


_CLASSIFIED = re.compile(r"（\d{0,7}([类款项])）")
_CODED = re.compile(r"(2(?:[01]\d|2[0-9]|3[0-3])(?:\d\d){0,2})(?!\d|年)-?([\u4e00-\u9fff（）、]{2,40})")
"""A name of the classification by function behind its code (2050202小学教育)."""
_FUNCTION_KINDS = {"类": "function_class", "款": "function_group", "项": "function_item"}
_LEADING = re.compile(r"^(?:[、，。；：）]|和|及|以及|与|其中|包括|包含|分别为|全部为|[“”\"']|\d{1,2}[、.](?!\d))+")


def find_name(
    text: str, figure: FigureType, unit: str, publishers: Sequence[str], rules: FactRules | None = None
) -> Name:
    """Given the words before a figure, return what they name: a kind of fact, and whether the words are fully known.

    `publishers` are names by which the document calls its publisher; years, they and the vocabulary's fillers may
    stand around the name. A name with other words is not sure; it has no kind where no label is in it.
    """
    rules = rules or fact_rules()
    start, end = _trim(text, publishers)
    core = [(at, character) for at, character in enumerate(text[start:end], start) if character not in QUOTES]
    compared = "".join(character for _, character in core)
    if not compared or len(compared) > _LONGEST_NAME * 2:
        return Name(None, start, end, False)
    classified = _classified(text, start, end)
    if classified is not None and figure == "money":
        return classified
    if len(compared) > _LONGEST_NAME:
        return Name(None, start, end, False)
    phrases = _finder().find(compared)
    fitting = [
        phrase
        for phrase in phrases
        if phrase.label
        and _fits(rules.kinds[phrase.label], figure, unit)
        and not any(
            other.start <= phrase.start and phrase.end <= other.end and len(other.text) > len(phrase.text)
            for other in phrases
            if other.label and _fits(rules.kinds[other.label], figure, unit)
        )
    ]
    spans = [(phrase.start, phrase.end) for phrase in phrases] + _marks(compared)
    if figure == "count":
        spans += [match.span() for match in re.finditer("项目", compared)]
    unknown = _uncovered(len(compared), spans)
    if not fitting:
        return Name(None, start, end, not unknown)
    best = min(fitting, key=lambda phrase: (_precedence()[phrase.label], -len(phrase.text)))
    first = min(phrase.start for phrase in fitting)
    if unknown and unknown[-1][1] <= first and _ends_as_unit(compared[: unknown[-1][1]], compared[:first]):
        start = core[unknown[-1][1]][0]
        unknown = []
    places = [(core[phrase.start][0], core[phrase.end - 1][0] + 1) for phrase in fitting]
    label = core[best.start][0], core[best.end - 1][0] + 1
    if figure == "count":  # of a count the label is the name, with the price that it starts from
        start = min([at for at, over in find_thresholds(text) if at <= label[0] <= over], default=label[0])
    start, end = _tight(text, start, end, places if figure != "count" else [label])
    return Name(rules.kinds[best.label], start, end, not unknown, label)


def _fits(kind: FactKind, figure: FigureType, unit: str) -> bool:
    return kind.holds == figure and (figure != "count" or unit in kind.units)


def _trim(text: str, publishers: Sequence[str]) -> tuple[int, int]:
    """Where the name stands in its clause: without what joins it to others, years, and the publisher's name."""
    start, end = 0, len(text)
    for listed in re.finditer(r"(?<![不未])(?:包括|包含)", text):
        start = listed.end()  # 支出包括一般公共服务支出…
    for listed in re.finditer(r"、[^、（）]{1,20}等(?!支出)", text):
        start = listed.end()  # 基本工资、津贴补贴等人员经费
    while True:
        before = start
        if match := _LEADING.match(text[start:]):
            start += match.end()
        years = [
            match
            for match in YEAR.finditer(text, start)
            if match.end() <= end and text[match.start() - 1 : match.start()] != "的"
        ]
        if (
            years
            and _says_only_when(text[years[-1].end() : end])
            and not _says_only_when(text[start : years[-1].start()])
        ):
            end = years[-1].start()  # the name stands before the year: …（项）2024年预算数为
        elif years:
            start = years[-1].end()
        for publisher in publishers:
            if publisher and text.startswith(publisher, start) and len(publisher) < end - start:
                start += len(publisher)
                break
        if start == before:
            return start, end


def _says_only_when(rest: str) -> bool:
    return not rest or _only_stage().fullmatch(rest) is not None


def _classified(text: str, start: int, end: int) -> Name | None:
    """A name of the classification by function, which its own marks (类、款、项) tell."""
    marks = list(_CLASSIFIED.finditer(text, start, end))
    if not marks:
        coded = _CODED.fullmatch(text, start, end)
        if coded is None:
            return None
        kind = {3: "function_class", 5: "function_group", 7: "function_item"}[len(coded[1])]
        return Name(fact_rules().kinds[kind], start, end, True)
    last = marks[-1]
    rest = "".join(character for character in text[last.end() : end] if character not in QUOTES)
    sure = not _uncovered(len(rest), [(phrase.start, phrase.end) for phrase in _finder().find(rest)]) if rest else True
    while start < last.start() and text[start] in QUOTES:
        start += 1
    return Name(fact_rules().kinds[_FUNCTION_KINDS[last[1]]], start, last.end(), sure)


def _marks(compared: str) -> list[tuple[int, int]]:
    """Signs that say nothing, and thresholds, which are part of a name."""
    signs = [(match.start(), match.end()) for match in re.finditer(r"[、，（）：和及与或]", compared)]
    return [*signs, *find_thresholds(compared), *(match.span() for match in YEAR.finditer(compared))]


def _uncovered(length: int, spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    covered = [False] * length
    for start, end in spans:
        covered[start:end] = [True] * (end - start)
    found: list[tuple[int, int]] = []
    for at, known in enumerate(covered):
        if not known:
            if found and found[-1][1] == at:
                found[-1] = (found[-1][0], at + 1)
            else:
                found.append((at, at + 1))
    return found


@cache
def _unit_end() -> re.Pattern[str]:
    return re.compile(rf"(?:{alternatives(fact_rules().words['unit_ends'])})(?:机关|本级|本部)?")


def _ends_as_unit(unknown: str, before: str) -> bool:
    """Whether what stands before a label is the name of a unit: it ends as such names do."""
    return (
        len(unknown) >= 2
        and not re.search(r"[，。；：]", before)
        and any(match.end() >= len(unknown) for match in _unit_end().finditer(before))
    )


_TAIL = re.compile(
    r"(?:达到|总(?!收|支)|当年|本年|年度|预算数?|决算数?|支出决算数?|总额|总计|合计|总数|共计|金额|为|是|共|达|年初|全年|安排|均|（以合同签订为准）|的|数|：|，)+$"
)
_HEAD = re.compile(
    r"^(?:预算(?=安排)|所属|下属|预算单位|本部门|本单位|我部门|我单位|部门|单位(?!价)|共有|共|现有|实有|安排的?|财政拨款的|的|，|相应)+"
)


def _tight(text: str, start: int, end: int, labels: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """A name without what says nothing at its ends; a label in it is never cut."""
    first, last = min(begin for begin, _ in labels), max(finish for _, finish in labels)
    if (match := _HEAD.match(text[start:first])) is not None:
        start += match.end()
    if (match := _TAIL.search(text[start:end])) is not None:
        end = max(start + match.start(), last)
    while end > last and text[end - 1] in "、，：（":
        end -= 1
    if start > 0 and text[start - 1] in QUOTES and any(character in QUOTES for character in text[start:end]):
        start -= 1
    return start, end


_SAYS_NOTHING = re.compile(r"(?:为|是|共|：|预算数?|金额|合计|计)+$")


def trim_name(text: str, start: int, end: int) -> tuple[int, int]:
    """Given where a name of no kind stands in a text, return that without what says nothing at its ends."""
    if (match := _SAYS_NOTHING.search(text[start:end])) is not None and match.start() > 0:
        end = start + match.start()
    while start < end and (text[start] in "、，：" or text[start] in QUOTES):
        start += 1
    while end > start and (text[end - 1] in "、，：" or text[end - 1] in QUOTES):
        end -= 1
    return start, end


# --- which figure of the year


@cache
def _stage_words() -> tuple[tuple[str, str], ...]:
    pairs = [(word, stage) for stage, words in fact_rules().stages.items() for word in words]
    return tuple(sorted(pairs, key=lambda pair: -len(pair[0])))


_BUDGETS = re.compile(r"一般公共预算|政府性基金预算|国有资本经营预算|公共财政预算|部门预算|综合预算|预算单位")
"""Names of budgets, which don't say that a figure is one."""


def find_stage(text: str) -> str | None:
    """Given the words around a name, return which figure of the year it is, or None where they don't say."""
    text = _BUDGETS.sub("", text)
    last: tuple[int, int, str] | None = None
    for word, stage in _stage_words():
        at = text.rfind(word)
        if at >= 0 and (last is None or (at + len(word), len(word)) > last[:2]):
            last = (at + len(word), len(word), stage)
    return last[2] if last is not None else None


@cache
def _only_stage() -> re.Pattern[str]:
    words = alternatives(word for word, _ in _stage_words())
    return re.compile(
        rf"(?:本年|年初|全年|当年|安排|财政|年度|其|中)*(?:{words})(?:数|总额|金额|为|是|共|：|安排|资金|达)*"
    )


def is_only_stage(text: str) -> bool:
    """Whether words before a figure name nothing and only say which figure of the year it is (支出决算为)."""
    start, end = _trim(text, ())
    return _only_stage().fullmatch(text[start:end]) is not None
