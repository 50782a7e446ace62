"""`/settings/people`: everybody, whoever left last."""

from aiohttp import web

from client.failure import Failure, FailureKind
from client.lists import list_agents
from client.words.agents import role_text
from client.words.language import say
from console.rendering import render
from console.visit import VISIT, Visit
from keva.ticket.v1 import agent_service_pb2 as pb

PEOPLE = "/settings/people"


async def show(request: web.Request) -> web.Response:
    """The list."""
    visit = require_administrator(request)
    found = await list_agents(visit.session, show_deactivated=True)
    here = [agent for agent in found if agent.state == pb.AGENT_STATE_ACTIVE]
    left = [agent for agent in found if agent.state != pb.AGENT_STATE_ACTIVE]
    return render(
        request,
        "settings/people/list.html",
        {"here": here, "left": left, "names": workspace_names(visit), "role_text": role_text},
    )


def require_administrator(request: web.Request) -> Visit:
    """The visit. Raises Failure for other agents: what the console does by itself, no service refuses."""
    visit = request[VISIT]
    if not visit.is_administrator:
        message = say("Only administrators see who works here.")
        raise Failure(FailureKind.REFUSED, message, say("Ask one of them."), reason="ROLE_NOT_ALLOWED")
    return visit


def workspace_names(visit: Visit) -> dict[str, str]:
    """What workspaces are called, by id."""
    return {workspace.workspace_id: workspace.display_name or workspace.workspace_id for workspace in visit.workspaces}


ROUTES = (web.get(PEOPLE, show),)
