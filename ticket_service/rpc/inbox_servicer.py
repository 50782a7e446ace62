"""TicketService's lists: from proto, use case, to proto."""

from typing import Any

import grpc

from keva.ticket.v1 import ticket_service_pb2 as pb
from keva.ticket.v1 import ticket_service_pb2_grpc
from servicekit.paging import Page
from servicekit.rpc.proto_values import require
from ticket_service.rpc.convert_inbox import count_to_proto, order_from_proto, ticket_filter_from_proto
from ticket_service.rpc.convert_messages import message_to_proto
from ticket_service.rpc.convert_tickets import ticket_to_proto
from ticket_service.rpc.convert_values import acting
from ticket_service.use_cases.inbox import Inbox

Context = grpc.aio.ServicerContext[Any, Any]


class InboxServicer(ticket_service_pb2_grpc.TicketServiceServicer):
    """ticket_service.proto says what each RPC does. `inbox` is set before it serves."""

    inbox: Inbox

    async def ListTickets(self, request: pb.ListTicketsRequest, context: Context) -> pb.ListTicketsResponse:
        require(request, "workspace_id")
        page = Page(request.page_size, request.page_token)
        wanted, order = ticket_filter_from_proto(request), order_from_proto(request)
        found, token = await self.inbox.list_tickets(wanted, order, request.customer, page)
        messages = await self.inbox.found_messages(wanted, found)
        return pb.ListTicketsResponse(
            tickets=map(ticket_to_proto, found),
            next_page_token=token,
            found_messages=map(message_to_proto, messages),
        )

    async def CountTickets(self, request: pb.CountTicketsRequest, context: Context) -> pb.CountTicketsResponse:
        require(request, "workspace_id")
        lists = [(ticket_filter_from_proto(view, request.workspace_id), view.customer) for view in request.views]
        counts = await self.inbox.count_tickets(lists)
        return pb.CountTicketsResponse(counts=map(count_to_proto, counts))

    async def MarkTicketRead(self, request: pb.MarkTicketReadRequest, context: Context) -> pb.MarkTicketReadResponse:
        require(request, "workspace_id", "ticket_id")
        named = (request.workspace_id, request.ticket_id, request.message_id)
        return pb.MarkTicketReadResponse(ticket=ticket_to_proto(await self.inbox.mark_read(*named, acting())))

    async def MarkTicketUnread(
        self, request: pb.MarkTicketUnreadRequest, context: Context
    ) -> pb.MarkTicketUnreadResponse:
        require(request, "workspace_id", "ticket_id")
        named = (request.workspace_id, request.ticket_id)
        return pb.MarkTicketUnreadResponse(ticket=ticket_to_proto(await self.inbox.mark_unread(*named, acting())))
