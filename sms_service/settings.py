"""The settings of sms_service."""

from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from servicekit.limits import ATTACHMENT_BYTES, MIB
from servicekit.settings import MongoSettings
from sms_service.twilio.media_addresses import host_patterns


class SmsServiceSettings(MongoSettings):
    """Environment variables with the prefix KEVA_."""

    mongodb_database: str = Field("keva_sms", description="Name of its database")
    credentials_service: str = Field(description="Address of credentials_service: `host:port`, or several with commas")
    ticket_service: str = Field(description="Address of ticket_service: `host:port`, or several with commas")
    metrics_listen: str = Field(
        "",
        pattern=r"^(|.+:\d+)$",
        description="`host:port` where Prometheus reads metrics over HTTP. If empty, there are none",
    )
    public_url: str = Field(
        description="The gateway's public address, exactly as Twilio calls it. Signatures are checked with it, and "
        "numbers and status callbacks are set up with it"
    )
    twilio_api_url: str = Field("https://api.twilio.com", description="Address of Twilio's REST API")
    twilio_messaging_url: str = Field(
        "https://messaging.twilio.com",
        description="Address of Twilio's Messaging API, which knows the messaging services of an account",
    )
    default_region: str = Field(
        "US",
        pattern="^[A-Z]{2}$",
        description="Country, as two letters (ISO 3166-1), of phone numbers that are written without a country code",
    )
    twilio_timeout_seconds: float = Field(
        10, gt=0, le=60, description="How long, in seconds, one request to Twilio may take"
    )
    send_lease_seconds: float = Field(
        30,
        gt=0,
        le=600,
        description="How long, in seconds, a reply belongs to the replica that is sending it. Must be more than 2, and "
        "more than twice `KEVA_TWILIO_TIMEOUT_SECONDS`",
    )
    send_settle_seconds: float = Field(
        60,
        gt=0,
        le=3600,
        description="When Twilio's answer to a reply was lost: for how long, in seconds, Twilio's log must not show "
        "the reply before it is sent again. Must be at least `KEVA_SEND_LEASE_SECONDS`",
    )
    delivery_check_seconds: float = Field(
        300,
        gt=0,
        le=43_200,
        description="After how many seconds without a final delivery report Twilio is asked what became of a reply",
    )
    backfill_interval_seconds: float = Field(
        60,
        gt=0,
        le=86_400,
        description="How often, in seconds, each subscribed number is compared with Twilio's log, to find missed texts",
    )
    backfill_grace_seconds: float = Field(
        30,
        ge=0,
        le=3600,
        description="How old, in seconds, a text in Twilio's log must be before it counts as missed: until then its "
        "webhook may still arrive",
    )
    backfill_overlap_seconds: float = Field(
        600,
        ge=0,
        le=86_400,
        description="How far, in seconds, each comparison with Twilio's log reaches back into what the last one "
        "covered: Twilio may list a text late",
    )

    twilio_media_hosts: str = Field(
        "*.twilio.com,*.twiliocdn.com",
        description="Hosts, separated by commas, from which attachments are fetched when Twilio redirects there",
    )
    # A document of MongoDB holds 16 MiB.
    media_max_bytes: int = Field(
        5 * MIB, gt=0, le=ATTACHMENT_BYTES, description="Size, in bytes, of the largest attachment that is kept"
    )

    @field_validator("twilio_media_hosts")
    @classmethod
    def _are_hosts(cls, value: str) -> str:
        host_patterns(value)
        return value

    @model_validator(mode="after")
    def _lease_outlives_requests(self) -> Self:
        # A message waits for its place in line for a second, and has to be given to Twilio within half of its lease.
        if self.send_lease_seconds <= 2:
            raise ValueError("KEVA_SEND_LEASE_SECONDS must be more than 2")
        if self.send_lease_seconds <= 2 * self.twilio_timeout_seconds:
            # Twilio's log, then the send: else a second send would begin while the first may still arrive.
            raise ValueError("KEVA_SEND_LEASE_SECONDS must be more than twice KEVA_TWILIO_TIMEOUT_SECONDS")
        if self.send_settle_seconds < self.send_lease_seconds:
            raise ValueError("KEVA_SEND_SETTLE_SECONDS must be at least KEVA_SEND_LEASE_SECONDS")
        return self

    @field_validator("public_url", "twilio_api_url", "twilio_messaging_url")
    @classmethod
    def _is_base_url(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("must be a URL such as https://sms.example.com")
        if parts.query or parts.fragment:
            raise ValueError("must not have a query (?…) or a fragment (#…)")
        return value.rstrip("/")
