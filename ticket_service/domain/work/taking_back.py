"""The resolve of a ticket, or its assignment, is taken back, as if it had not been."""

from dataclasses import replace
from datetime import datetime

from ticket_service.domain.audit import Actor
from ticket_service.domain.ticket import NOBODY, THE_AI, Assignee, Ticket, TicketChange, TicketState
from ticket_service.domain.ticket_changes import assign, reopen, require_not_closed, unresolve
from ticket_service.domain.work.before_resolve import BeforeResolve
from ticket_service.domain.work.snooze import snooze


def take_back(
    ticket: Ticket, live_ticket_id: str | None, otherwise: TicketState, actor: Actor, now: datetime
) -> TicketChange:
    """A RESOLVED ticket becomes what it was before: OPEN or PENDING, waiting since then, put aside until then, if that
    is still to come; where that was not kept, `otherwise`. Any other is left alone. Raises as `reopen` does."""
    require_not_closed(ticket)
    if ticket.state is not TicketState.RESOLVED:
        return TicketChange(ticket)
    known = ticket.before_resolve
    if known is None or known.resolve_time != ticket.resolve_time:
        back = reopen if otherwise is TicketState.OPEN else unresolve
        return back(ticket, live_ticket_id, actor, now)
    change = (unresolve if known.was_pending else reopen)(ticket, live_ticket_id, actor, now)
    return _asleep(TicketChange(_restored(change.ticket, known), change.entries), known, actor, now)


def unassign(ticket: Ticket, before: Assignee, actor: Actor, now: datetime) -> TicketChange:
    """The ticket is again whose it was. From the AI it is handed off again, as it was before. Nobody's, it waits for an
    available agent, if it did before it was assigned and is not settled. Raises TicketClosed."""
    change = _as_before_ai(ticket, assign(ticket, before, actor, now))
    unsettled = ticket.state is not TicketState.RESOLVED
    if before != NOBODY or not (ticket.to_deal_before and unsettled):
        return change
    return TicketChange(replace(change.ticket, to_deal=True), change.entries)


def _as_before_ai(ticket: Ticket, change: TicketChange) -> TicketChange:
    known = ticket.before_ai
    if change.ticket.assignee == ticket.assignee:
        return change
    if change.ticket.assignee == THE_AI:
        # It goes on with what it had: how often it has answered in a row is not counted from the beginning.
        return TicketChange(replace(change.ticket, ai_replies=ticket.ai_replies), change.entries)
    if known is None:
        return change
    reason, time, replies = known.hand_off_reason, known.hand_off_time, known.ai_replies
    back = replace(change.ticket, hand_off_reason=reason, hand_off_time=time, ai_replies=replies)
    return TicketChange(back, change.entries)


def _restored(ticket: Ticket, known: BeforeResolve) -> Ticket:
    return replace(
        ticket,
        waiting_since=None if known.was_pending else known.waiting_since or ticket.waiting_since,
        first_answer_due_time=known.first_answer_due_time,
        next_answer_due_time=known.next_answer_due_time,
        # Or one has failed since, which somebody has to see to just as well.
        failed_reply=known.failed_reply or ticket.failed_reply,
        to_deal=known.to_deal and ticket.assignee == NOBODY,
    )


def _asleep(change: TicketChange, known: BeforeResolve, actor: Actor, now: datetime) -> TicketChange:
    if known.snooze_until is None or known.snooze_until <= now:
        return change
    again = snooze(change.ticket, known.snooze_until, actor, now)
    return TicketChange(again.ticket, (*change.entries, *again.entries))
