"""The words of a text that say what it is about, what it denies, what it limits, and of which of several things it
speaks. Words are compared, not meanings."""

import re
from collections.abc import Iterable
from functools import lru_cache

from responder_service.checks.contacts import without_contacts
from responder_service.checks.days import is_day
from responder_service.checks.plain_text import folded, sentences, words
from responder_service.data.reading import AnyOf, Table, Words, read
from responder_service.language.folding import FoldedWords
from responder_service.language.vocabulary import STOP_WORDS


class _Wording(Table):
    denials: FoldedWords
    asides: AnyOf
    harmless_denials: AnyOf
    openings: AnyOf
    refusals: AnyOf
    joints: AnyOf
    verbs: FoldedWords
    conditions: dict[str, AnyOf]
    no_conditions: AnyOf
    universals: FoldedWords
    fillers: FoldedWords
    qualifiers: Words
    each_named: Words
    all: AnyOf
    duties: AnyOf
    no_duties: AnyOf
    open_to_others: AnyOf
    beyond: AnyOf
    falls_short: AnyOf
    earlier: AnyOf
    ahead: AnyOf
    later: AnyOf
    halves: AnyOf
    not_included: AnyOf
    included: AnyOf
    comes_with: AnyOf
    none_at_all: AnyOf
    no_gratis: AnyOf
    gratis: AnyOf
    rivals: dict[str, dict[str, FoldedWords]]


TABLES = read("wording.yaml", _Wording)
_VERBS = frozenset(TABLES.verbs)
_AND = re.compile(
    r",?\s+(?:and|y|e|et|und)\s+|,\s+(?=(?:the|our|we|it|they|die|der|das|wir|unsere?|el|la|los|las|le|les|nous|nos)\s)"
)
# A verb, and not the state of a thing: "can be used for 2 hours".
_TO_USE = re.compile(
    r"\b(?:be|is|are|get|being) used\b|\bused (?:to|for|by|as|with|in|at|on|until|up|free)\b|\b(?:used|use) up\b"
)
_ALTERNATIVE = re.compile(r"\W*(?:or|nor|ni|oder|ou|o)\s")
_IF = re.compile(r"(?:if|when|wenn|falls|si|cuando|quand|lorsque)\b")
_FILLERS = frozenset(TABLES.fillers) | frozenset(TABLES.denials) | frozenset(TABLES.universals)
_UNIVERSALS = frozenset(TABLES.universals)
_ANY_STOP_WORD = frozenset().union(*STOP_WORDS.values())
_RIVALS = {
    word: (group, member)
    for group, members in TABLES.rivals.items()
    for member, spellings in members.items()
    for word in spellings
}
_SHORTEST_STEM = 4
# E-mail, e-bike, check-in and check-out.
_HYPHEN = re.compile(r"(?<=\b[^\W\d])-(?=[^\W\d])|(?<=[^\W\d])-(?=[^\W\d]{2,3}\b)")


@lru_cache(maxsize=256)
def content(text: str) -> frozenset[str]:
    """The telling words of `text`; no figures, days and contacts, which are compared apart."""
    joined = _HYPHEN.sub("", without_contacts(text))
    plain = (word.replace("'", "") for word in words(joined))
    found = frozenset(word for word in plain if word[:1].isalpha() and len(word) > 1)
    return frozenset(word for word in found - _FILLERS - _ANY_STOP_WORD if not is_day(word))


def akin(said: Iterable[str], known: frozenset[str]) -> frozenset[str]:
    """Those of `said` that `known` has, or has with another ending or in a compound."""
    beginnings = {word[:n] for word in known for n in range(_SHORTEST_STEM, len(word) + 1)}
    beginnings |= known | {word.removesuffix("s") for word in known}
    return frozenset(word for word in said if _is_akin(word, beginnings))


def _is_akin(word: str, beginnings: set[str]) -> bool:
    return word.removesuffix("s") in beginnings or word[: max(_SHORTEST_STEM, len(word) - 3)] in beginnings


def share(said: frozenset[str], known: frozenset[str]) -> float:
    """How much of `said` is in `known`, 0 to 1."""
    return len(akin(said, known)) / len(said) if said else 0.0


