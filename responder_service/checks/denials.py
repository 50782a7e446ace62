"""What a text denies, limits, refuses or demands, as far as its words tell."""

import re
from functools import lru_cache

from responder_service.checks.plain_text import folded
from responder_service.checks.wording import TABLES, plain_words

_DENIALS = frozenset(TABLES.denials)
_ELIDED_NE = re.compile(r"\bn'(?=\w)")


@lru_cache(maxsize=256)
def denies(text: str) -> bool:
    """Whether `text` denies something."""
    bare = TABLES.harmless_denials.sub(" ", TABLES.asides.sub(" ", folded(text)))
    if "only" in limits(bare) and _ELIDED_NE.search(bare):
        return False
    return not _DENIALS.isdisjoint(plain_words(bare)) or bool(_ELIDED_NE.search(bare))


def says_no(text: str) -> bool:
    """Whether `text` denies something, or says that it is too little or too much."""
    return denies(text) or TABLES.falls_short.search(folded(text)) is not None


def has_denial(text: str) -> bool:
    """Whether `text` has a word that denies, whatever it denies."""
    return not _DENIALS.isdisjoint(plain_words(folded(text)))


@lru_cache(maxsize=256)
def limits(text: str) -> frozenset[str]:
    """The kinds of conditions that `text` names: "only", "except", "if", "without"."""
    bare = TABLES.no_conditions.sub(" ", folded(text))
    bare = TABLES.harmless_denials.sub(" ", bare)
    return frozenset(kind for kind, pattern in TABLES.conditions.items() if pattern.search(bare))


def conditions(text: str, kind: str) -> list[str]:
    """What stands behind each condition of this kind, up to the end of its part."""
    bare = TABLES.harmless_denials.sub(" ", TABLES.no_conditions.sub(" ", folded(text)))
    found = TABLES.conditions[kind].finditer(bare)
    return [re.split(r"[.;:!?,](?:\s|\Z)", bare[match.end() :], maxsplit=1)[0] for match in found]


def opens_with_no(text: str) -> bool:
    """Whether an answer begins with a no, or with a regret."""
    return TABLES.refusals.match(folded(text)) is not None


def denies_all(text: str) -> bool:
    """Whether `text` says that there is none of something at all."""
    return TABLES.none_at_all.search(folded(text)) is not None


def is_a_duty(text: str) -> bool:
    """Whether `text` says that something must be."""
    return not is_no_duty(text) and TABLES.duties.search(folded(text)) is not None


def is_no_duty(text: str) -> bool:
    """Whether `text` says that something need not be."""
    return TABLES.no_duties.search(folded(text)) is not None
