"""Replies that have left, or are to leave: try one again, cancel one."""

from aiohttp import web

from client.words.language import say
from console.pages.ticket.opened import address, open_ticket
from console.toasts import Toast, see_other
from console.visit import VISIT
from keva.ticket.v1 import ticket_service_pb2


async def retry(request: web.Request) -> web.StreamResponse:
    """Sends a FAILED reply again, once, however often it is asked for."""
    visit, ticket = request[VISIT], await open_ticket(request)
    message_id = str((await request.post()).get("message_id", ""))
    asked = ticket_service_pb2.RetryReplyRequest(workspace_id=ticket.workspace_id, message_id=message_id)
    await visit.session.ask(visit.session.services.tickets.RetryReply, asked)
    return see_other(address(request, ticket), Toast(say("Sent again.")))


async def cancel(request: web.Request) -> web.StreamResponse:
    """What waits for its time is never sent."""
    visit, ticket = request[VISIT], await open_ticket(request)
    message_id = str((await request.post()).get("message_id", ""))
    asked = ticket_service_pb2.CancelScheduledMessageRequest(workspace_id=ticket.workspace_id, message_id=message_id)
    await visit.session.ask(visit.session.services.tickets.CancelScheduledMessage, asked)
    return see_other(address(request, ticket), Toast(say("Cancelled: it never leaves.")))


ROUTES = (web.post(r"/t/{number:\d+}/retry", retry), web.post(r"/t/{number:\d+}/cancel", cancel))
