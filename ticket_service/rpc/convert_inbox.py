"""Lists of tickets: which ones, in which order, and how many."""

from keva.ticket.v1 import routing_pb2
from keva.ticket.v1 import ticket_service_pb2 as pb
from servicekit.rpc.proto_values import enum_from_proto, optional_enum_from_proto
from ticket_service import errors
from ticket_service.domain.inbox.ticket_list import TicketCount, TicketFilter, TicketOrder
from ticket_service.domain.ticket import Assignee, Priority, TicketState
from ticket_service.rpc.convert_values import acting, assignee_from_proto
from ticket_service.rpc.convert_workspaces import duration_from_proto
from ticket_service.use_cases.inbox import acting_agent


def ticket_filter_from_proto(request: pb.ListTicketsRequest, workspace_id: str = "") -> TicketFilter:
    """What a list is asked for, in that workspace or its own; the customer is looked up by the use case. Raises
    FIELD_INVALID, NO_AGENT_ACTS."""
    if workspace_id and request.workspace_id not in ("", workspace_id):
        raise errors.invalid("views", "has one of another workspace")
    if request.number < 0:
        raise errors.invalid("number", "must not be negative")
    if 0 in request.states or 0 in request.priorities:
        raise errors.invalid("states" if 0 in request.states else "priorities", "has one that is not specified")
    longer, given = request.waiting_longer_than, request.HasField("waiting_longer_than")
    return TicketFilter(
        workspace_id=workspace_id or request.workspace_id,
        states=tuple(enum_from_proto(pb.TicketState, state, TicketState, "states") for state in request.states),
        assignees=_assignees(request),
        channel_id=request.channel_id,
        text=request.text,
        number=request.number,
        priorities=tuple(enum_from_proto(routing_pb2.Priority, p, Priority, "priorities") for p in request.priorities),
        tags=tuple(dict.fromkeys(request.tags)),
        unread_by=acting_agent(acting()) if request.unread else "",
        waiting_longer_than=duration_from_proto(longer, "waiting_longer_than") if given else None,
        has_failed_reply=request.has_failed_reply,
        handed_off=request.handed_off,
        snoozed=request.snoozed if request.HasField("snoozed") else None,
        query=request.query,
    )


def order_from_proto(request: pb.ListTicketsRequest) -> TicketOrder | None:
    """None when nothing was said. Raises FIELD_INVALID."""
    return optional_enum_from_proto(pb.TicketOrder, request.order_by, TicketOrder, "order_by")


def count_to_proto(count: TicketCount) -> pb.TicketCount:
    return pb.TicketCount(count=count.count, at_least=count.at_least)


def _assignees(request: pb.ListTicketsRequest) -> tuple[Assignee, ...]:
    any_of = [assignee_from_proto(assignee, "assignees") for assignee in request.assignees]
    if request.HasField("assignee") and request.assignee.kind != routing_pb2.ASSIGNEE_KIND_UNSPECIFIED:
        any_of.append(assignee_from_proto(request.assignee, "assignee"))
    return tuple(any_of)
