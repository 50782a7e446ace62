"""How fast a number may send, in SMS segments a second.

Source: https://www.twilio.com/docs/messaging/guides/understanding-message-queues; what is sent faster waits at Twilio,
where nobody can take it back or put it in order.
"""

import phonenumbers
from phonenumbers import PhoneNumberType

from servicekit.phone_numbers import AddressKind, normalize

_LONG_CODE = 1.0
_TOLL_FREE = 3.0
_SHORT_CODE = 100.0


def segments_per_second(address: str) -> float:
    """What `address` may send, by its kind."""
    if is_short_code(address):
        return _SHORT_CODE
    return _TOLL_FREE if _is_toll_free(address) else _LONG_CODE


def is_short_code(address: str) -> bool:
    """Whether one of our numbers is one."""
    known = normalize(address, "ZZ")
    return known is not None and known.kind is AddressKind.SHORT_CODE


def _is_toll_free(address: str) -> bool:
    try:
        number = phonenumbers.parse(address, None)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.number_type(number) == PhoneNumberType.TOLL_FREE
