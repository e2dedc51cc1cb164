"""Which printed fields identify what. These rules are pinned by tests: a changed key orphans published IRIs.

A key is the first 20 hexadecimal digits of the SHA-256 of its folded fields. Folding (NFKC, no white space, one form of
brackets, quotes and dashes) makes a key the same whether a name was wrapped, spaced or typed in full-width letters; it
never corrects a name. Two names that differ by a character have two keys: that they may be one thing is a proposed
identity with a score, never an IRI shared in advance. So wherever a rule must err, it errs towards two keys for one
thing, which a proposed identity can mend, and never towards one key for two things, which nothing can.

The rules stand in code, not in data, because no label that is added to the vocabulary may change a key. The one list
they lean on is that of the names of provinces, cities and counties (`ontology.regions`): it only ever grows by places
that no earlier document can name.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import cache

from ontology.records import DocumentInfo, Indicator, Named, Project
from ontology.regions import CENTRAL, full_names

# Quotes, brackets, dashes, dots and waves that mean one thing and are typed in many ways.
_ONE_FORM = str.maketrans(
    {
        **dict.fromkeys("“”„‟「」『』〝〞", '"'),
        **dict.fromkeys("‘’‚‛", "'"),
        **dict.fromkeys("【〔〖", "["),
        **dict.fromkeys("】〕〗", "]"),
        **dict.fromkeys("—–‐‒―−─", "-"),
        **dict.fromkeys("•・‧∙", "·"),
        **dict.fromkeys("〜∼", "~"),
        "〈": "<",
        "〉": ">",
    }
)

_DROPPED_CATEGORIES = frozenset({"Cc", "Cf"})
_DROPPED_PRINTABLE = re.compile("[ \ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""What folding drops though Python calls it printable: the blank, and selectors of glyphs."""

# A unit's printed name may carry its code: "[103]某某办公厅", "127001-某某局", "127001某某局", "某某局(127001)".
_CODE_BEFORE = re.compile(r"(?:\[\d{2,}\]|\(\d{2,}\)|\d{3,}[-_:.]|\d{6,})(?=\D)")
_CODE_BEHIND = re.compile(r"(?<=\D)(?:\[\d{3,}\]|\(\d{3,}\))$")
# Fewer digits and nothing between may be the name itself (12345热线, 120急救中心): a code only before a place's name.
_DIGITS_BEFORE = re.compile(r"\d{3,5}(?=\D)")

_NATIONAL = re.compile(r"(?:中国|中华|中央|中共中央|国务院|国家|全国)[^省市区县州盟旗乡镇村]*")

_BRANCH_OF = re.compile(r"(?:中国共产党|中共|国家税务总局|国家统计局)(?=.)")
"""What may stand before the place in the name of a party committee or of a central body's branch."""

_TIER_NUMBER = re.compile(r"^[\(\[]?(?:[一二三四五六七八九十]+|\d+)[\)\]]?[、.,:](?=\D)")
_TIER_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_TIER_FILLERS = ("指标", "目标", "绩效", "情况", "项目", "部门", "履职", "类")


def fold(text: str | None) -> str:
    """Given a printed text, return the form in which keys compare it."""
    folded = unicodedata.normalize("NFKC", text or "").translate(_ONE_FORM)
    if folded.isprintable() and not _DROPPED_PRINTABLE.search(folded):
        return folded  # nothing to drop, as in most texts
    return "".join(c for c in folded if not c.isspace() and not _is_unseen(c))


def _is_unseen(character: str) -> bool:
    """Control and format characters, and the selectors that pick a glyph for a character."""
    code = ord(character)
    return (
        unicodedata.category(character) in _DROPPED_CATEGORIES or 0xFE00 <= code <= 0xFE0F or 0xE0100 <= code <= 0xE01EF
    )


def digest(*fields: str | None) -> str:
    """Given printed fields, return their key; a field that is None counts as an empty one."""
    joined = "\x1f".join(fold(field) for field in fields)  # folding drops \x1f from the fields themselves
    return hashlib.sha256(joined.encode()).hexdigest()[:20]


@cache
def qualifying_names() -> frozenset[str]:
    """The full names of provinces, prefectures, cities and counties: a unit whose name begins with one is told apart.

    Districts are left out: several cities have a 鼓楼区, and a new one may be called so any day.
    """
    return frozenset(
        name
        for name, region in full_names()
        if region.code != CENTRAL and (not name.endswith("区") or name.endswith(("自治区", "行政区", "地区", "林区")))
    )


def is_qualified(folded_name: str) -> bool:
    """Whether a unit's folded name identifies it in the whole country, because it begins with where the unit is."""
    names, branch = qualifying_names(), _BRANCH_OF.match(folded_name)
    placed_name = folded_name[branch.end() :] if branch else folded_name
    placed = any(placed_name[:length] in names for length in range(2, len(placed_name)))
    return placed or _NATIONAL.fullmatch(folded_name) is not None


