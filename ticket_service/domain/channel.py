"""Channels: where texts come in, and what becomes of them."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from ticket_service.domain.ticket import NOBODY, Assignee, Priority

MIN_SEGMENTS_PER_SECOND = 0.01
MAX_SEGMENTS_PER_SECOND = 1000


class CreateTicketOn(Enum):
    """When a text makes a new ticket; channel_service.proto says what each means."""

    NEW_THREAD = "NEW_THREAD"
    ANY_MESSAGE = "ANY_MESSAGE"


class AiAutonomy(Enum):
    """How far the AI may go by itself; channel_service.proto says what each means."""

    SUGGEST = "SUGGEST"
    SURE = "SURE"
    OFF = "OFF"


@dataclass(frozen=True)
class Channel:
    """One SMS number of a Twilio account, with its routing rules. `delete_time` set: not subscribed any more."""

    channel_id: str
    organization_id: str
    account_sid: str
    phone_number: str
    display_name: str
    workspace_id: str
    create_time: datetime
    update_time: datetime
    create_ticket_on: CreateTicketOn = CreateTicketOn.NEW_THREAD
    default_priority: Priority = Priority.HIGH
    auto_assign: Assignee = NOBODY
    # How many SMS segments a second leave from it at most; 0: by the number's kind.
    segments_per_second: float = 0
    delete_time: datetime | None = None
    # New tickets, which are nobody's at first, are dealt to the available agents of the workspace.
    round_robin: bool = False
    ai_autonomy: AiAutonomy = AiAutonomy.SURE


@dataclass(frozen=True)
class OwnedNumber:
    """A number as Twilio lists it."""

    phone_number: str
    display_name: str
    sms_capable: bool
