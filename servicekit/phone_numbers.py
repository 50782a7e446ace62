"""Addresses of phones: E.164 behind the edge, whoever typed them. Numbers must be possible, not valid: 555 numbers and
new ranges are never valid at first.

What is a possible number changes with every release of the phone library. So its tables decide how an address is
written and whether it can be texted, and never whether it is one.
"""

import re
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

import phonenumbers

from servicekit import errors

_SHORT_CODE = re.compile(r"[0-9]{3,8}\Z")
# Shorter ones are never read as numbers of the default region.
_ALWAYS_SHORT = 6
# As networks write a number: it is never changed.
_CANONICAL = re.compile(r"\+[0-9]+\Z")
# Marks that show nothing, which programs put around numbers that are copied.
_UNSEEN = re.compile("[\xad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
_BLANK = re.compile(r"\s")
# As people write one, and nothing beside it: digits of any script, and what stands between them.
_WRITTEN = re.compile(r"(?:tel:)?[+\uff0b(\d][\d\s().\u2010-\u2015\u2212/-]*\Z", re.IGNORECASE)
_SCHEME = re.compile(r"(?!tel:)([a-z][a-z0-9+.-]*):(.+)", re.IGNORECASE | re.DOTALL)
# Of these the rest is a number where it is written as one. What stands behind any other scheme is nobody's number.
_SCHEMES_OF_NUMBERS = ("whatsapp", "rcs")
# What stands for a caller who hides the number: words, typed on a telephone's keys.
_HIDDEN = frozenset(
    f"+{digits}"
    for digits in (
        "266696687",  # ANONYMOUS
        "2562533",  # BLOCKED
        "7748283",  # PRIVATE
        "7378742833",  # RESTRICTED
        "86282452253",  # UNAVAILABLE
        "8656696",  # UNKNOWN
    )
)
# Fewest and most digits of a number that is tried though the tables know no such length: they learn of renumberings
# late, and forget the old form while phones still have it.
_FEWEST_DIGITS, _MOST_DIGITS = 10, 15
# Results that are kept: reading a number takes longer than checking a signature, and the same ones text again.
_KEPT, _MOST_KEPT_CHARACTERS = 10_000, 64


class AddressKind(Enum):
    """What kind of address it is. NO_NUMBER: written as a number, and no phone has it, such as the stand-in for an
    anonymous caller. ALPHANUMERIC: any other text. SCHEME: `whatsapp:` and the like."""

    E164 = "e164"
    SHORT_CODE = "short_code"
    SCHEME = "scheme"
    NO_NUMBER = "no_number"
    ALPHANUMERIC = "alphanumeric"


@dataclass(frozen=True)
class Address:
    """A normalised address. Normalising it again gives the same."""

    value: str
    kind: AddressKind

    @property
    def can_be_texted(self) -> bool:
        """Whether it is worth trying."""
        if self.kind is AddressKind.SCHEME:
            return self.value.startswith(tuple(f"{scheme}:" for scheme in _SCHEMES_OF_NUMBERS))
        return self.kind in (AddressKind.E164, AddressKind.SHORT_CODE)


def e164(text: str, default_region: str) -> str | None:
    """`text` in E.164, or None when it is not a possible number. `default_region` is ISO 3166-1 alpha-2.

    Read again, the result stays as it is: a number that the tables would change once more is refused.
    """
    number = _parsed(text, default_region)
    return number if number is not None and _parsed(number, default_region) == number else None


def is_region(region: str) -> bool:
    """Whether numbers of it are known, by ISO 3166-1 alpha-2 in capitals."""
    return region in phonenumbers.SUPPORTED_REGIONS


def _plain(text: str) -> str:
    """`text` as it is seen, with spaces that the library knows."""
    return _BLANK.sub(" ", _UNSEEN.sub("", text)).strip()


def _parsed(text: str, default_region: str) -> str | None:
    text = _plain(text)
    # The library finds a number wherever one stands.
    if not _WRITTEN.match(text):
        return None
    try:
        number = phonenumbers.parse(text, default_region)
    except phonenumbers.NumberParseException:
        return None
    possible = phonenumbers.is_possible_number_with_reason(number)
    # A number without its area code is "possible, local only": nobody can text it.
    if possible != phonenumbers.ValidationResult.IS_POSSIBLE or number.extension:
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def normalize(text: str, default_region: str) -> Address | None:
    """The address that `text` names, or None when it is blank.

    Only what is written as a phone number from end to end is read as one. All else is kept as it is: short codes,
    names, whatever stands behind a scheme, and numbers that the tables know nothing of.
    """
    return (_known if len(text) <= _MOST_KEPT_CHARACTERS else _read)(text.strip(), default_region)


def _read(text: str, default_region: str) -> Address | None:
    if not text:
        return None
    if (scheme := _SCHEME.match(text)) is not None:
        return Address(_with_scheme(text, scheme[1], scheme[2], default_region), AddressKind.SCHEME)
    if _WRITTEN.match(seen := _plain(text)):
        text = seen
    if _CANONICAL.match(text):
        return Address(text, AddressKind.E164 if _may_be_a_phone(text) else AddressKind.NO_NUMBER)
    short = _SHORT_CODE.match(text) is not None
    if _WRITTEN.match(text) and not (short and len(text) <= _ALWAYS_SHORT):
        number = e164(text, default_region)
        if number is not None:
            return Address(number, AddressKind.NO_NUMBER if number in _HIDDEN else AddressKind.E164)
    return Address(text, AddressKind.SHORT_CODE if short else AddressKind.ALPHANUMERIC)


def _with_scheme(text: str, scheme: str, rest: str, default_region: str) -> str:
    if scheme.lower() not in _SCHEMES_OF_NUMBERS:
        return text
    rest = _plain(rest)
    number = e164(rest, default_region) if _WRITTEN.match(rest) and not _CANONICAL.match(rest) else None
    return f"{scheme.lower()}:{number or rest}"


def _may_be_a_phone(number: str) -> bool:
    """Whether a phone may have `number` (`+` and digits)."""
    if number in _HIDDEN:
        return False
    if _parsed(number, "ZZ") == number:
        return True
    try:
        phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        # No country has it.
        return False
    return _FEWEST_DIGITS <= len(number) - 1 <= _MOST_DIGITS


_known = lru_cache(maxsize=_KEPT)(_read)


def require_e164(text: str, default_region: str, field: str) -> str:
    """`text` in E.164. Raises InvalidArgument PHONE_NUMBER_INVALID, naming `field`."""
    number = e164(text, default_region)
    if number is None:
        raise errors.InvalidArgument(
            "PHONE_NUMBER_INVALID",
            f"{field} is not a possible phone number; write it like +15551234567",
            field=field,
        )
    return number


def require_number(text: str, default_region: str, field: str) -> str:
    """A number of ours, as people type it: E.164, or a short code as it is. Raises InvalidArgument
    PHONE_NUMBER_INVALID, naming `field`."""
    address = normalize(text, default_region)
    if address is not None and address.kind is AddressKind.SHORT_CODE:
        return address.value
    return require_e164(text, default_region, field)
