"""Whether the agents to whom channels give their new tickets can take them."""

from collections.abc import Mapping, Sequence

from client.doctor.advisor import Advisor
from client.doctor.finding import Condition, Finding
from client.failure import Failure
from client.lists import list_agents
from client.session import Session
from client.words.language import marked, say
from keva.ticket.v1 import agent_service_pb2, channel_service_pb2, routing_pb2

_EVERYWHERE = "*"
_SUBJECT = marked("auto-assign")


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
        words = say("agents cannot be read: %(why)s", why=advisor.say(failure))
        return [Finding(say(_SUBJECT), Condition.NOTE, words, advisor.failure(failure))]
    found = [(channel, _trouble(channel, agents)) for channel in named]
    return [_finding(channel, trouble, advisor) for channel, trouble in found if trouble]


def _trouble(channel: channel_service_pb2.Channel, agents: Mapping[str, agent_service_pb2.Agent]) -> str:
    """Where its new tickets go, if that is nobody who can take them; empty otherwise."""
    agent = agents.get(channel.auto_assign.agent_id)
    if agent is None:
        return say("new tickets go to '%(agent)s', whom nobody has added", agent=channel.auto_assign.agent_id)
    if agent.state != agent_service_pb2.AGENT_STATE_ACTIVE:
        return say("new tickets go to %(agent)s, who is deactivated", agent=agent.display_name)
    if agent.role == agent_service_pb2.AGENT_ROLE_ADMINISTRATOR:
        return ""
    if agent.role != agent_service_pb2.AGENT_ROLE_AGENT:
        return say("new tickets go to %(agent)s, who may only look", agent=agent.display_name)
    if not {channel.workspace_id, _EVERYWHERE} & set(agent.workspace_ids):
        return say(
            "new tickets go to %(agent)s, who does not work in %(workspace)s",
            agent=agent.display_name,
            workspace=channel.workspace_id,
        )
    return ""


def _finding(channel: channel_service_pb2.Channel, trouble: str, advisor: Advisor) -> Finding:
    number = channel.phone_number
    facts = {"phone_number": number, "agent_id": channel.auto_assign.agent_id}
    advice = advisor.choose_an_assignee(number)
    return Finding(say("auto-assign of %(number)s", number=number), Condition.WRONG, trouble, advice, facts)
