"""TicketService over gRPC: from proto, use case, to proto."""

from typing import Any

import grpc

from keva.ticket.v1 import ticket_service_pb2 as pb
from servicekit.limits import ITEMS_PER_CALL
from servicekit.paging import Page
from servicekit.rpc import identity
from servicekit.rpc.proto_values import optional_enum_from_proto, require, timestamp
from ticket_service import errors
from ticket_service.domain.ticket import TicketState
from ticket_service.rpc.attestations import Attestations
from ticket_service.rpc.convert_ingest import outcome_to_proto
from ticket_service.rpc.convert_messages import (
    delivery_to_proto,
    delivery_update_from_proto,
    media_news_from_proto,
    message_to_proto,
)
from ticket_service.rpc.convert_tickets import ticket_edit_from_proto, ticket_to_proto
from ticket_service.rpc.convert_values import acting, assignee_from_proto
from ticket_service.rpc.customer_data.customer_servicer import CustomerServicer
from ticket_service.rpc.inbox_servicer import InboxServicer
from ticket_service.rpc.outgoing.outgoing_servicer import OutgoingServicer
from ticket_service.rpc.responder.article_servicer import ArticleServicer
from ticket_service.rpc.responder.question_servicer import QuestionServicer
from ticket_service.rpc.responder.suggestion_servicer import SuggestionServicer
from ticket_service.rpc.work.work_servicer import WorkServicer
from ticket_service.use_cases.deliveries import Deliveries
from ticket_service.use_cases.ingest import Ingest
from ticket_service.use_cases.media import MediaOutcomes
from ticket_service.use_cases.messages import Messages
from ticket_service.use_cases.tickets import Tickets

Context = grpc.aio.ServicerContext[Any, Any]


