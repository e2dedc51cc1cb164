"""A printed label in the forms in which the lists may have it: without white space, numbering, brackets, years.

"一、其中：2024年财政拨款（万元）：" may stand in the lists as 财政拨款, with the hint 万元.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from ontology.vocabulary import DataError, fold_label, read_data

BRACKETS = re.compile(r"[(\[{<]([^()\[\]{}<>]*)[)\]}>]")
_BRACKET_FORMS = str.maketrans("【】〔〕〈〉《》「」", "[][]<><><>")
ORDINAL = re.compile(
    r"^\s*(?:[(（]?[一二三四五六七八九十]{1,3}[)）、.．]|[(（]\d{1,2}[)）]|\d{1,2}[、.．)）](?!\d)|[①-⑳])\s*"
)
_YEAR = re.compile(r"^(?:20\d\d年度?|20\d\d)")
_FOREIGN_TAIL = re.compile(r"(?<=[一-鿿)）])[\s/]*[A-Za-z][A-Za-z0-9 ,.'’&/()（）_-]{2,}[:：]?$")
_LONGEST_TRANSLATED = 160
"""No label with its translation is longer; to look for one in a long text takes the square of its length."""
_MONEY_TAIL = re.compile(r"(?:人民币)?(?:百万|[千万亿])?元$|%$")


def read_labels(file: str, entry: str, value: object) -> Iterator[str]:
    """Given a list from a data file, yield its labels as they are compared; raise DataError where it is none."""
    if not isinstance(value, list) or not value or not all(isinstance(label, str) for label in value):
        raise DataError(file, entry, "must be a list of texts (quote what YAML would take for something else)")
    for label in value:
        yield fold(label)


def fold(text: str) -> str:
    """Given a label, return the form in which labels are compared, with one kind of each bracket."""
    return fold_label(text.translate(_BRACKET_FORMS))


def without_translation(text: str) -> str:
    """Given a label, return it without the English behind its Chinese: "项目名称 Project Name" is "项目名称"."""
    return _FOREIGN_TAIL.sub("", text) if len(text) <= _LONGEST_TRANSLATED else text


@lru_cache(maxsize=65536)
def forms(text: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the forms in which a printed label may stand in the lists, the most literal first, with bracketed hints.

    Each list asks for them anew, and a document prints its labels again and again: they are kept.
    """
    return tuple(dict.fromkeys(_forms(text)))


def _forms(text: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    native = without_translation(text)
    for start in dict.fromkeys((text, ORDINAL.sub("", text), native, ORDINAL.sub("", native))):
        whole = fold(start)
        yield whole, tuple(BRACKETS.findall(whole))
        bare = BRACKETS.sub("", whole)
        hints = tuple(BRACKETS.findall(whole))
        for year_free in dict.fromkeys(
            (bare, _YEAR.sub("", bare), *(re.sub(start, "", bare) for start in (r"^20\d\d年", r"^20\d\d(?=年)")))
        ):
            for part_free in dict.fromkeys((year_free, _without_part(year_free))):
                if part_free != whole:
                    yield part_free, hints
                shorter = _MONEY_TAIL.sub("", part_free)
                if shorter != part_free:
                    yield shorter, (*hints, part_free[len(shorter) :])
                if re.search(r"[一-鿿][a-z]$", part_free):
                    yield part_free[:-1], hints


@cache
def _parts_of() -> tuple[str, ...]:
    data = read_data("funding.yaml")["part_of"]
    return tuple(sorted(read_labels("funding.yaml", "part_of", data), key=len, reverse=True))


def _without_part(label: str) -> str:
    for word in _parts_of():
        if label.startswith(word) and label != word:
            return label[len(word) :]
    return label
