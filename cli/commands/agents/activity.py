"""`keva agents deactivate`, `reactivate`, `available` and `away`."""

from typing import Annotated

import typer

from cli.commands.agents.options import AgentArgument
from cli.commands.agents.show import show_agent
from cli.session import Session
from cli.terminal import output
from client.failure import Failure
from client.lists import list_workspaces
from client.paging import all_pages
from client.selection import find_agent_id
from keva.ticket.v1 import agent_service_pb2 as pb
from keva.ticket.v1 import ticket_service_pb2
from keva.ticket.v1.workspace_service_pb2 import Workspace

OwnArgument = Annotated[
    str, typer.Argument(metavar="AGENT", help="An e-mail address, an id (agt_…); without it, you: who acts")
]


async def deactivate(session: Session, agent: AgentArgument) -> None:
    """Let an agent do nothing more. Tickets that are not closed become nobody's; what the agent wrote stays.

    Sessions in the console and links to sign in with end for good. Texts that are to be sent later leave all the same;
    the command says how many there are."""
    agent_id = await find_agent_id(session, agent)
    request = pb.DeactivateAgentRequest(organization_id=session.organization_id, agent_id=agent_id)
    show_agent(session, (await session.ask(session.services.agents.DeactivateAgent, request)).agent)
    await _remark_on_scheduled(session, agent_id)


async def reactivate(session: Session, agent: AgentArgument) -> None:
    """Let a deactivated agent work again, with the role, the workspaces and the password of before.

    In the console the agent signs in again."""
    agent_id = await find_agent_id(session, agent)
    request = pb.ReactivateAgentRequest(organization_id=session.organization_id, agent_id=agent_id)
    show_agent(session, (await session.ask(session.services.agents.ReactivateAgent, request)).agent)


async def available(session: Session, agent: OwnArgument = "me") -> None:
    """Say that an agent takes new work."""
    await _say(session, agent, pb.AGENT_AVAILABILITY_AVAILABLE)


async def away(session: Session, agent: OwnArgument = "me") -> None:
    """Say that an agent takes no new work. What the agent has stays the agent's."""
    await _say(session, agent, pb.AGENT_AVAILABILITY_AWAY)


async def _say(session: Session, agent: str, availability: pb.AgentAvailability.ValueType) -> None:
    request = pb.SetAgentAvailabilityRequest(
        organization_id=session.organization_id,
        agent_id=await find_agent_id(session, agent),
        availability=availability,
    )
    show_agent(session, (await session.ask(session.services.agents.SetAgentAvailability, request)).agent)


async def _remark_on_scheduled(session: Session, agent_id: str) -> None:
    """What the agent has left to be sent leaves all the same: somebody should look at it."""
    try:
        workspaces = await list_workspaces(session)
        counts = {one.workspace_id: await _scheduled_by(session, one, agent_id) for one in workspaces}
    except Failure:
        # The agent is deactivated, and that is what was asked for.
        return
    for workspace_id, count in counts.items():
        if count:
            there = f"--workspace {workspace_id}"
            output.remark(
                f"What the agent has left to be sent later leaves all the same: {count} in workspace {workspace_id}. "
                f"Look at it: keva tickets scheduled {there}; take one back: keva tickets cancel MESSAGE {there}"
            )


async def _scheduled_by(session: Session, workspace: Workspace, agent_id: str) -> int:
    request = ticket_service_pb2.ListScheduledMessagesRequest(workspace_id=workspace.workspace_id)
    rpc = session.services.tickets.ListScheduledMessages
    messages = await all_pages(session, rpc, request, lambda page: page.messages)
    return sum(message.author.id == agent_id for message in messages)
