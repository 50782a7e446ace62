"""`keva agents add`."""

import uuid
from typing import Annotated

import typer

from cli.commands.agents.options import InWorkspaceOption, RoleOption
from cli.commands.agents.sign_in import make_link, show_link
from cli.hints.failures import hint
from cli.session import Session
from cli.terminal import output
from client.failure import Failure
from client.words.enums import AgentRole
from keva.ticket.v1 import agent_service_pb2


async def add(
    session: Session,
    email: Annotated[str, typer.Argument(metavar="EMAIL", help="The e-mail address, which nobody else may have")],
    name: Annotated[str, typer.Option("--name", metavar="NAME", help="What people call the agent")] = "",
    role: RoleOption = None,
    in_workspace: InWorkspaceOption = None,
) -> None:
    """Add an agent: somebody whom tickets are assigned to, and who answers customers.

    Unless you say otherwise, the agent works on the tickets of one workspace, that of --workspace. Make the first one
    an administrator: --role administrator. Where the console is known, you get a link with which they sign in."""
    request = agent_service_pb2.CreateAgentRequest(
        organization_id=session.organization_id,
        email=email,
        display_name=name,
        role=(role or AgentRole.AGENT).to_proto(),
        workspace_ids=in_workspace or [session.workspace_id],
        request_id=str(uuid.uuid4()),
    )
    made = (await session.ask(session.services.agents.CreateAgent, request)).agent
    if session.settings.as_json:
        return output.emit_json(made)
    output.say(f"Added {made.display_name} ({made.email}) as {role or AgentRole.AGENT}: {made.agent_id}")
    output.say(f"To act as this agent: keva --as {made.email} …, or set KEVA_ACTOR={made.email}")
    return await _invite(session, made)


async def _invite(session: Session, agent: agent_service_pb2.Agent) -> None:
    """Brings them to the console. The agent is there, whatever comes of it."""
    try:
        show_link(await make_link(session, agent.agent_id))
    except Failure as failure:
        output.say(f"No link to sign in with yet: {failure.message} {hint(failure)}")
        output.say(f"Later: keva agents link {agent.email}")
