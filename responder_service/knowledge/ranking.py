"""Finds the sections that a customer's text may be about, in all languages: by words, by pieces of words and, with the
extra, by meaning. What it finds is suggested; whether it answers is another question (drafting/matching.py)."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from responder_service.knowledge.article import paragraphs
from responder_service.knowledge.letters import Letters
from responder_service.knowledge.passage import Passage
from responder_service.knowledge.search import Entry, Index
from responder_service.language.sentences import gist

if TYPE_CHECKING:
    from responder_service.knowledge.likeness import Likeness

# What pieces of words are worth beside the three nearnesses in meaning: of names, say, the model knows little.
_LETTERS_BESIDE_MEANING = 0.1
# Of a long text its end is compared, in characters.
_MOST_LETTERS = 400


class Ranking:
    """Over the indexes of one workspace. `likeness` is that of their entries, in the same order; None: without the
    extra."""

    def __init__(self, indexes: Sequence[Index], likeness: "Likeness | None" = None) -> None:
        self._indexes = indexes
        self._entries = [entry for index in indexes for entry in index.entries]
        self._letters = Letters([_written(entry) for entry in self._entries])
        self._likeness = likeness

    def best(self, text: str, limit: int) -> list[Passage]:
        """The sections that fit best, best first; none when the text has nothing of any of them. `score` is comparable
        within one search only."""
        letters = self._letters.scores(gist(text, _MOST_LETTERS))
        if not any(letters):
            return []
        scores = self._scores(text, _scaled(letters))
        found = (number for number in range(len(scores)) if self._likeness or scores[number] > 0)
        order = sorted(found, key=lambda number: -scores[number])
        return [replace(self._entries[number].passage, score=scores[number]) for number in order[:limit]]

    def _scores(self, text: str, letters: Sequence[float]) -> list[float]:
        if self._likeness:
            meant = self._likeness.scores(text)
            return [near + _LETTERS_BESIDE_MEANING * found for near, found in zip(meant, letters, strict=True)]
        words = _scaled([score for index in self._indexes for score in index.scores(index.read(text))])
        return [word + found for word, found in zip(words, letters, strict=True)]


def _scaled(scores: Sequence[float]) -> list[float]:
    most = max(scores, default=0.0) or 1.0
    return [score / most for score in scores]


def _written(entry: Entry) -> str:
    """What is said of a section; its names and its examples count twice."""
    passage = entry.passage
    named = [passage.title, passage.section, *(example.text for example in entry.examples)]
    return " / ".join([*named, *named, *passage.tags, " ".join(paragraphs(passage.text))])
