"""Tickets, and what is asked of them."""

from keva.ticket.v1 import hand_off_pb2, routing_pb2
from keva.ticket.v1 import ticket_service_pb2 as pb
from servicekit.rpc.proto_values import enum_from_proto, enum_to_proto, timestamp
from ticket_service import errors
from ticket_service.domain.ticket import Ticket, TicketFilter, TicketState
from ticket_service.domain.ticket_changes import TicketEdit
from ticket_service.domain.work.snooze import UNTIL_NEXT_TEXT
from ticket_service.domain.work.tags import tags_of
from ticket_service.rpc.convert_values import (
    assignee_from_proto,
    assignee_to_proto,
    paths_from_proto,
    priority_from_proto,
)


def ticket_to_proto(ticket: Ticket) -> pb.Ticket:
    reason = ticket.hand_off_reason
    return pb.Ticket(
        ticket_id=ticket.ticket_id,
        organization_id=ticket.organization_id,
        workspace_id=ticket.workspace_id,
        number=ticket.number,
        state=enum_to_proto(pb.TicketState, ticket.state.value),
        subject=ticket.subject,
        priority=enum_to_proto(routing_pb2.Priority, ticket.priority.value),
        tags=ticket.tags,
        assignee=assignee_to_proto(ticket.assignee),
        channel_id=ticket.channel_id,
        channel_address=ticket.channel_address,
        customer_id=ticket.customer_id,
        customer_address=ticket.customer_address,
        message_count=ticket.message_count,
        create_time=timestamp(ticket.create_time),
        update_time=timestamp(ticket.update_time),
        resolve_time=timestamp(ticket.resolve_time),
        close_time=timestamp(ticket.close_time),
        hand_off_reason=enum_to_proto(hand_off_pb2.HandOffReason, reason.value if reason else ""),
        hand_off_time=timestamp(ticket.hand_off_time),
        erase_time=timestamp(ticket.erase_time),
        snooze_until=timestamp(None if ticket.snooze_until == UNTIL_NEXT_TEXT else ticket.snooze_until),
        snoozed=ticket.snooze_until is not None,
        first_answer_due_time=timestamp(ticket.first_answer_due_time),
        next_answer_due_time=timestamp(ticket.next_answer_due_time),
        scheduled_count=ticket.scheduled_count,
    )


def ticket_filter_from_proto(request: pb.ListTicketsRequest) -> TicketFilter:
    """What ListTickets asks for; the customer is looked up by the use case. Raises FIELD_INVALID."""
    if pb.TICKET_STATE_UNSPECIFIED in request.states:
        raise errors.invalid("states", "has one that is not specified")
    if request.number < 0:
        raise errors.invalid("number", "must not be negative")
    by_assignee = request.HasField("assignee") and request.assignee.kind != routing_pb2.ASSIGNEE_KIND_UNSPECIFIED
    return TicketFilter(
        workspace_id=request.workspace_id,
        states=tuple(enum_from_proto(pb.TicketState, state, TicketState, "states") for state in request.states),
        assignee=assignee_from_proto(request.assignee, "assignee") if by_assignee else None,
        channel_id=request.channel_id,
        text=request.text,
        number=request.number,
    )


def ticket_edit_from_proto(request: pb.UpdateTicketRequest) -> TicketEdit:
    """What UpdateTicket changes. Raises FIELD_REQUIRED and FIELD_INVALID."""
    paths = paths_from_proto(request.update_mask, ("subject", "priority", "tags"))
    priority = priority_from_proto(request.ticket.priority, "ticket.priority") if "priority" in paths else None
    if "priority" in paths and priority is None:
        raise errors.required("ticket.priority")
    return TicketEdit(
        subject=request.ticket.subject if "subject" in paths else None,
        priority=priority,
        tags=tags_of(request.ticket.tags, "ticket.tags") if "tags" in paths else None,
    )
