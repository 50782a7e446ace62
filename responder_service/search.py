"""Finds sections by BM25, within the articles of one language."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import bm25s
import numpy as np

from responder_service.article import Article, Section
from responder_service.conversation import Passage
from responder_service.stop_words import STOP_WORDS, WEAK_WORDS
from responder_service.synonyms import SYNONYMS
from responder_service.words import PRICE, is_misspelt, names_price, split, telling

# What a title, heading or tag says counts more than a word in passing.
_TITLE_WEIGHT, _HEADING_WEIGHT, _TAG_WEIGHT = 2, 3, 2
# Shorter words have neighbours that mean something else: "lid" and "kid".
_MIN_TYPO_LETTERS = 5
# How much less a word says that may stand in any question.
_WEAK = 0.4


@dataclass(frozen=True)
class Question:
    """The words of a question that say what it is about, as an index compares them, each with its weight. `unknown` are
    those that no article of the language has, as they were written; words that say little are not among them."""

    weights: Mapping[str, float]
    unknown: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether it says nothing, such as "hi there"."""
        return not self.weights

    def coverage(self, words: Iterable[str]) -> float:
        """The share of the question's words, by weight, that are among `words`."""
        total = sum(self.weights.values())
        held = sum(self.weights[word] for word in set(words) if word in self.weights)
        return held / total if total else 0.0


class Index:
    """The sections of one workspace's articles in one language."""

    def __init__(self, language: str, articles: Iterable[Article]) -> None:
        self.language = language
        self._passages: list[Passage] = []
        self._spellings = _words_of(language)
        texts: list[list[str]] = []
        for article in articles:
            for section in article.sections:
                self._passages.append(
                    Passage(article.article_id, article.title, section.heading, section.text, language, article.tags)
                )
                texts.append(self._weighted_words(article, section))
        self._words = [frozenset(words) for words in texts]
        self._rarity = _rarity(self._words)
        self._bm25 = bm25s.BM25()
        if texts:
            self._bm25.index(texts, show_progress=False)

    def words(self, text: str) -> list[str]:
        """The words of `text` that say something, as they are compared."""
        words = [word for word, _ in telling(split(text), self.language)]
        return [*words, PRICE] if names_price(text) else words

    def question(self, text: str) -> Question:
        """The words of `text` with their weights; one that is misspelt is taken for the known one."""
        written = telling([self._spelled(word) for word in split(text)], self.language)
        rarest = max(self._rarity.values(), default=1.0)
        weak = WEAK_WORDS.get(self.language, frozenset())
        weights = {
            word: self._rarity.get(word, rarest) * (_WEAK if spelling in weak else 1.0) for word, spelling in written
        }
        unknown = {spelling: word for word, spelling in written if word not in self._rarity and spelling not in weak}
        return Question(weights, tuple(unknown))

    def search(self, question: Question, limit: int) -> list[Passage]:
        """The passages that fit, best first."""
        asked = [word for word in question.weights if word in self._rarity]
        if not asked:
            return []
        scores = self._bm25.get_scores(asked)
        order = np.argsort(-scores, kind="stable")[:limit]
        return [
            replace(self._passages[i], score=float(scores[i]), coverage=question.coverage(self._words[i]))
            for i in order
            if scores[i] > 0
        ]

    def _weighted_words(self, article: Article, section: Section) -> list[str]:
        headings = " / ".join([*section.above, section.heading])
        tags = " / ".join(article.tags)
        self._spellings |= set(split(" ".join([article.title, headings, tags, section.text])))
        return [
            *self.words(article.title) * _TITLE_WEIGHT,
            *self.words(headings) * _HEADING_WEIGHT,
            *self.words(tags) * _TAG_WEIGHT,
            *self.words(section.text),
        ] or ["-"]

    def _spelled(self, word: str) -> str:
        if word in self._spellings or len(word) < _MIN_TYPO_LETTERS or not word.isalpha():
            return word
        return min((known for known in self._spellings if is_misspelt(word, known)), default=word)


def _words_of(language: str) -> set[str]:
    """Words that are no slips, though no article has them."""
    phrases = SYNONYMS.get(language, {})
    listed = STOP_WORDS.get(language, frozenset()) | WEAK_WORDS.get(language, frozenset())
    return set(listed).union(*phrases)


def _rarity(documents: Sequence[frozenset[str]]) -> dict[str, float]:
    """How much each word tells sections apart (BM25's inverse document frequency, as Lucene has it)."""
    counts: dict[str, int] = {}
    for words in documents:
        for word in words:
            counts[word] = counts.get(word, 0) + 1
    total = len(documents)
    return {word: float(np.log(1 + (total - count + 0.5) / (count + 0.5))) for word, count in counts.items()}
