"""Finds sections, within the articles of one language: by what their title, heading, tags and text say (BM25), and by
how near their example questions are."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from responder_service.knowledge.article import Article, paragraphs
from responder_service.knowledge.passage import Passage, passage_of
from responder_service.language.detection import detect
from responder_service.language.reading import Reading, join, read_statement, read_text
from responder_service.language.vocabulary import KNOWN, lexicon
from responder_service.language.words import is_misspelt, split

# What a title, heading or tag says counts more than a word in passing.
_NAMED_WEIGHT, _HEADING_WEIGHT, _QUESTION_WEIGHT = 2, 3, 2
# As usual for BM25 (Robertson and Zaragoza, 2009): how soon a word that stands again counts no more, and how much
# less it counts in a long section.
_K1, _B = 1.2, 0.6
# What one example question that is near is worth beside the words.
_EXAMPLE_WEIGHT = 1.5
# And what a heading is worth that asks for the same kind of answer, such as "Address" for "where are you?".
_KIND_WEIGHT = 0.7
# Words with these many first letters in common are of one family, often enough to be found.
_BEGINNING = 5
_KEPT_SPELLINGS = 5_000


@dataclass(frozen=True)
class Example:
    """A question that a section answers, as its owner wrote it."""

    text: str
    reading: Reading


@dataclass(frozen=True)
class Entry:
    """A section as it is compared. `named`: what its title, headings, tags and applies_to name; `headings`: title and
    heading as questions about all of it."""

    passage: Passage
    examples: tuple[Example, ...]
    headings: tuple[Reading, ...]
    named: Reading
    text: Reading

    @property
    def vocabulary(self) -> frozenset[str]:
        """All that it is about, as it is compared."""
        return frozenset(self.named.content) | frozenset(self.text.content) | self.taught

    @property
    def taught(self) -> frozenset[str]:
        """What its example questions are about."""
        return frozenset().union(*(example.reading.content for example in self.examples))


@dataclass(frozen=True)
class Hit:
    """An entry that a question found. `example` is its nearest example question, `nearness`, 0 to 1, how near that
    is."""

    entry: Entry
    score: float
    nearness: float = 0.0
    example: str = ""


class Index:
    """The sections of one workspace's articles in one language."""

    def __init__(self, language: str, articles: Iterable[Article]) -> None:
        self.language = language
        self._spellings = _spellings(language)
        self._spelled = lru_cache(maxsize=_KEPT_SPELLINGS)(self._spell)
        articles = list(articles)
        for article in articles:
            self._learn(article)
        self.entries = [self._entry(article, i) for article in articles for i in range(len(article.sections))]
        self._counts = [_counted(entry) for entry in self.entries]
        self._average = sum(sum(counts.values()) for counts in self._counts) / max(1, len(self._counts))
        self._rarity = _rarity(self._counts)
        self._by_beginning: defaultdict[str, set[str]] = defaultdict(set)
        for word in self._rarity:
            self._by_beginning[word[:_BEGINNING]].add(word)
        self._rarest = max(self._rarity.values(), default=1.0)

    def read(self, text: str) -> Reading:
        """A customer's text; a word that is misspelt is taken for the known one."""
        return read_text(text, self.language, self._spelled)

    def weight(self, words: Iterable[str]) -> float:
        """How much the words, as they are compared, tell sections apart."""
        # Exact sums: the words come in any order.
        return math.fsum(self._rarity.get(word, self._rarest) for word in words)

    def unknown(self, reading: Reading) -> tuple[str, ...]:
        """The words of a question that stand in no article, as they were written."""
        return tuple(written for word, written in reading.content.items() if word not in self._rarity)

    def nearness(self, asked: Reading, other: Reading) -> float:
        """How much two questions have in common, 0 to 1, by the weights of their words."""
        if not asked.content and not other.content:
            return len(asked.kinds & other.kinds) / (len(asked.kinds | other.kinds) or 1)
        shared = asked.content.keys() & other.content.keys()
        return 2 * self.weight(shared) / (self.weight(asked.content) + self.weight(other.content))

    def search(self, asked: Reading, limit: int) -> list[Hit]:
        """The sections that fit, best first."""
        hits = [hit for hit in self._hits(asked) if hit.score > 0]
        hits.sort(key=lambda hit: -hit.score)
        return hits[:limit]

    def scores(self, asked: Reading) -> list[float]:
        """How well each of the entries fits, in their order; 0: not at all."""
        return [hit.score for hit in self._hits(asked)]

    def _hits(self, asked: Reading) -> Iterator[Hit]:
        total = self.weight(asked.words) or 1.0
        sought = asked.words | self._akin(asked.words)
        for entry, counts in zip(self.entries, self._counts, strict=True):
            near = [(self.nearness(asked, example.reading), example.text) for example in entry.examples]
            nearness, example = max(near, key=lambda found: found[0], default=(0.0, ""))
            score = self._bm25(sought, counts) + _EXAMPLE_WEIGHT * nearness * total
            if asked.kinds & entry.headings[0].kinds:
                score += _KIND_WEIGHT * self._rarest
            yield Hit(entry, score, nearness, example if nearness else "")

    def coverage(self, asked: Reading, entry: Entry) -> float:
        """The share of the question's words, by weight, that the section holds."""
        total = self.weight(asked.content)
        return self.weight(asked.content.keys() & entry.vocabulary) / total if total else 0.0

    def _akin(self, words: Iterable[str]) -> frozenset[str]:
        """The known words that begin as unknown ones do, such as visitor for visit: near enough to find, not to
        answer."""
        unknown = (word[:_BEGINNING] for word in words if word not in self._rarity)
        return frozenset().union(*(self._by_beginning[word] for word in unknown if word in self._by_beginning))

    def _bm25(self, words: Iterable[str], counts: Mapping[str, int]) -> float:
        length = _K1 * (1 - _B + _B * sum(counts.values()) / (self._average or 1.0))
        return math.fsum(
            self._rarity[word] * counts[word] * (_K1 + 1) / (counts[word] + length) for word in words if word in counts
        )

    def _learn(self, article: Article) -> None:
        for section in article.sections:
            written = [article.title, *article.tags, *article.applies_to, *section.above, section.heading, section.text]
            for word in split(" / ".join([*written, *section.questions])):
                self._spellings[word[:1]].add(word)

    def _entry(self, article: Article, position: int) -> Entry:
        section = article.sections[position]
        tags = [self._read(tag) for tag in article.tags]
        title, applies = self._read(article.title), join([self._read(thing) for thing in article.applies_to])
        above = [self._read(heading) for heading in section.above]
        heading = self._read(section.heading)
        return Entry(
            passage_of(article, position),
            tuple(Example(text, self._read_example(text)) for text in section.questions),
            (heading, join([title, *above, heading])),
            join([heading, *above, title, *self._own_tags(article, position, tags), applies]),
            read_statement(" ".join(paragraphs(section.text)), self.language),
        )

    def _own_tags(self, article: Article, position: int, tags: Sequence[Reading]) -> list[Reading]:
        """The tags but those that speak for other sections: their words stand there alone."""
        read = [self._read(f"{' / '.join([*s.above, s.heading])} / {s.text}").content for s in article.sections]
        others = set().union(*read[:position], *read[position + 1 :]) - read[position].keys()
        return [tag for tag in tags if not tag.content.keys() <= others]

    def _read(self, text: str) -> Reading:
        return read_text(text, self.language)

    def _read_example(self, text: str) -> Reading:
        """Owners write them in any language."""
        language = detect(text)
        return read_text(text, language if language in KNOWN else self.language)

    def _spell(self, word: str) -> str:
        known = self._spellings.get(word[:1], set())
        if word in known or not word.isalpha():
            return word
        near = process.extract_iter(word, known, scorer=OSA.distance, score_cutoff=1)
        return min((other for other, _, _ in near if is_misspelt(word, other)), default=word)


def _spellings(language: str) -> defaultdict[str, set[str]]:
    """Words that are not misspelt, by their first letter."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    known = lexicon(language)
    for word in known.words | known.compounds:
        found[word[:1]].add(word)
    return found


def _counted(entry: Entry) -> Counter[str]:
    counts = Counter(entry.text.words)
    counts.update(dict.fromkeys(entry.named.words, _NAMED_WEIGHT))
    counts.update(dict.fromkeys(entry.headings[0].words, _HEADING_WEIGHT - _NAMED_WEIGHT))
    counts.update(dict.fromkeys(join([example.reading for example in entry.examples]).words, _QUESTION_WEIGHT))
    return counts


def _rarity(documents: Sequence[Mapping[str, int]]) -> dict[str, float]:
    """How much each word tells sections apart (BM25's inverse document frequency, as Lucene has it)."""
    counts = Counter(word for words in documents for word in words)
    total = len(documents)
    return {word: math.log(1 + (total - count + 0.5) / (count + 0.5)) for word, count in counts.items()}
