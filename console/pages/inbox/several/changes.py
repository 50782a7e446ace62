"""A change to several tickets, as a form names it, as the services take it, and as people say it.

`change` is one of resolve, unresolve, read, unread, assign, unassign (which takes that back), snooze, unsnooze, tag,
untag and priority. `value`: of assign and unassign `me`, `ai`, `nobody` or `agent:ID`; of unresolve `pending` or empty,
what it becomes where nobody knows what it was; of snooze a time by ISO 8601, empty for the next text; of tag and untag
the tag; of priority its name.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from client.failure import Failure, unusable
from client.selection import find_assignee
from client.session import Session
from client.words.actors import assignee_from_text
from client.words.enums import Priority
from client.words.language import marked_many, say, say_many
from console.batches.batch import Step
from keva.ticket.v1 import ticket_service_pb2 as pb

_AT_ONCE = 100
# Of what has no batch of its own.
_TOGETHER = 20


@dataclass(frozen=True)
class Outcome:
    """What became of one ticket: as it is now, or why it was not changed."""

    ticket_id: str
    ticket: pb.Ticket | None = None
    failure: str = ""


async def change_several(session: Session, step: Step) -> list[Outcome]:
    """One outcome per ticket, in their order. Raises Failure when the change is not valid, or nothing is known of
    what became of it."""
    alone = _ALONE.get(step.change)
    if alone is not None:
        return await each(step.ticket_ids, lambda ticket_id: alone(session, ticket_id, step.value))
    asked = await _asked(session, step)
    found: list[Outcome] = []
    for first in range(0, len(step.ticket_ids), _AT_ONCE):
        del asked.ticket_ids[:]
        asked.ticket_ids.extend(step.ticket_ids[first : first + _AT_ONCE])
        try:
            answer = await session.ask(session.services.tickets.BatchUpdateTickets, asked)
        except Failure as failure:
            if not found:
                raise
            # What was done before can be taken back; of these nobody knows.
            found += [Outcome(ticket_id, None, _why(failure)) for ticket_id in asked.ticket_ids]
        else:
            found += [_outcome(outcome) for outcome in answer.outcomes]
    return found


def _why(failure: Failure) -> str:
    return f"{failure.message} {failure.advice}".strip()


def _outcome(outcome: pb.TicketOutcome) -> Outcome:
    if outcome.HasField("ticket"):
        return Outcome(outcome.ticket_id, outcome.ticket)
    message = outcome.failure.message
    return Outcome(outcome.ticket_id, None, message if message.endswith(".") else f"{message}.")


async def _asked(session: Session, step: Step) -> pb.BatchUpdateTicketsRequest:
    request, value = pb.BatchUpdateTicketsRequest(workspace_id=session.workspace_id), step.value
    try:
        match step.change:
            case "resolve":
                request.resolve.SetInParent()
            case "assign" | "unassign":
                request.assign.CopyFrom(await find_assignee(session, assignee_from_text(value)))
                request.as_before = step.change == "unassign"
            case "snooze":
                request.snooze.SetInParent()
                if value:
                    request.snooze.snooze_until.FromDatetime(datetime.fromisoformat(value))
            case "unsnooze":
                request.unsnooze.SetInParent()
            case "tag":
                request.tag.add.append(value)
            case "untag":
                request.tag.remove.append(value)
            case "priority":
                request.priority = Priority(value).to_proto()
            case _:
                raise ValueError(step.change)
    except ValueError:
        raise unusable(
            say("That cannot be done to several tickets."), say("Choose what to do in the bar above.")
        ) from None
    return request


async def each(ticket_ids: Sequence[str], ask: Callable[[str], Awaitable[pb.Ticket]]) -> list[Outcome]:
    """`ask` for every ticket, some at a time; a failure is that ticket's outcome."""
    free = asyncio.Semaphore(_TOGETHER)

    async def one(ticket_id: str) -> Outcome:
        async with free:
            try:
                return Outcome(ticket_id, await ask(ticket_id))
            except Failure as failure:
                return Outcome(ticket_id, None, _why(failure))

    return list(await asyncio.gather(*map(one, ticket_ids)))


async def _read(session: Session, ticket_id: str, _: str) -> pb.Ticket:
    request = pb.MarkTicketReadRequest(workspace_id=session.workspace_id, ticket_id=ticket_id)
    return (await session.ask(session.services.tickets.MarkTicketRead, request)).ticket


async def _unread(session: Session, ticket_id: str, _: str) -> pb.Ticket:
    request = pb.MarkTicketUnreadRequest(workspace_id=session.workspace_id, ticket_id=ticket_id)
    return (await session.ask(session.services.tickets.MarkTicketUnread, request)).ticket


async def _unresolve(session: Session, ticket_id: str, state: str) -> pb.Ticket:
    request = pb.ReopenTicketRequest(workspace_id=session.workspace_id, ticket_id=ticket_id, as_before=True)
    if state == "pending":
        request.state = pb.TICKET_STATE_PENDING
    return (await session.ask(session.services.tickets.ReopenTicket, request)).ticket


async def read_several(session: Session, ticket_ids: Sequence[str]) -> dict[str, pb.Ticket]:
    """The tickets as they are now, by id. Those that are not there are left out."""

    async def get(ticket_id: str) -> pb.Ticket:
        request = pb.GetTicketRequest(workspace_id=session.workspace_id, ticket_id=ticket_id)
        return (await session.ask(session.services.tickets.GetTicket, request)).ticket

    found = await each(ticket_ids, get)
    return {outcome.ticket_id: outcome.ticket for outcome in found if outcome.ticket is not None}


_ALONE: Mapping[str, Callable[[Session, str, str], Awaitable[pb.Ticket]]] = {
    "read": _read,
    "unread": _unread,
    "unresolve": _unresolve,
}
# What is said of one, of several, and of some of them.
_DONE = {
    "resolve": marked_many("%(num)s ticket resolved.", "%(num)s tickets resolved."),
    "read": marked_many("%(num)s ticket marked as read.", "%(num)s tickets marked as read."),
    "assign": marked_many("%(num)s ticket assigned.", "%(num)s tickets assigned."),
    "snooze": marked_many("%(num)s ticket snoozed.", "%(num)s tickets snoozed."),
    "tag": marked_many("%(num)s ticket tagged.", "%(num)s tickets tagged."),
    "untag": marked_many("%(num)s ticket without the tag now.", "%(num)s tickets without the tag now."),
    "priority": marked_many("%(num)s ticket given another priority.", "%(num)s tickets given another priority."),
}
_CHANGED = marked_many("%(num)s ticket changed.", "%(num)s tickets changed.")


def done_words(change: str, changed: int, of: int) -> str:
    """`3 tickets resolved.`, `2 of 3 tickets resolved.`"""
    one, many = _DONE.get(change, _CHANGED)
    return say_many(one, many, of, num=say("%(changed)s of %(all)s", changed=changed, all=of) if changed < of else of)
