"""`keva agents deactivate`, `reactivate`, `available` and `away`."""

from typing import Annotated

import typer

from cli.commands.agents.options import AgentArgument
from cli.commands.agents.show import show_agent
from cli.session import Session
from client.selection import find_agent_id
from keva.ticket.v1 import agent_service_pb2 as pb

OwnArgument = Annotated[
    str, typer.Argument(metavar="AGENT", help="An e-mail address, an id (agt_…); without it, you: who acts")
]


async def deactivate(session: Session, agent: AgentArgument) -> None:
    """Let an agent do nothing more. Tickets that are not closed become nobody's; what the agent wrote stays.

    Sessions in the console and links to sign in with end for good."""
    agent_id = await find_agent_id(session, agent)
    request = pb.DeactivateAgentRequest(organization_id=session.organization_id, agent_id=agent_id)
    show_agent(session, (await session.ask(session.services.agents.DeactivateAgent, request)).agent)


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
