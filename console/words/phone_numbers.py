"""Phone numbers as people of their country write them abroad."""

import phonenumbers


def international(address: str) -> str:
    """+1 206-555-0142 for +12065550142; what is no phone number, as it is."""
    if not address.startswith("+"):
        return address
    try:
        number = phonenumbers.parse(address)
    except phonenumbers.NumberParseException:
        return address
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
