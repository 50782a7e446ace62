"""Addresses of phones: E.164 behind the edge, whoever typed them. Numbers must be possible, not valid: 555 numbers and
new ranges are never valid at first."""

import re
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

import phonenumbers

from servicekit import errors

_SHORT_CODE = re.compile(r"[0-9]{3,8}\Z")
_ALPHANUMERIC_SENDER = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 &+_.-]{1,15}\Z")
_SCHEMES = ("whatsapp:", "rcs:")
# Results that are kept: reading a number takes longer than checking a signature, and the same ones text again.
_KEPT, _MOST_KEPT_CHARACTERS = 10_000, 64


class AddressKind(Enum):
    """What kind of address it is: only E164, SHORT_CODE and SCHEME (whatsapp:, rcs:) ones can be texted."""

    E164 = "e164"
    SHORT_CODE = "short_code"
    ALPHANUMERIC = "alphanumeric"
    SCHEME = "scheme"


@dataclass(frozen=True)
class Address:
    """A normalised address."""

    value: str
    kind: AddressKind


def e164(text: str, default_region: str) -> str | None:
    """`text` in E.164, or None when it is no possible number. `default_region` is ISO 3166-1 alpha-2."""
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
    """The address that `text` names, or None when it names none.

    Short codes and alphanumeric senders are kept as they are; `whatsapp:` and `rcs:` addresses keep their scheme.
    """
    return (_known if len(text) <= _MOST_KEPT_CHARACTERS else _read)(text.strip(), default_region)


def _read(text: str, default_region: str) -> Address | None:
    for scheme in _SCHEMES:
        if text.lower().startswith(scheme):
            rest = text[len(scheme) :]
            return Address(scheme + (e164(rest, default_region) or rest), AddressKind.SCHEME) if rest else None
    if _SHORT_CODE.match(text) and len(text) < 7:
        return Address(text, AddressKind.SHORT_CODE)
    number = None if _ALPHANUMERIC_SENDER.match(text) else e164(text, default_region)
    if number is not None:
        return Address(number, AddressKind.E164)
    if _SHORT_CODE.match(text):
        return Address(text, AddressKind.SHORT_CODE)
    return Address(text, AddressKind.ALPHANUMERIC) if _ALPHANUMERIC_SENDER.match(text) else None


_known = lru_cache(maxsize=_KEPT)(_read)


def require_e164(text: str, default_region: str, field: str) -> str:
    """`text` in E.164. Raises InvalidArgument PHONE_NUMBER_INVALID, naming `field`."""
    number = e164(text, default_region)
    if number is None:
        raise errors.InvalidArgument(
            "PHONE_NUMBER_INVALID",
            f"{field} is no possible phone number; write it like +15551234567",
            field=field,
        )
    return number
