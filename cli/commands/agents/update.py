"""`keva agents update`."""

from typing import Annotated, Any

import typer
from google.protobuf.field_mask_pb2 import FieldMask

from cli.commands.agents.options import AgentArgument, InWorkspaceOption, RoleOption
from cli.commands.agents.show import show_agent
from cli.session import Session
from client.failure import unusable
from client.selection import find_agent_id
from keva.ticket.v1 import agent_service_pb2


async def update(
    session: Session,
    agent: AgentArgument,
    name: Annotated[str | None, typer.Option("--name", metavar="NAME", help="What people call the agent")] = None,
    email: Annotated[str | None, typer.Option("--email", metavar="EMAIL", help="Another e-mail address")] = None,
    role: RoleOption = None,
    in_workspace: InWorkspaceOption = None,
) -> None:
    """Change an agent. What you leave out stays as it is; workspaces replace those set before.

    Tickets that the agent may not work on any more become nobody's."""
    values: dict[str, Any] = {
        "display_name": name,
        "email": email,
        "role": role.to_proto() if role else None,
        "workspace_ids": in_workspace or None,
    }
    given = {field: value for field, value in values.items() if value is not None}
    if not given:
        raise unusable("Nothing to change.", "See keva agents update --help for what can be changed.")
    if set(given) == {"display_name"}:
        # Agents change their own.
        return await _rename(session, agent, str(name))
    request = agent_service_pb2.UpdateAgentRequest(
        organization_id=session.organization_id,
        agent=agent_service_pb2.Agent(agent_id=await find_agent_id(session, agent), **given),
        update_mask=FieldMask(paths=list(given)),
    )
    return show_agent(session, (await session.ask(session.services.agents.UpdateAgent, request)).agent)


async def _rename(session: Session, agent: str, name: str) -> None:
    request = agent_service_pb2.SetAgentNameRequest(
        organization_id=session.organization_id, agent_id=await find_agent_id(session, agent), display_name=name
    )
    show_agent(session, (await session.ask(session.services.agents.SetAgentName, request)).agent)
