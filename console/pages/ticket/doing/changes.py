"""What is done with a ticket by one click: each says what it did, and how to take it back."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC

from aiohttp import web

from client.failure import unusable
from client.selection import find_assignee
from client.words.actors import assignee_from_text, assignee_text
from client.words.enums import Priority
from client.words.language import say
from console.pages.ticket.doing.presets import NEXT_TEXT, time_value, until_of
from console.pages.ticket.opened import OPEN, PENDING, address, inbox_address, open_ticket, zone_of
from console.tags import tag_of
from console.toasts import Toast, Undo, see_other
from console.visit import VISIT
from keva.ticket.v1 import routing_pb2, suggestion_pb2, ticket_service_pb2
from servicekit.clock import utc_now

Ticket = ticket_service_pb2.Ticket
Fields = Mapping[str, str]
_Change = Callable[[web.Request, Ticket, Fields], Awaitable[Toast | None]]


def _undo(request: web.Request, ticket: Ticket, path: str, **fields: str | list[str]) -> Undo:
    return Undo(address(request, ticket, path), fields)


def _named(ticket: Ticket) -> dict[str, str]:
    return {"workspace_id": ticket.workspace_id, "ticket_id": ticket.ticket_id}


async def assign(request: web.Request, ticket: Ticket, fields: Fields) -> Toast:
    """To `me`, `ai`, `nobody` or `agent:ID`; with `as_before` an assignment is taken back."""
    session = request[VISIT].session
    try:
        assignee = assignee_from_text(fields.get("assignee", ""))
    except ValueError:
        raise unusable(say("Choose who works on it."), say("Go back, and choose somebody from the list.")) from None
    asked = ticket_service_pb2.AssignTicketRequest(workspace_id=ticket.workspace_id, ticket_id=ticket.ticket_id)
    asked.assignee.CopyFrom(await find_assignee(session, assignee))
    asked.as_before = "as_before" in fields
    after = (await session.ask(session.services.tickets.AssignTicket, asked)).ticket.assignee
    undo = _undo(request, ticket, "/assign", assignee=assignee_text(ticket.assignee), as_before="1")
    if after.kind == routing_pb2.ASSIGNEE_KIND_AI:
        return Toast(say("The AI answers from now on."), undo)
    if after.kind == routing_pb2.ASSIGNEE_KIND_NOBODY:
        return Toast(say("It is nobody’s now."), undo)
    return Toast(say("It is yours.") if after.agent_id == session.actor.id else say("Handed over."), undo)


async def resolve(request: web.Request, ticket: Ticket, _: Fields) -> Toast:
    """The matter is settled."""
    session = request[VISIT].session
    asked = ticket_service_pb2.ResolveTicketRequest(**_named(ticket))
    await session.ask(session.services.tickets.ResolveTicket, asked)
    was = PENDING if ticket.state == ticket_service_pb2.TICKET_STATE_PENDING else OPEN
    return Toast(say("Resolved."), _undo(request, ticket, "/reopen", state=was, as_before="1"))


async def reopen(request: web.Request, ticket: Ticket, fields: Fields) -> Toast:
    """It is open again; with `as_before` it is what it was before it was resolved: `state`, where nobody knows."""
    session = request[VISIT].session
    asked = ticket_service_pb2.ReopenTicketRequest(workspace_id=ticket.workspace_id, ticket_id=ticket.ticket_id)
    if fields.get("state") == PENDING:
        asked.state = ticket_service_pb2.TICKET_STATE_PENDING
    asked.as_before = "as_before" in fields
    await session.ask(session.services.tickets.ReopenTicket, asked)
    was_resolved = ticket.state == ticket_service_pb2.TICKET_STATE_RESOLVED
    return Toast(say("Open again."), _undo(request, ticket, "/resolve") if was_resolved else None)


async def snooze(request: web.Request, ticket: Ticket, fields: Fields) -> Toast:
    """Until a preset's time, a time of one's own, or the next text."""
    session = request[VISIT].session
    try:
        until = until_of(fields.get("until", ""), fields.get("time", ""), utc_now(), zone_of(request))
    except ValueError:
        raise unusable(say("This is not a valid time."), say("Go back, and choose a day and a time.")) from None
    asked = ticket_service_pb2.SnoozeTicketRequest(workspace_id=ticket.workspace_id, ticket_id=ticket.ticket_id)
    if until is not None:
        asked.snooze_until.FromDatetime(until)
    await session.ask(session.services.tickets.SnoozeTicket, asked)
    back = (
        _undo(request, ticket, "/snooze", until=_until(ticket))
        if ticket.snoozed
        else _undo(request, ticket, "/unsnooze")
    )
    return Toast(say("Snoozed."), back)


async def unsnooze(request: web.Request, ticket: Ticket, _: Fields) -> Toast:
    """It is awake."""
    session = request[VISIT].session
    asked = ticket_service_pb2.UnsnoozeTicketRequest(**_named(ticket))
    await session.ask(session.services.tickets.UnsnoozeTicket, asked)
    return Toast(
        say("Awake again."), _undo(request, ticket, "/snooze", until=_until(ticket)) if ticket.snoozed else None
    )


def _until(ticket: Ticket) -> str:
    """Until when it is put aside, as a form says it."""
    return time_value(ticket.snooze_until.ToDatetime(UTC)) if ticket.HasField("snooze_until") else NEXT_TEXT


async def tag(request: web.Request, ticket: Ticket, fields: Fields) -> Toast | None:
    """Adds what stands in `add`, with commas between, and takes away what stands in `remove`."""
    session = request[VISIT].session
    add, remove = (
        [text.strip() for text in fields.get(name, "").split(",") if text.strip()] for name in ("add", "remove")
    )
    if add:
        adding = ticket_service_pb2.AddTagsRequest(**_named(ticket), tags=add)
        await session.ask(session.services.tickets.AddTags, adding)
    if remove:
        removing = ticket_service_pb2.RemoveTagsRequest(**_named(ticket), tags=remove)
        await session.ask(session.services.tickets.RemoveTags, removing)
    if not add and not remove:
        return None
    new = [text for text in add if not tag_of(ticket, text)]
    gone = [had for had in (tag_of(ticket, text) for text in remove) if had]
    if not new and not gone:
        return Toast(say("It has these tags already.") if add else say("It has no such tag."))
    return Toast(say("Tags changed."), _undo(request, ticket, "/tags", add=",".join(gone), remove=",".join(new)))


async def priority(request: web.Request, ticket: Ticket, fields: Fields) -> Toast:
    """LOW, NORMAL, HIGH or URGENT, in small letters."""
    session = request[VISIT].session
    try:
        chosen = Priority(fields.get("priority", "")).to_proto()
    except ValueError:
        raise unusable(say("This is not a priority."), say("Go back, and choose one from the list.")) from None
    asked = ticket_service_pb2.UpdateTicketRequest(
        workspace_id=ticket.workspace_id, ticket=Ticket(ticket_id=ticket.ticket_id, priority=chosen)
    )
    asked.update_mask.paths.append("priority")
    await session.ask(session.services.tickets.UpdateTicket, asked)
    before = routing_pb2.Priority.Name(ticket.priority).removeprefix("PRIORITY_").lower()
    return Toast(say("Priority changed."), _undo(request, ticket, "/priority", priority=before))


async def subject(request: web.Request, ticket: Ticket, fields: Fields) -> Toast:
    """Another subject. There is no Undo: the old one may be a customer's words, which no cookie is to hold."""
    session = request[VISIT].session
    asked = ticket_service_pb2.UpdateTicketRequest(
        workspace_id=ticket.workspace_id,
        ticket=Ticket(ticket_id=ticket.ticket_id, subject=fields.get("subject", "").strip()),
    )
    asked.update_mask.paths.append("subject")
    await session.ask(session.services.tickets.UpdateTicket, asked)
    return Toast(say("Subject changed."))


