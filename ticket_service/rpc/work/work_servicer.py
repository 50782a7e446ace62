"""The RPCs of TicketService that put tickets aside, tag them, and change many at once."""

from dataclasses import dataclass
from typing import Any

import grpc

from keva.ticket.v1 import ticket_service_pb2 as pb
from keva.ticket.v1 import ticket_service_pb2_grpc
from servicekit.paging import Page
from servicekit.rpc.proto_values import require
from ticket_service import errors
from ticket_service.domain.audit import Actor
from ticket_service.domain.ticket_changes import TicketEdit
from ticket_service.rpc.convert_tickets import ticket_to_proto
from ticket_service.rpc.convert_values import acting, assignee_from_proto, priority_from_proto
from ticket_service.rpc.work.convert_work import (
    snooze_time_from_proto,
    tag_count_to_proto,
    ticket_outcome_to_proto,
)
from ticket_service.use_cases.checks import require_assignee
from ticket_service.use_cases.tickets import Tickets
from ticket_service.use_cases.work.batches import Batches, Change
from ticket_service.use_cases.work.snoozes import Snoozes
from ticket_service.use_cases.work.tags import Tags, change_of

Context = grpc.aio.ServicerContext[Any, Any]


@dataclass(frozen=True)
class Work:
    """The use cases of these RPCs."""

    tickets: Tickets
    snoozes: Snoozes
    tags: Tags
    batches: Batches


class WorkServicer(ticket_service_pb2_grpc.TicketServiceServicer):
    """ticket_service.proto says what each RPC does. `work` is set before it serves."""

    work: Work

    async def SnoozeTicket(self, request: pb.SnoozeTicketRequest, context: Context) -> pb.SnoozeTicketResponse:
        require(request, "workspace_id", "ticket_id")
        until = snooze_time_from_proto(request)
        ticket = await self.work.snoozes.snooze(request.workspace_id, request.ticket_id, until, acting())
        return pb.SnoozeTicketResponse(ticket=ticket_to_proto(ticket))

    async def UnsnoozeTicket(self, request: pb.UnsnoozeTicketRequest, context: Context) -> pb.UnsnoozeTicketResponse:
        require(request, "workspace_id", "ticket_id")
        ticket = await self.work.snoozes.unsnooze(request.workspace_id, request.ticket_id, acting())
        return pb.UnsnoozeTicketResponse(ticket=ticket_to_proto(ticket))

    async def AddTags(self, request: pb.AddTagsRequest, context: Context) -> pb.AddTagsResponse:
        require(request, "workspace_id", "ticket_id")
        ticket = await self.work.tags.add(request.workspace_id, request.ticket_id, request.tags, acting())
        return pb.AddTagsResponse(ticket=ticket_to_proto(ticket))

    async def RemoveTags(self, request: pb.RemoveTagsRequest, context: Context) -> pb.RemoveTagsResponse:
        require(request, "workspace_id", "ticket_id")
        ticket = await self.work.tags.remove(request.workspace_id, request.ticket_id, request.tags, acting())
        return pb.RemoveTagsResponse(ticket=ticket_to_proto(ticket))

    async def ListTags(self, request: pb.ListTagsRequest, context: Context) -> pb.ListTagsResponse:
        require(request, "workspace_id")
        page = Page(request.page_size, request.page_token)
        found, token = await self.work.tags.list_tags(request.workspace_id, page)
        return pb.ListTagsResponse(tags=map(tag_count_to_proto, found), next_page_token=token)

    async def BatchUpdateTickets(
        self, request: pb.BatchUpdateTicketsRequest, context: Context
    ) -> pb.BatchUpdateTicketsResponse:
        require(request, "workspace_id")
        outcomes = await self.work.batches.change_each(request.ticket_ids, _change(self.work, request, acting()))
        return pb.BatchUpdateTicketsResponse(outcomes=map(ticket_outcome_to_proto, outcomes))


def _change(work: Work, request: pb.BatchUpdateTicketsRequest, actor: Actor) -> Change:
    """What is done to each ticket. Raises FIELD_REQUIRED and FIELD_INVALID: what is wrong for all of them."""
    workspace_id, wanted = request.workspace_id, request.WhichOneof("change")
    if wanted is None:
        raise errors.required("change")
    plain: dict[str, Change] = {
        "unsnooze": lambda ticket_id: work.snoozes.unsnooze(workspace_id, ticket_id, actor),
        "resolve": lambda ticket_id: work.tickets.resolve(workspace_id, ticket_id, actor),
        "close": lambda ticket_id: work.tickets.close(workspace_id, ticket_id, actor),
    }
    return plain.get(wanted) or _change_with_values(work, request, actor)


def _change_with_values(work: Work, request: pb.BatchUpdateTicketsRequest, actor: Actor) -> Change:
    workspace_id = request.workspace_id
    match request.WhichOneof("change"):
        case "assign":
            assignee = assignee_from_proto(request.assign, "assign")
            require_assignee(assignee)
            as_before = request.as_before
            return lambda ticket_id: work.tickets.assign(workspace_id, ticket_id, assignee, actor, as_before)
        case "tag":
            tags = change_of(request.tag.add, request.tag.remove)
            return lambda ticket_id: work.tags.change(workspace_id, ticket_id, tags, actor)
        case "snooze":
            until = work.snoozes.require_time(snooze_time_from_proto(request.snooze))
            return lambda ticket_id: work.snoozes.snooze(workspace_id, ticket_id, until, actor)
    edit = TicketEdit(priority=priority_from_proto(request.priority, "priority"))
    if edit.priority is None:
        raise errors.required("priority")
    return lambda ticket_id: work.tickets.update(workspace_id, ticket_id, edit, actor)
