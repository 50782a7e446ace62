"""What every page needs to be kept up to date from the moment on for which it was made."""

from dataclasses import dataclass

from aiohttp import web
from aiohttp.typedefs import Handler

from console.parts import PARTS
from console.visit import VISIT


@dataclass(frozen=True)
class LivePage:
    """`token`: where events go on for this page; empty when that is not known yet, and the page looks again once it is.
    `keys`: whether single keys do something."""

    token: str
    keys: bool


LIVE_PAGE = web.RequestKey("live_page", LivePage)


@web.middleware
async def open_live_page(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Before the handler asks for anything: what happens while it does comes after the token."""
    if VISIT in request and request.method in ("GET", "POST"):
        parts, visit = request.app[PARTS], request[VISIT]
        organization_id = visit.session.organization_id
        token = parts.hubs.of(organization_id).expect()
        preferences = await parts.preferences.of(organization_id, visit.agent.agent_id)
        request[LIVE_PAGE] = LivePage(token, preferences.keys)
        response = await handler(request)
        if request.method == "POST" and response.status == 303:
            parts.counts.forget(organization_id)
        return response
    return await handler(request)
