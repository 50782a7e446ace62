"""TicketService over gRPC: from proto, use case, to proto."""

from typing import Any

import grpc

from keva.ticket.v1 import ticket_service_pb2 as pb
from keva.ticket.v1 import ticket_service_pb2_grpc
from servicekit.limits import ITEMS_PER_CALL
from ticket_service import errors
from ticket_service.domain.customer import EDITABLE_FIELDS
from ticket_service.rpc import convert
from ticket_service.rpc.convert import acting, require
from ticket_service.rpc.convert_media import to_media_news
from ticket_service.rpc.convert_organization import paths
from ticket_service.use_cases.attachments import Attachments
from ticket_service.use_cases.customers import Customers
from ticket_service.use_cases.deliveries import Deliveries
from ticket_service.use_cases.ingest import Ingest
from ticket_service.use_cases.replies import Replies
from ticket_service.use_cases.tickets import Page, Tickets

Context = grpc.aio.ServicerContext[Any, Any]


class TicketServicer(ticket_service_pb2_grpc.TicketServiceServicer):
    """See ticket_service.proto."""

    def __init__(
        self,
        ingest: Ingest,
        tickets: Tickets,
        replies: Replies,
        deliveries: Deliveries,
        attachments: Attachments,
        customers: Customers,
    ) -> None:
        self._ingest = ingest
        self._tickets = tickets
        self._replies = replies
        self._deliveries = deliveries
        self._attachments = attachments
        self._customers = customers

    async def IngestMessages(self, request: pb.IngestMessagesRequest, context: Context) -> pb.IngestMessagesResponse:
        require(request, "organization_id")
        if len(request.messages) > ITEMS_PER_CALL:
            raise errors.invalid("messages", f"may be at most {ITEMS_PER_CALL}")
        texts = [convert.to_inbound_text(message, request.organization_id) for message in request.messages]
        outcomes = await self._ingest.ingest(texts)
        return pb.IngestMessagesResponse(outcomes=[convert.from_outcome(outcome) for outcome in outcomes])

    async def FindMissingMessages(
        self, request: pb.FindMissingMessagesRequest, context: Context
    ) -> pb.FindMissingMessagesResponse:
        require(request, "organization_id", "account_sid")
        sids = request.twilio_message_sids
        stored = await self._tickets.stored_times(request.organization_id, request.account_sid, sids)
        return pb.FindMissingMessagesResponse(
            missing_message_sids=[sid for sid in sids if sid not in stored],
            stored_times={sid: convert.timestamp(time) for sid, time in stored.items()},
        )

    async def GetTicket(self, request: pb.GetTicketRequest, context: Context) -> pb.GetTicketResponse:
        require(request, "workspace_id", "ticket_id")
        ticket = await self._tickets.get(request.workspace_id, request.ticket_id)
        return pb.GetTicketResponse(ticket=convert.from_ticket(ticket))

    async def ListTickets(self, request: pb.ListTicketsRequest, context: Context) -> pb.ListTicketsResponse:
        require(request, "workspace_id")
        page = Page(request.page_size, request.page_token)
        found, token = await self._tickets.list_tickets(convert.to_ticket_filter(request), request.customer, page)
        return pb.ListTicketsResponse(tickets=map(convert.from_ticket, found), next_page_token=token)

    async def ListMessages(self, request: pb.ListMessagesRequest, context: Context) -> pb.ListMessagesResponse:
        require(request, "workspace_id", "ticket_id")
        page = Page(request.page_size, request.page_token)
        found, token = await self._tickets.list_messages(request.workspace_id, request.ticket_id, page)
        return pb.ListMessagesResponse(messages=map(convert.from_message, found), next_page_token=token)

    async def ReplyToTicket(self, request: pb.ReplyToTicketRequest, context: Context) -> pb.ReplyToTicketResponse:
        require(request, "workspace_id", "ticket_id")
        reply = self._replies.preview if request.validate_only else self._replies.reply
        content = convert.to_reply_content(request)
        replied = await reply(request.workspace_id, request.ticket_id, content, request.request_id, acting())
        messages = [convert.from_message(message) for message in replied.messages]
        ticket = convert.from_ticket(replied.ticket)
        return pb.ReplyToTicketResponse(message=messages[0], ticket=ticket, messages=messages)

    async def AddNote(self, request: pb.AddNoteRequest, context: Context) -> pb.AddNoteResponse:
        require(request, "workspace_id", "ticket_id", "text")
        note = await self._tickets.add_note(
            request.workspace_id, request.ticket_id, request.text, request.request_id, acting()
        )
        return pb.AddNoteResponse(message=convert.from_message(note))

    async def UpdateTicket(self, request: pb.UpdateTicketRequest, context: Context) -> pb.UpdateTicketResponse:
        require(request, "workspace_id")
        require(request.ticket, "ticket_id")
        changes = convert.to_ticket_edit(request)
        ticket = await self._tickets.update(request.workspace_id, request.ticket.ticket_id, changes, acting())
        return pb.UpdateTicketResponse(ticket=convert.from_ticket(ticket))

    async def AssignTicket(self, request: pb.AssignTicketRequest, context: Context) -> pb.AssignTicketResponse:
        require(request, "workspace_id", "ticket_id")
        assignee = convert.to_assignee(request.assignee, "assignee")
        ticket = await self._tickets.assign(request.workspace_id, request.ticket_id, assignee, acting())
        return pb.AssignTicketResponse(ticket=convert.from_ticket(ticket))

    async def ResolveTicket(self, request: pb.ResolveTicketRequest, context: Context) -> pb.ResolveTicketResponse:
        require(request, "workspace_id", "ticket_id")
        ticket = await self._tickets.resolve(request.workspace_id, request.ticket_id, acting())
        return pb.ResolveTicketResponse(ticket=convert.from_ticket(ticket))

    async def ReopenTicket(self, request: pb.ReopenTicketRequest, context: Context) -> pb.ReopenTicketResponse:
        require(request, "workspace_id", "ticket_id")
        ticket = await self._tickets.reopen(request.workspace_id, request.ticket_id, acting())
        return pb.ReopenTicketResponse(ticket=convert.from_ticket(ticket))

    async def CloseTicket(self, request: pb.CloseTicketRequest, context: Context) -> pb.CloseTicketResponse:
        require(request, "workspace_id", "ticket_id")
        ticket = await self._tickets.close(request.workspace_id, request.ticket_id, acting())
        return pb.CloseTicketResponse(ticket=convert.from_ticket(ticket))

    async def RecordDelivery(self, request: pb.RecordDeliveryRequest, context: Context) -> pb.RecordDeliveryResponse:
        require(request, "workspace_id")
        update = convert.to_delivery_update(request.update)
        delivery = await self._deliveries.record(request.workspace_id, update)
        return pb.RecordDeliveryResponse(delivery=convert.from_delivery(delivery))

    async def RecordMedia(self, request: pb.RecordMediaRequest, context: Context) -> pb.RecordMediaResponse:
        require(request, "organization_id", "account_sid", "twilio_message_sid")
        news = to_media_news(request.media)
        await self._attachments.record(
            request.organization_id, request.account_sid, request.twilio_message_sid, news, acting()
        )
        return pb.RecordMediaResponse()

    async def GetCustomer(self, request: pb.GetCustomerRequest, context: Context) -> pb.GetCustomerResponse:
        require(request, "workspace_id", "customer_id")
        customer = await self._customers.get(request.workspace_id, request.customer_id)
        return pb.GetCustomerResponse(customer=convert.from_customer(customer))

    async def ListCustomers(self, request: pb.ListCustomersRequest, context: Context) -> pb.ListCustomersResponse:
        require(request, "workspace_id")
        page = Page(request.page_size, request.page_token)
        found, token = await self._customers.list_customers(request.workspace_id, request.address, page)
        return pb.ListCustomersResponse(customers=map(convert.from_customer, found), next_page_token=token)

    async def UpdateCustomer(self, request: pb.UpdateCustomerRequest, context: Context) -> pb.UpdateCustomerResponse:
        require(request, "workspace_id")
        require(request.customer, "customer_id")
        values = {path: getattr(request.customer, path) for path in paths(request.update_mask, EDITABLE_FIELDS)}
        customer = await self._customers.update(request.workspace_id, request.customer.customer_id, values, acting())
        return pb.UpdateCustomerResponse(customer=convert.from_customer(customer))

    async def ForgetCustomer(self, request: pb.ForgetCustomerRequest, context: Context) -> pb.ForgetCustomerResponse:
        require(request, "workspace_id", "customer_id")
        customer = await self._customers.forget(request.workspace_id, request.customer_id, acting())
        return pb.ForgetCustomerResponse(customer=convert.from_customer(customer))
