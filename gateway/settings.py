"""What the gateway is told."""

from urllib.parse import urlsplit

from pydantic import Field, field_validator

from servicekit.settings import ServiceSettings


class GatewaySettings(ServiceSettings):
    """Environment variables with the prefix KEVA_."""

    http_listen: str = Field("0.0.0.0:8080", pattern=r"^\S+:\d+$", description="host:port that HTTP listens on")
    public_url: str = Field(description="The public address as Twilio has it: what webhook signatures are made over")
    sms_service: str = Field(description="Address of sms_service")
    ticket_service: str = Field(description="Address of ticket_service")
    max_concurrent_requests: int = Field(1000, ge=1, description="Webhooks in work at once; more are answered 503")

    @field_validator("public_url")
    @classmethod
    def _is_base_url(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("must be like https://sms.example.com")
        if parts.query or parts.fragment:
            raise ValueError("must have no query and no fragment")
        return value.rstrip("/")
