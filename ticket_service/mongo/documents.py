"""Domain objects as MongoDB documents, and back. Nothing outside mongo_*.py knows how a document looks."""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from ticket_service.domain.ai_profile import AiProfile
from ticket_service.domain.audit import Actor, ActorKind
from ticket_service.domain.channel import Channel, CreateTicketOn, Workspace
from ticket_service.domain.customer import Customer, Location
from ticket_service.domain.hand_off import HandOffReason
from ticket_service.domain.message import Delivery, DeliveryState, Direction, Message
from ticket_service.domain.ticket import Assignee, AssigneeKind, Priority, Ticket, TicketState
from ticket_service.mongo.media_items import from_media, to_media_item

Document = dict[str, Any]
# A lease that nobody holds.
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def _without_empty(document: Document, *names: str) -> Document:
    """Fields with partial indexes are left out when empty."""
    return {key: value for key, value in document.items() if key not in names or value not in ("", None, False)}


def from_assignee(assignee: Assignee) -> str:
    """`NOBODY`, `AI` or `AGENT:<id>`: one value, so that one index finds it."""
    return f"AGENT:{assignee.agent_id}" if assignee.kind is AssigneeKind.AGENT else assignee.kind.value


def to_assignee(value: str) -> Assignee:
    """The reverse of from_assignee."""
    kind, _, agent_id = value.partition(":")
    return Assignee(AssigneeKind(kind), agent_id)


def from_actor(actor: Actor) -> Document:
    """An actor, as part of a document."""
    return {"kind": actor.kind.value, "id": actor.id}


def to_actor(document: Document) -> Actor:
    """The reverse of from_actor."""
    return Actor(ActorKind(document["kind"]), document["id"])


def from_ticket(ticket: Ticket) -> Document:
    """A ticket's document."""
    fields = {name: getattr(ticket, name) for name in Ticket.__dataclass_fields__ if name != "ticket_id"}
    document = {
        "_id": ticket.ticket_id,
        **fields,
        "state": ticket.state.value,
        "priority": ticket.priority.value,
        "assignee": from_assignee(ticket.assignee),
        "tags": list(ticket.tags),
        "hand_off_reason": ticket.hand_off_reason.value if ticket.hand_off_reason else None,
        # Whoever writes a ticket has written to its audit chain.
        "anchor_due": True,
    }
    return _without_empty(
        document,
        *("holds_thread", "resolve_time", "close_time", "seal_time", "erase_time"),
        *("hand_off_reason", "hand_off_time", "hand_off_told"),
    )


def to_ticket(document: Document) -> Ticket:
    """The reverse of from_ticket."""
    fields = dict(document)
    fields.pop("anchor_due", None)
    reason = fields.pop("hand_off_reason", None)
    return Ticket(
        ticket_id=fields.pop("_id"),
        state=TicketState(fields.pop("state")),
        priority=Priority(fields.pop("priority")),
        assignee=to_assignee(fields.pop("assignee")),
        tags=tuple(fields.pop("tags")),
        holds_thread=fields.pop("holds_thread", False),
        hand_off_reason=HandOffReason(reason) if reason else None,
        **fields,
    )


def from_customer(customer: Customer) -> Document:
    """A customer's document."""
    document = {
        "_id": customer.customer_id,
        "organization_id": customer.organization_id,
        "workspace_id": customer.workspace_id,
        "address": customer.address,
        "display_name": customer.display_name,
        "email": customer.email,
        "location": {name: getattr(customer.location, name) for name in Location.__dataclass_fields__},
        "opted_out": customer.opted_out,
        "edited": sorted(customer.edited),
        "create_time": customer.create_time,
        "update_time": customer.update_time,
        "consent_time": customer.consent_time,
        "forget_time": customer.forget_time,
        "erase_time": customer.erase_time,
    }
    return _without_empty(document, "consent_time", "forget_time", "erase_time")


def to_customer(document: Document) -> Customer:
    """The reverse of from_customer."""
    fields = dict(document)
    return Customer(
        customer_id=fields.pop("_id"),
        location=Location(**fields.pop("location")),
        edited=frozenset(fields.pop("edited")),
        **fields,
    )


