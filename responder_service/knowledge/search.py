"""Finds sections by BM25, within the articles of one language."""

import logging
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import bm25s
import numpy as np

from responder_service.knowledge.article import Article, Section
from responder_service.knowledge.passage import Passage
from responder_service.language.vocabulary import STOP_WORDS, SYNONYMS, WEAK_WORDS
from responder_service.language.words import PRICE, is_misspelt, names_price, split, telling

# It logs every index that it builds.
logging.getLogger("bm25s").setLevel(logging.WARNING)
# What a title, heading or tag says counts more than a word in passing.
_TITLE_WEIGHT, _HEADING_WEIGHT, _TAG_WEIGHT = 2, 3, 2
# Shorter words have neighbours that mean something else: "lid" and "kid".
_MIN_TYPO_LETTERS = 6
# What may be asked of any subject.
_ASPECTS = frozenset([PRICE, "=duration", "=change"])
# How much less a word says that may stand in any question.
_WEAK = 0.05


@dataclass(frozen=True)
class Question:
    """The words of a question that say what it is about, as an index compares them, each with its weight. `unknown` are
    those that no article of the language has, as they were written; words that say little are not among them. `topics`
    are those that name a subject, unlike "how much" and "my order"."""

    weights: Mapping[str, float]
    unknown: tuple[str, ...] = ()
    topics: frozenset[str] = frozenset()

    @property
    def musts(self) -> frozenset[str]:
        """The words that an answer must have, whatever else it has: figures, and what the synonyms stand for."""
        return frozenset(word for word in self.weights if word.isdigit() or (word[0] == "=" and word != "=duration"))

    @property
    def is_empty(self) -> bool:
        """Whether it says nothing, such as "hi there"."""
        return not self.weights

    def coverage(self, words: Iterable[str]) -> float:
        """The share of the question's words, by weight, that are among `words`."""
        # Exact sums: the words come in any order.
        total = math.fsum(self.weights.values())
        held = math.fsum(self.weights[word] for word in set(words) if word in self.weights)
        return held / total if total else 0.0


@dataclass(frozen=True)
class _Entry:
    """A section with its words: those of its heading, of its text, and of its article's title and tags of one word.
    `phrases` are the words of each other tag. `applies` are those of what the article holds for: a question may name
    them, and is not about them."""

    passage: Passage
    heading: frozenset[str]
    text: frozenset[str]
    article: frozenset[str]
    phrases: tuple[frozenset[str], ...]
    applies: frozenset[str]

    @property
    def words(self) -> frozenset[str]:
        return self.heading | self.text | self.article | self.applies


class Index:
    """The sections of one workspace's articles in one language."""

    def __init__(self, language: str, articles: Iterable[Article]) -> None:
        self.language = language
        self._entries: list[_Entry] = []
        self._spellings = _words_of(language)
        texts: list[list[str]] = []
        for article in articles:
            own = [frozenset(self.words(f"{_headings(section)} / {section.text}")) for section in article.sections]
            for position, section in enumerate(article.sections):
                others = frozenset[str]().union(*own[:position], *own[position + 1 :]) - own[position]
                self._entries.append(self._entry(article, section, position, others))
                texts.append(self._weighted_words(article, section))
        self._spellings_by_letter: defaultdict[str, list[str]] = defaultdict(list)
        for known in self._spellings:
            self._spellings_by_letter[known[0]].append(known)
        self._rarity = _rarity([entry.words.union(*entry.phrases) for entry in self._entries])
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
            word: self._rarity.get(word, rarest) * (_WEAK if spelling in weak else 1.0)
            for word, spelling in written
            if word in self._rarity or spelling not in weak
        }
        unknown = {spelling: word for word, spelling in written if word not in self._rarity and spelling not in weak}
        topics = frozenset(word for word, spelling in written if spelling not in weak and word not in _ASPECTS)
        return Question(weights, tuple(unknown), topics)

    def search(self, question: Question, limit: int) -> list[Passage]:
        """The passages that fit, best first."""
        asked = [word for word in question.weights if word in self._rarity]
        if not asked:
            return []
        scores = self._bm25.get_scores(asked)
        order = np.argsort(-scores, kind="stable")[:limit]
        return [self._found(question, self._entries[i], float(scores[i])) for i in order if scores[i] > 0]

    def _found(self, question: Question, entry: _Entry, score: float) -> Passage:
        # A tag such as "refund policy" says something as a whole only, and does not speak for a section on refunds.
        said = frozenset[str]().union(*(phrase for phrase in entry.phrases if phrase <= question.weights.keys()))
        own = question.coverage(entry.heading - said) + question.coverage((entry.heading | entry.text) - said)
        return replace(
            entry.passage,
            score=score,
            coverage=question.coverage(entry.words | said),
            lacks_must=not question.musts <= entry.words | said,
            focus=question.coverage(entry.heading | entry.article | said),
            own=own / 2,
        )

    def _entry(self, article: Article, section: Section, position: int, others: frozenset[str]) -> _Entry:
        """`others` are words of the article's other sections alone: a tag that is among them speaks for those."""
        passage = Passage(
            article.article_id,
            article.title,
            section.heading,
            section.text,
            self.language,
            article.tags,
            article.applies_to,
            position=position,
        )
        tags = [frozenset(self.words(tag)) for tag in article.tags]
        named = frozenset(self.words(article.title)).union(*(tag - others for tag in tags if len(tag) == 1))
        phrases = tuple(tag for tag in tags if len(tag) > 1 and not tag <= others)
        heading = frozenset(self.words(_headings(section)))
        applies = frozenset(self.words(" / ".join(article.applies_to)))
        return _Entry(passage, heading, frozenset(self.words(section.text)), named, phrases, applies)

    def _weighted_words(self, article: Article, section: Section) -> list[str]:
        tags = " / ".join(article.tags)
        applies = " / ".join(article.applies_to)
        self._spellings |= set(split(" ".join([article.title, _headings(section), tags, applies, section.text])))
        return [
            *self.words(article.title) * _TITLE_WEIGHT,
            *self.words(_headings(section)) * _HEADING_WEIGHT,
            *self.words(tags) * _TAG_WEIGHT,
            *self.words(applies),
            *self.words(section.text),
        ] or ["-"]

    def _spelled(self, word: str) -> str:
        if word in self._spellings or len(word) < _MIN_TYPO_LETTERS or not word.isalpha():
            return word
        return min(
            (known for known in self._spellings_by_letter.get(word[0], ()) if is_misspelt(word, known)), default=word
        )


def _headings(section: Section) -> str:
    return " / ".join([*section.above, section.heading])


def _words_of(language: str) -> set[str]:
    """Words that are not misspelt, though no article has them."""
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
