"""Until when an answer is due: a customer's text sets it, an answer takes it away."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from tests.ticket_service.domain.examples import DANA, NOW, channel, counted_ids, customer, text, ticket
from tests.ticket_service.domain.planning import PATIENCE, one_ticket, snapshot
from tests.ticket_service.domain.work.test_business_hours import OFFICE, at
from ticket_service.domain import ingest_planner, ticket_changes
from ticket_service.domain.ai_turn import THE_RESPONDER
from ticket_service.domain.message import InboundText
from ticket_service.domain.ticket import NOBODY, THE_AI, Ticket, TicketChange, TicketState
from ticket_service.domain.work.office import Office, Offices
from ticket_service.words.lists import PHRASES

OPEN, PENDING, RESOLVED, CLOSED = TicketState
HOUR, QUARTER = timedelta(hours=1), timedelta(minutes=15)
TARGETS = Office(OFFICE, None, HOUR, QUARTER)
FRIDAY = at("2026-11-27 17:00")


def after(one: InboundText, live: Ticket | None = None, office: Office = TARGETS, now: datetime = FRIDAY) -> Ticket:
    """The ticket after a text on Friday at five."""
    found = snapshot(live, customer() if live else None, channel())
    offices = Offices(lambda _: office)
    return one_ticket(ingest_planner.plan([one], found, counted_ids(), now, PATIENCE, PHRASES, offices))


def dues(known: Ticket) -> tuple[datetime | None, datetime | None]:
    return known.first_answer_due_time, known.next_answer_due_time


@pytest.mark.parametrize(
    ("office", "due"),
    [
        pytest.param(TARGETS, at("2026-11-30 09:30"), id="within business hours"),
        pytest.param(Office(None, None, HOUR, QUARTER), FRIDAY + HOUR, id="without hours"),
        pytest.param(Office(OFFICE), None, id="without a target"),
    ],
)
def test_first_text(office: Office, due: datetime | None) -> None:
    assert dues(after(text(), office=office)) == (due, None)


@pytest.mark.parametrize(
    ("live", "expected"),
    [
        pytest.param(ticket(PENDING), (None, FRIDAY + QUARTER), id="answered before"),
        pytest.param(ticket(RESOLVED), (None, FRIDAY + QUARTER), id="settled before"),
        pytest.param(ticket(OPEN, first_answer_due_time=NOW), (NOW, None), id="the first one is due still"),
        pytest.param(ticket(OPEN, next_answer_due_time=NOW), (None, NOW), id="one is due since an earlier text"),
    ],
)
def test_later_text(live: Ticket, expected: tuple[datetime | None, datetime | None]) -> None:
    assert dues(after(text(), live)) == expected


@pytest.mark.parametrize("body", ["STOP", "Loved “See you”"], ids=["keyword", "reaction"])
def test_what_asks_for_no_answer(body: str) -> None:
    assert dues(after(text(body), ticket(PENDING))) == (None, None)


def test_recovered_text_is_waited_for_since_it_was_sent() -> None:
    sent = at("2026-11-27 16:00")

    assert dues(after(text(sent_time=sent, recovered=True))) == (at("2026-11-27 17:00"), None)


@pytest.mark.parametrize(
    ("change", "cleared"),
    [
        pytest.param(lambda t: ticket_changes.replied(t, DANA, NOW), True, id="a person's answer"),
        pytest.param(lambda t: ticket_changes.replied(t, THE_RESPONDER, NOW), True, id="the AI's answer"),
        pytest.param(lambda t: ticket_changes.resolve(t, DANA, NOW), True, id="resolved"),
        pytest.param(lambda t: ticket_changes.close(t, DANA, NOW), True, id="closed"),
        pytest.param(lambda t: ticket_changes.assign(t, THE_AI, DANA, NOW), False, id="assigned"),
        pytest.param(lambda t: ticket_changes.assign(t, NOBODY, DANA, NOW), False, id="nobody's"),
    ],
)
def test_what_takes_it_away(change: Callable[[Ticket], TicketChange], cleared: bool) -> None:
    known = ticket(OPEN, first_answer_due_time=NOW, next_answer_due_time=NOW)

    assert dues(change(known).ticket) == ((None, None) if cleared else (NOW, NOW))
