"""Which addresses attachments are fetched from. A webhook may be Twilio's and still name any URL, and the account's
credentials go along with the first request. Pure."""

import ipaddress
import re
from collections.abc import Sequence

from yarl import URL

_RESOURCE = re.compile(r"/2010-04-01/Accounts/(AC[0-9a-fA-F]{32})/Messages/[0-9A-Za-z]+/Media/[0-9A-Za-z]+")
_PRINTABLE = re.compile(r"[\x21-\x7e]+")
# Where Twilio's API is, in all its edges and regions: an attachment's URL names whichever Twilio likes.
_TWILIO = re.compile(r"api(\.[a-z0-9-]+){0,2}\.twilio\.com")
_HOST_PATTERN = re.compile(r"(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+")


def host_patterns(setting: str) -> tuple[str, ...]:
    """The patterns of a comma-separated list: a host (`localhost`, too), or `*.` and a domain for all hosts below it.
    Raises ValueError."""
    patterns = tuple(part.strip().lower() for part in setting.split(",") if part.strip())
    for pattern in patterns:
        if pattern != "localhost" and (not _HOST_PATTERN.fullmatch(pattern) or _is_ip(pattern)):
            raise ValueError("must be hosts such as media.example.com or *.example.com, separated by commas")
    return patterns


class MediaAddresses:
    """The addresses below Twilio's API, and the hosts that it may redirect to."""

    def __init__(self, api_url: str, hosts: Sequence[str]) -> None:
        """`hosts` are patterns as host_patterns gives them: asked over HTTPS, or as the API itself is."""
        self._api = URL(api_url)
        self._hosts = hosts
        self._ways = {("https", 443), (self._api.scheme, self._api.port)}

    def resource(self, url: str, account_sid: str) -> URL | None:
        """`url` as it is to be asked for with the account's credentials, always at the configured address of Twilio's
        API; None unless it is media of that account, there or at another address of Twilio's own."""
        parsed = _parsed(url)
        if parsed is None or parsed.raw_query_string or parsed.raw_fragment:
            return None
        base = self._api.raw_path.rstrip("/")
        if self._is_api(parsed):
            path = parsed.raw_path.removeprefix(base)
        elif self._is_elsewhere_at_twilio(parsed):
            path = parsed.raw_path
        else:
            return None
        match = _RESOURCE.fullmatch(path)
        return self._api.with_path(base + path, encoded=True) if match and match[1] == account_sid else None

    def redirect(self, asked: URL, location: str) -> URL | None:
        """Where the answer to `asked` redirects to; None when nobody may ask that address, even without credentials."""
        parsed = _parsed(location, asked) if location else None
        if parsed is None:
            return None
        if self._is_api(parsed):
            return parsed
        ours = (parsed.scheme, parsed.port) in self._ways and not _is_ip(parsed.host or "")
        return parsed if ours and self._is_allowed((parsed.host or "").lower()) else None

    def _is_api(self, url: URL) -> bool:
        return (url.scheme, url.host, url.port) == (self._api.scheme, self._api.host, self._api.port)

    def _is_elsewhere_at_twilio(self, url: URL) -> bool:
        if not (self._api.host or "").endswith(".twilio.com"):
            return False
        return (url.scheme, url.port) == ("https", 443) and _TWILIO.fullmatch(url.host or "") is not None

    def _is_allowed(self, host: str) -> bool:
        return any(host.endswith(p[1:]) if p.startswith("*.") else host == p for p in self._hosts)


def _parsed(url: str, base: URL | None = None) -> URL | None:
    """The URL as the HTTP client understands it, so that what is checked is what is asked; None for another text, or
    brings credentials of its own."""
    try:
        # A signed link is only good as it is written; what cannot stand in a request is quoted.
        given = URL(url, encoded=_PRINTABLE.fullmatch(url) is not None)
        parsed = base.join(given) if base is not None else given
        if parsed.host is None or parsed.port is None or parsed.user is not None or parsed.password is not None:
            return None
    except ValueError:
        return None
    return parsed


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        # Also the forms that resolvers take for one: 127.1, 0x7f000001.
        return bool(re.fullmatch(r"[0-9.]+|0x[0-9a-f.x]*", host.lower()))
    return True
