"""What can go wrong, in Chinese (data/errors.yaml): errors say it in English, the language of the code and the command
line; a page in Chinese asks here. A sentence is found by its words, so that no error needs to know of languages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from string import Formatter

from ontology.vocabulary import DataError, read_data

_FILE = "errors.yaml"

_LONGEST = 2000
"""Characters of a sentence that is compared: a longer one holds somebody's text, and comparing it would take long."""


def _pieces(sentence: str) -> list[tuple[str, str | None]]:
    return [(text, name) for text, name, _, _ in Formatter().parse(sentence)]


def read_sentences(data: object) -> Mapping[str, str]:
    """Given the data file's content, return the sentences, English to Chinese; raise DataError where it is wrong."""
    said = data.get("errors") if isinstance(data, dict) else None
    if not isinstance(said, dict):
        raise DataError(_FILE, "errors", "must be a mapping from English sentences to Chinese ones")
    for english, chinese in said.items():
        if not all(isinstance(text, str) and text.strip() for text in (english, chinese)):
            raise DataError(_FILE, str(english), "must be a sentence in both languages")
        names = [sorted(name for _, name in _pieces(text) if name is not None) for text in (english, chinese)]
        if names[0] != names[1] or len(set(names[0])) != len(names[0]):
            raise DataError(_FILE, english, "each word in braces stands once in each language")
    return said


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    """The sentences: first those that begin with a word of their own, and of these those with most: others may fit too."""
    found = []
    for english, chinese in read_sentences(read_data(_FILE)).items():
        pieces = _pieces(english)
        pattern = "".join(re.escape(text) + (f"(?P<{name}>.*?)" if name else "") for text, name in pieces)
        rank = (not pieces[0][0], -sum(len(text) for text, _ in pieces))
        found.append((rank, re.compile(pattern, re.DOTALL), chinese))
    found.sort(key=lambda one: one[0])
    return tuple((pattern, chinese) for _, pattern, chinese in found)


def in_chinese(sentence: str) -> str | None:
    """Given what an error says, return it in Chinese, with what is filled in: in Chinese too where that is such a
    sentence, else as it stands. None where the list has no such sentence."""
    if len(sentence) > _LONGEST:
        return None
    for pattern, chinese in _patterns():
        found = pattern.fullmatch(sentence)
        if found is not None:
            return chinese.format(**{name: in_chinese(text) or text for name, text in found.groupdict().items()})
    return None
