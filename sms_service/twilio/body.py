"""What a customer's text says: the Body as people read it, and a place that they sent."""

import base64
import binascii
import re
import unicodedata
from collections.abc import Mapping

# Shorter ones may be a word or a code by chance.
_LEAST_CHARACTERS = 16
# Of no other text is it known that a carrier did so.
_LEAST_SEGMENTS = 2
_COUNT = re.compile(r"[0-9]{1,6}")
_BASE64 = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")


def text_of(parameters: Mapping[str, str]) -> str:
    """The text of a webhook. A WhatsApp or RCS message may be a place alone, which has no Body."""
    segments = parameters.get("NumSegments", "")
    said = readable(parameters.get("Body", ""), int(segments) if _COUNT.fullmatch(segments) else 1)
    place = _place(parameters)
    return "\n".join(part for part in (said, place) if part)


def readable(body: str, segments: int) -> str:
    """`body`, or what it says where a carrier has written it in base64, as some do with texts of several segments. A
    customer may have written the base64 of a shorter one: an error's code, or a key."""
    if segments < _LEAST_SEGMENTS:
        return body
    encoded = "".join(body.splitlines()).strip()
    if len(encoded) < _LEAST_CHARACTERS or len(encoded) % 4 or not _BASE64.issuperset(encoded.rstrip("=")):
        return body
    try:
        decoded = base64.b64decode(encoded, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return body
    return decoded if _is_written(decoded) else body


def _is_written(text: str) -> bool:
    """Whether people may have written it: several words, and nothing that only programs write."""
    seen = text.replace("\n", " ").replace("\r", " ").replace("\t", " ")
    return len(seen.split()) > 1 and all(unicodedata.category(character) not in ("Cc", "Co") for character in seen)


def _place(parameters: Mapping[str, str]) -> str:
    """`Location: Pike Place Market, 85 Pike St, Seattle (47.6097, -122.3422)`, from what there is; empty without
    coordinates. Rule: https://www.twilio.com/docs/messaging/guides/webhook-request."""
    latitude, longitude = parameters.get("Latitude", "").strip(), parameters.get("Longitude", "").strip()
    if not (latitude and longitude):
        return ""
    names = [parameters.get(name, "").strip() for name in ("Label", "Address")]
    named = ", ".join(dict.fromkeys(name for name in names if name))
    where = f"{latitude}, {longitude}"
    return f"Location: {named} ({where})" if named else f"Location: {where}"
