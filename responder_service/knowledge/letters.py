"""Finds sections by pieces of words: a slip of the finger, another ending, and a part of a compound word leave most of
them as they are."""

import math
from array import array
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence

from responder_service.language.words import split

# Letters in a row, the spaces around a word among them.
_LENGTHS = (3, 4, 5)
# As in search.py (Robertson and Zaragoza, 2009).
_K1, _B = 1.2, 0.6
# What stands in more of the sections tells none of them apart, and costs most of the time; as a share.
_MOST_SECTIONS = 0.5
# A piece that stands in so few sections is told apart by that anyway.
_FEW_SECTIONS = 3


class Letters:
    """The pieces of some texts, one per section: those that stand twice in it count more."""

    def __init__(self, texts: Sequence[str]) -> None:
        counted = [Counter(_pieces(text)) for text in texts]
        average = sum(counts.total() for counts in counted) / max(1, len(counted)) or 1.0
        lengths = [_K1 * (1 - _B + _B * counts.total() / average) for counts in counted]
        found = Counter(piece for counts in counted for piece in counts)
        most = max(_FEW_SECTIONS, _MOST_SECTIONS * len(texts))
        self._number = len(texts)
        # One line per piece and section that it stands in, in the order of the pieces' hashes. There are thousands of
        # pieces: a dictionary of them would take twenty times as much memory.
        lines = sorted(
            (hash(piece), number, _rarity(len(texts), found[piece]) * count * (_K1 + 1) / (count + lengths[number]))
            for number, counts in enumerate(counted)
            for piece, count in counts.items()
            if found[piece] <= most
        )
        self._pieces = array("q", [piece for piece, _, _ in lines])
        self._sections = array("H", [number for _, number, _ in lines])
        self._worth = array("f", [worth for _, _, worth in lines])

    def scores(self, text: str) -> list[float]:
        """How well each section fits `text`."""
        scores = [0.0] * self._number
        for piece in dict.fromkeys(_pieces(text)):
            first = bisect_left(self._pieces, hash(piece))
            for place in range(first, bisect_right(self._pieces, hash(piece), lo=first)):
                scores[self._sections[place]] += self._worth[place]
        return scores


def _pieces(text: str) -> Iterator[str]:
    for word in split(text):
        spaced = f" {word} "
        for length in _LENGTHS:
            yield from (spaced[start : start + length] for start in range(len(spaced) - length + 1))


def _rarity(total: int, count: int) -> float:
    return math.log(1 + (total - count + 0.5) / (count + 0.5))
