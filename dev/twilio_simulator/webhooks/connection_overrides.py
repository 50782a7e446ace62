"""Connection overrides: how a webhook URL's fragment changes Twilio's time limits and retries.

Rule: https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides.
"""

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

INVALID_OVERRIDE = 11243
RETRY_REASONS = frozenset({"4xx", "5xx", "ct", "rt", "all"})


class InvalidOverrideError(ValueError):
    """The fragment has a value that Twilio does not know or that is out of range (error 11243)."""


@dataclass(frozen=True)
class ConnectionOverrides:
    """Limits are in milliseconds; `retry_on` holds reasons of RETRY_REASONS."""

    connect: int = 5000
    read: int = 15000
    total: int = 15000
    retries: int = 1
    retry_on: frozenset[str] = frozenset({"ct"})

    def retries_after(self, reason: str) -> bool:
        """Whether a failure of that kind ("4xx", "5xx", "ct", "rt" or another) is tried again."""
        return "all" in self.retry_on or reason in self.retry_on


def overrides_of(url: str) -> ConnectionOverrides:
    """The overrides in a URL's fragment; other names in it are ignored. Raises InvalidOverrideError."""
    given = dict(parse_qsl(urlsplit(url).fragment, keep_blank_values=True))
    return ConnectionOverrides(
        connect=_number(given, "ct", 5000, range(100, 10001)),
        read=_number(given, "rt", 15000, range(100, 15001)),
        total=_number(given, "tt", 15000, range(100, 15001)),
        retries=_number(given, "rc", 1, range(6)),
        retry_on=_reasons(given.get("rp", "ct")),
    )


def _number(given: dict[str, str], name: str, default: int, allowed: range) -> int:
    text = given.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and int(text) in allowed):
        raise InvalidOverrideError(f"{name}={text} is not between {allowed.start} and {allowed.stop - 1}")
    return int(text)


def _reasons(text: str) -> frozenset[str]:
    reasons = frozenset(text.split(","))
    if not reasons <= RETRY_REASONS:
        raise InvalidOverrideError(f"rp={text} is not a list of {', '.join(sorted(RETRY_REASONS))}")
    return reasons
