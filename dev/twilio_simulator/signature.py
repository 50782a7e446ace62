"""Twilio's request signature, written from its documentation: this is what the product is tested against.

Rule: https://www.twilio.com/docs/usage/security, "Validating Signatures from Twilio".
"""

import base64
import hashlib
import hmac
from collections.abc import Iterable
from urllib.parse import urlsplit, urlunsplit

Parameters = list[tuple[str, str]]
_HASHES = {"HMAC_SHA1": hashlib.sha1, "HMAC_SHA256": hashlib.sha256}


def signed_url(configured_url: str) -> str:
    """The URL that Twilio signs and requests: as configured, without credentials and fragment, port kept."""
    parts = urlsplit(configured_url)
    host = parts.netloc.rpartition("@")[2]
    # urlunsplit drops an empty "?", as Twilio's own libraries do.
    return urlunsplit((parts.scheme, host, parts.path, parts.query, ""))


def sign(url: str, params: Iterable[tuple[str, str]], auth_token: str, algorithm: str = "HMAC_SHA1") -> str:
    """Base64 of the HMAC over the URL and the decoded parameters, sorted by name.

    A repeated name counts once per distinct value, values sorted: the contract of Twilio's Python, Node and
    PHP libraries.
    """
    message = url + "".join(name + value for name, value in sorted(set(params)))
    digest = hmac.new(auth_token.encode(), message.encode("utf-8", "surrogatepass"), _HASHES[algorithm]).digest()
    return base64.b64encode(digest).decode()
