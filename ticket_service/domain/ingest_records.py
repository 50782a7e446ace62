"""What the audit trail says of a text that comes in, of its customer and its ticket."""

from datetime import datetime

from ticket_service.domain.audit import Actor, ActorKind, AuditEntry
from ticket_service.domain.audit_action import AuditAction
from ticket_service.domain.customer import Customer, changed_fields
from ticket_service.domain.message import InboundText, Message
from ticket_service.domain.texts.keyword import Keyword
from ticket_service.domain.ticket import Ticket


def located(before: Customer, after: Customer, now: datetime) -> list[AuditEntry]:
    """What a text filled in: which fields, not what they hold."""
    if after == before:
        return []
    actor = Actor(ActorKind.CUSTOMER, after.customer_id)
    details = {"fields": ", ".join(changed_fields(before, after))}
    return [AuditEntry(AuditAction.CUSTOMER_LOCATED, after.customer_id, actor, now, details)]


def received(message: Message, text: InboundText, keyword: Keyword | None, reaction: bool, blocked: bool) -> AuditEntry:
    """A text that is stored: what it is, and how it came."""
    details = {"twilio_message_sid": message.twilio_message_sid, "channel_id": message.channel_id}
    if keyword is not None:
        details["keyword"] = keyword.value
    if reaction:
        details["reaction"] = "true"
    if blocked:
        details["blocked"] = "true"
    if message.recovered:
        details["recovered"] = "true"
    if message.message_time < message.create_time:
        details["sent_time"] = message.message_time.isoformat()
    if message.media:
        details["media"] = str(len(message.media))
    if text.fallback_error_code:
        details["fallback_error_code"] = str(text.fallback_error_code)
    return AuditEntry(AuditAction.MESSAGE_RECEIVED, message.message_id, message.author, message.create_time, details)


def created(ticket: Ticket, actor: Actor) -> AuditEntry:
    """A text that began a ticket: what it begins with."""
    details = {"channel_id": ticket.channel_id, "priority": ticket.priority.value, "assignee": str(ticket.assignee)}
    return AuditEntry(AuditAction.TICKET_CREATED, ticket.ticket_id, actor, ticket.create_time, details)
