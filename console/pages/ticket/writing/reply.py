"""A reply is sent: now, later, or after a look at it."""

from collections.abc import Mapping
from dataclasses import replace

from aiohttp import web

from client.failure import Failure
from client.lists import list_newer_messages
from client.words.language import say
from console.failures import status_of
from console.pages.ticket.opened import PENDING, address, open_ticket, zone_of
from console.pages.ticket.page import show_ticket
from console.pages.ticket.writing.box import REPLY, Box, new_request_id, save_of, typed
from console.parts import PARTS
from console.toasts import Toast, Undo, see_other
from console.visit import VISIT
from console.words.zones import time_of_field
from keva.ticket.v1 import ticket_service_pb2

# Which field a failure is about; the text is, for all others.
_FIELD_OF = {"send_time": "send_time", "media_urls": "media_urls"}
# The field `of` of the form that sends the AI's draft as it is: what somebody writes themselves stays their draft.
_OF_AI = "ai"


async def send(request: web.Request) -> web.StreamResponse:
    """What the form's buttons do, by the field `do`: send, resolve, later or look."""
    ticket, form = await open_ticket(request), await request.post()
    values = {name: str(form.get(name, "")) for name in form}
    box = typed(values)
    try:
        asked = _asked(request, ticket, values)
    except ValueError:
        error, advice = say("This is not a valid time."), say("Choose a day and a time.")
        wrong = replace(box, error=error, advice=advice, field="send_time")
        return await show_ticket(request, ticket, wrong, 422)
    try:
        answer = await request[VISIT].session.ask(request[VISIT].session.services.tickets.ReplyToTicket, asked)
    except Failure as failure:
        if values.get("of") != _OF_AI:
            save = save_of(values, failure)
            await request.app[PARTS].drafts.keep(request[VISIT].agent, ticket, REPLY, box.text, save)
        return await _refused(request, ticket, box, asked, failure)
    if asked.validate_only:
        return await show_ticket(request, ticket, replace(box, parts=answer.messages))
    if values.get("of") != _OF_AI:
        agent = request[VISIT].agent
        await request.app[PARTS].drafts.forget(agent, ticket, REPLY, asked.request_id, save_of(values))
    return await _sent(request, answer.ticket, values.get("do", ""))


def _asked(
    request: web.Request, ticket: ticket_service_pb2.Ticket, values: Mapping[str, str]
) -> ticket_service_pb2.ReplyToTicketRequest:
    do = values.get("do", "")
    asked = ticket_service_pb2.ReplyToTicketRequest(
        workspace_id=ticket.workspace_id,
        ticket_id=ticket.ticket_id,
        text=plain_text(values.get("text", "")),
        request_id=values.get("request_id", ""),
        split=bool(values.get("split")) or do == "look",
        media_urls=values.get("media_urls", "").split(),
        last_seen_message_id=values.get("last_seen_message_id", ""),
        saved_reply_id=values.get("saved_reply_id", ""),
        validate_only=do == "look",
    )
    if do == "later":
        asked.send_time.FromDatetime(time_of_field(values.get("send_time", ""), zone_of(request)))
    return asked


def plain_text(text: str) -> str:
    """As it was typed: browsers send line ends as CR LF, which would cost a character each."""
    return text.replace("\r\n", "\n").strip()


async def _refused(
    request: web.Request,
    ticket: ticket_service_pb2.Ticket,
    box: Box,
    asked: ticket_service_pb2.ReplyToTicketRequest,
    failure: Failure,
) -> web.StreamResponse:
    """The page again, with what was typed, and what is wrong with it."""
    session = request[VISIT].session
    if failure.reason == "NEWER_MESSAGES":
        newer = await list_newer_messages(session, asked.ticket_id, asked.last_seen_message_id)
        return await show_ticket(request, ticket, replace(box, newer=newer), 409)
    if failure.reason == "MESSAGE_TOO_LONG" and not asked.split:
        asked.split = asked.validate_only = True
        try:
            parts = (await session.ask(session.services.tickets.ReplyToTicket, asked)).messages
        except Failure as longer:
            failure = longer
        else:
            return await show_ticket(request, ticket, replace(box, parts=parts), 422)
    if failure.reason == "REQUEST_ID_REUSED":
        # What was sent before with this form has left; this is another text.
        box = replace(box, request_id=new_request_id())
    field = _FIELD_OF.get(failure.metadata.get("field", "").partition("[")[0], "text")
    wrong = replace(box, error=failure.message, advice=failure.advice, field=field)
    return await show_ticket(request, ticket, wrong, status_of(failure))


async def _sent(request: web.Request, ticket: ticket_service_pb2.Ticket, do: str) -> web.StreamResponse:
    visit = request[VISIT]
    page = address(request, ticket)
    if do == "later":
        return see_other(page, Toast(say("It leaves at its time. You can cancel it until then.")))
    if do != "resolve":
        return see_other(page)
    resolve = ticket_service_pb2.ResolveTicketRequest(workspace_id=ticket.workspace_id, ticket_id=ticket.ticket_id)
    try:
        await visit.session.ask(visit.session.services.tickets.ResolveTicket, resolve)
    except Failure as failure:
        return see_other(page, Toast(say("Sent, but not resolved. %(message)s", message=failure.message)))
    return see_other(
        page,
        Toast(
            say("Sent and resolved."), Undo(address(request, ticket, "/reopen"), {"state": PENDING, "as_before": "1"})
        ),
    )


ROUTES = (web.post(r"/t/{number:\d+}/reply", send),)
