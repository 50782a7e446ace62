"""Which language a text is in. Short texts are often anybody's guess: then the answer is "not known"."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from py3langid.langid import MODEL_FILE, LanguageIdentifier

# Guessing among all languages of the world makes short texts Latin or Luxembourgish.
_COMMON = frozenset(
    [
        "ar",
        "cs",
        "da",
        "de",
        "el",
        "en",
        "es",
        "fi",
        "fr",
        "he",
        "hi",
        "hu",
        "it",
        "ja",
        "ko",
        "nl",
        "no",
        "pl",
        "pt",
        "ro",
        "ru",
        "sv",
        "th",
        "tr",
        "uk",
        "vi",
        "zh",
    ]
)
# Below these a text is not enough to tell by: "ok", a name, a link.
_MIN_LETTERS = 8
_SURE = 0.85


def detect(text: str, also: Iterable[str] = ()) -> str:
    """The ISO 639-1 code of the text's language, out of the common ones and `also`; empty when it cannot be told."""
    if sum(character.isalpha() for character in text) < _MIN_LETTERS:
        return ""
    language, probability = _identifier(_COMMON.union(also)).classify(text)
    return str(language) if probability >= _SURE else ""


@lru_cache(maxsize=64)
def _identifier(among: frozenset[str]) -> Any:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(sorted(among.intersection(identifier.labels)))
    return identifier
