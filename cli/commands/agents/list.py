"""`keva agents list`."""

from collections.abc import Sequence
from typing import Annotated

import typer

from cli.hints.organizations import remark_if_unknown
from cli.session import Session
from cli.terminal import output
from client.lists import list_agents
from client.words.agents import availability_text, role_text, workspaces_text
from keva.ticket.v1 import agent_service_pb2

HEADERS = ("Agent", "Name", "Role", "Workspaces", "State", "Since")


async def list_all(
    session: Session,
    of_workspace: Annotated[
        str, typer.Option("--of-workspace", metavar="ID", help="Only those who may read or work there")
    ] = "",
    deactivated: Annotated[bool, typer.Option("--deactivated", help="Deactivated ones, too")] = False,
) -> None:
    """List the agents, what they may do and where, and who takes new work."""
    found = await list_agents(session, of_workspace, show_deactivated=deactivated)
    await remark_if_unknown(session, found)
    if session.settings.as_json:
        return output.emit_json(found)
    empty = f"The organization {session.organization_id} has no such agent; keva agents add adds one."
    return output.show_table(HEADERS, [_row(agent) for agent in found], empty)


def _row(agent: agent_service_pb2.Agent) -> Sequence[output.Cell]:
    gone = agent.state == agent_service_pb2.AGENT_STATE_DEACTIVATED
    return (
        (agent.email, agent.agent_id),
        agent.display_name,
        role_text(agent),
        workspaces_text(agent),
        "deactivated" if gone else availability_text(agent),
        output.when_stacked(agent, "deactivate_time" if gone else "availability_time"),
    )
