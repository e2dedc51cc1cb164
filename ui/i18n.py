"""What the app and the command line say, in Chinese and English: texts.yaml and the other files of texts beside it, read
strictly.

Given a language, `Texts` answers a key with its text; a key that isn't there is an error of ours and stops the page
rather than showing a key to a reader.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from string import Formatter
from typing import Any, Literal, get_args

from ontology.vocabulary import DataError, parse_data

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
_FILES = ("texts.yaml", "texts_indicators.yaml", "texts_terminal.yaml")


def placeholders(text: str) -> frozenset[str]:
    """Given a text, return the names of its placeholders: "{n} 个项目" has n."""
    return frozenset(name for _, name, _, _ in Formatter().parse(text) if name)


@cache
def read_texts() -> Mapping[str, Mapping[Language, str]]:
    """Return every text by its key ("page.overview") and language; raise DataError where one is missing or uneven."""
    texts: dict[str, Mapping[Language, str]] = {}
    for file in _FILES:
        for key, entry in _entries(file):
            if key in texts:
                raise DataError(file, key, "stands in another file of texts, too")
            if not isinstance(entry, dict) or set(entry) != set(LANGUAGES):
                raise DataError(file, key, f"give exactly the languages {', '.join(LANGUAGES)}")
            if not all(isinstance(text, str) and text.strip() for text in entry.values()):
                raise DataError(file, key, "a text is empty, or not a text (put it in quotes)")
            if len({placeholders(text) for text in entry.values()}) != 1:
                raise DataError(file, key, "the languages have different {placeholders}")
            texts[key] = entry
    return texts


def _entries(file: str) -> Iterator[tuple[str, Any]]:
    for group, entries in parse_data(file, (files("ui") / file).read_text("utf-8")).items():
        yield from ((f"{group}.{name}", entry) for name, entry in entries.items())


@dataclass(frozen=True, slots=True)
class Texts:
    """The app's texts in one language."""

    language: Language

    def __call__(self, key: str, **values: object) -> str:
        """Given a key and what its placeholders stand for, return the text."""
        return read_texts()[key][self.language].format(**values)

    def has(self, key: str) -> bool:
        """Say whether there is a text of this key."""
        return key in read_texts()

    def name(self, group: str, name: str) -> str:
        """Given a group of texts ("field") and what one of them names, return it, or the name itself where there is none."""
        return self(f"{group}.{name}") if self.has(f"{group}.{name}") else name

    def pick(self, zh: str | None, en: str | None) -> str:
        """Given a label in both languages, return ours, or the other one where ours is missing."""
        first, second = (zh, en) if self.language == "zh" else (en, zh)
        return first or second or ""


def read_language(given: str | None) -> Language:
    """Given what the address says, return the language: Chinese unless it says English."""
    return given if given in LANGUAGES else "zh"
