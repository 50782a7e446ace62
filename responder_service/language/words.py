"""Words as they are compared: without case, accents and endings, and with those that mean the same taken as one."""

import re
import threading
from collections.abc import Iterator, Sequence
from functools import lru_cache

import snowballstemmer

from responder_service.language.folding import fold
from responder_service.language.vocabulary import LANGUAGES, STOP_WORDS, SYNONYMS

_WORD = re.compile(r"\w+(?:'\w+)?")
_PRICE = re.compile(r"[$€£¥₹]\s?\d|\d\s?[$€£¥₹%]")
# What SYNONYMS compares words of prices as.
PRICE = "=price"
# Han, kana and Thai are written without spaces: pairs of letters do instead of words.
_UNSPACED = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]{2,}")


def split(text: str) -> list[str]:
    """The words of `text`, folded: "Où est-il, l'atelier?" is ou, est, il, l, atelier, and "don't" is dont."""
    return [part for word in _WORD.findall(fold(text)) for part in _parts(word)]


def _parts(word: str) -> list[str]:
    first, apostrophe, rest = word.partition("'")
    return [first, rest] if apostrophe and first in LANGUAGES.elisions and len(rest) > 1 else [first + rest]


def telling(words: Sequence[str], language: str) -> list[tuple[str, str]]:
    """Those of `words` that say what a text is about: each as it is compared, and as it was written. Words and phrases
    that mean the same are compared as one: "send it back" is "=return"."""
    found: list[tuple[str, str]] = []
    stop_words = STOP_WORDS.get(language, frozenset())
    position = 0
    while position < len(words):
        length, meanings = _meanings(words, position, language)
        if length:
            phrase = " ".join(words[position : position + length])
            found += [(meaning, phrase) for meaning in meanings]
        elif words[position] not in stop_words:
            found += [(stem(word, language), word) for word in _pieces(words[position])]
        position += length or 1
    return found


def names_price(text: str) -> bool:
    """Whether an amount of money stands in `text`."""
    return _PRICE.search(text) is not None


def _meanings(words: Sequence[str], position: int, language: str) -> tuple[int, tuple[str, ...]]:
    """How many words from `position` on are a phrase with synonyms, the longest one, and what it means."""
    synonyms = SYNONYMS.get(language, {})
    for length in range(min(4, len(words) - position), 0, -1):
        phrase = tuple(words[position : position + length])
        if phrase in synonyms:
            return length, synonyms[phrase]
    word = words[position]
    meant = () if word in STOP_WORDS.get(language, ()) else _by_stem(language).get(stem(word, language), ())
    return (1 if meant else 0), meant


@lru_cache(maxsize=len(SYNONYMS))
def _by_stem(language: str) -> dict[str, tuple[str, ...]]:
    """What the words of SYNONYMS mean, by their stems: other forms of a word mean the same."""
    single = {phrase[0]: meanings for phrase, meanings in SYNONYMS.get(language, {}).items() if len(phrase) == 1}
    return {stem(word, language): meanings for word, meanings in single.items()}


def _pieces(word: str) -> Iterator[str]:
    """A word; the pairs of letters of a script without spaces. A single Latin letter says nothing; a figure does."""
    if _UNSPACED.fullmatch(word):
        yield from (word[i : i + 2] for i in range(len(word) - 1))
    elif len(word) > 1 or word.isdigit() or not word.isascii():
        yield word


@lru_cache(maxsize=50_000)
def stem(word: str, language: str) -> str:
    """The word without its ending."""
    if language not in LANGUAGES.stemmers or any(character.isdigit() for character in word):
        return word
    return str(_stemmers.by_language[language].stemWord(word))


class _Stemmers(threading.local):
    """Those of one thread: a stemmer holds the word that it works on, and drafts are made on several threads."""

    def __init__(self) -> None:
        self.by_language = {language: snowballstemmer.stemmer(name) for language, name in LANGUAGES.stemmers.items()}


_stemmers = _Stemmers()


def is_misspelt(word: str, known: str) -> bool:
    """Whether `word` may be `known` with one slip: a letter too many or too few, two swapped, or a vowel for another.
    Another consonant is another word, such as Iceland for Ireland."""
    if word == known or word[0] != known[0] or abs(len(word) - len(known)) > 1:
        return False
    if len(word) != len(known):
        longer, shorter = (word, known) if len(word) > len(known) else (known, word)
        return any(longer[:i] + longer[i + 1 :] == shorter for i in range(len(longer)))
    differs = [i for i, (a, b) in enumerate(zip(word, known, strict=True)) if a != b]
    if len(differs) == 1:
        return {word[differs[0]], known[differs[0]]} <= set("aeiouy")
    first, second = differs[0], differs[-1]
    swapped = word[first] == known[second] and word[second] == known[first]
    return len(differs) == 2 and second == first + 1 and swapped
