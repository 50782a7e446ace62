"""Saved replies, put into the box with their values."""

from dataclasses import replace

from aiohttp import web

from client.paging import one_page
from console.pages.ticket.opened import open_ticket
from console.pages.ticket.page import show_ticket
from console.pages.ticket.writing.box import typed
from console.rendering import render
from console.visit import VISIT
from keva.ticket.v1 import saved_reply_service_pb2, ticket_service_pb2

_SHOWN = 20


async def find(request: web.Request) -> web.Response:
    """Those that have the words of `q`: a list of buttons of the reply's form."""
    visit, ticket = request[VISIT], await open_ticket(request)
    asked = saved_reply_service_pb2.ListSavedRepliesRequest(
        workspace_id=visit.workspace_id, text=request.query.get("q", "").strip()
    )
    rpc = visit.session.services.saved_replies.ListSavedReplies
    found, _ = await one_page(visit.session, rpc, asked, lambda page: page.saved_replies, size=_SHOWN)
    return render(request, "ticket/saved_replies.html", {"ticket": ticket, "saved_replies": found})


async def put(request: web.Request) -> web.StreamResponse:
    """The page with the saved reply in the box, behind what stands in it."""
    ticket, form = await open_ticket(request), await request.post()
    rendered = await _render(request, ticket, str(form.get("saved", "")))
    box = typed({name: str(form[name]) for name in form})
    before = box.text.rstrip()
    box = replace(
        box,
        text=f"{before}\n{rendered.text}" if before else rendered.text,
        saved_reply_id=rendered.saved_reply.saved_reply_id,
        missing=tuple(rendered.missing),
    )
    return await show_ticket(request, ticket, box)


async def show(request: web.Request) -> web.Response:
    """The same for a script, which puts it where the caret is: `text`, `saved_reply_id`, `missing`."""
    rendered = await _render(request, await open_ticket(request), request.match_info["saved"])
    return web.json_response(
        {
            "text": rendered.text,
            "saved_reply_id": rendered.saved_reply.saved_reply_id,
            "missing": list(rendered.missing),
        }
    )


async def _render(
    request: web.Request, ticket: ticket_service_pb2.Ticket, saved: str
) -> saved_reply_service_pb2.RenderSavedReplyResponse:
    session = request[VISIT].session
    asked = saved_reply_service_pb2.RenderSavedReplyRequest(
        workspace_id=ticket.workspace_id, saved_reply_id=saved, ticket_id=ticket.ticket_id
    )
    return await session.ask(session.services.saved_replies.RenderSavedReply, asked)


ROUTES = (
    web.get(r"/t/{number:\d+}/saved", find),
    web.post(r"/t/{number:\d+}/saved", put),
    web.get(r"/t/{number:\d+}/saved/{saved}", show),
)
