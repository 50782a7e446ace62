"""A text in which the words that somebody has looked for are marked. In parts, not as markup: templates escape each."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

# A script that writes no spaces between words, so that any part of a run is a word: Thai to Khmer, kana, Han, Hangul.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_BEFORE, _LONGEST = 60, 240


@dataclass(frozen=True)
class Part:
    """A piece of the text, and whether it was looked for."""

    text: str
    marked: bool = False


def wanted_words(query: str) -> tuple[str, ...]:
    """The words of a search, as they are compared."""
    folded = (_folded(word) for _, word in _words(query))
    return tuple(dict.fromkeys(word for word in folded if word))


def marked(text: str, wanted: Sequence[str]) -> list[Part]:
    """All of the text, in its order. What begins with one of the wanted words is marked, as far as it does; case and
    accents make no difference."""
    parts: list[Part] = []
    end = 0
    for start, stop in _found(text, wanted):
        if start > end:
            parts.append(Part(text[end:start]))
        parts.append(Part(text[start:stop], marked=True))
        end = stop
    return [*parts, Part(text[end:])] if end < len(text) else parts


def excerpt(text: str, wanted: Sequence[str]) -> list[Part]:
    """Of a long text the place where the first of the words stands."""
    line = " ".join(text.split())
    first = next(_found(line, wanted), (0, 0))[0]
    begin = line.rfind(" ", 0, max(0, first - _BEFORE)) + 1 if first > _BEFORE else 0
    piece = line[begin : begin + _LONGEST]
    parts = marked(piece, wanted)
    if begin:
        parts.insert(0, Part("… "))
    return [*parts, Part("…")] if begin + _LONGEST < len(line) else parts


def _found(text: str, wanted: Sequence[str]) -> Iterator[tuple[int, int]]:
    for start, word in _words(text):
        yield from _within(word, start, wanted)


def _words(text: str) -> Iterator[tuple[int, str]]:
    """Letters and digits that stand together, with the signs above and below them; and where each begins."""
    for of_word, places in groupby(range(len(text)), key=lambda place: unicodedata.category(text[place])[0] in "LNM"):
        if of_word:
            start, *others = places
            yield start, text[start : start + 1 + len(others)]


def _within(word: str, at: int, wanted: Sequence[str]) -> Iterator[tuple[int, int]]:
    place = 0
    while place < len(word):
        length = max((_length(word[place:], one) for one in wanted), default=0)
        if length:
            yield at + place, at + place + length
            place += length
        elif _UNSPACED.match(word[place]):
            place += 1
        else:
            return


def _length(word: str, wanted: str) -> int:
    """How much of the word is the wanted one, in characters as they stand there; 0 when it begins otherwise."""
    if not _folded(word).startswith(wanted):
        return 0
    size = next(size for size in range(1, len(word) + 1) if len(_folded(word[:size])) >= len(wanted))
    while size < len(word) and unicodedata.combining(word[size]):
        size += 1
    return size


def _folded(word: str) -> str:
    apart = unicodedata.normalize("NFKD", word.casefold())
    return "".join(sign for sign in apart if not unicodedata.combining(sign))
