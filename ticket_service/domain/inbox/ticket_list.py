"""Which tickets are listed, and in which order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from ticket_service.domain.ticket import Assignee, Priority, Ticket, TicketState

# A closed ticket is nobody's to read any more.
LIVE_STATES = (TicketState.OPEN, TicketState.PENDING, TicketState.RESOLVED)
MAX_COUNT = 1000


class TicketOrder(Enum):
    """In which order tickets are listed; ticket_service.proto says what each means."""

    CREATION = "CREATION"
    WAITING = "WAITING"
    LAST_ACTIVITY = "LAST_ACTIVITY"
    PRIORITY = "PRIORITY"


@dataclass(frozen=True)
class TicketFilter:
    """Which tickets; empty values match all. `unread_by` is an agent's id. `query` is what one types into a search box,
    `text` stands in messages alone."""

    workspace_id: str
    states: tuple[TicketState, ...] = ()
    assignees: tuple[Assignee, ...] = ()
    channel_id: str = ""
    customer_address: str = ""
    text: str = ""
    number: int = 0
    priorities: tuple[Priority, ...] = ()
    tags: tuple[str, ...] = ()
    unread_by: str = ""
    waiting_longer_than: timedelta | None = None
    has_failed_reply: bool = False
    handed_off: bool = False
    snoozed: bool | None = None
    query: str = ""


@dataclass(frozen=True)
class ListPosition:
    """Where a list goes on: behind the ticket with this `key` and id, in this `part` of its order. A part that is
    ordered by ids alone has no keys."""

    part: int
    key: datetime | None
    ticket_id: str


@dataclass(frozen=True)
class Listed:
    """A page of `tickets`, and where the next one begins; None at the end."""

    tickets: Sequence[Ticket]
    rest: ListPosition | None


@dataclass(frozen=True)
class TicketCount:
    """How many tickets there are; with `at_least` there may be more."""

    count: int
    at_least: bool = False
