"""Twilio's request signature, checked. Pure: whatever arrives, the answer is yes or no, never an exception.

Rule: https://www.twilio.com/docs/usage/security, "Validating Signatures from Twilio", and Twilio's helper libraries.
"""

import base64
import hmac
import re
from collections.abc import Iterable, Iterator

Parameters = Iterable[tuple[str, str]]

_URL = re.compile(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<authority>[^/?]*)(?P<rest>.*)",
    re.DOTALL,
)
# The host may be an IPv6 address in brackets, whose colons are no ports.
_HOST_AND_PORT = re.compile(r"(?P<host>\[[^\]]*\]|[^:]*)(?::(?P<port>[0-9]*))?")


def is_valid(url: str, parameters: Parameters, signature: str, auth_tokens: Iterable[str]) -> bool:
    """Whether one of `auth_tokens` made `signature` (base64) of `url` and the decoded form `parameters`."""
    try:
        return _is_valid(url, parameters, signature, auth_tokens)
    except (TypeError, ValueError, AttributeError):
        # Not text, or text that has no UTF-8 form: nothing that Twilio signs.
        return False


def _is_valid(url: str, parameters: Parameters, signature: str, auth_tokens: Iterable[str]) -> bool:
    if not signature:
        return False
    given = signature.encode()
    signed_parameters = _signed_parameters(parameters).encode()
    messages = [form.encode() + signed_parameters for form in signed_urls(url)]
    keys = [token.encode() for token in auth_tokens if token]
    return any(hmac.compare_digest(_sign(message, key), given) for key in keys for message in messages)


def _sign(message: bytes, key: bytes) -> bytes:
    return base64.b64encode(hmac.digest(key, message, "sha1"))


def _signed_parameters(parameters: Parameters) -> str:
    """Name and value of each, sorted. Of a repeated name each different value counts once, as Twilio's Python, Node and
    PHP libraries have it."""
    return "".join(name + value for name, value in sorted({(name, value) for name, value in parameters}))


def signed_urls(url: str) -> list[str]:
    """The forms of `url` that Twilio may have signed, the likeliest first.

    It never signs the fragment. The documentation says that it drops `user:password@`; the libraries' own test vectors
    keep it. Products differ in whether the port is part of it, and the libraries drop an empty `?`.
    """
    url = url.partition("#")[0]
    match = _URL.fullmatch(url)
    if match is None:
        return []
    rests = (
        [match["rest"], match["rest"][:-1]] if match["rest"].find("?") == len(match["rest"]) - 1 else [match["rest"]]
    )
    forms = [
        f"{match['scheme']}://{authority}{rest}"
        for authority in _authorities(match["scheme"], match["authority"])
        for rest in rests
    ]
    return list(dict.fromkeys(forms))


def _authorities(scheme: str, authority: str) -> Iterator[str]:
    credentials, at, host_and_port = authority.rpartition("@")
    match = _HOST_AND_PORT.fullmatch(host_and_port)
    hosts = [host_and_port]
    if match is not None:
        default_port = 443 if scheme.lower() == "https" else 80
        hosts.append(match["host"] if match["port"] else f"{match['host']}:{default_port}")
    yield from hosts
    if at:
        yield from (f"{credentials}@{host}" for host in hosts)