def unit_name(printed: str) -> str:
    """Given a unit's printed name, return it folded and without a code before or behind it."""
    name = _CODE_BEHIND.sub("", fold(printed))
    if code := _CODE_BEFORE.match(name):
        return name[code.end() :]
    if (digits := _DIGITS_BEFORE.match(name)) and is_qualified(name[digits.end() :]):
        return name[digits.end() :]
    return name


def unit_key(unit: Named, context: str) -> str:
    """A unit by its name; one whose name doesn't say where it belongs also by a context that does.

    A unit's code is no part of its key: codes are given by a city's finance bureau and mean nothing elsewhere.
    """
    name = unit_name(unit.name)
    return digest("unit", name) if is_qualified(name) else digest("unit", name, context)


def publisher_key(document: DocumentInfo) -> str:
    """The unit that published a document. Where its name alone doesn't tell it apart, its region does (by the code,
    because districts share names); where that is unknown too, the document's publisher stands alone."""
    if document.unit is None:
        return digest("unit", "", document.sha256)
    region = document.region
    return unit_key(document.unit, (region.code or region.name) if region else document.sha256)


def named_unit_key(document: DocumentInfo, unit: Named) -> str:
    """A unit that a document names (a department, an implementing unit): the publisher itself, a unit whose name tells
    it apart, or else a unit of this publisher's (its 办公室 is not another's)."""
    if document.unit is not None and unit_name(unit.name) == unit_name(document.unit.name):
        return publisher_key(document)
    return unit_key(unit, publisher_key(document))


def disclosure_key(document: DocumentInfo) -> str:
    """What a publisher disclosed for a year and a kind: its editions (errata) and renditions (a PDF and its text)
    share it. A document that doesn't say whose, when or what it is shares it with none."""
    if document.unit is None or document.fiscal_year is None or document.kind == "unknown":
        return digest("disclosure", "", document.sha256)
    return digest("disclosure", publisher_key(document), str(document.fiscal_year), document.kind)


def project_key(document: DocumentInfo, project: Project) -> str:
    """A project: publisher, implementing unit (the publisher where none is printed), and its code, or else its name.

    A form for a department as a whole is keyed by the department; its year and kind are the form's, not the project's.
    A form without a name stands alone.
    """
    publisher = publisher_key(document)
    if project.scope == "department" and unit_name(project.name):
        return digest("department", publisher, named_unit_key(document, Named(project.name)))
    unit = named_unit_key(document, project.implementing_unit) if project.implementing_unit else publisher
    if _is_code(project.code):
        return digest("project", publisher, unit, "code", project.code)
    if fold(project.name):
        return digest("project", publisher, unit, "name", project.name)
    return digest("project", publisher, unit, "", document.sha256, project.form_id)


def _is_code(printed: str | None) -> bool:
    """Whether a printed code identifies anything: 无, / and 0 do not."""
    return any(c.isdigit() and c != "0" for c in fold(printed))


def _year_of(document: DocumentInfo, project: Project) -> str:
    """The form's year, else the document's; forms whose year is unknown are alike only within their document."""
    year = project.fiscal_year if project.fiscal_year is not None else document.fiscal_year
    return str(year) if year is not None else document.sha256


def form_key(document: DocumentInfo, project: Project) -> str:
    """A form's subject: project, year and kind. Forms of two documents that share it print the same thing twice
    (an edition or a rendition), and only one of them may count."""
    return digest("form", project_key(document, project), _year_of(document, project), project.form)


def tier_stem(printed: str | None) -> str:
    """Given a printed tier, return what of it tells tiers apart: "产出指标(50分)", "一、项目产出" and "产出" are one.

    A wrong character stays one (产品 is not 产出). Satisfaction has one tier 2, whomever it asks.
    """
    stem = _TIER_BRACKETS.sub("", _TIER_NUMBER.sub("", fold(printed)))
    for filler in _TIER_FILLERS:
        stem = stem.replace(filler, "")
    if "满意" in stem:
        return "满意度"
    if stem.startswith("可持续"):
        return "可持续影响"
    if stem.startswith("产出") and len(stem) > len("产出"):
        stem = stem.removeprefix("产出")  # 产出数量 at tier 2
    return stem


def project_indicator_key(document: DocumentInfo, project: Project, indicator: Indicator) -> str:
    """An indicator of a project in a year: joins the row of the target form with that of the self-evaluation.

    Tiers count by their printed words (`tier_stem`), not by the concept that was recognised: a label that is added to
    the vocabulary must not change a key.
    """
    return digest(
        "indicator",
        project_key(document, project),
        _year_of(document, project),
        tier_stem(indicator.tier1),
        tier_stem(indicator.tier2),
        indicator.tier3,
    )


def proposed_identity_key(relation: str, one: str, other: str) -> str:
    """A proposal about two things, given by the kind and key that end their IRIs ("unit/<key>"): it stays the same when
    a document is read again, so that what people said of it still stands."""
    return digest("proposed identity", relation, one, other)
