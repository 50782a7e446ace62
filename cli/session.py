"""The session of one command."""

from dataclasses import replace

import client.session
from cli.settings import Settings, operator
from client.failure import unusable
from client.lists import list_workspaces
from client.selection import find_agent
from client.services import Services
from client.session import Scope
from servicekit.rpc.request_context import Actor


class Session(client.session.Session):
    """What a command gets: the services, as its `settings` name them. Its `remarks` are said after its output."""

    def __init__(self, services: Services, settings: Settings) -> None:
        scope = Scope(settings.actor, settings.organization, settings.workspace, settings.region)
        super().__init__(services, scope)
        self.settings = settings
        self.remarks: list[str] = []


async def open_session(
    services: Services, settings: Settings, *, in_workspace: bool, as_operator: bool = False
) -> Session:
    """A command's session. An agent who is named by e-mail address acts by id: that is looked up first, as an operator.
    So is the workspace of a command that works `in_workspace`, where an organization is named without one. With
    `as_operator` no agent acts, whoever is named, and nobody is looked up. Raises Failure."""
    if as_operator:
        return Session(services, replace(settings, actor=operator()))
    if in_workspace and not settings.knows_workspace:
        settings = replace(settings, workspace=await _only_workspace(services, settings))
    actor = settings.actor
    if actor.kind == "agent" and "@" in actor.id:
        asking = Session(services, replace(settings, actor=operator()))
        actor = Actor("agent", (await find_agent(asking, actor.id)).agent_id)
    return Session(services, replace(settings, actor=actor))


async def _only_workspace(services: Services, settings: Settings) -> str:
    found = await list_workspaces(Session(services, replace(settings, actor=operator())))
    if len(found) == 1:
        return found[0].workspace_id
    if not found:
        raise unusable(
            f"The organization {settings.organization} has no workspace.",
            "Is the name right? A new organization begins with a workspace: keva --organization "
            f"{settings.organization} workspaces add.",
        )
    ids = ", ".join(workspace.workspace_id for workspace in found)
    raise unusable(f"The organization {settings.organization} has several workspaces.", f"Name one: --workspace {ids}.")


def open_services(settings: Settings) -> Services:
    """The services where the settings say that they are. Use it with `async with`."""
    addresses = {
        "ticket_service": settings.ticket_service,
        "sms_service": settings.sms_service,
        "credentials_service": settings.credentials_service,
        "responder_service": settings.responder_service,
        "console": settings.console_service,
    }
    return Services(addresses, settings.tls_dir)
