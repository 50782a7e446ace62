"""Words as they are meant, where somebody types in a hurry, or hides them from filters: "stooop", "st0p", "recieve"."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from string import ascii_lowercase

from ticket_service.domain.texts.plain_text import words

_MANY_TIMES = re.compile(r"(.)\1{2,}")
_LETTERS_FOR = str.maketrans("0134578@$", "oieastbas")
_FEWEST_LETTERS = 2


class Spelling:
    """Corrects words that are not among the `known` ones."""

    def __init__(self, misspelled: Iterable[str], known: Iterable[str]) -> None:
        """`misspelled`: what a word is taken for that has one letter more or less than it, or two in the wrong
        order."""
        self._known = frozenset(known)
        self._meant = {slip: word for word in map(_folded, misspelled) for slip in _slips(word)}

    def corrected(self, said: Sequence[str]) -> list[str]:
        """The words, those that are misspelled as they are meant."""
        return [word if word in self._known else self._corrected(word) for word in said]

    def _corrected(self, word: str) -> str:
        return next((guess for guess in _guesses(word) if guess in self._known), self._meant.get(word, word))


def _folded(word: str) -> str:
    return "".join(words(word))


def _guesses(word: str) -> Iterator[str]:
    """Without letters that are there three times and more, and with letters in place of signs that look alike."""
    once, twice = _MANY_TIMES.sub(r"\1", word), _MANY_TIMES.sub(r"\1\1", word)
    yield from (once, twice)
    if sum(map(str.isalpha, word)) >= _FEWEST_LETTERS:
        yield word.translate(_LETTERS_FOR)


def _slips(word: str) -> Collection[str]:
    """One letter less, one more, or two in the wrong order. What only ends otherwise is another form of it."""
    pairs = [(word[:i], word[i:]) for i in range(len(word) + 1)]
    fewer = {a + b[1:] for a, b in pairs if b}
    more = {a + letter + b for a, b in pairs for letter in ascii_lowercase}
    swapped = {a + b[1] + b[0] + b[2:] for a, b in pairs if len(b) > 1}
    return {slip for slip in fewer | more | swapped if not slip.startswith(word) and not word.startswith(slip)}
