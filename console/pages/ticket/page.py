"""A ticket's page: its conversation, the box to answer in, and the customer beside it."""

import asyncio
from collections.abc import Awaitable
from functools import partial
from typing import Any

from aiohttp import web

from client.failure import Failure
from client.lists import list_channels
from client.words.enums import enum_name
from console.pages.customer.side import side
from console.pages.inbox.column import column
from console.pages.media.media import media_path
from console.pages.ticket.doing.presets import presets
from console.pages.ticket.heading import hand_off_clause, shown_subject
from console.pages.ticket.opened import address, inbox_address, open_ticket, zone_of
from console.pages.ticket.staff import Staff, agents_in, read_staff, with_others
from console.pages.ticket.thread.conversation import Reader, conversation, last_seen_id, scheduled
from console.pages.ticket.thread.happenings import Known
from console.pages.ticket.thread.reading import Window, older_tickets, read_window
from console.pages.ticket.writing.box import REPLY, Box, Suggestion, cannot_reply, with_drafts
from console.pages.ticket.writing.kept_suggestions import kept_suggestions
from console.parts import PARTS
from console.rendering import render
from console.visit import VISIT, Visit
from console.words.zones import zone_words
from keva.ticket.v1 import routing_pb2, ticket_service_pb2
from servicekit.clock import utc_now

_TEMPLATE = "ticket/page.html"
_TARGET = "HX-Target"
# What is fetched alone, of what is shown already.
THREAD, EARLIER, HEAD, SUGGESTIONS = "ticket-thread", "thread-earlier", "ticket-head", "ticket-suggestions"
# No ticket has a longer number.
_DIGITS = 19


async def show(request: web.Request) -> web.Response:
    """The page, or the part of it that is asked for. Whoever opens the page has read the ticket."""
    target = request.headers.get(_TARGET, "")
    if target not in (THREAD, EARLIER, SUGGESTIONS, HEAD):
        return await _show_all(request)
    ticket = await open_ticket(request)
    if target == SUGGESTIONS:
        return render(request, _TEMPLATE, await _suggestions(request, ticket))
    if target == HEAD:
        return render(request, _TEMPLATE, await _head(request, ticket, await request[VISIT].once(read_staff)))
    return render(request, _TEMPLATE, await thread_of(request, ticket))


async def _show_all(request: web.Request) -> web.Response:
    """The list at the left is asked for together with the ticket, of which it needs no more than the number."""
    listing = asyncio.ensure_future(_list(request, int(request.match_info["number"][:_DIGITS])))
    try:
        ticket = await open_ticket(request)
    except BaseException:
        listing.cancel()
        raise
    return await show_ticket(request, ticket, listing=listing)


async def show_ticket(
    request: web.Request,
    ticket: ticket_service_pb2.Ticket,
    box: Box | None = None,
    status: int = 200,
    *,
    suggestion: Suggestion | None = None,
    listing: Awaitable[dict[str, Any]] | None = None,
) -> web.Response:
    """All of it, with what stands in the box; `listing` is the list at the left, if it has been asked for already.
    Raises Failure."""
    visit = request[VISIT]
    parts = await asyncio.gather(
        thread_of(request, ticket),
        _beside(request, ticket, listing or _list(request, ticket.number)),
        _has_channel(visit, ticket),
        request.app[PARTS].drafts.on(visit.agent, ticket),
        kept_suggestions(visit, ticket),
    )
    thread, beside, has_channel, drafts, kept = parts
    staff = thread["staff"]
    context = {
        **beside,
        **thread,
        **await _head(request, ticket, staff),
        "has_channel": has_channel,
        "older": await older_tickets(visit.session, ticket, beside["known_tickets"]),
        "box": with_drafts(box or Box(tab=request.query.get("tab", REPLY)), drafts),
        "suggestion": suggestion,
        "kept": kept,
        "cannot_reply": cannot_reply(ticket, beside["customer"], has_channel),
    }
    return render(request, _TEMPLATE, context, status)


async def _suggestions(request: web.Request, ticket: ticket_service_pb2.Ticket) -> dict[str, Any]:
    kept = await kept_suggestions(request[VISIT], ticket)
    at = partial(address, request, ticket)
    return {"ticket": ticket, "kept": kept, "suggestion": None, "cannot_reply": None, "box": Box(), "at": at}


async def _list(request: web.Request, number: int) -> dict[str, Any]:
    return await column(request, request.query.get("view", ""), number)


