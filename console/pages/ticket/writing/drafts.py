"""What is being written is kept while it is written."""

from aiohttp import web

from client.failure import unusable
from client.words.language import say
from console.pages.ticket.opened import address, open_ticket
from console.pages.ticket.writing.box import NOTE, REPLY, save_of
from console.parts import PARTS
from console.toasts import see_other
from console.visit import VISIT


async def keep(request: web.Request) -> web.StreamResponse:
    """Keeps `text`, which is a `kind` of draft; an empty one is thrown away. A script sends this after a pause, with
    the `request_id` of the box and a number, `save`; the buttons that throw it away or replace it, too."""
    visit, ticket, form = request[VISIT], await open_ticket(request), await request.post()
    visit.require_work()
    kind = str(form.get("kind", ""))
    if kind not in (REPLY, NOTE):
        raise unusable(say("There is no such draft."), say("Reload the page."))
    text = str(form.get("text", "")).replace("\r\n", "\n")
    await request.app[PARTS].drafts.keep(visit.agent, ticket, kind, text, save_of(form))
    if "by_script" in form:
        return web.Response(status=204)
    return see_other(address(request, ticket, tab=kind))


ROUTES = (web.post(r"/t/{number:\d+}/draft", keep),)
