"""What customers are found by: keys that are stored with each of them, and beginnings of keys that a search asks for.

A key is a word of the name or the e-mail address, or `#` and the end of a phone number: a number has one for each of
its ends, so that any part of it is the beginning of one. Words are folded as those of texts are. A customer is found
when for each beginning that is asked for a key begins so.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from ticket_service.domain.addresses.phone_forms import all_forms
from ticket_service.domain.customer import Customer
from ticket_service.domain.search.words import beginnings_of, words_of

MAX_SEARCH_CHARACTERS = 200
# So many digits are a part of a number; fewer are the beginning of a word.
_FEWEST_DIGITS = 3
# No phone's number is longer; of what else is made of digits the end is enough.
_MOST_DIGITS = 20
NUMBER = "#"
# Words of every generated name, by which nobody is told from others.
OF_GENERATED_NAMES = ("sms", "from")
# Digits as people write a phone number, or a part of one, and nothing else of a word.
_DIGITS = re.compile(r"(?<!\w)\+?\(?\d(?:[\s().+/\u2010-\u2015\u2212-]*\d)*(?!\w)")
# As in +44 (0)20: dialled within the country only.
_TRUNK_ZERO = "(0)"


def keys_of(customer: Customer) -> list[str]:
    """What the customer is found by, in no order that matters; nothing once they are forgotten."""
    if customer.forget_time is not None:
        return []
    words = words_of(customer.display_name)
    if customer.has_own_name:
        keys = [*words, *number_keys(words)]
    else:
        # The number in it, if there is one, has keys of its own.
        keys = [word for word in words if word not in OF_GENERATED_NAMES and not word.isdecimal()]
    if customer.has_own_email:
        keys += email_keys(customer.email)
    if any(sign.isalpha() for sign in customer.address):
        keys += words_of(customer.address)
    keys += (key for form in all_forms(customer.address) for key in _ends(_digits_in(form)))
    return list(dict.fromkeys(keys))


def asked_keys(query: str) -> list[str]:
    """The beginnings of keys that `query` asks for: at most so many as it has words. Nothing where it has no letter and
    no digit."""
    return list(dict.fromkeys(key for key, _ in asked_as_typed(query)))


def asked_as_typed(query: str) -> list[tuple[str, str]]:
    """The same, each with what it was typed as: a word as the key says it, a number perhaps as several words."""
    text = _with_plain_digits(query).replace(_TRUNK_ZERO, "")
    typed = [found[0] for found in _DIGITS.finditer(text) if _is_number(found)]
    words = beginnings_of(_DIGITS.sub(_unless_number, text))
    generated = len(OF_GENERATED_NAMES)
    if tuple(words[:generated]) == OF_GENERATED_NAMES and len(words) + len(typed) > generated:
        del words[:generated]
    numbers = ((NUMBER + _without_trunk_zero(_digits_in(number)), number) for number in typed)
    return [*((word, word) for word in words), *numbers]


def has_keys(keys: Iterable[str], asked: Iterable[str]) -> bool:
    """Whether who has these keys is found."""
    known = tuple(keys)
    return all(any(key.startswith(beginning) for key in known) for beginning in asked)


def email_keys(email: str) -> list[str]:
    """Those of an e-mail address that somebody has given. Digits with signs between them are also one number, as they
    are for a search that has the address whole."""
    words = words_of(email)
    return [*words, *number_keys(words), *asked_keys(email)]


def number_keys(words: Iterable[str]) -> Iterator[str]:
    """Those of the numbers among words of a name, as a search asks for them."""
    return (NUMBER + _without_trunk_zero(word) for word in words if word.isdecimal() and len(word) >= _FEWEST_DIGITS)


def _ends(digits: str) -> Iterator[str]:
    last = digits[-_MOST_DIGITS:]
    return (NUMBER + last[start:] for start in range(len(last) - _FEWEST_DIGITS + 1))


def _without_trunk_zero(digits: str) -> str:
    """Zeros in front are often not part of the number as networks write it; without them more is found, never less."""
    stripped = digits.lstrip("0")
    return stripped if len(stripped) >= _FEWEST_DIGITS else digits


def _digits_in(text: str) -> str:
    return "".join(sign for sign in text if sign in "0123456789")


def _with_plain_digits(text: str) -> str:
    return "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in text)


def _is_number(found: re.Match[str]) -> bool:
    return len(_digits_in(found[0])) >= _FEWEST_DIGITS


def _unless_number(found: re.Match[str]) -> str:
    return " " if _is_number(found) else found[0]
