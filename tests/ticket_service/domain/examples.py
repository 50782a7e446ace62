"""A ticket, a customer, a channel and a text as most tests of the rules need them; what differs is given by name."""

import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from ticket_service.domain.audit import Actor, ActorKind
from ticket_service.domain.channel import Channel
from ticket_service.domain.customer import NOWHERE, Customer
from ticket_service.domain.message import Direction, InboundText, Message
from ticket_service.domain.ticket import NOBODY, Assignee, AssigneeKind, Priority, Ticket, TicketState

ACCOUNT = "AC1"
OUR_NUMBER = "+15550001000"
PHONE = "+15551234567"
BEFORE = datetime(2026, 1, 1, tzinfo=UTC)
NOW = BEFORE + timedelta(hours=1)
DANA = Actor(ActorKind.AGENT, "dana")
OPERATOR = Actor(ActorKind.OPERATOR, "ops")
THE_CUSTOMER = Actor(ActorKind.CUSTOMER, "cus_1")
TO_DANA = Assignee(AssigneeKind.AGENT, "dana")


def ticket(state: TicketState = TicketState.OPEN, **fields: Any) -> Ticket:
    """A ticket of PHONE in `state`, as it is after it got there."""
    values: dict[str, Any] = {
        "ticket_id": "tkt_1",
        "organization_id": "default",
        "workspace_id": "default",
        "number": 1,
        "state": state,
        "subject": "hello",
        "priority": Priority.HIGH,
        "assignee": NOBODY,
        "channel_id": "chn_1",
        "account_sid": ACCOUNT,
        "channel_address": OUR_NUMBER,
        "customer_id": "cus_1",
        "customer_address": PHONE,
        "create_time": BEFORE,
        "update_time": BEFORE,
        "message_count": 1,
        "audit_sequence": 3,
        "holds_thread": state is not TicketState.CLOSED,
        "resolve_time": BEFORE if state is TicketState.RESOLVED else None,
        "close_time": BEFORE if state is TicketState.CLOSED else None,
    }
    return Ticket(**{**values, **fields})


def customer(**fields: Any) -> Customer:
    """Whoever has PHONE."""
    values: dict[str, Any] = {
        "customer_id": "cus_1",
        "organization_id": "default",
        "workspace_id": "default",
        "address": PHONE,
        "display_name": f"SMS from {PHONE}",
        "email": f"{PHONE}@sms.keva.local",
        "location": NOWHERE,
        "create_time": BEFORE,
        "update_time": BEFORE,
    }
    return Customer(**{**values, **fields})


def channel(**fields: Any) -> Channel:
    """OUR_NUMBER, subscribed with the default settings."""
    values: dict[str, Any] = {
        "channel_id": "chn_1",
        "organization_id": "default",
        "account_sid": ACCOUNT,
        "phone_number": OUR_NUMBER,
        "display_name": "Main line",
        "workspace_id": "default",
        "create_time": BEFORE,
        "update_time": BEFORE,
    }
    return Channel(**{**values, **fields})


def text(body: str = "hello", **fields: Any) -> InboundText:
    """A text of PHONE to OUR_NUMBER."""
    values: dict[str, Any] = {
        "organization_id": "default",
        "account_sid": ACCOUNT,
        "twilio_message_sid": "SM1",
        "customer_address": PHONE,
        "channel_address": OUR_NUMBER,
        "text": body,
    }
    return InboundText(**{**values, **fields})


def message(body: str = "hello", direction: Direction = Direction.INBOUND, **fields: Any) -> Message:
    """A message of the ticket."""
    values: dict[str, Any] = {
        "message_id": "msg_1",
        "organization_id": "default",
        "workspace_id": "default",
        "ticket_id": "tkt_1",
        "customer_id": "cus_1",
        "channel_id": "chn_1",
        "direction": direction,
        "author": THE_CUSTOMER if direction is Direction.INBOUND else DANA,
        "text": body,
        "message_time": BEFORE,
        "create_time": BEFORE,
    }
    return Message(**{**values, **fields})


def counted_ids() -> Callable[[str], str]:
    """Ids that say in which order they were given: `msg_1`, `tkt_2`, …"""
    numbers = itertools.count(1)
    return lambda prefix: f"{prefix}_{next(numbers)}"
