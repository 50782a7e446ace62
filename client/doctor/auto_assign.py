"""Whether the agents to whom channels give their new tickets can take them."""

from collections.abc import Mapping, Sequence

from client.doctor.advisor import Advisor
from client.doctor.finding import Condition, Finding
from client.failure import Failure
from client.lists import list_agents
from client.session import Session
from keva.ticket.v1 import agent_service_pb2, channel_service_pb2, routing_pb2

_EVERYWHERE = "*"
_SUBJECT = "auto-assign"


async def auto_assign(
    session: Session, channels: Sequence[channel_service_pb2.Channel], advisor: Advisor
) -> list[Finding]:
    """One finding for each channel whose agent cannot: ticket_service refuses to set that, and takes the channel from
    an agent who leaves, but data of before it knew agents may name anybody."""
    named = [channel for channel in channels if channel.auto_assign.kind == routing_pb2.ASSIGNEE_KIND_AGENT]
    if not named:
        return []
    try:
        agents = {agent.agent_id: agent for agent in await list_agents(session, show_deactivated=True)}
    except Failure as failure:
        return [
            Finding(
                _SUBJECT, Condition.NOTE, f"agents cannot be read: {advisor.say(failure)}", advisor.failure(failure)
            )
        ]
    found = [(channel, _trouble(channel, agents)) for channel in named]
    return [_finding(channel, trouble, advisor) for channel, trouble in found if trouble]


def _trouble(channel: channel_service_pb2.Channel, agents: Mapping[str, agent_service_pb2.Agent]) -> str:
    """What is wrong with the channel's agent, empty when nothing is."""
    agent = agents.get(channel.auto_assign.agent_id)
    if agent is None:
        return f"to {channel.auto_assign.agent_id!r}, whom nobody has added"
    if agent.state != agent_service_pb2.AGENT_STATE_ACTIVE:
        return f"to {agent.display_name}, who is deactivated"
    if agent.role == agent_service_pb2.AGENT_ROLE_ADMINISTRATOR:
        return ""
    if agent.role != agent_service_pb2.AGENT_ROLE_AGENT:
        return f"to {agent.display_name}, who may only look"
    if not {channel.workspace_id, _EVERYWHERE} & set(agent.workspace_ids):
        return f"to {agent.display_name}, who does not work in {channel.workspace_id}"
    return ""


def _finding(channel: channel_service_pb2.Channel, trouble: str, advisor: Advisor) -> Finding:
    number = channel.phone_number
    facts = {"phone_number": number, "agent_id": channel.auto_assign.agent_id}
    advice = advisor.choose_an_assignee(number)
    return Finding(f"{_SUBJECT} of {number}", Condition.WRONG, f"new tickets go {trouble}", advice, facts)
