"""The words that all of the service compares with, by language: stop_words.yaml, synonyms.yaml and languages.yaml."""

from collections.abc import Iterable, Mapping

from responder_service.data.reading import Language, Table, Word, read
from responder_service.language.folding import FoldedWords


class _StopWords(Table):
    stop: dict[Language, FoldedWords]
    weak: dict[Language, FoldedWords]


class _Languages(Table):
    common: tuple[Language, ...]
    scripts: dict[Word, Language]
    stemmers: dict[Language, Word]
    elisions: FoldedWords


def _meanings(groups: Mapping[str, Iterable[str]]) -> dict[tuple[str, ...], tuple[str, ...]]:
    found: dict[tuple[str, ...], tuple[str, ...]] = {}
    for name, phrases in groups.items():
        for phrase in phrases:
            words = tuple(phrase.split())
            found[words] = (*found.get(words, ()), f"={name}")
    return found


_stop_words = read("stop_words.yaml", _StopWords)
_synonyms = read("synonyms.yaml", dict[Language, dict[Word, FoldedWords]])

STOP_WORDS = {language: frozenset(words) for language, words in _stop_words.stop.items()}
WEAK_WORDS = {language: frozenset(words) for language, words in _stop_words.weak.items()}
# What each phrase, as its words, is compared as. The signs "=" keep these apart from words.
SYNONYMS = {language: _meanings(groups) for language, groups in _synonyms.items()}
LANGUAGES = read("languages.yaml", _Languages)
