"""What sms_service is told."""

from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from servicekit.limits import ATTACHMENT_BYTES, MIB
from servicekit.settings import MongoSettings
from sms_service.twilio.media_addresses import host_patterns


class SmsServiceSettings(MongoSettings):
    """Environment variables with the prefix KEVA_."""

    mongodb_database: str = Field("keva_sms", description="MongoDB database")
    credentials_service: str = Field(description="Address of credentials_service")
    ticket_service: str = Field(description="Address of ticket_service")
    metrics_listen: str = Field(
        "", pattern=r"^(|.+:\d+)$", description="host:port where Prometheus reads metrics over HTTP; empty: nowhere"
    )
    public_url: str = Field(description="The public address as Twilio has it: where texts and status callbacks come to")
    twilio_api_url: str = Field("https://api.twilio.com", description="Twilio's REST API")
    twilio_messaging_url: str = Field("https://messaging.twilio.com", description="Twilio's Messaging API")
    default_region: str = Field(
        "US", pattern="^[A-Z]{2}$", description="ISO 3166-1 region of phone numbers without a country code"
    )
    twilio_timeout_seconds: float = Field(10, gt=0, le=60, description="Time that one request to Twilio may take")
    send_lease_seconds: float = Field(30, gt=0, le=600, description="Time for which a message is one call's to send")
    send_settle_seconds: float = Field(
        60,
        gt=0,
        le=3600,
        description="How long after a lost answer Twilio's log must show nothing before a message is sent again",
    )
    delivery_check_seconds: float = Field(
        300, gt=0, le=43_200, description="How long without final news before a delivery is asked for at Twilio"
    )
    backfill_interval_seconds: float = Field(
        60, gt=0, le=86_400, description="How often subscribed numbers are compared with Twilio's log"
    )
    backfill_grace_seconds: float = Field(
        30, ge=0, le=3600, description="How young a text in Twilio's log is still left to its webhook"
    )
    backfill_overlap_seconds: float = Field(
        600,
        ge=0,
        le=86_400,
        description="How far back each comparison begins before the last one's end: Twilio may list texts late",
    )

    twilio_media_hosts: str = Field(
        "*.twilio.com,*.twiliocdn.com", description="Hosts that Twilio may redirect attachments to"
    )
    # A document of MongoDB holds 16 MiB.
    media_max_bytes: int = Field(
        5 * MIB, gt=0, le=ATTACHMENT_BYTES, description="Largest attachment of a text that is kept"
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
            raise ValueError("must be like https://sms.example.com")
        if parts.query or parts.fragment:
            raise ValueError("must have no query and no fragment")
        return value.rstrip("/")
