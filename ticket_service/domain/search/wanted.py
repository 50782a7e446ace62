"""What a search looks for."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from ticket_service.domain.addresses.phone_forms import all_forms
from ticket_service.domain.search.customer_keys import (
    NUMBER,
    OF_GENERATED_NAMES,
    asked_as_typed,
    email_keys,
    has_keys,
    number_keys,
)
from ticket_service.domain.search.words import beginnings_of, words_of

_TICKET_NUMBER = re.compile(r"#?\s*([1-9][0-9]{0,17})")
_NO_DIGIT = re.compile(r"[^0-9]")


@dataclass(frozen=True)
class Unit:
    """What must be found: a key of the customer (customer_keys.py) that begins as `key` does, if that is not empty, or
    else words of one message that begin as `beginnings` do."""

    beginnings: tuple[str, ...]
    key: str = ""

    @property
    def longest(self) -> str:
        """The longest of the beginnings, which the fewest messages have, as a rule."""
        return max(self.beginnings, key=len)


@dataclass(frozen=True)
class Wanted:
    """Units that must all be found. Those that are not of the customer stand together in one message, with the first of
    which the ticket's subject counts for what is not looked for in texts alone."""

    units: tuple[Unit, ...]

    @property
    def also_in_subjects(self) -> frozenset[str]:
        """The beginnings that may stand in a subject."""
        in_texts_alone = {beginning for unit in self.units if not unit.key for beginning in unit.beginnings}
        everywhere = {beginning for unit in self.units if unit.key for beginning in unit.beginnings}
        return frozenset(everywhere - in_texts_alone)

    def left_for_messages(self, customer_name: str, customer_address: str, email: str = "") -> tuple[str, ...]:
        """The beginnings of words that must stand in one message of a ticket of that customer; none when the customer
        is what is looked for. `email`: if somebody has given it."""
        left = (u for u in self.units if not (u.key and is_found_by(u.key, customer_name, customer_address, email)))
        return tuple(dict.fromkeys(beginning for unit in left for beginning in unit.beginnings))


def in_messages(text: str) -> Wanted:
    """A search in texts and notes alone."""
    return Wanted(tuple(Unit((beginning,)) for beginning in beginnings_of(text)))


def in_all(query: str) -> Wanted:
    """What somebody types into a search box, but for a ticket's number. A part of a phone number is one unit, however
    it is written."""
    units = (Unit(tuple(beginnings_of(typed)), key) for key, typed in asked_as_typed(query))
    return Wanted(tuple(dict.fromkeys(units)))


def is_found_by(key: str, name: str, address: str, email: str = "") -> bool:
    """Whether a customer with this name and address, and this e-mail address of their own, has a key that begins so."""
    if email and has_keys(_email_keys(email), (key,)):
        return True
    if key.startswith(NUMBER):
        in_address = any(key.removeprefix(NUMBER) in _NO_DIGIT.sub("", form) for form in all_forms(address))
        return in_address or any(number.startswith(key) for number in number_keys(words_of(name)))
    return any(word.startswith(key) for word in (*_words(name), *_words_of_address(address)))


def ticket_number(query: str) -> int:
    """The number of a ticket, as people write it (`12`, `#12`); 0 when it is not a number."""
    found = _TICKET_NUMBER.fullmatch(query.strip())
    return int(found[1]) if found else 0


def is_ticket_number_alone(query: str) -> bool:
    """Whether it can be nothing but a ticket's number: `#12`."""
    return query.strip().startswith("#") and ticket_number(query) > 0


def _words_of_address(address: str) -> Sequence[str]:
    return words_of(address) if any(sign.isalpha() for sign in address) else ()


@lru_cache(maxsize=10_000)
def _words(name: str) -> tuple[str, ...]:
    """Most names are those of places, and many customers share one."""
    words = tuple(words_of(name))
    own = len(OF_GENERATED_NAMES)
    if words[:own] != OF_GENERATED_NAMES:
        return words
    # The number in it, if there is one, is that of the address.
    return tuple(word for word in words[own:] if not word.isdecimal())


@lru_cache(maxsize=10_000)
def _email_keys(email: str) -> tuple[str, ...]:
    """A search goes through the same customers page after page."""
    return tuple(email_keys(email))
