"""`keva tickets counts`."""

from collections.abc import Mapping

from cli.session import Session
from cli.terminal import output
from keva.ticket.v1 import routing_pb2, ticket_service_pb2

_OPEN = (ticket_service_pb2.TICKET_STATE_OPEN,)


async def counts(session: Session) -> None:
    """Count the workspace's tickets as an inbox shows them: open ones and whose they are, unread ones, and so on."""
    views = _views(session)
    request = ticket_service_pb2.CountTicketsRequest(workspace_id=session.workspace_id, views=views.values())
    counted = (await session.ask(session.services.tickets.CountTickets, request)).counts
    found = dict(zip(views, counted, strict=True))
    if session.settings.as_json:
        return output.emit_json({name: {"count": c.count, "at_least": c.at_least} for name, c in found.items()})
    return output.show_table(
        ["Tickets", "Count"],
        [(name, f"{count.count} or more" if count.at_least else str(count.count)) for name, count in found.items()],
        "There is nothing to count.",
    )


def _views(session: Session) -> Mapping[str, ticket_service_pb2.ListTicketsRequest]:
    """By name; those of the acting agent only if one acts."""
    view, actor = ticket_service_pb2.ListTicketsRequest, session.settings.actor
    nobody = routing_pb2.Assignee(kind=routing_pb2.ASSIGNEE_KIND_NOBODY)
    ai = routing_pb2.Assignee(kind=routing_pb2.ASSIGNEE_KIND_AI)
    views = {"open": view(states=_OPEN)}
    if actor.kind == "agent":
        mine = routing_pb2.Assignee(kind=routing_pb2.ASSIGNEE_KIND_AGENT, agent_id=actor.id)
        views |= {"mine": view(states=_OPEN, assignees=[mine]), "unread": view(unread=True)}
    return views | {
        "nobody's": view(states=_OPEN, assignees=[nobody]),
        "the AI's": view(states=_OPEN, assignees=[ai]),
        "handed off": view(states=_OPEN, handed_off=True),
        "pending": view(states=[ticket_service_pb2.TICKET_STATE_PENDING]),
        "snoozed": view(snoozed=True),
        "failed replies": view(has_failed_reply=True),
    }