async def _beside(
    request: web.Request, ticket: ticket_service_pb2.Ticket, listing: Awaitable[dict[str, Any]]
) -> dict[str, Any]:
    """The list at the left, in which this ticket has been read by now, and the customer at the right."""
    visit = request[VISIT]
    listed, customer, has_read = await asyncio.gather(listing, side(visit, ticket), _read(visit, ticket))
    if has_read:
        listed = await _with_read(request, ticket, listed)
    return {**listed, **customer}


async def _with_read(request: web.Request, ticket: ticket_service_pb2.Ticket, listed: dict[str, Any]) -> dict[str, Any]:
    """The list as it is after the ticket was read."""
    if listed["inbox"]["filters"].unread:
        return await _list(request, ticket.number)
    for row in listed["inbox"]["rows"]:
        if row.ticket.ticket_id == ticket.ticket_id:
            row.ticket.unread = False
    return listed


async def thread_of(request: web.Request, ticket: ticket_service_pb2.Ticket) -> dict[str, Any]:
    """What the conversation needs: its end, or what is before a place. Raises Failure."""
    visit, query = request[VISIT], request.query
    before = query.get("before", "")
    window, staff = await asyncio.gather(
        read_window(visit.session, ticket, before, query.get("from", "")), visit.once(read_staff)
    )
    staff = await with_others(visit.session, staff, agents_in(window.messages, window.records))
    items = conversation(window, reader_of(request, ticket, staff))
    return {
        "ticket": ticket,
        "staff": staff,
        "window": window,
        "items": items,
        "scheduled": scheduled(window),
        "may_send": visit.may_work and ticket.state != ticket_service_pb2.TICKET_STATE_CLOSED,
        "is_earlier": bool(before),
        "earlier_url": address(request, ticket, before=window.earlier) if window.earlier else "",
        "live_url": address(request, ticket, **_first(window)),
        "last_seen": last_seen_id((*window.messages, *window.scheduled)),
        "at": partial(address, request, ticket),
    }


def _first(window: Window) -> dict[str, str]:
    return {"from": window.messages[0].message_id} if window.messages else {}


def reader_of(request: web.Request, ticket: ticket_service_pb2.Ticket, staff: Staff) -> Reader:
    """Who reads the ticket's conversation."""
    visit = request[VISIT]
    return Reader(
        known=Known(staff.names, visit.agent.agent_id),
        zone=zone_of(request),
        now=utc_now(),
        media_url=lambda message, media_id: visit.url(media_path(message, media_id)),
        read_message_id=ticket.read_message_id if ticket.unread else "",
    )


async def _head(request: web.Request, ticket: ticket_service_pb2.Ticket, staff: Staff) -> dict[str, Any]:
    visit = request[VISIT]
    assignee = ticket.assignee
    return {
        "ticket": ticket,
        "state": enum_name(ticket_service_pb2.TicketState, ticket.state),
        "inbox_url": inbox_address(request),
        "priority": enum_name(routing_pb2.Priority, ticket.priority),
        "is_ai": assignee.kind == routing_pb2.ASSIGNEE_KIND_AI,
        "is_mine": assignee.agent_id == visit.agent.agent_id,
        "assignee_name": staff.names.get(assignee.agent_id, "") if assignee.agent_id else "",
        "colleagues": staff.able,
        "hand_off": hand_off_clause(ticket),
        "subject": shown_subject(ticket),
        "zone": zone_words(zone_of(request)),
        "presets": presets(utc_now(), zone_of(request)),
        "at": partial(address, request, ticket),
    }


async def _has_channel(visit: Visit, ticket: ticket_service_pb2.Ticket) -> bool:
    """Whether the ticket's number is still ours."""
    return any(channel.channel_id == ticket.channel_id for channel in await visit.once(list_channels))


async def _read(visit: Visit, ticket: ticket_service_pb2.Ticket) -> bool:
    """Says that the visitor has read it; whether that is new. The page is shown even if that cannot be kept."""
    if not ticket.unread:
        return False
    request = ticket_service_pb2.MarkTicketReadRequest(workspace_id=ticket.workspace_id, ticket_id=ticket.ticket_id)
    try:
        await visit.session.ask(visit.session.services.tickets.MarkTicketRead, request)
    except Failure:
        return False
    return True


ROUTES = (web.get(r"/t/{number:\d+}", show),)
