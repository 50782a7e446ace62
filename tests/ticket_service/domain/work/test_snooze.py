"""What puts a ticket aside, and what wakes it."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.ticket_service.domain.examples import DANA, NOW, THE_CUSTOMER, channel, customer, text, ticket
from tests.ticket_service.domain.planning import actions, one_ticket, plan, snapshot
from ticket_service.domain import ticket_changes
from ticket_service.domain.audit_action import AuditAction
from ticket_service.domain.channel import CreateTicketOn
from ticket_service.domain.errors import TicketClosed
from ticket_service.domain.ticket import THE_AI, Ticket, TicketChange, TicketState
from ticket_service.domain.work.snooze import UNTIL_NEXT_TEXT, snooze, unsnooze, wake_if_due

OPEN, PENDING, RESOLVED, CLOSED = TicketState
TOMORROW = NOW + timedelta(days=1)


@pytest.mark.parametrize("state", [OPEN, PENDING, RESOLVED])
@pytest.mark.parametrize(
    ("until", "said"), [(TOMORROW, TOMORROW.isoformat()), (UNTIL_NEXT_TEXT, "next_text")], ids=["time", "next text"]
)
def test_snoozed_in_state(state: TicketState, until: object, said: str) -> None:
    change = snooze(ticket(state), until, DANA, NOW)  # type: ignore[arg-type]

    assert (change.ticket.snooze_until, change.ticket.state) == (until, state)
    (entry,) = change.entries
    assert (entry.action, entry.actor, dict(entry.details)) == (AuditAction.TICKET_SNOOZED, DANA, {"until": said})
    assert snooze(change.ticket, until, DANA, NOW) == TicketChange(change.ticket)  # type: ignore[arg-type]


def test_snoozing_again_until_another_time_is_a_change() -> None:
    change = snooze(ticket(snooze_until=TOMORROW), UNTIL_NEXT_TEXT, DANA, NOW)

    assert (change.ticket.snooze_until, len(change.entries)) == (UNTIL_NEXT_TEXT, 1)


@pytest.mark.parametrize(
    "change", [lambda t: snooze(t, TOMORROW, DANA, NOW), lambda t: unsnooze(t, DANA, NOW)], ids=["snooze", "unsnooze"]
)
def test_closed_ticket_is_left_alone(change: Callable[[Ticket], TicketChange]) -> None:
    with pytest.raises(TicketClosed):
        change(ticket(CLOSED))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        pytest.param(lambda t: unsnooze(t, DANA, NOW), "by_hand", id="by hand"),
        pytest.param(lambda t: wake_if_due(t, DANA, TOMORROW), "time", id="at its time"),
        pytest.param(lambda t: ticket_changes.customer_texted(t, THE_CUSTOMER, NOW), "text", id="by a text"),
        pytest.param(lambda t: ticket_changes.give_up_thread(t, "tkt_2", THE_CUSTOMER, NOW), "text", id="successor"),
        pytest.param(lambda t: ticket_changes.resolve(t, DANA, NOW), "settled", id="resolved"),
        pytest.param(lambda t: ticket_changes.close(t, DANA, NOW), "settled", id="closed"),
    ],
)
def test_woken(change: Callable[[Ticket], TicketChange], why: str) -> None:
    after = change(ticket(OPEN, snooze_until=TOMORROW))

    assert after.ticket.snooze_until is None
    assert after.entries[-1].action == AuditAction.TICKET_UNSNOOZED
    assert dict(after.entries[-1].details) == {"why": why}
    assert AuditAction.TICKET_UNSNOOZED not in [entry.action for entry in change(ticket(OPEN)).entries]


@pytest.mark.parametrize("reopen", [ticket_changes.reopen, ticket_changes.unresolve], ids=["open", "pending"])
def test_whoever_reopens_what_is_resolved_wakes_it(reopen: Callable[..., TicketChange]) -> None:
    after = reopen(ticket(RESOLVED, snooze_until=TOMORROW), None, DANA, NOW)

    assert after.ticket.snooze_until is None
    assert [entry.action for entry in after.entries] == [AuditAction.TICKET_REOPENED, AuditAction.TICKET_UNSNOOZED]
    assert dict(after.entries[-1].details) == {"why": "by_hand"}


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda t: wake_if_due(t, DANA, TOMORROW - timedelta(milliseconds=1)), id="a moment too early"),
        pytest.param(lambda t: ticket_changes.replied(t, DANA, NOW), id="a reply"),
        pytest.param(lambda t: ticket_changes.assign(t, THE_AI, DANA, NOW), id="another assignee"),
        pytest.param(lambda t: ticket_changes.reopen(t, None, DANA, NOW), id="reopened, and OPEN already"),
    ],
)
def test_goes_on_sleeping(change: Callable[[Ticket], TicketChange]) -> None:
    after = change(ticket(OPEN, snooze_until=TOMORROW))

    assert after.ticket.snooze_until == TOMORROW
    assert AuditAction.TICKET_UNSNOOZED not in [entry.action for entry in after.entries]


def test_one_that_waits_for_a_text_never_wakes_by_time() -> None:
    known = ticket(snooze_until=UNTIL_NEXT_TEXT)

    assert wake_if_due(known, DANA, NOW + timedelta(days=365 * 1000)) == TicketChange(known)


@pytest.mark.parametrize(
    ("body", "wakes"),
    [
        pytest.param("hello?", True, id="text"),
        pytest.param("STOP", False, id="keyword"),
        pytest.param("Loved “See you tomorrow”", False, id="reaction"),
    ],
)
def test_text_that_comes_in(body: str, wakes: bool) -> None:
    planned = plan(snapshot(ticket(PENDING, snooze_until=TOMORROW), customer()), text(body))

    assert (one_ticket(planned).snooze_until is None) == wakes
    assert (AuditAction.TICKET_UNSNOOZED in actions(planned)) == wakes


def test_text_that_makes_a_new_ticket_wakes_the_resolved_one() -> None:
    on_any = channel(create_ticket_on=CreateTicketOn.ANY_MESSAGE)
    planned = plan(snapshot(ticket(RESOLVED, snooze_until=UNTIL_NEXT_TEXT), customer(), on_any), text())

    assert planned.changed_tickets["tkt_1"].snooze_until is None
