"""Finds sections by BM25, within the articles of one language. Words are compared without case, accents and endings."""

import logging
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import lru_cache

import bm25s
import numpy as np
import snowballstemmer

from responder_service.article import Article, Section
from responder_service.conversation import Passage
from responder_service.stop_words import STOP_WORDS

# It tells of every index that it builds.
logging.getLogger("bm25s").setLevel(logging.WARNING)

# Whatever asks for a price is one word, and a text that names an amount has it.
PRICE = "price"
_PRICE_WORDS = frozenset(
    [
        "price",
        "prices",
        "priced",
        "pricing",
        "cost",
        "costs",
        "fee",
        "fees",
        "precio",
        "precios",
        "cuesta",
        "cuestan",
        "costo",
        "costos",
        "costar",
        "prix",
        "coute",
        "tarif",
        "preis",
        "kostet",
    ]
)
_HOW_MUCH = re.compile(r"\b(?:how much (?:is|are|does|do|for|to|would)|cuanto (?:es|vale|valen)|combien|wie ?viel)\b")
_AMOUNT = re.compile(r"[$€£%]\s?\d|\d\s?[$€£%]|\bfree\b|\bgratis\b")
_WORD = re.compile(r"\w+(?:['’]\w+)?")
_STEMMERS = {
    "da": "danish", "de": "german", "en": "english", "es": "spanish", "fi": "finnish", "fr": "french",
    "it": "italian", "nl": "dutch", "no": "norwegian", "pt": "portuguese", "ru": "russian", "sv": "swedish",
}  # fmt: skip
# What a title, heading or tag says counts more than a word in passing.
_TITLE_WEIGHT, _HEADING_WEIGHT, _TAG_WEIGHT = 2, 3, 2
# Shorter words have neighbours that mean something else: "lid" and "kid".
_MIN_TYPO_LETTERS = 5
_TYPO_LIKENESS = 0.82


@dataclass(frozen=True)
class Question:
    """The words of a question that say what it is about, as an index knows them, each with its weight; `unknown` are
    those that no article of the language has."""

    weights: dict[str, float]
    unknown: frozenset[str]

    @property
    def is_empty(self) -> bool:
        """Whether it says nothing, such as "hi there"."""
        return not self.weights

    def share(self, words: frozenset[str]) -> float:
        """How much of the question's weight `words` hold, 0 to 1."""
        total = sum(self.weights.values())
        return sum(weight for word, weight in self.weights.items() if word in words) / total if total else 0.0


@dataclass(frozen=True)
class _Entry:
    """A section with its words: those of its heading, of its text, and of its article's title and tags. `phrases` are
    the words of each tag that has several."""

    passage: Passage
    heading: frozenset[str]
    text: frozenset[str]
    article: frozenset[str]
    phrases: tuple[frozenset[str], ...]

    @property
    def words(self) -> frozenset[str]:
        return self.heading | self.text | self.article


