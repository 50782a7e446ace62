"""The out-of-office text: once per thread and closed period, where no machine answers."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ticket_service.domain.audit import Actor, ActorKind, AuditEntry
from ticket_service.domain.audit_action import AuditAction
from ticket_service.domain.customer import ClosedNotice, Customer
from ticket_service.domain.message import Delivery, DeliveryState, Direction, Message
from ticket_service.domain.ticket import Ticket
from ticket_service.domain.work.office import Offices, OutOfOffice

AUTHOR = Actor(ActorKind.SERVICE, "out_of_office")
# Behind the text that it answers, whatever their ids.
_AFTER = timedelta(milliseconds=1)


@dataclass(frozen=True)
class DueNotice:
    """What is to be said now, and the customer as somebody who has been told."""

    out_of_office: OutOfOffice
    customer: Customer


def due_notice(
    ticket: Ticket, customer: Customer, offices: Offices, now: datetime, sent: datetime | None = None
) -> DueNotice | None:
    """What is said to a customer whose text nobody answers now; None: nothing, or it has been said. `sent` is when the
    text was written, where that was not just now: an old one is none of this closed period."""
    office = offices.of(ticket.workspace_id)
    if office.out_of_office is None or (since := office.closed_since(now)) is None:
        return None
    told = ClosedNotice(ticket.channel_id, since) in customer.closed_notices
    if told or (sent is not None and sent < since):
        return None
    if customer.blocked_time is not None or customer.takes_no_texts_from(ticket.channel_address):
        return None
    if not offices.is_person(ticket.customer_address):
        return None
    others = tuple(notice for notice in customer.closed_notices if notice.channel_id != ticket.channel_id)
    notices = (*others, ClosedNotice(ticket.channel_id, since))
    return DueNotice(office.out_of_office, replace(customer, closed_notices=notices, update_time=now))


def notice_message(
    ticket: Ticket, text: OutOfOffice, message_id: str, account_sid: str, now: datetime
) -> tuple[Message, AuditEntry]:
    """The text in the outbox, as the next one on its ticket, and what the audit trail says of it. It answers nothing:
    the ticket stays as it is."""
    message = Message(
        message_id=message_id,
        organization_id=ticket.organization_id,
        workspace_id=ticket.workspace_id,
        ticket_id=ticket.ticket_id,
        customer_id=ticket.customer_id,
        channel_id=ticket.channel_id,
        direction=Direction.OUTBOUND,
        author=AUTHOR,
        text=text.text,
        message_time=now + _AFTER,
        create_time=now,
        account_sid=account_sid,
        delivery=Delivery(DeliveryState.QUEUED, now, segments=text.segments),
        is_notice=True,
        position=ticket.last_position + 1,
    )
    details = {"segments": str(text.segments), "out_of_office": "true"}
    return message, AuditEntry(AuditAction.MESSAGE_QUEUED, message_id, AUTHOR, now, details)
