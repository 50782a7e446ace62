"""A note for colleagues."""

from dataclasses import replace

from aiohttp import web

from client.failure import Failure
from client.words.language import say_many
from console.failures import status_of
from console.pages.ticket.opened import address, open_ticket
from console.pages.ticket.page import show_ticket
from console.pages.ticket.writing.box import NOTE, Box, new_request_id, save_of
from console.pages.ticket.writing.reply import plain_text
from console.parts import PARTS
from console.toasts import Toast, see_other
from console.visit import VISIT
from keva.ticket.v1 import ticket_service_pb2


async def add(request: web.Request) -> web.StreamResponse:
    """Stores it once under the form's request_id. Who is mentioned in it learns of it."""
    visit, ticket, form = request[VISIT], await open_ticket(request), await request.post()
    text, request_id = str(form.get("note", "")), str(form.get("request_id", ""))
    box = Box(tab=NOTE, note=text, note_request_id=request_id or new_request_id())
    asked = ticket_service_pb2.AddNoteRequest(
        workspace_id=ticket.workspace_id, ticket_id=ticket.ticket_id, text=plain_text(text), request_id=request_id
    )
    try:
        note = (await visit.session.ask(visit.session.services.tickets.AddNote, asked)).message
    except Failure as failure:
        if failure.reason == "REQUEST_ID_REUSED":
            box = replace(box, note_request_id=new_request_id())
        wrong = replace(box, error=failure.message, advice=failure.advice, field="note")
        await request.app[PARTS].drafts.keep(visit.agent, ticket, NOTE, text, save_of(form, failure))
        return await show_ticket(request, ticket, wrong, status_of(failure))
    await request.app[PARTS].drafts.forget(visit.agent, ticket, NOTE, request_id, save_of(form))
    mentioned = len(note.mentions)
    toast = (
        Toast(
            say_many("Noted. Your colleague learns of it.", "Noted. %(num)s of your colleagues learn of it.", mentioned)
        )
        if mentioned
        else None
    )
    return see_other(address(request, ticket, tab=NOTE), toast)


ROUTES = (web.post(r"/t/{number:\d+}/note", add),)
