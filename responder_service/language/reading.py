"""What a text asks or says, taken apart: what it is about, the kind of answer that it asks for, and what turns the
question into another one."""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce

from responder_service.language.days import days_named
from responder_service.language.vocabulary import Lexicon, Part, Phrase, Role, lexicon
from responder_service.language.words import pieces, split, stem

Spelled = Callable[[str], str]
_DIGITS = re.compile(r"\d+|[^\W\d_]+")
# Groups of the frame that find nothing.
_NEVER_SOUGHT = frozenset(["grammar", "courtesy", "chat"])
# These are compared by their group: how something is denied makes no difference.
_GROUPED_TURNS = frozenset(["denial", "only", "duty", "own case", "past", "condition"])


@dataclass(frozen=True)
class Reading:
    """`content`: what it is about, each as it is compared, with how it was written; figures are among them. `kinds`:
    those of words.yaml. `turns`: what makes another question of it, as comparable names. `words`: all that may help
    to find an article, those of kinds and turns included. `counted`: each figure with the word behind it."""

    content: dict[str, str]
    kinds: frozenset[str] = frozenset()
    turns: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    counted: frozenset[tuple[str, str]] = frozenset()

    @property
    def says_nothing(self) -> bool:
        """Whether it is courtesies and grammar alone."""
        return not (self.content or self.kinds or self.turns)

    @property
    def figures(self) -> frozenset[str]:
        """Its numbers."""
        return frozenset(word for word in self.content if word.isdigit())

    def without(self, words: Collection[str]) -> "Reading":
        """It without some of what it is about."""
        content = {word: written for word, written in self.content.items() if word not in words}
        return Reading(content, self.kinds, self.turns, self.words, self.counted)

    def __add__(self, other: "Reading") -> "Reading":
        return Reading(
            other.content | self.content,
            self.kinds | other.kinds,
            self.turns | other.turns,
            self.words | other.words,
            self.counted | other.counted,
        )


NOTHING = Reading({})


def join(readings: Sequence[Reading]) -> Reading:
    """All of them as one."""
    return reduce(Reading.__add__, readings, NOTHING)


def read_text(text: str, language: str, spelled: Spelled = str) -> Reading:
    """What `text` says, read in `language`. `spelled` gives the word that a misspelt one stands for."""
    known = lexicon(language)
    words = [part for word in split(text) for part in _DIGITS.findall(word) if part]
    words = [spelled(word) for word in _joined(words, known)]
    content: dict[str, str] = {}
    kinds: set[str] = set()
    turns: set[str] = set()
    found: set[str] = set()
    for phrase, roles in _phrases(words, known):
        kinds |= {role.group for role in roles if role.part is Part.KIND}
        turned = [role for role in roles if role.part is Part.TURN]
        turns |= {_turn(role, phrase, language) for role in turned}
        same = any(role.part is Part.SAME for role in roles)
        if same or not (turned or any(role.part in (Part.KIND, Part.FRAME) for role in roles)):
            content |= dict(_content(phrase, roles, language))
        if not any(role.part is Part.FRAME and role.group in _NEVER_SOUGHT for role in roles):
            found |= {stem(word, language) for word in phrase}
    counted = frozenset(_counted(words, known))
    return Reading(content, frozenset(kinds), frozenset(turns), frozenset(found | content.keys()), counted)


def read_statement(text: str, language: str) -> Reading:
    """What an article's `text` says: days that lie between others are named as well."""
    reading = read_text(text, language)
    days = dict.fromkeys(days_named(text, language), "")
    content, words = days | reading.content, reading.words | days.keys()
    return Reading(content, reading.kinds, reading.turns, words, reading.counted)


def _counted(words: Sequence[str], known: Lexicon) -> Iterator[tuple[str, str]]:
    for word, following in zip(words, [*words, ""][1:], strict=True):
        numbers = [role.group for role in known.roles.get((word,), ()) if role.part is Part.NUMBER]
        if numbers or word.isdigit():
            yield (numbers or [word])[0], stem(following, known.language)


def _joined(words: Sequence[str], known: Lexicon) -> Iterator[str]:
    """`words`, with those made one that are one word: "check in" is checkin."""
    position = 0
    while position < len(words):
        pair = tuple(words[position : position + 2])
        joins = any(role.part is Part.JOINED for role in known.roles.get(pair, ()))
        yield "".join(pair) if joins else words[position]
        position += 2 if joins else 1


def _phrases(words: Sequence[str], known: Lexicon) -> Iterator[tuple[Phrase, tuple[Role, ...]]]:
    """The longest phrases that have roles, and the words in between."""
    position = 0
    while position < len(words):
        for length in range(min(known.longest, len(words) - position), 0, -1):
            phrase = tuple(words[position : position + length])
            roles = known.roles.get(phrase, ())
            if roles or length == 1:
                yield phrase, roles
                position += length
                break


def _turn(role: Role, phrase: Phrase, language: str) -> str:
    return role.group if role.group in _GROUPED_TURNS else f"{role.group}: {stem(phrase[-1], language)}"


def _content(phrase: Phrase, roles: Sequence[Role], language: str) -> Iterator[tuple[str, str]]:
    written = " ".join(phrase)
    for role in roles:
        if role.part in (Part.SAME, Part.DAY):
            yield f"={role.group}", written
            return
        if role.part is Part.NUMBER:
            yield role.group, written
            return
    for word in phrase:
        yield from ((stem(piece, language), word) for piece in pieces(word))
