"""Twilio's request signature, checked. Whatever arrives, the answer is yes or no, never an exception.

Rule: https://www.twilio.com/docs/usage/security, "Validating Signatures from Twilio", and Twilio's helper libraries; of
SharedKeys https://www.twilio.com/docs/usage/webhooks/webhook-shared-keys (a beta) and the library since 9.13.
"""

import base64
import hmac
import re
from collections.abc import Iterable, Iterator

from servicekit.encodable import encodable
from sms_service.domain.credential import SharedKey

Parameters = Iterable[tuple[str, str]]

# Twilio's names of what it signs with.
_DIGESTS = {"HMAC_SHA1": "sha1", "HMAC_SHA256": "sha256"}
_WITHOUT_SETTINGS = "HMAC_SHA1"

_URL = re.compile(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<authority>[^/?]*)(?P<rest>.*)",
    re.DOTALL,
)
# The host may be an IPv6 address in brackets, whose colons are not ports.
_HOST_AND_PORT = re.compile(r"(?P<host>\[[^\]]*\]|[^:]*)(?::(?P<port>[0-9]*))?")


def is_valid(
    url: str,
    parameters: Parameters,
    signature: str,
    auth_tokens: Iterable[str],
    settings: str = "",
    shared_keys: Iterable[SharedKey] = (),
) -> bool:
    """Whether `signature` (base64) was made of `url` and the decoded form `parameters`: by one of `auth_tokens`, or,
    with the header X-Twilio-Webhooks-Signature-Settings (`settings`), by the SharedKey that it names."""
    try:
        keys = _named_keys(settings, shared_keys) if settings else _token_keys(auth_tokens)
        return _is_valid(url, parameters, signature, keys)
    except (TypeError, ValueError, AttributeError):
        # Not text, or text that has no UTF-8 form: nothing that Twilio signs.
        return False


def _is_valid(url: str, parameters: Parameters, signature: str, keys: list[tuple[bytes, str]]) -> bool:
    if not signature:
        return False
    given = signature.encode()
    signed = _in_bytes(_signed_parameters(parameters))
    messages = [form.encode() + rest for form in signed_urls(url) for rest in signed]
    return any(hmac.compare_digest(_sign(message, *key), given) for key in keys for message in messages)


def _sign(message: bytes, key: bytes, digest: str) -> bytes:
    return base64.b64encode(hmac.digest(key, message, digest))


def _token_keys(auth_tokens: Iterable[str]) -> list[tuple[bytes, str]]:
    return [(token.encode(), _DIGESTS[_WITHOUT_SETTINGS]) for token in auth_tokens if token]


def _named_keys(settings: str, shared_keys: Iterable[SharedKey]) -> list[tuple[bytes, str]]:
    """The key that the header names, if it names its own algorithm with it: what may be used is what was stored, and
    the header cannot choose. Raises ValueError when it is not such a header."""
    named = _settings(settings)
    wanted = named["key"], named.get("algorithm", _WITHOUT_SETTINGS)
    return [
        (key.secret.reveal().encode(), _DIGESTS[key.algorithm])
        for key in shared_keys
        if (key.shared_key_id, key.algorithm) == wanted and key.secret and key.algorithm in _DIGESTS
    ]


def names_key(settings: str, shared_keys: Iterable[SharedKey]) -> bool:
    """Whether the header names one of the keys with its own algorithm."""
    try:
        return bool(_named_keys(settings, shared_keys))
    except ValueError:
        return False


def named_key(settings: str) -> str:
    """The id of the key that the header names; empty when it is not such a header."""
    try:
        return _settings(settings)["key"]
    except ValueError:
        return ""


def _settings(header: str) -> dict[str, str]:
    """`key=<id>,algorithm=<name>`; further settings are let pass. Raises ValueError for anything else, and for a name
    that comes twice: it could mean one thing here and another one elsewhere."""
    settings: dict[str, str] = {}
    for part in header.split(","):
        name, equals, value = (piece.strip(" ") for piece in part.partition("="))
        if not (name and equals and value) or name in settings:
            raise ValueError("no signature settings")
        settings[name] = value
    if "key" not in settings:
        raise ValueError("no signature settings")
    return settings


def _signed_parameters(parameters: Parameters) -> str:
    """Name and value of each, sorted. Of a repeated name each different value counts once, as Twilio's Python, Node and
    PHP libraries have it."""
    return "".join(name + value for name, value in sorted({(name, value) for name, value in parameters}))


def _in_bytes(text: str) -> list[bytes]:
    """What `text` may have been signed as: halves of characters, which have no UTF-8 form, as they are or replaced."""
    try:
        return [text.encode()]
    except UnicodeEncodeError:
        return [text.encode("utf-8", "surrogatepass"), encodable(text).encode()]


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