@lru_cache(maxsize=256)
def parts(text: str) -> tuple[str, ...]:
    """The parts of the sentences of `text` that may each be of another mind, without what only opens an answer."""
    found: list[str] = []
    for sentence in sentences(text):
        bare = TABLES.openings.sub("", folded(sentence))
        for part in TABLES.joints.split(bare):
            if not words(part):
                continue
            if found and _ALTERNATIVE.match(part):
                # "It can't be refunded, though, or made up."
                found[-1] += part
            else:
                found += _coordinated(part)
    return tuple(part.strip() for part in found if words(part))


def _coordinated(part: str) -> list[str]:
    """A part, or the two that an "and" makes of it, when each says something by itself."""
    for match in _AND.finditer("" if _IF.match(part) else part):
        before, after = part[: match.start()], part[match.end() :]
        if not _VERBS.isdisjoint(plain_words(before)) and not _VERBS.isdisjoint(plain_words(after)):
            return [before, *_coordinated(after)]
    return [part]


def is_earlier(text: str) -> bool:
    """Whether `text` says that something is so long before something else."""
    return TABLES.earlier.search(folded(text)) is not None


def is_ahead(text: str) -> bool:
    """Whether `text` says how long it is until something."""
    return TABLES.ahead.search(folded(text)) is not None


def is_later(text: str) -> bool:
    """Whether `text` says that something is so long after something else."""
    return TABLES.later.search(folded(text)) is not None


def says_something(part: str) -> bool:
    """Whether `part` has more than words of which any sentence is made."""
    return any(word not in _ANY_STOP_WORD and not word.isdigit() for word in plain_words(part))


def is_gratis(text: str) -> bool:
    """Whether `text` says that something costs nothing extra."""
    return TABLES.gratis.search(TABLES.no_gratis.sub(" ", folded(text))) is not None


def is_included(text: str) -> bool:
    """Whether `text` says that something is included."""
    return TABLES.included.search(TABLES.not_included.sub(" ", folded(text))) is not None


def goes_beyond(text: str) -> bool:
    """Whether `text` compares with what it names: "up to 25 characters; a longer text …"."""
    return TABLES.beyond.search(folded(text)) is not None


def comes_with(text: str) -> bool:
    """Whether `text` says that something comes with something else."""
    return is_included(text) or TABLES.comes_with.search(folded(text)) is not None


def has_verb(part: str) -> bool:
    """Whether `part` has one of the verbs that statements are made with."""
    return not _VERBS.isdisjoint(plain_words(part))


def halves(text: str) -> bool:
    """Whether `text` speaks of a half."""
    return TABLES.halves.search(folded(text)) is not None


def leaves_open(text: str) -> bool:
    """Whether `text` speaks of all the other days, months or cases without naming them."""
    return TABLES.open_to_others.search(folded(text)) is not None


def holds_for_all(text: str) -> bool:
    """Whether `text` makes no exception that it does not name: "the whole site", "every", "daily"."""
    return bool(universals(text)) or TABLES.all.search(folded(text)) is not None


def subject(part: str) -> frozenset[str]:
    """The telling words before the verb of a part of a sentence."""
    found = [word for word in re.findall(r"[\w'-]+", part)]
    verb = next((i for i, word in enumerate(found) if not _VERBS.isdisjoint(plain_words(word))), 0)
    return content(" ".join(found[:verb]))


def qualifiers(text: str) -> dict[str, frozenset[str]]:
    """Which of the things something holds for, as far as `text` says so: unused ones, adults."""
    return {group: members for group, members in rivals(text).items() if group in TABLES.qualifiers}


def must_be_named(group: str) -> bool:
    """Whether each member of this group of rivals that a sentence names must stand in its quote."""
    return group in TABLES.each_named


def universals(text: str) -> frozenset[str]:
    """The words of `text` that make it hold for all."""
    return _UNIVERSALS.intersection(plain_words(folded(text)))


def rivals(text: str) -> dict[str, frozenset[str]]:
    """Of each group of things of which one is meant, those that `text` names."""
    found: dict[str, set[str]] = {}
    for written in plain_words(_HYPHEN.sub("", _TO_USE.sub(" ", folded(text)))):
        word = written if written in _RIVALS else written.removesuffix("s")
        if word in _RIVALS:
            group, member = _RIVALS[word]
            found.setdefault(group, set()).add(member)
    return {group: frozenset(members) for group, members in found.items()}


def plain_words(text: str) -> list[str]:
    return [word.replace("'", "") for word in words(text)]
