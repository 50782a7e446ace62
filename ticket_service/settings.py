"""What ticket_service is told."""

from pydantic import Field

from servicekit.settings import MongoSettings


class TicketServiceSettings(MongoSettings):
    """Environment variables with the prefix KEVA_."""

    mongodb_database: str = Field("keva_tickets", description="MongoDB database")
    sms_service: str = Field(description="Address of sms_service")
    default_region: str = Field(
        "US", pattern="^[A-Z]{2}$", description="ISO 3166-1 region of phone numbers typed without a country code"
    )
    outbox_poll_seconds: float = Field(
        1.0, gt=0, le=60, description="How often the outbox is looked at when nothing wakes it"
    )
    auto_close_poll_seconds: float = Field(
        60.0, gt=0, le=3600, description="How often RESOLVED tickets are looked at for auto-close"
    )