async def close(request: web.Request, ticket: Ticket, _: Fields) -> Toast:
    """For good: it was asked about (doing/closing.py)."""
    session = request[VISIT].session
    await session.ask(session.services.tickets.CloseTicket, ticket_service_pb2.CloseTicketRequest(**_named(ticket)))
    return Toast(say("Closed."))


async def read(request: web.Request, ticket: Ticket, _: Fields) -> None:
    """Who reads it has seen its end: a script says so while the page is open."""
    session = request[VISIT].session
    await session.ask(
        session.services.tickets.MarkTicketRead, ticket_service_pb2.MarkTicketReadRequest(**_named(ticket))
    )


async def put_away(request: web.Request, ticket: Ticket, _: Fields) -> Toast:
    """What the AI left to answer with is not wanted."""
    session, named = request[VISIT].session, _named(ticket)
    await session.ask(session.services.tickets.DismissSuggestions, suggestion_pb2.DismissSuggestionsRequest(**named))
    return Toast(say("It is put away. Ask the AI to get a draft again."))


async def mark_unread(request: web.Request) -> web.StreamResponse:
    """One comes back to it; the inbox follows, since whoever looks at the ticket reads it."""
    visit, ticket = request[VISIT], await open_ticket(request)
    asked = ticket_service_pb2.MarkTicketUnreadRequest(**_named(ticket))
    await visit.session.ask(visit.session.services.tickets.MarkTicketUnread, asked)
    # What nobody had read would count as read.
    undo = None if ticket.unread else _undo(request, ticket, "/read")
    return see_other(inbox_address(request), Toast(say("Unread again."), undo))


def _handler(change: _Change) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def handle(request: web.Request) -> web.StreamResponse:
        ticket = await open_ticket(request)
        form = await request.post()
        toast = await change(request, ticket, {name: str(value) for name, value in form.items()})
        return see_other(address(request, ticket), toast)

    return handle


async def show_instead(request: web.Request) -> web.StreamResponse:
    """The ticket: whoever loads the page again that a form has led to, sends nothing."""
    return see_other(address(request, await open_ticket(request)))


_CHANGES: Mapping[str, _Change] = {
    "assign": assign,
    "resolve": resolve,
    "reopen": reopen,
    "snooze": snooze,
    "unsnooze": unsnooze,
    "tags": tag,
    "priority": priority,
    "subject": subject,
    "read": read,
    "suggestions": put_away,
    "close": close,
}
_FORMS = (
    *(name for name in _CHANGES if name != "close"),
    "reply",
    "note",
    "draft",
    "suggest",
    "retry",
    "cancel",
    "unread",
)
ROUTES = (
    *(web.post(rf"/t/{{number:\d+}}/{name}", _handler(change)) for name, change in _CHANGES.items()),
    web.post(r"/t/{number:\d+}/unread", mark_unread),
    *(web.get(rf"/t/{{number:\d+}}/{name}", show_instead) for name in _FORMS),
)
