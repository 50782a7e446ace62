"""What the gateway is told. No secret is among it."""

import re
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from servicekit.settings import HttpSettings

_VISIBLE_ASCII = re.compile(r"[!-~]+\Z")


class GatewaySettings(HttpSettings):
    """Environment variables with the prefix KEVA_."""

    http_listen: str = Field("0.0.0.0:8080", description="host:port that Twilio's webhooks come to")
    public_url: str = Field(description="The address under which Twilio reaches the gateway, exactly as Twilio has it")
    sms_service: str = Field(description="Address of sms_service")
    ticket_service: str = Field(description="Address of ticket_service")

    @field_validator("public_url")
    @classmethod
    def _public(cls, value: str) -> str:
        return base_url(value)


def base_url(text: str) -> str:
    """`text` as what request targets are appended to. Raises ValueError, naming what is wrong, unless it is an http or
    https URL with a host, and without query and fragment. It may have a user and password, as it stands at Twilio."""
    if not _VISIBLE_ASCII.match(text):
        raise ValueError("must be ASCII without spaces")
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https"):
        raise ValueError("must begin with https:// or http://")
    if not parts.hostname:
        raise ValueError("must have a host")
    if parts.port == 0:
        raise ValueError("must have a port from 1 to 65535, or none")
    if "?" in text or "#" in text:
        raise ValueError("must have no query and no fragment")
    return text.rstrip("/")
