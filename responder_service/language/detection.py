"""Which language a text is in. Short texts are often anybody's guess: then the answer is "not known"."""

import copy
import unicodedata
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from responder_service.language.vocabulary import LANGUAGES, STOP_WORDS, SYNONYMS, WEAK_WORDS
from responder_service.language.words import split

# With fewer letters a text says nothing about its language, such as "ok".
_FEWEST_LETTERS = 4
# With fewer letters only its words may, such as "gracias".
_MIN_LETTERS = 8
_SURE = 0.85
# This many words of one language decide, if those of no other are half as many.
_TELLING_WORDS = 2
_FEW_WORDS = 4


def load() -> None:
    """Reads the identifier's model; without this the first text that needs it does."""
    _model()


def detect(text: str, also: Iterable[str] = ()) -> str:
    """The ISO 639-1 code of the text's language, out of the common ones and `also`; empty when it is not certain."""
    letters = [character for character in text if character.isalpha()]
    script = _by_script(letters)
    if script:
        return script
    words = split(text)
    language, votes = _by_words(words) if len(letters) >= _FEWEST_LETTERS else ("", 0)
    if votes >= _TELLING_WORDS:
        return language
    guess = _guess(text, also) if len(letters) >= _MIN_LETTERS else ""
    return guess or (language if len(words) <= _FEW_WORDS else "")


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
    """Words of two letters and more that are of one language only, of those that we have tables for."""
    languages: dict[str, set[str]] = {}
    for language in STOP_WORDS:
        phrases = SYNONYMS.get(language, {})
        words = STOP_WORDS[language].union(WEAK_WORDS.get(language, ()), *(p for p in phrases if len(p) == 1))
        for word in words:
            languages.setdefault(word, set()).add(language)
    return {word: min(known) for word, known in languages.items() if len(known) == 1 and len(word) > 1}


def _guess(text: str, also: Iterable[str]) -> str:
    language, probability = _identifier(frozenset({*LANGUAGES.common, *also})).classify(text)
    return str(language) if probability >= _SURE else ""


@lru_cache(maxsize=64)
def _identifier(among: frozenset[str]) -> Any:
    # A copy shares the model, which is large.
    identifier = copy.copy(_model())
    identifier.set_languages(sorted(among.intersection(identifier.labels)))
    return identifier


@lru_cache(maxsize=1)
def _model() -> Any:
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
