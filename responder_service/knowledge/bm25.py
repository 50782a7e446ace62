"""BM25, as Lucene computes it (Kamphuis et al., "Which BM25 do you mean?", ECIR 2020)."""

import math
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

# How soon more of the same word stops counting, and how much longer documents count less.
_K1, _B = 1.5, 0.75


def rarity(holding: int, total: int) -> float:
    """How much a word counts that `holding` of `total` documents have: the fewer, the more."""
    return math.log(1 + (total - holding + 0.5) / (holding + 0.5))


class Bm25:
    """Documents, each given as its words, by their numbers from 0."""

    def __init__(self, documents: Sequence[Sequence[str]]) -> None:
        self._total = len(documents)
        average = sum(map(len, documents)) / self._total if documents else 0.0
        # By word: the documents that have it, and how much it counts in each.
        self._numbers: defaultdict[str, array[int]] = defaultdict(lambda: array("I"))
        self._weights: defaultdict[str, array[float]] = defaultdict(lambda: array("d"))
        for number, words in enumerate(documents):
            for word, count in Counter(words).items():
                self._numbers[word].append(number)
                self._weights[word].append(count / (_K1 * (1 - _B + _B * len(words) / average) + count))

    def scores(self, words: Iterable[str]) -> dict[int, float]:
        """How well the documents fit that have any of `words`, each of which is given once; by number."""
        found: defaultdict[int, float] = defaultdict(float)
        for word in words:
            if word in self._numbers:
                weight = rarity(len(self._numbers[word]), self._total)
                for number, counts in zip(self._numbers[word], self._weights[word], strict=True):
                    found[number] += weight * counts
        return found
