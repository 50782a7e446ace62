"""Which URLs a reply's media may have. Twilio fetches them from the internet, without our credentials: what it cannot
reach is refused here, while the sender is still looking, and what it must not see is never given to it."""

import re
from collections.abc import Sequence
from urllib.parse import SplitResult, urlsplit

from ticket_service.domain.errors import FieldInvalid

# Twilio's limit for one message.
MAX_MEDIA = 10
MAX_URL_CHARACTERS = 2048
_FIELD = "media_urls"
_URL_CHARACTERS = re.compile(r"[!-~]+")
# A name with a dot in it whose last label is not a number: anything else is an address, or a host of some own network.
_PUBLIC_HOST = re.compile(r"([a-z0-9_-]+\.)+(?!\d+$|0x[0-9a-f]*$)[a-z0-9-]+\.?")
_PRIVATE_DOMAINS = (".localhost", ".local", ".internal", ".home.arpa", ".localdomain")


def require_media_urls(urls: Sequence[str]) -> None:
    """Raises FieldInvalid."""
    if len(urls) > MAX_MEDIA:
        raise FieldInvalid(_FIELD, f"may be at most {MAX_MEDIA}")
    for place, url in enumerate(urls, 1):
        if fault := _fault(url):
            raise FieldInvalid(_FIELD, f"has a URL (number {place}) that {fault}")


def _fault(url: str) -> str:
    """What is wrong with a URL; empty when nothing is."""
    if len(url) > MAX_URL_CHARACTERS:
        return f"is longer than {MAX_URL_CHARACTERS} characters"
    if _URL_CHARACTERS.fullmatch(url) is None:
        return "is empty, or has spaces or characters that a URL must write as %XX"
    try:
        parts = urlsplit(url)
        # A port that is none raises.
        _ = parts.port
    except ValueError:
        return "is not a URL"
    return _fault_of_parts(parts)


def _fault_of_parts(parts: SplitResult) -> str:
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not host:
        return "is not one of http or https, which Twilio could fetch"
    if parts.username is not None:
        return "has a user name or password in it, which everybody would see whom it passes"
    if _PUBLIC_HOST.fullmatch(host) is None or host.rstrip(".").endswith(_PRIVATE_DOMAINS):
        return "has no public host name: Twilio fetches it from the internet"
    return ""
