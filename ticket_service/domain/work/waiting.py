"""Until when an answer is due. A customer's text sets it, the answer takes it away; so does settling the ticket."""

from dataclasses import replace
from datetime import datetime

from ticket_service.domain.ticket import Ticket
from ticket_service.domain.work.office import Office


def waits_first(ticket: Ticket, office: Office, since: datetime) -> Ticket:
    """A new ticket, whose customer waits since then."""
    return replace(ticket, first_answer_due_time=office.due(since, office.first_answer_target))


def waits_again(ticket: Ticket, office: Office, since: datetime) -> Ticket:
    """A ticket whose customer has texted then. If an answer is due since an earlier text, it stays so."""
    if ticket.first_answer_due_time is not None or ticket.next_answer_due_time is not None:
        return ticket
    due = office.due(since, office.next_answer_target)
    return ticket if due is None else replace(ticket, next_answer_due_time=due)


def waits_no_more(ticket: Ticket) -> Ticket:
    """A ticket that was answered or settled."""
    return replace(ticket, first_answer_due_time=None, next_answer_due_time=None)
