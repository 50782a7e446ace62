"""The settings of the console. The connection string alone is a secret."""

from datetime import timedelta
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from console.sign_in.session import SessionLimits
from servicekit.settings import HttpSettings, MongoSettings

_WEBHOOK_PATH = "/api/webhooks/twilio"


class ConsoleSettings(HttpSettings, MongoSettings):
    """Environment variables with the prefix KEVA_."""

    mongodb_database: str = Field("keva_console", description="Name of its database")
    console_url: str = Field(
        description="The console's address as people open it: scheme, host and, if it has one, port. Links that are "
        "passed on begin with it. With https, its cookies are sent over HTTPS alone"
    )
    public_url: str = Field(
        description="The gateway's public address, as Twilio calls it: what a number's webhooks are set to"
    )
    ticket_service: str = Field(description="Address of ticket_service: `host:port`, or several with commas")
    sms_service: str = Field(description="Address of sms_service: `host:port`, or several with commas")
    credentials_service: str = Field(description="Address of credentials_service: `host:port`, or several with commas")
    responder_service: str = Field(description="Address of responder_service: `host:port`, or several with commas")
    session_idle_hours: float = Field(
        12, gt=0, le=720, description="After how many hours in which nobody used it a session ends"
    )
    session_days: float = Field(
        14, gt=0, le=90, description="After how many days a session ends, however much it is used"
    )
    default_region: str = Field(
        "US",
        pattern="^[A-Z]{2}$",
        description="Country whose phone numbers people write without its code, as ISO 3166-1 has it",
    )

    @field_validator("console_url")
    @classmethod
    def _origin(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("must begin with https:// or http:// and a host")
        if parts.path not in ("", "/") or parts.query or parts.fragment or parts.username:
            raise ValueError("must be scheme, host and port alone, as in https://support.example.com")
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def webhook_url(self) -> str:
        """Where Twilio sends texts."""
        return self.public_url.rstrip("/") + _WEBHOOK_PATH

    @property
    def session_limits(self) -> SessionLimits:
        """When sessions end."""
        return SessionLimits(timedelta(hours=self.session_idle_hours), timedelta(days=self.session_days))

    @property
    def is_https(self) -> bool:
        """Whether browsers reach it over HTTPS."""
        return self.console_url.startswith("https://")
