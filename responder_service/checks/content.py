"""The words of a text that say what it is about. Words are compared, not meanings."""

import re

from responder_service.checks.contacts import without_contacts
from responder_service.checks.figures import NAMES
from responder_service.checks.plain_text import words
from responder_service.data.reading import Table, read
from responder_service.language.folding import FoldedWords
from responder_service.language.vocabulary import STOP_WORDS

_ANY_STOP_WORD = frozenset().union(*STOP_WORDS.values())


class _Content(Table):
    fillers: FoldedWords
    negations: FoldedWords


_content = read("content.yaml", _Content)
_FILLERS = frozenset(_content.fillers)
# What denies. Whether something is denied is compared elsewhere.
NEGATIONS = frozenset(_content.negations)
_E_MAIL = re.compile(r"\be-mail", re.IGNORECASE)
_SHORTEST_STEM = 4


def content(text: str, language: str) -> frozenset[str]:
    """The telling words of `text`; no figures, days and contacts, which have rules of their own."""
    stop_words = STOP_WORDS.get(language, _ANY_STOP_WORD)
    plain = (word.replace("'", "") for word in words(_E_MAIL.sub("email", without_contacts(text))))
    return (
        frozenset(word for word in plain if word[:1].isalpha() and len(word) > 1)
        - stop_words
        - NAMES
        - _FILLERS
        - NEGATIONS
    )


def akin(said: frozenset[str], known: frozenset[str]) -> frozenset[str]:
    """Those of `said` that `known` has, or has with another ending."""
    beginnings = {word[:n] for word in known for n in range(_SHORTEST_STEM, len(word) + 1)}
    beginnings |= known | {word.removesuffix("s") for word in known}
    return frozenset(word for word in said if word.removesuffix("s") in beginnings or _beginning(word) in beginnings)


def _beginning(word: str) -> str:
    """What words of one family share: all but the last two letters, at least four."""
    return word[: max(_SHORTEST_STEM, len(word) - 2)]


def share(said: frozenset[str], known: frozenset[str]) -> float:
    """How much of `said` is in `known`, 0 to 1."""
    return len(akin(said, known)) / len(said) if said else 0.0
