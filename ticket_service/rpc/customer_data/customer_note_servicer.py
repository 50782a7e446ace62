"""The RPCs of TicketService that are about notes on customers."""

from typing import Any

import grpc

from keva.ticket.v1 import customer_note_pb2 as pb
from keva.ticket.v1 import ticket_service_pb2_grpc
from servicekit.paging import Page
from servicekit.rpc.proto_values import require, timestamp
from ticket_service.domain.customer_data.notes import CustomerNote
from ticket_service.rpc.convert_values import acting, actor_to_proto
from ticket_service.use_cases.customer_data.notes import CustomerNotes

Context = grpc.aio.ServicerContext[Any, Any]


class CustomerNoteServicer(ticket_service_pb2_grpc.TicketServiceServicer):
    """ticket_service.proto says what each RPC does. `customer_notes` is set before it serves."""

    customer_notes: CustomerNotes

    async def AddCustomerNote(self, request: pb.AddCustomerNoteRequest, context: Context) -> pb.AddCustomerNoteResponse:
        require(request, "workspace_id", "customer_id")
        note = await self.customer_notes.add(
            request.workspace_id, request.customer_id, request.text, request.request_id, acting()
        )
        return pb.AddCustomerNoteResponse(note=_to_proto(note))

    async def ListCustomerNotes(
        self, request: pb.ListCustomerNotesRequest, context: Context
    ) -> pb.ListCustomerNotesResponse:
        require(request, "workspace_id", "customer_id")
        page = Page(request.page_size, request.page_token)
        found, token = await self.customer_notes.list_notes(request.workspace_id, request.customer_id, page)
        return pb.ListCustomerNotesResponse(notes=map(_to_proto, found), next_page_token=token)

    async def DeleteCustomerNote(
        self, request: pb.DeleteCustomerNoteRequest, context: Context
    ) -> pb.DeleteCustomerNoteResponse:
        require(request, "workspace_id", "customer_note_id")
        await self.customer_notes.delete(request.workspace_id, request.customer_note_id, acting())
        return pb.DeleteCustomerNoteResponse()


def _to_proto(note: CustomerNote) -> pb.CustomerNote:
    return pb.CustomerNote(
        customer_note_id=note.customer_note_id,
        customer_id=note.customer_id,
        text=note.text,
        actor=actor_to_proto(note.actor),
        create_time=timestamp(note.create_time),
    )
