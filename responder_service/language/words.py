"""Words as they are compared: without case, accents and endings."""

import re
import threading
from collections.abc import Iterator
from functools import lru_cache

import Stemmer
from rapidfuzz.distance import OSA

from responder_service.language.folding import fold
from responder_service.language.vocabulary import LANGUAGES

_WORD = re.compile(r"\w+(?:'\w+)?")
# Han, kana and Thai are written without spaces: pairs of letters do instead of words.
_UNSPACED = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]{2,}")
# Shorter words have neighbours that mean something else: "lid" and "kid".
_MIN_TYPO_LETTERS, _MIN_SWAPPED_LETTERS = 6, 5


def split(text: str) -> list[str]:
    """The words of `text`, folded: "Où est-il, l'atelier?" is ou, est, il, l, atelier, and "don't" is dont."""
    return [part for word in _WORD.findall(fold(text)) for part in _parts(word)]


def _parts(word: str) -> list[str]:
    first, apostrophe, rest = word.partition("'")
    return [first, rest] if apostrophe and first in LANGUAGES.elisions and len(first + rest) > 2 else [first + rest]


def pieces(word: str) -> Iterator[str]:
    """A word; the pairs of letters of a script without spaces. A single Latin letter says nothing; a figure does."""
    if _UNSPACED.fullmatch(word):
        yield from (word[i : i + 2] for i in range(len(word) - 1))
    elif len(word) > 1 or word.isdigit() or not word.isascii():
        yield word


@lru_cache(maxsize=4_000)
def stem(word: str, language: str) -> str:
    """The word without its ending."""
    if language not in LANGUAGES.stemmers or any(character.isdigit() for character in word):
        return word
    return str(_stemmers.by_language[language].stemWord(word))


class _Stemmers(threading.local):
    """Those of one thread: a stemmer holds the word that it works on, and drafts are made on several threads."""

    def __init__(self) -> None:
        # Without their own caches: stem has one.
        self.by_language = {language: Stemmer.Stemmer(name, 0) for language, name in LANGUAGES.stemmers.items()}


_stemmers = _Stemmers()


def is_misspelt(word: str, known: str) -> bool:
    """Whether `word` may be `known` with one slip: a letter too many or too few, two swapped, or a vowel for another.
    An s at the end makes another form, another consonant another word, such as Iceland for Ireland."""
    shorter = min(len(word), len(known))
    if shorter < _MIN_SWAPPED_LETTERS or word[0] != known[0] or OSA.distance(word, known, score_cutoff=1) != 1:
        return False
    if len(word) != len(known):
        # More than one of it is not a slip: openings are not the opening.
        is_plural = f"{word}s" == known or f"{known}s" == word
        return max(len(word), len(known)) >= _MIN_TYPO_LETTERS and not is_plural
    differing = [pair for pair in zip(word, known, strict=True) if pair[0] != pair[1]]
    # One differs, or two were swapped.
    return len(differing) == 2 or (len(word) >= _MIN_TYPO_LETTERS and set(differing[0]) <= set("aeiouy"))
