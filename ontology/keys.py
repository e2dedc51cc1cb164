"""Which raw, printed fields identify what. These rules are pinned by tests: a changed key orphans published IRIs.

A key is the first 20 hexadecimal digits of the SHA-256 of its folded fields. Folding (NFKC, no white space, one form of
brackets and quotes) makes a key the same whether a name was wrapped, spaced or typed in full-width letters; it never
corrects a name. Two names that differ by a character have two keys: that they may be one thing is a proposed identity
with a score, never an IRI shared in advance.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

from ontology.records import DocumentInfo, Indicator, Named, Project

_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "「": '"', "」": '"', "‘": "'", "’": "'",
                         "【": "[", "】": "]", "〔": "[", "〕": "]", "—": "-", "–": "-", "－": "-", "〈": "<", "〉": ">"})  # fmt: skip

# A unit's printed name may start with its code: "[103]某某办公厅", "127001-某某局", "127001某某局".
_LEADING_CODE = re.compile(r"^(?:\[\d{2,}\]|\(\d{2,}\)|\d{3,}[-_:.]?)(?=\D)")

# A name that says itself where it belongs (某某市…, 某某县…, 中国…) identifies a unit alone; "办公室" does not.
_QUALIFIED = re.compile(r"^(?:中国|中共|中央|中华|国家|全国|.{1,12}?(?:省|市|区|县|州|盟|旗|乡|镇|街道))")


def fold(text: str | None) -> str:
    """Given a printed text, return the form in which keys compare it."""
    folded = unicodedata.normalize("NFKC", text or "").translate(_QUOTES)
    return "".join(c for c in folded if not c.isspace() and unicodedata.category(c) != "Cf")


def digest(*fields: str | None) -> str:
    """Given printed fields, return their key; an absent field differs from none given, not from an empty one."""
    joined = "\x1f".join(fold(field) for field in fields)
    return hashlib.sha256(joined.encode()).hexdigest()[:20]


def unit_name(printed: str) -> str:
    """Given a unit's printed name, return it folded and without a leading code."""
    return _LEADING_CODE.sub("", fold(printed))


def unit_key(unit: Named, context: str = "") -> str:
    """A unit by its name; one whose name doesn't say where it belongs also by its publisher's name (`context`).

    A unit's code is no part of its key: codes are given by a city's finance bureau and mean nothing elsewhere.
    """
    name = unit_name(unit.name)
    return digest("unit", name) if _QUALIFIED.match(name) else digest("unit", name, unit_name(context))


def publisher_key(document: DocumentInfo) -> str:
    """The unit that published a document; where it is unknown, the document stands alone under its hash."""
    if document.unit is None:
        return digest("unit", "", document.sha256)
    return unit_key(document.unit, document.region.name if document.region else "")


def disclosure_key(document: DocumentInfo) -> str:
    """What a publisher disclosed for a year and a kind: its editions (errata) and renditions (a PDF and its text)
    share it. A document that doesn't say whose or when it is shares it with none."""
    if document.unit is None or document.fiscal_year is None:
        return digest("disclosure", "", document.sha256)
    return digest("disclosure", publisher_key(document), str(document.fiscal_year), document.kind)


def project_key(document: DocumentInfo, project: Project) -> str:
    """A project: publisher, implementing unit (the publisher where none is printed), and its code, or else its name.

    A form for a department as a whole is keyed by the department; its year and kind are the form's, not the project's.
    """
    publisher = publisher_key(document)
    context = document.unit.name if document.unit else ""
    unit = unit_key(project.implementing_unit, context) if project.implementing_unit else publisher
    if project.scope == "department":
        return digest("department", publisher, unit_key(Named(project.name), context))
    if project.code:
        return digest("project", publisher, unit, "code", project.code)
    return digest("project", publisher, unit, "name", project.name)


def form_key(document: DocumentInfo, project: Project) -> str:
    """A form's subject: project, year and kind. Forms of two documents that share it print the same thing twice
    (an edition or a rendition), and only one of them may count."""
    year = project.fiscal_year if project.fiscal_year is not None else document.fiscal_year
    return digest("form", project_key(document, project), str(year or ""), project.form)


def project_indicator_key(document: DocumentInfo, project: Project, indicator: Indicator) -> str:
    """An indicator of a project in a year: joins the row of the target form with that of the self-evaluation.

    Tiers count by their concept where one was recognised, else as printed: "产出" and "产出指标" are one tier.
    """
    year = project.fiscal_year if project.fiscal_year is not None else document.fiscal_year
    return digest(
        "indicator",
        project_key(document, project),
        str(year or ""),
        indicator.tier1_concept or indicator.tier1,
        indicator.tier2_concept or indicator.tier2,
        indicator.tier3,
    )
