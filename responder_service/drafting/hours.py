"""Whether a customer asks when somebody is there, and nothing else: the profile's business hours answer that."""

from responder_service.data.reading import Language, Table, read
from responder_service.language.folding import FoldedWords
from responder_service.language.vocabulary import STOP_WORDS, WEAK_WORDS
from responder_service.language.words import split


class _Hours(Table):
    asking: dict[Language, FoldedWords]
    beside: FoldedWords


_hours = read("hours.yaml", _Hours)
_ASKING = frozenset().union(*_hours.asking.values())
_ALLOWED = _ASKING.union(_hours.beside, *STOP_WORDS.values(), *WEAK_WORDS.values())


def asks_for_hours(text: str) -> bool:
    """Whether the text's words are about opening hours and nothing else. A day that is named is something else: only
    the articles, or a person, can say whether the hours hold on it."""
    words = split(text)
    return any(word in _ASKING for word in words) and all(word in _ALLOWED for word in words)
