"""Those of TicketService's RPCs that text customers: now, later, first and again."""

from dataclasses import dataclass
from typing import Any

import grpc

from keva.ticket.v1 import ticket_service_pb2 as pb
from keva.ticket.v1 import ticket_service_pb2_grpc
from servicekit.paging import Page
from servicekit.rpc.proto_values import require
from ticket_service.rpc.convert_messages import message_to_proto, reply_content_from_proto
from ticket_service.rpc.convert_tickets import ticket_to_proto
from ticket_service.rpc.convert_values import acting
from ticket_service.rpc.outgoing.convert_outgoing import first_text_from_proto, started_to_proto
from ticket_service.use_cases.outgoing.first_texts import FirstTexts
from ticket_service.use_cases.outgoing.retries import Retries
from ticket_service.use_cases.outgoing.scheduled_messages import ScheduledMessages
from ticket_service.use_cases.outgoing.unseen import Seen
from ticket_service.use_cases.replies import Replies
from ticket_service.use_cases.texts.saved_replies import SavedReplies

Context = grpc.aio.ServicerContext[Any, Any]


@dataclass(frozen=True)
class Outgoing:
    """The use cases behind them."""

    replies: Replies
    first_texts: FirstTexts
    scheduled_messages: ScheduledMessages
    retries: Retries
    saved_replies: SavedReplies


class OutgoingServicer(ticket_service_pb2_grpc.TicketServiceServicer):
    """ticket_service.proto says what each RPC does. The composition root sets the use cases."""

    outgoing: Outgoing

    async def ReplyToTicket(self, request: pb.ReplyToTicketRequest, context: Context) -> pb.ReplyToTicketResponse:
        require(request, "workspace_id", "ticket_id")
        reply = self.outgoing.replies.preview if request.validate_only else self.outgoing.replies.reply
        content = reply_content_from_proto(request)
        seen = Seen(request.last_seen_message_id, request.send_anyway)
        replied = await reply(request.workspace_id, request.ticket_id, content, request.request_id, acting(), seen)
        if replied.is_new and request.saved_reply_id:
            await self.outgoing.saved_replies.count_use(request.workspace_id, request.saved_reply_id)
        messages = [message_to_proto(message) for message in replied.messages]
        ticket = ticket_to_proto(replied.ticket)
        return pb.ReplyToTicketResponse(message=messages[0], ticket=ticket, messages=messages)

    async def StartConversation(
        self, request: pb.StartConversationRequest, context: Context
    ) -> pb.StartConversationResponse:
        require(request, "workspace_id", "channel_id", "address")
        first = first_text_from_proto(request)
        return started_to_proto(await self.outgoing.first_texts.start(first, acting(), request.validate_only))

    async def ListScheduledMessages(
        self, request: pb.ListScheduledMessagesRequest, context: Context
    ) -> pb.ListScheduledMessagesResponse:
        require(request, "workspace_id")
        page = Page(request.page_size, request.page_token)
        found, token = await self.outgoing.scheduled_messages.list_scheduled(request.workspace_id, page)
        return pb.ListScheduledMessagesResponse(messages=map(message_to_proto, found), next_page_token=token)

    async def CancelScheduledMessage(
        self, request: pb.CancelScheduledMessageRequest, context: Context
    ) -> pb.CancelScheduledMessageResponse:
        require(request, "workspace_id", "message_id")
        scheduled = self.outgoing.scheduled_messages
        cancelled = await scheduled.cancel(request.workspace_id, request.message_id, acting())
        message, ticket = message_to_proto(cancelled.messages[0]), ticket_to_proto(cancelled.ticket)
        return pb.CancelScheduledMessageResponse(message=message, ticket=ticket)

    async def RetryReply(self, request: pb.RetryReplyRequest, context: Context) -> pb.RetryReplyResponse:
        require(request, "workspace_id", "message_id")
        seen = Seen(request.last_seen_message_id, request.send_anyway)
        retried = await self.outgoing.retries.retry(request.workspace_id, request.message_id, acting(), seen)
        message, ticket = message_to_proto(retried.messages[0]), ticket_to_proto(retried.ticket)
        return pb.RetryReplyResponse(message=message, ticket=ticket)
