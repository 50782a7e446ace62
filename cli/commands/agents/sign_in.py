"""`keva agents link` and `sign-out`: how an agent comes into the console, and out."""

from cli.commands.agents.options import AgentArgument
from cli.session import Session
from cli.terminal import output
from client.failure import unusable
from client.selection import find_agent_id
from keva.console.v1 import console_service_pb2 as pb


async def link(session: Session, agent: AgentArgument) -> None:
    """Make a one-time link with which an agent sets a password for the console, and signs in.

    It works once, for 72 hours; links made before end. Anyone who has it can set the agent's password."""
    made = await make_link(session, await find_agent_id(session, agent))
    if session.settings.as_json:
        return output.emit_json(made)
    return show_link(made)


async def sign_out(session: Session, agent: AgentArgument) -> None:
    """End all sessions of an agent in the console: every browser has to sign in again."""
    _require_console(session)
    request = pb.EndSessionsRequest(
        organization_id=session.organization_id, agent_id=await find_agent_id(session, agent)
    )
    ended = await session.ask(session.services.console.EndSessions, request)
    if session.settings.as_json:
        return output.emit_json(ended)
    many = ended.ended_sessions
    return output.say(f"Ended {many} session{'' if many == 1 else 's'}." if many else "Nobody was signed in.")


async def make_link(session: Session, agent_id: str) -> pb.CreateSignInLinkResponse:
    """Asks the console for one. Raises Failure."""
    _require_console(session)
    request = pb.CreateSignInLinkRequest(organization_id=session.organization_id, agent_id=agent_id)
    return await session.ask(session.services.console.CreateSignInLink, request)


def show_link(made: pb.CreateSignInLinkResponse) -> None:
    """On a line of its own, whole, so that it can be copied."""
    output.say(f"To set a password and sign in, once, until {output.when(made, 'expire_time')}:")
    output.say(made.url)


def _require_console(session: Session) -> None:
    if not session.settings.console_service:
        raise unusable(
            "Where the console is, is not known.", "Name it: --console-service host:port, or KEVA_CONSOLE_SERVICE."
        )
