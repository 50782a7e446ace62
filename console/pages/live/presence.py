"""Who else is at a ticket: browsers say where they are, and ask who is there."""

import re

from aiohttp import web

from client.failure import unusable
from client.words.language import say
from console.live.presence import Presence
from console.parts import PARTS
from console.rendering import render
from console.visit import VISIT

_TICKET_ID = re.compile(r"tkt_[0-9A-Za-z]{1,40}\Z")


async def tell(request: web.Request) -> web.Response:
    """Somebody is at a ticket (`writing` is 1 when they write), or has left it (`left` is 1). Whoever may enter the
    workspace may say so: that alone shows it to whoever is at that ticket there."""
    parts, visit, form = request.app[PARTS], request[VISIT], await request.post()
    ticket_id = _ticket_id(str(form.get("ticket_id", "")))
    where = (visit.session.organization_id, visit.workspace_id, ticket_id)
    if form.get("left") == "1":
        await parts.presence.gone(*where, visit.agent.agent_id)
    else:
        writing = form.get("writing") == "1" and visit.may_work
        await parts.presence.here(*where, Presence(visit.agent.agent_id, visit.agent.display_name, writing))
    return web.Response(status=204)


async def show(request: web.Request) -> web.Response:
    """Who is at the ticket, without the one who asks."""
    parts, visit = request.app[PARTS], request[VISIT]
    ticket_id = _ticket_id(request.query.get("ticket_id", ""))
    people = (await parts.presence.at(visit.workspace_id)).get(ticket_id, ())
    return render(request, "live/presence.html", {"ticket_id": ticket_id, "people": people})


def _ticket_id(text: str) -> str:
    if not _TICKET_ID.match(text):
        raise unusable(say("This is not a ticket."))
    return text


ROUTES = (web.post("/live/presence", tell), web.get("/live/presence", show))
