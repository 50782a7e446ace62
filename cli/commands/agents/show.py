"""`keva agents show`."""

from cli.commands.agents.options import AgentArgument
from cli.session import Session
from cli.terminal import output
from client.selection import find_agent
from client.words.agents import availability_text, role_text, workspaces_text
from keva.ticket.v1 import agent_service_pb2


async def show(session: Session, agent: AgentArgument) -> None:
    """Show an agent."""
    show_agent(session, await find_agent(session, agent))


def show_agent(session: Session, agent: agent_service_pb2.Agent) -> None:
    """All of it, one line per field."""
    if session.settings.as_json:
        return output.emit_json(agent)
    output.say(f"Agent {agent.agent_id}  {agent.display_name}", style="bold")
    since = output.when(agent, "availability_time")
    return output.show_fields(
        [
            ("E-mail", agent.email),
            ("Role", role_text(agent)),
            ("Workspaces", workspaces_text(agent)),
            ("Takes work", f"{availability_text(agent)} since {since}"),
            ("Added", output.when(agent, "create_time")),
            ("Deactivated", output.when(agent, "deactivate_time")),
        ]
    )
