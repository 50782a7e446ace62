"""Phone numbers as people of their country write them abroad."""

import re
from functools import lru_cache

import phonenumbers

_E164 = re.compile(r"\+[1-9][0-9]{6,14}\b")


# A list shows fifty, mostly those of a moment ago: without this a sixth of a page's time goes into them.
@lru_cache(maxsize=4096)
def international(address: str) -> str:
    """+1 206-555-0142 for +12065550142; anything else is returned unchanged."""
    if not address.startswith("+"):
        return address
    try:
        number = phonenumbers.parse(address)
    except phonenumbers.NumberParseException:
        return address
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def numbers_international(text: str) -> str:
    """A sentence with each number of E.164 in it written so."""
    return _E164.sub(lambda found: international(found[0]), text)
