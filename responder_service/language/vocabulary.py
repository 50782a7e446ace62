"""What words do in a question, by language: data/words.yaml. And data/languages.yaml."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from responder_service.data.reading import Language, Table, Word, read
from responder_service.language.folding import FoldedWords

Phrase = tuple[str, ...]


class Part(Enum):
    """What a word or phrase does in a question; words.yaml says what each means."""

    FRAME = "frame"
    KIND = "kinds"
    TURN = "turns"
    SAME = "same"
    JOINED = "joined"
    NUMBER = "numbers"
    DAY = "days"
    SPAN = "spans"
    RANGE = "range"


@dataclass(frozen=True)
class Role:
    """A part, and the group of it that a word or phrase is in."""

    part: Part
    group: str


class _Group(Table):
    why: Word
    en: FoldedWords = ()
    es: FoldedWords = ()
    fr: FoldedWords = ()
    de: FoldedWords = ()


# By part and name.
Groups = dict[Part, dict[str, _Group]]


class _Languages(Table):
    common: tuple[Language, ...]
    scripts: dict[Word, Language]
    stemmers: dict[Language, Word]
    elisions: FoldedWords


class _StopWords(Table):
    stop: dict[Language, FoldedWords]


LANGUAGES = read("languages.yaml", _Languages)
GROUPS = read("words.yaml", Groups)
# The languages that words.yaml has.
KNOWN = ("en", "es", "fr", "de")
STOP_WORDS = {language: frozenset(words) for language, words in read("stop_words.yaml", _StopWords).stop.items()}
_used = dict(GROUPS)


class Lexicon:
    """The words of one language, with their roles."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.roles: dict[Phrase, tuple[Role, ...]] = {}
        for role, phrase in _listed(language):
            if role.part in (Part.SPAN, Part.RANGE):
                continue
            self.roles[phrase] = (*self.roles.get(phrase, ()), role)
        self.longest = max(map(len, self.roles), default=1)
        self.words = frozenset(word for phrase in self.roles for word in phrase)
        self.single = frozenset(phrase[0] for phrase in self.roles if len(phrase) == 1)
        self.compounds = frozenset("".join(phrase) for phrase, roles in self.roles.items() if _joins(roles))


def _joins(roles: tuple[Role, ...]) -> bool:
    return any(role.part is Part.JOINED for role in roles)


def _listed(language: str) -> Iterator[tuple[Role, Phrase]]:
    for part, groups in _used.items():
        for name, group in groups.items():
            for phrase in getattr(group, language, ()):
                yield Role(part, name), tuple(phrase.split())


def listed(part: Part, language: str) -> dict[str, str]:
    """The words and phrases of a part, each with its group."""
    return {" ".join(phrase): role.group for role, phrase in _listed(language) if role.part is part}


@lru_cache(maxsize=32)
def lexicon(language: str) -> Lexicon:
    """The words of a language; none for one that words.yaml does not have."""
    return Lexicon(language if language in KNOWN else "")


def use(groups: Groups) -> None:
    """From now on all is read with these groups, such as GROUPS without one, to see what that is worth. Articles that
    were read before stay as they are."""
    _used.clear()
    _used.update(groups)
    lexicon.cache_clear()
