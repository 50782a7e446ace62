"""The views of an inbox: which tickets each shows, and in which order."""

from collections.abc import Mapping
from dataclasses import dataclass

from client.words.enums import TicketOrder
from keva.ticket.v1 import routing_pb2
from keva.ticket.v1 import ticket_service_pb2 as pb

_OPEN = (pb.TICKET_STATE_OPEN,)
_LIVE = (pb.TICKET_STATE_OPEN, pb.TICKET_STATE_PENDING)
_ME = routing_pb2.Assignee(kind=routing_pb2.ASSIGNEE_KIND_AGENT)
_NOBODY = routing_pb2.Assignee(kind=routing_pb2.ASSIGNEE_KIND_NOBODY)


@dataclass(frozen=True)
class View:
    """`shows` has the filters, without a workspace; an agent without an id is the visitor. `key` is the key of the
    keyboard that opens it, if one does."""

    name: str
    shows: pb.ListTicketsRequest
    order: TicketOrder = TicketOrder.WAITING
    key: str = ""


_VIEWS = (
    View("mine", pb.ListTicketsRequest(states=_LIVE, assignees=[_ME], snoozed=False), key="g m"),
    View("unassigned", pb.ListTicketsRequest(states=_LIVE, assignees=[_NOBODY], snoozed=False), key="g u"),
    View("waiting", pb.ListTicketsRequest(states=_OPEN, snoozed=False)),
    View("handed-off", pb.ListTicketsRequest(states=_OPEN, handed_off=True, snoozed=False)),
    View("snoozed", pb.ListTicketsRequest(snoozed=True), TicketOrder.ACTIVITY, key="g s"),
    View("failed", pb.ListTicketsRequest(has_failed_reply=True), TicketOrder.ACTIVITY),
    View("all", pb.ListTicketsRequest(), TicketOrder.ACTIVITY, key="g i"),
)
# By name, in the order in which they are shown.
VIEWS: Mapping[str, View] = {view.name: view for view in _VIEWS}


def view_named(name: str) -> View:
    """The view of that name; `mine` where there is none, since an address can be old, or typed."""
    return VIEWS.get(name, VIEWS["mine"])


def asked_of(view: View, workspace_id: str, agent_id: str) -> pb.ListTicketsRequest:
    """What to ask for, on behalf of that agent."""
    request = pb.ListTicketsRequest()
    request.CopyFrom(view.shows)
    request.workspace_id = workspace_id
    request.order_by = view.order.to_proto()
    for assignee in request.assignees:
        if assignee == _ME:
            assignee.agent_id = agent_id
    return request