class Index:
    """The sections of one workspace's articles in one language."""

    def __init__(self, language: str, articles: Iterable[Article]) -> None:
        self.language = language
        self._entries: list[_Entry] = []
        texts: list[list[str]] = []
        for article in articles:
            for place, section in enumerate(article.sections):
                heading = " ".join([*section.above, section.heading])
                self._entries.append(self._entry(article, section, heading, place))
                texts.append(self._weighted_words(article, heading, section.text))
        self._rarity = _rarity([entry.words for entry in self._entries])
        self._bm25 = bm25s.BM25()
        self._bm25.index(texts, show_progress=False)

    def _entry(self, article: Article, section: Section, heading: str, place: int) -> _Entry:
        passage = Passage(
            article.article_id, article.title, section.heading, section.text, self.language, article.tags, place=place
        )
        tags = [frozenset(self.words(tag)) for tag in article.tags]
        named = frozenset(self.words(article.title)).union(*tags)
        phrases = tuple(tag for tag in tags if len(tag) > 1)
        return _Entry(passage, frozenset(self.words(heading)), self._text_words(section.text), named, phrases)

    def _text_words(self, text: str) -> frozenset[str]:
        words = frozenset(self.words(text))
        return words | {PRICE} if _AMOUNT.search(text) else words

    def _weighted_words(self, article: Article, heading: str, text: str) -> list[str]:
        return [
            *self.words(article.title) * _TITLE_WEIGHT,
            *self.words(heading) * _HEADING_WEIGHT,
            *self.words(" ".join(article.tags)) * _TAG_WEIGHT,
            *self.words(text),
        ] or ["-"]

    def words(self, text: str) -> list[str]:
        """The words of `text` that say something, stemmed."""
        stop_words = STOP_WORDS.get(self.language, frozenset())
        said = _HOW_MUCH.sub(PRICE, " ".join(split(text))).split()
        kept = [word for word in said if word not in stop_words and _says_something(word)]
        return [PRICE if word in _PRICE_WORDS else stem(word, self.language) for word in kept]

    def question(self, text: str) -> Question:
        """The words of `text` with their weights; misspelt ones are taken for the likeliest known one."""
        known = {self._spelled(word) for word in self.words(text)}
        rarest = max(self._rarity.values(), default=1.0)
        weights = {word: self._rarity.get(word, rarest) for word in known}
        return Question(weights, frozenset(word for word in known if word not in self._rarity))

    def search(self, question: Question, limit: int) -> list[Passage]:
        """The passages that fit, best first."""
        asked = [word for word in question.weights if word in self._rarity]
        if not asked:
            return []
        scores = self._bm25.get_scores(asked)
        order = np.argsort(-scores, kind="stable")[:limit]
        return [self._passage(question, int(i), float(scores[i])) for i in order if scores[i] > 0]

    def _passage(self, question: Question, i: int, score: float) -> Passage:
        entry = self._entries[i]
        # What a tag such as "refund policy" says as a whole does not speak for a section that says "refund".
        said = frozenset[str]().union(*(phrase for phrase in entry.phrases if phrase <= question.weights.keys()))
        own = question.share(entry.heading - said) + question.share((entry.heading | entry.text) - said)
        return replace(
            entry.passage,
            score=score,
            coverage=question.share(entry.words),
            focus=question.share(entry.heading | entry.article),
            own=own / 2,
        )

    def _spelled(self, word: str) -> str:
        if word in self._rarity or len(word) < _MIN_TYPO_LETTERS or not word.isalpha():
            return word
        close = get_close_matches(word, self._rarity, n=1, cutoff=_TYPO_LIKENESS)
        return close[0] if close and close[0][0] == word[0] else word


def split(text: str) -> list[str]:
    """The words of `text`, without case and accents."""
    decomposed = unicodedata.normalize("NFKD", text.replace("’", "'")).casefold()
    plain = "".join(character for character in decomposed if not unicodedata.combining(character))
    return [word.replace("'", "") for word in _WORD.findall(plain)]


def _says_something(word: str) -> bool:
    """A single letter does not; a figure does, and a letter of a script that needs no more for a word."""
    return len(word) > 1 or word.isdigit() or not word.isascii()


@lru_cache(maxsize=50_000)
def stem(word: str, language: str) -> str:
    """The word without its ending."""
    if language not in _STEMMERS or any(character.isdigit() for character in word):
        return word
    return str(_stemmer(language).stemWord(word))


@lru_cache(maxsize=len(_STEMMERS))
def _stemmer(language: str) -> "snowballstemmer.basestemmer.BaseStemmer":
    return snowballstemmer.stemmer(_STEMMERS[language])


def _rarity(documents: Sequence[frozenset[str]]) -> dict[str, float]:
    """How much each word tells sections apart (BM25's inverse document frequency, as Lucene has it)."""
    counts: dict[str, int] = {}
    for words in documents:
        for word in words:
            counts[word] = counts.get(word, 0) + 1
    total = len(documents)
    return {word: float(np.log(1 + (total - count + 0.5) / (count + 0.5))) for word, count in counts.items()}
