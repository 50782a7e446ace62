"""First texts."""

from keva.ticket.v1 import ticket_service_pb2 as pb
from ticket_service.domain.ticket_changes import TicketEdit
from ticket_service.domain.work.tags import tags_of
from ticket_service.rpc.convert_messages import message_to_proto, send_time_from_proto
from ticket_service.rpc.convert_tickets import ticket_to_proto
from ticket_service.rpc.convert_values import priority_from_proto
from ticket_service.use_cases.outgoing.first_texts import FirstText, Started
from ticket_service.use_cases.outgoing.reply_contents import ReplyContent


def first_text_from_proto(request: pb.StartConversationRequest) -> FirstText:
    """Raises FIELD_INVALID."""
    send_time = send_time_from_proto(request)
    priority, tags = priority_from_proto(request.priority, "priority"), tags_of(request.tags, "tags")
    return FirstText(
        request.workspace_id,
        request.channel_id,
        request.address,
        ReplyContent(request.text, tuple(request.media_urls), request.split, send_time),
        request.request_id,
        request.consent_basis,
        TicketEdit(request.subject or None, priority, tags),
    )


def started_to_proto(started: Started) -> pb.StartConversationResponse:
    messages = [message_to_proto(message) for message in started.messages]
    ticket = ticket_to_proto(started.ticket)
    return pb.StartConversationResponse(
        message=messages[0], ticket=ticket, messages=messages, ticket_created=started.created
    )
