"""The settings of ticket_service."""

from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from servicekit.limits import LONGEST_CALL_SECONDS
from servicekit.settings import MongoSettings


class TicketServiceSettings(MongoSettings):
    """Environment variables with the prefix KEVA_."""

    mongodb_database: str = Field("keva_tickets", description="Name of its database")
    sms_service: str = Field(description="Address of sms_service: `host:port`, or several with commas")
    metrics_listen: str = Field(
        "",
        pattern=r"^(|.+:\d+)$",
        description="`host:port` where Prometheus reads metrics over HTTP. If empty, there are none",
    )
    default_region: str = Field(
        "US",
        pattern="^[A-Z]{2}$",
        description="Country, as two letters (ISO 3166-1), of phone numbers that are written without a country code",
    )
    outbox_poll_seconds: float = Field(
        1.0,
        gt=0,
        le=60,
        description="How often, in seconds, it looks for replies to send. New ones leave at once, and those that wait "
        "when their time comes; this finds those that a replica left behind and nobody heard of",
    )
    scheduled_poll_seconds: float = Field(
        1.0,
        gt=0,
        le=60,
        description="How often, in seconds, it looks for replies and first texts that are to be sent later",
    )
    first_texts_per_hour: int = Field(
        100,
        ge=0,
        le=1_000_000,
        description="How many conversations an organization may begin within an hour, so that a stolen session cannot "
        "text everybody. 0: none",
    )
    auto_close_poll_seconds: float = Field(
        60.0,
        gt=0,
        le=3600,
        description="How often, in seconds, it looks for RESOLVED tickets that are due to be closed",
    )
    deal_poll_seconds: float = Field(
        2.0,
        gt=0,
        le=3600,
        description="How often, in seconds, it looks for tickets that wait for an available agent. New ones are dealt "
        "at once; this finds agents who have finished one, and what another replica left undone",
    )
    snooze_poll_seconds: float = Field(
        2.0,
        gt=0,
        le=3600,
        description="How often, in seconds, it looks for tickets that were put aside and whose time to wake has come",
    )
    erasure_poll_seconds: float = Field(
        1.0,
        gt=0,
        le=3600,
        description="How often, in seconds, it looks for data to erase. Forgetting a customer starts at once; this "
        "finds what has to be tried again, and what another replica left undone",
    )
    retention_poll_seconds: float = Field(
        60.0,
        gt=0,
        le=86_400,
        description="How often, in seconds, it looks for closed tickets whose retention time is over",
    )
    responder_service: str = Field(
        description="Address of the service that drafts the AI's answers: responder_service, or another that speaks "
        "`keva.responder.v1`"
    )
    ai_pause_seconds: float = Field(
        3.0, ge=0, le=60, description="How long, in seconds, the AI waits after a text in case the customer writes more"
    )
    ai_longest_pause_seconds: float = Field(
        20.0, ge=0, le=600, description="How long, in seconds, it waits at most while the customer keeps writing"
    )
    ai_greeting_wait_seconds: float = Field(
        120.0,
        ge=0,
        le=3600,
        description="How long, in seconds, the AI waits for the question after a greeting that is all a customer "
        "wrote. If nothing follows, it greets back",
    )
    ai_draft_timeout_seconds: float = Field(
        20.0,
        gt=0,
        le=LONGEST_CALL_SECONDS,
        description="How long, in seconds, the responder may take for one draft",
    )
    ai_give_up_seconds: float = Field(
        60.0,
        ge=0,
        le=3600,
        description="How long, in seconds, a responder that fails is asked again before the ticket goes to a person",
    )
    ai_concurrency: int = Field(
        16,
        ge=1,
        le=1000,
        description="How many drafts one replica waits for at the same time; one, where texts or people wait too long",
    )
    ai_poll_seconds: float = Field(
        0.5, gt=0, le=60, description="How often, in seconds, it looks for tickets that the AI has to answer"
    )
    ai_lease_seconds: float = Field(
        30.0,
        gt=0,
        le=600,
        description="How long, in seconds, an answer of the AI belongs to the replica that is working on it. Must be "
        "more than `KEVA_AI_DRAFT_TIMEOUT_SECONDS`",
    )
    event_heartbeat_seconds: float = Field(
        15.0,
        gt=0,
        le=300,
        description="How often, in seconds, a stream of events on which nothing happens says that it is there",
    )
    max_event_watchers: int = Field(
        1000, ge=1, le=100_000, description="How many streams of events one replica gives at the same time"
    )
    report_poll_seconds: float = Field(
        10.0,
        gt=0,
        le=3600,
        description="How often, in seconds, it counts for reports what the audit trail's anchors name",
    )
    audit_keys_dir: Path = Field(
        description="Folder with one file per audit key: the file's name is the key's id, its content is 32 bytes in "
        "base64"
    )
    active_audit_key_id: str = Field(
        "", description="Id of the key that signs new audit records. May be empty if there is only one key"
    )
    audit_anchor_seconds: float = Field(
        10.0,
        gt=0,
        le=3600,
        description="How often, in seconds, the ends of the audit chains are anchored, so that cutting them off shows",
    )
    audit_anchors_file: Path | None = Field(None, description="File to which each anchor is appended, besides the log")

    @model_validator(mode="after")
    def _lease_outlives_drafts(self) -> Self:
        if self.ai_lease_seconds <= self.ai_draft_timeout_seconds:
            # Otherwise two healthy replicas would work on one turn.
            raise ValueError("KEVA_AI_LEASE_SECONDS must be more than KEVA_AI_DRAFT_TIMEOUT_SECONDS")
        return self
