"""Which language a text is in, by the bytes that it is made of: py3langid's model and method, in a form that is small
and quickly read. `python -m dev.language_model` writes data/language_model.zip."""

import math
import sys
import unicodedata
import zipfile
from array import array
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import accumulate
from pathlib import Path

from responder_service.data.reading import FOLDER

MODEL = FOLDER / "language_model.zip"
_PRIOR_BYTES = 4


class Identifier:
    """The model in `path`. What it has on a language is read when that is first asked about."""

    def __init__(self, path: Path = MODEL) -> None:
        self._path = path
        self._members: dict[str, list[str]] = {}
        self._languages: dict[str, list[tuple[float, array[int]]]] = {}
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                if name.startswith("languages/"):
                    self._members.setdefault(name.split("/")[1], []).append(name)
            # An automaton over bytes (Aho and Corasick). State 0 has read nothing; the children of a state stand side
            # by side; a link leads to the state that has read less of the same text.
            self._letters = archive.read("letters")
            self._first_child = array("I", accumulate(archive.read("children"), initial=1))
            self._links = _numbers("I", archive.read("links"))
            self._features = _numbers("i", archive.read("features"))
            self._values = _numbers("f", archive.read("values"))

    @property
    def languages(self) -> frozenset[str]:
        """The ISO 639-1 codes of all that it knows."""
        return frozenset(self._members)

    def identify(self, text: str, among: Iterable[str]) -> tuple[str, float]:
        """The likeliest of the languages `among`, and its probability; empty and 0 when nothing in the text decides."""
        encoded = _encoded(text)
        counts = self._counts(encoded)
        scores = {language: self._scores(language, counts) for language in sorted(self.languages.intersection(among))}
        if not counts or not scores:
            return "", 0.0
        return _likeliest(scores, 1 / math.sqrt(len(encoded)))

    def load(self, languages: Iterable[str]) -> None:
        """Reads what there is on `languages`."""
        missing = [language for language in languages if language not in self._languages]
        if missing:
            with zipfile.ZipFile(self._path) as archive:
                for language in missing:
                    members = [archive.read(name) for name in self._members[language]]
                    self._languages[language] = [_prior_and_weights(member) for member in members]

    def _counts(self, text: bytes) -> Counter[int]:
        """The features of `text`, and how often it has each."""
        letters, first_child, links, features = self._letters, self._first_child, self._links, self._features
        found: list[int] = []
        state = 0
        for letter in text:
            child = letters.find(letter, first_child[state], first_child[state + 1])
            while child < 0 and state:
                state = links[state]
                child = letters.find(letter, first_child[state], first_child[state + 1])
            state = max(child, 0)
            if features[state] >= 0:
                found.append(features[state])
        return Counter(found)

    def _scores(self, language: str, counts: Mapping[int, int]) -> list[float]:
        """Naive Bayes: one logarithm of a probability for each script that the language is written in."""
        self.load([language])
        values = self._values
        logarithms = [(feature, math.log1p(count)) for feature, count in counts.items()]
        return [
            prior + sum(logarithm * values[weights[feature]] for feature, logarithm in logarithms)
            for prior, weights in self._languages[language]
        ]


def _likeliest(scores: Mapping[str, list[float]], scale: float) -> tuple[str, float]:
    """The language of the highest probability. Longer texts would be too sure of themselves: hence the scale."""
    highest = max(score for found in scores.values() for score in found)
    shares = {
        language: sum(math.exp((score - highest) * scale) for score in found) for language, found in scores.items()
    }
    best = max(shares, key=lambda language: shares[language])
    return best, shares[best] / sum(shares.values())


def _encoded(text: str) -> bytes:
    """As the model was trained: what is all in capitals is read in small letters."""
    return unicodedata.normalize("NFC", text.lower() if text.isupper() else text).encode("utf-8", "surrogatepass")


def _prior_and_weights(member: bytes) -> "tuple[float, array[int]]":
    return _numbers("f", member[:_PRIOR_BYTES])[0], _numbers("H", member[_PRIOR_BYTES:])


def _numbers(kind: str, content: bytes) -> "array[int]":
    """The file has the least significant byte first."""
    found = array(kind, content)
    if sys.byteorder == "big":
        found.byteswap()
    return found
