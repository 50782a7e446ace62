"""Tickets, messages and customers as protobuf messages, and back. Only convert*.py and the servicers know protobuf."""

from datetime import UTC, datetime
from typing import TypeVar, overload

from google.protobuf.message import Message as ProtoMessage
from google.protobuf.timestamp_pb2 import Timestamp

from keva.ticket.v1 import actor_pb2, error_reason_pb2, hand_off_pb2, message_pb2, routing_pb2
from keva.ticket.v1 import ticket_service_pb2 as pb
from servicekit.rpc import request_context
from ticket_service import errors
from ticket_service.domain.audit import Actor, ActorKind
from ticket_service.domain.consent import Keyword
from ticket_service.domain.customer import Customer, Location
from ticket_service.domain.hand_off import HandOffReason
from ticket_service.domain.ingest_plan import Outcome, Refused
from ticket_service.domain.message import Delivery, DeliveryState, DeliveryUpdate, InboundText, Message
from ticket_service.domain.ticket import Assignee, AssigneeKind, Priority, Ticket, TicketEdit, TicketState
from ticket_service.domain.ticket_filter import TicketFilter
from ticket_service.rpc.convert_media import announced, from_media_item
from ticket_service.use_cases.replies import ReplyContent

Value = TypeVar("Value")

_OPT_OUT = {
    message_pb2.OPT_OUT_TYPE_STOP: Keyword.STOP,
    message_pb2.OPT_OUT_TYPE_START: Keyword.START,
    message_pb2.OPT_OUT_TYPE_HELP: Keyword.HELP,
}


def require(request: ProtoMessage, *fields: str) -> None:
    """Raises FIELD_REQUIRED for the first of `fields` that is empty."""
    for field in fields:
        if not getattr(request, field):
            raise errors.required(field)


def acting() -> Actor:
    """Who makes the current call."""
    actor = request_context.current_actor()
    return Actor(ActorKind(actor.kind), actor.id)


@overload
def timestamp(time: datetime) -> Timestamp: ...


@overload
def timestamp(time: None) -> None: ...


def timestamp(time: datetime | None) -> Timestamp | None:
    """A time as protobuf has it; None stays unset."""
    if time is None:
        return None
    value = Timestamp()
    value.FromDatetime(time)
    return value


def from_actor(actor: Actor) -> actor_pb2.Actor:
    """An actor's message."""
    return actor_pb2.Actor(kind=actor_pb2.ActorKind.Value(f"ACTOR_KIND_{actor.kind.value.upper()}"), id=actor.id)


def to_assignee(message: routing_pb2.Assignee, field: str) -> Assignee:
    """The reverse of from_assignee; the kind must be given."""
    if message.kind == routing_pb2.ASSIGNEE_KIND_UNSPECIFIED:
        raise errors.required(f"{field}.kind")
    try:
        name = routing_pb2.AssigneeKind.Name(message.kind)
    except ValueError:
        raise errors.invalid(f"{field}.kind", "is not known") from None
    return Assignee(AssigneeKind(name.removeprefix("ASSIGNEE_KIND_")), message.agent_id)


def from_assignee(assignee: Assignee) -> routing_pb2.Assignee:
    """An assignee's message."""
    kind = routing_pb2.AssigneeKind.Value(f"ASSIGNEE_KIND_{assignee.kind.value}")
    return routing_pb2.Assignee(kind=kind, agent_id=assignee.agent_id)


def to_priority(value: "routing_pb2.Priority.ValueType", field: str) -> Priority | None:
    """None for UNSPECIFIED."""
    if value == routing_pb2.PRIORITY_UNSPECIFIED:
        return None
    try:
        return Priority(routing_pb2.Priority.Name(value).removeprefix("PRIORITY_"))
    except ValueError:
        raise errors.invalid(field, "is not known") from None


def from_priority(priority: Priority) -> "routing_pb2.Priority.ValueType":
    """A priority's value."""
    return routing_pb2.Priority.Value(f"PRIORITY_{priority.value}")


def from_ticket(ticket: Ticket) -> pb.Ticket:
    """A ticket's message."""
    return pb.Ticket(
        ticket_id=ticket.ticket_id,
        organization_id=ticket.organization_id,
        workspace_id=ticket.workspace_id,
        number=ticket.number,
        state=pb.TicketState.Value(f"TICKET_STATE_{ticket.state.value}"),
        subject=ticket.subject,
        priority=from_priority(ticket.priority),
        tags=ticket.tags,
        assignee=from_assignee(ticket.assignee),
        channel_id=ticket.channel_id,
        channel_address=ticket.channel_address,
        customer_id=ticket.customer_id,
        customer_address=ticket.customer_address,
        message_count=ticket.message_count,
        create_time=timestamp(ticket.create_time),
        update_time=timestamp(ticket.update_time),
        resolve_time=timestamp(ticket.resolve_time),
        close_time=timestamp(ticket.close_time),
        hand_off_reason=from_hand_off_reason(ticket.hand_off_reason),
        hand_off_time=timestamp(ticket.hand_off_time),
        erase_time=timestamp(ticket.erase_time),
    )


def from_hand_off_reason(reason: HandOffReason | None) -> "hand_off_pb2.HandOffReason.ValueType":
    """A reason's value; UNSPECIFIED for None."""
    return hand_off_pb2.HandOffReason.Value(f"HAND_OFF_REASON_{reason.value if reason else 'UNSPECIFIED'}")


