"""The one door to spaCy: phrases found in Chinese text, on a blank pipeline without a trained model.

The blank Chinese pipeline takes every character as a token, so a phrase of the vocabulary is found wherever it stands,
and numbers are not its business (`extract.quantities` reads those).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spacy.lang.zh import Chinese
    from spacy.matcher import PhraseMatcher


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase that was found: its label, its text, and where it begins and ends, in characters."""

    label: str
    text: str
    start: int
    end: int


class PhraseFinder:
    """Finds the phrases of a vocabulary, given as label to phrases; a phrase may have several labels."""

    def __init__(self, vocabulary: Mapping[str, Iterable[str]]) -> None:
        # Not at the top: spaCy takes a second to import, which a reader of tables without indicators need not pay.
        from spacy.lang.zh import Chinese  # noqa: PLC0415
        from spacy.matcher import PhraseMatcher  # noqa: PLC0415

        self._pipeline: Chinese = Chinese()
        self._matcher: PhraseMatcher = PhraseMatcher(self._pipeline.vocab)
        for label, phrases in vocabulary.items():
            self._matcher.add(label, [self._pipeline.make_doc(phrase) for phrase in phrases])

    def find(self, text: str) -> list[Phrase]:
        """Given a text without white space, return every phrase in it, by where it begins, the longest first."""
        document = self._pipeline.make_doc(text)
        if len(document) != len(text):
            return []  # white space has no token: places would not be those of characters
        strings = self._pipeline.vocab.strings
        found = [Phrase(strings[label], text[start:end], start, end) for label, start, end in self._matcher(document)]
        return sorted(found, key=lambda phrase: (phrase.start, -phrase.end, phrase.label))
