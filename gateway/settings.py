"""The settings of the gateway. None of them is a secret."""

import re
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from servicekit.settings import HttpSettings

_VISIBLE_ASCII = re.compile(r"[!-~]+\Z")


class GatewaySettings(HttpSettings):
    """Environment variables with the prefix KEVA_."""

    public_url: str = Field(
        description="The gateway's public address, exactly as Twilio calls it: scheme, host and, if it has them, port "
        "and path. Signatures are checked with it"
    )
    sms_service: str = Field(description="Address of sms_service: `host:port`, or several with commas")
    ticket_service: str = Field(description="Address of ticket_service: `host:port`, or several with commas")

    @field_validator("public_url")
    @classmethod
    def _public(cls, value: str) -> str:
        return base_url(value)


def base_url(text: str) -> str:
    """`text` as what request targets are appended to. Raises ValueError, naming what is wrong, unless it is an http or
    https URL with a host, and without query and fragment. It may have a user and password, as it stands at Twilio."""
    if not _VISIBLE_ASCII.match(text):
        raise ValueError("must be ASCII and have no spaces")
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https"):
        raise ValueError("must begin with https:// or http://")
    if not parts.hostname:
        raise ValueError("must have a host")
    if parts.port == 0:
        raise ValueError("must have a port from 1 to 65535, or no port")
    if "?" in text or "#" in text:
        raise ValueError("must not have a query (?…) or a fragment (#…)")
    return text.rstrip("/")