class TicketServicer(
    InboxServicer,
    OutgoingServicer,
    SuggestionServicer,
    ArticleServicer,
    QuestionServicer,
    WorkServicer,
    CustomerServicer,
):
    """ticket_service.proto says what each RPC does."""

    def __init__(
        self,
        attestations: Attestations,
        ingest: Ingest,
        tickets: Tickets,
        messages: Messages,
        deliveries: Deliveries,
        media: MediaOutcomes,
    ) -> None:
        self._attestations = attestations
        self._ingest = ingest
        self._tickets = tickets
        self._messages = messages
        self._deliveries = deliveries
        self._media = media

    async def IngestMessages(self, request: pb.IngestMessagesRequest, context: Context) -> pb.IngestMessagesResponse:
        require(request, "organization_id")
        for field in ("messages", "attestations"):
            if len(getattr(request, field)) > ITEMS_PER_CALL:
                raise errors.invalid(field, f"may have at most {ITEMS_PER_CALL} entries")
        outcomes = await self._ingest.ingest(self._attestations.texts(request, identity.of_call(context)))
        return pb.IngestMessagesResponse(outcomes=[outcome_to_proto(outcome) for outcome in outcomes])

    async def FindMissingMessages(
        self, request: pb.FindMissingMessagesRequest, context: Context
    ) -> pb.FindMissingMessagesResponse:
        require(request, "organization_id", "account_sid")
        sids = request.twilio_message_sids
        stored = await self._messages.stored_times(request.organization_id, request.account_sid, sids)
        return pb.FindMissingMessagesResponse(
            missing_message_sids=[sid for sid in sids if sid not in stored],
            stored_times={sid: timestamp(time) for sid, time in stored.items()},
        )

    async def GetTicket(self, request: pb.GetTicketRequest, context: Context) -> pb.GetTicketResponse:
        require(request, "workspace_id", "ticket_id")
        ticket = await self._tickets.get(request.workspace_id, request.ticket_id)
        return pb.GetTicketResponse(ticket=ticket_to_proto(ticket))

    async def GetMessage(self, request: pb.GetMessageRequest, context: Context) -> pb.GetMessageResponse:
        require(request, "workspace_id", "ticket_id", "message_id")
        found = await self._messages.get(request.workspace_id, request.ticket_id, request.message_id)
        return pb.GetMessageResponse(message=message_to_proto(found))

    async def ListMessages(self, request: pb.ListMessagesRequest, context: Context) -> pb.ListMessagesResponse:
        require(request, "workspace_id", "ticket_id")
        page = Page(request.page_size, request.page_token)
        names = (request.workspace_id, request.ticket_id)
        found, token = await self._messages.list_messages(
            *names, page, request.after_message_id, newest_first=request.newest_first
        )
        return pb.ListMessagesResponse(messages=map(message_to_proto, found), next_page_token=token)

    async def AddNote(self, request: pb.AddNoteRequest, context: Context) -> pb.AddNoteResponse:
        require(request, "workspace_id", "ticket_id", "text")
        note = await self._messages.add_note(
            request.workspace_id, request.ticket_id, request.text, request.request_id, acting()
        )
        return pb.AddNoteResponse(message=message_to_proto(note))

    async def UpdateTicket(self, request: pb.UpdateTicketRequest, context: Context) -> pb.UpdateTicketResponse:
        require(request, "workspace_id")
        require(request.ticket, "ticket_id")
        changes = ticket_edit_from_proto(request)
        ticket = await self._tickets.update(request.workspace_id, request.ticket.ticket_id, changes, acting())
        return pb.UpdateTicketResponse(ticket=ticket_to_proto(ticket))

    async def AssignTicket(self, request: pb.AssignTicketRequest, context: Context) -> pb.AssignTicketResponse:
        require(request, "workspace_id", "ticket_id")
        assignee = assignee_from_proto(request.assignee, "assignee")
        named = (request.workspace_id, request.ticket_id)
        ticket = await self._tickets.assign(*named, assignee, acting(), request.as_before)
        return pb.AssignTicketResponse(ticket=ticket_to_proto(ticket))

    async def ResolveTicket(self, request: pb.ResolveTicketRequest, context: Context) -> pb.ResolveTicketResponse:
        require(request, "workspace_id", "ticket_id")
        ticket = await self._tickets.resolve(request.workspace_id, request.ticket_id, acting())
        return pb.ResolveTicketResponse(ticket=ticket_to_proto(ticket))

    async def ReopenTicket(self, request: pb.ReopenTicketRequest, context: Context) -> pb.ReopenTicketResponse:
        require(request, "workspace_id", "ticket_id")
        state = optional_enum_from_proto(pb.TicketState, request.state, TicketState, "state") or TicketState.OPEN
        named = (request.workspace_id, request.ticket_id)
        ticket = await self._tickets.reopen(*named, acting(), state, request.as_before)
        return pb.ReopenTicketResponse(ticket=ticket_to_proto(ticket))

    async def CloseTicket(self, request: pb.CloseTicketRequest, context: Context) -> pb.CloseTicketResponse:
        require(request, "workspace_id", "ticket_id")
        ticket = await self._tickets.close(request.workspace_id, request.ticket_id, acting())
        return pb.CloseTicketResponse(ticket=ticket_to_proto(ticket))

    async def RecordDelivery(self, request: pb.RecordDeliveryRequest, context: Context) -> pb.RecordDeliveryResponse:
        require(request, "workspace_id")
        update = delivery_update_from_proto(self._attestations.update(request, identity.of_call(context)))
        delivery = await self._deliveries.record(request.workspace_id, update)
        return pb.RecordDeliveryResponse(delivery=delivery_to_proto(delivery))

    async def RecordMedia(self, request: pb.RecordMediaRequest, context: Context) -> pb.RecordMediaResponse:
        require(request, "organization_id", "account_sid", "twilio_message_sid")
        news = media_news_from_proto(request.media)
        await self._media.record(
            request.organization_id, request.account_sid, request.twilio_message_sid, news, acting()
        )
        return pb.RecordMediaResponse()
