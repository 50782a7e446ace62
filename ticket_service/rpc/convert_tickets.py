"""Tickets, and what is asked of them."""

from keva.ticket.v1 import hand_off_pb2, message_pb2, routing_pb2
from keva.ticket.v1 import ticket_service_pb2 as pb
from servicekit.rpc.proto_values import enum_to_proto, timestamp
from ticket_service import errors
from ticket_service.domain.ticket import Ticket
from ticket_service.domain.ticket_changes import TicketEdit
from ticket_service.domain.work.snooze import UNTIL_NEXT_TEXT
from ticket_service.domain.work.tags import tags_of
from ticket_service.rpc.convert_values import (
    acting_agent_id,
    actor_to_proto,
    assignee_to_proto,
    paths_from_proto,
    priority_from_proto,
)


def ticket_to_proto(ticket: Ticket) -> pb.Ticket:
    """As the acting agent sees it, if one acts."""
    reason, last, agent_id = ticket.hand_off_reason, ticket.last_message, acting_agent_id()
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
        waiting_since=timestamp(ticket.waiting_since),
        last_message_time=timestamp(last.time if last else None),
        last_message_direction=enum_to_proto(message_pb2.MessageDirection, last.direction.value if last else ""),
        last_message_preview=last.preview if last else "",
        last_message_author=actor_to_proto(last.author) if last and last.author else None,
        customer_display_name=ticket.customer_display_name,
        unread=ticket.is_unread_by(agent_id),
        has_failed_reply=ticket.failed_reply,
        read_message_id=ticket.read_message_id(agent_id),
        snooze_until=timestamp(None if ticket.snooze_until == UNTIL_NEXT_TEXT else ticket.snooze_until),
        snoozed=ticket.snooze_until is not None,
        first_answer_due_time=timestamp(ticket.first_answer_due_time),
        next_answer_due_time=timestamp(ticket.next_answer_due_time),
        scheduled_count=ticket.scheduled_count,
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
