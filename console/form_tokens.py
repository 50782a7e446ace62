"""The token of a session's forms, as pages have it: another text on every page. Pages travel compressed, and whoever
sees how long they are, and can put words into them, could otherwise guess it one character after the other."""

import base64
import binascii
import secrets


def masked(token: str) -> str:
    """Another text each time, that stands for the token."""
    plain = token.encode()
    pad = secrets.token_bytes(len(plain))
    return base64.urlsafe_b64encode(pad + _xor(pad, plain)).decode()


def unmasked(text: str) -> str:
    """The token that it stands for; for any other text, something that is not a token."""
    try:
        both = base64.b64decode(text, altchars=b"-_", validate=True)
        middle = len(both) // 2
        return _xor(both[:middle], both[middle:]).decode()
    except (ValueError, binascii.Error):
        return ""


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(left ^ right for left, right in zip(one, other, strict=True))
