"""A one-time link for somebody, shown once."""

from aiohttp import web

from console.parts import PARTS
from console.rendering import render
from console.visit import VISIT
from keva.ticket.v1 import agent_service_pb2 as pb


async def show_link(request: web.Request, agent: pb.Agent) -> web.Response:
    """Makes the link, and the page with it. Nobody can look at it again: then it is made again."""
    parts, visit = request.app[PARTS], request[VISIT]
    secret, link = await parts.signing_in.make_link(agent.organization_id, agent.agent_id, visit.session.actor)
    url = f"{parts.settings.console_url}/welcome/{secret}"
    context = {"agent": agent, "url": url, "expire_time": link.expire_time}
    return render(request, "settings/people/link.html", context)