def from_message(message: Message) -> Document:
    """A message's document. Its place in the outbox (`outbox_due`) is the store's to add."""
    document: Document = {
        "_id": message.message_id,
        "organization_id": message.organization_id,
        "workspace_id": message.workspace_id,
        "ticket_id": message.ticket_id,
        "customer_id": message.customer_id,
        "channel_id": message.channel_id,
        "direction": message.direction.value,
        "author": from_actor(message.author),
        "text": message.text,
        "message_time": message.message_time,
        "create_time": message.create_time,
        "account_sid": message.account_sid,
        "twilio_message_sid": message.twilio_message_sid,
        "media": from_media(message.media),
        "delivery": from_delivery(message.delivery) if message.delivery else None,
        "request_id": message.request_id,
        "is_notice": message.is_notice,
        "position": message.position,
        "recovered": message.recovered,
        "further_parts": list(message.further_parts) or None,
        "request_digest": message.request_digest,
        "erase_time": message.erase_time,
    }
    may_be_missing = ("twilio_message_sid", "request_id", "delivery", "is_notice", "position", "recovered")
    return _without_empty(document, *may_be_missing, "further_parts", "request_digest", "erase_time")


def to_message(document: Document) -> Message:
    """The reverse of from_message."""
    fields = {key: value for key, value in document.items() if not key.startswith("outbox_")}
    delivery = fields.pop("delivery", None)
    direction = Direction(fields.pop("direction"))
    return Message(
        message_id=fields.pop("_id"),
        direction=direction,
        author=to_actor(fields.pop("author")),
        media=tuple(to_media_item(item, direction) for item in fields.pop("media")),
        delivery=to_delivery(delivery) if delivery else None,
        further_parts=tuple(fields.pop("further_parts", ())),
        **fields,
    )


def from_delivery(delivery: Delivery) -> Document:
    """A delivery, as it stands within its message."""
    return {
        "state": delivery.state.value,
        "update_time": delivery.update_time,
        "error_code": delivery.error_code,
        "error_text": delivery.error_text,
        "segments": delivery.segments,
    }


def to_delivery(document: Document) -> Delivery:
    """The reverse of from_delivery."""
    return Delivery(**{**document, "state": DeliveryState(document["state"])})


def from_channel(channel: Channel) -> Document:
    """A channel's document."""
    return {
        "_id": channel.channel_id,
        "organization_id": channel.organization_id,
        "account_sid": channel.account_sid,
        "phone_number": channel.phone_number,
        "display_name": channel.display_name,
        "workspace_id": channel.workspace_id,
        "create_time": channel.create_time,
        "update_time": channel.update_time,
        "create_ticket_on": channel.create_ticket_on.value,
        "default_priority": channel.default_priority.value,
        "auto_assign": from_assignee(channel.auto_assign),
        "segments_per_second": channel.segments_per_second,
        "delete_time": channel.delete_time,
    }


def to_channel(document: Document) -> Channel:
    """The reverse of from_channel."""
    fields = dict(document)
    return Channel(
        channel_id=fields.pop("_id"),
        create_ticket_on=CreateTicketOn(fields.pop("create_ticket_on")),
        default_priority=Priority(fields.pop("default_priority")),
        auto_assign=to_assignee(fields.pop("auto_assign")),
        **fields,
    )


def from_workspace(workspace: Workspace) -> Document:
    """A workspace's document."""
    return {
        "_id": workspace.workspace_id,
        "organization_id": workspace.organization_id,
        "display_name": workspace.display_name,
        "create_time": workspace.create_time,
        "auto_close_seconds": workspace.auto_close_after.total_seconds(),
        "ai_profile": asdict(workspace.ai_profile),
        "retain_seconds": workspace.retain_for.total_seconds(),
    }


def to_workspace(document: Document) -> Workspace:
    """The reverse of from_workspace."""
    return Workspace(
        workspace_id=document["_id"],
        organization_id=document["organization_id"],
        display_name=document["display_name"],
        create_time=document["create_time"],
        auto_close_after=timedelta(seconds=document["auto_close_seconds"]),
        ai_profile=_to_profile(document.get("ai_profile", {})),
        retain_for=timedelta(seconds=document.get("retain_seconds", 0)),
    )


def _to_profile(fields: Document) -> AiProfile:
    lists = {name: tuple(value) for name, value in fields.items() if isinstance(value, list)}
    return AiProfile(**{**fields, **lists})