def to_ticket_filter(request: pb.ListTicketsRequest) -> TicketFilter:
    """What ListTickets asks for; the customer is looked up by the use case."""
    try:
        states = tuple(TicketState(pb.TicketState.Name(s).removeprefix("TICKET_STATE_")) for s in request.states)
    except ValueError:
        raise errors.invalid("states", "has one that is not known") from None
    if request.number < 0:
        raise errors.invalid("number", "must not be negative")
    by_assignee = request.HasField("assignee") and request.assignee.kind != routing_pb2.ASSIGNEE_KIND_UNSPECIFIED
    return TicketFilter(
        workspace_id=request.workspace_id,
        states=states,
        assignee=to_assignee(request.assignee, "assignee") if by_assignee else None,
        channel_id=request.channel_id,
        text=request.text,
        number=request.number,
    )


def to_ticket_edit(request: pb.UpdateTicketRequest) -> TicketEdit:
    """What UpdateTicket changes."""
    paths = set(request.update_mask.paths)
    if not paths:
        raise errors.required("update_mask")
    if unknown := paths - {"subject", "priority", "tags"}:
        raise errors.invalid("update_mask", f"has {sorted(unknown)[0]}, which cannot be changed here")
    priority = to_priority(request.ticket.priority, "ticket.priority") if "priority" in paths else None
    if "priority" in paths and priority is None:
        raise errors.required("ticket.priority")
    return TicketEdit(
        subject=request.ticket.subject if "subject" in paths else None,
        priority=priority,
        tags=tuple(request.ticket.tags) if "tags" in paths else None,
    )


def from_customer(customer: Customer) -> pb.Customer:
    """A customer's message."""
    return pb.Customer(
        customer_id=customer.customer_id,
        workspace_id=customer.workspace_id,
        address=customer.address,
        display_name=customer.display_name,
        email=customer.email,
        city=customer.location.city,
        state=customer.location.state,
        country=customer.location.country,
        zip=customer.location.zip,
        opted_out=customer.opted_out,
        create_time=timestamp(customer.create_time),
        update_time=timestamp(customer.update_time),
        forget_time=timestamp(customer.forget_time),
        erase_time=timestamp(customer.erase_time),
    )


def from_message(message: Message) -> message_pb2.Message:
    """A message's message."""
    return message_pb2.Message(
        message_id=message.message_id,
        workspace_id=message.workspace_id,
        ticket_id=message.ticket_id,
        customer_id=message.customer_id,
        channel_id=message.channel_id,
        direction=message_pb2.MessageDirection.Value(f"MESSAGE_DIRECTION_{message.direction.value}"),
        author=from_actor(message.author),
        text=message.text,
        message_time=timestamp(message.message_time),
        create_time=timestamp(message.create_time),
        twilio_message_sid=message.twilio_message_sid,
        media=map(from_media_item, message.media),
        delivery=from_delivery(message.delivery) if message.delivery else None,
        recovered=message.recovered,
        erase_time=timestamp(message.erase_time),
    )


def to_reply_content(request: pb.ReplyToTicketRequest) -> ReplyContent:
    """What to text."""
    return ReplyContent(request.text, tuple(request.media_urls), request.split)


def from_delivery(delivery: Delivery) -> message_pb2.Delivery:
    """A delivery's message."""
    return message_pb2.Delivery(
        state=message_pb2.DeliveryState.Value(f"DELIVERY_STATE_{delivery.state.value}"),
        error_code=delivery.error_code,
        error_text=delivery.error_text,
        segments=delivery.segments,
        update_time=timestamp(delivery.update_time),
    )


def to_delivery_update(update: message_pb2.DeliveryUpdate) -> DeliveryUpdate:
    """News of a reply. Raises FIELD_REQUIRED, FIELD_INVALID."""
    if update.state == message_pb2.DELIVERY_STATE_UNSPECIFIED:
        raise errors.required("update.state")
    try:
        name = message_pb2.DeliveryState.Name(update.state)
    except ValueError:
        raise errors.invalid("update.state", "is not known") from None
    return DeliveryUpdate(
        message_id=update.message_id,
        state=DeliveryState(name.removeprefix("DELIVERY_STATE_")),
        twilio_message_sid=update.twilio_message_sid,
        error_code=update.error_code,
        error_text=update.error_text,
        segments=update.segments,
    )


def to_inbound_text(message: message_pb2.InboundMessage, organization_id: str) -> InboundText:
    """A text on its way in."""
    return InboundText(
        organization_id=organization_id,
        account_sid=message.account_sid,
        twilio_message_sid=message.twilio_message_sid,
        customer_address=message.customer_address,
        channel_address=message.channel_address,
        text=message.text,
        location=Location(message.city, message.state, message.country, message.zip),
        media=tuple(announced(item) for item in message.media),
        opt_out_type=_OPT_OUT.get(message.opt_out_type),
        sent_time=_sent_time(message),
        recovered=message.recovered,
        fallback_error_code=message.fallback_error_code,
    )


def _sent_time(message: message_pb2.InboundMessage) -> datetime | None:
    """None when it is not given, or is none: a text is not lost, and its neighbours are not, for its time."""
    try:
        return message.sent_time.ToDatetime(UTC) if message.HasField("sent_time") else None
    except (OverflowError, ValueError):
        return None


def from_outcome(outcome: Outcome) -> pb.IngestOutcome:
    """What became of a text."""
    if isinstance(outcome, Refused):
        reason = error_reason_pb2.ErrorReason.Value(f"ERROR_REASON_{outcome.reason}")
        return pb.IngestOutcome(refused=pb.RefusedMessage(reason=reason, detail=outcome.detail))
    stored = pb.StoredMessage(
        message_id=outcome.message_id,
        workspace_id=outcome.workspace_id,
        ticket_id=outcome.ticket_id,
        duplicate=outcome.duplicate,
        ticket_created=outcome.ticket_created,
    )
    return pb.IngestOutcome(stored=stored)
