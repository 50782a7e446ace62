"""Which URLs a reply's media may have. Twilio fetches them from the internet, without our credentials. A URL that it
cannot reach, or must not see, is refused here, while whoever replies is still looking."""

import re
from collections.abc import Sequence
from urllib.parse import SplitResult, urlsplit

from ticket_service.domain.errors import FieldInvalid

# Twilio's limit for one message.
MAX_MEDIA = 10
MAX_URL_CHARACTERS = 2048
_FIELD = "media_urls"
_URL_CHARACTERS = re.compile(r"[!-~]+")
# A name with a dot in it whose last label is not a number. Anything else is an address, or a host of a private network.
_PUBLIC_HOST = re.compile(r"([a-z0-9_-]+\.)+(?!\d+$|0x[0-9a-f]*$)[a-z0-9-]+\.?")
_PRIVATE_DOMAINS = (".localhost", ".local", ".internal", ".home.arpa", ".localdomain")


def require_media_urls(urls: Sequence[str]) -> None:
    """Raises FieldInvalid, with the number of the first URL that cannot be used, and why."""
    if len(urls) > MAX_MEDIA:
        raise FieldInvalid(_FIELD, f"may have at most {MAX_MEDIA} URLs")
    for number, url in enumerate(urls, 1):
        if fault := _fault(url):
            raise FieldInvalid(_FIELD, f"has a URL (number {number}) that {fault}")


def _fault(url: str) -> str:
    """What is wrong with a URL; empty when nothing is."""
    if len(url) > MAX_URL_CHARACTERS:
        return f"is longer than {MAX_URL_CHARACTERS} characters"
    if _URL_CHARACTERS.fullmatch(url) is None:
        return "is empty, or has spaces or other characters that are written as %XX in a URL"
    try:
        parts = urlsplit(url)
        # Raises ValueError if the port is not a number.
        _ = parts.port
    except ValueError:
        return "is not a URL"
    return _fault_of_parts(parts)


def _fault_of_parts(parts: SplitResult) -> str:
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not host:
        return "does not begin with http:// or https:// and a host name"
    if parts.username is not None:
        return "contains a user name or password, which everyone who handles the URL could see"
    if _PUBLIC_HOST.fullmatch(host) is None or host.rstrip(".").endswith(_PRIVATE_DOMAINS):
        return "has no public host name; Twilio fetches it from the internet"
    return ""
