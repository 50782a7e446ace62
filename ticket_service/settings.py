"""What ticket_service is told."""

from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

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
    erasure_poll_seconds: float = Field(
        1.0, gt=0, le=3600, description="How often it is looked for what is to be erased, when nothing wakes it"
    )
    retention_poll_seconds: float = Field(
        60.0, gt=0, le=86_400, description="How often it is looked for tickets whose retention time is over"
    )
    responder_service: str = Field(
        description="Address of the responder, keva's own or any that speaks keva.responder.v1"
    )
    ai_pause_seconds: float = Field(
        3.0, ge=0, le=60, description="How long the AI waits after a text for the customer's next one"
    )
    ai_longest_pause_seconds: float = Field(
        20.0, ge=0, le=600, description="How long the AI waits at most while the customer keeps texting"
    )
    ai_draft_timeout_seconds: float = Field(20.0, gt=0, le=120, description="How long a responder may take for a draft")
    ai_give_up_seconds: float = Field(
        60.0,
        ge=0,
        le=3600,
        description="How long a responder that fails is asked again, before a person gets the ticket",
    )
    ai_concurrency: int = Field(16, ge=1, le=1000, description="How many drafts are waited for at once")
    ai_poll_seconds: float = Field(0.5, gt=0, le=60, description="How often the AI's turns are looked at")
    ai_lease_seconds: float = Field(
        30.0, gt=0, le=600, description="Time for which a turn of the AI is one replica's to take"
    )

    audit_keys_dir: Path = Field(description="Folder with one file per audit key: 32 bytes in base64")
    active_audit_key_id: str = Field(
        "", description="The key that new audit records are signed with; the only one if empty"
    )
    audit_anchor_seconds: float = Field(
        10.0, gt=0, le=3600, description="How often the audit trail's chains are anchored"
    )
    audit_anchors_file: Path | None = Field(
        None, description="File that the heads of the organizations' audit chains are appended to, besides the log"
    )

    @model_validator(mode="after")
    def _lease_outlives_drafts(self) -> Self:
        if self.ai_lease_seconds <= self.ai_draft_timeout_seconds:
            # Else two replicas would think about one turn while both are well.
            raise ValueError("KEVA_AI_LEASE_SECONDS must be more than KEVA_AI_DRAFT_TIMEOUT_SECONDS")
        return self
