"""How many SMS segments a text takes, by GSM-7 and UCS-2 rules (160 or 153, 70 or 67 characters each)."""

import smsutil
from smsutil.codecs import GSM_CHARSET

GSM_7 = "GSM-7"
UCS_2 = "UCS-2"
# In GSM-7 the escape is not a character, but announces one of the second table. Twilio does not take it for one.
_ESCAPE = "\x1b"
_ALPHABET = frozenset(GSM_CHARSET) - {_ESCAPE}
# As long as the escape in UCS-2, and nobody takes it for GSM-7.
_IN_ITS_PLACE = "\u241b"


def segment_count(text: str) -> int:
    """The segments that are billed for `text`. An MMS is billed as one message, whatever its text takes."""
    return len(smsutil.split(text.replace(_ESCAPE, _IN_ITS_PLACE)).parts)


def encoding(text: str) -> str:
    """GSM_7, or UCS_2 when a single character is not in GSM-7's alphabet."""
    return UCS_2 if beyond_gsm_7(text) else GSM_7


def beyond_gsm_7(text: str) -> list[str]:
    """The characters that make `text` UCS-2, each once, in their order."""
    return list(dict.fromkeys(character for character in text if character not in _ALPHABET))


def segment_count_in_gsm_7(text: str) -> int:
    """How many segments it would be with a GSM-7 character instead of each of those."""
    return segment_count("".join(character if character in _ALPHABET else "?" for character in text))
