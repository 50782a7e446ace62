"""Replies that did not reach their customers."""

import asyncio
from collections.abc import Sequence

from client.doctor.finding import Condition, Finding
from client.session import Session
from client.words.language import say, say_many
from keva.ticket.v1 import ticket_service_pb2, workspace_service_pb2


async def failed_replies(session: Session, workspaces: Sequence[workspace_service_pb2.Workspace]) -> list[Finding]:
    """How many tickets of each workspace have one. Raises Failure."""
    counts = await asyncio.gather(*(_count(session, workspace.workspace_id) for workspace in workspaces))
    return [_finding(workspace, count) for workspace, count in zip(workspaces, counts, strict=True) if count] or [
        Finding(say("failed replies"), Condition.OK, say("there are none on tickets that are not closed"))
    ]


async def _count(session: Session, workspace_id: str) -> int:
    states = [
        ticket_service_pb2.TICKET_STATE_OPEN,
        ticket_service_pb2.TICKET_STATE_PENDING,
        ticket_service_pb2.TICKET_STATE_RESOLVED,
    ]
    view = ticket_service_pb2.ListTicketsRequest(has_failed_reply=True, states=states)
    request = ticket_service_pb2.CountTicketsRequest(workspace_id=workspace_id, views=[view])
    return (await session.ask(session.services.tickets.CountTickets, request)).counts[0].count


def _finding(workspace: workspace_service_pb2.Workspace, count: int) -> Finding:
    return Finding(
        say("failed replies of %(workspace)s", workspace=workspace.display_name or workspace.workspace_id),
        Condition.NOTE,
        say_many(
            "%(num)s ticket has a reply that could not be delivered",
            "%(num)s tickets have a reply that could not be delivered",
            count,
            num=format(count, ","),
        ),
        say("The ticket says Twilio's reason beside the reply, and what can be done."),
        {"workspace_id": workspace.workspace_id, "failed_replies": count},
    )
